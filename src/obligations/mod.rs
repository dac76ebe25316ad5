//! The ledger of obligations: who owes what, by when, and where it stands on a date. Nothing of it is stored: it is
//! computed from the clauses of the text in force and the facts known, by pure rules ([`rules`]).

pub mod rules;
pub mod store;

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use self::rules::{Duty, Owed};
use crate::aggregate::Whole as _;
use crate::auth::policy::ReadConventions;
use crate::conventions::ConventionRow;
use crate::conventions::story::Story;
use crate::domain::refusal::{Bilingual, Computed};
use crate::domain::vocabulary::{DutyNature, DutyStatus, FactKind, Side};
use crate::domain::{CivilDate, Id, Instant};
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;
use crate::http::params::Params;

/// A duty of the ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Obligation {
    /// Stable among the duties of the convention: rule and term.
    #[schema(example = "R04/0")]
    pub key: String,
    /// Rule of conventions.
    #[schema(value_type = String, example = "R04")]
    pub rule: &'static str,
    /// Article of this convention that the duty comes from.
    #[schema(example = "11")]
    pub article: Option<String>,
    /// What is to be done.
    pub what: Bilingual,
    /// The kind of the fact that meets it, when one does.
    pub kind: Option<FactKind>,
    pub nature: DutyNature,
    /// The side that owes it; null when one party does, or every one.
    pub owed_by: Option<Side>,
    /// The parties that owe it.
    pub owed_by_parties: Vec<Id>,
    /// First and last day of the term or year that it is about.
    pub window_from: Option<CivilDate>,
    pub window_until: Option<CivilDate>,
    /// The earlier of the two readings of the last day: drives reminders.
    pub due_on: Option<CivilDate>,
    /// The reading of the convention: alone decides overdue and late.
    pub deadline_on: Option<CivilDate>,
    pub status: DutyStatus,
    /// The day it was done.
    pub met_on: Option<CivilDate>,
    /// Days of lateness, when it was done late.
    pub late_by_days: u32,
    /// The facts that say so.
    pub proof: Vec<Id>,
    /// What the dates were computed from.
    #[schema(value_type = Object)]
    pub computed: Computed,
}

impl Obligation {
    /// A duty of a convention, as it stands on a date.
    pub fn of(duty: Duty, story: &Story, on: CivilDate) -> Self {
        let owes = |party: &&crate::conventions::rules::Party| match duty.owed_by {
            Owed::Every => true,
            Owed::Side(side) => party.side == side,
            Owed::Party(id) => party.id == id,
        };
        let met = duty.met_on.is_some_and(|met| met <= on);
        Self {
            status: duty.status(on),
            owed_by: match duty.owed_by {
                Owed::Side(side) => Some(side),
                Owed::Every | Owed::Party(_) => None,
            },
            owed_by_parties: story.parties.iter().filter(owes).map(|party| party.id).collect(),
            late_by_days: if met { duty.late_by_days() } else { 0 },
            met_on: duty.met_on.filter(|_| met),
            proof: if met { duty.proof } else { Vec::new() },
            key: duty.key,
            rule: duty.rule,
            article: duty.article,
            what: duty.what,
            kind: duty.kind,
            nature: duty.nature,
            window_from: duty.window.map(|(from, _)| from),
            window_until: duty.window.map(|(_, until)| until),
            due_on: duty.due_on,
            deadline_on: duty.deadline_on,
            computed: duty.computed,
        }
    }
}

/// The ledger of a convention.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ledger {
    pub convention_id: Id,
    /// The civil date (Paris) it holds for.
    pub as_of: CivilDate,
    /// Computed from what was recorded by this instant; null for everything known.
    pub known_at: Option<Instant>,
    pub items: Vec<Obligation>,
}

/// Read the ledger of obligations of a convention
///
/// What the clauses of the signed text make due (R04: information before the end; R05: talks on renewal), on `as_of`, from
/// the facts known at `known_at`. No clause, no duty.
#[utoipa::path(
    tag = "Obligations", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("as_of" = Option<String>, Query, description = "Civil date (Paris) the ledger is computed for; today when left out"),
        ("known_at" = Option<String>, Query, description = "Only what was recorded by this instant (RFC 3339)"),
    ),
    responses((status = 200, description = "The ledger", body = Ledger))
)]
#[get("/v1/conventions/{id}/obligations")]
async fn read_obligations(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            request.only_json()?;
            let mut params = Params::of(&request.query);
            let (on, known_at) = (params.one("as_of").unwrap_or(request.today), params.one("known_at"));
            params.verdict()?;
            let story = Story::load(c, row, known_at.unwrap_or(request.now))?;
            let ledger = ledger(&story, on, known_at);
            Ok(Answer::single(story.row.version, &ledger)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

fn ledger(story: &Story, on: CivilDate, known_at: Option<Instant>) -> Ledger {
    let duties = rules::duties(&story.scene()).into_iter().filter(|duty| duty.valid_on(on));
    let items = duties.map(|duty| Obligation::of(duty, story, on)).collect();
    Ledger { convention_id: story.row.id, as_of: on, known_at, items }
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_obligations);
}
