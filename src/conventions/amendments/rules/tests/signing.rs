//! Who signs an amendment, and when.

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
        after: None,
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
fn one_drafts_once_the_original_is_signed() {
    let article = Some("11");
    // Whatever today is: one that was signed in time may be entered after the former end.
    assert_eq!(check_drafting(&signed(), article), Ok(()));
    refused(check_drafting(&spans_of_one(), article), "original_not_signed", RefusalKind::State);
}

fn spans_of_one() -> Spans {
    spans(&PARTIES, &[signature(0, "A", "2024-06-20")], &reference())
}

#[test]
fn one_changes_it_until_all_have_signed() {
    let signed = Some(day("2026-01-15"));
    let later = Dates { complete_on: signed, in_force_from: Some(day("2026-03-01")), ..Dates::default() };
    assert_eq!(check_change(1, &later, day("2026-01-14"), Some("11")), Ok(()));
    let attempt = |dates: &Dates, on: &str| check_change(1, dates, day(on), Some("11"));
    for on in ["2026-01-15", "2026-02-28", "2026-03-01"] {
        let refusal = refused(attempt(&later, on), "amendment_in_force", RefusalKind::State);
        assert_eq!(
            (&refusal.computed["number"], &refusal.computed["in_force_from"]),
            (&1.into(), &"2026-03-01".into())
        );
    }
    let without_object = Dates { complete_on: signed, ..Dates::default() };
    refused(attempt(&without_object, "2026-01-15"), "amendment_in_force", RefusalKind::State);
    assert_eq!(attempt(&Dates::default(), "2026-01-15"), Ok(()));
}

#[test]
fn it_comes_into_force_after_those_of_lower_numbers() {
    let spans = signed();
    let first = [signature(0, "A", "2026-01-10")];
    let ready = Signing { after: Some(day("2026-01-20")), ..signing(&spans, &first) };
    let attempt = |on: &str| {
        check(
            &ready,
            &new(1, "B", "2026-01-15"),
            Some(Outcome { comes_on: day(on), takes_effect: true, ended_on: None }),
            day(TODAY),
        )
    };
    let refusal = refused(attempt("2026-01-19"), "out_of_order", RefusalKind::State);
    assert_eq!(refusal.computed["after"], "2026-01-20");
    assert_eq!(attempt("2026-01-20"), Ok(()));
}

#[test]
fn each_party_signs_once_the_present_content() {
    let spans = signed();
    let first = [signature(0, "A", "2026-01-10")];
    let ready = signing(&spans, &first);
    let last = Some(Outcome { comes_on: day("2026-01-15"), takes_effect: true, ended_on: None });
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
    let outcome =
        |on: &str| Some(Outcome { comes_on: day(on), takes_effect: in_force_on(&spans, day(on)), ended_on: None });
    assert_eq!(attempt("2029-06-27", outcome("2029-06-27")), Ok(()));
    let late = refused(attempt("2029-06-28", outcome("2029-06-28")), "after_end", RefusalKind::Content);
    assert_eq!((&late.computed["ends_on"], &late.computed["comes_on"]), (&"2029-06-27".into(), &"2029-06-28".into()));
    // The day it names counts, not that of the signature alone.
    refused(attempt("2029-06-01", outcome("2029-07-01")), "after_end", RefusalKind::Content);
    // A text that leaves less than has passed: the end that it gives is told.
    let short = Some(Outcome { comes_on: day("2026-01-15"), takes_effect: false, ended_on: Some(day("2025-06-27")) });
    let short = refused(attempt("2026-01-15", short), "after_end", RefusalKind::Content);
    assert_eq!(short.computed["last_day"], "2025-06-27");
    // The first of two signatures already comes too late.
    assert_eq!(attempt("2029-06-27", None), Ok(()));
    refused(attempt("2029-06-28", None), "after_end", RefusalKind::Content);
}
