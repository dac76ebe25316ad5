//! Bodies, read by an accumulating deserialiser: every fault of a body is named at once, with its RFC 6901 pointer.

use deserr::{DeserializeError, Deserr, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use serde_json::Value;
use std::borrow::Borrow;
use std::ops::ControlFlow;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::borrowed::Borrowed;
use super::mend;
pub use super::mend::is_within;
use super::strict_json::{add_step, escape};
use crate::domain::bilingual::Bilingual;
use crate::domain::screening;
pub use crate::error::Faults;
use crate::error::{Fault, Place, Problem, both};

/// What can be read from a JSON body: shape by `deserr`, then the rules across fields by `validator`.
pub trait Body: Deserr<Faults> + Validate + Send + 'static {
    /// Rules that need more than one field and are not `validator`'s: by default none.
    fn check(&self, _faults: &mut Faults) {}
}

/// Reads a body of its type out of JSON.
pub fn read<B: Body>(value: impl Borrow<Value>) -> Result<B, Problem> {
    let value = value.borrow();
    let (body, mut faults) = match deserialize::<B>(value) {
        Ok(body) => {
            let (mut faults, mut across) = judge(&body);
            faults.append(&mut across);
            (Some(body), faults)
        }
        Err(mut faults) => {
            let mut rest = mend::rest::<B>(value, &faults);
            faults.append(&mut rest);
            (None, faults)
        }
    };
    blanks(value, ValuePointerRef::Origin, &mut faults);
    match body {
        Some(body) if faults.is_empty() => Ok(body),
        _ => Err(Problem::body(faults)),
    }
}

/// Reads the shape alone.
pub fn deserialize<B: Body>(value: &Value) -> Result<B, Faults> {
    deserr::deserialize(Borrowed(value))
}

/// What else is wrong with a body of which some members are known to be: nothing is said of those.
pub fn others<B: Body>(value: impl Borrow<Value>, known: &[String]) -> Faults {
    let value = value.borrow();
    let mut faults = deserialize::<B>(value).err().unwrap_or_default();
    let is_known = |place: &str| known.iter().any(|known| mend::is_within(place, known));
    faults.retain(|fault| !matches!(&fault.place, Place::Pointer(place) if is_known(place)));
    let aside = known.iter().map(|place| Fault::pointer(place.as_str(), "known", both("", "")));
    let aside: Faults = aside.chain(faults.iter().cloned()).collect();
    faults.append(&mut mend::rest::<B>(value, &aside));
    faults
}

/// What `validator` says of each field, and the rules across fields. These are not asked of a list that is longer than it
/// may be: some compare its items with each other.
pub fn judge<B: Body>(body: &B) -> (Faults, Faults) {
    let mut faults = Faults::new();
    let long = body.validate().err().is_some_and(|errors| collect(&errors, "", &mut faults));
    (faults, if long { Faults::new() } else { across(body) })
}

/// What the rules across fields say.
pub fn across<B: Body>(body: &B) -> Faults {
    let mut faults = Faults::new();
    body.check(&mut faults);
    faults
}

/// A text in which there is something to read, as the document says it (ECMA 262): what [`blanks`] refuses has none.
pub const READABLE: &str = r"[^\s\u0085\u00ad\u200b-\u200f\u2060\ufeff]";

/// Texts that are nothing but spaces, which no member is. The words of an edit may be: `replace_words` is told by them.
fn blanks(value: &Value, at: ValuePointerRef, faults: &mut Faults) {
    if faults.has_more() {
        return;
    }
    match value {
        Value::String(text) => {
            let unseen = |c: char| {
                c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
            };
            let of_edit = matches!(at, ValuePointerRef::Key { key: "old" | "new", .. });
            if !text.is_empty() && text.chars().all(unseen) && !of_edit {
                let place = pointer(at);
                if !faults.iter().any(|fault| matches!(&fault.place, Place::Pointer(known) if *known == place)) {
                    let detail = both("Ce texte ne contient rien à lire.", "There is nothing to read in this text.");
                    faults.push(Fault::pointer(place, "blank", detail));
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_number()) {
                blanks(item, at.push_index(index), faults);
            }
        }
        Value::Object(members) => {
            for (member, value) in members.iter().filter(|(_, value)| !value.is_number()) {
                blanks(value, at.push_key(member), faults);
            }
        }
        _ => {}
    }
}

/// Goes on while there may be more to tell.
fn unless_enough(faults: Faults) -> ControlFlow<Faults, Faults> {
    if faults.has_more() { ControlFlow::Break(faults) } else { ControlFlow::Continue(faults) }
}

impl MergeWithError<Faults> for Faults {
    fn merge(me: Option<Self>, mut other: Faults, _: ValuePointerRef) -> ControlFlow<Self, Self> {
        let mut all = me.unwrap_or_default();
        all.append(&mut other);
        unless_enough(all)
    }
}

impl DeserializeError for Faults {
    fn error<V: IntoValue>(me: Option<Self>, error: ErrorKind<V>, at: ValuePointerRef) -> ControlFlow<Self, Self> {
        let mut all = me.unwrap_or_default();
        let place = pointer(at);
        all.push(match error {
            ErrorKind::IncorrectValueKind { actual, accepted } => {
                let number = matches!(actual.kind(), ValueKind::Integer | ValueKind::NegativeInteger);
                if number && accepted.contains(&ValueKind::Integer) {
                    Fault::pointer(place, "out_of_range", both("Nombre hors bornes.", "Number out of range."))
                } else {
                    Fault::pointer(place, "wrong_type", wrong_type(accepted))
                }
            }
            ErrorKind::MissingField { field } => Fault::pointer(
                with_step(place, field),
                "missing",
                both("Ce membre est obligatoire.", "This member is required."),
            ),
            ErrorKind::UnknownKey { key, accepted } => Fault::pointer(
                with_step(place, key),
                "unknown",
                both("Ce membre n'existe pas ici.", "There is no such member here."),
            )
            .accepting(accepted.iter().map(ToString::to_string)),
            ErrorKind::UnknownValue { accepted, .. } => {
                Fault::pointer(place, "not_in_list", both("Valeur hors de la liste.", "Value outside the list."))
                    .accepting(accepted.iter().map(ToString::to_string))
            }
            ErrorKind::BadSequenceLen { expected, .. } => Fault::pointer(
                place,
                "wrong_length",
                both(format!("Il faut {expected} éléments."), format!("Exactly {expected} items are needed.")),
            ),
            ErrorKind::Unexpected { msg } => {
                // The library's words are for the log; what it cannot take is a number too large or too small.
                log::debug!("{place}: {msg}");
                Fault::pointer(place, "out_of_range", both("Valeur hors bornes.", "Value out of range."))
            }
        });
        unless_enough(all)
    }
}

/// The RFC 6901 pointer of a place, as far as it is shown.
pub fn pointer(at: ValuePointerRef) -> String {
    fn add(at: ValuePointerRef, text: &mut String) {
        match at {
            ValuePointerRef::Origin => {}
            ValuePointerRef::Key { key, prev } => {
                add(*prev, text);
                add_step(text, key);
            }
            ValuePointerRef::Index { index, prev } => {
                add(*prev, text);
                add_step(text, &index.to_string());
            }
        }
    }
    let mut text = String::new();
    add(at, &mut text);
    text
}

fn with_step(mut pointer: String, step: &str) -> String {
    add_step(&mut pointer, step);
    pointer
}

fn wrong_type(accepted: &[ValueKind]) -> Bilingual {
    let name = |kind: &ValueKind| match kind {
        ValueKind::Null => ("null", "null"),
        ValueKind::Boolean => ("un booléen", "a boolean"),
        ValueKind::Integer | ValueKind::NegativeInteger => ("un entier", "an integer"),
        ValueKind::Float => ("un nombre", "a number"),
        ValueKind::String => ("un texte", "a text"),
        ValueKind::Sequence => ("une liste", "an array"),
        ValueKind::Map => ("un objet", "an object"),
    };
    let mut names: Vec<_> = accepted.iter().map(name).collect();
    names.dedup();
    let join = |pick: fn(&(&'static str, &'static str)) -> &'static str, or: &str| {
        names.iter().map(pick).collect::<Vec<_>>().join(or)
    };
    both(format!("Il faut {}.", join(|n| n.0, " ou ")), format!("This must be {}.", join(|n| n.1, " or ")))
}

/// Notes what a short text holds of a person (R36).
pub fn screened(faults: &mut Faults, pointer: &'static str, text: Option<&str>) {
    if let Some(found) = text.and_then(screening::screen) {
        faults.push(Fault::pointer(pointer, "personal_data", found.detail()));
    }
}

/// Notes what a caller's own key holds of a person (R36).
pub fn screened_key(faults: &mut Faults, key: Option<&str>) {
    if let Some(found) = key.and_then(screening::screen_key) {
        faults.push(Fault::pointer("/external_id", "personal_data", found.detail()));
    }
}

/// A single fault, as `deserr` wants it.
pub fn fault(at: ValuePointerRef, code: &'static str, detail: Bilingual) -> Faults {
    Faults::from(vec![Fault::pointer(pointer(at), code, detail)])
}

/// A text that is not of its form, with what would have been.
pub fn ill_formed(at: ValuePointerRef, error: &impl Explained) -> Faults {
    let fault = Fault::pointer(pointer(at), "ill_formed", error.explain());
    Faults::from(vec![fault.accepting(error.accepted().iter().copied())])
}

/// Reads a text member by its `FromStr`, whose error tells what is wrong in both languages.
#[macro_export]
macro_rules! body_text {
    ($($ty:ty),+ $(,)?) => {$(
        impl deserr::Deserr<$crate::http::body::Faults> for $ty {
            fn deserialize_from_value<V: deserr::IntoValue>(
                value: deserr::Value<V>,
                at: deserr::ValuePointerRef,
            ) -> Result<Self, $crate::http::body::Faults> {
                let text = <String as deserr::Deserr<$crate::http::body::Faults>>::deserialize_from_value(value, at)?;
                text.parse().map_err(|e| $crate::http::body::ill_formed(at, &e))
            }
        }
    )+};
}

/// Tells what is wrong with a text, in both languages.
pub trait Explained {
    fn explain(&self) -> Bilingual;
    /// All that would have been accepted, when it is a closed list.
    fn accepted(&self) -> &'static [&'static str] {
        &[]
    }
}

/// Adds the faults of fields; true when a list is longer than it may be.
fn collect(errors: &ValidationErrors, path: &str, faults: &mut Faults) -> bool {
    let mut members: Vec<_> = errors.errors().iter().collect();
    members.sort_by(|a, b| a.0.cmp(b.0));
    let mut long = false;
    for (field, kind) in members {
        let place = if field == "__all__" { path.to_owned() } else { format!("{path}/{}", escape(field)) };
        match kind {
            ValidationErrorsKind::Struct(inner) => long |= collect(inner, &place, faults),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    long |= collect(inner, &format!("{place}/{index}"), faults);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                for error in errors {
                    long |= error.code == "length" && error.params.get("value").is_some_and(is_long_list);
                    faults.push(rule_fault(&place, error));
                }
            }
        }
    }
    long
}

/// A list that no rule across its items should be asked of, were it as long as it may be or not.
fn is_long_list(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.len() > 1000)
}

fn rule_fault(place: &str, error: &validator::ValidationError) -> Fault {
    let bound = |name: &'static str| error.params.get(name).map(ToString::to_string);
    let (code, detail) = match error.code.as_ref() {
        "length" => {
            let (min, max) = (bound("min").unwrap_or_else(|| "0".into()), bound("max").unwrap_or_else(|| "∞".into()));
            ("wrong_length", both(format!("Longueur de {min} à {max}."), format!("The length must be {min} to {max}.")))
        }
        "range" => {
            let (min, max) = (bound("min").unwrap_or_default(), bound("max").unwrap_or_default());
            ("out_of_range", both(format!("De {min} à {max}."), format!("From {min} to {max}.")))
        }
        "email" => ("ill_formed", both("Adresse électronique mal formée.", "Ill-formed e-mail address.")),
        _ => {
            let said = error.message.as_deref().unwrap_or("");
            let (fr, en) = said.split_once(" / ").unwrap_or((said, said));
            ("invalid", both(fr.to_owned(), en.to_owned()))
        }
    };
    Fault::pointer(place, code, detail)
}
