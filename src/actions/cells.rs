//! What an action has several of, in one cell of a sheet: written by exports, read back by imports.
//!
//! Items are parted by ` | `. One that does not begin as an item does belongs to the one before: a text may hold a bar.

use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::parts::{InclusionMeasure, OfferLink};
use super::sessions::Session;
use crate::domain::Hours;
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{InclusionGround, OfferSource, Vocabulary};
use crate::sheets::rules::{self, Entry};

/// What a cell tells of a school.
#[derive(Debug, Deserialize)]
pub struct School {
    uai: String,
    class_label: Option<String>,
    #[serde(default)]
    counts: Option<Value>,
}

/// What is counted in a school, as a cell says it and as people may.
const COUNTS: [(&str, &str); 5] = [
    ("pupils", "eleves"),
    ("girls", "filles"),
    ("boys", "garcons"),
    ("with_disability", "handicap"),
    ("attendances", "presences"),
];

const BAR: &str = " | ";

/// The cell of such a column, of an action as it is served.
pub fn cell(action: &Value, column: &str) -> Option<String> {
    fn several<T: DeserializeOwned>(of: &Value, told: fn(&[T]) -> String) -> String {
        Vec::<T>::deserialize(of).map(|all| told(&all)).unwrap_or_default()
    }
    match column {
        "schools" => Some(several(&action["schools"], schools)),
        "schools.*.counts" => Some(several(&action["schools"], counts)),
        "sessions" => Some(several(&action["sessions"], sessions)),
        "inclusion.measures" => Some(several(&action["inclusion"]["measures"], measures)),
        "offers" => Some(several(&action["offers"], offers)),
        _ => None,
    }
}

/// `2027-01-14 14:00-16:00 Indian/Reunion (1.5 h)`
pub fn sessions(sessions: &[Session]) -> String {
    joined(sessions.iter().map(|session| {
        let mut text = session.date.to_string();
        // A text takes whatever is written to it.
        let _ = session.start.map(|start| write!(text, " {start}"));
        let _ = session.end.map(|end| write!(text, "-{end}"));
        let _ = session.zone.as_ref().map(|zone| write!(text, " {zone}"));
        let _ = session.hours.map(|hours| write!(text, " ({} h)", (hours.hours() * 100.0).round() / 100.0));
        text
    }))
}

/// `0950649P 3B`
pub fn schools(schools: &[School]) -> String {
    joined(schools.iter().map(|school| match &school.class_label {
        Some(class) => format!("{} {class}", school.uai),
        None => school.uai.clone(),
    }))
}

/// `0950649P: pupils 24, with_disability lt5`; with its class when its school has several: `0950649P 3B: pupils 24`.
pub fn counts(schools: &[School]) -> String {
    let said = |counts: &Value| {
        let one = |(name, _): &(&str, &str)| match &counts[*name] {
            Value::Null => None,
            Value::String(hidden) => Some(format!("{name} {hidden}")),
            count => Some(format!("{name} {count}")),
        };
        COUNTS.iter().filter_map(one).collect::<Vec<_>>().join(", ")
    };
    joined(schools.iter().filter_map(|school| {
        let several = schools.iter().filter(|other| other.uai == school.uai).count() > 1;
        let class =
            school.class_label.as_ref().filter(|_| several).map(|class| format!(" {class}")).unwrap_or_default();
        Some(format!("{}{class}: {}", school.uai, said(school.counts.as_ref()?)))
    }))
}

/// `sex: Groupes mixtes`
pub fn measures(measures: &[InclusionMeasure]) -> String {
    joined(measures.iter().map(|measure| format!("{}: {}", measure.ground, measure.measure)))
}

/// `1jeune1solution: REF-12 https://…`
pub fn offers(offers: &[OfferLink]) -> String {
    joined(offers.iter().map(|offer| {
        let url = offer.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        format!("{}: {}{url}", offer.source, offer.reference)
    }))
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(BAR)
}

/// Reads what [`sessions`] writes, and dates and times as people write them.
pub fn read_sessions(text: &str) -> Option<Value> {
    split(text, |item| item.split_whitespace().next().is_some_and(|day| rules::date(&Entry::text(day)).is_some()))?
        .iter()
        .map(|item| session(item))
        .collect::<Option<Vec<_>>>()
        .map(Value::Array)
}

fn session(item: &str) -> Option<Value> {
    let (item, hours) = match item.split_once('(') {
        Some((before, inside)) => (before, Some(inside.trim_end().strip_suffix(')')?)),
        None => (item, None),
    };
    let mut words = item.split_whitespace();
    let mut session = json!({ "date": rules::date(&Entry::text(words.next()?))?.to_string() });
    for word in words {
        let mut times = word.split('-').map(|time| rules::time(&Entry::text(time)));
        match (times.next().flatten(), times.next(), times.next()) {
            (Some(start), None, None) => session["start"] = json!(start),
            (Some(start), Some(Some(end)), None) => {
                session["start"] = json!(start);
                session["end"] = json!(end);
            }
            _ if word.parse::<chrono_tz::Tz>().is_ok() => session["zone"] = json!(word),
            _ => return None,
        }
    }
    if let Some(hours) = hours {
        let hours = rules::hours(&Entry::text(hours.trim().trim_end_matches('h').trim_end()))?;
        session["hours"] = json!(Hours::of_hours(hours)?);
    }
    Some(session)
}

/// Reads what [`schools`] writes.
pub fn read_schools(text: &str) -> Option<Value> {
    let uai = |item: &str| item.split_whitespace().next()?.to_uppercase().parse::<Uai>().ok();
    let schools = split(text, |item| uai(item).is_some())?;
    let read = schools.iter().filter_map(|item| {
        let class = item.split_once(char::is_whitespace).map(|(_, class)| class.trim());
        Some(json!({ "uai": uai(item)?, "class_label": class }))
    });
    Some(Value::Array(read.collect()))
}

/// What a cell says of a school: its number, the class when it names one, the counts.
pub type CountsRead = (Uai, Option<String>, Value);

/// Reads what [`counts`] writes: the counts of each school, or class. One that was hidden says nothing.
pub fn read_counts(text: &str) -> Option<Vec<CountsRead>> {
    let read = |item: &str| {
        let (school, told) = item.split_once(':')?;
        let (uai, class) = match school.trim().split_once(char::is_whitespace) {
            Some((uai, class)) => (uai, Some(class.trim().to_owned())),
            None => (school.trim(), None),
        };
        let mut counts = json!({});
        for part in told.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, count) = part.rsplit_once(char::is_whitespace)?;
            let name = fold(name);
            let (member, _) = COUNTS.iter().find(|(code, word)| fold(code) == name || *word == name)?;
            if !matches!(count, "lt5" | "<5") {
                counts[*member] = json!(count.parse::<u32>().ok()?);
            }
        }
        Some((uai.to_uppercase().parse::<Uai>().ok()?, class, counts))
    };
    text.split('|').map(str::trim).map(read).collect()
}

/// Reads what [`measures`] writes; grounds may be labels.
pub fn read_measures(text: &str) -> Option<Value> {
    let known = |item: &str| coded(&InclusionGround::VOCABULARY, item).map(|(code, rest)| (code, rest.to_owned()));
    let read = split(text, |item| known(item).is_some())?.iter().filter_map(|item| known(item)).collect::<Vec<_>>();
    Some(read.into_iter().map(|(ground, measure)| json!({ "ground": ground, "measure": measure })).collect())
}

/// Reads what [`offers`] writes.
pub fn read_offers(text: &str) -> Option<Value> {
    let known = |item: &str| coded(&OfferSource::VOCABULARY, item).map(|(code, rest)| (code, rest.to_owned()));
    let read = split(text, |item| known(item).is_some())?.iter().filter_map(|item| known(item)).collect::<Vec<_>>();
    let offer = |(source, rest): (&str, String)| match rest.rsplit_once(char::is_whitespace) {
        Some((reference, url)) if url.starts_with("http") => {
            json!({ "source": source, "reference": reference.trim_end(), "url": url })
        }
        _ => json!({ "source": source, "reference": rest }),
    };
    Some(read.into_iter().map(offer).collect())
}

/// The code before a colon, and what comes after.
fn coded<'t>(vocabulary: &Vocabulary, item: &'t str) -> Option<(&'static str, &'t str)> {
    let (name, rest) = item.split_once(':')?;
    Some((rules::code(vocabulary, name)?, rest.trim()))
}

/// The items of a cell; none when it does not begin as an item does.
fn split(text: &str, begins: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let mut items: Vec<String> = Vec::new();
    for part in text.split('|').map(str::trim) {
        match items.last_mut() {
            _ if begins(part) => items.push(part.to_owned()),
            Some(before) => *before = format!("{before}{BAR}{part}"),
            None => return None,
        }
    }
    Some(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session_of(value: Value) -> Session {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let all = [
            json!({ "date": "2027-01-14" }),
            json!({ "date": "2027-01-15", "start": "14:00" }),
            json!({ "date": "2027-01-15", "start": "14:00", "end": "16:05", "zone": "Indian/Reunion" }),
            json!({ "date": "2027-01-16", "hours": 1.25 }),
            json!({ "date": "2027-01-17", "start": "09:00", "end": "12:00", "zone": "UTC", "hours": 0.02 }),
        ];
        let all: Vec<Session> = all.into_iter().map(session_of).collect();
        let text = sessions(&all);
        assert!(text.starts_with("2027-01-14 | 2027-01-15 14:00 | 2027-01-15 14:00-16:05 Indian/Reunion | "), "{text}");
        let read: Vec<Session> = serde_json::from_value(read_sessions(&text).unwrap()).unwrap();
        assert_eq!(read, all);
        let measured = [
            InclusionMeasure { ground: InclusionGround::Sex, measure: "Groupes | mixtes : 3".into() },
            InclusionMeasure { ground: InclusionGround::Disability, measure: "Plain-pied".into() },
        ];
        let read: Vec<InclusionMeasure> = serde_json::from_value(read_measures(&measures(&measured)).unwrap()).unwrap();
        assert_eq!(read, measured);
        let linked = [
            OfferLink { source: OfferSource::UnEleveUnStage, reference: "A 12".into(), url: None },
            OfferLink {
                source: OfferSource::Association,
                reference: "B|1 x".into(),
                url: Some("https://a.example/?q=1|2".into()),
            },
        ];
        let text = offers(&linked[..1]);
        assert_eq!(text, "1eleve1stage: A 12");
        let read: Vec<OfferLink> = serde_json::from_value(read_offers(&text).unwrap()).unwrap();
        assert_eq!(read, linked[..1]);
    }

    #[test]
    fn counts_are_read_back() {
        let schools: Vec<School> = serde_json::from_value(json!([
            { "uai": "0950649P", "class_label": "3B",
              "counts": { "pupils": 24, "girls": 10, "boys": 14, "with_disability": "lt5", "attendances": null } },
            { "uai": "0930001W", "counts": null },
            { "uai": "0750655E", "counts": { "pupils": 0 } },
        ]))
        .unwrap();
        let text = counts(&schools);
        assert_eq!(text, "0950649P: pupils 24, girls 10, boys 14, with_disability lt5 | 0750655E: pupils 0");
        let read = read_counts(&text).unwrap();
        assert_eq!(read[0], ("0950649P".parse().unwrap(), None, json!({ "pupils": 24, "girls": 10, "boys": 14 })));
        assert_eq!(read[1], ("0750655E".parse().unwrap(), None, json!({ "pupils": 0 })));
        let read = read_counts("0950649p : Élèves 24, Handicap <5, présences 30").unwrap();
        assert_eq!(read, [("0950649P".parse().unwrap(), None, json!({ "pupils": 24, "attendances": 30 }))]);
        let two: Vec<School> = serde_json::from_value(json!([
            { "uai": "0950649P", "class_label": "3 A", "counts": { "pupils": 24 } },
            { "uai": "0950649P", "class_label": "3B", "counts": { "pupils": 20 } },
        ]))
        .unwrap();
        let text = counts(&two);
        assert_eq!(text, "0950649P 3 A: pupils 24 | 0950649P 3B: pupils 20");
        let classes: Vec<_> = read_counts(&text).unwrap().into_iter().map(|(_, class, _)| class.unwrap()).collect();
        assert_eq!(classes, ["3 A", "3B"]);
        for wrong in ["24", "0950649P: 24", "0950649P: pupils beaucoup", "0950649A: pupils 24", "0950649P: pupils -1"] {
            assert_eq!(read_counts(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_people_write() {
        let read = read_sessions("14/01/2027 14h-16h30 | 15/01/2027 9h").unwrap();
        assert_eq!(read[0], json!({ "date": "2027-01-14", "start": "14:00", "end": "16:30" }));
        assert_eq!(read[1], json!({ "date": "2027-01-15", "start": "09:00" }));
        assert_eq!(read_measures("Handicap : salle adaptée").unwrap()[0]["ground"], "disability");
        assert_eq!(
            read_schools("0950649p 3B | 0930001W").unwrap()[0],
            json!({ "uai": "0950649P", "class_label": "3B" })
        );
        for wrong in ["", "demain", "14/01/2027 midi-14h", "14/01/2027 (long)", "14/01/2027 14:00-15:00-16:00"] {
            assert_eq!(read_sessions(wrong), None, "{wrong}");
        }
        assert_eq!((read_schools("Collège"), read_measures("rien"), read_offers("ici")), (None, None, None));
    }
}
