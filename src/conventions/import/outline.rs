//! The skeleton of the text: parts, articles, where the body begins and where it ends.
//!
//! Numbers are taken as written. A gap is reported, never closed; numbers may restart in each part,
//! so that an article's key is its part and its number.

use super::bare;
use super::blocks::hangs;
use super::endings;
use super::fold::is_capitals;
use super::headings::{ArticleLine, PartKind, PartLine, article_line, part_line};
use super::lines::Line;
use super::numbers;
use super::openings::{opening, tidy};
use super::report::Warning;

/// A part and where it opens.
#[derive(Debug, Clone, PartialEq)]
pub struct PartMark {
    /// Index of its line.
    pub at: usize,
    /// Index of the first line after its label.
    pub after: usize,
    /// Number as written.
    pub number: String,
    /// Label.
    pub label: Option<String>,
}

/// An article, from its line to the next heading.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleMark {
    /// Index of its line.
    pub at: usize,
    /// Number.
    pub number: String,
    /// Heading.
    pub heading: Option<String>,
    /// Text that runs on from the heading's line.
    pub inline: Option<(String, u32)>,
    /// Index of the first line of its text.
    pub from: usize,
    /// Index after its last line.
    pub to: usize,
    /// Index of its part.
    pub part: Option<usize>,
}

/// The skeleton.
#[derive(Debug, Default)]
pub struct Outline {
    /// Parts in order.
    pub parts: Vec<PartMark>,
    /// Articles in order.
    pub articles: Vec<ArticleMark>,
    /// Index of the line where the body begins.
    pub start: usize,
    /// Index after the body's last line.
    pub end: usize,
    /// Index of the line « Fait à… ».
    pub signature: Option<usize>,
    /// Doubts on numbers.
    pub warnings: Vec<Warning>,
}

/// A line taken for the opening of an article.
pub type Opened = (usize, ArticleLine);

/// Reads the skeleton.
pub fn read(lines: &[Line]) -> Outline {
    let mut warnings = Vec::new();
    let mut opened = article_lines(lines, &mut warnings);
    drop_contents(lines, &mut opened);
    let worded = !opened.is_empty();
    let (signature, end) = endings::ends(lines, &opened);
    opened.retain(|(at, _)| *at < end);
    let mut parts = parts(lines, &opened, end, worded);
    if !worded {
        opened = bare::article_lines(lines, &parts, end);
    }
    if opened.is_empty() && parts.len() < 2 {
        parts.clear();
    }
    if let Some((first, _)) = opened.first() {
        keep_parts_of_the_body(lines, &mut parts, *first);
    }
    let mut marks: Vec<PartMark> = Vec::new();
    for (at, part) in &parts {
        if marks.last().is_none_or(|last| *at >= last.after) {
            let next = opened.partition_point(|(place, _)| place <= at);
            let stop = opened.get(next).map_or(end, |(at, _)| *at);
            let (label, after) = label(lines, *at, part, stop);
            marks.push(PartMark { at: *at, after, number: part.number.clone(), label });
        }
    }
    let articles = articles(lines, &opened, &marks, end);
    numbering(lines, &articles, &mut warnings);
    let start = [marks.first().map(|part| part.at), articles.first().map(|article| article.at)]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(end);
    Outline { parts: marks, articles, start, end, signature, warnings }
}

fn article_lines(lines: &[Line], warnings: &mut Vec<Warning>) -> Vec<Opened> {
    let mut opened: Vec<Opened> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(article) = article_line(line) else {
            continue;
        };
        let expected = opened.last().map_or(Some(1), |(_, last)| integer(&last.number).map(|n| n + 1));
        let follows = integer(&article.number).is_some_and(|n| n == 1 || Some(n) == expected);
        let before = (at > 0).then(|| &lines[at - 1]).filter(|line| !line.is_empty());
        let runs_on = before.is_some_and(|before| {
            let raw = before.text.raw.as_str();
            let function_word = hangs(raw) && !raw.trim_end().ends_with([',', '-']);
            let open = !raw.trim_end().ends_with(['.', ';', ':', '»', '!', '?', '*']) && article_line(before).is_none();
            function_word || (!follows && raw.trim_end().ends_with(',')) || (article.lower && open)
        });
        if runs_on || (article.lower && !follows) {
            warnings.push(Warning::new(
                line.no,
                "article_reference",
                format!("pris pour une mention de l'article {}, non pour son titre", article.number),
                format!("taken for a mention of article {}, not for its heading", article.number),
            ));
            continue;
        }
        opened.push((at, article));
    }
    opened
}

/// The number of an article that counts by whole numbers, in figures or Roman.
pub fn integer(number: &str) -> Option<u32> {
    number.parse().ok().or_else(|| numbers::roman(number))
}

/// A table of contents names every article before the first one begins: a run of bare lines whose
/// numbers come again.
fn drop_contents(lines: &[Line], opened: &mut Vec<Opened>) {
    let Some((_, first)) = opened.first() else {
        return;
    };
    let first = first.number.clone();
    let Some(again) = opened.iter().skip(1).position(|(_, article)| article.number == first) else {
        return;
    };
    let again = again + 1;
    let words = |from: usize, to: usize| lines[from..to].iter().filter(|line| !line.is_empty()).count();
    let from = opened[0].0;
    let to = opened[again].0;
    // In a table of contents there is about one line an entry, parts included.
    if again >= 3 && words(from, to) <= again * 2 && opened.len() >= again * 2 {
        opened.drain(..again);
    }
}

fn parts(lines: &[Line], opened: &[Opened], end: usize, worded: bool) -> Vec<(usize, PartLine)> {
    let is_article = |at: usize| opened.binary_search_by_key(&at, |(at, _)| *at).is_ok();
    let mut found: Vec<(usize, PartLine)> = Vec::new();
    for (at, line) in lines.iter().enumerate().take(end) {
        if line.is_empty() || is_article(at) {
            continue;
        }
        let Some(part) = part_line(line) else {
            continue;
        };
        let before = (at > 0).then(|| &lines[at - 1]).filter(|line| !line.is_empty());
        if before.is_some_and(|before| hangs(&before.text.raw)) {
            continue;
        }
        if part.kind >= PartKind::Roman && !stands_as_title(lines, at, &part, worded, &is_article) {
            continue;
        }
        found.push((at, part));
    }
    settle_kinds(found)
}

/// A bare `II.` is a title when articles follow it, or, without articles, when it stands alone.
fn stands_as_title(
    lines: &[Line],
    at: usize,
    part: &PartLine,
    worded: bool,
    is_article: &dyn Fn(usize) -> bool,
) -> bool {
    let alone = at == 0 || lines[at - 1].is_empty() || !worded && lines[at - 1].text.raw.ends_with('.');
    if !worded {
        return part.kind == PartKind::Roman && (alone || lines[at].hashes > 0 || is_capitals(&part.label));
    }
    let strong = is_capitals(&part.label) || lines[at].hashes > 0;
    let reach = if strong && alone { 6 } else { 2 };
    let mut steps = 0;
    for (next, line) in lines.iter().enumerate().skip(at + 1) {
        if is_article(next) {
            return true;
        }
        if line.is_empty() {
            continue;
        }
        steps += 1;
        let continues = steps == 1 && is_capitals(&line.text.raw) && is_capitals(&part.label);
        if steps > reach || (!strong && !continues) {
            return false;
        }
    }
    false
}

/// One level of parts: the outermost kind present; bare marks must count from one.
fn settle_kinds(mut found: Vec<(usize, PartLine)>) -> Vec<(usize, PartLine)> {
    for kind in [PartKind::Roman, PartKind::Letter, PartKind::Figure] {
        let mut expected = 1;
        found.retain(|(_, part)| {
            if part.kind != kind {
                return true;
            }
            let kept = part.ordinal == expected;
            expected += u32::from(kept);
            kept
        });
    }
    let outermost = found.iter().map(|(_, part)| part.kind).min();
    found.retain(|(_, part)| Some(part.kind) == outermost);
    found
}

/// Parts named in a table of contents, or in visas, stand before the part that holds article 1.
fn keep_parts_of_the_body(lines: &[Line], parts: &mut Vec<(usize, PartLine)>, first: usize) {
    let Some(opening) = parts.iter().rposition(|(at, part)| *at < first && part.ordinal == 1) else {
        return;
    };
    let repeated = parts[..opening].iter().any(|(_, part)| part.ordinal == 1);
    if repeated {
        parts.drain(..opening);
    }
    // A last part line of the contents right before the first article's own part is covered above.
    let _ = lines;
}

fn label(lines: &[Line], at: usize, part: &PartLine, stop: usize) -> (Option<String>, usize) {
    let mut label = part.label.clone();
    let mut next = at + 1;
    if label.is_empty() {
        let below = (next..stop.min(next + 3)).find(|&i| !lines[i].is_empty());
        if let Some(below) = below {
            let text = lines[below].text.raw.as_str();
            if text.chars().count() <= 200 && !text.ends_with(['.', ';']) && !super::headings::states(text) {
                text.clone_into(&mut label);
                next = below + 1;
            }
        }
    }
    while next < stop.min(at + 6) && !lines[next].is_empty() {
        let text = lines[next].text.raw.as_str();
        let goes_on = (is_capitals(&label) && is_capitals(text)) || (hangs(&label) && !text.ends_with('.'));
        if label.is_empty() || !goes_on || part_line(&lines[next]).is_some() {
            break;
        }
        label = format!("{label} {text}");
        next += 1;
    }
    let label = tidy(&label);
    ((!label.is_empty()).then_some(label), next)
}

fn articles(lines: &[Line], opened: &[Opened], parts: &[PartMark], end: usize) -> Vec<ArticleMark> {
    opened
        .iter()
        .enumerate()
        .map(|(index, (at, article))| {
            let next_article = opened.get(index + 1).map_or(end, |(at, _)| *at);
            let parts_before = parts.partition_point(|part| part.at < *at);
            let next_part = parts.get(parts_before).map_or(end, |part| part.at);
            let to = next_article.min(next_part).min(end);
            let opening = opening(lines, *at, article.rest, to);
            ArticleMark {
                at: *at,
                number: article.number.clone(),
                heading: opening.heading,
                inline: opening.inline,
                from: opening.next.min(to),
                to,
                part: parts_before.checked_sub(1),
            }
        })
        .collect()
}

/// Reports gaps, repeats and steps back.
fn numbering(lines: &[Line], articles: &[ArticleMark], warnings: &mut Vec<Warning>) {
    let mut last: Option<(u32, Option<usize>)> = None;
    for article in articles {
        let Some(number) = integer(&article.number) else {
            continue;
        };
        let line = lines[article.at].no;
        let restarted = last.is_some_and(|(_, part)| part != article.part) && number == 1;
        let expected = if restarted { 1 } else { last.map_or(1, |(n, _)| n + 1) };
        if number > expected {
            for missing in (expected..number).take(20) {
                warnings.push(Warning::new(
                    line,
                    "missing_article",
                    format!("l'article {missing} manque avant l'article {number}"),
                    format!("article {missing} is missing before article {number}"),
                ));
            }
        } else if number < expected {
            warnings.push(Warning::new(
                line,
                "article_order",
                format!("article {number} là où {expected} était attendu"),
                format!("article {number} where {expected} was expected"),
            ));
        }
        last = Some((number, article.part));
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn outline(text: &str) -> Outline {
        let mut lines = lines::read(text);
        lines::mark_quotations(&mut lines, 3, false);
        read(&lines)
    }

    fn numbers(text: &str) -> Vec<String> {
        outline(text).articles.into_iter().map(|article| article.number).collect()
    }

    #[test]
    fn a_missing_number_is_reported_not_closed() {
        let found = outline("Article 1 - Objet\nTexte.\n\nArticle 3 - Durée\nTexte.");
        assert_eq!(found.articles.len(), 2);
        assert_eq!(found.warnings.len(), 1);
        assert_eq!((found.warnings[0].line, found.warnings[0].code), (4, "missing_article"));
    }

    #[test]
    fn references_at_the_beginning_of_a_line() {
        assert_eq!(
            numbers(
                "Article 1 - Objet\nIls relèvent de l'\nArticle 10 - communication\net de\narticle 4 - suivi\n\nArticle 2 - Durée\nFin."
            ),
            ["1", "2"]
        );
    }

    #[test]
    fn contents_are_not_articles() {
        assert_eq!(
            numbers(
                "Sommaire\nArticle 1 - Objet\nArticle 2 - Durée\nArticle 3 - Litiges\n\nArticle 1 - Objet\n\nTexte.\n\nArticle 2 - Durée\n\nTexte.\n\nArticle 3 - Litiges\n\nTexte."
            ),
            ["1", "2", "3"]
        );
    }

    #[test]
    fn numbers_restart_in_each_part() {
        let found = outline("TITRE I\nOBJET\nArticle 1\nTexte.\nArticle 2\nTexte.\nTITRE II\nSUIVI\nArticle 1\nTexte.");
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
        assert_eq!(found.parts[1].label.as_deref(), Some("SUIVI"));
        assert_eq!(found.articles[2].part, Some(1));
    }

    #[test]
    fn roman_numbers_inside_an_article_are_not_parts() {
        let found = outline(
            "Article 1 - Objet\n\nI. Le cadre\n\nTexte du cadre.\n\nII. Le reste\n\nTexte.\n\nArticle 2 - Durée\n\nTexte.",
        );
        assert!(found.parts.is_empty(), "{:?}", found.parts);
    }

    #[test]
    fn annexes_and_signature_end_the_body() {
        let found = outline(
            "Article 1 - Objet\nTexte.\n\nFait à Paris, le 3 mai 2010\n\nANNEXE 1\n\nArticle 1 - Autre\nTexte.",
        );
        assert_eq!(found.articles.len(), 1);
        assert_eq!(found.signature, Some(3));
    }
}
