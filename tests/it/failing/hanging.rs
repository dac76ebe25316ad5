//! A server that says nothing more, and one that is gone in the middle of a commit.

use std::time::{Duration, Instant};

use passerelle::db::Target;

use super::proxy::Proxy;
use super::{create, ready, refused, wait_ready};
use crate::support::databases::TestDatabase;
use crate::support::raw::Raw;
use crate::support::{World, databases};

/// A database, and a way to it that can fall silent; none without a server.
fn behind_a_proxy() -> Option<(TestDatabase, Target, Proxy)> {
    let database = databases::postgres()?;
    let Target::Postgres(url) = database.target.clone() else { unreachable!("it is PostgreSQL") };
    let (start, rest) = url.rsplit_once('@').expect("a role");
    let (server, name) = rest.split_once('/').expect("a database");
    let proxy = Proxy::to(server.to_owned());
    let target = Target::Postgres(format!("{start}@{}/{name}", proxy.address));
    Some((database, target, proxy))
}

/// A service whose way to PostgreSQL can fall silent.
fn world() -> Option<(World, Proxy)> {
    let (database, target, proxy) = behind_a_proxy()?;
    let world = World::reaching(database, target, None);
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

    assert_eq!(world.app.db.waiting(), 0, "who was told waits no more");

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
fn a_replica_that_hangs_holds_up_no_export() {
    let Some((database, replica, proxy)) = behind_a_proxy() else { return };
    let target = database.target.clone();
    let world = World::reaching(database, target, Some(replica));
    let operator = world.operator();
    create(&operator, "exportee").expect(201);
    let export = || operator.get("/v1/organisations?format=csv").expect(200).text;
    let whole = export();
    assert!(whole.contains("exportee"));
    proxy.fall_silent();
    let silent = Instant::now();
    let mut raw = Raw::connect(world.address);
    let token = operator.token.clone().unwrap();
    raw.send(format!("GET /v1/organisations?format=csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"));
    let cut = raw.answer().expect("an answer has begun");
    assert!(!cut.text.contains("0\r\n\r\n"), "it is no whole: {}", cut.text);
    assert!(silent.elapsed() < Duration::from_secs(7), "{:?}", silent.elapsed());
    // From now on they come from the primary, which has threads of its own.
    for _ in 0..4 {
        assert_eq!(export(), whole);
    }
    assert_eq!((world.app.db.replica_up(), ready(&world)), (Some(false), 200));
    proxy.speak();
    let since = Instant::now();
    while world.app.db.replica_up() == Some(false) {
        assert!(since.elapsed() < Duration::from_secs(20), "the replica is never used again");
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(export(), whole);
    }
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
    let answer = create(&operator, "coupee").problem("outcome_unknown");
    assert!(answer.header("retry-after").is_some());
    world.sql("DROP TRIGGER ends ON organisations");
    assert_eq!(world.rows("organisations"), 0, "it was not done again either");
    create(&operator, "coupee").expect(201);
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
