//! The ledger of obligations: who owes what, by when, and where it stands on a date. Nothing of it is stored: it is
//! computed from the clauses of the text in force and the facts known, by pure rules ([`crate::conventions::rules::life`]).

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::aggregate::Whole as _;
use crate::auth::policy::ReadConventions;
use crate::conventions::content::Pieces;
use crate::conventions::facts::{self, FactRow};
use crate::conventions::{ConventionRow, rules};
use crate::db::Connection;
use crate::domain::vocabulary::{DutyNature, DutyStatus, FactKind, Side};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
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
    /// What is to be done: the kind of the fact that meets it.
    pub kind: FactKind,
    pub nature: DutyNature,
    /// The side that owes it; every party when null.
    pub owed_by: Option<Side>,
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
            let ledger = ledger(c, request, &row, on, known_at)?;
            Ok(Answer::single(row.version, &ledger)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

fn ledger(
    c: &mut Connection,
    request: &Request,
    row: &ConventionRow,
    on: CivilDate,
    known_at: Option<Instant>,
) -> Result<Ledger, Halt> {
    let pieces = Pieces::load(c, row.id)?;
    let terms = pieces.terms(row);
    let known = FactRow::known(c, row.id, known_at.unwrap_or(request.now))?;
    let duties = rules::duties(&row.spans(), &terms, &facts::life(&known, &pieces), on);
    let article = terms.renewal_information.article();
    let items = duties
        .into_iter()
        .map(|duty| Obligation {
            proof: facts::proof(&known, duty.kind, duty.met_on),
            key: duty.key,
            rule: duty.rule,
            article: article.map(str::to_owned),
            kind: duty.kind,
            nature: duty.nature,
            owed_by: duty.owed_by,
            due_on: duty.due_on,
            deadline_on: duty.deadline_on,
            status: duty.status,
            met_on: duty.met_on,
            late_by_days: duty.late_by_days,
        })
        .collect();
    Ok(Ledger { convention_id: row.id, as_of: on, known_at, items })
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_obligations);
}
