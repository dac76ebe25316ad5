//! R11: the committee meets at least so many times in each year of the convention (article 9).
//!
//! As many windows as the duration has years. The text that counts for one is that in force on its last day; while it
//! runs, the latest.

use std::collections::BTreeMap;

use serde_json::json;

use super::Duty;
use super::contract_years::years_of;
use super::meetings_of::{Meeting, meetings_of};
use crate::conventions::rules::Scene;
use crate::domain::vocabulary::{DutyNature, FactKind};
use crate::domain::{Bilingual, CivilDate};

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let meetings = meetings_of(scene);
    let early = super::ended_early(scene);
    // The first year begins with the last signature, when that comes first.
    let begins = |number: u16, from: CivilDate| match number {
        1 => scene.spans.complete_on.map_or(from, |complete| complete.min(from)),
        _ => from,
    };
    years_of(scene)
        .into_iter()
        .filter_map(|year| {
            let steering = year.terms.steering.says()?;
            let minimum = usize::from(steering.minimum_per_year);
            let days = begins(year.number, year.from)..=year.last();
            // One that closes it comes after its life, and is none of a year.
            let lives = |meeting: &&Meeting| scene.spans.ends_on.is_none_or(|last| meeting.on <= last);
            let held: Vec<&Meeting> =
                meetings.iter().filter(|meeting| days.contains(&meeting.on)).filter(lives).collect();
            let key = format!("R11/{}", year.number);
            let mut duty = Duty::new("R11", key, DutyNature::Recurring, what(minimum, year.number), year.valid_from);
            duty.met_on = minimum.checked_sub(1).and_then(|last| held.get(last)).map(|meeting| meeting.on);
            if duty.met_on.is_some() {
                duty.proof = held.iter().take(minimum).flat_map(|meeting| meeting.facts.iter().copied()).collect();
            }
            duty.kind = Some(FactKind::MeetingHeld);
            duty.article = year.terms.steering.article().map(str::to_owned);
            duty.window = Some(year.window());
            duty.valid_until = year.valid_until;
            duty.due_on = Some(year.due_on());
            duty.deadline_on = Some(year.last());
            // A meeting of the next year is one of the next year.
            duty.open_until = Some(year.last());
            // A year that an early end cuts short owes no meeting any more.
            duty.void_on = early.filter(|end| *end < year.last()).map(CivilDate::next);
            duty.computed.insert("year", year.number.into());
            duty.computed.insert("minimum", minimum.into());
            duty.computed.insert("held", json!(held.iter().map(|meeting| meeting.on).collect::<Vec<_>>()));
            duty.computed.insert("last_day_rule", year.terms.last_day_rule.into());
            duty.computed.insert("by_civil_year", json!(by_civil_year(&meetings, year.window())));
            Some(duty)
        })
        .collect()
}

fn what(minimum: usize, year: u16) -> Bilingual {
    if minimum == 1 {
        return Bilingual::new(
            format!("Réunir le comité de pilotage, année {year} de la convention"),
            format!("Hold a meeting of the steering committee, year {year} of the convention"),
        );
    }
    Bilingual::new(
        format!("Réunir {minimum} fois le comité de pilotage, année {year} de la convention"),
        format!("Hold {minimum} meetings of the steering committee, year {year} of the convention"),
    )
}

/// Meetings held in each civil year that a window touches, within it or not: what an annual report counts.
fn by_civil_year(meetings: &[Meeting], (from, until): (CivilDate, CivilDate)) -> BTreeMap<String, usize> {
    let count = |year: i32| meetings.iter().filter(|meeting| meeting.on.year() == year).count();
    (from.year()..=until.year()).map(|year| (year.to_string(), count(year))).collect()
}
