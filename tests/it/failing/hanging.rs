//! A server that says nothing more, and one that is gone in the middle of a commit.

use std::time::{Duration, Instant};

use passerelle::db::Target;

use super::proxy::Proxy;
use super::{create, ready, refused, wait_ready};
use crate::support::{World, databases};

/// A service whose way to PostgreSQL can fall silent; none without a server.
fn world() -> Option<(World, Proxy)> {
    let database = databases::postgres()?;
    let Target::Postgres(url) = database.target.clone() else { unreachable!("it is PostgreSQL") };
    let (start, rest) = url.rsplit_once('@').expect("a role");
    let (server, name) = rest.split_once('/').expect("a database");
    let proxy = Proxy::to(server.to_owned());
    let target = Target::Postgres(format!("{start}@{}/{name}", proxy.address));
    let world = World::reaching(database, target);
    world.may_fail();
    // What is named so takes its time.
    world.sql(
        "CREATE FUNCTION takes_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM pg_sleep(substr(NEW.name, 5)::int); RETURN NEW; END $$;
         CREATE TRIGGER takes_time BEFORE INSERT ON organisations FOR EACH ROW
         WHEN (NEW.name LIKE 'lent%') EXECUTE FUNCTION takes_time()",
    );
    Some((world, proxy))
}

/// Waits until the two writing threads are inside a unit that takes its time.
fn wait_asleep(world: &World, wanted: i64) {
    let since = Instant::now();
    while world.rows("pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") < wanted {
        assert!(since.elapsed() < Duration::from_secs(20), "nothing sleeps");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_server_that_hangs_holds_up_nobody() {
    let Some((world, proxy)) = world() else { return };
    let operator = world.operator();
    operator.get("/v1/organisations").expect(200);
    let send = |name: &'static str| {
        let operator = operator.clone();
        std::thread::spawn(move || (create(&operator, name), Instant::now()))
    };
    let begun = ["lent2", "lent02"].map(send);
    wait_asleep(&world, 2);
    let waiting = ["file1", "file2", "file3"].map(send);
    std::thread::sleep(Duration::from_millis(300));
    let reader = operator.clone();
    proxy.fall_silent();
    let silent = Instant::now();
    let reading = std::thread::spawn(move || (reader.get("/v1/organisations"), Instant::now()));
    let in_time = |answered: Instant| {
        let took = answered.duration_since(silent);
        assert!(took < Duration::from_secs(7), "{took:?}");
    };
    for (requests, code) in [(Vec::from(begun), "outcome_unknown"), (Vec::from(waiting), "unavailable")] {
        for request in requests {
            let (answer, at) = request.join().unwrap();
            assert!(answer.problem(code).header("retry-after").is_some());
            in_time(at);
        }
    }
    let (answer, at) = reading.join().unwrap();
    answer.problem("unavailable");
    in_time(at);
    // Who comes now is told at once.
    let since = Instant::now();
    operator.get("/v1/organisations").problem("unavailable");
    create(&operator, "tard").problem("unavailable");
    assert_eq!(ready(&world), 503);
    world.anonymous().get("/health/live").expect(200);
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());

    proxy.speak();
    wait_ready(&world, 200);
    // The same again, with the same key, says what became of it.
    for name in ["lent2", "lent02"] {
        create(&operator, name).expect(201);
        assert_eq!(world.rows(&format!("organisations WHERE name = '{name}'")), 1);
    }
    assert_eq!(world.rows("organisations WHERE name LIKE 'file%' OR name = 'tard'"), 0, "never begun, never done");
    create(&operator, "file1").expect(201);
}

#[test]
fn slow_is_not_hung() {
    let Some((world, _proxy)) = world() else { return };
    let operator = world.operator();
    let since = Instant::now();
    create(&operator, "lent6").expect(201);
    assert!(since.elapsed() >= Duration::from_secs(6));
    assert_eq!(ready(&world), 200);
}

#[test]
fn a_commit_that_is_cut_off() {
    let Some((world, _proxy)) = world() else { return };
    let operator = world.operator();
    world.sql(
        "CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON organisations DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION ends()",
    );
    let answer = create(&operator, "coupé").problem("outcome_unknown");
    assert!(answer.header("retry-after").is_some());
    world.sql("DROP TRIGGER ends ON organisations");
    assert_eq!(world.rows("organisations"), 0, "it was not done again either");
    create(&operator, "coupé").expect(201);
}

#[test]
fn a_session_that_ends_inside_a_unit() {
    let Some((world, _proxy)) = world() else { return };
    let operator = world.operator();
    world.sql(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF nextval('tries') <= 100 THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;
           RETURN NEW; END $$;
         CREATE TRIGGER ends BEFORE INSERT ON organisations FOR EACH ROW EXECUTE FUNCTION ends()",
    );
    refused(&world, create(&operator, "une"));
    world.sql("SELECT setval('tries', 99)");
    create(&operator, "une").expect(201);
}
