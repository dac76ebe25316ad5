//! Migrations, embedded, and the question asked before anything else: whose schema is this?

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, Target};
use crate::on_db;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The schema this program writes. A minor step only adds (expand); a major one takes away (contract).
pub const SCHEMA: (i32, i32) = (1, 8);

/// What was found in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No table at all.
    Empty,
    /// Ours, at this version.
    Ours { major: i32, minor: i32 },
    /// Tables of something else; a few of their names.
    Foreign(Vec<String>),
}

/// Why a database is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotServed(pub String);

impl std::fmt::Display for NotServed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Looks without changing anything.
pub fn inspect(c: &mut Connection) -> QueryResult<Found> {
    let tables = on_db_tables(c)?;
    if tables.iter().any(|t| t == "passerelle_schema") {
        use super::schema::passerelle_schema::{major, minor, table};
        let (found_major, found_minor) = table.select((major, minor)).first::<(i32, i32)>(c)?;
        return Ok(Found::Ours { major: found_major, minor: found_minor });
    }
    let foreign: Vec<_> = tables.into_iter().filter(|t| t != "__diesel_schema_migrations").collect();
    Ok(if foreign.is_empty() { Found::Empty } else { Found::Foreign(foreign) })
}

fn on_db_tables(c: &mut Connection) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    let query = match c {
        Connection::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        Connection::Postgres(_) => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY tablename"
        }
    };
    Ok(diesel::sql_query(query).load::<Name>(c)?.into_iter().map(|n| n.name).collect())
}

/// Accepts a schema from this program's own to the next minor; refuses any other and says why.
pub fn accept(found: &Found) -> Result<(), NotServed> {
    let (major, minor) = SCHEMA;
    match found {
        Found::Empty => Err(NotServed("the database is empty: run `passerelle migrate`".into())),
        Found::Foreign(tables) => Err(NotServed(format!(
            "the database is not Passerelle's: it holds {} table(s) of another program ({}…) and no passerelle_schema; name an empty database in DATABASE_URL",
            tables.len(),
            tables.iter().take(3).cloned().collect::<Vec<_>>().join(", "),
        ))),
        Found::Ours { major: m, minor: n } if *m == major && (*n == minor || *n == minor + 1) => Ok(()),
        Found::Ours { major: m, minor: n } if (*m, *n) < (major, minor) => Err(NotServed(format!(
            "the schema is {m}.{n} and this program needs {major}.{minor}: run `passerelle migrate`"
        ))),
        Found::Ours { major: m, minor: n } => Err(NotServed(format!(
            "the schema is {m}.{n}, made by a later program; this one serves {major}.{minor} to {major}.{}: install that program",
            minor + 1
        ))),
    }
}

/// Applies what is pending, under a lock: two programs started together migrate once. Returns the names applied.
pub fn run(target: &Target) -> Result<Vec<String>, String> {
    let mut c = target.open(false)?;
    match c.snapshot(inspect).map_err(|e| e.to_string())? {
        foreign @ Found::Foreign(_) => return Err(accept(&foreign).err().map(|e| e.0).unwrap_or_default()),
        Found::Ours { major, minor } if (major, minor) > SCHEMA => {
            return accept(&Found::Ours { major, minor }).map(|()| Vec::new()).map_err(|e| e.0);
        }
        Found::Ours { .. } | Found::Empty => {}
    }
    let applied = locked(&mut c, |c| {
        let versions = match c {
            Connection::Sqlite(c) => c.run_pending_migrations(SQLITE),
            Connection::Postgres(c) => c.run_pending_migrations(POSTGRES),
        };
        let versions: Vec<_> =
            versions.map_err(QueryError::QueryBuilderError)?.iter().map(ToString::to_string).collect();
        // The harness tells versions (`0001`); people know the names (`0001_foundation`), the same in both folders.
        let all: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> =
            SQLITE.migrations().map_err(QueryError::QueryBuilderError)?;
        let applied = all.iter().filter(|m| versions.contains(&m.name().version().to_string()));
        Ok(applied.map(|m| m.name().to_string()).collect())
    });
    applied.map_err(|e| format!("migration failed, nothing was changed: {e}"))
}

/// Names of the migrations that are not applied yet.
pub fn pending(c: &mut Connection) -> Result<Vec<String>, String> {
    if inspect(c).map_err(|e| e.to_string())? == Found::Empty {
        // Asking the harness would create its table.
        let all: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().map_err(|e| e.to_string())?;
        return Ok(all.iter().map(|m| m.name().to_string()).collect());
    }
    let names = match c {
        Connection::Sqlite(c) => {
            c.pending_migrations(SQLITE).map(|all| all.iter().map(|m| m.name().to_string()).collect())
        }
        Connection::Postgres(c) => {
            c.pending_migrations(POSTGRES).map(|all| all.iter().map(|m| m.name().to_string()).collect())
        }
    };
    names.map_err(|e| e.to_string())
}

/// Takes every migration back, for the test that goes up, down and up.
pub fn revert_all(c: &mut Connection) -> Result<(), String> {
    match c {
        Connection::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|_| ()),
        Connection::Postgres(c) => c.revert_all_migrations(POSTGRES).map(|_| ()),
    }
    .map_err(|e| e.to_string())
}

/// Runs `work` in one transaction that no other migration can share.
fn locked<T>(c: &mut Connection, work: impl FnOnce(&mut Connection) -> QueryResult<T>) -> QueryResult<T> {
    /// Any number, the same in every replica.
    const LOCK: &str =
        "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7276527733)";
    c.begin_writing()?;
    let done = match c {
        Connection::Postgres(pg) => pg.batch_execute(LOCK),
        Connection::Sqlite(_) => Ok(()),
    }
    .and_then(|()| work(c));
    match done {
        Ok(value) => c.commit().map(|()| value),
        Err(e) => {
            on_db!(c, c => diesel::connection::AnsiTransactionManager::rollback_transaction(c))?;
            Err(e)
        }
    }
}

use diesel::connection::TransactionManager as _;
