//! `POST /v1/actions/bulk`: many lines in one unit of work, creations, changes by the caller's own keys, and acts such as
//! the results of forty actions. All or nothing, unless `mode=partial`; each line has its answer.

mod line;

use std::collections::HashSet;

use actix_web::post;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use self::line::{Asked, Line, Named};
use super::acts::{NewAttendance, NewConfirmation, NewHolding, NewPlan, NewRefusal, NewReport, Reason, act, actor_at};
use super::desk::Desk;
use super::http::changed;
use super::many;
use super::new::{ActionSchool, NewAction};
use super::row::ActionRow;
use super::write::{Made, make};
use crate::auth::policy::{Permission, WriteActions};
use crate::domain::Id;
use crate::domain::vocabulary::{ActionAct, ActionStatus};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::body::read;
use crate::http::call::Call;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};

/// Bytes of a bulk at most: 64 MiB.
pub const BULK_LIMIT: usize = 64 << 20;
/// Lines of a bulk at most.
const LINES: usize = 100_000;
/// Lines that are looked up and inserted together.
const TOGETHER: usize = 1000;
/// Refused lines that a refusal names at most.
const NAMED: usize = 1000;

/// Write actions in bulk: the same scope, and a larger body.
#[derive(Debug)]
pub struct BulkActions;
impl Permission for BulkActions {
    const SCOPE: &'static str = WriteActions::SCOPE;
    const BODY_LIMIT: Option<usize> = Some(BULK_LIMIT);
}

/// What became of one line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkResult {
    /// Its number, from 1; empty lines count.
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

/// Write actions in bulk
///
/// NDJSON, one object a line: `{"op": "create", "action": {…}}` (`op` may be left out), `{"op": "upsert", "action": {…}}`
/// by its `external_id`, or an act `{"op": "report", "id" or "external_id": …, "expected_version": 3, "with": {…}}` with the
/// body that the act's own address takes. Lines are done in order, in one unit of work: all of them or none (`422
/// bulk_refused` names each refused line and member), unless `mode=partial` does what can be done. At most 64 MiB and
/// 100,000 lines.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])),
    params(("mode" = Option<String>, Query, description = "`all` (default): all lines or none; `partial`: those that can be")),
    request_body(content = String, content_type = "application/x-ndjson", description = "One object a line",
        example = "{\"op\":\"hold\",\"external_id\":\"2026-A-17\"}\n{\"op\":\"report\",\"external_id\":\"2026-A-18\",\"with\":{\"results\":{\"pupils\":24}}}\n"),
    responses((status = 200, description = "What became of each line", body = BulkAnswer))
)]
#[post("/v1/actions/bulk")]
async fn write_in_bulk(call: Call<BulkActions>) -> Reply {
    call.write(|unit| {
        let expect = Expect { forms: take_mode, ..Expect::CREATION };
        let text = unit.accept(expect, &["application/x-ndjson"], |request| match &request.body {
            Ok(bytes) => Ok(bytes.clone()),
            Err(code) => Err(Problem::plain(code)),
        })?;
        let partial = Params::of(&unit.request.query).choice("mode", MODES) == Some("partial");
        let mut bulk = Bulk {
            desk: Desk::beside(&unit.request.shelf),
            partial,
            results: Vec::new(),
            failed: 0,
            waiting: Vec::new(),
        };
        let lines: Vec<(usize, &[u8])> = text
            .split(|byte| *byte == b'\n')
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim_ascii()))
            .filter(|(_, line)| !line.is_empty())
            .collect();
        if lines.len() > LINES {
            return Err(Problem::plain("payload_too_large").into());
        }
        // A thread of its own reads the lines to come while the database takes those at hand.
        std::thread::scope(|scope| {
            let (sender, chunks) = std::sync::mpsc::sync_channel(1);
            let lines = &lines;
            scope.spawn(move || {
                let read = |(number, text): &(usize, &[u8])| (*number, line::read(text));
                lines.chunks(TOGETHER).try_for_each(|lines| sender.send(lines.iter().map(read).collect()))
            });
            chunks.into_iter().try_for_each(|read| bulk.chunk(unit, read))
        })?;
        bulk.answer(unit, lines.len())
    })
    .await
}

const MODES: &[&str] = &["all", "partial"];

fn take_mode(params: &mut Params) {
    params.choice("mode", MODES);
}

/// The number of a line, and what it asks or why it cannot be read.
type ReadLine = (usize, Result<Line, (&'static str, Problem)>);

/// A bulk in progress.
struct Bulk {
    desk: Desk,
    partial: bool,
    results: Vec<BulkResult>,
    failed: usize,
    /// Accepted creations that are not inserted yet.
    waiting: Vec<Made>,
}

/// A line that was done.
struct Done {
    id: Id,
    version: i64,
    status: ActionStatus,
    external_id: Option<String>,
    warnings: Vec<Value>,
}

impl Done {
    fn of(row: &ActionRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            status: row.status,
            external_id: row.external_id.clone(),
            warnings: row.content.0.warnings.clone(),
        }
    }
}

impl Bulk {
    /// Lines whose schools and keys are looked up together.
    fn chunk(&mut self, unit: &mut Unit<'_>, read: Vec<ReadLine>) -> Result<(), Halt> {
        let asked = || read.iter().filter_map(|(_, line)| line.as_ref().ok());
        let uais: HashSet<_> = asked().filter_map(Line::action).flat_map(|new| &new.schools).map(|s| &s.uai).collect();
        self.desk.look_up_schools(unit, uais.into_iter())?;
        let keys: HashSet<String> = asked().filter_map(Line::key).map(str::to_owned).collect();
        self.desk.look_up_keys(unit, keys)?;
        for (number, line) in read {
            let (op, done) = match line {
                Ok(line) => (line.op, self.one(unit, line)),
                Err((op, problem)) => (op, Err(problem.into())),
            };
            self.note(unit, number, op, done)?;
        }
        self.flush(unit)
    }

    fn one(&mut self, unit: &mut Unit<'_>, line: Line) -> Result<Done, Halt> {
        match line.asked {
            Asked::Create(new) => self.create(unit, *new),
            Asked::Upsert(new) => {
                let key = new.external_id.clone().unwrap_or_default();
                match self.desk.keyed(&key) {
                    None => self.create(unit, *new),
                    Some(id) => self.saved(unit, |unit, desk| {
                        let before = ActionRow::lock(unit, id)?;
                        check_version(&before, line.expected_version)?;
                        let actor = actor_at(unit, desk, &before)?;
                        let new = again(*new, &before);
                        // The same line once more changes nothing.
                        if new == before.as_new() {
                            return Ok(before);
                        }
                        changed(unit, desk, &before, actor, new)?.save(unit, &before)
                    }),
                }
            }
            Asked::Act { act, on, with } => {
                let id = match on {
                    Named::Id(id) => id,
                    Named::Key(key) => self.desk.keyed(&key).ok_or_else(Halt::not_found)?,
                };
                let version = line.expected_version;
                self.saved(unit, |unit, desk| done_to(unit, desk, act, id, version, with))
            }
        }
    }

    fn create(&mut self, unit: &mut Unit<'_>, new: NewAction) -> Result<Done, Halt> {
        let key = new.external_id.clone();
        let made = make(unit, &mut self.desk, new)?;
        if let Some(key) = key {
            self.desk.take_key(key, made.row.id);
        }
        self.desk.note_hours(&made.row.content.0.asked);
        let done = Done::of(&made.row);
        self.waiting.push(made);
        Ok(done)
    }

    /// A line that reads what the lines before it have written, and writes at once.
    fn saved(
        &mut self,
        unit: &mut Unit<'_>,
        work: impl FnOnce(&mut Unit<'_>, &mut Desk) -> Result<ActionRow, Halt>,
    ) -> Result<Done, Halt> {
        self.flush(unit)?;
        unit.savepoint()?;
        match work(unit, &mut self.desk) {
            Ok(row) => {
                unit.commit()?;
                Ok(Done::of(&row))
            }
            Err(halt) => {
                unit.rollback()?;
                Err(halt)
            }
        }
    }

    /// Inserts what waits.
    fn flush(&mut self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let waiting = std::mem::take(&mut self.waiting);
        self.desk.given.clear();
        many::insert(unit, waiting)
    }

    /// Notes what became of a line; a fault of the service ends the bulk.
    fn note(&mut self, unit: &Unit<'_>, line: usize, op: &'static str, done: Result<Done, Halt>) -> Result<(), Halt> {
        self.results.push(match done {
            Ok(done) => BulkResult {
                line,
                op,
                id: Some(done.id),
                version: Some(done.version),
                status: Some(done.status),
                external_id: done.external_id,
                warnings: done.warnings,
                problem: None,
            },
            Err(Halt::Problem(problem)) => {
                self.failed += 1;
                let request = &unit.request;
                let told = problem.render(request.language, &request.path, &request.request_id);
                BulkResult {
                    line,
                    op,
                    id: None,
                    version: None,
                    status: None,
                    external_id: None,
                    warnings: Vec::new(),
                    problem: Some(told),
                }
            }
            Err(other) => return Err(other),
        });
        Ok(())
    }

    fn answer(self, unit: &Unit<'_>, lines: usize) -> Result<Answer, Halt> {
        if self.failed > 0 && !self.partial {
            let named: Vec<Value> = self
                .results
                .iter()
                .filter_map(|result| Some((result.line, result.op, result.problem.as_ref()?)))
                .take(NAMED)
                .map(|(line, op, problem)| json!({ "line": line, "op": op, "problem": problem }))
                .collect();
            return Err(Problem::plain("bulk_refused")
                .member("lines", named.into())
                .member("refused", self.failed.into())
                .into());
        }
        let answer = BulkAnswer {
            mode: if self.partial { "partial" } else { "all" },
            dry_run: unit.dry_run,
            lines,
            done: lines - self.failed,
            refused: self.failed,
            results: self.results,
        };
        Answer::ok(&answer)
    }
}

/// A line that is sent again keeps what others have declared since, where it says nothing of it: results and attendance,
/// what is stated at the confirmation, whom to call; its state too, and the key of the one that a twin went into.
fn again(new: NewAction, before: &ActionRow) -> NewAction {
    let kept = before.content.0.asked.clone();
    let schools = new
        .schools
        .into_iter()
        .map(|school| {
            let known = kept.schools.iter().find(|known| known.uai == school.uai);
            let counts = school.counts.or_else(|| known.and_then(|known| known.counts.clone()));
            ActionSchool { counts, ..school }
        })
        .collect();
    NewAction {
        status: Some(before.status),
        external_id: before.external_id.clone(),
        schools,
        results: new.results.or(kept.results),
        inclusion: new.inclusion.or(kept.inclusion),
        accessibility: new.accessibility.or(kept.accessibility),
        school_contact: new.school_contact.or(kept.school_contact),
        responsible_adult: new.responsible_adult.or(kept.responsible_adult),
        ..new
    }
}

fn check_version(row: &ActionRow, expected: Option<i64>) -> Result<(), Problem> {
    match expected {
        Some(version) if version != row.version => {
            Err(Problem::plain("version_mismatch").member("current_version", row.version.into()))
        }
        _ => Ok(()),
    }
}

/// An act, with the body that its own address takes.
fn done_to(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    what: ActionAct,
    id: Id,
    version: Option<i64>,
    with: Value,
) -> Result<ActionRow, Halt> {
    let before = ActionRow::lock(unit, id)?;
    let actor = actor_at(unit, desk, &before)?;
    check_version(&before, version)?;
    let under = |problem| line::under("/with", problem);
    match what {
        ActionAct::Plan => act(unit, desk, &before, actor, read::<NewPlan>(with).map_err(under)?),
        ActionAct::Confirm => act(unit, desk, &before, actor, read::<NewConfirmation>(with).map_err(under)?),
        ActionAct::Hold => act(unit, desk, &before, actor, read::<NewHolding>(with).map_err(under)?),
        ActionAct::Attend => act(unit, desk, &before, actor, read::<NewAttendance>(with).map_err(under)?),
        ActionAct::Report => act(unit, desk, &before, actor, read::<NewReport>(with).map_err(under)?),
        ActionAct::Decline => act(unit, desk, &before, actor, read::<NewRefusal>(with).map_err(under)?),
        _ => act(unit, desk, &before, actor, read::<Reason>(with).map_err(under)?),
    }
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(write_in_bulk);
}
