//! Up, down, up; two programs at once; the same schema on both databases.

use passerelle::db::{Target, migrate};

use super::dump;
use crate::support::databases::{TestDatabase, empty_postgres, empty_sqlite};

fn both_empty() -> Vec<TestDatabase> {
    std::iter::once(empty_sqlite()).chain(empty_postgres()).collect()
}

#[test]
fn up_down_and_up_again_make_the_same_schema() {
    for database in both_empty() {
        let mut before = database.target.open(false).unwrap();
        assert_eq!(dump::schema(&mut before), [""; 0]);
        assert!(!migrate::pending(&mut before).unwrap().is_empty());
        let applied = migrate::run(&database.served()).unwrap();
        assert!(!applied.is_empty());
        let mut c = database.target.open(false).unwrap();
        let first = dump::schema(&mut c);
        assert!(first.len() > 30, "{}", first.len());
        assert_eq!(migrate::pending(&mut c).unwrap(), [""; 0]);
        assert_eq!(migrate::run(&database.served()).unwrap(), [""; 0], "nothing is applied twice");
        migrate::revert_all(&mut c).unwrap();
        assert_eq!(dump::schema(&mut c), [""; 0], "down leaves nothing");
        assert_eq!(migrate::run(&database.served()).unwrap(), applied);
        assert_eq!(dump::schema(&mut c), first);
    }
}

#[test]
fn both_databases_have_the_same_tables_columns_and_unique_indexes() {
    let Some(postgres) = crate::support::databases::postgres() else { return };
    let sqlite = crate::support::databases::sqlite();
    let (mut s, mut p) = (sqlite.target.open(true).unwrap(), postgres.target.open(true).unwrap());
    let (on_sqlite, on_postgres) = (dump::columns(&mut s), dump::columns(&mut p));
    assert_eq!(on_sqlite.keys().collect::<Vec<_>>(), on_postgres.keys().collect::<Vec<_>>());
    for (table, columns) in &on_sqlite {
        let names: Vec<_> = on_postgres[table].keys().collect();
        assert_eq!(columns.keys().collect::<Vec<_>>(), names, "{table}");
    }
    let rowids = |line: &String| !line.contains("(seq)");
    let (s, p): (Vec<_>, Vec<_>) = (dump::unique(&mut s), dump::unique(&mut p));
    assert_eq!(s.into_iter().filter(rowids).collect::<Vec<_>>(), p.into_iter().filter(rowids).collect::<Vec<_>>());
}

both!(schema_rs_says_what_the_migrations_make, |world| {
    let mut c = world.connection();
    let found = dump::columns(&mut c);
    let mut written = std::collections::BTreeMap::new();
    let mut table = String::new();
    for line in include_str!("../../../src/db/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
            written.insert(table.clone(), std::collections::BTreeMap::new());
        } else if let Some((column, kind)) = line.split_once(" -> ") {
            let kind = kind.trim_end_matches(',');
            let inner = kind.strip_prefix("Nullable<").and_then(|k| k.strip_suffix('>'));
            let lies = (dump::lies_as(inner.unwrap_or(kind), &c).to_owned(), inner.is_some());
            written.get_mut(&table).unwrap().insert(column.to_owned(), lies);
        }
    }
    assert!(written.len() > 15);
    for (table, columns) in &found {
        assert_eq!(written.get(table), Some(columns), "{table}");
    }
    assert_eq!(written.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
});

fn at_once(target: &Target) {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let target = target.clone();
            std::thread::spawn(move || migrate::run(&target))
        })
        .collect();
    let applied: Vec<_> = threads.into_iter().map(|t| t.join().unwrap().expect("each ends well")).collect();
    assert_eq!(applied.iter().filter(|a| !a.is_empty()).count(), 1, "one migrates, the others wait: {applied:?}");
}

#[test]
fn programs_started_together_migrate_once_and_share_one_key() {
    for database in both_empty() {
        at_once(&database.served());
        let database = std::sync::Arc::new(database);
        let worlds: Vec<_> = (0..4)
            .map(|_| {
                let database = database.clone();
                std::thread::spawn(move || crate::support::World::on(database))
            })
            .collect();
        let worlds: Vec<_> = worlds.into_iter().map(|w| w.join().unwrap()).collect();
        assert_eq!(worlds[0].rows("signing_keys"), 1);
        let operator = worlds[0].operator();
        for world in &worlds {
            world.same(&operator).get("/v1/me").expect(200);
        }
    }
}
