//! An entry as RFC 5545 writes it. The crate `icalendar` escapes and folds; what it would make by itself, a stamp of today
//! or an id of chance, is always given, so that the same data make the same bytes.

use std::fmt::Write as _;

use icalendar::{Calendar as File, Component as _, Event, EventLike as _, EventStatus, Property};

use super::rules::Entry;
use crate::conventions::story::Story;
use crate::domain::CivilDate;
use crate::domain::vocabulary::DutyStatus;
use crate::obligations::Obligation;

/// Characters of a text of ours in an event at most.
const LONGEST: usize = 1000;

/// An empty file of that name.
pub fn file(name: &str) -> File {
    let mut file = File::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Passerelle//Obligations//FR"),
        ("CALSCALE", "GREGORIAN"),
        ("X-WR-CALNAME", &clean(name)),
        ("X-PUBLISHED-TTL", "PT12H"),
    ] {
        file.append_property(Property::new(key, value));
    }
    let mut refresh = Property::new("REFRESH-INTERVAL", "PT12H");
    refresh.add_parameter("VALUE", "DURATION");
    file.append_property(refresh);
    file
}

/// The event of an entry of a convention's ledger: a whole day, in no time zone, that takes nobody's time.
pub fn event(story: &Story, entry: &Entry<'_>, today: CivilDate) -> Event {
    let row = &story.row;
    let duty = entry.duty;
    let revised = row.updated_at.utc();
    let mut event = Event::new();
    event
        .uid(&format!("{}/{}", row.id, duty.key))
        .timestamp(revised)
        .last_modified(revised)
        .sequence(u32::try_from(row.version).unwrap_or(u32::MAX))
        .starts(entry.date.naive())
        .ends(entry.date.next().naive())
        .summary(&clean(&format!("{} ({}) : {}", duty.what.fr, duty.rule, row.title)))
        .description(&clean(&description(story, entry, today)))
        .add_property("TRANSP", "TRANSPARENT")
        .status(if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
    event
}

/// Article, who owes it, where it stands, its dates and its proof, in French.
fn description(story: &Story, entry: &Entry<'_>, today: CivilDate) -> String {
    let told = Obligation::of(entry.duty.clone(), story, today);
    let mut text = match &told.article {
        Some(article) => format!("Article {article}, règle {}", told.rule),
        None => format!("Règle {}", told.rule),
    };
    let owe: Vec<&str> = story
        .pieces
        .parties
        .iter()
        .filter(|party| told.owed_by_parties.contains(&party.id))
        .map(|party| party.alias.as_deref().unwrap_or(&party.name_as_signed))
        .collect();
    let mut line = |label: &str, value: &str| {
        let _ = write!(text, "\n{label} : {value}");
    };
    line("À la charge de", &owe.join(", "));
    let status = if entry.cancelled { DutyStatus::Void } else { told.status };
    line("État", &status.label().fr);
    if let (Some(due), Some(deadline)) = (told.due_on, told.deadline_on)
        && due != deadline
    {
        line("Au plus tôt", &due.to_string());
    }
    if let Some(met) = told.met_on {
        line("Fait le", &met.to_string());
    }
    if !told.proof.is_empty() {
        let proof: Vec<String> = told.proof.iter().map(|fact| format!("/v1/facts/{fact}")).collect();
        line("Preuve", &proof.join(", "));
    }
    line("Convention", &format!("/v1/conventions/{}", story.row.id));
    text
}

/// Text without control characters, which no calendar takes, and not too long for one.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader does: unfold, then unescape.
    fn read(written: &str, key: &str) -> String {
        let unfolded = written.replace("\r\n ", "");
        let line = unfolded.split("\r\n").find(|line| line.starts_with(key)).unwrap();
        let value = line.split_once(':').unwrap().1;
        value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    }

    #[test]
    fn lines_are_folded_at_75_octets_and_text_is_escaped() {
        let name = "Échéances ; 2024, « où » \\ l'été – à Saint-Étienne-du-Rouvray\u{7}, œuvre ".repeat(6);
        let mut all = file(&name);
        all.push(Event::new().uid("x").summary(&clean(&name)).description("a\nb,c;d").done());
        let written = all.to_string();
        assert!(written.ends_with("END:VCALENDAR\r\n"));
        for line in written.split("\r\n") {
            assert!(line.len() <= 75, "{} octets: {line}", line.len());
            assert!(!line.contains(['\n', '\r', '\u{7}']), "{line}");
        }
        let expected = name.replace('\u{7}', "");
        assert_eq!(read(&written, "X-WR-CALNAME"), expected);
        assert_eq!(read(&written, "SUMMARY"), expected);
        assert!(written.contains("DESCRIPTION:a\\nb\\,c\\;d\r\n"));
    }
}
