//! `POST /v1/actions/bulk`: many lines in one unit of work, creations, changes by the caller's own keys, and acts such as
//! the results of forty actions. All or nothing, unless `mode=partial`; each line has its answer.

mod acts;
mod answer;
mod line;
mod sheet;
mod twins;

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use actix_web::post;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use self::acts::{check_version, done_to};
use self::answer::{Budget, BulkAnswer, BulkResult};
use self::line::{Asked, Line, Named};
use self::sheet::{CSV, Csv};
use self::twins::Written;
use super::acts::actor_at;
use super::classes;
use super::desk::Desk;
use super::http::changed;
use super::many;
use super::new::NewAction;
use super::results::Counts;
use super::row::ActionRow;
use super::rules::life::is_at;
use super::write::{Made, make};
use crate::auth::policy::{Permission, WriteActions};
use crate::domain::Id;
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;
use crate::http::params::Params;
use crate::http::strict_json;
use crate::http::unit::{Expect, Unit};
use crate::obligations::evidence;

/// Bytes of a bulk at most: 64 MiB.
pub const BULK_LIMIT: usize = 64 << 20;
/// Lines of a bulk at most.
const LINES: usize = 100_000;
/// Lines that are looked up and inserted together.
const TOGETHER: usize = 1000;
/// Bytes that lines which are read together take: those of a megabyte each come one by one.
const AT_ONCE: usize = 8 << 20;

/// Write actions in bulk: the same scope, and a larger body.
#[derive(Debug)]
pub struct BulkActions;
impl Permission for BulkActions {
    const SCOPE: &'static str = WriteActions::SCOPE;
    const BODY_LIMIT: Option<usize> = Some(BULK_LIMIT);
}

/// Write actions in bulk
///
/// NDJSON, one object a line: `{"op": "create", "action": {…}}` (`op` may be left out), `{"op": "upsert", "action": {…}}`
/// by its `external_id`, or an act `{"op": "report", "id" or "external_id": …, "expected_version": 3, "with": {…}}` with the
/// body that the act's own address takes; `merge` is one of them. Lines are done in order, in one unit of work: all of them
/// or none (`422 bulk_refused` names each refused line and member), unless `mode=partial` does what can be done. At most
/// 64 MiB and 100,000 lines of 1 MiB each. An answer tells 100 faults of a line and 1,000 in all; beyond, `more_errors` is
/// true: reading stops, or with `mode=partial` a refused line tells its code alone.
///
/// CSV is a sheet with the columns of `passerelle import actions`, or those of an export; `;`, `,` or tabs separate. Each
/// line is an `upsert`: of the action whose `id` it gives, else by its own key, or by a digest of the line; what it leaves
/// empty stays as it is. Faults name the `column`.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])),
    params(
        ("mode" = Option<String>, Query, pattern = "^(all|partial)$", description = "`all` (default): all lines or none; `partial`: those that can be"),
        ("convention_id" = Option<Id>, Query, description = "CSV: the convention of the lines that name none (UUID)"),
        ("legacy" = Option<bool>, Query, description = "CSV: lines of the past, what they do not say was not recorded"),
    ),
    request_body(content(
        (String = "application/x-ndjson", example = json!("{\"op\":\"hold\",\"external_id\":\"2026-A-17\"}\n{\"op\":\"report\",\"external_id\":\"2026-A-18\",\"with\":{\"results\":{\"pupils\":24}}}\n")),
        (String = "text/csv", example = json!("Titre;Nature;Axe;UAI;Date;Niveaux\nForum;forum;article 11;0930001W;14/01/2027;3e\n")),
    ), description = "One object a line, or a sheet (UTF-8, or `charset=windows-1252`)"),
    responses((status = 200, description = "What became of each line", body = BulkAnswer))
)]
#[post("/v1/actions/bulk")]
async fn write_in_bulk(call: Call<BulkActions>) -> Reply {
    call.write(|unit| {
        let is_sheet = unit.request.media_type().as_deref() == Some(CSV);
        let forms = if is_sheet { take_of_sheet } else { take_of_lines };
        let expect = Expect { forms, ..Expect::CREATION };
        let text = unit.accept(expect, &["application/x-ndjson", CSV], |request| match &request.body {
            Ok(bytes) => Ok(bytes.clone()),
            Err(code) => Err(Problem::plain(code)),
        })?;
        // One that lost a race waits for those it may have crossed: each would stand in its way again.
        let (owner, alone) = (unit.request.caller.organisation_id, unit.again);
        let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
        crate::db::lock_name(unit, &format!("actions/bulk {owner}"), alone)?;
        unit.turned = Some(BTreeSet::new());
        let partial = Params::of(&unit.request.query).choice("mode", MODES) == Some("partial");
        let mut bulk = Bulk { desk: Desk::beside(&unit.request.shelf), partial, ..Bulk::default() };
        let lines = if is_sheet { bulk.of_sheet(unit, &text)? } else { bulk.of_ndjson(unit, &text)? };
        bulk.answer(unit, lines)
    })
    .await
}

const MODES: &[&str] = &["all", "partial"];

fn take_of_lines(params: &mut Params) {
    params.choice("mode", MODES);
    sheet::leave(params);
}

fn take_of_sheet(params: &mut Params) {
    params.choice("mode", MODES);
    sheet::take(params);
}

/// The number of a line, and what it asks or why it cannot be read.
type ReadLine = (usize, Result<Line, (&'static str, Problem)>);

/// A bulk in progress.
#[derive(Default)]
struct Bulk {
    desk: Desk,
    partial: bool,
    results: Vec<BulkResult>,
    failed: usize,
    budget: Budget,
    /// Accepted creations that are not inserted yet.
    waiting: Vec<Made>,
    written: Written,
}

impl Bulk {
    /// Does the lines of NDJSON; their number.
    fn of_ndjson(&mut self, unit: &mut Unit<'_>, text: &[u8]) -> Result<usize, Halt> {
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let lines = || numbered(text);
        let number = lines().take(LINES + 1).count();
        if number > LINES {
            return Err(Problem::plain("payload_too_large").into());
        }
        // A thread of its own reads the lines to come while the database takes those at hand.
        std::thread::scope(|scope| {
            let (sender, chunks) = std::sync::mpsc::sync_channel(0);
            scope.spawn(move || {
                let mut lines = lines().peekable();
                while lines.peek().is_some() {
                    if sender.send(read_some(&mut lines)).is_err() {
                        break;
                    }
                }
            });
            for read in chunks {
                if self.chunk(unit, read, None)?.is_break() {
                    break;
                }
            }
            Ok::<_, Halt>(())
        })?;
        Ok(number)
    }

    /// Does the lines of a sheet; their number.
    fn of_sheet(&mut self, unit: &mut Unit<'_>, text: &[u8]) -> Result<usize, Halt> {
        let mut csv = Csv::open(&unit.request, text, LINES)?;
        for from in (0..csv.len()).step_by(TOGETHER) {
            let read = csv.read(unit, from, from + TOGETHER)?;
            if self.chunk(unit, read, Some(&csv))?.is_break() {
                break;
            }
        }
        Ok(csv.len())
    }

    /// Lines whose schools and keys are looked up together.
    fn chunk(
        &mut self,
        unit: &mut Unit<'_>,
        read: Vec<ReadLine>,
        sheet: Option<&Csv>,
    ) -> Result<ControlFlow<()>, Halt> {
        let asked = || read.iter().filter_map(|(_, line)| line.as_ref().ok());
        let uais: HashSet<_> = asked().filter_map(Line::action).flat_map(|new| &new.schools).map(|s| &s.uai).collect();
        self.desk.look_up_schools(unit, uais.into_iter())?;
        let keys: HashSet<String> = asked().filter_map(Line::key).map(str::to_owned).collect();
        self.desk.look_up_keys(unit, keys)?;
        for (number, line) in read {
            // Nothing will be written, and nothing more be told.
            if self.budget.is_spent() && !self.partial {
                self.budget.more = true;
                return Ok(ControlFlow::Break(()));
            }
            let (op, done) = match line {
                Ok(line) => (line.op, self.one(unit, line)),
                Err((op, problem)) => (op, Err(problem.into())),
            };
            let done = match (done, sheet) {
                (Err(Halt::Problem(problem)), Some(sheet)) => Err(sheet.in_columns(number, *problem).into()),
                (done, _) => done,
            };
            self.note(unit, number, op, done)?;
        }
        self.flush(unit)?;
        Ok(ControlFlow::Continue(()))
    }

    fn one(&mut self, unit: &mut Unit<'_>, line: Line) -> Result<ActionRow, Halt> {
        let at = line.at();
        self.tried(unit, line).map_err(|halt| match halt {
            Halt::Problem(problem) => at.placed(*problem).into(),
            other => other,
        })
    }

    fn tried(&mut self, unit: &mut Unit<'_>, line: Line) -> Result<ActionRow, Halt> {
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
                        let new = again(*new, &before)?;
                        // The same line once more changes nothing.
                        if new == before.as_new() {
                            return Ok(before);
                        }
                        changed(unit, desk, &before, actor, new)?.save(unit, &before)
                    }),
                }
            }
            Asked::Row(row) => match row.id.or_else(|| self.desk.keyed(row.key.as_deref()?)) {
                None => self.create(unit, row.new_action()?),
                Some(named) => self.saved(unit, |unit, desk| {
                    let before = ActionRow::lock(unit, named)?;
                    let Some(new) = row.instead(&before)? else { return Ok(before) };
                    let actor = actor_at(unit, desk, &before)?;
                    let row = changed(unit, desk, &before, actor, new)?.save(unit, &before)?;
                    desk.rekeyed(row.id, before.external_id.as_deref(), row.external_id.as_deref());
                    Ok(row)
                }),
            },
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

    fn create(&mut self, unit: &mut Unit<'_>, new: NewAction) -> Result<ActionRow, Halt> {
        let key = new.external_id.clone();
        let made = make(unit, &mut self.desk, new)?;
        if let Some(key) = key {
            self.desk.take_key(key, made.row.id);
        }
        self.desk.note_hours(&made.row.content.0.asked);
        let row = made.row.clone();
        self.waiting.push(made);
        Ok(row)
    }

    /// A line that reads what the lines before it have written, and writes at once.
    fn saved(
        &mut self,
        unit: &mut Unit<'_>,
        work: impl FnOnce(&mut Unit<'_>, &mut Desk) -> Result<ActionRow, Halt>,
    ) -> Result<ActionRow, Halt> {
        self.flush(unit)?;
        unit.savepoint()?;
        match work(unit, &mut self.desk) {
            Ok(row) => {
                unit.commit()?;
                Ok(row)
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
    fn note(
        &mut self,
        unit: &Unit<'_>,
        line: usize,
        op: &'static str,
        done: Result<ActionRow, Halt>,
    ) -> Result<(), Halt> {
        let result = match done {
            Ok(row) => {
                self.written.note(self.results.len(), &row);
                BulkResult::done(line, op, &row)
            }
            Err(Halt::Problem(problem)) => {
                self.failed += 1;
                let problem = self.budget.tell(*problem, &unit.request);
                BulkResult { problem: Some(problem), ..BulkResult::blank(line, op) }
            }
            Err(other) => return Err(other),
        };
        self.results.push(result);
        Ok(())
    }

    fn answer(mut self, unit: &mut Unit<'_>, lines: usize) -> Result<Answer, Halt> {
        if self.failed > 0 && !self.partial {
            let named: Vec<Value> = self.results.iter().filter_map(BulkResult::refused).collect();
            let mut problem = Problem::plain("bulk_refused");
            if self.budget.more {
                problem.faults.say_more();
            }
            return Err(problem.member("lines", named.into()).member("refused", self.failed.into()).into());
        }
        let turned = unit.turned.take().unwrap_or_default();
        let (ids, now) = (unit.ids(), unit.request.now);
        evidence::settle(unit, &ids, now, &turned)?;
        let request = unit.request.clone();
        self.written.tell(unit, &request, &mut self.results)?;
        let answer = BulkAnswer {
            mode: if self.partial { "partial" } else { "all" },
            dry_run: unit.dry_run,
            lines,
            done: lines - self.failed,
            refused: self.failed,
            more_errors: self.budget.more,
            results: self.results,
        };
        Answer::in_pieces(&answer, request)
    }
}

/// The lines of a text that say something, with their numbers.
fn numbered(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    lines.map(|(index, line)| (index + 1, line.trim_ascii())).filter(|(_, line)| !line.is_empty())
}

/// Reads the next lines: as many as are done together, or fewer when they are long.
fn read_some<'t>(lines: &mut impl Iterator<Item = (usize, &'t [u8])>) -> Vec<ReadLine> {
    let mut taken = 0;
    let mut read = Vec::new();
    while taken < AT_ONCE && read.len() < TOGETHER {
        let Some((number, text)) = lines.next() else { break };
        taken += strict_json::cost(text);
        read.push((number, line::read(text)));
    }
    read
}

/// A line that is sent again keeps what others have declared since, where it says nothing of it: results and attendance,
/// what is stated at the confirmation, whom to call; the key of the one that a twin went into. Another state is an act's.
fn again(new: NewAction, before: &ActionRow) -> Result<NewAction, Problem> {
    let kept = before.content.0.asked.clone();
    let counted = |said: Option<Counts>, known: Option<&Counts>| said.or_else(|| known.cloned());
    let schools = classes::sent_again(new.schools, &kept.schools, before.counted_by_others(), counted)
        .map_err(|fault| Problem::body(vec![fault]))?;
    Ok(NewAction {
        status: new.status.filter(|said| !is_at(*said, before.status)).or(Some(before.status)),
        external_id: before.external_id.clone(),
        schools,
        results: new.results.or(kept.results),
        inclusion: new.inclusion.or(kept.inclusion),
        accessibility: new.accessibility.or(kept.accessibility),
        school_contact: new.school_contact.or(kept.school_contact),
        responsible_adult: new.responsible_adult.or(kept.responsible_adult),
        ..new
    })
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(write_in_bulk);
}
