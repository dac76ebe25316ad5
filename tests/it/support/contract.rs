//! Holds every exchange against the OpenAPI document: the operation is documented, its status too, with this content
//! type, these headers, and a body that is valid against a schema in which nothing undocumented passes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use passerelle::error::table::TABLE;
use passerelle::openapi::Document;
use serde_json::{Value, json};

use super::http::Response;

/// One request and its answer.
pub struct Exchange<'r> {
    pub method: &'r str,
    pub path: &'r str,
    pub response: &'r Response,
}

/// Pages that the document does not describe: itself, and the screen that shows it.
const PAGES: [&str; 3] = ["/openapi.json", "/docs", "/docs/"];
/// Headers that only some answers of a kind carry.
const SOMETIMES: [&str; 3] = ["Link", "Retry-After", "Idempotency-Replayed"];

/// The document under test, as the service serves it.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(Document::build().text()).expect("the document is JSON"))
}

/// Fails the test when an exchange is not as documented.
#[track_caller]
pub fn check(exchange: &Exchange<'_>) {
    if let Err(why) = judge(exchange) {
        let Response { asked, status, text, .. } = exchange.response;
        let text: String = text.chars().take(2000).collect();
        panic!("{asked} answered {status}, and this is not as documented: {why}\n{text}");
    }
}

/// Says why an exchange is not as documented.
pub fn judge(exchange: &Exchange<'_>) -> Result<(), String> {
    let Exchange { method, path, response } = exchange;
    let path = path.split('?').next().unwrap_or(path);
    response.header("x-request-id").ok_or("no X-Request-Id")?;
    if PAGES.contains(&path) || path.starts_with("/docs/") {
        return Ok(());
    }
    let oauth_error = path == "/oauth/token" && response.json.get("error").is_some();
    if response.status >= 400 && !oauth_error && *method != "HEAD" {
        problem(path, response)?;
    }
    let method = if *method == "HEAD" { "get".to_owned() } else { method.to_ascii_lowercase() };
    let template = template_of(path);
    let operation = template.and_then(|t| document()["paths"][t].get(&method));
    match (template, operation) {
        (Some(template), Some(_)) => as_documented(template, &method, exchange),
        (Some(_), None) if method == "options" && matches!(response.status, 200 | 204) => Ok(()),
        (Some(_), None) if matches!(response.status, 400 | 401 | 405 | 429 | 431) => Ok(()),
        (None, _) if matches!(response.status, 400 | 401 | 404 | 429 | 431) => Ok(()),
        _ => Err(format!("no operation {method} {path} is documented")),
    }
}

/// The path of the document that an address is of: the one with the most literal segments.
pub fn template_of(path: &str) -> Option<&'static str> {
    let literals = |template: &str| template.split('/').filter(|s| !s.starts_with('{')).count();
    let fits = |template: &str| {
        template.split('/').count() == path.split('/').count()
            && template.split('/').zip(path.split('/')).all(
                |(t, p)| {
                    if t.starts_with('{') { !p.is_empty() } else { t == p }
                },
            )
    };
    let paths = document()["paths"].as_object().expect("paths");
    paths.keys().map(String::as_str).filter(|t| fits(t)).max_by_key(|t| literals(t))
}

/// Follows a reference of the document.
pub fn resolve(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(&reference[1..]).expect("a reference resolves"),
        None => value,
    }
}

fn as_documented(template: &str, method: &str, exchange: &Exchange<'_>) -> Result<(), String> {
    let response = exchange.response;
    let documented = &document()["paths"][template][method]["responses"];
    let Some(documented) = documented.get(response.status.to_string()) else {
        return Err(format!("{method} {template} documents no status {}", response.status));
    };
    let documented = resolve(documented);
    for (name, _) in documented["headers"].as_object().into_iter().flatten() {
        // A dry run has made nothing that could have a version or an address.
        let due = !SOMETIMES.contains(&name.as_str()) && response.header("x-dry-run").is_none();
        if due && response.header(name).is_none() {
            return Err(format!("the header {name} is documented and missing"));
        }
    }
    let Some(contents) = documented["content"].as_object() else {
        return if response.bytes.is_empty() { Ok(()) } else { Err("a body where none is documented".into()) };
    };
    let given = response.header("content-type").ok_or("no Content-Type")?;
    let essence = given.split(';').next().unwrap_or(given).trim();
    let Some(content) = contents.get(essence) else {
        return Err(format!("the content type {essence} is not documented: {:?}", contents.keys().collect::<Vec<_>>()));
    };
    if exchange.method == "HEAD" {
        return if response.bytes.is_empty() { Ok(()) } else { Err("a body to a HEAD".into()) };
    }
    if response.header("content-encoding").is_some() {
        return Ok(());
    }
    if essence == "application/x-ndjson" {
        // Each line is an item of the list's JSON form.
        let item = &resolve(&contents["application/json"]["schema"])["properties"]["items"]["items"];
        let key = format!("{template} {method} item");
        return response.text.lines().enumerate().try_for_each(|(line, text)| {
            let item_read = serde_json::from_str(text).map_err(|e| format!("line {line} is no JSON: {e}"))?;
            validate(&key, item, &item_read).map_err(|why| format!("line {line}: {why}"))
        });
    }
    if essence.ends_with("json") {
        let body = serde_json::from_slice(&response.bytes).map_err(|e| format!("the body is no JSON: {e}"))?;
        let key = format!("{template} {method} {} {essence}", response.status);
        return validate(&key, &content["schema"], &body);
    }
    if resolve(&content["schema"])["format"] == "binary" {
        return Ok(());
    }
    std::str::from_utf8(&response.bytes).map(|_| ()).map_err(|e| format!("the body is no UTF-8: {e}"))
}

/// A body against a schema of the document, closed; `key` names the schema in the cache.
pub fn validate(key: &str, schema: &Value, body: &Value) -> Result<(), String> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let known = KNOWN.get_or_init(Mutex::default);
    let held = known.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
    let validator = held.unwrap_or_else(|| {
        let made = Arc::new(validator(schema, closed_components()));
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), made.clone());
        made
    });
    faults(&validator, body)
}

/// What a validator says of a body.
pub fn faults(validator: &Validator, body: &Value) -> Result<(), String> {
    let faults: Vec<_> =
        validator.iter_errors(body).map(|e| format!("{} at {:?}", e, e.instance_path().to_string())).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// A validator of a schema whose references lead into these components.
pub fn validator(schema: &Value, components: &Value) -> Validator {
    let mut root = schema.clone();
    close(&mut root, true);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["components"] = components.clone();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .build(&root)
        .expect("a schema of the document compiles")
}

fn closed_components() -> &'static Value {
    static COMPONENTS: OnceLock<Value> = OnceLock::new();
    COMPONENTS.get_or_init(|| {
        let mut schemas = document()["components"]["schemas"].clone();
        for (_, schema) in schemas.as_object_mut().expect("schemas") {
            close(schema, true);
        }
        json!({ "schemas": schemas })
    })
}

/// Refuses members that a schema does not name, unless it says what others may be. In an `allOf` every branch is left
/// open and the whole is closed.
fn close(schema: &mut Value, whole: bool) {
    let Some(object) = schema.as_object_mut() else { return };
    let mut composed = false;
    if let Some(branches) = object.get_mut("allOf").and_then(Value::as_array_mut) {
        composed = branches.len() > 1;
        for branch in branches {
            if composed && branch.get("$ref").is_some() {
                *branch = resolve(branch).clone();
            }
            close(branch, !composed);
        }
    }
    for keyword in ["items", "additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"] {
        if let Some(inner) = object.get_mut(keyword) {
            close(inner, true);
        }
    }
    for keyword in ["anyOf", "oneOf", "prefixItems"] {
        for inner in object.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
            close(inner, true);
        }
    }
    for keyword in ["properties", "patternProperties", "$defs"] {
        for (_, inner) in object.get_mut(keyword).and_then(Value::as_object_mut).into_iter().flatten() {
            close(inner, true);
        }
    }
    let stated = object.contains_key("additionalProperties") || object.contains_key("unevaluatedProperties");
    if whole && composed {
        object.insert("unevaluatedProperties".into(), json!(false));
    } else if whole && object.contains_key("properties") && !stated {
        object.insert("additionalProperties".into(), json!(false));
    }
}

/// What every problem says of itself.
fn problem(path: &str, response: &Response) -> Result<(), String> {
    let said = |name: &str| response.header(name).unwrap_or_default().to_owned();
    if said("content-type") != "application/problem+json" {
        return Err(format!("a problem of the type {:?}", said("content-type")));
    }
    let json = &response.json;
    validate("Problem", &json!({ "$ref": "#/components/schemas/Problem" }), json)?;
    let code = json["code"].as_str().unwrap_or_default();
    let entry = TABLE.iter().find(|e| e.code == code).ok_or("a code outside the table")?;
    let language = said("content-language");
    let title = if language == "en" { entry.title.1 } else { entry.title.0 };
    for (what, given, due) in [
        ("status", json["status"].clone(), json!(response.status)),
        ("status of the code", json!(entry.status), json!(response.status)),
        ("type", json["type"].clone(), json!(format!("/problems/{code}"))),
        ("title", json["title"].clone(), json!(title)),
        ("instance", json["instance"].clone(), json!(path)),
        ("request_id", json["request_id"].clone(), json!(said("x-request-id"))),
        ("Content-Language", json!(language == "fr" || language == "en"), json!(true)),
        (
            "WWW-Authenticate",
            json!(!said("www-authenticate").is_empty()),
            json!(matches!(response.status, 401) || code == "insufficient_scope"),
        ),
        ("Allow", json!(!said("allow").is_empty()), json!(response.status == 405)),
    ] {
        if given != due {
            return Err(format!("{what} is {given}, not {due}"));
        }
    }
    if matches!(response.status, 429 | 503) && code != "unavailable" && said("retry-after").is_empty() {
        return Err("no Retry-After".into());
    }
    Ok(())
}
