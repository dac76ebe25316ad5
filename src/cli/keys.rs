//! `passerelle keys`: the keys that sign the tokens. The private halves are sealed, and never shown.

use std::fmt::Write as _;

use clap::Subcommand;
use serde_json::json;

use super::Format;
use super::open::{self, Schema};
use super::out::{self, Stop};
use crate::app::App;
use crate::auth::keys::{self, PUBLISHED_BEFORE, StoredKey, VERIFIES_AFTER};
use crate::clock::Clock;
use crate::domain::Instant;

/// The keys that sign the tokens
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// List them, the oldest first
    List {
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Publish a new key; it signs a minute later, and the old ones verify for a day more
    Rotate {
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

impl Keys {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            match self {
                Self::List { format } => list(&app, format).await,
                Self::Rotate { format } => rotate(&app, format).await,
            }
        })
    }
}

/// What a key does at a moment.
fn state(key: &StoredKey, now: Instant) -> &'static str {
    match key.retired_at {
        Some(at) if now >= at.plus_seconds(VERIFIES_AFTER) => "retired",
        Some(at) if now >= at => "verifies",
        _ if now < key.signs_from => "published",
        _ => "signs",
    }
}

async fn list(app: &App, format: Format) -> Result<(), Stop> {
    let now = app.clock.now();
    let keys = app.db.read(|c| Ok(keys::list(c)?)).await?;
    if format == Format::Json {
        let listed: Vec<_> = keys
            .iter()
            .map(|k| {
                json!({
                    "kid": k.kid, "state": state(k, now), "public_key": k.public_key, "created_at": k.created_at,
                    "signs_from": k.signs_from, "retired_at": k.retired_at,
                })
            })
            .collect();
        return out::json(&listed);
    }
    let mut text = format!("{:<18} {:<10} {:<28} RETIRED", "KEY", "STATE", "SIGNS FROM");
    for key in &keys {
        let retired = key.retired_at.map(|at| at.to_string()).unwrap_or_default();
        let from = key.signs_from.to_string();
        let _ = write!(
            text,
            "
{:<18} {:<10} {from:<28} {retired}",
            key.kid,
            state(key, now)
        );
    }
    out::data(&text)
}

async fn rotate(app: &App, format: Format) -> Result<(), Stop> {
    let Some(master) = app.config.master_key.clone() else { return Err(Stop::because("there is no master key")) };
    let (kid, from) = app
        .act(false, move |unit| {
            let now = unit.request.now;
            Ok((keys::rotate(unit, &master, now)?, now.plus_seconds(PUBLISHED_BEFORE)))
        })
        .await?;
    if format == Format::Json {
        return out::json(&json!({ "kid": kid, "signs_from": from }));
    }
    out::data(&kid)?;
    out::talk(log::Level::Info, &format!("it signs from {from}; the others verify for a day after that"));
    Ok(())
}
