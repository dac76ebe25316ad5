//! Clauses: each kind with its members, those that a convention has once, those declared absent.

use serde_json::{Value, json};

use super::{draft, each, ready};

/// A kind, what it may say in full, and what it must say.
fn kinds() -> Vec<(&'static str, Value, &'static [&'static str])> {
    vec![
        ("duration", json!({ "value": 3, "unit": "year", "start": "2024-09-01", "end": "2027-08-31" }), &["value"]),
        ("effective", json!({ "on": "2024-09-01" }), &[]),
        ("tacit_renewal", json!({ "allowed": true, "value": 1, "unit": "year", "times": 2 }), &["allowed"]),
        ("renewal_information", json!({ "value": 6, "unit": "month", "by": "l'association" }), &["value", "unit"]),
        (
            "termination",
            json!({ "value": 6, "unit": "month", "counted_from": "la réception", "by": "le ministère" }),
            &["value", "unit"],
        ),
        ("renewal_talks", json!({}), &[]),
        ("amendment", json!({}), &[]),
        (
            "steering",
            json!({ "body": "comité de pilotage", "minimum_per_year": 1, "regions_invited_by": "le ministère", "experts": true }),
            &[],
        ),
        ("exceptional_meeting", json!({}), &[]),
        ("agenda", json!({}), &[]),
        ("minutes", json!({ "proposed_by": "l'association" }), &[]),
        ("regional_information", json!({}), &[]),
        ("communication", json!({}), &[]),
        ("prior_consent", json!({}), &[]),
        ("material_use", json!({}), &[]),
        ("cure_period", json!({ "value": 8, "unit": "day", "what": "régulariser" }), &["value", "unit"]),
        ("relay", json!({}), &[]),
        ("dispute", json!({}), &[]),
        ("inclusion", json!({}), &[]),
        ("accessibility", json!({}), &[]),
        ("programme_hours", json!({ "hours": 91 }), &["hours"]),
        ("resources", json!({}), &[]),
    ]
}

const SINGLE: [&str; 5] = ["duration", "effective", "tacit_renewal", "renewal_information", "termination"];

both!(each_kind_has_its_members_and_no_other, |world| {
    let text = draft(world);
    let every = json!({
        "value": 1, "unit": "day", "start": "2024-01-01", "end": "2024-01-02", "on": "2024-01-01", "allowed": true,
        "times": 1, "by": "x", "counted_from": "x", "what": "x", "body": "x", "minimum_per_year": 1,
        "proposed_by": "x", "hours": 1, "regions_invited_by": "x", "experts": true,
    });
    let vocabulary = text.author.get("/v1/reference/vocabularies/clause_kind").expect(200).json;
    let mut known = each(vocabulary["entries"].as_array().unwrap(), "code");
    let mut tested: Vec<&str> = kinds().iter().map(|k| k.0).collect();
    known.sort_unstable();
    tested.sort_unstable();
    assert_eq!(known, tested);
    for (kind, full, must) in kinds() {
        let made = text.add("clauses", &json!({ "kind": kind, "parameters": full })).expect(201);
        assert_eq!(made.json["parameters"], full, "{kind}");
        assert_eq!((&made.json["confirmed"], &made.json["absent"]), (&json!(false), &json!(false)));
        let twice = text.add("clauses", &json!({ "kind": kind, "parameters": full }));
        if SINGLE.contains(&kind) {
            let problem = twice.problem("duplicate");
            assert_eq!(problem.json["resource"], format!("/v1/clauses/{}", made.id()));
            text.author.delete(&format!("/v1/clauses/{}", made.id()), &text.etag()).expect(204);
        } else {
            twice.expect(201);
        }
        // The members of the other kinds, each named.
        let foreign: Vec<(String, String)> = every
            .as_object()
            .unwrap()
            .keys()
            .filter(|m| full.get(m.as_str()).is_none())
            .map(|m| (format!("/parameters/{m}"), "not_applicable".to_owned()))
            .collect();
        let mut faults =
            text.add("clauses", &json!({ "kind": kind, "parameters": every })).problem("invalid_body").faults();
        let mut foreign = foreign;
        faults.sort();
        foreign.sort();
        assert_eq!(faults, foreign, "{kind}");
        if !must.is_empty() {
            let wanted: Vec<_> = must.iter().map(|m| (format!("/parameters/{m}"), "missing".to_owned())).collect();
            let faults = text.add("clauses", &json!({ "kind": kind })).problem("invalid_body").faults();
            assert_eq!(faults, wanted, "{kind}");
        }
    }
});

both!(a_clause_says_something_that_can_be_computed, |world| {
    let text = draft(world);
    for (kind, parameters, pointer, code) in [
        ("duration", json!({ "value": 0, "unit": "year" }), "value", "out_of_range"),
        ("duration", json!({ "value": 1201, "unit": "month" }), "value", "out_of_range"),
        ("duration", json!({ "value": -1, "unit": "month" }), "value", ""),
        ("duration", json!({ "value": 1.5, "unit": "month" }), "value", "wrong_type"),
        ("duration", json!({ "value": "cinq", "unit": "year" }), "value", "wrong_type"),
        ("duration", json!({ "value": 5 }), "unit", "missing"),
        ("duration", json!({ "value": -5, "unit": "year" }), "value", "out_of_range"),
        ("duration", json!({ "value": 4_294_967_295_u64, "unit": "year" }), "value", "out_of_range"),
        ("duration", json!({ "value": 5, "unit": "decade" }), "unit", ""),
        ("duration", json!({ "start": "2024-09-01" }), "value", "missing"),
        ("duration", json!({ "start": "2024-09-01", "end": "2024-08-31" }), "end", "before_start"),
        ("duration", json!({ "end": "2024-02-30" }), "end", "ill_formed"),
        ("duration", json!({ "end": "2024-08-31T00:00:00Z" }), "end", "ill_formed"),
        ("tacit_renewal", json!({ "allowed": true, "value": 1 }), "unit", "missing"),
        ("tacit_renewal", json!({ "allowed": true, "times": 0 }), "times", "out_of_range"),
        ("termination", json!({ "unit": "month" }), "value", "missing"),
        ("steering", json!({ "minimum_per_year": 367 }), "minimum_per_year", "out_of_range"),
        ("programme_hours", json!({ "hours": 2001 }), "hours", "out_of_range"),
        ("minutes", json!({ "proposed_by": "" }), "proposed_by", "wrong_length"),
        ("effective", json!({ "when": "2024-09-01" }), "when", "unknown"),
    ] {
        let answer = text.add("clauses", &json!({ "kind": kind, "parameters": parameters }));
        let faults = answer.problem("invalid_body").faults();
        let wanted = format!("/parameters/{pointer}");
        assert!(
            faults.iter().any(|f| f.0 == wanted && (code.is_empty() || f.1 == code)),
            "{kind} {parameters}: {faults:?}"
        );
    }
    let faults = text.add("clauses", &json!({ "kind": "hope" })).problem("invalid_body").faults();
    assert_eq!(faults[0].0, "/kind");
    assert!(text.items("clauses").is_empty());
});

both!(an_absent_clause_says_nothing_and_settles_it, |world| {
    let text = draft(world).with_parties();
    let missing = |wanted: &[&str]| assert_eq!(text.json()["missing_terms"], json!(wanted));
    missing(&["duration", "renewal_information", "termination"]);
    let full = json!({ "kind": "duration", "absent": true, "parameters": { "value": 5, "unit": "year" } });
    let faults = text.add("clauses", &full).problem("invalid_body").faults();
    assert_eq!(each_pointer(&faults), ["/parameters/value", "/parameters/unit"]);
    // Declared by the import or by hand, it counts once a person has confirmed it.
    let absent = text.add("clauses", &json!({ "kind": "duration", "absent": true })).expect(201).id();
    missing(&["duration", "renewal_information", "termination"]);
    text.change(&format!("/v1/clauses/{absent}"), &json!({ "confirmed": true })).expect(200);
    missing(&["renewal_information", "termination"]);
    text.add("clauses", &json!({ "kind": "duration", "parameters": { "value": 5, "unit": "year" } }))
        .problem("duplicate");
    // From absent to stated, and back.
    let stated = json!({ "absent": false, "parameters": { "value": 5, "unit": "year" } });
    text.change(&format!("/v1/clauses/{absent}"), &stated).expect(200);
    text.change(&format!("/v1/clauses/{absent}"), &json!({ "absent": true })).problem("invalid_body");
    text.change(&format!("/v1/clauses/{absent}"), &json!({ "absent": true, "parameters": null })).expect(200);
    for kind in ["renewal_information", "termination"] {
        let notice = json!({ "kind": kind, "parameters": { "value": 6, "unit": "month" } });
        text.add("clauses", &notice).expect(201);
    }
    missing(&["renewal_information", "termination"]);
    let confirmed = text.author.act(&text.under("confirm-clauses"), &text.etag()).expect(200).json;
    assert_eq!(confirmed["missing_terms"], json!([]));
    assert!(text.items("clauses").iter().all(|c| c["confirmed"] == true));
});

fn each_pointer(faults: &[(String, String)]) -> Vec<&str> {
    faults.iter().map(|f| f.0.as_str()).collect()
}

both!(a_kind_changes_into_another_with_its_own_members, |world| {
    let text = ready(world);
    let minutes = json!({ "kind": "minutes", "parameters": { "proposed_by": "l'association" } });
    let address = format!("/v1/clauses/{}", text.add("clauses", &minutes).expect(201).id());
    let faults = text.change(&address, &json!({ "kind": "agenda" })).problem("invalid_body").faults();
    assert_eq!(each_pointer(&faults), ["/parameters/proposed_by"]);
    text.change(&address, &json!({ "kind": "agenda", "parameters": { "proposed_by": null } })).expect(200);
    // Not into one that stands already.
    let termination = json!({ "kind": "termination", "parameters": { "value": 1, "unit": "month" } });
    let problem = text.change(&address, &termination).problem("duplicate");
    assert_eq!(problem.json["resource"], format!("/v1/clauses/{}", text.id_of("clause termination")));
    let foreign = ready(world).id_of("article 11").to_owned();
    let faults = text.change(&address, &json!({ "article_id": foreign })).problem("invalid_body").faults();
    assert_eq!(faults, [("/article_id".to_owned(), "unknown_reference".to_owned())]);
});
