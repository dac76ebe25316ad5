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
        let applied = migrate::run(&database.target).unwrap();
        assert!(!applied.is_empty());
        let mut c = database.target.open(false).unwrap();
        let first = dump::schema(&mut c);
        assert!(first.len() > 30, "{}", first.len());
        assert_eq!(migrate::pending(&mut c).unwrap(), [""; 0]);
        assert_eq!(migrate::run(&database.target).unwrap(), [""; 0], "nothing is applied twice");
        migrate::revert_all(&mut c).unwrap();
        assert_eq!(dump::schema(&mut c), [""; 0], "down leaves nothing");
        assert_eq!(migrate::run(&database.target).unwrap(), applied);
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
        let (mut sqlite, mut postgres) = (columns.clone(), on_postgres[table].clone());
        // SQLite's own row number: the key that says nothing of null.
        if sqlite.contains_key("seq") {
            sqlite.insert("seq".into(), false);
            postgres.insert("seq".into(), false);
        }
        assert_eq!(sqlite, postgres, "{table}");
    }
    let rowids = |line: &String| !line.contains("(seq)");
    let (s, p): (Vec<_>, Vec<_>) = (dump::unique(&mut s), dump::unique(&mut p));
    assert_eq!(s.into_iter().filter(rowids).collect::<Vec<_>>(), p.into_iter().filter(rowids).collect::<Vec<_>>());
}

both!(every_table_of_schema_rs_can_be_read_whole, |world| {
    use diesel::prelude::*;
    use passerelle::db::schema::*;
    let mut c = world.connection();
    let mut seen = Vec::new();
    let mut there = dump::columns(&mut c);
    // Selecting every column by name, with its type: a column that is missing or of another type fails here.
    macro_rules! read {
        ($($table:ident),+ $(,)?) => {$(
            let sql = diesel::debug_query::<passerelle::db::MultiBackend, _>(&$table::table.select($table::all_columns)).to_string();
            let names: Vec<String> =
                sql.split("FROM").next().unwrap().split(['`', '"']).map(str::to_owned).filter(|w| there[stringify!($table)].contains_key(w)).collect();
            assert_eq!(names.len(), there[stringify!($table)].len(), "{}: {sql}", stringify!($table));
            let rows = diesel::sql_query(format!("SELECT {} FROM {}", names.join(", "), stringify!($table))).execute(&mut *c);
            rows.unwrap_or_else(|e| panic!("{}: {e}", stringify!($table)));
            seen.push(stringify!($table).to_owned());
        )+};
    }
    read!(
        passerelle_schema, organisations, representatives, conventions, sources, parties, parts, articles, clauses, axes,
        objectives, network_contacts, signatures, clients, signing_keys, idempotency_keys, changes, audit_entries,
        audit_details,
    );
    for table in seen {
        there.remove(&table);
    }
    assert!(there.is_empty(), "schema.rs does not know {:?}", there.keys());
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
        at_once(&database.target);
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
