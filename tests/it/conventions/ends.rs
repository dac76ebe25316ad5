//! What ends a convention, recorded as it happened: termination (R07), formal notice and lapse (R08), disputes (R09),
//! abandonment (R01), through the API, day by day.

use serde_json::{Value, json};

use super::facts::{reference, until};
use crate::support::texts::Text;
use crate::support::{Actor, Response, World};

/// A fact of a party (0 the ministry's, 1 the association's), with more members.
pub fn record(world: &World, actor: &Actor, text: &Text, kind: &str, party: usize, on: &str, more: &Value) -> Response {
    let mut fact = json!({ "kind": kind, "done_by": text.parties[party], "occurred_on": on });
    fact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.afresh(actor).post(&text.under("facts"), &fact)
}

fn of(fact: &Response) -> Value {
    json!({ "refers_to": fact.id() })
}

/// Status and flags on a day.
fn on(world: &World, text: &Text, day: &str) -> (String, Vec<String>) {
    let read = world.afresh(&text.association).get(&format!("{}?as_of={day}", text.path())).expect(200).json;
    let flags = read["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap().to_owned()).collect();
    (read["status"].as_str().unwrap().to_owned(), flags)
}

#[track_caller]
fn is(world: &World, text: &Text, expected: &[(&str, &str, &[&str])]) {
    for (day, status, flags) in expected {
        assert_eq!(
            on(world, text, day),
            ((*status).to_owned(), flags.iter().map(|f| (*f).to_owned()).collect()),
            "{day}"
        );
        // The list says and filters the same.
        let listed = world.afresh(&text.association).list(&format!("/v1/conventions?as_of={day}&status={status}"));
        assert!(listed.iter().any(|row| row["id"] == text.id && row["status"] == *status), "{day} {status}");
    }
}

/// The reference with eight days to remedy (article 10), conciliation (article 12) and six months' notice (article 12).
pub fn whole(world: &World, more: &Value) -> Text {
    whole_signed(world, more, "2024-06-27")
}

pub fn whole_signed(world: &World, more: &Value, signed_on: &str) -> Text {
    let mut new = json!({ "title": "Convention de coopération", "document_type": "convention de coopération",
        "level": "national", "territory": "national" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let text = world.draft_of(new);
    let article = |number: &str| {
        text.association.post(&text.under("articles"), &json!({ "number": number, "body": "Texte." })).expect(201).id()
    };
    let (ten, twelve) = (article("10"), article("12"));
    let clauses = text.association.list(&text.under("clauses"));
    let say = |kind: &str, says: Value| {
        let clause = clauses.iter().find(|clause| clause["kind"] == kind).unwrap();
        let path = format!("/v1/clauses/{}", clause["id"].as_str().unwrap());
        text.association.patch(&path, &text.etag(), &says).expect(200);
    };
    let six_months = json!({ "value": 6, "unit": "month" });
    say("termination", json!({ "absent": false, "article_id": twelve, "parameters": six_months }));
    let mut informed = six_months.clone();
    informed["by"] = json!("association");
    say("renewal_information", json!({ "absent": false, "article_id": text.article, "parameters": informed }));
    for clause in [
        json!({ "kind": "cure_period", "article_id": ten, "confirmed": true, "parameters": { "value": 8, "unit": "day" } }),
        json!({ "kind": "dispute", "article_id": twelve, "confirmed": true }),
    ] {
        text.association.post(&text.under("clauses"), &clause).expect(201);
    }
    text.signed_by_both(signed_on);
    text
}

both!(a_termination_ends_it_six_months_after_reception, |world| {
    let text = whole(world, &json!({}));
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let sent = record(world, &association, &text, "termination_sent", 1, "2026-11-20", &json!({})).expect(201);
    assert_eq!(on(world, &text, "2027-06-01").0, "in_force", "not received yet");
    let received = |on: &str, more: Value| {
        let mut more = more;
        more["refers_to"] = json!(sent.id());
        record(world, &ministry, &text, "termination_received", 0, on, &more)
    };
    // The earliest is 23 May 2027: the day before is refused, with rule, article and dates.
    let refused = received("2026-11-23", json!({ "effective_on": "2027-05-22" })).problem("too_early");
    assert_eq!((refused.status, &refused.json["rule"], &refused.json["article"]), (422, &json!("R07"), &json!("12")));
    assert_eq!(
        refused.json["computed"],
        json!({ "received_on": "2026-11-23", "effective_on": "2027-05-22", "earliest": "2027-05-23" })
    );
    received("2026-11-19", json!({})).problem("received_before_sent");
    received("2026-11-24", json!({})).problem("future_date");
    assert_eq!(on(world, &text, "2027-06-01").0, "in_force", "a refusal changes nothing");
    received("2026-11-23", json!({ "effective_on": "2027-05-23" })).expect(201);
    is(
        world,
        &text,
        &[
            ("2026-11-22", "in_force", &[]),
            ("2026-11-23", "in_force", &["termination_notified"]),
            ("2027-05-23", "in_force", &["termination_notified"]),
            ("2027-05-24", "terminated", &[]),
            ("2029-06-28", "terminated", &[]),
        ],
    );
    let read = world.afresh(&association).get(&text.path()).expect(200).json;
    assert_eq!(
        (&read["last_day"], &read["ends_on"], &read["end_status"]),
        (&json!("2029-06-27"), &json!("2027-05-23"), &json!("terminated"))
    );
    // As it was known before: nothing ends it but its duration.
    let before = format!("{}?as_of=2027-06-01&known_at=2026-11-23T08:59:59Z", text.path());
    assert_eq!(world.afresh(&association).get(&before).expect(200).json["status"], "draft", "nor was it signed then");
    // Withdrawn, with the other's agreement only.
    until(world, "2027-01-10");
    let withdraw = |actor: &Actor, party: usize, on: &str| {
        record(world, actor, &text, "termination_withdrawn", party, on, &of(&sent)).expect(201).json["warnings"].clone()
    };
    assert_eq!(withdraw(&association, 1, "2027-01-08")[0]["code"], "without_effect");
    assert_eq!(on(world, &text, "2027-05-24").0, "terminated");
    assert_eq!(withdraw(&ministry, 0, "2027-01-10"), json!([]));
    is(world, &text, &[("2027-01-09", "in_force", &["termination_notified"]), ("2027-05-24", "in_force", &[])]);
});

both!(a_notice_ends_on_the_last_day_of_a_short_month_and_never_beyond_the_end, |world| {
    until(world, "2029-04-01");
    for (received_on, effective) in [
        ("2025-08-28", "2026-02-28"),
        ("2025-08-29", "2026-02-28"),
        ("2025-08-30", "2026-02-28"),
        ("2025-08-31", "2026-02-28"),
        ("2023-08-31", "2024-02-29"),
    ] {
        let text = whole_signed(world, &json!({}), if received_on < "2025" { "2023-01-10" } else { "2024-06-27" });
        let sent = record(world, &text.ministry, &text, "termination_sent", 0, received_on, &json!({})).expect(201);
        record(world, &text.association, &text, "termination_received", 1, received_on, &of(&sent)).expect(201);
        let read = text.association.get(&text.path()).expect(200).json;
        assert_eq!(read["ends_on"], effective, "{received_on}");
    }
    let text = whole(world, &json!({}));
    let sent = record(world, &text.ministry, &text, "termination_sent", 0, "2029-03-01", &json!({})).expect(201);
    let received =
        record(world, &text.association, &text, "termination_received", 1, "2029-03-01", &of(&sent)).expect(201);
    let warning = &received.json["warnings"][0];
    assert_eq!((&warning["code"], &warning["article"]), (&json!("without_object"), &json!("12")));
    assert_eq!(warning["computed"], json!({ "effective_on": "2029-09-01", "last_day": "2029-06-27" }));
    is(world, &text, &[("2029-06-28", "expired", &[])]);
    // By its own author nothing is received.
    let text = whole(world, &json!({}));
    let sent = record(world, &text.ministry, &text, "termination_sent", 0, "2029-01-02", &json!({})).expect(201);
    let own = record(world, &text.ministry, &text, "termination_received", 0, "2029-01-02", &of(&sent)).expect(201);
    assert_eq!(own.json["warnings"][0]["code"], "without_effect");
    assert_eq!(text.association.get(&text.path()).expect(200).json["end_status"], "expired");
});

both!(all_parties_together_end_it_on_the_day_they_agree_on, |world| {
    let text = whole(world, &json!({}));
    let agree = |party: usize, on: &str, end: &str| {
        let actor = [&text.ministry, &text.association][party];
        record(world, actor, &text, "termination_agreed", party, on, &json!({ "effective_on": end }))
    };
    agree(0, "2026-11-20", "2026-11-19").problem("too_early");
    record(world, &text.ministry, &text, "termination_agreed", 0, "2026-11-20", &json!({})).problem("invalid_body");
    let one = agree(0, "2026-11-10", "2026-12-31").expect(201);
    assert_eq!(one.json["warnings"][0]["code"], "without_effect");
    assert_eq!(on(world, &text, "2027-01-01").0, "in_force");
    assert_eq!(agree(1, "2026-11-12", "2026-12-31").expect(201).json["warnings"], json!([]));
    is(world, &text, &[("2026-12-31", "in_force", &[]), ("2027-01-01", "terminated", &[])]);
    // What all of them have said alike is no slip of one of them: nobody goes back on it alone.
    let fact = json!({ "kind": "termination_agreed", "done_by": text.parties[0], "occurred_on": "2026-11-10",
        "effective_on": "2027-03-31", "replaces": one.id() });
    text.ministry.post(&text.under("facts"), &fact).problem("in_use");
    is(world, &text, &[("2027-01-01", "terminated", &[])]);
});

both!(a_formal_notice_over_the_change_of_clocks, |world| {
    let text = whole(world, &json!({}));
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let used = record(world, &ministry, &text, "unauthorised_use", 1, "2025-03-20", &json!({})).expect(201);
    let notice = record(world, &ministry, &text, "formal_notice_sent", 0, "2025-03-21", &of(&used)).expect(201);
    assert_eq!(notice.json["warnings"], json!([]));
    record(world, &association, &text, "formal_notice_received", 1, "2025-03-24", &of(&notice)).expect(201);
    is(
        world,
        &text,
        &[
            ("2025-03-20", "in_force", &[]),
            ("2025-03-24", "in_force", &["formal_notice"]),
            ("2025-04-01", "in_force", &["formal_notice"]),
            ("2025-04-02", "in_force", &["lapse_claimed"]),
        ],
    );
    let contested = record(world, &association, &text, "lapse_contested", 1, "2025-04-05", &of(&notice)).expect(201);
    assert_eq!(contested.json["warnings"], json!([]));
    let early = record(world, &ministry, &text, "lapse_acknowledged", 0, "2025-04-01", &of(&notice)).expect(201);
    assert_eq!(early.json["warnings"][0]["computed"]["claimed_from"], "2025-04-02");
    record(world, &ministry, &text, "lapse_acknowledged", 0, "2025-04-06", &of(&notice)).expect(201);
    is(world, &text, &[("2025-06-01", "in_force", &["lapse_claimed"])]);
    let own = record(world, &association, &text, "lapse_acknowledged", 1, "2025-05-20", &of(&notice)).expect(201);
    // From the computed day, not from the day that the last of them said so.
    is(world, &text, &[("2025-04-01", "in_force", &["formal_notice"]), ("2025-04-02", "lapsed", &[])]);
    assert_eq!(own.json["warnings"], json!([]));
    // A remedy that came in time and is recorded late undoes it; a late one would not have.
    let late = record(world, &association, &text, "use_remedied", 1, "2025-04-02", &of(&notice)).expect(201);
    let warning = &late.json["warnings"][0];
    assert_eq!((&warning["code"], &warning["computed"]["late_by_days"]), (&json!("late"), &json!(1)));
    is(world, &text, &[("2025-04-02", "lapsed", &[])]);
    record(world, &association, &text, "use_remedied", 1, "2025-04-01", &of(&notice)).expect(201);
    is(world, &text, &[("2025-03-31", "in_force", &["formal_notice"]), ("2025-04-02", "in_force", &[])]);
});

both!(eight_days_to_remedy, |world| {
    // Over a leap day, and the logo granted until 30 June and used on 1 July.
    for (used_on, received_on, last, claimed) in [
        ("2024-02-20", "2024-02-22", "2024-03-01", "2024-03-02"),
        ("2025-07-01", "2025-07-03", "2025-07-11", "2025-07-12"),
    ] {
        let text = whole_signed(world, &json!({}), "2024-01-10");
        let used = record(world, &text.ministry, &text, "unauthorised_use", 1, used_on, &json!({})).expect(201);
        let notice = record(world, &text.ministry, &text, "formal_notice_sent", 0, received_on, &of(&used)).expect(201);
        record(world, &text.association, &text, "formal_notice_received", 1, received_on, &of(&notice)).expect(201);
        is(world, &text, &[(last, "in_force", &["formal_notice"]), (claimed, "in_force", &["lapse_claimed"])]);
    }
});

both!(a_lapse_by_decision_or_by_the_clause_alone, |world| {
    let text = whole(world, &json!({}));
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let used = record(world, &association, &text, "unauthorised_use", 0, "2024-02-20", &json!({})).expect(201);
    let early = record(world, &association, &text, "formal_notice_sent", 1, "2024-02-22", &of(&used)).expect(201);
    assert_eq!(early.json["warnings"][0]["code"], "without_effect", "before the convention was signed");
    let used = record(world, &association, &text, "unauthorised_use", 0, "2025-02-20", &json!({})).expect(201);
    let notice = record(world, &association, &text, "formal_notice_sent", 1, "2025-02-22", &of(&used)).expect(201);
    let decided = |more: Value| record(world, &association, &text, "lapse_decided", 1, "2025-06-01", &more);
    let faults = decided(of(&notice)).problem("invalid_body").faults();
    assert_eq!(faults, [("/proof".to_owned(), "missing".to_owned())]);
    let unknown = json!({ "refers_to": notice.id(), "proof": [world.new_id().to_string()] });
    assert_eq!(decided(unknown).problem("invalid_body").faults()[0].0, "/proof/0");
    record(world, &ministry, &text, "formal_notice_received", 0, "2025-02-22", &of(&notice)).expect(201);
    let file = crate::files::attach(&association, &format!("convention:{}", text.id)).expect(201);
    let decision = decided(json!({ "refers_to": notice.id(), "proof": [file.id()] })).expect(201);
    assert_eq!(decision.json["warnings"], json!([]));
    is(world, &text, &[("2025-03-02", "in_force", &["formal_notice"]), ("2025-03-03", "lapsed", &[])]);
    // Contested, it has its effect, and says that it is contested.
    record(world, &ministry, &text, "lapse_contested", 0, "2025-06-10", &of(&notice)).expect(201);
    let read = world.afresh(&association).get(&format!("/v1/facts/{}", decision.id())).expect(200).json;
    let warning = &read["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["rule"], &warning["article"]),
        (&json!("contested"), &json!("R08"), &json!("10"))
    );
    assert_eq!(warning["computed"], json!({ "contested_by": text.parties[0], "contested_on": "2025-06-10" }));
    is(world, &text, &[("2025-07-01", "lapsed", &[])]);
    // Where the parties read their clause so, nobody has to acknowledge it, and the delay may run from the sending.
    let text = whole(world, &json!({ "lapse_effect": "automatic", "notice_start": "sent" }));
    let used = record(world, &text.association, &text, "unauthorised_use", 0, "2025-02-20", &json!({})).expect(201);
    let user = record(world, &text.ministry, &text, "formal_notice_sent", 0, "2025-02-21", &of(&used)).expect(201);
    assert_eq!(user.json["warnings"][0]["code"], "without_effect", "the user puts nobody on notice");
    let alone = record(world, &text.association, &text, "formal_notice_sent", 1, "2025-02-21", &json!({})).expect(201);
    assert_eq!(alone.json["warnings"][0]["code"], "without_effect", "nor is there a notice without a use");
    is(world, &text, &[("2025-06-01", "in_force", &[])]);
    record(world, &text.association, &text, "formal_notice_sent", 1, "2025-02-22", &of(&used)).expect(201);
    is(world, &text, &[("2025-03-02", "in_force", &["formal_notice"]), ("2025-03-03", "lapsed", &[])]);
});

both!(a_dispute_and_its_conciliation, |world| {
    let text = whole(world, &json!({}));
    let (association, ministry) = (text.association.clone(), text.ministry.clone());
    let raised = record(world, &association, &text, "dispute_raised", 1, "2026-02-01", &json!({})).expect(201);
    let early = record(world, &association, &text, "litigation_opened", 1, "2026-02-10", &of(&raised)).expect(201);
    let warning = &early.json["warnings"][0];
    assert_eq!(
        (&warning["rule"], &warning["code"], &warning["article"]),
        (&json!("R09"), &json!("breach"), &json!("12"))
    );
    record(world, &ministry, &text, "conciliation_opened", 0, "2026-01-31", &of(&raised)).problem("before_its_cause");
    record(world, &ministry, &text, "conciliation_opened", 0, "2026-02-08", &of(&raised)).expect(201);
    // It had been tried by then, and nobody knew here.
    let path = format!("/v1/facts/{}", early.id());
    assert_eq!(association.get(&path).expect(200).json["warnings"], json!([]));
    let told_of = |actor: &Actor| {
        let read = world.afresh(actor).get(&text.path()).expect(200).json;
        let acts = read["allowed_acts"].as_array().unwrap();
        let act = acts.iter().find(|act| act["act"] == "conciliation_settled").unwrap();
        (act["allowed"].clone(), act["flag"].clone())
    };
    let alone = (json!(true), json!("without_effect"));
    assert_eq!((told_of(&ministry), told_of(&association)), (alone.clone(), alone.clone()));
    let one = record(world, &ministry, &text, "conciliation_settled", 0, "2026-03-01", &of(&raised)).expect(201);
    // It is for the association to say so now.
    assert_eq!((told_of(&ministry), told_of(&association)), (alone, (json!(true), json!(null))));
    let warning = &one.json["warnings"][0];
    assert_eq!((&warning["code"], &warning["rule"]), (&json!("without_effect"), &json!("R09")));
    assert_eq!(warning["computed"]["awaited"], json!([text.parties[1]]));
    is(world, &text, &[("2026-04-01", "in_force", &["dispute_open"])]);
    // Nobody says it for another: the association acknowledges what the ministry recorded for it.
    let other = record(world, &ministry, &text, "conciliation_settled", 1, "2026-03-01", &of(&raised)).expect(201);
    is(world, &text, &[("2026-04-01", "in_force", &["dispute_open"])]);
    let path = format!("/v1/facts/{}/acknowledge", other.id());
    let answer = world.afresh(&association).ask("POST", &path).header("If-Match", "*").json(&json!({})).send();
    assert_eq!(answer.expect(200).json["warnings"], json!([]));
    // What all have said, no one takes back alone.
    let back = json!({ "kind": "conciliation_settled", "done_by": text.parties[0], "occurred_on": "2026-10-01",
        "refers_to": raised.id(), "replaces": one.id() });
    world.afresh(&ministry).post(&text.under("facts"), &back).problem("in_use");
    is(
        world,
        &text,
        &[
            ("2026-01-31", "in_force", &[]),
            ("2026-02-01", "in_force", &["dispute_open"]),
            ("2026-02-28", "in_force", &["dispute_open"]),
            ("2026-03-01", "in_force", &[]),
        ],
    );
});

both!(negotiated_and_given_up, |world| {
    let text = world.draft();
    record(world, &text.association, &text, "negotiation_opened", 1, "2026-10-01", &json!({})).expect(201);
    is(world, &text, &[("2026-09-30", "draft", &[]), ("2026-10-01", "negotiation", &[])]);
    record(world, &text.ministry, &text, "abandoned", 0, "2026-11-02", &json!({})).expect(201);
    is(world, &text, &[("2026-11-01", "negotiation", &[]), ("2026-11-02", "abandoned", &[])]);
    // It is signed no more, and its text changes no more.
    let refused = text.sign(1, "2026-11-02").problem("after_end");
    assert_eq!((&refused.json["rule"], &refused.json["computed"]["status"]), (&json!("R03"), &json!("abandoned")));
    text.association.patch(&text.path(), &text.etag(), &json!({ "title": "x" })).problem("ended");
    // Once in force, nobody gives it up.
    let text = reference(world);
    let late = record(world, &text.ministry, &text, "abandoned", 0, "2026-11-02", &json!({})).expect(201);
    assert_eq!(late.json["warnings"][0]["code"], "without_effect");
    is(world, &text, &[("2026-11-23", "in_force", &[])]);
});

both!(members_that_a_kind_does_not_have, |world| {
    let text = whole(world, &json!({}));
    let refused = |kind: &str, more: Value| {
        record(world, &text.association, &text, kind, 1, "2026-11-02", &more).problem("invalid_body").faults()
    };
    let fault = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(refused("termination_received", json!({})), fault("/refers_to", "missing"));
    assert_eq!(refused("use_remedied", json!({})), fault("/refers_to", "missing"));
    let sent = record(world, &text.association, &text, "termination_sent", 1, "2026-11-02", &json!({})).expect(201);
    assert_eq!(refused("use_remedied", of(&sent)), fault("/refers_to", "unknown_reference"));
    assert_eq!(refused("renewal_talks", of(&sent)), fault("/refers_to", "not_applicable"));
    assert_eq!(
        refused("renewal_talks", json!({ "effective_on": "2027-01-01" })),
        fault("/effective_on", "not_applicable")
    );
    assert_eq!(refused("duty_evidenced", json!({})), fault("/duty", "missing"));
    assert_eq!(refused("duty_evidenced", json!({ "duty": "nothing" })), fault("/duty", "unknown_reference"));
    assert_eq!(refused("renewal_talks", json!({ "duty": "R23" })), fault("/duty", "not_applicable"));
});

both!(a_joint_act_needs_each_party_itself, |world| {
    let text = whole(world, &json!({}));
    let (association, ministry) = (&text.association, &text.ministry);
    let end = json!({ "effective_on": "2026-12-31" });
    record(world, association, &text, "termination_agreed", 1, "2026-11-10", &end).expect(201);
    let alone = record(world, association, &text, "termination_agreed", 0, "2026-11-10", &end).expect(201);
    assert_eq!(alone.json["warnings"][0]["code"], "without_effect");
    assert_eq!(on(world, &text, "2027-01-01").0, "in_force");
    // Once the other says that it is so, it is.
    let path = format!("/v1/facts/{}/acknowledge", alone.id());
    ministry.ask("POST", &path).header("If-Match", &text.etag()).json(&json!({})).send().expect(200);
    assert_eq!(on(world, &text, "2027-01-01").0, "terminated");
});

both!(nobody_corrects_what_another_says_of_itself, |world| {
    let text = whole(world, &json!({}));
    let (association, ministry) = (&text.association, &text.ministry);
    let sent = record(world, association, &text, "termination_sent", 1, "2026-11-02", &json!({})).expect(201);
    record(world, ministry, &text, "termination_received", 0, "2026-11-03", &of(&sent)).expect(201);
    let over = json!({ "replaces": sent.id() });
    record(world, ministry, &text, "termination_sent", 0, "2026-11-02", &over).problem("not_allowed");
    assert_eq!(on(world, &text, "2027-06-01").0, "terminated", "a refusal changes nothing");
    // What it recorded for the other it may correct; the other contests the correction, and the first word stands again.
    let told = record(world, ministry, &text, "termination_sent", 1, "2026-11-04", &json!({})).expect(201);
    record(world, ministry, &text, "termination_received", 0, "2026-11-05", &of(&told)).expect(201);
    let over = json!({ "replaces": told.id() });
    let corrected = record(world, ministry, &text, "termination_sent", 1, "2026-11-05", &over).expect(201);
    let contest = |fact: &Response| {
        let path = format!("/v1/facts/{}/contest", fact.id());
        association.ask("POST", &path).header("If-Match", &text.etag()).json(&json!({})).send().expect(200);
    };
    contest(&corrected);
    let read = association.get(&text.path()).expect(200).json;
    assert_eq!(read["ends_on"], "2027-05-03");
});
