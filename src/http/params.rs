//! Query parameters, read strictly: an unknown, repeated, malformed or out-of-range one is a fault, and all faults come
//! back at once. What was asked for is also what is documented: a test compares the two.

use std::str::FromStr;

use super::body::Explained;
use crate::domain::text::composed;
use crate::error::{Fault, Faults, Problem, both};

/// Values of one filter at most.
pub const MANY: usize = 100;
/// Parameters that are looked at: more than any address takes, and more than faults are told of.
const PAIRS: usize = 200;
/// Words of a search at most.
pub const WORDS: usize = 20;

/// Parameters of one request, taken one by one by the handler.
pub struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
    faults: Faults,
}

impl Params {
    /// Splits a query string.
    pub fn of(query: &str) -> Self {
        let mut faults = Faults::new();
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(PAIRS) {
            let (name, value) = (name.into_owned(), composed(&value));
            // Percent-encoding that is no UTF-8 comes out as U+FFFD; a NUL is no text for a database.
            if [&name, &value].iter().any(|t| t.contains(['\u{fffd}', '\0'])) {
                faults.push(Fault::parameter(
                    &name,
                    "malformed",
                    both("Le texte n'est pas de l'UTF-8 lisible.", "The text is not readable UTF-8."),
                ));
            }
            if pairs.iter().any(|(n, _)| *n == name) {
                faults.push(Fault::parameter(
                    &name,
                    "repeated",
                    both(
                        "Ce paramètre figure deux fois : plusieurs valeurs se séparent par une virgule.",
                        "This parameter occurs twice: several values are separated by a comma.",
                    ),
                ));
                continue;
            }
            pairs.push((name, value));
        }
        Self { pairs, known: Vec::new(), faults }
    }

    fn take(&mut self, name: &'static str) -> Option<String> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    /// Notes a fault of a parameter.
    pub fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// A text as it stands.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.take(name)
    }

    /// One value of a type that reads itself.
    pub fn one<T>(&mut self, name: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: Explained,
    {
        let text = self.take(name)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(e) => {
                self.faults.push(Fault::parameter(name, "malformed", Explained::explain(&e)));
                None
            }
        }
    }

    /// Words to look for: at most [`WORDS`] of them.
    pub fn words(&mut self, name: &'static str) -> Vec<String> {
        let words = crate::domain::folded::words(&self.take(name).unwrap_or_default());
        if words.len() > WORDS {
            self.faults.push(Fault::parameter(
                name,
                "out_of_range",
                both(format!("{WORDS} mots au plus."), format!("{WORDS} words at most.")),
            ));
            return Vec::new();
        }
        words
    }

    /// Several different values, separated by commas: at most [`MANY`].
    pub fn many<T>(&mut self, name: &'static str) -> Vec<T>
    where
        T: FromStr + PartialEq,
        T::Err: Explained,
    {
        self.up_to(name, MANY)
    }

    /// Several different values, separated by commas: at most so many.
    pub fn up_to<T>(&mut self, name: &'static str, most: usize) -> Vec<T>
    where
        T: FromStr + PartialEq,
        T::Err: Explained,
    {
        let Some(text) = self.take(name) else { return Vec::new() };
        if text.split(',').count() > most {
            self.faults.push(Fault::parameter(
                name,
                "out_of_range",
                both(format!("{most} valeurs au plus."), format!("{most} values at most.")),
            ));
            return Vec::new();
        }
        let mut values = Vec::new();
        for piece in text.split(',') {
            match piece.parse() {
                Ok(value) if values.contains(&value) => {}
                Ok(value) => values.push(value),
                Err(e) => self.faults.push(Fault::parameter(name, "malformed", Explained::explain(&e))),
            }
        }
        values
    }

    /// An integer within bounds.
    pub fn integer(&mut self, name: &'static str, min: i64, max: i64) -> Option<i64> {
        let text = self.take(name)?;
        match text.parse::<i64>() {
            Ok(n) if (min..=max).contains(&n) => Some(n),
            Ok(_) => {
                self.faults.push(Fault::parameter(
                    name,
                    "out_of_range",
                    both(format!("De {min} à {max}."), format!("From {min} to {max}.")),
                ));
                None
            }
            Err(_) => {
                self.faults.push(Fault::parameter(
                    name,
                    "malformed",
                    both("Il faut un entier.", "This must be an integer."),
                ));
                None
            }
        }
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.take(name)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.faults.push(Fault::parameter(name, "malformed", both("true ou false.", "true or false.")));
                None
            }
        }
    }

    /// One of a closed list.
    pub fn choice(&mut self, name: &'static str, accepted: &[&'static str]) -> Option<&'static str> {
        let text = self.take(name)?;
        let found = accepted.iter().find(|a| **a == text).copied();
        if found.is_none() {
            self.faults.push(
                Fault::parameter(name, "not_in_list", both("Valeur hors de la liste.", "Value outside the list."))
                    .accepting(accepted.iter().copied()),
            );
        }
        found
    }

    /// True when the parameter was sent.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(n, _)| n == name)
    }

    /// The pairs sent, sorted, without the given names: what a cursor is bound to.
    pub fn binding(&self, without: &[&str]) -> String {
        let mut pairs: Vec<_> = self.pairs.iter().filter(|(n, _)| !without.contains(&n.as_str())).collect();
        pairs.sort();
        pairs.iter().fold(String::new(), |text, (n, v)| text + n + "=" + v + "\u{1}")
    }

    /// The query again, with one parameter set to another value.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (n, v) in self.pairs.iter().filter(|(n, _)| n != name) {
            query.append_pair(n, v);
        }
        query.append_pair(name, value).finish()
    }

    /// All faults, those of unknown parameters included, once everything known was asked for.
    pub fn verdict(&mut self) -> Result<(), Problem> {
        let known = self.known.clone();
        for (name, _) in self.pairs.iter().filter(|(n, _)| !known.contains(&n.as_str())) {
            self.faults.push(
                Fault::parameter(
                    name,
                    "unknown",
                    both("Ce paramètre n'existe pas ici.", "There is no such parameter here."),
                )
                .accepting(known.iter().copied()),
            );
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::parameters(std::mem::take(&mut self.faults))) }
    }
}
