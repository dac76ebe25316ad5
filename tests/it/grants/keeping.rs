//! Keeping grants: within the cap of the issuer, by the operator alone.

use serde_json::{Value, json};

use super::{issuer, new_grant};

both!(a_grant_is_made_within_the_cap_of_its_issuer, |world| {
    let operator = world.operator();
    let academie = world.academie("academie:25").organisation.unwrap().to_string();
    let grant = |changes: &Value| {
        let mut body = json!({
            "issuer": issuer().name("capped"), "subject": "a", "name": "A", "role": "academie",
            "organisation_id": academie, "territories": ["academie:25"],
        });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        operator.post("/v1/grants", &body)
    };
    let places = |changes: Value| grant(&changes).problem("invalid_body").faults();
    let fault = |place: &str, code: &str| (place.to_owned(), code.to_owned());
    assert_eq!(places(json!({ "issuer": "https://sso.example" })), [fault("/issuer", "not_in_list")]);
    assert_eq!(places(json!({ "role": "ministry", "territories": [] })), [fault("/role", "beyond_cap")]);
    assert_eq!(
        places(
            json!({ "scopes": ["conventions:read", "signatures:write"], "territories": ["academie:25", "academie:10"] })
        ),
        [fault("/scopes/1", "beyond_cap"), fault("/territories/1", "beyond_cap")]
    );
    assert_eq!(places(json!({ "territories": ["region:11"] })), [fault("/territories/0", "beyond_cap")]);
    assert_eq!(places(json!({ "role": "association", "territories": [] })), [fault("/territories", "beyond_cap")]);
    let school =
        json!({ "role": "school", "organisation_id": null, "territories": [], "uais": ["0950649P", "0750655E"] });
    assert_eq!(places(school), [fault("/uais/1", "beyond_cap")]);
    assert_eq!(places(json!({ "scopes": ["clients:write"] })), [fault("/scopes/0", "not_in_list")]);
    assert_eq!(places(json!({ "territories": [] })), [fault("/territories", "missing")]);
    assert_eq!(
        places(json!({ "valid_from": "2026-09-01", "valid_until": "2026-08-31" })),
        [fault("/valid_until", "before_start")]
    );
    assert_eq!(
        places(json!({ "organisation_id": world.new_id().to_string() })),
        [fault("/organisation_id", "unknown_reference")]
    );
    assert_eq!(
        places(json!({ "subject": "", "secret": "x" })),
        [fault("/secret", "unknown"), fault("/subject", "wrong_length")]
    );
    assert_eq!(world.rows("grants"), 0);
    // Left out, the scopes are those that role and cap both give.
    let made = grant(&json!({})).expect(201);
    assert_eq!(made.json["scopes"], json!(["account:read", "conventions:read", "conventions:write"]));
    grant(&json!({})).problem("duplicate");
    grant(&json!({ "subject": "b", "valid_until": "2027-08-31" })).expect(201);
    assert_eq!(operator.list("/v1/grants?role=academie&revoked=false&subject=b").len(), 1);
    let dry = operator.ask("POST", "/v1/grants?dry_run=true").json(&new_grant("dry")).send().expect(201);
    assert_eq!(dry.header("x-dry-run"), Some("true"));
    assert_eq!(world.rows("grants"), 2);
});

both!(a_grant_changes_but_not_whom_it_is_to, |world| {
    let operator = world.operator();
    let made = operator.post("/v1/grants", &new_grant("a")).expect(201);
    let path = format!("/v1/grants/{}", made.id());
    let changed = operator.patch(&path, &made.etag(), &json!({ "valid_until": "2027-08-31", "name": "B" })).expect(200);
    assert_eq!((&changed.json["version"], &changed.json["valid_until"]), (&json!(2), &json!("2027-08-31")));
    operator.patch(&path, &made.etag(), &json!({ "name": "C" })).problem("version_mismatch");
    let fixed = operator.patch(&path, &changed.etag(), &json!({ "subject": "b" })).problem("invalid_body");
    assert_eq!(fixed.faults(), [("/subject".to_owned(), "fixed".to_owned())]);
    let stranger = world.ministry();
    stranger.get("/v1/grants").problem("insufficient_scope");
    stranger.post("/v1/grants", &new_grant("c")).problem("insufficient_scope");
    // It is told in the feed, to the operator.
    world.stamp();
    let read = operator.get("/v1/changes?kinds=grant&embed=resource").expect(200).json;
    assert_eq!(read["items"].as_array().unwrap().len(), 2);
    assert_eq!(read["items"][1]["resource"]["name"], "B");
    assert!(stranger.get("/v1/changes?kinds=grant").json["items"].as_array().unwrap().is_empty());
});
