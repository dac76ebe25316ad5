//! Texts as they come in: no sign that would mislead who reads them, and one form for what looks the same.

use passerelle::domain::content::content_hash;
use serde_json::{Value, json};

use crate::actions::{reference, visit};
use crate::conventions::importing::{TEXT, import};
use crate::files::{PDF, send};

both!(controls_and_turning_marks_are_refused_by_name, |world| {
    let operator = world.operator();
    for (sign, code) in [
        ("\u{1b}[31m", "U+001B"),
        ("\u{7}", "U+0007"),
        ("\u{7f}", "U+007F"),
        ("\u{9b}31m", "U+009B"),
        ("\u{202e}", "U+202E"),
        ("\u{2066}", "U+2066"),
        ("\u{200f}", "U+200F"),
        ("\u{61c}", "U+061C"),
        ("\t", "U+0009"),
        ("\n", "U+000A"),
        ("\r", "U+000D"),
        ("\u{2028}", "U+2028"),
    ] {
        let body = json!({ "kind": "other", "name": format!("Lycée {sign}x"), "short_name": sign, "siret": "1" });
        let refused = operator.post("/v1/organisations", &body).problem("invalid_body");
        let faults = refused.faults();
        let is_there = |place: &str| faults.contains(&(place.to_owned(), "forbidden_character".to_owned()));
        assert!(is_there("/name") && is_there("/short_name"), "{sign:?}: {}", refused.text);
        assert!(refused.json["errors"][0]["detail"].as_str().unwrap().contains(code), "{}", refused.text);
    }
    // Long texts keep their lines, and no other control.
    let address =
        |text: &str| operator.post("/v1/organisations", &json!({ "kind": "other", "name": "Lycée", "address": text }));
    assert_eq!(address("1, rue du Pont\n\t01000 Bourg").expect(201).json["address"], "1, rue du Pont\n\t01000 Bourg");
    for text in ["1\u{1b}c", "1\u{c}", "1\u{202e}"] {
        assert_eq!(address(text).problem("invalid_body").faults()[0].1, "forbidden_character", "{text:?}");
    }
    assert_eq!(world.rows("organisations"), 1);
});

both!(every_way_in_refuses_them, |world| {
    let text = reference(world);
    let association = &text.association;
    let refused = association.patch(&text.path(), &text.etag(), &json!({ "title": "Conven\u{202e}tion" }));
    assert_eq!(refused.problem("invalid_body").faults()[0].0, "/title");
    let line = json!({ "op": "create" });
    let mut action = visit(&text, &json!({ "title": "Visite\u{1b}[2J" }));
    action.as_object_mut().unwrap().extend(line.as_object().unwrap().clone());
    let bulk = association.ask("POST", "/v1/actions/bulk").body("application/x-ndjson", action.to_string()).send();
    assert!(bulk.problem("bulk_refused").text.contains("forbidden_character"));
    let sheet =
        "Intitulé;Nature;Axe;UAI;Date\nVisite\u{7};Visite d'entreprise;Découverte des métiers;0950649P;14/01/2027\n";
    let bulk = association.ask("POST", "/v1/actions/bulk").body("text/csv", sheet).send().problem("bulk_refused");
    assert!(bulk.text.contains("forbidden_character") && bulk.text.contains("U+0007"), "{}", bulk.text);
    // What a person broke over two lines of a cell is one line of text.
    let broken = "Intitulé;Nature;Axe;UAI;Date;Descriptif\n\"Visite\nde l'atelier\";Visite d'entreprise;Découverte des métiers;0950649P;14/01/2027;\"a\nb\"\n";
    association.ask("POST", "/v1/actions/bulk").body("text/csv", broken).send().expect(200);
    let made = &association.list("/v1/actions")[0];
    assert_eq!((&made["title"], &made["description"]), (&json!("Visite de l'atelier"), &json!("a\nb")));
    for name in ["rapport%1B.pdf", "fact%E2%80%AEfdp.exe", "a%0D%0Ab.pdf"] {
        let refused = send(association, &format!("name={name}&purpose=other"), "application/pdf", PDF);
        assert_eq!(refused.problem("invalid_parameters").faults(), [("name".into(), "forbidden_character".into())]);
    }
    for sign in ["\u{1b}", "\u{202e}", "\u{8}"] {
        let refused = import(association, &TEXT.replacen("Article 1", &format!("Article 1{sign}"), 1));
        assert_eq!(refused.problem("invalid_body").faults()[0].1, "forbidden_character");
    }
    // The pages of an extracted text stay.
    import(association, &TEXT.replacen("Article 1", "\u{c}Article 1", 1)).expect(201);
});

const DECOMPOSED: &str = "Colle\u{300}ge E\u{301}luard";
const COMPOSED: &str = "Collège Éluard";

both!(what_looks_the_same_is_the_same, |world| {
    let association = world.association();
    let make = |name: &str, key: &str| {
        association.post("/v1/organisations", &json!({ "kind": "other", "name": name, "external_id": key }))
    };
    let made = make(DECOMPOSED, "cle\u{301}").expect(201);
    assert_eq!((&made.json["name"], &made.json["external_id"]), (&json!(COMPOSED), &json!("clé")));
    make("Autre", "clé").problem("duplicate");
    make("Autre", "cle\u{301}").problem("duplicate");
    // Keys and words are found however they are typed.
    for query in ["external_id=cl%C3%A9", "external_id=cle%CC%81", "q=eluard", "q=%C3%89luard", "q=E%CC%81luard"] {
        let found = association.list(&format!("/v1/organisations?{query}"));
        assert_eq!((found.len(), &found[0]["name"]), (1, &Value::from(COMPOSED)), "{query}");
    }
    let file = send(&association, "name=Colle%CC%80ge.pdf&purpose=other", "application/pdf", PDF).expect(201);
    assert_eq!(file.json["name"], "Collège.pdf");
    // A text and its decomposed form are one text.
    let first = import(&association, TEXT).expect(201).json;
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(TEXT).collect();
    assert_ne!(decomposed, TEXT);
    assert_eq!(import(&association, &decomposed).expect(200).json["convention"]["id"], first["convention"]["id"]);
});

both!(what_came_in_before_stays_as_it_is_in_what_is_signed, |world| {
    let text = world.draft();
    world.sql(&format!("UPDATE articles SET heading = '{DECOMPOSED}'"));
    // What is sealed is what is stored: nothing of it is composed on the way.
    text.association.patch(&text.path(), &text.etag(), &json!({ "title": "Une convention" })).expect(200);
    let sealed = || {
        let read = text.association.get(&text.under("content")).expect(200).json;
        let headings: Vec<_> =
            read["content"]["articles"].as_array().unwrap().iter().map(|a| a["heading"].clone()).collect();
        assert!(!headings.is_empty() && headings.iter().all(|heading| heading == DECOMPOSED), "{headings:?}");
        assert_eq!(read["content_hash"], content_hash(&read["content"]));
        read["content_hash"].clone()
    };
    let before = sealed();
    text.signed_by_both("2024-06-27");
    assert_eq!(sealed(), before);
});
