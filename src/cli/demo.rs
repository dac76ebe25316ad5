//! `passerelle demo`: the whole service in one go, to try or to write a frontend against.
//!
//! Its folder holds an embedded database with its key, and a note that tells them from a real one: a database without
//! the note is never seeded and never deleted. The second start finds everything again; only the tokens are new.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value, json};

use super::open::{self, Schema};
use super::out::{self, Stop};
use super::seed::{self, Seeded};
use super::{Format, keyfile, serve};
use crate::app::App;
use crate::auth::tokens;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Target;
use crate::domain::CivilDate;
use crate::{jobs, server};

/// Seconds a token of the demo lives: a day's work.
const TOKEN_LIFETIME: i64 = 12 * 3600;
/// What tells the folder of a demo.
const NOTE: &str = "DEMO.txt";
const DATABASE: &str = "passerelle.db";

/// Try it: a database of its own, a convention imported and signed, a token per role, and the service
#[derive(Debug, Args)]
pub struct Demo {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = serve::host_and_port)]
    bind: String,
    /// Folder of its database
    #[arg(long, default_value = "./demo")]
    dir: PathBuf,
    /// Start afresh: delete what an earlier demo left in the folder, and nothing else
    #[arg(long)]
    reset: bool,
    /// Live on this civil date (YYYY-MM-DD): it moves what is due, never the hours of tokens
    #[arg(long, value_name = "DATE", value_parser = read_date)]
    today: Option<CivilDate>,
    /// How the address and the tokens are written; json is one line, once the service answers
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Demo {
    pub fn run(self) -> Result<(), Stop> {
        let mut config = self.config()?;
        let (listener, address) = serve::listen(&self.bind)?;
        self.prepare()?;
        config.target = Target::Sqlite(self.dir.join(DATABASE));
        serve::name_address(&mut config, address);
        open::block_on(async move {
            let app = open::app(config, Clock::System { civil: self.today }, Schema::Own).await?;
            let seeded = seed::plant(&app).await?;
            let tokens = tokens_of(&app, &seeded)?;
            jobs::start(app.clone());
            let health = format!("http://{}/health/ready", serve::on_this_machine(address));
            let card = Card { app: app.clone(), seeded, tokens, dir: self.dir, format: self.format };
            actix_web::rt::spawn(async move {
                if answers(&health).await {
                    card.show();
                } else {
                    out::talk(log::Level::Error, &format!("{health} does not answer"));
                }
            });
            server::run(app, vec![listener]).await.map_err(|e| Stop::because(e.to_string()))
        })
    }

    /// The environment, but for the database and its key: those are the demo's own.
    fn config(&self) -> Result<Config, Stop> {
        let variable = |name: &str| match name {
            "DATABASE_URL" => Some(format!("sqlite:{DATABASE}")),
            "PASSERELLE_MASTER_KEY" => None,
            _ => std::env::var(name).ok().filter(|value| !value.is_empty()),
        };
        open::checked(Config::read(&self.bind, &variable))
    }

    /// Makes the folder, and empties it of an earlier demo when asked to.
    fn prepare(&self) -> Result<(), Stop> {
        let refused = |path: &Path, e: std::io::Error| Stop::because(format!("{}: {e}", path.display()));
        fs::create_dir_all(&self.dir).map_err(|e| refused(&self.dir, e))?;
        let (note, database) = (self.dir.join(NOTE), self.dir.join(DATABASE));
        if (database.exists() || keyfile::beside(&database).exists()) && !note.exists() {
            return Err(Stop::because(format!(
                "{} was not made by a demo ({NOTE} is not beside it): name another folder with --dir",
                database.display()
            )));
        }
        // A demo whose database was deleted starts afresh: its key opens nothing any more.
        if self.reset || !database.exists() {
            let beside = |end: &str| self.dir.join(format!("{DATABASE}{end}"));
            for path in [database.clone(), beside("-wal"), beside("-shm"), keyfile::beside(&database)] {
                match fs::remove_file(&path) {
                    Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(refused(&path, e)),
                    _ => {}
                }
            }
        }
        let text = "The data of `passerelle demo`: fictional, deleted by `passerelle demo --reset`.\n";
        fs::write(&note, text).map_err(|e| refused(&note, e))
    }
}

/// A ready token per role, by the name of the role.
fn tokens_of(app: &App, seeded: &Seeded) -> Result<Map<String, Value>, Stop> {
    let now = app.clock.now();
    let mut tokens = Map::new();
    for client in &seeded.clients {
        let id = app.ids.next(now);
        let issuer = &app.config.public_url;
        let token = tokens::issue(&app.keys, issuer, client.id, id, &client.scopes.0, now, TOKEN_LIFETIME)
            .map_err(Stop::Refused)?;
        tokens.insert(client.role.to_string(), token.into());
    }
    Ok(tokens)
}

/// Asks until the service answers, five seconds at most.
async fn answers(health: &str) -> bool {
    let Ok(address) = health.parse::<super::health::Address>() else { return false };
    for _ in 0..100 {
        let address = address.clone();
        let status = actix_web::rt::task::spawn_blocking(move || address.status()).await;
        if matches!(status, Ok(Ok(200))) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// What a newcomer needs, shown once the service answers.
struct Card {
    app: App,
    seeded: Seeded,
    tokens: Map<String, Value>,
    dir: PathBuf,
    format: Format,
}

impl Card {
    fn show(&self) {
        let text = match self.format {
            Format::Json => self.json().to_string(),
            Format::Text => self.text(),
        };
        // The service goes on when nobody reads.
        if let Err(Stop::Refused(why)) = out::data(&text) {
            out::talk(log::Level::Warn, &why);
        }
    }

    fn json(&self) -> Value {
        let base = &self.app.config.public_url;
        json!({
            "base_url": base, "docs_url": format!("{base}/docs/"), "convention_id": self.seeded.convention_id,
            "tokens": self.tokens,
        })
    }

    fn text(&self) -> String {
        let base = &self.app.config.public_url;
        let today = self.app.clock.today();
        let mut lines = vec![
            format!("Passerelle, demo of {today}; its data are fictional and lie in {}", self.dir.display()),
            String::new(),
            format!("  service      {base}"),
            format!("  Swagger UI   {base}/docs/"),
            format!("  convention   {}", self.seeded.convention_id),
            String::new(),
            "A token per role, good for 12 hours:".into(),
            String::new(),
        ];
        let text = |token: &Value| token.as_str().unwrap_or_default().to_owned();
        lines.extend(self.tokens.iter().map(|(role, token)| format!("  {role:<12} {}", text(token))));
        lines.extend([
            String::new(),
            "A first call, as the association:".into(),
            String::new(),
            format!(
                "  curl -H 'Authorization: Bearer {}' {base}/v1/conventions/{}",
                self.tokens.get("association").map(text).unwrap_or_default(),
                self.seeded.convention_id
            ),
            String::new(),
            format!("It answers 200 and the convention, with {}.", self.seeded.expected),
            "Ctrl-C ends it; the next start finds the same data, --reset starts afresh.".into(),
        ]);
        lines.join("\n")
    }
}

fn read_date(text: &str) -> Result<CivilDate, String> {
    text.parse().map_err(|_| "a date is written YYYY-MM-DD".to_owned())
}
