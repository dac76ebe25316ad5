//! Actions, as associations, académies and schools write them all year: the rules R30 to R37, the life of an action, who
//! sees which, twins, and walks while others write.

mod amended;
mod at_once;
mod audiences;
mod axes;
mod bounds;
mod bulk;
mod classes;
mod dates;
mod edits;
mod evidence;
mod faults;
mod kept;
mod labels;
mod life;
mod orphans;
mod perimeter;
mod places;
mod plausible;
mod private;
pub mod producers;
mod races;
mod returned;
mod said;
mod settled;
mod several;
mod sheet;
mod todo;
mod totals;
mod twins;
mod walks;
mod writing;

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::conventions::{Draft, draft};
use crate::support::{Actor, Response, World};

/// A school of Versailles, one of Créteil, one of Lyon.
pub const VERSAILLES: &str = "0950649P";
pub const CRETEIL: &str = "0930001W";
/// A day on which the reference convention is in force, after the day of the tests.
pub const DAY: &str = "2027-01-14";
/// A day of before.
pub const PAST: &str = "2026-10-06";

/// A convention with axes and the clauses that actions are held against, ready to be signed.
pub fn unsigned(text: Draft) -> Draft {
    let text = text
        .with_parties()
        .with_article("3")
        .with_article("4")
        .with_article("8")
        .with_terms()
        .with_clause("inclusion", "8", &json!({}))
        .with_clause("accessibility", "8", &json!({}))
        .with_clause("programme_hours", "4", &json!({ "hours": 91 }));
    let mut discovery = json!({
        "article_id": text.id_of("article 3"), "label": "Découverte des métiers",
        "audiences": ["3e", "2de_gt", "2de_pro", "tle_generale"],
        "catalogue": [
            { "label": "des visites d'entreprises", "national_kind": "company_visit" },
            { "label": "des rencontres en classe" },
        ],
    });
    let mut insertion = json!({
        "article_id": text.id_of("article 4"), "label": "Insertion",
        "catalogue": [{ "label": "le module", "national_kind": "job_entry_module" }],
    });
    if text.json()["parent_id"].is_string() {
        for axis in [&mut discovery, &mut insertion] {
            axis["parent_axis_reason"] = json!("propre au territoire");
        }
    }
    text.with("axes", "discovery", &discovery).with("axes", "insertion", &insertion)
}

/// Signed on 20 and 27 June 2024, for five years: the dates of the specification.
pub fn reference(world: &World) -> Draft {
    unsigned(draft(world)).signed("2024-06-20", "2024-06-27")
}

/// Another one of the same parties.
pub fn another(text: &Draft) -> Draft {
    let new = crate::conventions::national("Autre convention");
    unsigned(Draft::by(&text.association, &text.ministry, &new)).signed("2024-06-20", "2024-06-27")
}

/// Takes over members; null takes one away.
pub fn with(mut body: Value, changed: &Value) -> Value {
    for (member, value) in changed.as_object().expect("members") {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(member);
        } else {
            body[member] = value.clone();
        }
    }
    body
}

/// A visit of one class on one day, with some members changed.
pub fn visit(text: &Draft, changed: &Value) -> Value {
    let body = json!({
        "convention_id": text.id, "axis_id": text.id_of("discovery"), "kind": "company_visit",
        "title": "Visite d'un atelier de chaudronnerie",
        "schools": [{ "uai": VERSAILLES, "class_label": "3B" }], "levels": ["3e"],
        "sessions": [{ "date": DAY, "start": "14:00", "end": "16:00" }],
    });
    with(body, changed)
}

/// What is stated from `confirmed` on.
pub fn stated() -> Value {
    json!({
        "inclusion": { "measures": [{ "ground": "sex", "measure": "Groupes mixtes" }] },
        "accessibility": "Salle de plain-pied",
    })
}

/// The same, already confirmed.
pub fn confirmed(text: &Draft, changed: &Value) -> Value {
    let all = with(stated(), &json!({ "status": "confirmed" }));
    with(visit(text, &all), changed)
}

/// Creates it; its id.
#[track_caller]
pub fn create(actor: &Actor, body: &Value) -> String {
    actor.post("/v1/actions", body).expect(201).id()
}

/// Asks for an act on the version at hand.
pub fn act(actor: &Actor, id: &str, act: &str, body: &Value) -> Response {
    actor.ask("POST", &format!("/v1/actions/{id}/{act}")).header("If-Match", "*").json(body).send()
}

/// Changes it, whatever its version.
pub fn edit(actor: &Actor, id: &str, patch: &Value) -> Response {
    actor.patch(&format!("/v1/actions/{id}"), "*", patch)
}

#[track_caller]
pub fn read(actor: &Actor, id: &str) -> Value {
    actor.get(&format!("/v1/actions/{id}")).expect(200).json
}

/// The codes of what the rules flagged.
pub fn warned(action: &Value) -> Vec<(String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let flags = action["warnings"].as_array().expect("warnings");
    flags.iter().map(|f| (text(&f["rule"]).unwrap(), text(&f["code"]).unwrap(), text(&f["article"]))).collect()
}

/// An action in each state, made by the association as of now; those that took place were on [`PAST`].
pub fn in_state(text: &Draft, state: &str, changed: &Value) -> String {
    let association = &text.association;
    let past = json!([{ "date": PAST, "start": "14:00", "end": "16:00" }]);
    let body = match state {
        "confirmed" | "held" | "reported" => confirmed(text, &json!({ "sessions": past })),
        "declined" => visit(text, &json!({ "status": "requested", "sessions": past })),
        "cancelled" => visit(text, &json!({ "status": "planned", "sessions": past })),
        state => visit(text, &with(stated(), &json!({ "status": state, "sessions": past }))),
    };
    let id = create(association, &with(body, changed));
    match state {
        "held" => act(association, &id, "hold", &json!({})).expect(200),
        "reported" => act(association, &id, "report", &json!({ "results": { "pupils": 24 } })).expect(200),
        "declined" => act(association, &id, "decline", &json!({ "reason": "Semaine d'examens" })).expect(200),
        "cancelled" => act(association, &id, "cancel", &json!({ "reason": "Grève" })).expect(200),
        _ => return id,
    };
    id
}

/// The délégation of an association in some territories.
pub fn delegate(world: &World, association: &Actor, territories: &[&str]) -> Actor {
    world.client(Role::Association, association.organisation, territories, &[])
}

/// A school number of a département, by the first three digits.
pub fn uai(prefix: &str, number: u32) -> String {
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
    let digits = format!("{prefix}{number:04}");
    let rest = digits.parse::<usize>().unwrap() % LETTERS.len();
    format!("{digits}{}", char::from(LETTERS[rest]))
}
