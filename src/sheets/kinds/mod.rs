//! The kinds of sheets that can be brought in: the columns of each, and what a line becomes.

pub mod actions;
mod companies;
mod contacts;
mod finding;

use serde_json::{Value, json};

use super::kind::{Column, Form, Kind, Reading};

/// All kinds, in the order of `--help`.
pub const ALL: &[&Kind] = &[&actions::KIND, &companies::KIND, &contacts::KIND];

/// A kind by its name on the command line.
pub fn named(name: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == name)
}

/// The column of remarks, of every kind.
const COMMENT: Column = Column {
    field: "/comment",
    headers: &["Commentaire", "Remarque", "Observations", "comment"],
    form: Form::Text,
    required: false,
    about: ("Sans aucune personne ni aucun élève", "Without any person or pupil"),
};

/// The column of one's own key, of every kind.
const OWN_KEY: Column = Column {
    field: "/external_id",
    headers: &["Identifiant externe", "Identifiant", "external_id"],
    form: Form::Text,
    required: false,
    about: (
        "Votre propre clé : la ligne qui la porte est mise à jour",
        "Your own key: the line that has it is updated",
    ),
};

/// The key of a line: its own, or its digest, which the body then carries.
fn key(reading: &mut Reading) -> String {
    if let Some(own) = reading.body["external_id"].as_str() {
        return own.to_owned();
    }
    // A line that cannot be read has none.
    if !reading.digest.is_empty() {
        reading.body["external_id"] = json!(reading.digest);
    }
    reading.digest.clone()
}

/// Takes a member out of a body.
fn take(body: &mut Value, member: &str) -> Option<Value> {
    body.as_object_mut()?.shift_remove(member)
}
