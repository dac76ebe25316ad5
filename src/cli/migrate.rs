//! `passerelle migrate`: brings the schema to this program's version, or says what that would take.

use clap::Args;

use super::out::{self, Stop};
use super::{keyfile, open};
use crate::db::Target;
use crate::db::migrate::{self, Found, SCHEMA};

/// Apply the migrations that are pending, under a lock
#[derive(Debug, Args)]
pub struct Migrate {
    /// Change nothing: name what is pending, and end with 1 if something is
    #[arg(long)]
    check: bool,
}

impl Migrate {
    pub fn run(self) -> Result<(), Stop> {
        let target = open::config("127.0.0.1:8080")?.target;
        if self.check { check(&target) } else { apply(&target) }
    }
}

fn apply(target: &Target) -> Result<(), Stop> {
    keyfile::must_not_lie_alone(target)?;
    let applied = migrate::run(target).map_err(|why| Stop::Refused(why.trim_end().to_owned()))?;
    if applied.is_empty() {
        out::talk(log::Level::Info, &format!("nothing to apply: the schema is {}.{}", SCHEMA.0, SCHEMA.1));
    }
    applied.iter().try_for_each(|name| out::data(name))
}

fn check(target: &Target) -> Result<(), Stop> {
    let here = match target {
        // Opening a file that is not there would make it; to the question asked, an empty database is the same.
        Target::Sqlite(path) if !path.exists() => &Target::Sqlite(":memory:".into()),
        target => target,
    };
    let mut c = open::connect(here)?;
    let found = open::inspect(&mut c)?;
    let ours_to_migrate = match found {
        Found::Empty => true,
        Found::Ours { major, minor } => (major, minor) <= SCHEMA,
        Found::Foreign(_) => false,
    };
    if !ours_to_migrate {
        return migrate::accept(&found).map_err(|refused| Stop::Refused(refused.0));
    }
    // In a transaction, as all that is done behind a pooler; nothing of it is kept.
    let failed = |e: diesel::result::Error| Stop::because(format!("the database cannot be read: {e}"));
    c.begin_writing().map_err(failed)?;
    let pending = migrate::pending(&mut c);
    c.rollback().map_err(failed)?;
    let pending = pending.map_err(Stop::Refused)?;
    pending.iter().try_for_each(|name| out::data(name))?;
    match pending.len() {
        0 => Ok(()),
        n => Err(Stop::because(format!("{n} migration(s) pending: run `passerelle migrate`"))),
    }
}
