//! One connection type over the two databases, so that every query is written once.
//!
//! The derived `establish` tries each backend in turn and hides the real error, and SQLite opens any string as an
//! empty file: [`Target::parse`] decides by the URL's scheme instead.

use diesel::connection::{
    AnsiTransactionManager, CacheSize, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::{Connection as _, ConnectionError, MultiConnection, PgConnection, QueryResult, SqliteConnection};
use std::path::PathBuf;

/// A connection to either database.
#[derive(MultiConnection)]
pub enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Pastes an expression in both arms: the only branching on the database, for what `MultiConnection` does not compile.
#[macro_export]
macro_rules! on_db {
    ($connection:expr, $c:ident => $body:expr) => {
        match $connection {
            $crate::db::AnyConnection::Sqlite($c) => $body,
            $crate::db::AnyConnection::Postgres($c) => $body,
        }
    };
}

/// Inserts many rows of one type: one `COPY` on PostgreSQL, one prepared statement run for each on SQLite, where a
/// statement costs no journey. The rows derive `Insertable` with `treat_none_as_default_value = false`.
#[macro_export]
macro_rules! insert_all {
    ($connection:expr, $table:expr, $rows:expr) => {{
        use diesel::RunQueryDsl as _;
        match $connection {
            $crate::db::AnyConnection::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table).values(row).execute(c)?;
                }
            }
            $crate::db::AnyConnection::Postgres(c) => {
                diesel::prelude::ExecuteCopyFromDsl::execute(diesel::copy_from($table).from_insertable($rows), c)?;
            }
        }
    }};
}

/// Where the data lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Embedded, one file.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string.
    Postgres(String),
    /// One that leads to a pooler in transaction mode (PgBouncer): a session lasts as long as a transaction.
    Pooled(String),
}

/// What a session is set to, so that nobody waits for ever: a lock held longer, or a query gone wrong, is a 503 for one
/// caller and not for all.
const LIMITS: [&str; 3] =
    ["lock_timeout = '10s'", "statement_timeout = '60s'", "idle_in_transaction_session_timeout = '120s'"];

/// The same as one text: `SET lock_timeout = …; SET …`.
fn limits(set: &str) -> String {
    LIMITS.map(|limit| format!("{set} {limit}")).join("; ")
}

impl Target {
    /// Reads a `DATABASE_URL`: `sqlite:FILE`, `postgres://…` or `postgresql://…`.
    pub fn parse(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(":memory:") {
                return Err("sqlite: needs the path of a file".into());
            }
            Ok(Self::Sqlite(PathBuf::from(path)))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(url.to_owned()))
        } else {
            Err("must start with sqlite:, postgres:// or postgresql://".into())
        }
    }

    /// True for PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_) | Self::Pooled(_))
    }

    /// Opens a connection; `read_only` refuses writes on it where the database can.
    pub fn open(&self, read_only: bool) -> Result<AnyConnection, String> {
        match self {
            Self::Sqlite(path) => {
                let mut c = SqliteConnection::establish(&path.to_string_lossy())
                    .map_err(|e| format!("{}: {e}", path.display()))?;
                // The timeout comes first: switching to WAL takes a lock.
                c.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;")
                    .map_err(|e| format!("{}: {e}", path.display()))?;
                if read_only {
                    c.batch_execute("PRAGMA query_only = ON;").map_err(|e| e.to_string())?;
                }
                Ok(AnyConnection::Sqlite(c))
            }
            Self::Postgres(url) => {
                let mut c = PgConnection::establish(&in_time(url)).map_err(|e| without_secrets(&e.to_string(), url))?;
                c.batch_execute(&format!("SET client_min_messages = warning; {}", limits("SET")))
                    .map_err(|e| e.to_string())?;
                Ok(AnyConnection::Postgres(c))
            }
            // Nothing is set here: it would stay with a session that others use next.
            Self::Pooled(url) => {
                let mut c = establish_pooled(url)?;
                c.set_prepared_statement_cache_size(CacheSize::Disabled);
                Ok(AnyConnection::Postgres(c))
            }
        }
    }
}

/// Parameters added to an address that does not set them, so that no thread waits for minutes: five seconds for a server
/// to accept, and about twenty-five until a network that swallows everything is given up.
const NETWORK: [(&str, u32); 5] = [
    ("connect_timeout", 5),
    ("keepalives_idle", 10),
    ("keepalives_interval", 5),
    ("keepalives_count", 3),
    ("tcp_user_timeout", 25_000),
];

fn in_time(url: &str) -> String {
    NETWORK.iter().fold(url.to_owned(), |url, (name, value)| {
        let mark = if url.contains('?') { '&' } else { '?' };
        if url.contains(&format!("{name}=")) { url } else { format!("{url}{mark}{name}={value}") }
    })
}

/// The driver greets each connection with two statements outside of any transaction, each prepared and then run: another
/// session of the pooler may come between. Nothing is done by halves; it is only tried again.
fn establish_pooled(url: &str) -> Result<PgConnection, String> {
    let mut tries = 0;
    loop {
        match PgConnection::establish(&in_time(url)) {
            Err(ConnectionError::CouldntSetupConfiguration(_)) if tries < 20 => tries += 1,
            made => return made.map_err(|e| without_secrets(&e.to_string(), url)),
        }
    }
}

/// libpq quotes a connection string that it cannot read, password included: the message goes to a log.
fn without_secrets(message: &str, url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let user = rest.split(['/', '?']).next().and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    let mut secrets = vec![url];
    secrets.extend(user.and_then(|user| user.split_once(':')).map(|(_, password)| password));
    secrets.extend(rest.split(['?', '&']).skip(1).filter_map(|p| p.split_once('=')).map(|(_, value)| value));
    // A password with a slash or an at sign left as it is cuts the string elsewhere.
    secrets.extend(rest.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password));
    let mut said = message.to_owned();
    for secret in secrets.into_iter().filter(|secret| secret.len() > 3) {
        said = said.replace(secret, "…");
    }
    said
}

impl Target {
    /// True behind a pooler: all that is done is done in a transaction.
    pub fn is_pooled(&self) -> bool {
        matches!(self, Self::Pooled(_))
    }

    /// Starts the transaction of a write.
    pub fn begin_writing(&self, c: &mut AnyConnection) -> QueryResult<()> {
        match c {
            AnyConnection::Postgres(c) if self.is_pooled() => {
                AnsiTransactionManager::begin_transaction_sql(c, &format!("BEGIN; {}", limits("SET LOCAL")))
            }
            c => c.begin_writing(),
        }
    }

    /// Starts the transaction that a read is done in behind a pooler, one snapshot of the data; elsewhere there is none.
    pub fn begin_reading(&self, c: &mut AnyConnection) -> QueryResult<()> {
        match c {
            AnyConnection::Postgres(c) if self.is_pooled() => {
                AnsiTransactionManager::begin_transaction_sql(c, &format!("{SNAPSHOT}; {}", limits("SET LOCAL")))
            }
            _ => Ok(()),
        }
    }

    /// The same database, behind a pooler in transaction mode.
    pub fn behind_pooler(self) -> Result<Self, String> {
        match self {
            Self::Postgres(url) | Self::Pooled(url) => Ok(Self::Pooled(url)),
            Self::Sqlite(_) => Err("is for PostgreSQL".into()),
        }
    }
}

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl AnyConnection {
    /// Starts a transaction that will write: on SQLite it takes the write lock at once.
    pub fn begin_writing(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
            Self::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
        }
    }

    /// Commits, or releases the savepoint when nested.
    pub fn commit(&mut self) -> QueryResult<()> {
        on_db!(self, c => AnsiTransactionManager::commit_transaction(c))
    }

    /// Rolls back, or back to the savepoint when nested.
    pub fn rollback(&mut self) -> QueryResult<()> {
        on_db!(self, c => AnsiTransactionManager::rollback_transaction(c))
    }

    /// Opens a savepoint inside the current transaction.
    pub fn savepoint(&mut self) -> QueryResult<()> {
        on_db!(self, c => AnsiTransactionManager::begin_transaction(c))
    }

    /// True while a transaction is open or broken.
    pub fn in_transaction(&mut self) -> bool {
        let status = on_db!(self, c => AnsiTransactionManager::transaction_manager_status_mut(c));
        match status {
            TransactionManagerStatus::InError => true,
            TransactionManagerStatus::Valid(valid) => valid.transaction_depth().is_some(),
        }
    }

    /// Runs several reads on one snapshot of the data.
    pub fn snapshot<T, E>(&mut self, reads: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        if matches!(self, Self::Postgres(_)) && self.in_transaction() {
            // Behind a pooler a read is one snapshot from its start.
            return reads(self);
        }
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction(c)?,
            Self::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, SNAPSHOT)?,
        }
        let answer = reads(self);
        match &answer {
            Ok(_) => self.commit()?,
            Err(_) => self.rollback()?,
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_not_waited_for_for_ever() {
        let rest = "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=25000";
        assert_eq!(in_time("postgres://host/db"), format!("postgres://host/db?connect_timeout=5&{rest}"));
        assert_eq!(in_time("postgres://host/db?a=b"), format!("postgres://host/db?a=b&connect_timeout=5&{rest}"));
        let own = "postgres://host/db?tcp_user_timeout=0&connect_timeout=60&keepalives_idle=1&keepalives_interval=1&keepalives_count=1";
        assert_eq!(in_time(own), own);
    }

    #[test]
    fn no_password_in_what_libpq_says() {
        for (url, said) in [
            (
                "postgres://user:s3cr3t word@host/db",
                "unexpected spaces found in \"postgres://user:s3cr3t word@host/db\"",
            ),
            ("postgres://user:s3cr3t%zz@host/db", "invalid percent-encoded token: \"s3cr3t%zz\""),
            ("postgres://user:s3cr3t/word@host/db", "invalid integer value \"s3cr3t/word\""),
            ("postgres://user@host/db?password=s3cr3t%zz", "invalid percent-encoded token: \"s3cr3t%zz\""),
        ] {
            let kept = without_secrets(said, url);
            assert!(kept.starts_with(&said[..10]) && !kept.contains("s3cr3t"), "{kept}");
        }
    }
}
