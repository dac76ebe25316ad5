//! What a party may do and does not owe: amend (R06), terminate (R07), ask for an exceptional meeting (R12, R13), invite
//! regions to the committee (R14), associate experts with it (R15), and what else the text lets a party do (E02; the rules'
//! table gives it no number). Open while the convention is in force, void after its end.

use super::{Duty, Owed};
use crate::conventions::rules::scene::party_named;
use crate::conventions::rules::{Party, Scene, Terms, TextClause};
use crate::domain::vocabulary::{ClauseKind, DutyNature, Side};
use crate::domain::{Bilingual, CivilDate, Id};

/// A right under one text: its rule, its article, whose it is.
struct Right {
    rule: &'static str,
    key: String,
    what: Bilingual,
    article: Option<String>,
    held_by: Owed,
}

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let Some(from) = scene.spans.in_force_from else { return Vec::new() };
    let void_on = scene.spans.ends_on.map(CivilDate::next);
    let mut all = Vec::new();
    for (since, until, terms) in scene.texts.stretches() {
        let valid_from = since.map_or(from, |since| since.max(from));
        if until.is_some_and(|until| until < valid_from) {
            continue;
        }
        for right in rights(terms, scene.parties) {
            let mut duty = Duty::new(right.rule, right.key, DutyNature::Right, right.what, valid_from);
            duty.article = right.article;
            duty.owed_by = right.held_by;
            duty.valid_until = until;
            duty.void_on = void_on;
            all.push(duty);
        }
    }
    all
}

/// What the text lets a party do, under no other rule.
pub const RIGHT: &str = "E02";

fn rights(terms: &Terms, parties: &[Party]) -> Vec<Right> {
    let mut all = Vec::new();
    let mut add = |rule: &'static str, article: Option<&str>, held_by, what| {
        all.push(Right { rule, key: rule.to_owned(), what, article: article.map(str::to_owned), held_by });
    };
    if let Some(clause) = terms.states(ClauseKind::Amendment) {
        let what = Bilingual::fixed("Proposer un avenant", "Ask for an amendment");
        add("R06", clause.article.as_deref(), Owed::Every, what);
    }
    if let Some(notice) = terms.termination.says() {
        let what = Bilingual::fixed(
            "Mettre fin à la convention par notification écrite",
            "End the convention by written notice",
        );
        add("R07", terms.termination.article(), Owed::by(notice.by), what);
    }
    if let Some(clause) = terms.states(ClauseKind::ExceptionalMeeting) {
        let what = Bilingual::fixed(
            "Réunir exceptionnellement le comité, à l'initiative conjointe des parties",
            "Hold an exceptional meeting, by joint initiative of the parties",
        );
        add("R12", clause.article.as_deref(), Owed::Every, what);
        if let Some(dispute) = terms.states(ClauseKind::Dispute) {
            let what = Bilingual::fixed(
                "Demander une réunion exceptionnelle en cas de litige",
                "Ask for an exceptional meeting in a dispute",
            );
            add("R13", dispute.article.as_deref().or(clause.article.as_deref()), Owed::Every, what);
        }
    }
    if let Some(clause) = terms.states(ClauseKind::RegionalInvitation) {
        let what = Bilingual::fixed(
            "Inviter au comité les régions qui ont signé une convention de déclinaison",
            "Invite to the committee the regions that have signed a territorial convention",
        );
        let state = parties.iter().any(|party| party.side == Side::State).then_some(Side::State);
        let held_by = named(clause, parties).map_or(Owed::by(state), Owed::Party);
        add("R14", clause.article.as_deref(), held_by, what);
    }
    if let Some(clause) = terms.states(ClauseKind::Experts) {
        let what = Bilingual::fixed(
            "Associer des experts et des personnalités qualifiées aux travaux du comité",
            "Associate experts and qualified persons with the work of the committee",
        );
        add("R15", clause.article.as_deref(), Owed::Every, what);
    }
    all.extend(told(terms, parties));
    all
}

fn named(clause: &TextClause, parties: &[Party]) -> Option<Id> {
    let name = clause.parameters.by.as_deref()?;
    party_named(parties, name).map(|party| party.id)
}

/// Those that the text tells one by one, in its words; several of an article by their order.
fn told(terms: &Terms, parties: &[Party]) -> Vec<Right> {
    let mut all: Vec<Right> = Vec::new();
    let stated = terms.clauses.iter().filter(|clause| clause.kind == ClauseKind::PartyRight && !clause.absent);
    for clause in stated {
        let Some(what) = clause.parameters.what.clone() else { continue };
        let place = clause.article.as_deref().unwrap_or("-");
        let earlier = all.iter().filter(|right| right.article == clause.article).count();
        all.push(Right {
            rule: RIGHT,
            key: format!("{RIGHT}/{place}/{}", earlier + 1),
            what: Bilingual::new(what.clone(), what),
            article: clause.article.clone(),
            held_by: named(clause, parties).map_or(Owed::Every, Owed::Party),
        });
    }
    all
}
