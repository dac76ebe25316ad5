//! What an export gives comes in again: the same actions in another database, nothing new in its own.

use passerelle::sheets::kind::Options;
use serde_json::{Value, json};

use super::importing::bring_with;
use crate::actions::{DAY, PAST, create, reference, visit, with};
use crate::conventions::Draft;
use crate::support::databases;
use crate::support::{Actor, World};

/// Actions that say all that an action may say.
fn fill(text: &Draft) {
    let association = &text.association;
    association.post("/v1/companies", &json!({ "name": "Ateliers Durand", "departement": "95" })).expect(201);
    let company = association.list("/v1/companies")[0]["id"].clone();
    let whole = json!({
        "external_id": "r-1", "status": "confirmed", "kind": "other", "kind_text": "Jeu de piste", "programme": null,
        "title": "=Titre ; avec « tout » | et 'plus'", "description": "Deux lignes,\net un ; au milieu",
        "counted_under": "Cordées de la réussite", "territory": "academie:24", "modality": "hybrid",
        "schools": [{ "uai": "0950649P", "class_label": "3B, 3C" }, { "uai": "0930001W" }], "organiser": "Le CLEE",
        "place": { "label": "Salle des fêtes", "address": "1, rue du Pont", "postcode": "01000", "commune": "Cergy" },
        "wished": "un mardi",
        "sessions": [
            { "date": DAY, "start": "14:00", "end": "16:30", "hours": 2.25 },
            { "date": "2027-01-15" },
            { "date": "2027-01-16", "start": "09:00", "zone": "Indian/Reunion" },
        ],
        "themes": ["eau, bois ; fer"], "sectors": ["industrie", "bois, papier"], "skills": ["oser"],
        "levels": ["3e", "2de_gt"], "tracks": ["general", "vocational"], "pupil_statuses": ["pupil", "apprentice"],
        "host_company_id": company, "school_contact": { "function": "DDFPT", "email": "ce.0950649p@ac-versailles.fr" },
        "responsible_adult": "professeure principale",
        "inclusion": { "measures": [
            { "ground": "sex", "measure": "Groupes mixtes | tirés au sort" },
            { "ground": "disability", "measure": "Salle : de plain-pied" },
        ] },
        "accessibility": "Boucle magnétique", "volunteers_needed": 3, "pairs": 12, "comment": "-5 minutes",
        "offers": [
            { "source": "1eleve1stage", "reference": "O 12", "url": "https://1eleve1stage.example/o/12" },
            { "source": "association", "reference": "B7" },
        ],
    });
    create(association, &visit(text, &whole));
    let day = |date: &str| json!([{ "date": date, "start": "10:00", "end": "12:00" }]);
    let counted = json!({
        "pupils": 24, "girls": 10, "boys": 14, "with_disability": 3, "attendances": 48, "pupil_hours": 48.5,
        "volunteer_hours": 6, "session_hours": 1.75, "volunteers": 2, "speakers_women": 1, "speakers_men": 1,
        "comment": "Très bien; à refaire",
    });
    let plain = json!({ "none_because": "module technique" });
    for (key, changed) in [
        (
            "r-2",
            json!({ "origin": "paper", "sessions": day(PAST), "results": counted, "inclusion": plain, "accessibility": "oui" }),
        ),
        ("r-3", json!({ "origin": "legacy", "sessions": day(PAST) })),
        ("r-4", json!({ "sessions": [], "schools": [], "territory": "academie:25" })),
        (
            "r-5",
            json!({ "status": "planned", "themes": ["a", "b"], "title": "\u{200b}＝Titre", "organiser": "'=CLEE", "comment": "''+1" }),
        ),
    ] {
        create(association, &with(visit(text, &json!({ "external_id": key })), &changed));
    }
}

/// What an action says, without what is of its database.
fn says(actor: &Actor) -> Vec<Value> {
    let mut all = actor.list("/v1/actions?sort=day");
    all.sort_by_key(|action| action["external_id"].as_str().unwrap().to_owned());
    for action in &mut all {
        let members = action.as_object_mut().unwrap();
        for own in
            ["id", "version", "convention_id", "axis_id", "host_company_id", "owner_id", "created_at", "updated_at"]
        {
            members.remove(own).unwrap();
        }
        // The day of entry.
        if members["starts_on"].is_null() {
            members.remove("day");
        }
    }
    all
}

both!(what_an_export_gives_comes_in_again, |world| {
    let text = reference(world);
    fill(&text);
    let association = &text.association;
    let wanted = says(association);
    assert_eq!(wanted.len(), 5);
    for form in ["format=csv", "format=csv&csv=excel-fr", "format=xlsx"] {
        let sheet = association.get(&format!("/v1/actions?{form}")).expect(200).bytes;
        let other = World::new(databases::sqlite(), |_| {});
        let there = reference(&other);
        other.sql("UPDATE conventions SET brought_in = (1 = 1)");
        let association = &there.association;
        association.post("/v1/companies", &json!({ "name": "Ateliers Durand", "departement": "95" })).expect(201);
        let options =
            Options { legacy: false, organisation: association.organisation, convention: there.id.parse().ok() };
        // The convention and the actions are others there.
        let mapping = json!({ "columns": { "convention_id": null, "id": null } });
        let brought = bring_with(&other, "actions", &sheet, &mapping, options.clone(), false);
        assert_eq!(brought.counts(), [5, 0, 0, 0], "{form}: {:#?}", brought.report.rejected);
        let got = says(association);
        for (got, wanted) in got.iter().zip(&wanted) {
            assert_eq!(got, wanted, "{form}");
        }
        let again = bring_with(&other, "actions", &sheet, &mapping, options, false);
        assert_eq!(again.counts(), [0, 0, 5, 0], "{form}");
    }
    // Sent back where it comes from, it changes nothing.
    let sheet = association.get("/v1/actions?format=csv").expect(200).bytes;
    let changes = world.rows("changes");
    let answer = association.ask("POST", "/v1/actions/bulk").body("text/csv", sheet).send().expect(200).json;
    assert_eq!((&answer["done"], world.rows("changes")), (&json!(5), changes));
});
