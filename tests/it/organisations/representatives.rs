//! Representatives share the version of their organisation.

use serde_json::{Value, json};

use super::{create, named, path};

both!(representatives_move_their_organisations_version, |world| {
    let association = world.association();
    let organisation = create(&association, &named("association", "Passeurs")).expect(201).id();
    let list = format!("{}/representatives", path(&organisation));
    let new = json!({
        "name": "Camille Martin", "function": "présidente", "email": "camille@passeurs.example",
        "mandate_from": "2023-01-15", "mandate_until": "2026-01-14",
    });
    let made = association.post(&list, &new).expect(201);
    let address = format!("/v1/representatives/{}", made.id());
    assert_eq!(made.header("location"), Some(address.as_str()));
    assert_eq!(made.json["organisation_id"], organisation);
    let version = || association.get(&path(&organisation)).expect(200).json["version"].as_i64().unwrap();
    assert_eq!(version(), 2);
    let changed = association.patch(&address, &made.etag(), &json!({ "mandate_until": null })).expect(200);
    assert_eq!(
        (&changed.json["mandate_until"], &changed.json["email"]),
        (&Value::Null, &json!("camille@passeurs.example"))
    );
    assert_eq!(version(), 3);
    // The organisation's version is theirs: what was read before is stale on either side.
    association.patch(&path(&organisation), &made.etag(), &json!({ "address": "x" })).problem("version_mismatch");
    let organisation_etag = association.get(&path(&organisation)).expect(200).etag();
    association.patch(&path(&organisation), &organisation_etag, &json!({ "address": "x" })).expect(200);
    association.patch(&address, &changed.etag(), &json!({ "name": "x" })).problem("version_mismatch");
    for name in ["Sacha Petit", "Alix Grand"] {
        association.post(&list, &json!({ "name": name, "function": "membre", "position": 10 })).expect(201);
    }
    let names = |query: &str| {
        association
            .list(&format!("{list}{query}"))
            .iter()
            .map(|r| r["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["Camille Martin", "Sacha Petit", "Alix Grand"]);
    assert_eq!(names("?sort=-position&limit=1"), ["Alix Grand", "Sacha Petit", "Camille Martin"]);
    let csv = association.get(&format!("{list}?format=csv")).expect(200).text;
    assert_eq!(csv.lines().count(), 4);
    let etag = association.get(&address).expect(200).etag();
    association.delete(&address, &etag).expect(204);
    association.get(&address).problem("not_found");
    assert_eq!((version(), names("").len()), (7, 2));
    // They go with it.
    let etag = association.get(&path(&organisation)).expect(200).etag();
    association.delete(&path(&organisation), &etag).expect(204);
    assert_eq!(world.rows("representatives"), 0);
});

both!(what_is_asked_of_a_representative, |world| {
    let operator = world.operator();
    let list = format!("{}/representatives", path(&create(&operator, &named("company", "x")).expect(201).id()));
    for (new, pointers) in [
        (json!({}), vec!["/name", "/function"]),
        (json!({ "name": "", "function": "x".repeat(301) }), vec!["/name", "/function"]),
        (json!({ "name": "A", "function": "B", "email": "camille" }), vec!["/email"]),
        (
            json!({ "name": "A", "function": "B", "mandate_from": "2024-01-02", "mandate_until": "2024-01-01" }),
            vec!["/mandate_until"],
        ),
        (json!({ "name": "A", "function": "B", "phone": "0102030405" }), vec!["/phone"]),
        (json!({ "name": "A", "function": "B", "position": 100_001 }), vec!["/position"]),
    ] {
        let mut found: Vec<_> =
            operator.post(&list, &new).problem("invalid_body").faults().into_iter().map(|f| f.0).collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(found, pointers, "{new}");
    }
    let one_day = json!({ "name": "A", "function": "B", "mandate_from": "2024-01-01", "mandate_until": "2024-01-01" });
    operator.post(&list, &one_day).expect(201);
});
