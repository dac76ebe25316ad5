//! What lists show is kept with each row: the same as each action alone shows, for every reader, whatever wrote the row.

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::axes::declined;
use super::{CRETEIL, PAST, VERSAILLES, act, create, edit, in_state, read, reference, visit};
use crate::conventions::Draft;
use crate::support::{Actor, World};

/// One of each: small counts, several académies, none, a text that looks like a member, orphaned ones.
fn scene(text: &Draft) -> Vec<String> {
    let association = &text.association;
    let make = |changed: Value| create(association, &visit(text, &changed));
    let counted = |count: u32| {
        make(json!({
            "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 24 },
            "schools": [{ "uai": VERSAILLES, "counts": { "pupils": 24, "with_disability": count } }],
        }))
    };
    let mut ids = vec![
        make(
            json!({ "title": "Dit \"orphaned\":false, et \\\"orphaned\\\":false", "comment": "{\"orphaned\":false}" }),
        ),
        make(json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] })),
        make(json!({ "schools": [], "territory": "region:11" })),
        counted(0),
        counted(3),
        counted(5),
    ];
    ids.extend(
        ["requested", "planned", "confirmed", "held", "reported", "cancelled"].map(|s| in_state(text, s, &json!({}))),
    );
    ids
}

fn listed(actor: &Actor, query: &str) -> Vec<Value> {
    actor.get(&format!("/v1/actions?limit=200{query}")).expect(200).json["items"].as_array().unwrap().clone()
}

/// Lists and exports say of each what it says of itself.
#[track_caller]
fn same(actors: &[Actor]) {
    for actor in actors {
        for query in ["", "&sort=-updated_at", "&academie=25", "&academie=24,25", "&region=11&sort=-day"] {
            let found = listed(actor, query);
            let lines = actor.get(&format!("/v1/actions?format=ndjson{query}")).expect(200).text;
            let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines, found, "{query}");
            for item in found {
                let mut alone = read(actor, item["id"].as_str().unwrap());
                alone.as_object_mut().unwrap().remove("allowed_acts");
                assert_eq!(item, alone, "{query}");
            }
        }
    }
}

fn readers(world: &World, text: &Draft) -> Vec<Actor> {
    let mut all = vec![world.same(&text.association), world.same(&text.ministry), world.school(VERSAILLES)];
    all.extend(["academie:25", "academie:24", "region:11"].map(|place| world.academie(place)));
    all.push(world.client(Role::Association, text.association.organisation, &["academie:24"], &[]));
    all
}

both!(lists_show_what_each_action_shows, |world| {
    let text = reference(world);
    let ids = scene(&text);
    let readers = readers(world, &text);
    assert_eq!(listed(&readers[0], "").len(), ids.len());
    assert_eq!(world.rows("actions WHERE shown IS NULL"), 1);
    same(&readers);
    // Changed, moved on.
    edit(&text.association, &ids[1], &json!({ "title": "Autre titre" })).expect(200);
    act(&text.association, &ids[7], "cancel", &json!({ "reason": "Grève" })).expect(200);
    assert_eq!(world.rows("actions WHERE shown_version <> version"), 0);
    same(&readers);
    // A new end leaves some orphaned, without a word to them.
    world.sql("UPDATE conventions SET ends_on = '2026-10-01'");
    let orphaned = listed(&readers[0], "").iter().filter(|item| item["orphaned"] == true).count();
    assert!(orphaned >= 3 && orphaned < ids.len(), "{orphaned}");
    same(&readers);
});

both!(what_another_release_wrote_is_made_anew, |world| {
    let text = reference(world);
    let ids = scene(&text);
    let readers = readers(world, &text);
    // It knew nothing of what is kept, and left it.
    world.sql("UPDATE actions SET title = 'Titre nouveau', version = version + 1");
    assert!(listed(&readers[0], "").iter().all(|item| item["title"] == "Titre nouveau"));
    same(&readers);
    // It wrote the rows before there was anything to keep, or keeps another form.
    world.sql("UPDATE actions SET shown = '{}', shown_version = version, shown_form = 99");
    same(&readers);
    world.sql("UPDATE actions SET shown = NULL, shown_version = 0, shown_form = 0");
    same(&readers);
    let filled = world.write(|c| passerelle::actions::keep_shown(c).unwrap());
    assert_eq!(filled, ids.len());
    assert_eq!(world.write(|c| passerelle::actions::keep_shown(c).unwrap()), 0);
    assert_eq!(world.rows("actions WHERE shown IS NULL"), 1);
    same(&readers);
});

both!(what_is_known_of_a_convention_is_of_its_version, |world| {
    let text = reference(world);
    let other = world.replica();
    let there = other.same(&text.association);
    let new = visit(&text, &json!({}));
    create(&text.association, &new);
    create(&there, &new);
    // A territorial one comes in force by one replica: the other learns of it with its next action.
    declined(world, &text, "academie:25", "2026-11-10");
    for actor in [&there, &text.association] {
        assert_eq!(actor.post("/v1/actions", &new).problem("foreign_axis").json["rule"], "R30");
        let elsewhere = visit(&text, &json!({ "schools": [{ "uai": CRETEIL }] }));
        create(actor, &elsewhere);
    }
});

/// The members of an action, in the order they are kept.
#[test]
fn the_form_of_what_is_kept_has_a_number() {
    let document: Value = serde_json::from_str(include_str!("../../../openapi/openapi.json")).unwrap();
    let mut names: Vec<&str> = Vec::new();
    for schema in ["Action", "SchoolOfAction", "ResultsShown", "CountsShown", "Session"] {
        names.push(schema);
        names.extend(
            document["components"]["schemas"][schema]["properties"].as_object().unwrap().keys().map(String::as_str),
        );
    }
    let digest = passerelle::auth::secret::hash(&names.join(" "));
    assert_eq!(
        (passerelle::actions::FORM, digest.as_str()),
        (3, "518c84e037f1f4a44d2db9e36674047596975da4521c288f4bf55b783a2617c6"),
        "what lists show has changed: FORM of src/actions/shown.rs too, and this digest"
    );
}
