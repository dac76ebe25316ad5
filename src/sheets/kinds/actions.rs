//! Actions: what was done, where, with whom, and what was counted.
//!
//! A school is named by its number, or by its name and commune; only a school that is meant beyond doubt is taken. What
//! the sheet does not say is not known: it stays null, never 0.

mod again;
mod columns;
mod places;
mod several;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use serde_json::{Value, json};

use self::again::check_reason;
use self::columns::{COLUMNS, PLACES};
use self::several::several;
use super::{finding, key};
use crate::actions::{ActionRow, Desk, actor_at, changed, make, possible_duplicates};
use crate::aggregate::Whole as _;
use crate::conventions::ConventionRow;
use crate::conventions::amendments::pieces::amended_axes;
use crate::conventions::axes::CatalogueItem;
use crate::db::Json;
use crate::db::schema::{articles, axes};
use crate::domain::Id;
use crate::domain::folded::fold;
use crate::error::{Faults, Halt, Place, Problem, both, noted};
use crate::http::unit::Unit;
use crate::sheets::kind::{Done, Kind, Options, Outcome, Reading};

pub const KIND: Kind =
    Kind { name: "actions", title: ("Actions", "Actions"), columns: COLUMNS, places: PLACES, apply, others };

fn apply(unit: &mut Unit<'_>, reading: Reading, options: &Options) -> Result<Done, Halt> {
    let line = match resolved(unit, reading, options, &mut Looked::default())? {
        Ok(line) => line,
        Err(faults) => return Err(Problem::body(faults).into()),
    };
    let mut desk = Desk::default();
    let owner = unit.request.caller.organisation_id;
    let known = match (line.id, &line.key) {
        (None, Some(key)) => ActionRow::of_key(unit, owner, key)?,
        (id, _) => id,
    };
    let Some(id) = known else {
        let row = make(unit, &mut desk, line.new_action()?)?.insert(unit)?;
        return done(unit, Outcome::Created, &row);
    };
    let before = ActionRow::lock(unit, id)?;
    let Some(new) = line.instead(&before)? else { return done(unit, Outcome::Unchanged, &before) };
    let actor = actor_at(unit, &mut desk, &before)?;
    let row = changed(unit, &mut desk, &before, actor, new)?.save(unit, &before)?;
    done(unit, Outcome::Updated, &row)
}

/// What else is wrong with a line some of whose cells cannot be read.
fn others(unit: &mut Unit<'_>, reading: Reading, options: &Options) -> Result<Faults, Halt> {
    match resolved(unit, reading, options, &mut Looked::default()) {
        Ok(Ok(line)) => Ok(line.others(&[])),
        Ok(Err(faults)) => Ok(faults),
        Err(Halt::Problem(problem)) => Ok(problem.faults),
        Err(other) => Err(other),
    }
}

/// An action that came in, with what the rules flagged and those that may be the same one.
fn done(unit: &mut Unit<'_>, outcome: Outcome, row: &ActionRow) -> Result<Done, Halt> {
    let caller = unit.request.caller.clone();
    let twins = possible_duplicates(unit, &caller, row)?;
    let possible_duplicates = twins.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let own = Some(serde_json::to_value(row.as_twin())?);
    Ok(Done { outcome, warnings: row.content.0.warnings.clone(), possible_duplicates, own })
}

/// What was looked up for the lines before.
#[derive(Debug, Default)]
pub struct Looked {
    conventions: HashMap<Option<String>, Id>,
    axes: HashMap<Id, Vec<AxisKnown>>,
    schools: HashMap<Vec<Option<String>>, String>,
}

#[derive(Debug, Clone)]
struct AxisKnown {
    id: Id,
    /// As it was signed, then as amendments made it.
    labels: Vec<String>,
    article: String,
    catalogue: Vec<(Id, String)>,
}

/// A line whose words are looked up.
pub struct Resolved {
    /// The action that it is; an export says so.
    pub id: Option<Id>,
    /// Its key when it has no id. A caller that acts for no organisation has no keys.
    pub key: Option<String>,
    pub body: Value,
    /// The origin that its own cell gives.
    pub origin: Option<String>,
}

/// The body that a line stands for, what it names in words looked up; all that is wrong with it otherwise, but for the
/// cells that could not be read.
pub fn resolved(
    unit: &mut Unit<'_>,
    mut reading: Reading,
    options: &Options,
    looked: &mut Looked,
) -> Result<Result<Resolved, Faults>, Halt> {
    let mut faults = Faults::new();
    let before = noted(finding::action(unit, reading.lookups.remove("id")), &mut faults)?.flatten();
    let key = match (&before, unit.request.caller.organisation_id) {
        (Some(_), _) => None,
        (None, Some(_)) => Some(key(&mut reading)),
        (None, None) => reading.body["external_id"].as_str().map(str::to_owned),
    };
    let convention = match (&before, reading.lookups.get("convention")) {
        (Some(before), None) => Some(before.convention_id),
        (_, named) => noted(convention(unit, named, options, looked), &mut faults)?,
    };
    reading.body["convention_id"] = json!(convention);
    if let (Some(convention), false) = (convention, reading.ill.contains(&"axis")) {
        let text = reading.lookups.get("axis").map_or("", String::as_str);
        if let Some(axis) = noted(axis(unit, convention, text, looked), &mut faults)? {
            reading.body["axis_id"] = json!(axis.id);
            noted(catalogue(&mut reading, &axis), &mut faults)?;
        }
    }
    noted(places::place(unit, &mut reading, looked), &mut faults)?;
    // The company that it has is not looked for: it may be another organisation's.
    let kept = |name: &String| before.as_ref().is_some_and(|row| row.content.0.host_company.as_ref() == Some(name));
    if let Some(name) = reading.lookups.remove("host_company").filter(|name| !kept(name)) {
        let company = finding::company(unit, &BTreeMap::from([("company", name)]));
        if let Some(company) = noted(company.map_err(|halt| moved(halt, "host_company")), &mut faults)? {
            reading.body["host_company_id"] = json!(company.id);
        }
    }
    noted(several(&mut reading), &mut faults)?;
    noted(check_reason(reading.lookups.get("reason"), before.as_ref()), &mut faults)?;
    let said = reading.body["origin"].as_str().map(str::to_owned);
    reading.body["origin"] = json!(origin(&reading.body, options));
    let line = Resolved { id: before.map(|row| row.id), key, body: reading.body, origin: said };
    if faults.is_empty() && reading.ill.is_empty() {
        return Ok(Ok(line));
    }
    let of_columns = faults.iter().filter_map(|fault| match &fault.place {
        Place::Pointer(place) => Some(place.as_str()),
        _ => None,
    });
    // An axis is looked for under its convention only.
    let looked_up = ["/convention_id", "/axis_id"];
    let known: Vec<String> = reading.ill.iter().copied().chain(of_columns).chain(looked_up).map(member).collect();
    faults.append(&mut line.others(&known));
    Ok(Err(faults))
}

/// The member of the body that a column fills.
fn member(column: &str) -> String {
    let filled = match column {
        "convention" => "/convention_id",
        "axis" => "/axis_id",
        "catalogue" => "/catalogue_item_id",
        "uai" | "school" | "schools" | "counts" => "/schools",
        "sessions" => "/sessions",
        "measures" => "/inclusion",
        "host_company" => "/host_company_id",
        "territory" => "/territory",
        "offers" => "/offers",
        other => other,
    };
    filled.to_owned()
}

/// The item of the axis's catalogue that a line names.
fn catalogue(reading: &mut Reading, axis: &AxisKnown) -> Result<(), Halt> {
    let Some(text) = reading.lookups.get("catalogue") else { return Ok(()) };
    let item = axis.catalogue.iter().find(|(_, label)| fold(label) == fold(text)).ok_or_else(|| {
        finding::unknown("catalogue", both("pas au catalogue de l'axe", "not in the catalogue of the axis"))
    })?;
    reading.body["catalogue_item_id"] = json!(item.0);
    Ok(())
}

/// The same refusal, in another column.
fn moved(mut halt: Halt, column: &str) -> Halt {
    if let Halt::Problem(problem) = &mut halt {
        for fault in &mut problem.faults {
            fault.place = Place::Pointer(column.to_owned());
        }
    }
    halt
}

/// What came before is told from what is entered as it goes: a state or counts of what took place are taken from a paper.
fn origin(body: &Value, options: &Options) -> &'static str {
    let took_place = matches!(body["status"].as_str(), Some("held" | "reported"))
        || body.get("results").is_some()
        || body["schools"]
            .as_array()
            .is_some_and(|schools| schools.iter().any(|school| school.get("counts").is_some()));
    match (body["origin"].as_str(), options.legacy, took_place) {
        (_, true, _) | (Some("legacy"), ..) => "legacy",
        (_, false, true) | (Some("paper"), ..) => "paper",
        (_, false, false) => "live",
    }
}

/// The convention of a line, within the caller's perimeter.
fn convention(unit: &mut Unit<'_>, named: Option<&String>, options: &Options, looked: &mut Looked) -> Result<Id, Halt> {
    if let Some(known) = looked.conventions.get(&named.cloned()) {
        return Ok(*known);
    }
    let id = finding::convention(unit, named.map(String::as_str), options)?;
    let request = unit.request.clone();
    match ConventionRow::find(unit, &request, id) {
        Ok(_) => {}
        Err(Halt::Problem(_)) => {
            return Err(finding::unknown(
                "convention",
                both("aucune convention de ce nom dans votre périmètre", "no such convention within your perimeter"),
            ));
        }
        Err(other) => return Err(other),
    }
    looked.conventions.insert(named.cloned(), id);
    Ok(id)
}

/// The axis of a convention by its label, or by the number of its article.
fn axis(unit: &mut Unit<'_>, convention: Id, text: &str, looked: &mut Looked) -> Result<AxisKnown, Halt> {
    if let Entry::Vacant(unknown) = looked.axes.entry(convention) {
        type Columns = (Id, String, String, Json<Vec<CatalogueItem>>);
        let rows: Vec<Columns> = axes::table
            .inner_join(articles::table.on(articles::id.eq(axes::article_id)))
            .filter(axes::convention_id.eq(convention))
            .order((axes::position, axes::id))
            .select((axes::id, axes::label, articles::number, axes::catalogue))
            .load(&mut **unit)?;
        let known = |(id, label, article, catalogue): Columns| AxisKnown {
            id,
            labels: vec![label],
            article,
            catalogue: catalogue.0.into_iter().map(|item| (item.id, item.label)).collect(),
        };
        let mut all: Vec<AxisKnown> = rows.into_iter().map(known).collect();
        // What amendments made of them too: whether it is in force on its date, the rules say of each action.
        for later in amended_axes(unit, convention)? {
            if let Some(axis) = all.iter_mut().find(|axis| axis.id == later.id) {
                axis.labels.push(later.label);
                axis.catalogue.extend(later.catalogue.0.into_iter().map(|item| (item.id, item.label)));
            }
        }
        unknown.insert(all);
    }
    let all = looked.axes.get(&convention).map(Vec::as_slice).unwrap_or_default();
    let wanted = fold(text);
    let number = ["article ", "art "].iter().find_map(|start| wanted.strip_prefix(start)).unwrap_or(&wanted);
    let by_label = all.iter().filter(|axis| axis.labels.iter().any(|label| fold(label) == wanted)).collect::<Vec<_>>();
    let by_number = || all.iter().find(|axis| fold(&axis.article) == number);
    let by_id = || all.iter().find(|axis| text.parse() == Ok(axis.id));
    let found = match by_label.as_slice() {
        [one] => Some(*one),
        _ => by_number().or_else(by_id),
    };
    found.cloned().ok_or_else(|| {
        let all: Vec<_> = all.iter().map(|axis| format!("{} (article {})", axis.labels[0], axis.article)).collect();
        let all = all.join(", ");
        finding::unknown(
            "axis",
            both(format!("aucun axe de ce nom ; axes : {all}"), format!("no such axis; axes: {all}")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_action_comes_from() {
        let legacy = Options { legacy: true, ..Options::default() };
        assert_eq!(origin(&json!({}), &legacy), "legacy");
        assert_eq!(origin(&json!({}), &Options::default()), "live");
        assert_eq!(origin(&json!({ "status": "planned" }), &Options::default()), "live");
        assert_eq!(origin(&json!({ "status": "held" }), &Options::default()), "paper");
        assert_eq!(origin(&json!({ "results": { "pupils": 3 } }), &Options::default()), "paper");
        assert_eq!(origin(&json!({ "origin": "live", "status": "reported" }), &Options::default()), "paper");
        assert_eq!(origin(&json!({ "origin": "legacy" }), &Options::default()), "legacy");
    }
}
