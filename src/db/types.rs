//! How domain types lie in a column, once for both databases.
//!
//! `MultiConnection` knows the plain types; ours are bound as one of them. Everything that is a code or an identifier
//! of the field is text, an instant is a BIGINT of microseconds, and an id is `uuid` on PostgreSQL and a 16-byte BLOB
//! on SQLite.

use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Date, HasSqlType, Text};
use diesel::sqlite::Sqlite;
use serde::{Deserialize, Serialize};
use std::io::Write;

use super::connection::{MultiBackend, MultiRawValue};
use crate::domain::civil::{CivilDate, LastDayRule};
use crate::domain::ids::Id;
use crate::domain::instant::Instant;

/// SQL types of our own.
pub mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::{SqlOrd, SqlType};

    /// A UUID: `uuid` on PostgreSQL, 16 bytes on SQLite.
    #[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951))]
    #[diesel(sqlite_type(name = "Binary"))]
    pub struct DbUuid;

    impl SqlOrd for DbUuid {}
}

impl HasSqlType<sql::DbUuid> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<sql::DbUuid>(lookup)
    }
}

/// What `#[derive(AsExpression, FromSqlRow)]` would write, kept out of the pure domain.
macro_rules! column {
    ($({$($generic:tt)*})? $ty:ty as $st:ty $(where $($bound:tt)*)?) => {
        column!(@expression {$($($generic)*)?} $ty, $st, $ty, {$($($bound)*)?});
        column!(@expression {$($($generic)*)?} $ty, diesel::sql_types::Nullable<$st>, $ty, {$($($bound)*)?});
        impl<'e, $($($generic)*)?> diesel::expression::AsExpression<$st> for &'e $ty $(where $($bound)*)? {
            type Expression = diesel::internal::derives::as_expression::Bound<$st, Self>;
            fn as_expression(self) -> Self::Expression { diesel::internal::derives::as_expression::Bound::new(self) }
        }
        impl<'e, $($($generic)*)?> diesel::expression::AsExpression<diesel::sql_types::Nullable<$st>> for &'e $ty $(where $($bound)*)? {
            type Expression = diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<$st>, Self>;
            fn as_expression(self) -> Self::Expression { diesel::internal::derives::as_expression::Bound::new(self) }
        }
        impl<$($($generic)*,)? DB> ToSql<diesel::sql_types::Nullable<$st>, DB> for $ty
        where
            DB: diesel::backend::Backend,
            Self: ToSql<$st, DB>,
            $($($bound)*)?
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <Self as ToSql<$st, DB>>::to_sql(self, out)
            }
        }
        impl<$($($generic)*)?> ToSql<$st, MultiBackend> for $ty $(where $($bound)*)? {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((<$st>::default(), self));
                Ok(IsNull::No)
            }
        }
        impl<$($($generic)*)?> diesel::deserialize::Queryable<$st, MultiBackend> for $ty $(where $($bound)*)? {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
        }
    };
    (@expression {$($generic:tt)*} $ty:ty, $st:ty, $me:ty, {$($bound:tt)*}) => {
        impl<$($generic)*> diesel::expression::AsExpression<$st> for $ty where $($bound)* {
            type Expression = diesel::internal::derives::as_expression::Bound<$st, Self>;
            fn as_expression(self) -> Self::Expression { diesel::internal::derives::as_expression::Bound::new(self) }
        }
    };
}

column!(Id as sql::DbUuid);

impl ToSql<sql::DbUuid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<sql::DbUuid, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <[u8] as ToSql<Binary, Sqlite>>::to_sql(self.as_bytes(), out)
    }
}

impl FromSql<sql::DbUuid, MultiBackend> for Id {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        let raw = match bytes {
            MultiRawValue::Sqlite(value) => <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?,
            MultiRawValue::Postgres(value) => value.as_bytes().to_vec(),
        };
        Ok(Id::from_bytes(raw.as_slice().try_into()?))
    }
}

column!(Instant as BigInt);

impl ToSql<BigInt, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <i64 as ToSql<BigInt, Pg>>::to_sql(&self.as_micros(), &mut out.reborrow())
    }
}

impl ToSql<BigInt, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<BigInt, MultiBackend> for Instant {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<i64, BigInt>().map(Instant::from_micros)
    }
}

column!(CivilDate as Date);

impl ToSql<Date, Pg> for CivilDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <chrono::NaiveDate as ToSql<Date, Pg>>::to_sql(&self.naive(), &mut out.reborrow())
    }
}

impl ToSql<Date, Sqlite> for CivilDate {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Date, MultiBackend> for CivilDate {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<chrono::NaiveDate, Date>().map(CivilDate::from_naive)
    }
}

/// A type whose column is its text form: `Display` out, `FromStr` in.
macro_rules! text_column {
    ($($ty:ty),+ $(,)?) => {$(
        column!($ty as Text);

        impl ToSql<Text, Pg> for $ty {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                write!(out, "{self}")?;
                Ok(IsNull::No)
            }
        }

        impl ToSql<Text, Sqlite> for $ty {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.to_string());
                Ok(IsNull::No)
            }
        }

        impl FromSql<Text, MultiBackend> for $ty {
            fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
                let text = bytes.from_sql::<String, Text>()?;
                text.parse().map_err(|_| format!("{text:?} is no {}", stringify!($ty)).into())
            }
        }
    )+};
}
text_column!(
    LastDayRule,
    crate::domain::identifiers::Siret,
    crate::domain::identifiers::Naf,
    crate::domain::identifiers::Rna,
    crate::domain::identifiers::Uai,
    crate::domain::territory::Territory,
    crate::domain::attachment::Attachment,
    crate::domain::vocabulary::FilePurpose,
    crate::domain::vocabulary::FactKind,
    crate::domain::vocabulary::FactAnswer,
    crate::domain::vocabulary::ConventionStatus,
    crate::domain::vocabulary::DutyNature,
    crate::domain::vocabulary::DutyStatus,
    crate::domain::vocabulary::Role,
    crate::domain::vocabulary::OrganisationKind,
    crate::domain::vocabulary::AccreditationLevel,
    crate::domain::vocabulary::ConventionLevel,
    crate::domain::vocabulary::Side,
    crate::domain::vocabulary::ClauseKind,
    crate::domain::vocabulary::Network,
    crate::domain::vocabulary::ActionKind,
    crate::domain::vocabulary::ActionOrigin,
    crate::domain::vocabulary::ActionStatus,
    crate::domain::vocabulary::Programme,
    crate::domain::vocabulary::EducationPriority,
    crate::domain::vocabulary::SchoolKind,
    crate::domain::vocabulary::SchoolSector,
    crate::domain::vocabulary::ContactMeans,
    crate::domain::vocabulary::ContactOutcome,
    crate::domain::vocabulary::ContactPurpose,
);

/// A value kept as JSON text: loaded and saved whole, never queried.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

column!({T} Json<T> as Text where T: std::fmt::Debug + Serialize + serde::de::DeserializeOwned + Send + Sync + 'static);

impl<T: Serialize + std::fmt::Debug> ToSql<Text, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T: Serialize + std::fmt::Debug> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: for<'de> Deserialize<'de>> FromSql<Text, MultiBackend> for Json<T> {
    fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
        let text = bytes.from_sql::<String, Text>()?;
        Ok(Json(serde_json::from_str(&text)?))
    }
}

impl<T: utoipa::PartialSchema> utoipa::PartialSchema for Json<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        T::schema()
    }
}

impl<T: utoipa::ToSchema> utoipa::ToSchema for Json<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::name()
    }
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        T::schemas(schemas);
    }
}
