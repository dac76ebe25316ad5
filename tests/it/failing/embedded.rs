//! The file of an embedded database, deleted or replaced under a service that runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use passerelle::db::Target;

use super::{create, wait_ready};
use crate::support::{World, databases};

fn world() -> (World, PathBuf) {
    let world = World::new(databases::sqlite(), |_| {});
    world.may_fail();
    let Target::Sqlite(path) = world.database.target.clone() else { unreachable!("it is SQLite") };
    (world, path)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

/// Takes a file away, and puts it back in the end: meanwhile nothing is read or written.
fn without(gone: &str, in_its_place: Option<&[u8]>) {
    let (world, path) = world();
    let operator = world.operator();
    create(&operator, "avant").expect(201);
    let (file, away) = (beside(&path, gone), beside(&path, ".away"));
    std::fs::rename(&file, &away).unwrap();
    if let Some(bytes) = in_its_place {
        std::fs::write(&file, bytes).unwrap();
    }
    create(&operator, "perdue").problem("unavailable");
    operator.get("/v1/organisations").problem("unavailable");
    world.anonymous().get("/health/ready").problem("unavailable");
    assert_eq!(file.exists(), in_its_place.is_some(), "nothing is made in its place");
    std::fs::rename(&away, &file).unwrap();
    wait_ready(&world, 200);
    create(&operator, "apres").expect(201);
    assert_eq!(operator.get("/v1/organisations").expect(200).json["items"].as_array().unwrap().len(), 2);
}

#[test]
#[cfg(unix)]
fn deleted() {
    without("", None);
}

#[test]
#[cfg(unix)]
fn replaced() {
    without("", Some(b"autre chose"));
}

#[test]
#[cfg(unix)]
fn its_log_deleted() {
    without("-wal", None);
}

/// Runs the program on a database, with the key file beside it alone.
fn run(path: &Path, arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_passerelle"))
        .args(arguments)
        .env("DATABASE_URL", format!("sqlite:{}", path.display()))
        .env_remove("PASSERELLE_MASTER_KEY")
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn no_database_is_made_where_its_key_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passerelle.db");
    let made = run(&path, &["migrate"]);
    assert!(made.0, "{}", made.1);
    let keys = run(&path, &["keys", "list"]);
    assert!(keys.0 && beside(&path, ".key").exists(), "{}", keys.1);
    let backup = folder.path().join("copy.db");
    assert!(run(&path, &["backup", backup.to_str().unwrap()]).0);
    std::fs::remove_file(&path).unwrap();
    for command in [&["serve", "--bind", "127.0.0.1:0"][..], &["migrate"]] {
        let (fine, said) = run(&path, command);
        assert!(!fine && said.contains("passerelle.db is missing") && said.contains("restore"), "{command:?}: {said}");
        assert!(!path.exists());
    }
    let (fine, said) = run(&path, &["restore", backup.to_str().unwrap()]);
    assert!(fine, "{said}");
    let (fine, said) = run(&path, &["keys", "list"]);
    assert!(fine, "{said}");
}
