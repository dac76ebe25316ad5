//! Whom an action meets (R31): the audience that the axis's article names, and the hours of a module for one class.

use super::{Ground, NewAction};
use crate::domain::Hours;
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::{ActionKind, Programme, SchoolLevel};

/// Refused below 6e and beyond the hours of a module.
pub fn check(action: &NewAction, ground: &Ground, refused: &mut Vec<Refusal>) {
    let levels = || action.levels.iter().enumerate().filter(|(_, level)| level.is_primary());
    let below: Vec<&str> = levels().map(|(_, level)| level.code()).collect();
    refused.extend(levels().map(|(index, _)| {
        let detail =
            Bilingual::fixed("La convention ne va pas en dessous de la 6e.", "The convention does not reach below 6e.");
        Refusal::content("R31", "below_secondary", detail)
            .article(ground.axis.article.as_deref())
            .with("levels", below.clone())
            .at(format!("/levels/{index}"))
    }));
    hours_of_module(action, ground, refused);
}

/// Flagged: a level that is not of the article's audience.
pub fn outside(action: &NewAction, ground: &Ground) -> Option<Flag> {
    let outside: Vec<&str> =
        action.levels.iter().filter(|level| !admitted(action, ground, **level)).map(|level| level.code()).collect();
    if outside.is_empty() {
        return None;
    }
    let audiences: Vec<&str> = ground.axis.audiences.iter().map(|audience| audience.code()).collect();
    Some(
        Flag::new(
            "R31",
            "outside_audience",
            Bilingual::fixed(
                "Un niveau n'est pas du public que l'article désigne.",
                "A level is outside the audience that the article names.",
            ),
        )
        .article(ground.axis.article.as_deref())
        .with("levels", outside)
        .with("audiences", audiences),
    )
}

fn admitted(action: &NewAction, ground: &Ground, level: SchoolLevel) -> bool {
    if is_module(action) && level != SchoolLevel::TerminalePro {
        return false;
    }
    let audiences = &ground.axis.audiences;
    audiences.is_empty() || audiences.iter().any(|audience| level.is_of(*audience))
}

/// Is it part of the job-entry module, whose hours are counted for one class?
pub fn is_module(action: &NewAction) -> bool {
    action.kind == ActionKind::JobEntryModule || action.programme == Some(Programme::JobEntryModule)
}

/// The class whose hours are counted: its school, and its name as people write it one way or another.
pub fn class_key(label: Option<&str>) -> String {
    label.map(fold).unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A class receives no more hours of the module than the clause says, all actions of the school year together.
fn hours_of_module(action: &NewAction, ground: &Ground, refused: &mut Vec<Refusal>) {
    let Some(clause) = &ground.programme_hours else { return };
    let (Some(most), true) = (clause.hours, is_module(action)) else { return };
    let most_minutes = u32::from(most) * 60;
    for (index, school) in action.schools.iter().enumerate() {
        let key = class_key(school.class_label.as_deref());
        let mut by_year: Vec<(i32, u32)> = Vec::new();
        for (year, minutes) in minutes_by_year(action) {
            let given: u32 = given(ground, &school.uai, &key, year);
            by_year.push((year, minutes.saturating_add(given)));
        }
        if let Some((year, minutes)) = by_year.into_iter().find(|(_, minutes)| *minutes > most_minutes) {
            let detail = Bilingual::new(
                format!("Une classe reçoit {most} heures de ce module au plus dans l'année scolaire."),
                format!("A class receives {most} hours of this module at most in the school year."),
            );
            refused.push(
                Refusal::content("R31", "too_many_hours", detail)
                    .article(clause.article.as_deref())
                    .with("uai", school.uai.to_string())
                    .with("class_label", school.class_label.clone())
                    .with("school_year", format!("{year}-{}", year + 1))
                    .with("hours", Hours::of_minutes(minutes).hours())
                    .with("most", most)
                    .at(format!("/schools/{index}/class_label")),
            );
        }
    }
}

fn given(ground: &Ground, uai: &Uai, class: &str, year: i32) -> u32 {
    let same = ground
        .given
        .iter()
        .filter(|other| other.uai == *uai && other.year == year && class_key(other.class_label.as_deref()) == class);
    same.fold(0_u32, |sum, other| sum.saturating_add(other.minutes))
}

/// Minutes that the action gives to each of its classes, by school year: those of its sessions, or the hours that its
/// results declare when they are more.
pub fn minutes_by_year(action: &NewAction) -> Vec<(i32, u32)> {
    let zone = action.zone();
    let mut years: Vec<(i32, u32)> = Vec::new();
    // Sessions that do not say how long they last, by school year.
    let mut open: Vec<(i32, u32)> = Vec::new();
    let add = |sums: &mut Vec<(i32, u32)>, year: i32, more: u32| match sums.iter_mut().find(|(known, _)| *known == year)
    {
        Some((_, sum)) => *sum = sum.saturating_add(more),
        None => sums.push((year, more)),
    };
    for session in &action.sessions {
        let (year, length) = (session.date.school_year_start(), session.length(zone));
        add(&mut years, year, length.map_or(0, Hours::minutes));
        if length.is_none() {
            add(&mut open, year, 1);
        }
    }
    let told: u32 = years.iter().fold(0, |sum, (_, minutes)| sum.saturating_add(*minutes));
    let declared = action.results.as_ref().and_then(|results| results.session_hours).map_or(0, Hours::minutes);
    share(&mut years, &open, declared.saturating_sub(told));
    years
}

/// Minutes that are in no session go to those that do not say how long they last, else to each year as its share is.
fn share(years: &mut [(i32, u32)], open: &[(i32, u32)], more: u32) {
    let weights: Vec<u64> = match open {
        [] => years.iter().map(|(_, minutes)| u64::from(*minutes)).collect(),
        open => years
            .iter()
            .map(|(year, _)| open.iter().find(|(known, _)| known == year).map_or(0, |o| o.1.into()))
            .collect(),
    };
    let all: u64 = weights.iter().sum();
    let mut left = more;
    for ((_, minutes), weight) in years.iter_mut().zip(&weights) {
        let part = (u64::from(more) * weight).checked_div(all).and_then(|part| u32::try_from(part).ok()).unwrap_or(0);
        *minutes = minutes.saturating_add(part);
        left -= part;
    }
    if let Some((_, minutes)) = years.iter_mut().rfind(|_| left > 0) {
        *minutes = minutes.saturating_add(left);
    }
}
