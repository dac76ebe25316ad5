//! Conventions: a signed text as data.
//!
//! A convention has parties, parts (titres), articles, clauses, axes of cooperation and objectives; together they are
//! one aggregate with one version and, for what is signed, one content hash. It is drafted or imported from its own
//! text ([`import`]: the parser; [`imports`]: what it makes), its clauses are confirmed by people, and its signatures
//! put it in force. From then on the text changes by amendment only.
//!
//! - [`convention`]: what is asked, stored and answered; [`http`]: its operations; [`list`]: its list;
//! - [`store`]: the finder with the caller's perimeter, the lock, the next version;
//! - [`content`]: what a signature binds, and the terms that the clauses state; [`rules`]: when it is in force;
//! - [`feed`]: what the change feed is told of it;
//! - [`parties`], [`parts`], [`articles`], [`clauses`], [`axes`], [`objectives`]: its pieces;
//! - [`amendments`]: edits of a signed text, signed in their turn, laid over it when it is read;
//! - [`signatures`]: records of signatures made on paper; [`records`]: their frame; [`completing`]: what they must respect of other conventions;
//!   [`renewals`]: of the one renewed;
//! - [`committed`]: what the parties commit to, as amendments change it; [`permitted`]: what the text lets each do;
//! - [`tree`]: the national convention above and the territorial ones under; [`links`]: their axes; [`against_parent`]:
//!   what a territorial one changes; [`contacts`]: people of the networks, by territory.

pub mod acts;
mod against_parent;
pub mod amendments;
pub mod articles;
pub mod axes;
pub mod axes_in_force;
pub mod clauses;
mod committed;
mod completing;
pub mod contacts;
pub mod content;
pub mod convention;
mod dossier;
mod draft_pieces;
pub mod facts;
pub mod feed;
pub mod http;
pub mod import;
pub mod imports;
mod links;
pub mod list;
mod lived;
pub mod objectives;
pub mod parties;
pub mod parts;
mod permitted;
mod preamble;
mod records;
pub mod references;
mod renewals;
pub mod rules;
pub mod signatures;
pub mod store;
pub mod story;
mod tree;

pub use convention::{Convention, ConventionRow, NewConvention};

/// Every route of the area.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    imports::routes(cfg);
    list::routes(cfg);
    amendments::routes(cfg);
    http::routes(cfg);
    acts::routes(cfg);
    tree::routes(cfg);
    against_parent::routes(cfg);
    dossier::routes(cfg);
    parties::routes(cfg);
    parts::routes(cfg);
    articles::routes(cfg);
    clauses::routes(cfg);
    axes::routes(cfg);
    objectives::routes(cfg);
    contacts::routes(cfg);
    signatures::routes(cfg);
    facts::routes(cfg);
}
