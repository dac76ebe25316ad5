//! `passerelle import`: `convention` makes a draft of a text, and a dry run of it needs no database; sheets are
//! [`super::import_sheets`].

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::import_sheets::{SheetFile, Template};
use super::open::{self, Schema};
use super::out::{self, Stop};
use super::schools::Schools;
use super::summary::{self, Doubt};
use super::{Format, reading};
use crate::aggregate::Whole as _;
use crate::clock::Clock;
use crate::conventions::amendments::imports::{AmendmentImportAnswer, edit_of};
use crate::conventions::amendments::store::check_caller;
use crate::conventions::imports::{self, ImportAnswer, Read};
use crate::conventions::{ConventionRow, amendments};
use crate::domain::Id;
use crate::error::Language;

/// Bring in what exists already
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Make a draft convention of its own text
    Convention(Convention),
    /// Bring in the ministry's directory of schools; read again, the same file changes nothing
    Schools(Schools),
    /// Actions, from a sheet
    Actions(SheetFile),
    /// Companies, from a sheet
    Companies(SheetFile),
    /// Contacts made with companies, from a sheet
    Contacts(SheetFile),
    /// Make an empty sheet to fill in
    Template(Template),
}

/// Make a draft convention of its own text
#[derive(Debug, Args)]
pub struct Convention {
    /// The text: UTF-8 or Windows-1252, 5 MiB at most; - reads standard input
    file: PathBuf,
    /// The national convention that it declines on a territory
    #[arg(long, value_name = "ID", value_parser = read_id)]
    parent: Option<Id>,
    /// The convention that it amends: the text is an avenant
    #[arg(long, value_name = "ID", value_parser = read_id, conflicts_with = "parent")]
    amends: Option<Id>,
    /// Say what is understood and store nothing; without --parent or --amends no database is needed
    #[arg(long)]
    dry_run: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Import {
    pub fn run(self) -> Result<(), Stop> {
        match self {
            Self::Convention(convention) => convention.run(),
            Self::Schools(schools) => schools.run(),
            Self::Actions(sheet) => sheet.run("actions"),
            Self::Companies(sheet) => sheet.run("companies"),
            Self::Contacts(sheet) => sheet.run("contacts"),
            Self::Template(template) => template.run(),
        }
    }
}

impl Convention {
    fn run(self) -> Result<(), Stop> {
        let media_type = match self.file.extension().and_then(|e| e.to_str()) {
            Some("md" | "markdown") => "text/markdown",
            _ => "text/plain",
        };
        let read = Arc::new(Read::of(&reading::text(&self.file)?, media_type));
        if self.dry_run && self.parent.is_none() && self.amends.is_none() {
            return match self.format {
                Format::Json => out::json(&read.import.parsed),
                Format::Text => {
                    let parsed = &read.import.parsed;
                    let edits: Vec<_> =
                        parsed.edits.iter().map(|edit| edit_of(edit, Id::from_bytes([0; 16]))).collect();
                    let doubts = doubts(&json!(parsed.warnings), &read, out::language());
                    out::data(&summary::write(&read.import, &edits, &doubts, out::language()))
                }
            };
        }
        let (parent, dry_run, source) = (self.parent, self.dry_run, read.clone());
        if let Some(convention) = self.amends {
            return self.amend(convention, &read);
        }
        let answer: ImportAnswer = open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            Ok(app.act_again(None, dry_run, move |unit, _| imports::import(unit, &source, parent)).await?)
        })?;
        self.tell(&answer, &read)
    }

    /// Drafts an amendment of a convention that is there.
    fn amend(&self, convention: Id, read: &Arc<Read>) -> Result<(), Stop> {
        let (dry_run, source) = (self.dry_run, read.clone());
        let answer: AmendmentImportAnswer = open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            let drafted = app.act_again(None, dry_run, move |unit, _| {
                let row = ConventionRow::lock(unit, convention)?;
                check_caller(unit, &row)?;
                amendments::imports::import(unit, row, &source)
            });
            Ok(drafted.await?)
        })?;
        let id = answer.amendment.as_ref().map(|amendment| amendment.id).filter(|_| !dry_run);
        if self.format == Format::Json {
            return match id {
                None => out::json(&answer.parsed),
                Some(id) => out::json(&json!({
                    "amendment_id": id, "created": answer.created, "parsed": answer.parsed,
                    "warnings": answer.warnings,
                })),
            };
        }
        let doubts = answer.warnings.iter().map(|w| Doubt {
            line: w.line.map(u64::from),
            code: w.code.clone(),
            detail: out::language().of(&w.detail).to_owned(),
        });
        let doubts: Vec<Doubt> = doubts.collect();
        out::data(&summary::write(&read.import, &answer.edits, &doubts, out::language()))?;
        let Some(id) = id else { return Ok(()) };
        let done = if answer.created { "drafted as an amendment:" } else { "this text is there already:" };
        out::talk(log::Level::Info, done);
        out::data(&id.to_string())
    }

    fn tell(&self, answer: &ImportAnswer, read: &Read) -> Result<(), Stop> {
        // A dry run keeps nothing, and has no id to give.
        let id = answer.convention.as_ref().map(|convention| convention.id).filter(|_| !self.dry_run);
        if self.format == Format::Json {
            return match id {
                None => out::json(&answer.parsed),
                Some(id) => out::json(&json!({
                    "convention_id": id, "created": answer.created, "parsed": answer.parsed,
                })),
            };
        }
        let doubts = doubts(&answer.warnings, read, out::language());
        out::data(&summary::write(&read.import, &[], &doubts, out::language()))?;
        let Some(id) = id else { return Ok(()) };
        let done = if answer.created { "created as a draft:" } else { "this text is there already:" };
        out::talk(log::Level::Info, done);
        out::data(&id.to_string())
    }
}

/// The doubts of an answer, whose JSON has one language: those that the text raised are told in the reader's.
fn doubts(answered: &Value, read: &Read, language: Language) -> Vec<Doubt> {
    let raised = &read.import.parsed.warnings;
    let told = |doubt: &Value| {
        let (line, code, detail) = (doubt["line"].as_u64(), doubt["code"].as_str(), doubt["detail"].as_str());
        let (code, detail) = (code.unwrap_or_default(), detail.unwrap_or_default());
        let known = raised.iter().find(|known| known.code == code && known.detail == detail);
        let french = known.filter(|_| language == Language::French).map(|known| known.french.clone());
        Doubt { line, code: code.to_owned(), detail: french.unwrap_or_else(|| detail.to_owned()) }
    };
    answered.as_array().into_iter().flatten().map(told).collect()
}

/// Reads an identifier of the command line.
pub fn read_id(text: &str) -> Result<Id, String> {
    text.parse().map_err(|e: crate::domain::ids::IdError| e.detail().en.into_owned())
}
