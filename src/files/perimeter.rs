//! Who sees which files, as a condition that every list adds: the same as [`FileRow::find`].

use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::FileRow;
use crate::auth::Caller;
use crate::auth::policy::{self, FactsOf};
use crate::db::schema::{conventions, facts, files, organisations, parties};
use crate::db::{Connection, Json, MultiBackend};
use crate::domain::Id;
use crate::domain::vocabulary::Role;
use crate::http::call::Request;

/// A condition on files.
pub type Seen = Box<dyn BoxableExpression<files::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// What a caller sees: what is attached to something it sees, and what its organisation sent and attached to nothing.
pub struct Perimeter {
    conventions: Vec<Id>,
    organisations: Vec<Id>,
    /// It reads the files of every organisation.
    every: bool,
    sender: Sender,
    /// Of which of them it reads what proves facts.
    facts: FactsOf,
    /// What facts of the others name as their proof.
    untold: Vec<Id>,
}

/// The files that facts name as their proof and that the caller does not read, in these conventions.
pub fn proofs_untold(c: &mut Connection, request: &Request, conventions: &[Id]) -> QueryResult<Vec<Id>> {
    let facts = facts::table.filter(facts::convention_id.eq_any(conventions.to_vec())).select(facts::proof);
    let proofs: Vec<Json<Vec<Id>>> = match policy::facts_of(&request.caller) {
        FactsOf::Every => return Ok(Vec::new()),
        FactsOf::None => facts.load(c)?,
        FactsOf::Party(mine) => {
            let own = parties::table.filter(parties::organisation_id.eq(mine)).select(parties::convention_id);
            facts.filter(not(facts::convention_id.eq_any(own))).load(c)?
        }
    };
    Ok(proofs.into_iter().flat_map(|proof| proof.0).collect())
}

impl Perimeter {
    /// The conventions and organisations that have files and that the caller sees. They are few beside their files, and
    /// the finders stay the only ones to know who sees what.
    pub fn of(c: &mut Connection, request: &Request) -> QueryResult<Self> {
        let with_files =
            files::table.select(files::convention_id.assume_not_null()).filter(files::convention_id.is_not_null());
        let conventions: Vec<Id> = conventions::table
            .filter(crate::conventions::store::seen_by(request))
            .filter(conventions::id.eq_any(with_files))
            .select(conventions::id)
            .load(c)?;
        let with_files =
            files::table.select(files::organisation_id.assume_not_null()).filter(files::organisation_id.is_not_null());
        let organisations = crate::organisations::organisation::seen_by(request)
            .filter(organisations::id.eq_any(with_files))
            .select(organisations::id)
            .load(c)?;
        Ok(Self {
            untold: proofs_untold(c, request, &conventions)?,
            conventions,
            organisations,
            every: matches!(request.caller.role, Role::Operator | Role::Ministry),
            sender: Sender::of(&request.caller),
            facts: policy::facts_of(&request.caller),
        })
    }

    /// As a condition.
    pub fn holds(&self) -> Seen {
        let of_fact = || files::attached_to.like("fact:%");
        let told: Seen = match self.facts {
            FactsOf::Every => Box::new(files::id.is_not_null().nullable()),
            FactsOf::None => Box::new(not(of_fact())),
            FactsOf::Party(mine) => {
                let own = parties::table.filter(parties::organisation_id.eq(mine)).select(parties::convention_id);
                Box::new(not(of_fact()).or(files::convention_id.eq_any(own.nullable())))
            }
        };
        let attached = files::convention_id
            .eq_any(self.conventions.clone().into_iter().map(Some))
            .and(told)
            .and(files::id.ne_all(self.untold.clone()))
            .or(files::organisation_id
                .eq_any(self.organisations.clone().into_iter().map(Some))
                .and(self.read_with_it()));
        let waiting = || files::attached_to.is_null().nullable();
        match self.sender {
            Sender::Organisation(mine) => Box::new(attached.or(waiting().and(files::owner_id.eq(Some(mine))))),
            Sender::Operators => Box::new(attached.or(waiting().and(files::owner_id.is_null().nullable()))),
            Sender::Nobody => Box::new(attached),
        }
    }

    /// Of the files of an organisation that the caller sees, those that it reads ([`policy::may_read_private_file`]).
    fn read_with_it(&self) -> Seen {
        let public = files::public.eq(true).nullable();
        match (self.every, self.sender) {
            (true, _) => Box::new(files::organisation_id.is_not_null().nullable()),
            (_, Sender::Organisation(mine)) => {
                Box::new(public.or(files::organisation_id.eq(Some(mine))).or(files::owner_id.eq(Some(mine))))
            }
            _ => Box::new(public),
        }
    }
}

/// Whose files a caller sees that are attached to nothing.
#[derive(Clone, Copy)]
pub enum Sender {
    Organisation(Id),
    /// Who have no organisation.
    Operators,
    Nobody,
}

impl Sender {
    /// What the caller is to such files.
    pub fn of(caller: &Caller) -> Self {
        match (caller.role, caller.organisation_id) {
            (_, Some(mine)) => Self::Organisation(mine),
            (Role::Operator, None) => Self::Operators,
            _ => Self::Nobody,
        }
    }

    /// True when the caller's organisation sent it.
    pub fn sent(self, file: &FileRow) -> bool {
        match self {
            Self::Organisation(mine) => file.owner_id == Some(mine),
            Self::Operators => file.owner_id.is_none(),
            Self::Nobody => false,
        }
    }
}
