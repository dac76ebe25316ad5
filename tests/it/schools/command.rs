//! `passerelle import schools`: what it says, what it ends with, and what a run that was killed leaves to the next one.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use passerelle::db::Target;
use serde_json::Value;

use crate::actions::uai;
use crate::schools::{HEADER, Line, MOULIN, PARIS, file};
use crate::support::World;

fn command(world: &World, folder: &Path, language: &str, arguments: &[&str]) -> Command {
    let url = match &world.database.target {
        Target::Sqlite(path) => format!("sqlite:{}", path.display()),
        Target::Postgres(url) | Target::Pooled(url) => url.clone(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
    command
        .args(["import", "schools"])
        .args(arguments)
        .current_dir(folder)
        .env("DATABASE_URL", url)
        .env("PASSERELLE_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
        .env("LANG", language)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("RUST_LOG", "off")
        .stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn directory(world: &World) -> Value {
    world.operator().get("/v1/schools/directory").expect(200).json
}

both!(the_command_says_what_it_did_and_ends_accordingly, |world| {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    let run = |language: &str, arguments: &[&str]| command(world, folder.path(), language, arguments).output().unwrap();
    let wrong = Line { uai: "0930001A", ..MOULIN };
    write("annuaire.csv", file(&[MOULIN, wrong, PARIS, PARIS]));

    let tried = run("fr_FR.UTF-8", &["annuaire.csv", "--dry-run"]);
    assert_eq!((tried.status.code(), world.rows("schools")), (Some(1), 0), "{}", said(&tried));
    assert!(said(&tried).contains("à blanc : rien n'est écrit"), "{}", said(&tried));
    let done = run("fr_FR.UTF-8", &["annuaire.csv"]);
    let told = said(&done);
    assert_eq!((done.status.code(), world.rows("schools")), (Some(1), 2), "{told}");
    assert!(told.contains("passerelle: 1 of 4 lines were rejected"), "{told}");
    for words in
        ["       4  lignes lues\n", "       2  ajoutés\n", "       1  lignes répétées\n", "       1  lignes rejetées\n"]
    {
        assert!(told.contains(words), "{words:?} in {told}");
    }
    assert!(
        told.contains("fr-en-annuaire-education 2026-09-01 (sha256 ") && told.contains("\nligne 3: 0930001A "),
        "{told}"
    );
    let again = run("en_GB.UTF-8", &["annuaire.csv"]);
    let told = said(&again);
    assert!(
        again.status.code() == Some(1) && told.contains("       0  added\n") && told.contains("       2  unchanged\n"),
        "{told}"
    );
    assert_eq!(world.rows("school_directories"), 1);
    let json = run("en_GB.UTF-8", &["annuaire.csv", "--format", "json"]);
    assert_eq!(json.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&told["unchanged"], &told["rejected"], &told["faults"][0]["line"]), (&2.into(), &1.into(), &3.into()));

    // What is not read at all: status 1, and why.
    write("old.csv", file(&[MOULIN]).replace("2026-09-01", "2026-08-31"));
    write("other.csv", "Identifiant_de_l_etablissement;Nom_etablissement\n0930001W;Jean Moulin\n".to_owned());
    for (arguments, words) in [
        (&["old.csv"][..], "--force reads it all the same"),
        (&["other.csv"], "missing: Type_etablissement, Nom_commune, etat"),
        (&["nowhere.csv"], "nowhere.csv"),
    ] {
        let refused = run("en_GB.UTF-8", arguments);
        assert!(refused.status.code() == Some(1) && refused.stdout.is_empty(), "{}", said(&refused));
        assert!(said(&refused).contains(words), "{}", said(&refused));
    }
    assert_eq!(run("en_GB.UTF-8", &["old.csv", "--force"]).status.code(), Some(0));
    assert_eq!(run("en_GB.UTF-8", &["annuaire.csv", "--date", "demain"]).status.code(), Some(2));
});

both!(a_run_that_was_killed_is_completed_by_the_next_one, |world| {
    const LINES: u32 = 30_000;
    let folder = tempfile::tempdir().unwrap();
    let mut text = format!("{HEADER}\n");
    let numbers =
        ["075", "069", "059", "013", "031", "033"].into_iter().flat_map(|d| (0..5_000).map(move |n| uai(d, n)));
    let line = MOULIN.text();
    for number in numbers {
        text += &line.replace(MOULIN.uai, &number);
        text.push('\n');
    }
    std::fs::write(folder.path().join("annuaire.csv"), text).unwrap();
    let mut child = command(world, folder.path(), "en_GB.UTF-8", &["annuaire.csv"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while world.rows("schools") == 0 {
        assert!(start.elapsed() < Duration::from_mins(1), "nothing comes in");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What is under way on PostgreSQL when its client dies is done, or undone, soon.
    std::thread::sleep(Duration::from_millis(300));
    let left = world.rows("schools");
    assert!(left > 0 && left < i64::from(LINES) && left % 1000 == 0, "{left}: whole batches, and not all");
    assert!(directory(world)["last_read"].is_null(), "what was not read to its end is not in the journal");

    let again = command(world, folder.path(), "en_GB.UTF-8", &["annuaire.csv", "--format", "json"]).output().unwrap();
    let told: Value = serde_json::from_slice(&again.stdout).unwrap_or_else(|_| panic!("{}", said(&again)));
    assert_eq!((&told["unchanged"], &told["added"]), (&left.into(), &(i64::from(LINES) - left).into()));
    assert_eq!(world.rows("schools"), i64::from(LINES));
    let last = &directory(world)["last_read"];
    assert_eq!((&last["read"], world.rows("school_directories")), (&LINES.into(), 1));
});
