//! Amendments (R06): drafted or imported, shown as a difference, signed in order, and laid over the text from their day.

pub mod axes;
mod divergence;
mod drafting;
mod exact;
mod imported;
mod readers;
mod signing;
mod text;
mod warnings;

use serde_json::{Value, json};

use crate::support::texts::Text;
use crate::support::{Actor, Response};

/// Six years instead of five, with the clause that follows.
pub fn six_years() -> Value {
    json!({
        "title": "Avenant n° 1",
        "edits": [{ "kind": "replace_words", "article": "11", "alinea": 1, "old": "Cinq ans", "new": "Six ans" }],
        "clause_changes": [{
            "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true,
        }],
    })
}

/// Signed by both parties.
pub fn signed(text: &Text, amendment: &str, ministry_on: &str, association_on: &str) {
    text.sign_amendment(amendment, 0, ministry_on).expect(201);
    text.sign_amendment(amendment, 1, association_on).expect(201);
}

/// An amendment as an actor reads it, with a query.
pub fn read(actor: &Actor, amendment: &str, query: &str) -> Value {
    actor.get(&format!("/v1/amendments/{amendment}{query}")).expect(200).json
}

/// Its warnings' codes.
pub fn warned(answer: &Value) -> Vec<String> {
    super::each(answer["warnings"].as_array().unwrap(), "code")
}

/// A refusal by R06, with the article on amendments if the convention has one.
pub fn refused(response: &Response, code: &str, article: Option<&str>) -> Value {
    super::refused(response, code, "R06", article)
}
