//! `GET /v1/jobs`: whether the jobs do their work, for the operator.

use actix_web::get;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::policy::ReadJobs;
use crate::db::MultiBackend;
use crate::db::schema::jobs;
use crate::domain::Instant;
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;

/// A job, as its last run left it. Times are the database's own.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = jobs, check_for_backend(MultiBackend))]
pub struct JobState {
    #[schema(example = "dates_reached")]
    pub name: String,
    /// The replica that ran it last, or holds it now; empty when none has.
    pub owner: String,
    /// It belongs to that replica until then, unless renewed; the start of 1970 when nobody holds it.
    pub lease_until: Instant,
    /// Due then.
    pub next_at: Instant,
    pub started_at: Option<Instant>,
    /// When it last did its work.
    pub last_ok: Option<Instant>,
    /// Why it last did not; null once it has.
    pub last_error: Option<String>,
    pub runs: i64,
    pub failures: i64,
}

/// The jobs of this instance.
#[derive(Debug, Serialize, ToSchema)]
pub struct Jobs {
    pub jobs: Vec<JobState>,
}

/// Every job that a replica has registered.
pub fn all(c: &mut crate::db::Connection) -> QueryResult<Vec<JobState>> {
    jobs::table.order(jobs::name).select(JobState::as_select()).load(c)
}

/// Read the health of the jobs
///
/// Which replica holds each, when it last did its work and why it last failed. Empty until a replica with jobs has
/// started.
#[utoipa::path(
    tag = "Service", security(("oauth2" = ["jobs:read"]), ("bearer" = [])),
    responses((status = 200, description = "The jobs", body = Jobs))
)]
#[get("/v1/jobs")]
async fn read_jobs(call: Call<ReadJobs>) -> Reply {
    call.read(|c, request| {
        request.plain_read()?;
        let body = serde_json::to_vec(&Jobs { jobs: all(c)? })?;
        let tag = crate::http::etag::of(0, &body);
        let answer = Answer::bytes(actix_web::http::StatusCode::OK, "application/json", body).with("ETag", tag);
        Ok(answer.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_jobs);
}
