//! The test of the gate: documents broken one by one, each refused for its reason at its place; and harmless ones.

use serde_json::{Value, json};

use super::mutation::{Mutation, at, parameter, push, remove, set};
use super::present;
use super::refused::RefusedInputs;

/// What breaks, nothing being excused.
fn breaks(then: &Value, now: &Value) -> Vec<String> {
    super::compare::breaks(then, now, &RefusedInputs::default())
}

pub const LIST: &str = "/paths/~1v1~1conventions/get";
const CREATE: &str = "/paths/~1v1~1conventions/post";
const NEW: &str = "/components/schemas/NewArticle";
const ARTICLE: &str = "/components/schemas/Article";

const BREAKING: &[Mutation] = &[
    Mutation {
        name: "a path is gone",
        make: |d| remove(d, "/paths", "/v1/articles/{id}"),
        says: &["/v1/articles/{id}: this path is gone"],
    },
    Mutation {
        name: "a path is renamed",
        make: |d| {
            let item = at(d, "/paths/~1v1~1me").clone();
            remove(d, "/paths", "/v1/me");
            set(d, "/paths", "/v1/whoami", item);
        },
        says: &["/v1/me: this path is gone"],
    },
    Mutation {
        name: "a method is gone",
        make: |d| remove(d, "/paths/~1v1~1articles~1{id}", "patch"),
        says: &["PATCH /v1/articles/{id}: this operation is gone"],
    },
    Mutation {
        name: "an operation is renamed",
        make: |d| set(d, LIST, "operationId", json!("conventions")),
        says: &["GET /v1/conventions: operationId", "renamed to \"conventions\""],
    },
    Mutation {
        name: "a parameter is gone",
        make: |d| remove(d, &format!("{LIST}/parameters"), "territory"),
        says: &["GET /v1/conventions, query parameter territory: this parameter is gone"],
    },
    Mutation {
        name: "a parameter moves to another place",
        make: |d| set(d, &format!("{LIST}/parameters/0"), "in", json!("header")),
        says: &["query parameter q: this parameter is gone"],
    },
    Mutation {
        name: "a parameter becomes required",
        make: |d| set(d, &format!("{LIST}/parameters/0"), "required", json!(true)),
        says: &["GET /v1/conventions, query parameter q: it is required now"],
    },
    Mutation {
        name: "a new parameter is required",
        make: |d| {
            let new = json!({ "name": "year", "in": "query", "required": true, "schema": { "type": "integer" } });
            push(d, &format!("{LIST}/parameters"), new);
        },
        says: &["query parameter year: a new parameter is required"],
    },
    Mutation {
        name: "a parameter takes another type",
        make: |d| set(d, &format!("{LIST}/parameters/0/schema"), "type", json!("integer")),
        says: &["query parameter q: {\"string\"} was accepted, {\"integer\"} is now"],
    },
    Mutation {
        name: "a parameter is limited",
        make: |d| set(d, &format!("{LIST}/parameters/0/schema"), "maxLength", json!(10)),
        says: &["query parameter q: maxLength was null and is 10"],
    },
    Mutation {
        name: "a filter takes one word less",
        make: |d| {
            let status = parameter(d, "status");
            let narrower = status["schema"]["pattern"].as_str().unwrap().replace("(draft|", "(");
            status["schema"]["pattern"] = json!(narrower);
        },
        says: &["GET /v1/conventions, query parameter status: pattern was"],
    },
    Mutation {
        name: "a body becomes required",
        make: |d| {
            set(d, "/paths/~1v1~1articles~1{id}/delete", "requestBody", json!({ "required": true, "content": {} }));
        },
        says: &["DELETE /v1/articles/{id}: a body is required now"],
    },
    Mutation {
        name: "a body's media type is gone",
        make: |d| {
            let content = at(d, &format!("{CREATE}/requestBody/content")).as_object_mut().unwrap();
            let schema = content.shift_remove("application/json").unwrap();
            content.insert("application/xml".into(), schema);
        },
        says: &["POST /v1/conventions, body application/json: this media type is no longer accepted"],
    },
    Mutation {
        name: "a new member is required of a request",
        make: |d| {
            set(d, &format!("{NEW}/properties"), "summary", json!({ "type": "string" }));
            push(d, &format!("{NEW}/required"), json!("summary"));
        },
        says: &["(NewArticle).summary: a new member is required"],
    },
    Mutation {
        name: "a member of a request becomes required",
        make: |d| push(d, &format!("{NEW}/required"), json!("heading")),
        says: &["(NewArticle).heading: it is required now"],
    },
    Mutation {
        name: "a member of a request is gone",
        make: |d| remove(d, &format!("{NEW}/properties"), "heading"),
        says: &["(NewArticle).heading: this member is no longer accepted"],
    },
    Mutation {
        name: "a member of a request is no longer nullable",
        make: |d| set(d, &format!("{NEW}/properties/heading"), "type", json!("string")),
        says: &["(NewArticle).heading: {\"null\", \"string\"} was accepted, {\"string\"} is now"],
    },
    Mutation {
        name: "a reference in a request is no longer nullable",
        make: |d| set(d, &format!("{NEW}/properties"), "part_id", json!({ "$ref": "#/components/schemas/Id" })),
        says: &["(NewArticle).part_id: null is no longer accepted"],
    },
    Mutation {
        name: "a text of a request is limited",
        make: |d| set(d, &format!("{NEW}/properties/heading"), "maxLength", json!(10)),
        says: &["(NewArticle).heading: maxLength was", "and is 10 [", "NewArticle.heading maxLength=10]"],
    },
    Mutation {
        name: "other members of a request are refused",
        make: |d| set(d, "/components/schemas/TokenRequest", "additionalProperties", json!(false)),
        says: &["(TokenRequest): other members are refused now"],
    },
    Mutation {
        name: "a value is no longer accepted",
        make: |d| {
            at(d, "/components/schemas/LastDayRule/enum").as_array_mut().unwrap().pop();
        },
        says: &["(LastDayRule): the value", "is no longer accepted"],
    },
    Mutation {
        name: "a value may be answered that was not known",
        make: |d| push(d, "/components/schemas/ConventionStatus/enum", json!("paused")),
        says: &["(ConventionStatus): the value \"paused\" may be answered now"],
    },
    Mutation {
        name: "a success is answered otherwise",
        make: |d| {
            let answers = at(d, &format!("{CREATE}/responses")).as_object_mut().unwrap();
            let created = answers.shift_remove("201").unwrap();
            answers.insert("202".into(), created);
        },
        says: &["POST /v1/conventions, answer 201: this status is gone"],
    },
    Mutation {
        name: "a form of the answer is gone",
        make: |d| remove(d, &format!("{LIST}/responses/200/content"), "text/csv"),
        says: &["GET /v1/conventions, answer 200, text/csv: this media type is no longer served"],
    },
    Mutation {
        name: "a header of the answer is gone",
        make: |d| remove(d, &format!("{CREATE}/responses/201/headers"), "ETag"),
        says: &["POST /v1/conventions, answer 201: the header ETag is gone"],
    },
    Mutation {
        name: "a member of an answer is gone",
        make: |d| {
            remove(d, &format!("{ARTICLE}/properties"), "number");
            remove(d, &format!("{ARTICLE}/required"), "number");
        },
        says: &["(Article).number: this member is gone"],
    },
    Mutation {
        name: "a member of an answer may be absent",
        make: |d| remove(d, &format!("{ARTICLE}/required"), "number"),
        says: &["(Article).number: it was always there and may be absent now"],
    },
    Mutation {
        name: "a member of an answer may be null",
        make: |d| set(d, &format!("{ARTICLE}/properties/number"), "type", json!(["string", "null"])),
        says: &["(Article).number: it was {\"string\"} and may be {\"null\", \"string\"} now"],
    },
    Mutation {
        name: "a reference in an answer may be null",
        make: |d| {
            let nullable = json!({ "oneOf": [{ "$ref": "#/components/schemas/Id" }, { "type": "null" }] });
            set(d, &format!("{ARTICLE}/properties"), "convention_id", nullable);
        },
        says: &["(Article).convention_id", "it may be null now"],
    },
    Mutation {
        name: "a member of an answer has another type",
        make: |d| set(d, &format!("{ARTICLE}/properties/position"), "type", json!("string")),
        says: &["(Article).position: it was {\"integer\"} and may be {\"string\"} now"],
    },
    Mutation {
        name: "a list of an answer may hold anything",
        make: |d| remove(d, "/components/schemas/Client/properties/scopes", "items"),
        says: &["(Client).scopes: what it holds is open now"],
    },
    Mutation {
        name: "deep in a page",
        make: |d| set(d, "/components/schemas/PartyLabel/properties/name", "type", json!(["string", "null"])),
        says: &["(PartyLabel).name: it was {\"string\"} and may be {\"null\", \"string\"} now"],
    },
    Mutation {
        name: "another scope is asked for",
        make: |d| set(d, &format!("{LIST}/security/0"), "oauth2", json!(["conventions:read", "conventions:write"])),
        says: &["GET /v1/conventions: who held", "is refused now"],
    },
    Mutation {
        name: "what was public asks for a token",
        make: |d| set(d, "/paths/~1health~1live/get", "security", json!([{ "bearer": [] }])),
        says: &["GET /health/live: it was public and asks for a token now"],
    },
];

const HARMLESS: &[Mutation] = &[
    Mutation {
        name: "a new path",
        make: |d| {
            let item = at(d, "/paths/~1v1~1me").clone();
            set(d, "/paths", "/v1/whoami", item);
        },
        says: &[],
    },
    Mutation {
        name: "a new method",
        make: |d| {
            let operation = at(d, "/paths/~1v1~1me/get").clone();
            set(d, "/paths/~1v1~1me", "post", operation);
        },
        says: &[],
    },
    Mutation {
        name: "a new optional parameter",
        make: |d| {
            push(
                d,
                &format!("{LIST}/parameters"),
                json!({ "name": "year", "in": "query", "schema": { "type": "integer" } }),
            );
        },
        says: &[],
    },
    Mutation {
        name: "a new optional member of a request",
        make: |d| set(d, &format!("{NEW}/properties"), "summary", json!({ "type": "string" })),
        says: &[],
    },
    Mutation {
        name: "a member of a request becomes optional",
        make: |d| remove(d, &format!("{NEW}/required"), "body"),
        says: &[],
    },
    Mutation {
        name: "a request accepts null",
        make: |d| set(d, &format!("{NEW}/properties/number"), "type", json!(["string", "null"])),
        says: &[],
    },
    Mutation {
        name: "a new member of an answer, always there",
        make: |d| {
            set(d, &format!("{ARTICLE}/properties"), "summary", json!({ "type": "string" }));
            push(d, &format!("{ARTICLE}/required"), json!("summary"));
        },
        says: &[],
    },
    Mutation {
        name: "a member of an answer is always there",
        make: |d| push(d, &format!("{ARTICLE}/required"), json!("heading")),
        says: &[],
    },
    Mutation {
        name: "a member of an answer is never null",
        make: |d| set(d, &format!("{ARTICLE}/properties/heading"), "type", json!("string")),
        says: &[],
    },
    Mutation {
        name: "a new refusal",
        make: |d| set(d, &format!("{LIST}/responses"), "418", json!({ "description": "a teapot" })),
        says: &[],
    },
    Mutation {
        name: "a refusal that no longer happens",
        make: |d| remove(d, &format!("{LIST}/responses"), "406"),
        says: &[],
    },
    Mutation {
        name: "a new code of problems",
        make: |d| push(d, "/components/schemas/Problem/properties/code/enum", json!("teapot")),
        says: &[],
    },
    Mutation {
        name: "words, examples and order",
        make: |d| {
            set(d, LIST, "summary", json!("Other words"));
            set(d, NEW, "description", json!("Other words"));
            at(d, &format!("{ARTICLE}/properties")).as_object_mut().unwrap().sort_keys();
            at(d, &format!("{LIST}/parameters")).as_array_mut().unwrap().reverse();
        },
        says: &[],
    },
    Mutation {
        name: "a reference is written out",
        make: |d| {
            let id = at(d, "/components/schemas/Id").clone();
            set(d, &format!("{ARTICLE}/properties"), "convention_id", id);
        },
        says: &[],
    },
    Mutation {
        name: "a filter takes one more word",
        make: |d| {
            let status = parameter(d, "status");
            let wider = status["schema"]["pattern"].as_str().unwrap().replace("(draft|", "(draft|paused|");
            status["schema"]["pattern"] = json!(wider);
        },
        says: &[],
    },
    Mutation {
        name: "a longer limit",
        make: |d| {
            let limit = at(d, &format!("{LIST}/parameters")).as_array_mut().unwrap();
            let limit = limit.iter_mut().find(|parameter| parameter["name"] == "limit").unwrap();
            limit["schema"]["maximum"] = json!(500);
        },
        says: &[],
    },
    Mutation {
        name: "another way in",
        make: |d| push(d, &format!("{LIST}/security"), json!({ "mutual": [] })),
        says: &[],
    },
];

#[test]
fn the_same_document_breaks_nothing() {
    assert_eq!(breaks(&present(), &present()), Vec::<String>::new());
}

#[test]
fn each_break_is_named() {
    assert!(BREAKING.len() >= 12);
    for mutation in BREAKING {
        let (then, mut now) = (present(), present());
        (mutation.make)(&mut now);
        assert_ne!(then, now, "{}: nothing was changed", mutation.name);
        let found = breaks(&then, &now);
        let named = found.iter().any(|said| mutation.says.iter().all(|word| said.contains(word)));
        assert!(named, "{}: {:?} is not among {found:#?}", mutation.name, mutation.says);
    }
}

#[test]
fn what_harms_nobody_passes() {
    for mutation in HARMLESS {
        let (then, mut now) = (present(), present());
        (mutation.make)(&mut now);
        // As texts: another order is a change, too.
        let (before, after) = (then.to_string(), now.to_string());
        assert_ne!(before, after, "{}: nothing was changed", mutation.name);
        assert_eq!(breaks(&then, &now), Vec::<String>::new(), "{}", mutation.name);
    }
}
