//! External issuers and grants: who somebody is, the issuer says; what they may do, the grant says.

mod issuer;
mod keeping;
mod using;

use serde_json::{Value, json};

pub use issuer::{GONE, allowed, issuer, issuers};

/// A grant of `main` to a subject, who may observe.
pub fn new_grant(subject: &str) -> Value {
    json!({ "issuer": issuer().name("main"), "subject": subject, "name": format!("Grant of {subject}"), "role": "observer" })
}
