//! The rows that can be computed again: what `passerelle obligations verify` compares, and what a database that comes from
//! an earlier release is filled with.

use diesel::prelude::*;

use super::{rules, store};
use crate::app::App;
use crate::clock::Ids;
use crate::conventions::ConventionRow;
use crate::conventions::story::Story;
use crate::db::schema::{conventions, duties};
use crate::db::{Connection, lock_row};
use crate::domain::{Id, Instant};
use crate::error::Halt;

/// What the rows of a convention have that the rules do not say.
#[derive(Debug)]
pub struct Found {
    pub convention: Id,
    pub title: String,
    /// The dates of its life are others.
    pub spans: bool,
    /// Duties: how the row differs, its key, the first day on which the ledger has it so.
    pub duties: Vec<(&'static str, String, crate::domain::CivilDate)>,
}

/// Every convention, the oldest first.
pub fn conventions(c: &mut Connection) -> QueryResult<Vec<Id>> {
    conventions::table.order(conventions::id).select(conventions::id).load(c)
}

fn load(c: &mut Connection, id: Id) -> Result<Option<Story>, Halt> {
    let row: Option<ConventionRow> =
        conventions::table.find(id).select(ConventionRow::as_select()).first(c).optional()?;
    row.map(|row| Story::load(c, row, Instant::MAX)).transpose()
}

/// Computes a convention again; nothing when its rows are right, or when it is gone.
pub fn verify(c: &mut Connection, id: Id) -> Result<Option<Found>, Halt> {
    let Some(story) = load(c, id)? else { return Ok(None) };
    let differences = store::differences(c, id, rules::duties(&story.scene()))?;
    let spans = !story.row.keeps(&story.lived);
    if !spans && differences.is_empty() {
        return Ok(None);
    }
    let duties = differences.told().map(|(how, row)| (how, row.key.clone(), row.valid_from)).collect();
    Ok(Some(Found { convention: id, title: story.row.title, spans, duties }))
}

/// Makes the duties of a convention what the rules say. Returns how many rows differed.
pub fn repair_duties(c: &mut Connection, ids: &Ids, now: Instant, id: Id) -> Result<usize, Halt> {
    lock_row(c, "conventions", id)?;
    let Some(story) = load(c, id)? else { return Ok(0) };
    store::keep(c, ids, now, id, rules::duties(&story.scene()))
}

/// The job of a database that comes from an earlier release: lays out the duties of the signed conventions that have no
/// row, each in a unit of its own. Returns how many rows it made.
pub async fn fill(app: &App) -> Result<usize, Halt> {
    let without = app.db.read(|c| Ok(without_rows(c)?)).await?;
    let mut made = 0;
    for id in without {
        let (ids, now) = (app.ids.clone(), app.clock.now());
        made += app.db.job(move |c| repair_duties(c, &ids, now, id)).await?;
    }
    Ok(made)
}

fn without_rows(c: &mut Connection) -> QueryResult<Vec<Id>> {
    let with_rows = duties::table.select(duties::convention_id);
    conventions::table
        .filter(conventions::complete_on.is_not_null())
        .filter(diesel::dsl::not(conventions::id.eq_any(with_rows)))
        .order(conventions::id)
        .select(conventions::id)
        .load(c)
}
