//! Meetings of each year (R11) and their minutes (R17), day by day.

use super::*;
use crate::conventions::rules::{AmendmentFact, CommitmentOf, Duration, LifeFact, SignatureFact, TextClause, lived};
use crate::domain::vocabulary::ClauseKind;

fn steering(times: u16) -> Clause<crate::conventions::rules::Steering> {
    Clause::stated(crate::conventions::rules::Steering { minimum_per_year: times, body: None }, "9")
}

fn met(id: u8, on: &str) -> LifeFact {
    fact(id, FactKind::MeetingHeld, 0, on)
}

fn yearly() -> Terms {
    Terms { steering: steering(1), ..reference() }
}

/// Key, window, due, deadline of each year on a date.
fn windows(case: &Case, date: &str) -> Vec<(String, String, String, String)> {
    let text = |day: Option<CivilDate>| day.map(|day| day.to_string()).unwrap_or_default();
    duties(&case.scene())
        .into_iter()
        .filter(|duty| duty.rule == "R11" && duty.valid_on(day(date)))
        .map(|duty| (duty.key, text(duty.window.map(|w| w.0)), text(duty.due_on), text(duty.deadline_on)))
        .collect()
}

fn statuses(case: &Case, date: &str) -> Vec<DutyStatus> {
    on(case, date, &["R11"]).into_iter().map(|(_, status)| status).collect()
}

fn row(key: &str, from: &str, due: &str, deadline: &str) -> (String, String, String, String) {
    (key.into(), from.into(), due.into(), deadline.into())
}

#[test]
fn as_many_windows_as_years_each_from_the_origin() {
    let case = Case::signed(yearly(), vec![]);
    assert_eq!(
        windows(&case, "2024-06-27"),
        [
            row("R11/1", "2024-06-27", "2025-06-26", "2025-06-27"),
            row("R11/2", "2025-06-28", "2026-06-26", "2026-06-27"),
            row("R11/3", "2026-06-28", "2027-06-26", "2027-06-27"),
            row("R11/4", "2027-06-28", "2028-06-26", "2028-06-27"),
            row("R11/5", "2028-06-28", "2029-06-26", "2029-06-27"),
        ]
    );
    let eve = Case::signed(Terms { last_day_rule: crate::domain::vocabulary::LastDayRule::Eve, ..yearly() }, vec![]);
    assert_eq!(windows(&eve, "2024-06-27")[1], row("R11/2", "2025-06-27", "2026-06-26", "2026-06-26"));
    assert!(windows(&Case::signed(reference(), vec![]), "2026-01-01").is_empty(), "no clause, no duty");
}

#[test]
fn a_leap_day_is_computed_from_the_origin_and_never_chained() {
    let leap = [signature(0, "A", "2024-02-29"), signature(1, "B", "2024-02-29")];
    let case = Case::of(yearly(), &leap, vec![]);
    let deadlines: Vec<String> = windows(&case, "2024-02-29").into_iter().map(|row| row.3).collect();
    assert_eq!(deadlines, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]);
}

#[test]
fn overdue_from_the_day_after_the_window() {
    use DutyStatus::{Due, Met, NotYet, Overdue};
    let of = |facts: Vec<LifeFact>, date: &str| statuses(&Case::signed(yearly(), facts), date)[0];
    for (facts, date, wanted) in [
        (vec![], "2025-06-25", NotYet),
        (vec![], "2025-06-26", Due),
        (vec![], "2025-06-27", Due),
        (vec![], "2025-06-28", Overdue),
        (vec![met(1, "2025-06-27")], "2025-06-26", Due),
        (vec![met(1, "2025-06-27")], "2025-06-27", Met),
        (vec![met(1, "2025-06-27")], "2026-01-01", Met),
        (vec![met(1, "2025-06-28")], "2026-01-01", Overdue),
        (vec![met(1, "2024-06-26")], "2026-01-01", Overdue),
        (vec![met(1, "2024-06-27")], "2024-06-27", Met),
    ] {
        assert_eq!(of(facts.clone(), date), wanted, "{facts:?} {date}");
    }
    // Held on the first day of the second year, it counts for that one.
    let case = Case::signed(yearly(), vec![met(1, "2025-06-28")]);
    assert_eq!(statuses(&case, "2025-06-28"), [Overdue, Met, NotYet, NotYet, NotYet]);
}

#[test]
fn twice_a_year_is_met_on_the_day_of_the_second() {
    let twice = Terms { steering: steering(2), ..reference() };
    // Both parties recorded the first one: it is one meeting.
    let mut other = met(2, "2024-10-01");
    other.party = PARTIES[1];
    let case = Case::signed(twice.clone(), vec![met(1, "2024-10-01"), other]);
    assert_eq!(statuses(&case, "2025-06-28")[0], DutyStatus::Overdue);
    let case = Case::signed(twice, vec![met(3, "2025-01-15"), met(1, "2024-10-01"), met(4, "2025-03-01")]);
    let duty = duties(&case.scene()).into_iter().find(|duty| duty.key == "R11/1").unwrap();
    assert_eq!((duty.met_on, duty.proof.len()), (Some(day("2025-01-15")), 2));
    assert_eq!(duty.computed["by_civil_year"], serde_json::json!({ "2024": 1, "2025": 2 }));
    assert_eq!((duty.owed_by, duty.article.as_deref()), (Owed::Every, Some("9")));
}

#[test]
fn a_window_cut_short_is_void_and_one_that_ends_with_it_is_not() {
    use DutyStatus::{Met, NotYet, Overdue, Void};
    let ended = |received: &str, mut facts: Vec<LifeFact>| {
        facts.push(fact(8, FactKind::TerminationSent, 1, received));
        facts.push(follows(9, FactKind::TerminationReceived, 0, received, 8));
        Case::signed(yearly(), facts)
    };
    // Received on 2026-01-10: the last day in force is 2026-07-10, in the third year.
    let case = ended("2026-01-10", vec![met(1, "2024-09-01")]);
    assert_eq!(statuses(&case, "2026-01-09"), [Met, NotYet, NotYet, NotYet, NotYet]);
    // From that day nobody expects what would be due after the end.
    assert_eq!(statuses(&case, "2026-01-10"), [Met, NotYet, Void, Void, Void]);
    assert_eq!(statuses(&case, "2026-07-10"), [Met, Overdue, Void, Void, Void]);
    assert_eq!(statuses(&case, "2026-07-11"), [Met, Overdue, Void, Void, Void]);
    // One that closes it, after the end, does not.
    let case = ended("2026-01-10", vec![met(1, "2026-07-11")]);
    assert_eq!(statuses(&case, "2026-07-12")[2], Void);
    // A meeting held before still counts.
    let case = ended("2026-01-10", vec![met(1, "2026-07-01")]);
    assert_eq!(statuses(&case, "2026-07-11")[2], Met);
    // Ended on the very last day of the second year: that year was whole.
    let case = ended("2025-12-27", vec![]);
    assert_eq!(statuses(&case, "2026-06-28")[..3], [Overdue, Overdue, Void]);
}

#[test]
fn shorter_durations_and_renewals() {
    let keys = |terms: Terms, date: &str| {
        let terms = Terms { steering: steering(1), ..terms };
        windows(&Case::signed(terms, vec![]), date).into_iter().map(|row| (row.0, row.3)).collect::<Vec<_>>()
    };
    let pair = |key: &str, deadline: &str| (key.to_owned(), deadline.to_owned());
    assert_eq!(keys(lasting(8, Unit::Month), "2024-07-01"), [pair("R11/1", "2025-02-27")]);
    let eighteen = [pair("R11/1", "2025-06-27"), pair("R11/2", "2025-12-27")];
    assert_eq!(keys(lasting(18, Unit::Month), "2024-07-01"), eighteen);
    // Two years renewed by the year: each renewal shows from its first day.
    let renewed = || Terms {
        tacit_renewal: Some(TacitRenewal { period: Some(period(1, Unit::Year)), times: None }),
        ..lasting(2, Unit::Year)
    };
    assert_eq!(keys(renewed(), "2026-06-27").len(), 2);
    assert_eq!(keys(renewed(), "2026-06-28")[2], pair("R11/3", "2027-06-27"));
    assert_eq!(keys(renewed(), "2027-06-28").len(), 4);
    let endless = || Terms { duration: Clause::DeclaredAbsent, ..reference() };
    assert_eq!(keys(endless(), "2024-06-27"), [pair("R11/1", "2025-06-27")]);
    assert_eq!(keys(endless(), "2026-06-28").len(), 3);
    let named = crate::conventions::rules::Terms {
        duration: Clause::stated(Duration::Until { end: day("2027-03-31"), start: None }, "11"),
        ..reference()
    };
    assert_eq!(keys(named, "2024-07-01")[2], pair("R11/3", "2027-03-31"));
}

/// Clauses of a text: five years, and so many meetings.
fn text(meetings: u16) -> Vec<TextClause> {
    let clause =
        |kind, article: &str, parameters| TextClause { kind, article: Some(article.into()), absent: false, parameters };
    let duration =
        crate::conventions::clauses::ClauseParameters { value: Some(5), unit: Some(Unit::Year), ..Default::default() };
    let steering =
        crate::conventions::clauses::ClauseParameters { minimum_per_year: Some(meetings), ..Default::default() };
    vec![clause(ClauseKind::Duration, "11", duration), clause(ClauseKind::Steering, "9", steering)]
}

fn amended(changes: Vec<TextClause>, facts: Vec<LifeFact>) -> Case {
    let amendment = AmendmentFact {
        id: Id::from_bytes([7; 16]),
        number: 1,
        complete_on: Some(day("2026-01-15")),
        effective_on: None,
        changes,
        edits: Vec::new(),
    };
    let signs: [SignatureFact; 2] = [signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")];
    let readings = crate::domain::interpretations::Readings::default();
    let life = lived(&parties(), readings, &text(1), &signs, &[amendment], &facts);
    Case {
        parties: parties(),
        spans: life.spans,
        texts: life.texts,
        facts,
        commitments: Vec::new(),
        held: Vec::new(),
        rights: Vec::new(),
    }
}

#[test]
fn an_amendment_governs_the_running_window_and_later_ones() {
    use DutyStatus::{Met, NotYet, Overdue};
    let changes: Vec<TextClause> = text(2)
        .into_iter()
        .map(|mut clause| {
            if clause.kind == ClauseKind::Duration {
                clause.parameters.value = Some(6);
            }
            clause
        })
        .collect();
    let case = amended(changes, vec![met(1, "2024-09-01"), met(2, "2025-09-01")]);
    let minimum = |date: &str| {
        duties(&case.scene())
            .into_iter()
            .filter(|duty| duty.rule == "R11" && duty.valid_on(day(date)))
            .map(|duty| (duty.key.clone(), duty.computed["minimum"].as_u64().unwrap(), duty.status(day(date))))
            .collect::<Vec<_>>()
    };
    let line = |year: u16, minimum: u64, status| (format!("R11/{year}"), minimum, status);
    assert_eq!(minimum("2026-01-14")[..3], [line(1, 1, Met), line(2, 1, Met), line(3, 1, NotYet)]);
    assert_eq!(minimum("2026-01-14").len(), 5);
    // From that day the second year, which is running, asks for two; the first, which is over, still for one.
    assert_eq!(minimum("2026-01-15")[..3], [line(1, 1, Met), line(2, 2, NotYet), line(3, 2, NotYet)]);
    assert_eq!(minimum("2026-01-15").len(), 6);
    assert_eq!(minimum("2026-06-28")[1], line(2, 2, Overdue));
    assert_eq!(windows(&case, "2026-01-15")[5], row("R11/6", "2029-06-28", "2030-06-26", "2030-06-27"));
}

#[test]
fn on_each_day_a_key_has_one_duty_whatever_text_it_comes_from() {
    let relay = |article: &str| TextClause {
        kind: ClauseKind::Relay,
        article: Some(article.into()),
        absent: false,
        parameters: crate::conventions::clauses::ClauseParameters::default(),
    };
    let commitment = CommitmentOf {
        key: "commitment/a/1".into(),
        axis: None,
        article: None,
        party: None,
        text: "Préparer.".into(),
        from: None,
        until: None,
    };
    for changes in [vec![relay("10")], text(2), text(3).into_iter().chain([relay("7")]).collect()] {
        let case = Case { commitments: vec![commitment.clone()], ..amended(changes, vec![met(1, "2025-01-06")]) };
        let all = duties(&case.scene());
        let mut keys: Vec<_> = all.iter().map(|duty| (duty.key.as_str(), duty.valid_from)).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "a key and a first day name one duty");
        assert!(all.iter().all(|duty| duty.valid_until.is_none_or(|until| duty.valid_from <= until)));
        for date in ["2026-01-14", "2026-01-15", "2026-06-28", "2029-01-06"] {
            let mut keys: Vec<_> =
                all.iter().filter(|duty| duty.valid_on(day(date))).map(|duty| duty.key.as_str()).collect();
            let count = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), count, "{date}");
        }
    }
}

#[test]
fn an_amendment_of_something_else_leaves_the_meetings_as_they_were() {
    let other = TextClause {
        kind: ClauseKind::Inclusion,
        article: Some("6".into()),
        absent: false,
        parameters: crate::conventions::clauses::ClauseParameters::default(),
    };
    let case = amended(vec![other], vec![]);
    let rows: Vec<Duty> = duties(&case.scene()).into_iter().filter(|duty| duty.rule == "R11").collect();
    assert_eq!(rows.len(), 5, "one row a year, whatever the number of texts");
    assert!(rows.iter().all(|duty| duty.valid_from == day("2024-06-27") && duty.valid_until.is_none()));
}

#[test]
fn minutes_follow_each_meeting() {
    let minutes = |proposed_by: Option<&str>| TextClause {
        kind: ClauseKind::Minutes,
        article: Some("9".into()),
        absent: false,
        parameters: crate::conventions::clauses::ClauseParameters {
            proposed_by: proposed_by.map(str::to_owned),
            ..Default::default()
        },
    };
    let terms = |clause| Terms { clauses: vec![clause], ..reference() };
    let validated = |id, party, on| follows(id, FactKind::MinutesValidated, party, on, 1);
    let facts = || vec![met(1, "2025-03-01"), validated(2, 1, "2025-04-15"), validated(3, 0, "2025-05-02")];
    let case = Case::signed(terms(minutes(None)), facts());
    let of = |case: &Case, date: &str| on(case, date, &["R17"]);
    assert!(of(&case, "2025-02-28").is_empty());
    assert_eq!(of(&case, "2025-03-01"), [("R17", DutyStatus::Due)]);
    assert_eq!(of(&case, "2025-04-14"), [("R17", DutyStatus::Due)]);
    assert_eq!(of(&case, "2025-04-15"), [("R17", DutyStatus::Due)], "the ministry has not validated them");
    assert_eq!(of(&case, "2025-05-01"), [("R17", DutyStatus::Due)]);
    assert_eq!(of(&case, "2025-05-02"), [("R17", DutyStatus::Met)]);
    let owed = |case: &Case| duties(&case.scene()).into_iter().find(|duty| duty.rule == "R17").unwrap().owed_by;
    assert_eq!(owed(&case), Owed::Side(Side::Association));
    assert_eq!(owed(&Case::signed(terms(minutes(Some("ministère"))), facts())), Owed::Party(PARTIES[0]));
    assert!(of(&Case::signed(reference(), facts()), "2025-04-15").is_empty(), "no clause, no duty");
}

/// Who owes the minutes on a date, in the order of the ledger, and since when.
fn awaited(case: &Case, date: &str) -> Vec<(Owed, String, DutyStatus)> {
    let all = duties(&case.scene()).into_iter().filter(|duty| duty.rule == "R17" && duty.valid_on(day(date)));
    all.map(|duty| (duty.owed_by, duty.due_on.unwrap().to_string(), duty.status(day(date)))).collect()
}

fn minuted(validated: &[(usize, &str)]) -> Case {
    let minutes = TextClause {
        kind: ClauseKind::Minutes,
        article: Some("9".into()),
        absent: false,
        parameters: crate::conventions::clauses::ClauseParameters::default(),
    };
    let said = validated.iter().zip(2_u8..);
    let said = said.map(|((party, on), id)| follows(id, FactKind::MinutesValidated, *party, on, 1));
    let facts = [met(1, "2025-03-01")].into_iter().chain(said).collect();
    Case::signed(Terms { clauses: vec![minutes], ..reference() }, facts)
}

#[test]
fn minutes_are_owed_by_who_is_still_awaited() {
    use DutyStatus::{Due, Met};
    let row = |owed, due: &str, status| vec![(owed, due.to_owned(), status)];
    let association = Owed::Side(Side::Association);
    let case = minuted(&[(1, "2025-04-15"), (0, "2025-05-02"), (1, "2025-06-01")]);
    assert_eq!(awaited(&case, "2025-04-14"), row(association, "2025-03-01", Due));
    assert_eq!(awaited(&case, "2025-04-15"), row(Owed::Party(PARTIES[0]), "2025-04-15", Due));
    assert_eq!(awaited(&case, "2025-05-02"), row(Owed::Party(PARTIES[0]), "2025-04-15", Met));
    let last = duties(&case.scene()).into_iter().find(|duty| duty.met_on.is_some()).unwrap();
    assert_eq!((last.met_on, last.proof.len()), (Some(day("2025-05-02")), 2));
    // Whoever else validated first, the association proposes them.
    let case = minuted(&[(0, "2025-04-15"), (1, "2025-05-02")]);
    assert_eq!(awaited(&case, "2025-05-01"), row(association, "2025-03-01", Due));
    assert_eq!(awaited(&case, "2025-05-02"), row(association, "2025-03-01", Met));
    // On the day of the meeting, and on one day.
    assert_eq!(awaited(&minuted(&[(1, "2025-03-01")]), "2025-03-01"), row(Owed::Party(PARTIES[0]), "2025-03-01", Due));
    let together = minuted(&[(1, "2025-04-15"), (0, "2025-04-15")]);
    assert_eq!(awaited(&together, "2025-04-15"), row(association, "2025-03-01", Met));
    assert_eq!(awaited(&minuted(&[]), "2029-01-01"), row(association, "2025-03-01", Due));
}

#[test]
fn of_three_parties_each_one_awaited_owes_them() {
    let third = crate::conventions::rules::Party {
        id: Id::from_bytes([3; 16]),
        side: Side::Other,
        names: vec!["la région".into()],
    };
    let with_third = |validated: &[(usize, &str)], on: Option<&str>| {
        let mut case = minuted(validated);
        case.parties.push(third.clone());
        let fact = on.map(|on| LifeFact {
            party: third.id,
            by: Side::Other,
            ..follows(8, FactKind::MinutesValidated, 0, on, 1)
        });
        case.facts.extend(fact);
        case
    };
    let owing = |case: &Case, date: &str| awaited(case, date).into_iter().map(|row| (row.0, row.2)).collect::<Vec<_>>();
    let (state, other) = (Owed::Party(PARTIES[0]), Owed::Party(third.id));
    let case = with_third(&[(1, "2025-04-15"), (0, "2025-05-20")], Some("2025-05-02"));
    assert_eq!(owing(&case, "2025-05-01"), [(state, DutyStatus::Due), (other, DutyStatus::Due)]);
    assert_eq!(owing(&case, "2025-05-02"), [(state, DutyStatus::Due)]);
    assert_eq!(owing(&case, "2025-05-20"), [(state, DutyStatus::Met)]);
    // Both on one day: both rows are met.
    let case = with_third(&[(1, "2025-04-15"), (0, "2025-05-02")], Some("2025-05-02"));
    assert_eq!(owing(&case, "2025-05-02"), [(state, DutyStatus::Met), (other, DutyStatus::Met)]);
    assert_eq!(
        owing(&with_third(&[(1, "2025-04-15"), (0, "2025-05-20")], None), "2026-01-01"),
        [(other, DutyStatus::Due)]
    );
}

#[test]
fn what_two_parties_recorded_of_one_meeting_has_one_set_of_minutes() {
    let mut case = minuted(&[(1, "2025-04-15")]);
    let mut own = met(7, "2025-03-01");
    own.party = PARTIES[1];
    case.facts.extend([own, follows(8, FactKind::MinutesValidated, 0, "2025-04-20", 7)]);
    assert_eq!(awaited(&case, "2025-04-20"), vec![(Owed::Party(PARTIES[0]), "2025-04-15".to_owned(), DutyStatus::Met)]);
}
