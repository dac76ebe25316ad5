//! A real issuer on loopback: discovery and keys over HTTP, and tokens of any making.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use passerelle::auth::issuers::{self, Issuer};
use passerelle::outbound::rules::Allowed;
use serde_json::{Value, json};

use crate::support::world::{NOW, PUBLIC_URL};
use crate::tokens::forge::{Forge, b64, changed};

/// The audience of its tokens for this service.
pub const AUDIENCE: &str = "passerelle-tests";
/// An issuer that nobody answers for.
pub const GONE: &str = "http://127.0.0.1:1/gone";

const RSA: &[u8] = include_bytes!("rs256.pem");
const RSA_MODULUS: &str = "ylvdi0pcLCJYfDv6WsppyMom26hH0j_h2EBBTKPFqILmGhiIX-2qPcdb-ec_gim7GCpxjD005PPFsWslVr1xINlpnAq2RRT37hokyhGwsXn1ZY_qdoG51YyjrL1RDQNlWxgHtg81Jhx1TtGptWRNqQqKMoqs6bnhGyLiHirTlhB8mDUhOdwmJWRYJNzvzZvlIceL0IZSuFHxAK0jQS9g0rxQE6eyb6Y56Eif22L4wCZiWIirXLU53RkAlNL4fEfOkaVzWu400qJg4aZpqrkn0scA9nRTIvSg0qKU005Mri9ywwObMvs54-ClYak4wYab1_R-hlDBkHcMmM-BsjNmxw";
const EC: &[u8] = include_bytes!("es256.pem");
const EC_POINT: [&str; 2] =
    ["WnFvpkkG6cbeywobfABC-7STor2ixxP7qvy5k7vKsKc", "jOfxBC6aaEOVNHGgcyqlkRKGVKdZ8c1FyzFtR1E_nZY"];

/// The issuers of one server, told apart by the first component of their path.
pub struct TestIssuer {
    port: u16,
    /// Times that the keys of `rotating` were asked for.
    pub asked: AtomicUsize,
    /// Which key `rotating` has now; an odd hundred and more: it is down.
    pub generation: AtomicUsize,
}

/// The key of a generation of `rotating`; generation 0 is the key of all the others.
fn ed25519(generation: usize) -> SigningKey {
    SigningKey::from_bytes(&[40 + u8::try_from(generation).unwrap(); 32])
}

/// Started once, for every test of the run.
pub fn issuer() -> &'static TestIssuer {
    static ONE: OnceLock<&'static TestIssuer> = OnceLock::new();
    ONE.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let one: &'static TestIssuer =
            Box::leak(Box::new(TestIssuer { port, asked: AtomicUsize::new(0), generation: AtomicUsize::new(0) }));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || one.answer(stream));
            }
        });
        one
    })
}

/// What the tests' services may call.
pub fn allowed() -> Allowed {
    format!("127.0.0.1:{},127.0.0.1:1", issuer().port).parse().unwrap()
}

/// The issuers that the tests' services are configured with.
pub fn issuers() -> Vec<Issuer> {
    let one = issuer();
    let all = json!(["EdDSA", "ES256", "RS256"]);
    let every = json!({ "roles": ["operator", "ministry", "association", "academie", "school", "observer"] });
    let cap = json!({
        "roles": ["academie", "association", "school"], "territories": ["academie:25"],
        "scopes": ["account:read", "conventions:read", "conventions:write"],
    });
    let of = |issuer: String, algorithms: &Value, cap: &Value| json!({ "issuer": issuer, "audience": AUDIENCE, "algorithms": algorithms, "cap": cap });
    let mut keys_named = of(one.name("named"), &json!(["RS256"]), &every);
    keys_named["jwks_uri"] = json!(one.name("named/keys"));
    let text = json!([
        of(one.name("main"), &all, &every),
        of(one.name("capped"), &json!(["EdDSA"]), &cap),
        of(one.name("rotating"), &json!(["EdDSA"]), &every),
        of(one.name("liar"), &all, &every),
        of(one.name("moved"), &all, &every),
        keys_named,
        of(GONE.into(), &all, &every),
    ]);
    issuers::read(&text.to_string(), PUBLIC_URL).unwrap()
}

impl TestIssuer {
    /// The `iss` of one of its issuers.
    pub fn name(&self, which: &str) -> String {
        format!("http://127.0.0.1:{}/{which}", self.port)
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else { return };
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let which = path.split('/').nth(1).unwrap_or_default().to_owned();
        let discovery = path.ends_with("/.well-known/openid-configuration");
        let generation = self.generation.load(Ordering::SeqCst);
        let (status, location, body) = match which.as_str() {
            "rotating" if discovery && generation >= 100 => ("503 Service Unavailable", "", json!({})),
            "liar" if discovery => {
                ("200 OK", "", json!({ "issuer": self.name("main"), "jwks_uri": self.name("main/keys") }))
            }
            // A redirect is not followed, wherever it leads.
            "moved" => ("302 Found", "Location: /main/keys\r\n", json!({})),
            _ if discovery => {
                let name = self.name(&which);
                ("200 OK", "", json!({ "issuer": name, "jwks_uri": format!("{name}/keys") }))
            }
            "rotating" => {
                self.asked.fetch_add(1, Ordering::SeqCst);
                let mut key = Forge::jwk(&ed25519(generation));
                key["kid"] = json!(format!("g{generation}"));
                ("200 OK", "", json!({ "keys": [key] }))
            }
            _ => ("200 OK", "", keys()),
        };
        let body = body.to_string();
        let _ = write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{location}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }

    /// Claims as a well-behaved issuer makes them, at the time of the tests.
    pub fn claims(&self, which: &str, subject: &str) -> Value {
        let now: passerelle::domain::Instant = NOW.parse().unwrap();
        let now = now.as_micros() / 1_000_000;
        json!({
            "iss": self.name(which), "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 100_000_000,
        })
    }

    /// A token of `main` for a subject, with other claims beside.
    pub fn token(&self, subject: &str, changes: &Value) -> String {
        sign(&json!({}), &changed(self.claims("main", subject), changes))
    }

    /// A token of another of its issuers.
    pub fn token_of(&self, which: &str, subject: &str, changes: &Value) -> String {
        sign(&json!({}), &changed(self.claims(which, subject), changes))
    }

    /// A token of `main` for `somebody`, with its claims changed.
    pub fn signed(&self, changes: &Value) -> String {
        self.token("somebody", changes)
    }

    /// A token of `rotating` by the key of a generation.
    pub fn rotated(&self, generation: usize) -> String {
        // Each another one: a token once verified is remembered.
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let header = json!({ "alg": "EdDSA", "kid": format!("g{generation}") });
        let mut claims = self.claims("rotating", "somebody");
        claims["jti"] = json!(MADE.fetch_add(1, Ordering::SeqCst).to_string());
        Forge::sign(&ed25519(generation), &header.to_string(), &claims.to_string())
    }

    /// A token of `main` by one of its other keys.
    pub fn by(&self, algorithm: Algorithm, subject: &str) -> String {
        let (kid, key) = match algorithm {
            Algorithm::RS256 => ("rs", EncodingKey::from_rsa_pem(RSA).unwrap()),
            _ => ("es", EncodingKey::from_ec_pem(EC).unwrap()),
        };
        let header = Header { kid: Some(kid.into()), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, &self.claims("main", subject), &key).unwrap()
    }

    /// The same by HMAC, with what anybody knows of the RSA key as its secret.
    pub fn hmac(&self, subject: &str) -> String {
        let header = Header { kid: Some("rs".into()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &self.claims("main", subject), &EncodingKey::from_secret(RSA_MODULUS.as_bytes()))
            .unwrap()
    }
}

/// Signs with the Ed25519 key that all but `rotating` share.
pub fn sign(header: &Value, claims: &Value) -> String {
    let header = changed(json!({ "alg": "EdDSA", "typ": "JWT", "kid": "ed" }), header);
    Forge::sign(&ed25519(0), &header.to_string(), &claims.to_string())
}

/// Three keys, among others that must not be believed or that cannot be read.
fn keys() -> Value {
    let mut ed = Forge::jwk(&ed25519(0));
    ed["kid"] = json!("ed");
    let mut for_encryption = Forge::jwk(&ed25519(9));
    for_encryption["kid"] = json!("enc");
    for_encryption["use"] = json!("enc");
    json!({ "keys": [
        { "kty": "oct", "kid": "secret", "k": b64("secret") },
        { "kty": "new-kind", "kid": "?" },
        for_encryption,
        ed,
        { "kty": "RSA", "kid": "rs", "use": "sig", "alg": "RS256", "n": RSA_MODULUS, "e": "AQAB" },
        { "kty": "EC", "crv": "P-256", "kid": "es", "use": "sig", "x": EC_POINT[0], "y": EC_POINT[1] },
    ] })
}

/// A token by the key that is published for encryption.
pub fn by_the_key_for_encryption(claims: &Value) -> String {
    Forge::sign(&ed25519(9), &json!({ "alg": "EdDSA", "kid": "enc" }).to_string(), &claims.to_string())
}
