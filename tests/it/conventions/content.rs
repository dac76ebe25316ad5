//! The content that a signature binds: anybody computes its hash with two tools of their own.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Draft, draft, in_force, ready};
use crate::support::{World, databases};

/// RFC 8785, then SHA-256: by another library than the service's own code path would be.
fn hash(content: &Value) -> String {
    let canonical = serde_json_canonicalizer::to_vec(content).unwrap();
    let digest = Sha256::digest(&canonical);
    digest.iter().fold("sha256:".to_owned(), |hash, byte| format!("{hash}{byte:02x}"))
}

#[track_caller]
fn read(text: &Draft) -> Value {
    let answer = text.author.get(&text.under("content")).expect(200).json;
    assert_eq!(answer["content_hash"], json!(hash(&answer["content"])));
    assert_eq!(answer["content_hash"], json!(text.hash()));
    assert_eq!(answer["convention_id"], text.id);
    answer["content"].clone()
}

/// Texts with what a canonical form must get right: accents, signs beyond the basic plane, quotes, signs that nobody sees.
fn rich(world: &World) -> Draft {
    let text = ready(world).with("parts", "part", &json!({ "number": "I", "label": "Œuvre « commune » \u{1f600}" }));
    let article = json!({
        "number": "3", "part_id": text.id_of("part"), "heading": "L'\u{00e9}cole et l'e\u{0301}cole",
        "body": "Ligne\nautre\tligne \"citée\" \\ \u{2028} \u{fb01}n \u{200b}",
    });
    let text = text.with("articles", "article 3", &article);
    let axis = json!({
        "article_id": text.id_of("article 3"), "label": "Axe", "audiences": ["3e"],
        "commitments": [{ "party_id": text.id_of("party association"), "text": "développer", "line": 12 }],
        "catalogue": [{ "label": "des visites", "national_kind": "company_visit" }],
    });
    let text = text.with("axes", "axis", &axis);
    let objective = json!({ "text": "Découvrir", "served_by_axes": [text.id_of("axis")] });
    let text = text.with("objectives", "objective", &objective);
    text.change("", &json!({
        "reference": "R1", "preamble": { "body": "Considérant" }, "networks": [{ "network": "clee", "text": "les CLEE" }],
    })).expect(200);
    text
}

both!(the_hash_is_that_of_the_content_served, |world| {
    let text = rich(world);
    let content = read(&text);
    assert_eq!(content["articles"][2]["heading"], "L'\u{00e9}cole et l'\u{00e9}cole");
    assert_eq!(content["clauses"][0]["parameters"], json!({ "value": 5, "unit": "year" }));
    for member in [
        "title",
        "reference",
        "document_type",
        "level",
        "territory",
        "parent_id",
        "last_day_rule",
        "preamble",
        "networks",
        "parties",
        "parts",
        "articles",
        "clauses",
        "axes",
        "objectives",
    ] {
        assert!(content.get(member).is_some(), "{member}");
    }
    let etag = text.author.get(&text.under("content")).expect(200).etag();
    text.author.ask("GET", &text.under("content")).header("If-None-Match", &etag).send().expect(304);
    read(&draft(world));
    let signed = in_force(world);
    let bound = read(&signed);
    assert_eq!(signed.items("signatures")[0]["content_hash"], json!(hash(&bound)));
    let stranger = world.association();
    stranger.get(&signed.under("content")).problem("not_found");
});

both!(confirming_a_clause_changes_what_is_signed, |world| {
    let text = draft(world).with_parties();
    let clause = text
        .add("clauses", &json!({ "kind": "duration", "parameters": { "value": 5, "unit": "year" } }))
        .expect(201)
        .id();
    assert_eq!(read(&text)["clauses"], json!([]));
    let before = text.hash();
    text.change(&format!("/v1/clauses/{clause}"), &json!({ "confirmed": true })).expect(200);
    assert_eq!(read(&text)["clauses"].as_array().unwrap().len(), 1);
    assert_ne!(text.hash(), before);
    text.change(&format!("/v1/clauses/{clause}"), &json!({ "confirmed": false })).expect(200);
    assert_eq!(text.hash(), before);
    text.author.act(&text.under("confirm-clauses"), &text.etag()).expect(200);
    assert_ne!(text.hash(), before);
});

#[test]
fn the_same_content_has_the_same_hash_on_both_databases() {
    let Some(server) = databases::postgres() else { return };
    let worlds = [World::new(databases::sqlite(), |_| {}), World::new(server, |_| {})];
    let [one, other] = worlds.each_ref().map(|world| {
        let text = rich(world);
        (read(&text), text.hash(), text.version())
    });
    assert_eq!(one, other);
}
