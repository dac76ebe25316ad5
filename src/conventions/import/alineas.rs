//! Where in an article an amendment changes it: « au premier alinéa de l'article 11 », « après le deuxième alinéa ».

use super::pattern;
use super::report::{EditKind, EditPlace};

/// What an instruction says of the place of its edit: alinéa, part, preamble.
pub fn place(instruction: &str) -> EditPlace {
    let alinea = re!(r"\b((?:avant-)?dernier|premier|second|[a-z]+ieme|\d{1,2} ?(?:er|eme|e)?) (?:alinea|paragraphe|tiret)\b|\b(?:alinea|paragraphe) (\d{1,2})\b")
        .captures_iter(instruction)
        .last()
        .and_then(|found| rank(found.get(1).or_else(|| found.get(2))?.as_str()));
    let part = re!(r"\b(?:du|au|dans le) titre ([ivxlc]{1,6}|\d{1,2}|premier)\b").captures(instruction);
    let part = part.and_then(|found| found.get(1)).map(|found| match found.as_str() {
        "premier" => "I".to_owned(),
        number => number.to_uppercase(),
    });
    EditPlace { alinea, part, after: None, preamble: re!(r"\b(?:au|le|du) preambule\b").is_match(instruction) }
}

/// The same for an edit that puts something in: an alinéa goes after the one named, an article after an article.
pub fn of(kind: EditKind, place: EditPlace, instruction: &str) -> EditPlace {
    match kind {
        EditKind::InsertAlinea => {
            let after =
                re!(r"\b(?:apres|suite|suivant)\b[^,:]{0,40}\b(?:alinea|paragraphe|tiret)\b").is_match(instruction);
            EditPlace { alinea: place.alinea.filter(|_| after), ..place }
        }
        EditKind::AddArticle => {
            let after = re!(r"\b(?:apres|suite de) l'article (\d{1,3}(?:[.-]\d{1,2})?(?: (?:bis|ter|quater))?)\b");
            let after = after.captures(instruction).and_then(|found| found.get(1)).map(|n| n.as_str().to_owned());
            EditPlace { alinea: None, after, ..place }
        }
        _ => EditPlace { alinea: None, ..place },
    }
}

/// `premier` is 1, `3e` is 3, `dernier` is -1.
pub fn rank(word: &str) -> Option<i32> {
    const WORDS: [&str; 12] = [
        "premier",
        "deuxieme",
        "troisieme",
        "quatrieme",
        "cinquieme",
        "sixieme",
        "septieme",
        "huitieme",
        "neuvieme",
        "dixieme",
        "onzieme",
        "douzieme",
    ];
    match word {
        "dernier" => Some(-1),
        "avant-dernier" => Some(-2),
        "second" => Some(2),
        word => match WORDS.iter().position(|known| *known == word) {
            Some(index) => i32::try_from(index + 1).ok(),
            None => word.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok().filter(|rank| *rank > 0),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alinea_the_part_and_the_preamble() {
        let read = |text| (place(text).alinea, place(text).part, place(text).preamble);
        assert_eq!(read("au premier alinea de l'article 11, les mots : "), (Some(1), None, false));
        assert_eq!(read("au 3e alinea de l'article 2 du titre ii, le mot "), (Some(3), Some("II".into()), false));
        assert_eq!(read("a l'article 4, dernier alinea, les mots "), (Some(-1), None, false));
        assert_eq!(read("a l'article 4, alinea 2, les mots "), (Some(2), None, false));
        assert_eq!(read("a l'avant-dernier tiret de l'article 4, "), (Some(-2), None, false));
        assert_eq!(read("a l'article 11, les mots : "), (None, None, false));
        assert_eq!(read("au preambule, les mots : "), (None, None, true));
    }

    #[test]
    fn an_insertion_goes_after_what_it_names_only() {
        let read = |kind, text| {
            let place = of(kind, place(text), text);
            (place.alinea, place.after)
        };
        let insert = EditKind::InsertAlinea;
        assert_eq!(read(insert, "a l'article 2, apres le deuxieme alinea, il est insere un alinea :"), (Some(2), None));
        assert_eq!(read(insert, "l'article 2 est complete par un troisieme alinea ainsi redige :"), (None, None));
        let add = EditKind::AddArticle;
        assert_eq!(read(add, "apres l'article 5, il est insere un article 5 bis :"), (None, Some("5".into())));
        assert_eq!(read(add, "il est ajoute un article 13 ainsi redige :"), (None, None));
        let replace = EditKind::ReplaceArticle;
        assert_eq!(read(replace, "le premier alinea de l'article 3 est remplace"), (None, None));
    }
}
