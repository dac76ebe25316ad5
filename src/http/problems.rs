//! `/problems/{code}`: the address in a problem's `type` serves its explanation.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::{Answer, Reply, settle};
use crate::domain::Bilingual;
use crate::error::table::{self, Entry};
use crate::error::{Halt, both};

/// A kind of problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemKind {
    /// Stable code.
    #[schema(value_type = String, example = "version_mismatch")]
    pub code: &'static str,
    /// HTTP status it is answered with.
    #[schema(example = 412)]
    pub status: u16,
    /// What it is called.
    pub title: Bilingual,
    /// When it is answered.
    pub when: Bilingual,
}

impl From<&Entry> for ProblemKind {
    fn from(entry: &Entry) -> Self {
        Self {
            code: entry.code,
            status: entry.status,
            title: both(entry.title.0, entry.title.1),
            when: both(entry.when.0, entry.when.1),
        }
    }
}

/// Every kind of problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemKinds {
    pub items: Vec<ProblemKind>,
}

/// List the kinds of problems
///
/// The one table of error codes, in French and in English. Codes never change.
#[utoipa::path(tag = "Service", responses((status = 200, description = "Every kind of problem", body = ProblemKinds)))]
#[get("/problems")]
pub async fn list_problems() -> Reply {
    settle(Answer::ok(&ProblemKinds { items: table::TABLE.iter().map(ProblemKind::from).collect() }))
}

/// Explain a kind of problem
///
/// The `type` of a problem is the address of its explanation.
#[utoipa::path(
    tag = "Service",
    params(("code" = String, Path, description = "Code of the problem", example = "version_mismatch")),
    responses((status = 200, description = "The kind of problem", body = ProblemKind))
)]
#[get("/problems/{code}")]
pub async fn read_problem(request: HttpRequest) -> Reply {
    let code = request.match_info().get("code").unwrap_or_default();
    let found = table::TABLE.iter().find(|entry| entry.code == code);
    settle(found.ok_or_else(Halt::not_found).and_then(|entry| Answer::ok(&ProblemKind::from(entry))))
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_problems).service(read_problem);
}
