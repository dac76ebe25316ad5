//! How every command comes to the database: the environment, whose schema it is, the master key, then the state.

use super::out::Stop;
use super::{keyfile, logs};
use crate::app::App;
use crate::auth::keys;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::db::migrate::{self, Found};
use crate::db::{Connection, Target, pulse};

/// What to do with a database whose schema is not this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Refuse it, an empty one too.
    AsItIs,
    /// Migrate an empty one; refuse any other.
    FromNothing,
    /// Migrate an empty or an earlier one: the demo's own file.
    Own,
}

/// The environment, checked whole: every fault at once.
pub fn config(bind: &str) -> Result<Config, Stop> {
    checked(Config::from_env(bind))
}

/// Adds what this folder checks itself to the verdict on the rest.
pub fn checked(read: Result<Config, Vec<String>>) -> Result<Config, Stop> {
    match (read, logs::fault()) {
        (Ok(config), None) => Ok(config),
        (read, ours) => {
            let faults: Vec<String> = read.err().unwrap_or_default().into_iter().chain(ours).collect();
            Err(Stop::because(format!("the environment is not right:\n  {}", faults.join("\n  "))))
        }
    }
}

/// The state of the service, on a database that was looked at first.
pub async fn app(mut config: Config, clock: Clock, schema: Schema) -> Result<App, Stop> {
    match schema {
        Schema::AsItIs => must_exist(&config.target)?,
        Schema::FromNothing | Schema::Own => keyfile::must_not_lie_alone(&config.target)?,
    }
    let mut c = connect(&config.target)?;
    let mut found = inspect(&mut c)?;
    let migrates = match found {
        Found::Empty => schema != Schema::AsItIs,
        Found::Ours { major, minor } => schema == Schema::Own && (major, minor) < migrate::SCHEMA,
        Found::Foreign(_) => false,
    };
    if migrates {
        for name in migrate::run(&config.target).map_err(Stop::Refused)? {
            log::info!("migration {name} applied");
        }
        found = inspect(&mut c)?;
    }
    migrate::accept(&found).map_err(|refused| Stop::Refused(refused.0))?;
    if schema != Schema::AsItIs {
        must_be_writable(&config.target, &mut c)?;
    }
    let sealed = !c.snapshot(keys::list).map_err(|e| Stop::because(e.to_string()))?.is_empty();
    drop(c);
    let master = keyfile::master(&config, sealed)?;
    config.master_key = Some(master.clone());
    App::start(config, master, clock, Ids::Random).await.map_err(Stop::Refused)
}

/// Looks at a database without changing it.
pub fn inspect(c: &mut Connection) -> Result<Found, Stop> {
    c.snapshot(migrate::inspect).map_err(|e| Stop::because(format!("the database cannot be read: {e}")))
}

/// Opening a file that is not there would make it.
pub fn must_exist(target: &Target) -> Result<(), Stop> {
    match target {
        Target::Sqlite(path) if !path.exists() => Err(Stop::because(format!(
            "there is no database at {}: run `passerelle migrate`, or name another in DATABASE_URL",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Refuses to serve the files of an embedded database that cannot be written.
fn must_be_writable(target: &Target, c: &mut Connection) -> Result<(), Stop> {
    let Target::Sqlite(path) = target else { return Ok(()) };
    let since = std::time::Instant::now();
    let written = c.begin_writing().and_then(|()| pulse::write_head(c)).and_then(|()| c.commit());
    match written {
        Err(e) if since.elapsed() < pulse::BUSY => Err(Stop::because(format!(
            "the database {} cannot be written ({e}): is the file, its folder or its file system read-only or full?",
            path.display()
        ))),
        // Another program writes it at this moment.
        _ => Ok(()),
    }
}

/// Opens one connection, to look before anything is started.
pub fn connect(target: &Target) -> Result<Connection, Stop> {
    target.open(false).map_err(|why| {
        let hint = match target {
            Target::Sqlite(path) if path.exists() => ": is its folder or its file system read-only?",
            _ => "",
        };
        Stop::because(format!("the database cannot be opened: {}{hint}", why.trim_end()))
    })
}

/// Runs what a command does on the runtime of the service.
pub fn block_on<T>(work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    actix_web::rt::System::new().block_on(work)
}
