//! Words: yes and no, lists, codes by their labels.

use super::Entry;
use crate::domain::folded::fold;
use crate::domain::vocabulary::Vocabulary;

/// Yes or no: `oui`, `non`, `x`, `vrai`, `faux`, `1`, `0`.
pub fn boolean(entry: &Entry) -> Option<bool> {
    match entry {
        Entry::Boolean(b) => Some(*b),
        Entry::Number(n) if *n == 0.0 || (*n - 1.0).abs() < f64::EPSILON => Some(*n != 0.0),
        Entry::Text(text) if matches!(text.trim(), "✓" | "✔") => Some(true),
        Entry::Text(text) => match fold(text).as_str() {
            "oui" | "o" | "x" | "vrai" | "yes" | "y" | "true" | "1" => Some(true),
            "non" | "n" | "faux" | "no" | "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// What two headers are compared by: folded, but REP+ is not REP.
pub fn heading(text: &str) -> String {
    fold(&text.replace('+', " plus "))
}

/// The items of a list, between bars; between `;` or line ends when there is none, and between commas when there is none of
/// these either.
pub fn list(text: &str) -> Vec<&str> {
    let strong = [';', '\n'];
    let items: Box<dyn Iterator<Item = &str>> = if text.contains('|') {
        Box::new(text.split('|'))
    } else if text.contains(strong) {
        Box::new(text.split(strong))
    } else {
        Box::new(text.split(','))
    };
    items.map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// The code that a text names: the code itself, or its label in either language; accents and case do not matter.
pub fn code(vocabulary: &Vocabulary, text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let named = |names: &[&str]| names.iter().any(|name| fold(name) == folded);
    let by_code = vocabulary.entries.iter().find(|entry| named(&[entry.code]));
    // `3ème` is `3e`.
    let short = folded.strip_suffix("eme").map(|start| format!("{start}e"));
    let by_short = || vocabulary.entries.iter().find(|entry| short.as_deref() == Some(entry.code));
    let by_label = || vocabulary.entries.iter().find(|entry| named(&[&entry.label.fr, &entry.label.en]));
    let by_sequence = || vocabulary.entries.iter().find(|entry| sequence(&folded) == Some(entry.code));
    by_code.or_else(by_label).or_else(by_short).or_else(by_sequence).map(|entry| entry.code)
}

/// The purpose that people name by its level alone: `3e`, `stage de 2nde`.
fn sequence(folded: &str) -> Option<&'static str> {
    let (before, level) = folded.rsplit_once(' ').unwrap_or(("", folded));
    let said = ["stage", "stages", "sequence", "observation", "d", "de", "en"];
    if !before.split_whitespace().all(|word| said.contains(&word)) {
        return None;
    }
    match level {
        "3e" | "3eme" | "troisieme" => Some("observation_3e"),
        "2de" | "2nde" | "seconde" => Some("observation_2de"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary::vocabulary_named;

    #[test]
    fn a_purpose_may_be_named_by_its_level() {
        let purposes = vocabulary_named("contact_purpose").unwrap();
        for (text, expected) in [
            ("3e", Some("observation_3e")),
            ("Stage d'observation de 3ème", Some("observation_3e")),
            ("2de", Some("observation_2de")),
            ("Stage de seconde", Some("observation_2de")),
            ("PFMP", Some("pfmp")),
            ("forum 3e", None),
            ("4e", None),
        ] {
            assert_eq!(code(purposes, text), expected, "{text}");
        }
    }

    #[test]
    fn yes_and_no() {
        for (entry, expected) in [
            (Entry::text("Oui"), Some(true)),
            (Entry::text("X"), Some(true)),
            (Entry::text("✓"), Some(true)),
            (Entry::text("VRAI"), Some(true)),
            (Entry::text("non"), Some(false)),
            (Entry::text("Faux"), Some(false)),
            (Entry::Boolean(false), Some(false)),
            (Entry::Number(1.0), Some(true)),
            (Entry::Number(2.0), None),
            (Entry::text("peut-être"), None),
            (Entry::Empty, None),
        ] {
            assert_eq!(boolean(&entry), expected, "{entry:?}");
        }
    }

    #[test]
    fn headings() {
        assert_eq!(heading("Dont  R.E.P.+"), "dont r e p plus");
        assert_ne!(heading("dont REP+"), heading("dont REP"));
        assert_eq!(heading("dont REP+"), heading("Dont REP plus"));
    }

    #[test]
    fn lists() {
        assert_eq!(list("a; b ;c"), ["a", "b", "c"]);
        assert_eq!(list("Bac pro, CAP | BTS"), ["Bac pro, CAP", "BTS"]);
        assert_eq!(list("eau; bois, fer | air"), ["eau; bois, fer", "air"]);
        assert_eq!(list("eau, bois |"), ["eau, bois"]);
        assert_eq!(list("3e, 2de,"), ["3e", "2de"]);
        assert_eq!(list("3e\n2de"), ["3e", "2de"]);
        assert!(list(" ; ").is_empty());
    }

    #[test]
    fn codes_by_their_names() {
        let kinds = vocabulary_named("action_kind").unwrap();
        for (text, expected) in [
            ("forum", Some("forum")),
            ("FORUM DES METIERS", Some("forum")),
            ("Careers fair", Some("forum")),
            ("company_visit", Some("company_visit")),
            ("visite d’entreprise", Some("company_visit")),
            ("sortie", None),
            ("", None),
        ] {
            assert_eq!(code(kinds, text), expected, "{text}");
        }
        let levels = vocabulary_named("audience").unwrap();
        assert_eq!((code(levels, "3ème"), code(levels, "3EME"), code(levels, "9ème")), (Some("3e"), Some("3e"), None));
    }
}
