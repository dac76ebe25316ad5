//! The commands themselves: what they say, write, and end with.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::rows;
use crate::support::World;
use crate::support::databases;

struct Place {
    folder: tempfile::TempDir,
    database: PathBuf,
}

impl Place {
    fn run(&self, arguments: &[&str]) -> Output {
        self.run_in("en_GB.UTF-8", arguments)
    }

    fn run_in(&self, language: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_passerelle"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("DATABASE_URL", format!("sqlite:{}", self.database.display()))
            .env("PASSERELLE_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")
            .env("LANG", language)
            .env_remove("LC_ALL")
            .env("RUST_LOG", "off")
            .output()
            .unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A database with one association, and a folder for the files.
fn place() -> (World, Place) {
    let world = World::new(databases::sqlite(), |_| {});
    world.association();
    let passerelle::db::Target::Sqlite(database) = &world.database.target else { unreachable!("it is SQLite") };
    let database = Path::to_path_buf(database);
    (world, Place { folder: tempfile::tempdir().unwrap(), database })
}

#[test]
fn a_command_says_what_it_did_and_ends_accordingly() {
    let (world, place) = place();
    place.write("companies.csv", "Entreprise;SIRET;Humeur\nDurand;;bonne\nMartin;12;\n");
    let tried = place.run(&["import", "companies", "companies.csv", "--dry-run"]);
    assert_eq!((tried.status.code(), world.rows("companies")), (Some(1), 0), "{}", words(&tried));
    let done = place.run(&["import", "companies", "companies.csv", "--report", "back.xlsx"]);
    let said = words(&done);
    assert_eq!((done.status.code(), world.rows("companies")), (Some(1), 1), "{said}");
    for expected in [
        "line 3\n  SIRET : ",
        "2 lines: 1 created, 0 updated, 0 there already, 1 rejected\n",
        "columns not read: Humeur",
        "1 of 2 lines were rejected",
    ] {
        assert!(said.contains(expected), "{expected:?} in {said}");
    }
    assert_eq!(rows(&place.read("back.xlsx")).len(), 2);

    place.write("good.ndjson", "{\"name\":\"Petit\"}\n");
    let json = place.run(&["import", "companies", "good.ndjson", "--format", "json"]);
    assert_eq!(json.status.code(), Some(0), "{}", words(&json));
    let told: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&told["lines"], &told["created"], &told["rejected"]), (&1.into(), &1.into(), &serde_json::json!([])));
}

#[test]
fn every_tab_is_read_and_told_in_ones_language() {
    let (world, place) = place();
    std::fs::write(place.folder.path().join("years.xlsx"), super::tabs::years()).unwrap();
    let tried = place.run_in("fr_FR.UTF-8", &["import", "companies", "years.xlsx", "--dry-run"]);
    let said = words(&tried);
    for expected in [
        "2025-2026, ligne 4\n  N° SIRET : ",
        "2026-2027, ligne 3\n  colonne D : « en trop » n'a pas d'en-tête au-dessus\n",
        "2024-2025 : 1 lignes\n2025-2026 : 2 lignes\n2026-2027 : 2 lignes\n",
        "5 lignes : 3 créées, 0 modifiées, 0 déjà là, 2 rejetées (à blanc : rien n'est écrit)\n",
        "feuille non lue : Notes (",
        "2 lignes sur 5 ont été rejetées ; --report SORTIE.xlsx les rend avec le motif",
    ] {
        assert!(said.contains(expected), "{expected:?} in {said}");
    }
    let one = ["import", "companies", "years.xlsx", "--sheet", "2024-2025", "--format", "json"];
    let done = place.run(&one);
    assert_eq!((done.status.code(), world.rows("companies")), (Some(0), 1), "{}", words(&done));
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(told["sheets"], serde_json::json!([{ "name": "2024-2025", "lines": 1, "columns_not_read": [] }]));
    let whole: Value =
        serde_json::from_slice(&place.run(&["import", "companies", "years.xlsx", "--format", "json"]).stdout).unwrap();
    assert_eq!((&whole["rejected"][0]["sheet"], &whole["rejected"][0]["line"]), (&"2025-2026".into(), &4.into()));
    assert_eq!(whole["sheets_not_read"][0]["name"], "Notes");
    let nowhere = place.run(&["import", "companies", "years.xlsx", "--sheet", "2023"]);
    assert!(nowhere.status.code() == Some(1) && words(&nowhere).contains("\"2023\"; sheets: 2024-2025"));
}

#[test]
fn what_cannot_be_read_at_all_is_refused_whole() {
    let (world, place) = place();
    place.write("companies.csv", "Libellé;Ville\nDurand;Lille\n");
    place.write("wrong.json", r#"{ "columns": { "Libellé": "nulle part", "Absente": null }, "values": 3 }"#);
    place.write("right.json", r#"{ "columns": { "Libellé": "Entreprise" } }"#);
    let refused = |arguments: &[&str], expected: &[&str]| {
        let done = place.run(arguments);
        let said = words(&done);
        assert_eq!((done.status.code(), world.rows("companies")), (Some(1), 0), "{said}");
        for words in expected {
            assert!(said.contains(words), "{words:?} in {said}");
        }
    };
    refused(&["import", "companies", "companies.csv"], &["the column \"Entreprise\" is missing"]);
    refused(
        &["import", "companies", "companies.csv", "--mapping", "wrong.json"],
        &["columns/Libellé: \"nulle part\" is no column", "values: an object is expected"],
    );
    refused(&["import", "companies", "nowhere.csv"], &["nowhere.csv"]);
    let nobody = "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50";
    refused(
        &["import", "companies", "companies.csv", "--mapping", "right.json", "--organisation", nobody],
        &["there is no organisation"],
    );
    let done = place.run(&["import", "companies", "companies.csv", "--mapping", "right.json"]);
    assert_eq!((done.status.code(), world.rows("companies")), (Some(0), 1), "{}", words(&done));
    // Two associations: one must be named.
    let second = world.association().organisation.unwrap().to_string();
    let many = place.run(&["import", "companies", "companies.csv", "--mapping", "right.json"]);
    assert!(many.status.code() == Some(1) && words(&many).contains("--organisation ID"), "{}", words(&many));
    let named = ["import", "companies", "companies.csv", "--mapping", "right.json", "--organisation", &second];
    assert_eq!(place.run(&named).status.code(), Some(0));
    assert_eq!(place.run(&["import", "peaches", "companies.csv"]).status.code(), Some(2));
}

#[test]
fn a_template_is_written_and_comes_back() {
    let (_world, place) = place();
    for kind in passerelle::sheets::kinds::ALL {
        for file in ["t.xlsx", "t.csv"] {
            let done = place.run(&["import", "template", kind.name, "--out", file]);
            assert_eq!(done.status.code(), Some(0), "{}", words(&done));
            let empty = place.run(&["import", kind.name, file]);
            assert!(empty.status.code() == Some(0) && words(&empty).contains("0 lines"), "{}", words(&empty));
        }
        let shown = place.run(&["import", "template", kind.name]);
        assert!(String::from_utf8_lossy(&shown.stdout).starts_with(kind.columns[0].header()));
    }
    let done = place.run(&["import", "template", "companies", "--out", "t.pdf"]);
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn what_the_rules_flag_and_possible_twins_are_told_by_line() {
    let (world, place) = place();
    let text = crate::actions::reference(&world);
    let owner = text.association.organisation.unwrap().to_string();
    let header = "Titre;Nature;Axe;UAI;Date;Niveaux\n";
    let line = |title: &str, day: u32, levels: &str| {
        format!("{title};Visite d'entreprise;article 3;0950649P;{day}/01/2027;{levels}\n")
    };
    let sheet = [line("Un", 14, "3°"), line("Deux", 15, "6e"), line("Trois", 14, "4ème et 3ème")].concat();
    place.write("actions.csv", &format!("{header}{sheet}"));
    let arguments = ["import", "actions", "actions.csv", "--organisation", &owner, "--convention", &text.id];
    let tried = place.run(&[&arguments[..], &["--dry-run"]].concat());
    let told = words(&tried);
    for expected in [
        "line 3\n  warning R31 : ",
        "line 4\n  warning R31 : ",
        "\n  possible twin Un, 2027-01-14, ",
        "line 2\n  possible twin Trois, 2027-01-14, ",
        "3 lines: 3 created, 0 updated, 0 there already, 0 rejected, 2 with warnings, 2 with possible twins (dry run",
    ] {
        assert!(told.contains(expected), "{expected:?} in {told}");
    }
    let done = place.run(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&told["with_warnings"], &told["with_possible_duplicates"]), (&2.into(), &2.into()));
    let noted = told["noted"].as_array().unwrap();
    let brief = |noted: &Value| (noted["line"].clone(), noted["warnings"][0]["code"].clone());
    assert_eq!(
        noted.iter().map(brief).collect::<Vec<_>>(),
        [(2.into(), Value::Null), (3.into(), "outside_audience".into()), (4.into(), "outside_audience".into())]
    );
    // A pair is told on both of its lines, each with the other.
    assert_eq!(noted[0]["possible_duplicates"][0]["title"], "Trois");
    assert_eq!(noted[2]["possible_duplicates"][0]["title"], "Un");
    assert_eq!(noted[1]["possible_duplicates"], serde_json::json!([]));
}

#[test]
fn a_level_that_may_be_several_is_refused_with_those_that_it_may_be() {
    let (world, place) = place();
    let text = crate::actions::reference(&world);
    let owner = text.association.organisation.unwrap().to_string();
    let mut sheet = vec!["Titre;Nature;Axe;UAI;Date;Niveaux".to_owned()];
    let levels = ["2nde GT et Tle générale", "4e/3e", "2de pro & 3°", "Seconde", "3e, 1ère", "CAP"];
    for (n, levels) in levels.iter().enumerate() {
        sheet.push(format!("Visite {n};Visite d'entreprise;article 3;0950649P;1{n}/01/2027;{levels}"));
    }
    place.write("actions.csv", &sheet.join("\n"));
    let done = place.run(&["import", "actions", "actions.csv", "--organisation", &owner, "--convention", &text.id]);
    let told = words(&done);
    for expected in [
        "line 5\n  Niveaux : \"Seconde\" may be several levels; say which: 2de_gt, 2de_pro\n",
        "line 6\n  Niveaux : \"1ère\" may be several levels; say which: 1re_generale, 1re_techno, 1re_pro\n",
        "line 7\n  Niveaux : \"CAP\" may be several levels; say which: cap_1, cap_2\n",
        "6 lines: 3 created, 0 updated, 0 there already, 3 rejected",
    ] {
        assert!(told.contains(expected), "{expected:?} in {told}");
    }
    let kept = text.association.list("/v1/actions?sort=day");
    let kept: Vec<&Value> = kept.iter().map(|action| &action["levels"]).collect();
    let wanted = serde_json::json!([["2de_gt", "tle_generale"], ["4e", "3e"], ["2de_pro", "3e"]]);
    assert_eq!(serde_json::to_value(kept).unwrap(), wanted);
}

#[test]
fn a_small_workbook_with_an_endless_cell_is_refused() {
    let (world, place) = place();
    let cell = "x".repeat(40 << 20);
    let bomb = super::book_of_text(&cell);
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    std::fs::write(place.folder.path().join("bomb.xlsx"), bomb).unwrap();
    let refused = place.run(&["import", "companies", "bomb.xlsx"]);
    assert_eq!((refused.status.code(), world.rows("companies")), (Some(1), 0));
    assert!(words(&refused).contains("a cell of more than 100000 characters"), "{}", words(&refused));
}

#[test]
fn a_cell_commands_no_terminal() {
    let (world, place) = place();
    place.write("companies.csv", "Entreprise;SIRET\nDur\u{1b}[31mand;\u{1b}]0;x\n");
    let refused = place.run(&["import", "companies", "companies.csv"]);
    assert_eq!((refused.status.code(), world.rows("companies")), (Some(1), 0));
    let said = words(&refused);
    assert!(!said.contains('\u{1b}') && said.contains("U+001B"), "{said:?}");
}
