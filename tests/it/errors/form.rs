//! The form of problems (RFC 9457): members, language, request id, headers; the table is served.

use passerelle::error::table::TABLE;
use serde_json::{Value, json};

both!(a_problem_speaks_french_or_english_and_its_code_never_changes, |world| {
    let ask = |language: &str| world.anonymous().ask("GET", "/v1/me").header("Accept-Language", language).send();
    for (language, expected) in [
        ("en", "en"),
        ("en-GB, fr;q=0.5", "en"),
        ("fr", "fr"),
        ("de", "fr"),
        ("de, en;q=0.1", "en"),
        ("", "fr"),
        ("*", "fr"),
        ("en;q=0", "fr"),
        ("en;q=x", "fr"),
    ] {
        let answer = ask(language).problem("unauthenticated");
        assert_eq!(answer.header("content-language"), Some(expected), "{language:?}");
        let title = TABLE.iter().find(|e| e.code == "unauthenticated").unwrap().title;
        assert_eq!(answer.json["title"], if expected == "en" { title.1 } else { title.0 });
    }
    assert!(ask("en").all("vary").to_lowercase().contains("accept-language"));
});

both!(the_members_are_in_their_order_and_no_more, |world| {
    let answer = world.anonymous().get("/v1/me");
    let members: Vec<_> = answer.json.as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["type", "title", "status", "detail", "instance", "code", "request_id"]);
});

both!(a_request_id_is_echoed_when_it_is_one_and_made_otherwise, |world| {
    let ask = |id: &str| {
        let answer = world.anonymous().ask("GET", "/v1/me").header("X-Request-Id", id).send();
        assert_eq!(answer.json["request_id"].as_str(), answer.header("x-request-id"));
        answer.header("x-request-id").unwrap().to_owned()
    };
    let long = "x".repeat(64);
    for good in ["a", "trace-1.2_3", "4bf92f3577b34da6a3ce929d0e0e4736", &long] {
        assert_eq!(ask(good), good);
    }
    let longer = "x".repeat(65);
    for bad in ["", "a b", "a;b", "<script>", "a/b", "é", &longer] {
        let made = ask(bad);
        assert_ne!(made, bad);
        assert!(made.parse::<passerelle::domain::Id>().is_ok(), "{made}");
    }
    assert_ne!(ask(""), ask(""));
    // It is on successes too.
    let live = world.anonymous().ask("GET", "/health/live").header("X-Request-Id", "mine").send();
    assert_eq!(live.header("x-request-id"), Some("mine"));
});

both!(a_405_names_the_methods_and_a_401_and_403_the_challenge, |world| {
    let operator = world.operator();
    for (path, methods) in [
        ("/v1/me", "GET, HEAD, OPTIONS"),
        ("/v1/clients", "GET, HEAD, OPTIONS, POST"),
        ("/v1/clients/x/revoke", "OPTIONS, POST"),
        ("/v1/organisations/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/conventions/import", "OPTIONS, POST"),
    ] {
        for method in ["PUT", "TRACE", "PROPFIND", "BREW"] {
            let refused = operator.ask(method, path).send().problem("method_not_allowed");
            assert_eq!(refused.header("allow"), Some(methods), "{path}");
        }
        let options = operator.ask("OPTIONS", path).send().expect(204);
        assert_eq!(options.header("allow"), Some(methods), "{path}");
    }
    world.anonymous().ask("POST", "/health/live").send().problem("method_not_allowed");
    world.anonymous().ask("GET", "/oauth/token").send().problem("method_not_allowed");
    world.anonymous().get("/nothing").problem("unknown_route");
    world.anonymous().get("/").problem("unknown_route");

    let challenge = |a: crate::support::Response| a.header("www-authenticate").unwrap().to_owned();
    assert_eq!(challenge(world.anonymous().get("/v1/me")), "Bearer realm=\"passerelle\"");
    assert!(challenge(world.bearing(&operator, "x").get("/v1/me")).contains("error=\"invalid_token\""));
    let scope = challenge(world.narrowed(&operator, &[]).get("/v1/me"));
    assert!(scope.contains("error=\"insufficient_scope\"") && scope.contains("scope=\"account:read\""), "{scope}");
});

both!(the_table_is_served_as_it_is, |world| {
    let served = world.anonymous().get("/problems").expect(200).json;
    let codes: Vec<_> = served["items"].as_array().unwrap().iter().map(|p| p["code"].clone()).collect();
    assert_eq!(codes, TABLE.iter().map(|e| json!(e.code)).collect::<Vec<_>>());
    for entry in TABLE {
        let one = world.anonymous().get(&format!("/problems/{}", entry.code)).expect(200).json;
        assert_eq!(one["status"], entry.status);
        assert_eq!(one["title"], json!({ "fr": entry.title.0, "en": entry.title.1 }));
    }
    world.anonymous().get("/problems/nothing").problem("not_found");
});

#[test]
fn codes_are_unique_and_well_formed() {
    let mut codes: Vec<_> = TABLE.iter().map(|e| e.code).collect();
    assert!(codes.iter().all(|c| c.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all);
    for entry in TABLE {
        for text in [entry.title.0, entry.title.1, entry.when.0, entry.when.1] {
            assert!(!text.is_empty(), "{}", entry.code);
        }
    }
}

both!(a_rule_says_which_article_and_which_dates, |world| {
    let text = world.draft();
    let refused = text.association.post(&text.under("signatures"), &text.signature(1, "2026-12-01"));
    let refused = refused.problem("future_date");
    assert_eq!(refused.json["rule"], "R01");
    assert_eq!(refused.json["computed"], json!({ "signed_on": "2026-12-01", "today": "2026-11-23" }));
    assert_eq!(refused.json["article"], Value::String("11".into()));
});
