//! R30: the axis is one of the most local convention in force on the action's own date; its kind is of the axis's
//! catalogue, or a text.

use serde_json::{Value, json};

use super::{
    CRETEIL, PAST, VERSAILLES, act, another, confirmed, create, edit, read, reference, stated, unsigned, visit, warned,
};
use crate::conventions::{Draft, refused};
use crate::support::{Actor, World};

/// A territorial convention of a national one, signed by the association and an académie on a day.
pub fn declined(world: &World, parent: &Draft, territory: &str, signed_on: &str) -> Draft {
    let academie = world.academie(territory);
    let level = if territory.starts_with("region") { "regional" } else { "academic" };
    let new = json!({
        "title": format!("Déclinaison {territory}"), "document_type": "convention de déclinaison", "level": level,
        "territory": territory, "parent_id": parent.id,
    });
    unsigned(Draft::by(&parent.association, &academie, &new)).signed(signed_on, signed_on)
}

both!(an_axis_of_the_convention_is_accepted_and_another_refused, |world| {
    let text = reference(world);
    let other = another(&text);
    let association = &text.association;
    let action = association.post("/v1/actions", &visit(&text, &json!({}))).expect(201);
    assert_eq!(action.json["axis_label"], "Découverte des métiers");
    assert_eq!((&action.json["axis_article"], &action.json["status"]), (&json!("3"), &json!("proposed")));
    assert_eq!((&action.json["warnings"], &action.json["school_year"]), (&json!([]), &json!("2026-2027")));
    assert_eq!((&action.json["session_hours"], &action.json["schools"][0]["academie"]), (&json!(2), &json!("25")));
    assert_eq!(read(association, &action.id())["id"], action.json["id"]);
    // The axis of another convention of the same parties, and one that does not exist.
    let rows = world.rows("actions");
    for axis in [other.id_of("discovery").to_owned(), world.new_id().to_string()] {
        let foreign = association.post("/v1/actions", &visit(&text, &json!({ "axis_id": axis })));
        let problem = foreign.clone().problem("foreign_axis").json;
        assert_eq!((foreign.status, &problem["rule"]), (422, &json!("R30")));
        assert_eq!(problem["computed"], json!({ "convention_id": text.id, "axis_id": axis }));
    }
    // The same by a change: nothing moves.
    let moved = json!({ "axis_id": other.id_of("discovery") });
    refused(&crate::actions::edit(association, &action.id(), &moved), "foreign_axis", "R30", Some("3"));
    assert_eq!(read(association, &action.id())["version"], 1);
    assert_eq!(world.rows("actions"), rows);
    // Both members, of the other convention, are right again.
    let both = json!({ "convention_id": other.id, "axis_id": other.id_of("discovery") });
    crate::actions::edit(association, &action.id(), &both).expect(200);
});

both!(the_territorial_one_is_the_most_local_from_its_first_day_on, |world| {
    let text = reference(world);
    let child = declined(world, &text, "academie:25", "2026-11-10");
    let association = &text.association;
    let on = |of: &Draft, day: &str, more: Value| {
        let sessions = json!({ "sessions": [{ "date": day }] });
        association.post("/v1/actions", &visit(of, &crate::actions::with(sessions, &more)))
    };
    // The day before it, the day, the day after: whatever today is.
    on(&text, "2026-11-09", json!({})).expect(201);
    for day in ["2026-11-10", "2026-11-11", "2029-06-27"] {
        let computed = refused(&on(&text, day, json!({})), "foreign_axis", "R30", Some("3"));
        assert_eq!(computed["most_local_convention_id"], child.id);
        on(&child, day, json!({})).expect(201);
    }
    let before = on(&child, "2026-11-09", json!({}));
    let computed = refused(&before, "outside_period", "R34", Some("11"));
    assert_eq!(computed, json!({ "date": "2026-11-09", "in_force_from": "2026-11-10", "ends_on": "2031-11-10" }));
    // Of another territory, or of two of them, the national one is.
    on(&text, "2027-01-14", json!({ "schools": [{ "uai": CRETEIL }] })).expect(201);
    on(&text, "2027-01-14", json!({ "schools": [{ "uai": CRETEIL }, { "uai": VERSAILLES }] })).expect(201);
    let none = json!({ "schools": [], "territory": "academie:25" });
    refused(&on(&text, "2027-01-14", none), "foreign_axis", "R30", Some("3"));
    on(&text, "2027-01-14", json!({ "schools": [], "territory": "region:11" })).expect(201);
    on(&text, "2027-01-14", json!({ "schools": [], "territory": "national" })).expect(201);
});

both!(a_school_outside_its_territory_is_not_of_a_territorial_convention, |world| {
    let text = reference(world);
    let child = declined(world, &text, "academie:25", "2026-11-10");
    let elsewhere = visit(&child, &json!({ "schools": [{ "uai": CRETEIL }] }));
    refused(&text.association.post("/v1/actions", &elsewhere), "foreign_axis", "R30", Some("3"));
    let two = visit(&child, &json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] }));
    refused(&text.association.post("/v1/actions", &two), "foreign_axis", "R30", Some("3"));
    let national = visit(&child, &json!({ "schools": [], "territory": "national" }));
    refused(&text.association.post("/v1/actions", &national), "foreign_axis", "R30", Some("3"));
    text.association.post("/v1/actions", &visit(&child, &json!({}))).expect(201);
});

both!(an_item_is_of_the_catalogue_of_the_axis, |world| {
    let text = reference(world);
    let association = &text.association;
    let items = |axis: &str| -> Vec<Value> {
        let axis = association.get(&format!("/v1/axes/{}", text.id_of(axis))).expect(200).json;
        axis["catalogue"].as_array().unwrap().clone()
    };
    let (own, other) = (items("discovery"), items("insertion"));
    let made =
        association.post("/v1/actions", &visit(&text, &json!({ "catalogue_item_id": own[0]["id"] }))).expect(201);
    assert_eq!(made.json["catalogue_label"], "des visites d'entreprises");
    assert_eq!(made.json["warnings"], json!([]));
    let foreign = visit(&text, &json!({ "catalogue_item_id": other[0]["id"] }));
    let computed = refused(&association.post("/v1/actions", &foreign), "foreign_item", "R30", Some("3"));
    assert_eq!(computed, json!({ "catalogue_item_id": other[0]["id"] }));
    // An item without a national kind fits any; one with another kind is flagged.
    let talk = json!({ "catalogue_item_id": own[1]["id"], "kind": "talk" });
    assert_eq!(warned(&association.post("/v1/actions", &visit(&text, &talk)).expect(201).json), []);
    let talk = json!({ "catalogue_item_id": own[0]["id"], "kind": "talk" });
    let told = association.post("/v1/actions", &visit(&text, &talk)).expect(201).json;
    assert_eq!(warned(&told), [("R30".into(), "kind_not_in_catalogue".into(), Some("3".into()))]);
});

both!(a_kind_outside_the_catalogue_is_flagged_and_other_has_a_text, |world| {
    let text = reference(world);
    let post = |changed: Value| text.association.post("/v1/actions", &visit(&text, &changed));
    let told = post(json!({ "kind": "forum" })).expect(201).json;
    assert_eq!(warned(&told), [("R30".into(), "kind_not_in_catalogue".into(), Some("3".into()))]);
    assert_eq!(told["warnings"][0]["computed"], json!({ "kind": "forum" }));
    // It stays flagged on reading, until it is mended.
    let id = told["id"].as_str().unwrap();
    assert_eq!(warned(&read(&text.association, id)).len(), 1);
    let mended = crate::actions::edit(&text.association, id, &json!({ "kind": "company_visit" })).expect(200).json;
    assert_eq!(mended["warnings"], json!([]));
    let other = post(json!({ "kind": "other", "kind_text": "Rallye des métiers" })).expect(201).json;
    assert_eq!((&other["kind_text"], &other["warnings"]), (&json!("Rallye des métiers"), &json!([])));
    let fault = |changed: Value| post(changed).problem("invalid_body").faults();
    assert_eq!(fault(json!({ "kind": "other" })), [("/kind_text".to_owned(), "missing".to_owned())]);
    assert_eq!(fault(json!({ "kind_text": "x" })), [("/kind_text".to_owned(), "not_applicable".to_owned())]);
    let nowhere = fault(json!({ "schools": [] }));
    assert_eq!(nowhere, [("/territory".to_owned(), "missing".to_owned())]);
});

both!(what_is_brought_in_has_holes_that_are_known_as_holes, |world| {
    let text = reference(world);
    let legacy =
        json!({ "origin": "legacy", "sessions": [{ "date": "2025-03-04" }], "results": { "pupils": 24, "girls": 0 } });
    let told = text.association.post("/v1/actions", &visit(&text, &legacy)).expect(201).json;
    assert_eq!((&told["status"], &told["origin"]), (&json!("reported"), &json!("legacy")));
    assert_eq!((&told["results"]["pupils"], &told["results"]["girls"]), (&json!(24), &json!(0)));
    assert_eq!(told["results"]["boys"], Value::Null);
    let holes =
        ["boys", "with_disability", "attendances", "pupil_hours", "volunteer_hours", "speakers_women", "speakers_men"];
    assert_eq!(told["not_recorded"], json!(holes));
    // Without results it was held; live ones are never reported at once.
    let held = json!({ "origin": "paper", "sessions": [{ "date": "2025-03-04" }], "inclusion": { "none_because": "Ouvert à tous" }, "accessibility": "Oui" });
    assert_eq!(text.association.post("/v1/actions", &visit(&text, &held)).expect(201).json["status"], "held");
    let live = json!({ "results": { "pupils": 3 } });
    let faults = text.association.post("/v1/actions", &visit(&text, &live)).problem("invalid_body").faults();
    assert_eq!(faults, [("/results".to_owned(), "not_applicable".to_owned())]);
    let id = create(&text.association, &visit(&text, &json!({})));
    let faults = crate::actions::edit(
        &text.association,
        &id,
        &json!({ "origin": "legacy", "results": { "pupils": 1 }, "status": "held" }),
    );
    let faults = faults.problem("invalid_body").faults();
    assert_eq!(
        faults,
        [("/status", "by_act"), ("/results", "by_act"), ("/origin", "not_applicable")]
            .map(|(p, c)| (p.to_owned(), c.to_owned()))
    );
});

both!(who_creates_what_in_which_state, |world| {
    let text = reference(world);
    let school = world.school(VERSAILLES);
    let academie = world.academie("academie:25");
    let status = |actor: &Actor, changed: Value| {
        let answer = actor.post("/v1/actions", &visit(&text, &changed));
        match answer.status {
            201 => answer.json["status"].as_str().unwrap().to_owned(),
            _ => answer.json["errors"][0]["code"].as_str().or(answer.json["code"].as_str()).unwrap().to_owned(),
        }
    };
    assert_eq!(status(&school, json!({})), "requested");
    assert_eq!(status(&school, json!({ "sessions": [], "wished": "en janvier" })), "requested");
    assert_eq!(status(&school, json!({ "status": "planned" })), "not_in_list");
    assert_eq!(status(&school, json!({ "schools": [{ "uai": CRETEIL }] })), "not_allowed");
    assert_eq!(status(&school, json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] })), "not_allowed");
    assert_eq!(status(&school, json!({ "schools": [], "territory": "academie:25" })), "not_allowed");
    assert_eq!(
        status(&school, json!({ "origin": "legacy", "sessions": [{ "date": "2025-03-04" }] })),
        "not_applicable"
    );
    for actor in [&academie, &text.association] {
        assert_eq!(status(actor, json!({})), "proposed");
        for asked in ["requested", "proposed", "planned"] {
            assert_eq!(status(actor, json!({ "status": asked })), asked);
        }
        assert_eq!(status(actor, json!({ "status": "held" })), "not_in_list");
    }
    assert_eq!(status(&academie, json!({ "schools": [{ "uai": CRETEIL }] })), "not_allowed");
    assert_eq!(status(&academie, json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] })), "not_allowed");
    assert_eq!(
        status(&world.academie("region:11"), json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] })),
        "proposed"
    );
    // The ministry reads; another association does not even see the convention.
    assert_eq!(status(&text.ministry, json!({})), "not_allowed");
    assert_eq!(status(&world.association(), json!({})), "unknown_reference");
    let lyon = crate::actions::delegate(world, &text.association, &["academie:10"]);
    assert_eq!(status(&lyon, json!({})), "not_allowed");
    assert_eq!(status(&crate::actions::delegate(world, &text.association, &["academie:25"]), json!({})), "proposed");
});

both!(what_stood_before_a_territorial_convention_goes_on_and_is_flagged, |world| {
    let text = reference(world);
    let association = &text.association;
    let past = json!({ "sessions": [{ "date": PAST }] });
    let held = create(association, &confirmed(&text, &past));
    let planned = create(association, &visit(&text, &json!({ "status": "planned", "external_id": "N-1" })));
    let twins =
        [(); 2].map(|()| create(association, &visit(&text, &json!({ "sessions": [{ "date": "2027-02-02" }] }))));
    let child = declined(world, &text, "academie:25", "2026-10-01");
    let flag = ("R30".to_owned(), "more_local_convention".to_owned(), Some("3".to_owned()));
    let flagged = |told: &Value| {
        assert_eq!(warned(told), std::slice::from_ref(&flag));
        assert_eq!(told["warnings"][0]["computed"]["most_local_convention_id"], child.id);
    };
    // Facts go on being recorded.
    let counts = json!({ "uai": VERSAILLES, "counts": { "pupils": 24 } });
    for (name, body) in
        [("hold", json!({})), ("attendance", counts), ("report", json!({ "results": { "pupils": 24 } }))]
    {
        flagged(&act(association, &held, name, &body).expect(200).json);
    }
    flagged(&edit(association, &held, &json!({ "title": "Autre" })).expect(200).json);
    flagged(&act(association, &planned, "confirm", &stated()).expect(200).json);
    let line = json!({ "op": "upsert", "action": visit(&text, &json!({ "external_id": "N-1", "title": "Encore" })) });
    let told = crate::actions::bulk::bulk(association, "", &[line]).expect(200).json;
    assert_eq!((&told["done"], &told["results"][0]["version"]), (&json!(1), &json!(3)));
    flagged(&told["results"][0]);
    let merge = json!({ "twin_id": twins[1], "twin_version": 1 });
    flagged(&act(association, &twins[0], "merge", &merge).expect(200).json);
    // What is created, and what moves, comes under the one in force.
    let before = read(association, &planned);
    let legacy = crate::actions::with(past.clone(), &json!({ "origin": "legacy" }));
    for new in [json!({}), legacy] {
        refused(&association.post("/v1/actions", &visit(&text, &new)), "foreign_axis", "R30", Some("3"));
    }
    for moved in [
        json!({ "sessions": [{ "date": "2027-01-15" }] }),
        json!({ "schools": [{ "uai": crate::actions::uai("078", 1) }] }),
        json!({ "axis_id": text.id_of("insertion") }),
        json!({ "territory": "academie:25" }),
    ] {
        let problem = edit(association, &planned, &moved).problem("foreign_axis").json;
        assert_eq!(problem["computed"]["most_local_convention_id"], child.id, "{moved}");
    }
    assert_eq!(read(association, &planned), before);
    // Once it is brought there, nothing is to be flagged.
    let there = json!({ "convention_id": child.id, "axis_id": child.id_of("discovery") });
    assert_eq!(warned(&edit(association, &planned, &there).expect(200).json), []);
});
