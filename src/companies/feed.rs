//! What the change feed is told: who sees a company, and what becomes of its contacts when it changes.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::company::CompanyRow;
use super::contacts::contact::ContactRow;
use super::places::academie;
use crate::changes::audience::Audience;
use crate::db::Connection;
use crate::db::record::{self, Change, Operation};
use crate::db::schema::{company_contacts, parties};
use crate::db::types::sql::DbUuid;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Territory};
use crate::error::Halt;
use crate::http::unit::Unit;

/// What a company and a contact with it have in common: the ministry, its owner, the académie of its place.
fn of(owner: Option<Id>, place: Option<&str>) -> Audience {
    let place = academie(place);
    let audience = Audience::within(place.map(Territory::Academie)).role(Role::Ministry);
    let audience = match owner {
        Some(owner) => audience.own(owner),
        None => audience.role(Role::Operator),
    };
    match place {
        Some(code) => audience.academie(code),
        None => audience,
    }
}

/// Who sees a company: the same as [`super::store::seen_by`].
pub fn audience(row: &CompanyRow) -> Audience {
    of(row.owner_id, row.academie.as_deref())
}

/// Who sees a contact: the same as [`super::contacts::store::seen_by`].
pub fn audience_of_contact(c: &mut Connection, row: &ContactRow) -> QueryResult<Audience> {
    let parties: Vec<Id> =
        parties::table.filter(parties::convention_id.eq(row.convention_id)).select(parties::organisation_id).load(c)?;
    let audience = of(row.owner_id, row.academie.as_deref());
    Ok(parties.into_iter().fold(audience, Audience::party))
}

/// The contacts of a company that has changed: they are where it is, and they show its name.
pub fn follow(unit: &mut Unit<'_>, company: &CompanyRow, before: &CompanyRow) -> Result<(), Halt> {
    if company.name != before.name {
        crate::actions::labels::of_company(unit, company)?;
    }
    let shown = |row: &CompanyRow| (row.name.clone(), row.siret.clone(), row.commune.clone(), row.departement.clone());
    if company.academie != before.academie {
        return Ok(relocate(unit, company)?);
    }
    if shown(company) != shown(before) {
        let now = unit.request.now;
        diesel::sql_query(
            "INSERT INTO changes (kind, resource_id, version, operation, convention_id, organisation_id, recorded_at, \
               seen_by, was_seen_by) \
             SELECT $1, id, version, $2, convention_id, owner_id, $3, audience_id, audience_id FROM company_contacts \
             WHERE company_id = $4 ORDER BY created_at, id",
        )
        .bind::<Text, _>("company_contact")
        .bind::<Text, _>(Operation::Updated.as_str())
        .bind::<BigInt, _>(now)
        .bind::<DbUuid, _>(company.id)
        .execute(&mut **unit)?;
    }
    Ok(())
}

fn relocate(unit: &mut Unit<'_>, company: &CompanyRow) -> QueryResult<()> {
    let now = unit.request.now;
    let rows: Vec<ContactRow> = company_contacts::table
        .filter(company_contacts::company_id.eq(company.id))
        .order((company_contacts::created_at, company_contacts::id))
        .select(ContactRow::as_select())
        .load(&mut **unit)?;
    for mut row in rows {
        let was_seen_by = row.audience_id;
        row.academie.clone_from(&company.academie);
        row.audience_id = Some(audience_of_contact(unit, &row)?.keep(unit)?);
        diesel::update(company_contacts::table.find(row.id)).set(&row).execute(&mut **unit)?;
        let change = Change {
            kind: "company_contact",
            resource: row.id,
            version: row.version,
            operation: Operation::Updated,
            convention: Some(row.convention_id),
            organisation: row.owner_id,
            seen_by: row.audience_id,
            was_seen_by,
            before: None,
            after: None,
        };
        record::announce(unit, now, &change)?;
    }
    Ok(())
}
