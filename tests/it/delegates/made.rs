//! What a delegate makes within its territory.

use serde_json::json;

use super::{convention, of_academie};
use crate::actions::delegate;

both!(what_a_delegate_makes_within_its_territory_it_sees, |world| {
    let text = world.in_force("2026-11-02");
    let association = &text.association;
    let versailles = delegate(world, association, &["academie:25"]);
    let mut child = convention("academic", "academie:25");
    child["parent_id"] = json!(text.id);
    let draft = versailles.post("/v1/conventions", &child).expect(201).id();
    versailles.get(&format!("/v1/conventions/{draft}")).expect(200);
    let own =
        |organisation: &str| json!({ "organisation_id": organisation, "side": "association", "name_as_signed": "x" });
    let organisation = association.organisation.unwrap().to_string();
    versailles.post(&format!("/v1/conventions/{draft}/parties"), &own(&organisation)).expect(201);
    // An organisation has no territory: whoever drafts may propose one.
    let proposed = versailles.post("/v1/organisations", &json!({ "kind": "company", "name": "x" })).expect(201).id();
    versailles.get(&format!("/v1/organisations/{proposed}")).expect(200);
    let import = format!("/v1/conventions/import?parent_id={}", text.id);
    let imported = versailles.ask("POST", &import).body("text/plain", of_academie("Versailles")).send().expect(201);
    assert_eq!(imported.json["convention"]["territory"], "academie:25");
    versailles.get(&format!("/v1/conventions/{}", imported.json["convention"]["id"].as_str().unwrap())).expect(200);
    let contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
    versailles.post(&format!("/v1/conventions/{draft}/network-contacts"), &contact).expect(201);
    let allowed = versailles.get(&format!("/v1/conventions/{}", text.id)).expect(200).json;
    let allowed = allowed["allowed_acts"].as_array().unwrap();
    assert!(allowed.iter().all(|act| act["allowed"] == false), "what it is told that it may do: {allowed:?}");
});
