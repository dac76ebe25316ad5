//! Who sees an action, who is what to it, and who reads its small counts exactly: the roles' table of the contract, as
//! conditions that every query adds.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use super::new::{ActionSchool, NewAction};
use super::row::{ActionRow, Kept};
use super::rules::life::Actor;
use super::rules::{Sight, dated_places};
use crate::auth::Caller;
use crate::auth::policy::Standing;
use crate::changes::audience::Audience;
use crate::conventions::ConventionRow;
use crate::conventions::store::touching;
use crate::db::schema::{action_schools, actions, conventions, parties};
use crate::db::{Connection, Fixed, MultiBackend, lock_row};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionOrigin, Role};
use crate::domain::{CivilDate, Id, Territory};
use crate::error::{Halt, Problem, both};
use crate::http::call::Request;
use crate::http::unit::Unit;

/// A condition on actions. Comparisons with nullable columns may be unknown: unknown is not seen.
pub type Seen = Box<dyn BoxableExpression<actions::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// What a caller sees.
pub fn seen_by(caller: &Caller) -> Seen {
    seen(caller, || placed_in(&caller.territories))
}

/// What a caller sees of one of its places ([`places_of`]).
pub fn seen_at(caller: &Caller, place: &Place) -> Seen {
    seen(caller, || place.holds())
}

fn seen(caller: &Caller, placed: impl FnOnce() -> Seen) -> Seen {
    match (caller.role, caller.organisation_id) {
        (Role::Ministry, _) => Box::new(actions::version.gt(0).nullable()),
        (Role::Operator, mine) => {
            let brought_in = conventions::table.filter(conventions::brought_in.eq(true)).select(conventions::id);
            let seen = actions::convention_id.eq_any(brought_in);
            match mine {
                Some(mine) => Box::new(seen.nullable().or(under(mine))),
                None => Box::new(seen.nullable()),
            }
        }
        (Role::Association, Some(mine)) => {
            if caller.territories.is_empty() {
                return under(mine);
            }
            Box::new(under(mine).and(placed()))
        }
        (Role::Academie, _) => placed(),
        (Role::School, _) => {
            let mine = action_schools::table
                .filter(action_schools::uai.eq_any(caller.uais.clone()))
                .select(action_schools::action_id);
            Box::new(actions::id.eq_any(mine).nullable())
        }
        _ => Box::new(actions::version.lt(0).nullable()),
    }
}

/// With one of these schools.
pub fn in_schools(uais: &[Uai]) -> Seen {
    if let [one] = uais {
        let there = action_schools::table.filter(action_schools::uai.eq(one.clone())).select(action_schools::action_id);
        return Box::new(actions::id.eq_any(there).nullable());
    }
    let there =
        action_schools::table.filter(action_schools::uai.eq_any(uais.to_vec())).select(action_schools::action_id);
    Box::new(actions::id.eq_any(there).nullable())
}

/// Under a convention that an organisation is party to, or one that declines it in a territory.
pub fn under(organisation: Id) -> Seen {
    let party_to = || parties::table.filter(parties::organisation_id.eq(organisation)).select(parties::convention_id);
    let below = conventions::table.filter(conventions::parent_id.eq_any(party_to().nullable())).select(conventions::id);
    Box::new(actions::convention_id.eq_any(party_to()).nullable().or(actions::convention_id.eq_any(below).nullable()))
}

/// The codes of the académies that lie in some territories.
pub fn academies_of(territories: &[Territory]) -> Vec<String> {
    let mut codes: Vec<String> =
        territories.iter().flat_map(Territory::academies).map(|academie| academie.code.as_str().to_owned()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// With a school in one of these académies.
pub fn in_academies(codes: Vec<String>) -> Seen {
    let several = Place::Several(codes.clone()).holds();
    match codes.as_slice() {
        // The statement of one code is kept prepared, that of several is not.
        [one] => Box::new(actions::academie.eq(one.clone()).nullable().or(several)),
        _ => Box::new(actions::academie.eq_any(codes).nullable().or(several)),
    }
}

/// In some territories: a school there or, without any school, a territory that touches them.
fn placed_in(territories: &[Territory]) -> Seen {
    Box::new(in_academies(academies_of(territories)).or(Place::nowhere(territories).holds()))
}

/// The column `academie` of several académies and of none ([`super::row`]), written in the statement: PostgreSQL knows how few they are, and keeps its plan.
const MANY: Fixed<Text> = Fixed::new("'*'");
const NONE: Fixed<Text> = Fixed::new("''");

/// Where some actions of a page are. The column `academie` has one value there: the page of each place is a walk along an
/// index, whereas the rows of several places in one statement would be sorted all.
#[derive(Debug, Clone)]
pub enum Place {
    /// All of its schools are in this académie.
    In(String),
    /// Its schools are in several académies, one of these among them.
    Several(Vec<String>),
    /// Without a school, in one of these territories.
    Nowhere(Vec<Option<Territory>>),
}

impl Place {
    /// In each of these académies, and in several.
    pub fn of_academies(codes: &[String]) -> Vec<Self> {
        codes.iter().cloned().map(Self::In).chain([Self::Several(codes.to_vec())]).collect()
    }

    fn nowhere(territories: &[Territory]) -> Self {
        Self::Nowhere(touching(territories).into_iter().map(Some).collect())
    }

    /// An action is there.
    pub fn holds(&self) -> Seen {
        match self {
            Self::In(code) => Box::new(actions::academie.eq(code.clone()).nullable()),
            Self::Several(codes) => {
                let there = action_schools::table.filter(action_schools::action_id.eq(actions::id));
                let several = actions::academie.eq(MANY).nullable();
                match codes.as_slice() {
                    [one] => {
                        let there = there.filter(action_schools::academie.eq(one.clone()));
                        Box::new(several.and(diesel::dsl::exists(there).nullable()))
                    }
                    many => {
                        let there = there.filter(action_schools::academie.eq_any(many.to_vec()));
                        Box::new(several.and(diesel::dsl::exists(there).nullable()))
                    }
                }
            }
            Self::Nowhere(wider) => {
                Box::new(actions::academie.eq(NONE).nullable().and(actions::territory.eq_any(wider.clone())))
            }
        }
    }
}

/// The places of a caller that sees by place; none of another.
pub fn places_of(caller: &Caller) -> Vec<Place> {
    let by_place = match caller.role {
        Role::Academie => true,
        Role::Association => !caller.territories.is_empty(),
        _ => false,
    };
    if !by_place {
        return Vec::new();
    }
    let mut places = Place::of_academies(&academies_of(&caller.territories));
    places.push(Place::nowhere(&caller.territories));
    places
}

impl ActionRow {
    /// Finds it within the caller's perimeter; 404 otherwise, 410 when it was merged into one that the caller sees.
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        let found = actions::table
            .filter(actions::id.eq(id))
            .filter(seen_by(&request.caller))
            .select(Self::as_select())
            .first(c)
            .optional()?;
        match found {
            Some(row) => Ok(row),
            None => Err(super::merge::tombstone(c, request, id)?),
        }
    }

    /// Finds it, and nobody else writes it until this unit ends.
    pub fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt> {
        lock_row(unit, "actions", id)?;
        let request = unit.request.clone();
        Self::find(unit, &request, id)
    }
}

/// The row, the end of its convention, whether it was brought in, whether the caller's organisation is a party.
type MetColumns = (ActionRow, Option<CivilDate>, Option<bool>, bool);

/// An action, with what a reader of it needs to know of its convention, in one statement.
pub struct Met {
    pub row: ActionRow,
    /// Last day of its convention, whatever ends it.
    pub ends_on: Option<CivilDate>,
    /// What the policy needs to know: of its parties, whether the caller's organisation is one.
    pub standing: Standing,
}

impl Met {
    /// Finds it within the caller's perimeter, as [`ActionRow::find`].
    pub fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt> {
        let mine = request.caller.organisation_id;
        let convention = || conventions::table.filter(conventions::id.eq(actions::convention_id));
        let party = parties::table
            .filter(parties::convention_id.eq(actions::convention_id))
            .filter(parties::organisation_id.nullable().eq(mine));
        let found: Option<MetColumns> = actions::table
            .filter(actions::id.eq(id))
            .filter(seen_by(&request.caller))
            .select((
                ActionRow::as_select(),
                convention().select(conventions::ends_on).single_value(),
                convention().select(conventions::brought_in).single_value(),
                diesel::dsl::exists(party),
            ))
            .first(c)
            .optional()?;
        let Some((row, ends_on, brought_in, is_party)) = found else {
            return Err(super::merge::tombstone(c, request, id)?);
        };
        let parties = mine.filter(|_| is_party).into_iter().collect();
        let standing = Standing { brought_in: brought_in.unwrap_or_default(), parties, ..Standing::default() };
        Ok(Self { row, ends_on, standing })
    }
}

/// What a caller is to an action of a convention; nobody who may write otherwise.
pub fn actor_of(caller: &Caller, standing: &Standing, action: &NewAction) -> Option<Actor> {
    match caller.role {
        Role::Association => {
            let mine = caller.organisation_id?;
            let of_it = standing.parties.contains(&mine);
            let narrowed = caller.territories.is_empty() || lies_within(action, &caller.territories);
            (of_it && narrowed).then_some(Actor::Association)
        }
        Role::Academie => lies_within(action, &caller.territories).then_some(Actor::Academie),
        Role::School => {
            let mine = |school: &ActionSchool| caller.uais.contains(&school.uai.to_string());
            let own = action.schools.iter().filter(|school| mine(school)).count();
            let actor = if own == action.schools.len() { Actor::School } else { Actor::Among };
            (own > 0).then_some(actor)
        }
        Role::Operator => {
            let acts_for = caller.organisation_id.is_some_and(|mine| standing.parties.contains(&mine));
            (acts_for || (standing.brought_in && action.origin != ActionOrigin::Live)).then_some(Actor::Operator)
        }
        Role::Ministry | Role::Volunteer | Role::Observer => None,
    }
}

/// Why a caller that sees an action, or its convention, does not write it.
pub fn not_allowed(caller: &Caller, standing: &Standing) -> Problem {
    let party = caller.organisation_id.is_some_and(|mine| standing.parties.contains(&mine));
    let why = match caller.role {
        Role::Ministry | Role::Volunteer | Role::Observer => {
            both("Ce rôle lit les actions et n'en écrit aucune.", "This role reads actions and writes none.")
        }
        Role::Association if !party => both(
            "Cet organisme n'est pas partie à la convention de l'action.",
            "This organisation is no party to the action's convention.",
        ),
        Role::Association | Role::Academie => both(
            "L'action n'a pas lieu tout entière dans les territoires de cet appelant.",
            "The action does not take place within the caller's territories alone.",
        ),
        Role::School => both(
            "L'action concerne un établissement dont cet appelant ne répond pas.",
            "The action is of a school that the caller does not answer for.",
        ),
        Role::Operator => both(
            "L'exploitant n'écrit que ce qui est repris du passé, ou pour un organisme partie à la convention.",
            "The operator writes only what is brought in from the past, or for a party to the convention.",
        ),
    };
    Problem::new("not_allowed", why)
}

/// The members of what is asked for which its caller does not write it.
pub fn barred(caller: &Caller, standing: &Standing, action: &NewAction) -> Vec<String> {
    let party = caller.organisation_id.is_some_and(|mine| standing.parties.contains(&mine));
    let schools = |own: &dyn Fn(&Uai) -> bool| {
        let others = action.schools.iter().enumerate().filter(|(_, school)| !own(&school.uai));
        others.map(|(index, _)| format!("/schools/{index}/uai")).collect::<Vec<_>>()
    };
    let or = |places: Vec<String>, all: &str| if places.is_empty() { vec![all.to_owned()] } else { places };
    match caller.role {
        Role::Association if !party => vec!["/convention_id".to_owned()],
        Role::Association | Role::Academie => {
            let mine = |place: Territory| caller.territories.iter().any(|mine| mine.contains(&place));
            or(schools(&|uai| uai.academie().is_none_or(mine)), "/territory")
        }
        Role::School => or(schools(&|uai| caller.uais.contains(&uai.to_string())), "/schools"),
        Role::Operator if standing.brought_in => vec!["/origin".to_owned()],
        Role::Operator => vec!["/convention_id".to_owned()],
        Role::Ministry | Role::Volunteer | Role::Observer => Vec::new(),
    }
}

/// All of its places lie in these territories.
fn lies_within(action: &NewAction, territories: &[Territory]) -> bool {
    let places = dated_places(action);
    !places.is_empty() && places.iter().all(|place| territories.iter().any(|mine| mine.contains(place)))
}

/// Which small counts a caller reads exactly (R36).
pub fn sight_of(caller: &Caller) -> Sight {
    match caller.role {
        Role::Association => Sight::All,
        Role::Academie => Sight::Academies(academies_of(&caller.territories)),
        Role::School => Sight::Schools(caller.uais.clone()),
        _ => Sight::None,
    }
}

/// Who sees an action: the same as [`seen_by`], kept with each entry of the feed.
pub fn audience(row: &ConventionRow, standing: &Standing, above: &[Id], kept: &Kept) -> Audience {
    let mut audience = Audience::of_places(places_of_audience(kept)).role(Role::Ministry);
    if row.brought_in {
        audience = audience.role(Role::Operator);
    }
    for party in &standing.parties {
        audience = audience.party(*party);
    }
    for party in above {
        audience = audience.above(*party);
    }
    for place in places_of_audience(kept) {
        if place == Territory::National {
            audience = audience.role(Role::Academie);
        }
        for academie in place.academies() {
            audience = audience.academie(academie.code);
        }
    }
    for school in &kept.asked.schools {
        audience = audience.school(&school.uai.to_string());
    }
    audience
}

fn places_of_audience(kept: &Kept) -> Vec<Territory> {
    let mut places: Vec<Territory> =
        kept.schools.iter().filter_map(|school| Territory::academie(school.academie.as_deref()?)).collect();
    if places.is_empty() {
        places.extend(kept.asked.territory);
    }
    places.sort_unstable();
    places.dedup();
    places
}
