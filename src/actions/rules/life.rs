//! The life of an action: who may do what to it, from which state, and where that leads. One table; the documentation
//! and the tests print it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::NewAction;
use crate::domain::identifiers::Uai;
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::{ActionAct, ActionOrigin, ActionStatus};

/// What a caller is to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An association that is party to its convention.
    Association,
    /// The académie, or région académique, that all of its places lie in.
    Academie,
    /// The school whose pupils it meets, or all of them.
    School,
    /// One school of several: it speaks for itself.
    Among,
    /// The operator, for those who bring in what took place before.
    Operator,
}

/// One act: from these states, by these actors, to that state.
#[derive(Debug)]
pub struct Row {
    pub act: ActionAct,
    pub from: &'static [ActionStatus],
    pub by: &'static [Actor],
    /// The state it leads to; none when it stays. One school of several that confirms leads there once each of them has; one
    /// that declines, or withdraws, leaves the action, which goes on with the others.
    pub to: Option<ActionStatus>,
}

use ActionAct as Act;
use ActionStatus::{Cancelled, Confirmed, Declined, Held, Planned, Proposed, Reported, Requested};
use Actor::{Academie, Among, Association, Operator, School};

/// Who may do what, from which state.
pub const TABLE: &[Row] = &[
    // The operator brings in again what it brought in for a party.
    Row { act: Act::Edit, from: &[Requested], by: &[School, Among, Academie, Association, Operator], to: None },
    // Of what is confirmed, another date, place or school makes it planned again.
    Row { act: Act::Edit, from: &[Proposed, Planned, Confirmed], by: &[Academie, Association, Operator], to: None },
    // What took place is corrected, and stays.
    Row { act: Act::Edit, from: &[Held, Reported], by: &[Academie, Association, Operator], to: None },
    Row { act: Act::Plan, from: &[Requested, Proposed], by: &[Academie, Association], to: Some(Planned) },
    Row { act: Act::Confirm, from: &[Planned], by: &[School, Academie, Association], to: Some(Confirmed) },
    Row { act: Act::Confirm, from: &[Planned], by: &[Among], to: None },
    Row { act: Act::Hold, from: &[Confirmed], by: &[School, Among, Academie, Association], to: Some(Held) },
    Row { act: Act::Attend, from: &[Confirmed, Held, Reported], by: &[School, Among, Academie, Association], to: None },
    Row {
        act: Act::Report,
        from: &[Confirmed, Held, Reported],
        by: &[Academie, Association, Operator],
        to: Some(Reported),
    },
    Row { act: Act::Decline, from: &[Requested], by: &[Academie, Association], to: Some(Declined) },
    Row { act: Act::Decline, from: &[Proposed, Planned], by: &[School, Academie], to: Some(Declined) },
    Row { act: Act::Decline, from: &[Proposed, Planned], by: &[Among], to: None },
    Row { act: Act::Cancel, from: &[Requested], by: &[School, Academie], to: Some(Cancelled) },
    Row { act: Act::Cancel, from: &[Requested], by: &[Among], to: None },
    Row { act: Act::Cancel, from: &[Proposed, Planned, Confirmed], by: &[Academie, Association], to: Some(Cancelled) },
    Row {
        act: Act::Merge,
        from: &[Requested, Proposed, Planned, Confirmed, Held, Reported],
        by: &[Academie, Association, Operator],
        to: None,
    },
    // What nobody has planned yet, and what was brought in.
    Row { act: Act::Delete, from: &[Requested], by: &[School, Academie], to: None },
    Row { act: Act::Delete, from: &[Proposed], by: &[Academie, Association], to: None },
    Row { act: Act::Delete, from: &[Held, Reported], by: &[Academie, Association, Operator], to: None },
];

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Refused {
    /// It is another's to do.
    Actor,
    /// Not from this state.
    State(Refusal),
}

/// May they do it, and where does it lead?
pub fn may(act: ActionAct, action: &NewAction, status: ActionStatus, actor: Actor) -> Result<ActionStatus, Refused> {
    let rows: Vec<&Row> = TABLE.iter().filter(|row| row.act == act).collect();
    // What took place is deleted only when it was brought in: a mistaken import is taken out again.
    let kept = act == Act::Delete && status.took_place() && action.origin == ActionOrigin::Live;
    let from_here = || rows.iter().filter(|row| row.from.contains(&status));
    match from_here().find(|row| row.by.contains(&actor)) {
        Some(row) if !kept => Ok(row.to.unwrap_or(status)),
        None if from_here().next().is_some() => Err(Refused::Actor),
        _ if rows.iter().any(|row| row.by.contains(&actor)) => {
            Err(Refused::State(wrong_state(act, status, &rows, actor)))
        }
        _ => Err(Refused::Actor),
    }
}

/// Does who gives a state say nothing new? It is the one at hand, or one that the action has passed since: the same line
/// sent again.
pub fn is_at(said: ActionStatus, status: ActionStatus) -> bool {
    let far = |status| match status {
        Requested | Proposed => Some(0),
        Planned => Some(1),
        Confirmed => Some(2),
        Held => Some(3),
        Reported => Some(4),
        Declined | Cancelled => None,
    };
    said == status || far(said).zip(far(status)).is_some_and(|(said, now)| said < now)
}

/// Why a change gives no other state: the act that leads there.
pub fn by_act(from: ActionStatus, to: ActionStatus) -> Bilingual {
    let act = TABLE.iter().find(|row| row.to == Some(to) && row.from.contains(&from)).map(|row| row.act.code());
    match act {
        Some(act) => Bilingual::new(
            format!("L'état change par un acte : de `{from}` à `{to}`, par `{act}`."),
            format!("The state changes by an act: from `{from}` to `{to}`, by `{act}`."),
        ),
        None => Bilingual::new(
            format!("L'état change par un acte : l'action est `{from}`, et aucun acte ne mène de là à `{to}`."),
            format!("The state changes by an act: the action is `{from}`, and no act leads from there to `{to}`."),
        ),
    }
}

fn wrong_state(act: ActionAct, status: ActionStatus, rows: &[&Row], actor: Actor) -> Refusal {
    let from: Vec<&str> =
        rows.iter().filter(|row| row.by.contains(&actor)).flat_map(|row| row.from).map(|s| s.code()).collect();
    Refusal::state(
        "R30",
        "wrong_state",
        Bilingual::fixed(
            "Cet acte ne se fait pas dans l'état où l'action se trouve.",
            "This act is not done in the state that the action is in.",
        ),
    )
    .with("act", act.code())
    .with("status", status.code())
    .with("accepted", from)
}

/// The states that an actor may create an action in.
pub const fn created_in(actor: Actor, origin: ActionOrigin) -> &'static [ActionStatus] {
    match (actor, origin) {
        (Actor::School | Actor::Among, _) => &[Requested],
        (Actor::Academie | Actor::Association | Actor::Operator, ActionOrigin::Live) => {
            &[Proposed, Requested, Planned, Confirmed]
        }
        // The first is what it is when nothing is said; one with results is `reported`.
        (_, ActionOrigin::Paper | ActionOrigin::Legacy) => &[Held, Reported, Cancelled],
    }
}

/// The state after a change: another date, place or school makes what was confirmed planned again.
pub fn after_edit(status: ActionStatus, before: &NewAction, after: &NewAction) -> ActionStatus {
    if status == Confirmed && moved(before, after) { Planned } else { status }
}

/// Is it another date, place or school? What was confirmed was not that.
pub fn moved(before: &NewAction, after: &NewAction) -> bool {
    before.sessions != after.sessions
        || before.place != after.place
        || before.modality != after.modality
        || before.territory != after.territory
        || uais(before) != uais(after)
        // Hours without a zone are of the first school's clock.
        || before.zone() != after.zone()
}

/// Does a change leave when it is, and bring it no further? A new end of its convention is not held against it then (R34).
/// What it is said to have given is something new, until it took place.
pub fn dated_before(before: &NewAction, was: ActionStatus, after: &NewAction, status: ActionStatus) -> bool {
    let counts = |action: &NewAction| action.schools.iter().map(|school| school.counts.clone()).collect::<Vec<_>>();
    before.convention_id == after.convention_id
        && after.sessions.iter().all(|session| before.sessions.iter().any(|known| known.date == session.date))
        && is_at(status, was)
        && (was.took_place() || (before.results == after.results && counts(before) == counts(after)))
}

/// Its schools, with whatever classes they come.
fn uais(action: &NewAction) -> BTreeSet<&Uai> {
    action.schools.iter().map(|school| &school.uai).collect()
}

/// Does a change leave all that its convention hangs on (R30)? What stands is a fact that a later convention does not undo.
pub fn stands(before: &NewAction, after: &NewAction) -> bool {
    before.convention_id == after.convention_id
        && before.axis_id == after.axis_id
        && before.days() == after.days()
        && before.territory == after.territory
        && uais(before) == uais(after)
}

/// The table, for people: one line an act and group of states.
pub fn table() -> String {
    let names = |actors: &[Actor]| {
        let name = |actor: &Actor| match actor {
            Association => "association",
            Academie => "académie",
            School => "school",
            Among => "one school of several",
            Operator => "operator",
        };
        actors.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::from("| act | from | by | to |\n|---|---|---|---|\n");
    for row in TABLE {
        let from = row.from.iter().map(|status| status.code()).collect::<Vec<_>>().join(", ");
        let to = row.to.map_or("–", ActionStatus::code);
        // Writing to a text does not fail.
        let _ = writeln!(text, "| `{}` | {from} | {} | {to} |", row.act.code(), names(row.by));
    }
    text
}
