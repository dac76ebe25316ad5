//! Parts of an article that an amendment changes whole: an alinéa, a `tiret`, a sentence.
//!
//! Which words they are is only known from the convention's own text: the importer says which part, and warns; who has
//! that text at hand makes the exact edit of it, or leaves the warning.

use super::alineas::rank;
use super::pattern;
use super::report::Warning;

/// A part of an article, by its ranks; -1 is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fragment {
    /// The alinéa (paragraph or list item).
    pub alinea: Option<i32>,
    /// The list item alone.
    pub item: Option<i32>,
    /// The sentence within.
    pub sentence: Option<i32>,
}

/// What is done with a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// These words take its place.
    Replaced(String),
    /// It is taken out.
    Removed,
    /// These sentences follow its last one.
    Completed(String),
}

/// A change of part of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct PartEdit {
    /// How many edits come before it.
    pub at: usize,
    /// Number of its article.
    pub article: Option<String>,
    /// Number of the part of its article.
    pub part: Option<String>,
    pub fragment: Fragment,
    pub fate: Fate,
    /// What is said as long as the convention's text is not at hand.
    pub warning: Warning,
}

/// Whether words speak of part of an article.
pub fn spoken_of(key: &str) -> bool {
    re!(r"\b(?:alineas?|paragraphes?|phrases?|tirets?|points?|puces?|lignes?)\b").is_match(key)
}

/// The one part that words name, when they name it by its rank; nothing when they may mean several, or another.
pub fn named(key: &str) -> Option<Fragment> {
    if re!(r"\bet\b|\bou\b|\b(?:paragraphe|point|puce|ligne|alinea|tiret|phrase)s\b|\b(?:paragraphe|point|puce|ligne)\b|\b(?:deux|trois|quatre|cinq) (?:premier|dernier)").is_match(key) {
        return None;
    }
    let mut fragment = Fragment::default();
    let named = re!(
        r"(?:\b((?:avant-)?derni(?:er|ere)|premi(?:er|ere)|seconde?|[a-z]+ieme|\d{1,2} ?(?:ere?|eme|e)) )?\b(alinea|tiret|phrase)\b(?: (\d{1,2})\b)?"
    );
    for found in named.captures_iter(key) {
        let of = found.get(1).or_else(|| found.get(3))?.as_str();
        let of = match of {
            "premiere" => "premier",
            "derniere" => "dernier",
            "avant-derniere" => "avant-dernier",
            "seconde" => "second",
            other => other,
        };
        let place = match found.get(2)?.as_str() {
            "alinea" => &mut fragment.alinea,
            "tiret" => &mut fragment.item,
            _ => &mut fragment.sentence,
        };
        if place.replace(rank(of)?).is_some() {
            return None;
        }
    }
    let both = fragment.alinea.is_some() && fragment.item.is_some();
    (fragment != Fragment::default() && !both).then_some(fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_by_its_rank_or_not_at_all() {
        let read = |key| named(key).map(|f| (f.alinea, f.item, f.sentence));
        assert_eq!(read("le troisieme alinea de l'article 11 "), Some((Some(3), None, None)));
        assert_eq!(read("la deuxieme phrase du premier alinea de l'article 9 "), Some((Some(1), None, Some(2))));
        assert_eq!(read("la derniere phrase de l'article 9 "), Some((None, None, Some(-1))));
        assert_eq!(read("le 2e tiret de l'article 2 "), Some((None, Some(2), None)));
        for doubtful in [
            "les deux premiers alineas de l'article 5 ",
            "le premier et le troisieme alinea de l'article 5 ",
            "l'alinea de l'article 5 ",
            "le point 3 de l'article 5 ",
            "le paragraphe 2 ",
            "l'article 5 ",
        ] {
            assert_eq!(read(doubtful), None, "{doubtful}");
        }
    }
}
