//! Compares two schemas: what a request may hold may only widen, what an answer may hold may only narrow or gain members.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::compare::resolve;
use super::refused::{self, RefusedInputs};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Request,
    Response,
}

pub struct Schemas<'d> {
    then: &'d Value,
    now: &'d Value,
    /// What a released server refused already.
    refused: &'d RefusedInputs,
    /// Pairs of named schemas under comparison or compared: a schema may hold itself.
    seen: HashSet<(String, String, Direction)>,
    pub found: Vec<String>,
}

/// Members of the two documents' schemas whose list of values is open, and says so.
///
/// What waits among the actions is told to callers with `actions:write` alone, a scope that no client of a document
/// released without those kinds was given.
const OPEN: [(&str, &str); 2] = [("Problem", "code"), ("Waiting", "kind")];

impl<'d> Schemas<'d> {
    pub fn new(then: &'d Value, now: &'d Value, refused: &'d RefusedInputs) -> Self {
        Self { then, now, refused, seen: HashSet::new(), found: Vec::new() }
    }

    fn say(&mut self, place: &str, what: &str) {
        self.found.push(format!("{place}: {what}"));
    }

    /// Says that an input accepts less, unless a released server refused the same already.
    fn narrower(&mut self, place: &str, keyword: &str, value: &Value, what: &str) {
        let document = self.then["info"]["version"].as_str().unwrap_or_default();
        if !self.refused.covers(document, place, keyword, value) {
            self.say(place, &format!("{what} [{}]", refused::line(document, place, keyword, value)));
        }
    }

    pub fn compare(&mut self, place: &str, then: &'d Value, now: &'d Value, direction: Direction) {
        let name = |schema: &Value| schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()).map(str::to_owned);
        let (old_name, new_name) = (name(then), name(now));
        if let (Some(old), Some(new)) = (&old_name, &new_name)
            && !self.seen.insert((old.clone(), new.clone(), direction))
        {
            return;
        }
        let place = old_name.as_ref().map_or_else(|| place.to_owned(), |name| format!("{place} ({name})"));
        let (then, now) = (resolve(self.then, then), resolve(self.now, now));
        if then == now && !holds_references(then) {
            return;
        }
        self.types(&place, then, now, direction);
        self.values(&place, then, now, direction);
        self.limits(&place, then, now, direction);
        self.object(&place, then, now, direction);
        for (member, mark) in [("items", "[]"), ("additionalProperties", "{}")] {
            let held = |schema: &'d Value| schema.get(member).filter(|held| held.is_object());
            match (held(then), held(now)) {
                (Some(old), Some(new)) => self.compare(&format!("{place}{mark}"), old, new, direction),
                (Some(_), None) if direction == Direction::Response => self.say(&place, "what it holds is open now"),
                (None, Some(_)) if direction == Direction::Request => self.say(&place, "what it holds is limited now"),
                _ => {}
            }
        }
        self.branches(&place, then, now, direction);
    }

    fn types(&mut self, place: &str, then: &Value, now: &Value, direction: Direction) {
        let (old, new) = (types(then), types(now));
        // What has no type accepts any.
        let any = |types: &BTreeSet<String>| types.is_empty();
        let within = |inner: &BTreeSet<String>, outer: &BTreeSet<String>| {
            any(outer)
                || (!any(inner)
                    && inner.iter().all(|t| outer.contains(t) || (t == "integer" && outer.contains("number"))))
        };
        // Composed schemas are compared by their branches.
        if composed(then) || composed(now) {
            return;
        }
        match direction {
            Direction::Request if !within(&old, &new) => {
                self.say(place, &format!("{old:?} was accepted, {new:?} is now"));
            }
            Direction::Response if !within(&new, &old) => {
                self.say(place, &format!("it was {old:?} and may be {new:?} now"));
            }
            _ => {}
        }
    }

    fn values(&mut self, place: &str, then: &Value, now: &Value, direction: Direction) {
        let set = |schema: &Value| -> Option<BTreeSet<String>> {
            let one = schema.get("const").map(|value| [value.to_string()].into());
            one.or_else(|| schema["enum"].as_array().map(|all| all.iter().map(ToString::to_string).collect()))
        };
        match (direction, set(then), set(now)) {
            (Direction::Request, Some(old), Some(new)) => {
                for gone in old.difference(&new) {
                    self.say(place, &format!("the value {gone} is no longer accepted"));
                }
            }
            (Direction::Request, None, Some(_)) => self.say(place, "it accepts listed values only now"),
            (Direction::Response, Some(old), Some(new)) => {
                let named = place.rsplit_once(" (").filter(|_| place.ends_with(')')).map_or(place, |(of, _)| of);
                let open = OPEN.iter().any(|(schema, member)| {
                    let member = format!("({schema}).{member}");
                    place.ends_with(&member) || named.ends_with(&member)
                });
                for added in new.difference(&old).filter(|_| !open) {
                    self.say(place, &format!("the value {added} may be answered now"));
                }
            }
            (Direction::Response, Some(_), None) => self.say(place, "the list of its values is open now"),
            _ => {}
        }
    }

    fn limits(&mut self, place: &str, then: &Value, now: &Value, direction: Direction) {
        const LEAST: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
        const MOST: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
        let request = direction == Direction::Request;
        let mut narrowed = |name: &str, tighter: bool, looser: bool| {
            let what = format!("{name} was {} and is {}", then[name], now[name]);
            if request && tighter {
                self.narrower(place, name, &now[name], &what);
            } else if !request && looser {
                self.say(place, &what);
            }
        };
        for (names, sign) in [(LEAST, 1.0), (MOST, -1.0)] {
            for name in names {
                // A type that does not take the limit is another matter, said elsewhere.
                match (then[name].as_f64(), now[name].as_f64()) {
                    (Some(old), Some(new)) => narrowed(name, (new - old) * sign > 0.0, (new - old) * sign < 0.0),
                    (None, Some(_)) => narrowed(name, true, false),
                    (Some(_), None) => narrowed(name, false, true),
                    (None, None) => {}
                }
            }
        }
        for name in ["pattern", "format", "multipleOf", "uniqueItems"] {
            match (then.get(name), now.get(name)) {
                (None, None) => {}
                (None, Some(_)) => narrowed(name, true, false),
                (Some(_), None) => narrowed(name, false, true),
                (Some(old), Some(new)) if old == new => {}
                (Some(old), Some(new)) => narrowed(name, !takes_all_of(new, old), !takes_all_of(old, new)),
            }
        }
    }

    fn object(&mut self, place: &str, then: &'d Value, now: &'d Value, direction: Direction) {
        // What became nullable is compared with the branch that is not null, as all branches are.
        if composed(now) && !composed(then) {
            return;
        }
        let none = Map::new();
        let (old, new) = (then["properties"].as_object(), now["properties"].as_object());
        let (Some(old), new) = (old, new.unwrap_or(&none)) else { return };
        let required = |schema: &Value| -> BTreeSet<String> {
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let (was, is) = (required(then), required(now));
        for (member, schema) in old {
            let place = format!("{place}.{member}");
            let Some(present) = resolve(self.now, now)["properties"].get(member) else {
                let what = if direction == Direction::Request { "no longer accepted" } else { "gone" };
                self.say(&place, &format!("this member is {what}"));
                continue;
            };
            if direction == Direction::Response && was.contains(member) && !is.contains(member) {
                self.say(&place, "it was always there and may be absent now");
            }
            if direction == Direction::Request && is.contains(member) && !was.contains(member) {
                self.say(&place, "it is required now");
            }
            self.compare(&place, schema, present, direction);
        }
        if direction == Direction::Request {
            for member in is.iter().filter(|member| new.contains_key(*member) && !old.contains_key(*member)) {
                self.say(&format!("{place}.{member}"), "a new member is required");
            }
        }
        let closed = |schema: &Value| schema["additionalProperties"] == false;
        if direction == Direction::Request && closed(now) && !closed(then) {
            self.narrower(place, "additionalProperties", &now["additionalProperties"], "other members are refused now");
        }
    }

    /// `oneOf`, `anyOf`, `allOf`: compared branch by branch, in order; nullable references come as `oneOf` with null.
    fn branches(&mut self, place: &str, then: &'d Value, now: &'d Value, direction: Direction) {
        if !composed(then) && !composed(now) {
            return;
        }
        let (old, new) = (branches(then), branches(now));
        let null = |all: &[&Value]| all.iter().any(|schema| types(schema).contains("null"));
        let solid = |all: Vec<&'d Value>| -> Vec<&'d Value> {
            all.into_iter().filter(|schema| schema["type"] != "null").collect()
        };
        match direction {
            Direction::Request if null(&old) && !null(&new) => self.say(place, "null is no longer accepted"),
            Direction::Response if null(&new) && !null(&old) => self.say(place, "it may be null now"),
            _ => {}
        }
        let (old, new) = (solid(old), solid(new));
        let fewer = new.len() < old.len();
        if (direction == Direction::Request && fewer) || (direction == Direction::Response && new.len() > old.len()) {
            self.say(place, &format!("{} forms were known, {} are now", old.len(), new.len()));
        }
        for (old, new) in old.into_iter().zip(new) {
            self.compare(place, old, new, direction);
        }
    }
}

/// True for a pattern that takes all that another takes: they differ in their lists of words (`(a|b)`) alone, and it has all
/// words of the other.
pub fn takes_all_of(wide: &Value, narrow: &Value) -> bool {
    let (Some(wide), Some(narrow)) = (wide.as_str(), narrow.as_str()) else { return false };
    let list = regex::Regex::new(r"\(\w+(\|\w+)*\)").unwrap();
    let words = |pattern: &str| -> Vec<BTreeSet<String>> {
        let lists = list.find_iter(pattern).map(|found| found.as_str().trim_matches(['(', ')']).to_owned());
        lists.map(|words| words.split('|').map(str::to_owned).collect()).collect()
    };
    list.replace_all(wide, "()") == list.replace_all(narrow, "()")
        && words(narrow).iter().zip(words(wide)).all(|(narrow, wide)| narrow.is_subset(&wide))
}

fn holds_references(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(holds_references),
        Value::Array(items) => items.iter().any(holds_references),
        _ => false,
    }
}

fn composed(schema: &Value) -> bool {
    ["oneOf", "anyOf", "allOf"].iter().any(|name| schema.get(name).is_some())
}

fn branches(schema: &Value) -> Vec<&Value> {
    let named = ["oneOf", "anyOf", "allOf"].iter().find_map(|name| schema[name].as_array());
    named.map_or_else(|| vec![schema], |all| all.iter().collect())
}

fn types(schema: &Value) -> BTreeSet<String> {
    match &schema["type"] {
        Value::String(one) => [one.clone()].into(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}
