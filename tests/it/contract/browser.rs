//! What browsers, caches and proxies rely on: HEAD, OPTIONS, CORS, compression, security headers.

use crate::support::world::ORIGIN;

both!(head_is_get_without_a_body, |world| {
    let operator = world.operator();
    for path in ["/v1/me", "/v1/clients", "/v1/reference/territories", "/health/live", "/problems", "/openapi.json"] {
        let (get, head) = (operator.get(path).expect(200), operator.ask("HEAD", path).send().expect(200));
        assert!(head.bytes.is_empty(), "{path}");
        for name in ["content-type", "etag", "cache-control", "link"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
        assert_eq!(head.header("content-length"), Some(get.bytes.len().to_string().as_str()), "{path}");
    }
    let missing = operator.ask("HEAD", "/v1/clients/x").send().expect(404);
    assert!(missing.bytes.is_empty());
    operator.ask("HEAD", "/v1/nothing").send().expect(404);
    operator.ask("HEAD", "/oauth/token").send().expect(405);
    world.anonymous().ask("HEAD", "/v1/me").send().expect(401);
});

both!(an_allowed_origin_may_call_and_another_may_not, |world| {
    let operator = world.operator();
    let preflight = |origin: &str, method: &str, headers: &str| {
        world
            .anonymous()
            .ask("OPTIONS", "/v1/clients")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", method)
            .header("Access-Control-Request-Headers", headers)
            .send()
    };
    let allowed = preflight(ORIGIN, "PATCH", "authorization, if-match, content-type, idempotency-key");
    assert!(matches!(allowed.status, 200 | 204), "{}", allowed.text);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("PATCH"));
    for (origin, method, headers) in [
        ("https://evil.example", "GET", "authorization"),
        ("https://screen.example.evil.example", "GET", "authorization"),
        ("http://screen.example", "GET", "authorization"),
        ("null", "GET", "authorization"),
        (ORIGIN, "TRACE", "authorization"),
        (ORIGIN, "GET", "x-secret"),
    ] {
        let refused = preflight(origin, method, headers);
        assert_eq!(refused.status, 400, "{origin} {method} {headers}");
        assert_ne!(refused.header("access-control-allow-origin"), Some("*"));
        if origin != ORIGIN {
            assert_eq!(refused.header("access-control-allow-origin"), None, "{origin}");
        }
    }
    let get = |origin: &str| operator.ask("GET", "/v1/me").header("Origin", origin).send().expect(200);
    let mine = get(ORIGIN);
    assert_eq!(mine.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(mine.header("access-control-allow-credentials"), None);
    let exposed = mine.header("access-control-expose-headers").unwrap().to_lowercase();
    for name in ["etag", "link", "location", "x-request-id", "retry-after"] {
        assert!(exposed.contains(name), "{name}");
    }
    assert!(mine.all("vary").to_lowercase().contains("origin"));
    assert_eq!(get("https://evil.example").header("access-control-allow-origin"), None);
    // A page must be able to read refusals too.
    for (path, status) in [("/v1/nothing", 404), ("/v1/clients/x", 404), ("/v1/me?x=1", 400)] {
        let refused = operator.ask("GET", path).header("Origin", ORIGIN).send().expect(status);
        assert_eq!(refused.header("access-control-allow-origin"), Some(ORIGIN), "{path}");
    }
    let refused = world.anonymous().ask("GET", "/v1/me").header("Origin", ORIGIN).send().expect(401);
    assert_eq!(refused.header("access-control-allow-origin"), Some(ORIGIN));
});

both!(answers_are_compressed_when_asked, |world| {
    let operator = world.operator();
    let path = "/v1/reference/territories";
    let plain = operator.get(path).expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    for encoding in ["gzip", "br"] {
        let packed = operator.ask("GET", path).header("Accept-Encoding", encoding).send().expect(200);
        assert_eq!(packed.header("content-encoding"), Some(encoding));
        assert!(packed.bytes.len() < plain.bytes.len() / 2, "{encoding}");
        assert!(packed.all("vary").to_lowercase().contains("accept-encoding"));
        assert_eq!(packed.etag().trim_start_matches("W/"), plain.etag());
        let known =
            operator.ask("GET", path).header("Accept-Encoding", encoding).header("If-None-Match", &packed.etag());
        known.send().expect(304);
    }
    let as_is = operator.ask("GET", path).header("Accept-Encoding", "identity").send().expect(200);
    assert_eq!((as_is.header("content-encoding"), &as_is.bytes), (None, &plain.bytes));
    // The first four bytes of gzip.
    let export = operator.ask("GET", "/v1/clients?format=ndjson").header("Accept-Encoding", "gzip").send().expect(200);
    assert!(export.header("content-encoding").is_none() || export.bytes.starts_with(&[0x1f, 0x8b]));
});

both!(every_answer_carries_the_security_headers, |world| {
    let operator = world.operator();
    for (path, status) in [
        ("/v1/me", 200),
        ("/v1/nothing", 404),
        ("/v1/me?x=1", 400),
        ("/health/live", 200),
        ("/openapi.json", 200),
        ("/docs/", 200),
        ("/problems", 200),
        ("/metrics", 200),
    ] {
        let answer = operator.get(path).expect(status);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src"), "{path}");
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none(), "{path}");
        let cache = answer.header("cache-control").unwrap();
        match (path.starts_with("/v1/"), status) {
            (_, 400..) => assert_eq!(cache, "no-store", "{path}"),
            (true, _) => assert_eq!(cache, "private, no-cache", "{path}"),
            (false, _) => assert!(!cache.is_empty(), "{path}"),
        }
        assert!(answer.all("vary").to_lowercase().contains("authorization"), "{path}");
    }
    let secret = operator.post("/v1/clients", &serde_json::json!({ "name": "x", "role": "observer" })).expect(201);
    assert_eq!(secret.header("cache-control"), Some("no-store"));
});

both!(metrics_name_routes_and_never_addresses, |world| {
    let operator = world.operator();
    let client = operator.id.to_string();
    operator.get(&format!("/v1/clients/{client}")).expect(200);
    operator.get("/v1/nothing/at-all").expect(404);
    operator.get("/v1/me?x=1").expect(400);
    let text = world.anonymous().get("/metrics").expect(200).text;
    assert!(text.contains("route=\"/v1/clients/{id}\",status=\"200\""), "{text}");
    assert!(text.contains("route=\"unmatched\",status=\"404\""), "{text}");
    assert!(!text.contains(&client) && !text.contains("at-all"), "{text}");
});
