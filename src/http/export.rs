//! The same list as CSV, XLSX or NDJSON: exactly what is filtered, in the same order, streamed in constant memory.
//!
//! Batches are walked by key on one snapshot, on a thread kept for exports; a client that stops reading stops the walk.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::sync::Arc;

use actix_web::http::StatusCode;
use serde_json::Value;

use super::answer::{Answer, Content};
use super::call::Request;
use super::feeder::{Chunks, Outlet};
use super::list::{Listing, Window};
use super::negotiate::Format;
use crate::app::App;
use crate::db::{Connection, Source};
use crate::domain::Instant;
use crate::domain::text::harmless;
use crate::error::Halt;
use crate::sheets::workbook::{self, Cell, Workbook};

/// Rows read at a time.
const BATCH: i64 = 500;

/// Starts the walk and answers with its stream.
pub fn stream<L: Listing>(
    app: &App,
    listing: L,
    request: Arc<Request>,
    window: Window,
    format: Format,
    excel: bool,
) -> Result<Answer, Halt> {
    let (mut feeder, chunks) = Chunks::pair(app.exports.enter(request.caller.client_id)?);
    let name = request.path.rsplit('/').next().unwrap_or("export").to_owned();
    let title = name.clone();
    let stopped = app.db.stream(Source::Replica, move |c| {
        feeder.begin();
        let walked = match c {
            Ok(c) => c.snapshot(|c| {
                let pen = Pen::new(Outlet::new(feeder), format, excel, (&title, request.now), L::COLUMNS)?;
                walk(&listing, c, &request, window, pen)
            }),
            Err(why) => Err(Cut::from(Halt::unavailable(&why))),
        };
        match walked.and_then(|outlet| Ok(outlet.finish()?)) {
            Ok(()) => {}
            Err(Cut::NobodyReads) => log::info!("export of {}: the client reads no more", request.path),
            Err(Cut::Halt(halt)) => {
                log::error!("export of {} broke off: {halt:?}", request.path);
                return matches!(halt, Halt::Database(_));
            }
        }
        false
    })?;
    let extension = match format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Json | Format::Ndjson => "ndjson",
    };
    let mut answer = Answer::none()
        .with("Content-Type", format.media_type())
        .with("Content-Disposition", format!("attachment; filename=\"{name}.{extension}\""));
    if format == Format::Xlsx {
        // It is compressed already.
        answer = answer.with("Content-Encoding", "identity");
    }
    answer.status = StatusCode::OK;
    answer.body = Content::Stream(chunks.until(stopped));
    Ok(answer)
}

/// Why a walk did not come to its end.
enum Cut {
    NobodyReads,
    Halt(Halt),
}

impl From<Halt> for Cut {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

impl From<diesel::result::Error> for Cut {
    fn from(e: diesel::result::Error) -> Self {
        Self::Halt(e.into())
    }
}

impl From<io::Error> for Cut {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::Halt(Halt::Broken(format!("export: {e}"))),
        }
    }
}

/// Writes every row; gives back what they were written into.
fn walk<L: Listing>(
    listing: &L,
    c: &mut Connection,
    request: &Request,
    mut window: Window,
    mut pen: Pen,
) -> Result<Outlet, Cut> {
    window.limit = BATCH;
    window.after = None;
    loop {
        let items = listing.rows(c, request, &window)?;
        for item in &items {
            pen.item::<L>(item)?;
        }
        if i64::try_from(items.len()).unwrap_or(0) < BATCH {
            return Ok(pen.finish()?);
        }
        pen.flush()?;
        window.after = items.last().map(|last| L::mark(last, window.sort));
    }
}

/// What writes items in a form.
enum Pen {
    Csv { writer: Box<csv::Writer<Outlet>>, excel: bool },
    Ndjson(Outlet),
    Xlsx(Box<Workbook<Outlet>>),
}

impl Pen {
    fn new(
        mut outlet: Outlet,
        format: Format,
        excel: bool,
        (title, now): (&str, Instant),
        columns: &[&str],
    ) -> io::Result<Self> {
        match format {
            Format::Csv => {
                if excel {
                    outlet.write_all("\u{feff}".as_bytes())?;
                }
                let mut writer = csv::WriterBuilder::new()
                    .delimiter(if excel { b';' } else { b',' })
                    .terminator(csv::Terminator::CRLF)
                    .from_writer(outlet);
                writer.write_record(columns)?;
                Ok(Self::Csv { writer: Box::new(writer), excel })
            }
            Format::Json | Format::Ndjson => Ok(Self::Ndjson(outlet)),
            Format::Xlsx => {
                let mut workbook = Workbook::new(outlet, workbook::paris_time(now));
                workbook.sheet(title, columns.iter().copied())?;
                Ok(Self::Xlsx(Box::new(workbook)))
            }
        }
    }

    fn item<L: Listing>(&mut self, item: &L::Item) -> io::Result<()> {
        match self {
            Self::Csv { writer, excel } => {
                let value = serde_json::to_value(item)?;
                let cells = L::COLUMNS.iter().map(|column| match L::told(&value, column) {
                    Some(text) => harmless(text),
                    None => cell(&value, column, *excel),
                });
                Ok(writer.write_record(cells)?)
            }
            Self::Ndjson(outlet) => {
                let mut line = Vec::with_capacity(2048);
                L::write(item, &mut line)?;
                line.push(b'\n');
                outlet.write_all(&line)
            }
            Self::Xlsx(workbook) => {
                let value = serde_json::to_value(item)?;
                let told: Vec<_> = L::COLUMNS.iter().map(|column| L::told(&value, column)).collect();
                let found: Vec<_> = L::COLUMNS.iter().map(|path| at(&value, path)).collect();
                workbook.row(found.iter().zip(&told).map(|(value, told)| match told.as_deref() {
                    Some("") => Cell::Empty,
                    Some(text) => Cell::text(text),
                    None => sheet_cell(value.as_deref()),
                }))
            }
        }
    }

    /// Sends what was written; an archive sends when it has enough.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Csv { writer, .. } => writer.flush(),
            Self::Ndjson(outlet) => outlet.flush(),
            Self::Xlsx(_) => Ok(()),
        }
    }

    fn finish(self) -> io::Result<Outlet> {
        match self {
            Self::Csv { writer, .. } => writer.into_inner().map_err(csv::IntoInnerError::into_error),
            Self::Ndjson(outlet) => Ok(outlet),
            Self::Xlsx(workbook) => workbook.finish(),
        }
    }
}

/// The value at a path of an item: members by name, items by number (`schools.0.uai`), or all of them (`schools.*.uai`).
fn at<'v>(item: &'v Value, path: &str) -> Option<Cow<'v, Value>> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let next = match item {
        Value::Array(items) if key == "*" => {
            let found = items.iter().filter_map(|item| at(item, rest?).map(Cow::into_owned));
            return Some(Cow::Owned(Value::Array(found.collect())));
        }
        Value::Array(items) => items.get(key.parse::<usize>().ok()?)?,
        other => other.get(key)?,
    };
    rest.map_or(Some(Cow::Borrowed(next)), |rest| at(next, rest))
}

/// One cell of a CSV: a text that a spreadsheet would take for a formula is made harmless.
fn cell(item: &Value, path: &str, excel: bool) -> String {
    let text = match at(item, path).as_deref() {
        None | Some(Value::Null) => return String::new(),
        Some(Value::Bool(b)) => return b.to_string(),
        Some(Value::Number(n)) if excel => return n.to_string().replace('.', ","),
        Some(Value::Number(n)) => return n.to_string(),
        Some(other) => in_words(other),
    };
    harmless(text)
}

/// One cell of a workbook, of its own type: a text is never a formula there.
fn sheet_cell(value: Option<&Value>) -> Cell<'_> {
    match value {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::Bool(b)) => Cell::Boolean(*b),
        Some(Value::Number(n)) => Cell::Number(n.clone()),
        Some(Value::String(text)) => text.parse().map_or_else(|_| Cell::text(text.as_str()), Cell::Date),
        Some(other) => Cell::text(in_words(other)),
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let joined = items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
            // One item with what may part several: a bar says that it is one.
            if items.len() == 1 && joined.contains([',', ';', '\n']) { joined + " |" } else { joined }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cell_is_never_a_formula() {
        let item = json!({"a": "=1+1", "b": {"c": ["x", "y"]}, "n": -1.5, "t": "\tx", "o": {"k": 1}});
        assert_eq!(cell(&item, "a", false), "'=1+1");
        assert_eq!(cell(&item, "t", false), "'\tx");
        assert_eq!(cell(&item, "b.c", false), "x | y");
        assert_eq!(cell(&item, "n", false), "-1.5");
        assert_eq!(cell(&item, "n", true), "-1,5");
        assert_eq!(cell(&item, "missing.x", false), "");
        assert_eq!(cell(&item, "o", false), "{\"k\":1}");
        let item = json!({"s": [{"u": "1A", "n": null}, {"u": "=2B"}], "none": []});
        assert_eq!(cell(&item, "s.0.u", false), "1A");
        assert_eq!(cell(&item, "s.1.u", false), "'=2B");
        assert_eq!(cell(&item, "s.0.n", false), "");
        assert_eq!(cell(&item, "s.2.u", false), "");
        assert_eq!(cell(&item, "s.*.u", false), "1A | =2B");
        assert_eq!(cell(&item, "none.*.u", false), "");
    }

    #[test]
    fn a_sheet_has_cells_of_their_own_types() {
        let item =
            json!({"d": "2024-06-27", "i": "2024-06-27T08:00:00Z", "n": 3, "b": true, "f": "=1+1", "l": ["x", "y"]});
        let cell = |name: &str| sheet_cell(item.get(name));
        assert_eq!(cell("d"), Cell::Date("2024-06-27".parse().unwrap()));
        assert_eq!(cell("i"), Cell::text("2024-06-27T08:00:00Z"));
        assert_eq!(cell("n"), Cell::Number(3.into()));
        assert_eq!(cell("b"), Cell::Boolean(true));
        assert_eq!(cell("f"), Cell::text("=1+1"));
        assert_eq!(cell("l"), Cell::text("x | y"));
        assert_eq!(cell("missing"), Cell::Empty);
    }
}
