//! Whom an action meets (R31): the audience that the axis's article names, and the hours of a module for one class.

use super::{Ground, NewAction};
use crate::domain::Hours;
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::{ActionKind, Programme, SchoolLevel};

/// Refused below 6e and beyond the hours of a module; outside the article's audience, flagged.
pub fn check(action: &NewAction, ground: &Ground) -> Result<Vec<Flag>, Refusal> {
    let below: Vec<&str> = action.levels.iter().filter(|level| level.is_primary()).map(|level| level.code()).collect();
    if !below.is_empty() {
        return Err(Refusal::content(
            "R31",
            "below_secondary",
            Bilingual::fixed("La convention ne va pas en dessous de la 6e.", "The convention does not reach below 6e."),
        )
        .article(ground.axis.article.as_deref())
        .with("levels", below));
    }
    hours_of_module(action, ground)?;
    let outside: Vec<&str> =
        action.levels.iter().filter(|level| !admitted(action, ground, **level)).map(|level| level.code()).collect();
    if outside.is_empty() {
        return Ok(Vec::new());
    }
    let audiences: Vec<&str> = ground.axis.audiences.iter().map(|audience| audience.code()).collect();
    Ok(vec![
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
    ])
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
fn hours_of_module(action: &NewAction, ground: &Ground) -> Result<(), Refusal> {
    let Some(clause) = &ground.programme_hours else { return Ok(()) };
    let (Some(most), true) = (clause.hours, is_module(action)) else { return Ok(()) };
    let most_minutes = u32::from(most) * 60;
    for school in &action.schools {
        let key = class_key(school.class_label.as_deref());
        let mut by_year: Vec<(i32, u32)> = Vec::new();
        for (year, minutes) in minutes_by_year(action) {
            let given: u32 = given(ground, &school.uai, &key, year);
            by_year.push((year, minutes.saturating_add(given)));
        }
        if let Some((year, minutes)) = by_year.into_iter().find(|(_, minutes)| *minutes > most_minutes) {
            return Err(Refusal::content(
                "R31",
                "too_many_hours",
                Bilingual::new(
                    format!("Une classe reçoit {most} heures de ce module au plus dans l'année scolaire."),
                    format!("A class receives {most} hours of this module at most in the school year."),
                ),
            )
            .article(clause.article.as_deref())
            .with("uai", school.uai.to_string())
            .with("class_label", school.class_label.clone())
            .with("school_year", format!("{year}-{}", year + 1))
            .with("hours", Hours::of_minutes(minutes).hours())
            .with("most", most));
        }
    }
    Ok(())
}

fn given(ground: &Ground, uai: &Uai, class: &str, year: i32) -> u32 {
    let same = ground
        .given
        .iter()
        .filter(|other| other.uai == *uai && other.year == year && class_key(other.class_label.as_deref()) == class);
    same.fold(0_u32, |sum, other| sum.saturating_add(other.minutes))
}

/// Minutes of the action's sessions, by school year.
pub fn minutes_by_year(action: &NewAction) -> Vec<(i32, u32)> {
    let zone = action.zone();
    let mut years: Vec<(i32, u32)> = Vec::new();
    for session in &action.sessions {
        let minutes = session.length(zone).map_or(0, Hours::minutes);
        let year = session.date.school_year_start();
        match years.iter_mut().find(|(known, _)| *known == year) {
            Some((_, sum)) => *sum = sum.saturating_add(minutes),
            None => years.push((year, minutes)),
        }
    }
    years
}
