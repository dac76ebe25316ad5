//! Which file an embedded database is: one that was deleted or replaced while it is open would take writes that nobody
//! ever reads again.

use std::path::{Path, PathBuf};

/// The files of an open database, as the system knows them whatever their names.
#[derive(Debug)]
pub struct Identity {
    /// The database, then the log of its last writes; each with its device and inode.
    files: Vec<(PathBuf, Node)>,
}

type Node = (u64, u64);

impl Identity {
    /// Remembers the files of a database that is open; nothing on a system whose files have no number.
    pub fn of(database: &Path) -> Self {
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let paths = [database.to_owned(), log.into()];
        Self { files: paths.into_iter().filter_map(|path| node(&path).map(|node| (path, node))).collect() }
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
