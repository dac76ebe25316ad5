//! What a convention's row keeps of its life: dates that do not depend on today, so that lists compare them.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::convention::{ConventionRow, TextEnd};
use super::rules::{self, Lived};
use crate::db::Connection;
use crate::db::schema::conventions;
use crate::domain::{CivilDate, Id};
use crate::error::Halt;

/// The term that runs on a date: the first, or a tacit renewal. Computed for that date, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrentTerm {
    /// 0 for the first term.
    pub renewals: u16,
    pub from: CivilDate,
    /// Its last day, by the reading of the convention.
    pub last_day: CivilDate,
    /// By when the other side is to be informed of its end (R04); null without such a clause.
    pub inform_by: Option<CivilDate>,
}

impl CurrentTerm {
    /// The term of a convention in force on a date; none without a duration.
    pub fn on(lived: &Lived, day: CivilDate) -> Option<Self> {
        let terms = lived.texts.on(day);
        let term = rules::term_on(&lived.spans, terms, day)?;
        Some(Self {
            renewals: term.renewals,
            from: term.from,
            last_day: term.last_days.under(terms.last_day_rule),
            inform_by: rules::inform_by_in(&term, terms).map(|deadline| deadline.deadline_on),
        })
    }
}

impl ConventionRow {
    /// Takes over the dates of its life, which do not depend on today.
    pub fn live(&mut self, lived: &Lived) {
        let spans = &lived.spans;
        self.first_signed_on = spans.first_signed_on;
        self.complete_on = spans.complete_on;
        self.in_force_from = spans.in_force_from;
        self.last_day = spans.last_day;
        self.negotiation_on = spans.negotiation_on;
        self.ends_on = spans.ends_on;
        self.end_status = spans.end_status;
        self.renews_tacitly = lived.texts.last().tacit_renewal.is_some();
        let later = lived.texts.later().iter().map(|text| TextEnd {
            from: Some(text.from),
            amendment: text.amendment.unwrap_or_default(),
            last_day: text.last_day,
            renews_tacitly: text.terms.tacit_renewal.is_some(),
        });
        // The original too, once another has followed it: its end is what every day before shows.
        let first = lived.texts.first();
        let original = TextEnd {
            from: None,
            amendment: 0,
            last_day: rules::spans::expiry(first, spans.in_force_from),
            renews_tacitly: first.tacit_renewal.is_some(),
        };
        self.texts.0 =
            if lived.texts.later().is_empty() { Vec::new() } else { [original].into_iter().chain(later).collect() };
    }

    /// The last day that follows from the duration in force on a date, and whether it renews tacitly then.
    pub fn term_on(&self, on: CivilDate) -> (Option<CivilDate>, bool) {
        let text = self.texts.0.iter().rev().find(|text| text.from.is_none_or(|from| from <= on));
        text.map_or((self.last_day, self.renews_tacitly), |text| (text.last_day, text.renews_tacitly))
    }

    /// A convention whoever asks, for upkeep.
    pub fn by_id(c: &mut Connection, id: Id) -> Result<Self, Halt> {
        conventions::table.find(id).select(Self::as_select()).first(c).optional()?.ok_or_else(Halt::not_found)
    }

    /// Does the row keep what this life is?
    pub fn keeps(&self, lived: &Lived) -> bool {
        let mut anew = self.clone();
        anew.live(lived);
        (anew.spans(), anew.renews_tacitly, anew.texts) == (self.spans(), self.renews_tacitly, self.texts.clone())
    }
}
