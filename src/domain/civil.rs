//! Civil dates: the days a convention speaks of.
//!
//! A convention signed « le 27 juin 2024 » names a day of the French calendar, not a moment. Hours
//! are therefore never added to it, and a change of clocks cannot move it.
//!
//! Arithmetic follows the code de procédure civile, article 641: months and years end on the day
//! of the same number or, if the month has none, on its last day; each result is computed from the origin
//! (31 January + 2 months is 31 March, though 31 January + 1 month is 28 or 29 February);
//! in a period of days the day of the act does not count. No extension over week-ends or holidays.
//! Subtracting is not the inverse of adding.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::bilingual::Bilingual;
use super::text_schema::Text;

pub use super::deadline::{Deadline, LastDays, Period, days_after, last_day, notice_end};
pub use super::vocabulary::{LastDayRule, Unit};

/// A civil date (date civile), read as `YYYY-MM-DD`, years 1900 to 2200.
///
/// Arithmetic may leave the years that are read: it stops at 9999-12-31 and 0001-01-01, so that
/// every date has four digits of year and text order is date order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(NaiveDate);

/// First and last year that are read from outside.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

impl CivilDate {
    /// 9999-12-31: after every date that is read.
    pub const LAST: Self = Self(last_representable());

    /// The day of that number, month and year, if it exists and its year is 1900 to 2200.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).filter(|date| YEARS.contains(&date.year())).map(Self)
    }

    /// From chrono's date (a database row, a computation). Years below 1 or above 9999 are brought to the bound.
    pub fn from_naive(date: NaiveDate) -> Self {
        if date.year() > 9999 {
            Self(last_representable())
        } else if date.year() < 1 {
            Self(first_representable())
        } else {
            Self(date)
        }
    }

    /// From a text that we wrote ourselves: computed days may lie beyond the years that are read from outside.
    pub fn of_ours(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::from_naive)
    }

    /// As chrono's date.
    pub const fn naive(self) -> NaiveDate {
        self.0
    }

    /// Year, 1 to 9999.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Month, 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// Day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// That many days later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        self.0.checked_add_days(Days::new(u64::from(days))).map_or(Self(last_representable()), Self::from_naive)
    }

    /// That many days earlier.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        self.0.checked_sub_days(Days::new(u64::from(days))).map_or(Self(first_representable()), Self::from_naive)
    }

    /// The day of the same number that many months later or, if that month has none, its last day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.0.checked_add_months(Months::new(months)).map_or(Self(last_representable()), Self::from_naive)
    }

    /// The day of the same number that many months earlier or, if that month has none, its last day.
    #[must_use]
    pub fn minus_months(self, months: u32) -> Self {
        self.0.checked_sub_months(Months::new(months)).map_or(Self(first_representable()), Self::from_naive)
    }

    /// The same day that many years later; 29 February becomes 28 February in a common year.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        self.plus_months(years.saturating_mul(12))
    }

    /// The next day (lendemain).
    #[must_use]
    pub fn next(self) -> Self {
        self.plus_days(1)
    }

    /// The day before (veille).
    #[must_use]
    pub fn previous(self) -> Self {
        self.minus_days(1)
    }

    /// Days from `earlier` to `self`; negative when `self` comes first.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// Calendar year in which the school year (année scolaire, 1 September to 31 August) of this
    /// day begins: 2024 for 2024-09-01 and for 2025-08-31.
    pub fn school_year_start(self) -> i32 {
        if self.month() >= 9 { self.year() } else { self.year() - 1 }
    }
}

/// 9999-12-31. `NaiveDate::MAX` would print six digits of year.
const fn last_representable() -> NaiveDate {
    match NaiveDate::from_ymd_opt(9999, 12, 31) {
        Some(date) => date,
        None => NaiveDate::MAX,
    }
}

/// 0001-01-01.
const fn first_representable() -> NaiveDate {
    match NaiveDate::from_ymd_opt(1, 1, 1) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// The text is not a civil date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CivilDateError {
    /// Not of the form `YYYY-MM-DD` (a date-time is refused here).
    Form,
    /// The form is right but the calendar has no such day.
    NoSuchDay,
    /// A year before 1900 or after 2200.
    OutOfRange,
}

impl CivilDateError {
    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        match self {
            Self::Form => Bilingual::fixed(
                "Une date civile s'écrit AAAA-MM-JJ, sans heure.",
                "A civil date is written YYYY-MM-DD, without a time.",
            ),
            Self::NoSuchDay => Bilingual::fixed("Ce jour n'existe pas au calendrier.", "The calendar has no such day."),
            Self::OutOfRange => Bilingual::fixed(
                "L'année doit être comprise entre 1900 et 2200.",
                "The year must lie between 1900 and 2200.",
            ),
        }
    }
}

impl fmt::Display for CivilDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for CivilDateError {}

impl FromStr for CivilDate {
    type Err = CivilDateError;

    /// Strict: ten characters, digits and two hyphens. chrono alone would take `2024-6-7` or `+2024-06-07`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(CivilDateError::Form);
        };
        let number = |digits: &[u8]| {
            digits
                .iter()
                .try_fold(0_u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
        };
        let (Some(year), Some(month), Some(day)) = (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
        else {
            return Err(CivilDateError::Form);
        };
        let year = i32::try_from(year).map_err(|_| CivilDateError::OutOfRange)?;
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(CivilDateError::NoSuchDay)?;
        if YEARS.contains(&year) { Ok(Self(date)) } else { Err(CivilDateError::OutOfRange) }
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl Serialize for CivilDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl From<CivilDate> for serde_json::Value {
    fn from(date: CivilDate) -> Self {
        Self::String(date.to_string())
    }
}

impl PartialSchema for CivilDate {
    fn schema() -> RefOr<Schema> {
        Text {
            description: "Civil date (Europe/Paris, or the zone of the place), `YYYY-MM-DD`, years 1900 to 2200. \
                          A date-time is refused.",
            example: "2024-06-27",
            format: Some("date"),
            pattern: None,
        }
        .schema()
    }
}

impl ToSchema for CivilDate {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_civil_date_of_its_one_form_is_read() {
        assert_eq!(day("2024-02-29"), CivilDate::new(2024, 2, 29).unwrap());
        assert_eq!(day("1900-01-01").to_string(), "1900-01-01");
        assert_eq!(day("2200-12-31").to_string(), "2200-12-31");
        for (text, error) in [
            ("2024-06-27T00:00:00Z", CivilDateError::Form),
            ("2024-06-27 ", CivilDateError::Form),
            ("2024-6-27", CivilDateError::Form),
            ("20240627", CivilDateError::Form),
            ("27/06/2024", CivilDateError::Form),
            ("2024/06/27", CivilDateError::Form),
            ("+024-06-27", CivilDateError::Form),
            ("２０24-06-27", CivilDateError::Form),
            ("", CivilDateError::Form),
            ("2023-02-29", CivilDateError::NoSuchDay),
            ("2024-13-01", CivilDateError::NoSuchDay),
            ("2024-00-10", CivilDateError::NoSuchDay),
            ("2024-06-31", CivilDateError::NoSuchDay),
            ("1899-12-31", CivilDateError::OutOfRange),
            ("2201-01-01", CivilDateError::OutOfRange),
            ("0000-01-01", CivilDateError::OutOfRange),
        ] {
            assert_eq!(text.parse::<CivilDate>(), Err(error), "{text}");
        }
        assert_eq!(CivilDate::new(1899, 12, 31), None);
        assert_eq!(CivilDate::new(2023, 2, 29), None);
    }

    #[test]
    fn json_and_schema_are_a_date() {
        assert_eq!(serde_json::to_string(&day("2024-06-27")).unwrap(), "\"2024-06-27\"");
        assert!(serde_json::from_str::<CivilDate>("\"2024-06-27T00:00:00Z\"").is_err());
        let schema = serde_json::to_value(CivilDate::schema()).unwrap();
        assert_eq!((&schema["type"], &schema["format"]), (&"string".into(), &"date".into()));
        assert_eq!(schema["examples"][0], "2024-06-27");
    }

    #[test]
    fn months_are_counted_from_the_origin() {
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
        assert_eq!(day("2024-01-31").plus_months(2), day("2024-03-31"));
        assert_eq!(day("2024-01-31").plus_months(1).plus_months(1), day("2024-03-29"));
        assert_eq!(day("2024-02-29").plus_years(1), day("2025-02-28"));
        assert_eq!(day("2024-02-29").plus_years(4), day("2028-02-29"));
        assert_eq!(day("2029-08-31").minus_months(6), day("2029-02-28"));
        assert_eq!(day("2029-02-28").plus_months(6), day("2029-08-28"));
    }

    #[test]
    fn days_ignore_the_clocks() {
        assert_eq!(day("2025-03-29").plus_days(2), day("2025-03-31"));
        assert_eq!(day("2025-10-25").next().next(), day("2025-10-27"));
        assert_eq!(day("2024-02-28").next(), day("2024-02-29"));
        assert_eq!(day("2024-03-01").previous(), day("2024-02-29"));
        assert_eq!(day("2025-04-01").days_since(day("2025-03-24")), 8);
        assert_eq!(day("2025-03-24").days_since(day("2025-04-01")), -8);
    }

    #[test]
    fn a_school_year_begins_in_september() {
        assert_eq!(day("2024-08-31").school_year_start(), 2023);
        assert_eq!(day("2024-09-01").school_year_start(), 2024);
        assert_eq!(day("2025-01-01").school_year_start(), 2024);
    }

    #[test]
    fn arithmetic_stops_at_four_digits_of_year() {
        assert_eq!(day("2200-12-31").plus_days(u32::MAX).to_string(), "9999-12-31");
        assert_eq!(day("2200-12-31").plus_years(u32::MAX).to_string(), "9999-12-31");
        assert_eq!(day("1900-01-01").minus_months(u32::MAX).to_string(), "0001-01-01");
        assert_eq!(CivilDate::from_naive(NaiveDate::MIN).to_string(), "0001-01-01");
    }

    proptest! {
        #[test]
        fn written_and_read_again_it_is_the_same(days in 0_u32..109_938) {
            let date = CivilDate::new(1900, 1, 1).unwrap().plus_days(days);
            prop_assert_eq!(day(&date.to_string()), date);
        }

        #[test]
        fn months_keep_the_number_or_fall_on_the_last_day(days in 0_u32..109_938, months in 0_u32..2400) {
            let from = CivilDate::new(1900, 1, 1).unwrap().plus_days(days);
            let to = from.plus_months(months);
            prop_assert!(to.day() == from.day() || (to.day() < from.day() && to.next().day() == 1));
            prop_assert!(to.plus_months(0) == to && to.minus_months(months) <= from);
        }

        #[test]
        fn anything_read_is_refused_or_written_back_as_given(text in "[0-9T:Z+-]{0,12}") {
            if let Ok(date) = text.parse::<CivilDate>() {
                prop_assert_eq!(date.to_string(), text);
            }
        }
    }
}
