//! What a caller does not see is as unknown as what does not exist: for each member of a body and each parameter that names
//! something, the answers for the one and for the other are the same.

mod members;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::actions::VERSAILLES;
use crate::files::PDF;
use crate::support::contract::document;
use crate::support::resources::operations;
use crate::support::texts::Text;
use crate::support::{Actor, World};

const ABSENT: &str = "01a207a2-3280-7000-8000-ffffffffffff";
/// In the bodies below, where the id goes.
const HERE: &str = "$ID";

/// One member, or parameter (`?name`), of one operation.
struct Member {
    operation: &'static str,
    name: &'static str,
    address: String,
    body: Option<Value>,
    /// The id that this caller does not see.
    unseen: String,
}

/// The members and parameters that name something, as the document has them: `POST /v1/actions /axis_id`.
fn named() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for operation in operations().iter().filter(|o| o.secured()) {
        let here = format!("{} {}", operation.method, operation.path);
        for (_, content) in operation.value["requestBody"]["content"].as_object().into_iter().flatten() {
            walk(&content["schema"], String::new(), &mut Vec::new(), &mut |member| {
                all.insert(format!("{here} {member}"));
            });
        }
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let names = (name.ends_with("_id") || ["ids", "attached_to"].contains(&name)) && name != "external_id";
            if parameter["in"] == "query" && names {
                all.insert(format!("{here} ?{name}"));
            }
        }
    }
    all
}

fn walk(schema: &Value, path: String, within: &mut Vec<String>, found: &mut dyn FnMut(&str)) {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        if ["Id", "Attachment"].contains(&name) {
            found(&path);
        } else if !within.iter().any(|known| known == name) {
            within.push(name.to_owned());
            walk(&document()["components"]["schemas"][name], path, within, found);
            within.pop();
        }
        return;
    }
    for kind in ["oneOf", "anyOf", "allOf"] {
        for one in schema[kind].as_array().into_iter().flatten() {
            walk(one, path.clone(), within, found);
        }
    }
    if schema["items"].is_object() {
        walk(&schema["items"], format!("{path}/0"), within, found);
    }
    for (member, one) in schema["properties"].as_object().into_iter().flatten() {
        walk(one, format!("{path}/{member}"), within, found);
    }
}

impl Member {
    /// What is answered for an id, without the id itself.
    fn answer(&self, actor: &Actor, id: &str) -> (u16, String) {
        let method = self.operation.split(' ').next().unwrap();
        let ask = actor.ask(method, &self.address.replace(HERE, id));
        let ask = if method == "PATCH" || self.address.ends_with("/merge") { ask.header("If-Match", "*") } else { ask };
        let ask = match (&self.body, method) {
            (Some(body), "PATCH") => ask.body("application/merge-patch+json", body.to_string().replace(HERE, id)),
            (Some(body), _) => ask.body("application/json", body.to_string().replace(HERE, id)),
            (None, "POST") if self.address.starts_with("/v1/files") => ask.body("application/pdf", PDF),
            (None, "POST") if self.address.contains("/import") => ask.body("text/plain", crate::support::texts::PASTED),
            _ => ask,
        };
        let answer = ask.send();
        let mut told = answer.json.clone();
        if let Some(told) = told.as_object_mut() {
            told.remove("request_id");
            told.remove("instance");
        }
        (answer.status, told.to_string().replace(id, HERE))
    }
}

/// One of each of what another association has, and this one does not see.
struct Unseen {
    text: Text,
    signature: String,
    signed: Text,
    fact: String,
    file: String,
    contact: String,
    item: String,
    company: String,
    action: String,
    organisation: String,
    amendment: Value,
}

fn action(text: &Text, changed: &Value) -> Value {
    let mut body = json!({ "convention_id": text.id, "axis_id": text.axis, "kind": "company_visit", "title": "Visite",
        "schools": [{ "uai": VERSAILLES }], "sessions": [{ "date": "2026-12-01" }] });
    body.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    body
}

impl Unseen {
    fn new(world: &World) -> Self {
        let text = world.draft();
        let other = &text.association;
        let made = |path: &str, body: Value| other.post(path, &body).expect(201);
        let signed = world.in_force("2026-11-02");
        let catalogue = json!({ "catalogue": [{ "label": "des visites" }] });
        let item = other.patch(&format!("/v1/axes/{}", text.axis), "*", &catalogue).expect(200);
        let item = item.json["catalogue"][0]["id"].as_str().unwrap().to_owned();
        let contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
        let contact = made(&text.under("network-contacts"), contact).id();
        let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20" });
        let file = format!("/v1/files?name=a.pdf&purpose=other&attached_to=convention:{}", text.id);
        let file = other.ask("POST", &file).body("application/pdf", PDF).send().expect(201).id();
        let fact = made(&text.under("facts"), fact).id();
        let signature = text.sign(1, "2026-11-20").expect(201).id();
        let action = signed.association.post("/v1/actions", &action(&signed, &json!({}))).expect(201).id();
        let amendment = json!({ "title": "Avenant n° 1",
            "edits": [{ "kind": "replace_words", "article": "11", "alinea": 1, "old": "Cinq", "new": "Six" }],
            "clause_changes": [{ "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" } }] });
        let amendment = signed.amend(&amendment).expect(201).json;
        Self {
            signature,
            fact,
            file,
            contact,
            item,
            company: made("/v1/companies", json!({ "name": "Ateliers" })).id(),
            organisation: made("/v1/organisations", json!({ "kind": "company", "name": "Proposée" })).id(),
            action,
            amendment,
            signed,
            text,
        }
    }
}

both!(an_organisation_that_another_proposed_stays_its_own, |world| {
    let new = json!({ "title": "Convention", "document_type": "convention", "level": "academic", "territory": "academie:25" });
    let academie = world.academie("academie:25");
    let text = world.draft_between(academie.clone(), world.association(), new.clone());
    let proposed =
        text.association.post("/v1/organisations", &json!({ "kind": "company", "name": "Société" })).expect(201);
    let draft = academie.post("/v1/conventions", &new).expect(201).id();
    let party = json!({ "organisation_id": proposed.id(), "side": "other", "name_as_signed": "x" });
    let faults = academie.post(&format!("/v1/conventions/{draft}/parties"), &party).problem("invalid_body").faults();
    assert_eq!(faults, [("/organisation_id".to_owned(), "unknown_reference".to_owned())]);
    // Those who see it name it, and the other party of the text changes the line that names it.
    let made = text.association.post(&text.under("parties"), &party).expect(201).id();
    let line = format!("/v1/parties/{made}");
    academie.patch(&line, "*", &json!({ "alias": "la société" })).expect(200);
    text.association.delete(&line, "*").expect(204);
    text.association.delete(&format!("/v1/organisations/{}", proposed.id()), "*").expect(204);
});

both!(a_fact_that_an_academie_does_not_read_takes_no_file_of_it, |world| {
    let text = world.in_force("2026-11-02");
    let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20" });
    let fact = text.association.post(&text.under("facts"), &fact).expect(201).id();
    let academie = world.academie("academie:25");
    let told = |id: &str| {
        let upload = format!("/v1/files?name=a.pdf&purpose=other&attached_to=fact:{id}");
        let answer = academie.ask("POST", &upload).body("application/pdf", PDF).send();
        (answer.status, answer.json["code"].clone(), answer.json["errors"].clone())
    };
    assert_eq!(told(&fact), told(ABSENT));
});
