//! The axes, the networks and the preamble through the life of a text: an amendment takes words out of an article and puts
//! others in, and from its day what an axis lists, for whom, and who may be called upon follow the words in force.
//!
//! What was signed is never rewritten, and no row is written when an amendment comes into force: like its status, the axes
//! of a convention are a function of its facts and a date. Only what the two wordings say differently moves: what people
//! mended in the reading of words that stay, they have mended for good. Of what they put in beside the words, nothing is
//! known but that a whole article has taken their place, and then it is gone.

use std::collections::BTreeSet;

use super::amendments::laid;
use super::amendments::rules::{Text, TextArticle};
use super::axes::{Axis, CatalogueItem};
use super::convention::{Commitment, MobilisedNetwork, Preamble};
use super::import::{Listed, listed};
use super::rules::{AmendmentFact, CommitmentOf};
use super::story::Story;
use crate::domain::folded::fold;
use crate::domain::vocabulary::{Audience, EditKind, EditTarget};
use crate::domain::{CivilDate, Id};

/// The axes of the text in force on a day; one whose article is repealed is none of them.
pub fn axes(story: &Story, on: CivilDate) -> Vec<Axis> {
    let mut axes = story.pieces.axes.clone();
    let text = walk(story, on, |amendment, before, after| {
        for axis in &mut axes {
            let article = |text: &Text| text.articles.iter().position(|article| article.id == axis.article_id);
            let (Some(was), Some(is)) = (article(before), article(after)) else { continue };
            let (was, is) = (&before.articles[was], &after.articles[is]);
            if (&was.heading, &was.body) != (&is.heading, &is.body) {
                follow(story, axis, amendment, (was, is, replaced(amendment, before, was.id)));
            }
        }
    });
    axes.retain(|axis| text.articles.iter().any(|article| article.id == axis.article_id && !article.repealed));
    for axis in &mut axes {
        let signed = std::mem::take(&mut axis.commitments.0);
        axis.commitments.0 = committed(story, on, &signed, |said| said.axis == Some(axis.id));
    }
    axes
}

/// The preamble of the text in force on a day.
pub fn preamble(story: &Story, on: CivilDate) -> Option<Preamble> {
    let signed = story.row.preamble();
    if !amended(story, on) {
        return signed;
    }
    let signed = signed.map(|preamble| preamble.commitments).unwrap_or_default();
    let text = walk(story, on, |_, _, _| {});
    let commitments = committed(story, on, &signed, |said| said.axis.is_none() && said.article.is_none());
    text.preamble.map(|body| Preamble { body, commitments })
}

/// The networks that the text in force on a day names.
pub fn networks(story: &Story, on: CivilDate) -> Vec<MobilisedNetwork> {
    let mut networks = story.row.networks.0.clone();
    if !amended(story, on) {
        return networks;
    }
    walk(story, on, |_, before, after| {
        let (was, is) = (named(before, after), named(after, before));
        let key = |network: &(Option<&'static str>, String)| network.0.map_or_else(|| words(&network.1), str::to_owned);
        let keys = |all: &[(Option<&'static str>, String)]| all.iter().map(key).collect::<Vec<_>>();
        let kept = |network: &MobilisedNetwork| {
            network.network.map_or_else(|| words(&network.text), |code| code.code().to_owned())
        };
        let coming = |(code, text): &(Option<&'static str>, String)| MobilisedNetwork {
            network: code.and_then(|code| code.parse().ok()),
            text: text.clone(),
            line: None,
        };
        let mut was = keys(&was);
        let now: Vec<_> = is.iter().map(|network| (key(network), coming(network))).collect();
        let stays = |key: &String| now.iter().any(|(said, _)| said == key);
        // What goes from one article may be said by another, that the amendment leaves as it is.
        if !was.iter().all(stays) {
            let said = keys(&named(after, &Text::default()));
            was.retain(|key| stays(key) || !said.contains(key));
        }
        moved(&mut networks, kept, &was, now, false);
    });
    networks
}

/// Is the text of a day another than the one that was signed at first?
fn amended(story: &Story, on: CivilDate) -> bool {
    story.lived.texts.later().iter().any(|later| later.from <= on)
}

/// The amendments in force by a day, each with the text before it and after it; the text of that day.
fn walk(story: &Story, on: CivilDate, mut each: impl FnMut(&AmendmentFact, &Text, &Text)) -> Text {
    let original = laid::original(&story.row, &story.pieces);
    laid::walk(original, &story.lived, &story.amendments, Some(on), |_, amendment, was, is| each(amendment, was, is))
}

/// One axis, on the first day of an amendment that changes its article.
fn follow(
    story: &Story,
    axis: &mut Axis,
    amendment: &AmendmentFact,
    (was, is, whole): (&TextArticle, &TextArticle, bool),
) {
    axis.amended_by = Some(amendment.number);
    if let (Some(before), Some(after)) = (&was.heading, &is.heading)
        && fold(&axis.label) == fold(before)
    {
        axis.label.clone_from(after);
    }
    let (was, is) = (read(was), read(is));
    if was.transversal != is.transversal {
        axis.transversal = is.transversal;
    }
    let code = |audience: &Audience| audience.code().to_owned();
    let before: Vec<String> = was.audiences.iter().map(|code| (*code).to_owned()).collect();
    let now = is.audiences.iter().filter_map(|code| Some(((*code).to_owned(), code.parse().ok()?))).collect();
    moved(&mut axis.audiences.0, code, &before, now, whole);
    // An item that comes back is the one that was signed, with the kind that people gave it.
    let signed = story.pieces.axes.iter().find(|known| known.id == axis.id);
    let signed = signed.map(|known| known.catalogue.0.as_slice()).unwrap_or_default();
    let before: Vec<String> = was.catalogue.iter().map(|label| words(label)).collect();
    let now = is.catalogue.iter().map(|label| {
        let known = signed.iter().find(|item| words(&item.label) == words(label));
        (words(label), known.cloned().unwrap_or_else(|| item(axis.id, label)))
    });
    let now = now.collect();
    moved(&mut axis.catalogue.0, |item| words(&item.label), &before, now, whole);
}

/// What was read in the words before and is not any more goes, what is read in the new ones and was not comes; the rest
/// stays as it is, unless a whole article has taken the place of the words that it stood beside.
fn moved<T>(all: &mut Vec<T>, key: impl Fn(&T) -> String, was: &[String], is: Vec<(String, T)>, whole: bool) {
    let said: BTreeSet<String> = is.iter().map(|(key, _)| key.clone()).collect();
    all.retain(|one| {
        let key = key(one);
        said.contains(&key) || (!was.contains(&key) && !whole)
    });
    let mut there: BTreeSet<String> = all.iter().map(&key).collect();
    for (key, one) in is {
        if !was.contains(&key) && there.insert(key) {
            all.push(one);
        }
    }
}

/// An item that an amendment brings: its id follows from its axis and its words, so that it is the same whenever it is
/// asked for, and when another amendment brings it back.
fn item(axis: Id, label: &str) -> CatalogueItem {
    let id = Id::derived("catalogue_item", axis, &words(label));
    CatalogueItem { id, label: label.to_owned(), national_kind: None, line: None }
}

/// Is it a whole article that takes the place of this one?
fn replaced(amendment: &AmendmentFact, before: &Text, article: Id) -> bool {
    amendment.edits.iter().any(|edit| {
        let of = || before.numbered(edit.part.as_deref(), edit.article.as_deref().unwrap_or_default());
        edit.kind == EditKind::ReplaceArticle
            && edit.target == EditTarget::Article
            && of().any(|(_, known)| known.id == article)
    })
}

fn read(article: &TextArticle) -> Listed {
    if article.repealed { Listed::default() } else { listed(article.heading.as_deref(), &article.body) }
}

/// The networks of the articles that another text does not have as they are.
fn named(text: &Text, other: &Text) -> Vec<(Option<&'static str>, String)> {
    let same = |article: &&TextArticle| {
        other.articles.iter().any(|known| known.id == article.id && known.body == article.body)
    };
    text.articles.iter().filter(|article| !same(article)).flat_map(|article| read(article).networks).collect()
}

/// The words alone: spaces, quotes and marks aside.
fn words(label: &str) -> String {
    fold(label).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What the parties commit to on a day, in one place of the text.
fn committed(
    story: &Story,
    on: CivilDate,
    signed: &[Commitment],
    there: impl Fn(&CommitmentOf) -> bool,
) -> Vec<Commitment> {
    if !amended(story, on) {
        return signed.to_vec();
    }
    let runs = |said: &&CommitmentOf| {
        said.from.is_none_or(|from| from <= on) && said.until.is_none_or(|until| on <= until) && there(said)
    };
    let of = |said: &CommitmentOf| {
        let new = || Commitment { party_id: said.party, text: said.text.clone(), line: None };
        let known = signed.iter().find(|known| known.party_id == said.party && known.text == said.text);
        known.cloned().unwrap_or_else(new)
    };
    story.commitments.iter().filter(runs).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(all: &[&str], was: &[&str], is: &[&str], whole: bool) -> Vec<String> {
        let mut all: Vec<String> = all.iter().map(|one| (*one).to_owned()).collect();
        let was: Vec<String> = was.iter().map(|one| (*one).to_owned()).collect();
        let is = is.iter().map(|one| ((*one).to_owned(), (*one).to_owned())).collect();
        moved(&mut all, Clone::clone, &was, is, whole);
        all
    }

    #[test]
    fn only_what_the_wordings_say_differently_moves() {
        assert_eq!(after(&["a", "b"], &["a", "b"], &["b", "c"], false), ["b", "c"]);
        // « x » is of people, « b » was left out by them: words that stay say nothing new of either.
        assert_eq!(after(&["x", "a"], &["a", "b"], &["a", "b", "c", "c"], false), ["x", "a", "c"]);
        // A whole article has taken the place of what « x » stood beside.
        assert_eq!(after(&["x", "a"], &["a", "b"], &["b", "a"], true), ["a"]);
        assert_eq!(after(&["x"], &[], &["x"], true), ["x"]);
        assert_eq!(after(&["a"], &["a"], &[], false), [] as [&str; 0]);
    }
}
