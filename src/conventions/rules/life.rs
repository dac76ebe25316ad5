//! The life of a convention in force: the information before its end (R04) and the talks on its renewal (R05), from
//! the facts recorded, on any date asked.
//!
//! A fact counts from the day it happened, whenever it was recorded; one that the rules say is without effect does not.

use super::ending::{expiry_information, inform_by, inform_by_in};
use super::spans::{Spans, Term, status, term_on};
use super::terms::Terms;
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::vocabulary::{ConventionFlag, ConventionStatus, DutyNature, DutyStatus, FactKind, Side};
use crate::domain::{CivilDate, Deadline};

/// Something that happened, as the rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeFact {
    pub kind: FactKind,
    /// The side of the party that did it.
    pub by: Side,
    pub occurred_on: CivilDate,
}

/// A duty of the ledger, on a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// Rule it comes from.
    pub rule: &'static str,
    /// Stable among the duties of its convention: rule and term.
    pub key: String,
    pub kind: FactKind,
    pub nature: DutyNature,
    /// The side that owes it; every party when `None`.
    pub owed_by: Option<Side>,
    /// The earlier reading: drives reminders.
    pub due_on: Option<CivilDate>,
    /// Alone decides overdue and late.
    pub deadline_on: Option<CivilDate>,
    pub status: DutyStatus,
    /// The day it was done.
    pub met_on: Option<CivilDate>,
    /// Days of lateness, once done late.
    pub late_by_days: u32,
}

/// Refuses a fact dated after today: what has not happened is no fact.
///
/// # Errors
///
/// `future_date`.
pub fn check_fact(kind: FactKind, occurred_on: CivilDate, terms: &Terms, today: CivilDate) -> Result<(), Refusal> {
    if occurred_on <= today {
        return Ok(());
    }
    let detail = Bilingual::fixed("Un fait ne se date pas dans l'avenir.", "A fact is not dated in the future.");
    Err(Refusal::content(rule_of(kind), "future_date", detail)
        .article(terms.renewal_information.article())
        .with("occurred_on", occurred_on)
        .with("today", today))
}

/// The rule that a fact is recorded under.
pub fn rule_of(kind: FactKind) -> &'static str {
    match kind {
        FactKind::ExpiryInformation => "R04",
        FactKind::RenewalTalks => "R05",
    }
}

/// What the rules have to say of a fact: `late`, `without_effect`, or nothing.
pub fn said_of(fact: &LifeFact, spans: &Spans, terms: &Terms) -> Option<Flag> {
    match fact.kind {
        FactKind::ExpiryInformation => expiry_information(spans, terms, fact.occurred_on, fact.by),
        FactKind::RenewalTalks => None,
    }
}

/// The term that a date falls in; before the first, the first; after the end, the last.
fn term_around(spans: &Spans, terms: &Terms, on: CivilDate) -> Option<Term> {
    let from = spans.in_force_from?;
    let inside = spans.last_day.map_or(on, |last| on.min(last)).max(from);
    term_on(spans, terms, inside)
}

/// Days of a term that a fact may fall on: the first begins with the last signature.
fn within(fact: LifeFact, term: &Term, spans: &Spans, terms: &Terms) -> bool {
    let from = if term.renewals == 0 { spans.complete_on.unwrap_or(term.from).min(term.from) } else { term.from };
    (from..=term.last_days.under(terms.last_day_rule)).contains(&fact.occurred_on)
}

/// The first fact of a kind that counts in a term, on a date.
fn first(facts: &[LifeFact], kind: FactKind, term: &Term, ctx: (&Spans, &Terms), on: CivilDate) -> Option<CivilDate> {
    let (spans, terms) = ctx;
    facts
        .iter()
        .filter(|fact| fact.kind == kind && fact.occurred_on <= on && within(**fact, term, spans, terms))
        .filter(|fact| said_of(fact, spans, terms).is_none_or(|flag| flag.code != "without_effect"))
        .map(|fact| fact.occurred_on)
        .min()
}

/// The duties that the clauses of a signed text make, on a date (R04, R05). No clause, no duty.
pub fn duties(spans: &Spans, terms: &Terms, facts: &[LifeFact], on: CivilDate) -> Vec<Duty> {
    let (Some(notice), Some(term)) = (terms.renewal_information.says(), term_around(spans, terms, on)) else {
        return Vec::new();
    };
    let Some(deadline) = inform_by_in(&term, terms).or_else(|| inform_by(spans, terms)) else { return Vec::new() };
    let ctx = (spans, terms);
    let informed = first(facts, FactKind::ExpiryInformation, &term, ctx, on);
    let talked = first(facts, FactKind::RenewalTalks, &term, ctx, on);
    let information = Duty {
        rule: "R04",
        key: format!("R04/{}", term.renewals),
        kind: FactKind::ExpiryInformation,
        nature: DutyNature::Dated,
        owed_by: notice.by,
        due_on: Some(deadline.due_on),
        deadline_on: Some(deadline.deadline_on),
        status: dated(deadline, informed, on),
        met_on: informed,
        late_by_days: informed.map_or(0, |day| deadline.late_by_days(day)),
    };
    let ended = spans.last_day.is_some_and(|last| last < on);
    let talks = Duty {
        rule: "R05",
        key: format!("R05/{}", term.renewals),
        kind: FactKind::RenewalTalks,
        nature: DutyNature::OnEvent,
        owed_by: None,
        due_on: informed,
        deadline_on: None,
        status: match (talked, informed) {
            (Some(_), _) => DutyStatus::Met,
            (None, _) if ended => DutyStatus::Void,
            (None, Some(_)) => DutyStatus::Due,
            (None, None) => DutyStatus::NotYet,
        },
        met_on: talked,
        late_by_days: 0,
    };
    vec![information, talks]
}

fn dated(deadline: Deadline, met_on: Option<CivilDate>, on: CivilDate) -> DutyStatus {
    match met_on {
        Some(day) if deadline.late_by_days(day) > 0 => DutyStatus::MetLate,
        Some(_) => DutyStatus::Met,
        None if on < deadline.due_on => DutyStatus::NotYet,
        None if on <= deadline.deadline_on => DutyStatus::Due,
        None => DutyStatus::Overdue,
    }
}

/// The flags of a convention on a date, while it is in force.
pub fn flags(spans: &Spans, terms: &Terms, facts: &[LifeFact], on: CivilDate) -> Vec<ConventionFlag> {
    if status(spans, on) != ConventionStatus::InForce {
        return Vec::new();
    }
    let Some(term) = term_around(spans, terms, on) else { return Vec::new() };
    let has = |kind| first(facts, kind, &term, (spans, terms), on).is_some();
    [
        (FactKind::ExpiryInformation, ConventionFlag::ExpiryNotified),
        (FactKind::RenewalTalks, ConventionFlag::RenewalTalks),
    ]
    .into_iter()
    .filter_map(|(kind, flag)| has(kind).then_some(flag))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::spans::spans;
    use super::super::terms::{Clause, TacitRenewal};
    use super::*;
    use crate::domain::vocabulary::Unit;
    use proptest::prelude::*;

    fn signed(terms: &Terms) -> Spans {
        spans(&PARTIES, &[signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")], terms)
    }

    fn fact(kind: FactKind, by: Side, on: &str) -> LifeFact {
        LifeFact { kind, by, occurred_on: day(on) }
    }

    fn informed(on: &str) -> LifeFact {
        fact(FactKind::ExpiryInformation, Side::Association, on)
    }

    fn ledger(terms: &Terms, facts: &[LifeFact], on: &str) -> Vec<(&'static str, DutyStatus)> {
        duties(&signed(terms), terms, facts, day(on)).iter().map(|duty| (duty.rule, duty.status)).collect()
    }

    #[test]
    fn the_information_day_by_day() {
        use DutyStatus::{Due, Met, MetLate, NotYet, Overdue, Void};
        let terms = reference();
        for (facts, on, information, talks) in [
            (vec![], "2024-06-01", NotYet, NotYet),
            (vec![], "2028-12-25", NotYet, NotYet),
            (vec![], "2028-12-26", Due, NotYet),
            (vec![], "2028-12-27", Due, NotYet),
            (vec![], "2028-12-28", Overdue, NotYet),
            (vec![], "2029-06-27", Overdue, NotYet),
            (vec![], "2029-06-28", Overdue, Void),
            (vec![informed("2028-12-20")], "2028-12-19", NotYet, NotYet),
            (vec![informed("2028-12-20")], "2028-12-20", Met, Due),
            (vec![informed("2028-12-20")], "2028-12-28", Met, Due),
            (vec![informed("2028-12-27")], "2029-01-01", Met, Due),
            (vec![informed("2028-12-28")], "2029-01-01", MetLate, Due),
            (vec![informed("2029-06-28")], "2029-07-01", Overdue, Void),
            (vec![informed("2024-06-26")], "2029-01-01", Overdue, NotYet),
            (vec![fact(FactKind::ExpiryInformation, Side::State, "2028-12-20")], "2029-01-01", Overdue, NotYet),
            (
                vec![informed("2028-12-20"), fact(FactKind::RenewalTalks, Side::State, "2029-02-01")],
                "2029-02-01",
                Met,
                Met,
            ),
        ] {
            assert_eq!(ledger(&terms, &facts, on), [("R04", information), ("R05", talks)], "{facts:?} {on}");
        }
        let duty = &duties(&signed(&terms), &terms, &[informed("2029-01-06")], day("2029-02-01"))[0];
        assert_eq!((duty.late_by_days, duty.met_on), (10, Some(day("2029-01-06"))));
        assert_eq!((duty.due_on, duty.deadline_on), (Some(day("2028-12-26")), Some(day("2028-12-27"))));
        assert_eq!((duty.owed_by, duty.key.as_str()), (Some(Side::Association), "R04/0"));
    }

    #[test]
    fn no_clause_no_duty_and_nothing_before_it_is_complete() {
        let silent = Terms { renewal_information: Clause::DeclaredAbsent, ..reference() };
        assert!(ledger(&silent, &[], "2029-01-01").is_empty());
        assert!(duties(&Spans::default(), &reference(), &[], day("2029-01-01")).is_empty());
        let endless = Terms { duration: Clause::DeclaredAbsent, ..reference() };
        assert!(ledger(&endless, &[], "2029-01-01").is_empty());
    }

    #[test]
    fn each_renewed_term_has_its_own_duties() {
        let terms = Terms { tacit_renewal: Some(TacitRenewal::default()), ..lasting(1, Unit::Year) };
        let facts = [informed("2024-12-01")];
        assert_eq!(ledger(&terms, &facts, "2025-06-27")[0].1, DutyStatus::Met);
        assert_eq!(ledger(&terms, &facts, "2025-06-28")[0].1, DutyStatus::NotYet);
        assert_eq!(ledger(&terms, &facts, "2025-12-28")[0].1, DutyStatus::Overdue);
        assert!(flags(&signed(&terms), &terms, &facts, day("2025-06-27")).contains(&ConventionFlag::ExpiryNotified));
        assert!(flags(&signed(&terms), &terms, &facts, day("2025-06-28")).is_empty());
    }

    #[test]
    fn a_fact_is_not_of_tomorrow() {
        let terms = reference();
        let kind = FactKind::ExpiryInformation;
        assert_eq!(check_fact(kind, day("2028-12-20"), &terms, day("2028-12-20")), Ok(()));
        let refusal = check_fact(kind, day("2028-12-21"), &terms, day("2028-12-20")).unwrap_err();
        assert_eq!((refusal.rule, refusal.code, refusal.article.as_deref()), ("R04", "future_date", Some("11")));
        assert_eq!(
            check_fact(FactKind::RenewalTalks, day("2028-12-21"), &terms, day("2028-12-20")).unwrap_err().rule,
            "R05"
        );
    }

    fn any_life() -> impl Strategy<Value = Vec<LifeFact>> {
        let one = (prop::sample::select(FactKind::ALL), prop::sample::select(Side::ALL), any_day())
            .prop_map(|(kind, by, occurred_on)| LifeFact { kind, by, occurred_on });
        prop::collection::vec(one, 0..6)
    }

    proptest! {
        #[test]
        fn the_order_of_recording_changes_nothing(terms in any_terms(), (signs, _) in any_facts(), life in any_life(), on in any_day()) {
            let spans = spans(&PARTIES, &signs, &terms);
            let mut turned = life.clone();
            turned.reverse();
            prop_assert_eq!(duties(&spans, &terms, &life, on), duties(&spans, &terms, &turned, on));
            prop_assert_eq!(flags(&spans, &terms, &life, on), flags(&spans, &terms, &turned, on));
        }

        #[test]
        fn what_is_met_stays_met_until_the_term_ends(terms in any_terms(), (signs, _) in any_facts(), life in any_life(), on in any_day()) {
            let spans = spans(&PARTIES, &signs, &terms);
            for duty in duties(&spans, &terms, &life, on) {
                let later = duties(&spans, &terms, &life, on.next());
                let same = later.iter().find(|other| other.key == duty.key);
                if let (Some(met), Some(same)) = (duty.met_on, same) {
                    prop_assert_eq!(same.met_on, Some(met));
                    prop_assert_eq!(same.status, duty.status);
                }
                prop_assert!(duty.met_on.is_none_or(|day| day <= on));
            }
        }
    }
}
