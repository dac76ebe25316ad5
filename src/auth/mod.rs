//! Who is calling and what they may do.
//!
//! A request carries a bearer JWT; [`tokens`] verifies it with keys of [`keys`], [`caller`] turns it into a
//! [`Caller`], and [`policy`] (pure) says what a caller's role and scopes allow. The service's own issuer gives machine
//! clients ([`clients`]) their tokens ([`oauth`]).

pub mod caller;
pub mod clients;
pub mod grants;
pub mod issuers;
pub mod keys;
pub mod oauth;
pub mod policy;
mod reach;
pub mod secret;
pub mod tokens;

pub use caller::Caller;
