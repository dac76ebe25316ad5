//! Annexes: what stands after the body under « ANNEXE 1 – … ». They are kept as articles of that number, so that they
//! are served, signed and amended as the rest.

use super::blocks;
use super::draft::ArticleDraft;
use super::fold::is_capitals;
use super::lines::Line;
use super::openings::tidy;
use super::outline::Outline;
use super::pattern;
use super::report::Warning;

struct Opening {
    at: usize,
    number: String,
    heading: Option<String>,
}

/// The annexes of a convention, in the order of the text.
pub fn read(lines: &[Line], outline: &Outline, warnings: &mut Vec<Warning>) -> Vec<ArticleDraft> {
    let opened: Vec<Opening> = (outline.end..lines.len()).filter_map(|at| opening(lines, at)).collect();
    let mut found: Vec<ArticleDraft> = Vec::new();
    for (index, annex) in opened.iter().enumerate() {
        let next = opened.get(index + 1).map_or(lines.len(), |next| next.at);
        // A signature may follow the annexes.
        let to = outline.signature.filter(|at| *at > annex.at).map_or(next, |at| at.min(next));
        let from = (annex.at + 1).min(to);
        let Some(last) = lines[from..to].iter().rev().find(|line| !line.is_empty()) else {
            continue;
        };
        found.push(ArticleDraft {
            number: annex.number.clone(),
            part: None,
            heading: annex.heading.clone(),
            body: blocks::markdown(&blocks::read(&lines[from..to], None)),
            line: lines[annex.at].no,
            last_line: last.no,
        });
    }
    // One that is announced in a list and stands nowhere is lost to nobody silently.
    for annex in &opened {
        if !found.iter().any(|kept| kept.number == annex.number) {
            warnings.push(Warning::new(
                lines[annex.at].no,
                "annex_without_text",
                format!("« {} » n'a pas de texte : elle n'est pas reprise", annex.number),
                format!("“{}” has no text: it is not taken in", annex.number),
            ));
        }
    }
    found
}

/// The line of the first annex of a text that keeps none: an amendment's.
pub fn first(lines: &[Line], outline: &Outline) -> Option<u32> {
    (outline.end..lines.len()).find_map(|at| opening(lines, at)).map(|annex| lines[annex.at].no)
}

fn opening(lines: &[Line], at: usize) -> Option<Opening> {
    let line = &lines[at];
    let key = line.text.key.as_str();
    let alone = line.page_start || at == 0 || lines[at - 1].is_empty() || opening_line(&lines[at - 1]);
    if line.is_empty() || line.quoted || !opening_line(line) || !(alone || is_capitals(&line.text.raw)) {
        return None;
    }
    let found = re!(r"^annexes?(?: ?(?:n ?° ?)?(\d{1,2}|[ivx]{1,4}|[a-h])\b)? ?[:.-]* ?").captures(key)?;
    let number = found.get(1).map(|number| number.as_str().to_uppercase());
    let heading = tidy(line.text.quote_from(found.get(0)?.end()));
    Some(Opening {
        at,
        number: number.map_or_else(|| "Annexe".to_owned(), |number| format!("Annexe {number}")),
        heading: (!heading.is_empty()).then(|| heading.chars().take(500).collect()),
    })
}

fn opening_line(line: &Line) -> bool {
    let key = line.text.key.as_str();
    re!(r"^annexes?(?: ?(?:n ?° ?)?(?:\d{1,2}|[ivx]{1,4}|[a-h]))?(?: ?[:.-].*| [a-z].{0,80})?$").is_match(key)
        && (is_capitals(&line.text.raw) || key.len() < 90)
        && !line.text.raw.starts_with('a')
        && !key.ends_with([';', ','])
}

/// Whether the number of an article is that of an annex.
pub fn is_one(number: &str) -> bool {
    number == "Annexe" || number.starts_with("Annexe ")
}
