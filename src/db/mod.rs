//! Everything that touches the database: the connection, the two doors, the types, the tables, the migrations.
//!
//! Backend types stay in this folder. Elsewhere a query is written once, against [`Connection`].

pub mod connection;
pub mod doors;
pub mod migrate;
pub mod record;
#[allow(unused_imports, clippy::wildcard_imports, missing_docs)]
pub mod schema;
pub mod types;

pub use connection::{AnyConnection, AnyConnection as Connection, MultiBackend, Target};
pub use doors::{Database, DoorSizes};
pub use types::Json;

/// A condition over any of our tables, boxed.
pub type Condition<T> =
    Box<dyn diesel::expression::BoxableExpression<T, MultiBackend, SqlType = diesel::sql_types::Bool>>;
