//! Records that a sheet made are corrected by one: companies by their SIRET or id, contacts by their id.

use serde_json::{Value, json};

use super::importing::bring;
use crate::support::World;

const SIRET: &str = "73282932000074";

both!(a_siret_or_an_id_says_which_company_a_line_is, |world| {
    let association = world.association();
    let owner = association.organisation.unwrap();
    let counts = |text: &str| {
        let brought = bring(world, "companies", text.as_bytes(), &json!({}), owner, false);
        (brought.counts(), brought)
    };
    let of = |name: &str| -> Value {
        association.list("/v1/companies").into_iter().find(|company| company["name"] == name).unwrap()
    };
    let header = "Entreprise;SIRET;Ville;Contact;Identifiant externe\n";
    assert_eq!(counts(&format!("{header}Durand;{SIRET};Lille;;\n")).0, [1, 0, 0, 0]);
    // The contact is filled in since; the empty cell leaves the town.
    let filled = format!("{header}Durand;{SIRET};;Service RH;\n");
    assert_eq!(counts(&filled).0, [0, 1, 0, 0]);
    assert_eq!(counts(&filled).0, [0, 0, 1, 0]);
    let durand = of("Durand");
    assert_eq!((&durand["commune"], &durand["contact"]["name"]), (&json!("Lille"), &json!("Service RH")));
    // A line may bring it a key, and then only that one is its.
    assert_eq!(counts(&format!("{header}Durand;{SIRET};;;d1\n")).0, [0, 1, 0, 0]);
    assert_eq!(of("Durand")["external_id"], "d1");
    let (other, told) = counts(&format!("{header}Durand;{SIRET};;;d2\n"));
    assert_eq!((other, told.reasons(2).0), ([0, 0, 0, 1], vec!["SIRET".to_owned()]));
    // Another organisation's is another company.
    let else_where = world.association().organisation.unwrap();
    assert_eq!(bring(world, "companies", filled.as_bytes(), &json!({}), else_where, false).counts(), [1, 0, 0, 0]);

    // An export read back makes no double of one that has neither SIRET nor key.
    association.post("/v1/companies", &json!({ "name": "Petit" })).expect(201);
    let export = association.get("/v1/companies?format=csv").expect(200).text;
    let changes = world.rows("changes");
    assert_eq!(counts(&export).0, [0, 0, 2, 0]);
    assert_eq!(world.rows("changes"), changes);
    assert_eq!(counts(&export.replace(",Petit,", ",Petit SARL,")).0, [0, 1, 1, 0]);
    let petit = of("Petit SARL");
    assert_eq!((&petit["external_id"], association.list("/v1/companies").len()), (&Value::Null, 2));
    let theirs = format!("id;name\n{};Pris\nx;Rien\n", petit["id"].as_str().unwrap());
    let refused = bring(world, "companies", theirs.as_bytes(), &json!({}), else_where, false);
    assert_eq!(refused.counts(), [0, 0, 0, 2]);
    assert!(refused.reasons(2).1.contains("aucune de vos entreprises"), "{:?}", refused.reasons(2));
});

fn exported(world: &World) -> (crate::support::texts::Text, String) {
    let text = world.in_force("2026-11-20");
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    let association = &text.association;
    let made = association.post("/v1/companies", &json!({ "name": "Durand" })).expect(201);
    let new = json!({
        "convention_id": text.id, "occurred_on": "2026-11-21", "means": "phone", "purpose": "observation_3e",
        "outcome": "positive", "places": [
            { "level": "3e", "places": 6, "of_which_rep": 2 },
            { "level": "2de_gt", "places": 4, "of_which_rep": 0, "of_which_rep_plus": 1 },
        ],
    });
    association.post(&format!("/v1/companies/{}/contacts", made.id()), &new).expect(201);
    let csv = association.get("/v1/company-contacts?format=csv").expect(200).text;
    (text, csv)
}

both!(places_by_level_come_back_from_an_export, |world| {
    let (text, csv) = exported(world);
    assert!(csv.contains("3e: 6 | 2de_gt: 4,3e: 2 | 2de_gt: 0,2de_gt: 1"), "{csv}");
    let association = &text.association;
    let owner = association.organisation.unwrap();
    let counts = |csv: &str| {
        let brought = bring(world, "contacts", csv.as_bytes(), &json!({}), owner, false);
        assert!(brought.report.rejected.is_empty(), "{:?}", brought.report.rejected);
        brought.counts()
    };
    let before = association.list("/v1/company-contacts");
    assert_eq!(counts(&csv), [0, 0, 1, 0]);
    assert_eq!(association.list("/v1/company-contacts"), before);
    assert_eq!(counts(&csv.replace("3e: 6", "3e: 7")), [0, 1, 0, 0]);
    let after = association.list("/v1/company-contacts");
    assert_eq!((after.len(), &after[0]["places"][0]["places"], &after[0]["places_total"]), (1, &json!(7), &json!(11)));
    // Without its id it is a new one, with the same places.
    let mapping = json!({ "columns": { "id": null } });
    let brought = bring(world, "contacts", csv.as_bytes(), &mapping, owner, false);
    assert_eq!(brought.counts(), [1, 0, 0, 0], "{:?}", brought.report.rejected);
    let all = association.list("/v1/company-contacts");
    assert!(all.iter().any(|contact| contact["places"] == before[0]["places"] && contact["id"] != before[0]["id"]));
    for (from, to, word) in [("3e: 6 |", "3e: six |", "3e: 6 | 2de_gt: 4"), ("2de_gt: 1", "4e: 1", "4e")] {
        let wrong = bring(world, "contacts", csv.replace(from, to).as_bytes(), &json!({}), owner, false);
        assert!(wrong.counts() == [0, 0, 0, 1] && wrong.reasons(2).1.contains(word), "{:?}", wrong.reasons(2));
    }
});

both!(private_addresses_and_numbers_are_no_part_of_a_company, |world| {
    let association = world.association();
    let owner = association.organisation.unwrap();
    for (member, text) in
        [("name", "Tel 06 12 34 56 78"), ("address", "kevin.durand@gmail.com"), ("commune", "Lille, 06 12 34 56 78")]
    {
        let mut new = json!({ "name": "Durand" });
        new[member] = json!(text);
        let refused = association.post("/v1/companies", &new).problem("invalid_body");
        assert!(
            refused.text.contains("personal_data") && refused.text.contains(&format!("/{member}")),
            "{}",
            refused.text
        );
    }
    let sheet = "Entreprise;Adresse;Courriel;Téléphone\n\
        Tel 06 12 34 56 78;;;\nDurand;kevin.durand@gmail.com;;\nPetit;1 rue Neuve;rh@petit.example;06 12 34 56 78\n";
    let brought = bring(world, "companies", sheet.as_bytes(), &json!({}), owner, false);
    assert_eq!(brought.counts(), [1, 0, 0, 2], "{:?}", brought.report.rejected);
    assert_eq!(
        (brought.reasons(2).0, brought.reasons(3).0),
        (vec!["Entreprise".to_owned()], vec!["Adresse".to_owned()])
    );
    assert_eq!(association.list("/v1/companies")[0]["contact"]["phone"], "0612345678");
});
