//! `GET /v1/changes`.

use std::time::Duration;

use actix_web::get;
use tokio::time::Instant as Tick;
use utoipa_actix_web::service_config::ServiceConfig;

use super::kinds;
use super::page::{self, After, Asked, Changes, Cursor};
use crate::auth::caller;
use crate::auth::policy::ReadChanges;
use crate::error::{Fault, Halt, Problem, both};
use crate::http::answer::{Answer, Reply, settle};
use crate::http::call::{Call, Request};
use crate::http::many::Many;
use crate::http::params::Params;

/// Entries of a page, unless asked otherwise.
const DEFAULT_LIMIT: i64 = 200;
/// Entries of a page at most.
const MAX_LIMIT: i64 = 1000;
/// Seconds a long poll waits at most: a revoked caller must be refused within 30.
const MAX_WAIT: i64 = 25;

/// Follow what changes
///
/// Every change of what the caller may see, in one order that never skips and in which the versions of a resource never
/// descend; what is deleted or leaves the caller's perimeter included. To keep a copy in step: take `next` of
/// `after=head`, read the lists once, then call again and again with `after=` the last `next`, `wait=20` and
/// `embed=resource`; drop what is `deleted` or `left`, put every other `resource`. On 410 `resync` start again: the
/// cursor is older than the feed is kept, of a database that was restored since, or of another perimeter or other scopes.
#[utoipa::path(
    tag = "Changes", security(("oauth2" = ["changes:read"]), ("bearer" = [])),
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before; `head`: from now on; left out: from the first entry"),
        ("kinds" = inline(Option<Many<kinds::KindName>>), Query, description = "Kinds of resource, separated by commas: `convention,article`; all that the caller's scopes read when left out"),
        ("wait" = Option<u32>, Query, description = "Seconds to wait for an entry when there is none, 0 to 25", minimum = 0, maximum = 25),
        ("embed" = Option<String>, Query, pattern = "^resource$", description = "`resource`: each entry carries what its `GET` answers now"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 1 to 1000; 200 when left out", minimum = 1, maximum = 1000),
    ),
    responses((status = 200, description = "What changed", body = Changes))
)]
#[get("/v1/changes")]
async fn list_changes(call: Call<ReadChanges>) -> Reply {
    settle(answer(call).await)
}

async fn answer(call: Call<ReadChanges>) -> Result<Answer, Halt> {
    let (mut asked, wait) = read(&call.request)?;
    let deadline = Tick::now() + wait;
    let mut heads = call.app.feed.subscribe();
    let mut waited = false;
    loop {
        let (request, page_asked) = (call.request.clone(), asked.clone());
        let (changes, reached) = call
            .app
            .db
            .read(move |c| {
                if waited {
                    caller::still_live(c, &request)?;
                }
                c.snapshot(|c| page::read(c, &request, &page_asked))
            })
            .await?;
        if !changes.items.is_empty() || changes.more || Tick::now() >= deadline || call.app.draining() {
            return Ok(Answer::ok(&changes)?.with("Cache-Control", "no-store"));
        }
        let position = reached.position();
        asked.after = After::Cursor(reached);
        waited = true;
        // A service that stops lets nobody wait.
        let turn = deadline.min(Tick::now() + Duration::from_millis(500));
        let _ = tokio::time::timeout_at(turn, heads.wait_for(|head| *head > position)).await;
    }
}

fn read(request: &Request) -> Result<(Asked, Duration), Problem> {
    request.only_json()?;
    let mut params = Params::of(&request.query);
    let wait = params.integer("wait", 0, MAX_WAIT).unwrap_or(0);
    let limit = params.integer("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let embed = params.choice("embed", &["resource"]).is_some();
    let after = match params.text("after").as_deref() {
        None => After::Start,
        Some("head") => After::Head,
        Some(text) => Cursor::parse(text).map_or_else(
            || {
                params.fault(Fault::parameter(
                    "after",
                    "invalid_cursor",
                    both("Ce n'est pas un curseur de ce flux.", "This is no cursor of this feed."),
                ));
                After::Start
            },
            After::Cursor,
        ),
    };
    let kinds = kinds::listed(&mut params, "kinds");
    params.verdict()?;
    Ok((Asked { after, kinds, limit, embed }, Duration::from_secs(wait.unsigned_abs())))
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_changes);
}
