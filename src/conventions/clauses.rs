//! Clauses: what the text says that a machine can compute with. The importer proposes them with their lines; people
//! confirm them, or declare that the text has none. Only confirmed clauses switch a rule on.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::amendments::pieces;
use super::convention::ConventionRow;
use super::references::{self, Kind};
use crate::aggregate::{Piece, Place};
use crate::auth::policy::{ReadConventions, WriteConventions};
use crate::db::schema::{articles, clauses};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::vocabulary::{ClauseKind, Unit as PeriodUnit};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::{piece_routes, piece_store};

/// What a clause computes with. Each kind has its own members; the others are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct ClauseParameters {
    /// Length, in `unit`.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1200))]
    #[schema(minimum = 1, maximum = 1200)]
    pub value: Option<u16>,
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<PeriodUnit>,
    /// First day that the text names.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<CivilDate>,
    /// Last day that the text names.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<CivilDate>,
    /// Day it takes effect, when the text names one.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<CivilDate>,
    /// Whether tacit renewal is allowed.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<bool>,
    /// Renewals at most.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub times: Option<u16>,
    /// Who owes it, by the alias or name of the party.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub by: Option<String>,
    /// What the period is counted from, in the text's words.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub counted_from: Option<String>,
    /// What the period is for.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub what: Option<String>,
    /// The body that steers.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub body: Option<String>,
    /// Meetings a year at least.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 366))]
    #[schema(minimum = 1, maximum = 366)]
    pub minimum_per_year: Option<u16>,
    /// Who may invite to the committee the regions that have signed a territorial convention (R14), by alias or name.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub regions_invited_by: Option<String>,
    /// True when experts and qualified persons may be associated with the work of the committee (R15).
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experts: Option<bool>,
    /// Who proposes the minutes.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub proposed_by: Option<String>,
    /// Hours of a programme.
    #[deserr(default)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 2000))]
    #[schema(minimum = 1, maximum = 2000)]
    pub hours: Option<u16>,
}

/// What a clause is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "kind": "duration", "article_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50",
    "parameters": { "value": 5, "unit": "year" }, "confirmed": true
}))]
pub struct NewClause {
    pub kind: ClauseKind,
    /// The article that says it.
    #[deserr(default)]
    pub article_id: Option<Id>,
    /// True to declare that the text has no such clause; `parameters` are then empty.
    #[deserr(default)]
    #[schema(required = false)]
    pub absent: bool,
    /// Confirmed by a person: only then does it switch a rule on.
    #[deserr(default)]
    #[schema(required = false)]
    pub confirmed: bool,
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested)]
    pub parameters: ClauseParameters,
    /// The sentence of the text.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000)]
    pub quote: Option<String>,
    /// Order among its siblings, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

/// The members a kind may have, and those it must.
fn members_of(kind: ClauseKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ClauseKind::Duration => (&["value", "unit", "start", "end"], &[]),
        ClauseKind::Effective => (&["on"], &[]),
        ClauseKind::TacitRenewal => (&["allowed", "value", "unit", "times"], &["allowed"]),
        ClauseKind::RenewalInformation => (&["value", "unit", "by"], &["value", "unit"]),
        ClauseKind::Termination => (&["value", "unit", "counted_from", "by"], &["value", "unit"]),
        ClauseKind::CurePeriod => (&["value", "unit", "what"], &["value", "unit"]),
        ClauseKind::Steering => (&["body", "minimum_per_year", "regions_invited_by", "experts"], &[]),
        ClauseKind::Minutes => (&["proposed_by"], &[]),
        ClauseKind::ProgrammeHours => (&["hours"], &["hours"]),
        _ => (&[], &[]),
    }
}

impl Body for NewClause {
    fn check(&self, faults: &mut Faults) {
        check_parameters(self.kind, self.absent, &self.parameters, "", faults);
    }
}

/// The members that a kind of clause may have and must; `at` is the pointer of what has `parameters`.
pub fn check_parameters(kind: ClauseKind, absent: bool, p: &ClauseParameters, at: &str, faults: &mut Faults) {
    let given = serde_json::to_value(p).unwrap_or_default();
    let given: Vec<&String> = given.as_object().map(|o| o.keys().collect()).unwrap_or_default();
    let (may, must) = if absent { (&[][..], &[][..]) } else { members_of(kind) };
    for member in &given {
        if !may.contains(&member.as_str()) {
            faults.push(
                Fault::pointer(
                    format!("{at}/parameters/{member}"),
                    "not_applicable",
                    both("Ce membre n'est pas de ce type de clause.", "This member is not of this kind of clause."),
                )
                .accepting(may.iter().copied()),
            );
        }
    }
    let missing = |faults: &mut Faults, member: &str| {
        faults.push(Fault::pointer(
            format!("{at}/parameters/{member}"),
            "missing",
            both("Cette clause demande ce membre.", "This clause needs this member."),
        ));
    };
    for member in must.iter().filter(|m| !given.iter().any(|g| g == *m)) {
        missing(faults, member);
    }
    if absent {
        return;
    }
    if kind == ClauseKind::Duration && p.end.is_none() && p.value.is_none() && p.unit.is_none() {
        missing(faults, "value");
    }
    if p.value.is_some() != p.unit.is_some() && !must.contains(&"value") {
        missing(faults, if p.value.is_some() { "unit" } else { "value" });
    }
    if let (Some(start), Some(end)) = (p.start, p.end)
        && end < start
    {
        faults.push(Fault::pointer(
            format!("{at}/parameters/end"),
            "before_start",
            both("La fin précède le début.", "The end comes before the start."),
        ));
    }
}

/// A clause.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = clauses, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Clause {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub kind: ClauseKind,
    pub article_id: Option<Id>,
    pub absent: bool,
    pub confirmed: bool,
    #[schema(value_type = ClauseParameters)]
    pub parameters: Json<ClauseParameters>,
    pub quote: Option<String>,
    /// Line in the imported text.
    pub source_line: Option<i32>,
    pub created_at: Instant,
}

/// Kinds that a convention has once: two of them would contradict each other.
fn is_single(kind: ClauseKind) -> bool {
    matches!(
        kind,
        ClauseKind::Duration
            | ClauseKind::Effective
            | ClauseKind::TacitRenewal
            | ClauseKind::RenewalInformation
            | ClauseKind::Termination
    )
}

impl Piece for Clause {
    type Whole = ConventionRow;
    type New = NewClause;
    const KIND: &'static str = "clause";
    const PATH: &'static str = "/v1/clauses";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "position",
        "kind",
        "article_id",
        "absent",
        "confirmed",
        "parameters",
        "quote",
        "source_line",
    ];

    piece_store!(clauses, convention_id);

    fn in_force(c: &mut Connection, whole: Id, on: CivilDate) -> Result<Option<Vec<Self>>, Halt> {
        pieces::clauses_on(c, whole, on)
    }

    fn whole_of(c: &mut Connection, id: Id) -> Result<Option<Id>, Halt> {
        match Self::find(c, id)? {
            Some(clause) => Ok(Some(clause.convention_id)),
            None => Ok(pieces::convention_of(c, id, Self::KIND)?),
        }
    }

    fn make(unit: &mut Unit<'_>, whole: &ConventionRow, at: Place<'_, Self>, new: NewClause) -> Result<Self, Halt> {
        if let Some(article) = new.article_id {
            references::check(unit, whole.id, &[(Kind::Article, "/article_id".into(), article)])?;
        }
        if is_single(new.kind) {
            let other: Option<Id> = clauses::table
                .filter(clauses::convention_id.eq(whole.id).and(clauses::kind.eq(new.kind)).and(clauses::id.ne(at.id)))
                .select(clauses::id)
                .first(&mut **unit)
                .optional()?;
            if let Some(other) = other {
                return Err(Problem::plain("duplicate")
                    .member("resource", format!("/v1/clauses/{other}").into())
                    .into());
            }
        }
        Ok(Self {
            id: at.id,
            convention_id: whole.id,
            position: at.position,
            kind: new.kind,
            article_id: new.article_id,
            absent: new.absent,
            confirmed: new.confirmed,
            parameters: Json(new.parameters),
            quote: new.quote,
            source_line: at.before.and_then(|b| b.source_line),
            created_at: at.before.map_or(unit.request.now, |b| b.created_at),
        })
    }

    fn as_new(&self) -> NewClause {
        NewClause {
            kind: self.kind,
            article_id: self.article_id,
            absent: self.absent,
            confirmed: self.confirmed,
            parameters: self.parameters.0.clone(),
            quote: self.quote.clone(),
            position: Some(self.position),
        }
    }
}

/// Number of the article of a convention's confirmed clause of a kind: what a refusal cites.
pub fn article_of(c: &mut Connection, convention: Id, kind: ClauseKind) -> QueryResult<Option<String>> {
    clauses::table
        .inner_join(articles::table.on(clauses::article_id.eq(articles::id.nullable())))
        .filter(clauses::convention_id.eq(convention).and(clauses::kind.eq(kind)).and(clauses::confirmed))
        .order((clauses::position, clauses::id))
        .select(articles::number)
        .first(c)
        .optional()
}

piece_routes! {
    Clause, NewClause, tag "Clauses",
    read "conventions:read" ReadConventions, write "conventions:write" WriteConventions,
    under "/v1/conventions/{id}/clauses", at "/v1/clauses/{id}";
    /// List the clauses
    ///
    /// Those of the text in force on `as_of`, today when left out. Those that an import proposes are not confirmed; each
    /// keeps its sentence and line.
    list list_clauses;
    /// Add a clause
    ///
    /// `absent: true` declares that the text has none: duration and notices must be set or declared absent before any
    /// signature (R01).
    create create_clause;
    /// Read a clause
    read read_clause;
    /// Change or confirm a clause
    patch update_clause;
    /// Delete a clause
    delete delete_clause;
}
