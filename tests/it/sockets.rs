//! Bytes that no client would send: slow, silent, ambiguous, too long.

use std::time::{Duration, Instant};

use crate::support::World;
use crate::support::contract::{Exchange, check};
use crate::support::raw::{Raw, ask};

fn request(world: &World, head: &str) -> String {
    let token = world.operator().token.unwrap();
    head.replace('\n', "\r\n").replace("{bearer}", &format!("Authorization: Bearer {token}"))
}

both!(headers_that_trickle_are_cut_off, |config| config.header_timeout = 1, |world| {
    let mut raw = Raw::connect(world.address);
    let since = Instant::now();
    raw.send("GET /health/live HTTP/1.1\r\nHost: x\r\n");
    for n in 0..12 {
        std::thread::sleep(Duration::from_millis(250));
        if !raw.send(format!("X-{n}: y\r\n")) {
            break;
        }
    }
    let answer = raw.answer();
    assert!(answer.is_none_or(|a| a.status == 408), "a slow client gets no page");
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    // Others are served meanwhile and after.
    world.anonymous().get("/health/live").expect(200);
});

both!(a_silent_socket_is_closed, |config| config.header_timeout = 1, |world| {
    let mut silent: Vec<_> = (0..5).map(|_| Raw::connect(world.address)).collect();
    let mut half = Raw::connect(world.address);
    half.send("GET /health/live HTT");
    world.anonymous().get("/health/live").expect(200);
    let since = Instant::now();
    for raw in &mut silent {
        raw.stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
        assert!(raw.is_closed(), "a socket that sends no byte stays open");
    }
    half.stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
    assert!(half.is_closed());
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
});

both!(a_request_that_two_readers_could_cut_differently_is_refused, |world| {
    for (name, head) in [
        (
            "both lengths",
            "Content-Length: 5\nTransfer-Encoding: chunked\n\n0\n\nGET /health/live HTTP/1.1\nHost: x\n\n",
        ),
        (
            "both, the other way",
            "Transfer-Encoding: chunked\nContent-Length: 5\n\n0\n\nGET /health/live HTTP/1.1\nHost: x\n\n",
        ),
        ("two lengths", "Content-Length: 2\nContent-Length: 9\n\n{}GET /health/live HTTP/1.1\nHost: x\n\n"),
        ("two lengths in one", "Content-Length: 2, 9\n\n{}"),
        ("a length with a sign", "Content-Length: +2\n\n{}"),
        ("a negative length", "Content-Length: -2\n\n{}"),
        ("a length in hexadecimal", "Content-Length: 0x2\n\n{}"),
        ("an encoding nobody knows", "Transfer-Encoding: xchunked\n\n0\n\n"),
        ("chunked before another", "Transfer-Encoding: chunked, identity\n\n0\n\n"),
        ("a space before the colon", "Content-Length : 2\n\n{}"),
        ("a folded header", "X-A: b\n c\nContent-Length: 2\n\n{}"),
        ("a chunk size that is none", "Transfer-Encoding: chunked\n\nzz\n{}\n0\n\n"),
        ("a chunk size beyond 64 bits", "Transfer-Encoding: chunked\n\n10000000000000000\n{}\n0\n\n"),
        ("a negative chunk size", "Transfer-Encoding: chunked\n\n-1\n{}\n0\n\n"),
    ] {
        let head = format!("POST /v1/clients HTTP/1.1\nHost: x\n{{bearer}}\nContent-Type: application/json\n{head}");
        let mut raw = Raw::connect(world.address);
        raw.stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        raw.send(request(world, &head));
        raw.finish();
        let mut statuses = Vec::new();
        while let Some(answer) = raw.answer() {
            statuses.push(answer.status);
        }
        assert!(statuses.iter().all(|s| *s >= 400) && statuses.len() <= 1, "{name}: {statuses:?}");
    }
    assert_eq!(world.rows("changes"), 0);
});

both!(requests_one_after_the_other_are_answered_in_order, |world| {
    let mut raw = Raw::connect(world.address);
    raw.send(request(
        world,
        "GET /v1/me HTTP/1.1\nHost: x\n{bearer}\n\nGET /v1/nothing HTTP/1.1\nHost: x\n{bearer}\n\nGET /health/live HTTP/1.1\nHost: x\n\n",
    ));
    let statuses: Vec<_> = (0..3).map(|_| raw.answer().map(|a| a.status)).collect();
    assert_eq!(statuses, [Some(200), Some(404), Some(200)]);
});

both!(headers_have_sixteen_kibibytes, |world| {
    let long =
        |n: usize| request(world, &format!("GET /v1/me HTTP/1.1\nHost: x\n{{bearer}}\nX-Long: {}\n\n", "x".repeat(n)));
    let answer = ask(world.address, long(15_000)).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = ask(world.address, long(16_400)).unwrap();
    assert_eq!((answer.status, answer.json["code"].as_str()), (431, Some("headers_too_large")));
    check(&Exchange { method: "GET", path: "/v1/me", response: &answer });
    // Many small ones, and a long address, count too.
    let many = (0..90).map(|n| format!("X-{n}: {}\n", "y".repeat(200))).collect::<Vec<_>>().concat();
    let answer =
        ask(world.address, request(world, &format!("GET /v1/me HTTP/1.1\nHost: x\n{{bearer}}\n{many}\n"))).unwrap();
    assert_eq!(answer.status, 431);
    let answer = ask(
        world.address,
        request(world, &format!("GET /v1/me?{} HTTP/1.1\nHost: x\n{{bearer}}\n\n", "z".repeat(16_400))),
    )
    .unwrap();
    assert_eq!(answer.status, 431);
    // Far beyond what is read at all: refused, or cut.
    let answer = ask(world.address, long(2 << 20));
    assert!(answer.is_none_or(|a| a.status >= 400));
    world.anonymous().get("/health/live").expect(200);
});

both!(what_is_no_http_gets_no_page, |world| {
    for (name, bytes) in [
        ("TLS", &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..]),
        ("no version", b"GET /\r\n\r\n"),
        ("a version of tomorrow", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        ("binary", b"\x00\xff\x00\xff\r\n\r\n"),
        ("a bare line feed in a header", b"GET /health/live HTTP/1.1\r\nX: a\x00b\r\n\r\n"),
        ("a header without a name", b"GET /health/live HTTP/1.1\r\n: x\r\n\r\n"),
        ("a space in the path", b"GET /health/ live HTTP/1.1\r\nHost: x\r\n\r\n"),
    ] {
        let mut raw = Raw::connect(world.address);
        raw.stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        raw.send(bytes);
        raw.finish();
        let answer = raw.answer();
        assert!(answer.as_ref().is_none_or(|a| a.status >= 400), "{name}: {answer:?}");
    }
    world.anonymous().get("/health/live").expect(200);
});

both!(odd_paths_are_unknown_addresses, |world| {
    let operator = world.operator();
    for path in [
        "/v1/%FF",
        "/v1/clients/%FF%FE",
        "/v1/%2e%2e/health/live",
        "/v1//clients",
        "/v1/clients/",
        "/V1/me",
        "/v1/me/",
        "/v1/me%00",
    ] {
        let status = operator.get(path).status;
        assert_eq!(status, 404, "{path}");
    }
    for path in ["/v1/../health/live", "/v1/./me", "//v1/me", "/v1/me\u{7f}", "http://elsewhere.example/v1/nothing"] {
        let answer = ask(world.address, request(world, &format!("GET {path} HTTP/1.1\nHost: x\n{{bearer}}\n\n")));
        assert!(answer.as_ref().is_none_or(|a| a.status >= 400), "{path}: {answer:?}");
    }
});

both!(a_client_that_leaves_does_no_harm, |world| {
    let operator = world.operator();
    for n in 0..20 {
        let mut raw = Raw::connect(world.address);
        let body = format!(r#"{{"kind":"other","name":"n{n}"}}"#);
        raw.send(request(
            world,
            &format!("POST /v1/organisations HTTP/1.1\nHost: x\n{{bearer}}\nContent-Type: application/json\nContent-Length: {}\n\n{body}", body.len()),
        ));
        drop(raw);
    }
    operator.get("/v1/organisations").expect(200);
    // Each is wholly there or not at all, once the last has been dealt with: counts that stand still for a while.
    let counts = || ["organisations", "changes", "audit_entries"].map(|table| world.rows(table));
    let (mut before, mut still) = (counts(), 0);
    while still < 5 {
        std::thread::sleep(Duration::from_millis(200));
        let now = counts();
        still = if now == before { still + 1 } else { 0 };
        before = now;
    }
    assert!(before.iter().all(|n| *n == before[0]), "{before:?}");
});
