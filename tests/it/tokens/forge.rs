//! Tokens as an attacker, a faulty issuer or another service would make them.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use diesel::prelude::*;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use ed25519_dalek::{Signer as _, SigningKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use passerelle::db::schema::signing_keys;
use serde_json::{Value, json};

use crate::support::world::{MASTER, PUBLIC_URL};
use crate::support::{Actor, World};

/// The service's own signing key, and one of an attacker.
pub struct Forge {
    pub kid: String,
    pub own: SigningKey,
    pub attacker: SigningKey,
    pub client: String,
    /// Seconds since 1970.
    pub now: i64,
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Forge {
    /// With the only key there is.
    pub fn new(world: &World, client: &Actor) -> Self {
        let kid: String = signing_keys::table.select(signing_keys::kid).first(&mut *world.connection()).unwrap();
        Self::of_kid(world, &kid, client)
    }

    /// Opens the sealed key of the database with the master key of the tests.
    pub fn of_kid(world: &World, kid: &str, client: &Actor) -> Self {
        let kid = kid.to_owned();
        let sealed: String = signing_keys::table
            .find(&kid)
            .select(signing_keys::sealed_private_key)
            .first(&mut *world.connection())
            .unwrap();
        let bytes = STANDARD.decode(sealed).unwrap();
        let (nonce, sealed) = bytes.split_first_chunk::<12>().unwrap();
        let der = Aes256Gcm::new((&MASTER).into())
            .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: kid.as_bytes() })
            .expect("the key opens under its own name with the master key");
        Self {
            kid,
            own: SigningKey::from_pkcs8_der(&der).unwrap(),
            attacker: SigningKey::from_bytes(&[9; 32]),
            client: client.id.to_string(),
            now: world.now().as_micros() / 1_000_000,
        }
    }

    pub fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.kid })
    }

    pub fn claims(&self) -> Value {
        json!({
            "iss": PUBLIC_URL, "aud": PUBLIC_URL, "sub": self.client, "client_id": self.client,
            "iat": self.now, "exp": self.now + 600, "jti": "1", "scope": "account:read",
        })
    }

    /// Signs any header and payload with a key.
    pub fn sign(key: &SigningKey, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", b64(header), b64(payload));
        format!("{message}.{}", b64(key.sign(message.as_bytes()).to_bytes()))
    }

    /// A good token but for its header.
    pub fn with_header(&self, changes: &Value) -> String {
        Self::sign(&self.own, &changed(self.header(), changes).to_string(), &self.claims().to_string())
    }

    /// A good token but for its claims; a null in `changes` takes a claim away.
    pub fn with_claims(&self, changes: &Value) -> String {
        Self::sign(&self.own, &self.header().to_string(), &changed(self.claims(), changes).to_string())
    }

    /// A good token but for its payload.
    pub fn with_payload(&self, payload: &str) -> String {
        Self::sign(&self.own, &self.header().to_string(), payload)
    }

    /// A good token.
    pub fn good(&self) -> String {
        self.with_claims(&json!({}))
    }

    /// HMAC with what anybody may know of the public key as its secret.
    pub fn hmac(&self, algorithm: Algorithm, secret: &[u8]) -> String {
        let header = Header { typ: Some("at+jwt".into()), kid: Some(self.kid.clone()), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, &self.claims(), &EncodingKey::from_secret(secret)).unwrap()
    }

    pub fn public_bytes(&self) -> [u8; 32] {
        self.own.verifying_key().to_bytes()
    }

    pub fn public_pem(&self) -> String {
        let der = self.own.verifying_key().to_public_key_der().unwrap();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der.as_bytes()))
    }

    pub fn jwk(key: &SigningKey) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(key.verifying_key().to_bytes()) })
    }
}

/// An object with members changed; a null takes one away.
pub fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value.clone();
        }
    }
    object
}
