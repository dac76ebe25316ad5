//! `GET /v1/todo`: what waits for the caller, most urgent first.
//!
//! Each source says what waits, from the rows of conventions that its organisation is party to or drafts ([`sources`]), and
//! from the actions that it sees ([`crate::actions::todo`]).

mod sources;

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::policy::ReadConventions;
use crate::domain::vocabulary::{DutyStatus, TodoKind, Urgency};
use crate::domain::{Bilingual, CivilDate, Id};
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;
use crate::http::list::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::http::params::Params;

/// Something that waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Waiting {
    /// The list is open: others come with the scopes of what they are about.
    pub kind: TodoKind,
    pub urgency: Urgency,
    /// What is to be done.
    pub title: Bilingual,
    pub convention_id: Id,
    pub convention_title: String,
    /// What it is about: the obligation, the convention, the amendment, the fact, the action.
    pub resource_id: Id,
    /// Where to act: the address of a POST.
    #[schema(example = "/v1/conventions/0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50/facts")]
    pub address: String,
    /// The earlier reading of the day, or the event.
    pub due_on: Option<CivilDate>,
    /// After it, late.
    pub deadline_on: Option<CivilDate>,
    /// Where the duty stands today; null for what is no duty.
    pub status: Option<DutyStatus>,
    /// Days until the deadline, negative once it has passed; null without a deadline.
    pub days_left: Option<i64>,
    /// Since when it waits.
    pub since: CivilDate,
}

impl Waiting {
    /// Most urgent first: what is late the longest, then what is due the soonest, then what waits the longest.
    fn rank(&self) -> (Urgency, CivilDate, TodoKind, Id) {
        let day = self.deadline_on.or(self.due_on).unwrap_or(self.since);
        (self.urgency, day, self.kind, self.resource_id)
    }
}

/// What waits for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Todo {
    /// Today, in Paris.
    pub as_of: CivilDate,
    pub items: Vec<Waiting>,
    /// True when more waits than `limit`.
    pub more: bool,
}

/// Read what waits for me
///
/// Most urgent first: the duties that the caller's organisation owes and that are due or overdue, conventions and
/// amendments ready for its signature, facts recorded for it that it has not answered, clauses to confirm on its drafts and
/// its amendments. Of the actions that the caller sees and may write: requests and proposals to plan or decline (association, académie),
/// dates to confirm and attendances to declare (school), results to declare once the last session is over (association, and
/// an académie of those it entered).
///
/// Once a convention has ended, what was due at a date waits no more, as `next_duty` says. Until then a year without its
/// meeting still does, though `next_duty` goes on to the next: one held in time may be recorded late. Amendments wait one
/// after the other, in the order in which they are signed.
#[utoipa::path(
    tag = "Obligations", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200, description = "Items at most, 1 to 200; 50 when left out")),
    responses((status = 200, description = "What waits", body = Todo))
)]
#[get("/v1/todo")]
async fn read_todo(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            request.only_json()?;
            let mut params = Params::of(&request.query);
            let limit = params.integer("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
            params.verdict()?;
            let mut items = sources::all(c, request)?;
            items.sort_by_key(Waiting::rank);
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = items.len() > limit;
            items.truncate(limit);
            // Nobody's version: its tag is that of its content alone.
            let todo = Todo { as_of: request.today, items, more };
            Ok(Answer::single(1, &todo)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_todo);
}
