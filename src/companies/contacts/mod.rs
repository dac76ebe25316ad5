//! Contacts made with companies: when, by what means, for what, with what outcome, and the places obtained by level.
//!
//! A contact is recorded under a convention in force on its day (R34), by the association that is party to it or by an
//! académie within its territory; those two correct their own, and the parties and the ministry read.

pub mod by_level;
pub mod contact;
mod http;
mod list;
pub mod places;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// The routes of contacts.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    http::routes(cfg);
}
