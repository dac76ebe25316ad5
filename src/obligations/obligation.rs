//! A duty as it is answered, with the labels that a screen needs.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rules::ACTION_HELD_ON;
use super::store::DutyRow;
use crate::auth::caller::Caller;
use crate::auth::policy;
use crate::conventions::convention::PartyLabel;
use crate::conventions::store::parties_of;
use crate::db::Connection;
use crate::db::schema::conventions;
use crate::domain::vocabulary::{DutyNature, DutyStatus, FactKind, Side};
use crate::domain::{Bilingual, CivilDate, Id, Territory};

/// A duty of the ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Obligation {
    /// Where it is read: `/v1/obligations/{id}`; null in a ledger as it was known at an earlier instant.
    pub id: Option<Id>,
    pub convention_id: Id,
    pub convention_title: String,
    pub territory: Territory,
    pub territory_label: Bilingual,
    /// Stable among the duties of the convention: rule and term, year or fact.
    #[schema(example = "R04/0")]
    pub key: String,
    /// Rule of conventions; `E01` for a commitment of the preamble or of an axis, `E02` for what an article lets one party
    /// do.
    #[schema(example = "R04")]
    pub rule: String,
    /// Article of this convention that the duty comes from.
    #[schema(example = "11")]
    pub article: Option<String>,
    /// What is to be done.
    pub what: Bilingual,
    /// The kind of the fact that meets it, when one does.
    pub kind: Option<FactKind>,
    pub nature: DutyNature,
    /// The side that owes it; null when one party does, or every one.
    pub owed_by: Option<Side>,
    /// The parties that owe it, or hold the right.
    pub owed_by_parties: Vec<Id>,
    /// Their names: what the text calls them, else the name as signed.
    pub owed_by_names: Vec<String>,
    /// First and last day of the term or year that it is about.
    pub window_from: Option<CivilDate>,
    pub window_until: Option<CivilDate>,
    /// The earlier of the two readings of the last day, or the event: drives reminders.
    pub due_on: Option<CivilDate>,
    /// The reading of the convention: alone decides overdue and late.
    pub deadline_on: Option<CivilDate>,
    /// Computed for `as_of`, never stored.
    pub status: DutyStatus,
    /// The civil date (Paris) the status holds for.
    pub as_of: CivilDate,
    /// The day it was done; of what is owed all along, the first day of the year on which there is evidence: a fact, or an
    /// action held under the axis of a commitment.
    pub met_on: Option<CivilDate>,
    /// Days of lateness, when it was done late.
    pub late_by_days: u32,
    /// The facts that say so.
    pub proof: Vec<Id>,
    /// What the dates were computed from: `action_held_on` is the first action of the year under the axis, or under one
    /// of a territorial convention that follows it.
    #[schema(value_type = Object)]
    pub computed: Value,
    #[serde(skip)]
    pub due_key: CivilDate,
}

/// What the duties of a convention are labelled with.
#[derive(Debug, Clone)]
pub struct Home {
    pub id: Id,
    pub version: i64,
    pub title: String,
    pub territory: Territory,
    pub parties: Vec<PartyLabel>,
}

impl Home {
    /// The organisations that are its parties.
    pub fn organisations(&self) -> Vec<Id> {
        self.parties.iter().map(|party| party.organisation_id).collect()
    }

    /// Those of several conventions.
    pub fn of_each(c: &mut Connection, ids: &[Id]) -> QueryResult<HashMap<Id, Self>> {
        let rows: Vec<(Id, i64, String, Territory)> = conventions::table
            .filter(conventions::id.eq_any(ids.to_vec()))
            .select((conventions::id, conventions::version, conventions::title, conventions::territory))
            .load(c)?;
        let home = |(id, version, title, territory)| (id, Self { id, version, title, territory, parties: Vec::new() });
        let mut homes: HashMap<Id, Self> = rows.into_iter().map(home).collect();
        for (convention, party) in parties_of(c, ids)? {
            if let Some(home) = homes.get_mut(&convention) {
                home.parties.push(party);
            }
        }
        Ok(homes)
    }
}

impl Obligation {
    /// As this caller reads it: the facts that prove it are for those who may read them.
    #[must_use]
    pub fn told(mut self, caller: &Caller, home: &Home) -> Self {
        if !policy::may_read_facts(caller, &home.organisations()) {
            self.proof.clear();
        }
        self
    }

    /// A duty as it stands on a date; what was done later shows on later dates only.
    pub fn of(id: Option<Id>, row: DutyRow, home: &Home, on: CivilDate) -> Self {
        let owing: Vec<&PartyLabel> = home.parties.iter().filter(|party| row.owed_by(party.id, party.side)).collect();
        let name = |party: &&PartyLabel| party.alias.clone().unwrap_or_else(|| party.name.clone());
        let met = row.met_on.is_some_and(|met| met <= on);
        let mut computed = row.body.0.computed.clone();
        if let Some(members) = computed.as_object_mut().filter(|_| !met) {
            members.remove(ACTION_HELD_ON);
        }
        Self {
            id,
            convention_id: home.id,
            convention_title: home.title.clone(),
            territory: home.territory,
            territory_label: home.territory.label(),
            status: row.status(on),
            as_of: on,
            owed_by: row.owed_side,
            owed_by_parties: owing.iter().map(|party| party.id).collect(),
            owed_by_names: owing.iter().map(name).collect(),
            late_by_days: if met { row.late_by_days() } else { 0 },
            met_on: row.met_on.filter(|_| met),
            due_key: row.due_key,
            key: row.key,
            rule: row.rule,
            nature: row.nature,
            due_on: row.due_on,
            deadline_on: row.deadline_on,
            proof: if met { row.body.0.proof } else { Vec::new() },
            article: row.body.0.article,
            what: row.body.0.what,
            kind: row.body.0.kind,
            window_from: row.body.0.window.map(|(from, _)| from),
            window_until: row.body.0.window.map(|(_, until)| until),
            computed,
        }
    }
}
