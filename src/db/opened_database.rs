//! The database that is open, as all threads know it.
//!
//! An embedded one is a file: deleted or replaced while it is open, it would take writes that nobody ever reads again. On
//! PostgreSQL, when the server ends a session, it has often ended all: the probe finds out first.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Target;

/// The database that was opened.
#[derive(Debug, Default)]
pub struct OpenedDatabase {
    /// The file of an embedded database, then the log of its last writes, as the system knows them whatever their names.
    files: Vec<(PathBuf, Node)>,
    ended: AtomicUsize,
}

/// Device and inode.
type Node = (u64, u64);

impl OpenedDatabase {
    /// Remembers the files of an embedded database that is open; none on a system whose files have no number.
    pub fn of(target: &Target) -> Self {
        let Target::Sqlite(database) = target else { return Self::default() };
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let paths = [database.clone(), log.into()];
        let files = paths.into_iter().filter_map(|path| node(&path).map(|node| (path, node))).collect();
        Self { files, ..Self::default() }
    }

    /// Says which file is no longer the one that was opened.
    pub fn check(&self) -> Result<(), String> {
        match self.files.iter().find(|(path, opened)| node(path) != Some(*opened)) {
            None => Ok(()),
            Some((path, _)) => Err(format!(
                "{} is not the file that was opened: it was deleted, moved or replaced. Nothing is read or written until it \
                 is put back; stop the service and restore a backup if it is lost",
                path.display()
            )),
        }
    }

    /// Counts a session that the server has ended.
    pub fn session_ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many sessions the probe has seen end. When it grows, others may have ended too.
    pub fn sessions_ended(&self) -> usize {
        self.ended.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
fn node(path: &Path) -> Option<Node> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn node(_: &Path) -> Option<Node> {
    None
}
