//! Companies: who they are, where, and whom to call.

use diesel::prelude::*;
use serde_json::Value;

use super::{COMMENT, OWN_KEY, key};
use crate::companies::company::{CompanyRow, NewCompany};
use crate::db::schema::companies;
use crate::error::Halt;
use crate::http::unit::Unit;
use crate::http::{body, patch};
use crate::sheets::kind::{Column, Done, Form, Kind, Options, Outcome, Reading};

pub const KIND: Kind = Kind {
    name: "companies",
    title: ("Entreprises", "Companies"),
    columns: &[
        Column {
            field: "/name",
            headers: &["Entreprise", "Raison sociale", "Nom", "Nom de l'entreprise", "Société", "name", "company"],
            form: Form::Text,
            required: true,
            about: ("Nom de l'entreprise", "Name of the company"),
        },
        Column {
            field: "/siret",
            headers: &["SIRET", "N° SIRET", "Numéro SIRET"],
            form: Form::Digits(14),
            required: false,
            about: ("Numéro de l'établissement : 14 chiffres", "Number of the establishment: 14 digits"),
        },
        Column {
            field: "/sector_code",
            headers: &["Code NAF", "NAF", "APE", "Code APE", "sector_code"],
            form: Form::Text,
            required: false,
            about: ("Activité, en code NAF : 25.62B", "Activity, as a NAF code: 25.62B"),
        },
        Column {
            field: "/sector",
            headers: &["Secteur", "Activité", "Secteur d'activité", "sector"],
            form: Form::Text,
            required: false,
            about: ("Activité, en mots", "Activity, in words"),
        },
        Column {
            field: "/address",
            headers: &["Adresse", "address"],
            form: Form::Text,
            required: false,
            about: ("Rue et numéro", "Street and number"),
        },
        Column {
            field: "/postcode",
            headers: &["Code postal", "CP", "postcode"],
            form: Form::Digits(5),
            required: false,
            about: ("Cinq chiffres", "Five digits"),
        },
        Column {
            field: "/commune",
            headers: &["Commune", "Ville", "city", "town"],
            form: Form::Text,
            required: false,
            about: ("Commune", "Commune"),
        },
        Column {
            field: "/departement",
            headers: &["Département", "Dept", "Dpt", "departement"],
            form: Form::Digits(2),
            required: false,
            about: ("Code du département : 95, 2A, 974", "Code of the département: 95, 2A, 974"),
        },
        Column {
            field: "/contact/name",
            headers: &["Contact", "Nom du contact", "Interlocuteur", "contact.name"],
            form: Form::Text,
            required: false,
            about: ("Personne ou service à joindre", "Person or service to call"),
        },
        Column {
            field: "/contact/function",
            headers: &["Fonction", "Fonction du contact", "function", "contact.function"],
            form: Form::Text,
            required: false,
            about: ("Sa fonction", "Their function"),
        },
        Column {
            field: "/contact/email",
            headers: &["Courriel", "E-mail", "Email", "Mail", "Mèl", "contact.email"],
            form: Form::Text,
            required: false,
            about: ("Adresse professionnelle", "Professional address"),
        },
        Column {
            field: "/contact/phone",
            headers: &["Téléphone", "Tél", "Tel", "phone", "contact.phone"],
            form: Form::Digits(10),
            required: false,
            about: ("Numéro professionnel", "Professional number"),
        },
        COMMENT,
        OWN_KEY,
    ],
    apply,
};

fn apply(unit: &mut Unit<'_>, mut reading: Reading, _: &Options) -> Result<Done, Halt> {
    let key = key(&mut reading);
    let request = unit.request.clone();
    let known: Option<CompanyRow> = companies::table
        .filter(companies::external_id.eq(Some(key)).and(companies::owner_id.eq(request.caller.organisation_id)))
        .select(CompanyRow::as_select())
        .first(&mut **unit)
        .optional()?;
    let Some(before) = known else {
        name_contact(&mut reading.body);
        let new: NewCompany = body::read(reading.body)?;
        CompanyRow::make(unit.new_id(), new, &request).add(unit)?;
        return Ok(Outcome::Created.into());
    };
    // What the line does not say stays as it is.
    let stands = serde_json::to_value(before.as_new())?;
    let mut wanted = stands.clone();
    patch::merge(&mut wanted, reading.body);
    name_contact(&mut wanted);
    let new: NewCompany = body::read(wanted)?;
    if serde_json::to_value(&new)? == stands {
        return Ok(Outcome::Unchanged.into());
    }
    let made = CompanyRow::make(before.id, new.in_place_of(&before), &request);
    CompanyRow { owner_id: before.owner_id, created_at: before.created_at, ..made }.save(unit, &before)?;
    Ok(Outcome::Updated.into())
}

/// An address or a number without anybody's name is the company's own.
fn name_contact(body: &mut Value) {
    let name = body["name"].clone();
    if let Some(contact) = body.get_mut("contact").and_then(Value::as_object_mut)
        && contact.get("name").is_none_or(Value::is_null)
    {
        contact.insert("name".into(), name);
    }
}
