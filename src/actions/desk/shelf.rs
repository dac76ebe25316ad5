//! What desks have learnt of conventions, kept from one request to the next for as long as no version moves: a convention
//! has one version with all its pieces. One short statement tells whether it still holds.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::super::rules::ClauseSeen;
use super::{AxisKnown, Desk, Known as Convention};
use crate::conventions::store::seen_by;
use crate::db::schema::conventions;
use crate::db::{Connection, Fixed};
use crate::domain::vocabulary::ClauseKind;
use crate::domain::{Id, Instant};
use crate::error::Halt;
use crate::http::call::Request;

/// Conventions kept at most; beyond, all of them are learnt again.
const KEPT: usize = 4096;

/// The version of a convention and when it was written, and the same of its family: the one above, and those in force
/// beside or below it.
pub type Stamp = (i64, Instant, String);

/// Signed ones are never deleted, and their versions only grow.
const FAMILY: Fixed<Text> = Fixed::new(
    "(SELECT COUNT(*) || '.' || COALESCE(SUM(f.version), 0) || '.' || COALESCE(MAX(f.updated_at), 0) || '.' || \
     COALESCE(SUM(CASE WHEN f.id = conventions.parent_id THEN f.version END), 0) \
     FROM conventions AS f WHERE f.id = conventions.parent_id \
     OR (f.in_force_from IS NOT NULL AND f.parent_id = COALESCE(conventions.parent_id, conventions.id)))",
);

/// What is kept of one convention.
struct Kept {
    stamp: Stamp,
    known: Arc<Convention>,
    axes: Vec<((Id, usize), AxisKnown)>,
    clauses: Vec<(usize, Vec<(ClauseKind, ClauseSeen)>)>,
}

/// Audiences known at most, likewise.
const AUDIENCES: usize = 100_000;

/// The shelf of one replica; cheap to clone.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<Known>>);

/// What lies on the shelf.
#[derive(Default)]
struct Known {
    conventions: HashMap<Id, Arc<Kept>>,
    /// Sets of readers that are stored: none is ever taken away.
    audiences: HashSet<Id>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    fn find(&self, id: Id, stamp: &Stamp) -> Option<Arc<Kept>> {
        let kept = self.0.lock().ok()?.conventions.get(&id)?.clone();
        (kept.stamp == *stamp).then_some(kept)
    }

    fn put(&self, id: Id, kept: Kept) {
        if let Ok(mut all) = self.0.lock() {
            if all.conventions.len() >= KEPT {
                all.conventions.clear();
            }
            all.conventions.insert(id, Arc::new(kept));
        }
    }

    /// An audience that others have stored; false when it is not known to be.
    pub fn knows_audience(&self, id: Id) -> bool {
        self.0.lock().is_ok_and(|all| all.audiences.contains(&id))
    }

    /// Takes note of an audience that was found before this unit wrote anything.
    pub fn note_audience(&self, id: Id) {
        if let Ok(mut all) = self.0.lock() {
            if all.audiences.len() >= AUDIENCES {
                all.audiences.clear();
            }
            all.audiences.insert(id);
        }
    }
}

impl Desk {
    /// Takes a convention that the caller sees from the shelf; false when it is to be learnt.
    pub(super) fn take_from_shelf(&mut self, c: &mut Connection, request: &Request, id: Id) -> Result<bool, Halt> {
        let found: Option<Stamp> = conventions::table
            .filter(conventions::id.eq(id))
            .filter(seen_by(request))
            .select((conventions::version, conventions::updated_at, FAMILY))
            .first(c)
            .optional()?;
        let Some(stamp) = found else { return Ok(false) };
        let Some(kept) = self.shelf.find(id, &stamp) else {
            self.stamps.insert(id, stamp);
            return Ok(false);
        };
        self.conventions.insert(id, kept.known.clone());
        self.axes.extend(kept.axes.iter().map(|(axis, known)| (*axis, Some(known.clone()))));
        self.clauses.extend(kept.clauses.iter().map(|(text, known)| ((id, *text), known.clone())));
        self.stamps.insert(id, stamp);
        Ok(true)
    }

    /// Puts on the shelf what was learnt of a convention under its stamp.
    pub(super) fn put_on_shelf(&mut self, id: Id) {
        if !std::mem::take(&mut self.learnt) {
            return;
        }
        let (Some(stamp), Some(known)) = (self.stamps.get(&id), self.conventions.get(&id)) else { return };
        let axes = self.axes.iter().filter_map(|(axis, known)| Some((*axis, known.clone()?)));
        let axes = axes.filter(|(_, known)| known.axis.convention_id == id).collect();
        let clauses = self.clauses.iter().filter(|((of, _), _)| *of == id);
        let clauses = clauses.map(|((_, text), known)| (*text, known.clone())).collect();
        self.shelf.put(id, Kept { stamp: stamp.clone(), known: known.clone(), axes, clauses });
    }
}
