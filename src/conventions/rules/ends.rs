//! What ends a convention, and when: expiry (R02), abandonment before force (R01), termination (R07), lapse (R08).
//!
//! The earliest wins; of two on one day the first in this order: the text's own end, then what the parties did. A terminal
//! state never returns, whatever the facts say of later days.

use super::scene::{LifeFact, Party};
use super::spans::{Spans, expired};
use super::texts::Texts;
use super::{lapses, terminations};
use crate::domain::CivilDate;
use crate::domain::vocabulary::{ConventionStatus, FactKind};

/// The spans with what facts make of them: negotiation, and the end, whatever ends it.
pub fn settle(mut spans: Spans, parties: &[Party], texts: &Texts, facts: &[LifeFact]) -> Spans {
    let opened = facts.iter().filter(|fact| fact.kind == FactKind::NegotiationOpened);
    spans.negotiation_on = opened.map(|fact| fact.occurred_on).min();
    (spans.ends_on, spans.end_status) = expired(spans.in_force_from, spans.last_day);
    let mut ends: Vec<(CivilDate, ConventionStatus)> = Vec::new();
    if let (Some(last), Some(status)) = (spans.ends_on, spans.end_status) {
        ends.push((last.next(), status));
    }
    ends.extend(terminations::effective_on(parties, &spans, texts, facts).map(after(ConventionStatus::Terminated)));
    ends.extend(lapses::lapsed_from(parties, &spans, texts, facts).map(|from| (from, ConventionStatus::Lapsed)));
    ends.extend(abandoned_on(&spans, facts).map(|on| (on, ConventionStatus::Abandoned)));
    // The first of those that come earliest: `min_by_key` keeps the order above.
    if let Some((first_day, status)) = ends.into_iter().min_by_key(|(day, _)| *day) {
        spans.ends_on = Some(first_day.previous());
        spans.end_status = Some(status);
    }
    spans
}

fn after(status: ConventionStatus) -> impl Fn(CivilDate) -> (CivilDate, ConventionStatus) {
    move |last| (last.next(), status)
}

/// The day it was given up: never once every party has signed, whatever day one of them says. Who signs after an
/// abandonment is refused, so that all of them have signed only what nobody had given up.
fn abandoned_on(spans: &Spans, facts: &[LifeFact]) -> Option<CivilDate> {
    if spans.complete_on.is_some() {
        return None;
    }
    facts.iter().filter(|fact| fact.kind == FactKind::Abandoned).map(|fact| fact.occurred_on).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::*;
    use super::super::{Clause, Terms, flags, status};
    use super::*;
    use crate::domain::Id;
    use crate::domain::vocabulary::{ConventionFlag, LapseEffect, NoticeStart, Unit};

    /// The reference with a delay of eight days to remedy.
    fn curing() -> Terms {
        Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..reference() }
    }

    fn on(case: &Case, date: &str) -> ConventionStatus {
        status(&case.spans, day(date))
    }

    fn shows(case: &Case, date: &str, flag: ConventionFlag) -> bool {
        flags(&case.scene(), None, day(date)).contains(&flag)
    }

    fn terminated(received: &str) -> Case {
        let sent = fact(1, FactKind::TerminationSent, 1, received);
        let received = follows(2, FactKind::TerminationReceived, 0, received, 1);
        Case::signed(reference(), vec![sent, received])
    }

    #[test]
    fn terminated_from_the_day_after_the_notice_ends() {
        for (received, effective) in [
            ("2026-11-23", "2027-05-23"),
            ("2025-08-28", "2026-02-28"),
            ("2025-08-29", "2026-02-28"),
            ("2025-08-30", "2026-02-28"),
            ("2025-08-31", "2026-02-28"),
        ] {
            let case = terminated(received);
            assert_eq!(on(&case, effective), ConventionStatus::InForce, "{received}");
            assert_eq!(status(&case.spans, day(effective).next()), ConventionStatus::Terminated, "{received}");
            assert_eq!(case.spans.last_day, Some(day("2029-06-27")), "what the duration says stays");
            assert!(shows(&case, received, ConventionFlag::TerminationNotified));
        }
        // Beyond the end it is without object: the convention expires first.
        let case = terminated("2029-03-01");
        assert_eq!(
            (on(&case, "2029-06-27"), on(&case, "2029-06-28")),
            (ConventionStatus::InForce, ConventionStatus::Expired)
        );
        assert_eq!(on(&case, "2029-09-02"), ConventionStatus::Expired);
        // On the very last day both say the same.
        assert_eq!(on(&terminated("2028-12-27"), "2029-06-28"), ConventionStatus::Expired);
    }

    #[test]
    fn received_by_the_other_and_withdrawn_with_its_agreement_only() {
        let sent = fact(1, FactKind::TerminationSent, 1, "2026-11-23");
        let own = follows(2, FactKind::TerminationReceived, 1, "2026-11-23", 1);
        assert_eq!(on(&Case::signed(reference(), vec![sent.clone(), own]), "2027-06-01"), ConventionStatus::InForce);
        let mut facts = vec![sent, follows(2, FactKind::TerminationReceived, 0, "2026-11-23", 1)];
        facts.push(follows(3, FactKind::TerminationWithdrawn, 1, "2027-01-10", 1));
        assert_eq!(on(&Case::signed(reference(), facts.clone()), "2027-06-01"), ConventionStatus::Terminated);
        let agreed = |date: &str| {
            let mut facts = facts.clone();
            facts.push(follows(4, FactKind::TerminationWithdrawn, 0, date, 1));
            Case::signed(reference(), facts)
        };
        assert_eq!(on(&agreed("2027-05-23"), "2027-06-01"), ConventionStatus::InForce);
        assert_eq!(on(&agreed("2027-05-24"), "2027-06-01"), ConventionStatus::Terminated);
        assert!(shows(&agreed("2027-02-01"), "2027-01-31", ConventionFlag::TerminationNotified));
        assert!(!shows(&agreed("2027-02-01"), "2027-02-01", ConventionFlag::TerminationNotified));
    }

    #[test]
    fn ended_by_all_of_them_together() {
        let agreed = |id, party, on: &str, end: &str| LifeFact {
            effective_on: Some(day(end)),
            ..fact(id, FactKind::TerminationAgreed, party, on)
        };
        let one = agreed(1, 0, "2026-01-10", "2026-06-30");
        assert_eq!(on(&Case::signed(reference(), vec![one.clone()]), "2026-07-01"), ConventionStatus::InForce);
        let other = agreed(2, 1, "2026-01-20", "2026-06-30");
        let both = Case::signed(reference(), vec![one.clone(), other]);
        assert_eq!(
            (on(&both, "2026-06-30"), on(&both, "2026-07-01")),
            (ConventionStatus::InForce, ConventionStatus::Terminated)
        );
        let elsewhere = agreed(2, 1, "2026-01-20", "2026-07-31");
        assert_eq!(on(&Case::signed(reference(), vec![one, elsewhere]), "2026-12-01"), ConventionStatus::InForce);
    }

    /// A use on 20 March 2025, and the notice received on 24 March: the clocks change on the 30th.
    fn put_on_notice(terms: Terms, more: Vec<LifeFact>) -> Case {
        let mut facts = vec![
            fact(1, FactKind::UnauthorisedUse, 1, "2025-03-20"),
            follows(2, FactKind::FormalNoticeSent, 0, "2025-03-21", 1),
            follows(3, FactKind::FormalNoticeReceived, 1, "2025-03-24", 2),
        ];
        facts.extend(more);
        Case::signed(terms, facts)
    }

    #[test]
    fn a_notice_over_the_change_of_clocks() {
        let case = put_on_notice(curing(), vec![]);
        assert!(!shows(&case, "2025-03-20", ConventionFlag::FormalNotice));
        for date in ["2025-03-21", "2025-03-24", "2025-04-01"] {
            assert!(shows(&case, date, ConventionFlag::FormalNotice), "{date}");
            assert!(!shows(&case, date, ConventionFlag::LapseClaimed), "{date}");
        }
        assert!(shows(&case, "2025-04-02", ConventionFlag::LapseClaimed));
        assert_eq!(on(&case, "2025-04-02"), ConventionStatus::InForce);
        let sent = put_on_notice(Terms { notice_start: NoticeStart::Sent, ..curing() }, vec![]);
        assert!(shows(&sent, "2025-03-30", ConventionFlag::LapseClaimed));
        assert!(!shows(&sent, "2025-03-29", ConventionFlag::LapseClaimed));
        let automatic = put_on_notice(Terms { lapse_effect: LapseEffect::Automatic, ..curing() }, vec![]);
        assert_eq!(on(&automatic, "2025-04-01"), ConventionStatus::InForce);
        assert_eq!(on(&automatic, "2025-04-02"), ConventionStatus::Lapsed);
        // No clause, no rule.
        assert!(!shows(&put_on_notice(reference(), vec![]), "2025-04-02", ConventionFlag::LapseClaimed));
    }

    #[test]
    fn a_timely_remedy_undoes_the_lapse_and_a_late_one_does_not() {
        let automatic = || Terms { lapse_effect: LapseEffect::Automatic, ..curing() };
        let remedied = |date: &str| put_on_notice(automatic(), vec![follows(4, FactKind::UseRemedied, 1, date, 2)]);
        assert_eq!(on(&remedied("2025-04-01"), "2026-01-01"), ConventionStatus::InForce);
        assert_eq!(on(&remedied("2025-04-02"), "2026-01-01"), ConventionStatus::Lapsed);
        assert!(!shows(&remedied("2025-04-01"), "2025-04-01", ConventionFlag::FormalNotice));
    }

    #[test]
    fn a_lapse_takes_effect_once_all_acknowledge_it_or_a_decision_is_attached() {
        let acknowledged = |id, party, date: &str| follows(id, FactKind::LapseAcknowledged, party, date, 2);
        let contested = follows(4, FactKind::LapseContested, 1, "2025-04-05", 2);
        let one = put_on_notice(curing(), vec![contested.clone(), acknowledged(5, 0, "2025-04-06")]);
        assert_eq!(on(&one, "2025-05-01"), ConventionStatus::InForce);
        let both = put_on_notice(
            curing(),
            vec![contested, acknowledged(5, 0, "2025-04-06"), acknowledged(6, 1, "2025-05-20")],
        );
        assert_eq!(
            (on(&both, "2025-04-01"), on(&both, "2025-04-02")),
            (ConventionStatus::InForce, ConventionStatus::Lapsed)
        );
        let decided = |proven| LifeFact { proven, ..follows(5, FactKind::LapseDecided, 0, "2025-06-01", 2) };
        assert_eq!(on(&put_on_notice(curing(), vec![decided(false)]), "2025-07-01"), ConventionStatus::InForce);
        assert_eq!(on(&put_on_notice(curing(), vec![decided(true)]), "2025-07-01"), ConventionStatus::Lapsed);
    }

    #[test]
    fn a_notice_by_the_user_or_without_a_use_has_no_effect() {
        let automatic = || Terms { lapse_effect: LapseEffect::Automatic, ..curing() };
        let noticed = |by: usize, of: Option<u8>| {
            let mut notice = fact(2, FactKind::FormalNoticeSent, by, "2025-03-21");
            notice.refers_to = of.map(|of| Id::from_bytes([of; 16]));
            let received = follows(3, FactKind::FormalNoticeReceived, 1 - by, "2025-03-24", 2);
            Case::signed(automatic(), vec![fact(1, FactKind::UnauthorisedUse, 1, "2025-03-20"), notice, received])
        };
        assert_eq!(on(&noticed(0, Some(1)), "2025-05-01"), ConventionStatus::Lapsed);
        assert_eq!(on(&noticed(0, None), "2025-05-01"), ConventionStatus::InForce);
        assert_eq!(on(&noticed(1, Some(1)), "2025-05-01"), ConventionStatus::InForce);
    }

    #[test]
    fn negotiated_then_given_up_before_force() {
        let opened = fact(1, FactKind::NegotiationOpened, 0, "2024-03-01");
        let given_up = fact(2, FactKind::Abandoned, 1, "2024-05-02");
        let case = Case::of(reference(), &[], vec![opened.clone(), given_up.clone()]);
        for (date, status) in [
            ("2024-02-29", ConventionStatus::Draft),
            ("2024-03-01", ConventionStatus::Negotiation),
            ("2024-05-01", ConventionStatus::Negotiation),
            ("2024-05-02", ConventionStatus::Abandoned),
            ("2030-01-01", ConventionStatus::Abandoned),
        ] {
            assert_eq!(on(&case, date), status, "{date}");
        }
        // Once in force it is no longer given up.
        let late = fact(2, FactKind::Abandoned, 1, "2024-06-27");
        assert_eq!(on(&Case::signed(reference(), vec![opened, late]), "2025-01-01"), ConventionStatus::InForce);
        // Nor by one party alone once all have signed, on a day of before either.
        assert_eq!(on(&Case::signed(reference(), vec![given_up]), "2025-01-01"), ConventionStatus::InForce);
    }

    #[test]
    fn a_dispute_is_open_until_it_is_settled() {
        let raised = fact(1, FactKind::DisputeRaised, 0, "2025-01-10");
        let failed = follows(2, FactKind::ConciliationFailed, 0, "2025-03-01", 1);
        let settled = |id, party, on| follows(id, FactKind::ConciliationSettled, party, on, 1);
        let one = vec![raised, failed, settled(3, 0, "2025-04-01")];
        assert!(shows(&Case::signed(reference(), one.clone()), "2025-06-01", ConventionFlag::DisputeOpen));
        let case = Case::signed(reference(), [one, vec![settled(4, 1, "2025-05-01")]].concat());
        for (date, open) in [("2025-01-09", false), ("2025-01-10", true), ("2025-04-30", true), ("2025-05-01", false)] {
            assert_eq!(shows(&case, date, ConventionFlag::DisputeOpen), open, "{date}");
        }
    }

    proptest! {
        #[test]
        fn facts_in_any_order_give_the_same_life(terms in any_terms(), (signs, _) in any_facts(), life in any_life(), date in any_day()) {
            let turned: Vec<_> = life.iter().rev().cloned().collect();
            let (one, other) = (Case::of(terms.clone(), &signs, life), Case::of(terms, &signs, turned));
            prop_assert_eq!(one.spans, other.spans);
            prop_assert_eq!(flags(&one.scene(), None, date), flags(&other.scene(), None, date));
        }

        #[test]
        fn terminal_states_never_return(terms in any_terms(), (signs, _) in any_facts(), life in any_life(), dates in prop::collection::vec(any_day(), 2..40)) {
            let case = Case::of(Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..terms }, &signs, life);
            let mut dates = dates;
            dates.sort_unstable();
            let mut ended = None;
            for date in dates {
                let now = status(&case.spans, date);
                prop_assert!(ended.is_none_or(|end| end == now), "{:?} then {:?}", ended, now);
                if now.is_terminal() {
                    ended = Some(now);
                }
            }
        }

        #[test]
        fn nothing_ends_it_later_than_its_duration(terms in any_terms(), (signs, _) in any_facts(), life in any_life()) {
            let case = Case::of(terms, &signs, life);
            if let (Some(end), Some(last), Some(from)) = (case.spans.ends_on, case.spans.last_day, case.spans.in_force_from) {
                prop_assert!(end <= last.max(from.previous()));
            }
        }
    }
}
