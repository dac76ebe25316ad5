//! A workbook (XLSX) written as it is sent: rows go into the archive one by one, so that memory stays constant however
//! many there are.
//!
//! Texts are inline strings: no table of shared ones must be held, and none is ever a formula. What a spreadsheet would
//! take for one when the cell is edited carries the quote prefix, Excel's own apostrophe, and keeps its very text.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{Datelike as _, NaiveDate, Timelike as _};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{DateTime, ZipWriter};

use crate::domain::text::looks_like_a_formula;
use crate::domain::{CivilDate, Instant};

/// Its media type.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows of one sheet at most, its header included; what comes after goes into another sheet.
const MOST_ROWS: u32 = 1_048_576;
/// Characters of a cell at most, as spreadsheets count them: UTF-16 units.
const MOST_UNITS: usize = 32_767;
/// From here on a whole number may lose its last digits in a spreadsheet.
const EXACT: u64 = 1 << 53;

/// Styles of [`STYLES`], by their place.
const BOLD: u8 = 1;
const DATE: u8 = 2;
const QUOTED: u8 = 3;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'t> {
    Empty,
    Text(Cow<'t, str>),
    Number(serde_json::Number),
    Boolean(bool),
    Date(CivilDate),
}

impl<'t> Cell<'t> {
    pub fn text(text: impl Into<Cow<'t, str>>) -> Self {
        Self::Text(text.into())
    }
}

/// A workbook in the making.
pub struct Workbook<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    options: SimpleFileOptions,
    sheets: Vec<String>,
    name: String,
    header: Vec<String>,
    row: u32,
    /// One row, kept for its room.
    line: String,
}

impl<W: Write> Workbook<W> {
    /// An empty workbook, whose parts carry this time.
    pub fn new(out: W, at: DateTime) -> Self {
        Self {
            zip: ZipWriter::new_stream(out),
            options: SimpleFileOptions::default().last_modified_time(at),
            sheets: Vec::new(),
            name: String::new(),
            header: Vec::new(),
            row: 0,
            line: String::new(),
        }
    }

    /// Starts a sheet; the one before it is whole.
    pub fn sheet<'h>(&mut self, name: &str, header: impl IntoIterator<Item = &'h str>) -> io::Result<()> {
        self.end_sheet()?;
        name.clone_into(&mut self.name);
        self.header = header.into_iter().map(str::to_owned).collect();
        self.start_sheet()
    }

    fn start_sheet(&mut self) -> io::Result<()> {
        let name = sheet_name(&self.name, &self.sheets);
        self.sheets.push(name);
        self.row = 0;
        self.zip.start_file(format!("xl/worksheets/sheet{}.xml", self.sheets.len()), self.options)?;
        self.zip.write_all(SHEET_START.as_bytes())?;
        let header = std::mem::take(&mut self.header);
        self.write_row(header.iter().map(|title| (Cell::text(title.as_str()), BOLD)))?;
        self.header = header;
        Ok(())
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        if self.sheets.is_empty() { Ok(()) } else { self.zip.write_all(SHEET_END.as_bytes()) }
    }

    /// Writes the next row.
    pub fn row<'t>(&mut self, cells: impl IntoIterator<Item = Cell<'t>>) -> io::Result<()> {
        if self.row == MOST_ROWS {
            self.end_sheet()?;
            self.start_sheet()?;
        }
        self.write_row(cells.into_iter().map(|cell| (cell, 0)))
    }

    fn write_row<'t>(&mut self, cells: impl Iterator<Item = (Cell<'t>, u8)>) -> io::Result<()> {
        self.row += 1;
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        let _ = write!(line, "<row r=\"{}\">", self.row);
        for (index, (cell, style)) in cells.enumerate() {
            write_cell(&mut line, index, self.row, &cell, style);
        }
        line.push_str("</row>");
        self.zip.write_all(line.as_bytes())?;
        self.line = line;
        Ok(())
    }

    /// The parts that name the sheets, and the end of the archive.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_sheet()?;
        let mut types = String::new();
        let mut relations = String::new();
        let mut sheets = String::new();
        for (n, name) in (1..).zip(&self.sheets) {
            let _ =
                write!(types, "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{WORKSHEET_TYPE}\"/>");
            let _ = write!(
                relations,
                "<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            );
            let _ = write!(
                sheets,
                "<sheet name=\"{}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>",
                escape(name).replace('"', "&quot;")
            );
        }
        let styles = self.sheets.len() + 1;
        let _ = write!(relations, "<Relationship Id=\"rId{styles}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>");
        for (path, text) in [
            ("xl/styles.xml", STYLES.to_owned()),
            (
                "xl/workbook.xml",
                format!("{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{sheets}</sheets></workbook>"),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!("{XML}<Relationships xmlns=\"{RELATIONS}\">{relations}</Relationships>"),
            ),
            (
                "_rels/.rels",
                format!(
                    "{XML}<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            ("[Content_Types].xml", format!("{XML}{TYPES_START}{types}</Types>")),
        ] {
            self.zip.start_file(path, self.options)?;
            self.zip.write_all(text.as_bytes())?;
        }
        Ok(self.zip.finish()?.into_inner())
    }
}

fn write_cell(line: &mut String, index: usize, row: u32, cell: &Cell<'_>, style: u8) {
    let place = format!("{}{row}", column(index));
    let shown = match cell {
        Cell::Text(text) => write_text(line, &place, text, style),
        Cell::Number(n)
            if n.as_i64().is_some_and(|n| n.unsigned_abs() > EXACT) || n.as_u64().is_some_and(|n| n > EXACT) =>
        {
            write_text(line, &place, &n.to_string(), style)
        }
        Cell::Number(n) => write!(line, "<c r=\"{place}\"><v>{n}</v></c>"),
        Cell::Boolean(b) => write!(line, "<c r=\"{place}\" t=\"b\"><v>{}</v></c>", u8::from(*b)),
        Cell::Date(date) => match serial(*date) {
            Some(days) => write!(line, "<c r=\"{place}\" s=\"{DATE}\"><v>{days}</v></c>"),
            None => write_text(line, &place, &date.to_string(), style),
        },
        Cell::Empty => Ok(()),
    };
    // Writing to a text cannot fail.
    debug_assert!(shown.is_ok());
}

fn write_text(line: &mut String, place: &str, text: &str, style: u8) -> std::fmt::Result {
    if text.is_empty() {
        return Ok(());
    }
    let style = if looks_like_a_formula(text) { QUOTED } else { style };
    write!(
        line,
        "<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
        escape(shortened(text))
    )
}

/// What fits into a cell.
fn shortened(text: &str) -> &str {
    let mut units = 0;
    for (at, sign) in text.char_indices() {
        units += sign.len_utf16();
        if units > MOST_UNITS {
            return &text[..at];
        }
    }
    text
}

/// The text of an element: what XML cannot carry becomes U+FFFD, and what spreadsheets read as an escape stays as it is.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, sign) in text.char_indices() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A bare one would be read as a line feed.
            '\r' => escaped.push_str("&#13;"),
            '_' if is_escape(&text[at..]) => escaped.push_str("_x005F_"),
            '\t' | '\n' => escaped.push(sign),
            sign if sign.is_ascii_control() || matches!(sign, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            sign => escaped.push(sign),
        }
    }
    escaped
}

/// `_x0041_`: how the format writes signs that XML does not allow.
fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

/// The letters of a column: A, Z, AA.
fn column(mut index: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(index % 26).unwrap_or(0)));
        if index < 26 {
            return letters.iter().rev().collect();
        }
        index = index / 26 - 1;
    }
}

/// Days as spreadsheets count them; none before 1 March 1900, where they count a day that never was.
fn serial(date: CivilDate) -> Option<i64> {
    let origin = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    Some(date.naive().signed_duration_since(origin).num_days()).filter(|days| *days > 60)
}

/// An archive's times are local ones, without a zone.
pub fn paris_time(now: Instant) -> DateTime {
    let now = now.utc().with_timezone(&chrono_tz::Europe::Paris);
    let small = |n: u32| u8::try_from(n).unwrap_or_default();
    let year = u16::try_from(now.year()).unwrap_or_default();
    let (hour, minute, second) = (small(now.hour()), small(now.minute()), small(now.second()));
    DateTime::from_date_and_time(year, small(now.month()), small(now.day()), hour, minute, second).unwrap_or_default()
}

/// A name that spreadsheets accept, and that no other sheet has.
fn sheet_name(wanted: &str, taken: &[String]) -> String {
    let plain: String =
        wanted.chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { ' ' } else { c }).collect();
    let plain = if plain.trim().is_empty() { "1" } else { plain.trim() };
    let mut name: String = plain.chars().take(31).collect();
    let mut n = 1;
    while taken.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
        n += 1;
        name = format!("{} {n}", plain.chars().take(25).collect::<String>());
    }
    name
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const WORKSHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// The first row stays in sight.
const SHEET_START: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView workbookViewId=\"0\">\
<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
<sheetFormatPr defaultColWidth=\"18\" defaultRowHeight=\"15\"/><sheetData>";
const SHEET_END: &str = "</sheetData></worksheet>";
const TYPES_START: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>";
/// Plain, bold, a date in the reader's own form (14), and a text that must stay one.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"4\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
<xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" quotePrefix=\"1\" applyNumberFormat=\"1\"/></cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_their_letters() {
        for (index, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column(index), letters);
        }
    }

    #[test]
    fn a_text_is_carried_or_replaced() {
        assert_eq!(escape("a<b>&\"c\"\t\n"), "a&lt;b&gt;&amp;\"c\"\t\n");
        assert_eq!(escape("a\rb\u{1}c\u{7f}"), "a&#13;b\u{fffd}c\u{fffd}");
        assert_eq!(escape("_x0041_ _x41_ _y0041_"), "_x005F_x0041_ _x41_ _y0041_");
        assert_eq!(shortened(&"é".repeat(40_000)).chars().count(), MOST_UNITS);
        assert_eq!(shortened(&"😀".repeat(20_000)).chars().count(), MOST_UNITS / 2);
        assert_eq!(shortened("court"), "court");
    }

    #[test]
    fn days_are_counted_from_the_first_of_march_1900_on() {
        let serial = |text: &str| serial(text.parse().unwrap());
        assert_eq!(serial("1900-02-28"), None);
        assert_eq!(serial("1900-03-01"), Some(61));
        assert_eq!(serial("2024-06-27"), Some(45_470));
    }

    #[test]
    fn sheets_have_names_that_are_accepted() {
        let taken = ["Actions".to_owned()];
        assert_eq!(sheet_name("a/b:c", &taken), "a b c");
        assert_eq!(sheet_name("actions", &taken), "actions 2");
        assert_eq!(sheet_name("*", &taken), "1");
        assert_eq!(sheet_name(&"é".repeat(40), &taken).chars().count(), 31);
    }
}
