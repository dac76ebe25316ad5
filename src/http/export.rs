//! The same list as CSV or NDJSON: exactly what is filtered, in the same order, streamed in constant memory.
//!
//! Batches are walked by key on one snapshot, on a thread kept for exports; a client that stops reading stops the walk.

use std::sync::Arc;

use actix_web::http::StatusCode;
use serde_json::Value;

use super::answer::{Answer, Chunks, Content, Feeder};
use super::call::Request;
use super::list::{Listing, Window};
use super::negotiate::Format;
use crate::app::App;
use crate::db::{Connection, Source};
use crate::error::Halt;

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
    let (feeder, chunks) = Chunks::pair();
    let name = request.path.rsplit('/').next().unwrap_or("export").to_owned();
    app.db.stream(Source::Replica, move |c| {
        let walked = match c {
            Ok(c) => c.snapshot(|c| walk(&listing, c, &request, window, format, excel, &feeder)),
            Err(why) => Err(Halt::unavailable(&why)),
        };
        match walked {
            Ok(true) => feeder.finish(),
            Ok(false) => log::info!("export of {}: the client reads no more", request.path),
            Err(halt) => {
                log::error!("export of {} broke off: {halt:?}", request.path);
                return matches!(halt, Halt::Database(_));
            }
        }
        false
    })?;
    let extension = if format == Format::Csv { "csv" } else { "ndjson" };
    let mut answer = Answer::none()
        .with("Content-Type", format.media_type())
        .with("Content-Disposition", format!("attachment; filename=\"{name}.{extension}\""));
    answer.status = StatusCode::OK;
    answer.body = Content::Stream(chunks);
    Ok(answer)
}

/// False when the client reads no more.
fn walk<L: Listing>(
    listing: &L,
    c: &mut Connection,
    request: &Request,
    mut window: Window,
    format: Format,
    excel: bool,
    feeder: &Feeder,
) -> Result<bool, Halt> {
    window.limit = BATCH;
    window.after = None;
    let mut first = true;
    loop {
        let items = listing.rows(c, request, &window)?;
        let mut text = Vec::new();
        if format == Format::Csv {
            let mut writer = csv::WriterBuilder::new()
                .delimiter(if excel { b';' } else { b',' })
                .terminator(csv::Terminator::CRLF)
                .from_writer(Vec::new());
            if first {
                if excel {
                    text.extend_from_slice("\u{feff}".as_bytes());
                }
                writer.write_record(L::COLUMNS).map_err(broken)?;
            }
            for item in &items {
                let value = serde_json::to_value(item)?;
                writer.write_record(L::COLUMNS.iter().map(|path| cell(&value, path, excel))).map_err(broken)?;
            }
            text.extend(writer.into_inner().map_err(broken)?);
        } else {
            for item in &items {
                serde_json::to_writer(&mut text, item)?;
                text.push(b'\n');
            }
        }
        first = false;
        if feeder.send(text).is_err() {
            return Ok(false);
        }
        if i64::try_from(items.len()).unwrap_or(0) < BATCH {
            return Ok(true);
        }
        window.after = items.last().map(|last| L::mark(last, window.sort));
    }
}

fn broken(e: impl std::fmt::Display) -> Halt {
    Halt::Broken(format!("CSV: {e}"))
}

/// One cell: a text that a spreadsheet would take for a formula is made harmless.
fn cell(item: &Value, path: &str, excel: bool) -> String {
    let value = path.split('.').try_fold(item, |value, key| value.get(key));
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::Bool(b)) => return b.to_string(),
        Some(Value::Number(n)) if excel => return n.to_string().replace('.', ","),
        Some(Value::Number(n)) => return n.to_string(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ")
        }
        Some(other) => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text }
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
    }
}
