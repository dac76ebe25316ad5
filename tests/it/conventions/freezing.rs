//! The text and its signatures: a change voids them, and once in force nothing changes but by amendment (R06).

use serde_json::{Value, json};

use super::{Signs, party, ready, refused};

both!(a_changed_text_voids_its_signatures, |world| {
    let text = ready(world);
    let signed = text.association.signs(&text, "2024-06-20").expect(201).id();
    assert_eq!(text.json()["status"], "partially_signed");
    let hash = text.hash();
    text.change(&format!("/v1/articles/{}", text.id_of("article 12")), &json!({ "body": "Autrement." })).expect(200);
    let read = text.json();
    assert_eq!((&read["status"], &read["first_signed_on"]), (&json!("draft"), &Value::Null));
    assert_ne!(read["content_hash"], json!(hash));
    let voided = text.author.get(&format!("/v1/signatures/{signed}")).expect(200).json;
    assert_eq!((&voided["voided_at"], &voided["content_hash"]), (&json!(world.now()), &json!(hash)));
    // The first text again is not the first signature again.
    text.change(&format!("/v1/articles/{}", text.id_of("article 12")), &json!({ "body": "Texte de l'article 12." }))
        .expect(200);
    assert_eq!((text.hash(), text.json()["status"].as_str()), (hash, Some("draft")));
    let text = text.signed("2024-06-21", "2024-06-27");
    assert_eq!(text.status_on("2024-06-20"), "draft");
    assert_eq!(text.items("signatures").len(), 3);
    assert_eq!(text.items("signatures").iter().filter(|s| s["voided_at"].is_null()).count(), 2);
});

both!(what_is_not_of_the_text_voids_nothing, |world| {
    let text = ready(world);
    text.association.signs(&text, "2024-06-20").expect(201);
    let hash = text.hash();
    text.change("", &json!({ "external_id": "clé" })).expect(200);
    text.add("clauses", &json!({ "kind": "agenda" })).expect(201);
    text.change(&format!("/v1/clauses/{}", text.id_of("clause duration")), &json!({ "quote": "cinq ans" })).expect(200);
    text.change(&format!("/v1/articles/{}", text.id_of("article 12")), &json!({ "position": 9 })).expect(200);
    text.change(&format!("/v1/articles/{}", text.id_of("article 12")), &json!({})).expect(200);
    let contact = json!({ "network": "clee", "territory": "national", "name": "CLEE" });
    text.add("network-contacts", &contact).expect(201);
    assert_eq!((text.hash(), text.json()["status"].as_str()), (hash.clone(), Some("partially_signed")));
    // Each of these is.
    for (piece, patch) in [
        (format!("/v1/parties/{}", text.id_of("party ministry")), json!({ "representative": "Dominique Durand" })),
        (format!("/v1/clauses/{}", text.id_of("clause duration")), json!({ "parameters": { "value": 4 } })),
        (format!("/v1/articles/{}", text.id_of("article 12")), json!({ "position": 1 })),
        (String::new(), json!({ "last_day_rule": "eve" })),
        (String::new(), json!({ "preamble": { "body": "Considérant…" } })),
    ] {
        let before = text.hash();
        text.change(&piece, &patch).expect(200);
        if patch["position"].is_null() {
            assert_ne!(text.hash(), before, "{patch}");
            assert_eq!(text.json()["status"], "draft");
        }
        let _ = text.association.signs(&text, "2024-06-20");
    }
});

both!(in_force_the_text_changes_by_amendment_only, |world| {
    let text = ready(world).with("parts", "part", &json!({ "number": "I" }));
    let axis = json!({ "article_id": text.id_of("article 12"), "label": "Axe" });
    let text = text.with("axes", "axis", &axis).with("objectives", "objective", &json!({ "text": "But" }));
    let text = text.signed("2024-06-20", "2024-06-27");
    let (version, hash) = (text.version(), text.hash());
    let pieces = [
        ("parts", "part", json!({ "number": "II" })),
        ("articles", "article 11", json!({ "number": "13", "body": "" })),
        ("clauses", "clause duration", json!({ "kind": "agenda" })),
        ("axes", "axis", json!({ "article_id": text.id_of("article 11"), "label": "Autre" })),
        ("objectives", "objective", json!({ "text": "Autre" })),
        ("parties", "party ministry", party(&world.association(), "other")),
    ];
    let amend = |answer: crate::support::Response| {
        refused(&answer, "amendment_required", "R06", Some("11"));
        assert_eq!(answer.json["computed"]["status"], "in_force", "{}", answer.asked);
    };
    for actor in [&text.association, &text.ministry] {
        for (kind, name, new) in &pieces {
            let address = format!("/v1/{kind}/{}", text.id_of(name));
            amend(actor.post(&text.under(kind), new));
            amend(actor.patch(&address, &text.etag(), &json!({ "position": 50 })));
            amend(actor.delete(&address, &text.etag()));
            // What is wrong with the request comes before the rule.
            actor.patch(&address, &text.etag(), &json!({ "position": 0 })).problem("invalid_body");
            actor.patch(&address, "\"1\"", &json!({})).problem("version_mismatch");
        }
        amend(actor.patch(&text.path(), &text.etag(), &json!({ "title": "Autre" })));
        amend(actor.delete(&text.path(), &text.etag()));
        amend(actor.act(&text.under("confirm-clauses"), &text.etag()));
    }
    assert_eq!((text.version(), text.hash()), (version, hash));
});

both!(signed_by_all_it_is_frozen_before_it_takes_effect, |world| {
    let coming = ready(world).with_clause("effective", "11", &json!({ "on": "2026-12-01" }));
    coming.association.signs(&coming, "2026-11-20").expect(201);
    // One has signed: the text still changes, and the signature is void.
    coming.change("", &json!({ "title": "Convention corrigée" })).expect(200);
    let coming = coming.signed("2026-11-20", "2026-11-21");
    assert_eq!((coming.json()["status"].as_str(), coming.hash()), (Some("partially_signed"), coming.hash()));
    let (version, hash) = (coming.version(), coming.hash());
    let computed = refused(&coming.change("", &json!({ "title": "x" })), "amendment_required", "R06", Some("11"));
    assert_eq!(computed, json!({ "complete_on": "2026-11-21", "status": "partially_signed" }));
    let article = format!("/v1/articles/{}", coming.id_of("article 12"));
    amend_of(&coming.change(&article, &json!({ "body": "Autrement." })));
    amend_of(&coming.author.delete(&article, &coming.etag()));
    amend_of(&coming.add("articles", &json!({ "number": "13", "body": "" })));
    amend_of(&coming.author.act(&coming.under("confirm-clauses"), &coming.etag()));
    amend_of(&coming.author.delete(&coming.path(), &coming.etag()));
    assert_eq!((coming.version(), coming.hash()), (version, hash));
    let acts = coming.json()["allowed_acts"].clone();
    let act = |name: &str| acts.as_array().unwrap().iter().find(|act| act["act"] == name).unwrap().clone();
    assert_eq!((&act("update")["code"], &act("amend")["allowed"]), (&json!("amendment_required"), &json!(true)));
    assert_eq!((&act("abandoned")["flag"], &act("abandoned")["rule"]), (&json!("without_effect"), &json!("R01")));
    // Nor does one party give it up any more: what it says is kept, and ends nothing.
    let given_up = |on: &str| {
        let fact = json!({ "kind": "abandoned", "done_by": coming.id_of("party association"), "occurred_on": on });
        coming.association.post(&coming.under("facts"), &fact).expect(201).json["warnings"].clone()
    };
    let warning = &given_up("2026-11-22")[0];
    assert_eq!(
        (&warning["code"], &warning["rule"], &warning["computed"]),
        (&json!("without_effect"), &json!("R01"), &json!({ "occurred_on": "2026-11-22", "complete_on": "2026-11-21" }))
    );
    assert_eq!(given_up("2026-11-21")[0]["code"], "without_effect");
    // Nor by a day of before the last signature, told since.
    assert_eq!(given_up("2026-11-02")[0]["code"], "without_effect");
    assert_eq!(
        (coming.status_on("2026-11-30"), coming.status_on("2026-12-01")),
        ("partially_signed".into(), "in_force".into())
    );
    // It ends by agreement, before it takes effect if they want it so.
    for (actor, party) in [(&coming.association, "party association"), (&coming.ministry, "party ministry")] {
        let fact = json!({ "kind": "termination_agreed", "done_by": coming.id_of(party), "occurred_on": "2026-11-23",
            "effective_on": "2026-11-24" });
        actor.post(&coming.under("facts"), &fact).expect(201);
    }
    assert_eq!(coming.status_on("2026-11-25"), "terminated");
});

fn amend_of(answer: &crate::support::Response) {
    refused(answer, "amendment_required", "R06", Some("11"));
}

both!(after_its_end_it_changes_no_more, |world| {
    let text = ready(world).signed("2014-06-20", "2014-06-27");
    let computed = refused(&text.change("", &json!({ "title": "x" })), "ended", "R06", Some("11"));
    assert_eq!(computed["status"], "expired");
    text.add("articles", &json!({ "number": "13", "body": "" })).problem("ended");
    // The day of the end and the day after, as the days pass.
    let text = ready(world).signed("2021-11-20", "2021-11-23");
    assert_eq!(text.json()["last_day"], "2026-11-23");
    text.change("", &json!({ "title": "x" })).problem("amendment_required");
    world.pass_seconds(14 * 3600 - 1);
    let text = text.renewed(world);
    text.change("", &json!({ "title": "x" })).problem("amendment_required");
    world.pass_seconds(1);
    text.change("", &json!({ "title": "x" })).problem("ended");
});

both!(without_an_amendment_clause_no_article_is_cited, |world| {
    let text = ready(world);
    let clause = format!("/v1/clauses/{}", text.id_of("clause amendment"));
    // One that nobody has confirmed is no clause yet.
    text.change(&clause, &json!({ "confirmed": false })).expect(200);
    let text = text.signed("2024-06-20", "2024-06-27");
    refused(&text.change("", &json!({ "title": "x" })), "amendment_required", "R06", None);
});
