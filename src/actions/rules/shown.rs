//! Who reads the count of pupils with a disability exactly (R36).

use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A count that may be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protected {
    Exact(u32),
    /// 1 to 4: `lt5`.
    Few,
}

impl Protected {
    /// A count as a reader sees it: null, 0, `lt5` or 5 and more, unless it is theirs to know.
    pub fn of(count: Option<u32>, exact: bool) -> Option<Self> {
        count.map(|count| if exact || !(1..5).contains(&count) { Self::Exact(count) } else { Self::Few })
    }
}

impl Serialize for Protected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(count) => serializer.serialize_u32(*count),
            Self::Few => serializer.serialize_str("lt5"),
        }
    }
}

impl PartialSchema for Protected {
    fn schema() -> RefOr<Schema> {
        let count = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).minimum(Some(0));
        let few = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(["lt5"]));
        RefOr::T(Schema::OneOf(
            OneOfBuilder::new()
                .item(count)
                .item(few)
                .description(Some(
                    "A count; `lt5` for 1 to 4 outside the school, its académie and the association (R36).",
                ))
                .build(),
        ))
    }
}

impl ToSchema for Protected {}

/// What a reader is to an action: which of its small counts are theirs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// The association: all of them.
    All,
    /// An académie, by the codes of its académies: those of its schools; the totals when all schools are its own.
    Academies(Vec<String>),
    /// A school: its own; the totals when it is alone.
    Schools(Vec<String>),
    /// Anybody else: none.
    None,
}

impl Sight {
    /// May it know the small count of one school?
    pub fn of_school(&self, uai: &str, academie: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Academies(mine) => academie.is_some_and(|code| mine.iter().any(|known| known == code)),
            Self::Schools(mine) => mine.iter().any(|known| known == uai),
            Self::None => false,
        }
    }
}
