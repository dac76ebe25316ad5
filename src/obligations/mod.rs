//! The ledger of obligations: who owes what, by when, and where it stands on a date.
//!
//! Duties are computed from the clauses of the text in force and the facts known, by pure rules ([`rules`]: a kind of duty
//! is one file there), as dates that hold on every day; a status is read off them for the day asked. Each write keeps
//! them as rows ([`store`]), for lists over conventions; the ledger of one convention is computed each time, for it may
//! be asked as it was known.
//!
//! - [`obligation`]: what is answered; [`http`]: the ledger of a convention, the list, one of them;
//! - [`mod@evidence`]: the actions that show what is done of a commitment;
//! - [`next`]: the next duty of a convention; [`mod@todo`]: what waits for the caller;
//! - [`reminders`]: what the change feed is told on the days that matter; [`upkeep`]: the rows, computed again.

pub mod evidence;
pub mod http;
pub mod next;
pub mod obligation;
pub mod reminders;
pub mod rules;
pub mod store;
pub mod todo;
pub mod upkeep;

/// Every route of the area.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    http::routes(cfg);
    todo::routes(cfg);
}
