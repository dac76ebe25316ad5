//! Copying an embedded database while it is written to, and putting a copy in its place.
//!
//! A copy is one consistent state (`VACUUM INTO`), checked before it gets its name. A database is replaced only when
//! nobody has it open, and the one that stood there is kept aside.

use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use sha2::{Digest, Sha256};

use super::migrate::{self, Found};
use super::{Connection, Target, feed};
use crate::auth::secret::hex;

/// A copy that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    pub bytes: u64,
    /// Lower hexadecimal.
    pub sha256: String,
    /// Version of its schema.
    pub schema: (i32, i32),
}

/// Writes a copy of a database to a file that must not exist yet.
pub fn backup(from: &Path, to: &Path) -> Result<Copy, String> {
    if to.exists() {
        return Err(format!("{} exists already: nothing is overwritten", to.display()));
    }
    let partial = beside(to, "partial");
    let made = new_file(&partial).and_then(|_| {
        let mut c = Target::Sqlite(from.to_path_buf()).open(false)?;
        let Connection::Sqlite(sqlite) = &mut c else { return Err("this is no embedded database".into()) };
        diesel::sql_query("VACUUM INTO $1")
            .bind::<Text, _>(partial.to_string_lossy())
            .execute(sqlite)
            .map_err(|e| format!("{}: {e}", from.display()))?;
        let copy = check(&partial)?;
        keep(&partial, to)?;
        Ok(copy)
    });
    if made.is_err() {
        let _ = fs::remove_file(&partial);
    }
    made
}

/// Puts a copy in the place of a database; returns where the one that stood there is kept.
pub fn restore(from: &Path, to: &Path, replace: bool, stamp: &str) -> Result<(Copy, Option<PathBuf>), String> {
    let copy = check(from)?;
    let (major, minor) = migrate::SCHEMA;
    if copy.schema > (major, minor) {
        return Err(format!(
            "{} has the schema {}.{}, made by a later program; this one writes {major}.{minor}: install that program",
            from.display(),
            copy.schema.0,
            copy.schema.1
        ));
    }
    if to.exists() && !replace {
        return Err(format!("{} exists: --replace puts the backup in its place and keeps it aside", to.display()));
    }
    let partial = beside(to, "restoring");
    let made = new_file(&partial).and_then(|_| {
        fs::copy(from, &partial).map_err(|e| format!("{}: {e}", partial.display()))?;
        if copy.schema >= (1, 1) {
            let mut c = Target::Sqlite(partial.clone()).open(false)?;
            // Who follows the feed may have read what this copy does not hold.
            feed::renew(&mut c).map_err(|e| format!("{e:?}"))?;
        }
        let aside = if to.exists() { Some(set_aside(to, stamp)?) } else { set_logs_aside(to, stamp)? };
        keep(&partial, to)?;
        Ok(aside)
    });
    if made.is_err() {
        let _ = fs::remove_file(&partial);
    }
    made.map(|aside| (copy, aside))
}

/// Moves a database away, unless somebody has it open.
fn set_aside(path: &Path, stamp: &str) -> Result<PathBuf, String> {
    let aside = beside(path, &format!("before-restore-{stamp}"));
    {
        let mut c = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| e.to_string())?;
        // Leaving WAL takes the database for oneself, and empties the log into the file.
        c.batch_execute("PRAGMA busy_timeout = 200; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; COMMIT")
            .map_err(|e| format!("{} is in use, stop the service first: {e}", path.display()))?;
    }
    if logs(path).any(|log| log.exists()) {
        return Err(format!("{} is in use, stop the service first: its log is there", path.display()));
    }
    fs::rename(path, &aside).map_err(|e| format!("{}: {e}", aside.display()))?;
    Ok(aside)
}

/// Moves away the logs of a database that is itself gone: SQLite would play them into the copy.
fn set_logs_aside(path: &Path, stamp: &str) -> Result<Option<PathBuf>, String> {
    let mut kept = None;
    for log in logs(path).filter(|log| log.exists()) {
        let aside = beside(&log, &format!("before-restore-{stamp}"));
        fs::rename(&log, &aside).map_err(|e| format!("{}: {e}", aside.display()))?;
        kept.get_or_insert(aside);
    }
    Ok(kept)
}

/// What SQLite may keep beside a database, the log of its last writes first.
fn logs(path: &Path) -> impl Iterator<Item = PathBuf> {
    ["-wal", "-journal", "-shm"].into_iter().map(|log| {
        let mut name = path.as_os_str().to_owned();
        name.push(log);
        name.into()
    })
}

/// Is this file a whole database of ours? Nothing is changed in it.
pub fn check(path: &Path) -> Result<Copy, String> {
    let refused = |why: String| format!("{}: {why}", path.display());
    let mut file = File::open(path).map_err(|e| refused(e.to_string()))?;
    let mut start = [0_u8; 16];
    if file.read_exact(&mut start).is_err() || &start != b"SQLite format 3\0" {
        return Err(refused("this is no SQLite database".into()));
    }
    let mut hash = Sha256::new();
    hash.update(start);
    let bytes = std::io::copy(&mut file, &mut hash).map_err(|e| refused(e.to_string()))? + 16;
    let sqlite = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| refused(e.to_string()))?;
    let mut c = Connection::Sqlite(sqlite);
    let told = |e: diesel::result::Error| refused(format!("it cannot be read: {e}"));
    let Connection::Sqlite(sqlite) = &mut c else { return Err(refused("this is no embedded database".into())) };
    sqlite.batch_execute("PRAGMA query_only = ON").map_err(told)?;
    let faults = texts(sqlite, "SELECT integrity_check AS text FROM pragma_integrity_check").map_err(told)?;
    if faults != ["ok"] {
        return Err(refused(format!("it is damaged: {}", faults.first().map_or("", String::as_str))));
    }
    let dangling = texts(sqlite, "SELECT \"table\" AS text FROM pragma_foreign_key_check").map_err(told)?;
    if let Some(table) = dangling.first() {
        return Err(refused(format!("it is damaged: rows of {table} refer to nothing")));
    }
    match migrate::inspect(&mut c).map_err(told)? {
        Found::Ours { major, minor } => Ok(Copy { bytes, sha256: hex(&hash.finalize()), schema: (major, minor) }),
        found => Err(refused(migrate::accept(&found).err().map(|why| why.0).unwrap_or_default())),
    }
}

fn texts(c: &mut SqliteConnection, query: &str) -> QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        text: String,
    }
    Ok(diesel::sql_query(query).load::<Line>(c)?.into_iter().map(|line| line.text).collect())
}

/// `data.db` and `partial` give `data.db.partial`, in the same folder: a rename is then one step.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    name.into()
}

/// A new empty file that its owner alone may read.
fn new_file(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Gives a finished file its name, for good.
fn keep(partial: &Path, name: &Path) -> Result<(), String> {
    let told = |e: std::io::Error| format!("{}: {e}", name.display());
    File::open(partial).and_then(|file| file.sync_all()).map_err(told)?;
    fs::rename(partial, name).map_err(told)?;
    let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(told)
}
