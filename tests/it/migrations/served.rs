//! Whose schema is it: ours at this version, ours at another, or somebody else's.

use diesel::connection::SimpleConnection as _;
use passerelle::app::App;
use passerelle::clock::{Clock, Ids};
use passerelle::config::Config;
use passerelle::db::migrate::{self, Found};

use crate::support::databases::{empty_postgres, empty_sqlite};

both!(the_schema_of_another_version_is_refused_and_says_why, |world| {
    let (major, minor) = migrate::SCHEMA;
    let found = || migrate::inspect(&mut world.connection()).unwrap();
    assert_eq!(found(), Found::Ours { major, minor });
    for (m, n, served, says) in [
        (major, minor, true, ""),
        (major, minor + 1, true, ""),
        (major, minor + 2, false, "made by a later program"),
        (major + 1, 0, false, "made by a later program"),
        (major - 1, 9, false, "run `passerelle migrate`"),
    ] {
        world.sql(&format!("UPDATE passerelle_schema SET major = {m}, minor = {n}"));
        assert_eq!(found(), Found::Ours { major: m, minor: n });
        let verdict = migrate::accept(&found());
        assert_eq!(verdict.is_ok(), served, "{m}.{n}");
        if let Err(why) = verdict {
            assert!(why.0.contains(says) && why.0.contains(&format!("{m}.{n}")), "{why}");
        }
    }
    // A later program's database is left alone.
    world.sql(&format!("UPDATE passerelle_schema SET major = {}, minor = 0", major + 1));
    assert!(migrate::run(&world.database.target).unwrap_err().contains("later program"));
});

#[test]
fn the_database_of_another_program_is_never_touched() {
    for database in std::iter::once(empty_sqlite()).chain(empty_postgres()) {
        let mut c = database.target.open(false).unwrap();
        assert_eq!(migrate::inspect(&mut c).unwrap(), Found::Empty);
        assert!(migrate::accept(&Found::Empty).unwrap_err().0.contains("passerelle migrate"));
        c.batch_execute(
            "CREATE TABLE invoices (id integer); CREATE TABLE clients (id integer); INSERT INTO invoices VALUES (1)",
        )
        .unwrap();
        let found = migrate::inspect(&mut c).unwrap();
        assert_eq!(found, Found::Foreign(vec!["clients".into(), "invoices".into()]));
        for refused in [migrate::accept(&found).unwrap_err().0, migrate::run(&database.target).unwrap_err()] {
            assert!(refused.contains("not Passerelle's") && refused.contains("invoices"), "{refused}");
        }
        assert_eq!(super::dump::columns(&mut c).keys().collect::<Vec<_>>(), ["clients", "invoices"]);
    }
}

both!(another_master_key_opens_nothing, |world| {
    let mut config = Config::read("127.0.0.1:0", &|_| None).unwrap();
    config.target = world.database.served();
    let other = passerelle::auth::keys::MasterKey::generate().unwrap().0;
    let started = actix_web::rt::System::new()
        .block_on(App::start(config, other, Clock::fixed(world.now()), Ids::Random))
        .map(|_| ());
    assert!(started.unwrap_err().contains("PASSERELLE_MASTER_KEY"));
});
