//! `passerelle grants`: what people of external issuers may do here.
//!
//! The options become the body that `POST /v1/grants` takes, and go through its validation and the issuer's cap.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::open::{self, Schema};
use super::out::{self, Stop};
use super::{Format, import};
use crate::app::App;
use crate::auth::grants::{self, Grant, NewGrant};
use crate::clock::Clock;
use crate::domain::Id;
use crate::http::body;

/// What people of external issuers may do here
#[derive(Debug, Subcommand)]
pub enum Grants {
    /// Grant something to a subject of a configured issuer
    Add(Box<Add>),
    /// List the grants, revoked ones included
    List {
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Revoke a grant: its holder is refused within 30 seconds, and it cannot be undone
    Revoke {
        /// Its id
        #[arg(value_parser = import::read_id)]
        id: Id,
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Grant something to a subject of a configured issuer
#[derive(Debug, Args)]
pub struct Add {
    /// The issuer, exactly as in its tokens
    #[arg(long, value_name = "ISS")]
    issuer: String,
    /// Who it is to that issuer
    #[arg(long, value_name = "SUB")]
    subject: String,
    /// Name, for people
    #[arg(long)]
    name: String,
    /// ministry, association, academie, school, volunteer, observer or operator, within the issuer's cap
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
    /// A scope; may be repeated; all that role and issuer allow when left out
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// First day it holds
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day it holds
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Grants {
    pub fn run(self) -> Result<(), Stop> {
        open::block_on(async move {
            let config = open::config("127.0.0.1:8080")?;
            let app = open::app(config, Clock::System { civil: None }, Schema::AsItIs).await?;
            match self {
                Self::Add(add) => add.run(&app).await,
                Self::List { format } => list(&app, format).await,
                Self::Revoke { id, format } => {
                    let grant = app.act(false, move |unit| grants::revoke(unit, id)).await?;
                    show(&grant, format)
                }
            }
        })
    }
}

impl Add {
    async fn run(self, app: &App) -> Result<(), Stop> {
        let new: NewGrant = body::read(self.body()).map_err(crate::error::Halt::from)?;
        let issuers = app.issuers.clone();
        let grant = app.act(false, move |unit| grants::create(unit, &issuers, new)).await?;
        show(&grant, self.format)
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "issuer": self.issuer, "subject": self.subject, "name": self.name, "role": self.role,
            "territories": self.territory, "uais": self.uai,
        });
        let given = [("organisation_id", &self.organisation), ("valid_from", &self.from), ("valid_until", &self.until)];
        for (member, value) in given {
            if let Some(value) = value {
                body[member] = json!(value);
            }
        }
        if !self.scope.is_empty() {
            body["scopes"] = json!(self.scope);
        }
        body
    }
}

fn show(grant: &Grant, format: Format) -> Result<(), Stop> {
    match format {
        Format::Json => out::json(grant),
        Format::Text => {
            let state = grant.revoked_at.map_or_else(|| "holds".to_owned(), |at| format!("revoked at {at}"));
            let (id, name, role) = (grant.id, &grant.name, grant.role);
            out::data(&format!("{id} {state}: {name}, {role}, {} of {}", grant.subject, grant.issuer))
        }
    }
}

async fn list(app: &App, format: Format) -> Result<(), Stop> {
    let all = app.db.read(|c| Ok(Grant::all(c)?)).await?;
    if format == Format::Json {
        return out::json(&all);
    }
    let mut text = format!("{:<36}  {:<11}  {:<8}  NAME, SUBJECT, ISSUER", "GRANT_ID", "ROLE", "STATE");
    for grant in &all {
        let state = if grant.revoked_at.is_some() { "revoked" } else { "live" };
        let (id, role) = (grant.id.to_string(), grant.role.to_string());
        let _ = write!(text, "\n{id:<36}  {role:<11}  {state:<8}  {}, {}, {}", grant.name, grant.subject, grant.issuer);
    }
    out::data(&text)
}
