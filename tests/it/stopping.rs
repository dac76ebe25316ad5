//! A graceful stop: ready turns 503, what is in flight finishes.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use crate::support::raw::Raw;

both!(ready_turns_503, |world| {
    assert_eq!(world.anonymous().get("/health/ready").expect(200).json["status"], "ok");
    world.may_fail();
    world.app.drain();
    world.anonymous().get("/health/ready").problem("unavailable");
    // It lives, and serves those who still come.
    world.anonymous().get("/health/live").expect(200);
    world.operator().get("/v1/me").expect(200);
});

both!(what_is_in_flight_finishes, |world| {
    let token = world.operator().token.unwrap();
    // Another program holds the table: the request is inside and waits for it.
    let mut held = world.database.target.open(false).unwrap();
    held.begin_writing().unwrap();
    if world.on_postgres() {
        held.batch_execute("LOCK TABLE organisations IN EXCLUSIVE MODE").unwrap();
    }
    let body = r#"{"kind":"other","name":"en vol"}"#;
    let mut raw = Raw::connect(world.address);
    raw.send(format!(
        "POST /v1/organisations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let since = Instant::now();
    while world.app.db.waiting() == 0 {
        assert!(since.elapsed() < Duration::from_secs(10), "the request never came in");
        std::thread::sleep(Duration::from_millis(10));
    }
    world.stop(true);
    std::thread::sleep(Duration::from_millis(500));
    // No new caller gets in…
    if let Some(mut late) = Raw::connect_if_open(world.address) {
        late.stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        late.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(late.answer().is_none());
    }
    // …and the one inside is answered.
    held.rollback().unwrap();
    let answer = raw.answer().expect("an answer");
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(world.rows("organisations"), 1);
});

both!(a_database_that_is_gone_is_a_503_and_comes_back, |world| {
    let operator = world.operator();
    operator.get("/v1/clients").expect(200);
    if !world.on_postgres() {
        return;
    }
    world.may_fail();
    // Every connection of the service is cut.
    world.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(operator.get("/v1/clients").status);
        if statuses.ends_with(&[200, 200, 200]) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(statuses.iter().all(|s| matches!(s, 200 | 503)), "{statuses:?}");
    assert!(statuses.ends_with(&[200, 200, 200]), "{statuses:?}");
    // Each writing thread finds out for itself, once.
    let create = || operator.post("/v1/organisations", &serde_json::json!({ "kind": "other", "name": "x" })).status;
    let statuses: Vec<_> = (0..8).map(|_| create()).collect();
    assert!(statuses.iter().all(|s| matches!(s, 201 | 503)), "{statuses:?}");
    assert!(statuses.iter().filter(|s| **s == 503).count() <= 2, "{statuses:?}");
});
