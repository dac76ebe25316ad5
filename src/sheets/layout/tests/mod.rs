//! Lines read by the layout of a sheet: cells, mappings, headers, faults.

use serde_json::json;

use super::*;
use crate::error::{Fault, Faults};
use crate::sheets::kind::{Column, Form, Outcome};
use crate::sheets::sheet::Rows;
use crate::sheets::tabs;

const fn column(field: &'static str, headers: &'static [&'static str], form: Form, required: bool) -> Column {
    Column { field, headers, form, required, about: ("à quoi elle sert", "what it is for") }
}

const VISITS: Kind = Kind {
    name: "visits",
    title: ("Visites", "Visits"),
    columns: &[
        column("/title", &["Titre", "title"], Form::Text, true),
        column("/sessions/0/date", &["Date", "day"], Form::Date, true),
        column("/kind", &["Nature", "kind"], Form::Code("action_kind"), false),
        column("/levels", &["Niveaux"], Form::Codes("audience"), false),
        column("/counts/pupils", &["Élèves"], Form::Integer, false),
        column("/inside", &["Dans l'établissement"], Form::Boolean, false),
        column("school", &["Établissement"], Form::Text, false),
    ],
    places: &[],
    apply: |_, _, _| Ok(Outcome::Created.into()),
    others: |_, _, _| Ok(Faults::new()),
};

fn mapping(text: &str) -> Result<Mapping, Vec<String>> {
    Mapping::read(text.as_bytes(), &VISITS).map_err(|faults| faults.into_iter().map(|f| f.en.into_owned()).collect())
}

fn read(sheet: &str, with: &str) -> Vec<Result<Reading, Vec<Reason>>> {
    let rows = Rows::read(sheet.as_bytes()).unwrap();
    let opened = tabs::open(&VISITS, rows, &mapping(with).unwrap(), &[]).unwrap_or_else(|e| panic!("{e:?}"));
    let read = |(reading, reasons): (Reading, Vec<Reason>)| if reasons.is_empty() { Ok(reading) } else { Err(reasons) };
    opened.sheet.lines.iter().map(|line| read(opened.layouts[0].read(line))).collect()
}

#[test]
fn a_line_becomes_a_body() {
    let lines = read(
        "TITRE;Date;Nature;Niveaux;Élèves;dans l’etablissement;Établissement;Autre\n\
         Forum;3 mars 2024;forum des metiers;3e | Seconde professionnelle;1 024;x;Collège Jean Moulin;?\n\
         Forum;03/03/24;-;NC;?;;;\n",
        "{}",
    );
    let first = lines[0].as_ref().unwrap();
    assert_eq!(
        first.body,
        json!({ "title": "Forum", "sessions": [{ "date": "2024-03-03" }], "kind": "forum", "levels": ["3e", "2de_pro"],
            "counts": { "pupils": 1024 }, "inside": true })
    );
    assert_eq!(first.lookups["school"], "Collège Jean Moulin");
    assert!(first.unknown.is_empty());
    // What is not known is no zero, and no member.
    let second = lines[1].as_ref().unwrap();
    assert_eq!(second.body, json!({ "title": "Forum", "sessions": [{ "date": "2024-03-03" }] }));
    assert_eq!(second.unknown, ["/kind", "/levels", "/counts/pupils", "/inside", "school"]);
    assert!(first.digest.starts_with("sheet:") && first.digest != second.digest);
    assert_eq!(read("titre;date\nForum;2024-03-03\n", "{}")[0].as_ref().unwrap().digest, second.digest);
}

#[test]
fn every_fault_of_a_line_is_named_by_its_header() {
    let lines = read("Titre;Date;Nature;Élèves\n;31/02/2024;sortie;beaucoup\n", "{}");
    let reasons = lines[0].as_ref().unwrap_err();
    let columns: Vec<_> = reasons.iter().filter_map(|r| r.column.as_deref()).collect();
    assert_eq!(columns, ["Titre", "Date", "Nature", "Élèves"]);
    assert!(reasons[2].detail.fr.contains("« sortie »") && reasons[2].detail.fr.contains("Forum des métiers (forum)"));
}

#[test]
fn a_cell_without_a_header_is_no_part_of_a_line() {
    let lines = read("Titre;Date;;Élèves\nA;1/9/2024;;3;?\nB;1/9/2024;x;3;;en trop\n", "{}");
    assert!(lines[0].is_ok(), "{:?}", lines[0]);
    let told: Vec<_> = lines[1].as_ref().unwrap_err().iter().map(|why| (why.code, why.detail.fr.as_ref())).collect();
    let said = |column: &'static str| ("without_header", column);
    assert_eq!(
        told,
        [
            said("colonne C : « x » n'a pas d'en-tête au-dessus"),
            said("colonne F : « en trop » n'a pas d'en-tête au-dessus")
        ]
    );
    assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
}

#[test]
fn a_mapping_says_what_headers_and_values_mean() {
    let with = r#"{ "columns": { "Intitulé de l'action": "titre", "Le": "/sessions/0/date", "Nature": null },
        "values": { "Élèves": { "une classe": 30, "néant": 0 }, "/levels": { "Troisièmes": "3e" }, "Dans l'établissement": { "intra": true } },
        "defaults": { "kind": "forum", "school": "0921234A" } }"#;
    let lines = read(
        "Intitulé de l’action;le;Nature;Élèves;Niveaux;Dans l'établissement\nA;1/9/2024;visite;Une classe;troisiemes, 2de_gt;INTRA\n",
        with,
    );
    let line = lines[0].as_ref().unwrap();
    assert_eq!(
        line.body,
        json!({ "title": "A", "sessions": [{ "date": "2024-09-01" }], "kind": "forum", "levels": ["3e", "2de_gt"],
            "counts": { "pupils": 30 }, "inside": true })
    );
    assert_eq!(line.lookups["school"], "0921234A");
}

#[test]
fn a_wrong_mapping_is_told_whole() {
    let faults = mapping(
        r#"{ "columns": { "A": "titre", "B": "titre", "C": "nulle part", "D": 3 }, "colums": {},
            "values": { "Nature": { "sortie": "excursion" }, "x": {}, "Date": [] }, "defaults": { "Élèves": "douze", "Titre": {} } }"#,
    )
    .unwrap_err();
    for (said, at) in [
        ("columns/B: this column is taken already", 1),
        ("columns/C: \"nulle part\" is no column", 1),
        ("columns/D: the name of a column, or null", 1),
        ("colums: unknown", 1),
        ("values/Nature/sortie: \"excursion\" is not known", 1),
        ("values/x: \"x\" is no column", 1),
        ("values/Date: an object is expected", 1),
        ("defaults/Élèves: a whole number", 1),
        ("defaults/Titre: a value is expected", 1),
    ] {
        assert_eq!(faults.iter().filter(|f| f.starts_with(said)).count(), at, "{said}: {faults:#?}");
    }
    assert_eq!(faults.len(), 9, "{faults:#?}");
    assert!(mapping("{").is_err() && mapping("[]").is_err() && mapping(r#"{"columns":{},"columns":{}}"#).is_err());
}

#[test]
fn a_sheet_that_lacks_columns_is_refused_before_a_line_is_read() {
    let find = |header: &[&str], with: &str| {
        let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
        let found = Layout::find(&VISITS, &header, mapping(with).unwrap());
        found.map(|layout| layout.ignored).map_err(|e| e.into_iter().map(|f| f.en.into_owned()).collect::<Vec<_>>())
    };
    let faults = find(&["Titre", "title", "x"], r#"{"columns": {"absente": "kind"}}"#).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].contains("no column \"absente\"") && faults[1].contains("two columns for \"Titre\""));
    assert!(faults[2].contains("\"Date\" is missing"));
    assert_eq!(find(&["Titre", "Date", "Remarque", "", "line", "Reason"], "{}").unwrap(), ["Remarque"]);
    assert_eq!(find(&["Titre"], r#"{"defaults": {"Date": "01/09/2024"}}"#).unwrap(), [""; 0]);
}

#[test]
fn pointers_are_said_again_as_headers() {
    let header = ["Intitulé".to_owned(), "jour".to_owned(), "Élèves".to_owned()];
    let with = mapping(r#"{"columns": {"intitulé": "/title", "jour": "date"}}"#).unwrap();
    let layout = Layout::find(&VISITS, &header, with).unwrap_or_else(|e| panic!("{e:?}"));
    let fault = |pointer: &str| Fault::pointer(pointer, "x", both("faux", "wrong"));
    let problem = Problem::body(vec![
        fault("/title"),
        fault("/sessions/0/date"),
        fault("/sessions/0"),
        fault("/counts/pupils/girls"),
        fault("/elsewhere/0"),
        fault("").accepting(["a", "b"]),
    ]);
    let columns: Vec<_> = layout.reasons(&problem, None).into_iter().map(|r| r.column).collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(columns, [some("Intitulé"), some("jour"), some("jour"), some("Élèves"), some("/elsewhere/0"), None]);
    assert_eq!(layout.reasons(&problem, None)[5].detail.en, "wrong [a, b]");
    let plain = layout.reasons(&Problem::plain("not_found"), None);
    assert!(plain.len() == 1 && plain[0].column.is_none());
}
