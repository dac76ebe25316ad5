//! What a signature binds, and what the clauses state.
//!
//! The content is the text as the parties sign it: title, preamble, parties as signed, parts, articles, confirmed
//! clauses, axes with their catalogue, objectives, networks. Its RFC 8785 form is served and hashed; any change of it
//! voids the signatures already recorded.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::articles::Article;
use super::axes::Axis;
use super::clauses::Clause as ClauseRow;
use super::convention::{Commitment, ConventionRow};
use super::objectives::Objective;
use super::parties::Party;
use super::parts::Part;
use super::rules::{self, CommitmentOf, Terms, TextClause};
use crate::db::Connection;
use crate::db::schema::{articles, axes, clauses, objectives, parties, parts};
use crate::domain::Id;
use crate::domain::folded::fold;
use crate::domain::vocabulary::{LapseEffect, NoticeStart};
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
    pub fn number(&self, article: Option<Id>) -> Option<&str> {
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
        let axes: Vec<Value> = self.axes.iter().map(|axis| self.axis_content(axis)).collect();
        let part_number = |id: Option<Id>| id.and_then(|id| self.parts.iter().find(|p| p.id == id)).map(|p| &p.number);
        let mut content = json!({
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
            "axes": axes,
            "objectives": self.objectives.iter().map(|o| json!({
                "text": o.text, "article": self.number(o.article_id),
            })).collect::<Vec<_>>(),
        });
        // Only what was chosen: a text signed before these could be said keeps its hash.
        let readings = convention.readings();
        if readings.notice_start != NoticeStart::default() {
            content["notice_start"] = readings.notice_start.into();
        }
        if readings.lapse_effect != LapseEffect::default() {
            content["lapse_effect"] = readings.lapse_effect.into();
        }
        if let Some(renewed) = convention.renews_id {
            content["renews"] = json!(renewed);
        }
        content
    }

    fn axis_content(&self, axis: &Axis) -> Value {
        let mut content = json!({
            "article": self.number(Some(axis.article_id)), "label": axis.label, "transversal": axis.transversal,
            "audiences": axis.audiences.0, "commitments": axis.commitments.0,
            "catalogue": axis.catalogue.0.iter().map(|i| json!({
                "label": i.label, "national_kind": i.national_kind,
            })).collect::<Vec<_>>(),
        });
        if let Some(parent) = axis.parent_axis_id {
            content["parent_axis_id"] = json!(parent);
        }
        if let Some(reason) = &axis.parent_axis_reason {
            content["parent_axis_reason"] = json!(reason);
        }
        content
    }

    /// The terms that the confirmed clauses state.
    pub fn terms(&self, convention: &ConventionRow) -> Terms {
        Terms::of(&self.text_clauses(), &self.parties_in_rules(), convention.readings())
    }

    /// The confirmed clauses, as the rules read them.
    pub fn text_clauses(&self) -> Vec<TextClause> {
        let confirmed = self.clauses.iter().filter(|clause| clause.confirmed);
        confirmed
            .map(|clause| TextClause {
                kind: clause.kind,
                article: self.number(clause.article_id).map(str::to_owned),
                absent: clause.absent,
                parameters: clause.parameters.0.clone(),
            })
            .collect()
    }

    /// The parties, and how the text calls them.
    pub fn parties_in_rules(&self) -> Vec<rules::Party> {
        let names = |party: &Party| party.alias.iter().cloned().chain([party.name_as_signed.clone()]).collect();
        self.parties.iter().map(|party| rules::Party { id: party.id, side: party.side, names: names(party) }).collect()
    }

    /// The organisations that are its parties.
    pub fn organisations(&self) -> Vec<Id> {
        self.parties.iter().map(|party| party.organisation_id).collect()
    }

    /// What the parties commit to without a date, in the preamble and under each axis.
    pub fn commitments(&self, convention: &ConventionRow) -> Vec<CommitmentOf> {
        let of = |axis: Option<Id>, article: Option<&str>, all: &[Commitment]| {
            let at = axis.map_or_else(|| "preamble".to_owned(), |axis| axis.to_string());
            all.iter()
                .enumerate()
                .map(|(index, commitment)| CommitmentOf {
                    key: format!("commitment/{at}/{}", index + 1),
                    axis,
                    article: article.map(str::to_owned),
                    party: commitment.party_id,
                    text: commitment.text.clone(),
                    from: None,
                    until: None,
                })
                .collect::<Vec<_>>()
        };
        let mut commitments = of(None, None, &convention.preamble_commitments.0);
        for axis in &self.axes {
            commitments.extend(of(Some(axis.id), self.number(Some(axis.article_id)), &axis.commitments.0));
        }
        commitments
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
