//! Work that no request waits for.
//!
//! A job is taken by a lease ([`lease`]), renewed while it runs, and given back with the moment it is due again: of
//! several replicas one runs it. Each is idempotent all the same, since a replica that was cut off may still be at it
//! when its lease ends. No answer depends on a job, but for the feed on PostgreSQL, whose stamper is one.

pub mod http;
pub mod lease;
pub mod retention;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::actions;
use crate::app::App;
use crate::conventions::feed::reach_dates;
use crate::db::feed;
use crate::domain::Instant;
use crate::error::Halt;
use crate::obligations::{reminders, upkeep};

type Work = Pin<Box<dyn Future<Output = Result<String, Halt>>>>;

/// A job that is due again some time after it was done.
pub struct Job {
    pub name: &'static str,
    /// Seconds from one run to the next.
    pub every: i64,
    /// Does it as it is now, and says what it did; nothing when there was nothing to do.
    run: fn(App, Instant) -> Work,
}

/// Seconds that a job belongs to a replica which does not renew its lease.
const LEASE: i64 = 15;
/// Seconds after which a job that failed is tried again.
const AGAIN: i64 = 30;
/// How often a replica asks whether a job is due.
const TICK: Duration = Duration::from_secs(1);
/// The stamper's lease, in seconds: entries of the feed wait for it when its replica dies.
const STAMPER_LEASE: i64 = 5;
/// How long the stamper rests when there is nothing to number.
const STAMPER_REST: Duration = Duration::from_millis(50);
/// How long it gathers what comes, while there is something: a few entries cost nearly as much as one.
const STAMPER_PAUSE: Duration = Duration::from_millis(20);

/// The job that numbers the entries of the feed on PostgreSQL.
pub const STAMPER: &str = "stamper";

/// Every other job.
pub const JOBS: [Job; 6] = [
    Job {
        name: "idempotency_expiry",
        every: 900,
        run: |app, now| drop_oldest(app, "idempotency keys older than a day dropped", &retention::KEYS, now),
    },
    Job {
        name: "dates_reached",
        every: 300,
        run: |app, now| {
            let today = app.clock.date_at(now);
            to_the_end(app, "conventions and duties reached a date", move |c| {
                Ok(reach_dates(c, now, today)? + reminders::remind(c, now, today)?)
            })
        },
    },
    Job {
        name: "ledger_rows",
        every: 24 * 3600,
        run: |app, _| {
            Box::pin(async move {
                let made = upkeep::fill(&app).await?;
                Ok(if made == 0 { String::new() } else { format!("{made} duties of earlier releases laid out") })
            })
        },
    },
    Job {
        name: "action_views",
        every: 24 * 3600,
        run: |app, _| to_the_end(app, "actions of earlier releases are kept as lists show them", actions::keep_shown),
    },
    Job {
        name: "feed_retention",
        every: 3600,
        run: |app, now| drop_oldest(app, "entries of the feed are past retention", &retention::ENTRIES, now),
    },
    Job {
        name: "unused_blobs",
        every: 3600,
        run: |app, now| drop_oldest(app, "blobs that no file uses dropped", &retention::BLOBS, now),
    },
];

fn drop_oldest(app: App, what: &'static str, retention: &'static retention::Retention, now: Instant) -> Work {
    Box::pin(async move {
        let dropped = retention.drop_oldest(&app, now).await?;
        Ok(if dropped == 0 { String::new() } else { format!("{dropped} {what}") })
    })
}

/// Bounded units, one after another, until there is nothing left to do: others write in between, and the lease is renewed.
fn to_the_end<F>(app: App, what: &'static str, work: F) -> Work
where
    F: Fn(&mut crate::db::Connection) -> Result<usize, Halt> + Copy + Send + 'static,
{
    Box::pin(async move {
        let all = until_nothing_is_left(&app, work).await?;
        Ok(if all == 0 { String::new() } else { format!("{all} {what}") })
    })
}

/// The same for the command line: returns how much was done.
pub async fn until_nothing_is_left<F>(app: &App, work: F) -> Result<usize, Halt>
where
    F: Fn(&mut crate::db::Connection) -> Result<usize, Halt> + Copy + Send + 'static,
{
    let mut all = 0;
    loop {
        match app.db.job(work).await? {
            0 => return Ok(all),
            done => all += done,
        }
    }
}

/// Starts the jobs of this replica; they end when it drains, and with its runtime.
pub fn start(app: App) {
    let owner = app.ids.next(app.clock.now()).to_string();
    for job in &JOBS {
        actix_web::rt::spawn(keep(app.clone(), job, owner.clone()));
    }
    if app.db.target().is_postgres() {
        actix_web::rt::spawn(keep_stamping(app, owner));
    }
}

async fn keep(app: App, job: &'static Job, owner: String) {
    if let Err(halt) = app.db.job(|c| Ok(lease::register(c, job.name)?)).await {
        log::warn!("job {}: {halt:?}", job.name);
    }
    while !app.draining() {
        if let Err(halt) = run_if_due(&app, job, &owner).await {
            log::warn!("job {}: {halt:?}", job.name);
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Runs a job when it is due, nobody else is at it and the clock is believed; true when it ran. What is written or dropped by
/// a wrong date cannot be taken back.
pub async fn run_if_due(app: &App, job: &'static Job, owner: &str) -> Result<bool, Halt> {
    let Some(now) = app.clock_watch.now(&app.clock) else { return Ok(false) };
    let me = owner.to_owned();
    if !app.db.job(move |c| Ok(lease::take(c, job.name, &me, LEASE, job.every)?)).await? {
        return Ok(false);
    }
    let done = tokio::select! {
        done = (job.run)(app.clone(), now) => done,
        () = lost(app, job.name, owner) => Err(Halt::Broken("the lease was lost".into())),
    };
    let me = owner.to_owned();
    match done {
        Ok(said) => {
            if !said.is_empty() {
                log::info!("job {}: {said}", job.name);
            }
            app.db.job(move |c| Ok(lease::finish(c, job.name, &me, job.every)?)).await?;
        }
        Err(halt) => {
            let why = format!("{halt:?}");
            log::warn!("job {} failed: {why}", job.name);
            app.db.job(move |c| Ok(lease::fail(c, job.name, &me, AGAIN.min(job.every), &why)?)).await?;
        }
    }
    Ok(true)
}

/// Renews a lease for as long as it can be.
async fn lost(app: &App, name: &'static str, owner: &str) {
    loop {
        tokio::time::sleep(Duration::from_secs(LEASE.unsigned_abs() / 3)).await;
        let me = owner.to_owned();
        if !matches!(app.db.job(move |c| Ok(lease::renew(c, name, &me, LEASE)?)).await, Ok(true)) {
            return;
        }
    }
}

/// The stamper: one replica holds it and numbers what the others write too.
async fn keep_stamping(app: App, owner: String) {
    if let Err(halt) = app.db.job(|c| Ok(lease::register(c, STAMPER)?)).await {
        log::warn!("job {STAMPER}: {halt:?}");
    }
    while !app.draining() {
        let me = owner.clone();
        match app.db.job(move |c| Ok(lease::take(c, STAMPER, &me, STAMPER_LEASE, 0)?)).await {
            Ok(true) => {
                if let Err(halt) = stamp_while_held(&app, &owner).await {
                    log::warn!("job {STAMPER}: {halt:?}");
                }
            }
            Ok(false) => {}
            Err(halt) => log::warn!("job {STAMPER}: {halt:?}"),
        }
        tokio::time::sleep(TICK).await;
    }
    let _ = app.db.job(move |c| Ok(lease::release(c, &owner)?)).await;
}

async fn stamp_while_held(app: &App, owner: &str) -> Result<(), Halt> {
    log::info!("this replica numbers the change feed");
    let mut renewed = tokio::time::Instant::now();
    while !app.draining() {
        if renewed.elapsed() >= Duration::from_secs(STAMPER_LEASE.unsigned_abs()) / 3 {
            let me = owner.to_owned();
            let kept = app.db.job(move |c| {
                lease::mark(c, STAMPER, &me)?;
                Ok(lease::renew(c, STAMPER, &me, STAMPER_LEASE)?)
            });
            if !kept.await? {
                return Ok(());
            }
            renewed = tokio::time::Instant::now();
        }
        let rest = if app.db.job(feed::stamp).await? == 0 { STAMPER_REST } else { STAMPER_PAUSE };
        tokio::time::sleep(rest).await;
    }
    Ok(())
}

/// Reads the signing keys again, in every replica: `passerelle keys rotate` runs elsewhere, and its key is published for
/// [`crate::auth::keys::PUBLISHED_BEFORE`] seconds before it signs.
pub fn follow_keys(app: App) {
    actix_web::rt::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(20)).await;
            if let Err(halt) = app.keys.reload(&app.db).await {
                log::warn!("the signing keys were not read again: {halt:?}");
            }
        }
    });
}
