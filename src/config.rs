//! Configuration: from the environment, read once, checked whole; all faults are reported together and secrets are
//! never printed.

use std::sync::Arc;

use crate::auth::issuers::{self, Issuer};
use crate::auth::keys::MasterKey;
use crate::db::{DoorSizes, Target};
use crate::http::address;
use crate::outbound;

/// What the service runs with.
#[derive(Debug, Clone)]
pub struct Config {
    pub target: Target,
    /// Where exports are read from; the same as the rest when none.
    pub replica: Option<Target>,
    pub master_key: Option<MasterKey>,
    /// The address clients know this service by: issuer and audience of its tokens.
    pub public_url: String,
    pub doors: DoorSizes,
    pub cors_origins: Vec<String>,
    /// Requests a client may make per second, and in one burst; per replica.
    pub rate_per_second: u32,
    pub rate_burst: u32,
    /// Requests for a token per minute: of one client, and from one address; per replica.
    pub tokens_per_client: u32,
    pub tokens_per_address: u32,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Async worker threads.
    pub workers: usize,
    /// Seconds a token of `/oauth/token` lives.
    pub token_lifetime: i64,
    /// Seconds given to requests in flight at SIGTERM.
    pub grace: u64,
    /// Seconds the headers of a request may take to come.
    pub header_timeout: u64,
    /// Seconds the change feed is kept: a cursor older than that must start again.
    pub feed_retention: i64,
    /// Whose tokens are verified besides our own.
    pub issuers: Vec<Issuer>,
    /// What the service may call of itself.
    pub outbound: outbound::Settings,
}

/// Seconds a token of a machine client lives: ten minutes.
pub const TOKEN_LIFETIME: i64 = 600;

impl Config {
    /// Reads the environment; `Err` holds every fault.
    pub fn from_env(bind: &str) -> Result<Self, Vec<String>> {
        Self::read(bind, &|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
    }

    /// The same from any source of variables.
    pub fn read(bind: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let url = variable("DATABASE_URL").unwrap_or_else(|| "sqlite:passerelle.db".into());
        let target = Target::parse(&url).map_err(|e| faults.push(format!("DATABASE_URL {e}"))).ok();
        let (target, replica) = read_databases(variable, target, &mut faults);
        let master_key = variable("PASSERELLE_MASTER_KEY").and_then(|text| {
            MasterKey::parse(&text).map_err(|e| faults.push(format!("PASSERELLE_MASTER_KEY {e}"))).ok()
        });
        if target.as_ref().is_some_and(Target::is_postgres) && variable("PASSERELLE_MASTER_KEY").is_none() {
            faults.push("PASSERELLE_MASTER_KEY is required on PostgreSQL: `openssl rand -base64 32`".into());
        }
        let public_url = variable("PUBLIC_URL").unwrap_or_else(|| format!("http://{bind}"));
        if !(public_url.starts_with("http://") || public_url.starts_with("https://")) || public_url.ends_with('/') {
            faults.push("PUBLIC_URL must be an http(s) address without a final slash".into());
        }
        let cors_origins: Vec<String> = list(variable("CORS_ORIGINS").as_deref());
        for origin in &cors_origins {
            if !origin.starts_with("http://") && !origin.starts_with("https://") {
                faults.push(format!("CORS_ORIGINS: {origin:?} is no origin (https://host)"));
            }
        }
        let mut trusted_proxies = Vec::new();
        for proxy in list(variable("TRUSTED_PROXIES").as_deref()) {
            match address::parse_network(&proxy) {
                Some(network) => trusted_proxies.push(network),
                None => faults.push(format!("TRUSTED_PROXIES: {proxy:?} is no IP address and no network (10.0.0.0/8)")),
            }
        }
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let postgres = target.as_ref().is_some_and(Target::is_postgres);
        let mut number = |name: &str, default: usize, min: usize, max: usize| match variable(name) {
            None => default,
            Some(text) => match text.parse::<usize>() {
                Ok(n) if (min..=max).contains(&n) => n,
                _ => {
                    faults.push(format!("{name} must be an integer from {min} to {max}"));
                    default
                }
            },
        };
        let doors = DoorSizes {
            readers: number("DB_READERS", if postgres { cores * 3 } else { cores.max(2) }, 1, 256),
            writers: number("DB_WRITERS", if postgres { cores * 6 } else { 1 }, 1, 256),
            queue: number("DB_QUEUE", 512, 1, 65_536),
        };
        let rate_per_second = number("RATE_PER_SECOND", 500, 1, 1_000_000);
        let rate_burst = number("RATE_BURST", 2000, 1, 1_000_000);
        let tokens_per_client = number("TOKENS_PER_MINUTE_CLIENT", 120, 1, 1_000_000);
        let tokens_per_address = number("TOKENS_PER_MINUTE_ADDRESS", 600, 1, 1_000_000);
        let workers = number("WORKERS", cores, 1, 256);
        let grace = number("SHUTDOWN_GRACE_SECONDS", 20, 1, 3600) as u64;
        let retention_days = number("FEED_RETENTION_DAYS", 90, 1, 36_500);
        let issuers = read_issuers(variable, &public_url, &mut faults);
        let outbound = read_outbound(variable, &mut faults);
        match target {
            Some(target) if faults.is_empty() => Ok(Self {
                target,
                replica,
                master_key,
                public_url,
                doors,
                cors_origins,
                rate_per_second: u32::try_from(rate_per_second).unwrap_or(u32::MAX),
                rate_burst: u32::try_from(rate_burst).unwrap_or(u32::MAX),
                tokens_per_client: u32::try_from(tokens_per_client).unwrap_or(u32::MAX),
                tokens_per_address: u32::try_from(tokens_per_address).unwrap_or(u32::MAX),
                trusted_proxies,
                workers,
                token_lifetime: TOKEN_LIFETIME,
                grace,
                header_timeout: 10,
                feed_retention: i64::try_from(retention_days).unwrap_or(90) * 24 * 3600,
                issuers,
                outbound,
            }),
            _ => Err(faults),
        }
    }
}

type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// `DATABASE_POOLER` and `DATABASE_REPLICA_URL`, which are PostgreSQL's.
fn read_databases(
    variable: Variables<'_>,
    target: Option<Target>,
    faults: &mut Vec<String>,
) -> (Option<Target>, Option<Target>) {
    let postgres = target.as_ref().is_none_or(Target::is_postgres);
    let mut replica = None;
    if let Some(url) = variable("DATABASE_REPLICA_URL") {
        match Target::parse(&url) {
            Ok(read) if read.is_postgres() && postgres => replica = Some(read),
            Ok(_) => faults.push("DATABASE_REPLICA_URL is for PostgreSQL, of a DATABASE_URL that is too".into()),
            Err(e) => faults.push(format!("DATABASE_REPLICA_URL {e}")),
        }
    }
    match variable("DATABASE_POOLER").as_deref() {
        None => (target, replica),
        Some("transaction") if postgres => {
            let mut pooled = |target: Option<Target>| {
                target.and_then(|t| t.behind_pooler().map_err(|e| faults.push(format!("DATABASE_POOLER {e}"))).ok())
            };
            (pooled(target), pooled(replica))
        }
        Some("transaction") => {
            faults.push("DATABASE_POOLER is for PostgreSQL".into());
            (target, replica)
        }
        Some(_) => {
            faults.push("DATABASE_POOLER must be transaction, or absent".into());
            (target, replica)
        }
    }
}

/// `ISSUERS`: a JSON array, or `@` and the file that holds it.
fn read_issuers(variable: Variables<'_>, own: &str, faults: &mut Vec<String>) -> Vec<Issuer> {
    let Some(given) = variable("ISSUERS") else { return Vec::new() };
    let text = match given.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).map_err(|e| vec![format!("{file}: {e}")]),
        None => Ok(given),
    };
    match text.and_then(|text| issuers::read(&text, own)) {
        Ok(issuers) => issuers,
        Err(all) => {
            faults.extend(all.into_iter().map(|fault| format!("ISSUERS {fault}")));
            Vec::new()
        }
    }
}

/// `OUTBOUND_ALLOW`, `OUTBOUND_CA_FILE`, and the proxy by its usual names.
fn read_outbound(variable: Variables<'_>, faults: &mut Vec<String>) -> outbound::Settings {
    let mut settings = outbound::Settings::default();
    if let Some(text) = variable("OUTBOUND_ALLOW") {
        match text.parse() {
            Ok(allowed) => settings.allowed = allowed,
            Err(why) => faults.push(format!("OUTBOUND_ALLOW {why}")),
        }
    }
    let either = |name: &str| variable(name).or_else(|| variable(&name.to_ascii_lowercase()));
    settings.no_proxy = list(either("NO_PROXY").as_deref());
    let proxy = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"].iter().find_map(|name| Some((name, either(name)?)));
    if let Some((name, url)) = proxy {
        match outbound::Proxy::new(&url) {
            Ok(proxy) => settings.proxy = Some(proxy),
            // The address may hold a password.
            Err(_) => faults.push(format!("{name} is no address of a proxy (http://host:port)")),
        }
    }
    if let Some(file) = variable("OUTBOUND_CA_FILE") {
        let read = std::fs::read(&file).map_err(|e| e.to_string());
        match read.and_then(|pem| outbound::certificates(&pem).map(|_| pem)) {
            Ok(pem) => settings.roots = Some(Arc::new(pem)),
            Err(why) => faults.push(format!("OUTBOUND_CA_FILE {file}: {why}")),
        }
    }
    settings
}

fn list(text: Option<&str>) -> Vec<String> {
    text.into_iter().flat_map(|t| t.split(',')).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
        Config::read("127.0.0.1:8080", &move |name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()))
    }

    #[test]
    fn embedded_by_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.target, Target::Sqlite("passerelle.db".into()));
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn every_fault_at_once_and_no_secret() {
        let faults = read(&[
            ("DATABASE_URL", "mysql://x"),
            ("PASSERELLE_MASTER_KEY", "not-a-key"),
            ("PUBLIC_URL", "passerelle.example/"),
            ("CORS_ORIGINS", "https://a.example, b.example"),
            ("TRUSTED_PROXIES", "10.0.0.1,10.0.0.0/8,fd00::/8,localhost"),
            ("DB_READERS", "0"),
            ("RATE_PER_SECOND", "many"),
            ("TOKENS_PER_MINUTE_CLIENT", "0"),
            ("TOKENS_PER_MINUTE_ADDRESS", "-1"),
            ("ISSUERS", "@/nowhere"),
            ("OUTBOUND_ALLOW", "everything"),
            ("HTTPS_PROXY", "gopher://s3cr3t@x:1"),
            ("OUTBOUND_CA_FILE", "Cargo.toml"),
        ])
        .unwrap_err();
        assert_eq!(faults.len(), 13, "{faults:#?}");
        assert!(!faults.join(" ").contains("not-a-key"));
    }

    #[test]
    fn a_pooler_and_a_replica_are_of_postgresql() {
        let key = "PASSERELLE_MASTER_KEY";
        let master = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        let primary = ("DATABASE_URL", "postgres://localhost/x");
        let config = read(&[
            primary,
            (key, master),
            ("DATABASE_POOLER", "transaction"),
            ("DATABASE_REPLICA_URL", "postgres://replica/x"),
        ])
        .unwrap();
        assert!(config.target.is_pooled() && config.replica.is_some_and(|replica| replica.is_pooled()));
        for (name, value) in [
            ("DATABASE_POOLER", "transaction"),
            ("DATABASE_POOLER", "session"),
            ("DATABASE_REPLICA_URL", "postgres://replica/x"),
            ("DATABASE_REPLICA_URL", "sqlite:x.db"),
            ("DATABASE_REPLICA_URL", "x"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().len(), 1, "{name}={value}");
        }
        assert_eq!(read(&[primary, (key, master), ("DATABASE_POOLER", "statement")]).unwrap_err().len(), 1);
    }

    #[test]
    fn postgresql_needs_a_master_key() {
        let faults = read(&[("DATABASE_URL", "postgres://localhost/x")]).unwrap_err();
        assert!(faults[0].contains("PASSERELLE_MASTER_KEY is required"));
    }
}
