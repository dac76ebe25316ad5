//! Organisations: who signs conventions, and who represents them.
//!
//! An organisation is told apart by its SIRET or its RNA number, never by its name: the importer matches parties by
//! those alone, and proposes a new *unverified* organisation otherwise. An association's accreditation (agrément) has a
//! level and dates. Representatives belong to their organisation and share its version.

mod feed;
mod http;
pub mod organisation;
pub mod representatives;
mod unique;

pub use http::routes;
pub use organisation::{NewOrganisation, Organisation};
