//! Days and hours, as people write them.

use chrono::NaiveDate;

use super::Entry;
use crate::domain::CivilDate;
use crate::domain::folded::fold;

/// Months by the start of their folded names; `juin` and `juillet` are told by their fourth letter.
const MONTHS: &[(&str, u32)] = &[
    ("janv", 1),
    ("jan", 1),
    ("fev", 2),
    ("feb", 2),
    ("mars", 3),
    ("mar", 3),
    ("avr", 4),
    ("apr", 4),
    ("mai", 5),
    ("may", 5),
    ("juin", 6),
    ("jun", 6),
    ("juil", 7),
    ("jul", 7),
    ("aou", 8),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];
/// Full names: what starts like a month and is none is no month.
const NAMES: &[&str] = &[
    "janvier",
    "january",
    "fevrier",
    "february",
    "mars",
    "march",
    "avril",
    "april",
    "mai",
    "may",
    "juin",
    "june",
    "juillet",
    "july",
    "aout",
    "august",
    "septembre",
    "september",
    "octobre",
    "october",
    "novembre",
    "november",
    "decembre",
    "december",
];
const DAYS: &[&str] = &[
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// A bare number is a day of a workbook between 1 January 2000 and 31 December 2099 only: 24 is no date.
const DAYS_OF_A_SHEET: std::ops::RangeInclusive<i64> = 36_526..=73_050;

/// The day: `27/06/2024`, `27/06/24`, `27 juin 2024`, `2024-06-27`, or a workbook's own. The day comes before the month.
pub fn date(entry: &Entry) -> Option<CivilDate> {
    match entry {
        Entry::Stamp(days) => of_serial(*days),
        Entry::Number(days) if DAYS_OF_A_SHEET.contains(&whole(*days)) => of_serial(*days),
        Entry::Text(text) => written(text.trim()),
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation)] // saturates, and is then outside of what is read
fn whole(number: f64) -> i64 {
    number.floor() as i64
}

fn of_serial(days: f64) -> Option<CivilDate> {
    let days = whole(days);
    let origin = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    // Before 1 March 1900 workbooks count a day that never was.
    let day = origin.checked_add_signed(chrono::Duration::try_days(days).filter(|_| days > 60)?)?;
    day.to_string().parse().ok()
}

fn written(text: &str) -> Option<CivilDate> {
    // A day with an hour behind it is still that day.
    let day = match text.split_once(['T', ' ']) {
        Some((day, hour))
            if day.contains(['-', '/', '.']) && time(&Entry::text(hour.trim_end_matches('Z'))).is_some() =>
        {
            day
        }
        _ => text,
    };
    if let Ok(day) = day.parse() {
        return Some(day);
    }
    let parts: Vec<&str> = day.split(['/', '.', '-']).map(str::trim).collect();
    if let [day, month, year] = parts.as_slice()
        && let (Some(day), Some(month), Some(year)) = (number(day, 2), number(month, 2), self::year(year))
    {
        return CivilDate::new(year, month, day);
    }
    in_words(text)
}

fn in_words(text: &str) -> Option<CivilDate> {
    let folded = fold(text);
    let mut words: Vec<&str> = folded.split(' ').collect();
    if words.first().is_some_and(|word| DAYS.contains(word)) {
        words.remove(0);
    }
    let [day, month, year] = words.as_slice() else { return None };
    let day = if *day == "1er" { 1 } else { number(day, 2)? };
    CivilDate::new(self::year(year)?, named_month(month)?, day)
}

fn named_month(word: &str) -> Option<u32> {
    let known = word.len() >= 3 && NAMES.iter().any(|name| name.starts_with(word));
    let month = MONTHS.iter().find(|(start, _)| word.starts_with(start)).map(|(_, month)| *month);
    month.filter(|_| known)
}

/// Digits and nothing else, so many at most.
fn number(text: &str, most: usize) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Four digits, or two of this century.
fn year(text: &str) -> Option<i32> {
    let year = i32::try_from(number(text, 4)?).ok()?;
    match text.len() {
        2 => Some(2000 + year),
        4 => Some(year),
        _ => None,
    }
}

/// The time of day as `HH:MM`: `14h30`, `14 h`, `9:05`, `14:30:00`, or a workbook's own.
pub fn time(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Stamp(days) => Some(of_fraction(days.fract())),
        Entry::Number(part) if (0.0..1.0).contains(part) => Some(of_fraction(*part)),
        Entry::Text(text) => clock(&text.trim().to_lowercase()),
        _ => None,
    }
}

/// To the nearest minute: fractions of a day are never exact.
#[allow(clippy::cast_possible_truncation)] // between 0 and 1440
fn of_fraction(part: f64) -> String {
    let minutes = ((part * 1440.0).round() as i64).clamp(0, 1439);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn clock(text: &str) -> Option<String> {
    let (hour, rest) = text.split_once(['h', ':'])?;
    let mut rest = rest.trim();
    if let Some((minutes, seconds)) = rest.split_once(':') {
        number(seconds.split('.').next()?, 2).filter(|s| *s < 60)?;
        rest = minutes;
    }
    let hour = number(hour.trim(), 2).filter(|hour| *hour < 24)?;
    let minute = if rest.is_empty() && text.contains('h') { 0 } else { number(rest, 2).filter(|m| *m < 60)? };
    Some(format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_people_write_them() {
        for (text, day) in [
            ("27/06/2024", Some("2024-06-27")),
            ("7/6/24", Some("2024-06-07")),
            ("27.06.2024", Some("2024-06-27")),
            ("27-06-2024", Some("2024-06-27")),
            (" 2024-06-27 ", Some("2024-06-27")),
            ("2024-06-27T08:00:00", Some("2024-06-27")),
            ("27/06/2024 08:00", Some("2024-06-27")),
            ("3 mars 2024", Some("2024-03-03")),
            ("1er février 2024", Some("2024-02-01")),
            ("jeudi 27 juin 2024", Some("2024-06-27")),
            ("14 juil. 2024", Some("2024-07-14")),
            ("15 AOÛT 24", Some("2024-08-15")),
            ("3 March 2024", Some("2024-03-03")),
            ("29/02/2024", Some("2024-02-29")),
            // What is not certain is no day.
            ("29/02/2023", None),
            ("06/27/2024", None),
            ("27/06", None),
            ("juin 2024", None),
            ("27/06/2024 et 28/06/2024", None),
            ("3 marsupiaux 2024", None),
            ("3 ju 2024", None),
            ("27/06/024", None),
            ("2024", None),
            ("demain", None),
        ] {
            assert_eq!(date(&Entry::text(text)).map(|d| d.to_string()).as_deref(), day, "{text}");
        }
    }

    #[test]
    fn days_of_a_workbook() {
        for (entry, day) in [
            (Entry::Stamp(45_470.0), Some("2024-06-27")),
            (Entry::Stamp(45_470.75), Some("2024-06-27")),
            (Entry::Number(45_470.0), Some("2024-06-27")),
            (Entry::Stamp(0.5), None),
            (Entry::Stamp(1e18), None),
            (Entry::Stamp(f64::NAN), None),
            (Entry::Number(24.0), None),
            (Entry::Boolean(true), None),
            (Entry::Empty, None),
        ] {
            assert_eq!(date(&entry).map(|d| d.to_string()).as_deref(), day, "{entry:?}");
        }
    }

    #[test]
    fn hours_as_people_write_them() {
        for (entry, hour) in [
            (Entry::text("14h30"), Some("14:30")),
            (Entry::text("14 h 30"), Some("14:30")),
            (Entry::text("14H"), Some("14:00")),
            (Entry::text("9:05"), Some("09:05")),
            (Entry::text("14:30:00"), Some("14:30")),
            (Entry::Stamp(0.604_166_666_666_67), Some("14:30")),
            (Entry::Stamp(45_470.375), Some("09:00")),
            (Entry::Number(0.5), Some("12:00")),
            (Entry::text("24h"), None),
            (Entry::text("14h60"), None),
            (Entry::text("14:"), None),
            (Entry::text("matin"), None),
            (Entry::Number(14.0), None),
        ] {
            assert_eq!(time(&entry).as_deref(), hour, "{entry:?}");
        }
    }
}
