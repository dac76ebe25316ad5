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
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
    });
}
