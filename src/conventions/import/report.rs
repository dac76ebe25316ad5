//! What the importer says it read: the answer's `parsed` member, and the JSON of
//! `passerelle import convention --format json`.
//!
//! One rule holds for every field: what the text does not say is `null` (or an empty list), never a
//! usual value. A doubt is a [`Warning`] with the line that raised it.

use serde::Serialize;
use utoipa::ToSchema;

use super::dates::Date;

/// A convention as read from its text, before anybody confirmed anything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
pub struct Parsed {
    /// Kind of document in the text's own words, lower case: `convention de coopération`, `avenant`…
    pub document_type: Option<String>,
    /// Title, its lines joined, without Markdown emphasis.
    pub title: Option<String>,
    /// The signatories, in the order of the text.
    pub parties: Vec<Party>,
    /// Titles (`titre`, `chapitre`, `partie`) in the order of the text.
    pub parts: Vec<Part>,
    /// Articles in the order of the text; numbers may restart in each part.
    pub articles: Vec<Article>,
    /// Numbers of the articles that are axes of cooperation; empty when the text names none.
    pub axes: Vec<String>,
    /// Objectives the text lists, each as written.
    pub objectives: Vec<String>,
    /// Networks that may be called upon: a code (`drafpic`) when known, otherwise the text.
    pub networks: Vec<String>,
    /// How long the convention binds.
    pub duration: Option<Duration>,
    /// When it takes effect.
    pub effective: Option<Effective>,
    /// Tacit renewal (`tacite reconduction`): said, excluded, or not mentioned (`null`).
    pub tacit_renewal: Option<bool>,
    /// Information owed before the end; never the termination notice.
    pub renewal_notice: Option<RenewalNotice>,
    /// Notice to end the convention early (`préavis de dénonciation`).
    pub termination_notice: Option<TerminationNotice>,
    /// Every other period the text sets, such as the time to remedy after a formal notice.
    pub other_delays: Vec<OtherDelay>,
    /// The body that steers and how often it meets.
    pub steering: Option<Steering>,
    /// Day of signature, civil date.
    #[schema(value_type = Option<String>, format = Date)]
    pub signature_date: Option<Date>,
    /// Town of signature.
    pub signature_place: Option<String>,
    /// Number of original copies (`exemplaires`).
    pub copies: Option<u32>,
    /// The convention an amendment (`avenant`) changes; `null` for anything else.
    pub amends: Option<Amends>,
    /// The changes an amendment makes, in the order of the text.
    pub edits: Vec<Edit>,
    /// Doubts, in the order of the lines.
    pub warnings: Vec<Warning>,
}

/// A signatory.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedParty)]
pub struct Party {
    /// Name as written, with its article (`Le ministère…`).
    pub name: String,
    /// What the text calls it afterwards (`ci-après dénommé « … »`).
    pub alias: Option<String>,
    /// Postal address of the seat, as written.
    pub address: Option<String>,
    /// Business number, 14 digits without spaces; written in the text, not verified.
    pub siret: Option<String>,
    /// Number in the register of associations (`W` and 9 digits).
    pub rna: Option<String>,
    /// Person who signs, without civility.
    pub representative: Option<String>,
    /// In what capacity that person signs, as written.
    pub function: Option<String>,
}

/// A part of the text (`titre`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedPart)]
pub struct Part {
    /// Number as the text counts: `I`, `2`, `A`.
    pub number: String,
    /// Label as written.
    pub label: Option<String>,
    /// Numbers of its articles.
    pub articles: Vec<String>,
}

/// An article; (`part`, `number`) is its key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedArticle)]
pub struct Article {
    /// Number, always text: `3`, `3.1`, `4 bis`.
    pub number: String,
    /// Heading; `null` when the text runs straight on.
    pub heading: Option<String>,
    /// Number of its part.
    pub part: Option<String>,
    /// Line of its number in the original text, from 1.
    pub line: u32,
    /// How many list items it has.
    pub bullets: u32,
}

/// Unit of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ParsedUnit)]
pub enum Unit {
    /// Calendar year.
    Year,
    /// Calendar month.
    Month,
    /// Seven days.
    Week,
    /// Day.
    Day,
    /// School year (`année scolaire`).
    SchoolYear,
    /// Sports season.
    Season,
}

/// Duration: a value and a unit, or a start and an end, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedDuration)]
pub struct Duration {
    /// How many units; `null` when the text only names dates.
    pub value: Option<u32>,
    /// Unit of `value`.
    pub unit: Option<Unit>,
    /// First day, when the text names it.
    #[schema(value_type = Option<String>, format = Date)]
    pub start: Option<Date>,
    /// Last day, when the text names it.
    #[schema(value_type = Option<String>, format = Date)]
    pub end: Option<Date>,
    /// The words read.
    pub text: String,
}

/// When the convention takes effect.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedEffective)]
pub struct Effective {
    /// The day, when the text names one; `null` for « à compter de sa signature ».
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
    /// The words read.
    pub text: String,
}

/// Information owed before the end.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ParsedRenewalNotice)]
pub struct RenewalNotice {
    /// How many units before the end.
    pub value: u32,
    /// Unit of `value`.
    pub unit: Unit,
    /// Who informs, as the text names it; `null` when it does not say.
    pub by: Option<String>,
    /// The words read.
    pub text: String,
}

/// Notice to end the convention early.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ParsedTerminationNotice)]
pub struct TerminationNotice {
    /// How many units.
    pub value: u32,
    /// Unit of `value`.
    pub unit: Unit,
    /// The event the period runs from (`réception de la notification écrite`), when said.
    pub counted_from: Option<String>,
    /// The words read.
    pub text: String,
}

/// Any other period.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ParsedOtherDelay)]
pub struct OtherDelay {
    /// How many units.
    pub value: u32,
    /// Unit of `value`.
    pub unit: Unit,
    /// What it is for, with its article.
    pub what: String,
}

/// Who steers, and how often.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedSteering)]
pub struct Steering {
    /// Name of the body, as written, without article.
    pub body: Option<String>,
    /// Least number of meetings a year; `null` when the text does not say.
    pub minimum_per_year: Option<u32>,
    /// The words that say how often.
    pub text: Option<String>,
}

/// The convention an amendment changes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, ToSchema)]
#[schema(as = ParsedAmends)]
pub struct Amends {
    /// Its date.
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
    /// What the amendment calls it, lower case, without its date.
    pub title: Option<String>,
}

/// What an amendment does to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ParsedEditKind)]
pub enum EditKind {
    /// The article's whole text is replaced.
    ReplaceArticle,
    /// Words are replaced by others (by none: removed).
    ReplaceWords,
    /// An alinéa (paragraph or list item) is inserted.
    InsertAlinea,
    /// A new article.
    AddArticle,
    /// The article disappears.
    RepealArticle,
}

/// One change made by an amendment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ParsedEdit)]
pub struct Edit {
    /// What is done.
    pub kind: EditKind,
    /// Number of the article changed or added; `null` for the preamble or an annex.
    pub article: Option<String>,
    /// Words taken out, for `replace_words`.
    pub old: Option<String>,
    /// Words, alinéa or article put in.
    pub new: Option<String>,
    /// Where in it, for who applies the edit.
    #[serde(skip)]
    pub place: EditPlace,
}

/// Where in the text an edit applies, beyond its article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditPlace {
    /// Rank of the alinéa in which words are replaced, or after which one is inserted; -1 is the last.
    pub alinea: Option<i32>,
    /// Number of the part of its article.
    pub part: Option<String>,
    /// The article that an added one follows.
    pub after: Option<String>,
    /// It changes the preamble.
    pub preamble: bool,
}

/// A doubt.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ParsedWarning)]
pub struct Warning {
    /// Line of the original text, from 1.
    pub line: u32,
    /// Stable code, lower snake case.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What is doubtful, for a reader.
    pub detail: String,
    /// The same in French.
    #[serde(skip)]
    pub french: String,
}

impl Warning {
    /// A doubt in both languages.
    pub fn new(line: u32, code: &'static str, french: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { line, code, detail: detail.into(), french: french.into() }
    }
}
