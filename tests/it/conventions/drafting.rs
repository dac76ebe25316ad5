//! Drafting by hand: pieces, order, merge patches, one version for the whole, dry runs.

use serde_json::{Value, json};

use super::{Draft, draft, each, national, party, ready, total};
use crate::support::Response;

#[track_caller]
fn carries(answer: &Response, version: i64) {
    assert!(answer.etag().starts_with(&format!("\"{version}.")), "{}: {}", answer.asked, answer.etag());
}

both!(every_piece_moves_the_one_version, |world| {
    let text = draft(world);
    assert_eq!((text.version(), text.json()["status"].as_str()), (1, Some("draft")));
    let text =
        text.with("parts", "part I", &json!({ "number": "I", "label": "Objet" })).with_article("1").with_parties();
    assert_eq!(text.version(), 5);
    let article = text.id_of("article 1").to_owned();
    let mut version = 5;
    for (kind, piece) in [
        ("parties", party(&world.association(), "other")),
        ("parts", json!({ "number": "II" })),
        ("articles", json!({ "number": "2", "body": "" })),
        ("clauses", json!({ "kind": "steering", "article_id": article, "parameters": { "minimum_per_year": 1 } })),
        ("axes", json!({ "article_id": article, "label": "Découverte" })),
        ("objectives", json!({ "text": "Faire découvrir" })),
    ] {
        let made = text.add(kind, &piece).expect(201);
        carries(&made, version + 1);
        let address = made.header("location").unwrap().to_owned();
        assert_eq!(address, format!("/v1/{kind}/{}", made.id()));
        let read = text.author.get(&address).expect(200);
        assert_eq!((read.etag(), &read.json), (made.etag(), &made.json));
        text.author.ask("GET", &address).header("If-None-Match", &read.etag()).send().expect(304);
        let changed = text.change(&address, &json!({ "position": 7 })).expect(200);
        carries(&changed, version + 2);
        assert_eq!(changed.json["position"], 7);
        text.author.patch(&address, &read.etag(), &json!({ "position": 8 })).problem("version_mismatch");
        text.author.delete(&address, &read.etag()).problem("version_mismatch");
        text.author.ask("DELETE", &address).send().problem("precondition_required");
        text.author.delete(&address, &changed.etag()).expect(204);
        text.author.get(&address).problem("not_found");
        version += 3;
        assert_eq!(text.version(), version);
    }
    carries(&text.change("", &json!({ "reference": "MENE2412345X" })).expect(200), version + 1);
});

both!(pieces_stand_in_their_order, |world| {
    let text = draft(world);
    for (number, position) in [("3", 30), ("1", 10), ("2", 20)] {
        text.add("articles", &json!({ "number": number, "body": "", "position": position })).expect(201);
    }
    text.add("articles", &json!({ "number": "4", "body": "" })).expect(201);
    assert_eq!(each(&text.items("articles"), "number"), ["1", "2", "3", "4"]);
    assert_eq!(each(&text.items("articles"), "position"), ["10", "20", "30", "31"]);
    assert_eq!(each(&text.items("articles?sort=-position&limit=2"), "number"), ["4", "3", "2", "1"]);
    let last = text.items("articles")[3]["id"].as_str().unwrap().to_owned();
    text.change(&format!("/v1/articles/{last}"), &json!({ "position": 15 })).expect(200);
    assert_eq!(each(&text.items("articles"), "number"), ["1", "4", "2", "3"]);
    // The text is read in that order: another order is another text.
    let content = text.author.get(&text.under("content")).expect(200).json;
    assert_eq!(each(content["content"]["articles"].as_array().unwrap(), "number"), ["1", "4", "2", "3"]);
    // Numbers are text; they may restart in each part, and nothing is renumbered.
    text.add("articles", &json!({ "number": "4", "body": "" })).expect(201);
    text.add("articles", &json!({ "number": "4 bis", "body": "" })).expect(201);
    assert_eq!(each(&text.items("articles"), "number"), ["1", "4", "2", "3", "4", "4 bis"]);
});

both!(a_merge_patch_merges_removes_and_refuses, |world| {
    let text = draft(world);
    let body = json!({ "number": "1", "heading": "Objet", "body": "Texte." });
    let address = text.add("articles", &body).expect(201).header("location").unwrap().to_owned();
    let article = text.change(&address, &json!({ "body": "Autre." })).expect(200).json;
    assert_eq!(
        (&article["heading"], &article["body"], &article["number"]),
        (&json!("Objet"), &json!("Autre."), &json!("1"))
    );
    let article = text.change(&address, &json!({ "heading": null })).expect(200).json;
    assert_eq!((&article["heading"], &article["body"]), (&Value::Null, &json!("Autre.")));
    // Every fault of the result at once.
    let wrong = json!({ "number": null, "heading": "", "colour": 1, "position": 0 });
    let faults = text.change(&address, &wrong).problem("invalid_body").faults();
    for fault in [("/colour", "unknown"), ("/number", "missing")] {
        assert!(faults.contains(&(fault.0.into(), fault.1.into())), "{fault:?} in {faults:?}");
    }
    let faults = text.change(&address, &json!({ "heading": "", "position": 0, "number": "x".repeat(21) }));
    assert_eq!(
        faults.problem("invalid_body").faults(),
        [("/heading", "wrong_length"), ("/number", "wrong_length"), ("/position", "out_of_range")]
            .map(|(p, c)| (p.to_owned(), c.to_owned()))
    );
    text.change(&address, &json!([])).problem("invalid_body");
    // What the service sets is not written.
    for member in ["id", "version", "source_line", "convention_id", "created_at"] {
        let faults = text.change(&address, &json!({ member: 1 })).problem("invalid_body").faults();
        assert_eq!(faults, [(format!("/{member}"), "unknown".to_owned())]);
    }
    assert_eq!(text.author.get(&address).expect(200).json, article);
});

both!(the_convention_itself_is_patched, |world| {
    let text = draft(world).with_parties();
    let party = text.id_of("party ministry").to_owned();
    let changed = text
        .change("", &json!({
            "title": "Convention-cadre", "reference": "MENE2412345X", "external_id": "conv-1", "last_day_rule": "eve",
            "networks": [{ "network": "clee", "text": "les CLEE" }, { "text": "les anciens élèves", "line": 4 }],
            "preamble": { "body": "Considérant…", "commitments": [{ "party_id": party, "text": "accompagner" }] },
        }))
        .expect(200)
        .json;
    assert_eq!((&changed["last_day_rule"], &changed["networks"][0]["network"]), (&json!("eve"), &json!("clee")));
    assert_eq!(changed["preamble"]["commitments"][0]["party_id"], party);
    let merged =
        text.change("", &json!({ "preamble": { "body": "Autre préambule" }, "reference": null })).expect(200).json;
    assert_eq!(merged["preamble"]["commitments"], changed["preamble"]["commitments"]);
    assert_eq!((&merged["reference"], &merged["title"]), (&Value::Null, &json!("Convention-cadre")));
    assert_eq!(text.change("", &json!({ "preamble": null })).expect(200).json["preamble"], Value::Null);
    for (patch, pointer, code) in [
        (json!({ "territory": "academie:25" }), "/territory", "not_of_level"),
        (json!({ "territory": "academie:99" }), "/territory", "ill_formed"),
        (json!({ "level": "regional" }), "/territory", "not_of_level"),
        (json!({ "title": null }), "/title", "missing"),
        (json!({ "title": "" }), "/title", "wrong_length"),
        (json!({ "status": "in_force" }), "/status", "unknown"),
        (json!({ "parent_id": text.id }), "/parent_id", "not_applicable"),
        (json!({ "networks": [{ "network": "clef", "text": "x" }] }), "/networks/0/network", "ill_formed"),
        (json!({ "networks": [{ "text": "" }] }), "/networks/0/text", "wrong_length"),
    ] {
        let faults = text.change("", &patch).problem("invalid_body").faults();
        assert!(faults.iter().any(|f| f.0 == pointer), "{patch}: {faults:?}");
        assert!(faults.iter().any(|f| f.1 == code || code == "ill_formed"), "{patch}: {faults:?}");
    }
    let stranger = draft(world).with_parties().id_of("party ministry").to_owned();
    let foreign = json!({ "preamble": { "body": "x", "commitments": [{ "party_id": stranger, "text": "y" }] } });
    let faults = text.change("", &foreign).problem("invalid_body").faults();
    assert_eq!(faults, [("/preamble/commitments/0/party_id".to_owned(), "unknown_reference".to_owned())]);
});

both!(the_callers_own_key_is_unique_among_its_conventions, |world| {
    let (association, ministry) = (world.association(), world.ministry());
    let keyed = |title: &str| {
        let mut new = national(title);
        new["external_id"] = json!("clé/1");
        new
    };
    let text = Draft::by(&association, &ministry, &keyed("Une"));
    association.post("/v1/conventions", &keyed("Deux")).problem("duplicate");
    let other = Draft::by(&world.association(), &ministry, &keyed("Trois"));
    // Each finds its own by it; the ministry sees both, and has set none.
    assert_eq!(each(&association.list("/v1/conventions?external_id=cl%C3%A9/1"), "id"), [text.id.as_str()]);
    assert_eq!(each(&other.author.list("/v1/conventions?external_id=cl%C3%A9/1"), "id"), [other.id.as_str()]);
    assert_eq!(total(&ministry, "/v1/conventions?external_id=cl%C3%A9/1"), 0);
    let free = Draft::by(&association, &ministry, &national("Quatre"));
    free.change("", &json!({ "external_id": "clé/1" })).problem("duplicate");
    free.change("", &json!({ "external_id": "clé/2" })).expect(200);
});

both!(a_dry_run_checks_everything_and_writes_nothing, |world| {
    let text = ready(world);
    let (etag, article) = (text.etag(), format!("/v1/articles/{}", text.id_of("article 11")));
    let rows = |table| world.rows(table);
    let tables =
        ["conventions", "articles", "parties", "clauses", "changes", "audit_entries", "signatures", "idempotency_keys"];
    let before: Vec<i64> = tables.iter().map(|t| rows(t)).collect();
    let author = &text.author;
    let made = author.post("/v1/conventions?dry_run=true", &national("Pour voir")).expect(201);
    assert_eq!(made.header("x-dry-run"), Some("true"));
    author.get(&format!("/v1/conventions/{}", made.id())).problem("not_found");
    author.post("/v1/conventions?dry_run=true", &json!({})).problem("invalid_body");
    let added = author.post(&format!("{}?dry_run=true", text.under("articles")), &json!({ "number": "1", "body": "" }));
    author.get(added.expect(201).header("location").unwrap()).problem("not_found");
    let changed = author.patch(&format!("{article}?dry_run=true"), &etag, &json!({ "body": "x" })).expect(200);
    assert_eq!(changed.json["body"], "x");
    author.patch(&format!("{article}?dry_run=true"), "\"1\"", &json!({})).problem("version_mismatch");
    author.delete(&format!("{}?dry_run=true", text.path()), &etag).expect(204);
    let signed = format!("{}?dry_run=true", text.under("signatures"));
    author.ask("POST", &signed).json(&text.signature_of(author, "2024-06-20")).key("k").send().expect(201);
    author.act(&format!("{}/confirm-clauses?dry_run=true", text.path()), &etag).expect(200);
    assert_eq!(tables.iter().map(|t| rows(t)).collect::<Vec<_>>(), before);
    assert_eq!((text.etag(), total(author, "/v1/conventions")), (etag, 1));
    author.post("/v1/conventions?dry_run=peut-%C3%AAtre", &national("x")).problem("invalid_parameters");
    assert_eq!(total(author, "/v1/conventions"), 1);
});

both!(many_write_one_text_at_once, |world| {
    let text = ready(world);
    let (path, etag, version) = (text.under("articles"), text.etag(), text.version());
    std::thread::scope(|s| {
        for n in 0..6 {
            let (text, path) = (&text, &path);
            s.spawn(move || text.author.post(path, &json!({ "number": format!("A{n}"), "body": "" })).expect(201));
        }
    });
    assert_eq!(text.version(), version + 6);
    assert_eq!(each(&text.items("articles"), "position"), ["1", "2", "3", "4", "5", "6", "7", "8"]);
    // Of those who read the same version, one changes it.
    text.author.patch(&text.path(), &etag, &json!({ "reference": "R" })).problem("version_mismatch");
    let etag = text.etag();
    let pieces = [
        format!("/v1/articles/{}", text.id_of("article 11")),
        format!("/v1/clauses/{}", text.id_of("clause duration")),
        format!("/v1/parties/{}", text.id_of("party ministry")),
        text.path(),
    ];
    let mut statuses: Vec<u16> = std::thread::scope(|s| {
        let (text, etag) = (&text, &etag);
        let write = |piece: &'_ String| text.author.patch(piece, etag, &json!({})).status;
        let threads: Vec<_> = pieces.iter().map(|piece| s.spawn(move || write(piece))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
});

both!(signatures_at_once, |world| {
    let text = ready(world);
    let bodies = [text.signature_of(&text.association, "2024-06-20"), text.signature_of(&text.ministry, "2024-06-27")];
    let mut statuses: Vec<u16> = std::thread::scope(|s| {
        let (text, bodies) = (&text, &bodies);
        let sign = |n: usize| {
            let actor = if n.is_multiple_of(2) { &text.association } else { &text.ministry };
            actor.post(&text.under("signatures"), &bodies[n % 2]).status
        };
        let threads: Vec<_> = (0..6).map(|n| s.spawn(move || sign(n))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 409, 409, 409, 409]);
    assert_eq!((text.items("signatures").len(), text.json()["in_force_from"].as_str()), (2, Some("2024-06-27")));
});
