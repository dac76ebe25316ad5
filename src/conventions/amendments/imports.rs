//! An amendment from its own text: the importer reads the edits, the caller names the convention that they amend.

use actix_web::http::StatusCode;
use actix_web::post;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::amendment::{Amendment, AmendmentRow, AmendmentWarning, NewAmendment};
use super::http::{added, open, seen};
use super::imports_read;
use super::laid::Laid;
use super::reading::{proposed, stated_before};
use super::rules::text::{headed, is_item};
use super::rules::{Edit, Text, apply};
use super::store::check_caller;
use crate::aggregate::Whole as _;
use crate::auth::policy::WriteConventions;
use crate::auth::secret::hex;
use crate::conventions::convention::ConventionRow;
use crate::conventions::import::{self, Parsed, Warning};
use crate::conventions::imports::{MOST_PIECES, Read, check_text, media_type, read_body, readable};
use crate::db::Json;
use crate::domain::folded::fold;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget};
use crate::domain::{Bilingual, CivilDate, Id};
use crate::error::{Halt, Problem};
use crate::http::answer::{Answer, Content, Reply, settle};
use crate::http::call::Call;
use crate::http::etag;
use crate::http::unit::{Expect, Unit};

/// What the import of an amendment did.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendmentImportAnswer {
    /// The draft; null on a dry run, which keeps nothing.
    pub amendment: Option<Amendment>,
    /// False when this very text was imported before: `amendment` is that first draft.
    pub created: bool,
    /// What the importer understood; what the text does not say is null.
    #[schema(value_type = Parsed)]
    pub parsed: Value,
    /// Every doubt, with its line or its edit.
    pub warnings: Vec<AmendmentWarning>,
    /// The edits of the draft, those of a dry run included: for the command line.
    #[serde(skip)]
    pub edits: Vec<Edit>,
}

/// Makes the draft of a text that amends a locked convention, or finds the one it made before.
pub fn import(unit: &mut Unit<'_>, row: ConventionRow, read: &Read) -> Result<AmendmentImportAnswer, Halt> {
    check_text(read)?;
    let sha256 = hex(&Sha256::digest(read.text.as_bytes()));
    let parsed = &read.import.parsed;
    let value = serde_json::to_value(parsed)?;
    let before = AmendmentRow::of(unit, row.id)?;
    if let Some(first) = before.iter().find(|amendment| amendment.source_sha256.as_deref() == Some(&sha256)) {
        let amendment = seen(unit, row, first.id)?;
        let (warnings, edits) = (amendment.warnings.clone(), amendment.edits.clone());
        return Ok(AmendmentImportAnswer {
            amendment: Some(amendment),
            created: false,
            parsed: value,
            warnings,
            edits,
        });
    }
    let draft = &read.import.draft;
    let nothing = parsed.edits.is_empty() && draft.part_edits.is_empty() && draft.term_changes.is_empty();
    if parsed.amends.is_none() && nothing {
        return Err(Problem::plain("not_an_amendment").into());
    }
    if parsed.edits.len() + draft.part_edits.len() > MOST_PIECES {
        return Err(Problem::plain("text_too_long").into());
    }
    let laid = open(unit, row)?;
    let new = NewAmendment {
        title: parsed.title.as_deref().unwrap_or("Avenant").chars().take(500).collect(),
        requested_by: None,
        effective_on: named_day(parsed),
        edits: Vec::new(),
        clause_changes: Vec::new(),
    };
    let mut amendment = AmendmentRow::make(unit, &laid, new, None)?;
    let text = laid.base_of(&amendment, unit.request.today);
    let mut doubtful = parsed.warnings.clone();
    amendment.edits = Json(edits_of(read, &text, &mut doubtful, || unit.new_id()));
    let applied = apply(&text, amendment.position, &amendment.edits.0).text;
    let mut changes = proposed(&laid, &text, &applied, || unit.new_id());
    let stated = stated_before(&laid, &amendment).iter().find(|clause| clause.kind == ClauseKind::Duration);
    let unread = imports_read::add_terms(&mut changes, &draft.term_changes, stated, || unit.new_id());
    doubtful.extend(unread.into_iter().map(imports_read::unread_term));
    doubtful.extend(against_record(read, amendment.position));
    doubtful.sort_by_key(|doubt| doubt.line);
    amendment.clause_changes = Json(changes);
    amendment.warnings = Json(doubts(&laid, parsed, &doubtful));
    amendment.source = Some(read.text.clone());
    amendment.source_sha256 = Some(sha256);
    let view = added(unit, laid, amendment)?;
    let (warnings, edits) = (view.warnings.clone(), view.edits.clone());
    let created = !unit.dry_run;
    Ok(AmendmentImportAnswer { amendment: created.then_some(view), created, parsed: value, warnings, edits })
}

/// The edits that the importer read, and those of parts of articles whose words the text at hand makes certain: the
/// doubt about each of these goes.
fn edits_of(read: &Read, text: &Text, doubtful: &mut Vec<Warning>, mut id: impl FnMut() -> Id) -> Vec<Edit> {
    let (parsed, parts) = (&read.import.parsed, &read.import.draft.part_edits);
    let all: Vec<Edit> = parsed.edits.iter().map(|edit| edit_of(edit, id())).collect();
    let mut edits: Vec<Edit> = Vec::with_capacity(all.len() + parts.len());
    let mut parts = parts.iter().peekable();
    let mut of_parts: Vec<Edit> = Vec::new();
    for index in 0..=all.len() {
        while let Some(part) = parts.next_if(|part| part.at <= index) {
            let others: Vec<Edit> = all.iter().chain(&of_parts).cloned().collect();
            let Some(edit) = imports_read::part_edit(part, text, &others, id()) else { continue };
            if let Some(at) = doubtful.iter().position(|doubt| *doubt == part.warning) {
                doubtful.remove(at);
            }
            of_parts.push(edit.clone());
            edits.push(edit);
        }
        edits.extend(all.get(index).cloned());
    }
    edits
}

/// Where the text of an amendment parts from how it is recorded: its number, and a day before its signature.
fn against_record(read: &Read, number: i64) -> Vec<Warning> {
    let (parsed, draft) = (&read.import.parsed, &read.import.draft);
    let mut found = Vec::new();
    if let Some(said) = parsed.title.as_deref().and_then(imports_read::numbered).filter(|said| *said != number) {
        let titled = read.text.lines().position(|line| fold(line).contains("avenant")).unwrap_or_default();
        found.push(Warning::new(
            u32::try_from(titled + 1).unwrap_or(1),
            "number_differs",
            format!("le texte s'intitule avenant n° {said} ; il est enregistré comme avenant n° {number}"),
            format!("the text is titled amendment no. {said}; it is recorded as amendment no. {number}"),
        ));
    }
    let effective = parsed.effective.as_ref().and_then(|effective| effective.on);
    if let (Some(on), Some(signed)) = (effective, parsed.signature_date)
        && on < signed
    {
        let line = draft.clauses.iter().find(|clause| clause.kind == "effective").map_or(1, |clause| clause.line);
        found.push(Warning::new(
            line,
            "effective_before_signature",
            format!("la prise d'effet du {on} précède la signature du {signed} : c'est celle-ci qui compte"),
            format!("it takes effect on {on}, before its signature on {signed}: the latter counts"),
        ));
    }
    found
}

/// The day that the text names for its entry into force, when it is later than its signature.
fn named_day(parsed: &Parsed) -> Option<CivilDate> {
    let civil = |date: import::Date| date.to_string().parse::<CivilDate>().ok();
    let named = parsed.effective.as_ref()?.on.and_then(civil)?;
    let signed = parsed.signature_date.and_then(civil);
    signed.is_none_or(|signed| signed < named).then_some(named)
}

/// An edit as the importer read it, its words as an article of a draft would have them.
pub fn edit_of(read: &import::Edit, id: Id) -> Edit {
    let kind = match read.kind {
        import::EditKind::ReplaceArticle => EditKind::ReplaceArticle,
        import::EditKind::ReplaceWords => EditKind::ReplaceWords,
        import::EditKind::InsertAlinea => EditKind::InsertAlinea,
        import::EditKind::AddArticle => EditKind::AddArticle,
        import::EditKind::RepealArticle => EditKind::RepealArticle,
    };
    let one_line = |words: &String| words.split_whitespace().collect::<Vec<_>>().join(" ");
    let new = match kind {
        EditKind::ReplaceWords => read.new.clone(),
        _ => read.new.as_deref().map(markdown),
    };
    let (old, new) = match kind {
        EditKind::ReplaceWords if read.new.as_ref().is_some_and(|new| new.contains('\n')) => {
            (read.old.as_ref().map(one_line), new.as_ref().map(one_line))
        }
        _ => (read.old.clone(), new),
    };
    let place = &read.place;
    Edit {
        id,
        kind,
        target: if place.preamble { EditTarget::Preamble } else { EditTarget::Article },
        part: place.part.clone(),
        article: read.article.clone(),
        after: place.after.clone(),
        alinea: place.alinea,
        old,
        new,
    }
}

/// Lines joined and items marked, under the article's own line if it has one.
fn markdown(new: &str) -> String {
    match headed(new) {
        Some(headed) => {
            let line = new.trim().lines().next().unwrap_or_default().trim();
            format!("{line}\n{}", import::body(headed.body))
        }
        None if is_item(new) && !new.trim().contains('\n') => new.trim().to_owned(),
        None => import::body(new),
    }
}

/// What the importer doubted, and parties of other names than the convention's.
fn doubts(laid: &Laid, parsed: &Parsed, doubtful: &[Warning]) -> Vec<AmendmentWarning> {
    let warning = |code: &str, rule: Option<&str>, line, detail| AmendmentWarning {
        code: code.to_owned(),
        rule: rule.map(str::to_owned),
        article: None,
        line,
        edit: None,
        detail,
    };
    let told = |w: &Warning| warning(w.code, None, Some(w.line), Bilingual::new(w.french.clone(), w.detail.clone()));
    let mut warnings: Vec<AmendmentWarning> = doubtful.iter().map(told).collect();
    let parties = &laid.story.pieces.parties;
    let known: Vec<String> = parties.iter().map(|party| fold(&party.name_as_signed)).collect();
    let foreign = parsed.parties.iter().map(|party| party.name.as_str()).filter(|name| !known.contains(&fold(name)));
    let foreign: Vec<&str> = foreign.collect();
    if !foreign.is_empty() || parsed.parties.len() != parties.len() {
        let (named, signed) =
            (foreign.join(" ; "), parties.iter().map(|party| party.name_as_signed.as_str()).collect::<Vec<_>>());
        let signed = signed.join(" ; ");
        let detail = Bilingual::new(
            format!("Les parties diffèrent de celles de la convention : « {named} » ; la convention lie « {signed} »."),
            format!("The parties are not the convention's: “{named}”; the convention binds “{signed}”."),
        );
        warnings.push(warning("parties_differ", Some("R06"), None, detail));
    }
    warnings
}

/// Import an amendment from its text
///
/// The text of an avenant as plain text or Markdown, UTF-8, 5 MiB at most, for the convention that the path names. It
/// becomes the next draft amendment, with its edits, the day it names, and proposed changes of clauses that people confirm;
/// each doubt is a warning: parties of other names, an edit that does not apply, tacit renewal introduced. The same text
/// imported again answers 200 with the first draft.
#[utoipa::path(
    tag = "Amendments", security(("oauth2" = ["conventions:write"]), ("bearer" = [])),
    request_body(content(
        (String = "text/plain", example = json!("AVENANT N° 1\nÀ LA CONVENTION DU 27 JUIN 2024\n\nArticle 1er\n…")),
        (String = "text/markdown", example = json!("# Avenant n° 1 à la convention du 27 juin 2024\n\n…")),
    )),
    responses(
        (status = 201, description = "The draft", body = AmendmentImportAnswer),
        (status = 200, description = "Imported before, or a dry run", body = AmendmentImportAnswer),
    )
)]
#[post("/v1/conventions/{id}/amendments/import")]
async fn import_amendment(call: Call<WriteConventions>) -> Reply {
    let read = match read_body(&call.request).await {
        Ok(read) => read,
        Err(halt) => return settle(Err(halt)),
    };
    call.write_once(move |unit| {
        let id = unit.request.id()?;
        let row = ConventionRow::lock(unit, id)?;
        check_caller(unit, &row)?;
        unit.accept(Expect::CREATION, &["text/plain", "text/markdown"], |_| Ok(()))?;
        let read = readable(read, media_type(&unit.request))?;
        let answer = import(unit, row, &read)?;
        let made = answer.amendment.as_ref().map(|a| (format!("/v1/amendments/{}", a.id), a.version));
        let status = if answer.created { StatusCode::CREATED } else { StatusCode::OK };
        let mut reply = Answer::json(status, &answer)?;
        if let (Some((address, version)), Content::Whole(body)) = (made, &reply.body) {
            let tag = etag::of(version, body);
            reply = reply.with("ETag", tag);
            if answer.created {
                reply = reply.with("Location", address);
            }
        }
        Ok(reply)
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(import_amendment);
}
