//! Articles that do not say their name: `1 - ÉVOLUTION DES MÉTIERS`, `2.1 Suivi`.
//!
//! Only read when no line says « article », and only when the numbers count up from one on lines
//! that stand as titles: a numbered list is not a convention.

use super::fold::is_capitals;
use super::headings::{ArticleLine, PartLine, title_like};
use super::lines::Line;
use super::outline::Opened;
use super::pattern;

/// Lines that open articles by a number alone.
pub fn article_lines(lines: &[Line], parts: &[(usize, PartLine)], end: usize) -> Vec<Opened> {
    let mut found: Vec<Opened> = Vec::new();
    let mut chain: Vec<u32> = Vec::new();
    let mut before_part: Vec<u32> = Vec::new();
    for (at, line) in lines.iter().enumerate().take(end) {
        if parts.binary_search_by_key(&at, |(part, _)| *part).is_ok() {
            before_part = std::mem::take(&mut chain);
            continue;
        }
        let Some((path, rest)) = numbered(line) else {
            continue;
        };
        let label = line.text.raw.get(rest..).unwrap_or_default();
        let alone = at == 0
            || lines[at - 1].is_empty()
            || lines[at - 1].text.raw.ends_with('.')
            || parts.binary_search_by_key(&(at - 1), |(part, _)| *part).is_ok();
        if !title_like(label) || !(alone || is_capitals(label) || line.hashes > 0 || line.bold > 0) {
            continue;
        }
        // After a part, numbers restart or go on.
        let goes_on = chain.is_empty() && before_part.first().is_some_and(|last| path == [last + 1]);
        let skips = is_capitals(label) && skips_ahead(&chain, &before_part, &path);
        if !follows(&chain, &path) && !goes_on && !skips {
            continue;
        }
        let number = path.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        chain = path;
        found.push((at, ArticleLine { number, rest, lower: false }));
    }
    let with_text = found
        .iter()
        .enumerate()
        .filter(|(index, (at, _))| {
            let to = found.get(index + 1).map_or(end, |(at, _)| *at);
            lines[at + 1..to.max(at + 1)].iter().any(|line| !line.is_empty())
        })
        .count();
    // A title page may number two things; a list has no text between its lines.
    if found.len() < 2 || with_text * 2 < found.len() {
        return Vec::new();
    }
    found
}

/// `3`, `3.1`: the number as a path, and the byte where the label begins.
fn numbered(line: &Line) -> Option<(Vec<u32>, usize)> {
    if line.is_empty() || line.quoted || line.text.key.len() > 260 {
        return None;
    }
    let found = re!(r"^(\d{1,2}(?:\.\d{1,2})*)(?: ?[.:)/°]+ ?-?| ?-| ) ?(\S)").captures(&line.text.key)?;
    let figures = found.get(1)?.as_str();
    let path: Vec<u32> = figures.split('.').filter_map(|n| n.parse().ok()).collect();
    let separated = found.get(0)?.as_str()[figures.len()..].contains(['.', ':', ')', '/', '°', '-']);
    // « 2 exemplaires » has no mark; « 2.1 Suivi » needs none; a Markdown heading needs none.
    if !separated && path.len() < 2 && line.hashes == 0 {
        return None;
    }
    Some((path, line.text.raw_offset(found.get(2)?.start())))
}

/// A title in capitals may skip a few numbers; the gap is reported.
fn skips_ahead(chain: &[u32], before_part: &[u32], path: &[u32]) -> bool {
    let last = chain.first().or(before_part.first());
    matches!((path, last), ([number], Some(last)) if *number > *last && *number <= *last + 9)
}

fn follows(chain: &[u32], path: &[u32]) -> bool {
    let Some((&last, parents)) = path.split_last() else {
        return false;
    };
    if chain.is_empty() {
        return path == [1];
    }
    if path.len() > chain.len() {
        return parents == chain && last == 1;
    }
    // One number may be missing; the gap is reported.
    let same_level = chain[path.len() - 1];
    chain[..path.len() - 1] == *parents && (last == same_level + 1 || last == same_level + 2)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        let lines = lines::read(text);
        article_lines(&lines, &[], lines.len()).into_iter().map(|(_, article)| article.number).collect()
    }

    #[test]
    fn titles_that_count_are_articles() {
        assert_eq!(
            numbers(
                "1 - ÉVOLUTION DES MÉTIERS\nLes parties étudient.\n2 - STAGES\nElles accueillent.\n\n2.1 Suivi\nIl est fait."
            ),
            ["1", "2", "2.1"]
        );
    }

    #[test]
    fn a_list_is_no_convention() {
        assert!(numbers("Elles veulent :\n1. des visites ;\n2. des stages.").is_empty());
        assert!(numbers("Sommaire\n\n1. Visites\n\n2. Stages\n\n3. Forums").is_empty());
    }
}
