//! One line of a bulk: what it asks, and what is wrong with it.

use serde_json::{Map, Value};

use super::super::new::NewAction;
use crate::domain::Id;
use crate::domain::vocabulary::ActionAct;
use crate::error::{Fault, Faults, Place, Problem, both};
use crate::http::call::JSON_LIMIT;
use crate::http::{body, strict_json};
use crate::sheets::kinds::actions::Resolved;

/// A line that could be read.
pub struct Line {
    pub op: &'static str,
    pub asked: Asked,
    pub expected_version: Option<i64>,
}

/// What a line asks.
pub enum Asked {
    Create(Box<NewAction>),
    /// By its `external_id`.
    Upsert(Box<NewAction>),
    /// A line of a sheet, by its id or its key: what it does not say stays as it is.
    Row(Box<Resolved>),
    Act {
        act: ActionAct,
        on: Named,
        with: Value,
    },
}

/// How an action is named.
pub enum Named {
    Id(Id),
    /// By the caller's own key.
    Key(String),
}

/// The acts that a bulk does, by the code of their operation.
const ACTS: [(&str, ActionAct); 8] = [
    ("plan", ActionAct::Plan),
    ("confirm", ActionAct::Confirm),
    ("hold", ActionAct::Hold),
    ("attendance", ActionAct::Attend),
    ("report", ActionAct::Report),
    ("decline", ActionAct::Decline),
    ("cancel", ActionAct::Cancel),
    ("merge", ActionAct::Merge),
];

/// Where the members of a line are, for what is said of it.
#[derive(Clone, Copy)]
pub enum At {
    /// In what it describes.
    Action,
    /// In what an act brings; the action is named by this member.
    Act(&'static str),
    /// In the cells of a sheet.
    Cells,
}

impl At {
    /// A problem told of the members of the line.
    pub fn placed(self, problem: Problem) -> Problem {
        let member = match self {
            Self::Cells => return problem,
            Self::Action => "/action",
            Self::Act(_) => "/with",
        };
        let problem = under(member, problem);
        match (self, problem.entry.code) {
            _ if !problem.faults.is_empty() => problem,
            (_, "version_mismatch") => problem.about("/expected_version"),
            (Self::Act(named), "not_found" | "merged") => problem.about(named),
            (Self::Act(_), "wrong_state" | "not_allowed") => problem.about("/op"),
            _ => problem,
        }
    }
}

impl Line {
    pub const fn at(&self) -> At {
        match &self.asked {
            Asked::Create(_) | Asked::Upsert(_) => At::Action,
            Asked::Row(_) => At::Cells,
            Asked::Act { on: Named::Id(_), .. } => At::Act("/id"),
            Asked::Act { on: Named::Key(_), .. } => At::Act("/external_id"),
        }
    }

    /// The action that it describes.
    pub fn action(&self) -> Option<&NewAction> {
        match &self.asked {
            Asked::Create(new) | Asked::Upsert(new) => Some(new),
            Asked::Row(_) | Asked::Act { .. } => None,
        }
    }

    /// The caller's own key that it names.
    pub fn key(&self) -> Option<&str> {
        match &self.asked {
            Asked::Create(new) | Asked::Upsert(new) => new.external_id.as_deref(),
            Asked::Row(line) => line.key.as_deref(),
            Asked::Act { on: Named::Key(key), .. } => Some(key),
            Asked::Act { .. } => None,
        }
    }
}

/// Reads a line; with the problem comes the operation, as far as it is known.
pub fn read(text: &[u8]) -> Result<Line, (&'static str, Problem)> {
    if text.len() > JSON_LIMIT {
        return Err(("create", Problem::plain("payload_too_large")));
    }
    let value = strict_json::read(text).map_err(|problem| ("create", problem))?;
    let Value::Object(mut members) = value else {
        return Err(("create", Problem::body(vec![wrong_type("", "un objet", "an object")])));
    };
    let op = match members.remove("op") {
        None => "create",
        Some(Value::String(text)) => match known(&text) {
            Some(op) => op,
            None => return Err(("create", Problem::body(vec![unknown_op()]))),
        },
        Some(_) => return Err(("create", Problem::body(vec![unknown_op()]))),
    };
    of(op, members).map_err(|problem| (op, problem))
}

fn known(text: &str) -> Option<&'static str> {
    ["create", "upsert"].into_iter().chain(ACTS.iter().map(|(op, _)| *op)).find(|op| *op == text)
}

fn unknown_op() -> Fault {
    let all = ["create", "upsert"].into_iter().chain(ACTS.iter().map(|(op, _)| *op));
    Fault::pointer("/op", "not_in_list", both("Opération inconnue.", "Unknown operation.")).accepting(all)
}

fn of(op: &'static str, mut members: Map<String, Value>) -> Result<Line, Problem> {
    let mut faults = Faults::new();
    let expected_version = match members.remove("expected_version") {
        None | Some(Value::Null) => None,
        Some(value) => {
            if value.as_i64().is_none() {
                faults.push(wrong_type("/expected_version", "un entier", "an integer"));
            }
            value.as_i64()
        }
    };
    let act = ACTS.iter().find(|(code, _)| *code == op).map(|(_, act)| *act);
    let asked = match act {
        Some(act) => {
            let on = named(&mut members, &mut faults);
            let with = members.remove("with").unwrap_or_else(|| Value::Object(Map::new()));
            on.map(|on| Asked::Act { act, on, with })
        }
        None => action(op, &mut members, &mut faults),
    };
    faults.extend(members.keys().map(|member| {
        let mut place = String::new();
        strict_json::add_step(&mut place, member);
        Fault::pointer(place, "unknown", both("Ce membre n'existe pas ici.", "There is no such member here."))
    }));
    match asked {
        Some(asked) if faults.is_empty() => Ok(Line { op, asked, expected_version }),
        _ => Err(Problem::body(faults)),
    }
}

fn action(op: &str, members: &mut Map<String, Value>, faults: &mut Faults) -> Option<Asked> {
    let Some(value) = members.remove("action") else {
        faults.push(missing("/action"));
        return None;
    };
    match body::read::<NewAction>(value) {
        Ok(new) if op == "upsert" && new.external_id.is_none() => {
            faults.push(missing("/action/external_id"));
            None
        }
        Ok(new) if op == "upsert" => Some(Asked::Upsert(Box::new(new))),
        Ok(new) => Some(Asked::Create(Box::new(new))),
        Err(problem) => {
            faults.append(&mut under("/action", problem).faults);
            None
        }
    }
}

fn named(members: &mut Map<String, Value>, faults: &mut Faults) -> Option<Named> {
    let mut text = |member: &str| match members.remove(member) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            faults.push(wrong_type(&format!("/{member}"), "un texte", "a text"));
            None
        }
    };
    let (id, key) = (text("id"), text("external_id"));
    match (id, key) {
        (Some(id), None) => {
            let read = id.parse().ok();
            if read.is_none() {
                faults.push(Fault::pointer(
                    "/id",
                    "ill_formed",
                    both("Un identifiant est un UUID.", "An id is a UUID."),
                ));
            }
            read.map(Named::Id)
        }
        (None, Some(key)) => Some(Named::Key(key)),
        _ => {
            faults.push(Fault::pointer(
                "/id",
                "missing",
                both("L'action se nomme par id ou par external_id.", "The action is named by id or by external_id."),
            ));
            None
        }
    }
}

fn missing(pointer: &str) -> Fault {
    Fault::pointer(pointer, "missing", both("Ce membre est obligatoire.", "This member is required."))
}

fn wrong_type(pointer: &str, fr: &str, en: &str) -> Fault {
    Fault::pointer(pointer, "wrong_type", both(format!("Il faut {fr}."), format!("This must be {en}.")))
}

/// The same problem, with its pointers under a member of the line.
fn under(member: &str, mut problem: Problem) -> Problem {
    for fault in &mut problem.faults {
        if let Place::Pointer(pointer) = &mut fault.place {
            *pointer = format!("{member}{pointer}");
        }
    }
    problem
}
