//! `passerelle import schools`: the ministry's directory of schools, from its file.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args;

use super::Format;
use super::open::{self, Schema};
use super::out::{self, Stop};
use crate::clock::Clock;
use crate::domain::CivilDate;
use crate::error::Language;
use crate::schools::import::{self, Asked, Refused, Report, SOURCE};

/// Rejected lines that are shown to people.
const SHOWN: usize = 50;

/// Bring in the ministry's directory of schools; read again, the same file changes nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 when every line came in, 1 when one or more were rejected or nothing could be read."
)]
pub struct Schools {
    /// The CSV of fr-en-annuaire-education, in UTF-8; columns are found by their names
    file: PathBuf,
    /// Say what would change and store nothing
    #[arg(long)]
    dry_run: bool,
    /// Read it although the last file read is newer
    #[arg(long)]
    force: bool,
    /// What the file is, kept with each school
    #[arg(long, value_name = "NAME", default_value = SOURCE)]
    source: String,
    /// The day of its data   [default: the latest `date_maj_ligne` of its lines, or else today]
    #[arg(long, value_name = "DATE", value_parser = read_date)]
    date: Option<CivilDate>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Schools {
    pub fn run(self) -> Result<(), Stop> {
        let asked = Asked {
            file: self.file.clone(),
            source: self.source,
            date: self.date,
            dry_run: self.dry_run,
            force: self.force,
        };
        let report = open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            let shown = std::io::stderr().is_terminal();
            let read = import::read(&app, &asked, |read, of| tell_progress(shown, read, of)).await;
            if shown {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
            read.map_err(|refused| stop(refused, &asked))
        })?;
        match self.format {
            Format::Json => out::json(&report)?,
            Format::Text => out::data(&text(&report, out::language()))?,
        }
        if report.rejected == 0 {
            return Ok(());
        }
        Err(Stop::because(format!("{} of {} lines were rejected", report.rejected, report.read)))
    }
}

fn read_date(text: &str) -> Result<CivilDate, String> {
    text.parse().map_err(|e: crate::domain::civil::CivilDateError| e.detail().en.into_owned())
}

fn tell_progress(shown: bool, read: u64, of: u64) {
    if shown {
        let mut err = std::io::stderr();
        let _ = write!(err, "\r{read} / {of}\x1b[K");
        let _ = err.flush();
    }
}

fn stop(refused: Refused, asked: &Asked) -> Stop {
    match refused {
        Refused::Unreadable(why) => Stop::because(format!("{}: {why}", asked.file.display())),
        Refused::Older { file, last } => Stop::because(format!(
            "{} is of {file}, and a file of {last} was read already: --force reads it all the same",
            asked.file.display()
        )),
        Refused::Halt(halt) => halt.into(),
    }
}

/// What came of it, for people.
fn text(report: &Report, language: Language) -> String {
    let french = language == Language::French;
    let say = |fr: &'static str, en: &'static str| if french { fr } else { en };
    let mut text = format!("{} {} (sha256 {})\n", report.source, report.source_date, report.sha256);
    let counts = &report.counts;
    for (fr, en, n) in [
        ("lignes lues", "lines read", report.read),
        ("ajoutés", "added", counts.added),
        ("modifiés", "changed", counts.changed),
        ("  dont fermés", "  of which closed", counts.closed),
        ("  dont seul le numéro était connu", "  of which only the number was known", counts.named),
        ("inchangés", "unchanged", counts.unchanged),
        ("lignes répétées", "repeated lines", report.repeated),
        ("lignes rejetées", "rejected lines", report.rejected),
        ("absents du fichier, gardés", "absent from the file, kept", report.absent),
    ] {
        let _ = writeln!(text, "{n:>8}  {}", say(fr, en));
    }
    for fault in report.faults.iter().take(SHOWN) {
        let uai = fault.uai.as_deref().unwrap_or_default();
        let _ = writeln!(text, "{} {}: {uai} {}", say("ligne", "line"), fault.line, language.of(&fault.detail));
    }
    if report.rejected > SHOWN as u64 {
        let _ = writeln!(text, "{}", say("… le reste avec --format json", "… the others with --format json"));
    }
    if report.dry_run {
        let _ = writeln!(text, "{}", say("à blanc : rien n'est écrit", "dry run: nothing is stored"));
    }
    text
}
