//! The socket of a connection: who sends nothing, sends it byte by byte or reads nothing loses it.
//!
//! The HTTP library bounds the first head of a connection, and handlers bound the bodies that they read. Nothing else
//! is bounded by them: a later head of which one byte has come, the rest of a chunked body that was answered early, an
//! answer that nobody reads. Each would hold its descriptor for as long as a client likes.

use std::cell::Cell;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::call::SLOWEST;

/// How long a client may keep its connection without making use of it.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the first byte after an answer to the end of the next head.
    pub head: Duration,
    /// Between an answer and the next byte.
    pub idle: Duration,
    /// While it takes no byte of an answer: at once, and in all beyond what its bytes take at the slowest pace.
    pub unread: Duration,
}

/// A TCP stream that ends by itself.
pub struct Socket {
    stream: TcpStream,
    patience: Patience,
    exchanges: Exchanges,
    /// Since when the client takes no byte.
    blocked: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

/// The requests of one connection and their answers; cheap to clone.
#[derive(Clone, Default)]
pub struct Exchanges(Rc<Progress>);

#[derive(Default)]
struct Progress {
    /// Requests whose answer is not whole yet.
    open: Cell<usize>,
    /// When the last answer was whole; none before the first request, whose head the library bounds.
    answered: Cell<Option<Instant>>,
    /// When the first byte after it came.
    next_byte: Cell<Option<Instant>>,
    /// Bytes sent since the connection was last idle, and the time that the client made them wait.
    sent: Cell<usize>,
    waited: Cell<Duration>,
}

impl Exchanges {
    /// Marks the start of a request; it ends when the guard is dropped.
    pub fn start(&self) -> Exchange {
        let progress = &self.0;
        if progress.open.replace(progress.open.get() + 1) == 0 {
            progress.next_byte.take();
            progress.sent.take();
            progress.waited.take();
        }
        Exchange(progress.clone())
    }
}

impl Progress {
    /// When the next head must have come whole; none while a request is answered.
    fn next_head_due(&self, came: bool, patience: &Patience) -> Option<Instant> {
        let answered = self.answered.get().filter(|_| self.open.get() == 0)?;
        if came && self.next_byte.get().is_none() {
            self.next_byte.set(Some(Instant::now()));
        }
        let idle = answered + patience.idle;
        Some(self.next_byte.get().map_or(idle, |first| idle.min(first + patience.head)))
    }

    /// When a client that takes no byte since then must have taken one.
    fn reading_due(&self, since: Instant, patience: &Patience) -> Instant {
        let pace = Duration::from_millis((self.sent.get().saturating_mul(1000) / SLOWEST) as u64);
        since + patience.unread.min((patience.unread + pace).saturating_sub(self.waited.get()))
    }
}

/// A request under way, until its answer is whole.
pub struct Exchange(Rc<Progress>);

impl Drop for Exchange {
    fn drop(&mut self) {
        let open = self.0.open.get().saturating_sub(1);
        self.0.open.set(open);
        if open == 0 {
            self.0.answered.set(Some(Instant::now()));
        }
    }
}

impl Socket {
    pub fn new(stream: TcpStream, patience: Patience) -> Self {
        Self { stream, patience, exchanges: Exchanges::default(), blocked: None, alarm: None }
    }

    /// The requests that come by this connection.
    pub fn exchanges(&self) -> Exchanges {
        self.exchanges.clone()
    }

    /// True once the moment has come; the task is woken at it otherwise.
    fn is_due(&mut self, due: Instant, cx: &mut Context<'_>) -> bool {
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if alarm.deadline() > due {
            alarm.as_mut().reset(due);
        }
        // An alarm set for an earlier moment is left to ring: most requests come before any does.
        while alarm.as_mut().poll(cx).is_ready() {
            if Instant::now() >= due {
                return true;
            }
            alarm.as_mut().reset(due);
        }
        false
    }
}

fn too_slow<T>(what: &str) -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, what)))
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let came = buffer.filled().len() > before;
        if let Some(due) = this.exchanges.0.next_head_due(came, &this.patience) {
            let over = if read.is_pending() { this.is_due(due, cx) } else { came && Instant::now() >= due };
            if over {
                return too_slow("no request came in time");
            }
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let wrote = Pin::new(&mut this.stream).poll_write(cx, bytes);
        let progress = this.exchanges.0.clone();
        match &wrote {
            Poll::Ready(Ok(n)) => {
                progress.sent.set(progress.sent.get().saturating_add(*n));
                if let Some(since) = this.blocked.take() {
                    progress.waited.set(progress.waited.get() + since.elapsed());
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                let since = *this.blocked.get_or_insert_with(Instant::now);
                if this.is_due(progress.reading_due(since, &this.patience), cx) {
                    // Neither the descriptor nor what the kernel still holds for this client stays.
                    let _ = this.stream.set_zero_linger();
                    return too_slow("the answer is not read");
                }
            }
        }
        wrote
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

pin_project! {
    /// The body of an answer, which ends its exchange when it is sent or given up.
    pub struct Answering<B> {
        #[pin]
        body: B,
        exchange: Option<Exchange>,
    }
}

impl<B> Answering<B> {
    pub fn new(body: B, exchange: Option<Exchange>) -> Self {
        Self { body, exchange }
    }
}

impl<B: MessageBody> MessageBody for Answering<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.project().body.poll_next(cx)
    }
}
