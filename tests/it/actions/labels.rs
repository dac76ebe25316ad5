//! The names that an action shows are those of now, and where it is follows what the directory says.

use serde_json::{Value, json};

use super::{DAY, create, read, reference, visit};
use crate::schools::{CORBUSIER, Line, MOULIN, file, import};
use crate::support::{Actor, World};

fn keys(actor: &Actor, query: &str) -> Vec<String> {
    let mut all: Vec<_> = actor
        .list(&format!("/v1/actions{query}"))
        .iter()
        .map(|action| action["external_id"].as_str().unwrap_or("-").to_owned())
        .collect();
    all.sort();
    all
}

/// Operations of the feed on one action since a cursor, with the versions.
fn fed(world: &World, actor: &Actor, cursor: &str, id: &str) -> Vec<(String, i64)> {
    world.stamp();
    let page = actor.get(&format!("/v1/changes?kinds=action&after={cursor}")).expect(200).json;
    let items = page["items"].as_array().unwrap().iter().filter(|entry| entry["id"] == id);
    items.map(|e| (e["operation"].as_str().unwrap().to_owned(), e["version"].as_i64().unwrap())).collect()
}

fn head(actor: &Actor) -> String {
    actor.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned()
}

both!(a_company_that_is_renamed_is_renamed_in_its_actions, |world| {
    let text = reference(world);
    let association = &text.association;
    let company = association.post("/v1/companies", &json!({ "name": "Durand", "departement": "95" })).expect(201).id();
    let id = create(association, &visit(&text, &json!({ "host_company_id": company, "external_id": "h" })));
    let other = create(association, &visit(&text, &json!({ "external_id": "o" })));
    world.stamp();
    let (cursor, etag) = (head(association), association.get(&format!("/v1/actions/{id}")).expect(200).etag());
    let address = format!("/v1/companies/{company}");
    let version = association.get(&address).expect(200).etag();
    association.patch(&address, &version, &json!({ "name": "Ateliers Durand-Le Goff" })).expect(200);
    let action = read(association, &id);
    assert_eq!((&action["host_company"], &action["version"]), (&json!("Ateliers Durand-Le Goff"), &json!(1)));
    assert_eq!(action["sessions"][0]["date"], DAY);
    assert_eq!(keys(association, "?q=le%20goff"), ["h"]);
    assert_eq!(fed(world, association, &cursor, &id), [("updated".to_owned(), 1)]);
    assert_eq!(fed(world, association, &cursor, &other), []);
    assert_ne!(association.get(&format!("/v1/actions/{id}")).expect(200).etag(), etag, "what is shown has changed");
    // Another member leaves them alone.
    let (cursor, version) = (head(association), association.get(&address).expect(200).etag());
    association.patch(&address, &version, &json!({ "sector": "métallerie" })).expect(200);
    assert_eq!(fed(world, association, &cursor, &id), []);
});

both!(a_school_that_a_later_directory_names_is_named_in_its_actions, |world| {
    let text = reference(world);
    let association = &text.association;
    let schools = json!([{ "uai": MOULIN.uai, "class_label": "3B" }, { "uai": CORBUSIER.uai }]);
    let id = create(association, &visit(&text, &json!({ "schools": schools, "external_id": "s" })));
    let shown = |member: &str| read(association, &id)["schools"][0][member].clone();
    assert_eq!((shown("known"), shown("name")), (json!(false), json!(MOULIN.uai)));
    world.stamp();
    let cursor = head(association);
    // The directory places it elsewhere than its number does.
    let moved = Line { departement: "059", academie: "09", commune: "Lille", commune_code: "59350", ..MOULIN };
    let lille = world.academie("academie:09");
    assert_eq!(lille.get(&format!("/v1/actions/{id}")).status, 404);
    import(world, file(&[moved, CORBUSIER]));
    assert_eq!((shown("known"), shown("name"), shown("commune")), (json!(true), json!(MOULIN.name), json!("Lille")));
    assert_eq!(
        (shown("academie"), shown("departement"), shown("class_label")),
        (json!("09"), json!("59"), json!("3B"))
    );
    assert_eq!(fed(world, association, &cursor, &id), [("updated".to_owned(), 1)]);
    assert_eq!(keys(&lille, "?academie=09"), ["s"]);
    assert_eq!(keys(association, "?departement=59&q=jean%20moulin%20lille"), ["s"]);
    assert_eq!(lille.get(&format!("/v1/actions/{id}")).expect(200).json["id"], json!(id));
    let cursor = head(association);
    import(world, file(&[moved, CORBUSIER]));
    // What no action shows changes none.
    let closed = Line { state: "FERME", ..moved };
    import(world, file(&[closed, CORBUSIER]));
    assert_eq!(fed(world, association, &cursor, &id), []);
});

both!(an_action_without_a_school_is_found_where_it_is_placed, |world| {
    let text = reference(world);
    let association = &text.association;
    for (key, changed) in [
        ("idf", json!({ "territory": "region:11" })),
        ("paris", json!({ "territory": "academie:01" })),
        ("versailles", json!({ "territory": "academie:25" })),
        ("nation", json!({ "territory": "national" })),
        ("reunion", json!({ "territory": "academie:28" })),
    ] {
        let mut body = visit(&text, &json!({ "schools": [], "organiser": "CCI", "external_id": key }));
        body["territory"] = changed["territory"].clone();
        create(association, &body);
    }
    // With a school, that is where it is, whatever territory it names.
    let at = json!({ "territory": "academie:01", "external_id": "school" });
    create(association, &visit(&text, &at));
    assert_eq!(keys(association, "?departement=75"), ["paris"]);
    assert_eq!(keys(association, "?departement=974"), ["reunion"]);
    assert_eq!(keys(association, "?departement=95"), ["school"]);
    assert_eq!(keys(association, "?departement=75,77,78,91,92,93,94,95"), ["idf", "paris", "school", "versailles"]);
    assert_eq!(keys(association, "?academie=25"), ["school", "versailles"]);
    assert_eq!(keys(association, "?academie=01"), ["paris"]);
    assert_eq!(keys(association, "?academie=01,24,25"), ["idf", "paris", "school", "versailles"]);
    assert_eq!(keys(association, "?region=11"), ["idf", "paris", "school", "versailles"]);
    assert_eq!(keys(association, "?region=04"), ["reunion"]);
});

both!(texts_of_nothing_but_spaces_are_refused, |world| {
    let text = reference(world);
    let association = &text.association;
    let faults = |body: &Value| association.post("/v1/actions", body).problem("invalid_body").faults();
    let blank = |pointer: &str| (pointer.to_owned(), "blank".to_owned());
    assert_eq!(faults(&visit(&text, &json!({ "title": " \u{a0} " }))), [blank("/title")]);
    let many = json!({ "description": "\n", "place": { "label": " " }, "comment": "\u{200b}" });
    assert_eq!(faults(&visit(&text, &many)), [blank("/description"), blank("/place/label"), blank("/comment")]);
    let id = create(association, &visit(&text, &json!({ "title": " Visite " })));
    crate::actions::edit(association, &id, &json!({ "title": "  " })).problem("invalid_body");
    crate::actions::act(association, &id, "decline", &json!({ "reason": " " })).problem("invalid_body");
    let company = association.post("/v1/companies", &json!({ "name": "  " })).problem("invalid_body").faults();
    assert_eq!(company, [blank("/name")]);
    world.operator().post("/v1/organisations", &json!({ "kind": "other", "name": " " })).problem("invalid_body");
});
