//! The years of a convention (années de la convention), one after the other, as each text in force lays them out.
//!
//! Each is computed from the first day in force, never from the one before; the last ends with the convention, and is
//! shorter when the duration is no whole number of years.

use super::HORIZON;
use crate::conventions::rules::{Scene, Terms};
use crate::domain::vocabulary::Unit;
use crate::domain::{CivilDate, LastDays, Period};

/// A year under one text, and the days on which the ledger reads it so.
pub struct YearRead<'a> {
    /// 1 for the first.
    pub number: u16,
    pub from: CivilDate,
    /// Its last day, under both readings.
    pub last_days: LastDays,
    pub terms: &'a Terms,
    pub valid_from: CivilDate,
    pub valid_until: Option<CivilDate>,
}

impl YearRead<'_> {
    /// Its last day.
    pub fn last(&self) -> CivilDate {
        self.last_days.under(self.terms.last_day_rule)
    }

    /// Its last day under the earlier reading.
    pub fn due_on(&self) -> CivilDate {
        self.last_days.anniversary.min(self.last_days.eve)
    }

    /// Its first and last day.
    pub fn window(&self) -> (CivilDate, CivilDate) {
        (self.from, self.last())
    }
}

/// Every year under every text. A text that changes while a year runs reads it from then on; a year that was over by then
/// stays as it was read. The years of a renewal, and those of a convention without end, show from their first day: until
/// then nobody knows that they will come.
pub fn years_of<'a>(scene: &Scene<'a>) -> Vec<YearRead<'a>> {
    let (Some(complete), Some(origin)) = (scene.spans.complete_on, scene.spans.in_force_from) else {
        return Vec::new();
    };
    let shown = complete.min(origin);
    let mut all = Vec::new();
    for (since, until, terms) in scene.texts.stretches() {
        let end = whole_life(terms, origin);
        let mut term = Running { terms, origin, renewals: 0, first: origin };
        let mut from = origin;
        for number in 1..=HORIZON {
            let year = Period { value: number, unit: Unit::Year };
            let Some(nominal) = LastDays::of(origin, year) else { break };
            let last_days = end.map_or(nominal, |end| earlier(nominal, end));
            let last = last_days.under(terms.last_day_rule);
            if last < from {
                break;
            }
            let begins = if number == 1 { shown } else { term.known_from(from).unwrap_or(shown) };
            let over_before = since.is_some_and(|since| last < since);
            let begins_after = until.is_some_and(|until| until < begins);
            if !over_before && !begins_after {
                all.push(YearRead {
                    number,
                    from,
                    last_days,
                    terms,
                    valid_from: since.map_or(begins, |since| since.max(begins)),
                    valid_until: until.filter(|until| *until < last),
                });
            }
            if end.is_some_and(|end| end.under(terms.last_day_rule) <= last) {
                break;
            }
            from = last.next();
        }
    }
    all
}

/// The end that the text gives, renewals counted in; none without a duration, or renewed without limit.
fn whole_life(terms: &Terms, origin: CivilDate) -> Option<LastDays> {
    let renewals = terms.tacit_renewal.map_or(Some(0), |renewal| renewal.times)?;
    terms.term_end(origin, renewals)
}

fn earlier(one: LastDays, other: LastDays) -> LastDays {
    LastDays { anniversary: one.anniversary.min(other.anniversary), eve: one.eve.min(other.eve) }
}

/// The term that a day falls in, as days ascend.
struct Running<'a> {
    terms: &'a Terms,
    origin: CivilDate,
    renewals: u16,
    first: CivilDate,
}

impl Running<'_> {
    /// The day from which it is known that this one will come; none when the first term has it.
    fn known_from(&mut self, day: CivilDate) -> Option<CivilDate> {
        loop {
            let Some(end) = self.terms.term_end(self.origin, self.renewals) else { return Some(day) };
            let last = end.under(self.terms.last_day_rule);
            if day <= last {
                return (self.renewals > 0).then_some(self.first);
            }
            if last < self.first || self.renewals == u16::MAX {
                return Some(day);
            }
            (self.renewals, self.first) = (self.renewals + 1, last.next());
        }
    }
}
