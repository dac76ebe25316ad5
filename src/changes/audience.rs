//! Who sees a resource, as a set of readers: what the finders' perimeters say, in a form that can be kept with an entry.
//!
//! Each entry of the feed names two audiences, who sees the resource since and who saw it before. So a caller learns of
//! a deletion, and of what leaves its perimeter, without asking a table that no longer knows.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::auth::Caller;
use crate::db::Connection;
use crate::db::schema::{audience_readers, audiences};
use crate::domain::territory::AcademieCode;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Territory};
use crate::{insert_all, on_db};

/// A set of readers, and the places the resource is of. A reader is a role that sees the resource whoever it acts for, an
/// organisation, a school, or the académies' services of one académie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    readers: BTreeSet<String>,
    places: BTreeSet<String>,
}

/// Names looked up in one statement.
const KEPT_AT_ONCE: usize = 1000;

/// A row of `audience_readers`.
#[derive(Insertable)]
#[diesel(table_name = audience_readers, treat_none_as_default_value = false)]
struct ReaderRow {
    reader: String,
    territory: String,
    audience_id: Id,
}

impl Audience {
    /// Nobody yet; delegates narrowed to other territories will not see it.
    pub fn within(territory: Option<Territory>) -> Self {
        Self::of_places(territory)
    }

    /// Nobody yet; a delegate sees it when one of these touches its territories, or when there is none.
    pub fn of_places(territories: impl IntoIterator<Item = Territory>) -> Self {
        let places = territories.into_iter().map(|territory| territory.to_string()).collect();
        Self { readers: BTreeSet::new(), places }
    }

    /// The operator of the instance alone.
    pub fn operator() -> Self {
        Self::default().role(Role::Operator)
    }

    /// Every caller of a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.readers.insert(role.to_string());
        self
    }

    /// Every caller at all.
    #[must_use]
    pub fn everyone(mut self) -> Self {
        self.readers.insert(EVERYONE.into());
        self
    }

    /// A party of a convention, or its owner.
    #[must_use]
    pub fn party(mut self, organisation: Id) -> Self {
        self.readers.insert(party(organisation));
        self
    }

    /// An organisation itself, or the one that proposed it.
    #[must_use]
    pub fn own(mut self, organisation: Id) -> Self {
        self.readers.insert(own(organisation));
        self
    }

    /// The client, or whoever is under the grant, that holds it.
    #[must_use]
    pub fn holder(mut self, client: Id) -> Self {
        self.readers.insert(holder(client));
        self
    }

    /// A party of the national convention above.
    #[must_use]
    pub fn above(mut self, organisation: Id) -> Self {
        self.readers.insert(above(organisation));
        self
    }

    /// The services of an académie, and of the région académique it lies in.
    #[must_use]
    pub fn academie(mut self, academie: AcademieCode) -> Self {
        self.readers.insert(academie_reader(academie));
        self
    }

    /// A school, by its UAI.
    #[must_use]
    pub fn school(mut self, uai: &str) -> Self {
        self.readers.insert(school(uai));
        self
    }

    /// The name of this very set: equal sets have the same.
    pub fn id(&self) -> Id {
        let mut hash = Sha256::new();
        hash.update(self.places.iter().map(String::as_str).collect::<Vec<_>>().join(","));
        for reader in &self.readers {
            hash.update([0]);
            hash.update(reader);
        }
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Id::from_bytes(bytes)
    }

    /// Stores many sets by their names, unless they are there already.
    pub fn keep_all(c: &mut Connection, all: &BTreeMap<Id, Self>) -> QueryResult<()> {
        let ids: Vec<Id> = all.keys().copied().collect();
        let mut there: HashSet<Id> = HashSet::new();
        for ids in ids.chunks(KEPT_AT_ONCE) {
            let found: Vec<Id> =
                audiences::table.filter(audiences::id.eq_any(ids.to_vec())).select(audiences::id).load(c)?;
            there.extend(found);
        }
        let mut rows: Vec<ReaderRow> = Vec::new();
        // In the order of their names: two units that add the same ones do not wait for each other in a ring.
        for (id, audience) in all.iter().filter(|(id, _)| !there.contains(id)) {
            if on_db!(c, c => diesel::insert_into(audiences::table).values(audiences::id.eq(*id)).on_conflict_do_nothing().execute(c))?
                == 1
            {
                rows.extend(audience.rows(*id));
            }
        }
        insert_all!(c, audience_readers::table, rows);
        Ok(())
    }

    fn rows(&self, id: Id) -> Vec<ReaderRow> {
        let places = self.stored_places();
        let pairs = self.readers.iter().flat_map(|reader| places.iter().map(move |place| (reader, place)));
        pairs
            .map(|(reader, place)| ReaderRow {
                reader: reader.clone(),
                territory: (*place).to_owned(),
                audience_id: id,
            })
            .collect()
    }

    /// What the readers are stored with: each place, or an empty one where none applies.
    fn stored_places(&self) -> Vec<&str> {
        if self.places.is_empty() { vec![""] } else { self.places.iter().map(String::as_str).collect() }
    }

    /// Is a set stored, by its name?
    pub fn is_kept(c: &mut Connection, id: Id) -> QueryResult<bool> {
        Ok(audiences::table.find(id).count().get_result::<i64>(c)? > 0)
    }

    /// Stores the set, unless it is there already; returns its name.
    pub fn keep(&self, c: &mut Connection) -> QueryResult<Id> {
        let id = self.id();
        if Self::is_kept(c, id)? {
            return Ok(id);
        }
        // Two units may meet here: the second waits for the first, then has nothing to add.
        let made = diesel::sql_query("INSERT INTO audiences (id) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind::<crate::db::types::sql::DbUuid, _>(id)
            .execute(c)?;
        if made == 1 {
            for row in self.rows(id) {
                diesel::insert_into(audience_readers::table).values(row).execute(c)?;
            }
        }
        Ok(id)
    }
}

const EVERYONE: &str = "everyone";

fn party(organisation: Id) -> String {
    format!("party:{organisation}")
}

fn own(organisation: Id) -> String {
    format!("own:{organisation}")
}

fn holder(client: Id) -> String {
    format!("holder:{client}")
}

fn above(organisation: Id) -> String {
    format!("parent:{organisation}")
}

fn academie_reader(academie: AcademieCode) -> String {
    Territory::Academie(academie).to_string()
}

fn school(uai: &str) -> String {
    format!("school:{uai}")
}

/// The readers that a caller is, and the territories it is narrowed to. Mirrors the finders' perimeters; a test walks
/// both and compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    readers: Vec<String>,
    territories: Option<Vec<String>>,
}

impl Reading {
    /// What a caller may read in the feed.
    pub fn of(caller: &Caller) -> Self {
        let mut readers = vec![EVERYONE.to_owned(), holder(caller.client_id)];
        let mine = caller.organisation_id;
        match caller.role {
            Role::Operator | Role::Ministry => readers.push(caller.role.to_string()),
            Role::School => {
                readers.push(caller.role.to_string());
                readers.extend(caller.uais.iter().map(|uai| school(uai)));
            }
            Role::Association => readers.extend(mine.into_iter().flat_map(|id| [party(id), above(id)])),
            Role::Academie => {
                // As the finder has it: an académie without an organisation sees no convention.
                readers.extend(mine.into_iter().flat_map(|id| [party(id), caller.role.to_string()]));
                if mine.is_some() {
                    readers.extend(caller.academies().into_iter().map(academie_reader));
                }
            }
            Role::Volunteer | Role::Observer => {}
        }
        readers.extend(mine.map(own));
        let narrowed = caller.role == Role::Association && !caller.territories.is_empty();
        let territories = narrowed.then(|| {
            let mut all: Vec<String> =
                crate::conventions::store::touching(&caller.territories).iter().map(ToString::to_string).collect();
            // What has no territory, an organisation, is not narrowed.
            all.push(String::new());
            all
        });
        Self { readers, territories }
    }

    /// What a caller may read in the audit: what is its own as a party, or its role's to answer for.
    pub fn of_own(caller: &Caller) -> Self {
        let mut own = Self::of(caller);
        own.readers.retain(|reader| {
            let whose = reader.split(':').next().unwrap_or_default();
            matches!(whose, "party" | "own" | "holder" | "operator" | "ministry")
        });
        own
    }

    /// The audiences that hold this reader, as a subquery of one column.
    pub fn sql(&self) -> String {
        let list = |all: &[String]| all.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ");
        let readers = list(&self.readers);
        let narrowed = self.territories.as_deref().map(|all| format!(" AND territory IN ({})", list(all)));
        let narrowed = narrowed.unwrap_or_default();
        format!("SELECT audience_id FROM audience_readers WHERE reader IN ({readers}){narrowed}")
    }

    /// True for a delegate, who reads of some territories only.
    pub fn is_narrowed(&self) -> bool {
        self.territories.is_some()
    }

    /// Changes when what the caller may see changes otherwise than by an entry: its readers, territories, or the scopes
    /// that the kinds of resources ask for.
    pub fn fingerprint(&self, scopes: &BTreeSet<&str>) -> String {
        let mut hash = Sha256::new_with_prefix(self.sql());
        for scope in scopes {
            hash.update([0]);
            hash.update(scope);
        }
        crate::auth::secret::hex(&hash.finalize()[..4])
    }
}

/// A literal; what comes here is made of role names, identifiers and territories only.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_have_one_name() {
        let (a, b) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let one = Audience::within(None).party(a).party(b).role(Role::Ministry);
        let same = Audience::within(None).role(Role::Ministry).party(b).party(a).party(a);
        assert_eq!(one.id(), same.id());
        assert_ne!(one.id(), Audience::within(Some(Territory::National)).party(a).party(b).role(Role::Ministry).id());
        assert_ne!(one.id(), Audience::within(None).party(a).above(b).role(Role::Ministry).id());
        let (paris, lyon) = (Territory::academie("01").unwrap(), Territory::academie("10").unwrap());
        let two = |places: [Territory; 2]| Audience::of_places(places).party(a).id();
        assert_eq!(two([paris, lyon]), two([lyon, paris]));
        assert_ne!(two([paris, lyon]), Audience::within(Some(paris)).party(a).id());
        assert_ne!(Audience::default().school("0750655E").id(), Audience::default().school("0950649P").id());
    }
}
