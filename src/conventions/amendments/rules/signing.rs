//! When an amendment may be drafted, changed and signed, and what it is on a date (R06; article 11).

use super::edits::Reason;
use crate::conventions::rules::signing::{check_form, check_keys};
use crate::conventions::rules::{NewSignature, SignatureFact, Spans, status};
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::{AmendmentStatus, ConventionStatus};
use crate::domain::{CivilDate, Id};

/// The dates of an amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dates {
    pub first_signed_on: Option<CivilDate>,
    /// Day of its last signature, once every party has signed.
    pub complete_on: Option<CivilDate>,
    /// Its last signature, or the later day it names; none unless the convention is in force then.
    pub in_force_from: Option<CivilDate>,
}

/// What an amendment is on a date.
pub fn status_on(dates: &Dates, on: CivilDate) -> AmendmentStatus {
    let reached = |day: Option<CivilDate>| day.is_some_and(|day| day <= on);
    if reached(dates.in_force_from) {
        AmendmentStatus::InForce
    } else if reached(dates.complete_on) && dates.in_force_from.is_none() {
        AmendmentStatus::WithoutObject
    } else if reached(dates.complete_on) {
        AmendmentStatus::Signed
    } else if reached(dates.first_signed_on) {
        AmendmentStatus::PartiallySigned
    } else {
        AmendmentStatus::Draft
    }
}

/// Whether a convention may be amended: signed by every party. One that has ended since may have been amended in time: the
/// last signature is what may not come after the end.
///
/// # Errors
///
/// `original_not_signed`.
pub fn check_drafting(spans: &Spans, article: Option<&str>) -> Result<(), Refusal> {
    if spans.complete_on.is_none() {
        return Err(original_not_signed(article));
    }
    Ok(())
}

fn original_not_signed(article: Option<&str>) -> Refusal {
    Refusal::state(
        "R06",
        "original_not_signed",
        Bilingual::fixed(
            "La convention n'est pas signée par toutes ses parties : son texte se modifie encore sans avenant.",
            "The convention is not signed by every party yet: its text still changes without an amendment.",
        ),
    )
    .article(article)
}

/// Whether an amendment may be changed or deleted: not once every party has signed it, whenever it takes effect.
///
/// # Errors
///
/// `amendment_in_force`.
pub fn check_change(number: i64, dates: &Dates, today: CivilDate, article: Option<&str>) -> Result<(), Refusal> {
    let Some(complete) = dates.complete_on.filter(|complete| *complete <= today) else { return Ok(()) };
    let mut refusal = Refusal::state(
        "R06",
        "amendment_in_force",
        Bilingual::fixed(
            "L'avenant est signé par toutes les parties : seul un autre avenant le modifie.",
            "The amendment is signed by every party: only another amendment changes it.",
        ),
    )
    .article(article)
    .with("number", number)
    .with("complete_on", complete);
    if let Some(from) = dates.in_force_from {
        refusal = refusal.with("in_force_from", from);
    }
    Err(refusal)
}

/// An amendment about to be signed, and what it depends on.
#[derive(Debug, Clone)]
pub struct Signing<'a> {
    /// The dates of the convention, as it lives.
    pub spans: &'a Spans,
    pub parties: &'a [Id],
    /// The article on amendments.
    pub article: Option<&'a str>,
    pub number: i64,
    pub content_hash: &'a str,
    pub signatures: &'a [SignatureFact],
    /// The lowest number that some party has not signed yet.
    pub first_unsigned: Option<i64>,
    /// The day that the amendments of lower numbers are all in force.
    pub after: Option<CivilDate>,
    /// Edits that do not apply to the text it will amend.
    pub refused: &'a [(Id, Reason)],
    /// Clause changes that nobody has confirmed.
    pub unconfirmed: &'a [Id],
}

/// What the signature would make of the amendment, once it is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The day it would come into force.
    pub comes_on: CivilDate,
    /// Is the convention in force that day?
    pub takes_effect: bool,
    /// The end that its own text gives the convention, when that comes before the day.
    pub ended_on: Option<CivilDate>,
}

/// Whether a signature of an amendment may be recorded. `outcome` is known when it would be the last.
///
/// # Errors
///
/// `unknown_party`, `future_date`, `before_original`, `after_end` (what is asked); `original_not_signed`,
/// `out_of_order`, `already_signed`, `same_signatory`, `content_changed`, `edit_not_applicable`,
/// `clauses_not_confirmed` (the state of things).
pub fn check(
    signing: &Signing<'_>,
    new: &NewSignature,
    outcome: Option<Outcome>,
    today: CivilDate,
) -> Result<(), Refusal> {
    let of_amendments = |refusal: Refusal| Refusal { rule: "R06", ..refusal }.article(signing.article);
    check_form(signing.parties, new, today).map_err(of_amendments)?;
    let Some(complete) = signing.spans.complete_on else { return Err(original_not_signed(signing.article)) };
    if new.signed_on < complete {
        return Err(of_amendments(
            Refusal::content(
                "R06",
                "before_original",
                Bilingual::fixed(
                    "Un avenant ne se signe pas avant la convention qu'il modifie.",
                    "An amendment is not signed before the convention it amends.",
                ),
            )
            .with("signed_on", new.signed_on)
            .with("original_complete_on", complete),
        ));
    }
    check_order(signing, outcome).map_err(of_amendments)?;
    check_keys(signing.parties, signing.signatures, signing.content_hash, new).map_err(of_amendments)?;
    check_content(signing).map_err(of_amendments)?;
    check_end(signing, new, outcome).map_err(of_amendments)
}

/// Amendments are signed, and come into force, in the order of their numbers: each is read on the text that those before it
/// have made.
fn check_order(signing: &Signing<'_>, outcome: Option<Outcome>) -> Result<(), Refusal> {
    let refused =
        |detail| Refusal::state("R06", "out_of_order", detail).article(signing.article).with("number", signing.number);
    if let Some(lower) = signing.first_unsigned.filter(|lower| *lower < signing.number) {
        let detail = Bilingual::fixed(
            "Un avenant de numéro inférieur n'est pas encore signé.",
            "An amendment of a lower number is not signed yet.",
        );
        return Err(refused(detail).with("unsigned", lower));
    }
    match (outcome, signing.after) {
        (Some(Outcome { comes_on, .. }), Some(after)) if comes_on < after => {
            let detail = Bilingual::fixed(
                "Il entrerait en vigueur avant un avenant de numéro inférieur.",
                "It would come into force before an amendment of a lower number.",
            );
            Err(refused(detail).with("comes_on", comes_on).with("after", after))
        }
        _ => Ok(()),
    }
}

/// Every edit applies, and what follows from them is confirmed.
fn check_content(signing: &Signing<'_>) -> Result<(), Refusal> {
    if !signing.refused.is_empty() {
        let edits: Vec<serde_json::Value> = signing
            .refused
            .iter()
            .map(|(id, reason)| serde_json::json!({ "edit": id, "reason": reason.code(), "detail": reason.detail() }))
            .collect();
        return Err(Refusal::state(
            "R06",
            "edit_not_applicable",
            Bilingual::fixed(
                "Une modification ne s'applique pas au texte qu'elle modifie.",
                "An edit does not apply to the text that it amends.",
            ),
        )
        .with("edits", edits));
    }
    if !signing.unconfirmed.is_empty() {
        let changes: Vec<String> = signing.unconfirmed.iter().map(ToString::to_string).collect();
        return Err(Refusal::state(
            "R06",
            "clauses_not_confirmed",
            Bilingual::fixed(
                "Les changements de clauses qui en découlent ne sont pas tous confirmés.",
                "Not every change of a clause that follows from it is confirmed.",
            ),
        )
        .with("clause_changes", changes));
    }
    Ok(())
}

/// It is signed, and comes into force, while the convention is.
fn check_end(signing: &Signing<'_>, new: &NewSignature, outcome: Option<Outcome>) -> Result<(), Refusal> {
    let refused = |day: CivilDate| {
        let refusal = Refusal::content(
            "R06",
            "after_end",
            Bilingual::fixed(
                "L'avenant n'entrerait pas en vigueur pendant que la convention l'est.",
                "The amendment would not come into force while the convention is.",
            ),
        )
        .with("signed_on", new.signed_on)
        .with("comes_on", day);
        match (signing.spans.in_force_from, signing.spans.ends_on) {
            (from, Some(end)) => {
                let refusal = refusal.with("ends_on", end);
                from.map_or(refusal.clone(), |from| refusal.with("convention_in_force_from", from))
            }
            (Some(from), None) => refusal.with("convention_in_force_from", from),
            (None, None) => refusal,
        }
    };
    match outcome {
        Some(Outcome { comes_on, ended_on: Some(end), .. }) => Err(Refusal::content(
            "R06",
            "after_end",
            Bilingual::fixed(
                "Le texte de l'avenant mettrait fin à la convention avant le jour où il entre en vigueur.",
                "The text of the amendment would end the convention before the day on which it comes into force.",
            ),
        )
        .with("signed_on", new.signed_on)
        .with("comes_on", comes_on)
        .with("last_day", end)),
        Some(Outcome { comes_on, takes_effect: false, .. }) => Err(refused(comes_on)),
        None if signing.spans.ends_on.is_some_and(|end| end < new.signed_on) => Err(refused(new.signed_on)),
        _ => Ok(()),
    }
}

/// True when a convention is in force on a day.
pub fn in_force_on(spans: &Spans, day: CivilDate) -> bool {
    status(spans, day) == ConventionStatus::InForce
}

#[cfg(test)]
#[path = "tests/signing.rs"]
mod tests;
