//! All faults of a body at once, also when one of its members cannot be read at all.

use serde_json::{Value, json};

use super::bulk::bulk;
use super::{DAY, VERSAILLES, act, confirmed, create, edit, reference, visit};
use crate::conventions::Draft;
use crate::support::Response;

#[track_caller]
fn told(response: Response) -> Vec<(String, String)> {
    let mut faults = response.problem("invalid_body").faults();
    faults.sort();
    faults
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<_> = all.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
    all.sort();
    all
}

/// Wrong in each way: a code, a date, a type, a name, a length, and what does not agree.
fn all_wrong(text: &Draft) -> (Value, Vec<(&'static str, &'static str)>) {
    let body = visit(
        text,
        &json!({
            "kind": "promenade", "title": "", "levels": ["3e", "9e"], "volunteers_needed": 20_000, "colour": "bleu",
            "schools": [{ "uai": VERSAILLES }, { "uai": VERSAILLES }],
            "sessions": [{ "date": "demain", "start": "16:00", "end": "14:00" }, { "date": DAY, "start": 9 }],
            "results": { "pupils": 3, "girls": 5 }, "themes": ["eau", "a|b"],
        }),
    );
    let faults = vec![
        ("/kind", "ill_formed"),
        ("/title", "wrong_length"),
        ("/levels/1", "ill_formed"),
        ("/volunteers_needed", "out_of_range"),
        ("/colour", "unknown"),
        ("/schools/1/uai", "repeated"),
        ("/sessions/0/date", "ill_formed"),
        ("/sessions/0/end", "before_start"),
        ("/sessions/1/start", "wrong_type"),
        ("/results/pupils", "sum"),
        ("/themes/1", "ill_formed"),
    ];
    (body, faults)
}

both!(what_cannot_be_read_hides_nothing_else, |world| {
    let text = reference(world);
    let association = &text.association;
    let (body, faults) = all_wrong(&text);
    let answer = association.post("/v1/actions", &body);
    assert_eq!(told(answer.clone()), pairs(&faults));
    let of = |place: &str| {
        let errors = answer.json["errors"].as_array().unwrap();
        errors.iter().find(|fault| fault["pointer"] == place).unwrap()["accepted"].clone()
    };
    assert!(of("/levels/1").as_array().unwrap().contains(&json!("2de_gt")), "{}", answer.json);
    // Each of them alone, in a line, and in a change.
    let refused = bulk(association, "", &[json!({ "action": body })]).problem("bulk_refused").json;
    let named: Vec<_> = refused["lines"][0]["problem"]["errors"].as_array().unwrap().clone();
    assert_eq!(named.len(), faults.len(), "{refused}");
    assert!(named.iter().all(|fault| fault["pointer"].as_str().unwrap().starts_with("/action/")), "{refused}");
    let id = create(association, &visit(&text, &json!({})));
    assert_eq!(told(edit(association, &id, &json!({ "kind": "promenade", "title": "" }))), pairs(&faults[..2]));
});

both!(nothing_is_said_of_what_was_left_out_to_read_the_rest, |world| {
    let text = reference(world);
    let association = &text.association;
    for (changed, expected) in [
        // Neither missing, nor amiss because another member is.
        (json!({ "schools": "0950649P" }), &[("/schools", "wrong_type")][..]),
        (json!({ "schools": [], "territory": "mars" }), &[("/territory", "ill_formed")]),
        (json!({ "kind": "autre", "kind_text": "Une sortie" }), &[("/kind", "ill_formed")]),
        (json!({ "kind": "autre" }), &[("/kind", "ill_formed")]),
        (
            json!({ "sessions": [{ "start": "16:00", "end": "14:00" }] }),
            &[("/sessions/0/date", "missing"), ("/sessions/0/end", "before_start")],
        ),
        (
            json!({ "sessions": [{ "date": DAY, "start": "25h", "end": "14:00" }] }),
            &[("/sessions/0/start", "ill_formed")],
        ),
        (json!({ "schools": ["0950649P"], "title": "" }), &[("/schools/0", "wrong_type"), ("/title", "wrong_length")]),
        (
            json!({ "place": { "label": 3, "commune": "" } }),
            &[("/place/label", "wrong_type"), ("/place/commune", "wrong_length")],
        ),
        (json!({ "inclusion": { "measures": 3 } }), &[("/inclusion/measures", "wrong_type")]),
        // What is missing is told with the rest.
        (
            json!({ "title": null, "kind": null, "convention_id": null, "wished": "" }),
            &[("/title", "missing"), ("/kind", "missing"), ("/convention_id", "missing"), ("/wished", "wrong_length")],
        ),
        (
            json!({ "convention_id": "x", "kind": "other" }),
            &[("/convention_id", "ill_formed"), ("/kind_text", "missing")],
        ),
    ] {
        assert_eq!(told(association.post("/v1/actions", &visit(&text, &changed))), pairs(expected), "{changed}");
    }
    association.post("/v1/actions", &json!([])).problem("invalid_body");
    assert_eq!(world.rows("actions"), 0);
});

both!(bodies_of_acts_and_of_other_resources_too, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &confirmed(&text, &json!({ "sessions": [{ "date": "2026-10-06" }] })));
    let body = json!({ "results": { "pupils": 3, "girls": 5, "volunteers": "deux" }, "pairs": -1 });
    let expected = [("/results/volunteers", "wrong_type"), ("/pairs", "out_of_range"), ("/results/pupils", "sum")];
    assert_eq!(told(act(association, &id, "report", &body)), pairs(&expected));
    let company = json!({ "name": "", "siret": "123", "sector_code": "ZZ" });
    let faults = told(association.post("/v1/companies", &company));
    let places: Vec<_> = faults.iter().map(|(place, _)| place.as_str()).collect();
    assert!(["/name", "/sector_code", "/siret"].iter().all(|place| places.contains(place)), "{faults:?}");
});
