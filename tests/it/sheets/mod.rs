//! Sheets taken away and brought in.

mod command;
mod corrected;
mod exported;
mod exports;
mod faults;
pub mod importing;
mod legacy;
mod races;
mod round_trip;
mod tabs;

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use passerelle::sheets::workbook::{self, Cell, Workbook};

/// The rows of the first sheet of a workbook.
pub fn rows(bytes: &[u8]) -> Vec<Vec<Data>> {
    rows_of(bytes, 0)
}

/// The rows of one sheet of a workbook.
pub fn rows_of(bytes: &[u8], sheet: usize) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let range = workbook.worksheet_range_at(sheet).expect("a sheet").expect("it can be read");
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A workbook of these rows, the header first.
pub fn book(rows: &[Vec<Data>]) -> Vec<u8> {
    book_of(&[("Feuille 1", rows)])
}

/// A workbook of several tabs, each by its name.
pub fn book_of(tabs: &[(&str, &[Vec<Data>])]) -> Vec<u8> {
    let now = crate::support::world::NOW.parse().unwrap();
    let mut workbook = Workbook::new(Vec::new(), workbook::paris_time(now));
    for (name, rows) in tabs {
        let header: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
        workbook.sheet(name, header.iter().map(String::as_str)).unwrap();
        for row in &rows[1..] {
            workbook.row(row.iter().map(cell)).unwrap();
        }
    }
    workbook.finish().unwrap()
}

/// A workbook of one sheet whose first cell holds a text of any length.
pub fn book_of_text(text: &str) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let plain = book(&[vec![Data::String("Entreprise".into())]]);
    let mut archive = zip::ZipArchive::new(Cursor::new(plain)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut xml = String::new();
        part.read_to_string(&mut xml).unwrap();
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(xml.replace("Entreprise", text).as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn cell(data: &Data) -> Cell<'_> {
    match data {
        Data::Empty => Cell::Empty,
        Data::Float(n) => Cell::Number(serde_json::Number::from_f64(*n).unwrap()),
        Data::DateTime(stamp) => {
            let (year, month, day, ..) = stamp.to_ymd_hms_milli();
            Cell::Date(passerelle::domain::CivilDate::new(year.into(), month.into(), day.into()).unwrap())
        }
        other => Cell::text(other.to_string()),
    }
}

/// A text in the encoding of an office computer.
pub fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |sign: char| match sign {
        '’' => 0x92,
        'Œ' => 0x8C,
        'œ' => 0x9C,
        sign => u8::try_from(u32::from(sign)).expect("a sign of Latin-1"),
    };
    text.chars().map(byte).collect()
}
