//! Whether the database answers and whether it can write, asked beside the work so that no caller waits for a server that
//! hangs.
//!
//! A probe asks on a connection of its own, and a second thread listens to it: it notices a probe that is silent. Slow is not
//! hung: while the probe is answered, statements and locks take the time that they may.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use tokio::sync::watch;

use super::opened_database::OpenedDatabase;
use super::{Connection, Target};

/// The last finding of the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Sound,
    /// It failed; work is still let through, and finds out for itself.
    Failing,
    /// It has failed or been silent for so long that nobody is to wait any more.
    Stopped,
}

/// One question to a database, and the answers so far; cheap to clone.
#[derive(Clone)]
pub struct Pulse {
    state: watch::Receiver<State>,
    doubts: Sender<()>,
}

/// How a probe is made.
pub struct Rhythm {
    /// From an answer to the next question, while all is well.
    pub rest: Duration,
    /// How long a question may stay open before callers wait no more; none where it waits its turn behind long work.
    pub patience: Option<Duration>,
}

/// How long a probe fails before callers wait no more.
const FAILING: Duration = Duration::from_secs(3);
/// From one question to the next while the answers are bad.
const SOON: Duration = Duration::from_millis(500);
/// How often silence is looked at.
const TICK: Duration = Duration::from_millis(250);

impl Rhythm {
    /// The rhythm of a probe on a connection of its own.
    pub fn of(target: &Target, rest: Duration) -> Self {
        // Behind a pooler it waits for a session that others use for as long as they may wait for a lock.
        let patience = if target.is_pooled() { Duration::from_secs(15) } else { FAILING };
        Self { rest, patience: Some(patience) }
    }
}

/// How long SQLite waits for another program that writes, less a moment: see `busy_timeout` in [`Target::open`]. The driver
/// does not say that another writes: it is what fails after the whole wait.
pub const BUSY: Duration = Duration::from_millis(4900);

enum Event {
    Asks,
    Answers(Result<(), String>),
}

impl Pulse {
    /// Starts a probe; it ends with the last clone. `ask` looks harder when it is told that work has failed.
    pub fn start(
        name: &str,
        rhythm: &Rhythm,
        mut ask: impl FnMut(bool) -> Result<(), String> + Send + 'static,
    ) -> Result<Self, String> {
        let (state, seen) = watch::channel(State::Sound);
        let (doubts, doubted) = bounded(1);
        let (report, reports) = bounded(4);
        let spawn = |name: String, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name).spawn(work).map(drop).map_err(|e| e.to_string())
        };
        let (rest, patience, what) = (rhythm.rest, rhythm.patience, name.to_owned());
        spawn(name.to_owned(), Box::new(move || probe(rest, &mut ask, &doubted, &report)))?;
        spawn(format!("{name}-watch"), Box::new(move || listen(&what, patience, &state, &reports)))?;
        Ok(Self { state: seen, doubts })
    }

    /// Has the next question asked at once, and harder: some work has failed.
    pub fn doubt(&self) {
        let _ = self.doubts.try_send(());
    }

    /// True while the last answer was good.
    pub fn is_sound(&self) -> bool {
        *self.state.borrow() == State::Sound
    }

    /// True once nobody is to wait any more.
    pub fn is_stopped(&self) -> bool {
        *self.state.borrow() == State::Stopped
    }

    /// Waits until nobody is to wait any more.
    pub async fn stopped(&self) {
        if self.state.clone().wait_for(|state| *state == State::Stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn probe(
    rest: Duration,
    ask: &mut impl FnMut(bool) -> Result<(), String>,
    doubted: &Receiver<()>,
    report: &Sender<Event>,
) {
    let mut harder = false;
    loop {
        if report.send(Event::Asks).is_err() {
            return;
        }
        let (found, looked_hard) = (ask(harder), harder);
        let pause = if found.is_ok() { rest } else { SOON };
        harder = found.is_err();
        if report.send(Event::Answers(found)).is_err() {
            return;
        }
        match doubted.recv_timeout(pause) {
            Ok(()) => {
                // Work that fails again and again does not make it ask without a rest.
                if looked_hard {
                    std::thread::sleep(SOON);
                }
                harder = true;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn listen(what: &str, patience: Option<Duration>, state: &watch::Sender<State>, reports: &Receiver<Event>) {
    let mut asked: Option<Instant> = None;
    let mut bad: Option<Instant> = None;
    let mut why = String::new();
    loop {
        match reports.recv_timeout(TICK) {
            Ok(Event::Asks) => asked = Some(Instant::now()),
            Ok(Event::Answers(Ok(()))) => (asked, bad) = (None, None),
            Ok(Event::Answers(Err(e))) => {
                // Where a question waits its turn, it says nothing of the time before.
                let since = asked.take().filter(|_| patience.is_some()).unwrap_or_else(Instant::now);
                bad.get_or_insert(since);
                why = e;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if let (Some(since), Some(patience)) = (asked, patience)
            && bad.is_none()
            && since.elapsed() >= patience
        {
            bad = Some(since);
            why = format!("no answer for {} s", patience.as_secs());
        }
        let now = match bad {
            None => State::Sound,
            Some(since) if since.elapsed() >= FAILING => State::Stopped,
            Some(_) => State::Failing,
        };
        let before = *state.borrow();
        if before != now {
            match now {
                State::Sound => log::info!("{what}: the database is well again"),
                State::Failing => log::warn!("{what}: {why}"),
                State::Stopped => log::error!("{what}: callers are told 503 from now on: {why}"),
            }
            state.send_replace(now);
        }
        if state.is_closed() {
            return;
        }
    }
}

/// A question on a connection of its own, opened again after each bad answer: what is set for new sessions is then known.
pub fn on_a_connection(
    target: Arc<Target>,
    read_only: bool,
    opened: Arc<OpenedDatabase>,
    mut question: impl FnMut(&Target, &mut Connection, bool) -> Result<(), String> + Send + 'static,
) -> impl FnMut(bool) -> Result<(), String> + Send + 'static {
    let mut held: Option<Connection> = None;
    move |harder| {
        // A session that was ended alone says nothing of the server: a new one is asked too.
        for fresh in [held.is_none(), true] {
            let mut c = match held.take() {
                Some(c) => c,
                None => target.open(read_only)?,
            };
            match question(&target, &mut c, harder) {
                Ok(()) => {
                    held = Some(c);
                    return Ok(());
                }
                Err(why) if fresh => return Err(why),
                Err(_) => opened.session_ended(),
            }
        }
        Ok(())
    }
}

/// Asks for a sign of life; on an embedded database, for a row of the file.
pub fn answers(_: &Target, c: &mut Connection, _: bool) -> Result<(), String> {
    let question = match c {
        Connection::Sqlite(_) => "SELECT major FROM passerelle_schema",
        Connection::Postgres(_) => "SELECT 1",
    };
    c.batch_execute(question).map_err(|e| e.to_string())
}

/// Writes a little on PostgreSQL, with a commit that waits for the disk; when work has failed, takes a little room too. It
/// touches no table that others use: it waits for no lock, and nothing is left behind.
pub fn can_write(target: &Target, c: &mut Connection, harder: bool) -> Result<(), String> {
    #[derive(QueryableByName)]
    struct Session {
        #[diesel(sql_type = Bool)]
        writes: bool,
        #[diesel(sql_type = Bool)]
        makes_tables: bool,
    }
    const QUESTION: &str = "SELECT current_setting('transaction_read_only') = 'off' AS writes, \
         has_database_privilege(current_database(), 'TEMP') AS makes_tables, \
         pg_logical_emit_message(true, 'passerelle', '')";
    const ROOM: &str = "CREATE TEMPORARY TABLE passerelle_room ON COMMIT DROP AS SELECT generate_series(1, 2000) AS n";
    let failed = |e: diesel::result::Error| e.to_string();
    target.begin_writing(c).map_err(failed)?;
    let session: Session = diesel::sql_query(QUESTION).get_result(c).map_err(failed)?;
    if !session.writes {
        return Err("the database is read-only".into());
    }
    if harder && session.makes_tables {
        c.batch_execute(ROOM).map_err(failed)?;
    }
    c.commit().map_err(failed)
}

/// Rewrites a number in the head of an embedded database, inside a transaction: a real write that changes nothing.
pub fn write_head(c: &mut Connection) -> QueryResult<()> {
    c.batch_execute("PRAGMA application_id = 1885434739")
}

/// Finds out whether the folder of an embedded database has room for its log to grow.
pub fn has_room(database: &Path) -> Result<(), String> {
    let mut name = database.as_os_str().to_owned();
    name.push(".room");
    let written = std::fs::write(&name, vec![0_u8; 256 << 10]);
    let _ = std::fs::remove_file(&name);
    written.map_err(|e| format!("there is no room beside the database: {e}"))
}
