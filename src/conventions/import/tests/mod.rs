//! Sentences of amendments and conventions that were once misread.

mod amendments;
mod conventions;
