//! What an article lets one party do and does not oblige it to (« Le ministère invite ECTI à intervenir… »), through the
//! life of the text: an amendment that takes the words out ends the right the day before, one that puts words in begins it.

use super::amendments::laid::{original, walk};
use super::amendments::rules::Text;
use super::amendments::rules::text::plain_number;
use super::committed::{as_imported, body_of, spoken};
use super::content::Pieces;
use super::convention::ConventionRow;
use super::import;
use super::rules::{AmendmentFact, Lived, RightOf};
use crate::domain::Id;

/// A right, the article that states it, and its words.
struct Followed {
    right: RightOf,
    within: Id,
    words: String,
}

/// Every right of the texts in force one day, each with its first day and its last one.
pub fn rights(row: &ConventionRow, pieces: &Pieces, lived: &Lived, amendments: &[AmendmentFact]) -> Vec<RightOf> {
    let parties = as_imported(pieces);
    let original = original(row, pieces);
    let mut all = stated(&original, pieces, &parties, |article, _, rank| format!("{article}/{rank}"));
    walk(original, lived, amendments, None, |later, amendment, _, text| {
        let at = |_, number: &str, _| format!("{}/{}", amendment.id, plain_number(number).replace(' ', "-"));
        let now = stated(text, pieces, &parties, at);
        let same = |one: &Followed, other: &Followed| (one.within, &one.words) == (other.within, &other.words);
        let running = |known: &Followed| known.right.until.is_none();
        for ended in all.iter_mut().filter(|known| running(known) && !now.iter().any(|stated| same(stated, known))) {
            ended.right.until = Some(later.from.previous());
        }
        for mut begun in now {
            if !all.iter().any(|known| running(known) && same(known, &begun)) {
                // Two articles may have one number, in two parts.
                let under = format!("{}/", begun.right.key);
                let rank = all.iter().filter(|known| known.right.key.starts_with(&under)).count() + 1;
                begun.right.key = format!("{under}{rank}");
                begun.right.from = Some(later.from);
                all.push(begun);
            }
        }
    });
    let ever = |right: &RightOf| right.from.zip(right.until).is_none_or(|(from, until)| from <= until);
    all.into_iter().map(|followed| followed.right).filter(ever).collect()
}

/// What the articles of a text state; the key says where it stands.
fn stated(
    text: &Text,
    pieces: &Pieces,
    parties: &[import::Party],
    place: impl Fn(Id, &str, usize) -> String,
) -> Vec<Followed> {
    let mut all = Vec::new();
    for article in &text.articles {
        for (index, right) in import::rights(body_of(article), parties).into_iter().enumerate() {
            let Some(party) = pieces.parties.get(right.party) else { continue };
            let words = spoken(&right.text);
            let right = RightOf {
                key: format!("right/{}", place(article.id, &article.number, index + 1)),
                article: article.number.clone(),
                party: party.id,
                text: right.text,
                from: None,
                until: None,
            };
            all.push(Followed { right, within: article.id, words });
        }
    }
    all
}
