//! Lines into paragraphs and list items, and these into sentences.
//!
//! Extraction breaks a paragraph at every line, sometimes across a page. A line is joined to the one
//! before when nothing ended there; a hyphen is closed when it only cut a word.

use super::fold::{Text, starts_lower, starts_upper};
use super::lines::Line;
use super::pattern;

/// A paragraph or a list item (an `alinéa`).
#[derive(Debug, Default)]
pub struct Block {
    /// The words, on one line, without the item's mark.
    pub raw: String,
    /// A list item.
    pub bullet: bool,
    /// `1.` at the beginning: an item only if `2.` follows.
    numbered: Option<u32>,
    /// First line, from 1.
    pub line: u32,
    /// Last line.
    pub last_line: u32,
    /// Offsets in `raw` where each source line begins.
    starts: Vec<(usize, u32)>,
}

/// A sentence with the line where it begins.
#[derive(Debug, Clone)]
pub struct Sentence {
    /// The words.
    pub text: Text,
    /// Its line, from 1.
    pub line: u32,
}

impl Block {
    fn open(raw: &str, bullet: bool, line: u32) -> Self {
        Self { raw: raw.to_owned(), bullet, numbered: None, line, last_line: line, starts: vec![(0, line)] }
    }

    /// Ends as a sentence, an item or an introduction ends.
    fn is_ended(&self) -> bool {
        self.raw.trim_end().ends_with(['.', ';', ':', '!', '?', '»', '…', ')'])
    }

    /// Ends on a word that cannot end anything.
    fn hangs(&self) -> bool {
        hangs(&self.raw)
    }

    fn join(&mut self, line: &Line, soft: bool) {
        let addition = line.text.raw.as_str();
        if self.raw.is_empty() {
            self.starts = vec![(0, self.line)];
        } else if self.raw.ends_with('-') && starts_lower(addition) && !self.raw.ends_with(" -") {
            if soft || !keeps_hyphen(&self.raw, addition) {
                self.raw.pop();
            }
        } else if !(soft && starts_lower(addition)) {
            self.raw.push(' ');
        }
        self.starts.push((self.raw.len(), line.no));
        self.raw.push_str(addition);
        self.last_line = line.no;
    }

    fn line_at(&self, offset: usize) -> u32 {
        let after = self.starts.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).and_then(|at| self.starts.get(at)).map_or(self.line, |(_, line)| *line)
    }
}

/// Ends on an article, a preposition or a comma: the next line goes on.
pub fn hangs(raw: &str) -> bool {
    let tail_from = raw.len().saturating_sub(24);
    let tail = super::fold::fold(raw.get(tail_from..).unwrap_or(raw));
    re!(r"(?:,|-|'|(?:^|[ '])(?:de|du|des|d|la|le|les|l|et|ou|a|au|aux|en|par|pour|dans|sur|sous|avec|sans|entre|ses|son|sa|leur|leurs|un|une|que|qui|dont|chaque|cette|ce|cet|ces|plus|n°))$")
        .is_match(tail.trim_end())
}

/// A hyphen at the end of a line belongs to the word (`école-entreprise`) or only cuts it.
fn keeps_hyphen(before: &str, after: &str) -> bool {
    let from = before.rfind([' ', '\'', '’', '«']).map_or(0, |at| at + 1);
    let left = super::fold::fold(before.get(from..).unwrap_or_default());
    let right = super::fold::fold(after.split([' ', ',', '.', ';']).next().unwrap_or_default());
    re!(r"(?:^|-)(?:ecoles?|vice|savoirs?|ci|compte|peut|non|mi|demi|accord|haut|avant|apres|sous|au|mise|convention|chef|porte|rendez|outre|quatre|dix|soixante|vingt|trente|bac|post|inter|contre|centre|c'est)-$")
        .is_match(&left)
        || re!(r"^(?:ci|la|entreprises?|etre|faire|cadre|type|rendus?|dela|dessus|dessous|elle|il|ils|elles|meme|memes)$").is_match(&right)
}

/// The item's mark at the beginning of a line: its length, or `None`.
fn bullet_mark(line: &Line) -> Option<usize> {
    let mark = re!(
        r"^(?:[-•·▪▫■□►▶➢➤➔→❖✓✔§●○◦‣⁃](?: +|$)|-+[a-z«]|\*(?: +|$)|o +[a-z«(]|\(?[a-z]\) *|\d{1,2}°\)? *|\(?\d{1,2}\) *|(?:objectif|action|mesure|engagement|priorite|levier) (?:n ?° ?)?\d{1,2} ?[:.-] *)"
    );
    let key = line.text.key.as_str();
    let found = mark.find(key)?;
    let mut end = found.end();
    // Two of the alternatives look one letter ahead.
    if key.starts_with('-') && !key.starts_with("- ") && key.len() > 1 {
        end -= key[..end].chars().next_back().map_or(0, char::len_utf8);
    } else if key.starts_with("o ") {
        end = 2;
    }
    (!key.starts_with("--")).then(|| line.text.raw_offset(end))
}

/// Reads paragraphs and items. `inline` is text that runs on from the heading's line.
pub fn read(lines: &[Line], inline: Option<(&str, u32)>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut gap = false;
    let mut soft = false;
    if let Some((text, line)) = inline {
        blocks.push(Block::open(text, false, line));
    }
    for line in lines {
        if line.noise {
            continue;
        }
        if line.text.raw.is_empty() {
            gap = true;
            continue;
        }
        if let Some(mark) = bullet_mark(line) {
            let text = line.text.raw.get(mark..).unwrap_or_default().trim();
            blocks.push(Block::open(text, true, line.no));
        } else if let Some(number) = numbered_mark(line) {
            let mut block = Block::open(&line.text.raw, false, line.no);
            block.numbered = Some(number);
            blocks.push(block);
        } else {
            match blocks.last_mut() {
                Some(last) if goes_on(last, line, gap, soft) => last.join(line, soft),
                _ => blocks.push(Block::open(&line.text.raw, false, line.no)),
            }
        }
        gap = false;
        soft = line.soft_end;
    }
    settle_numbered(&mut blocks);
    blocks.retain(|block| !block.raw.is_empty());
    blocks
}

fn goes_on(last: &Block, line: &Line, gap: bool, soft: bool) -> bool {
    let text = line.text.raw.as_str();
    // A mark alone on its line waits for its words.
    if last.raw.is_empty() || soft {
        return true;
    }
    if gap {
        return starts_lower(text) && !last.is_ended();
    }
    if starts_upper(text) || text.starts_with('«') {
        let closed = last.raw.trim_end().ends_with(['.', ';', ':', '»']);
        return !closed && (!last.bullet || last.hangs()) && line.hashes == 0;
    }
    true
}

fn numbered_mark(line: &Line) -> Option<u32> {
    let found = re!(r"^(\d{1,2})\. ?[^\d .]").captures(&line.text.key)?;
    found.get(1)?.as_str().parse().ok()
}

/// `1.` is a list item when `2.` follows it in the same section.
fn settle_numbered(blocks: &mut [Block]) {
    let starts: Vec<(usize, u32)> =
        blocks.iter().enumerate().filter_map(|(index, block)| Some((index, block.numbered?))).collect();
    let mut run: Vec<usize> = Vec::new();
    let mut expected = 1;
    let mut items: Vec<usize> = Vec::new();
    for (index, number) in starts {
        if number != expected {
            if run.len() > 1 {
                items.append(&mut run);
            }
            run.clear();
            expected = 1;
        }
        if number == expected {
            run.push(index);
            expected += 1;
        }
    }
    if run.len() > 1 {
        items.append(&mut run);
    }
    for index in items {
        let block = &mut blocks[index];
        let cut = block.raw.find('.').map_or(0, |at| at + 1);
        let trimmed = block.raw[cut..].trim_start();
        let shift = block.raw.len() - trimmed.len();
        block.raw = trimmed.to_owned();
        for start in &mut block.starts {
            start.0 = start.0.saturating_sub(shift);
        }
        block.bullet = true;
    }
}

/// The Markdown of a section.
pub fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut after_bullet = false;
    for block in blocks {
        if !out.is_empty() {
            out.push_str(if block.bullet && after_bullet { "\n" } else { "\n\n" });
        }
        if block.bullet {
            out.push_str("- ");
        }
        out.push_str(&block.raw);
        after_bullet = block.bullet;
    }
    out
}

/// A longer sentence is cut at a space: what a clause says is never so long, and the time to read a
/// sentence may grow faster than its length.
const LONGEST_SENTENCE: usize = 3000;

/// Cuts blocks into sentences.
pub fn sentences(blocks: &[Block]) -> Vec<Sentence> {
    let mut out = Vec::new();
    for block in blocks {
        let mut from = 0;
        let ends = sentence_ends(&block.raw).into_iter().chain([block.raw.len()]);
        for end in ends {
            while end - from > LONGEST_SENTENCE {
                let cut = cut_before(&block.raw, from + LONGEST_SENTENCE, from);
                push_sentence(&mut out, block, from, cut);
                from = cut;
            }
            push_sentence(&mut out, block, from, end);
            from = end;
        }
    }
    out
}

/// The last space before `limit`, or the nearest character boundary.
fn cut_before(raw: &str, limit: usize, from: usize) -> usize {
    let limit = (from + 1..=limit).rev().find(|at| raw.is_char_boundary(*at)).unwrap_or(raw.len());
    raw[from..limit].rfind(' ').filter(|at| *at > 0).map_or(limit, |at| from + at)
}

fn push_sentence(out: &mut Vec<Sentence>, block: &Block, from: usize, to: usize) {
    let Some(slice) = block.raw.get(from..to) else {
        return;
    };
    let lead = slice.len() - slice.trim_start().len();
    let text = slice.trim();
    if text.is_empty() {
        return;
    }
    out.push(Sentence { text: Text::new(text), line: block.line_at(from + lead) });
}

/// Where sentences end: a full stop (or `;`) before a capital, abbreviations and initials apart.
fn sentence_ends(raw: &str) -> Vec<usize> {
    re!(r"([\p{L}\p{N}°)»%]+)( ?[.!?;]) +[«“]? ?[\p{Lu}]")
        .captures_iter(raw)
        .filter_map(|found| {
            let word = found.get(1)?.as_str();
            let stop = found.get(2)?;
            let abbreviated = stop.as_str() == "."
                && (word.chars().count() == 1 && word.chars().all(char::is_uppercase)
                    || matches!(
                        word,
                        "Mme"
                            | "MM"
                            | "Mlle"
                            | "Dr"
                            | "Pr"
                            | "art"
                            | "Art"
                            | "cf"
                            | "Cf"
                            | "ex"
                            | "al"
                            | "St"
                            | "bd"
                            | "av"
                    ));
            (!abbreviated).then_some(stop.end())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn blocks(text: &str) -> Vec<(bool, String)> {
        read(&lines::read(text), None).into_iter().map(|block| (block.bullet, block.raw)).collect()
    }

    #[test]
    fn every_kind_of_item_is_seen() {
        let text = "Liste :\n- un ;\n― deux ;\n– trois ;\n•\nquatre ;\n* cinq ;\no six ;\na) sept ;\n1° huit ;\nObjectif 1 : neuf ;\nAction n° 2 : dix\n-onze";
        let found = blocks(text);
        assert_eq!(found.iter().filter(|(bullet, _)| *bullet).count(), 11, "{found:?}");
        assert_eq!(found[4].1, "quatre ;");
        assert_eq!(found[11].1, "onze");
    }

    #[test]
    fn broken_lines_and_hyphens_are_joined() {
        assert_eq!(
            blocks("Le parte-\nnariat école-\nentreprise se\ndéveloppe.\nLes parties s'informent."),
            [
                (false, "Le partenariat école-entreprise se développe.".to_owned()),
                (false, "Les parties s'informent.".to_owned())
            ]
        );
        assert_eq!(blocks("De même,\n\nen cas de besoin.").len(), 1);
        assert_eq!(blocks("une phrase coupée par\n\n3\n\nune page.").len(), 1);
    }

    #[test]
    fn numbered_items_need_a_second_one() {
        assert_eq!(blocks("1. un\n2. deux").iter().filter(|b| b.0).count(), 2);
        assert_eq!(blocks("1. Le ministère s'engage.").iter().filter(|b| b.0).count(), 0);
    }

    #[test]
    fn sentences_know_their_lines() {
        let lines = lines::read("Une phrase. M. Untel en\ndit une autre. La\ntroisième.");
        let found = sentences(&read(&lines, None));
        let got: Vec<(u32, &str)> = found.iter().map(|s| (s.line, s.text.raw.as_str())).collect();
        assert_eq!(got, [(1, "Une phrase."), (1, "M. Untel en dit une autre."), (2, "La troisième.")]);
    }
}
