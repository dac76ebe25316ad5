//! The keys of the service's own issuer: Ed25519, in the database, the private half sealed by the master key.
//!
//! Made under a lock, so that two replicas started together on an empty database share one key. Rotated by `kid`: a
//! new key is published before it signs, and an old one verifies until the tokens it signed have expired.

use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicI64, Ordering};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};

use crate::db::schema::signing_keys;
use crate::db::{Connection, Database};
use crate::domain::Instant;
use crate::error::Halt;

/// The key that seals what the database must not read: 32 bytes, from the environment or a 0600 file.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Reads the base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| "must be base64".to_owned())?;
        bytes.try_into().map(Self).map_err(|_| "must be 32 bytes: `openssl rand -base64 32`".to_owned())
    }

    /// A new one, with its text.
    pub fn generate() -> Result<(Self, String), String> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|e| e.to_string())?;
        Ok((Self(bytes), STANDARD.encode(bytes)))
    }

    /// Seals bytes under a name: moved to another name they no longer open.
    fn seal(&self, name: &str, secret: &[u8]) -> Result<String, String> {
        let mut nonce = [0_u8; 12];
        getrandom::fill(&mut nonce).map_err(|e| e.to_string())?;
        let cipher = Aes256Gcm::new((&self.0).into());
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: secret, aad: name.as_bytes() })
            .map_err(|_| "a key could not be sealed".to_owned())?;
        Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn unseal(&self, name: &str, sealed: &str) -> Result<Vec<u8>, String> {
        let refused =
            || "the sealed keys do not open: PASSERELLE_MASTER_KEY is not the one that sealed them".to_owned();
        let bytes = STANDARD.decode(sealed).map_err(|_| refused())?;
        let (nonce, sealed) = bytes.split_first_chunk::<12>().ok_or_else(refused)?;
        Aes256Gcm::new((&self.0).into())
            .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() })
            .map_err(|_| refused())
    }
}

/// A row of `signing_keys`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, check_for_backend(crate::db::MultiBackend))]
pub struct StoredKey {
    pub kid: String,
    pub public_key: String,
    pub sealed_private_key: String,
    pub created_at: Instant,
    pub signs_from: Instant,
    pub retired_at: Option<Instant>,
}

/// Seconds a new key is published before it signs, so that every replica knows it by then.
pub const PUBLISHED_BEFORE: i64 = 60;
/// Seconds a retired key still verifies: longer than any token lives.
pub const VERIFIES_AFTER: i64 = 24 * 3600;

/// The keys in use, held in memory and read again when a `kid` is unknown.
pub struct Keyring {
    master: MasterKey,
    keys: RwLock<Keys>,
    /// The latest moment at which a key was asked for, in microseconds.
    asked_until: AtomicI64,
}

#[derive(Default)]
struct Keys {
    stored: Vec<StoredKey>,
    verifying: HashMap<String, DecodingKey>,
    signing: HashMap<String, EncodingKey>,
    read_at: Option<std::time::Instant>,
}

impl Keyring {
    pub fn new(master: MasterKey) -> Self {
        Self { master, keys: RwLock::default(), asked_until: AtomicI64::new(i64::MIN) }
    }

    /// Makes the first key when there is none, then reads them all.
    pub async fn start(&self, db: &Database, now: Instant) -> Result<(), Halt> {
        let master = self.master.clone();
        db.write(true, move |c| {
            lock(c)?;
            if signing_keys::table.count().get_result::<i64>(c)? == 0 {
                insert_new(c, &master, now, now).map_err(Halt::Broken)?;
            }
            Ok(())
        })
        .await?;
        self.reload(db).await
    }

    /// Reads the keys again.
    pub async fn reload(&self, db: &Database) -> Result<(), Halt> {
        let stored = db.read(|c| Ok(load(c)?)).await?;
        let mut keys = Keys { stored: stored.clone(), read_at: Some(std::time::Instant::now()), ..Keys::default() };
        for key in stored {
            let verifying = DecodingKey::from_ed_components(&key.public_key)
                .map_err(|e| Halt::Broken(format!("signing key {}: {e}", key.kid)))?;
            let private = self.master.unseal(&key.kid, &key.sealed_private_key).map_err(Halt::Broken)?;
            keys.verifying.insert(key.kid.clone(), verifying);
            keys.signing.insert(key.kid, EncodingKey::from_ed_der(&private));
        }
        match self.keys.write() {
            Ok(mut held) => *held = keys,
            Err(poisoned) => *poisoned.into_inner() = keys,
        }
        Ok(())
    }

    /// True when the keys were read less than a second ago: an unknown `kid` cannot make every call read the database.
    pub fn fresh(&self) -> bool {
        self.with(|keys| keys.read_at.is_some_and(|at| at.elapsed().as_secs() < 1))
    }

    /// The key that verifies a `kid` at a moment.
    pub fn verifying(&self, kid: &str, now: Instant) -> Option<DecodingKey> {
        self.with(|keys| {
            let stored = keys.stored.iter().find(|k| k.kid == kid)?;
            let live = stored.retired_at.is_none_or(|at| now < at.plus_seconds(VERIFIES_AFTER));
            live.then(|| keys.verifying.get(kid).cloned()).flatten()
        })
    }

    /// The key that signs at a moment: the newest that may, with its `kid`. One that has signed goes on when the clock is set
    /// back.
    pub fn signing(&self, now: Instant) -> Option<(String, EncodingKey)> {
        let asked_until = Instant::from_micros(self.asked_until.fetch_max(now.as_micros(), Ordering::Relaxed));
        self.with(|keys| {
            let begun = |by: Instant| {
                let live = keys.stored.iter().filter(|k| k.retired_at.is_none_or(|at| now < at));
                live.filter(|k| k.signs_from <= by).max_by_key(|k| (k.signs_from, k.kid.clone()))
            };
            let stored = begun(now).or_else(|| begun(asked_until))?;
            Some((stored.kid.clone(), keys.signing.get(&stored.kid)?.clone()))
        })
    }

    /// Seconds until a key signs, from 1 to [`PUBLISHED_BEFORE`], for when none does yet.
    pub fn signs_in(&self, now: Instant) -> i64 {
        let first = self.with(|keys| keys.stored.iter().map(|k| k.signs_from).filter(|from| *from > now).min());
        let wait = first.map_or(PUBLISHED_BEFORE, |from| (from.as_micros() - now.as_micros()) / 1_000_000 + 1);
        wait.clamp(1, PUBLISHED_BEFORE)
    }

    /// The public keys, as a JWK set (RFC 7517, RFC 8037).
    pub fn jwks(&self, now: Instant) -> serde_json::Value {
        self.with(|keys| {
            let published: Vec<_> = keys
                .stored
                .iter()
                .filter(|k| k.retired_at.is_none_or(|at| now < at.plus_seconds(VERIFIES_AFTER)))
                .map(|k| {
                    serde_json::json!({
                        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": k.kid, "x": k.public_key,
                    })
                })
                .collect();
            serde_json::json!({ "keys": published })
        })
    }

    fn with<T>(&self, look: impl FnOnce(&Keys) -> T) -> T {
        match self.keys.read() {
            Ok(keys) => look(&keys),
            Err(poisoned) => look(&poisoned.into_inner()),
        }
    }
}

fn load(c: &mut Connection) -> QueryResult<Vec<StoredKey>> {
    signing_keys::table.order((signing_keys::created_at, signing_keys::kid)).select(StoredKey::as_select()).load(c)
}

/// On PostgreSQL two replicas must not both find the table empty; on SQLite the transaction already holds the lock.
fn lock(c: &mut Connection) -> QueryResult<()> {
    match c {
        Connection::Postgres(c) => c.batch_execute("LOCK TABLE signing_keys IN EXCLUSIVE MODE"),
        Connection::Sqlite(_) => Ok(()),
    }
}

fn insert_new(c: &mut Connection, master: &MasterKey, now: Instant, signs_from: Instant) -> Result<String, String> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|e| e.to_string())?;
    let key = SigningKey::from_bytes(&seed);
    let public = key.verifying_key().to_bytes();
    let kid = URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..12]);
    let der = key.to_pkcs8_der().map_err(|e| e.to_string())?;
    let stored = StoredKey {
        sealed_private_key: master.seal(&kid, der.as_bytes())?,
        public_key: URL_SAFE_NO_PAD.encode(public),
        kid: kid.clone(),
        created_at: now,
        signs_from,
        retired_at: None,
    };
    diesel::insert_into(signing_keys::table).values(&stored).execute(c).map_err(|e| e.to_string())?;
    Ok(kid)
}

/// Publishes a new key and retires the others; returns the new `kid`.
/// The new key signs a minute later, and the old ones until then.
pub fn rotate(c: &mut Connection, master: &MasterKey, now: Instant) -> Result<String, Halt> {
    lock(c)?;
    let signs_from = now.plus_seconds(PUBLISHED_BEFORE);
    diesel::update(signing_keys::table.filter(signing_keys::retired_at.is_null()))
        .set(signing_keys::retired_at.eq(Some(signs_from)))
        .execute(c)?;
    insert_new(c, master, now, signs_from).map_err(Halt::Broken)
}

/// Every key, for `passerelle keys list`.
pub fn list(c: &mut Connection) -> QueryResult<Vec<StoredKey>> {
    load(c)
}
