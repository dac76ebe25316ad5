//! The table of warnings in the README has every code that the source raises, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The codes of every place that raises a doubt about a text.
fn raised() -> BTreeSet<String> {
    let mut files = vec![root().join("src/conventions/draft_pieces.rs")];
    sources(&root().join("src/conventions/import"), &mut files);
    sources(&root().join("src/conventions/amendments"), &mut files);
    let call =
        Regex::new(r#"(?:Warning::new|\bdoubt|\bwarning|\bmissing)\([^";]{0,200}"([a-z]+(?:_[a-z]+)+)""#).unwrap();
    // `let code = if … { "one" } else { "another" };`: each of them.
    let chosen = Regex::new(r"let code = [^;]*;").unwrap();
    let named = Regex::new(r#""([a-z]+(?:_[a-z]+)+)""#).unwrap();
    let told = Regex::new(r#"Warning::new\(\s*[^,;]+,\s*("[a-z]+(?:_[a-z]+)+"|code\b)"#).unwrap();
    let parting = Regex::new(r#"Self::\w+ \{ \.\. \} => "([a-z_]+)""#).unwrap();
    let mut codes = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        // No doubt is raised in a way that is not read here.
        assert_eq!(told.find_iter(text).count(), text.matches("Warning::new(").count(), "{}", file.display());
        if told.captures_iter(text).any(|found| &found[1] == "code") {
            assert!(text.contains("let code = ") || text.contains("code: &'static str"), "{}", file.display());
        }
        for choice in chosen.find_iter(text) {
            codes.extend(named.captures_iter(choice.as_str()).map(|found| found[1].to_owned()));
        }
        let mut patterns = vec![&call];
        if file.ends_with("rules/divergence.rs") {
            patterns.push(&parting);
        }
        for pattern in patterns {
            codes.extend(pattern.captures_iter(text).map(|found| found[1].to_owned()));
        }
    }
    codes
}

#[test]
fn the_readme_tells_every_warning_of_an_import() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let section = readme.split("\n## What an import doubts\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = Regex::new(r"(?m)^\| `([a-z_]+)` \| ([^|]{10,}) \| ([^|]{10,}) \|$").unwrap();
    let told: Vec<String> = row.captures_iter(section).map(|found| found[1].to_owned()).collect();
    let lines = section.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(told.len(), lines, "each row has a code, what it means and what to do");
    let (once, raised): (BTreeSet<String>, _) = (told.iter().cloned().collect(), raised());
    assert_eq!(once.len(), told.len(), "each code once");
    assert!(raised.len() > 30, "the source is read: {raised:?}");
    assert_eq!(once, raised);
}
