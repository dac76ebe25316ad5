//! Filters, orders, exports.

use serde_json::json;

use crate::companies::{SIRET, contact, create, each, named, positive, record, with};
use crate::support::Actor;

both!(companies_are_found_by_each_filter, |world| {
    let (association, ministry) = (world.association(), world.ministry());
    let make = |actor: &Actor, name: &str, members| create(actor, &with(named(name), members)).expect(201);
    make(&association, "Ateliers Durand", json!({ "siret": SIRET, "sector_code": "25.62B", "external_id": "A" }));
    make(&association, "Crèche L'Œuvre", json!({ "sector_code": "88.91A", "departement": "69" }));
    world.pass_seconds(10);
    let instant = world.now();
    world.pass_seconds(10);
    make(&association, "École 100 %", json!({ "sector_code": "85.59A", "departement": "75" }));
    make(&association, "=SOMME(A1)", json!({ "departement": null }));
    let all = ["=SOMME(A1)", "Ateliers Durand", "Crèche L'Œuvre", "École 100 %"];
    for (query, found) in [
        ("", &all[..]),
        ("q=oeuvre", &all[2..3]),
        ("q=%C3%89COLE+100+%25", &all[3..]),
        ("q=ateliers+durand", &all[1..2]),
        ("q=ateliers+ecole", &[]),
        ("siret=732+829+320+00074", &all[1..2]),
        ("sector_code=25", &all[1..2]),
        ("sector_code=8", &[]),
        ("sector_code=8.559", &[]),
        ("sector_code=88,85", &[]),
        ("sector_code=85.5", &all[3..]),
        ("sector_code=8559a", &all[3..]),
        ("departement=95,69", &all[1..3]),
        ("academie=25,10", &all[1..3]),
        ("academie=academie:25", &all[1..2]),
        ("region=11", &[all[1], all[3]]),
        ("region=11&academie=25", &all[1..2]),
        ("region=11&academie=10", &[]),
        ("external_id=A", &all[1..2]),
        (&format!("updated_after={instant}"), &[all[0], all[3]]),
        (&format!("owner_id={}", ministry.organisation.unwrap()), &[]),
        (&format!("owner_id={}", association.organisation.unwrap()), &all),
    ] {
        if ["sector_code=8", "sector_code=8.559", "sector_code=88,85"].contains(&query) {
            association.get(&format!("/v1/companies?{query}")).problem("invalid_parameters");
            continue;
        }
        assert_eq!(each(&association, &format!("/v1/companies?{query}"), "name"), found, "{query}");
    }
    // Another caller's key is another key.
    assert!(ministry.list("/v1/companies?external_id=A").is_empty());
    for bad in
        ["siret=1", "departement=20", "academie=99", "region=x", "owner_id=x", "updated_after=hier", "sort=siret"]
    {
        let problem = association.get(&format!("/v1/companies?{bad}")).problem("invalid_parameters");
        assert_eq!(problem.faults()[0].0, bad.split('=').next().unwrap(), "{bad}");
    }
    for sort in ["name", "-name", "created_at", "-updated_at"] {
        let ids = |query: &str| -> Vec<String> {
            let items = association.list(&format!("/v1/companies?sort={sort}{query}"));
            items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("&limit=1"), ids(""), "{sort}");
    }
    let csv = association.get("/v1/companies?format=csv").expect(200).text;
    assert!(csv.contains("'=SOMME(A1)") && csv.lines().count() == 5, "{csv}");
});

both!(contacts_are_found_by_each_filter, |world| {
    let text = world.in_force("2026-11-02");
    let association = &text.association;
    let one = create(association, &named("Un")).expect(201).id();
    let two = create(association, &with(named("Deux"), json!({ "departement": "69" }))).expect(201).id();
    let add = |company: &str, comment: &str, members| {
        let new = with(contact(&text), json!({ "comment": comment }));
        record(association, company, &with(new, members)).expect(201);
        world.pass_seconds(1);
    };
    add(&one, "a", json!({ "occurred_on": "2026-11-02", "means": "email" }));
    add(&one, "b", json!({ "occurred_on": "2026-11-10", "purpose": "pfmp", "external_id": "B" }));
    let instant = world.now();
    world.pass_seconds(1);
    add(&two, "c", json!({ "occurred_on": "2026-11-10", "outcome": "negative" }));
    let places = positive(&text, json!([{ "level": "3e", "places": 2 }]));
    add(&two, "d", json!({ "occurred_on": "2026-11-05", "outcome": "positive", "places": places["places"] }));
    for (query, found) in [
        ("", "abcd"),
        (&format!("convention_id={}", text.id), "abcd"),
        (&format!("convention_id={one}"), ""),
        (&format!("company_id={one}"), "ab"),
        (&format!("company_id={one},{two}"), "abcd"),
        ("purpose=pfmp", "b"),
        ("outcome=negative,positive", "cd"),
        ("means=email", "a"),
        ("from=2026-11-05", "bcd"),
        ("to=2026-11-05", "ad"),
        ("from=2026-11-03&to=2026-11-09", "d"),
        ("academie=25", "ab"),
        ("region=84", "cd"),
        ("departement=69", "cd"),
        ("external_id=B", "b"),
        (&format!("updated_after={instant}"), "cd"),
    ] {
        assert_eq!(each(association, &format!("/v1/company-contacts?{query}"), "comment").join(""), found, "{query}");
    }
    let with_one = format!("/v1/companies/{one}/contacts");
    assert_eq!(each(association, &with_one, "comment"), ["a", "b"]);
    assert_eq!(each(association, &format!("{with_one}?purpose=pfmp"), "comment"), ["b"]);
    association.get(&format!("{with_one}?company_id={two}")).problem("invalid_parameters");
    for (sort, found) in [("occurred_on", "ad"), ("-occurred_on", ""), ("created_at", "abcd"), ("-updated_at", "dcba")]
    {
        let order = |limit: &str| -> String {
            let items = association.list(&format!("/v1/company-contacts?sort={sort}{limit}"));
            items.iter().map(|item| item["comment"].as_str().unwrap()).collect()
        };
        assert_eq!(order("&limit=1"), order(""), "{sort}");
        assert!(order("").starts_with(found), "{sort}: {}", order(""));
    }
    let lines = association.get("/v1/company-contacts?format=csv").expect(200).text.lines().count();
    assert_eq!(lines, 5);
});
