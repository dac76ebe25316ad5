//! Rows computed again: what `passerelle obligations verify` finds, and what it repairs.

use passerelle::obligations::upkeep;
use serde_json::json;

use super::{reference, second, told};
use crate::support::World;

both!(right_rows_differ_in_nothing_and_wrong_ones_are_named, |world| {
    let texts = [reference(world), second(world)];
    told(world, &texts[0].association, &texts[0], "meeting_held", "state", "2026-03-10", json!({})).expect(201);
    let ids = upkeep::conventions(&mut world.connection()).unwrap();
    assert_eq!(ids.len(), 2);
    let differing = || {
        let mut found = Vec::new();
        for id in &ids {
            found.extend(upkeep::verify(&mut world.connection(), *id).expect("it can be computed"));
        }
        found
    };
    assert!(differing().is_empty(), "{:?}", differing());
    world.sql("UPDATE duties SET deadline_on = '2020-01-01' WHERE key = 'R11/2'");
    world.sql("DELETE FROM duties WHERE key = 'R11/1'");
    world.sql("UPDATE duties SET key = 'R99/1' WHERE key = 'R11/3'");
    world.sql("UPDATE conventions SET ends_on = '2031-01-01' WHERE last_day IS NOT NULL");
    let found = differing();
    assert_eq!((found.len(), found[0].spans), (1, true));
    let mut named: Vec<(&str, &str)> = found[0].duties.iter().map(|(how, key, _)| (*how, key.as_str())).collect();
    named.sort_unstable();
    assert_eq!(named, [("different", "R11/2"), ("missing", "R11/1"), ("missing", "R11/3"), ("too many", "R99/1")]);
    let (now, app_ids) = (world.now(), world.app.ids.clone());
    let mended = world.write(|c| upkeep::repair_duties(c, &app_ids, now, found[0].convention).unwrap());
    assert_eq!(mended, 4);
    let left = differing();
    assert!(left[0].duties.is_empty() && left[0].spans, "{left:?}");
});

both!(a_database_of_an_earlier_release_is_filled, |world| {
    let texts = [reference(world), second(world)];
    let rows = world.rows("duties");
    world.sql("DELETE FROM duties");
    let fill = || {
        let app = world.app.clone();
        actix_web::rt::System::new().block_on(async move { upkeep::fill(&app).await.expect("it is filled") })
    };
    assert_eq!(i64::try_from(fill()).unwrap(), rows);
    assert_eq!((world.rows("duties"), fill()), (rows, 0));
    assert!(texts[0].json()["next_duty"]["id"].is_string());
});

/// What the command line says, and how it ends.
fn command(database: &std::path::Path, arguments: &[&str]) -> (bool, String) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_passerelle"))
        .args(arguments)
        .env("DATABASE_URL", format!("sqlite:{}", database.display()))
        .env("PASSERELLE_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.success(), said)
}

#[test]
fn the_command_line_verifies_and_repairs() {
    let world = World::new(crate::support::databases::sqlite(), |_| {});
    let passerelle::db::Target::Sqlite(path) = world.database.target.clone() else { unreachable!() };
    let text = reference(&world);
    let version = text.version();
    let (whole, said) = command(&path, &["obligations", "verify"]);
    assert!(whole && said.contains("1 conventions computed again, 0 differ"), "{said}");
    world.sql("UPDATE duties SET met_on = '2025-01-01' WHERE key = 'R11/1'");
    world.sql("UPDATE conventions SET ends_on = '2031-01-01'");
    let (whole, said) = command(&path, &["obligations", "verify"]);
    assert!(!whole && said.contains("R11/1 from 2024-06-27: different") && said.contains(&text.id), "{said}");
    assert!(said.contains("the dates of its life"), "{said}");
    let (whole, said) = command(&path, &["obligations", "verify", "--repair", "--format", "json"]);
    assert!(whole && said.contains("\"repaired\": true") || said.contains("\"repaired\":true"), "{said}");
    let (whole, said) = command(&path, &["obligations", "verify"]);
    assert!(whole, "{said}");
    assert_eq!(text.json()["ends_on"], "2029-06-27");
    // The dates of its life are the convention's own: it has a next version.
    assert_eq!(text.version(), version + 1);
}
