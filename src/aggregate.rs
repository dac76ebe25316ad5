//! Aggregates and their pieces.
//!
//! A convention with its parties, parts, articles, clauses, axes and signatures is one aggregate with one version; so
//! is an organisation with its representatives. Each piece is a resource of its own (`/v1/articles/{id}`) whose writes
//! lock the whole, check it, and give it its next version. The five operations of a piece are here, once.

mod listing;
mod routes;

use self::listing::{PiecesOf, take_as_of};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::auth::policy::Permission;
use crate::db::Connection;
use crate::db::record::{Change, Operation};
use crate::domain::{CivilDate, Id};
use crate::error::Halt;
use crate::http::answer::{Answer, Reply};
use crate::http::body::Body;
use crate::http::call::{Call, Request};
use crate::http::list::Window;
use crate::http::params::Params;
use crate::http::unit::{Expect, Unit};

/// The root of an aggregate.
pub trait Whole: Sized + Send + 'static {
    /// True when its pieces are asked for `as_of` a date.
    const DATED: bool;
    fn id(&self) -> Id;
    fn version(&self) -> i64;
    /// Finds it within the caller's perimeter; 404 otherwise.
    fn find(c: &mut Connection, request: &Request, id: Id) -> Result<Self, Halt>;
    /// Its version alone, within the same perimeter: all that a read of a piece asks of its whole.
    fn glance(c: &mut Connection, request: &Request, id: Id) -> Result<i64, Halt> {
        Self::find(c, request, id).map(|whole| whole.version())
    }
    /// Finds it, and nobody else writes it until this unit ends.
    fn lock(unit: &mut Unit<'_>, id: Id) -> Result<Self, Halt>;
    /// May this caller change its pieces? 403 otherwise.
    fn check_caller(&self, c: &mut Connection, request: &Request) -> Result<(), Halt>;
    /// May its pieces change in this state? 409 otherwise.
    fn check_state(&self, unit: &mut Unit<'_>) -> Result<(), Halt>;
    /// Gives it its next version, recomputes what depends on its pieces, and records the change.
    fn touch(self, unit: &mut Unit<'_>) -> Result<Self, Halt>;
    /// Where a change of its pieces shows in the feed.
    fn feed(&self) -> Feed;
}

/// What an entry of the feed says of the whole that its resource belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Feed {
    pub convention: Option<Id>,
    pub organisation: Option<Id>,
    /// Who sees it.
    pub audience: Option<Id>,
}

/// The greatest position of a piece.
const LAST_POSITION: i64 = 100_000;

/// Where a piece goes: its id and position, and what stood there before.
pub struct Place<'p, P> {
    pub id: Id,
    pub position: i64,
    pub before: Option<&'p P>,
}

/// A resource that belongs to an aggregate.
pub trait Piece: Clone + Serialize + ToSchema + Send + 'static {
    type Whole: Whole;
    type New: Body + Serialize;
    /// Singular, as in the change feed: `article`.
    const KIND: &'static str;
    /// `/v1/articles`.
    const PATH: &'static str;
    /// Columns of its CSV form.
    const COLUMNS: &'static [&'static str];

    fn id(&self) -> Id;
    fn whole_id(&self) -> Id;
    fn position(&self) -> i64;
    /// The piece from what was asked; references are resolved here, and what cannot be asked is kept from `before`.
    fn make(unit: &mut Unit<'_>, whole: &Self::Whole, at: Place<'_, Self>, new: Self::New) -> Result<Self, Halt>;
    /// What it could be created from again: the base of a merge patch.
    fn as_new(&self) -> Self::New;
    /// The position that was asked for.
    fn wished(new: &Self::New) -> Option<i64>;
    /// What must follow a change of it: nothing by default.
    fn followed_up(&self, _unit: &mut Unit<'_>) -> Result<(), Halt> {
        Ok(())
    }

    /// Refuses to delete what others refer to otherwise than by a foreign key: nothing by default.
    fn check_unused(&self, _c: &mut Connection) -> Result<(), Halt> {
        Ok(())
    }

    /// The pieces of the text in force on a day, once an amendment has changed it; nothing when the table has them.
    fn in_force(_c: &mut Connection, _whole: Id, _on: CivilDate) -> Result<Option<Vec<Self>>, Halt> {
        Ok(None)
    }

    /// The whole of a piece, of one that no table has too.
    fn whole_of(c: &mut Connection, id: Id) -> Result<Option<Id>, Halt> {
        Ok(Self::find(c, id)?.map(|piece| piece.whole_id()))
    }

    /// A piece as it stands on a day.
    fn find_on(c: &mut Connection, id: Id, on: CivilDate) -> Result<Option<Self>, Halt> {
        let Some(whole) = Self::whole_of(c, id)? else { return Ok(None) };
        match Self::in_force(c, whole, on)? {
            None => Self::find(c, id),
            Some(pieces) => Ok(pieces.into_iter().find(|piece| piece.id() == id)),
        }
    }

    fn insert(&self, c: &mut Connection) -> Result<(), Halt>;
    fn save(&self, c: &mut Connection) -> Result<(), Halt>;
    fn delete(&self, c: &mut Connection) -> Result<(), Halt>;
    fn find(c: &mut Connection, id: Id) -> Result<Option<Self>, Halt>;
    fn rows(c: &mut Connection, whole: Id, window: &Window) -> Result<Vec<Self>, Halt>;
    fn count(c: &mut Connection, whole: Id) -> Result<i64, Halt>;
    /// The greatest position among its siblings.
    fn last_position(c: &mut Connection, whole: Id) -> Result<i64, Halt>;
}

/// What diesel needs to be told of a piece: its table and the column of its whole.
#[macro_export]
macro_rules! piece_store {
    ($table:ident, $whole:ident) => {
        fn id(&self) -> $crate::domain::Id {
            self.id
        }
        fn whole_id(&self) -> $crate::domain::Id {
            self.$whole
        }
        fn position(&self) -> i64 {
            self.position
        }
        fn wished(new: &Self::New) -> Option<i64> {
            new.position
        }
        fn insert(&self, c: &mut $crate::db::Connection) -> Result<(), $crate::error::Halt> {
            let saved = diesel::RunQueryDsl::execute(diesel::insert_into($table::table).values(self), c);
            $crate::aggregate::unique(saved).map(|_| ())
        }
        fn save(&self, c: &mut $crate::db::Connection) -> Result<(), $crate::error::Halt> {
            use diesel::QueryDsl as _;
            let saved = diesel::RunQueryDsl::execute(diesel::update($table::table.find(self.id)).set(self), c);
            $crate::aggregate::unique(saved).map(|_| ())
        }
        fn delete(&self, c: &mut $crate::db::Connection) -> Result<(), $crate::error::Halt> {
            use diesel::QueryDsl as _;
            let gone = diesel::RunQueryDsl::execute(diesel::delete($table::table.find(self.id)), c);
            $crate::aggregate::unused(gone).map(|_| ())
        }
        fn find(c: &mut $crate::db::Connection, id: $crate::domain::Id) -> Result<Option<Self>, $crate::error::Halt> {
            use diesel::prelude::*;
            Ok($table::table.find(id).select(Self::as_select()).first(c).optional()?)
        }
        fn rows(
            c: &mut $crate::db::Connection,
            whole: $crate::domain::Id,
            window: &$crate::http::list::Window,
        ) -> Result<Vec<Self>, $crate::error::Halt> {
            use diesel::prelude::*;
            let query = $table::table.filter($table::$whole.eq(whole)).into_boxed::<$crate::db::MultiBackend>();
            let query = $crate::ordered!(query, window, $table::position, $table::id, window.number());
            Ok(query.select(Self::as_select()).load(c)?)
        }
        fn count(c: &mut $crate::db::Connection, whole: $crate::domain::Id) -> Result<i64, $crate::error::Halt> {
            use diesel::prelude::*;
            Ok($table::table.filter($table::$whole.eq(whole)).count().get_result(c)?)
        }
        fn last_position(
            c: &mut $crate::db::Connection,
            whole: $crate::domain::Id,
        ) -> Result<i64, $crate::error::Halt> {
            use diesel::prelude::*;
            let greatest: Option<i64> =
                $table::table.filter($table::$whole.eq(whole)).select(diesel::dsl::max($table::position)).first(c)?;
            Ok(greatest.unwrap_or(0))
        }
    };
}

/// A unique constraint says `duplicate`. Nothing runs after it in the unit, so the broken transaction of PostgreSQL
/// is simply rolled back.
pub fn unique(saved: diesel::QueryResult<usize>) -> Result<usize, Halt> {
    use diesel::result::{DatabaseErrorKind, Error};
    saved.map_err(|e| match e {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => crate::error::Problem::plain("duplicate").into(),
        other => Halt::from(other),
    })
}

/// A foreign key says `in_use`.
pub fn unused(gone: diesel::QueryResult<usize>) -> Result<usize, Halt> {
    use diesel::result::{DatabaseErrorKind, Error};
    gone.map_err(|e| match e {
        Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
            crate::error::Problem::plain("in_use").into()
        }
        other => Halt::from(other),
    })
}

/// Lists the pieces of the whole named in the path.
pub async fn list<P: Piece, A: Permission>(call: Call<A>) -> Reply {
    call.list::<PiecesOf<P>>().await
}

/// Reads one piece, under the version of its whole.
pub async fn read<P: Piece, A: Permission>(call: Call<A>) -> Reply {
    call.read(|c, request| {
        let id = request.id()?;
        let whole = P::whole_of(c, id)?.ok_or_else(Halt::not_found)?;
        let version = P::Whole::glance(c, request, whole)?;
        let mut params = Params::of(&request.query);
        let on = take_as_of::<P>(&mut params).unwrap_or(request.today);
        let piece = P::find_on(c, id, on)?.ok_or_else(Halt::not_found)?;
        request.only_json()?;
        params.verdict()?;
        Ok(Answer::single(version, &piece)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

/// Creates a piece under the whole named in the path.
pub async fn create<P: Piece, A: Permission>(call: Call<A>) -> Reply {
    call.write(|unit| {
        let id = unit.request.id()?;
        let whole = P::Whole::lock(unit, id)?;
        let request = unit.request.clone();
        whole.check_caller(unit, &request)?;
        let new: P::New = unit.accept_json(Expect::CREATION)?;
        whole.check_state(unit)?;
        let (piece, whole) = add::<P>(unit, whole, new)?;
        Answer::created(&format!("{}/{}", P::PATH, piece.id()), whole.version(), &piece)
    })
    .await
}

/// Adds a piece to a whole that is locked and checked.
pub fn add<P: Piece>(unit: &mut Unit<'_>, whole: P::Whole, new: P::New) -> Result<(P, P::Whole), Halt> {
    let piece = place::<P>(unit, &whole, new)?;
    let whole = whole.touch(unit)?;
    let after = serde_json::to_value(&piece)?;
    note::<P>(unit, &whole, None, piece.id(), (None, Some(&after)))?;
    Ok((piece, whole))
}

/// Inserts a piece without touching its whole, when many come together.
pub fn place<P: Piece>(unit: &mut Unit<'_>, whole: &P::Whole, new: P::New) -> Result<P, Halt> {
    let position = match P::wished(&new) {
        Some(position) => position,
        // Beyond the greatest that may be asked for, the id decides.
        None => (P::last_position(unit, whole.id())? + 1).min(LAST_POSITION),
    };
    let id = unit.new_id();
    let piece = P::make(unit, whole, Place { id, position, before: None }, new)?;
    piece.insert(unit)?;
    piece.followed_up(unit)?;
    Ok(piece)
}

/// Changes a piece by merge patch.
pub async fn patch<P: Piece, A: Permission>(call: Call<A>) -> Reply {
    call.write(|unit| {
        let (before, whole) = open::<P>(unit)?;
        let new: P::New = unit.accept_patch(Expect::version(whole.version()), &before.as_new())?;
        whole.check_state(unit)?;
        let (id, position) = (before.id(), P::wished(&new).unwrap_or_else(|| before.position()));
        let piece = P::make(unit, &whole, Place { id, position, before: Some(&before) }, new)?;
        piece.save(unit)?;
        piece.followed_up(unit)?;
        let was = whole.feed().audience;
        let whole = whole.touch(unit)?;
        let (old, now) = (serde_json::to_value(&before)?, serde_json::to_value(&piece)?);
        note::<P>(unit, &whole, was, piece.id(), (Some(&old), Some(&now)))?;
        Answer::single(whole.version(), &piece)
    })
    .await
}

/// Deletes a piece.
pub async fn delete<P: Piece, A: Permission>(call: Call<A>) -> Reply {
    call.write(|unit| {
        let (before, whole) = open::<P>(unit)?;
        unit.accept_empty(Expect::version(whole.version()))?;
        whole.check_state(unit)?;
        before.check_unused(unit)?;
        before.delete(unit)?;
        crate::files::feed::outlive(unit, P::KIND, before.id(), whole.feed())?;
        let was = whole.feed().audience;
        let whole = whole.touch(unit)?;
        let old = serde_json::to_value(&before)?;
        note::<P>(unit, &whole, was, before.id(), (Some(&old), None))?;
        Ok(Answer::none())
    })
    .await
}

/// The piece named in the path and its whole, locked, for a caller who may change them.
fn open<P: Piece>(unit: &mut Unit<'_>) -> Result<(P, P::Whole), Halt> {
    let id = unit.request.id()?;
    let whole = P::whole_of(unit, id)?.ok_or_else(Halt::not_found)?;
    let whole = P::Whole::lock(unit, whole)?;
    let request = unit.request.clone();
    // Read again under the lock: it may have changed while this unit waited.
    if let Some(piece) = P::find(unit, id)? {
        whole.check_caller(unit, &request)?;
        return Ok((piece, whole));
    }
    // One that an amendment alone has made: the state of its whole says why it does not change.
    P::find_on(unit, id, request.today)?.ok_or_else(Halt::not_found)?;
    whole.check_caller(unit, &request)?;
    unit.accept(Expect::version(whole.version()), &[], |_| Ok(()))?;
    whole.check_state(unit)?;
    Err(Halt::not_found())
}

/// Records a change of a piece, told by what stood before and after; `was` is the audience of its whole before.
fn note<P: Piece>(
    unit: &mut Unit<'_>,
    whole: &P::Whole,
    was: Option<Id>,
    resource: Id,
    (before, after): (Option<&Value>, Option<&Value>),
) -> Result<(), Halt> {
    let Feed { convention, organisation, audience } = whole.feed();
    unit.record(&Change {
        kind: P::KIND,
        resource,
        version: whole.version(),
        operation: match (before, after) {
            (None, _) => Operation::Created,
            (_, None) => Operation::Deleted,
            _ => Operation::Updated,
        },
        convention,
        organisation,
        seen_by: after.and(audience),
        was_seen_by: before.and(was),
        before,
        after,
    })
}
