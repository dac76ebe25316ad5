//! `Idempotency-Key`: one effect however often a request is sent, and nothing kept that should not be.

use diesel::connection::SimpleConnection as _;
use passerelle::http::idempotency;
use serde_json::{Value, json};

use crate::support::{Actor, Response, World};

fn company(name: &str) -> Value {
    json!({ "kind": "company", "name": name })
}

fn create(actor: &Actor, key: &str, body: &Value) -> Response {
    actor.ask("POST", "/v1/organisations").key(key).json(body).send()
}

/// A request whose twin is still open in another transaction; PostgreSQL only.
pub fn in_progress(world: &World) -> Response {
    let operator = world.operator();
    let mut held = world.database.target.open(false).unwrap();
    held.begin_writing().unwrap();
    held.batch_execute(&format!(
        "INSERT INTO idempotency_keys VALUES ('{}', 'POST', '/v1/organisations', 'twin', 'f', 0, '', '', 0)",
        operator.id
    ))
    .unwrap();
    let since = std::time::Instant::now();
    let answer = create(&operator, "twin", &company("a"));
    assert!((4..=9).contains(&since.elapsed().as_secs()), "it waits five seconds: {:?}", since.elapsed());
    assert_eq!(answer.header("retry-after"), Some("1"));
    held.rollback().unwrap();
    // The twin was rolled back: nothing stands in the way any more.
    create(&operator, "twin", &company("a")).expect(201);
    answer
}

both!(fifty_at_once_make_one_row, |world| {
    let operator = world.operator();
    let before = world.rows("organisations");
    let threads: Vec<_> = (0..50)
        .map(|_| {
            let operator = operator.clone();
            std::thread::spawn(move || create(&operator, "the-same", &company("Une fois")))
        })
        .collect();
    let answers: Vec<_> = threads.into_iter().map(|t| t.join().unwrap().expect(201)).collect();
    assert_eq!(world.rows("organisations"), before + 1);
    let made = answers.iter().filter(|a| a.header("idempotency-replayed").is_none()).count();
    assert_eq!(made, 1, "one made it, the others were told");
    for answer in &answers {
        assert_eq!((&answer.json, answer.etag()), (&answers[0].json, answers[0].etag()));
        assert_eq!(answer.header("location"), Some(format!("/v1/organisations/{}", answer.id()).as_str()));
    }
    assert_eq!(world.rows("audit_entries"), 1);
    assert_eq!(world.rows("changes"), 1);
});

both!(a_key_belongs_to_one_request_of_one_client, |world| {
    let (operator, other) = (world.operator(), world.operator());
    let first = create(&operator, "k", &company("a")).expect(201);
    create(&operator, "k", &company("b")).problem("idempotency_key_reused");
    operator
        .ask("POST", "/v1/organisations")
        .key("k")
        .body("application/json", r#"{"name":"a","kind":"company"}"#)
        .send()
        .problem("idempotency_key_reused");
    operator
        .ask("POST", "/v1/organisations?dry_run=false")
        .key("k")
        .json(&company("a"))
        .send()
        .problem("idempotency_key_reused");
    assert_ne!(create(&other, "k", &company("a")).expect(201).id(), first.id());
    // The same key elsewhere is another key.
    let people = format!("/v1/organisations/{}/representatives", first.id());
    let person = json!({ "name": "Camille Martin", "function": "gérante" });
    let person = operator.ask("POST", &people).key("k").json(&person).send().expect(201);
    assert!(person.header("idempotency-replayed").is_none());
    // And what was answered first is still answered, though the organisation has changed since.
    let again = create(&operator, "k", &company("a")).expect(201);
    assert_eq!((again.text.clone(), again.header("idempotency-replayed")), (first.text, Some("true")));
});

both!(a_replay_comes_before_every_fault_of_the_form, |world| {
    let operator = world.operator();
    let first = create(&operator, "k", &company("a")).expect(201);
    let again = operator
        .ask("POST", "/v1/organisations")
        .key("k")
        .header("Accept", "image/png")
        .json(&company("a"))
        .send()
        .expect(201);
    assert_eq!(again.id(), first.id());
    // But not before who may ask.
    let narrow = world.narrowed(&operator, &["organisations:read"]);
    create(&narrow, "k", &company("a")).problem("insufficient_scope");
});

both!(only_successes_are_kept, |world| {
    let operator = world.operator();
    create(&operator, "k", &json!({ "kind": "company" })).problem("invalid_body");
    create(&operator, "k", &company("a")).expect(201);
    let siret = json!({ "kind": "company", "name": "Société", "siret": "73282932000074" });
    create(&operator, "s", &siret).expect(201);
    create(&operator, "t", &siret).problem("duplicate");
    assert_eq!(world.rows("idempotency_keys"), 2);
});

both!(a_dry_run_keeps_no_key, |world| {
    let operator = world.operator();
    let path = "/v1/organisations?dry_run=true";
    let dry = operator.ask("POST", path).key("k").json(&company("a")).send().expect(201);
    assert_eq!(dry.header("x-dry-run"), Some("true"));
    assert_eq!(world.rows("idempotency_keys"), 0);
    create(&operator, "k", &company("b")).expect(201);
});

both!(an_answer_that_holds_a_secret_is_never_kept, |world| {
    let operator = world.operator();
    let new = json!({ "name": "Lecteur", "role": "observer" });
    let ask = || operator.ask("POST", "/v1/clients").key("k").json(&new).send().expect(201);
    let (one, two) = (ask(), ask());
    assert_ne!(one.json["client"]["id"], two.json["client"]["id"]);
    assert_ne!(one.json["client_secret"], two.json["client_secret"]);
    let path = format!("/v1/clients/{}", one.json["client"]["id"].as_str().unwrap());
    let rotated = operator.ask("POST", &format!("{path}/rotate-secret")).key("k").header("If-Match", "*").send();
    rotated.expect(200);
    assert_eq!(world.rows("idempotency_keys"), 0);
    // Nor does a secret stand anywhere else.
    let secret = one.json["client_secret"].as_str().unwrap();
    for (table, column) in [("audit_details", "after"), ("audit_details", "before"), ("clients", "secret_hash")] {
        assert_eq!(world.rows(&format!("{table} WHERE {column} LIKE '%{secret}%'")), 0, "{table}");
    }
});

both!(a_key_is_one_to_two_hundred_visible_characters, |world| {
    let operator = world.operator();
    let (longest, longer) = ("k".repeat(200), "k".repeat(201));
    for good in ["k", "a-b_c.d:e/f", &longest] {
        create(&operator, good, &company("a")).expect(201);
    }
    for bad in ["", "a b", "é", &longer] {
        let refused = create(&operator, bad, &company("a")).problem("invalid_parameters");
        assert_eq!(refused.faults(), [("Idempotency-Key".to_owned(), "malformed".to_owned())], "{bad:?}");
    }
});

both!(keys_live_a_day, |world| {
    let operator = world.operator();
    create(&operator, "k", &company("a")).expect(201);
    world.pass_seconds(idempotency::KEPT - 1);
    let moment = || world.now().plus_seconds(-idempotency::KEPT);
    assert_eq!(world.write(|c| idempotency::drop_before(c, moment()).unwrap()), 0);
    world.pass_seconds(2);
    assert_eq!(world.write(|c| idempotency::drop_before(c, moment()).unwrap()), 1);
});
