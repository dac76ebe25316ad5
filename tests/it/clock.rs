//! A clock that jumps: years ahead for two seconds, an hour or a day back. Nothing is told, dropped or refused for good by it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passerelle::conventions::feed::reach_dates;
use passerelle::domain::Instant;
use passerelle::http::idempotency;
use passerelle::jobs::{self, JOBS, lease};
use passerelle::obligations::reminders::remind;
use serde_json::json;

use crate::obligations::{reference, until};
use crate::support::actors::SECRET;
use crate::support::{Actor, Response, World};

const DAY: i64 = 24 * 3600;
/// Five thousand days.
const AHEAD: i64 = 5000 * DAY;

/// Runs a job that is due; true when it ran.
fn run(world: &World, name: &str) -> bool {
    let job = JOBS.iter().find(|job| job.name == name).unwrap();
    world.write(|c| lease::register(c, job.name).unwrap());
    world.sql(&format!("UPDATE jobs SET next_at = 0 WHERE name = '{name}'"));
    actix_web::rt::System::new().block_on(jobs::run_if_due(&world.app, job, "a")).expect("the job can be asked for")
}

fn token(world: &World, client: &Actor) -> Response {
    let secret = STANDARD.encode(format!("{}:{SECRET}", client.id));
    let ask = world.anonymous().ask("POST", "/oauth/token").header("Authorization", &format!("Basic {secret}"));
    ask.body("application/x-www-form-urlencoded", "grant_type=client_credentials").send()
}

/// The same client with a token that it asked for now.
fn signed_in(world: &World, client: &Actor) -> Actor {
    let token = token(world, client).expect(200).json["access_token"].as_str().unwrap().to_owned();
    world.bearing(client, &token)
}

both!(a_job_that_is_due_years_ahead_is_due, |world| {
    let name = "any";
    world.write(|c| lease::register(c, name).unwrap());
    let take = || world.write(|c| lease::take(c, name, "b", 15, 300).unwrap());
    let at = |column: &str, seconds: i64| {
        let now = if world.on_postgres() { "extract(epoch FROM now())::bigint" } else { "unixepoch()" };
        world.sql("UPDATE jobs SET lease_until = 0, next_at = 0");
        world.sql(&format!("UPDATE jobs SET {column} = ({now} + {seconds}) * 1000000, owner = 'a'"));
    };
    for (column, seconds, due) in
        [("next_at", AHEAD, true), ("next_at", 200, false), ("lease_until", AHEAD, true), ("lease_until", 10, false)]
    {
        at(column, seconds);
        assert_eq!(take(), due, "{column} in {seconds} seconds");
    }
});

both!(jobs_wait_until_the_clock_is_steady, |world| {
    reference(world);
    assert!(run(world, "dates_reached"));
    world.stamp();
    let before = world.rows("changes");
    world.jump_seconds(AHEAD);
    for job in &JOBS {
        assert!(!run(world, job.name), "{} runs by a clock that has just been set", job.name);
    }
    world.jump_seconds(-AHEAD);
    assert!(!run(world, "dates_reached"));
    world.pass_seconds(61);
    assert!(run(world, "dates_reached"));
    assert_eq!(world.rows("changes"), before, "nothing of the years to come was told");
    // Time that passes is no jump, however much of it.
    world.pass_seconds(400 * DAY);
    assert!(run(world, "dates_reached"));
    assert!(world.rows("changes") > before);
});

both!(what_was_told_too_early_is_told_again, |world| {
    let text = reference(world);
    let school = world.school("0950649P");
    let tell = |world: &World| {
        let (now, today) = (world.now(), world.app.clock.today());
        world.write(|c| while reach_dates(c, now, today).unwrap() + remind(c, now, today).unwrap() > 0 {});
        world.stamp();
    };
    let entries = |kind: &str| {
        let page = world.afresh(&school).get(&format!("/v1/changes?kinds={kind}&limit=200")).expect(200).json;
        let of = |entry: &&serde_json::Value| kind != "convention" || entry["id"] == text.id;
        let items = page["items"].as_array().unwrap().clone();
        items.iter().filter(of).map(|entry| entry["operation"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    tell(world);
    let (duties, conventions) = (entries("obligation").len(), entries("convention"));
    // A process that starts with a wrong clock has no other to compare it with.
    world.jump_seconds(AHEAD);
    tell(world);
    world.jump_seconds(-AHEAD);
    assert_eq!(entries("convention").last().unwrap(), "left", "it has come to its end, says the clock");
    tell(world);
    assert_eq!(entries("convention").last().unwrap(), "entered", "it has not");
    let again = entries("obligation").len();
    // R11/3 is due on this day.
    until(world, "2027-06-26");
    tell(world);
    assert_eq!(entries("obligation").len(), again + 1, "its day has come: {duties} before the jump");
    until(world, "2029-06-29");
    tell(world);
    assert_eq!(entries("convention").last().unwrap(), "left", "{conventions:?}");
});

both!(retention_drops_a_days_worth_at_most, |world| {
    let operator = world.operator();
    for day in 0..6 {
        let operator = world.afresh(&operator);
        let name = json!({ "kind": "company", "name": format!("Société {day}") });
        operator.ask("POST", "/v1/organisations").key(&format!("{day}")).json(&name).send().expect(201);
        let file = format!("/v1/files?name={day}.txt&purpose=other");
        let file = operator.ask("POST", &file).body("text/plain", format!("Octets {day}")).send().expect(201).id();
        operator.delete(&format!("/v1/files/{file}"), "\"1\"").expect(204);
        world.pass_seconds(DAY);
    }
    world.stamp();
    let rows = || ["changes", "idempotency_keys", "blobs"].map(|table| world.rows(table));
    let before = rows();
    assert_eq!(before[1..], [6, 6]);
    // A replica that starts while the clock is years ahead.
    world.jump_seconds(AHEAD);
    let other = world.replica();
    for (name, left) in [("idempotency_expiry", 5), ("unused_blobs", 5)] {
        assert!(run(&other, name));
        let table = if name == "unused_blobs" { "blobs" } else { "idempotency_keys" };
        assert_eq!(world.rows(table), left, "{name}");
    }
    assert!(run(&other, "feed_retention"));
    assert_eq!(world.rows("changes"), before[0] / 6 * 5);
    // Weeks that were really missed are caught up with, run after run.
    for _ in 0..5 {
        assert!(run(&other, "feed_retention") && run(&other, "idempotency_expiry") && run(&other, "unused_blobs"));
    }
    assert_eq!(rows(), [0, 0, 0]);
});

both!(an_hours_keys_are_dropped_at_once, |world| {
    let operator = world.operator();
    for hour in 0..4 {
        let name = json!({ "kind": "company", "name": format!("Société {hour}") });
        let operator = world.afresh(&operator);
        operator.ask("POST", "/v1/organisations").key(&format!("{hour}")).json(&name).send().expect(201);
        world.pass_seconds(3600);
    }
    world.jump_seconds(AHEAD);
    assert!(run(&world.replica(), "idempotency_expiry"));
    assert_eq!(world.rows("idempotency_keys"), 3);
    world.jump_seconds(-AHEAD);
    let moment = world.now().plus_seconds(-idempotency::KEPT);
    assert_eq!(world.write(|c| idempotency::drop_before(c, moment).unwrap()), 0, "none of them is a day old");
});

both!(
    entries_dated_by_a_clock_that_was_behind_take_no_others_along,
    |config| config.feed_retention = 24 * 3600,
    |world| {
        let operator = world.operator();
        let company = |name: &str| {
            let body = json!({ "kind": "company", "name": name });
            world.afresh(&operator).post("/v1/organisations", &body).expect(201);
            world.stamp();
        };
        company("A");
        world.jump_seconds(-AHEAD);
        company("B");
        world.jump_seconds(AHEAD);
        company("C");
        assert!(run(&world.replica(), "feed_retention"));
        assert_eq!(world.rows("changes"), 3, "A is of today");
        // Those of a clock that was ahead go with the next.
        world.jump_seconds(AHEAD);
        company("D");
        world.jump_seconds(-AHEAD);
        for (name, left) in [("E", 2), ("F", 1)] {
            world.pass_seconds(30 * 3600);
            company(name);
            assert!(run(&world.replica(), "feed_retention"));
            assert_eq!(world.rows("changes"), left, "{name}");
        }
    }
);

both!(without_a_key_that_signs_yet_a_token_is_asked_for_again, |world| {
    let client = world.association();
    let reload = || {
        let app = world.app.clone();
        actix_web::rt::System::new().block_on(async { app.keys.reload(&app.db).await.unwrap() });
    };
    let signs_from =
        |moment: Instant| world.sql(&format!("UPDATE signing_keys SET signs_from = {}", moment.as_micros()));
    for (ahead, wait) in [(30, 31), (AHEAD, 60)] {
        signs_from(world.now().plus_seconds(ahead));
        reload();
        let answer = token(world, &client).problem("no_signing_key");
        assert_eq!(answer.header("retry-after"), Some(wait.to_string().as_str()));
        client.get("/v1/me").expect(200);
    }
    signs_from(world.now());
    reload();
    token(world, &client).expect(200);
});

both!(a_clock_set_back_leaves_the_service_answering, |world| {
    let client = world.association();
    for back in [3600, DAY] {
        let client = signed_in(world, &client);
        let company = |actor: &Actor, name: &str| {
            let made = actor.post("/v1/organisations", &json!({ "kind": "company", "name": name })).expect(201);
            (made.id(), made.etag())
        };
        let (before, etag) = company(&client, "Avant");
        world.jump_seconds(-back);
        // A token of a day that has not come is none; another is given at once, also by the key that is of today.
        client.get("/v1/me").problem("invalid_token");
        let client = signed_in(world, &client);
        client.patch(&format!("/v1/organisations/{before}"), &etag, &json!({ "name": "Pendant" })).expect(200);
        let (during, _) = company(&client, "Pendant");
        world.stamp();
        let seen = client.list("/v1/organisations?sort=created_at");
        assert!([&before, &during].iter().all(|id| seen.iter().any(|one| one["id"] == id.as_str())));
        let entries = client.get("/v1/changes?kinds=organisation&limit=200").expect(200).json;
        let entries = entries["items"].as_array().unwrap().clone();
        let own = |id: &String| {
            let of = entries.iter().filter(|entry| entry["id"] == id.as_str());
            of.map(|entry| entry["version"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!((own(&before), own(&during)), (vec![1, 2], vec![1]));
        assert!(entries.is_sorted_by_key(|entry| entry["position"].as_i64()));
        world.jump_seconds(back);
    }
});

both!(a_token_of_a_clock_that_was_ahead_is_none_when_it_is_right_again, |world| {
    let client = world.association();
    world.jump_seconds(AHEAD);
    let ahead = signed_in(world, &client);
    ahead.get("/v1/me").expect(200);
    world.jump_seconds(-AHEAD);
    ahead.get("/v1/me").problem("invalid_token");
    client.get("/v1/me").expect(200);
});

both!(what_was_recorded_while_the_clock_was_ahead_is_known, |world| {
    let mut text = world.draft();
    let turn = |text: &mut crate::support::texts::Text| {
        text.association = world.afresh(&text.association);
        text.ministry = world.afresh(&text.ministry);
    };
    world.jump_seconds(2 * 3600);
    turn(&mut text);
    text.signed_by_both("2026-11-20");
    world.jump_seconds(-2 * 3600);
    turn(&mut text);
    let read = text.association.get(&text.path()).expect(200).json;
    assert_eq!((&read["status"], &read["in_force_from"]), (&json!("in_force"), &json!("2026-11-20")));
    // Asked for what was known by now, it is not: that is what the records say.
    let known = text.association.get(&format!("{}?known_at={}", text.path(), world.now())).expect(200).json;
    assert_eq!(known["status"], "draft");
});
