//! Twins: the same action entered by two systems, and the merge that leaves one.

use serde_json::{Value, json};

use super::{CRETEIL, PAST, VERSAILLES, act, another, create, in_state, read, reference, visit, with};
use crate::conventions::each;
use crate::support::Actor;

fn twins(actor: &Actor, id: &str) -> Vec<String> {
    let read = actor.get(&format!("/v1/actions/{id}?embed=possible_duplicates")).expect(200).json;
    each(read["possible_duplicates"].as_array().unwrap(), "id")
}

fn merge(actor: &Actor, into: &str, twin: &str, version: i64) -> crate::support::Response {
    act(actor, into, "merge", &json!({ "twin_id": twin, "twin_version": version }))
}

both!(a_twin_is_of_the_same_kind_school_and_days, |world| {
    let text = reference(world);
    let association = &text.association;
    let made = |changed: Value| create(association, &visit(&text, &changed));
    let days = |from: &str, to: &str| json!({ "sessions": [{ "date": from }, { "date": to }] });
    let id = made(days("2027-01-14", "2027-01-20"));
    // The day before its first, its first day, its last day, the day after.
    made(days("2027-01-10", "2027-01-13"));
    let first = made(days("2027-01-10", "2027-01-14"));
    let last = made(days("2027-01-20", "2027-01-22"));
    made(days("2027-01-21", "2027-01-22"));
    made(with(days("2027-01-14", "2027-01-20"), &json!({ "kind": "talk" })));
    made(with(days("2027-01-14", "2027-01-20"), &json!({ "schools": [{ "uai": CRETEIL }] })));
    let two = made(with(
        days("2027-01-15", "2027-01-16"),
        &json!({ "schools": [{ "uai": CRETEIL }, { "uai": VERSAILLES }] }),
    ));
    made(json!({ "sessions": [] }));
    let closed = made(with(days("2027-01-14", "2027-01-20"), &json!({ "status": "planned" })));
    act(association, &closed, "cancel", &json!({ "reason": "Grève" })).expect(200);
    assert_eq!(twins(association, &id), [first.as_str(), &two, &last]);
    assert_eq!(twins(&world.academie("academie:25"), &id), [first.as_str(), &two, &last]);
    assert_eq!(twins(&world.academie("academie:24"), &two).len(), 1, "the other one of its own school");
    // A write tells them at once; a plain read does not ask.
    let again = association.post("/v1/actions", &visit(&text, &days("2027-01-22", "2027-01-22"))).expect(201).json;
    assert_eq!(again["possible_duplicates"].as_array().unwrap().len(), 2);
    assert!(read(association, &id).get("possible_duplicates").is_none());
    // Under another convention, of an association that sees neither.
    let other = reference(world);
    let theirs = create(&other.association, &visit(&other, &days("2027-01-14", "2027-01-20")));
    assert_eq!(twins(association, &id), [first.as_str(), &two, &last]);
    assert_eq!(twins(&other.association, &theirs), Vec::<String>::new());
    assert!(twins(&world.academie("academie:25"), &theirs).contains(&id));
});

both!(a_merge_keeps_both_keys_and_leaves_a_tombstone, |world| {
    let text = reference(world);
    let (association, academie) = (&text.association, world.academie("academie:25"));
    let first = visit(&text, &json!({ "external_id": "A-1", "description": "Ce qu'elle dit", "comment": null }));
    let first = create(association, &first);
    let second = visit(
        &text,
        &json!({
            "external_id": "V-9", "title": "Visite (Versailles)", "description": "Autre", "comment": "Prévoir des gants",
            "status": "planned", "themes": ["métiers du bois"],
        }),
    );
    let second = create(&academie, &second);
    let cursor = academie.get("/v1/changes?after=head");
    world.stamp();
    drop(cursor);
    let cursor = academie.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned();
    merge(&academie, &first, &second, 2).problem("version_mismatch");
    let told = merge(&academie, &first, &second, 1).expect(200).json;
    // It keeps what it says, takes over what only the twin says, and the later state.
    assert_eq!(
        (&told["title"], &told["description"], &told["comment"], &told["status"], &told["version"]),
        (
            &json!("Visite d'un atelier de chaudronnerie"),
            &json!("Ce qu'elle dit"),
            &json!("Prévoir des gants"),
            &json!("planned"),
            &json!(2)
        )
    );
    assert_eq!((&told["themes"], &told["external_id"]), (&json!(["métiers du bois"]), &json!("A-1")));
    assert_eq!(
        (&told["other_external_ids"], &read(association, &first)["other_external_ids"]),
        (&json!(["V-9"]), &json!(["V-9"]))
    );
    assert_eq!(association.list("/v1/actions?external_id=A-1")[0]["other_external_ids"], json!(["V-9"]));
    // Each finds it by its own key.
    let found = |actor: &Actor, key: &str| each(&actor.list(&format!("/v1/actions?external_id={key}")), "id");
    assert_eq!((found(association, "A-1"), found(&academie, "V-9")), (vec![first.clone()], vec![first.clone()]));
    assert_eq!((found(association, "V-9"), found(&academie, "A-1")), (vec![], vec![]));
    // The key is taken for ever.
    academie.post("/v1/actions", &visit(&text, &json!({ "external_id": "V-9" }))).problem("duplicate");
    // The twin is gone, and says where to those who see the other.
    for actor in [association, &academie, &text.ministry] {
        let gone = actor.get(&format!("/v1/actions/{second}")).problem("merged");
        assert_eq!((gone.status, &gone.json["merged_into"]), (410, &json!(first)));
    }
    for actor in [world.academie("academie:24"), world.association()] {
        actor.get(&format!("/v1/actions/{second}")).problem("not_found");
    }
    crate::actions::edit(association, &second, &json!({ "title": "x" })).problem("merged");
    world.stamp();
    let changes = academie.get(&format!("/v1/changes?after={cursor}&kinds=action&embed=resource")).expect(200).json;
    let told: Vec<_> =
        changes["items"].as_array().unwrap().iter().map(|e| (e["id"].clone(), e["operation"].clone())).collect();
    assert_eq!(told, [(json!(second), json!("deleted")), (json!(first), json!("updated"))]);
    // Once more: what was merged into it goes with it.
    let third = create(association, &visit(&text, &json!({ "external_id": "A-3" })));
    merge(association, &third, &first, 2).expect(200);
    assert_eq!((found(&academie, "V-9"), found(association, "A-1")), (vec![third.clone()], vec![third.clone()]));
    assert_eq!(association.get(&format!("/v1/actions/{second}")).problem("merged").json["merged_into"], third);
    assert_eq!(association.get(&format!("/v1/actions/{first}")).problem("merged").json["merged_into"], third);
});

both!(the_later_state_is_kept_and_closed_ones_stay, |world| {
    let text = reference(world);
    let association = &text.association;
    let states = ["requested", "proposed", "planned", "confirmed", "held", "reported"];
    for (i, one) in states.iter().enumerate() {
        for (j, other) in states.iter().enumerate().skip(i) {
            let (into, twin) = (in_state(&text, one, &json!({})), in_state(&text, other, &json!({})));
            let version = read(association, &twin)["version"].as_i64().unwrap();
            let told = merge(association, &into, &twin, version).expect(200).json;
            assert_eq!(told["status"], states[i.max(j)], "{one} {other}");
            if *other == "reported" {
                assert_eq!(told["results"]["pupils"], 24);
            }
        }
    }
    let open = in_state(&text, "planned", &json!({}));
    for closed in ["declined", "cancelled"] {
        let closed = in_state(&text, closed, &json!({}));
        merge(association, &open, &closed, 2).problem("wrong_state");
        merge(association, &closed, &open, 1).problem("wrong_state");
    }
});

both!(what_is_no_twin_is_not_merged, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = in_state(&text, "planned", &json!({}));
    let before = read(association, &id);
    let past = json!([{ "date": PAST }]);
    let mut others = vec![id.clone()];
    for changed in [
        json!({ "kind": "talk" }),
        json!({ "schools": [{ "uai": CRETEIL }] }),
        json!({ "sessions": [{ "date": "2026-10-07" }] }),
    ] {
        others.push(create(association, &visit(&text, &with(json!({ "sessions": past }), &changed))));
    }
    let elsewhere = another(&text);
    others.push(create(association, &visit(&elsewhere, &json!({ "sessions": past }))));
    for other in others {
        let version = read(association, &other)["version"].as_i64().unwrap();
        merge(association, &id, &other, version).problem("not_twins");
    }
    // What the caller does not see, or only reads.
    let theirs = reference(world);
    let foreign = create(&theirs.association, &visit(&theirs, &json!({ "sessions": past })));
    for unknown in [foreign, world.new_id().to_string()] {
        let faults = merge(association, &id, &unknown, 1).problem("invalid_body").faults();
        assert_eq!(faults, [("/twin_id".to_owned(), "unknown_reference".to_owned())]);
    }
    let two = json!({ "sessions": past, "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] });
    let shared = create(association, &visit(&text, &two));
    merge(&world.academie("academie:25"), &id, &shared, 1).problem("not_allowed");
    assert_eq!(read(association, &id), before);
});

both!(two_modules_that_are_one_count_once, |world| {
    let text = reference(world);
    let sessions: Vec<_> = (1..=13).map(|day| json!({ "date": format!("2027-01-{day:02}"), "hours": 5 })).collect();
    let body =
        visit(&text, &json!({ "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "sessions": sessions }));
    let few = json!({ "sessions": [{ "date": "2027-01-01", "hours": 5 }, { "date": "2027-01-02", "hours": 5 }] });
    let (one, twin) = (create(&text.association, &body), create(&text.association, &with(body.clone(), &few)));
    merge(&text.association, &one, &twin, 1).expect(200);
    // 65 hours are left: 26 more pass.
    let more = json!({ "sessions": [{ "date": "2027-02-01", "hours": 20 }, { "date": "2027-02-02", "hours": 6 }] });
    create(&text.association, &with(body, &more));
});

both!(a_merge_keeps_the_sessions_of_both, |world| {
    let text = reference(world);
    let association = &text.association;
    let made = |sessions: Value| create(association, &visit(&text, &json!({ "sessions": sessions })));
    let one = made(json!([
        { "date": "2027-01-14", "start": "14:00", "end": "16:00" },
        { "date": "2027-01-16" },
    ]));
    let twin = made(json!([
        { "date": "2027-01-14", "start": "09:00", "end": "11:00" },
        { "date": "2027-01-14", "start": "14:00", "end": "15:00" },
        { "date": "2027-01-16", "start": "10:00", "end": "12:00" },
        { "date": "2027-01-18" },
    ]));
    let told = merge(association, &one, &twin, 1).expect(200).json;
    let plain = |session: &Value| (session["date"].clone(), session["start"].clone(), session["end"].clone());
    let expected = [
        (json!("2027-01-14"), json!("09:00"), json!("11:00")),
        (json!("2027-01-14"), json!("14:00"), json!("16:00")),
        (json!("2027-01-16"), json!("10:00"), json!("12:00")),
        (json!("2027-01-18"), Value::Null, Value::Null),
    ];
    assert_eq!(told["sessions"].as_array().unwrap().iter().map(plain).collect::<Vec<_>>(), expected);
    assert_eq!((&told["starts_on"], &told["ends_on"]), (&json!("2027-01-14"), &json!("2027-01-18")));
});

both!(the_hours_of_both_modules_are_held_against_the_limit, |world| {
    let text = reference(world);
    let body = |from: usize, days: usize| {
        let day = |day: usize| json!({ "date": format!("2027-01-{day:02}"), "hours": 7 });
        let sessions: Vec<_> = (from..from + days).map(day).collect();
        visit(&text, &json!({ "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "sessions": sessions }))
    };
    let (of_3b, of_class) = (json!([{ "uai": VERSAILLES, "class_label": "3B" }]), json!([{ "uai": VERSAILLES }]));
    let made = |body: Value, schools: &Value| create(&text.association, &with(body, &json!({ "schools": schools })));
    // Thirteen days and one more: 98 hours, of a class that the other record does not name.
    let (one, twin) = (made(body(1, 13), &of_3b), made(body(13, 2), &of_class));
    let before = read(&text.association, &one);
    let told = merge(&text.association, &one, &twin, 1).problem("too_many_hours");
    assert_eq!(told.json["computed"]["hours"].as_f64(), Some(98.0));
    assert_eq!((read(&text.association, &one), read(&text.association, &twin)["version"].clone()), (before, json!(1)));
    let twin = made(body(13, 1), &of_class);
    let merged = merge(&text.association, &one, &twin, 1).expect(200).json;
    assert_eq!((&merged["session_hours"], merged["sessions"].as_array().unwrap().len()), (&json!(91), 13));
});

both!(no_more_sessions_than_an_action_has, |world| {
    let text = reference(world);
    let sessions = |minute: usize| -> Value {
        let at = |i: usize| {
            let (day, start) = (i / 16 + 1, format!("{:02}:{minute:02}", i % 16 + 6));
            json!({ "date": format!("2027-01-{day:02}"), "start": start })
        };
        (0..101).map(at).collect()
    };
    let made = |minute: usize| create(&text.association, &visit(&text, &json!({ "sessions": sessions(minute) })));
    let (one, twin) = (made(0), made(30));
    let faults = merge(&text.association, &one, &twin, 1).problem("invalid_body").faults();
    assert_eq!(faults, [("/twin_id".to_owned(), "out_of_range".to_owned())]);
});

both!(a_merge_completes_the_counts_that_agree, |world| {
    let text = crate::actions::reference(world);
    let held = |results: serde_json::Value| {
        let changed = json!({ "origin": "legacy", "sessions": [{ "date": crate::actions::PAST }], "results": results });
        crate::actions::create(&text.association, &crate::actions::visit(&text, &changed))
    };
    let (kept, twin) =
        (held(json!({ "pupils": 20 })), held(json!({ "pupils": 20, "girls": 9, "boys": 11, "volunteer_hours": 6 })));
    let merged = crate::actions::act(&text.association, &kept, "merge", &json!({ "twin_id": twin, "twin_version": 1 }))
        .expect(200);
    let results = &merged.json["results"];
    assert_eq!((&results["girls"], &results["boys"], &results["volunteer_hours"]), (&json!(9), &json!(11), &json!(6)));
    // Those that contradict are not mixed.
    let other = held(json!({ "pupils": 25, "girls": 5, "boys": 20, "attendances": 25 }));
    let merged =
        crate::actions::act(&text.association, &kept, "merge", &json!({ "twin_id": other, "twin_version": 1 }))
            .expect(200);
    assert_eq!((&merged.json["results"]["pupils"], &merged.json["results"]["girls"]), (&json!(20), &json!(9)));
});
