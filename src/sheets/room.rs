//! The room that a sheet may take in memory, whatever its file says of itself: a workbook of 400 KB may hold one cell of
//! 400 million signs.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

/// Bytes of a file at most.
pub const MOST_BYTES: u64 = 64 << 20;
/// Columns of a sheet at most; what stands beyond is not read.
pub const MOST_COLUMNS: usize = 1000;
/// Lines and cells of a file at most, all of its sheets together.
const MOST_LINES: usize = 500_000;
pub const MOST_CELLS: usize = 3_000_000;
/// Characters of a cell, and bytes of all cells, at most.
const MOST_SIGNS: usize = 100_000;
const MOST_TEXT: usize = 64 << 20;
/// Separators of a CSV at most, those within its texts too.
const MOST_SEPARATORS: usize = 8_000_000;
/// Bytes of a line of NDJSON at most.
const MOST_OF_A_LINE: usize = 1 << 20;
/// Parts of a workbook at most, bytes of all of them once unpacked, and bytes between two tags of one.
const MOST_PARTS: usize = 10_000;
const MOST_UNPACKED: usize = 128 << 20;
const MOST_BETWEEN_TAGS: usize = 1 << 20;

/// What was read of a file so far.
#[derive(Debug, Default)]
pub struct Room {
    lines: usize,
    cells: usize,
    text: usize,
}

impl Room {
    /// Takes a line in, below the header of its sheet.
    pub fn line(&mut self) -> Result<(), String> {
        self.lines += 1;
        if self.lines > MOST_LINES + 1 { Err(format!("more than {MOST_LINES} lines: split the file")) } else { Ok(()) }
    }

    /// Takes so many more cells in.
    pub fn cells(&mut self, more: usize) -> Result<(), String> {
        self.cells += more;
        if self.cells > MOST_CELLS { Err(format!("more than {MOST_CELLS} cells: split the file")) } else { Ok(()) }
    }

    /// Takes the text of a cell in, before it is copied.
    pub fn text(&mut self, text: &str) -> Result<(), String> {
        self.text += text.len();
        if text.len() > MOST_SIGNS && text.chars().count() > MOST_SIGNS {
            return Err(format!("a cell of more than {MOST_SIGNS} characters"));
        }
        if self.text > MOST_TEXT {
            Err(format!("more than {} MiB of text: split the file", MOST_TEXT >> 20))
        } else {
            Ok(())
        }
    }
}

/// Refuses a CSV of which one line alone would take the memory.
pub fn check_separators(text: &str, separator: u8) -> Result<(), String> {
    let found = text.bytes().filter(|byte| *byte == separator).count();
    if found > MOST_SEPARATORS { Err(format!("more than {MOST_CELLS} cells: split the file")) } else { Ok(()) }
}

/// Refuses a line of NDJSON that is too long to be one row.
pub fn check_row(text: &str) -> Result<(), String> {
    if text.len() > MOST_OF_A_LINE { Err(format!("longer than {} MiB", MOST_OF_A_LINE >> 20)) } else { Ok(()) }
}

/// Refuses a workbook whose parts are too large once unpacked. They are unpacked and counted: what the archive says of
/// their sizes is not believed.
pub fn check_parts(bytes: &[u8]) -> Result<(), String> {
    let unreadable = |e: &dyn std::fmt::Display| format!("the workbook cannot be read: {e}");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    if archive.len() > MOST_PARTS {
        return Err("the workbook has too many parts".into());
    }
    let (mut unpacked, mut chunk) = (0, vec![0; 64 << 10]);
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).map_err(|e| unreadable(&e))?;
        let mut between_tags = 0;
        loop {
            let read = part.read(&mut chunk).map_err(|e| unreadable(&e))?;
            if read == 0 {
                break;
            }
            unpacked += read;
            if unpacked > MOST_UNPACKED {
                return Err(format!("the workbook holds more than {} MiB: split it", MOST_UNPACKED >> 20));
            }
            for (at, piece) in chunk[..read].split(|byte| *byte == b'<').enumerate() {
                between_tags = if at == 0 { between_tags + piece.len() } else { piece.len() };
                if between_tags > MOST_BETWEEN_TAGS && is_xml(part.name_raw()) {
                    return Err(format!("the workbook has a cell of more than {MOST_SIGNS} characters"));
                }
            }
        }
    }
    Ok(())
}

fn is_xml(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(b".xml") || name.ends_with(b".rels")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::sheets::sheet::Rows;

    fn workbook(rows: &str, shared: impl Fn(&mut dyn std::io::Write)) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
        for (name, text) in [
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{relations}\"><Relationship Id=\"r\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{relations}\"><Relationship Id=\"s\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"t\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
            ),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
        write!(zip, "<sst xmlns=\"{main}\">").unwrap();
        shared(&mut zip);
        write!(zip, "</sst>").unwrap();
        zip.finish().unwrap().into_inner()
    }

    const ROW: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";

    #[test]
    fn a_workbook_in_its_room_is_read() {
        let read = Rows::read(&workbook(ROW, |out| write!(out, "<si><t>Lycée</t></si>").unwrap())).unwrap();
        assert_eq!(read[0].lines[0].cells[0].words(), "Lycée");
    }

    #[test]
    fn one_endless_cell_is_refused_before_it_is_read() {
        let filled = vec![b'x'; 1 << 20];
        let bomb = workbook(ROW, |out| {
            write!(out, "<si><t>").unwrap();
            (0..100).for_each(|_| out.write_all(&filled).unwrap());
            write!(out, "</t></si>").unwrap();
        });
        assert!(bomb.len() < 200_000);
        assert!(Rows::read(&bomb).unwrap_err().contains("100000 characters"));
        // In pieces, it is too much once unpacked.
        let pieces = workbook(ROW, |out| {
            (0..140).for_each(|_| {
                write!(out, "<si><t>").unwrap();
                out.write_all(&filled[..(1 << 20) - 100]).unwrap();
                write!(out, "</t></si>").unwrap();
            });
        });
        assert!(Rows::read(&pieces).unwrap_err().contains("128 MiB"));
    }

    #[test]
    fn one_text_said_by_many_cells_counts_each_time() {
        let row = |n| format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"s\"><v>0</v></c></row>");
        let rows = (1..=800).map(row).collect::<Vec<_>>().concat();
        let many = workbook(&rows, |out| write!(out, "<si><t>{}</t></si>", "x".repeat(90_000)).unwrap());
        assert!(Rows::read(&many).unwrap_err().contains("64 MiB of text"));
        let long = workbook(ROW, |out| write!(out, "<si><t>{}</t></si>", "x".repeat(100_001)).unwrap());
        assert!(Rows::read(&long).unwrap_err().contains("100000 characters"));
    }

    #[test]
    fn cells_that_nobody_filled_count_too() {
        // One cell at the far right of each row makes all those before it.
        let row = |n| format!("<row r=\"{n}\"><c r=\"ALL{n}\"><v>1</v></c></row>");
        let rows = (1..=3100).map(row).collect::<Vec<_>>().concat();
        assert!(Rows::read(&workbook(&rows, |_| ())).unwrap_err().contains("cells"));
        let commas = format!("a;b\n{}", format!("{}\n", ";".repeat(999)).repeat(3100));
        assert!(Rows::read(commas.as_bytes()).unwrap_err().contains("cells"));
        let one_line = format!("a;b\n{}", ";".repeat(MOST_SEPARATORS + 1));
        assert!(Rows::read(one_line.as_bytes()).unwrap_err().contains("cells"));
        let cell = format!("a;b\n{};x", "y".repeat(MOST_SIGNS + 1));
        assert!(Rows::read(cell.as_bytes()).unwrap_err().contains("characters"));
    }

    #[test]
    fn rows_of_ndjson_are_bounded() {
        let long = format!("{{\"a\":[{}1]}}", "1,".repeat(600_000));
        assert!(Rows::read(long.as_bytes()).unwrap_err().contains("line 1"));
        let wide = (0..1100).map(|n| format!("{{\"c{n}\":1}}\n")).collect::<Vec<_>>().concat();
        assert!(Rows::read(wide.as_bytes()).unwrap_err().contains("columns"));
    }
}
