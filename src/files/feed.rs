//! What becomes of files with what they are attached to.

use diesel::prelude::*;

use super::FileRow;
use crate::aggregate::Feed;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::files;
use crate::domain::{Attachment, Id};
use crate::http::unit::Unit;

/// A piece is deleted: its files stay with the whole that it belonged to.
pub fn outlive(unit: &mut Unit<'_>, kind: &str, piece: Id, whole: Feed) -> QueryResult<()> {
    let to = match whole {
        Feed { convention: Some(id), .. } => Attachment::to("convention", id),
        Feed { organisation: Some(id), .. } => Attachment::to("organisation", id),
        Feed { .. } => None,
    };
    let (Some(gone), Some(to)) = (Attachment::to(kind, piece), to) else { return Ok(()) };
    let now = unit.request.now;
    for mut row in load(unit, files::attached_to.eq(Some(gone)))? {
        row.version += 1;
        row.updated_at = now;
        row.attached_to = Some(to);
        diesel::update(files::table.find(row.id)).set(&row).execute(&mut **unit)?;
        let readers = row.audience(unit)?;
        announce(unit, &row, Operation::Updated, readers, readers)?;
    }
    Ok(())
}

/// An organisation is seen by others from now on: so are its public files.
pub fn move_with_organisation(
    unit: &mut Unit<'_>,
    organisation: Id,
    seen_by: Option<Id>,
    was_seen_by: Option<Id>,
) -> QueryResult<()> {
    for row in load(unit, files::organisation_id.eq(Some(organisation)).and(files::public.eq(true).nullable()))? {
        announce(unit, &row, Operation::Moved, seen_by, was_seen_by)?;
    }
    Ok(())
}

/// An organisation is deleted, and its files with it.
pub fn delete_with_organisation(unit: &mut Unit<'_>, organisation: Id) -> QueryResult<()> {
    for mut row in load(unit, files::organisation_id.eq(Some(organisation)))? {
        let was_seen_by = row.audience(unit)?;
        row.version += 1;
        diesel::delete(files::table.find(row.id)).execute(&mut **unit)?;
        announce(unit, &row, Operation::Deleted, None, was_seen_by)?;
    }
    Ok(())
}

fn load<C>(unit: &mut Unit<'_>, condition: C) -> QueryResult<Vec<FileRow>>
where
    C: diesel::expression::BoxableExpression<
            files::table,
            crate::db::MultiBackend,
            SqlType = diesel::sql_types::Nullable<diesel::sql_types::Bool>,
        > + 'static,
{
    let condition: super::perimeter::Seen = Box::new(condition);
    files::table.filter(condition).order((files::created_at, files::id)).select(FileRow::as_select()).load(&mut **unit)
}

fn announce(
    unit: &mut Unit<'_>,
    row: &FileRow,
    operation: Operation,
    seen_by: Option<Id>,
    was_seen_by: Option<Id>,
) -> QueryResult<()> {
    let now = unit.request.now;
    let change = Change {
        kind: "file",
        resource: row.id,
        version: row.version,
        operation,
        convention: row.convention_id,
        organisation: row.organisation_id,
        seen_by,
        was_seen_by,
        before: None,
        after: None,
    };
    record::announce(unit, now, &change).map(|_| ())
}
