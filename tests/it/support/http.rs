//! HTTP as a client speaks it. Every response is held against the OpenAPI document before a test sees it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::contract::{self, Exchange};

/// A client of one service.
#[derive(Clone)]
pub struct Http {
    agent: ureq::Agent,
    base: String,
    pub may_fail: Arc<AtomicBool>,
}

impl Http {
    pub fn new(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self { agent: config.new_agent(), base: format!("http://{address}"), may_fail: Arc::default() }
    }
}

/// A request in the making.
pub struct Ask {
    http: Http,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Ask {
    pub fn new(http: &Http, method: &str, path: &str) -> Self {
        Self { http: http.clone(), method: method.into(), path: path.into(), headers: Vec::new(), body: None }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    #[must_use]
    pub fn merge_patch(self, body: &Value) -> Self {
        self.body("application/merge-patch+json", body.to_string())
    }

    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        if !media_type.is_empty() {
            self.headers.push(("Content-Type".into(), media_type.into()));
        }
        self.body = Some(body.into());
        self
    }

    /// `Idempotency-Key`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn send(self) -> Response {
        let mut request =
            ureq::http::Request::builder().method(self.method.as_str()).uri(format!("{}{}", self.http.base, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let what = format!("{} {}", self.method, self.path);
        let body = match (self.body, self.method.as_str()) {
            (None, "POST" | "PATCH" | "PUT") => Some(Vec::new()),
            (body, _) => body,
        };
        let answered = match body {
            Some(body) => self.http.agent.run(request.body(body).unwrap()),
            None => self.http.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answered.unwrap_or_else(|e| panic!("{what}: no answer: {e}"));
        let headers = answer
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let bytes = answer
            .body_mut()
            .with_config()
            .limit(1 << 28)
            .read_to_vec()
            .unwrap_or_else(|e| panic!("{what}: the body broke off: {e}"));
        let response = Response::new(what, answer.status().as_u16(), headers, bytes);
        // A statement that the program wrote wrongly is answered as a database that fails.
        let failed =
            response.status == 503 && matches!(response.json["code"].as_str(), Some("unavailable" | "outcome_unknown"));
        let expected = self.http.may_fail.load(Ordering::Relaxed);
        assert!(expected || !failed, "the database failed at {}: {}", response.asked, response.text);
        contract::check(&Exchange { method: &self.method, path: &self.path, response: &response });
        response
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The request line, for messages.
    pub asked: String,
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Response {
    pub fn new(asked: String, status: u16, headers: Vec<(String, String)>, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { asked, status, headers, bytes, text, json }
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text);
        self
    }

    /// Fails unless this problem was answered, with the status of its code.
    #[track_caller]
    pub fn problem(self, code: &str) -> Self {
        let entry = passerelle::error::table::TABLE.iter().find(|e| e.code == code).expect("a code of the table");
        assert_eq!(self.json["code"], code, "{}: {} {}", self.asked, self.status, self.text);
        self.expect(entry.status)
    }

    /// The faults of a problem, as `(place, code)`, in order.
    pub fn faults(&self) -> Vec<(String, String)> {
        let place = |fault: &Value| {
            ["pointer", "parameter", "header"].iter().find_map(|k| fault[*k].as_str().map(str::to_owned)).unwrap()
        };
        let faults = self.json["errors"].as_array().expect("errors");
        faults.iter().map(|f| (place(f), f["code"].as_str().unwrap().to_owned())).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Every value of a header that may come more than once.
    pub fn all(&self, name: &str) -> String {
        let values = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        values.map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(", ")
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("{}: no ETag", self.asked)).to_owned()
    }

    /// The `id` of the resource answered.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_else(|| panic!("{}: no id in {}", self.asked, self.text)).to_owned()
    }
}
