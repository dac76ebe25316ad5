//! The commitments that one passage states: what an amendment puts in an article is read as an import reads it.

use super::draft::Commitment;
use super::report::Party;
use super::{axes, lines, passages};

/// Sentences of a body, as Markdown, in which a party, or all of them, commit to something.
pub fn commitments(body: &str, parties: &[Party]) -> Vec<Commitment> {
    let lines = lines::read(body);
    axes::commitments(&passages::passage(&lines, None, None, None, None, String::new()), parties)
}
