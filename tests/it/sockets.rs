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

/// Far beyond what the short limits of these tests take together, far below what a dribble that nothing ends takes.
const BOUND: Duration = Duration::from_secs(15);
/// A chunk of one byte.
const DRIBBLE: &str = "1\r\n \r\n";

/// Sends the head of a request with a body that never ends; its answer comes, and its connection ends.
fn dribble(world: &World, name: &str, before: &str, head: &str, body: &[u8], status: u16) {
    let mut raw = Raw::connect(world.address);
    if !before.is_empty() {
        raw.send(request(world, before));
        assert!(raw.answer().is_some_and(|answer| answer.status < 500), "{name}");
    }
    raw.send(request(world, head));
    raw.send(body);
    let since = Instant::now();
    raw.stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let answer = loop {
        match raw.answer() {
            Some(answer) => break answer,
            None if since.elapsed() < BOUND => assert!(raw.send(DRIBBLE), "{name}: cut before its answer"),
            None => panic!("{name}: no answer"),
        }
    };
    assert_eq!(answer.status, status, "{name}: {}", answer.text);
    assert!(raw.is_closed_while_sending(DRIBBLE, BOUND), "{name}: the connection stays as long as the body dribbles");
}

const CHUNKED: &str = "Transfer-Encoding: chunked\n\n";

both!(a_body_that_dribbles_after_its_answer_ends_its_connection, |config| config.header_timeout = 1, |world| {
    let json = "{bearer}\nContent-Type: application/json\n";
    let too_large = [b"100001\r\n".to_vec(), vec![b' '; (1 << 20) + 1], b"\r\n".to_vec()].concat();
    let cases = [
        ("401", "POST /v1/clients HTTP/1.1\nHost: x\n".to_owned(), &b""[..], 401),
        ("404", "POST /v1/nothing HTTP/1.1\nHost: x\n{bearer}\n".to_owned(), b"", 404),
        ("404 outside", "POST /nothing HTTP/1.1\nHost: x\n".to_owned(), b"", 404),
        ("405", "POST /v1/me HTTP/1.1\nHost: x\n{bearer}\n".to_owned(), b"", 405),
        ("408", format!("POST /v1/clients HTTP/1.1\nHost: x\n{json}"), b"", 408),
        ("413", format!("POST /v1/clients HTTP/1.1\nHost: x\n{json}"), &too_large[..], 413),
        ("431", format!("GET /v1/me HTTP/1.1\nHost: x\nX-Long: {}\n", "x".repeat(17_000)), b"", 431),
        ("a token, no client", "POST /oauth/token HTTP/1.1\nHost: x\n".to_owned(), b"", 401),
        ("health", "GET /health/live HTTP/1.1\nHost: x\n".to_owned(), b"", 200),
        ("the document", "GET /docs/ HTTP/1.1\nHost: x\n".to_owned(), b"", 200),
    ];
    std::thread::scope(|scope| {
        for (name, head, body, status) in &cases {
            let head = format!("{head}{CHUNKED}");
            let again = head.clone();
            scope.spawn(move || dribble(world, name, "", &head, body, *status));
            let before = "GET /v1/me HTTP/1.1\nHost: x\n{bearer}\n\n";
            scope.spawn(move || dribble(world, &format!("{name}, kept alive"), before, &again, body, *status));
        }
        // The same with a length.
        let head = "POST /v1/clients HTTP/1.1\nHost: x\nContent-Length: 900000\n\n";
        scope.spawn(move || dribble(world, "401 with a length", "", head, b"", 401));
    });
    world.anonymous().get("/health/live").expect(200);
});

both!(
    a_body_that_dribbles_beyond_the_rate_ends_its_connection,
    |config| {
        config.header_timeout = 1;
        config.rate_per_second = 1;
        config.rate_burst = 1;
    },
    |world| {
        // Ten guesses at once: but the first, they are beyond the rate of their address.
        let guess = "POST /v1/clients HTTP/1.1\nHost: x\n\n".repeat(9);
        let mut raw = Raw::connect(world.address);
        raw.send(request(world, &guess));
        raw.send(request(world, &format!("POST /v1/clients HTTP/1.1\nHost: x\n{CHUNKED}")));
        let statuses: Vec<_> = (0..10).map(|_| raw.answer().map(|answer| answer.status)).collect();
        assert_eq!(statuses[9], Some(429), "{statuses:?}");
        assert!(raw.is_closed_while_sending(DRIBBLE, BOUND));
    }
);

both!(the_form_of_a_token_that_dribbles_is_too_slow, |config| config.header_timeout = 1, |world| {
    use base64::Engine as _;
    let client = world.association();
    let pair = format!("{}:{}", client.id, crate::support::actors::SECRET);
    let basic = base64::engine::general_purpose::STANDARD.encode(pair);
    let head = format!(
        "POST /oauth/token HTTP/1.1\nHost: x\nAuthorization: Basic {basic}\nContent-Type: application/x-www-form-urlencoded\n"
    );
    dribble(world, "slow", "", &format!("{head}{CHUNKED}"), b"", 408);
    let large = [b"40001\r\n".to_vec(), vec![b'x'; (256 << 10) + 1], b"\r\n".to_vec()].concat();
    dribble(world, "large", "", &format!("{head}{CHUNKED}"), &large, 413);
    let body = "grant_type=client_credentials";
    let whole = ask(world.address, request(world, &format!("{head}Content-Length: {}\n\n{body}", body.len())));
    assert_eq!(whole.map(|answer| answer.status), Some(200));
});

both!(who_sends_its_whole_body_keeps_its_connection, |world| {
    let mut raw = Raw::connect(world.address);
    let json = "{bearer}\nContent-Type: application/json\n";
    for (name, head, status) in [
        ("401", "POST /v1/clients HTTP/1.1\nHost: x\n".to_owned(), 401),
        ("404", "POST /v1/nothing HTTP/1.1\nHost: x\n{bearer}\n".to_owned(), 404),
        ("422", format!("POST /v1/clients HTTP/1.1\nHost: x\n{json}"), 422),
        ("a token", "POST /oauth/token HTTP/1.1\nHost: x\n".to_owned(), 401),
    ] {
        for body in ["Transfer-Encoding: chunked\n\n2\n{}\n0\n\n", "Content-Length: 2\n\n{}"] {
            assert!(raw.send(request(world, &format!("{head}{body}"))), "{name}");
            let answer = raw.answer().unwrap_or_else(|| panic!("{name}: {body:?}"));
            assert_eq!((answer.status, answer.header("connection")), (status, None), "{name}: {body:?}");
            raw.send(request(world, "GET /health/live HTTP/1.1\nHost: x\n\n"));
            assert_eq!(raw.answer().map(|answer| answer.status), Some(200), "{name}: {body:?}");
        }
    }
});

both!(who_is_refused_in_the_middle_of_a_file_reads_why, |world| {
    let operator = world.operator();
    for (name, bearer, size, status) in
        [("401", String::new(), 20 << 20, 401), ("413", "{bearer}\n".to_owned(), (20 << 20) + 1, 413)]
    {
        for chunked in [false, true] {
            let length =
                if chunked { "Transfer-Encoding: chunked".to_owned() } else { format!("Content-Length: {size}") };
            let head = format!("POST /v1/files HTTP/1.1\nHost: x\n{bearer}Content-Type: application/pdf\n{length}\n\n");
            let mut raw = Raw::connect(world.address);
            raw.send(request(world, &head));
            let mut rest: usize = size;
            while rest > 0 {
                let piece = rest.min(64 << 10);
                let bytes = vec![b'x'; piece];
                let sent = if chunked {
                    raw.send([format!("{piece:x}\r\n").as_bytes(), &bytes, b"\r\n"].concat())
                } else {
                    raw.send(bytes)
                };
                rest = if sent { rest - piece } else { 0 };
            }
            let answer = raw.answer().unwrap_or_else(|| panic!("{name}, chunked: {chunked}: no answer"));
            assert_eq!(answer.status, status, "{name}, chunked: {chunked}: {}", answer.text);
        }
    }
    operator.get("/v1/me").expect(200);
});

both!(an_upgrade_is_not_waited_for, |config| config.header_timeout = 2, |world| {
    for (name, head, status) in [
        ("a page", "GET /v1/me HTTP/1.1\nHost: x\n{bearer}\n", 200),
        ("health", "GET /health/ready HTTP/1.1\nHost: x\n", 200),
        ("no token", "GET /v1/me HTTP/1.1\nHost: x\n", 401),
        ("no page", "GET /nothing HTTP/1.1\nHost: x\n", 404),
        ("a token", "POST /oauth/token HTTP/1.1\nHost: x\n", 401),
        ("a body", "POST /v1/clients HTTP/1.1\nHost: x\n{bearer}\nContent-Type: application/json\n", 400),
    ] {
        for upgrade in ["Upgrade: websocket", "Upgrade: h2c", "Upgrade: TLS/1.0, HTTP/1.1"] {
            let mut raw = Raw::connect(world.address);
            let since = Instant::now();
            raw.send(request(world, &format!("{head}Connection: upgrade\n{upgrade}\n\n")));
            let answer = raw.answer().unwrap_or_else(|| panic!("{name}, {upgrade}: no answer"));
            assert_eq!(answer.status, status, "{name}, {upgrade}: {}", answer.text);
            // A body would be waited for six seconds.
            assert!(since.elapsed() < Duration::from_secs(5), "{name}, {upgrade}: {:?}", since.elapsed());
        }
    }
    let answer = ask(world.address, "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(answer.is_some_and(|answer| answer.status >= 400));
});

both!(who_waits_to_be_told_to_continue_is_told_at_once, |config| config.header_timeout = 2, |world| {
    let json = "{bearer}\nContent-Type: application/json\nContent-Length: 2\nExpect: 100-continue\n\n";
    let mut raw = Raw::connect(world.address);
    raw.send(request(world, &format!("POST /v1/clients HTTP/1.1\nHost: x\n{json}")));
    assert_eq!(raw.answer().map(|answer| answer.status), Some(100));
    raw.send("{}");
    assert_eq!(raw.answer().map(|answer| answer.status), Some(422));
});

both!(a_head_that_trickles_on_a_kept_connection_is_cut_off, |config| config.header_timeout = 1, |world| {
    let whole = request(world, "GET /v1/me HTTP/1.1\nHost: x\n{bearer}\n\n");
    std::thread::scope(|scope| {
        for (name, start, piece) in [
            ("line by line", "GET /health/live HTTP/1.1\r\nHost: x\r\n", "X: y\r\n"),
            ("byte by byte", "G", "E"),
            ("a start and no more", "GET /health/live HT", ""),
        ] {
            let whole = &whole;
            scope.spawn(move || {
                let mut raw = Raw::connect(world.address);
                raw.send(whole);
                assert_eq!(raw.answer().map(|answer| answer.status), Some(200), "{name}");
                raw.send(start);
                assert!(raw.is_closed_while_sending(piece, BOUND), "{name}: the connection stays");
            });
        }
    });
});

both!(who_reads_no_answer_is_cut_off, |config| config.header_timeout = 1, |world| {
    // More than all buffers between them hold, asked for at once and never read.
    let mut raw = Raw::connect(world.address);
    let asked = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(16);
    raw.send(asked);
    let since = Instant::now();
    raw.stream.set_write_timeout(Some(Duration::from_millis(100))).unwrap();
    while raw.send(" ") && since.elapsed() < BOUND {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(since.elapsed() < BOUND, "a client that reads nothing keeps its connection");
});
