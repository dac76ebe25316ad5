//! A body that cannot be read is read again without what is wrong in it: the rules across fields are told of the rest in
//! the same answer.
//!
//! What is wrong is taken out; where something must be, something that can be read stands in for it. Nothing is said of
//! what was taken out, nor of what may only be amiss because it was.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::{Body, Faults, across, deserialize, judge};
use super::strict_json::{unescape, weight};
use crate::error::faults::PLACE;
use crate::error::{Fault, Place};

/// Faults of a body that is read again, at most.
const MOST: usize = 50;
/// Times that it is read again, at most, all in all.
const ROUNDS: usize = 64;
/// Values that are read again, at most, all in all: some milliseconds. A large body is read again less often.
const WEIGHT: usize = 50_000;

/// What became of a member that is wrong.
#[derive(Debug, Clone)]
enum Aside {
    Absent {
        accepted: Vec<Value>,
    },
    /// One of these stands in for it; of a closed list, all of them are tried.
    Replaced {
        by: Vec<Value>,
        at: usize,
        listed: bool,
    },
}

/// A body without what is wrong in it.
#[derive(Debug)]
struct Mended {
    value: Value,
    aside: BTreeMap<String, Aside>,
    /// Readings that are left: what is wrong with one body holds up no other.
    rounds: usize,
}

/// What the rules say of a body apart from what is known to be wrong with it.
pub fn rest<B: Body>(value: &Value, known: &[Fault]) -> Faults {
    let rounds = ROUNDS.min(WEIGHT / weight(value));
    // A place that is not shown whole is the place of nothing.
    let is_cut = |fault: &Fault| matches!(&fault.place, Place::Pointer(place) if place.len() > PLACE);
    if known.len() > MOST || rounds == 0 || known.iter().any(is_cut) {
        return Faults::new();
    }
    let mut mended = Mended { value: value.clone(), aside: BTreeMap::new(), rounds };
    if !mended.put_aside(known) {
        return Faults::new();
    }
    loop {
        match mended.read::<B>() {
            Some(Ok(body)) => return mended.told(&body),
            Some(Err(faults)) if mended.put_aside(&faults) => {}
            _ => return Faults::new(),
        }
    }
}

impl Mended {
    /// Reads it once more; nothing when it was read often enough.
    fn read<B: Body>(&mut self) -> Option<Result<B, Faults>> {
        self.rounds = self.rounds.checked_sub(1)?;
        Some(deserialize(&self.value))
    }

    /// Puts aside what faults name; false when nothing would be left.
    fn put_aside(&mut self, faults: &[Fault]) -> bool {
        faults.iter().all(|fault| match &fault.place {
            Place::Pointer(place) => {
                let accepted = fault.accepted.iter().map(|code| json!(code)).collect();
                self.put(place, accepted, fault.code == "missing")
            }
            _ => true,
        })
    }

    fn put(&mut self, place: &str, accepted: Vec<Value>, must_be: bool) -> bool {
        let Some((around, _)) = place.rsplit_once('/') else { return false };
        let next = match self.aside.get(place).cloned() {
            None if must_be || self.value.pointer(around).is_some_and(Value::is_array) => replaced(accepted),
            None => Aside::Absent { accepted },
            // It must be there after all.
            Some(Aside::Absent { accepted }) => replaced(accepted),
            Some(Aside::Replaced { listed: false, .. }) if !accepted.is_empty() => replaced(accepted),
            Some(Aside::Replaced { by, at, listed }) if at + 1 < by.len() => Aside::Replaced { by, at: at + 1, listed },
            // Nothing fits: all that is around it goes.
            Some(Aside::Replaced { .. }) => return self.put(around, Vec::new(), false),
        };
        let under = format!("{place}/");
        self.aside.retain(|known, _| !known.starts_with(&under));
        match &next {
            Aside::Absent { .. } => self.set(place, None),
            Aside::Replaced { by, at, .. } => self.set(place, Some(by[*at].clone())),
        }
        self.aside.insert(place.to_owned(), next);
        true
    }

    fn set(&mut self, place: &str, value: Option<Value>) {
        let Some((around, step)) = place.rsplit_once('/') else { return };
        match (self.value.pointer_mut(around), value) {
            (Some(Value::Object(members)), Some(value)) => {
                members.insert(unescape(step), value);
            }
            (Some(Value::Object(members)), None) => {
                members.shift_remove(&unescape(step));
            }
            (Some(Value::Array(items)), Some(value)) => {
                if let Some(item) = step.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                    *item = value;
                }
            }
            _ => {}
        }
    }

    /// What is told of the rest.
    fn told<B: Body>(mut self, body: &B) -> Faults {
        let (mut told, mut more) = judge(body);
        told.retain(|fault| !self.touches(fault));
        let absent = self.aside.values().any(|aside| matches!(aside, Aside::Absent { .. }));
        more.retain(|fault| !(self.touches(fault) || (absent && fault.code == "missing")));
        // A code that stands in for another may be what a rule minds: only what holds for each of them is told.
        for (place, aside) in self.aside.clone() {
            let Aside::Replaced { by, listed: true, .. } = aside else { continue };
            for other in by {
                if more.is_empty() {
                    break;
                }
                self.set(&place, Some(other));
                match self.read::<B>() {
                    Some(Ok(body)) => {
                        let said = across(&body);
                        more.retain(|fault| said.contains(fault));
                    }
                    Some(Err(_)) => {}
                    // Not tried with all of them, nothing is sure.
                    None => more = Faults::new(),
                }
            }
        }
        told.append(&mut more);
        told
    }

    /// Is it about something that was put aside, within it or around it?
    fn touches(&self, fault: &Fault) -> bool {
        let Place::Pointer(place) = &fault.place else { return false };
        self.aside.keys().any(|known| is_within(place, known) || is_within(known, place))
    }
}

/// A pointer that is another, or lies under it.
pub fn is_within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn replaced(accepted: Vec<Value>) -> Aside {
    let listed = !accepted.is_empty();
    Aside::Replaced { by: if listed { accepted } else { stand_ins() }, at: 0, listed }
}

/// What the members of bodies can be read from: one of each form.
fn stand_ins() -> Vec<Value> {
    vec![
        json!("x"),
        json!("2000-01-01"),
        json!("00000000-0000-7000-8000-000000000000"),
        json!({}),
        json!([]),
        json!(1),
        json!(true),
        json!("0750655E"),
        json!("12:00"),
        json!("national"),
        json!("2000-01-01T00:00:00Z"),
        json!("73282932000074"),
    ]
}
