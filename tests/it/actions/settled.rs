//! R32 and R33: from `confirmed` on, an action states what it does for inclusion, or why nothing is pertinent, and its
//! accessibility; neither is asked of a request, nor of earlier records.

use serde_json::{Value, json};

use super::{PAST, act, create, edit, read, reference, stated, visit, with};
use crate::conventions::{draft, refused};

both!(a_confirmation_states_inclusion_and_accessibility, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &visit(&text, &json!({ "status": "planned" })));
    let confirm = |body: Value| act(association, &id, "confirm", &body);
    let computed = refused(&confirm(json!({})), "inclusion_missing", "R32", Some("8"));
    assert_eq!(computed, json!({ "pointer": "/inclusion" }));
    let inclusion = stated()["inclusion"].clone();
    let computed = refused(&confirm(json!({ "inclusion": inclusion })), "accessibility_missing", "R33", Some("8"));
    assert_eq!(computed, json!({ "pointer": "/accessibility" }));
    // Measures, or why there are none: one of the two.
    for wrong in [json!({}), json!({ "measures": [] }), with(inclusion.clone(), &json!({ "none_because": "x" }))] {
        let faults = confirm(json!({ "inclusion": wrong, "accessibility": "Oui" })).problem("invalid_body").faults();
        assert_eq!(faults, [("/inclusion".to_owned(), "invalid".to_owned())]);
    }
    assert_eq!((&read(association, &id)["status"], &read(association, &id)["version"]), (&json!("planned"), &json!(1)));
    let why =
        json!({ "inclusion": { "none_because": "Classe entière, ouverte à tous" }, "accessibility": "Plain-pied" });
    let told = confirm(with(why, &json!({ "responsible_adult": "professeure principale" }))).expect(200).json;
    assert_eq!((&told["status"], &told["version"]), (&json!("confirmed"), &json!(2)));
    assert_eq!(told["inclusion"]["none_because"], "Classe entière, ouverte à tous");
    assert_eq!(
        (&told["accessibility"], &told["responsible_adult"]),
        (&json!("Plain-pied"), &json!("professeure principale"))
    );
    // What was stated is not taken back.
    refused(&edit(association, &id, &json!({ "inclusion": null })), "inclusion_missing", "R32", Some("8"));
    refused(&edit(association, &id, &json!({ "accessibility": null })), "accessibility_missing", "R33", Some("8"));
    // Each ground is one.
    for ground in ["sex", "social_origin", "disability"] {
        let measures = json!({ "inclusion": { "measures": [{ "ground": ground, "measure": "Une mesure" }] } });
        edit(association, &id, &measures).expect(200);
    }
});

both!(created_confirmed_or_held_it_states_them_at_once, |world| {
    let text = reference(world);
    let post = |changed: Value| text.association.post("/v1/actions", &visit(&text, &changed));
    refused(&post(json!({ "status": "confirmed" })), "inclusion_missing", "R32", Some("8"));
    post(with(stated(), &json!({ "status": "confirmed" }))).expect(201);
    let past = json!({ "origin": "paper", "sessions": [{ "date": PAST }] });
    refused(&post(past.clone()), "inclusion_missing", "R32", Some("8"));
    post(with(past, &stated())).expect(201);
    // Neither is asked of requests, proposals, plans and earlier records.
    for status in ["requested", "proposed", "planned"] {
        post(json!({ "status": status })).expect(201);
    }
    post(json!({ "origin": "legacy", "sessions": [{ "date": PAST }] })).expect(201);
    world.school(crate::actions::VERSAILLES).post("/v1/actions", &visit(&text, &json!({}))).expect(201);
});

both!(a_digital_resource_says_its_accessibility, |world| {
    let text = reference(world);
    let body = json!({ "modality": "digital_resource", "kind": "teaching_resource", "status": "confirmed", "accessibility": null });
    let refusal = text.association.post("/v1/actions", &visit(&text, &with(stated(), &body)));
    refused(&refusal, "accessibility_missing", "R33", Some("8"));
    assert!(refusal.json["detail"].as_str().unwrap().contains("ressource numérique"), "{}", refusal.text);
});

both!(without_the_clauses_neither_is_asked, |world| {
    let text = crate::actions::unsigned(draft(world));
    for clause in ["clause inclusion", "clause accessibility"] {
        text.author.delete(&format!("/v1/clauses/{}", text.id_of(clause)), "*").expect(204);
    }
    let text = text.signed("2024-06-20", "2024-06-27");
    create(&text.association, &visit(&text, &json!({ "status": "confirmed" })));
});

both!(a_clause_that_nobody_confirmed_asks_nothing, |world| {
    let text = crate::actions::unsigned(draft(world));
    for clause in ["clause inclusion", "clause accessibility"] {
        text.change(&format!("/v1/clauses/{}", text.id_of(clause)), &json!({ "confirmed": false })).expect(200);
    }
    let text = text.signed("2024-06-20", "2024-06-27");
    create(&text.association, &visit(&text, &json!({ "status": "confirmed" })));
});
