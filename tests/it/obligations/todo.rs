//! What waits for the caller's organisation, most urgent first.

use serde_json::{Value, json};

use super::{ledger, lines, party_of, reference, told, unsigned, until};
use crate::conventions::{Signs, each};
use crate::support::{Actor, World};

fn todo(world: &World, actor: &Actor) -> Vec<Value> {
    let read = world.afresh(actor).get("/v1/todo?limit=200").expect(200).json;
    assert_eq!(read["more"], false);
    read["items"].as_array().unwrap().clone()
}

fn kinds(items: &[Value]) -> Vec<String> {
    each(items, "kind")
}

both!(whoever_owes_nothing_has_nothing_to_do, |world| {
    reference(world);
    for actor in [world.operator(), world.school("0950649P"), world.academie("academie:25"), world.association()] {
        let read = actor.get("/v1/todo").expect(200).json;
        assert_eq!(read, json!({ "as_of": "2026-11-23", "items": [], "more": false }));
    }
    world.observer().get("/v1/todo").problem("insufficient_scope");
    for bad in ["limit=0", "limit=201", "limit=x", "sort=title"] {
        world.association().get(&format!("/v1/todo?{bad}")).problem("invalid_parameters");
    }
});

both!(duties_due_and_overdue_of_the_party_that_owes_them, |world| {
    let text = reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let items = todo(world, association);
    assert_eq!(each(&items, "deadline_on"), ["2025-06-27", "2026-06-27"]);
    let first = &items[0];
    assert_eq!((&first["urgency"], &first["status"]), (&json!("overdue"), &json!("overdue")));
    assert_eq!(first["days_left"], -514);
    assert_eq!(first["address"], text.under("facts"));
    assert_eq!(
        (&first["convention_id"], &first["convention_title"]),
        (&json!(text.id), &json!("Convention de coopération"))
    );
    let duty = association.get(&format!("/v1/obligations/{}", first["resource_id"].as_str().unwrap())).expect(200).json;
    assert_eq!((&duty["key"], &duty["what"]), (&json!("R11/1"), &first["title"]));
    // Recorded where it says, they wait no more; the minutes do, for the party that proposes them.
    for on in ["2025-03-10", "2026-03-10"] {
        told(world, ministry, &text, "meeting_held", "state", on, json!({})).expect(201);
    }
    let items = todo(world, association);
    assert_eq!(each(&items, "due_on"), ["2025-03-10", "2026-03-10"]);
    assert!(items.iter().all(|item| item["urgency"] == "due" && item["days_left"].is_null()));
    assert!(todo(world, ministry).is_empty());
    // Once it has validated its own, it waits for nobody's but the ministry's.
    let first = ledger(world, association, &text, "").into_iter().find(|duty| duty["rule"] == "R17").unwrap();
    let meeting = first["key"].as_str().unwrap().trim_start_matches("R17/").to_owned();
    let validates = |actor: &Actor, side: &str| {
        told(world, actor, &text, "minutes_validated", side, "2026-11-20", json!({ "refers_to": meeting })).expect(201);
    };
    validates(association, "association");
    assert_eq!(todo(world, association).len(), 1);
    let items = todo(world, ministry);
    assert_eq!((items.len(), &items[0]["due_on"], &items[0]["urgency"]), (1, &json!("2026-11-20"), &json!("due")));
    assert!(items[0]["title"]["fr"].as_str().unwrap().starts_with("Valider le compte rendu"), "{items:?}");
    validates(ministry, "state");
    assert!(todo(world, ministry).is_empty());
    // A school reads neither the facts nor what they make due.
    assert!(todo(world, &world.school("0950649P")).is_empty());
    // The information is the association's to give: on the day, and from the day after, late.
    until(world, "2028-12-25");
    let informing = |actor: &Actor| {
        let items = todo(world, actor);
        items.into_iter().find(|item| item["due_on"] == "2028-12-26")
    };
    assert_eq!(informing(association), None);
    until(world, "2028-12-26");
    let item = informing(association).unwrap();
    assert_eq!((&item["urgency"], &item["days_left"]), (&json!("due"), &json!(1)));
    until(world, "2028-12-28");
    let item = informing(association).unwrap();
    assert_eq!((&item["urgency"], &item["days_left"]), (&json!("overdue"), &json!(-1)));
    assert_eq!(informing(ministry), None);
    // What is late comes first.
    let order = each(&todo(world, association), "urgency");
    assert!(
        order.is_sorted_by_key(|urgency| ["overdue", "due", "waiting"].iter().position(|u| u == urgency)),
        "{order:?}"
    );
    // Once it has ended, only the minutes are still to be drawn up.
    until(world, "2029-06-28");
    assert!(todo(world, association).iter().all(|item| item["deadline_on"].is_null()));
});

both!(a_convention_ready_to_be_signed, |world| {
    let text = unsigned(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let waits = |actor: &Actor| kinds(&todo(world, actor));
    assert_eq!((waits(association), waits(ministry)), (vec!["signature".to_owned()], vec!["signature".to_owned()]));
    let item = &todo(world, ministry)[0];
    assert_eq!((&item["address"], &item["resource_id"]), (&json!(text.under("signatures")), &json!(text.id)));
    assert_eq!(
        (&item["urgency"], &item["since"], &item["status"]),
        (&json!("waiting"), &json!("2026-11-23"), &Value::Null)
    );
    association.signs(&text, "2026-11-20").expect(201);
    assert_eq!((waits(association), waits(ministry)), (vec![], vec!["signature".to_owned()]));
    // A change voids the signature: it waits again.
    text.change("", &json!({ "title": "Convention corrigée" })).expect(200);
    assert_eq!(waits(association), ["signature"]);
    // Not while its terms are to be settled.
    let clause = format!("/v1/clauses/{}", text.id_of("clause termination"));
    text.change(&clause, &json!({ "confirmed": false })).expect(200);
    assert_eq!(waits(association), ["clause_confirmation"]);
    let confirm = &todo(world, association)[0];
    assert_eq!(
        (&confirm["address"], &confirm["title"]["fr"]),
        (&json!(text.under("confirm-clauses")), &json!("Confirmer la clause proposée"))
    );
    association.act(&text.under("confirm-clauses"), "*").expect(200);
    association.signs(&text, "2026-11-20").expect(201);
    ministry.signs(&text, "2026-11-20").expect(201);
    assert!(waits(association).is_empty() && waits(ministry).is_empty());
    // Alone, nobody signs.
    let alone = crate::conventions::draft(world).with_party("own", association, "association");
    assert!(todo(world, association).iter().all(|item| item["convention_id"] != alone.id));
});

both!(what_another_recorded_waits_for_an_answer, |world| {
    let text = reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let facts = |actor: &Actor| {
        let items = todo(world, actor);
        items.into_iter().filter(|item| item["kind"] == "fact_answer").collect::<Vec<_>>()
    };
    let own = told(world, association, &text, "renewal_talks", "association", "2026-11-20", json!({})).expect(201);
    assert!(facts(association).is_empty() && facts(ministry).is_empty(), "one's own is nobody's to answer");
    let fact = told(world, ministry, &text, "unauthorised_use", "association", "2026-11-20", json!({})).expect(201);
    let waiting = facts(association);
    assert_eq!(each(&waiting, "resource_id"), [fact.id()]);
    assert_eq!(waiting[0]["address"], format!("/v1/facts/{}/acknowledge", fact.id()));
    assert_eq!(waiting[0]["title"]["en"], "Acknowledge or contest: Unauthorised use");
    assert!(facts(ministry).is_empty());
    world
        .afresh(association)
        .ask("POST", waiting[0]["address"].as_str().unwrap())
        .header("If-Match", "*")
        .json(&json!({}))
        .send()
        .expect(200);
    assert!(facts(association).is_empty());
    let _ = own;
});

both!(the_limit_says_whether_there_is_more, |world| {
    let text = reference(world);
    let page = text.association.get("/v1/todo?limit=1").expect(200).json;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["more"]), (1, &json!(true)));
    let page = text.association.get("/v1/todo?limit=2").expect(200).json;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["more"]), (2, &json!(false)));
});

both!(an_amendment_waits_for_the_party_that_has_not_signed_it, |world| {
    let text = reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let amendment = world.new_id();
    let insert = |changes: &str| {
        let id =
            if world.on_postgres() { format!("'{amendment}'") } else { format!("X'{}'", hex(&amendment.to_string())) };
        let convention = if world.on_postgres() { format!("'{}'", text.id) } else { format!("X'{}'", hex(&text.id)) };
        world.sql(&format!(
            "INSERT INTO amendments (id, convention_id, position, title, edits, clause_changes, warnings, content_hash, \
             created_at, updated_at) VALUES ({id}, {convention}, 1, 'Avenant', '[]', '{changes}', '[]', 'sha256:0', 0, 0)"
        ));
    };
    let waits = |actor: &Actor| {
        let items = todo(world, actor);
        items.into_iter().filter(|item| item["kind"] == "amendment_signature").collect::<Vec<_>>()
    };
    insert(r#"[{"confirmed": true}, {"confirmed": false}]"#);
    assert!(waits(association).is_empty(), "a change of a clause is to be confirmed first");
    for actor in [association, ministry] {
        let items = todo(world, actor);
        let confirm = items.iter().find(|item| item["kind"] == "clause_confirmation").expect("it waits for both");
        assert_eq!(confirm["address"], format!("/v1/amendments/{amendment}/confirm-clauses"));
        assert_eq!(confirm["title"]["fr"], "Confirmer les changements de clauses de l'avenant n° 1");
    }
    world.sql("UPDATE amendments SET clause_changes = '[{\"confirmed\": true}]'");
    assert!(todo(world, association).iter().all(|item| item["kind"] != "clause_confirmation"));
    let item = &waits(association)[0];
    assert_eq!(
        (&item["resource_id"], &item["title"]["fr"]),
        (&json!(amendment.to_string()), &json!("Signer l'avenant n° 1"))
    );
    assert_eq!(waits(ministry).len(), 1);
    let bytes = |id: &str| if world.on_postgres() { format!("'{id}'") } else { format!("X'{}'", hex(id)) };
    world.sql(&format!(
        "INSERT INTO amendment_signatures (id, convention_id, amendment_id, position, party_id, signatory, signatory_key, \
         function, signed_on, content_hash, recorded_by, recorded_at) VALUES ({}, {}, {}, 1, {}, 'A', 'a', 'f', \
         '2026-11-20', 'sha256:0', {}, 0)",
        bytes(&world.new_id().to_string()),
        bytes(&text.id),
        bytes(&amendment.to_string()),
        bytes(&party_of(&text, "association")),
        bytes(&world.new_id().to_string()),
    ));
    assert_eq!((waits(association).len(), waits(ministry).len()), (0, 1));
});

both!(amendments_wait_in_the_order_of_their_numbers, |world| {
    let text = world.in_force("2026-11-02");
    let numbers = |actor: &Actor| -> Vec<String> {
        let items = world.afresh(actor).get("/v1/todo").expect(200).json["items"].as_array().unwrap().clone();
        let items = items.into_iter().filter(|item| item["kind"] == "amendment_signature");
        items.map(|item| item["title"]["fr"].as_str().unwrap().to_owned()).collect()
    };
    let edit = json!({ "kind": "replace_words", "article": "11", "old": "Cinq ans", "new": "Pour cinq ans" });
    let first = text.amend(&json!({ "title": "Un", "edits": [edit] })).expect(201).id();
    let second = text.amend(&json!({ "title": "Deux" })).expect(201).id();
    assert_eq!(numbers(&text.ministry), ["Signer l'avenant n° 1"]);
    text.sign_amendment(&second, 0, "2026-11-20").problem("out_of_order");
    text.sign_amendment(&first, 0, "2026-11-20").expect(201);
    // The second is not to be signed before the other party has signed the first.
    assert_eq!(
        (numbers(&text.ministry), numbers(&text.association)),
        (vec![], vec!["Signer l'avenant n° 1".to_owned()])
    );
    text.sign_amendment(&first, 1, "2026-11-20").expect(201);
    for actor in [&text.ministry, &text.association] {
        assert_eq!(numbers(actor), ["Signer l'avenant n° 2"]);
    }
});

both!(the_next_duty_is_one_that_can_still_be_done_as_in_what_waits, |world| {
    let text = reference(world);
    let association = &text.association;
    let next = |on: &str| {
        let one =
            world.afresh(association).get(&format!("{}?as_of={on}", text.path())).expect(200).json["next_duty"].clone();
        let listed = world.afresh(association).list(&format!("/v1/conventions?as_of={on}"));
        assert_eq!(listed[0]["next_duty"], one, "{on}");
        // The filter reads the same duty.
        let before = |day: &str| {
            world.afresh(association).list(&format!("/v1/conventions?as_of={on}&next_duty_before={day}")).len()
        };
        if let Some(due) = one["due_on"].as_str() {
            let day: passerelle::domain::CivilDate = due.parse().unwrap();
            assert_eq!((before(due), before(&day.next().to_string())), (0, 1), "{on}");
        } else {
            assert_eq!(before("2100-01-01"), 0, "{on}");
        }
        (one["key"].as_str().unwrap_or("none").to_owned(), one["status"].as_str().unwrap_or("none").to_owned())
    };
    let is = |on: &str, key: &str, status: &str| assert_eq!(next(on), (key.to_owned(), status.to_owned()), "{on}");
    // No meeting was ever held: each year is the next one until its last day, and hides nothing after it.
    is("2025-06-27", "R11/1", "due");
    is("2025-06-28", "R11/2", "not_yet");
    is("2028-06-28", "R04/0", "not_yet");
    is("2028-12-28", "R04/0", "overdue");
    is("2029-06-27", "R04/0", "overdue");
    // Ended: nobody can inform of an end that is past.
    is("2029-06-28", "none", "none");
    let missed = lines(&ledger(world, association, &text, "as_of=2029-06-28&status=overdue"));
    assert_eq!(missed.len(), 6, "the ledger forgets nothing: {missed:?}");
    for day in ["2028-12-28", "2029-06-27", "2029-06-28"] {
        until(world, day);
        let items = todo(world, association);
        let late = items.iter().filter(|item| item["urgency"] == "overdue").count();
        // The information, and four years without a meeting: one held in time may still be recorded.
        assert_eq!(late, if day < "2029-06-28" { 5 } else { 0 }, "{day}");
    }
});

fn hex(id: &str) -> String {
    id.replace('-', "")
}
