//! What schools are called and what they are: pure.

pub mod kinds;
pub mod names;
pub mod scoring;
