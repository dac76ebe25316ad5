//! Remedies (R08), conciliation (R09), continuous duties, rights, day by day.

use super::*;
use crate::conventions::clauses::ClauseParameters;
use crate::conventions::rules::{CommitmentOf, HeldUnder, LifeFact, RightOf, TextClause};
use crate::domain::vocabulary::{ClauseKind, NoticeStart};

fn clause(kind: ClauseKind, article: &str) -> TextClause {
    TextClause { kind, article: Some(article.into()), absent: false, parameters: ClauseParameters::default() }
}

fn stating(kinds: &[(ClauseKind, &str)]) -> Terms {
    Terms { clauses: kinds.iter().map(|(kind, article)| clause(*kind, article)).collect(), ..reference() }
}

/// A use on 20 March 2025, the notice received on the 24th: eight days over the change of clocks.
fn put_on_notice(terms: Terms, more: Vec<LifeFact>) -> Case {
    let mut facts = vec![
        fact(1, FactKind::UnauthorisedUse, 1, "2025-03-20"),
        follows(2, FactKind::FormalNoticeSent, 0, "2025-03-21", 1),
        follows(3, FactKind::FormalNoticeReceived, 1, "2025-03-24", 2),
    ];
    facts.extend(more);
    Case::signed(Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..terms }, facts)
}

#[test]
fn a_remedy_is_owed_by_the_party_at_fault_within_the_delay() {
    use DutyStatus::{Due, Met, MetLate, Overdue};
    let of = |more: Vec<LifeFact>, date: &str| on(&put_on_notice(reference(), more), date, &["R08"]);
    let remedied = |on: &str| vec![follows(4, FactKind::UseRemedied, 1, on, 2)];
    assert!(of(vec![], "2025-03-23").is_empty());
    for (more, date, wanted) in [
        (vec![], "2025-03-24", Due),
        (vec![], "2025-04-01", Due),
        (vec![], "2025-04-02", Overdue),
        (remedied("2025-04-01"), "2025-03-31", Due),
        (remedied("2025-04-01"), "2025-04-01", Met),
        (remedied("2025-04-01"), "2025-05-01", Met),
        (remedied("2025-04-02"), "2025-05-01", MetLate),
    ] {
        assert_eq!(of(more.clone(), date), [("R08", wanted)], "{more:?} {date}");
    }
    // A remedy by the owner is none.
    assert_eq!(of(vec![follows(4, FactKind::UseRemedied, 0, "2025-03-25", 2)], "2025-04-02"), [("R08", Overdue)]);
    let case = put_on_notice(reference(), remedied("2025-04-05"));
    let duty = duties(&case.scene()).into_iter().find(|duty| duty.rule == "R08").unwrap();
    assert_eq!((duty.owed_by, duty.article.as_deref(), duty.late_by_days()), (Owed::Party(PARTIES[1]), Some("10"), 4));
    assert_eq!(duty.computed["claimed_from"], "2025-04-02");
    // Counted from the sending, when the convention reads it so.
    let sent = put_on_notice(Terms { notice_start: NoticeStart::Sent, ..reference() }, vec![]);
    let duty = duties(&sent.scene()).into_iter().find(|duty| duty.rule == "R08").unwrap();
    assert_eq!((duty.due_on, duty.deadline_on), (Some(day("2025-03-21")), Some(day("2025-03-29"))));
    // No clause, no rule; a notice without effect makes no duty.
    let silent =
        Case { texts: crate::conventions::rules::Texts::original(reference()), ..put_on_notice(reference(), vec![]) };
    assert!(on(&silent, "2025-04-02", &["R08"]).is_empty());
}

#[test]
fn a_leap_day_in_a_delay() {
    let facts = vec![
        fact(1, FactKind::UnauthorisedUse, 1, "2028-02-20"),
        follows(2, FactKind::FormalNoticeSent, 0, "2028-02-21", 1),
        follows(3, FactKind::FormalNoticeReceived, 1, "2028-02-22", 2),
    ];
    let case = Case::signed(Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..reference() }, facts);
    let of = |date: &str| on(&case, date, &["R08"]);
    assert_eq!(of("2028-03-01"), [("R08", DutyStatus::Due)]);
    assert_eq!(of("2028-03-02"), [("R08", DutyStatus::Overdue)]);
}

#[test]
fn conciliation_follows_a_dispute() {
    use DutyStatus::{Due, Met};
    let raised = || fact(1, FactKind::DisputeRaised, 0, "2025-01-10");
    let of = |terms: Terms, more: Option<LifeFact>, date: &str| {
        on(&Case::signed(terms, [raised()].into_iter().chain(more).collect()), date, &["R09"])
    };
    let terms = || stating(&[(ClauseKind::Dispute, "12")]);
    assert!(of(terms(), None, "2025-01-09").is_empty());
    assert_eq!(of(terms(), None, "2025-01-10"), [("R09", Due)]);
    for kind in [FactKind::ConciliationOpened, FactKind::ConciliationFailed] {
        let tried = || Some(follows(2, kind, 1, "2025-02-01", 1));
        assert_eq!(of(terms(), tried(), "2025-01-31"), [("R09", Due)]);
        assert_eq!(of(terms(), tried(), "2025-02-01"), [("R09", Met)]);
    }
    assert_eq!(
        of(terms(), Some(follows(2, FactKind::LitigationOpened, 0, "2025-02-01", 1)), "2025-02-01"),
        [("R09", Due)]
    );
    assert!(of(reference(), None, "2025-01-10").is_empty(), "no clause, no duty");
}

#[test]
fn a_dispute_is_settled_once_every_party_says_so() {
    use DutyStatus::{Due, Met, Void};
    let said = |id, party, on| follows(id, FactKind::ConciliationSettled, party, on, 1);
    let of = |more: &[LifeFact], date: &str| {
        let facts = [fact(1, FactKind::DisputeRaised, 0, "2025-01-10")].into_iter().chain(more.iter().cloned());
        let case = Case::signed(stating(&[(ClauseKind::Dispute, "12")]), facts.collect());
        let rows = duties(&case.scene()).into_iter().filter(|duty| duty.rule == "R09" && duty.valid_on(day(date)));
        rows.map(|duty| (duty.owed_by, duty.status(day(date)))).collect::<Vec<_>>()
    };
    let one = [said(2, 1, "2025-02-01")];
    assert_eq!(of(&one, "2025-01-31"), [(Owed::Every, Due)]);
    // Said by one, it is the other's to say; conciliation is still to be sought.
    assert_eq!(of(&one, "2025-02-01"), [(Owed::Every, Due), (Owed::Party(PARTIES[0]), Due)]);
    let both = [said(2, 1, "2025-02-01"), said(3, 0, "2025-03-01")];
    assert_eq!(of(&both, "2025-02-28"), [(Owed::Every, Due), (Owed::Party(PARTIES[0]), Due)]);
    assert_eq!(of(&both, "2025-03-01"), [(Owed::Every, Met), (Owed::Party(PARTIES[0]), Met)]);
    // Who goes to court instead has answered.
    let trial = [one[0].clone(), follows(3, FactKind::LitigationOpened, 0, "2025-03-01", 1)];
    assert_eq!(of(&trial, "2025-02-28")[1], (Owed::Party(PARTIES[0]), Due));
    assert_eq!(of(&trial, "2025-03-01"), [(Owed::Every, Due), (Owed::Party(PARTIES[0]), Void)]);
    assert_eq!(of(&[said(2, 1, "2025-02-01"), said(3, 0, "2025-02-01")], "2025-02-01"), [(Owed::Every, Met)]);
}

fn evidence(id: u8, party: usize, on: &str, key: &str) -> LifeFact {
    LifeFact { duty: Some(key.into()), ..fact(id, FactKind::DutyEvidenced, party, on) }
}

fn committed(terms: Terms, facts: Vec<LifeFact>) -> Case {
    let one = |key: &str, party| CommitmentOf {
        key: key.into(),
        axis: None,
        article: None,
        party,
        text: "Préparer les élèves".into(),
        from: None,
        until: None,
    };
    let commitments = vec![one("commitment/preamble/1", Some(PARTIES[1])), one("commitment/preamble/2", None)];
    Case { commitments, ..Case::signed(terms, facts) }
}

fn lines(case: &Case, date: &str) -> Vec<(String, DutyStatus)> {
    duties(&case.scene())
        .into_iter()
        .filter(|duty| duty.nature == DutyNature::Continuous && duty.valid_on(day(date)))
        .map(|duty| (duty.key.clone(), duty.status(day(date))))
        .collect()
}

#[test]
fn what_has_no_date_has_a_line_a_year_from_its_first_day() {
    use DutyStatus::{Evidenced, NoEvidence};
    let line = |key: &str, status| (key.to_owned(), status);
    let terms = || stating(&[(ClauseKind::Relay, "7"), (ClauseKind::Accessibility, "8")]);
    let key = "commitment/preamble/1";
    let case = committed(terms(), vec![evidence(1, 1, "2025-06-27", key), evidence(2, 0, "2025-06-28", "R23")]);
    let first = [line("commitment/preamble/1/1", Evidenced), line("commitment/preamble/2/1", NoEvidence)];
    assert_eq!(lines(&case, "2024-06-26"), []);
    assert_eq!(lines(&case, "2025-06-27").len(), 4);
    assert_eq!(lines(&case, "2025-06-27")[..2], first);
    assert_eq!(lines(&case, "2025-06-26")[0], line("commitment/preamble/1/1", NoEvidence));
    let second = lines(&case, "2025-06-28");
    assert_eq!(second.len(), 8);
    assert_eq!(
        second[4..],
        [
            line("commitment/preamble/1/2", NoEvidence),
            line("commitment/preamble/2/2", NoEvidence),
            line("R23/2", Evidenced),
            line("R33/2", NoEvidence),
        ]
    );
    assert_eq!(lines(&case, "2029-06-27").len(), 20);
    assert_eq!(lines(&case, "2040-01-01").len(), 20);
    // What another party did is no evidence of one's own commitment.
    let case = committed(terms(), vec![evidence(1, 0, "2025-01-10", key)]);
    assert_eq!(lines(&case, "2025-01-10")[0].1, NoEvidence);
    let duty = duties(&case.scene()).into_iter().find(|duty| duty.key == "R23/1").unwrap();
    assert_eq!((duty.article.as_deref(), duty.owed_by), (Some("7"), Owed::Every));
}

#[test]
fn no_year_begins_after_an_early_end() {
    let facts = vec![
        fact(1, FactKind::TerminationSent, 1, "2025-01-10"),
        follows(2, FactKind::TerminationReceived, 0, "2025-01-10", 1),
    ];
    // In force until 2025-07-10.
    let case = committed(reference(), facts);
    assert_eq!(lines(&case, "2030-01-01").len(), 4);
}

#[test]
fn evidence_names_a_commitment_or_a_clause_of_the_text() {
    let case = committed(stating(&[(ClauseKind::Relay, "7")]), vec![]);
    let takes = |key: &str| takes_evidence(&case.scene(), key);
    assert!(takes("commitment/preamble/1") && takes("R23"));
    for key in ["commitment/preamble/3", "commitment/preamble/1/1", "R24", "R11", "R23/1", ""] {
        assert!(!takes(key), "{key}");
    }
}

#[test]
fn rights_are_open_while_it_is_in_force() {
    use DutyStatus::{Open, Void};
    const RIGHTS: [&str; 4] = ["R06", "R07", "R12", "R13"];
    let all = [(ClauseKind::Amendment, "11"), (ClauseKind::ExceptionalMeeting, "9"), (ClauseKind::Dispute, "12")];
    let case = Case::signed(stating(&all), vec![]);
    assert!(on(&case, "2024-06-26", &RIGHTS).is_empty());
    let open = RIGHTS.map(|rule| (rule, Open));
    assert_eq!(on(&case, "2024-06-27", &RIGHTS), open);
    assert_eq!(on(&case, "2029-06-27", &RIGHTS), open);
    assert_eq!(on(&case, "2029-06-28", &RIGHTS), RIGHTS.map(|rule| (rule, Void)));
    let article = |rule: &str| duties(&case.scene()).into_iter().find(|duty| duty.rule == rule).unwrap().article;
    assert_eq!((article("R12").as_deref(), article("R13").as_deref()), (Some("9"), Some("12")));
    let silent = Terms { termination: Clause::DeclaredAbsent, ..reference() };
    assert!(on(&Case::signed(silent, vec![]), "2025-01-01", &RIGHTS).is_empty());
    // Ended early, they end with it.
    let facts = vec![
        fact(1, FactKind::TerminationSent, 1, "2025-01-10"),
        follows(2, FactKind::TerminationReceived, 0, "2025-01-10", 1),
    ];
    let case = Case::signed(reference(), facts);
    assert_eq!(on(&case, "2025-07-10", &RIGHTS), [("R07", Open)]);
    assert_eq!(on(&case, "2025-07-11", &RIGHTS), [("R07", Void)]);
}

#[test]
fn an_action_held_under_its_axis_is_evidence_of_a_commitment_in_its_year() {
    use DutyStatus::{Evidenced, NoEvidence};
    let (axis, other) = (Id::from_bytes([7; 16]), Id::from_bytes([8; 16]));
    let mut case = committed(reference(), vec![evidence(1, 1, "2024-09-01", "commitment/preamble/1")]);
    case.commitments[0].axis = Some(axis);
    let under = |axis, on: &str| HeldUnder { axis, on: day(on) };
    case.held = vec![under(axis, "2024-06-28"), under(other, "2024-06-27"), under(axis, "2026-06-27")];
    let first = |date: &str| lines(&case, date)[0].1;
    // Before the fact that says so.
    assert_eq!([first("2024-06-27"), first("2024-06-28")], [NoEvidence, Evidenced]);
    let on = |date: &str, key: &str| lines(&case, date).iter().find(|(known, _)| known == key).unwrap().1;
    let second = "commitment/preamble/1/2";
    // On the last day of the second year, and not of the third.
    assert_eq!([on("2026-06-26", second), on("2026-06-27", second)], [NoEvidence, Evidenced]);
    assert_eq!(on("2026-06-28", "commitment/preamble/1/3"), NoEvidence);
    // What stands under no axis knows no action.
    assert_eq!(on("2026-06-27", "commitment/preamble/2/1"), NoEvidence);
    let duty = duties(&case.scene()).into_iter().find(|duty| duty.key == "commitment/preamble/1/1").unwrap();
    assert_eq!(duty.met_on, Some(day("2024-06-28")));
    assert_eq!(duty.computed["action_held_on"], "2024-06-28");
    assert_eq!(duty.proof, [Id::from_bytes([1; 16])]);
}

#[test]
fn what_an_article_lets_a_party_do_is_open_while_the_text_says_it() {
    use DutyStatus::{Open, Void};
    let right = |key: &str, from: Option<&str>, until: Option<&str>| RightOf {
        key: key.into(),
        article: "4".into(),
        party: PARTIES[0],
        text: "Le ministère invite".into(),
        from: from.map(day),
        until: until.map(day),
    };
    let mut case = Case::signed(reference(), vec![]);
    case.rights = vec![right("right/a/1", None, Some("2026-01-14")), right("right/b/4/1", Some("2026-01-15"), None)];
    let at = |date: &str| {
        let all = duties(&case.scene()).into_iter().filter(|duty| duty.rule == "E02" && duty.valid_on(day(date)));
        all.map(|duty| (duty.key.clone(), duty.status(day(date)))).collect::<Vec<_>>()
    };
    assert_eq!(at("2024-06-26"), []);
    assert_eq!(
        [at("2024-06-27"), at("2026-01-14")],
        [vec![("right/a/1".into(), Open)], vec![("right/a/1".into(), Open)]]
    );
    assert_eq!(at("2026-01-15"), [("right/b/4/1".into(), Open)]);
    assert_eq!(at("2029-06-28"), [("right/b/4/1".into(), Void)]);
    let held = duties(&case.scene()).into_iter().find(|duty| duty.rule == "E02").unwrap();
    assert_eq!((held.owed_by, held.article.as_deref()), (Owed::Party(PARTIES[0]), Some("4")));
}
