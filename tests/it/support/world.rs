//! The real service, on a real socket, with a clock that stands still and identifiers from a seed.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use passerelle::app::App;
use passerelle::auth::keys::MasterKey;
use passerelle::clock::{Clock, Ids};
use passerelle::config::Config;
use passerelle::db::{Connection, DoorSizes, Target};
use passerelle::domain::{CivilDate, Instant};
use passerelle::server;

use super::databases::TestDatabase;
use super::http::Http;

/// When every test takes place.
pub const NOW: &str = "2026-11-23T09:00:00Z";
/// The issuer and audience of tokens.
pub const PUBLIC_URL: &str = "https://passerelle.test";
/// The origin that may call from a browser.
pub const ORIGIN: &str = "https://screen.example";
/// The master key of every test: 32 times the byte 7.
pub const MASTER: [u8; 32] = [7; 32];

/// One running service on one database.
pub struct World {
    pub app: App,
    pub http: Http,
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    connection: Mutex<Option<Connection>>,
    change: fn(&mut Config),
    /// Last, so that it is dropped when nothing holds it any more.
    pub database: Arc<TestDatabase>,
}

/// The master key of every test.
pub fn master() -> MasterKey {
    use base64::Engine as _;
    MasterKey::parse(&base64::engine::general_purpose::STANDARD.encode(MASTER)).unwrap()
}

impl World {
    pub fn new(database: TestDatabase, change: fn(&mut Config)) -> Self {
        let clock = Clock::fixed(NOW.parse().unwrap());
        let target = (database.served(), None);
        Self::start(Arc::new(database), target, clock, Ids::Seeded(Arc::new(AtomicU64::new(1))), change)
    }

    /// One that reaches its database by another address, and exports from what it takes for a replica.
    pub fn reaching(database: TestDatabase, target: Target, replica: Option<Target>) -> Self {
        let clock = Clock::fixed(NOW.parse().unwrap());
        Self::start(Arc::new(database), (target, replica), clock, Ids::Random, |_| {})
    }

    /// One of several on a database that they share.
    pub fn on(database: Arc<TestDatabase>) -> Self {
        let target = (database.served(), None);
        Self::start(database, target, Clock::fixed(NOW.parse().unwrap()), Ids::Random, |_| {})
    }

    /// A second replica of the service on the same database, with the same clock and identifiers.
    pub fn replica(&self) -> Self {
        Self::start(
            self.database.clone(),
            (self.database.served(), None),
            self.app.clock.clone(),
            self.app.ids.clone(),
            self.change,
        )
    }

    /// A replica whose day is set apart from the machine's clock, as `demo --today` sets it.
    pub fn on_day(&self, civil: CivilDate) -> Self {
        Self::start(
            self.database.clone(),
            (self.database.served(), None),
            Clock::System { civil: Some(civil) },
            Ids::Random,
            self.change,
        )
    }

    fn start(
        database: Arc<TestDatabase>,
        (target, replica): (Target, Option<Target>),
        clock: Clock,
        ids: Ids,
        change: fn(&mut Config),
    ) -> Self {
        let mut config = Config::read("127.0.0.1:0", &|_| None).unwrap();
        config.target = target;
        config.replica = replica;
        config.public_url = PUBLIC_URL.into();
        config.cors_origins = vec![ORIGIN.into()];
        config.doors = DoorSizes { readers: 2, writers: 2, queue: 512 };
        config.workers = 1;
        config.issuers = crate::grants::issuers();
        config.outbound.allowed = crate::grants::allowed();
        config.rate_per_second = 1_000_000;
        config.rate_burst = 1_000_000;
        config.tokens_per_client = 1_000_000;
        config.tokens_per_address = 1_000_000;
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (told, started) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = App::start(config, master(), clock, ids).await.expect("the service starts");
                let server = server::build(&app, vec![listener]).expect("the server starts");
                told.send((app, server.handle())).expect("the test waits");
                server.await.expect("the server ends well");
            });
        });
        let (app, handle) = started.recv().expect("the service starts");
        Self {
            app,
            http: Http::new(address),
            address,
            handle,
            thread: Some(thread),
            connection: Mutex::new(None),
            change,
            database,
        }
    }

    /// A connection of the test's own, beside the service's.
    pub fn connection(&self) -> impl std::ops::DerefMut<Target = Connection> + '_ {
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(self.database.target.open(false).expect("the database can be opened"));
        }
        Held(held)
    }

    /// Writes on the test's own connection, in a transaction.
    pub fn write<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        let mut c = self.connection();
        c.begin_writing().unwrap();
        let done = work(&mut c);
        c.commit().unwrap();
        done
    }

    /// Numbers what was written, as the stamper's job does on PostgreSQL; on SQLite it is done with each write.
    pub fn stamp(&self) {
        self.write(|c| passerelle::db::feed::stamp(c).expect("the feed is stamped"));
    }

    /// Runs SQL on the test's own connection.
    pub fn sql(&self, text: &str) {
        use diesel::connection::SimpleConnection as _;
        self.connection().batch_execute(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    }

    /// The rows of a table.
    pub fn rows(&self, table: &str) -> i64 {
        use diesel::RunQueryDsl as _;
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let query = format!("SELECT COUNT(*) AS n FROM {table}");
        diesel::sql_query(query).get_result::<Count>(&mut *self.connection()).unwrap().n
    }

    /// True on PostgreSQL.
    pub fn on_postgres(&self) -> bool {
        self.database.target.is_postgres()
    }

    pub fn now(&self) -> Instant {
        self.app.clock.now()
    }

    /// Lets time pass.
    pub fn pass_seconds(&self, seconds: i64) {
        self.app.clock.set(self.now().plus_seconds(seconds));
    }

    /// From now on its database fails on purpose: a 503 of it is no fault of the program.
    pub fn may_fail(&self) {
        self.http.may_fail.store(true, Ordering::Relaxed);
    }

    /// Sets the clock wrong by so many seconds, or right again, while no time passes.
    pub fn jump_seconds(&self, seconds: i64) {
        self.app.clock.jump(self.now().plus_seconds(seconds));
    }

    /// Tells the service to stop; requests in flight finish when `graceful`.
    pub fn stop(&self, graceful: bool) {
        // The command is sent at once; what is dropped is only the wait for its end.
        drop(self.handle.stop(graceful));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop(false);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Held<'w>(MutexGuard<'w, Option<Connection>>);

impl std::ops::Deref for Held<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.0.as_ref().expect("opened before")
    }
}

impl std::ops::DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.0.as_mut().expect("opened before")
    }
}
