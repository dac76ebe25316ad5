//! Places where a released server refused what its document did not say: `openapi/released/refused.txt`.

use std::cell::Cell;

use serde_json::Value;

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
        let (document, value) = (version(document), text(value));
        let found = self.0.iter().filter(|line| {
            line.server >= document
                && (line.place == "*" || line.place == spot(place))
                && line.keyword == keyword
                && line.value == value
        });
        found.map(|line| line.used.set(true)).count() > 0
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
