//! References from one piece of a convention to another: they must lie in the same convention.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::{articles, axes, parties, parts};
use crate::domain::Id;
use crate::error::{Fault, Faults, Halt, Problem, both};

/// What a piece may refer to.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Part,
    Article,
    Axis,
    Party,
}

/// Checks references, each with the pointer it came from; every wrong one is a fault (422).
pub fn check(c: &mut Connection, convention: Id, wanted: &[(Kind, String, Id)]) -> Result<(), Halt> {
    macro_rules! in_convention {
        ($table:ident, $id:expr) => {
            $table::table
                .filter($table::id.eq($id).and($table::convention_id.eq(convention)))
                .count()
                .get_result::<i64>(c)?
        };
    }
    let mut faults = Faults::new();
    for (kind, pointer, id) in wanted {
        let found = match kind {
            Kind::Part => in_convention!(parts, *id),
            Kind::Article => in_convention!(articles, *id),
            Kind::Axis => in_convention!(axes, *id),
            Kind::Party => in_convention!(parties, *id),
        };
        if found == 0 {
            faults.push(unknown(pointer));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::body(faults).into()) }
}

/// The fault of a reference to what is not in this convention.
pub fn unknown(pointer: &str) -> Fault {
    Fault::pointer(
        pointer,
        "unknown_reference",
        both("Cet identifiant n'est pas de cette convention.", "This identifier is not of this convention."),
    )
}
