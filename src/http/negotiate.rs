//! Content negotiation: what `Accept`, `format=` and `Accept-Language` ask for.

use crate::error::{Language, Problem};
use crate::sheets::workbook;

/// The forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
    Ndjson,
    Xlsx,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
            Self::Xlsx => workbook::MEDIA_TYPE,
        }
    }
}

/// One range of an `Accept`-like header, with its weight in thousandths.
fn ranges(header: &str) -> Vec<(String, u16)> {
    let mut ranges: Vec<(String, u16)> = header
        .split(',')
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let range = parts.next().filter(|r| !r.is_empty())?.to_ascii_lowercase();
            let weight = parts
                .find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
                .map_or(Some(1000), |q| q.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).map(thousandths))?;
            Some((range, weight))
        })
        .collect();
    ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    ranges
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and 1, checked above
fn thousandths(q: f32) -> u16 {
    (q * 1000.0) as u16
}

/// How much a header wants a media type: the most specific range that covers it decides (RFC 9110, 12.5.1).
fn weight_of(ranges: &[(String, u16)], media_type: &str) -> u16 {
    let family = media_type.split('/').next().unwrap_or_default();
    [media_type.to_owned(), format!("{family}/*"), "*/*".to_owned()]
        .iter()
        .find_map(|form| ranges.iter().find(|(range, _)| range == form))
        .map_or(0, |(_, weight)| *weight)
}

/// The first media type, in the order offered, that a client wants most; a 406 when it wants none.
pub fn choose<T: Copy>(accept: Option<&str>, offered: &[(&'static str, T)]) -> Result<T, Problem> {
    let refused = || {
        Problem::plain("not_acceptable")
            .member("offered", offered.iter().map(|(media_type, _)| *media_type).collect::<Vec<_>>().into())
    };
    let Some(accept) = accept.filter(|a| !a.trim().is_empty()) else {
        return offered.first().map(|(_, t)| *t).ok_or_else(refused);
    };
    let ranges = ranges(accept);
    let mut best: Option<(u16, T)> = None;
    for (media_type, t) in offered {
        let weight = weight_of(&ranges, media_type);
        if weight > best.as_ref().map_or(0, |(w, _)| *w) {
            best = Some((weight, *t));
        }
    }
    best.map(|(_, t)| t).ok_or_else(refused)
}

/// French unless the client prefers English.
pub fn language(accept_language: Option<&str>) -> Language {
    let Some(header) = accept_language else { return Language::French };
    for (range, weight) in ranges(header) {
        if weight == 0 {
            continue;
        }
        match range.split('-').next() {
            Some("fr" | "*") => return Language::French,
            Some("en") => return Language::English,
            _ => {}
        }
    }
    Language::French
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [(&str, u8); 3] = [("application/json", 1), ("text/csv", 2), ("application/x-ndjson", 3)];

    #[test]
    fn the_wish_of_the_client_decides() {
        for (accept, expected) in [
            (None, Some(1)),
            (Some(""), Some(1)),
            (Some("*/*"), Some(1)),
            (Some("text/csv"), Some(2)),
            (Some("text/*;q=0.9, application/json;q=0.5"), Some(2)),
            (Some("application/x-ndjson, */*;q=0.1"), Some(3)),
            (Some("application/json;q=0, */*"), Some(2)),
            (Some("image/png"), None),
            (Some("*/*;q=0"), None),
        ] {
            assert_eq!(choose(accept, &OFFERED).ok(), expected, "{accept:?}");
        }
    }

    #[test]
    fn french_by_default() {
        for (header, expected) in [
            (None, Language::French),
            (Some("en"), Language::English),
            (Some("en-GB,fr;q=0.5"), Language::English),
            (Some("fr-FR, en;q=0.9"), Language::French),
            (Some("de"), Language::French),
            (Some("de, en;q=0.3"), Language::English),
            (Some("en;q=0"), Language::French),
        ] {
            assert_eq!(language(header), expected, "{header:?}");
        }
    }
}
