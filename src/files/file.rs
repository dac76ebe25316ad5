//! One file: what it is created with, how it is stored, who sees it.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::attached::Whole;
use super::blobs;
use super::perimeter::{Sender, proofs_untold};
use super::rules::{self, Kind};
use crate::aggregate::{Feed, Whole as _, unique};
use crate::auth::policy;
use crate::changes::audience::Audience;
use crate::conventions::ConventionRow;
use crate::conventions::store::check_tells;
use crate::db::record::{Change, Operation};
use crate::db::schema::{files, organisations};
use crate::db::{Connection, MultiBackend, lock_row};
use crate::domain::folded::fold;
use crate::domain::vocabulary::{FilePurpose, Role};
use crate::domain::{Attachment, Id, Instant};
use crate::error::Halt;
use crate::http::body::{Body, Faults};
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::organisations::organisation::OrganisationRow;

/// What is said of a file beside its bytes.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "name": "convention-signee.pdf", "purpose": "signed_scan",
    "attached_to": "convention:0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50"
}))]
pub struct NewFile {
    /// Name of the download: its last component is kept, with the extension of what the file is.
    #[validate(length(min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// What it is kept for.
    pub purpose: FilePurpose,
    /// The resource it belongs to. Whoever sees a convention sees its files; those of an organisation are read by its own people,
    /// who sent them, the operator and the ministry.
    #[deserr(default)]
    pub attached_to: Option<Attachment>,
    /// Whoever sees the organisation reads its file: only of what is attached to one, and only its own people say so.
    #[deserr(default)]
    #[schema(required = false)]
    pub public: bool,
    /// The caller's own key, unique per organisation that sets it.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub external_id: Option<String>,
}

impl Body for NewFile {}

impl NewFile {
    /// A file that is marked public is attached to an organisation, or to a representative of one.
    pub fn is_of_no_organisation(&self) -> bool {
        self.public && !self.attached_to.is_some_and(|to| matches!(to.kind, "organisation" | "representative"))
    }
}

/// A row of `files`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = files, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct FileRow {
    pub id: Id,
    pub version: i64,
    pub name: String,
    pub name_key: String,
    pub media_type: String,
    pub size: i64,
    pub sha256: String,
    pub blob: Option<String>,
    pub purpose: FilePurpose,
    pub attached_to: Option<Attachment>,
    pub convention_id: Option<Id>,
    pub organisation_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub uploaded_by: Id,
    pub external_id: Option<String>,
    pub erased_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub public: bool,
}

/// A file. Its bytes are read at `/v1/files/{id}/content`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct File {
    pub id: Id,
    pub version: i64,
    /// Name of the download.
    #[schema(example = "convention-signee.pdf")]
    pub name: String,
    /// Told by the bytes.
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the bytes, lower hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub sha256: String,
    pub purpose: FilePurpose,
    pub attached_to: Option<Attachment>,
    /// The convention that `attached_to` is, or belongs to.
    pub convention_id: Option<Id>,
    /// The organisation that `attached_to` is, or represents.
    pub organisation_id: Option<Id>,
    /// Read by whoever sees its organisation; false of any other file.
    pub public: bool,
    pub external_id: Option<String>,
    /// The client that sent it.
    pub uploaded_by: Id,
    /// When its bytes were erased, on a decision of the operator: the hash stays.
    pub erased_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl From<FileRow> for File {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            sha256: row.sha256,
            purpose: row.purpose,
            attached_to: row.attached_to,
            convention_id: row.convention_id,
            organisation_id: row.organisation_id,
            public: row.public,
            external_id: row.external_id,
            uploaded_by: row.uploaded_by,
            erased_at: row.erased_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Bytes that came in, looked at.
pub struct Received {
    pub kind: Kind,
    pub size: i64,
    pub sha256: String,
}

impl FileRow {
    /// A new file.
    pub fn make(unit: &mut Unit<'_>, new: NewFile, received: Received) -> Self {
        let id = unit.new_id();
        let request = &unit.request;
        let name = rules::safe_name(&new.name, received.kind);
        Self {
            id,
            version: 1,
            name_key: fold(&name),
            name,
            media_type: received.kind.media_type().into(),
            size: received.size,
            blob: Some(received.sha256.clone()),
            sha256: received.sha256,
            purpose: new.purpose,
            attached_to: None,
            convention_id: None,
            organisation_id: None,
            owner_id: request.caller.organisation_id,
            uploaded_by: request.caller.client_id,
            external_id: new.external_id,
            erased_at: None,
            created_at: request.now,
            updated_at: request.now,
            public: new.public,
        }
    }

    /// What it could be created from again.
    pub fn as_new(&self) -> NewFile {
        NewFile {
            name: self.name.clone(),
            purpose: self.purpose,
            attached_to: self.attached_to,
            public: self.public,
            external_id: self.external_id.clone(),
        }
    }

    /// The same file, said to be something else.
    #[must_use]
    pub fn said(mut self, new: NewFile) -> Self {
        if let Some(kind) = Kind::of(&self.media_type) {
            self.name = rules::safe_name(&new.name, kind);
        }
        self.name_key = fold(&self.name);
        self.purpose = new.purpose;
        self.public = new.public;
        self.external_id = new.external_id;
        self
    }

    /// Attaches it, or leaves it with nothing.
    pub fn attach(&mut self, to: Option<(Attachment, &Whole)>) {
        let Feed { convention, organisation, .. } = to.map(|(_, whole)| whole.feed()).unwrap_or_default();
        self.attached_to = to.map(|(attachment, _)| attachment);
        self.convention_id = convention;
        self.organisation_id = organisation;
    }

    /// Finds it within the caller's perimeter ([`super::perimeter`]).
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        let found: Option<Self> = files::table.find(id).select(Self::as_select()).first(c).optional()?;
        let row = found.ok_or_else(Halt::not_found)?;
        match (row.convention_id, row.organisation_id) {
            (Some(convention), _) => {
                ConventionRow::glance(c, request, convention)?;
                let proves = row.attached_to.is_some_and(|to| to.kind == "fact");
                if proves || proofs_untold(c, request, &[convention])?.contains(&id) {
                    check_tells(c, request, convention)?;
                }
            }
            (_, Some(organisation)) => {
                OrganisationRow::glance(c, request, organisation)?;
                if !row.public && !policy::may_read_private_file(&request.caller, organisation, row.owner_id) {
                    return Err(Halt::not_found());
                }
            }
            _ if Sender::of(&request.caller).sent(&row) => {}
            _ => return Err(Halt::not_found()),
        }
        Ok(row)
    }

    /// Inserts it and records the change.
    pub fn add(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        unique(diesel::insert_into(files::table).values(self).execute(&mut **unit))?;
        self.record(unit, Operation::Created, None)
    }

    /// Saves a change of it under its next version.
    pub fn save(mut self, unit: &mut Unit<'_>, before: &Self) -> Result<Self, Halt> {
        self.version = before.version + 1;
        self.updated_at = unit.request.now;
        unique(diesel::update(files::table.find(self.id)).set(&self).execute(&mut **unit))?;
        self.record(unit, Operation::Updated, Some(before))?;
        Ok(self)
    }

    /// Deletes it; its bytes go once nobody else has them.
    pub fn remove(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        diesel::delete(files::table.find(self.id)).execute(&mut **unit)?;
        let gone = Self { version: self.version + 1, ..self.clone() };
        gone.record(unit, Operation::Deleted, Some(self))
    }

    /// Who sees it: the same as [`Self::find`].
    pub(super) fn audience(&self, c: &mut Connection) -> QueryResult<Option<Id>> {
        Ok(match (self.convention_id, self.organisation_id, self.owner_id) {
            (Some(convention), ..) => crate::conventions::feed::told(c, convention)?,
            (_, Some(organisation), _) if self.public => {
                organisations::table.find(organisation).select(organisations::audience_id).first(c)?
            }
            (_, Some(organisation), owner) => {
                let people = Audience::operator().role(Role::Ministry).own(organisation);
                Some(owner.map_or(people.clone(), |owner| people.own(owner)).keep(c)?)
            }
            (_, _, Some(owner)) => Some(Audience::within(None).own(owner).keep(c)?),
            _ => Some(Audience::operator().keep(c)?),
        })
    }

    fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let form = |row: &Self| serde_json::to_value(File::from(row.clone()));
        let was_seen_by = before.map(|row| row.audience(unit)).transpose()?.flatten();
        let seen_by = if operation == Operation::Deleted { None } else { self.audience(unit)? };
        let (before, after) = (before.map(form).transpose()?, form(self)?);
        unit.record(&Change {
            kind: "file",
            resource: self.id,
            version: self.version,
            operation,
            convention: self.convention_id,
            organisation: self.organisation_id,
            seen_by,
            was_seen_by,
            before: before.as_ref(),
            after: (operation != Operation::Deleted).then_some(&after),
        })
    }
}

/// Erases the bytes of a file, on a decision that a person took: what should never have been sent is gone even from a
/// signed convention. That it was there, its name and its hash stay. For the command line.
pub fn erase(unit: &mut Unit<'_>, id: Id) -> Result<File, Halt> {
    let found: Option<FileRow> = files::table.find(id).select(FileRow::as_select()).first(&mut **unit).optional()?;
    let found = found.ok_or_else(Halt::not_found)?;
    if let Some(convention) = found.convention_id {
        lock_row(unit, "conventions", convention)?;
    }
    lock_row(unit, "files", id)?;
    let before: FileRow = files::table.find(id).select(FileRow::as_select()).first(&mut **unit)?;
    if before.erased_at.is_some() {
        return Ok(before.into());
    }
    let now = unit.request.now;
    let erased = FileRow { blob: None, erased_at: Some(now), ..before.clone() };
    let erased = erased.save(unit, &before)?;
    blobs::forget(unit, &before.sha256)?;
    Ok(erased.into())
}
