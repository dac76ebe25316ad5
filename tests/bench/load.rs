//! The load: threads with a kept connection each, one request after the other, for a given time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a run gave.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Per second, all threads together.
    pub rate: f64,
    /// Microseconds: half of the requests were faster, and 99 of 100.
    pub median: u64,
    pub p99: u64,
}

/// Runs `work` on `threads` threads for a time, after a short warm-up that is not counted.
pub fn run<W, F>(threads: usize, time: Duration, work: F) -> Run
where
    F: Fn(usize) -> W + Send + Sync,
    W: FnMut(),
{
    let (counting, stopping) = (AtomicBool::new(false), AtomicBool::new(false));
    let done = AtomicU64::new(0);
    let mut all = Vec::new();
    let mut spent = Duration::ZERO;
    std::thread::scope(|scope| {
        let (counting, stopping, done, work) = (&counting, &stopping, &done, &work);
        let workers: Vec<_> = (0..threads)
            .map(|n| {
                scope.spawn(move || {
                    let mut one = work(n);
                    let mut times = Vec::with_capacity(1 << 16);
                    while !stopping.load(Ordering::Relaxed) {
                        let started = Instant::now();
                        one();
                        if counting.load(Ordering::Relaxed) {
                            done.fetch_add(1, Ordering::Relaxed);
                            times.push(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
                        }
                    }
                    times
                })
            })
            .collect();
        std::thread::sleep(time / 4);
        counting.store(true, Ordering::Relaxed);
        let started = Instant::now();
        std::thread::sleep(time);
        stopping.store(true, Ordering::Relaxed);
        spent = started.elapsed();
        for worker in workers {
            all.extend(worker.join().expect("a load thread ends well"));
        }
    });
    all.sort_unstable();
    let at = |share: usize| all.get(all.len() * share / 100).copied().unwrap_or(0);
    #[allow(clippy::cast_precision_loss)] // counts of a few seconds
    let rate = done.load(Ordering::Relaxed) as f64 / spent.as_secs_f64();
    Run { rate, median: at(50), p99: at(99) }
}

/// A kept connection that sends prepared requests, each in its turn, again and again.
pub struct Client {
    stream: BufReader<TcpStream>,
    requests: Arc<[Box<str>]>,
    next: usize,
    body: Vec<u8>,
}

/// The text of a request for a path.
pub fn get(path: &str, token: &str) -> Box<str> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").into()
}

/// The text of a request that posts a body.
pub fn post(path: &str, token: &str, media_type: &str, body: &str) -> Box<str> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

impl Client {
    pub fn get(address: SocketAddr, path: &str, token: &str) -> Self {
        Self::cycle(address, [get(path, token)].into(), 0)
    }

    /// Sends these in turn, from one of them on.
    pub fn cycle(address: SocketAddr, requests: Arc<[Box<str>]>, first: usize) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream: BufReader::with_capacity(64 * 1024, stream), requests, next: first, body: Vec::new() }
    }

    /// Sends the next request and reads the whole answer; its status must be the one expected.
    pub fn send(&mut self, expected: u16) {
        let requests = self.requests.clone();
        let next = self.next % requests.len();
        self.next = next + 1;
        self.exchange(&requests[next], expected);
    }

    /// Posts a text.
    pub fn post(&mut self, path: &str, token: &str, text: &str, expected: u16) {
        self.exchange(&post(path, token, "text/plain", text), expected);
    }

    /// The last answer's body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Sends one request and reads the whole answer.
    pub fn exchange(&mut self, request: &str, expected: u16) {
        self.stream.get_mut().write_all(request.as_bytes()).expect("the server reads");
        let (mut line, mut status, mut length) = (String::new(), 0, 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("the server answers");
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status");
            }
            if let Some((name, value)) = text.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).expect("the whole body");
        assert_eq!(status, expected, "{}", String::from_utf8_lossy(&self.body));
    }
}
