//! Territorial conventions: children of a national one in force, one per territory.

use serde_json::json;

use crate::support::World;
use crate::support::texts::Text;

fn child(world: &World, parent: &Text, level: &str, territory: &str) -> Text {
    let new = json!({ "title": "Déclinaison", "document_type": "convention", "level": level, "territory": territory,
        "parent_id": parent.id });
    world.draft_between(parent.ministry.clone(), parent.association.clone(), new)
}

both!(one_per_territory_while_the_parent_is_in_force, |world| {
    let parent = world.in_force("2024-06-27");
    let first = child(world, &parent, "academic", "academie:25");
    first.sign(0, "2024-06-27").expect(201);
    first.sign(1, "2024-06-26").expect(201);
    // Its last signature is the day after the parent's: in force from the latest of the two.
    assert_eq!(first.association.get(&first.path()).json["in_force_from"], "2024-06-27");
    let second = child(world, &parent, "academic", "academie:25");
    second.sign(0, "2025-01-01").expect(201);
    let taken = second.sign(1, "2025-01-01").problem("territory_taken");
    assert_eq!(taken.json["rule"], "T02");
    // Another territory, and the région of the same académie, are other territories.
    child(world, &parent, "academic", "academie:24").signed_by_both("2025-01-01");
    child(world, &parent, "regional", "region:11").signed_by_both("2025-01-01");
    let listed = parent.association.list(&format!("/v1/conventions?parent_id={}", parent.id));
    assert_eq!(listed.len(), 4);

    let early = child(world, &parent, "academic", "academie:14");
    early.sign(0, "2024-06-20").expect(201);
    let refused = early.sign(1, "2024-06-26").problem("parent_not_in_force");
    assert_eq!(refused.json["computed"]["signed_on"], "2024-06-26");
});

both!(level_and_territory_go_together, |world| {
    let association = world.association();
    for (level, territory, parent) in [
        ("national", "academie:25", false),
        ("regional", "academie:25", false),
        ("academic", "region:11", false),
        ("academic", "national", false),
        ("regional", "national", false),
        ("national", "national", true),
    ] {
        let mut new = json!({ "title": "x", "document_type": "x", "level": level, "territory": territory });
        if parent {
            new["parent_id"] = json!(world.new_id());
        }
        association.post("/v1/conventions", &new).problem("invalid_body");
    }
});

both!(of_two_that_complete_at_once_for_one_territory_one_is_in_force, |world| {
    let parent = world.in_force("2026-01-01");
    let texts: Vec<_> = (0..4).map(|_| child(world, &parent, "academic", "academie:25")).collect();
    let signatures: Vec<_> = texts
        .iter()
        .map(|text| {
            text.sign(0, "2026-02-01").expect(201);
            (text.association.clone(), text.under("signatures"), text.signature(1, "2026-02-01"))
        })
        .collect();
    let threads: Vec<_> = signatures
        .into_iter()
        .map(|(actor, path, body)| std::thread::spawn(move || actor.post(&path, &body).status))
        .collect();
    let mut statuses: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
});

both!(a_parent_with_children_stays, |world| {
    let parent = world.draft();
    child(world, &parent, "academic", "academie:25");
    parent.association.delete(&parent.path(), "*").problem("in_use");
});
