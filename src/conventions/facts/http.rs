//! `/v1/conventions/{id}/facts`: record and list; `/v1/facts/{id}`: read, acknowledge, contest.

use actix_web::{get, post};
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::{Fact, FactRow, NewFact, record, tell, tell_corrected};
use crate::aggregate::Whole as _;
use crate::auth::policy::{self, ReadConventions, WriteFacts};
use crate::conventions::ConventionRow;
use crate::conventions::store::check_tells;
use crate::conventions::story::Story;
use crate::db::record::Operation;
use crate::db::schema::facts;
use crate::db::{Connection, MultiBackend};
use crate::domain::Instant;
use crate::domain::vocabulary::{FactAnswer, FactKind};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, Faults};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

/// The list of one convention's facts.
struct Facts {
    story: Option<Story>,
    kind: Vec<FactKind>,
    known_at: Option<Instant>,
}

impl Facts {
    fn query(&self) -> Result<facts::BoxedQuery<'static, MultiBackend>, Halt> {
        let story = self.story.as_ref().ok_or_else(Halt::not_found)?;
        let mut query = facts::table.filter(facts::convention_id.eq(story.row.id)).into_boxed();
        if !self.kind.is_empty() {
            query = query.filter(facts::kind.eq_any(self.kind.clone()));
        }
        if let Some(at) = self.known_at {
            query = query.filter(facts::recorded_at.le(at));
        }
        Ok(query)
    }
}

impl Listing for Facts {
    type Item = Fact;
    const SORTS: &'static [&'static str] = &["recorded"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "kind",
        "done_by",
        "side",
        "occurred_on",
        "note",
        "refers_to",
        "effective_on",
        "duty",
        "proof",
        "replaces",
        "replaced_at",
        "recorded_by",
        "recorded_at",
        "for_another",
        "answer",
        "answer_note",
        "answered_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self { story: None, kind: params.many("kind"), known_at: params.one("known_at") }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        let row = ConventionRow::find(c, request, request.id()?)?;
        check_tells(c, request, row.id)?;
        self.story = Some(Story::load(c, row, self.known_at.unwrap_or(Instant::MAX))?);
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<Fact>, Halt> {
        let story = self.story.as_ref().ok_or_else(Halt::not_found)?;
        let query = ordered!(self.query()?, window, facts::position, facts::id, window.number());
        let rows: Vec<FactRow> = query.select(FactRow::as_select()).load(c)?;
        let at = self.known_at.unwrap_or(Instant::MAX);
        Ok(rows.into_iter().map(|fact| fact.known_by(at).view(story)).collect())
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        Ok(self.query()?.count().get_result(c)?)
    }

    fn mark(item: &Fact, _: &str) -> After {
        After { mark: Mark::Number(item.position), id: item.id }
    }
}

/// List the facts of a convention
///
/// In the order they were recorded, those corrected since included. With `known_at`, as they were known at that instant.
/// What the parties say of each other is not for schools, nor for an académie that is no party: 404.
#[utoipa::path(
    tag = "Facts", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("kind" = inline(Option<Many<FactKind>>), Query, description = "Kinds, separated by commas"),
        ("known_at" = Option<Instant>, Query, description = "Only what was recorded by this instant (RFC 3339), as it stood then"),
        ("sort" = Option<String>, Query, pattern = "^-?(recorded)$", description = "`recorded` (default); a minus in front reverses"),
    ),
    responses((status = 200, description = "Facts", body = Page<Fact>))
)]
#[get("/v1/conventions/{id}/facts")]
async fn list_facts(call: Call<ReadConventions>) -> Reply {
    call.list::<Facts>().await
}

/// Record a fact
///
/// What happened is recorded, not judged: an information given late (R04), or without effect, is kept with its warning.
/// Each party may record what any of them did; the one it is said of acknowledges or contests it.
#[utoipa::path(
    tag = "Facts", security(("oauth2" = ["facts:write"]), ("bearer" = [])), request_body = NewFact,
    responses((status = 201, description = "The fact", body = Fact))
)]
#[post("/v1/conventions/{id}/facts")]
async fn record_fact(call: Call<WriteFacts>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let row = ConventionRow::lock(unit, id)?;
        let new: NewFact = unit.accept_json(Expect::CREATION)?;
        let (fact, row) = record(unit, row, new)?;
        Answer::created(&format!("/v1/facts/{}", fact.id), row.version, &fact)
    })
    .await
}

/// Read a fact
#[utoipa::path(
    tag = "Facts", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The fact", body = Fact))
)]
#[get("/v1/facts/{id}")]
async fn read_fact(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        let (fact, row) = FactRow::seen(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(row.version, &fact)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// What a party answers to a fact that another recorded for it.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "note": "Courrier reçu le 21 décembre." }))]
struct NewAnswer {
    /// In words.
    #[deserr(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    note: Option<String>,
}

impl Body for NewAnswer {}

/// Acknowledge a fact
///
/// By the party that it is said of, when another recorded it. Once: a mind that changes is another fact.
#[utoipa::path(
    tag = "Facts", security(("oauth2" = ["facts:write"]), ("bearer" = [])), request_body = NewAnswer,
    responses((status = 200, description = "The fact, acknowledged", body = Fact))
)]
#[post("/v1/facts/{id}/acknowledge")]
async fn acknowledge_fact(call: Call<WriteFacts>) -> Reply {
    call.write(|unit| answer(unit, FactAnswer::Acknowledged)).await
}

/// Contest a fact
///
/// By the party that it is said of, when another recorded it: the fact stays visible and counts no more. Once.
#[utoipa::path(
    tag = "Facts", security(("oauth2" = ["facts:write"]), ("bearer" = [])), request_body = NewAnswer,
    responses((status = 200, description = "The fact, contested", body = Fact))
)]
#[post("/v1/facts/{id}/contest")]
async fn contest_fact(call: Call<WriteFacts>) -> Reply {
    call.write(|unit| answer(unit, FactAnswer::Contested)).await
}

fn answer(unit: &mut Unit<'_>, says: FactAnswer) -> Result<Answer, Halt> {
    let request = unit.request.clone();
    let id = request.id()?;
    let (found, _) = FactRow::find(unit, &request, id)?;
    let row = ConventionRow::lock(unit, found.convention_id)?;
    let (fact, _) = FactRow::find(unit, &request, id)?;
    let story = Story::load(unit, row, Instant::MAX)?;
    let party = story.pieces.parties.iter().find(|party| party.id == fact.party_id);
    let mine = request.caller.organisation_id;
    let is_party = mine.is_some() && party.map(|party| party.organisation_id) == mine;
    let records = policy::may_record(&request.caller, &story.row.standing(unit)?);
    if !is_party || !records || fact.recorder_id == mine {
        return Err(Problem::plain("not_allowed").into());
    }
    let new: NewAnswer = unit.accept_json(Expect::version(story.row.version))?;
    if fact.answer.is_some() {
        return Err(Problem::plain("already_answered").into());
    }
    let before = fact.clone().view(&story);
    let fact = FactRow {
        answer: Some(says),
        answer_note: new.note,
        answered_by: Some(request.caller.client_id),
        answered_at: Some(request.now),
        ..fact
    };
    diesel::update(facts::table.find(fact.id)).set(&fact).execute(&mut **unit)?;
    let row = story.row.touch(unit)?;
    let story = Story::load(unit, row, Instant::MAX)?;
    let view = fact.view(&story);
    tell(unit, &story.row, Operation::Updated, Some(&before), &view)?;
    tell_corrected(unit, &story.row, story.row.version, &story.facts, view.replaces)?;
    Answer::single(story.row.version, &view)
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_facts).service(record_fact).service(read_fact).service(acknowledge_fact).service(contest_fact);
}
