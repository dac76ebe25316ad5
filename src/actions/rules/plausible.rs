//! What is hardly so, and flagged: the same session twice (R34), and more hours received than pupils and sessions can make
//! (R36).

use super::NewAction;
use crate::domain::Hours;
use crate::domain::refusal::{Bilingual, Flag};

/// Two classes may meet at one hour, and a count may be right where a length is not: none of it is refused.
pub fn check(action: &NewAction) -> Vec<Flag> {
    repeated(action).into_iter().chain(pupil_hours(action)).collect()
}

/// Sessions of the same day that start at the same hour; those that do not say when are several.
fn repeated(action: &NewAction) -> Option<Flag> {
    let sessions = &action.sessions;
    let again = |index: &usize| {
        let one = &sessions[*index];
        let same = |other: &super::super::sessions::Session| {
            (other.date, other.start, &other.zone) == (one.date, one.start, &one.zone)
        };
        one.start.is_some() && sessions[..*index].iter().any(same)
    };
    let places: Vec<String> = (0..sessions.len()).filter(again).map(|index| format!("/sessions/{index}")).collect();
    let detail = Bilingual::fixed(
        "Deux séances commencent le même jour à la même heure : l'une est peut-être saisie deux fois.",
        "Two sessions start on the same day at the same hour: one may have been entered twice.",
    );
    (!places.is_empty()).then(|| Flag::new("R34", "repeated_session", detail).with("pointers", places))
}

/// Each pupil receives at most the hours of all sessions.
fn pupil_hours(action: &NewAction) -> Option<Flag> {
    let results = action.results.as_ref()?;
    let (received, pupils) = (results.pupil_hours?, results.pupils?);
    let sessions = results.session_hours.or_else(|| action.session_hours())?;
    let most = u64::from(sessions.minutes()) * u64::from(pupils);
    if u64::from(received.minutes()) <= most {
        return None;
    }
    let detail = Bilingual::fixed(
        "Plus d'heures reçues que les élèves n'en font avec toutes les séances.",
        "More hours received than the pupils make with all sessions.",
    );
    let most = u32::try_from(most).map(|minutes| Hours::of_minutes(minutes).hours()).ok();
    Some(
        Flag::new("R36", "too_many_pupil_hours", detail)
            .with("pointers", vec!["/results/pupil_hours"])
            .with("pupil_hours", received.hours())
            .with("pupils", pupils)
            .with("session_hours", sessions.hours())
            .with("most", most),
    )
}
