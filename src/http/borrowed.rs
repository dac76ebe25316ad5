//! A JSON value that `deserr` reads without taking it: it may be read again, and nothing is copied but what is kept.

use deserr::{IntoValue, Map, Sequence, Value as Read, ValueKind};
use serde_json::{Number, Value};

/// A value that stays where it is.
#[derive(Debug, Clone, Copy)]
pub struct Borrowed<'v>(pub &'v Value);

/// The items of a list.
#[derive(Debug)]
pub struct Items<'v>(&'v [Value]);

/// The members of an object, without those that were taken out.
#[derive(Debug)]
pub struct Members<'v> {
    all: &'v serde_json::Map<String, Value>,
    removed: Vec<String>,
}

impl<'v> IntoValue for Borrowed<'v> {
    type Sequence = Items<'v>;
    type Map = Members<'v>;

    fn kind(&self) -> ValueKind {
        match self.0 {
            Value::Null => ValueKind::Null,
            Value::Bool(_) => ValueKind::Boolean,
            Value::Number(number) => number_of::<Self>(number).kind(),
            Value::String(_) => ValueKind::String,
            Value::Array(_) => ValueKind::Sequence,
            Value::Object(_) => ValueKind::Map,
        }
    }

    fn into_value(self) -> Read<Self> {
        match self.0 {
            Value::Null => Read::Null,
            Value::Bool(b) => Read::Boolean(*b),
            Value::Number(number) => number_of(number),
            Value::String(text) => Read::String(text.clone()),
            Value::Array(items) => Read::Sequence(Items(items)),
            Value::Object(all) => Read::Map(Members { all, removed: Vec::new() }),
        }
    }
}

fn number_of<V: IntoValue>(number: &Number) -> Read<V> {
    match (number.as_u64(), number.as_i64()) {
        (Some(n), _) => Read::Integer(n),
        (None, Some(n)) => Read::NegativeInteger(n),
        (None, None) => Read::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

impl<'v> Sequence for Items<'v> {
    type Value = Borrowed<'v>;
    type Iter = std::iter::Map<std::slice::Iter<'v, Value>, fn(&'v Value) -> Borrowed<'v>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn into_iter(self) -> Self::Iter {
        self.0.iter().map(Borrowed)
    }
}

impl<'v> Map for Members<'v> {
    type Value = Borrowed<'v>;
    type Iter = Box<dyn Iterator<Item = (String, Borrowed<'v>)> + 'v>;

    fn len(&self) -> usize {
        self.all.len() - self.removed.len()
    }

    fn remove(&mut self, key: &str) -> Option<Borrowed<'v>> {
        let value = self.all.get(key).filter(|_| !self.removed.iter().any(|removed| removed == key))?;
        self.removed.push(key.to_owned());
        Some(Borrowed(value))
    }

    fn into_iter(self) -> Self::Iter {
        let removed = self.removed;
        let left = self.all.iter().filter(move |(key, _)| !removed.contains(key));
        Box::new(left.map(|(key, value)| (key.clone(), Borrowed(value))))
    }
}
