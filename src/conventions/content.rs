//! What a signature binds, and what the clauses state.
//!
//! The content is the text as the parties sign it: title, preamble, parties as signed, parts, articles, confirmed
//! clauses, axes with their catalogue, objectives, networks. Its RFC 8785 form is served and hashed; any change of it
//! voids the signatures already recorded.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::articles::Article;
use super::axes::Axis;
use super::clauses::{Clause as ClauseRow, ClauseParameters};
use super::convention::ConventionRow;
use super::objectives::Objective;
use super::parties::Party;
use super::parts::Part;
use super::rules::{self, Clause, Duration, Notice, TacitRenewal, Terms};
use crate::db::Connection;
use crate::db::schema::{articles, axes, clauses, objectives, parties, parts};
use crate::domain::folded::fold;
use crate::domain::vocabulary::{ClauseKind, Side};
use crate::domain::{Id, Period};
use crate::error::Halt;

/// All pieces of one convention, in their order.
pub struct Pieces {
    pub parties: Vec<Party>,
    pub parts: Vec<Part>,
    pub articles: Vec<Article>,
    pub clauses: Vec<ClauseRow>,
    pub axes: Vec<Axis>,
    pub objectives: Vec<Objective>,
}

macro_rules! all_of {
    ($c:expr, $table:ident, $type:ty, $convention:expr) => {
        $table::table
            .filter($table::convention_id.eq($convention))
            .order(($table::position, $table::id))
            .select(<$type>::as_select())
            .load::<$type>($c)
    };
}

impl Pieces {
    /// Loads them.
    pub fn load(c: &mut Connection, convention: Id) -> Result<Self, Halt> {
        Ok(Self {
            parties: all_of!(c, parties, Party, convention)?,
            parts: all_of!(c, parts, Part, convention)?,
            articles: all_of!(c, articles, Article, convention)?,
            clauses: all_of!(c, clauses, ClauseRow, convention)?,
            axes: all_of!(c, axes, Axis, convention)?,
            objectives: all_of!(c, objectives, Objective, convention)?,
        })
    }

    /// Number of an article, by id.
    fn number(&self, article: Option<Id>) -> Option<&str> {
        let id = article?;
        self.articles.iter().find(|a| a.id == id).map(|a| a.number.as_str())
    }

    /// What a signature binds.
    pub fn content(&self, convention: &ConventionRow) -> Value {
        let parties: Vec<Value> = self
            .parties
            .iter()
            .map(|p| {
                json!({
                    "organisation_id": p.organisation_id, "side": p.side, "name_as_signed": p.name_as_signed,
                    "alias": p.alias, "address": p.address, "representative": p.representative,
                    "representative_function": p.representative_function,
                })
            })
            .collect();
        let part_number = |id: Option<Id>| id.and_then(|id| self.parts.iter().find(|p| p.id == id)).map(|p| &p.number);
        json!({
            "title": convention.title, "reference": convention.reference, "document_type": convention.document_type,
            "level": convention.level, "territory": convention.territory, "parent_id": convention.parent_id,
            "last_day_rule": convention.last_day_rule,
            "preamble": convention.preamble(), "networks": convention.networks.0, "parties": parties,
            "parts": self.parts.iter().map(|p| json!({ "number": p.number, "label": p.label })).collect::<Vec<_>>(),
            "articles": self.articles.iter().map(|a| json!({
                "part": part_number(a.part_id), "number": a.number, "heading": a.heading, "body": a.body,
            })).collect::<Vec<_>>(),
            "clauses": self.clauses.iter().filter(|c| c.confirmed).map(|c| json!({
                "kind": c.kind, "article": self.number(c.article_id), "absent": c.absent,
                "parameters": c.parameters.0,
            })).collect::<Vec<_>>(),
            "axes": self.axes.iter().map(|a| json!({
                "article": self.number(Some(a.article_id)), "label": a.label, "transversal": a.transversal,
                "audiences": a.audiences.0, "commitments": a.commitments.0,
                "catalogue": a.catalogue.0.iter().map(|i| json!({
                    "label": i.label, "national_kind": i.national_kind,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "objectives": self.objectives.iter().map(|o| json!({
                "text": o.text, "article": self.number(o.article_id),
            })).collect::<Vec<_>>(),
        })
    }

    /// The terms that the confirmed clauses state (R01 to R04).
    pub fn terms(&self, convention: &ConventionRow) -> Terms {
        let of = |kind: ClauseKind| self.clauses.iter().find(|c| c.kind == kind && c.confirmed);
        let article = |clause: &ClauseRow| self.number(clause.article_id).map(str::to_owned);
        let effective = of(ClauseKind::Effective).filter(|c| !c.absent);
        Terms {
            duration: clause(of(ClauseKind::Duration), article, |p| Duration::from_parts(period(p), p.start, p.end)),
            effective_on: effective.and_then(|c| c.parameters.0.on),
            effective_article: effective.and_then(article),
            tacit_renewal: of(ClauseKind::TacitRenewal)
                .filter(|c| !c.absent && c.parameters.0.allowed == Some(true))
                .map(|c| TacitRenewal { period: period(&c.parameters.0), times: c.parameters.0.times }),
            renewal_information: clause(of(ClauseKind::RenewalInformation), article, |p| {
                period(p).map(|period| Notice { period, by: self.side_named(p.by.as_deref()) })
            }),
            termination: clause(of(ClauseKind::Termination), article, |p| {
                period(p).map(|period| Notice { period, by: self.side_named(p.by.as_deref()) })
            }),
            last_day_rule: convention.last_day_rule,
        }
    }

    /// The side of the party that a clause names by its alias or name.
    fn side_named(&self, name: Option<&str>) -> Option<Side> {
        let wanted = fold(name?);
        let named = |text: &str| {
            let text = fold(text);
            !text.is_empty() && (text == wanted || text.ends_with(&format!(" {wanted}")))
        };
        self.parties.iter().find(|p| p.alias.as_deref().is_some_and(named) || named(&p.name_as_signed)).map(|p| p.side)
    }

    /// The text that `q` looks in.
    pub fn search_key(&self, convention: &ConventionRow) -> String {
        let mut text = format!("{} {} ", convention.title, convention.reference.as_deref().unwrap_or_default());
        for party in &self.parties {
            text.push_str(&party.name_as_signed);
            text.push(' ');
        }
        for article in &self.articles {
            text.push_str(article.heading.as_deref().unwrap_or_default());
            text.push(' ');
        }
        fold(&text)
    }
}

fn period(parameters: &ClauseParameters) -> Option<Period> {
    Period::new(parameters.value?, parameters.unit?).ok()
}

fn clause<T>(
    row: Option<&ClauseRow>,
    article: impl Fn(&ClauseRow) -> Option<String>,
    says: impl Fn(&ClauseParameters) -> Option<T>,
) -> Clause<T> {
    match row {
        None => Clause::Unset,
        Some(row) if row.absent => Clause::DeclaredAbsent,
        Some(row) => match says(&row.parameters.0) {
            Some(says) => rules::Clause::Stated { says, article: article(row) },
            None => Clause::Unset,
        },
    }
}
