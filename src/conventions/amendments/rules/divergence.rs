//! Where the edits of an amendment and its changes of clauses part: the words that people read and the rules that the
//! service applies must say the same. Nothing is refused; a reader is told.

use super::text::TextArticle;
use super::{ClauseChange, Edit, ReadClause, Text, text};
use crate::conventions::clauses::ClauseParameters;
use crate::conventions::rules::scene::party_named;
use crate::conventions::rules::texts::stated_once;
use crate::conventions::rules::{Party, TextClause};
use crate::domain::folded::fold;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget, Side, Unit};
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
    /// The text as amended says no more that the convention lapses, and the clause that makes it so (R08) stays.
    LapseUnsaid { article: String },
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
            Self::LapseUnsaid { .. } => "lapse_no_longer_said",
        }
    }

    pub const fn edit(&self) -> Option<Id> {
        match self {
            Self::ClauseWithoutEdit { .. } | Self::SaidOtherwise { .. } | Self::LapseUnsaid { .. } => None,
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
            | Self::LapseUnsaid { article }
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
            Self::LapseUnsaid { article } => {
                let label = ClauseKind::CurePeriod.label();
                Bilingual::new(
                    format!(
                        "L'article {article} modifié ne dit plus que la convention est caduque : tant que la clause « {} » reste, la caducité est invoquée (R08).",
                        label.fr
                    ),
                    format!(
                        "Article {article} as amended says no more that the convention lapses: while the clause \u{201c}{}\u{201d} stays, the lapse is claimed (R08).",
                        label.en
                    ),
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
    /// The article that said that the convention lapses (caduque), when the text says it no more.
    pub unsaid_lapse: Option<&'r str>,
    /// True when the changes were proposed from the text of the amendment itself: what cannot be read was looked at.
    pub imported: bool,
}

/// What parts edits and changes, by the clauses of the text amended and, while it can still be mended, by a reading of the
/// text before and after.
pub fn divergences(
    edits: &[Edit],
    changes: &[ClauseChange],
    clauses: &[TextClause],
    parties: &[Party],
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
        all.extend(changes.iter().filter_map(|change| said_otherwise(change, readings.after, parties)));
        all.extend(unfollowed(edits, changes, clauses, readings));
        all.extend(unheard(edits, changes, clauses, readings));
        all.extend(unsaid_lapse(changes, clauses, readings));
    }
    all
}

/// The first article that says that the convention lapses (caduque, caducité).
fn says_lapse(text: &Text) -> Option<&TextArticle> {
    text.articles.iter().find(|article| {
        let body = fold(&article.body);
        !article.repealed && ["caduque", "caducite"].iter().any(|word| body.contains(word))
    })
}

/// The article that said so before, when nothing says it after.
pub fn lapse_unsaid<'t>(before: &'t Text, after: &Text) -> Option<&'t str> {
    says_lapse(before).filter(|_| says_lapse(after).is_none()).map(|article| article.number.as_str())
}

fn unsaid_lapse(changes: &[ClauseChange], clauses: &[TextClause], readings: Readings<'_>) -> Option<Divergence> {
    let stays = clauses.iter().any(|clause| clause.kind == ClauseKind::CurePeriod && !clause.absent)
        && !changes.iter().any(|change| change.kind == ClauseKind::CurePeriod && change.absent);
    readings.unsaid_lapse.filter(|_| stays).map(|article| Divergence::LapseUnsaid { article: article.to_owned() })
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
fn said_otherwise(change: &ClauseChange, after: &[ReadClause], parties: &[Party]) -> Option<Divergence> {
    let there = |clause: &&ReadClause| {
        let named = change.article.as_deref().zip(clause.article.as_deref());
        clause.kind == change.kind && (stated_once(change.kind) || named.is_none_or(|(one, other)| same(one, other)))
    };
    let read: Vec<&ReadClause> = after.iter().filter(there).collect();
    let agrees = |clause: &&ReadClause| {
        !change.absent
            && says_the_same(&clause.parameters, &change.parameters)
            && of_the_same(&clause.parameters, &change.parameters, parties)
    };
    let first = read.first().filter(|_| !read.iter().any(agrees))?;
    let quote = first.quote.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect();
    Some(Divergence::SaidOtherwise { kind: change.kind, article: first.article.clone(), quote })
}

/// Who does it, by a reading and by a clause: one party, whatever its name; minutes are the association's to propose where
/// the clause names nobody. Whom the text calls otherwise than its parties, nobody can compare.
fn of_the_same(read: &ClauseParameters, said: &ClauseParameters, parties: &[Party]) -> bool {
    let party = |name: &str| party_named(parties, name).map(|party| party.id);
    let same = |read: Option<&str>, said: Option<&str>, unnamed: Option<Id>| {
        let Some(one) = read.and_then(party) else { return true };
        said.map_or(unnamed, party) == Some(one)
    };
    let association = parties.iter().find(|party| party.side == Side::Association).map(|party| party.id);
    same(read.by.as_deref(), said.by.as_deref(), None)
        && same(read.regions_invited_by.as_deref(), said.regions_invited_by.as_deref(), None)
        && same(read.proposed_by.as_deref(), said.proposed_by.as_deref(), association)
}

/// Numbers, dates and permissions of a reading, as a clause has them; the words for a body may differ.
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
        && kept(read.experts.as_ref(), said.experts.as_ref())
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
