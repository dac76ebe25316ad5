//! How a rule says no (a [`Refusal`]) or says "careful" (a [`Flag`]).
//!
//! Both carry the rule, the article of the convention at hand when it is known, and the dates used,
//! so that a clerk can read why and a program can act on it. The HTTP edge turns a refusal into a
//! problem (409 for a state, 422 for a content) and a flag into a warning; neither loses a member on the way.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use super::bilingual::Bilingual;

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The act does not fit the state of things (409): the same request may pass on another day.
    State,
    /// What is asked is wrong in itself (422).
    Content,
}

/// The dates and values a rule used, by name.
pub type Computed = BTreeMap<&'static str, Value>;

/// An act that a rule refuses. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Refusal {
    /// State or content.
    pub kind: RefusalKind,
    /// The rule's number, `R07`; `T01` and following for territorial conventions, which rules.md does not number.
    pub rule: &'static str,
    /// Stable code, lower `snake_case`.
    pub code: &'static str,
    /// The article of the convention at hand, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The member of what is asked that it is about (RFC 6901), when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Why, in words.
    pub detail: Bilingual,
    /// What was computed: dates `YYYY-MM-DD`, counts, identifiers.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub computed: Computed,
}

impl Refusal {
    /// Refused because of the state of things.
    pub fn state(rule: &'static str, code: &'static str, detail: Bilingual) -> Self {
        Self { kind: RefusalKind::State, rule, code, article: None, pointer: None, detail, computed: Computed::new() }
    }

    /// Refused because of what is asked.
    pub fn content(rule: &'static str, code: &'static str, detail: Bilingual) -> Self {
        Self { kind: RefusalKind::Content, ..Self::state(rule, code, detail) }
    }

    /// Names the article the rule comes from, when it is known.
    #[must_use]
    pub fn article(mut self, article: Option<&str>) -> Self {
        self.article = article.map(str::to_owned);
        self
    }

    /// Names the member that it is about.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Adds a date or value used.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.computed.insert(name, value.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.rule, self.code, self.detail.en)
    }
}

impl std::error::Error for Refusal {}

/// A fact that is recorded all the same, with what a rule has to say of it (`breach`, `without_effect`, `late`…).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Flag {
    /// The rule's number.
    pub rule: &'static str,
    /// Stable code, lower `snake_case`.
    pub code: &'static str,
    /// The article of the convention at hand, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Why, in words.
    pub detail: Bilingual,
    /// What was computed.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub computed: Computed,
}

impl Flag {
    /// A flag without article or dates yet.
    pub fn new(rule: &'static str, code: &'static str, detail: Bilingual) -> Self {
        Self { rule, code, article: None, detail, computed: Computed::new() }
    }

    /// Names the article the rule comes from, when it is known.
    #[must_use]
    pub fn article(mut self, article: Option<&str>) -> Self {
        self.article = article.map(str::to_owned);
        self
    }

    /// Adds a date or value used.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.computed.insert(name, value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CivilDate;
    use serde_json::json;

    #[test]
    fn a_refusal_says_rule_article_and_dates() {
        let refusal = Refusal::content("R07", "too_early", Bilingual::fixed("Trop tôt.", "Too early."))
            .article(Some("12"))
            .with("earliest", CivilDate::new(2027, 5, 23).unwrap());
        assert_eq!(
            serde_json::to_value(&refusal).unwrap(),
            json!({"kind": "content", "rule": "R07", "code": "too_early", "article": "12",
                   "detail": {"fr": "Trop tôt.", "en": "Too early."}, "computed": {"earliest": "2027-05-23"}})
        );
        assert_eq!(refusal.to_string(), "R07 too_early: Too early.");
    }

    #[test]
    fn an_unknown_article_is_left_out() {
        let flag = Flag::new("R04", "late", Bilingual::fixed("En retard.", "Late.")).with("late_by_days", 1);
        assert_eq!(
            serde_json::to_value(&flag).unwrap(),
            json!({"rule": "R04", "code": "late", "detail": {"fr": "En retard.", "en": "Late."}, "computed": {"late_by_days": 1}})
        );
    }
}
