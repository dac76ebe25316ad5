//! All that the rules see of one convention, as it was known at an instant: its pieces, signatures, amendments and facts,
//! and what they make of its life.

use super::amendments;
use super::committed;
use super::content::Pieces;
use super::convention::ConventionRow;
use super::facts::{self, FactRow};
use super::permitted;
use super::rules::{
    self, AmendmentFact, CommitmentOf, HeldUnder, LifeFact, Lived, Party, RightOf, Scene, SignatureFact, Terms,
};
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
    pub rights: Vec<RightOf>,
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
        let commitments = committed::commitments(&row, &pieces, &lived, &amendments);
        let rights = permitted::rights(&row, &pieces, &lived, &amendments);
        let held = Vec::new();
        let mut story =
            Self { row, pieces, parties, signatures, amendments, facts, life, commitments, held, rights, lived };
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
            rights: &self.rights,
        }
    }

    /// The terms in force on a date.
    pub fn terms_on(&self, on: CivilDate) -> &Terms {
        self.lived.texts.on(on)
    }
}
