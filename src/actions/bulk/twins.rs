//! The possible twins of many actions at once: those that each of them alone would be told of, in a few statements.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::super::action::PossibleDuplicate;
use super::super::merge::{SHOWN, TwinColumns, twin};
use super::super::perimeter::seen_by;
use super::super::row::ActionRow;
use super::super::rules::overlap;
use super::BulkResult;
use crate::db::Connection;
use crate::db::schema::{action_schools, actions};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionKind, ActionStatus};
use crate::domain::{CivilDate, Id};
use crate::http::call::Request;

/// Actions that are looked up together.
const TOGETHER: usize = 500;
/// Ids of one statement.
const IDS: usize = 1000;

/// A school, an action there, and what it is compared by.
type Columns = (Uai, Id, ActionKind, CivilDate, Option<CivilDate>, Option<CivilDate>);

/// Actions that were written, to be compared with all others once the last one is.
#[derive(Default)]
pub struct Written(Vec<One>);

struct One {
    /// Its place among the results.
    at: usize,
    id: Id,
    kind: ActionKind,
    days: (CivilDate, CivilDate),
    uais: Vec<Uai>,
}

/// An action of a school.
struct Other {
    day: CivilDate,
    id: Id,
    days: (CivilDate, CivilDate),
}

impl Written {
    /// Takes note of an action; one without a day or a school has no twins.
    pub fn note(&mut self, at: usize, row: &ActionRow) {
        let uais: Vec<Uai> = row.content.0.asked.schools.iter().map(|school| school.uai.clone()).collect();
        if let (Some(days), false) = (row.starts_on.zip(row.ends_on), uais.is_empty()) {
            self.0.push(One { at, id: row.id, kind: row.kind, days, uais });
        }
    }

    /// Says of each result which others may be the same.
    pub fn tell(&self, c: &mut Connection, request: &Request, results: &mut [BulkResult]) -> QueryResult<()> {
        for together in self.0.chunks(TOGETHER) {
            let others = there(c, together)?;
            let ids: HashSet<Id> = others.values().flatten().map(|other| other.id).collect();
            let seen = shown(c, request, &ids.into_iter().collect::<Vec<_>>())?;
            for one in together {
                results[one.at].possible_duplicates = one.among(&others, &seen);
            }
        }
        Ok(())
    }
}

impl One {
    fn among(
        &self,
        others: &HashMap<(Uai, ActionKind), Vec<Other>>,
        seen: &HashMap<Id, PossibleDuplicate>,
    ) -> Vec<PossibleDuplicate> {
        let mut found: Vec<(CivilDate, Id)> = self
            .uais
            .iter()
            .filter_map(|uai| others.get(&(uai.clone(), self.kind)))
            .flat_map(|there| {
                let same = |other: &&Other| other.id != self.id && overlap(other.days, self.days);
                there.iter().filter(same).filter(|other| seen.contains_key(&other.id)).take(SHOWN)
            })
            .map(|other| (other.day, other.id))
            .collect();
        found.sort_unstable();
        found.dedup();
        found.iter().take(SHOWN).filter_map(|(_, id)| seen.get(id).cloned()).collect()
    }
}

/// What is held in the schools of some actions on about their days, in the order of a list.
fn there(c: &mut Connection, together: &[One]) -> QueryResult<HashMap<(Uai, ActionKind), Vec<Other>>> {
    let uais: HashSet<Uai> = together.iter().flat_map(|one| one.uais.iter().cloned()).collect();
    let kinds: HashSet<ActionKind> = together.iter().map(|one| one.kind).collect();
    let first = together.iter().map(|one| one.days.0).min();
    let last = together.iter().map(|one| one.days.1).max();
    let rows: Vec<Columns> = action_schools::table
        .inner_join(actions::table.on(actions::id.eq(action_schools::action_id)))
        .filter(action_schools::uai.eq_any(uais))
        .filter(action_schools::kind.eq_any(kinds.into_iter().map(Some)))
        .filter(actions::status.ne(ActionStatus::Declined).and(actions::status.ne(ActionStatus::Cancelled)))
        .filter(action_schools::starts_on.le(last).and(action_schools::ends_on.ge(first)))
        .select((action_schools::uai, actions::id, actions::kind, actions::day, actions::starts_on, actions::ends_on))
        .load(c)?;
    let mut found: HashMap<_, Vec<Other>> = HashMap::new();
    for (uai, id, kind, day, first, last) in rows {
        if let Some(days) = first.zip(last) {
            found.entry((uai, kind)).or_default().push(Other { day, id, days });
        }
    }
    for others in found.values_mut() {
        others.sort_unstable_by_key(|other| (other.day, other.id));
    }
    Ok(found)
}

/// Those that the caller sees, as they are shown.
fn shown(c: &mut Connection, request: &Request, ids: &[Id]) -> QueryResult<HashMap<Id, PossibleDuplicate>> {
    let mut seen = HashMap::new();
    for ids in ids.chunks(IDS) {
        let rows: Vec<TwinColumns> = actions::table
            .filter(actions::id.eq_any(ids.to_vec()))
            .filter(seen_by(&request.caller))
            .select((actions::id, actions::title, actions::status, actions::starts_on, actions::external_id))
            .load(c)?;
        seen.extend(rows.into_iter().map(twin).map(|twin| (twin.id, twin)));
    }
    Ok(seen)
}
