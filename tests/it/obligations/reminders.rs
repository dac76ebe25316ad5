//! Reminders: entries of the change feed, one for each duty that comes to be due and one when it is overdue.

use passerelle::conventions::feed::reach_dates;
use passerelle::obligations::reminders::remind;
use serde_json::{Value, json};

use super::{ledger, reference, told, until};
use crate::support::{Actor, World};

fn job(world: &World) -> usize {
    let (now, today) = (world.now(), world.app.clock.today());
    let told = world.write(|c| {
        reach_dates(c, now, today).expect("dates are reached");
        remind(c, now, today).expect("duties are told of")
    });
    world.stamp();
    told
}

/// The entries about duties that an actor reads, with the resource.
fn entries(world: &World, actor: &Actor) -> Vec<Value> {
    let page = world.afresh(actor).get("/v1/changes?kinds=obligation&limit=200&embed=resource").expect(200).json;
    page["items"].as_array().unwrap().clone()
}

both!(each_is_told_once, |world| {
    let text = reference(world);
    let association = text.association.clone();
    // In November 2026 two years have passed without a meeting.
    assert_eq!(job(world), 2);
    assert_eq!((job(world), job(world)), (0, 0));
    let seen = entries(world, &association);
    let keys: Vec<&Value> = seen.iter().map(|entry| &entry["resource"]["key"]).collect();
    assert_eq!(keys, ["R11/1", "R11/2"]);
    for entry in &seen {
        assert_eq!((&entry["operation"], &entry["convention_id"]), (&json!("date_reached"), &json!(text.id)));
        let id = entry["id"].as_str().unwrap();
        let read = world.afresh(&association).get(&format!("/v1/obligations/{id}")).expect(200).json;
        assert_eq!(entry["resource"], read);
    }
    // Another day, another duty: due, and after its deadline overdue; the day before, nothing.
    for (day, told) in [("2027-06-25", 0), ("2027-06-26", 1), ("2027-06-27", 0), ("2027-06-28", 1), ("2027-06-29", 0)] {
        until(world, day);
        assert_eq!(job(world), told, "{day}");
    }
    let third: Vec<Value> =
        entries(world, &association).into_iter().filter(|e| e["resource"]["key"] == "R11/3").collect();
    assert_eq!(third.len(), 2);
    // Who does not see the convention reads nothing of it.
    assert!(entries(world, &world.association()).is_empty());
    assert_eq!(entries(world, &text.ministry).len(), 4);
    assert_eq!(entries(world, &world.school("0950649P")).len(), 4);
});

both!(what_was_missed_is_told_when_the_job_runs_again, |world| {
    let text = reference(world);
    job(world);
    until(world, "2029-01-10");
    // R04 went by due and is overdue; so are two more years of meetings.
    assert_eq!(job(world), 3);
    let keys: Vec<Value> = entries(world, &text.association).iter().map(|e| e["resource"]["key"].clone()).collect();
    assert_eq!(keys[2..], ["R11/3", "R11/4", "R04/0"]);
});

both!(dates_that_change_are_told_again_and_others_are_not, |world| {
    let text = reference(world);
    job(world);
    // A meeting recorded late meets the second year: nothing new is due but its minutes.
    told(world, &text.association, &text, "meeting_held", "state", "2026-03-10", json!({})).expect(201);
    assert_eq!(job(world), 1);
    let last = entries(world, &text.association).pop().unwrap();
    assert_eq!(last["resource"]["rule"], "R17");
    // Corrected to another day, its minutes are those of another meeting: told of again.
    let meeting = world.afresh(&text.association).list(&text.under("facts"))[0]["id"].clone();
    let correction = json!({ "replaces": meeting });
    told(world, &text.association, &text, "meeting_held", "state", "2026-03-11", correction).expect(201);
    assert_eq!(job(world), 1);
    // The entry of what is owed no more stays, and its resource is gone.
    let gone = last["id"].as_str().unwrap();
    world.afresh(&text.association).get(&format!("/v1/obligations/{gone}")).problem("not_found");
    let kept = entries(world, &text.association).into_iter().find(|entry| entry["id"] == gone).unwrap();
    assert_eq!(kept["resource"], Value::Null);
});

both!(no_answer_depends_on_it, |world| {
    let text = reference(world);
    let before = ledger(world, &text.association, &text, "as_of=2026-11-23");
    let listed = text.association.list("/v1/obligations");
    job(world);
    assert_eq!(ledger(world, &text.association, &text, "as_of=2026-11-23"), before);
    assert_eq!(text.association.list("/v1/obligations"), listed);
});

both!(two_replicas_tell_it_once, |world| {
    let text = reference(world);
    let other = world.replica();
    std::thread::scope(|scope| {
        for world in [world, &other] {
            scope.spawn(move || {
                let app = world.app.clone();
                let index = passerelle::jobs::JOBS.iter().position(|job| job.name == "dates_reached").unwrap();
                world.write(|c| passerelle::jobs::lease::register(c, "dates_reached").unwrap());
                let owner = world.address.to_string();
                actix_web::rt::System::new()
                    .block_on(passerelle::jobs::run_if_due(&app, &passerelle::jobs::JOBS[index], &owner))
                    .expect("the job can be asked for");
            });
        }
    });
    world.stamp();
    assert_eq!(entries(world, &text.association).len(), 2);
});

both!(who_is_awaited_is_told_of_the_minutes, |world| {
    let text = reference(world);
    job(world);
    let meeting = told(world, &text.ministry, &text, "meeting_held", "state", "2026-11-02", json!({})).expect(201).id();
    let validates = |actor: &Actor, side: &str, on: &str| {
        told(world, actor, &text, "minutes_validated", side, on, json!({ "refers_to": meeting })).expect(201);
    };
    let owes = || {
        let entry = entries(world, &text.association).pop().unwrap();
        (entry["resource"]["rule"].clone(), entry["resource"]["owed_by_names"].clone())
    };
    assert_eq!(job(world), 1);
    assert_eq!(owes(), (json!("R17"), json!(["Partie association"])));
    validates(&text.association, "association", "2026-11-10");
    assert_eq!((job(world), job(world)), (1, 0));
    assert_eq!(owes(), (json!("R17"), json!(["Partie state"])));
    validates(&text.ministry, "state", "2026-11-20");
    assert_eq!(job(world), 0);
    // What facts make due is not for schools.
    let seen = entries(world, &world.school("0950649P"));
    assert!(seen.iter().all(|entry| entry["resource"]["rule"] == "R11"), "{seen:?}");
});
