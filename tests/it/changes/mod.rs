//! The change feed: what a follower ends with is what the lists say, for every role, whatever happens.

mod cursor;
pub mod follower;
mod perimeter;
mod writers;
