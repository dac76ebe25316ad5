//! `/calendars/{secret}.ics`: what a calendar program reads, without a token.
//!
//! Every answer is made anew from the ledger, in the perimeter that the holder has today. The secret is in the address:
//! the access log masks it (`http::frame`).

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, get};
use diesel::prelude::*;
use icalendar::Calendar as File;
use utoipa_actix_web::service_config::ServiceConfig;

use super::entries::Of;
use super::rules::Line;
use super::{Calendar, entries, rules};
use crate::aggregate::Whole as _;
use crate::app::App;
use crate::auth::caller::{self, Caller, Holding};
use crate::auth::policy::{Permission as _, ReadConventions};
use crate::conventions::ConventionRow;
use crate::conventions::convention::PartyLabel;
use crate::conventions::store::{parties_of, seen_by};
use crate::conventions::story::Story;
use crate::db::Connection;
use crate::db::schema::{conventions, duties};
use crate::domain::vocabulary::DutyNature;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply, settle};
use crate::http::call::Request;
use crate::http::params::Params;
use crate::http::{etag, negotiate};
use crate::obligations;
use crate::obligations::rules::Owed;
use crate::obligations::store::DutyRow;

/// Conventions of a calendar of all of them at most, the latest made first.
const CONVENTIONS: i64 = 500;
/// Conventions whose duties are read at once.
const AT_ONCE: usize = 50;
/// Events of a calendar at most.
const EVENTS: usize = 5000;
/// Years back, and years ahead, of a calendar of all conventions.
const BACK: u32 = 1;
const AHEAD: u32 = 5;

/// Read a calendar by its secret address
///
/// For calendar programs (RFC 5545), without a token: the ledger of one convention, or of all that the holder sees, in the
/// holder's perimeter of today. A duty with a date is an event of that whole day, in no time zone; its `UID` stays the
/// same, and one that is void, or that the text in force states no more, is `CANCELLED`. A calendar of all conventions
/// goes from a year back to five years ahead, and has 500 conventions at most, the latest made. 410 once the calendar or
/// its holder was revoked; 404 while the holder may not see it.
#[utoipa::path(
    tag = "Calendars", security(()),
    params(
        ("secret" = String, Path, description = "The secret of the address that was shown when the calendar was made"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags held: 304 when one of them is still the representation."),
    ),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 304, description = "The representation held is still the current one."),
    )
)]
#[get("/calendars/{secret}.ics")]
async fn read_calendar_file(app: App, http: HttpRequest) -> Reply {
    settle(answer(&app, &http).await)
}

async fn answer(app: &App, http: &HttpRequest) -> Result<Answer, Halt> {
    let secret = http.match_info().get("secret").unwrap_or_default().to_owned();
    let (state, today) = (app.clone(), app.clock.today());
    let (calendar, holder) = app.db.read(move |c| open(c, &state, &secret, today)).await?;
    let request = Request::of(app, http, Arc::new(holder));
    let body = app.db.read(move |c| c.snapshot(|c| written(c, &request, &calendar))).await?;
    Ok(body)
}

/// The calendar behind a secret, and what its holder may do today.
fn open(c: &mut Connection, app: &App, secret: &str, today: CivilDate) -> Result<(Calendar, Caller), Halt> {
    let calendar = Calendar::behind(c, secret)?.ok_or_else(Halt::not_found)?;
    if calendar.revoked_at.is_some() {
        return Err(Problem::plain("calendar_revoked").into());
    }
    match caller::holding(c, &app.issuers, calendar.holder_id, today)? {
        Holding::Now(holder) if holder.holds(ReadConventions::SCOPE) => Ok((calendar, holder)),
        // It may hold again tomorrow.
        Holding::Now(_) | Holding::NotNow => Err(Halt::not_found()),
        Holding::Revoked => Err(Problem::plain("calendar_revoked").into()),
    }
}

fn written(c: &mut Connection, request: &Request, calendar: &Calendar) -> Result<Answer, Halt> {
    let row = calendar.convention_id.map(|id| ConventionRow::find(c, request, id)).transpose()?;
    negotiate::choose(request.accept.as_deref(), &[("text/calendar", ())])?;
    Params::of(&request.query).verdict()?;
    let mut file = entries::file(&calendar.name);
    match row {
        Some(row) => add_one(c, &mut file, request, row)?,
        None => add_all(c, &mut file, request)?,
    }
    let body = entries::text(&file);
    let tag = etag::of(calendar.version, body.as_bytes());
    Ok(Answer::bytes(StatusCode::OK, "text/calendar; charset=utf-8", body)
        .with("ETag", tag)
        .unless_known(request.if_none_match.as_deref()))
}

/// The duties of a convention, from what is known of it.
fn computed(c: &mut Connection, request: &Request, row: ConventionRow) -> Result<(ConventionRow, Vec<Line>), Halt> {
    let story = Story::load(c, row, Instant::MAX)?;
    let duties = obligations::rules::duties(&story.scene()).into_iter();
    let parties = story.pieces.organisations();
    let shown = duties.filter(|duty| obligations::store::tells(&request.caller, &parties, duty.rule));
    let lines = shown.map(Line::from).collect();
    Ok((story.row, lines))
}

/// Adds the events of one convention.
fn add_one(c: &mut Connection, file: &mut File, request: &Request, row: ConventionRow) -> Result<(), Halt> {
    let (row, lines) = computed(c, request, row)?;
    let parties: Vec<PartyLabel> = parties_of(c, &[row.id])?.into_iter().map(|(_, party)| party).collect();
    add(file, request, &Of { convention: &row, parties: &parties }, &lines, None);
    Ok(())
}

/// Adds the events of every convention that the holder sees and that lived within the time shown: from the rows kept with
/// each write, or computed where a convention was not written since they are.
fn add_all(c: &mut Connection, file: &mut File, request: &Request) -> Result<(), Halt> {
    let (from, until) = (request.today.minus_months(12 * BACK), request.today.plus_years(AHEAD));
    // One that ended early goes on to show as cancelled what its text would have asked for.
    let lived = conventions::ends_on
        .is_null()
        .nullable()
        .or(conventions::ends_on.ge(Some(from)))
        .or(conventions::last_day.ge(Some(from)));
    let rows: Vec<ConventionRow> = conventions::table
        .filter(seen_by(request))
        .filter(conventions::complete_on.is_not_null())
        .filter(lived)
        .order(conventions::id.desc())
        .limit(CONVENTIONS)
        .select(ConventionRow::as_select())
        .load(c)?;
    for some in rows.chunks(AT_ONCE) {
        let ids: Vec<Id> = some.iter().map(|row| row.id).collect();
        let parties = parties_of(c, &ids)?;
        let mut lines = kept(c, request, &ids)?;
        for row in some {
            let lines = match lines.remove(&row.id) {
                Some(lines) => lines,
                None => computed(c, request, row.clone())?.1,
            };
            let own = parties.iter().filter(|(of, _)| *of == row.id).map(|(_, party)| party.clone());
            let of = Of { convention: row, parties: &own.collect::<Vec<_>>() };
            add(file, request, &of, &lines, Some((from, until)));
        }
    }
    Ok(())
}

/// The duties with a date of some conventions, as they are kept.
fn kept(c: &mut Connection, request: &Request, conventions: &[Id]) -> QueryResult<HashMap<Id, Vec<Line>>> {
    let rows: Vec<DutyRow> = duties::table
        .filter(duties::convention_id.eq_any(conventions.to_vec()))
        .filter(duties::nature.ne_all([DutyNature::Right, DutyNature::Continuous]))
        .filter(obligations::store::told(&request.caller))
        .order((duties::due_key, duties::id))
        .select(DutyRow::as_select())
        .load(c)?;
    let mut lines: HashMap<Id, Vec<Line>> = HashMap::new();
    for row in rows {
        lines.entry(row.convention_id).or_default().push(row.into());
    }
    Ok(lines)
}

impl From<DutyRow> for Line {
    fn from(row: DutyRow) -> Self {
        let owed_by = match (row.owed_party_id, row.owed_side) {
            (Some(party), _) => Owed::Party(party),
            (None, side) => Owed::by(side),
        };
        Self {
            key: row.key,
            rule: row.rule,
            article: row.body.0.article,
            what: row.body.0.what,
            nature: row.nature,
            owed_by,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            due_on: row.due_on,
            deadline_on: row.deadline_on,
            met_on: row.met_on,
            void_on: row.void_on,
            proof: row.body.0.proof,
        }
    }
}

/// Adds the events of a convention, between two days.
fn add(file: &mut File, request: &Request, of: &Of<'_>, lines: &[Line], between: Option<(CivilDate, CivilDate)>) {
    for entry in rules::entries(lines, request.today) {
        let within = between.is_none_or(|(from, until)| (from..=until).contains(&entry.date));
        if within && file.components.len() < EVENTS {
            file.push(entries::event(of, &entry, request.today));
        }
    }
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_calendar_file);
}
