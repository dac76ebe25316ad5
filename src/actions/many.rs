//! Many actions at once: the same rows as one by one, in a few statements.

use std::collections::BTreeMap;

use super::row::ActionRow;
use super::write::{KIND, Made};
use crate::changes::audience::Audience;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{action_schools, actions};
use crate::domain::Id;
use crate::error::Halt;
use crate::http::unit::Unit;
use crate::insert_all;

/// Inserts new actions with their schools, audiences, and entries in the feed and the audit.
pub fn insert(unit: &mut Unit<'_>, made: Vec<Made>) -> Result<(), Halt> {
    if made.is_empty() {
        return Ok(());
    }
    let mut audiences: BTreeMap<Id, Audience> = BTreeMap::new();
    let mut rows: Vec<ActionRow> = Vec::with_capacity(made.len());
    for Made { row, audience } in made {
        if let Some(id) = row.audience_id {
            audiences.entry(id).or_insert(audience);
        }
        rows.push(row);
    }
    Audience::keep_all(unit, &audiences)?;
    let schools: Vec<_> = rows.iter().flat_map(ActionRow::school_rows).collect();
    let mut changes = Vec::with_capacity(rows.len());
    for row in &rows {
        let change = Change {
            kind: KIND,
            resource: row.id,
            version: row.version,
            operation: Operation::Created,
            convention: Some(row.convention_id),
            organisation: row.owner_id,
            seen_by: row.audience_id,
            was_seen_by: None,
            before: None,
            after: None,
        };
        changes.push((change, row.told_text()?));
    }
    let (ids, request) = (unit.ids(), unit.request.clone());
    record::write_all(unit, &request, &ids, changes)?;
    insert_all!(&mut **unit, actions::table, rows);
    insert_all!(&mut **unit, action_schools::table, schools);
    Ok(())
}
