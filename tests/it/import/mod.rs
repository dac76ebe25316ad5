//! The importer, measured on fictional texts of every form that real ones take.
//!
//! Each `texts/NAME.expected.json` was written by hand before the parser saw the text. It states what
//! matters of that text: a member that is absent is not compared, `warning_codes` lists codes that
//! must be among the warnings.

use std::fs;
use std::path::PathBuf;

use passerelle::conventions::import::parse;
use serde_json::Value;

mod codes;
mod command;
mod robustness;

/// Every text with what it must give.
fn fixtures() -> Vec<(String, String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/import/texts");
    let mut fixtures: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt" || end == "md"))
        .map(|path| {
            let expected = fs::read_to_string(path.with_extension("expected.json")).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap(), serde_json::from_str(&expected).unwrap())
        })
        .collect();
    fixtures.sort_by(|a, b| a.0.cmp(&b.0));
    fixtures
}

/// Compares what is stated; gives the path of each difference.
fn differences(path: &str, wanted: &Value, found: &Value, faults: &mut Vec<String>) {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (member, value) in wanted {
                let found = found.get(member).unwrap_or(&Value::Null);
                differences(&format!("{path}.{member}"), value, found, faults);
            }
        }
        (Value::Array(wanted), Value::Array(found)) => {
            if wanted.len() != found.len() {
                faults.push(format!("{path}: {} wanted, found {found:?}", wanted.len()));
            }
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                differences(&format!("{path}[{index}]"), wanted, found, faults);
            }
        }
        _ if wanted == found => {}
        _ => faults.push(format!("{path}: wanted {wanted}, found {found}")),
    }
}

#[test]
fn every_text_gives_what_it_says() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 14, "the fixtures are where they should be");
    let mut faults = Vec::new();
    for (name, text, expected) in fixtures {
        let found = serde_json::to_value(parse(&text).parsed).unwrap();
        for (member, wanted) in expected.as_object().unwrap() {
            if member == "warning_codes" {
                for code in wanted.as_array().unwrap() {
                    let raised = found["warnings"].as_array().unwrap().iter().any(|warning| &warning["code"] == code);
                    if !raised {
                        faults.push(format!("{name}: no warning {code}"));
                    }
                }
            } else {
                differences(&format!("{name} {member}"), wanted, &found[member], &mut faults);
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_fact_keeps_its_line() {
    for (name, text, _) in fixtures() {
        let lines = u32::try_from(text.lines().count()).unwrap();
        let import = parse(&text);
        for article in &import.draft.articles {
            assert!(article.line >= 1 && article.line <= article.last_line && article.last_line <= lines, "{name}");
        }
        for clause in &import.draft.clauses {
            let home = import
                .draft
                .articles
                .iter()
                .find(|article| Some(&article.number) == clause.article.as_ref() && article.part == clause.part);
            if let Some(article) = home {
                assert!((article.line..=article.last_line).contains(&clause.line), "{name}: {clause:?}");
            }
        }
        for warning in &import.parsed.warnings {
            assert!((1..=lines).contains(&warning.line), "{name}: {warning:?}");
        }
    }
}

#[test]
fn a_convention_becomes_a_draft() {
    let text = include_str!("texts/convention-complete.txt");
    let draft = parse(text).draft;
    let preamble = draft.preamble.unwrap();
    assert!(preamble.body.starts_with("Préambule") && preamble.body.contains("bénévoles retraités"));
    assert_eq!(draft.articles.len(), 12);
    assert_eq!(draft.articles[2].body.matches("\n- ").count(), 2);

    let catalogues: Vec<usize> = draft.axes.iter().map(|axis| axis.catalogue.len()).collect();
    assert_eq!(catalogues, [2, 0, 1, 2, 0, 0], "aims and schemes are no kinds of action");
    let transversal: Vec<bool> = draft.axes.iter().map(|axis| axis.transversal).collect();
    assert_eq!(transversal, [false, false, false, false, false, true]);
    assert_eq!(draft.axes[0].audiences, ["3e"]);
    assert_eq!(draft.axes[0].commitments[0].party, Some(1));
    assert_eq!(draft.axes[5].commitments[0].party, None);

    let kinds: Vec<&str> = draft.clauses.iter().map(|clause| clause.kind).collect();
    for kind in [
        "duration",
        "effective",
        "tacit_renewal",
        "renewal_information",
        "termination",
        "steering",
        "minutes",
        "cure_period",
        "programme_hours",
        "inclusion",
    ] {
        assert_eq!(kinds.iter().filter(|found| **found == kind).count(), 1, "{kind} in {kinds:?}");
    }
    for absent in ["amendment", "dispute", "agenda", "exceptional_meeting"] {
        assert!(!kinds.contains(&absent), "{absent} is not in the text");
    }
    let minutes = draft.clauses.iter().find(|clause| clause.kind == "minutes").unwrap();
    assert_eq!(minutes.parameters["proposed_by"], "PASSEURS");
    let steering = draft.clauses.iter().find(|clause| clause.kind == "steering").unwrap();
    assert_eq!(steering.parameters["experts"], true);
    assert_eq!(steering.parameters["regions_invited_by"], Value::Null);
}

#[test]
fn rights_at_the_committee_and_no_committee_of_a_dispute() {
    let steering = "Article 9 – Pilotage\n\nLe comité national de pilotage se réunit au moins une fois par an. Il peut \
        associer, sur invitation du ministère, des représentants des régions académiques ayant signé une convention de \
        déclinaison. Le comité peut associer à ses travaux des experts et des personnalités qualifiées.\n\n";
    let text = |nine: &str| {
        format!(
            "CONVENTION\n\nArticle 8 – Objet\n\nLa convention fixe un cadre.\n\n{nine}Article 12 - Litiges\n\nEn cas de \
             litige, les parties organisent une conciliation qui peut être engagée par la réunion d'un comité de pilotage \
             exceptionnel.\n"
        )
    };
    let found = |text: &str| -> Vec<(&str, Option<String>)> {
        parse(text).draft.clauses.into_iter().map(|clause| (clause.kind, clause.article)).collect()
    };
    let clauses = parse(&text(steering)).draft.clauses;
    let steers = clauses.iter().find(|clause| clause.kind == "steering").unwrap();
    assert_eq!(steers.article.as_deref(), Some("9"));
    assert_eq!(steers.parameters["regions_invited_by"], "ministère");
    assert_eq!(steers.parameters["experts"], true);
    // Without article 9 nobody steers: the committee of a dispute is an exceptional one.
    assert_eq!(found(&text("")), [("dispute", Some("12".to_owned()))]);
}
