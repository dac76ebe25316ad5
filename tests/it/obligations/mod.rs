//! The ledger of obligations: of one convention, of all that a caller sees, as rows, as reminders, as what waits.

mod amended;
mod ledger;
mod lists;
mod reminders;
mod rows;
mod todo;
mod verify;

use passerelle::domain::Instant;
use serde_json::{Value, json};

use crate::conventions::{Draft, draft};
use crate::support::{Actor, Response, World};

/// The reference convention as its clauses are: five years, six months to inform (the association) and to terminate, a
/// meeting a year and its minutes, eight days to remedy, conciliation, relays; signed on 20 and 27 June 2024.
pub fn reference(world: &World) -> Draft {
    unsigned(world).signed("2024-06-20", "2024-06-27")
}

/// The same, ready to be signed.
pub fn unsigned(world: &World) -> Draft {
    let six_months = json!({ "value": 6, "unit": "month" });
    let informed = json!({ "value": 6, "unit": "month", "by": "Partie association" });
    draft(world)
        .with_parties()
        .with_article("7")
        .with_article("9")
        .with_article("10")
        .with_article("11")
        .with_article("12")
        .with_clause("duration", "11", &json!({ "value": 5, "unit": "year" }))
        .with_clause("renewal_information", "11", &informed)
        .with_clause("renewal_talks", "11", &json!({}))
        .with_clause("termination", "12", &six_months)
        .with_clause("amendment", "11", &json!({}))
        .with_clause("steering", "9", &json!({ "minimum_per_year": 1 }))
        .with_clause("minutes", "9", &json!({ "proposed_by": "Partie association" }))
        .with_clause("cure_period", "10", &json!({ "value": 8, "unit": "day" }))
        .with_clause("dispute", "12", &json!({}))
        .with_clause("relay", "7", &json!({}))
}

/// Three years renewed by the year, three months to inform owed by either side, no committee; signed on the same days.
pub fn second(world: &World) -> Draft {
    let three_months = json!({ "value": 3, "unit": "month" });
    draft(world)
        .with_parties()
        .with_article("4")
        .with_article("5")
        .with_clause("duration", "4", &json!({ "value": 3, "unit": "year" }))
        .with_clause("tacit_renewal", "4", &json!({ "allowed": true, "value": 1, "unit": "year" }))
        .with_clause("renewal_information", "4", &three_months)
        .with_clause("termination", "5", &three_months)
        .without_clause("steering")
        .signed("2024-06-20", "2024-06-27")
}

/// Lets time pass until a day, at ten in Paris.
pub fn until(world: &World, day: &str) {
    let then: Instant = format!("{day}T09:00:00Z").parse().unwrap();
    world.pass_seconds((then.as_micros() - world.now().as_micros()) / 1_000_000);
}

/// The party of a side: `state` or `association`.
pub fn party_of(text: &Draft, side: &str) -> String {
    text.id_of(if side == "state" { "party ministry" } else { "party association" }).to_owned()
}

/// An actor records what a party did.
pub fn told(world: &World, actor: &Actor, text: &Draft, kind: &str, side: &str, on: &str, more: Value) -> Response {
    let mut fact = json!({ "kind": kind, "done_by": party_of(text, side), "occurred_on": on });
    for (member, value) in more.as_object().expect("members") {
        fact[member] = value.clone();
    }
    world.afresh(actor).post(&text.under("facts"), &fact)
}

/// The ledger on a date, and its line of a key.
pub fn ledger(world: &World, actor: &Actor, text: &Draft, query: &str) -> Vec<Value> {
    let read = world.afresh(actor).get(&format!("{}?{query}", text.under("obligations"))).expect(200).json;
    read["items"].as_array().unwrap().clone()
}

/// Key and status of some lines.
pub fn lines(items: &[Value]) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    items.iter().map(|item| (word(&item["key"]), word(&item["status"]))).collect()
}

pub fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}
