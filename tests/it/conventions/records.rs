//! What each write leaves behind: change and audit entries, committed with it or not at all.

use diesel::RunQueryDsl as _;
use serde_json::{Value, json};

use super::importing::TEXT;
use super::{Signs, draft, in_force, national, party, ready};
use crate::support::World;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    seq: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    operation: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    version: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    act: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    details_digest: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    request_id: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    salt: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    before: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    after: Option<String>,
}

/// Every change after a mark that somebody made, with its audit entry: an inner join, and the counts of the audit's
/// tables must be its own. What only follows from an act, who sees the pieces now, has a change entry alone.
fn lines(world: &World, after: i64) -> Vec<Line> {
    let query = "SELECT c.seq, c.kind, c.operation, c.version, e.act, e.details_digest, e.request_id, d.salt, d.before, d.after \
         FROM changes c JOIN audit_entries e ON e.change_seq = c.seq JOIN audit_details d ON d.entry_id = e.id ORDER BY c.seq";
    let all: Vec<Line> = diesel::sql_query(query).load(&mut *world.connection()).unwrap();
    assert!(world.rows("changes") >= i64::try_from(all.len()).unwrap());
    for table in ["audit_entries", "audit_details"] {
        assert_eq!(world.rows(table), i64::try_from(all.len()).unwrap(), "{table}");
    }
    all.into_iter().filter(|line| line.seq > after).collect()
}

/// Where the log stands.
fn mark(world: &World) -> i64 {
    lines(world, 0).last().map_or(0, |line| line.seq)
}

/// What was done since a mark, in short: `article.created 5`.
fn since(world: &World, mark: i64) -> Vec<String> {
    let lines = lines(world, mark);
    for line in &lines {
        assert_eq!(line.act, format!("{}.{}", line.kind, line.operation));
        assert_eq!(line.before.is_none(), line.operation == "created", "{}", line.act);
        assert_eq!(line.after.is_none(), line.operation == "deleted", "{}", line.act);
        let digest = passerelle::audit::chain::digest(&line.salt, line.before.as_deref(), line.after.as_deref());
        assert_eq!(line.details_digest, digest);
    }
    lines.iter().map(|l| format!("{} {}", l.act, l.version)).collect()
}

both!(each_write_leaves_its_entries, |world| {
    let at = mark(world);
    let text = draft(world);
    assert_eq!(since(world, at), ["convention.created 1"]);
    for (kind, name, new) in [
        ("part", "parts", json!({ "number": "I" })),
        ("article", "articles", json!({ "number": "1", "body": "" })),
        ("clause", "clauses", json!({ "kind": "agenda" })),
        ("objective", "objectives", json!({ "text": "But" })),
        ("party", "parties", party(&text.ministry, "state")),
    ] {
        let (at, version) = (mark(world), text.version());
        let address = format!("/v1/{name}/{}", text.add(name, &new).expect(201).id());
        assert_eq!(
            since(world, at),
            [format!("convention.updated {}", version + 1), format!("{kind}.created {}", version + 1)]
        );
        let at = mark(world);
        text.change(&address, &json!({ "position": 4 })).expect(200);
        assert_eq!(
            since(world, at),
            [format!("convention.updated {}", version + 2), format!("{kind}.updated {}", version + 2)]
        );
        let last = lines(world, at).pop().unwrap();
        let (before, after): (Value, Value) =
            (serde_json::from_str(&last.before.unwrap()).unwrap(), serde_json::from_str(&last.after.unwrap()).unwrap());
        assert_eq!((&before["position"], &after["position"]), (&json!(1), &json!(4)));
        let at = mark(world);
        text.author.delete(&address, &text.etag()).expect(204);
        assert_eq!(
            since(world, at),
            [format!("convention.updated {}", version + 3), format!("{kind}.deleted {}", version + 3)]
        );
    }
    let (at, version) = (mark(world), text.version());
    let answer =
        text.author.ask("PATCH", &text.path()).header("If-Match", &text.etag()).header("X-Request-Id", "requete-7");
    answer.merge_patch(&json!({ "title": "Autre" })).send().expect(200);
    assert_eq!(since(world, at), [format!("convention.updated {}", version + 1)]);
    assert_eq!(lines(world, at)[0].request_id, "requete-7");
    let contact = json!({ "network": "clee", "territory": "national", "name": "CLEE" });
    let contact = text.add("network-contacts", &contact).expect(201);
    text.author.delete(&format!("/v1/network-contacts/{}", contact.id()), &contact.etag()).expect(204);
    text.author.act(&text.under("confirm-clauses"), &text.etag()).expect(200);
    text.author.delete(&text.path(), &text.etag()).expect(204);
    let ends = [
        format!("convention.updated {}", version + 1),
        "network_contact.created 1".into(),
        "network_contact.deleted 2".into(),
        format!("convention.updated {}", version + 2),
        format!("convention.deleted {}", version + 3),
    ];
    assert_eq!(since(world, at), ends);
});

both!(a_signature_and_what_it_voids, |world| {
    let text = ready(world);
    let (at, version) = (mark(world), text.version());
    text.association.signs(&text, "2024-06-20").expect(201);
    assert_eq!(
        since(world, at),
        [format!("convention.updated {}", version + 1), format!("signature.created {}", version + 1)]
    );
    let signed: Value = serde_json::from_str(&lines(world, at)[1].after.clone().unwrap()).unwrap();
    assert_eq!((&signed["signed_on"], &signed["content_hash"]), (&json!("2024-06-20"), &json!(text.hash())));
    // What a changed text voids goes with the change of the convention.
    let at = mark(world);
    text.change("", &json!({ "title": "Autre" })).expect(200);
    assert_eq!(since(world, at), [format!("convention.updated {}", version + 2)]);
});

both!(a_refusal_and_a_dry_run_leave_none, |world| {
    let text = in_force(world);
    let at = mark(world);
    let (author, etag) = (&text.author, text.etag());
    author.post("/v1/conventions", &json!({})).problem("invalid_body");
    author.post("/v1/conventions?dry_run=true", &national("x")).expect(201);
    author.patch(&text.path(), &etag, &json!({ "title": "x" })).problem("amendment_required");
    author.patch(&text.path(), "\"1\"", &json!({ "title": "x" })).problem("version_mismatch");
    author.delete(&text.path(), &etag).problem("amendment_required");
    author.signs(&text, "2024-06-27").problem("already_signed");
    text.add("articles", &json!({ "number": "1", "body": "" })).problem("amendment_required");
    world.association().patch(&text.path(), &etag, &json!({})).problem("not_found");
    let contact = json!({ "network": "clee", "territory": "national", "name": "CLEE" });
    author.post(&format!("{}?dry_run=true", text.under("network-contacts")), &contact).expect(201);
    author.post("/v1/organisations?dry_run=true", &json!({ "kind": "company", "name": "x" })).expect(201);
    // A unique value refused by the database itself, after rows were written in the unit.
    let open = draft(world).with("parts", "part", &json!({ "number": "I" }));
    let at_open = mark(world);
    open.add("parts", &json!({ "number": "I" })).problem("duplicate");
    open.author.delete(&open.path(), "\"1\"").problem("version_mismatch");
    assert_eq!(since(world, at_open), Vec::<String>::new());
    assert_eq!(since(world, at).iter().filter(|l| !l.starts_with("convention") && !l.starts_with("part")).count(), 0);
});

both!(an_import_and_an_organisation, |world| {
    let association = world.association();
    let at = mark(world);
    let import = |text: &str| association.ask("POST", "/v1/conventions/import").body("text/plain", text).send();
    import(TEXT).expect(201);
    import(TEXT).expect(200);
    let made = ["convention.created 1", "organisation.created 1", "organisation.created 1", "convention.updated 2"];
    assert_eq!(since(world, at), made);
    let at = mark(world);
    let new = json!({ "kind": "company", "name": "Ateliers" });
    let made = association.post("/v1/organisations", &new).expect(201);
    let path = format!("/v1/organisations/{}", made.id());
    let person = json!({ "name": "Camille Martin", "function": "gérante" });
    association.post(&format!("{path}/representatives"), &person).expect(201);
    association.patch(&path, "*", &json!({ "address": "1 rue Neuve" })).expect(200);
    association.post("/v1/organisations", &json!({ "kind": "club" })).problem("invalid_body");
    association.delete(&path, "*").expect(204);
    assert_eq!(
        since(world, at),
        [
            "organisation.created 1",
            "organisation.updated 2",
            "representative.created 2",
            "organisation.updated 3",
            "organisation.deleted 4",
        ]
    );
});
