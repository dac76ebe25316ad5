//! Amendments (avenants; R06): edits of a signed text, signed in their turn, laid over it when it is read.
//!
//! Nothing signed is rewritten. An amendment keeps its edits and the changes of clauses that follow from them; the text
//! in force on a day is the original with the amendments of that day applied, computed when it is asked for.
//!
//! - [`rules`]: the engine, pure;
//! - [`asked`], [`amendment`]: what is asked, stored and answered; [`http`]: its operations;
//! - [`laid`]: a convention with its amendments, and its text on a day; [`pieces`]: its articles and clauses then;
//! - [`store`]: finding, numbering, sealing; [`signatures`], [`signing`]: records of signatures; [`reading`]: what follows for the clauses;
//! - [`feed`]: what readers of the change feed are told of the text; [`texts`]: the consolidated text and differences; [`imports`], [`imports_read`]: an amendment from its own text.

pub mod amendment;
pub mod asked;
pub mod feed;
pub mod http;
pub mod imports;
pub mod imports_read;
pub mod laid;
pub mod pieces;
pub mod reading;
pub mod rules;
pub mod signatures;
pub mod signing;
pub mod store;
pub mod texts;

use diesel::prelude::*;

use self::amendment::AmendmentRow;
use self::signatures::AmendmentSignature;
use crate::conventions::rules::AmendmentFact;
use crate::db::Connection;
use crate::db::schema::parties;
use crate::domain::approval::{Approval, Keys};
use crate::domain::{Id, Instant};
use crate::error::Halt;

/// The amendments of a convention known at an instant, as the rules see them.
pub fn known(c: &mut Connection, convention: Id, at: Instant) -> Result<Vec<AmendmentFact>, Halt> {
    let rows = AmendmentRow::of(c, convention)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let signatures = AmendmentSignature::known(c, convention, at)?;
    let keys: Vec<Id> = parties::table
        .filter(parties::convention_id.eq(convention))
        .order((parties::position, parties::id))
        .select(parties::id)
        .load(c)?;
    Ok(rows
        .iter()
        .map(|row| {
            let approvals = signatures::approvals_of(&signatures, row.id);
            row.fact(&Keys { keys: &keys, content_hash: &row.content_hash, approvals: &approvals })
        })
        .collect())
}

/// Keys of an amendment, borrowed from what is loaded.
fn keys<'a>(row: &'a AmendmentRow, keys: &'a [Id], approvals: &'a [Approval<'a>]) -> Keys<'a> {
    Keys { keys, content_hash: &row.content_hash, approvals }
}

/// Every route of amendments.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    imports::routes(cfg);
    http::routes(cfg);
    signatures::routes(cfg);
    texts::routes(cfg);
}
