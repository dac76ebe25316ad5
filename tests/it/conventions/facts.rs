//! Facts and the ledger: the information before the end (R04), the talks on renewal (R05), through the API.

use passerelle::domain::Instant;
use serde_json::{Value, json};

use crate::support::texts::Text;
use crate::support::{Actor, Response, World};

/// A convention signed on 2024-06-27 for five years, whose association informs the other side six months before the end.
pub fn reference(world: &World) -> Text {
    let text = world.draft();
    let clauses = text.association.list(&text.under("clauses"));
    let clause = clauses.iter().find(|clause| clause["kind"] == "renewal_information").unwrap();
    let says = json!({
        "absent": false, "confirmed": true, "article_id": text.article,
        "parameters": { "value": 6, "unit": "month", "by": "association" },
    });
    let path = format!("/v1/clauses/{}", clause["id"].as_str().unwrap());
    text.association.patch(&path, &text.etag(), &says).expect(200);
    text.association
        .post(
            &text.under("clauses"),
            &json!({ "kind": "renewal_talks", "article_id": text.article, "confirmed": true, "parameters": {} }),
        )
        .expect(201);
    text.signed_by_both("2024-06-27");
    text
}

/// Lets time pass until a day, at ten in Paris.
pub fn until(world: &World, day: &str) {
    let then: Instant = format!("{day}T09:00:00Z").parse().unwrap();
    world.pass_seconds((then.as_micros() - world.now().as_micros()) / 1_000_000);
}

fn told(world: &World, actor: &Actor, text: &Text, kind: &str, party: usize, on: &str) -> Response {
    let fact = json!({ "kind": kind, "done_by": text.parties[party], "occurred_on": on });
    world.afresh(actor).post(&text.under("facts"), &fact)
}

/// Rule and status of each duty.
fn ledger(world: &World, actor: &Actor, text: &Text, query: &str) -> Vec<(String, String)> {
    let read = world.afresh(actor).get(&format!("{}?{query}", text.under("obligations"))).expect(200).json;
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    read["items"].as_array().unwrap().iter().map(|duty| (word(&duty["rule"]), word(&duty["status"]))).collect()
}

fn pairs(all: [(&str, &str); 2]) -> Vec<(String, String)> {
    all.map(|(rule, status)| (rule.to_owned(), status.to_owned())).into()
}

both!(the_information_before_the_end_is_overdue_then_met, |world| {
    let text = reference(world);
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let status = |on: &str| association.get(&format!("{}?as_of={on}", text.path())).expect(200).json["status"].clone();
    assert_eq!((status("2029-06-27"), status("2029-06-28")), (json!("in_force"), json!("expired")));
    let on = |day: &str| ledger(world, &association, &text, &format!("as_of={day}"));
    assert_eq!(on("2028-12-25"), pairs([("R04", "not_yet"), ("R05", "not_yet")]));
    assert_eq!(on("2028-12-26"), pairs([("R04", "due"), ("R05", "not_yet")]));
    assert_eq!(on("2028-12-27"), pairs([("R04", "due"), ("R05", "not_yet")]));
    assert_eq!(on("2028-12-28"), pairs([("R04", "overdue"), ("R05", "not_yet")]));
    let duty = association.get(&format!("{}?as_of=2028-12-28", text.under("obligations"))).expect(200).json["items"][0]
        .clone();
    assert_eq!((&duty["article"], &duty["owed_by"]), (&json!("11"), &json!("association")));
    assert_eq!((&duty["due_on"], &duty["deadline_on"]), (&json!("2028-12-26"), &json!("2028-12-27")));
    told(world, &association, &text, "expiry_information", 1, "2028-12-20").problem("future_date");
    // It was given in time, and is recorded in January.
    until(world, "2029-01-10");
    let before = world.now();
    let fact = told(world, &association, &text, "expiry_information", 1, "2028-12-20").expect(201);
    assert_eq!((&fact.json["warnings"], &fact.json["for_another"]), (&json!([]), &json!(false)));
    assert_eq!(on("2028-12-19"), pairs([("R04", "not_yet"), ("R05", "not_yet")]));
    assert_eq!(on("2028-12-28"), pairs([("R04", "met"), ("R05", "due")]));
    world.pass_seconds(60);
    let known = format!("as_of=2028-12-28&known_at={}", before.plus_seconds(-1));
    assert_eq!(ledger(world, &association, &text, &known), pairs([("R04", "overdue"), ("R05", "not_yet")]));
    let duty = world.afresh(&ministry).get(&text.under("obligations")).expect(200).json["items"][0].clone();
    assert_eq!((&duty["met_on"], &duty["proof"]), (&json!("2028-12-20"), &json!([fact.id()])));
    let flags = |day: &str| {
        world.afresh(&association).get(&format!("{}?as_of={day}", text.path())).expect(200).json["flags"].clone()
    };
    assert_eq!((flags("2028-12-19"), flags("2028-12-20")), (json!([]), json!(["expiry_notified"])));
    assert_eq!(flags("2029-06-28"), json!([]));
    told(world, &ministry, &text, "renewal_talks", 0, "2029-01-10").expect(201);
    assert_eq!(on("2029-01-10"), pairs([("R04", "met"), ("R05", "met")]));
    assert_eq!(flags("2029-01-10"), json!(["expiry_notified", "renewal_talks"]));
});

both!(a_late_or_wrong_information_is_kept_with_its_warning, |world| {
    let text = reference(world);
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    until(world, "2029-01-10");
    let late = told(world, &association, &text, "expiry_information", 1, "2029-01-06").expect(201).json;
    let warning = &late["warnings"][0];
    assert_eq!(
        (&warning["rule"], &warning["code"], &warning["article"]),
        (&json!("R04"), &json!("late"), &json!("11"))
    );
    assert_eq!(warning["computed"]["late_by_days"], 10);
    assert_eq!(ledger(world, &association, &text, "")[0].1, "met_late");
    // The ministry's word is no information: it owes none.
    let wrong = told(world, &ministry, &text, "expiry_information", 0, "2028-12-01").expect(201).json;
    assert_eq!(wrong["warnings"][0]["code"], "without_effect");
    assert_eq!(ledger(world, &association, &text, "")[0].1, "met_late");
    // A correction: it was given in December. The old record stays visible.
    let fact = json!({ "kind": "expiry_information", "done_by": text.parties[1], "occurred_on": "2028-12-06", "replaces": late["id"] });
    let author = world.afresh(&association);
    let corrected = author.post(&text.under("facts"), &fact).expect(201);
    assert_eq!(ledger(world, &association, &text, "")[0].1, "met");
    let old = author.get(&format!("/v1/facts/{}", late["id"].as_str().unwrap())).expect(200).json;
    assert_ne!(old["replaced_at"], Value::Null);
    let again = author.post(&text.under("facts"), &fact).problem("invalid_body");
    assert_eq!(again.faults(), [("/replaces".to_owned(), "unknown_reference".to_owned())]);
    let kind = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2028-12-06", "replaces": corrected.id() });
    assert_eq!(author.post(&text.under("facts"), &kind).problem("invalid_body").faults()[0].0, "/replaces");
    assert_eq!(author.list(&text.under("facts")).len(), 3);
    assert_eq!(author.list(&format!("{}?kind=renewal_talks", text.under("facts"))).len(), 0);
});

both!(what_another_recorded_is_acknowledged_or_contested, |world| {
    let text = reference(world);
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    until(world, "2029-01-10");
    let fact = told(world, &ministry, &text, "expiry_information", 1, "2028-12-20").expect(201);
    assert_eq!((&fact.json["for_another"], &fact.json["answer"]), (&json!(true), &Value::Null));
    let path = format!("/v1/facts/{}", fact.id());
    let (association, ministry) = (world.afresh(&association), world.afresh(&ministry));
    let answer = |actor: &Actor, act: &str, etag: &str| {
        actor.ask("POST", &format!("{path}/{act}")).header("If-Match", etag).json(&json!({ "note": "Non." })).send()
    };
    answer(&ministry, "contest", "*").problem("not_allowed");
    answer(&world.operator(), "contest", "*").problem("not_found");
    answer(&association, "contest", "\"1\"").problem("version_mismatch");
    association.ask("POST", &format!("{path}/contest")).json(&json!({})).send().problem("precondition_required");
    let etag = association.get(&path).expect(200).etag();
    let at = world.now();
    world.pass_seconds(10);
    let contested = answer(&association, "contest", &etag).expect(200);
    assert_eq!((&contested.json["answer"], &contested.json["answer_note"]), (&json!("contested"), &json!("Non.")));
    answer(&association, "acknowledge", &contested.etag()).problem("already_answered");
    // Contested, it does not count; as it was known before, it did.
    assert_eq!(ledger(world, &association, &text, "")[0].1, "overdue");
    assert_eq!(ledger(world, &association, &text, &format!("known_at={at}"))[0].1, "met");
    let then = association.list(&format!("{}?known_at={at}", text.under("facts")));
    assert_eq!(then[0]["answer"], Value::Null);
    // One's own is nobody's to answer.
    let own = told(world, &association, &text, "renewal_talks", 1, "2029-01-02").expect(201);
    let own = format!("/v1/facts/{}/contest", own.id());
    association.ask("POST", &own).header("If-Match", "*").json(&json!({})).send().problem("not_allowed");
    ministry.ask("POST", &own).header("If-Match", "*").json(&json!({})).send().problem("not_allowed");
});

both!(who_records_and_what_is_refused, |world| {
    let text = reference(world);
    let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[0], "occurred_on": "2026-11-20" });
    let (academie, stranger) = (world.academie("academie:25"), world.association());
    academie.post(&text.under("facts"), &fact).problem("not_allowed");
    stranger.post(&text.under("facts"), &fact).problem("not_found");
    world.school("0950649P").post(&text.under("facts"), &fact).problem("insufficient_scope");
    academie.get(&text.under("obligations")).expect(200);
    // What the parties say of each other is not for schools, nor for académies that are no party: nowhere, the feed, the
    // proofs and the dossier included.
    let said = text.association.post(&text.under("facts"), &fact).expect(201).id();
    let school = world.school("0950649P");
    text.ministry.get(&format!("/v1/facts/{said}")).expect(200);
    for stranger in [&academie, &school] {
        stranger.get(&text.under("facts")).problem("not_found");
        stranger.get(&format!("/v1/facts/{said}")).problem("not_found");
        stranger.get(&text.under("text")).expect(200);
    }
    let proof = crate::files::attach(&text.association, &format!("fact:{said}")).expect(201).id();
    text.ministry.get(&format!("/v1/files/{proof}")).expect(200);
    academie.get(&format!("/v1/files/{proof}")).problem("not_found");
    let files = |actor: &Actor| actor.list("/v1/files").iter().any(|file| file["id"] == json!(proof));
    assert_eq!((files(&text.ministry), files(&academie)), (true, false));
    world.stamp();
    let kinds = |actor: &Actor| {
        let page = actor.get("/v1/changes?limit=1000").expect(200).json;
        let items = page["items"].as_array().unwrap().clone();
        ["fact", "file"].map(|kind| items.iter().any(|entry| entry["kind"] == kind))
    };
    assert_eq!(kinds(&text.ministry), [true, true]);
    assert_eq!((kinds(&academie), kinds(&school)), ([false, false], [false, false]));
    // The same of what facts make due, and show: a school reads what the text states.
    let raised = json!({ "kind": "dispute_raised", "done_by": text.parties[0], "occurred_on": "2026-11-20" });
    text.association.post(&text.under("facts"), &raised).expect(201);
    let shown = |actor: &Actor| actor.get(&text.path()).expect(200).json["flags"].clone();
    assert_eq!(shown(&text.ministry), json!(["dispute_open", "renewal_talks"]));
    assert_eq!((shown(&academie), shown(&school)), (json!([]), json!([])));
    let proofs = |actor: &Actor| {
        let items = actor.get(&text.under("obligations")).expect(200).json["items"].clone();
        items.as_array().unwrap().iter().map(|duty| duty["proof"].as_array().unwrap().len()).sum::<usize>()
    };
    assert_eq!((proofs(&text.ministry), proofs(&academie), proofs(&school)), (1, 0, 0));
    stranger.get(&text.under("obligations")).problem("not_found");
    let mut wrong = fact.clone();
    wrong["done_by"] = json!(world.new_id().to_string());
    let faults = text.association.post(&text.under("facts"), &wrong).problem("invalid_body").faults();
    assert_eq!(faults, [("/done_by".to_owned(), "unknown_reference".to_owned())]);
    let faults = text.association.post(&text.under("facts"), &json!({ "kind": "gift", "occurred_on": "demain" }));
    assert_eq!(faults.problem("invalid_body").faults().len(), 3);
    let version = text.etag();
    let made = text.association.post(&text.under("facts"), &fact).expect(201);
    assert_ne!(text.etag(), version, "the convention has its next version");
    // With a file as its proof.
    let proof = crate::files::attach(&text.association, &format!("fact:{}", made.id())).expect(201);
    assert_eq!(proof.json["convention_id"], text.id);
    // A convention without the clause owes nothing.
    let silent = world.in_force("2026-11-20");
    assert_eq!(silent.association.get(&silent.under("obligations")).expect(200).json["items"], json!([]));
    silent.association.get(&format!("{}?as_of=2026-13-01", silent.under("obligations"))).problem("invalid_parameters");
});

both!(a_second_convention_has_a_ledger_of_its_own, |world| {
    // Three years, tacit renewal by the year, three months' notice owed by either side.
    let text = world.draft();
    let set = |kind: &str, says: Value| {
        let clauses = text.association.list(&text.under("clauses"));
        let known = clauses.iter().find(|clause| clause["kind"] == kind);
        if let Some(clause) = known {
            let path = format!("/v1/clauses/{}", clause["id"].as_str().unwrap());
            text.association.patch(&path, &text.etag(), &says).expect(200);
        } else {
            let mut new = says;
            new["kind"] = json!(kind);
            text.association.post(&text.under("clauses"), &new).expect(201);
        }
    };
    set("duration", json!({ "parameters": { "value": 3, "unit": "year" } }));
    set("tacit_renewal", json!({ "confirmed": true, "parameters": { "allowed": true, "value": 1, "unit": "year" } }));
    set(
        "renewal_information",
        json!({ "absent": false, "confirmed": true, "parameters": { "value": 3, "unit": "month" } }),
    );
    text.signed_by_both("2024-06-27");
    let duty = |on: &str| {
        let ledger = text.association.get(&format!("{}?as_of={on}", text.under("obligations"))).expect(200).json;
        ledger["items"].as_array().unwrap().iter().rfind(|duty| duty["rule"] == "R04").unwrap().clone()
    };
    let first = duty("2027-03-01");
    assert_eq!(
        (&first["key"], &first["deadline_on"], &first["owed_by"]),
        (&json!("R04/0"), &json!("2027-03-27"), &Value::Null)
    );
    assert_eq!(first["article"], Value::Null);
    let second = duty("2027-07-01");
    assert_eq!((&second["key"], &second["deadline_on"]), (&json!("R04/1"), &json!("2028-03-27")));
});

both!(the_table_of_deadlines, |world| {
    until(world, "2031-01-06");
    for (signed, rule, deadline_on, due_on) in [
        ("2024-06-27", "anniversary", "2028-12-27", "2028-12-26"),
        ("2024-06-27", "eve", "2028-12-26", "2028-12-26"),
        ("2024-02-29", "anniversary", "2028-08-28", "2028-08-28"),
        ("2023-02-28", "anniversary", "2027-08-28", "2027-08-27"),
        ("2024-08-31", "anniversary", "2029-02-28", "2029-02-28"),
        ("2023-08-31", "anniversary", "2028-02-29", "2028-02-29"),
        ("2024-10-31", "anniversary", "2029-04-30", "2029-04-30"),
        ("2025-03-30", "anniversary", "2029-09-30", "2029-09-29"),
    ] {
        let text = crate::conventions::ends::whole_signed(world, &json!({ "last_day_rule": rule }), signed);
        let read = text.association.get(&text.under("obligations")).expect(200).json;
        let duty = read["items"].as_array().unwrap().iter().find(|duty| duty["rule"] == "R04").unwrap();
        assert_eq!(
            (duty["deadline_on"].as_str(), duty["due_on"].as_str()),
            (Some(deadline_on), Some(due_on)),
            "{signed} {rule}"
        );
        assert_eq!(duty["computed"]["last_day_rule"], rule);
        // Informed on 27 December 2028: on time by one reading, late by a day by the other.
        if signed == "2024-06-27" {
            let fact = told(world, &text.association, &text, "expiry_information", 1, "2028-12-27").expect(201).json;
            let late = fact["warnings"][0]["computed"]["late_by_days"].as_u64().unwrap_or(0);
            assert_eq!(late, u64::from(rule == "eve"));
        }
    }
});

both!(a_correction_of_what_was_acknowledged_waits_for_its_party, |world| {
    let text = reference(world);
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    until(world, "2029-01-10");
    let informed = |on: &str, replaces: Option<&str>| {
        let fact = json!({ "kind": "expiry_information", "done_by": text.parties[1], "occurred_on": on, "replaces": replaces });
        world.afresh(&ministry).post(&text.under("facts"), &fact)
    };
    let answer = |id: &str, act: &str| {
        let actor = world.afresh(&association);
        let path = format!("/v1/facts/{id}");
        let etag = actor.get(&path).expect(200).etag();
        actor.ask("POST", &format!("{path}/{act}")).header("If-Match", &etag).json(&json!({})).send().expect(200)
    };
    let told = |id: &str| world.afresh(&association).get(&format!("/v1/facts/{id}")).expect(200).json;
    let met = || {
        let read = world.afresh(&association).get(&text.under("obligations")).expect(200).json;
        read["items"][0]["met_on"].clone()
    };
    let first = informed("2028-12-20", None).expect(201).id();
    answer(&first, "acknowledge");
    // The ministry's second thoughts wait for who acknowledged the first.
    let second = informed("2028-12-26", Some(&first)).expect(201);
    assert_eq!(second.json["warnings"][0]["code"], "without_effect");
    assert_eq!((met(), told(&first)["replaced_at"].clone()), (json!("2028-12-20"), Value::Null));
    answer(&second.id(), "contest");
    assert_eq!((met(), told(&first)["replaced_at"].clone()), (json!("2028-12-20"), Value::Null));
    // Of a contested correction the next one takes the place, and once acknowledged that of the first too.
    let again = informed("2028-12-27", Some(&first)).problem("invalid_body");
    assert_eq!(again.faults(), [("/replaces".to_owned(), "unknown_reference".to_owned())]);
    let third = informed("2028-12-27", Some(&second.id())).expect(201).id();
    assert_eq!(met(), "2028-12-20");
    answer(&third, "acknowledge");
    assert_eq!(met(), "2028-12-27");
    assert_ne!(told(&first)["replaced_at"], Value::Null);
    // Its own word needs nobody's.
    let fact = json!({ "kind": "expiry_information", "done_by": text.parties[1], "occurred_on": "2028-12-21", "replaces": third });
    world.afresh(&association).post(&text.under("facts"), &fact).expect(201);
    assert_eq!(met(), "2028-12-21");
});

both!(one_party_alone_does_not_undo_what_binds_another, |world| {
    let text = crate::obligations::reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let tell = |actor: &Actor, fact: Value| world.afresh(actor).post(&text.under("facts"), &fact);
    let party = |side: &str| text.id_of(&format!("party {side}")).to_owned();
    let fact = |kind: &str, side: &str, on: &str| json!({ "kind": kind, "done_by": party(side), "occurred_on": on });
    let with = |mut fact: Value, more: Value| {
        for (member, value) in more.as_object().unwrap() {
            fact[member] = value.clone();
        }
        fact
    };
    let end = || world.afresh(association).get(&text.path()).expect(200).json["ends_on"].clone();
    let sent = tell(association, fact("termination_sent", "association", "2026-10-20")).expect(201).id();
    let received = with(fact("termination_received", "ministry", "2026-10-23"), json!({ "refers_to": sent }));
    let received = tell(ministry, received).expect(201).id();
    assert_eq!(end(), "2027-04-23");
    // The day that a notice names, once it was received; who sent or received it, once that was followed or answered.
    let later = with(
        fact("termination_sent", "association", "2026-10-20"),
        json!({ "replaces": sent, "effective_on": "2029-07-01" }),
    );
    tell(association, later).problem("in_use");
    let other = with(fact("termination_sent", "ministry", "2026-10-20"), json!({ "replaces": sent }));
    tell(association, other).problem("in_use");
    assert_eq!(end(), "2027-04-23");
    // A slip of the day is still corrected by who made it.
    let moved = with(fact("termination_sent", "association", "2026-10-21"), json!({ "replaces": sent }));
    let sent = tell(association, moved).expect(201).id();
    let moved = json!({ "replaces": received, "refers_to": sent });
    tell(ministry, with(fact("termination_received", "ministry", "2026-10-24"), moved)).expect(201);
    assert_eq!(end(), "2027-04-24");
    // What all have consented to is no one's to move.
    let agreed =
        |side: &str, end: &str| with(fact("termination_agreed", side, "2026-11-20"), json!({ "effective_on": end }));
    let own = tell(association, agreed("association", "2026-12-31")).expect(201).id();
    let slip =
        tell(association, with(agreed("association", "2026-12-30"), json!({ "replaces": own }))).expect(201).id();
    tell(ministry, agreed("ministry", "2026-12-30")).expect(201);
    assert_eq!(end(), "2026-12-30");
    tell(association, with(agreed("association", "2028-12-31"), json!({ "replaces": slip }))).problem("in_use");
    assert_eq!(end(), "2026-12-30");
});

both!(who_did_what_was_acknowledged_stays, |world| {
    let text = reference(world);
    let meeting = json!({ "kind": "meeting_held", "done_by": text.parties[1], "occurred_on": "2026-05-05" });
    let held = text.ministry.post(&text.under("facts"), &meeting).expect(201).id();
    let path = format!("/v1/facts/{held}/acknowledge");
    text.association.ask("POST", &path).header("If-Match", "*").json(&json!({})).send().expect(200);
    let own =
        json!({ "kind": "meeting_held", "done_by": text.parties[0], "occurred_on": "2026-08-05", "replaces": held });
    text.ministry.post(&text.under("facts"), &own).problem("in_use");
    // A contested correction leaves the first to be answered, where it was not.
    let told = |on: &str, replaces: Option<&str>| {
        let fact =
            json!({ "kind": "meeting_held", "done_by": text.parties[1], "occurred_on": on, "replaces": replaces });
        text.ministry.post(&text.under("facts"), &fact).expect(201).id()
    };
    let first = told("2026-06-05", None);
    let second = told("2026-06-06", Some(&first));
    let waiting = || {
        let items = text.association.get("/v1/todo").expect(200).json["items"].clone();
        let mut ids: Vec<String> = items
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["kind"] == "fact_answer")
            .map(|item| item["resource_id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(waiting(), std::slice::from_ref(&second));
    let path = format!("/v1/facts/{second}/contest");
    text.association.ask("POST", &path).header("If-Match", "*").json(&json!({})).send().expect(200);
    assert_eq!(waiting(), [first]);
});
