//! `passerelle health`: one GET over a plain socket, so that an image without a shell or `curl` has its health check.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::out::Stop;

/// Ask an address whether it answers 200, for a container's health check
#[derive(Debug, Args)]
pub struct Health {
    /// Address to ask, http only
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080/health/ready")]
    url: Address,
}

impl Health {
    pub fn run(self) -> Result<(), Stop> {
        match self.url.status() {
            Ok(200) => Ok(()),
            Ok(status) => Err(Stop::because(format!("{} answers {status}", self.url))),
            Err(e) => Err(Stop::because(format!("{} does not answer: {e}", self.url))),
        }
    }
}

/// An `http://` address, in its pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    path: String,
}

/// Time for the connection, then for the answer.
const PATIENCE: Duration = Duration::from_secs(2);

impl Address {
    /// Asks, and returns the status.
    pub fn status(&self) -> std::io::Result<u16> {
        let mut last = std::io::Error::other("the name has no address");
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return self.ask(stream),
                Err(e) => last = e,
            }
        }
        Err(last)
    }

    fn ask(&self, mut stream: TcpStream) -> std::io::Result<u16> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(
            stream,
            "GET {} HTTP/1.1\r\nHost: {host}:{}\r\nUser-Agent: passerelle-health\r\nConnection: close\r\n\r\n",
            self.path, self.port
        )?;
        let mut line = [0_u8; 12];
        stream.read_exact(&mut line)?;
        let status = line.strip_prefix(b"HTTP/1.").and_then(|rest| std::str::from_utf8(rest.get(2..)?).ok());
        status.and_then(|s| s.parse().ok()).ok_or_else(|| std::io::Error::other("this is not HTTP"))
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("http://").ok_or("only http:// is asked")?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map(|(host, port)| (host, port.strip_prefix(':'))),
            None => Some(authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port)))),
        }
        .ok_or("the bracket is not closed")?;
        let port = port.map_or(Ok(80), |p| p.parse().map_err(|_| "the port is no number up to 65535"))?;
        if host.is_empty() || text.chars().any(|sign| sign.is_control() || sign.is_whitespace()) {
            return Err("http://HOST:PORT/PATH is needed".into());
        }
        Ok(Self { host: host.into(), port, path: path.into() })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}:{}{}", self.host, self.port, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let read = |text: &str| text.parse::<Address>().map(|a| (a.host, a.port, a.path));
        assert_eq!(read("http://127.0.0.1:8080/health/ready"), Ok(("127.0.0.1".into(), 8080, "/health/ready".into())));
        assert_eq!(read("http://localhost"), Ok(("localhost".into(), 80, "/".into())));
        assert_eq!(read("http://[::1]:8080/x"), Ok(("::1".into(), 8080, "/x".into())));
        for wrong in
            ["https://a/", "127.0.0.1:8080", "http://a:99999/", "http:///x", "http://a/b\r\nX: y", "http://[::1/"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
