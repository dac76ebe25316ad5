//! Eight writers at once whose transactions end in another order than they began.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::follower::Follower;
use crate::support::World;

/// Each commit waits for a random while after its entries were numbered by the sequence: what stands later in the table
/// becomes visible earlier.
const DELAYS: &str = "CREATE FUNCTION hesitate() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN PERFORM pg_sleep(random() * 0.03); RETURN NULL; END'; \
    CREATE CONSTRAINT TRIGGER hesitate AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED \
    FOR EACH ROW EXECUTE FUNCTION hesitate()";

both!(eight_writers_and_a_follower, |config| config.doors.writers = 8, |world| eight(world));

fn eight(world: &World) {
    if world.on_postgres() {
        world.sql(DELAYS);
    }
    let operator = world.operator();
    let shared: Vec<String> = (0..3)
        .map(|n| operator.post("/v1/organisations", &json!({ "kind": "company", "name": format!("commune {n}") })))
        .map(|made| made.expect(201).id())
        .collect();
    let mut follower = Follower::new(world, operator.clone());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (operator, shared) = (operator.clone(), &shared);
                scope.spawn(move || {
                    for turn in 0..12 {
                        let name = format!("écrivain {writer}, {turn}");
                        let new = json!({ "kind": "company", "name": name });
                        let made = operator.post("/v1/organisations", &new).expect(201);
                        // All fight for the same rows: their versions must come in order.
                        let address = format!("/v1/organisations/{}", shared[(writer + turn) % shared.len()]);
                        let etag = operator.get(&address).expect(200).etag();
                        let patched = operator.patch(&address, &etag, &json!({ "address": name }));
                        assert!(matches!(patched.status, 200 | 412), "{}", patched.status);
                        if turn % 3 == 0 {
                            let own = format!("/v1/organisations/{}", made.id());
                            operator.delete(&own, &made.etag()).expect(204);
                        }
                    }
                })
            })
            .collect();
        let stamper = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                world.stamp();
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
        while writers.iter().any(|writer| !writer.is_finished()) {
            follower.step(20, 1);
        }
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        stamper.join().unwrap();
    });
    follower.is_in_step(world, "eight writers");
    assert_eq!(world.rows("changes WHERE position IS NULL"), 0);
    assert_eq!(world.rows("changes"), world.rows("(SELECT DISTINCT position FROM changes) p"));
    assert_eq!(world.rows("audit_entries"), world.rows("(SELECT DISTINCT position FROM audit_entries) p"));
}
