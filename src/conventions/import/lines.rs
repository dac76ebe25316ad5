//! The text as lines: numbered, made plain, and rid of what a page added.
//!
//! A page number, a running head or a line of contents is *noise*: it keeps its number, so that
//! every later line keeps its own, and is read by nobody.

use std::collections::HashMap;

use super::clean::clean;
use super::fold::Text;
use super::pattern;

/// A line of the original text.
#[allow(clippy::struct_excessive_bools, reason = "four facts about a line that exclude nothing of each other")]
#[derive(Debug, Default)]
pub struct Line {
    /// Number in the original text, from 1.
    pub no: u32,
    /// The words.
    pub text: Text,
    /// Its columns; one when there is a single column.
    pub cells: Vec<String>,
    /// Markdown heading level, 0 for none.
    pub hashes: usize,
    /// Bytes in bold at the beginning of the words.
    pub bold: usize,
    /// Cut by a soft hyphen.
    pub soft_end: bool,
    /// Page number, running head, contents: not part of the text.
    pub noise: bool,
    /// Begins inside a quotation opened on an earlier line.
    pub quoted: bool,
    /// A page begins here.
    pub page_start: bool,
}

impl Line {
    /// How many columns hold words.
    pub fn columns(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }

    /// Carries no words of the convention.
    pub fn is_empty(&self) -> bool {
        self.noise || self.text.raw.is_empty()
    }
}

/// Reads the lines of a text.
pub fn read(text: &str) -> Vec<Line> {
    let mut page_start = false;
    let mut lines: Vec<Line> = Vec::new();
    for (index, raw) in split(text).enumerate() {
        let cleaned = clean(raw);
        lines.push(Line {
            no: u32::try_from(index + 1).unwrap_or(u32::MAX),
            text: Text::new(cleaned.text),
            cells: cleaned.cells,
            hashes: cleaned.hashes,
            bold: cleaned.bold,
            soft_end: cleaned.soft_end,
            noise: false,
            quoted: false,
            page_start: page_start || raw.contains('\u{c}'),
        });
        page_start = raw.ends_with('\u{c}');
    }
    mark_page_numbers(&mut lines);
    mark_folios(&mut lines);
    mark_running_heads(&mut lines);
    lines
}

/// Lines of a text, whatever ends them.
fn split(text: &str) -> Box<dyn Iterator<Item = &str> + '_> {
    if text.contains('\n') { Box::new(text.lines()) } else { Box::new(text.split('\r')) }
}

fn mark_page_numbers(lines: &mut [Line]) {
    let always = re!(
        r"^(?:-+ ?\d{1,3} ?-+|\(?page ?[|:]? ?\d{1,3}(?: ?(?:/|sur|de|\|) ?\d{1,3})?\)?|p\. ?\d{1,3}(?: ?/ ?\d{1,3})?|\d{1,3} ?/ ?\d{1,3}|\(\d{1,3}\))$"
    );
    let contents = re!(r"(?:\.{4,}|(?:\. ){4,}|_{4,}) ?\d{1,3}$");
    let banner = re!(
        r"^(?:bandeau bo\b|accueil (?:du )?bulletin officiel|bulletin officiel (?:n°|\[b|de l'education)|https?://\S+$|b\.?o\.?(?:e\.?n\.?)? n° ?\d+ du)"
    );
    for index in 0..lines.len() {
        let key = lines[index].text.key.as_str();
        if key.is_empty() || key.len() > 200 {
            continue;
        }
        let lone = key.len() <= 3
            && key.bytes().all(|b| b.is_ascii_digit())
            && (index == 0 || lines[index - 1].text.raw.is_empty() || lines[index - 1].noise)
            && lines.get(index + 1).is_none_or(|next| next.text.raw.is_empty() || next.page_start);
        if lone || always.is_match(key) || contents.is_match(key) || banner.is_match(key) {
            lines[index].noise = true;
        }
    }
}

/// A foot of page that carries its number (`Convention X – page 3`): the same words, numbers that count.
fn mark_folios(lines: &mut [Line]) {
    let folio = re!(
        r"^(.{0,120}\b(?:page|convention|accord|avenant|academie|ministere)\b.{0,120}?[ -])(\d{1,3})(?: ?(?:/|sur) ?\d{1,3})?$"
    );
    let mut last: HashMap<String, (usize, u32)> = HashMap::new();
    for index in 0..lines.len() {
        let line = &lines[index];
        if line.is_empty()
            || line.text.key.len() > 260
            || re!(r"^(?:article|art\.|vu |titre|chapitre|partie|annexe|avenant n)").is_match(&line.text.key)
        {
            continue;
        }
        let Some(found) = folio.captures(&line.text.key) else {
            continue;
        };
        let (Some(words), Some(number)) = (found.get(1), found.get(2).and_then(|n| n.as_str().parse().ok())) else {
            continue;
        };
        let before = last.insert(words.as_str().to_owned(), (index, number));
        if let Some((at, previous)) = before
            && number == previous + 1
        {
            lines[at].noise = true;
            lines[index].noise = true;
        }
    }
}

/// A head or foot of page: the same words, digits apart, at least three times, and each time next to
/// a page number or a page break.
fn mark_running_heads(lines: &mut [Line]) {
    let mut near = vec![false; lines.len()];
    for index in 0..lines.len() {
        let page_mark = (lines[index].noise && !lines[index].text.key.contains("..")) || lines[index].page_start;
        if page_mark {
            let from = index.saturating_sub(4);
            let to = (index + 4).min(lines.len() - 1);
            near[from..=to].fill(true);
        }
    }
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        if near[index] && !line.is_empty() && line.text.key.len() <= 160 {
            let shape: String = line.text.key.chars().filter(|c| !c.is_ascii_digit()).collect();
            // A bullet or a form's blanks may repeat; words of at least six letters are a head.
            if shape.chars().filter(|c| c.is_alphabetic()).count() >= 6 && !shape.starts_with("article") {
                seen.entry(shape).or_default().push(index);
            }
        }
    }
    for places in seen.values().filter(|places| places.len() >= 3) {
        // The first one may be the title itself.
        for &index in &places[1..] {
            lines[index].noise = true;
        }
        let first = places[0];
        if lines[..first].iter().any(|line| !line.is_empty() && line.text.raw.len() > 3) {
            lines[first].noise = true;
        }
    }
}

/// Says which lines begin inside a quotation. An opening mark counts across lines only when it is
/// closed within `reach` lines: a forgotten mark must not swallow the rest of the text.
pub fn mark_quotations(lines: &mut [Line], reach: usize, straight: bool) {
    let mut next_close = vec![usize::MAX; lines.len() + 1];
    for index in (0..lines.len()).rev() {
        next_close[index] = if lines[index].text.key.contains('»') || (straight && lines[index].text.key.contains('"'))
        {
            index
        } else {
            next_close[index + 1]
        };
    }
    let mut open = false;
    for index in 0..lines.len() {
        lines[index].quoted = open;
        for mark in lines[index].text.key.chars() {
            match mark {
                '«' => open = true,
                '»' => open = false,
                '"' if straight => open = !open,
                _ => {}
            }
        }
        let close = next_close[index + 1];
        if open && (close == usize::MAX || close - index > reach) {
            open = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_through_any_line_ending() {
        for text in ["a\n\nb", "a\r\n\r\nb", "a\r\rb", "\u{feff}a\n\u{c}\nb"] {
            let lines = read(text);
            assert_eq!(lines.len(), 3, "{text:?}");
            assert_eq!((lines[2].no, lines[2].text.raw.as_str()), (3, "b"));
        }
        assert!(read("").len() <= 1);
    }

    #[test]
    fn page_numbers_and_running_heads_are_noise() {
        let page = |n: u32| format!("texte {n}\n\nConvention Exemple et Modèle\nPage {n} sur 3\n\u{c}");
        let lines = read(&format!("TITRE LONG\n{}{}{}", page(1), page(2), page(3)));
        let kept: Vec<&str> = lines.iter().filter(|line| !line.is_empty()).map(|line| line.text.raw.as_str()).collect();
        assert_eq!(kept, ["TITRE LONG", "texte 1", "texte 2", "texte 3"]);
    }

    #[test]
    fn a_quotation_that_is_never_closed_swallows_nothing() {
        let mut lines = read("dit « ceci\net cela\nArticle 2");
        mark_quotations(&mut lines, 3, false);
        assert!(lines.iter().all(|line| !line.quoted));
        let mut lines = read("dit « ceci\nArticle 9\nfin » suite\nArticle 2");
        mark_quotations(&mut lines, 3, false);
        assert!(lines[1].quoted && !lines[3].quoted);
    }
}
