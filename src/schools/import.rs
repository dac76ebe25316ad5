//! The directory's file comes in: streamed, a thousand lines at a time.
//!
//! Each batch is one unit of work, so that memory stays bounded, a reader never sees half of a line, and what a crash
//! leaves is whole batches that a second run completes. A line that says what is known already writes nothing: reading
//! the same file again leaves no trace. A school that the file does not name stays, closed ones too, for what was done
//! there is told for years.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use diesel::prelude::*;
use serde::Serialize;

use super::directory::{self, Unreadable};
use super::entry::{Entry, Rejected};
use super::readings::{self, DirectoryReading};
use super::school::SchoolRow;
use crate::actions::labels;
use crate::app::App;
use crate::db::schema::{school_directories, schools};
use crate::domain::identifiers::Uai;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::unit::Unit;
use crate::on_db;

/// Lines of one unit of work: their values stay below what SQLite binds.
const BATCH: usize = 1000;
/// Rejected lines that are told one by one; all are counted.
const TOLD: usize = 1000;
/// The ministry's name of the directory.
pub const SOURCE: &str = "fr-en-annuaire-education";

/// What is to be read, and how.
#[derive(Debug, Clone)]
pub struct Asked {
    pub file: PathBuf,
    pub source: String,
    /// The day of its data; by default the latest that its lines name.
    pub date: Option<CivilDate>,
    pub dry_run: bool,
    /// Read a file that is older than the last one.
    pub force: bool,
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub source: String,
    pub source_date: CivilDate,
    pub sha256: String,
    pub dry_run: bool,
    pub read: u64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Lines about a school that an earlier line of the file is about: the first counts.
    pub repeated: u64,
    pub rejected: u64,
    /// Schools of earlier files that this one does not name; they stay as they are.
    pub absent: u64,
    /// The first lines rejected, with why.
    pub faults: Vec<Rejected>,
}

/// What became of the schools of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub added: u64,
    pub changed: u64,
    /// Of those changed, the ones that close.
    pub closed: u64,
    pub unchanged: u64,
    /// Of those changed, the ones of which only the number was known.
    pub named: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.closed += other.closed;
        self.unchanged += other.unchanged;
        self.named += other.named;
    }
}

/// Why a file does not come in.
#[derive(Debug)]
pub enum Refused {
    Unreadable(Unreadable),
    /// The last file read is newer.
    Older {
        file: CivilDate,
        last: CivilDate,
    },
    Halt(Halt),
}

impl From<Unreadable> for Refused {
    fn from(e: Unreadable) -> Self {
        Self::Unreadable(e)
    }
}

impl From<Halt> for Refused {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// Where a file comes from: kept on what it changes.
#[derive(Debug, Clone)]
struct Origin {
    source: String,
    date: CivilDate,
}

/// Reads a file of the directory; `progress` is told the lines read, of how many.
pub async fn read(app: &App, asked: &Asked, mut progress: impl FnMut(u64, u64)) -> Result<Report, Refused> {
    let survey = directory::survey(&asked.file)?;
    let (last, named) = app.act(true, |unit| Ok((readings::last(unit)?, readings::named(unit)?))).await?;
    let date = asked.date.or(survey.latest).unwrap_or_else(|| app.clock.today());
    if let Some(last) = last.as_ref().filter(|last| date < last.source_date && !asked.force) {
        return Err(Refused::Older { file: date, last: last.source_date });
    }
    let mut report = Report {
        source: asked.source.clone(),
        source_date: date,
        sha256: survey.sha256,
        dry_run: asked.dry_run,
        read: 0,
        counts: Counts::default(),
        repeated: 0,
        rejected: 0,
        absent: 0,
        faults: Vec::new(),
    };
    let origin = Origin { source: asked.source.clone(), date };
    let mut batch = Vec::with_capacity(BATCH);
    let mut seen = HashSet::new();
    for line in directory::lines(&asked.file)? {
        report.read += 1;
        match line? {
            Err(rejected) => report.reject(rejected),
            Ok(entry) if !seen.insert(number(entry.uai())) => report.repeated += 1,
            Ok(entry) => batch.push(entry),
        }
        if batch.len() == BATCH {
            report.take(app, &origin, std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).await?;
            progress(report.read, survey.lines);
        }
    }
    report.take(app, &origin, batch).await?;
    let met = report.counts.unchanged + report.counts.changed - report.counts.named;
    report.absent = u64::try_from(named).unwrap_or(0).saturating_sub(met);
    if !asked.dry_run && report.is_news(last.as_ref()) {
        report.keep(app).await?;
    }
    Ok(report)
}

/// The digits of a number: its letter follows from them.
fn number(uai: &Uai) -> u32 {
    uai.as_str().bytes().take(7).fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

impl Report {
    fn reject(&mut self, rejected: Rejected) {
        self.rejected += 1;
        if self.faults.len() < TOLD {
            self.faults.push(rejected);
        }
    }

    async fn take(&mut self, app: &App, origin: &Origin, entries: Vec<Entry>) -> Result<(), Halt> {
        if !entries.is_empty() {
            let origin = origin.clone();
            let work = move |unit: &mut Unit<'_>, _| take(unit, &origin, &entries);
            self.counts.add(app.act_again(None, self.dry_run, work).await?);
        }
        Ok(())
    }

    /// False when this very file was the last one, and said nothing new.
    fn is_news(&self, last: Option<&DirectoryReading>) -> bool {
        let wrote = self.counts.added + self.counts.changed > 0;
        wrote
            || !last.is_some_and(|last| {
                (&last.sha256, &last.source, last.source_date) == (&self.sha256, &self.source, self.source_date)
            })
    }

    async fn keep(&self, app: &App) -> Result<(), Halt> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let mut row = DirectoryReading {
            id: Id::from_bytes([0; 16]),
            source: self.source.clone(),
            source_date: self.source_date,
            sha256: self.sha256.clone(),
            read: count(self.read),
            added: count(self.counts.added),
            changed: count(self.counts.changed),
            closed: count(self.counts.closed),
            unchanged: count(self.counts.unchanged),
            rejected: count(self.rejected),
            imported_at: app.clock.now(),
        };
        app.act(false, move |unit| {
            row.id = unit.new_id();
            diesel::insert_into(school_directories::table).values(&row).execute(&mut **unit)?;
            Ok(())
        })
        .await
    }
}

/// What is kept of a school that is there.
struct Kept {
    id: Id,
    digest: Option<String>,
    open: bool,
    created_at: Instant,
}

/// Makes the rows of a batch what its lines say, writing only what differs.
fn take(unit: &mut Unit<'_>, origin: &Origin, entries: &[Entry]) -> Result<Counts, Halt> {
    let (ids, now) = (unit.ids(), unit.request.now);
    let kept = kept(unit, entries.iter().map(|entry| entry.uai().clone()).collect())?;
    let mut counts = Counts::default();
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for entry in entries {
        let Some(before) = kept.get(entry.uai()) else {
            counts.added += 1;
            added.push(entry.clone().into_row(ids.next(now), &origin.source, origin.date, now, now));
            continue;
        };
        if before.digest.as_deref() == entry.digest_kept() {
            counts.unchanged += 1;
            continue;
        }
        counts.changed += 1;
        counts.named += u64::from(before.digest.is_none());
        counts.closed += u64::from(before.open && !entry.open());
        changed.push(entry.uai().clone());
        change(unit, &entry.clone().into_row(before.id, &origin.source, origin.date, before.created_at, now))?;
    }
    changed.extend(add(unit, added)?);
    // What was done there is told with the name of now, in its académie.
    labels::of_schools(unit, &changed)?;
    Ok(counts)
}

fn kept(unit: &mut Unit<'_>, uais: Vec<Uai>) -> QueryResult<HashMap<Uai, Kept>> {
    let rows: Vec<(Uai, Id, Option<String>, bool, Instant)> = schools::table
        .filter(schools::uai.eq_any(uais))
        .select((schools::uai, schools::id, schools::digest, schools::open, schools::created_at))
        .load(&mut **unit)?;
    Ok(rows
        .into_iter()
        .map(|(uai, id, digest, open, created_at)| (uai, Kept { id, digest, open, created_at }))
        .collect())
}

fn change(unit: &mut Unit<'_>, row: &SchoolRow) -> QueryResult<()> {
    diesel::update(schools::table.find(row.id)).set(row).execute(&mut **unit)?;
    Ok(())
}

/// Inserts new rows; one whose number a request took meanwhile is changed instead, and named.
fn add(unit: &mut Unit<'_>, rows: Vec<SchoolRow>) -> QueryResult<Vec<Uai>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let inserted = on_db!(&mut **unit, c => diesel::insert_into(schools::table)
        .values(&rows)
        .on_conflict(schools::uai)
        .do_nothing()
        .execute(c))?;
    let mut changed = Vec::new();
    if inserted == rows.len() {
        return Ok(changed);
    }
    let there = kept(unit, rows.iter().map(|row| row.uai.clone()).collect())?;
    for row in rows {
        if let Some(before) = there.get(&row.uai).filter(|before| before.id != row.id) {
            changed.push(row.uai.clone());
            change(unit, &SchoolRow { id: before.id, created_at: before.created_at, ..row })?;
        }
    }
    Ok(changed)
}
