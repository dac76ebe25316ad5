//! A file as people have it (XLSX, CSV or NDJSON, told by its bytes) read into rows, tab by tab.
//!
//! CSV is UTF-8 or Windows-1252, separated by `;`, `,` or tabs. Which row is the header is for [`super::tabs`] to say.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use serde_json::Value;

use super::room::{self, MOST_CELLS, MOST_COLUMNS, Room};
use super::rules::{Entry, windows_1252};
use crate::domain::bilingual::Bilingual;
use crate::domain::text::{Lines, without_quote};
use crate::error::both;

/// Of a sheet that comes over HTTP: lines above those below its header, and bytes of one line.
const MOST_ABOVE: usize = 100;
const MOST_OF_LINE: usize = 1 << 20;

/// What is read of a file: the lines of all of its tabs, one after the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    pub tabs: Vec<Tab>,
    pub lines: Vec<Line>,
}

/// A tab of a workbook, or the only one that a text is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tab {
    pub name: Option<String>,
    pub header: Vec<String>,
}

/// One line, with its number in its tab: the header is one too.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub tab: usize,
    pub number: u64,
    pub cells: Vec<Entry>,
}

/// The rows of one tab, whose header is still to be found, unless the format has one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rows {
    pub name: Option<String>,
    pub header: Option<Vec<String>>,
    pub lines: Vec<Line>,
}

/// How the text of a sheet is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Windows1252,
}

impl Rows {
    /// Reads a file by its bytes, tab by tab; why it cannot be read, and what to do, otherwise.
    pub fn read(bytes: &[u8]) -> Result<Vec<Self>, String> {
        for (start, what) in [
            (b"%PDF".as_slice(), "this is a PDF: its table must be copied into a sheet first"),
            (b"\xD0\xCF\x11\xE0", "this is an old office document: save it as .xlsx first"),
            (b"\xFF\xFE", "this is UTF-16: save it as UTF-8"),
            (b"\xFE\xFF", "this is UTF-16: save it as UTF-8"),
        ] {
            if bytes.starts_with(start) {
                return Err(what.into());
            }
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return workbook(bytes);
        }
        let text = decode(bytes)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        Ok(vec![if text.trim_start().starts_with('{') {
            ndjson(text)?
        } else {
            let most = Most { lines: usize::MAX, cells: usize::MAX, line: usize::MAX };
            Self::of(csv_rows(text, &most)?.unwrap_or_default())
        }])
    }

    /// Reads CSV in an encoding that is known, of so many lines below its header at most; nothing when there is more to it.
    pub fn csv(bytes: &[u8], encoding: Encoding, lines: usize) -> Result<Option<Self>, Bilingual> {
        if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
            return Err(both(format!("L'octet {offset} est nul."), format!("Byte {offset} is zero.")));
        }
        let text = match encoding {
            Encoding::Utf8 => std::str::from_utf8(bytes).map(str::to_owned).map_err(|e| {
                let at = e.valid_up_to();
                both(
                    format!("L'octet {at} n'est pas de l'UTF-8 : text/csv; charset=windows-1252, peut-être ?"),
                    format!("Byte {at} is not UTF-8: text/csv; charset=windows-1252, perhaps?"),
                )
            })?,
            Encoding::Windows1252 => windows_1252(bytes).map_err(|why| {
                both("Un octet n'a pas de sens en Windows-1252.".to_owned(), format!("Not Windows-1252: {why}."))
            })?,
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let some = |lines: Option<Vec<Line>>| {
            let Some(lines) = lines else { return Ok(None) };
            let is_blank = lines.iter().flat_map(|line| &line.cells).all(Entry::is_empty);
            if is_blank { Err("the sheet is empty".to_owned()) } else { Ok(Some(Self::of(lines))) }
        };
        let most = Most { lines: lines + MOST_ABOVE, cells: MOST_CELLS, line: MOST_OF_LINE };
        csv_rows(text, &most).and_then(some).map_err(|why| {
            both(format!("La feuille ne se lit pas ({why})."), format!("The sheet cannot be read: {why}."))
        })
    }

    fn of(lines: Vec<Line>) -> Self {
        Self { lines, ..Self::default() }
    }
}

fn decode(bytes: &[u8]) -> Result<String, String> {
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(format!("byte {offset} is zero: this is neither a text nor a workbook"));
    }
    std::str::from_utf8(bytes).map_or_else(|_| windows_1252(bytes), |text| Ok(text.to_owned()))
}

/// The rows of every sheet that is shown.
fn workbook(bytes: &[u8]) -> Result<Vec<Rows>, String> {
    let unreadable = |e: &dyn std::fmt::Display| format!("the workbook cannot be read: {e}");
    room::check_parts(bytes)?;
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let is_shown = |s: &&calamine::Sheet| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible;
    let names: Vec<String> = workbook.sheets_metadata().iter().filter(is_shown).map(|s| s.name.clone()).collect();
    if names.is_empty() {
        return Err("the workbook has no sheet".into());
    }
    let is_1904 = workbook.has_1904_epoch();
    let (mut tabs, mut room) = (Vec::new(), Room::default());
    for name in names {
        let lines = tab(&mut workbook, &name, is_1904, &mut room).map_err(|e| format!("{name}: {e}"))?;
        tabs.push(Rows { name: Some(name), header: None, lines });
    }
    Ok(tabs)
}

/// The rows of one sheet. Cells come one by one: a sheet with one at its far corner is small.
fn tab(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, is_1904: bool, room: &mut Room) -> Result<Vec<Line>, String> {
    let unreadable = |e: &dyn std::fmt::Display| format!("the workbook cannot be read: {e}");
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|e| unreadable(&e))?;
    let mut rows: Vec<Line> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(|e| unreadable(&e))? {
        let (row, column) = cell.get_position();
        if let DataRef::String(text) = cell.get_value() {
            room.text(text)?;
        } else if let DataRef::SharedString(text) = cell.get_value() {
            room.text(text)?;
        }
        let entry = entry(cell.get_value(), is_1904);
        let number = u64::from(row) + 1;
        let column = column as usize;
        if entry.is_empty() || column >= MOST_COLUMNS {
            continue;
        }
        if rows.last().is_none_or(|line| line.number != number) {
            rows.push(Line { tab: 0, number, cells: Vec::new() });
            room.line()?;
        }
        if let Some(line) = rows.last_mut() {
            if line.cells.len() <= column {
                room.cells(column + 1 - line.cells.len())?;
                line.cells.resize(column + 1, Entry::Empty);
            }
            line.cells[column] = entry;
        }
    }
    Ok(rows)
}

/// What is read of a text beside its [`Room`]: lines, cells in all, and bytes of a line.
struct Most {
    lines: usize,
    cells: usize,
    line: usize,
}

fn entry(value: &DataRef<'_>, is_1904: bool) -> Entry {
    match Data::from(value.clone()) {
        Data::Empty | Data::Error(_) => Entry::Empty,
        #[allow(clippy::cast_precision_loss)] // a workbook's numbers are floating ones
        Data::Int(n) => Entry::Number(n as f64),
        Data::Float(n) => Entry::Number(n),
        Data::Bool(b) => Entry::Boolean(b),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Entry::text(&text),
        Data::DateTime(stamp) => {
            // Workbooks of old Macs count from 1904.
            let shift = if is_1904 && stamp.as_f64() >= 1.0 { 1462.0 } else { 0.0 };
            Entry::Stamp(stamp.as_f64() + shift)
        }
    }
}

/// Reads the lines of a CSV; nothing when it is more than may be read.
fn csv_rows(text: &str, most: &Most) -> Result<Option<Vec<Line>>, String> {
    // Excel's own way to name the separator.
    let (told, body, skipped) = match text.split_once('\n') {
        Some((first, rest)) if first.trim_end().len() == 5 && first.starts_with("sep=") => {
            (first.as_bytes().get(4).copied(), rest, 1)
        }
        _ => (None, text, 0),
    };
    let separator = told.unwrap_or_else(|| separator(body));
    room::check_separators(body, separator)?;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(body.as_bytes());
    let (mut rows, mut room): (Vec<Line>, _) = (Vec::new(), Room::default());
    let (mut at, mut number, mut cells) = (0, 1 + skipped, 0);
    for record in reader.records() {
        let record = record.map_err(|e| format!("the CSV cannot be read: {e}"))?;
        // The reader's own count stands before the empty lines that it skips, and takes each end of a line for one.
        let start = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0)).max(at);
        let blank = body[start..].len() - body[start..].trim_start_matches(['\r', '\n']).len();
        number += line_feeds(&body[at..start + blank]);
        at = start + blank;
        cells += record.len().min(MOST_COLUMNS);
        if record.as_slice().len() > most.line || cells > most.cells || rows.len() == most.lines {
            return Ok(None);
        }
        room.line()?;
        room.cells(record.len().min(MOST_COLUMNS))?;
        record.iter().take(MOST_COLUMNS).try_for_each(|text| room.text(text))?;
        let cells = record.iter().take(MOST_COLUMNS).map(|text| Entry::text(without_quote(text))).collect();
        rows.push(Line { tab: 0, number, cells });
    }
    Ok(Some(rows))
}

fn line_feeds(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

/// What separates the cells of the first row that has more than one.
fn separator(text: &str) -> u8 {
    for line in text.lines().take(50) {
        let mut quoted = false;
        let mut counts = [0_usize; 3];
        for sign in line.chars() {
            match sign {
                '"' => quoted = !quoted,
                ';' if !quoted => counts[0] += 1,
                '\t' if !quoted => counts[1] += 1,
                ',' if !quoted => counts[2] += 1,
                _ => {}
            }
        }
        // Of two that are as frequent, the one that sentences do not have.
        let best = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count);
        if let Some((at, _)) = best.filter(|(_, count)| **count > 0) {
            return [b';', b'\t', b','][at];
        }
    }
    b';'
}

/// One object a line; members of members are named `a.b`, and lists of texts are joined.
fn ndjson(text: &str) -> Result<Rows, String> {
    let (mut header, mut lines, mut room) = (Vec::new(), Vec::new(), Room::default());
    let mut columns: HashMap<String, usize> = HashMap::new();
    for (number, text) in (1_u64..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        room::check_row(text).map_err(|why| format!("line {number}: {why}"))?;
        // What a column may hold is told when its column is known.
        let value = crate::http::strict_json::read_texts(text.as_bytes(), |_| Lines::Several);
        let members = match value {
            Ok(Value::Object(members)) => members,
            Err(problem) if problem.faults.iter().any(|fault| fault.code == "forbidden_character") => {
                return Err(format!("line {number} holds a control character, or a mark of the direction of writing"));
            }
            _ => return Err(format!("line {number} is no JSON object")),
        };
        let mut line = Line { tab: 0, number, cells: vec![Entry::Empty; header.len()] };
        let mut flat = Vec::new();
        flatten("", &Value::Object(members), &mut flat);
        for (name, entry) in flat {
            let at = *columns.entry(name.clone()).or_insert_with(|| {
                header.push(name);
                header.len() - 1
            });
            if line.cells.len() <= at {
                line.cells.resize(at + 1, Entry::Empty);
            }
            line.cells[at] = entry;
        }
        room.line()?;
        room.cells(line.cells.len())?;
        if header.len() > MOST_COLUMNS {
            return Err(format!("more than {MOST_COLUMNS} columns"));
        }
        lines.push(line);
    }
    Ok(Rows { name: None, header: Some(header), lines })
}

fn flatten(name: &str, value: &Value, into: &mut Vec<(String, Entry)>) {
    let entry = match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, into);
            }
            return;
        }
        Value::Null => Entry::Empty,
        Value::Bool(b) => Entry::Boolean(*b),
        Value::Number(n) => n.as_f64().map_or(Entry::Empty, Entry::Number),
        Value::String(text) => Entry::text(text),
        Value::Array(items) => {
            let words = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            Entry::text(&items.iter().map(words).collect::<Vec<_>>().join(" | "))
        }
    };
    into.push((name.to_owned(), entry));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rows: &Rows) -> Vec<Vec<String>> {
        rows.lines.iter().map(|line| line.cells.iter().map(|c| c.words().into_owned()).collect()).collect()
    }

    fn read(bytes: &[u8]) -> Rows {
        let mut tabs = Rows::read(bytes).unwrap();
        assert_eq!(tabs.len(), 1);
        tabs.remove(0)
    }

    #[test]
    fn a_csv_of_an_office_computer() {
        let rows =
            read(b"Ann\xE9e 2024;;\r\n\r\nNom;\"Libell\xE9\r\ncourt\"\r\nLyc\xE9e;\"a;b\r\nc\"\r\n;\r\nx;y;z\r\n");
        let wanted = [vec!["Année 2024", "", ""], vec!["Nom", "Libellé\r\ncourt"], vec!["Lycée", "a;b\r\nc"]];
        assert_eq!(texts(&rows)[..3], wanted);
        assert_eq!(texts(&rows)[3..], [vec!["", ""], vec!["x", "y", "z"]]);
        assert_eq!(rows.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 3, 5, 7, 8]);
    }

    #[test]
    fn separators_are_found() {
        for (text, header) in [
            ("a,b\n1,2", vec!["a", "b"]),
            ("a\tb, c\n1\t2", vec!["a", "b, c"]),
            ("\"x;y\",b\n1,2", vec!["x;y", "b"]),
            ("\u{feff}a;b\n1;2", vec!["a", "b"]),
            ("sep=,\na;x,b\n1,2", vec!["a;x", "b"]),
            ("seul\n1", vec!["seul"]),
        ] {
            assert_eq!(texts(&read(text.as_bytes()))[0], header, "{text:?}");
        }
        let kept = read(b"a;b\n'=1+1;'x");
        assert_eq!(texts(&kept)[1..], [vec!["=1+1", "'x"]]);
    }

    #[test]
    fn objects_of_lines() {
        let text = "{\"a\":1,\"b\":{\"c\":[\"x\",\"y\"]}}\n\n{\"d\":true,\"a\":null}\n";
        let rows = read(text.as_bytes());
        assert_eq!(rows.header.unwrap(), ["a", "b.c", "d"]);
        assert_eq!(rows.lines[0].cells, [Entry::Number(1.0), Entry::text("x | y")]);
        assert_eq!(rows.lines[1].cells, [Entry::Empty, Entry::Empty, Entry::Boolean(true)]);
        assert_eq!(rows.lines[1].number, 3);
        assert_eq!(Rows::read(b"{\"a\":1}\n[1]\n").unwrap_err(), "line 2 is no JSON object");
        assert_eq!(Rows::read(b"{\"a\":1,\"a\":2}\n").unwrap_err(), "line 1 is no JSON object");
    }

    #[test]
    fn what_is_no_sheet_is_refused_with_what_to_do() {
        for (bytes, said) in [
            (b"%PDF-1.7".as_slice(), "PDF"),
            (b"\xD0\xCF\x11\xE0\xA1", ".xlsx"),
            (b"\xFF\xFEa\0", "UTF-16"),
            (b"ab\0", "byte 2"),
            (b"a;b\x81", "byte 3"),
            (b"PK\x03\x04rest", "cannot be read"),
        ] {
            let why = Rows::read(bytes).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }
}
