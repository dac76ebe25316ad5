//! What a reader should see of an amendment: the clause changes that a reading of the text proposes, and the warnings.

use super::amendment::{Amendment, AmendmentRow, AmendmentWarning};
use super::laid::Laid;
use super::rules::clauses::changes;
use super::rules::divergence::{Readings, divergences, lapse_unsaid};
use super::rules::signing::{Dates, check_change, check_drafting, status_on};
use super::rules::{Applied, ClauseChange, ReadClause, Text, apply, render};
use crate::auth::policy::{self, Standing};
use crate::conventions::acts::{act, refused_act};
use crate::conventions::convention::AllowedAct;
use crate::conventions::draft_pieces::said;
use crate::conventions::{import, rules};
use crate::domain::vocabulary::ClauseKind;
use crate::domain::{Bilingual, CivilDate, Id};
use crate::http::call::Request;

/// The clauses that the importer reads in a text.
fn clauses_of(text: &Text, parts: render::PartLabels<'_>) -> Vec<ReadClause> {
    let read = import::parse(&render::plain(text, parts));
    let clauses = read.draft.clauses.iter().filter_map(|clause| {
        let (kind, parameters) = said(clause)?;
        Some(ReadClause { kind, article: clause.article.clone(), parameters, quote: clause.text.clone() })
    });
    clauses.collect()
}

/// The changes of clauses that follow from what an amendment makes of a text: proposed, for people to confirm.
pub fn proposed(laid: &Laid, before: &Text, after: &Text, id: impl FnMut() -> Id) -> Vec<ClauseChange> {
    let parts = laid.parts();
    changes(&clauses_of(before, &parts), &clauses_of(after, &parts), id)
}

/// An amendment as this caller sees it on a date.
pub fn view(laid: &Laid, row: &AmendmentRow, request: &Request, standing: &Standing, on: CivilDate) -> Amendment {
    let (awaited, dates) = laid.standing(row);
    let before = laid.base_of(row, request.today);
    let applied = apply(&before, row.position, &row.edits.0);
    let mut warnings = row.warnings.0.clone();
    warnings.extend(warnings_of(laid, row, &dates, (&before, &applied)));
    Amendment {
        id: row.id,
        convention_id: row.convention_id,
        version: laid.story.row.version,
        number: row.position,
        title: row.title.clone(),
        requested_by: row.requested_by,
        effective_on: row.effective_on,
        edits: row.edits.0.clone(),
        clause_changes: row.clause_changes.0.clone(),
        warnings,
        content_hash: row.content_hash.clone(),
        status: status_on(&dates, on),
        as_of: on,
        awaited,
        first_signed_on: dates.first_signed_on,
        complete_on: dates.complete_on,
        in_force_from: dates.in_force_from,
        source: row.source.clone(),
        allowed_acts: allowed_acts(laid, row, request, standing, &applied),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// What the text and the clauses say of an amendment, beside what its import doubted.
fn warnings_of(
    laid: &Laid,
    row: &AmendmentRow,
    dates: &Dates,
    (before, applied): (&Text, &Applied),
) -> Vec<AmendmentWarning> {
    let warning = |code: &str, edit: Option<Id>, article: Option<String>, detail| AmendmentWarning {
        code: code.to_owned(),
        rule: Some("R06".into()),
        article,
        line: None,
        edit,
        detail,
    };
    let named = |id: Id| row.edits.0.iter().find(|edit| edit.id == id).and_then(|edit| edit.article.clone());
    let mut warnings = Vec::new();
    for (id, reason) in &applied.refused {
        warnings.push(warning("edit_not_applicable", Some(*id), named(*id), reason.detail()));
    }
    for (id, count) in &applied.repeated {
        let detail = Bilingual::new(
            format!("Les mots figurent {count} fois : tous sont remplacés."),
            format!("The words occur {count} times: all are replaced."),
        );
        warnings.push(warning("words_repeated", Some(*id), named(*id), detail));
    }
    let introduces = |change: &&ClauseChange| {
        change.kind == ClauseKind::TacitRenewal && !change.absent && change.parameters.allowed == Some(true)
    };
    let had = laid.story.lived.texts.first().tacit_renewal.is_some();
    if let Some(change) = row.clause_changes.0.iter().find(introduces).filter(|_| !had) {
        let detail =
            Bilingual::fixed("L'avenant introduit une tacite reconduction.", "The amendment introduces tacit renewal.");
        warnings.push(warning("tacit_renewal_introduced", None, change.article.clone(), detail));
    }
    let signed = dates.complete_on.or(dates.first_signed_on);
    if let (Some(named), Some(signed)) = (row.effective_on, signed)
        && named < signed
    {
        let detail = Bilingual::new(
            format!("La prise d'effet du {named} précède la signature du {signed} : c'est celle-ci qui compte."),
            format!("It takes effect on {named}, before its signature on {signed}: the latter counts."),
        );
        warnings.push(warning("effective_before_signature", None, None, detail));
    }
    let stated = stated_before(laid, row);
    // Once all have signed, nothing can be mended: the text is not read again.
    let read = dates.complete_on.is_none().then(|| {
        let parts = laid.parts();
        (clauses_of(before, &parts), clauses_of(&applied.text, &parts))
    });
    let readings = read.as_ref().map(|(read_before, read_after)| Readings {
        before: read_before,
        after: read_after,
        unsaid_lapse: lapse_unsaid(before, &applied.text),
        imported: row.source.is_some(),
    });
    let parties = &laid.story.parties;
    for part in divergences(&row.edits.0, &row.clause_changes.0, stated, parties, readings) {
        warnings.push(warning(part.code(), part.edit(), part.article().map(str::to_owned), part.detail()));
    }
    warnings
}

/// The clauses of the text that an amendment amends.
pub fn stated_before<'l>(laid: &'l Laid, row: &AmendmentRow) -> &'l [rules::TextClause] {
    let texts = &laid.story.lived.texts;
    let earlier = texts.later().iter().take_while(|text| text.amendment != Some(row.position)).last();
    &earlier.map_or(texts.first(), |text| &text.terms).clauses
}

/// What this caller may do today, and why not the rest.
fn allowed_acts(
    laid: &Laid,
    row: &AmendmentRow,
    request: &Request,
    standing: &Standing,
    applied: &Applied,
) -> Vec<AllowedAct> {
    let today = request.today;
    let article = laid.article.as_deref();
    let drafts = policy::may_record(&request.caller, standing) && request.caller.holds("conventions:write");
    let spans = &laid.story.lived.spans;
    let changed = check_change(row.position, &laid.standing(row).1, today, article)
        .and_then(|()| check_drafting(spans, article))
        .err();
    let parties = &laid.story.pieces.parties;
    let mine = parties.iter().filter(|p| policy::may_sign(&request.caller, standing, p.organisation_id));
    let mine: Vec<Id> = mine.map(|party| party.id).collect();
    let signs = !mine.is_empty() && request.caller.holds("signatures:write");
    // Who will sign, and on which day, is not known yet: what depends on it is not refused here.
    let facts = super::signing::facts_of(laid, row.id);
    let attempt = |party: &Id| {
        let new = rules::NewSignature {
            party: *party,
            signatory: String::new(),
            signed_on: today,
            content_hash: row.content_hash.clone(),
        };
        let checked = super::signing::checked(laid, row, &facts, &applied.refused, &new, None, today);
        checked.err().filter(|refusal| refusal.code != "after_end")
    };
    let delete = match act("delete", drafts, changed.clone()) {
        AllowedAct { allowed: true, .. } if laid.signed_by_another(row, &request.caller, standing) => {
            refused_act("delete", "in_use")
        }
        told => told,
    };
    let refusals: Vec<_> = mine.iter().filter_map(attempt).collect();
    let cannot = (refusals.len() == mine.len()).then(|| refusals.into_iter().next()).flatten();
    vec![
        act("update", drafts, changed.clone()),
        delete,
        act("confirm_clauses", drafts, changed),
        act("record_signature", signs, cannot),
    ]
}
