//! The ledger, day by day.

mod meetings;
mod others;

use proptest::prelude::*;

use super::*;
use crate::conventions::rules::fixtures::*;
use crate::conventions::rules::{Clause, TacitRenewal, Terms};
use crate::domain::vocabulary::{ClauseKind, Unit};

fn informed(on: &str) -> crate::conventions::rules::LifeFact {
    fact(1, FactKind::ExpiryInformation, 1, on)
}

fn on(case: &Case, date: &str, rules: &[&str]) -> Vec<(&'static str, DutyStatus)> {
    duties(&case.scene())
        .into_iter()
        .filter(|duty| rules.contains(&duty.rule) && duty.valid_on(day(date)))
        .map(|duty| (duty.rule, duty.status(day(date))))
        .collect()
}

const END: [&str; 2] = ["R04", "R05"];

/// The reference with a clause on the talks.
fn talking() -> Terms {
    let clause = crate::conventions::rules::TextClause {
        kind: ClauseKind::RenewalTalks,
        article: Some("11".into()),
        absent: false,
        parameters: crate::conventions::clauses::ClauseParameters::default(),
    };
    Terms { clauses: vec![clause], ..reference() }
}

#[test]
fn no_clause_on_talks_no_talks() {
    let informed = vec![informed("2028-12-20")];
    assert_eq!(on(&Case::signed(reference(), informed.clone()), "2029-01-01", &END), [("R04", DutyStatus::Met)]);
    let mut absent = talking();
    absent.clauses[0].absent = true;
    assert_eq!(on(&Case::signed(absent, informed), "2029-01-01", &END), [("R04", DutyStatus::Met)]);
}

#[test]
fn what_is_due_after_an_end_that_is_fixed_is_owed_no_more() {
    use DutyStatus::{NotYet, Void};
    let agreed = |id, party, on: &str| LifeFact {
        effective_on: Some(day("2028-06-30")),
        ..fact(id, FactKind::TerminationAgreed, party, on)
    };
    let case = Case::signed(reference(), vec![agreed(1, 0, "2026-01-10"), agreed(2, 1, "2026-01-20")]);
    let at = |date: &str| on(&case, date, &["R04"])[0].1;
    assert_eq!((at("2026-01-19"), at("2026-01-20"), at("2029-01-01")), (NotYet, Void, Void));
    let waits = |date: &str| duties(&case.scene()).iter().any(|duty| duty.rule == "R04" && duty.waits_on(day(date)));
    assert_eq!((waits("2026-01-19"), waits("2026-01-20")), (true, false));
}

#[test]
fn an_earlier_end_leaves_what_a_later_one_had_made_void() {
    // A notice that ends it on 23 April 2027, then an agreement on 31 March.
    let agreed = |id, party, on: &str| LifeFact {
        effective_on: Some(day("2027-03-31")),
        ..fact(id, FactKind::TerminationAgreed, party, on)
    };
    let facts = vec![
        fact(1, FactKind::TerminationSent, 1, "2026-10-20"),
        follows(2, FactKind::TerminationReceived, 0, "2026-10-23", 1),
        agreed(3, 0, "2026-11-20"),
        agreed(4, 1, "2026-11-20"),
    ];
    let case = Case::signed(reference(), facts);
    let at = |date: &str| on(&case, date, &["R04"])[0].1;
    assert_eq!(
        (at("2026-10-22"), at("2026-10-23"), at("2026-11-20")),
        (DutyStatus::NotYet, DutyStatus::Void, DutyStatus::Void)
    );
}

#[test]
fn what_never_came_is_no_line() {
    let terms = Terms { tacit_renewal: Some(TacitRenewal::default()), ..lasting(1, Unit::Year) };
    let facts = vec![
        fact(1, FactKind::TerminationSent, 1, "2026-10-20"),
        follows(2, FactKind::TerminationReceived, 0, "2026-10-23", 1),
    ];
    let case = Case::signed(talkative(terms), facts);
    let last = case.spans.ends_on.unwrap();
    for rule in ["R04", "R05", "R11"] {
        let of = duties(&case.scene());
        assert!(of.iter().filter(|duty| duty.rule == rule).all(|duty| duty.valid_from <= last), "{rule}");
        assert_eq!(of.iter().filter(|duty| duty.rule == rule).count(), 3, "{rule}");
    }
}

#[test]
fn a_commitment_goes_with_its_article() {
    use DutyStatus::{NoEvidence, Void};
    let case = |until: Option<&str>| {
        let commitments = vec![crate::conventions::rules::CommitmentOf {
            key: "commitment/a/1".into(),
            axis: None,
            article: Some("5".into()),
            party: None,
            text: "Préparer les élèves".into(),
            from: None,
            until: until.map(day),
        }];
        Case { commitments, ..Case::signed(reference(), vec![]) }
    };
    let at =
        |case: &Case, date: &str| on(case, date, &["E01"]).into_iter().map(|(_, status)| status).collect::<Vec<_>>();
    assert_eq!(at(&case(None), "2027-01-01"), [NoEvidence; 3]);
    // Repealed on 15 January 2026, in the second year.
    let repealed = case(Some("2026-01-14"));
    assert_eq!(at(&repealed, "2026-01-14"), [NoEvidence; 2]);
    assert_eq!(at(&repealed, "2027-01-01"), [NoEvidence, Void]);
}

#[test]
fn a_notice_longer_than_its_term_is_owed_by_nobody() {
    // As long as the term, it is given on the first day.
    for (months, status) in [(5, DutyStatus::Overdue), (6, DutyStatus::Overdue), (7, DutyStatus::Void)] {
        let mut terms = lasting(6, Unit::Month);
        let notice = crate::conventions::rules::Notice { period: period(months, Unit::Month), by: None };
        terms.renewal_information = Clause::stated(notice, "11");
        let case = Case::signed(terms, vec![]);
        assert_eq!(on(&case, "2024-12-27", &["R04"]), [("R04", status)], "{months}");
    }
}

#[test]
fn the_information_day_by_day() {
    use DutyStatus::{Due, Met, MetLate, NotYet, Overdue, Void};
    for (facts, date, information, talks) in [
        (vec![], "2024-06-27", NotYet, NotYet),
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
        (vec![fact(1, FactKind::ExpiryInformation, 0, "2028-12-20")], "2029-01-01", Overdue, NotYet),
        (vec![informed("2028-12-20"), fact(2, FactKind::RenewalTalks, 0, "2029-02-01")], "2029-02-01", Met, Met),
    ] {
        let case = Case::signed(talking(), facts);
        assert_eq!(on(&case, date, &END), [("R04", information), ("R05", talks)], "{:?} {date}", case.facts);
    }
    let case = Case::signed(reference(), vec![informed("2029-01-06")]);
    let duty = &duties(&case.scene())[0];
    assert_eq!((duty.late_by_days(), duty.met_on), (10, Some(day("2029-01-06"))));
    assert_eq!((duty.due_on, duty.deadline_on), (Some(day("2028-12-26")), Some(day("2028-12-27"))));
    assert_eq!((duty.owed_by, duty.key.as_str()), (Owed::Side(Side::Association), "R04/0"));
}

#[test]
fn no_clause_no_duty_and_nothing_before_it_is_complete() {
    let silent = Terms { renewal_information: Clause::DeclaredAbsent, ..reference() };
    assert!(on(&Case::signed(silent, vec![]), "2029-01-01", &END).is_empty());
    assert!(duties(&Case::of(reference(), &[], vec![]).scene()).is_empty());
    let endless = Terms { duration: Clause::DeclaredAbsent, ..reference() };
    assert!(on(&Case::signed(endless, vec![]), "2029-01-01", &END).is_empty());
}

#[test]
fn each_renewed_term_has_its_own_duties() {
    let terms = Terms { tacit_renewal: Some(TacitRenewal::default()), ..lasting(1, Unit::Year) };
    let case = Case::signed(terms, vec![informed("2024-12-01")]);
    let of = |date: &str| on(&case, date, &["R04"]).into_iter().map(|(_, status)| status).collect::<Vec<_>>();
    assert_eq!(of("2025-06-27"), [DutyStatus::Met]);
    assert_eq!(of("2025-06-28"), [DutyStatus::Met, DutyStatus::NotYet]);
    assert_eq!(of("2025-12-28"), [DutyStatus::Met, DutyStatus::Overdue]);
}

/// Terms that make duties of every kind.
fn talkative(terms: Terms) -> Terms {
    let clause = |kind: &ClauseKind| crate::conventions::rules::TextClause {
        kind: *kind,
        article: None,
        absent: false,
        parameters: crate::conventions::clauses::ClauseParameters::default(),
    };
    Terms {
        steering: Clause::stated(crate::conventions::rules::Steering { minimum_per_year: 1, body: None }, "9"),
        cure: Clause::stated(period(8, Unit::Day), "10"),
        clauses: ClauseKind::ALL.iter().map(clause).collect(),
        ..terms
    }
}

proptest! {
    #[test]
    fn the_order_of_recording_changes_nothing(terms in any_terms(), (signs, _) in any_facts(), life in any_life()) {
        let turned: Vec<_> = life.iter().rev().cloned().collect();
        prop_assert_eq!(
            duties(&Case::of(talkative(terms.clone()), &signs, life).scene()),
            duties(&Case::of(talkative(terms), &signs, turned).scene())
        );
    }

    #[test]
    fn what_is_met_stays_met(terms in any_terms(), (signs, _) in any_facts(), life in any_life(), date in any_day()) {
        let case = Case::of(talkative(terms), &signs, life);
        for duty in duties(&case.scene()) {
            let (now, then) = (duty.status(date), duty.status(date.next()));
            if matches!(now, DutyStatus::Met | DutyStatus::MetLate | DutyStatus::Evidenced) {
                prop_assert_eq!(now, then);
            }
        }
    }

    #[test]
    fn a_day_has_one_row_of_a_key(terms in any_terms(), (signs, _) in any_facts(), life in any_life(), date in any_day()) {
        let case = Case::of(talkative(terms), &signs, life);
        let mut keys: Vec<String> =
            duties(&case.scene()).into_iter().filter(|duty| duty.valid_on(date)).map(|duty| duty.key).collect();
        keys.sort();
        prop_assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", keys);
    }

    #[test]
    fn the_years_follow_one_another(terms in any_terms(), (signs, _) in any_facts(), life in any_life()) {
        let case = Case::of(terms, &signs, life);
        let years = contract_years::years_of(&case.scene());
        for (one, other) in years.iter().zip(years.iter().skip(1)) {
            prop_assert_eq!((one.number + 1, one.last().next()), (other.number, other.from));
        }
        for year in &years {
            prop_assert!(year.from <= year.last() && year.due_on() <= year.last());
        }
    }
}
