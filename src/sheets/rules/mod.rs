//! What the cells of people's sheets mean: pure, and never a guess. What is not certain is no value.

mod dates;
mod encoding;
mod entry;
mod levels;
mod numbers;
mod words;

pub use dates::{date, time};
pub use encoding::windows_1252;
pub use entry::Entry;
pub use levels::{Level, level, parted};
pub use numbers::{decimal, hours, integer};
pub use words::{boolean, code, heading, list};
