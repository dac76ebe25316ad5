//! Edits and changes of clauses that go together, or part.

use super::super::divergence::*;
use super::super::text::TextArticle;
use super::super::{ClauseChange, Edit, ReadClause, Text};
use crate::conventions::clauses::ClauseParameters;
use crate::conventions::rules::TextClause;
use crate::conventions::rules::fixtures::parties;
use crate::domain::Id;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget, Unit};

fn edit(kind: EditKind, article: &str) -> Edit {
    Edit {
        id: Id::from_bytes([7; 16]),
        kind,
        target: EditTarget::Article,
        part: None,
        article: Some(article.to_owned()),
        after: None,
        alinea: None,
        old: Some("cinq".into()),
        new: Some("six".into()),
    }
}

fn change(kind: ClauseKind, article: &str, absent: bool) -> ClauseChange {
    ClauseChange {
        id: Id::from_bytes([8; 16]),
        kind,
        article: Some(article.to_owned()),
        absent,
        parameters: ClauseParameters::default(),
        confirmed: true,
        quote: None,
    }
}

fn clause(kind: ClauseKind, article: &str) -> TextClause {
    let parameters = ClauseParameters::default();
    TextClause { kind, article: Some(article.to_owned()), absent: false, parameters }
}

fn read(kind: ClauseKind, article: &str, years: u16) -> ReadClause {
    let parameters = ClauseParameters { value: Some(years), unit: Some(Unit::Year), ..ClauseParameters::default() };
    ReadClause { kind, article: Some(article.to_owned()), parameters, quote: format!("{years} ans") }
}

fn lasting(article: Option<&str>, value: u16, unit: Unit) -> ClauseChange {
    let parameters = ClauseParameters { value: Some(value), unit: Some(unit), ..ClauseParameters::default() };
    ClauseChange { article: article.map(str::to_owned), parameters, ..change(ClauseKind::Duration, "11", false) }
}

fn stated() -> [TextClause; 2] {
    [clause(ClauseKind::Duration, "11"), clause(ClauseKind::Termination, "12")]
}

fn codes(edits: &[Edit], changes: &[ClauseChange], readings: Option<Readings<'_>>) -> Vec<&'static str> {
    divergences(edits, changes, &stated(), &parties(), readings).iter().map(Divergence::code).collect()
}

/// Nobody reads anything: what was written by hand has to be believed.
const UNREAD: Readings<'static> = Readings { before: &[], after: &[], unsaid_lapse: None, imported: false };

#[test]
fn edits_and_changes_that_go_together_are_silent() {
    let duration = [lasting(Some("11"), 6, Unit::Year)];
    assert!(codes(&[edit(EditKind::ReplaceWords, "11")], &duration, Some(UNREAD)).is_empty());
    assert!(codes(&[edit(EditKind::ReplaceArticle, "11")], &duration, None).is_empty());
    // An article that states no clause is edited freely.
    assert!(codes(&[edit(EditKind::InsertAlinea, "3")], &[], Some(UNREAD)).is_empty());
    let gone = [change(ClauseKind::Termination, "12", true)];
    assert!(codes(&[edit(EditKind::RepealArticle, "12")], &gone, Some(UNREAD)).is_empty());
    let added =
        Edit { article: None, new: Some("Article 13 – Litiges\n\nTexte.".into()), ..edit(EditKind::AddArticle, "") };
    assert!(codes(&[added], &[change(ClauseKind::Dispute, "13", false)], None).is_empty());
}

#[test]
fn one_without_the_other_is_told() {
    let duration = [lasting(Some("11"), 6, Unit::Year)];
    assert_eq!(codes(&[], &duration, None), ["clause_without_edit"]);
    // Without an article it is of the one that states it today.
    let unnamed = [lasting(None, 6, Unit::Year)];
    assert_eq!(codes(&[edit(EditKind::ReplaceWords, "3")], &unnamed, None), ["clause_without_edit"]);
    assert!(codes(&[edit(EditKind::ReplaceWords, "11")], &unnamed, None).is_empty());
    let told = codes(&[edit(EditKind::ReplaceWords, "12")], &duration, Some(UNREAD));
    assert_eq!(told, ["clause_without_edit", "edit_without_clause_change"]);
    let imported = Readings { imported: true, ..UNREAD };
    assert!(codes(&[edit(EditKind::ReplaceWords, "11")], &[], Some(imported)).is_empty());
    assert_eq!(codes(&[edit(EditKind::RepealArticle, "12")], &[], Some(imported)), ["repeal_of_stated_clause"]);
}

#[test]
fn what_the_text_reads_is_what_the_clause_says() {
    let (five, six) = ([read(ClauseKind::Duration, "11", 5)], [read(ClauseKind::Duration, "11", 6)]);
    let to = |after| Some(Readings { before: &five, after, unsaid_lapse: None, imported: false });
    let words = [edit(EditKind::ReplaceWords, "11")];
    for (years, told) in [(6, vec![]), (7, vec!["clause_differs_from_text"])] {
        assert_eq!(codes(&words, &[lasting(Some("11"), years, Unit::Year)], to(&six)), told, "{years}");
    }
    assert!(codes(&words, &[lasting(None, 72, Unit::Month)], to(&six)).is_empty());
    // Left as it was, while the text changes; and the reverse.
    assert_eq!(codes(&words, &[], to(&six)), ["edit_without_clause_change"]);
    assert!(codes(&words, &[], to(&five)).is_empty());
    let six_years = [lasting(Some("11"), 6, Unit::Year)];
    assert_eq!(codes(&words, &six_years, to(&five)), ["clause_differs_from_text"]);
    let gone = [change(ClauseKind::Duration, "11", true)];
    assert_eq!(codes(&words, &gone, to(&five)), ["clause_differs_from_text"]);
    assert!(codes(&words, &gone, to(&[])).is_empty());
}

#[test]
fn one_change_does_not_excuse_the_rest_of_its_article() {
    let clauses = [clause(ClauseKind::Duration, "11"), clause(ClauseKind::RenewalInformation, "11")];
    let before = [read(ClauseKind::Duration, "11", 5), read(ClauseKind::RenewalInformation, "11", 1)];
    let after = [read(ClauseKind::Duration, "11", 6), read(ClauseKind::RenewalInformation, "11", 2)];
    let readings = Readings { before: &before, after: &after, unsaid_lapse: None, imported: true };
    let six_years = [lasting(Some("11"), 6, Unit::Year)];
    let words = [edit(EditKind::ReplaceWords, "11")];
    assert_eq!(
        divergences(&words, &six_years, &clauses, &parties(), Some(readings)),
        [Divergence::EditWithoutClause {
            edit: words[0].id,
            article: "11".into(),
            kinds: vec![ClauseKind::RenewalInformation],
        }]
    );
}

#[test]
fn a_clause_that_the_text_now_states_asks_for_a_change() {
    let after = [read(ClauseKind::Dispute, "13", 1)];
    let readings = Some(Readings { before: &[], after: &after, unsaid_lapse: None, imported: false });
    let added = [edit(EditKind::AddArticle, "13")];
    assert_eq!(codes(&added, &[], readings), ["clause_without_change"]);
    let mut dispute = lasting(Some("13"), 1, Unit::Year);
    dispute.kind = ClauseKind::Dispute;
    assert!(codes(&added, &[dispute], readings).is_empty());
}

#[test]
fn who_does_it_is_what_the_text_says() {
    let reading = |by: Option<&str>, proposed_by: Option<&str>, kind| ReadClause {
        kind,
        article: Some("11".into()),
        parameters: ClauseParameters {
            by: by.map(str::to_owned),
            proposed_by: proposed_by.map(str::to_owned),
            ..ClauseParameters::default()
        },
        quote: "dit".into(),
    };
    let told = |read: ReadClause, said: ClauseParameters| {
        let changed = ClauseChange { parameters: said, ..change(read.kind, "11", false) };
        let readings = Readings { before: &[], after: &[read], unsaid_lapse: None, imported: true };
        codes(&[edit(EditKind::ReplaceWords, "11")], &[changed], Some(readings))
    };
    let by = |name: Option<&str>| ClauseParameters { by: name.map(str::to_owned), ..ClauseParameters::default() };
    let proposing =
        |name: Option<&str>| ClauseParameters { proposed_by: name.map(str::to_owned), ..ClauseParameters::default() };
    let differs = vec!["clause_differs_from_text"];
    let informs = |name: Option<&str>| reading(name, None, ClauseKind::RenewalInformation);
    assert!(told(informs(Some("ministère")), by(Some("le ministère"))).is_empty());
    assert_eq!(told(informs(Some("ministère")), by(Some("l'association"))), differs);
    assert_eq!(told(informs(Some("ministère")), by(None)), differs, "owed by every party is another duty");
    assert_eq!(told(informs(Some("ministère")), by(Some("la région"))), differs);
    // Whom the text does not name as a party, and what it does not say, is nobody's to compare.
    assert!(told(informs(Some("la région")), by(Some("l'association"))).is_empty());
    assert!(told(informs(None), by(Some("l'association"))).is_empty());
    let minutes = |name: Option<&str>| reading(None, name, ClauseKind::Minutes);
    assert_eq!(told(minutes(Some("le ministère")), proposing(Some("l'association"))), differs);
    assert_eq!(told(minutes(Some("le ministère")), proposing(None)), differs, "the association proposes them");
    assert!(told(minutes(Some("l'association")), proposing(None)).is_empty());
}

#[test]
fn a_lapse_that_the_text_says_no_more_is_told_while_its_clause_stays() {
    let article = |body: &str, repealed: bool| TextArticle {
        id: Id::from_bytes([9; 16]),
        part: None,
        number: "10".into(),
        heading: None,
        body: body.to_owned(),
        repealed,
        amended_by: None,
    };
    let text = |article: TextArticle| Text { preamble: None, preamble_amended_by: None, articles: vec![article] };
    let lapses = text(article("À défaut, la convention sera caduque sous huit jours.", false));
    let silent = text(article("La situation est régularisée sous huit jours.", false));
    assert_eq!(lapse_unsaid(&lapses, &silent), Some("10"));
    assert_eq!(lapse_unsaid(&lapses, &text(article("La caducité est encourue.", false))), None);
    assert_eq!(lapse_unsaid(&lapses, &text(article("sera caduque", true))), Some("10"));
    assert_eq!(lapse_unsaid(&silent, &silent), None);
    let told = |clauses: &[TextClause], changes: &[ClauseChange]| {
        let readings = Readings { unsaid_lapse: Some("10"), imported: true, ..UNREAD };
        let all = divergences(&[edit(EditKind::ReplaceArticle, "10")], changes, clauses, &parties(), Some(readings));
        all.iter().map(Divergence::code).collect::<Vec<_>>()
    };
    let cure = [clause(ClauseKind::CurePeriod, "10")];
    assert_eq!(told(&cure, &[]), ["lapse_no_longer_said"]);
    assert_eq!(told(&cure, &[change(ClauseKind::CurePeriod, "10", false)]), ["lapse_no_longer_said"]);
    assert!(told(&cure, &[change(ClauseKind::CurePeriod, "10", true)]).is_empty());
    assert!(told(&[], &[]).is_empty(), "no clause, no rule");
}
