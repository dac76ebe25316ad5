//! The ledger as rows: the dates of every duty of every signed convention, for lists over conventions.
//!
//! Each write of a convention computes its duties again and saves what differs ([`keep`]): no row depends on today, an
//! equal one is left alone, and a duty keeps its id for as long as it is the same one. [`differences`] says what a
//! computation anew would change: nothing, unless somebody wrote beside the service.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::rules::{Duty, OF_FACTS, Owed, status};
use crate::auth::caller::Caller;
use crate::auth::policy::{self, FactsOf};
use crate::clock::Ids;
use crate::db::schema::{duties, parties};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::vocabulary::{DutyNature, DutyStatus, FactKind, Side};
use crate::domain::{Bilingual, CivilDate, Id, Instant};
use crate::error::Halt;
use crate::on_db;

/// Rows of one statement: their values stay below what SQLite binds.
const BATCH: usize = 500;

/// A row of `duties`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duties, check_for_backend(MultiBackend))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct DutyRow {
    pub id: Id,
    pub convention_id: Id,
    pub key: String,
    pub rule: String,
    pub nature: DutyNature,
    /// The side that owes it, or one party; every party when both are null.
    pub owed_side: Option<Side>,
    pub owed_party_id: Option<Id>,
    /// The dates on which the ledger has it so.
    pub valid_from: CivilDate,
    pub valid_until: Option<CivilDate>,
    pub due_on: Option<CivilDate>,
    pub deadline_on: Option<CivilDate>,
    pub met_on: Option<CivilDate>,
    pub void_on: Option<CivilDate>,
    /// The last day on which it can still be done; none when there is no such day.
    pub open_until: Option<CivilDate>,
    /// The order of lists: `due_on`, or the end of time.
    pub due_key: CivilDate,
    pub body: Json<DutyBody>,
    /// The last status that the change feed was told of.
    pub told: Option<DutyStatus>,
}

/// What of a duty no list filters by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DutyBody {
    pub article: Option<String>,
    pub what: Bilingual,
    pub kind: Option<FactKind>,
    #[serde(deserialize_with = "computed_days")]
    pub window: Option<(CivilDate, CivilDate)>,
    pub proof: Vec<Id>,
    pub computed: Value,
}

/// Days that were computed: of a duration of centuries they lie beyond what is read from outside.
fn computed_days<'de, D: Deserializer<'de>>(read: D) -> Result<Option<(CivilDate, CivilDate)>, D::Error> {
    let Some((from, until)) = Option::<(String, String)>::deserialize(read)? else { return Ok(None) };
    let day = |text: &str| CivilDate::of_ours(text).ok_or_else(|| D::Error::custom("no day"));
    Ok(Some((day(&from)?, day(&until)?)))
}

impl DutyRow {
    /// The row of a duty.
    pub fn of(id: Id, convention: Id, duty: Duty) -> Self {
        let (owed_side, owed_party_id) = match duty.owed_by {
            Owed::Every => (None, None),
            Owed::Side(side) => (Some(side), None),
            Owed::Party(party) => (None, Some(party)),
        };
        let computed = duty.computed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self {
            id,
            convention_id: convention,
            key: duty.key,
            rule: duty.rule.to_owned(),
            nature: duty.nature,
            owed_side,
            owed_party_id,
            valid_from: duty.valid_from,
            valid_until: duty.valid_until,
            due_on: duty.due_on,
            deadline_on: duty.deadline_on,
            met_on: duty.met_on,
            void_on: duty.void_on,
            open_until: duty.open_until,
            due_key: duty.due_on.unwrap_or(CivilDate::LAST),
            body: Json(DutyBody {
                article: duty.article,
                what: duty.what,
                kind: duty.kind,
                window: duty.window,
                proof: duty.proof,
                computed: Value::Object(computed),
            }),
            told: None,
        }
    }

    /// Where it stands on a date: the pure rule.
    pub fn status(&self, on: CivilDate) -> DutyStatus {
        status(self.nature, [self.due_on, self.deadline_on, self.met_on, self.void_on], on)
    }

    /// Days of lateness of one done late, 0 otherwise.
    pub fn late_by_days(&self) -> u32 {
        match (self.met_on, self.deadline_on) {
            (Some(met), Some(deadline)) => u32::try_from(met.days_since(deadline)).unwrap_or(0),
            _ => 0,
        }
    }

    /// Does a party owe it?
    pub fn owed_by(&self, party: Id, side: Side) -> bool {
        match (self.owed_party_id, self.owed_side) {
            (Some(owing), _) => owing == party,
            (None, Some(owing)) => owing == side,
            (None, None) => true,
        }
    }

    /// The rows of a convention.
    pub fn all(c: &mut Connection, convention: Id) -> QueryResult<Vec<Self>> {
        duties::table
            .filter(duties::convention_id.eq(convention))
            .order((duties::due_key, duties::id))
            .select(Self::as_select())
            .load(c)
    }
}

/// What a computation anew changes in the rows of a convention.
#[derive(Debug, Default)]
pub struct Differences {
    /// Computed, and not there; their ids are still to be given.
    pub missing: Vec<DutyRow>,
    /// There, with other dates or words.
    pub changed: Vec<DutyRow>,
    /// There, and owed no more.
    pub extra: Vec<DutyRow>,
}

impl Differences {
    /// How many rows differ.
    pub fn len(&self) -> usize {
        self.missing.len() + self.changed.len() + self.extra.len()
    }

    /// True when the rows are what the rules say.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Key and first day of each row that differs, and how.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, &DutyRow)> {
        self.missing
            .iter()
            .map(|row| ("missing", row))
            .chain(self.changed.iter().map(|row| ("different", row)))
            .chain(self.extra.iter().map(|row| ("too many", row)))
    }
}

/// Compares the rows of a convention with its duties.
pub fn differences(c: &mut Connection, convention: Id, duties: Vec<Duty>) -> QueryResult<Differences> {
    let stored = DutyRow::all(c, convention)?;
    let mut known: HashMap<(String, CivilDate), DutyRow> =
        stored.into_iter().map(|row| ((row.key.clone(), row.valid_from), row)).collect();
    let mut found = Differences::default();
    for duty in duties {
        let Some(row) = known.remove(&(duty.key.clone(), duty.valid_from)) else {
            found.missing.push(DutyRow::of(Id::from_bytes([0; 16]), convention, duty));
            continue;
        };
        let mut now = DutyRow::of(row.id, convention, duty);
        // What the feed was told is of these dates: of others it was told nothing yet.
        if (now.due_on, now.deadline_on) == (row.due_on, row.deadline_on) {
            now.told = row.told;
        }
        if now != row {
            found.changed.push(now);
        }
    }
    found.extra.extend(known.into_values());
    Ok(found)
}

/// Makes the rows of a convention those of its duties, writing only what differs. Returns how many did.
pub fn keep(c: &mut Connection, ids: &Ids, now: Instant, convention: Id, duties: Vec<Duty>) -> Result<usize, Halt> {
    let mut found = differences(c, convention, duties)?;
    let count = found.len();
    let gone: Vec<Id> = found.extra.iter().map(|row| row.id).collect();
    for ids in gone.chunks(BATCH) {
        diesel::delete(duties::table.filter(duties::id.eq_any(ids.to_vec()))).execute(c)?;
    }
    for row in &found.changed {
        diesel::update(duties::table.find(row.id)).set(row).execute(c)?;
    }
    for row in &mut found.missing {
        row.id = ids.next(now);
    }
    for rows in found.missing.chunks(BATCH) {
        on_db!(c, c => diesel::insert_into(duties::table).values(rows).execute(c))?;
    }
    Ok(count)
}

/// A condition on duties. Comparisons with nullable columns may be unknown: unknown is not kept.
pub type Held = Box<dyn BoxableExpression<duties::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// The dates on which the ledger has a row: [`Duty::valid_on`].
pub fn valid(on: CivilDate) -> Held {
    let goes_on = duties::valid_until.is_null().nullable().or(duties::valid_until.ge(Some(on)));
    Box::new(duties::valid_from.le(on).nullable().and(goes_on))
}

/// The duties of some conventions.
pub fn in_any(conventions: &[Id]) -> Held {
    Box::new(duties::convention_id.eq_any(conventions.to_vec()).nullable())
}

/// What this caller may read: who reads no facts does not read what they make due.
pub fn told(caller: &Caller) -> Held {
    let of_text = duties::rule.ne_all(OF_FACTS).nullable();
    match policy::facts_of(caller) {
        FactsOf::Every => Box::new(duties::key.is_not_null().nullable()),
        FactsOf::None => Box::new(of_text),
        FactsOf::Party(mine) => {
            let own = parties::table.filter(parties::organisation_id.eq(mine)).select(parties::convention_id);
            Box::new(of_text.or(duties::convention_id.eq_any(own).nullable()))
        }
    }
}

/// The same of a rule, in a convention of these parties.
pub fn tells(caller: &Caller, parties: &[Id], rule: &str) -> bool {
    !OF_FACTS.contains(&rule) || policy::may_read_facts(caller, parties)
}

/// What is neither met nor void on a date, can still be done then, and has a day on which it is due: [`Duty::waits_on`].
pub fn waits(on: CivilDate) -> Held {
    let open = any_status(&[DutyStatus::NotYet, DutyStatus::Due, DutyStatus::Overdue], on);
    Box::new(open.and(duties::due_on.is_not_null().nullable()).and(can_be_done(on)))
}

/// What can still be done on a date: a year that is over has no more meetings, nor has a convention that has ended.
pub fn can_be_done(on: CivilDate) -> Held {
    Box::new(duties::open_until.is_null().nullable().or(duties::open_until.ge(Some(on))))
}

/// The pure rule [`status`] as SQL, on a date: a test compares the two.
pub fn any_status(wanted: &[DutyStatus], on: CivilDate) -> Held {
    let is = |nature: DutyNature| duties::nature.eq(nature).nullable();
    let owed = || duties::nature.ne(DutyNature::Right).nullable();
    let dated = move || owed().and(duties::nature.ne(DutyNature::Continuous).nullable());
    let met = || duties::met_on.le(Some(on));
    let not_met = || duties::met_on.is_null().nullable().or(duties::met_on.gt(Some(on)));
    let void = || duties::void_on.le(Some(on));
    let not_void = || duties::void_on.is_null().nullable().or(duties::void_on.gt(Some(on)));
    let open = move || not_met().and(not_void());
    let late = || duties::deadline_on.lt(duties::met_on);
    let in_time = || duties::deadline_on.is_null().nullable().or(duties::deadline_on.ge(duties::met_on));
    let past = || duties::deadline_on.lt(Some(on));
    let not_past = || duties::deadline_on.is_null().nullable().or(duties::deadline_on.ge(Some(on)));
    let due = || duties::due_on.le(Some(on));
    let not_due = || duties::due_on.is_null().nullable().or(duties::due_on.gt(Some(on)));
    let mut any: Held = Box::new(duties::key.eq("").nullable());
    for status in wanted {
        let one: Held = match status {
            DutyStatus::Open => Box::new(is(DutyNature::Right).and(not_void())),
            DutyStatus::Void => Box::new(is(DutyNature::Right).and(void()).or(owed().and(not_met()).and(void()))),
            DutyStatus::Evidenced => Box::new(is(DutyNature::Continuous).and(met())),
            DutyStatus::NoEvidence => Box::new(is(DutyNature::Continuous).and(open())),
            DutyStatus::MetLate => Box::new(dated().and(met()).and(late())),
            DutyStatus::Met => Box::new(dated().and(met()).and(in_time())),
            DutyStatus::Overdue => Box::new(dated().and(open()).and(past())),
            DutyStatus::Due => Box::new(dated().and(open()).and(not_past()).and(due())),
            DutyStatus::NotYet => Box::new(dated().and(open()).and(not_past()).and(not_due())),
        };
        any = Box::new(any.or(one));
    }
    any
}

/// The parties that owe a duty, of a query of duties around it.
macro_rules! owing_party {
    ($who:expr) => {
        parties::table
            .filter(parties::convention_id.eq(duties::convention_id))
            .filter(duties::owed_side.is_null().nullable().or(duties::owed_side.eq(parties::side.nullable())))
            .filter(duties::owed_party_id.is_null().nullable().or(duties::owed_party_id.eq(parties::id.nullable())))
            .filter($who)
    };
}

/// Owed by a party that one of these organisations is.
pub fn owed_by_organisations(organisations: &[Id]) -> Held {
    let owing = owing_party!(parties::organisation_id.eq_any(organisations.to_vec()));
    Box::new(diesel::dsl::exists(owing).nullable())
}

/// Owed by a party of one of these sides.
pub fn owed_by_sides(sides: &[Side]) -> Held {
    let owing = owing_party!(parties::side.eq_any(sides.to_vec()));
    Box::new(diesel::dsl::exists(owing).nullable())
}
