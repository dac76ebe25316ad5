//! The list of the pieces of one whole: rows of their table, or pieces of the text in force on a day.

use super::{Piece, Whole as _};
use crate::db::Connection;
use crate::domain::{CivilDate, Id};
use crate::error::Halt;
use crate::http::call::Request;
use crate::http::list::{After, Listing, Mark, Window};
use crate::http::params::Params;

/// The list of the pieces of one whole, in their order.
pub struct PiecesOf<P> {
    whole: Option<Id>,
    as_of: Option<CivilDate>,
    /// Those of the text in force, where no table has them.
    laid: Option<Vec<P>>,
}

impl<P: Piece> Listing for PiecesOf<P> {
    type Item = P;
    const SORTS: &'static [&'static str] = &["position"];
    const COLUMNS: &'static [&'static str] = P::COLUMNS;

    fn filters(params: &mut Params) -> Self {
        Self { whole: None, as_of: take_as_of::<P>(params), laid: None }
    }

    fn enter(&mut self, c: &mut Connection, request: &Request) -> Result<(), Halt> {
        let id = request.id()?;
        P::Whole::glance(c, request, id)?;
        self.whole = Some(id);
        self.laid = P::in_force(c, id, self.as_of.unwrap_or(request.today))?;
        Ok(())
    }

    fn rows(&self, c: &mut Connection, _: &Request, window: &Window) -> Result<Vec<P>, Halt> {
        if let Some(laid) = &self.laid {
            return Ok(page_of(laid, window));
        }
        P::rows(c, self.whole.ok_or_else(Halt::not_found)?, window)
    }

    fn count(&self, c: &mut Connection, _: &Request) -> Result<i64, Halt> {
        if let Some(laid) = &self.laid {
            return Ok(i64::try_from(laid.len()).unwrap_or(i64::MAX));
        }
        P::count(c, self.whole.ok_or_else(Halt::not_found)?)
    }

    fn mark(item: &P, _: &str) -> After {
        After { mark: Mark::Number(item.position()), id: item.id() }
    }
}

/// The same page of pieces in memory as `ordered!` asks of a table.
fn page_of<P: Piece>(pieces: &[P], window: &Window) -> Vec<P> {
    let mut sorted: Vec<&P> = pieces.iter().collect();
    sorted.sort_by_key(|piece| (piece.position(), piece.id()));
    if window.descending {
        sorted.reverse();
    }
    let beyond = |piece: &&&P| match &window.after {
        None => true,
        Some(after) if window.descending => (piece.position(), piece.id()) < (window.number(), after.id),
        Some(after) => (piece.position(), piece.id()) > (window.number(), after.id),
    };
    let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
    sorted.iter().filter(beyond).take(limit).map(|piece| (*piece).clone()).collect()
}

/// `as_of=DATE`: the text as it stood that day; today when left out.
pub fn take_as_of<P: Piece>(params: &mut Params) -> Option<CivilDate> {
    if P::Whole::DATED { params.one("as_of") } else { None }
}
