//! What a handler answers: a status, headers, a body known whole or streamed.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;

use super::call::Request;
use super::etag;
use super::feeder::{Chunks, SENT_AT_ONCE};
use crate::error::{Halt, Problem};

/// What every handler returns.
pub type Reply = Result<Answer, Refused>;

/// A success.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(&'static str, String)>,
    pub body: Content,
}

/// The body of an answer.
pub enum Content {
    Empty,
    Whole(Bytes),
    /// The same, in pieces that go as they are sent; the request keeps its share of the memory until the last one is.
    Pieces(Vec<Bytes>, Arc<Request>),
    /// Chunks as they come from the database.
    Stream(Chunks),
    /// Pieces of a known number of bytes, read one by one.
    Sized(u64, Pin<Box<dyn Stream<Item = Result<Bytes, std::io::Error>> + Send>>),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::Pieces(pieces, _) => write!(f, "Pieces({})", pieces.len()),
            Self::Stream(_) => f.write_str("Stream"),
            Self::Sized(bytes, _) => write!(f, "Sized({bytes} bytes)"),
        }
    }
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, Halt> {
        Ok(Self::bytes(status, "application/json", serde_json::to_vec(value)?))
    }

    /// JSON, 200.
    pub fn ok(value: &impl Serialize) -> Result<Self, Halt> {
        Self::json(StatusCode::OK, value)
    }

    /// JSON that may be long, 200.
    pub fn in_pieces(value: &impl Serialize, request: Arc<Request>) -> Result<Self, Halt> {
        let mut pieces = Pieces::default();
        serde_json::to_writer(&mut pieces, value)?;
        let mut answer = Self::bytes(StatusCode::OK, "application/json", Bytes::new());
        answer.body = Content::Pieces(pieces.finish(), request);
        Ok(answer)
    }

    /// One resource, with its ETag: `"<version>.<digest>"`.
    pub fn single(version: i64, value: &impl Serialize) -> Result<Self, Halt> {
        let body = serde_json::to_vec(value)?;
        let tag = etag::of(version, &body);
        Ok(Self::bytes(StatusCode::OK, "application/json", body).with("ETag", tag))
    }

    /// A resource just made: 201, its address and its ETag.
    pub fn created(location: &str, version: i64, value: &impl Serialize) -> Result<Self, Halt> {
        let mut answer = Self::single(version, value)?.with("Location", location);
        answer.status = StatusCode::CREATED;
        Ok(answer)
    }

    /// 204.
    pub fn none() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Content::Empty }
    }

    /// Bytes of a media type.
    pub fn bytes(status: StatusCode, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("Content-Type", media_type.to_owned())], body: Content::Whole(body.into()) }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// 304 when the client holds this very representation (`If-None-Match` compares all of the tag).
    #[must_use]
    pub fn unless_known(mut self, if_none_match: Option<&str>) -> Self {
        if let (Some(held), Some(tag)) = (if_none_match, self.header("ETag"))
            && etag::any_matches(held, tag)
        {
            self.status = StatusCode::NOT_MODIFIED;
            self.headers.retain(|(name, _)| *name != "Content-Type");
            self.body = Content::Empty;
        }
        self
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::new(self.status);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        match self.body {
            Content::Empty => response,
            Content::Whole(bytes) => response.set_body(BoxBody::new(bytes)),
            Content::Pieces(pieces, request) => {
                let size = pieces.iter().map(|piece| piece.len() as u64).sum();
                let pieces = pieces.into_iter().zip(std::iter::repeat(request));
                let pieces = futures_util::stream::iter(pieces).map(|(piece, _)| Ok::<_, io::Error>(piece));
                response.set_body(BoxBody::new(SizedStream::new(size, pieces)))
            }
            Content::Stream(chunks) => response.set_body(BoxBody::new(chunks)),
            Content::Sized(bytes, pieces) => response.set_body(BoxBody::new(SizedStream::new(bytes, pieces))),
        }
    }
}

/// What is written, in pieces of a bounded size: one long buffer is there twice whenever it grows.
#[derive(Default)]
struct Pieces {
    full: Vec<Bytes>,
    gathered: Vec<u8>,
}

impl Pieces {
    fn finish(mut self) -> Vec<Bytes> {
        self.full.push(self.gathered.into());
        self.full
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gathered.len() + bytes.len() > SENT_AT_ONCE && !self.gathered.is_empty() {
            self.full.push(std::mem::take(&mut self.gathered).into());
        }
        if self.gathered.capacity() == 0 {
            self.gathered.reserve_exact(bytes.len().max(if self.full.is_empty() { 0 } else { SENT_AT_ONCE }));
        }
        self.gathered.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A problem on its way out: the frame writes it in the caller's language (`http::frame`).
#[derive(Debug)]
pub struct Refused(pub Box<Problem>);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.entry.code)
    }
}

impl actix_web::ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.0.status())
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

/// Turns why a handler stopped into what is answered.
pub fn settle(outcome: Result<Answer, Halt>) -> Reply {
    outcome.or_else(Halt::settle).map_err(Refused)
}
