//! The one way out: every call that the service makes of itself goes through this client.
//!
//! TLS by rustls; the operator's proxy is used when the environment names one; addresses are checked after their name
//! was resolved and before a connection is made, so that no name leads inside; redirects are not followed; an answer has
//! a size and a time. Calls block: they are made off the async threads.

pub mod rules;

use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
pub use ureq::Proxy;
use ureq::config::Config as UreqConfig;
use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use self::rules::Allowed;

/// What the operator sets.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Beyond public addresses.
    pub allowed: Allowed,
    /// Goes between: `http://proxy.internal:3128`.
    pub proxy: Option<Proxy>,
    /// Hosts that are called without it: names, `.domain`, or `*`.
    pub no_proxy: Vec<String>,
    /// Roots that are trusted instead of those compiled in: PEM.
    pub roots: Option<Arc<Vec<u8>>>,
}

/// A client; cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    direct: Agent,
    proxied: Option<Agent>,
    no_proxy: Arc<Vec<String>>,
    allowed: Arc<Allowed>,
}

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(10);

/// The certificates of a PEM file; `Err` when it holds none.
pub fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(e) => return Err(e.to_string()),
        }
    }
    if found.is_empty() { Err("it holds no certificate".into()) } else { Ok(found) }
}

impl Outbound {
    /// A client with these settings.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let roots = match &settings.roots {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder().root_certs(roots).build();
        let allowed = Arc::new(settings.allowed.clone());
        let agent = |proxy: Option<Proxy>| {
            let config = UreqConfig::builder()
                .tls_config(tls.clone())
                .proxy(proxy)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .http_status_as_error(false)
                .timeout_connect(Some(CONNECT))
                .timeout_global(Some(WHOLE))
                .max_idle_connections(0)
                .user_agent(concat!("passerelle/", env!("CARGO_PKG_VERSION")))
                .build();
            let resolver = Checked { allowed: allowed.clone(), names: DefaultResolver::default() };
            Agent::with_parts(config, DefaultConnector::default(), resolver)
        };
        let proxied = settings.proxy.clone().map(|proxy| agent(Some(proxy)));
        let no_proxy = Arc::new(settings.no_proxy.clone());
        Ok(Self { direct: agent(None), proxied, no_proxy, allowed })
    }

    /// What calls this host: through the proxy, but for the hosts that go without.
    fn agent(&self, host: &str) -> (&Agent, bool) {
        match &self.proxied {
            Some(proxied) if !rules::goes_without_proxy(host, &self.no_proxy) => (proxied, true),
            _ => (&self.direct, false),
        }
    }

    /// Reads a JSON document of at most `limit` bytes. Blocks.
    pub fn get_json(&self, address: &str, limit: u64) -> Result<serde_json::Value, String> {
        let uri: Uri = address.parse().map_err(|_| "it is no address".to_owned())?;
        self.check(&uri)?;
        let (agent, _) = self.agent(uri.host().unwrap_or_default());
        let mut answer = agent.get(uri).header("Accept", "application/json").call().map_err(|e| e.to_string())?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(format!("it answered {status}"));
        }
        let mut bytes = Vec::new();
        let mut body = answer.body_mut().as_reader().take(limit + 1);
        body.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        if bytes.len() as u64 > limit {
            return Err(format!("its answer exceeds {limit} bytes"));
        }
        serde_json::from_slice(&bytes).map_err(|e| format!("its answer is no JSON: {e}"))
    }

    /// TLS, unless the operator named the host; and no address inside, even where a proxy would look for it.
    fn check(&self, uri: &Uri) -> Result<(), String> {
        let host = uri.host().ok_or("it has no host")?;
        let secure = uri.scheme_str() == Some("https");
        let named = self.allowed.names(host, port(uri));
        let plain = uri.scheme_str() == Some("http");
        if !secure && (!plain || !named) {
            return Err("it must be https".into());
        }
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(literal) if self.agent(host).1 && !named && !self.allowed.holds(literal) => Err(INSIDE.into()),
            // Resolvers read `127.1` and `0x7f000001` as addresses, and so would the proxy's.
            Err(_) if !named && rules::reads_as_address(host) => Err(INSIDE.into()),
            _ => Ok(()),
        }
    }
}

const INSIDE: &str = "it leads to an address that OUTBOUND_ALLOW does not allow";

fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 })
}

/// Resolves a name, then keeps the addresses that may be called.
#[derive(Debug)]
struct Checked {
    allowed: Arc<Allowed>,
    names: DefaultResolver,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &UreqConfig,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default();
        let is_proxy = config.proxy().is_some_and(|proxy| proxy.uri() == uri);
        if is_proxy || self.allowed.names(host, port(uri)) {
            return Ok(found);
        }
        let mut kept = self.empty();
        for address in found.iter().filter(|address| self.allowed.holds(address.ip())) {
            kept.push(*address);
        }
        if kept.is_empty() { Err(ureq::Error::Other(INSIDE.into())) } else { Ok(kept) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str, allowed: &str) -> String {
        let settings = Settings { allowed: allowed.parse().unwrap(), ..Settings::default() };
        Outbound::new(&settings).unwrap().get_json(address, 1000).unwrap_err()
    }

    #[test]
    fn no_name_leads_inside() {
        for address in ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/latest"]
        {
            assert!(refused(address, "").contains("OUTBOUND_ALLOW"), "{address}: {}", refused(address, ""));
        }
        for address in ["http://8.8.8.8/", "ftp://a.example/", "file:///etc/passwd", "/x", "http://127.0.0.1:9/"] {
            let why = refused(address, "");
            assert!(!why.contains("answered"), "{address}: {why}");
        }
        assert_eq!(refused("http://issuer.internal:80/", "issuer.internal:8080"), "it must be https");
    }

    #[test]
    fn a_proxy_is_asked_for_names_and_not_for_addresses_inside() {
        // Nothing listens there: the call fails at the proxy, or before it.
        let settings = Settings {
            proxy: Some(Proxy::new("http://127.0.0.1:9").unwrap()),
            no_proxy: vec!["localhost".into()],
            ..Settings::default()
        };
        let client = Outbound::new(&settings).unwrap();
        let refused = |address: &str| client.get_json(address, 1000).unwrap_err();
        assert!(!refused("https://sso.example/").contains("OUTBOUND_ALLOW"), "the proxy itself may be inside");
        for address in ["169.254.169.254", "2852039166", "0xa9fea9fe", "169.254.43518", "127.1", "0177.0.0.1.", "0"] {
            assert!(refused(&format!("https://{address}/")).contains("OUTBOUND_ALLOW"), "{address}");
        }
        assert!(refused("https://localhost/").contains("OUTBOUND_ALLOW"));
    }

    #[test]
    fn what_is_no_certificate_is_no_root() {
        let settings = Settings { roots: Some(Arc::new(b"x".to_vec())), ..Settings::default() };
        assert!(Outbound::new(&settings).is_err());
    }
}
