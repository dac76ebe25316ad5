//! What the parties commit to through the life of a text: an amendment takes sentences out of an article and puts others
//! in, and from its day the ledger follows the words in force, no others.

use super::amendments::laid::{original, walk};
use super::amendments::rules::text::{alineas, is_item, plain_number};
use super::amendments::rules::{Edit, Text, TextArticle};
use super::content::Pieces;
use super::convention::ConventionRow;
use super::import;
use super::rules::{AmendmentFact, CommitmentOf, Lived, Terms};
use crate::domain::folded::fold;
use crate::domain::vocabulary::{EditKind, EditTarget};
use crate::domain::{CivilDate, Id};

/// A commitment and the article that it stands in; none in the preamble.
struct Followed {
    said: CommitmentOf,
    within: Option<Id>,
}

/// Every commitment of the texts in force one day, each with its first day and its last one.
pub fn commitments(
    row: &ConventionRow,
    pieces: &Pieces,
    lived: &Lived,
    amendments: &[AmendmentFact],
) -> Vec<CommitmentOf> {
    let article_of = |axis: Option<Id>| pieces.axes.iter().find(|known| Some(known.id) == axis).map(|a| a.article_id);
    let signed = pieces.commitments(row).into_iter();
    let mut all: Vec<Followed> = signed.map(|said| Followed { within: article_of(said.axis), said }).collect();
    walk(original(row, pieces), lived, amendments, None, |later, amendment, before, after| {
        Change { pieces, amendment, terms: &later.terms, from: later.from }.follow(&mut all, before, after);
    });
    let ever = |said: &CommitmentOf| said.from.zip(said.until).is_none_or(|(from, until)| from <= until);
    all.into_iter().map(|followed| followed.said).filter(ever).collect()
}

/// One amendment, on its first day.
struct Change<'a> {
    pieces: &'a Pieces,
    amendment: &'a AmendmentFact,
    /// Those of the text that it makes.
    terms: &'a Terms,
    from: CivilDate,
}

impl Change<'_> {
    fn follow(&self, all: &mut Vec<Followed>, before: &Text, after: &Text) {
        self.section(all, None, before.preamble.as_deref(), after.preamble.as_deref().unwrap_or_default());
        for article in &after.articles {
            let was = before.articles.iter().find(|known| known.id == article.id);
            self.section(all, Some(article), was.map(body_of), body_of(article));
        }
    }

    /// The preamble, or an article: what it says no more ends the day before, what it says now begins.
    fn section(&self, all: &mut Vec<Followed>, article: Option<&TextArticle>, was: Option<&str>, is: &str) {
        let within = article.map(|article| article.id);
        if was == Some(is) {
            return;
        }
        let (before, after) = (spoken(was.unwrap_or_default()), spoken(is));
        for followed in all.iter_mut().filter(|known| known.within == within && known.said.until.is_none()) {
            if !self.stands(&spoken(&followed.said.text), &before, &after, article) {
                followed.said.until = Some(self.from.previous());
            }
        }
        let at = article.map_or_else(|| "preamble".to_owned(), |a| plain_number(&a.number).replace(' ', "-"));
        let key = format!("commitment/{}/{at}", self.amendment.id);
        for stated in import::commitments(is, &as_imported(self.pieces)) {
            let words = spoken(&stated.text);
            let running = |known: &Followed| {
                known.within == within && known.said.until.is_none() && spoken(&known.said.text) == words
            };
            if says(&before, &words) || all.iter().any(running) || self.is_a_clause(article, &stated.text) {
                continue;
            }
            let under = format!("{key}/");
            let rank = all.iter().filter(|known| known.said.key.starts_with(&under)).count() + 1;
            let party = stated.party.and_then(|index| self.pieces.parties.get(index)).map(|party| party.id);
            let said = CommitmentOf {
                key: format!("{key}/{rank}"),
                axis: within.and_then(|id| self.axis_of(id)),
                article: article.map(|article| article.number.clone()),
                party,
                text: stated.text,
                from: Some(self.from),
                until: None,
            };
            all.push(Followed { said, within });
        }
    }

    /// Does the text as amended still say it? Of words that the text never had, as people may sum it up, nothing is known
    /// but that a whole article has taken their place.
    fn stands(&self, words: &str, before: &str, after: &str, article: Option<&TextArticle>) -> bool {
        if says(before, words) {
            return says(after, words);
        }
        if before.contains(words) {
            return after.contains(words);
        }
        let replaces = |edit: &Edit| {
            edit.kind == EditKind::ReplaceArticle
                && match (article, edit.article.as_deref()) {
                    (Some(article), Some(number)) => {
                        // Titre I and Titre II may each have an article 1.
                        let part = || article.part.as_deref().map(fold);
                        plain_number(number) == plain_number(&article.number)
                            && edit.part.as_deref().is_none_or(|named| part() == Some(fold(named)))
                    }
                    (None, _) => edit.target == EditTarget::Preamble,
                    _ => false,
                }
        };
        !after.is_empty() && !self.amendment.edits.iter().any(replaces)
    }

    /// An article that is no axis and states a clause (« L'association informe… six mois avant ») has its own rule; a
    /// commitment there says that it is one.
    fn is_a_clause(&self, article: Option<&TextArticle>, sentence: &str) -> bool {
        let Some(article) = article.filter(|article| self.pieces.axes.iter().all(|axis| axis.article_id != article.id))
        else {
            return false;
        };
        let number = plain_number(&article.number);
        let of = |named: &Option<String>| named.as_deref().map(plain_number).as_ref() == Some(&number);
        let states = self.terms.clauses.iter().any(|clause| !clause.absent && of(&clause.article));
        states && !fold(sentence).contains("s engage")
    }

    /// The axis that an article is.
    fn axis_of(&self, article: Id) -> Option<Id> {
        self.pieces.axes.iter().find(|axis| axis.article_id == article).map(|axis| axis.id)
    }
}

/// The parties, as the readers of sentences know them.
pub fn as_imported(pieces: &Pieces) -> Vec<import::Party> {
    let parties = pieces.parties.iter();
    let read = parties.map(|party| import::Party {
        name: party.name_as_signed.clone(),
        alias: party.alias.clone(),
        ..import::Party::default()
    });
    read.collect()
}

/// What an article says: nothing once it is repealed.
pub fn body_of(article: &TextArticle) -> &str {
    if article.repealed { "" } else { &article.body }
}

/// The words alone, folded, a full stop where a sentence or an alinéa ends: spaces, quotes and marks aside.
pub fn spoken(body: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for alinea in alineas(body) {
        let words = &body[alinea.at];
        let words =
            if is_item(words) { words.trim_start().split_once(' ').map_or("", |(_, rest)| rest) } else { words };
        let sentences = words.split(['.', ';', ':', '!', '?', '…']);
        let folded = sentences.map(|sentence| fold(sentence).chars().filter(|c| c.is_alphanumeric()).collect());
        said.extend(folded.filter(|sentence: &String| !sentence.is_empty()));
    }
    said.join(".")
}

/// Whole sentences: « un forum » is not said by « un forum chaque année ».
fn says(text: &str, words: &str) -> bool {
    format!(".{text}.").contains(&format!(".{words}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_whatever_its_marks() {
        let body = "Objet :\n\n- **L’association** s'engage à « venir » ;\n1. Elle  informe.\n\nFin.";
        let said = |words: &str| says(&spoken(body), &spoken(words));
        assert!(said("L'association s'engage à venir.") && said("elle informe") && said("Fin"));
        assert!(!said("L'association s'engage") && !said("Elle informe fin") && !said("venir ; fin"));
    }
}
