//! A text written out: as Markdown for people, as plain text for the importer to read.

use std::fmt::Write as _;

use super::text::Text;
use crate::conventions::import::is_annex;
use crate::domain::markdown::{block, line};

/// The label of each part, by its number.
pub type PartLabels<'l> = &'l [(String, Option<String>)];

/// Writing to a text cannot fail.
fn say(page: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(words);
}

/// As Markdown, the words escaped so that none forges a heading or an element; `note` says of an amendment's number where what it changed comes from.
pub fn markdown(title: &str, text: &Text, parts: PartLabels<'_>, note: impl Fn(i64) -> Option<String>) -> String {
    let mut page = format!("# {}\n\n", line(title));
    let noted = |page: &mut String, amendment: Option<i64>| {
        if let Some(note) = amendment.and_then(&note) {
            say(page, format_args!("*{note}*\n\n"));
        }
    };
    if let Some(preamble) = &text.preamble {
        say(&mut page, format_args!("## Préambule\n\n{}\n\n", block(preamble.trim_end())));
        noted(&mut page, text.preamble_amended_by);
    }
    let mut part = None;
    for article in &text.articles {
        if article.part != part {
            part.clone_from(&article.part);
            if let Some(number) = &part {
                let label = label_of(parts, number).map(|label| format!(" – {}", line(label))).unwrap_or_default();
                say(&mut page, format_args!("## Titre {}{label}\n\n", line(number)));
            }
        }
        let heading = article.heading.as_deref().map(|heading| format!(" – {}", line(heading))).unwrap_or_default();
        let body = if article.repealed { "(abrogé)".to_owned() } else { block(article.body.trim_end()) };
        let kind = if is_annex(&article.number) { "" } else { "Article " };
        say(&mut page, format_args!("### {kind}{}{heading}\n\n{body}\n\n", line(&article.number)));
        noted(&mut page, article.amended_by);
    }
    page
}

/// As the importer reads a convention: the clauses that it finds in the text before and after an amendment tell what
/// became of them. Each article has a heading, lest its first line be taken for one.
pub fn plain(text: &Text, parts: PartLabels<'_>) -> String {
    let mut page = "CONVENTION\n\n".to_owned();
    let mut part = None;
    // No clause is read in an annex.
    for article in text.articles.iter().filter(|article| !article.repealed && !is_annex(&article.number)) {
        if article.part != part {
            part.clone_from(&article.part);
            if let Some(number) = &part {
                say(
                    &mut page,
                    format_args!("TITRE {number} – {}\n\n", label_of(parts, number).unwrap_or("Dispositions")),
                );
            }
        }
        let heading = article.heading.as_deref().unwrap_or("Dispositions");
        say(&mut page, format_args!("Article {} – {heading}\n\n{}\n\n", article.number, article.body.trim_end()));
    }
    page
}

fn label_of<'l>(parts: PartLabels<'l>, number: &str) -> Option<&'l str> {
    parts.iter().find(|(known, _)| known == number)?.1.as_deref()
}

#[cfg(test)]
mod tests {
    use super::super::text::TextArticle;
    use super::*;
    use crate::domain::Id;

    fn text() -> Text {
        let article = |n: u8, number: &str, part: Option<&str>, amended_by| TextArticle {
            id: Id::from_bytes([n; 16]),
            part: part.map(str::to_owned),
            number: number.to_owned(),
            heading: (n == 1).then(|| "Objet".to_owned()),
            body: if n == 3 { String::new() } else { format!("Texte {number}.") },
            repealed: n == 3,
            amended_by,
        };
        Text {
            preamble: Some("Vu.".into()),
            preamble_amended_by: None,
            articles: vec![
                article(1, "1", Some("I"), None),
                article(2, "2", Some("I"), Some(1)),
                article(3, "3", Some("II"), Some(9)),
            ],
        }
    }

    #[test]
    fn people_read_where_an_article_comes_from() {
        let parts = [("I".to_owned(), Some("Général".to_owned())), ("II".to_owned(), None)];
        let page = markdown("Convention", &text(), &parts, |n| (n == 1).then(|| format!("Avenant n° {n}")));
        assert_eq!(
            page,
            "# Convention\n\n## Préambule\n\nVu.\n\n## Titre I – Général\n\n### Article 1 – Objet\n\nTexte 1.\n\n\
             ### Article 2\n\nTexte 2.\n\n*Avenant n° 1*\n\n## Titre II\n\n### Article 3\n\n(abrogé)\n\n"
        );
    }

    #[test]
    fn the_importer_reads_articles_with_headings_and_no_repealed_one() {
        let page = plain(&text(), &[("I".to_owned(), None)]);
        assert_eq!(
            page,
            "CONVENTION\n\nTITRE I – Dispositions\n\nArticle 1 – Objet\n\nTexte 1.\n\nArticle 2 – Dispositions\n\nTexte 2.\n\n"
        );
        let read = crate::conventions::import::parse(&page);
        let numbers: Vec<_> = read.draft.articles.iter().map(|a| (a.number.as_str(), a.body.as_str())).collect();
        assert_eq!(numbers, [("1", "Texte 1."), ("2", "Texte 2.")]);
    }
}
