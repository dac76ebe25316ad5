//! The integration tests: one binary, over real HTTP, every test body on SQLite and on PostgreSQL.
//!
//! `cargo test --test it` alone tests SQLite and says so; with `TEST_DATABASE_URL=postgres://…` (a role that may create
//! databases) it tests both. `support` starts the service and speaks the domain; each area of `src/` has its folder or
//! file here.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test says what went wrong by failing there

#[macro_use]
mod support;

mod authz_coverage;
mod conventions;
mod openapi;
mod organisations;
mod tokens;
mod validator;
