//! A fresh database for each test: the migrations run once, then a file is copied or a template database cloned.
//!
//! Databases on PostgreSQL are named after the run. A run holds an advisory lock under its number as long as it lives,
//! so that the next one recognises and drops what a crashed run (or the template of a finished one) has left.

use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{Bool, Integer, Text};
use passerelle::db::{Connection, Target, migrate};

/// Where a test's data lie; dropped with it.
pub struct TestDatabase {
    pub target: Target,
    keep: Keep,
}

enum Keep {
    Folder { _folder: tempfile::TempDir },
    Server(String),
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Keep::Server(name) = &self.keep
            && let Some(mut server) = server()
        {
            server.drop_database(name);
        }
    }
}

/// A migrated SQLite file of its own.
pub fn sqlite() -> TestDatabase {
    static TEMPLATE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let folder = folder();
        migrate::run(&Target::Sqlite(folder.path().join("template.db"))).expect("migrations run on SQLite");
        folder
    });
    let empty = empty_sqlite();
    let Target::Sqlite(path) = &empty.target else { unreachable!("it is SQLite") };
    std::fs::copy(template.path().join("template.db"), path).expect("the template is copied");
    empty
}

/// A SQLite file that does not exist yet.
pub fn empty_sqlite() -> TestDatabase {
    let folder = folder();
    TestDatabase { target: Target::Sqlite(folder.path().join("test.db")), keep: Keep::Folder { _folder: folder } }
}

/// In memory where the system offers it: SQLite waits for the disk at each commit.
fn folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("passerelle-it-")
        .tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a temporary folder")
}

/// A migrated PostgreSQL database of its own; none, and a visible line, when no server is given.
pub fn postgres() -> Option<TestDatabase> {
    server().map(|mut server| {
        let template = server.template.clone();
        server.create(&format!(" TEMPLATE {template}"))
    })
}

/// An empty PostgreSQL database.
pub fn empty_postgres() -> Option<TestDatabase> {
    server().map(|mut server| server.create(""))
}

struct Server {
    admin: Connection,
    url: String,
    run: i32,
    template: String,
    made: u32,
}

fn server() -> Option<MutexGuard<'static, Server>> {
    static SERVER: OnceLock<Option<Mutex<Server>>> = OnceLock::new();
    SERVER
        .get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
            Ok(url) if !url.is_empty() => Some(Mutex::new(Server::open(url))),
            _ => {
                // Past the harness, which hides what a passing test prints.
                let _ = std::io::stderr().write_all(b"\nSKIPPED postgresql: TEST_DATABASE_URL is not set\n");
                None
            }
        })
        .as_ref()
        .map(|server| server.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Any number, the same in every run.
const LOCK: i32 = 72_765;

impl Server {
    fn open(url: String) -> Self {
        let admin = Target::parse(&url).and_then(|t| t.open(false)).expect("TEST_DATABASE_URL can be opened");
        let mut bytes = [0_u8; 4];
        getrandom(&mut bytes);
        let run = i32::from_be_bytes(bytes) & i32::MAX;
        let mut server = Self { admin, url, run, template: format!("passerelle_it_{run}_template"), made: 0 };
        assert!(server.lock(run), "another run has the number {run}");
        server.drop_leftovers();
        let template = server.template.clone();
        server.admin.batch_execute(&format!("CREATE DATABASE {template}")).expect("a database can be created");
        migrate::run(&server.target(&template)).expect("migrations run on PostgreSQL");
        server
    }

    fn lock(&mut self, run: i32) -> bool {
        #[derive(diesel::QueryableByName)]
        struct Got {
            #[diesel(sql_type = Bool)]
            got: bool,
        }
        diesel::sql_query("SELECT pg_try_advisory_lock($1, $2) AS got")
            .bind::<Integer, _>(LOCK)
            .bind::<Integer, _>(run)
            .get_result::<Got>(&mut self.admin)
            .expect("advisory locks work")
            .got
    }

    fn drop_leftovers(&mut self) {
        #[derive(diesel::QueryableByName)]
        struct Name {
            #[diesel(sql_type = Text)]
            name: String,
        }
        let names: Vec<Name> = diesel::sql_query(
            r"SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'passerelle\_it\_%' ORDER BY 1",
        )
        .load(&mut self.admin)
        .expect("databases can be listed");
        for Name { name } in names {
            let run = name.split('_').nth(2).and_then(|n| n.parse().ok());
            if let Some(run) = run.filter(|run| *run != self.run)
                && self.lock(run)
            {
                self.drop_database(&name);
                // Taken once for each database, given back once for each.
                let _ = self.admin.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK}, {run})"));
            }
        }
    }

    /// Drops a database; what cannot be dropped now is left to the next run.
    fn drop_database(&mut self, name: &str) {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let mut dropped = self.admin.batch_execute(&drop);
        // The server's own housekeeping may be inside for a moment: it is not ours to end.
        for _ in 0..20 {
            if dropped.is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
            dropped = self.admin.batch_execute(&drop);
        }
        if let Err(e) = dropped {
            let _ = writeln!(std::io::stderr(), "the database {name} is left behind: {e}");
        }
    }

    fn create(&mut self, how: &str) -> TestDatabase {
        self.made += 1;
        let name = format!("passerelle_it_{}_{}", self.run, self.made);
        self.admin.batch_execute(&format!("CREATE DATABASE {name}{how}")).expect("a database can be created");
        TestDatabase { target: self.target(&name), keep: Keep::Server(name) }
    }

    fn target(&self, name: &str) -> Target {
        Target::Postgres(named(&self.url, name))
    }
}

/// The address of another database of the same server.
fn named(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find('/').map_or(address.len(), |at| start + at);
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{}/{name}{mark}{options}", &address[..end])
}

impl TestDatabase {
    /// Where the service finds it: with `TEST_POOLER_URL`, behind a pooler in transaction mode; the tests' own
    /// connections are always direct.
    pub fn served(&self) -> Target {
        match (&self.keep, std::env::var("TEST_POOLER_URL")) {
            (Keep::Server(name), Ok(url)) if !url.is_empty() => Target::Pooled(named(&url, name)),
            _ => self.target.clone(),
        }
    }
}

fn getrandom(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system gives random bytes");
}
