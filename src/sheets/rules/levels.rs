//! Levels of classes as people write them: `2nde GT`, `1ère générale`, `Tle pro`, `3°`. What may be several levels is none.

use crate::domain::folded::fold;

/// What a text says of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Its code.
    One(&'static str),
    /// It may be any of these.
    Several(&'static [&'static str]),
}

use Level::{One, Several};

/// The level that a text names, when it is written otherwise than by its code or its label.
pub fn level(text: &str) -> Option<Level> {
    let folded = fold(&text.replace(['°', 'º'], "e "));
    let all: Vec<&str> = folded.split([' ', '_']).filter(|word| !word.is_empty()).collect();
    if all.iter().any(|word| word.starts_with("cap")) {
        return cap(&all);
    }
    let (first, rest) = all.split_first()?;
    let rest: Vec<&str> = rest.iter().copied().filter(|word| !matches!(*word, "et" | "bac" | "voie")).collect();
    let track = track(&rest)?;
    let singular = first.strip_suffix('s').unwrap_or(first);
    match singular {
        "6e" | "6eme" | "6ieme" | "sixieme" => college("6e", track),
        "5e" | "5eme" | "5ieme" | "cinquieme" => college("5e", track),
        "4e" | "4eme" | "4ieme" | "quatrieme" => college("4e", track),
        "3e" | "3eme" | "3ieme" | "troisieme" => match track {
            Track::Trades => Some(One("3e_prepa_metiers")),
            track => college("3e", track),
        },
        "2de" | "2nde" | "2nd" | "seconde" => match track {
            Track::Unsaid => Some(Several(&["2de_gt", "2de_pro"])),
            // General and technological pupils part after it.
            Track::General | Track::Techno | Track::Both => Some(One("2de_gt")),
            Track::Vocational => Some(One("2de_pro")),
            Track::Trades => None,
        },
        "1re" | "1ere" | "premiere" => of_three(["1re_generale", "1re_techno", "1re_pro"], PREMIERES, track),
        "tle" | "term" | "terminale" => of_three(["tle_generale", "tle_techno", "tle_pro"], TERMINALES, track),
        _ => None,
    }
}

const PREMIERES: &[&str] = &["1re_generale", "1re_techno", "1re_pro"];
const TERMINALES: &[&str] = &["tle_generale", "tle_techno", "tle_pro"];

/// What follows the name of a class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Track {
    Unsaid,
    General,
    Techno,
    Both,
    Vocational,
    Trades,
}

fn track(words: &[&str]) -> Option<Track> {
    let general = |word: &str| matches!(word, "g" | "gen" | "general" | "generale" | "generales");
    let techno = |word: &str| matches!(word, "t" | "techno" | "technologique" | "technologiques");
    let vocational = |word: &str| matches!(word, "pro" | "prof" | "professionnel" | "professionnelle");
    match words {
        [] => Some(Track::Unsaid),
        ["gt"] => Some(Track::Both),
        [one] if general(one) => Some(Track::General),
        [one] if techno(one) => Some(Track::Techno),
        [one] if vocational(one) => Some(Track::Vocational),
        [one, other] if general(one) && techno(other) => Some(Track::Both),
        ["prepa", "metiers" | "metier"] => Some(Track::Trades),
        _ => None,
    }
}

fn college(code: &'static str, track: Track) -> Option<Level> {
    (track == Track::Unsaid).then_some(One(code))
}

fn of_three(
    [general, techno, vocational]: [&'static str; 3],
    all: &'static [&'static str],
    track: Track,
) -> Option<Level> {
    match track {
        Track::Unsaid => Some(Several(all)),
        Track::General => Some(One(general)),
        Track::Techno => Some(One(techno)),
        Track::Both => all.get(..2).map(Several),
        Track::Vocational => Some(One(vocational)),
        Track::Trades => None,
    }
}

/// `CAP 1`, `1re année de CAP`; `CAP` alone is either year.
fn cap(words: &[&str]) -> Option<Level> {
    let mut year = None;
    for word in words {
        let said = match *word {
            "cap" | "annee" | "an" | "de" | "d" => continue,
            "cap1" | "1" | "1re" | "1ere" | "premiere" => One("cap_1"),
            "cap2" | "2" | "2e" | "2eme" | "2de" | "2nde" | "deuxieme" | "seconde" => One("cap_2"),
            _ => return None,
        };
        if year.replace(said).is_some() {
            return None;
        }
    }
    Some(year.unwrap_or(Several(&["cap_1", "cap_2"])))
}

/// The items of a list of levels that no other sign parts: `4e et 3e`, `4e/3e`, `4e & 3e`.
pub fn parted(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    for part in text.split(['/', '&']) {
        let mut rest = part;
        while let Some((at, word)) = [" et ", " ET ", " Et "].iter().find_map(|et| Some((rest.find(et)?, et))) {
            items.push(&rest[..at]);
            rest = &rest[at + word.len()..];
        }
        items.push(rest);
    }
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary::vocabulary_named;

    #[test]
    fn levels_as_people_write_them() {
        let known = vocabulary_named("school_level").unwrap();
        let known: Vec<&str> = known.entries.iter().map(|entry| entry.code).collect();
        for (text, code) in [
            ("3°", "3e"),
            ("3ème", "3e"),
            ("3èmes", "3e"),
            ("Troisièmes", "3e"),
            ("3e prépa-métiers", "3e_prepa_metiers"),
            ("2nde GT", "2de_gt"),
            ("2nde G.T.", "2de_gt"),
            ("Seconde générale", "2de_gt"),
            ("2de pro", "2de_pro"),
            ("2nde bac pro", "2de_pro"),
            ("1ère générale", "1re_generale"),
            ("1ère techno", "1re_techno"),
            ("1re PRO", "1re_pro"),
            ("Tle pro", "tle_pro"),
            ("Terminale pro", "tle_pro"),
            ("Terminales techno", "tle_techno"),
            ("Term. G", "tle_generale"),
            ("CAP 1", "cap_1"),
            ("CAP2", "cap_2"),
            ("2ème année de CAP", "cap_2"),
        ] {
            assert_eq!(level(text), Some(One(code)), "{text}");
            assert!(known.contains(&code), "{code}");
        }
        let years: &[&str] = &["cap_1", "cap_2"];
        for (text, codes) in [
            ("2nde", ["2de_gt", "2de_pro"].as_slice()),
            ("Seconde", &["2de_gt", "2de_pro"]),
            ("1ère", PREMIERES),
            ("Première", PREMIERES),
            ("1re GT", &PREMIERES[..2]),
            ("Terminale", TERMINALES),
            ("Tle", TERMINALES),
            ("CAP", years),
        ] {
            assert_eq!(level(text), Some(Several(codes)), "{text}");
            assert!(codes.iter().all(|code| known.contains(code)), "{codes:?}");
        }
        for text in ["", "2e", "9e", "3", "3e pro", "CAP cuisine", "CAP 1 2", "seconde main", "collège"] {
            assert_eq!(level(text), None, "{text}");
        }
    }

    #[test]
    fn lists_of_levels() {
        assert_eq!(parted("4ème et 3ème"), ["4ème", "3ème"]);
        assert_eq!(parted("4e/3e & 2nde GT"), ["4e", "3e", "2nde GT"]);
        assert_eq!(parted("6e et 5e et 4e"), ["6e", "5e", "4e"]);
        assert_eq!(parted("3e"), ["3e"]);
    }
}
