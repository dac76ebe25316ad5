//! What the document says of the members of bodies is what the service holds: each bound is tried on both of its sides,
//! and what has no bound is tried far out.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::Actor;
use crate::support::contract::resolve;
use crate::support::resources::{Operation, Resources, call, operations};

/// Longer than any bound that goes without saying.
const FAR: u64 = 250_000;
/// Items of a list that would be within no bound.
const MANY: u64 = 2_500;
/// Members whose bounds other members set: more than 0, and no more than from the session's start to its end.
const RELATIVE: [&str; 1] = ["/sessions/0/hours"];

/// A body with one member changed, and what is due.
struct Probe {
    /// Where the member is.
    at: String,
    value: Value,
    /// Where a fault must be; none when this member must not be at fault for its form.
    fault: Option<String>,
}

/// Visits the schemas of a body, with their places in it.
fn walk(schema: &'static Value, at: &str, seen: &mut HashSet<String>, probes: &mut Vec<Probe>) {
    if let Some(reference) = schema["$ref"].as_str()
        && !at.is_empty()
        && resolve(schema).get("properties").is_some()
        && !seen.insert(reference.to_owned())
    {
        return;
    }
    let schema = solid(schema);
    probe(schema, at, probes);
    if let Some(items) = schema.get("items") {
        walk(items, &format!("{at}/0"), seen, probes);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        walk(member, &format!("{at}/{name}"), seen, probes);
    }
}

/// The schema without its null branch.
fn solid(schema: &'static Value) -> &'static Value {
    let schema = resolve(schema);
    let branch = schema["oneOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
    branch.map_or(schema, solid)
}

fn is(schema: &Value, name: &str) -> bool {
    schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
}

fn probe(schema: &'static Value, at: &str, probes: &mut Vec<Probe>) {
    let mut refused = |value: Value| probes.push(Probe { at: at.into(), value, fault: Some(at.into()) });
    let bound = |name: &str| schema[name].as_u64();
    let text = |length: u64| json!("a".repeat(usize::try_from(length).unwrap()));
    let formed = ["enum", "format"].iter().any(|name| schema.get(*name).is_some());
    let readable = schema["pattern"] == passerelle::http::body::READABLE;
    let mut accepted = Vec::new();
    if is(schema, "string") {
        refused(json!({}));
        if formed || (schema.get("pattern").is_some() && !readable) {
            refused(json!("|"));
        }
        if !formed && (readable || schema.get("pattern").is_none() || schema.get("maxLength").is_some()) {
            if let Some(most) = bound("maxLength") {
                refused(text(most + 1));
            }
            if let Some(least) = bound("minLength") {
                refused(text(least - 1));
            }
            accepted.push(text(bound("maxLength").unwrap_or(FAR)));
            accepted.push(text(bound("minLength").unwrap_or(0)));
        }
        if readable {
            refused(json!(" \u{200b}\t"));
        }
    }
    if is(schema, "integer") || is(schema, "number") {
        refused(json!("1"));
        for (name, beyond) in [("maximum", 1), ("minimum", -1)] {
            match schema[name].as_f64() {
                #[allow(clippy::cast_possible_truncation)] // the bounds of the document are small
                Some(bound) => {
                    refused(json!(bound as i64 + beyond));
                    accepted.push(json!(bound as i64));
                }
                None => accepted.push(json!(i64::from(i32::MAX) * beyond)),
            }
        }
    }
    if is(schema, "array") {
        refused(json!("x"));
        let list = |length: u64| json!(vec![sample(&schema["items"]); usize::try_from(length).unwrap()]);
        if let Some(most) = bound("maxItems") {
            refused(list(most + 1));
        }
        if let Some(least) = bound("minItems") {
            refused(list(least - 1));
        }
        accepted.push(list(bound("maxItems").unwrap_or(MANY)));
        accepted.push(list(bound("minItems").unwrap_or(0)));
    }
    if schema.get("properties").is_some() {
        assert_eq!(schema["additionalProperties"], false, "{at}: this object is open");
        let mut value = sample(schema);
        value["zzz"] = json!(1);
        probes.push(Probe { at: at.into(), value, fault: Some(format!("{at}/zzz")) });
    }
    probes.extend(accepted.into_iter().map(|value| Probe { at: at.into(), value, fault: None }));
}

/// A value of the form that a schema asks for.
fn sample(schema: &'static Value) -> Value {
    let schema = solid(schema);
    let shown = schema.get("example").or_else(|| schema["examples"].get(0)).or_else(|| schema["enum"].get(0));
    if let Some(shown) = shown {
        return shown.clone();
    }
    if is(schema, "object") {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        return required.map(|name| (name.to_owned(), sample(&schema["properties"][name]))).collect();
    }
    if is(schema, "array") {
        return json!([]);
    }
    if is(schema, "boolean") {
        return json!(true);
    }
    if is(schema, "string") {
        return json!("a".repeat(usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap()));
    }
    json!(schema["minimum"].as_i64().unwrap_or(0).max(1))
}

/// Sets what is at a place, making what leads there.
fn set(body: &mut Value, schema: &'static Value, at: &str, value: Value) {
    let (mut here, mut schema) = (body, solid(schema));
    for step in at.split('/').skip(1) {
        if is(schema, "array") {
            if here[0].is_null() {
                *here = json!([sample(&schema["items"])]);
            }
            (here, schema) = (&mut here[0], solid(&schema["items"]));
        } else {
            if !here.is_object() {
                *here = sample(schema);
            }
            (here, schema) = (&mut here[step], solid(&schema["properties"][step]));
        }
    }
    *here = value;
}

/// What is wrong with the answer to a probe, in words.
fn judge(
    operation: &Operation,
    address: &str,
    caller: &Actor,
    media: &str,
    body: &Value,
    probe: &Probe,
) -> Option<String> {
    let answer = caller
        .ask(&operation.method, &format!("{address}?dry_run=true"))
        .header("If-Match", "*")
        .body(media, body.to_string())
        .send();
    let at_fault = |place: &str, pointer: &Value| {
        let pointer = pointer.as_str().unwrap_or("-");
        pointer == place || pointer.starts_with(&format!("{place}/"))
    };
    let faults = answer.json["errors"].as_array().cloned().unwrap_or_default();
    let wrong = match &probe.fault {
        Some(place) => answer.status != 422 || !faults.iter().any(|fault| at_fault(place, &fault["pointer"])),
        None if RELATIVE.contains(&probe.at.as_str()) => false,
        None => faults.iter().any(|fault| {
            let form = ["wrong_length", "out_of_range", "wrong_type", "blank", "unknown"];
            fault["pointer"] == probe.at.as_str() && form.iter().any(|code| fault["code"] == *code)
        }),
    };
    let sent: String = probe.value.to_string().chars().take(60).collect();
    let got: String = answer.text.chars().take(600).collect();
    let due = if probe.fault.is_some() { "must be refused" } else { "is within the bounds" };
    wrong.then(|| format!("{} {}: {sent} {due}: {} {got}", answer.asked, probe.at, answer.status))
}

both!(each_bound_of_a_body_is_held, |world| {
    let resources = Resources::new(world);
    let (mut seen, mut tried, mut wrong) = (HashSet::new(), 0, Vec::new());
    for operation in operations().iter().filter(|operation| operation.secured()) {
        let content = operation.value["requestBody"]["content"].as_object();
        for (media, content) in content.into_iter().flatten().filter(|(media, _)| media.ends_with("json")) {
            if media.ends_with("x-ndjson") {
                continue;
            }
            let schema = &content["schema"];
            let (address, caller) = resources.address(operation.path);
            let base = if operation.method == "PATCH" { json!({}) } else { sample(schema) };
            let mut probes = Vec::new();
            walk(schema, "", &mut seen, &mut probes);
            for probe in probes {
                let mut body = base.clone();
                set(&mut body, schema, &probe.at, probe.value.clone());
                tried += 1;
                wrong.extend(judge(operation, &address, &caller, media, &body, &probe));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 1000, "{tried}");
});

both!(each_form_of_a_parameter_is_held, |world| {
    let resources = Resources::new(world);
    let (mut tried, mut wrong) = (0, Vec::new());
    let words = regex::Regex::new("[a-z_]{3,}").unwrap();
    for operation in operations().iter().filter(|operation| operation.secured()) {
        let (address, caller) = resources.address(operation.path);
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let (name, schema) = (parameter["name"].as_str().unwrap(), solid(&parameter["schema"]));
            if parameter["in"] != "query" || matches!(name, "cursor" | "after") {
                continue;
            }
            let form = ["pattern", "enum", "format", "minimum"].iter().any(|keyword| schema.get(*keyword).is_some())
                || is(schema, "boolean");
            let form = form && schema["pattern"] != passerelle::http::body::READABLE;
            let answer = call(operation, &format!("{address}?{name}=%21"), &caller);
            let faults = answer.json["errors"].as_array().cloned().unwrap_or_default();
            let fault = faults.iter().find(|fault| fault["parameter"] == name);
            tried += 1;
            if fault.is_some() != form {
                wrong.push(format!(
                    "{}: documented as {schema}, answered {} {}",
                    answer.asked, answer.status, answer.text
                ));
            }
            // Where the answer lists what it accepts, that is what the document says.
            let accepted = fault.and_then(|fault| fault["accepted"].as_array()).into_iter().flatten();
            let accepted: HashSet<&str> = accepted.filter_map(Value::as_str).collect();
            let Some(pattern) = schema["pattern"].as_str().filter(|_| !accepted.is_empty()) else { continue };
            let form = regex::Regex::new(pattern).unwrap();
            let said: HashSet<&str> = words.find_iter(pattern).map(|word| word.as_str()).collect();
            let unsaid = accepted.iter().filter(|value| !form.is_match(value)).count();
            if unsaid > 0 || (pattern.starts_with("^-?(") && !said.is_subset(&accepted)) {
                wrong.push(format!("{}: accepts {accepted:?}, documents {pattern}", answer.asked));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 300, "{tried}");
});
