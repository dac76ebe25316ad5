//! Creating, changing and deleting a company.

use serde_json::{Value, json};

use crate::companies::{SIRET, contact, create, delete, named, patch, path, record, with};

both!(a_company_is_kept_by_those_who_brought_it_in, |world| {
    let actors = [world.association(), world.academie("academie:25"), world.ministry(), world.operator()];
    for actor in &actors {
        let new = with(
            named("Ateliers Durand"),
            json!({ "siret": "732 829 320 00074", "sector_code": "2562b", "sector": "mécanique", "address": "1 rue Neuve",
                "contact": { "name": "Service RH", "function": "recrutement", "email": "rh@durand.example",
                    "phone": "+33 1 23 45 67 89" },
                "comment": "Accueille en 3e, 6 places en 2025-2026.", "external_id": "D-1" }),
        );
        let made = create(actor, &new).expect(201);
        assert_eq!(made.header("location"), Some(path(&made.id()).as_str()));
        let json = &made.json;
        assert_eq!((&json["siret"], &json["sector_code"]), (&json!(SIRET), &json!("25.62B")));
        assert_eq!((&json["departement"], &json["academie"]), (&json!("95"), &json!("25")));
        assert_eq!(json["academie_label"]["fr"], "Académie de Versailles");
        assert_eq!(json["contact"], new["contact"]);
        assert_eq!(json["owner_id"], json!(actor.organisation));
        let read = actor.get(&path(&made.id())).expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
        actor.ask("GET", &path(&made.id())).header("If-None-Match", &made.etag()).send().expect(304);
        world.pass_seconds(60);
        let changes =
            json!({ "name": "Durand SA", "contact": { "phone": null }, "comment": null, "departement": "2a" });
        let elsewhere = actor.id == actors[1].id;
        if elsewhere {
            // An académie keeps companies of its own territory.
            patch(actor, &path(&made.id()), &changes).problem("not_allowed");
        }
        let changes = if elsewhere { with(changes, json!({ "departement": null })) } else { changes };
        let changed = patch(actor, &path(&made.id()), &changes).expect(200).json;
        assert_eq!((&changed["version"], &changed["name"]), (&json!(2), &json!("Durand SA")));
        assert_eq!(
            changed["contact"],
            json!({ "name": "Service RH", "function": "recrutement", "email": "rh@durand.example", "phone": null })
        );
        assert_eq!((&changed["comment"], &changed["siret"]), (&Value::Null, &json!(SIRET)));
        assert_eq!(changed["academie"], if elsewhere { "25" } else { "27" });
        assert_eq!(changed["created_at"], json["created_at"]);
        assert_eq!(changed["updated_at"], json!(world.now()));
        actor.delete(&path(&made.id()), &made.etag()).problem("version_mismatch");
        delete(actor, &path(&made.id())).expect(204);
        actor.get(&path(&made.id())).problem("not_found");
    }
    for actor in [world.school("0950649P"), world.observer(), world.volunteer()] {
        create(&actor, &named("x")).problem("insufficient_scope");
    }
    assert_eq!(world.rows("companies"), 0);
});

both!(every_fault_of_a_company_is_named, |world| {
    let association = world.association();
    let mut tried = vec![
        (json!({ "name": null }), vec![("/name", "missing")]),
        (
            json!({ "name": "", "sector": "", "commune": "" }),
            vec![("/name", "wrong_length"), ("/sector", "wrong_length"), ("/commune", "wrong_length")],
        ),
        (json!({ "siret": "73282932000075" }), vec![("/siret", "ill_formed")]),
        (json!({ "sector_code": "85" }), vec![("/sector_code", "ill_formed")]),
        (json!({ "sector_code": "04.10Z" }), vec![("/sector_code", "ill_formed")]),
        (json!({ "postcode": "9500" }), vec![("/postcode", "ill_formed")]),
        (json!({ "postcode": "95 00" }), vec![("/postcode", "ill_formed")]),
        (json!({ "departement": "20" }), vec![("/departement", "ill_formed")]),
        (json!({ "departement": "ab" }), vec![("/departement", "ill_formed")]),
        (json!({ "contact": {} }), vec![("/contact/name", "missing")]),
        (
            json!({ "contact": { "name": "", "colour": 1 } }),
            vec![("/contact/colour", "unknown"), ("/contact/name", "wrong_length")],
        ),
        (json!({ "contact": { "name": "RH", "email": "rh" } }), vec![("/contact/email", "ill_formed")]),
        (json!({ "contact": { "name": "RH", "email": "rh@gmail.com" } }), vec![("/contact/email", "private_email")]),
        (json!({ "contact": { "name": "RH", "email": "rh@Orange.fr" } }), vec![("/contact/email", "private_email")]),
        (json!({ "contact": { "name": "RH", "phone": "ab cd" } }), vec![("/contact/phone", "ill_formed")]),
        (json!({ "contact": { "name": "06 12 34 56 78" } }), vec![("/contact/name", "personal_data")]),
        (json!({ "owner_id": "x", "academie": "25" }), vec![("/owner_id", "unknown"), ("/academie", "unknown")]),
        (json!({ "comment": "x".repeat(2001) }), vec![("/comment", "wrong_length")]),
    ];
    for personal in ["élève 1234567890F", "2 55 08 14 168 025 38", "écrire à m@free.fr", "le 06 12 34 56 78"] {
        tried.push((json!({ "comment": personal }), vec![("/comment", "personal_data")]));
    }
    for (members, faults) in tried {
        let mut found = create(&association, &with(named("Durand"), members.clone())).problem("invalid_body").faults();
        let mut wanted: Vec<_> = faults.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{members}");
    }
    assert_eq!(world.rows("companies"), 0);
    // What a comment reads is never said again.
    let answer = create(&association, &with(named("x"), json!({ "comment": "Tél. 06 12 34 56 78" })));
    assert!(!answer.text.contains("06 12"), "{}", answer.text);
    assert!(answer.text.contains("R36"));
});

both!(siret_and_key_are_unique_for_one_owner_only, |world| {
    let (one, other, operator) = (world.association(), world.association(), world.operator());
    let keyed = |name: &str| with(named(name), json!({ "siret": SIRET, "external_id": "K" }));
    for actor in [&one, &other, &operator] {
        let first = create(actor, &keyed("Durand")).expect(201);
        for (member, value) in [("siret", SIRET), ("external_id", "K")] {
            let again = create(actor, &with(named("Autre"), json!({ member: value }))).problem("duplicate");
            assert_eq!(again.faults(), [(format!("/{member}"), "taken".to_owned())]);
            assert_eq!(again.json["resource"], path(&first.id()));
        }
        let second = create(actor, &named("Autre")).expect(201).id();
        patch(actor, &path(&second), &json!({ "siret": SIRET })).problem("duplicate");
        patch(actor, &path(&first.id()), &json!({ "siret": SIRET, "external_id": "K", "name": "Même" })).expect(200);
        assert_eq!(actor.list("/v1/companies?external_id=K").len(), 1);
    }
    // Several without a number, and without a key, are no doubles.
    create(&one, &named("Sans numéro")).expect(201);
    // Creations of one number at once: one is made.
    let new = with(named("Deux"), json!({ "siret": "35600000000048" }));
    let mut statuses: Vec<u16> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..4).map(|_| s.spawn(|| create(&one, &new).status)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
});

both!(a_company_that_was_contacted_stays, |world| {
    let text = world.in_force("2026-11-20");
    let company = create(&text.association, &named("Durand")).expect(201).id();
    let made = record(&text.association, &company, &contact(&text)).expect(201).id();
    delete(&text.association, &path(&company)).problem("in_use");
    text.association.get(&path(&company)).expect(200);
    delete(&text.association, &format!("/v1/company-contacts/{made}")).expect(204);
    delete(&text.association, &path(&company)).expect(204);
});

both!(a_write_is_tried_repeated_and_versioned, |world| {
    let association = world.association();
    let dry = association.post("/v1/companies?dry_run=true", &named("Durand")).expect(201);
    assert_eq!(dry.json["name"], "Durand");
    assert_eq!((world.rows("companies"), world.rows("changes")), (0, 0));
    let once = || {
        let ask = association.ask("POST", "/v1/companies").header("Idempotency-Key", "k1");
        ask.json(&named("Durand")).send().expect(201)
    };
    let (first, again) = (once(), once());
    assert_eq!((&first.json, again.header("idempotency-replayed")), (&again.json, Some("true")));
    let address = path(&first.id());
    association.ask("PATCH", &address).merge_patch(&json!({ "name": "x" })).send().problem("precondition_required");
    association.patch(&address, "\"7\"", &json!({ "name": "x" })).problem("version_mismatch");
    association.patch(&address, &first.etag(), &json!({ "name": null })).problem("invalid_body");
    assert_eq!(association.get(&address).expect(200).json, first.json);
    world.stamp();
    let entries = association.get("/v1/changes?kinds=company").expect(200).json["items"].as_array().unwrap().len();
    assert_eq!((entries, world.rows("companies")), (1, 1));
});

both!(a_company_is_where_its_postcode_is, |world| {
    let association = world.association();
    let made = create(&association, &json!({ "name": "Durand", "postcode": "95000", "commune": "Cergy" })).expect(201);
    assert_eq!((&made.json["departement"], &made.json["academie"]), (&json!("95"), &json!("25")));
    let seen = |code: &str| world.academie(&format!("academie:{code}")).list("/v1/companies").len();
    assert_eq!((seen("25"), seen("10")), (1, 0), "its académie sees it");
    // It moves with its postcode; what was said stays.
    let address = path(&made.id());
    let change = |body: Value| patch(&association, &address, &body).expect(200).json;
    let moved = change(json!({ "postcode": "69001", "commune": "Lyon" }));
    assert_eq!((&moved["departement"], &moved["academie"]), (&json!("69"), &json!("10")));
    assert_eq!((seen("25"), seen("10")), (0, 1));
    assert_eq!(change(json!({ "departement": "01" }))["departement"], "01");
    assert_eq!(change(json!({ "postcode": "69002" }))["departement"], "01");
    let lost = create(&association, &json!({ "name": "Leca", "postcode": "20300" })).expect(201).json;
    assert_eq!((&lost["departement"], &lost["academie"]), (&Value::Null, &Value::Null));
});
