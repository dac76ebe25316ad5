//! What an action gave: counts, and nothing but counts (R36). Session, pupil and volunteer hours are told apart.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::Hours;
use crate::error::{Fault, both};
use crate::http::body::Faults;

/// What was counted, in one school or in all.
#[derive(Debug, Clone, Default, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Counts {
    /// Pupils enrolled: each once, whatever the number of sessions.
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub pupils: Option<u32>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub girls: Option<u32>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub boys: Option<u32>,
    /// Pupils with a disability. Shown as `lt5` below 5 outside the school, its académie and the association (R36).
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub with_disability: Option<u32>,
    /// Presences, summed over the sessions.
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 10_000_000))]
    #[schema(maximum = 10_000_000)]
    pub attendances: Option<u32>,
}

impl Counts {
    /// What others say where these say nothing.
    #[must_use]
    pub fn or(self, others: &Self) -> Self {
        Self {
            pupils: self.pupils.or(others.pupils),
            girls: self.girls.or(others.girls),
            boys: self.boys.or(others.boys),
            with_disability: self.with_disability.or(others.with_disability),
            attendances: self.attendances.or(others.attendances),
        }
    }

    /// The counts agree with each other.
    pub fn check(&self, at: &str, faults: &mut Faults) {
        let Some(pupils) = self.pupils else { return };
        let sexes = self.girls.unwrap_or(0).saturating_add(self.boys.unwrap_or(0));
        let all_told = self.girls.is_some() && self.boys.is_some();
        if sexes > pupils || (all_told && sexes != pupils) {
            faults.push(Fault::pointer(
                format!("{at}/pupils"),
                "sum",
                both("Filles et garçons font le nombre d'élèves.", "Girls and boys make the number of pupils."),
            ));
        }
        if self.with_disability.is_some_and(|some| some > pupils) {
            faults.push(Fault::pointer(
                format!("{at}/with_disability"),
                "sum",
                both("Plus que d'élèves.", "More than the pupils."),
            ));
        }
    }

    /// The names of the members that are not known.
    pub fn unknown(&self) -> impl Iterator<Item = &'static str> {
        [
            ("pupils", self.pupils.is_none()),
            ("girls", self.girls.is_none()),
            ("boys", self.boys.is_none()),
            ("with_disability", self.with_disability.is_none()),
            ("attendances", self.attendances.is_none()),
        ]
        .into_iter()
        .filter_map(|(name, unknown)| unknown.then_some(name))
    }
}

/// The results of an action.
#[derive(Debug, Clone, Default, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "pupils": 24, "girls": 10, "boys": 14, "attendances": 24, "volunteer_hours": 6, "speakers_women": 1, "speakers_men": 1 }))]
pub struct Results {
    /// Pupils enrolled, all schools together.
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    pub pupils: Option<u32>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    pub girls: Option<u32>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    pub boys: Option<u32>,
    /// Pupils with a disability. Shown as `lt5` below 5 outside the school, its académie and the association (R36).
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 1_000_000))]
    #[schema(maximum = 1_000_000)]
    pub with_disability: Option<u32>,
    /// Presences, summed over the sessions.
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000_000))]
    #[schema(maximum = 100_000_000)]
    pub attendances: Option<u32>,
    /// Hours of the sessions; computed from them when left out.
    #[deserr(default)]
    #[serde(default)]
    pub session_hours: Option<Hours>,
    /// Hours received, summed over the pupils.
    #[deserr(default)]
    #[serde(default)]
    pub pupil_hours: Option<Hours>,
    /// Hours given, summed over the volunteers.
    #[deserr(default)]
    #[serde(default)]
    pub volunteer_hours: Option<Hours>,
    /// Volunteers who took part.
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub volunteers: Option<u32>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub speakers_women: Option<u32>,
    #[deserr(default)]
    #[serde(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub speakers_men: Option<u32>,
    /// In words, short and without any person.
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub comment: Option<String>,
}

impl Results {
    fn counts(&self) -> Counts {
        Counts {
            pupils: self.pupils,
            girls: self.girls,
            boys: self.boys,
            with_disability: self.with_disability,
            attendances: self.attendances,
        }
    }

    /// The counts agree with each other.
    pub fn check(&self, at: &str, faults: &mut Faults) {
        self.counts().check(at, faults);
    }

    /// The names of the counts that are not known.
    pub fn unknown(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.counts().unknown().collect();
        names.extend(
            [
                ("pupil_hours", self.pupil_hours.is_none()),
                ("volunteer_hours", self.volunteer_hours.is_none()),
                ("speakers_women", self.speakers_women.is_none()),
                ("speakers_men", self.speakers_men.is_none()),
            ]
            .into_iter()
            .filter_map(|(name, unknown)| unknown.then_some(name)),
        );
        names
    }
}
