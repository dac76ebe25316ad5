//! Places where a released server refused what its document did not say: `openapi/released/refused.txt`.

use std::cell::Cell;

use serde_json::{Value, json};

use super::compare::breaks;
use super::present;
use super::schemas::takes_all_of;

/// What may be excused: narrower inputs, nothing else.
const KEYWORDS: [&str; 9] = [
    "additionalProperties",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
];

struct Line {
    /// Release whose server refused.
    server: Version,
    place: String,
    keyword: String,
    value: String,
    used: Cell<bool>,
}

type Version = [u32; 3];

impl Line {
    /// True when an input refuses no more than the server did.
    fn allows(&self, value: &Value) -> bool {
        match (&self.keyword[..3], self.value.parse::<f64>().ok(), value.as_f64()) {
            ("min", Some(listed), Some(now)) => now <= listed,
            ("max", Some(listed), Some(now)) => now >= listed,
            _ => text(value) == self.value || takes_all_of(value, &json!(self.value)),
        }
    }
}

/// The list, read by the gate.
#[derive(Default)]
pub struct RefusedInputs(Vec<Line>);

impl RefusedInputs {
    /// Reads lines of `VERSION PLACE KEYWORD=VALUE…`; `#` begins a comment. The place `*` is every body.
    pub fn parse(text: &str) -> Self {
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [server, place, forms @ ..] = words.as_slice() else { panic!("refused.txt: {line}") };
            assert!(!forms.is_empty(), "refused.txt: nothing is refused by {line}");
            for form in forms {
                let (keyword, value) = form.split_once('=').unwrap_or_else(|| panic!("refused.txt: {form} in {line}"));
                assert!(KEYWORDS.contains(&keyword), "refused.txt: {keyword} cannot be excused, in {line}");
                lines.push(Line {
                    server: version(server),
                    place: (*place).to_owned(),
                    keyword: keyword.to_owned(),
                    value: value.to_owned(),
                    used: Cell::new(false),
                });
            }
        }
        Self(lines)
    }

    /// The lines that speak for clients of a document: their server, or a later one, refused already.
    pub fn covers(&self, document: &str, place: &str, keyword: &str, value: &Value) -> bool {
        let document = version(document);
        let found = self.0.iter().filter(|line| {
            line.server >= document
                && (line.place == "*" || line.place == spot(place))
                && line.keyword == keyword
                && line.allows(value)
        });
        found.inspect(|line| line.used.set(true)).count() > 0
    }

    /// Lines that excused nothing.
    pub fn unused(&self) -> Vec<String> {
        let unused = self.0.iter().filter(|line| !line.used.get());
        unused.map(|line| format!("{} {}={}", line.place, line.keyword, line.value)).collect()
    }
}

/// The line that would excuse a narrower input.
pub fn line(document: &str, place: &str, keyword: &str, value: &Value) -> String {
    format!("{document} {} {keyword}={}", spot(place), text(value))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn version(text: &str) -> Version {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or_else(|_| panic!("{text} is no version")));
    std::array::from_fn(|_| parts.next().unwrap_or_else(|| panic!("{text} is no version")))
}

/// A place by its schema and member, whatever operation leads there: `NewArticle.heading`, or `query:limit`.
///
/// A merge patch is read as the creation that it changes: both share their lines.
fn spot(place: &str) -> String {
    let Some((_, last)) = place.rsplit_once('(') else {
        return place.rsplit(", ").next().unwrap_or(place).replace(" parameter ", ":");
    };
    let (name, member) = last.split_once(')').unwrap_or((last, ""));
    let name = name.strip_suffix("Patch").map_or_else(|| name.to_owned(), |name| format!("New{name}"));
    name + member
}

#[test]
fn a_released_refusal_excuses_its_place_and_value_alone() {
    let limit = |most: u32| {
        let mut document = present();
        for schema in ["NewArticle", "Article"] {
            document["components"]["schemas"][schema]["properties"]["heading"]["maxLength"] = json!(most);
        }
        document
    };
    let then = limit(9000);
    let version = then["info"]["version"].as_str().unwrap().to_owned();
    let found = |now: &Value, list: &str| {
        let refused = RefusedInputs::parse(&list.replace("VERSION", &version));
        (breaks(&then, now, &refused).len(), refused.unused().len())
    };
    assert_eq!(found(&limit(100), ""), (1, 0), "an input that accepts less");
    assert_eq!(
        found(&limit(100), "VERSION NewArticle.heading maxLength=100"),
        (0, 0),
        "a later server speaks for it, too"
    );
    assert_eq!(found(&limit(100), "99.0.0 NewArticle.heading maxLength=100"), (0, 0));
    assert_eq!(found(&limit(100), "0.0.1 NewArticle.heading maxLength=100"), (1, 1), "an earlier server");
    assert_eq!(found(&limit(100), "VERSION NewArticle.heading maxLength=99"), (0, 0), "the server refused more");
    assert_eq!(found(&limit(100), "VERSION NewArticle.heading maxLength=101"), (1, 1), "the server refused less");
    assert_eq!(found(&limit(100), "VERSION NewArticle.body maxLength=100"), (1, 1), "another place");
    assert_eq!(found(&limit(9000), "VERSION NewArticle.heading maxLength=100"), (0, 1), "a line that nothing needs");
    // What an answer may be is never excused.
    let then = limit(100);
    let list = format!("{version} Article.heading maxLength=9000");
    assert_eq!(breaks(&then, &limit(9000), &RefusedInputs::parse(&list)).len(), 1);
}

#[test]
#[should_panic(expected = "enum cannot be excused")]
fn only_narrower_inputs_can_be_excused() {
    RefusedInputs::parse("0.4.0 NewArticle.number enum=1");
}
