//! Organisations and their representatives: who keeps them, who sees them, how they are found.

mod keeping;
mod perimeter;
mod representatives;
mod search;

use serde_json::{Value, json};

use crate::support::{Actor, Response};

/// What an organisation is created with.
pub fn named(kind: &str, name: &str) -> Value {
    json!({ "kind": kind, "name": name })
}

pub fn create(actor: &Actor, organisation: &Value) -> Response {
    actor.post("/v1/organisations", organisation)
}

pub fn path(id: &str) -> String {
    format!("/v1/organisations/{id}")
}

/// The actor patches what it reads.
pub fn patch(actor: &Actor, id: &str, patch: &Value) -> Response {
    let etag = actor.get(&path(id)).expect(200).etag();
    actor.patch(&path(id), &etag, patch)
}

/// One member of every item of a list.
pub fn each(actor: &Actor, query: &str, member: &str) -> Vec<String> {
    let items = actor.list(&format!("/v1/organisations?{query}"));
    items.iter().map(|i| i[member].as_str().map_or_else(|| i[member].to_string(), str::to_owned)).collect()
}
