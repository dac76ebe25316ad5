//! What every room of the house speaks of, before any database or any request exists.
//!
//! This layer is PURE: no file, no clock, no chance of its own. Given the same facts and the same
//! civil date it answers the same thing, on every machine and for ever: that is what lets
//! a status computed in a test, in a list and in an audit ten years later agree.
//!
//! A value of one of these types exists only valid: the edge parses, the rest of the crate trusts.
//!
//! - [`civil`], [`deadline`] and [`instant`]: legal dates, their arithmetic, and moments;
//! - [`ids`] and [`identifiers`]: our own keys, and those the State gives (SIRET, RNA, UAI);
//! - [`territory`]: régions académiques, académies and départements;
//! - [`attachment`]: what a file belongs to;
//! - [`folded`], [`content`] and [`markdown`]: how texts are searched, sealed, and written out;
//! - [`vocabulary`] and [`interpretations`]: the closed lists, and the legal readings one may choose;
//! - [`approval`]: what counts once everyone concerned has approved the same version of it;
//! - [`refusal`]: how a rule says no, so that a clerk can read why;
//! - [`text`]: the form in which texts are kept, and the signs that none may hold;
//! - [`screening`]: what no short text may hold of a person.

pub mod approval;
pub mod attachment;
pub mod bilingual;
pub mod civil;
pub mod content;
pub mod deadline;
pub mod folded;
pub mod hours;
pub mod identifiers;
pub mod ids;
pub mod instant;
pub mod interpretations;
pub mod markdown;
pub mod refusal;
pub mod screening;
pub mod territory;
pub mod text;
mod text_schema;
pub mod vocabulary;

pub use attachment::Attachment;
pub use bilingual::Bilingual;
pub use civil::CivilDate;
pub use deadline::{Deadline, LastDays, Period};
pub use hours::{Hours, TimeOfDay};
pub use ids::Id;
pub use instant::Instant;
pub use refusal::{Flag, Refusal, RefusalKind};
pub use territory::Territory;
