//! Who sees which company and which contact, and who may change what it sees.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use crate::companies::{contact, create, delete, each, named, patch, path, record, with};
use crate::support::Actor;

both!(each_sees_its_own_and_an_academie_those_of_its_territory, |world| {
    let (one, two) = (world.association(), world.association());
    let (versailles, lyon) = (world.academie("academie:25"), world.academie("academie:10"));
    let idf = world.academie("region:11");
    let (ministry, operator) = (world.ministry(), world.operator());
    let north = world.client(Role::Association, one.organisation, &["academie:25"], &[]);
    // Names say whose and where: 95 is of Versailles, 69 of Lyon, none of nowhere.
    let make = |actor: &Actor, name: &str, departement: Option<&str>| {
        create(actor, &with(named(name), json!({ "departement": departement }))).expect(201).id()
    };
    for (actor, whose) in [(&one, "one"), (&two, "two"), (&operator, "op")] {
        for (departement, place) in [(Some("95"), "95"), (Some("69"), "69"), (None, "none")] {
            make(actor, &format!("{whose} {place}"), departement);
        }
    }
    make(&versailles, "versailles 95", Some("95"));
    make(&versailles, "versailles none", None);
    make(&lyon, "lyon 69", Some("69"));
    let names = |actor: &Actor| each(actor, "/v1/companies", "name");
    assert_eq!(names(&one), ["one 69", "one 95", "one none"]);
    assert_eq!(names(&two), ["two 69", "two 95", "two none"]);
    assert_eq!(names(&operator), ["op 69", "op 95", "op none"]);
    assert_eq!(names(&versailles), ["one 95", "op 95", "two 95", "versailles 95", "versailles none"]);
    assert_eq!(names(&idf), ["one 95", "op 95", "two 95", "versailles 95"]);
    assert_eq!(names(&lyon), ["lyon 69", "one 69", "op 69", "two 69"]);
    assert_eq!(names(&north), ["one 95", "one none"]);
    assert_eq!(names(&ministry).len(), 12);
    // What a list does not show, no address does, nor a count, nor an export.
    for actor in [&one, &two, &operator, &versailles, &idf, &lyon, &north] {
        let mine = each(actor, "/v1/companies", "id");
        let total = actor.get("/v1/companies?count=true").expect(200).json["total"].as_u64().unwrap();
        assert_eq!(usize::try_from(total).unwrap(), mine.len());
        let csv = actor.get("/v1/companies?format=csv").expect(200).text;
        for company in ministry.list("/v1/companies") {
            let id = company["id"].as_str().unwrap();
            let seen = mine.iter().any(|known| known == id);
            assert_eq!(csv.contains(id), seen);
            assert_eq!(actor.get(&path(id)).status, if seen { 200 } else { 404 });
            if !seen {
                actor.patch(&path(id), "\"1\"", &json!({ "name": "x" })).problem("not_found");
                actor.delete(&path(id), "\"1\"").problem("not_found");
                actor.get(&format!("{}/contacts", path(id))).problem("not_found");
                actor.post(&format!("{}/contacts", path(id)), &json!({})).problem("not_found");
            } else if company["owner_id"] != json!(actor.organisation) {
                // Seen is not kept.
                patch(actor, &path(id), &json!({ "name": "x" })).problem("not_allowed");
                delete(actor, &path(id)).problem("not_allowed");
            }
        }
    }
    let foreign = ministry.list("/v1/companies?q=two")[0]["id"].as_str().unwrap().to_owned();
    patch(&ministry, &path(&foreign), &json!({ "name": "x" })).problem("not_allowed");
});

both!(a_territory_is_written_in_by_its_own, |world| {
    let association = world.association();
    let versailles = world.academie("academie:25");
    let north = world.client(Role::Association, association.organisation, &["academie:25"], &[]);
    for actor in [&versailles, &north] {
        create(actor, &named("Ici")).expect(201);
        create(actor, &with(named("Ailleurs"), json!({ "departement": "69" }))).problem("not_allowed");
    }
    assert_eq!(world.rows("companies"), 2);
});

both!(contacts_are_seen_by_the_parties_and_by_the_academie_of_the_place, |world| {
    let (mine, theirs) = (world.in_force("2026-11-20"), world.in_force("2026-11-19"));
    let (versailles, lyon) = (world.academie("academie:25"), world.academie("academie:10"));
    let delegate = world.client(Role::Association, mine.association.organisation, &["academie:25"], &[]);
    let record_in = |actor: &Actor, name: &str, departement: &str, text: &crate::support::texts::Text| {
        let company = create(actor, &with(named(name), json!({ "departement": departement }))).expect(201).id();
        record(actor, &company, &with(contact(text), json!({ "comment": name }))).expect(201).id()
    };
    record_in(&mine.association, "mine 95", "95", &mine);
    record_in(&mine.association, "mine 69", "69", &mine);
    record_in(&theirs.association, "theirs 95", "95", &theirs);
    record_in(&versailles, "versailles under mine", "95", &mine);
    record_in(&lyon, "lyon under theirs", "69", &theirs);
    let comments = |actor: &Actor| each(actor, "/v1/company-contacts", "comment");
    assert_eq!(comments(&mine.association), ["mine 69", "mine 95", "versailles under mine"]);
    assert_eq!(comments(&theirs.association), ["lyon under theirs", "theirs 95"]);
    assert_eq!(comments(&delegate), ["mine 95", "versailles under mine"]);
    assert_eq!(comments(&versailles), ["mine 95", "theirs 95", "versailles under mine"]);
    assert_eq!(comments(&lyon), ["lyon under theirs", "mine 69"]);
    assert_eq!(comments(&mine.ministry).len(), 5);
    assert!(comments(&world.operator()).is_empty());
    for actor in [&mine.association, &theirs.association, &delegate, &versailles, &lyon, &world.operator()] {
        let seen = each(actor, "/v1/company-contacts", "id");
        for item in mine.ministry.list("/v1/company-contacts") {
            let address = format!("/v1/company-contacts/{}", item["id"].as_str().unwrap());
            if seen.iter().any(|id| item["id"] == id.as_str()) {
                let read = actor.get(&address).expect(200);
                assert_eq!(read.json, item);
                if item["owner_id"] != json!(actor.organisation) {
                    actor.patch(&address, &read.etag(), &json!({ "comment": "x" })).problem("not_allowed");
                    actor.delete(&address, &read.etag()).problem("not_allowed");
                }
            } else {
                actor.get(&address).problem("not_found");
                actor.patch(&address, "\"1\"", &json!({ "comment": "x" })).problem("not_found");
                actor.delete(&address, "\"1\"").problem("not_found");
            }
        }
    }
});
