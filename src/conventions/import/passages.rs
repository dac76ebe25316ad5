//! The passages clauses are read from: each article (and the rest of the body) with its blocks and
//! sentences.

use super::blocks::{self, Block, Sentence};
use super::fold::fold;
use super::lines::Line;
use super::outline::Outline;
use super::report::Party;

/// An article, or a stretch of the body that is in none.
#[derive(Debug)]
pub struct Passage {
    /// Index of the article; `None` outside any.
    pub article: Option<usize>,
    /// Article's number.
    pub number: Option<String>,
    /// Part's number.
    pub part: Option<String>,
    /// Folded heading, empty when there is none.
    pub heading: String,
    /// Paragraphs and items.
    pub blocks: Vec<Block>,
    /// Sentences, in order.
    pub sentences: Vec<Sentence>,
}

/// Reads the passages of the body, in order.
pub fn read(lines: &[Line], outline: &Outline) -> Vec<Passage> {
    let mut passages = Vec::new();
    if outline.articles.is_empty() {
        // Without articles, the parts (or the whole body) still hold clauses.
        let mut from = outline.start.min(outline.end);
        let mut part = None;
        for mark in &outline.parts {
            passages.push(passage(&lines[from..mark.at.max(from)], None, None, part.take(), None, String::new()));
            from = mark.after.min(outline.end).max(mark.at);
            part = Some(mark.number.clone());
        }
        passages.push(passage(&lines[from.min(outline.end)..outline.end], None, None, part, None, String::new()));
        return passages;
    }
    for (index, article) in outline.articles.iter().enumerate() {
        let inline = article.inline.as_ref().map(|(text, line)| (text.as_str(), *line));
        let heading = article.heading.as_deref().map(fold).unwrap_or_default();
        let part = article.part.map(|part| outline.parts[part].number.clone());
        passages.push(passage(
            &lines[article.from..article.to.max(article.from)],
            Some(index),
            Some(article.number.clone()),
            part,
            inline,
            heading,
        ));
    }
    // What stands between a part's heading and its first article, or fills a part without articles.
    for (index, part) in outline.parts.iter().enumerate() {
        let next_article = outline.articles.partition_point(|article| article.at < part.at);
        let to = outline.articles.get(next_article).map_or(outline.end, |article| article.at);
        let to = to.min(outline.parts.get(index + 1).map_or(outline.end, |part| part.at));
        let from = part.after.min(to);
        if lines[from..to].iter().any(|line| !line.is_empty()) {
            passages.push(passage(&lines[from..to], None, None, Some(part.number.clone()), None, String::new()));
        }
    }
    passages
}

/// Reads one passage.
pub fn passage(
    lines: &[Line],
    article: Option<usize>,
    number: Option<String>,
    part: Option<String>,
    inline: Option<(&str, u32)>,
    heading: String,
) -> Passage {
    let blocks = blocks::read(lines, inline);
    let sentences = blocks::sentences(&blocks);
    Passage { article, number, part, heading, blocks, sentences }
}

/// Who a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One party, by its index.
    One(usize),
    /// All the parties.
    All,
}

/// Who a folded subject names; `None` when it is nobody known.
pub fn subject(key: &str, parties: &[Party]) -> Option<Subject> {
    let key = key.trim().trim_end_matches([',', ' ']);
    let all = [
        "les parties",
        "les signataires",
        "les deux parties",
        "chaque partie",
        "les partenaires",
        "les cosignataires",
        "chacune des parties",
        "les parties signataires",
        "l'ensemble des parties",
        "les contractants",
        "les co-contractants",
    ];
    if all.iter().any(|all| key.ends_with(all)) {
        return Some(Subject::All);
    }
    parties
        .iter()
        .position(|party| {
            let names = [party.alias.as_deref(), Some(party.name.as_str())];
            names.into_iter().flatten().any(|name| ends_with_name(key, name))
        })
        .map(Subject::One)
        .or_else(|| by_nature(key, parties))
}

fn ends_with_name(key: &str, name: &str) -> bool {
    let name = fold(name);
    let bare =
        name.trim_start_matches("le ").trim_start_matches("la ").trim_start_matches("l'").trim_matches(['«', '»', ' ']);
    if bare.len() < 2 || !key.ends_with(bare) {
        return false;
    }
    key[..key.len() - bare.len()].chars().next_back().is_none_or(|c| !c.is_alphanumeric())
}

/// The party that a folded subject names and nothing beside: its alias, its name, « le ministère », with an article at most;
/// not « les partenaires de l'association », that [`subject`] takes for it.
pub fn alone(key: &str, parties: &[Party]) -> Option<usize> {
    let said = bare(key);
    let is = |name: &str| {
        let name = bare(&fold(name));
        // « L'association Demain » is said of « Demain ».
        let nature = || said.strip_suffix(name.as_str()).and_then(|before| before.strip_suffix(' '));
        name.len() > 1 && (said == name || nature().is_some_and(|nature| NATURES.contains(&nature)))
    };
    let named = parties.iter().position(|party| party.alias.as_deref().is_some_and(is) || is(&party.name));
    if named.is_some() {
        return named;
    }
    if !said.chars().all(char::is_alphabetic) {
        return None;
    }
    match by_nature(&said, parties)? {
        Subject::One(index) => Some(index),
        Subject::All => None,
    }
}

/// A folded name without its article, quotes and marks of emphasis, on one line.
fn bare(key: &str) -> String {
    let plain = key.replace(['«', '»', '"', '*'], " ");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let without = ["le ", "la ", "les ", "l'"].into_iter().find_map(|article| plain.strip_prefix(article));
    without.unwrap_or(&plain).trim().to_owned()
}

/// What a party may be called by, once folded.
const NATURES: [&str; 11] = [
    "ministere",
    "ministre",
    "association",
    "societe",
    "entreprise",
    "federation",
    "fondation",
    "academie",
    "lycee",
    "rectorat",
    "administration",
];

/// « le ministère », « l'association »: said of the only party of that nature.
fn by_nature(key: &str, parties: &[Party]) -> Option<Subject> {
    for nature in NATURES {
        if !key.ends_with(nature) {
            continue;
        }
        let mut named = parties.iter().enumerate().filter(|(_, party)| fold(&party.name).contains(nature));
        if let (Some((index, _)), None) = (named.next(), named.next()) {
            return Some(Subject::One(index));
        }
    }
    None
}
