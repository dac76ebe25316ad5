//! The OpenAPI document: committed as generated, complete, and true of what the handlers do.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use passerelle::sheets::workbook::MEDIA_TYPE;

use crate::support::contract::{document, faults, resolve, validator};
use crate::support::resources::{Operation, Resources, call, operations};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");

#[test]
fn the_committed_document_is_the_generated_one() {
    let generated = passerelle::openapi::Document::build();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(std::path::Path::new(COMMITTED).parent().unwrap()).unwrap();
        std::fs::write(COMMITTED, generated.text()).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    let first = committed.lines().zip(generated.text().lines()).position(|(a, b)| a != b).map(|line| line + 1);
    assert!(
        committed == generated.text(),
        "openapi/openapi.json is not what the handlers make (first difference at line {first:?}): run the tests once with UPDATE_OPENAPI=1"
    );
    assert_eq!(generated.text(), passerelle::openapi::Document::build().text(), "it is made the same each time");
}

#[test]
fn every_operation_is_described() {
    let mut ids = HashSet::new();
    let tags: Vec<_> = document()["tags"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let value = operation.value;
        let id = value["operationId"].as_str().unwrap_or_else(|| panic!("{name} has no operationId"));
        assert!(ids.insert(id), "{name}: the operationId {id} is there twice");
        assert!(value["summary"].as_str().is_some_and(|s| s.len() > 3 && !s.ends_with('.')), "{name}: summary");
        let tag = value["tags"][0].as_str().unwrap_or_default();
        assert!(tags.contains(&tag) && value["tags"].as_array().unwrap().len() == 1, "{name}: tag {tag:?}");
        let secured =
            value["security"].as_array().into_iter().flatten().any(|s| s.as_object().is_some_and(|s| !s.is_empty()));
        assert_eq!(secured, operation.secured() || operation.path == "/oauth/token", "{name}: security");
        assert_eq!(operation.scope.is_some(), operation.secured(), "{name}: scope");
        for (status, response) in value["responses"].as_object().unwrap() {
            let response = resolve(response);
            assert!(response["description"].as_str().is_some_and(|d| !d.is_empty()), "{name} {status}: description");
            if let ("200" | "201", None) = (status.as_str(), response.get("content")) {
                panic!("{name} {status}: no content");
            }
        }
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            let described = resolve(parameter)["description"].as_str().is_some_and(|d| !d.is_empty());
            assert!(described, "{name}: the parameter {} has no description", parameter["name"]);
        }
    }
    assert!(ids.len() >= 15);
}

#[test]
fn every_scope_is_one_of_the_service() {
    let flow = &document()["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"];
    for operation in operations() {
        if let Some(scope) = operation.scope {
            assert!(flow["scopes"].get(scope).is_some(), "{}: {scope} is no scope of the service", operation.path);
        }
    }
}

#[test]
fn every_reference_resolves() {
    fn walk(value: &Value) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    let found = reference.strip_prefix('#').and_then(|pointer| document().pointer(pointer));
                    assert!(found.is_some(), "{reference} leads nowhere");
                }
                object.values().for_each(walk);
            }
            Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    walk(document());
}

#[test]
fn every_example_is_valid() {
    let components = document()["components"].clone();
    let mut checked = 0;
    let mut wrong = Vec::new();
    let mut check = |name: &str, schema: &Value, example: &Value| {
        checked += 1;
        if let Err(why) = faults(&validator(schema, &components), example) {
            wrong.push(format!("{name}: {why}"));
        }
    };
    let schemas = components["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        each_schema(schema, name, &mut |path, schema| {
            for example in schema.get("example").into_iter().chain(schema["examples"].as_array().into_iter().flatten())
            {
                check(path, schema, example);
            }
        });
    }
    for operation in operations() {
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            if let Some(example) = parameter.get("example") {
                check(&format!("{} {}", operation.path, parameter["name"]), &parameter["schema"], example);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 20, "{checked}");
}

/// Visits a schema and those inside it.
fn each_schema(schema: &Value, path: &str, visit: &mut dyn FnMut(&str, &Value)) {
    let Some(object) = schema.as_object() else { return };
    visit(path, schema);
    for (keyword, inner) in object {
        match keyword.as_str() {
            "items" | "additionalProperties" => each_schema(inner, &format!("{path}/{keyword}"), visit),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                inner
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|s| each_schema(s, &format!("{path}/{keyword}"), visit));
            }
            "properties" => {
                for (name, inner) in inner.as_object().into_iter().flatten() {
                    each_schema(inner, &format!("{path}/{name}"), visit);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn every_body_has_an_example() {
    for operation in operations() {
        for (media_type, content) in operation.value["requestBody"]["content"].as_object().into_iter().flatten() {
            let schema = resolve(&content["schema"]);
            let shown = ["example", "examples"].iter().any(|k| schema.get(*k).is_some() || content.get(*k).is_some());
            let members = schema["properties"].as_object();
            let by_member = members.is_some_and(|m| m.values().all(|p| p.get("example").is_some()));
            assert!(shown || by_member, "{} {} {media_type}: no example", operation.method, operation.path);
        }
    }
}

/// A list: a page of items.
pub fn is_list(operation: &Operation) -> bool {
    let schema = resolve(&operation.value["responses"]["200"]["content"]["application/json"]["schema"]);
    schema["properties"].get("next_cursor").is_some()
}

fn query_parameters(operation: &Operation) -> BTreeSet<String> {
    operation.value["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|p| p["in"] == "query")
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_list_is_a_list_of_pages() {
    let lists: Vec<_> = operations().into_iter().filter(is_list).collect();
    assert!(lists.len() >= 3);
    for operation in lists {
        let parameters = query_parameters(&operation);
        for name in ["limit", "cursor", "count", "format", "csv", "sort"] {
            assert!(parameters.contains(name), "{} has no parameter {name}", operation.path);
        }
        let content = &operation.value["responses"]["200"]["content"];
        assert!(
            ["text/csv", "application/x-ndjson", MEDIA_TYPE].iter().all(|form| content.get(*form).is_some()),
            "{}",
            operation.path
        );
        assert!(operation.value["responses"]["200"]["headers"].get("Link").is_some(), "{}", operation.path);
    }
}

both!(the_parameters_documented_are_those_that_are_read, |world| {
    let resources = Resources::new(world);
    let mut wrong = Vec::new();
    for operation in operations().iter().filter(|o| o.secured()) {
        let (address, allowed) = resources.address(operation.path);
        let answer = call(operation, &format!("{address}?zzz=1"), &allowed);
        // Those that are required are missing as well.
        let faults = answer.json["errors"].as_array().cloned().unwrap_or_default();
        let fault = faults.iter().find(|fault| fault["parameter"] == "zzz").cloned().unwrap_or_default();
        let others_missing = faults.iter().all(|other| *other == fault || other["code"] == "missing");
        if answer.status != 400 || fault["code"] != "unknown" || !others_missing {
            wrong.push(format!("{}: {} {}", answer.asked, answer.status, answer.text));
            continue;
        }
        let read: BTreeSet<_> =
            fault["accepted"].as_array().into_iter().flatten().map(|v| v.as_str().unwrap().to_owned()).collect();
        let documented = query_parameters(operation);
        if read != documented {
            wrong.push(format!("{}: reads {read:?}, documents {documented:?}", answer.asked));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
});

both!(the_document_is_served_as_it_is, |world| {
    let served = world.anonymous().get("/openapi.json").expect(200);
    assert_eq!(served.text, world.app.document.text());
    assert_eq!(served.header("content-type"), Some("application/json"));
    world.anonymous().ask("GET", "/openapi.json").header("If-None-Match", &served.etag()).send().expect(304);
    // Swagger UI is served from here: no address of elsewhere in it.
    for page in ["/docs/", "/docs/index.html", "/docs/swagger-initializer.js"] {
        let page = world.anonymous().get(page).expect(200);
        for outside in ["src=\"http", "href=\"http", "url: \"http", "unpkg", "cdn."] {
            assert!(!page.text.contains(outside), "{}: {outside}", page.asked);
        }
    }
});
