//! `/metrics`: what callers make up makes no series.

use std::collections::BTreeSet;

use passerelle::error::table::TABLE;
use passerelle::http::metrics::{METHODS, OTHER, SUCCESSES, UNMATCHED};
use serde_json::json;

use crate::support::World;
use crate::support::raw::Raw;
use crate::tokens::forge::Forge;

/// Routes that the document does not describe: itself and its pages.
const PAGES: [&str; 4] = ["/openapi.json", "/docs", "/docs/{_:.*}", UNMATCHED];

/// Sends one request on a connection of its own; its answer is not looked at.
fn send(world: &World, method: &str, path: &str, headers: &str) {
    let mut raw = Raw::connect(world.address);
    raw.send(format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: 0\r\n\r\n"));
    assert!(raw.is_closed(), "{method} {path}");
}

/// Everything that a caller can make up, by the hundred.
fn make_up(world: &World, round: &str) {
    let operator = world.operator();
    let forge = Forge::new(world, &operator);
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
    let known = bearer(operator.token.as_ref().unwrap());
    for n in 0..100 {
        let name = format!("{round}{n}");
        let long = name.repeat(500);
        send(world, &name, "/v1/me", "");
        send(world, &name, "/v1/conventions", &known);
        send(world, &long, "/health/live", "");
        send(world, "GET", &format!("/v1/{name}"), &known);
        send(world, "GET", &format!("/{long}"), "");
        send(world, "POST", "/v1/clients", &format!("{known}Content-Type: {name}/x\r\n"));
        send(world, "GET", "/v1/me", &format!("{known}Accept: {name}/x\r\nX-Request-Id: {name}\r\n"));
        send(world, "GET", &format!("/v1/me?{name}=1"), &known);
        send(world, "GET", &format!("/v1/conventions/{name}"), &known);
        let other_issuer = forge.with_claims(&json!({ "iss": format!("https://{name}.example") }));
        send(world, "GET", "/v1/me", &bearer(&other_issuer));
        send(world, "GET", "/v1/me", &bearer(&forge.with_header(&json!({ "kid": name, "alg": "EdDSA" }))));
        send(world, "GET", "/v1/me", &bearer(&name));
    }
    for method in ["HEAD", "OPTIONS", "PUT", "TRACE", "CONNECT", "get"] {
        for path in ["/v1/me", "/v1/nothing", "/health/live", "*"] {
            send(world, method, path, &known);
        }
    }
}

/// The page, and the names of its series.
fn series(world: &World) -> (String, BTreeSet<String>) {
    let page = world.anonymous().get("/metrics").expect(200).text;
    let names = page.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    let names = names.map(|(series, _)| series.to_owned()).collect();
    (page, names)
}

/// The values of a label.
fn values<'p>(page: &'p str, label: &str) -> BTreeSet<&'p str> {
    let start = format!("{label}=\"");
    page.lines().filter_map(|line| line.split_once(&start)?.1.split('"').next()).collect()
}

both!(what_callers_make_up_makes_no_series, |world| {
    // A row that another release left.
    world.sql(
        "INSERT INTO jobs (name, owner, lease_until, next_at, last_ok, runs, failures) VALUES ('of_old', '', 0, 0, 1, 0, 0)",
    );
    series(world);
    make_up(world, "made-up");
    let (page, before) = series(world);
    let document = passerelle::openapi::generate();
    let routes: Vec<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).chain(PAGES).collect();
    let methods: Vec<_> = METHODS.into_iter().chain([OTHER]).collect();
    let mut statuses: Vec<_> = SUCCESSES.into_iter().chain(TABLE.iter().map(|entry| entry.status)).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let statuses: Vec<_> = statuses.iter().map(ToString::to_string).chain([OTHER.into()]).collect();
    for method in values(&page, "method") {
        assert!(methods.contains(&method), "{method}");
    }
    for route in values(&page, "route") {
        assert!(routes.contains(&route), "{route}");
    }
    for status in values(&page, "status") {
        assert!(statuses.iter().any(|known| known == status), "{status}");
    }
    assert!(!page.contains("of_old") && !page.contains("made-up"));
    // Requests by method, route and status, their durations by method and route (ten buckets, the rest, sum, count),
    // a few gauges and the jobs.
    let bound = methods.len() * routes.len() * (statuses.len() + 13) + 20;
    assert!(before.len() <= bound, "{} series, at most {bound}", before.len());
    assert!(page.len() <= bound * 160, "{} bytes", page.len());
    // The same kinds under other names: not one series more.
    make_up(world, "again");
    let (page, after) = series(world);
    let new: Vec<_> = after.difference(&before).collect();
    assert!(new.is_empty() && !page.contains("again"), "{new:?}");
});
