//! Twins: the same action entered twice, by two systems. One is merged into the other: both external keys find it, and
//! the other leaves a tombstone that says where it went.

use actix_web::post;
use deserr::Deserr;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::action::{Action, PossibleDuplicate};
use super::acts::{actor_at, answer, check_act, in_body, open};
use super::classes;
use super::desk::Desk;
use super::new::{ActionSchool, NewAction, SCHOOLS, SESSIONS};
use super::perimeter::seen_by;
use super::row::{ActionRow, Declined};
use super::rules::life::Actor;
use super::rules::overlap;
use super::sessions::united;
use super::write::fill;
use crate::auth::Caller;
use crate::auth::policy::WriteActions;
use crate::db::schema::{action_aliases, action_schools, actions, merged_actions};
use crate::db::{Connection, MultiBackend};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionAct, ActionStatus};
use crate::domain::{CivilDate, Id};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::Reply;
use crate::http::body::{Body, Faults};
use crate::http::call::{Call, Request};
use crate::http::unit::{Expect, Unit};

/// What a possible twin is shown with.
pub type TwinColumns = (Id, String, ActionStatus, Option<CivilDate>, Option<String>);

/// Twins shown at most.
pub const SHOWN: usize = 10;
/// Actions around the same days that are looked at for twins, at most.
const NEAR: i64 = 10_000;

type InSchools = Box<dyn BoxableExpression<action_schools::table, MultiBackend, SqlType = Bool>>;

/// Of one of these schools. The statement of one is kept prepared, that of several is not.
fn in_schools(uais: &[Uai]) -> InSchools {
    match uais {
        [one] => Box::new(action_schools::uai.eq(one.clone())),
        many => Box::new(action_schools::uai.eq_any(many.to_vec())),
    }
}

/// A possible twin as it is shown.
pub fn twin((id, title, status, starts_on, external_id): TwinColumns) -> PossibleDuplicate {
    PossibleDuplicate { id, title, status, starts_on, external_id }
}

impl ActionRow {
    /// How the others that may be the same are told of it.
    pub fn as_twin(&self) -> PossibleDuplicate {
        twin((self.id, self.title.clone(), self.status, self.starts_on, self.external_id.clone()))
    }
}

/// Other actions that may be the same one: same kind, a school in common, overlapping days.
pub fn possible_duplicates(
    c: &mut Connection,
    caller: &Caller,
    row: &ActionRow,
) -> QueryResult<Vec<PossibleDuplicate>> {
    let (Some(first), Some(last)) = (row.starts_on, row.ends_on) else { return Ok(Vec::new()) };
    let uais: Vec<_> = row.content.0.asked.schools.iter().map(|school| school.uai.clone()).collect();
    if uais.is_empty() {
        return Ok(Vec::new());
    }
    let mut near: Vec<Id> = action_schools::table
        .filter(in_schools(&uais))
        .filter(action_schools::action_id.ne(row.id).and(action_schools::kind.eq(Some(row.kind))))
        .filter(action_schools::starts_on.le(Some(last)).and(action_schools::ends_on.ge(Some(first))))
        .limit(NEAR)
        .select(action_schools::action_id)
        .load(c)?;
    if near.is_empty() {
        return Ok(Vec::new());
    }
    near.sort_unstable();
    near.dedup();
    let found: Vec<TwinColumns> = actions::table
        .filter(actions::id.eq_any(near))
        .filter(actions::status.ne(ActionStatus::Declined).and(actions::status.ne(ActionStatus::Cancelled)))
        .filter(seen_by(caller))
        .order((actions::day, actions::id))
        .limit(i64::try_from(SHOWN).unwrap_or(i64::MAX))
        .select((actions::id, actions::title, actions::status, actions::starts_on, actions::external_id))
        .load(c)?;
    Ok(found.into_iter().map(twin).collect())
}

/// What to answer for an action that is not there: 410 with where it went, if the caller sees that; 404 otherwise.
pub fn tombstone(c: &mut Connection, request: &Request, id: Id) -> Result<Halt, Halt> {
    let into: Option<Id> = merged_actions::table.find(id).select(merged_actions::action_id).first(c).optional()?;
    let Some(into) = into else { return Ok(Halt::not_found()) };
    let seen: i64 =
        actions::table.filter(actions::id.eq(into)).filter(seen_by(&request.caller)).count().get_result(c)?;
    if seen == 0 {
        return Ok(Halt::not_found());
    }
    Ok(Problem::plain("merged").member("merged_into", into.to_string().into()).into())
}

/// Which action is the twin.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "twin_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "twin_version": 1 }))]
pub struct NewMerge {
    /// The action that goes into this one.
    twin_id: Id,
    /// The version of it that was looked at.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    twin_version: i64,
}

impl Body for NewMerge {}

/// Merge a twin into an action
///
/// The same action entered twice: same convention, same kind, a school in common, overlapping days. This one keeps what
/// it says, takes over what only the twin says, its sessions among them (those of the same day and hour are one), and the
/// later state of the two; both external keys find it from then on.
/// The twin is gone: `410 merged` says where.
#[utoipa::path(
    tag = "Actions", security(("oauth2" = ["actions:write"]), ("bearer" = [])), request_body = NewMerge,
    responses((status = 200, description = "The action, with what the twin knew", body = Action))
)]
#[post("/v1/actions/{id}/merge")]
async fn merge_actions(call: Call<WriteActions>) -> Reply {
    call.write(|unit| {
        let mut desk = Desk::default();
        let request = unit.request.clone();
        if let Ok(asked) = request.json() {
            lock_lower_twin(unit, request.id()?, asked)?;
        }
        let (before, actor) = open(unit, &mut desk)?;
        let asked: NewMerge = unit.accept_json(Expect::version(before.version))?;
        let saved = merge(unit, &mut desk, &before, actor, &asked)?;
        answer(unit, saved)
    })
    .await
}

/// Two actions are locked in the order of their ids, whichever goes into the other: merges that cross wait in turn. What
/// is wrong with the body is told later, when its turn comes.
pub fn lock_lower_twin(unit: &mut Unit<'_>, id: Id, asked: &Value) -> QueryResult<()> {
    match asked.get("twin_id").and_then(Value::as_str).and_then(|twin| twin.parse::<Id>().ok()) {
        Some(twin) if twin < id => crate::db::lock_row(unit, "actions", twin),
        _ => Ok(()),
    }
}

/// Merges the twin that is asked for into a locked action.
pub fn merge(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    before: &ActionRow,
    actor: Actor,
    asked: &NewMerge,
) -> Result<ActionRow, Halt> {
    check_act(ActionAct::Merge, before, actor)?;
    let twin = match ActionRow::lock(unit, asked.twin_id) {
        Ok(twin) => twin,
        Err(Halt::Problem(_)) => return Err(unknown_twin().into()),
        Err(other) => return Err(other),
    };
    let actor = actor_at(unit, desk, &twin)?;
    check_act(ActionAct::Merge, &twin, actor)?;
    if twin.version != asked.twin_version {
        let stale = Problem::plain("version_mismatch").member("current_version", twin.version.into());
        return Err(stale.about("/twin_version").into());
    }
    check_twins(before, &twin)?;
    let new = filled(before.declared(), &twin.declared())?;
    let reason = before.content.0.reason.clone();
    // Its key and those it had are free for this one before this one is saved.
    bury(unit, &twin, before.id)?;
    let (was, status) = (before.status, later(before.status, twin.status));
    let mut row = ActionRow { version: before.version + 1, status, ..before.clone() };
    // What it takes over stood in the twin already: a convention more local than both came after them (R30).
    row.content.0.asked = new.clone();
    // Schools that have answered the twin are not asked again.
    let (kept, theirs) = (&mut row.content.0, &twin.content.0);
    let unsaid = |uai: &&Uai| !before.content.0.confirmed_by.contains(uai);
    kept.confirmed_by.extend(theirs.confirmed_by.iter().filter(unsaid).cloned());
    let unsaid = |left: &&Declined| !before.content.0.declined_by.iter().any(|known| known.uai == left.uai);
    kept.declined_by.extend(theirs.declined_by.iter().filter(unsaid).cloned());
    // Both external keys find it: the second one is shown as well.
    kept.other_external_ids.extend(theirs.other_external_ids.iter().chain(&twin.external_id).cloned());
    let saved =
        fill(unit, desk, row, Some(was), new, reason, Faults::new()).map_err(of_no_member)?.save(unit, before)?;
    let own = twin.owner_id == unit.request.caller.organisation_id;
    desk.merged(twin.id, twin.external_id.filter(|_| own), saved.id);
    Ok(saved)
}

/// What rules say of the merged action is said of no member of the body.
fn of_no_member(halt: Halt) -> Halt {
    match halt {
        Halt::Problem(problem) => in_body(*problem, &[], &Value::Null).into(),
        other => other,
    }
}

fn unknown_twin() -> Problem {
    Problem::body(vec![Fault::pointer(
        "/twin_id",
        "unknown_reference",
        both("Aucune action de cet identifiant dans votre périmètre.", "No such action within your perimeter."),
    )])
}

/// Are they the same action, as far as anybody can tell?
fn check_twins(one: &ActionRow, other: &ActionRow) -> Result<(), Problem> {
    let uais = |row: &ActionRow| -> Vec<String> {
        row.content.0.asked.schools.iter().map(|school| school.uai.to_string()).collect()
    };
    let shared = uais(one).iter().any(|uai| uais(other).contains(uai));
    let days = |row: &ActionRow| row.starts_on.zip(row.ends_on);
    let same_days = match (days(one), days(other)) {
        (Some(a), Some(b)) => overlap(a, b),
        _ => true,
    };
    if one.id != other.id && one.convention_id == other.convention_id && one.kind == other.kind && shared && same_days {
        return Ok(());
    }
    Err(Problem::plain("not_twins").about("/twin_id"))
}

/// The classes of the other, where one of the two tells of a school as a whole: the whole without a count is its classes,
/// counted it would count them twice.
fn beside_classes(schools: &mut Vec<ActionSchool>, other: &NewAction) -> Result<Vec<ActionSchool>, Problem> {
    let mut others = other.schools.clone();
    let counted = |whole: &ActionSchool| {
        let detail = both(
            format!(
                "L'une compte l'établissement {} en entier, l'autre ses classes : nommer la classe d'abord.",
                whole.uai
            ),
            format!("One counts the school {} as a whole, the other its classes: name the class first.", whole.uai),
        );
        Problem::body(vec![Fault::pointer("/twin_id", "out_of_range", detail)])
    };
    loop {
        let here = classes::whole_beside_classes(schools, &others).cloned();
        let there = classes::whole_beside_classes(&others, schools).cloned();
        match (here, there) {
            (Some(whole), _) | (None, Some(whole)) if whole.counts.is_some() => return Err(counted(&whole)),
            (Some(whole), _) => schools.retain(|school| *school != whole),
            (None, Some(whole)) => others.retain(|school| *school != whole),
            (None, None) => return Ok(others),
        }
    }
}

/// The two together are one action, with no more than one may have.
fn at_most(most: u64, count: usize, (fr, en): (&str, &str)) -> Result<(), Problem> {
    if u64::try_from(count).is_ok_and(|count| count <= most) {
        return Ok(());
    }
    let detail = both(
        format!("Les {fr} des deux actions sont {count} : plus que les {most} d'une action."),
        format!("The two actions have {count} {en}: more than the {most} of one."),
    );
    Err(Problem::body(vec![Fault::pointer("/twin_id", "out_of_range", detail)]))
}

/// What one says, and where it says nothing, what the other does.
fn filled(one: NewAction, other: &NewAction) -> Result<NewAction, Halt> {
    let mut schools = one.schools.clone();
    let others = beside_classes(&mut schools, other)?;
    for (school, place) in others.iter().zip(classes::told_by_both(&others, &schools)) {
        match place.and_then(|place| schools.get_mut(place)) {
            Some(known) => {
                known.class_label = known.class_label.take().or_else(|| school.class_label.clone());
                known.counts = counted(known.counts.take(), school.counts.as_ref(), |counts, faults| {
                    counts.check("", faults);
                })?;
            }
            None => schools.push(school.clone()),
        }
    }
    at_most(SCHOOLS, schools.len(), ("classes", "classes"))?;
    let results = counted(one.results.clone(), other.results.as_ref(), |results, faults| results.check("", faults))?;
    let sessions = united(&one.sessions, one.zone(), &other.sessions, other.zone());
    at_most(SESSIONS, sessions.len(), ("séances", "sessions"))?;
    let one = NewAction { schools, sessions, results, ..one };
    let (mut one, other) = (serde_json::to_value(one)?, serde_json::to_value(other)?);
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        for (member, value) in other {
            let says_nothing = match one.get(&member) {
                None | Some(Value::Null) => true,
                Some(Value::Array(items)) => items.is_empty(),
                Some(_) => false,
            };
            // The key of the twin becomes an alias.
            if says_nothing && member != "external_id" && member != "status" {
                one.insert(member, value);
            }
        }
    }
    Ok(serde_json::from_value(one)?)
}

/// The counts of one, completed by each of the other's that agrees with them.
fn counted<T>(one: Option<T>, other: Option<&T>, check: impl Fn(&T, &mut Faults)) -> Result<Option<T>, Halt>
where
    T: Clone + Serialize + serde::de::DeserializeOwned,
{
    let (Some(mine), Some(theirs)) = (&one, other) else { return Ok(one.or_else(|| other.cloned())) };
    let (mut whole, theirs) = (mine.clone(), serde_json::to_value(theirs)?);
    let Value::Object(theirs) = theirs else { return Ok(one) };
    // Girls and boys go together where both are the twin's: one of them alone would tell a false other.
    let pair = |member: &str| ["girls", "boys"].contains(&member);
    let (sexes, others): (Vec<_>, Vec<_>) = theirs.into_iter().partition(|(member, _)| pair(member));
    for group in std::iter::once(sexes).chain(others.into_iter().map(|member| vec![member])) {
        let mut tried = serde_json::to_value(&whole)?;
        for (member, value) in group {
            if tried[&member].is_null() {
                tried[&member] = value;
            }
        }
        let (tried, mut faults): (T, _) = (serde_json::from_value(tried)?, Faults::new());
        check(&tried, &mut faults);
        if faults.is_empty() {
            whole = tried;
        }
    }
    Ok(Some(whole))
}

/// The later state of the two.
fn later(one: ActionStatus, other: ActionStatus) -> ActionStatus {
    let rank = |status: ActionStatus| ActionStatus::ALL.iter().position(|known| *known == status);
    if rank(one) >= rank(other) { one } else { other }
}

/// The twin goes; its keys and what was merged into it lead to the other.
fn bury(unit: &mut Unit<'_>, twin: &ActionRow, into: Id) -> Result<(), Halt> {
    let now = unit.request.now;
    diesel::update(action_aliases::table.filter(action_aliases::action_id.eq(twin.id)))
        .set(action_aliases::action_id.eq(into))
        .execute(&mut **unit)?;
    diesel::update(merged_actions::table.filter(merged_actions::action_id.eq(twin.id)))
        .set(merged_actions::action_id.eq(into))
        .execute(&mut **unit)?;
    twin.remove(unit)?;
    if let (Some(owner), Some(key)) = (twin.owner_id, &twin.external_id) {
        diesel::insert_into(action_aliases::table)
            .values((
                action_aliases::owner_id.eq(owner),
                action_aliases::external_id.eq(key),
                action_aliases::action_id.eq(into),
            ))
            .execute(&mut **unit)?;
    }
    diesel::insert_into(merged_actions::table)
        .values((
            merged_actions::id.eq(twin.id),
            merged_actions::action_id.eq(into),
            merged_actions::merged_at.eq(now),
            merged_actions::audience_id.eq(twin.audience_id),
        ))
        .execute(&mut **unit)?;
    Ok(())
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(merge_actions);
}
