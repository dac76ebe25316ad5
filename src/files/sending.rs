//! `POST /v1/files`: bytes come in, are looked at, and are kept or refused.

use actix_web::post;
use actix_web::web::Bytes;
use sha2::{Digest, Sha256};
use utoipa::{PartialSchema, ToSchema};

use super::attached::Whole;
use super::blobs;
use super::file::{File, FileRow, NewFile, Received};
use super::rules::{self, Danger, Kind, Unfit};
use crate::auth::policy::UploadFiles;
use crate::auth::secret::hex;
use crate::domain::text::{Lines, forbidden_sign, refusal_of};
use crate::domain::vocabulary::FilePurpose;
use crate::domain::{Attachment, Bilingual};
use crate::error::{Fault, Faults, Halt, Problem, both};
use crate::http::answer::{Answer, Reply, settle};
use crate::http::call::Call;
use crate::http::many::Many;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};

/// What an upload may say that it is; what it is, its bytes say.
const MEDIA_TYPES: [&str; 8] = [
    Kind::Pdf.media_type(),
    Kind::Png.media_type(),
    Kind::Jpeg.media_type(),
    Kind::Docx.media_type(),
    Kind::Odt.media_type(),
    Kind::Markdown.media_type(),
    Kind::Text.media_type(),
    "application/octet-stream",
];

/// The bytes of a file.
pub struct FileBytes;

impl PartialSchema for FileBytes {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The bytes, as they are."))
            .examples(["%PDF-1.7 …"])
            .into()
    }
}

impl ToSchema for FileBytes {}

/// Send a file
///
/// The body is the file itself, 20 MiB at most: PDF, PNG, JPEG, DOCX, ODT, Markdown or text. What it is, its bytes
/// tell; pages, drawings with scripts, documents with macros, `ActiveX` or a remote
/// template, and PDFs with `JavaScript` or actions that run are refused (`unsupported_file`). The last component of
/// `name` is kept, with the extension of what the file is. Whoever sees the convention that it is attached to sees it, and
/// its parties may attach a signed scan at any time. What is attached to an organisation is read by its own people, who
/// sent it, the operator and the ministry, unless it is `public`.
#[utoipa::path(
    tag = "Files", security(("oauth2" = ["files:write"]), ("bearer" = [])),
    params(
        ("name" = String, Query, min_length = 1, max_length = 255, description = "Name of the download"),
        ("purpose" = inline(Many<FilePurpose, 1>), Query, description = "`original`, `signed_scan`, `proof`, `minutes` or `other`"),
        ("attached_to" = Option<Attachment>, Query, description = "The resource it belongs to: `convention:` and its id; nothing yet when left out"),
        ("public" = Option<bool>, Query, description = "Of what is attached to an organisation, said by its own people: whoever sees the organisation reads it. `false` when left out"),
        ("external_id" = Option<String>, Query, min_length = 1, max_length = 200, description = "The caller's own key"),
    ),
    request_body(content(
        (FileBytes = "application/pdf"), (FileBytes = "image/png"), (FileBytes = "image/jpeg"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (FileBytes = "application/vnd.oasis.opendocument.text"),
        (FileBytes = "text/markdown"), (FileBytes = "text/plain"), (FileBytes = "application/octet-stream"),
    )),
    responses((status = 201, description = "The file", body = File))
)]
#[post("/v1/files")]
pub async fn upload_file(call: Call<UploadFiles>) -> Reply {
    // Twenty megabytes take a while to hash: it is done before a database thread is taken.
    let declared = call.request.media_type().as_deref().and_then(Kind::of);
    let name = Params::of(&call.request.query).text("name").unwrap_or_default();
    let bytes = call.request.body.clone().unwrap_or_default();
    let received = match actix_web::web::block(move || receive(&bytes, declared, &name)).await {
        Ok(received) => received,
        Err(e) => return settle(Err(Halt::Broken(format!("a file could not be looked at: {e}")))),
    };
    call.write_once(move |unit| {
        let forms = |params: &mut Params| drop(said(params));
        let new = unit.accept(Expect { forms, ..Expect::CREATION }, &MEDIA_TYPES, |request| {
            Ok(said(&mut Params::of(&request.query)))
        })?;
        let whole = target(unit, new.attached_to)?;
        if new.public {
            check_publisher(unit, whole.as_ref())?;
        }
        let received = received?;
        let (now, bytes) = (unit.request.now, unit.request.body.clone().unwrap_or_default());
        blobs::keep(unit, &received.sha256, &bytes, now)?;
        let to = new.attached_to.zip(whole.as_ref());
        let mut file = FileRow::make(unit, new, received);
        file.attach(to);
        file.add(unit)?;
        let view = File::from(file);
        Answer::created(&format!("/v1/files/{}", view.id), view.version, &view)
    })
    .await
}

/// What a new file is to be attached to: seen by the caller, and its to change.
fn target(unit: &mut Unit<'_>, to: Option<Attachment>) -> Result<Option<Whole>, Halt> {
    let Some(to) = to else { return Ok(None) };
    let whole = Whole::lock(unit, to).map_err(|halt| {
        unknown(halt, Problem::parameters, || Fault::parameter("attached_to", "unknown_reference", nothing_there()))
    })?;
    let request = unit.request.clone();
    whole.check_caller(unit, &request)?;
    Ok(Some(whole))
}

/// Refuses who is none of the organisation's own people: they alone say whether a file of it is public.
pub fn check_publisher(unit: &Unit<'_>, whole: Option<&Whole>) -> Result<(), Halt> {
    match whole {
        Some(Whole::Organisation(row)) if unit.request.caller.organisation_id != Some(row.id) => {
            Err(Problem::plain("not_allowed").into())
        }
        _ => Ok(()),
    }
}

/// A reference that is not found is a fault of the input, not of the address.
pub fn unknown(halt: Halt, problem: fn(Faults) -> Problem, fault: impl FnOnce() -> Fault) -> Halt {
    match halt {
        Halt::Problem(p) if p.entry.code == "not_found" => problem(vec![fault()].into()).into(),
        other => other,
    }
}

pub fn nothing_there() -> Bilingual {
    both("Aucune ressource de cet identifiant dans votre périmètre.", "No such resource within your perimeter.")
}

/// What the query says of the file.
fn said(params: &mut Params) -> NewFile {
    for name in ["name", "purpose"] {
        if !params.has(name) {
            let why = both("Ce paramètre est obligatoire.", "This parameter is required.");
            params.fault(Fault::parameter(name, "missing", why));
        }
    }
    let mut text = |name: &'static str, most: usize| {
        let text = params.text(name)?;
        if !(1..=most).contains(&text.chars().count()) {
            let why = both(format!("De 1 à {most} caractères."), format!("From 1 to {most} characters."));
            params.fault(Fault::parameter(name, "out_of_range", why));
        }
        if let Some(sign) = forbidden_sign(&text, Lines::One) {
            params.fault(Fault::parameter(name, "forbidden_character", refusal_of(sign)));
        }
        Some(text)
    };
    let (name, external_id) = (text("name", 255).unwrap_or_default(), text("external_id", 200));
    let (purpose, attached_to) = (params.one("purpose"), params.one("attached_to"));
    let public = params.flag("public").unwrap_or_default();
    // What could not be read is a fault: nothing is made of this.
    let new = NewFile { name, purpose: purpose.unwrap_or(FilePurpose::Other), attached_to, public, external_id };
    if new.is_of_no_organisation() {
        params.fault(Fault::parameter("public", "not_applicable", only_of_organisations()));
    }
    new
}

/// Why a file is not public.
pub fn only_of_organisations() -> Bilingual {
    both(
        "Seule une pièce rattachée à un organisme est publique.",
        "Only a file that is attached to an organisation is public.",
    )
}

/// Looks at the bytes; 422 when they are of no type that is kept.
fn receive(bytes: &Bytes, declared: Option<Kind>, name: &str) -> Result<Received, Problem> {
    let kind = rules::recognise(bytes, declared, name).map_err(refusal)?;
    if let Some(declared) = declared.filter(|declared| *declared != kind) {
        let (said, is) = (declared.media_type(), kind.media_type());
        return Err(Problem::new(
            "unsupported_file",
            both(
                format!("Le fichier est annoncé {said}, ses octets sont {is}."),
                format!("The file is said to be {said}, its bytes are {is}."),
            ),
        ));
    }
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok(Received { kind, size, sha256: hex(&Sha256::digest(bytes)) })
}

/// Names what was found, and what to do.
fn found(danger: Danger) -> Bilingual {
    match danger {
        Danger::Macros => both(
            "Le document contient des macros : l'enregistrer sans elles.",
            "The document holds macros: save it without them.",
        ),
        Danger::Controls => both(
            "Le document contient des contrôles ActiveX : l'enregistrer sans eux.",
            "The document holds ActiveX controls: save it without them.",
        ),
        Danger::Remote => both(
            "Le document va chercher ailleurs un modèle, un cadre, un objet ou une image : les y incorporer ou les ôter.",
            "The document fetches a template, a frame, an object or a picture from elsewhere: embed or remove them.",
        ),
        Danger::Script => both(
            "Le PDF contient du JavaScript : l'imprimer dans un nouveau PDF.",
            "The PDF holds JavaScript: print it to a new PDF.",
        ),
        Danger::Launch => both(
            "Le PDF contient une action qui lance un programme (Launch) : l'imprimer dans un nouveau PDF.",
            "The PDF holds an action that starts a program (Launch): print it to a new PDF.",
        ),
        Danger::Automatic => both(
            "Le PDF contient des actions automatiques (AA) : l'imprimer dans un nouveau PDF.",
            "The PDF holds actions that happen by themselves (AA): print it to a new PDF.",
        ),
        Danger::RichMedia => both(
            "Le PDF contient un lecteur multimédia (RichMedia) : l'imprimer dans un nouveau PDF.",
            "The PDF holds a media player (RichMedia): print it to a new PDF.",
        ),
    }
}

fn refusal(unfit: Unfit) -> Problem {
    let detail = match unfit {
        Unfit::Empty => both("Le fichier est vide.", "The file is empty."),
        Unfit::CutShort(kind) => {
            let kind = kind.media_type();
            both(
                format!("Le fichier commence comme {kind} et n'en a pas la fin : il a été coupé."),
                format!("The file starts as {kind} and has no end of one: it was cut short."),
            )
        }
        Unfit::Holds(danger) => found(danger),
        Unfit::Packed => both(
            "Ce que le fichier contient sous forme compressée ne peut être examiné : l'enregistrer autrement.",
            "What the file holds in compressed form cannot be looked at: save it another way.",
        ),
        Unfit::Active => both(
            "Le fichier est une page ou un dessin qu'un navigateur exécuterait.",
            "The file is a page or a drawing that a browser would run.",
        ),
        Unfit::Unknown => both(
            "Types acceptés : PDF, PNG, JPEG, DOCX, ODT, et texte ou Markdown en UTF-8.",
            "Accepted types: PDF, PNG, JPEG, DOCX, ODT, and text or Markdown in UTF-8.",
        ),
    };
    Problem::new("unsupported_file", detail)
}
