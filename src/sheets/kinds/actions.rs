//! Actions: what was done, where, with whom, and what was counted.
//!
//! A school is named by its number, or by its name and commune; only a school that is meant beyond doubt is taken. What
//! the sheet does not say is not known: it stays null, never 0.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{COMMENT, OWN_KEY, finding, key};
use crate::actions::{ActionRow, Desk, NewAction, actor_at, changed, make};
use crate::db::schema::{articles, axes};
use crate::domain::folded::fold;
use crate::domain::identifiers::Uai;
use crate::domain::{Id, Territory, territory};
use crate::error::{Halt, both};
use crate::http::unit::Unit;
use crate::http::{body, patch};
use crate::schools::resolve::{self, SchoolQuery};
use crate::sheets::kind::{Column, Form, Kind, Options, Outcome, Reading};
use crate::sheets::layout::place_at;

/// A column that a line may leave empty.
const fn column(
    field: &'static str,
    headers: &'static [&'static str],
    form: Form,
    about: (&'static str, &'static str),
) -> Column {
    Column { field, headers, form, required: false, about }
}

pub const KIND: Kind = Kind {
    name: "actions",
    title: ("Actions", "Actions"),
    columns: &[
        column(
            "convention",
            &["Convention", "convention_id"],
            Form::Text,
            ("Référence, clé ou identifiant de la convention", "Reference, key or id of the convention"),
        ),
        Column {
            required: true,
            ..column(
                "axis",
                &["Axe", "Axe de coopération", "Article", "axis"],
                Form::Text,
                ("Libellé de l'axe, ou numéro de son article", "Label of the axis, or number of its article"),
            )
        },
        Column {
            required: true,
            ..column(
                "/kind",
                &["Nature", "Type d'action", "Type", "kind"],
                Form::Code("action_kind"),
                ("Nature de l'action", "Kind of the action"),
            )
        },
        column(
            "/kind_text",
            &["Autre nature", "kind_text"],
            Form::Text,
            ("Laquelle, quand la nature est « autre »", "Which, when the kind is other"),
        ),
        column(
            "/programme",
            &["Dispositif", "Programme", "programme"],
            Form::Code("programme"),
            ("Dispositif national", "National programme"),
        ),
        Column {
            required: true,
            ..column(
                "/title",
                &["Titre", "Intitulé", "Intitulé de l'action", "title"],
                Form::Text,
                ("Titre de l'action", "Title of the action"),
            )
        },
        column(
            "/description",
            &["Description", "Descriptif"],
            Form::Text,
            ("En quelques phrases", "In a few sentences"),
        ),
        column(
            "uai",
            &["UAI", "Code UAI", "RNE", "N° UAI"],
            Form::Text,
            ("Numéro de l'établissement", "Number of the school"),
        ),
        column(
            "school",
            &["Établissement", "École", "Collège ou lycée", "school"],
            Form::Text,
            ("Son nom, sans son numéro", "Its name, without its number"),
        ),
        column(
            "commune",
            &["Commune", "Ville", "Commune de l'établissement", "town"],
            Form::Text,
            ("Sa commune", "Its commune"),
        ),
        column(
            "/schools/0/class_label",
            &["Classe", "Division", "class"],
            Form::Text,
            ("Classe, jamais un élève", "Class, never a pupil"),
        ),
        column(
            "territory",
            &["Territoire", "Académie", "territory"],
            Form::Text,
            ("Académie, quand il n'y a pas d'établissement", "Académie, when there is no school"),
        ),
        column(
            "/organiser",
            &["Organisateur", "organiser"],
            Form::Text,
            ("Qui organise, quand ce n'est pas un établissement", "Who organises, when no school does"),
        ),
        column(
            "/sessions/0/date",
            &["Date", "Date de l'action", "Jour", "date"],
            Form::Date,
            ("Jour de l'action", "Day of the action"),
        ),
        column(
            "/sessions/0/start",
            &["Début", "Heure de début", "start"],
            Form::Time,
            ("Heure de début", "When it starts"),
        ),
        column("/sessions/0/end", &["Fin", "Heure de fin", "end"], Form::Time, ("Heure de fin", "When it ends")),
        column("/sessions/0/hours", &["Durée", "hours"], Form::Hours, ("Durée de la séance", "Length of the session")),
        column(
            "/modality",
            &["Modalité", "modality"],
            Form::Code("modality"),
            ("En présence, à distance…", "On site, remote…"),
        ),
        column("/themes", &["Thèmes", "Thème", "themes"], Form::List, ("Quelques mots chacun", "A few words each")),
        column(
            "/sectors",
            &["Secteurs", "Secteur", "sectors"],
            Form::List,
            ("Secteurs d'activité", "Sectors of activity"),
        ),
        column(
            "/levels",
            &["Niveaux", "Niveau", "levels"],
            Form::Codes("school_level"),
            ("Niveaux des élèves", "Levels of the pupils"),
        ),
        column(
            "/results/pupils",
            &["Élèves", "Nombre d'élèves", "Effectif", "pupils"],
            Form::Integer,
            ("Élèves inscrits", "Pupils enrolled"),
        ),
        column("/results/girls", &["Filles", "Dont filles", "girls"], Form::Integer, ("Dont filles", "Of which girls")),
        column("/results/boys", &["Garçons", "Dont garçons", "boys"], Form::Integer, ("Dont garçons", "Of which boys")),
        column(
            "/results/with_disability",
            &["Handicap", "Élèves en situation de handicap", "with_disability"],
            Form::Integer,
            ("Dont élèves en situation de handicap", "Of which pupils with a disability"),
        ),
        column(
            "/results/pupil_hours",
            &["Heures élèves", "pupil_hours"],
            Form::Hours,
            ("Heures reçues, tous élèves ensemble", "Hours received, all pupils together"),
        ),
        column(
            "/results/volunteer_hours",
            &["Heures bénévoles", "volunteer_hours"],
            Form::Hours,
            ("Heures données, tous bénévoles ensemble", "Hours given, all volunteers together"),
        ),
        column(
            "/results/speakers_women",
            &["Intervenantes", "Intervenants femmes", "speakers_women"],
            Form::Integer,
            ("Nombre d'intervenantes", "Speakers, women"),
        ),
        column(
            "/results/speakers_men",
            &["Intervenants", "Intervenants hommes", "speakers_men"],
            Form::Integer,
            ("Nombre d'intervenants", "Speakers, men"),
        ),
        column(
            "/status",
            &["Statut", "État", "status"],
            Form::Code("action_status"),
            ("Où en est l'action", "Where the action stands"),
        ),
        COMMENT,
        OWN_KEY,
    ],
    apply,
};

fn apply(unit: &mut Unit<'_>, mut reading: Reading, options: &Options) -> Result<Outcome, Halt> {
    let key = key(&mut reading);
    let convention = finding::convention(unit, reading.lookups.get("convention").map(String::as_str), options)?;
    reading.body["convention_id"] = json!(convention);
    reading.body["axis_id"] = json!(axis(unit, convention, reading.lookups.get("axis").map_or("", String::as_str))?);
    place(unit, &mut reading)?;
    reading.body["origin"] = json!(origin(&reading.body, options));
    let mut desk = Desk::default();
    let owner = unit.request.caller.organisation_id;
    let Some(id) = ActionRow::of_key(unit, owner, &key)? else {
        let new: NewAction = body::read(reading.body)?;
        make(unit, &mut desk, new)?.insert(unit)?;
        return Ok(Outcome::Created);
    };
    // What the line does not say stays as it is; its state is moved by acts alone.
    let before = ActionRow::lock(unit, id)?;
    let stands = serde_json::to_value(&before.content.0.asked)?;
    let mut wanted = stands.clone();
    super::take(&mut reading.body, "status");
    // One merged since keeps the key of the one that stands.
    super::take(&mut reading.body, "external_id");
    patch::merge(&mut wanted, reading.body);
    let new: NewAction = body::read(wanted)?;
    if serde_json::to_value(&new)? == stands {
        return Ok(Outcome::Unchanged);
    }
    let actor = actor_at(unit, &mut desk, &before)?;
    changed(unit, &mut desk, &before, actor, new)?.save(unit, &before)?;
    Ok(Outcome::Updated)
}

/// What came before is told from what is entered as it goes: a state or counts of what took place are taken from a paper.
fn origin(body: &Value, options: &Options) -> &'static str {
    let took_place = matches!(body["status"].as_str(), Some("held" | "reported")) || body.get("results").is_some();
    match (options.legacy, took_place) {
        (true, _) => "legacy",
        (false, true) => "paper",
        (false, false) => "live",
    }
}

/// The axis of a convention by its label, or by the number of its article.
fn axis(unit: &mut Unit<'_>, convention: Id, text: &str) -> Result<Id, Halt> {
    let all: Vec<(Id, String, String)> = axes::table
        .inner_join(articles::table.on(articles::id.eq(axes::article_id)))
        .filter(axes::convention_id.eq(convention))
        .order((axes::position, axes::id))
        .select((axes::id, axes::label, articles::number))
        .load(&mut **unit)?;
    let wanted = fold(text);
    let number = ["article ", "art "].iter().find_map(|start| wanted.strip_prefix(start)).unwrap_or(&wanted);
    let by_label = || all.iter().filter(|(_, label, _)| fold(label) == wanted).collect::<Vec<_>>();
    let by_number = all.iter().find(|(_, _, article)| fold(article) == number);
    let found = match by_label().as_slice() {
        [one] => Some(one.0),
        _ => by_number.map(|axis| axis.0).or_else(|| text.parse().ok()),
    };
    found.ok_or_else(|| {
        let all: Vec<_> = all.iter().map(|(_, label, number)| format!("{label} (article {number})")).collect();
        let all = all.join(", ");
        finding::unknown(
            "axis",
            both(format!("aucun axe de ce nom ; axes : {all}"), format!("no such axis; axes: {all}")),
        )
    })
}

/// Where it was: a school by its number or its name, else a territory.
fn place(unit: &mut Unit<'_>, reading: &mut Reading) -> Result<(), Halt> {
    let school = match (reading.lookups.get("uai"), reading.lookups.get("school")) {
        (Some(text), _) => {
            let uai: Result<Uai, _> = text.replace(' ', "").to_uppercase().parse();
            Some(uai.map_err(|_| finding::unknown("uai", both("ce n'est pas un UAI", "this is no UAI")))?.to_string())
        }
        (None, Some(name)) => Some(named_school(unit, name, &reading.lookups)?),
        (None, None) => None,
    };
    if let Some(uai) = school {
        place_at(&mut reading.body, "/schools/0/uai", json!(uai));
        return Ok(());
    }
    // A class without a school is of no use: the body says what is missing.
    if let Some(text) = reading.lookups.get("territory") {
        let territory = named_territory(text).ok_or_else(|| {
            finding::unknown("territory", both("aucune académie de ce nom", "no académie of this name"))
        })?;
        reading.body["territory"] = json!(territory);
    }
    Ok(())
}

fn named_school(unit: &mut Unit<'_>, name: &str, lookups: &BTreeMap<&'static str, String>) -> Result<String, Halt> {
    let academie = lookups.get("territory").and_then(|text| match named_territory(text) {
        Some(Territory::Academie(code)) => Some(code.as_str().to_owned()),
        _ => None,
    });
    let query = SchoolQuery {
        name: name.to_owned(),
        commune: lookups.get("commune").cloned(),
        academie,
        ..SchoolQuery::default()
    };
    let candidates = resolve::resolve(unit, &query)?;
    match candidates.first() {
        Some(first) if first.certain => Ok(first.school.uai.to_string()),
        None => Err(finding::unknown("school", both("aucun établissement de ce nom", "no school of this name"))),
        Some(_) => {
            let named = candidates.iter().take(5).map(|candidate| {
                let school = &candidate.school;
                let commune = school.commune.as_deref().unwrap_or("?");
                format!("{} {} ({commune}) {:.2}", school.uai, school.name, candidate.score)
            });
            let named = named.collect::<Vec<_>>().join(" ; ");
            Err(finding::unknown(
                "school",
                both(format!("à choisir, par son UAI : {named}"), format!("choose one, by its UAI: {named}")),
            ))
        }
    }
}

/// An académie by its code or its name, with or without what it is.
fn named_territory(text: &str) -> Option<Territory> {
    if let Some(found) = text.trim().parse().ok().or_else(|| Territory::academie(text.trim())) {
        return Some(found);
    }
    let folded = fold(text);
    let named = |academie: &&territory::Academie| {
        let title = fold(&academie.title());
        title == folded || title.ends_with(&format!(" {folded}"))
    };
    let mut found = territory::academies().iter().filter(named);
    match (found.next(), found.next()) {
        (Some(one), None) => Territory::academie(one.code.as_str()),
        _ => None,
    }
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
    }

    #[test]
    fn academies_by_code_or_name() {
        for (text, code) in [
            ("academie:25", Some("academie:25")),
            ("25", Some("academie:25")),
            ("Versailles", Some("academie:25")),
            ("Académie de Versailles", Some("academie:25")),
            ("VERSAILLES", Some("academie:25")),
            ("Atlantide", None),
            ("", None),
        ] {
            assert_eq!(named_territory(text).map(|t| t.to_string()).as_deref(), code, "{text}");
        }
    }
}
