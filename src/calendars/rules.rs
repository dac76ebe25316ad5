//! Which duties of a ledger a calendar shows: those that have a date, as the text in force today states them.

use crate::domain::CivilDate;
use crate::domain::vocabulary::{DutyNature, DutyStatus};
use crate::obligations::rules::Duty;

/// A duty on a day of a calendar.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'d> {
    pub duty: &'d Duty,
    /// The day of the event: that alone which decides overdue and late, or else the day it became due.
    pub date: CivilDate,
    /// Nothing is owed, or will be on that day, by what is known; or the text states it no more.
    pub cancelled: bool,
}

/// What a calendar shows today of all the duties of a convention: one entry a key. Rights and commitments without a date
/// have no day; what no text states yet is not shown.
pub fn entries(duties: &[Duty], today: CivilDate) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for duty in duties {
        if entries.iter().any(|entry| entry.duty.key == duty.key) {
            continue;
        }
        let all = || duties.iter().filter(|other| other.key == duty.key);
        let current = all().find(|other| other.valid_on(today));
        // One that a later text has taken out, as the last text had it.
        let last = || all().filter(|other| other.valid_from <= today).max_by_key(|other| other.valid_from);
        let Some(shown) = current.or_else(last) else { continue };
        if let Some(date) = day_of(shown) {
            entries.push(Entry { duty: shown, date, cancelled: current.is_none() || is_void(shown, date, today) });
        }
    }
    entries
}

fn day_of(duty: &Duty) -> Option<CivilDate> {
    match duty.nature {
        DutyNature::Right | DutyNature::Continuous => None,
        _ => duty.deadline_on.or(duty.due_on),
    }
}

/// Void today, or on its day by what is known today: a convention that is to end before will not owe it.
fn is_void(duty: &Duty, date: CivilDate, today: CivilDate) -> bool {
    duty.status(today) == DutyStatus::Void || duty.status(date.max(today)) == DutyStatus::Void
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::Bilingual;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn duty(key: &str, nature: DutyNature, from: &str) -> Duty {
        Duty::new("R04", key, nature, Bilingual::fixed("À faire", "To do"), day(from))
    }

    fn due(key: &str, from: &str, until: Option<&str>, deadline: &str) -> Duty {
        let deadline_on = Some(day(deadline));
        let valid_until = until.map(day);
        Duty { deadline_on, due_on: deadline_on, valid_until, ..duty(key, DutyNature::Dated, from) }
    }

    fn shown(duties: &[Duty], today: &str) -> Vec<(String, String, bool)> {
        let told = |entry: Entry<'_>| (entry.duty.key.clone(), entry.date.to_string(), entry.cancelled);
        entries(duties, day(today)).into_iter().map(told).collect()
    }

    fn one(key: &str, date: &str, cancelled: bool) -> Vec<(String, String, bool)> {
        vec![(key.into(), date.into(), cancelled)]
    }

    #[test]
    fn the_deadline_is_its_day_or_else_the_day_it_became_due() {
        let mut duty = due("R04/0", "2024-06-27", None, "2028-12-27");
        duty.due_on = Some(day("2028-12-26"));
        assert_eq!(shown(&[duty.clone()], "2026-01-01"), one("R04/0", "2028-12-27", false));
        duty.deadline_on = None;
        assert_eq!(shown(&[duty.clone()], "2026-01-01"), one("R04/0", "2028-12-26", false));
        duty.due_on = None;
        assert!(shown(&[duty], "2026-01-01").is_empty());
    }

    #[test]
    fn rights_and_commitments_have_no_day_and_the_future_is_not_shown() {
        for nature in [DutyNature::Right, DutyNature::Continuous] {
            let duty = Duty { nature, ..due("R14", "2024-06-27", None, "2028-12-27") };
            assert!(shown(&[duty], "2026-01-01").is_empty());
        }
        let later = due("R04/1", "2029-06-28", None, "2033-12-27");
        assert!(shown(std::slice::from_ref(&later), "2029-06-27").is_empty());
        assert_eq!(shown(&[later], "2029-06-28"), one("R04/1", "2033-12-27", false));
    }

    #[test]
    fn an_end_that_comes_first_cancels_it_as_soon_as_it_is_known() {
        let ends = |void: &str| Duty { void_on: Some(day(void)), ..due("R04/0", "2024-06-27", None, "2028-12-27") };
        assert_eq!(shown(&[ends("2028-12-27")], "2026-01-01"), one("R04/0", "2028-12-27", true));
        assert_eq!(shown(&[ends("2028-12-28")], "2026-01-01"), one("R04/0", "2028-12-27", false));
        assert_eq!(shown(&[ends("2028-12-28")], "2028-12-27"), one("R04/0", "2028-12-27", false));
        assert_eq!(shown(&[ends("2028-12-28")], "2028-12-28"), one("R04/0", "2028-12-27", true));
        // What was done stays done.
        let met = Duty { met_on: Some(day("2026-01-01")), ..ends("2028-12-27") };
        assert_eq!(shown(std::slice::from_ref(&met), "2026-01-01"), one("R04/0", "2028-12-27", false));
        assert_eq!(shown(&[met], "2029-01-01"), one("R04/0", "2028-12-27", false));
    }

    #[test]
    fn the_text_in_force_states_its_day_and_a_text_that_drops_it_cancels_it() {
        let before = due("R11/1", "2024-06-27", Some("2026-01-14"), "2026-06-26");
        let after = due("R11/1", "2026-01-15", None, "2026-03-31");
        let both = [before.clone(), after];
        assert_eq!(shown(&both, "2026-01-14"), one("R11/1", "2026-06-26", false));
        assert_eq!(shown(&both, "2026-01-15"), one("R11/1", "2026-03-31", false));
        assert_eq!(shown(std::slice::from_ref(&before), "2026-01-14"), one("R11/1", "2026-06-26", false));
        assert_eq!(shown(&[before], "2026-01-15"), one("R11/1", "2026-06-26", true));
    }
}
