//! A network between the service and its database that can swallow everything.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// It listens until the test ends.
pub struct Proxy {
    pub address: SocketAddr,
    silent: Arc<AtomicBool>,
}

impl Proxy {
    /// Forwards to `server`, `host:port`.
    pub fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let silent = Arc::new(AtomicBool::new(false));
        let swallows = silent.clone();
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(&server)) else { return };
                for (from, to) in [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)] {
                    let swallows = swallows.clone();
                    std::thread::spawn(move || forward(from, to, &swallows));
                }
            }
        });
        Self { address, silent }
    }

    /// From now on nothing gets through, either way.
    pub fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    /// What was held back gets through again.
    pub fn speak(&self) {
        self.silent.store(false, Ordering::SeqCst);
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, silent: &AtomicBool) {
    let mut bytes = [0_u8; 16 << 10];
    while let Ok(n) = from.read(&mut bytes)
        && n > 0
    {
        while silent.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
