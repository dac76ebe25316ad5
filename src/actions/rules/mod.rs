//! The rules of an action, R30 to R37: pure. They see the action as it is asked, and the [`Ground`] it stands on: the
//! convention, its clauses and the axis, as they are on the action's own date.

mod audience;
mod dated;
pub mod life;
mod offers;
mod plausible;
mod settled;
mod shown;
#[cfg(test)]
mod tests;

use crate::domain::identifiers::Uai;
use crate::domain::refusal::{Bilingual, Flag, Refusal};
use crate::domain::screening::{screen, screen_key};
use crate::domain::vocabulary::{ActionKind, ActionOrigin, ActionStatus, Audience};
use crate::domain::{CivilDate, Id, Territory};

use super::new::NewAction;

pub use audience::{class_key, is_module, minutes_by_year};
pub use dated::{check_past, on_its_days, orphaned, overlap, places as dated_places};

pub use shown::{Protected, Sight};

/// A clause of the text in force on the action's date, as these rules read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClauseSeen {
    pub article: Option<String>,
    /// Hours of a programme.
    pub hours: Option<u16>,
}

/// An item of the axis's catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSeen {
    pub id: Id,
    pub national_kind: Option<ActionKind>,
}

/// The axis that the action names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AxisSeen {
    /// Of this very convention.
    pub of_convention: bool,
    /// Its article is repealed.
    pub repealed: bool,
    /// An amendment has brought kinds of action that nobody has tied to a national one.
    pub brought: bool,
    pub article: Option<String>,
    /// Audiences that its article names; none named, any.
    pub audiences: Vec<Audience>,
    pub catalogue: Vec<ItemSeen>,
}

/// The contact of the networks that the action names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSeen {
    pub territory: Territory,
    pub from: Option<CivilDate>,
    pub until: Option<CivilDate>,
}

/// Hours of the module that other actions have already given to a class in the school year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleHours {
    pub uai: Uai,
    pub class_label: Option<String>,
    /// First calendar year of the school year.
    pub year: i32,
    pub minutes: u32,
}

/// What an action stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    pub in_force_from: Option<CivilDate>,
    pub ends_on: Option<CivilDate>,
    /// Places of the action that lie outside the territory of its convention.
    pub outside: Vec<Territory>,
    /// A convention that is more local for the whole of the action and in force on its date.
    pub more_local: Option<Id>,
    /// It was accepted on this convention, axis, days and places before: only the rest changes.
    pub stood: bool,
    /// It is only written again: it had these days under this convention, and comes no further by it.
    pub dated_before: bool,
    /// So was the item of the catalogue that it names.
    pub item_stood: bool,
    pub axis: AxisSeen,
    pub duration: ClauseSeen,
    pub inclusion: Option<ClauseSeen>,
    pub accessibility: Option<ClauseSeen>,
    pub programme_hours: Option<ClauseSeen>,
    /// The contact that it names; none when it names none.
    pub contact: Option<ContactSeen>,
    pub given: Vec<ModuleHours>,
}

/// Refusals told at once, at most.
const TOLD: usize = 50;

/// Everything that the rules have to say of an action in a state: all that they refuse, or what they only flag.
pub fn check(
    action: &NewAction,
    status: ActionStatus,
    ground: &Ground,
    today: CivilDate,
) -> Result<Vec<Flag>, Vec<Refusal>> {
    let undated = dated::lacks_date(action, status, ground, today);
    let mut refused = belongs(action, ground, undated);
    dated::check(action, status, ground, today, &mut refused);
    screened(action, &mut refused);
    offers::check(action, &mut refused);
    audience::check(action, ground, &mut refused);
    settled::check_settled(action, status, ground, &mut refused);
    if !refused.is_empty() {
        refused.truncate(TOLD);
        return Err(refused);
    }
    let mut flags = Vec::new();
    flags.extend(audience::outside(action, ground));
    flags.extend(more_local(ground));
    flags.extend(out_of_text(action, ground));
    flags.extend(of_catalogue(action, ground));
    flags.extend(dated::within_area(action, ground));
    flags.extend(plausible::check(action));
    Ok(flags)
}

/// The axis is one of the most local convention in force on the action's date (R30): of one without the date that it must
/// have, nobody knows which that is.
fn belongs(action: &NewAction, ground: &Ground, undated: bool) -> Vec<Refusal> {
    let foreign = |detail| {
        Refusal::content("R30", "foreign_axis", detail)
            .article(ground.axis.article.as_deref())
            .with("convention_id", action.convention_id.to_string())
            .with("axis_id", action.axis_id.to_string())
    };
    let mut refused = Vec::new();
    if !ground.axis.of_convention {
        let detail = Bilingual::fixed("L'axe n'est pas de cette convention.", "The axis is not of this convention.");
        refused.push(foreign(detail).at("/axis_id"));
    }
    if !ground.outside.is_empty() {
        let outside = || {
            foreign(Bilingual::fixed(
                "L'action a lieu hors du territoire de cette convention.",
                "The action takes place outside the territory of this convention.",
            ))
        };
        let there = |uai: &Uai| uai.academie().is_some_and(|place| ground.outside.contains(&place));
        let schools = action.schools.iter().enumerate().filter(|(_, school)| there(&school.uai));
        let before = refused.len();
        refused.extend(schools.map(|(index, _)| outside().at(format!("/schools/{index}/uai"))));
        if refused.len() == before {
            refused.push(outside().at("/territory"));
        }
    }
    if let (Some(local), [], false, false) = (ground.more_local, refused.as_slice(), ground.stood, undated) {
        let local = foreign(Bilingual::fixed(
            "Une déclinaison territoriale est en vigueur à cette date : l'action relève d'un de ses axes.",
            "A territorial convention is in force on that date: the action comes under one of its axes.",
        ))
        .with("most_local_convention_id", local.to_string());
        refused.push(local.at("/axis_id"));
    }
    if ground.axis.repealed && !ground.stood && !undated {
        let repealed = foreign(Bilingual::fixed(
            "L'article de l'axe est abrogé à cette date.",
            "The article of the axis is repealed on that date.",
        ));
        refused.push(repealed.at("/axis_id"));
    }
    let missing = missing_item(action, ground).filter(|_| ground.axis.of_convention && !ground.item_stood);
    if let Some(item) = missing {
        let detail = Bilingual::fixed(
            "Cet élément n'est pas du catalogue de l'axe à cette date.",
            "This item is not of the axis's catalogue on that date.",
        );
        let foreign = Refusal::content("R30", "foreign_item", detail).article(ground.axis.article.as_deref());
        refused.push(foreign.with("catalogue_item_id", item.to_string()).at("/catalogue_item_id"));
    }
    refused
}

/// A territorial convention that came into force after the action was accepted: it goes on where it is, and is flagged (R30).
fn more_local(ground: &Ground) -> Option<Flag> {
    let local = ground.more_local.filter(|_| ground.stood)?;
    Some(
        Flag::new(
            "R30",
            "more_local_convention",
            Bilingual::fixed(
                "Une déclinaison territoriale est entrée en vigueur depuis : l'action reste sous la convention où elle a été inscrite.",
                "A territorial convention has come into force since: the action stays under the one it was entered under.",
            ),
        )
        .article(ground.axis.article.as_deref())
        .with("most_local_convention_id", local.to_string()),
    )
}

/// The item that it names and that the text in force on its date does not list.
fn missing_item(action: &NewAction, ground: &Ground) -> Option<Id> {
    let listed = |item: &Id| ground.axis.catalogue.iter().any(|known| known.id == *item);
    action.catalogue_item_id.filter(|item| !listed(item))
}

/// What an amendment took out of the text after the action was accepted: it goes on as it is, and is flagged (R30).
fn out_of_text(action: &NewAction, ground: &Ground) -> Option<Flag> {
    let flag = |code, detail| Flag::new("R30", code, detail).article(ground.axis.article.as_deref());
    if ground.axis.repealed && ground.stood {
        let detail = Bilingual::fixed(
            "L'article de l'axe a été abrogé depuis : l'action reste sous l'axe où elle a été inscrite.",
            "The article of the axis has been repealed since: the action stays under the axis it was entered under.",
        );
        return Some(flag("axis_repealed", detail).with("axis_id", action.axis_id.to_string()));
    }
    let item = missing_item(action, ground).filter(|_| ground.item_stood)?;
    let detail = Bilingual::fixed(
        "Un avenant a retiré cet élément du catalogue de l'axe depuis : l'action le garde.",
        "An amendment has taken this item out of the axis's catalogue since: the action keeps it.",
    );
    Some(flag("item_taken_out", detail).with("catalogue_item_id", item.to_string()))
}

/// A kind that the axis's catalogue does not have is kept, and flagged (R30).
fn of_catalogue(action: &NewAction, ground: &Ground) -> Option<Flag> {
    let catalogue = &ground.axis.catalogue;
    if ground.axis.repealed || missing_item(action, ground).is_some() {
        return None;
    }
    let item = catalogue.iter().find(|item| Some(item.id) == action.catalogue_item_id);
    let fits = match item {
        Some(item) => item.national_kind.is_none_or(|kind| kind == action.kind),
        None => {
            action.kind == ActionKind::Other
                || ground.axis.brought
                || catalogue.iter().all(|item| item.national_kind.is_none())
                || catalogue.iter().any(|item| item.national_kind == Some(action.kind))
        }
    };
    (!fits).then(|| {
        Flag::new(
            "R30",
            "kind_not_in_catalogue",
            Bilingual::fixed(
                "Cette nature d'action n'est pas au catalogue de l'axe.",
                "This kind of action is not in the axis's catalogue.",
            ),
        )
        .article(ground.axis.article.as_deref())
        .with("kind", action.kind.code())
    })
}

/// No text holds what names a pupil or reaches a person at home (R36).
fn screened(action: &NewAction, refused: &mut Vec<Refusal>) {
    let mut found: Vec<(String, Bilingual)> =
        action.texts().into_iter().filter_map(|(place, text)| Some((place, screen(text)?.detail()))).collect();
    if let Some(email) = action.school_contact.as_ref().and_then(|contact| contact.email.as_deref())
        && !crate::domain::screening::professional_email(email)
    {
        found.push((
            "/school_contact/email".to_owned(),
            Bilingual::fixed("Adresse électronique personnelle.", "Private e-mail address."),
        ));
    }
    if let Some(key) = action.external_id.as_deref().and_then(screen_key) {
        found.push(("/external_id".to_owned(), key.detail()));
    }
    found.extend(offers::personal(action));
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    let of = |(place, detail): &(String, Bilingual)| personal_data(&places, detail.clone()).at(place.as_str());
    refused.extend(found.iter().map(of));
}

/// A text that holds what names a pupil or reaches a person at home (R36).
pub fn personal_data(pointers: &[&str], detail: Bilingual) -> Refusal {
    Refusal::content("R36", "personal_data", detail).with("pointers", pointers.to_vec())
}

/// Was an action brought in from earlier records, where holes are known as holes (R30, R32)?
pub const fn is_legacy(action: &NewAction) -> bool {
    matches!(action.origin, ActionOrigin::Legacy)
}
