//! What a convention says of its own life: the clauses that its dates are computed from.

use crate::domain::vocabulary::{LastDayRule, Side, Unit};
use crate::domain::{CivilDate, LastDays, Period};

/// A clause as people confirmed it. "The text says nothing" is a statement ([`Clause::DeclaredAbsent`]);
/// "nobody has looked yet" is not ([`Clause::Unset`]), and no one signs before it is settled (R01).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Clause<T> {
    /// The text states it.
    Stated {
        /// What it states.
        says: T,
        /// The article it stands in, when known.
        article: Option<String>,
    },
    /// People have declared that the text has no such clause: no rule, no duty.
    DeclaredAbsent,
    /// Not settled yet.
    #[default]
    Unset,
}

impl<T> Clause<T> {
    /// A clause that stands in an article.
    pub fn stated(says: T, article: impl Into<String>) -> Self {
        Self::Stated { says, article: Some(article.into()) }
    }

    /// What the clause states, if it does.
    pub const fn says(&self) -> Option<&T> {
        match self {
            Self::Stated { says, .. } => Some(says),
            Self::DeclaredAbsent | Self::Unset => None,
        }
    }

    /// The article of the convention it stands in, if known.
    pub fn article(&self) -> Option<&str> {
        match self {
            Self::Stated { article, .. } => article.as_deref(),
            Self::DeclaredAbsent | Self::Unset => None,
        }
    }

    /// True once the clause is stated or declared absent.
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Unset)
    }
}

/// How long a convention lasts (durée; article 11). A text may name its first day as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duration {
    /// « pour une durée de cinq ans ».
    Lasting {
        /// The length.
        period: Period,
        /// A first day the clause names.
        start: Option<CivilDate>,
    },
    /// « jusqu'au 31 août 2027 »: an end the clause names.
    Until {
        /// The last day in force.
        end: CivilDate,
        /// A first day the clause names.
        start: Option<CivilDate>,
    },
}

impl Duration {
    /// From what an import or a form gives. A named end wins over a length; `None` if there is neither.
    pub fn from_parts(period: Option<Period>, start: Option<CivilDate>, end: Option<CivilDate>) -> Option<Self> {
        match (period, end) {
            (_, Some(end)) => Some(Self::Until { end, start }),
            (Some(period), None) => Some(Self::Lasting { period, start }),
            (None, None) => None,
        }
    }

    /// The first day the clause names.
    pub const fn start(&self) -> Option<CivilDate> {
        match self {
            Self::Lasting { start, .. } | Self::Until { start, .. } => *start,
        }
    }

    /// False for a length in seasons: its end has to be named.
    pub fn has_computable_end(&self) -> bool {
        !matches!(self, Self::Lasting { period, .. } if period.unit == Unit::Season)
    }
}

/// A clause that renews the convention by itself (tacite reconduction; article 11 excludes it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TacitRenewal {
    /// For how long each time; the length of the first term when the text does not say.
    pub period: Option<Period>,
    /// How many times at most; without limit when the text does not say.
    pub times: Option<u16>,
}

/// A delay to be respected towards the other parties (préavis).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Its length.
    pub period: Period,
    /// The side that owes or gives it, when the text says.
    pub by: Option<Side>,
}

/// The terms of a convention, at one version of its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// How long it lasts. Declared absent: no last day.
    pub duration: Clause<Duration>,
    /// The date on which its clause says it takes effect; `None`: at the last signature.
    pub effective_on: Option<CivilDate>,
    /// The article on taking effect, cited by R01; the duration's article when `None`.
    pub effective_article: Option<String>,
    /// Tacit renewal, when a clause allows it.
    pub tacit_renewal: Option<TacitRenewal>,
    /// Information before the end (R04).
    pub renewal_information: Clause<Notice>,
    /// Termination (R07).
    pub termination: Clause<Notice>,
    /// Reading of the last day, bound at the signature.
    pub last_day_rule: LastDayRule,
}

impl Terms {
    /// The article R01 comes from.
    pub fn signature_article(&self) -> Option<&str> {
        self.effective_article.as_deref().or_else(|| self.duration.article())
    }

    /// The date a clause names for taking effect: the effective clause first, then the duration's first day.
    pub fn named_start(&self) -> Option<CivilDate> {
        self.effective_on.or_else(|| self.duration.says().and_then(Duration::start))
    }

    /// Names of the terms neither set nor declared absent (R01), in the order of the API. A duration
    /// in seasons without a named end counts as not set.
    pub fn unsettled(&self) -> Vec<&'static str> {
        let duration = self.duration.is_settled() && self.duration.says().is_none_or(Duration::has_computable_end);
        [
            (duration, "duration"),
            (self.renewal_information.is_settled(), "renewal_information"),
            (self.termination.is_settled(), "termination"),
        ]
        .into_iter()
        .filter_map(|(settled, name)| (!settled).then_some(name))
        .collect()
    }

    /// Both readings of the last day of a term of a convention in force from `from`: the first term
    /// for `renewals` 0. `None` without a duration (R02).
    pub fn term_end(&self, from: CivilDate, renewals: u16) -> Option<LastDays> {
        let duration = self.duration.says()?;
        let first = match *duration {
            Duration::Until { end, .. } => LastDays::named(end),
            Duration::Lasting { period, .. } => LastDays::of(from, period)?,
        };
        if renewals == 0 {
            return Some(first);
        }
        let renewed_for = self.tacit_renewal?.period;
        match *duration {
            Duration::Lasting { period, .. } => {
                let step = renewed_for.unwrap_or(period);
                // From the origin wherever the lengths add up: never chained.
                match in_all(period, step, renewals) {
                    Some(whole) => LastDays::of(from, whole),
                    None => after(first, step, renewals),
                }
            }
            Duration::Until { end, start } => {
                let step = renewed_for.unwrap_or_else(|| length(start.unwrap_or(from), end));
                after(first, step, renewals)
            }
        }
    }
}

/// `first + times × step` as one period, when their units add up.
fn in_all(first: Period, step: Period, times: u16) -> Option<Period> {
    let months = |period: Period| match period.unit {
        Unit::Month => Some(period),
        Unit::Year => Some(Period { value: period.value.saturating_mul(12), unit: Unit::Month }),
        _ => None,
    };
    let (first, step) = if first.unit == step.unit { (first, step) } else { (months(first)?, months(step)?) };
    Some(Period { value: first.value.saturating_add(step.times(times).value), unit: first.unit })
}

/// `times` whole spans after a first last day: the next one begins the day after and ends on the eve of
/// its anniversary, so that a month's end stays a month's end.
fn after(first: LastDays, step: Period, times: u16) -> Option<LastDays> {
    let whole = step.times(times);
    let one = |last: CivilDate| match whole.unit {
        Unit::Day => Some(last.plus_days(u32::from(whole.value))),
        Unit::Week => Some(last.plus_days(u32::from(whole.value) * 7)),
        _ => crate::domain::deadline::last_day(last.next(), whole, LastDayRule::Eve),
    };
    Some(LastDays { anniversary: one(first.anniversary)?, eve: one(first.eve)? })
}

/// The length of a span whose two ends are named: whole months if it has them, else days, both ends counted.
fn length(start: CivilDate, end: CivilDate) -> Period {
    let next = end.next();
    let whole_months = (1_u16..=1200).find(|months| start.plus_months(u32::from(*months)) >= next);
    match whole_months {
        Some(value) if start.plus_months(u32::from(value)) == next => Period { value, unit: Unit::Month },
        _ => Period { value: u16::try_from(next.days_since(start)).unwrap_or(1).max(1), unit: Unit::Day },
    }
}
