//! `passerelle backup` and `restore`: the embedded database, in one file.

use std::path::PathBuf;

use clap::Args;

use super::open;
use super::out::{self, Stop};
use crate::clock::Clock;
use crate::db::{Target, backup};

/// Write a copy of the embedded database to a new file, while the service runs
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; it must not exist
    file: PathBuf,
}

/// Put a backup in the place of the embedded database; the service must be stopped
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    file: PathBuf,
    /// Replace a database that is there; it is kept aside
    #[arg(long)]
    replace: bool,
}

/// What is not in a backup.
const NO_KEY: &str =
    "The master key is not in it: keep that apart (PASSERELLE_MASTER_KEY, or the .key file beside the database).";

fn embedded(instead: &str) -> Result<PathBuf, Stop> {
    match open::config("127.0.0.1:8080")?.target {
        Target::Sqlite(path) => Ok(path),
        Target::Postgres(_) | Target::Pooled(_) => {
            Err(Stop::because(format!("this is for the embedded database; on PostgreSQL {instead}")))
        }
    }
}

impl Backup {
    pub fn run(self) -> Result<(), Stop> {
        let path = embedded("use pg_dump -Fc, or pg_basebackup with archived WAL: see the README")?;
        open::must_exist(&Target::Sqlite(path.clone()))?;
        let copy = backup::backup(&path, &self.file).map_err(Stop::Refused)?;
        out::data(&format!("{}  {}", copy.sha256, self.file.display()))?;
        out::talk(
            log::Level::Info,
            &format!("{} bytes, schema {}.{}, checked. {NO_KEY}", copy.bytes, copy.schema.0, copy.schema.1),
        );
        Ok(())
    }
}

impl Restore {
    pub fn run(self) -> Result<(), Stop> {
        let path = embedded("use pg_restore, then `passerelle feed renew`: see the README")?;
        let stamp = Clock::System { civil: None }.now().as_micros().to_string();
        let (copy, aside) = backup::restore(&self.file, &path, self.replace, &stamp).map_err(Stop::Refused)?;
        out::data(&format!("{} restored from {}", path.display(), self.file.display()))?;
        if let Some(aside) = aside {
            out::talk(log::Level::Info, &format!("what stood there is kept at {}", aside.display()));
        }
        out::talk(log::Level::Info, "who follows the change feed will read the lists again (410 resync)");
        if copy.schema < crate::db::migrate::SCHEMA {
            let (major, minor) = copy.schema;
            out::talk(log::Level::Warn, &format!("its schema is {major}.{minor}: run `passerelle migrate`"));
        }
        out::talk(log::Level::Info, NO_KEY);
        Ok(())
    }
}
