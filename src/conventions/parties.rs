//! Parties: who signs. Each party is an organisation with a side, and its name as signed.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use super::convention::{Commitment, ConventionRow};
use crate::aggregate::{Piece, Place, Whole as _};
use crate::auth::policy::{ReadConventions, WriteConventions};
use crate::db::schema::{axes, conventions, parties};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::vocabulary::Side;
use crate::domain::{Id, Instant};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::body::{Body, Faults};
use crate::http::unit::Unit;
use crate::organisations::organisation::OrganisationRow;
use crate::{piece_routes, piece_store};

/// What a party is created with.
#[derive(Debug, Clone, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
#[schema(example = json!({
    "organisation_id": "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", "side": "association",
    "name_as_signed": "L'association Passeurs de métiers", "alias": "l'association",
    "representative": "Camille Martin", "representative_function": "présidente de l'association"
}))]
pub struct NewParty {
    /// An organisation is party once.
    pub organisation_id: Id,
    pub side: Side,
    /// Name as the text says it.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub name_as_signed: String,
    /// What the text calls it afterwards (ci-après dénommé…).
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub alias: Option<String>,
    /// Address as the text says it.
    #[deserr(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub address: Option<String>,
    /// Who represents it in this text.
    #[deserr(default)]
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub representative: Option<String>,
    /// In what capacity.
    #[deserr(default)]
    #[validate(length(min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    pub representative_function: Option<String>,
    /// Order among its siblings, from 1; last when left out.
    #[deserr(default)]
    #[validate(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub position: Option<i64>,
}

impl Body for NewParty {}

/// A party.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = parties, check_for_backend(MultiBackend), treat_none_as_null = true)]
pub struct Party {
    pub id: Id,
    pub convention_id: Id,
    pub position: i64,
    pub organisation_id: Id,
    pub side: Side,
    pub name_as_signed: String,
    pub alias: Option<String>,
    pub address: Option<String>,
    pub representative: Option<String>,
    pub representative_function: Option<String>,
    pub created_at: Instant,
}

impl Piece for Party {
    type Whole = ConventionRow;
    type New = NewParty;
    const KIND: &'static str = "party";
    const PATH: &'static str = "/v1/parties";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "convention_id",
        "position",
        "organisation_id",
        "side",
        "name_as_signed",
        "alias",
        "address",
        "representative",
        "representative_function",
    ];

    piece_store!(parties, convention_id);

    fn make(unit: &mut Unit<'_>, whole: &ConventionRow, at: Place<'_, Self>, new: NewParty) -> Result<Self, Halt> {
        // One that an import proposed stays, whoever sees it by now.
        if at.before.is_none_or(|before| before.organisation_id != new.organisation_id) {
            check_organisation(unit, new.organisation_id)?;
        }
        Ok(Self::placed(unit.request.now, whole, &at, new))
    }

    fn check_unused(&self, c: &mut Connection) -> Result<(), Halt> {
        let mut committed: Vec<Json<Vec<Commitment>>> =
            axes::table.filter(axes::convention_id.eq(self.convention_id)).select(axes::commitments).load(c)?;
        committed.push(conventions::table.find(self.convention_id).select(conventions::preamble_commitments).first(c)?);
        let named = committed.iter().flat_map(|c| &c.0).any(|commitment| commitment.party_id == Some(self.id));
        if named { Err(Problem::plain("in_use").into()) } else { Ok(()) }
    }

    fn as_new(&self) -> NewParty {
        NewParty {
            organisation_id: self.organisation_id,
            side: self.side,
            name_as_signed: self.name_as_signed.clone(),
            alias: self.alias.clone(),
            address: self.address.clone(),
            representative: self.representative.clone(),
            representative_function: self.representative_function.clone(),
            position: Some(self.position),
        }
    }
}

impl Party {
    /// The party of an organisation that is known: named by its number in a text, or found within the perimeter.
    pub fn placed(now: Instant, whole: &ConventionRow, at: &Place<'_, Self>, new: NewParty) -> Self {
        Self {
            id: at.id,
            convention_id: whole.id,
            position: at.position,
            organisation_id: new.organisation_id,
            side: new.side,
            name_as_signed: new.name_as_signed,
            alias: new.alias,
            address: new.address,
            representative: new.representative,
            representative_function: new.representative_function,
            created_at: at.before.map_or(now, |b| b.created_at),
        }
    }
}

/// Refuses an organisation that the caller does not see, as one that does not exist.
fn check_organisation(unit: &mut Unit<'_>, id: Id) -> Result<(), Halt> {
    let request = unit.request.clone();
    match OrganisationRow::glance(unit, &request, id) {
        Ok(_) => Ok(()),
        Err(Halt::Problem(_)) => Err(Problem::body(vec![Fault::pointer(
            "/organisation_id",
            "unknown_reference",
            both("Cet organisme n'existe pas dans votre périmètre.", "No such organisation within your perimeter."),
        )])
        .into()),
        Err(other) => Err(other),
    }
}

piece_routes! {
    Party, NewParty, tag "Parties",
    read "conventions:read" ReadConventions, write "conventions:write" WriteConventions,
    under "/v1/conventions/{id}/parties", at "/v1/parties/{id}";
    /// List the parties
    list list_parties;
    /// Add a party
    ///
    /// While the text is not in force; the signatures already recorded are void, since the text is another.
    create create_party;
    /// Read a party
    read read_party;
    /// Change a party
    patch update_party;
    /// Remove a party
    ///
    /// Refused while a commitment names it, or once a signature of it was recorded.
    delete delete_party;
}
