//! One resource behind each address with an `{id}`, who may reach it, and who must not even see it.
//!
//! A path of the document that has no line in [`Resources::behind`] fails the tests that walk the document: nothing
//! can be left out.

use serde_json::{Value, json};

use super::texts::{PASTED, Text};
use super::{Actor, World};

/// The school behind its address.
const SCHOOL: &str = "0750655E";

/// What stands behind an address.
#[derive(Clone)]
pub struct Behind {
    pub id: String,
    /// May call every operation there.
    pub allowed: Actor,
    /// Holds the scopes and is outside the perimeter; none where everybody who holds the scope sees everything.
    pub foreign: Option<Actor>,
}

/// A world with one of each.
pub struct Resources {
    pub operator: Actor,
    association: Actor,
    stranger: Actor,
    client: String,
    organisation: String,
    representative: String,
    text: Text,
    signature: String,
    contact: String,
    file: String,
    fact: String,
    obligation: String,
    grant: String,
    imported: String,
    territorial: String,
    calendar: String,
    /// A convention in force, an amendment of it, and a signature of that.
    amended: Text,
    amendment: String,
    amendment_signature: String,
    company: String,
    company_contact: String,
}

impl Resources {
    pub fn new(world: &World) -> Self {
        let (operator, stranger) = (world.operator(), world.association());
        let text = world.draft();
        let association = text.association.clone();
        let make = |path: &str, body: Value| association.post(path, &body).expect(201).id();
        let organisation = make("/v1/organisations", json!({ "kind": "company", "name": "Entreprise proposée" }));
        let representative = make(
            &format!("/v1/organisations/{organisation}/representatives"),
            json!({ "name": "Camille Martin", "function": "gérante" }),
        );
        let contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
        let contact = make(&text.under("network-contacts"), contact);
        let signature = text.sign(1, "2026-11-20").expect(201).id();
        let import = association.ask("POST", "/v1/conventions/import").body("text/plain", PASTED).send().expect(201);
        let imported = import.json["convention"]["id"].as_str().unwrap().to_owned();
        let file = format!("/v1/files?name=a.txt&purpose=other&attached_to=convention:{}", text.id);
        let file = association.ask("POST", &file).body("text/plain", "Annexe").send().expect(201).id();
        // Recorded by the other party: the association may answer.
        let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20" });
        let fact = text.ministry.post(&text.under("facts"), &fact).expect(201).id();
        let obligation = obligation(world, &text);
        let grant = operator.post("/v1/grants", &crate::grants::new_grant("behind")).expect(201).id();
        let territorial = json!({ "title": "Déclinaison", "document_type": "convention", "level": "academic",
            "territory": "academie:25", "parent_id": text.id });
        let territorial = make("/v1/conventions", territorial);
        let calendar = association.post("/v1/calendars", &json!({ "name": "Échéances" })).expect(201);
        let calendar = calendar.json["calendar"]["id"].as_str().unwrap().to_owned();
        let client = world.observer().id.to_string();
        let school = SCHOOL.parse().unwrap();
        world.write(|c| passerelle::schools::accept_unknown(c, &world.app.ids, world.now(), &school).unwrap());
        let national = json!({ "title": "Convention", "document_type": "convention", "level": "national",
            "territory": "national" });
        let amended = world.draft_between(text.ministry.clone(), association.clone(), national);
        amended.signed_by_both("2026-11-02");
        let amendment = amended.amend(&json!({ "title": "Avenant n° 1" })).expect(201).id();
        let amendment_signature = amended.sign_amendment(&amendment, 1, "2026-11-20").expect(201).id();
        let company = make("/v1/companies", json!({ "name": "Ateliers Durand", "departement": "95" }));
        let company_contact = make(
            &format!("/v1/companies/{company}/contacts"),
            json!({ "convention_id": amended.id, "occurred_on": "2026-11-20", "means": "phone", "purpose": "pfmp",
                "outcome": "pending" }),
        );
        let action = json!({
            "convention_id": amended.id, "axis_id": amended.axis, "kind": "company_visit", "title": "Visite",
            "schools": [{ "uai": SCHOOL }], "sessions": [{ "date": "2026-12-01" }],
        });
        let action = make("/v1/actions", action);
        Self {
            operator,
            association,
            stranger,
            client,
            organisation,
            representative,
            text,
            signature,
            contact,
            file,
            fact,
            obligation,
            grant,
            imported,
            territorial,
            calendar,
            amended,
            amendment,
            amendment_signature,
            company,
            company_contact,
        }
    }

    /// What stands behind a path of the document; none when it has no line here.
    pub fn behind(&self, path: &str) -> Option<Behind> {
        let under_convention = [
            "",
            "/articles",
            "/axes",
            "/clauses",
            "/confirm-clauses",
            "/content",
            "/dossier",
            "/facts",
            "/obligations",
            "/network-contacts",
            "/objectives",
            "/parties",
            "/parts",
            "/signatures",
            "/tree",
        ];
        let (id, allowed, foreign) = match path {
            "/v1/reference/vocabularies/{id}" => ("audience", &self.operator, None),
            // Whoever holds the scope reads the directory.
            "/v1/schools/{id}" => (SCHOOL, &self.association, None),
            // Only the operator holds these scopes.
            "/v1/grants/{id}" | "/v1/grants/{id}/revoke" => (self.grant.as_str(), &self.operator, None),
            "/v1/clients/{id}" | "/v1/clients/{id}/revoke" | "/v1/clients/{id}/rotate-secret" => {
                (self.client.as_str(), &self.operator, None)
            }
            _ => {
                let id = match path {
                    "/v1/organisations/{id}" | "/v1/organisations/{id}/representatives" => &self.organisation,
                    "/v1/representatives/{id}" => &self.representative,
                    "/v1/conventions/{id}/source" => &self.imported,
                    "/v1/conventions/{id}/against-parent" => &self.territorial,
                    "/v1/calendars/{id}" => &self.calendar,
                    "/v1/files/{id}" | "/v1/files/{id}/content" => &self.file,
                    _ if path.starts_with("/v1/actions/{id}") => {
                        let acts = [
                            "",
                            "/attendance",
                            "/cancel",
                            "/confirm",
                            "/decline",
                            "/hold",
                            "/merge",
                            "/plan",
                            "/report",
                        ];
                        acts.contains(&path.strip_prefix("/v1/actions/{id}")?).then_some(&self.action)?
                    }
                    "/v1/facts/{id}" | "/v1/facts/{id}/acknowledge" | "/v1/facts/{id}/contest" => &self.fact,
                    "/v1/obligations/{id}" => &self.obligation,
                    "/v1/companies/{id}" | "/v1/companies/{id}/contacts" => &self.company,
                    "/v1/company-contacts/{id}" => &self.company_contact,
                    "/v1/articles/{id}" => &self.text.article,
                    "/v1/axes/{id}" => &self.text.axis,
                    "/v1/clauses/{id}" => &self.text.clause,
                    "/v1/network-contacts/{id}" => &self.contact,
                    "/v1/objectives/{id}" => &self.text.objective,
                    "/v1/parties/{id}" => &self.text.parties[1],
                    "/v1/parts/{id}" => &self.text.part,
                    "/v1/signatures/{id}" => &self.signature,
                    "/v1/amendment-signatures/{id}" => &self.amendment_signature,
                    "/v1/conventions/{id}/amendments"
                    | "/v1/conventions/{id}/amendments/import"
                    | "/v1/conventions/{id}/text"
                    | "/v1/conventions/{id}/text/diff" => &self.amended.id,
                    _ if path.starts_with("/v1/amendments/{id}") => {
                        let rest = path.strip_prefix("/v1/amendments/{id}")?;
                        let under = ["", "/confirm-clauses", "/content", "/diff", "/signatures"];
                        under.contains(&rest).then_some(&self.amendment)?
                    }
                    _ => {
                        let rest = path.strip_prefix("/v1/conventions/{id}")?;
                        under_convention.contains(&rest).then_some(&self.text.id)?
                    }
                };
                (id.as_str(), &self.association, Some(&self.stranger))
            }
        };
        Some(Behind { id: id.to_owned(), allowed: allowed.clone(), foreign: foreign.cloned() })
    }

    /// The address of a path of the document, and who may call it.
    pub fn address(&self, path: &str) -> (String, Actor) {
        if !path.contains('{') {
            return (path.to_owned(), self.operator.clone());
        }
        let behind = self.behind(path).unwrap_or_else(|| panic!("{path} has no line in support::resources"));
        (path.replace("{id}", &behind.id), behind.allowed)
    }
}

/// A duty of another convention of the same parties, signed by both.
fn obligation(world: &World, text: &Text) -> String {
    let new = json!({ "title": "Autre convention", "document_type": "convention", "level": "national", "territory": "national" });
    let signed = world.draft_between(text.ministry.clone(), text.association.clone(), new);
    let clause = json!({ "kind": "amendment", "article_id": signed.article, "confirmed": true });
    text.association.post(&signed.under("clauses"), &clause).expect(201);
    signed.signed_by_both("2026-11-20");
    let ledger = text.association.get(&signed.under("obligations")).expect(200).json;
    ledger["items"][0]["id"].as_str().unwrap().to_owned()
}

/// An operation of the document.
pub struct Operation {
    pub path: &'static str,
    /// In upper case.
    pub method: String,
    /// The scope documented, under `/v1`.
    pub scope: Option<&'static str>,
    pub value: &'static serde_json::Value,
}

/// Every operation of the document, in its order.
pub fn operations() -> Vec<Operation> {
    let paths = super::contract::document()["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, value)| (path, method, value))
        })
        .map(|(path, method, value)| Operation {
            path,
            method: method.to_ascii_uppercase(),
            scope: value["security"].as_array().into_iter().flatten().find_map(|s| s["oauth2"][0].as_str()),
            value,
        })
        .collect()
}

impl Operation {
    pub fn secured(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    /// The media types of its body.
    pub fn media_types(&self) -> Vec<&'static str> {
        self.value["requestBody"]["content"].as_object().into_iter().flatten().map(|(k, _)| k.as_str()).collect()
    }
}

/// Asks an operation with what its form needs and nothing more: an empty object where a body is due, a version where
/// one must be named.
pub fn call(operation: &Operation, address: &str, caller: &Actor) -> super::Response {
    let mut ask = caller.ask(&operation.method, address);
    if let Some(media_type) = operation.media_types().first() {
        ask = ask.body(media_type, "{}");
    }
    if operation.method != "GET" {
        ask = ask.header("If-Match", "\"1\"");
    }
    ask.send()
}
