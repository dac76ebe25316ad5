//! The end of a convention: what comes too late (R03), and the information before it (R04; article 11).

use super::spans::{Spans, Term, status, term_on};
use super::terms::Terms;
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::Side;
use crate::domain::{CivilDate, Deadline};

/// Whether an act may be dated `dated` (R03): not after the end, whatever ended it. Results, reports, minutes and one
/// closing meeting may be recorded after the end: callers do not ask for those.
///
/// # Errors
///
/// `after_end`.
pub fn check_not_after_end(spans: &Spans, terms: &Terms, dated: CivilDate) -> Result<(), Refusal> {
    match spans.ends_on {
        Some(last) if last < dated => Err(Refusal::content(
            "R03",
            "after_end",
            Bilingual::fixed("La convention avait pris fin à cette date.", "The convention had ended by that date."),
        )
        .article(terms.duration.article())
        .with("dated", dated)
        .with("status", status(spans, dated))
        .with("last_day", last)),
        _ => Ok(()),
    }
}

/// Whether a renewal (`renews`) may come into force (R03): no two in force renew the same convention.
///
/// # Errors
///
/// `already_renewed`.
pub fn check_renewal(others: &[Spans], new: &Spans, article: Option<&str>) -> Result<(), Refusal> {
    match others.iter().find(|other| other.overlaps(new)) {
        None => Ok(()),
        Some(other) => Err(with_force(
            Refusal::state(
                "R03",
                "already_renewed",
                Bilingual::fixed(
                    "Une autre convention en vigueur renouvelle déjà celle-ci.",
                    "Another convention in force already renews this one.",
                ),
            )
            .article(article),
            other,
        )),
    }
}

/// Adds the dates in force of the convention that stands in the way.
pub(super) fn with_force(mut refusal: Refusal, other: &Spans) -> Refusal {
    if let Some(from) = other.in_force_from {
        refusal = refusal.with("other_in_force_from", from);
    }
    if let Some(last) = other.last_day {
        refusal = refusal.with("other_last_day", last);
    }
    refusal
}

/// By when the other side is to be informed of the end of the first term (R04). `None` without such
/// a clause, without a duration, or before the convention is complete.
pub fn inform_by(spans: &Spans, terms: &Terms) -> Option<Deadline> {
    let notice = terms.renewal_information.says()?;
    let end = terms.term_end(spans.in_force_from?, 0)?;
    end.deadline_before(notice.period, terms.last_day_rule)
}

/// The same for one term of a convention renewed tacitly.
pub fn inform_by_in(term: &Term, terms: &Terms) -> Option<Deadline> {
    let notice = terms.renewal_information.says()?;
    term.last_days.deadline_before(notice.period, terms.last_day_rule)
}

/// What R04 has to say of an information given on `informed_on` by a party of the side `by`: nothing when
/// it is on time, else `late` (with `late_by_days`) or `without_effect`. No clause, no duty, nothing to say.
pub fn expiry_information(spans: &Spans, terms: &Terms, informed_on: CivilDate, by: Side) -> Option<Flag> {
    let notice = terms.renewal_information.says()?;
    let article = terms.renewal_information.article();
    let without_effect =
        |detail| Some(Flag::new("R04", "without_effect", detail).article(article).with("informed_on", informed_on));
    if notice.by.is_some_and(|owed| owed != by) {
        return without_effect(Bilingual::fixed(
            "Cette information incombe à l'autre partie.",
            "This information is for the other side to give.",
        ))
        .map(|flag| flag.with("given_by", by));
    }
    if spans.complete_on.is_none_or(|complete| informed_on < complete) {
        return without_effect(Bilingual::fixed(
            "Donnée avant la signature de la convention, elle est sans effet.",
            "Given before the convention was signed, it has no effect.",
        ));
    }
    if spans.ends_on.is_some_and(|last| last < informed_on) {
        return without_effect(Bilingual::fixed(
            "Donnée après la fin de la convention, elle est sans effet.",
            "Given after the convention's end, it has no effect.",
        ));
    }
    let deadline = match term_on(spans, terms, informed_on) {
        Some(term) => inform_by_in(&term, terms)?,
        None => inform_by(spans, terms)?,
    };
    // A notice longer than the term: it was over before anybody could be informed.
    let begins = term_on(spans, terms, informed_on).filter(|term| term.renewals > 0).map(|term| term.from);
    let begins = begins.or(spans.complete_on);
    if begins.is_some_and(|begins| deadline.deadline_on < begins) {
        return None;
    }
    let late = deadline.late_by_days(informed_on);
    (late > 0).then(|| {
        Flag::new(
            "R04",
            "late",
            Bilingual::fixed(
                "L'information sur l'échéance a été donnée en retard.",
                "The information on the end was given late.",
            ),
        )
        .article(article)
        .with("informed_on", informed_on)
        .with("due_on", deadline.due_on)
        .with("deadline_on", deadline.deadline_on)
        .with("late_by_days", late)
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::spans::spans;
    use super::super::terms::{Clause, TacitRenewal};
    use super::*;
    use crate::domain::vocabulary::{LastDayRule, Unit};

    fn signed(terms: &Terms) -> Spans {
        spans(&PARTIES, &[signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")], terms)
    }

    #[test]
    fn an_act_may_be_dated_up_to_the_last_day() {
        let terms = reference();
        let convention = signed(&terms);
        for date in ["2024-01-01", "2029-06-26", "2029-06-27"] {
            assert_eq!(check_not_after_end(&convention, &terms, day(date)), Ok(()), "{date}");
        }
        let refusal = check_not_after_end(&convention, &terms, day("2029-06-28")).unwrap_err();
        assert_eq!((refusal.rule, refusal.code, refusal.article.as_deref()), ("R03", "after_end", Some("11")));
        assert_eq!(refusal.computed["last_day"], "2029-06-27");
        let endless = Terms { duration: Clause::DeclaredAbsent, ..reference() };
        assert_eq!(check_not_after_end(&signed(&endless), &endless, day("2150-01-01")), Ok(()));
    }

    #[test]
    fn two_in_force_do_not_renew_the_same() {
        let span = |from: &str, last: &str| Spans {
            in_force_from: Some(day(from)),
            last_day: Some(day(last)),
            ends_on: Some(day(last)),
            ..Spans::default()
        };
        let first = span("2029-06-28", "2034-06-27");
        assert_eq!(check_renewal(&[], &first, None), Ok(()));
        assert_eq!(check_renewal(&[Spans::default()], &first, None), Ok(()));
        assert_eq!(check_renewal(&[first], &span("2034-06-28", "2039-06-28"), None), Ok(()));
        let refusal = check_renewal(&[first], &span("2034-06-27", "2039-06-27"), Some("11")).unwrap_err();
        assert_eq!((refusal.rule, refusal.code), ("R03", "already_renewed"));
        assert_eq!(refusal.computed["other_last_day"], "2034-06-27");
    }

    #[test]
    fn the_information_is_due_six_months_before_the_end() {
        let terms = reference();
        let deadline = inform_by(&signed(&terms), &terms).unwrap();
        assert_eq!((deadline.deadline_on, deadline.due_on), (day("2028-12-27"), day("2028-12-26")));
        let eve = Terms { last_day_rule: LastDayRule::Eve, ..reference() };
        assert_eq!(inform_by(&signed(&eve), &eve).unwrap().deadline_on, day("2028-12-26"));
        let named = lasting_until("2027-08-31", None);
        let deadline = inform_by(&signed(&named), &named).unwrap();
        assert_eq!((deadline.deadline_on, deadline.due_on), (day("2027-02-28"), day("2027-02-28")));
        let silent = Terms { renewal_information: Clause::DeclaredAbsent, ..reference() };
        assert_eq!(inform_by(&signed(&silent), &silent), None);
        assert_eq!(inform_by(&Spans::default(), &terms), None);
    }

    #[test]
    fn late_or_without_effect() {
        let said = |terms: &Terms, on: &str, by| {
            expiry_information(&signed(terms), terms, day(on), by)
                .map(|flag| (flag.code, flag.computed.get("late_by_days").and_then(serde_json::Value::as_u64)))
        };
        let (anniversary, eve) = (reference(), Terms { last_day_rule: LastDayRule::Eve, ..reference() });
        for (on, by, expected) in [
            ("2024-06-26", Side::Association, Some(("without_effect", None))),
            ("2024-06-27", Side::Association, None),
            ("2028-12-26", Side::Association, None),
            ("2028-12-27", Side::Association, None),
            ("2028-12-28", Side::Association, Some(("late", Some(1)))),
            ("2029-06-27", Side::Association, Some(("late", Some(182)))),
            ("2029-06-28", Side::Association, Some(("without_effect", None))),
            ("2028-12-27", Side::State, Some(("without_effect", None))),
        ] {
            assert_eq!(said(&anniversary, on, by), expected, "{on} {by}");
        }
        assert_eq!(said(&eve, "2028-12-26", Side::Association), None);
        assert_eq!(said(&eve, "2028-12-27", Side::Association), Some(("late", Some(1))));
        let silent = Terms { renewal_information: Clause::DeclaredAbsent, ..reference() };
        assert_eq!(said(&silent, "2029-06-27", Side::State), None);
        let unsigned = expiry_information(&Spans::default(), &anniversary, day("2028-01-01"), Side::Association);
        assert_eq!(unsigned.map(|flag| flag.code), Some("without_effect"));
    }

    #[test]
    fn each_renewed_term_has_its_own_deadline() {
        let terms = Terms { tacit_renewal: Some(TacitRenewal::default()), ..lasting(1, Unit::Year) };
        let convention = signed(&terms);
        let term = term_on(&convention, &terms, day("2026-01-15")).unwrap();
        assert_eq!(inform_by_in(&term, &terms).unwrap().deadline_on, day("2025-12-27"));
        let flag = expiry_information(&convention, &terms, day("2026-01-15"), Side::Association).unwrap();
        assert_eq!((flag.code, &flag.computed["late_by_days"]), ("late", &19.into()));
    }
}
