//! The schemas of bodies and parameters: closed, as the service reads them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::http::body::READABLE;

/// Media types whose members are read strictly. The form of `/oauth/token` is not: RFC 6749 wants others ignored.
const STRICT: [&str; 2] = ["application/json", "application/merge-patch+json"];
/// Years that a civil date is read with: computed ones may be beyond.
const YEARS: &str = "^(19[0-9]{2}|2[01][0-9]{2}|2200)-";
/// Keywords that say what a string is, beside its length.
const FORMS: [&str; 4] = ["enum", "const", "format", "pattern"];

/// Derives merge patches from creations, then closes the schema of each parameter and JSON body.
///
/// An answer may gain members, so a schema that answers use as well stays open there: requests get a closed copy of it,
/// named `New…`.
pub fn complete(document: &mut Value) {
    patches(document);
    let schemas = document["components"]["schemas"].clone();
    let (mut sent, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations(document) {
        inputs(operation).for_each(|input| collect(input, &schemas, &mut sent));
        collect(&operation["responses"], &schemas, &mut answered);
    }
    let is_shared = |name: &str| answered.contains(name) && closes(&schemas[name], &schemas);
    let copies: BTreeSet<&str> = sent.iter().map(String::as_str).filter(|name| is_shared(name)).collect();
    let name_of = |name: &str| if copies.contains(name) { format!("New{name}") } else { name.to_owned() };
    for name in &sent {
        let mut schema = schemas[name].clone();
        lead(&mut schema, &name_of);
        close(&mut schema);
        document["components"]["schemas"][name_of(name)] = schema;
    }
    for operation in operations(document) {
        for input in inputs(operation) {
            lead(input, &name_of);
            close(input);
        }
    }
}

/// A merge patch needs no member of what it changes: its schema is the creation's, with nothing required. Null removes a
/// member, so it is accepted for each that a creation may leave out. A member that is an object is merged in its turn.
fn patches(document: &mut Value) {
    let mut schemas = document["components"]["schemas"].take();
    for operation in operations(document) {
        if let Some(schema) = operation.pointer_mut("/requestBody/content/application~1merge-patch+json/schema") {
            patch_of(schema, &mut schemas);
        }
    }
    document["components"]["schemas"] = schemas;
}

/// Points a reference to an object at the patch of it, which is made when it is not there yet.
fn patch_of(reference: &mut Value, schemas: &mut Value) {
    let Some(name) = referenced(reference).map(str::to_owned) else { return };
    let mut schema = schemas[&name].clone();
    if schema.get("properties").is_none() {
        return;
    }
    let patch = format!("{}Patch", name.trim_start_matches("New"));
    reference["$ref"] = json!(format!("#/components/schemas/{patch}"));
    if schemas.get(&patch).is_some() {
        return;
    }
    let required = schema.as_object_mut().and_then(|members| members.shift_remove("required")).unwrap_or_default();
    for (member, schema) in schema["properties"].as_object_mut().into_iter().flatten() {
        patch_of(schema, schemas);
        let branches = schema.get_mut("oneOf").and_then(Value::as_array_mut);
        branches.into_iter().flatten().for_each(|branch| patch_of(branch, schemas));
        if required.as_array().is_none_or(|required| !required.contains(&json!(member))) {
            accept_null(schema);
        }
    }
    schema["description"] =
        json!(format!("Merge patch (RFC 7396) of what `{name}` holds: the members sent replace, null removes."));
    schemas[&patch] = schema;
}

fn accept_null(schema: &mut Value) {
    if let Some(one) = schema["type"].as_str() {
        schema["type"] = json!([one, "null"]);
    } else if referenced(schema).is_some() {
        *schema = json!({ "oneOf": [schema, { "type": "null" }] });
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    items.filter_map(Value::as_object_mut).flat_map(Map::values_mut)
}

/// The schemas of its parameters and of its strict bodies.
fn inputs(operation: &mut Value) -> impl Iterator<Item = &mut Value> {
    let (mut parameters, mut content) = (None, None);
    for (name, value) in operation.as_object_mut().into_iter().flatten() {
        match name.as_str() {
            "parameters" => parameters = value.as_array_mut(),
            "requestBody" => content = value.get_mut("content").and_then(Value::as_object_mut),
            _ => {}
        }
    }
    let strict = content.into_iter().flatten().filter(|(media, _)| STRICT.contains(&media.as_str()));
    let holders = parameters.into_iter().flatten().chain(strict.map(|(_, content)| content));
    holders.filter_map(|holder| holder.get_mut("schema"))
}

/// The name of the schema that a reference leads to.
fn referenced(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

fn inner(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Object(members) => Box::new(members.values()),
        Value::Array(items) => Box::new(items.iter()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Collects the names of the schemas that a value leads to.
fn collect(value: &Value, schemas: &Value, names: &mut BTreeSet<String>) {
    if let Some(name) = referenced(value)
        && names.insert(name.to_owned())
    {
        collect(&schemas[name], schemas, names);
    }
    inner(value).for_each(|value| collect(value, schemas, names));
}

/// True for a schema that [`close`] would change, be it through what it leads to.
fn closes(schema: &Value, schemas: &Value) -> bool {
    let mut closed = schema.clone();
    close(&mut closed);
    let mut names = BTreeSet::new();
    collect(schema, schemas, &mut names);
    closed != *schema
        || names.iter().any(|name| {
            let mut closed = schemas[name].clone();
            close(&mut closed);
            closed != schemas[name]
        })
}

/// Points each reference at the schema of that name.
fn lead(value: &mut Value, name_of: &dyn Fn(&str) -> String) {
    if let Some(name) = referenced(value).map(name_of) {
        value["$ref"] = json!(format!("#/components/schemas/{name}"));
    }
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| lead(value, name_of)),
        Value::Array(items) => items.iter_mut().for_each(|value| lead(value, name_of)),
        _ => {}
    }
}

/// Refuses members that an object does not name, and texts in which there is nothing to read.
fn close(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.contains_key("properties") && !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".into(), json!(false));
    }
    if object.get("format").is_some_and(|format| format == "date") {
        object.insert("pattern".into(), json!(YEARS));
    }
    if object.contains_key("minLength") && !FORMS.iter().any(|form| object.contains_key(*form)) {
        object.insert("pattern".into(), json!(READABLE));
    }
    for name in ["items", "additionalProperties"] {
        if let Some(schema) = object.get_mut(name) {
            close(schema);
        }
    }
    for name in ["oneOf", "anyOf"] {
        object.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(close);
    }
    let members = object.get_mut("properties").and_then(Value::as_object_mut);
    members.into_iter().flat_map(Map::values_mut).for_each(close);
}
