//! Where an action is: its postcode tells its département, and the clock and calendar that it goes by.

use serde_json::{Value, json};

use super::{VERSAILLES, act, confirmed, create, edit, read, reference, uai, visit};
use crate::conventions::{Draft, each};

/// Somewhere, without a school.
fn at(text: &Draft, postcode: &str, territory: &str) -> Value {
    let place = json!({ "label": "Salle des fêtes", "postcode": postcode });
    visit(text, &json!({ "schools": [], "organiser": "Le CLEE", "territory": territory, "place": place }))
}

both!(the_postcode_of_its_place_tells_the_departement, |world| {
    let text = reference(world);
    let association = &text.association;
    let listed = |query: &str| each(&association.list(&format!("/v1/actions?departement={query}")), "id");
    let cergy = create(association, &at(&text, "95000", "academie:25"));
    let bastia = create(association, &at(&text, "20200", "national"));
    let island = create(association, &at(&text, "97400", "national"));
    let unknown = create(association, &at(&text, "98000", "national"));
    assert_eq!((listed("95"), listed("2B"), listed("974")), (vec![cergy.clone()], vec![bastia.clone()], vec![island]));
    assert_eq!((listed("2A"), listed("78")), (vec![], vec![]));
    assert!(!listed("95,2B,974,75,06").contains(&unknown));
    assert_eq!(listed("95,2B").len(), 2);
    // Within the perimeter alone, and as it stands.
    assert_eq!(world.academie("academie:10").list("/v1/actions?departement=95"), Vec::<Value>::new());
    assert_eq!(world.academie("academie:25").list("/v1/actions?departement=95").len(), 1);
    edit(association, &cergy, &json!({ "place": { "label": "Mairie", "postcode": "78000" } })).expect(200);
    assert_eq!((listed("95"), listed("78")), (vec![], vec![cergy]));
    // Where there is a school, it says where.
    edit(association, &bastia, &json!({ "schools": [{ "uai": VERSAILLES }] })).expect(200);
    assert_eq!((listed("2B"), listed("95")), (vec![], vec![bastia]));
});

both!(what_stood_before_has_the_departement_of_its_place, |world| {
    let text = reference(world);
    for postcode in ["95000", "20090", "20600", "97600"] {
        create(&text.association, &at(&text, postcode, "national"));
    }
    let nowhere = json!({ "schools": [], "territory": "national", "place": { "label": "Parc" } });
    create(&text.association, &visit(&text, &nowhere));
    create(&text.association, &visit(&text, &json!({ "place": { "label": "Parc", "postcode": "75019" } })));
    let there = |codes: [&str; 6]| codes.map(|code| world.rows(&format!("actions WHERE departement = '{code}'")));
    let codes = ["95", "2A", "2B", "976", "", "75"];
    assert_eq!(there(codes), [1, 1, 1, 1, 2, 0]);
    let up = if world.on_postgres() {
        include_str!("../../../migrations/postgres/0009_action_places/up.sql")
    } else {
        include_str!("../../../migrations/sqlite/0009_action_places/up.sql")
    };
    world.sql("ALTER TABLE actions DROP COLUMN departement");
    for statement in up.split(';').filter(|statement| statement.contains("actions")) {
        world.sql(statement);
    }
    assert_eq!(there(codes), [1, 1, 1, 1, 2, 0]);
});

both!(the_clock_is_that_of_the_place, |world| {
    let text = reference(world);
    // Two in the morning on that day is no time in Paris, and one everywhere else.
    let night = json!([{ "date": "2027-03-28", "start": "02:30", "end": "04:00" }]);
    let post = |postcode: &str| {
        let mut body = at(&text, postcode, "national");
        body["sessions"] = night.clone();
        text.association.post("/v1/actions", &body)
    };
    for overseas in ["97110", "97200", "97300", "97400", "97500", "97600", "98600", "98714", "98800"] {
        assert_eq!(post(overseas).expect(201).json["session_hours"], 1.5, "{overseas}");
    }
    for metropolitan in ["75011", "20200", "98000", "SW1A"] {
        post(metropolitan).problem("invalid_body");
    }
    // That of a school in a collectivity without a département, of Nouméa; the place counts before the school.
    let school = json!([{ "uai": uai("983", 2) }]);
    let there = visit(&text, &json!({ "schools": school, "sessions": night }));
    text.association.post("/v1/actions", &there).expect(201);
    let paris = json!({ "schools": school, "sessions": night, "place": { "label": "Salon", "postcode": "75015" } });
    text.association.post("/v1/actions", &visit(&text, &paris)).problem("invalid_body");
});

both!(held_today_is_today_at_the_place, |world| {
    let text = reference(world);
    // 21:00 on the 23rd in Paris is the 24th in Saint-Denis de La Réunion and the afternoon of the 23rd in Fort-de-France.
    world.pass_seconds(11 * 3600);
    let association = world.afresh(&text.association);
    let made = |school: &str, day: &str| {
        let sessions = json!([{ "date": day }]);
        create(&association, &confirmed(&text, &json!({ "schools": [{ "uai": school }], "sessions": sessions })))
    };
    let allowed = |id: &str, act: &str| {
        let acts = read(&association, id)["allowed_acts"].clone();
        acts.as_array().unwrap().iter().find(|one| one["act"] == act).unwrap()["allowed"].clone()
    };
    let counts = |school: &str| json!({ "uai": school, "counts": { "pupils": 20 } });
    let reunion = uai("974", 1);
    let id = made(&reunion, "2026-11-24");
    assert_eq!((allowed(&id, "hold"), allowed(&id, "attendance")), (json!(true), json!(true)));
    act(&association, &id, "attendance", &counts(&reunion)).expect(200);
    act(&association, &id, "report", &json!({ "results": {} })).expect(200);
    for school in [VERSAILLES, &uai("972", 1)] {
        let id = made(school, "2026-11-24");
        assert_eq!((allowed(&id, "hold"), allowed(&id, "attendance")), (json!(false), json!(false)));
        act(&association, &id, "hold", &json!({})).problem("future_date");
        act(&association, &id, "attendance", &counts(school)).problem("future_date");
    }
    // 03:00 on the 24th in Paris: it is not yet in Fort-de-France.
    world.pass_seconds(6 * 3600);
    let association = world.afresh(&text.association);
    let held = |school: &str| {
        let today = json!([{ "date": "2026-11-24" }]);
        let body = confirmed(&text, &json!({ "schools": [{ "uai": school }], "sessions": today }));
        act(&association, &create(&association, &body), "hold", &json!({}))
    };
    held(VERSAILLES).expect(200);
    held(&uai("972", 1)).problem("future_date");
});
