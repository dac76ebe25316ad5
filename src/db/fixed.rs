//! SQL that is always the same text, so that its statement is kept prepared: what `sql_query` and `sql` write may differ
//! each time, and is prepared each time.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Nullable, SqlType, Text};
use diesel::{RunQueryDsl, expression::TypedExpressionType};

use super::record::{NewChange, NewDetails, NewEntry};
use super::types::sql::DbUuid;

/// An expression of a type, the same text each time.
#[derive(Debug, Clone, Copy)]
pub struct Fixed<ST>(&'static str, PhantomData<ST>);

impl<ST> Fixed<ST> {
    pub const fn new(sql: &'static str) -> Self {
        Self(sql, PhantomData)
    }
}

impl<ST: SqlType + TypedExpressionType> Expression for Fixed<ST> {
    type SqlType = ST;
}

impl<ST, T> AppearsOnTable<T> for Fixed<ST> where Self: Expression {}
impl<ST, T> SelectableExpression<T> for Fixed<ST> where Self: Expression {}

impl<ST, Grouped> ValidGrouping<Grouped> for Fixed<ST> {
    type IsAggregate = is_aggregate::No;
}

impl<ST> QueryId for Fixed<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, DB: Backend> QueryFragment<DB> for Fixed<ST> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// The change entry, the audit entry and its details, in one statement: one journey instead of three. PostgreSQL only.
pub(super) struct Recorded<'r> {
    pub change: NewChange<'r>,
    pub entry: NewEntry<'r>,
    pub details: NewDetails,
}

impl QueryId for Recorded<'_> {
    type QueryId = Recorded<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<PgConnection> for Recorded<'_> {}

impl QueryFragment<Pg> for Recorded<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self { change, entry, details } = self;
        out.push_sql(
            "WITH changed AS (INSERT INTO changes (kind, resource_id, version, operation, convention_id, \
             organisation_id, recorded_at, seen_by, was_seen_by) VALUES (",
        );
        out.push_bind_param::<Text, _>(change.kind)?;
        out.push_sql(", ");
        out.push_bind_param::<DbUuid, _>(&change.resource_id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&change.version)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(change.operation)?;
        for id in [&change.convention_id, &change.organisation_id] {
            out.push_sql(", ");
            out.push_bind_param::<Nullable<DbUuid>, _>(id)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&change.recorded_at)?;
        for id in [&change.seen_by, &change.was_seen_by] {
            out.push_sql(", ");
            out.push_bind_param::<Nullable<DbUuid>, _>(id)?;
        }
        out.push_sql(
            ") RETURNING seq), entered AS (INSERT INTO audit_entries (id, change_seq, client_id, request_id, act, \
             details_digest, recorded_at) SELECT ",
        );
        out.push_bind_param::<DbUuid, _>(&entry.id)?;
        out.push_sql(", seq, ");
        out.push_bind_param::<DbUuid, _>(&entry.client_id)?;
        for text in [entry.request_id, entry.act.as_str(), entry.details_digest.as_str()] {
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(text)?;
        }
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&entry.recorded_at)?;
        out.push_sql(" FROM changed) INSERT INTO audit_details (entry_id, salt, before, after) VALUES (");
        out.push_bind_param::<DbUuid, _>(&entry.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(details.salt.as_str())?;
        for text in [&details.before, &details.after] {
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(text)?;
        }
        out.push_sql(")");
        Ok(())
    }
}
