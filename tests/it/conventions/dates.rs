//! When a convention is in force and when it ends (R01 to R03), day by day.

use serde_json::{Value, json};

use super::{Draft, Signs, draft, in_force, ready, refused};

#[track_caller]
fn statuses(text: &Draft, expected: &[(&str, &str)]) {
    for (date, status) in expected {
        let read = text.on(date);
        assert_eq!((read["status"].as_str(), read["as_of"].as_str()), (Some(*status), Some(*date)));
    }
}

both!(the_table_of_last_days, |world| {
    for (signed, anniversary, eve) in [
        ("2024-06-27", "2029-06-27", "2029-06-26"),
        ("2024-02-29", "2029-02-28", "2029-02-28"),
        ("2023-02-28", "2028-02-28", "2028-02-27"),
        ("2024-08-31", "2029-08-31", "2029-08-30"),
        ("2023-08-31", "2028-08-31", "2028-08-30"),
        ("2024-10-31", "2029-10-31", "2029-10-30"),
        ("2025-03-30", "2030-03-30", "2030-03-29"),
    ] {
        for (rule, last) in [("anniversary", anniversary), ("eve", eve)] {
            let text = ready(world);
            text.change("", &json!({ "last_day_rule": rule })).expect(200);
            let text = text.signed(signed, signed);
            assert_eq!(text.json()["last_day"], last, "{signed} {rule}");
            let days: Vec<String> = {
                let last: passerelle::domain::CivilDate = last.parse().unwrap();
                [last.previous(), last, last.next()].map(|d| d.to_string()).into()
            };
            statuses(&text, &[(&days[0], "in_force"), (&days[1], "in_force"), (&days[2], "expired")]);
        }
    }
});

both!(the_day_before_the_day_the_day_after, |world| {
    let text = in_force(world);
    statuses(
        &text,
        &[
            ("2024-06-19", "draft"),
            ("2024-06-20", "partially_signed"),
            ("2024-06-26", "partially_signed"),
            ("2024-06-27", "in_force"),
            ("2024-06-28", "in_force"),
            ("2029-06-26", "in_force"),
            ("2029-06-27", "in_force"),
            ("2029-06-28", "expired"),
            ("2200-12-31", "expired"),
        ],
    );
    for wrong in ["2024-02-30", "2024-6-1", "hier", "", "2024-06-27T00:00:00Z"] {
        let faults = text.author.get(&format!("{}?as_of={wrong}", text.path())).problem("invalid_parameters").faults();
        assert_eq!(faults, [("as_of".to_owned(), "malformed".to_owned())]);
    }
    // What is cached is what was read: another day, another tag.
    let read = |on: &str| text.author.get(&format!("{}?as_of={on}", text.path())).expect(200).etag();
    assert_ne!(read("2029-06-27"), read("2029-06-28"));
});

both!(on_the_date_that_a_clause_names, |world| {
    let effective =
        |on: &str| ready(world).with_clause("effective", "12", &json!({ "on": on })).signed("2024-06-20", "2024-06-27");
    let later = effective("2024-09-01");
    let read = later.json();
    assert_eq!(
        (&read["complete_on"], &read["in_force_from"], &read["last_day"]),
        (&json!("2024-06-27"), &json!("2024-09-01"), &json!("2029-09-01"))
    );
    statuses(
        &later,
        &[("2024-06-27", "partially_signed"), ("2024-08-31", "partially_signed"), ("2024-09-01", "in_force")],
    );
    // The parties may agree on a day that is past.
    let earlier = effective("2024-01-01");
    assert_eq!(earlier.json()["last_day"], "2029-01-01");
    statuses(&earlier, &[("2023-12-31", "draft"), ("2024-01-01", "in_force")]);
    // R01 cites the article that names the day.
    refused(&later.ministry.signs(&later, "2024-06-27"), "already_signed", "R01", Some("12"));
});

both!(a_duration_may_name_its_first_and_last_day, |world| {
    let named = |duration: Value| draft(world).with_parties().with_duration(&duration);
    let text = named(json!({ "start": "2024-09-01", "end": "2027-08-31" })).signed("2024-06-20", "2024-06-27");
    statuses(
        &text,
        &[
            ("2024-08-31", "partially_signed"),
            ("2024-09-01", "in_force"),
            ("2027-08-31", "in_force"),
            ("2027-09-01", "expired"),
        ],
    );
    // R03: no signature after the end that the text names.
    let text = named(json!({ "end": "2024-06-26" }));
    text.association.signs(&text, "2024-06-20").expect(201);
    let computed = refused(&text.ministry.signs(&text, "2024-06-27"), "after_end", "R03", Some("11"));
    assert_eq!((&computed["complete_on"], &computed["last_day"]), (&json!("2024-06-27"), &json!("2024-06-26")));
    text.ministry.signs(&text, "2024-06-26").expect(201);
    statuses(&text, &[("2024-06-26", "in_force"), ("2024-06-27", "expired")]);
    let months = named(json!({ "value": 6, "unit": "month" })).signed("2023-08-31", "2023-08-31");
    assert_eq!(months.json()["last_day"], "2024-02-29");
});

both!(without_a_duration_it_does_not_end, |world| {
    let text = draft(world)
        .with_parties()
        .without_clause("duration")
        .without_clause("renewal_information")
        .without_clause("termination");
    let text = text.signed("2014-06-20", "2014-06-27");
    assert_eq!(text.json()["last_day"], Value::Null);
    statuses(&text, &[("2014-06-26", "partially_signed"), ("2014-06-27", "in_force"), ("2200-01-01", "in_force")]);
});

both!(tacit_renewal, |world| {
    let renewed = |parameters: Value| {
        ready(world).with_clause("tacit_renewal", "11", &parameters).signed("2014-06-20", "2014-06-27")
    };
    let excluded = renewed(json!({ "allowed": false }));
    assert_eq!(
        (excluded.json()["renews_tacitly"].as_bool(), excluded.json()["last_day"].as_str()),
        (Some(false), Some("2019-06-27"))
    );
    statuses(&excluded, &[("2019-06-27", "in_force"), ("2019-06-28", "expired")]);
    let twice = renewed(json!({ "allowed": true, "value": 1, "unit": "year", "times": 2 }));
    assert_eq!(twice.json()["last_day"], "2021-06-27");
    statuses(&twice, &[("2019-06-28", "in_force"), ("2021-06-27", "in_force"), ("2021-06-28", "expired")]);
    let same_length = renewed(json!({ "allowed": true, "times": 1 }));
    assert_eq!(same_length.json()["last_day"], "2024-06-27");
    let without_limit = renewed(json!({ "allowed": true }));
    assert_eq!(
        (without_limit.json()["renews_tacitly"].as_bool(), &without_limit.json()["last_day"]),
        (Some(true), &Value::Null)
    );
    statuses(&without_limit, &[("2019-06-28", "in_force"), ("2200-01-01", "in_force")]);
});

both!(the_end_is_computed_and_never_written, |world| {
    let text = ready(world);
    let write = |text: &Draft| text.change("", &json!({ "last_day": "2030-01-01" }));
    let computed = refused(&write(&text), "computed_end", "R02", Some("11"));
    assert_eq!((&computed["written"], &computed["last_day"]), (&json!("2030-01-01"), &Value::Null));
    let text = text.signed("2024-06-20", "2024-06-27");
    let computed = refused(&write(&text), "computed_end", "R02", Some("11"));
    assert_eq!((&computed["written"], &computed["last_day"]), (&json!("2030-01-01"), &json!("2029-06-27")));
    // One that the text names is in its clause.
    let named = draft(world).with_parties().with_duration(&json!({ "end": "2027-08-31" }));
    write(&named).problem("computed_end");
    // The other computed dates are unknown members, and a version is due as ever.
    for member in ["in_force_from", "complete_on", "first_signed_on"] {
        let faults = named.change("", &json!({ member: "2024-01-01" })).problem("invalid_body").faults();
        assert_eq!(faults, [(format!("/{member}"), "unknown".to_owned())]);
    }
    named.author.patch(&named.path(), "\"1\"", &json!({ "last_day": "2030-01-01" })).problem("version_mismatch");
});
