//! Bytes on a socket, for what no HTTP client would send.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use super::http::Response;

/// One connection.
pub struct Raw {
    pub stream: TcpStream,
    received: Vec<u8>,
}

impl Raw {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the service accepts connections");
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { stream, received: Vec::new() }
    }

    /// The same, unless nobody listens any more.
    pub fn connect_if_open(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
        Some(Self { stream, received: Vec::new() })
    }

    /// Sends; what a closed connection no longer takes is lost.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that nothing more will come.
    pub fn finish(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The next answer on this connection, or none when it is closed without one.
    pub fn answer(&mut self) -> Option<Response> {
        let end = loop {
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at;
            }
            if !self.more() {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&self.received[..end]).into_owned();
        self.received.drain(..end + 4);
        let mut lines = head.split("\r\n");
        let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(n, v)| (n.trim().to_ascii_lowercase(), v.trim().to_owned()))
            .collect();
        let of = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let length = of("content-length").and_then(|v| v.parse::<usize>().ok());
        let body = match length {
            Some(length) => {
                while self.received.len() < length && self.more() {}
                let length = length.min(self.received.len());
                self.received.drain(..length).collect()
            }
            None if of("transfer-encoding").is_some() => {
                while find(&self.received, b"0\r\n\r\n").is_none() && self.more() {}
                std::mem::take(&mut self.received)
            }
            None => Vec::new(),
        };
        Some(Response::new("raw bytes".into(), status, headers, body))
    }

    /// Waits until the other side closes; false when it still has not after the time of the socket.
    pub fn is_closed(&mut self) -> bool {
        let mut byte = [0_u8; 1024];
        loop {
            match self.stream.read(&mut byte) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(e) => return e.kind() == std::io::ErrorKind::ConnectionReset,
            }
        }
    }

    /// Goes on sending a piece every 50 ms; true once the other side has closed, false when it has not within the bound.
    pub fn is_closed_while_sending(&mut self, piece: &str, bound: Duration) -> bool {
        let since = std::time::Instant::now();
        self.stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let mut bytes = [0_u8; 8192];
        while since.elapsed() < bound {
            self.send(piece);
            match self.stream.read(&mut bytes) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return true,
            }
        }
        false
    }

    fn more(&mut self) -> bool {
        let mut bytes = [0_u8; 8192];
        match self.stream.read(&mut bytes) {
            Ok(n) if n > 0 => {
                self.received.extend_from_slice(&bytes[..n]);
                true
            }
            _ => false,
        }
    }
}

fn find(bytes: &[u8], piece: &[u8]) -> Option<usize> {
    bytes.windows(piece.len()).position(|w| w == piece)
}

/// Sends bytes on a connection of their own and takes the one answer.
pub fn ask(address: SocketAddr, bytes: impl AsRef<[u8]>) -> Option<Response> {
    let mut raw = Raw::connect(address);
    raw.send(bytes);
    raw.answer()
}
