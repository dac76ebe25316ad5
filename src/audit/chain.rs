//! The chain: each entry holds the hash of the one before it. PURE.
//!
//! `hash` is the SHA-256, in lower hexadecimal, of the RFC 8785 form of an entry as it is served, without `hash`,
//! `details` and `client_name`. `details_digest` is a salted digest of the details, which can so be erased without
//! breaking the chain.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::auth::secret::hex;
use crate::domain::{Id, Instant};
use crate::error::Halt;

/// What the first entry names as the hash before it.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What an entry binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub position: i64,
    pub id: Id,
    pub act: String,
    pub kind: String,
    pub resource_id: Id,
    pub version: i64,
    pub convention_id: Option<Id>,
    pub organisation_id: Option<Id>,
    pub client_id: Id,
    pub request_id: String,
    pub recorded_at: Instant,
    pub change_position: i64,
    pub details_digest: String,
    pub previous_hash: String,
}

/// The hash of an entry.
pub fn link(entry: &Entry) -> Result<String, Halt> {
    let form = serde_json_canonicalizer::to_vec(entry).map_err(|e| Halt::Broken(format!("audit: {e}")))?;
    Ok(hex(&Sha256::digest(form)))
}

/// SHA-256 over salt, before and after, each preceded by its length in 8 bytes (all ones for what is absent).
pub fn digest(salt: &str, before: Option<&str>, after: Option<&str>) -> String {
    let mut hash = Sha256::new();
    for piece in [Some(salt), before, after] {
        match piece {
            Some(text) => {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
            None => hash.update(u64::MAX.to_be_bytes()),
        }
    }
    hex(&hash.finalize())
}

/// An entry as it is stored, to be checked.
#[derive(Debug, Clone)]
pub struct Stored {
    pub entry: Entry,
    pub hash: String,
    /// Salt, before, after; none once erased.
    pub details: Option<(String, Option<String>, Option<String>)>,
}

/// What is wrong with a chain: the first bad entry, by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// No entry of that position.
    Missing(i64),
    /// It stands before the first or after the last one: nobody acted, somebody wrote.
    Added(i64),
    /// Its members do not give its hash.
    Altered(i64),
    /// Its details do not give its digest.
    Details(i64),
    /// The next one names another hash: it was replaced whole.
    Replaced(i64),
    /// The chain ends before a position that was once reached.
    Truncated { end: i64, reached: i64 },
    /// The entry of a signed head has another hash now.
    Rewritten(i64),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(n) => write!(f, "audit entry {n} is missing"),
            Self::Added(n) => write!(f, "audit entry {n} was added: the chain has no such place"),
            Self::Altered(n) => write!(f, "audit entry {n} was altered: its members do not give its hash"),
            Self::Details(n) => write!(f, "audit entry {n}: its details were altered, they do not give its digest"),
            Self::Replaced(n) => write!(f, "audit entry {n} was replaced: entry {} names another hash", n + 1),
            Self::Truncated { end, reached } => write!(
                f,
                "the audit is truncated: it ends at entry {end} and had reached {reached}; entry {} is missing",
                end + 1
            ),
            Self::Rewritten(n) => {
                write!(f, "audit entry {n} is not the one of the signed head: the chain was rewritten")
            }
        }
    }
}

/// A walk along the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    pub position: i64,
    pub hash: String,
}

impl Default for Walk {
    fn default() -> Self {
        Self { position: 0, hash: START.to_owned() }
    }
}

impl Walk {
    /// Checks the next entry.
    pub fn step(&mut self, stored: &Stored) -> Result<(), Broken> {
        let entry = &stored.entry;
        let next = self.position + 1;
        if entry.position < 1 {
            return Err(Broken::Added(entry.position));
        }
        if entry.position != next {
            return Err(Broken::Missing(next));
        }
        if !link(entry).is_ok_and(|hash| hash == stored.hash) {
            return Err(Broken::Altered(next));
        }
        if entry.previous_hash != self.hash {
            return Err(if next == 1 { Broken::Altered(1) } else { Broken::Replaced(self.position) });
        }
        if let Some((salt, before, after)) = &stored.details
            && digest(salt, before.as_deref(), after.as_deref()) != entry.details_digest
        {
            return Err(Broken::Details(next));
        }
        self.position = next;
        self.hash.clone_from(&stored.hash);
        Ok(())
    }

    /// Compares the end of the walk with how far the chain is known to have come.
    pub fn end(&self, reached: i64, hash: &str) -> Result<(), Broken> {
        if self.position < reached {
            return Err(Broken::Truncated { end: self.position, reached });
        }
        if self.position == reached && self.hash != hash {
            return Err(Broken::Rewritten(reached));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(position: i64, previous: &str) -> Stored {
        let entry = Entry {
            position,
            id: Id::from_bytes([u8::try_from(position).unwrap(); 16]),
            act: "article.updated".into(),
            kind: "article".into(),
            resource_id: Id::from_bytes([9; 16]),
            version: position,
            convention_id: None,
            organisation_id: None,
            client_id: Id::from_bytes([8; 16]),
            request_id: "r".into(),
            recorded_at: Instant::from_micros(1_000_000),
            change_position: position,
            details_digest: digest("s", None, Some("{}")),
            previous_hash: previous.to_owned(),
        };
        let hash = link(&entry).unwrap();
        Stored { entry, hash, details: Some(("s".into(), None, Some("{}".into()))) }
    }

    fn chain(length: i64) -> Vec<Stored> {
        let mut all: Vec<Stored> = Vec::new();
        for position in 1..=length {
            let previous = all.last().map_or(START.to_owned(), |last| last.hash.clone());
            all.push(stored(position, &previous));
        }
        all
    }

    fn walk(all: &[Stored]) -> Result<Walk, Broken> {
        let mut walk = Walk::default();
        all.iter().try_for_each(|stored| walk.step(stored))?;
        Ok(walk)
    }

    #[test]
    fn the_first_bad_entry_is_named() {
        let good = chain(5);
        assert_eq!(walk(&good).unwrap().position, 5);
        let change = |at: usize, f: fn(&mut Stored)| {
            let mut all = chain(5);
            f(&mut all[at]);
            walk(&all).unwrap_err()
        };
        assert_eq!(change(2, |s| s.entry.act = "article.deleted".into()), Broken::Altered(3));
        assert_eq!(change(0, |s| s.entry.version = 7), Broken::Altered(1));
        assert_eq!(change(2, |s| s.details = Some(("s".into(), None, Some("[]".into())))), Broken::Details(3));
        // Whoever alters an entry and gives it its new hash is betrayed by the next one.
        let forge = |s: &mut Stored| {
            s.entry.version = 7;
            s.hash = link(&s.entry).unwrap();
        };
        assert_eq!(change(2, forge), Broken::Replaced(3));
        let mut all = chain(5);
        all.remove(1);
        assert_eq!(walk(&all).unwrap_err(), Broken::Missing(2));
        let mut all = chain(5);
        all.remove(0);
        assert_eq!(walk(&all).unwrap_err(), Broken::Missing(1));
    }

    #[test]
    fn a_truncated_chain_is_told_from_its_head() {
        let all = chain(5);
        let short = walk(&all[..3]).unwrap();
        assert_eq!(short.end(5, &all[4].hash), Err(Broken::Truncated { end: 3, reached: 5 }));
        assert_eq!(short.end(3, &all[2].hash), Ok(()));
        assert_eq!(short.end(3, &all[4].hash), Err(Broken::Rewritten(3)));
    }

    #[test]
    fn erased_details_leave_the_chain_valid() {
        let mut all = chain(3);
        all[1].details = None;
        assert!(walk(&all).is_ok());
    }
}
