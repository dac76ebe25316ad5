//! Which duties of a ledger a calendar shows: those that have a date, as the text in force today states them.

use crate::domain::vocabulary::{DutyNature, DutyStatus};
use crate::domain::{Bilingual, CivilDate, Id};
use crate::obligations::rules::{Duty, Owed, status};

/// A duty, as far as a calendar tells it: computed, or read from the rows that are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub key: String,
    pub rule: String,
    pub article: Option<String>,
    pub what: Bilingual,
    pub nature: DutyNature,
    pub owed_by: Owed,
    pub valid_from: CivilDate,
    pub valid_until: Option<CivilDate>,
    pub due_on: Option<CivilDate>,
    pub deadline_on: Option<CivilDate>,
    pub met_on: Option<CivilDate>,
    pub void_on: Option<CivilDate>,
    pub proof: Vec<Id>,
}

impl From<Duty> for Line {
    fn from(duty: Duty) -> Self {
        Self {
            key: duty.key,
            rule: duty.rule.to_owned(),
            article: duty.article,
            what: duty.what,
            nature: duty.nature,
            owed_by: duty.owed_by,
            valid_from: duty.valid_from,
            valid_until: duty.valid_until,
            due_on: duty.due_on,
            deadline_on: duty.deadline_on,
            met_on: duty.met_on,
            void_on: duty.void_on,
            proof: duty.proof,
        }
    }
}

impl Line {
    /// Where it stands on a date.
    pub fn status(&self, on: CivilDate) -> DutyStatus {
        status(self.nature, [self.due_on, self.deadline_on, self.met_on, self.void_on], on)
    }

    /// The day of its event; rights and commitments without a date have none.
    fn day(&self) -> Option<CivilDate> {
        match self.nature {
            DutyNature::Right | DutyNature::Continuous => None,
            _ => self.deadline_on.or(self.due_on),
        }
    }

    fn valid_on(&self, on: CivilDate) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on <= until)
    }

    /// Void today, or on its day by what is known today: a convention that is to end before will not owe it.
    fn is_void(&self, date: CivilDate, today: CivilDate) -> bool {
        [today, date.max(today)].into_iter().any(|on| self.status(on) == DutyStatus::Void)
    }
}

/// A duty on a day of a calendar.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'d> {
    pub duty: &'d Line,
    /// The day of the event: that alone which decides overdue and late, or else the day it became due.
    pub date: CivilDate,
    /// Nothing is owed, or will be on that day, by what is known; or the text states it no more.
    pub cancelled: bool,
}

/// What a calendar shows today of all the duties of a convention: one entry a key. What no text states yet is not shown.
pub fn entries(duties: &[Line], today: CivilDate) -> Vec<Entry<'_>> {
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
        if let Some(date) = shown.day() {
            entries.push(Entry { duty: shown, date, cancelled: current.is_none() || shown.is_void(date, today) });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn duty(key: &str, nature: DutyNature, from: &str) -> Line {
        Duty::new("R04", key, nature, Bilingual::fixed("À faire", "To do"), day(from)).into()
    }

    fn due(key: &str, from: &str, until: Option<&str>, deadline: &str) -> Line {
        let deadline_on = Some(day(deadline));
        let valid_until = until.map(day);
        Line { deadline_on, due_on: deadline_on, valid_until, ..duty(key, DutyNature::Dated, from) }
    }

    fn shown(duties: &[Line], today: &str) -> Vec<(String, String, bool)> {
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
            let duty = Line { nature, ..due("R14", "2024-06-27", None, "2028-12-27") };
            assert!(shown(&[duty], "2026-01-01").is_empty());
        }
        let later = due("R04/1", "2029-06-28", None, "2033-12-27");
        assert!(shown(std::slice::from_ref(&later), "2029-06-27").is_empty());
        assert_eq!(shown(&[later], "2029-06-28"), one("R04/1", "2033-12-27", false));
    }

    #[test]
    fn an_end_that_comes_first_cancels_it_as_soon_as_it_is_known() {
        let ends = |void: &str| Line { void_on: Some(day(void)), ..due("R04/0", "2024-06-27", None, "2028-12-27") };
        assert_eq!(shown(&[ends("2028-12-27")], "2026-01-01"), one("R04/0", "2028-12-27", true));
        assert_eq!(shown(&[ends("2028-12-28")], "2026-01-01"), one("R04/0", "2028-12-27", false));
        assert_eq!(shown(&[ends("2028-12-28")], "2028-12-27"), one("R04/0", "2028-12-27", false));
        assert_eq!(shown(&[ends("2028-12-28")], "2028-12-28"), one("R04/0", "2028-12-27", true));
        // What was done stays done.
        let met = Line { met_on: Some(day("2026-01-01")), ..ends("2028-12-27") };
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
