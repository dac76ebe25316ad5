//! Work that no request waits for. Every job is idempotent: two replicas may run it.

use std::time::Duration;

use crate::app::App;
use crate::http::idempotency;

/// Starts the jobs of this replica; they end with its runtime.
pub fn start(app: App) {
    actix_web::rt::spawn(async move {
        loop {
            let now = app.clock.now();
            match app.db.write(true, move |c| Ok(idempotency::expire(c, now)?)).await {
                Ok(0) => {}
                Ok(dropped) => log::info!("{dropped} idempotency keys older than a day dropped"),
                Err(halt) => log::warn!("idempotency keys were not expired: {halt:?}"),
            }
            tokio::time::sleep(Duration::from_hours(1)).await;
        }
    });
}

/// Reads the signing keys again, in every replica: `passerelle keys rotate` runs elsewhere, and its key is published for
/// [`crate::auth::keys::PUBLISHED_BEFORE`] seconds before it signs.
pub fn follow_keys(app: App) {
    actix_web::rt::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(20)).await;
            if let Err(halt) = app.keys.reload(&app.db).await {
                log::warn!("the signing keys were not read again: {halt:?}");
            }
        }
    });
}
