//! `GET /v1/audit` and its signed head.

use actix_web::get;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::chain::Entry;
use super::verify::{AuditRow, details};
use crate::auth::policy::ReadAudit;
use crate::changes::audience::Reading;
use crate::changes::kinds;
use crate::db::schema::{audit_entries, clients, grants, parties};
use crate::db::{Connection, MultiBackend, feed};
use crate::domain::{Id, Instant};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply, settle};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::ordered;

/// An entry of the audit.
///
/// `hash` is the SHA-256 of the RFC 8785 form of this entry without `hash`, `client_name` and `details`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the chain: 1, 2, 3…
    pub position: i64,
    pub id: Id,
    /// Kind and operation: `article.updated`.
    #[schema(example = "article.updated")]
    pub act: String,
    #[schema(example = "article")]
    pub kind: String,
    pub resource_id: Id,
    /// Version of the resource's aggregate after the act.
    pub version: i64,
    pub convention_id: Option<Id>,
    pub organisation_id: Option<Id>,
    /// Who acted: the id of a machine client or of a grant; zeros for the command line.
    pub client_id: Id,
    /// Its name; null for the command line.
    pub client_name: Option<String>,
    /// The request, as in `X-Request-Id` and the log.
    pub request_id: String,
    pub recorded_at: Instant,
    /// The entry of the change feed that the act made.
    pub change_position: i64,
    /// SHA-256 over the salt, `before` and `after`, each preceded by its length in 8 bytes.
    pub details_digest: String,
    /// Hash of the entry before; zeros on the first.
    pub previous_hash: String,
    pub hash: String,
    /// Null once erased.
    pub details: Option<AuditDetails>,
}

/// What stood before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditDetails {
    pub salt: String,
    /// JSON, as it was hashed; null for a creation.
    pub before: Option<String>,
    /// JSON, as it was hashed; null for a deletion.
    pub after: Option<String>,
}

/// Filters of the audit.
struct Audit {
    convention_id: Vec<Id>,
    organisation_id: Vec<Id>,
    resource_id: Vec<Id>,
    client_id: Vec<Id>,
    kind: Vec<&'static str>,
    recorded_after: Option<Instant>,
    recorded_before: Option<Instant>,
}

impl Audit {
    fn query(&self, request: &Request) -> audit_entries::BoxedQuery<'static, MultiBackend> {
        let mine = Reading::of_own(&request.caller).sql();
        let own = sql::<Nullable<Bool>>(&format!("audit_entries.audience_id IN ({mine})"));
        // A party reads what was done before it became one; a delegate keeps to its territories.
        let nobody = Id::from_bytes([0; 16]);
        let whole = request.caller.organisation_id.filter(|_| !Reading::of(&request.caller).is_narrowed());
        let party = whole.unwrap_or(nobody);
        let party_to =
            parties::table.filter(parties::organisation_id.eq(party)).select(parties::convention_id.nullable());
        let mut query = audit_entries::table
            .filter(audit_entries::position.is_not_null())
            .filter(own.or(audit_entries::convention_id.eq_any(party_to)))
            .into_boxed();
        let some = |ids: &[Id]| ids.iter().copied().map(Some).collect::<Vec<_>>();
        if !self.convention_id.is_empty() {
            query = query.filter(audit_entries::convention_id.eq_any(some(&self.convention_id)));
        }
        if !self.organisation_id.is_empty() {
            query = query.filter(audit_entries::organisation_id.eq_any(some(&self.organisation_id)));
        }
        if !self.resource_id.is_empty() {
            query = query.filter(audit_entries::resource_id.eq_any(some(&self.resource_id)));
        }
        if !self.client_id.is_empty() {
            query = query.filter(audit_entries::client_id.eq_any(self.client_id.clone()));
        }
        if !self.kind.is_empty() {
            query = query.filter(audit_entries::kind.eq_any(self.kind.iter().copied().map(Some).collect::<Vec<_>>()));
        }
        if let Some(after) = self.recorded_after {
            query = query.filter(audit_entries::recorded_at.gt(after));
        }
        if let Some(before) = self.recorded_before {
            query = query.filter(audit_entries::recorded_at.lt(before));
        }
        query
    }
}

/// The acts on a convention and what belongs to it, as this caller may read them, without what stood before and after:
/// each is given away as it is read, however many there are.
pub fn of_convention(
    c: &mut Connection,
    request: &Request,
    convention: Id,
    mut each: impl FnMut(&AuditEntry) -> Result<(), Halt>,
) -> Result<(), Halt> {
    let audit = Audit { convention_id: vec![convention], ..Audit::filters(&mut Params::of("")) };
    let mut window = Window { sort: "position", descending: false, after: None, limit: 500 };
    loop {
        let entries = audit.rows(c, request, &window)?;
        let full = entries.len() == 500;
        window.after = entries.last().map(|last| Audit::mark(last, window.sort));
        for entry in entries {
            each(&AuditEntry { details: None, ..entry })?;
        }
        if !full {
            return Ok(());
        }
    }
}

impl Listing for Audit {
    type Item = AuditEntry;
    const SORTS: &'static [&'static str] = &["position"];
    const COLUMNS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "act",
        "kind",
        "resource_id",
        "version",
        "convention_id",
        "organisation_id",
        "client_id",
        "client_name",
        "request_id",
        "change_position",
        "details_digest",
        "previous_hash",
        "hash",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            convention_id: params.many("convention_id"),
            organisation_id: params.many("organisation_id"),
            resource_id: params.many("resource_id"),
            client_id: params.many("client_id"),
            kind: kinds::listed(params, "kind"),
            recorded_after: params.one("recorded_after"),
            recorded_before: params.one("recorded_before"),
        }
    }

    fn enter(&mut self, _: &mut Connection, _: &Request) -> Result<(), Halt> {
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<AuditEntry>, Halt> {
        let query = self.query(request);
        let column = || audit_entries::position.assume_not_null();
        let query = ordered!(query, window, column(), audit_entries::id, window.number());
        let rows: Vec<AuditRow> = query.select(AuditRow::as_select()).load(c)?;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let actors: Vec<Id> = rows.iter().map(|row| row.client_id).collect();
        let mut details = details(c, &ids)?;
        let mut names: Vec<(Id, String)> =
            clients::table.filter(clients::id.eq_any(actors.clone())).select((clients::id, clients::name)).load(c)?;
        names.extend(
            grants::table
                .filter(grants::id.eq_any(actors))
                .select((grants::id, grants::name))
                .load::<(Id, String)>(c)?,
        );
        Ok(rows
            .into_iter()
            .map(|row| {
                let (entry, hash) = row.entry();
                let name = names.iter().find(|(id, _)| *id == entry.client_id).map(|(_, name)| name.clone());
                let details = details.remove(&entry.id);
                AuditEntry::of(
                    entry,
                    hash,
                    name,
                    details.map(|(salt, before, after)| AuditDetails { salt, before, after }),
                )
            })
            .collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request).count().get_result(c)?)
    }

    fn mark(item: &AuditEntry, _: &str) -> After {
        After { mark: Mark::Number(item.position), id: item.id }
    }
}

impl AuditEntry {
    fn of(entry: Entry, hash: String, client_name: Option<String>, details: Option<AuditDetails>) -> Self {
        Self {
            position: entry.position,
            id: entry.id,
            act: entry.act,
            kind: entry.kind,
            resource_id: entry.resource_id,
            version: entry.version,
            convention_id: entry.convention_id,
            organisation_id: entry.organisation_id,
            client_id: entry.client_id,
            client_name,
            request_id: entry.request_id,
            recorded_at: entry.recorded_at,
            change_position: entry.change_position,
            details_digest: entry.details_digest,
            previous_hash: entry.previous_hash,
            hash,
            details,
        }
    }
}

/// Read the audit
///
/// Who did what: a party what was done to its conventions and to its own organisation, the ministry what was done to
/// any convention, the operator what it keeps (organisations, clients, the conventions it brought in). On PostgreSQL an
/// act shows once it has its place in the chain, within a second.
#[utoipa::path(
    tag = "Audit", security(("oauth2" = ["audit:read"]), ("bearer" = [])),
    params(
        ("convention_id" = inline(Option<Many<Id>>), Query, description = "Conventions, ids separated by commas"),
        ("organisation_id" = inline(Option<Many<Id>>), Query, description = "Organisations, ids separated by commas"),
        ("resource_id" = inline(Option<Many<Id>>), Query, description = "Resources, ids separated by commas"),
        ("client_id" = inline(Option<Many<Id>>), Query, description = "Who acted, ids separated by commas"),
        ("kind" = inline(Option<Many<kinds::KindName>>), Query, description = "Kinds of resource, separated by commas"),
        ("recorded_after" = Option<Instant>, Query, description = "Recorded after this instant (RFC 3339)"),
        ("recorded_before" = Option<Instant>, Query, description = "Recorded before this instant (RFC 3339)"),
        ("sort" = Option<String>, Query, pattern = "^-?(position)$", description = "`position` (default); a minus in front reverses"),
    ),
    responses((status = 200, description = "Entries", body = Page<AuditEntry>))
)]
#[get("/v1/audit")]
async fn list_audit(call: Call<ReadAudit>) -> Reply {
    call.list::<Audit>().await
}

/// How far the chain has come, signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditHead {
    /// Position of the last entry; 0 when there is none.
    pub position: i64,
    /// Its hash.
    pub hash: String,
    pub signed_at: Instant,
    /// The same as a JWS (RFC 7515, `EdDSA`), signed by a key of `/.well-known/jwks.json`: keep it elsewhere, and
    /// `passerelle audit verify --head FILE` will tell a chain that was cut or rewritten since.
    pub signed: String,
}

/// The type of a signed head: no access token.
pub const HEAD_TYPE: &str = "passerelle-audit-head+jwt";

/// Read the signed head of the audit
///
/// Kept outside of this service, it proves later that no entry up to `position` was removed or rewritten.
#[utoipa::path(
    tag = "Audit", security(("oauth2" = ["audit:read"]), ("bearer" = [])),
    responses((status = 200, description = "The head", body = AuditHead))
)]
#[get("/v1/audit/head")]
async fn read_audit_head(call: Call<ReadAudit>) -> Reply {
    settle(head(call).await)
}

async fn head(call: Call<ReadAudit>) -> Result<Answer, Halt> {
    call.request.plain_read()?;
    let head = call.app.db.read(|c| Ok(feed::head(c)?)).await?;
    let now = call.request.now;
    let claims: Value = json!({
        "iss": call.app.config.public_url, "iat": now.as_micros().div_euclid(1_000_000),
        "position": head.audit_position, "hash": head.audit_hash,
    });
    let (kid, key) = call.app.keys.signing(now).ok_or_else(|| Halt::Broken("no signing key".into()))?;
    let header = Header { typ: Some(HEAD_TYPE.into()), kid: Some(kid), ..Header::new(Algorithm::EdDSA) };
    let signed = jsonwebtoken::encode(&header, &claims, &key).map_err(|e| Halt::Broken(e.to_string()))?;
    let body = AuditHead { position: head.audit_position, hash: head.audit_hash, signed_at: now, signed };
    Ok(Answer::single(body.position, &body)?.unless_known(call.request.if_none_match.as_deref()))
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_audit).service(read_audit_head);
}
