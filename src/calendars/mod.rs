//! Calendars: the ledger of obligations in a calendar program, at a secret address.
//!
//! A caller makes a calendar of one convention, or of all that it sees (`POST /v1/calendars`). Its address is shown once
//! and needs no token: whoever has it reads what the holder of the calendar sees today, and nothing once the calendar, or
//! its holder, was revoked. A duty that has a date is an event of a whole day.
//!
//! - [`rules`]: which duties a calendar shows, on which day, and which are cancelled; pure;
//! - [`entries`]: an event as RFC 5545 writes it;
//! - [`file`](mod@file): what a secret address answers; [`http`]: `/v1/calendars`.

pub mod entries;
pub mod file;
mod http;
pub mod rules;

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::auth::secret;
use crate::changes::audience::Audience;
use crate::db::record::{Change, Operation};
use crate::db::schema::calendars;
use crate::db::{Connection, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::{Id, Instant};
use crate::error::Halt;
use crate::http::body::{Body, Faults};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// What a calendar is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "name": "Échéances de la convention", "convention_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50" }))]
pub struct NewCalendar {
    /// Its name, as a calendar program shows it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The convention whose ledger it shows; null for every one that the caller sees.
    #[deserr(default)]
    pub convention_id: Option<Id>,
}

impl Body for NewCalendar {}

/// A calendar of its caller's own.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = calendars, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Calendar {
    pub id: Id,
    pub version: i64,
    pub name: String,
    #[serde(skip)]
    pub name_key: String,
    /// The client or the grant whose perimeter it shows.
    #[serde(skip)]
    pub holder_id: Id,
    /// The convention whose ledger it shows; null for every one that its holder sees.
    pub convention_id: Option<Id>,
    #[serde(skip)]
    pub secret_hash: String,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[serde(skip)]
    pub revoked_at: Option<Instant>,
}

/// A calendar and its address, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarWithAddress {
    pub calendar: Calendar,
    /// Where a calendar program subscribes. Whoever has it reads the calendar; it is stored as SHA-256 and never shown
    /// again.
    #[schema(example = "https://passerelle.example/calendars/kY3aZ0u0cQmN6m5r2w8vJxqkD1bTfG4hL7sP9eRiUoA.ics")]
    pub url: String,
}

impl Calendar {
    /// A new calendar of a caller, with the hash of its secret.
    fn make(id: Id, new: NewCalendar, secret: &str, request: &Request) -> Self {
        Self {
            id,
            version: 1,
            name_key: fold(&new.name),
            name: new.name,
            holder_id: request.caller.client_id,
            convention_id: new.convention_id,
            secret_hash: secret::hash(secret),
            created_at: request.now,
            updated_at: request.now,
            revoked_at: None,
        }
    }

    /// One of the caller's own that was not revoked; 404 otherwise.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        calendars::table
            .find(id)
            .filter(calendars::holder_id.eq(request.caller.client_id).and(calendars::revoked_at.is_null()))
            .select(Self::as_select())
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)
    }

    /// The same, and nobody else writes it until this unit ends.
    fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        crate::db::lock_row(unit, "calendars", id)?;
        let request = unit.request.clone();
        Self::find(unit, &request, id)
    }

    /// The calendar behind a secret, revoked or not.
    fn behind(c: &mut Connection, secret: &str) -> QueryResult<Option<Self>> {
        let hash = secret::hash(secret);
        calendars::table.filter(calendars::secret_hash.eq(hash)).select(Self::as_select()).first(c).optional()
    }

    /// Tells that the calendars of a convention go with it: it is about to be deleted.
    pub fn go_with(unit: &mut Unit<'_>, convention: Id) -> Result<(), Halt> {
        let live = calendars::convention_id.eq(Some(convention)).and(calendars::revoked_at.is_null());
        let all: Vec<Self> = calendars::table.filter(live).select(Self::as_select()).load(&mut **unit)?;
        for calendar in all {
            Self { version: calendar.version + 1, ..calendar }.record(unit, Operation::Deleted)?;
        }
        Ok(())
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation) -> Result<(), Halt> {
        let form = serde_json::to_value(self)?;
        let holder = Some(Audience::default().holder(self.holder_id).keep(unit)?);
        let gone = operation == Operation::Deleted;
        unit.record(&Change {
            kind: "calendar",
            resource: self.id,
            version: self.version,
            operation,
            // Its holder's own: who reads the audit of the convention does not read this.
            convention: None,
            organisation: None,
            seen_by: holder.filter(|_| !gone),
            was_seen_by: holder.filter(|_| gone),
            before: gone.then_some(&form),
            after: (!gone).then_some(&form),
        })
    }
}

/// Every route of the area.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    http::routes(cfg);
    file::routes(cfg);
}
