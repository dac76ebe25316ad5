//! What no two organisations share: SIRET, RNA, and the key of who proposed them.

use diesel::prelude::*;

use super::organisation::OrganisationRow;
use crate::db::Connection;
use crate::db::schema::organisations;
use crate::domain::Id;
use crate::error::{Fault, Halt, Problem, both};

impl OrganisationRow {
    /// Names the resource that already has a value which must be unique.
    pub(super) fn check_unique(&self, c: &mut Connection) -> Result<(), Halt> {
        let others = || organisations::table.filter(organisations::id.ne(self.id)).select(organisations::id);
        let mut taken: Option<(&str, Id)> = None;
        if let Some(siret) = &self.siret {
            let id = others().filter(organisations::siret.eq(Some(siret))).first(c).optional()?;
            taken = taken.or(id.map(|id| ("/siret", id)));
        }
        if let Some(rna) = &self.rna {
            let id = others().filter(organisations::rna.eq(Some(rna))).first(c).optional()?;
            taken = taken.or(id.map(|id| ("/rna", id)));
        }
        if let Some(external) = &self.external_id {
            let same = others().filter(organisations::external_id.eq(Some(external)));
            let id = match self.owner_id {
                Some(owner) => same.filter(organisations::owner_id.eq(Some(owner))).first(c).optional()?,
                None => same.filter(organisations::owner_id.is_null()).first(c).optional()?,
            };
            taken = taken.or(id.map(|id| ("/external_id", id)));
        }
        match taken {
            None => Ok(()),
            Some((pointer, id)) => {
                let fault = Fault::pointer(
                    pointer,
                    "taken",
                    both("Un autre organisme a déjà cette valeur.", "Another organisation already has this value."),
                );
                let mut problem =
                    Problem::plain("duplicate").member("resource", format!("/v1/organisations/{id}").into());
                problem.faults.push(fault);
                Err(problem.into())
            }
        }
    }
}
