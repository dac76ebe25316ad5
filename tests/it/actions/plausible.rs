//! What is hardly so is flagged, and written: the same session twice, more hours received than there can be.

use serde_json::{Value, json};

use super::{DAY, PAST, act, confirmed, create, reference, visit, warned};

fn flagged(rule: &str, code: &str) -> Vec<(String, String, Option<String>)> {
    vec![(rule.to_owned(), code.to_owned(), None)]
}

both!(a_session_twice_is_flagged, |world| {
    let text = reference(world);
    let post = |sessions: Value| {
        text.association.post("/v1/actions", &visit(&text, &json!({ "sessions": sessions }))).expect(201).json
    };
    let at = |day: &str, start: &str| json!({ "date": day, "start": start });
    let twice = post(json!([at(DAY, "14:00"), at(DAY, "09:00"), at(DAY, "14:00")]));
    assert_eq!(warned(&twice), flagged("R34", "repeated_session"));
    assert_eq!(twice["warnings"][0]["computed"], json!({ "pointers": ["/sessions/2"] }));
    assert_eq!(twice["sessions"].as_array().unwrap().len(), 3);
    // At another hour, on another day, at no hour that is known.
    for sessions in [
        json!([at(DAY, "14:00"), at(DAY, "14:30")]),
        json!([at(DAY, "14:00"), at("2027-01-15", "14:00")]),
        json!([{ "date": DAY }, { "date": DAY }]),
    ] {
        assert_eq!(warned(&post(sessions)), []);
    }
});

both!(more_hours_than_pupils_and_sessions_make_are_flagged, |world| {
    let text = reference(world);
    let association = &text.association;
    let day = json!({ "sessions": [{ "date": PAST, "start": "14:00", "end": "16:00" }] });
    let id = create(association, &confirmed(&text, &day));
    let report = |results: Value| act(association, &id, "report", &json!({ "results": results })).expect(200).json;
    let said = report(json!({ "pupils": 24, "pupil_hours": 48.5 }));
    assert_eq!(warned(&said), flagged("R36", "too_many_pupil_hours"));
    assert_eq!(
        said["warnings"][0]["computed"],
        json!({ "pointers": ["/results/pupil_hours"], "pupil_hours": 48.5, "pupils": 24, "session_hours": 2.0, "most": 48.0 })
    );
    // As many as there can be, fewer, and where one of the three is not known.
    assert_eq!(warned(&report(json!({ "pupil_hours": 48 }))), []);
    assert_eq!(warned(&report(json!({ "pupil_hours": 12 }))), []);
    assert_eq!(warned(&report(json!({ "pupil_hours": 480, "pupils": null }))), []);
    let open = create(association, &confirmed(&text, &json!({ "sessions": [{ "date": PAST }] })));
    let results = json!({ "results": { "pupils": 3, "pupil_hours": 480 } });
    assert_eq!(warned(&act(association, &open, "report", &results).expect(200).json), []);
    // Declared hours are those that count.
    let results = json!({ "results": { "session_hours": 100, "pupil_hours": 301 } });
    assert_eq!(warned(&act(association, &open, "report", &results).expect(200).json).len(), 1);
});
