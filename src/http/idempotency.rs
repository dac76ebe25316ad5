//! `Idempotency-Key` on POST.
//!
//! The key's row comes first in the transaction, so that a concurrent twin waits for it and then replays what was
//! answered; after 5 s it is told 409. Only committed successes are kept: a refusal rolls the row back with the rest.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use sha2::{Digest, Sha256};

use super::answer::{Answer, Content};
use super::call::Request;
use crate::auth::secret::hex;
use crate::db::schema::idempotency_keys as keys;
use crate::db::types::sql::DbUuid;
use crate::db::{Connection, Json};
use crate::domain::{Id, Instant};
use crate::error::{Halt, Problem, is_failing};

/// Seconds a key is kept: a day at least.
pub const KEPT: i64 = 24 * 3600;

/// How long a request waits for its twin.
const TWIN: Duration = Duration::from_secs(5);

/// A key of one client for one operation.
#[derive(Debug, Clone)]
pub struct Key {
    client: Id,
    method: String,
    path: String,
    value: String,
    fingerprint: String,
}

/// 1 to 200 visible ASCII characters.
pub fn is_well_formed(key: &str) -> bool {
    (1..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
}

impl Key {
    /// The key of a request: on POST, when it is well formed and the body could be read.
    pub fn of(request: &Request) -> Option<Self> {
        let key = request.idempotency_key.as_deref().filter(|k| is_well_formed(k))?;
        let body = request.body.as_ref().ok()?;
        if request.method != Method::POST {
            return None;
        }
        let mut hash = Sha256::new();
        hash.update(request.query.as_bytes());
        hash.update([0]);
        hash.update(request.media_type().unwrap_or_default().as_bytes());
        hash.update([0]);
        hash.update(body);
        Some(Self {
            client: request.caller.client_id,
            method: request.method.to_string(),
            path: request.path.clone(),
            value: key.to_owned(),
            fingerprint: hex(&hash.finalize()),
        })
    }
}

/// Inserts the key's row; a committed twin is replayed, a different request under the same key refused.
pub fn claim(c: &mut Connection, key: &Key, now: Instant) -> Result<(), Halt> {
    if let Connection::Postgres(pg) = c {
        pg.batch_execute(&format!("SET LOCAL lock_timeout = {}", TWIN.as_millis()))?;
    }
    // `status` 0 marks a row whose answer is not known yet: only this very transaction ever sees it.
    let since = std::time::Instant::now();
    let inserted = diesel::sql_query(
        "INSERT INTO idempotency_keys (client_id, method, path, key, fingerprint, status, headers, body, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, 0, '', '', $6) ON CONFLICT DO NOTHING",
    )
    .bind::<DbUuid, _>(key.client)
    .bind::<Text, _>(&key.method)
    .bind::<Text, _>(&key.path)
    .bind::<Text, _>(&key.value)
    .bind::<Text, _>(&key.fingerprint)
    .bind::<BigInt, _>(now)
    .execute(c);
    match inserted {
        Ok(1) => {
            if let Connection::Postgres(pg) = c {
                pg.batch_execute("SET LOCAL lock_timeout = '10s'")?;
            }
            Ok(())
        }
        Ok(_) => replay(c, key),
        // The driver does not say that a lock did not come: what fails after the whole wait for it is taken for that.
        Err(e) if is_failing(&e) && since.elapsed() >= TWIN => {
            Err(Problem::plain("idempotency_in_progress").header("Retry-After", "1").into())
        }
        Err(e) => Err(e.into()),
    }
}

fn replay(c: &mut Connection, key: &Key) -> Result<(), Halt> {
    type Kept = (String, i32, Json<Vec<(String, String)>>, String);
    let kept: Option<Kept> = keys::table
        .find((key.client, &key.method, &key.path, &key.value))
        .select((keys::fingerprint, keys::status, keys::headers, keys::body))
        .first(c)
        .optional()?;
    let Some((fingerprint, status, headers, body)) = kept else {
        // The twin was rolled back, or the row expired, in between: the client may simply send again.
        return Err(Problem::plain("idempotency_in_progress").header("Retry-After", "1").into());
    };
    if fingerprint != key.fingerprint {
        return Err(Problem::plain("idempotency_key_reused").into());
    }
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK);
    let mut answer = Answer::none().with("Idempotency-Replayed", "true");
    answer.status = status;
    for (name, value) in headers.0 {
        if let Some(known) = ["Content-Type", "Location", "ETag"].iter().find(|k| **k == name) {
            answer.headers.push((known, value));
        }
    }
    answer.body = Content::Whole(body.into());
    Err(Halt::Answered(Box::new(answer)))
}

/// Keeps a success beside its key, in the same transaction.
pub fn keep(c: &mut Connection, key: &Key, answer: &Answer) -> Result<(), Halt> {
    let body = match &answer.body {
        Content::Whole(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Content::Pieces(pieces, _) => String::from_utf8(pieces.concat()).unwrap_or_default(),
        Content::Empty | Content::Stream(_) | Content::Sized(..) => String::new(),
    };
    let headers: Vec<(String, String)> = answer.headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    diesel::update(keys::table.find((key.client, &key.method, &key.path, &key.value)))
        .set((keys::status.eq(i32::from(answer.status.as_u16())), keys::headers.eq(Json(headers)), keys::body.eq(body)))
        .execute(c)?;
    Ok(())
}

/// When the oldest key was recorded.
pub fn oldest(c: &mut Connection) -> QueryResult<Option<Instant>> {
    keys::table.select(diesel::dsl::min(keys::recorded_at)).first(c)
}

/// Drops the keys recorded before a moment; returns how many.
pub fn drop_before(c: &mut Connection, moment: Instant) -> QueryResult<usize> {
    diesel::delete(keys::table.filter(keys::recorded_at.lt(moment))).execute(c)
}
