//! What an amendment makes of a text (R06): pure.
//!
//! - [`text`](mod@text): a text as people sign it, its articles and the alinéas of a body;
//! - [`typography`]: finding words whatever the apostrophes and spaces they were typed with;
//! - [`edits`]: applying edits, or saying of each why it does not apply;
//! - [`render`]: the text written out, for people and for the importer; [`mod@diff`]: what changed, word by word;
//! - [`clauses`]: the changes of clauses that follow from two readings of a text;
//! - [`divergence`]: where edits and changes of clauses part;
//! - [`signing`]: when an amendment may be drafted, changed, signed, and what it is on a date.

pub mod clauses;
pub mod diff;
pub mod divergence;
pub mod edits;
pub mod render;
pub mod signing;
pub mod text;
pub mod typography;

pub use clauses::{ClauseChange, ReadClause};
pub use diff::{TextDiff, diff};
pub use edits::{Applied, Edit, Reason, apply};
pub use text::{Text, TextArticle};

#[cfg(test)]
mod tests;
