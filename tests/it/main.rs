//! The integration tests: one binary, over real HTTP, every test body on SQLite and on PostgreSQL.
//!
//! `cargo test --test it` alone tests SQLite and says so; with `TEST_DATABASE_URL=postgres://…` (a role that may create
//! databases) it tests both. `support` starts the service and speaks the domain; each area of `src/` has its folder or
//! file here.
#![allow(clippy::unwrap_used, clippy::expect_used)]
// a test says what went wrong by failing there
// A test is a list of cases, as long as they are many, and says what it says without ceremony.
#![allow(clippy::too_many_lines, clippy::needless_pass_by_value, clippy::similar_names, clippy::unused_self)]

#[macro_use]
mod support;

mod actions;
mod architecture;
mod audit;
mod authz_coverage;
mod backup;
mod bounds;
mod calendars;
mod changes;
mod clock;
mod companies;
mod compatibility;
mod contract;
mod conventions;
mod delegates;
mod errors;
mod failing;
mod files;
mod grants;
mod idempotency;
mod import;
mod jobs;
mod metrics;
mod migrations;
mod obligations;
mod openapi;
mod organisations;
mod schools;
mod sheets;
mod sockets;
mod stopping;
mod tokens;
mod unseen;
mod validator;
