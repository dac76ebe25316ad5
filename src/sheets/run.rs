//! An import: what can come in comes in, and each line that cannot says why.
//!
//! Lines go in batches, a transaction each, and every line under a savepoint of its own: what is refused leaves nothing
//! half-written. A dry run is one transaction that keeps nothing, so that its lines meet each other as they would.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::result::{DatabaseErrorKind, Error};
use serde_json::Value;

use super::kind::{Done, Kind, Options, Outcome, Reading};
use super::layout::{Layout, Reason};
use super::sheet::Sheet;
use crate::app::App;
use crate::error::{Halt, Problem, both};
use crate::http::unit::Unit;

/// Lines of one transaction.
const BATCH: usize = 500;

/// A line that did not come in: its place among the lines, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    pub at: usize,
    pub reasons: Vec<Reason>,
}

/// A line that came in and of which there is something to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    pub at: usize,
    pub warnings: Vec<Value>,
    pub possible_duplicates: Vec<Value>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: Vec<Rejected>,
    pub noted: Vec<Noted>,
    /// The lines that came in, by the record that each is; the last one of it.
    lines: HashMap<String, usize>,
}

impl Report {
    /// Lines with warnings.
    pub fn warned(&self) -> usize {
        self.noted.iter().filter(|noted| !noted.warnings.is_empty()).count()
    }

    /// Lines with possible twins.
    pub fn twins(&self) -> usize {
        self.noted.iter().filter(|noted| !noted.possible_duplicates.is_empty()).count()
    }

    /// Says of a line before that another one may be the same.
    fn note_twin(&mut self, at: usize, twin: &Value) {
        let place = self.noted.binary_search_by_key(&at, |noted| noted.at).unwrap_or_else(|place| {
            self.noted.insert(place, Noted { at, warnings: Vec::new(), possible_duplicates: Vec::new() });
            place
        });
        let told = &mut self.noted[place].possible_duplicates;
        if !told.iter().any(|known| id_of(known) == id_of(twin)) {
            told.push(twin.clone());
        }
    }

    fn note(&mut self, at: usize, done: Done) {
        match done.outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
        let Done { warnings, possible_duplicates, own, .. } = done;
        if let Some(own) = own {
            // A pair within the sheet is told on both of its lines.
            for twin in &possible_duplicates {
                if let Some(earlier) = self.lines.get(id_of(twin)).copied() {
                    self.note_twin(earlier, &own);
                }
            }
            self.lines.insert(id_of(&own).to_owned(), at);
        }
        if !warnings.is_empty() || !possible_duplicates.is_empty() {
            self.noted.push(Noted { at, warnings, possible_duplicates });
        }
    }
}

fn id_of(twin: &Value) -> &str {
    twin["id"].as_str().unwrap_or_default()
}

/// A sheet that is about to come in.
pub struct Import {
    pub sheet: Sheet,
    /// By tab.
    pub layouts: Vec<Layout<'static>>,
    pub kind: &'static Kind,
    pub options: Options,
}

/// Brings a sheet in. `told` hears how many lines are done.
pub async fn run(app: &App, import: Arc<Import>, dry_run: bool, mut told: impl FnMut(usize)) -> Result<Report, Halt> {
    let mut report = Report::default();
    let lines = import.sheet.lines.len();
    let batch = if dry_run { lines.max(1) } else { BATCH };
    for start in (0..lines).step_by(batch) {
        let end = (start + batch).min(lines);
        let (work, organisation) = (import.clone(), import.options.organisation);
        let lines = move |unit: &mut Unit<'_>, last| (start..end).map(|at| work.line(unit, at, last)).collect();
        let done: Vec<Result<Done, Vec<Reason>>> = app.act_again(organisation, dry_run, lines).await?;
        for (at, done) in (start..end).zip(done) {
            match done {
                Ok(done) => report.note(at, done),
                Err(reasons) => report.rejected.push(Rejected { at, reasons }),
            }
        }
        told(end);
    }
    Ok(report)
}

impl Import {
    /// Where the columns stand in the tab of a line.
    fn layout(&self, at: usize) -> &Layout<'static> {
        &self.layouts[self.sheet.lines[at].tab]
    }

    /// One line: the inner result is what became of it, the outer why nothing more can be done. What another unit may have
    /// crossed is done again, and is the line's own fault when that was the `last` time.
    fn line(&self, unit: &mut Unit<'_>, at: usize, last: bool) -> Result<Result<Done, Vec<Reason>>, Halt> {
        let line = &self.sheet.lines[at];
        let (reading, mut reasons) = self.layout(at).read(line);
        if !reasons.is_empty() {
            let others = (self.kind.others)(unit, reading, &self.options)?;
            if !others.is_empty() {
                reasons.append(&mut self.layout(at).reasons(&Problem::body(others), Some(line)));
            }
            return Ok(Err(reasons));
        }
        match self.tried(unit, at, reading.clone(), last)? {
            // The key may have been taken since it was looked for: the line then finds what has it.
            Err(reasons) if reasons.iter().any(|reason| reason.code == "duplicate") => {
                self.tried(unit, at, reading, last)
            }
            done => Ok(done),
        }
    }

    fn tried(
        &self,
        unit: &mut Unit<'_>,
        at: usize,
        reading: Reading,
        last: bool,
    ) -> Result<Result<Done, Vec<Reason>>, Halt> {
        unit.savepoint()?;
        match (self.kind.apply)(unit, reading, &self.options) {
            Ok(outcome) => {
                unit.commit()?;
                Ok(Ok(outcome))
            }
            Err(Halt::Problem(problem)) => {
                unit.rollback()?;
                Ok(Err(self.layout(at).reasons(&problem, Some(&self.sheet.lines[at]))))
            }
            Err(halt) if !last && halt.is_race() => Err(halt),
            Err(Halt::Database(e)) if is_of_the_line(&e) => {
                unit.rollback()?;
                log::warn!("line {}: {e:?}", self.sheet.lines[at].number);
                let detail = both(
                    "en conflit avec ce qui est déjà dans la base",
                    "in conflict with what is in the database already",
                );
                Ok(Err(vec![Reason { column: None, code: "conflict", detail }]))
            }
            Err(halt) => Err(halt),
        }
    }
}

/// True for what another line would not meet.
fn is_of_the_line(e: &Error) -> bool {
    use DatabaseErrorKind::{CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation};
    matches!(e, Error::DatabaseError(UniqueViolation | ForeignKeyViolation | CheckViolation | NotNullViolation, _))
}
