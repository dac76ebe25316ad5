//! JSON read strictly: at most 64 levels, no member twice, no sign in a text that none may hold
//! (`domain::text`). Texts come out in NFC.
//!
//! `serde_json` alone keeps the last of two equal members, which lets two readers of one body disagree.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::RefCell;

use crate::domain::Bilingual;
use crate::domain::text::{self, Lines};
use crate::error::{Fault, Problem, both};

/// Levels of nesting a body may have.
pub const DEPTH: usize = 64;

/// Reads a whole body. The problem is 400 when it is no JSON, 422 when it is JSON that says a thing twice.
pub fn read(bytes: &[u8]) -> Result<Value, Problem> {
    read_texts(bytes, Lines::of)
}

/// Reads a whole body whose texts may have so many lines, by the names of their members.
pub fn read_texts(bytes: &[u8], lines: fn(&str) -> Lines) -> Result<Value, Problem> {
    let faults = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0, path: Path::Whole, faults: &faults, lines }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|e| {
            Problem::new(
                "malformed_body",
                both(
                    format!("Le corps n'est pas du JSON lisible : {e}."),
                    format!("The body is not readable JSON: {e}."),
                ),
            )
        })?;
    let faults = faults.into_inner();
    if faults.is_empty() { Ok(value) } else { Err(Problem::body(faults)) }
}

/// One step of an RFC 6901 pointer.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The member that a step of a pointer names.
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Where the reader is; written out only when there is a fault.
#[derive(Clone, Copy)]
enum Path<'p> {
    Whole,
    Member(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl Path<'_> {
    /// Returns the name of the member here, or around the list here.
    fn member(&self) -> &str {
        match self {
            Self::Whole => "",
            Self::Member(_, key) => key,
            Self::Item(of, _) => of.member(),
        }
    }
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Member(of, key) => write!(f, "{of}/{}", escape(key)),
            Self::Item(of, index) => write!(f, "{of}/{index}"),
        }
    }
}

struct Strict<'f> {
    depth: usize,
    path: Path<'f>,
    faults: &'f RefCell<Vec<Fault>>,
    lines: fn(&str) -> Lines,
}

impl Strict<'_> {
    fn child<'c>(&'c self, path: Path<'c>) -> Strict<'c> {
        Strict { depth: self.depth + 1, path, faults: self.faults, lines: self.lines }
    }

    fn fault(&self, path: Path<'_>, code: &'static str, fr: &str, en: &str) {
        self.faults.borrow_mut().push(Fault::pointer(path.to_string(), code, both(fr, en)));
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        if self.depth > DEPTH {
            return Err(serde::de::Error::custom(format!("more than {DEPTH} levels")));
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        if let Some(sign) = text::forbidden_sign(v, (self.lines)(self.path.member())) {
            let Bilingual { fr, en } = text::refusal_of(sign);
            self.fault(self.path, "forbidden_character", &fr, &en);
        }
        Ok(Value::from(text::composed(v)))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(self.child(Path::Item(&self.path, all.len())))? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let path = Path::Member(&self.path, &key);
            let value = members.next_value_seed(self.child(path))?;
            if all.contains_key(&key) {
                self.fault(path, "repeated", "Ce membre figure deux fois.", "This member occurs twice.");
            }
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_json_comes_through() {
        assert_eq!(read(br#"{"a":[1,-2,1.5,null,true,"x"]}"#).unwrap()["a"][2], 1.5);
    }

    #[test]
    fn what_is_no_json_is_400_and_what_is_said_twice_422() {
        for bad in ["", "{", "{}x", "nul", "{\"a\":01}", "\u{feff}{}", "[1,]"] {
            assert_eq!(read(bad.as_bytes()).unwrap_err().entry.code, "malformed_body", "{bad:?}");
        }
        assert_eq!(read(b"\"\xff\"").unwrap_err().entry.code, "malformed_body");
        let twice = read(br#"{"a":{"b/c":1,"b/c":2},"d":"x\u0000"}"#).unwrap_err();
        assert_eq!(twice.entry.code, "invalid_body");
        let places: Vec<_> = twice.faults.iter().map(|f| format!("{:?}", f.place)).collect();
        assert_eq!(places, ["Pointer(\"/a/b~1c\")", "Pointer(\"/d\")"]);
    }

    #[test]
    fn sixty_four_levels_and_no_more() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(nested(DEPTH).as_bytes()).is_ok());
        assert_eq!(read(nested(DEPTH + 2).as_bytes()).unwrap_err().entry.code, "malformed_body");
    }
}
