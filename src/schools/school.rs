//! One school: how it is stored, and how it is served.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::names;
use crate::db::MultiBackend;
use crate::db::schema::schools;
use crate::domain::identifiers::Uai;
use crate::domain::territory::{Territory, department};
use crate::domain::vocabulary::{EducationPriority, SchoolKind, SchoolSector};
use crate::domain::{CivilDate, Id, Instant};

/// A row of `schools`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schools, check_for_backend(MultiBackend))]
#[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct SchoolRow {
    pub id: Id,
    pub uai: Uai,
    pub name: String,
    pub name_key: String,
    pub kind: SchoolKind,
    /// Code of the ministry's nomenclature, `306`.
    pub nature: Option<String>,
    pub sector: Option<SchoolSector>,
    pub address: Option<String>,
    pub postcode: Option<String>,
    pub commune: Option<String>,
    pub commune_code: Option<String>,
    pub commune_key: String,
    /// COG code, `93`, `2A`, `974`.
    pub departement: Option<String>,
    /// Code of the ministry, `24`.
    pub academie: Option<String>,
    /// Null while only the number is known.
    pub education_priority: Option<EducationPriority>,
    pub open: bool,
    pub opened_on: Option<CivilDate>,
    pub closed_on: Option<CivilDate>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub vocational: bool,
    /// The directory that named it; null while only the number is known.
    pub source: Option<String>,
    pub source_date: Option<CivilDate>,
    /// Of what the directory says of it.
    pub digest: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A school.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct School {
    /// Where it stands in a list; a school is addressed by its UAI.
    #[serde(skip)]
    pub(super) id: Id,
    pub uai: Uai,
    /// Its name in the directory; its UAI while `known` is false.
    pub name: String,
    pub kind: SchoolKind,
    /// Code of the ministry's nomenclature of natures, `306`.
    pub nature: Option<String>,
    pub sector: Option<SchoolSector>,
    pub address: Option<String>,
    pub postcode: Option<String>,
    pub commune: Option<String>,
    /// Code of the commune (COG), `93066`.
    pub commune_code: Option<String>,
    /// COG code, `93`, `2A`, `974`.
    pub departement: Option<String>,
    #[schema(value_type = Option<String>)]
    pub departement_label: Option<&'static str>,
    /// Code of the ministry, `24`.
    pub academie: Option<String>,
    #[schema(value_type = Option<String>)]
    pub academie_label: Option<&'static str>,
    /// COG code of its région académique, `11`.
    #[schema(value_type = Option<String>)]
    pub region: Option<&'static str>,
    #[schema(value_type = Option<String>)]
    pub region_label: Option<&'static str>,
    /// REP, REP+ or none; null while `known` is false.
    pub education_priority: Option<EducationPriority>,
    /// It has a vocational track.
    pub vocational: bool,
    /// Not closed, as far as the directory says.
    pub open: bool,
    pub opened_on: Option<CivilDate>,
    pub closed_on: Option<CivilDate>,
    /// Of the school, not of a person.
    pub email: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    /// False while no directory that was read has named it: only its number is known.
    pub known: bool,
    /// The directory that says this, and the date of the file that said it first.
    pub source: Option<String>,
    pub source_date: Option<CivilDate>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl SchoolRow {
    /// True once a directory has named it.
    pub fn known(&self) -> bool {
        self.source.is_some()
    }

    /// A school of which only the number is known: where it is follows from its digits.
    pub fn unknown(id: Id, now: Instant, uai: Uai) -> Self {
        let department = uai.department();
        Self {
            id,
            name: uai.to_string(),
            name_key: names::key(uai.as_str()),
            kind: SchoolKind::Unknown,
            nature: None,
            sector: None,
            address: None,
            postcode: None,
            commune: None,
            commune_code: None,
            commune_key: String::new(),
            departement: department.map(|d| d.code.to_owned()),
            academie: department.map(|d| d.academie.as_str().to_owned()),
            education_priority: None,
            open: true,
            opened_on: None,
            closed_on: None,
            email: None,
            phone: None,
            website: None,
            vocational: false,
            source: None,
            source_date: None,
            digest: None,
            created_at: now,
            updated_at: now,
            uai,
        }
    }
}

impl From<SchoolRow> for School {
    fn from(row: SchoolRow) -> Self {
        let academie = row.academie.as_deref().and_then(Territory::academie);
        let region = academie.and_then(|academie| academie.region_of());
        Self {
            known: row.known(),
            departement_label: row.departement.as_deref().and_then(department).map(|d| d.name),
            academie_label: academie.and_then(|academie| academie.academies().first()).map(|a| a.name),
            region: region.map(|region| region.code.as_str()),
            region_label: region.map(|region| region.name),
            id: row.id,
            uai: row.uai,
            name: row.name,
            kind: row.kind,
            nature: row.nature,
            sector: row.sector,
            address: row.address,
            postcode: row.postcode,
            commune: row.commune,
            commune_code: row.commune_code,
            departement: row.departement,
            academie: row.academie,
            education_priority: row.education_priority,
            vocational: row.vocational,
            open: row.open,
            opened_on: row.opened_on,
            closed_on: row.closed_on,
            email: row.email,
            phone: row.phone,
            website: row.website,
            source: row.source,
            source_date: row.source_date,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
