//! Periods, last days and deadlines: what a clause's « cinq ans » or « six mois » gives as dates.
//!
//! A text that says « cinq ans à compter du 27 juin » can be read two ways, so every last day comes
//! in two readings ([`LastDays`]) and every duty counted back from it in two dates ([`Deadline`]):
//! `due_on`, the cautious one, drives reminders; `deadline_on`, the reading the convention chose,
//! alone decides what is late.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bilingual::Bilingual;
use super::civil::CivilDate;
use super::vocabulary::{LastDayRule, Unit};

/// A length of time as a clause states it: `{"value": 5, "unit": "year"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, try_from = "ReadPeriod")]
#[schema(example = json!({"value": 5, "unit": "year"}))]
pub struct Period {
    /// How many units, 1 to 1200.
    #[schema(minimum = 1, maximum = 1200)]
    pub value: u16,
    /// Of what.
    pub unit: Unit,
}

/// As read, before its value is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadPeriod {
    value: u16,
    unit: Unit,
}

impl TryFrom<ReadPeriod> for Period {
    type Error = PeriodError;

    fn try_from(read: ReadPeriod) -> Result<Self, Self::Error> {
        Self::new(read.value, read.unit)
    }
}

/// The value is 0 or above 1200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodError;

impl PeriodError {
    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        Bilingual::fixed("La valeur d'une durée va de 1 à 1200.", "The value of a period goes from 1 to 1200.")
    }
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for PeriodError {}

impl Period {
    /// A period of 1 to 1200 units.
    pub const fn new(value: u16, unit: Unit) -> Result<Self, PeriodError> {
        if value == 0 || value > 1200 { Err(PeriodError) } else { Ok(Self { value, unit }) }
    }

    /// The same period `times` over, for spans computed from the origin and never chained.
    #[must_use]
    pub const fn times(self, times: u16) -> Self {
        Self { value: self.value.saturating_mul(times), unit: self.unit }
    }
}

/// Last day of a duration that begins on `from`, under one reading (rules.md "Dates"; R02).
///
/// - months and years: the day of the same number, or the month's last day (`anniversary`); under `eve`
///   the day before, except that a day moved back to a month's end is itself the last day;
/// - weeks: the day of the same name, or its eve;
/// - days: the first day never counts (641 al. 1), so both readings agree;
/// - school years (années scolaires): 31 August of the n-th, the one running on `from` being the first;
/// - seasons (saisons): `None`. No text of reference bounds a season: the clause has to name its end.
pub fn last_day(from: CivilDate, period: Period, rule: LastDayRule) -> Option<CivilDate> {
    let value = u32::from(period.value);
    let same_day = match period.unit {
        Unit::Day => return Some(from.plus_days(value)),
        Unit::Week => from.plus_days(value * 7),
        Unit::Month => from.plus_months(value),
        Unit::Year => from.plus_years(value),
        Unit::SchoolYear => return Some(school_year_end(from, value)),
        Unit::Season => return None,
    };
    let moved_back = period.unit != Unit::Week && same_day.day() != from.day();
    Some(match rule {
        LastDayRule::Anniversary => same_day,
        LastDayRule::Eve if moved_back => same_day,
        LastDayRule::Eve => same_day.previous(),
    })
}

/// 31 August of the `count`-th school year, the one running on `from` being the first.
fn school_year_end(from: CivilDate, count: u32) -> CivilDate {
    let ends_in = i64::from(from.school_year_start()) + i64::from(count);
    i32::try_from(ends_in)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, 8, 31))
        .map_or_else(|| CivilDate::from_naive(NaiveDate::MAX), CivilDate::from_naive)
}

/// The last day under both readings. A named end, or a count of days, is the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct LastDays {
    /// Under `anniversary`.
    pub anniversary: CivilDate,
    /// Under `eve`.
    pub eve: CivilDate,
}

impl LastDays {
    /// Both readings of the end of `period` begun on `from`; `None` for seasons.
    pub fn of(from: CivilDate, period: Period) -> Option<Self> {
        Some(Self {
            anniversary: last_day(from, period, LastDayRule::Anniversary)?,
            eve: last_day(from, period, LastDayRule::Eve)?,
        })
    }

    /// An end that the text names: nothing to interpret.
    pub const fn named(end: CivilDate) -> Self {
        Self { anniversary: end, eve: end }
    }

    /// Under the reading the convention chose.
    pub const fn under(self, rule: LastDayRule) -> CivilDate {
        match rule {
            LastDayRule::Anniversary => self.anniversary,
            LastDayRule::Eve => self.eve,
        }
    }

    /// The duty to be done `notice` before the end (R04: « six mois avant sa date d'expiration »).
    /// `None` for a notice in school years or seasons: nothing says how to count those backwards.
    pub fn deadline_before(self, notice: Period, rule: LastDayRule) -> Option<Deadline> {
        let one = before(self.anniversary, notice)?;
        let other = before(self.eve, notice)?;
        Some(Deadline {
            due_on: one.min(other),
            deadline_on: match rule {
                LastDayRule::Anniversary => one,
                LastDayRule::Eve => other,
            },
        })
    }
}

/// `notice` before `end`, counted in one step.
fn before(end: CivilDate, notice: Period) -> Option<CivilDate> {
    let value = u32::from(notice.value);
    match notice.unit {
        Unit::Day => Some(end.minus_days(value)),
        Unit::Week => Some(end.minus_days(value * 7)),
        Unit::Month => Some(end.minus_months(value)),
        Unit::Year => Some(end.minus_months(value * 12)),
        Unit::SchoolYear | Unit::Season => None,
    }
}

/// The two dates of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Deadline {
    /// The earlier of the two readings: drives reminders, decides nothing.
    pub due_on: CivilDate,
    /// The reading of the convention's `last_day_rule`: after it the duty is overdue, or done late.
    pub deadline_on: CivilDate,
}

impl Deadline {
    /// Days of lateness of a duty done on `done_on`; 0 when on time.
    pub fn late_by_days(self, done_on: CivilDate) -> u32 {
        u32::try_from(done_on.days_since(self.deadline_on)).unwrap_or(0)
    }
}

/// Earliest `effective_on`, the last day in force, after a notice (préavis) received on `received` (R07).
/// The convention is terminated from the next day. `None` for seasons.
///
/// Always the day of the same number: the parameter `last_day_rule` reads durations, not notices.
pub fn notice_end(received: CivilDate, period: Period) -> Option<CivilDate> {
    last_day(received, period, LastDayRule::Anniversary)
}

/// Last day of a delay of `days` days opened by a reception (R08: eight days to remedy).
/// The day of reception does not count and clocks do not matter: a civil day is a civil day.
pub fn days_after(received: CivilDate, days: u16) -> CivilDate {
    received.plus_days(u32::from(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn period(value: u16, unit: Unit) -> Period {
        Period::new(value, unit).unwrap()
    }

    /// The table of rules.md "Dates": signed, both last days, inform by `deadline_on` and `due_on`.
    #[test]
    fn the_table_of_dates() {
        for (signed, anniversary, eve, deadline_on, due_on) in [
            ("2024-06-27", "2029-06-27", "2029-06-26", "2028-12-27", "2028-12-26"),
            ("2024-02-29", "2029-02-28", "2029-02-28", "2028-08-28", "2028-08-28"),
            ("2023-02-28", "2028-02-28", "2028-02-27", "2027-08-28", "2027-08-27"),
            ("2024-08-31", "2029-08-31", "2029-08-30", "2029-02-28", "2029-02-28"),
            ("2023-08-31", "2028-08-31", "2028-08-30", "2028-02-29", "2028-02-29"),
            ("2024-10-31", "2029-10-31", "2029-10-30", "2029-04-30", "2029-04-30"),
            ("2025-03-30", "2030-03-30", "2030-03-29", "2029-09-30", "2029-09-29"),
        ] {
            let days = LastDays::of(day(signed), period(5, Unit::Year)).unwrap();
            assert_eq!(days, LastDays { anniversary: day(anniversary), eve: day(eve) }, "{signed}");
            let duty = days.deadline_before(period(6, Unit::Month), LastDayRule::Anniversary).unwrap();
            assert_eq!(duty, Deadline { due_on: day(due_on), deadline_on: day(deadline_on) }, "{signed}");
        }
    }

    /// R04: on 2028-12-27 on time (anniversary), late by 1 (eve).
    #[test]
    fn the_reading_chosen_decides_what_is_late() {
        let days = LastDays::of(day("2024-06-27"), period(5, Unit::Year)).unwrap();
        let under = |rule| days.deadline_before(period(6, Unit::Month), rule).unwrap();
        for (done, anniversary, eve) in [("2028-12-26", 0, 0), ("2028-12-27", 0, 1), ("2028-12-28", 1, 2)] {
            assert_eq!(under(LastDayRule::Anniversary).late_by_days(day(done)), anniversary, "{done}");
            assert_eq!(under(LastDayRule::Eve).late_by_days(day(done)), eve, "{done}");
        }
    }

    /// R07: the earliest last day after a notice of six months.
    #[test]
    fn a_notice_ends_on_the_day_of_the_same_number() {
        for (received, effective_on) in [
            ("2026-11-23", "2027-05-23"),
            ("2025-08-28", "2026-02-28"),
            ("2025-08-29", "2026-02-28"),
            ("2025-08-30", "2026-02-28"),
            ("2025-08-31", "2026-02-28"),
            ("2025-09-01", "2026-03-01"),
            ("2023-08-31", "2024-02-29"),
            ("2029-03-01", "2029-09-01"),
        ] {
            assert_eq!(notice_end(day(received), period(6, Unit::Month)), Some(day(effective_on)), "{received}");
        }
    }

    /// R08: eight civil days, whatever the clocks do.
    #[test]
    fn eight_days_are_eight_civil_days() {
        for (received, last) in [
            ("2025-03-24", "2025-04-01"),
            ("2024-02-22", "2024-03-01"),
            ("2025-07-03", "2025-07-11"),
            ("2025-10-20", "2025-10-28"),
        ] {
            assert_eq!(days_after(day(received), 8), day(last), "{received}");
        }
    }

    #[test]
    fn school_years_end_on_31_august() {
        for (from, count, end) in [
            ("2024-09-01", 1, "2025-08-31"),
            ("2024-08-31", 1, "2024-08-31"),
            ("2025-06-27", 1, "2025-08-31"),
            ("2024-10-15", 3, "2027-08-31"),
            ("2024-02-29", 2, "2025-08-31"),
        ] {
            for rule in [LastDayRule::Anniversary, LastDayRule::Eve] {
                assert_eq!(last_day(day(from), period(count, Unit::SchoolYear), rule), Some(day(end)), "{from}");
            }
        }
    }

    #[test]
    fn weeks_days_and_seasons() {
        let from = day("2025-03-24");
        let ends = |value, unit, rule| last_day(from, period(value, unit), rule);
        assert_eq!(ends(2, Unit::Week, LastDayRule::Anniversary), Some(day("2025-04-07")));
        assert_eq!(ends(2, Unit::Week, LastDayRule::Eve), Some(day("2025-04-06")));
        assert_eq!(ends(10, Unit::Day, LastDayRule::Anniversary), Some(day("2025-04-03")));
        assert_eq!(ends(10, Unit::Day, LastDayRule::Eve), Some(day("2025-04-03")));
        assert_eq!(ends(1, Unit::Season, LastDayRule::Anniversary), None);
        assert_eq!(notice_end(from, period(1, Unit::Season)), None);
        assert_eq!(LastDays::named(from).deadline_before(period(1, Unit::SchoolYear), LastDayRule::Eve), None);
        // 1 March is not moved back: the eve is 29 February.
        assert_eq!(last_day(day("2023-03-01"), period(1, Unit::Year), LastDayRule::Eve), Some(day("2024-02-29")));
    }

    #[test]
    fn a_period_is_read_within_bounds() {
        let read = |text| serde_json::from_str::<Period>(text);
        assert_eq!(read(r#"{"value":5,"unit":"year"}"#).unwrap(), period(5, Unit::Year));
        assert_eq!(serde_json::to_string(&period(3, Unit::SchoolYear)).unwrap(), r#"{"value":3,"unit":"school_year"}"#);
        for wrong in [
            r#"{"value":0,"unit":"year"}"#,
            r#"{"value":1201,"unit":"day"}"#,
            r#"{"value":-1,"unit":"day"}"#,
            r#"{"value":5,"unit":"an"}"#,
            r#"{"value":5}"#,
            r#"{"value":5,"unit":"year","text":"cinq ans"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    prop_compose! {
        fn any_day()(days in 0_u32..109_938) -> CivilDate {
            CivilDate::new(1900, 1, 1).unwrap().plus_days(days)
        }
    }

    fn any_unit() -> impl Strategy<Value = Unit> {
        prop::sample::select(Unit::ALL)
    }

    proptest! {
        #[test]
        fn the_eve_is_the_anniversary_or_the_day_before(from in any_day(), value in 1_u16..=1200, unit in any_unit()) {
            if let Some(days) = LastDays::of(from, Period { value, unit }) {
                prop_assert!((0..=1).contains(&days.anniversary.days_since(days.eve)));
            }
        }

        #[test]
        fn what_begins_later_never_ends_earlier(a in any_day(), b in any_day(), value in 1_u16..=1200, unit in any_unit()) {
            let (first, second) = (a.min(b), a.max(b));
            let notice = Period { value, unit };
            prop_assert!(notice_end(first, notice) <= notice_end(second, notice));
        }

        #[test]
        fn reminders_never_come_after_the_deadline(from in any_day(), years in 1_u16..50, value in 1_u16..24, eve in any::<bool>()) {
            let rule = if eve { LastDayRule::Eve } else { LastDayRule::Anniversary };
            let days = LastDays::of(from, period(years, Unit::Year)).unwrap();
            let duty = days.deadline_before(period(value, Unit::Month), rule).unwrap();
            prop_assert!(duty.due_on <= duty.deadline_on);
        }
    }
}
