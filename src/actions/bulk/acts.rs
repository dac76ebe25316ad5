//! The acts of a bulk, each with the body that its own address takes.

use serde_json::Value;

use super::super::acts::{
    NewAttendance, NewConfirmation, NewHolding, NewPlan, NewRefusal, NewReport, Reason, act, actor_at,
};
use super::super::desk::Desk;
use super::super::merge::{NewMerge, lock_lower_twin, merge};
use super::super::row::ActionRow;
use crate::domain::Id;
use crate::domain::vocabulary::ActionAct;
use crate::error::{Halt, Problem};
use crate::http::body::read;
use crate::http::unit::Unit;

pub fn check_version(row: &ActionRow, expected: Option<i64>) -> Result<(), Problem> {
    match expected {
        Some(version) if version != row.version => {
            Err(Problem::plain("version_mismatch").member("current_version", row.version.into()))
        }
        _ => Ok(()),
    }
}

/// An act, with the body that its own address takes.
pub fn done_to(
    unit: &mut Unit<'_>,
    desk: &mut Desk,
    what: ActionAct,
    id: Id,
    version: Option<i64>,
    with: Value,
) -> Result<ActionRow, Halt> {
    if what == ActionAct::Merge {
        lock_lower_twin(unit, id, &with)?;
    }
    let before = ActionRow::lock(unit, id)?;
    let actor = actor_at(unit, desk, &before)?;
    check_version(&before, version)?;
    let said = with.clone();
    match what {
        ActionAct::Plan => act(unit, desk, &before, actor, read::<NewPlan>(with)?, &said),
        ActionAct::Confirm => act(unit, desk, &before, actor, read::<NewConfirmation>(with)?, &said),
        ActionAct::Hold => act(unit, desk, &before, actor, read::<NewHolding>(with)?, &said),
        ActionAct::Attend => act(unit, desk, &before, actor, read::<NewAttendance>(with)?, &said),
        ActionAct::Report => act(unit, desk, &before, actor, read::<NewReport>(with)?, &said),
        ActionAct::Decline => act(unit, desk, &before, actor, read::<NewRefusal>(with)?, &said),
        ActionAct::Merge => merge(unit, desk, &before, actor, &read::<NewMerge>(with)?),
        _ => act(unit, desk, &before, actor, read::<Reason>(with)?, &said),
    }
}
