//! What every operation of a class has in common, added to the collected document.

use serde_json::{Map, Value, json};

use crate::auth::policy::SCOPES;
use crate::error::table::TABLE;
use crate::http::list::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::sheets::workbook;

const DESCRIPTION: &str = "Passerelle turns a signed partnership convention between the French Ministry of Education and an association whose volunteers meet pupils into a running system: its text is data (`parts`, `articles`, `clauses`), its axes carry the catalogue of actions, its signatures bind the hash of the text and its term is computed.\n\n\
**Words.** A *convention* (convention de coopération, accord-cadre) has *parts* (titres I–IV), *articles*, *clauses* and *axes* of cooperation (axes de coopération). A *territorial convention* (convention de déclinaison) applies a national one in a région académique or an académie. An *accreditation* is an agrément, a *mandate* the term of office of a representative, a *network* one of the réseaux école-entreprise (DRAFPIC, DAFPIC, CLEE…). SIRET, RNA and UAI are the State's identifiers of establishments, associations and schools.\n\n\
**Conventions of the interface.** Ids are UUIDv7. Civil dates are `YYYY-MM-DD` in Europe/Paris, instants RFC 3339 UTC. Errors are `application/problem+json` (RFC 9457), in French unless `Accept-Language` prefers English; `code` never changes. Lists are keyset pages: follow `next_cursor` or `Link: rel=\"next\"`. `PATCH` is a JSON merge patch and needs `If-Match`. `POST` takes an `Idempotency-Key`. `dry_run=true` runs every check and stores nothing. Unknown parameters and members are refused.\n\n\
**Order of checks.** 401, 404/405 of the route, 403 (scope), 404 (perimeter), idempotent replay, 406, 413, 415, 400, 428, 412, 422, 409.\n\n\
**Limits.** Headers 16 KiB, JSON bodies 1 MiB, 64 levels and 20,000 values, imported text 5 MiB, files 20 MiB, bulks 64 MiB and 100,000 lines of 1 MiB each. Faults are told all at once, up to 100 of a body or line and 1,000 of an answer: then reading stops, and `more_errors` is true. Bodies in flight share a room of 128 MiB, which counts what is read from them; beyond it the answer is `503 busy`.";

const TAGS: &[(&str, &str)] = &[
    (
        "Conventions",
        "Signed texts and drafts: title, level, territory, parent, term computed from the signatures and clauses.",
    ),
    ("Parties", "Who signs: each party is an organisation with a side, and its name as signed."),
    ("Parts", "Titres of the text (I, II…)."),
    ("Articles", "Articles of the text: number, heading, body as Markdown, order."),
    (
        "Clauses",
        "What the text says that a machine can compute with: duration, notices, steering… Rules are switched on by clauses.",
    ),
    ("Axes", "Axes of cooperation (axes de coopération), each tied to its article, with its catalogue of actions."),
    ("Objectives", "Objectives of a convention, and which axes and catalogue items serve them."),
    ("Network contacts", "Contacts of the networks (réseaux) by territory, with dates."),
    ("Signatures", "Records of signatures made on paper; each binds the hash of the text."),
    ("Amendments", "Edits of a signed text, signed in their turn; the text in force on a day, and what changed in it."),
    (
        "Facts",
        "What happened in the life of a convention: recorded, corrected by other facts, acknowledged or contested.",
    ),
    ("Obligations", "Who owes what, by when, and where it stands on a date."),
    ("Calendars", "The ledger in a calendar program, at a secret address."),
    ("Organisations", "Ministries, académies, associations, companies: SIRET, RNA, accreditation."),
    ("Representatives", "Who represents an organisation: function and mandate."),
    (
        "Schools",
        "The ministry's directory: by number (UAI), by filters, or found by name. Reference data: follow with `updated_after`.",
    ),
    (
        "Actions",
        "From the axis to the classroom: requested or proposed, planned, confirmed, held, reported; counts only.",
    ),
    ("Companies", "Companies asked to host pupils or to meet them; professional data only."),
    (
        "Company contacts",
        "Each time a company was asked: by what means, for what, with what outcome and how many places.",
    ),
    ("Files", "Originals, signed scans, proofs: attached to a resource and seen with it; bytes by SHA-256."),
    ("Changes", "The feed of what changed, for those who keep a copy in step."),
    ("Audit", "Who did what: a chain of hashes over every act, its details erasable."),
    ("Reference", "Closed vocabularies with labels, territories, legal readings chosen."),
    ("Account", "Who is calling."),
    ("Clients", "Machine clients of this instance."),
    ("Grants", "What people of external issuers may do here, within the cap of their issuer."),
    ("OAuth", "Tokens of the service's own issuer, its keys and metadata."),
    ("Service", "Health, metrics and the explanation of problems."),
];

/// Completes the document in place.
pub fn complete(document: &mut Value) {
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Passerelle",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "A signed partnership convention, as a running system",
        "description": DESCRIPTION,
        "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        "contact": { "name": "Passerelle" },
    });
    document["servers"] = json!([{ "url": "/", "description": "The service that serves this document" }]);
    document["tags"] =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    components(document);
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths.iter_mut() {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete_operation(path, method, operation);
            }
        }
    }
    super::requests::complete(document);
    sort(document, "paths");
    if let Some(components) = document.get_mut("components") {
        sort(components, "schemas");
    }
}

fn sort(value: &mut Value, member: &str) {
    if let Some(object) = value.get_mut(member).and_then(Value::as_object_mut) {
        object.sort_keys();
    }
}

fn components(document: &mut Value) {
    let scopes: Map<String, Value> =
        SCOPES.iter().map(|(scope, fr, en)| ((*scope).to_owned(), json!(format!("{en} ({fr})")))).collect();
    document["components"]["securitySchemes"] = json!({
        "oauth2": {
            "type": "oauth2",
            "description": "Machine clients obtain a token of ten minutes from the service's own issuer (RFC 6749 client credentials, RFC 9068 JWT).",
            "flows": { "clientCredentials": { "tokenUrl": "/oauth/token", "scopes": scopes } },
        },
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of this service, for instance one that `passerelle demo` prints, or of a configured external issuer whose subject was granted something.",
        },
        "client": {
            "type": "http", "scheme": "basic",
            "description": "Client id and secret (`client_secret_basic`), for `/oauth/token` only.",
        },
    });
    document["components"]["headers"] = json!({
        "ETag": { "description": "Entity tag `\"<version>.<digest>\"`: `If-None-Match` compares all of it, `If-Match` the version only.", "schema": { "type": "string", "examples": ["\"3.5d41402abc4b2a76\""] } },
        "Link": { "description": "The next page, `rel=\"next\"` (RFC 8288); absent on the last.", "schema": { "type": "string" } },
        "Location": { "description": "Address of the resource made.", "schema": { "type": "string", "format": "uri-reference" } },
        "XRequestId": { "description": "Id of the request: yours if you sent one, else made here; it is in the log and in problems.", "schema": { "type": "string" } },
        "RetryAfter": { "description": "Seconds to wait.", "schema": { "type": "integer" } },
        "IdempotencyReplayed": { "description": "`true` when this is the answer of an earlier request with the same key.", "schema": { "type": "string", "enum": ["true"] } },
    });
    let codes: Vec<_> = TABLE.iter().map(|e| e.code).collect();
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = json!({
        "type": "object",
        "description": "A problem (RFC 9457). `type` is the address of its explanation; `code` never changes. A refusal by a rule of conventions names the rule, the article of the convention at hand and the dates used.",
        "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "instance": { "type": "string", "format": "uri-reference" },
            "code": { "type": "string", "enum": codes },
            "request_id": { "type": "string" },
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/Fault" }, "description": "Every fault of the input at once, up to 100; of a refusal by rules, each member that a rule is about, and why." },
            "more_errors": { "type": "boolean", "description": "`true` when there are more faults than are told here; absent otherwise." },
            "rule": { "type": "string", "description": "Rule of conventions that refused, `R01`." },
            "article": { "type": ["string", "null"], "description": "Article of the convention at hand." },
            "computed": { "type": "object", "description": "Dates and values the rule used.", "additionalProperties": true },
            "scope": { "type": "string", "description": "Scope that the token lacks." },
            "current_version": { "type": "integer", "description": "Version at hand, on 412 and 428." },
            "offered": { "type": "array", "items": { "type": "string" }, "description": "Media types served, on 406." },
            "accepted": { "type": "array", "items": { "type": "string" }, "description": "Media types accepted, on 415." },
            "merged_into": { "type": "string", "format": "uuid", "description": "Id of what it was merged into, on 410." },
            "refused": { "type": "integer", "description": "Lines of a bulk that are refused, on 422." },
            "lines": { "type": "array", "description": "Lines of a bulk that are refused, each with its problem, on 422.", "items": {
                "type": "object", "required": ["line", "problem"], "additionalProperties": false,
                "properties": {
                    "line": { "type": "integer" }, "op": { "type": ["string", "null"] },
                    "problem": { "$ref": "#/components/schemas/Problem" },
                },
            } },
            "resume_after": { "type": "string", "description": "Cursor to follow the change feed from once the lists were read again, on 410." },
            "resource": { "type": "string", "description": "Address of the resource that stands in the way, on 409." },
        },
        "examples": [{
            "type": "/problems/version_mismatch", "title": "Version mismatch", "status": 412,
            "detail": "The resource has changed since it was read: read again, then retry.",
            "instance": "/v1/articles/0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "code": "version_mismatch",
            "request_id": "0190a5d4-7c1e-7b3a-9a2f-000000000001", "current_version": 4,
        }],
    });
    schemas["Fault"] = json!({
        "type": "object",
        "description": "One fault: in the body (`pointer`, RFC 6901), in the query (`parameter`), in a header, or in a column of a sheet.",
        "required": ["code", "detail"],
        "properties": {
            "pointer": { "type": "string" },
            "parameter": { "type": "string" },
            "header": { "type": "string" },
            "column": { "type": "string" },
            "code": { "type": "string" },
            "detail": { "type": "string" },
            "accepted": { "type": "array", "items": { "type": "string" }, "description": "What would have been accepted, when it is a closed list. Told once for the items of a list, or the members of an object: by the first fault there." },
            "rule": { "type": "string", "description": "Rule of conventions that refused, when it was one." },
            "article": { "type": ["string", "null"], "description": "Article of the convention at hand." },
            "computed": { "type": "object", "description": "Dates and values the rule used.", "additionalProperties": true },
        },
    });
    document["components"]["responses"] = problems();
}

/// One response for each status, listing the codes of the table it may carry.
fn problems() -> Value {
    let mut statuses: Vec<u16> = TABLE.iter().map(|e| e.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let mut responses = Map::new();
    for status in statuses {
        let lines: Vec<_> =
            TABLE.iter().filter(|e| e.status == status).map(|e| format!("- `{}`: {}", e.code, e.when.1)).collect();
        let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/XRequestId" } });
        if matches!(status, 409 | 429 | 503) {
            headers["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" });
        }
        responses.insert(
            format!("Problem{status}"),
            json!({
                "description": lines.join("\n"),
                "headers": headers,
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            }),
        );
    }
    Value::Object(responses)
}

/// What `If-Match` takes: `*`, or tags that begin with a version.
const ENTITY_TAGS: &str = r#"^(\*|(W/)?"[1-9][0-9]{0,17}(\.[^",]*)?"(,\s?(W/)?"[1-9][0-9]{0,17}(\.[^",]*)?")*)$"#;

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let secured = path.starts_with("/v1/");
    let names: Vec<String> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|p| p["name"].as_str().map(str::to_owned))
        .collect();
    let list = names.iter().any(|n| n == "sort");
    let follows = path == "/v1/changes";
    // A dossier is made anew each time.
    let single = secured && method == "get" && !list && !follows && !path.ends_with("/dossier");
    let writes = secured && method != "get";
    // An act on a row answers the row (200); what is made under it answers 201 and needs no version, whatever it answers to
    // a dry run.
    let answers = |status: &str| !operation["responses"][status].is_null();
    let acts = method == "post" && path.contains("{id}") && answers("200") && !answers("201");
    let changes = writes && (matches!(method, "patch" | "delete") || acts);
    let mut parameters: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
    if path.contains("{id}") && !names.iter().any(|n| n == "id") {
        parameters.insert(0, json!({
            "name": "id", "in": "path", "required": true, "description": "Identifier (UUID). What is no UUID is simply not found.",
            "schema": { "type": "string", "format": "uuid" },
        }));
    }
    if method == "get" && dated(operation) {
        parameters.push(json!({ "name": "as_of", "in": "query", "description": "The text as it stands on this civil date (Paris), today when left out: a signed text changes by amendment only, from the day it comes into force.", "schema": { "type": "string", "format": "date" } }));
    }
    if list {
        parameters.extend(paging());
    }
    if single {
        parameters.push(json!({ "name": "If-None-Match", "in": "header", "description": "Entity tags held: 304 when one of them is still the representation.", "schema": { "type": "string" } }));
    }
    if changes {
        parameters.push(json!({ "name": "If-Match", "in": "header", "required": true, "description": "Entity tag that was read, or several; only the version is compared. `*`: whatever the version. Missing: 428; stale: 412.", "schema": { "type": "string", "pattern": ENTITY_TAGS, "examples": ["\"3.5d41402abc4b2a76\""] } }));
    }
    if path == "/v1/conventions/{id}/amendments/import" {
        parameters.push(json!({ "name": "If-Match", "in": "header", "description": "Not read: an import makes an amendment, which has no version yet. Documents before 0.5.0 asked for it.", "schema": { "type": "string" } }));
    }
    if writes {
        parameters.push(json!({ "name": "dry_run", "in": "query", "description": "Runs every check and stores nothing; the answer carries `X-Dry-Run: true`.", "schema": { "type": "boolean", "default": false } }));
        if method == "post" {
            parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "description": "1 to 200 visible ASCII characters, unique per client and operation, kept 24 h: the same request sent again is answered as the first time.", "schema": { "type": "string", "pattern": "^[!-~]{1,200}$", "minLength": 1, "maxLength": 200 } }));
        }
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if !secured && operation.get("security").is_none() {
        // Public, and said to be.
        operation["security"] = json!([]);
    }
    // A cursor too old; bytes that were erased; an action merged into another one.
    if follows || path == "/v1/files/{id}/content" || path.starts_with("/v1/actions/{id}") {
        operation["responses"]["410"] = json!({ "$ref": "#/components/responses/Problem410" });
    }
    responses(operation, path, Class { secured, list, single, writes, changes });
}

/// True for the pieces of a convention's text.
fn dated(operation: &Value) -> bool {
    const TAGS: [&str; 6] = ["Parties", "Parts", "Articles", "Clauses", "Axes", "Objectives"];
    operation["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).any(|tag| TAGS.contains(&tag))
}

#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // a class is told by these facts
struct Class {
    secured: bool,
    list: bool,
    single: bool,
    writes: bool,
    changes: bool,
}

fn responses(operation: &mut Value, path: &str, class: Class) {
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        response["headers"]["X-Request-Id"] = json!({ "$ref": "#/components/headers/XRequestId" });
        if class.list && status == "200" {
            response["headers"]["Link"] = json!({ "$ref": "#/components/headers/Link" });
            response["content"]["text/csv"] = json!({ "schema": { "type": "string" } });
            response["content"]["application/x-ndjson"] = json!({ "schema": { "type": "string" } });
            response["content"][workbook::MEDIA_TYPE] = json!({ "schema": { "type": "string", "format": "binary" } });
        }
        let calendar = path.starts_with("/calendars/");
        // What is told of many is no representation of one.
        let of_many = path.ends_with("/bulk") || path.ends_with("/resolve");
        if of_many {
            continue;
        }
        if ((class.single || calendar) && status == "200") || (class.writes && matches!(status.as_str(), "200" | "201"))
        {
            response["headers"]["ETag"] = json!({ "$ref": "#/components/headers/ETag" });
        }
        if status == "201" {
            response["headers"]["Location"] = json!({ "$ref": "#/components/headers/Location" });
            response["headers"]["Idempotency-Replayed"] = json!({ "$ref": "#/components/headers/IdempotencyReplayed" });
        }
    }
    let mut add = |statuses: &[u16]| {
        for status in statuses {
            responses
                .entry(status.to_string())
                .or_insert_with(|| json!({ "$ref": format!("#/components/responses/Problem{status}") }));
        }
    };
    if class.secured {
        add(&[400, 401, 403, 406, 429, 431, 500, 503]);
    } else {
        add(&[400, 431, 500]);
        if path == "/health/ready" {
            add(&[503]);
        }
        if path == "/oauth/token" {
            add(&[408, 413, 429, 503]);
        }
        if path.starts_with("/calendars/") {
            add(&[406, 410, 429, 503]);
        }
    }
    if path.contains('{') {
        add(&[404]);
    }
    if class.writes {
        // A body that is compressed, too large or too slow is refused even where none is due.
        add(&[408, 409, 413, 415, 422]);
    }
    if class.changes {
        add(&[412, 428]);
    }
    if class.single {
        responses
            .entry("304")
            .or_insert_with(|| json!({ "description": "The representation held is still the current one." }));
    }
    responses.sort_keys();
}

fn paging() -> Vec<Value> {
    vec![
        json!({ "name": "limit", "in": "query", "description": "Rows of a page.", "schema": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT } }),
        json!({ "name": "cursor", "in": "query", "description": "`next_cursor` of the page before: opaque, bound to this list, these filters, this order and this client.", "schema": { "type": "string" } }),
        json!({ "name": "count", "in": "query", "description": "Also count all rows that the filters keep, as `total`.", "schema": { "type": "boolean", "default": false } }),
        json!({ "name": "format", "in": "query", "description": "Form of the list, before `Accept`. CSV, XLSX and NDJSON give the whole filtered list, streamed.", "schema": { "type": "string", "enum": ["json", "csv", "ndjson", "xlsx"] } }),
        json!({ "name": "csv", "in": "query", "description": "`excel-fr`: `;`, decimal comma and a byte-order mark.", "schema": { "type": "string", "enum": ["excel-fr"] } }),
    ]
}
