//! `/v1/files`: list, read, download, change, delete.

use actix_web::{delete, get, patch};
use diesel::prelude::*;
use utoipa_actix_web::service_config::ServiceConfig;

use super::attached::Whole;
use super::content;
use super::file::{File, FileRow, NewFile};
use super::perimeter::Perimeter;
use super::sending::{FileBytes, check_publisher, nothing_there, only_of_organisations, unknown};
use crate::auth::policy::{ReadFiles, WriteFiles};
use crate::db::schema::files;
use crate::db::{Connection, MultiBackend, holds, lock_row};
use crate::domain::vocabulary::FilePurpose;
use crate::domain::{Attachment, Id, Instant};
use crate::error::{Fault, Halt, Problem};
use crate::http::answer::{Answer, Reply};
use crate::http::call::{Call, Request};
use crate::http::list::{After, Listing, Mark, Page, Window};
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};
use crate::ordered;

/// Filters of the list of files.
struct Files {
    q: Vec<String>,
    attached_to: Vec<Attachment>,
    convention_id: Vec<Id>,
    organisation_id: Vec<Id>,
    purpose: Vec<FilePurpose>,
    sha256: Option<String>,
    external_id: Option<String>,
    attached: Option<bool>,
    updated_after: Option<Instant>,
    perimeter: Option<Perimeter>,
}

impl Files {
    fn query(&self, request: &Request) -> Result<files::BoxedQuery<'static, MultiBackend>, Halt> {
        let perimeter = self.perimeter.as_ref().ok_or_else(Halt::not_found)?;
        let mut query = files::table.into_boxed().filter(perimeter.holds());
        for pattern in holds(&self.q) {
            query = query.filter(files::name_key.like(pattern).escape('\\'));
        }
        if !self.attached_to.is_empty() {
            query = query.filter(files::attached_to.eq_any(self.attached_to.clone().into_iter().map(Some)));
        }
        if !self.convention_id.is_empty() {
            query = query.filter(files::convention_id.eq_any(self.convention_id.clone().into_iter().map(Some)));
        }
        if !self.organisation_id.is_empty() {
            query = query.filter(files::organisation_id.eq_any(self.organisation_id.clone().into_iter().map(Some)));
        }
        if !self.purpose.is_empty() {
            query = query.filter(files::purpose.eq_any(self.purpose.clone()));
        }
        if let Some(sha256) = &self.sha256 {
            query = query.filter(files::sha256.eq(sha256.to_ascii_lowercase()));
        }
        if let Some(external_id) = &self.external_id {
            query = query.filter(files::external_id.eq(Some(external_id.clone())));
            query = match request.caller.organisation_id {
                Some(mine) => query.filter(files::owner_id.eq(Some(mine))),
                None => query.filter(files::owner_id.is_null()),
            };
        }
        query = match self.attached {
            Some(true) => query.filter(files::attached_to.is_not_null()),
            Some(false) => query.filter(files::attached_to.is_null()),
            None => query,
        };
        if let Some(after) = self.updated_after {
            query = query.filter(files::updated_at.gt(after));
        }
        Ok(query)
    }
}

impl Listing for Files {
    type Item = File;
    const SORTS: &'static [&'static str] = &["created_at", "name"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "media_type",
        "size",
        "sha256",
        "purpose",
        "attached_to",
        "convention_id",
        "organisation_id",
        "public",
        "external_id",
        "uploaded_by",
        "erased_at",
        "created_at",
        "updated_at",
    ];

    fn filters(params: &mut Params) -> Self {
        Self {
            q: params.words("q"),
            attached_to: params.many("attached_to"),
            convention_id: params.many("convention_id"),
            organisation_id: params.many("organisation_id"),
            purpose: params.many("purpose"),
            sha256: params.text("sha256"),
            external_id: params.text("external_id"),
            attached: params.flag("attached"),
            updated_after: params.one("updated_after"),
            perimeter: None,
        }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        self.perimeter = Some(Perimeter::of(c, request)?);
        Ok(())
    }

    fn rows(&self, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<File>, Halt> {
        let query = self.query(request)?;
        let query = if window.sort == "name" {
            ordered!(query, window, files::name_key, files::id, window.text())
        } else {
            ordered!(query, window, files::created_at, files::id, Instant::from_micros(window.number()))
        };
        let rows: Vec<FileRow> = query.select(FileRow::as_select()).load(c)?;
        Ok(rows.into_iter().map(File::from).collect())
    }

    fn count(&self, c: &mut Connection, request: &Request) -> Result<i64, Halt> {
        Ok(self.query(request)?.count().get_result(c)?)
    }

    fn mark(item: &File, sort: &str) -> After {
        let mark = match sort {
            "name" => Mark::Text(crate::domain::folded::fold(&item.name)),
            _ => Mark::Number(item.created_at.as_micros()),
        };
        After { mark, id: item.id }
    }
}

/// List the files
///
/// Those attached to what the caller sees, and those that its organisation sent and attached to nothing yet; of an
/// organisation, its own people's and the public ones.
#[utoipa::path(
    tag = "Files", security(("oauth2" = ["files:read"]), ("bearer" = [])),
    params(
        ("q" = Option<String>, Query, description = "Every word occurs in the name; accents and case do not count"),
        ("attached_to" = inline(Option<Many<Attachment>>), Query, description = "Files of these resources: `convention:` and its id, separated by commas"),
        ("convention_id" = inline(Option<Many<Id>>), Query, description = "Files of these conventions and of their pieces, ids separated by commas"),
        ("organisation_id" = inline(Option<Many<Id>>), Query, description = "Files of these organisations and of their representatives, ids separated by commas"),
        ("purpose" = inline(Option<Many<FilePurpose>>), Query, description = "Purposes, separated by commas"),
        ("sha256" = Option<String>, Query, description = "SHA-256 of the bytes, hexadecimal"),
        ("external_id" = Option<String>, Query, description = "The caller's own key"),
        ("attached" = Option<bool>, Query, description = "Only those attached to something, or only those that wait"),
        ("updated_after" = Option<Instant>, Query, description = "Changed after this instant (RFC 3339)"),
        ("sort" = Option<String>, Query, pattern = "^-?(created_at|name)$", description = "`created_at` (default) or `name`; a minus in front reverses"),
    ),
    responses((status = 200, description = "Files", body = Page<File>))
)]
#[get("/v1/files")]
async fn list_files(call: Call<ReadFiles>) -> Reply {
    call.list::<Files>().await
}

/// Read what is said of a file
#[utoipa::path(
    tag = "Files", security(("oauth2" = ["files:read"]), ("bearer" = [])),
    responses((status = 200, description = "The file, without its bytes", body = File))
)]
#[get("/v1/files/{id}")]
async fn read_file(call: Call<ReadFiles>) -> Reply {
    call.read(|c, request| {
        let file = FileRow::find(c, request, request.id()?)?;
        request.plain_read()?;
        Ok(Answer::single(file.version, &File::from(file))?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Download a file
///
/// Always as an attachment, with a policy that lets a browser run nothing of it. `ETag` and `Repr-Digest` are the SHA-256
/// of the bytes.
#[utoipa::path(
    tag = "Files", security(("oauth2" = ["files:read"]), ("bearer" = [])),
    responses((status = 200, description = "The bytes", headers(
        ("Content-Disposition" = String, description = "`attachment`, and the name"),
        ("Repr-Digest" = String, description = "SHA-256 of the bytes (RFC 9530)"),
    ), content(
        (FileBytes = "application/pdf"), (FileBytes = "image/png"), (FileBytes = "image/jpeg"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (FileBytes = "application/vnd.oasis.opendocument.text"),
        (FileBytes = "text/markdown"), (FileBytes = "text/plain"),
    )))
)]
#[get("/v1/files/{id}/content")]
async fn read_file_content(call: Call<ReadFiles>) -> Reply {
    let app = call.app.clone();
    call.read(move |c, request| {
        let file = FileRow::find(c, request, request.id()?)?;
        content::acceptable(request, &file)?;
        Params::of(&request.query).verdict()?;
        content::answer(c, &app, request, &file)
    })
    .await
}

/// The file named in the path, locked with what it is attached to, for a caller who may change it.
fn open(unit: &mut Unit<'_>) -> Result<(FileRow, Option<Whole>), Halt> {
    let request = unit.request.clone();
    let id = request.id()?;
    let found = FileRow::find(unit, &request, id)?;
    // First what it is attached to, then the file: as everybody who writes both.
    let whole = found.attached_to.map(|to| Whole::lock(unit, to)).transpose()?;
    lock_row(unit, "files", id)?;
    let file = FileRow::find(unit, &request, id)?;
    if file.attached_to != found.attached_to {
        return Err(Halt::busy());
    }
    if let Some(whole) = &whole {
        whole.check_caller(unit, &request)?;
    }
    Ok((file, whole))
}

/// Change what is said of a file
///
/// Its name, purpose, key, what it is attached to, or whether it is public. Its bytes never change, and from a convention that somebody has
/// signed it does not leave (`file_kept`).
#[utoipa::path(
    tag = "Files", security(("oauth2" = ["files:write"]), ("bearer" = [])),
    request_body(content = NewFile, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The file, changed", body = File))
)]
#[patch("/v1/files/{id}")]
async fn update_file(call: Call<WriteFiles>) -> Reply {
    call.write(|unit| {
        let (before, whole) = open(unit)?;
        let new: NewFile = unit.accept_patch(Expect::version(before.version), &before.as_new())?;
        if new.is_of_no_organisation() {
            let fault = Fault::pointer("/public", "not_applicable", only_of_organisations());
            return Err(Problem::body(vec![fault]).into());
        }
        let to = new.attached_to;
        let says = new.public != before.public;
        let mut file = before.clone().said(new);
        if to == before.attached_to {
            if says {
                check_publisher(unit, whole.as_ref())?;
            }
        } else {
            let target = to.map(|to| Whole::lock(unit, to)).transpose().map_err(|halt| {
                unknown(halt, Problem::body, || Fault::pointer("/attached_to", "unknown_reference", nothing_there()))
            })?;
            if let Some(target) = &target {
                let request = unit.request.clone();
                target.check_caller(unit, &request)?;
            }
            if let Some(whole) = &whole {
                whole.check_leaving()?;
            }
            if file.public {
                check_publisher(unit, target.as_ref())?;
            }
            file.attach(to.zip(target.as_ref()));
        }
        let file = File::from(file.save(unit, &before)?);
        Answer::single(file.version, &file)
    })
    .await
}

/// Delete a file
///
/// Not from a convention that somebody has signed: what was there is kept with it (`file_kept`).
#[utoipa::path(
    tag = "Files", security(("oauth2" = ["files:write"]), ("bearer" = [])),
    responses((status = 204, description = "Deleted"))
)]
#[delete("/v1/files/{id}")]
async fn delete_file(call: Call<WriteFiles>) -> Reply {
    call.write(|unit| {
        let (file, whole) = open(unit)?;
        unit.accept_empty(Expect::version(file.version))?;
        if let Some(whole) = &whole {
            whole.check_leaving()?;
        }
        file.remove(unit)?;
        Ok(Answer::none())
    })
    .await
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_files)
        .service(super::sending::upload_file)
        .service(read_file)
        .service(read_file_content)
        .service(update_file)
        .service(delete_file);
}
