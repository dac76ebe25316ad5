//! `/v1/schools`.

use actix_web::get;
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::readings::{self, Directory};
use super::school::{School, SchoolRow};
use super::{list, resolve};
use crate::auth::policy::ReadSchools;
use crate::db::schema::schools;
use crate::domain::identifiers::Uai;
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;

/// Read a school
///
/// By its number. One of which only the number is known has `known: false`.
#[utoipa::path(
    tag = "Schools", security(("oauth2" = ["schools:read"]), ("bearer" = [])),
    params(("id" = Uai, Path, description = "UAI of the school. What is no UAI is simply not found.")),
    responses((status = 200, description = "The school", body = School))
)]
#[get("/v1/schools/{id}")]
async fn read_school(call: Call<ReadSchools>) -> Reply {
    call.read(|c, request| {
        let uai: Uai = request.id.as_deref().and_then(|text| text.parse().ok()).ok_or_else(Halt::not_found)?;
        let row: SchoolRow = schools::table
            .filter(schools::uai.eq(uai))
            .select(SchoolRow::as_select())
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)?;
        request.plain_read()?;
        let answer = Answer::single(row.updated_at.as_micros(), &School::from(row))?;
        Ok(answer.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Read the state of the directory
///
/// Which file was read last, of what day, what it changed, and how many schools there are.
#[utoipa::path(
    tag = "Schools", security(("oauth2" = ["schools:read"]), ("bearer" = [])),
    responses((status = 200, description = "The directory as it stands here", body = Directory))
)]
#[get("/v1/schools/directory")]
async fn read_directory(call: Call<ReadSchools>) -> Reply {
    call.read(|c, request| {
        request.plain_read()?;
        let directory = c.snapshot(readings::directory)?;
        let version = directory.last_read.as_ref().map_or(1, |read| read.imported_at.as_micros());
        Ok(Answer::single(version, &directory)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    // The directory before what stands under a number.
    cfg.service(read_directory).service(read_school);
    list::routes(cfg);
    resolve::routes(cfg);
}
