//! What the demo is filled with, through the same functions as the API: the bodies below are what a client would post.
//!
//! All of it is one unit of work: a demo is seeded whole or not at all.

use std::sync::Arc;

use serde_json::{Value, json};

use super::out::Stop;
use crate::app::App;
use crate::auth::clients::{self, Client};
use crate::clock::Clock;
use crate::domain::Id;
use crate::domain::vocabulary::Role;
use crate::error::Halt;
use crate::http::body;
use crate::http::call::Request;
use crate::http::unit::Unit;

/// The demo's convention: fictional, in the forms of the genre.
pub const CONVENTION: &str = include_str!("demo_convention.txt");

/// What was planted, or found again.
#[derive(Debug, Clone)]
pub struct Seeded {
    pub convention_id: Id,
    /// One a role, in the order they are shown.
    pub clients: Vec<Client>,
    /// What the first call shows.
    pub expected: String,
}

/// Fills the database, or finds what an earlier start put there.
pub async fn plant(app: &App) -> Result<Seeded, Stop> {
    let mut request = Request::by_operator(app);
    // The past is planted as of the real day: `--today` may be earlier than the signatures.
    request.today = Clock::System { civil: None }.today();
    let (request, ids) = (Arc::new(request), app.ids.clone());
    let seeded = app.db.write(true, move |c| fill(&mut Unit::new(c, request, ids, false))).await;
    seeded.map_err(Stop::from)
}

fn fill(unit: &mut Unit<'_>) -> Result<Seeded, Halt> {
    let _ = (unit, Role::ALL, json!(null));
    let _: Option<Value> = None;
    let _ = clients::create;
    let _ = body::read::<clients::NewClient>;
    Err(Halt::Broken("not yet".into()))
}
