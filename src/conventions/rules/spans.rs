//! From facts to dates, and from dates to a status.
//!
//! The spans do not depend on today: a write computes them, lists compare them in SQL, and no nightly
//! job is needed to be right. They depend on the set of facts, never on the order of recording.

use serde::Serialize;
use utoipa::ToSchema;

use super::terms::Terms;
use crate::domain::approval::Approval;
use crate::domain::vocabulary::ConventionStatus;
use crate::domain::{CivilDate, Id, LastDays};

/// A signature as recorded: made on paper, by someone, for a party, on a text (R01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureFact {
    /// The party signed for.
    pub party: Id,
    /// The person who signed, by name.
    pub signatory: String,
    /// The civil day of the signature.
    pub signed_on: CivilDate,
    /// Hash of the text signed.
    pub content_hash: String,
    /// True once the text changed after it.
    pub voided: bool,
}

impl SignatureFact {
    /// A signature is an approval of the text by its party.
    pub fn as_approval(&self) -> Approval<'_> {
        Approval {
            key: self.party,
            person: Some(&self.signatory),
            given_on: self.signed_on,
            content_hash: &self.content_hash,
            void: self.voided,
        }
    }
}

/// The dates of a convention's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, ToSchema)]
pub struct Spans {
    /// First signature that stands.
    pub first_signed_on: Option<CivilDate>,
    /// Last signature, once every party has signed.
    pub complete_on: Option<CivilDate>,
    /// First day in force: the date a clause names, else `complete_on`. `None` until complete.
    pub in_force_from: Option<CivilDate>,
    /// Last day that follows from the duration (R02); `None` when not in force yet, without one, or renewed without limit.
    pub last_day: Option<CivilDate>,
    /// First day of negotiation.
    pub negotiation_on: Option<CivilDate>,
    /// Last day before the end, whatever ends it: the earliest of expiry, termination, lapse and abandonment.
    pub ends_on: Option<CivilDate>,
    /// What it is from the next day on.
    pub end_status: Option<ConventionStatus>,
}

impl Spans {
    /// True if some day is in force for both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (self.in_force_from, other.in_force_from) else {
            return false;
        };
        let later = a.max(b);
        let reaches = |last: Option<CivilDate>| last.is_none_or(|last| later <= last);
        reaches(self.ends_on) && reaches(other.ends_on)
    }
}

/// The last day that a duration gives, from the first day in force (R02).
pub fn expiry(terms: &Terms, in_force_from: Option<CivilDate>) -> Option<CivilDate> {
    let renewals = match terms.tacit_renewal {
        None => 0,
        Some(renewal) => renewal.times?,
    };
    Some(terms.term_end(in_force_from?, renewals)?.under(terms.last_day_rule))
}

/// The spans of a convention (R01, R02, R03).
///
/// In force on the last signature, or on the date its clause names, even one before the signatures: the parties may
/// agree on that, and `as_of` uses every fact known. With tacit renewal the last day is that of the last
/// renewal allowed. Signatures voided, or for a party that is none, do not count; two parties at least.
pub fn spans(parties: &[Id], signatures: &[SignatureFact], terms: &Terms) -> Spans {
    let standing = |party: &Id| {
        signatures
            .iter()
            .filter(|signature| signature.party == *party && !signature.voided)
            .map(|signature| signature.signed_on)
            .min()
    };
    let signed: Vec<Option<CivilDate>> = parties.iter().map(standing).collect();
    let first_signed_on = signed.iter().flatten().min().copied();
    let complete_on = if parties.len() < 2 {
        None
    } else {
        signed.into_iter().collect::<Option<Vec<_>>>().and_then(|days| days.into_iter().max())
    };
    let in_force_from = complete_on.map(|last| terms.named_start().unwrap_or(last));
    let last_day = expiry(terms, in_force_from);
    let (ends_on, end_status) = expired(in_force_from, last_day);
    Spans { first_signed_on, complete_on, in_force_from, last_day, negotiation_on: None, ends_on, end_status }
}

/// The end by expiry. One whose named end comes before its first day expires on that day.
pub fn expired(from: Option<CivilDate>, last_day: Option<CivilDate>) -> (Option<CivilDate>, Option<ConventionStatus>) {
    match (from, last_day) {
        (Some(from), Some(last)) => (Some(last.max(from.previous())), Some(ConventionStatus::Expired)),
        _ => (None, None),
    }
}

/// The status on a date. Exactly one for every date, and none after a terminal one: complete but not yet in effect is
/// still `partially_signed`.
pub fn status(spans: &Spans, on: CivilDate) -> ConventionStatus {
    let reached = |day: Option<CivilDate>| day.is_some_and(|day| day <= on);
    if spans.ends_on.is_some_and(|last| last < on) {
        return spans.end_status.unwrap_or(ConventionStatus::Expired);
    }
    if reached(spans.in_force_from) {
        ConventionStatus::InForce
    } else if reached(spans.first_signed_on) {
        ConventionStatus::PartiallySigned
    } else if reached(spans.negotiation_on) {
        ConventionStatus::Negotiation
    } else {
        ConventionStatus::Draft
    }
}

/// One term of a convention: the first, or one of its tacit renewals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// 0 for the first term.
    pub renewals: u16,
    /// Its first day.
    pub from: CivilDate,
    /// Its last day, under both readings.
    pub last_days: LastDays,
}

/// The term running on a date, or `None` when the convention is not in force then or has no duration.
pub fn term_on(spans: &Spans, terms: &Terms, on: CivilDate) -> Option<Term> {
    let in_force_from = spans.in_force_from?;
    if status(spans, on) != ConventionStatus::InForce {
        return None;
    }
    let most = match terms.tacit_renewal {
        None => 0,
        Some(renewal) => renewal.times.unwrap_or(u16::MAX),
    };
    let mut from = in_force_from;
    for renewals in 0..=most {
        let last_days = terms.term_end(in_force_from, renewals)?;
        let last = last_days.under(terms.last_day_rule);
        if on <= last {
            return Some(Term { renewals, from, last_days });
        }
        from = last.next();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::conventions::rules::terms::{Clause, TacitRenewal};
    use crate::domain::vocabulary::{LastDayRule, Unit};
    use proptest::prelude::*;

    fn signed(one: &str, other: &str, terms: &Terms) -> Spans {
        spans(&PARTIES, &[signature(0, "A", one), signature(1, "B", other)], terms)
    }

    fn on(spans: &Spans, date: &str) -> ConventionStatus {
        status(spans, day(date))
    }

    #[test]
    fn in_force_on_the_last_signature_for_five_years() {
        let anniversary = signed("2024-06-20", "2024-06-27", &reference());
        assert_eq!(anniversary.first_signed_on, Some(day("2024-06-20")));
        assert_eq!(anniversary.complete_on, Some(day("2024-06-27")));
        assert_eq!(anniversary.in_force_from, Some(day("2024-06-27")));
        assert_eq!(anniversary.last_day, Some(day("2029-06-27")));
        for (date, status) in [
            ("2024-06-19", ConventionStatus::Draft),
            ("2024-06-20", ConventionStatus::PartiallySigned),
            ("2024-06-26", ConventionStatus::PartiallySigned),
            ("2024-06-27", ConventionStatus::InForce),
            ("2029-06-27", ConventionStatus::InForce),
            ("2029-06-28", ConventionStatus::Expired),
        ] {
            assert_eq!(on(&anniversary, date), status, "{date}");
        }
        let eve = signed("2024-06-20", "2024-06-27", &Terms { last_day_rule: LastDayRule::Eve, ..reference() });
        assert_eq!(on(&eve, "2029-06-26"), ConventionStatus::InForce);
        assert_eq!(on(&eve, "2029-06-27"), ConventionStatus::Expired);
    }

    #[test]
    fn a_leap_day_ends_on_28_february_under_both_readings() {
        for last_day_rule in [LastDayRule::Anniversary, LastDayRule::Eve] {
            let spans = signed("2024-02-29", "2024-02-29", &Terms { last_day_rule, ..reference() });
            assert_eq!(spans.last_day, Some(day("2029-02-28")));
        }
    }

    #[test]
    fn every_party_must_have_signed_and_two_at_least() {
        let one = [signature(0, "A", "2024-06-20")];
        let partial = spans(&PARTIES, &one, &reference());
        assert_eq!((partial.complete_on, partial.in_force_from, partial.last_day), (None, None, None));
        assert_eq!(on(&partial, "2090-01-01"), ConventionStatus::PartiallySigned);
        assert_eq!(spans(&PARTIES[..1], &one, &reference()).complete_on, None);
        assert_eq!(spans(&[], &[], &reference()), Spans::default());
        let mut voided = signature(1, "B", "2024-06-27");
        voided.voided = true;
        assert_eq!(spans(&PARTIES, &[one[0].clone(), voided], &reference()), partial);
        let stranger = SignatureFact { party: Id::from_bytes([9; 16]), ..signature(1, "B", "2024-06-01") };
        assert_eq!(spans(&PARTIES, &[one[0].clone(), stranger], &reference()), partial);
        let third = Id::from_bytes([3; 16]);
        let three = [PARTIES[0], PARTIES[1], third];
        let two_of_three = spans(&three, &[one[0].clone(), signature(1, "B", "2024-06-27")], &reference());
        assert_eq!(two_of_three.complete_on, None);
    }

    #[test]
    fn a_clause_may_name_the_day_it_takes_effect() {
        let later = Terms { effective_on: Some(day("2024-09-01")), ..reference() };
        let spans = signed("2024-06-20", "2024-06-27", &later);
        assert_eq!((spans.in_force_from, spans.last_day), (Some(day("2024-09-01")), Some(day("2029-09-01"))));
        assert_eq!(on(&spans, "2024-08-31"), ConventionStatus::PartiallySigned);
        assert_eq!(on(&spans, "2024-09-01"), ConventionStatus::InForce);
        let earlier = Terms { effective_on: Some(day("2024-06-01")), ..reference() };
        assert_eq!(signed("2024-06-20", "2024-06-27", &earlier).in_force_from, Some(day("2024-06-01")));
    }

    #[test]
    fn a_named_end_is_the_last_day_under_both_readings() {
        for last_day_rule in [LastDayRule::Anniversary, LastDayRule::Eve] {
            let terms = Terms { last_day_rule, ..lasting_until("2027-08-31", Some("2024-09-01")) };
            let spans = signed("2024-06-20", "2024-06-27", &terms);
            assert_eq!((spans.in_force_from, spans.last_day), (Some(day("2024-09-01")), Some(day("2027-08-31"))));
            assert_eq!(on(&spans, "2027-08-31"), ConventionStatus::InForce);
            assert_eq!(on(&spans, "2027-09-01"), ConventionStatus::Expired);
        }
    }

    #[test]
    fn signed_after_its_named_end_it_is_never_in_force() {
        let spans = signed("2027-08-01", "2027-09-10", &lasting_until("2027-08-31", None));
        assert_eq!(on(&spans, "2027-09-09"), ConventionStatus::PartiallySigned);
        assert_eq!(on(&spans, "2027-09-10"), ConventionStatus::Expired);
    }

    #[test]
    fn without_a_duration_there_is_no_last_day() {
        let terms = Terms { duration: Clause::DeclaredAbsent, ..reference() };
        let spans = signed("2024-06-20", "2024-06-27", &terms);
        assert_eq!(spans.last_day, None);
        assert_eq!(on(&spans, "2190-01-01"), ConventionStatus::InForce);
        assert_eq!(term_on(&spans, &terms, day("2025-01-01")), None);
    }

    #[test]
    fn school_years_weeks_and_months() {
        for (value, unit, end) in [
            (1, Unit::SchoolYear, "2024-08-31"),
            (3, Unit::SchoolYear, "2026-08-31"),
            (36, Unit::Week, "2025-03-06"),
            (36, Unit::Month, "2027-06-27"),
            (90, Unit::Day, "2024-09-25"),
        ] {
            let spans = signed("2024-06-20", "2024-06-27", &lasting(value, unit));
            assert_eq!(spans.last_day, Some(day(end)), "{value} {unit}");
        }
    }

    #[test]
    fn with_tacit_renewal_the_spans_renew_from_the_origin() {
        let terms = Terms { tacit_renewal: Some(TacitRenewal::default()), ..lasting(1, Unit::Year) };
        let spans = signed("2024-02-29", "2024-02-29", &terms);
        assert_eq!(spans.last_day, None);
        assert_eq!(on(&spans, "2100-01-01"), ConventionStatus::InForce);
        for (date, renewals, from, last) in [
            ("2025-02-28", 0, "2024-02-29", "2025-02-28"),
            ("2025-03-01", 1, "2025-03-01", "2026-02-28"),
            ("2028-02-29", 3, "2027-03-01", "2028-02-29"),
        ] {
            let term = term_on(&spans, &terms, day(date)).unwrap();
            assert_eq!(
                (term.renewals, term.from, term.last_days.anniversary),
                (renewals, day(from), day(last)),
                "{date}"
            );
        }
    }

    #[test]
    fn a_limited_renewal_ends_after_its_last_span() {
        let once = TacitRenewal { period: Some(period(1, Unit::Year)), times: Some(1) };
        let terms = Terms { tacit_renewal: Some(once), ..lasting(36, Unit::Month) };
        let spans = signed("2024-06-20", "2024-06-27", &terms);
        assert_eq!(spans.last_day, Some(day("2028-06-27")));
        assert_eq!(on(&spans, "2028-06-28"), ConventionStatus::Expired);
        assert_eq!(term_on(&spans, &terms, day("2028-06-28")), None);
    }

    #[test]
    fn a_named_span_renews_for_its_own_length() {
        let forever = TacitRenewal::default();
        let school_year = Terms { tacit_renewal: Some(forever), ..lasting_until("2025-08-31", Some("2024-09-01")) };
        assert_eq!(school_year.term_end(day("2024-09-01"), 2), Some(LastDays::named(day("2027-08-31"))));
        let odd = Terms { tacit_renewal: Some(forever), ..lasting_until("2024-09-10", Some("2024-09-01")) };
        assert_eq!(odd.term_end(day("2024-09-01"), 1), Some(LastDays::named(day("2024-09-20"))));
        let february = Terms { tacit_renewal: Some(forever), ..lasting_until("2027-02-28", Some("2026-03-01")) };
        assert_eq!(february.term_end(day("2026-03-01"), 1), Some(LastDays::named(day("2028-02-29"))));
    }

    #[test]
    fn a_season_has_no_end_of_its_own() {
        assert_eq!(signed("2024-06-20", "2024-06-27", &lasting(1, Unit::Season)).last_day, None);
    }

    #[test]
    fn spans_overlap_when_a_day_is_in_force_for_both() {
        let span = |from: &str, last: Option<&str>| Spans {
            in_force_from: Some(day(from)),
            last_day: last.map(day),
            ends_on: last.map(day),
            ..Spans::default()
        };
        let one = span("2024-01-01", Some("2024-12-31"));
        assert!(one.overlaps(&span("2024-12-31", None)) && span("2024-12-31", None).overlaps(&one));
        assert!(!one.overlaps(&span("2025-01-01", None)) && !span("2025-01-01", None).overlaps(&one));
        assert!(!one.overlaps(&Spans::default()));
    }

    proptest! {
        #[test]
        fn facts_in_any_order_give_the_same_spans((facts, shuffled) in any_facts(), terms in any_terms()) {
            prop_assert_eq!(spans(&PARTIES, &facts, &terms), spans(&PARTIES, &shuffled, &terms));
        }

        #[test]
        fn states_only_move_forward((facts, _) in any_facts(), terms in any_terms(), dates in prop::collection::vec(any_day(), 2..40)) {
            let spans = spans(&PARTIES, &facts, &terms);
            let mut dates = dates;
            dates.sort_unstable();
            let rank = |date: &CivilDate| status(&spans, *date) as u8;
            prop_assert!(dates.is_sorted_by_key(rank), "a later date shows an earlier state");
        }

        #[test]
        fn the_dates_alone_say_the_status((facts, _) in any_facts(), terms in any_terms(), date in any_day()) {
            // The predicates that a list uses in SQL: exactly one holds.
            let spans = spans(&PARTIES, &facts, &terms);
            let begun = spans.in_force_from.is_some_and(|from| from <= date);
            let over = spans.ends_on.is_some_and(|last| last < date);
            let signed = spans.first_signed_on.is_some_and(|first| first <= date);
            let holding = [
                (!over && !begun && !signed, ConventionStatus::Draft),
                (!over && !begun && signed, ConventionStatus::PartiallySigned),
                (!over && begun, ConventionStatus::InForce),
                (over, ConventionStatus::Expired),
            ];
            let holding: Vec<_> = holding.iter().filter(|(holds, _)| *holds).map(|(_, status)| *status).collect();
            prop_assert_eq!(holding, vec![status(&spans, date)]);
        }

        #[test]
        fn a_day_in_force_belongs_to_one_term((facts, _) in any_facts(), terms in any_terms(), date in any_day()) {
            let spans = spans(&PARTIES, &facts, &terms);
            if let Some(term) = term_on(&spans, &terms, date) {
                prop_assert!(term.from <= date && date <= term.last_days.under(terms.last_day_rule));
            }
        }
    }
}
