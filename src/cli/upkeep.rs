//! `passerelle audit`, `feed` and `retention`: upkeep; each says what it did.

use std::path::PathBuf;

use clap::Subcommand;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::Format;
use super::open::{self, Schema};
use super::out::{self, Stop};
use crate::app::App;
use crate::audit::http::HEAD_TYPE;
use crate::audit::verify::{self, Known};
use crate::auth::keys::{self, StoredKey};
use crate::clock::Clock;
use crate::db::feed;
use crate::domain::{CivilDate, Id, Instant};
use crate::files;
use crate::jobs::retention;

/// Who did what: a chain of hashes
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk the whole chain; names the first entry that was altered, removed or cut off, with exit status 1
    Verify {
        /// A head kept elsewhere: the answer of GET /v1/audit/head, or its `signed` alone; may be given several times
        #[arg(long, value_name = "FILE")]
        head: Vec<PathBuf>,
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Erase what stood before and after; the entries stay, and the chain valid. It cannot be undone
    #[command(group(clap::ArgGroup::new("what").required(true)))]
    Erase {
        /// The details of one resource's entries
        #[arg(long, value_name = "ID", group = "what")]
        resource: Option<Id>,
        /// The details recorded before a day began, in UTC
        #[arg(long, value_name = "DATE", group = "what")]
        before: Option<CivilDate>,
    },
}

/// The change feed
#[derive(Debug, Subcommand)]
pub enum Feed {
    /// After a restore on PostgreSQL: every client that follows reads its lists again (`restore` does it by itself)
    Renew,
}

/// What is attached to conventions and organisations
#[derive(Debug, Subcommand)]
pub enum Files {
    /// Erase the bytes of a file that should never have been sent; its name and hash stay. It cannot be undone
    Erase {
        /// The file
        id: Id,
    },
}

/// What is kept for a time only
#[derive(Debug, Subcommand)]
pub enum Retention {
    /// Drop what is past its time now, a day's worth of each at most, as the jobs do every hour
    Apply,
}

async fn app() -> Result<App, Stop> {
    let config = open::config("127.0.0.1:8080")?;
    open::app(config, Clock::System { civil: None }, Schema::AsItIs).await
}

impl Audit {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let app = app().await?;
            match self {
                Self::Verify { head, format } => walk(&app, &head, format).await,
                Self::Erase { resource, before } => erase(&app, resource, before).await,
            }
        })
    }
}

async fn walk(app: &App, heads: &[PathBuf], format: Format) -> Result<(), Stop> {
    let stored = app.db.read(|c| Ok(keys::list(c)?)).await?;
    let known = heads.iter().map(|path| signed_head(path, &stored)).collect::<Result<Vec<_>, _>>()?;
    let kept = known.len();
    let walked = app.db.read(move |c| verify::verify(c, &known)).await?;
    let whole = walked.map_err(|broken| Stop::because(broken.to_string()))?;
    if format == Format::Json {
        return out::json(&json!({
            "entries": whole.entries, "hash": whole.hash, "details_erased": whole.erased, "heads_checked": kept,
        }));
    }
    out::data(&format!(
        "the chain is whole: {} entries, {} with erased details, {kept} signed head(s) checked; it ends with {}",
        whole.entries, whole.erased, whole.hash
    ))
}

/// Reads a signed head and checks its signature with the keys of this instance, retired ones included.
fn signed_head(path: &PathBuf, keys: &[StoredKey]) -> Result<Known, Stop> {
    let refused = |why: &str| Stop::because(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| refused(&e.to_string()))?;
    let jws = match serde_json::from_str::<Value>(&text) {
        Ok(answer) => answer["signed"].as_str().ok_or_else(|| refused("no member `signed`"))?.to_owned(),
        Err(_) => text.trim().to_owned(),
    };
    let header = jsonwebtoken::decode_header(&jws).map_err(|_| refused("this is no signed head"))?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(HEAD_TYPE) {
        return Err(refused("this is no signed head of an audit"));
    }
    let key = keys.iter().find(|key| Some(&key.kid) == header.kid.as_ref());
    let key = key.ok_or_else(|| refused("signed by a key that this instance does not have"))?;
    let key = DecodingKey::from_ed_components(&key.public_key).map_err(|e| refused(&e.to_string()))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Value>(&jws, &key, &validation)
        .map_err(|_| refused("its signature is not right"))?
        .claims;
    match (claims["position"].as_i64(), claims["hash"].as_str()) {
        (Some(position), Some(hash)) => Ok(Known { position, hash: hash.to_owned() }),
        _ => Err(refused("it names no position and hash")),
    }
}

async fn erase(app: &App, resource: Option<Id>, before: Option<CivilDate>) -> Result<(), Stop> {
    let day = before.map(|day| format!("{day}T00:00:00Z").parse::<Instant>());
    let before = day.transpose().map_err(|_| Stop::because("this is no day"))?;
    let erased = app
        .db
        .job(move |c| {
            Ok(match (resource, before) {
                (Some(resource), _) => verify::erase_resource(c, resource)?,
                (_, Some(day)) => verify::erase_before(c, day)?,
                (None, None) => 0,
            })
        })
        .await?;
    out::data(&format!("{erased} entries keep their place in the chain, their details are erased"))
}

impl Feed {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let app = app().await?;
            match self {
                Self::Renew => {
                    let epoch = app.db.job(feed::renew).await?;
                    out::data(&format!("every cursor of before is refused from now on; the feed's epoch is {epoch}"))
                }
            }
        })
    }
}

impl Files {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let app = app().await?;
            match self {
                Self::Erase { id } => {
                    let erased = app.act(false, move |unit| files::erase(unit, id)).await?;
                    out::data(&format!(
                        "the {} bytes of {:?} are erased; its hash stays: {}",
                        erased.size, erased.name, erased.sha256
                    ))
                }
            }
        })
    }
}

impl Retention {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let app = app().await?;
            match self {
                Self::Apply => {
                    let (now, kept) = (app.clock.now(), app.config.feed_retention);
                    let keys = retention::KEYS.drop_oldest(&app, now).await?;
                    let entries = retention::ENTRIES.drop_oldest(&app, now).await?;
                    let unused = retention::BLOBS.drop_oldest(&app, now).await?;
                    out::data(&format!(
                        "{keys} idempotency keys older than a day dropped\n\
                         {entries} entries of the change feed older than {} days dropped; the audit keeps its own\n\
                         {unused} blobs that no file uses any more dropped",
                        kept / (24 * 3600)
                    ))
                }
            }
        })
    }
}
