//! The same list as a workbook: read back, it says what the CSV says, with cells of their own types.

use std::io::Read as _;

use calamine::Data;
use chrono::NaiveDate;
use serde_json::json;

use super::rows;
use passerelle::sheets::workbook::MEDIA_TYPE;

both!(a_workbook_says_what_the_csv_says, |world| {
    let operator = world.operator();
    world.sql(&crate::contract::exports::many(world.on_postgres(), 1203));
    operator
        .post(
            "/v1/organisations",
            &json!({
                "kind": "association", "name": "=SOMME(A1:A9)", "address": "1, rue <X> & \"Y\"\nParis\u{1f600}", "short_name": "_x0041_",
                "public_utility": true, "accreditation": { "level": "national", "from": "2023-09-01", "until": "2028-08-31" },
            }),
        )
        .expect(201);
    for query in ["sort=name", "sort=-created_at", "kind=association", "q=nom%207", "q=nothing"] {
        let path = format!("/v1/organisations?{query}");
        let csv = operator.ask("GET", &path).header("Accept", "text/csv").send().expect(200);
        let sheet = operator.ask("GET", &path).header("Accept", MEDIA_TYPE).send().expect(200);
        assert_eq!(sheet.header("content-type"), Some(MEDIA_TYPE));
        assert_eq!(sheet.header("content-disposition"), Some("attachment; filename=\"organisations.xlsx\""));
        let by_parameter = operator.ask("GET", &format!("{path}&format=xlsx")).header("Accept", "text/csv").send();
        assert!(by_parameter.expect(200).bytes == sheet.bytes, "{query}: by parameter and by header differ");

        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.text.as_bytes());
        let expected: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
        let read = rows(&sheet.bytes);
        assert_eq!(read.len(), expected.len(), "{query}");
        for (row, expected) in read.iter().zip(&expected) {
            for (index, expected) in expected.iter().enumerate() {
                let cell = row.get(index).map(in_words).unwrap_or_default();
                // What neutralises a formula in a CSV is no part of the text.
                assert_eq!(cell, expected.strip_prefix('\'').unwrap_or(expected), "{query}");
            }
        }
    }
    let read = rows(&operator.get("/v1/organisations?kind=association&format=xlsx").expect(200).bytes);
    let at = |name: &str| {
        let column = read[0].iter().position(|c| *c == Data::String(name.into()));
        &read[1][column.unwrap_or_else(|| panic!("no column {name}"))]
    };
    assert!(matches!(at("accreditation.until"), Data::DateTime(_)), "{:?}", at("accreditation.until"));
    assert_eq!(*at("public_utility"), Data::Bool(true));
    assert_eq!(*at("name"), Data::String("=SOMME(A1:A9)".into()));
});

both!(no_cell_of_a_workbook_is_a_formula, |world| {
    let operator = world.operator();
    let names = ["=1+1", "+1", "-1", "@x", "＝1", "\u{200b}=1", "=cmd|' /C calc'!A0", "ordinary"];
    for name in names {
        operator.post("/v1/organisations", &json!({ "kind": "other", "name": name })).expect(201);
    }
    let bytes = operator.get("/v1/organisations?format=xlsx&sort=created_at").expect(200).bytes;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
    // The prefix that keeps them texts when the cell is edited.
    assert_eq!(sheet.matches("s=\"3\" t=\"inlineStr\"").count(), names.len() - 1);
    let read = rows(&bytes);
    let column = read[0].iter().position(|c| *c == Data::String("name".into())).unwrap();
    let texts: Vec<_> = read[1..].iter().map(|row| row[column].clone()).collect();
    assert_eq!(texts, names.map(|name| Data::String(name.into())));
});

both!(a_workbook_is_whole_or_refused, |world| {
    let operator = world.operator();
    for name in ["limit=5", "count=true"] {
        let refused = operator.get(&format!("/v1/clients?format=xlsx&{name}")).problem("invalid_parameters");
        assert!(refused.text.contains("not_with_export"), "{}", refused.text);
    }
    operator.ask("HEAD", "/v1/clients?format=xlsx").send().expect(200);
    // Every list has one, and a header at least.
    for operation in crate::support::resources::operations().into_iter().filter(crate::openapi::is_list) {
        if !operation.path.contains('{') {
            let answer = operator.get(&format!("{}?format=xlsx", operation.path)).expect(200);
            assert!(!rows(&answer.bytes).is_empty(), "{}", operation.path);
        }
    }
});

/// A cell as the CSV writes it.
fn in_words(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)).unwrap().to_string()
        }
        other => other.to_string(),
    }
}
