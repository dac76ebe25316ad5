//! A fact and those that follow from it: neither a record nor a correction puts the effect before its cause, and what is left
//! without its cause does nothing.

use passerelle::domain::CivilDate;
use serde_json::json;

use crate::obligations::{ledger, lines, reference, told, until};
use crate::support::Actor;

/// A cause, then two facts that follow from it: kind, side that did it, day.
type Chain = [(&'static str, &'static str, &'static str); 3];

fn after(day: &str) -> String {
    day.parse::<CivilDate>().unwrap().next().to_string()
}

both!(a_correction_does_not_move_a_cause_after_its_effects, |world| {
    let text = reference(world);
    let of = |side: &str| if side == "state" { text.ministry.clone() } else { text.association.clone() };
    let chains: [(Chain, &str, &str, Option<&str>); 3] = [
        (
            [
                ("termination_sent", "association", "2026-03-01"),
                ("termination_received", "state", "2026-03-05"),
                ("termination_withdrawn", "state", "2026-04-01"),
            ],
            "received_before_sent",
            "R07",
            Some("12"),
        ),
        (
            [
                ("formal_notice_sent", "state", "2026-05-02"),
                ("use_remedied", "association", "2026-05-06"),
                ("lapse_contested", "association", "2026-05-20"),
            ],
            "before_its_cause",
            "R08",
            Some("10"),
        ),
        (
            [
                ("meeting_held", "association", "2026-06-01"),
                ("minutes_validated", "association", "2026-06-10"),
                ("minutes_validated", "state", "2026-06-12"),
            ],
            "before_its_cause",
            "R11",
            Some("9"),
        ),
    ];
    let used =
        told(world, &text.ministry, &text, "unauthorised_use", "association", "2026-05-01", json!({})).expect(201).id();
    for ([cause, first, second], code, rule, article) in chains {
        let more = if cause.0 == "formal_notice_sent" { json!({ "refers_to": used }) } else { json!({}) };
        let caused = told(world, &of(cause.1), &text, cause.0, cause.1, cause.2, more.clone()).expect(201).id();
        for (kind, side, on) in [first, second] {
            told(world, &of(side), &text, kind, side, on, json!({ "refers_to": caused })).expect(201);
        }
        let corrected = |on: &str, replaces: &str| {
            let mut more = more.clone();
            more["replaces"] = json!(replaces);
            told(world, &of(cause.1), &text, cause.0, cause.1, on, more)
        };
        let before = text.version();
        let day_after = after(first.2);
        let computed = crate::conventions::refused(&corrected(&day_after, &caused), code, rule, article);
        assert_eq!(
            (&computed["occurred_on"], &computed["followed_by"], &computed["followed_on"]),
            (&json!(day_after), &json!(first.0), &json!(first.2))
        );
        assert_eq!(text.version(), before, "a refusal changes nothing");
        let again = corrected(first.2, &caused).expect(201).id();
        // What follows from the old record follows from its correction.
        crate::conventions::refused(&corrected(&day_after, &again), code, rule, article);
    }
    // The other way round: a use moved after the notice that names it.
    let moved = told(
        world,
        &text.ministry,
        &text,
        "unauthorised_use",
        "association",
        "2026-05-07",
        json!({ "replaces": used }),
    );
    crate::conventions::refused(&moved, "before_its_cause", "R08", Some("10"));
    // And a later fact cannot come before its cause.
    let early = told(
        world,
        &text.association,
        &text,
        "formal_notice_sent",
        "state",
        "2026-04-30",
        json!({ "refers_to": used }),
    );
    crate::conventions::refused(&early, "before_its_cause", "R08", Some("10"));
});

both!(what_a_contested_cause_leaves_behind_does_nothing, |world| {
    let text = reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let answer = |actor: &Actor, fact: &str| {
        let path = format!("/v1/facts/{fact}/contest");
        world.afresh(actor).ask("POST", &path).header("If-Match", "*").json(&json!({})).send().expect(200);
    };
    let warning = |fact: &str| {
        world.afresh(association).get(&format!("/v1/facts/{fact}")).expect(200).json["warnings"][0].clone()
    };
    // The ministry says that the association held a meeting, and that its minutes were validated.
    let held = told(world, ministry, &text, "meeting_held", "association", "2026-06-01", json!({})).expect(201).id();
    let validated = |actor: &Actor, side: &str| {
        told(world, actor, &text, "minutes_validated", side, "2026-06-10", json!({ "refers_to": held })).expect(201)
    };
    validated(association, "association");
    let minutes = validated(ministry, "state");
    assert_eq!(minutes.json["warnings"], json!([]));
    let key = format!("R17/{held}");
    let status = |key: &str| {
        let all = lines(&ledger(world, association, &text, ""));
        all.into_iter().find(|(of, _)| of == key).map(|(_, status)| status)
    };
    assert_eq!(status(&key).as_deref(), Some("met"));
    answer(association, &held);
    assert_eq!(status(&key), None);
    let told_of = warning(&minutes.id());
    assert_eq!((&told_of["code"], &told_of["rule"]), (&json!("without_effect"), &json!("R17")));
    // A correction moves the sending back, the reception is recorded, and the correction is contested: the reception comes
    // before its sending again, and ends nothing.
    until(world, "2026-12-20");
    let sent =
        told(world, ministry, &text, "termination_sent", "association", "2026-12-10", json!({})).expect(201).id();
    let back = json!({ "replaces": sent });
    let moved = told(world, ministry, &text, "termination_sent", "association", "2026-12-01", back).expect(201).id();
    let received =
        told(world, ministry, &text, "termination_received", "state", "2026-12-05", json!({ "refers_to": moved }))
            .expect(201)
            .id();
    let read = |actor: &Actor| world.afresh(actor).get(&text.path()).expect(200).json;
    assert_eq!(read(association)["ends_on"], "2027-06-05");
    answer(association, &moved);
    let told_of = warning(&received);
    assert_eq!((&told_of["code"], &told_of["rule"]), (&json!("without_effect"), &json!("R07")));
    assert_eq!(read(association)["ends_on"], "2029-06-27");
    assert_eq!(read(association)["flags"], json!([]));
});

both!(what_comes_before_the_signature_is_no_evidence_and_no_meeting, |world| {
    let text = crate::obligations::unsigned(world)
        .with_clause("effective", "11", &json!({ "on": "2024-01-01" }))
        .signed("2024-06-20", "2024-06-27");
    let (association, read) = (&text.association, |key: &str| {
        let all = lines(&ledger(world, &text.association, &text, "as_of=2024-12-30"));
        all.into_iter().find(|(of, _)| of == key).map(|(_, status)| status)
    });
    let evidence = |on: &str| {
        let fact = told(world, association, &text, "duty_evidenced", "association", on, json!({ "duty": "R23" }));
        fact.expect(201).json["warnings"].clone()
    };
    let early = evidence("2024-06-26");
    assert_eq!(
        (&early[0]["code"], &early[0]["article"], &early[0]["computed"]["occurred_on"]),
        (&json!("without_effect"), &json!("7"), &json!("2024-06-26"))
    );
    assert_eq!(read("R23/1").as_deref(), Some("no_evidence"));
    let meeting = |on: &str| told(world, association, &text, "meeting_held", "association", on, json!({})).expect(201);
    let early = meeting("2024-06-26");
    assert_eq!(early.json["warnings"][0]["code"], "without_effect");
    assert_eq!(read(&format!("R17/{}", early.id())), None, "no minutes of a meeting that was none");
    assert_eq!(read("R11/1").as_deref(), Some("not_yet"));
    assert_eq!(evidence("2024-06-27"), json!([]));
    let held = meeting("2024-06-27");
    assert_eq!(read("R23/1").as_deref(), Some("evidenced"));
    assert_eq!(read(&format!("R17/{}", held.id())).as_deref(), Some("due"));
    assert_eq!(read("R11/1").as_deref(), Some("met"));
    // Nor is what comes after the end.
    until(world, "2029-02-01");
    let flags = evidence("2029-01-02");
    assert_eq!(
        (&flags[0]["code"], &flags[0]["computed"]["last_day"]),
        (&json!("without_effect"), &json!("2029-01-01"))
    );
    assert_eq!(evidence("2029-01-01"), json!([]));
});

both!(an_end_agreed_too_late_is_told, |world| {
    let text = reference(world);
    let agreed = |actor: &Actor, side: &str, on: &str, end: &str| {
        told(world, actor, &text, "termination_agreed", side, on, json!({ "effective_on": end })).expect(201)
    };
    let code = |fact: &crate::support::Response| {
        let path = format!("/v1/facts/{}", fact.id());
        let read = world.afresh(&text.association).get(&path).expect(200).json;
        read["warnings"][0]["code"].as_str().unwrap_or("none").to_owned()
    };
    let (association, ministry) = (&text.association, &text.ministry);
    // Beyond the end that the duration gives; on its last day it still says something.
    let beyond = agreed(association, "association", "2026-10-01", "2029-06-28");
    assert_eq!(
        (code(&beyond), &beyond.json["warnings"][0]["computed"]["last_day"]),
        ("without_object".into(), &json!("2029-06-27"))
    );
    let first = agreed(association, "association", "2026-10-01", "2026-12-31");
    assert_eq!(code(&first), "without_effect", "the other has not agreed");
    let other = agreed(ministry, "state", "2026-10-02", "2026-12-31");
    assert_eq!((code(&first), code(&other)), ("none".into(), "none".into()));
    // A later end agreed by both does not take the place of the first.
    let later = agreed(association, "association", "2026-11-01", "2027-06-30");
    agreed(ministry, "state", "2026-11-01", "2027-06-30");
    assert_eq!((code(&later), code(&first)), ("without_object".into(), "none".into()));
    assert_eq!(text.json()["ends_on"], "2026-12-31");
    // Dated after the end, it ends nothing.
    until(world, "2027-02-01");
    let after = agreed(association, "association", "2027-01-01", "2027-03-01");
    assert_eq!(code(&after), "without_effect");
});

both!(of_three_parties_a_missing_reception_is_told, |world| {
    let third = world.association();
    let text = crate::conventions::ready(world).with_party("party third", &third, "other");
    for actor in [&text.association, &text.ministry, &third] {
        crate::conventions::Signs::signs(actor, &text, "2024-06-27").expect(201);
    }
    let sent = told(world, &text.association, &text, "termination_sent", "association", "2026-10-01", json!({}))
        .expect(201)
        .id();
    let of = json!({ "refers_to": sent });
    let received = told(world, &text.ministry, &text, "termination_received", "state", "2026-10-02", of).expect(201);
    let warning = &received.json["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["computed"]["awaited"]),
        (&json!("without_effect"), &json!([text.id_of("party third")]))
    );
    assert_eq!(text.json()["ends_on"], "2029-06-27");
    let fact = json!({ "kind": "termination_received", "done_by": text.id_of("party third"), "occurred_on": "2026-10-05", "refers_to": sent });
    assert_eq!(third.post(&text.under("facts"), &fact).expect(201).json["warnings"], json!([]));
    assert_eq!(text.json()["ends_on"], "2027-04-05");
    let read = text.association.get(&format!("/v1/facts/{}", received.id())).expect(200).json;
    assert_eq!(read["warnings"], json!([]));
});

both!(a_notice_withdrawn_is_not_received_again, |world| {
    let text = reference(world);
    let (association, ministry) = (&text.association, &text.ministry);
    let sent =
        told(world, association, &text, "termination_sent", "association", "2026-03-01", json!({})).expect(201).id();
    let received = |on: &str| {
        let more = json!({ "refers_to": sent });
        told(world, ministry, &text, "termination_received", "state", on, more).expect(201).json["warnings"].clone()
    };
    let ends = || world.afresh(association).get(&text.path()).expect(200).json["ends_on"].clone();
    assert_eq!((received("2026-03-05"), ends()), (json!([]), json!("2026-09-05")));
    for (actor, side) in [(association, "association"), (ministry, "state")] {
        let more = json!({ "refers_to": sent });
        told(world, actor, &text, "termination_withdrawn", side, "2026-04-01", more).expect(201);
    }
    let warnings = received("2026-04-02");
    assert_eq!((&warnings[0]["code"], &warnings[0]["rule"]), (&json!("without_effect"), &json!("R07")));
    assert_eq!((&warnings[0]["computed"]["withdrawn_on"], ends()), (&json!("2026-04-01"), json!("2029-06-27")));
});
