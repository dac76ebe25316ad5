//! `allowed_acts`: a button is shown for what the server then does, and only for that.

use serde_json::{Value, json};

use super::{Draft, Signs, draft, national, ready};
use crate::support::{Actor, Response};

/// What a read promises of an act: nothing when allowed, else the code it would be refused with.
fn promised(actor: &Actor, text: &Draft, act: &str) -> Option<String> {
    let read = actor.get(&text.path()).expect(200).json;
    let acts = read["allowed_acts"].as_array().unwrap();
    let entry = acts.iter().find(|a| a["act"] == act).unwrap_or_else(|| panic!("{act} among {acts:?}"));
    let code = entry["code"].as_str().map(str::to_owned);
    assert_eq!(entry["allowed"] == true, code.is_none(), "{entry}");
    assert_eq!(entry["reason"].is_null(), code.is_none(), "{entry}");
    code
}

/// Tries every act without leaving a trace.
fn tried(actor: &Actor, text: &Draft, act: &str) -> Response {
    let (path, etag) = (text.path(), actor.get(&text.path()).expect(200).etag());
    match act {
        "update" => actor.patch(&format!("{path}?dry_run=true"), &etag, &json!({ "title": "Autre titre" })),
        "delete" => actor.delete(&format!("{path}?dry_run=true"), &etag),
        "confirm_clauses" => actor.act(&format!("{path}/confirm-clauses?dry_run=true"), &etag),
        "record_signature" => {
            let mut signature = text.signature_of(actor, "2024-06-27");
            if signature["party_id"].is_null() {
                // For a party that has not signed, if there is one; the operator has its proof.
                let signed: Vec<Value> = text
                    .items("signatures")
                    .iter()
                    .filter(|s| s["voided_at"].is_null())
                    .map(|s| s["party_id"].clone())
                    .collect();
                let parties = text.items("parties");
                let open = parties.iter().find(|p| !signed.contains(&p["id"])).or(parties.first());
                signature["party_id"] = open.map_or(json!(text.id), |p| p["id"].clone());
                signature["proof"] = json!("numérisation");
            }
            actor.post(&format!("{path}/signatures?dry_run=true"), &signature)
        }
        other => panic!("{other}"),
    }
}

fn agree(what: &str, actors: &[(&str, &Actor)], text: &Draft) {
    for (who, actor) in actors {
        for act in ["update", "delete", "confirm_clauses", "record_signature"] {
            let promised = promised(actor, text, act);
            let answer = tried(actor, text, act);
            let code = answer.json["code"].as_str().map(str::to_owned);
            assert_eq!(promised, code, "{what}: {who} {act}: {} {}", answer.status, answer.text);
            assert_eq!(code.is_none(), answer.status < 300);
        }
    }
}

both!(what_is_promised_is_what_happens, |world| {
    let text = ready(world);
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let other_ministry = world.ministry();
    let actors = [("association", &association), ("ministry", &ministry), ("another ministry", &other_ministry)];
    agree("ready", &actors, &text);
    association.signs(&text, "2024-06-20").expect(201);
    agree("signed by one", &actors, &text);
    text.change("", &json!({ "reference": "R" })).expect(200);
    agree("its signature void", &actors, &text);
    let text = text.signed("2024-06-20", "2024-06-27");
    let (academie, school) = (world.academie("academie:25"), world.school("0950649P"));
    let seen = [
        ("académie", &academie),
        ("association", &association),
        ("ministry", &ministry),
        ("another ministry", &other_ministry),
    ];
    agree("in force", &seen, &text);
    // A school reads, and holds no scope to write.
    for act in ["update", "delete", "confirm_clauses", "record_signature"] {
        assert_eq!(promised(&school, &text, act).as_deref(), Some("not_allowed"));
        assert_eq!(tried(&school, &text, act).status, 403, "{act}");
    }
    let ended = ready(world).signed("2014-06-20", "2014-06-27");
    agree("ended", &[("association", &ended.association), ("ministry", &ended.ministry)], &ended);
});

both!(before_it_is_ready_and_with_children, |world| {
    let empty = draft(world);
    assert_eq!(promised(&empty.author, &empty, "record_signature").as_deref(), Some("not_allowed"));
    for act in ["update", "delete", "confirm_clauses"] {
        assert_eq!(
            (promised(&empty.author, &empty, act), tried(&empty.author, &empty, act).status < 300),
            (None, true)
        );
    }
    let text = draft(world).with_parties();
    agree("without terms", &[("association", &text.association), ("ministry", &text.ministry)], &text);
    let alone = draft(world).with_terms();
    let association = alone.association.clone();
    let alone = alone.with_party("party association", &association, "association");
    agree("one party", &[("association", &alone.association)], &alone);
    let parent = ready(world);
    let child = json!({
        "title": "Déclinaison", "document_type": "convention", "level": "academic", "territory": "academie:25",
        "parent_id": parent.id,
    });
    parent.association.post("/v1/conventions", &child).expect(201);
    agree("with a child", &[("association", &parent.association)], &parent);
});

both!(what_the_operator_brings_in, |world| {
    let operator = world.operator();
    let text = Draft::drafted(&operator, &world.ministry(), &world.association(), &national("Reprise"));
    let text = text.with_parties();
    agree("without terms", &[("operator", &operator)], &text);
    let text = text.with_terms();
    let actors = [("operator", &operator), ("association", &text.association), ("ministry", &text.ministry)];
    agree("ready", &actors, &text);
    text.association.signs(&text, "2024-06-20").expect(201);
    agree("signed by one", &actors, &text);
    text.ministry.signs(&text, "2024-06-27").expect(201);
    agree("in force", &actors, &text);
});

both!(without_the_scope_nothing_is_promised, |world| {
    let text = ready(world);
    let reader = world.narrowed(&text.association, &["conventions:read"]);
    for act in ["update", "delete", "confirm_clauses", "record_signature"] {
        assert_eq!(promised(&reader, &text, act).as_deref(), Some("not_allowed"));
        tried(&reader, &text, act).problem("insufficient_scope");
    }
    let signer = world.narrowed(&text.association, &["conventions:read", "signatures:write"]);
    assert_eq!(promised(&signer, &text, "record_signature"), None);
    assert_eq!(promised(&signer, &text, "update").as_deref(), Some("not_allowed"));
});
