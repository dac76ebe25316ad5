//! What a kind of sheet holds: its columns, and what a line of it becomes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::rules::{self, Entry};
use crate::domain::Id;
use crate::domain::bilingual::Bilingual;
use crate::domain::folded::fold;
use crate::domain::vocabulary::{Vocabulary, vocabulary_named};
use crate::error::{Faults, Halt, both};
use crate::http::body::is_within;
use crate::http::unit::Unit;

/// A kind of sheet.
pub struct Kind {
    /// As on the command line: `companies`.
    pub name: &'static str,
    pub title: (&'static str, &'static str),
    pub columns: &'static [Column],
    /// Columns that a pointer means beside those that have it as their field: the first pattern that it begins with (`*` is
    /// any index), and its columns, the usual one first.
    pub places: &'static [(&'static str, &'static [&'static str])],
    /// Makes or changes what a line says, or refuses it.
    pub apply: fn(&mut Unit<'_>, Reading, &Options) -> Result<Done, Halt>,
    /// What else is wrong with a line some of whose cells cannot be read; it writes nothing.
    pub others: fn(&mut Unit<'_>, Reading, &Options) -> Result<Faults, Halt>,
}

/// A column of a kind.
pub struct Column {
    /// Where its value goes: a pointer into the body (`/sessions/0/date`), or the name of something to look up (`school`).
    pub field: &'static str,
    /// Names under which it is found, the template's first.
    pub headers: &'static [&'static str],
    pub form: Form,
    pub required: bool,
    /// What it is for.
    pub about: (&'static str, &'static str),
}

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Date,
    Time,
    /// A number that is a name: so many digits, of which a workbook has lost the zeros in front.
    Digits(usize),
    Integer,
    /// The same, where an export may have hidden it: `lt5` says nothing new.
    Hidden,
    Decimal,
    /// A duration, in hours.
    Hours,
    Boolean,
    /// Several texts.
    List,
    /// One code of a vocabulary, by code or label.
    Code(&'static str),
    /// Several codes of a vocabulary.
    Codes(&'static str),
}

/// What a run was told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Lines of the past: what they do not say was not recorded.
    pub legacy: bool,
    /// Whose records these are.
    pub organisation: Option<Id>,
    /// The convention of the lines that name none.
    pub convention: Option<Id>,
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub body: Value,
    /// What must be looked up, by the name of its column.
    pub lookups: BTreeMap<&'static str, String>,
    /// Fields of the body whose cell is empty or says that it is not known.
    pub unknown: Vec<&'static str>,
    /// Fields whose cell says what cannot be read, or must say something and does not.
    pub ill: Vec<&'static str>,
    /// A key for a line that brings none: the same line has the same.
    pub digest: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    /// It was there already, as it is.
    Unchanged,
}

/// A line that came in, and what there is to say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    pub outcome: Outcome,
    /// What the rules flagged, as an answer shows it.
    pub warnings: Vec<Value>,
    /// Other records that may be the same one, as an answer shows them.
    pub possible_duplicates: Vec<Value>,
    /// The record itself as others are told of it, where twins are looked for.
    pub own: Option<Value>,
}

impl From<Outcome> for Done {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, warnings: Vec::new(), possible_duplicates: Vec::new(), own: None }
    }
}

impl Kind {
    /// The column that a header, a field's pointer or its path in an export (`sessions.0.date`), or a lookup's name means.
    pub fn column(&self, name: &str) -> Option<usize> {
        let folded = rules::heading(name);
        let path = format!("/{}", name.replace('.', "/"));
        let named = |column: &Column| {
            column.field == name
                || column.field == path
                || column.headers.iter().any(|header| rules::heading(header) == folded)
        };
        self.columns.iter().position(named)
    }

    /// The columns that a pointer of a fault may mean, one of them: that whose field holds it, and those that say it too.
    pub fn columns_of(&self, pointer: &str) -> Vec<usize> {
        let fields = || self.columns.iter().enumerate().map(|(at, column)| (at, column.field));
        let holds = fields().filter(|(_, field)| is_within(pointer, field)).max_by_key(|(_, field)| field.len());
        let also = self.places.iter().find(|(pattern, _)| begins(pointer, pattern)).map_or(&[][..], |(_, also)| *also);
        let also = also.iter().filter_map(|name| fields().find(|(_, field)| field == name));
        holds.into_iter().chain(also).map(|(at, _)| at).collect()
    }

    /// The columns that lie under a pointer: all of them.
    pub fn columns_under(&self, pointer: &str) -> Vec<usize> {
        let fields = self.columns.iter().enumerate();
        fields.filter(|(_, column)| is_within(column.field, pointer)).map(|(at, _)| at).collect()
    }
}

impl Column {
    /// The name in the template.
    pub fn header(&self) -> &'static str {
        self.headers.first().copied().unwrap_or(self.field)
    }

    /// True for what goes into the body as it was read.
    pub fn is_member(&self) -> bool {
        self.field.starts_with('/')
    }
}

impl Form {
    /// The vocabulary of its codes.
    pub fn vocabulary(self) -> Option<&'static Vocabulary> {
        match self {
            Self::Code(name) | Self::Codes(name) => vocabulary_named(name),
            _ => None,
        }
    }

    /// True when the cell says nothing: it is empty, not known, or hidden from who made the export.
    pub fn says_nothing(self, entry: &Entry) -> bool {
        entry.is_unknown() || (self == Self::Hidden && matches!(entry.words().as_ref(), "lt5" | "<5"))
    }

    /// Reads a cell that says something; what was expected otherwise.
    pub fn read(self, entry: &Entry, known: &BTreeMap<String, String>) -> Result<Value, Bilingual> {
        let words = entry.words();
        let meant = known.get(&fold(&words)).map(|text| Entry::text(text));
        let entry = meant.as_ref().unwrap_or(entry);
        match self {
            Self::Text => Ok(entry.words().into_owned().into()),
            Self::Date => rules::date(entry).map(|day| day.to_string().into()).ok_or_else(|| {
                both(
                    "date attendue : JJ/MM/AAAA, 3 mars 2024 ou AAAA-MM-JJ",
                    "a date: DD/MM/YYYY, 3 March 2024 or YYYY-MM-DD",
                )
            }),
            Self::Time => rules::time(entry)
                .map(Value::from)
                .ok_or_else(|| both("heure attendue : 14h30 ou 14:30", "a time: 14h30 or 14:30")),
            Self::Digits(width) => Ok(match entry {
                Entry::Number(_) => format!("{:0>width$}", entry.words()),
                _ => entry.words().replace([' ', '\u{a0}', '\u{202f}'], ""),
            }
            .into()),
            Self::Integer | Self::Hidden => rules::integer(entry)
                .map(Value::from)
                .ok_or_else(|| both("nombre entier attendu, seul dans sa case", "a whole number, alone in its cell")),
            Self::Decimal => rules::decimal(entry)
                .map(Value::from)
                .ok_or_else(|| both("nombre attendu, seul dans sa case", "a number, alone in its cell")),
            Self::Hours => rules::hours(entry)
                .map(|hours| Value::from((hours * 100.0).round() / 100.0))
                .ok_or_else(|| both("durée attendue : 1h30, 1,5 ou 45 min", "a duration: 1h30, 1.5 or 45 min")),
            Self::Boolean => {
                rules::boolean(entry).map(Value::from).ok_or_else(|| both("oui ou non attendu", "yes or no expected"))
            }
            Self::List => {
                Ok(rules::list(&words).into_iter().map(|item| Value::from(translated(known, item))).collect())
            }
            Self::Code(_) => self.code(&words, known).map(Value::from),
            Self::Codes(_) => {
                let mut codes = Vec::new();
                self.codes(&words, known, &mut codes)?;
                Ok(codes.into_iter().map(Value::from).collect())
            }
        }
    }

    /// The codes of a list. A label may hold what separates: the whole is tried first.
    fn codes(
        self,
        text: &str,
        known: &BTreeMap<String, String>,
        codes: &mut Vec<&'static str>,
    ) -> Result<(), Bilingual> {
        let why = match self.code(text, known) {
            Ok(code) => {
                if !codes.contains(&code) {
                    codes.push(code);
                }
                return Ok(());
            }
            Err(why) => why,
        };
        let mut items = rules::list(text);
        if items == [text] && self.is_of_levels() {
            items = rules::parted(text);
        }
        if items == [text] {
            return Err(why);
        }
        items.into_iter().try_for_each(|item| self.codes(item, known, codes))
    }

    fn is_of_levels(self) -> bool {
        matches!(self, Self::Code("school_level") | Self::Codes("school_level"))
    }

    fn code(self, text: &str, known: &BTreeMap<String, String>) -> Result<&'static str, Bilingual> {
        let Some(vocabulary) = self.vocabulary() else { return Err(both("vocabulaire inconnu", "unknown vocabulary")) };
        let meant = translated(known, text);
        let level = if self.is_of_levels() { rules::level(&meant) } else { None };
        let code = rules::code(vocabulary, &meant);
        let code = code.or(if let Some(rules::Level::One(code)) = level { Some(code) } else { None });
        if let (None, Some(rules::Level::Several(codes))) = (code, level) {
            let codes = codes.join(", ");
            return Err(both(
                format!("« {text} » peut être plusieurs niveaux ; dites lequel : {codes}"),
                format!("\"{text}\" may be several levels; say which: {codes}"),
            ));
        }
        code.ok_or_else(|| {
            let accepted = |pick: fn(&Bilingual) -> &str| {
                vocabulary
                    .entries
                    .iter()
                    .map(|e| format!("{} ({})", pick(&e.label), e.code))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            both(
                format!("« {text} » n'est pas connu ; sont acceptés : {}", accepted(|l| &l.fr)),
                format!("\"{text}\" is not known; accepted: {}", accepted(|l| &l.en)),
            )
        })
    }
}

/// A pointer that begins with the steps of a pattern.
fn begins(pointer: &str, pattern: &str) -> bool {
    let mut steps = pointer.split('/');
    let fits = |(wanted, step): (&str, Option<&str>)| match step {
        Some(step) => wanted == step || (wanted == "*" && step.bytes().all(|digit| digit.is_ascii_digit())),
        None => false,
    };
    pattern.split('/').all(|wanted| fits((wanted, steps.next())))
}

/// What the mapping says for a text, or the text.
fn translated(known: &BTreeMap<String, String>, text: &str) -> String {
    known.get(&fold(text)).cloned().unwrap_or_else(|| text.to_owned())
}
