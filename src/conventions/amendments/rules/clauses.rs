//! The changes of clauses that follow from an amendment: what a reading finds in the text after, and not before.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::conventions::clauses::ClauseParameters;
use crate::conventions::rules::TextClause;
use crate::conventions::rules::texts::stated_once;
use crate::domain::Id;
use crate::domain::vocabulary::ClauseKind;

/// A change of a clause, proposed or written by hand; only a confirmed one switches a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClauseChange {
    /// Given by the service: the id of the clause once the amendment is in force.
    pub id: Id,
    pub kind: ClauseKind,
    /// Number of the article that says it, in the text as amended.
    pub article: Option<String>,
    /// True when the text says it no more.
    pub absent: bool,
    pub confirmed: bool,
    pub parameters: ClauseParameters,
    /// The sentence of the text as amended.
    pub quote: Option<String>,
}

impl ClauseChange {
    /// As the rules read it.
    pub fn as_clause(&self) -> TextClause {
        TextClause {
            kind: self.kind,
            article: self.article.clone(),
            absent: self.absent,
            parameters: self.parameters.clone(),
        }
    }
}

/// A clause as somebody reads it in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadClause {
    pub kind: ClauseKind,
    pub article: Option<String>,
    pub parameters: ClauseParameters,
    pub quote: String,
}

/// What changed between two readings, in the order of the text after; `id` gives each its identifier.
pub fn changes(before: &[ReadClause], after: &[ReadClause], mut id: impl FnMut() -> Id) -> Vec<ClauseChange> {
    let same = |one: &ReadClause, other: &ReadClause| {
        one.kind == other.kind && one.article == other.article && one.parameters == other.parameters
    };
    let mut changes = Vec::new();
    for clause in after.iter().filter(|clause| !before.iter().any(|old| same(old, clause))) {
        changes.push(ClauseChange {
            id: id(),
            kind: clause.kind,
            article: clause.article.clone(),
            absent: false,
            confirmed: false,
            parameters: clause.parameters.clone(),
            quote: Some(clause.quote.clone()),
        });
    }
    // A clause that a text states once is still there wherever it now stands.
    let remains = |old: &ReadClause| {
        after.iter().any(|clause| clause.kind == old.kind && (stated_once(old.kind) || clause.article == old.article))
    };
    for clause in before.iter().filter(|clause| !remains(clause)) {
        changes.push(ClauseChange {
            id: id(),
            kind: clause.kind,
            article: clause.article.clone(),
            absent: true,
            confirmed: false,
            parameters: ClauseParameters::default(),
            quote: None,
        });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary::Unit;

    fn clause(kind: ClauseKind, article: &str, years: Option<u16>) -> ReadClause {
        let parameters =
            ClauseParameters { value: years, unit: years.map(|_| Unit::Year), ..ClauseParameters::default() };
        ReadClause { kind, article: Some(article.into()), parameters, quote: format!("dit {article}") }
    }

    fn told(before: &[ReadClause], after: &[ReadClause]) -> Vec<(ClauseKind, String, bool)> {
        let made = changes(before, after, || Id::from_bytes([1; 16]));
        assert!(made.iter().all(|change| !change.confirmed));
        made.into_iter().map(|change| (change.kind, change.article.unwrap(), change.absent)).collect()
    }

    #[test]
    fn what_a_reading_finds_after_and_not_before_is_proposed() {
        let before = [clause(ClauseKind::Duration, "11", Some(5)), clause(ClauseKind::Dispute, "12", None)];
        let longer = [clause(ClauseKind::Duration, "11", Some(6)), clause(ClauseKind::Dispute, "12", None)];
        assert_eq!(told(&before, &longer), [(ClauseKind::Duration, "11".into(), false)]);
        assert_eq!(told(&before, &before), []);
        let moved = [clause(ClauseKind::Duration, "10", Some(5)), clause(ClauseKind::Dispute, "13", None)];
        assert_eq!(
            told(&before, &moved),
            [
                (ClauseKind::Duration, "10".into(), false),
                (ClauseKind::Dispute, "13".into(), false),
                (ClauseKind::Dispute, "12".into(), true),
            ]
        );
        assert_eq!(told(&before, &before[1..]), [(ClauseKind::Duration, "11".into(), true)]);
    }
}
