//! Recording signatures (R01): accepted, and each refusal of the table.

use serde_json::{Value, json};

use super::{Draft, Signs, draft, each, national, ready, refused};

both!(each_party_signs_once_and_the_last_puts_in_force, |world| {
    let text = ready(world);
    let hash = text.hash();
    let first = text.association.signs(&text, "2024-06-20").expect(201);
    assert_eq!(first.json["content_hash"], hash);
    assert_eq!(
        (&first.json["recorded_by"], &first.json["voided_at"]),
        (&json!(text.association.id.to_string()), &Value::Null)
    );
    assert_eq!(first.header("location"), Some(format!("/v1/signatures/{}", first.id()).as_str()));
    let read = text.json();
    assert_eq!((&read["status"], &read["first_signed_on"]), (&json!("partially_signed"), &json!("2024-06-20")));
    assert_eq!(
        (&read["in_force_from"], &read["last_day"], &read["complete_on"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    let again = text.association.signs_with(&text, "2024-06-21", &json!({ "signatory": "Une autre" }));
    let computed = refused(&again, "already_signed", "R01", Some("11"));
    assert_eq!(
        (&computed["party"], &computed["signed_on"]),
        (&json!(text.id_of("party association")), &json!("2024-06-20"))
    );
    let last = text.ministry.signs(&text, "2024-06-27").expect(201);
    let read = text.json();
    assert_eq!((&read["status"], &read["in_force_from"]), (&json!("in_force"), &json!("2024-06-27")));
    assert_eq!((&read["complete_on"], &read["last_day"]), (&json!("2024-06-27"), &json!("2029-06-27")));
    assert_eq!(each(&text.items("signatures"), "id"), [first.id(), last.id()]);
    let signed = text.author.get(&format!("/v1/signatures/{}", last.id())).expect(200);
    assert_eq!((&signed.json, signed.etag().starts_with(&format!("\"{}.", text.version()))), (&last.json, true));
    refused(&text.ministry.signs(&text, "2024-06-27"), "already_signed", "R01", Some("11"));
});

both!(the_order_of_recording_does_not_matter, |world| {
    let text = ready(world);
    text.ministry.signs(&text, "2024-06-27").expect(201);
    text.association.signs(&text, "2024-06-20").expect(201);
    assert_eq!(text.json()["in_force_from"], "2024-06-27");
    assert_eq!(text.status_on("2024-06-26"), "partially_signed");
});

both!(nobody_signs_for_two_parties, |world| {
    let text = ready(world);
    text.association.signs_with(&text, "2024-06-20", &json!({ "signatory": "Édouard Lœwy-Dupré" })).expect(201);
    for same in ["Édouard Lœwy-Dupré", "EDOUARD  LOEWY DUPRE", " edouard lœwy‑dupré "] {
        let answer = text.ministry.signs_with(&text, "2024-06-27", &json!({ "signatory": same }));
        let computed = refused(&answer, "same_signatory", "R01", Some("11"));
        assert_eq!(computed["party"], text.id_of("party association"), "{same}");
    }
    text.ministry.signs_with(&text, "2024-06-27", &json!({ "signatory": "Édouard Lœwy" })).expect(201);
});

both!(what_is_asked_of_a_signature, |world| {
    let text = ready(world);
    let future = text.association.signs(&text, "2026-11-24");
    let computed = refused(&future, "future_date", "R01", Some("11"));
    assert_eq!((&computed["signed_on"], &computed["today"]), (&json!("2026-11-24"), &json!("2026-11-23")));
    let foreign = ready(world).id_of("party association").to_owned();
    for party in [foreign.as_str(), text.id.as_str()] {
        let answer = text.association.signs_with(&text, "2024-06-20", &json!({ "party_id": party }));
        let computed = refused(&answer, "unknown_party", "R01", Some("11"));
        assert_eq!(computed["party"], party);
    }
    let old = text.hash();
    text.change("", &json!({ "reference": "MENE2412345X" })).expect(200);
    let stale = text.association.signs_with(&text, "2024-06-20", &json!({ "content_hash": old }));
    let computed = refused(&stale, "content_changed", "R01", Some("11"));
    assert_eq!((&computed["signed_hash"], &computed["content_hash"]), (&json!(old), &json!(text.hash())));
    for (changed, pointer) in [
        (json!({ "signatory": "" }), "/signatory"),
        (json!({ "function": null }), "/function"),
        (json!({ "signed_on": "27/06/2024" }), "/signed_on"),
        (json!({ "signed_on": "2024-06-27T10:00:00Z" }), "/signed_on"),
        (json!({ "content_hash": "sha256:00" }), "/content_hash"),
        (json!({ "party_id": "ministère" }), "/party_id"),
        (json!({ "voided_at": null }), "/voided_at"),
    ] {
        let answer = text.association.signs_with(&text, "2024-06-20", &changed);
        assert_eq!(answer.problem("invalid_body").faults()[0].0, pointer, "{changed}");
    }
    // Today is not the future; in Paris the day begins an hour before UTC's.
    assert!(text.items("signatures").is_empty());
    text.association.signs(&text, "2026-11-23").expect(201);
    world.pass_seconds(14 * 3600);
    let text = text.renewed(world);
    text.ministry.signs(&text, "2026-11-24").expect(201);
    assert_eq!(text.json()["as_of"], "2026-11-24");
    assert_eq!(text.json()["in_force_from"], "2026-11-24");
});

both!(duration_and_notices_are_set_or_declared_absent_first, |world| {
    let text = draft(world).with_parties();
    let computed = refused(&text.association.signs(&text, "2024-06-20"), "terms_not_set", "R01", None);
    assert_eq!(computed["missing"], json!(["duration", "renewal_information", "termination"]));
    let text = text.with_article("11").with_clause("duration", "11", &json!({ "value": 5, "unit": "year" }));
    let computed = refused(&text.association.signs(&text, "2024-06-20"), "terms_not_set", "R01", Some("11"));
    assert_eq!(computed["missing"], json!(["renewal_information", "termination"]));
    let text = text.without_clause("renewal_information").without_clause("termination");
    // Not confirmed is not set; nor is a length in seasons whose end the text does not name.
    let duration = format!("/v1/clauses/{}", text.id_of("clause duration"));
    for patch in [json!({ "confirmed": false }), json!({ "confirmed": true, "parameters": { "unit": "season" } })] {
        text.change(&duration, &patch).expect(200);
        let answer = text.association.signs(&text, "2024-06-20");
        assert_eq!(answer.problem("terms_not_set").json["computed"]["missing"], json!(["duration"]), "{patch}");
        assert_eq!(text.json()["missing_terms"], json!(["duration"]));
    }
    text.change(&duration, &json!({ "parameters": { "unit": "year" } })).expect(200);
    text.association.signs(&text, "2024-06-20").expect(201);
});

both!(a_convention_binds_two_parties, |world| {
    let text = draft(world).with_terms();
    let association = text.association.clone();
    let text = text.with_party("party association", &association, "association");
    let computed = refused(&text.association.signs(&text, "2024-06-20"), "too_few_parties", "R01", Some("11"));
    assert_eq!(computed["parties"], 1);
});

both!(three_parties_all_sign, |world| {
    let company = world.association();
    let text = ready(world).with_party("party third", &company, "other");
    text.association.signs(&text, "2024-06-20").expect(201);
    company.signs(&text, "2024-07-04").expect(201);
    assert_eq!(text.json()["status"], "partially_signed");
    text.ministry.signs(&text, "2024-06-27").expect(201);
    assert_eq!(
        (text.json()["in_force_from"].as_str(), text.json()["last_day"].as_str()),
        (Some("2024-07-04"), Some("2029-07-04"))
    );
});

both!(a_party_signs_for_itself_and_the_operator_with_proof, |world| {
    let text = ready(world);
    let for_ministry = text.signature_of(&text.ministry, "2024-06-27");
    text.association.post(&text.under("signatures"), &for_ministry).problem("not_allowed");
    world.ministry().post(&text.under("signatures"), &for_ministry).problem("not_allowed");
    // The operator sees what it brings in, and only that.
    let operator = world.operator();
    operator.post(&text.under("signatures"), &for_ministry).problem("not_found");

    let brought = Draft::drafted(&operator, &world.ministry(), &world.association(), &national("Reprise"));
    let brought = brought.with_parties().with_terms();
    let mut signature = brought.signature_of(&brought.ministry, "2024-06-27");
    let faults = operator.post(&brought.under("signatures"), &signature).problem("invalid_body").faults();
    assert_eq!(faults, [("/proof".to_owned(), "missing".to_owned())]);
    signature["proof"] = json!("armoire 3, convention signée numérisée");
    let recorded = operator.post(&brought.under("signatures"), &signature).expect(201);
    assert_eq!(recorded.json["proof"], "armoire 3, convention signée numérisée");
    let proof = json!({ "proof": "la même" });
    // A party needs none, and records its own even there.
    brought.association.signs_with(&brought, "2024-06-20", &proof).expect(201);
    assert_eq!(brought.json()["status"], "in_force");
});
