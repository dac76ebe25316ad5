//! What an action is created with, and what each of its members must be by itself. What they must be together with the
//! convention is in [`super::rules`].

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::classes;
use super::parts::Keyword;
pub use super::parts::{ActionSchool, Inclusion, OfferLink, SchoolContact, VenueAddress};
use super::results::Results;
use super::sessions::Session;
use crate::domain::vocabulary::{
    ActionKind, ActionOrigin, ActionStatus, Modality, Programme, PupilStatus, SchoolLevel, Track,
};
use crate::domain::{CivilDate, Hours, Id, Territory, territory};
use crate::error::{Fault, both};
use crate::http::body::{Body, Faults};

/// Sessions of an action, at most.
pub const SESSIONS: u64 = 200;
/// Schools of an action, each class of one counted, at most.
pub const SCHOOLS: u64 = 100;
/// Characters of its comment, at most.
pub const COMMENT: u64 = 1000;

/// What an action is created with.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "convention_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "axis_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a51",
    "kind": "company_visit", "title": "Visite d'un atelier de chaudronnerie",
    "schools": [{ "uai": "0750655E", "class_label": "3B" }], "levels": ["3e"],
    "sessions": [{ "date": "2027-01-14", "start": "14:00", "end": "16:00" }]
}))]
pub struct NewAction {
    /// The most local convention in force on the action's own date (R30).
    pub convention_id: Id,
    /// One of its axes.
    pub axis_id: Id,
    /// The item that it carries out, of the axis's catalogue as the text in force on its first day has it.
    #[deserr(default)]
    #[serde(default)]
    pub catalogue_item_id: Option<Id>,
    /// National kind; `other` with a `kind_text`.
    pub kind: ActionKind,
    /// Which, when the kind is `other`.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub kind_text: Option<String>,
    /// National programme that it is part of.
    #[deserr(default)]
    #[serde(default)]
    pub programme: Option<Programme>,
    /// Another agreement whose figures count it, so that nobody counts it twice.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub counted_under: Option<String>,
    /// `live` when left out.
    #[deserr(default = ActionOrigin::Live)]
    #[schema(required = false)]
    pub origin: ActionOrigin,
    /// The state it is created in: what the caller may bring it to. `requested` by a school, `proposed` by others when left
    /// out, `held` or `reported` when its origin is not `live`. On a change it is the state at hand: acts alone move it.
    #[deserr(default)]
    #[serde(default)]
    pub status: Option<ActionStatus>,
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    pub description: Option<String>,
    /// Schools whose pupils it meets; none for a forum open to all, which then has a `territory`.
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = SCHOOLS))]
    #[schema(max_items = 100)]
    pub schools: Vec<ActionSchool>,
    /// Who organises it, when no school does.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub organiser: Option<String>,
    /// Where it is, when no school says so.
    #[deserr(default)]
    #[serde(default)]
    pub territory: Option<Territory>,
    /// `on_site` when left out.
    #[deserr(default = Modality::OnSite)]
    #[schema(required = false)]
    pub modality: Modality,
    /// Where, when it is not in the school.
    #[deserr(default)]
    #[serde(default)]
    #[validate(nested)]
    pub place: Option<VenueAddress>,
    /// When, in the words of a request.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub wished: Option<String>,
    /// Its sessions; a module or a mentoring has several.
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = SESSIONS))]
    #[schema(max_items = 200)]
    pub sessions: Vec<Session>,
    /// What it is about, in a few words each.
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20, value_type = Vec<Keyword>)]
    pub themes: Vec<String>,
    /// Sectors of activity.
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20, value_type = Vec<Keyword>)]
    pub sectors: Vec<String>,
    /// Skills aimed at.
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20, value_type = Vec<Keyword>)]
    pub skills: Vec<String>,
    /// Levels of the pupils (R31).
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    pub levels: Vec<SchoolLevel>,
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub tracks: Vec<Track>,
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub pupil_statuses: Vec<PupilStatus>,
    /// Contact of the networks, of this convention or of the one above (R35).
    #[deserr(default)]
    #[serde(default)]
    pub network_contact_id: Option<Id>,
    /// Company that hosts it.
    #[deserr(default)]
    #[serde(default)]
    pub host_company_id: Option<Id>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(nested)]
    pub school_contact: Option<SchoolContact>,
    /// Function of the adult in charge of the pupils.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub responsible_adult: Option<String>,
    /// Measures of inclusion, or why none is pertinent: needed from `confirmed` on (R32).
    #[deserr(default)]
    #[serde(default)]
    #[validate(nested)]
    pub inclusion: Option<Inclusion>,
    /// What is done for those who could not take part otherwise: needed from `confirmed` on (R33).
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub accessibility: Option<String>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 10_000))]
    #[schema(maximum = 10_000)]
    pub volunteers_needed: Option<u32>,
    /// Offers that it is linked to (R37).
    #[deserr(default)]
    #[serde(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 50))]
    #[schema(max_items = 50)]
    pub offers: Vec<OfferLink>,
    /// Pairs of a mentoring: a count, never names.
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub pairs: Option<u32>,
    /// What was counted. Declared by an act once it is held; at creation only when the origin is not `live`.
    #[deserr(default)]
    #[serde(default)]
    #[validate(nested)]
    pub results: Option<Results>,
    /// In words, short and without any person (R36).
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = COMMENT))]
    #[schema(min_length = 1, max_length = 1000)]
    pub comment: Option<String>,
    /// The caller's own key, unique per organisation that sets it.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub external_id: Option<String>,
}

impl Body for NewAction {
    fn check(&self, faults: &mut Faults) {
        if self.kind == ActionKind::Other && self.kind_text.is_none() {
            faults.push(Fault::pointer(
                "/kind_text",
                "missing",
                both("La nature « autre » se dit en un texte.", "The kind `other` is told by a text."),
            ));
        }
        if self.kind != ActionKind::Other && self.kind_text.is_some() {
            faults.push(Fault::pointer(
                "/kind_text",
                "not_applicable",
                both("Un texte n'accompagne que la nature « autre ».", "A text goes with the kind `other` only."),
            ));
        }
        if self.schools.is_empty() && self.territory.is_none() {
            faults.push(Fault::pointer(
                "/territory",
                "missing",
                both(
                    "Une action sans établissement est située par un territoire.",
                    "An action without a school is placed by a territory.",
                ),
            ));
        }
        faults.extend(classes::repeated(&self.schools).into_iter().map(classes::occurs_twice));
        for (index, school) in self.schools.iter().enumerate() {
            if let Some(counts) = &school.counts {
                counts.check(&format!("/schools/{index}/counts"), faults);
            }
        }
        let zone = self.zone();
        for (index, session) in self.sessions.iter().enumerate() {
            session.check(zone, &format!("/sessions/{index}"), faults);
        }
        if let Some(results) = &self.results {
            results.check("/results", faults);
        }
        for (index, offer) in self.offers.iter().enumerate() {
            offer.check(&format!("/offers/{index}"), faults);
        }
        check_inclusion(self, faults);
        for (member, words) in [("themes", &self.themes), ("sectors", &self.sectors), ("skills", &self.skills)] {
            for (index, word) in words.iter().enumerate() {
                if word.trim().is_empty() || word.chars().count() > 80 || word.contains('|') {
                    faults.push(Fault::pointer(
                        format!("/{member}/{index}"),
                        "ill_formed",
                        both("De 1 à 80 signes, sans barre verticale.", "1 to 80 characters, without a vertical bar."),
                    ));
                }
            }
        }
    }
}

impl NewAction {
    /// Does the total say a small count of the schools that have none of their own (R36)?
    pub fn small_rest(&self) -> bool {
        let Some(total) = self.results.as_ref().and_then(|results| results.with_disability) else { return false };
        let counts = || self.schools.iter().map(ActionSchool::with_disability);
        let known = counts().flatten().fold(0_u32, u32::saturating_add);
        counts().any(|count| count.is_none()) && (1..5).contains(&total.saturating_sub(known))
    }
}

/// Measures, or why none is pertinent: one of the two (R32).
pub fn check_inclusion(action: &NewAction, faults: &mut Faults) {
    let Some(inclusion) = &action.inclusion else { return };
    if inclusion.measures.is_empty() == inclusion.none_because.is_none() {
        faults.push(Fault::pointer(
            "/inclusion",
            "invalid",
            both(
                "Des mesures, ou la raison pour laquelle aucune n'est pertinente : l'une ou l'autre.",
                "Measures, or why none is pertinent: one of the two.",
            ),
        ));
    }
}

impl NewAction {
    /// The zone of the place: of its postcode, else of its first school, else of its territory.
    pub fn zone(&self) -> chrono_tz::Tz {
        let postcode = self.place.as_ref().and_then(|place| place.postcode.as_deref());
        let school = || self.schools.first().and_then(|school| school.uai.zone());
        let place = postcode.and_then(territory::zone_of_postcode).or_else(school);
        place.unwrap_or_else(|| self.territory.unwrap_or(Territory::National).zone())
    }

    /// The département of its place, when no school says where it is.
    pub fn departement_of_place(&self) -> Option<&'static str> {
        let place = self.place.as_ref().filter(|_| self.schools.is_empty())?;
        territory::department_of_postcode(place.postcode.as_deref()?).map(|department| department.code)
    }

    /// The first and the last day of its sessions.
    pub fn days(&self) -> Option<(CivilDate, CivilDate)> {
        let first = self.sessions.iter().map(|session| session.date).min()?;
        let last = self.sessions.iter().map(|session| session.date).max()?;
        Some((first, last))
    }

    /// Hours of its sessions, when each says how long it lasts.
    pub fn session_hours(&self) -> Option<Hours> {
        let zone = self.zone();
        if self.sessions.is_empty() {
            return None;
        }
        self.sessions.iter().map(|session| session.length(zone)).sum()
    }

    /// The free texts that an action carries, with their places: all of them are screened (R36).
    pub fn texts(&self) -> Vec<(String, &str)> {
        let mut all: Vec<(String, &str)> = vec![("/title".into(), &self.title)];
        for (place, text) in [
            ("/kind_text", &self.kind_text),
            ("/description", &self.description),
            ("/organiser", &self.organiser),
            ("/counted_under", &self.counted_under),
            ("/wished", &self.wished),
            ("/responsible_adult", &self.responsible_adult),
            ("/accessibility", &self.accessibility),
            ("/comment", &self.comment),
        ] {
            all.extend(text.as_deref().map(|text| (place.to_owned(), text)));
        }
        for (index, school) in self.schools.iter().enumerate() {
            all.extend(school.class_label.as_deref().map(|text| (format!("/schools/{index}/class_label"), text)));
        }
        for (member, words) in [("themes", &self.themes), ("sectors", &self.sectors), ("skills", &self.skills)] {
            all.extend(words.iter().enumerate().map(|(index, word)| (format!("/{member}/{index}"), word.as_str())));
        }
        if let Some(place) = &self.place {
            all.push(("/place/label".into(), &place.label));
            all.extend(place.address.as_deref().map(|text| ("/place/address".to_owned(), text)));
            all.extend(place.commune.as_deref().map(|text| ("/place/commune".to_owned(), text)));
        }
        if let Some(contact) = &self.school_contact {
            all.push(("/school_contact/function".into(), &contact.function));
        }
        if let Some(inclusion) = &self.inclusion {
            let measures = inclusion.measures.iter().enumerate();
            all.extend(measures.map(|(i, m)| (format!("/inclusion/measures/{i}/measure"), m.measure.as_str())));
            all.extend(inclusion.none_because.as_deref().map(|text| ("/inclusion/none_because".to_owned(), text)));
        }
        all.extend(
            self.results.as_ref().and_then(|r| r.comment.as_deref()).map(|t| ("/results/comment".to_owned(), t)),
        );
        all
    }
}
