//! The audit: who did what, when, in which request; for the parties what is theirs, for the operator what it keeps.
//!
//! Each act leaves an entry in the transaction of its rows. The entries are linked in the order of the change feed, each
//! holding the hash of the one before ([`chain`]), so that one that is altered or removed shows ([`verify`]). An entry
//! binds a salted digest of its details, what stood before and after: they can be erased, and the chain stays valid.

pub mod chain;
pub mod http;
pub mod verify;
