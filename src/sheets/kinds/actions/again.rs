//! A line of an action that is there already: what it changes, and what only an act changes.

use serde_json::Value;

use super::super::take;
use super::Resolved;
use crate::actions::classes;
use crate::actions::rules::life::is_at;
use crate::actions::{ActionRow, Counts, NewAction};
use crate::domain::Hours;
use crate::error::{Fault, Faults, Halt, Place, Problem, both};
use crate::http::{body, patch};

/// Reads the body of a line: without a school nor a territory, it is the school that is looked for in a sheet.
fn read(body: Value) -> Result<NewAction, Problem> {
    body::read(body).map_err(|mut problem| {
        problem.faults.iter_mut().for_each(school_first);
        problem
    })
}

fn school_first(fault: &mut Fault) {
    if fault.code == "missing" && fault.place == Place::Pointer("/territory".to_owned()) {
        let detail = both(
            "Il manque l'établissement : son UAI, ou son nom et sa commune. Sans établissement, un territoire.",
            "The school is missing: its UAI, or its name and commune. Without a school, a territory.",
        );
        *fault = Fault::pointer("/schools", "missing", detail);
    }
}

impl Resolved {
    /// The action that the line makes.
    pub fn new_action(self) -> Result<NewAction, Problem> {
        read(self.body)
    }

    /// What else is wrong with it, when some of its members are known to be. One that is there already says the rest.
    pub fn others(&self, known: &[String]) -> Faults {
        let mut faults = body::others::<NewAction>(self.body.clone(), known);
        if self.id.is_some() {
            faults.retain(|fault| fault.code != "missing");
        }
        faults.iter_mut().for_each(school_first);
        faults
    }

    /// What the line says instead of an action that its id or its key finds; none when it says nothing new. What it does
    /// not say stays as it is. A line that names the action by its id may give it another key.
    pub fn instead(self, before: &ActionRow) -> Result<Option<NewAction>, Halt> {
        let Self { id, mut body, origin, .. } = self;
        let by_id = id.is_some();
        let kept = &before.content.0;
        let stands = serde_json::to_value(&kept.asked)?;
        let mut wanted = stands.clone();
        // One merged since keeps the key of the one that stands.
        if !by_id {
            take(&mut body, "external_id");
        }
        // What a sheet tells of the past is a paper's, whatever it is called there.
        let taken = take(&mut body, "origin");
        let is_same = |said: &Value| said.as_str() == Some(before.origin.code());
        if let Some(said) = origin.map(Value::from)
            && !is_same(&said)
            && (by_id || !taken.as_ref().is_some_and(is_same))
        {
            body["origin"] = said;
        }
        leave_computed(&kept.asked, &mut body);
        patch::merge(&mut wanted, body);
        let mut new = read(wanted)?;
        let counted = |said: Option<Counts>, known: Option<&Counts>| match (said, known) {
            (Some(said), Some(known)) => Some(said.or(known)),
            (said, known) => said.or_else(|| known.cloned()),
        };
        let sent = std::mem::take(&mut new.schools);
        new.schools = classes::sent_again(sent, &kept.asked.schools, before.counted_by_others(), counted)
            .map_err(|fault| Problem::body(vec![fault]))?;
        let said = new.status.take();
        new.status = said.filter(|said| !is_at(*said, before.status));
        Ok(if serde_json::to_value(&new)? == stands { None } else { Some(new) })
    }
}

/// Why it was declined or cancelled is said with the act: an export shows it, and a line that says another is refused.
pub fn check_reason(said: Option<&String>, before: Option<&ActionRow>) -> Result<(), Halt> {
    let stands = before.and_then(|row| row.content.0.reason.as_ref());
    match said {
        Some(text) if stands.map(|reason| reason.trim()) != Some(text.trim()) => {
            let detail = both(
                "La raison se donne avec l'acte `decline` ou `cancel` : une ligne ne la change pas.",
                "The reason is given with the act `decline` or `cancel`: a line does not change it.",
            );
            Err(Problem::body(vec![Fault::pointer("reason", "by_act", detail)]).into())
        }
        _ => Ok(()),
    }
}

/// An export says the hours computed from the sessions as well: they are no result that anybody declares.
fn leave_computed(asked: &NewAction, body: &mut Value) {
    let declared = asked.results.as_ref().is_some_and(|results| results.session_hours.is_some());
    let said = body.pointer("/results/session_hours").and_then(Value::as_f64).and_then(Hours::of_hours);
    if !declared && said.is_some() && said == asked.session_hours() {
        take(&mut body["results"], "session_hours");
    }
}

/// The same hours, however they are rounded.
fn is_as_long(one: &Value, other: &Value) -> bool {
    let hours = |value: &Value| value.as_f64().and_then(Hours::of_hours);
    hours(one).is_some_and(|length| hours(other) == Some(length))
}

/// The first of several, which has columns of its own as well: those say what the joined cell leaves out, and contradict
/// nothing of it.
pub fn complete_first(items: &mut Value, split: Option<&Value>, joined: &str, pointer: &str) -> Result<(), Halt> {
    let Some(Value::Object(split)) = split else { return Ok(()) };
    let Some(first) = items.get_mut(0) else { return Ok(()) };
    for (member, said) in split {
        match &first[member] {
            Value::Null => first[member] = said.clone(),
            known if known == said || is_as_long(known, said) => {}
            _ => {
                let (one, other) =
                    (format!("{pointer}/0/{member}"), if joined == "schools" { "Établissements" } else { "Séances" });
                let detail = both(
                    format!(
                        "contredit la colonne « {other} » de la même ligne : dites-le dans les deux, ou dans une seule"
                    ),
                    format!("contradicts the column \"{joined}\" of the same line: say it in both, or in one only"),
                );
                // The number of a school is looked up: its column has a name of its own.
                let column = if member == "uai" { "uai".to_owned() } else { one };
                let mut faults = vec![Fault::pointer(column, "invalid", detail)];
                let beside = both(
                    "contredit une autre colonne de la même ligne, qui dit la première à part",
                    "contradicts another column of the same line, which says the first one apart",
                );
                faults.push(Fault::pointer(joined.to_owned(), "invalid", beside));
                return Err(Problem::body(faults).into());
            }
        }
    }
    Ok(())
}
