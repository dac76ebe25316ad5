//! What follows an article's number: its heading, its text, or both on one line.
//!
//! A heading is short, states nothing and does not end as a sentence. It may stand on the number's
//! line, on the next, over two lines or two paragraphs; or be missing, the text running straight on.

use super::blocks::hangs;
use super::fold::{is_capitals, starts_lower, starts_upper};
use super::headings::states;
use super::lines::Line;
use super::pattern;

/// What follows an article's number: a heading, the text, or both.
#[derive(Debug, Default, PartialEq)]
pub struct Opening {
    /// Heading.
    pub heading: Option<String>,
    /// Text that runs on from the heading, or stands in its place, with its line.
    pub inline: Option<(String, u32)>,
    /// Index of the first line after what was used.
    pub next: usize,
    /// The heading could not be told from the text for sure.
    pub doubt: bool,
}

/// Reads what follows an article's number. `stop` is the first line of the next heading.
pub fn opening(lines: &[Line], index: usize, rest: usize, stop: usize) -> Opening {
    let line = &lines[index];
    let inline = line.text.raw.get(rest..).unwrap_or_default().trim();
    if inline.is_empty() {
        return heading_below(lines, index, stop);
    }
    // Bold up to some point of the line: that is the heading.
    if line.bold > rest && line.bold < line.text.raw.len() {
        let heading = tidy(line.text.raw.get(rest..line.bold).unwrap_or_default());
        let text = line.text.raw.get(line.bold..).unwrap_or_default();
        let text = text.trim().trim_start_matches([':', '-', '–', '—', '.']).trim();
        if !heading.is_empty() && !text.is_empty() {
            return Opening {
                heading: Some(heading),
                inline: Some((text.to_owned(), line.no)),
                next: index + 1,
                doubt: false,
            };
        }
    }
    if let Some((heading, text)) = run_in(inline) {
        return Opening { heading: Some(heading), inline: Some((text, line.no)), next: index + 1, doubt: false };
    }
    let (group, next) = group_of(lines, index, inline, stop);
    if is_heading(&group, has_text(lines, next, stop)) {
        let (group, next) = over_paragraphs(lines, group, next, stop);
        return Opening { heading: Some(tidy(&group)), inline: None, next, doubt: false };
    }
    Opening { heading: None, inline: Some((inline.to_owned(), line.no)), next: index + 1, doubt: false }
}

fn heading_below(lines: &[Line], index: usize, stop: usize) -> Opening {
    let nothing = |next| Opening { next, ..Opening::default() };
    let Some(first) = (index + 1..stop.min(index + 6)).find(|&i| !lines[i].is_empty()) else {
        return nothing(index + 1);
    };
    let start = lines[first].text.raw.clone();
    if re!(r"^(?:[-•*·▪]|o |[a-z]\)|\d)").is_match(&lines[first].text.key) {
        return nothing(index + 1);
    }
    let start = start.trim_start_matches(['-', '–', '—', ':', ' ']).to_owned();
    if let Some((heading, text)) = run_in(&start) {
        return Opening {
            heading: Some(heading),
            inline: Some((text, lines[first].no)),
            next: first + 1,
            doubt: false,
        };
    }
    let (group, next) = group_of(lines, first, &start, stop);
    if is_heading(&group, has_text(lines, next, stop)) {
        let (group, next) = over_paragraphs(lines, group, next, stop);
        return Opening { heading: Some(tidy(&group)), inline: None, next, doubt: false };
    }
    nothing(index + 1)
}

/// Joins the lines of one heading: the next goes on when this one hangs or that one begins in lower
/// case (or both are capitals).
fn group_of(lines: &[Line], index: usize, start: &str, stop: usize) -> (String, usize) {
    let mut group = start.to_owned();
    let mut next = index + 1;
    while next < stop.min(index + 5) && group.chars().count() < 400 {
        let line = &lines[next];
        if line.noise {
            next += 1;
            continue;
        }
        let text = line.text.raw.as_str();
        let item = re!(r"^(?:[-•*·▪] ?|o |[a-z]\) |\d+°)").is_match(&line.text.key);
        if text.is_empty() || item || group.ends_with(['.', ':', ';']) {
            break;
        }
        let capitals = is_capitals(&group) && is_capitals(text);
        if !(starts_lower(text) || hangs(&group) || capitals || group.ends_with('-')) {
            break;
        }
        if !group.ends_with('-') || group.ends_with(" -") {
            group.push(' ');
        }
        group.push_str(text);
        next += 1;
    }
    (group, next)
}

/// A heading over two paragraphs: it hangs, and a short title-like paragraph ends it.
fn over_paragraphs(lines: &[Line], group: String, next: usize, stop: usize) -> (String, usize) {
    let Some(second) = (next..stop.min(next + 3)).find(|&i| !lines[i].is_empty()) else {
        return (group, next);
    };
    let text = lines[second].text.raw.as_str();
    let alone = lines.get(second + 1).is_none_or(Line::is_empty);
    let more = has_text(lines, second + 1, stop);
    let short = text.chars().count() <= 120 && !text.ends_with(['.', ';', ':', ',']);
    let item = re!(r"^(?:[-•*·▪] ?|o |[a-z]\) |\d+°)").is_match(&lines[second].text.key);
    if second > next && alone && more && short && !item && !states(text) && (hangs(&group) || starts_lower(text)) {
        return (format!("{group} {text}"), second + 1);
    }
    (group, next)
}

fn has_text(lines: &[Line], from: usize, to: usize) -> bool {
    lines.get(from..to).is_some_and(|lines| lines.iter().any(|line| !line.is_empty()))
}

fn is_heading(text: &str, text_follows: bool) -> bool {
    let words = text.split_whitespace().count();
    let length = text.chars().count();
    // « I. – À l'article 3 : » leads to an amendment's drafting.
    if re!(r"^(?:[ivx]{1,4} ?[.)-][ .-]*|\d{1,2}°[ .-]*)?(?:(?:au|aux|apres|dans|a) [^.]{0,60})?\bl?'?article \d")
        .is_match(&super::fold::fold(text))
    {
        return false;
    }
    if is_capitals(text) && length <= 250 {
        return true;
    }
    if length > 220 || states(text) || text.ends_with([';', ',']) || !starts_upper(text) && !text.starts_with('«') {
        return false;
    }
    if text.ends_with(':') {
        return words <= 9;
    }
    if text.ends_with(['.', '!', '?']) {
        return words <= 7 && text_follows;
    }
    true
}

/// `Durée. La présente convention…` or `Durée : la présente…`: heading, then text.
fn run_in(text: &str) -> Option<(String, String)> {
    for found in re!(r"[.:] ?[–—-]? |[^ ] [–—-] ").find_iter(text).take(3) {
        let shift = if found.as_str().starts_with(['.', ':']) {
            0
        } else {
            found.as_str().chars().next().map_or(0, char::len_utf8)
        };
        let head = tidy(&text[..found.start() + shift]);
        let tail = text[found.end()..].trim();
        let dashed = !found.as_str().starts_with(['.', ':']);
        let length = head.chars().count();
        let tail_states = states(tail) && (tail.ends_with(['.', ';', ':']) || tail.chars().count() > 60);
        if (3..=90).contains(&length)
            && !states(&head)
            && !head.starts_with(char::is_lowercase)
            && !re!(r"(?i)^(?:m|mme|mm|art|n)$|^(?:(?:au|aux|à l['’]|après|dans|en|pour|si|par|vu|selon|lors) ?)\b")
                .is_match(&head)
            && tail_states
            && (!dashed || starts_upper(tail))
            && head.split_whitespace().count() <= 12
            && !head.ends_with([',', ';'])
        {
            return Some((head, tail.to_owned()));
        }
    }
    None
}

/// Takes away the marks around a heading.
pub fn tidy(text: &str) -> String {
    text.trim()
        .trim_start_matches([':', '-', '–', '—', '.', ' '])
        .trim_end_matches([':', '-', '–', '—', '.', ' ', '\u{a0}'])
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::headings::article_line;
    use super::super::lines;
    use super::*;

    fn open(text: &str) -> (Option<String>, Option<String>) {
        let lines = lines::read(text);
        let article = article_line(&lines[0]).unwrap();
        let opening = opening(&lines, 0, article.rest, lines.len());
        (opening.heading, opening.inline.map(|inline| inline.0))
    }

    #[test]
    fn heading_or_text() {
        let heading = |h: &str| (Some(h.to_owned()), None);
        assert_eq!(open("Article 1 – Objet\n\nLa présente convention fixe."), heading("Objet"));
        assert_eq!(open("Article 1\nObjet\nLa présente convention fixe."), heading("Objet"));
        assert_eq!(
            open("Article 3 - Favoriser les parcours des élèves et\nsécuriser leur insertion\nLes parties agissent."),
            heading("Favoriser les parcours des élèves et sécuriser leur insertion")
        );
        assert_eq!(
            open("Article 3 - Découverte des métiers\n\net orientation\n\nLes parties agissent."),
            heading("Découverte des métiers et orientation")
        );
        assert_eq!(open("Article 1\nLe ministère s'engage à\nfournir un cadre."), (None, None));
        assert_eq!(
            open("Article 5 - Durée. La présente convention est conclue pour un an."),
            (Some("Durée".into()), Some("La présente convention est conclue pour un an.".into()))
        );
        assert_eq!(open("Article 1 - Les signataires examinent ensemble l'évolution des\nemplois du secteur.").0, None);
        assert_eq!(open("Article 2 - Durée.\nElle est de trois ans."), heading("Durée"));
    }
}
