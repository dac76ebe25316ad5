//! `Idempotency-Key`: one write, however often it is sent.

use serde_json::json;

use super::{draft, national, ready, total};
use crate::support::Response;

both!(fifty_twins_write_once, |world| {
    let association = world.association();
    let answers: Vec<Response> = std::thread::scope(|s| {
        let send = || association.ask("POST", "/v1/conventions").json(&national("Une seule")).key("k-1").send();
        let threads: Vec<_> = (0..50).map(|_| s.spawn(send)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let first = &answers[0];
    for answer in &answers {
        let answer = answer.clone().expect(201);
        assert_eq!(
            (&answer.bytes, answer.etag(), answer.header("location")),
            (&first.bytes, first.etag(), first.header("location"))
        );
    }
    assert_eq!(answers.iter().filter(|a| a.header("idempotency-replayed") == Some("true")).count(), 49);
    assert_eq!((world.rows("conventions"), total(&association, "/v1/conventions")), (1, 1));
    assert_eq!((world.rows("changes"), world.rows("audit_entries"), world.rows("idempotency_keys")), (1, 1, 1));
});

both!(twins_under_one_convention, |world| {
    let text = ready(world);
    let (path, body) = (text.under("signatures"), text.signature_of(&text.association, "2024-06-20"));
    let version = text.version();
    let answers: Vec<Response> = std::thread::scope(|s| {
        let send = || text.association.ask("POST", &path).json(&body).key("signature").send();
        let threads: Vec<_> = (0..8).map(|_| s.spawn(send)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|a| a.status == 201 && a.json == answers[0].json));
    assert_eq!((text.items("signatures").len(), text.version()), (1, version + 1));
    // Without a key the second one is told.
    text.association.post(&path, &body).problem("already_signed");
});

both!(a_key_is_of_one_request_of_one_client, |world| {
    let (one, other) = (world.association(), world.association());
    let post = |who: &crate::support::Actor, path: &str, title: &str, key: &str| {
        who.ask("POST", path).json(&national(title)).key(key).send()
    };
    let first = post(&one, "/v1/conventions", "A", "k").expect(201);
    post(&one, "/v1/conventions", "B", "k").problem("idempotency_key_reused");
    post(&one, "/v1/conventions?dry_run=false", "A", "k").problem("idempotency_key_reused");
    assert_ne!(post(&other, "/v1/conventions", "A", "k").expect(201).id(), first.id());
    assert_ne!(post(&one, "/v1/conventions", "A", "k2").expect(201).id(), first.id());
    let organisation = json!({ "kind": "company", "name": "A" });
    one.ask("POST", "/v1/organisations").json(&organisation).key("k").send().expect(201);
    let again = post(&one, "/v1/conventions", "A", "k").expect(201);
    assert_eq!((again.id(), again.header("idempotency-replayed")), (first.id(), Some("true")));
    // What was answered stays so, whatever has become of it since.
    let path = format!("/v1/conventions/{}", first.id());
    one.delete(&path, &first.etag()).expect(204);
    assert_eq!(post(&one, "/v1/conventions", "A", "k").expect(201).bytes, first.bytes);
    one.get(&path).problem("not_found");
    for bad in ["", "clé", &"x".repeat(201), "a b"] {
        let answer = one.ask("POST", "/v1/conventions").json(&national("A")).key(bad).send();
        assert_eq!(answer.problem("invalid_parameters").faults()[0].0, "Idempotency-Key", "{bad}");
    }
});

both!(refusals_are_not_kept, |world| {
    let text = draft(world).with_parties();
    let sign = || {
        let body = text.signature_of(&text.association, "2024-06-20");
        text.association.ask("POST", &text.under("signatures")).json(&body).key("k").send()
    };
    sign().problem("terms_not_set");
    assert_eq!(world.rows("idempotency_keys"), 0);
    let text = text.without_clause("duration").without_clause("renewal_information").without_clause("termination");
    let body = text.signature_of(&text.association, "2024-06-20");
    let sign =
        |body: &serde_json::Value| text.association.ask("POST", &text.under("signatures")).json(body).key("k").send();
    sign(&json!({})).problem("invalid_body");
    let made = sign(&body).expect(201);
    assert_eq!(sign(&body).expect(201).bytes, made.bytes);
    // A dry run neither keeps nor replays.
    let dry =
        text.association.ask("POST", "/v1/conventions?dry_run=true").json(&national("x")).key("dry").send().expect(201);
    assert_eq!(dry.header("idempotency-replayed"), None);
    text.association.ask("POST", "/v1/conventions").json(&national("y")).key("dry").send().expect(201);
});

both!(a_replay_comes_before_what_the_state_has_become, |world| {
    let text = ready(world);
    let article = json!({ "number": "13", "body": "" });
    let made = text.author.ask("POST", &text.under("articles")).json(&article).key("k").send().expect(201);
    let text = text.signed("2024-06-20", "2024-06-27");
    let again = text.author.ask("POST", &text.under("articles")).json(&article).key("k").send().expect(201);
    assert_eq!((&again.bytes, again.header("idempotency-replayed")), (&made.bytes, Some("true")));
    text.author.post(&text.under("articles"), &article).problem("amendment_required");
    // Before 406 and 400 as well, but not before 403 and 404.
    let ask = |who: &crate::support::Actor| who.ask("POST", &text.under("articles")).json(&article).key("k");
    ask(&text.author).header("Accept", "image/png").send().expect(201);
    ask(&world.narrowed(&text.author, &["conventions:read"])).send().problem("insufficient_scope");
    ask(&world.association()).send().problem("not_found");
});
