//! Cursors, waiting, retention.

use std::time::Duration;

use passerelle::db::feed;
use serde_json::json;

use crate::support::{Actor, World};

fn next(actor: &Actor, after: &str) -> String {
    actor.get(&format!("/v1/changes?after={after}")).expect(200).json["next"].as_str().unwrap().to_owned()
}

fn company(actor: &Actor, name: &str) -> String {
    actor.post("/v1/organisations", &json!({ "kind": "company", "name": name })).expect(201).id()
}

both!(a_page_is_what_was_asked_for, |world| {
    let operator = world.operator();
    for name in ["A", "B", "C"] {
        company(&operator, name);
    }
    world.stamp();
    let all = operator.get("/v1/changes").expect(200).json;
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    assert_eq!(all["more"], false);
    let entry = &all["items"][0];
    assert_eq!(
        (&entry["kind"], &entry["operation"], &entry["version"]),
        (&json!("organisation"), &json!("created"), &json!(1))
    );
    assert_eq!(entry["address"], format!("/v1/organisations/{}", entry["id"].as_str().unwrap()));
    assert!(entry.get("resource").is_none());
    let two = operator.get("/v1/changes?limit=2&embed=resource").expect(200).json;
    assert_eq!((two["items"].as_array().unwrap().len(), &two["more"]), (2, &json!(true)));
    assert_eq!(two["items"][1]["resource"]["name"], "B");
    let rest = operator.get(&format!("/v1/changes?after={}", two["next"].as_str().unwrap())).expect(200).json;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["more"]), (1, &json!(false)));
    let none = operator.get("/v1/changes?kinds=article,convention").expect(200).json;
    assert_eq!(none["items"].as_array().unwrap().len(), 0);
    // A token without the scope of a kind does not read of it.
    let narrow = world.narrowed(&operator, &["changes:read", "conventions:read"]);
    assert_eq!(narrow.get("/v1/changes").expect(200).json["items"].as_array().unwrap().len(), 0);
});

both!(what_is_no_parameter_is_refused, |world| {
    let operator = world.operator();
    for (query, code) in [
        ("after=x", "invalid_cursor"),
        ("after=1", "invalid_cursor"),
        ("kinds=pupil", "not_in_list"),
        ("wait=26", "out_of_range"),
        ("wait=-1", "out_of_range"),
        ("limit=0", "out_of_range"),
        ("limit=1001", "out_of_range"),
        ("embed=all", "not_in_list"),
        ("cursor=x", "unknown"),
    ] {
        let refused = operator.get(&format!("/v1/changes?{query}")).expect(400);
        assert_eq!(refused.json["errors"][0]["code"], code, "{query}: {}", refused.json);
    }
    world.observer().get("/v1/changes").expect(403);
});

both!(a_cursor_that_leads_nowhere_says_where_to_start_again, |world| {
    let operator = world.operator();
    company(&operator, "A");
    world.stamp();
    let cursor = next(&operator, "head");
    company(&operator, "B");
    world.stamp();
    let resync = |actor: &Actor, after: &str| {
        let refused = actor.get(&format!("/v1/changes{after}")).expect(410);
        assert_eq!(refused.json["code"], "resync");
        refused.json["resume_after"].as_str().unwrap().to_owned()
    };
    // Another caller's perimeter is another feed.
    resync(&world.association(), &format!("?after={cursor}"));
    // So is that of a token which reads other kinds: what it passes over, the other has not read.
    let narrow = world.narrowed(&operator, &["changes:read", "conventions:read"]);
    resync(&narrow, &format!("?after={cursor}"));
    resync(&operator, &format!("?after={}", next(&narrow, "head")));
    let same = world.narrowed(&operator, &["conventions:read", "changes:read"]);
    assert_eq!(next(&same, &next(&narrow, "head")), next(&narrow, "head"));
    // Beyond the end: of a copy of the data that went further.
    let beyond = format!("{}.99", cursor.rsplit_once('.').unwrap().0);
    resync(&operator, &format!("?after={beyond}"));
    // Retention: entries of before are gone, those after stay, and the cursor given leads on.
    let old = world.now().plus_seconds(1);
    world.pass_seconds(3600);
    let operator = world.afresh(&operator);
    company(&operator, "C");
    world.stamp();
    assert_eq!(world.write(|c| feed::drop_before(c, old, world.now()).unwrap()), 2);
    assert_eq!(world.write(|c| feed::drop_before(c, old, world.now()).unwrap()), 0);
    resync(&operator, "");
    let resume = resync(&operator, &format!("?after={cursor}"));
    assert_eq!(next(&operator, &resume), resume);
    // The last entry that was dropped had been read: nothing was missed.
    let at_two = format!("{}.2", cursor.rsplit_once('.').unwrap().0);
    let page = operator.get(&format!("/v1/changes?after={at_two}")).expect(200).json;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    // After a restore nothing that was read counts.
    world.write(|c| feed::renew(c).unwrap());
    resync(&operator, &format!("?after={resume}"));
});

both!(a_long_poll_is_answered_when_something_comes, |world| {
    let operator = world.operator();
    let cursor = next(&operator, "head");
    assert_eq!(next(&operator, &cursor), cursor);
    let waiting = {
        let (actor, cursor) = (operator.clone(), cursor.clone());
        std::thread::spawn(move || actor.get(&format!("/v1/changes?after={cursor}&wait=25")).expect(200).json)
    };
    std::thread::sleep(Duration::from_millis(300));
    assert!(!waiting.is_finished(), "it waits");
    // What is not in the caller's perimeter does not end the wait with an empty page.
    let stranger = world.association();
    let poll = {
        let (actor, cursor) = (stranger.clone(), next(&stranger, "head"));
        std::thread::spawn(move || actor.get(&format!("/v1/changes?after={cursor}&wait=2")).expect(200).json)
    };
    world.association().post("/v1/organisations", &json!({ "kind": "company", "name": "Proposée" })).expect(201);
    world.stamp();
    let page = waiting.join().unwrap();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    let nothing = poll.join().unwrap();
    assert_eq!(nothing["items"].as_array().unwrap().len(), 0);
    assert_eq!(nothing["more"], false);
});

both!(a_caller_revoked_while_it_waits_is_refused, |world| {
    let operator = world.operator();
    let made = operator.post("/v1/clients", &json!({ "name": "x", "role": "operator" })).expect(201);
    let id = made.json["client"]["id"].as_str().unwrap().to_owned();
    let token = world.token(id.parse().unwrap(), &["changes:read", "clients:read"]);
    let other = world.bearing(&operator, &token);
    world.stamp();
    let cursor = next(&other, "head");
    let waiting = std::thread::spawn(move || other.get(&format!("/v1/changes?after={cursor}&wait=20")));
    std::thread::sleep(Duration::from_millis(300));
    operator.act(&format!("/v1/clients/{id}/revoke"), "\"1\"").expect(200);
    world.stamp();
    waiting.join().unwrap().expect(401);
});

/// Restarted or not, a service that stops keeps nobody waiting.
fn stops(world: &World) {
    let operator = world.operator();
    let cursor = next(&operator, "head");
    let waiting = std::thread::spawn(move || operator.get(&format!("/v1/changes?after={cursor}&wait=25")).expect(200));
    std::thread::sleep(Duration::from_millis(300));
    let asked = std::time::Instant::now();
    world.app.drain();
    waiting.join().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(15), "it was let go, not waited out");
}

both!(a_long_poll_ends_when_the_service_drains, |world| stops(world));
