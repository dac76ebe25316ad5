//! What a line names in words: a company, a convention. One is found, or the line is refused with what there is.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::actions::ActionRow;
use crate::companies::company::CompanyRow;
use crate::companies::contacts::contact::ContactRow;
use crate::db::schema::{companies, company_contacts as contacts, conventions, parties};
use crate::domain::Id;
use crate::domain::bilingual::Bilingual;
use crate::domain::folded::fold;
use crate::domain::identifiers::Siret;
use crate::error::{Fault, Halt, Problem, both};
use crate::http::unit::Unit;
use crate::sheets::kind::Options;

/// A fault in the column of a lookup.
pub fn unknown(column: &str, detail: Bilingual) -> Halt {
    Problem::body(vec![Fault::pointer(column, "unknown_reference", detail)]).into()
}

/// The company of one's own that a line gives the id of.
pub fn own_company(unit: &mut Unit<'_>, id: Option<String>) -> Result<Option<CompanyRow>, Halt> {
    let Some(id) = read_id(id)? else { return Ok(None) };
    let own = companies::owner_id.eq(unit.request.caller.organisation_id);
    let found = companies::table.find(id).filter(own).select(CompanyRow::as_select()).first(&mut **unit).optional()?;
    found.map(Some).ok_or_else(|| {
        let detail = both(
            "aucune de vos entreprises n'a cet identifiant ; sans lui, la ligne en crée une",
            "no company of yours has this id; without it, the line makes a new one",
        );
        unknown("id", detail)
    })
}

/// The contact of one's own that a line gives the id of.
pub fn own_contact(unit: &mut Unit<'_>, id: Option<String>) -> Result<Option<ContactRow>, Halt> {
    let Some(id) = read_id(id)? else { return Ok(None) };
    let own = contacts::owner_id.eq(unit.request.caller.organisation_id);
    let found = contacts::table.find(id).filter(own).select(ContactRow::as_select()).first(&mut **unit).optional()?;
    found.map(Some).ok_or_else(|| {
        let detail = both(
            "aucun de vos contacts n'a cet identifiant ; sans lui, la ligne en crée un",
            "no contact of yours has this id; without it, the line makes a new one",
        );
        unknown("id", detail)
    })
}

fn read_id(text: Option<String>) -> Result<Option<Id>, Halt> {
    let read = |text: String| {
        text.trim().parse().map_err(|_| {
            let detail = both(
                "ce n'est pas un identifiant donné par un export ; votre propre clé va dans « Identifiant externe »",
                "this is no id of an export; a key of your own goes into external_id",
            );
            unknown("id", detail)
        })
    };
    text.map(read).transpose()
}

/// The organisation's company of that SIRET, or of that name and commune.
pub fn company(unit: &mut Unit<'_>, lookups: &BTreeMap<&'static str, String>) -> Result<CompanyRow, Halt> {
    let owner = unit.request.caller.organisation_id;
    let own = || companies::table.filter(companies::owner_id.eq(owner)).select(CompanyRow::as_select()).into_boxed();
    if let Some(text) = lookups.get("siret") {
        let siret: Siret =
            text.parse().map_err(|_| unknown("siret", both("ce n'est pas un SIRET", "this is no SIRET")))?;
        let found = own().filter(companies::siret.eq(Some(siret))).first(&mut **unit).optional()?;
        return found.ok_or_else(|| {
            unknown("siret", both("aucune entreprise importée n'a ce SIRET", "no company imported has this SIRET"))
        });
    }
    let Some(name) = lookups.get("company") else {
        return Err(unknown(
            "company",
            both("le nom de l'entreprise ou son SIRET", "the name of the company or its SIRET"),
        ));
    };
    let mut found: Vec<CompanyRow> =
        own().filter(companies::name_key.eq(fold(name))).order(companies::id).limit(20).load(&mut **unit)?;
    if let Some(commune) = lookups.get("commune") {
        found.retain(|company| company.commune.as_deref().is_none_or(|there| fold(there) == fold(commune)));
    }
    match found.len() {
        1 => found.pop().ok_or_else(Halt::not_found),
        0 => Err(unknown(
            "company",
            both(
                "aucune entreprise importée n'a ce nom : importez les entreprises d'abord",
                "no company imported has this name: import the companies first",
            ),
        )),
        _ => {
            let there: Vec<_> =
                found.iter().map(|c| format!("{} ({})", c.name, c.commune.as_deref().unwrap_or("?"))).collect();
            let there = there.join(", ");
            Err(unknown(
                "company",
                both(format!("plusieurs entreprises : {there}"), format!("several companies: {there}")),
            ))
        }
    }
}

/// The action that a line gives the id of.
pub fn action(unit: &mut Unit<'_>, id: Option<String>) -> Result<Option<ActionRow>, Halt> {
    let Some(text) = id else { return Ok(None) };
    let id: Id = text.trim().parse().map_err(|_| {
        let detail = both(
            "ce n'est pas l'identifiant d'une action ; votre propre clé va dans « Identifiant externe »",
            "this is no action's id; a key of your own goes into external_id",
        );
        unknown("id", detail)
    })?;
    let request = unit.request.clone();
    match ActionRow::find(unit, &request, id) {
        Err(Halt::Problem(problem)) if problem.entry.code == "not_found" => {
            let detail = both(
                "aucune action de cet identifiant dans votre périmètre ; sans lui, la ligne en crée une",
                "no action of this id within your perimeter; without it, the line makes a new one",
            );
            Err(unknown("id", detail))
        }
        found => found.map(Some),
    }
}

/// The convention that a line names (by id, reference or key), that of the command line, or the only one that the
/// organisation is party to.
pub fn convention(unit: &mut Unit<'_>, named: Option<&str>, options: &Options) -> Result<Id, Halt> {
    if let Some(text) = named {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let found: Vec<Id> = conventions::table
            .filter(conventions::reference.eq(Some(text)).or(conventions::external_id.eq(Some(text))))
            .select(conventions::id)
            .limit(2)
            .load(&mut **unit)?;
        return match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(unknown(
                "convention",
                both("aucune convention n'a cette référence", "no convention has this reference"),
            )),
            _ => Err(unknown(
                "convention",
                both("plusieurs conventions ont cette référence", "several conventions have this reference"),
            )),
        };
    }
    if let Some(id) = options.convention {
        return Ok(id);
    }
    let mine = unit.request.caller.organisation_id.unwrap_or_else(|| Id::from_bytes([0; 16]));
    let found: Vec<Id> = parties::table
        .filter(parties::organisation_id.eq(mine))
        .select(parties::convention_id)
        .distinct()
        .limit(2)
        .load(&mut **unit)?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(unknown(
            "convention",
            both("cet organisme n'est partie à aucune convention", "this organisation is party to no convention"),
        )),
        _ => Err(unknown(
            "convention",
            both(
                "dites sous laquelle : une colonne « Convention », ou --convention ID (convention_id dans l'API)",
                "say under which one: a column \"Convention\", or --convention ID (convention_id in the API)",
            ),
        )),
    }
}
