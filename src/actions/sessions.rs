//! Sessions: a civil date and times on the clock of the place.

use chrono::TimeZone as _;
use chrono_tz::Tz;
use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::{CivilDate, Hours, TimeOfDay};
use crate::error::{Fault, both};
use crate::http::body::Faults;

/// One session.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Session {
    /// Civil day, in the zone of the place.
    pub date: CivilDate,
    /// When it starts, on the clock of the place.
    #[deserr(default)]
    #[serde(default)]
    pub start: Option<TimeOfDay>,
    /// When it ends, the same day.
    #[deserr(default)]
    #[serde(default)]
    pub end: Option<TimeOfDay>,
    /// IANA zone of its times: when left out, that of the place by its postcode, else of the first school, else of the
    /// territory (`Indian/Reunion` for La Réunion).
    #[deserr(default)]
    #[serde(default)]
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub zone: Option<String>,
    /// How long it lasts: from start to end when left out, less when there are breaks.
    #[deserr(default)]
    #[serde(default)]
    pub hours: Option<Hours>,
}

/// No day of school is longer.
const LONGEST: u32 = 24 * 60;

impl Session {
    /// How long it lasts, when it says so.
    pub fn length(&self, place: Tz) -> Option<Hours> {
        self.hours.or_else(|| self.span(place))
    }

    fn zone(&self, place: Tz) -> Tz {
        self.zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(place)
    }

    /// From start to end on the clock of the place, a change of clocks between them included.
    fn span(&self, place: Tz) -> Option<Hours> {
        let (start, end, zone) = (self.start?, self.end?, self.zone(place));
        let at = |time: TimeOfDay| zone.from_local_datetime(&self.date.naive().and_time(time.naive())).earliest();
        let minutes = (at(end)? - at(start)?).num_minutes();
        u32::try_from(minutes).ok().map(Hours::of_minutes)
    }

    /// What it cannot be, in the zone of the place unless it names another.
    pub fn check(&self, place: Tz, at: &str, faults: &mut Faults) {
        if self.zone.as_deref().is_some_and(|zone| zone.parse::<Tz>().is_err()) {
            faults.push(Fault::pointer(
                format!("{at}/zone"),
                "unknown_zone",
                both("Ce fuseau n'est pas dans la base IANA.", "This zone is not in the IANA database."),
            ));
            return;
        }
        match (self.start, self.end) {
            (Some(start), Some(end)) if end <= start => faults.push(Fault::pointer(
                format!("{at}/end"),
                "before_start",
                both("La fin précède le début.", "The end comes before the start."),
            )),
            (None, Some(_)) => faults.push(Fault::pointer(
                format!("{at}/start"),
                "missing",
                both("Une fin suppose un début.", "An end supposes a start."),
            )),
            _ => {}
        }
        let zone = self.zone(place);
        for (member, time) in [("start", self.start), ("end", self.end)] {
            let Some(time) = time else { continue };
            if zone.from_local_datetime(&self.date.naive().and_time(time.naive())).earliest().is_none() {
                faults.push(Fault::pointer(
                    format!("{at}/{member}"),
                    "no_such_time",
                    both(
                        "Cette heure n'existe pas ce jour-là (changement d'heure).",
                        "There is no such time on that day (change of clocks).",
                    ),
                ));
            }
        }
        let longest = self.span(place).map_or(LONGEST, Hours::minutes);
        if self.hours.is_some_and(|hours| hours.minutes() == 0 || hours.minutes() > longest) {
            faults.push(Fault::pointer(
                format!("{at}/hours"),
                "out_of_range",
                both(
                    "Plus de 0, et pas plus que du début à la fin.",
                    "More than 0, and no more than from start to end.",
                ),
            ));
        }
    }
}

/// The sessions of two records of one action, in their order: those that both have once, completed by each other. `theirs`
/// keep the clock of their own place.
pub fn united(mine: &[Session], place: Tz, theirs: &[Session], their_place: Tz) -> Vec<Session> {
    let mut all = mine.to_vec();
    for other in theirs {
        let mut other = other.clone();
        if other.start.is_some() && other.zone(their_place) != other.zone(place) {
            other.zone = Some(their_place.name().to_owned());
        }
        // Of those that were there before: two sessions of one record are never the same.
        match all[..mine.len()].iter_mut().find(|known| known.same(&other)) {
            Some(known) => known.complete(&other, place),
            None => all.push(other),
        }
    }
    all.sort_by_key(|session| (session.date, session.start));
    all
}

impl Session {
    /// The same day at the same hour, or where one of them does not say which.
    fn same(&self, other: &Self) -> bool {
        self.date == other.date && (self.start == other.start || self.start.is_none() || other.start.is_none())
    }

    /// What it does not say, as far as that agrees with what it does.
    fn complete(&mut self, other: &Self, place: Tz) {
        let mut whole = self.clone();
        if whole.start.is_none() {
            (whole.start, whole.end, whole.zone) = (other.start, other.end, other.zone.clone());
        }
        whole.end = whole.end.or(other.end);
        whole.hours = whole.hours.or(other.hours.filter(|_| whole.end.is_none()));
        let mut faults = Faults::new();
        whole.check(place, "", &mut faults);
        if faults.is_empty() {
            *self = whole;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(date: &str, start: &str, end: &str, zone: Option<&str>) -> Session {
        Session {
            date: date.parse().unwrap(),
            start: start.parse().ok(),
            end: end.parse().ok(),
            zone: zone.map(str::to_owned),
            hours: None,
        }
    }

    fn faults(session: &Session) -> Vec<&'static str> {
        let mut faults = Faults::new();
        session.check(chrono_tz::Europe::Paris, "", &mut faults);
        faults.iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn a_session_lasts_from_start_to_end_on_the_clock_of_the_place() {
        assert_eq!(
            session("2026-11-23", "14:00", "16:30", None).length(chrono_tz::Europe::Paris),
            Some(Hours::of_minutes(150))
        );
        // Clocks go forward at two in Paris, and stay in La Réunion.
        assert_eq!(
            session("2025-03-30", "01:00", "04:00", None).length(chrono_tz::Europe::Paris),
            Some(Hours::of_minutes(120))
        );
        assert_eq!(
            session("2025-03-30", "01:00", "04:00", Some("Indian/Reunion")).length(chrono_tz::Europe::Paris),
            Some(Hours::of_minutes(180))
        );
        assert_eq!(faults(&session("2025-03-30", "02:30", "04:00", None)), ["no_such_time"]);
        assert_eq!(faults(&session("2025-03-30", "02:30", "04:00", Some("Indian/Reunion"))), Vec::<&str>::new());
    }

    #[test]
    fn what_a_session_cannot_be() {
        assert_eq!(faults(&session("2026-11-23", "14:00", "14:00", None)), ["before_start"]);
        assert_eq!(faults(&session("2026-11-23", "", "14:00", None)), ["missing"]);
        assert_eq!(faults(&session("2026-11-23", "14:00", "", Some("Europe/Nowhere"))), ["unknown_zone"]);
        let mut short = session("2026-11-23", "14:00", "16:00", None);
        short.hours = Some(Hours::of_minutes(121));
        assert_eq!(faults(&short), ["out_of_range"]);
        short.hours = Some(Hours::of_minutes(90));
        assert_eq!((faults(&short), short.length(chrono_tz::Europe::Paris)), (Vec::new(), Some(Hours::of_minutes(90))));
    }

    #[test]
    fn sessions_of_two_records_are_united() {
        let paris = chrono_tz::Europe::Paris;
        let at = |date: &str, start: &str, end: &str| session(date, start, end, None);
        let mine = [at("2026-11-24", "14:00", "16:00"), at("2026-11-23", "", ""), at("2026-11-24", "09:00", "")];
        let theirs = [
            at("2026-11-23", "08:00", "10:00"),
            at("2026-11-24", "09:00", "11:00"),
            at("2026-11-24", "14:00", "15:00"),
            at("2026-11-25", "14:00", ""),
        ];
        let all = united(&mine, paris, &theirs, paris);
        let expected = [
            at("2026-11-23", "08:00", "10:00"),
            at("2026-11-24", "09:00", "11:00"),
            at("2026-11-24", "14:00", "16:00"),
            at("2026-11-25", "14:00", ""),
        ];
        assert_eq!(all, expected);
        // On the clock of another place, each keeps its own.
        let there = united(&mine[..1], paris, &theirs[3..], chrono_tz::Indian::Reunion);
        assert_eq!(there[1].zone.as_deref(), Some("Indian/Reunion"));
        // Several of one record on one day, without an hour, stay several.
        let two = [at("2026-11-26", "", ""), at("2026-11-26", "", "")];
        assert_eq!(united(&[], paris, &two, paris).len(), 2);
    }
}
