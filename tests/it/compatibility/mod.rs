//! The gate: no change of the OpenAPI document may break a client generated from a released one.

mod compare;
mod mutation;
mod mutations;
mod refused;
mod schemas;

use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/released")
}

/// Every released document, with its file name.
fn released() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

/// The document of this program.
fn present() -> Value {
    serde_json::from_str(passerelle::openapi::Document::build().text()).unwrap()
}

#[test]
fn nothing_breaks_a_client_of_a_released_document() {
    let (all, now) = (released(), present());
    let refused = refused::RefusedInputs::parse(&std::fs::read_to_string(folder().join("refused.txt")).unwrap());
    assert!(!all.is_empty());
    let mut found = Vec::new();
    for (name, bytes) in all {
        let then: Value = serde_json::from_slice(&bytes).unwrap();
        found.extend(compare::breaks(&then, &now, &refused).into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(
        found.is_empty(),
        "this breaks clients of released documents; keep what was, or serve the new form under /v2:\n  {}",
        found.join("\n  ")
    );
    assert_eq!(refused.unused(), Vec::<String>::new(), "openapi/released/refused.txt excuses what nobody does");
}

#[test]
fn a_released_document_is_frozen() {
    let sums = std::fs::read_to_string(folder().join("SHA256SUMS")).unwrap();
    let mut listed: Vec<(String, String)> = sums
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
        .collect();
    listed.sort();
    let found: Vec<(String, String)> = released()
        .into_iter()
        .map(|(name, bytes)| (name, passerelle::auth::secret::hex(&Sha256::digest(&bytes))))
        .collect();
    assert_eq!(found, listed, "openapi/released is not what its SHA256SUMS says");
}
