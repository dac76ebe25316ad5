//! The kinds of sheets that can be brought in.

use super::kind::Kind;

/// All kinds, in the order of `--help`.
pub const ALL: &[&Kind] = &[];

/// A kind by its name on the command line.
pub fn named(name: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == name)
}
