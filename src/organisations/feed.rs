//! What the change feed is told of an organisation: who sees it, and what becomes of its representatives with it.

use diesel::prelude::*;

use super::organisation::OrganisationRow;
use crate::changes::audience::Audience;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::representatives;
use crate::domain::Id;
use crate::domain::vocabulary::Role;
use crate::http::unit::Unit;

impl OrganisationRow {
    /// Who sees it: the same as [`super::organisation::seen_by`].
    pub(super) fn audience(&self) -> Audience {
        let mut audience = Audience::operator().role(Role::Ministry).own(self.id);
        if let Some(owner) = self.owner_id {
            audience = audience.own(owner);
        }
        if self.verified { audience.everyone() } else { audience }
    }

    /// An entry of the feed for each of its representatives, whom it takes along.
    pub(super) fn announce_representatives(
        &self,
        unit: &mut Unit<'_>,
        operation: Operation,
        seen_by: Option<Id>,
        was_seen_by: Option<Id>,
    ) -> QueryResult<()> {
        let now = unit.request.now;
        let all: Vec<Id> = representatives::table
            .filter(representatives::organisation_id.eq(self.id))
            .order((representatives::position, representatives::id))
            .select(representatives::id)
            .load(&mut **unit)?;
        for resource in all {
            record::announce(
                unit,
                now,
                &Change {
                    kind: "representative",
                    resource,
                    version: self.version,
                    operation,
                    convention: None,
                    organisation: Some(self.id),
                    seen_by,
                    was_seen_by,
                    before: None,
                    after: None,
                },
            )?;
        }
        Ok(())
    }
}
