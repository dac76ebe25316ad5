//! Access tokens: ours (RFC 9068) made, all of them verified, and remembered until they expire.
//!
//! Verifying a signature costs as much as a query, so a token once verified is kept by its SHA-256. What a revocation
//! changes is read again after [`RECHECK`]: a revoked client is refused within 30 seconds everywhere.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Tick};

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::caller::Caller;
use super::issuers::Subject;
use super::keys::Keyring;
use crate::domain::{Id, Instant};
use crate::error::{Problem, both};

/// What is known of a client is asked again after this long.
pub const RECHECK: Duration = Duration::from_secs(15);
/// Tokens remembered at most.
const REMEMBERED: usize = 20_000;
/// Seconds by which the clocks of two machines may differ.
const LEEWAY: i64 = 5;
/// Items that their callers list at most, all together.
const ITEMS: usize = 1_000_000;
/// The longest token that is looked at.
const LONGEST: usize = 8 * 1024;

/// Who a verified token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A machine client of this instance.
    Client(Id),
    /// Somebody whom an external issuer knows.
    Subject(Subject),
}

/// What a verified token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub holder: Holder,
    /// Of our own tokens only: those of others say nothing of it here.
    pub scopes: Vec<String>,
    /// Seconds since 1970.
    pub expires: i64,
}

/// Makes a token for a client.
pub fn issue(
    keys: &Keyring,
    issuer: &str,
    client: Id,
    token_id: Id,
    scopes: &[String],
    now: Instant,
    lifetime: i64,
) -> Result<String, String> {
    let (kid, key) = keys.signing(now).ok_or("no signing key")?;
    let issued_at = now.as_micros().div_euclid(1_000_000);
    let claims = json!({
        "iss": issuer, "aud": issuer, "sub": client.to_string(), "client_id": client.to_string(),
        "iat": issued_at, "exp": issued_at + lifetime, "jti": token_id.to_string(), "scope": scopes.join(" "),
    });
    let header = Header { typ: Some("at+jwt".into()), kid: Some(kid), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, &claims, &key).map_err(|e| e.to_string())
}

/// Why a token is refused. The client learns the kind, never which check of ours failed on a forged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Malformed,
    Algorithm,
    UnknownKey,
    Signature,
    Claims(&'static str),
    Expired,
    Audience,
    Issuer,
}

impl Refusal {
    /// The 401 a client reads.
    pub fn problem(self) -> Problem {
        let detail = match self {
            Self::Expired => {
                both("Le jeton est expiré : en demander un autre.", "The token has expired: ask for another.")
            }
            Self::Audience => {
                both("Le jeton est destiné à un autre service.", "The token is meant for another service.")
            }
            Self::Issuer => both("L'émetteur du jeton n'est pas reconnu.", "The token's issuer is not known here."),
            Self::Claims(_) => both(
                "Une revendication du jeton manque ou est mal typée.",
                "A claim of the token is missing or of the wrong type.",
            ),
            Self::Malformed => both("Le jeton n'est pas un JWT lisible.", "The token is not a readable JWT."),
            Self::Algorithm | Self::UnknownKey | Self::Signature => {
                both("La signature du jeton n'est pas reconnue.", "The token's signature is not recognised.")
            }
        };
        refused(detail)
    }
}

/// A 401 with its challenge (RFC 6750).
pub fn refused(detail: crate::domain::Bilingual) -> Problem {
    let challenge =
        format!("Bearer realm=\"passerelle\", error=\"invalid_token\", error_description=\"{}\"", detail.en);
    Problem::new("invalid_token", detail).header("WWW-Authenticate", challenge)
}

/// A token that can be read, and is not verified yet.
#[derive(Debug)]
pub struct Opened {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    /// Lower case; empty when there is none.
    pub typ: String,
    /// Whose it says that it is: chooses the issuer whose keys and rules it is then verified by.
    pub issuer: Option<String>,
}

/// Reads a token without believing it.
pub fn open(token: &str) -> Result<Opened, Refusal> {
    if token.len() > LONGEST {
        return Err(Refusal::Malformed);
    }
    let raw = part(token, 0)?;
    let header = jsonwebtoken::decode_header(token).map_err(|_| match raw.get("alg") {
        // An algorithm that the library does not even know ("none") is an algorithm refused, not a broken token.
        Some(Value::String(_)) => Refusal::Algorithm,
        _ => Refusal::Malformed,
    })?;
    if raw.contains_key("crit") {
        return Err(Refusal::Malformed);
    }
    let issuer = part(token, 1).ok().and_then(|claims| claims.get("iss")?.as_str().map(str::to_owned));
    let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
    Ok(Opened { algorithm: header.alg, kid: header.kid, typ, issuer })
}

/// Checks a token of our own against the pinned algorithm, the keys, and every claim that matters.
pub fn verify(keys: &Keyring, issuer: &str, token: &str, now: Instant) -> Result<Claims, Refusal> {
    let opened = open(token)?;
    if opened.algorithm != Algorithm::EdDSA {
        return Err(Refusal::Algorithm);
    }
    if opened.typ != "at+jwt" && opened.typ != "application/at+jwt" {
        return Err(Refusal::Claims("typ"));
    }
    let key = opened.kid.as_deref().and_then(|kid| keys.verifying(kid, now)).ok_or(Refusal::UnknownKey)?;
    let checked = claims(token, &key, Algorithm::EdDSA, (issuer, issuer), now)?;
    let client_id = checked.subject.parse().map_err(|_| Refusal::Claims("sub"))?;
    if checked.all.contains_key("client_id") && checked.text("client_id")? != checked.subject {
        return Err(Refusal::Claims("client_id"));
    }
    let scopes = if checked.all.contains_key("scope") {
        checked.text("scope")?.split_ascii_whitespace().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    Ok(Claims { holder: Holder::Client(client_id), scopes, expires: checked.expires })
}

/// The claims of a token whose signature is right, whose issuer and audience are those expected, and whose time it is.
pub struct Checked {
    all: Map<String, Value>,
    pub subject: String,
    /// Seconds since 1970.
    pub expires: i64,
}

impl Checked {
    fn text(&self, name: &'static str) -> Result<&str, Refusal> {
        self.all.get(name).and_then(Value::as_str).ok_or(Refusal::Claims(name))
    }
}

/// Verifies the signature, then the claims that every issuer must make.
pub fn claims(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    (issuer, audience): (&str, &str),
    now: Instant,
) -> Result<Checked, Refusal> {
    // Dates are checked below against the injected clock.
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    let all = jsonwebtoken::decode::<Map<String, Value>>(token, key, &validation)
        .map_err(|e| match e.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidAudience => Refusal::Audience,
            jsonwebtoken::errors::ErrorKind::InvalidIssuer => Refusal::Issuer,
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Refusal::Signature,
            jsonwebtoken::errors::ErrorKind::MissingRequiredClaim(_) => Refusal::Claims("required"),
            _ => Refusal::Malformed,
        })?
        .claims;
    check(all, issuer, audience, now)
}

/// The claims, typed: one of the wrong type is refused, never taken as absent.
fn check(claims: Map<String, Value>, issuer: &str, audience: &str, now: Instant) -> Result<Checked, Refusal> {
    let text = |name: &'static str| claims.get(name).and_then(Value::as_str).ok_or(Refusal::Claims(name));
    let number = |name: &'static str| claims.get(name).and_then(Value::as_i64).ok_or(Refusal::Claims(name));
    if text("iss")? != issuer {
        return Err(Refusal::Issuer);
    }
    match claims.get("aud") {
        Some(Value::String(aud)) if aud == audience => {}
        Some(Value::Array(all)) if !all.is_empty() && all.iter().all(Value::is_string) => {
            if !all.iter().any(|aud| aud == audience) {
                return Err(Refusal::Audience);
            }
        }
        Some(Value::String(_)) => return Err(Refusal::Audience),
        _ => return Err(Refusal::Claims("aud")),
    }
    let seconds = now.as_micros().div_euclid(1_000_000);
    let expires = number("exp")?;
    if seconds >= expires {
        return Err(Refusal::Expired);
    }
    for name in ["nbf", "iat"] {
        if claims.contains_key(name) && number(name)? > seconds + LEEWAY {
            return Err(Refusal::Claims(name));
        }
    }
    let subject = text("sub")?.to_owned();
    Ok(Checked { all: claims, subject, expires })
}

/// One of the first two parts of a token, as JSON.
fn part(token: &str, wanted: usize) -> Result<Map<String, Value>, Refusal> {
    use base64::Engine as _;
    let parts: Vec<&str> = token.split('.').collect();
    if parts.len() != 3 {
        return Err(Refusal::Malformed);
    }
    let bytes =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(parts[wanted]).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}

/// Tokens verified so far.
#[derive(Default)]
pub struct TokenCache {
    known: Mutex<HashMap<[u8; 32], Known>>,
    /// Items that the callers of all these tokens list; grows with each one put, and is counted anew when it is too much.
    items: AtomicUsize,
}

#[derive(Clone)]
pub struct Known {
    pub claims: Arc<Claims>,
    pub caller: Arc<Caller>,
    checked: Tick,
    /// When it was last kept, by the clock: set back since, it may have been made on a day that has not come.
    kept_at: Instant,
}

impl Known {
    /// Counts the items that it lists, of some dozen bytes each: a caller for 10,000 schools is no small one.
    fn items(&self) -> usize {
        let caller = &self.caller;
        self.claims.scopes.len() + caller.scopes.len() + caller.territories.len() + caller.uais.len()
    }
}

impl TokenCache {
    /// The key of a token.
    pub fn key(token: &str) -> [u8; 32] {
        Sha256::digest(token.as_bytes()).into()
    }

    /// What is known of a token, and whether its client must be asked for again.
    pub fn get(&self, key: &[u8; 32], now: Instant) -> Option<(Known, bool)> {
        let mut known = self.known.lock().ok()?;
        let found = known.get(key)?;
        let expired = now.as_micros().div_euclid(1_000_000) >= found.claims.expires;
        if expired || now.plus_seconds(LEEWAY) < found.kept_at {
            known.remove(key);
            return None;
        }
        Some((found.clone(), found.checked.elapsed() >= RECHECK))
    }

    /// Remembers a token and the caller it stands for.
    pub fn put(&self, key: [u8; 32], claims: Arc<Claims>, caller: Arc<Caller>, now: Instant) {
        let Ok(mut known) = self.known.lock() else { return };
        let new = Known { claims, caller, checked: Tick::now(), kept_at: now };
        let items = self.items.fetch_add(new.items(), Ordering::Relaxed) + new.items();
        if known.len() >= REMEMBERED || items > ITEMS {
            let seconds = now.as_micros().div_euclid(1_000_000);
            known.retain(|_, k| k.claims.expires > seconds);
            let mut items = known.values().map(Known::items).sum::<usize>() + new.items();
            if known.len() >= REMEMBERED || items > ITEMS / 2 {
                known.clear();
                items = new.items();
            }
            self.items.store(items, Ordering::Relaxed);
        }
        known.insert(key, new);
    }

    /// Forgets a token.
    pub fn remove(&self, key: &[u8; 32]) {
        if let Ok(mut known) = self.known.lock() {
            known.remove(key);
        }
    }

    /// Forgets everything a client or a grant holds: this replica asks again at once, the others within 30 seconds.
    pub fn forget_client(&self, client: Id) {
        if let Ok(mut known) = self.known.lock() {
            known.retain(|_, k| k.caller.client_id != client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary::Role;

    /// Puts tokens of a caller for so many schools; how many tokens and schools the cache then holds.
    fn remember(tokens: usize, schools: usize) -> (usize, usize) {
        let (cache, now) = (TokenCache::default(), Instant::from_micros(0));
        let client = Id::from_bytes([1; 16]);
        let caller = Arc::new(Caller {
            client_id: client,
            subject: None,
            name: String::new(),
            role: Role::School,
            organisation_id: None,
            territories: Vec::new(),
            uais: vec![String::new(); schools],
            scopes: Vec::new(),
        });
        let claims = Arc::new(Claims { holder: Holder::Client(client), scopes: Vec::new(), expires: 600 });
        for n in 0..tokens {
            cache.put(TokenCache::key(&n.to_string()), claims.clone(), caller.clone(), now);
        }
        assert!(cache.get(&TokenCache::key(&(tokens - 1).to_string()), now).is_some());
        let known = cache.known.lock().unwrap();
        (known.len(), known.values().map(Known::items).sum())
    }

    #[test]
    fn the_cache_holds_so_much_and_no_more() {
        assert!(remember(3 * REMEMBERED, 0).0 <= REMEMBERED);
        assert!(remember(5_000, 10_000).1 <= ITEMS);
    }
}
