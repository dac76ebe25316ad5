//! Drafting, changing and deleting amendments.

use serde_json::json;

use super::super::each;
use super::{read, refused, signed, six_years, warned};
use crate::support::texts::Text;

fn etag(text: &Text, amendment: &str) -> String {
    text.association.get(&format!("/v1/amendments/{amendment}")).expect(200).etag()
}

both!(a_party_drafts_once_the_original_is_signed, |world| {
    let text = world.draft();
    refused(&text.amend(&six_years()), "original_not_signed", None);
    text.sign(0, "2026-11-02").expect(201);
    refused(&text.amend(&six_years()), "original_not_signed", None);
    text.sign(1, "2026-11-02").expect(201);
    let version = text.association.get(&text.path()).expect(200).json["version"].as_i64().unwrap();
    let made = text.amend(&six_years()).expect(201);
    assert_eq!(made.json["version"], json!(version + 1), "one version for the convention and its amendments");
    assert_eq!(made.header("location"), Some(format!("/v1/amendments/{}", made.id()).as_str()));
    assert_eq!((&made.json["number"], &made.json["status"]), (&json!(1), &json!("draft")));
    assert_eq!((&made.json["awaited"], warned(&made.json)), (&json!(text.parties), vec![]));
    assert_eq!(made.json["edits"][0]["target"], "article");
    assert_eq!(read(&text.ministry, &made.id(), "")["id"], made.json["id"]);
    let second = text.ministry.post(&text.under("amendments"), &json!({ "title": "Avenant n° 2" })).expect(201);
    assert_eq!(second.json["number"], 2);
    let listed = text.association.list(&text.under("amendments"));
    assert_eq!(each(&listed, "number"), ["1", "2"]);
    let reversed = text.association.list(&text.under("amendments?sort=-number"));
    assert_eq!(each(&reversed, "number"), ["2", "1"]);
    let third = json!({ "title": "Avenant", "requested_by": text.parties[0] });
    assert_eq!(text.amend(&third).expect(201).json["requested_by"], text.parties[0]);
    // Another ministry sees it and may not.
    world.ministry().post(&text.under("amendments"), &six_years()).problem("not_allowed");
    world.association().post(&text.under("amendments"), &six_years()).problem("not_found");
});

both!(every_fault_of_a_draft_is_told_at_once, |world| {
    let text = world.in_force("2026-11-02");
    let faults = |body: serde_json::Value| {
        let problem = text.amend(&body).problem("invalid_body").json;
        let told = problem["errors"].as_array().unwrap().iter();
        let mut told: Vec<_> =
            told.map(|e| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect();
        told.sort();
        told
    };
    assert_eq!(
        faults(json!({ "title": "Avenant", "edits": [
            { "kind": "replace_words", "article": "11" },
            { "kind": "replace_article", "target": "preamble", "article": "1", "new": "x", "alinea": 2 },
            { "kind": "add_article", "target": "preamble", "new": "x" },
            { "kind": "insert_alinea", "new": " ", "alinea": 0 },
            { "kind": "repeal_article", "article": "1", "new": "x", "old": "y", "after": "2" },
        ] })),
        [
            "/edits/0/new missing",
            "/edits/0/old missing",
            "/edits/1/alinea not_applicable",
            "/edits/1/article not_applicable",
            "/edits/2/target not_applicable",
            "/edits/3/alinea out_of_range",
            "/edits/3/article missing",
            "/edits/3/new missing",
            "/edits/4/after not_applicable",
            "/edits/4/new not_applicable",
            "/edits/4/old not_applicable",
        ]
    );
    let years = json!({ "kind": "duration", "article": "11", "parameters": { "value": 6, "hours": 2 } });
    assert_eq!(
        faults(json!({ "title": "", "clause_changes": [years, years] })),
        [
            "/clause_changes/0/parameters/hours not_applicable",
            "/clause_changes/0/parameters/unit missing",
            "/clause_changes/1 repeated",
            "/clause_changes/1/parameters/hours not_applicable",
            "/clause_changes/1/parameters/unit missing",
            "/title wrong_length",
        ]
    );
    let unknown = text.article.clone();
    assert_eq!(
        faults(json!({ "title": "Avenant", "requested_by": unknown, "edits": [
            { "id": unknown, "kind": "repeal_article", "article": "11" },
            { "kind": "replace_article", "article": "11", "new": "Article 12 – Durée\nSix ans." },
        ] })),
        ["/edits/0/id unknown_reference", "/edits/1/new invalid", "/requested_by unknown_reference"]
    );
    assert_eq!(world.rows("amendments"), 0);
});

both!(it_changes_until_it_is_in_force_and_a_change_voids_signatures, |world| {
    let text = world.in_force("2026-11-02");
    let id = text.amend(&six_years()).expect(201).id();
    let path = format!("/v1/amendments/{id}");
    let before = read(&text.association, &id, "");
    let edit = before["edits"][0]["id"].clone();
    // What is not told stays, its ids too; the hash of the same content is the same.
    let same = text.association.patch(&path, &etag(&text, &id), &json!({ "title": "Avenant n° 1" })).expect(200).json;
    assert_eq!((&same["content_hash"], &same["edits"]), (&before["content_hash"], &before["edits"]));
    text.sign_amendment(&id, 0, "2026-11-10").expect(201);
    text.association.patch(&path, "\"1\"", &json!({})).problem("version_mismatch");
    text.association.ask("PATCH", &path).merge_patch(&json!({})).send().problem("precondition_required");
    let longer = json!({ "edits": [{ "id": edit, "kind": "replace_words", "article": "11", "old": "Cinq ans", "new": "Sept ans" }] });
    let changed = text.association.patch(&path, &etag(&text, &id), &longer).expect(200).json;
    assert_ne!(changed["content_hash"], before["content_hash"]);
    assert_eq!((&changed["edits"][0]["id"], &changed["edits"][0]["alinea"]), (&edit, &json!(null)));
    assert_eq!((&changed["awaited"], &changed["status"]), (&json!(text.parties), &json!("draft")));
    let signatures = text.association.list(&format!("{path}/signatures"));
    assert!(signatures[0]["voided_at"].is_string(), "{signatures:?}");
    // The hash is that of the content served.
    let content = text.association.get(&format!("{path}/content")).expect(200).json;
    assert_eq!(content["content_hash"], changed["content_hash"]);
    assert_eq!(content["content_hash"], passerelle::domain::content::content_hash(&content["content"]));
    assert_eq!(content["content"]["amends"]["content_hash"], text.hash());

    signed(&text, &id, "2026-11-20", "2026-11-23");
    let refusal = text.association.patch(&path, &etag(&text, &id), &json!({ "title": "Autre" }));
    let computed = refused(&refusal, "amendment_in_force", None);
    assert_eq!((&computed["number"], &computed["in_force_from"]), (&json!(1), &json!("2026-11-23")));
    refused(&text.association.delete(&path, &etag(&text, &id)), "amendment_in_force", None);
    let acts = read(&text.association, &id, "")["allowed_acts"].clone();
    let acts: Vec<_> = acts.as_array().unwrap().iter().map(|a| json!([a["act"], a["code"]])).collect();
    assert_eq!(
        json!(acts),
        json!([
            ["update", "amendment_in_force"],
            ["delete", "amendment_in_force"],
            ["confirm_clauses", "amendment_in_force"],
            ["record_signature", "already_signed"],
        ])
    );
});

both!(one_that_is_deleted_gives_its_number_to_the_next, |world| {
    let text = world.in_force("2026-11-02");
    let first = text.amend(&six_years()).expect(201).id();
    let second = text.amend(&json!({ "title": "Le suivant" })).expect(201);
    text.association.delete(&format!("/v1/amendments/{first}"), &text.etag()).expect(204);
    let renumbered = read(&text.association, &second.id(), "");
    assert_eq!(renumbered["number"], 1);
    assert_ne!(renumbered["content_hash"], second.json["content_hash"], "its number is part of what is signed");
    text.association.get(&format!("/v1/amendments/{first}")).expect(404);
    text.sign_amendment(&second.id(), 0, "2026-11-10").expect(201);
    // The other party does not do away with a signature; one's own goes with it, while it is not in force.
    let path = format!("/v1/amendments/{}", second.id());
    let delete = |actor: &crate::support::Actor| {
        let read = actor.get(&path).expect(200).json;
        let acts = read["allowed_acts"].as_array().unwrap().clone();
        let act = acts.into_iter().find(|act| act["act"] == "delete").unwrap();
        (act["allowed"].clone(), act["code"].clone())
    };
    assert_eq!(delete(&text.association), (json!(false), json!("in_use")));
    text.association.delete(&path, &text.etag()).problem("in_use");
    assert_eq!((world.rows("amendments"), world.rows("amendment_signatures")), (1, 1));
    assert_eq!(delete(&text.ministry).0, true);
    text.ministry.delete(&path, &text.etag()).expect(204);
    assert_eq!(
        (world.rows("amendments"), world.rows("amendment_signatures"), world.rows("amendment_pieces")),
        (0, 0, 0)
    );
});

both!(one_that_later_ones_follow_is_kept, |world| {
    let text = world.in_force("2026-11-02");
    let later = json!({ "title": "Avenant n° 1", "effective_on": "2027-01-01" });
    let first = text.amend(&later).expect(201).id();
    let second = text.amend(&json!({ "title": "Avenant n° 2" })).expect(201).id();
    signed(&text, &first, "2026-11-10", "2026-11-10");
    text.sign_amendment(&second, 0, "2026-11-12").expect(201);
    text.association.delete(&format!("/v1/amendments/{first}"), &text.etag()).problem("amendment_in_force");
});

both!(after_the_end_nothing_more_is_signed, |world| {
    let text = world.in_force("2020-11-02");
    let acts = text.association.get(&text.path()).expect(200).json["allowed_acts"].clone();
    let amend = acts.as_array().unwrap().iter().find(|act| act["act"] == "amend").unwrap().clone();
    assert_eq!(amend["allowed"], true, "one that was signed in time may be entered");
    let id = text.amend(&six_years()).expect(201).id();
    text.sign_amendment(&id, 0, "2025-11-02").expect(201);
    let computed = refused(&text.sign_amendment(&id, 1, "2025-11-03"), "after_end", None);
    assert_eq!(computed["ends_on"], "2025-11-02");
});

both!(a_file_is_attached_to_an_amendment_that_all_have_signed, |world| {
    let text = world.in_force("2026-11-02");
    let id = text.amend(&six_years()).expect(201).id();
    let attach = || crate::files::attach(&text.ministry, &format!("amendment:{id}"));
    // A draft has fewer readers than its convention: a file of it would be read by all of these.
    let refused = attach();
    assert!((400..500).contains(&refused.status), "{}", refused.text);
    let signature = text.sign_amendment(&id, 0, "2026-11-10").expect(201).id();
    assert!(
        (400..500).contains(&crate::files::attach(&text.ministry, &format!("amendment_signature:{signature}")).status)
    );
    let academie = world.academie("academie:25");
    let files = format!("/v1/files?convention_id={}", text.id);
    assert_eq!(academie.list(&files).len(), 0);
    text.sign_amendment(&id, 1, "2026-11-10").expect(201);
    let file = attach().expect(201);
    assert_eq!(file.json["attached_to"], format!("amendment:{id}"));
    crate::files::attach(&text.ministry, &format!("amendment_signature:{signature}")).expect(201);
    assert_eq!(academie.list(&files).len(), 2);
});
