//! Entity tags: `"<version>.<digest>"`.
//!
//! `If-None-Match` compares all of it, since a status computed for today changes the representation; `If-Match`
//! compares the version only, since a write depends on what is stored.

use sha2::{Digest, Sha256};

/// The tag of a representation.
pub fn of(version: i64, body: &[u8]) -> String {
    let digest = Sha256::digest(body);
    let mut tag = format!("\"{version}.");
    for byte in &digest[..8] {
        use std::fmt::Write as _;
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// True when one of the tags of an `If-None-Match` header is this one. A proxy that compresses may weaken a tag.
pub fn any_matches(header: &str, tag: &str) -> bool {
    header.split(',').map(str::trim).any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag)
}

/// What an `If-Match` header accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    Any,
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Reads the header; `None` when it is not a list of our tags.
    pub fn parse(header: &str) -> Option<Self> {
        if header.trim() == "*" {
            return Some(Self::Any);
        }
        let tags = header.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        let versions = tags.map(version_of).collect::<Option<Vec<_>>>()?;
        (!versions.is_empty()).then_some(Self::Versions(versions))
    }

    /// True when the version at hand is accepted.
    pub fn accepts(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}

fn version_of(tag: &str) -> Option<i64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    let version = inner.split_once('.').map_or(inner, |(version, _)| version);
    version.parse().ok().filter(|v| *v > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_carries_the_version_and_the_bytes() {
        let tag = of(3, b"{}");
        assert!(tag.starts_with("\"3.") && tag.ends_with('"'), "{tag}");
        assert_ne!(tag, of(3, b"[]"));
        assert!(any_matches(&format!("\"1.x\", W/{tag}"), &tag));
        assert!(any_matches("*", &tag));
        assert!(!any_matches("\"3.0000\"", &tag));
    }

    #[test]
    fn if_match_reads_the_version_only() {
        assert_eq!(IfMatch::parse("\"3.abc\", W/\"4\""), Some(IfMatch::Versions(vec![3, 4])));
        assert_eq!(IfMatch::parse(" * "), Some(IfMatch::Any));
        for bad in ["3", "\"\"", "\"abc\"", "\"-1.x\"", ""] {
            assert_eq!(IfMatch::parse(bad), None, "{bad}");
        }
        assert!(IfMatch::Versions(vec![3]).accepts(3) && !IfMatch::Versions(vec![3]).accepts(2));
    }
}
