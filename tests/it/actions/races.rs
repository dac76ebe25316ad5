//! Writers that cross: the same keys in two bulks at once, merges into each other. Neither is told that the service failed.

use std::sync::Barrier;

use serde_json::{Value, json};

use super::bulk::{bulk, count};
use super::{act, create, read, reference, visit};
use crate::conventions::each;
use crate::support::Response;

/// Both at once.
fn together<T: Send>(one: impl FnOnce() -> T + Send, other: impl FnOnce() -> T + Send) -> [T; 2] {
    let barrier = Barrier::new(2);
    let at_once = |work: Box<dyn FnOnce() -> T + Send + '_>| {
        barrier.wait();
        work()
    };
    std::thread::scope(|scope| {
        let one = scope.spawn(|| at_once(Box::new(one)));
        let other = scope.spawn(|| at_once(Box::new(other)));
        [one.join().unwrap(), other.join().unwrap()]
    })
}

both!(bulks_with_the_same_keys_see_each_other, |world| {
    let text = reference(world);
    let association = &text.association;
    for (round, turned, op) in
        [(0, false, "upsert"), (1, true, "upsert"), (2, false, "create"), (3, true, "create"), (4, true, "upsert")]
    {
        let line = |n: usize| {
            let changed = json!({ "title": format!("Visite {n}"), "external_id": format!("r{round}-{n}") });
            json!({ "op": op, "action": visit(&text, &changed) })
        };
        let lines: Vec<Value> = (0..400).map(line).collect();
        let mut others = lines.clone();
        if turned {
            others.reverse();
        }
        let before = count(association);
        let answers = together(
            || bulk(association, "?mode=partial", &lines).expect(200).json,
            || bulk(association, "?mode=partial", &others).expect(200).json,
        );
        assert_eq!(count(association), before + 400, "round {round}");
        let done: Vec<u64> = answers.iter().map(|answer| answer["done"].as_u64().unwrap()).collect();
        if op == "upsert" {
            assert_eq!(done, [400, 400], "round {round}");
            let ids = |answer: &Value| {
                let mut ids = each(answer["results"].as_array().unwrap(), "id");
                ids.sort_unstable();
                ids
            };
            assert_eq!(ids(&answers[0]), ids(&answers[1]), "round {round}");
        } else {
            assert_eq!(done.iter().sum::<u64>(), 400, "round {round}");
            let refused = |answer: &&Value| answer["done"] == 0;
            let refused = answers.iter().find(refused).expect("one bulk came second");
            let lines = refused["results"].as_array().unwrap();
            assert!(lines.iter().all(|line| line["problem"]["code"] == "duplicate"), "{}", lines[0]);
        }
    }
});

both!(a_bulk_and_a_creation_of_the_same_key_see_each_other, |world| {
    let text = reference(world);
    let association = &text.association;
    for round in 0..4 {
        let new = |n: usize| visit(&text, &json!({ "external_id": format!("s{round}-{n}") }));
        let lines: Vec<Value> = (0..300).map(|n| json!({ "op": "upsert", "action": new(n) })).collect();
        let [many, one] = together(|| bulk(association, "", &lines), || association.post("/v1/actions", &new(299)));
        assert_eq!(many.expect(200).json["done"], 300);
        assert!(one.status == 201 || one.json["code"] == "duplicate", "{} {}", one.status, one.text);
    }
    assert_eq!(count(association), 1200);
});

both!(merges_that_cross_leave_one, |world| {
    let text = reference(world);
    let association = &text.association;
    let lines = |ids: &[(String, String)]| -> Vec<Value> {
        ids.iter()
            .map(|(into, twin)| json!({ "op": "merge", "id": into, "with": { "twin_id": twin, "twin_version": 1 } }))
            .collect()
    };
    let pair = || (create(association, &visit(&text, &json!({}))), create(association, &visit(&text, &json!({}))));
    let gone = |id: &str| association.get(&format!("/v1/actions/{id}")).status == 410;
    // One by one.
    for _ in 0..15 {
        let (a, b) = pair();
        let merge = |into: &str, twin: &str| -> Response {
            act(association, into, "merge", &json!({ "twin_id": twin, "twin_version": 1 }))
        };
        let answers = together(|| merge(&a, &b), || merge(&b, &a));
        let mut statuses = answers.each_ref().map(|answer| answer.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 410], "{} {}", answers[0].text, answers[1].text);
        assert!(gone(&a) != gone(&b));
    }
    // Many in one unit, in opposite orders: whichever the database ends is done again.
    let pairs: Vec<(String, String)> = (0..40).map(|_| pair()).collect();
    let turned: Vec<(String, String)> = pairs.iter().rev().map(|(a, b)| (b.clone(), a.clone())).collect();
    let answers = together(
        || bulk(association, "?mode=partial", &lines(&pairs)).expect(200).json,
        || bulk(association, "?mode=partial", &lines(&turned)).expect(200).json,
    );
    let done: u64 = answers.iter().map(|answer| answer["done"].as_u64().unwrap()).sum();
    assert_eq!(done, 40);
    for (a, b) in &pairs {
        assert!(gone(a) != gone(b));
        let left = if gone(a) { b } else { a };
        assert_eq!(read(association, left)["version"], 2);
    }
});
