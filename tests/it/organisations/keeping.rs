//! Creating, changing and deleting an organisation.

use serde_json::{Value, json};

use super::{create, named, patch, path};
use crate::support::{Actor, Response};

const SIRET: &str = "73282932000074";
const RNA: &str = "W751234567";

both!(those_who_keep_organisations, |world| {
    let (operator, ministry) = (world.operator(), world.ministry());
    let (association, academie) = (world.association(), world.academie("academie:25"));
    for (actor, verified) in [(&operator, true), (&ministry, true), (&association, false), (&academie, false)] {
        let made = create(actor, &named("company", "Ateliers du Nord")).expect(201);
        assert_eq!((&made.json["verified"], &made.json["version"]), (&json!(verified), &json!(1)));
        assert_eq!(made.header("location"), Some(path(&made.id()).as_str()));
        let read = actor.get(&path(&made.id())).expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
        actor.ask("GET", &path(&made.id())).header("If-None-Match", &made.etag()).send().expect(304);
        world.pass_seconds(60);
        let changed = patch(actor, &made.id(), &json!({ "short_name": "ADN", "address": "1 rue Neuve" })).expect(200);
        assert_eq!((&changed.json["short_name"], &changed.json["version"]), (&json!("ADN"), &json!(2)));
        assert_eq!(
            (&changed.json["created_at"], &changed.json["name"]),
            (&made.json["created_at"], &made.json["name"])
        );
        assert_eq!(changed.json["updated_at"], json!(world.now()));
        assert_eq!(
            patch(actor, &made.id(), &json!({ "short_name": null })).expect(200).json["short_name"],
            Value::Null
        );
        actor.delete(&path(&made.id()), &made.etag()).problem("version_mismatch");
        let etag = actor.get(&path(&made.id())).expect(200).etag();
        actor.delete(&path(&made.id()), &etag).expect(204);
        actor.get(&path(&made.id())).problem("not_found");
    }
    for actor in [world.school("0950649P"), world.observer(), world.volunteer()] {
        create(&actor, &named("company", "x")).problem("insufficient_scope");
    }
});

both!(every_fault_is_named, |world| {
    let operator = world.operator();
    for (members, faults) in [
        (json!({ "siret": "73282932000075" }), vec![("/siret", "ill_formed")]),
        (json!({ "siret": "7328293200007" }), vec![("/siret", "ill_formed")]),
        (json!({ "siret": "00000000000000" }), vec![("/siret", "ill_formed")]),
        (json!({ "siret": 73_282_932_000_074_u64 }), vec![("/siret", "wrong_type")]),
        (json!({ "rna": "W75123456" }), vec![("/rna", "ill_formed")]),
        (json!({ "rna": "751234567" }), vec![("/rna", "ill_formed")]),
        (json!({ "kind": "company", "rna": RNA }), vec![("/rna", "not_applicable")]),
        (json!({ "kind": "club" }), vec![("/kind", "")]),
        (json!({ "kind": null, "name": null }), vec![("/kind", "missing"), ("/name", "missing")]),
        (json!({ "name": "", "short_name": "" }), vec![("/name", "wrong_length"), ("/short_name", "wrong_length")]),
        (json!({ "name": "x".repeat(301) }), vec![("/name", "wrong_length")]),
        (json!({ "owner_id": "x", "colour": 1 }), vec![("/owner_id", "unknown"), ("/colour", "unknown")]),
        (json!({ "accreditation": { "level": "local" } }), vec![("/accreditation/level", "")]),
        (json!({ "accreditation": { "from": "2024-01-01" } }), vec![("/accreditation/level", "missing")]),
        (
            json!({ "accreditation": { "level": "national", "from": "2024-02-30" } }),
            vec![("/accreditation/from", "ill_formed")],
        ),
        (
            json!({ "accreditation": { "level": "national", "from": "2024-01-01", "until": "2023-12-31" } }),
            vec![("/accreditation/until", "before_start")],
        ),
    ] {
        let mut new = named("association", "Passeurs");
        for (member, value) in members.as_object().unwrap() {
            if value.is_null() {
                new.as_object_mut().unwrap().remove(member);
            } else {
                new[member] = value.clone();
            }
        }
        let found = create(&operator, &new).problem("invalid_body").faults();
        assert_eq!(found.len(), faults.len(), "{members}: {found:?}");
        for (pointer, code) in faults {
            assert!(found.iter().any(|f| f.0 == pointer && (code.is_empty() || f.1 == code)), "{members}: {found:?}");
        }
    }
    // A number is read as people write it, and kept as the register does.
    let mut new = named("association", "Passeurs");
    new["siret"] = json!("732 829 320 00074");
    new["rna"] = json!(RNA.to_lowercase());
    let made = create(&operator, &new);
    if made.status == 201 {
        assert_eq!((&made.json["siret"], &made.json["rna"]), (&json!(SIRET), &json!(RNA)));
    } else {
        assert_eq!(made.problem("invalid_body").faults()[0].0, "/rna");
    }
});

#[track_caller]
fn taken(answer: Response, pointer: &str, by: &str) {
    let problem = answer.problem("duplicate");
    assert_eq!(problem.json["resource"], path(by));
    assert_eq!(problem.faults(), [(pointer.to_owned(), "taken".to_owned())]);
}

both!(numbers_are_unique_and_the_holder_is_named, |world| {
    let (operator, association) = (world.operator(), world.association());
    let with = |member: &str, value: &str| {
        let mut new = named("association", "Passeurs");
        new[member] = json!(value);
        new
    };
    let siret = create(&operator, &with("siret", SIRET)).expect(201).id();
    let rna = create(&operator, &with("rna", RNA)).expect(201).id();
    taken(create(&association, &with("siret", SIRET)), "/siret", &siret);
    taken(create(&operator, &with("rna", RNA)), "/rna", &rna);
    taken(patch(&operator, &rna, &json!({ "siret": SIRET })), "/siret", &siret);
    // One's own number is no other's.
    patch(&operator, &siret, &json!({ "siret": SIRET, "name": "Autre nom" })).expect(200);
    patch(&operator, &siret, &json!({ "siret": null })).expect(200);
    patch(&operator, &rna, &json!({ "siret": SIRET })).expect(200);
    // A caller's own key is unique among its own.
    let keyed = with("external_id", "clé-1");
    let mine = create(&association, &keyed).expect(201).id();
    taken(create(&association, &keyed), "/external_id", &mine);
    let theirs = create(&world.association(), &keyed).expect(201).id();
    assert_ne!(mine, theirs);
    let found = association.list("/v1/organisations?external_id=cl%C3%A9-1");
    assert_eq!((found.len(), &found[0]["id"]), (1, &json!(mine)));
    assert!(operator.list("/v1/organisations?external_id=cl%C3%A9-1").is_empty());
});

both!(only_the_operator_and_the_ministry_verify, |world| {
    let (operator, ministry, association) = (world.operator(), world.ministry(), world.association());
    let mut claimed = named("association", "Passeurs");
    claimed["verified"] = json!(true);
    let refused = [("/verified".to_owned(), "not_allowed".to_owned())];
    for actor in [&association, &world.academie("academie:25")] {
        assert_eq!(create(actor, &claimed).problem("invalid_body").faults(), refused);
    }
    claimed.as_object_mut().unwrap().remove("verified");
    let mine = create(&association, &claimed).expect(201);
    assert_eq!(mine.json["verified"], false);
    let claims = patch(&association, &mine.id(), &json!({ "verified": true }));
    assert_eq!(claims.problem("invalid_body").faults(), refused);
    patch(&association, &mine.id(), &json!({ "verified": false })).expect(200);
    assert_eq!(patch(&ministry, &mine.id(), &json!({ "verified": true })).expect(200).json["verified"], true);
    // What was checked stays so when its own people correct an address, and not when they change who it is.
    assert_eq!(
        patch(&association, &mine.id(), &json!({ "address": "2 rue Neuve" })).expect(200).json["verified"],
        true
    );
    assert_eq!(patch(&association, &mine.id(), &json!({ "siret": SIRET })).expect(200).json["verified"], false);
    assert_eq!(patch(&operator, &mine.id(), &json!({ "verified": true })).expect(200).json["verified"], true);
    assert_eq!(patch(&association, &mine.id(), &json!({ "name": "Autre" })).expect(200).json["verified"], false);
    claimed["verified"] = json!(false);
    assert_eq!(create(&operator, &claimed).expect(201).json["verified"], false);
});

both!(accreditations_have_dates, |world| {
    let operator = world.operator();
    let mut new = named("association", "Passeurs");
    new["accreditation"] = json!({ "level": "national", "from": "2023-09-01", "until": "2028-08-31" });
    let made = create(&operator, &new).expect(201);
    assert_eq!(made.json["accreditation"], new["accreditation"]);
    let shorter = json!({ "accreditation": { "until": "2026-08-31" } });
    let changed = patch(&operator, &made.id(), &shorter).expect(200).json;
    assert_eq!(changed["accreditation"], json!({ "level": "national", "from": "2023-09-01", "until": "2026-08-31" }));
    let open =
        patch(&operator, &made.id(), &json!({ "accreditation": { "from": null, "until": null } })).expect(200).json;
    assert_eq!(open["accreditation"], json!({ "level": "national", "from": null, "until": null }));
    patch(&operator, &made.id(), &json!({ "accreditation": { "level": null } })).problem("invalid_body");
    assert_eq!(
        patch(&operator, &made.id(), &json!({ "accreditation": null })).expect(200).json["accreditation"],
        Value::Null
    );
});

both!(what_is_in_use_stays, |world| {
    let operator = world.operator();
    let text = crate::conventions::draft(world).with_parties();
    let delete = |actor: &Actor, id: &str| {
        let etag = actor.get(&path(id)).expect(200).etag();
        actor.delete(&path(id), &etag)
    };
    // Party to a convention; the organisation of a client.
    let party = create(&operator, &named("company", "Partie")).expect(201).id();
    let body = json!({ "organisation_id": party, "side": "other", "name_as_signed": "Partie" });
    let made = text.add("parties", &body).expect(201);
    delete(&operator, &party).problem("in_use");
    delete(&operator, &text.association.organisation.unwrap().to_string()).problem("in_use");
    text.author.delete(&format!("/v1/parties/{}", made.id()), &text.etag()).expect(204);
    delete(&operator, &party).expect(204);
});

both!(two_writers_of_one_version, |world| {
    let operator = world.operator();
    let made = create(&operator, &named("company", "Ateliers")).expect(201);
    let (path, etag) = (path(&made.id()), made.etag());
    for round in 0..5 {
        let etag = operator.get(&path).expect(200).etag();
        let mut statuses: Vec<u16> = std::thread::scope(|s| {
            let write = |n: usize| {
                operator.patch(&path, &etag, &json!({ "address": format!("{n} rue Neuve, tour {round}") })).status
            };
            let threads: Vec<_> = (0..4).map(|n| s.spawn(move || write(n))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412]);
    }
    assert_eq!(operator.get(&path).expect(200).json["version"], 6);
    let stale = operator.patch(&path, &etag, &json!({})).problem("version_mismatch");
    assert_eq!(stale.json["current_version"], 6);
    operator.ask("PATCH", &path).merge_patch(&json!({})).send().problem("precondition_required");
    operator.patch(&path, "*", &json!({ "address": null })).expect(200);
    // Creations of one number at once: one is made, the others are told.
    let mut new = named("company", "Ateliers");
    new["siret"] = json!(SIRET);
    let mut statuses: Vec<u16> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..4).map(|_| s.spawn(|| create(&operator, &new).status)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
});
