//! Contacts made with companies, and the places they brought.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{COMMENT, OWN_KEY, finding, key, take};
use crate::companies::company::CompanyRow;
use crate::companies::contacts::by_level;
use crate::companies::contacts::contact::{ContactRow, NewCompanyContact, ObtainedPlaces};
use crate::db::schema::{companies, company_contacts as contacts};
use crate::error::{Faults, Halt, both};
use crate::http::unit::Unit;
use crate::http::{body, patch};
use crate::sheets::kind::{Column, Done, Form, Kind, Options, Outcome, Reading};

pub const KIND: Kind = Kind {
    name: "contacts",
    title: ("Contacts", "Contacts"),
    columns: &[
        Column {
            field: "company",
            headers: &["Entreprise", "Raison sociale", "Nom de l'entreprise", "Société", "company", "company.name"],
            form: Form::Text,
            required: false,
            about: (
                "Nom de l'entreprise, déjà importée ; ou son SIRET",
                "Name of the company, imported before; or its SIRET",
            ),
        },
        Column {
            field: "siret",
            headers: &["SIRET", "N° SIRET", "Numéro SIRET", "company.siret"],
            form: Form::Digits(14),
            required: false,
            about: ("Numéro de l'établissement : 14 chiffres", "Number of the establishment: 14 digits"),
        },
        Column {
            field: "commune",
            headers: &["Commune", "Ville", "city", "town", "company.commune"],
            form: Form::Text,
            required: false,
            about: ("Commune de l'entreprise, quand deux ont le même nom", "Its commune, when two have the same name"),
        },
        Column {
            field: "convention",
            headers: &["Convention", "convention_id"],
            form: Form::Text,
            required: false,
            about: ("Référence, clé ou identifiant de la convention", "Reference, key or id of the convention"),
        },
        Column {
            field: "/occurred_on",
            headers: &["Date", "Date du contact", "Jour", "day", "occurred_on"],
            form: Form::Date,
            required: true,
            about: ("Jour du contact", "Day of the contact"),
        },
        Column {
            field: "/means",
            headers: &["Moyen", "Mode de contact", "means"],
            form: Form::Code("contact_means"),
            required: true,
            about: ("Comment l'entreprise a été jointe", "How the company was contacted"),
        },
        Column {
            field: "/purpose",
            headers: &["Objet", "Objet du contact", "purpose"],
            form: Form::Code("contact_purpose"),
            required: true,
            about: ("Ce qui a été demandé", "What was asked for"),
        },
        Column {
            field: "/outcome",
            headers: &["Suite", "Résultat", "Réponse", "outcome"],
            form: Form::Code("contact_outcome"),
            required: true,
            about: ("Ce que l'entreprise a répondu", "What the company said"),
        },
        Column {
            field: "/places/0/level",
            headers: &["Niveau", "level"],
            form: Form::Code("school_level"),
            required: false,
            about: ("Niveau des places obtenues", "Level of the places obtained"),
        },
        Column {
            field: "/places/0/places",
            headers: &["Places", "Places obtenues", "Nombre de places", "places"],
            form: Form::Integer,
            required: false,
            about: ("Places obtenues", "Places obtained"),
        },
        Column {
            field: "/places/0/of_which_rep",
            headers: &["Dont REP", "Places REP", "of_which_rep"],
            form: Form::Integer,
            required: false,
            about: ("Dont places pour des élèves de REP", "Of which for pupils of REP schools"),
        },
        Column {
            field: "/places/0/of_which_rep_plus",
            headers: &["Dont REP plus", "Places REP plus", "of_which_rep_plus"],
            form: Form::Integer,
            required: false,
            about: ("Dont places pour des élèves de REP+", "Of which for pupils of REP+ schools"),
        },
        by_level(
            "places_by_level",
            &["Places par niveau", "places_by_level"],
            ("3e: 6 | 2de_gt: 4", "3e: 6 | 2de_gt: 4"),
        ),
        by_level(
            "places_rep_by_level",
            &["Dont REP par niveau", "places_rep_by_level"],
            ("Dont places pour des élèves de REP : 3e: 2", "Of which for pupils of REP schools: 3e: 2"),
        ),
        by_level(
            "places_rep_plus_by_level",
            &["Dont REP plus par niveau", "places_rep_plus_by_level"],
            ("Dont places pour des élèves de REP+ : 3e: 1", "Of which for pupils of REP+ schools: 3e: 1"),
        ),
        COMMENT,
        OWN_KEY,
        Column {
            field: "id",
            headers: &["Identifiant Passerelle", "id"],
            form: Form::Text,
            required: false,
            about: ("Donné par un export : la ligne est ce contact", "As an export gives it: the line is that contact"),
        },
    ],
    places: &[("/convention_id", &["convention"]), ("/places", &["/places/0/places", "places_by_level"])],
    apply,
    others: |_, reading, _| Ok(others(reading)),
};

/// A column of what each level has: an export gives several in one cell.
const fn by_level(
    field: &'static str,
    headers: &'static [&'static str],
    about: (&'static str, &'static str),
) -> Column {
    Column { field, headers, form: Form::Text, required: false, about }
}

fn apply(unit: &mut Unit<'_>, mut reading: Reading, options: &Options) -> Result<Done, Halt> {
    let request = unit.request.clone();
    let mut known = finding::own_contact(unit, reading.lookups.remove("id"))?;
    // It stays with the company that it was made with, and under its convention unless another one is named.
    let company: CompanyRow = match &known {
        Some(before) => companies::table.find(before.company_id).select(CompanyRow::as_select()).first(&mut **unit)?,
        None => finding::company(unit, &reading.lookups)?,
    };
    let named = reading.lookups.get("convention").map(String::as_str);
    let convention = match (&known, named) {
        (Some(before), None) => before.convention_id,
        _ => finding::convention(unit, named, options)?,
    };
    settle_places(&mut reading.body);
    places_of_levels(&mut reading)?;
    if known.is_none() {
        let key = key(&mut reading);
        known = contacts::table
            .filter(contacts::external_id.eq(Some(key)).and(contacts::owner_id.eq(request.caller.organisation_id)))
            .select(ContactRow::as_select())
            .first(&mut **unit)
            .optional()?;
    }
    reading.body["convention_id"] = json!(convention);
    let Some(before) = known else {
        let new: NewCompanyContact = body::read(reading.body)?;
        let mut row = ContactRow::make(unit.new_id(), &company, new, &request);
        row.check(unit)?;
        row.add(unit, &company)?;
        return Ok(Outcome::Created.into());
    };
    // One that its key finds stays with its company too.
    let company: CompanyRow =
        companies::table.find(before.company_id).select(CompanyRow::as_select()).first(&mut **unit)?;
    let stands = serde_json::to_value(before.as_new())?;
    let mut wanted = stands.clone();
    patch::merge(&mut wanted, reading.body);
    let new: NewCompanyContact = body::read(wanted)?;
    if serde_json::to_value(&new)? == stands {
        return Ok(Outcome::Unchanged.into());
    }
    let made = ContactRow::make(before.id, &company, new, &request);
    let changed = ContactRow { owner_id: before.owner_id, created_at: before.created_at, ..made };
    changed.check(unit)?;
    changed.save(unit, &company, &before)?;
    Ok(Outcome::Updated.into())
}

/// What else is wrong with a line some of whose cells cannot be read.
fn others(mut reading: Reading) -> Faults {
    settle_places(&mut reading.body);
    // What is looked up is known to be so much only as its line is read.
    let known = reading.ill.iter().copied().chain(["/convention_id", "/places"]).map(str::to_owned).collect::<Vec<_>>();
    body::others::<NewCompanyContact>(reading.body, &known)
}

/// One of the counts of a level.
type PlacesOf = fn(&mut ObtainedPlaces) -> &mut Option<i64>;

/// Places of several levels, in one cell each: those of a level that says no REP have none on record.
fn places_of_levels(reading: &mut Reading) -> Result<(), Halt> {
    let mut read = |column: &'static str| match reading.lookups.remove(column) {
        None => Ok(Vec::new()),
        Some(text) => by_level::read(&text).ok_or_else(|| {
            let detail = both(
                "attendu, par niveau : 3e: 6 | 2de_gt: 4 ; chaque niveau une fois",
                "expected, by level: 3e: 6 | 2de_gt: 4; each level once",
            );
            finding::unknown(column, detail)
        }),
    };
    let mut lines: Vec<ObtainedPlaces> = read("places_by_level")?
        .into_iter()
        .map(|(level, places)| ObtainedPlaces { level, places, of_which_rep: None, of_which_rep_plus: None })
        .collect();
    let columns: [(&str, PlacesOf); 2] = [
        ("places_rep_by_level", |line| &mut line.of_which_rep),
        ("places_rep_plus_by_level", |line| &mut line.of_which_rep_plus),
    ];
    for (column, of_which) in columns {
        for (level, count) in read(column)? {
            let Some(line) = lines.iter_mut().find(|line| line.level == level) else {
                let detail = both(
                    format!("« {level} » n'a pas de places dans « Places par niveau »"),
                    format!("\"{level}\" has no places in places_by_level"),
                );
                return Err(finding::unknown(column, detail));
            };
            *of_which(line) = Some(count);
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    if reading.body.get("places").is_some() {
        let detail = both(
            "le niveau et ses places sont dits deux fois : par « Places », et par niveau",
            "places are said twice: by \"places\", and by level",
        );
        return Err(finding::unknown("places_by_level", detail));
    }
    reading.body["places"] = json!(lines);
    Ok(())
}

/// No place is no line of places; a sequence in 3e says its level by its name.
fn settle_places(body: &mut Value) {
    let observation_3e = body["purpose"] == "observation_3e";
    let Some(line) = body.get_mut("places").and_then(|places| places.get_mut(0)) else { return };
    if line["places"].as_i64().is_none_or(|places| places == 0) {
        take(body, "places");
    } else if line.get("level").is_none() && observation_3e {
        line["level"] = json!("3e");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_settled() {
        let settled = |mut body: Value| {
            settle_places(&mut body);
            body
        };
        let with = |purpose: &str, line: Value| json!({ "purpose": purpose, "places": [line] });
        let kept = settled(with("observation_3e", json!({ "places": 3 })));
        assert_eq!(kept["places"], json!([{ "places": 3, "level": "3e" }]));
        assert_eq!(settled(with("pfmp", json!({ "places": 3 })))["places"], json!([{ "places": 3 }]));
        assert!(settled(with("pfmp", json!({ "places": 0, "level": "cap" }))).get("places").is_none());
        assert!(settled(with("pfmp", json!({ "level": "cap" }))).get("places").is_none());
        assert_eq!(settled(json!({ "purpose": "pfmp" })), json!({ "purpose": "pfmp" }));
    }
}
