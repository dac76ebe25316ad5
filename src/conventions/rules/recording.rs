//! Facts at their recording: nonsense is refused, by itself and beside the facts that it follows from or that follow from
//! it; of the rest the rules say what they have to say ([`super::facts`]).

use super::facts::{article_of, rule_of};
use super::notices::{TerminationNotice, check_termination};
use super::scene::{LifeFact, Scene};
use crate::domain::refusal::{Bilingual, Refusal};
use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};

/// Refuses what cannot have happened, and an effective date that the text does not allow (R07). `about` is the fact that
/// this one follows from.
///
/// # Errors
///
/// `future_date`, `received_before_sent`, `before_its_cause`, `too_early`.
pub fn check_fact(
    fact: &LifeFact,
    about: Option<&LifeFact>,
    scene: &Scene<'_>,
    today: CivilDate,
) -> Result<(), Refusal> {
    let refused = |code, detail| {
        Refusal::content(rule_of(fact), code, detail)
            .article(article_of(fact, scene))
            .with("occurred_on", fact.occurred_on)
    };
    if fact.occurred_on > today {
        let detail = Bilingual::fixed("Un fait ne se date pas dans l'avenir.", "A fact is not dated in the future.");
        return Err(refused("future_date", detail).with("today", today));
    }
    if let Some(about) = about.filter(|about| fact.occurred_on < about.occurred_on) {
        let (code, detail) = too_soon(fact.kind);
        return Err(refused(code, detail).with("refers_to_on", about.occurred_on));
    }
    match fact.kind {
        FactKind::TerminationSent | FactKind::TerminationReceived => too_early(fact, about, scene, today),
        FactKind::TerminationAgreed if fact.effective_on.is_some_and(|on| on < fact.occurred_on) => {
            let detail = Bilingual::fixed(
                "Les parties ne conviennent pas d'une fin déjà passée.",
                "Parties do not agree on an end that is past.",
            );
            Err(refused("too_early", detail)
                .with("effective_on", fact.effective_on.map(|on| on.to_string()))
                .with("earliest", fact.occurred_on))
        }
        _ => Ok(()),
    }
}

/// A fact that would come before the one it follows from: its code, and why.
const fn too_soon(kind: FactKind) -> (&'static str, Bilingual) {
    match kind {
        FactKind::TerminationReceived | FactKind::FormalNoticeReceived => (
            "received_before_sent",
            Bilingual::fixed(
                "Une notification ne se reçoit pas avant d'être envoyée.",
                "A notice is not received before it is sent.",
            ),
        ),
        _ => (
            "before_its_cause",
            Bilingual::fixed(
                "Un fait serait antérieur à celui dont il découle.",
                "A fact would come before the one it follows from.",
            ),
        ),
    }
}

/// Whether a correction leaves what follows from the fact that it replaces possible: none of it came before, and no date
/// that a reception names is too early by what the sending now says (R07).
///
/// # Errors
///
/// `received_before_sent`, `before_its_cause`, `too_early`.
pub fn check_followers(fact: &LifeFact, replaced: Id, scene: &Scene<'_>, today: CivilDate) -> Result<(), Refusal> {
    let mut followers: Vec<&LifeFact> = scene.facts.iter().filter(|other| other.refers_to == Some(replaced)).collect();
    followers.sort_by_key(|other| (other.occurred_on, other.id));
    for follower in followers {
        if follower.occurred_on < fact.occurred_on {
            let (code, detail) = too_soon(follower.kind);
            return Err(Refusal::content(rule_of(fact), code, detail)
                .article(article_of(fact, scene))
                .with("occurred_on", fact.occurred_on)
                .with("followed_by", follower.kind)
                .with("followed_on", follower.occurred_on));
        }
        if follower.kind == FactKind::TerminationReceived {
            too_early(follower, Some(fact), scene, today)?;
        }
    }
    Ok(())
}

/// The date that a notice names must leave the delay whole: from its reception or, until then, from its sending.
fn too_early(fact: &LifeFact, about: Option<&LifeFact>, scene: &Scene<'_>, today: CivilDate) -> Result<(), Refusal> {
    let named = fact.effective_on.or_else(|| about.and_then(|sent| sent.effective_on));
    let notice = TerminationNotice {
        sent_on: about.map_or(fact.occurred_on, |sent| sent.occurred_on),
        received_on: fact.occurred_on,
        effective_on: named,
    };
    match check_termination(scene.spans, scene.texts.on(fact.occurred_on), &notice, today) {
        Err(refusal) if refusal.code == "too_early" => Err(refusal),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::{in_order, said_of};
    use super::super::fixtures::*;
    use super::super::{Clause, Terms, flags};
    use super::*;
    use crate::domain::vocabulary::{ClauseKind, ConventionFlag, Unit};

    /// The reference with a clause on disputes.
    fn disputing() -> Terms {
        let dispute = super::super::TextClause {
            kind: ClauseKind::Dispute,
            article: Some("12".into()),
            absent: false,
            parameters: crate::conventions::clauses::ClauseParameters::default(),
        };
        Terms { clauses: vec![dispute], ..reference() }
    }

    const TODAY: &str = "2027-12-31";

    fn corrected(case: &Case, fact: &LifeFact, replaced: u8) -> Result<(), (&'static str, &'static str, String)> {
        check_followers(fact, Id::from_bytes([replaced; 16]), &case.scene(), day(TODAY)).map_err(|refusal| {
            let followed = refusal.computed.get("followed_on").map(ToString::to_string).unwrap_or_default();
            (refusal.rule, refusal.code, followed.replace('"', ""))
        })
    }

    #[test]
    fn a_cause_is_not_moved_after_what_follows_from_it() {
        let facts = vec![
            fact(1, FactKind::TerminationSent, 1, "2026-11-20"),
            follows(2, FactKind::TerminationReceived, 0, "2026-11-23", 1),
            fact(3, FactKind::UnauthorisedUse, 1, "2025-03-20"),
            follows(4, FactKind::FormalNoticeSent, 0, "2025-03-21", 3),
            follows(5, FactKind::FormalNoticeReceived, 1, "2025-03-24", 4),
            follows(6, FactKind::UseRemedied, 1, "2025-03-23", 4),
            fact(7, FactKind::MeetingHeld, 1, "2025-05-10"),
            follows(8, FactKind::MinutesValidated, 1, "2025-05-12", 7),
        ];
        let case = Case::signed(reference(), facts);
        for (kind, replaced, party, day_of, day_after, rule, code) in [
            (FactKind::TerminationSent, 1, 1, "2026-11-23", "2026-11-24", "R07", "received_before_sent"),
            (FactKind::UnauthorisedUse, 3, 1, "2025-03-21", "2025-03-22", "R08", "before_its_cause"),
            (FactKind::FormalNoticeSent, 4, 0, "2025-03-23", "2025-03-24", "R08", "before_its_cause"),
            (FactKind::MeetingHeld, 7, 1, "2025-05-12", "2025-05-13", "R11", "before_its_cause"),
        ] {
            assert_eq!(corrected(&case, &fact(9, kind, party, day_of), replaced), Ok(()), "{kind}");
            let refused = corrected(&case, &fact(9, kind, party, day_after), replaced).unwrap_err();
            assert_eq!(refused, (rule, code, day_of.to_owned()), "{kind}");
        }
        // What nothing follows from moves freely.
        assert_eq!(corrected(&case, &fact(9, FactKind::UseRemedied, 1, TODAY), 6), Ok(()));
    }

    #[test]
    fn a_corrected_sending_names_no_day_too_early_for_its_reception() {
        let sent = fact(1, FactKind::TerminationSent, 1, "2026-11-20");
        let received = follows(2, FactKind::TerminationReceived, 0, "2026-11-23", 1);
        let case = Case::signed(reference(), vec![sent.clone(), received]);
        let naming = |end: &str| LifeFact { id: Id::from_bytes([9; 16]), effective_on: Some(day(end)), ..sent.clone() };
        assert_eq!(corrected(&case, &naming("2027-05-23"), 1), Ok(()));
        assert_eq!(corrected(&case, &naming("2027-05-22"), 1).unwrap_err().1, "too_early");
    }

    #[test]
    fn a_fact_left_before_its_cause_or_without_it_does_nothing() {
        let sent = |on| fact(1, FactKind::TerminationSent, 1, on);
        let received = follows(2, FactKind::TerminationReceived, 0, "2026-11-23", 1);
        let kept = |sent: LifeFact| in_order(vec![sent, received.clone()]).len();
        assert_eq!((kept(sent("2026-11-22")), kept(sent("2026-11-23")), kept(sent("2026-11-24"))), (2, 2, 1));
        let code =
            |facts: Vec<LifeFact>| said_of(&received, &Case::signed(reference(), facts).scene()).map(|flag| flag.code);
        assert_eq!(code(vec![sent("2026-11-24")]), Some("without_effect"));
        assert_eq!(code(vec![received.clone()]), Some("without_effect"));
        assert_eq!(code(vec![sent("2026-11-23"), received.clone()]), None);
        // Nobody undoes a trial.
        let trial = follows(4, FactKind::LitigationOpened, 1, "2026-11-23", 3);
        let flag = said_of(&trial, &Case::signed(disputing(), vec![trial.clone()]).scene());
        assert_eq!(flag.map(|flag| flag.code), Some("breach"));
    }

    /// What the rules say of each fact, by its code.
    fn codes(case: &Case) -> Vec<Option<&'static str>> {
        case.facts.iter().map(|fact| said_of(fact, &case.scene()).map(|flag| flag.code)).collect()
    }

    #[test]
    fn one_closing_meeting_after_the_end() {
        let held = |id, party, on: &str| fact(id, FactKind::MeetingHeld, party, on);
        let facts = vec![
            held(1, 0, "2029-06-27"),
            held(2, 1, "2029-09-10"),
            held(3, 0, "2029-07-10"),
            // Both parties recorded the first.
            held(4, 1, "2029-07-10"),
        ];
        let case = Case::signed(reference(), facts);
        assert_eq!(codes(&case), [None, Some("without_effect"), None, None]);
    }

    #[test]
    fn uses_and_disputes_are_those_of_a_convention_that_lives() {
        for kind in [FactKind::UnauthorisedUse, FactKind::DisputeRaised] {
            for (on, code) in [
                ("2024-06-26", Some("without_effect")),
                ("2024-06-27", None),
                ("2029-06-27", None),
                ("2029-06-28", Some("without_effect")),
            ] {
                let case = Case::signed(reference(), vec![fact(1, kind, 1, on)]);
                assert_eq!(codes(&case), [code], "{kind} {on}");
            }
        }
        let case = Case::signed(reference(), vec![fact(1, FactKind::DisputeRaised, 1, "2024-06-26")]);
        assert_eq!(flags(&case.scene(), None, day("2024-07-01")), []);
        // A use of before the signature is no ground for a notice.
        let before = vec![
            fact(1, FactKind::UnauthorisedUse, 1, "2024-06-26"),
            follows(2, FactKind::FormalNoticeSent, 0, "2024-07-01", 1),
        ];
        let terms = Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..reference() };
        assert_eq!(codes(&Case::signed(terms, before)), [Some("without_effect"), Some("without_effect")]);
    }

    #[test]
    fn what_no_clause_provides_for_shows_no_flag() {
        let notice = || {
            vec![
                fact(1, FactKind::UnauthorisedUse, 1, "2025-03-20"),
                follows(2, FactKind::FormalNoticeSent, 0, "2025-03-21", 1),
                fact(3, FactKind::ExpiryInformation, 1, "2025-03-21"),
            ]
        };
        let shown = |terms: Terms| flags(&Case::signed(terms, notice()).scene(), None, day("2025-03-22"));
        let cure = Clause::stated(period(8, Unit::Day), "10");
        let both = vec![ConventionFlag::FormalNotice, ConventionFlag::ExpiryNotified];
        assert_eq!(shown(Terms { cure: cure.clone(), ..reference() }), both);
        assert_eq!(shown(reference()), [ConventionFlag::ExpiryNotified]);
        assert_eq!(shown(Terms { cure, renewal_information: Clause::DeclaredAbsent, ..reference() }), both[..1]);
    }

    #[test]
    fn evidence_comes_under_the_rule_of_its_duty() {
        let clause = super::super::TextClause {
            kind: ClauseKind::Inclusion,
            article: Some("8".into()),
            absent: false,
            parameters: crate::conventions::clauses::ClauseParameters::default(),
        };
        let terms = Terms { clauses: vec![clause], ..reference() };
        for (key, rule, article) in [("R32", "R32", Some("8")), ("commitment/preamble/1", "E01", None)] {
            let evidence = fact(1, FactKind::DutyEvidenced, 1, "2029-06-28");
            let evidence = LifeFact { duty: Some(key.to_owned()), ..evidence };
            let case = Case::signed(terms.clone(), vec![evidence.clone()]);
            let flag = said_of(&evidence, &case.scene()).unwrap();
            assert_eq!((flag.rule, flag.article.as_deref(), flag.code), (rule, article, "without_effect"), "{key}");
        }
    }

    #[test]
    fn what_no_clause_asks_for_is_no_breach_and_what_follows_nothing_does_nothing() {
        let trial = |terms: Terms| {
            let facts = vec![
                fact(1, FactKind::DisputeRaised, 1, "2025-03-20"),
                follows(2, FactKind::LitigationOpened, 1, "2025-04-20", 1),
            ];
            codes(&Case::signed(terms, facts))
        };
        assert_eq!(trial(reference()), [None, None]);
        assert_eq!(trial(disputing()), [None, Some("breach")]);
        let before = vec![
            fact(1, FactKind::DisputeRaised, 1, "2024-06-26"),
            follows(2, FactKind::ConciliationOpened, 1, "2024-07-20", 1),
        ];
        assert_eq!(codes(&Case::signed(reference(), before)), [Some("without_effect"); 2]);
    }

    #[test]
    fn a_lapse_is_acknowledged_once_it_is_claimed() {
        let acknowledged = |ministry: &str| {
            let facts = vec![
                fact(1, FactKind::UnauthorisedUse, 1, "2025-03-20"),
                follows(2, FactKind::FormalNoticeSent, 0, "2025-03-21", 1),
                follows(3, FactKind::FormalNoticeReceived, 1, "2025-03-24", 2),
                follows(4, FactKind::LapseAcknowledged, 0, ministry, 2),
                follows(5, FactKind::LapseAcknowledged, 1, "2025-04-05", 2),
            ];
            let terms = Terms { cure: Clause::stated(period(8, Unit::Day), "10"), ..reference() };
            super::super::status(&Case::signed(terms, facts).spans, day("2025-05-01"))
        };
        assert_eq!(acknowledged("2025-04-01").code(), "in_force");
        assert_eq!(acknowledged("2025-04-02").code(), "lapsed");
    }
}
