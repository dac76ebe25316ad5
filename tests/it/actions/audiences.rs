//! R31: the audience of the article, nothing below 6e, 91 hours of the module for one class in a school year.

use serde_json::{Value, json};

use super::{CRETEIL, VERSAILLES, act, create, reference, visit, warned};
use crate::conventions::{Draft, refused};
use crate::support::Response;

both!(sixieme_is_flagged_and_cm2_refused, |world| {
    let text = reference(world);
    let post = |levels: Value| text.association.post("/v1/actions", &visit(&text, &json!({ "levels": levels })));
    assert_eq!(post(json!(["3e", "2de_gt"])).expect(201).json["warnings"], json!([]));
    assert_eq!(post(json!(["3e_prepa_metiers"])).expect(201).json["warnings"], json!([]));
    let told = post(json!(["6e", "3e"])).expect(201).json;
    assert_eq!(warned(&told), [("R31".into(), "outside_audience".into(), Some("3".into()))]);
    let computed = &told["warnings"][0]["computed"];
    assert_eq!(computed["levels"], json!(["6e"]));
    assert_eq!(computed["audiences"], json!(["3e", "2de_gt", "2de_pro", "tle_generale"]));
    let rows = world.rows("actions");
    for below in ["maternelle", "cp", "ce1", "ce2", "cm1", "cm2"] {
        let computed = refused(&post(json!(["6e", below])), "below_secondary", "R31", Some("3"));
        assert_eq!(computed, json!({ "levels": [below] }));
    }
    assert_eq!(world.rows("actions"), rows);
    // An article that names no audience admits any level of the secondary school, and still none below.
    let of_insertion = |level: &str| {
        let body =
            json!({ "axis_id": text.id_of("insertion"), "kind": "other", "kind_text": "Atelier", "levels": [level] });
        text.association.post("/v1/actions", &visit(&text, &body))
    };
    assert_eq!(of_insertion("6e").expect(201).json["warnings"], json!([]));
    refused(&of_insertion("cm2"), "below_secondary", "R31", Some("4"));
});

/// Sessions of so many hours each, one a day from a day of a month on.
fn sessions(month: &str, hours: &[f64]) -> Value {
    let session = |(i, hours): (usize, &f64)| json!({ "date": format!("{month}-{:02}", i + 1), "hours": hours });
    hours.iter().enumerate().map(session).collect()
}

fn module(text: &Draft, class: &str, sessions: Value) -> Value {
    visit(
        text,
        &json!({
            "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "levels": ["tle_pro"],
            "schools": [{ "uai": VERSAILLES, "class_label": class }], "sessions": sessions,
        }),
    )
}

/// Thirteen days of seven hours.
fn ninety_one() -> Vec<f64> {
    vec![7.0; 13]
}

fn too_many(response: &Response, hours: f64) {
    let computed = refused(response, "too_many_hours", "R31", Some("4"));
    assert_eq!(computed["hours"].as_f64(), Some(hours), "{computed}");
    assert_eq!((&computed["most"], &computed["uai"]), (&json!(91), &json!(VERSAILLES)));
    assert_eq!(computed["school_year"], "2026-2027");
}

both!(ninety_one_hours_pass_and_ninety_two_do_not, |world| {
    let text = reference(world);
    let post = |class: &str, sessions: Value| text.association.post("/v1/actions", &module(&text, class, sessions));
    let mut hours = ninety_one();
    hours.push(1.0);
    too_many(&post("T MCV 1", sessions("2027-01", &hours)), 92.0);
    hours[13] = 0.02;
    too_many(&post("T MCV 1", sessions("2027-01", &hours)), 91.0 + 1.0 / 60.0);
    let id = post("T MCV 1", sessions("2027-01", &ninety_one())).expect(201).id();
    // It may be written again as it is, and not made longer.
    crate::actions::edit(&text.association, &id, &json!({ "title": "Module d'insertion" })).expect(200);
    hours[13] = 1.0;
    let longer = json!({ "sessions": sessions("2027-01", &hours) });
    too_many(&crate::actions::edit(&text.association, &id, &longer), 92.0);
});

both!(the_hours_of_a_class_are_those_of_all_its_actions, |world| {
    let text = reference(world);
    let association = &text.association;
    let post = |class: &str, sessions: Value| association.post("/v1/actions", &module(&text, class, sessions));
    let first = post("T MCV 1", sessions("2027-01", &[7.0; 12])).expect(201).id();
    // The same class however it is written: 84 hours and 8 are 92, and 84 and 7 are 91.
    for same in ["T MCV 1", "tmcv1", "T-MCV-1", "t.mcv 1"] {
        too_many(&post(same, sessions("2027-02", &[8.0])), 92.0);
    }
    let second = post("tmcv1", sessions("2027-02", &[7.0])).expect(201).id();
    too_many(&post("T MCV 1", sessions("2027-03", &[1.0])), 92.0);
    // Counted too when it is the programme that says so.
    let by_programme = crate::actions::with(
        module(&text, "T MCV 1", sessions("2027-03", &[1.0])),
        &json!({ "kind": "workshop", "programme": "job_entry_module" }),
    );
    too_many(&association.post("/v1/actions", &by_programme), 92.0);
    // Another class, another school, another school year.
    post("T MCV 2", sessions("2027-03", &[8.0])).expect(201);
    let elsewhere = json!({ "schools": [{ "uai": CRETEIL, "class_label": "T MCV 1" }] });
    association
        .post("/v1/actions", &crate::actions::with(module(&text, "x", sessions("2027-03", &[8.0])), &elsewhere))
        .expect(201);
    post("T MCV 1", sessions("2026-06", &[8.0])).expect(201);
    post("T MCV 1", sessions("2027-10", &[8.0])).expect(201);
    // What is cancelled or deleted does not count, and an action that moves to the class does.
    act(association, &second, "cancel", &json!({ "reason": "Grève" })).expect(200);
    let third = post("T MCV 1", sessions("2027-03", &[7.0])).expect(201).id();
    too_many(&post("T MCV 1", sessions("2027-04", &[1.0])), 92.0);
    association.delete(&format!("/v1/actions/{first}"), "*").expect(204);
    post("T MCV 1", sessions("2027-04", &[8.0])).expect(201);
    let other = post("T MCV 9", sessions("2027-05", &[7.0; 12])).expect(201).id();
    let moved = json!({ "schools": [{ "uai": VERSAILLES, "class_label": "tmcv1" }] });
    too_many(&crate::actions::edit(association, &other, &moved), 99.0);
    act(association, &third, "cancel", &json!({ "reason": "Grève" })).expect(200);
});

both!(hours_that_results_alone_declare_count_too, |world| {
    let text = reference(world);
    let association = &text.association;
    let past = json!([{ "date": crate::actions::PAST }]);
    let post = |class: &str, changed: &Value| {
        association.post("/v1/actions", &crate::actions::with(module(&text, class, past.clone()), changed))
    };
    let legacy = |hours: f64| json!({ "origin": "legacy", "results": { "session_hours": hours } });
    let rows = world.rows("actions");
    too_many(&post("T1", &legacy(92.0)), 92.0);
    assert_eq!(world.rows("actions"), rows);
    let id = post("T1", &legacy(91.0)).expect(201).id();
    too_many(&crate::actions::edit(association, &id, &json!({ "results": { "session_hours": 92 } })), 92.0);
    // Those of its other actions, declared or in sessions, are added.
    too_many(&post("t1", &legacy(1.0)), 92.0);
    too_many(&post("T1", &json!({ "sessions": sessions("2026-12", &[1.0]) })), 92.0);
    // Of sessions and results the larger counts, never both.
    let both =
        |hours: f64| crate::actions::with(legacy(hours), &json!({ "sessions": sessions("2026-09", &[7.0; 12]) }));
    post("T2", &both(60.0)).expect(201);
    too_many(&post("t2", &legacy(8.0)), 92.0);
    post("t2", &legacy(7.0)).expect(201);
    too_many(&post("T3", &both(91.5)), 91.5);
    // By the act, and as a line of a bulk.
    let stated = crate::actions::with(crate::actions::stated(), &json!({ "status": "confirmed" }));
    let id = post("T4", &stated).expect(201).id();
    let report = |hours: f64| act(association, &id, "report", &json!({ "results": { "session_hours": hours } }));
    too_many(&report(92.0), 92.0);
    assert_eq!(report(84.0).expect(200).json["status"], "reported");
    let line = |hours: f64| {
        let action = crate::actions::with(module(&text, "T 4", past.clone()), &legacy(hours));
        json!({ "action": action }).to_string()
    };
    let bulk = |lines: &[String]| {
        association.ask("POST", "/v1/actions/bulk").body("application/x-ndjson", lines.join("\n").as_bytes()).send()
    };
    let told = bulk(&[line(4.0), line(4.0)]).problem("bulk_refused");
    assert_eq!((&told.json["refused"], &told.json["lines"][0]["line"]), (&json!(1), &json!(2)));
    assert_eq!(told.json["lines"][0]["problem"]["code"], "too_many_hours");
    bulk(&[line(4.0), line(3.0)]).expect(200);
    too_many(&report(85.0), 92.0);
});

both!(declared_hours_over_two_school_years_are_shared, |world| {
    let text = reference(world);
    let post = |class: &str, hours: f64, sessions: Value| {
        let body = crate::actions::with(
            module(&text, class, sessions),
            &json!({ "origin": "legacy", "results": { "session_hours": hours } }),
        );
        text.association.post("/v1/actions", &body)
    };
    let years = json!([{ "date": "2026-06-01" }, { "date": "2026-10-06" }]);
    post("T1", 182.0, years.clone()).expect(201);
    post("T2", 184.0, years).problem("too_many_hours");
    // Hours that no session has go to the one that does not say how long it lasts.
    let open = json!([{ "date": "2026-06-01", "hours": 20 }, { "date": "2026-10-06" }]);
    post("T3", 111.0, open.clone()).expect(201);
    too_many(&post("T4", 112.0, open), 92.0);
});

both!(an_action_over_two_school_years_counts_in_each, |world| {
    let text = reference(world);
    let post = |class: &str, sessions: Value| text.association.post("/v1/actions", &module(&text, class, sessions));
    let over = |june: usize, september: usize| {
        let mut all = sessions("2026-06", &vec![7.0; june]).as_array().unwrap().clone();
        all.extend(sessions("2026-09", &vec![7.0; september]).as_array().unwrap().clone());
        Value::Array(all)
    };
    post("T1", over(10, 12)).expect(201);
    too_many(&post("t1", sessions("2027-02", &[8.0])), 92.0);
    post("t1", sessions("2027-02", &[7.0])).expect(201);
});

both!(the_module_is_for_terminale_pro_alone, |world| {
    let text = reference(world);
    let body = |level: &str| {
        crate::actions::with(module(&text, "T1", sessions("2027-01", &[2.0])), &json!({ "levels": [level] }))
    };
    assert_eq!(text.association.post("/v1/actions", &body("tle_pro")).expect(201).json["warnings"], json!([]));
    let told = text.association.post("/v1/actions", &body("1re_pro")).expect(201).json;
    assert_eq!(warned(&told), [("R31".into(), "outside_audience".into(), Some("4".into()))]);
});

both!(without_the_clause_no_hours_are_counted, |world| {
    let text = crate::actions::unsigned(crate::conventions::draft(world));
    let clause = format!("/v1/clauses/{}", text.id_of("clause programme_hours"));
    text.author.delete(&clause, "*").expect(204);
    let text = text.signed("2024-06-20", "2024-06-27");
    let mut hours = ninety_one();
    hours.push(7.0);
    create(&text.association, &module(&text, "T1", sessions("2027-01", &hours)));
});
