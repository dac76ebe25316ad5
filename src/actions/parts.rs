//! The parts of an action that have members of their own: its schools, place, contact, measures and offers.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidateUrl as _};

use super::results::Counts;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{InclusionGround, OfferSource};
use crate::error::{Fault, both};
use crate::http::body::Faults;

/// A theme, a sector or a skill, as the document says it: a few words, in which there is something to read.
pub struct Keyword;

impl PartialSchema for Keyword {
    fn schema() -> RefOr<Schema> {
        let words = r"^[^|]*[^|\s\u0085\u00ad\u200b-\u200f\u2060\ufeff][^|]*$";
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(80));
        text.pattern(Some(words))
            .description(Some("A few words, without a vertical bar."))
            .examples(["orientation"])
            .into()
    }
}

impl ToSchema for Keyword {}

/// A school whose pupils an action meets.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct ActionSchool {
    /// Number of the school (UAI).
    pub uai: Uai,
    /// Its class, as the school calls it (`TMCV1`); never a pupil. A school that comes with several classes is there once
    /// for each.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub class_label: Option<String>,
    /// What was counted in this school.
    #[deserr(default)]
    #[serde(default)]
    #[validate(nested)]
    pub counts: Option<Counts>,
}

impl ActionSchool {
    /// Of its count, the pupils with disability.
    pub fn with_disability(&self) -> Option<u32> {
        self.counts.as_ref()?.with_disability
    }
}

/// Where an action is held, when it is not in the school.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct VenueAddress {
    /// As people call it: `Salle des fêtes`.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub label: String,
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub address: Option<String>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 2, max = 10))]
    #[schema(min_length = 2, max_length = 10)]
    pub postcode: Option<String>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub commune: Option<String>,
}

/// Whom to call in the school: a function, never a person's private address.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct SchoolContact {
    /// Function in the school: `DDFPT`, `professeure principale`.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub function: String,
    /// Professional address only.
    #[deserr(default)]
    #[serde(default)]
    #[validate(email, length(max = 254))]
    #[schema(max_length = 254)]
    pub email: Option<String>,
}

/// A measure of inclusion (R32).
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct InclusionMeasure {
    pub ground: InclusionGround,
    /// What is done.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub measure: String,
}

/// What an action does for inclusion, or why nothing is pertinent (R32).
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Inclusion {
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    pub measures: Vec<InclusionMeasure>,
    /// Why no measure is pertinent.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub none_because: Option<String>,
}

/// An offer that the action is linked to: read-only, with where it comes from (R37). Never a pupil's application.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct OfferLink {
    pub source: OfferSource,
    /// The platform's own reference of the offer.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub reference: String,
    /// Where it is read: `http` or `https`.
    #[deserr(default)]
    #[serde(default)]
    #[validate(url, length(max = 500))]
    #[schema(max_length = 500)]
    pub url: Option<String>,
}

impl OfferLink {
    /// Its address is one that a browser reads and nothing that it runs.
    pub fn check(&self, at: &str, faults: &mut Faults) {
        let read = |url: &str| {
            let url = url.trim_start().to_ascii_lowercase();
            url.starts_with("https://") || url.starts_with("http://")
        };
        if self.url.as_deref().is_some_and(|url| url.validate_url() && !read(url)) {
            let detail = both("Une adresse http ou https.", "An http or https address.");
            faults.push(Fault::pointer(format!("{at}/url"), "ill_formed", detail));
        }
    }
}
