//! Many actions at once: the same rows as one by one, in a few statements.

use std::collections::BTreeMap;

use super::row::{ActionRow, ActionSchoolRow};
use super::write::{KIND, Made, settle};
use crate::changes::audience::Audience;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{action_schools, actions};
use crate::domain::Id;
use crate::error::Halt;
use crate::http::unit::Unit;
use crate::insert_all;
use crate::obligations::evidence::Turned;

/// Inserts new actions with their schools, audiences, and entries in the feed and the audit.
pub fn insert(unit: &mut Unit<'_>, made: Vec<Made>) -> Result<(), Halt> {
    if made.is_empty() {
        return Ok(());
    }
    let mut audiences: BTreeMap<Id, Audience> = BTreeMap::new();
    let mut rows: Vec<ActionRow> = Vec::with_capacity(made.len());
    let mut schools: Vec<ActionSchoolRow> = Vec::with_capacity(made.len());
    let mut changes = Vec::with_capacity(made.len());
    for Made { mut row, audience } in made {
        if let Some(id) = row.audience_id {
            audiences.entry(id).or_insert(audience);
        }
        schools.extend(row.school_rows());
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
        let told = row.told_text()?;
        row.keep_shown(&told);
        row.note_held(None);
        rows.push(row);
        changes.push((change, told));
    }
    Audience::keep_all(unit, &audiences)?;
    let (ids, request) = (unit.ids(), unit.request.clone());
    record::write_all(unit, &request, &ids, changes)?;
    let held: Vec<Turned> = rows.iter().filter_map(ActionRow::evidence).collect();
    insert_all!(&mut **unit, actions::table, rows);
    insert_all!(&mut **unit, action_schools::table, schools);
    for turned in held {
        settle(unit, None, Some(turned))?;
    }
    Ok(())
}
