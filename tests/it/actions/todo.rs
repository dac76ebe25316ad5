//! What waits among the actions: each for who may do it, and for nobody else.

use serde_json::{Value, json};

use super::{CRETEIL, VERSAILLES, act, create, in_state, reference, visit};
use crate::support::Actor;

/// Kind and address of what waits among the actions.
fn waits(actor: &Actor) -> Vec<(String, String)> {
    let read = actor.get("/v1/todo?limit=200").expect(200).json;
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let items = read["items"].as_array().unwrap().iter();
    let mut all: Vec<(String, String)> = items
        .filter(|item| word(&item["kind"]).starts_with("action_"))
        .map(|item| (word(&item["kind"]), word(&item["address"])))
        .collect();
    all.sort();
    all
}

fn line(kind: &str, id: &str, act: &str) -> (String, String) {
    (format!("action_{kind}"), format!("/v1/actions/{id}/{act}"))
}

both!(each_waits_for_who_may_do_it, |world| {
    let text = reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let (school, elsewhere) = (world.school(VERSAILLES), world.school(CRETEIL));
    let (academie, other) = (world.academie("academie:25"), world.academie("academie:24"));
    for actor in [association, ministry, &school, &elsewhere, &academie, &other, &world.operator()] {
        assert!(waits(actor).is_empty());
    }
    let made = |state: &str| in_state(&text, state, &json!({}));
    let (requested, proposed, planned) = (made("requested"), made("proposed"), made("planned"));
    let (confirmed, held, reported) = (made("confirmed"), made("held"), made("reported"));
    // One that is still to come asks for nothing but its date.
    let to_come = create(association, &visit(&text, &json!({ "status": "planned" })));
    assert_eq!(waits(association), {
        let mut all = vec![
            line("request", &requested, "plan"),
            line("results", &confirmed, "report"),
            line("results", &held, "report"),
        ];
        all.sort();
        all
    });
    let mut of_school = vec![
        line("confirmation", &planned, "confirm"),
        line("confirmation", &to_come, "confirm"),
        line("attendance", &confirmed, "attendance"),
        line("attendance", &held, "attendance"),
    ];
    of_school.sort();
    assert_eq!(waits(&school), of_school);
    let mut of_academie = vec![line("request", &requested, "plan"), line("proposal", &proposed, "plan")];
    of_academie.sort();
    assert_eq!(waits(&academie), of_academie);
    for actor in [ministry, &elsewhere, &other, &world.operator()] {
        assert!(waits(actor).is_empty());
    }
    assert!(!waits(association).iter().any(|(_, address)| address.contains(&reported)));
    // What was done waits no more.
    act(association, &requested, "decline", &json!({ "reason": "Semaine d'examens" })).expect(200);
    act(association, &held, "report", &json!({ "results": { "pupils": 24 } })).expect(200);
    assert_eq!(waits(association), [line("results", &confirmed, "report")]);
    let counts = json!({ "uai": VERSAILLES, "counts": { "pupils": 24 } });
    act(&school, &confirmed, "attendance", &counts).expect(200);
    act(&school, &planned, "confirm", &crate::actions::stated()).expect(200);
    let left = waits(&school);
    assert_eq!(left.iter().filter(|(kind, _)| kind == "action_confirmation").count(), 1);
    assert!(!left.contains(&line("attendance", &confirmed, "attendance")));
});

both!(what_an_academie_entered_is_its_own_to_report, |world| {
    let text = reference(world);
    let academie = world.academie("academie:25");
    let past = json!([{ "date": crate::actions::PAST }]);
    let body = crate::actions::confirmed(&text, &json!({ "sessions": past }));
    let own = create(&academie, &body);
    assert_eq!(waits(&academie), [line("results", &own, "report")]);
    let items = academie.get("/v1/todo").expect(200).json["items"].clone();
    let item = &items[0];
    assert_eq!((&item["urgency"], &item["due_on"]), (&json!("due"), &json!(crate::actions::PAST)));
    assert_eq!((&item["resource_id"], &item["convention_id"]), (&json!(own), &json!(text.id)));
    assert_eq!(item["title"]["fr"], "Déclarer les résultats : Visite d'un atelier de chaudronnerie");
});
