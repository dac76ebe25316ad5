//! Bodies, read strictly: all faults at once, with their pointers; what is no JSON, too large, too deep, compressed.

use serde_json::json;

use crate::support::{Actor, Response};

fn post(actor: &Actor, body: impl Into<Vec<u8>>) -> Response {
    actor.ask("POST", "/v1/clients").body("application/json", body).send()
}

fn faults(answer: Response) -> Vec<(String, String)> {
    let mut faults = answer.problem("invalid_body").faults();
    faults.sort();
    faults
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

both!(every_fault_of_a_body_comes_back_at_once, |world| {
    let operator = world.operator();
    let body = json!({
        "name": 1, "role": "king", "organisation_id": "x", "territories": ["academie:25", "academie:99", 3],
        "uais": ["0750001A"], "scopes": "all", "secret": "mine", "a/b~c": 1,
    });
    let expected = pairs([
        ("/a~1b~0c", "unknown"),
        ("/name", "wrong_type"),
        ("/organisation_id", "ill_formed"),
        ("/role", "ill_formed"),
        ("/scopes", "wrong_type"),
        ("/secret", "unknown"),
        ("/territories/1", "ill_formed"),
        ("/territories/2", "wrong_type"),
        ("/uais/0", "ill_formed"),
    ]);
    assert_eq!(faults(operator.post("/v1/clients", &body)), expected);
    assert_eq!(faults(operator.post("/v1/clients", &json!({}))), pairs([("/name", "missing"), ("/role", "missing")]));
    assert_eq!(faults(operator.post("/v1/clients", &json!([]))), pairs([("", "wrong_type")]));
    assert_eq!(faults(operator.post("/v1/clients", &json!("x"))), pairs([("", "wrong_type")]));
    assert_eq!(faults(operator.post("/v1/clients", &json!(null))), pairs([("", "wrong_type")]));
    // The shape is right: then the rules across members, all of them.
    let body = json!({ "name": "", "role": "academie", "scopes": ["clients:write", "account:read", "x"] });
    let expected = pairs([
        ("/name", "wrong_length"),
        ("/organisation_id", "missing"),
        ("/scopes/0", "not_in_list"),
        ("/scopes/2", "not_in_list"),
        ("/territories", "missing"),
    ]);
    assert_eq!(faults(operator.post("/v1/clients", &body)), expected);
    let unknown = json!({ "name": "x", "role": "ministry", "organisation_id": world.new_id() });
    assert_eq!(faults(operator.post("/v1/clients", &unknown)), pairs([("/organisation_id", "unknown_reference")]));
});

both!(deep_faults_have_deep_pointers, |world| {
    let operator = world.operator();
    let body = json!({ "kind": "association", "name": "x", "accreditation": { "level": "local", "from": "2026-02-30", "by": 1 } });
    let expected = pairs([
        ("/accreditation/by", "unknown"),
        ("/accreditation/from", "ill_formed"),
        ("/accreditation/level", "ill_formed"),
    ]);
    assert_eq!(faults(operator.post("/v1/organisations", &body)), expected);
    let body = json!({ "kind": "company", "name": "x", "rna": "W751234567", "siret": "73282932000075" });
    let expected = pairs([("/rna", "not_applicable"), ("/siret", "ill_formed")]);
    assert_eq!(faults(operator.post("/v1/organisations", &body)), expected);
    let body = json!({ "kind": "company", "name": "x", "rna": "W751234567",
        "accreditation": { "level": "national", "from": "2026-02-02", "until": "2026-02-01" } });
    let expected = pairs([("/accreditation/until", "before_start"), ("/rna", "not_applicable")]);
    assert_eq!(faults(operator.post("/v1/organisations", &body)), expected);
    // A moment where a date is due.
    let body = json!({ "kind": "association", "name": "x", "accreditation": { "level": "national", "from": "2026-02-02T00:00:00Z" } });
    assert_eq!(faults(operator.post("/v1/organisations", &body)), pairs([("/accreditation/from", "ill_formed")]));
});

both!(what_is_said_twice_or_with_a_nul_is_a_fault, |world| {
    let operator = world.operator();
    let twice = r#"{"name":"a","name":"b","role":"observer","x":{"y":1,"y":2}}"#;
    assert_eq!(faults(post(&operator, twice)), pairs([("/name", "repeated"), ("/x/y", "repeated")]));
    let nul = r#"{"name":"a\u0000b","role":"observer"}"#;
    assert_eq!(faults(post(&operator, nul)), pairs([("/name", "forbidden_character")]));
    // In names too, and nothing of it reaches the database.
    let named = post(&operator, r#"{"name":"a","role":"observer","\u0000":1}"#);
    assert_eq!(named.problem("invalid_body").faults().len(), 1);
});

both!(what_is_no_json_is_a_400, |world| {
    let operator = world.operator();
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let in_object = |n: usize| format!(r#"{{"name":{}}}"#, nested(n));
    for (name, body) in [
        ("nothing", b"".to_vec()),
        ("half", b"{".to_vec()),
        ("two", b"{}{}".to_vec()),
        ("a trailing comma", br#"{"name":"x",}"#.to_vec()),
        ("a comment", b"{} // x".to_vec()),
        ("single quotes", b"{'name':'x'}".to_vec()),
        ("NaN", br#"{"name":NaN}"#.to_vec()),
        ("a byte-order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("Latin-1", b"{\"name\":\"\xe9\"}".to_vec()),
        ("half a surrogate", br#"{"name":"\ud800"}"#.to_vec()),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec()),
        ("65 levels", in_object(65).into_bytes()),
        ("ten thousand levels", in_object(10_000).into_bytes()),
        ("ten thousand objects", "{\"a\":".repeat(10_000).into_bytes()),
    ] {
        let answer = post(&operator, body);
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (400, Some("malformed_body")),
            "{name}: {}",
            answer.text
        );
    }
    // Sixty-four levels are read, and found to be of the wrong type.
    assert_eq!(faults(post(&operator, in_object(63))), pairs([("/name", "wrong_type"), ("/role", "missing")]));
});

both!(a_body_has_a_size_and_a_type, |world| {
    let operator = world.operator();
    let padded = |n: usize| {
        let mut body = br#"{"name":"x","role":"observer"}"#.to_vec();
        body.resize(n, b' ');
        body
    };
    post(&operator, padded(1 << 20)).expect(201);
    post(&operator, padded((1 << 20) + 1)).problem("payload_too_large");
    post(&operator, padded(8 << 20)).problem("payload_too_large");

    let good = r#"{"name":"x","role":"observer"}"#;
    let as_type = |t: &str| operator.ask("POST", "/v1/clients").body(t, good).send();
    for good in ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;x=y"] {
        as_type(good).expect(201);
    }
    for bad in [
        "",
        "text/json",
        "application/xml",
        "application/jsonp",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "json",
        "*/*",
        "text/plain",
    ] {
        let refused = as_type(bad).problem("unsupported_media_type");
        assert_eq!(refused.json["accepted"], json!(["application/json"]), "{bad}");
        assert_eq!(refused.header("accept"), Some("application/json"), "{bad}");
    }
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip", "x"] {
        let ask = operator.ask("POST", "/v1/clients").header("Content-Encoding", encoding);
        ask.body("application/json", good).send().problem("unsupported_media_type");
    }
    let ask = operator.ask("POST", "/v1/clients").header("Content-Encoding", "identity");
    ask.body("application/json", good).send().expect(201);
});

both!(a_merge_patch_is_validated_as_the_creation_of_its_result, |world| {
    let operator = world.operator();
    let new = json!({ "kind": "association", "name": "Passeurs", "short_name": "P", "rna": "W751234567" });
    let made = operator.post("/v1/organisations", &new).expect(201);
    let path = format!("/v1/organisations/{}", made.id());
    let patch = |body: serde_json::Value| operator.patch(&path, "*", &body);
    assert_eq!(faults(patch(json!({ "kind": "company" }))), pairs([("/rna", "not_applicable")]));
    assert_eq!(faults(patch(json!({ "name": null }))), pairs([("/name", "missing")]));
    assert_eq!(faults(patch(json!({ "id": "x", "version": 9 }))), pairs([("/id", "unknown"), ("/version", "unknown")]));
    assert_eq!(faults(patch(json!([]))), pairs([("", "wrong_type")]));
    let changed = patch(json!({ "short_name": null, "accreditation": { "level": "national" } })).expect(200);
    assert_eq!(changed.json["short_name"], json!(null));
    assert_eq!(changed.json["accreditation"]["level"], "national");
    assert_eq!(changed.json["name"], "Passeurs");
    let nothing = patch(json!({})).expect(200);
    assert_eq!(nothing.json["name"], "Passeurs");
    operator
        .ask("PATCH", &path)
        .header("If-Match", "*")
        .body("text/plain", "{}")
        .send()
        .problem("unsupported_media_type");
});

both!(an_act_without_a_body_takes_none, |world| {
    let operator = world.operator();
    let path = format!("/v1/clients/{}/revoke", world.observer().id);
    operator.ask("POST", &path).header("If-Match", "*").body("application/json", "{}").send().problem("bad_request");
    operator.act(&path, "*").expect(200);
});

both!(an_imported_text_has_its_own_limit, |world| {
    let operator = world.operator();
    let import = |media_type: &str, body: Vec<u8>| {
        operator.ask("POST", "/v1/conventions/import?dry_run=true").body(media_type, body).send()
    };
    import("text/plain", vec![b' '; (5 << 20) + 1]).problem("payload_too_large");
    import("application/json", b"{}".to_vec()).problem("unsupported_media_type");
    import("text/html", b"x".to_vec()).problem("unsupported_media_type");
    import("text/plain; charset=iso-8859-1", b"x".to_vec()).problem("unsupported_media_type");
    import("text/plain", b"\xe9".to_vec()).problem("malformed_body");
    import("text/plain", b"a\0b".to_vec()).problem("malformed_body");
    let read = import("text/markdown; charset=utf-8", crate::support::texts::PASTED.into()).expect(200);
    assert_eq!((&read.json["created"], &read.json["convention"]), (&json!(false), &json!(null)));
});
