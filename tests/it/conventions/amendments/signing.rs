//! Signing an amendment: two keys on the same content, in the order of the numbers, while the convention is in force.

use serde_json::{Value, json};

use super::{read, refused, signed, six_years, warned};
use crate::support::texts::Text;
use crate::support::{Response, World};

fn with(text: &Text, amendment: &str, party: usize, on: &str, changed: &Value) -> Response {
    let mut signature = text.amendment_signature(amendment, party, on);
    for (member, value) in changed.as_object().unwrap() {
        signature[member] = value.clone();
    }
    [&text.ministry, &text.association][party].post(&format!("/v1/amendments/{amendment}/signatures"), &signature)
}

/// A convention in force since 2026-11-02, and an amendment of it.
fn drafted(world: &World) -> (Text, String) {
    let text = world.in_force("2026-11-02");
    let amendment = text.amend(&six_years()).expect(201).id();
    (text, amendment)
}

both!(the_last_signature_puts_it_in_force, |world| {
    let (text, id) = drafted(world);
    let first = text.sign_amendment(&id, 0, "2026-11-10").expect(201);
    assert_eq!(first.header("location"), Some(format!("/v1/amendment-signatures/{}", first.id()).as_str()));
    let path = format!("/v1/amendment-signatures/{}", first.id());
    assert_eq!(text.association.get(&path).expect(200).json, first.json);
    let half = read(&text.association, &id, "");
    assert_eq!(
        (&half["status"], &half["first_signed_on"], &half["complete_on"]),
        (&json!("partially_signed"), &json!("2026-11-10"), &json!(null))
    );
    text.sign_amendment(&id, 1, "2026-11-20").expect(201);
    let whole = read(&text.association, &id, "");
    assert_eq!(
        (&whole["status"], &whole["complete_on"], &whole["in_force_from"]),
        (&json!("in_force"), &json!("2026-11-20"), &json!("2026-11-20"))
    );
    assert_eq!(whole["awaited"], json!([]));
    let last_day =
        |on: &str| text.association.get(&format!("{}?as_of={on}", text.path())).expect(200).json["last_day"].clone();
    assert_eq!((last_day("2026-11-19"), last_day("2026-11-20")), (json!("2031-11-02"), json!("2032-11-02")));
    // The order of recording does not matter: the days do.
    let next = text.amend(&json!({ "title": "Avenant n° 2" })).expect(201).id();
    signed(&text, &next, "2026-11-22", "2026-11-21");
    assert_eq!(read(&text.association, &next, "")["in_force_from"], "2026-11-22");
});

both!(each_party_signs_once_its_present_content, |world| {
    let (text, id) = drafted(world);
    let stale = json!({ "content_hash": text.hash() });
    refused(&with(&text, &id, 0, "2026-11-10", &stale), "content_changed", None);
    text.sign_amendment(&id, 0, "2026-11-10").expect(201);
    refused(&text.sign_amendment(&id, 0, "2026-11-11"), "already_signed", None);
    refused(&with(&text, &id, 1, "2026-11-11", &json!({ "signatory": "DOMINIQUE DURAND" })), "same_signatory", None);
    refused(&text.sign_amendment(&id, 1, "2026-11-24"), "future_date", None);
    refused(&text.sign_amendment(&id, 1, "2026-11-01"), "before_original", None);
    // Nobody signs for the other, and the party must be one.
    let signature = text.amendment_signature(&id, 1, "2026-11-11");
    let path = format!("/v1/amendments/{id}/signatures");
    text.ministry.post(&path, &signature).problem("not_allowed");
    refused(&with(&text, &id, 0, "2026-11-11", &json!({ "party_id": text.article })), "unknown_party", None);
    assert_eq!(world.rows("amendment_signatures"), 1);
});

both!(a_wrong_record_is_corrected_by_another, |world| {
    let (text, id) = drafted(world);
    let wrong = text.sign_amendment(&id, 0, "2026-11-10").expect(201).id();
    with(&text, &id, 1, "2026-11-11", &json!({ "replaces": wrong })).problem("invalid_body");
    with(&text, &id, 0, "2026-11-12", &json!({ "replaces": wrong })).expect(201);
    assert_eq!(read(&text.association, &id, "")["first_signed_on"], "2026-11-12");
    let all = text.association.list(&format!("/v1/amendments/{id}/signatures"));
    assert!(all[0]["voided_at"].is_string() && all[1]["voided_at"].is_null(), "{all:?}");
    let total = text.association.get(&format!("/v1/amendments/{id}/signatures?count=true")).expect(200);
    assert_eq!(total.json["total"], 2);
});

both!(the_operator_signs_with_proof_only, |world| {
    let operator = world.operator();
    let (ministry, association) = (world.organisation("ministry", "M"), world.organisation("association", "A"));
    let national =
        json!({ "title": "Convention", "document_type": "convention", "level": "national", "territory": "national" });
    let path = format!("/v1/conventions/{}", operator.post("/v1/conventions", &national).expect(201).id());
    let party = |organisation: passerelle::domain::Id, side: &str| {
        let party = json!({ "organisation_id": organisation.to_string(), "side": side, "name_as_signed": side });
        operator.post(&format!("{path}/parties"), &party).expect(201).id()
    };
    let parties = [party(ministry, "state"), party(association, "association")];
    for kind in ["duration", "renewal_information", "termination"] {
        operator
            .post(&format!("{path}/clauses"), &json!({ "kind": kind, "absent": true, "confirmed": true }))
            .expect(201);
    }
    let sign = |at: &str, party: usize, proof: Option<&str>| {
        let hash = operator.get(at).expect(200).json["content_hash"].clone();
        let signature = json!({ "party_id": parties[party], "signatory": format!("P{party}"), "function": "f",
            "signed_on": "2026-11-10", "content_hash": hash, "proof": proof });
        operator.post(&format!("{at}/signatures"), &signature)
    };
    sign(&path, 0, Some("scan")).expect(201);
    sign(&path, 1, Some("scan")).expect(201);
    let id = operator.post(&format!("{path}/amendments"), &json!({ "title": "Avenant" })).expect(201).id();
    sign(&format!("/v1/amendments/{id}"), 0, None).problem("invalid_body");
    sign(&format!("/v1/amendments/{id}"), 0, Some("scan")).expect(201);
});

both!(they_are_signed_in_order, |world| {
    let (text, first) = drafted(world);
    let second = text.amend(&json!({ "title": "Avenant n° 2" })).expect(201).id();
    let computed = refused(&text.sign_amendment(&second, 0, "2026-11-10"), "out_of_order", None);
    assert_eq!((&computed["number"], &computed["unsigned"]), (&json!(2), &json!(1)));
    text.sign_amendment(&first, 0, "2026-11-10").expect(201);
    refused(&text.sign_amendment(&second, 0, "2026-11-10"), "out_of_order", None);
    text.sign_amendment(&first, 1, "2026-11-10").expect(201);
    text.sign_amendment(&second, 0, "2026-11-10").expect(201);
});

both!(nothing_moves_under_a_signature, |world| {
    let text = world.in_force("2026-11-02");
    let mut six = super::six_years();
    six["effective_on"] = json!("2027-03-01");
    let first = text.amend(&six).expect(201).id();
    signed(&text, &first, "2026-11-10", "2026-11-10");
    assert_eq!(read(&text.association, &first, "")["status"], "signed");
    // Signed by all, it is theirs whenever it takes effect.
    let path = format!("/v1/amendments/{first}");
    let changed = text.association.patch(&path, &text.etag(), &json!({ "title": "Autre" }));
    assert_eq!(refused(&changed, "amendment_in_force", None)["in_force_from"], "2027-03-01");
    refused(&text.association.delete(&path, &text.etag()), "amendment_in_force", None);
    // The next one is read on the text that it makes: it does not come before it.
    let words = |old: &str| json!([{ "kind": "replace_words", "article": "11", "old": old, "new": "Sept ans" }]);
    let second = text.amend(&json!({ "title": "Avenant n° 2", "edits": words("Cinq ans") })).expect(201).id();
    text.sign_amendment(&second, 0, "2026-11-20").expect(201);
    let computed = refused(&text.sign_amendment(&second, 1, "2026-11-20"), "out_of_order", None);
    assert_eq!((&computed["comes_on"], &computed["after"]), (&json!("2026-11-20"), &json!("2027-03-01")));
    let path = format!("/v1/amendments/{second}");
    text.association
        .patch(&path, &text.etag(), &json!({ "effective_on": "2027-03-01", "edits": words("Six ans") }))
        .expect(200);
    signed(&text, &second, "2026-11-20", "2026-11-20");
    let body = |on: &str| {
        text.association.get(&format!("/v1/articles/{}?as_of={on}", text.article)).expect(200).json["body"].clone()
    };
    assert_eq!((body("2027-02-28"), body("2027-03-01")), (json!("Cinq ans."), json!("Sept ans.")));
    // Nor is a signature corrected under those that came after.
    let signatures = text.association.list(&format!("/v1/amendments/{first}/signatures"));
    let own = signatures.iter().find(|signature| signature["party_id"] == text.parties[1].as_str()).unwrap();
    let mut again = text.amendment_signature(&first, 1, "2026-11-12");
    again["replaces"] = own["id"].clone();
    text.association.post(&format!("/v1/amendments/{first}/signatures"), &again).problem("in_use");
    let originals = text.association.list(&text.under("signatures"));
    let own = originals.iter().find(|signature| signature["party_id"] == text.parties[1].as_str()).unwrap();
    let mut again = text.signature(1, "2026-11-05");
    again["replaces"] = own["id"].clone();
    text.association.post(&text.under("signatures"), &again).problem("in_use");
});

both!(it_does_not_end_the_convention_before_its_own_day, |world| {
    let text = world.in_force("2024-06-27");
    let years = |n: i64, words: &str| {
        json!({ "title": "Avenant", "edits": [
            { "kind": "replace_words", "article": "11", "old": "Cinq ans", "new": words },
        ], "clause_changes": [
            { "kind": "duration", "article": "11", "parameters": { "value": n, "unit": "year" }, "confirmed": true },
        ] })
    };
    let short = text.amend(&years(2, "Deux ans")).expect(201).id();
    text.sign_amendment(&short, 0, "2026-11-10").expect(201);
    let computed = refused(&text.sign_amendment(&short, 1, "2026-11-10"), "after_end", None);
    assert_eq!((&computed["last_day"], &computed["comes_on"]), (&json!("2026-06-27"), &json!("2026-11-10")));
    let read = text.association.get(&text.path()).expect(200).json;
    assert_eq!((&read["status"], &read["last_day"]), (&json!("in_force"), &json!("2029-06-27")));
    let path = format!("/v1/amendments/{short}");
    text.association.patch(&path, &text.etag(), &years(3, "Trois ans")).expect(200);
    signed(&text, &short, "2026-11-10", "2026-11-10");
    assert_eq!(text.association.get(&text.path()).expect(200).json["last_day"], "2027-06-27");
});

both!(a_later_one_amends_what_the_earlier_made, |world| {
    let (text, first) = drafted(world);
    let seven = json!({ "title": "Avenant n° 2", "edits": [
        { "kind": "replace_words", "article": "11", "old": "Six ans", "new": "Sept ans" },
    ] });
    let second = text.amend(&seven).expect(201);
    // It applies, since the one before is signed first; that no clause follows is told.
    assert_eq!(warned(&second.json), ["edit_without_clause_change"]);
    signed(&text, &first, "2026-11-10", "2026-11-10");
    signed(&text, &second.id(), "2026-11-12", "2026-11-13");
    let body = |on: &str| text.association.get(&format!("/v1/articles/{}?as_of={on}", text.article)).expect(200).json;
    assert_eq!((&body("2026-11-12")["body"], &body("2026-11-12")["amended_by"]), (&json!("Six ans."), &json!(1)));
    assert_eq!((&body("2026-11-13")["body"], &body("2026-11-13")["amended_by"]), (&json!("Sept ans."), &json!(2)));
    assert_eq!((&body("2026-11-09")["body"], &body("2026-11-09")["amended_by"]), (&json!("Cinq ans."), &json!(null)));
});

both!(it_comes_into_force_only_while_the_convention_is, |world| {
    let text = world.in_force("2026-11-02");
    let beyond = json!({ "title": "Avenant", "effective_on": "2031-11-03" });
    let late = text.amend(&beyond).expect(201).id();
    text.sign_amendment(&late, 0, "2026-11-10").expect(201);
    let computed = refused(&text.sign_amendment(&late, 1, "2026-11-10"), "after_end", None);
    assert_eq!((&computed["comes_on"], &computed["ends_on"]), (&json!("2031-11-03"), &json!("2031-11-02")));
    // The day before is the last one.
    let path = format!("/v1/amendments/{late}");
    text.association.patch(&path, &text.etag(), &json!({ "effective_on": "2031-11-02" })).expect(200);
    signed(&text, &late, "2026-11-10", "2026-11-10");
    let status = |on: &str| read(&text.association, &late, &format!("?as_of={on}"))["status"].clone();
    assert_eq!((status("2031-11-01"), status("2031-11-02")), (json!("signed"), json!("in_force")));
});

both!(an_end_that_comes_first_leaves_it_without_object, |world| {
    let text = world.in_force("2026-11-02");
    let later = json!({ "title": "Avenant", "effective_on": "2027-06-01" });
    let id = text.amend(&later).expect(201).id();
    signed(&text, &id, "2026-11-10", "2026-11-10");
    assert_eq!(read(&text.association, &id, "")["in_force_from"], "2027-06-01");
    for (actor, party) in [(&text.ministry, 0), (&text.association, 1)] {
        let agreed = json!({ "kind": "termination_agreed", "done_by": text.parties[party], "occurred_on": "2026-11-20", "effective_on": "2027-05-31" });
        actor.post(&text.under("facts"), &agreed).expect(201);
    }
    let read = read(&text.association, &id, "?as_of=2027-06-01");
    assert_eq!((&read["status"], &read["in_force_from"]), (&json!("without_object"), &json!(null)));
});

both!(one_signed_in_time_is_entered_after_the_former_end, |world| {
    let text = world.in_force("2024-06-27");
    crate::conventions::facts::until(world, "2029-10-01");
    let (association, ministry) = (world.afresh(&text.association), world.afresh(&text.ministry));
    let status = |on: &str| association.get(&format!("{}?as_of={on}", text.path())).expect(200).json["status"].clone();
    assert_eq!(status("2029-09-01"), "expired");
    let amendment = association.post(&text.under("amendments"), &super::six_years()).expect(201).id();
    let sign = |actor: &crate::support::Actor, party: usize, on: &str| {
        let hash = actor.get(&format!("/v1/amendments/{amendment}")).expect(200).json["content_hash"].clone();
        let signatory = ["Dominique Durand", "Camille Martin"][party];
        let signature = serde_json::json!({ "party_id": text.parties[party], "signatory": signatory,
            "function": "qui signe", "signed_on": on, "content_hash": hash });
        actor.post(&format!("/v1/amendments/{amendment}/signatures"), &signature)
    };
    sign(&ministry, 0, "2026-01-10").expect(201);
    // The last signature is what may not come after the end.
    sign(&association, 1, "2029-06-28").problem("after_end");
    sign(&association, 1, "2026-01-15").expect(201);
    assert_eq!(
        (status("2029-09-01"), status("2030-06-28")),
        (serde_json::json!("in_force"), serde_json::json!("expired"))
    );
});

both!(a_signature_of_the_convention_is_corrected_where_no_day_moves, |world| {
    let text = world.draft();
    text.sign(0, "2026-11-01").expect(201);
    text.sign(1, "2026-11-02").expect(201);
    let amendment = text.amend(&six_years()).expect(201).id();
    signed(&text, &amendment, "2026-11-10", "2026-11-10");
    let corrected = |party: usize, on: &str, name: &str| {
        let all = text.association.list(&text.under("signatures"));
        let own = |row: &&Value| row["party_id"] == text.parties[party].as_str() && row["voided_at"].is_null();
        let mut signature = text.signature(party, on);
        signature["replaces"] = all.iter().find(own).unwrap()["id"].clone();
        signature["signatory"] = json!(name);
        [&text.ministry, &text.association][party].post(&text.under("signatures"), &signature)
    };
    let stands = || {
        let read = text.association.get(&text.path()).expect(200).json;
        (read["complete_on"].clone(), read["in_force_from"].clone(), read["status"].clone())
    };
    let before = stands();
    // The spelling of a name, and a day that decides nothing.
    let made = corrected(1, "2026-11-02", "Camille Martín").expect(201);
    assert_eq!(made.json["signatory"], "Camille Martín");
    corrected(0, "2026-10-31", "Dominique Durand").expect(201);
    assert_eq!(stands(), before);
    // The day in force was signed upon.
    for (party, on) in [(1, "2026-11-03"), (1, "2026-10-31"), (0, "2026-11-04")] {
        corrected(party, on, "X").problem("in_use");
    }
    assert_eq!(stands(), before);
    let rows = text.association.list(&text.under("signatures"));
    assert_eq!(rows.iter().filter(|row| row["voided_at"].is_null()).count(), 2, "a refusal voids nothing");
    assert_eq!(read(&text.association, &amendment, "")["status"], "in_force");
    // Nor does one person come to sign for two parties that way.
    let twice = corrected(1, "2026-11-02", "Dominique Durand");
    crate::conventions::refused(&twice, "same_signatory", "R01", Some("11"));
});
