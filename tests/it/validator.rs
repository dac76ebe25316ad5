//! The judge of every answer is itself judged: what is not documented must not pass.

use serde_json::{Value, json};

use crate::support::Response;
use crate::support::contract::{Exchange, judge};

const ID: &str = "01a207a2-3280-7000-8000-000000000001";

fn me() -> Value {
    json!({
        "client_id": ID, "name": "x", "role": "operator", "scopes": [], "organisation": null, "territories": [],
        "uais": [], "perimeter": { "fr": "a", "en": "b" }, "today": "2026-11-23",
    })
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Response::new("a test".into(), status, headers, body.as_bytes().to_vec())
}

fn verdict(method: &str, path: &str, response: &Response) -> String {
    judge(&Exchange { method, path, response }).err().unwrap_or_default()
}

const JSON: [(&str, &str); 3] = [("content-type", "application/json"), ("x-request-id", "r"), ("etag", "\"1.x\"")];
const PROBLEM: [(&str, &str); 4] = [
    ("content-type", "application/problem+json"),
    ("x-request-id", "r"),
    ("content-language", "en"),
    ("www-authenticate", "Bearer"),
];

#[test]
fn what_is_documented_passes() {
    assert_eq!(verdict("GET", "/v1/me", &answer(200, &JSON, &me().to_string())), "");
    assert_eq!(verdict("GET", "/v1/me?x=1", &answer(200, &JSON, &me().to_string())), "");
}

#[test]
fn what_is_not_documented_does_not() {
    let with = |member: &str, value: Value| {
        let mut body = me();
        body[member] = value;
        answer(200, &JSON, &body.to_string())
    };
    let without = |member: &str| {
        let mut body = me();
        body.as_object_mut().unwrap().remove(member);
        answer(200, &JSON, &body.to_string())
    };
    for (why, response) in [
        ("Additional properties", with("surplus", json!(1))),
        ("Additional properties", with("perimeter", json!({ "fr": "a", "en": "b", "de": "c" }))),
        ("is not of type", with("name", json!(1))),
        ("is not", with("role", json!("king"))),
        ("is not a \"uuid\"", with("client_id", json!("x"))),
        ("is not a \"date\"", with("today", json!("2026-02-30"))),
        ("is a required property", without("scopes")),
        ("documents no status 418", answer(418, &JSON, "{}")),
        ("documents no status 201", answer(201, &JSON, &me().to_string())),
        ("the content type text/html", answer(200, &[("content-type", "text/html"), JSON[1], JSON[2]], "x")),
        ("no Content-Type", answer(200, &[JSON[1], JSON[2]], "x")),
        ("the header ETag", answer(200, &JSON[..2], &me().to_string())),
        ("no X-Request-Id", answer(200, &[JSON[0], JSON[2]], &me().to_string())),
        ("is no JSON", answer(200, &JSON, "{")),
        ("a body where none", answer(304, &JSON, "{}")),
    ] {
        let said = if why.contains("418") {
            // Every error must be a problem first.
            let said = verdict("GET", "/v1/me", &response);
            assert!(said.contains("a problem of the type"), "{said}");
            continue;
        } else {
            verdict("GET", "/v1/me", &response)
        };
        assert!(said.contains(why), "{why:?} expected, said {said:?}");
    }
}

#[test]
fn an_operation_that_is_not_documented_does_not() {
    for (method, path) in [("GET", "/v1/nothing"), ("DELETE", "/v1/me"), ("PUT", "/v1/clients/x"), ("GET", "/")] {
        let said = verdict(method, path, &answer(200, &JSON, "{}"));
        assert!(said.contains("no operation"), "{method} {path}: {said:?}");
    }
}

#[test]
fn a_problem_must_be_whole_and_true() {
    let problem = |change: fn(&mut Value)| {
        let entry = passerelle::error::table::find("unauthenticated");
        let mut body = json!({
            "type": "/problems/unauthenticated", "title": entry.title.1, "status": 401, "detail": "d",
            "instance": "/v1/me", "code": "unauthenticated", "request_id": "r",
        });
        change(&mut body);
        verdict("GET", "/v1/me", &answer(401, &PROBLEM, &body.to_string()))
    };
    assert_eq!(problem(|_| {}), "");
    for change in [
        (|b| b["code"] = json!("unknown")) as fn(&mut Value),
        |b| b["status"] = json!(400),
        |b| b["type"] = json!("about:blank"),
        |b| b["instance"] = json!("/v1"),
        |b| b["request_id"] = json!("other"),
        |b| b["title"] = json!("Other"),
        |b| b["stack"] = json!("at line 1"),
        |b| b["code"] = json!("not_found"),
        |b| drop(b.as_object_mut().unwrap().remove("detail")),
    ] {
        assert_ne!(problem(change), "");
    }
}
