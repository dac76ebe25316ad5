//! Where the edits of an amendment and its changes of clauses part: the words that people read and the rules that the
//! service applies must say the same. Nothing is refused; a reader is told.

use super::{ClauseChange, Edit, ReadClause, text};
use crate::conventions::clauses::ClauseParameters;
use crate::conventions::rules::TextClause;
use crate::conventions::rules::texts::stated_once;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget, Unit};
use crate::domain::{Bilingual, Id};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Divergence {
    /// A clause changes, and no edit is of its article.
    ClauseWithoutEdit { kind: ClauseKind, article: Option<String> },
    /// A clause changes, and the text as amended says it otherwise.
    SaidOtherwise { kind: ClauseKind, article: Option<String>, quote: String },
    /// The text as amended states a clause that it did not, and no change brings it.
    ReadAlone { edit: Id, article: String, kind: ClauseKind },
    /// An article is edited that states clauses, and none of them changes.
    EditWithoutClause { edit: Id, article: String, kinds: Vec<ClauseKind> },
    /// An article is repealed, and clauses that it states stay in force.
    RepealOfStated { edit: Id, article: String, kinds: Vec<ClauseKind> },
}

impl Divergence {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ClauseWithoutEdit { .. } => "clause_without_edit",
            Self::SaidOtherwise { .. } => "clause_differs_from_text",
            Self::ReadAlone { .. } => "clause_without_change",
            Self::EditWithoutClause { .. } => "edit_without_clause_change",
            Self::RepealOfStated { .. } => "repeal_of_stated_clause",
        }
    }

    pub const fn edit(&self) -> Option<Id> {
        match self {
            Self::ClauseWithoutEdit { .. } | Self::SaidOtherwise { .. } => None,
            Self::EditWithoutClause { edit, .. } | Self::RepealOfStated { edit, .. } | Self::ReadAlone { edit, .. } => {
                Some(*edit)
            }
        }
    }

    pub fn article(&self) -> Option<&str> {
        match self {
            Self::ClauseWithoutEdit { article, .. } | Self::SaidOtherwise { article, .. } => article.as_deref(),
            Self::EditWithoutClause { article, .. }
            | Self::RepealOfStated { article, .. }
            | Self::ReadAlone { article, .. } => Some(article),
        }
    }

    /// In words.
    pub fn detail(&self) -> Bilingual {
        match self {
            Self::ClauseWithoutEdit { kind, article } => {
                let label = kind.label();
                let (fr, en) = match article {
                    Some(article) => (format!("l'article {article}"), format!("article {article}")),
                    None => ("un article".to_owned(), "an article".to_owned()),
                };
                Bilingual::new(
                    format!("La clause « {} » change, mais aucune modification ne porte sur {fr}.", label.fr),
                    format!("The clause \u{201c}{}\u{201d} changes, but no edit is of {en}.", label.en),
                )
            }
            Self::SaidOtherwise { kind, quote, .. } => {
                let label = kind.label();
                Bilingual::new(
                    format!("La clause « {} » ne dit pas ce que dit le texte modifié : « {quote} »", label.fr),
                    format!(
                        "The clause \u{201c}{}\u{201d} does not say what the text as amended says: \u{201c}{quote}\u{201d}",
                        label.en
                    ),
                )
            }
            Self::ReadAlone { article, kind, .. } => {
                let label = kind.label();
                Bilingual::new(
                    format!(
                        "L'article {article} modifié énonce « {} » : aucun changement de clause ne le reprend.",
                        label.fr
                    ),
                    format!(
                        "Article {article} as amended states \u{201c}{}\u{201d}: no change of clause brings it.",
                        label.en
                    ),
                )
            }
            Self::EditWithoutClause { article, kinds, .. } => {
                let (fr, en) = labels(kinds);
                Bilingual::new(
                    format!("L'article {article} est modifié, mais aucune de ses clauses ne change : {fr}."),
                    format!("Article {article} is edited, but none of its clauses changes: {en}."),
                )
            }
            Self::RepealOfStated { article, kinds, .. } => {
                let (fr, en) = labels(kinds);
                Bilingual::new(
                    format!("L'article {article} est abrogé, mais ses clauses restent en vigueur : {fr}."),
                    format!("Article {article} is repealed, but its clauses stay in force: {en}."),
                )
            }
        }
    }
}

fn labels(kinds: &[ClauseKind]) -> (String, String) {
    let labels = || kinds.iter().map(|kind| kind.label());
    let joined = |all: Vec<String>| all.join(", ");
    (joined(labels().map(|l| l.fr.to_string()).collect()), joined(labels().map(|l| l.en.to_string()).collect()))
}

/// The clauses that a reader finds in a text before and after an amendment.
#[derive(Debug, Clone, Copy)]
pub struct Readings<'r> {
    pub before: &'r [ReadClause],
    pub after: &'r [ReadClause],
    /// True when the changes were proposed from the text of the amendment itself: what cannot be read was looked at.
    pub imported: bool,
}

/// What parts edits and changes, by the clauses of the text amended and, while it can still be mended, by a reading of the
/// text before and after.
pub fn divergences(
    edits: &[Edit],
    changes: &[ClauseChange],
    clauses: &[TextClause],
    readings: Option<Readings<'_>>,
) -> Vec<Divergence> {
    let mut all = unedited(edits, changes, clauses);
    for edit in of_articles(edits).filter(|edit| edit.kind == EditKind::RepealArticle) {
        let Some(article) = edit.article.clone() else { continue };
        let kept = stated_in(clauses, &article).filter(|kind| !changed(changes, *kind));
        let kinds: Vec<ClauseKind> = kept.collect();
        if !kinds.is_empty() {
            all.push(Divergence::RepealOfStated { edit: edit.id, article, kinds });
        }
    }
    if let Some(readings) = readings {
        all.extend(changes.iter().filter_map(|change| said_otherwise(change, readings.after)));
        all.extend(unfollowed(edits, changes, clauses, readings));
        all.extend(unheard(edits, changes, clauses, readings));
    }
    all
}

fn of_articles(edits: &[Edit]) -> impl Iterator<Item = &Edit> {
    edits.iter().filter(|edit| edit.target == EditTarget::Article)
}

fn same(one: &str, other: &str) -> bool {
    text::plain_number(one) == text::plain_number(other)
}

fn changed(changes: &[ClauseChange], kind: ClauseKind) -> bool {
    changes.iter().any(|change| change.kind == kind)
}

/// The kinds of clauses that an article states.
fn stated_in(clauses: &[TextClause], article: &str) -> impl Iterator<Item = ClauseKind> {
    let there = move |clause: &&TextClause| clause.article.as_deref().is_some_and(|it| same(it, article));
    clauses.iter().filter(|clause| !clause.absent).filter(there).map(|clause| clause.kind)
}

/// Changes of clauses whose article no edit is of: the one they name, else those that state such a clause today.
fn unedited(edits: &[Edit], changes: &[ClauseChange], clauses: &[TextClause]) -> Vec<Divergence> {
    let edited = |article: &str| of_articles(edits).any(|e| edited_article(e).is_some_and(|it| same(it, article)));
    let told = changes.iter().filter_map(|change| {
        let today =
            || clauses.iter().filter(|c| c.kind == change.kind && !c.absent).filter_map(|c| c.article.as_deref());
        let named: Vec<&str> = change.article.as_deref().map_or_else(|| today().collect(), |article| vec![article]);
        let touched = if named.is_empty() { !edits.is_empty() } else { named.iter().any(|article| edited(article)) };
        let article = named.first().map(|article| (*article).to_owned());
        (!touched).then_some(Divergence::ClauseWithoutEdit { kind: change.kind, article })
    });
    told.collect()
}

/// A change that does not say what the text as amended says.
fn said_otherwise(change: &ClauseChange, after: &[ReadClause]) -> Option<Divergence> {
    let there = |clause: &&ReadClause| {
        let named = change.article.as_deref().zip(clause.article.as_deref());
        clause.kind == change.kind && (stated_once(change.kind) || named.is_none_or(|(one, other)| same(one, other)))
    };
    let read: Vec<&ReadClause> = after.iter().filter(there).collect();
    let agrees = |clause: &&ReadClause| !change.absent && says_the_same(&clause.parameters, &change.parameters);
    let first = read.first().filter(|_| !read.iter().any(agrees))?;
    let quote = first.quote.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect();
    Some(Divergence::SaidOtherwise { kind: change.kind, article: first.article.clone(), quote })
}

/// Numbers, dates and permissions of a reading, as a clause has them; the words for a party or a body may differ.
fn says_the_same(read: &ClauseParameters, said: &ClauseParameters) -> bool {
    fn kept<T: PartialEq>(read: Option<&T>, said: Option<&T>) -> bool {
        read.is_none() || read == said
    }
    let months = |p: &ClauseParameters| match p.unit {
        Some(Unit::Year) => (p.value.map(|years| years.saturating_mul(12)), Some(Unit::Month)),
        unit => (p.value, unit),
    };
    let length = read.value.is_none() || months(read) == months(said);
    length
        && kept(read.start.as_ref(), said.start.as_ref())
        && kept(read.end.as_ref(), said.end.as_ref())
        && kept(read.on.as_ref(), said.on.as_ref())
        && kept(read.allowed.as_ref(), said.allowed.as_ref())
        && kept(read.minimum_per_year.as_ref(), said.minimum_per_year.as_ref())
        && kept(read.hours.as_ref(), said.hours.as_ref())
}

/// Edited articles that state clauses which no change follows, though they read otherwise, or cannot be read.
fn unfollowed(
    edits: &[Edit],
    changes: &[ClauseChange],
    clauses: &[TextClause],
    readings: Readings<'_>,
) -> Vec<Divergence> {
    let replaced = of_articles(edits).filter(|e| !matches!(e.kind, EditKind::AddArticle | EditKind::RepealArticle));
    let told = replaced.filter_map(|edit| {
        let article = edit.article.clone()?;
        let followed = changes.iter().any(|c| c.article.as_deref().is_some_and(|it| same(it, &article)));
        let stale = |kind: &ClauseKind| {
            let of = |all: &[ReadClause]| -> Vec<ClauseParameters> {
                let there =
                    |c: &&ReadClause| stated_once(*kind) || c.article.as_deref().is_some_and(|it| same(it, &article));
                all.iter().filter(|c| c.kind == *kind).filter(there).map(|c| c.parameters.clone()).collect()
            };
            let (before, after) = (of(readings.before), of(readings.after));
            if before.is_empty() { !followed && !readings.imported } else { before != after }
        };
        let kinds: Vec<ClauseKind> =
            stated_in(clauses, &article).filter(|kind| !changed(changes, *kind)).filter(stale).collect();
        (!kinds.is_empty()).then_some(Divergence::EditWithoutClause { edit: edit.id, article, kinds })
    });
    told.collect()
}

/// Clauses that the text as amended reads, that it did not state, and that no change brings.
fn unheard(
    edits: &[Edit],
    changes: &[ClauseChange],
    clauses: &[TextClause],
    readings: Readings<'_>,
) -> Vec<Divergence> {
    let known = |new: &ReadClause| {
        let there = |c: &ReadClause| c.kind == new.kind && c.article == new.article;
        let article = new.article.as_deref().unwrap_or_default();
        readings.before.iter().any(there) || stated_in(clauses, article).any(|kind| kind == new.kind)
    };
    let new = readings.after.iter().filter(|new| !changed(changes, new.kind) && !known(new));
    let told = new.filter_map(|new| {
        let article = new.article.clone()?;
        let edit = of_articles(edits).find(|edit| edited_article(edit).is_some_and(|it| same(it, &article)))?;
        Some(Divergence::ReadAlone { edit: edit.id, article, kind: new.kind })
    });
    told.collect()
}

/// The article that an edit is of; that of an added one may stand in its words.
fn edited_article(edit: &Edit) -> Option<&str> {
    let headed = || edit.new.as_deref().and_then(text::headed).map(|headed| headed.number);
    edit.article.as_deref().or_else(headed)
}
