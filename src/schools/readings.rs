//! The journal of the directory: each file that was read, of what day, and what it changed.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::schema::{school_directories, schools};
use crate::db::{Connection, MultiBackend};
use crate::domain::{CivilDate, Id, Instant};

/// A row of `school_directories`: a file of the directory that was read to its end.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, ToSchema)]
#[diesel(table_name = school_directories, check_for_backend(MultiBackend))]
pub struct DirectoryReading {
    #[serde(skip)]
    pub id: Id,
    /// What the file is: `fr-en-annuaire-education`.
    pub source: String,
    /// The day of its data.
    pub source_date: CivilDate,
    /// Of its bytes.
    pub sha256: String,
    /// Lines read, the header apart.
    pub read: i64,
    /// Schools that were not there.
    pub added: i64,
    /// Schools of which it said something else.
    pub changed: i64,
    /// Of those changed, the ones that it says are closed and that were open.
    pub closed: i64,
    pub unchanged: i64,
    /// Lines that could not be taken.
    pub rejected: i64,
    pub imported_at: Instant,
}

/// The directory as it stands here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Directory {
    /// The last file read; null when none was.
    pub last_read: Option<DirectoryReading>,
    /// All schools, closed ones too.
    pub schools: i64,
    pub open: i64,
    /// Those of which only the number is known.
    pub unknown: i64,
}

/// The last file read.
pub fn last(c: &mut Connection) -> QueryResult<Option<DirectoryReading>> {
    school_directories::table
        .order((school_directories::imported_at.desc(), school_directories::id.desc()))
        .select(DirectoryReading::as_select())
        .first(c)
        .optional()
}

/// How many schools a directory has named.
pub fn named(c: &mut Connection) -> QueryResult<i64> {
    schools::table.filter(schools::source.is_not_null()).count().get_result(c)
}

/// The directory as it stands.
pub fn directory(c: &mut Connection) -> QueryResult<Directory> {
    let schools: i64 = schools::table.count().get_result(c)?;
    let open = schools::table.filter(schools::open.eq(true)).count().get_result(c)?;
    Ok(Directory { last_read: last(c)?, schools, open, unknown: schools - named(c)? })
}
