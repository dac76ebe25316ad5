//! What the acts of an action bring with them: the bodies of their requests, and how each changes the action.

use deserr::Deserr;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::super::classes;
use super::super::new::{ActionSchool, COMMENT, Inclusion, NewAction, SCHOOLS, SESSIONS, SchoolContact, VenueAddress};
use super::super::results::{Counts, Results};
use super::super::sessions::Session;
use super::super::totals;
use super::Brings;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::ActionAct;
use crate::error::{Fault, Halt, Problem, both};
use crate::http::body::{Body, Faults};
use crate::http::call::Request;

/// When and where.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "sessions": [{ "date": "2027-01-14", "start": "14:00", "end": "16:00" }] }))]
pub struct NewPlan {
    /// Its sessions; those it has when left out.
    #[deserr(default)]
    #[validate(nested, length(min = 1, max = SESSIONS))]
    #[schema(min_items = 1, max_items = 200)]
    pub sessions: Option<Vec<Session>>,
    /// Where, when it is not in the school.
    #[deserr(default)]
    #[validate(nested)]
    pub place: Option<VenueAddress>,
}

impl Body for NewPlan {}

impl Brings for NewPlan {
    const ACT: ActionAct = ActionAct::Plan;
    const OWN: &'static [&'static str] = &["sessions", "place"];

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        if let Some(sessions) = self.sessions {
            action.sessions = sessions;
            let (zone, mut faults) = (action.zone(), Faults::new());
            for (index, session) in action.sessions.iter().enumerate() {
                session.check(zone, &format!("/sessions/{index}"), &mut faults);
            }
            if !faults.is_empty() {
                return Err(Problem::body(faults));
            }
        }
        action.place = self.place.or(action.place.take());
        Ok(None)
    }
}

/// What is stated from then on (R32, R33), and whom to call.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "inclusion": { "measures": [{ "ground": "sex", "measure": "Groupes mixtes, une intervenante" }] },
    "accessibility": "Salle de plain-pied, supports agrandis",
    "responsible_adult": "professeure principale"
}))]
pub struct NewConfirmation {
    #[deserr(default)]
    #[validate(nested)]
    pub inclusion: Option<Inclusion>,
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub accessibility: Option<String>,
    #[deserr(default)]
    #[validate(nested)]
    pub school_contact: Option<SchoolContact>,
    /// Function of the adult in charge of the pupils.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub responsible_adult: Option<String>,
}

impl Body for NewConfirmation {}

impl Brings for NewConfirmation {
    const ACT: ActionAct = ActionAct::Confirm;
    const OWN: &'static [&'static str] = &["inclusion", "accessibility", "school_contact", "responsible_adult"];

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        action.inclusion = self.inclusion.or(action.inclusion.take());
        action.accessibility = self.accessibility.or(action.accessibility.take());
        action.school_contact = self.school_contact.or(action.school_contact.take());
        action.responsible_adult = self.responsible_adult.or(action.responsible_adult.take());
        let mut faults = Faults::new();
        super::super::new::check_inclusion(action, &mut faults);
        if faults.is_empty() { Ok(None) } else { Err(Problem::body(faults)) }
    }
}

/// It took place; a word on it.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct NewHolding {
    /// Added below the comment that the action has, 1000 characters with it at most.
    #[deserr(default)]
    #[validate(length(min = 1, max = COMMENT))]
    #[schema(min_length = 1, max_length = 1000)]
    pub comment: Option<String>,
}

impl Body for NewHolding {}

impl Brings for NewHolding {
    const ACT: ActionAct = ActionAct::Hold;
    const OWN: &'static [&'static str] = &["comment"];

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        let Some(word) = self.comment else { return Ok(None) };
        // Neither says what the other does.
        let both_words = match action.comment.take() {
            Some(own) if own != word => format!("{own}\n{word}"),
            _ => word,
        };
        let length = both_words.chars().count();
        if u64::try_from(length).unwrap_or(u64::MAX) > COMMENT {
            let detail = both(
                format!("Avec le commentaire de l'action, {length} signes : {COMMENT} au plus."),
                format!("With the comment of the action, {length} characters: {COMMENT} at most."),
            );
            return Err(Problem::body(vec![Fault::pointer("/comment", "too_long", detail)]));
        }
        action.comment = Some(both_words);
        Ok(None)
    }
}

/// What was counted in one school.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "uai": "0750655E", "counts": { "pupils": 24, "girls": 10, "boys": 14, "attendances": 24 } }))]
pub struct NewAttendance {
    pub uai: Uai,
    /// The class that was counted, when the school comes with several.
    #[deserr(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub class_label: Option<String>,
    #[validate(nested)]
    pub counts: Counts,
}

impl Body for NewAttendance {
    fn check(&self, faults: &mut Faults) {
        self.counts.check("/counts", faults);
    }
}

impl Brings for NewAttendance {
    const ACT: ActionAct = ActionAct::Attend;

    fn may(&self, request: &Request) -> Result<(), Problem> {
        let own = &request.caller.uais;
        let foreign = !own.is_empty() && !own.contains(&self.uai.to_string());
        if foreign { Err(Problem::plain("not_allowed").about("/uai")) } else { Ok(()) }
    }

    fn over(&mut self, action: &NewAction, said: &Value) -> Result<(), Halt> {
        complete(&mut self.counts, action, (&self.uai, self.class_label.as_deref()), &said["counts"], "")
    }

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        set_counts(action, (&self.uai, self.class_label.as_deref()), self.counts, "")?;
        let mut faults = Faults::new();
        totals::below_beside_others(action, "/counts", &mut faults);
        if faults.is_empty() { Ok(None) } else { Err(Problem::body(faults)) }
    }
}

/// What is declared, over what was: a member that is not mentioned stays, null takes it away.
fn laid_over<T: Serialize + DeserializeOwned>(new: &mut T, known: Option<&T>, said: &Value) -> Result<(), Halt> {
    let (Some(known), Some(said)) = (known, said.as_object()) else { return Ok(()) };
    let (mut whole, declared) = (serde_json::to_value(known)?, serde_json::to_value(&*new)?);
    for member in said.keys() {
        whole[member] = declared[member].clone();
    }
    *new = serde_json::from_value(whole)?;
    Ok(())
}

/// The same of the counts of a class, which still agree with each other.
fn complete(
    counts: &mut Counts,
    action: &NewAction,
    (uai, class): (&Uai, Option<&str>),
    said: &Value,
    at: &str,
) -> Result<(), Halt> {
    let known = classes::place(&action.schools, uai, class, at).ok().and_then(|index| action.schools.get(index));
    laid_over(counts, known.and_then(|school| school.counts.as_ref()), said)?;
    let mut faults = Faults::new();
    counts.check(&format!("{at}/counts"), &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults).into()) }
}

fn set_counts(
    action: &mut NewAction,
    (uai, class): (&Uai, Option<&str>),
    counts: Counts,
    at: &str,
) -> Result<(), Problem> {
    let index = classes::place(&action.schools, uai, class, at).map_err(|fault| Problem::body(vec![fault]))?;
    if let Some(school) = action.schools.get_mut(index) {
        school.counts = Some(counts);
    }
    Ok(())
}

/// The results of an action, as they are declared.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "results": { "pupils": 24, "girls": 10, "boys": 14, "attendances": 24, "volunteer_hours": 6, "speakers_women": 1, "speakers_men": 1 } }))]
pub struct NewReport {
    /// Totals; what was never given is the sum of the schools, when each has it. Declared again: what is left out stays, null
    /// takes it away.
    #[validate(nested)]
    pub results: Results,
    /// What was counted in each school, or in each class of one that comes with several; those left out keep what they
    /// declared.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = SCHOOLS))]
    #[schema(max_items = 100)]
    pub schools: Vec<ActionSchool>,
    /// Pairs of a mentoring.
    #[deserr(default)]
    #[validate(range(max = 100_000))]
    #[schema(maximum = 100_000)]
    pub pairs: Option<u32>,
}

impl Body for NewReport {
    fn check(&self, faults: &mut Faults) {
        self.results.check("/results", faults);
        faults.extend(classes::repeated(&self.schools).into_iter().map(classes::occurs_twice));
        for (index, school) in self.schools.iter().enumerate() {
            if let Some(counts) = &school.counts {
                counts.check(&format!("/schools/{index}/counts"), faults);
            }
        }
    }
}

impl Brings for NewReport {
    const ACT: ActionAct = ActionAct::Report;
    const OWN: &'static [&'static str] = &["results", "pairs"];

    fn over(&mut self, action: &NewAction, said: &Value) -> Result<(), Halt> {
        laid_over(&mut self.results, action.results.as_ref(), &said["results"])?;
        for (index, school) in self.schools.iter_mut().enumerate() {
            if let Some(counts) = &mut school.counts {
                let of = (&school.uai, school.class_label.as_deref());
                let at = format!("/schools/{index}");
                complete(counts, action, of, &said["schools"][index]["counts"], &at)?;
            }
        }
        Ok(())
    }

    fn bring(self, action: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        for (index, school) in self.schools.into_iter().enumerate() {
            if let Some(counts) = school.counts {
                let of = (&school.uai, school.class_label.as_deref());
                set_counts(action, of, counts, &format!("/schools/{index}"))?;
            }
        }
        action.results = Some(self.results);
        action.pairs = self.pairs.or(action.pairs);
        let mut faults = Faults::new();
        totals::disagreeing(action, "/results", &mut faults);
        if faults.is_empty() { Ok(None) } else { Err(Problem::body(faults)) }
    }
}

/// Why it is declined or cancelled.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "reason": "Semaine d'examens blancs" }))]
pub struct Reason {
    /// In words, short and without any person (R36).
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl Body for Reason {}

impl Reason {
    fn screened(self) -> Result<Option<String>, Problem> {
        match crate::domain::screening::screen(&self.reason) {
            None => Ok(Some(self.reason)),
            Some(found) => Err(super::super::rules::personal_data(&["/reason"], found.detail()).at("/reason").into()),
        }
    }
}

/// A reason to decline.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({ "reason": "Semaine d'examens blancs" }))]
pub struct NewRefusal {
    /// In words, short and without any person (R36).
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl Body for NewRefusal {}

impl Brings for NewRefusal {
    const ACT: ActionAct = ActionAct::Decline;
    const OWN: &'static [&'static str] = &["reason"];

    fn bring(self, _: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        Reason { reason: self.reason }.screened()
    }
}

impl Brings for Reason {
    const ACT: ActionAct = ActionAct::Cancel;
    const OWN: &'static [&'static str] = &["reason"];

    fn bring(self, _: &mut NewAction, _: &Request) -> Result<Option<String>, Problem> {
        self.screened()
    }
}
