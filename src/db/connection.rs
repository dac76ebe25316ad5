//! One connection type over the two databases, so that every query is written once.
//!
//! The derived `establish` tries each backend in turn and hides the real error, and SQLite opens any string as an
//! empty file: [`Target::parse`] decides by the URL's scheme instead.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, MultiConnection, PgConnection, QueryResult, SqliteConnection};
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

/// Where the data lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Embedded, one file.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string.
    Postgres(String),
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
        matches!(self, Self::Postgres(_))
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
                let mut c = PgConnection::establish(url).map_err(|e| without_secrets(&e.to_string(), url))?;
                // Nobody waits for ever: a lock held longer, or a query gone wrong, is a 503 for one caller and not for all.
                c.batch_execute(
                    "SET client_min_messages = warning; SET lock_timeout = '10s'; SET statement_timeout = '60s'; \
                     SET idle_in_transaction_session_timeout = '120s'",
                )
                .map_err(|e| e.to_string())?;
                Ok(AnyConnection::Postgres(c))
            }
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

impl AnyConnection {
    /// Starts a transaction that will write: on SQLite it takes the write lock at once.
    pub fn begin_writing(&mut self) -> QueryResult<()> {
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
            Self::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
        }
    }

    /// Commits, or releases the savepoint when nested.
    pub fn commit(&mut self) -> QueryResult<()> {
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        on_db!(self, c => AnsiTransactionManager::commit_transaction(c))
    }

    /// Rolls back, or back to the savepoint when nested.
    pub fn rollback(&mut self) -> QueryResult<()> {
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        on_db!(self, c => AnsiTransactionManager::rollback_transaction(c))
    }

    /// Opens a savepoint inside the current transaction.
    pub fn savepoint(&mut self) -> QueryResult<()> {
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        on_db!(self, c => AnsiTransactionManager::begin_transaction(c))
    }

    /// True while a transaction is open or broken.
    pub fn in_transaction(&mut self) -> bool {
        use diesel::connection::{AnsiTransactionManager, TransactionManager, TransactionManagerStatus};
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
        use diesel::connection::{AnsiTransactionManager, TransactionManager};
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction(c)?,
            Self::Postgres(c) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            }
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
