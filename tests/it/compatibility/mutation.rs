//! What a mutation of the document is, and the ways to make one.

use serde_json::Value;

use super::mutations::LIST;

/// What is done to the document, and what the gate must say; nothing when it must let it pass.
pub struct Mutation {
    pub name: &'static str,
    pub make: fn(&mut Value),
    pub says: &'static [&'static str],
}

pub fn at<'d>(document: &'d mut Value, pointer: &str) -> &'d mut Value {
    document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not in the document"))
}

pub fn remove(document: &mut Value, pointer: &str, name: &str) {
    let gone = match at(document, pointer) {
        Value::Object(members) => members.shift_remove(name).is_some(),
        Value::Array(items) => {
            let before = items.len();
            items.retain(|item| item != name && item["name"] != name);
            items.len() < before
        }
        _ => false,
    };
    assert!(gone, "{pointer} has no {name}");
}

pub fn set(document: &mut Value, pointer: &str, name: &str, value: Value) {
    at(document, pointer)[name] = value;
}

pub fn push(document: &mut Value, pointer: &str, value: Value) {
    at(document, pointer).as_array_mut().unwrap().push(value);
}

/// A parameter of the list of conventions.
pub fn parameter<'d>(document: &'d mut Value, name: &str) -> &'d mut Value {
    let all = at(document, &format!("{LIST}/parameters")).as_array_mut().unwrap();
    all.iter_mut().find(|parameter| parameter["name"] == name).unwrap()
}
