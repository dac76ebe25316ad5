//! An export that is sent back: a line with an id is that action, and what is kept or computed is no change.

use serde_json::{Value, json};

use super::{PAST, act, confirmed, create, read, reference, visit};
use crate::support::{Actor, Response};

fn send(actor: &Actor, sheet: &str) -> Response {
    actor.ask("POST", "/v1/actions/bulk").body("text/csv", sheet).send()
}

fn export(actor: &Actor) -> String {
    String::from_utf8(actor.get("/v1/actions?format=csv&sort=day").expect(200).bytes).unwrap()
}

both!(a_line_with_an_id_is_that_action_whoever_sends_it, |world| {
    let text = reference(world);
    let association = &text.association;
    association.post("/v1/companies", &json!({ "name": "Ateliers Durand", "departement": "95" })).expect(201);
    let company = association.list("/v1/companies")[0]["id"].clone();
    let here = create(association, &visit(&text, &json!({ "title": "Ici", "host_company_id": company })));
    let both = json!([{ "uai": "0950649P" }, { "uai": "0930001W" }]);
    let several = create(association, &visit(&text, &json!({ "title": "Ailleurs", "schools": both })));
    create(association, &visit(&text, &json!({ "title": "Avec clé", "external_id": "k1" })));
    let academie = world.academie("academie:25");
    let changes = world.rows("changes");
    for actor in [association, &academie] {
        let answer = send(actor, &export(actor)).expect(200).json;
        assert_eq!((&answer["done"], world.rows("actions"), world.rows("changes")), (&json!(3), 3, changes));
    }

    // What it changes is changed, by those who may.
    let renamed = |actor: &Actor, from: &str, to: &str| send(actor, &export(actor).replace(from, to));
    renamed(&academie, "Ici", "Là").expect(200);
    assert_eq!((&read(association, &here)["title"], &read(association, &here)["version"]), (&json!("Là"), &json!(2)));
    let refused = renamed(&academie, "Ailleurs", "Nulle part").problem("bulk_refused").json;
    assert_eq!((&refused["refused"], &refused["lines"][0]["problem"]["code"]), (&json!(1), &json!("not_allowed")));
    renamed(association, "Ailleurs", "Partout").expect(200);
    assert_eq!(read(association, &several)["title"], "Partout");
    assert_eq!(world.rows("actions"), 3);

    // An id of nobody, of another perimeter or of another kind makes nothing.
    let line = |id: &str| format!("id;Titre;Nature;Axe;UAI;Date\n{id};T;talk;article 3;0950649P;14/01/2027\n");
    for (actor, id) in [
        (association, "17"),
        (association, "01a207a2-3280-7000-8000-ffffffffffff"),
        (&world.academie("academie:10"), here.as_str()),
    ] {
        let refused = send(actor, &line(id)).problem("bulk_refused").json;
        assert_eq!(refused["lines"][0]["problem"]["errors"][0]["column"], "id", "{refused}");
    }
    assert_eq!(world.rows("actions"), 3);
    // Without one, the same line is a new action.
    send(association, &line("")).expect(200);
    assert_eq!(world.rows("actions"), 4);
});

both!(hours_that_are_computed_are_no_result_of_anybody, |world| {
    let text = reference(world);
    let association = &text.association;
    let timed = json!([{ "date": PAST, "start": "14:00", "end": "16:20" }]);
    let id = create(association, &confirmed(&text, &json!({ "sessions": timed, "external_id": "live" })));
    let results = json!({ "pupils": 24, "girls": 10, "boys": 14, "with_disability": 2 });
    act(association, &id, "report", &json!({ "results": results })).expect(200);
    let shown = read(association, &id);
    assert_eq!((&shown["origin"], &shown["results"]["session_hours"]), (&json!("live"), &json!(2.33)));
    let (changes, sheet) = (world.rows("changes"), export(association));
    let answer = send(association, &sheet).expect(200).json;
    assert_eq!((&answer["results"][0]["version"], world.rows("changes")), (&shown["version"], changes));
    // By its key too, and beside a change that is one.
    let lines: Vec<&str> = sheet.lines().collect();
    let by_key = format!("{}\n{}\n", lines[0].replacen("id,", "was,", 1), lines[1]);
    assert_ne!(by_key, sheet);
    send(association, &by_key.replace("chaudronnerie", "menuiserie")).expect(200);
    let changed = read(association, &id);
    assert_eq!(changed["title"], "Visite d'un atelier de menuiserie");
    assert_eq!(changed["results"], shown["results"]);
    // Other hours are results, and those change by an act.
    assert!(sheet.contains("2.33"), "{sheet}");
    let refused = send(association, &sheet.replace("2.33", "2.5")).problem("bulk_refused").json;
    assert_eq!(refused["lines"][0]["problem"]["errors"][0]["code"], "by_act", "{refused}");
    assert_eq!(read(association, &id)["results"], shown["results"]);
    assert_ne!(changed["version"], Value::Null);
});
