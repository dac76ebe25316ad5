//! The rows of a page, as they were kept when each action was written ([`super::super::shown`]): read and sent, not made
//! again.

use diesel::prelude::*;
use serde::ser::{Error as _, Serialize, Serializer};

use super::super::perimeter::{Place, places_of, seen_by, sight_of};
use super::super::places::regions_of;
use super::super::row::ActionRow;
use super::super::shown::{self, Kept};
use super::Actions;
use crate::db::Connection;
use crate::db::keyset::First;
use crate::db::schema::{actions, conventions};
use crate::domain::vocabulary::ActionStatus;
use crate::domain::{CivilDate, Id, Instant};
use crate::error::Halt;
use crate::http::call::Request;
use crate::http::list::{After, Mark, Window};
use crate::in_order;

/// Places that are walked one by one, at most.
const PLACES: usize = 6;

/// Which rows one statement of a page takes.
pub enum Walk {
    /// All that the filters keep and the caller sees.
    Whole,
    /// Those of one of the places that are asked for.
    Asked(Place),
    /// Those of one of the caller's own places.
    Seen(Place),
}

/// How often a page is read again, at most.
const AGAIN: u32 = 10;

/// One action of a list.
pub struct Line {
    id: Id,
    day: CivilDate,
    updated_at: Instant,
    json: String,
}

impl Line {
    /// As it is served.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Where it stands in an order.
    pub fn mark(&self, sort: &str) -> After {
        let mark = match sort {
            "updated_at" => Mark::Number(self.updated_at.as_micros()),
            _ => Mark::Text(self.day.to_string()),
        };
        After { mark, id: self.id }
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: serde_json::Value = serde_json::from_str(&self.json).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }
}

/// What is read of a row: its keys, what tells whether it is orphaned, what was kept, the end of its convention.
type Columns = (Id, CivilDate, Instant, ActionStatus, Option<CivilDate>, Kept, Option<CivilDate>);

/// The rows of a page. One that goes between two statements would leave it short, and a short page is the last one: it is
/// read again.
pub fn rows(asked: &Actions, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Line>, Halt> {
    let mut tries = 0;
    loop {
        let found = found(asked, c, request, window)?;
        let wanted = found.len();
        let lines = lines(c, request, found)?;
        if lines.len() == wanted || tries == AGAIN {
            return Ok(lines);
        }
        tries += 1;
    }
}

fn found(asked: &Actions, c: &mut Connection, request: &Request, window: &Window) -> Result<Vec<Columns>, Halt> {
    let mut found: Vec<Columns> = Vec::new();
    let walks = walks(asked, request, window);
    for walk in &walks {
        let query = asked.query(request, walk);
        let query = if window.sort == "updated_at" {
            let start = Instant::from_micros(window.number());
            in_order!(query, window, actions::updated_at, actions::id, start)
        } else {
            let start = window.text().parse().unwrap_or(CivilDate::LAST);
            in_order!(query, window, actions::day, actions::id, start)
        };
        let ends_on =
            conventions::table.filter(conventions::id.eq(actions::convention_id)).select(conventions::ends_on);
        let columns = (
            actions::id,
            actions::day,
            actions::updated_at,
            actions::status,
            actions::ends_on,
            Kept::as_select(),
            ends_on.single_value(),
        );
        found.extend(First { query: query.select(columns), rows: window.limit }.load::<Columns>(c)?);
    }
    if walks.len() > 1 {
        found.sort_unstable_by_key(|(id, day, ..)| (*day, *id));
        if window.descending {
            found.reverse();
        }
        found.truncate(usize::try_from(window.limit).unwrap_or(usize::MAX));
    }
    Ok(found)
}

/// Several walks for several places, in the order that the indexes of places have; one otherwise.
fn walks(asked: &Actions, request: &Request, window: &Window) -> Vec<Walk> {
    let few = |places: &Vec<Place>| !places.is_empty() && places.len() <= PLACES;
    if window.sort != "day" {
        return vec![Walk::Whole];
    }
    if !asked.academies.is_empty() {
        let mut places = Place::of_academies(&asked.academies);
        let regions = regions_of(&asked.academies);
        if !regions.is_empty() {
            places.push(Place::Nowhere(regions));
        }
        let places = Some(places).filter(few);
        return places.map_or_else(|| vec![Walk::Whole], |all| all.into_iter().map(Walk::Asked).collect());
    }
    let places = Some(places_of(&request.caller)).filter(few);
    places.map_or_else(|| vec![Walk::Whole], |all| all.into_iter().map(Walk::Seen).collect())
}

/// What was kept, or for want of it what the row says now.
fn lines(c: &mut Connection, request: &Request, found: Vec<Columns>) -> Result<Vec<Line>, Halt> {
    let unkept: Vec<Id> = found.iter().filter(|(.., kept, _)| !kept.is_of_now()).map(|(id, ..)| *id).collect();
    let mut whole: Vec<ActionRow> = Vec::new();
    if !unkept.is_empty() {
        whole = actions::table
            .filter(actions::id.eq_any(unkept))
            .filter(seen_by(&request.caller))
            .select(ActionRow::as_select())
            .load(c)?;
        whole.sort_unstable_by_key(|row| row.id);
    }
    let sight = sight_of(&request.caller);
    let mut lines = Vec::with_capacity(found.len());
    for (id, day, updated_at, status, last, kept, ends_on) in found {
        let json = match kept.text() {
            Some(text) => shown::with_orphaned(text, status, last, ends_on),
            // Gone since it was found.
            None => match whole.binary_search_by_key(&id, |row| row.id) {
                Ok(index) => serde_json::to_string(&whole[index].clone().view(&sight, ends_on))?,
                Err(_) => continue,
            },
        };
        lines.push(Line { id, day, updated_at, json });
    }
    Ok(lines)
}
