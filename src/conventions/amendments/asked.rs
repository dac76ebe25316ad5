//! What an amendment is asked with: its title, its edits, the changes of clauses that follow.

use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::rules::{ClauseChange, Edit};
use crate::conventions::clauses::{ClauseParameters, check_parameters};
use crate::conventions::rules::texts::stated_once;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget};
use crate::domain::{CivilDate, Id};
use crate::error::{Fault, both};
use crate::http::body::{Body, Faults};

/// An edit, as it is asked for.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct NewEdit {
    /// That of an edit which is kept; a new one gets its own.
    #[deserr(default)]
    pub id: Option<Id>,
    pub kind: EditKind,
    /// `article` when left out.
    #[deserr(default)]
    pub target: Option<EditTarget>,
    /// Number of the part, where article numbers restart in each part.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub part: Option<String>,
    /// Number of the article changed or added; none for the preamble.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub article: Option<String>,
    /// The article that an added one follows; found from its number when left out.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub after: Option<String>,
    /// The alinéa (paragraph or list item) in which words are replaced, or after which one is inserted: 1 is the first,
    /// -1 the last.
    #[deserr(default)]
    #[validate(range(min = -1000, max = 1000))]
    #[schema(minimum = -1000, maximum = 1000)]
    pub alinea: Option<i32>,
    /// Words taken out.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000)]
    pub old: Option<String>,
    /// Words, alinéa or article put in, as Markdown. An article may begin with its own line: `Article 9 – Pilotage`.
    #[deserr(default)]
    #[validate(length(max = 200_000))]
    #[schema(max_length = 200_000)]
    pub new: Option<String>,
}

/// A change of a clause, as it is asked for.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct NewClauseChange {
    /// That of a change which is kept; a new one gets its own.
    #[deserr(default)]
    pub id: Option<Id>,
    pub kind: ClauseKind,
    /// Number of the article that says it, in the text as amended.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub article: Option<String>,
    /// True when the text says it no more; `parameters` are then empty.
    #[deserr(default)]
    #[schema(required = false)]
    pub absent: bool,
    /// Confirmed by a person: nobody signs before every change is.
    #[deserr(default)]
    #[schema(required = false)]
    pub confirmed: bool,
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested)]
    pub parameters: ClauseParameters,
    /// The sentence of the text as amended.
    #[deserr(default)]
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000)]
    pub quote: Option<String>,
}

/// What an amendment is drafted with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "title": "Avenant n° 1", "edits": [{
        "kind": "replace_words", "article": "11", "alinea": 1, "old": "cinq ans", "new": "six ans"
    }],
    "clause_changes": [{
        "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true
    }]
}))]
pub struct NewAmendment {
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// The party that asks for it.
    #[deserr(default)]
    pub requested_by: Option<Id>,
    /// The day it comes into force, when it names a later one than its last signature.
    #[deserr(default)]
    pub effective_on: Option<CivilDate>,
    /// In the order they apply.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(length(max = 2000), nested)]
    #[schema(max_items = 2000)]
    pub edits: Vec<NewEdit>,
    /// The changes of clauses that follow from them.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(length(max = 2000), nested)]
    #[schema(max_items = 2000)]
    pub clause_changes: Vec<NewClauseChange>,
}

impl Body for NewAmendment {
    fn check(&self, faults: &mut Faults) {
        for (index, edit) in self.edits.iter().enumerate() {
            edit.check(&format!("/edits/{index}"), faults);
        }
        for (index, change) in self.clause_changes.iter().enumerate() {
            let at = format!("/clause_changes/{index}");
            check_parameters(change.kind, change.absent, &change.parameters, &at, faults);
            let alike = |other: &&NewClauseChange| {
                other.kind == change.kind && (stated_once(change.kind) || other.article == change.article)
            };
            if self.clause_changes[..index].iter().any(|other| alike(&other)) {
                let detail = both("Cette clause change deux fois.", "This clause changes twice.");
                faults.push(Fault::pointer(at, "repeated", detail));
            }
        }
        let ids = self
            .edits
            .iter()
            .map(|e| ("edits", e.id))
            .chain(self.clause_changes.iter().map(|c| ("clause_changes", c.id)));
        let ids: Vec<(&str, Id)> = ids.filter_map(|(list, id)| Some((list, id?))).collect();
        for (index, (list, id)) in ids.iter().enumerate() {
            if ids[..index].iter().any(|(_, other)| other == id) {
                faults.push(Fault::pointer(
                    format!("/{list}"),
                    "repeated",
                    both("Un identifiant figure deux fois.", "An identifier occurs twice."),
                ));
            }
        }
    }
}

impl NewEdit {
    fn check(&self, at: &str, faults: &mut Faults) {
        let preamble = self.target == Some(EditTarget::Preamble);
        let missing = |member: &str| {
            let detail = both("Cette modification demande ce membre.", "This edit needs this member.");
            Fault::pointer(format!("{at}/{member}"), "missing", detail)
        };
        let not_applicable = |member: &str| {
            let detail =
                both("Ce membre n'est pas de ce type de modification.", "This member is not of this kind of edit.");
            Fault::pointer(format!("{at}/{member}"), "not_applicable", detail)
        };
        let kind = self.kind;
        let needs_old = kind == EditKind::ReplaceWords;
        let has_alinea = matches!(kind, EditKind::ReplaceWords | EditKind::InsertAlinea);
        if preamble && kind == EditKind::AddArticle {
            faults.push(not_applicable("target"));
        }
        match &self.article {
            None if !preamble => faults.push(missing("article")),
            Some(_) if preamble => faults.push(not_applicable("article")),
            _ => {}
        }
        let unless = |wrong: bool, member: &str| wrong.then(|| not_applicable(member));
        faults.extend(unless(preamble && self.part.is_some(), "part"));
        faults.extend(unless(self.after.is_some() && kind != EditKind::AddArticle, "after"));
        faults.extend(unless(self.alinea.is_some() && !has_alinea, "alinea"));
        faults.extend(unless(self.old.is_some() && !needs_old, "old"));
        faults.extend(unless(self.new.is_some() && kind == EditKind::RepealArticle, "new"));
        if self.alinea == Some(0) {
            let detail = both("Le premier alinéa est 1, le dernier -1.", "The first is 1, the last -1.");
            faults.push(Fault::pointer(format!("{at}/alinea"), "out_of_range", detail));
        }
        if needs_old && self.old.is_none() {
            faults.push(missing("old"));
        }
        let nothing_new = self.new.as_deref().is_none_or(|new| !needs_old && new.trim().is_empty());
        if kind != EditKind::RepealArticle && nothing_new {
            faults.push(missing("new"));
        }
    }

    /// As it is kept.
    pub fn kept(self, id: Id) -> Edit {
        Edit {
            id,
            kind: self.kind,
            target: self.target.unwrap_or(EditTarget::Article),
            part: self.part,
            article: self.article,
            after: self.after,
            alinea: self.alinea,
            old: self.old,
            new: self.new,
        }
    }
}

impl NewClauseChange {
    /// As it is kept.
    pub fn kept(self, id: Id) -> ClauseChange {
        ClauseChange {
            id,
            kind: self.kind,
            article: self.article,
            absent: self.absent,
            confirmed: self.confirmed,
            parameters: self.parameters,
            quote: self.quote,
        }
    }
}

impl From<Edit> for NewEdit {
    fn from(edit: Edit) -> Self {
        Self {
            id: Some(edit.id),
            kind: edit.kind,
            target: Some(edit.target),
            part: edit.part,
            article: edit.article,
            after: edit.after,
            alinea: edit.alinea,
            old: edit.old,
            new: edit.new,
        }
    }
}

impl From<ClauseChange> for NewClauseChange {
    fn from(change: ClauseChange) -> Self {
        Self {
            id: Some(change.id),
            kind: change.kind,
            article: change.article,
            absent: change.absent,
            confirmed: change.confirmed,
            parameters: change.parameters,
            quote: change.quote,
        }
    }
}
