//! Applying the edits of an amendment to the text it amends.
//!
//! An edit either applies, or says why it does not; the others are applied all the same, so that a draft can be shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::{self, Alinea, Text, TextArticle, alineas};
use super::typography::occurrences;
use crate::domain::vocabulary::{EditKind, EditTarget};
use crate::domain::{Bilingual, Id};

/// One edit, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AmendmentEdit)]
pub struct Edit {
    /// Given by the service. That of an `add_article` is the id of the article it adds.
    pub id: Id,
    pub kind: EditKind,
    pub target: EditTarget,
    /// Number of the part, where article numbers restart in each part.
    pub part: Option<String>,
    /// Number of the article changed or added.
    pub article: Option<String>,
    /// The article that an added one follows; found from its number when left out.
    pub after: Option<String>,
    /// The alinéa (paragraph or list item) in which words are replaced, or after which one is inserted: 1 is the first,
    /// -1 the last.
    pub alinea: Option<i32>,
    /// Words taken out.
    pub old: Option<String>,
    /// Words, alinéa or article put in, as Markdown.
    pub new: Option<String>,
}

/// Why an edit does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    NoArticleNamed,
    UnknownArticle,
    AmbiguousArticle,
    RepealedArticle,
    ArticleExists,
    NoPreamble,
    UnknownAlinea,
    WordsAbsent,
    NothingNew,
    NotOfPreamble,
}

impl Reason {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoArticleNamed => "no_article_named",
            Self::UnknownArticle => "unknown_article",
            Self::AmbiguousArticle => "ambiguous_article",
            Self::RepealedArticle => "repealed_article",
            Self::ArticleExists => "article_exists",
            Self::NoPreamble => "no_preamble",
            Self::UnknownAlinea => "unknown_alinea",
            Self::WordsAbsent => "words_absent",
            Self::NothingNew => "nothing_new",
            Self::NotOfPreamble => "not_of_preamble",
        }
    }

    /// In words.
    pub const fn detail(self) -> Bilingual {
        match self {
            Self::NoArticleNamed => Bilingual::fixed("Aucun article n'est nommé.", "No article is named."),
            Self::UnknownArticle => {
                Bilingual::fixed("Le texte n'a pas d'article de ce numéro.", "The text has no article of that number.")
            }
            Self::AmbiguousArticle => Bilingual::fixed(
                "Plusieurs articles portent ce numéro : nommer le titre.",
                "Several articles have that number: name the part.",
            ),
            Self::RepealedArticle => Bilingual::fixed("Cet article est abrogé.", "That article is repealed."),
            Self::ArticleExists => {
                Bilingual::fixed("Un article porte déjà ce numéro.", "An article has that number already.")
            }
            Self::NoPreamble => Bilingual::fixed("Le texte n'a pas de préambule.", "The text has no preamble."),
            Self::UnknownAlinea => Bilingual::fixed("Cet alinéa n'existe pas.", "There is no such paragraph."),
            Self::WordsAbsent => {
                Bilingual::fixed("Les mots cherchés ne s'y trouvent pas.", "The words sought are not there.")
            }
            Self::NothingNew => Bilingual::fixed("Rien n'est mis à la place.", "Nothing is put in."),
            Self::NotOfPreamble => Bilingual::fixed("Un préambule n'a pas d'articles.", "A preamble has no articles."),
        }
    }
}

/// A text with an amendment applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    pub text: Text,
    /// The edits that do not apply.
    pub refused: Vec<(Id, Reason)>,
    /// Words found more than once, and how often: all were replaced.
    pub repeated: Vec<(Id, usize)>,
}

/// Applies the edits of an amendment, in their order.
pub fn apply(text: &Text, number: i64, edits: &[Edit]) -> Applied {
    let mut applied = Applied { text: text.clone(), ..Applied::default() };
    for edit in edits {
        match one(&mut applied.text, number, edit) {
            Ok(count) if count > 1 => applied.repeated.push((edit.id, count)),
            Ok(_) => {}
            Err(reason) => applied.refused.push((edit.id, reason)),
        }
    }
    applied
}

/// Applies one edit; returns how often its words were found.
fn one(text: &mut Text, number: i64, edit: &Edit) -> Result<usize, Reason> {
    if edit.kind == EditKind::AddArticle {
        return if edit.target == EditTarget::Preamble {
            Err(Reason::NotOfPreamble)
        } else {
            add(text, number, edit).map(|()| 1)
        };
    }
    if edit.target == EditTarget::Preamble {
        let body = text.preamble.as_deref().ok_or(Reason::NoPreamble)?;
        let (changed, count) = match edit.kind {
            EditKind::RepealArticle => (None, 1),
            EditKind::ReplaceArticle => (Some(put_in(edit)?.trim().to_owned()), 1),
            _ => {
                let (body, count) = changed_body(body, edit)?;
                (Some(body), count)
            }
        };
        text.preamble = changed;
        text.preamble_amended_by = Some(number);
        return Ok(count);
    }
    let index = find(text, edit)?;
    let article = &mut text.articles[index];
    let count = match edit.kind {
        EditKind::RepealArticle => {
            (article.body, article.repealed) = (String::new(), true);
            1
        }
        EditKind::ReplaceArticle => {
            let new = put_in(edit)?;
            match text::headed(new) {
                Some(headed) => {
                    article.heading = headed.heading.map(str::to_owned).or(article.heading.take());
                    headed.body.clone_into(&mut article.body);
                }
                None => new.trim().clone_into(&mut article.body),
            }
            1
        }
        _ => {
            let (body, count) = changed_body(&article.body, edit)?;
            article.body = body;
            count
        }
    };
    article.amended_by = Some(number);
    Ok(count)
}

fn put_in(edit: &Edit) -> Result<&str, Reason> {
    edit.new.as_deref().filter(|new| !new.trim().is_empty()).ok_or(Reason::NothingNew)
}

fn find(text: &Text, edit: &Edit) -> Result<usize, Reason> {
    let number = edit.article.as_deref().ok_or(Reason::NoArticleNamed)?;
    let mut found = text.numbered(edit.part.as_deref(), number);
    match (found.next(), found.next()) {
        (None, _) => Err(Reason::UnknownArticle),
        (Some((_, article)), None) if article.repealed => Err(Reason::RepealedArticle),
        (Some((index, _)), None) => Ok(index),
        (Some(_), Some(_)) => Err(Reason::AmbiguousArticle),
    }
}

fn changed_body(body: &str, edit: &Edit) -> Result<(String, usize), Reason> {
    if edit.kind == EditKind::InsertAlinea {
        return inserted(body, put_in(edit)?.trim(), edit.alinea).map(|body| (body, 1));
    }
    replaced(body, edit.old.as_deref().unwrap_or_default(), edit.new.as_deref().unwrap_or_default(), edit.alinea)
}

/// The alinéa of a rank: 1 is the first, -1 the last.
fn ranked(all: &[Alinea], rank: i32) -> Result<usize, Reason> {
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    let index = if rank < 0 { count + rank } else { rank - 1 };
    usize::try_from(index).ok().filter(|index| *index < all.len()).ok_or(Reason::UnknownAlinea)
}

/// Words replaced, in one alinéa or in all of a body; the rest stays byte for byte.
fn replaced(body: &str, old: &str, new: &str, alinea: Option<i32>) -> Result<(String, usize), Reason> {
    let within = match alinea {
        None => 0..body.len(),
        Some(rank) => {
            let all = alineas(body);
            all[ranked(&all, rank)?].at.clone()
        }
    };
    let found = occurrences(&body[within.clone()], old);
    if found.is_empty() {
        return Err(Reason::WordsAbsent);
    }
    let mut out = String::with_capacity(body.len() + new.len());
    let mut from = 0;
    for at in &found {
        let (start, end) = (within.start + at.start, within.start + at.end);
        out.push_str(&body[from..start]);
        out.push_str(new);
        from = end;
        // Words taken out leave one space behind, not two, and none before a comma or a full stop.
        let closes = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ')');
        if new.is_empty() && out.ends_with([' ', '\u{a0}']) && body[end..].chars().next().is_none_or(closes) {
            out.pop();
        } else if new.is_empty() && (out.is_empty() || out.ends_with('\n')) && body[end..].starts_with(' ') {
            from += 1;
        }
    }
    out.push_str(&body[from..]);
    Ok((out, found.len()))
}

/// An alinéa put after another, or at the end; a list item joins the list.
fn inserted(body: &str, new: &str, after: Option<i32>) -> Result<String, Reason> {
    let all = alineas(body);
    let item = text::is_item(new);
    let index = match after {
        Some(rank) => Some(ranked(&all, rank)?),
        None if item => all.iter().rposition(|alinea| alinea.item).or(all.len().checked_sub(1)),
        None => all.len().checked_sub(1),
    };
    let Some(index) = index else { return Ok(new.to_owned()) };
    let before = &all[index];
    let gap = |one: bool, other: bool| if one && other { "\n" } else { "\n\n" };
    let mut out = format!("{}{}{new}", &body[..before.at.end], gap(before.item, item));
    match all.get(index + 1) {
        Some(next) => {
            out.push_str(gap(item, next.item));
            out.push_str(&body[next.at.start..]);
        }
        None => out.push_str(&body[before.at.end..]),
    }
    Ok(out)
}

/// An article put after the one it follows, in its part; at the end otherwise.
fn add(text: &mut Text, number: i64, edit: &Edit) -> Result<(), Reason> {
    let new = put_in(edit)?;
    let headed = text::headed(new);
    let named = edit.article.as_deref().or(headed.as_ref().map(|headed| headed.number));
    let named = named.ok_or(Reason::NoArticleNamed)?.to_owned();
    if text.numbered(edit.part.as_deref(), &named).next().is_some() {
        return Err(Reason::ArticleExists);
    }
    let follows = edit.after.clone().or_else(|| base_of(&named));
    let found: Vec<usize> = follows
        .iter()
        .flat_map(|follows| text.numbered(edit.part.as_deref(), follows))
        .map(|(index, _)| index)
        .collect();
    let place = match (found.as_slice(), &edit.after) {
        ([one], _) => one + 1,
        ([], Some(_)) => return Err(Reason::UnknownArticle),
        ([], None) => text.articles.len(),
        _ => return Err(Reason::AmbiguousArticle),
    };
    let before = place.checked_sub(1).and_then(|index| text.articles.get(index));
    let part = edit.part.clone().or_else(|| before.and_then(|article| article.part.clone()));
    let (heading, body) = match headed {
        Some(headed) => (headed.heading.map(str::to_owned), headed.body.to_owned()),
        None => (None, new.trim().to_owned()),
    };
    let article =
        TextArticle { id: edit.id, part, number: named, heading, body, repealed: false, amended_by: Some(number) };
    text.articles.insert(place, article);
    Ok(())
}

/// The article that a number says it follows: 5 for `5 bis`, `5 bis` for `5 ter` once it is there, 8 for `9`.
fn base_of(number: &str) -> Option<String> {
    let plain = text::plain_number(number);
    match plain.split_once(' ') {
        Some((base, "ter")) => Some(format!("{base} bis")),
        Some((base, "quater")) => Some(format!("{base} ter")),
        Some((base, _)) => Some(base.to_owned()),
        None => plain.parse::<u32>().ok()?.checked_sub(1).map(|before| before.to_string()),
    }
}
