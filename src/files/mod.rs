//! Files: the original of a convention, its signed scan, the proof of a fact.
//!
//! A file is attached to a resource and seen by whoever sees that one; until it is attached, by the organisation that
//! sent it. Its bytes lie in the database ([`blobs`]), so that every replica serves them; they are told by what they are
//! ([`rules`]), never by what they are called, and leave as a download that no browser runs.

pub mod attached;
pub mod blobs;
mod content;
pub mod feed;
pub mod file;
mod http;
pub mod perimeter;
pub mod rules;
mod sending;

pub use file::{FileRow, erase};
pub use http::routes;
pub use sending::FileBytes;

/// Bytes of a file at most: 20 MiB.
pub const FILE_LIMIT: usize = 20 << 20;
