//! `passerelle serve`: the service, until it is told to stop.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use clap::Args;

use super::open::{self, Schema};
use super::out::{self, Stop};
use crate::clock::Clock;
use crate::config::Config;
use crate::{jobs, server};

/// Run the service
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = host_and_port)]
    pub bind: String,
    /// Leave the jobs (expiry and the like) to another replica
    #[arg(long)]
    pub no_jobs: bool,
}

impl Serve {
    pub fn run(self) -> Result<(), Stop> {
        let mut config = open::config(&self.bind)?;
        let (listener, address) = listen(&self.bind)?;
        name_address(&mut config, address);
        open::block_on(async move {
            let app = open::app(config, Clock::System { civil: None }, Schema::FromNothing).await?;
            if !self.no_jobs {
                jobs::start(app.clone());
            }
            out::talk(log::Level::Info, &format!("listening on http://{address}"));
            server::run(app, vec![listener]).await.map_err(|e| Stop::because(e.to_string()))
        })
    }
}

/// Takes the address before anything else: a port in use is said at once.
pub fn listen(bind: &str) -> Result<(TcpListener, SocketAddr), Stop> {
    let refused = |e: std::io::Error| Stop::because(format!("cannot listen on {bind}: {e}"));
    let listener = TcpListener::bind(bind).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// Without a `PUBLIC_URL` the service is known by the address it really listens on.
pub fn name_address(config: &mut Config, address: SocketAddr) {
    if std::env::var("PUBLIC_URL").is_ok_and(|url| !url.is_empty()) {
        return;
    }
    config.public_url = format!("http://{}", on_this_machine(address));
}

/// The address to call from here: one that listens on every interface is reached by the loopback.
pub fn on_this_machine(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Reads `HOST:PORT`.
pub fn host_and_port(text: &str) -> Result<String, String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        _ => Err("an address and a port are needed: 127.0.0.1:8080, 0.0.0.0:80, [::1]:8080".into()),
    }
}
