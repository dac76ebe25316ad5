//! Everything that touches the database: the connection, the two doors, the types, the tables, the migrations.
//!
//! Backend types stay in this folder. Elsewhere a query is written once, against [`Connection`].

pub mod backup;
pub mod connection;
pub mod doors;
pub mod feed;
mod fixed;
pub mod keyset;
pub mod migrate;
mod opened_database;
pub mod pulse;
pub mod record;
mod replica;
#[allow(unused_imports, clippy::wildcard_imports, missing_docs)]
pub mod schema;
mod thread_connection;
pub mod types;
mod writer;

pub use connection::{AnyConnection, AnyConnection as Connection, MultiBackend, Target};
pub use doors::{Database, DoorSizes, Stopped};
pub use fixed::Fixed;
pub use replica::Source;
pub use types::Json;

use crate::domain::Id;
use diesel::RunQueryDsl as _;

/// Keeps other units from writing a row until this one ends; those that write rows which refer to it go on. SQLite has one
/// writer: there is nothing to lock.
pub fn lock_row(c: &mut Connection, table: &'static str, id: Id) -> diesel::QueryResult<()> {
    if matches!(c, Connection::Postgres(_)) {
        diesel::sql_query(format!("SELECT 1 FROM {table} WHERE id = $1 FOR NO KEY UPDATE"))
            .bind::<types::sql::DbUuid, _>(id)
            .execute(c)?;
    }
    Ok(())
}

/// Holds a name until this unit ends: beside others that hold it, or `alone`, once they have ended.
pub fn lock_name(c: &mut Connection, name: &str, alone: bool) -> diesel::QueryResult<()> {
    if matches!(c, Connection::Postgres(_)) {
        let how = if alone { "pg_advisory_xact_lock" } else { "pg_advisory_xact_lock_shared" };
        diesel::sql_query(format!("SELECT {how}(hashtextextended($1, 0))"))
            .bind::<diesel::sql_types::Text, _>(name)
            .execute(c)?;
    }
    Ok(())
}

/// One `LIKE` pattern per word of a query: `%` and `_` are literal, accents and case do not count.
pub fn holds(words: &[String]) -> Vec<String> {
    words
        .iter()
        .map(|word| format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")))
        .collect()
}
