//! An action as its readers see it: the labels that a screen needs, the counts that are theirs to know, and what they may
//! do next.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::new::{ActionSchool, Inclusion, NewAction, OfferLink, SchoolContact, VenueAddress};
use super::results::{Counts, Results};
use super::row::{ActionRow, Declined, Kept, SchoolKept};
use super::rules::{Protected, Sight, orphaned};
use super::sessions::Session;
use crate::domain::identifiers::Uai;
use crate::domain::refusal::{Bilingual, Flag};
use crate::domain::vocabulary::{
    ActionAct, ActionKind, ActionOrigin, ActionStatus, EducationPriority, Modality, Programme, PupilStatus,
    SchoolLevel, Track,
};
use crate::domain::{CivilDate, Hours, Id, Instant, Territory};

/// What was counted in one school, as this caller may know it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CountsShown {
    pub pupils: Option<u32>,
    pub girls: Option<u32>,
    pub boys: Option<u32>,
    pub with_disability: Option<Protected>,
    pub attendances: Option<u32>,
}

impl CountsShown {
    fn of(counts: &Counts, exact: bool) -> Self {
        Self {
            pupils: counts.pupils,
            girls: counts.girls,
            boys: counts.boys,
            with_disability: Protected::of(counts.with_disability, exact),
            attendances: counts.attendances,
        }
    }
}

/// The results, as this caller may know them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResultsShown {
    pub pupils: Option<u32>,
    pub girls: Option<u32>,
    pub boys: Option<u32>,
    pub with_disability: Option<Protected>,
    /// Presences, summed over the sessions.
    pub attendances: Option<u32>,
    /// Hours of the sessions.
    pub session_hours: Option<Hours>,
    /// Hours received, summed over the pupils.
    pub pupil_hours: Option<Hours>,
    /// Hours given, summed over the volunteers.
    pub volunteer_hours: Option<Hours>,
    pub volunteers: Option<u32>,
    pub speakers_women: Option<u32>,
    pub speakers_men: Option<u32>,
    pub comment: Option<String>,
}

impl ResultsShown {
    fn of(results: &Results, sessions: Option<Hours>, exact: bool) -> Self {
        Self {
            pupils: results.pupils,
            girls: results.girls,
            boys: results.boys,
            with_disability: Protected::of(results.with_disability, exact),
            attendances: results.attendances,
            session_hours: results.session_hours.or(sessions),
            pupil_hours: results.pupil_hours,
            volunteer_hours: results.volunteer_hours,
            volunteers: results.volunteers,
            speakers_women: results.speakers_women,
            speakers_men: results.speakers_men,
            comment: results.comment.clone(),
        }
    }
}

/// A school of an action, with what the directory said of it when the action was last written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SchoolOfAction {
    pub uai: Uai,
    pub class_label: Option<String>,
    pub counts: Option<CountsShown>,
    pub name: String,
    pub commune: Option<String>,
    /// Code of its département.
    pub departement: Option<String>,
    /// Code of its académie.
    pub academie: Option<String>,
    pub education_priority: Option<EducationPriority>,
    /// False while no directory names it.
    pub known: bool,
}

/// What the caller may do next.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllowedActionAct {
    #[schema(value_type = String, example = "confirm")]
    pub act: ActionAct,
    pub allowed: bool,
    /// Code of the problem that it would be refused with.
    #[schema(value_type = Option<String>)]
    pub code: Option<&'static str>,
    /// Why it is refused; of one that is allowed, on which condition.
    pub reason: Option<Bilingual>,
}

/// Another action that may be the same one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PossibleDuplicate {
    pub id: Id,
    pub title: String,
    pub status: ActionStatus,
    pub starts_on: Option<CivilDate>,
    pub external_id: Option<String>,
}

/// An action.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Action {
    pub id: Id,
    pub version: i64,
    pub convention_id: Id,
    pub axis_id: Id,
    pub axis_label: String,
    /// Number of the axis's article.
    pub axis_article: Option<String>,
    pub catalogue_item_id: Option<Id>,
    /// The words of the article.
    pub catalogue_label: Option<String>,
    pub kind: ActionKind,
    pub kind_text: Option<String>,
    pub programme: Option<Programme>,
    pub counted_under: Option<String>,
    pub origin: ActionOrigin,
    pub status: ActionStatus,
    /// Why it was declined or cancelled.
    pub reason: Option<String>,
    pub title: String,
    pub description: Option<String>,
    pub schools: Vec<SchoolOfAction>,
    pub organiser: Option<String>,
    pub territory: Option<Territory>,
    pub modality: Modality,
    pub place: Option<VenueAddress>,
    pub wished: Option<String>,
    pub sessions: Vec<Session>,
    /// What it is ordered by: the day of its first session, else the day it was entered.
    pub day: CivilDate,
    /// Day of its first session.
    pub starts_on: Option<CivilDate>,
    /// Day of its last session.
    pub ends_on: Option<CivilDate>,
    /// School year of its first session, `2026-2027`.
    pub school_year: Option<String>,
    /// Hours of its sessions, when each says how long it lasts.
    pub session_hours: Option<Hours>,
    pub themes: Vec<String>,
    pub sectors: Vec<String>,
    pub skills: Vec<String>,
    pub levels: Vec<SchoolLevel>,
    pub tracks: Vec<Track>,
    pub pupil_statuses: Vec<PupilStatus>,
    pub network_contact_id: Option<Id>,
    pub host_company_id: Option<Id>,
    pub host_company: Option<String>,
    pub school_contact: Option<SchoolContact>,
    pub responsible_adult: Option<String>,
    pub inclusion: Option<Inclusion>,
    pub accessibility: Option<String>,
    pub volunteers_needed: Option<u32>,
    pub offers: Vec<OfferLink>,
    pub pairs: Option<u32>,
    pub results: Option<ResultsShown>,
    /// Counts that earlier records do not tell: null, never 0.
    pub not_recorded: Vec<&'static str>,
    pub comment: Option<String>,
    /// Dated beyond the end of its convention, and not held (R34).
    pub orphaned: bool,
    /// What the rules flagged when it was last written.
    #[schema(value_type = Vec<Flag>)]
    pub warnings: Vec<Value>,
    pub external_id: Option<String>,
    /// Keys of the twins that were merged into it: each still finds it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_external_ids: Vec<String>,
    pub owner_id: Option<Id>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Of several schools, those that have confirmed it as it is: it is `confirmed` once each has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub confirmed_by: Vec<Uai>,
    /// Schools that have declined: they left it, and it goes on with the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub declined_by: Vec<Declined>,
    /// After a write, or with `embed=possible_duplicates`: others of the same kind, school and days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible_duplicates: Option<Vec<PossibleDuplicate>>,
    /// On a single action: what this caller may do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_acts: Option<Vec<AllowedActionAct>>,
}

/// The totals as a reader may know them: exactly, when each school's count is its own to know.
fn results_shown(asked: &NewAction, known: &[SchoolKept], sight: &Sight) -> Option<ResultsShown> {
    let schools = || asked.schools.iter().zip(known);
    let mine =
        |(school, known): (&ActionSchool, &SchoolKept)| sight.of_school(school.uai.as_str(), known.academie.as_deref());
    let all = matches!(sight, Sight::All) || (!asked.schools.is_empty() && schools().all(mine));
    let mut results = ResultsShown::of(asked.results.as_ref()?, asked.session_hours(), all);
    let few = |school: &ActionSchool| school.with_disability().is_some_and(|count| (1..5).contains(&count));
    let rest = asked.small_rest();
    let tells = |school: &ActionSchool| few(school) || (rest && school.with_disability().is_none());
    let hidden = asked.schools.len() > 1 && schools().any(|(school, known)| tells(school) && !mine((school, known)));
    // Beside a school's count that is hidden, the total would give it away.
    if hidden && matches!(results.with_disability, Some(Protected::Exact(_))) {
        results.with_disability = None;
    }
    Some(results)
}

impl ActionRow {
    /// The action as a reader sees it; `ends_on` is the last day of its convention.
    pub fn view(self, sight: &Sight, convention_ends_on: Option<CivilDate>) -> Action {
        let Kept {
            asked,
            axis_label,
            axis_article,
            catalogue_label,
            schools,
            host_company,
            reason,
            warnings,
            confirmed_by,
            declined_by,
            other_external_ids,
            ..
        } = self.content.0;
        let session_hours = asked.session_hours();
        let shows = |school: &SchoolKept, uai: &Uai| sight.of_school(uai.as_str(), school.academie.as_deref());
        let results = results_shown(&asked, &schools, sight);
        let not_recorded = match self.origin {
            ActionOrigin::Live => Vec::new(),
            _ => asked.results.as_ref().map_or_else(|| Results::default().unknown(), Results::unknown),
        };
        Action {
            orphaned: orphaned(self.status, self.ends_on, convention_ends_on),
            results,
            schools: asked
                .schools
                .into_iter()
                .zip(schools)
                .map(|(school, known)| SchoolOfAction {
                    counts: school.counts.as_ref().map(|counts| CountsShown::of(counts, shows(&known, &school.uai))),
                    uai: school.uai,
                    class_label: school.class_label,
                    name: known.name,
                    commune: known.commune,
                    departement: known.departement,
                    academie: known.academie,
                    education_priority: known.education_priority,
                    known: known.known,
                })
                .collect(),
            school_year: self.starts_on.map(|day| {
                let year = day.school_year_start();
                format!("{year}-{}", year + 1)
            }),
            session_hours,
            not_recorded,
            id: self.id,
            version: self.version,
            convention_id: self.convention_id,
            axis_id: self.axis_id,
            axis_label,
            axis_article,
            catalogue_item_id: asked.catalogue_item_id,
            catalogue_label,
            kind: self.kind,
            kind_text: asked.kind_text,
            programme: self.programme,
            counted_under: asked.counted_under,
            origin: self.origin,
            status: self.status,
            reason,
            title: self.title,
            description: asked.description,
            organiser: asked.organiser,
            territory: self.territory,
            modality: asked.modality,
            place: asked.place,
            wished: asked.wished,
            sessions: asked.sessions,
            day: self.day,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            themes: asked.themes,
            sectors: asked.sectors,
            skills: asked.skills,
            levels: asked.levels,
            tracks: asked.tracks,
            pupil_statuses: asked.pupil_statuses,
            network_contact_id: asked.network_contact_id,
            host_company_id: asked.host_company_id,
            host_company,
            school_contact: asked.school_contact,
            responsible_adult: asked.responsible_adult,
            inclusion: asked.inclusion,
            accessibility: asked.accessibility,
            volunteers_needed: asked.volunteers_needed,
            offers: asked.offers,
            pairs: asked.pairs,
            comment: asked.comment,
            warnings,
            external_id: self.external_id,
            other_external_ids,
            owner_id: self.owner_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
            confirmed_by,
            declined_by,
            possible_duplicates: None,
            allowed_acts: None,
        }
    }
}
