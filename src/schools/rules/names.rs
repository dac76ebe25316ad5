//! Names as they are compared: folded, with the abbreviations of the field written out.
//!
//! People write `CLG J. MOULIN`, `Lycée St-Exupéry`, `LPO Jean Macé`; the directory writes `Collège Jean Moulin`. Both
//! are brought to the same words once, and a search or an order compares those.

use crate::domain::folded::fold;

/// What stands for words that are written out. `col` and the like are not there: they are words as well.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("clg", "college"),
    ("coll", "college"),
    ("lyc", "lycee"),
    ("lg", "lycee general"),
    ("lgt", "lycee general et technologique"),
    ("legt", "lycee general et technologique"),
    ("lt", "lycee technologique"),
    ("lp", "lycee professionnel"),
    ("lpr", "lycee professionnel prive"),
    ("lpo", "lycee polyvalent"),
    ("lpa", "lycee professionnel agricole"),
    ("legta", "lycee agricole"),
    ("st", "saint"),
    ("ste", "sainte"),
    ("sts", "saints"),
    ("dr", "docteur"),
    ("pdt", "president"),
    ("mal", "marechal"),
];

/// The form under which a name or a commune is compared and ordered. Idempotent.
pub fn key(text: &str) -> String {
    let folded = fold(text);
    let mut key = String::with_capacity(folded.len() + 8);
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(written_out(word));
    }
    key
}

/// The word, or what it stands for.
fn written_out(word: &str) -> &str {
    ABBREVIATIONS.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long)
}

/// The words to look for, written out like the keys that they are compared with.
pub fn words(asked: &[String]) -> Vec<String> {
    asked.iter().flat_map(|word| written_out(word).split(' ')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_written_out_and_nothing_else() {
        for (text, wanted) in [
            ("CLG J. MOULIN", "college j moulin"),
            ("Lycée St-Exupéry", "lycee saint exupery"),
            ("L.P.O. Jean Macé", "l p o jean mace"),
            ("LPO Jean Macé", "lycee polyvalent jean mace"),
            ("Ste-Geneviève-des-Bois", "sainte genevieve des bois"),
            ("École du col de la Croix", "ecole du col de la croix"),
            ("Stendhal", "stendhal"),
            ("", ""),
        ] {
            assert_eq!(key(text), wanted);
            assert_eq!(key(wanted), wanted);
        }
        assert_eq!(words(&["lgt".into(), "mou".into()]), ["lycee", "general", "et", "technologique", "mou"]);
    }
}
