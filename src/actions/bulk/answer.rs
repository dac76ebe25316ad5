//! What a bulk answers: what became of each line.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::action::PossibleDuplicate;
use super::super::row::ActionRow;
use crate::domain::Id;
use crate::domain::vocabulary::ActionStatus;

/// What became of one line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkResult {
    /// Its number, from 1; empty lines count, and so does the header of a sheet.
    pub line: usize,
    /// `create`, `upsert`, or the act.
    #[schema(value_type = String)]
    pub op: &'static str,
    /// The action; null when the line was refused.
    pub id: Option<Id>,
    pub version: Option<i64>,
    pub status: Option<ActionStatus>,
    pub external_id: Option<String>,
    /// What the rules flagged.
    pub warnings: Vec<Value>,
    /// Others of the same kind, school and days once all lines are written, as after a write of this line alone.
    pub possible_duplicates: Vec<PossibleDuplicate>,
    /// Why it was refused: the problem that the request of this line alone would have had.
    pub problem: Option<Value>,
}

/// What became of a bulk.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// `all` or `partial`.
    #[schema(value_type = String)]
    pub mode: &'static str,
    pub dry_run: bool,
    pub lines: usize,
    /// Lines that were done.
    pub done: usize,
    /// Lines that were refused; 0 in mode `all`.
    pub refused: usize,
    pub results: Vec<BulkResult>,
}

impl BulkResult {
    pub fn blank(line: usize, op: &'static str) -> Self {
        Self {
            line,
            op,
            id: None,
            version: None,
            status: None,
            external_id: None,
            warnings: Vec::new(),
            possible_duplicates: Vec::new(),
            problem: None,
        }
    }

    /// A line that was done.
    pub fn done(line: usize, op: &'static str, row: &ActionRow) -> Self {
        Self {
            id: Some(row.id),
            version: Some(row.version),
            status: Some(row.status),
            external_id: row.external_id.clone(),
            warnings: row.content.0.warnings.clone(),
            ..Self::blank(line, op)
        }
    }
}
