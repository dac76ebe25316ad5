//! The schema of the types that travel as one string (dates, codes, identifiers).

use serde_json::Value;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// What the document says of such a string.
#[derive(Default)]
pub struct Text {
    /// In words.
    pub description: &'static str,
    /// One value that passes.
    pub example: &'static str,
    /// ECMA 262 pattern, when the form is fixed.
    pub pattern: Option<&'static str>,
    /// `date`, `date-time`, `uuid`.
    pub format: Option<&'static str>,
}

impl Text {
    /// The schema object.
    pub fn schema(self) -> RefOr<Schema> {
        let object: Object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(self.format.map(|name| SchemaFormat::Custom(name.to_owned())))
            .pattern(self.pattern)
            .description(Some(self.description))
            .examples([Value::from(self.example)])
            .build();
        RefOr::T(Schema::Object(object))
    }
}
