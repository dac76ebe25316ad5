//! Importing a text over HTTP: what it makes, what a dry run keeps, the same text twice, two at once.

use serde_json::{Value, json};

use crate::support::Actor;
use crate::support::texts::PASTED;

fn import(actor: &Actor, query: &str, text: &str) -> crate::support::Response {
    actor.ask("POST", &format!("/v1/conventions/import{query}")).body("text/plain; charset=utf-8", text).send()
}

both!(a_text_becomes_a_draft_with_its_pieces, |world| {
    let association = world.association();
    let made = import(&association, "", PASTED).expect(201);
    assert_eq!(made.json["created"], true);
    let id = made.json["convention"]["id"].as_str().unwrap();
    let path = format!("/v1/conventions/{id}");
    assert_eq!(made.header("location"), Some(path.as_str()));
    let read = association.get(&path).expect(200);
    assert_eq!(read.json, made.json["convention"]);
    assert!(read.etag().split('.').next() == made.etag().split('.').next(), "the version of the draft");
    assert_eq!(read.json["parties"].as_array().unwrap().len(), 2);
    assert_eq!(association.list(&format!("{path}/articles")).len(), 2);
    let clauses = association.list(&format!("{path}/clauses"));
    let duration = clauses.iter().find(|c| c["kind"] == "duration").expect("the duration is proposed");
    assert_eq!(
        (&duration["confirmed"], &duration["parameters"]),
        (&json!(false), &json!({ "value": 5, "unit": "year" }))
    );
    let source = association.get(&format!("{path}/source")).expect(200);
    assert_eq!(source.json["text"], PASTED);
    // Nothing proposed counts before a person confirmed it.
    assert!(read.json["missing_terms"].as_array().unwrap().contains(&json!("duration")));
    let confirmed = association.act(&format!("{path}/confirm-clauses"), &read.etag()).expect(200);
    assert!(!confirmed.json["missing_terms"].as_array().unwrap().contains(&json!("duration")));
});

both!(a_dry_run_reads_and_keeps_nothing, |world| {
    let association = world.association();
    let tables = ["conventions", "sources", "organisations", "parties", "articles", "changes", "audit_entries"];
    let count = || tables.iter().map(|t| world.rows(t)).collect::<Vec<_>>();
    let before = count();
    let dry = import(&association, "?dry_run=true", PASTED).expect(200);
    assert_eq!((&dry.json["created"], &dry.json["convention"]), (&json!(false), &Value::Null));
    assert_eq!(count(), before);
    let made = import(&association, "", PASTED).expect(201);
    assert_eq!(dry.json["parsed"]["title"], made.json["parsed"]["title"]);
});

both!(the_same_text_at_once_is_one_draft, |world| {
    let association = world.association();
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let association = association.clone();
            std::thread::spawn(move || {
                let answer = import(&association, "", PASTED);
                (answer.status, answer.json["convention"]["id"].as_str().unwrap().to_owned())
            })
        })
        .collect();
    let mut answers: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    answers.sort();
    assert_eq!(answers.iter().map(|a| a.0).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 201]);
    assert!(answers.iter().all(|a| a.1 == answers[0].1));
    assert_eq!(world.rows("conventions"), 1);
});

both!(whatever_text_comes_something_is_answered, |world| {
    let association = world.association();
    for text in [
        "x",
        "Article 1",
        "\u{feff}CONVENTION",
        "# Titre\n\nENTRE\n\nET\n",
        "𝒜\u{202e}\u{200b}",
        "Article 1\nArticle 1\nArticle 1\n",
    ] {
        let answer = import(&association, "?dry_run=true", text).expect(200);
        assert!(answer.json["warnings"].is_array(), "{text}");
        let kept = import(&association, "", text);
        assert!(matches!(kept.status, 200 | 201 | 422), "{text}: {}", kept.text);
    }
    let refused = import(&association, "?parent_id=x", PASTED).problem("invalid_parameters");
    assert_eq!(refused.faults(), [("parent_id".to_owned(), "malformed".to_owned())]);
});
