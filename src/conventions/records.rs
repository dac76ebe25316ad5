//! Records of signatures, of a convention or of one of its amendments: two tables in one frame, how they are numbered and
//! listed. Nothing recorded is rewritten.

use std::marker::PhantomData;

use serde::Serialize;

use crate::db::Connection;
use crate::domain::Id;
use crate::error::Halt;
use crate::http::call::Request;
use crate::http::list::{After, Listing, Mark, Window};
use crate::http::params::Params;

/// A record of a signature; [`record_store!`](crate::record_store) says all but the first two of its table.
pub trait Record: Serialize + Send + Sized + 'static {
    const COLUMNS: &'static [&'static str];

    /// Finds what was signed within the caller's perimeter.
    fn enter(c: &mut Connection, request: &Request, signed: Id) -> Result<(), Halt>;
    /// Its number, in the order of recording, and its id.
    fn place(&self) -> (i64, Id);
    fn rows(c: &mut Connection, signed: Id, window: &Window) -> Result<Vec<Self>, Halt>;
    fn count(c: &mut Connection, signed: Id) -> Result<i64, Halt>;
    /// The number of the next one.
    fn next_position(c: &mut Connection, signed: Id) -> Result<i64, Halt>;
    fn insert(&self, c: &mut Connection) -> Result<(), Halt>;
}

/// What diesel needs to be told of a record: its table and the column of what was signed.
#[macro_export]
macro_rules! record_store {
    ($table:ident, $signed:ident) => {
        fn place(&self) -> (i64, Id) {
            (self.position, self.id)
        }
        fn rows(c: &mut Connection, signed: Id, window: &Window) -> Result<Vec<Self>, Halt> {
            let query = $table::table.filter($table::$signed.eq(signed)).into_boxed::<MultiBackend>();
            let query = $crate::ordered!(query, window, $table::position, $table::id, window.number());
            Ok(query.select(Self::as_select()).load(c)?)
        }
        fn count(c: &mut Connection, signed: Id) -> Result<i64, Halt> {
            Ok($table::table.filter($table::$signed.eq(signed)).count().get_result(c)?)
        }
        fn next_position(c: &mut Connection, signed: Id) -> Result<i64, Halt> {
            let of = $table::table.filter($table::$signed.eq(signed));
            let last: Option<i64> = of.select(diesel::dsl::max($table::position)).first(c)?;
            Ok(last.unwrap_or(0) + 1)
        }
        fn insert(&self, c: &mut Connection) -> Result<(), Halt> {
            $crate::aggregate::unique(diesel::insert_into($table::table).values(self).execute(c)).map(|_| ())
        }
    };
}

/// The records of what the path names, in the order of recording.
pub struct RecordsOf<R> {
    signed: Option<Id>,
    records: PhantomData<R>,
}

impl<R: Record> Listing for RecordsOf<R> {
    type Item = R;
    const SORTS: &'static [&'static str] = &["recorded"];
    const COLUMNS: &'static [&'static str] = R::COLUMNS;

    fn filters(_: &mut Params) -> Self {
        Self { signed: None, records: PhantomData }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        let id = request.id()?;
        R::enter(c, request, id)?;
        self.signed = Some(id);
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<R>, Halt> {
        R::rows(c, self.signed.ok_or_else(Halt::not_found)?, window)
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        R::count(c, self.signed.ok_or_else(Halt::not_found)?)
    }

    fn mark(item: &R, _: &str) -> After {
        let (position, id) = item.place();
        After { mark: Mark::Number(position), id }
    }
}
