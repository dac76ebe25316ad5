//! What happens under the demo's convention: fictional schools, companies that its association knows, and actions past
//! and to come, as its tool would enter them.

use std::path::PathBuf;
use std::sync::Arc;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Seeded, broken};
use crate::actions::{self, ActionRow, Desk};
use crate::app::App;
use crate::auth::Caller;
use crate::cli::out::Stop;
use crate::companies::company::CompanyRow;
use crate::companies::contacts::contact::ContactRow;
use crate::conventions::content::Pieces;
use crate::db::Target;
use crate::db::schema::companies;
use crate::domain::vocabulary::Role;
use crate::domain::{CivilDate, Id};
use crate::error::Halt;
use crate::http::body;
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::schools::import::{self, Asked, SOURCE};

/// In the layout of the ministry's directory.
const SCHOOLS: &str = include_str!("../demo_schools.csv");
const SCHOOLS_FILE: &str = "annuaire.csv";

/// Reads the schools from a file beside the database, then enters companies and actions for the association.
pub async fn plant(app: &App, seeded: &Seeded, mut request: Request) -> Result<(), Stop> {
    schools(app).await?;
    let tool = seeded.clients.iter().find(|client| client.role == Role::Association);
    let tool = tool.ok_or_else(|| Stop::because("the demo has no association"))?;
    request.caller = Arc::new(Caller {
        client_id: tool.id,
        name: tool.name.clone(),
        role: tool.role,
        organisation_id: tool.organisation_id,
        scopes: tool.scopes.0.clone(),
        ..(*request.caller).clone()
    });
    let (request, ids, convention) = (Arc::new(request), app.ids.clone(), seeded.convention_id);
    let planted = app.db.write(true, move |c| fill(&mut Unit::new(c, request, ids, false), convention));
    planted.await.map_err(Stop::from)
}

async fn schools(app: &App) -> Result<(), Stop> {
    let Target::Sqlite(database) = &app.config.target else { return Ok(()) };
    let file = database.with_file_name(SCHOOLS_FILE);
    let refused = |file: &PathBuf, why: String| Stop::because(format!("{}: {why}", file.display()));
    std::fs::write(&file, SCHOOLS).map_err(|e| refused(&file, e.to_string()))?;
    let asked = Asked { file, source: SOURCE.into(), date: None, dry_run: false, force: true };
    match import::read(app, &asked, |_, _| {}).await {
        Ok(_) => Ok(()),
        Err(import::Refused::Unreadable(why)) => Err(refused(&asked.file, why.to_string())),
        Err(import::Refused::Older { .. }) => Err(refused(&asked.file, "older than what was read".into())),
        Err(import::Refused::Halt(halt)) => Err(halt.into()),
    }
}

fn fill(unit: &mut Unit<'_>, convention: Id) -> Result<(), Halt> {
    let host = companies_of(unit, convention)?;
    let pieces = Pieces::load(unit, convention)?;
    let axis_of = |article: &str| {
        let article = pieces.articles.iter().find(|one| one.number == article)?;
        pieces.axes.iter().find(|axis| axis.article_id == article.id).map(|axis| axis.id)
    };
    let (owner, today) = (unit.request.caller.organisation_id, unit.request.today);
    let mut desk = Desk::default();
    for (article, mut new) in past(host).into_iter().chain(to_come(host, today)) {
        let key = new["external_id"].as_str().unwrap_or_default().to_owned();
        if ActionRow::of_key(unit, owner, &key)?.is_some() {
            continue;
        }
        new["convention_id"] = json!(convention);
        new["axis_id"] = json!(axis_of(article).ok_or_else(|| broken("the demo's text has no such axis"))?);
        let made = actions::make(unit, &mut desk, body::read(new)?);
        match made {
            Ok(made) => drop(made.insert(unit)?),
            // The demo outlives its convention: nothing is planned after the end.
            Err(Halt::Problem(problem)) if problem.entry.code == "outside_period" => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Two companies and what came of asking them for places; the one that hosts visits.
fn companies_of(unit: &mut Unit<'_>, convention: Id) -> Result<Id, Halt> {
    let chaudronnerie = json!({
        "name": "Chaudronnerie du Mantois (fictive)", "sector": "métallurgie", "postcode": "78200",
        "commune": "Mantes-la-Jolie", "departement": "78", "external_id": "demo:chaudronnerie",
        "contact": { "name": "Yvon Carpentier", "function": "responsable des ressources humaines", "email": "rh@chaudronnerie-mantois.example" },
    });
    let asked = json!({
        "convention_id": convention, "occurred_on": "2025-10-09", "means": "meeting", "purpose": "observation_3e",
        "outcome": "positive", "places": [{ "level": "3e", "places": 6, "of_which_rep_plus": 4 }],
        "external_id": "demo:chaudronnerie:3e",
    });
    let host = company(unit, chaudronnerie, asked)?;
    let textile = json!({
        "name": "Ateliers textiles de la Lys (fictifs)", "sector": "textile", "postcode": "59200",
        "commune": "Tourcoing", "departement": "59", "external_id": "demo:textile",
    });
    let asked = json!({
        "convention_id": convention, "occurred_on": "2026-03-17", "means": "phone", "purpose": "observation_2de",
        "outcome": "pending", "external_id": "demo:textile:2de",
    });
    company(unit, textile, asked)?;
    Ok(host)
}

fn company(unit: &mut Unit<'_>, new: Value, asked: Value) -> Result<Id, Halt> {
    let request = unit.request.clone();
    let key = new["external_id"].as_str().map(str::to_owned);
    let known: Option<Id> = companies::table
        .filter(companies::external_id.eq(key).and(companies::owner_id.eq(request.caller.organisation_id)))
        .select(companies::id)
        .first(&mut **unit)
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let mut company = CompanyRow::make(unit.new_id(), body::read(new)?, &request);
    company.add(unit)?;
    let mut contact = ContactRow::make(unit.new_id(), &company, body::read(asked)?, &request);
    contact.check(unit)?;
    contact.add(unit, &company)?;
    Ok(company.id)
}

/// What was done, taken from papers and from an earlier system: the article of the axis, and the action.
fn past(host: Id) -> Vec<(&'static str, Value)> {
    let access = "Supports en grands caractères ; salle de plain-pied.";
    let balance = json!({ "measures": [{ "ground": "sex", "measure": "Autant de femmes que d'hommes parmi les intervenants." }] });
    vec![
        (
            "3",
            json!({
                "origin": "legacy", "kind": "talk", "title": "Rencontre avec des métiers de la logistique",
                "schools": [{ "uai": "0789901N", "class_label": "3C" }], "levels": ["3e"],
                "sessions": [{ "date": "2024-11-21" }], "results": { "pupils": 26 }, "external_id": "demo:2024-01",
            }),
        ),
        (
            "3",
            json!({
                "origin": "paper", "kind": "company_visit", "title": "Visite d'un atelier de chaudronnerie",
                "programme": "careers_pathway", "host_company_id": host, "levels": ["3e"], "themes": ["industrie"],
                "schools": [{ "uai": "0789901N", "class_label": "3A" }],
                "sessions": [{ "date": "2025-03-13", "start": "09:00", "end": "12:00" }],
                "inclusion": balance, "accessibility": access, "external_id": "demo:2025-01",
                "results": {
                    "pupils": 24, "girls": 11, "boys": 13, "with_disability": 2, "attendances": 23,
                    "volunteer_hours": 6, "volunteers": 2, "speakers_women": 1, "speakers_men": 1,
                },
            }),
        ),
        (
            "3",
            json!({
                "origin": "paper", "kind": "forum", "title": "Forum des métiers du Mantois", "territory": "academie:25",
                "organiser": "Comité local école-entreprise du Mantois", "levels": ["3e", "2de_gt", "2de_pro"],
                "place": { "label": "Halle des sports", "postcode": "78200", "commune": "Mantes-la-Jolie" },
                "sessions": [{ "date": "2025-11-18", "start": "10:00", "end": "17:00" }],
                "inclusion": balance, "accessibility": access, "external_id": "demo:2025-02",
                "results": { "attendances": 310, "volunteers": 30, "speakers_women": 14, "speakers_men": 16 },
            }),
        ),
        (
            "4",
            json!({
                "origin": "paper", "kind": "job_entry_module", "programme": "job_entry_module",
                "title": "Module d'insertion : candidater, se présenter, tenir l'entretien", "levels": ["tle_pro"],
                "schools": [{ "uai": "0789902P", "class_label": "TMELEC" }],
                "sessions": [
                    { "date": "2026-01-13", "start": "08:30", "end": "12:30" },
                    { "date": "2026-01-20", "start": "08:30", "end": "12:30" },
                    { "date": "2026-02-03", "start": "08:30", "end": "12:30" },
                ],
                "inclusion": { "none_because": "La classe entière suit le module." }, "accessibility": access,
                "results": { "pupils": 18, "girls": 3, "boys": 15, "session_hours": 12, "volunteer_hours": 24 },
                "external_id": "demo:2026-01",
            }),
        ),
        (
            "3",
            json!({
                "origin": "paper", "kind": "company_presentation", "title": "Le textile d'aujourd'hui, par celles qui le font",
                "schools": [{ "uai": "0599901S", "class_label": "3B" }, { "uai": "0599902T", "class_label": "2MMV" }],
                "levels": ["3e", "2de_pro"], "sectors": ["textile"],
                "sessions": [{ "date": "2026-04-02", "start": "14:00", "end": "16:00" }],
                "inclusion": balance, "accessibility": access, "external_id": "demo:2026-02",
                "results": { "pupils": 47, "girls": 29, "boys": 18, "speakers_women": 3, "speakers_men": 0 },
            }),
        ),
    ]
}

/// What is being prepared, in the weeks after the day on which the demo is made.
fn to_come(host: Id, today: CivilDate) -> Vec<(&'static str, Value)> {
    let day = |days: u32| today.plus_days(days);
    vec![
        (
            "3",
            json!({
                "status": "confirmed", "kind": "company_visit", "title": "Visite d'un atelier de chaudronnerie",
                "programme": "careers_pathway", "host_company_id": host, "levels": ["3e"],
                "schools": [{ "uai": "0789901N", "class_label": "3B" }],
                "sessions": [{ "date": day(21), "start": "14:00", "end": "16:00" }],
                "school_contact": { "function": "professeure principale", "email": "ce.0789901N@ac-versailles.example" },
                "responsible_adult": "professeure principale", "volunteers_needed": 2,
                "inclusion": { "measures": [{ "ground": "social_origin", "measure": "Transport pris en charge." }] },
                "accessibility": "Atelier accessible ; visite commentée en petits groupes.",
                "external_id": "demo:live-01",
            }),
        ),
        (
            "4",
            json!({
                "status": "planned", "kind": "mentoring", "title": "Mentorat vers les études supérieures", "pairs": 12,
                "schools": [{ "uai": "0789903R" }], "levels": ["1re_generale", "tle_generale"],
                "sessions": [
                    { "date": day(28), "start": "17:00", "end": "18:30" },
                    { "date": day(56), "start": "17:00", "end": "18:30" },
                ],
                "external_id": "demo:live-02",
            }),
        ),
        (
            "3",
            json!({
                "status": "requested", "kind": "workshop", "title": "Atelier sur les métiers du numérique",
                "wished": "au deuxième trimestre, un jeudi après-midi", "levels": ["3e"],
                "schools": [{ "uai": "0789901N", "class_label": "3A" }], "volunteers_needed": 1,
                "external_id": "demo:live-03",
            }),
        ),
        (
            "4",
            json!({
                "status": "proposed", "kind": "interview_simulation", "title": "Simulations d'entretien",
                "schools": [{ "uai": "0599902T" }], "levels": ["tle_pro"],
                "sessions": [{ "date": day(35), "start": "09:00", "end": "12:00" }],
                "external_id": "demo:live-04",
            }),
        ),
    ]
}
