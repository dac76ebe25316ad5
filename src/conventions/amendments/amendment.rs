//! How an amendment is stored, and what is answered.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use super::asked::NewAmendment;
use super::rules::signing::Dates;
use super::rules::{ClauseChange, Edit};
use crate::conventions::convention::AllowedAct;
use crate::conventions::rules::AmendmentFact;
use crate::db::schema::amendments;
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::approval::Keys;
use crate::domain::bilingual::Bilingual;
use crate::domain::vocabulary::AmendmentStatus;
use crate::domain::{CivilDate, Id, Instant};

/// Something a reader should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AmendmentWarning {
    /// Stable code: the importer's own, or `parties_differ`, `edit_not_applicable`, `words_repeated`,
    /// `tacit_renewal_introduced`, `effective_before_signature`; of edits and changes of clauses that part,
    /// `clause_without_edit`, `clause_differs_from_text`, `clause_without_change`, `edit_without_clause_change`,
    /// `repeal_of_stated_clause`, `lapse_no_longer_said`.
    pub code: String,
    /// The rule that has something to say of it.
    pub rule: Option<String>,
    /// The article of the convention.
    pub article: Option<String>,
    /// Line of the imported text.
    pub line: Option<u32>,
    /// The edit concerned.
    pub edit: Option<Id>,
    pub detail: Bilingual,
}

/// A row of `amendments`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = amendments, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct AmendmentRow {
    pub id: Id,
    pub convention_id: Id,
    /// Its number.
    pub position: i64,
    pub title: String,
    pub requested_by: Option<Id>,
    pub effective_on: Option<CivilDate>,
    pub edits: Json<Vec<Edit>>,
    pub clause_changes: Json<Vec<ClauseChange>>,
    /// What the import doubted.
    pub warnings: Json<Vec<AmendmentWarning>>,
    pub source: Option<String>,
    pub source_sha256: Option<String>,
    pub content_hash: String,
    pub first_signed_on: Option<CivilDate>,
    pub complete_on: Option<CivilDate>,
    pub in_force_from: Option<CivilDate>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl AmendmentRow {
    /// Those of a convention, in the order of their numbers.
    pub fn of(c: &mut Connection, convention: Id) -> QueryResult<Vec<Self>> {
        amendments::table
            .filter(amendments::convention_id.eq(convention))
            .order((amendments::position, amendments::id))
            .select(Self::as_select())
            .load(c)
    }

    /// What its signatures bind: the text it amends, its edits, and the confirmed changes of clauses.
    pub fn content(&self, original_hash: &str) -> Value {
        let edits = self.edits.0.iter().map(|edit| {
            json!({
                "kind": edit.kind, "target": edit.target, "part": edit.part, "article": edit.article,
                "after": edit.after, "alinea": edit.alinea, "old": edit.old, "new": edit.new,
            })
        });
        let changes = self.clause_changes.0.iter().filter(|change| change.confirmed).map(|change| {
            json!({
                "kind": change.kind, "article": change.article, "absent": change.absent,
                "parameters": change.parameters,
            })
        });
        json!({
            "amends": { "convention_id": self.convention_id, "content_hash": original_hash },
            "number": self.position, "title": self.title, "requested_by": self.requested_by,
            "effective_on": self.effective_on,
            "edits": edits.collect::<Vec<_>>(), "clause_changes": changes.collect::<Vec<_>>(),
        })
    }

    /// What the rules see of it.
    pub fn fact(&self, keys: &Keys<'_>) -> AmendmentFact {
        AmendmentFact {
            id: self.id,
            number: self.position,
            complete_on: keys.complete_on(),
            effective_on: self.effective_on,
            changes: self.clause_changes.0.iter().filter(|c| c.confirmed).map(ClauseChange::as_clause).collect(),
            edits: self.edits.0.clone(),
        }
    }

    /// Its dates, as the last write computed them.
    pub const fn dates(&self) -> Dates {
        Dates {
            first_signed_on: self.first_signed_on,
            complete_on: self.complete_on,
            in_force_from: self.in_force_from,
        }
    }

    /// What it could be drafted from again.
    pub fn as_new(&self) -> NewAmendment {
        NewAmendment {
            title: self.title.clone(),
            requested_by: self.requested_by,
            effective_on: self.effective_on,
            edits: self.edits.0.iter().cloned().map(Into::into).collect(),
            clause_changes: self.clause_changes.0.iter().cloned().map(Into::into).collect(),
        }
    }
}

/// An amendment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Amendment {
    pub id: Id,
    pub convention_id: Id,
    /// The version of its convention: they have one.
    pub version: i64,
    /// Its rank among the amendments of the convention, from 1.
    pub number: i64,
    pub title: String,
    /// The party that asks for it.
    pub requested_by: Option<Id>,
    /// The later day that it names.
    pub effective_on: Option<CivilDate>,
    pub edits: Vec<Edit>,
    pub clause_changes: Vec<ClauseChange>,
    pub warnings: Vec<AmendmentWarning>,
    /// Hash of what its signatures bind: see `/v1/amendments/{id}/content`.
    #[schema(example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_hash: String,
    /// Computed for `as_of`, never stored.
    pub status: AmendmentStatus,
    /// The civil date (Paris) the status holds for.
    pub as_of: CivilDate,
    /// The parties that have not signed its present content.
    pub awaited: Vec<Id>,
    pub first_signed_on: Option<CivilDate>,
    /// Day of the last signature, once every party has signed.
    pub complete_on: Option<CivilDate>,
    /// Its last signature, or the later day it names; null unless the convention is in force then.
    pub in_force_from: Option<CivilDate>,
    /// The text it was imported from.
    pub source: Option<String>,
    pub allowed_acts: Vec<AllowedAct>,
    pub created_at: Instant,
    pub updated_at: Instant,
}
