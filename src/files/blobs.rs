//! The bytes of files, in pieces, under the SHA-256 of the whole: the same bytes lie once.
//!
//! A blob never changes. One that no file uses any more is dropped by a job, an hour at least after a file last took it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::db::Connection;
use crate::db::schema::{blob_chunks, blobs, files};
use crate::domain::Instant;
use crate::error::Halt;

/// Bytes of a piece: what a download holds in memory.
pub const CHUNK: usize = 256 << 10;
/// Seconds that a blob is kept after it was last taken.
pub const SPARED: i64 = 3600;
/// Blobs dropped in one unit at most.
const SWEEP: i64 = 100;

/// Stores bytes, unless they are there already.
pub fn keep(c: &mut Connection, sha256: &str, bytes: &[u8], now: Instant) -> Result<(), Halt> {
    // Between finding it there and marking it taken, it may be swept: then it is stored again.
    for _ in 0..3 {
        let made =
            diesel::sql_query("INSERT INTO blobs (sha256, size, used_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind::<Text, _>(sha256)
                .bind::<BigInt, _>(i64::try_from(bytes.len()).unwrap_or(i64::MAX))
                .bind::<BigInt, _>(now)
                .execute(c)?;
        if made == 1 {
            for (number, piece) in (0_i64..).zip(bytes.chunks(CHUNK)) {
                diesel::insert_into(blob_chunks::table)
                    .values((
                        blob_chunks::sha256.eq(sha256),
                        blob_chunks::number.eq(number),
                        blob_chunks::bytes.eq(piece),
                    ))
                    .execute(c)?;
            }
            return Ok(());
        }
        if diesel::update(blobs::table.find(sha256)).set(blobs::used_at.eq(now)).execute(c)? == 1 {
            return Ok(());
        }
    }
    Err(Halt::Broken(format!("the blob {sha256} comes and goes")))
}

/// How many pieces a size makes.
pub fn pieces(size: i64) -> i64 {
    let chunk = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    (size + chunk - 1) / chunk
}

/// One piece.
pub fn piece(c: &mut Connection, sha256: &str, number: i64) -> Result<Vec<u8>, Halt> {
    let found: Option<Vec<u8>> =
        blob_chunks::table.find((sha256, number)).select(blob_chunks::bytes).first(c).optional()?;
    found.ok_or_else(|| Halt::Broken(format!("piece {number} of the blob {sha256} is not there")))
}

/// When the blob was last taken that nobody uses for the longest time.
pub fn oldest_unused(c: &mut Connection) -> QueryResult<Option<Instant>> {
    let used = files::table.filter(files::blob.eq(blobs::sha256.nullable()));
    let unused = blobs::table.filter(diesel::dsl::not(diesel::dsl::exists(used)));
    unused.select(diesel::dsl::min(blobs::used_at)).first(c)
}

/// Drops some of what no file uses, and was last taken before a moment. Returns how many.
pub fn sweep(c: &mut Connection, moment: Instant) -> Result<usize, Halt> {
    let dropped = diesel::sql_query(
        "DELETE FROM blobs WHERE used_at < $1 AND sha256 IN (SELECT b.sha256 FROM blobs b WHERE b.used_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM files f WHERE f.blob = b.sha256) ORDER BY b.sha256 LIMIT $2)",
    )
    .bind::<BigInt, _>(moment)
    .bind::<BigInt, _>(SWEEP)
    .execute(c)?;
    Ok(dropped)
}

/// Drops the bytes at once when no other file uses them.
pub fn forget(c: &mut Connection, sha256: &str) -> QueryResult<usize> {
    let used: i64 = files::table.filter(files::blob.eq(Some(sha256))).count().get_result(c)?;
    if used > 0 {
        return Ok(0);
    }
    diesel::delete(blobs::table.find(sha256)).execute(c)
}
