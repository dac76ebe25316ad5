//! One contact: what it is recorded with, how it is stored, how it is served.

use std::collections::BTreeSet;

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::companies::company::CompanyRow;
use crate::companies::places::academie_label;
use crate::db::schema::company_contacts;
use crate::db::{Json, MultiBackend};
use crate::domain::vocabulary::{ContactMeans, ContactOutcome, ContactPurpose, SchoolLevel};
use crate::domain::{Bilingual, CivilDate, Id, Instant};
use crate::error::{Fault, both};
use crate::http::body::{Body, Faults, screened, screened_key};
use crate::http::call::Request;

/// Places obtained for one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct ObtainedPlaces {
    /// Level of the pupils, from 6e on; adults and teachers have none.
    pub level: SchoolLevel,
    #[validate(range(min = 1, max = 10_000))]
    #[schema(minimum = 1, maximum = 10_000)]
    pub places: i64,
    /// Of which for pupils of REP schools; null when it was not recorded.
    #[deserr(default)]
    #[validate(range(min = 0, max = 10_000))]
    #[schema(minimum = 0, maximum = 10_000)]
    pub of_which_rep: Option<i64>,
    /// Of which for pupils of REP+ schools; null when it was not recorded.
    #[deserr(default)]
    #[validate(range(min = 0, max = 10_000))]
    #[schema(minimum = 0, maximum = 10_000)]
    pub of_which_rep_plus: Option<i64>,
}

/// What a contact is recorded with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "convention_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "occurred_on": "2026-10-12", "means": "phone",
    "purpose": "observation_3e", "outcome": "positive",
    "places": [{ "level": "3e", "places": 6, "of_which_rep": 2, "of_which_rep_plus": 1 }]
}))]
pub struct NewCompanyContact {
    /// The convention that it is made under, in force on its day (R34).
    pub convention_id: Id,
    /// Civil day of the contact; never after today.
    pub occurred_on: CivilDate,
    pub means: ContactMeans,
    pub purpose: ContactPurpose,
    pub outcome: ContactOutcome,
    /// Places obtained, one line a level; with a positive outcome only.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 30))]
    #[schema(max_items = 30)]
    pub places: Vec<ObtainedPlaces>,
    /// Screened: no number of a pupil, no private address or telephone (R36).
    #[deserr(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub comment: Option<String>,
    /// The caller's own key, unique per organisation that sets it.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub external_id: Option<String>,
}

impl Body for NewCompanyContact {
    fn check(&self, faults: &mut Faults) {
        if !self.places.is_empty() && self.outcome != ContactOutcome::Positive {
            faults.push(Fault::pointer(
                "/places",
                "not_applicable",
                both("Seule une suite positive apporte des places.", "Only a positive outcome brings places."),
            ));
        }
        let mut levels = BTreeSet::new();
        for (index, line) in self.places.iter().enumerate() {
            let adults = matches!(line.level, SchoolLevel::Enseignants | SchoolLevel::FormationContinue);
            if adults || line.level.is_primary() {
                faults.push(Fault::pointer(
                    format!("/places/{index}/level"),
                    "not_applicable",
                    both("Les places sont pour des élèves, à partir de la 6e.", "Places are for pupils, from 6e on."),
                ));
            }
            if !levels.insert(line.level) {
                faults.push(Fault::pointer(
                    format!("/places/{index}/level"),
                    "repeated",
                    both("Ce niveau a déjà une ligne.", "This level has a line already."),
                ));
            }
            if line.of_which_rep.unwrap_or(0).saturating_add(line.of_which_rep_plus.unwrap_or(0)) > line.places {
                faults.push(Fault::pointer(
                    format!("/places/{index}"),
                    "sum_too_large",
                    both("REP et REP+ dépassent le nombre de places.", "REP and REP+ exceed the number of places."),
                ));
            }
        }
        screened(faults, "/comment", self.comment.as_deref());
        screened_key(faults, self.external_id.as_deref());
    }
}

/// A row of `company_contacts`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = company_contacts, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct ContactRow {
    pub id: Id,
    pub version: i64,
    pub company_id: Id,
    pub convention_id: Id,
    pub occurred_on: CivilDate,
    pub means: ContactMeans,
    pub purpose: ContactPurpose,
    pub outcome: ContactOutcome,
    pub places: Json<Vec<ObtainedPlaces>>,
    pub places_total: i64,
    pub places_rep: i64,
    pub places_rep_plus: i64,
    /// That of the company.
    pub academie: Option<String>,
    pub comment: Option<String>,
    pub external_id: Option<String>,
    pub owner_id: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Who sees it, as the feed was last told.
    pub audience_id: Option<Id>,
}

/// The company of a contact, as a screen names it: its own people and words stay its owner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CompanyLabel {
    pub id: Id,
    pub name: String,
    pub siret: Option<crate::domain::identifiers::Siret>,
    pub commune: Option<String>,
    pub departement: Option<String>,
}

impl From<&CompanyRow> for CompanyLabel {
    fn from(row: &CompanyRow) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            siret: row.siret.clone(),
            commune: row.commune.clone(),
            departement: row.departement.clone(),
        }
    }
}

/// A contact made with a company.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CompanyContact {
    pub id: Id,
    pub version: i64,
    pub company_id: Id,
    pub company: CompanyLabel,
    pub convention_id: Id,
    pub occurred_on: CivilDate,
    pub means: ContactMeans,
    pub purpose: ContactPurpose,
    pub outcome: ContactOutcome,
    pub places: Vec<ObtainedPlaces>,
    /// Places of all levels.
    pub places_total: i64,
    /// Of which for pupils of REP schools, as far as it was recorded.
    pub places_rep: i64,
    /// Of which for pupils of REP+ schools, as far as it was recorded.
    pub places_rep_plus: i64,
    /// Code of the company's académie.
    pub academie: Option<String>,
    pub academie_label: Option<Bilingual>,
    pub comment: Option<String>,
    /// Dated beyond the end of its convention, which came to it since (R34).
    pub orphaned: bool,
    pub external_id: Option<String>,
    /// The organisation that recorded it; null for what the operator brought in.
    pub owner_id: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl ContactRow {
    /// A row from what was asked, of the caller's organisation.
    pub fn make(id: Id, company: &CompanyRow, new: NewCompanyContact, request: &Request) -> Self {
        let sum = |count: fn(&ObtainedPlaces) -> i64| new.places.iter().map(count).sum();
        Self {
            id,
            version: 1,
            company_id: company.id,
            convention_id: new.convention_id,
            occurred_on: new.occurred_on,
            means: new.means,
            purpose: new.purpose,
            outcome: new.outcome,
            places_total: sum(|line| line.places),
            places_rep: sum(|line| line.of_which_rep.unwrap_or(0)),
            places_rep_plus: sum(|line| line.of_which_rep_plus.unwrap_or(0)),
            places: Json(new.places),
            academie: company.academie.clone(),
            comment: new.comment,
            external_id: new.external_id,
            owner_id: request.caller.organisation_id,
            created_at: request.now,
            updated_at: request.now,
            audience_id: None,
        }
    }

    /// What it could be recorded with again.
    pub fn as_new(&self) -> NewCompanyContact {
        NewCompanyContact {
            convention_id: self.convention_id,
            occurred_on: self.occurred_on,
            means: self.means,
            purpose: self.purpose,
            outcome: self.outcome,
            places: self.places.0.clone(),
            comment: self.comment.clone(),
            external_id: self.external_id.clone(),
        }
    }

    /// As it is served, with its company; `ends_on` is the last day of its convention.
    pub fn view(self, company: CompanyLabel, ends_on: Option<CivilDate>) -> CompanyContact {
        CompanyContact {
            orphaned: ends_on.is_some_and(|end| end < self.occurred_on),
            academie_label: academie_label(self.academie.as_deref()),
            id: self.id,
            version: self.version,
            company_id: self.company_id,
            company,
            convention_id: self.convention_id,
            occurred_on: self.occurred_on,
            means: self.means,
            purpose: self.purpose,
            outcome: self.outcome,
            places: self.places.0,
            places_total: self.places_total,
            places_rep: self.places_rep,
            places_rep_plus: self.places_rep_plus,
            academie: self.academie,
            comment: self.comment,
            external_id: self.external_id,
            owner_id: self.owner_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
