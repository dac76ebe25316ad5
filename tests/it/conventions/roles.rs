//! Who sees what: the table of roles, for reads, lists and everything under a convention alike.

use serde_json::{Value, json};

use crate::support::Actor;
use crate::support::texts::{PASTED, Text};

/// The addresses of everything of a convention.
fn addresses(text: &Text) -> Vec<String> {
    let mut all = vec![text.path()];
    for under in
        ["content", "parties", "parts", "articles", "clauses", "axes", "objectives", "network-contacts", "signatures"]
    {
        all.push(text.under(under));
    }
    all.push(format!("/v1/articles/{}", text.article));
    all.push(format!("/v1/parties/{}", text.parties[0]));
    all.push(format!("/v1/parts/{}", text.part));
    all.push(format!("/v1/clauses/{}", text.clause));
    all.push(format!("/v1/axes/{}", text.axis));
    all.push(format!("/v1/objectives/{}", text.objective));
    all
}

fn lists(actor: &Actor, text: &Text) -> bool {
    actor.list("/v1/conventions").iter().any(|c| c["id"] == text.id.as_str())
}

both!(each_role_sees_what_the_table_says, |world| {
    let draft = world.draft();
    let partial = world.draft();
    partial.sign(0, "2026-11-02").expect(201);
    let running = world.in_force("2026-11-02");
    let over = world.in_force("2020-01-01");
    let texts = [("draft", &draft), ("partially signed", &partial), ("in force", &running), ("expired", &over)];
    let actors = [
        ("another ministry", world.ministry(), [true, true, true, true]),
        ("another association", world.association(), [false; 4]),
        ("an académie", world.academie("academie:25"), [false, false, true, true]),
        ("a school", world.school("0750655E"), [false, false, true, false]),
        ("the operator", world.operator(), [false; 4]),
    ];
    for (who, actor, seen) in &actors {
        for ((what, text), seen) in texts.iter().zip(seen) {
            assert_eq!(lists(actor, text), *seen, "{who} lists the one {what}");
            for address in addresses(text) {
                let answer = actor.get(&address);
                assert_eq!(answer.status, if *seen { 200 } else { 404 }, "{who}, {what}: {address}");
            }
        }
    }
    for (what, text) in &texts {
        for party in [&text.ministry, &text.association] {
            assert!(lists(party, text), "a party lists the one {what}");
            party.get(&text.path()).expect(200);
        }
    }
    for nobody in [world.observer(), world.volunteer()] {
        nobody.get("/v1/conventions").problem("insufficient_scope");
    }
});

both!(seeing_is_not_writing, |world| {
    let (draft, running) = (world.draft(), world.in_force("2026-11-02"));
    let ministry = world.ministry();
    let academie = world.academie("academie:25");
    for (actor, text) in [(&ministry, &draft), (&ministry, &running), (&academie, &running)] {
        actor.patch(&text.path(), "*", &json!({ "title": "x" })).problem("not_allowed");
        actor.delete(&text.path(), "*").problem("not_allowed");
        actor.act(&text.under("confirm-clauses"), "*").problem("not_allowed");
        actor.post(&text.under("articles"), &json!({ "number": "9", "body": "x" })).problem("not_allowed");
        actor.patch(&format!("/v1/articles/{}", text.article), "*", &json!({ "body": "x" })).problem("not_allowed");
        actor.delete(&format!("/v1/axes/{}", text.axis), "*").problem("not_allowed");
    }
    let school = world.school("0750655E");
    school.patch(&running.path(), "*", &json!({})).problem("insufficient_scope");
});

both!(an_academie_keeps_the_contacts_of_its_territory, |world| {
    let text = world.in_force("2026-11-02");
    let (here, there) = (world.academie("academie:25"), world.academie("academie:24"));
    let contact = |territory: &str| json!({ "network": "dafpic", "territory": territory, "name": "DAFPIC" });
    let path = text.under("network-contacts");
    let made = here.post(&path, &contact("academie:25")).expect(201);
    here.post(&path, &contact("academie:24")).problem("not_allowed");
    here.post(&path, &contact("national")).problem("not_allowed");
    let address = format!("/v1/network-contacts/{}", made.id());
    there.get(&address).expect(200);
    there.patch(&address, &made.etag(), &json!({ "name": "x" })).problem("not_allowed");
    there.delete(&address, &made.etag()).problem("not_allowed");
    // Nor does it move one of its own elsewhere.
    here.patch(&address, &made.etag(), &json!({ "territory": "academie:24" })).problem("not_allowed");
    let changed = here.patch(&address, &made.etag(), &json!({ "name": "DAFPIC de Versailles" })).expect(200);
    assert_eq!(here.list(&format!("{path}?territory=academie:25&network=dafpic")).len(), 1);
    here.delete(&address, &changed.etag()).expect(204);
    assert_eq!(here.list(&path), [] as [Value; 0]);
});

both!(the_same_text_imported_by_another_is_another_draft, |world| {
    let import = |actor: &Actor| {
        let answer = actor.ask("POST", "/v1/conventions/import").body("text/plain", PASTED).send();
        let id = answer.json["convention"]["id"].as_str().unwrap().to_owned();
        (answer.status, id)
    };
    let (one, other, operator) = (world.association(), world.association(), world.operator());
    let (first, id) = import(&one);
    assert_eq!(first, 201);
    assert_eq!(import(&one), (200, id.clone()));
    let (second, theirs) = import(&other);
    assert_eq!(second, 201);
    assert_ne!(theirs, id);
    other.get(&format!("/v1/conventions/{id}/source")).problem("not_found");
    let (third, brought_in) = import(&operator);
    assert_eq!(third, 201);
    assert_eq!(operator.list("/v1/conventions").len(), 1);
    operator.get(&format!("/v1/conventions/{brought_in}/source")).expect(200);
});

both!(references_do_not_cross_conventions, |world| {
    let (mine, other) = (world.draft(), world.draft());
    let refused = |kind: &str, body: Value, pointer: &str| {
        let faults = mine.association.post(&mine.under(kind), &body).problem("invalid_body").faults();
        assert_eq!(faults, [(pointer.to_owned(), "unknown_reference".to_owned())], "{kind}");
    };
    refused("articles", json!({ "number": "9", "body": "x", "part_id": other.part }), "/part_id");
    refused("clauses", json!({ "kind": "minutes", "article_id": other.article }), "/article_id");
    refused("axes", json!({ "article_id": other.article, "label": "x" }), "/article_id");
    refused("objectives", json!({ "text": "x", "article_id": other.article }), "/article_id");
    refused("objectives", json!({ "text": "x", "served_by_axes": [mine.axis, other.axis] }), "/served_by_axes/1");
    refused(
        "parties",
        json!({ "organisation_id": world.new_id(), "side": "other", "name_as_signed": "x" }),
        "/organisation_id",
    );
    let new = json!({ "title": "x", "document_type": "x", "level": "academic", "territory": "academie:25", "parent_id": other.id });
    let faults = mine.association.post("/v1/conventions", &new).problem("invalid_body").faults();
    assert_eq!(faults, [("/parent_id".to_owned(), "unknown_reference".to_owned())]);
});
