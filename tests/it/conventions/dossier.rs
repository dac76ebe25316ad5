//! The dossier: one ZIP that can be checked without the service.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::files::{PDF, send};
use crate::support::texts::PASTED;
use crate::support::{Actor, Response};

/// What a ZIP holds, and the names in their order.
fn opened(answer: &Response) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let mut archive = zip::ZipArchive::new(Cursor::new(&answer.bytes)).expect("a ZIP");
    let mut all = BTreeMap::new();
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        names.push(name.clone());
        all.insert(name, bytes);
    }
    (all, names)
}

pub fn dossier(actor: &Actor, convention: &str) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let answer = actor.get(&format!("/v1/conventions/{convention}/dossier")).expect(200);
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert_eq!(answer.header("content-encoding"), None);
    let named = format!("attachment; filename=\"dossier-{convention}.zip\"");
    assert_eq!(answer.header("content-disposition"), Some(named.as_str()));
    opened(&answer)
}

fn sum(bytes: &[u8]) -> String {
    passerelle::auth::secret::hex(&Sha256::digest(bytes))
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

both!(a_dossier_holds_all_of_it_and_its_sums_are_right, |world| {
    let text = world.draft();
    let association = &text.association;
    let query = format!("name=Convention%20sign%C3%A9e.pdf&purpose=signed_scan&attached_to=convention:{}", text.id);
    let mut long = PDF.to_vec();
    long.splice(9..9, std::iter::repeat_n(b'x', 700_000));
    let scan = send(association, &query, "application/pdf", long.clone()).expect(201);
    let query = format!("name=notes.txt&purpose=minutes&attached_to=article:{}", text.article);
    send(association, &query, "text/plain", "Compte rendu").expect(201);
    text.signed_by_both("2026-11-20");
    let talks = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-21" });
    association.post(&text.under("facts"), &talks).expect(201);
    world.stamp();
    let (all, names) = dossier(association, &text.id);
    let expected = [
        "LISEZMOI.md",
        "convention.json",
        "texte.md",
        "contenu-signe.json",
        "signatures.json",
        "pieces.json",
        "faits.json",
        "fichiers/001-Convention signée.pdf",
        "fichiers/002-notes.txt",
        "fichiers.json",
        "SHA256SUMS",
    ];
    assert_eq!(names, expected);
    // Each sum is right, and nothing is without one.
    let sums = String::from_utf8(all["SHA256SUMS"].clone()).unwrap();
    let listed: Vec<(&str, &str)> = sums.lines().map(|line| line.split_once("  ").unwrap()).collect();
    assert_eq!(listed.len(), names.len() - 1);
    for (hash, name) in listed {
        assert_eq!(hash, sum(&all[name]), "{name}");
    }
    // What was signed is what the signatures name.
    let signed = format!("sha256:{}", sum(&all["contenu-signe.json"]));
    let read = association.get(&text.path()).expect(200).json;
    assert_eq!(read["content_hash"], signed);
    let signatures = value(&all["signatures.json"]);
    assert_eq!(signatures.as_array().unwrap().len(), 2);
    assert!(signatures.as_array().unwrap().iter().all(|signature| signature["content_hash"] == signed));
    assert_eq!(value(&all["convention.json"])["title"], read["title"]);
    assert_eq!(value(&all["pieces.json"])["articles"][0]["id"], text.article);
    assert_eq!(all["fichiers/001-Convention signée.pdf"], long);
    let files = value(&all["fichiers.json"]);
    assert_eq!((&files[0]["sha256"], &files[0]["path"]), (&scan.json["sha256"], &json!(expected[7])));
    let facts = value(&all["faits.json"]);
    assert_eq!((&facts["status"], &facts["in_force_from"]), (&json!("in_force"), &json!("2026-11-20")));
    assert_eq!(facts["facts"].as_array().unwrap().len(), 1);
    let acts: Vec<&str> = facts["acts"].as_array().unwrap().iter().map(|act| act["act"].as_str().unwrap()).collect();
    assert!(
        acts.contains(&"convention.created") && acts.contains(&"signature.created") && acts.contains(&"file.created")
    );
    let page = String::from_utf8(all["texte.md"].clone()).unwrap();
    assert!(page.contains("### Article 11 – Durée\n\nCinq ans.") && page.contains("## Titre I – Durée"), "{page}");
    let first = String::from_utf8(all["LISEZMOI.md"].clone()).unwrap();
    assert!(first.contains(&signed) && first.contains("En vigueur"), "{first}");
});

both!(a_dossier_holds_what_its_caller_may_read, |world| {
    let text = world.draft();
    let query = format!("name=a.pdf&purpose=other&attached_to=convention:{}", text.id);
    send(&text.association, &query, "application/pdf", PDF).expect(201);
    let less = world.narrowed(&text.association, &["conventions:read"]);
    let (all, names) = dossier(&less, &text.id);
    assert!(!names.iter().any(|name| name.starts_with("fichiers")), "{names:?}");
    assert_eq!(value(&all["faits.json"])["acts"], Value::Null);
    let first = String::from_utf8(all["LISEZMOI.md"].clone()).unwrap();
    assert!(first.contains("files:read") && first.contains("audit:read"));
    let path = text.under("dossier");
    world.association().get(&path).problem("not_found");
    world.narrowed(&text.association, &["files:read"]).get(&path).problem("insufficient_scope");
    text.association.get(&format!("{path}?x=1")).problem("invalid_parameters");
    text.association.ask("GET", &path).header("Accept", "application/json").send().problem("not_acceptable");
    let head = text.association.ask("HEAD", &path).send().expect(200);
    assert!(head.bytes.is_empty());
});

both!(a_dossier_holds_the_imported_text, |world| {
    let association = world.association();
    let made = association.ask("POST", "/v1/conventions/import").body("text/plain", PASTED).send().expect(201);
    let id = made.json["convention"]["id"].as_str().unwrap();
    let (all, _) = dossier(&association, id);
    assert_eq!(all["source.txt"], PASTED.as_bytes());
    assert_eq!(value(&all["source-lecture.json"])["title"], made.json["parsed"]["title"]);
    // Its bytes erased, a file is named and has no path.
    let query = format!("name=a.txt&purpose=other&attached_to=convention:{id}");
    let file = send(&association, &query, "text/plain", "x").expect(201).id();
    let (app, id_of) = (world.app.clone(), file.parse().unwrap());
    actix_web::rt::System::new()
        .block_on(app.act(false, move |unit| passerelle::files::erase(unit, id_of)))
        .expect("the file is erased");
    let (all, _) = dossier(&association, id);
    let files = value(&all["fichiers.json"]);
    assert_eq!((&files[0]["id"], &files[0]["path"]), (&json!(file), &Value::Null));
});
