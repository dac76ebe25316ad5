//! `POST /v1/actions/bulk` as CSV: the sheets that the command reads, all lines or none, each fault by line and column.

use serde_json::{Value, json};

use super::{read, reference};
use crate::sheets::windows_1252;
use crate::support::{Actor, Response};

const SHEET: &str = "Nos actions;;;;;;;;\r\n\
    Intitulé;Nature;Axe;UAI;Classe;Date;Début;Fin;Niveaux;Identifiant externe\r\n\
    Visite de l’atelier;Visite d'entreprise;Découverte des métiers;0950649P;3B;14/01/2027;14h;16h30;3ème;c1\r\n\
    Forum;visite d'entreprise;Article 3;0930001w;;15/01/2027;;;3e | 2de_gt;\r\n";

fn send(actor: &Actor, query: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Response {
    actor.ask("POST", &format!("/v1/actions/bulk{query}")).body(media_type, body).send()
}

/// Line, columns and code of each refused line.
fn told(refused: &Response) -> Vec<(u64, Vec<String>, String)> {
    let lines = refused.json["lines"].as_array().unwrap().iter();
    lines
        .map(|line| {
            let problem = &line["problem"];
            let columns = problem["errors"].as_array().into_iter().flatten();
            let columns = columns.map(|e| e["column"].as_str().unwrap_or("?").to_owned()).collect();
            (line["line"].as_u64().unwrap(), columns, problem["code"].as_str().unwrap().to_owned())
        })
        .collect()
}

both!(a_sheet_is_written_as_the_command_writes_it, |world| {
    let text = reference(world);
    let association = &text.association;
    let bytes = windows_1252(SHEET);
    assert!(std::str::from_utf8(&bytes).is_err());
    let tried = send(association, "?dry_run=true", "text/csv; charset=windows-1252", bytes.clone()).expect(200).json;
    assert_eq!((&tried["done"], world.rows("actions")), (&json!(2), 0));
    let first = send(association, "", "text/csv; charset=windows-1252", bytes).expect(200).json;
    let results = first["results"].as_array().unwrap();
    let brief = |result: &Value| (result["line"].clone(), result["op"].clone(), result["version"].clone());
    assert_eq!(
        results.iter().map(brief).collect::<Vec<_>>(),
        [(json!(3), json!("upsert"), json!(1)), (json!(4), json!("upsert"), json!(1))]
    );
    let visit = read(association, results[0]["id"].as_str().unwrap());
    assert_eq!(visit["title"], "Visite de l’atelier");
    assert_eq!((&visit["kind"], &visit["external_id"]), (&json!("company_visit"), &json!("c1")));
    assert_eq!(
        visit["sessions"],
        json!([{ "date": "2027-01-14", "start": "14:00", "end": "16:30", "zone": null, "hours": null }])
    );
    assert_eq!(visit["schools"][0]["class_label"], "3B");
    let forum = read(association, results[1]["id"].as_str().unwrap());
    assert_eq!((&forum["levels"], &forum["schools"][0]["uai"]), (&json!(["3e", "2de_gt"]), &json!("0930001W")));
    assert!(forum["external_id"].as_str().unwrap().starts_with("sheet:"));

    // The same sheet as UTF-8, by commas, with a mark in front: nothing twice, nothing changed.
    let changes = world.rows("changes");
    let commas = format!("\u{feff}{}", SHEET.replace(';', ","));
    let again = send(association, "", "text/csv", commas).expect(200).json;
    assert_eq!(
        again["results"].as_array().unwrap().iter().map(brief).collect::<Vec<_>>(),
        [(json!(3), json!("upsert"), json!(1)), (json!(4), json!("upsert"), json!(1))]
    );
    assert_eq!((world.rows("actions"), world.rows("changes")), (2, changes));
    // What a line says anew is taken, what it leaves empty stays.
    let line =
        "Intitulé;Nature;Axe;UAI;Date;Niveaux;Identifiant externe\nAutre;company_visit;article 3;0950649P;;;c1\n";
    let changed = send(association, "", "text/csv; charset=UTF-8", line).expect(200).json;
    assert_eq!(changed["results"][0]["version"], 2);
    let visit = read(association, results[0]["id"].as_str().unwrap());
    assert_eq!((&visit["title"], &visit["sessions"][0]["date"]), (&json!("Autre"), &json!("2027-01-14")));
});

both!(a_sheet_is_refused_whole_by_line_and_column, |world| {
    let text = reference(world);
    let association = &text.association;
    let header = "Titre;Nature;Axe;UAI;Date;Niveaux;Identifiant externe;Remarque\n";
    let lines = "Bon;talk;article 3;0950649P;14/01/2027;3e;a;\n\
        ;sortie;article 3;0950649P;32/01/2027;3e;b;\n\
        Axe;talk;article 99;0950649P;14/01/2027;3e;c;\n\
        \n\
        Avant;talk;article 3;0950649P;14/01/2020;3e;d;\n\
        École;talk;article 3;0950649A;14/01/2027;3e;e;\n\
        Petits;talk;article 3;0950649P;14/01/2027;cm2;f;\n\
        Tél.;talk;article 3;0950649P;14/01/2027;3e;g;\"appeler le\n06 12 34 56 78\"\n\
        Longue;talk;article 3;0950649P;14/01/2027;3e;h;\n";
    let long = "x".repeat(201);
    let sheet = format!("{header}{}", lines.replace("Longue", &long));
    let refused = send(association, "", "text/csv", sheet.clone()).problem("bulk_refused");
    let wanted: Vec<(u64, &[&str], &str)> = vec![
        (3, &["Nature", "Titre", "Date"], "invalid_body"),
        (4, &["Axe"], "invalid_body"),
        (6, &["Date"], "outside_period"),
        (7, &["UAI"], "invalid_body"),
        (8, &["Niveaux"], "below_secondary"),
        (9, &["Remarque"], "personal_data"),
        (11, &["Titre"], "invalid_body"),
    ];
    let wanted: Vec<_> = wanted
        .into_iter()
        .map(|(line, columns, code)| (line, columns.iter().map(|c| (*c).to_owned()).collect(), code.to_owned()))
        .collect();
    assert_eq!(told(&refused), wanted);
    let personal = &refused.json["lines"][5]["problem"]["computed"];
    assert_eq!(personal["columns"], json!(["Remarque"]));
    assert_eq!(world.rows("actions"), 0);
    let partial = send(association, "?mode=partial", "text/csv", sheet).expect(200).json;
    assert_eq!((&partial["done"], &partial["refused"], world.rows("actions")), (&json!(1), &json!(7), 1));

    // Before any line.
    let faults = |answer: Response| answer.problem("invalid_body").text;
    assert!(faults(send(association, "", "text/csv", "Titre;Date\nx;14/01/2027\n")).contains("« Axe »"));
    assert!(
        send(association, "", "text/csv", b"Titre;Nature;Axe\n\xE9;x;y\n")
            .problem("malformed_body")
            .text
            .contains("17")
    );
    send(association, "", "text/csv", "").problem("malformed_body");
    send(association, "", "text/csv; charset=utf-16", "a;b\n").problem("unsupported_media_type");
    send(association, "?legacy=maybe", "text/csv", header).problem("invalid_parameters");
    send(association, "?legacy=true", "application/x-ndjson", "{}").problem("invalid_parameters");
    let empty = send(association, "", "text/csv", header).expect(200).json;
    assert_eq!((&empty["lines"], &empty["done"]), (&json!(0), &json!(0)));
});

both!(a_sheet_reaches_no_further_than_its_caller, |world| {
    let text = reference(world);
    let stranger = world.association();
    let sheet = |convention: &str| {
        format!("Convention;Titre;Nature;Axe;UAI;Date;Niveaux\n{convention};T;talk;x;0950649P;14/01/2027;3e\n")
    };
    let refused = send(&stranger, "", "text/csv", sheet(&text.id)).problem("bulk_refused");
    assert_eq!(told(&refused), [(2, vec!["Convention".to_owned()], "invalid_body".to_owned())]);
    assert!(!refused.text.contains("Découverte"), "axes of a convention that it does not see");
    let named = send(&stranger, &format!("?convention_id={}", text.id), "text/csv", sheet("")).problem("bulk_refused");
    assert_eq!(told(&named)[0].2, "invalid_body");
    // A school has no organisation, and so no keys: its lines are new ones.
    let school = world.school("0950649P");
    let line = sheet(&text.id).replace(";x;", ";article 3;");
    let made = send(&school, "", "text/csv", line).expect(200).json;
    let made = read(&school, made["results"][0]["id"].as_str().unwrap());
    assert_eq!((&made["status"], &made["external_id"]), (&json!("requested"), &Value::Null));
});
