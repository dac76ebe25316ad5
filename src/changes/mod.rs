//! The change feed: what changed, in one order, for those who keep a copy in step.
//!
//! ```text
//! cursor = GET /v1/changes?after=head            → next            the place to follow from
//! copy every list once (GET /v1/conventions …)                     what changes meanwhile comes again below: harmless
//! loop:
//!     page = GET /v1/changes?after=CURSOR&wait=20&embed=resource
//!     410 resync                                 → start again     the cursor is past retention, or of another copy
//!     for entry in page.items:
//!         deleted, left                          → drop entry.id
//!         else entry.resource != null            → put it, unless the copy holds a later version
//!     cursor = page.next                         (kept with the copy, in one transaction)
//! ```
//!
//! Nothing is skipped and the versions of one resource never descend: positions are given by the stamper
//! ([`crate::db::feed`]). Who sees an entry was written with it ([`audience`]), so that a caller also learns of what is
//! deleted or leaves its perimeter. [`kinds`] says what an entry may be about and how its resource is read.

pub mod audience;
pub mod http;
pub mod kinds;
mod page;

use std::time::Duration;

use crate::app::App;

/// Watches how far the feed has come, for the long polls of this replica: one small read for all of them, and none
/// while nobody waits.
pub fn follow(app: App) {
    const PAUSE: Duration = Duration::from_millis(50);
    actix_web::rt::spawn(async move {
        loop {
            if app.feed.receiver_count() > 0
                && let Ok(head) = app.db.read(|c| Ok(crate::db::feed::head(c)?)).await
            {
                app.feed.send_if_modified(|known| std::mem::replace(known, head.position) != head.position);
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
}
