//! Companies: who they are, where, and whom to call.

use diesel::prelude::*;
use serde_json::Value;

use super::{COMMENT, OWN_KEY, finding, key, take};
use crate::companies::company::{CompanyRow, NewCompany};
use crate::db::schema::companies;
use crate::domain::identifiers::Siret;
use crate::error::Halt;
use crate::http::unit::Unit;
use crate::http::{body, patch};
use crate::sheets::kind::{Column, Done, Form, Kind, Options, Outcome, Reading};
use crate::sheets::layout::DIGEST;

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
        Column {
            field: "id",
            headers: &["Identifiant Passerelle", "id"],
            form: Form::Text,
            required: false,
            about: (
                "Donné par un export : la ligne est cette entreprise",
                "As an export gives it: the line is that company",
            ),
        },
    ],
    places: &[],
    apply,
    others: |_, reading, _| {
        let known: Vec<String> = reading.ill.iter().map(|field| (*field).to_owned()).collect();
        Ok(body::others::<NewCompany>(reading.body, &known))
    },
};

fn apply(unit: &mut Unit<'_>, mut reading: Reading, _: &Options) -> Result<Done, Halt> {
    let request = unit.request.clone();
    let Some(before) = known(unit, &mut reading)? else {
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

/// The company that a line is: by its id, by its key, or else by its SIRET. What is left in the body is what it says of it.
fn known(unit: &mut Unit<'_>, reading: &mut Reading) -> Result<Option<CompanyRow>, Halt> {
    if let Some(before) = finding::own_company(unit, reading.lookups.remove("id"))? {
        return Ok(Some(CompanyRow::lock(unit, before.id)?));
    }
    let owner = unit.request.caller.organisation_id;
    let own = || companies::table.filter(companies::owner_id.eq(owner)).select(CompanyRow::as_select()).into_boxed();
    let says_its_key = reading.body.get("external_id").is_some();
    let key = key(reading);
    if let Some(before) = own().filter(companies::external_id.eq(Some(key))).first(&mut **unit).optional()? {
        return Ok(Some(CompanyRow::lock(unit, before.id)?));
    }
    let Some(siret) = reading.body["siret"].as_str().and_then(|text| text.parse::<Siret>().ok()) else {
        return Ok(None);
    };
    let Some(before) = own().filter(companies::siret.eq(Some(siret))).first(&mut **unit).optional()? else {
        return Ok(None);
    };
    // One that somebody has given another key is not taken for this one.
    let is_given = before.external_id.as_ref().is_some_and(|key| !key.starts_with(DIGEST));
    if says_its_key && is_given {
        return Ok(None);
    }
    if !says_its_key {
        take(&mut reading.body, "external_id");
    }
    Ok(Some(CompanyRow::lock(unit, before.id)?))
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
