//! What moves an action: plan, confirm, hold, declare the attendance and the results, decline, cancel. Who may do what
//! from which state is [`super::rules::life::TABLE`].

mod bodies;
mod several;

use actix_web::post;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use super::action::{Action, AllowedActionAct, PossibleDuplicate};
use super::desk::Desk;
use super::merge::possible_duplicates;
use super::new::NewAction;
use super::perimeter::{actor_of, audience, not_allowed, sight_of};
use super::row::ActionRow;
use super::rules::life::{Actor, Refused, may};
use super::rules::{check_past, on_its_days};
use super::write::{Made, fill};
use crate::auth::policy::{Standing, WriteActions};
use crate::db::Connection;
use crate::domain::CivilDate;
use crate::domain::vocabulary::{ActionAct, ActionStatus};
use crate::error::{Fault, Faults, Halt, Place, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{Call, Request};
use crate::http::unit::{Expect, Unit};

pub use bodies::{NewAttendance, NewConfirmation, NewHolding, NewPlan, NewRefusal, NewReport, Reason};

/// The action named in the path, locked, and what the caller is to it; 403 for one who only reads.
pub fn open(unit: &mut Unit<'_>, desk: &mut Desk) -> Result<(ActionRow, Actor), Halt> {
    let id = unit.request.id()?;
    let row = ActionRow::lock(unit, id)?;
    let actor = actor_at(unit, desk, &row)?;
    Ok((row, actor))
}

/// What the caller is to an action; 403 for one who only reads.
pub fn actor_at(unit: &mut Unit<'_>, desk: &mut Desk, row: &ActionRow) -> Result<Actor, Halt> {
    let request = unit.request.clone();
    let known = desk.convention(unit, row.convention_id)?;
    let actor = actor_of(&request.caller, &known.standing, &row.content.0.asked);
    Ok(actor.ok_or_else(|| not_allowed(&request.caller, &known.standing))?)
}

/// The table's word on an act: the state it leads to, 403 or 409.
pub fn check_act(act: ActionAct, row: &ActionRow, actor: Actor) -> Result<ActionStatus, Halt> {
    may(act, &row.content.0.asked, row.status, actor).map_err(|refused| match refused {
        Refused::Actor => Problem::plain("not_allowed").into(),
        Refused::State(refusal) => refusal.into(),
    })
}

/// Each act, and why not.
pub fn allowed_acts(
    request: &Request,
    row: &ActionRow,
    actor: Option<Actor>,
    ends_on: Option<CivilDate>,
) -> Vec<AllowedActionAct> {
    let holds = request.caller.holds("actions:write");
    let asked = &row.content.0.asked;
    let today = request.today_in(asked.zone());
    ActionAct::ALL
        .iter()
        .map(|act| {
            let asked = match actor.filter(|_| holds) {
                Some(actor) => may(*act, asked, row.status, actor)
                    .and_then(|to| on_its_days(*act, asked, row.status, to, ends_on, today).map_err(Refused::State)),
                None => Err(Refused::Actor),
            };
            let (code, reason) = match asked {
                Ok(condition) => (None, condition),
                Err(Refused::Actor) if !holds => (Some("insufficient_scope"), None),
                Err(Refused::Actor) => (Some("not_allowed"), None),
                Err(Refused::State(refusal)) => (Some(refusal.code), Some(refusal.detail)),
            };
            AllowedActionAct { act: *act, allowed: code.is_none(), code, reason }
        })
        .collect()
}

/// The action as the caller sees it after a write: with its possible twins.
pub fn shown(c: &mut Connection, desk: &mut Desk, request: &Request, row: ActionRow) -> Result<Action, Halt> {
    let twins = possible_duplicates(c, &request.caller, &row)?;
    let known = desk.convention(c, row.convention_id)?;
    Ok(alone(request, row, &known.standing, known.row.ends_on, Some(twins)))
}

/// An action as a single one is shown: with what the caller may do next, and its twins where they are asked for.
pub fn alone(
    request: &Request,
    row: ActionRow,
    standing: &Standing,
    ends_on: Option<CivilDate>,
    twins: Option<Vec<PossibleDuplicate>>,
) -> Action {
    let actor = actor_of(&request.caller, standing, &row.content.0.asked);
    let acts = allowed_acts(request, &row, actor, ends_on);
    let action = row.view(&sight_of(&request.caller), ends_on);
    Action { possible_duplicates: twins, allowed_acts: Some(acts), ..action }
}

/// The answer to an act.
pub fn answer(unit: &mut Unit<'_>, row: ActionRow) -> Result<Answer, Halt> {
    let request = unit.request.clone();
    let version = row.version;
    let action = shown(unit, &mut Desk::default(), &request, row)?;
    Answer::single(version, &action)
}

/// What an act brings with it.
pub trait Brings: Body {
    const ACT: ActionAct;
    /// Its members that are the action's own.
    const OWN: &'static [&'static str] = &[];
    /// May the caller bring it? Asked before anything is told of what is there.
    fn may(&self, _request: &Request) -> Result<(), Problem> {
        Ok(())
    }
    /// Completes what is brought with what was declared before and `said`, the body as it was sent, does not mention.
    fn over(&mut self, _action: &NewAction, _said: &Value) -> Result<(), Halt> {
        Ok(())
    }
    /// Takes over what is brought; the reason of a refusal or cancellation comes back.
    fn bring(self, action: &mut NewAction, request: &Request) -> Result<Option<String>, Problem>;
}

/// Does an act on a locked action, with what it brings; what is refused names members of the act's own body.
pub fn act<B: Brings>(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    before: &ActionRow,
    actor: Actor,
    brought: B,
    said: &Value,
) -> Result<ActionRow, Halt> {
    done(unit, desk, before, actor, brought, said).map_err(|halt| match halt {
        Halt::Problem(problem) => in_body(*problem, B::OWN, said).into(),
        other => other,
    })
}

/// A refusal by rules of the whole action, told of the members of the body of an act: of one that was not `said`, as a
/// whole, and of what the act does not bring, of no member.
pub fn in_body(mut problem: Problem, own: &[&str], said: &Value) -> Problem {
    for fault in problem.faults.iter_mut().filter(|fault| fault.refusal.is_some()) {
        let Place::Pointer(place) = &mut fault.place else { continue };
        let member = place.split('/').nth(1).unwrap_or_default().to_owned();
        if !own.contains(&member.as_str()) {
            place.clear();
        } else if said.get(&member).is_none() {
            *place = format!("/{member}");
        }
    }
    problem.faults.dedup_by(|one, other| one.place == other.place && one.code == other.code);
    let whole = |fault: &Fault| fault.place == Place::Pointer(String::new());
    if problem.rule.is_some() && problem.faults.len() == 1 {
        problem.faults.retain(|fault| !whole(fault));
    }
    problem
}

fn done<B: Brings>(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    before: &ActionRow,
    actor: Actor,
    mut brought: B,
    said: &Value,
) -> Result<ActionRow, Halt> {
    let status = check_act(B::ACT, before, actor)?;
    let mut asked = before.declared();
    let request = unit.request.clone();
    brought.may(&request)?;
    brought.over(&asked, said)?;
    let reason = brought.bring(&mut asked, &request)?;
    if actor == Actor::Among {
        match B::ACT {
            ActionAct::Decline | ActionAct::Cancel => {
                return several::leave(unit, desk, before, reason.as_deref().unwrap_or_default());
            }
            ActionAct::Confirm => return several::confirm(unit, desk, before, asked),
            _ => {}
        }
    }
    if status.is_closed() {
        return close(unit, desk, before, status, reason);
    }
    let reason = reason.or_else(|| before.content.0.reason.clone());
    if B::ACT == ActionAct::Attend {
        check_past(&asked, ActionStatus::Held, request.today_in(asked.zone()))?;
    }
    let row = ActionRow { status, version: before.version + 1, ..before.clone() };
    fill(unit, desk, row, Some(before.status), asked, reason, Faults::new())?.save(unit, before)
}

/// What ends is not held against the rules again: one that a new end of its convention has orphaned is cancelled too.
fn close(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    before: &ActionRow,
    status: ActionStatus,
    reason: Option<String>,
) -> Result<ActionRow, Halt> {
    let mut row = ActionRow { status, ..before.clone() };
    row.content.0.reason = reason;
    let known = desk.convention(unit, row.convention_id)?;
    let audience = audience(&known.row, &known.standing, &known.above, &row.content.0);
    row.audience_id = Some(audience.id());
    Made { row, audience }.save(unit, before)
}

async fn on<B: Brings>(call: Call<WriteActions>) -> Reply {
    call.write(|unit| {
        let mut desk = Desk::default();
        let (before, actor) = open(unit, &mut desk)?;
        let brought: B = unit.accept_json(Expect::version(before.version))?;
        let request = unit.request.clone();
        let row = act(unit, &mut desk, &before, actor, brought, request.json().unwrap_or(&Value::Null))?;
        answer(unit, row)
    })
    .await
}

/// Plan an action
///
/// From `requested` or `proposed`. One date at least, on which the convention is in force (R34).
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewPlan,
    responses((status = 200, description = "The action, planned", body = Action))
)]
#[post("/v1/actions/{id}/plan")]
async fn plan_action(call: Call<WriteActions>) -> Reply {
    on::<NewPlan>(call).await
}

/// Confirm an action
///
/// From `planned`, by the school or for it. One school of several confirms for itself (`confirmed_by`): the action is
/// `confirmed` once each has, or the association or the académie confirms it for all. From then on its measures of
/// inclusion, or why none is pertinent (R32), and its accessibility (R33) are stated.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewConfirmation,
    responses((status = 200, description = "The action, confirmed, or still planned while other schools have not confirmed", body = Action))
)]
#[post("/v1/actions/{id}/confirm")]
async fn confirm_action(call: Call<WriteActions>) -> Reply {
    on::<NewConfirmation>(call).await
}

/// Declare an action held
///
/// From `confirmed`, once its first session has come. A `comment` is added below the one that the action has.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewHolding,
    responses((status = 200, description = "The action, held", body = Action))
)]
#[post("/v1/actions/{id}/hold")]
async fn hold_action(call: Call<WriteActions>) -> Reply {
    on::<NewHolding>(call).await
}

/// Declare the attendance of a school
///
/// Counts of one school, by itself or for it, once the first session has come. Its state stays. Declared again, a count that
/// is not mentioned stays as it was; null takes it away.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewAttendance,
    responses((status = 200, description = "The action, with the counts of that school", body = Action))
)]
#[post("/v1/actions/{id}/attendance")]
async fn declare_attendance(call: Call<WriteActions>) -> Reply {
    on::<NewAttendance>(call).await
}

/// Declare the results of an action
///
/// From `confirmed` or `held`, once its last session has come: what is reported was held. Again from `reported`, to
/// correct them; after the end of the convention too (R03). Then what is not mentioned stays as it was declared, null takes
/// it away, and totals that nobody gave are summed again.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewReport,
    responses((status = 200, description = "The action, reported", body = Action))
)]
#[post("/v1/actions/{id}/report")]
async fn report_action(call: Call<WriteActions>) -> Reply {
    on::<NewReport>(call).await
}

/// Decline an action
///
/// With a reason: a request by the association or the académie, a proposal by the school or its académie. One school of
/// several declines for itself: it leaves the action (`declined_by`), which goes on with the others in its state.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewRefusal,
    responses((status = 200, description = "The action, declined, or without the school that left it", body = Action))
)]
#[post("/v1/actions/{id}/decline")]
async fn decline_action(call: Call<WriteActions>) -> Reply {
    on::<NewRefusal>(call).await
}

/// Cancel an action
///
/// With a reason, before it is held. A school withdraws its own request; one of several leaves it to the others.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = Reason,
    responses((status = 200, description = "The action, cancelled, or without the school that left it", body = Action))
)]
#[post("/v1/actions/{id}/cancel")]
async fn cancel_action(call: Call<WriteActions>) -> Reply {
    on::<Reason>(call).await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(plan_action)
        .service(confirm_action)
        .service(hold_action)
        .service(declare_attendance)
        .service(report_action)
        .service(decline_action)
        .service(cancel_action);
}
