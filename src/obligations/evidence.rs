//! Actions as evidence of commitments: one that was held under an axis is evidence of what the parties commit to there, in
//! the year of the convention in which it began. Actions of territorial conventions count for the axis that theirs follows.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date};

use super::rules::contract_years::{YearRead, years_of};
use super::{store, upkeep};
use crate::clock::Ids;
use crate::conventions::rules::{HeldUnder, Scene};
use crate::db::Connection;
use crate::db::schema::{axes, duties};
use crate::db::types::sql::DbUuid;
use crate::domain::{CivilDate, Id, Instant};

/// The first and the last action held under an axis within some days.
#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = DbUuid)]
    axis: Id,
    #[diesel(sql_type = Date)]
    first: CivilDate,
    #[diesel(sql_type = Date)]
    last: CivilDate,
}

/// Each bound is one look at the index, however many actions there are.
const FOUND: &str = "\
    SELECT axis, MIN(first) AS first, MAX(last) AS last FROM ( \
      SELECT u.axis, \
        (SELECT MIN(starts_on) FROM actions WHERE axis_id = u.id AND starts_on >= $1 AND starts_on <= $2 AND held_at <= $3) AS first, \
        (SELECT MAX(starts_on) FROM actions WHERE axis_id = u.id AND starts_on >= $1 AND starts_on <= $2 AND held_at <= $3) AS last \
      FROM ( \
        SELECT id, id AS axis FROM axes WHERE convention_id = $4 \
        UNION ALL \
        SELECT theirs.id, own.id FROM axes AS own JOIN axes AS theirs ON theirs.parent_axis_id = own.id WHERE own.convention_id = $4 \
      ) AS u \
    ) AS seen WHERE first IS NOT NULL GROUP BY axis";

fn within(
    c: &mut Connection,
    convention: Id,
    (from, until): (CivilDate, CivilDate),
    at: Instant,
) -> QueryResult<Vec<Found>> {
    diesel::sql_query(FOUND)
        .bind::<Date, _>(from)
        .bind::<Date, _>(until)
        .bind::<BigInt, _>(at)
        .bind::<DbUuid, _>(convention)
        .load(c)
}

/// The first action of each year of a convention under each axis that somebody commits to anything under, as it was known.
pub fn held(c: &mut Connection, scene: &Scene<'_>, convention: Id, at: Instant) -> QueryResult<Vec<HeldUnder>> {
    let mut years: BTreeSet<(CivilDate, CivilDate)> = years_of(scene).iter().map(YearRead::window).collect();
    // One that an amendment states begins within a year: what was held earlier in it is not for it.
    for from in scene.commitments.iter().filter_map(|commitment| commitment.from.filter(|_| commitment.axis.is_some()))
    {
        let begun: Vec<_> = years.iter().filter(|(first, last)| *first < from && from <= *last).copied().collect();
        years.extend(begun.into_iter().map(|(_, last)| (from, last)));
    }
    let (Some(first), Some(last)) = (years.first(), years.iter().map(|(_, last)| last).max()) else {
        return Ok(Vec::new());
    };
    if scene.commitments.iter().all(|commitment| commitment.axis.is_none()) {
        return Ok(Vec::new());
    }
    let all = within(c, convention, (first.0, *last), at)?;
    let mut held = Vec::new();
    for (from, until) in years {
        if all.iter().any(|found| found.first <= until && from <= found.last) {
            let found = within(c, convention, (from, until), at)?;
            held.extend(found.iter().map(|found| HeldUnder { axis: found.axis, on: found.first }));
        }
    }
    Ok(held)
}

/// An action that is held, or no more, on a day under an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turned {
    pub axis: Id,
    pub on: CivilDate,
    pub held: bool,
}

/// Computes again the duties of the conventions in which this makes a difference: few do, the first of a year.
pub fn settle(
    c: &mut Connection,
    ids: &Ids,
    now: Instant,
    turned: &BTreeSet<Turned>,
) -> Result<(), crate::error::Halt> {
    let mut conventions = BTreeSet::new();
    let under: BTreeSet<Id> = turned.iter().map(|turned| turned.axis).collect();
    for axis in under {
        let days: Vec<&Turned> = turned.iter().filter(|turned| turned.axis == axis).collect();
        for (axis, convention) in with_parent(c, axis)? {
            // Those that an amendment states, of whatever axis: their keys name the amendment and the article.
            let own = duties::key.like(format!("commitment/{axis}/%")).or(duties::key.like("commitment/%/%/%/%"));
            let rows: Vec<store::DutyRow> = duties::table
                .filter(duties::convention_id.eq(convention).and(own))
                .select(store::DutyRow::as_select())
                .load(c)?;
            if rows.iter().any(|row| days.iter().any(|turned| row.changes_with(turned))) {
                conventions.insert(convention);
            }
        }
    }
    for convention in conventions {
        upkeep::repair_duties(c, ids, now, convention)?;
    }
    Ok(())
}

/// An axis and the one that it follows, with their conventions.
fn with_parent(c: &mut Connection, axis: Id) -> QueryResult<Vec<(Id, Id)>> {
    let parent: Option<Option<Id>> = axes::table.find(axis).select(axes::parent_axis_id).first(c).optional()?;
    let both: Vec<Id> = [Some(axis), parent.flatten()].into_iter().flatten().collect();
    axes::table.filter(axes::id.eq_any(both)).select((axes::id, axes::convention_id)).load(c)
}

impl store::DutyRow {
    /// Is the day of its evidence another one, now that an action is held, or no more?
    fn changes_with(&self, turned: &Turned) -> bool {
        let Some((from, until)) = self.body.0.window else { return false };
        if turned.on < from || until < turned.on {
            return false;
        }
        match self.met_on {
            Some(met) if turned.held => turned.on < met,
            Some(met) => turned.on == met,
            None => turned.held,
        }
    }
}
