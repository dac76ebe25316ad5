//! The names that an action shows follow what they name: a company that is renamed, a school that a directory names.
//!
//! What an action keeps of them is written again in the unit of work that changed them, with an entry of the feed: copies
//! and perimeters follow. Its version stays, as nobody has changed what it says.

use diesel::prelude::*;

use super::desk::Desk;
use super::perimeter::audience;
use super::row::{ActionRow, Kept};
use crate::companies::company::CompanyRow;
use crate::db::lock_row;
use crate::db::record::Operation;
use crate::db::schema::{action_schools, actions};
use crate::domain::Id;
use crate::domain::identifiers::Uai;
use crate::error::Halt;
use crate::http::unit::Unit;

/// Actions that are read together.
const TOGETHER: usize = 200;

/// Actions of these schools say what the directory now says of them.
pub fn of_schools(unit: &mut Unit<'_>, uais: &[Uai]) -> Result<(), Halt> {
    if uais.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = action_schools::table
        .filter(action_schools::uai.eq_any(uais.to_vec()))
        .select(action_schools::action_id)
        .distinct()
        .order(action_schools::action_id)
        .load(&mut **unit)?;
    let mut desk = Desk::default();
    for ids in ids.chunks(TOGETHER) {
        refresh(unit, &mut desk, ids, |unit, desk, row| {
            let uais: Vec<Uai> = row.content.0.asked.schools.iter().map(|school| school.uai.clone()).collect();
            let schools = desk.schools(unit, &uais)?;
            let kept = &row.content.0;
            Ok((schools != kept.schools).then(|| Kept { schools, ..kept.clone() }))
        })?;
    }
    Ok(())
}

/// Actions that a company hosts say its name.
pub fn of_company(unit: &mut Unit<'_>, company: &CompanyRow) -> Result<(), Halt> {
    let ids: Vec<Id> = actions::table
        .filter(actions::host_company_id.eq(Some(company.id)))
        .select(actions::id)
        .order(actions::id)
        .load(&mut **unit)?;
    let mut desk = Desk::default();
    for ids in ids.chunks(TOGETHER) {
        refresh(unit, &mut desk, ids, |_, _, row| {
            let kept = &row.content.0;
            let says = kept.host_company.as_deref() == Some(company.name.as_str());
            Ok((!says).then(|| Kept { host_company: Some(company.name.clone()), ..kept.clone() }))
        })?;
    }
    Ok(())
}

/// Writes again those of some actions that no longer say what they should.
fn refresh(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    ids: &[Id],
    mut told: impl FnMut(&mut Unit<'_>, &mut Desk, &ActionRow) -> Result<Option<Kept>, Halt>,
) -> Result<(), Halt> {
    let rows: Vec<ActionRow> =
        actions::table.filter(actions::id.eq_any(ids.to_vec())).select(ActionRow::as_select()).load(&mut **unit)?;
    for row in rows {
        if told(unit, desk, &row)?.is_none() {
            continue;
        }
        // Somebody may have changed it since it was read.
        lock_row(unit, "actions", row.id)?;
        let found = actions::table.find(row.id).select(ActionRow::as_select()).first(&mut **unit).optional()?;
        let Some(before) = found else { continue };
        if let Some(kept) = told(unit, desk, &before)? {
            let mut row = before.clone();
            row.take(kept);
            let known = desk.convention(unit, row.convention_id)?;
            let audience = audience(&known.row, &known.standing, &known.above, &row.content.0);
            row.audience_id = Some(audience.keep(unit)?);
            row.replace(unit, &before)?;
        }
    }
    Ok(())
}

impl ActionRow {
    /// Saves it under the version that it has.
    fn replace(mut self, unit: &mut Unit<'_>, before: &Self) -> Result<(), Halt> {
        self.updated_at = unit.request.now;
        let told = self.told_text()?;
        self.keep_shown(&told);
        diesel::update(actions::table.find(self.id)).set(&self).execute(&mut **unit)?;
        diesel::delete(action_schools::table.filter(action_schools::action_id.eq(self.id))).execute(&mut **unit)?;
        super::write::insert_schools(unit, &self)?;
        self.record(unit, Operation::Updated, Some(before), Some(told))
    }
}
