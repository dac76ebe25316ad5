//! The HTTP contract, built once for every resource.
//!
//! A handler receives a [`call::Call`], whose type names the permission it needs, and answers with an
//! [`answer::Answer`]. What is wrong with the input is kept until its place in the order of checks:
//! 401 → 404/405 of the route → 403 (scope) → 404 (perimeter) → idempotent replay → 406, 413, 415, 400 → 428 → 412 →
//! 422 → 409. [`unit::Unit::accept`] is that order for writes, [`list`] for lists.

pub mod address;
pub mod answer;
pub mod body;
mod borrowed;
pub mod call;
pub mod etag;
pub mod export;
pub mod feeder;
pub mod frame;
pub mod health;
pub mod idempotency;
pub mod limiter;
pub mod list;
pub mod many;
mod mend;
pub mod metrics;
pub mod negotiate;
pub mod params;
pub mod patch;
pub mod problems;
pub mod queue;
pub mod readable;
pub mod room;
pub mod socket;
pub mod strict_json;
pub mod unit;
