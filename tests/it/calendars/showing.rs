//! What a calendar shows: the ledger of today, to the day.

use passerelle::domain::{CivilDate, Instant};
use serde_json::{Value, json};

use super::{calendar, event, events, read, reference};
use crate::support::texts::Text;
use crate::support::{Actor, World};

/// Lets time pass until a day, at ten in Paris.
fn until(world: &World, day: &str) {
    let then: Instant = format!("{day}T09:00:00Z").parse().unwrap();
    world.pass_seconds((then.as_micros() - world.now().as_micros()) / 1_000_000);
}

/// `2028-12-27` as a calendar writes it.
fn compact(day: &Value) -> String {
    day.as_str().unwrap().replace('-', "")
}

fn next(day: &Value) -> String {
    let day: CivilDate = day.as_str().unwrap().parse().unwrap();
    day.next().to_string().replace('-', "")
}

fn record(world: &World, actor: &Actor, text: &Text, fact: &Value) -> String {
    world.afresh(actor).post(&text.under("facts"), fact).expect(201).id()
}

both!(each_duty_with_a_date_is_a_whole_day, |world| {
    let text = reference(world);
    let (_, path) = calendar(&text.association, Some(&text.id));
    let file = read(world, &path).expect(200);
    assert_eq!(file.header("content-type"), Some("text/calendar; charset=utf-8"));
    let ledger = text.association.get(&text.under("obligations")).expect(200).json["items"].clone();
    let dated: Vec<&Value> = ledger
        .as_array()
        .unwrap()
        .iter()
        .filter(|duty| duty["nature"] != "right" && duty["nature"] != "continuous")
        .filter(|duty| duty["deadline_on"].is_string() || duty["due_on"].is_string())
        .collect();
    assert!(dated.iter().any(|duty| duty["key"] == "R04/0"));
    assert_eq!(events(&file.text).len(), dated.len());
    for duty in dated {
        let day = if duty["deadline_on"].is_string() { &duty["deadline_on"] } else { &duty["due_on"] };
        let event = event(&file.text, duty["key"].as_str().unwrap());
        assert_eq!(event["UID"], format!("{}/{}", text.id, duty["key"].as_str().unwrap()));
        assert_eq!(
            (&event["DTSTART;VALUE=DATE"], &event["DTEND;VALUE=DATE"]),
            (&json!(compact(day)), &json!(next(day)))
        );
        assert_eq!((&event["TRANSP"], &event["STATUS"]), (&json!("TRANSPARENT"), &json!("CONFIRMED")));
    }
    let information = event(&file.text, "R04/0");
    assert_eq!(information["DTSTART;VALUE=DATE"], "20281227");
    assert_eq!(information["SUMMARY"], "Informer l'autre partie de l'échéance (R04) : Convention de coopération");
    assert_eq!(
        information["DESCRIPTION"],
        format!(
            "Article 11\\, règle R04\\nÀ la charge de : association\\nÉtat : Pas encore due\\nDû dès le : 2028-12-26\\nConvention : /v1/conventions/{}",
            text.id
        )
    );
    // Nothing of it is of a time of day or of a zone, and its stamp is of the data.
    assert!(!file.text.contains("TZID") && !file.text.contains("VTIMEZONE"), "{}", file.text);
    let written = text.association.get(&text.path()).expect(200).json;
    let stamp: String = written["updated_at"].as_str().unwrap()[..19].replace(['-', ':'], "") + "Z";
    assert_eq!((&information["DTSTAMP"], &information["LAST-MODIFIED"]), (&json!(stamp), &json!(stamp)));
    assert_eq!(information["SEQUENCE"], written["version"].to_string());
});

both!(the_same_data_make_the_same_bytes, |world| {
    let text = reference(world);
    let (_, path) = calendar(&text.association, Some(&text.id));
    let first = read(world, &path).expect(200);
    world.pass_seconds(3600);
    let second = read(world, &path).expect(200);
    assert_eq!((first.text.clone(), first.etag()), (second.text.clone(), second.etag()));
    let held = |etag: &str| world.anonymous().ask("GET", &path).header("If-None-Match", etag).send();
    assert!(held(&first.etag()).expect(304).bytes.is_empty());
    assert!(world.anonymous().ask("HEAD", &path).send().expect(200).bytes.is_empty());
    let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[0], "occurred_on": "2026-11-20" });
    record(world, &text.ministry, &text, &fact);
    assert_ne!(held(&first.etag()).expect(200).etag(), first.etag());
    world.anonymous().ask("GET", &path).header("Accept", "text/calendar, text/plain;q=0.5").send().expect(200);
    world.anonymous().ask("GET", &path).header("Accept", "application/json").send().problem("not_acceptable");
    let faults = read(world, &format!("{path}?as_of=2020-01-01")).problem("invalid_parameters").faults();
    assert_eq!(faults, [("as_of".to_owned(), "unknown".to_owned())]);
});

both!(what_was_done_says_so, |world| {
    let text = reference(world);
    let (_, path) = calendar(&text.ministry, Some(&text.id));
    until(world, "2029-01-10");
    let overdue = event(&read(world, &path).expect(200).text, "R04/0");
    assert!(overdue["DESCRIPTION"].as_str().unwrap().contains("État : En retard"), "{overdue}");
    let fact = json!({ "kind": "expiry_information", "done_by": text.parties[1], "occurred_on": "2028-12-20" });
    let fact = record(world, &text.association, &text, &fact);
    let file = read(world, &path).expect(200).text;
    let met = event(&file, "R04/0");
    let told = format!("État : Remplie\\nDû dès le : 2028-12-26\\nFait le : 2028-12-20\\nPreuve : /v1/facts/{fact}\\n");
    assert!(met["DESCRIPTION"].as_str().unwrap().contains(&told), "{met}");
    assert_eq!((&met["UID"], &met["DTSTART;VALUE=DATE"]), (&overdue["UID"], &json!("20281227")));
    assert_eq!(met["STATUS"], "CONFIRMED");
    // The talks are due since the information: now they have a day.
    assert_eq!(event(&file, "R05/0")["DTSTART;VALUE=DATE"], "20281220");
});

both!(a_termination_cancels_what_it_makes_void, |world| {
    let text = reference(world);
    let (_, path) = calendar(&text.association, Some(&text.id));
    let before = event(&read(world, &path).expect(200).text, "R04/0");
    let sent = json!({ "kind": "termination_sent", "done_by": text.parties[0], "occurred_on": "2026-11-20" });
    let sent = record(world, &text.ministry, &text, &sent);
    let received = json!({
        "kind": "termination_received", "done_by": text.parties[1], "occurred_on": "2026-11-23", "refers_to": sent,
    });
    record(world, &text.association, &text, &received);
    // The convention will have ended when the information would be due: known today, cancelled today.
    let cancelled = event(&read(world, &path).expect(200).text, "R04/0");
    assert_eq!(cancelled["STATUS"], "CANCELLED");
    assert_eq!((&cancelled["UID"], &cancelled["DTSTART;VALUE=DATE"]), (&before["UID"], &before["DTSTART;VALUE=DATE"]));
    let sequence = |event: &Value| event["SEQUENCE"].as_str().unwrap().parse::<i64>().unwrap();
    assert!(sequence(&cancelled) > sequence(&before));
    assert!(cancelled["DESCRIPTION"].as_str().unwrap().contains("État : Sans objet"), "{cancelled}");
    let (_, all) = calendar(&text.association, None);
    assert_eq!(event(&read(world, &all).expect(200).text, "R04/0")["STATUS"], "CANCELLED");
    // Withdrawn by both, it stands again.
    for (actor, party) in [(&text.ministry, 0), (&text.association, 1)] {
        let withdrawn = json!({
            "kind": "termination_withdrawn", "done_by": text.parties[party], "occurred_on": "2026-11-23", "refers_to": sent,
        });
        record(world, actor, &text, &withdrawn);
    }
    let again = event(&read(world, &path).expect(200).text, "R04/0");
    assert_eq!(again["STATUS"], "CONFIRMED");
    assert!(sequence(&again) > sequence(&cancelled));
});

both!(an_early_end_of_long_ago_that_is_recorded_late_cancels_in_every_calendar, |world| {
    let text = reference(world);
    let ((_, one), (_, all)) = (calendar(&text.association, Some(&text.id)), calendar(&text.association, None));
    for (actor, party) in [(&text.ministry, 0), (&text.association, 1)] {
        let agreed = json!({
            "kind": "termination_agreed", "done_by": text.parties[party], "occurred_on": "2025-09-01",
            "effective_on": "2025-09-30",
        });
        record(world, actor, &text, &agreed);
    }
    for path in [&one, &all] {
        assert_eq!(event(&read(world, path).expect(200).text, "R04/0")["STATUS"], "CANCELLED", "{path}");
    }
});

both!(one_calendar_for_all_that_its_holder_sees, |world| {
    let (text, foreign) = (reference(world), reference(world));
    world.draft_between(
        text.ministry.clone(),
        text.association.clone(),
        json!({
        "title": "Brouillon", "document_type": "convention", "level": "national", "territory": "national" }),
    );
    let (_, one) = calendar(&text.association, Some(&text.id));
    let (_, mine) = calendar(&text.association, None);
    let (_, all) = calendar(&text.ministry, None);
    let uids = |path: &str| {
        let file = read(world, path).expect(200).text;
        let mut uids: Vec<String> = events(&file).iter().map(|e| e["UID"].as_str().unwrap().to_owned()).collect();
        uids.sort();
        uids
    };
    let own = format!("{}/R04/0", text.id);
    assert!(uids(&mine).contains(&own) && uids(&mine).iter().all(|uid| uid.starts_with(&text.id)));
    assert!(uids(&mine).iter().all(|uid| uids(&one).contains(uid)));
    assert!(uids(&all).contains(&own) && uids(&all).contains(&format!("{}/R04/0", foreign.id)));
    // The rows that are kept and what is computed anew are the same events.
    let in_one = event(&read(world, &one).expect(200).text, "R04/0");
    assert_eq!(event(&read(world, &mine).expect(200).text, "R04/0"), in_one);
    world.sql("DELETE FROM duties");
    assert_eq!(event(&read(world, &mine).expect(200).text, "R04/0"), in_one);
    // From a year back to five years ahead.
    until(world, "2029-12-27");
    assert!(uids(&mine).contains(&own));
    until(world, "2029-12-28");
    assert!(!uids(&mine).contains(&own) && uids(&one).contains(&own));
});

both!(five_years_ahead_and_no_more, |world| {
    let text = world.draft();
    let ten = json!({ "parameters": { "value": 10, "unit": "year" } });
    text.association.patch(&format!("/v1/clauses/{}", text.clause), &text.etag(), &ten).expect(200);
    for clause in text.association.list(&text.under("clauses")) {
        if clause["kind"] == "renewal_information" {
            let says = json!({ "absent": false, "parameters": { "value": 6, "unit": "month" } });
            let path = format!("/v1/clauses/{}", clause["id"].as_str().unwrap());
            text.association.patch(&path, &text.etag(), &says).expect(200);
        }
    }
    text.signed_by_both("2024-06-27");
    // The information is due on 2033-12-27.
    let (_, all) = calendar(&text.association, None);
    let shown = || events(&read(world, &all).expect(200).text).iter().any(|e| e["UID"] == format!("{}/R04/0", text.id));
    until(world, "2028-12-26");
    assert!(!shown());
    until(world, "2028-12-27");
    assert!(shown());
});

both!(a_text_that_comes_on_its_own_day_revises_what_it_moves, |world| {
    let text = reference(world);
    let named = json!({ "title": "Avenant n° 1", "effective_on": "2026-12-01", "edits": [
        { "kind": "replace_words", "article": "11", "old": "Cinq ans", "new": "Six ans" }], "clause_changes": [
        { "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true }] });
    let amendment = text.amend(&named).expect(201).id();
    for party in [0, 1] {
        text.sign_amendment(&amendment, party, "2026-11-22").expect(201);
    }
    let (_, path) = calendar(&text.association, Some(&text.id));
    let shown = |day: &str| {
        crate::obligations::until(world, day);
        let event = event(&read(world, &path).expect(200).text, "R04/0");
        let sequence = event["SEQUENCE"].as_str().unwrap().parse::<i64>().unwrap();
        (event["DTSTART;VALUE=DATE"].as_str().unwrap().to_owned(), sequence)
    };
    let (before, sequence) = shown("2026-11-30");
    // Nobody writes the convention that day: calendar programs see the move by the number alone.
    assert_eq!((before.as_str(), shown("2026-12-01")), ("20281227", ("20291227".to_owned(), sequence + 1)));
});
