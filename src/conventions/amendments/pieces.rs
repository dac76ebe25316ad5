//! Articles, clauses and axes on a day: those of the text in force, when an amendment has changed it.

use diesel::prelude::*;

use super::laid::Laid;
use crate::conventions::articles::Article;
use crate::conventions::axes::Axis;
use crate::conventions::axes_in_force;
use crate::conventions::clauses::Clause;
use crate::conventions::convention::ConventionRow;
use crate::conventions::rules::TextClause;
use crate::conventions::rules::texts::{leaves_a_clause, replaces};
use crate::db::schema::{amendment_pieces, amendments, conventions};
use crate::db::{Connection, Json};
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;

/// The convention with what amends it on a day; nothing when its text is the original, as its tables have it.
fn amended(c: &mut Connection, convention: Id, on: CivilDate) -> Result<Option<Laid>, Halt> {
    let of = amendments::convention_id.eq(convention);
    let in_force: i64 =
        amendments::table.filter(of.and(amendments::in_force_from.le(Some(on)))).count().get_result(c)?;
    if in_force == 0 { Ok(None) } else { laid(c, convention).map(Some) }
}

fn laid(c: &mut Connection, convention: Id) -> Result<Laid, Halt> {
    let row: ConventionRow = conventions::table.find(convention).select(ConventionRow::as_select()).first(c)?;
    Laid::load(c, row, Instant::MAX)
}

/// The convention of an article or clause that exists by an amendment alone.
pub fn convention_of(c: &mut Connection, id: Id, kind: &str) -> QueryResult<Option<Id>> {
    amendment_pieces::table
        .inner_join(amendments::table.on(amendment_pieces::amendment_id.eq(amendments::id)))
        .filter(amendment_pieces::id.eq(id).and(amendment_pieces::kind.eq(kind)))
        .select(amendments::convention_id)
        .first(c)
        .optional()
}

/// The articles of the text in force on a day, in its order.
pub fn articles_on(c: &mut Connection, convention: Id, on: CivilDate) -> Result<Option<Vec<Article>>, Halt> {
    let Some(laid) = amended(c, convention, on)? else { return Ok(None) };
    let originals = &laid.story.pieces.articles;
    let parts = &laid.story.pieces.parts;
    let text = laid.on(on).text;
    let articles = (1..).zip(text.articles).map(|(position, article)| {
        let original = originals.iter().find(|original| original.id == article.id);
        let by = article.amended_by.and_then(|number| laid.numbered(number));
        let part = |number: &String| parts.iter().find(|part| part.number == *number).map(|part| part.id);
        Article {
            id: article.id,
            convention_id: convention,
            position,
            part_id: original.map_or_else(|| article.part.as_ref().and_then(part), |original| original.part_id),
            number: article.number,
            heading: article.heading,
            body: article.body,
            source_line: original.and_then(|original| original.source_line),
            source_last_line: original.and_then(|original| original.source_last_line),
            created_at: original.map_or_else(
                || by.map_or(laid.story.row.created_at, |by| by.created_at),
                |original| original.created_at,
            ),
            amended_by: article.amended_by,
        }
    });
    Ok(Some(articles.collect()))
}

/// The clauses of the text in force on a day: those that an amendment replaced are gone, its own are there.
pub fn clauses_on(c: &mut Connection, convention: Id, on: CivilDate) -> Result<Option<Vec<Clause>>, Halt> {
    let Some(laid) = amended(c, convention, on)? else { return Ok(None) };
    let text = laid.on(on).text;
    let articles = &laid.story.pieces.articles;
    let number_of = |id: Option<Id>| articles.iter().find(|article| Some(article.id) == id).map(|a| a.number.clone());
    let read = |clause: &Clause| TextClause {
        kind: clause.kind,
        article: number_of(clause.article_id),
        absent: clause.absent,
        parameters: clause.parameters.0.clone(),
    };
    let mut clauses: Vec<(TextClause, Clause)> =
        laid.story.pieces.clauses.iter().map(|clause| (read(clause), clause.clone())).collect();
    let mut position = clauses.iter().map(|(_, clause)| clause.position).max().unwrap_or(0);
    for (_, amendment) in laid.in_force_on(on) {
        let changes = amendment.clause_changes.0.iter().filter(|change| change.confirmed);
        let changes: Vec<_> = changes.map(|change| (change.as_clause(), change)).collect();
        clauses.retain(|(read, clause)| !clause.confirmed || !changes.iter().any(|(c, _)| replaces(c, read)));
        for (read, change) in changes.into_iter().filter(|(read, _)| leaves_a_clause(read)) {
            position += 1;
            let article_id = change.article.as_deref().and_then(|number| text.numbered(None, number).next());
            let clause = Clause {
                id: change.id,
                convention_id: convention,
                position,
                kind: change.kind,
                article_id: article_id.map(|(_, article)| article.id),
                absent: change.absent,
                confirmed: true,
                parameters: Json(change.parameters.clone()),
                quote: change.quote.clone(),
                source_line: None,
                created_at: amendment.created_at,
            };
            clauses.push((read, clause));
        }
    }
    Ok(Some(clauses.into_iter().map(|(_, clause)| clause).collect()))
}

/// The axes of the text in force on a day, with what their articles list by then.
pub fn axes_on(c: &mut Connection, convention: Id, on: CivilDate) -> Result<Option<Vec<Axis>>, Halt> {
    let Some(laid) = amended(c, convention, on)? else { return Ok(None) };
    Ok(Some(axes_in_force::axes(&laid.story, on)))
}

/// The axes as each amendment of a convention has made them, those that come later included; none without any.
pub fn amended_axes(c: &mut Connection, convention: Id) -> Result<Vec<Axis>, Halt> {
    let of = amendments::convention_id.eq(convention).and(amendments::in_force_from.is_not_null());
    let amended: i64 = amendments::table.filter(of).count().get_result(c)?;
    if amended == 0 {
        return Ok(Vec::new());
    }
    let story = laid(c, convention)?.story;
    Ok(story.lived.texts.later().iter().flat_map(|text| axes_in_force::axes(&story, text.from)).collect())
}
