//! Companies asked to host pupils or to meet them, and each contact made with them (article 3, last items; article 6).
//!
//! A company belongs to the organisation that brought it in, an association or an académie, and an académie sees those of
//! its territory: two owners may keep the same establishment, each with its own people and words. A contact is made under
//! a convention in force on its day; a positive one tells the places obtained by level, of which REP and REP+.
//! Professional data only: addresses at private mail services and whatever points to a pupil are refused (R36).

pub mod company;
pub mod contacts;
mod feed;
mod http;
mod places;
mod rules;
mod store;

use utoipa_actix_web::service_config::ServiceConfig;

pub use store::seen_by;

/// The routes of the area.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    http::routes(cfg);
    contacts::routes(cfg);
}
