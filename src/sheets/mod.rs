//! Sheets: what people bring, and what they take away.
//!
//! [`sheet`] reads a file (XLSX, CSV, NDJSON) into rows, [`tabs`] finds its headers; [`rules`] says what cells mean. A
//! [`kind`] says which columns there are and what a line of them becomes, a [`mapping`] what somebody else's headers
//! and values mean; [`layout`] brings the three together. [`run`] brings the lines in, each by itself, and [`given`]
//! gives back those that could not come, with the reason, and templates. [`workbook`] writes an XLSX as it is sent.

pub mod given;
pub mod kind;
pub mod kinds;
pub mod layout;
pub mod mapping;
pub mod room;
pub mod rules;
pub mod run;
pub mod sheet;
pub mod tabs;
pub mod workbook;
