//! What one body may cost: so many faults, each of a bounded size; so many values; so much of the memory that all share.

use serde_json::{Value, json};

use super::bulk::bulk;
use super::{reference, visit};
use crate::support::raw::Raw;
use crate::support::{Actor, Response, World};

/// Faults of a body or line, and of an answer.
const MOST: usize = 100;
const ANSWER: usize = 1000;

fn post(actor: &Actor, path: &str, body: impl Into<Vec<u8>>) -> Response {
    actor.ask("POST", path).body("application/json", body).send()
}

fn errors(problem: &Value) -> &Vec<Value> {
    problem["errors"].as_array().expect("errors")
}

/// Faults that carry what would have been accepted.
fn listed(problem: &Value) -> usize {
    errors(problem).iter().filter(|fault| !fault["accepted"].is_null()).count()
}

both!(a_hundred_faults_of_a_body_and_then_reading_stops, |world| {
    let text = reference(world);
    let association = &text.association;
    let with = |extra: Value| association.post("/v1/actions", &visit(&text, &extra)).problem("invalid_body").json;
    // As many as are told, and not one more.
    let wrong = |number: usize| vec!["9e"; number];
    let exact = with(json!({ "levels": wrong(MOST) }));
    assert_eq!((errors(&exact).len(), &exact["more_errors"]), (MOST, &Value::Null));
    let many = with(json!({ "levels": wrong(15_000) }));
    assert_eq!((errors(&many).len(), &many["more_errors"]), (MOST, &json!(true)));
    // What is accepted is told once for all items of the list.
    assert_eq!(listed(&many), 1);
    assert!(errors(&many)[0]["accepted"].as_array().unwrap().iter().any(|level| level == "3e"));
    // Unknown members, each of another name; members that occur twice; texts without a word; rules of fields.
    let unknown: serde_json::Map<_, _> = (0..5_000).map(|n| (format!("x{n}"), json!(1))).collect();
    let unknown = with(Value::Object(unknown));
    assert_eq!((errors(&unknown).len(), &unknown["more_errors"], listed(&unknown)), (MOST, &json!(true), 1));
    let twice = format!("{{\"a\":1{}}}", ",\"a\":1".repeat(500));
    let twice = post(association, "/v1/actions", twice).problem("invalid_body").json;
    assert_eq!((errors(&twice).len(), &twice["more_errors"]), (MOST, &json!(true)));
    let blank = with(json!({ "themes": vec![" "; 5_000] }));
    assert_eq!((errors(&blank).len(), &blank["more_errors"]), (MOST, &json!(true)));
    let school = json!({ "uai": "0930001W", "class_label": "" });
    let rules = with(json!({ "schools": vec![school; 900] }));
    assert_eq!((errors(&rules).len(), &rules["more_errors"]), (MOST, &json!(true)));
    // Parameters.
    let query = (0..500).map(|n| format!("&y{n}=1")).collect::<Vec<_>>().concat();
    let parameters = association.get(&format!("/v1/actions?limit=1{query}")).problem("invalid_parameters").json;
    assert_eq!((errors(&parameters).len(), &parameters["more_errors"]), (MOST, &json!(true)));
    assert_eq!(listed(&parameters), 1);
});

both!(a_merge_patch_is_bounded_too, |world| {
    let text = reference(world);
    let action = text.association.post("/v1/actions", &visit(&text, &json!({}))).expect(201);
    let unknown: serde_json::Map<_, _> = (0..5_000).map(|n| (format!("x{n}"), json!(1))).collect();
    let ask = text.association.ask("PATCH", &format!("/v1/actions/{}", action.id()));
    let refused = ask.header("If-Match", "*").merge_patch(&Value::Object(unknown)).send().problem("invalid_body").json;
    assert_eq!((errors(&refused).len(), &refused["more_errors"]), (MOST, &json!(true)));
});

both!(what_was_sent_is_quoted_in_part, |world| {
    let text = reference(world);
    let name = "é".repeat(300_000);
    let below: Vec<Value> = (0..200).map(|_| json!({ "x": 1 })).collect();
    for body in
        [json!({ &name: 1 }), json!({ "schools": [{ &name: 1 }] }), json!({ "kind": &name }), json!({ &name: below })]
    {
        let answer = text.association.post("/v1/actions", &body).problem("invalid_body");
        assert!(answer.bytes.len() < 20_000, "{} bytes", answer.bytes.len());
    }
    let query = format!("/v1/actions?{}=1", "x".repeat(8_000));
    let answer = text.association.get(&query).problem("invalid_parameters");
    assert!(answer.bytes.len() < 5_000, "{} bytes", answer.bytes.len());
});

both!(a_body_has_so_many_values, |world| {
    let text = reference(world);
    for item in ["1", "{}", "[]", "{\"a\":1}", "\"x\""] {
        let body = format!("{{\"levels\":[{}1]}}", format!("{item},").repeat(100_000));
        post(&text.association, "/v1/actions", body).problem("payload_too_large");
    }
    // At its place: after the version, for what is wrong with it; before it, for what cannot be read.
    let action = text.association.post("/v1/actions", &visit(&text, &json!({}))).expect(201);
    let body = format!("{{\"levels\":[{}1]}}", "1,".repeat(100_000));
    let ask = text.association.ask("PATCH", &format!("/v1/actions/{}", action.id()));
    ask.body("application/merge-patch+json", body).send().problem("payload_too_large");
});

/// Waits until no body has any of the room: a thread of the database may hold one a moment longer than its answer.
fn wait_until_empty(world: &World) {
    for _ in 0..1000 {
        if world.app.room.taken() == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{} bytes are still taken", world.app.room.taken());
}

both!(bodies_share_a_room, |world| {
    let text = reference(world);
    let body = visit(&text, &json!({}));
    let room = &world.app.room;
    wait_until_empty(world);
    let mut large = room.share();
    assert!(large.take(120 << 20));
    // Small bodies still have some of it.
    text.association.post("/v1/actions", &body).expect(201);
    let padded = format!("{}{}", " ".repeat(500_000), body);
    let refused = post(&text.association, "/v1/actions", padded.clone()).problem("busy");
    assert_eq!(refused.header("retry-after"), Some("5"));
    drop(large);
    post(&text.association, "/v1/actions", padded).expect(201);
    wait_until_empty(world);
});

both!(what_is_declared_and_never_sent_takes_no_room, |world| {
    let text = reference(world);
    let token = text.association.token.clone().unwrap();
    let head = format!(
        "POST /v1/actions/bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
        64 << 20
    );
    wait_until_empty(world);
    let mut held: Vec<Raw> = (0..10).map(|_| Raw::connect(world.address)).collect();
    assert!(held.iter_mut().all(|raw| raw.send(&head)));
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(world.app.room.taken(), 0);
    bulk(&text.association, "", &[json!({ "action": visit(&text, &json!({})) })]).expect(200);
    drop(held);
});

/// A line with so many unknown members.
fn hostile(members: usize) -> Value {
    let unknown: serde_json::Map<_, _> = (0..members).map(|n| (format!("x{n}"), json!(1))).collect();
    json!({ "action": unknown })
}

fn told(lines: &Value) -> usize {
    let problems = lines.as_array().unwrap().iter().map(|line| &line["problem"]);
    problems.filter_map(|problem| problem["errors"].as_array()).map(Vec::len).sum()
}

fn count(world: &World) -> i64 {
    world.rows("actions")
}

both!(a_bulk_stops_once_it_has_told_enough, |world| {
    let text = reference(world);
    let good = json!({ "action": visit(&text, &json!({})) });
    let mut lines = vec![good.clone()];
    lines.extend(vec![hostile(3_000); 50]);
    let refused = bulk(&text.association, "", &lines).problem("bulk_refused").json;
    assert_eq!((refused["lines"].as_array().unwrap().len(), told(&refused["lines"])), (10, ANSWER));
    assert_eq!((&refused["more_errors"], &refused["refused"]), (&json!(true), &json!(10)));
    assert_eq!(refused["lines"][0]["problem"]["more_errors"], true);
    assert_eq!(listed(&refused["lines"][0]["problem"]), 1);
    assert_eq!(count(world), 0);
    // A few are told whole, and nothing is said to be missing.
    let few = bulk(&text.association, "", &[good, hostile(5)]).problem("bulk_refused").json;
    assert_eq!((&few["more_errors"], &few["refused"]), (&Value::Null, &json!(1)));
    // Lines that have no fault of their own count for one each.
    let absent = vec![json!({ "op": "hold", "external_id": "nothing" }); ANSWER + 5];
    let refused = bulk(&text.association, "", &absent).problem("bulk_refused").json;
    assert_eq!((refused["lines"].as_array().unwrap().len(), &refused["more_errors"]), (ANSWER, &json!(true)));
});

both!(a_bulk_of_what_can_be_goes_on_and_tells_less, |world| {
    let text = reference(world);
    let mut lines = vec![hostile(3_000); 12];
    lines.push(json!({ "action": visit(&text, &json!({})) }));
    let ask = || {
        let body = lines.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
        let ask = text.association.ask("POST", "/v1/actions/bulk?mode=partial").key("hostile");
        ask.body("application/x-ndjson", body).send().expect(200)
    };
    let answer = ask();
    assert_eq!((&answer.json["done"], &answer.json["refused"]), (&json!(1), &json!(12)));
    assert_eq!((told(&answer.json["results"]), &answer.json["more_errors"]), (ANSWER, &json!(true)));
    let last = &answer.json["results"][11]["problem"];
    assert_eq!((&last["code"], &last["more_errors"]), (&json!("invalid_body"), &json!(true)));
    assert_eq!(last["errors"], Value::Null);
    assert_eq!(answer.json["results"][12]["problem"], Value::Null);
    // Told again as it was.
    let again = ask();
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.bytes, answer.bytes);
    assert_eq!(count(world), 1);
    // Many thousand lines that are nothing: each is told shortly.
    let nothing = "{}\n".repeat(5_000);
    let ask = text.association.ask("POST", "/v1/actions/bulk?mode=partial").body("application/x-ndjson", nothing);
    let answer = ask.send().expect(200);
    assert_eq!(answer.json["refused"], 5_000);
    assert!(answer.bytes.len() < 4 << 20, "{}", answer.bytes.len());
});

both!(a_line_is_bounded_and_so_are_lines, |world| {
    let text = reference(world);
    let send = |kind: &str, body: String| text.association.ask("POST", "/v1/actions/bulk").body(kind, body).send();
    let long = json!({ "action": visit(&text, &json!({ "comment": "a".repeat(1 << 20) })) });
    let refused = bulk(&text.association, "", &[long]).problem("bulk_refused").json;
    assert_eq!(refused["lines"][0]["problem"]["code"], "payload_too_large");
    send("application/x-ndjson", "1\n".repeat(100_001)).problem("payload_too_large");
    send("text/csv", format!("Titre\n{}", "a\n".repeat(150_000))).problem("payload_too_large");
    send("text/csv", format!("Titre\n{}", format!("{}\n", ";".repeat(999)).repeat(5_000))).problem("payload_too_large");
    send("text/csv", format!("Titre\n{}\n", "a".repeat((1 << 20) + 1))).problem("payload_too_large");
});
