//! R34: planned beyond a new end of its convention, an action is orphaned. What it says is still corrected; it comes no
//! further unless it is brought back into the period.

use serde_json::{Value, json};

use super::{VERSAILLES, act, create, edit, in_state, read, reference, stated, visit, with};
use crate::conventions::{Draft, each, refused, total};
use crate::obligations::told;
use crate::support::World;

/// Ends the reference convention six months after today.
fn terminated(world: &World, text: &Draft) {
    let sent = told(world, &text.ministry, text, "termination_sent", "state", "2026-11-20", json!({})).expect(201).id();
    told(
        world,
        &text.association,
        text,
        "termination_received",
        "association",
        "2026-11-23",
        json!({ "refers_to": sent }),
    )
    .expect(201);
}

/// An action of a day, all that is asked from `confirmed` on stated.
fn on_day(text: &Draft, day: &str, status: &str) -> String {
    let body = with(stated(), &json!({ "status": status, "sessions": [{ "date": day }] }));
    create(&text.association, &visit(text, &body))
}

both!(planned_beyond_a_new_end_is_orphaned, |world| {
    let text = reference(world);
    let association = &text.association;
    let on = |day: &str, status: &str| on_day(&text, day, status);
    let (last, after) = (on("2027-05-23", "planned"), on("2027-05-24", "planned"));
    let (confirmed, proposed) = (on("2027-05-24", "confirmed"), on("2028-01-10", "proposed"));
    let closed = on("2027-06-01", "planned");
    act(association, &closed, "cancel", &json!({ "reason": "Grève" })).expect(200);
    let held = in_state(&text, "held", &json!({}));
    let orphans = |query: &str| each(&association.list(&format!("/v1/actions?{query}")), "id");
    assert_eq!(orphans("orphaned=true"), Vec::<String>::new());
    terminated(world, &text);
    assert_eq!(association.get(&text.path()).expect(200).json["ends_on"], "2027-05-23");
    for (id, orphaned) in
        [(&last, false), (&after, true), (&confirmed, true), (&proposed, true), (&closed, false), (&held, false)]
    {
        assert_eq!(read(association, id)["orphaned"], orphaned, "{id}");
    }
    let mut expected = vec![after.clone(), confirmed.clone(), proposed.clone()];
    let mut found = orphans("orphaned=true");
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(total(association, "/v1/actions?orphaned=true"), 3);
    assert_eq!(total(association, "/v1/actions?orphaned=false"), 3);
    for item in association.list("/v1/actions") {
        assert_eq!(item["orphaned"], expected.contains(&item["id"].as_str().unwrap().to_owned()), "{item}");
    }
    // It is cancelled, declined, or brought back into the period.
    act(association, &after, "cancel", &json!({ "reason": "La convention prend fin" })).expect(200);
    act(&world.academie("academie:25"), &proposed, "decline", &json!({ "reason": "La convention prend fin" }))
        .expect(200);
    edit(association, &confirmed, &json!({ "sessions": [{ "date": "2027-05-23" }] })).expect(200);
    assert_eq!(orphans("orphaned=true"), Vec::<String>::new());
});

/// What `allowed_acts` says of an act: allowed, code, reason.
fn allowed(action: &Value, act: &str) -> (bool, Option<String>, Option<String>) {
    let all = action["allowed_acts"].as_array().unwrap();
    let one = all.iter().find(|known| known["act"] == act).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (one["allowed"].as_bool().unwrap(), text(&one["code"]), text(&one["reason"]["fr"]))
}

both!(an_orphan_is_corrected_and_comes_no_further, |world| {
    let text = reference(world);
    let association = &text.association;
    let on = |day: &str, status: &str| on_day(&text, day, status);
    let (proposed, planned) = (on("2027-05-24", "proposed"), on("2027-05-24", "planned"));
    let (confirmed, inside) = (on("2027-05-24", "confirmed"), on("2027-05-23", "planned"));
    terminated(world, &text);

    for id in [&proposed, &planned, &confirmed] {
        let title =
            edit(association, id, &json!({ "title": "Autre", "comment": "La convention prend fin" })).expect(200);
        assert_eq!((&title.json["title"], &title.json["orphaned"]), (&json!("Autre"), &json!(true)));
        assert_eq!(allowed(&title.json, "edit"), (true, None, None));
        // Another day beyond the end is refused, one before it is not.
        for day in ["2027-05-24", "2027-05-25"] {
            let moved = json!({ "sessions": [{ "date": "2027-05-25" }, { "date": day }] });
            let computed = refused(&edit(association, id, &moved), "outside_period", "R34", Some("11"));
            assert_eq!(computed["ends_on"], "2027-05-23");
        }
    }
    // What the server would do is what it says.
    let beyond = (false, Some("outside_period".to_owned()));
    let of = |id: &str, what: &str| {
        let (allowed, code, _) = allowed(&read(association, id), what);
        (allowed, code)
    };
    let (allows, code, reason) = allowed(&read(association, &proposed), "plan");
    assert!(allows && code.is_none() && reason.as_deref().is_some_and(|why| why.contains("2027-05-23")), "{reason:?}");
    refused(&act(association, &proposed, "plan", &json!({})), "outside_period", "R34", Some("11"));
    act(association, &proposed, "plan", &json!({ "sessions": [{ "date": "2027-05-21" }] })).expect(200);
    assert_eq!(of(&planned, "confirm"), beyond);
    refused(&act(association, &planned, "confirm", &stated()), "outside_period", "R34", Some("11"));
    for (what, body) in [("hold", json!({})), ("report", json!({ "results": { "pupils": 3 } }))] {
        assert_eq!(of(&confirmed, what), beyond, "{what}");
        refused(&act(association, &confirmed, what, &body), "outside_period", "R34", Some("11"));
    }
    let counts = json!({ "uai": VERSAILLES, "counts": { "pupils": 3 } });
    assert_eq!(of(&confirmed, "attendance"), (false, Some("future_date".to_owned())));
    act(association, &confirmed, "attendance", &counts).problem("future_date");
    // Another place makes what was confirmed planned again: the days stay.
    let place = json!({ "place": { "label": "Salle des fêtes" } });
    assert_eq!(edit(association, &confirmed, &place).expect(200).json["status"], "planned");
    assert_eq!(of(&inside, "confirm"), (true, None));
    act(association, &inside, "confirm", &json!({})).expect(200);
    // Its days once over, nothing of it is told either.
    crate::obligations::until(world, "2027-06-01");
    let late = world.afresh(association);
    assert!(allowed(&read(&late, &confirmed), "edit").0);
    edit(&late, &confirmed, &json!({ "title": "Encore" })).expect(200);
});
