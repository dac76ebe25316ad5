//! R34 and R35: dated inside the period in force, and a network contact who answers for the place.

use serde_json::{Value, json};

use super::{CRETEIL, VERSAILLES, act, confirmed, reference, visit, warned, with};
use crate::conventions::refused;
use crate::obligations::until;

both!(an_action_is_dated_inside_the_period_in_force, |world| {
    let text = reference(world);
    let on = |days: &[&str]| {
        let sessions: Vec<Value> = days.iter().map(|day| json!({ "date": day })).collect();
        text.association.post("/v1/actions", &visit(&text, &json!({ "sessions": sessions })))
    };
    // The first day and the last one; the day before and the day after.
    for days in [&["2024-06-27"][..], &["2029-06-27"], &["2024-06-27", "2029-06-27"]] {
        on(days).expect(201);
    }
    let rows = world.rows("actions");
    for (days, wrong) in [
        (&["2024-06-26"][..], "2024-06-26"),
        (&["2029-06-28"], "2029-06-28"),
        (&["2024-06-26", "2024-06-27"], "2024-06-26"),
        (&["2027-01-14", "2029-06-28"], "2029-06-28"),
    ] {
        let computed = refused(&on(days), "outside_period", "R34", Some("11"));
        assert_eq!(computed, json!({ "date": wrong, "in_force_from": "2024-06-27", "ends_on": "2029-06-27" }));
    }
    assert_eq!(world.rows("actions"), rows);
    // A request without a date is made while the convention is in force.
    text.association.post("/v1/actions", &visit(&text, &json!({ "sessions": [] }))).expect(201);
    let planned = visit(&text, &json!({ "sessions": [], "status": "planned" }));
    refused(&text.association.post("/v1/actions", &planned), "session_missing", "R34", Some("11"));
});

both!(in_the_zone_of_the_place, |world| {
    let text = reference(world);
    let school = crate::actions::uai("974", 1);
    let session = json!([{ "date": "2029-06-27", "start": "23:00", "end": "23:30" }]);
    let made = json!({ "schools": [{ "uai": school }], "sessions": session });
    let made = text.association.post("/v1/actions", &visit(&text, &made)).expect(201).json;
    assert_eq!((&made["ends_on"], &made["schools"][0]["academie"]), (&json!("2029-06-27"), &json!("28")));
    // Nights of a change of clocks: no such time in Paris, an hour as any other in La Réunion.
    let night = json!([{ "date": "2027-03-28", "start": "02:30", "end": "04:00" }]);
    let faults = text.association.post("/v1/actions", &visit(&text, &json!({ "sessions": night })));
    assert_eq!(faults.problem("invalid_body").faults(), [("/sessions/0/start".to_owned(), "no_such_time".to_owned())]);
    let there = json!({ "schools": [{ "uai": school }], "sessions": night });
    assert_eq!(text.association.post("/v1/actions", &visit(&text, &there)).expect(201).json["session_hours"], 1.5);
});

both!(reported_years_later_and_never_before, |world| {
    let text = reference(world);
    let association = &text.association;
    let post =
        |day: &str| association.post("/v1/actions", &confirmed(&text, &json!({ "sessions": [{ "date": day }] })));
    let report = |id: &str| act(&world.afresh(association), id, "report", &json!({ "results": { "pupils": 24 } }));
    let hold = |id: &str| act(&world.afresh(association), id, "hold", &json!({}));
    // Today, tomorrow.
    let (today, tomorrow) = (post("2026-11-23").expect(201).id(), post("2026-11-24").expect(201).id());
    for answer in [report(&tomorrow), hold(&tomorrow)] {
        let computed = refused(&answer, "future_date", "R34", None);
        assert_eq!(computed, json!({ "date": "2026-11-24", "today": "2026-11-23" }));
    }
    let attended = json!({ "uai": VERSAILLES, "counts": { "pupils": 3 } });
    refused(&act(association, &tomorrow, "attendance", &attended), "future_date", "R34", None);
    assert_eq!(report(&today).expect(200).json["status"], "reported");
    // Several sessions: held once the first has come, reported once the last one has.
    let long = json!({ "sessions": [{ "date": "2026-11-20" }, { "date": "2026-11-24" }] });
    let long = association.post("/v1/actions", &confirmed(&text, &long)).expect(201).id();
    refused(&report(&long), "future_date", "R34", None);
    hold(&long).expect(200);
    refused(&report(&long), "future_date", "R34", None);
    // One of 2025, reported in 2030: the convention has ended meanwhile (R03).
    let old = post("2025-11-23").expect(201).id();
    until(world, "2030-05-06");
    let told = report(&old).expect(200).json;
    assert_eq!((&told["status"], &told["starts_on"]), (&json!("reported"), &json!("2025-11-23")));
    report(&long).expect(200);
    // And entered whole, then; not for a day beyond the end.
    let late = |day: &str| {
        let body = json!({ "origin": "legacy", "sessions": [{ "date": day }], "results": { "pupils": 3 } });
        world.afresh(association).post("/v1/actions", &visit(&text, &body))
    };
    late("2029-06-27").expect(201);
    refused(&late("2029-06-28"), "outside_period", "R34", Some("11"));
    // Nothing without a date is asked of a convention that has ended.
    let asked = visit(&text, &json!({ "sessions": [] }));
    refused(&world.afresh(association).post("/v1/actions", &asked), "outside_period", "R34", Some("11"));
});

both!(an_amendment_that_lets_it_last_longer_is_counted, |world| {
    let text = reference(world);
    let change =
        json!({ "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true });
    let amendment = json!({ "title": "Avenant n° 1", "clause_changes": [change] });
    let amendment = text.association.post(&text.under("amendments"), &amendment).expect(201).id();
    for actor in [&text.association, &text.ministry] {
        let hash = actor.get(&format!("/v1/amendments/{amendment}")).expect(200).json["content_hash"].clone();
        let mut signature = text.signature_of(actor, "2026-11-20");
        signature["content_hash"] = hash;
        actor.post(&format!("/v1/amendments/{amendment}/signatures"), &signature).expect(201);
    }
    let on = |day: &str| text.association.post("/v1/actions", &visit(&text, &json!({ "sessions": [{ "date": day }] })));
    on("2030-06-27").expect(201);
    refused(&on("2030-06-28"), "outside_period", "R34", Some("11"));
});

both!(a_contact_of_the_networks_answers_for_the_place, |world| {
    let text = reference(world);
    let contact = |territory: &str, more: Value| {
        let contact = with(json!({ "network": "dafpic", "territory": territory, "name": "Réseau" }), &more);
        text.association.post(&text.under("network-contacts"), &contact).expect(201).id()
    };
    let post = |contact: &str, more: Value| {
        let body = with(json!({ "network_contact_id": contact }), &more);
        text.association.post("/v1/actions", &visit(&text, &body))
    };
    let (own, region, national) =
        (contact("academie:25", json!({})), contact("region:11", json!({})), contact("national", json!({})));
    let other = contact("academie:24", json!({}));
    for contact in [&own, &region, &national] {
        assert_eq!(post(contact, json!({})).expect(201).json["warnings"], json!([]));
    }
    let outside = [("R35".to_owned(), "outside_area".to_owned(), None)];
    let flagged = post(&other, json!({})).expect(201).json;
    assert_eq!(warned(&flagged), outside);
    assert_eq!(
        flagged["warnings"][0]["computed"],
        json!({ "contact_territory": "academie:24", "territories": ["academie:25"] })
    );
    let two = json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] });
    assert_eq!(warned(&post(&own, two.clone()).expect(201).json), outside);
    assert_eq!(warned(&post(&region, two).expect(201).json), []);
    let wide = json!({ "schools": [], "territory": "national" });
    assert_eq!(warned(&post(&region, wide.clone()).expect(201).json), outside);
    assert_eq!(warned(&post(&national, wide).expect(201).json), []);
    // Not before it is in charge, nor after.
    let dated = contact("academie:25", json!({ "valid_from": "2027-01-14", "valid_until": "2027-01-15" }));
    for (day, right) in [("2027-01-13", false), ("2027-01-14", true), ("2027-01-15", true), ("2027-01-16", false)] {
        let told = post(&dated, json!({ "sessions": [{ "date": day }] })).expect(201).json;
        assert_eq!(warned(&told).is_empty(), right, "{day}");
    }
    // A contact of another convention is nobody here.
    let elsewhere = crate::actions::another(&text);
    let foreign = json!({ "network": "dafpic", "territory": "academie:25", "name": "Réseau" });
    let foreign = text.association.post(&elsewhere.under("network-contacts"), &foreign).expect(201).id();
    let faults = post(&foreign, json!({})).problem("invalid_body").faults();
    assert_eq!(faults, [("/network_contact_id".to_owned(), "unknown_reference".to_owned())]);
});
