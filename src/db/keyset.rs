//! Pages by key, in a form that both databases walk an index for: a row comparison starts where the page does, and a limit
//! that is written in the statement lets PostgreSQL keep its plan (for one that is bound it plans each time anew).

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, SqlType};
use diesel::{Connection, RunQueryDsl};

/// `(column, id) > (start, key)`, or `<`.
#[derive(Debug, Clone, Copy)]
pub struct Beyond<C, I, S, K> {
    columns: (C, I),
    values: (S, K),
    sign: &'static str,
}

/// The rows strictly after one, in the order of a column and then the id; strictly before it when descending.
pub fn beyond<C, I, S, K>(
    columns: (C, I),
    start: S,
    key: K,
    descending: bool,
) -> Beyond<C, I, S::Expression, K::Expression>
where
    C: Expression,
    I: Expression,
    C::SqlType: SqlType + TypedExpressionType,
    I::SqlType: SqlType + TypedExpressionType,
    S: AsExpression<C::SqlType>,
    K: AsExpression<I::SqlType>,
{
    let values = (start.as_expression(), key.as_expression());
    Beyond { columns, values, sign: if descending { ") < (" } else { ") > (" } }
}

impl<C, I, S, K> Expression for Beyond<C, I, S, K>
where
    C: Expression,
    I: Expression,
    S: Expression,
    K: Expression,
{
    type SqlType = Bool;
}

impl<T, C, I, S, K> AppearsOnTable<T> for Beyond<C, I, S, K>
where
    C: AppearsOnTable<T>,
    I: AppearsOnTable<T>,
    S: AppearsOnTable<T>,
    K: AppearsOnTable<T>,
{
}

impl<T, C, I, S, K> SelectableExpression<T> for Beyond<C, I, S, K>
where
    C: SelectableExpression<T>,
    I: SelectableExpression<T>,
    S: SelectableExpression<T>,
    K: SelectableExpression<T>,
{
}

impl<Grouped, C, I, S, K> ValidGrouping<Grouped> for Beyond<C, I, S, K> {
    type IsAggregate = is_aggregate::No;
}

impl<C, I, S, K> QueryId for Beyond<C, I, S, K> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB, C, I, S, K> QueryFragment<DB> for Beyond<C, I, S, K>
where
    DB: Backend,
    C: QueryFragment<DB>,
    I: QueryFragment<DB>,
    S: QueryFragment<DB>,
    K: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.columns.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.columns.1.walk_ast(out.reborrow())?;
        out.push_sql(self.sign);
        self.values.0.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.values.1.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

/// A query that has no limit of its own, and its first rows.
#[derive(Debug)]
pub struct First<Q> {
    pub query: Q,
    pub rows: i64,
}

impl<Q: Query> Query for First<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for First<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C: Connection, Q> RunQueryDsl<C> for First<Q> {}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for First<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(" LIMIT ");
        out.push_sql(&self.rows.to_string());
        Ok(())
    }
}
