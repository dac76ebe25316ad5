//! Deleting: a draft goes with everything; what is referred to, signed or applied in a territory stays.

use serde_json::json;

use super::{Draft, Signs, draft, in_force, ready};

const TABLES: [&str; 9] =
    ["conventions", "parties", "parts", "articles", "clauses", "axes", "objectives", "network_contacts", "sources"];

/// With one piece of each kind, which refer to one another.
fn whole(text: Draft) -> Draft {
    let text = text.with_parties().with("parts", "part", &json!({ "number": "I" }));
    let article = json!({ "number": "3", "body": "", "part_id": text.id_of("part") });
    let text = text.with("articles", "article 3", &article).with_clause("steering", "3", &json!({}));
    let axis = json!({
        "article_id": text.id_of("article 3"), "label": "Axe", "catalogue": [{ "label": "des visites" }],
        "commitments": [{ "party_id": text.id_of("party association"), "text": "développer" }],
    });
    let text = text.with("axes", "axis", &axis);
    let item =
        text.author.get(&format!("/v1/axes/{}", text.id_of("axis"))).expect(200).json["catalogue"][0]["id"].clone();
    let objective = json!({
        "text": "Faire découvrir", "article_id": text.id_of("article 3"),
        "served_by_axes": [text.id_of("axis")], "served_by_items": [item],
    });
    let contact = json!({ "network": "clee", "territory": "academie:25", "name": "CLEE de Pontoise" });
    let text = text.with("objectives", "objective", &objective).with("network-contacts", "contact", &contact);
    let preamble =
        json!({ "body": "…", "commitments": [{ "party_id": text.id_of("party ministry"), "text": "inviter" }] });
    text.change("", &json!({ "preamble": preamble })).expect(200);
    text
}

both!(a_draft_goes_with_everything, |world| {
    let empty: Vec<i64> = TABLES.iter().map(|t| world.rows(t)).collect();
    let text = whole(draft(world));
    let etag = text.etag();
    text.author.ask("DELETE", &text.path()).send().problem("precondition_required");
    text.author.delete(&text.path(), "\"1\"").problem("version_mismatch");
    text.author.delete(&text.path(), &etag).expect(204);
    assert_eq!(TABLES.iter().map(|t| world.rows(t)).collect::<Vec<_>>(), empty);
    for kind in ["parties", "articles", "content", "signatures", "network-contacts"] {
        text.author.get(&text.under(kind)).problem("not_found");
    }
    text.author.get(&format!("/v1/articles/{}", text.id_of("article 3"))).problem("not_found");
    text.author.delete(&text.path(), &etag).problem("not_found");
});

both!(what_is_referred_to_stays, |world| {
    let text = whole(draft(world));
    let delete = |kind: &str, name: &str| text.author.delete(&format!("/v1/{kind}/{}", text.id_of(name)), &text.etag());
    let version = text.version();
    delete("parts", "part").problem("in_use");
    delete("articles", "article 3").problem("in_use");
    delete("axes", "axis").problem("in_use");
    delete("parties", "party association").problem("in_use");
    delete("parties", "party ministry").problem("in_use");
    // Nor does a catalogue lose an item that an objective counts on.
    text.change(&format!("/v1/axes/{}", text.id_of("axis")), &json!({ "catalogue": [] })).problem("in_use");
    assert_eq!(text.version(), version);
    // In the right order, everything goes.
    delete("objectives", "objective").expect(204);
    delete("axes", "axis").expect(204);
    delete("clauses", "clause steering").expect(204);
    delete("articles", "article 3").expect(204);
    delete("parts", "part").expect(204);
    text.change("", &json!({ "preamble": null })).expect(200);
    delete("parties", "party ministry").expect(204);
    delete("parties", "party association").expect(204);
    assert_eq!(text.version(), version + 8);
    assert!(text.items("articles").is_empty());
});

both!(what_was_signed_or_is_applied_in_a_territory_stays, |world| {
    let text = ready(world);
    let refused = |actor: &crate::support::Actor, code: &str| {
        actor.delete(&text.path(), &text.etag()).problem(code);
    };
    text.association.signs(&text, "2024-06-20").expect(201);
    refused(&text.association, "in_use");
    // Even when the text has changed since: the record of the signature stays.
    text.change("", &json!({ "title": "Un autre titre" })).expect(200);
    assert_eq!(text.json()["status"], "draft");
    refused(&text.association, "in_use");

    let parent = ready(world);
    let child = json!({
        "title": "Déclinaison", "document_type": "convention", "level": "academic", "territory": "academie:25",
        "parent_id": parent.id,
    });
    let child = parent.association.post("/v1/conventions", &child).expect(201);
    parent.author.delete(&parent.path(), &parent.etag()).problem("in_use");
    parent.author.delete(&format!("/v1/conventions/{}", child.id()), &child.etag()).expect(204);
    parent.author.delete(&parent.path(), &parent.etag()).expect(204);
    // In force, or ended, it stays too.
    let in_force = in_force(world);
    in_force.author.delete(&in_force.path(), &in_force.etag()).problem("amendment_required");
    let ended = ready(world).signed("2014-06-20", "2014-06-27");
    ended.author.delete(&ended.path(), &ended.etag()).problem("ended");
});

both!(only_those_who_draft_delete, |world| {
    let text = draft(world).with_parties();
    let stranger = world.association();
    stranger.delete(&text.path(), "\"1\"").problem("not_found");
    // A ministry sees all, and may not touch what it is no party to.
    world.ministry().delete(&text.path(), &text.etag()).problem("not_allowed");
    world.ministry().patch(&text.path(), &text.etag(), &json!({ "title": "x" })).problem("not_allowed");
    world.ministry().post(&text.under("articles"), &json!({})).problem("not_allowed");
    text.ministry.delete(&text.path(), &text.etag()).expect(204);
});
