//! The ledger of one convention, through the API.

use serde_json::{Value, json};

use super::{ledger, lines, pairs, party_of, reference, second, told, unsigned, until};

const NOT: &str = "not_yet";
const OVER: &str = "overdue";

both!(the_reference_on_the_days_that_matter, |world| {
    let text = reference(world);
    let association = text.association.clone();
    let status = |on: &str| text.status_on(on);
    assert_eq!((status("2029-06-27"), status("2029-06-28")), ("in_force".to_owned(), "expired".to_owned()));
    let dated = |day: &str| {
        let items = ledger(world, &association, &text, &format!("as_of={day}&nature=dated,recurring"));
        lines(&items)
    };
    let years = |status: [&'static str; 5]| (1..=5).map(move |n| (format!("R11/{n}"), status[n - 1].to_owned()));
    let wanted = |information: &str, meetings: [&'static str; 5]| {
        [("R04/0".to_owned(), information.to_owned())].into_iter().chain(years(meetings)).collect::<Vec<_>>()
    };
    assert_eq!(dated("2024-06-27"), wanted(NOT, [NOT, NOT, NOT, NOT, NOT]));
    assert_eq!(dated("2025-06-27"), wanted(NOT, ["due", NOT, NOT, NOT, NOT]));
    assert_eq!(dated("2025-06-28"), wanted(NOT, [OVER, NOT, NOT, NOT, NOT]));
    assert_eq!(dated("2028-12-27"), wanted("due", [OVER, OVER, OVER, OVER, NOT]));
    assert_eq!(dated("2028-12-28"), wanted(OVER, [OVER, OVER, OVER, OVER, NOT]));
    let late = &ledger(world, &association, &text, "as_of=2028-12-28&status=overdue&nature=dated")[0];
    assert_eq!((&late["article"], &late["owed_by"]), (&json!("11"), &json!("association")));
    assert_eq!(late["owed_by_names"], json!(["Partie association"]));
    // Recorded in January, it was given in time.
    until(world, "2029-01-10");
    told(world, &association, &text, "expiry_information", "association", "2028-12-20", json!({})).expect(201);
    assert_eq!(dated("2028-12-28")[0].1, "met");
    let rights = ledger(world, &association, &text, "as_of=2029-06-28&nature=right");
    assert_eq!(lines(&rights), pairs(&[("R06", "void"), ("R07", "void")]));
    let relays = ledger(world, &association, &text, "as_of=2026-01-01&nature=continuous");
    assert_eq!(lines(&relays), pairs(&[("R23/1", "no_evidence"), ("R23/2", "no_evidence")]));
});

both!(a_second_convention_has_a_ledger_of_its_own, |world| {
    let (first, text) = (reference(world), second(world));
    let actor = text.association.clone();
    let on = |day: &str| ledger(world, &actor, &text, &format!("as_of={day}&nature=dated,recurring"));
    assert_eq!(lines(&on("2027-03-27")), pairs(&[("R04/0", "due")]));
    assert_eq!(lines(&on("2027-03-28")), pairs(&[("R04/0", "overdue")]));
    assert_eq!(lines(&on("2027-06-28")), pairs(&[("R04/0", "overdue"), ("R04/1", "not_yet")]));
    let duty = &on("2027-07-01")[1];
    assert_eq!((&duty["deadline_on"], &duty["article"]), (&json!("2028-03-27"), &json!("4")));
    assert_eq!((&duty["owed_by"], duty["owed_by_parties"].as_array().unwrap().len()), (&Value::Null, 2));
    let all = ledger(world, &actor, &text, "as_of=2027-07-01");
    assert!(all.iter().all(|duty| duty["rule"] != "R11"), "no committee, no meeting");
    // The first one owes what its own text says, to its own parties.
    let other = ledger(world, &first.association, &first, "as_of=2027-07-01");
    assert!(other.iter().any(|duty| duty["key"] == "R11/3"));
    text.association.get(&first.under("obligations")).problem("not_found");
});

both!(a_meeting_its_minutes_a_notice_and_a_dispute, |world| {
    let text = reference(world);
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let tell = |kind: &str, side: &str, on: &str, more: Value| {
        told(world, &association, &text, kind, side, on, more).expect(201).id()
    };
    let on = |day: &str, rule: &str| {
        let items = ledger(world, &ministry, &text, &format!("as_of={day}"));
        items.into_iter().filter(|duty| duty["rule"] == rule).collect::<Vec<Value>>()
    };
    let statuses = |day: &str, rule: &str| on(day, rule).iter().map(|d| d["status"].clone()).collect::<Vec<_>>();
    let meeting = tell("meeting_held", "state", "2026-03-10", json!({}));
    assert_eq!(statuses("2026-11-23", "R11"), ["overdue", "met", "not_yet", "not_yet", "not_yet"]);
    assert_eq!(on("2026-11-23", "R11")[1]["proof"], json!([meeting]));
    assert_eq!(on("2026-11-23", "R11")[1]["computed"]["by_civil_year"], json!({ "2025": 0, "2026": 1 }));
    assert_eq!((statuses("2026-03-09", "R17"), statuses("2026-03-10", "R17")), (vec![], vec![json!("due")]));
    tell("minutes_validated", "association", "2026-04-02", json!({ "refers_to": meeting }));
    assert_eq!(statuses("2026-04-01", "R17"), ["due"]);
    assert_eq!(on("2026-04-01", "R17")[0]["owed_by_names"], json!(["Partie association"]));
    // From there on it is the ministry that is awaited; what the association records for it waits for its word.
    let awaited = &on("2026-04-02", "R17")[0];
    assert_eq!((&awaited["status"], &awaited["due_on"]), (&json!("due"), &json!("2026-04-02")));
    assert_eq!(awaited["owed_by_parties"], json!([party_of(&text, "state")]));
    let own = tell("minutes_validated", "state", "2026-04-20", json!({ "refers_to": meeting }));
    assert_eq!(statuses("2026-04-20", "R17"), ["due"]);
    let path = format!("/v1/facts/{own}/acknowledge");
    world.afresh(&ministry).ask("POST", &path).header("If-Match", "*").json(&json!({})).send().expect(200);
    assert_eq!(
        (statuses("2026-04-19", "R17"), statuses("2026-04-20", "R17")),
        (vec![json!("due")], vec![json!("met")])
    );
    let met = &on("2026-04-20", "R17")[0];
    assert_eq!((&met["met_on"], met["proof"].as_array().unwrap().len()), (&json!("2026-04-20"), 2));
    // The clocks change in the night of 29 March 2026.
    let used = tell("unauthorised_use", "association", "2026-03-20", json!({}));
    let sent = tell("formal_notice_sent", "state", "2026-03-23", json!({ "refers_to": used }));
    assert!(statuses("2026-03-23", "R08").is_empty(), "not received yet");
    tell("formal_notice_received", "association", "2026-03-24", json!({ "refers_to": sent }));
    assert_eq!(statuses("2026-04-01", "R08"), ["due"]);
    assert_eq!(statuses("2026-04-02", "R08"), ["overdue"]);
    tell("use_remedied", "association", "2026-04-03", json!({ "refers_to": sent }));
    let remedy = &on("2026-11-23", "R08")[0];
    assert_eq!((&remedy["status"], &remedy["late_by_days"]), (&json!("met_late"), &json!(2)));
    assert_eq!((&remedy["deadline_on"], &remedy["article"]), (&json!("2026-04-01"), &json!("10")));
    let dispute = tell("dispute_raised", "state", "2026-05-04", json!({}));
    assert_eq!(statuses("2026-05-04", "R09"), ["due"]);
    tell("conciliation_opened", "state", "2026-05-20", json!({ "refers_to": dispute }));
    assert_eq!(
        (statuses("2026-05-19", "R09"), statuses("2026-05-20", "R09")),
        (vec![json!("due")], vec![json!("met")])
    );
    // Evidence of a duty without a date, by its key.
    tell("duty_evidenced", "association", "2026-05-04", json!({ "duty": "R23" }));
    assert_eq!(statuses("2026-11-23", "R23"), ["no_evidence", "evidenced", "no_evidence"]);
    let wrong = json!({ "duty": "R24" });
    let faults = told(world, &association, &text, "duty_evidenced", "association", "2026-05-04", wrong)
        .problem("invalid_body")
        .faults();
    assert_eq!(faults[0].0, "/duty", "the text has no such clause");
});

both!(commitments_are_lines_of_each_year, |world| {
    let text = unsigned(world);
    let commitments = json!([
        { "text": "Promouvoir la place des femmes", "party_id": text.id_of("party association") },
        { "text": "Préparer les élèves" },
    ]);
    let preamble = json!({ "preamble": { "body": "Considérant…", "commitments": commitments } });
    text.change("", &preamble).expect(200);
    let text = text.signed("2024-06-20", "2024-06-27");
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let lines = |day: &str| {
        let items = ledger(world, &association, &text, &format!("as_of={day}&nature=continuous"));
        items.into_iter().filter(|duty| duty["rule"] == "E01").collect::<Vec<_>>()
    };
    assert_eq!(lines("2025-06-27").len(), 2);
    let second = lines("2025-06-28");
    assert_eq!(second.len(), 4);
    assert_eq!(second[2]["key"], "commitment/preamble/1/2");
    assert_eq!(second[2]["what"]["fr"], "Promouvoir la place des femmes");
    assert_eq!((&second[2]["window_from"], &second[2]["window_until"]), (&json!("2025-06-28"), &json!("2026-06-27")));
    assert_eq!(second[2]["owed_by_names"], json!(["Partie association"]));
    let evidence = json!({ "duty": "commitment/preamble/1" });
    // What the ministry did is no evidence of the association's commitment.
    told(world, &ministry, &text, "duty_evidenced", "state", "2026-01-10", evidence.clone()).expect(201);
    assert_eq!(lines("2026-01-10")[2]["status"], "no_evidence");
    told(world, &association, &text, "duty_evidenced", "association", "2026-01-10", evidence).expect(201);
    assert_eq!(
        (&lines("2026-01-09")[2]["status"], &lines("2026-01-10")[2]["status"]),
        (&json!("no_evidence"), &json!("evidenced"))
    );
    assert_eq!(lines("2026-01-10")[0]["status"], "no_evidence", "the first year has its own");
});

both!(the_ids_are_those_of_what_is_known_now, |world| {
    let text = reference(world);
    let actor = text.association.clone();
    let now = ledger(world, &actor, &text, "");
    assert!(now.iter().all(|duty| duty["id"].is_string()), "{now:?}");
    let before = world.now();
    world.pass_seconds(5);
    let then = ledger(world, &actor, &text, &format!("known_at={before}"));
    assert!(then.len() == now.len() && then.iter().all(|duty| duty["id"].is_null()));
    for duty in &now {
        let id = duty["id"].as_str().unwrap();
        let one = actor.get(&format!("/v1/obligations/{id}")).expect(200);
        assert_eq!(&one.json, duty);
        assert!(one.etag().starts_with(&format!("\"{}.", text.version())));
    }
    let id = now[0]["id"].as_str().unwrap();
    let later = actor.get(&format!("/v1/obligations/{id}?as_of=2028-12-28")).expect(200).json;
    assert_eq!((&later["status"], &later["as_of"]), (&json!("overdue"), &json!("2028-12-28")));
    world.association().get(&format!("/v1/obligations/{id}")).problem("not_found");
    text.ministry.get(&format!("/v1/obligations/{id}")).expect(200);
    actor.get(&format!("{}?status=late", text.under("obligations"))).problem("invalid_parameters");
});

both!(what_the_text_lets_a_party_do_is_a_right, |world| {
    let draft = unsigned(world);
    let steering = json!({ "minimum_per_year": 1, "regions_invited_by": "Partie state", "experts": true });
    let clause = format!("/v1/clauses/{}", draft.id_of("clause steering"));
    draft.author.patch(&clause, &draft.etag(), &json!({ "parameters": steering })).expect(200);
    let text = draft.signed("2024-06-20", "2024-06-27");
    let rights = |on: &str| ledger(world, &text.association, &text, &format!("as_of={on}&nature=right"));
    let keys = ["R06", "R07", "R14", "R15"];
    let all = |status: &str| keys.map(|key| (key.to_owned(), status.to_owned())).to_vec();
    assert_eq!(lines(&rights("2024-06-26")), []);
    assert_eq!(lines(&rights("2024-06-27")), all("open"));
    assert_eq!(lines(&rights("2029-06-27")), all("open"));
    assert_eq!(lines(&rights("2029-06-28")), all("void"));
    let held = |key: &str| {
        let right = rights("2026-01-01").into_iter().find(|right| right["key"] == key).unwrap();
        (right["article"].clone(), right["owed_by_parties"].as_array().unwrap().len(), right["owed_by"].clone())
    };
    assert_eq!(held("R14"), (json!("9"), 1, json!(null)), "the ministry invites");
    assert_eq!(held("R15"), (json!("9"), 2, json!(null)));
    assert!(rights("2026-01-01").iter().all(|right| right["due_on"].is_null() && right["deadline_on"].is_null()));
    // Nobody is reminded of a right, nor has it to do; it is found by its rule.
    let asked = world.afresh(&text.association).list("/v1/obligations?rule=R14,R15");
    assert_eq!(asked.len(), 2);
    let overdue = world.afresh(&text.association).list("/v1/obligations?status=due,overdue");
    assert!(overdue.iter().all(|duty| duty["nature"] != "right"), "{overdue:?}");
    let todo = world.afresh(&text.ministry).get("/v1/todo").expect(200).json;
    assert!(
        todo["items"].as_array().unwrap().iter().all(|item| item["title"]["en"].as_str().unwrap().contains("meet")),
        "{todo}"
    );
    world.afresh(&text.association).get("/v1/obligations?rule=E03").problem("invalid_parameters");
});
