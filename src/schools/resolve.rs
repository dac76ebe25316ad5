//! Schools found by the names that people write: candidates with a score, for a person to decide. Never writes.

use actix_web::post;
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::rules::scoring::{self, Asked};
use super::school::{School, SchoolRow};
use crate::auth::policy::ReadSchools;
use crate::db::schema::schools;
use crate::db::{Connection, MultiBackend, holds};
use crate::domain::Territory;
use crate::domain::territory::department;
use crate::domain::vocabulary::{SchoolKind, SchoolMatch};
use crate::error::{Fault, both};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, Faults};
use crate::http::call::Call;
use crate::http::unit::{Expect, Unit};

/// Candidates at most.
const MOST: usize = 10;
/// A school that answers to less is none.
const LEAST: f64 = 0.4;
/// Rows that are compared at most, of one commune and of one name.
const COMPARED: i64 = 3000;
/// Questions of one request.
const QUERIES: usize = 100;

/// A school as people write it.
#[derive(Debug, Clone, Default, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "name": "CLG J. Moulin", "commune": "Aubervilliers", "academie": "24" }))]
pub struct SchoolQuery {
    /// Name as written, with or without what the school is: `CLG J. Moulin`.
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// Commune as written.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub commune: Option<String>,
    /// COG code of the département: only schools there.
    #[deserr(default)]
    pub departement: Option<String>,
    /// Code of the académie: only schools there.
    #[deserr(default)]
    pub academie: Option<String>,
    /// What it is; by default what the name says.
    #[deserr(default)]
    pub kind: Option<SchoolKind>,
}

impl SchoolQuery {
    fn check_places(&self, at: &str, faults: &mut Faults) {
        if self.departement.as_deref().is_some_and(|code| department(code).is_none()) {
            let detail = both("Aucun département ne porte ce code.", "No département has this code.");
            faults.push(Fault::pointer(format!("{at}/departement"), "unknown_code", detail));
        }
        if self.academie.as_deref().is_some_and(|code| Territory::academie(code).is_none()) {
            let detail = both("Aucune académie ne porte ce code.", "No académie has this code.");
            faults.push(Fault::pointer(format!("{at}/academie"), "unknown_code", detail));
        }
    }
}

/// One school as people write it, or many under `queries`.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "name": "CLG J. Moulin", "commune": "Aubervilliers", "academie": "24" }))]
pub struct SchoolSearch {
    /// Name as written, with or without what the school is: `CLG J. Moulin`. Required without `queries`.
    #[deserr(default)]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub name: Option<String>,
    /// Commune as written.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub commune: Option<String>,
    /// COG code of the département: only schools there.
    #[deserr(default)]
    pub departement: Option<String>,
    /// Code of the académie: only schools there.
    #[deserr(default)]
    pub academie: Option<String>,
    /// What it is; by default what the name says.
    #[deserr(default)]
    pub kind: Option<SchoolKind>,
    /// 1 to 100 schools, in the place of one; they are answered in this order.
    #[deserr(default)]
    #[validate(length(min = 1, max = 100), nested)]
    #[schema(min_items = 1, max_items = 100)]
    pub queries: Option<Vec<SchoolQuery>>,
}

impl SchoolSearch {
    /// The one school that is asked for.
    fn one(&self) -> SchoolQuery {
        SchoolQuery {
            name: self.name.clone().unwrap_or_default(),
            commune: self.commune.clone(),
            departement: self.departement.clone(),
            academie: self.academie.clone(),
            kind: self.kind,
        }
    }
}

impl Body for SchoolSearch {
    fn check(&self, faults: &mut Faults) {
        let Some(queries) = &self.queries else {
            if self.name.is_none() {
                let detail =
                    both("Ce membre est obligatoire sans queries.", "This member is required without queries.");
                faults.push(Fault::pointer("/name", "missing", detail));
            }
            return self.one().check_places("", faults);
        };
        for (rank, query) in queries.iter().take(QUERIES).enumerate() {
            query.check_places(&format!("/queries/{rank}"), faults);
        }
        let beside = [
            ("/name", self.name.is_some()),
            ("/commune", self.commune.is_some()),
            ("/departement", self.departement.is_some()),
            ("/academie", self.academie.is_some()),
            ("/kind", self.kind.is_some()),
        ];
        for (place, _) in beside.into_iter().filter(|(_, given)| *given) {
            let detail = both("Ce membre ne va pas avec queries.", "This member does not go with queries.");
            faults.push(Fault::pointer(place, "not_applicable", detail));
        }
    }
}

/// A school that may be meant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Candidate {
    pub school: School,
    /// From 0 to 1, with two decimals.
    pub score: f64,
    /// True for the one that is meant beyond reasonable doubt: a high score, well ahead of the next, in a place that was
    /// said, and of the kind that was said if one was.
    pub certain: bool,
    /// What agrees.
    pub matched: Vec<SchoolMatch>,
}

/// The answer to one of many questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolution {
    /// Best first, 10 at most.
    pub candidates: Vec<Candidate>,
}

/// The candidates for one school, or those for each of many.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Resolved {
    /// Best first, 10 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates: Option<Vec<Candidate>>,
    /// With `queries`: one for each, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<Resolution>>,
}

/// The schools that may be meant, best first.
pub fn resolve(c: &mut Connection, query: &SchoolQuery) -> QueryResult<Vec<Candidate>> {
    let asked = Asked::new(&query.name, query.kind, query.commune.as_deref())
        .within(query.departement.clone(), query.academie.clone());
    let mut rows = in_commune(c, query, &asked)?;
    let found = best(&asked, &rows);
    if found.first().is_some_and(|first| first.certain) {
        return Ok(found);
    }
    let named = by_name(c, query, &asked)?;
    rows.extend(named);
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    Ok(best(&asked, &rows))
}

fn within(query: &SchoolQuery) -> schools::BoxedQuery<'static, MultiBackend> {
    let mut rows = schools::table.into_boxed().filter(schools::source.is_not_null());
    if let Some(code) = &query.departement {
        rows = rows.filter(schools::departement.eq(Some(code.clone())));
    }
    if let Some(code) = &query.academie {
        rows = rows.filter(schools::academie.eq(Some(code.clone())));
    }
    rows
}

fn in_commune(c: &mut Connection, query: &SchoolQuery, asked: &Asked) -> QueryResult<Vec<SchoolRow>> {
    let Some(commune) = asked.commune() else { return Ok(Vec::new()) };
    // The next sign after a space: what begins with the commune and a space lies between the two.
    let (from, until) = (format!("{commune} "), format!("{commune}!"));
    within(query)
        .filter(
            schools::commune_key
                .eq(commune.to_owned())
                .or(schools::commune_key.ge(from).and(schools::commune_key.lt(until))),
        )
        .order((schools::commune_key, schools::id))
        .limit(COMPARED)
        .select(SchoolRow::as_select())
        .load(c)
}

/// Those that have all telling words of the name, or else one of the two longest.
fn by_name(c: &mut Connection, query: &SchoolQuery, asked: &Asked) -> QueryResult<Vec<SchoolRow>> {
    let patterns = holds(&asked.telling());
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = within(query);
    for pattern in &patterns {
        all = all.filter(schools::name_key.like(pattern.clone()).escape('\\'));
    }
    let all: Vec<SchoolRow> =
        all.order((schools::name_key, schools::id)).limit(COMPARED).select(SchoolRow::as_select()).load(c)?;
    if !all.is_empty() {
        return Ok(all);
    }
    let like = |rank: usize| schools::name_key.like(patterns[rank.min(patterns.len() - 1)].clone()).escape('\\');
    within(query)
        .filter(like(0).or(like(1)))
        .order((schools::name_key, schools::id))
        .limit(COMPARED)
        .select(SchoolRow::as_select())
        .load(c)
}

fn best(asked: &Asked, rows: &[SchoolRow]) -> Vec<Candidate> {
    let mut answering: Vec<_> = rows
        .iter()
        .map(|row| {
            let (score, matched) = scoring::score(asked, compared(row));
            // Two decimals, so that what is shown is what is compared.
            ((score * 100.0).round() / 100.0, matched, row)
        })
        .filter(|(score, ..)| *score >= LEAST)
        .collect();
    answering.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.uai.cmp(&b.2.uai)));
    let scores: Vec<f64> = answering.iter().map(|(score, ..)| *score).collect();
    let of_kind = |row: &SchoolRow| !scoring::of_another_kind(asked, compared(row));
    let certain = scoring::certain(asked, &scores) && answering.first().is_some_and(|(.., row)| of_kind(row));
    answering
        .into_iter()
        .take(MOST)
        .enumerate()
        .map(|(rank, (score, matched, row))| Candidate {
            school: School::from(row.clone()),
            score,
            certain: certain && rank == 0,
            matched,
        })
        .collect()
}

fn compared(row: &SchoolRow) -> scoring::School<'_> {
    scoring::School {
        name_key: &row.name_key,
        commune_key: &row.commune_key,
        kind: row.kind,
        departement: row.departement.as_deref(),
        academie: row.academie.as_deref(),
        open: row.open,
    }
}

/// Find schools by name
///
/// For names as people write them, with or without the commune. Each question is answered by candidates with a score
/// and what agrees; a person decides. Nothing is stored.
#[utoipa::path(
    tag = "Schools", security(("oauth2" = ["schools:read"]), ("bearer" = [])),
    request_body = SchoolSearch,
    responses((status = 200, description = "The candidates", body = Resolved))
)]
#[post("/v1/schools/resolve")]
async fn resolve_schools(call: Call<ReadSchools>) -> Reply {
    let (request, ids) = (call.request.clone(), call.app.ids.clone());
    call.read(move |c, _| {
        // A unit that stores nothing, on a reading connection: a search holds up no writer.
        let dry_run = Unit::is_dry_run(&request);
        let mut unit = Unit::new(c, request, ids, true);
        let asked: SchoolSearch = unit.accept_json(Expect::CREATION)?;
        let mut resolved = Resolved::default();
        if let Some(queries) = &asked.queries {
            let found = queries.iter().map(|query| Ok(Resolution { candidates: resolve(&mut unit, query)? }));
            resolved.results = Some(found.collect::<QueryResult<_>>()?);
        } else {
            resolved.candidates = Some(resolve(&mut unit, &asked.one())?);
        }
        let answer = Answer::ok(&resolved)?;
        Ok(if dry_run { answer.with("X-Dry-Run", "true") } else { answer })
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(resolve_schools);
}
