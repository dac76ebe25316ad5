//! Contacts of the networks: by territory, each under its own version, also once the convention is in force.

use serde_json::json;

use super::{draft, each, in_force, total};

both!(an_academie_keeps_those_of_its_territory, |world| {
    let text = in_force(world);
    let (version, hash) = (text.version(), text.hash());
    let versailles = world.academie("academie:25");
    let new = |territory: &str| json!({ "network": "dafpic", "territory": territory, "name": "DAFPIC", "valid_from": "2024-09-01" });
    let made = versailles.post(&text.under("network-contacts"), &new("academie:25")).expect(201);
    assert!(made.etag().starts_with("\"1."));
    for elsewhere in ["academie:24", "region:11", "national"] {
        versailles.post(&text.under("network-contacts"), &new(elsewhere)).problem("not_allowed");
    }
    let address = format!("/v1/network-contacts/{}", made.id());
    let changed =
        versailles.patch(&address, &made.etag(), &json!({ "email": "dafpic@ac.example", "function": "secrétariat" }));
    assert_eq!(changed.json["version"], 2);
    versailles.patch(&address, &made.etag(), &json!({ "name": "x" })).problem("version_mismatch");
    versailles.patch(&address, &changed.etag(), &json!({ "territory": "academie:24" })).problem("not_allowed");
    // The région keeps those of its académies, another académie reads.
    let idf = world.academie("region:11");
    let changed = idf.patch(&address, &changed.etag(), &json!({ "function": null })).expect(200);
    idf.post(&text.under("network-contacts"), &new("academie:24")).expect(201);
    let creteil = world.academie("academie:24");
    creteil.get(&address).expect(200);
    creteil.patch(&address, &changed.etag(), &json!({ "name": "x" })).problem("not_allowed");
    creteil.delete(&address, &changed.etag()).problem("not_allowed");
    // Those who draft keep any, in force or not.
    text.association.post(&text.under("network-contacts"), &new("national")).expect(201);
    text.ministry.delete(&address, &changed.etag()).expect(204);
    versailles.get(&address).problem("not_found");
    // They are not of the text: neither its version nor what was signed moves.
    assert_eq!((text.version(), text.hash()), (version, hash));
});

both!(contacts_are_listed_by_network_territory_and_day, |world| {
    let text = draft(world);
    let path = text.under("network-contacts");
    for (network, territory, name, from, until) in [
        ("dafpic", "academie:25", "A", None, None),
        ("dafpic", "academie:24", "B", Some("2024-09-01"), None),
        ("clee", "academie:25", "C", None, Some("2024-08-31")),
        ("clee", "national", "D", Some("2024-09-01"), Some("2025-08-31")),
    ] {
        let new = json!({ "network": network, "territory": territory, "name": name, "valid_from": from, "valid_until": until });
        text.add("network-contacts", &new).expect(201);
    }
    for (filters, names) in [
        ("", "ABCD"),
        ("?sort=-created_at&limit=3", "DCBA"),
        ("?network=clee", "CD"),
        ("?network=clee,dafpic&territory=academie:25", "AC"),
        ("?valid_on=2024-08-31", "AC"),
        ("?valid_on=2024-09-01", "ABD"),
        ("?valid_on=2025-09-01", "AB"),
        ("?network=clee&valid_on=2025-09-01", ""),
    ] {
        let found = text.author.list(&format!("{path}{filters}"));
        assert_eq!(each(&found, "name").concat(), names, "{filters}");
        if !filters.contains("limit") {
            assert_eq!(total(&text.author, &format!("{path}{filters}")), i64::try_from(names.len()).unwrap());
        }
    }
    for (new, pointer) in [
        (
            json!({ "network": "dafpic", "territory": "academie:25", "name": "A", "valid_from": "2025-01-01", "valid_until": "2024-12-31" }),
            "/valid_until",
        ),
        (json!({ "network": "dafpic", "territory": "academie:25", "name": "A", "email": "x" }), "/email"),
        (json!({ "network": "dafpic", "territory": "departement:78", "name": "A" }), "/territory"),
        (json!({ "network": "bafpic", "territory": "national", "name": "A" }), "/network"),
        (json!({ "network": "dafpic", "territory": "national", "name": "" }), "/name"),
    ] {
        let faults = text.add("network-contacts", &new).problem("invalid_body").faults();
        assert_eq!(faults.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), [pointer]);
    }
    text.author.get(&format!("{path}?valid_on=hier")).problem("invalid_parameters");
});
