//! `/health/live`, `/health/ready`, `/metrics`: for balancers, orchestrators and dashboards. No token.

use actix_web::get;
use actix_web::http::StatusCode;
use diesel::RunQueryDsl as _;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::{Answer, Reply, settle};
use crate::app::App;
use crate::db::feed;
use crate::error::{Halt, Problem, both};

/// The state of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: anything else is a problem.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// Version of the program.
    #[schema(value_type = String, example = "0.1.0")]
    pub version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// The process runs
///
/// Answers as long as the process can answer at all; it asks nothing of the database.
#[utoipa::path(tag = "Service", responses((status = 200, description = "The process runs", body = Health)))]
#[get("/health/live")]
pub async fn live() -> Reply {
    settle(Answer::ok(&OK))
}

/// The service can serve
///
/// 200 when the database answers; 503 when it does not, or once the service is stopping, so that a balancer sends its
/// requests elsewhere.
#[utoipa::path(tag = "Service", responses((status = 200, description = "The service can serve", body = Health)))]
#[get("/health/ready")]
pub async fn ready(app: App) -> Reply {
    if app.draining() {
        return Err(Problem::new("unavailable", both("Le service s'arrête.", "The service is stopping.")).into());
    }
    if !app.db.is_ready() {
        return settle(Err(Halt::not_now()));
    }
    let asked = app.db.read(|c| {
        diesel::sql_query("SELECT 1").execute(c)?;
        Ok(())
    });
    let answered = match tokio::time::timeout(std::time::Duration::from_secs(2), asked).await {
        Ok(Ok(())) => Answer::ok(&OK),
        Ok(Err(_)) | Err(_) => Err(Halt::unavailable("readiness: the database does not answer")),
    };
    settle(answered)
}

/// Metrics for Prometheus
///
/// Text format: requests and their durations by route template, units waiting at the database, per replica; and what the
/// database knows of the jobs and of the change feed, when it answers.
#[utoipa::path(tag = "Service", responses((status = 200, description = "Metrics", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn metrics(app: App) -> Reply {
    let asked = app.db.read(|c| Ok((crate::jobs::http::all(c)?, feed::head(c)?.position, feed::waiting(c)?)));
    // A database that is down must not hide what this replica knows.
    if let Ok(Ok((jobs, position, waiting))) = tokio::time::timeout(std::time::Duration::from_secs(2), asked).await {
        app.metrics.upkeep(&jobs, position, waiting);
    }
    settle(
        app.metrics
            .text(app.db.waiting(), app.db.replica_up())
            .map(|text| Answer::bytes(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text))
            .map_err(Halt::Broken),
    )
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(live).service(ready).service(metrics);
}
