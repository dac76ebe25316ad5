//! Versions: `If-Match`, `If-None-Match`, and two writers of one row.

use std::sync::{Arc, Barrier};

use serde_json::json;

both!(a_tag_says_version_and_representation, |world| {
    let operator = world.operator();
    let made = operator.post("/v1/organisations", &json!({ "kind": "other", "name": "x" })).expect(201);
    let path = format!("/v1/organisations/{}", made.id());
    let read = operator.get(&path).expect(200);
    assert_eq!((made.etag(), &made.json), (read.etag(), &read.json));
    assert!(read.etag().starts_with("\"1."));
    let known = |tag: &str| operator.ask("GET", &path).header("If-None-Match", tag).send();
    for tag in [read.etag(), format!("W/{}", read.etag()), format!("\"9.x\", {}", read.etag()), "*".into()] {
        let same = known(&tag).expect(304);
        assert_eq!((same.bytes.len(), same.etag()), (0, read.etag()));
    }
    for tag in ["\"1\"", "\"1.0000000000000000\"", "x", ""] {
        known(tag).expect(200);
    }
    let changed = operator.patch(&path, &read.etag(), &json!({ "name": "y" })).expect(200);
    assert!(changed.etag().starts_with("\"2."));
    assert_eq!(changed.json["version"], 2);
    known(&read.etag()).expect(200);
    // If-Match compares the version only: a status computed for another day does not stand in the way.
    operator.patch(&path, "\"2.anything\"", &json!({ "name": "z" })).expect(200);
    let stale = operator.patch(&path, &read.etag(), &json!({ "name": "a" })).problem("version_mismatch");
    assert_eq!(stale.json["current_version"], 3);
    let without = operator.ask("PATCH", &path).merge_patch(&json!({ "name": "a" })).send();
    assert_eq!(without.problem("precondition_required").json["current_version"], 3);
    operator.ask("DELETE", &path).send().problem("precondition_required");
    operator.delete(&path, "\"2\"").problem("version_mismatch");
    assert_eq!(operator.get(&path).json["name"], "z");
    operator.delete(&path, "\"3\"").expect(204);
    operator.get(&path).problem("not_found");
    operator.delete(&path, "\"3\"").problem("not_found");
});

both!(a_piece_carries_the_version_of_its_whole, |world| {
    let text = world.draft();
    let (article, axis) = (format!("/v1/articles/{}", text.article), format!("/v1/axes/{}", text.axis));
    let version = |etag: &str| etag.trim_start_matches('"').split('.').next().unwrap().parse::<i64>().unwrap();
    let before = version(&text.etag());
    assert_eq!(version(&text.association.get(&article).etag()), before);
    let tag = text.association.get(&axis).etag();
    text.association.patch(&article, &tag, &json!({ "heading": "Durée et fin" })).expect(200);
    assert_eq!(version(&text.etag()), before + 1);
    text.association.patch(&axis, &tag, &json!({ "label": "Autre" })).problem("version_mismatch");
});

/// Runs one act from several threads at the same moment and counts the statuses.
fn race(acts: Vec<Box<dyn FnOnce() -> u16 + Send>>) -> (usize, usize, Vec<u16>) {
    let gate = Arc::new(Barrier::new(acts.len()));
    let threads: Vec<_> = acts
        .into_iter()
        .map(|act| {
            let gate = gate.clone();
            std::thread::spawn(move || {
                gate.wait();
                act()
            })
        })
        .collect();
    let statuses: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    let count = |status: u16| statuses.iter().filter(|s| **s == status).count();
    (count(200), count(412), statuses)
}

both!(of_two_writers_with_one_tag_one_wins, |world| {
    let operator = world.operator();
    let made = operator.post("/v1/organisations", &json!({ "kind": "other", "name": "x" })).expect(201);
    let path = format!("/v1/organisations/{}", made.id());
    for round in 1..=3_i64 {
        let acts = (0..8)
            .map(|n| {
                let (operator, path) = (operator.clone(), path.clone());
                let patch =
                    move || operator.patch(&path, &format!("\"{round}\""), &json!({ "name": format!("w{n}") })).status;
                Box::new(patch) as Box<dyn FnOnce() -> u16 + Send>
            })
            .collect();
        let (won, lost, statuses) = race(acts);
        assert_eq!((won, lost), (1, 7), "{statuses:?}");
        assert_eq!(operator.get(&path).json["version"], round + 1);
    }
});

both!(of_two_rotations_of_a_secret_one_wins, |world| {
    let (operator, client) = (world.operator(), world.observer());
    let path = format!("/v1/clients/{}/rotate-secret", client.id);
    let acts = (0..6)
        .map(|_| {
            let (operator, path) = (operator.clone(), path.clone());
            Box::new(move || operator.act(&path, "\"1\"").status) as Box<dyn FnOnce() -> u16 + Send>
        })
        .collect();
    let (won, lost, statuses) = race(acts);
    assert_eq!((won, lost), (1, 5), "{statuses:?}");
});

both!(of_two_signatures_of_one_party_one_stands, |world| {
    let text = world.draft();
    let (path, body) = (text.under("signatures"), text.signature(1, "2026-11-20"));
    let acts = (0..6)
        .map(|_| {
            let (association, path, body) = (text.association.clone(), path.clone(), body.clone());
            Box::new(move || association.post(&path, &body).status) as Box<dyn FnOnce() -> u16 + Send>
        })
        .collect();
    let (_, _, mut statuses) = race(acts);
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
});
