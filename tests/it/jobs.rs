//! Jobs and their leases: of several replicas one runs a job, and another takes over when it dies.

use passerelle::db::feed;
use passerelle::jobs::{self, JOBS, lease};
use serde_json::json;

use crate::support::World;

fn run(world: &World, job: usize, owner: &str) -> bool {
    let app = world.app.clone();
    actix_web::rt::System::new().block_on(jobs::run_if_due(&app, &JOBS[job], owner)).expect("the job can be asked for")
}

fn state(world: &World, name: &str) -> serde_json::Value {
    let all = world.operator().get("/v1/jobs").expect(200).json;
    all["jobs"].as_array().unwrap().iter().find(|job| job["name"] == name).cloned().unwrap()
}

both!(a_job_is_run_once_whoever_asks, |world| {
    let other = world.replica();
    for job in &JOBS {
        world.write(|c| lease::register(c, job.name).unwrap());
        world.write(|c| lease::register(c, job.name).unwrap());
    }
    for (index, job) in JOBS.iter().enumerate() {
        let asked: Vec<bool> = std::thread::scope(|scope| {
            let tries: Vec<_> = [(world, "a"), (&other, "b"), (world, "c"), (&other, "d")]
                .map(|(world, owner)| scope.spawn(move || run(world, index, owner)))
                .into_iter()
                .collect();
            tries.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        assert_eq!(asked.iter().filter(|ran| **ran).count(), 1, "{}", job.name);
        let state = state(world, job.name);
        assert_eq!((&state["runs"], &state["failures"], &state["last_error"]), (&json!(1), &json!(0), &json!(null)));
    }
});

both!(a_lease_that_ends_is_taken_over, |world| {
    let name = "any";
    world.write(|c| lease::register(c, name).unwrap());
    assert!(world.write(|c| lease::take(c, name, "a", 1, 3600).unwrap()));
    assert!(!world.write(|c| lease::take(c, name, "b", 1, 3600).unwrap()), "it is a's");
    assert!(world.write(|c| lease::renew(c, name, "a", 1).unwrap()));
    assert!(!world.write(|c| lease::renew(c, name, "b", 1).unwrap()));
    // a dies.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    assert!(world.write(|c| lease::take(c, name, "b", 60, 3600).unwrap()));
    assert!(!world.write(|c| lease::renew(c, name, "a", 60).unwrap()), "a learns that it lost it");
    assert_eq!(world.write(|c| lease::finish(c, name, "a", 0).unwrap()), 0);
    // b stops in order: nobody waits for its lease.
    assert_eq!(world.write(|c| lease::release(c, "b").unwrap()), 1);
    assert!(world.write(|c| lease::take(c, name, "c", 60, 3600).unwrap()));
    // c fails: tried again later, and the reason is kept.
    world.write(|c| lease::fail(c, name, "c", 3600, "no way").unwrap());
    assert!(!world.write(|c| lease::take(c, name, "c", 60, 3600).unwrap()), "not due yet");
    assert_eq!(state(world, name)["last_error"], "no way");
    world.association().get("/v1/jobs").expect(403);
});

both!(the_feed_is_kept_for_its_time, |config| config.feed_retention = 24 * 3600, |world| {
    let job = JOBS.iter().position(|job| job.name == "feed_retention").unwrap();
    world.write(|c| lease::register(c, "feed_retention").unwrap());
    let operator = world.operator();
    operator.post("/v1/organisations", &json!({ "kind": "company", "name": "A" })).expect(201);
    world.stamp();
    world.pass_seconds(25 * 3600);
    let operator = world.operator();
    operator.post("/v1/organisations", &json!({ "kind": "company", "name": "B" })).expect(201);
    world.stamp();
    assert!(run(world, job, "a"));
    assert_eq!(world.rows("changes"), 1);
    assert_eq!(world.rows("audit_entries"), 2, "the audit is kept");
    operator.get("/v1/changes").expect(410);
});

both!(a_long_feed_is_dropped_in_pieces, |config| config.feed_retention = 24 * 3600, |world| {
    let job = JOBS.iter().position(|job| job.name == "feed_retention").unwrap();
    world.write(|c| lease::register(c, "feed_retention").unwrap());
    world.operator().post("/v1/organisations", &json!({ "kind": "company", "name": "A" })).expect(201);
    world.sql(
        "INSERT INTO changes (kind, resource_id, version, operation, recorded_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) \
         SELECT kind, resource_id, version, 'updated', recorded_at FROM changes, n",
    );
    world.stamp();
    world.pass_seconds(25 * 3600);
    world.operator().post("/v1/organisations", &json!({ "kind": "company", "name": "B" })).expect(201);
    world.stamp();
    let now = world.now();
    let dropped = world.write(|c| feed::drop_before(c, now.plus_seconds(-24 * 3600), now).unwrap());
    assert_eq!(i64::try_from(dropped).unwrap(), feed::DROPPED_AT_ONCE, "others may write in between");
    assert!(run(world, job, "a"));
    assert_eq!(world.rows("changes"), 1);
});
