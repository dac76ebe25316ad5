//! How an action lies in its table: what is filtered or sorted by is a column, all the rest is JSON that is read and
//! written whole. The names of its axis and schools are kept with it, as they were when it was written.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::new::NewAction;
use super::rules::dated_places;
use super::totals::{self, Total};
use crate::db::schema::{action_schools, actions};
use crate::db::{Fixed, Json, MultiBackend};
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionKind, ActionOrigin, ActionStatus, EducationPriority, Programme};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::obligations::evidence::Turned;

/// Several académies, in the column `academie`.
pub const SEVERAL: &str = "*";

/// What the directory says of a school, when the action was last written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SchoolKept {
    pub name: String,
    pub commune: Option<String>,
    pub departement: Option<String>,
    /// Code of its académie.
    pub academie: Option<String>,
    pub education_priority: Option<EducationPriority>,
    /// False while no directory names it.
    pub known: bool,
}

/// A school that has left an action, which goes on with the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Declined {
    pub uai: Uai,
    /// Why, in its own words.
    pub reason: String,
}

/// The JSON part of the row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    pub asked: NewAction,
    pub axis_label: String,
    pub axis_article: Option<String>,
    #[serde(default)]
    pub catalogue_label: Option<String>,
    pub schools: Vec<SchoolKept>,
    #[serde(default)]
    pub host_company: Option<String>,
    /// Why it was declined or cancelled.
    #[serde(default)]
    pub reason: Option<String>,
    /// What the rules flagged when it was last written.
    #[serde(default)]
    pub warnings: Vec<Value>,
    /// Totals of its results that nobody gave.
    #[serde(default)]
    pub summed: Vec<Total>,
    /// Of several schools, those that have confirmed it as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmed_by: Vec<Uai>,
    /// Schools that have left it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined_by: Vec<Declined>,
    /// Keys of the twins that were merged into it: each still finds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_external_ids: Vec<String>,
}

/// A row of `actions`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = actions, check_for_backend(MultiBackend), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub struct ActionRow {
    pub id: Id,
    pub version: i64,
    pub convention_id: Id,
    pub axis_id: Id,
    pub kind: ActionKind,
    pub programme: Option<Programme>,
    pub status: ActionStatus,
    pub origin: ActionOrigin,
    pub title: String,
    pub search_key: String,
    /// What orders it: its first day, or the day it was entered.
    pub day: CivilDate,
    pub starts_on: Option<CivilDate>,
    pub ends_on: Option<CivilDate>,
    pub territory: Option<Territory>,
    /// Code of the académie of all its schools; [`SEVERAL`]; empty when it has neither school nor académie.
    pub academie: String,
    /// `|3e|2de_gt|`
    pub levels: String,
    /// `|metiers du bois|`, folded.
    pub themes: String,
    pub external_id: Option<String>,
    pub owner_id: Option<Id>,
    pub content: Json<Kept>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub audience_id: Option<Id>,
    pub host_company_id: Option<Id>,
    /// What a list answers for it ([`super::shown`]): set when it is written, not read with the rest.
    #[diesel(select_expression = UNREAD, select_expression_type = Fixed<Nullable<Text>>)]
    pub shown: Option<String>,
    pub shown_version: i64,
    pub shown_form: i64,
    /// When it was first recorded that it was held; none while it is not.
    pub held_at: Option<Instant>,
    /// Code of the département of its place, when it has no school; empty when nobody knows.
    pub departement: String,
}

const UNREAD: Fixed<Nullable<Text>> = Fixed::new("CAST(NULL AS TEXT)");

/// A row of `action_schools`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = action_schools, check_for_backend(MultiBackend), treat_none_as_default_value = false)]
pub struct ActionSchoolRow {
    pub action_id: Id,
    pub uai: Uai,
    pub academie: String,
    pub departement: String,
    pub class_key: String,
    /// First calendar year of the school year whose hours of a module are counted; 0 when it is no module.
    pub module_year: i64,
    pub module_minutes: i64,
    /// Kind and days of the action, for twins.
    pub kind: Option<ActionKind>,
    pub starts_on: Option<CivilDate>,
    pub ends_on: Option<CivilDate>,
}

/// `|a|b|`, empty for none.
pub fn barred(words: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for word in words {
        if text.is_empty() {
            text.push('|');
        }
        text += &word;
        text.push('|');
    }
    text
}

impl ActionRow {
    /// What it is evidence of, once it is held.
    pub fn evidence(&self) -> Option<Turned> {
        self.held_at?;
        Some(Turned { axis: self.axis_id, on: self.starts_on?, held: true })
    }

    /// Notes since when it is recorded as held, once its state and `updated_at` are those to be written.
    pub fn note_held(&mut self, before: Option<&Self>) {
        let held = matches!(self.status, ActionStatus::Held | ActionStatus::Reported);
        self.held_at = held.then(|| before.and_then(|row| row.held_at).unwrap_or(self.updated_at));
    }

    /// Have others than who sends its lines counted in it: by acts, or under the key of a twin?
    pub fn counted_by_others(&self) -> bool {
        self.origin == ActionOrigin::Live || !self.content.0.other_external_ids.is_empty()
    }

    /// Takes over what was asked into the columns, and the JSON part as it is.
    pub fn take(&mut self, kept: Kept) {
        let new = &kept.asked;
        self.convention_id = new.convention_id;
        self.axis_id = new.axis_id;
        self.kind = new.kind;
        self.programme = new.programme;
        self.origin = new.origin;
        self.title.clone_from(&new.title);
        self.search_key = search_key(&kept);
        let days = new.days();
        self.starts_on = days.map(|(first, _)| first);
        self.ends_on = days.map(|(_, last)| last);
        self.territory = new.territory;
        new.departement_of_place().unwrap_or_default().clone_into(&mut self.departement);
        self.academie = academie_of(&kept);
        self.levels = barred(new.levels.iter().map(ToString::to_string));
        self.themes = barred(new.themes.iter().map(|theme| fold(theme)));
        self.external_id.clone_from(&new.external_id);
        self.host_company_id = new.host_company_id;
        self.content = Json(kept);
    }

    /// What it could be created from again: the base of a merge patch.
    pub fn as_new(&self) -> NewAction {
        NewAction { status: Some(self.status), ..self.content.0.asked.clone() }
    }

    /// What was declared of it: totals that are only sums are left out, to be summed again.
    pub fn declared(&self) -> NewAction {
        self.as_declared(self.content.0.asked.clone())
    }

    /// The same of what is to stand in its place.
    pub fn as_declared(&self, mut new: NewAction) -> NewAction {
        let kept = &self.content.0;
        totals::forget(&mut new, &kept.summed, kept.asked.results.as_ref());
        new
    }

    /// The schools of it, as their own rows: each once, with whatever classes it comes.
    pub fn school_rows(&self) -> Vec<ActionSchoolRow> {
        let kept = &self.content.0;
        let module = super::rules::is_module(&kept.asked);
        let counted = if module { super::rules::minutes_by_year(&kept.asked).into_iter().next() } else { None };
        let mut seen = HashSet::new();
        let schools = kept.asked.schools.iter().zip(&kept.schools).filter(|(school, _)| seen.insert(&school.uai));
        schools
            .map(|(school, known)| ActionSchoolRow {
                action_id: self.id,
                uai: school.uai.clone(),
                academie: known.academie.clone().unwrap_or_default(),
                departement: known.departement.clone().unwrap_or_default(),
                class_key: super::rules::class_key(school.class_label.as_deref()),
                module_year: counted.map_or(0, |(year, _)| i64::from(year)),
                module_minutes: counted.map_or(0, |(_, minutes)| i64::from(minutes)),
                kind: Some(self.kind),
                starts_on: self.starts_on,
                ends_on: self.ends_on,
            })
            .collect()
    }
}

/// What `q` looks in: title, schools and communes, themes, place.
fn search_key(kept: &Kept) -> String {
    let new = &kept.asked;
    let mut text = new.title.clone();
    let mut add = |more: Option<&str>| {
        if let Some(more) = more {
            text.push(' ');
            text.push_str(more);
        }
    };
    for (school, known) in new.schools.iter().zip(&kept.schools) {
        add(Some(&school.uai.to_string()));
        add(Some(&known.name));
        add(known.commune.as_deref());
    }
    for word in new.themes.iter().chain(&new.sectors) {
        add(Some(word));
    }
    add(new.organiser.as_deref());
    add(new.place.as_ref().map(|place| place.label.as_str()));
    add(kept.host_company.as_deref());
    fold(&text)
}

fn academie_of(kept: &Kept) -> String {
    let mut codes: Vec<&str> = kept.schools.iter().filter_map(|school| school.academie.as_deref()).collect();
    codes.sort_unstable();
    codes.dedup();
    match codes.as_slice() {
        [one] => (*one).to_owned(),
        [] => match dated_places(&kept.asked).as_slice() {
            [Territory::Academie(code)] => code.as_str().to_owned(),
            _ => String::new(),
        },
        _ => SEVERAL.to_owned(),
    }
}
