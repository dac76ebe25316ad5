//! A database that fails, hangs, or is lost: each is a 503 that ends when the failure does, and nothing acknowledged is lost.

mod embedded;
pub mod hanging;
mod proxy;
mod server;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Actor, Response, World};

/// Creates an organisation under a key of its own.
fn create(actor: &Actor, name: &str) -> Response {
    actor.ask("POST", "/v1/organisations").key(name).json(&json!({ "kind": "company", "name": name })).send()
}

fn ready(world: &World) -> u16 {
    world.anonymous().get("/health/ready").status
}

/// Waits until `/health/ready` answers so.
#[track_caller]
fn wait_ready(world: &World, status: u16) {
    let since = Instant::now();
    while ready(world) != status {
        assert!(since.elapsed() < Duration::from_secs(30), "ready never turned {status}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A refusal for the time being, of a unit that left nothing behind.
#[track_caller]
fn refused(world: &World, answer: Response) {
    let answer = answer.problem("unavailable");
    assert!(answer.header("retry-after").is_some());
    for table in ["organisations", "idempotency_keys", "audit_entries", "changes"] {
        assert_eq!(world.rows(table), 0, "{table} is half-written");
    }
}
