//! The duties that the clauses of a signed text make, as dates: what is said here holds on every day, and where a duty
//! stands on one of them is read off its dates ([`Duty::status`]), by the same rule in SQL.
//!
//! A new kind of duty is one file and one line of [`KINDS`]. No clause, no duty (rules.md, principle 1).

mod awaited;
mod conciliations;
mod continuous;
pub mod contract_years;
mod expiry_information;
pub mod meetings_of;
mod minutes;
mod remedies;
mod renewal_talks;
mod rights;
mod steering_meetings;
pub mod terms_of;

pub use continuous::{ACTION_HELD_ON, COMMITMENT, evidenced_clause, takes_evidence};

use std::collections::HashMap;

use crate::conventions::rules::{LifeFact, Scene, terminations};
use crate::domain::refusal::{Bilingual, Computed};
use crate::domain::vocabulary::{DutyNature, DutyStatus, FactKind, Side};
use crate::domain::{CivilDate, Id};

/// Every kind of duty, in the order of the ledger.
const KINDS: &[fn(&Scene<'_>) -> Vec<Duty>] = &[
    expiry_information::duties,
    renewal_talks::duties,
    steering_meetings::duties,
    minutes::duties,
    remedies::duties,
    conciliations::duties,
    continuous::duties,
    rights::duties,
];

/// The rules that a duty or a right comes under, as they are asked for.
pub const RULES: [&str; 21] = [
    "R04", "R05", "R06", "R07", "R08", "R09", "R11", "R12", "R13", "R14", "R15", "R17", "R18", "R20", "R21", "R23",
    "R24", "R32", "R33", "E01", "E02",
];

/// Those whose duties a fact makes, not the text alone: who may not read the facts does not read them either.
pub const OF_FACTS: [&str; 3] = ["R08", "R09", "R17"];

/// Years of a convention without end that are laid out.
pub const HORIZON: u16 = 30;

/// Who owes a duty, or holds a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// Every party.
    Every,
    /// The parties of a side.
    Side(Side),
    /// One party.
    Party(Id),
}

impl Owed {
    /// The side that a clause names, or every party.
    pub fn by(side: Option<Side>) -> Self {
        side.map_or(Self::Every, Self::Side)
    }

    /// Is it this party, of this side?
    pub fn is(self, party: Id, side: Side) -> bool {
        match self {
            Self::Every => true,
            Self::Side(owing) => owing == side,
            Self::Party(owing) => owing == party,
        }
    }
}

/// A duty of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// Stable among the duties of its convention: rule, and term, year or fact.
    pub key: String,
    pub rule: &'static str,
    pub nature: DutyNature,
    /// Article of the text in force that it comes from.
    pub article: Option<String>,
    /// What is to be done.
    pub what: Bilingual,
    /// The kind of the fact that meets it, when one does.
    pub kind: Option<FactKind>,
    pub owed_by: Owed,
    /// The year or term that it is about.
    pub window: Option<(CivilDate, CivilDate)>,
    /// The dates on which the ledger has it so: another text may state it otherwise.
    pub valid_from: CivilDate,
    pub valid_until: Option<CivilDate>,
    /// The earlier reading, or the event: drives reminders.
    pub due_on: Option<CivilDate>,
    /// Alone decides overdue and late.
    pub deadline_on: Option<CivilDate>,
    /// The day it was done.
    pub met_on: Option<CivilDate>,
    /// The day from which nothing is owed any more, unless it was done.
    pub void_on: Option<CivilDate>,
    /// The last day on which it can still be done: missed by then, it stays so. None when there is no such day.
    pub open_until: Option<CivilDate>,
    /// The facts that say so.
    pub proof: Vec<Id>,
    /// What the dates were computed from.
    pub computed: Computed,
}

impl Duty {
    /// A duty without dates yet.
    pub fn new(
        rule: &'static str,
        key: impl Into<String>,
        nature: DutyNature,
        what: Bilingual,
        from: CivilDate,
    ) -> Self {
        Self {
            key: key.into(),
            rule,
            nature,
            article: None,
            what,
            kind: None,
            owed_by: Owed::Every,
            window: None,
            valid_from: from,
            valid_until: None,
            due_on: None,
            deadline_on: None,
            met_on: None,
            void_on: None,
            open_until: None,
            proof: Vec::new(),
            computed: Computed::new(),
        }
    }

    /// Met on the day of the first fact that does it; those of that day are its proof.
    pub fn met_by(&mut self, scene: &Scene<'_>, does: impl Fn(&LifeFact) -> bool) {
        let done: Vec<&LifeFact> = scene.facts.iter().filter(|fact| does(fact)).collect();
        self.met_on = done.iter().map(|fact| fact.occurred_on).min();
        self.proof = done.iter().filter(|fact| Some(fact.occurred_on) == self.met_on).map(|fact| fact.id).collect();
        self.proof.sort_unstable();
    }

    /// True on the dates on which the ledger has it so.
    pub fn valid_on(&self, on: CivilDate) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on <= until)
    }

    /// True when it has a date, is not met nor void, and can still be done. SQL says the same: `store::waits`.
    pub fn waits_on(&self, on: CivilDate) -> bool {
        let unmet = matches!(self.status(on), DutyStatus::NotYet | DutyStatus::Due | DutyStatus::Overdue);
        self.valid_on(on) && self.due_on.is_some() && unmet && self.open_until.is_none_or(|until| on <= until)
    }

    /// True when another says the same from the next day on.
    fn goes_on_in(&self, other: &Self) -> bool {
        let same = || Self { valid_from: self.valid_from, valid_until: self.valid_until, ..other.clone() };
        self.valid_until.map(CivilDate::next) == Some(other.valid_from) && *self == same()
    }

    /// Where it stands on a date: the dates alone say it.
    pub fn status(&self, on: CivilDate) -> DutyStatus {
        status(self.nature, [self.due_on, self.deadline_on, self.met_on, self.void_on], on)
    }

    /// Days of lateness of one done late, 0 otherwise.
    pub fn late_by_days(&self) -> u32 {
        match (self.met_on, self.deadline_on) {
            (Some(met), Some(deadline)) => u32::try_from(met.days_since(deadline)).unwrap_or(0),
            _ => 0,
        }
    }
}

/// Where a duty of these dates (due, deadline, met, void) stands on a date. SQL says the same: a test compares them.
pub fn status(nature: DutyNature, dates: [Option<CivilDate>; 4], on: CivilDate) -> DutyStatus {
    let [due, deadline, met, void] = dates;
    let reached = |day: Option<CivilDate>| day.is_some_and(|day| day <= on);
    if nature == DutyNature::Right {
        return if reached(void) { DutyStatus::Void } else { DutyStatus::Open };
    }
    if reached(met) {
        let late = matches!((met, deadline), (Some(met), Some(deadline)) if deadline < met);
        return match nature {
            DutyNature::Continuous => DutyStatus::Evidenced,
            _ if late => DutyStatus::MetLate,
            _ => DutyStatus::Met,
        };
    }
    if reached(void) {
        DutyStatus::Void
    } else if nature == DutyNature::Continuous {
        DutyStatus::NoEvidence
    } else if deadline.is_some_and(|deadline| deadline < on) {
        DutyStatus::Overdue
    } else if reached(due) {
        DutyStatus::Due
    } else {
        DutyStatus::NotYet
    }
}

/// Every duty of a convention through its life, in the order of the ledger; none before every party has signed. Each is of
/// one of the [`RULES`].
pub fn duties(scene: &Scene<'_>) -> Vec<Duty> {
    if scene.spans.complete_on.is_none() {
        return Vec::new();
    }
    // A later year of a text that another replaces before it begins was never in the ledger, nor is a renewal that an end
    // came before.
    let never_came = |duty: &Duty| {
        ["R04", "R05", "R11"].contains(&duty.rule) && scene.spans.ends_on.is_some_and(|last| last < duty.valid_from)
    };
    let shown = |duty: &Duty| duty.valid_until.is_none_or(|until| duty.valid_from <= until) && !never_came(duty);
    let fixed = terminations::fixed(scene);
    joined(KINDS.iter().flat_map(|kind| kind(scene)).filter(shown).map(|duty| closed(duty, scene, &fixed)))
}

/// What was due at a date cannot be done any more once the convention has ended, whatever ended it; the minutes of a
/// meeting can.
///
/// What would be due after an early end is owed no more from the day on which that end is fixed.
fn closed(mut duty: Duty, scene: &Scene<'_>, fixed: &[(CivilDate, CivilDate)]) -> Duty {
    if matches!(duty.nature, DutyNature::Dated | DutyNature::Recurring) {
        duty.open_until = [duty.open_until, scene.spans.ends_on].into_iter().flatten().min();
        if duty.due_on > scene.spans.ends_on && duty.void_on.is_some() {
            let before = fixed.iter().filter(|(last, _)| duty.due_on > Some(*last)).map(|(_, on)| *on);
            duty.void_on = before.chain(duty.void_on).min();
        }
    }
    duty
}

/// One duty for what two texts in a row state alike: an amendment of other clauses leaves it as it was.
fn joined(duties: impl Iterator<Item = Duty>) -> Vec<Duty> {
    let mut all: Vec<Duty> = Vec::new();
    let mut last: HashMap<String, usize> = HashMap::new();
    for duty in duties {
        let before = last.get(&duty.key).and_then(|index| all.get_mut(*index));
        if let Some(before) = before.filter(|before| before.goes_on_in(&duty)) {
            before.valid_until = duty.valid_until;
            continue;
        }
        last.insert(duty.key.clone(), all.len());
        all.push(duty);
    }
    all
}

/// The last day of a convention that ended otherwise than by expiry.
fn ended_early(scene: &Scene<'_>) -> Option<CivilDate> {
    scene.spans.ends_on.filter(|end| scene.spans.last_day.is_none_or(|last| *end < last))
}

#[cfg(test)]
mod tests;
