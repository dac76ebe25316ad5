//! Passerelle: a signed partnership convention, as a running system.
//!
//! # The map
//!
//! The house follows the document it serves: a room for each part of a convention, and under them a few rooms that every
//! part uses.
//!
//! - [`domain`]: pure. Civil dates and periods, territories, identifiers, vocabularies, refusals.
//! - [`conventions`]: the text as data, its importer, its signatures; `conventions::rules` says when it is in force.
//! - [`actions`]: what a convention exists for, from the axis to the classroom; `actions::rules` is R30 to R37 and the table of acts.
//! - [`obligations`]: who owes what by when, computed from clauses and facts.
//! - [`calendars`]: the ledger in a calendar program, at a secret address.
//! - [`organisations`]: who signs, and who represents them.
//! - [`schools`]: the ministry's directory of schools, read from its file; schools found by their names.
//! - [`companies`]: those asked to host or to meet pupils, and the contacts made with them.
//! - [`files`]: originals, scans, proofs and their bytes; the dossier of a convention is `conventions::dossier`.
//! - [`changes`]: the feed of what changed, for those who keep in step. [`audit`]: who did it, in a chain of hashes.
//! - [`auth`]: who is calling and what they may do. [`account`] is `/v1/me`, [`mod@reference`] the vocabularies.
//! - [`sheets`]: the sheets that people bring and take away: CSV, XLSX, NDJSON.
//! - [`outbound`]: the one way out of the service.
//! - [`http`]: the contract of every operation, built once: order of checks, pages, patches, idempotency, problems.
//! - [`db`]: the two doors, types, tables, migrations, change and audit entries.
//! - [`cli`]: the program; every command acts through the same functions as the API.
//! - [`aggregate`]: what is versioned as one, and the five operations of its pieces.
//! - [`app`]: the state and the one list of areas; [`server`], [`config`], [`clock`], [`error`], [`openapi`], [`jobs`].
//!
//! "Where is X?" is `src/…/X`, its tests `tests/it/…/X`. "Where is the rule?" is the `rules` of its area.

pub mod account;
pub mod actions;
pub mod aggregate;
pub mod app;
pub mod audit;
pub mod auth;
pub mod calendars;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod companies;
pub mod config;
pub mod conventions;
pub mod db;
pub mod domain;
pub mod error;
pub mod files;
pub mod http;
pub mod jobs;
pub mod obligations;
pub mod openapi;
pub mod organisations;
pub mod outbound;
pub mod reference;
pub mod schools;
pub mod server;
pub mod sheets;
