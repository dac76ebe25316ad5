//! Places obtained, by purpose and level, of which REP and REP+ (article 3's indicator), over the filters of the list.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::contact::ObtainedPlaces;
use super::list::Filters;
use crate::db::schema::company_contacts as contacts;
use crate::db::{Connection, Json};
use crate::domain::vocabulary::{ContactOutcome, ContactPurpose, SchoolLevel};
use crate::error::Halt;
use crate::http::call::Request;

/// The places of one purpose and level.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlacesLine {
    pub purpose: ContactPurpose,
    pub level: SchoolLevel,
    /// Contacts that brought them.
    pub contacts: i64,
    pub places: i64,
    /// As far as it was recorded.
    pub of_which_rep: i64,
    /// As far as it was recorded.
    pub of_which_rep_plus: i64,
    /// Places of which nobody has recorded whether they are for REP or REP+ schools.
    pub priority_not_recorded: i64,
}

/// What the contacts brought.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlacesSummary {
    /// Contacts that the filters keep, whatever their outcome.
    pub contacts: i64,
    /// Those with a positive outcome.
    pub positive: i64,
    pub places: i64,
    pub of_which_rep: i64,
    pub of_which_rep_plus: i64,
    pub priority_not_recorded: i64,
    /// By purpose, then by level.
    pub lines: Vec<PlacesLine>,
}

/// Adds up the contacts that the filters keep within the caller's perimeter.
pub fn summary(c: &mut Connection, request: &Request, filters: &Filters) -> Result<PlacesSummary, Halt> {
    let all: i64 = filters.query(request).count().get_result(c)?;
    let rows: Vec<(ContactPurpose, Json<Vec<ObtainedPlaces>>)> = filters
        .query(request)
        .filter(contacts::outcome.eq(ContactOutcome::Positive))
        .select((contacts::purpose, contacts::places))
        .load(c)?;
    let positive = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let mut lines: BTreeMap<(ContactPurpose, SchoolLevel), PlacesLine> = BTreeMap::new();
    for (purpose, obtained) in
        rows.into_iter().flat_map(|(purpose, all)| all.0.into_iter().map(move |one| (purpose, one)))
    {
        // A contact may bring places for other levels than those that are asked for.
        if !filters.level.is_empty() && !filters.level.contains(&obtained.level) {
            continue;
        }
        let level = obtained.level;
        let line = lines.entry((purpose, level)).or_insert(PlacesLine {
            purpose,
            level,
            contacts: 0,
            places: 0,
            of_which_rep: 0,
            of_which_rep_plus: 0,
            priority_not_recorded: 0,
        });
        line.contacts += 1;
        line.places += obtained.places;
        line.of_which_rep += obtained.of_which_rep.unwrap_or(0);
        line.of_which_rep_plus += obtained.of_which_rep_plus.unwrap_or(0);
        if obtained.of_which_rep.is_none() && obtained.of_which_rep_plus.is_none() {
            line.priority_not_recorded += obtained.places;
        }
    }
    let lines: Vec<PlacesLine> = lines.into_values().collect();
    let sum = |count: fn(&PlacesLine) -> i64| lines.iter().map(count).sum();
    Ok(PlacesSummary {
        contacts: all,
        positive,
        places: sum(|line| line.places),
        of_which_rep: sum(|line| line.of_which_rep),
        of_which_rep_plus: sum(|line| line.of_which_rep_plus),
        priority_not_recorded: sum(|line| line.priority_not_recorded),
        lines,
    })
}
