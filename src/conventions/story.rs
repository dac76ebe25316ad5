//! All that the rules see of one convention, as it was known at an instant: its pieces, signatures, amendments and facts,
//! and what they make of its life.

use super::amendments;
use super::amendments::rules::text::plain_number;
use super::content::Pieces;
use super::convention::ConventionRow;
use super::facts::{self, FactRow};
use super::rules::{self, AmendmentFact, CommitmentOf, HeldUnder, LifeFact, Lived, Party, Scene, SignatureFact, Terms};
use super::signatures;
use crate::db::Connection;
use crate::domain::{CivilDate, Instant};
use crate::error::Halt;
use crate::obligations::evidence;

/// A convention and its life.
pub struct Story {
    pub row: ConventionRow,
    pub pieces: Pieces,
    pub parties: Vec<Party>,
    pub signatures: Vec<SignatureFact>,
    pub amendments: Vec<AmendmentFact>,
    /// Every fact recorded, those that count no more included.
    pub facts: Vec<FactRow>,
    /// Those that count.
    pub life: Vec<LifeFact>,
    pub commitments: Vec<CommitmentOf>,
    /// Actions that are evidence of commitments.
    pub held: Vec<HeldUnder>,
    pub lived: Lived,
}

impl Story {
    /// Loads it as known at an instant. The pieces are those of today: they are frozen with the first day in force.
    pub fn load(c: &mut Connection, row: ConventionRow, at: Instant) -> Result<Self, Halt> {
        let pieces = Pieces::load(c, row.id)?;
        let parties = pieces.parties_in_rules();
        let signatures = signatures::known(c, row.id, at)?;
        let amendments = amendments::known(c, row.id, at)?;
        let facts = FactRow::known(c, row.id, at)?;
        let life = facts::life(&facts, &pieces);
        let clauses = pieces.text_clauses();
        let lived = rules::lived(&parties, row.readings(), &clauses, &signatures, &amendments, &life);
        let mut commitments = pieces.commitments(&row);
        for commitment in &mut commitments {
            commitment.until = repealed_on(&lived, &amendments, commitment.article.as_deref()).map(CivilDate::previous);
        }
        let mut story =
            Self { row, pieces, parties, signatures, amendments, facts, life, commitments, held: Vec::new(), lived };
        story.held = evidence::held(c, &story.scene(), story.row.id, at)?;
        Ok(story)
    }

    /// What the rules see.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            parties: &self.parties,
            spans: &self.lived.spans,
            texts: &self.lived.texts,
            facts: &self.life,
            commitments: &self.commitments,
            held: &self.held,
        }
    }

    /// The terms in force on a date.
    pub fn terms_on(&self, on: CivilDate) -> &Terms {
        self.lived.texts.on(on)
    }
}

/// The day from which an amendment in force has repealed an article.
fn repealed_on(lived: &Lived, amendments: &[AmendmentFact], article: Option<&str>) -> Option<CivilDate> {
    let article = plain_number(article?);
    let repeals = |number: i64| {
        let its = amendments.iter().filter(|amendment| amendment.number == number);
        its.flat_map(|amendment| &amendment.repeals).any(|repealed| plain_number(repealed) == article)
    };
    lived.texts.later().iter().find(|text| text.amendment.is_some_and(repeals)).map(|text| text.from)
}
