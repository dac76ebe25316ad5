//! How well a school answers to what people wrote: a score from 0 to 1, and what agrees. A person decides.
//!
//! The words of a name that say what the school is (`collège`, `LP`) are compared as its kind, the others one by one:
//! the same word, its initial (`J.` for `Jean`), its beginning, or one letter off. A word of the name that is the
//! commune counts as the commune. What was not asked does not count.

use super::names;
use crate::domain::vocabulary::{SchoolKind, SchoolMatch};

/// From this score on, and ahead of all others by [`AHEAD`], a school is meant beyond reasonable doubt.
pub const ENOUGH: f64 = 0.85;
pub const AHEAD: f64 = 0.15;

/// Words that say what a school is, or nothing.
const PLAIN: &[&str] = &[
    "college",
    "lycee",
    "ecole",
    "general",
    "generale",
    "technologique",
    "technique",
    "professionnel",
    "professionnelle",
    "polyvalent",
    "agricole",
    "elementaire",
    "maternelle",
    "primaire",
    "prive",
    "privee",
    "public",
    "publique",
    "section",
    "enseignement",
    "etablissement",
    "segpa",
    "erea",
    "cfa",
    "metiers",
    "cite",
    "scolaire",
    "et",
    "de",
    "du",
    "des",
    "d",
    "la",
    "le",
    "les",
    "l",
    "a",
    "au",
    "aux",
    "en",
];

/// What people wrote, once understood.
#[derive(Debug, Clone)]
pub struct Asked {
    words: Vec<String>,
    kinds: Vec<SchoolKind>,
    commune: Option<String>,
    departement: Option<String>,
    academie: Option<String>,
}

/// A school, as far as it is compared.
#[derive(Debug, Clone, Copy)]
pub struct School<'s> {
    pub name_key: &'s str,
    pub commune_key: &'s str,
    pub kind: SchoolKind,
    pub departement: Option<&'s str>,
    pub academie: Option<&'s str>,
    pub open: bool,
}

impl Asked {
    pub fn new(name: &str, kind: Option<SchoolKind>, commune: Option<&str>) -> Self {
        let key = names::key(name);
        let words = proper(&key).map(str::to_owned).collect();
        let kinds = kind.map_or_else(|| kinds_said(&key), |kind| vec![kind]);
        let commune = commune.map(names::key).filter(|key| !key.is_empty());
        Self { words, kinds, commune, departement: None, academie: None }
    }

    #[must_use]
    pub fn within(mut self, departement: Option<String>, academie: Option<String>) -> Self {
        (self.departement, self.academie) = (departement, academie);
        self
    }

    /// The words that tell schools apart, longest first: what to look for.
    pub fn telling(&self) -> Vec<String> {
        let mut words: Vec<_> = self.words.iter().filter(|word| word.len() > 2).cloned().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words
    }

    pub fn commune(&self) -> Option<&str> {
        self.commune.as_deref()
    }

    /// True when it was said where the school is: two schools of one name are in two places.
    pub fn says_where(&self) -> bool {
        self.commune.is_some() || self.departement.is_some() || self.academie.is_some()
    }
}

fn proper(key: &str) -> impl Iterator<Item = &str> {
    key.split(' ').filter(|word| !word.is_empty() && !PLAIN.contains(word))
}

/// The kinds that the words of a name admit; none when they say nothing.
fn kinds_said(key: &str) -> Vec<SchoolKind> {
    let has = |word: &str| key.split(' ').any(|w| w == word);
    if has("segpa") {
        vec![SchoolKind::Segpa]
    } else if has("erea") {
        vec![SchoolKind::Erea]
    } else if has("cfa") {
        vec![SchoolKind::Cfa]
    } else if has("college") {
        vec![SchoolKind::College]
    } else if has("lycee") && has("agricole") {
        vec![SchoolKind::LyceeAgricole]
    } else if has("lycee") && has("polyvalent") {
        vec![SchoolKind::LyceePolyvalent]
    } else if has("lycee") && has("professionnel") {
        vec![SchoolKind::LyceePro]
    } else if has("lycee") && (has("general") || has("technologique")) {
        vec![SchoolKind::LyceeGt]
    } else if has("lycee") {
        LYCEES.to_vec()
    } else if has("ecole") {
        vec![SchoolKind::Ecole]
    } else {
        Vec::new()
    }
}

const LYCEES: [SchoolKind; 4] =
    [SchoolKind::LyceeGt, SchoolKind::LyceePro, SchoolKind::LyceePolyvalent, SchoolKind::LyceeAgricole];

/// The score of a school, and what agrees.
pub fn score(asked: &Asked, school: School<'_>) -> (f64, Vec<SchoolMatch>) {
    let mut matched = Vec::new();
    let (named, name) = of_name(asked, school);
    let mut sum = 0.6 * named;
    let mut weights = 0.6;
    matched.extend(name);
    if !asked.kinds.is_empty() {
        let kind = of_kind(&asked.kinds, school.kind);
        weights += 0.15;
        sum += 0.15 * kind;
        if kind >= 1.0 {
            matched.push(SchoolMatch::Kind);
        }
    }
    if let Some(commune) = &asked.commune {
        let same = of_commune(commune, school.commune_key);
        weights += 0.25;
        sum += 0.25 * same;
        if same > 0.0 {
            matched.push(SchoolMatch::Commune);
        }
    }
    let same = |asked: Option<&str>, has: Option<&str>| asked.is_some() && asked == has;
    if same(asked.departement.as_deref(), school.departement) {
        matched.push(SchoolMatch::Departement);
    }
    if same(asked.academie.as_deref(), school.academie) {
        matched.push(SchoolMatch::Academie);
    }
    // A closed school may be meant, of past actions; an open one of that name rather is.
    let living = if school.open { 1.0 } else { 0.95 };
    let kindred = if of_another_kind(asked, school) { 0.85 } else { 1.0 };
    (sum / weights * living * kindred, matched)
}

/// True when a kind was said and the school is of another: of one name, that is another school.
pub fn of_another_kind(asked: &Asked, school: School<'_>) -> bool {
    // A lycée polyvalent may be named after one of its parts; `lycée` alone in its name tells nothing.
    let named = kinds_said(school.name_key);
    let named_so = named.len() == 1 && named.iter().all(|kind| asked.kinds.contains(kind));
    !asked.kinds.is_empty() && !asked.kinds.contains(&school.kind) && !named_so
}

/// How well the words agree, both ways: those asked count more than those that nobody wrote.
fn of_name(asked: &Asked, school: School<'_>) -> (f64, Option<SchoolMatch>) {
    let theirs: Vec<&str> = proper(school.name_key).collect();
    let place: Vec<&str> = school.commune_key.split(' ').collect();
    let mut found = 0.0;
    let mut of_place = 0;
    for word in &asked.words {
        let best = theirs.iter().map(|their| alike(word, their)).fold(0.0, f64::max);
        // `Jean Moulin (Aubervilliers)`: the commune was written with the name.
        if best == 0.0 && place.contains(&word.as_str()) {
            of_place += 1;
        } else {
            found += best;
        }
    }
    let count = asked.words.len() - of_place;
    if count == 0 {
        // Nothing but a kind and a place: a school that is named after its commune, or not at all.
        let bare = theirs.iter().all(|their| place.contains(their));
        return if bare { (0.9, Some(SchoolMatch::PartOfName)) } else { (0.3, None) };
    }
    let (count, total) = (as_f64(count), theirs.len());
    let answered = theirs.iter().filter(|their| asked.words.iter().any(|word| alike(word, their) > 0.0)).count();
    let asked_share = found / count;
    let their_share = if total == 0 { 0.0 } else { as_f64(answered) / as_f64(total) };
    let share = asked_share * (0.85 + 0.15 * their_share);
    let name = match share {
        share if share > 0.97 => Some(SchoolMatch::Name),
        share if share > 0.0 => Some(SchoolMatch::PartOfName),
        _ => None,
    };
    (share, name)
}

#[expect(clippy::cast_precision_loss, reason = "words of a name: a few")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

/// Two words: the same, an initial, a beginning, one letter off.
fn alike(one: &str, other: &str) -> f64 {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if one == other {
        1.0
    } else if short.chars().count() == 1 && long.starts_with(short) {
        0.9
    } else if (short.len() >= 4 && long.starts_with(short)) || (short.len() >= 5 && one_letter_off(short, long)) {
        0.85
    } else {
        0.0
    }
}

/// One letter more, less, other, or two neighbours exchanged.
fn one_letter_off(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    let rest = |a: usize, b: usize| one.get(a..).is_some() && one.get(a..) == other.get(b..);
    rest(1, 1) || rest(0, 1) || rest(1, 0) || (rest(2, 2) && one[0] == other[1] && one[1] == other[0])
}

fn of_kind(asked: &[SchoolKind], kind: SchoolKind) -> f64 {
    if asked.contains(&kind) {
        1.0
    } else if asked.iter().any(|a| LYCEES.contains(a)) && LYCEES.contains(&kind) {
        0.6
    } else {
        0.0
    }
}

/// Paris and `Paris 15e Arrondissement` are one place to who writes; `Saint-Denis` and `Saint-Denis-en-Val` are two.
fn of_commune(asked: &str, commune: &str) -> f64 {
    let district = |whole: &str, part: &str| {
        let rest = part.strip_prefix(whole).and_then(|rest| rest.strip_prefix(' '));
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    if asked == commune {
        1.0
    } else if district(asked, commune) || district(commune, asked) {
        0.95
    } else if asked.len() >= 5 && commune.len() >= 5 && one_letter_off(asked, commune) {
        0.8
    } else {
        0.0
    }
}

/// Which of the scores, best first, is meant beyond reasonable doubt.
pub fn certain(asked: &Asked, scores: &[f64]) -> bool {
    let Some(best) = scores.first() else { return false };
    let next = scores.get(1).copied().unwrap_or(0.0);
    asked.says_where() && *best >= ENOUGH && best - next >= AHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOULIN: School<'_> = School {
        name_key: "college jean moulin",
        commune_key: "aubervilliers",
        kind: SchoolKind::College,
        departement: Some("93"),
        academie: Some("24"),
        open: true,
    };

    fn of(name: &str, commune: Option<&str>, school: School<'_>) -> f64 {
        score(&Asked::new(name, None, commune), school).0
    }

    #[test]
    fn the_ways_people_write_one_school_all_find_it() {
        for name in [
            "Collège Jean Moulin",
            "CLG J. MOULIN",
            "clg moulin",
            "Jean Moulin",
            "Collège Jean Moulin (Aubervilliers)",
            "college jean mouiln",
            "Collége  J Moulin",
        ] {
            let found = of(name, Some("AUBERVILLIERS"), MOULIN);
            assert!(found >= ENOUGH, "{name}: {found}");
        }
        let (full, matched) = score(&Asked::new("Collège Jean Moulin", None, Some("Aubervilliers")), MOULIN);
        assert!((full - 1.0).abs() < 1e-9, "{full}");
        assert_eq!(matched, [SchoolMatch::Name, SchoolMatch::Kind, SchoolMatch::Commune]);
    }

    #[test]
    fn another_name_kind_or_place_is_another_school() {
        assert!(of("Collège Jean Moulin", Some("Bobigny"), MOULIN) < ENOUGH);
        assert!(of("Lycée Jean Moulin", Some("Aubervilliers"), MOULIN) < 1.0 - AHEAD + 1e-9);
        assert!(of("Collège Gabriel Péri", Some("Aubervilliers"), MOULIN) < ENOUGH);
        assert!(of("Collège Jean Jaurès", Some("Aubervilliers"), MOULIN) < ENOUGH);
        assert!(of("Jean Moulin", Some("Aubervilliers"), School { open: false, ..MOULIN }) < 1.0);
    }

    #[test]
    fn a_kind_that_was_said_is_never_another() {
        use SchoolKind::{College, Ecole, LyceeGt, LyceePolyvalent, LyceePro};
        let keys = ["ecole primaire", "college", "lycee professionnel", "lycee", "lycee general et technologique"];
        let kinds = [Ecole, College, LyceePro, LyceeGt, LyceePolyvalent];
        // Which of these schools each word may mean.
        for (word, meant) in [
            ("École", [true, false, false, false, false]),
            ("Collège", [false, true, false, false, false]),
            ("Lycée professionnel", [false, false, true, false, false]),
            ("Lycée", [false, false, true, true, true]),
            ("LGT", [false, false, false, true, true]),
            ("", [true; 5]),
        ] {
            let asked = Asked::new(&format!("{word} Marie Curie"), None, Some("Aubervilliers"));
            for ((key, kind), meant) in keys.into_iter().zip(kinds).zip(meant) {
                let name_key = format!("{key} marie curie");
                let school = School { name_key: &name_key, kind, ..MOULIN };
                assert_eq!(of_another_kind(&asked, school), !meant, "{word} {key}");
                let found = score(&asked, school).0;
                assert_eq!((found >= ENOUGH, found >= 0.4), (meant, true), "{word} {key} {found}");
            }
        }
    }

    #[test]
    fn a_school_without_a_name_is_found_by_its_kind_and_place() {
        let bare = School { name_key: "college", commune_key: "gagny", ..MOULIN };
        assert!(of("Collège de Gagny", Some("Gagny"), bare) >= ENOUGH);
        assert!(of("Collège", Some("Aubervilliers"), MOULIN) < ENOUGH);
    }

    #[test]
    fn communes() {
        for (asked, commune, same) in [
            ("paris", "paris 15e arrondissement", true),
            ("lyon 3", "lyon 3e arrondissement", false),
            ("saint denis", "saint denis", true),
            ("saint denis", "saint denis en val", false),
            ("aubervillier", "aubervilliers", true),
            ("", "gagny", false),
        ] {
            assert_eq!(of_commune(asked, commune) > 0.0, same, "{asked} {commune}");
        }
    }

    #[test]
    fn certain_is_well_ahead_in_a_place_that_was_said() {
        let (nowhere, somewhere) = (Asked::new("x", None, None), Asked::new("x", None, Some("y")));
        assert!(certain(&somewhere, &[ENOUGH]));
        assert!(!certain(&somewhere, &[ENOUGH - 0.01]));
        assert!(certain(&somewhere, &[1.0, 0.85]) && !certain(&somewhere, &[1.0, 0.86]));
        assert!(!certain(&nowhere, &[1.0]) && !certain(&somewhere, &[]));
        assert!(certain(&nowhere.within(None, Some("24".into())), &[1.0]));
    }

    #[test]
    fn one_letter() {
        for (one, other, off) in [
            ("moulin", "mouiln", true),
            ("moulin", "moulins", true),
            ("moulin", "moulon", true),
            ("moulin", "oulin", true),
            ("moulin", "moulon s", false),
            ("moulin", "marlin", false),
        ] {
            assert_eq!(one_letter_off(one, other), off, "{one} {other}");
        }
    }
}
