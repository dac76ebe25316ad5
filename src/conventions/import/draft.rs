//! What makes the draft convention: the texts themselves, each with the lines it came from.
//!
//! [`super::Parsed`] says what was understood; the [`Draft`] carries what people will correct and sign.

use super::fragments::PartEdit;
use super::prolongations::TermChange;
use super::report::Unit;

/// The content of the draft.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// Everything between the parties and the first article.
    pub preamble: Option<Section>,
    /// Articles in the order of the text.
    pub articles: Vec<ArticleDraft>,
    /// Axes of cooperation, each tied to its article.
    pub axes: Vec<AxisDraft>,
    /// Objectives of the convention.
    pub objectives: Vec<Quoted>,
    /// Networks that may be called upon.
    pub networks: Vec<NetworkDraft>,
    /// Proposed clauses, only those the text says.
    pub clauses: Vec<ClauseDraft>,
    /// Changes of parts of articles that an amendment makes.
    pub part_edits: Vec<PartEdit>,
    /// Changes of the duration that an amendment states without an edit.
    pub term_changes: Vec<TermChange>,
}

/// A text that is not an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Markdown.
    pub body: String,
    /// First line, from 1.
    pub line: u32,
    /// Last line that carries text.
    pub last_line: u32,
    /// What the parties commit to in it.
    pub commitments: Vec<Commitment>,
}

/// An article of the draft.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleDraft {
    /// Number, always text.
    pub number: String,
    /// Number of its part.
    pub part: Option<String>,
    /// Heading, when the text has one.
    pub heading: Option<String>,
    /// Markdown; list items begin with `- `.
    pub body: String,
    /// Line of its number, from 1.
    pub line: u32,
    /// Last line that carries text.
    pub last_line: u32,
}

/// An axis of cooperation.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisDraft {
    /// Number of its article.
    pub article: String,
    /// Part of its article.
    pub part: Option<String>,
    /// Label: the article's heading.
    pub label: String,
    /// Holds in every action (inclusion, `mixité`), rather than having its own.
    pub transversal: bool,
    /// Kinds of action the article lists.
    pub catalogue: Vec<Quoted>,
    /// Audience codes the article names (`3e`, `tle_pro`, `apprenti`…).
    pub audiences: Vec<&'static str>,
    /// What the parties commit to.
    pub commitments: Vec<Commitment>,
}

/// Something a party says it will do.
#[derive(Debug, Clone, PartialEq)]
pub struct Commitment {
    /// Index in `parsed.parties`; `None` means all the parties.
    pub party: Option<usize>,
    /// The sentence.
    pub text: String,
    /// Its line, from 1.
    pub line: u32,
}

/// Words of the text with their line.
#[derive(Debug, Clone, PartialEq)]
pub struct Quoted {
    /// As written, reflowed.
    pub text: String,
    /// First line, from 1.
    pub line: u32,
}

/// A network that may be called upon.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkDraft {
    /// Code when the network is a known one.
    pub code: Option<&'static str>,
    /// As written.
    pub text: String,
    /// First line, from 1.
    pub line: u32,
}

/// A clause proposed from a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct ClauseDraft {
    /// Kind: `duration`, `steering`, `cure_period`…
    pub kind: &'static str,
    /// Article it stands in; `None` outside any article.
    pub article: Option<String>,
    /// Part it stands in.
    pub part: Option<String>,
    /// Line of the sentence, from 1.
    pub line: u32,
    /// The sentence.
    pub text: String,
    /// Parameters of the kind; a member the text does not say is `null`.
    pub parameters: serde_json::Value,
}

impl Unit {
    /// The code used in JSON and in clause parameters.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::SchoolYear => "school_year",
            Self::Season => "season",
        }
    }
}
