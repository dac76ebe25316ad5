//! What a party may do and does not owe: amend (R06), terminate (R07), ask for an exceptional meeting (R12, R13), invite
//! regions to the committee (R14), associate experts with it (R15), and what an article lets one of them do (E02, in the
//! words of the text; the rules' table gives it no number). Open while the convention is in force, void after its end.

use super::{Duty, Owed};
use crate::conventions::rules::scene::party_named;
use crate::conventions::rules::{Party, Scene, Terms};
use crate::domain::vocabulary::{ClauseKind, DutyNature};
use crate::domain::{Bilingual, CivilDate};

/// The rule of what an article lets a party do.
const PERMITTED: &str = "E02";

/// A right under one text: its rule, its article, whose it is.
struct Right {
    rule: &'static str,
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
            let mut duty = Duty::new(right.rule, right.rule, DutyNature::Right, right.what, valid_from);
            duty.article = right.article;
            duty.owed_by = right.held_by;
            duty.valid_until = until;
            duty.void_on = void_on;
            all.push(duty);
        }
    }
    for right in scene.rights {
        let what = Bilingual::new(right.text.clone(), right.text.clone());
        let valid_from = right.from.map_or(from, |since| since.max(from));
        let mut duty = Duty::new(PERMITTED, right.key.as_str(), DutyNature::Right, what, valid_from);
        duty.article = Some(right.article.clone());
        duty.owed_by = Owed::Party(right.party);
        duty.valid_until = right.until;
        duty.void_on = void_on;
        all.push(duty);
    }
    all
}

fn rights(terms: &Terms, parties: &[Party]) -> Vec<Right> {
    let mut all = Vec::new();
    let mut add = |rule, article: Option<&str>, held_by, what| {
        all.push(Right { rule, what, article: article.map(str::to_owned), held_by });
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
    let steering = terms.states(ClauseKind::Steering);
    let invites = steering.and_then(|clause| Some((clause, clause.parameters.regions_invited_by.as_deref()?)));
    if let Some((clause, name)) = invites {
        let what = Bilingual::fixed(
            "Inviter au comité les régions qui ont signé une convention de déclinaison",
            "Invite to the committee the regions that have signed a territorial convention",
        );
        let held_by = party_named(parties, name).map_or(Owed::Every, |party| Owed::Party(party.id));
        add("R14", clause.article.as_deref(), held_by, what);
    }
    if let Some(clause) = steering.filter(|clause| clause.parameters.experts == Some(true)) {
        let what = Bilingual::fixed(
            "Associer des experts et des personnalités qualifiées aux travaux du comité",
            "Associate experts and qualified persons with the work of the committee",
        );
        add("R15", clause.article.as_deref(), Owed::Every, what);
    }
    all
}
