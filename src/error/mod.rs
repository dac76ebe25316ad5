//! Everything the service can answer in error.
//!
//! A [`Problem`] is what a client reads (RFC 9457, `application/problem+json`); its code comes from the one [`table`].
//! A [`Halt`] is why a handler stopped: a problem, an answer already known (an idempotent replay), or a fault of the
//! database that goes to the log and never to the client. `?` carries it all the way.

pub mod table;

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::refusal::{Bilingual, Refusal};
use crate::http::answer::Answer;
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
pub fn both(fr: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual { fr: fr.into().into(), en: en.into().into() }
}

/// One fault of the input, where it lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// An RFC 6901 pointer into the body, or a parameter's name.
    pub place: Place,
    pub code: &'static str,
    pub detail: Bilingual,
    /// What would have been accepted, when it is a closed list.
    pub accepted: Vec<String>,
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
    pub fn accepting(mut self, accepted: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.accepted = accepted.into_iter().map(Into::into).collect();
        self
    }

    fn render(&self, language: Language) -> Value {
        let (key, place) = match &self.place {
            Place::Pointer(p) => ("pointer", p.as_str()),
            Place::Parameter(p) => ("parameter", p.as_str()),
            Place::Header(h) => ("header", *h),
            Place::Column(c) => ("column", c.as_str()),
        };
        let mut fault = json!({ key: place, "code": self.code, "detail": language.of(&self.detail) });
        if !self.accepted.is_empty() {
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
    pub faults: Vec<Fault>,
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
            faults: Vec::new(),
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

    /// A body that breaks its schema: every fault at once.
    pub fn body(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::plain("invalid_body") }
    }

    /// Parameters that are not accepted: every fault at once.
    pub fn parameters(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::plain("invalid_parameters") }
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
            body["errors"] = self.faults.iter().map(|f| f.render(language)).collect();
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

/// What PostgreSQL says to the one of two transactions that it ends, when each waits for the other.
const DEADLOCK: &str = "deadlock detected";

/// Why a handler stopped.
#[derive(Debug)]
pub enum Halt {
    /// A refusal that the client reads.
    Problem(Box<Problem>),
    /// The answer is known already: an idempotent replay, a 304.
    Answered(Box<Answer>),
    /// The database said no; its words go to the log.
    Database(diesel::result::Error),
    /// The service is at fault; the words go to the log.
    Broken(String),
}

impl Halt {
    /// Too much work is waiting.
    pub fn busy() -> Self {
        Problem::plain("busy").header("Retry-After", "1").into()
    }

    /// The database does not answer.
    pub fn unavailable(why: &str) -> Self {
        log::error!("{why}");
        Problem::plain("unavailable").header("Retry-After", "2").into()
    }

    /// Nothing of that name within the caller's perimeter.
    pub fn not_found() -> Self {
        Problem::plain("not_found").into()
    }

    /// Was it another unit at the same moment that stood in the way? Done again, it sees what that one wrote.
    pub fn is_race(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error};
        match self {
            Self::Database(Error::DatabaseError(kind, said)) => {
                matches!(kind, DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure)
                    || said.message().contains(DEADLOCK)
            }
            _ => false,
        }
    }

    /// What to answer; what the client must not read is logged here.
    pub fn settle(self) -> Result<Answer, Box<Problem>> {
        use diesel::result::{DatabaseErrorKind, Error};
        match self {
            Self::Answered(answer) => Ok(*answer),
            Self::Problem(problem) => Err(problem),
            Self::Database(e) => {
                log::error!("database: {e:?}");
                if let Error::DatabaseError(_, said) = &e
                    && ["lock timeout", DEADLOCK].iter().any(|what| said.message().contains(what))
                {
                    return Err(Box::new(Problem::plain("busy").header("Retry-After", "2")));
                }
                let gone = matches!(
                    &e,
                    Error::BrokenTransactionManager
                        | Error::DatabaseError(
                            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                            _
                        )
                );
                Err(Box::new(if gone {
                    Problem::plain("unavailable").header("Retry-After", "2")
                } else {
                    Problem::plain("internal")
                }))
            }
            Self::Broken(why) => {
                log::error!("{why}");
                Err(Box::new(Problem::plain("internal")))
            }
        }
    }
}

/// Keeps what is wrong with the input and goes on; what else stands in the way ends it.
pub fn noted<T>(found: Result<T, Halt>, faults: &mut Vec<Fault>) -> Result<Option<T>, Halt> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Halt::Problem(mut problem)) if !problem.faults.is_empty() => {
            faults.append(&mut problem.faults);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// All that rules refuse at once; one of them at least.
impl From<Vec<Refusal>> for Halt {
    fn from(refused: Vec<Refusal>) -> Self {
        let mut all = refused.into_iter();
        match all.next() {
            Some(first) => Problem::refused(first, all.collect()).into(),
            None => Self::Broken("a refusal without a rule".to_owned()),
        }
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<diesel::result::Error> for Halt {
    fn from(e: diesel::result::Error) -> Self {
        Self::Database(e)
    }
}

impl From<serde_json::Error> for Halt {
    fn from(e: serde_json::Error) -> Self {
        Self::Broken(format!("serialisation: {e}"))
    }
}
