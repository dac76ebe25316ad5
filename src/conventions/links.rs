//! The axes of a territorial convention and those of the national one that they apply, when its parent changes.

use diesel::prelude::*;

use super::axes::Axis;
use super::convention::ConventionRow;
use crate::db::record::{Change, Operation};
use crate::db::schema::axes;
use crate::domain::Id;
use crate::error::Halt;
use crate::http::unit::Unit;

/// Another parent, which nobody becomes a party of meanwhile: who sees the convention depends on it. The axes that named
/// axes of the parent before name none any more, and are to be linked again before a signature (T05); without a parent
/// there is nothing to give a reason for either.
pub fn reparent(unit: &mut Unit<'_>, before: &ConventionRow, parent: Option<Id>) -> Result<(), Halt> {
    if parent == before.parent_id {
        return Ok(());
    }
    ConventionRow::check_parent(unit, parent)?;
    if let Some(parent) = parent {
        crate::db::lock_row(unit, "conventions", parent)?;
    }
    let all: Vec<Axis> = axes::table
        .filter(axes::convention_id.eq(before.id))
        .order((axes::position, axes::id))
        .select(Axis::as_select())
        .load(&mut **unit)?;
    for was in all {
        let reason = was.parent_axis_reason.clone().filter(|_| parent.is_some());
        if was.parent_axis_id.is_none() && was.parent_axis_reason == reason {
            continue;
        }
        let axis = Axis { parent_axis_id: None, parent_axis_reason: reason, ..was.clone() };
        diesel::update(axes::table.find(axis.id)).set(&axis).execute(&mut **unit)?;
        let (old, new) = (serde_json::to_value(&was)?, serde_json::to_value(&axis)?);
        unit.record(&Change {
            kind: "axis",
            resource: axis.id,
            version: before.version + 1,
            operation: Operation::Updated,
            convention: Some(before.id),
            organisation: None,
            seen_by: before.audience_id,
            was_seen_by: before.audience_id,
            before: Some(&old),
            after: Some(&new),
        })?;
    }
    Ok(())
}
