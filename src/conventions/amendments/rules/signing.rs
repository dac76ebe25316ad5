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

/// Whether a convention may be amended: signed by every party, and not ended.
///
/// # Errors
///
/// `original_not_signed`, `ended`.
pub fn check_drafting(spans: &Spans, today: CivilDate, article: Option<&str>) -> Result<(), Refusal> {
    if spans.complete_on.is_none() {
        return Err(original_not_signed(article));
    }
    let status = status(spans, today);
    if status.is_terminal() {
        let refusal = Refusal::state(
            "R06",
            "ended",
            Bilingual::fixed(
                "La convention a pris fin : son texte ne change plus.",
                "The convention has ended: its text no longer changes.",
            ),
        )
        .article(article)
        .with("status", status);
        return Err(match spans.ends_on {
            Some(end) => refusal.with("ends_on", end),
            None => refusal,
        });
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

/// Whether an amendment may be changed or deleted: not once it is in force.
///
/// # Errors
///
/// `amendment_in_force`.
pub fn check_change(number: i64, dates: &Dates, today: CivilDate, article: Option<&str>) -> Result<(), Refusal> {
    match dates.in_force_from {
        Some(from) if from <= today => Err(Refusal::state(
            "R06",
            "amendment_in_force",
            Bilingual::fixed(
                "L'avenant est en vigueur : seul un autre avenant le modifie.",
                "The amendment is in force: only another amendment changes it.",
            ),
        )
        .article(article)
        .with("number", number)
        .with("in_force_from", from)),
        _ => Ok(()),
    }
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
    check_order(signing).map_err(of_amendments)?;
    check_keys(signing.parties, signing.signatures, signing.content_hash, new).map_err(of_amendments)?;
    check_content(signing).map_err(of_amendments)?;
    check_end(signing, new, outcome).map_err(of_amendments)
}

/// Amendments are signed in the order of their numbers.
fn check_order(signing: &Signing<'_>) -> Result<(), Refusal> {
    match signing.first_unsigned {
        Some(lower) if lower < signing.number => Err(Refusal::state(
            "R06",
            "out_of_order",
            Bilingual::fixed(
                "Un avenant de numéro inférieur n'est pas encore signé.",
                "An amendment of a lower number is not signed yet.",
            ),
        )
        .with("number", signing.number)
        .with("unsigned", lower)),
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
        Some(Outcome { comes_on, takes_effect: false }) => Err(refused(comes_on)),
        None if signing.spans.ends_on.is_some_and(|end| end < new.signed_on) => Err(refused(new.signed_on)),
        _ => Ok(()),
    }
}

/// True when a convention is in force on a day.
pub fn in_force_on(spans: &Spans, day: CivilDate) -> bool {
    status(spans, day) == ConventionStatus::InForce
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conventions::rules::fixtures::{HASH, PARTIES, day, reference, signature};
    use crate::conventions::rules::spans;
    use crate::domain::refusal::RefusalKind;

    const TODAY: &str = "2026-02-01";

    fn signed() -> Spans {
        spans(&PARTIES, &[signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")], &reference())
    }

    fn signing<'a>(spans: &'a Spans, signatures: &'a [SignatureFact]) -> Signing<'a> {
        Signing {
            spans,
            parties: &PARTIES,
            article: Some("11"),
            number: 2,
            content_hash: HASH,
            signatures,
            first_unsigned: Some(2),
            refused: &[],
            unconfirmed: &[],
        }
    }

    fn new(party: usize, signatory: &str, on: &str) -> NewSignature {
        let SignatureFact { party, signatory, signed_on, content_hash, .. } = signature(party, signatory, on);
        NewSignature { party, signatory, signed_on, content_hash }
    }

    fn refused(result: Result<(), Refusal>, code: &str, kind: RefusalKind) -> Refusal {
        let refusal = result.unwrap_err();
        assert_eq!((refusal.code, refusal.kind, refusal.rule), (code, kind, "R06"));
        assert_eq!(refusal.article.as_deref(), Some("11"));
        refusal
    }

    #[test]
    fn the_status_follows_the_dates() {
        let dates = Dates {
            first_signed_on: Some(day("2026-01-10")),
            complete_on: Some(day("2026-01-15")),
            in_force_from: Some(day("2026-02-01")),
        };
        for (date, status) in [
            ("2026-01-09", AmendmentStatus::Draft),
            ("2026-01-10", AmendmentStatus::PartiallySigned),
            ("2026-01-14", AmendmentStatus::PartiallySigned),
            ("2026-01-15", AmendmentStatus::Signed),
            ("2026-01-31", AmendmentStatus::Signed),
            ("2026-02-01", AmendmentStatus::InForce),
        ] {
            assert_eq!(status_on(&dates, day(date)), status, "{date}");
        }
        let never = Dates { in_force_from: None, ..dates };
        assert_eq!(status_on(&never, day("2026-01-15")), AmendmentStatus::WithoutObject);
        assert_eq!(status_on(&Dates::default(), day(TODAY)), AmendmentStatus::Draft);
    }

    #[test]
    fn one_drafts_once_the_original_is_signed_and_until_it_ends() {
        let article = Some("11");
        let spans = signed();
        assert_eq!(check_drafting(&spans, day("2029-06-27"), article), Ok(()));
        let ended = refused(check_drafting(&spans, day("2029-06-28"), article), "ended", RefusalKind::State);
        assert_eq!(ended.computed["ends_on"], "2029-06-27");
        let half = spans_of_one();
        refused(check_drafting(&half, day("2024-06-21"), article), "original_not_signed", RefusalKind::State);
    }

    fn spans_of_one() -> Spans {
        spans(&PARTIES, &[signature(0, "A", "2024-06-20")], &reference())
    }

    #[test]
    fn one_changes_it_until_it_is_in_force() {
        let dates = Dates { in_force_from: Some(day("2026-01-15")), ..Dates::default() };
        assert_eq!(check_change(1, &dates, day("2026-01-14"), Some("11")), Ok(()));
        let refusal =
            refused(check_change(1, &dates, day("2026-01-15"), Some("11")), "amendment_in_force", RefusalKind::State);
        assert_eq!(
            (&refusal.computed["number"], &refusal.computed["in_force_from"]),
            (&1.into(), &"2026-01-15".into())
        );
        assert_eq!(check_change(1, &Dates::default(), day("2026-01-15"), Some("11")), Ok(()));
    }

    #[test]
    fn each_party_signs_once_the_present_content() {
        let spans = signed();
        let first = [signature(0, "A", "2026-01-10")];
        let ready = signing(&spans, &first);
        let last = Some(Outcome { comes_on: day("2026-01-15"), takes_effect: true });
        assert_eq!(check(&ready, &new(1, "B", "2026-01-15"), last, day(TODAY)), Ok(()));
        let attempt = |new: NewSignature| check(&ready, &new, last, day(TODAY));
        refused(attempt(new(0, "C", "2026-01-15")), "already_signed", RefusalKind::State);
        refused(attempt(new(1, "a", "2026-01-15")), "same_signatory", RefusalKind::State);
        let stale = NewSignature { content_hash: "sha256:bb".into(), ..new(1, "B", "2026-01-15") };
        refused(attempt(stale), "content_changed", RefusalKind::State);
        refused(attempt(new(1, "B", "2026-02-02")), "future_date", RefusalKind::Content);
        let foreign = NewSignature { party: Id::from_bytes([9; 16]), ..new(1, "B", "2026-01-15") };
        refused(attempt(foreign), "unknown_party", RefusalKind::Content);
        let early = refused(attempt(new(1, "B", "2024-06-26")), "before_original", RefusalKind::Content);
        assert_eq!(early.computed["original_complete_on"], "2024-06-27");
        assert_eq!(attempt(new(1, "B", "2024-06-27")), Ok(()));
    }

    #[test]
    fn what_is_not_ready_is_not_signed() {
        let spans = signed();
        let ready = signing(&spans, &[]);
        let attempt = |signing: &Signing<'_>| check(signing, &new(1, "B", "2026-01-15"), None, day(TODAY));
        assert_eq!(attempt(&ready), Ok(()));
        let lower = Signing { first_unsigned: Some(1), ..ready.clone() };
        let refusal = refused(attempt(&lower), "out_of_order", RefusalKind::State);
        assert_eq!((&refusal.computed["number"], &refusal.computed["unsigned"]), (&2.into(), &1.into()));
        let edits = [(Id::from_bytes([5; 16]), Reason::WordsAbsent)];
        let refusal =
            refused(attempt(&Signing { refused: &edits, ..ready.clone() }), "edit_not_applicable", RefusalKind::State);
        assert_eq!(refusal.computed["edits"][0]["reason"], "words_absent");
        assert_eq!(refusal.computed["edits"][0]["edit"], edits[0].0.to_string());
        let clauses = [Id::from_bytes([6; 16])];
        let unconfirmed = Signing { unconfirmed: &clauses, ..ready.clone() };
        refused(attempt(&unconfirmed), "clauses_not_confirmed", RefusalKind::State);
        let half = spans_of_one();
        refused(attempt(&Signing { spans: &half, ..ready }), "original_not_signed", RefusalKind::State);
    }

    #[test]
    fn it_takes_effect_while_the_convention_is_in_force_or_is_not_signed() {
        let spans = signed();
        let ready = signing(&spans, &[]);
        let today = day("2030-01-01");
        let attempt = |on: &str, outcome| check(&ready, &new(1, "B", on), outcome, today);
        let outcome = |on: &str| Some(Outcome { comes_on: day(on), takes_effect: in_force_on(&spans, day(on)) });
        assert_eq!(attempt("2029-06-27", outcome("2029-06-27")), Ok(()));
        let late = refused(attempt("2029-06-28", outcome("2029-06-28")), "after_end", RefusalKind::Content);
        assert_eq!(
            (&late.computed["ends_on"], &late.computed["comes_on"]),
            (&"2029-06-27".into(), &"2029-06-28".into())
        );
        // The day it names counts, not that of the signature alone.
        refused(attempt("2029-06-01", outcome("2029-07-01")), "after_end", RefusalKind::Content);
        // The first of two signatures already comes too late.
        assert_eq!(attempt("2029-06-27", None), Ok(()));
        refused(attempt("2029-06-28", None), "after_end", RefusalKind::Content);
    }
}
