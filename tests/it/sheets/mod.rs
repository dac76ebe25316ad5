//! Sheets taken away and brought in.

mod exports;

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

/// The rows of the first sheet of a workbook.
pub fn rows(bytes: &[u8]) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let range = workbook.worksheet_range_at(0).expect("a sheet").expect("it can be read");
    range.rows().map(<[Data]>::to_vec).collect()
}
