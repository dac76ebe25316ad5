//! Contacts made with companies, and the places they brought.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{COMMENT, OWN_KEY, finding, key, take};
use crate::companies::company::CompanyRow;
use crate::companies::contacts::contact::{ContactRow, NewCompanyContact};
use crate::db::schema::{companies, company_contacts as contacts};
use crate::error::Halt;
use crate::http::unit::Unit;
use crate::http::{body, patch};
use crate::sheets::kind::{Column, Done, Form, Kind, Options, Outcome, Reading};

pub const KIND: Kind = Kind {
    name: "contacts",
    title: ("Contacts", "Contacts"),
    columns: &[
        Column {
            field: "company",
            headers: &["Entreprise", "Raison sociale", "Nom de l'entreprise", "Société", "company"],
            form: Form::Text,
            required: false,
            about: (
                "Nom de l'entreprise, déjà importée ; ou son SIRET",
                "Name of the company, imported before; or its SIRET",
            ),
        },
        Column {
            field: "siret",
            headers: &["SIRET", "N° SIRET", "Numéro SIRET"],
            form: Form::Digits(14),
            required: false,
            about: ("Numéro de l'établissement : 14 chiffres", "Number of the establishment: 14 digits"),
        },
        Column {
            field: "commune",
            headers: &["Commune", "Ville", "city", "town"],
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
        COMMENT,
        OWN_KEY,
    ],
    apply,
};

fn apply(unit: &mut Unit<'_>, mut reading: Reading, options: &Options) -> Result<Done, Halt> {
    let key = key(&mut reading);
    let request = unit.request.clone();
    let company = finding::company(unit, &reading.lookups)?;
    let convention = finding::convention(unit, reading.lookups.get("convention").map(String::as_str), options)?;
    reading.body["convention_id"] = json!(convention);
    settle_places(&mut reading.body);
    let known: Option<ContactRow> = contacts::table
        .filter(contacts::external_id.eq(Some(key)).and(contacts::owner_id.eq(request.caller.organisation_id)))
        .select(ContactRow::as_select())
        .first(&mut **unit)
        .optional()?;
    let Some(before) = known else {
        let new: NewCompanyContact = body::read(reading.body)?;
        let mut row = ContactRow::make(unit.new_id(), &company, new, &request);
        row.check(unit)?;
        row.add(unit, &company)?;
        return Ok(Outcome::Created.into());
    };
    // It stays with the company that it was made with.
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
