//! Formal notice and lapse from the facts (mise en demeure, caducité; R08; article 10).
//!
//! An unauthorised use, a notice by the owner, a delay to remedy. After it the lapse is claimed, and nothing more: it takes
//! effect, from the computed day, once every party acknowledges it or a decision states it, unless the convention reads
//! its clause as automatic. A timely remedy undoes it, whenever it is recorded.

use super::joint::Joint;
use super::notices::{Cure, cure};
use super::scene::{LifeFact, Party};
use super::spans::Spans;
use super::texts::Texts;
use crate::domain::vocabulary::{FactKind, LapseEffect};
use crate::domain::{CivilDate, Id};

/// A formal notice, as the facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormalNotice {
    /// The fact of its sending.
    pub notice: Id,
    /// The owner who gives it.
    pub by: Id,
    /// The party at fault; none when the notice names no unauthorised use of another.
    pub to: Option<Id>,
    pub sent_on: CivilDate,
    pub received_on: Option<CivilDate>,
    /// The delay, once opened.
    pub cure: Option<Cure>,
    /// First remedy recorded, timely or not.
    pub remedied_on: Option<CivilDate>,
    /// First day of the lapse, once it has taken effect.
    pub lapsed_from: Option<CivilDate>,
}

impl FormalNotice {
    /// True when the remedy came in time.
    pub fn remedied(&self) -> bool {
        matches!((self.cure, self.remedied_on), (Some(cure), Some(on)) if on <= cure.last_day)
            || (self.cure.is_none() && self.remedied_on.is_some())
    }
}

/// The formal notices, in the order they were sent.
pub fn notices(parties: &[Party], spans: &Spans, texts: &Texts, facts: &[LifeFact]) -> Vec<FormalNotice> {
    let mut sent: Vec<&LifeFact> = facts.iter().filter(|fact| fact.kind == FactKind::FormalNoticeSent).collect();
    sent.sort_by_key(|fact| (fact.occurred_on, fact.id));
    sent.into_iter().map(|sent| notice(sent, parties, spans, texts, facts)).collect()
}

fn notice(sent: &LifeFact, parties: &[Party], spans: &Spans, texts: &Texts, facts: &[LifeFact]) -> FormalNotice {
    let follows = |kind: FactKind| facts.iter().filter(move |f| f.kind == kind && f.refers_to == Some(sent.id));
    let used = |fact: &&LifeFact| fact.kind == FactKind::UnauthorisedUse && Some(fact.id) == sent.refers_to;
    let in_life = |on: CivilDate| {
        spans.complete_on.is_some_and(|complete| complete <= on) && spans.ends_on.is_none_or(|last| on <= last)
    };
    // The user cannot put the owner on notice, nor anybody without a use that came before.
    let to = facts
        .iter()
        .find(used)
        .filter(|used| in_life(sent.occurred_on) && in_life(used.occurred_on))
        .filter(|used| used.party != sent.party && used.occurred_on <= sent.occurred_on)
        .map(|used| used.party);
    let received_on = follows(FactKind::FormalNoticeReceived)
        .filter(|fact| Some(fact.party) == to)
        .map(|fact| fact.occurred_on)
        .min();
    let terms = texts.on(received_on.unwrap_or(sent.occurred_on));
    let delay = to.and(terms.cure.says().copied());
    let cure = delay.and_then(|delay| cure(terms.notice_start, Some(sent.occurred_on), received_on, delay));
    let remedied_on =
        follows(FactKind::UseRemedied).filter(|fact| Some(fact.party) == to).map(|fact| fact.occurred_on).min();
    let mut notice = FormalNotice {
        notice: sent.id,
        by: sent.party,
        to,
        sent_on: sent.occurred_on,
        received_on,
        cure,
        remedied_on,
        lapsed_from: None,
    };
    let Some(cure) = notice.cure.filter(|_| !notice.remedied()) else { return notice };
    // Said before the lapse was claimed, it acknowledges nothing.
    let since: Vec<LifeFact> = facts.iter().filter(|fact| fact.occurred_on >= cure.claimed_from).cloned().collect();
    let acknowledged = Joint::of(parties, &since, FactKind::LapseAcknowledged, &[sent.id]).all_on();
    let decided = follows(FactKind::LapseDecided).filter(|fact| fact.proven).map(|fact| fact.occurred_on).min();
    let claimed = |on: Option<CivilDate>| on.is_some_and(|on| on >= cure.claimed_from);
    if terms.lapse_effect == LapseEffect::Automatic || claimed(acknowledged) || claimed(decided) {
        notice.lapsed_from = Some(cure.claimed_from);
    }
    notice
}

/// The first day of the earliest lapse that has taken effect.
pub fn lapsed_from(parties: &[Party], spans: &Spans, texts: &Texts, facts: &[LifeFact]) -> Option<CivilDate> {
    notices(parties, spans, texts, facts).into_iter().filter_map(|notice| notice.lapsed_from).min()
}
