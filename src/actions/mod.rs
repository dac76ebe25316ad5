//! Actions: what a convention exists for, from the axis to the classroom.
//!
//! An action comes under an axis of the most local convention in force on its own date (R30), meets pupils of some
//! schools, is requested or proposed, planned, confirmed, held and reported. What it gave is counts and nothing but
//! counts (R36). [`rules`] is pure: what is refused, what is flagged, and the one table of who may do what from which
//! state ([`rules::life`]). [`desk`] looks up what the rules need, once however many actions come together.
//!
//! [`classes`] tells the classes of one school apart; [`shown`] keeps with each row what lists answer; [`labels`] follows
//! companies that are renamed and schools that a directory names; [`cells`] writes in one cell of a sheet what an action has
//! several of; [`mod@todo`] is what waits for a caller.

pub mod action;
mod acts;
mod bulk;
pub mod cells;
pub mod classes;
mod desk;
mod http;
pub mod labels;
mod list;
mod many;
mod merge;
mod new;
mod parts;
mod perimeter;
mod places;
mod results;
mod row;
pub mod rules;
mod sessions;
mod shown;
pub mod todo;
mod totals;
mod write;

use utoipa_actix_web::service_config::ServiceConfig;

pub use action::Action;
pub use acts::actor_at;
pub use desk::{Desk, Shelf};
pub use http::changed;
pub use http::read;
pub use merge::possible_duplicates;
pub use new::{ActionSchool, NewAction};
pub use perimeter::seen_by;
pub use results::Counts;
pub use row::ActionRow;
pub use shown::{FORM, fill as keep_shown};
pub use write::{KIND, make};

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    list::routes(cfg);
    http::routes(cfg);
    bulk::routes(cfg);
    acts::routes(cfg);
    merge::routes(cfg);
}
