//! One way to each code that an action is refused with, for the test that every code is produced.

use serde_json::{Value, json};

use super::{act, another, create, reference, visit};
use crate::support::{Response, World};

/// The codes that this produces.
pub const CODES: [&str; 14] = [
    "foreign_axis",
    "foreign_item",
    "below_secondary",
    "too_many_hours",
    "inclusion_missing",
    "accessibility_missing",
    "session_missing",
    "outside_period",
    "personal_data",
    "pupil_application",
    "wrong_state",
    "bulk_refused",
    "not_twins",
    "merged",
];

pub fn produce(world: &World, code: &str) -> Response {
    let text = reference(world);
    let association = &text.association;
    let post = |changed: Value| association.post("/v1/actions", &visit(&text, &changed));
    let made = |changed: Value| create(association, &visit(&text, &changed));
    match code {
        "foreign_axis" => post(json!({ "axis_id": another(&text).id_of("discovery") })),
        "foreign_item" => post(json!({ "catalogue_item_id": world.new_id().to_string() })),
        "below_secondary" => post(json!({ "levels": ["cm2"] })),
        "too_many_hours" => {
            let session = |day: u32| json!({ "date": format!("2027-01-{day:02}"), "hours": 7.1 });
            let sessions: Vec<_> = (1..=13).map(session).collect();
            post(json!({ "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "sessions": sessions }))
        }
        "inclusion_missing" => post(json!({ "status": "confirmed" })),
        "accessibility_missing" => {
            post(json!({ "status": "confirmed", "inclusion": { "none_because": "Ouverte à tous" } }))
        }
        "session_missing" => post(json!({ "status": "planned", "sessions": [] })),
        "outside_period" => post(json!({ "sessions": [{ "date": "2029-06-28" }] })),
        "personal_data" => post(json!({ "title": "Voir jean.dupont@gmail.com" })),
        "pupil_application" => {
            let offer =
                json!({ "source": "1eleve1stage", "reference": "A1", "url": "https://x.example/candidature/3" });
            post(json!({ "offers": [offer] }))
        }
        "wrong_state" => act(association, &made(json!({})), "hold", &json!({})),
        "bulk_refused" => association.ask("POST", "/v1/actions/bulk").body("application/x-ndjson", "{}").send(),
        "not_twins" => {
            let (one, other) = (made(json!({})), made(json!({ "kind": "talk" })));
            act(association, &one, "merge", &json!({ "twin_id": other, "twin_version": 1 }))
        }
        _ => {
            let (one, other) = (made(json!({})), made(json!({})));
            act(association, &one, "merge", &json!({ "twin_id": other, "twin_version": 1 })).expect(200);
            association.get(&format!("/v1/actions/{other}"))
        }
    }
}
