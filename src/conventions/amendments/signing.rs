//! Signing an amendment: what the rules say of it, and the record.

use super::amendment::AmendmentRow;
use super::laid::Laid;
use super::rules::Reason;
use super::rules::signing::{self, Outcome, Signing};
use super::signatures::{AmendmentSignature, approvals_of};
use crate::aggregate::Whole as _;
use crate::auth::policy;
use crate::conventions::convention::ConventionRow;
use crate::conventions::records::Record as _;
use crate::conventions::rules::{self, AmendmentFact, SignatureFact};
use crate::conventions::signatures::{NewSignature, check_proof};
use crate::db::record::{Change, Operation};
use crate::domain::approval::{Approval, Keys};
use crate::domain::folded::fold;
use crate::domain::refusal::Refusal;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::{Halt, Problem};
use crate::http::unit::Unit;

/// Records a signature of an amendment whose convention is locked.
pub fn record(
    unit: &mut Unit<'_>,
    id: Id,
    row: ConventionRow,
    new: NewSignature,
) -> Result<(AmendmentSignature, ConventionRow), Halt> {
    let request = unit.request.clone();
    let laid = Laid::load(unit, row, Instant::MAX)?;
    let party = laid.story.pieces.parties.iter().find(|party| party.id == new.party_id);
    if let Some(party) = party {
        let standing = laid.story.row.standing(unit)?;
        if !policy::may_sign(&request.caller, &standing, party.organisation_id) {
            return Err(Problem::plain("not_allowed").into());
        }
        check_proof(&request, &new)?;
    }
    let laid = match new.replaces {
        Some(replaced) => correct(unit, laid, id, replaced, new.party_id)?,
        None => laid,
    };
    let amendment = laid.amendment(id)?.clone();
    check(&laid, &amendment, &new, request.today)?;
    let signature = AmendmentSignature {
        id: unit.new_id(),
        convention_id: laid.story.row.id,
        amendment_id: id,
        position: AmendmentSignature::next_position(unit, id)?,
        party_id: new.party_id,
        signatory_key: fold(&new.signatory),
        signatory: new.signatory,
        function: new.function,
        signed_on: new.signed_on,
        place: new.place,
        content_hash: new.content_hash,
        proof: new.proof,
        replaces: new.replaces,
        recorded_by: request.caller.client_id,
        recorded_at: request.now,
        voided_at: None,
    };
    signature.insert(unit)?;
    let row = laid.story.row.touch(unit)?;
    tell(unit, &row, &amendment, &signature)?;
    Ok((signature, row))
}

/// Its amendment changes with it: who signs next, and one day the text.
fn tell(
    unit: &mut Unit<'_>,
    row: &ConventionRow,
    before: &AmendmentRow,
    signature: &AmendmentSignature,
) -> Result<(), Halt> {
    let request = unit.request.clone();
    let (amendment, _) = AmendmentRow::find(unit, &request, signature.amendment_id)?;
    AmendmentRow::tell(unit, row, Some(before), Some(&amendment))?;
    let seen_by = Some(amendment.audience(unit, row)?);
    let after = serde_json::to_value(signature)?;
    unit.record(&Change {
        kind: "amendment_signature",
        resource: signature.id,
        version: row.version,
        operation: Operation::Created,
        convention: Some(row.id),
        organisation: None,
        seen_by,
        was_seen_by: None,
        before: None,
        after: Some(&after),
    })
}

/// R06, and R01 for the signature itself.
fn check(laid: &Laid, amendment: &AmendmentRow, new: &NewSignature, today: CivilDate) -> Result<(), Halt> {
    let facts = facts_of(laid, amendment.id);
    let asked = rules::NewSignature {
        party: new.party_id,
        signatory: new.signatory.clone(),
        signed_on: new.signed_on,
        content_hash: new.content_hash.clone(),
    };
    let outcome = outcome(laid, amendment, new);
    let named = amendment.effective_on.map_or(new.signed_on, |named| named.max(new.signed_on));
    let day = outcome.map_or(named, |outcome| outcome.comes_on);
    let refused = laid.tried(amendment.position, day, &amendment.edits.0);
    Ok(checked(laid, amendment, &facts, &refused, &asked, outcome, today)?)
}

/// The same for a signature whose outcome and edits are known.
pub fn checked(
    laid: &Laid,
    amendment: &AmendmentRow,
    facts: &[SignatureFact],
    refused: &[(Id, Reason)],
    asked: &rules::NewSignature,
    outcome: Option<Outcome>,
    today: CivilDate,
) -> Result<(), Refusal> {
    let unconfirmed = amendment.clause_changes.0.iter().filter(|change| !change.confirmed).map(|change| change.id);
    let unconfirmed: Vec<Id> = unconfirmed.collect();
    let signing = Signing {
        spans: &laid.story.lived.spans,
        parties: &laid.parties,
        article: laid.article.as_deref(),
        number: amendment.position,
        content_hash: &amendment.content_hash,
        signatures: facts,
        first_unsigned: laid.first_unsigned(),
        after: laid
            .story
            .amendments
            .iter()
            .filter(|a| a.number < amendment.position)
            .filter_map(AmendmentFact::comes_on)
            .max(),
        refused,
        unconfirmed: &unconfirmed,
    };
    signing::check(&signing, asked, outcome, today)
}

/// The signatures of an amendment, as the rules see them.
pub fn facts_of(laid: &Laid, amendment: Id) -> Vec<SignatureFact> {
    let of = laid.signatures.iter().filter(|signature| signature.amendment_id == amendment);
    of.map(|signature| SignatureFact {
        party: signature.party_id,
        signatory: signature.signatory.clone(),
        signed_on: signature.signed_on,
        content_hash: signature.content_hash.clone(),
        voided: signature.voided_at.is_some(),
    })
    .collect()
}

/// What the signature makes of the amendment, when it is the last: computed by living the convention again with it.
fn outcome(laid: &Laid, amendment: &AmendmentRow, new: &NewSignature) -> Option<Outcome> {
    let mut approvals = approvals_of(&laid.signatures, amendment.id);
    approvals.push(Approval {
        key: new.party_id,
        person: Some(&new.signatory),
        given_on: new.signed_on,
        content_hash: &new.content_hash,
        void: false,
    });
    let keys = Keys { keys: &laid.parties, content_hash: &amendment.content_hash, approvals: &approvals };
    let fact = amendment.fact(&keys);
    let comes_on = fact.comes_on()?;
    let story = &laid.story;
    let others = story.amendments.iter().filter(|other| other.id != amendment.id).cloned();
    let with: Vec<AmendmentFact> = others.chain([fact]).collect();
    let clauses = story.pieces.text_clauses();
    let signatures = &story.signatures;
    let lived = rules::lived(&story.parties, story.row.readings(), &clauses, signatures, &with, &story.life);
    let takes_effect = lived.texts.later().iter().any(|text| text.amendment == Some(amendment.position));
    // Nor may it end the convention before the day it comes into force.
    let ended_on = lived.spans.ends_on.filter(|end| takes_effect && *end < comes_on);
    Some(Outcome { comes_on, takes_effect: takes_effect && ended_on.is_none(), ended_on })
}

/// Voids the record that a new one corrects: one of this amendment and party that still counts.
fn correct(unit: &mut Unit<'_>, laid: Laid, amendment: Id, replaced: Id, party: Id) -> Result<Laid, Halt> {
    let stands = |signature: &&AmendmentSignature| {
        signature.id == replaced
            && signature.amendment_id == amendment
            && signature.party_id == party
            && signature.voided_at.is_none()
    };
    if !laid.signatures.iter().any(|signature| stands(&signature)) {
        return Err(Problem::body(vec![crate::conventions::references::unknown("/replaces")]).into());
    }
    let of = laid.amendment(amendment)?;
    // What was signed after it was read with it: nothing moves under a signature.
    let later =
        laid.signatures.iter().filter(|signature| signature.voided_at.is_none() && signature.amendment_id != amendment);
    for signature in later {
        if laid.amendment(signature.amendment_id)?.position > of.position {
            return Err(Problem::plain("in_use").into());
        }
    }
    AmendmentSignature::void(unit, &laid.story.row, of, replaced)?;
    Laid::load(unit, laid.story.row, Instant::MAX)
}
