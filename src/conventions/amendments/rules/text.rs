//! A text as people sign it: a preamble, articles, and in each body its alinéas (paragraphs and list items).

use std::ops::Range;

use crate::domain::Id;
use crate::domain::folded::fold;

/// A text on one day of its life.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pub preamble: Option<String>,
    /// Number of the amendment that last touched the preamble.
    pub preamble_amended_by: Option<i64>,
    pub articles: Vec<TextArticle>,
}

/// An article on that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextArticle {
    pub id: Id,
    /// Number of its part.
    pub part: Option<String>,
    pub number: String,
    pub heading: Option<String>,
    /// Markdown.
    pub body: String,
    /// It has kept its number and nothing else.
    pub repealed: bool,
    /// Number of the amendment that last touched it.
    pub amended_by: Option<i64>,
}

impl Text {
    /// The articles of a number, in a part when one is named.
    pub fn numbered<'t>(&'t self, part: Option<&str>, number: &str) -> impl Iterator<Item = (usize, &'t TextArticle)> {
        let (part, number) = (part.map(fold), plain_number(number));
        self.articles.iter().enumerate().filter(move |(_, article)| {
            plain_number(&article.number) == number
                && part.as_ref().is_none_or(|part| article.part.as_deref().map(fold).as_ref() == Some(part))
        })
    }
}

/// The number of an article, however it is written: `1er`, `premier` and `1` are one.
pub fn plain_number(number: &str) -> String {
    match fold(number).as_str() {
        "1er" | "1 er" | "premier" | "ier" => "1".into(),
        other => other.into(),
    }
}

/// An alinéa of a body: where it stands, and whether it is a list item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alinea {
    pub at: Range<usize>,
    pub item: bool,
}

/// The alinéas of a Markdown body, in order. What stands between them is theirs to nobody.
pub fn alineas(body: &str) -> Vec<Alinea> {
    let mut found: Vec<Alinea> = Vec::new();
    let mut open = false;
    let mut from = 0;
    for line in body.split_inclusive('\n') {
        let (start, words) = (from, line.trim_end());
        from += line.len();
        if words.trim().is_empty() {
            open = false;
            continue;
        }
        let item = is_item(words);
        match found.last_mut() {
            Some(last) if open && !item => last.at.end = start + words.len(),
            _ => found.push(Alinea { at: start..start + words.len(), item }),
        }
        open = true;
    }
    found
}

/// `- `, `* `, `+ `, `1. `: how Markdown begins a list item.
pub fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    if ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark)) {
        return true;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits) && [". ", ") "].iter().any(|mark| line[digits..].starts_with(mark))
}

/// What the first line of an article says of it: `Article 9 – Pilotage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headed<'t> {
    pub number: &'t str,
    pub heading: Option<&'t str>,
    pub body: &'t str,
}

/// Takes the heading line off an article; nothing when the text does not begin with one.
pub fn headed(text: &str) -> Option<Headed<'_>> {
    let text = text.trim();
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.trim().trim_start_matches(['#', '*', '«', ' ', '\u{a0}']).trim_end_matches(['*', ' ']);
    let word = line.find([' ', '\u{a0}'])?;
    if !matches!(fold(&line[..word]).as_str(), "article" | "art") {
        return None;
    }
    let rest = line[word..].trim_start_matches([' ', '\u{a0}']);
    let length = number_length(rest)?;
    let (number, rest) = (&rest[..length], &rest[length..]);
    let heading = rest.trim_start();
    let marks = ['–', '—', '-', ':', '.', '―'];
    if !heading.is_empty() && !heading.starts_with(marks) {
        return None;
    }
    let heading = heading.trim_start_matches(|c: char| marks.contains(&c) || c.is_whitespace()).trim_end();
    Some(Headed { number, heading: (!heading.is_empty()).then_some(heading), body: body.trim_matches('\n').trim_end() })
}

/// Bytes of the number that a text begins with: `9`, `3.1`, `1er`, `premier`, `5 bis`.
fn number_length(text: &str) -> Option<usize> {
    let word_end = |from: usize| text[from..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |at| from + at);
    let mut end = word_end(0);
    let first = &text[..end];
    if fold(first) != "premier" && !first.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // `3.1`, but not the full stop of `9. Pilotage`.
    while text[end..].starts_with(['.', '-']) && text[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        end = word_end(end + 1);
    }
    let rest = text[end..].trim_start_matches([' ', '\u{a0}']);
    let gap = text.len() - end - rest.len();
    let next = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
    let added = ["bis", "ter", "quater", "quinquies", "sexies", "septies"];
    if gap > 0 && added.contains(&fold(next).as_str()) {
        end += gap + next.len();
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_items_are_alineas() {
        let body = "Un premier\nsur deux lignes.\n\n- un ;\n- deux\n  encore ;\n\n1. trois\n\nFin.\n";
        let found: Vec<_> = alineas(body).into_iter().map(|a| (a.item, &body[a.at])).collect();
        assert_eq!(
            found,
            [
                (false, "Un premier\nsur deux lignes."),
                (true, "- un ;"),
                (true, "- deux\n  encore ;"),
                (true, "1. trois"),
                (false, "Fin."),
            ]
        );
        assert!(alineas("\n \n").is_empty());
    }

    #[test]
    fn the_first_line_says_number_and_heading() {
        let read = |text| headed(text).map(|h| (h.number, h.heading, h.body));
        assert_eq!(read("Article 9 – Pilotage\nDeux fois."), Some(("9", Some("Pilotage"), "Deux fois.")));
        assert_eq!(read("## ARTICLE 1er : Objet\n\nTexte."), Some(("1er", Some("Objet"), "Texte.")));
        assert_eq!(read("Article 5 bis - Mentorat\nTexte."), Some(("5 bis", Some("Mentorat"), "Texte.")));
        assert_eq!(read("Art. 3.1\nTexte."), Some(("3.1", None, "Texte.")));
        assert_eq!(read("Article 9. Pilotage"), Some(("9", Some("Pilotage"), "")));
        assert_eq!(read("Article premier\nTexte."), Some(("premier", None, "Texte.")));
        // A sentence that speaks of an article is no heading.
        assert_eq!(read("Article 9 de la loi du 1er juillet."), None);
        assert_eq!(read("Le comité se réunit."), None);
        assert_eq!(read("Articles divers"), None);
    }

    #[test]
    fn a_number_is_one_however_it_is_written() {
        assert_eq!(plain_number("1er"), plain_number("Premier"));
        assert_eq!(plain_number("5 BIS"), plain_number("5 bis"));
        assert_ne!(plain_number("5"), plain_number("5 bis"));
    }
}
