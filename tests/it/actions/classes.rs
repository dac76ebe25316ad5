//! A school comes with one class or with several: each has its counts and its hours, the school is there once.

use serde_json::{Value, json};

use super::{CRETEIL, DAY, PAST, VERSAILLES, act, bulk::bulk, confirmed, create, edit, read, reference, visit};

fn classes(of: &[(&str, Option<&str>)]) -> Value {
    of.iter().map(|(uai, class)| json!({ "uai": uai, "class_label": class })).collect()
}

/// Classes and pupils of an action.
fn pupils(action: &Value) -> Vec<(String, Value)> {
    let schools = action["schools"].as_array().unwrap().iter();
    let label = |school: &Value| school["class_label"].as_str().unwrap_or_default().to_owned();
    schools.map(|school| (label(school), school["counts"]["pupils"].clone())).collect()
}

fn told(of: &[(&str, Option<u32>)]) -> Vec<(String, Value)> {
    of.iter().map(|(label, pupils)| ((*label).to_owned(), json!(pupils))).collect()
}

const TWO: [(&str, Option<&str>); 3] = [(VERSAILLES, Some("3A")), (CRETEIL, None), (VERSAILLES, Some("3B"))];

both!(two_classes_of_one_school_are_counted_each_by_its_name, |world| {
    let text = reference(world);
    let association = &text.association;
    let new = confirmed(&text, &json!({ "sessions": [{ "date": PAST }], "schools": classes(&TWO) }));
    let id = create(association, &new);
    let school = world.school(VERSAILLES);
    let attend = |class: Option<&str>, pupils: u32| {
        let said = json!({ "uai": VERSAILLES, "class_label": class, "counts": { "pupils": pupils } });
        act(&school, &id, "attendance", &said)
    };
    let fault = |response: crate::support::Response| response.problem("invalid_body").faults();
    let at = |code: &str| [("/class_label".to_owned(), code.to_owned())];
    assert_eq!(fault(attend(None, 20)), at("missing"));
    assert_eq!(fault(attend(Some("3C"), 20)), at("unknown_reference"));
    attend(Some("3 b"), 20).expect(200);
    attend(Some("3A"), 24).expect(200);
    let other = json!({ "uai": CRETEIL, "counts": { "pupils": 10 } });
    act(association, &id, "attendance", &other).expect(200);
    let report = |schools: Value| act(association, &id, "report", &json!({ "results": {}, "schools": schools }));
    let unnamed = report(json!([{ "uai": VERSAILLES, "counts": { "girls": 9 } }]));
    assert_eq!(fault(unnamed), [("/schools/0/class_label".to_owned(), "missing".to_owned())]);
    let counted =
        report(json!([{ "uai": VERSAILLES, "class_label": "3A", "counts": { "girls": 9 } }])).expect(200).json;
    assert_eq!(pupils(&counted), told(&[("3A", Some(24)), ("", Some(10)), ("3B", Some(20))]));
    assert_eq!((&counted["schools"][0]["counts"]["girls"], &counted["results"]["pupils"]), (&json!(9), &json!(54)));
    // The school finds it once, whatever its classes.
    for query in [format!("school={VERSAILLES}"), "academie=25".to_owned(), String::new()] {
        let page = school.get(&format!("/v1/actions?{query}&count=true")).expect(200).json;
        assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (1, &json!(1)), "{query}");
    }
});

both!(a_school_confirms_and_declines_for_all_its_classes, |world| {
    let text = reference(world);
    let association = &text.association;
    let school = world.school(VERSAILLES);
    let all = crate::actions::with(crate::actions::stated(), &json!({ "status": "planned", "schools": classes(&TWO) }));
    let id = create(association, &visit(&text, &all));
    let said = act(&school, &id, "confirm", &json!({})).expect(200).json;
    assert_eq!((&said["status"], &said["confirmed_by"]), (&json!("planned"), &json!([VERSAILLES])));
    // One class more of it is no other school: what is confirmed stays so.
    let more = [TWO[0], TWO[1], TWO[2], (VERSAILLES, Some("3C"))];
    let edited = edit(association, &id, &json!({ "schools": classes(&more) })).expect(200).json;
    assert_eq!(edited["confirmed_by"], json!([VERSAILLES]));
    let left = act(&school, &id, "decline", &json!({ "reason": "Semaine d'examens" })).expect(200).json;
    assert_eq!(pupils(&left), told(&[("", None)]));
    assert_eq!(left["declined_by"], json!([{ "uai": VERSAILLES, "reason": "Semaine d'examens" }]));
});

both!(a_class_is_there_once, |world| {
    let text = reference(world);
    let twice = visit(&text, &json!({ "schools": classes(&[(VERSAILLES, Some("3 A")), (VERSAILLES, Some("3a"))]) }));
    let fault = text.association.post("/v1/actions", &twice).problem("invalid_body").faults();
    assert_eq!(fault, [("/schools/1/uai".to_owned(), "repeated".to_owned())]);
    let twice = visit(&text, &json!({ "schools": classes(&[(VERSAILLES, None), (VERSAILLES, None)]) }));
    text.association.post("/v1/actions", &twice).problem("invalid_body");
});

both!(a_list_of_classes_sent_again_leaves_what_each_has_declared, |world| {
    let text = reference(world);
    let association = &text.association;
    let new =
        confirmed(&text, &json!({ "sessions": [{ "date": PAST }], "schools": classes(&TWO), "external_id": "c-1" }));
    let id = create(association, &new);
    for (class, pupils) in [("3A", 24), ("3B", 20)] {
        let said = json!({ "uai": VERSAILLES, "class_label": class, "counts": { "pupils": pupils } });
        act(association, &id, "attendance", &said).expect(200);
    }
    // In another order, one of them called otherwise than it was written, one more.
    let sent = [(VERSAILLES, Some("3-b")), (VERSAILLES, Some("3C")), (VERSAILLES, Some("3A")), (CRETEIL, Some("4e1"))];
    let edited = edit(association, &id, &json!({ "schools": classes(&sent) })).expect(200).json;
    let now = told(&[("3-b", Some(20)), ("3C", None), ("3A", Some(24)), ("4e1", None)]);
    assert_eq!(pupils(&edited), now);
    // By a line with its key.
    let again = crate::actions::with(new, &json!({ "schools": classes(&sent), "status": null }));
    bulk(association, "", &[json!({ "op": "upsert", "action": again })]).expect(200);
    assert_eq!(pupils(&read(association, &id)), now);
    // The one class of a school keeps its counts under its new name.
    let one = edit(association, &id, &json!({ "schools": classes(&[(VERSAILLES, Some("3A"))]) })).expect(200).json;
    assert_eq!(pupils(&one), told(&[("3A", Some(24))]));
    let renamed = edit(association, &id, &json!({ "schools": classes(&[(VERSAILLES, Some("Troisième A"))]) }));
    assert_eq!(pupils(&renamed.expect(200).json), told(&[("Troisième A", Some(24))]));
});

both!(each_class_has_the_hours_of_the_module_for_itself, |world| {
    let text = reference(world);
    let association = &text.association;
    let module = |classes: Value, month: &str, days: u32| {
        let sessions: Vec<Value> =
            (1..=days).map(|day| json!({ "date": format!("{month}-{day:02}"), "hours": 7 })).collect();
        let new = json!({
            "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "levels": ["tle_pro"],
            "schools": classes, "sessions": sessions,
        });
        association.post("/v1/actions", &visit(&text, &new))
    };
    let two = classes(&[(VERSAILLES, Some("TMCV1")), (VERSAILLES, Some("TMCV2"))]);
    module(two, "2027-01", 10).expect(201);
    let refused = module(classes(&[(VERSAILLES, Some("T MCV 2"))]), "2027-02", 4).problem("too_many_hours").json;
    let computed = &refused["computed"];
    assert_eq!((computed["hours"].as_f64(), &computed["class_label"]), (Some(98.0), &json!("T MCV 2")));
    module(classes(&[(VERSAILLES, Some("TMCV2"))]), "2027-02", 3).expect(201);
    module(classes(&[(VERSAILLES, Some("TMCV1"))]), "2027-03", 3).expect(201);
    module(classes(&[(VERSAILLES, Some("TMCV1"))]), "2027-04", 1).problem("too_many_hours");
});

both!(a_merge_keeps_the_classes_of_both, |world| {
    let text = reference(world);
    let association = &text.association;
    let of = |classes: Value| {
        create(association, &visit(&text, &json!({ "schools": classes, "sessions": [{ "date": DAY }] })))
    };
    let first = of(classes(&[(VERSAILLES, Some("3A"))]));
    let second = of(classes(&[(VERSAILLES, Some("3 a")), (VERSAILLES, Some("3B"))]));
    let said = json!({ "twin_id": second, "twin_version": 1 });
    let merged = act(association, &first, "merge", &said).expect(200).json;
    assert_eq!(pupils(&merged), told(&[("3A", None), ("3B", None)]));
});

both!(a_line_sent_again_keeps_the_classes_and_what_they_counted, |world| {
    let text = reference(world);
    let association = &text.association;
    let of = |key: &str, classes: Value| {
        confirmed(&text, &json!({ "sessions": [{ "date": PAST }], "schools": classes, "external_id": key }))
    };
    let sent = |new: &Value| {
        let new = crate::actions::with(new.clone(), &json!({ "status": null }));
        bulk(association, "", &[json!({ "op": "upsert", "action": new })]).expect(200);
    };
    let count = |id: &str, class: &str, pupils: u32| {
        let said = json!({ "uai": VERSAILLES, "class_label": class, "counts": { "pupils": pupils } });
        act(association, id, "attendance", &said).expect(200);
    };
    // The key says the school alone; people have named its classes since.
    let whole = of("w", classes(&[(VERSAILLES, None)]));
    let id = create(association, &whole);
    let two = classes(&[(VERSAILLES, Some("3A")), (VERSAILLES, Some("3B"))]);
    edit(association, &id, &json!({ "schools": two })).expect(200);
    count(&id, "3A", 20);
    count(&id, "3B", 22);
    let version = read(association, &id)["version"].clone();
    sent(&whole);
    let now = read(association, &id);
    assert_eq!((pupils(&now), &now["version"]), (told(&[("3A", Some(20)), ("3B", Some(22))]), &version));
    // One that was counted without a name, and is named by its line since, is counted once.
    let plain = of("n", classes(&[(VERSAILLES, None)]));
    let named = create(association, &plain);
    let said = json!({ "uai": VERSAILLES, "counts": { "pupils": 21 } });
    act(association, &named, "attendance", &said).expect(200);
    sent(&of("n", classes(&[(VERSAILLES, Some("3E"))])));
    assert_eq!(pupils(&read(association, &named)), told(&[("3E", Some(21))]));
    // Two keys of one action, each of its class.
    let [first, second] = [("k-1", "3C", 18), ("k-2", "3D", 19)].map(|(key, class, pupils)| {
        let new = of(key, classes(&[(VERSAILLES, Some(class))]));
        let id = create(association, &new);
        count(&id, class, pupils);
        (id, new)
    });
    let twin_version = read(association, &second.0)["version"].clone();
    let merge = json!({ "twin_id": second.0, "twin_version": twin_version });
    act(association, &first.0, "merge", &merge).expect(200);
    for new in [&first.1, &second.1] {
        sent(new);
        let mut now = pupils(&read(association, &first.0));
        now.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(now, told(&[("3C", Some(18)), ("3D", Some(19))]));
    }
});

both!(a_merge_does_not_count_a_school_and_its_classes, |world| {
    let text = reference(world);
    let association = &text.association;
    let of = |schools: Value| {
        let new = json!({ "origin": "legacy", "sessions": [{ "date": PAST }], "schools": schools });
        create(association, &visit(&text, &new))
    };
    let counted = |class: Option<&str>, pupils: u32| json!({ "uai": VERSAILLES, "class_label": class, "counts": { "pupils": pupils } });
    let whole = of(json!([counted(None, 40)]));
    let by_class = of(json!([counted(Some("3A"), 20), counted(Some("3B"), 20)]));
    let merge =
        |into: &str, twin: &str| act(association, into, "merge", &json!({ "twin_id": twin, "twin_version": 1 }));
    for (into, twin) in [(&whole, &by_class), (&by_class, &whole)] {
        let fault = merge(into, twin).problem("invalid_body").faults();
        assert_eq!(fault, [("/twin_id".to_owned(), "out_of_range".to_owned())]);
    }
    let uncounted = of(classes(&[(VERSAILLES, None)]));
    let merged = merge(&uncounted, &by_class).expect(200).json;
    assert_eq!(pupils(&merged), told(&[("3A", Some(20)), ("3B", Some(20))]));
});

both!(a_count_goes_to_the_class_that_it_names, |world| {
    let text = reference(world);
    let association = &text.association;
    let one = json!({ "sessions": [{ "date": PAST }], "schools": classes(&[(VERSAILLES, Some("TMCV1"))]) });
    let id = create(association, &confirmed(&text, &one));
    let other = json!({ "uai": VERSAILLES, "class_label": "3Z", "counts": { "pupils": 9 } });
    let fault = act(association, &id, "attendance", &other).problem("invalid_body").faults();
    assert_eq!(fault, [("/class_label".to_owned(), "unknown_reference".to_owned())]);
    let twice = json!([
        { "uai": VERSAILLES, "class_label": "TMCV1", "counts": { "pupils": 1 } },
        { "uai": VERSAILLES, "class_label": "T MCV 1", "counts": { "pupils": 9 } },
    ]);
    let fault = act(association, &id, "report", &json!({ "results": {}, "schools": twice })).problem("invalid_body");
    assert_eq!(fault.faults(), [("/schools/1/uai".to_owned(), "repeated".to_owned())]);
    assert_eq!(pupils(&read(association, &id)), told(&[("TMCV1", None)]));
});

both!(a_school_learns_nothing_of_another_by_counting_for_it, |world| {
    let text = reference(world);
    let association = &text.association;
    let two = json!({ "sessions": [{ "date": PAST }], "schools": classes(&[(VERSAILLES, None), (CRETEIL, None)]) });
    let id = create(association, &confirmed(&text, &two));
    let own = json!({ "uai": CRETEIL, "counts": { "pupils": 20, "with_disability": 3 } });
    act(association, &id, "attendance", &own).expect(200);
    let school = world.school(VERSAILLES);
    for pupils in 0..6 {
        let guess = json!({ "uai": CRETEIL, "counts": { "pupils": pupils } });
        act(&school, &id, "attendance?dry_run=true", &guess).problem("not_allowed");
    }
});
