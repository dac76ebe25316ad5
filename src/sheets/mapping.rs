//! A mapping file: what the headers and the values of somebody's sheet mean, and what all of its lines have in common.
//!
//! `{"columns": {"their header": "our column" | null}, "values": {"our column": {"their value": "ours"}},
//! "defaults": {"our column": value}}`. It is checked whole: every fault at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::kind::Kind;
use super::rules::{Entry, heading};
use crate::domain::bilingual::Bilingual;
use crate::domain::folded::fold;
use crate::domain::text::Lines;
use crate::error::{Problem, both};
use crate::http::strict_json;

/// A mapping that was checked against its kind. Columns are meant by their place in the kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// Their headers, folded; none for those that are not to be read.
    pub columns: BTreeMap<String, Option<usize>>,
    /// Their values, folded, by column.
    pub values: BTreeMap<usize, BTreeMap<String, String>>,
    /// What a line without that value has.
    pub defaults: BTreeMap<usize, Value>,
}

impl Mapping {
    /// Reads a mapping; every fault of it otherwise.
    pub fn read(bytes: &[u8], kind: &Kind) -> Result<Self, Vec<Bilingual>> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let value = strict_json::read_texts(bytes, |_| Lines::Several).map_err(in_words)?;
        let Value::Object(members) = value else {
            return Err(vec![both("un objet JSON est attendu", "a JSON object is expected")]);
        };
        let mut reader = Reader { kind, faults: Vec::new(), mapping: Self::default() };
        for (name, value) in &members {
            match (name.as_str(), value) {
                ("columns", Value::Object(columns)) => reader.columns(columns),
                ("values", Value::Object(values)) => reader.values(values),
                ("defaults", Value::Object(defaults)) => reader.defaults(defaults),
                ("columns" | "values" | "defaults", _) => {
                    reader.fault(name, "un objet est attendu", "an object is expected");
                }
                _ => reader.fault(
                    name,
                    "membre inconnu : columns, values ou defaults",
                    "unknown: columns, values or defaults",
                ),
            }
        }
        if reader.faults.is_empty() { Ok(reader.mapping) } else { Err(reader.faults) }
    }
}

struct Reader<'k> {
    kind: &'k Kind,
    faults: Vec<Bilingual>,
    mapping: Mapping,
}

impl Reader<'_> {
    fn fault(&mut self, place: &str, fr: impl std::fmt::Display, en: impl std::fmt::Display) {
        self.faults.push(both(format!("{place} : {fr}"), format!("{place}: {en}")));
    }

    fn column(&mut self, place: &str, name: &str) -> Option<usize> {
        let found = self.kind.column(name);
        if found.is_none() {
            let ours = self.kind.columns.iter().map(|c| format!("« {} »", c.header())).collect::<Vec<_>>().join(", ");
            self.fault(
                place,
                format!("« {name} » n'est pas une colonne ; colonnes : {ours}"),
                format!("\"{name}\" is no column; columns: {ours}"),
            );
        }
        found
    }

    fn columns(&mut self, columns: &Map<String, Value>) {
        for (theirs, ours) in columns {
            let place = format!("columns/{theirs}");
            let found = match ours {
                Value::Null => None,
                Value::String(name) => match self.column(&place, name) {
                    Some(column) => Some(column),
                    None => continue,
                },
                _ => {
                    self.fault(&place, "un nom de colonne ou null", "the name of a column, or null");
                    continue;
                }
            };
            let taken = self.mapping.columns.values().any(|other| other.is_some() && *other == found);
            if taken {
                self.fault(&place, "cette colonne est déjà prise", "this column is taken already");
            }
            if self.mapping.columns.insert(heading(theirs), found).is_some() {
                self.fault(&place, "cet en-tête est nommé deux fois", "this header is named twice");
            }
        }
    }

    fn values(&mut self, values: &Map<String, Value>) {
        for (name, pairs) in values {
            let place = format!("values/{name}");
            let Some(column) = self.column(&place, name) else { continue };
            let Value::Object(pairs) = pairs else {
                self.fault(&place, "un objet est attendu", "an object is expected");
                continue;
            };
            let form = self.kind.columns[column].form;
            let mut known = BTreeMap::new();
            for (theirs, ours) in pairs {
                let place = format!("{place}/{theirs}");
                let ours = match ours {
                    Value::String(text) => text.clone(),
                    Value::Bool(_) | Value::Number(_) => ours.to_string(),
                    _ => {
                        self.fault(&place, "un texte est attendu", "a text is expected");
                        continue;
                    }
                };
                if let Err(why) = form.read(&Entry::text(&ours), &BTreeMap::new()) {
                    self.fault(&place, why.fr, why.en);
                }
                known.insert(fold(theirs), ours);
            }
            self.mapping.values.insert(column, known);
        }
    }

    fn defaults(&mut self, defaults: &Map<String, Value>) {
        for (name, value) in defaults {
            let place = format!("defaults/{name}");
            let Some(column) = self.column(&place, name) else { continue };
            let entry = match value {
                Value::String(text) => Entry::text(text),
                Value::Number(n) => n.as_f64().map_or(Entry::Empty, Entry::Number),
                Value::Bool(b) => Entry::Boolean(*b),
                Value::Array(items) if items.iter().all(Value::is_string) => {
                    Entry::text(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "))
                }
                _ => Entry::Empty,
            };
            if entry.is_empty() {
                self.fault(&place, "une valeur est attendue", "a value is expected");
                continue;
            }
            match self.kind.columns[column].form.read(&entry, &BTreeMap::new()) {
                Ok(value) => {
                    self.mapping.defaults.insert(column, value);
                }
                Err(why) => self.fault(&place, why.fr, why.en),
            }
        }
    }
}

fn in_words(problem: Problem) -> Vec<Bilingual> {
    if problem.faults.is_empty() {
        return vec![problem.detail];
    }
    problem.faults.into_iter().map(|fault| fault.detail).collect()
}
