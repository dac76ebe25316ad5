//! The consolidated text of a convention on a day, and what an amendment changes in it.

use std::fmt::Write as _;

use actix_web::get;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::amendment::AmendmentRow;
use super::laid::Laid;
use super::rules::render;
use super::rules::{Reason, TextDiff, apply, diff};
use crate::aggregate::Whole as _;
use crate::auth::policy::ReadConventions;
use crate::conventions::convention::ConventionRow;
use crate::conventions::rules;
use crate::domain::vocabulary::ConventionStatus;
use crate::domain::{Bilingual, CivilDate, Id, Instant};
use crate::error::{Fault, Halt, both};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::params::Params;
use crate::http::{etag, negotiate};

const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// The amendment that a passage comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AmendmentLabel {
    pub id: Id,
    pub number: i64,
    pub title: String,
    pub in_force_from: CivilDate,
}

/// An article of the consolidated text.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsolidatedArticle {
    pub id: Id,
    /// Number of its part.
    pub part: Option<String>,
    pub part_label: Option<String>,
    pub number: String,
    pub heading: Option<String>,
    /// Markdown; empty when the article is repealed.
    pub body: String,
    pub repealed: bool,
    /// The amendment it comes from; null as it was signed at first.
    pub amended_by: Option<AmendmentLabel>,
}

/// The text of a convention on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsolidatedText {
    pub convention_id: Id,
    pub title: String,
    /// The civil date (Paris) of the text.
    pub as_of: CivilDate,
    /// Where the convention stands on that day: before its first day and after its end it is shown, and binds nobody.
    pub status: ConventionStatus,
    /// Markdown.
    pub preamble: Option<String>,
    /// The amendment that the preamble comes from.
    pub preamble_amended_by: Option<AmendmentLabel>,
    pub articles: Vec<ConsolidatedArticle>,
    /// The amendments in force on that day, in the order they came.
    pub amendments: Vec<AmendmentLabel>,
    /// Edits of these that do not apply, though signed: nothing is passed over in silence. None, unless the rows were
    /// written beside the service.
    pub not_applied: Vec<NotApplied>,
}

/// An edit in force that does not apply to the text it amends.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotApplied {
    pub amendment: AmendmentLabel,
    pub edit: Id,
    /// `words_absent`, `unknown_article`…
    pub code: String,
    pub detail: Bilingual,
}

fn not_applied(laid: &Laid, refused: &[(Id, Reason)], labels: &[AmendmentLabel]) -> Vec<NotApplied> {
    let of = |edit: Id| laid.rows.iter().find(|row| row.edits.0.iter().any(|known| known.id == edit));
    let label = |edit: Id| of(edit).and_then(|row| labels.iter().find(|label| label.id == row.id)).cloned();
    let told = |(edit, reason): &(Id, Reason)| {
        Some(NotApplied {
            amendment: label(*edit)?,
            edit: *edit,
            code: reason.code().to_owned(),
            detail: reason.detail(),
        })
    };
    refused.iter().filter_map(told).collect()
}

/// The amendments in force on a day.
fn labels(laid: &Laid, on: CivilDate) -> Vec<AmendmentLabel> {
    let labelled = laid.in_force_on(on).into_iter().map(|(in_force_from, row)| AmendmentLabel {
        id: row.id,
        number: row.position,
        title: row.title.clone(),
        in_force_from,
    });
    labelled.collect()
}

/// The consolidated text on a day.
pub fn consolidated(laid: &Laid, on: CivilDate) -> ConsolidatedText {
    let (applied, amendments, parts) = (laid.on(on), labels(laid, on), laid.parts());
    let not_applied = not_applied(laid, &applied.refused, &amendments);
    let text = applied.text;
    let label = |number: Option<i64>| amendments.iter().find(|label| Some(label.number) == number).cloned();
    let part_label = |part: &Option<String>| {
        parts.iter().find(|(number, _)| Some(number) == part.as_ref()).and_then(|(_, label)| label.clone())
    };
    let articles = text.articles.into_iter().map(|article| ConsolidatedArticle {
        id: article.id,
        part_label: part_label(&article.part),
        part: article.part,
        number: article.number,
        heading: article.heading,
        body: article.body,
        repealed: article.repealed,
        amended_by: label(article.amended_by),
    });
    ConsolidatedText {
        convention_id: laid.story.row.id,
        title: laid.story.row.title.clone(),
        as_of: on,
        status: rules::status(&laid.story.lived.spans, on),
        preamble: text.preamble,
        preamble_amended_by: label(text.preamble_amended_by),
        articles: articles.collect(),
        amendments,
        not_applied,
    }
}

/// The same as Markdown.
pub fn markdown(laid: &Laid, on: CivilDate) -> String {
    let labels = labels(laid, on);
    let note = |number: i64| {
        let label = labels.iter().find(|label| label.number == number)?;
        Some(format!("Avenant n° {number}, en vigueur le {}.", label.in_force_from))
    };
    let applied = laid.on(on);
    let mut page = render::markdown(&laid.story.row.title, &applied.text, &laid.parts(), note);
    for missed in not_applied(laid, &applied.refused, &labels) {
        let (number, why) = (missed.amendment.number, missed.detail.fr);
        let _ = write!(page, "*Avenant n° {number} : une modification signée ne s'applique pas. {why}*\n\n");
    }
    page
}

/// Read the text in force on a day
///
/// The consolidated text: what was signed, with every amendment in force on `as_of` (today when left out) applied, each
/// article with the amendment it comes from. Computed when asked for: what was signed is never rewritten. JSON, or
/// Markdown by `Accept` or `format=markdown`, where words are escaped: none forges a heading or an element of HTML.
///
/// `known_at` limits the signatures, of the convention and of its amendments, and the facts, to those recorded by that
/// instant. Drafts have no history: the words are those of today, which nobody has changed since every party signed them,
/// for the original as for each amendment.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("as_of" = Option<CivilDate>, Query, description = "Civil date (Paris) of the text; today when left out"),
        ("known_at" = Option<Instant>, Query, description = "Only what was recorded by this instant (RFC 3339)"),
        ("format" = Option<String>, Query, pattern = "^(json|markdown)$", description = "`json` or `markdown`, whatever `Accept` says"),
    ),
    responses((status = 200, description = "The text", content(
        (ConsolidatedText = "application/json"), (String = "text/markdown"),
    )))
)]
#[get("/v1/conventions/{id}/text")]
async fn read_convention_text(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            let mut params = Params::of(&request.query);
            let on = params.one("as_of").unwrap_or(request.today);
            let known_at: Option<Instant> = params.one("known_at");
            let asked = params.choice("format", &["json", "markdown"]);
            let as_markdown = match asked {
                Some(format) => format == "markdown",
                None => negotiate::choose(
                    request.accept.as_deref(),
                    &[("application/json", false), ("text/markdown", true)],
                )?,
            };
            params.verdict()?;
            let version = row.version;
            let laid = Laid::load(c, row, known_at.unwrap_or(Instant::MAX))?;
            let answer = if as_markdown {
                let page = markdown(&laid, on);
                let tag = etag::of(version, page.as_bytes());
                Answer::bytes(StatusCode::OK, MARKDOWN, page).with("ETag", tag)
            } else {
                Answer::single(version, &consolidated(&laid, on))?
            };
            Ok(answer.with("Vary", "Accept").unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

/// What changed in the text between two days.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConventionTextDiff {
    pub convention_id: Id,
    pub from: CivilDate,
    pub to: CivilDate,
    #[serde(flatten)]
    pub diff: TextDiff,
}

/// Compare the text of two days
///
/// Articles added, removed and changed between `from` and `to` (today when left out), word by word.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    params(
        ("from" = Option<CivilDate>, Query, description = "Civil date (Paris) of the text before"),
        ("to" = Option<CivilDate>, Query, description = "Civil date (Paris) of the text after; today when left out"),
    ),
    responses((status = 200, description = "The difference", body = ConventionTextDiff))
)]
#[get("/v1/conventions/{id}/text/diff")]
async fn compare_convention_text(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let row = ConventionRow::find(c, request, request.id()?)?;
            request.only_json()?;
            let (from, to) = days(request)?;
            let version = row.version;
            let laid = Laid::load(c, row, Instant::MAX)?;
            let diff = diff(&laid.on(from).text, &laid.on(to).text);
            let body = ConventionTextDiff { convention_id: laid.story.row.id, from, to, diff };
            Ok(Answer::single(version, &body)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

fn days(request: &Request) -> Result<(CivilDate, CivilDate), Halt> {
    let mut params = Params::of(&request.query);
    let (from, to): (Option<CivilDate>, Option<CivilDate>) = (params.one("from"), params.one("to"));
    if !params.has("from") {
        params.fault(Fault::parameter(
            "from",
            "missing",
            both("Ce paramètre est obligatoire.", "This parameter is required."),
        ));
    }
    params.verdict()?;
    Ok((from.unwrap_or(request.today), to.unwrap_or(request.today)))
}

/// What an amendment changes in the text that it amends.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendmentDiff {
    pub amendment_id: Id,
    /// Edits that do not apply: they are left out.
    pub not_applicable: Vec<Id>,
    #[serde(flatten)]
    pub diff: TextDiff,
}

/// Compare the text without and with an amendment
///
/// Before its signature as after: the text that it amends, and what it makes of it, word by word.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:read"]), ("bearer" = [])),
    responses((status = 200, description = "The difference", body = AmendmentDiff))
)]
#[get("/v1/amendments/{id}/diff")]
async fn compare_amendment(call: Call<ReadConventions>) -> Reply {
    call.read(|c, request| {
        c.snapshot(|c| {
            let (amendment, row) = AmendmentRow::find(c, request, request.id()?)?;
            request.plain_read()?;
            let version = row.version;
            let laid = Laid::load(c, row, Instant::MAX)?;
            let before = laid.base_of(&amendment, request.today);
            let applied = apply(&before, amendment.position, &amendment.edits.0);
            let not_applicable = applied.refused.iter().map(|(id, _)| *id).collect();
            let diff = diff(&before, &applied.text);
            let body = AmendmentDiff { amendment_id: amendment.id, not_applicable, diff };
            Ok(Answer::single(version, &body)?.unless_known(request.if_none_match.as_deref()))
        })
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_convention_text).service(compare_convention_text).service(compare_amendment);
}
