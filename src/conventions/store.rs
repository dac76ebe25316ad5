//! Finding a convention within a caller's perimeter, locking it, giving it its next version.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::amendments;
use super::content::Pieces;
use super::convention::{ConventionRow, ConventionSummary, NewConvention, PartyLabel};
use super::feed;
use super::rules;
use super::signatures;
use super::story::Story;
use crate::aggregate::{Feed, Whole, unique};
use crate::auth::policy::{self, Standing};
use crate::db::record::{Change, Operation};
use crate::db::schema::{conventions, parties};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::content::content_hash;
use crate::domain::folded::fold;
use crate::domain::vocabulary::ConventionStatus;
use crate::domain::vocabulary::{LastDayRule, Role, Side};
use crate::domain::{CivilDate, Id, Instant, Territory};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::obligations;

/// A condition on conventions. Comparisons with nullable columns may be unknown: unknown is not seen.
pub type Seen = Box<dyn BoxableExpression<conventions::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// What a caller sees (the roles' table of the contract), as a condition that every finder and list adds.
pub fn seen_by(request: &Request) -> Seen {
    let caller = &request.caller;
    let today = request.today;
    match (caller.role, caller.organisation_id) {
        (Role::Ministry, _) => Box::new(conventions::version.gt(0).nullable()),
        (Role::Operator, None) => Box::new(conventions::brought_in.eq(true).nullable()),
        // The command line, which brings in what an organisation did.
        (Role::Operator, Some(mine)) => {
            Box::new(conventions::brought_in.eq(true).or(conventions::id.eq_any(party_to(mine))).nullable())
        }
        (Role::Association, Some(mine)) => {
            let own = owned_by(mine)
                .or(conventions::id.eq_any(party_to(mine)).nullable())
                .or(conventions::parent_id.eq_any(party_to(mine).nullable()));
            if caller.territories.is_empty() {
                return Box::new(own);
            }
            // A delegate: the national texts, and those that touch its territories.
            Box::new(own.and(conventions::territory.eq_any(touching(&caller.territories)).nullable()))
        }
        (Role::Academie, Some(mine)) => Box::new(
            owned_by(mine)
                .or(conventions::id.eq_any(party_to(mine)).nullable())
                .or(conventions::in_force_from.le(Some(today))),
        ),
        (Role::School, _) => Box::new(
            conventions::in_force_from
                .le(Some(today))
                .and(conventions::ends_on.is_null().nullable().or(conventions::ends_on.ge(Some(today)))),
        ),
        _ => Box::new(conventions::version.lt(0).nullable()),
    }
}

/// The nation, the territories themselves, those they contain, and the régions académiques that contain them.
pub fn touching(territories: &[Territory]) -> Vec<Territory> {
    let mut all = vec![Territory::National];
    for territory in territories {
        all.push(*territory);
        all.extend(territory.academies().iter().filter_map(|a| Territory::academie(a.code.as_str())));
        all.extend(territory.region_of().and_then(|region| Territory::region(region.code.as_str())));
    }
    all.sort_unstable_by_key(ToString::to_string);
    all.dedup();
    all
}

type Owned = diesel::dsl::Eq<conventions::owner_id, Option<Id>>;
fn owned_by(organisation: Id) -> Owned {
    conventions::owner_id.eq(Some(organisation))
}

type PartyTo = diesel::dsl::Select<
    diesel::dsl::Filter<parties::table, diesel::dsl::Eq<parties::organisation_id, Id>>,
    parties::convention_id,
>;
fn party_to(organisation: Id) -> PartyTo {
    parties::table.filter(parties::organisation_id.eq(organisation)).select(parties::convention_id)
}

impl ConventionRow {
    /// A new draft from what was asked.
    pub fn make(unit: &mut Unit<'_>, new: NewConvention) -> Self {
        let id = unit.new_id();
        let request = &unit.request;
        Self {
            id,
            version: 1,
            readings: new.readings(),
            search_key: String::new(),
            title_key: fold(&new.title),
            reference: new.reference,
            title: new.title,
            document_type: new.document_type,
            level: new.level,
            territory: new.territory,
            parent_id: new.parent_id,
            last_day_rule: new.last_day_rule.unwrap_or(LastDayRule::Anniversary),
            preamble_commitments: Json(new.preamble.as_ref().map(|p| p.commitments.clone()).unwrap_or_default()),
            preamble: new.preamble.map(|p| p.body),
            networks: Json(new.networks),
            external_id: new.external_id,
            owner_id: request.caller.organisation_id,
            brought_in: request.caller.role == Role::Operator,
            content_hash: String::new(),
            first_signed_on: None,
            complete_on: None,
            in_force_from: None,
            last_day: None,
            renews_tacitly: false,
            created_at: request.now,
            updated_at: request.now,
            audience_id: None,
            negotiation_on: None,
            ends_on: None,
            end_status: None,
            renews_id: new.renews,
            texts: Json(Vec::new()),
        }
    }

    /// The parent must be a national convention that the caller sees.
    pub fn check_parent(unit: &mut Unit<'_>, parent: Option<Id>) -> Result<(), Halt> {
        let Some(parent) = parent else { return Ok(()) };
        let request = unit.request.clone();
        match Self::find(unit, &request, parent) {
            Ok(row) if row.territory == crate::domain::Territory::National => Ok(()),
            Ok(_) => Err(Problem::plain("parent_not_national").into()),
            Err(Halt::Problem(_)) => Err(Problem::body(vec![Fault::pointer(
                "/parent_id",
                "unknown_reference",
                both(
                    "Cette convention n'existe pas dans votre périmètre.",
                    "No such convention within your perimeter.",
                ),
            )])
            .into()),
            Err(other) => Err(other),
        }
    }

    /// Inserts a new draft.
    pub fn insert(&mut self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let none = Pieces {
            parties: vec![],
            parts: vec![],
            articles: vec![],
            clauses: vec![],
            axes: vec![],
            objectives: vec![],
        };
        self.content_hash = content_hash(&none.content(self));
        self.search_key = none.search_key(self);
        if let Some(parent) = self.parent_id {
            // Nobody becomes a party of the parent meanwhile: who sees this one depends on it.
            crate::db::lock_row(unit, "conventions", parent)?;
        }
        self.audience_id = self.audience(unit)?;
        unique(diesel::insert_into(conventions::table).values(&*self).execute(&mut **unit))?;
        Ok(())
    }

    /// Saves it under its next version: hash, signatures that still stand, spans, search key.
    pub fn recompute(mut self, unit: &mut Unit<'_>) -> Result<Self, Halt> {
        let pieces = Pieces::load(unit, self.id)?;
        let hash = content_hash(&pieces.content(&self));
        if hash != self.content_hash {
            signatures::void_all(unit, &self)?;
            self.content_hash = hash;
        }
        amendments::store::seal(unit, &self)?;
        let story = Story::load(unit, self, Instant::MAX)?;
        amendments::store::date(unit, &story)?;
        let duties = obligations::rules::duties(&story.scene());
        self = story.row;
        let owed = self.complete_on.is_some() || !duties.is_empty();
        self.live(&story.lived);
        self.search_key = pieces.search_key(&self);
        self.title_key = fold(&self.title);
        self.version += 1;
        self.updated_at = unit.request.now;
        self.audience_id = self.audience(unit)?;
        unique(diesel::update(conventions::table.find(self.id)).set(&self).execute(&mut **unit))?;
        // Before every party has signed nothing is owed, and there are no rows to look at.
        if owed {
            let (ids, now) = (unit.ids(), unit.request.now);
            obligations::store::keep(unit, &ids, now, self.id, duties)?;
        }
        Ok(self)
    }

    /// Who sees it from now on.
    fn audience(&self, unit: &mut Unit<'_>) -> Result<Option<Id>, Halt> {
        let today = unit.request.today;
        let audience = feed::audience(unit, self, today)?;
        // What the feed was told already is kept already.
        if self.audience_id == Some(audience.id()) {
            return Ok(self.audience_id);
        }
        Ok(Some(audience.keep(unit)?))
    }

    /// Records a change of a convention that is saved, and what follows from it for those who see it now, or no more.
    pub fn saved(&self, unit: &mut Unit<'_>, before: &Self) -> Result<(), Halt> {
        self.record(unit, Operation::Updated, Some(before))?;
        let request = unit.request.clone();
        Ok(feed::announce_moves(unit, self, before.audience_id, request.now, request.today)?)
    }

    /// Records a change of the convention itself.
    pub fn record(&self, unit: &mut Unit<'_>, operation: Operation, before: Option<&Self>) -> Result<(), Halt> {
        let form = |row: &Self| {
            let mut value = serde_json::to_value(row.as_new())?;
            value["content_hash"] = row.content_hash.clone().into();
            Ok::<_, Halt>(value)
        };
        let was_seen_by = before.and_then(|row| row.audience_id);
        let (before, after) = (before.map(form).transpose()?, form(self)?);
        unit.record(&Change {
            kind: "convention",
            resource: self.id,
            version: self.version,
            operation,
            convention: Some(self.id),
            organisation: self.owner_id,
            seen_by: self.audience_id.filter(|_| operation != Operation::Deleted),
            was_seen_by,
            before: before.as_ref(),
            after: (operation != Operation::Deleted).then_some(&after),
        })
    }

    /// What the policy needs to know of it.
    pub fn standing(&self, c: &mut Connection) -> QueryResult<Standing> {
        let parties =
            parties::table.filter(parties::convention_id.eq(self.id)).select(parties::organisation_id).load(c)?;
        Ok(Standing {
            owner: self.owner_id,
            brought_in: self.brought_in,
            parties,
            signed: self.first_signed_on.is_some(),
            territory: Some(self.territory),
        })
    }

    /// Its line in a list, on a date.
    pub fn summary(self, parties: Vec<PartyLabel>, on: CivilDate) -> ConventionSummary {
        let (last_day, _) = self.term_on(on);
        let status = rules::status(&self.spans(), on);
        ConventionSummary {
            status,
            as_of: on,
            territory_label: self.territory.label(),
            id: self.id,
            version: self.version,
            reference: self.reference,
            title: self.title,
            document_type: self.document_type,
            level: self.level,
            territory: self.territory,
            parent_id: self.parent_id,
            parties,
            in_force_from: self.in_force_from,
            last_day,
            ends_on: self.ends_on,
            term_ends_on: last_day.filter(|_| status == ConventionStatus::InForce),
            next_duty: None,
            external_id: self.external_id,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Who does not read what the parties of a convention recorded of each other is told that there is nothing.
pub fn check_tells(c: &mut Connection, request: &Request, convention: Id) -> Result<(), Halt> {
    let parties: Vec<Id> =
        parties::table.filter(parties::convention_id.eq(convention)).select(parties::organisation_id).load(c)?;
    if policy::may_read_facts(&request.caller, &parties) { Ok(()) } else { Err(Halt::not_found()) }
}

/// The parties of several conventions, in their order.
pub fn parties_of(c: &mut Connection, conventions: &[Id]) -> QueryResult<Vec<(Id, PartyLabel)>> {
    type Row = (Id, Id, Id, Side, String, Option<String>);
    let rows: Vec<Row> = parties::table
        .filter(parties::convention_id.eq_any(conventions.to_vec()))
        .order((parties::position, parties::id))
        .select((
            parties::convention_id,
            parties::id,
            parties::organisation_id,
            parties::side,
            parties::name_as_signed,
            parties::alias,
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(convention, id, organisation_id, side, name, alias)| {
            (convention, PartyLabel { id, organisation_id, side, name, alias })
        })
        .collect())
}

impl Whole for ConventionRow {
    const DATED: bool = true;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        conventions::table
            .filter(conventions::id.eq(id))
            .filter(seen_by(request))
            .select(Self::as_select())
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)
    }

    fn glance(c: &mut Connection, request: &Request, id: Id) -> Result<i64, Halt> {
        conventions::table
            .filter(conventions::id.eq(id))
            .filter(seen_by(request))
            .select(conventions::version)
            .first(c)
            .optional()?
            .ok_or_else(Halt::not_found)
    }

    fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        crate::db::lock_row(unit, "conventions", id)?;
        let request = unit.request.clone();
        Self::find(unit, &request, id)
    }

    fn check_caller(&self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        if policy::may_draft(&request.caller, &self.standing(c)?) {
            return Ok(());
        }
        Err(Problem::plain("not_allowed").into())
    }

    fn check_state(&self, unit: &mut Unit<'_>) -> Result<(), Halt> {
        let (spans, today) = (self.spans(), unit.request.today);
        if rules::may_edit(&spans, today) {
            return Ok(());
        }
        let article = super::clauses::article_of(unit, self.id, crate::domain::vocabulary::ClauseKind::Amendment)?;
        Ok(rules::check_edit(&spans, today, article.as_deref())?)
    }

    fn touch(self, unit: &mut Unit<'_>) -> Result<Self, Halt> {
        let before = self.clone();
        let row = self.recompute(unit)?;
        row.saved(unit, &before)?;
        Ok(row)
    }

    fn feed(&self) -> Feed {
        Feed { convention: Some(self.id), organisation: None, audience: self.audience_id }
    }
}
