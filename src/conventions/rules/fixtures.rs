//! What the tests of these rules share: two parties, the terms of the reference convention, and facts at random.

use proptest::prelude::*;

use super::{
    Clause, CommitmentOf, Duration, HeldUnder, LifeFact, Notice, Party, RightOf, Scene, SignatureFact, Spans,
    TacitRenewal, Terms, Texts, ends, spans,
};
use crate::domain::vocabulary::{FactKind, LastDayRule, Side, Unit};
use crate::domain::{CivilDate, Id, Period};

pub(crate) const PARTIES: [Id; 2] = [Id::from_bytes([1; 16]), Id::from_bytes([2; 16])];
pub(crate) const HASH: &str = "sha256:aa";

pub(crate) fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

pub(crate) fn period(value: u16, unit: Unit) -> Period {
    Period::new(value, unit).unwrap()
}

pub(crate) fn signature(party: usize, signatory: &str, on: &str) -> SignatureFact {
    SignatureFact {
        party: PARTIES[party],
        signatory: signatory.to_owned(),
        signed_on: day(on),
        content_hash: HASH.to_owned(),
        voided: false,
    }
}

/// Five years, six months to inform (the association), six months to terminate.
pub(crate) fn reference() -> Terms {
    lasting(5, Unit::Year)
}

pub(crate) fn lasting(value: u16, unit: Unit) -> Terms {
    with_duration(Duration::Lasting { period: period(value, unit), start: None })
}

pub(crate) fn lasting_until(end: &str, start: Option<&str>) -> Terms {
    with_duration(Duration::Until { end: day(end), start: start.map(day) })
}

fn with_duration(duration: Duration) -> Terms {
    let six_months = period(6, Unit::Month);
    Terms {
        duration: Clause::stated(duration, "11"),
        renewal_information: Clause::stated(Notice { period: six_months, by: Some(Side::Association) }, "11"),
        termination: Clause::stated(Notice { period: six_months, by: None }, "12"),
        ..Terms::default()
    }
}

/// A convention between the State and an association, with what happened in it.
pub(crate) struct Case {
    pub parties: Vec<Party>,
    pub spans: Spans,
    pub texts: Texts,
    pub facts: Vec<LifeFact>,
    pub commitments: Vec<CommitmentOf>,
    pub held: Vec<HeldUnder>,
    pub rights: Vec<RightOf>,
}

impl Case {
    /// Signed on 20 and 27 June 2024.
    pub fn signed(terms: Terms, facts: Vec<LifeFact>) -> Self {
        Self::of(terms, &[signature(0, "A", "2024-06-20"), signature(1, "B", "2024-06-27")], facts)
    }

    pub(crate) fn of(terms: Terms, signatures: &[SignatureFact], facts: Vec<LifeFact>) -> Self {
        let parties = parties();
        let spans = spans(&PARTIES, signatures, &terms);
        let texts = Texts::original(terms);
        let spans = ends::settle(spans, &parties, &texts, &facts);
        Self { spans, parties, texts, facts, commitments: Vec::new(), held: Vec::new(), rights: Vec::new() }
    }

    pub(crate) fn scene(&self) -> Scene<'_> {
        Scene {
            parties: &self.parties,
            spans: &self.spans,
            texts: &self.texts,
            facts: &self.facts,
            commitments: &self.commitments,
            held: &self.held,
            rights: &self.rights,
        }
    }
}

/// The State, then the association.
pub(crate) fn parties() -> Vec<Party> {
    let party = |index: usize, side, name: &str| Party { id: PARTIES[index], side, names: vec![name.to_owned()] };
    vec![party(0, Side::State, "le ministère"), party(1, Side::Association, "l'association")]
}

/// A fact by one of the parties; its id is told by `id`.
pub(crate) fn fact(id: u8, kind: FactKind, party: usize, on: &str) -> LifeFact {
    LifeFact {
        id: Id::from_bytes([id; 16]),
        kind,
        party: PARTIES[party],
        by: [Side::State, Side::Association][party],
        occurred_on: day(on),
        refers_to: None,
        effective_on: None,
        duty: None,
        proven: false,
    }
}

/// The same, following from another.
pub(crate) fn follows(id: u8, kind: FactKind, party: usize, on: &str, of: u8) -> LifeFact {
    LifeFact { refers_to: Some(Id::from_bytes([of; 16])), ..fact(id, kind, party, on) }
}

prop_compose! {
    /// Facts of every kind, each following from another or from nothing.
    pub(crate) fn any_life()(
        drawn in prop::collection::vec(
            (prop::sample::select(FactKind::ALL), 0_usize..2, any_day(), 1_u8..9, prop::option::of(any_day())), 0..9
        )
    ) -> Vec<LifeFact> {
        drawn
            .into_iter()
            .zip(1_u8..)
            .map(|((kind, party, occurred_on, of, effective_on), id)| LifeFact {
                occurred_on,
                effective_on,
                refers_to: (!kind.refers_to().is_empty()).then_some(Id::from_bytes([of; 16])),
                ..fact(id, kind, party, "2024-01-01")
            })
            .collect()
    }
}

prop_compose! {
    pub(crate) fn any_day()(days in 0_u32..15_000) -> CivilDate {
        day("2010-01-01").plus_days(days)
    }
}

prop_compose! {
    fn any_signature()(party in 0_usize..2, signed_on in any_day(), voided in prop::bool::weighted(0.2)) -> SignatureFact {
        SignatureFact { signed_on, voided, ..signature(party, "X", "2024-01-01") }
    }
}

/// The same facts in two orders.
pub(crate) fn any_facts() -> impl Strategy<Value = (Vec<SignatureFact>, Vec<SignatureFact>)> {
    prop::collection::vec(any_signature(), 0..6)
        .prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle()))
}

pub(crate) fn any_terms() -> impl Strategy<Value = Terms> {
    let any_period = || (1_u16..40, prop::sample::select(Unit::ALL)).prop_map(|(value, unit)| Period { value, unit });
    let duration = prop_oneof![
        (any_period(), prop::option::of(any_day()))
            .prop_map(|(period, start)| Clause::stated(Duration::Lasting { period, start }, "11")),
        (any_day(), prop::option::of(any_day()))
            .prop_map(|(end, start)| Clause::stated(Duration::Until { end, start }, "11")),
        Just(Clause::DeclaredAbsent),
        Just(Clause::Unset),
    ];
    let renewal = prop::option::of(
        (prop::option::of(any_period()), prop::option::of(0_u16..5))
            .prop_map(|(period, times)| TacitRenewal { period, times }),
    );
    (duration, prop::option::of(any_day()), renewal, any::<bool>()).prop_map(
        |(duration, effective_on, tacit_renewal, eve)| Terms {
            duration,
            effective_on,
            tacit_renewal,
            last_day_rule: if eve { LastDayRule::Eve } else { LastDayRule::Anniversary },
            ..reference()
        },
    )
}
