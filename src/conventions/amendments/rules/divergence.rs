//! Where the edits of an amendment and its changes of clauses part: the words that people read and the rules that the
//! service applies must say the same. Nothing is refused; a reader is told.

use super::{ClauseChange, Edit, text};
use crate::conventions::rules::TextClause;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget};
use crate::domain::{Bilingual, Id};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Divergence {
    /// A clause changes, and no edit is of its article.
    ClauseWithoutEdit { kind: ClauseKind, article: String },
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
            Self::EditWithoutClause { .. } => "edit_without_clause_change",
            Self::RepealOfStated { .. } => "repeal_of_stated_clause",
        }
    }

    pub const fn edit(&self) -> Option<Id> {
        match self {
            Self::ClauseWithoutEdit { .. } => None,
            Self::EditWithoutClause { edit, .. } | Self::RepealOfStated { edit, .. } => Some(*edit),
        }
    }

    pub fn article(&self) -> &str {
        match self {
            Self::ClauseWithoutEdit { article, .. }
            | Self::EditWithoutClause { article, .. }
            | Self::RepealOfStated { article, .. } => article,
        }
    }

    /// In words.
    pub fn detail(&self) -> Bilingual {
        match self {
            Self::ClauseWithoutEdit { kind, article } => {
                let label = kind.label();
                Bilingual::new(
                    format!(
                        "La clause « {} » change, mais aucune modification ne porte sur l'article {article}.",
                        label.fr
                    ),
                    format!("The clause \u{201c}{}\u{201d} changes, but no edit is of article {article}.", label.en),
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

/// What parts edits and changes, by the clauses of the text amended. `read` is true when the changes were read from the
/// text of the amendment: an edit that changes no clause was then looked at.
pub fn divergences(edits: &[Edit], changes: &[ClauseChange], clauses: &[TextClause], read: bool) -> Vec<Divergence> {
    let same = |one: &str, other: &str| text::plain_number(one) == text::plain_number(other);
    let of_articles = || edits.iter().filter(|edit| edit.target == EditTarget::Article);
    let edited = |article: &str| of_articles().any(|edit| edited_article(edit).is_some_and(|it| same(it, article)));
    let followed = |article: &str| changes.iter().any(|c| c.article.as_deref().is_some_and(|it| same(it, article)));
    let mut all: Vec<Divergence> = changes
        .iter()
        .filter_map(|change| Some((change, change.article.clone()?)))
        .filter(|(_, article)| !edited(article))
        .map(|(change, article)| Divergence::ClauseWithoutEdit { kind: change.kind, article })
        .collect();
    for edit in of_articles().filter(|edit| edit.kind != EditKind::AddArticle) {
        let Some(article) = edit.article.clone() else { continue };
        let stated = clauses.iter().filter(|c| !c.absent && c.article.as_deref().is_some_and(|it| same(it, &article)));
        if edit.kind == EditKind::RepealArticle {
            let kept = stated.filter(|clause| !changes.iter().any(|change| change.kind == clause.kind));
            let kinds: Vec<ClauseKind> = kept.map(|clause| clause.kind).collect();
            if !kinds.is_empty() {
                all.push(Divergence::RepealOfStated { edit: edit.id, article, kinds });
            }
            continue;
        }
        let kinds: Vec<ClauseKind> = stated.map(|clause| clause.kind).collect();
        if !read && !kinds.is_empty() && !followed(&article) {
            all.push(Divergence::EditWithoutClause { edit: edit.id, article, kinds });
        }
    }
    all
}

/// The article that an edit is of; that of an added one may stand in its words.
fn edited_article(edit: &Edit) -> Option<&str> {
    let headed = || edit.new.as_deref().and_then(text::headed).map(|headed| headed.number);
    edit.article.as_deref().or_else(headed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conventions::clauses::ClauseParameters;

    fn edit(kind: EditKind, article: &str) -> Edit {
        Edit {
            id: Id::from_bytes([7; 16]),
            kind,
            target: EditTarget::Article,
            part: None,
            article: Some(article.to_owned()),
            after: None,
            alinea: None,
            old: Some("cinq".into()),
            new: Some("six".into()),
        }
    }

    fn change(kind: ClauseKind, article: &str, absent: bool) -> ClauseChange {
        ClauseChange {
            id: Id::from_bytes([8; 16]),
            kind,
            article: Some(article.to_owned()),
            absent,
            parameters: ClauseParameters::default(),
            confirmed: true,
            quote: None,
        }
    }

    fn clause(kind: ClauseKind, article: &str) -> TextClause {
        let parameters = ClauseParameters::default();
        TextClause { kind, article: Some(article.to_owned()), absent: false, parameters }
    }

    fn codes(edits: &[Edit], changes: &[ClauseChange], read: bool) -> Vec<&'static str> {
        let clauses = [clause(ClauseKind::Duration, "11"), clause(ClauseKind::Termination, "12")];
        divergences(edits, changes, &clauses, read).iter().map(Divergence::code).collect()
    }

    #[test]
    fn edits_and_changes_that_go_together_are_silent() {
        let duration = [change(ClauseKind::Duration, "11", false)];
        assert!(codes(&[edit(EditKind::ReplaceWords, "11")], &duration, false).is_empty());
        assert!(codes(&[edit(EditKind::ReplaceArticle, "11")], &duration, false).is_empty());
        // An article that states no clause is edited freely.
        assert!(codes(&[edit(EditKind::InsertAlinea, "3")], &[], false).is_empty());
        let gone = [change(ClauseKind::Termination, "12", true)];
        assert!(codes(&[edit(EditKind::RepealArticle, "12")], &gone, false).is_empty());
        let added = Edit {
            article: None,
            new: Some("Article 13 – Litiges\n\nTexte.".into()),
            ..edit(EditKind::AddArticle, "")
        };
        assert!(codes(&[added], &[change(ClauseKind::Dispute, "13", false)], false).is_empty());
    }

    #[test]
    fn one_without_the_other_is_told() {
        let duration = [change(ClauseKind::Duration, "11", false)];
        assert_eq!(codes(&[], &duration, false), ["clause_without_edit"]);
        let told = codes(&[edit(EditKind::ReplaceWords, "12")], &duration, false);
        assert_eq!(told, ["clause_without_edit", "edit_without_clause_change"]);
        assert_eq!(codes(&[edit(EditKind::ReplaceWords, "11")], &[], false), ["edit_without_clause_change"]);
        // A reading of its own text found nothing to change in it.
        assert!(codes(&[edit(EditKind::ReplaceWords, "11")], &[], true).is_empty());
        assert_eq!(codes(&[edit(EditKind::RepealArticle, "12")], &[], true), ["repeal_of_stated_clause"]);
    }
}
