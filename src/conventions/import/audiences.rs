//! The levels and people an article names.

use regex::Regex;

use super::passages::Passage;
use super::pattern;

/// Audience codes named by a passage, in the order of schooling.
pub fn read(passage: &Passage) -> Vec<&'static str> {
    let mut key = passage.heading.clone();
    for block in &passage.blocks {
        key.push_str(" \n ");
        key.push_str(&super::fold::fold(&block.raw));
    }
    let from = first_class(&key);
    let says = |code: &str, pattern: &Regex| match (from, COLLEGE.iter().position(|class| *class == code)) {
        // « de la classe de troisième aux lycéens »: a collège named elsewhere is where they are, not all who are there.
        (Some(_), None) if code == "college" => false,
        (Some(from), Some(class)) if class >= from => true,
        _ => pattern.is_match(&key),
    };
    patterns().into_iter().filter(|(code, pattern)| says(code, pattern)).map(|(code, _)| code).collect()
}

/// The classes of a collège, in their order.
const COLLEGE: [&str; 4] = ["6e", "5e", "4e", "3e"];

/// The class of a collège that a range up to the lycée begins with.
fn first_class(key: &str) -> Option<usize> {
    let range = re!(
        r"\bclasses? de (sixieme|cinquieme|quatrieme|troisieme),? (?:jusqu')?(?:a|au|aux)\b[^.;\n]{0,60}\b(?:lycee|terminale)"
    );
    let named = range.captures(key)?.get(1)?.as_str();
    ["sixieme", "cinquieme", "quatrieme", "troisieme"].iter().position(|class| *class == named)
}

/// One pattern a code. « La troisième action » names no class: a class is introduced as one.
fn patterns() -> [(&'static str, &'static Regex); 21] {
    [
        (
            "6e",
            re!(r"\b6\^? ?e(?:me)?\b|\b(?:classes? de|eleves de|niveaux? de|de la) (?:la )?(?:classe de )?sixieme\b"),
        ),
        ("5e", re!(r"\b5\^? ?e(?:me)?\b|\b(?:classes? de|eleves de|niveaux? de) (?:la )?(?:classe de )?cinquieme\b")),
        (
            "4e",
            re!(
                r"\b4\^? ?e(?:me)?\b|\b(?:classes? de|eleves de|niveaux? de|sixieme, cinquieme,|et de) (?:la )?(?:classe de )?quatrieme\b"
            ),
        ),
        (
            "3e",
            re!(
                r"\b3\^? ?e(?:me)?\b|\b(?:classes? de|eleves de|niveaux? de|stages? de|collegiens de) (?:la )?(?:classe de )?troisieme\b|\bquatrieme (?:et|ou|a) (?:de |la )?troisieme\b"
            ),
        ),
        ("2de_gt", re!(r"\b(?:2n?de|seconde) (?:generale|gt)\b")),
        ("2de_pro", re!(r"\b(?:2n?de|seconde) (?:pro\b|professionnelle)")),
        ("1re_generale", re!(r"\b(?:1e?re|premiere) generale\b")),
        ("1re_techno", re!(r"\b(?:1e?re|premiere) (?:generale et )?technologique\b")),
        ("1re_pro", re!(r"\b(?:1e?re|premiere) (?:pro\b|professionnelle)")),
        ("tle_generale", re!(r"\b(?:tle|terminales?) (?:generale|de la voie generale)")),
        (
            "tle_techno",
            re!(r"\b(?:tle|terminales?) (?:generale et )?(?:technologique|de la voie technologique|techno\b)"),
        ),
        (
            "tle_pro",
            re!(
                r"\b(?:tle|terminales?) (?:bac(?:calaureat)?[ -]pro|pro\b|professionnelle|de la voie professionnelle|de baccalaureat professionnel)"
            ),
        ),
        ("cap", re!(r"\bcap\b|certificat d'aptitude professionnelle")),
        ("bts", re!(r"\bbts\b|sections? de techniciens? superieurs?")),
        ("cpge", re!(r"\bcpge\b|classes preparatoires aux grandes ecoles")),
        ("apprenti", re!(r"\bapprentie?s?\b|apprenants de la formation professionnelle")),
        (
            "formation_continue",
            re!(
                r"stagiaires? de (?:la )?formation continue|adultes en formation|publics? de (?:la )?formation continue|adultes en reprise"
            ),
        ),
        ("enseignants", re!(r"\benseignante?s?\b|\bprofesseurs\b|equipes? enseignantes?")),
        (
            "college",
            re!(r"\bcolleges?\b|\bcollegien(?:ne)?s?\b|enseignement secondaire|eleves du secondaire|second degre"),
        ),
        (
            "lycee_general_techno",
            re!(
                r"\blycees? (?:d'enseignement )?(?:general|generaux|technologiques?)|voies? generales?(?:,| et)|voie technologique|enseignement secondaire|eleves du secondaire|second degre"
            ),
        ),
        (
            "lycee_pro",
            re!(
                r"\blycees? professionnels?\b|voies? (?:generale, technologique et )?professionnelle|lyceens professionnels|apprenants de la (?:formation|voie) professionnelle|enseignement secondaire|eleves du secondaire|second degre"
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn named(text: &str) -> Vec<&'static str> {
        read(&passage(&lines::read(text), None, None, None, None, String::new()))
    }

    #[test]
    fn only_what_is_named() {
        assert_eq!(named("les élèves de la classe de troisième, en 3^e et en 5è"), ["5e", "3e"]);
        assert_eq!(named("la troisième action concerne la seconde partie"), [] as [&str; 0]);
        assert_eq!(named("les terminales Bac Pro et les apprentis"), ["tle_pro", "apprenti"]);
        assert_eq!(named("classe de 2nde générale et technologique"), ["2de_gt"]);
    }

    #[test]
    fn a_range_of_classes_is_not_the_whole_college() {
        let from =
            |class: &str| format!("de la classe de {class} aux classes des lycées professionnels ; les collèges");
        assert_eq!(named(&from("troisième")), ["3e", "lycee_pro"]);
        assert_eq!(named(&from("cinquième")), ["5e", "4e", "3e", "lycee_pro"]);
        assert_eq!(named("les élèves de la classe de troisième jusqu'aux lycéens ; au collège"), ["3e"]);
        assert_eq!(named("les collégiens, dont ceux de la classe de troisième"), ["3e", "college"]);
    }
}
