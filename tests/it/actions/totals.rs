//! Totals: summed over the schools again whenever a count or a school changes, unless they were given; never less than what
//! the schools count.

use serde_json::{Value, json};

use super::{CRETEIL, PAST, VERSAILLES, act, confirmed, create, edit, read, reference, visit};

fn attend(actor: &crate::support::Actor, id: &str, uai: &str, counts: &Value) -> crate::support::Response {
    act(actor, id, "attendance", &json!({ "uai": uai, "counts": counts }))
}

/// Two schools of two académies, in the past.
fn two(counts: bool, of: [u32; 2], small: [u32; 2]) -> Value {
    let school = |uai: &str, n: usize| {
        let counts = counts.then(|| json!({ "pupils": of[n], "with_disability": small[n] }));
        json!({ "uai": uai, "counts": counts })
    };
    json!([school(VERSAILLES, 0), school(CRETEIL, 1)])
}

both!(totals_that_nobody_gave_follow_the_schools, |world| {
    let text = reference(world);
    let association = &text.association;
    let new = confirmed(&text, &json!({ "sessions": [{ "date": PAST }], "schools": two(false, [0, 0], [0, 0]) }));
    let id = create(association, &new);
    attend(association, &id, VERSAILLES, &json!({ "pupils": 24, "attendances": 40 })).expect(200);
    attend(association, &id, CRETEIL, &json!({ "pupils": 20 })).expect(200);
    let told = act(association, &id, "report", &json!({ "results": { "volunteers": 2 } })).expect(200).json;
    assert_eq!((&told["results"]["pupils"], &told["results"]["attendances"]), (&json!(44), &Value::Null));
    // The school corrects itself.
    let school = world.school(VERSAILLES);
    let told = attend(&school, &id, VERSAILLES, &json!({ "pupils": 30 })).expect(200).json;
    assert_eq!((&told["results"]["pupils"], &told["results"]["volunteers"]), (&json!(50), &json!(2)));
    // What else changes leaves them, sent back as they were read or not.
    let told = edit(association, &id, &json!({ "title": "Autre" })).expect(200).json;
    assert_eq!(told["results"]["pupils"], 50);
    edit(association, &id, &json!({ "results": { "pupils": 50, "volunteers": 2 } })).expect(200);
    let told = attend(association, &id, CRETEIL, &json!({ "pupils": 10 })).expect(200).json;
    assert_eq!(told["results"]["pupils"], 40);
    // One that is given stays, and is not less than what they count.
    let report = |pupils: u32| act(association, &id, "report", &json!({ "results": { "pupils": pupils } }));
    let fault = report(39).problem("invalid_body");
    assert_eq!(fault.faults(), [("/results/pupils".to_owned(), "sum".to_owned())]);
    assert!(fault.text.contains("39") && fault.text.contains("40"), "{}", fault.text);
    assert_eq!(report(40).expect(200).json["results"]["pupils"], 40);
    let told = attend(association, &id, CRETEIL, &json!({ "pupils": 5 })).expect(200).json;
    assert_eq!(told["results"]["pupils"], 40);
    let fault = attend(&school, &id, VERSAILLES, &json!({ "pupils": 36 })).problem("invalid_body");
    assert_eq!(fault.faults(), [("/counts/pupils".to_owned(), "sum".to_owned())]);
    attend(&school, &id, VERSAILLES, &json!({ "pupils": 35 })).expect(200);
});

both!(a_total_is_not_less_than_what_the_schools_count_when_it_is_created_or_changed, |world| {
    let text = reference(world);
    let association = &text.association;
    let legacy = |results: Value, counts: [u32; 2]| {
        let schools = two(true, counts, [0, 0]);
        visit(
            &text,
            &json!({ "origin": "legacy", "sessions": [{ "date": PAST }], "results": results, "schools": schools }),
        )
    };
    let sum = [("/results/pupils".to_owned(), "sum".to_owned())];
    let refused = association.post("/v1/actions", &legacy(json!({ "pupils": 43 }), [24, 20]));
    assert_eq!(refused.problem("invalid_body").faults(), sum);
    let id = create(association, &legacy(json!({ "pupils": 44 }), [24, 20]));
    let refused = edit(association, &id, &json!({ "results": { "pupils": 43 } }));
    assert_eq!(refused.problem("invalid_body").faults(), sum);
    let refused = edit(association, &id, &json!({ "schools": two(true, [25, 20], [0, 0]) }));
    assert_eq!(refused.problem("invalid_body").faults(), sum);
    let both = json!({ "results": { "pupils": 45 }, "schools": two(true, [25, 20], [0, 0]) });
    assert_eq!(edit(association, &id, &both).expect(200).json["results"]["pupils"], 45);
});

both!(a_school_that_goes_takes_its_small_count_along, |world| {
    let text = reference(world);
    let association = &text.association;
    let other = world.school(CRETEIL);
    let legacy = |results: Value| {
        let schools = two(true, [24, 20], [3, 6]);
        let made = json!({
            "origin": "legacy", "sessions": [{ "date": PAST }], "schools": schools, "results": results,
        });
        create(association, &visit(&text, &made))
    };
    let left = json!([{ "uai": CRETEIL, "counts": { "pupils": 20, "with_disability": 6 } }]);
    let total = |id: &str| read(&other, id)["results"]["with_disability"].clone();
    // Summed, and sent back as it was read: nine would say that the one that goes had three.
    for change in
        [json!({ "schools": left }), json!({ "schools": left, "results": { "pupils": 44, "with_disability": 9 } })]
    {
        let id = legacy(json!({ "volunteers": 1 }));
        assert_eq!(read(association, &id)["results"]["with_disability"], 9);
        assert_eq!(total(&id), Value::Null);
        let told = edit(association, &id, &change).expect(200).json;
        assert_eq!((&told["results"]["with_disability"], &told["results"]["pupils"]), (&json!(6), &json!(20)));
        assert_eq!(total(&id), 6);
    }
    // Given: it is not the service's to change.
    let id = legacy(json!({ "pupils": 60 }));
    let told = edit(association, &id, &json!({ "schools": left })).expect(200).json;
    assert_eq!((&told["results"]["with_disability"], &told["results"]["pupils"]), (&json!(6), &json!(60)));
});

both!(a_school_does_not_find_out_the_count_of_another_by_what_is_refused, |world| {
    let text = reference(world);
    let association = &text.association;
    let new = confirmed(&text, &json!({ "sessions": [{ "date": PAST }], "schools": two(false, [0, 0], [0, 0]) }));
    let id = create(association, &new);
    attend(association, &id, CRETEIL, &json!({ "pupils": 20, "with_disability": 2 })).expect(200);
    act(association, &id, "report", &json!({ "results": { "with_disability": 7 } })).expect(200);
    let school = world.school(VERSAILLES);
    for count in [5, 6, 8] {
        attend(&school, &id, VERSAILLES, &json!({ "with_disability": count })).expect(200);
    }
});

both!(a_sum_that_contradicts_what_was_given_is_no_total, |world| {
    let text = reference(world);
    let association = &text.association;
    let new = confirmed(&text, &json!({ "sessions": [{ "date": PAST }], "schools": two(false, [0, 0], [0, 0]) }));
    let id = create(association, &new);
    act(association, &id, "report", &json!({ "results": { "girls": 20, "boys": 24 } })).expect(200);
    attend(association, &id, CRETEIL, &json!({ "pupils": 20, "with_disability": 6 })).expect(200);
    let school = world.school(VERSAILLES);
    let results = |counts: Value| attend(&school, &id, VERSAILLES, &counts).expect(200).json["results"].clone();
    // 24 and 20 are the 44 that girls and boys make.
    assert_eq!(results(json!({ "pupils": 24, "with_disability": 5 }))["pupils"], 44);
    let told = results(json!({ "pupils": 25, "with_disability": 5 }));
    assert_eq!((&told["pupils"], &told["girls"], &told["boys"]), (&Value::Null, &json!(20), &json!(24)));
    assert_eq!(read(association, &id)["results"]["with_disability"], 11);
    assert_eq!(results(json!({ "pupils": 24 }))["pupils"], 44);
    // Something else may change meanwhile; who gives the totals is told.
    attend(&school, &id, VERSAILLES, &json!({ "pupils": 25 })).expect(200);
    let told = edit(association, &id, &json!({ "title": "Autre" })).expect(200).json;
    assert_eq!((&told["results"]["pupils"], &told["results"]["girls"]), (&Value::Null, &json!(20)));
    let again = act(association, &id, "report", &json!({ "results": { "girls": 20, "boys": 24 } }));
    assert_eq!(again.problem("invalid_body").faults(), [("/results/pupils".to_owned(), "sum".to_owned())]);
    let right = act(association, &id, "report", &json!({ "results": { "girls": 20, "boys": 25 } })).expect(200).json;
    assert_eq!(right["results"]["pupils"], 45);
    // More pupils with a disability were given than the schools count pupils.
    let legacy = json!({ "origin": "legacy", "sessions": [{ "date": PAST }], "schools": two(true, [24, 20], [0, 0]),
        "results": { "with_disability": 50 } });
    let refused = association.post("/v1/actions", &visit(&text, &legacy)).problem("invalid_body");
    assert_eq!(refused.faults(), [("/results/with_disability".to_owned(), "sum".to_owned())]);
});
