//! `passerelle import companies FILE` and the like: the sheets people have, line by line; `import template` makes an
//! empty one.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use diesel::prelude::*;

use super::import::read_id;
use super::open::{self, Schema};
use super::out::{self, Stop};
use super::{Format, logs, sheets_told as told};
use crate::app::App;
use crate::clock::Clock;
use crate::db::schema::organisations;
use crate::domain::Id;
use crate::domain::vocabulary::OrganisationKind;
use crate::error::Language;
use crate::sheets::kind::{Kind, Options};
use crate::sheets::mapping::Mapping;
use crate::sheets::room::MOST_BYTES;
use crate::sheets::run::{self, Import, Report};
use crate::sheets::sheet::Rows;
use crate::sheets::tabs::{self, NotRead, Opened};
use crate::sheets::{given, kinds};

/// What stands under `--help`.
pub const AFTER_HELP: &str = "\
The file is told by its bytes: a workbook (.xlsx), CSV in UTF-8 or Windows-1252 separated by ; , or tabs, or NDJSON.
Dates may be 27/06/2024, 27/06/24, 27 juin 2024 or 2024-06-27; numbers 1 234,5; yes and no oui, non, x; lists are
separated by ; | or commas; codes may be labels. An empty cell, -, ?, NC or n/a is not known: never a zero.

Of a workbook every sheet that is shown and has the columns is read, each with its own header: the row that names most of
them, among the first. One that looks like it and cannot be read, or whose columns are others, stops the file: name those to
be read with --sheet. One that is something else is told by its name; a hidden one is not read. A cell that has no header
above it rejects its line.

Each line comes in by itself or says why not; --report gives those that did not back as a sheet with the reason, to be
mended and imported again. A line with an external id (identifiant externe) that is known is updated. Without one, a
digest of the line is its external id: the same line, in one file or in two, comes in once. A line of an export, with
its id, is the action, the company or the contact that it was; a line with the SIRET of a company is that company. What the rules flag and possible twins are told by line.

A mapping says what somebody else's headers and values mean:
  { \"columns\": { \"their header\": \"our column\", \"not to be read\": null },
    \"values\": { \"our column\": { \"their value\": \"our code\" } },
    \"defaults\": { \"our column\": \"the value of every line that has none\" } }

Exit status: 0 when every line came in, 1 when one or more were rejected or nothing could be read.";

/// A sheet of one kind
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct SheetFile {
    /// The sheet; - reads standard input
    file: PathBuf,
    /// What their headers and values mean (JSON)
    #[arg(long, value_name = "FILE.json")]
    mapping: Option<PathBuf>,
    /// Lines of the past: what they do not say is kept as not recorded
    #[arg(long)]
    legacy: bool,
    /// Read this sheet of a workbook, and no other that is not named too; all that have the columns by default
    #[arg(long, value_name = "NAME")]
    sheet: Vec<String>,
    /// Write the rejected lines to this sheet, with the reason
    #[arg(long, value_name = "OUT.xlsx")]
    report: Option<PathBuf>,
    /// Run every check and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Whose records these are; the only association of the database by default
    #[arg(long, value_name = "ID", value_parser = read_id)]
    organisation: Option<Id>,
    /// The convention of the lines that name none
    #[arg(long, value_name = "ID", value_parser = read_id)]
    convention: Option<Id>,
}

/// A sheet to fill in: its header, and a second sheet that explains it
#[derive(Debug, Args)]
pub struct Template {
    /// What it is for
    #[arg(value_enum)]
    kind: Named,
    /// Where to write it, .xlsx or .csv (the header alone); standard output is CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A kind, by its name.
#[derive(Debug, Clone, Copy)]
struct Named(&'static str);

impl ValueEnum for Named {
    fn value_variants<'a>() -> &'a [Self] {
        const NAMES: [Named; kinds::ALL.len()] = {
            let mut names = [Named(""); kinds::ALL.len()];
            let mut at = 0;
            while at < names.len() {
                names[at] = Named(kinds::ALL[at].name);
                at += 1;
            }
            names
        };
        &NAMES
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0))
    }
}

impl SheetFile {
    pub fn run(self, name: &str) -> Result<(), Stop> {
        let kind = kinds::named(name).ok_or_else(|| Stop::because(format!("no kind of sheet is named {name}")))?;
        let (import, not_read) = self.open(kind)?;
        let language = out::language();
        for warning in told::not_read(&import, &not_read, language) {
            out::talk(log::Level::Warn, &warning);
        }
        let (dry_run, lines) = (self.dry_run, import.sheet.lines.len());
        let organisation = self.organisation;
        let (import, report) = open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            let mut import = import;
            import.options.organisation = Some(whose(&app, organisation).await?);
            let import = Arc::new(import);
            let mut progress = Progress::new(lines);
            let done = run::run(&app, import.clone(), dry_run, |done| progress.told(done)).await;
            progress.end();
            Ok((import, done?))
        })?;
        if let Some(path) = &self.report {
            write_report(path, &import, &report)?;
        }
        match self.format {
            Format::Json => out::json(&told::json(&import, &report, &not_read, dry_run))?,
            Format::Text => out::data(&told::text(&import, &report, dry_run, language))?,
        }
        if report.rejected.is_empty() {
            return Ok(());
        }
        Err(Stop::because(told::refused(&import, &report, self.report.is_some(), language)))
    }

    /// All that can be wrong before a line is read.
    fn open(&self, kind: &'static Kind) -> Result<(Import, Vec<NotRead>), Stop> {
        let named = |file: &Path, why: String| Stop::because(format!("{}: {why}", file.display()));
        let bytes = read(&self.file).map_err(|why| named(&self.file, why))?;
        let rows = Rows::read(&bytes).map_err(|why| named(&self.file, why))?;
        let language = out::language();
        let lines = |faults: Vec<crate::domain::Bilingual>| {
            faults.iter().fold(String::new(), |told, fault| format!("{told}\n  {}", language.of(fault)))
        };
        let mapping = match &self.mapping {
            None => Mapping::default(),
            Some(file) => {
                let bytes = read(file).map_err(|why| named(file, why))?;
                Mapping::read(&bytes, kind)
                    .map_err(|faults| named(file, format!("the mapping is not right:{}", lines(faults))))?
            }
        };
        let said = if language == Language::French { "ne se lit pas :" } else { "the columns are not right:" };
        let Opened { sheet, layouts, not_read } = tabs::open(kind, rows, &mapping, &self.sheet)
            .map_err(|faults| named(&self.file, format!("{said}{}", lines(faults))))?;
        let options = Options { legacy: self.legacy, organisation: self.organisation, convention: self.convention };
        Ok((Import { sheet, layouts, kind, options }, not_read))
    }
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
    };
    read.map_err(|e| e.to_string())?;
    if bytes.len() as u64 > MOST_BYTES { Err(format!("longer than {} MiB", MOST_BYTES >> 20)) } else { Ok(bytes) }
}

/// The organisation whose records come in: the one named, or the only association there is.
async fn whose(app: &App, named: Option<Id>) -> Result<Id, Stop> {
    let found: Vec<Id> = app
        .db
        .read(move |c| {
            let query = organisations::table.select(organisations::id).order(organisations::id).limit(2);
            Ok(match named {
                Some(id) => query.filter(organisations::id.eq(id)).load(c)?,
                None => query.filter(organisations::kind.eq(OrganisationKind::Association)).load(c)?,
            })
        })
        .await?;
    match (found.as_slice(), named) {
        ([one], _) => Ok(*one),
        (_, Some(id)) => Err(Stop::because(format!("there is no organisation {id}"))),
        ([], None) => {
            Err(Stop::because("there is no association: name whose records these are with --organisation ID"))
        }
        _ => Err(Stop::because("there are several associations: name the one with --organisation ID")),
    }
}

fn write_report(path: &Path, import: &Import, report: &Report) -> Result<(), Stop> {
    let now = Clock::System { civil: None }.now();
    write_file(path, |out| given::rejected(out, &import.sheet, report, out::language(), now).map(drop))
}

fn write_file(
    path: &Path,
    write: impl FnOnce(std::io::BufWriter<&std::fs::File>) -> std::io::Result<()>,
) -> Result<(), Stop> {
    let written = std::fs::File::create(path).and_then(|file| write(std::io::BufWriter::new(&file)));
    written.map_err(|e| Stop::because(format!("{}: {e}", path.display())))
}

/// How far it has come: on a terminal only.
struct Progress {
    lines: usize,
    shown: bool,
}

impl Progress {
    fn new(lines: usize) -> Self {
        Self { lines, shown: std::io::stderr().is_terminal() && !logs::as_json() }
    }

    fn told(&mut self, done: usize) {
        if self.shown {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "\r{done} of {} lines", self.lines);
            let _ = err.flush();
        }
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(std::io::stderr());
        }
    }
}

impl Template {
    pub fn run(self) -> Result<(), Stop> {
        let kind = kinds::named(self.kind.0).ok_or_else(|| Stop::because("no such kind"))?;
        let header = || {
            let mut writer =
                csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
            let written = writer.write_record(kind.columns.iter().map(crate::sheets::kind::Column::header));
            let bytes =
                written.map_err(|e| e.to_string()).and_then(|()| writer.into_inner().map_err(|e| e.to_string()));
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(Stop::Refused)
        };
        let Some(path) = &self.out else { return out::data(&header()?) };
        match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("xlsx") => {
                let now = Clock::System { civil: None }.now();
                write_file(path, |out| given::template(out, kind, out::language(), now).map(drop))
            }
            // The mark tells office programs that it is UTF-8.
            Some("csv") => {
                let text = format!("\u{feff}{}", header()?);
                write_file(path, |mut out| out.write_all(text.as_bytes()).and_then(|()| out.flush()))
            }
            _ => Err(Stop::because("a template is written to a .xlsx or a .csv file")),
        }
    }
}
