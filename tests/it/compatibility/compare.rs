//! Compares two documents, operation by operation.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::refused::RefusedInputs;
use super::schemas::{Direction, Schemas};

/// What of `now` would break a client made for `then`, each with its place; what a released server refused already does not.
pub fn breaks(then: &Value, now: &Value, refused: &RefusedInputs) -> Vec<String> {
    let mut compare = Compare { schemas: Schemas::new(then, now, refused), then, now };
    for (path, item) in members(&then["paths"]) {
        let Some(present) = now["paths"].get(path) else {
            compare.say(path, "this path is gone");
            continue;
        };
        for (method, operation) in members(item) {
            let place = format!("{} {path}", method.to_uppercase());
            match present.get(method) {
                None => compare.say(&place, "this operation is gone"),
                Some(present) => compare.operation(&place, operation, present),
            }
        }
    }
    compare.schemas.found
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

struct Compare<'d> {
    schemas: Schemas<'d>,
    then: &'d Value,
    now: &'d Value,
}

impl<'d> Compare<'d> {
    fn say(&mut self, place: &str, what: &str) {
        self.schemas.found.push(format!("{place}: {what}"));
    }

    fn operation(&mut self, place: &str, then: &'d Value, now: &'d Value) {
        if then["operationId"] != now["operationId"] {
            self.say(place, &format!("operationId {} was renamed to {}", then["operationId"], now["operationId"]));
        }
        self.parameters(place, then, now);
        self.request(place, &then["requestBody"], &now["requestBody"]);
        self.responses(place, then, now);
        self.security(place, then, now);
    }

    fn parameters(&mut self, place: &str, then: &'d Value, now: &'d Value) {
        let named = |operation: &'d Value, document: &'d Value| -> BTreeMap<(String, String), &'d Value> {
            items(&operation["parameters"])
                .map(|parameter| resolve(document, parameter))
                .map(|p| ((text(p, "in"), text(p, "name")), p))
                .collect()
        };
        let (before, after) = (named(then, self.then), named(now, self.now));
        for ((wherein, name), old) in &before {
            let place = format!("{place}, {wherein} parameter {name}");
            let Some(new) = after.get(&(wherein.clone(), name.clone())) else {
                self.say(&place, "this parameter is gone");
                continue;
            };
            if new["required"] == true && old["required"] != true {
                self.say(&place, "it is required now");
            }
            self.schemas.compare(&place, &old["schema"], &new["schema"], Direction::Request);
        }
        for ((wherein, name), new) in &after {
            if new["required"] == true && !before.contains_key(&(wherein.clone(), name.clone())) {
                self.say(&format!("{place}, {wherein} parameter {name}"), "a new parameter is required");
            }
        }
    }

    fn request(&mut self, place: &str, then: &'d Value, now: &'d Value) {
        let (then, now) = (resolve(self.then, then), resolve(self.now, now));
        if now["required"] == true && then["required"] != true {
            self.say(place, "a body is required now");
        }
        if then.is_object() && !now.is_object() {
            self.say(place, "it takes no body any more");
            return;
        }
        for (media, old) in members(&then["content"]) {
            let place = format!("{place}, body {media}");
            match now["content"].get(media) {
                None => self.say(&place, "this media type is no longer accepted"),
                Some(new) => self.schemas.compare(&place, &old["schema"], &new["schema"], Direction::Request),
            }
        }
    }

    fn responses(&mut self, place: &str, then: &'d Value, now: &'d Value) {
        for (status, old) in members(&then["responses"]) {
            let old = resolve(self.then, old);
            let place = format!("{place}, answer {status}");
            let Some(new) = now["responses"].get(status) else {
                // A refusal that no longer happens breaks nobody.
                if !status.starts_with(['4', '5']) {
                    self.say(&place, "this status is gone");
                }
                continue;
            };
            let new = resolve(self.now, new);
            for (header, _) in members(&old["headers"]) {
                if new["headers"].get(header).is_none() && !status.starts_with(['4', '5']) {
                    self.say(&place, &format!("the header {header} is gone"));
                }
            }
            for (media, old) in members(&old["content"]) {
                let place = format!("{place}, {media}");
                match new["content"].get(media) {
                    None => self.say(&place, "this media type is no longer served"),
                    Some(new) => self.schemas.compare(&place, &old["schema"], &new["schema"], Direction::Response),
                }
            }
        }
    }

    /// Alternatives: a caller who satisfied one of them must still satisfy one.
    fn security(&mut self, place: &str, then: &Value, now: &Value) {
        let scopes = |way: &Map<String, Value>| -> BTreeMap<String, Vec<String>> {
            way.iter()
                .map(|(scheme, all)| {
                    (scheme.clone(), items(all).filter_map(Value::as_str).map(str::to_owned).collect())
                })
                .collect()
        };
        let ways = |operation: &Value| -> Vec<BTreeMap<String, Vec<String>>> {
            items(&operation["security"]).filter_map(Value::as_object).map(scopes).collect()
        };
        let (before, after) = (ways(then), ways(now));
        if before.is_empty() && !after.is_empty() {
            self.say(place, "it was public and asks for a token now");
        }
        for way in before {
            let enough = |new: &BTreeMap<String, Vec<String>>| {
                new.iter().all(|(scheme, wanted)| {
                    way.get(scheme).is_some_and(|held| wanted.iter().all(|scope| held.contains(scope)))
                })
            };
            if !after.is_empty() && !after.iter().any(enough) {
                self.say(place, &format!("who held {way:?} is refused now: another scope or scheme is asked for"));
            }
        }
    }
}

/// Follows a reference within its document.
pub fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let mut value = value;
    for _ in 0..16 {
        let Some(reference) = value["$ref"].as_str() else { return value };
        value = document.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere");
    }
    value
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
