//! One cell, as it was found.

use std::borrow::Cow;

use crate::domain::folded::fold;
use crate::domain::text::composed;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Entry {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    Boolean(bool),
    /// Days since 30 December 1899, the time of day as their fraction: how a workbook keeps dates and times.
    Stamp(f64),
}

/// What people write where they do not know, folded; marks alone (`-`, `?`, `…`) fold to nothing.
const NOT_KNOWN: &[&str] = &[
    "",
    "nc",
    "n c",
    "na",
    "n a",
    "nr",
    "n r",
    "nsp",
    "inconnu",
    "inconnue",
    "non connu",
    "non communique",
    "non renseigne",
    "non renseignee",
    "unknown",
    "not known",
];

impl Entry {
    /// A text, in NFC; empty when there is nothing but spaces.
    pub fn text(text: &str) -> Self {
        if text.trim().is_empty() { Self::Empty } else { Self::Text(composed(text)) }
    }

    /// True when nothing is in the cell.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// True when the cell says nothing, or that it is not known: that is never a zero.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => !text.contains(['✓', '✔']) && NOT_KNOWN.contains(&fold(text).as_str()),
            _ => false,
        }
    }

    /// As a person would read it.
    pub fn words(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text.trim()),
            // A text is often kept as a number: a postcode, a SIRET.
            Self::Number(n) => Cow::Owned(n.to_string()),
            Self::Boolean(true) => Cow::Borrowed("oui"),
            Self::Boolean(false) => Cow::Borrowed("non"),
            Self::Stamp(_) => {
                let day = super::date(self).map(|day| day.to_string());
                Cow::Owned(day.or_else(|| super::time(self)).unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_told_from_what_is_said() {
        for text in ["", "  ", "-", "–", "?", "NC", "nc", "N.C.", "n/a", "N/A", "…", "Non renseigné", "Inconnu"] {
            assert!(Entry::text(text).is_unknown(), "{text:?}");
        }
        for text in ["0", "non", "aucun", "Nancy", "x", "✓", "-5"] {
            assert!(!Entry::text(text).is_unknown(), "{text:?}");
        }
        assert!(!Entry::Number(0.0).is_unknown() && !Entry::Boolean(false).is_unknown());
        assert_eq!(Entry::Number(75011.0).words(), "75011");
        assert_eq!(Entry::Number(12_345_678_900_017.0).words(), "12345678900017");
        assert_eq!(Entry::Stamp(45_470.0).words(), "2024-06-27");
    }
}
