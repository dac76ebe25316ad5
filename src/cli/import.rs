//! `passerelle import convention`: a text in, a draft out. A dry run needs no database: it only reads.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::open::{self, Schema};
use super::out::{self, Stop};
use super::{Format, reading, summary};
use crate::clock::Clock;
use crate::conventions::import;
use crate::domain::Id;

/// Bring in what exists already
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Make a draft convention of its own text
    Convention(Convention),
}

/// Make a draft convention of its own text
#[derive(Debug, Args)]
pub struct Convention {
    /// The text: UTF-8 or Windows-1252, 5 MiB at most; - reads standard input
    file: PathBuf,
    /// The convention it declines on a territory, or amends
    #[arg(long, value_name = "ID", value_parser = read_id)]
    parent: Option<Id>,
    /// Say what is understood and store nothing; without --parent no database is needed
    #[arg(long)]
    dry_run: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Import {
    pub fn run(self) -> Result<(), Stop> {
        let Self::Convention(convention) = self;
        convention.run()
    }
}

impl Convention {
    fn run(self) -> Result<(), Stop> {
        let text = reading::text(&self.file)?;
        if self.dry_run && self.parent.is_none() {
            let read = import::parse(&text);
            return match self.format {
                Format::Json => out::json(&read.parsed),
                Format::Text => out::data(&summary::write(&read, out::language())),
            };
        }
        let media_type = match self.file.extension().and_then(|e| e.to_str()) {
            Some("md" | "markdown") => "text/markdown",
            _ => "text/plain",
        };
        let (parent, dry_run, source) = (self.parent, self.dry_run, text.clone());
        let answer: ImportAnswer = open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            let work = move |unit: &mut crate::http::unit::Unit<'_>| imports::import(unit, &source, media_type, parent);
            app.act(dry_run, work).await.map_err(Stop::from)
        })?;
        self.tell(&answer, &text)
    }

    fn tell(&self, answer: &ImportAnswer, text: &str) -> Result<(), Stop> {
        match (self.format, self.dry_run) {
            (Format::Json, true) => out::json(&answer.parsed),
            (Format::Json, false) => out::json(&json!({
                "convention_id": answer.convention.id, "created": answer.created, "parsed": answer.parsed,
            })),
            (Format::Text, _) => {
                out::data(&summary::write(&import::parse(text), out::language()))?;
                if self.dry_run {
                    return Ok(());
                }
                out::talk(
                    log::Level::Info,
                    if answer.created { "created as a draft:" } else { "this text is there already:" },
                );
                out::data(&answer.convention.id.to_string())
            }
        }
    }
}

/// Reads an identifier of the command line.
pub fn read_id(text: &str) -> Result<Id, String> {
    text.parse().map_err(|e: crate::domain::ids::IdError| e.detail().en.into_owned())
}

// STUB
struct Conv {
    id: Id,
}
struct ImportAnswer {
    convention: Conv,
    parsed: import::Parsed,
    created: bool,
}
mod imports {
    pub fn import(
        _: &mut crate::http::unit::Unit<'_>,
        _: &str,
        _: &str,
        _: Option<crate::domain::Id>,
    ) -> Result<super::ImportAnswer, crate::error::Halt> {
        Err(crate::error::Halt::Broken("not yet".into()))
    }
}
