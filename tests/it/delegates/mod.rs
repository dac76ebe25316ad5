//! Who is narrowed to territories acts there alone: every operation that writes, tried by a delegate of an association, by
//! an académie, by a service of a région académique and by a school, outside of their own.

mod made;
mod refused;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::files::PDF;
use crate::support::texts::{PASTED, Text};
use crate::support::{Actor, Response};

/// What is sent.
#[derive(Clone)]
enum Body {
    Json(Value),
    Lines(String),
    Text(String),
    Pdf,
    Nothing,
}

/// One try of one operation.
struct Try {
    operation: &'static str,
    address: String,
    body: Body,
}

fn attempt(operation: &'static str, address: impl Into<String>, body: Body) -> Try {
    Try { operation, address: address.into(), body }
}

impl Try {
    fn by(&self, actor: &Actor) -> Response {
        let method = self.operation.split(' ').next().unwrap();
        let ask = actor.ask(method, &self.address);
        // What is created has no version yet.
        let ask = if method == "POST" && !self.address.contains("/actions/") && !self.address.contains("confirm") {
            ask
        } else {
            ask.header("If-Match", "*")
        };
        match &self.body {
            Body::Json(value) if method == "PATCH" => ask.merge_patch(value),
            Body::Json(value) => ask.json(value),
            Body::Lines(lines) => ask.body("application/x-ndjson", lines.clone()),
            Body::Text(text) => ask.body("text/plain", text.clone()),
            Body::Pdf => ask.body("application/pdf", PDF),
            Body::Nothing => ask,
        }
        .send()
    }
}

/// A convention with one of each thing that hangs under it.
struct Target {
    text: Text,
    contact: String,
    file: String,
    fact: String,
    /// When it is in force.
    amendment: Option<String>,
}

impl Target {
    fn of(text: Text, in_force: bool) -> Self {
        let contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
        let contact = text.association.post(&text.under("network-contacts"), &contact);
        // An association that is not narrowed keeps any.
        let contact = contact.expect(201).id();
        let file = format!("/v1/files?name=a.pdf&purpose=other&attached_to=convention:{}", text.id);
        let file = text.association.ask("POST", &file).body("application/pdf", PDF).send().expect(201).id();
        if in_force {
            text.signed_by_both("2026-11-02");
        }
        // Recorded by the other party: the association may answer.
        let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20" });
        let fact = text.ministry.post(&text.under("facts"), &fact).expect(201).id();
        let amendment = in_force.then(|| text.amend(&json!({ "title": "Avenant n° 1" })).expect(201).id());
        Self { text, contact, file, fact, amendment }
    }

    /// Every write of it and under it, as its parties may do it.
    fn writes(&self) -> Vec<Try> {
        let text = &self.text;
        let json = Body::Json;
        let under = |kind: &str| text.under(kind);
        let mut all = vec![
            attempt("PATCH /v1/conventions/{id}", text.path(), json(json!({ "title": "x" }))),
            attempt("DELETE /v1/conventions/{id}", text.path(), Body::Nothing),
            attempt("POST /v1/conventions/{id}/confirm-clauses", under("confirm-clauses"), Body::Nothing),
            attempt(
                "POST /v1/conventions/{id}/parties",
                under("parties"),
                json(json!({ "organisation_id": text.ministry.organisation.unwrap(), "side": "other", "name_as_signed": "x" })),
            ),
            attempt("POST /v1/conventions/{id}/parts", under("parts"), json(json!({ "number": "II" }))),
            attempt("POST /v1/conventions/{id}/articles", under("articles"), json(json!({ "number": "9", "body": "x" }))),
            attempt("POST /v1/conventions/{id}/clauses", under("clauses"), json(json!({ "kind": "minutes" }))),
            attempt(
                "POST /v1/conventions/{id}/axes",
                under("axes"),
                json(json!({ "article_id": text.article, "label": "x" })),
            ),
            attempt("POST /v1/conventions/{id}/objectives", under("objectives"), json(json!({ "text": "x" }))),
            attempt(
                "POST /v1/conventions/{id}/signatures",
                under("signatures"),
                json(json!({ "party_id": text.parties[1], "signatory": "x", "function": "x", "signed_on": "2026-11-20",
                    "content_hash": format!("sha256:{}", "0".repeat(64)) })),
            ),
            attempt(
                "POST /v1/conventions/{id}/facts",
                under("facts"),
                json(json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20" })),
            ),
            attempt("POST /v1/facts/{id}/acknowledge", format!("/v1/facts/{}/acknowledge", self.fact), json(json!({}))),
            attempt("POST /v1/facts/{id}/contest", format!("/v1/facts/{}/contest", self.fact), json(json!({}))),
            attempt(
                "POST /v1/conventions/{id}/network-contacts",
                under("network-contacts"),
                json(json!({ "network": "dafpic", "territory": "academie:10", "name": "x" })),
            ),
            attempt(
                "POST /v1/files",
                format!("/v1/files?name=b.pdf&purpose=other&attached_to=convention:{}", text.id),
                Body::Pdf,
            ),
            attempt("PATCH /v1/files/{id}", format!("/v1/files/{}", self.file), json(json!({ "name": "x.pdf" }))),
            attempt("DELETE /v1/files/{id}", format!("/v1/files/{}", self.file), Body::Nothing),
            attempt(
                "POST /v1/conventions/{id}/amendments",
                under("amendments"),
                json(json!({ "title": "Avenant n° 2" })),
            ),
            attempt(
                "POST /v1/conventions/{id}/amendments/import",
                under("amendments/import"),
                Body::Text("AVENANT n° 2\n\nArticle 1\n\nÀ l'article 11, les mots « Cinq ans » sont remplacés par « Six ans ».\n".into()),
            ),
            attempt(
                "PATCH /v1/network-contacts/{id}",
                format!("/v1/network-contacts/{}", self.contact),
                json(json!({ "territory": "academie:10" })),
            ),
        ];
        for (patch, delete, id) in [
            ("PATCH /v1/parties/{id}", "DELETE /v1/parties/{id}", &text.parties[1]),
            ("PATCH /v1/parts/{id}", "DELETE /v1/parts/{id}", &text.part),
            ("PATCH /v1/articles/{id}", "DELETE /v1/articles/{id}", &text.article),
            ("PATCH /v1/clauses/{id}", "DELETE /v1/clauses/{id}", &text.clause),
            ("PATCH /v1/axes/{id}", "DELETE /v1/axes/{id}", &text.axis),
            ("PATCH /v1/objectives/{id}", "DELETE /v1/objectives/{id}", &text.objective),
        ] {
            let address = patch.split(' ').nth(1).unwrap().replace("{id}", id);
            all.push(attempt(patch, address.clone(), json(json!({ "position": 2 }))));
            all.push(attempt(delete, address, Body::Nothing));
        }
        if let Some(amendment) = &self.amendment {
            let at = |rest: &str| format!("/v1/amendments/{amendment}{rest}");
            all.push(attempt("PATCH /v1/amendments/{id}", at(""), json(json!({ "title": "x" }))));
            all.push(attempt("DELETE /v1/amendments/{id}", at(""), Body::Nothing));
            all.push(attempt("POST /v1/amendments/{id}/confirm-clauses", at("/confirm-clauses"), Body::Nothing));
            all.push(attempt(
                "POST /v1/amendments/{id}/signatures",
                at("/signatures"),
                json(
                    json!({ "party_id": text.parties[1], "signatory": "x", "function": "x", "signed_on": "2026-11-20",
                    "content_hash": format!("sha256:{}", "0".repeat(64)) }),
                ),
            ));
        }
        all
    }
}

/// What was tried, and what was answered otherwise than expected.
#[derive(Default)]
struct Outcome {
    tried: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

impl Outcome {
    /// Each is refused with this code.
    fn refused(&mut self, who: &str, actor: &Actor, code: &str, tries: Vec<Try>) {
        for one in tries {
            let answer = one.by(actor);
            self.tried.insert(one.operation);
            if answer.json["code"] != code {
                self.wrong.push(format!("{who}: {}: {} {}, not {code}", answer.asked, answer.status, answer.text));
            }
        }
    }
}

fn convention(level: &str, territory: &str) -> Value {
    json!({ "title": "Convention", "document_type": "convention", "level": level, "territory": territory })
}

/// A text as [`PASTED`], between the association and an académie.
fn of_academie(name: &str) -> String {
    PASTED.replace("Le ministère de l'Éducation nationale", &format!("L'académie de {name}"))
}
