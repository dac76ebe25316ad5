//! Everything the service can answer in error.
//!
//! A [`Problem`] is what a client reads (RFC 9457, `application/problem+json`); its code comes from the one [`table`].
//! A [`Halt`] is why a handler stopped: a problem, an answer already known (an idempotent replay), or a fault of the
//! database that goes to the log and never to the client. `?` carries it all the way.

pub mod faults;
mod halt;
pub mod table;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::refusal::{Bilingual, Refusal};
pub use faults::Faults;
pub use halt::{Halt, Patience, is_failing};
use table::Entry;

/// The language of titles and details; codes never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    French,
    English,
}

impl Language {
    /// The text in this language.
    pub fn of(self, text: &Bilingual) -> &str {
        match self {
            Self::French => &text.fr,
            Self::English => &text.en,
        }
    }
}

/// A text in both languages.
pub fn both(fr: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Bilingual {
    Bilingual { fr: fr.into(), en: en.into() }
}

/// One fault of the input, where it lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// An RFC 6901 pointer into the body, or a parameter's name.
    pub place: Place,
    pub code: &'static str,
    pub detail: Bilingual,
    /// What would have been accepted, when it is a closed list.
    pub accepted: Vec<Cow<'static, str>>,
    /// The rule that it breaks, when it is one of conventions.
    pub refusal: Option<Box<Refusal>>,
}

/// Where a fault lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Pointer(String),
    Parameter(String),
    Header(&'static str),
    /// A column of a sheet, by its header there.
    Column(String),
}

impl Fault {
    /// A fault of a query parameter.
    pub fn parameter(name: impl Into<String>, code: &'static str, detail: Bilingual) -> Self {
        Self::at(Place::Parameter(name.into()), code, detail)
    }

    /// A fault somewhere.
    pub const fn at(place: Place, code: &'static str, detail: Bilingual) -> Self {
        Self { place, code, detail, accepted: Vec::new(), refusal: None }
    }

    /// A fault of a body member.
    pub fn pointer(pointer: impl Into<String>, code: &'static str, detail: Bilingual) -> Self {
        Self::at(Place::Pointer(pointer.into()), code, detail)
    }

    /// A fault of a column of a sheet; without one, of the whole line.
    pub fn column(column: Option<String>, code: &'static str, detail: Bilingual) -> Self {
        Self::at(column.map_or_else(|| Place::Pointer(String::new()), Place::Column), code, detail)
    }

    /// The same, with the values that would have been accepted.
    #[must_use]
    pub fn accepting(mut self, accepted: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
        self.accepted = accepted.into_iter().map(Into::into).collect();
        self
    }

    fn render(&self, language: Language, lists: bool) -> Value {
        let (key, place) = match &self.place {
            Place::Pointer(p) => ("pointer", p.as_str()),
            Place::Parameter(p) => ("parameter", p.as_str()),
            Place::Header(h) => ("header", *h),
            Place::Column(c) => ("column", c.as_str()),
        };
        let mut fault = json!({ key: place, "code": self.code, "detail": language.of(&self.detail) });
        if lists && !self.accepted.is_empty() {
            fault["accepted"] = json!(self.accepted);
        }
        if let Some(refusal) = &self.refusal {
            fault["rule"] = json!(refusal.rule);
            fault["article"] = json!(refusal.article);
            fault["computed"] = json!(refusal.computed);
        }
        fault
    }
}

/// A problem as a client reads it.
#[derive(Debug, Clone)]
pub struct Problem {
    pub entry: &'static Entry,
    pub detail: Bilingual,
    pub faults: Faults,
    pub rule: Option<&'static str>,
    pub article: Option<String>,
    pub computed: BTreeMap<&'static str, Value>,
    /// Further members (the scope that is missing, the version at hand).
    pub members: Vec<(&'static str, Value)>,
    pub headers: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem of the table, with its own detail.
    pub fn new(code: &'static str, detail: Bilingual) -> Self {
        Self {
            entry: table::find(code),
            detail,
            faults: Faults::new(),
            rule: None,
            article: None,
            computed: BTreeMap::new(),
            members: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A problem whose explanation in the table says it all.
    pub fn plain(code: &'static str) -> Self {
        let entry = table::find(code);
        Self::new(code, both(entry.when.0, entry.when.1))
    }

    /// A body that breaks its schema: its faults at once.
    pub fn body(faults: impl Into<Faults>) -> Self {
        Self { faults: faults.into(), ..Self::plain("invalid_body") }
    }

    /// Parameters that are not accepted: their faults at once.
    pub fn parameters(faults: impl Into<Faults>) -> Self {
        Self { faults: faults.into(), ..Self::plain("invalid_parameters") }
    }

    /// What rules refuse at once: the first says which problem it is, and each has its fault.
    pub fn refused(first: Refusal, others: Vec<Refusal>) -> Self {
        let several = !others.is_empty();
        let all = std::iter::once(first.clone()).chain(others);
        let faults = all.filter(|refusal| several || refusal.pointer.is_some()).map(Fault::from).collect();
        Self {
            faults,
            rule: Some(first.rule),
            article: first.article,
            computed: first.computed,
            ..Self::new(first.code, first.detail)
        }
    }

    /// The same problem, as the fault of one member.
    #[must_use]
    pub fn about(mut self, pointer: impl Into<String>) -> Self {
        self.faults.push(Fault::pointer(pointer, self.entry.code, self.detail.clone()));
        self
    }

    /// The same problem, as the fault of each of some members.
    #[must_use]
    pub fn about_all(self, pointers: impl IntoIterator<Item = String>) -> Self {
        pointers.into_iter().fold(self, Self::about)
    }

    /// The same problem with one more response header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same problem with one more member.
    #[must_use]
    pub fn member(mut self, name: &'static str, value: Value) -> Self {
        self.members.push((name, value));
        self
    }

    /// True when one of its faults is this member's.
    pub fn is_at(&self, pointer: &str) -> bool {
        self.faults.iter().any(|fault| matches!(&fault.place, Place::Pointer(place) if place == pointer))
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.entry.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The document a client reads.
    pub fn render(&self, language: Language, instance: &str, request_id: &str) -> Value {
        let title = match language {
            Language::French => self.entry.title.0,
            Language::English => self.entry.title.1,
        };
        let mut body = json!({
            "type": format!("/problems/{}", self.entry.code),
            "title": title,
            "status": self.entry.status,
            "detail": language.of(&self.detail),
            "instance": instance,
            "code": self.entry.code,
            "request_id": request_id,
        });
        if !self.faults.is_empty() {
            // A list that is accepted is told once for its place: thousands of items may be outside of it.
            let mut listed = HashSet::new();
            let mut lists = |fault: &Fault| {
                !fault.accepted.is_empty()
                    && listed.insert((fault.place_of_list().into_owned(), fault.accepted.clone()))
            };
            body["errors"] = self.faults.iter().map(|fault| fault.render(language, lists(fault))).collect();
        }
        if self.faults.has_more() {
            body["more_errors"] = json!(true);
        }
        if let Some(rule) = self.rule {
            body["rule"] = json!(rule);
            body["article"] = json!(self.article);
            body["computed"] = json!(self.computed);
        }
        for (name, value) in &self.members {
            body[*name] = value.clone();
        }
        body
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal, Vec::new())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let place = Place::Pointer(refusal.pointer.clone().unwrap_or_default());
        let fault = Self::at(place, refusal.code, refusal.detail.clone());
        Self { refusal: Some(Box::new(refusal)), ..fault }
    }
}

/// Keeps what is wrong with the input and goes on; what else stands in the way ends it.
pub fn noted<T>(found: Result<T, Halt>, faults: &mut Faults) -> Result<Option<T>, Halt> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Halt::Problem(mut problem)) if !problem.faults.is_empty() => {
            faults.append(&mut problem.faults);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
