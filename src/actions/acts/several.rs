//! One school of several speaks for itself: it leaves the action, or confirms it for its own pupils.

use super::super::desk::Desk;
use super::super::new::NewAction;
use super::super::perimeter::audience;
use super::super::row::{ActionRow, Declined};
use super::super::write::{Made, fill};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::ActionStatus;
use crate::error::{Faults, Halt};
use crate::http::call::Request;
use crate::http::unit::Unit;

fn is_own(request: &Request, uai: &Uai) -> bool {
    request.caller.uais.contains(&uai.to_string())
}

/// The caller's schools leave an action, and say why; it goes on with the others. Once all of those have confirmed it,
/// nobody is waited for.
pub fn leave(unit: &mut Unit<'_>, desk: &mut Desk, before: &ActionRow, why: &str) -> Result<ActionRow, Halt> {
    let request = unit.request.clone();
    let mut kept = before.content.0.clone();
    let zone = kept.asked.zone();
    let all = std::mem::take(&mut kept.asked.schools).into_iter().zip(std::mem::take(&mut kept.schools));
    let (gone, left): (Vec<_>, Vec<_>) = all.partition(|(school, _)| is_own(&request, &school.uai));
    (kept.asked.schools, kept.schools) = left.into_iter().unzip();
    kept.confirmed_by.retain(|uai| !is_own(&request, uai));
    for (school, _) in gone {
        // Once, with whatever classes it came.
        if kept.declined_by.iter().all(|known| known.uai != school.uai) {
            kept.declined_by.push(Declined { uai: school.uai, reason: why.to_owned() });
        }
    }
    // The clock is that of the first school: the others keep the one that they were told.
    if kept.asked.zone() != zone {
        for session in kept.asked.sessions.iter_mut().filter(|session| session.zone.is_none()) {
            session.zone = Some(zone.name().to_owned());
        }
    }
    let mut row = ActionRow { version: before.version + 1, ..before.clone() };
    row.take(kept);
    if row.status == ActionStatus::Planned && each_has_confirmed(&row) {
        let confirmed = ActionRow { status: ActionStatus::Confirmed, ..row.clone() };
        let (new, reason) = (confirmed.declared(), confirmed.content.0.reason.clone());
        match fill(unit, desk, confirmed, Some(before.status), new, reason, Faults::new()) {
            Ok(made) => return made.save(unit, before),
            // What was stated has been taken back since: somebody states it and confirms.
            Err(Halt::Problem(_)) => {}
            Err(other) => return Err(other),
        }
    }
    let known = desk.convention(unit, row.convention_id)?;
    let audience = audience(&known.row, &known.standing, &known.above, &row.content.0);
    row.audience_id = Some(audience.id());
    Made { row, audience }.save(unit, before)
}

/// The caller's schools confirm an action for themselves; it is confirmed once each of its schools has.
pub fn confirm(unit: &mut Unit<'_>, desk: &mut Desk, before: &ActionRow, asked: NewAction) -> Result<ActionRow, Halt> {
    let request = unit.request.clone();
    let row = ActionRow { status: ActionStatus::Confirmed, version: before.version + 1, ..before.clone() };
    let mut made = fill(unit, desk, row, Some(before.status), asked, before.content.0.reason.clone(), Faults::new())?;
    let kept = &mut made.row.content.0;
    for school in kept.asked.schools.iter().filter(|school| is_own(&request, &school.uai)) {
        if !kept.confirmed_by.contains(&school.uai) {
            kept.confirmed_by.push(school.uai.clone());
        }
    }
    if !each_has_confirmed(&made.row) {
        made.row.status = before.status;
    }
    made.save(unit, before)
}

fn each_has_confirmed(row: &ActionRow) -> bool {
    let kept = &row.content.0;
    kept.asked.schools.iter().all(|school| kept.confirmed_by.contains(&school.uai))
}
