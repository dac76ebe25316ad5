//! Instants: when something was recorded, as opposed to the civil day on which it happened.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::bilingual::Bilingual;
use super::civil::CivilDate;
use super::text_schema::Text;

/// The zone of national legal dates, Europe/Paris.
pub const PARIS: Tz = Tz::Europe__Paris;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z: RFC 3339 has four digits of year.
const BOUNDS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// A moment: microseconds since 1970-01-01T00:00:00Z, years 1 to 9999.
///
/// Written as RFC 3339 in UTC with six decimals, always: the text order of two instants is their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// After every instant that is read: whatever was recorded.
    pub const MAX: Self = Self::from_micros(BOUNDS.1);

    /// From microseconds since the Unix epoch; out of years 1 to 9999, brought to the bound.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < BOUNDS.0 {
            Self(BOUNDS.0)
        } else if micros > BOUNDS.1 {
            Self(BOUNDS.1)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since the Unix epoch, UTC.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// That many seconds later (earlier if negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// From chrono's moment; parts below a microsecond are dropped.
    pub fn from_utc(moment: DateTime<Utc>) -> Self {
        Self::from_micros(moment.timestamp_micros())
    }

    /// As chrono's moment.
    pub fn utc(self) -> DateTime<Utc> {
        // Within the bounds chrono always answers; the epoch keeps the function total.
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// The civil date of this moment in a zone: 2024-06-26T22:00:00Z is 27 June in Paris.
    pub fn civil_date_in(self, zone: Tz) -> CivilDate {
        CivilDate::from_naive(self.utc().with_timezone(&zone).date_naive())
    }
}

/// The text is not an RFC 3339 date-time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstantError;

impl InstantError {
    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        Bilingual::fixed(
            "Un instant s'écrit selon la RFC 3339, avec un décalage : 2024-06-27T09:30:00Z.",
            "An instant is written as RFC 3339 says, with an offset: 2024-06-27T09:30:00Z.",
        )
    }
}

impl fmt::Display for InstantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for InstantError {}

impl FromStr for Instant {
    type Err = InstantError;

    /// Any offset is read, UTC is kept.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|moment| Self::from_utc(moment.with_timezone(&Utc)))
            .map_err(|_| InstantError)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        Text {
            description: "Instant, RFC 3339 in UTC with six decimals. Any offset is read.",
            example: "2024-06-27T09:30:00.000000Z",
            format: Some("date-time"),
            pattern: None,
        }
        .schema()
    }
}

impl ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn civil(text: &str, zone: Tz) -> String {
        instant(text).civil_date_in(zone).to_string()
    }

    #[test]
    fn the_civil_date_of_an_instant_is_that_of_the_place() {
        assert_eq!(civil("2024-06-26T21:59:59Z", PARIS), "2024-06-26");
        assert_eq!(civil("2024-06-26T22:00:00Z", PARIS), "2024-06-27");
        assert_eq!(civil("2025-05-31T21:00:00Z", PARIS), "2025-05-31");
        assert_eq!(civil("2025-05-31T21:00:00Z", Tz::Indian__Reunion), "2025-06-01");
    }

    #[test]
    fn a_change_of_clocks_moves_the_hour_of_midnight_and_no_date() {
        assert_eq!(civil("2025-03-29T23:00:00Z", PARIS), "2025-03-30");
        assert_eq!(civil("2025-03-30T21:59:59Z", PARIS), "2025-03-30");
        assert_eq!(civil("2025-03-30T22:00:00Z", PARIS), "2025-03-31");
        assert_eq!(civil("2025-10-25T22:00:00Z", PARIS), "2025-10-26");
        assert_eq!(civil("2025-10-26T22:59:59Z", PARIS), "2025-10-26");
    }

    #[test]
    fn any_offset_is_read_and_utc_is_written() {
        assert_eq!(instant("2024-06-27T00:00:00+02:00").to_string(), "2024-06-26T22:00:00.000000Z");
        assert_eq!(instant("2024-06-27T00:00:00.1234567Z").to_string(), "2024-06-27T00:00:00.123456Z");
        for wrong in ["2024-06-27", "2024-06-27T00:00:00", "27/06/2024", "", "2024-06-27T25:00:00Z"] {
            assert_eq!(wrong.parse::<Instant>(), Err(InstantError), "{wrong}");
        }
    }

    #[test]
    fn out_of_four_digit_years_it_stops_at_the_bound() {
        assert_eq!(Instant::from_micros(i64::MAX).to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(Instant::from_micros(i64::MIN).to_string(), "0001-01-01T00:00:00.000000Z");
        assert_eq!(Instant::from_micros(i64::MAX).civil_date_in(PARIS).to_string(), "9999-12-31");
    }

    proptest::proptest! {
        #[test]
        fn written_and_read_again_it_is_the_same(micros in BOUNDS.0..=BOUNDS.1) {
            let one = Instant::from_micros(micros);
            proptest::prop_assert_eq!(instant(&one.to_string()), one);
        }

        #[test]
        fn text_order_is_time_order(a in BOUNDS.0..=BOUNDS.1, b in BOUNDS.0..=BOUNDS.1) {
            let (a, b) = (Instant::from_micros(a), Instant::from_micros(b));
            proptest::prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
