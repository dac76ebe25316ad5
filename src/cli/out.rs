//! What the program says: data on standard output, talk on standard error, and why a command stopped.
//!
//! Texts of others are shown and never obeyed: a control in one is spelled out.
//!
//! `println!` panics when its reader has gone (`passerelle openapi | head -1`); here that ends the command in peace.

use std::io::{ErrorKind, Write as _};

use log::Level;

use super::logs;
use crate::domain::text::spelled_out;
use crate::error::{Halt, Language, Problem};

/// Why a command did not go to its end.
#[derive(Debug)]
pub enum Stop {
    /// Refused: exit status 1, with the reason.
    Refused(String),
    /// Nobody reads standard output any more.
    ReaderGone,
}

impl Stop {
    /// Refused, with the reason.
    pub fn because(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Refused(match halt {
            Halt::Problem(problem) => explain(&problem),
            Halt::Answered(_) => "already answered".into(),
            Halt::Database(e) => format!("the database refused: {e}"),
            Halt::Broken(why) => why,
        })
    }
}

/// Writes one datum and its line feed.
pub fn data(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    // One write: a reader that goes after the text has read it all.
    let written = out.write_all(format!("{}{end}", spelled_out(text)).as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| match e.kind() {
        ErrorKind::BrokenPipe => Stop::ReaderGone,
        _ => Stop::Refused(format!("standard output: {e}")),
    })
}

/// Writes a value as JSON over several lines.
pub fn json(value: &impl serde::Serialize) -> Result<(), Stop> {
    data(&serde_json::to_string_pretty(value).map_err(|e| Stop::because(e.to_string()))?)
}

/// Says something on standard error, whatever the filter of the logs: a line, or an object with `LOG_FORMAT=json`.
pub fn talk(level: Level, text: &str) {
    let text = &*spelled_out(text);
    let mut err = std::io::stderr().lock();
    let _ = if logs::as_json() {
        let now = crate::clock::Clock::System { civil: None }.now().to_string();
        writeln!(err, "{}", logs::object(&now, level, "passerelle::cli", text))
    } else if level == Level::Error {
        writeln!(err, "passerelle: {text}")
    } else {
        writeln!(err, "{text}")
    };
}

/// French when the terminal is, English otherwise.
pub fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty()));
    if set.is_some_and(|locale| locale.starts_with("fr")) { Language::French } else { Language::English }
}

/// A problem for people: what is wrong, its code, and each fault where it lies.
fn explain(problem: &Problem) -> String {
    use std::fmt::Write as _;
    let language = language();
    let mut text = format!("{} ({})", language.of(&problem.detail), problem.entry.code);
    for fault in &problem.faults {
        use crate::error::Place;
        let place = match &fault.place {
            Place::Pointer(p) => p.trim_start_matches('/'),
            Place::Parameter(p) => p,
            Place::Header(h) => h,
            Place::Column(c) => c,
        };
        let _ = write!(text, "\n  {place}: {}", language.of(&fault.detail));
        if !fault.accepted.is_empty() {
            let _ = write!(text, " [{}]", fault.accepted.join(", "));
        }
    }
    if let Some(rule) = problem.rule {
        let article = problem.article.as_ref().map(|a| format!(", article {a}")).unwrap_or_default();
        let _ = write!(text, "\n  rule {rule}{article}");
        for (name, value) in &problem.computed {
            let _ = write!(text, "\n  {name}: {value}");
        }
    }
    text
}
