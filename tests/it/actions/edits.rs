//! What a change does to the state: another date, place or school of what is confirmed makes it planned again.

use serde_json::{Value, json};

use super::{CRETEIL, DAY, PAST, VERSAILLES, confirmed, create, edit, in_state, read, reference};

both!(another_date_place_or_school_makes_it_planned_again, |world| {
    let text = reference(world);
    let association = &text.association;
    let after = |patch: Value| {
        let id = create(association, &confirmed(&text, &json!({})));
        edit(association, &id, &patch).expect(200).json["status"].as_str().unwrap().to_owned()
    };
    for moved in [
        json!({ "sessions": [{ "date": "2027-01-15", "start": "14:00", "end": "16:00" }] }),
        json!({ "sessions": [{ "date": DAY, "start": "14:30", "end": "16:00" }] }),
        json!({ "place": { "label": "Salle des fêtes" } }),
        json!({ "modality": "remote" }),
        json!({ "schools": [{ "uai": CRETEIL, "class_label": "3B" }] }),
        json!({ "schools": [{ "uai": VERSAILLES, "class_label": "3B" }, { "uai": CRETEIL }] }),
        json!({ "schools": [], "territory": "academie:25" }),
    ] {
        assert_eq!(after(moved.clone()), "planned", "{moved}");
    }
    for kept in [
        json!({ "title": "Autre titre" }),
        json!({ "sessions": [{ "date": DAY, "start": "14:00", "end": "16:00" }] }),
        json!({ "schools": [{ "uai": VERSAILLES, "class_label": "3C" }] }),
        json!({ "comment": "Prévoir des gants", "volunteers_needed": 3 }),
        json!({}),
    ] {
        assert_eq!(after(kept.clone()), "confirmed", "{kept}");
    }
});

both!(what_took_place_is_corrected_and_stays, |world| {
    let text = reference(world);
    let association = &text.association;
    for state in ["held", "reported"] {
        let id = in_state(&text, state, &json!({}));
        let moved = json!({ "sessions": [{ "date": "2026-10-07" }], "schools": [{ "uai": CRETEIL }] });
        let told = edit(association, &id, &moved).expect(200).json;
        assert_eq!((&told["status"], &told["starts_on"]), (&json!(state), &json!("2026-10-07")));
        // Not to a day to come.
        edit(association, &id, &json!({ "sessions": [{ "date": DAY }] })).problem("future_date");
        edit(association, &id, &json!({ "results": { "pupils": 1 } })).problem("invalid_body");
    }
    // Earlier records are corrected with their results.
    let legacy = json!({ "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 24 } });
    let id = create(association, &crate::actions::visit(&text, &legacy));
    let told = edit(association, &id, &json!({ "results": { "pupils": 25 } })).expect(200).json;
    assert_eq!((&told["status"], &told["results"]["pupils"]), (&json!("reported"), &json!(25)));
});

both!(what_is_closed_stays_closed, |world| {
    let text = reference(world);
    for state in ["declined", "cancelled"] {
        let id = in_state(&text, state, &json!({}));
        let before = read(&text.association, &id);
        assert!(before["reason"].is_string());
        let refused = edit(&text.association, &id, &json!({ "title": "x" })).problem("wrong_state").json;
        assert_eq!((&refused["rule"], &refused["computed"]["status"]), (&json!("R30"), &json!(state)));
        text.association.delete(&format!("/v1/actions/{id}"), "*").problem("wrong_state");
        assert_eq!(read(&text.association, &id), before);
    }
});

both!(a_change_cannot_move_it_out_of_ones_own, |world| {
    let text = reference(world);
    let academie = world.academie("academie:25");
    let id = create(&academie, &crate::actions::visit(&text, &json!({})));
    for schools in [json!([{ "uai": CRETEIL }]), json!([{ "uai": VERSAILLES }, { "uai": CRETEIL }])] {
        edit(&academie, &id, &json!({ "schools": schools })).problem("not_allowed");
    }
    let school = world.school(VERSAILLES);
    let id = create(&school, &crate::actions::visit(&text, &json!({})));
    edit(&school, &id, &json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] })).problem("not_allowed");
    edit(&school, &id, &json!({ "schools": [{ "uai": CRETEIL }] })).problem("not_allowed");
    edit(&school, &id, &json!({ "title": "Une autre visite" })).expect(200);
});
