//! What waits for a caller among the actions that it sees: requests to plan, dates to confirm, attendances and results to
//! declare. Who may do each is the table of [`super::rules::life`].

use diesel::prelude::*;

use super::perimeter::seen_by;
use super::row::ActionRow;
use crate::db::schema::{actions, conventions};
use crate::db::{Connection, MultiBackend};
use crate::domain::instant::PARIS;
use crate::domain::vocabulary::{ActionStatus, Role, TodoKind, Urgency};
use crate::domain::{Bilingual, Id};
use crate::error::Halt;
use crate::http::call::Request;
use crate::http::list::MAX_LIMIT;
use crate::obligations::todo::Waiting;

/// One kind of thing that waits.
struct Source {
    kind: TodoKind,
    by: &'static [Role],
    /// The states that it waits in.
    of: &'static [ActionStatus],
    /// Only once its last session is over.
    over: bool,
    /// Only of those that the caller's own organisation entered.
    own: bool,
    /// The act, as the last segment of its address.
    act: &'static str,
    what: Bilingual,
}

use ActionStatus::{Confirmed, Held, Planned, Proposed, Requested};

const SOURCES: [Source; 6] = [
    Source {
        kind: TodoKind::ActionRequest,
        by: &[Role::Association, Role::Academie],
        of: &[Requested],
        over: false,
        own: false,
        act: "plan",
        what: Bilingual::fixed("Répondre à la demande", "Answer the request"),
    },
    Source {
        kind: TodoKind::ActionProposal,
        by: &[Role::Academie],
        of: &[Proposed],
        over: false,
        own: false,
        act: "plan",
        what: Bilingual::fixed("Répondre à la proposition", "Answer the proposal"),
    },
    Source {
        kind: TodoKind::ActionConfirmation,
        by: &[Role::School],
        of: &[Planned],
        over: false,
        own: false,
        act: "confirm",
        what: Bilingual::fixed("Confirmer la date", "Confirm the date"),
    },
    Source {
        kind: TodoKind::ActionAttendance,
        by: &[Role::School],
        of: &[Confirmed, Held],
        over: true,
        own: false,
        act: "attendance",
        what: Bilingual::fixed("Déclarer les présences", "Declare the attendance"),
    },
    Source {
        kind: TodoKind::ActionResults,
        by: &[Role::Association],
        of: &[Confirmed, Held],
        over: true,
        own: false,
        act: "report",
        what: Bilingual::fixed("Déclarer les résultats", "Declare the results"),
    },
    // Of what an académie entered itself, the results are its own to declare.
    Source {
        kind: TodoKind::ActionResults,
        by: &[Role::Academie],
        of: &[Confirmed, Held],
        over: true,
        own: true,
        act: "report",
        what: Bilingual::fixed("Déclarer les résultats", "Declare the results"),
    },
];

/// Everything that waits for a caller, of each kind as many as an answer may show.
pub fn waiting(c: &mut Connection, request: &Request) -> Result<Vec<Waiting>, Halt> {
    if !request.caller.holds("actions:write") {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for source in SOURCES.iter().filter(|source| source.by.contains(&request.caller.role)) {
        all.extend(of(c, request, source)?);
    }
    Ok(all)
}

fn of(c: &mut Connection, request: &Request, source: &Source) -> Result<Vec<Waiting>, Halt> {
    let mut query = actions::table
        .into_boxed::<MultiBackend>()
        .filter(seen_by(&request.caller))
        .filter(actions::status.eq_any(source.of.to_vec()));
    if source.over {
        query = query.filter(actions::ends_on.lt(Some(request.today)));
    }
    if source.own {
        query = query.filter(actions::owner_id.eq(request.caller.organisation_id));
    }
    let rows: Vec<ActionRow> =
        query.order((actions::day, actions::id)).limit(MAX_LIMIT + 1).select(ActionRow::as_select()).load(c)?;
    let mut ids: Vec<Id> = rows.iter().map(|row| row.convention_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let titles: Vec<(Id, String)> =
        conventions::table.filter(conventions::id.eq_any(ids)).select((conventions::id, conventions::title)).load(c)?;
    let uais = &request.caller.uais;
    let undone = |row: &ActionRow| match source.act {
        "attendance" => awaits_counts(row, uais),
        "confirm" => awaits_confirmation(row, uais),
        _ => true,
    };
    let shown = rows.into_iter().filter(undone);
    Ok(shown
        .filter_map(|row| {
            let (_, title) = titles.iter().find(|(id, _)| *id == row.convention_id)?;
            Some(one(source, &row, title.clone()))
        })
        .collect())
}

/// Has a school of the caller's no count of its own yet?
fn awaits_counts(row: &ActionRow, uais: &[String]) -> bool {
    let mine = row.content.0.asked.schools.iter().filter(|school| uais.contains(&school.uai.to_string()));
    mine.into_iter().any(|school| school.counts.is_none())
}

/// Has a school of the caller's not confirmed it yet?
fn awaits_confirmation(row: &ActionRow, uais: &[String]) -> bool {
    let kept = &row.content.0;
    let mut mine = kept.asked.schools.iter().filter(|school| uais.contains(&school.uai.to_string()));
    mine.any(|school| !kept.confirmed_by.contains(&school.uai))
}

fn one(source: &Source, row: &ActionRow, convention_title: String) -> Waiting {
    let what = &source.what;
    Waiting {
        kind: source.kind,
        urgency: if source.over { Urgency::Due } else { Urgency::Waiting },
        title: Bilingual::new(format!("{} : {}", what.fr, row.title), format!("{}: {}", what.en, row.title)),
        convention_id: row.convention_id,
        convention_title,
        resource_id: row.id,
        address: format!("/v1/actions/{}/{}", row.id, source.act),
        // What is done is to be declared since; what is to come has its day.
        due_on: if source.over { row.ends_on } else { row.starts_on },
        deadline_on: None,
        status: None,
        days_left: None,
        since: row.updated_at.civil_date_in(PARIS),
    }
}
