//! What a list answers for an action, kept beside its row when it is written. Nearly every action is the same for all who
//! see it; one with a small count that some may not read (R36) keeps nothing, and is made for each reader.
//!
//! What is kept holds for the version and the [`FORM`] that it says: a row that another release wrote is made anew.

use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::parts::ActionSchool;
use super::row::ActionRow;
use super::rules::orphaned;
use crate::db::schema::actions;
use crate::db::{Connection, Fixed, MultiBackend};
use crate::domain::CivilDate;
use crate::domain::vocabulary::ActionStatus;
use crate::error::Halt;

/// The form of what is kept: another number as soon as [`super::Action`] has other members, or says something else.
pub const FORM: i64 = 3;

/// Written in the statement: the index of these rows is found by it.
const UNKEPT: Fixed<Bool> = Fixed::new("actions.shown_form = 0");

/// Rows that the job writes in one unit.
const TOGETHER: i64 = 500;

/// What is kept with a row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = actions, check_for_backend(MultiBackend))]
pub struct Kept {
    version: i64,
    shown: Option<String>,
    shown_version: i64,
    shown_form: i64,
}

impl Kept {
    /// The row has not been written since, and the release that wrote it says the same as this one.
    pub fn is_of_now(&self) -> bool {
        self.shown.is_some() && self.shown_version == self.version && self.shown_form == FORM
    }

    /// What is served, when it is of now.
    pub fn text(self) -> Option<String> {
        if self.is_of_now() { self.shown } else { None }
    }
}

impl ActionRow {
    /// Everybody who sees it reads the same: none of its counts is small.
    fn same_for_all(&self) -> bool {
        let asked = &self.content.0.asked;
        let total = asked.results.as_ref().and_then(|results| results.with_disability);
        let of_schools = asked.schools.iter().filter_map(ActionSchool::with_disability);
        !asked.small_rest() && !total.into_iter().chain(of_schools).any(|count| (1..5).contains(&count))
    }

    /// Keeps what the audit is told of it, unless it depends on the reader.
    pub fn keep_shown(&mut self, told: &str) {
        self.shown = self.same_for_all().then(|| told.to_owned());
        self.shown_version = self.version;
        self.shown_form = FORM;
    }
}

/// What is kept says of no action that it is orphaned: that depends on its convention.
pub fn with_orphaned(
    text: String,
    status: ActionStatus,
    last: Option<CivilDate>,
    ends_on: Option<CivilDate>,
) -> String {
    if !orphaned(status, last, ends_on) {
        return text;
    }
    // A quotation mark in a text is escaped: this is the member itself.
    text.replacen("\"orphaned\":false", "\"orphaned\":true", 1)
}

/// Keeps what earlier releases did not; returns how many rows were looked at.
pub fn fill(c: &mut Connection) -> Result<usize, Halt> {
    let mut rows: Vec<ActionRow> =
        actions::table.filter(UNKEPT).order(actions::id).limit(TOGETHER).select(ActionRow::as_select()).load(c)?;
    for row in &mut rows {
        row.keep_shown(&row.told_text()?);
        diesel::update(actions::table.filter(actions::id.eq(row.id).and(actions::version.eq(row.version))))
            .set((
                actions::shown.eq(row.shown.as_deref()),
                actions::shown_version.eq(row.shown_version),
                actions::shown_form.eq(row.shown_form),
            ))
            .execute(c)?;
    }
    Ok(rows.len())
}
