//! What a convention is created from, how it is stored, and what is answered.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::lived::CurrentTerm;
pub use super::preamble::{Commitment, MobilisedNetwork, Preamble};
use super::rules::Spans;
use super::tree::ConventionNode;
use crate::db::schema::conventions;
use crate::db::{Json, MultiBackend};
use crate::domain::interpretations::Readings;
use crate::domain::vocabulary::{
    ConventionFlag, ConventionLevel, ConventionStatus, LapseEffect, LastDayRule, NoticeStart, Side,
};
use crate::domain::{Bilingual, CivilDate, Id, Instant, Territory};
use crate::error::{Fault, both};
use crate::http::body::{Body, Faults};
use crate::obligations::next::NextDuty;

/// What a convention is created with. Its end is computed, never written (R02).
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "title": "Convention de coopération entre le ministère et l'association Passeurs de métiers",
    "document_type": "convention de coopération", "level": "national", "territory": "national",
    "last_day_rule": "anniversary"
}))]
pub struct NewConvention {
    /// Reference of the text, as a NOR number.
    #[deserr(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub reference: Option<String>,
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub title: String,
    /// What the text calls itself: `convention de coopération`, `accord-cadre`…
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub document_type: String,
    pub level: ConventionLevel,
    /// `national`, `region:11` or `academie:25`, as the level says.
    pub territory: Territory,
    /// The national convention that this one applies in a territory (déclinaison).
    #[deserr(default)]
    pub parent_id: Option<Id>,
    /// The convention that this one renews, at its end or after (R03).
    #[deserr(default)]
    pub renews: Option<Id>,
    /// Which day is the last (R02): the anniversary (default) or its eve.
    #[deserr(default)]
    pub last_day_rule: Option<LastDayRule>,
    /// What opens the delay of a formal notice (R08): its reception (default) or its sending.
    #[deserr(default)]
    pub notice_start: Option<NoticeStart>,
    /// What a formal notice left without remedy does (R08): the lapse is claimed (default), or automatic.
    #[deserr(default)]
    pub lapse_effect: Option<LapseEffect>,
    #[deserr(default)]
    #[validate(nested)]
    pub preamble: Option<Preamble>,
    /// Networks that may be called upon.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 200))]
    #[schema(max_items = 200)]
    pub networks: Vec<MobilisedNetwork>,
    /// The caller's own key, unique per organisation that sets it.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub external_id: Option<String>,
}

impl Body for NewConvention {
    fn check(&self, faults: &mut Faults) {
        let fits = matches!(
            (self.level, self.territory),
            (ConventionLevel::National, Territory::National)
                | (ConventionLevel::Regional, Territory::Region(_))
                | (ConventionLevel::Academic, Territory::Academie(_))
        );
        if !fits {
            faults.push(Fault::pointer(
                "/territory",
                "not_of_level",
                both(
                    "Le territoire n'est pas du niveau de la convention.",
                    "The territory is not of the convention's level.",
                ),
            ));
        }
        if self.level == ConventionLevel::National && self.parent_id.is_some() {
            faults.push(Fault::pointer(
                "/parent_id",
                "not_applicable",
                both(
                    "Une convention nationale n'en décline aucune autre.",
                    "A national convention applies no other one.",
                ),
            ));
        }
    }
}

impl NewConvention {
    /// The readings beside that of the last day, those left out at their default.
    pub fn readings(&self) -> Json<OtherReadings> {
        Json(OtherReadings {
            notice_start: self.notice_start.unwrap_or_default(),
            lapse_effect: self.lapse_effect.unwrap_or_default(),
        })
    }
}

/// A row of `conventions`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = conventions, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct ConventionRow {
    pub id: Id,
    pub version: i64,
    pub reference: Option<String>,
    pub title: String,
    pub search_key: String,
    pub title_key: String,
    pub document_type: String,
    pub level: ConventionLevel,
    pub territory: Territory,
    pub parent_id: Option<Id>,
    pub last_day_rule: LastDayRule,
    pub preamble: Option<String>,
    pub preamble_commitments: Json<Vec<Commitment>>,
    pub networks: Json<Vec<MobilisedNetwork>>,
    pub external_id: Option<String>,
    pub owner_id: Option<Id>,
    pub brought_in: bool,
    pub content_hash: String,
    pub first_signed_on: Option<CivilDate>,
    pub complete_on: Option<CivilDate>,
    pub in_force_from: Option<CivilDate>,
    pub last_day: Option<CivilDate>,
    pub renews_tacitly: bool,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Who sees it, as the feed was last told.
    pub audience_id: Option<Id>,
    pub negotiation_on: Option<CivilDate>,
    pub ends_on: Option<CivilDate>,
    pub end_status: Option<ConventionStatus>,
    pub renews_id: Option<Id>,
    pub readings: Json<OtherReadings>,
    pub texts: Json<Vec<TextEnd>>,
}

/// The readings beside that of the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OtherReadings {
    pub notice_start: NoticeStart,
    pub lapse_effect: LapseEffect,
}

/// What an amendment in force made of the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEnd {
    /// First day of the amended text; none for the original, which holds for every day before.
    pub from: Option<CivilDate>,
    /// Number of the amendment.
    pub amendment: i64,
    pub last_day: Option<CivilDate>,
    pub renews_tacitly: bool,
}

impl ConventionRow {
    /// The same under the version that the write at hand gives it.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    /// Its spans, as the last write computed them.
    pub fn spans(&self) -> Spans {
        Spans {
            first_signed_on: self.first_signed_on,
            complete_on: self.complete_on,
            in_force_from: self.in_force_from,
            last_day: self.last_day,
            negotiation_on: self.negotiation_on,
            ends_on: self.ends_on,
            end_status: self.end_status,
        }
    }

    /// The readings of the law that it was signed with.
    pub fn readings(&self) -> Readings {
        Readings {
            last_day_rule: self.last_day_rule,
            notice_start: self.readings.0.notice_start,
            lapse_effect: self.readings.0.lapse_effect,
        }
    }

    /// What it could be created from again.
    pub fn as_new(&self) -> NewConvention {
        NewConvention {
            reference: self.reference.clone(),
            title: self.title.clone(),
            document_type: self.document_type.clone(),
            level: self.level,
            territory: self.territory,
            parent_id: self.parent_id,
            renews: self.renews_id,
            last_day_rule: Some(self.last_day_rule),
            notice_start: Some(self.readings.0.notice_start),
            lapse_effect: Some(self.readings.0.lapse_effect),
            preamble: self.preamble(),
            networks: self.networks.0.clone(),
            external_id: self.external_id.clone(),
        }
    }

    /// The preamble and its commitments.
    pub fn preamble(&self) -> Option<Preamble> {
        self.preamble.clone().map(|body| Preamble { body, commitments: self.preamble_commitments.0.clone() })
    }
}

/// A party, as a screen needs it beside its convention.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyLabel {
    pub id: Id,
    pub organisation_id: Id,
    pub side: Side,
    /// Name as signed.
    pub name: String,
    /// What the text calls it afterwards.
    pub alias: Option<String>,
}

/// A row of the list of conventions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConventionSummary {
    pub id: Id,
    pub version: i64,
    pub reference: Option<String>,
    pub title: String,
    pub document_type: String,
    pub level: ConventionLevel,
    pub territory: Territory,
    pub territory_label: Bilingual,
    pub parent_id: Option<Id>,
    /// Computed for `as_of`, never stored.
    pub status: ConventionStatus,
    /// The civil date (Paris) the status holds for.
    pub as_of: CivilDate,
    pub parties: Vec<PartyLabel>,
    /// First day in force (R01).
    pub in_force_from: Option<CivilDate>,
    /// Last day that follows from the duration in force on `as_of` (R02); null without one or when renewed without limit.
    pub last_day: Option<CivilDate>,
    /// Last day before the end, whatever ends it; null when nothing does.
    pub ends_on: Option<CivilDate>,
    /// Last day of the term that runs on `as_of`: the first, or a tacit renewal. Null when not in force, or without a
    /// duration.
    pub term_ends_on: Option<CivilDate>,
    /// Of the duties with a date not met on `as_of`, the one due first that can still be done.
    pub next_duty: Option<NextDuty>,
    pub external_id: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// An act on the convention, and whether this caller may do it today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllowedAct {
    /// `update`, `delete`, `confirm_clauses`, `record_signature`, `amend`, or the kind of a fact to be recorded.
    #[schema(value_type = String, example = "record_signature")]
    pub act: &'static str,
    pub allowed: bool,
    /// Code of the problem that the act would be refused with.
    #[schema(value_type = Option<String>)]
    pub code: Option<&'static str>,
    /// What a fact recorded today would be flagged with: `without_effect`, `late`, `breach`, `without_object`.
    #[schema(value_type = Option<String>)]
    pub flag: Option<&'static str>,
    /// Rule that refuses or flags it.
    #[schema(value_type = Option<String>)]
    pub rule: Option<&'static str>,
    /// Why, in words.
    pub reason: Option<Bilingual>,
}

/// A convention.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Convention {
    pub id: Id,
    /// One version for the convention and all its pieces.
    pub version: i64,
    pub reference: Option<String>,
    pub title: String,
    pub document_type: String,
    pub level: ConventionLevel,
    pub territory: Territory,
    pub territory_label: Bilingual,
    pub parent_id: Option<Id>,
    /// The national convention that it applies, when the caller sees it.
    pub parent: Option<ConventionNode>,
    /// The convention that this one renews (R03).
    pub renews: Option<Id>,
    /// The signed convention that renews this one, when the caller sees it.
    pub renewed_by: Option<Id>,
    pub last_day_rule: LastDayRule,
    /// What opens the delay of a formal notice (R08).
    pub notice_start: NoticeStart,
    /// What a formal notice left without remedy does (R08).
    pub lapse_effect: LapseEffect,
    /// Computed for `as_of`, never stored.
    pub status: ConventionStatus,
    /// The civil date (Paris) the status holds for.
    pub as_of: CivilDate,
    pub parties: Vec<PartyLabel>,
    pub preamble: Option<Preamble>,
    pub networks: Vec<MobilisedNetwork>,
    /// Hash of what a signature binds: see `/v1/conventions/{id}/content`.
    #[schema(example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_hash: String,
    /// Clauses still to be set and confirmed, or declared absent, before any signature (R01).
    #[schema(example = json!(["renewal_information"]))]
    pub missing_terms: Vec<String>,
    pub first_signed_on: Option<CivilDate>,
    /// Day of the last signature, once every party has signed.
    pub complete_on: Option<CivilDate>,
    /// First day in force (R01): the day of the last signature, or the date a clause names.
    pub in_force_from: Option<CivilDate>,
    /// Last day that follows from the duration in force on `as_of` (R02).
    pub last_day: Option<CivilDate>,
    /// Last day before the end, whatever ends it: expiry, termination, lapse, abandonment; null when nothing does.
    pub ends_on: Option<CivilDate>,
    /// What it is after `ends_on`.
    pub end_status: Option<ConventionStatus>,
    pub renews_tacitly: bool,
    /// The term that runs on `as_of`, renewed without limit or not; null when none does.
    pub current_term: Option<CurrentTerm>,
    pub external_id: Option<String>,
    /// When its text was imported.
    pub imported_at: Option<Instant>,
    /// Of the duties with a date not met on `as_of`, the one due first that can still be done.
    pub next_duty: Option<NextDuty>,
    /// What it shows on `as_of`, while it is in force.
    pub flags: Vec<ConventionFlag>,
    pub allowed_acts: Vec<AllowedAct>,
    pub created_at: Instant,
    pub updated_at: Instant,
}
