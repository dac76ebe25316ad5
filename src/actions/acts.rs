//! What moves an action: plan, confirm, hold, declare the attendance and the results, decline, cancel. Who may do what
//! from which state is [`super::rules::life::TABLE`].

use actix_web::post;
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::action::{Action, AllowedActionAct};
use super::desk::Desk;
use super::merge::possible_duplicates;
use super::new::{ActionSchool, Inclusion, NewAction, SchoolContact, VenueAddress};
use super::perimeter::{actor_of, sight_of};
use super::results::{Counts, Results};
use super::row::ActionRow;
use super::rules::life::{Actor, Refused, may};
use super::sessions::Session;
use super::write::fill;
use crate::auth::policy::WriteActions;
use crate::db::Connection;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionAct, ActionStatus};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, Faults};
use crate::http::call::{Call, Request};
use crate::http::unit::{Expect, Unit};

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
    Ok(actor.ok_or_else(|| Problem::plain("not_allowed"))?)
}

/// The table's word on an act: the state it leads to, 403 or 409.
pub fn check_act(act: ActionAct, row: &ActionRow, actor: Actor) -> Result<ActionStatus, Halt> {
    may(act, &row.content.0.asked, row.status, actor).map_err(|refused| match refused {
        Refused::Actor => Problem::plain("not_allowed").into(),
        Refused::State(refusal) => refusal.into(),
    })
}

/// Each act, and why not.
pub fn allowed_acts(request: &Request, row: &ActionRow, actor: Option<Actor>) -> Vec<AllowedActionAct> {
    let holds = request.caller.holds("actions:write");
    ActionAct::ALL
        .iter()
        .map(|act| {
            let asked = match actor.filter(|_| holds) {
                Some(actor) => may(*act, &row.content.0.asked, row.status, actor).map(|_| ()),
                None => Err(Refused::Actor),
            };
            let (code, reason) = match asked {
                Ok(()) => (None, None),
                Err(Refused::Actor) if !holds => (Some("insufficient_scope"), None),
                Err(Refused::Actor) => (Some("not_allowed"), None),
                Err(Refused::State(refusal)) => (Some(refusal.code), Some(refusal.detail)),
            };
            AllowedActionAct { act: *act, allowed: code.is_none(), code, reason }
        })
        .collect()
}

/// The action as the caller sees it after a write.
pub fn shown(c: &mut Connection, desk: &mut Desk, request: &Request, row: ActionRow) -> Result<Action, Halt> {
    let known = desk.convention(c, row.convention_id)?;
    let actor = actor_of(&request.caller, &known.standing, &row.content.0.asked);
    let ends_on = known.row.ends_on;
    let twins = possible_duplicates(c, &request.caller, &row)?;
    let acts = allowed_acts(request, &row, actor);
    let mut action = row.view(&sight_of(&request.caller), ends_on);
    action.possible_duplicates = Some(twins);
    action.allowed_acts = Some(acts);
    Ok(action)
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
    /// Takes over what is brought; the reason of a refusal or cancellation comes back.
    fn bring(self, action: &mut NewAction, request: &Request) -> Result<Option<String>, Problem>;
}

/// Does an act on a locked action, with what it brings.
pub fn act<B: Brings>(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    before: &ActionRow,
    actor: Actor,
    brought: B,
) -> Result<ActionRow, Halt> {
    let status = check_act(B::ACT, before, actor)?;
    let mut asked = before.content.0.asked.clone();
    let request = unit.request.clone();
    let reason = brought.bring(&mut asked, &request)?;
    let reason = reason.or_else(|| before.content.0.reason.clone());
    if B::ACT == ActionAct::Attend {
        super::rules::check_past(&asked, ActionStatus::Held, request.today)?;
    }
    let row = ActionRow { status, version: before.version + 1, ..before.clone() };
    fill(unit, desk, row, asked, reason)?.save(unit, before)
}

async fn on<B: Brings>(call: Call<WriteActions>) -> Reply {
    call.write(|unit| {
        let mut desk = Desk::default();
        let (before, actor) = open(unit, &mut desk)?;
        let brought: B = unit.accept_json(Expect::version(before.version))?;
        let row = act(unit, &mut desk, &before, actor, brought)?;
        answer(unit, row)
    })
    .await
}

/// When and where.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "sessions": [{ "date": "2027-01-14", "start": "14:00", "end": "16:00" }] }))]
pub struct NewPlan {
    /// Its sessions; those it has when left out.
    #[deserr(default)]
    #[validate(nested, length(min = 1, max = 200))]
    pub sessions: Option<Vec<Session>>,
    /// Where, when it is not in the school.
    #[deserr(default)]
    #[validate(nested)]
    pub place: Option<VenueAddress>,
}

impl Body for NewPlan {}

impl Brings for NewPlan {
    const ACT: ActionAct = ActionAct::Plan;

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        if let Some(sessions) = self.sessions {
            action.sessions = sessions;
            let (zone, mut faults) = (action.zone(), Vec::new());
            for (index, session) in action.sessions.iter().enumerate() {
                session.check(zone, &format!("/sessions/{index}"), &mut faults);
            }
            if !faults.is_empty() {
                return Err(Problem::body(faults));
            }
        }
        action.place = self.place.or(action.place.take());
        Ok(None)
    }
}

/// What is stated from then on (R32, R33), and whom to call.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "inclusion": { "measures": [{ "ground": "sex", "measure": "Groupes mixtes, une intervenante" }] },
    "accessibility": "Salle de plain-pied, supports agrandis",
    "responsible_adult": "professeure principale"
}))]
pub struct NewConfirmation {
    #[deserr(default)]
    #[validate(nested)]
    pub inclusion: Option<Inclusion>,
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    pub accessibility: Option<String>,
    #[deserr(default)]
    #[validate(nested)]
    pub school_contact: Option<SchoolContact>,
    /// Function of the adult in charge of the pupils.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    pub responsible_adult: Option<String>,
}

impl Body for NewConfirmation {}

impl Brings for NewConfirmation {
    const ACT: ActionAct = ActionAct::Confirm;

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        action.inclusion = self.inclusion.or(action.inclusion.take());
        action.accessibility = self.accessibility.or(action.accessibility.take());
        action.school_contact = self.school_contact.or(action.school_contact.take());
        action.responsible_adult = self.responsible_adult.or(action.responsible_adult.take());
        let mut faults = Vec::new();
        super::new::check_inclusion(action, &mut faults);
        if faults.is_empty() { Ok(None) } else { Err(Problem::body(faults)) }
    }
}

/// It took place; a word on it.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct NewHolding {
    #[deserr(default)]
    #[validate(length(min = 1, max = 1000))]
    pub comment: Option<String>,
}

impl Body for NewHolding {}

impl Brings for NewHolding {
    const ACT: ActionAct = ActionAct::Hold;

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        action.comment = self.comment.or(action.comment.take());
        Ok(None)
    }
}

/// What was counted in one school.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "uai": "0750655E", "counts": { "pupils": 24, "girls": 10, "boys": 14, "attendances": 24 } }))]
pub struct NewAttendance {
    pub uai: Uai,
    #[validate(nested)]
    pub counts: Counts,
}

impl Body for NewAttendance {
    fn check(&self, faults: &mut Vec<Fault>) {
        self.counts.check("/counts", faults);
    }
}

impl Brings for NewAttendance {
    const ACT: ActionAct = ActionAct::Attend;

    fn bring(self, action: &mut NewAction, request: &Request) -> Result<Option<String>, Problem> {
        let caller = &request.caller;
        if !caller.uais.is_empty() && !caller.uais.contains(&self.uai.to_string()) {
            return Err(Problem::plain("not_allowed"));
        }
        set_counts(action, &self.uai, self.counts, "/uai")?;
        Ok(None)
    }
}

fn set_counts(action: &mut NewAction, uai: &Uai, counts: Counts, pointer: &str) -> Result<(), Problem> {
    match action.schools.iter_mut().find(|school| school.uai == *uai) {
        Some(school) => {
            school.counts = Some(counts);
            Ok(())
        }
        None => Err(Problem::body(vec![Fault::pointer(
            pointer,
            "unknown_reference",
            both("Cet établissement n'est pas de l'action.", "This school is not of the action."),
        )])),
    }
}

/// The results of an action, as they are declared.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "results": { "pupils": 24, "girls": 10, "boys": 14, "attendances": 24, "volunteer_hours": 6, "speakers_women": 1, "speakers_men": 1 } }))]
pub struct NewReport {
    /// Totals; what is left out is the sum of the schools, when each has it.
    #[validate(nested)]
    pub results: Results,
    /// What was counted in each school; those left out keep what they declared.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 100))]
    pub schools: Vec<ActionSchool>,
    /// Pairs of a mentoring.
    #[deserr(default)]
    #[validate(range(max = 100_000))]
    pub pairs: Option<u32>,
}

impl Body for NewReport {
    fn check(&self, faults: &mut Vec<Fault>) {
        self.results.check("/results", faults);
        for (index, school) in self.schools.iter().enumerate() {
            if let Some(counts) = &school.counts {
                counts.check(&format!("/schools/{index}/counts"), faults);
            }
        }
    }
}

impl Brings for NewReport {
    const ACT: ActionAct = ActionAct::Report;

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        for (index, school) in self.schools.into_iter().enumerate() {
            if let Some(counts) = school.counts {
                set_counts(action, &school.uai, counts, &format!("/schools/{index}/uai"))?;
            }
        }
        action.results = Some(self.results);
        action.pairs = self.pairs.or(action.pairs);
        Ok(None)
    }
}

/// Why it is declined or cancelled.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "reason": "Semaine d'examens blancs" }))]
pub struct Reason {
    /// In words, short and without any person (R36).
    #[validate(length(min = 1, max = 500))]
    pub reason: String,
}

impl Body for Reason {}

impl Reason {
    fn screened(self) -> Result<Option<String>, Problem> {
        match crate::domain::screening::screen(&self.reason) {
            None => Ok(Some(self.reason)),
            Some(found) => Err(super::rules::personal_data(&["/reason"], found.detail()).into()),
        }
    }
}

/// A reason to decline.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "reason": "Semaine d'examens blancs" }))]
pub struct NewRefusal {
    /// In words, short and without any person (R36).
    #[validate(length(min = 1, max = 500))]
    pub reason: String,
}

impl Body for NewRefusal {}

impl Brings for NewRefusal {
    const ACT: ActionAct = ActionAct::Decline;

    fn bring(self, _: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        Reason { reason: self.reason }.screened()
    }
}

impl Brings for Reason {
    const ACT: ActionAct = ActionAct::Cancel;

    fn bring(self, _: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        self.screened()
    }
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
/// From `planned`, by the school or for it. From then on its measures of inclusion, or why none is pertinent (R32), and
/// its accessibility (R33) are stated.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewConfirmation,
    responses((status = 200, description = "The action, confirmed", body = Action))
)]
#[post("/v1/actions/{id}/confirm")]
async fn confirm_action(call: Call<WriteActions>) -> Reply {
    on::<NewConfirmation>(call).await
}

/// Declare an action held
///
/// From `confirmed`, once its first session has come.
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
/// Counts of one school, by itself or for it, once the first session has come. Its state stays.
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
/// correct them; after the end of the convention too (R03).
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
/// With a reason: a request by the association or the académie, a proposal by the school or its académie.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewRefusal,
    responses((status = 200, description = "The action, declined", body = Action))
)]
#[post("/v1/actions/{id}/decline")]
async fn decline_action(call: Call<WriteActions>) -> Reply {
    on::<NewRefusal>(call).await
}

/// Cancel an action
///
/// With a reason, before it is held. A school withdraws its own request.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = Reason,
    responses((status = 200, description = "The action, cancelled", body = Action))
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
