//! The callers' own keys: looked up once for many actions, and kept right while their lines are done.

use std::collections::HashSet;

use diesel::QueryResult;

use super::super::row::ActionRow;
use super::Desk;
use crate::db::Connection;
use crate::domain::Id;
use crate::error::{Halt, Problem};
use crate::http::unit::Unit;

impl Desk {
    /// Looks up the keys of many actions at once.
    pub fn look_up_keys(&mut self, unit: &mut Unit<'_>, keys: HashSet<String>) -> QueryResult<()> {
        let known = self.keys.get_or_insert_default();
        let asked: Vec<String> = keys.into_iter().filter(|key| !known.contains_key(key)).collect();
        let mine = unit.request.caller.organisation_id;
        let found = ActionRow::of_keys(unit, mine, &asked)?;
        let known = self.keys.get_or_insert_default();
        for key in asked {
            let id = found.get(&key).copied();
            known.insert(key, id);
        }
        Ok(())
    }

    /// The action of a key that was looked up.
    pub fn keyed(&self, key: &str) -> Option<Id> {
        self.keys.as_ref()?.get(key).copied().flatten()
    }

    /// Takes a key for an action that is made and not in the table yet.
    pub fn take_key(&mut self, key: String, id: Id) {
        self.keys.get_or_insert_default().insert(key, Some(id));
    }

    /// The lines to come find an action by the key that one has given it, and no more by the one that it had.
    pub fn rekeyed(&mut self, id: Id, before: Option<&str>, after: Option<&str>) {
        let Some(keys) = self.keys.as_mut().filter(|_| before != after) else { return };
        if let Some(key) = before {
            keys.insert(key.to_owned(), None);
        }
        if let Some(key) = after {
            keys.insert(key.to_owned(), Some(id));
        }
    }

    /// Keys that found an action find the one that it was merged into.
    pub fn merged(&mut self, twin: Id, key: Option<String>, into: Id) {
        let Some(keys) = &mut self.keys else { return };
        for id in keys.values_mut().filter(|id| **id == Some(twin)) {
            *id = Some(into);
        }
        if let Some(key) = key {
            keys.insert(key, Some(into));
        }
    }

    /// The caller's key is its own: no other action of its organisation has it, nor had it before a merge.
    pub fn check_key(&mut self, c: &mut Connection, owner: Option<Id>, key: &str) -> Result<(), Halt> {
        let looked_up = self.keys.as_ref().and_then(|keys| keys.get(key));
        let found = match looked_up {
            Some(found) => *found,
            None => ActionRow::of_old_key(c, owner, key)?,
        };
        if found.is_some() { Err(Problem::plain("duplicate").about("/external_id").into()) } else { Ok(()) }
    }
}
