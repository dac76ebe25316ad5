//! What a convention says of its own life: the clauses that its dates are computed from.

use super::super::clauses::ClauseParameters;
use super::scene::{Party, party_named};
use crate::domain::interpretations::Readings;
use crate::domain::vocabulary::{ClauseKind, LapseEffect, LastDayRule, NoticeStart, Side, Unit};
use crate::domain::{CivilDate, LastDays, Period};

/// A confirmed clause of the text, as the rules read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextClause {
    pub kind: ClauseKind,
    /// Number of the article it stands in.
    pub article: Option<String>,
    /// True when the text was declared to have none.
    pub absent: bool,
    pub parameters: ClauseParameters,
}

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

/// The committee that steers (comité de pilotage; article 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steering {
    /// Meetings a year of the convention at least (R11).
    pub minimum_per_year: u16,
    /// What the text calls it.
    pub body: Option<String>,
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
    /// Steering (R11).
    pub steering: Clause<Steering>,
    /// Days to remedy an unauthorised use after a formal notice (R08).
    pub cure: Clause<Period>,
    /// Reading of the last day, bound at the signature.
    pub last_day_rule: LastDayRule,
    /// What opens the delay of a formal notice, bound at the signature (R08).
    pub notice_start: NoticeStart,
    /// What a notice left without remedy does, bound at the signature (R08).
    pub lapse_effect: LapseEffect,
    /// Every confirmed clause, those above included.
    pub clauses: Vec<TextClause>,
}

impl Terms {
    /// The terms that confirmed clauses state, under the readings chosen.
    pub fn of(clauses: &[TextClause], parties: &[Party], readings: Readings) -> Self {
        let find = |kind: ClauseKind| clauses.iter().find(|clause| clause.kind == kind);
        let notice = |p: &ClauseParameters| {
            let by = p.by.as_deref().and_then(|name| party_named(parties, name)).map(|party| party.side);
            period(p).map(|period| Notice { period, by })
        };
        let effective = find(ClauseKind::Effective).filter(|clause| !clause.absent);
        Self {
            duration: settled(find(ClauseKind::Duration), |p| Duration::from_parts(period(p), p.start, p.end)),
            effective_on: effective.and_then(|clause| clause.parameters.on),
            effective_article: effective.and_then(|clause| clause.article.clone()),
            tacit_renewal: find(ClauseKind::TacitRenewal)
                .filter(|clause| !clause.absent && clause.parameters.allowed == Some(true))
                .map(|clause| TacitRenewal { period: period(&clause.parameters), times: clause.parameters.times }),
            renewal_information: settled(find(ClauseKind::RenewalInformation), notice),
            termination: settled(find(ClauseKind::Termination), notice),
            steering: settled(find(ClauseKind::Steering), |p| {
                Some(Steering { minimum_per_year: p.minimum_per_year?, body: p.body.clone() })
            }),
            cure: settled(find(ClauseKind::CurePeriod), period),
            last_day_rule: readings.last_day_rule,
            notice_start: readings.notice_start,
            lapse_effect: readings.lapse_effect,
            clauses: clauses.to_vec(),
        }
    }

    /// The clause of a kind that the text states; not one declared absent.
    pub fn states(&self, kind: ClauseKind) -> Option<&TextClause> {
        self.clauses.iter().find(|clause| clause.kind == kind && !clause.absent)
    }

    /// The article of the clause of a kind: what a refusal cites.
    pub fn article_of(&self, kind: ClauseKind) -> Option<&str> {
        self.states(kind)?.article.as_deref()
    }

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

fn period(parameters: &ClauseParameters) -> Option<Period> {
    Period::new(parameters.value?, parameters.unit?).ok()
}

fn settled<T>(clause: Option<&TextClause>, says: impl Fn(&ClauseParameters) -> Option<T>) -> Clause<T> {
    match clause {
        None => Clause::Unset,
        Some(clause) if clause.absent => Clause::DeclaredAbsent,
        Some(clause) => match says(&clause.parameters) {
            Some(says) => Clause::Stated { says, article: clause.article.clone() },
            None => Clause::Unset,
        },
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
