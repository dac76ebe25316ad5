//! Companies and the contacts made with them, as associations and académies keep them.

mod contacts;
mod feed;
mod keeping;
mod perimeter;
mod places;
mod search;

use serde_json::{Value, json};

use crate::support::texts::Text;
use crate::support::{Actor, Response, World};

pub const SIRET: &str = "73282932000074";

/// A company of a name, in the Val-d'Oise (académie de Versailles, 25).
pub fn named(name: &str) -> Value {
    json!({ "name": name, "departement": "95", "commune": "Cergy", "postcode": "95000" })
}

/// The same with other members; null removes one.
pub fn with(mut new: Value, members: Value) -> Value {
    // Elsewhere, or nowhere, it has no postcode of Cergy.
    if members.get("departement").is_some() {
        new.as_object_mut().unwrap().remove("postcode");
    }
    for (member, value) in members.as_object().unwrap() {
        if value.is_null() {
            new.as_object_mut().unwrap().remove(member);
        } else {
            new[member] = value.clone();
        }
    }
    new
}

pub fn create(actor: &Actor, company: &Value) -> Response {
    actor.post("/v1/companies", company)
}

pub fn path(id: &str) -> String {
    format!("/v1/companies/{id}")
}

/// A contact of the 21st of November 2026 under a convention, without outcome yet.
pub fn contact(text: &Text) -> Value {
    json!({ "convention_id": text.id, "occurred_on": "2026-11-21", "means": "phone", "purpose": "observation_3e",
        "outcome": "pending" })
}

/// The same with places of the third.
pub fn positive(text: &Text, places: Value) -> Value {
    with(contact(text), json!({ "outcome": "positive", "places": places }))
}

pub fn record(actor: &Actor, company: &str, contact: &Value) -> Response {
    actor.post(&format!("/v1/companies/{company}/contacts"), contact)
}

/// The actor patches what it reads at an address.
pub fn patch(actor: &Actor, address: &str, patch: &Value) -> Response {
    let etag = actor.get(address).expect(200).etag();
    actor.patch(address, &etag, patch)
}

pub fn delete(actor: &Actor, address: &str) -> Response {
    let etag = actor.get(address).expect(200).etag();
    actor.delete(address, &etag)
}

/// A contact of the day before its convention came into force.
pub fn before_its_convention(world: &World) -> Response {
    let text = world.in_force("2026-11-20");
    let company = create(&text.association, &named("Durand")).expect(201).id();
    record(&text.association, &company, &with(contact(&text), json!({ "occurred_on": "2026-11-19" })))
}

/// One member of every item of a list, sorted.
pub fn each(actor: &Actor, list: &str, member: &str) -> Vec<String> {
    let mut all: Vec<_> = actor.list(list).iter().map(|item| item[member].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}
