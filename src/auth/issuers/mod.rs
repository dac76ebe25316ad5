//! External issuers: whose tokens are verified here besides our own (a rectorat's single sign-on).
//!
//! They are configuration (`ISSUERS`). An issuer says who somebody is; what that somebody may do is said by a grant
//! ([`super::grants`]), within the cap of its issuer, whatever the token claims of itself.

mod keys;

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use self::keys::Held;
use super::tokens::{self, Opened, Refusal};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::Role;
use crate::domain::{Instant, Territory};
use crate::outbound::Outbound;

/// One external issuer.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Its `iss`, exactly.
    pub issuer: String,
    /// The `aud` that its tokens for this service carry.
    pub audience: String,
    pub algorithms: Vec<Algorithm>,
    /// Where its keys are; by discovery when not set.
    pub jwks_uri: Option<String>,
    pub cap: Cap,
}

/// What grants to subjects of an issuer may give at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    pub roles: Vec<Role>,
    /// Those of the role when not set.
    pub scopes: Option<Vec<String>>,
    /// Every territory when empty.
    pub territories: Vec<Territory>,
}

impl Cap {
    /// May a grant give this scope?
    pub fn gives(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|given| given == scope))
    }

    /// May a grant reach this territory?
    pub fn reaches(&self, territory: &Territory) -> bool {
        self.territories.is_empty() || self.territories.iter().any(|mine| mine.contains(territory))
    }

    /// May a grant reach this school?
    pub fn reaches_school(&self, uai: &Uai) -> bool {
        self.territories.is_empty() || uai.academie().is_some_and(|academie| self.reaches(&academie))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenIssuer {
    issuer: String,
    audience: String,
    algorithms: Vec<String>,
    jwks_uri: Option<String>,
    cap: WrittenCap,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCap {
    roles: Vec<Role>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    territories: Vec<Territory>,
}

/// Reads `ISSUERS`, a JSON array; every fault, with the issuer it is of.
pub fn read(text: &str, own_issuer: &str) -> Result<Vec<Issuer>, Vec<String>> {
    let written: Vec<WrittenIssuer> = serde_json::from_str(text).map_err(|e| vec![e.to_string()])?;
    let mut faults = Vec::new();
    let mut issuers: Vec<Issuer> = Vec::new();
    for one in written {
        let name = one.issuer.clone();
        let mut fault = |why: String| faults.push(format!("{name}: {why}"));
        if !["https://", "http://"].iter().any(|scheme| one.issuer.starts_with(scheme)) {
            fault("an issuer is an https address".into());
        }
        if one.issuer == own_issuer {
            fault("is this service itself".into());
        }
        if issuers.iter().any(|known| known.issuer == one.issuer) {
            fault("occurs twice".into());
        }
        if one.audience.is_empty() {
            fault("needs an audience".into());
        }
        let mut algorithms = Vec::new();
        for algorithm in &one.algorithms {
            match algorithm.as_str() {
                "EdDSA" => algorithms.push(Algorithm::EdDSA),
                "ES256" => algorithms.push(Algorithm::ES256),
                "RS256" => algorithms.push(Algorithm::RS256),
                other => fault(format!("the algorithm {other:?} is none of EdDSA, ES256, RS256")),
            }
        }
        if one.algorithms.is_empty() {
            fault("needs its algorithms".into());
        }
        if one.cap.roles.is_empty() {
            fault("its cap names no role: nobody could be granted anything".into());
        }
        for scope in one.cap.scopes.iter().flatten() {
            if !super::policy::SCOPES.iter().any(|(known, ..)| known == scope) {
                fault(format!("the scope {scope:?} does not exist"));
            }
        }
        let narrowed = |role: &Role| matches!(role, Role::Association | Role::Academie | Role::School);
        if let Some(role) = one.cap.roles.iter().find(|role| !one.cap.territories.is_empty() && !narrowed(role)) {
            fault(format!("the role {role} has no territory: no cap of territories holds it"));
        }
        let WrittenCap { roles, scopes, territories } = one.cap;
        let cap = Cap { roles, scopes, territories };
        issuers.push(Issuer { issuer: one.issuer, audience: one.audience, algorithms, jwks_uri: one.jwks_uri, cap });
    }
    if faults.is_empty() { Ok(issuers) } else { Err(faults) }
}

/// Who a verified token of an external issuer speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub issuer: String,
    pub subject: String,
    /// Seconds since 1970.
    pub expires: i64,
}

/// Why a token of an external issuer gives nobody.
#[derive(Debug)]
pub enum Trouble {
    Refused(Refusal),
    /// Its keys were never read, and cannot be.
    Unreachable,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Characters of a subject at most (OIDC Core, 2).
pub const LONGEST_SUBJECT: usize = 255;

/// The issuers of this instance, with the keys read so far; cheap to clone.
#[derive(Clone)]
pub struct Issuers {
    held: Arc<Vec<Arc<Held>>>,
}

impl Issuers {
    pub fn new(issuers: Vec<Issuer>, outbound: &Outbound) -> Self {
        let held = issuers.into_iter().map(|issuer| Arc::new(Held::new(issuer, outbound.clone()))).collect();
        Self { held: Arc::new(held) }
    }

    /// The configured issuers.
    pub fn all(&self) -> impl Iterator<Item = &Issuer> {
        self.held.iter().map(|held| &held.issuer)
    }

    /// The issuer of that name.
    pub fn find(&self, issuer: &str) -> Option<&Issuer> {
        self.all().find(|known| known.issuer == issuer)
    }

    /// Verifies a token of an external issuer: its algorithm, its key, and every claim that matters. What it says of
    /// roles or scopes is not looked at.
    pub async fn verify(&self, token: &str, opened: &Opened, now: Instant) -> Result<Subject, Trouble> {
        let named = opened.issuer.as_deref().unwrap_or_default();
        let held = self.held.iter().find(|held| held.issuer.issuer == named).ok_or(Refusal::Issuer)?;
        let issuer = &held.issuer;
        if !issuer.algorithms.contains(&opened.algorithm) {
            return Err(Refusal::Algorithm.into());
        }
        // An ID token or an access token; not a token made for something else (RFC 8725, 3.11).
        if !["", "jwt", "at+jwt", "application/at+jwt"].contains(&opened.typ.as_str()) {
            return Err(Refusal::Claims("typ").into());
        }
        let key: DecodingKey = held.clone().key(opened.kid.as_deref(), opened.algorithm, now).await?;
        let claims = tokens::claims(token, &key, opened.algorithm, (&issuer.issuer, &issuer.audience), now)?;
        let subject = claims.subject.clone();
        // What no grant can be to: a control character, and NUL is no text for PostgreSQL.
        if subject.is_empty() || subject.chars().count() > LONGEST_SUBJECT || subject.contains(char::is_control) {
            return Err(Refusal::Claims("sub").into());
        }
        Ok(Subject { issuer: issuer.issuer.clone(), subject, expires: claims.expires })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_read_whole() {
        let issuers = read(
            r#"[{"issuer": "https://sso.ac-versailles.example", "audience": "passerelle", "algorithms": ["RS256", "ES256"],
                "cap": {"roles": ["academie", "school"], "scopes": ["conventions:read"], "territories": ["academie:25"]}}]"#,
            "https://passerelle.example",
        )
        .unwrap();
        let cap = &issuers[0].cap;
        assert!(cap.gives("conventions:read") && !cap.gives("conventions:write"));
        assert!(cap.reaches(&"academie:25".parse().unwrap()) && !cap.reaches(&"region:11".parse().unwrap()));
        assert!(cap.reaches_school(&"0950649P".parse().unwrap()) && !cap.reaches_school(&"0750655E".parse().unwrap()));
    }

    #[test]
    fn every_fault_is_told() {
        let faults = read(
            r#"[{"issuer": "sso", "audience": "", "algorithms": ["HS256", "none"], "cap": {"roles": [], "scopes": ["x"]}},
                {"issuer": "https://me", "audience": "a", "algorithms": [],
                 "cap": {"roles": ["ministry"], "territories": ["academie:25"]}}]"#,
            "https://me",
        )
        .unwrap_err();
        assert_eq!(faults.len(), 9, "{faults:#?}");
        assert!(read("[{}]", "x").is_err() && read("{", "x").is_err());
        assert!(
            read(
                r#"[{"issuer": "https://a", "audience": "a", "algorithms": ["RS256"], "cap": {"roles": ["king"]}}]"#,
                "x"
            )
            .is_err()
        );
    }
}
