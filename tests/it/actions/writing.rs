//! How actions are written: versions, keys, dry runs; a refusal changes nothing.

use serde_json::{Value, json};

use super::{VERSAILLES, act, confirmed, create, edit, in_state, read, reference, visit};
use crate::support::World;

const TABLES: [&str; 6] =
    ["actions", "action_schools", "feed_head", "audit_entries", "action_aliases", "merged_actions"];

fn counted(world: &World) -> Vec<i64> {
    TABLES.iter().map(|table| world.rows(table)).collect()
}

both!(each_write_names_the_version_it_read, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &visit(&text, &json!({ "status": "planned" })));
    let path = format!("/v1/actions/{id}");
    let etag = association.get(&path).expect(200).etag();
    assert!(etag.starts_with("\"1."), "{etag}");
    association.ask("PATCH", &path).merge_patch(&json!({ "title": "x" })).send().problem("precondition_required");
    association
        .ask("POST", &format!("{path}/cancel"))
        .json(&json!({ "reason": "x" }))
        .send()
        .problem("precondition_required");
    let second = association.patch(&path, &etag, &json!({ "title": "Autre" })).expect(200);
    assert_eq!(second.json["version"], 2);
    let stale = association.patch(&path, &etag, &json!({ "title": "Encore" })).problem("version_mismatch");
    assert_eq!(stale.json["current_version"], 2);
    association
        .ask("POST", &format!("{path}/confirm"))
        .header("If-Match", &etag)
        .json(&crate::actions::stated())
        .send()
        .problem("version_mismatch");
    association.delete(&path, &etag).problem("version_mismatch");
    let now = association.get(&path).expect(200).etag();
    association.ask("GET", &path).header("If-None-Match", &now).send().expect(304);
    assert_eq!(read(association, &id)["title"], "Autre");
});

both!(a_key_makes_a_creation_and_an_act_happen_once, |world| {
    let text = reference(world);
    let association = &text.association;
    let post = || {
        association
            .ask("POST", "/v1/actions")
            .key("a1")
            .json(&visit(&text, &json!({ "status": "planned" })))
            .send()
            .expect(201)
    };
    let (first, second) = (post(), post());
    assert_eq!((first.id(), world.rows("actions")), (second.id(), 1));
    let confirm = || {
        let ask = association.ask("POST", &format!("/v1/actions/{}/confirm", first.id())).key("a2");
        ask.header("If-Match", "\"1\"").json(&crate::actions::stated()).send().expect(200)
    };
    assert_eq!(confirm().json["version"], confirm().json["version"]);
    assert_eq!(read(association, &first.id())["version"], 2);
});

both!(an_external_key_is_ones_own_and_once, |world| {
    let text = reference(world);
    let (association, academie) = (&text.association, world.academie("academie:25"));
    let keyed = visit(&text, &json!({ "external_id": "A-1" }));
    let id = create(association, &keyed);
    association.post("/v1/actions", &keyed).problem("duplicate");
    let other = create(association, &visit(&text, &json!({ "external_id": "A-2" })));
    edit(association, &other, &json!({ "external_id": "A-1" })).problem("duplicate");
    // Another organisation's keys are another's.
    let theirs = create(&academie, &keyed);
    let found =
        |actor: &crate::support::Actor| crate::conventions::each(&actor.list("/v1/actions?external_id=A-1"), "id");
    assert_eq!((found(association), found(&academie)), (vec![id], vec![theirs]));
    assert_eq!(found(&text.ministry), Vec::<String>::new());
});

both!(a_dry_run_answers_and_writes_nothing, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &confirmed(&text, &json!({ "sessions": [{ "date": crate::actions::PAST }] })));
    let twin = create(association, &visit(&text, &json!({ "sessions": [{ "date": crate::actions::PAST }] })));
    let (rows, before) = (counted(world), read(association, &id));
    let dry =
        |method: &str, path: &str| association.ask(method, &format!("{path}?dry_run=true")).header("If-Match", "*");
    let path = format!("/v1/actions/{id}");
    let made = association.post("/v1/actions?dry_run=true", &visit(&text, &json!({}))).expect(201);
    association.get(&format!("/v1/actions/{}", made.id())).problem("not_found");
    let told = dry("PATCH", &path).merge_patch(&json!({ "title": "Autre" })).send().expect(200).json;
    assert_eq!((&told["title"], &told["version"]), (&json!("Autre"), &json!(2)));
    for (name, body) in [
        ("hold", json!({})),
        ("report", json!({ "results": { "pupils": 3 } })),
        ("attendance", json!({ "uai": VERSAILLES, "counts": { "pupils": 3 } })),
        ("cancel", json!({ "reason": "Grève" })),
        ("merge", json!({ "twin_id": twin, "twin_version": 1 })),
    ] {
        dry("POST", &format!("{path}/{name}")).json(&body).send().expect(200);
    }
    dry("DELETE", &format!("/v1/actions/{twin}")).send().expect(204);
    assert_eq!(counted(world), rows);
    assert_eq!(read(association, &id), before);
});

both!(a_refusal_changes_nothing, |world| {
    let text = reference(world);
    let other = crate::actions::another(&text);
    let association = &text.association;
    let planned = in_state(&text, "planned", &json!({ "inclusion": null, "accessibility": null }));
    let held = in_state(&text, "held", &json!({}));
    let stranger = create(association, &visit(&other, &json!({})));
    let (rows, before) = (counted(world), [read(association, &planned), read(association, &held)]);
    let post = |changed: Value| association.post("/v1/actions", &visit(&text, &changed));
    // A school that nobody knows yet is not taken by an action that is refused.
    let schools = world.rows("schools");
    post(json!({ "axis_id": other.id_of("discovery"), "schools": [{ "uai": crate::actions::CRETEIL }] }))
        .problem("foreign_axis");
    assert_eq!(world.rows("schools"), schools);
    post(json!({ "levels": ["cm2"] })).problem("below_secondary");
    post(json!({ "sessions": [{ "date": "2029-06-28" }] })).problem("outside_period");
    post(json!({ "title": "Appeler le 06 12 34 56 78" })).problem("personal_data");
    act(association, &planned, "confirm", &json!({})).problem("inclusion_missing");
    act(association, &planned, "hold", &json!({})).problem("wrong_state");
    act(association, &planned, "cancel", &json!({ "reason": "camille@gmail.com" })).problem("personal_data");
    act(&world.academie("academie:25"), &planned, "merge", &json!({ "twin_id": stranger, "twin_version": 1 }))
        .problem("not_twins");
    act(association, &held, "cancel", &json!({ "reason": "x" })).problem("wrong_state");
    association.delete(&format!("/v1/actions/{held}"), "*").problem("wrong_state");
    edit(association, &held, &json!({ "status": "planned", "origin": "legacy" })).problem("invalid_body");
    let clients_made = rows.clone();
    assert_eq!(counted(world)[..2], clients_made[..2]);
    assert_eq!(counted(world)[2], clients_made[2]);
    assert_eq!([read(association, &planned), read(association, &held)], before);
});

both!(all_faults_of_a_body_at_once, |world| {
    let text = reference(world);
    let wrong = visit(
        &text,
        &json!({
            "title": "", "levels": ["3e", "4eme"], "kind": "visit",
            "schools": [{ "uai": "0950649A" }], "sessions": [{ "date": "2027-02-30", "start": "8h" }], "pupils": ["Camille"],
        }),
    );
    let mut places: Vec<_> = text
        .association
        .post("/v1/actions", &wrong)
        .problem("invalid_body")
        .faults()
        .into_iter()
        .map(|(p, _)| p)
        .collect();
    places.sort();
    let expected =
        ["/kind", "/levels/1", "/pupils", "/schools/0/uai", "/sessions/0/date", "/sessions/0/start", "/title"];
    assert_eq!(places, expected);
    let repeated = json!({ "schools": [{ "uai": VERSAILLES }, { "uai": VERSAILLES }], "themes": ["", "a|b"],
        "sessions": [{ "date": "2027-01-14", "start": "10:00", "end": "09:00" }, { "date": "2027-01-14", "zone": "Paris" }] });
    let faults = text.association.post("/v1/actions", &visit(&text, &repeated)).problem("invalid_body").faults();
    let expected = [
        ("/schools/1/uai", "repeated"),
        ("/sessions/0/end", "before_start"),
        ("/sessions/1/zone", "unknown_zone"),
        ("/themes/0", "ill_formed"),
        ("/themes/1", "ill_formed"),
    ];
    assert_eq!(faults, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
});

both!(a_host_company_does_not_stand_in_the_way_of_a_school, |world| {
    let text = crate::actions::reference(world);
    let company = json!({ "name": "Ateliers Durand", "departement": "95" });
    let company = text.association.post("/v1/companies", &company).expect(201).id();
    let body = crate::actions::visit(&text, &json!({ "host_company_id": company, "status": "planned" }));
    let id = crate::actions::create(&text.association, &body);
    let confirmed =
        crate::actions::act(&world.school(crate::actions::VERSAILLES), &id, "confirm", &crate::actions::stated())
            .expect(200)
            .json;
    assert_eq!((&confirmed["host_company"], &confirmed["status"]), (&json!("Ateliers Durand"), &json!("confirmed")));
    text.association
        .ask("DELETE", &format!("/v1/companies/{company}"))
        .header("If-Match", "*")
        .send()
        .problem("in_use");
});

both!(a_key_is_its_owners, |world| {
    let text = crate::actions::reference(world);
    let body = crate::actions::visit(&text, &json!({ "external_id": "own" }));
    let id = crate::actions::create(&text.association, &body);
    let academie = world.academie("academie:25");
    let refused = crate::actions::edit(&academie, &id, &json!({ "external_id": "theirs" })).problem("invalid_body");
    assert_eq!(refused.faults(), [("/external_id".to_owned(), "not_applicable".to_owned())]);
    crate::actions::edit(&academie, &id, &json!({ "title": "Autre titre" })).expect(200);
    // A caller that acts for no organisation has no keys.
    let refused = world.school(crate::actions::VERSAILLES).post("/v1/actions", &body).problem("invalid_body");
    assert_eq!(refused.faults(), [("/external_id".to_owned(), "not_applicable".to_owned())]);
});

both!(what_was_held_comes_in_with_its_results, |world| {
    let text = crate::actions::reference(world);
    let body = crate::actions::visit(
        &text,
        &json!({ "origin": "legacy", "status": "held", "sessions": [{ "date": crate::actions::PAST }], "results": { "pupils": 20 } }),
    );
    let made = text.association.post("/v1/actions", &body).expect(201).json;
    assert_eq!((&made["status"], &made["results"]["pupils"]), (&json!("reported"), &json!(20)));
    // More pupils with a disability in the schools than pupils in all is no count; nor is what is to come.
    let mut wrong = body.clone();
    wrong["schools"][0]["counts"] = json!({ "with_disability": 21 });
    let refused = text.association.post("/v1/actions", &wrong).problem("invalid_body");
    assert_eq!(refused.faults(), [("/results/with_disability".to_owned(), "sum".to_owned())]);
    let mut early = crate::actions::visit(&text, &json!({}));
    early["schools"][0]["counts"] = json!({ "pupils": 21 });
    let refused = text.association.post("/v1/actions", &early).problem("invalid_body");
    assert_eq!(refused.faults(), [("/schools/0/counts".to_owned(), "not_applicable".to_owned())]);
});
