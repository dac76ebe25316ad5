//! Schools: the ministry's open directory (`fr-en-annuaire-education`), and schools of which only the number is known.
//!
//! A school is told apart by its UAI, never by its name. `passerelle import schools` reads the directory's file; a
//! closed school stays, for past actions name it. A number with a right letter that no directory has named yet is taken
//! as well ([`accept_unknown`]) and served with `known: false` until one does. `resolve` finds schools by the names that
//! people write, and leaves the choice to a person.
//!
//! This is reference data, the same for everybody: it has no owner and no perimeter, and is not in the change feed.
//! Who keeps a copy follows `GET /v1/schools?updated_after=…`.

mod directory;
mod entry;
mod filters;
mod http;
pub mod import;
mod list;
mod readings;
pub mod resolve;
pub mod rules;
pub mod school;

use std::collections::HashMap;

use diesel::prelude::*;

use crate::clock::Ids;
use crate::db::Connection;
use crate::db::schema::schools;
use crate::domain::Instant;
use crate::domain::identifiers::Uai;
use crate::on_db;

pub use http::routes;
pub use resolve::{Candidate, SchoolQuery, resolve};
pub use school::{School, SchoolRow};

/// Numbers of one statement.
const BATCH: usize = 500;

/// The schools of these numbers that are there, those of which only the number is known too ([`SchoolRow::known`]).
pub fn known(c: &mut Connection, uais: &[Uai]) -> QueryResult<HashMap<Uai, SchoolRow>> {
    let mut found = HashMap::with_capacity(uais.len());
    // The statement of one is kept prepared, that of several is not.
    if let [one] = uais {
        let row =
            schools::table.filter(schools::uai.eq(one.clone())).select(SchoolRow::as_select()).first(c).optional()?;
        found.extend(row.map(|row| (one.clone(), row)));
        return Ok(found);
    }
    for uais in uais.chunks(BATCH) {
        let rows: Vec<SchoolRow> =
            schools::table.filter(schools::uai.eq_any(uais.to_vec())).select(SchoolRow::as_select()).load(c)?;
        found.extend(rows.into_iter().map(|row| (row.uai.clone(), row)));
    }
    Ok(found)
}

/// Takes a school of which only the number is known; the one that is there already stays as it is.
pub fn accept_unknown(c: &mut Connection, ids: &Ids, now: Instant, uai: &Uai) -> QueryResult<SchoolRow> {
    let row = SchoolRow::unknown(ids.next(now), now, uai.clone());
    on_db!(c, c => diesel::insert_into(schools::table)
        .values(&row)
        .on_conflict(schools::uai)
        .do_nothing()
        .execute(c))?;
    schools::table.filter(schools::uai.eq(uai.clone())).select(SchoolRow::as_select()).first(c)
}
