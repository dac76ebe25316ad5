//! Recording a contact, correcting it, and what is refused.

use serde_json::{Value, json};

use crate::companies::{SIRET, contact, create, delete, named, patch, positive, record, with};

both!(a_contact_is_recorded_corrected_and_removed, |world| {
    let text = world.in_force("2026-11-20");
    let association = &text.association;
    let company = create(association, &with(named("Durand"), json!({ "siret": SIRET }))).expect(201).id();
    let new = with(
        positive(
            &text,
            json!([
                { "level": "3e", "places": 6, "of_which_rep": 2, "of_which_rep_plus": 4 },
                { "level": "2de_gt", "places": 3 },
            ]),
        ),
        json!({ "comment": "Rappeler en janvier 2027.", "external_id": "C-1" }),
    );
    let made = record(association, &company, &new).expect(201);
    let address = format!("/v1/company-contacts/{}", made.id());
    assert_eq!(made.header("location"), Some(address.as_str()));
    assert_eq!(
        made.json["company"],
        json!({ "id": company, "name": "Durand", "siret": SIRET,
        "commune": "Cergy", "departement": "95" })
    );
    assert_eq!(
        made.json["places"][1],
        json!({ "level": "2de_gt", "places": 3, "of_which_rep": null, "of_which_rep_plus": null })
    );
    for (member, value) in [("places_total", 9), ("places_rep", 2), ("places_rep_plus", 4), ("version", 1)] {
        assert_eq!(made.json[member], value, "{member}");
    }
    assert_eq!((&made.json["academie"], &made.json["owner_id"]), (&json!("25"), &json!(association.organisation)));
    let read = association.get(&address).expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    // The list of the company, and of all, show the same.
    assert_eq!(association.list(&format!("/v1/companies/{company}/contacts")), std::slice::from_ref(&made.json));
    assert_eq!(association.list("/v1/company-contacts"), std::slice::from_ref(&made.json));
    let again = record(association, &company, &new).problem("duplicate");
    assert_eq!((again.faults()[0].0.as_str(), &again.json["resource"]), ("/external_id", &json!(address)));
    // A patch is validated as what it makes.
    patch(association, &address, &json!({ "outcome": "negative" })).problem("invalid_body");
    let changed = patch(association, &address, &json!({ "outcome": "negative", "places": [] })).expect(200).json;
    assert_eq!(
        (&changed["outcome"], &changed["places_total"], &changed["version"]),
        (&json!("negative"), &json!(0), &json!(2))
    );
    patch(association, &address, &json!({ "occurred_on": "2026-11-19" })).problem("outside_period");
    association.ask("PATCH", &address).merge_patch(&json!({})).send().problem("precondition_required");
    delete(association, &address).expect(204);
    association.get(&address).problem("not_found");
});

both!(today_is_the_day_that_is_set_apart, |world| {
    let text = world.in_force("2024-06-27");
    let there = world.on_day("2025-01-15".parse().unwrap());
    let association =
        there.client(passerelle::domain::vocabulary::Role::Association, text.association.organisation, &[], &[]);
    let company = create(&association, &named("Durand")).expect(201).id();
    let on = |day: &str| record(&association, &company, &with(contact(&text), json!({ "occurred_on": day })));
    on("2025-01-15").expect(201);
    // Past on the machine's clock, and to come here.
    let refused = on("2025-01-16").problem("future_date");
    assert_eq!(refused.json["computed"]["today"], "2025-01-15");
});

both!(every_fault_of_a_contact_is_named, |world| {
    let text = world.in_force("2026-11-20");
    let company = create(&text.association, &named("Durand")).expect(201).id();
    let places = |places: Value| json!({ "outcome": "positive", "places": places });
    for (members, faults) in [
        (
            json!({ "convention_id": null, "occurred_on": null, "means": null, "purpose": null, "outcome": null }),
            vec![
                ("/convention_id", "missing"),
                ("/means", "missing"),
                ("/occurred_on", "missing"),
                ("/outcome", "missing"),
                ("/purpose", "missing"),
            ],
        ),
        (json!({ "occurred_on": "2026-11-21T10:00:00Z" }), vec![("/occurred_on", "ill_formed")]),
        (
            json!({ "means": "fax", "purpose": "x", "outcome": "yes" }),
            vec![("/means", "ill_formed"), ("/outcome", "ill_formed"), ("/purpose", "ill_formed")],
        ),
        (json!({ "places": [{ "level": "3e", "places": 1 }] }), vec![("/places", "not_applicable")]),
        (places(json!([{ "level": "3e", "places": 0 }])), vec![("/places/0/places", "out_of_range")]),
        (
            places(json!([{ "level": "3e", "places": 5, "of_which_rep": -1 }])),
            vec![("/places/0/of_which_rep", "out_of_range")],
        ),
        (
            places(json!([{ "level": "3e", "places": 5, "of_which_rep": 3, "of_which_rep_plus": 3 }])),
            vec![("/places/0", "sum_too_large")],
        ),
        (places(json!([{ "level": "3e", "places": 5, "of_which_rep": 6 }])), vec![("/places/0", "sum_too_large")]),
        (
            places(json!([{ "level": "3e", "places": 5 }, { "level": "3e", "places": 1 }])),
            vec![("/places/1/level", "repeated")],
        ),
        (places(json!([{ "level": "enseignants", "places": 5 }])), vec![("/places/0/level", "not_applicable")]),
        (places(json!([{ "level": "cm2", "places": 5 }])), vec![("/places/0/level", "not_applicable")]),
        // An audience of an article is no level of pupils.
        (places(json!([{ "level": "lycee_pro", "places": 5 }])), vec![("/places/0/level", "ill_formed")]),
        (
            places(json!([{ "places": 5, "pupils": [] }])),
            vec![("/places/0/level", "missing"), ("/places/0/pupils", "unknown")],
        ),
        (json!({ "comment": "M. X, 06.12.34.56.78" }), vec![("/comment", "personal_data")]),
        (json!({ "company_id": company }), vec![("/company_id", "unknown")]),
    ] {
        let answer = record(&text.association, &company, &with(contact(&text), members.clone()));
        let mut found = answer.problem("invalid_body").faults();
        found.sort();
        let wanted: Vec<_> = faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
        assert_eq!(found, wanted, "{members}");
    }
    // Equal to the places is not beyond them.
    let all = json!([{ "level": "3e", "places": 5, "of_which_rep": 2, "of_which_rep_plus": 3 }]);
    record(&text.association, &company, &positive(&text, all)).expect(201);
    assert_eq!(world.rows("company_contacts"), 1);
});

both!(a_contact_is_of_a_day_in_force, |world| {
    let text = world.in_force("2026-11-20");
    let company = create(&text.association, &named("Durand")).expect(201).id();
    let on = |day: &str| record(&text.association, &company, &with(contact(&text), json!({ "occurred_on": day })));
    // The day before, the day, today, tomorrow.
    let before = on("2026-11-19").problem("outside_period").json;
    assert_eq!((&before["rule"], &before["article"], &before["status"]), (&json!("R34"), &json!("11"), &json!(422)));
    assert_eq!(
        before["computed"],
        json!({ "occurred_on": "2026-11-19", "in_force_from": "2026-11-20", "ends_on": "2031-11-20" })
    );
    on("2026-11-20").expect(201);
    on("2026-11-23").expect(201);
    let tomorrow = on("2026-11-24").problem("future_date").json;
    assert_eq!((&tomorrow["rule"], &tomorrow["computed"]["today"]), (&json!("R34"), &json!("2026-11-23")));
    assert_eq!(world.rows("company_contacts"), 2);
    // A draft is in force on no day.
    let draft = world.draft_between(
        text.ministry.clone(),
        text.association.clone(),
        json!({ "title": "Projet",
        "document_type": "convention", "level": "national", "territory": "national" }),
    );
    let refused = record(&text.association, &company, &contact(&draft)).problem("outside_period").json;
    assert_eq!(refused["computed"]["in_force_from"], Value::Null);
});

both!(today_is_that_of_the_place, |world| {
    let text = world.in_force("2026-11-20");
    // 21:00 on the 23rd in Paris is the 24th in Saint-Denis de La Réunion and the afternoon of the 23rd in Fort-de-France.
    world.pass_seconds(11 * 3600);
    let association = world.afresh(&text.association);
    let at = |departement: &str| {
        create(&association, &with(named(departement), json!({ "departement": departement }))).expect(201).id()
    };
    let on =
        |company: &str, day: &str| record(&association, company, &with(contact(&text), json!({ "occurred_on": day })));
    let (reunion, martinique, cergy) = (at("974"), at("972"), at("95"));
    on(&reunion, "2026-11-24").expect(201);
    on(&reunion, "2026-11-25").problem("future_date");
    on(&cergy, "2026-11-24").problem("future_date");
    on(&martinique, "2026-11-24").problem("future_date");
    on(&martinique, "2026-11-23").expect(201);
});

both!(contacts_are_found_by_level_and_by_the_name_of_the_company, |world| {
    let text = world.in_force("2026-11-20");
    let association = &text.association;
    let (durand, lyon) = (
        create(association, &named("L'Atelier Durand")).expect(201).id(),
        create(association, &named("Été 50 %")).expect(201).id(),
    );
    let places = |level: &str| json!([{ "level": level, "places": 2 }, { "level": "cap_1", "places": 1 }]);
    let third = record(association, &durand, &positive(&text, places("3e"))).expect(201).id();
    let segpa = record(association, &lyon, &positive(&text, places("3e_prepa_metiers"))).expect(201).id();
    let second = record(association, &lyon, &positive(&text, places("2de_gt"))).expect(201).id();
    let none = record(association, &durand, &contact(&text)).expect(201).id();
    let ids = |path: &str| crate::companies::each(association, path, "id");
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    for (query, wanted) in [
        ("level=3e", sorted(&[&third])),
        ("level=3e_prepa_metiers", sorted(&[&segpa])),
        ("level=2de_gt,3e", sorted(&[&second, &third])),
        ("level=cap_1", sorted(&[&third, &segpa, &second])),
        ("level=2de_pro", vec![]),
        ("q=atelier%20DURAND", sorted(&[&third, &none])),
        ("q=ete", sorted(&[&segpa, &second])),
        ("q=%25", sorted(&[&segpa, &second])),
        ("q=ete%20durand", vec![]),
        ("q=ete&level=2de_gt", sorted(&[&second])),
    ] {
        assert_eq!(ids(&format!("/v1/company-contacts?{query}")), wanted, "{query}");
    }
    assert_eq!(ids(&format!("/v1/companies/{lyon}/contacts?level=2de_gt")), [second]);
    association.get("/v1/company-contacts?level=4").problem("invalid_parameters");
});

both!(those_who_record_contacts, |world| {
    let text = world.in_force("2026-11-20");
    let national = |title: &str| json!({ "title": title, "document_type": "convention", "level": "national", "territory": "national" });
    let company = create(&text.association, &named("Durand")).expect(201).id();
    let (versailles, lyon) = (world.academie("academie:25"), world.academie("academie:10"));
    record(&text.association, &company, &contact(&text)).expect(201);
    // An académie records contacts of its territory, with another's company too; not those of elsewhere.
    record(&versailles, &company, &contact(&text)).expect(201);
    record(&lyon, &company, &contact(&text)).problem("not_found");
    let own = create(&lyon, &with(named("Lyon"), json!({ "departement": null }))).expect(201).id();
    record(&lyon, &own, &contact(&text)).problem("not_allowed");
    // The ministry reads.
    record(&text.ministry, &company, &contact(&text)).problem("not_allowed");
    // Another association is no party, and does not see the convention.
    let other = world.association();
    let theirs = create(&other, &named("Autre")).expect(201).id();
    let unknown = record(&other, &theirs, &contact(&text)).problem("invalid_body");
    assert_eq!(unknown.faults(), [("/convention_id".to_owned(), "unknown_reference".to_owned())]);
    // A territorial convention of Lyon is none of Versailles'.
    let here = world.draft_between(lyon.clone(), text.association.clone(), national("Autre convention"));
    here.signed_by_both("2026-11-20");
    let territorial = world.draft_between(
        lyon.clone(),
        text.association.clone(),
        json!({ "title": "Déclinaison",
        "document_type": "convention", "level": "academic", "territory": "academie:10", "parent_id": text.id }),
    );
    territorial.signed_by_both("2026-11-21");
    record(&versailles, &company, &contact(&territorial)).problem("not_allowed");
    record(&text.association, &company, &contact(&territorial)).expect(201);
    for actor in [world.school("0950649P"), world.observer()] {
        record(&actor, &company, &contact(&text)).problem("insufficient_scope");
        actor.get("/v1/company-contacts").problem("insufficient_scope");
    }
});

both!(a_contact_beyond_a_new_end_of_its_convention_is_flagged, |world| {
    let text = world.in_force("2026-11-20");
    let association = &text.association;
    let company = create(association, &named("Durand")).expect(201).id();
    let made =
        |day: &str| record(association, &company, &with(contact(&text), json!({ "occurred_on": day }))).expect(201);
    let (first, second) = (made("2026-11-20"), made("2026-11-21"));
    assert_eq!((&first.json["orphaned"], &second.json["orphaned"]), (&json!(false), &json!(false)));
    // An end that was recorded after them.
    world.sql("UPDATE conventions SET ends_on = '2026-11-20'");
    let shown = |id: &str| association.get(&format!("/v1/company-contacts/{id}")).expect(200).json["orphaned"].clone();
    assert_eq!((shown(&first.id()), shown(&second.id())), (json!(false), json!(true)));
    let ids = |query: &str| crate::companies::each(association, &format!("/v1/company-contacts?{query}"), "id");
    assert_eq!((ids("orphaned=true"), ids("orphaned=false")), (vec![second.id()], vec![first.id()]));
    let sums = association.get("/v1/company-contacts/places?orphaned=true").expect(200).json;
    assert_eq!(sums["contacts"], 1);
    // From now on such a day is refused, as an action's is (R34).
    let late = record(association, &company, &with(contact(&text), json!({ "occurred_on": "2026-11-21" })));
    late.problem("outside_period");
});

both!(a_callers_key_holds_nothing_of_a_person, |world| {
    let text = world.in_force("2026-11-20");
    let association = &text.association;
    let company = create(association, &with(named("Durand"), json!({ "external_id": "0000012345" }))).expect(201).id();
    let fault = vec![("/external_id".to_owned(), "personal_data".to_owned())];
    for key in ["123456789AB", "255081416802538", "marie@gmail.com", "0612345678"] {
        let refused = create(association, &with(named("Autre"), json!({ "external_id": key }))).problem("invalid_body");
        assert_eq!(refused.faults(), fault, "{key}");
        let refused = record(association, &company, &with(contact(&text), json!({ "external_id": key })));
        assert_eq!(refused.problem("invalid_body").faults(), fault, "{key}");
    }
    for key in ["1234567890", "12345678901", "2026-11-21-10-30-45"] {
        create(association, &with(named(key), json!({ "external_id": key }))).expect(201);
        record(association, &company, &with(contact(&text), json!({ "external_id": key }))).expect(201);
    }
});
