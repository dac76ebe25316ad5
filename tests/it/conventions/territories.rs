//! Territorial conventions (déclinaisons): under a national one in force, one per territory (articles 2 and 9).

use serde_json::{Value, json};

use super::{Draft, Signs, each, in_force, national, ready, refused};
use crate::support::{Actor, World};

fn child_of(parent: &Draft, territory: &str) -> Value {
    let level = if territory.starts_with("region") { "regional" } else { "academic" };
    json!({
        "title": format!("Déclinaison {territory}"), "document_type": "convention de déclinaison", "level": level,
        "territory": territory, "parent_id": parent.id,
    })
}

/// Drafted by the parent's association, with an académie of the territory.
fn child(parent: &Draft, academie: &Actor, territory: &str) -> Draft {
    Draft::by(&parent.association, academie, &child_of(parent, territory)).with_parties().with_terms()
}

both!(signed_while_the_national_one_is_in_force, |world| {
    let parent = in_force(world);
    let academie = world.academie("academie:25");
    let text = child(&parent, &academie, "academie:25");
    assert_eq!(text.json()["parent_id"], parent.id);
    let (before, day) = ("2024-06-26", "2024-06-27");
    text.association.signs(&text, before).expect(201);
    let computed = refused(&academie.signs(&text, before), "parent_not_in_force", "T01", None);
    assert_eq!(
        computed,
        json!({
            "signed_on": before, "parent_status": "partially_signed",
            "parent_in_force_from": day, "parent_last_day": "2029-06-27",
        })
    );
    assert_eq!(text.json()["status"], "partially_signed");
    academie.signs(&text, day).expect(201);
    let read = text.json();
    assert_eq!(
        (&read["status"], &read["in_force_from"], &read["last_day"]),
        (&json!("in_force"), &json!(day), &json!("2029-06-27"))
    );
    // It is found under its parent, by those who see it.
    for actor in [&parent.association, &parent.ministry, &academie] {
        assert_eq!(each(&actor.list(&format!("/v1/conventions?parent_id={}", parent.id)), "id"), [text.id.as_str()]);
        assert_eq!(
            each(&actor.list("/v1/conventions?level=academic&territory=academie:25,academie:24"), "id"),
            [text.id.as_str()]
        );
    }
    assert_eq!(text.json()["territory_label"]["fr"], "Académie de Versailles");
});

both!(the_national_one_is_a_draft_or_has_ended, |world| {
    let academie = world.academie("academie:25");
    let draft = ready(world);
    let text = child(&draft, &academie, "academie:25");
    text.association.signs(&text, "2024-06-27").expect(201);
    let computed = refused(&academie.signs(&text, "2024-06-27"), "parent_not_in_force", "T01", None);
    assert_eq!(computed["parent_status"], "draft");
    let ended = ready(world).signed("2014-06-20", "2014-06-27");
    let text = child(&ended, &academie, "academie:25");
    text.association.signs(&text, "2019-06-28").expect(201);
    refused(&academie.signs(&text, "2019-06-28"), "parent_not_in_force", "T01", None);
    // The last signature decides; on the parent's last day it is still in time.
    let text = child(&ended, &world.academie("academie:24"), "academie:24");
    text.association.signs(&text, "2019-06-26").expect(201);
    text.ministry.signs(&text, "2019-06-27").expect(201);
    assert_eq!(text.json()["last_day"], "2024-06-27");
});

both!(one_in_force_for_each_territory, |world| {
    let parent = in_force(world);
    let (versailles, creteil) = (world.academie("academie:25"), world.academie("academie:24"));
    let first = child(&parent, &versailles, "academie:25").signed("2024-09-01", "2024-09-01");
    let second = child(&parent, &versailles, "academie:25");
    second.association.signs(&second, "2025-09-01").expect(201);
    let computed = refused(&versailles.signs(&second, "2025-09-01"), "territory_taken", "T02", None);
    assert_eq!(
        computed,
        json!({ "territory": "academie:25", "other_in_force_from": "2024-09-01", "other_last_day": "2029-09-01" })
    );
    // Elsewhere, or above, there is room.
    child(&parent, &creteil, "academie:24").signed("2025-09-01", "2025-09-01");
    child(&parent, &world.academie("region:11"), "region:11").signed("2025-09-01", "2025-09-01");
    // Under another national one too.
    let other = in_force(world);
    child(&other, &versailles, "academie:25").signed("2025-09-01", "2025-09-01");
    assert_eq!(first.json()["status"], "in_force");
});

both!(two_that_would_take_one_territory_at_once, |world| {
    let parent = in_force(world);
    let academie = world.academie("academie:25");
    let texts: Vec<Draft> = (0..4).map(|_| child(&parent, &academie, "academie:25")).collect();
    let last: Vec<(Actor, String, Value)> = texts
        .iter()
        .map(|text| {
            text.association.signs(text, "2024-09-01").expect(201);
            (academie.clone(), text.under("signatures"), text.signature_of(&academie, "2024-09-01"))
        })
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|s| {
        let signing: Vec<_> = last.iter().map(|(who, path, body)| s.spawn(|| who.post(path, body).status)).collect();
        signing.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|s| **s == 409).count(), 3, "{statuses:?}");
    let in_force = texts.iter().filter(|t| t.json()["status"] == "in_force").count();
    assert_eq!(in_force, 1);
});

both!(the_parent_is_a_national_one_that_the_caller_sees, |world| {
    let parent = in_force(world);
    let regional = Draft::by(&parent.association, &world.academie("region:11"), &child_of(&parent, "region:11"));
    let new = child_of(&regional, "academie:25");
    parent.association.post("/v1/conventions", &new).problem("parent_not_national");
    // A stranger does not learn that it exists; an académie sees it from its first day in force.
    let foreign = ready(world);
    for parent in [&foreign.id, &parent.association.id.to_string()] {
        let mut new = child_of(&regional, "academie:25");
        new["parent_id"] = json!(parent);
        let faults = world.academie("academie:25").post("/v1/conventions", &new).problem("invalid_body").faults();
        assert_eq!(faults, [("/parent_id".to_owned(), "unknown_reference".to_owned())]);
    }
    let academie = world.academie("academie:25");
    academie.post("/v1/conventions", &child_of(&parent, "academie:25")).expect(201);
    // A national one has no parent, and none is changed into what it must not be.
    let mut new = national("Nationale");
    new["parent_id"] = json!(parent.id);
    parent.association.post("/v1/conventions", &new).problem("invalid_body");
    let text = Draft::by(&parent.association, &academie, &child_of(&parent, "academie:25"));
    text.change("", &json!({ "parent_id": regional.id })).problem("parent_not_national");
    assert_eq!(text.change("", &json!({ "parent_id": null })).expect(200).json["parent_id"], Value::Null);
    text.change("", &json!({ "parent_id": parent.id })).expect(200);
});

/// A parent that was national when its child was drafted, and became regional since.
fn under_a_regional_one(world: &World, territory: &str) -> (Draft, Actor) {
    let parent = ready(world);
    let academie = world.academie(territory);
    let text = child(&parent, &academie, territory);
    parent.change("", &json!({ "level": "regional", "territory": "region:11" })).expect(200);
    parent.association.signs(&parent, "2024-06-20").expect(201);
    parent.ministry.signs(&parent, "2024-06-27").expect(201);
    text.association.signs(&text, "2024-09-01").expect(201);
    (text, academie)
}

both!(its_territory_lies_within_the_parents, |world| {
    let (text, academie) = under_a_regional_one(world, "academie:02");
    let computed = refused(&academie.signs(&text, "2024-09-01"), "territory_outside_parent", "T03", None);
    assert_eq!(computed, json!({ "territory": "academie:02", "parent_territory": "region:11" }));
    let (text, academie) = under_a_regional_one(world, "academie:25");
    let computed = refused(&academie.signs(&text, "2024-09-01"), "parent_not_national", "T01", None);
    assert_eq!(computed, json!({ "parent_territory": "region:11" }));
});

both!(an_academie_drafts_for_its_own_territory, |world| {
    let parent = in_force(world);
    let (versailles, idf) = (world.academie("academie:25"), world.academie("region:11"));
    versailles.post("/v1/conventions", &child_of(&parent, "academie:24")).problem("not_allowed");
    versailles.post("/v1/conventions", &child_of(&parent, "region:11")).problem("not_allowed");
    versailles.post("/v1/conventions", &national("Nationale")).problem("not_allowed");
    idf.post("/v1/conventions", &child_of(&parent, "academie:02")).problem("not_allowed");
    let own = versailles.post("/v1/conventions", &child_of(&parent, "academie:25")).expect(201);
    let moved = json!({ "territory": "academie:24" });
    versailles.patch(&format!("/v1/conventions/{}", own.id()), &own.etag(), &moved).problem("not_allowed");
    // A région académique drafts for its académies.
    idf.post("/v1/conventions", &child_of(&parent, "academie:24")).expect(201);
    idf.post("/v1/conventions", &child_of(&parent, "region:11")).expect(201);
});
