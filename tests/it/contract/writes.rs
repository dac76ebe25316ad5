//! What a write leaves behind, and what a dry run does not.

use serde_json::json;

use crate::support::World;

fn rows(world: &World) -> Vec<i64> {
    let tables = [
        "organisations",
        "representatives",
        "conventions",
        "parties",
        "articles",
        "clauses",
        "axes",
        "signatures",
        "sources",
        "clients",
        "changes",
        "audit_entries",
        "audit_details",
        "idempotency_keys",
    ];
    tables.iter().map(|table| world.rows(table)).collect()
}

both!(a_dry_run_checks_everything_and_writes_nothing, |world| {
    let text = world.draft();
    let (operator, association) = (world.operator(), text.association.clone());
    let etag = text.etag();
    let before = rows(world);
    let signature = text.signature(1, "2026-11-20");
    let contact = json!({ "network": "dafpic", "territory": "national", "name": "x" });
    let article = format!("/v1/articles/{}", text.article);
    for (actor, method, path, body, status) in [
        (&operator, "POST", "/v1/clients".to_owned(), Some(json!({ "name": "x", "role": "observer" })), 201),
        (&operator, "POST", "/v1/organisations".into(), Some(json!({ "kind": "other", "name": "x" })), 201),
        (&operator, "POST", format!("/v1/clients/{}/revoke", operator.id), None, 200),
        (&association, "POST", text.under("signatures"), Some(signature), 201),
        (&association, "POST", text.under("network-contacts"), Some(contact), 201),
        (&association, "POST", text.under("confirm-clauses"), None, 200),
        (&association, "PATCH", article.clone(), Some(json!({ "heading": "x" })), 200),
        (&association, "PATCH", text.path(), Some(json!({ "title": "x" })), 200),
        (&association, "DELETE", article, None, 409),
        (&association, "DELETE", text.path(), None, 204),
    ] {
        let mut ask = actor.ask(method, &format!("{path}?dry_run=true")).header("If-Match", "*");
        if let Some(body) = body {
            ask = ask.json(&body);
        }
        let answer = ask.send().expect(status);
        assert_eq!(answer.header("x-dry-run").is_some(), status < 300, "{method} {path}");
        assert_eq!(rows(world), before, "{method} {path}");
    }
    assert_eq!(text.etag(), etag);
    // The same checks as in earnest.
    operator.post("/v1/clients?dry_run=true", &json!({})).problem("invalid_body");
    operator
        .ask("POST", &format!("/v1/clients/{}/revoke?dry_run=true", operator.id))
        .send()
        .problem("precondition_required");
    association.delete(&format!("{}?dry_run=true", text.path()), "\"999\"").problem("version_mismatch");
    operator.get("/v1/me").expect(200);
});

both!(a_refusal_changes_nothing, |world| {
    let text = world.in_force("2026-11-02");
    let before = rows(world);
    let article = format!("/v1/articles/{}", text.article);
    text.association.patch(&article, "*", &json!({ "body": "x" })).problem("amendment_required");
    text.association.delete(&article, "*").problem("amendment_required");
    text.association
        .post(&text.under("articles"), &json!({ "number": "12", "body": "x" }))
        .problem("amendment_required");
    text.sign(1, "2026-11-03").problem("already_signed");
    assert_eq!(rows(world), before);
});

both!(every_write_leaves_one_change_and_one_audit_entry, |world| {
    let operator = world.operator();
    let made = operator.post("/v1/organisations", &json!({ "kind": "other", "name": "x" })).expect(201);
    let path = format!("/v1/organisations/{}", made.id());
    let answer = operator.ask("PATCH", &path).header("If-Match", "*").header("X-Request-Id", "my-trace");
    answer.merge_patch(&json!({ "name": "y" })).send().expect(200);
    operator.delete(&path, "*").expect(204);
    for (operation, n) in [("created", 1), ("updated", 1), ("deleted", 1)] {
        assert_eq!(world.rows(&format!("changes WHERE kind = 'organisation' AND operation = '{operation}'")), n);
        assert_eq!(world.rows(&format!("audit_entries WHERE act = 'organisation.{operation}'")), n);
    }
    assert_eq!(world.rows("audit_entries WHERE request_id = 'my-trace'"), 1);
    assert_eq!(world.rows("audit_details WHERE before LIKE '%\"x\"%' AND after LIKE '%\"y\"%'"), 1);
});
