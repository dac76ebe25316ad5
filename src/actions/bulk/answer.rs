//! What a bulk answers: what became of each line.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::action::PossibleDuplicate;
use super::super::row::ActionRow;
use crate::domain::Id;
use crate::domain::vocabulary::ActionStatus;
use crate::error::{Problem, faults};
use crate::http::call::Request;

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
    /// Why it was refused: the problem that the request of this line alone would have had. Once the answer has told as many
    /// faults as it may, the code alone, with `more_errors`.
    #[schema(value_type = Option<Value>)]
    pub problem: Option<LineProblem>,
}

/// Why a line was refused; written out at last, so that a hundred thousand take little.
#[derive(Debug, Clone)]
pub struct LineProblem {
    problem: Arc<Problem>,
    request: Arc<Request>,
}

impl LineProblem {
    fn render(&self) -> Value {
        self.problem.render(self.request.language, &self.request.path, &self.request.request_id)
    }
}

impl Serialize for LineProblem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.render().serialize(serializer)
    }
}

/// The faults that the answer may still tell, of all lines together.
pub struct Budget {
    left: usize,
    /// Some faults were not told.
    pub more: bool,
    /// The problem of further refused lines, one for each code.
    codes: HashMap<&'static str, Arc<Problem>>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: faults::ANSWER, more: false, codes: HashMap::new() }
    }
}

impl Budget {
    /// True when nothing more would be told.
    pub const fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// The problem of a line, as far as it is told.
    pub fn tell(&mut self, mut problem: Problem, request: &Arc<Request>) -> LineProblem {
        let problem = if self.is_spent() {
            let code = problem.entry.code;
            let plain = || {
                let mut plain = Problem::plain(code);
                plain.faults.say_more();
                Arc::new(plain)
            };
            self.codes.entry(code).or_insert_with(plain).clone()
        } else {
            problem.faults.truncate(self.left);
            self.left -= problem.faults.len().max(1);
            Arc::new(problem)
        };
        self.more |= problem.faults.has_more();
        LineProblem { problem, request: request.clone() }
    }
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
    /// `true` when there are more faults than the answer tells: 100 of a line and 1,000 in all. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub more_errors: bool,
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

    /// The line as a refusal of the bulk names it; nothing when it was done.
    pub fn refused(&self) -> Option<Value> {
        let problem = self.problem.as_ref()?.render();
        Some(json!({ "line": self.line, "op": self.op, "problem": problem }))
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
