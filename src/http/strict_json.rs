//! JSON read strictly: at most 64 levels and 20,000 values, no member twice, no sign in a text that none may hold
//! (`domain::text`). Texts come out in NFC.
//!
//! `serde_json` alone keeps the last of two equal members, which lets two readers of one body disagree. A value takes
//! seventy bytes and more of the memory, however short it is: a megabyte of `{},{},…` would take a hundred.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::{Cell, RefCell};

use crate::domain::Bilingual;
use crate::domain::text::{self, Lines};
use crate::error::faults::PLACE;
use crate::error::{Fault, Faults, Problem, both};

/// Levels of nesting a body may have.
pub const DEPTH: usize = 64;
/// Values that a body may have: members, items, and those within them.
pub const VALUES: usize = 20_000;
/// Bytes of an entry of an object, and of its place in the index.
const ENTRY: usize = size_of::<Value>() + size_of::<String>() + 3 * size_of::<usize>();
/// Bytes of memory that a value takes, in what has grown to twice what it holds, and that an object with a member takes beside.
const VALUE: usize = 2 * ENTRY;
const OBJECT: usize = 4 * ENTRY;

/// Reads a whole body. The problem is 400 when it is no JSON, 413 when it has too many values, 422 when it is JSON that says
/// a thing twice.
pub fn read(bytes: &[u8]) -> Result<Value, Problem> {
    read_texts(bytes, Lines::of)
}

/// Reads a whole body whose texts may have so many lines, by the names of their members.
pub fn read_texts(bytes: &[u8], lines: fn(&str) -> Lines) -> Result<Value, Problem> {
    let met = Met { faults: RefCell::default(), values: Cell::new(0) };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Strict { depth: 0, path: Path::Whole, met: &met, lines }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    let faults = met.faults.into_inner();
    match read {
        Ok(value) if faults.is_empty() => Ok(value),
        // Read to its end, or no further than there are faults to tell.
        Ok(_) => Err(Problem::body(faults)),
        Err(_) if faults.has_more() => Err(Problem::body(faults)),
        Err(_) if met.values.get() > VALUES => Err(Problem::new(
            "payload_too_large",
            both(
                format!("Un corps JSON a {VALUES} valeurs au plus."),
                format!("A JSON body has {VALUES} values at most."),
            ),
        )),
        Err(e) => Err(Problem::new(
            "malformed_body",
            both(format!("Le corps n'est pas du JSON lisible : {e}."), format!("The body is not readable JSON: {e}.")),
        )),
    }
}

/// Bytes of memory that reading a body may take, without reading it: at least as many as it will.
pub fn cost(bytes: &[u8]) -> usize {
    let (mut values, mut objects, mut in_text, mut escaped) = (1_usize, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => {
                values += 1;
                objects += usize::from(*byte == b'{');
            }
            _ => {}
        }
    }
    bytes.len() + values.min(VALUES) * VALUE + objects.min(VALUES) * OBJECT
}

/// What it takes to read a value: one for each that it has, and more for long texts.
pub fn weight(value: &Value) -> usize {
    let text = |text: &str| text.len() / 64;
    1 + match value {
        Value::String(long) => text(long),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members.iter().map(|(key, value)| text(key) + weight(value)).sum(),
        _ => 0,
    }
}

/// One step of an RFC 6901 pointer.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The member that a step of a pointer names.
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Adds a step to a pointer, as long as all of it can be shown.
pub fn add_step(pointer: &mut String, key: &str) {
    if pointer.len() <= PLACE {
        pointer.push('/');
        pointer.push_str(&escape(&key[..key.floor_char_boundary(PLACE + 4)]));
    }
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

    fn write(self, text: &mut String) {
        match self {
            Self::Whole => {}
            Self::Member(of, key) => {
                of.write(text);
                add_step(text, key);
            }
            Self::Item(of, index) => {
                of.write(text);
                add_step(text, &index.to_string());
            }
        }
    }
}

/// What was met so far.
struct Met {
    faults: RefCell<Faults>,
    values: Cell<usize>,
}

struct Strict<'m> {
    depth: usize,
    path: Path<'m>,
    met: &'m Met,
    lines: fn(&str) -> Lines,
}

impl Strict<'_> {
    fn child<'c>(&'c self, path: Path<'c>) -> Strict<'c> {
        Strict { depth: self.depth + 1, path, met: self.met, lines: self.lines }
    }

    /// Adds a fault; an error once there are enough.
    fn fault<E: serde::de::Error>(&self, path: Path<'_>, code: &'static str, detail: Bilingual) -> Result<(), E> {
        let mut place = String::new();
        path.write(&mut place);
        let mut faults = self.met.faults.borrow_mut();
        faults.push(Fault::pointer(place, code, detail));
        if faults.has_more() { Err(E::custom("too many faults")) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        if self.depth > DEPTH {
            return Err(D::Error::custom(format!("more than {DEPTH} levels")));
        }
        let values = self.met.values.get() + 1;
        self.met.values.set(values);
        if values > VALUES {
            return Err(D::Error::custom("too many values"));
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
    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Value, E> {
        if let Some(sign) = text::forbidden_sign(v, (self.lines)(self.path.member())) {
            self.fault(self.path, "forbidden_character", text::refusal_of(sign))?;
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
                self.fault(path, "repeated", both("Ce membre figure deux fois.", "This member occurs twice."))?;
            }
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::faults::MOST;

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
    fn so_many_values_and_no_more() {
        let list = |n: usize| format!("[{}]", vec!["1"; n].join(","));
        assert!(read(list(VALUES - 1).as_bytes()).is_ok());
        assert_eq!(read(list(VALUES).as_bytes()).unwrap_err().entry.code, "payload_too_large");
        // What cannot be read beyond is not looked at.
        assert_eq!(read(format!("[{}", "{},".repeat(VALUES)).as_bytes()).unwrap_err().entry.code, "payload_too_large");
    }

    #[test]
    fn reading_stops_at_the_last_fault_that_is_told() {
        let twice = |n: usize, end: &str| format!("{{\"a\":1{}{end}", ",\"a\":1".repeat(n));
        let problem = read(twice(MOST, "}").as_bytes()).unwrap_err();
        assert_eq!((problem.faults.len(), problem.faults.has_more()), (MOST, false));
        let problem = read(twice(MOST + 1, ", and no more JSON").as_bytes()).unwrap_err();
        assert_eq!(problem.entry.code, "invalid_body");
        assert_eq!((problem.faults.len(), problem.faults.has_more()), (MOST, true));
    }

    #[test]
    fn a_long_name_is_shown_in_part() {
        let long = "é/".repeat(200_000);
        let problem = read(format!("{{\"{long}\":{{\"a\":1,\"a\":2}}}}").as_bytes()).unwrap_err();
        let crate::error::Place::Pointer(place) = &problem.faults[0].place else { panic!() };
        assert!(place.len() < 2 * PLACE, "{}", place.len());
    }

    #[test]
    fn what_is_read_takes_no_more_than_was_said() {
        /// Bytes behind a value: tables of objects are as large as they may have grown.
        fn taken(value: &Value) -> usize {
            match value {
                Value::String(text) => text.capacity(),
                Value::Array(items) => items.capacity() * size_of::<Value>() + items.iter().map(taken).sum::<usize>(),
                Value::Object(members) => {
                    let entry = size_of::<Value>() + size_of::<String>() + size_of::<usize>();
                    let room = if members.is_empty() { 0 } else { members.len().next_power_of_two().max(4) };
                    room * (entry + 2 * size_of::<usize>())
                        + members.iter().map(|(key, value)| key.capacity() + taken(value)).sum::<usize>()
                }
                _ => 0,
            }
        }
        for text in [
            "[]",
            r#"{"a":"b,{[","c":[1,2,3,{"d":{"e":null}}]}"#,
            &format!("[{}1]", "1,".repeat(10_000)),
            &format!("[{}1]", "{},".repeat(10_000)),
            &format!("[{}1]", "[1],".repeat(9_000)),
            &format!("[{}1]", "{\"\":1},".repeat(9_000)),
            &format!("{{{}\"x\":1}}", (0..16_400).map(|n| format!("\"m{n}\":1,")).collect::<Vec<_>>().concat()),
            &format!("\"{}\"", "\\\",".repeat(9_000)),
        ] {
            let value = read(text.as_bytes()).unwrap();
            assert!(taken(&value) <= cost(text.as_bytes()), "{} > {}", taken(&value), cost(text.as_bytes()));
        }
    }

    #[test]
    fn sixty_four_levels_and_no_more() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(nested(DEPTH).as_bytes()).is_ok());
        assert_eq!(read(nested(DEPTH + 2).as_bytes()).unwrap_err().entry.code, "malformed_body");
    }
}
