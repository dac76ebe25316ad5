//! What is owed all along and has no date: the commitments of the preamble and of the axes (E01; the rules' table gives
//! them no number), and the clauses that name no day (R18, R20, R21, R23, R24, R32, R33). One line a year of the
//! convention, evidenced or not; a year shows from its first day.

use super::contract_years::{YearRead, years_of};
use super::{Duty, Owed};
use crate::conventions::rules::{CommitmentOf, Scene, Terms, counts};
use crate::domain::vocabulary::{ClauseKind, DutyNature, FactKind};
use crate::domain::{Bilingual, CivilDate};

/// A clause without a date: its rule, which is its key too, and what it asks.
const CLAUSES: [(ClauseKind, &str, Bilingual); 7] = [
    (
        ClauseKind::RegionalInformation,
        "R18",
        Bilingual::fixed(
            "Transmettre les orientations nationales aux acteurs régionaux",
            "Send the national orientations to regional actors",
        ),
    ),
    (
        ClauseKind::Communication,
        "R20",
        Bilingual::fixed(
            "Valider ensemble les documents de communication",
            "Validate communication documents together",
        ),
    ),
    (
        ClauseKind::PriorConsent,
        "R21",
        Bilingual::fixed(
            "Recueillir l'accord des autres signataires avant toute communication externe",
            "Obtain the consent of the other signatories before any external communication",
        ),
    ),
    (
        ClauseKind::Relay,
        "R23",
        Bilingual::fixed("Relayer les actions auprès des réseaux", "Relay the actions to the networks"),
    ),
    (
        ClauseKind::Resources,
        "R24",
        Bilingual::fixed("Mettre à disposition les ressources pédagogiques", "Make teaching resources available"),
    ),
    (
        ClauseKind::Inclusion,
        "R32",
        Bilingual::fixed("Veiller à la mixité et à l'inclusion", "See to gender balance and inclusion"),
    ),
    (ClauseKind::Accessibility, "R33", Bilingual::fixed("Veiller à l'accessibilité", "See to accessibility")),
];

/// The rule of a commitment of the preamble or of an axis.
pub const COMMITMENT: &str = "E01";

/// Of what was computed: the day of the action that is evidence.
pub const ACTION_HELD_ON: &str = "action_held_on";

pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    let mut all = Vec::new();
    for year in begun(scene) {
        let stands = |commitment: &&CommitmentOf| {
            // From the amendment that states it: neither in a year that was over, nor as the ledger was read before.
            let begun = commitment
                .from
                .is_none_or(|from| from <= year.last() && year.valid_until.is_none_or(|until| from <= until));
            begun && commitment.until.is_none_or(|until| year.from <= until)
        };
        for commitment in scene.commitments.iter().filter(stands) {
            let mut duty = kept_commitment(scene, &year, commitment);
            duty.void_on = commitment.until.filter(|until| *until < year.last()).map(CivilDate::next);
            all.push(duty);
        }
        for (kind, rule, what) in &CLAUSES {
            if let Some(clause) = year.terms.states(*kind) {
                let duty = Duty { article: clause.article.clone(), ..duty(rule, rule, what.clone(), &year) };
                all.push(evidenced(scene, rule, duty));
            }
        }
    }
    all
}

/// The years that begin before the convention ends, whatever ends it.
fn begun<'a>(scene: &Scene<'a>) -> impl Iterator<Item = YearRead<'a>> + use<'a> {
    let end = scene.spans.ends_on;
    years_of(scene).into_iter().filter(move |year| end.is_none_or(|end| year.from <= end))
}

fn kept_commitment(scene: &Scene<'_>, year: &YearRead<'_>, commitment: &CommitmentOf) -> Duty {
    let what = Bilingual::new(commitment.text.clone(), commitment.text.clone());
    let owed = duty(COMMITMENT, &commitment.key, what, year);
    let from = commitment.from.map_or(year.from, |from| from.max(year.from));
    let duty = Duty {
        article: commitment.article.clone(),
        owed_by: commitment.party.map_or(Owed::Every, Owed::Party),
        valid_from: owed.valid_from.max(from),
        window: Some((from, year.last())),
        ..owed
    };
    let mut duty = evidenced(scene, &commitment.key, duty);
    // What is done under an axis is done for what it commits to, whichever party convened it.
    let under = scene.held.iter().filter(|held| Some(held.axis) == commitment.axis).map(|held| held.on);
    if let Some(held) = under.filter(|on| (from..=year.last()).contains(on)).min() {
        duty.met_on = Some(duty.met_on.map_or(held, |met| met.min(held)));
        duty.computed.insert(ACTION_HELD_ON, held.to_string().into());
    }
    duty
}

fn duty(rule: &'static str, key: &str, what: Bilingual, year: &YearRead<'_>) -> Duty {
    let from = year.valid_from.max(year.from);
    let mut duty = Duty::new(rule, format!("{key}/{}", year.number), DutyNature::Continuous, what, from);
    duty.kind = Some(FactKind::DutyEvidenced);
    duty.window = Some(year.window());
    duty.valid_until = year.valid_until;
    duty.computed.insert("year", year.number.into());
    duty
}

/// Evidence counts in the year that it happened in, by a party that owes the duty.
fn evidenced(scene: &Scene<'_>, key: &str, mut duty: Duty) -> Duty {
    let Some((from, last)) = duty.window else { return duty };
    let days = from..=last;
    let owed_by = duty.owed_by;
    duty.met_by(scene, |fact| {
        fact.kind == FactKind::DutyEvidenced
            && fact.duty.as_deref() == Some(key)
            && days.contains(&fact.occurred_on)
            && owed_by.is(fact.party, fact.by)
            && counts(fact, scene)
    });
    duty
}

/// The clause and the rule that evidence of a key comes under; none for a commitment.
pub fn evidenced_clause(key: &str) -> Option<(ClauseKind, &'static str)> {
    CLAUSES.iter().find(|(_, rule, _)| *rule == key).map(|(kind, rule, _)| (*kind, *rule))
}

/// True for the key of a continuous duty of some text of the convention: what a fact may be evidence of.
pub fn takes_evidence(scene: &Scene<'_>, key: &str) -> bool {
    let states = |terms: &Terms| CLAUSES.iter().any(|(kind, rule, _)| *rule == key && terms.states(*kind).is_some());
    scene.commitments.iter().any(|commitment| commitment.key == key)
        || scene.texts.stretches().any(|(_, _, terms)| states(terms))
}
