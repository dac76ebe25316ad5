//! What changed between two texts: article by article, and word by word within one.

use serde::Serialize;
use similar::{ChangeTag, TextDiff as Compared};
use utoipa::ToSchema;

use super::text::{Text, TextArticle};
use crate::domain::Id;

/// What became of an article, or of the preamble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArticleChange {
    Added,
    /// It is gone, or repealed.
    Removed,
    Changed,
}

/// What became of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordsChange {
    Kept,
    Removed,
    Added,
}

/// Some words, spaces included: those kept and added are the text after, those kept and removed the text before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Words {
    pub change: WordsChange,
    pub text: String,
}

/// An article that is not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ArticleDiff {
    pub id: Id,
    /// Number of its part.
    pub part: Option<String>,
    pub number: String,
    pub change: ArticleChange,
    /// Its heading, in pieces; empty when it has none.
    pub heading: Vec<Words>,
    /// Its body, in pieces.
    pub body: Vec<Words>,
}

/// What is not the same in two texts, in the order of the text after.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct TextDiff {
    /// The preamble in pieces, when it is not the same.
    pub preamble: Option<Vec<Words>>,
    pub articles: Vec<ArticleDiff>,
}

/// Compares two texts.
pub fn diff(before: &Text, after: &Text) -> TextDiff {
    let standing = |text: &Text, id: Id| text.articles.iter().find(|a| a.id == id && !a.repealed).cloned();
    let mut order: Vec<&TextArticle> = after.articles.iter().collect();
    // What is gone altogether stands where it stood.
    for (index, article) in before.articles.iter().enumerate() {
        if !after.articles.iter().any(|other| other.id == article.id) {
            order.insert(index.min(order.len()), article);
        }
    }
    let articles = order.into_iter().filter_map(|article| {
        let (old, new) = (standing(before, article.id), standing(after, article.id));
        let change = match (&old, &new) {
            (None, None) => return None,
            (None, Some(_)) => ArticleChange::Added,
            (Some(_), None) => ArticleChange::Removed,
            (Some(old), Some(new)) if old.heading == new.heading && old.body == new.body => return None,
            (Some(_), Some(_)) => ArticleChange::Changed,
        };
        let heading = |a: &Option<TextArticle>| a.as_ref().and_then(|a| a.heading.clone()).unwrap_or_default();
        let body = |a: &Option<TextArticle>| a.as_ref().map(|a| a.body.clone()).unwrap_or_default();
        Some(ArticleDiff {
            id: article.id,
            part: article.part.clone(),
            number: article.number.clone(),
            change,
            heading: words(&heading(&old), &heading(&new)),
            body: words(&body(&old), &body(&new)),
        })
    });
    let preamble = (before.preamble != after.preamble)
        .then(|| words(before.preamble.as_deref().unwrap_or_default(), after.preamble.as_deref().unwrap_or_default()));
    TextDiff { preamble, articles: articles.collect() }
}

/// Compares two passages word by word; neighbours that share their fate are one piece.
pub fn words(before: &str, after: &str) -> Vec<Words> {
    let mut pieces: Vec<Words> = Vec::new();
    for change in Compared::from_words(before, after).iter_all_changes() {
        let tag = match change.tag() {
            ChangeTag::Equal => WordsChange::Kept,
            ChangeTag::Delete => WordsChange::Removed,
            ChangeTag::Insert => WordsChange::Added,
        };
        match pieces.last_mut() {
            Some(last) if last.change == tag => last.text.push_str(change.value()),
            _ => pieces.push(Words { change: tag, text: change.value().to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn article(n: u8, body: &str) -> TextArticle {
        TextArticle {
            id: Id::from_bytes([n; 16]),
            part: None,
            number: n.to_string(),
            heading: Some("Durée".into()),
            body: body.into(),
            repealed: false,
            amended_by: None,
        }
    }

    fn text(articles: Vec<TextArticle>) -> Text {
        Text { articles, ..Text::default() }
    }

    #[test]
    fn only_what_changed_is_told() {
        let before = text(vec![article(1, "Objet."), article(2, "Pour cinq ans."), article(3, "Fin.")]);
        let repealed = TextArticle { repealed: true, body: String::new(), ..article(3, "") };
        let after = text(vec![article(1, "Objet."), article(2, "Pour six ans."), article(4, "Neuf."), repealed]);
        let told = diff(&before, &after);
        let changes: Vec<_> = told.articles.iter().map(|a| (a.number.as_str(), a.change)).collect();
        assert_eq!(
            changes,
            [("2", ArticleChange::Changed), ("4", ArticleChange::Added), ("3", ArticleChange::Removed)]
        );
        let piece = |change, text: &str| Words { change, text: text.to_owned() };
        assert_eq!(
            told.articles[0].body,
            [
                piece(WordsChange::Kept, "Pour "),
                piece(WordsChange::Removed, "cinq"),
                piece(WordsChange::Added, "six"),
                piece(WordsChange::Kept, " ans."),
            ]
        );
        assert_eq!(told.articles[2].body, [piece(WordsChange::Removed, "Fin.")]);
        assert_eq!(diff(&before, &before), TextDiff::default());
    }

    #[test]
    fn the_preamble_is_compared_too_and_back_in_time() {
        let before = Text { preamble: Some("Vu la charte.".into()), ..Text::default() };
        let after = Text { articles: vec![article(1, "Objet.")], ..Text::default() };
        let told = diff(&before, &after);
        assert_eq!(told.preamble.unwrap(), words("Vu la charte.", ""));
        assert_eq!(diff(&after, &before).articles[0].change, ArticleChange::Removed);
    }

    proptest! {
        #[test]
        fn the_pieces_give_both_texts_back(before in "[a-d \n]{0,30}", after in "[a-d \n]{0,30}") {
            let pieces = words(&before, &after);
            let keep = |not: WordsChange| -> String {
                pieces.iter().filter(|w| w.change != not).map(|w| w.text.as_str()).collect()
            };
            prop_assert_eq!(keep(WordsChange::Added), before);
            prop_assert_eq!(keep(WordsChange::Removed), after);
        }
    }
}
