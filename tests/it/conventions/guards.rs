//! What keeps a signed text safe: delegates are narrowed, a text that somebody signed is its parties', a wrong record
//! is corrected by another, and no filter is too long.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use crate::support::texts::PASTED;

both!(a_delegate_sees_the_national_texts_and_those_of_its_territories, |world| {
    let national = world.in_force("2026-11-02");
    let association = &national.association;
    let mut children = Vec::new();
    for (level, territory) in [("academic", "academie:10"), ("academic", "academie:25"), ("regional", "region:84")] {
        let new = json!({ "title": territory, "document_type": "convention", "level": level, "territory": territory,
            "parent_id": national.id });
        let child = world.draft_between(world.ministry(), association.clone(), new);
        children.push((territory, child));
    }
    let delegate = world.client(Role::Association, association.organisation, &["academie:10"], &[]);
    delegate.get(&national.path()).expect(200);
    for (territory, child) in &children {
        // Lyon lies in Auvergne-Rhône-Alpes; Versailles is no business of a delegate of Lyon.
        let sees = *territory != "academie:25";
        assert_eq!(delegate.get(&child.path()).status, if sees { 200 } else { 404 }, "{territory}");
        assert_eq!(delegate.get(&child.under("articles")).status, if sees { 200 } else { 404 }, "{territory}");
        association.get(&child.path()).expect(200);
    }
    assert_eq!(delegate.list("/v1/conventions").len(), 3);
});

both!(a_text_that_somebody_signed_is_its_parties, |world| {
    let text = world.draft();
    let other = world.association();
    let path = format!("/v1/parties/{}", text.parties[1]);
    let elsewhere = other.organisation.unwrap().to_string();
    text.association.patch(&path, &text.etag(), &json!({ "organisation_id": elsewhere })).expect(200);
    // Its drafter is no party any more, and may still draft until somebody signs.
    let address = text.path();
    let etag = || text.ministry.get(&address).expect(200).etag();
    text.association.patch(&address, &etag(), &json!({ "title": "Un autre titre" })).expect(200);
    text.sign(0, "2026-11-02").expect(201);
    text.association.patch(&address, &etag(), &json!({ "title": "Encore un autre" })).problem("not_allowed");
    let kept = text.ministry.get(&text.under("signatures")).expect(200);
    assert!(kept.json["items"][0]["voided_at"].is_null());
    other.patch(&address, &etag(), &json!({ "title": "Le sien" })).expect(200);
});

both!(a_wrong_record_is_corrected_by_another, |world| {
    let text = world.in_force("2026-11-02");
    let records = text.association.list(&text.under("signatures"));
    let wrong = records.iter().find(|r| r["party_id"] == text.parties[1].as_str()).unwrap()["id"].clone();
    let mut right = text.signature(1, "2026-11-05");
    text.association.post(&text.under("signatures"), &right).problem("already_signed");
    right["replaces"] = json!(text.parties[0]);
    let faults = text.association.post(&text.under("signatures"), &right).problem("invalid_body").faults();
    assert_eq!(faults[0].0, "/replaces");
    right["replaces"] = wrong.clone();
    text.ministry.post(&text.under("signatures"), &right).problem("not_allowed");
    right["signed_on"] = json!("2026-12-25");
    text.association.post(&text.under("signatures"), &right).problem("future_date");
    // A refused correction leaves the record as it was.
    assert_eq!(text.association.get(&text.path()).expect(200).json["in_force_from"], "2026-11-02");
    right["signed_on"] = json!("2026-11-05");
    let made = text.association.post(&text.under("signatures"), &right).expect(201);
    assert_eq!(made.json["replaces"], wrong);
    let after = text.association.get(&text.path()).expect(200).json;
    assert_eq!((&after["in_force_from"], &after["last_day"]), (&json!("2026-11-05"), &json!("2031-11-05")));
    let old = text.association.get(&format!("/v1/signatures/{}", wrong.as_str().unwrap())).expect(200).json;
    assert!(old["voided_at"].is_string());
    text.association.post(&text.under("signatures"), &right).problem("invalid_body");
});

both!(what_hangs_under_a_convention_takes_a_date, |world| {
    let text = world.in_force("2026-11-02");
    for address in [text.under("articles"), text.under("axes"), format!("/v1/clauses/{}", text.clause)] {
        text.association.get(&format!("{address}?as_of=2026-11-03")).expect(200);
        text.association.get(&format!("{address}?as_of=2026-02-30")).problem("invalid_parameters");
    }
});

both!(no_filter_is_too_long, |world| {
    let operator = world.operator();
    for path in ["/v1/conventions", "/v1/organisations"] {
        let words = (0..1000).map(|n| format!("w{n}")).collect::<Vec<_>>().join("+");
        operator.get(&format!("{path}?q={words}")).problem("invalid_parameters");
        let words = (0..20).map(|n| format!("w{n}")).collect::<Vec<_>>().join("+");
        operator.get(&format!("{path}?q={words}")).expect(200);
    }
    let same = vec!["in_force"; 100].join(",");
    operator.get(&format!("/v1/conventions?status={same}")).expect(200);
    operator.get(&format!("/v1/conventions?status={same},draft")).problem("invalid_parameters");
});

both!(the_operators_own_keys_are_unique_too, |world| {
    let operator = world.operator();
    let new = json!({ "title": "T", "document_type": "convention", "level": "national", "territory": "national",
        "external_id": "K-1" });
    operator.post("/v1/conventions", &new).expect(201);
    operator.post("/v1/conventions", &new).problem("duplicate");
    let new = json!({ "kind": "company", "name": "S", "external_id": "K-1" });
    operator.post("/v1/organisations", &new).expect(201);
    operator.post("/v1/organisations", &new).problem("duplicate");
});

both!(a_text_under_a_national_one_is_of_the_academie_it_names, |world| {
    let national = world.in_force("2026-11-02");
    let text = PASTED.replace("Le ministère de l'Éducation nationale", "L'académie de Versailles");
    let address = format!("/v1/conventions/import?parent_id={}", national.id);
    let made = national.ministry.ask("POST", &address).body("text/plain", text).send().expect(201);
    let draft = &made.json["convention"];
    assert_eq!((&draft["level"], &draft["territory"]), (&json!("academic"), &json!("academie:25")));
    let path = format!("/v1/conventions/{}", draft["id"].as_str().unwrap());
    let etag = national.ministry.get(&path).expect(200).etag();
    national.ministry.patch(&path, &etag, &json!({ "title": "Convention de déclinaison" })).expect(200);
});
