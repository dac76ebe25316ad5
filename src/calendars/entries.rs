//! An entry as RFC 5545 writes it. The crate `icalendar` keeps its grammar and escapes; what it would make by itself, a stamp of today
//! or an id of chance, is always given, so that the same data make the same bytes.

use std::fmt::Write as _;

use icalendar::{Calendar as File, Component as _, Event, EventLike as _, EventStatus, Property};

use super::rules::Entry;
use crate::conventions::convention::{ConventionRow, PartyLabel};
use crate::domain::CivilDate;
use crate::domain::vocabulary::DutyStatus;

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

/// The file as text. The crate leaves a last line of 76 octets now and then: folded again, none is longer than 75.
pub fn text(file: &File) -> String {
    const OCTETS: usize = 75;
    let written = file.to_string().replace("\r\n ", "");
    let mut text = String::with_capacity(written.len() + written.len() / 20);
    for line in written.split_terminator("\r\n") {
        let mut room = OCTETS;
        for c in line.chars() {
            if c.len_utf8() > room {
                text.push_str("\r\n ");
                room = OCTETS - 1;
            }
            room -= c.len_utf8();
            text.push(c);
        }
        text.push_str("\r\n");
    }
    text
}

/// The convention that an event is of.
pub struct Of<'c> {
    pub convention: &'c ConventionRow,
    pub parties: &'c [PartyLabel],
}

/// The event of an entry of its ledger: a whole day, in no time zone, that takes nobody's time.
pub fn event(of: &Of<'_>, entry: &Entry<'_>, today: CivilDate) -> Event {
    let (row, duty) = (of.convention, entry.duty);
    let revised = row.updated_at.utc();
    // A text that comes into force on its own day moves events too, and nobody writes the convention then.
    let texts = row.texts.0.iter().filter(|text| text.from.is_some_and(|from| from <= today)).count();
    let revision = row.version + i64::try_from(texts).unwrap_or_default();
    let mut event = Event::new();
    event
        .uid(&format!("{}/{}", row.id, duty.key))
        .timestamp(revised)
        .last_modified(revised)
        .sequence(u32::try_from(revision).unwrap_or(u32::MAX))
        .starts(entry.date.naive())
        .ends(entry.date.next().naive())
        .summary(&clean(&format!("{} ({}) : {}", duty.what.fr, duty.rule, row.title)))
        .description(&clean(&description(of, entry, today)))
        .add_property("TRANSP", "TRANSPARENT")
        .status(if entry.cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
    event
}

/// Article, who owes it, where it stands, its dates and its proof, in French.
fn description(of: &Of<'_>, entry: &Entry<'_>, today: CivilDate) -> String {
    let duty = entry.duty;
    let mut text = match &duty.article {
        Some(article) => format!("Article {article}, règle {}", duty.rule),
        None => format!("Règle {}", duty.rule),
    };
    let owe: Vec<&str> = of
        .parties
        .iter()
        .filter(|party| duty.owed_by.is(party.id, party.side))
        .map(|party| party.alias.as_deref().unwrap_or(&party.name))
        .collect();
    let mut line = |label: &str, value: &str| {
        let _ = write!(text, "\n{label} : {value}");
    };
    line("À la charge de", &owe.join(", "));
    let status = if entry.cancelled { DutyStatus::Void } else { duty.status(today) };
    line("État", &status.label().fr);
    if let Some(due) = duty.due_on.filter(|due| Some(*due) != duty.deadline_on) {
        line("Dû dès le", &due.to_string());
    }
    if let Some(met) = duty.met_on.filter(|met| *met <= today) {
        line("Fait le", &met.to_string());
        let proof: Vec<String> = duty.proof.iter().map(|fact| format!("/v1/facts/{fact}")).collect();
        line("Preuve", &proof.join(", "));
    }
    line("Convention", &format!("/v1/conventions/{}", of.convention.id));
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
        let written = text(&all);
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
