//! What PostgreSQL refuses for its own reasons, in whatever language.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use super::{create, ready, refused, wait_ready};
use crate::support::World;

const CODES: [&str; 6] = ["53100", "53200", "57014", "40001", "40P01", "55P03"];

/// Makes each insertion of an organisation fail so, `times` times: a sequence is not rolled back.
fn fails(world: &World, code: &str, times: u32, at_commit: bool) {
    let trigger = if at_commit {
        "CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON organisations DEFERRABLE INITIALLY DEFERRED"
    } else {
        "CREATE TRIGGER fails BEFORE INSERT ON organisations"
    };
    world.sql(&format!(
        "DROP TRIGGER IF EXISTS fails ON organisations; DROP SEQUENCE IF EXISTS tries; CREATE SEQUENCE tries;
         CREATE OR REPLACE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'rien à dire' USING ERRCODE = '{code}'; END IF;
           RETURN NEW; END $$;
         {trigger} FOR EACH ROW EXECUTE FUNCTION fails()"
    ));
}

both!(what_fails_once_is_done_again, |world| {
    if !world.on_postgres() {
        return;
    }
    let operator = world.operator();
    for (made, code) in (1..).zip(CODES) {
        fails(world, code, 1, made % 2 == 0);
        create(&operator, code).expect(201);
        assert_eq!((world.rows("organisations"), world.rows("idempotency_keys")), (made, made), "{code}");
    }
});

both!(what_fails_always_is_a_503, |world| {
    world.may_fail();
    let operator = world.operator();
    if world.on_postgres() {
        for at_commit in [false, true] {
            for code in CODES {
                fails(world, code, 1000, at_commit);
                refused(world, create(&operator, code));
            }
        }
        world.sql("DROP TRIGGER fails ON organisations");
    } else {
        for how in ["ABORT", "FAIL", "ROLLBACK"] {
            world.sql(&format!(
                "CREATE TRIGGER fails BEFORE INSERT ON organisations BEGIN SELECT RAISE({how}, 'rien à dire'); END"
            ));
            refused(world, create(&operator, how));
            world.sql("DROP TRIGGER fails");
        }
    }
    // One operation that fails makes nobody else wait, and the service stays ready.
    wait_ready(world, 200);
    create(&operator, "enfin").expect(201);
});

both!(a_unit_that_ends_the_transaction_of_others_takes_nothing_with_it, |world| {
    world.may_fail();
    let operator = world.operator();
    if world.on_postgres() {
        return;
    }
    // As SQLite does by itself when a disk is full.
    world.sql(
        "CREATE TRIGGER fails BEFORE INSERT ON organisations WHEN NEW.name LIKE 'poison%' \
         BEGIN SELECT RAISE(ROLLBACK, 'rien à dire'); END",
    );
    let names: Vec<String> =
        (0..40).map(|n| if n % 4 == 0 { format!("poison {n}") } else { format!("bon-{n}") }).collect();
    let keys: Vec<String> = names.iter().map(|name| name.replace(' ', "-")).collect();
    std::thread::scope(|scope| {
        for (name, key) in names.iter().zip(&keys) {
            let operator = operator.clone();
            scope.spawn(move || {
                let new = serde_json::json!({ "kind": "company", "name": name });
                for _ in 0..100 {
                    let status = operator.ask("POST", "/v1/organisations").key(key).json(&new).send().status;
                    assert!(matches!(status, 201 | 503), "{status}");
                    if status == 201 {
                        assert!(!name.starts_with("poison"));
                        return;
                    }
                    if name.starts_with("poison") {
                        return;
                    }
                }
                panic!("{name} never got through");
            });
        }
    });
    for table in ["organisations", "idempotency_keys", "audit_entries", "changes"] {
        assert_eq!(world.rows(table), 30, "{table}: each once, and nothing of the others");
    }
});

both!(a_lock_that_does_not_come, |world| {
    if !world.on_postgres() {
        return;
    }
    world.may_fail();
    let operator = world.operator();
    let mut held = world.database.target.open(false).unwrap();
    held.begin_writing().unwrap();
    held.batch_execute("LOCK TABLE organisations IN EXCLUSIVE MODE").unwrap();
    let since = Instant::now();
    let answer = create(&operator, "attend");
    held.rollback().unwrap();
    assert!(since.elapsed() >= Duration::from_secs(9), "a wait for a lock keeps its time");
    assert!(since.elapsed() < Duration::from_secs(19), "it is not waited for twice");
    refused(world, answer);
    create(&operator, "attend").expect(201);
});

both!(a_deadlock_is_done_again, |world| {
    if !world.on_postgres() {
        return;
    }
    let operator = world.operator();
    world.sql(
        "CREATE FUNCTION crosses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM pg_advisory_xact_lock(1); PERFORM pg_advisory_xact_lock(2); RETURN NEW; END $$;
         CREATE TRIGGER crosses BEFORE INSERT ON organisations FOR EACH ROW EXECUTE FUNCTION crosses()",
    );
    let mut other = world.database.target.open(false).unwrap();
    other.begin_writing().unwrap();
    other.batch_execute("SELECT pg_advisory_xact_lock(2)").unwrap();
    let request = std::thread::spawn(move || create(&operator, "croise"));
    // The unit waits for the second lock, and is the first to find out that this waits for the first one.
    let waits = "pg_locks WHERE locktype = 'advisory' AND NOT granted";
    while world.rows(waits) == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    other.batch_execute("SELECT pg_advisory_xact_lock(1)").unwrap();
    other.commit().unwrap();
    request.join().unwrap().expect(201);
    assert_eq!(world.rows("organisations"), 1);
});

/// Ends every session of the service.
fn end_sessions(world: &World) {
    world.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
}

both!(a_read_only_server, |world| {
    if !world.on_postgres() {
        return;
    }
    world.may_fail();
    let operator = world.operator();
    let name = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ";
    world.sql(&format!("{name}on', current_database()); END $$"));
    end_sessions(world);
    wait_ready(world, 503);
    for n in 0..4 {
        refused(world, create(&operator, &format!("{n}")));
    }
    // It is read all the same, once each reader has a new session.
    while operator.get("/v1/organisations").status == 503 {}
    operator.get("/v1/organisations").expect(200);
    assert_eq!(ready(world), 503);
    world.sql(&format!("{name}off', current_database()); END $$"));
    if std::env::var("TEST_POOLER_URL").is_ok() {
        // The pooler's own sessions know nothing of it.
        end_sessions(world);
    }
    wait_ready(world, 200);
    create(&operator, "enfin").expect(201);
});

both!(sessions_that_are_ended_hold_up_no_write, |world| {
    if !world.on_postgres() || std::env::var("TEST_POOLER_URL").is_ok() {
        return;
    }
    let operator = world.operator();
    operator.get("/v1/organisations").expect(200);
    // The two that write; readers may answer 503 once each.
    world.may_fail();
    end_sessions(world);
    while operator.get("/v1/organisations").status == 503 {}
    for n in 0..4 {
        create(&operator, &format!("{n}")).expect(201);
    }
});
