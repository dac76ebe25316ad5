//! `passerelle clients`: how an instance gets its first client, and how it takes one away.
//!
//! The options become the body that `POST /v1/clients` takes, and go through its validation.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use super::open::{self, Schema};
use super::out::{self, Stop};
use super::{Format, import};
use crate::app::App;
use crate::auth::clients::{self, Client, NewClient};
use crate::clock::Clock;
use crate::domain::Id;
use crate::http::body;

/// Machine clients: who may ask /oauth/token for a token
#[derive(Debug, Subcommand)]
pub enum Clients {
    /// Create a client; its secret is shown once and never again
    Create(Create),
    /// List the clients, revoked ones included
    List {
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Revoke a client: its tokens are refused within 30 seconds, and it cannot be undone
    Revoke {
        /// Its id
        #[arg(value_parser = import::read_id)]
        id: Id,
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Create a client; its secret is shown once and never again
#[derive(Debug, Args)]
pub struct Create {
    /// Name, for people
    #[arg(long)]
    name: String,
    /// operator, ministry, association, academie, school, volunteer or observer
    #[arg(long)]
    role: String,
    /// The organisation it acts for (ministry, association, academie)
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
    /// A territory it acts on, such as academie:25; may be repeated
    #[arg(long, value_name = "TERRITORY")]
    territory: Vec<String>,
    /// A school it acts for; may be repeated
    #[arg(long, value_name = "UAI")]
    uai: Vec<String>,
    /// A scope it may ask for; may be repeated; all those of its role when left out
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Clients {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            match self {
                Self::Create(create) => create.run(&app).await,
                Self::List { format } => list(&app, format).await,
                Self::Revoke { id, format } => revoke(&app, id, format).await,
            }
        })
    }
}

impl Create {
    async fn run(self, app: &App) -> Result<(), Stop> {
        let new: NewClient = body::read(self.body()).map_err(crate::error::Halt::from)?;
        let made = app.act(false, move |unit| clients::create(unit, new)).await?;
        let id = made.client.id;
        let shown = match self.format {
            Format::Json => out::json(&json!({
                "client_id": id, "client_secret": made.client_secret, "client": made.client,
            })),
            Format::Text => out::data(&format!("client_id      {id}\nclient_secret  {}", made.client_secret)),
        };
        // The client exists by now, and this was the one time its secret could be read.
        shown.map_err(|_| {
            Stop::because(format!("client {id} was created and its secret could not be shown: revoke it"))
        })?;
        if self.format == Format::Text {
            out::talk(log::Level::Info, "the secret is stored as SHA-256 only: keep it now");
        }
        Ok(())
    }

    fn body(&self) -> serde_json::Value {
        let mut body = json!({
            "name": self.name, "role": self.role, "territories": self.territory, "uais": self.uai,
        });
        if let Some(organisation) = &self.organisation {
            body["organisation_id"] = json!(organisation);
        }
        if !self.scope.is_empty() {
            body["scopes"] = json!(self.scope);
        }
        body
    }
}

async fn list(app: &App, format: Format) -> Result<(), Stop> {
    let all = app.db.read(|c| Ok(Client::all(c)?)).await?;
    if format == Format::Json {
        return out::json(&all);
    }
    let mut text = format!("{:<36}  {:<11}  {:<8}  NAME", "CLIENT_ID", "ROLE", "STATE");
    for client in &all {
        let state = if client.revoked_at.is_some() { "revoked" } else { "live" };
        let _ = write!(
            text,
            "\n{:<36}  {:<11}  {state:<8}  {}",
            client.id.to_string(),
            client.role.to_string(),
            client.name
        );
    }
    out::data(&text)
}

async fn revoke(app: &App, id: Id, format: Format) -> Result<(), Stop> {
    let client = app.act(false, move |unit| clients::revoke(unit, id)).await?;
    match format {
        Format::Json => out::json(&client),
        Format::Text => {
            let at = client.revoked_at.map(|at| at.to_string()).unwrap_or_default();
            out::data(&format!("{} revoked at {at}: {}", client.id, client.name))
        }
    }
}
