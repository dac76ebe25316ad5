//! What tests stand on: a [`World`] with the real service on a fresh database, and actors who call it.
//!
//! ```ignore
//! both!(an_operator_reads_its_account, |world| {
//!     let me = world.operator().get("/v1/me").expect(200);
//!     assert_eq!(me.json["role"], "operator");
//! });
//! ```
//!
//! makes the tests `an_operator_reads_its_account::sqlite` and `…::postgresql`. Every response is held against the
//! OpenAPI document before the test sees it ([`contract`]).

pub mod actors;
pub mod contract;
pub mod databases;
pub mod http;
pub mod raw;
pub mod resources;
pub mod texts;
pub mod world;

#[allow(unused_imports)] // for tests that name them
pub use actors::Actor;
#[allow(unused_imports)]
pub use http::Response;
pub use world::World;

/// Runs one test body on both databases; a middle argument, `|config| …`, changes the configuration first.
#[macro_export]
macro_rules! both {
    ($name:ident, |$world:ident| $body:expr) => {
        both!($name, |_config| {}, |$world| $body);
    };
    ($name:ident, |$config:ident| $change:expr, |$world:ident| $body:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[allow(unused_variables)]
            fn change($config: &mut passerelle::config::Config) {
                $change;
            }

            fn body($world: &$crate::support::World) {
                $body;
            }

            #[test]
            fn sqlite() {
                body(&$crate::support::World::new($crate::support::databases::sqlite(), change));
            }

            #[test]
            fn postgresql() {
                if let Some(database) = $crate::support::databases::postgres() {
                    body(&$crate::support::World::new(database, change));
                }
            }
        }
    };
}
