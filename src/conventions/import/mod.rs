//! Reading a convention from its own text.
//!
//! A French partnership convention comes as text: typed, exported to Markdown, or extracted from a
//! PDF with its page numbers and broken lines. [`parse`] makes of it a structured draft, in this order:
//!
//! 1. `clean` and `lines` make each line plain and set aside what a page added; nothing is
//!    renumbered, so that every fact keeps the line it came from;
//! 2. `outline` finds the articles and parts (`headings`, or `bare` numbers, then `openings`), where the body
//!    begins and where the signature ends it;
//! 3. `title`, `parties` and `signature` read what stands before and after the body;
//! 4. `passages` turn the body into sentences, from which `terms`, `notices`, `steering`,
//!    `axes` and `clauses` read what they say;
//! 5. an amendment (`avenant`) is read by `amended` and `amendment` instead: its text changes another text.
//!
//! The module is pure and cannot fail: any text gives an [`Import`], at worst an empty one. What the
//! text does not say stays `None`; a doubt is a [`Warning`] with its line.

#[macro_use]
mod pattern;

mod alineas;
mod amended;
mod amendment;
mod annexes;
mod audiences;
mod axes;
mod bare;
mod blocks;
mod clauses;
mod clean;
mod committed;
mod dates;
mod draft;
mod effects;
mod endings;
mod fold;
mod fragments;
mod headings;
mod instructions;
mod lines;
mod listed;
mod lists;
mod notices;
mod numbers;
mod openings;
mod outline;
mod parties;
mod party;
mod party_tables;
mod passages;
mod periods;
mod permissions;
mod persons;
mod prolongations;
mod quoted;
mod renewal;
mod report;
mod rights;
mod signature;
mod steering;
mod terms;
mod title;

pub use annexes::is_one as is_annex;
pub use committed::commitments;
pub use dates::Date;
pub use draft::{ArticleDraft, AxisDraft, ClauseDraft, Commitment, Draft, NetworkDraft, Quoted, Section};
pub use fragments::{Fate, Fragment, PartEdit};
pub use listed::{Listed, listed};
pub use permissions::{Right, rights};
pub use prolongations::{Term, TermChange};
pub use report::{
    Amends, Article, Duration, Edit, EditKind, EditPlace, Effective, OtherDelay, Parsed, Part, Party, RenewalNotice,
    Steering, TerminationNotice, Unit, Warning,
};

use lines::Line;
use outline::Outline;
use passages::Passage;

/// What reading a text gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Import {
    /// What was understood, for the answer.
    pub parsed: Parsed,
    /// What makes the draft convention.
    pub draft: Draft,
}

/// How far a quotation may run across lines: a forgotten mark must not hide articles, but an
/// amendment quotes whole articles.
const QUOTATION_REACH: usize = 3;
const AMENDMENT_QUOTATION_REACH: usize = 400;

/// Reads a convention; never fails.
pub fn parse(text: &str) -> Import {
    let mut lines = lines::read(text);
    let is_amendment = amended::is_one(&lines);
    let reach = if is_amendment { AMENDMENT_QUOTATION_REACH } else { QUOTATION_REACH };
    lines::mark_quotations(&mut lines, reach, is_amendment);
    let mut outline = outline::read(&lines);
    let mut warnings = std::mem::take(&mut outline.warnings);

    let title = title::read(&lines, outline.start);
    let (mut parties, header_end) = parties::read(&lines, title.from, title.to, outline.start, &mut warnings);
    let header_end = parties::after_collective(&lines, header_end, outline.start);
    // A text without articles has no body of its own: everything after the parties is.
    if outline.articles.is_empty() && outline.parts.is_empty() {
        outline.start = header_end.min(outline.end);
    }
    let mut parsed = Parsed { document_type: title.kind, title: title.text, ..Parsed::default() };
    read_signature(&lines, &outline, title.from, &mut parsed, &mut parties, &mut warnings);

    let passages = passages::read(&lines, &outline);
    let mut draft = Draft {
        preamble: preamble(&lines, header_end, &outline, &parties),
        articles: article_drafts(&lines, &outline, &passages),
        ..Draft::default()
    };
    parsed.copies = parsed.copies.or_else(|| signature::copies_in(&passages));
    parsed.parts = parts(&outline);
    parsed.articles = articles(&lines, &outline, &passages);
    let terms = terms::read(&passages, is_amendment, &mut warnings);
    if is_amendment {
        parsed.amends = amended::amends(parsed.title.as_deref(), &lines, outline.start);
        let found = amendment::read(&lines, &outline);
        (parsed.edits, draft.part_edits, draft.term_changes) = (found.edits, found.parts, found.terms);
        warnings.extend(found.warnings);
        clauses::effects(&passages, &terms, &mut draft.clauses);
    } else {
        let notices = notices::read(&passages, &mut warnings);
        let steering = steering::read(&passages);
        clauses::read(&passages, &terms, &notices, steering.as_ref(), &mut draft.clauses);
        draft.axes = axes::read(&outline, &passages, &parties);
        draft.objectives = lists::objectives(&passages, &draft.axes, draft.preamble.as_ref());
        draft.networks = lists::networks(&passages);
        axes::left_out(&passages, &draft.axes, &parties, &draft.articles, &mut warnings);
        draft.articles.extend(annexes::read(&lines, &outline, &mut warnings));
        parsed.renewal_notice = notices.renewal.map(|(notice, ..)| notice);
        parsed.termination_notice = notices.termination.map(|(notice, ..)| notice);
        parsed.other_delays = notices.others;
        parsed.steering = steering.map(|(steering, ..)| steering);
    }
    parsed.duration = terms.duration.map(|(duration, ..)| duration);
    parsed.effective = terms.effective.map(|(effective, ..)| effective);
    parsed.tacit_renewal = terms.tacit.map(|(tacit, ..)| tacit);
    for axis in &draft.axes {
        if !parsed.axes.contains(&axis.article) {
            parsed.axes.push(axis.article.clone());
        }
    }
    parsed.objectives = draft.objectives.iter().map(|objective| objective.text.clone()).collect();
    parsed.networks =
        draft.networks.iter().map(|network| network.code.map_or_else(|| network.text.clone(), str::to_owned)).collect();
    parsed.parties = parties;
    what_is_missing(&parsed, &lines, &mut warnings);
    warnings.sort_by_key(|warning| warning.line);
    parsed.warnings = warnings;
    Import { parsed, draft }
}

/// A passage as an article of a draft has it: lines joined, list items marked, Markdown.
pub fn body(text: &str) -> String {
    blocks::markdown(&blocks::read(&lines::read(text), None))
}

fn read_signature(
    lines: &[Line],
    outline: &Outline,
    title_from: usize,
    parsed: &mut Parsed,
    parties: &mut [Party],
    warnings: &mut Vec<Warning>,
) {
    let header =
        signature::header_date(lines.get(title_from..).unwrap_or_default(), outline.start.saturating_sub(title_from));
    if let Some(at) = outline.signature {
        let signature = signature::read(lines, at, warnings);
        signature::complete(parties, &signature, lines[at].no, warnings);
        parsed.signature_date = signature.date;
        parsed.signature_place = signature.place;
        parsed.copies = signature.copies;
    }
    if let Some((date, line)) = header {
        match parsed.signature_date {
            None => parsed.signature_date = Some(date),
            Some(signed) if signed != date => warnings.push(Warning::new(
                line,
                "two_dates",
                format!("l'en-tête dit {date}, la signature {signed}"),
                format!("the header says {date}, the signature {signed}"),
            )),
            Some(_) => {}
        }
    }
}

fn preamble(lines: &[Line], from: usize, outline: &Outline, parties: &[Party]) -> Option<Section> {
    let to = outline.start.min(outline.end);
    let slice = lines.get(from..to)?;
    let first = slice.iter().find(|line| !line.is_empty())?.no;
    let last = slice.iter().rev().find(|line| !line.is_empty())?.no;
    let passage = passages::passage(slice, None, None, None, None, String::new());
    Some(Section {
        body: blocks::markdown(&passage.blocks),
        line: first,
        last_line: last,
        commitments: axes::commitments(&passage, parties),
    })
}

fn article_drafts(lines: &[Line], outline: &Outline, passages: &[Passage]) -> Vec<ArticleDraft> {
    outline
        .articles
        .iter()
        .zip(passages)
        .map(|(article, passage)| ArticleDraft {
            number: article.number.clone(),
            part: passage.part.clone(),
            heading: article.heading.clone(),
            body: blocks::markdown(&passage.blocks),
            line: lines[article.at].no,
            last_line: lines[article.at..article.to]
                .iter()
                .rev()
                .find(|line| !line.is_empty())
                .map_or(lines[article.at].no, |line| line.no),
        })
        .collect()
}

fn parts(outline: &Outline) -> Vec<Part> {
    let mut parts: Vec<Part> = outline
        .parts
        .iter()
        .map(|part| Part { number: part.number.clone(), label: part.label.clone(), articles: Vec::new() })
        .collect();
    for article in &outline.articles {
        if let Some(part) = article.part {
            parts[part].articles.push(article.number.clone());
        }
    }
    parts
}

fn articles(lines: &[Line], outline: &Outline, passages: &[Passage]) -> Vec<Article> {
    outline
        .articles
        .iter()
        .zip(passages)
        .map(|(article, passage)| Article {
            number: article.number.clone(),
            heading: article.heading.clone(),
            part: passage.part.clone(),
            line: lines[article.at].no,
            bullets: u32::try_from(passage.blocks.iter().filter(|block| block.bullet).count()).unwrap_or(u32::MAX),
        })
        .collect()
}

fn what_is_missing(parsed: &Parsed, lines: &[Line], warnings: &mut Vec<Warning>) {
    let first = lines.iter().find(|line| !line.is_empty()).map_or(1, |line| line.no);
    let mut missing = |absent: bool, code: &'static str, french: &str, detail: &str| {
        if absent {
            warnings.push(Warning::new(first, code, french, detail));
        }
    };
    missing(parsed.title.is_none(), "no_title", "aucun titre n'est reconnu", "no title was recognised");
    missing(parsed.articles.is_empty(), "no_article", "aucun article n'est reconnu", "no article was recognised");
    missing(
        parsed.parties.len() < 2,
        "no_party",
        "moins de deux parties sont reconnues",
        "fewer than two parties were recognised",
    );
}

#[cfg(test)]
mod tests;
