//! What the rules say of contacts made with companies. Pure.

pub mod period;
