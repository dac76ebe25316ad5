//! When an action is (R34), and where (R35).

use super::life::is_at;
use super::{Ground, NewAction};
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::{ActionAct, ActionOrigin, ActionStatus};
use crate::domain::{CivilDate, Territory};

/// Has it no date where it must have one? What comes from earlier records cannot be taken for one of today either.
pub fn lacks_date(action: &NewAction, status: ActionStatus, ground: &Ground, today: CivilDate) -> bool {
    let must_have = matches!(status, ActionStatus::Planned) || status.is_settled();
    action.sessions.is_empty()
        && (must_have
            || (action.origin != ActionOrigin::Live && is_outside(ground.in_force_from, ground.ends_on, today)))
}

fn is_outside(from: Option<CivilDate>, until: Option<CivilDate>, day: CivilDate) -> bool {
    from.is_none_or(|from| day < from) || until.is_some_and(|end| end < day)
}

/// Every session is a day on which the convention is in force; what took place is not to come.
pub fn check(action: &NewAction, status: ActionStatus, ground: &Ground, today: CivilDate, refused: &mut Vec<Refusal>) {
    let article = ground.duration.article.as_deref();
    if lacks_date(action, status, ground, today) {
        let detail = Bilingual::fixed(
            "Il manque la date : une action prévue ou réalisée en a une au moins.",
            "The date is missing: an action that is planned or held has one at least.",
        );
        refused.push(Refusal::content("R34", "session_missing", detail).article(article).at("/sessions"));
        return;
    }
    let before = refused.len();
    if !ground.dated_before {
        let said = |date| outside_period(date, ground.in_force_from, ground.ends_on).article(article);
        let is_outside = |day: &CivilDate| is_outside(ground.in_force_from, ground.ends_on, *day);
        let dates = action.sessions.iter().map(|session| session.date).enumerate();
        refused.extend(
            dates
                .filter(|(_, day)| is_outside(day))
                .map(|(index, day)| said(day).at(format!("/sessions/{index}/date"))),
        );
        if action.sessions.is_empty() && is_outside(&today) {
            let detail = Bilingual::fixed(
                "Une action sans date est d'aujourd'hui, et la convention n'est pas en vigueur aujourd'hui.",
                "An action without a date is of today, and the convention is not in force today.",
            );
            refused.push(Refusal { detail, ..said(today) }.at("/sessions"));
        }
    }
    if status.took_place() && refused.len() == before {
        refused.extend(check_past(action, status, today).err());
    }
}

/// Dated on a day on which the convention is not in force.
pub fn outside_period(date: CivilDate, from: Option<CivilDate>, until: Option<CivilDate>) -> Refusal {
    let detail = Bilingual::fixed(
        "L'action est datée hors de la période où la convention est en vigueur.",
        "The action is dated outside the period in which the convention is in force.",
    );
    Refusal::content("R34", "outside_period", detail)
        .with("date", date)
        .with("in_force_from", from.map(|day| day.to_string()))
        .with("ends_on", until.map(|day| day.to_string()))
}

/// Held once its first session has come; reported once its last one has.
pub fn check_past(action: &NewAction, status: ActionStatus, today: CivilDate) -> Result<(), Refusal> {
    let Some((first, last)) = action.days() else { return Ok(()) };
    let day = if status == ActionStatus::Reported { last } else { first };
    if day <= today {
        return Ok(());
    }
    let index = action.sessions.iter().position(|session| session.date == day).unwrap_or_default();
    Err(Refusal::content(
        "R34",
        "future_date",
        Bilingual::fixed("Ce qui est encore à venir n'a pas eu lieu.", "What is still to come has not taken place."),
    )
    .with("date", day)
    .with("today", today)
    .at(format!("/sessions/{index}/date")))
}

/// May an act be done on the days that an action has, or on which condition? The end of its convention may be another one
/// since; what is to come has not taken place.
pub fn on_its_days(
    act: ActionAct,
    action: &NewAction,
    was: ActionStatus,
    to: ActionStatus,
    ends_on: Option<CivilDate>,
    today: CivilDate,
) -> Result<Option<Bilingual>, Refusal> {
    let declared = match act {
        ActionAct::Attend => Some(ActionStatus::Held),
        ActionAct::Hold | ActionAct::Report => Some(to),
        _ => None,
    };
    let past = || declared.map_or(Ok(()), |declared| check_past(action, declared, today));
    let beyond = action.sessions.iter().map(|session| session.date).find(|day| ends_on.is_some_and(|end| end < *day));
    let (Some(day), Some(end)) = (beyond, ends_on) else { return past().map(|()| None) };
    let goes_on = !was.took_place() && matches!(act, ActionAct::Confirm | ActionAct::Attend);
    match act {
        ActionAct::Plan => Ok(Some(Bilingual::new(
            format!("Avec d'autres séances : la convention prend fin le {end}."),
            format!("With other sessions: the convention ends on {end}."),
        ))),
        ActionAct::Attend => past().and(if goes_on { Err(outside_period(day, None, ends_on)) } else { Ok(None) }),
        ActionAct::Confirm | ActionAct::Hold | ActionAct::Report if goes_on || !is_at(to, was) => {
            Err(outside_period(day, None, ends_on))
        }
        _ => past().map(|()| None),
    }
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
