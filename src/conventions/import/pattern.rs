//! The one place where a pattern is compiled.
//!
//! Patterns are written against *folded* text (see [`super::fold`]): lower case, no accents, plain
//! apostrophes and dashes. The `regex` crate runs in linear time, so no text can make one hang.

use regex::Regex;

/// Compiles a pattern written in this module's own source.
#[allow(clippy::expect_used, reason = "the pattern is a literal; a test compiles them all")]
pub fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the importer compiles")
}

/// A pattern compiled once: `re!("…")` is a `&'static Regex`. Needs `use super::pattern;`.
macro_rules! re {
    ($pattern:expr) => {{
        static COMPILED: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| pattern::compile($pattern));
        &*COMPILED
    }};
}
