//! `/v1/actions`: create, read, change, delete.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::action::Action;
use super::acts::{alone, check_act, open, shown};
use super::classes;
use super::desk::Desk;
use super::merge::possible_duplicates;
use super::new::NewAction;
use super::perimeter::{Met, actor_of, barred, not_allowed};
use super::row::ActionRow;
use super::rules::life::{Actor, after_edit, by_act as moved_by_act};
use super::totals;
use super::write::{fill, make};
use crate::auth::policy::{ReadActions, WriteActions};
use crate::db::Connection;
use crate::domain::Id;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionAct, ActionOrigin, ActionStatus};
use crate::error::{Fault, Faults, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};

/// An action as a single one is shown, with what the caller may do next; its twins when they are asked for.
fn view(c: &mut Connection, request: &Request, met: Met, twins: bool) -> Result<Action, Halt> {
    let Met { row, ends_on, standing } = met;
    let twins = if twins { Some(possible_duplicates(c, &request.caller, &row)?) } else { None };
    Ok(alone(request, row, &standing, ends_on, twins))
}

/// What `GET` answers, for the change feed.
pub fn read(c: &mut Connection, request: &Request, id: Id) -> Result<serde_json::Value, Halt> {
    let met = Met::find(c, request, id)?;
    Ok(serde_json::to_value(view(c, request, met, false)?)?)
}

/// Create an action
///
/// Under an axis of the most local convention in force on the action's own date (R30). A school requests, an association
/// or an académie proposes; either may plan or confirm at once with `status`. Records of what took place have the origin
/// `paper` or `legacy`, and may carry their results. What the rules only flag comes back in `warnings`: a level outside
/// the article's audience (R31), a contact of another area (R35), a kind that the catalogue does not have. Audience and
/// catalogue are those of the article as it stands on the action's own date, amendments included.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewAction,
    responses((status = 201, description = "The action", body = Action))
)]
#[post("/v1/actions")]
async fn create_action(call: Call<WriteActions>) -> Reply {
    call.write(|unit| {
        let new: NewAction = unit.accept_json(Expect::CREATION)?;
        let mut desk = Desk::beside(&unit.request.shelf);
        let row = make(unit, &mut desk, new)?.insert_alone(unit)?;
        let request = unit.request.clone();
        let (id, version) = (row.id, row.version);
        let action = shown(unit, &mut desk, &request, row)?;
        Answer::created(&format!("/v1/actions/{id}"), version, &action)
    })
    .await
}

/// Read an action
///
/// The count of pupils with a disability is `lt5` from 1 to 4, but for the school, its académie and the association
/// (R36). One that was merged is `410 merged`, with where it went.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:read"]), ("bearer" = [])),
    params(("embed" = Option<String>, Query, pattern = "^possible_duplicates$", description = "`possible_duplicates`: other actions that may be the same one, as after a write")),
    responses((status = 200, description = "The action", body = Action))
)]
#[get("/v1/actions/{id}")]
async fn read_action(call: Call<ReadActions>) -> Reply {
    call.read(|c, request| {
        let met = Met::find(c, request, request.id()?)?;
        request.only_json()?;
        let mut params = Params::of(&request.query);
        let twins = params.choice("embed", &["possible_duplicates"]).is_some();
        params.verdict()?;
        let version = met.row.version;
        let action = view(c, request, met, twins)?;
        Ok(Answer::single(version, &action)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Change an action
///
/// Its state moves by acts alone. Of what is confirmed, another date, place or school makes it `planned` again. What took
/// place is corrected and stays; its results change by `report` again.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])),
    request_body(content = NewAction, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The action, changed", body = Action))
)]
#[patch("/v1/actions/{id}")]
async fn update_action(call: Call<WriteActions>) -> Reply {
    call.write(|unit| {
        let mut desk = Desk::default();
        let (before, actor) = open(unit, &mut desk)?;
        let new: NewAction = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        let made = changed(unit, &mut desk, &before, actor, new)?;
        let row = made.save(unit, &before)?;
        let request = unit.request.clone();
        let version = row.version;
        let action = shown(unit, &mut desk, &request, row)?;
        Answer::single(version, &action)
    })
    .await
}

/// The action with what is asked instead, checked and ready to be saved.
pub fn changed(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    before: &ActionRow,
    actor: Actor,
    new: NewAction,
) -> Result<super::write::Made, Halt> {
    check_act(ActionAct::Edit, before, actor)?;
    let request = unit.request.clone();
    let new = check_members(before, new, request.caller.organisation_id)?;
    // What it becomes must be the caller's to keep as well.
    let known = desk.convention_seen(unit, new.convention_id)?;
    if actor_of(&request.caller, &known.standing, &new) != Some(actor) {
        let problem = not_allowed(&request.caller, &known.standing);
        return Err(problem.about_all(barred(&request.caller, &known.standing, &new)).into());
    }
    // A school brings no other school in.
    let new_here = |uai: &Uai| !before.content.0.asked.schools.iter().any(|known| known.uai == *uai);
    let own = |uai: &Uai| request.caller.uais.contains(&uai.to_string());
    if matches!(actor, Actor::School | Actor::Among) {
        let brought = |uai: &Uai| new_here(uai) && !own(uai);
        let brought = new.schools.iter().enumerate().filter(|(_, school)| brought(&school.uai));
        let places: Vec<String> = brought.map(|(index, _)| format!("/schools/{index}/uai")).collect();
        if !places.is_empty() {
            return Err(not_allowed(&request.caller, &known.standing).about_all(places).into());
        }
    }
    let status = match new.status {
        Some(said) if said != before.status => said,
        _ => after_edit(before.status, &before.content.0.asked, &new),
    };
    let reason = before.content.0.reason.clone();
    let row = ActionRow { status, version: before.version + 1, ..before.clone() };
    fill(unit, desk, row, Some(before.status), new, reason, Faults::new())
}

/// Members that a change leaves as they are.
fn check_members(before: &ActionRow, mut new: NewAction, caller: Option<Id>) -> Result<NewAction, Problem> {
    let mut faults = Faults::new();
    let by_act = || both("Ce membre change par un acte.", "This member changes by an act.");
    // What a paper tells as held is reported as soon as it tells the results.
    let reported = before.origin != ActionOrigin::Live && before.status == ActionStatus::Held && new.results.is_some();
    let may_be = |said| said == before.status || (reported && said == ActionStatus::Reported);
    if let Some(said) = new.status.filter(|said| !may_be(*said)) {
        faults.push(Fault::pointer("/status", "by_act", moved_by_act(before.status, said)));
    }
    if before.origin == ActionOrigin::Live && new.results != before.content.0.asked.results {
        faults.push(Fault::pointer("/results", "by_act", by_act()));
    }
    if new.origin != before.origin {
        faults.push(Fault::pointer(
            "/origin",
            "not_applicable",
            both("La provenance d'une action ne change pas.", "The origin of an action does not change."),
        ));
    }
    if new.external_id != before.external_id && caller != before.owner_id {
        faults.push(Fault::pointer(
            "/external_id",
            "not_applicable",
            both("Cette clé est celle d'un autre organisme.", "This key is another organisation's."),
        ));
    }
    if before.origin == ActionOrigin::Live {
        let known = classes::matched(&new.schools, &before.content.0.asked.schools);
        for ((index, school), known) in new.schools.iter_mut().enumerate().zip(known) {
            let counts = known.and_then(|known| known.counts.clone());
            if school.counts.is_some() && school.counts != counts {
                faults.push(Fault::pointer(format!("/schools/{index}/counts"), "by_act", by_act()));
            }
            // A list of schools that is sent without them leaves what each has declared.
            school.counts = counts;
        }
    }
    let new = before.as_declared(new);
    let counts = |action: &NewAction| action.schools.iter().map(|school| school.counts.clone()).collect::<Vec<_>>();
    let declared = before.declared();
    // What stands is not held against a change of something else.
    if new.results != declared.results || counts(&new) != counts(&declared) {
        totals::disagreeing(&new, "/results", &mut faults);
    }
    if faults.is_empty() { Ok(new) } else { Err(Problem::body(faults)) }
}

/// Delete an action
///
/// One that nobody has planned yet, or one brought in by mistake (`paper`, `legacy`); any other is cancelled.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/actions/{id}")]
async fn delete_action(call: Call<WriteActions>) -> Reply {
    call.write(|unit| {
        let mut desk = Desk::default();
        let (row, actor) = open(unit, &mut desk)?;
        unit.accept_empty(Expect::version(row.version))?;
        check_act(ActionAct::Delete, &row, actor)?;
        row.remove(unit)?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(create_action).service(read_action).service(update_action).service(delete_action);
}
