//! Where an action is, as filters ask for it: in its schools or, without any, in a territory that lies within what is asked.
//!
//! An action of an académie is not said to be in one of its départements, nor one of a region in one of its académies:
//! nobody knows. An académie of one département, as Paris, is that département, and the postcode of its place tells one.

use diesel::prelude::*;

use super::perimeter::{Seen, in_academies};
use crate::db::schema::{action_schools, actions};
use crate::domain::Territory;
use crate::domain::territory::{academies, departments, regions};

/// In these académies.
pub fn within_academies(codes: Vec<String>) -> Seen {
    // Its own column has the académie of an action without a school.
    let regions = regions_of(&codes);
    let there = in_academies(codes);
    if regions.is_empty() {
        return there;
    }
    Box::new(there.or(actions::academie.eq("").nullable().and(actions::territory.eq_any(regions))))
}

/// The regions of which every académie is one of these.
pub fn regions_of(codes: &[String]) -> Vec<Option<Territory>> {
    regions()
        .iter()
        .filter_map(|region| Territory::region(region.code.as_str()))
        .filter(|region| region.academies().iter().all(|academie| codes.iter().any(|c| c == academie.code.as_str())))
        .map(Some)
        .collect()
}

/// In these départements.
pub fn within_departements(codes: Vec<String>) -> Seen {
    let lies = |territory: &Territory| {
        let mut its = departments().iter().filter(|d| territory.academies().iter().any(|a| a.code == d.academie));
        its.all(|department| codes.iter().any(|code| code == department.code))
    };
    let academies = academies().iter().filter_map(|academie| Territory::academie(academie.code.as_str()));
    let regions = regions().iter().filter_map(|region| Territory::region(region.code.as_str()));
    let placed: Vec<Option<Territory>> = academies.chain(regions).filter(lies).map(Some).collect();
    let there = action_schools::table
        .filter(action_schools::departement.eq_any(codes.clone()))
        .select(action_schools::action_id);
    let there = actions::id.eq_any(there).nullable();
    let there: Seen = Box::new(there.or(actions::departement.eq_any(codes).nullable()));
    if placed.is_empty() {
        return there;
    }
    let schools = action_schools::table.filter(action_schools::action_id.eq(actions::id));
    let alone = diesel::dsl::not(diesel::dsl::exists(schools)).nullable();
    Box::new(there.or(actions::territory.eq_any(placed).and(alone)))
}
