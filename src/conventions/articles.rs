//! Articles: number, heading, body as Markdown, order. The number is text (`3`, `4 bis`): nothing is renumbered.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::amendments::pieces;
use super::convention::ConventionRow;
use super::references::{self, Kind};
use crate::aggregate::{Piece, Place};
use crate::auth::policy::{ReadConventions, WriteConventions};
use crate::db::schema::articles;
use crate::db::{Connection, MultiBackend};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::{piece_routes, piece_store};

/// What an article is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "number": "11", "heading": "Durée de la convention",
    "body": "La convention prend effet à sa signature, pour une durée de cinq ans, sans tacite reconduction."
}))]
pub struct NewArticle {
    /// Number as the text writes it: `3`, `3.1`, `4 bis`. It may restart in each part.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub number: String,
    /// The part it belongs to.
    #[deserr(default)]
    pub part_id: Option<Id>,
    /// Heading, when the text has one.
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub heading: Option<String>,
    /// Markdown; list items begin with `- `.
    #[validate(length(max = 200_000))]
    #[schema(max_length = 200_000)]
    pub body: String,
    /// Order among its siblings, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

impl Body for NewArticle {}

/// An article.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = articles, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Article {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub part_id: Option<Id>,
    #[schema(example = "11")]
    pub number: String,
    pub heading: Option<String>,
    /// Markdown.
    pub body: String,
    /// First line in the imported text.
    pub source_line: Option<i32>,
    /// Last line in the imported text.
    pub source_last_line: Option<i32>,
    pub created_at: Instant,
    /// Number of the amendment that it comes from, in the text of `as_of`; null as it was signed at first.
    #[diesel(skip_insertion, skip_update, deserialize_as = NotAmended)]
    #[diesel(select_expression = articles::position, select_expression_type = articles::position)]
    pub amended_by: Option<i64>,
}

/// No row says which amendment an article comes from: the text of a day does.
#[derive(Debug)]
pub struct NotAmended;

impl diesel::deserialize::Queryable<diesel::sql_types::BigInt, MultiBackend> for NotAmended {
    type Row = i64;

    fn build(_: i64) -> diesel::deserialize::Result<Self> {
        Ok(Self)
    }
}

impl From<NotAmended> for Option<i64> {
    fn from(_: NotAmended) -> Self {
        None
    }
}

impl Piece for Article {
    type Whole = ConventionRow;
    type New = NewArticle;
    const KIND: &'static str = "article";
    const PATH: &'static str = "/v1/articles";
    const COLUMNS: &'static [&'static str] =
        &["id", "convention_id", "position", "part_id", "number", "heading", "body", "source_line", "source_last_line"];

    piece_store!(articles, convention_id);

    fn in_force(c: &mut Connection, whole: Id, on: CivilDate) -> Result<Option<Vec<Self>>, Halt> {
        pieces::articles_on(c, whole, on)
    }

    fn whole_of(c: &mut Connection, id: Id) -> Result<Option<Id>, Halt> {
        match Self::find(c, id)? {
            Some(article) => Ok(Some(article.convention_id)),
            None => Ok(pieces::convention_of(c, id, Self::KIND)?),
        }
    }

    fn make(unit: &mut Unit<'_>, whole: &ConventionRow, at: Place<'_, Self>, new: NewArticle) -> Result<Self, Halt> {
        if let Some(part) = new.part_id {
            references::check(unit, whole.id, &[(Kind::Part, "/part_id".into(), part)])?;
        }
        Ok(Self {
            id: at.id,
            convention_id: whole.id,
            position: at.position,
            part_id: new.part_id,
            number: new.number,
            heading: new.heading,
            body: new.body,
            source_line: at.before.and_then(|b| b.source_line),
            source_last_line: at.before.and_then(|b| b.source_last_line),
            created_at: at.before.map_or(unit.request.now, |b| b.created_at),
            amended_by: None,
        })
    }

    fn as_new(&self) -> NewArticle {
        NewArticle {
            number: self.number.clone(),
            part_id: self.part_id,
            heading: self.heading.clone(),
            body: self.body.clone(),
            position: Some(self.position),
        }
    }
}

piece_routes! {
    Article, NewArticle, tag "Articles",
    read "conventions:read" ReadConventions, write "conventions:write" WriteConventions,
    under "/v1/conventions/{id}/articles", at "/v1/articles/{id}";
    /// List the articles
    ///
    /// In the order of the text in force on `as_of`, today when left out: each with the amendment it comes from.
    list list_articles;
    /// Add an article
    create create_article;
    /// Read an article
    read read_article;
    /// Change an article
    ///
    /// Until the text is in force (R06: by amendment from then on). Signatures already recorded become void.
    patch update_article;
    /// Delete an article
    ///
    /// Refused while a clause, an axis or an objective refers to it.
    delete delete_article;
}
