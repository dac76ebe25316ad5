//! What may still be written: the text until it is in force (R06), never the computed end (R02).

use super::spans::Spans;
use super::terms::{Duration, Terms};
use crate::domain::CivilDate;
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::ConventionStatus;

/// True while the text may be edited: before force. A signature already given is then voided (R01).
pub const fn may_edit(status: ConventionStatus) -> bool {
    status.is_before_force()
}

/// Whether the text may be edited (R06; article 11). `article` is the convention's own on amendments.
///
/// # Errors
///
/// `amendment_required` while in force; `ended` after the end, whatever ended it.
pub fn check_edit(status: ConventionStatus, article: Option<&str>) -> Result<(), Refusal> {
    if may_edit(status) {
        return Ok(());
    }
    let refusal = if status == ConventionStatus::InForce {
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
    fn the_text_is_edited_before_force_and_amended_after() {
        for status in ConventionStatus::ALL {
            let code = check_edit(*status, Some("11")).err().map(|refusal| {
                assert_eq!((refusal.rule, refusal.article.as_deref()), ("R06", Some("11")));
                refusal.code
            });
            let expected = match status {
                ConventionStatus::Draft | ConventionStatus::Negotiation | ConventionStatus::PartiallySigned => None,
                ConventionStatus::InForce => Some("amendment_required"),
                _ => Some("ended"),
            };
            assert_eq!(code, expected, "{status}");
            assert_eq!(may_edit(*status), code.is_none());
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
