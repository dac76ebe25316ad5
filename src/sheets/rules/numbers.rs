//! Numbers, as people write them.

use super::Entry;

/// Beyond this a workbook's number is no longer exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number: `12,5`, `1 234`, `12.5`. What has a word beside it is none.
pub fn decimal(entry: &Entry) -> Option<f64> {
    match entry {
        Entry::Number(n) => Some(*n).filter(|n| n.is_finite()),
        Entry::Text(text) => written(text.trim()),
        _ => None,
    }
}

/// A whole number: `24`, `1 234`, `24,0`. Half a pupil is none.
#[allow(clippy::cast_possible_truncation)] // within what is exact
pub fn integer(entry: &Entry) -> Option<i64> {
    decimal(entry).filter(|n| n.fract() == 0.0 && n.abs() < EXACT).map(|n| n as i64)
}

/// A duration in hours: `1h30`, `1:30`, `1,5`, `2 h`, `45 min`, or a workbook's own.
pub fn hours(entry: &Entry) -> Option<f64> {
    match entry {
        Entry::Stamp(days) => Some((days * 1440.0).round() / 60.0),
        Entry::Text(text) => {
            let text = text.trim().to_lowercase();
            if let Some(minutes) = text.strip_suffix("minutes").or_else(|| text.strip_suffix("min"))
                && !minutes.contains('h')
            {
                return written(minutes.trim()).map(|minutes| minutes / 60.0);
            }
            let text = text.trim_end_matches("min").trim_end_matches("heures").trim_end_matches("heure").trim_end();
            match text.split_once(['h', ':']) {
                None => written(text),
                Some((_, minutes)) if text.contains(':') && minutes.len() != 2 => None,
                Some((hours, rest)) if rest.trim().is_empty() => written(hours.trim()),
                Some((hours, minutes)) => {
                    let minutes = minutes.trim();
                    let whole = |text: &str| text.parse::<u16>().ok().map(f64::from);
                    let minutes = whole(minutes).filter(|m| *m < 60.0 && minutes.len() <= 2)?;
                    Some(whole(hours.trim())? + minutes / 60.0)
                }
            }
        }
        _ => decimal(entry),
    }
}

fn written(text: &str) -> Option<f64> {
    let (sign, text) = text.strip_prefix(['-', '−']).map_or((1.0, text), |rest| (-1.0, rest));
    let (whole, part) = match text.split_once([',', '.']) {
        Some((whole, part)) => (whole, Some(part)),
        None => (text, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split([' ', '\u{a0}', '\u{202f}']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    // Thousands stand in threes: `12 34` is two numbers.
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3 && digits(group)));
    if !digits(first) || !grouped || part.is_some_and(|part| !digits(part)) {
        return None;
    }
    let number: f64 = format!("{first}{}.{}", rest.concat(), part.unwrap_or("0")).parse().ok()?;
    Some(sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp)] // halves and quarters are exact
    fn numbers_as_people_write_them() {
        for (text, number) in [
            ("24", Some(24.0)),
            ("1 234", Some(1234.0)),
            ("1\u{a0}234\u{202f}567", Some(1_234_567.0)),
            ("12,5", Some(12.5)),
            ("12.25", Some(12.25)),
            ("-3", Some(-3.0)),
            ("0", Some(0.0)),
            ("12 34", None),
            ("1 2345", None),
            ("24 élèves", None),
            ("12,", None),
            ("1.234.567", None),
            ("1e3", None),
            ("une vingtaine", None),
            ("~20", None),
        ] {
            assert_eq!(decimal(&Entry::text(text)), number, "{text}");
        }
        assert_eq!(integer(&Entry::text("24,0")), Some(24));
        assert_eq!(integer(&Entry::text("24,5")), None);
        assert_eq!(integer(&Entry::Number(24.0)), Some(24));
        assert_eq!(integer(&Entry::Number(1e300)), None);
        assert_eq!(integer(&Entry::Number(f64::NAN)), None);
        assert_eq!(integer(&Entry::Boolean(true)), None);
        assert_eq!(integer(&Entry::Empty), None);
    }

    #[test]
    #[allow(clippy::float_cmp)] // halves and quarters are exact
    fn durations_as_people_write_them() {
        for (entry, expected) in [
            (Entry::text("1h30"), Some(1.5)),
            (Entry::text("2 h"), Some(2.0)),
            (Entry::text("2 heures"), Some(2.0)),
            (Entry::text("1 h 15 min"), Some(1.25)),
            (Entry::text("45 min"), Some(0.75)),
            (Entry::text("1,5"), Some(1.5)),
            (Entry::Number(2.0), Some(2.0)),
            (Entry::Stamp(0.0625), Some(1.5)),
            (Entry::text("1:30"), Some(1.5)),
            (Entry::text("1h75"), None),
            (Entry::text("1:75"), None),
            (Entry::text("1:"), None),
            (Entry::text("1:3"), None),
            (Entry::text("longtemps"), None),
        ] {
            assert_eq!(hours(&entry), expected, "{entry:?}");
        }
    }
}
