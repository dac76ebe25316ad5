//! One company: what it is created from, how it is stored, how it is served.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::places::{Departement, academie_label};
use crate::db::schema::companies;
use crate::db::{Json, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::identifiers::{Naf, Siret};
use crate::domain::screening::{self, Found};
use crate::domain::{Bilingual, Id, Instant};
use crate::error::{Fault, both};
use crate::http::body::{Body, Explained as _, Faults, screened, screened_key};
use crate::http::call::Request;

/// Whom to call in a company: professional data only.
#[derive(Debug, Clone, PartialEq, Eq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct ContactPerson {
    /// Person or service.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[deserr(default)]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub function: Option<String>,
    /// Professional address: those of private mail services are refused (R36).
    #[deserr(default)]
    #[validate(length(max = 254))]
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// Professional number.
    #[deserr(default)]
    #[validate(length(min = 3, max = 30))]
    #[schema(min_length = 3, max_length = 30)]
    pub phone: Option<String>,
}

impl ContactPerson {
    fn check(&self, faults: &mut Faults) {
        if let Some(email) = self.email.as_deref().filter(|email| !screening::professional_email(email)) {
            faults.push(if screening::screen(email) == Some(Found::PrivateEmail) {
                let detail = both(
                    "Adresse d'une messagerie privée : seule une adresse professionnelle se garde (R36).",
                    "Address of a private mail service: only a professional one is kept (R36).",
                );
                Fault::pointer("/contact/email", "private_email", detail)
            } else {
                let detail = both("Adresse électronique mal formée.", "Ill-formed e-mail address.");
                Fault::pointer("/contact/email", "ill_formed", detail)
            });
        }
        let dialled = |phone: &str| {
            let digits = phone.bytes().filter(u8::is_ascii_digit).count();
            (3..=15).contains(&digits)
                && phone.chars().all(|c| c.is_ascii_digit() || " .-()+/\u{a0}\u{202f}".contains(c))
        };
        if self.phone.as_deref().is_some_and(|phone| !dialled(phone)) {
            let detail = both("Numéro de téléphone mal formé.", "Ill-formed telephone number.");
            faults.push(Fault::pointer("/contact/phone", "ill_formed", detail));
        }
        screened(faults, "/contact/name", Some(&self.name));
        screened(faults, "/contact/function", self.function.as_deref());
    }
}

/// What a company is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "name": "Ateliers Durand", "siret": "73282932000074", "sector_code": "25.62B", "sector": "mécanique industrielle",
    "postcode": "95000", "commune": "Cergy", "departement": "95",
    "contact": { "name": "Service des ressources humaines", "email": "rh@ateliers-durand.example" }
}))]
pub struct NewCompany {
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// Number of its establishment (SIRET, 14 digits, checked); unique among those of one owner.
    #[deserr(default)]
    pub siret: Option<Siret>,
    /// What it does, as a code of NAF rév. 2.
    #[deserr(default)]
    pub sector_code: Option<Naf>,
    /// What it does, in words.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub sector: Option<String>,
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub address: Option<String>,
    /// Five digits.
    #[deserr(default)]
    pub postcode: Option<String>,
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub commune: Option<String>,
    /// COG code of its département, `95`, `2A`, `974`: it gives its académie. That of the postcode when left out.
    #[deserr(default)]
    pub departement: Option<String>,
    /// Whom to call.
    #[deserr(default)]
    #[validate(nested)]
    pub contact: Option<ContactPerson>,
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

impl NewCompany {
    fn place(&self) -> Option<Departement> {
        let said = self.departement.as_deref().and_then(|code| code.parse().ok());
        said.or_else(|| Departement::of_postcode(self.postcode.as_deref()?))
    }

    /// With another postcode, the département that only the former one gave is that of the new one.
    #[must_use]
    pub fn in_place_of(mut self, before: &CompanyRow) -> Self {
        let gave = |postcode: Option<&str>| postcode.and_then(Departement::of_postcode).map(|of| of.0.code);
        let moves = self.postcode.is_some() && self.postcode != before.postcode;
        if moves
            && self.departement == before.departement
            && self.departement.as_deref() == gave(before.postcode.as_deref())
        {
            self.departement = None;
        }
        self
    }
}

impl Body for NewCompany {
    fn check(&self, faults: &mut Faults) {
        if let Some(Err(unknown)) = self.departement.as_deref().map(str::parse::<Departement>) {
            faults.push(Fault::pointer("/departement", "ill_formed", unknown.explain()));
        }
        let five = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        if self.postcode.as_deref().is_some_and(|text| !five(text)) {
            let detail = both("Un code postal compte cinq chiffres.", "A postcode has five digits.");
            faults.push(Fault::pointer("/postcode", "ill_formed", detail));
        }
        if let Some(contact) = &self.contact {
            contact.check(faults);
        }
        screened(faults, "/name", Some(&self.name));
        screened(faults, "/address", self.address.as_deref());
        screened(faults, "/commune", self.commune.as_deref());
        screened(faults, "/sector", self.sector.as_deref());
        screened(faults, "/comment", self.comment.as_deref());
        screened_key(faults, self.external_id.as_deref());
    }
}

/// A row of `companies`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = companies, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct CompanyRow {
    pub id: Id,
    pub version: i64,
    pub siret: Option<Siret>,
    pub name: String,
    pub name_key: String,
    pub sector_code: Option<Naf>,
    pub sector: Option<String>,
    pub address: Option<String>,
    pub postcode: Option<String>,
    pub commune: Option<String>,
    pub departement: Option<String>,
    pub academie: Option<String>,
    pub contact: Option<Json<ContactPerson>>,
    pub comment: Option<String>,
    pub external_id: Option<String>,
    pub owner_id: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Who sees it, as the feed was last told.
    pub audience_id: Option<Id>,
}

/// A company.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Company {
    pub id: Id,
    pub version: i64,
    pub name: String,
    pub siret: Option<Siret>,
    pub sector_code: Option<Naf>,
    pub sector: Option<String>,
    pub address: Option<String>,
    pub postcode: Option<String>,
    pub commune: Option<String>,
    /// COG code of its département.
    pub departement: Option<String>,
    /// Code of the académie of its département.
    #[schema(example = "25")]
    pub academie: Option<String>,
    pub academie_label: Option<Bilingual>,
    pub contact: Option<ContactPerson>,
    pub comment: Option<String>,
    pub external_id: Option<String>,
    /// The organisation that keeps it; null for what the operator brought in.
    pub owner_id: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl From<CompanyRow> for Company {
    fn from(row: CompanyRow) -> Self {
        Self {
            academie_label: academie_label(row.academie.as_deref()),
            id: row.id,
            version: row.version,
            name: row.name,
            siret: row.siret,
            sector_code: row.sector_code,
            sector: row.sector,
            address: row.address,
            postcode: row.postcode,
            commune: row.commune,
            departement: row.departement,
            academie: row.academie,
            contact: row.contact.map(|contact| contact.0),
            comment: row.comment,
            external_id: row.external_id,
            owner_id: row.owner_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl CompanyRow {
    /// A row from what was asked, of the caller's organisation.
    pub fn make(id: Id, new: NewCompany, request: &Request) -> Self {
        let place = new.place().map(|place| place.0);
        Self {
            id,
            version: 1,
            name_key: fold(&new.name),
            name: new.name,
            siret: new.siret,
            sector_code: new.sector_code,
            sector: new.sector,
            address: new.address,
            postcode: new.postcode,
            commune: new.commune,
            departement: place.map(|department| department.code.to_owned()),
            academie: place.map(|department| department.academie.as_str().to_owned()),
            contact: new.contact.map(Json),
            comment: new.comment,
            external_id: new.external_id,
            owner_id: request.caller.organisation_id,
            created_at: request.now,
            updated_at: request.now,
            audience_id: None,
        }
    }

    /// What it could be created from again.
    pub fn as_new(&self) -> NewCompany {
        NewCompany {
            name: self.name.clone(),
            siret: self.siret.clone(),
            sector_code: self.sector_code.clone(),
            sector: self.sector.clone(),
            address: self.address.clone(),
            postcode: self.postcode.clone(),
            commune: self.commune.clone(),
            departement: self.departement.clone(),
            contact: self.contact.clone().map(|contact| contact.0),
            comment: self.comment.clone(),
            external_id: self.external_id.clone(),
        }
    }
}
