//! The rules of the house that the compiler does not hold: read from the sources.

use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// The lines of a file that are code outside of `#[cfg(test)]` modules, with their numbers.
fn code(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut in_tests = false;
    for (index, line) in text.lines().enumerate() {
        if line == "#[cfg(test)]" {
            in_tests = true;
        } else if in_tests && line == "}" || in_tests && line.starts_with("mod ") && line.ends_with(';') {
            in_tests = false;
        } else if !in_tests && !line.trim_start().starts_with("//") {
            lines.push((index + 1, line));
        }
    }
    lines
}

fn is_pure(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap();
    name.starts_with("domain/")
        || name.split('/').any(|folder| folder == "rules")
        || stem.starts_with("rules")
        || name == "auth/policy.rs"
}

fn forbid(files: &[(String, String)], words: &[&str], why: &str) {
    let mut wrong = Vec::new();
    for (name, text) in files {
        for (number, line) in code(text) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                wrong.push(format!("src/{name}:{number}: {word}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{why}:\n{}", wrong.join("\n"));
}

#[test]
fn the_rules_and_the_domain_are_pure() {
    let pure: Vec<_> = sources().into_iter().filter(|(name, _)| is_pure(name)).collect();
    assert!(pure.len() > 20, "{}", pure.len());
    forbid(
        &pure,
        &[
            "diesel",
            "actix",
            "std::fs",
            "std::net",
            "std::time",
            "std::env",
            "std::thread",
            "SystemTime",
            "Utc::now",
            "Local::now",
            "getrandom",
            "rand::",
            "tokio",
            "crate::db",
            "crate::http",
            "crate::app",
            "crate::clock",
            "now_v7",
            "new_v4",
            "println!",
            "log::",
        ],
        "pure: no I/O, no clock, no chance, no framework",
    );
    // Callers are values: the policy may know them, nothing else pure may know who asks.
    let (policy, rest): (Vec<_>, Vec<_>) = pure.into_iter().partition(|(name, _)| name == "auth/policy.rs");
    assert_eq!(policy.len(), 1);
    forbid(&rest, &["crate::auth"], "the rules do not know who asks");
}

#[test]
fn backends_stay_with_the_database() {
    let outside: Vec<_> = sources().into_iter().filter(|(name, _)| !name.starts_with("db/")).collect();
    forbid(
        &outside,
        &["PgConnection", "SqliteConnection", "diesel::pg::", "diesel::sqlite::", "r2d2"],
        "backend types stay in db/",
    );
}

#[test]
fn only_the_clock_asks_the_machine_for_the_time() {
    let others: Vec<_> = sources().into_iter().filter(|(name, _)| name != "clock.rs").collect();
    forbid(&others, &["Utc::now", "Local::now", "SystemTime::now"], "the clock is injected");
}

#[test]
fn no_file_is_long() {
    let long: Vec<_> = sources()
        .iter()
        .map(|(name, text)| (name.clone(), text.lines().count()))
        // The tables are one list, as long as there are tables.
        .filter(|(name, lines)| *lines > 400 && name != "db/schema.rs")
        .map(|(name, lines)| format!("src/{name}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "over 400 lines:\n{}", long.join("\n"));
}

#[test]
fn nothing_panics_on_purpose() {
    // Start-up may: there is nobody to answer yet. So may what is compiled in and read whole by a test: the patterns of
    // the importer and the table of territories.
    let may = ["main.rs", "conventions/import/pattern.rs", "domain/territory/reference.rs"];
    // What only tests use: fixtures, and unit tests in a folder of their own.
    let of_tests = |name: &str| name.contains("fixtures") || name.contains("/tests/");
    let serving: Vec<_> =
        sources().into_iter().filter(|(name, _)| !may.contains(&name.as_str()) && !of_tests(name)).collect();
    forbid(&serving, &[".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "dbg!("], "`?` all the way");
}

#[test]
fn no_drawer_for_everything() {
    for (name, _) in sources() {
        for word in ["util", "helper", "manager", "common", "misc"] {
            assert!(!name.contains(word), "src/{name}: name it after what it does");
        }
    }
}

#[test]
fn every_module_tells_its_story() {
    for (name, text) in sources() {
        assert!(name == "main.rs" || text.starts_with("//!"), "src/{name} has no module documentation");
    }
}

#[test]
fn every_route_is_an_area_of_the_one_list() {
    forbid(
        &sources().into_iter().filter(|(name, _)| name != "openapi.rs").collect::<Vec<_>>(),
        &[".route(", "web::resource(", "web::scope("],
        "a route exists only if it is documented",
    );
}

#[test]
fn every_handler_names_its_permission() {
    let mut handlers = 0;
    for (name, text) in sources() {
        let lines: Vec<_> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let route = ["#[get(\"/v1/", "#[post(\"/v1/", "#[patch(\"/v1/", "#[delete(\"/v1/", "#[put(\"/v1/"];
            if route.iter().any(|r| line.trim_start().starts_with(r)) {
                handlers += 1;
                let signature = lines[index + 1];
                assert!(signature.contains("call: Call<"), "src/{name}:{}: {signature}", index + 2);
            }
        }
    }
    assert!(handlers > 15, "{handlers}");
}

#[test]
fn tests_are_short_files_too() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let lines = std::fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines <= 400, "{}: {lines} lines", path.display());
            }
        }
    }
}
