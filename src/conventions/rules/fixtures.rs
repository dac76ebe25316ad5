//! What the tests of these rules share: two parties, the terms of the reference convention, and facts at random.

use proptest::prelude::*;

use super::{Clause, Duration, Notice, SignatureFact, TacitRenewal, Terms};
use crate::domain::vocabulary::{LastDayRule, Side, Unit};
use crate::domain::{CivilDate, Id, Period};

pub const PARTIES: [Id; 2] = [Id::from_bytes([1; 16]), Id::from_bytes([2; 16])];
pub const HASH: &str = "sha256:aa";

pub fn day(text: &str) -> CivilDate {
    text.parse().unwrap()
}

pub fn period(value: u16, unit: Unit) -> Period {
    Period::new(value, unit).unwrap()
}

pub fn signature(party: usize, signatory: &str, on: &str) -> SignatureFact {
    SignatureFact {
        party: PARTIES[party],
        signatory: signatory.to_owned(),
        signed_on: day(on),
        content_hash: HASH.to_owned(),
        voided: false,
    }
}

/// Five years, six months to inform (the association), six months to terminate.
pub fn reference() -> Terms {
    lasting(5, Unit::Year)
}

pub fn lasting(value: u16, unit: Unit) -> Terms {
    with_duration(Duration::Lasting { period: period(value, unit), start: None })
}

pub fn lasting_until(end: &str, start: Option<&str>) -> Terms {
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

prop_compose! {
    pub fn any_day()(days in 0_u32..15_000) -> CivilDate {
        day("2010-01-01").plus_days(days)
    }
}

prop_compose! {
    fn any_signature()(party in 0_usize..2, signed_on in any_day(), voided in prop::bool::weighted(0.2)) -> SignatureFact {
        SignatureFact { signed_on, voided, ..signature(party, "X", "2024-01-01") }
    }
}

/// The same facts in two orders.
pub fn any_facts() -> impl Strategy<Value = (Vec<SignatureFact>, Vec<SignatureFact>)> {
    prop::collection::vec(any_signature(), 0..6)
        .prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle()))
}

pub fn any_terms() -> impl Strategy<Value = Terms> {
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
