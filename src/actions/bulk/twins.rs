//! The possible twins of many actions at once: those that each of them alone would be told of, in a few statements.

use std::collections::{BTreeSet, HashMap, HashSet};

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
/// Ids or schools of one statement.
const IDS: usize = 1000;

/// Days that actions looked up together span, but for a longer one.
const SPAN: u64 = 7;

/// A school, an action there, and what it is compared by.
type Columns = (Uai, Id, Option<ActionKind>, Option<CivilDate>, Option<CivilDate>);

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
    pub fn tell(&mut self, c: &mut Connection, request: &Request, results: &mut [BulkResult]) -> QueryResult<()> {
        for together in self.together() {
            let others = there(c, together)?;
            let near: Vec<BTreeSet<Id>> = together.iter().map(|one| one.near(&others)).collect();
            let ids: BTreeSet<Id> = near.iter().flatten().copied().collect();
            let seen = shown(c, request, &ids.into_iter().collect::<Vec<_>>())?;
            for (one, near) in together.iter().zip(near) {
                let mut found: Vec<_> = near.iter().filter_map(|id| seen.get(id)).collect();
                found.sort_unstable_by_key(|(day, twin)| (*day, twin.id));
                results[one.at].possible_duplicates =
                    found.into_iter().take(SHOWN).map(|(_, twin)| twin.clone()).collect();
            }
        }
        Ok(())
    }

    /// Those of about the same days, so that little else is looked at: a bulk may be of three school years.
    fn together(&mut self) -> impl Iterator<Item = &[One]> {
        self.0.sort_by_key(|one| (one.breadth(), one.days.0));
        let mut first: Option<(u64, CivilDate, usize)> = None;
        self.0.chunk_by(move |before, one| {
            let (span, from, many) = *first.get_or_insert((before.breadth(), before.days.0, 1));
            let goes_on = one.breadth() == span
                && one.days.0.days_since(from) <= i64::try_from(span).unwrap_or(i64::MAX)
                && many < TOGETHER;
            first = goes_on.then_some((span, from, many + 1));
            goes_on
        })
    }
}

impl One {
    /// The days that those looked up with it may begin in: as many as it lasts, by powers of two.
    fn breadth(&self) -> u64 {
        u64::try_from(self.days.1.days_since(self.days.0)).unwrap_or(0).max(SPAN).next_power_of_two()
    }

    fn near(&self, others: &HashMap<(Uai, ActionKind), Vec<Other>>) -> BTreeSet<Id> {
        let there = self.uais.iter().filter_map(|uai| others.get(&(uai.clone(), self.kind))).flatten();
        there.filter(|other| other.id != self.id && overlap(other.days, self.days)).map(|other| other.id).collect()
    }
}

/// What is held in the schools of some actions on about their days: read in the index alone.
fn there(c: &mut Connection, together: &[One]) -> QueryResult<HashMap<(Uai, ActionKind), Vec<Other>>> {
    let uais: HashSet<Uai> = together.iter().flat_map(|one| one.uais.iter().cloned()).collect();
    let kinds: HashSet<ActionKind> = together.iter().map(|one| one.kind).collect();
    let first = together.iter().map(|one| one.days.0).min();
    let last = together.iter().map(|one| one.days.1).max();
    let mut found: HashMap<_, Vec<Other>> = HashMap::new();
    for uais in uais.into_iter().collect::<Vec<_>>().chunks(IDS) {
        let rows: Vec<Columns> = action_schools::table
            .filter(action_schools::uai.eq_any(uais.to_vec()))
            .filter(action_schools::kind.eq_any(kinds.iter().copied().map(Some)))
            .filter(action_schools::starts_on.le(last).and(action_schools::ends_on.ge(first)))
            .select((
                action_schools::uai,
                action_schools::action_id,
                action_schools::kind,
                action_schools::starts_on,
                action_schools::ends_on,
            ))
            .load(c)?;
        for (uai, id, kind, first, last) in rows {
            if let (Some(kind), Some(days)) = (kind, first.zip(last)) {
                found.entry((uai, kind)).or_default().push(Other { id, days });
            }
        }
    }
    Ok(found)
}

/// Those that stand and that the caller sees, as they are shown, with the day that they are listed by.
fn shown(
    c: &mut Connection,
    request: &Request,
    ids: &[Id],
) -> QueryResult<HashMap<Id, (CivilDate, PossibleDuplicate)>> {
    let mut seen = HashMap::new();
    for ids in ids.chunks(IDS) {
        let rows: Vec<(CivilDate, TwinColumns)> = actions::table
            .filter(actions::id.eq_any(ids.to_vec()))
            .filter(actions::status.ne(ActionStatus::Declined).and(actions::status.ne(ActionStatus::Cancelled)))
            .filter(seen_by(&request.caller))
            .select((
                actions::day,
                (actions::id, actions::title, actions::status, actions::starts_on, actions::external_id),
            ))
            .load(c)?;
        seen.extend(rows.into_iter().map(|(day, columns)| {
            let twin = twin(columns);
            (twin.id, (day, twin))
        }));
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_about_the_same_days_are_looked_up_together() {
        let one = |at: usize, first: &str, last: &str| One {
            at,
            id: Id::from_bytes([u8::try_from(at).unwrap(); 16]),
            kind: ActionKind::CompanyVisit,
            days: (first.parse().unwrap(), last.parse().unwrap()),
            uais: Vec::new(),
        };
        let mut written = Written(vec![
            one(0, "2026-03-20", "2026-03-20"),
            one(1, "2025-01-10", "2025-06-30"),
            one(2, "2024-09-02", "2024-09-03"),
            one(3, "2026-03-12", "2026-03-12"),
            one(4, "2024-09-01", "2025-01-30"),
            one(5, "2024-09-11", "2024-09-11"),
        ]);
        let groups: Vec<Vec<usize>> =
            written.together().map(|group| group.iter().map(|one| one.at).collect()).collect();
        assert_eq!(groups, [vec![2], vec![5], vec![3, 0], vec![4, 1]]);
        let mut many = Written((0..=TOGETHER).map(|at| One { at, ..one(1, "2026-03-20", "2026-03-20") }).collect());
        assert_eq!(many.together().map(<[One]>::len).collect::<Vec<_>>(), [TOGETHER, 1]);
    }
}
