//! The same list as CSV and NDJSON.

use serde_json::{Value, json};

both!(exports_say_what_the_list_says, |world| {
    let operator = world.operator();
    // More than one batch of the walk.
    world.sql(&many(world.on_postgres(), 1203));
    operator
        .post(
            "/v1/organisations",
            &json!({ "kind": "company", "name": "=SOMME(A1:A9)", "address": "1, rue \"X\"\nParis" }),
        )
        .expect(201);
    for query in ["sort=name", "sort=-created_at", "kind=company&sort=name", "q=nom%207"] {
        let list = operator.list(&format!("/v1/organisations?{query}&limit=200"));
        let path = format!("/v1/organisations?{query}");
        let ndjson = operator.ask("GET", &path).header("Accept", "application/x-ndjson").send().expect(200);
        let lines: Vec<Value> = ndjson.text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert!(lines == list, "{query}: {} lines, {} items", lines.len(), list.len());
        assert_eq!(ndjson.header("content-disposition"), Some("attachment; filename=\"organisations.ndjson\""));
        let by_parameter = operator.ask("GET", &format!("{path}&format=ndjson")).header("Accept", "text/csv").send();
        assert_eq!(by_parameter.expect(200).text, ndjson.text);

        let csv_text = operator.ask("GET", &path).header("Accept", "text/csv").send().expect(200);
        assert!(csv_text.header("content-type").unwrap().starts_with("text/csv; charset=utf-8"));
        let mut reader = csv::Reader::from_reader(csv_text.text.as_bytes());
        let columns = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
        assert_eq!(rows.len(), list.len());
        for (row, item) in rows.iter().zip(&list) {
            for (column, cell) in columns.iter().zip(row) {
                let value = column.split('.').fold(item, |v, key| &v[key]);
                let expected = match value {
                    Value::Null => String::new(),
                    Value::String(text) if text.starts_with('=') => format!("'{text}"),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(cell, expected, "{column}");
            }
        }
        let excel = operator.get(&format!("{path}&format=csv&csv=excel-fr")).expect(200);
        assert!(excel.text.starts_with('\u{feff}') && excel.text.contains("id;kind;name"), "{query}");
        assert_eq!(excel.text.matches("\r\n").count(), list.len() + 1);
    }
});

pub fn many(postgres: bool, n: usize) -> String {
    let rows: Vec<_> = (0..n)
        .map(|i| {
            let id = if postgres { format!("'{i:032x}'") } else { format!("x'{i:032x}'") };
            let no = if postgres { "false" } else { "0" };
            format!("({id}, 1, 'other', 'Nom {i}', 'nom {i}', {no}, {no}, {}, 0)", i / 3)
        })
        .collect();
    format!(
        "INSERT INTO organisations (id, version, kind, name, name_key, public_utility, verified, created_at, updated_at) VALUES {}",
        rows.join(",")
    )
}

both!(an_export_is_whole_or_refused, |world| {
    let operator = world.operator();
    for name in ["limit=5", "cursor=x", "count=true"] {
        let refused = operator.get(&format!("/v1/clients?format=csv&{name}")).problem("invalid_parameters");
        assert!(refused.text.contains("not_with_export") || name.starts_with("cursor"), "{}", refused.text);
    }
    operator.get("/v1/clients?csv=excel-fr").expect(200);
    operator.ask("GET", "/v1/clients").header("Accept", "application/xml").send().problem("not_acceptable");
    operator.ask("HEAD", "/v1/clients?format=csv").send().expect(200);
    let empty = operator.get("/v1/organisations?q=nothing&format=csv").expect(200);
    assert_eq!(empty.text.lines().count(), 1, "the header stands alone");
    assert_eq!(operator.get("/v1/organisations?q=nothing&format=ndjson").expect(200).text, "");
});

both!(no_cell_is_a_formula, |world| {
    let operator = world.operator();
    for name in
        ["=1+1", "+1", "-1", "@x", "＝1", "\u{200b}=1", "\u{ad}@x", "\u{a0}=1", "=cmd|' /C calc'!A0", "'=1", "ordinary"]
    {
        operator.post("/v1/organisations", &json!({ "kind": "other", "name": name })).expect(201);
    }
    for excel in ["", "&csv=excel-fr"] {
        let text = operator.get(&format!("/v1/organisations?format=csv{excel}")).expect(200).text;
        let delimiter = if excel.is_empty() { b',' } else { b';' };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for row in reader.records() {
            for cell in &row.unwrap() {
                let seen = cell.trim_start_matches(['\u{200b}', '\u{ad}', '\u{a0}']);
                assert!(!seen.starts_with(['=', '+', '-', '@', '＝', '\t', '\r', '\n']), "{cell:?}");
                assert_ne!(cell, "'=1", "an apostrophe of its own is no mark of ours");
            }
        }
    }
});
