//! The next duty of a convention: of those with a date that are not met and can still be done, the one due first. What was
//! missed for good, as the meeting of a year that is over, stays in the ledger and hides nothing here.

use std::collections::HashMap;

use diesel::dsl::exists;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{self, Duty, OF_FACTS};
use super::store::{DutyRow, in_any, tells, told, valid, waits};
use crate::auth::caller::Caller;
use crate::auth::policy::{self, FactsOf};
use crate::conventions::store::Seen;
use crate::conventions::story::Story;
use crate::db::schema::{conventions, duties, parties};
use crate::db::{Connection, MultiBackend};
use crate::domain::vocabulary::{DutyNature, DutyStatus};
use crate::domain::{Bilingual, CivilDate, Id};

/// The most urgent duty of a convention.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextDuty {
    /// Where it is read: `/v1/obligations/{id}`.
    pub id: Option<Id>,
    #[schema(example = "R04/0")]
    pub key: String,
    #[schema(example = "R04")]
    pub rule: String,
    pub what: Bilingual,
    pub due_on: Option<CivilDate>,
    pub deadline_on: Option<CivilDate>,
    pub status: DutyStatus,
}

impl NextDuty {
    fn of(row: DutyRow, on: CivilDate) -> Self {
        Self {
            status: row.status(on),
            id: Some(row.id),
            key: row.key,
            rule: row.rule,
            what: row.body.0.what,
            due_on: row.due_on,
            deadline_on: row.deadline_on,
        }
    }
}

/// The next duty of each of several conventions, in one query.
pub fn of_each(
    c: &mut Connection,
    caller: &Caller,
    conventions: &[Id],
    on: CivilDate,
) -> QueryResult<HashMap<Id, NextDuty>> {
    let rows: Vec<DutyRow> = duties::table
        .into_boxed::<MultiBackend>()
        .filter(in_any(conventions))
        .filter(valid(on))
        .filter(waits(on))
        .filter(told(caller))
        .order((duties::due_key, duties::key))
        .select(DutyRow::as_select())
        .load(c)?;
    let mut next = HashMap::new();
    for row in rows {
        next.entry(row.convention_id).or_insert_with(|| NextDuty::of(row, on));
    }
    Ok(next)
}

/// The same from what is known in a story, which may be less than what is known now.
pub fn in_story(c: &mut Connection, caller: &Caller, story: &Story, on: CivilDate) -> QueryResult<Option<NextDuty>> {
    let organisations = story.pieces.organisations();
    let waiting = |duty: &Duty| duty.waits_on(on) && tells(caller, &organisations, duty.rule);
    let duties = rules::duties(&story.scene()).into_iter().filter(waiting);
    let Some(duty) = duties.min_by(|a, b| (a.due_on, &a.key).cmp(&(b.due_on, &b.key))) else { return Ok(None) };
    let id: Option<Id> = duties::table
        .filter(duties::convention_id.eq(story.row.id).and(duties::key.eq(duty.key.clone())))
        .filter(duties::valid_from.eq(duty.valid_from))
        .select(duties::id)
        .first(c)
        .optional()?;
    let next = NextDuty::of(DutyRow::of(story.row.id, story.row.id, duty), on);
    Ok(Some(NextDuty { id, ..next }))
}

/// Conventions whose next duty on a date is due before a day: [`super::store::waits`], in a query of conventions.
pub fn owing_before(caller: &Caller, on: CivilDate, day: CivilDate) -> Seen {
    let owing = || {
        let dated = duties::nature.ne(DutyNature::Right).and(duties::nature.ne(DutyNature::Continuous));
        duties::table
            .filter(duties::convention_id.eq(conventions::id))
            .filter(duties::valid_from.le(on))
            .filter(duties::valid_until.is_null().nullable().or(duties::valid_until.ge(Some(on))))
            .filter(dated.and(duties::due_key.lt(day)))
            .filter(duties::met_on.is_null().nullable().or(duties::met_on.gt(Some(on))))
            .filter(duties::void_on.is_null().nullable().or(duties::void_on.gt(Some(on))))
            .filter(duties::open_until.is_null().nullable().or(duties::open_until.ge(Some(on))))
    };
    let of_text = || exists(owing().filter(duties::rule.ne_all(OF_FACTS)));
    match policy::facts_of(caller) {
        FactsOf::Every => Box::new(exists(owing()).nullable()),
        FactsOf::None => Box::new(of_text().nullable()),
        FactsOf::Party(mine) => {
            let own = parties::table.filter(parties::organisation_id.eq(mine)).select(parties::convention_id);
            Box::new(of_text().or(conventions::id.eq_any(own).and(exists(owing()))).nullable())
        }
    }
}
