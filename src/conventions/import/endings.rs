//! Where the body ends: at the signature, or at the annexes.
//!
//! « Fait à… » in the middle of a text ends nothing when the articles go on counting after it.

use std::collections::HashMap;

use super::fold::is_capitals;
use super::lines::Line;
use super::outline::{Opened, integer};
use super::pattern;

/// Where the signature stands, and where the body ends (signature or annexes).
pub fn ends(lines: &[Line], opened: &[Opened]) -> (Option<usize>, usize) {
    let after = opened.first().map_or(0, |(at, _)| *at);
    let mut last_place: HashMap<u32, usize> = HashMap::new();
    for (at, article) in opened {
        if let Some(number) = integer(&article.number) {
            last_place.insert(number, *at);
        }
    }
    let goes_on = |at: usize| {
        let before = opened.partition_point(|(place, _)| *place < at);
        let last = before.checked_sub(1).and_then(|index| integer(&opened[index].1.number));
        last.is_some_and(|last| last_place.get(&(last + 1)).is_some_and(|place| *place > at))
    };
    let fait = re!(
        r"^\(?fait(?:,| et (?:signe|passe))? (?:a|en|le|au|aux|ce|pour)\b|^(?:signe|etabli|dresse) (?:a [a-z' -]{2,40},? le|en (?:\w+ )?(?:double|deux|trois|\d) exemplaires?)\b|^(?:a )?[a-z][a-z' -]{1,30}, le (?:\d{1,2}|1er|\.{3,}|_{2,}) ?[a-z/.]"
    );
    let mut signature = None;
    let mut annex = None;
    for (at, line) in lines.iter().enumerate().skip(after) {
        if line.is_empty() || line.quoted || line.text.key.len() > 300 {
            continue;
        }
        let key = line.text.key.as_str();
        // A date alone ends a text only at its very end.
        let dated = at + 30 > lines.len() && re!(r"^le (?:\d{1,2}|1 ?er) [a-z]{3,9} \d{4}\.?$").is_match(key);
        if signature.is_none() && (fait.is_match(key) || dated) && !goes_on(at) {
            signature = Some(at);
        } else if annex.is_none()
            && re!(r"^annexes?(?: ?n?°? ?(?:\d{1,2}|[ivx]{1,4}|[a-h]))?(?: ?[:.-].*| [a-z].{0,80})?$").is_match(key)
            && (is_capitals(&line.text.raw) || key.len() < 90)
            && !line.text.raw.starts_with('a')
            && !key.ends_with([';', ','])
            && !opened.is_empty()
            && !goes_on(at)
            && (signature.is_some() || line.page_start || at == 0 || lines[at - 1].is_empty())
        {
            annex = Some(at);
        }
    }
    let end = signature.into_iter().chain(annex).min().unwrap_or(lines.len());
    // A signature that follows the annexes is still the signature.
    (signature, end)
}
