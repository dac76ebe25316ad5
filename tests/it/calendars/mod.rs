//! Calendars: made by whoever reads conventions, read by whoever has the address.

mod holding;
mod showing;

use serde_json::{Value, json};

use crate::support::texts::Text;
use crate::support::{Actor, Response, World};

/// A convention signed on 2024-06-27 for five years: the association informs six months before its end, either party
/// terminates with six months' notice.
pub fn reference(world: &World) -> Text {
    let text = world.draft();
    for clause in text.association.list(&text.under("clauses")) {
        let months = json!({ "value": 6, "unit": "month" });
        let mut says = json!({ "absent": false, "article_id": text.article, "parameters": months });
        match clause["kind"].as_str().unwrap() {
            "renewal_information" => says["parameters"]["by"] = json!("association"),
            "termination" => {}
            _ => continue,
        }
        let path = format!("/v1/clauses/{}", clause["id"].as_str().unwrap());
        text.association.patch(&path, &text.etag(), &says).expect(200);
    }
    text.association
        .post(
            &text.under("clauses"),
            &json!({ "kind": "renewal_talks", "article_id": text.article, "confirmed": true, "parameters": {} }),
        )
        .expect(201);
    text.signed_by_both("2024-06-27");
    text
}

/// Makes a calendar; its id, and the path of its address.
#[track_caller]
pub fn calendar(actor: &Actor, convention: Option<&str>) -> (String, String) {
    let made = actor.post("/v1/calendars", &json!({ "name": "Échéances", "convention_id": convention })).expect(201);
    let url = made.json["url"].as_str().unwrap();
    let path = url.strip_prefix(crate::support::world::PUBLIC_URL).expect("at the public address");
    (made.json["calendar"]["id"].as_str().unwrap().to_owned(), path.to_owned())
}

/// Reads an address as a calendar program does: without a token.
pub fn read(world: &World, path: &str) -> Response {
    world.anonymous().get(path)
}

/// The events of a file, each as its properties by name; lines are unfolded, text is not unescaped.
pub fn events(file: &str) -> Vec<Value> {
    let unfolded = file.replace("\r\n ", "");
    let mut events = Vec::new();
    let mut event: Option<Value> = None;
    for line in unfolded.split("\r\n") {
        match line {
            "BEGIN:VEVENT" => event = Some(json!({})),
            "END:VEVENT" => events.push(event.take().expect("begun")),
            _ => {
                if let (Some(event), Some((name, value))) = (&mut event, line.split_once(':')) {
                    event[name] = json!(value);
                }
            }
        }
    }
    events
}

/// The event of a key.
#[track_caller]
pub fn event(file: &str, key: &str) -> Value {
    let end = format!("/{key}");
    let found = events(file).into_iter().find(|event| event["UID"].as_str().unwrap().ends_with(&end));
    found.unwrap_or_else(|| panic!("no {key} in {file}"))
}
