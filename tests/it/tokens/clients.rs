//! A client that is changed: what it holds follows, what it is stays.

use serde_json::json;

both!(a_client_is_given_scopes_and_loses_them, |world| {
    let (operator, academie) = (world.operator(), world.academie("academie:25"));
    let path = format!("/v1/clients/{}", academie.id);
    let narrow = operator.patch(&path, "\"1\"", &json!({ "scopes": ["account:read"], "name": "SI" })).expect(200);
    assert_eq!((&narrow.json["version"], &narrow.json["scopes"]), (&json!(2), &json!(["account:read"])));
    // A token names more than its client has by now.
    academie.get("/v1/conventions").problem("insufficient_scope");
    let wider = json!({ "scopes": ["account:read", "files:read"], "territories": ["academie:25", "academie:24"] });
    operator.patch(&path, &narrow.etag(), &wider).expect(200);
    academie.get("/v1/files").expect(200);
    assert_eq!(academie.get("/v1/me").expect(200).json["territories"], json!(["academie:25", "academie:24"]));
    let refused = |body: serde_json::Value| operator.patch(&path, "\"3\"", &body).problem("invalid_body").faults();
    assert_eq!(refused(json!({ "role": "ministry" })), [("/role".to_owned(), "fixed".to_owned())]);
    assert_eq!(refused(json!({ "scopes": ["clients:write"] })), [("/scopes/0".to_owned(), "not_in_list".to_owned())]);
    assert_eq!(refused(json!({ "territories": [] })), [("/territories".to_owned(), "missing".to_owned())]);
    let other = world.association().organisation.unwrap().to_string();
    assert_eq!(refused(json!({ "organisation_id": other })), [("/organisation_id".to_owned(), "fixed".to_owned())]);
    operator.patch(&path, "\"2\"", &json!({ "name": "x" })).problem("version_mismatch");
    world.ministry().patch(&path, "\"3\"", &json!({ "name": "x" })).problem("insufficient_scope");
    // Its secret is the same.
    let revoked = operator.act(&format!("{path}/revoke"), "\"3\"").expect(200);
    operator.patch(&path, &revoked.etag(), &json!({ "name": "x" })).problem("revoked");
});
