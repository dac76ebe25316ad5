//! Notices that may end a convention: termination (R07; article 12) and formal notice (R08; article 10).
//!
//! A notice is two facts, sent then received; the delays run from civil days, whole.

use super::spans::Spans;
use super::terms::Terms;
use crate::domain::deadline::notice_end;
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::NoticeStart;
use crate::domain::{CivilDate, Period};

/// A written notice of termination (dénonciation), received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminationNotice {
    /// Day of sending.
    pub sent_on: CivilDate,
    /// Day of reception: what the delay runs from.
    pub received_on: CivilDate,
    /// Last day in force that the notice names; the earliest possible one when it names none.
    pub effective_on: Option<CivilDate>,
}

/// What a notice of termination does.
#[derive(Debug, Clone, PartialEq)]
pub struct Termination {
    /// Earliest last day in force that the text allows.
    pub earliest: CivilDate,
    /// Last day in force.
    pub effective_on: CivilDate,
    /// First day on which the convention is terminated.
    pub terminated_from: CivilDate,
    /// `without_object` when the convention expires first; `without_effect` before it is signed.
    pub flag: Option<Flag>,
}

/// What a notice of termination does (R07).
///
/// # Errors
///
/// `no_clause` when the text has none (no clause, no rule) or counts it in a unit without an end;
/// `received_before_sent`, `future_date`, `too_early`.
pub fn check_termination(
    spans: &Spans,
    terms: &Terms,
    notice: &TerminationNotice,
    today: CivilDate,
) -> Result<Termination, Refusal> {
    let article = terms.termination.article();
    let TerminationNotice { sent_on, received_on, .. } = *notice;
    if received_on < sent_on {
        return Err(Refusal::content(
            "R07",
            "received_before_sent",
            Bilingual::fixed(
                "Une notification ne se reçoit pas avant d'être envoyée.",
                "A notice is not received before it is sent.",
            ),
        )
        .article(article)
        .with("sent_on", sent_on)
        .with("received_on", received_on));
    }
    if received_on > today {
        return Err(Refusal::content(
            "R07",
            "future_date",
            Bilingual::fixed("Une réception ne se date pas dans l'avenir.", "A reception is not dated in the future."),
        )
        .article(article)
        .with("received_on", received_on)
        .with("today", today));
    }
    let period = terms.termination.says().map(|clause| clause.period);
    let Some(earliest) = period.and_then(|period| notice_end(received_on, period)) else {
        return Err(Refusal::state(
            "R07",
            "no_clause",
            Bilingual::fixed(
                "Le texte ne prévoit pas de préavis de résiliation.",
                "The text provides for no notice of termination.",
            ),
        )
        .article(article));
    };
    let effective_on = notice.effective_on.unwrap_or(earliest);
    if effective_on < earliest {
        return Err(Refusal::content(
            "R07",
            "too_early",
            Bilingual::fixed(
                "La résiliation prendrait effet avant la fin du préavis.",
                "The termination would take effect before the notice ends.",
            ),
        )
        .article(article)
        .with("received_on", received_on)
        .with("effective_on", effective_on)
        .with("earliest", earliest));
    }
    let flag = termination_flag(spans, received_on, effective_on).map(|flag| flag.article(article));
    Ok(Termination { earliest, effective_on, terminated_from: effective_on.next(), flag })
}

/// The earliest last day in force after a notice received on a day; none without a clause, or when it counts in seasons.
pub fn earliest_end(terms: &Terms, received_on: CivilDate) -> Option<CivilDate> {
    notice_end(received_on, terms.termination.says()?.period)
}

/// Why the notice changes nothing, if it does not.
fn termination_flag(spans: &Spans, received_on: CivilDate, effective_on: CivilDate) -> Option<Flag> {
    if spans.complete_on.is_none_or(|complete| received_on < complete) {
        let detail = Bilingual::fixed(
            "Reçue avant la signature de la convention, la dénonciation est sans effet.",
            "Received before the convention was signed, the notice has no effect.",
        );
        return Some(Flag::new("R07", "without_effect", detail).with("received_on", received_on));
    }
    let last = spans.last_day.filter(|last| *last < effective_on)?;
    let detail = Bilingual::fixed(
        "La convention expire avant que la résiliation prenne effet.",
        "The convention expires before the termination takes effect.",
    );
    Some(Flag::new("R07", "without_object", detail).with("effective_on", effective_on).with("last_day", last))
}

/// The delay to remedy an unauthorised use after a formal notice (mise en demeure; R08).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cure {
    /// Last day to remedy, until midnight.
    pub last_day: CivilDate,
    /// Day from which, without a remedy, the lapse (caducité) is claimed.
    pub claimed_from: CivilDate,
}

/// The delay opened by a formal notice. `None` while the fact that opens it has not happened, or
/// if the clause counts in seasons.
pub fn cure(
    start: NoticeStart,
    sent_on: Option<CivilDate>,
    received_on: Option<CivilDate>,
    delay: Period,
) -> Option<Cure> {
    let opened_on = match start {
        NoticeStart::Received => received_on,
        NoticeStart::Sent => sent_on,
    }?;
    let last_day = notice_end(opened_on, delay)?;
    Some(Cure { last_day, claimed_from: last_day.next() })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::spans::spans;
    use super::super::terms::Clause;
    use super::*;
    use crate::domain::vocabulary::Unit;

    fn signed(terms: &Terms) -> Spans {
        spans(&PARTIES, &[signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")], terms)
    }

    fn notice(received: &str, effective: Option<&str>) -> TerminationNotice {
        TerminationNotice { sent_on: day(received), received_on: day(received), effective_on: effective.map(day) }
    }

    fn check(received: &str, effective: Option<&str>) -> Result<Termination, Refusal> {
        let terms = reference();
        check_termination(&signed(&terms), &terms, &notice(received, effective), day("2029-12-31"))
    }

    #[test]
    fn it_ends_at_the_earliest_six_months_after_reception() {
        let termination = check("2026-11-23", None).unwrap();
        assert_eq!(termination.effective_on, day("2027-05-23"));
        assert_eq!((termination.terminated_from, termination.flag), (day("2027-05-24"), None));
        for received in ["2025-08-28", "2025-08-29", "2025-08-30", "2025-08-31"] {
            assert_eq!(check(received, None).unwrap().effective_on, day("2026-02-28"), "{received}");
        }
    }

    #[test]
    fn a_date_too_early_is_refused_with_the_earliest() {
        let refusal = check("2026-11-23", Some("2027-05-22")).unwrap_err();
        assert_eq!((refusal.rule, refusal.code, refusal.article.as_deref()), ("R07", "too_early", Some("12")));
        assert_eq!(refusal.computed["earliest"], "2027-05-23");
        for later in ["2027-05-23", "2027-05-24", "2028-01-01"] {
            assert_eq!(check("2026-11-23", Some(later)).unwrap().effective_on, day(later));
        }
    }

    #[test]
    fn beyond_the_end_it_is_without_object_and_before_signature_without_effect() {
        let flag = |received, effective| check(received, effective).unwrap().flag.map(|flag| flag.code);
        assert_eq!(flag("2029-03-01", None), Some("without_object"));
        assert_eq!(flag("2028-12-27", None), None);
        assert_eq!(flag("2028-12-28", None), Some("without_object"));
        assert_eq!(flag("2024-06-26", None), Some("without_effect"));
        assert_eq!(flag("2024-06-27", None), None);
    }

    #[test]
    fn nonsense_is_refused() {
        let terms = reference();
        let reversed = TerminationNotice { sent_on: day("2026-11-24"), ..notice("2026-11-23", None) };
        let code = |notice: &TerminationNotice, terms: &Terms, today: &str| {
            check_termination(&signed(terms), terms, notice, day(today)).map_err(|refusal| refusal.code)
        };
        assert_eq!(code(&reversed, &terms, "2029-12-31"), Err("received_before_sent"));
        assert_eq!(code(&notice("2026-11-23", None), &terms, "2026-11-22"), Err("future_date"));
        assert!(code(&notice("2026-11-23", None), &terms, "2026-11-23").is_ok());
        let silent = Terms { termination: Clause::DeclaredAbsent, ..reference() };
        assert_eq!(code(&notice("2026-11-23", None), &silent, "2029-12-31"), Err("no_clause"));
    }

    #[test]
    fn eight_days_to_remedy_from_reception_or_from_sending() {
        let eight = period(8, Unit::Day);
        for (received, last, claimed) in [
            ("2025-03-24", "2025-04-01", "2025-04-02"),
            ("2024-02-22", "2024-03-01", "2024-03-02"),
            ("2025-07-03", "2025-07-11", "2025-07-12"),
        ] {
            let delay = cure(NoticeStart::Received, None, Some(day(received)), eight);
            assert_eq!(delay, Some(Cure { last_day: day(last), claimed_from: day(claimed) }), "{received}");
        }
        assert_eq!(cure(NoticeStart::Received, Some(day("2025-03-20")), None, eight), None);
        let sent = cure(NoticeStart::Sent, Some(day("2025-03-20")), None, eight).unwrap();
        assert_eq!(sent.last_day, day("2025-03-28"));
    }
}
