//! The command line: one program, one file a command.
//!
//! A command reads its arguments ([`Cli`]), the environment ([`open::config`], checked whole), opens the database as
//! the service does ([`open::app`]), acts as the operator through the same functions as the API, and answers on
//! standard output. All it has to say beside goes to standard error ([`out`]). The exit status is 0, 1 for what was
//! refused, 2 for a command line that cannot be read.

mod backup;
mod clients;
mod demo;
mod document;
mod grants;
mod health;
mod import;
mod import_sheets;
mod keyfile;
mod keys;
mod logs;
mod migrate;
mod obligations;
mod open;
mod out;
mod reading;
mod schools;
mod seed;
mod serve;
mod sheets_told;
mod summary;
mod upkeep;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use out::Stop;

/// What stands under `--help`.
const AFTER_HELP: &str = "\
Environment (read once, checked whole: every fault is reported, no secret is ever printed):
  DATABASE_URL            sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME   [default: sqlite:passerelle.db]
  DATABASE_POOLER         transaction: DATABASE_URL leads to PgBouncer in transaction mode   [default: none]
  DATABASE_REPLICA_URL    a streaming replica that exports are read from   [default: DATABASE_URL]
  PASSERELLE_MASTER_KEY   base64 of 32 bytes: seals the signing keys in the database. Required on PostgreSQL
                          (openssl rand -base64 32); beside an embedded database, the 0600 file FILE.key stands in
  PUBLIC_URL              address clients use: issuer and audience of the tokens   [default: the address bound]
  CORS_ORIGINS            origins of browsers' pages, separated by commas   [default: none]
  TRUSTED_PROXIES         proxies whose X-Forwarded-For is believed: addresses and networks (10.0.0.0/8), separated
                          by commas   [default: none]
  RATE_PER_SECOND, RATE_BURST
                          requests of one client, per replica   [default: 500, 2000]
  TOKENS_PER_MINUTE_CLIENT, TOKENS_PER_MINUTE_ADDRESS
                          requests for a token of one client, and from one address, per replica   [default: 120, 600]
  DB_READERS, DB_WRITERS, DB_QUEUE
                          database threads, and units that may wait for them   [default: by cores, 512]
  WORKERS                 threads that speak HTTP   [default: one a core]
  SHUTDOWN_GRACE_SECONDS  time given to requests in flight at SIGTERM   [default: 20]
  FEED_RETENTION_DAYS     days the change feed is kept   [default: 90]
  ISSUERS                 external issuers of tokens: a JSON array, or @FILE   [default: none]
  OUTBOUND_ALLOW          what the service may call beside public addresses over TLS: networks (10.2.0.0/16) and hosts
                          with their port (issuer.internal:8443), separated by commas   [default: none]
  OUTBOUND_CA_FILE        PEM of the roots trusted instead of the compiled ones   [default: none]
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                          the proxy that outbound calls go through   [default: none]
  RUST_LOG                what is logged   [default: info for serve and demo, warn otherwise]
  LOG_FORMAT              text, or json: one object a line with ts, level, target, message   [default: text]
  NO_COLOR                no colour, even on a terminal

Exit status: 0 done; 1 refused, the reason is on standard error; 2 the command line cannot be read.
Data goes to standard output, all the rest to standard error.";

/// A signed partnership convention, as a running system.
#[derive(Debug, Parser)]
#[command(name = "passerelle", version, about, after_help = AFTER_HELP, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: a database of its own, a convention imported and signed, a token per role, and the service
    Demo(demo::Demo),
    /// Run the service
    Serve(serve::Serve),
    /// Apply the migrations that are pending, under a lock
    Migrate(migrate::Migrate),
    /// Bring in what exists already
    #[command(subcommand)]
    Import(import::Import),
    /// Machine clients: who may ask /oauth/token for a token
    #[command(subcommand)]
    Clients(clients::Clients),
    /// What people of external issuers may do here
    #[command(subcommand)]
    Grants(grants::Grants),
    /// The keys that sign the tokens
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Who did what: a chain of hashes
    #[command(subcommand)]
    Audit(upkeep::Audit),
    /// The change feed
    #[command(subcommand)]
    Feed(upkeep::Feed),
    /// What is attached to conventions and organisations
    #[command(subcommand)]
    Files(upkeep::Files),
    /// What is kept for a time only
    #[command(subcommand)]
    Retention(upkeep::Retention),
    /// Dates and duties of conventions, as stored
    #[command(subcommand)]
    Obligations(obligations::Obligations),
    /// Write a copy of the embedded database to a new file, while the service runs
    Backup(backup::Backup),
    /// Put a backup in the place of the embedded database; the service must be stopped
    Restore(backup::Restore),
    /// Print the OpenAPI document, or compare it with a file
    Openapi(document::Openapi),
    /// Ask an address whether it answers 200, for a container's health check
    Health(health::Health),
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Runs the program.
pub fn main() -> ExitCode {
    // clap prints by itself, and ends with 0 for --help and --version, 2 for what it cannot read.
    let cli = Cli::parse();
    let served = matches!(cli.command, Command::Demo(_) | Command::Serve(_));
    logs::start(if served { "info,actix_server=warn" } else { "warn" });
    let done = match cli.command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Import(import) => import.run(),
        Command::Clients(clients) => clients.run(),
        Command::Grants(grants) => grants.run(),
        Command::Keys(keys) => keys.run(),
        Command::Audit(audit) => audit.run(),
        Command::Feed(feed) => feed.run(),
        Command::Files(files) => files.run(),
        Command::Retention(retention) => retention.run(),
        Command::Obligations(obligations) => obligations.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Openapi(openapi) => openapi.run(),
        Command::Health(health) => health.run(),
    };
    match done {
        Ok(()) | Err(Stop::ReaderGone) => ExitCode::SUCCESS,
        Err(Stop::Refused(why)) => {
            out::talk(log::Level::Error, &why);
            ExitCode::FAILURE
        }
    }
}
