//! What the demo is filled with, through the same functions as the API: the bodies below are what a client would post.
//!
//! Two units of work: the convention with its organisations, then what happens under it ([`field`]); each whole or not at
//! all. A second start finds the organisations and actions by their keys, the convention by its text and the clients by
//! their names; it makes again only what is missing.

mod field;

use std::sync::Arc;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::out::Stop;
use crate::aggregate::{self, Piece, Whole as _};
use crate::app::App;
use crate::auth::clients::{self, Client, NewClient};
use crate::clock::Clock;
use crate::conventions::articles::Article;
use crate::conventions::axes::Axis;
use crate::conventions::contacts::NetworkContact;
use crate::conventions::content::Pieces;
use crate::conventions::imports::{self, Read};
use crate::conventions::parties::Party;
use crate::conventions::{ConventionRow, acts, signatures};
use crate::db::schema::organisations;
use crate::domain::{CivilDate, Id};
use crate::error::Halt;
use crate::http::body;
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::organisations::organisation::OrganisationRow;
use crate::organisations::representatives::Representative;

/// The demo's convention: fictional, in the forms of the genre.
const CONVENTION: &str = include_str!("demo_convention.txt");

/// What was planted, or found again.
#[derive(Debug, Clone)]
pub struct Seeded {
    pub convention_id: Id,
    /// One a role, in the order they are shown.
    pub clients: Vec<Client>,
    /// Members of the convention that a first call shows.
    pub expected: String,
}

/// Fills the database, or finds what an earlier start put there.
pub async fn plant(app: &App) -> Result<Seeded, Stop> {
    let request = Arc::new(by_operator(app));
    let (ids, today) = (app.ids.clone(), app.clock.today());
    let read = Read::of(CONVENTION, "text/plain");
    let planted = app.db.write(true, move |c| fill(&mut Unit::new(c, request, ids, false), &read, today));
    let seeded = planted.await.map_err(Stop::from)?;
    field::plant(app, &seeded, by_operator(app)).await?;
    Ok(seeded)
}

/// What is planted is of the real day: `--today` may be earlier than the signatures.
fn by_operator(app: &App) -> Request {
    let mut request = Request::by_operator(app);
    request.today = Clock::System { civil: None }.today();
    request
}

/// The organisations of the demo.
struct Organisations {
    ministry: Id,
    association: Id,
    versailles: Id,
}

fn fill(unit: &mut Unit<'_>, read: &Read, today: CivilDate) -> Result<Seeded, Halt> {
    let organisations = organisations(unit)?;
    // They come first: the importer matches parties by SIRET or RNA.
    let imported = imports::import(unit, read, None)?;
    let convention_id =
        imported.convention.map(|c| c.id).ok_or_else(|| broken("the demo's text makes no convention"))?;
    if imported.created {
        sign(unit, convention_id, &imported.parsed)?;
        contacts(unit, convention_id)?;
        decline(unit, convention_id, &organisations)?;
    }
    let clients = clients(unit, &organisations)?;
    let request = unit.request.clone();
    let row = ConventionRow::find(unit, &request, convention_id)?;
    let seen = acts::view(unit, &request, row, today)?;
    let last_day = seen.last_day.map(|day| day.to_string()).unwrap_or_default();
    let expected = format!("\"status\":\"{}\" and \"last_day\":\"{last_day}\"", seen.status);
    Ok(Seeded { convention_id, clients, expected })
}

fn organisations(unit: &mut Unit<'_>) -> Result<Organisations, Halt> {
    let ministry = json!({
        "kind": "ministry", "name": "Ministère de l'éducation nationale et de la jeunesse", "short_name": "MENJ",
        "siret": "11004301500012", "address": "110 rue de Grenelle - 75357 Paris SP 07", "external_id": "demo:ministry",
    });
    let association = json!({
        "kind": "association", "name": "Passeurs de Métiers", "legal_form": "association loi 1901",
        "siret": "99900071400017", "rna": "W751234567", "address": "14 rue des Ateliers - 75011 Paris",
        "public_utility": true, "external_id": "demo:association",
        "accreditation": { "level": "national", "from": "2023-09-01", "until": "2028-08-31" },
    });
    let versailles =
        json!({ "kind": "academie", "name": "Académie de Versailles", "external_id": "demo:academie-versailles" });
    let lille = json!({ "kind": "academie", "name": "Académie de Lille", "external_id": "demo:academie-lille" });
    organisation(unit, lille, ("Odile Fauvergue", "rectrice"))?;
    Ok(Organisations {
        ministry: organisation(
            unit,
            ministry,
            ("Hélène Vasseur-Morand", "directrice générale de l'enseignement scolaire"),
        )?,
        association: organisation(unit, association, ("Bertrand Delacourt-Lemoine", "président de l'association"))?,
        versailles: organisation(unit, versailles, ("Marc-Antoine Thévenard", "recteur"))?,
    })
}

/// Finds an organisation by its key, or makes it with who represents it.
fn organisation(unit: &mut Unit<'_>, new: Value, (name, function): (&str, &str)) -> Result<Id, Halt> {
    let key = new["external_id"].as_str().map(str::to_owned);
    let known: Option<Id> = organisations::table
        .filter(organisations::external_id.eq(key).and(organisations::owner_id.is_null().nullable()))
        .select(organisations::id)
        .first(&mut **unit)
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let request = unit.request.clone();
    let mut row = OrganisationRow::make(unit.new_id(), body::read(new)?, &request);
    row.add(unit)?;
    add::<Representative>(unit, row.id, json!({ "name": name, "function": function, "mandate_from": "2023-09-01" }))?;
    Ok(row.id)
}

/// Adds a piece as its `POST` does.
fn add<P: Piece>(unit: &mut Unit<'_>, whole: Id, new: Value) -> Result<P, Halt> {
    let whole = P::Whole::lock(unit, whole)?;
    whole.check_state(unit)?;
    let (piece, _) = aggregate::add::<P>(unit, whole, body::read(new)?)?;
    Ok(piece)
}

/// Confirms what the importer proposed, and records that both parties signed on the day the text says.
fn sign(unit: &mut Unit<'_>, convention: Id, parsed: &Value) -> Result<(), Halt> {
    let row = ConventionRow::lock(unit, convention)?;
    let mut row = acts::confirm_all(unit, row)?;
    for party in Pieces::load(unit, convention)?.parties {
        let new = body::read(json!({
            "party_id": party.id, "signatory": party.representative, "function": party.representative_function,
            "signed_on": parsed["signature_date"], "place": parsed["signature_place"],
            "content_hash": row.content_hash, "proof": "Original au registre des conventions (fictif)",
        }))?;
        (_, row) = signatures::record(unit, row, new)?;
    }
    Ok(())
}

fn contacts(unit: &mut Unit<'_>, convention: Id) -> Result<(), Halt> {
    for (network, territory, name, email) in [
        ("drafpic", "region:11", "DRAFPIC d'Île-de-France", "drafpic@region-academique-idf.example"),
        ("dafpic", "academie:25", "DAFPIC de Versailles", "dafpic@ac-versailles.example"),
        ("cmee", "academie:25", "Mission école-entreprise de Versailles", "ecole-entreprise@ac-versailles.example"),
        ("dafpic", "academie:09", "DAFPIC de Lille", "dafpic@ac-lille.example"),
        ("clee", "academie:09", "CLEE de Lille Métropole", "clee-metropole@ac-lille.example"),
    ] {
        let new = body::read(json!({
            "network": network, "territory": territory, "name": name, "email": email, "valid_from": "2024-09-01",
        }))?;
        let now = unit.request.now;
        NetworkContact::make(unit.new_id(), convention, new, now).add(unit)?;
    }
    Ok(())
}

/// A draft that applies the convention in one académie, for that académie to go on with.
fn decline(unit: &mut Unit<'_>, parent: Id, organisations: &Organisations) -> Result<(), Halt> {
    let new: crate::conventions::NewConvention = body::read(json!({
        "title": "Convention de déclinaison dans l'académie de Versailles : Passeurs de Métiers",
        "document_type": "convention de déclinaison", "level": "academic", "territory": "academie:25",
        "parent_id": parent,
    }))?;
    ConventionRow::check_parent(unit, new.parent_id)?;
    let mut row = ConventionRow::make(unit, new);
    row.insert(unit)?;
    row.record(unit, crate::db::record::Operation::Created, None)?;
    for party in [
        json!({
            "organisation_id": organisations.versailles, "side": "state", "name_as_signed": "L'académie de Versailles",
            "alias": "l'académie", "representative": "Marc-Antoine Thévenard", "representative_function": "recteur",
        }),
        json!({
            "organisation_id": organisations.association, "side": "association",
            "name_as_signed": "L'association Passeurs de Métiers", "alias": "Passeurs de Métiers",
            "representative": "Bertrand Delacourt-Lemoine", "representative_function": "président de l'association",
        }),
    ] {
        add::<Party>(unit, row.id, party)?;
    }
    let national = Pieces::load(unit, parent)?.axes.into_iter().next();
    for (number, heading, text) in [
        ("1", "Objet", "La présente convention décline la convention nationale dans l'académie de Versailles."),
        ("2", "Pilotage", "Un comité de pilotage académique se réunit une fois par an et tient un tableau de bord."),
    ] {
        add::<Article>(unit, row.id, json!({ "number": number, "heading": heading, "body": text }))?;
    }
    if let Some(national) = national {
        let text = "Les actions de découverte s'adressent d'abord aux collèges de l'éducation prioritaire.";
        let article = json!({ "number": "3", "heading": national.label, "body": text });
        let article = add::<Article>(unit, row.id, article)?;
        let axis = json!({
            "article_id": article.id, "label": national.label, "parent_axis_id": national.id,
            "audiences": national.audiences, "catalogue": [{ "label": "des visites d'entreprises des Yvelines" }],
        });
        add::<Axis>(unit, row.id, axis)?;
    }
    Ok(())
}

/// One client a role; one that was revoked to try is made again.
fn clients(unit: &mut Unit<'_>, organisations: &Organisations) -> Result<Vec<Client>, Halt> {
    let known = Client::all(unit)?;
    let mut clients = Vec::new();
    for new in [
        json!({ "name": "Démo : exploitant", "role": "operator" }),
        json!({ "name": "Démo : bureau du ministère", "role": "ministry", "organisation_id": organisations.ministry }),
        json!({ "name": "Démo : outil de l'association", "role": "association", "organisation_id": organisations.association }),
        json!({
            "name": "Démo : SI de l'académie de Versailles", "role": "academie",
            "organisation_id": organisations.versailles, "territories": ["academie:25"],
        }),
        json!({ "name": "Démo : collège fictif des Yvelines", "role": "school", "uais": ["0789901N"] }),
        json!({ "name": "Démo : observateur", "role": "observer" }),
    ] {
        let new: NewClient = body::read(new)?;
        let same = |client: &&Client| client.revoked_at.is_none() && client.name == new.name && client.role == new.role;
        clients.push(match known.iter().find(same) {
            Some(client) => client.clone(),
            // Its secret is dropped: the demo hands out tokens.
            None => clients::create(unit, new)?.client,
        });
    }
    Ok(clients)
}

fn broken(why: &str) -> Halt {
    Halt::Broken(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::open::{self, Schema};
    use crate::config::Config;
    use crate::conventions::import;
    use crate::db::schema::{actions, companies, schools};

    #[test]
    fn the_importer_understands_the_whole_text() {
        let read = import::parse(CONVENTION);
        assert_eq!(read.parsed.warnings, []);
        assert_eq!(read.parsed.articles.len(), 12);
        assert_eq!(read.parsed.parts.len(), 4);
        assert_eq!(read.parsed.axes, ["3", "4", "5", "6", "7", "8"]);
        assert!(read.draft.axes.last().is_some_and(|axis| axis.transversal));
        assert_eq!((read.parsed.objectives.len(), read.parsed.networks.len()), (5, 6));
        assert_eq!(read.parsed.tacit_renewal, Some(false));
        assert!(read.parsed.parties.iter().all(|party| party.siret.is_some()));
    }

    #[test]
    fn a_second_start_finds_everything_again() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("p.db").display());
        let start = || {
            let url = url.clone();
            let config = Config::read("127.0.0.1:0", &move |name| (name == "DATABASE_URL").then(|| url.clone()));
            open::block_on(async move {
                let civil = CivilDate::new(2024, 6, 1);
                let app = open::app(config.unwrap(), Clock::System { civil }, Schema::Own).await?;
                let seeded = plant(&app).await?;
                let counted = app.db.read(|c| {
                    let actions: i64 = actions::table.count().get_result(c)?;
                    let companies: i64 = companies::table.count().get_result(c)?;
                    Ok((actions, companies, schools::table.count().get_result::<i64>(c)?))
                });
                Ok((seeded, counted.await?))
            })
            .unwrap()
        };
        let ((first, counted), (second, again)) = (start(), start());
        // Nothing of it is refused, and nothing is there twice.
        assert_eq!((counted, again), ((9, 2, 5), (9, 2, 5)));
        assert_eq!(first.convention_id, second.convention_id);
        assert_eq!(first.clients.len(), 6);
        assert_eq!(first.clients, second.clients);
        // `--today` moves what is seen, not what was signed.
        assert!(second.expected.contains("draft") && second.expected.contains("2029-06-27"), "{}", second.expected);
    }
}
