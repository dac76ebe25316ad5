//! What may still be written: the text until every party has signed it (R06), never the computed end (R02).

use super::spans::{Spans, status};
use super::terms::{Duration, Terms};
use crate::domain::CivilDate;
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::ConventionStatus;

/// True while the text may be edited: until every party has signed it. A signature already given is then voided (R01).
pub fn may_edit(spans: &Spans, today: CivilDate) -> bool {
    status(spans, today).is_before_force() && spans.complete_on.is_none()
}

/// Whether the text may be edited (R06; article 11). `article` is the convention's own on amendments.
///
/// # Errors
///
/// `amendment_required` once every party has signed, whenever it takes effect; `ended` after the end, whatever ended it.
pub fn check_edit(spans: &Spans, today: CivilDate, article: Option<&str>) -> Result<(), Refusal> {
    if may_edit(spans, today) {
        return Ok(());
    }
    let status = status(spans, today);
    let refusal = if let (Some(complete), true) = (spans.complete_on, status.is_before_force()) {
        let detail = Bilingual::fixed(
            "Toutes les parties ont signé : le texte ne change que par avenant.",
            "Every party has signed: the text changes by amendment only.",
        );
        Refusal::state("R06", "amendment_required", detail).with("complete_on", complete)
    } else if status == ConventionStatus::InForce {
        Refusal::state(
            "R06",
            "amendment_required",
            Bilingual::fixed(
                "La convention est en vigueur : son texte ne change que par avenant.",
                "The convention is in force: its text changes by amendment only.",
            ),
        )
    } else {
        Refusal::state(
            "R06",
            "ended",
            Bilingual::fixed(
                "La convention a pris fin : son texte ne change plus.",
                "The convention has ended: its text no longer changes.",
            ),
        )
    };
    Err(refusal.article(article).with("status", status))
}

/// Whether an end may be written (R02; article 11): only one that the duration clause names.
///
/// # Errors
///
/// `computed_end` when the end follows from a length, or when the text has no duration.
pub fn check_computed_end(spans: &Spans, terms: &Terms, written: CivilDate) -> Result<(), Refusal> {
    if matches!(terms.duration.says(), Some(Duration::Until { .. })) {
        return Ok(());
    }
    let refusal = Refusal::content(
        "R02",
        "computed_end",
        Bilingual::fixed(
            "Le terme est calculé d'après la durée : il ne s'écrit pas.",
            "The end is computed from the duration: it is not written.",
        ),
    )
    .article(terms.duration.article())
    .with("written", written);
    Err(match spans.last_day {
        Some(last) => refusal.with("last_day", last),
        None => refusal,
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::spans::spans;
    use super::super::terms::Clause;
    use super::*;

    #[test]
    fn the_text_is_edited_until_all_have_signed_and_amended_after() {
        let code = |spans: &Spans, on: &str| {
            let refused = check_edit(spans, day(on), Some("11")).err();
            assert_eq!(may_edit(spans, day(on)), refused.is_none());
            refused.map(|refusal| {
                assert_eq!((refusal.rule, refusal.article.as_deref()), ("R06", Some("11")));
                refusal.code
            })
        };
        let terms = Terms { effective_on: Some(day("2024-09-01")), ..reference() };
        let signatures = [signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")];
        assert_eq!(code(&Spans::default(), "2024-06-19"), None);
        assert_eq!(code(&spans(&PARTIES, &signatures[..1], &terms), "2024-06-27"), None);
        // Signed by all, in effect in September: frozen since the last signature.
        let signed = spans(&PARTIES, &signatures, &terms);
        for (on, expected) in [
            ("2024-06-27", "amendment_required"),
            ("2024-08-31", "amendment_required"),
            ("2024-09-01", "amendment_required"),
            ("2029-09-01", "amendment_required"),
            ("2029-09-02", "ended"),
        ] {
            assert_eq!(code(&signed, on), Some(expected), "{on}");
        }
        for end in [ConventionStatus::Abandoned, ConventionStatus::Terminated, ConventionStatus::Lapsed] {
            let ended = Spans { ends_on: Some(day("2024-06-21")), end_status: Some(end), ..Spans::default() };
            assert_eq!((code(&ended, "2024-06-21"), code(&ended, "2024-06-22")), (None, Some("ended")), "{end}");
        }
    }

    #[test]
    fn a_computed_end_is_not_written_and_a_named_one_is() {
        let signatures = [signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")];
        let terms = reference();
        let signed = spans(&PARTIES, &signatures, &terms);
        let refusal = check_computed_end(&signed, &terms, day("2029-06-27")).unwrap_err();
        assert_eq!((refusal.rule, refusal.code, refusal.article.as_deref()), ("R02", "computed_end", Some("11")));
        assert_eq!(refusal.computed["last_day"], "2029-06-27");
        assert!(check_computed_end(&Spans::default(), &terms, day("2029-06-27")).is_err());
        let none = Terms { duration: Clause::DeclaredAbsent, ..reference() };
        assert!(check_computed_end(&signed, &none, day("2029-06-27")).is_err());
        let named = lasting_until("2027-08-31", None);
        assert_eq!(check_computed_end(&signed, &named, day("2027-08-31")), Ok(()));
    }
}
