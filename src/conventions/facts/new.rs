//! What a fact is recorded with, and which members each kind has.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::vocabulary::FactKind;
use crate::domain::{CivilDate, Id};
use crate::error::{Fault, both};
use crate::http::body::{Body, Faults};

/// What a fact is recorded with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "kind": "expiry_information", "done_by": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "occurred_on": "2028-12-20",
    "note": "Courrier recommandé du 20 décembre 2028"
}))]
pub struct NewFact {
    pub kind: FactKind,
    /// The party that did it.
    pub done_by: Id,
    /// Civil day on which it happened; never after today.
    pub occurred_on: CivilDate,
    /// In words: of a decision, who gave it (court, arbitrator), and its number. Proof is attached as a file:
    /// `attached_to=fact:` and its id.
    #[deserr(default)]
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
    /// The fact that this one corrects, of the same kind: the old one stays visible, and counts no more. What its party
    /// acknowledged is corrected once that party acknowledges the correction too. Of a correction that was contested, it
    /// names that correction. What others have followed, acknowledged or consented to is not changed by one party alone
    /// (`in_use`): who did it, the day that a received notice names, a consent that all have given.
    #[deserr(default)]
    pub replaces: Option<Id>,
    /// The fact that this one follows from: a reception names the sending, a remedy the formal notice.
    #[deserr(default)]
    pub refers_to: Option<Id>,
    /// The last day in force that a termination names (R07).
    #[deserr(default)]
    pub effective_on: Option<CivilDate>,
    /// The continuous duty that this is evidence of: its key in the ledger without the year, as `R23` or `commitment/…/1`.
    #[deserr(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub duty: Option<String>,
    /// Files of this convention that prove it, by id; the operator records nothing without.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub proof: Vec<Id>,
}

impl Body for NewFact {
    fn check(&self, faults: &mut Faults) {
        let missing = |pointer: &'static str| {
            Fault::pointer(
                pointer,
                "missing",
                both("Ce type de fait demande ce membre.", "This kind of fact needs this member."),
            )
        };
        let not_applicable = |pointer: &'static str| {
            Fault::pointer(
                pointer,
                "not_applicable",
                both("Ce membre n'est pas de ce type de fait.", "This member is not of this kind of fact."),
            )
        };
        let refers = !self.kind.refers_to().is_empty();
        // A notice without a use, and a trial without a dispute, happen: they are recorded, and flagged.
        let may_stand_alone = matches!(self.kind, FactKind::FormalNoticeSent | FactKind::LitigationOpened);
        match &self.refers_to {
            Some(_) if !refers => faults.push(not_applicable("/refers_to")),
            None if refers && !may_stand_alone => faults.push(missing("/refers_to")),
            _ => {}
        }
        let names_a_day = matches!(
            self.kind,
            FactKind::TerminationSent | FactKind::TerminationReceived | FactKind::TerminationAgreed
        );
        match self.effective_on {
            Some(_) if !names_a_day => faults.push(not_applicable("/effective_on")),
            None if self.kind == FactKind::TerminationAgreed => faults.push(missing("/effective_on")),
            _ => {}
        }
        match &self.duty {
            Some(_) if self.kind != FactKind::DutyEvidenced => faults.push(not_applicable("/duty")),
            None if self.kind == FactKind::DutyEvidenced => faults.push(missing("/duty")),
            _ => {}
        }
        if self.kind == FactKind::LapseDecided && self.proof.is_empty() {
            faults.push(missing("/proof"));
        }
    }
}
