//! What is held under an axis is evidence of what the parties commit to there, in the ledger of the convention.

use serde_json::{Value, json};

use super::bulk::bulk;
use super::{CRETEIL, VERSAILLES, act, confirmed, create, edit, unsigned, visit};
use crate::conventions::{Draft, draft};
use crate::support::{Actor, World};

const COMMITMENT: &str = "Préparer les élèves à la rencontre.";

/// The axis of article 3 with a commitment of the ministry.
fn committed(text: Draft) -> Draft {
    let text = unsigned(text);
    let party = text.id_of("party ministry").to_owned();
    let axis = format!("/v1/axes/{}", text.id_of("discovery"));
    text.change(&axis, &json!({ "commitments": [{ "party_id": party, "text": COMMITMENT }] })).expect(200);
    text
}

/// The days on which it was done, year by year, on a date.
fn done(actor: &Actor, text: &Draft, query: &str) -> Vec<(Value, Value)> {
    let read = actor.get(&format!("{}?nature=continuous{query}", text.under("obligations"))).expect(200).json;
    let duties = read["items"].as_array().unwrap().iter().filter(|duty| duty["what"]["fr"] == COMMITMENT);
    duties.map(|duty| (duty["status"].clone(), duty["met_on"].clone())).collect()
}

fn none() -> (Value, Value) {
    (json!("no_evidence"), Value::Null)
}

fn on(day: &str) -> (Value, Value) {
    (json!("evidenced"), json!(day))
}

/// The rows that lists read say what the rules do.
fn in_step(world: &World, text: &Draft) {
    let id = text.id.parse().unwrap();
    let found = passerelle::obligations::upkeep::verify(&mut world.connection(), id).expect("it can be computed");
    assert!(found.is_none(), "{found:?}");
}

fn past(day: &str, more: &Value) -> Value {
    let body = json!({ "origin": "legacy", "sessions": [{ "date": day }], "results": { "pupils": 24 } });
    super::with(body, more)
}

both!(the_first_action_of_a_year_is_evidence, |world| {
    let text = committed(draft(world)).signed("2024-06-20", "2024-06-27");
    let association = &text.association;
    assert_eq!(done(association, &text, ""), [none(), none(), none()]);
    // What is only planned or confirmed shows nothing.
    let id = create(association, &confirmed(&text, &json!({ "sessions": [{ "date": "2026-11-20" }] })));
    assert_eq!(done(association, &text, ""), [none(), none(), none()]);
    let before = world.now();
    world.pass_seconds(5);
    act(association, &id, "hold", &json!({})).expect(200);
    assert_eq!(done(association, &text, ""), [none(), none(), on("2026-11-20")]);
    in_step(world, &text);
    // The day before it, the day; what was known before it was recorded.
    let of = |query: &str| done(association, &text, query).last().cloned().unwrap();
    assert_eq!(of("&as_of=2026-11-19").0, json!("no_evidence"));
    assert_eq!(of("&as_of=2026-11-20"), on("2026-11-20"));
    assert_eq!(of(&format!("&known_at={before}")), none());
    // An earlier one, recorded later; another axis, a later day and a day before the convention change nothing.
    create(association, &visit(&text, &past("2026-10-06", &json!({}))));
    create(association, &visit(&text, &past("2026-10-07", &json!({ "title": "Autre" }))));
    let module = json!({ "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "levels": ["tle_pro"] });
    create(association, &visit(&text, &past("2025-10-07", &module)));
    assert_eq!(done(association, &text, ""), [none(), none(), on("2026-10-06")]);
    in_step(world, &text);
    // The list over conventions reads the same, by status too.
    let listed = association.get("/v1/obligations?rule=E01&status=evidenced").expect(200).json;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["computed"]["action_held_on"], "2026-10-06");
});

both!(evidence_moves_with_its_action, |world| {
    let text = committed(draft(world)).signed("2024-06-20", "2024-06-27");
    let association = &text.association;
    let id = create(association, &visit(&text, &past("2026-10-06", &json!({}))));
    create(association, &visit(&text, &past("2026-10-20", &json!({ "title": "Autre" }))));
    // Its day was wrong: the last day of the first year.
    edit(association, &id, &json!({ "sessions": [{ "date": "2025-06-27" }] })).expect(200);
    assert_eq!(done(association, &text, ""), [on("2025-06-27"), none(), on("2026-10-20")]);
    in_step(world, &text);
    // It goes into its twin: the later day of the two is gone with it.
    let twin = create(association, &visit(&text, &past("2026-10-20", &json!({ "title": "Jumelle" }))));
    edit(association, &twin, &json!({ "sessions": [{ "date": "2025-06-27" }] })).expect(200);
    let version = crate::actions::read(association, &id)["version"].clone();
    act(association, &twin, "merge", &json!({ "twin_id": id, "twin_version": version })).expect(200);
    assert_eq!(done(association, &text, ""), [on("2025-06-27"), none(), on("2026-10-20")]);
    edit(association, &twin, &json!({ "sessions": [{ "date": "2025-06-28" }] })).expect(200);
    assert_eq!(done(association, &text, ""), [none(), on("2025-06-28"), on("2026-10-20")]);
    in_step(world, &text);
});

both!(many_at_once_are_evidence_once, |world| {
    let text = committed(draft(world)).signed("2024-06-20", "2024-06-27");
    let association = &text.association;
    let line = |n: u32| {
        let day = format!("{}-{:02}-{:02}", 2024 + n / 250, 9 + n % 3, 1 + n % 28);
        let more = json!({ "title": format!("Visite {n}"), "external_id": format!("v-{n}") });
        json!({ "op": "upsert", "action": visit(&text, &past(&day, &more)) })
    };
    let lines: Vec<Value> = (0..500).map(line).collect();
    bulk(association, "?dry_run=true", &lines).expect(200);
    assert_eq!(done(association, &text, ""), [none(), none(), none()]);
    assert_eq!(bulk(association, "", &lines).expect(200).json["done"], 500);
    assert_eq!(done(association, &text, ""), [on("2024-09-01"), on("2025-09-01"), none()]);
    in_step(world, &text);
});

both!(what_a_territory_does_counts_for_the_axis_it_follows, |world| {
    let text = committed(draft(world)).signed("2024-06-20", "2024-06-27");
    let academie = world.academie("academie:25");
    let new = json!({
        "title": "Déclinaison", "document_type": "convention de déclinaison", "level": "academic",
        "territory": "academie:25", "parent_id": text.id,
    });
    let child = Draft::by(&text.association, &academie, &new);
    let child = unsigned(child);
    let axis = format!("/v1/axes/{}", child.id_of("discovery"));
    let follows = json!({ "parent_axis_id": text.id_of("discovery"), "parent_axis_reason": null });
    child.change(&axis, &follows).expect(200);
    let child = child.signed("2025-09-01", "2025-09-01");
    let association = &text.association;
    // Another academy's, under the national axis; then one under the territorial axis, earlier.
    let school = |uai: &str| json!({ "schools": [{ "uai": uai }] });
    create(association, &visit(&text, &past("2026-03-03", &school(CRETEIL))));
    assert_eq!(done(association, &text, ""), [none(), on("2026-03-03"), none()]);
    create(association, &visit(&child, &past("2026-02-02", &school(VERSAILLES))));
    assert_eq!(done(association, &text, ""), [none(), on("2026-02-02"), none()]);
    in_step(world, &text);
    in_step(world, &child);
});
