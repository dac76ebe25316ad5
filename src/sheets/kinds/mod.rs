//! The kinds of sheets that can be brought in: the columns of each, and what a line becomes.

mod actions;
mod companies;
mod contacts;
mod finding;

use serde_json::{Value, json};

use super::kind::{Kind, Reading};

/// All kinds, in the order of `--help`.
pub const ALL: &[&Kind] = &[&actions::KIND, &companies::KIND, &contacts::KIND];

/// A kind by its name on the command line.
pub fn named(name: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == name)
}

/// The key of a line: its own, or its digest, which the body then carries.
fn key(reading: &mut Reading) -> String {
    if let Some(own) = reading.body["external_id"].as_str() {
        return own.to_owned();
    }
    reading.body["external_id"] = json!(reading.digest);
    reading.digest.clone()
}

/// Takes a member out of a body.
fn take(body: &mut Value, member: &str) -> Option<Value> {
    body.as_object_mut()?.shift_remove(member)
}
