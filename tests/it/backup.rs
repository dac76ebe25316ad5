//! Backup of the embedded database while it is written to, and its restore: by the command line, as a user does.

use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::{QueryDsl as _, RunQueryDsl as _};
use passerelle::db::Target;
use serde_json::json;

use crate::support::{World, databases};

fn run(database: &str, arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_passerelle"))
        .args(arguments)
        .env("DATABASE_URL", database)
        .env("PASSERELLE_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

fn path_of(world: &World) -> PathBuf {
    let Target::Sqlite(path) = world.database.target.clone() else { unreachable!() };
    path
}

/// A service on SQLite that holds one organisation.
fn world() -> World {
    let world = World::new(databases::sqlite(), |_| {});
    world.operator().post("/v1/organisations", &json!({ "kind": "company", "name": "Avant" })).expect(201);
    world
}

#[test]
fn a_backup_under_writes_is_one_state_and_comes_back_whole() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let (backup, restored) = (folder.path().join("copy.db"), folder.path().join("restored.db"));
    let operator = world.operator();
    let cursor = operator.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned();
    let (fine, said) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 0..40 {
                let new = json!({ "kind": "company", "name": format!("Pendant {n}") });
                operator.post("/v1/organisations", &new).expect(201);
            }
        });
        let done = run(&url(&path_of(&world)), &["backup", backup.to_str().unwrap()]);
        writer.join().unwrap();
        done
    });
    assert!(fine && said.contains("The master key is not in it"), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let (fine, said) = run(&url(&restored), &["restore", backup.to_str().unwrap()]);
    assert!(fine, "{said}");
    let (fine, said) = run(&url(&restored), &["audit", "verify"]);
    assert!(fine && said.contains("the chain is whole"), "{said}");
    let mut c = Target::Sqlite(restored).open(true).unwrap();
    let head = passerelle::db::feed::head(&mut c).unwrap();
    assert!(head.position >= 1 && head.position <= 41);
    assert_ne!(cursor.split('.').next().unwrap(), head.epoch, "cursors of before are refused");
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|f| {
                let name = f.as_ref().unwrap().file_name().into_string().unwrap();
                name.contains("partial") || name.contains("restoring")
            })
            .count(),
        0
    );
}

#[test]
fn a_restore_keeps_what_stood_there_and_waits_for_nobody_to_use_it() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("copy.db");
    let backup = backup.to_str().unwrap();
    let path = path_of(&world);
    assert!(run(&url(&path), &["backup", backup]).0);
    world.operator().post("/v1/organisations", &json!({ "kind": "company", "name": "Après" })).expect(201);
    let (fine, said) = run(&url(&path), &["restore", backup]);
    assert!(!fine && said.contains("--replace"), "{said}");
    let (fine, said) = run(&url(&path), &["restore", backup, "--replace"]);
    assert!(!fine && said.contains("stop the service first"), "{said}");
    // The service goes on as if nothing had been tried.
    world.operator().post("/v1/organisations", &json!({ "kind": "company", "name": "Encore" })).expect(201);
    let copy = folder.path().join("live.db");
    assert!(run(&url(&path), &["backup", copy.to_str().unwrap()]).0);
    let target = folder.path().join("target.db");
    assert!(run(&url(&target), &["restore", copy.to_str().unwrap()]).0);
    let (fine, said) = run(&url(&target), &["restore", backup, "--replace"]);
    assert!(fine && said.contains("what stood there is kept at"), "{said}");
    let rows = |path: &Path| {
        let mut c = Target::Sqlite(path.to_path_buf()).open(true).unwrap();
        passerelle::db::schema::organisations::table.count().get_result::<i64>(&mut c).unwrap()
    };
    let aside = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().contains("before-restore-"))
        .unwrap();
    assert_eq!((rows(&target), rows(&aside)), (1, 3));
}

#[test]
fn the_log_of_a_database_that_is_lost_is_not_played_into_the_copy() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let (backup, lost) = (folder.path().join("copy.db"), folder.path().join("lost.db"));
    let path = path_of(&world);
    assert!(run(&url(&path), &["backup", backup.to_str().unwrap()]).0);
    for n in 0..40 {
        world.operator().post("/v1/organisations", &json!({ "kind": "company", "name": format!("{n}") })).expect(201);
    }
    // The service died, then its file was lost.
    let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    std::fs::copy(log(&path), log(&lost)).unwrap();
    let (fine, said) = run(&url(&lost), &["restore", backup.to_str().unwrap()]);
    assert!(fine && said.contains("what stood there is kept at"), "{said}");
    let (fine, said) = run(&url(&lost), &["audit", "verify"]);
    assert!(fine && said.contains("the chain is whole: 1 entries"), "{said}");
    let kept = |name: &str| name.starts_with("lost.db-wal.before-restore-");
    assert!(std::fs::read_dir(folder.path()).unwrap().any(|file| kept(file.unwrap().file_name().to_str().unwrap())));
}

#[test]
fn what_is_no_backup_is_refused() {
    let world = world();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let path = path_of(&world);
    let good = at("good.db");
    assert!(run(&url(&path), &["backup", &good]).0);
    let refused = |arguments: &[&str], why: &str| {
        let target = folder.path().join("target.db");
        let (fine, said) = run(&url(&target), arguments);
        assert!(!fine && said.contains(why), "{arguments:?}: {said}");
        assert!(!target.exists(), "nothing was made");
    };
    std::fs::write(at("text"), "no database").unwrap();
    refused(&["restore", &at("text")], "this is no SQLite database");
    refused(&["restore", &at("nothing")], "nothing: No such file");
    // Flipped bytes in the middle.
    let mut bytes = std::fs::read(&good).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(at("damaged.db"), bytes).unwrap();
    refused(&["restore", &at("damaged.db")], "damaged.db: it ");
    // Another program's, and a later one's.
    let other = Target::Sqlite(at("other.db").into());
    let sql = |target: &Target, text: &str| {
        use diesel::connection::SimpleConnection as _;
        target.open(false).unwrap().batch_execute(text).unwrap();
    };
    sql(&other, "CREATE TABLE invoices (n INTEGER)");
    refused(&["restore", &at("other.db")], "not Passerelle's");
    std::fs::copy(&good, at("later.db")).unwrap();
    sql(&Target::Sqlite(at("later.db").into()), "UPDATE passerelle_schema SET minor = 9");
    refused(&["restore", &at("later.db")], "made by a later program");
    refused(&["backup", &at("x.db")], "there is no database at");
    let (fine, said) = run(&url(&path), &["backup", &good]);
    assert!(!fine && said.contains("exists already"), "{said}");
    let (fine, said) = run(&url(&path), &["backup", &at("no/such/folder.db")]);
    assert!(!fine && said.contains("No such file"), "{said}");
    for command in [["backup", good.as_str()], ["restore", good.as_str()]] {
        let (fine, said) = run("postgres://nobody@127.0.0.1:1/x", &command);
        assert!(!fine && said.contains("on PostgreSQL use pg_"), "{said}");
    }
}
