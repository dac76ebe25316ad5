//! Amendments (avenants; R06): edits of a signed text, signed in their turn, laid over it when it is read.

use crate::conventions::rules::AmendmentFact;
use crate::db::Connection;
use crate::domain::{Id, Instant};
use crate::error::Halt;

/// The amendments of a convention known at an instant, as the rules see them.
pub fn known(_c: &mut Connection, _convention: Id, _at: Instant) -> Result<Vec<AmendmentFact>, Halt> {
    Ok(Vec::new())
}
