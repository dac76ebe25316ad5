//! Several schools in one action: each speaks for itself.

use serde_json::{Value, json};

use super::{CRETEIL, VERSAILLES, act, create, edit, read, reference, stated, uai, visit, with};
use crate::conventions::{Draft, each};
use crate::support::Actor;

fn planned(text: &Draft, schools: &[&str]) -> String {
    let schools: Vec<_> = schools.iter().map(|uai| json!({ "uai": uai })).collect();
    create(&text.association, &visit(text, &with(stated(), &json!({ "status": "planned", "schools": schools }))))
}

fn schools(actor: &Actor, id: &str) -> Vec<String> {
    each(read(actor, id)["schools"].as_array().unwrap(), "uai")
}

fn cursor(actor: &Actor) -> String {
    actor.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned()
}

fn news(actor: &Actor, after: &str) -> Value {
    let told = actor.get(&format!("/v1/changes?after={after}&kinds=action")).expect(200).json["items"].clone();
    told.as_array().unwrap().iter().map(|entry| json!([entry["id"], entry["operation"]])).collect()
}

const WHY: &str = "Semaine d'examens";

both!(one_school_that_declines_leaves_the_others_theirs, |world| {
    let text = reference(world);
    let association = &text.association;
    let (versailles, creteil) = (world.school(VERSAILLES), world.school(CRETEIL));
    let id = planned(&text, &[VERSAILLES, CRETEIL]);
    world.stamp();
    let (of_one, of_other) = (cursor(&versailles), cursor(&creteil));
    act(&versailles, &id, "decline", &json!({ "reason": "Appeler le 06 12 34 56 78" })).problem("personal_data");
    act(&versailles, &id, "decline", &json!({})).problem("invalid_body");
    let told = act(&versailles, &id, "decline", &json!({ "reason": WHY })).expect(200).json;
    let declined = json!([{ "uai": VERSAILLES, "reason": WHY }]);
    assert_eq!(
        (&told["status"], &told["reason"], &told["declined_by"], &told["version"]),
        (&json!("planned"), &Value::Null, &declined, &json!(2))
    );
    // It is gone from there, for lists and filters too; the other goes on.
    versailles.get(&format!("/v1/actions/{id}")).problem("not_found");
    assert_eq!(schools(&creteil, &id), [CRETEIL]);
    assert_eq!(read(&creteil, &id)["declined_by"], declined);
    let listed = |query: &str| each(&association.list(&format!("/v1/actions?{query}")), "id");
    assert_eq!(listed(&format!("school={VERSAILLES}")), Vec::<String>::new());
    assert_eq!((listed("academie=24"), listed("academie=25")), (vec![id.clone()], vec![]));
    world.stamp();
    assert_eq!(news(&versailles, &of_one), json!([[id, "left"]]));
    assert_eq!(news(&creteil, &of_other), json!([[id, "updated"]]));
    // Called back, it has not declined.
    let back = json!({ "schools": [{ "uai": CRETEIL }, { "uai": VERSAILLES }] });
    assert!(edit(association, &id, &back).expect(200).json.get("declined_by").is_none());
    act(&versailles, &id, "decline", &json!({ "reason": WHY })).expect(200);
    // The last one declines it.
    let told = act(&creteil, &id, "decline", &json!({ "reason": "Grève" })).expect(200).json;
    assert_eq!((&told["status"], &told["reason"]), (&json!("declined"), &json!("Grève")));
    assert_eq!(told["declined_by"], declined);
    // A client of both declines for both.
    let all = world.client(passerelle::domain::vocabulary::Role::School, None, &[], &[VERSAILLES, CRETEIL]);
    let id = planned(&text, &[VERSAILLES, CRETEIL]);
    assert_eq!(act(&all, &id, "decline", &json!({ "reason": WHY })).expect(200).json["status"], "declined");
});

both!(an_action_is_confirmed_once_each_school_has, |world| {
    let text = reference(world);
    let association = &text.association;
    let (versailles, creteil) = (world.school(VERSAILLES), world.school(CRETEIL));
    let id = planned(&text, &[VERSAILLES, CRETEIL]);
    let waits = |actor: &Actor| {
        let todo = actor.get("/v1/todo?limit=200").expect(200).json;
        todo["items"].as_array().unwrap().iter().any(|item| item["address"] == format!("/v1/actions/{id}/confirm"))
    };
    let confirm = |actor: &Actor| act(actor, &id, "confirm", &json!({})).expect(200).json;
    assert!(waits(&versailles) && waits(&creteil));
    let told = confirm(&versailles);
    assert_eq!((&told["status"], &told["confirmed_by"]), (&json!("planned"), &json!([VERSAILLES])));
    assert!(!waits(&versailles) && waits(&creteil));
    // Once more says nothing new.
    assert_eq!(confirm(&versailles)["confirmed_by"], json!([VERSAILLES]));
    // Another day is asked of each again; another title is not.
    let told = edit(association, &id, &json!({ "title": "Autre titre" })).expect(200).json;
    assert_eq!(told["confirmed_by"], json!([VERSAILLES]));
    let told = edit(association, &id, &json!({ "sessions": [{ "date": "2027-01-15" }] })).expect(200).json;
    assert!(told.get("confirmed_by").is_none() && waits(&versailles));
    confirm(&creteil);
    let told = confirm(&versailles);
    assert_eq!((&told["status"], &told["confirmed_by"]), (&json!("confirmed"), &json!([CRETEIL, VERSAILLES])));
    // What is stated is asked of the first one already.
    let bare = json!({ "status": "planned", "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] });
    let bare = create(association, &visit(&text, &bare));
    act(&versailles, &bare, "confirm", &json!({})).problem("inclusion_missing");
    assert_eq!(act(&versailles, &bare, "confirm", &stated()).expect(200).json["status"], "planned");
    // The association confirms for all.
    assert_eq!(act(association, &bare, "confirm", &json!({})).expect(200).json["status"], "confirmed");
});

both!(when_the_last_who_had_not_confirmed_leaves_nobody_is_waited_for, |world| {
    let text = reference(world);
    let (versailles, creteil) = (world.school(VERSAILLES), world.school(CRETEIL));
    let decline = |id: &str| act(&creteil, id, "decline", &json!({ "reason": WHY })).expect(200).json;
    let id = planned(&text, &[CRETEIL, VERSAILLES]);
    act(&versailles, &id, "confirm", &json!({})).expect(200);
    assert_eq!(decline(&id)["status"], "confirmed");
    assert_eq!(
        (&read(&versailles, &id)["status"], schools(&versailles, &id)),
        (&json!("confirmed"), vec![VERSAILLES.to_owned()])
    );
    // What was stated has been taken back: it goes without the one that leaves, and stays planned.
    let id = planned(&text, &[CRETEIL, VERSAILLES]);
    act(&versailles, &id, "confirm", &json!({})).expect(200);
    edit(&text.association, &id, &json!({ "accessibility": null })).expect(200);
    assert_eq!(decline(&id)["status"], "planned");
    assert_eq!(schools(&versailles, &id), [VERSAILLES]);
});

both!(a_request_of_several_is_withdrawn_by_each_for_itself, |world| {
    let text = reference(world);
    let versailles = world.school(VERSAILLES);
    // The first school is in La Réunion: its clock is the one that the others were told.
    let island = uai("974", 1);
    let requested = json!({ "status": "requested", "schools": [{ "uai": island }, { "uai": VERSAILLES }] });
    let id = create(&text.association, &visit(&text, &requested));
    let deleted = versailles.delete(&format!("/v1/actions/{id}"), "*");
    deleted.problem("not_allowed");
    let told = act(&world.school(&island), &id, "cancel", &json!({ "reason": WHY })).expect(200).json;
    assert_eq!((&told["status"], &told["declined_by"][0]["uai"]), (&json!("requested"), &json!(island)));
    assert_eq!(told["sessions"][0]["zone"], "Indian/Reunion");
    let told = act(&versailles, &id, "cancel", &json!({ "reason": WHY })).expect(200).json;
    assert_eq!(told["status"], "cancelled");
});
