//! Leases: a job belongs to one replica until its lease ends, by the database's clock. Nothing is held in a session, so
//! that a pooler may stand between.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::db::Connection;

/// The database's own time, in microseconds: the clocks of replicas may differ.
fn now_sql(c: &Connection) -> &'static str {
    match c {
        Connection::Sqlite(_) => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
        Connection::Postgres(_) => "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)",
    }
}

/// Makes the row of a job, unless it is there.
pub fn register(c: &mut Connection, name: &str) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO jobs (name, owner, lease_until, next_at, runs, failures) VALUES ($1, '', 0, 0, 0, 0) \
         ON CONFLICT DO NOTHING",
    )
    .bind::<Text, _>(name)
    .execute(c)
}

/// Takes a job that is due and that nobody holds; true when it is ours for `seconds`. What lies further ahead than a lease, or
/// than the seconds from one run to the next (`every`), was written by a clock that was ahead: it counts as due.
pub fn take(c: &mut Connection, name: &str, owner: &str, seconds: i64, every: i64) -> QueryResult<bool> {
    let now = now_sql(c);
    let taken = diesel::sql_query(format!(
        "UPDATE jobs SET owner = $1, lease_until = {now} + $2, started_at = {now} \
         WHERE name = $3 AND (lease_until < {now} OR lease_until > {now} + $2) \
         AND (next_at <= {now} OR next_at > {now} + $4)"
    ))
    .bind::<Text, _>(owner)
    .bind::<BigInt, _>(seconds * 1_000_000)
    .bind::<Text, _>(name)
    .bind::<BigInt, _>(every * 1_000_000)
    .execute(c)?;
    Ok(taken == 1)
}

/// Holds on to a job; false when it was lost: another replica may run it by now.
pub fn renew(c: &mut Connection, name: &str, owner: &str, seconds: i64) -> QueryResult<bool> {
    let now = now_sql(c);
    let kept = diesel::sql_query(format!(
        "UPDATE jobs SET lease_until = {now} + $1 WHERE name = $2 AND owner = $3 AND lease_until >= {now}"
    ))
    .bind::<BigInt, _>(seconds * 1_000_000)
    .bind::<Text, _>(name)
    .bind::<Text, _>(owner)
    .execute(c)?;
    Ok(kept == 1)
}

/// Gives a job back: done, and due again after `seconds`.
pub fn finish(c: &mut Connection, name: &str, owner: &str, seconds: i64) -> QueryResult<usize> {
    let now = now_sql(c);
    diesel::sql_query(format!(
        "UPDATE jobs SET lease_until = 0, next_at = {now} + $1, last_ok = {now}, last_error = NULL, runs = runs + 1 \
         WHERE name = $2 AND owner = $3"
    ))
    .bind::<BigInt, _>(seconds * 1_000_000)
    .bind::<Text, _>(name)
    .bind::<Text, _>(owner)
    .execute(c)
}

/// Gives a job back that did not do its work: tried again after `seconds`.
pub fn fail(c: &mut Connection, name: &str, owner: &str, seconds: i64, why: &str) -> QueryResult<usize> {
    let now = now_sql(c);
    diesel::sql_query(format!(
        "UPDATE jobs SET lease_until = 0, next_at = {now} + $1, last_error = $2, failures = failures + 1 \
         WHERE name = $3 AND owner = $4"
    ))
    .bind::<BigInt, _>(seconds * 1_000_000)
    .bind::<Text, _>(why)
    .bind::<Text, _>(name)
    .bind::<Text, _>(owner)
    .execute(c)
}

/// Says that a job held on to is alive and well.
pub fn mark(c: &mut Connection, name: &str, owner: &str) -> QueryResult<usize> {
    let now = now_sql(c);
    diesel::sql_query(format!("UPDATE jobs SET last_ok = {now}, last_error = NULL WHERE name = $1 AND owner = $2"))
        .bind::<Text, _>(name)
        .bind::<Text, _>(owner)
        .execute(c)
}

/// Gives everything back at once, when this replica stops: the others need not wait for the leases.
pub fn release(c: &mut Connection, owner: &str) -> QueryResult<usize> {
    diesel::sql_query("UPDATE jobs SET lease_until = 0 WHERE owner = $1").bind::<Text, _>(owner).execute(c)
}
