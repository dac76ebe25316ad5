//! The faults of one body, line or query: so many at most, each of a bounded size. Whoever adds to them learns when to stop
//! reading.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use super::{Fault, Place};

/// Faults of one body or line at most.
pub const MOST: usize = 100;
/// Faults of one answer at most: a bulk has those of many lines.
pub const ANSWER: usize = 1000;
/// Bytes of a place at most: a member may have a name of a megabyte.
pub const PLACE: usize = 300;
/// Bytes of a detail at most: some quote what was sent.
const DETAIL: usize = 1000;

/// Faults met so far; beyond [`MOST`] they only say that there are more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    all: Vec<Fault>,
    more: bool,
}

impl Faults {
    pub const fn new() -> Self {
        Self { all: Vec::new(), more: false }
    }

    /// Adds a fault, unless there are enough.
    pub fn push(&mut self, mut fault: Fault) {
        if self.all.len() < MOST {
            fault.shorten();
            self.all.push(fault);
        } else {
            self.more = true;
        }
    }

    /// Moves the faults of another here.
    pub fn append(&mut self, other: &mut Self) {
        let more = other.more;
        self.extend(std::mem::take(other));
        self.more |= more;
    }

    /// True once there are more than are told: reading further is of no use.
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// Says that there are more than are told.
    pub const fn say_more(&mut self) {
        self.more = true;
    }

    /// Keeps the first ones.
    pub fn truncate(&mut self, most: usize) {
        self.more |= self.all.len() > most;
        self.all.truncate(most);
    }

    /// Keeps those that are wanted.
    pub fn retain(&mut self, wanted: impl FnMut(&Fault) -> bool) {
        self.all.retain(wanted);
    }

    /// Drops each that is the same as the one before it.
    pub fn dedup_by(&mut self, same: impl FnMut(&mut Fault, &mut Fault) -> bool) {
        self.all.dedup_by(same);
    }
}

impl Deref for Faults {
    type Target = [Fault];
    fn deref(&self) -> &[Fault] {
        &self.all
    }
}

impl DerefMut for Faults {
    fn deref_mut(&mut self) -> &mut [Fault] {
        &mut self.all
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        for fault in faults {
            if self.more {
                return;
            }
            self.push(fault);
        }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        let mut all = Self::new();
        all.extend(faults);
        all
    }
}

impl From<Vec<Fault>> for Faults {
    fn from(faults: Vec<Fault>) -> Self {
        faults.into_iter().collect()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl<'f> IntoIterator for &'f Faults {
    type Item = &'f Fault;
    type IntoIter = std::slice::Iter<'f, Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl<'f> IntoIterator for &'f mut Faults {
    type Item = &'f mut Fault;
    type IntoIter = std::slice::IterMut<'f, Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.all.iter_mut()
    }
}

impl Fault {
    fn shorten(&mut self) {
        match &mut self.place {
            Place::Pointer(text) | Place::Parameter(text) | Place::Column(text) => cut(text, PLACE),
            Place::Header(_) => {}
        }
        for text in [&mut self.detail.fr, &mut self.detail.en] {
            if text.len() > DETAIL {
                cut(text.to_mut(), DETAIL);
            }
        }
    }

    /// What its list of accepted values is of: the items of a list are one place, and so are the members of an object that
    /// does not have those that were sent.
    pub(super) fn place_of_list(&self) -> Cow<'_, str> {
        let pointer = match &self.place {
            Place::Parameter(_) if self.code == "unknown" => return Cow::Borrowed(""),
            Place::Pointer(pointer) => pointer,
            Place::Parameter(name) | Place::Column(name) => return Cow::Borrowed(name),
            Place::Header(name) => return Cow::Borrowed(name),
        };
        let pointer = match pointer.rsplit_once('/') {
            Some((object, _)) if self.code == "unknown" => object,
            _ => pointer,
        };
        let is_index = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        Cow::Owned(pointer.split('/').map(|step| if is_index(step) { "*" } else { step }).collect::<Vec<_>>().join("/"))
    }
}

/// Cuts a text that is too long, between two signs.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::both;

    fn fault(pointer: &str) -> Fault {
        Fault::pointer(pointer, "unknown", both("Inconnu.", "Unknown."))
    }

    #[test]
    fn a_hundred_and_then_that_there_are_more() {
        let mut faults: Faults = (0..MOST).map(|n| fault(&format!("/{n}"))).collect();
        assert_eq!((faults.len(), faults.has_more()), (MOST, false));
        faults.push(fault("/x"));
        assert_eq!((faults.len(), faults.has_more()), (MOST, true));
        // Without end: it stops by itself.
        let faults: Faults = std::iter::repeat_with(|| fault("/x")).collect();
        assert_eq!((faults.len(), faults.has_more()), (MOST, true));
        let mut few: Faults = (0..3).map(|n| fault(&format!("/{n}"))).collect();
        few.truncate(3);
        assert!(!few.has_more());
        few.truncate(2);
        assert_eq!((few.len(), few.has_more()), (2, true));
    }

    #[test]
    fn what_was_sent_is_quoted_in_part() {
        let mut faults = Faults::new();
        let long = "é".repeat(1 << 20);
        faults.push(Fault::pointer(format!("/{long}"), "unknown", both(long.clone(), long)));
        let Place::Pointer(place) = &faults[0].place else { panic!() };
        assert!(place.len() <= PLACE + 3 && place.ends_with('…'), "{}", place.len());
        assert!(faults[0].detail.fr.len() <= DETAIL + 3 && faults[0].detail.en.len() <= DETAIL + 3);
    }

    #[test]
    fn the_items_of_a_list_are_one_place() {
        let listed = |pointer: &str, code| Fault::pointer(pointer, code, both("", "")).place_of_list().into_owned();
        assert_eq!(listed("/schools/12/level", "not_in_list"), "/schools/*/level");
        assert_eq!(listed("/schools/12/xyz", "unknown"), "/schools/*");
        assert_eq!(listed("", "not_in_list"), "");
    }
}
