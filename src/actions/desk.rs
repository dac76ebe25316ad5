//! The desk where actions are made: what the rules need of conventions, axes, schools and companies, looked up once
//! however many actions come together.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::new::NewAction;
use super::row::{ActionRow, SchoolKept};
use super::rules::{AxisSeen, ClauseSeen, ContactSeen, Ground, ItemSeen, ModuleHours};
use super::rules::{class_key, dated_places, is_module};
use crate::aggregate::{Piece as _, Whole as _};
use crate::auth::policy::Standing;
use crate::conventions::ConventionRow;
use crate::conventions::articles::Article;
use crate::conventions::axes::Axis;
use crate::conventions::clauses::{Clause, ClauseParameters};
use crate::db::schema::{
    action_schools, actions, articles, clauses, companies, conventions, network_contacts, parties,
};
use crate::db::{Connection, Json};
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::{ActionStatus, ClauseKind};
use crate::domain::{CivilDate, Id, Territory};
use crate::error::{Fault, Halt, Problem, both};
use crate::http::call::Request;
use crate::http::unit::Unit;
use crate::schools;

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

/// An axis, and the number of its article.
#[derive(Clone)]
pub struct AxisKnown {
    axis: Axis,
    article: Option<String>,
}

/// What was looked up already.
#[derive(Default)]
pub struct Desk {
    conventions: HashMap<Id, Known>,
    axes: HashMap<Id, Option<AxisKnown>>,
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

/// The clauses that the rules of an action read.
const READ: [ClauseKind; 4] =
    [ClauseKind::Duration, ClauseKind::Inclusion, ClauseKind::Accessibility, ClauseKind::ProgrammeHours];

fn unknown(pointer: &str) -> Fault {
    Fault::pointer(
        pointer,
        "unknown_reference",
        both("Rien de ce nom dans votre périmètre.", "Nothing of that name within your perimeter."),
    )
}

impl Desk {
    /// A convention that the caller sees; `new` refuses another as an unknown reference.
    pub fn convention_seen(&mut self, unit: &mut Unit<'_>, id: Id) -> Result<&Known, Halt> {
        if !self.conventions.contains_key(&id) {
            let request = unit.request.clone();
            let row = match ConventionRow::find(unit, &request, id) {
                Ok(row) => row,
                Err(Halt::Problem(_)) => return Err(Problem::body(vec![unknown("/convention_id")]).into()),
                Err(other) => return Err(other),
            };
            self.learn(unit, row)?;
        }
        self.conventions.get(&id).ok_or_else(Halt::not_found)
    }

    /// The convention of an action that the caller sees, whether or not it sees that convention too.
    pub fn convention(&mut self, c: &mut Connection, id: Id) -> Result<&Known, Halt> {
        if !self.conventions.contains_key(&id) {
            let row = ConventionRow::by_id(c, id)?;
            self.learn(c, row)?;
        }
        self.conventions.get(&id).ok_or_else(Halt::not_found)
    }

    fn learn(&mut self, c: &mut Connection, row: ConventionRow) -> Result<(), Halt> {
        let standing = row.standing(c)?;
        let above = match row.parent_id {
            Some(parent) => {
                parties::table.filter(parties::convention_id.eq(parent)).select(parties::organisation_id).load(c)?
            }
            None => Vec::new(),
        };
        type Found = (Id, Territory, Option<CivilDate>, Option<CivilDate>);
        let children: Vec<Found> = conventions::table
            .filter(conventions::parent_id.eq(Some(row.id)).and(conventions::in_force_from.is_not_null()))
            .order(conventions::id)
            .select((conventions::id, conventions::territory, conventions::in_force_from, conventions::ends_on))
            .load(c)?;
        let children =
            children.into_iter().map(|(id, territory, from, until)| Child { id, territory, from, until }).collect();
        self.conventions.insert(row.id, Known { row, standing, above, children });
        Ok(())
    }

    /// Everything that the rules see of an action, `except` its own hours.
    pub fn ground(
        &mut self,
        c: &mut Connection,
        new: &NewAction,
        today: CivilDate,
        except: Option<Id>,
    ) -> Result<Ground, Halt> {
        let day = new.days().map_or(today, |(first, _)| first);
        let axis = self.axis(c, new.axis_id)?;
        let clauses = self.clauses_on(c, new.convention_id, day)?;
        let clause = |kind: ClauseKind| clauses.iter().find(|(known, _)| *known == kind).map(|(_, seen)| seen.clone());
        let contact = match new.network_contact_id {
            Some(id) => Some(self.contact(c, id, new.convention_id)?),
            None => None,
        };
        let known = self.convention(c, new.convention_id)?;
        let places = dated_places(new);
        let more_local = known.children.iter().find(|child| {
            !places.is_empty()
                && places.iter().all(|place| child.territory.contains(place))
                && child.from.is_some_and(|from| from <= day)
                && child.until.is_none_or(|until| day <= until)
        });
        let (in_force_from, ends_on) = (known.row.in_force_from, known.row.ends_on);
        let more_local = more_local.map(|child| child.id);
        let programme_hours = clause(ClauseKind::ProgrammeHours);
        let given =
            if programme_hours.is_some() && is_module(new) { self.hours_given(c, new, except)? } else { Vec::new() };
        Ok(Ground {
            in_force_from,
            ends_on,
            more_local,
            axis: AxisSeen {
                of_convention: axis.as_ref().is_some_and(|known| known.axis.convention_id == new.convention_id),
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

    fn axis(&mut self, c: &mut Connection, id: Id) -> Result<Option<AxisKnown>, Halt> {
        if let Some(known) = self.axes.get(&id) {
            return Ok(known.clone());
        }
        let found = match Axis::find(c, id)? {
            None => None,
            Some(axis) => {
                let article = Article::find(c, axis.article_id)?.map(|article| article.number);
                Some(AxisKnown { axis, article })
            }
        };
        self.axes.insert(id, found.clone());
        Ok(found)
    }

    /// The label of an axis and its article, and that of an item of its catalogue.
    pub fn labels(&self, new: &NewAction) -> (String, Option<String>, Option<String>) {
        let Some(Some(known)) = self.axes.get(&new.axis_id) else { return Default::default() };
        let item = known.axis.catalogue.0.iter().find(|item| Some(item.id) == new.catalogue_item_id);
        (known.axis.label.clone(), known.article.clone(), item.map(|item| item.label.clone()))
    }

    /// The confirmed clauses of the text in force on a day.
    fn clauses_on(
        &mut self,
        c: &mut Connection,
        id: Id,
        day: CivilDate,
    ) -> Result<Vec<(ClauseKind, ClauseSeen)>, Halt> {
        let texts = &self.convention(c, id)?.row.texts.0;
        let text = texts.iter().filter(|text| text.from.is_none_or(|from| from <= day)).count();
        let amended = text > 1;
        if let Some(known) = self.clauses.get(&(id, text)) {
            return Ok(known.clone());
        }
        let found = match if amended { Clause::in_force(c, id, day)? } else { None } {
            Some(all) => {
                let numbers = Article::in_force(c, id, day)?.unwrap_or_default();
                let number = |article: Option<Id>| {
                    numbers.iter().find(|known| Some(known.id) == article).map(|known| known.number.clone())
                };
                all.into_iter()
                    .filter(|clause| clause.confirmed && !clause.absent && READ.contains(&clause.kind))
                    .map(|clause| {
                        let seen = ClauseSeen { article: number(clause.article_id), hours: clause.parameters.0.hours };
                        (clause.kind, seen)
                    })
                    .collect()
            }
            None => original_clauses(c, id)?,
        };
        self.clauses.insert((id, text), found.clone());
        Ok(found)
    }

    /// A contact of the networks, of this convention or of the one above.
    fn contact(&mut self, c: &mut Connection, id: Id, convention: Id) -> Result<ContactSeen, Halt> {
        if !self.contacts.contains_key(&id) {
            type Found = (Id, Territory, Option<CivilDate>, Option<CivilDate>);
            let found: Option<Found> = network_contacts::table
                .find(id)
                .select((
                    network_contacts::convention_id,
                    network_contacts::territory,
                    network_contacts::valid_from,
                    network_contacts::valid_until,
                ))
                .first(c)
                .optional()?;
            let seen = found.map(|(of, territory, from, until)| (of, ContactSeen { territory, from, until }));
            self.contacts.insert(id, seen);
        }
        let parent = self.convention(c, convention)?.row.parent_id;
        match self.contacts.get(&id) {
            Some(Some((of, seen))) if *of == convention || Some(*of) == parent => Ok(seen.clone()),
            _ => Err(Problem::body(vec![unknown("/network_contact_id")]).into()),
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
                if !self.schools.contains_key(&uai) {
                    let row = schools::accept_unknown(unit, &ids, now, &uai)?;
                    self.schools.insert(uai, kept(row));
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

    /// The caller's key is its own: no other action of its organisation has it, nor had it before a merge.
    pub fn check_key(&mut self, c: &mut Connection, owner: Option<Id>, key: &str) -> Result<(), Halt> {
        let looked_up = self.keys.as_ref().and_then(|keys| keys.get(key));
        let found = match looked_up {
            Some(found) => *found,
            None => ActionRow::of_key(c, owner, key)?,
        };
        if found.is_some() { Err(Problem::plain("duplicate").into()) } else { Ok(()) }
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
        let rows: Vec<(Id, Uai, String, i64, i64)> = action_schools::table
            .inner_join(actions::table.on(actions::id.eq(action_schools::action_id)))
            .filter(action_schools::uai.eq_any(uais))
            .filter(action_schools::module_year.gt(0))
            .filter(actions::convention_id.eq(new.convention_id).and(actions::status.ne_all(closed)))
            .select((
                action_schools::action_id,
                action_schools::uai,
                action_schools::class_key,
                action_schools::module_year,
                action_schools::module_minutes,
            ))
            .load(c)?;
        let mut given: Vec<ModuleHours> = rows
            .into_iter()
            .filter(|(of, ..)| Some(*of) != except)
            .map(|(_, uai, class, year, minutes)| ModuleHours {
                uai,
                class_label: Some(class),
                year: i32::try_from(year).unwrap_or(0),
                minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
            })
            .collect();
        given.extend(self.given.iter().cloned());
        Ok(given)
    }

    /// Takes note of the hours of an action that is made and not in the table yet.
    pub fn note_hours(&mut self, new: &NewAction) {
        if !is_module(new) {
            return;
        }
        for school in &new.schools {
            for (year, minutes) in super::rules::minutes_by_year(new) {
                self.given.push(ModuleHours {
                    uai: school.uai.clone(),
                    class_label: Some(class_key(school.class_label.as_deref())),
                    year,
                    minutes,
                });
            }
        }
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

/// The confirmed clauses of the text as it was signed, with the numbers of their articles.
fn original_clauses(c: &mut Connection, convention: Id) -> Result<Vec<(ClauseKind, ClauseSeen)>, Halt> {
    let rows: Vec<(ClauseKind, Json<ClauseParameters>, Option<String>)> = clauses::table
        .left_join(articles::table.on(clauses::article_id.eq(articles::id.nullable())))
        .filter(clauses::convention_id.eq(convention))
        .filter(clauses::confirmed.eq(true).and(clauses::absent.eq(false)))
        .order((clauses::position, clauses::id))
        .select((clauses::kind, clauses::parameters, articles::number.nullable()))
        .load(c)?;
    Ok(rows
        .into_iter()
        .filter(|(kind, ..)| READ.contains(kind))
        .map(|(kind, parameters, article)| (kind, ClauseSeen { article, hours: parameters.0.hours }))
        .collect())
}
