//! `/v1/calendars`: list, create, read, revoke.

use actix_web::{delete, get, post};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Calendar, CalendarWithAddress, NewCalendar};
use crate::aggregate::Whole as _;
use crate::auth::policy::{ReadConventions, WriteCalendars};
use crate::auth::secret;
use crate::conventions::ConventionRow;
use crate::db::record::Operation;
use crate::db::schema::calendars;
use crate::db::{Connection, MultiBackend};
use crate::domain::Instant;
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

/// The list of the caller's own calendars.
struct Calendars;

impl Calendars {
    fn query(request: &Request) -> calendars::BoxedQuery<'static, MultiBackend> {
        let mine = calendars::holder_id.eq(request.caller.client_id);
        calendars::table.filter(mine.and(calendars::revoked_at.is_null())).into_boxed()
    }
}

impl Listing for Calendars {
    type Item = Calendar;
    const SORTS: &'static [&'static str] = &["name", "created_at"];
    const COLUMNS: &'static [&'static str] = &["id", "name", "convention_id", "created_at"];

    fn filters(_: &mut Params) -> Self {
        Self
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Calendar>, Halt> {
        let query = Self::query(request);
        let query = if window.sort == "created_at" {
            ordered!(query, window, calendars::created_at, calendars::id, Instant::from_micros(window.number()))
        } else {
            ordered!(query, window, calendars::name_key, calendars::id, window.text())
        };
        Ok(query.select(Calendar::as_select()).load(c)?)
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(Self::query(request).count().get_result(c)?)
    }

    fn mark(item: &Calendar, sort: &str) -> After {
        let mark = match sort {
            "created_at" => Mark::Number(item.created_at.as_micros()),
            _ => Mark::Text(item.name_key.clone()),
        };
        After { mark, id: item.id }
    }
}

/// List my calendars
///
/// Those that this caller made and did not revoke. Their addresses were shown once, when they were made.
#[utoipa::path(
    tag = "Calendars", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("sort" = Option<String>, Query, pattern = "^-?(name|created_at)$", description = "`name` (default) or `created_at`; a minus in front reverses")),
    responses((status = 200, description = "Calendars", body = Page<Calendar>))
)]
#[get("/v1/calendars")]
async fn list_calendars(call: Call<ReadConventions>) -> Reply {
    call.list::<Calendars>().await
}

/// Create a calendar
///
/// Of one convention, or of all that the caller sees. The address in the answer holds a secret and is shown nowhere
/// else: give it to a calendar program, and to nobody who should not read it. `Idempotency-Key` is not kept here.
#[utoipa::path(
    tag = "Calendars", security(("oauth2" = ["calendars:write"]), ("bearer" = [])), request_body = NewCalendar,
    responses((status = 201, description = "The calendar and its address", body = CalendarWithAddress))
)]
#[post("/v1/calendars")]
async fn create_calendar(call: Call<WriteCalendars>) -> Reply {
    let base = call.app.config.public_url.clone();
    call.write(move |unit| {
        let new: NewCalendar = unit.accept_json(Expect { secret: true, ..Expect::CREATION })?;
        check_convention(unit, &new)?;
        let secret = secret::generate().map_err(Halt::Broken)?;
        let request = unit.request.clone();
        let calendar = Calendar::make(unit.new_id(), new, &secret, &request);
        diesel::insert_into(calendars::table).values(&calendar).execute(&mut **unit)?;
        calendar.record(unit, Operation::Created)?;
        let (location, version) = (format!("/v1/calendars/{}", calendar.id), calendar.version);
        let made = CalendarWithAddress { calendar, url: format!("{base}/calendars/{secret}.ics") };
        Ok(Answer::created(&location, version, &made)?.with("Cache-Control", "no-store"))
    })
    .await
}

/// The convention must be one that the caller sees.
fn check_convention(unit: &mut Unit<'_>, new: &NewCalendar) -> Result<(), Halt> {
    let Some(convention) = new.convention_id else { return Ok(()) };
    let request = unit.request.clone();
    match ConventionRow::glance(unit, &request, convention) {
        Ok(_) => Ok(()),
        Err(Halt::Problem(_)) => Err(Problem::body(vec![Fault::pointer(
            "/convention_id",
            "unknown_reference",
            both("Cette convention n'existe pas dans votre périmètre.", "No such convention within your perimeter."),
        )])
        .into()),
        Err(other) => Err(other),
    }
}

/// Read a calendar
///
/// One of the caller's own, without its address: that was shown once.
#[utoipa::path(
    tag = "Calendars", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The calendar", body = Calendar))
)]
#[get("/v1/calendars/{id}")]
async fn read_calendar(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        let calendar = Calendar::find(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(calendar.version, &calendar)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Revoke a calendar
///
/// Its address answers 410 from now on: calendar programs then drop it. It cannot be undone.
#[utoipa::path(
    tag = "Calendars", security(("oauth2" = ["calendars:write"]), ("bearer" = [])),
    responses((status = 204, description = "Revoked"))
)]
#[delete("/v1/calendars/{id}")]
async fn delete_calendar(call: Call<WriteCalendars>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let mut calendar = Calendar::lock(unit, id)?;
        unit.accept_empty(Expect::version(calendar.version))?;
        let now = unit.request.now;
        // The row stays: whoever still subscribes is told that it is gone.
        calendar.version += 1;
        calendar.updated_at = now;
        calendar.revoked_at = Some(now);
        diesel::update(calendars::table.find(id)).set(&calendar).execute(&mut **unit)?;
        calendar.record(unit, Operation::Deleted)?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_calendars).service(create_calendar).service(read_calendar).service(delete_calendar);
}
