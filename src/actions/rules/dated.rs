//! When an action is (R34), and where (R35).

use super::{Ground, NewAction};
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::ActionStatus;
use crate::domain::{CivilDate, Territory};

/// Every session is a day on which the convention is in force; what took place is not to come.
pub fn check(action: &NewAction, status: ActionStatus, ground: &Ground, today: CivilDate) -> Result<(), Refusal> {
    if action.days().is_none() && (matches!(status, ActionStatus::Planned) || status.is_settled()) {
        return Err(Refusal::content(
            "R34",
            "session_missing",
            Bilingual::fixed(
                "Une action prévue ou réalisée a une date au moins.",
                "An action that is planned or held has one date at least.",
            ),
        )
        .article(ground.duration.article.as_deref()));
    }
    let (first, last) = action.days().unwrap_or((today, today));
    let outside = |day: CivilDate| {
        ground.in_force_from.is_none_or(|from| day < from) || ground.ends_on.is_some_and(|end| end < day)
    };
    if let Some(day) = [first, last].into_iter().find(|day| outside(*day)) {
        return Err(Refusal::content(
            "R34",
            "outside_period",
            Bilingual::fixed(
                "L'action est datée hors de la période où la convention est en vigueur.",
                "The action is dated outside the period in which the convention is in force.",
            ),
        )
        .article(ground.duration.article.as_deref())
        .with("date", day)
        .with("in_force_from", ground.in_force_from.map(|day| day.to_string()))
        .with("ends_on", ground.ends_on.map(|day| day.to_string())));
    }
    if status.took_place() {
        check_past(action, status, today)?;
    }
    Ok(())
}

/// Held once its first session has come; reported once its last one has.
pub fn check_past(action: &NewAction, status: ActionStatus, today: CivilDate) -> Result<(), Refusal> {
    let Some((first, last)) = action.days() else { return Ok(()) };
    let day = if status == ActionStatus::Reported { last } else { first };
    if day <= today {
        return Ok(());
    }
    Err(Refusal::content(
        "R34",
        "future_date",
        Bilingual::fixed("Ce qui est encore à venir n'a pas eu lieu.", "What is still to come has not taken place."),
    )
    .with("date", day)
    .with("today", today))
}

/// A contact's area contains the action, on its dates (R35); otherwise flagged.
pub fn within_area(action: &NewAction, ground: &Ground) -> Option<Flag> {
    let contact = ground.contact.as_ref()?;
    let places = places(action);
    let within = places.iter().all(|place| contact.territory.contains(place));
    let dated = action.days().is_none_or(|(first, last)| {
        contact.from.is_none_or(|from| from <= first) && contact.until.is_none_or(|until| last <= until)
    });
    (!(within && dated)).then(|| {
        Flag::new(
            "R35",
            "outside_area",
            Bilingual::fixed(
                "Le contact du réseau n'est pas compétent pour ce territoire, ou pas à cette date.",
                "The contact of the network does not answer for this territory, or not on this date.",
            ),
        )
        .with("contact_territory", contact.territory.to_string())
        .with("territories", places.iter().map(ToString::to_string).collect::<Vec<_>>())
    })
}

/// The académies of its schools, or its own territory.
pub fn places(action: &NewAction) -> Vec<Territory> {
    let mut places: Vec<Territory> = action.schools.iter().filter_map(|school| school.uai.academie()).collect();
    if places.is_empty() {
        places.extend(action.territory);
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// A planned action beyond a new end of its convention (R34).
pub fn orphaned(status: ActionStatus, last: Option<CivilDate>, ends_on: Option<CivilDate>) -> bool {
    let still_to_come = matches!(
        status,
        ActionStatus::Requested | ActionStatus::Proposed | ActionStatus::Planned | ActionStatus::Confirmed
    );
    still_to_come && matches!((last, ends_on), (Some(last), Some(end)) if end < last)
}

/// Do two stretches of days overlap?
pub fn overlap(one: (CivilDate, CivilDate), other: (CivilDate, CivilDate)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}
