//! The master key: from the environment, or from a 0600 file beside an embedded database.
//!
//! The file is made only for a database that has no signing key yet. One that has keys and has lost its file is
//! refused: a new file could not open them, and would hide the loss.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::out::Stop;
use crate::auth::keys::MasterKey;
use crate::config::Config;
use crate::db::Target;

/// The key of this configuration; `sealed` says whether the database holds keys that it must open.
pub fn master(config: &Config, sealed: bool) -> Result<MasterKey, Stop> {
    if let Some(key) = &config.master_key {
        return Ok(key.clone());
    }
    let Target::Sqlite(database) = &config.target else {
        return Err(Stop::because("PASSERELLE_MASTER_KEY is required on PostgreSQL"));
    };
    let file = beside(database);
    match read(&file)? {
        Some(key) => Ok(key),
        None if sealed => Err(Stop::because(format!(
            "{} has signing keys and the key that opens them is not there: put {} back, or set PASSERELLE_MASTER_KEY",
            database.display(),
            file.display()
        ))),
        None => make(&file),
    }
}

/// Refuses to make a database where the key of one lies: that one is missing, and an empty one in its place would hide it.
pub fn must_not_lie_alone(target: &Target) -> Result<(), Stop> {
    match target {
        Target::Sqlite(database) if !database.exists() && beside(database).exists() => Err(Stop::because(format!(
            "the database {} is missing, and its key {} is there: restore a backup (`passerelle restore FILE`), or remove the \
             key file to start with a new database",
            database.display(),
            beside(database).display()
        ))),
        _ => Ok(()),
    }
}

/// `passerelle.db.key` for `passerelle.db`.
pub fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    name.into()
}

fn read(file: &Path) -> Result<Option<MasterKey>, Stop> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Stop::because(format!("{}: {e}", file.display()))),
    };
    if is_open_to_others(file) {
        log::warn!("{} can be read by others than its owner: chmod 600", file.display());
    }
    MasterKey::parse(&text).map(Some).map_err(|e| Stop::because(format!("{}: {e}", file.display())))
}

/// Written apart, then given its name whole: of two programs started together one wins, and both read the same key.
fn make(file: &Path) -> Result<MasterKey, Stop> {
    let (_, text) = MasterKey::generate().map_err(Stop::Refused)?;
    let mut apart = file.as_os_str().to_owned();
    apart.push(format!(".{}", std::process::id()));
    let apart = PathBuf::from(apart);
    let made = write_new(&apart, &text).and_then(|()| match fs::hard_link(&apart, file) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        _ => Ok(()),
    });
    let _ = fs::remove_file(&apart);
    made.map_err(|e| Stop::because(format!("{}: {e}", file.display())))?;
    read(file)?.ok_or_else(|| Stop::because(format!("{} has gone", file.display())))
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(database: &Path) -> Config {
        let url = format!("sqlite:{}", database.display());
        Config::read("127.0.0.1:8080", &move |name| (name == "DATABASE_URL").then(|| url.clone())).unwrap()
    }

    #[test]
    fn made_once_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("p.db");
        master(&config(&database), false).unwrap();
        let first = fs::read_to_string(beside(&database)).unwrap();
        assert!(!is_open_to_others(&beside(&database)));
        master(&config(&database), true).unwrap();
        assert_eq!(fs::read_to_string(beside(&database)).unwrap(), first);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_lies_alone_is_the_key_of_a_missing_database() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("p.db");
        let target = Target::Sqlite(database.clone());
        assert!(must_not_lie_alone(&target).is_ok());
        master(&config(&database), false).unwrap();
        let refused = must_not_lie_alone(&target).unwrap_err();
        assert!(matches!(refused, Stop::Refused(why) if why.contains("p.db is missing") && why.contains("restore")));
        fs::write(&database, "").unwrap();
        assert!(must_not_lie_alone(&target).is_ok());
    }

    #[test]
    fn a_lost_file_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("p.db");
        let refused = master(&config(&database), true).unwrap_err();
        assert!(matches!(refused, Stop::Refused(why) if why.contains("p.db.key")));
        assert!(!beside(&database).exists());
    }
}
