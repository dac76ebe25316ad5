//! Reference data: the closed vocabularies with their labels, the territories, the legal readings chosen.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::policy::ReadReference;
use crate::domain::Bilingual;
use crate::domain::interpretations::{Interpretation, interpretations};
use crate::domain::territory::{self, Territory};
use crate::domain::vocabulary::{Vocabulary, vocabularies, vocabulary_named};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::params::Params;

/// A whole reference list: it is short and changes with the program only.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reference<T: ToSchema> {
    pub items: Vec<T>,
}

/// A territory, with what contains it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TerritoryEntry {
    /// How a territory is written everywhere: `national`, `region:11`, `academie:24`.
    pub code: Territory,
    pub label: Bilingual,
    /// The région académique of an académie.
    pub region: Option<Territory>,
    /// Zone of the school holidays; none where there is no zone.
    #[schema(example = "C")]
    pub holiday_zone: Option<String>,
    /// Codes of its départements.
    pub departments: Vec<String>,
}

/// List the vocabularies
///
/// Every closed list of codes that a request or an answer may carry, with French and English labels.
#[utoipa::path(
    tag = "Reference", security(("oauth2" = ["reference:read"]), ("bearer" = [])),
    responses((status = 200, description = "The vocabularies", body = Reference<Vocabulary>))
)]
#[get("/v1/reference/vocabularies")]
async fn list_vocabularies(call: Call<ReadReference>) -> Reply {
    fixed(&call, |_| Answer::ok(&Reference { items: vocabularies().to_vec() }))
}

/// Read a vocabulary
///
/// By its name, for instance `audience` or `clause_kind`.
#[utoipa::path(
    tag = "Reference", security(("oauth2" = ["reference:read"]), ("bearer" = [])),
    params(("id" = String, Path, description = "Name of the vocabulary", example = "audience")),
    responses((status = 200, description = "The vocabulary", body = Vocabulary))
)]
#[get("/v1/reference/vocabularies/{id}")]
async fn read_vocabulary(call: Call<ReadReference>) -> Reply {
    fixed(&call, |request| {
        let found = request.id.as_deref().and_then(vocabulary_named).ok_or_else(Halt::not_found)?;
        Answer::ok(found)
    })
}

/// List the territories
///
/// The nation, its régions académiques and académies, with their départements and holiday zones.
#[utoipa::path(
    tag = "Reference", security(("oauth2" = ["reference:read"]), ("bearer" = [])),
    responses((status = 200, description = "The territories", body = Reference<TerritoryEntry>))
)]
#[get("/v1/reference/territories")]
async fn list_territories(call: Call<ReadReference>) -> Reply {
    fixed(&call, |_| Answer::ok(&Reference { items: territories() }))
}

/// List the interpretations
///
/// Where a text allows two readings, the reading is a parameter with a visible default; these are the parameters, with
/// their sources.
#[utoipa::path(
    tag = "Reference", security(("oauth2" = ["reference:read"]), ("bearer" = [])),
    responses((status = 200, description = "The interpretations", body = Reference<Interpretation>))
)]
#[get("/v1/reference/interpretations")]
async fn list_interpretations(call: Call<ReadReference>) -> Reply {
    fixed(&call, |_| Answer::ok(&Reference { items: interpretations().to_vec() }))
}

/// Answers what no database holds, with an ETag like any single resource.
fn fixed(call: &Call<ReadReference>, answer: impl FnOnce(&Request) -> Result<Answer, Halt>) -> Reply {
    crate::http::answer::settle(answer(&call.request).and_then(|found| tagged(&call.request, found)))
}

fn tagged(request: &Request, answer: Answer) -> Result<Answer, Halt> {
    request.only_json()?;
    Params::of(&request.query).verdict()?;
    let body = match &answer.body {
        crate::http::answer::Content::Whole(bytes) => bytes.clone(),
        _ => return Ok(answer),
    };
    let tag = crate::http::etag::of(1, &body);
    Ok(answer.with("ETag", tag).unless_known(request.if_none_match.as_deref()))
}

fn territories() -> Vec<TerritoryEntry> {
    let nation = TerritoryEntry {
        code: Territory::National,
        label: Territory::National.label(),
        region: None,
        holiday_zone: None,
        departments: Vec::new(),
    };
    let regions = territory::regions().iter().filter_map(|region| {
        let code = Territory::region(region.code.as_str())?;
        let departments = code.academies().iter().flat_map(departments_of).collect();
        Some(TerritoryEntry { label: code.label(), code, region: None, holiday_zone: None, departments })
    });
    let academies = territory::academies().iter().filter_map(|academie| {
        let code = Territory::academie(academie.code.as_str())?;
        Some(TerritoryEntry {
            label: code.label(),
            region: Territory::region(academie.code.region().code.as_str()),
            holiday_zone: academie.holiday_zone.map(str::to_owned),
            departments: departments_of(academie).collect(),
            code,
        })
    });
    std::iter::once(nation).chain(regions).chain(academies).collect()
}

fn departments_of(academie: &territory::Academie) -> impl Iterator<Item = String> {
    academie.departments.iter().map(|d| d.code.to_string())
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_vocabularies).service(read_vocabulary).service(list_territories).service(list_interpretations);
}
