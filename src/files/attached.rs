//! What a file is attached to, and the whole that this belongs to: who sees the file and who may change it are that
//! one's affair.

use diesel::prelude::*;

use super::rules;
use crate::aggregate::{Feed, Piece, Whole as _};
use crate::auth::policy;
use crate::conventions::ConventionRow;
use crate::conventions::articles::Article;
use crate::conventions::axes::Axis;
use crate::conventions::clauses::Clause;
use crate::conventions::objectives::Objective;
use crate::conventions::parties::Party;
use crate::conventions::parts::Part;
use crate::conventions::store::check_tells;
use crate::db::Connection;
use crate::db::schema::{amendment_signatures, amendments, facts, network_contacts, signatures};
use crate::domain::{Attachment, Id};
use crate::error::{Halt, Problem};
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::organisations::organisation::OrganisationRow;
use crate::organisations::representatives::Representative;

/// The whole that an attachment belongs to.
pub enum Whole {
    Convention(Box<ConventionRow>),
    Organisation(Box<OrganisationRow>),
}

/// Its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Convention(Id),
    Organisation(Id),
}

fn root(c: &mut Connection, to: Attachment) -> Result<Option<Root>, Halt> {
    fn of<P: Piece>(c: &mut Connection, id: Id) -> Result<Option<Id>, Halt> {
        Ok(P::find(c, id)?.map(|piece| piece.whole_id()))
    }
    let id = to.id;
    let convention = match to.kind {
        "organisation" => return Ok(Some(Root::Organisation(id))),
        "representative" => return Ok(of::<Representative>(c, id)?.map(Root::Organisation)),
        "convention" => Some(id),
        "party" => of::<Party>(c, id)?,
        "part" => of::<Part>(c, id)?,
        "article" => of::<Article>(c, id)?,
        "clause" => of::<Clause>(c, id)?,
        "axis" => of::<Axis>(c, id)?,
        "objective" => of::<Objective>(c, id)?,
        "signature" => signatures::table.find(id).select(signatures::convention_id).first(c).optional()?,
        "fact" => facts::table.find(id).select(facts::convention_id).first(c).optional()?,
        // Once every party has signed it: until then it has fewer readers than the files of its convention.
        "amendment" => signed_amendment(c, id)?,
        "amendment_signature" => {
            let of = amendment_signatures::table.find(id).select(amendment_signatures::amendment_id);
            let amendment: Option<Id> = of.first(c).optional()?;
            amendment.map_or(Ok(None), |amendment| signed_amendment(c, amendment))?
        }
        "network_contact" => {
            network_contacts::table.find(id).select(network_contacts::convention_id).first(c).optional()?
        }
        _ => None,
    };
    Ok(convention.map(Root::Convention))
}

/// The convention of an amendment that every party has signed.
fn signed_amendment(c: &mut Connection, id: Id) -> QueryResult<Option<Id>> {
    let signed = amendments::table.filter(amendments::id.eq(id).and(amendments::in_force_from.is_not_null()));
    signed.select(amendments::convention_id).first(c).optional()
}

impl Whole {
    /// The whole of an attachment that exists within the caller's perimeter, locked until the unit ends: it neither
    /// disappears nor changes readers meanwhile. 404 otherwise.
    pub fn lock(unit: &mut Unit<'_>, to: Attachment) -> Result<Self, Halt> {
        let found = root(unit, to)?.ok_or_else(Halt::not_found)?;
        let whole = match found {
            Root::Convention(id) => Self::Convention(Box::new(ConventionRow::lock(unit, id)?)),
            Root::Organisation(id) => Self::Organisation(Box::new(OrganisationRow::lock(unit, id)?)),
        };
        if let (Self::Convention(row), "fact") = (&whole, to.kind) {
            let request = unit.request.clone();
            check_tells(unit, &request, row.id)?;
        }
        // The piece may have gone while this waited.
        if root(unit, to)? == Some(found) { Ok(whole) } else { Err(Halt::not_found()) }
    }

    /// Who may draft a convention, and its parties at any time, may attach files to it; who keeps an organisation, to that.
    pub fn check_caller(&self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        let may = match self {
            Self::Convention(row) => policy::may_draft(&request.caller, &row.standing(c)?),
            Self::Organisation(row) => policy::may_keep_organisation(&request.caller, row.id, row.owner_id),
        };
        if may { Ok(()) } else { Err(Problem::plain("not_allowed").into()) }
    }

    /// Refuses to take a file away from a convention that somebody has signed.
    pub fn check_leaving(&self) -> Result<(), Halt> {
        match self {
            Self::Convention(row) if !rules::may_leave(row.first_signed_on) => Err(Problem::plain("file_kept").into()),
            _ => Ok(()),
        }
    }

    /// Where a change of the file shows in the feed.
    pub fn feed(&self) -> Feed {
        match self {
            Self::Convention(row) => row.feed(),
            Self::Organisation(row) => row.feed(),
        }
    }
}
