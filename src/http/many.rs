//! How the document writes a filter that takes several values.

use std::marker::PhantomData;

use serde_json::Value;
use utoipa::__dev::ComposeSchema; // what generic types are documented by
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::params::MANY;

const UUID: &str = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

/// Values of a type, separated by commas: what [`Params::many`](super::params::Params::many) reads. A form of the document
/// alone.
pub struct Many<T, const MOST: usize = MANY>(PhantomData<T>);

impl<T: PartialSchema, const MOST: usize> ComposeSchema for Many<T, MOST> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let one = one(&serde_json::to_value(T::schema()).unwrap_or_default());
        let more = if MOST > 1 { format!("(,({one})){{0,{}}}", MOST - 1) } else { String::new() };
        let pattern = format!("^({one}){more}$");
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).into()
    }
}

impl<T: PartialSchema, const MOST: usize> ToSchema for Many<T, MOST> {}

/// The pattern of one value.
fn one(schema: &Value) -> String {
    let listed =
        schema["enum"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"));
    let formed =
        || schema["pattern"].as_str().map(|form| form.trim_start_matches('^').trim_end_matches('$').to_owned());
    listed.or_else(formed).unwrap_or_else(|| UUID.to_owned())
}
