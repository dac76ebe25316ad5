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

#[cfg(test)]
mod tests {
    use std::fs;

    /// A pattern is compiled the first time a text needs it: one that does not compile would panic
    /// on somebody's text, long after the tests.
    #[test]
    fn every_pattern_compiles() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/conventions/import");
        let mut count = 0;
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let source = fs::read_to_string(path).unwrap();
            for (open, close) in [("r\"", "\""), ("r#\"", "\"#")] {
                for (at, _) in source.match_indices(open) {
                    let before = source[..at].trim_end();
                    if !before.ends_with("re!(") && !before.ends_with("compile(") {
                        continue;
                    }
                    let body = &source[at + open.len()..];
                    super::compile(&body[..body.find(close).unwrap()]);
                    count += 1;
                }
            }
        }
        assert!(count > 150, "{count} patterns were found");
    }
}
