//! The desk where actions are made: what the rules need of conventions, axes, schools and companies, looked up once
//! however many actions come together.

mod keys;
mod shelf;
mod text;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use diesel::prelude::*;

use self::shelf::Stamp;
use super::new::NewAction;
use super::row::{Kept, SchoolKept};
use super::rules::{AxisSeen, ClauseSeen, ContactSeen, Ground, ItemSeen, ModuleHours};
use super::rules::{class_key, dated_places, is_module};
use crate::aggregate::Whole as _;
use crate::auth::policy::Standing;
use crate::conventions::ConventionRow;
use crate::conventions::axes::Axis;
use crate::db::schema::{action_schools, actions, companies, conventions, network_contacts, parties};
use crate::db::{Connection, Json};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionStatus, ClauseKind};
use crate::domain::{CivilDate, Id, Territory};
use crate::error::{Fault, Faults, Halt, Problem, both, noted};
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::schools;

pub use self::shelf::Shelf;

/// What is of a convention, where, and from when until when.
type Placed = (Id, Territory, Option<CivilDate>, Option<CivilDate>);

/// A convention, and what hangs around it.
pub struct Known {
    pub row: ConventionRow,
    pub standing: Standing,
    /// Organisations that are parties of the one above.
    pub above: Vec<Id>,
    children: Vec<Child>,
}

#[derive(Clone, Copy)]
struct Child {
    id: Id,
    territory: Territory,
    from: Option<CivilDate>,
    until: Option<CivilDate>,
}

/// An axis as a text in force has it, and the number of its article.
#[derive(Clone)]
pub struct AxisKnown {
    axis: Axis,
    article: Option<String>,
    /// That text has repealed its article.
    repealed: bool,
    /// Its catalogue has kinds of action that an amendment brought, which nobody has tied to a national one.
    brought: bool,
}

/// What was looked up already.
#[derive(Default)]
pub struct Desk {
    shelf: Shelf,
    /// Versions under which conventions are known here.
    stamps: HashMap<Id, Stamp>,
    /// Something is known that is not on the shelf.
    learnt: bool,
    conventions: HashMap<Id, Arc<Known>>,
    /// By axis and by the text in force.
    axes: HashMap<(Id, usize), Option<AxisKnown>>,
    /// By convention and by the text in force: its number among the texts.
    clauses: HashMap<(Id, usize), Vec<(ClauseKind, ClauseSeen)>>,
    schools: HashMap<Uai, SchoolKept>,
    companies: HashMap<Id, String>,
    contacts: HashMap<Id, Option<(Id, ContactSeen)>>,
    /// Keys of the caller that were looked up, and the actions they find; none when nobody looked.
    keys: Option<HashMap<String, Option<Id>>>,
    /// Hours of modules given by actions that were made here and are not in the table yet.
    pub given: Vec<ModuleHours>,
}

fn unknown(pointer: &str) -> Fault {
    Fault::pointer(
        pointer,
        "unknown_reference",
        both("Rien de ce nom dans votre périmètre.", "Nothing of that name within your perimeter."),
    )
}

/// The day whose text is asked: the first of its sessions, today without any.
fn day_of(new: &NewAction, today: CivilDate) -> CivilDate {
    new.days().map_or(today, |(first, _)| first)
}

/// Does the caller see that convention?
fn is_seen(c: &mut Connection, request: &Request, convention: Id) -> Result<bool, Halt> {
    match ConventionRow::glance(c, request, convention) {
        Ok(_) => Ok(true),
        Err(Halt::Problem(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

impl Desk {
    /// A desk beside a shelf.
    pub fn beside(shelf: &Shelf) -> Self {
        Self { shelf: shelf.clone(), ..Self::default() }
    }

    /// A convention that the caller sees; `new` refuses another as an unknown reference.
    pub fn convention_seen(&mut self, unit: &mut Unit<'_>, id: Id) -> Result<&Known, Halt> {
        if !self.conventions.contains_key(&id) {
            let request = unit.request.clone();
            if self.take_from_shelf(unit, &request, id)? {
                return self.known(id);
            }
            let row = match ConventionRow::find(unit, &request, id) {
                Ok(row) => row,
                Err(Halt::Problem(_)) => return Err(Problem::body(vec![unknown("/convention_id")]).into()),
                Err(other) => return Err(other),
            };
            self.learn(unit, row)?;
        }
        self.known(id)
    }

    fn known(&self, id: Id) -> Result<&Known, Halt> {
        self.conventions.get(&id).map(Arc::as_ref).ok_or_else(Halt::not_found)
    }

    /// The convention of an action that the caller sees, whether or not it sees that convention too.
    pub fn convention(&mut self, c: &mut Connection, id: Id) -> Result<&Known, Halt> {
        if !self.conventions.contains_key(&id) {
            let row = ConventionRow::by_id(c, id)?;
            self.learn(c, row)?;
        }
        self.known(id)
    }

    fn learn(&mut self, c: &mut Connection, row: ConventionRow) -> Result<(), Halt> {
        let standing = row.standing(c)?;
        let above = match row.parent_id {
            Some(parent) => {
                parties::table.filter(parties::convention_id.eq(parent)).select(parties::organisation_id).load(c)?
            }
            None => Vec::new(),
        };
        let children: Vec<Placed> = conventions::table
            .filter(conventions::parent_id.eq(Some(row.parent_id.unwrap_or(row.id))))
            .filter(conventions::in_force_from.is_not_null())
            .order(conventions::id)
            .select((conventions::id, conventions::territory, conventions::in_force_from, conventions::ends_on))
            .load(c)?;
        // Of a regional one: those of its académies.
        let within = |territory: &Territory| *territory != row.territory && row.territory.contains(territory);
        let children = children
            .into_iter()
            .filter(|(_, territory, ..)| within(territory))
            .map(|(id, territory, from, until)| Child { id, territory, from, until })
            .collect();
        self.conventions.insert(row.id, Arc::new(Known { row, standing, above, children }));
        self.learnt = true;
        Ok(())
    }

    /// Everything that the rules see of an action, `except` its own hours; what it names and is not there is a fault. A contact
    /// of the networks that `stood` need not be within the caller's perimeter any more.
    pub fn ground(
        &mut self,
        c: &mut Connection,
        request: &Request,
        new: &NewAction,
        except: Option<Id>,
        stood: Option<Id>,
        faults: &mut Faults,
    ) -> Result<Ground, Halt> {
        let day = day_of(new, request.today_in(new.zone()));
        let axis = match self.axis_on(c, new, day)? {
            // Of what the caller does not see, not even the article is told.
            Some(known) if known.axis.convention_id != new.convention_id => {
                is_seen(c, request, known.axis.convention_id)?.then_some(known)
            }
            known => known,
        };
        let clauses = self.clauses_on(c, new.convention_id, day)?;
        self.put_on_shelf(new.convention_id);
        let clause = |kind: ClauseKind| clauses.iter().find(|(known, _)| *known == kind).map(|(_, seen)| seen.clone());
        let contact = match new.network_contact_id {
            Some(id) => {
                let named_by = (Some(id) != stood).then_some(request);
                noted(self.contact(c, id, new.convention_id, named_by), faults)?
            }
            None => None,
        };
        let known = self.convention(c, new.convention_id)?;
        let places = dated_places(new);
        let outside = places.iter().filter(|place| !known.row.territory.contains(place)).copied().collect();
        let more_local = known.children.iter().filter(|child| {
            !places.is_empty()
                && places.iter().all(|place| child.territory.contains(place))
                && child.from.is_some_and(|from| from <= day)
                && child.until.is_none_or(|until| day <= until)
        });
        let more_local = more_local.min_by_key(|child| child.territory.academies().len());
        let (in_force_from, ends_on) = (known.row.in_force_from, known.row.ends_on);
        let more_local = more_local.map(|child| child.id);
        let programme_hours = clause(ClauseKind::ProgrammeHours);
        let given =
            if programme_hours.is_some() && is_module(new) { self.hours_given(c, new, except)? } else { Vec::new() };
        Ok(Ground {
            in_force_from,
            ends_on,
            outside,
            more_local,
            stood: false,
            dated_before: false,
            item_stood: false,
            axis: AxisSeen {
                of_convention: axis.as_ref().is_some_and(|known| known.axis.convention_id == new.convention_id),
                repealed: axis.as_ref().is_some_and(|known| known.repealed),
                brought: axis.as_ref().is_some_and(|known| known.brought),
                article: axis.as_ref().and_then(|known| known.article.clone()),
                audiences: axis.as_ref().map(|known| known.axis.audiences.0.clone()).unwrap_or_default(),
                catalogue: axis
                    .iter()
                    .flat_map(|known| &known.axis.catalogue.0)
                    .map(|item| ItemSeen { id: item.id, national_kind: item.national_kind })
                    .collect(),
            },
            duration: clause(ClauseKind::Duration).unwrap_or_default(),
            inclusion: clause(ClauseKind::Inclusion),
            accessibility: clause(ClauseKind::Accessibility),
            programme_hours,
            contact,
            given,
        })
    }

    /// A contact of the networks, of this convention or of the one above.
    fn contact(
        &mut self,
        c: &mut Connection,
        id: Id,
        convention: Id,
        named_by: Option<&Request>,
    ) -> Result<ContactSeen, Halt> {
        if let Entry::Vacant(unknown) = self.contacts.entry(id) {
            let found: Option<Placed> = network_contacts::table
                .find(id)
                .select((
                    network_contacts::convention_id,
                    network_contacts::territory,
                    network_contacts::valid_from,
                    network_contacts::valid_until,
                ))
                .first(c)
                .optional()?;
            unknown.insert(found.map(|(of, territory, from, until)| (of, ContactSeen { territory, from, until })));
        }
        let parent = self.convention(c, convention)?.row.parent_id;
        let (of, seen) = match self.contacts.get(&id) {
            Some(Some((of, seen))) if *of == convention || Some(*of) == parent => (*of, seen.clone()),
            _ => return Err(Problem::body(vec![unknown("/network_contact_id")]).into()),
        };
        match named_by {
            Some(request) if of != convention && !is_seen(c, request, of)? => {
                Err(Problem::body(vec![unknown("/network_contact_id")]).into())
            }
            _ => Ok(seen),
        }
    }

    /// What the directory says of the schools; one that it does not know yet is taken by its number alone.
    pub fn schools(&mut self, unit: &mut Unit<'_>, uais: &[Uai]) -> Result<Vec<SchoolKept>, Halt> {
        let missing: Vec<Uai> = uais.iter().filter(|uai| !self.schools.contains_key(*uai)).cloned().collect();
        if !missing.is_empty() {
            for (uai, row) in schools::known(unit, &missing)? {
                self.schools.insert(uai, kept(row));
            }
            let (ids, now) = (unit.ids(), unit.request.now);
            for uai in missing {
                if let Entry::Vacant(unknown) = self.schools.entry(uai) {
                    let row = schools::accept_unknown(unit, &ids, now, unknown.key())?;
                    unknown.insert(kept(row));
                }
            }
        }
        Ok(uais.iter().filter_map(|uai| self.schools.get(uai).cloned()).collect())
    }

    /// Looks up the schools of many actions at once.
    pub fn look_up_schools<'u>(&mut self, c: &mut Connection, uais: impl Iterator<Item = &'u Uai>) -> QueryResult<()> {
        let missing: Vec<Uai> = uais.filter(|uai| !self.schools.contains_key(*uai)).cloned().collect();
        for (uai, row) in schools::known(c, &missing)? {
            self.schools.insert(uai, kept(row));
        }
        Ok(())
    }

    /// The name of the host company, within the caller's perimeter.
    pub fn company(&mut self, c: &mut Connection, request: &Request, id: Option<Id>) -> Result<Option<String>, Halt> {
        let Some(id) = id else { return Ok(None) };
        if let Some(name) = self.companies.get(&id) {
            return Ok(Some(name.clone()));
        }
        let seen = crate::companies::seen_by(request).filter(companies::id.eq(id));
        let name: Option<String> = seen.select(companies::name).first(c).optional()?;
        let name = name.ok_or_else(|| Problem::body(vec![unknown("/host_company_id")]))?;
        self.companies.insert(id, name.clone());
        Ok(Some(name))
    }

    /// Hours of the module that other actions give to the same classes.
    fn hours_given(
        &mut self,
        c: &mut Connection,
        new: &NewAction,
        except: Option<Id>,
    ) -> Result<Vec<ModuleHours>, Halt> {
        // Two that come at once must see each other.
        crate::db::lock_row(c, "conventions", new.convention_id)?;
        let closed = [ActionStatus::Declined, ActionStatus::Cancelled];
        let uais: Vec<Uai> = new.schools.iter().map(|school| school.uai.clone()).collect();
        let of = action_schools::table
            .filter(action_schools::uai.eq_any(uais.clone()).and(action_schools::module_year.gt(0)))
            .select(action_schools::action_id);
        let rows: Vec<(Id, Json<Kept>)> = actions::table
            .filter(actions::id.eq_any(of))
            .filter(actions::convention_id.eq(new.convention_id).and(actions::status.ne_all(closed)))
            .select((actions::id, actions::content))
            .load(c)?;
        let others = rows.iter().filter(|(id, _)| Some(*id) != except);
        let mut given: Vec<ModuleHours> = others.flat_map(|(_, kept)| hours_of(&kept.0.asked)).collect();
        given.retain(|hours| uais.contains(&hours.uai));
        given.extend(self.given.iter().cloned());
        Ok(given)
    }

    /// Takes note of the hours of an action that is made and not in the table yet.
    pub fn note_hours(&mut self, new: &NewAction) {
        if !is_module(new) {
            return;
        }
        self.given.extend(hours_of(new));
    }
}

fn kept(row: schools::SchoolRow) -> SchoolKept {
    SchoolKept {
        known: row.known(),
        name: row.name,
        commune: row.commune,
        departement: row.departement,
        academie: row.academie,
        education_priority: row.education_priority,
    }
}

/// Hours of the module that an action gives to each of its classes, by school year.
fn hours_of(action: &NewAction) -> Vec<ModuleHours> {
    let mut all = Vec::new();
    for school in &action.schools {
        for (year, minutes) in super::rules::minutes_by_year(action) {
            let class_label = Some(class_key(school.class_label.as_deref()));
            all.push(ModuleHours { uai: school.uai.clone(), class_label, year, minutes });
        }
    }
    all
}
