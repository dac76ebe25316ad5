//! The public keys of an issuer (JWKS, RFC 7517): read when first needed, again at most once a minute for a key that is
//! not known, and in passing when they are old. While the issuer cannot be reached, those read before still count.

use std::sync::{Arc, RwLock};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{Issuer, Trouble};
use crate::auth::tokens::Refusal;
use crate::domain::Instant;
use crate::outbound::Outbound;

/// Seconds between two readings, whoever asks for what key.
const APART: i64 = 60;
/// Seconds between two tries while there is no key at all.
const AGAIN: i64 = 5;
/// Seconds after which the keys are read again in passing: a key withdrawn counts no longer.
const OLD: i64 = 600;
/// Bytes of a document at most.
const LARGEST: u64 = 256 << 10;
/// Bytes of an RSA modulus at least: 2,048 bits.
const RSA_LEAST: usize = 256;

struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    verifying: DecodingKey,
}

/// Keys as they were read.
#[derive(Default)]
struct KeySet {
    keys: Vec<Key>,
    read_at: Option<Instant>,
}

impl KeySet {
    /// The key of a token; without a `kid`, the only one of its algorithm.
    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&DecodingKey> {
        let mut fitting =
            self.keys.iter().filter(|key| key.algorithm == algorithm && (kid.is_none() || key.kid.as_deref() == kid));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(&only.verifying),
            _ => None,
        }
    }
}

/// An issuer and its keys.
pub struct Held {
    pub issuer: Issuer,
    outbound: Outbound,
    set: RwLock<Arc<KeySet>>,
    /// When its keys were last asked for; held while they are.
    tried: Mutex<Option<Instant>>,
}

impl Held {
    pub fn new(issuer: Issuer, outbound: Outbound) -> Self {
        Self { issuer, outbound, set: RwLock::default(), tried: Mutex::default() }
    }

    fn set(&self) -> Arc<KeySet> {
        match self.set.read() {
            Ok(set) => set.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// The key that a token names.
    pub async fn key(
        self: Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
        now: Instant,
    ) -> Result<DecodingKey, Trouble> {
        let set = self.set();
        if let Some(key) = set.find(kid, algorithm) {
            if set.read_at.is_none_or(|at| at.plus_seconds(OLD) < now) {
                actix_web::rt::spawn(async move { self.read(now).await });
            }
            return Ok(key.clone());
        }
        self.read(now).await;
        let set = self.set();
        match set.find(kid, algorithm) {
            Some(key) => Ok(key.clone()),
            None if set.read_at.is_none() => Err(Trouble::Unreachable),
            None => Err(Refusal::UnknownKey.into()),
        }
    }

    /// Reads the keys, unless that was just tried; who comes meanwhile waits for the same reading.
    async fn read(&self, now: Instant) {
        let mut tried = self.tried.lock().await;
        let apart = if self.set().read_at.is_some() { APART } else { AGAIN };
        if tried.is_some_and(|at| now < at.plus_seconds(apart)) {
            return;
        }
        *tried = Some(now);
        let (issuer, outbound) = (self.issuer.clone(), self.outbound.clone());
        let read = actix_web::web::block(move || fetch(&issuer, &outbound)).await;
        match read.map_err(|e| e.to_string()).and_then(|read| read) {
            Ok(keys) => {
                log::info!("issuer {}: {} keys read", self.issuer.issuer, keys.len());
                let set = Arc::new(KeySet { keys, read_at: Some(now) });
                match self.set.write() {
                    Ok(mut held) => *held = set,
                    Err(poisoned) => *poisoned.into_inner() = set,
                }
            }
            Err(why) => log::warn!("issuer {}: its keys cannot be read: {why}", self.issuer.issuer),
        }
    }
}

/// Asks an issuer for its keys. Blocks.
fn fetch(issuer: &Issuer, outbound: &Outbound) -> Result<Vec<Key>, String> {
    let address = match &issuer.jwks_uri {
        Some(address) => address.clone(),
        None => discover(issuer, outbound)?,
    };
    let document = outbound.get_json(&address, LARGEST).map_err(|why| format!("{address}: {why}"))?;
    let listed = document["keys"].as_array().ok_or_else(|| format!("{address}: no member `keys`"))?;
    // A key of a kind that is not known here is no reason to refuse the others.
    Ok(listed.iter().filter_map(|key| usable(key, &issuer.algorithms)).collect())
}

/// Discovery: the document must be the issuer's own.
fn discover(issuer: &Issuer, outbound: &Outbound) -> Result<String, String> {
    let address = format!("{}/.well-known/openid-configuration", issuer.issuer.trim_end_matches('/'));
    let document = outbound.get_json(&address, LARGEST).map_err(|why| format!("{address}: {why}"))?;
    if document["issuer"] != Value::String(issuer.issuer.clone()) {
        return Err(format!("{address}: it is the document of another issuer: {}", document["issuer"]));
    }
    document["jwks_uri"].as_str().map(str::to_owned).ok_or_else(|| format!("{address}: no member `jwks_uri`"))
}

/// A key that verifies signatures by one of the issuer's algorithms.
fn usable(key: &Value, algorithms: &[Algorithm]) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(key.clone()).ok()?;
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if strong(&rsa.n) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let named = key["alg"].as_str().is_none_or(|named| named == format!("{algorithm:?}"));
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let verifies = jwk.common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !(algorithms.contains(&algorithm) && named && signs && verifies) {
        return None;
    }
    Some(Key { kid: jwk.common.key_id.clone(), algorithm, verifying: DecodingKey::from_jwk(&jwk).ok()? })
}

fn strong(modulus: &str) -> bool {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(modulus).unwrap_or_default();
    bytes.iter().skip_while(|byte| **byte == 0).count() >= RSA_LEAST
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_keys_that_verify_by_a_pinned_algorithm() {
        let all = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
        let modulus = |bytes: usize| {
            use base64::Engine as _;
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(vec![0xc1; bytes])
        };
        let rsa = json!({ "kty": "RSA", "kid": "1", "n": modulus(256), "e": "AQAB" });
        let with = |name: &str, value: Value| {
            let mut key = rsa.clone();
            key[name] = value;
            key
        };
        assert!(usable(&rsa, &all).is_some() && usable(&with("use", json!("sig")), &all).is_some());
        assert!(usable(&with("alg", json!("RS256")), &all).is_some());
        for (why, key) in [
            ("weak", with("n", json!(modulus(128)))),
            ("padded", with("n", json!(format!("{}{}", "A".repeat(180), modulus(120))))),
            ("for encryption", with("use", json!("enc"))),
            ("another algorithm", with("alg", json!("RS512"))),
            ("another operation", with("key_ops", json!(["encrypt"]))),
            ("symmetric", json!({ "kty": "oct", "kid": "1", "k": "c2VjcmV0" })),
            ("another curve", json!({ "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA" })),
            ("no key", json!("x")),
        ] {
            assert!(usable(&key, &all).is_none(), "{why}");
        }
        assert!(usable(&rsa, &[Algorithm::EdDSA]).is_none());
    }
}
