//! Lengths and times of day: a session lasts hours, and starts at a time of the clock on the wall.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::bilingual::Bilingual;
use super::text_schema::Text;

/// A length in hours, kept to the minute: 1.5 is an hour and a half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hours {
    minutes: u32,
}

/// More than anyone reports: a million hours.
const MOST: f64 = 1_000_000.0;

impl Hours {
    /// A length of so many minutes.
    pub const fn of_minutes(minutes: u32) -> Self {
        Self { minutes }
    }

    /// The minutes it lasts.
    pub const fn minutes(self) -> u32 {
        self.minutes
    }

    /// From hours with decimals, brought to the nearest minute; none if negative or beyond a million.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bounded just before
    pub fn of_hours(hours: f64) -> Option<Self> {
        (0.0..=MOST).contains(&hours).then(|| Self { minutes: (hours * 60.0).round() as u32 })
    }

    /// The hours, with decimals.
    pub fn hours(self) -> f64 {
        f64::from(self.minutes) / 60.0
    }
}

impl std::iter::Sum for Hours {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        Self { minutes: all.fold(0_u32, |sum, hours| sum.saturating_add(hours.minutes)) }
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.minutes.is_multiple_of(60) {
            return serializer.serialize_u32(self.minutes / 60);
        }
        // Two decimals tell a minute: 0.02 of an hour is more than one.
        serializer.serialize_f64((self.hours() * 100.0).round() / 100.0)
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hours = f64::deserialize(deserializer)?;
        Self::of_hours(hours).ok_or_else(|| de::Error::custom("hours out of range"))
    }
}

impl PartialSchema for Hours {
    fn schema() -> RefOr<Schema> {
        RefOr::T(Schema::Object(
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::Number))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
                .minimum(Some(0.0))
                .maximum(Some(MOST))
                .description(Some("A length in hours, kept to the minute: 1.5 is an hour and a half."))
                .build(),
        ))
    }
}

impl ToSchema for Hours {}

/// A time of day on the clock of the place, `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    minutes: u16,
}

/// The text is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDayError;

impl TimeOfDayError {
    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        Bilingual::fixed("Une heure s'écrit HH:MM, de 00:00 à 23:59.", "A time is written HH:MM, from 00:00 to 23:59.")
    }
}

impl fmt::Display for TimeOfDayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl TimeOfDay {
    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }

    /// As chrono's time.
    pub fn naive(self) -> chrono::NaiveTime {
        let (hour, minute) = (u32::from(self.minutes / 60), u32::from(self.minutes % 60));
        chrono::NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
    }
}

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;

    fn from_str(text: &str) -> Result<Self, TimeOfDayError> {
        let &[h1 @ b'0'..=b'9', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'9', m2 @ b'0'..=b'9'] = text.as_bytes() else {
            return Err(TimeOfDayError);
        };
        let number = |tens: u8, units: u8| u16::from(tens - b'0') * 10 + u16::from(units - b'0');
        let (hour, minute) = (number(h1, h2), number(m1, m2));
        if hour > 23 || minute > 59 {
            return Err(TimeOfDayError);
        }
        Ok(Self { minutes: hour * 60 + minute })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for TimeOfDay {
    fn schema() -> RefOr<Schema> {
        Text {
            description: "Time of day on the clock of the place, `HH:MM`.",
            example: "14:00",
            pattern: Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"),
            format: None,
        }
        .schema()
    }
}

impl ToSchema for TimeOfDay {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_kept_to_the_minute_and_come_back_the_same() {
        for minutes in 0..=6000 {
            let hours = Hours::of_minutes(minutes);
            let text = serde_json::to_string(&hours).unwrap();
            assert_eq!(serde_json::from_str::<Hours>(&text).unwrap(), hours, "{text}");
        }
        assert_eq!(serde_json::to_string(&Hours::of_minutes(91 * 60)).unwrap(), "91");
        assert_eq!(serde_json::to_string(&Hours::of_minutes(90)).unwrap(), "1.5");
        assert_eq!(Hours::of_hours(-1.0), None);
        assert_eq!(Hours::of_hours(f64::NAN), None);
        assert_eq!(Hours::of_hours(1_000_000.1), None);
    }

    #[test]
    fn a_time_of_day_has_one_form() {
        for good in ["00:00", "09:05", "23:59"] {
            assert_eq!(good.parse::<TimeOfDay>().unwrap().to_string(), good);
        }
        for bad in ["24:00", "9:05", "09:60", "0905", "09:05:00", "", "09h05", "٠٩:٠٥"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad}");
        }
        assert_eq!("14:30".parse::<TimeOfDay>().unwrap().minutes(), 870);
    }
}
