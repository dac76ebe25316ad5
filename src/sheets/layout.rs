//! Where the columns of a kind stand in a sheet, and the reading of its lines.
//!
//! A fault of a body says where by a pointer (RFC 6901): here it is said again by the header that its reader knows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::kind::{Kind, Reading};
use super::mapping::Mapping;
use super::rules::{Entry, heading};
use super::sheet::Line;
use crate::auth::secret::hex;
use crate::domain::bilingual::Bilingual;
use crate::domain::content::canonical;
use crate::domain::folded::fold;
use crate::domain::text::{self, Lines};
use crate::error::{Place, Problem, both};

/// Columns of a report in French and in English, which an import of the mended sheet does not read.
pub const REPORT: [[&str; 2]; 2] = [["ligne", "motif"], ["line", "reason"]];

/// How a key begins that is a line's digest.
pub const DIGEST: &str = "sheet:";

/// True for a column of a report, by its folded header.
pub fn of_report(folded: &str) -> bool {
    REPORT.as_flattened().contains(&folded)
}

/// Why a line was rejected, in one of its columns or as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    pub column: Option<String>,
    pub code: &'static str,
    pub detail: Bilingual,
}

/// The columns of a kind in one sheet.
pub struct Layout<'k> {
    kind: &'k Kind,
    header: Vec<String>,
    /// By column of the sheet, the column of the kind.
    columns: Vec<Option<usize>>,
    mapping: Mapping,
    /// Headers that nobody reads.
    pub ignored: Vec<String>,
}

impl<'k> Layout<'k> {
    /// Finds the columns; all that stands in the way otherwise.
    pub fn find(kind: &'k Kind, header: &[String], mapping: Mapping) -> Result<Self, Vec<Bilingual>> {
        let mut faults = Vec::new();
        let folded: Vec<String> = header.iter().map(|title| heading(title)).collect();
        // One of the two alone is a column of the sheet's own.
        let told = |pair: &[&str; 2]| pair.iter().all(|own| folded.iter().any(|title| title == own));
        let is_report = REPORT.iter().any(told);
        let of_report = |folded: &str| is_report && of_report(folded);
        for theirs in mapping.columns.keys().filter(|theirs| !folded.contains(theirs)) {
            faults.push(both(
                format!("columns : la feuille n'a pas de colonne « {theirs} »"),
                format!("columns: the sheet has no column \"{theirs}\""),
            ));
        }
        let mut layout = Self { kind, header: header.to_vec(), columns: Vec::new(), mapping, ignored: Vec::new() };
        for (title, folded) in header.iter().zip(&folded) {
            let known = layout.mapping.columns.get(folded).copied();
            // What the mapping gives to another column is not taken by its own name as well.
            let by_name = || kind.column(title).filter(|c| !layout.mapping.columns.values().any(|o| *o == Some(*c)));
            let found = if folded.is_empty() || of_report(folded) { None } else { known.unwrap_or_else(by_name) };
            if let Some(column) = found
                && layout.columns.contains(&found)
            {
                let ours = kind.columns[column].header();
                faults.push(both(
                    format!("deux colonnes pour « {ours} » : dites laquelle dans un fichier de correspondance"),
                    format!("two columns for \"{ours}\": say which in a mapping file"),
                ));
            }
            if found.is_none() && known.is_none() && !folded.is_empty() && !of_report(folded) {
                layout.ignored.push(title.clone());
            }
            layout.columns.push(found);
        }
        for (at, column) in kind.columns.iter().enumerate() {
            let there = layout.columns.contains(&Some(at)) || layout.mapping.defaults.contains_key(&at);
            if column.required && !there {
                faults.push(both(
                    format!("il manque la colonne « {} » ({})", column.header(), column.about.0),
                    format!("the column \"{}\" is missing ({})", column.header(), column.about.1),
                ));
            }
        }
        if faults.is_empty() { Ok(layout) } else { Err(faults) }
    }

    /// Reads a line, and all that is wrong with its cells.
    pub fn read(&self, line: &Line) -> (Reading, Vec<Reason>) {
        let mut reasons = Vec::new();
        let mut reading = Reading {
            body: Value::Object(Map::new()),
            lookups: BTreeMap::new(),
            unknown: Vec::new(),
            ill: Vec::new(),
            digest: String::new(),
        };
        let beyond =
            |(place, _): &(usize, &Entry)| self.header.get(*place).is_none_or(|title| heading(title).is_empty());
        let cells = line.cells.iter().enumerate().filter(|(_, entry)| !entry.is_unknown());
        for (place, entry) in cells.filter(beyond) {
            let (letters, words) = (letters(place), entry.words());
            let detail = both(
                format!("colonne {letters} : « {words} » n'a pas d'en-tête au-dessus"),
                format!("column {letters}: \"{words}\" has no header above it"),
            );
            reasons.push(Reason { column: None, code: "without_header", detail });
        }
        let nothing = BTreeMap::new();
        for (at, column) in self.kind.columns.iter().enumerate() {
            let place = self.columns.iter().position(|found| *found == Some(at));
            let entry = place.and_then(|place| line.cells.get(place)).unwrap_or(&Entry::Empty);
            if let Entry::Text(text) = entry
                && let Some(sign) = text::forbidden_sign(text, Lines::Several)
            {
                reading.ill.push(column.field);
                let detail = text::refusal_of(sign);
                reasons.push(Reason { column: Some(self.title(at)), code: "forbidden_character", detail });
                continue;
            }
            let known = self.mapping.values.get(&at).unwrap_or(&nothing);
            let value = if column.form.says_nothing(entry) && !known.contains_key(&fold(&entry.words())) {
                self.mapping.defaults.get(&at).cloned()
            } else {
                match column.form.read(entry, known) {
                    Ok(value) => Some(value),
                    Err(detail) => {
                        reading.ill.push(column.field);
                        reasons.push(Reason { column: Some(self.title(at)), code: "ill_formed", detail });
                        continue;
                    }
                }
            };
            match value {
                None if column.required => {
                    let detail = both("cette case est obligatoire", "this cell is required");
                    reading.ill.push(column.field);
                    reasons.push(Reason { column: Some(self.title(at)), code: "missing", detail });
                }
                None => reading.unknown.push(column.field),
                Some(value) if column.is_member() => place_at(&mut reading.body, column.field, value),
                Some(value) => {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    reading.lookups.insert(column.field, text);
                }
            }
        }
        if !reasons.is_empty() {
            return (reading, reasons);
        }
        let told = serde_json::json!([self.kind.name, reading.body, reading.lookups]);
        reading.digest = format!("{DIGEST}{}", &hex(&Sha256::digest(canonical(&told).as_bytes()))[..32]);
        text::join_lines(&mut reading.body, "");
        (reading, reasons)
    }

    /// Says a refusal of a line with the headers of this sheet.
    pub fn reasons(&self, problem: &Problem, line: Option<&Line>) -> Vec<Reason> {
        let of_rule = |rule: Option<&str>, article: Option<&String>| {
            let article = article.map(|article| format!(", article {article}")).unwrap_or_default();
            rule.map(|rule| format!(" ({rule}{article})")).unwrap_or_default()
        };
        if problem.faults.is_empty() {
            let (said, rule) = (&problem.detail, of_rule(problem.rule, problem.article.as_ref()));
            return vec![Reason {
                column: None,
                code: problem.entry.code,
                detail: both(format!("{}{rule}", said.fr), format!("{}{rule}", said.en)),
            }];
        }
        problem
            .faults
            .iter()
            .map(|fault| {
                let codes = fault.accepted.join(", ");
                // A code that is not known is told with all of them.
                let told = fault.accepted.is_empty() || fault.detail.en.contains(&codes);
                let accepted = if told { String::new() } else { format!(" [{codes}]") };
                let refusal = fault.refusal.as_ref();
                let rule = refusal.map(|refusal| of_rule(Some(refusal.rule), refusal.article.as_ref()));
                let more = accepted + &rule.unwrap_or_default();
                let detail = both(format!("{}{more}", fault.detail.fr), format!("{}{more}", fault.detail.en));
                let column = match &fault.place {
                    Place::Pointer(pointer) => self.place(pointer, line),
                    Place::Parameter(name) | Place::Column(name) => Some(name.clone()),
                    Place::Header(name) => Some((*name).to_owned()),
                };
                Reason { column, code: fault.code, detail }
            })
            .collect()
    }

    /// The same refusal of a line, with the headers of this sheet for places.
    pub fn in_columns(&self, mut problem: Problem, line: Option<&Line>) -> Problem {
        for fault in &mut problem.faults {
            if let Place::Pointer(pointer) = &fault.place
                && let Some(column) = self.place(pointer, line)
            {
                fault.place = Place::Column(column);
            }
        }
        if let Some(Value::Array(pointers)) = problem.computed.get("pointers") {
            let columns: Vec<String> =
                pointers.iter().filter_map(Value::as_str).filter_map(|pointer| self.place(pointer, line)).collect();
            problem.computed.insert("columns", columns.into());
        }
        problem
    }

    /// The header over what a pointer means: of several columns that may say it, one that does on this line, else one that
    /// the sheet has.
    fn place(&self, pointer: &str, line: Option<&Line>) -> Option<String> {
        if pointer.is_empty() {
            return None;
        }
        let place = |at: &usize| self.columns.iter().position(|found| *found == Some(*at));
        let cell = |at: &usize| line?.cells.get(place(at)?);
        let says = |at: &&usize| cell(at).is_some_and(|entry| !entry.is_unknown());
        let of = self.kind.columns_of(pointer);
        let there = || of.iter().find(|at| place(at).is_some());
        if let Some(at) = of.iter().find(says).or_else(there).or(of.first()) {
            return Some(self.title(*at));
        }
        let titles: Vec<String> = self.kind.columns_under(pointer).into_iter().map(|at| self.title(at)).collect();
        Some(if titles.is_empty() { pointer.to_owned() } else { titles.join(", ") })
    }

    /// The header in this sheet; the template's when it has no such column.
    fn title(&self, column: usize) -> String {
        let place = self.columns.iter().position(|found| *found == Some(column));
        place.map_or_else(|| self.kind.columns[column].header().to_owned(), |place| self.header[place].clone())
    }
}

/// A column as a spreadsheet names it: A, Z, AA.
fn letters(column: usize) -> String {
    let last = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column % 26] as char;
    let before = if column < 26 { String::new() } else { letters(column / 26 - 1) };
    format!("{before}{last}")
}

/// Puts a value at a pointer, with what must stand around it.
pub fn place_at(body: &mut Value, pointer: &str, value: Value) {
    let mut spot = body;
    for step in pointer.split('/').skip(1) {
        spot = if let Ok(index) = step.parse::<usize>() {
            if !spot.is_array() {
                *spot = Value::Array(Vec::new());
            }
            let Value::Array(items) = spot else { return };
            while items.len() <= index {
                items.push(Value::Null);
            }
            &mut items[index]
        } else {
            if !spot.is_object() {
                *spot = Value::Object(Map::new());
            }
            let Value::Object(members) = spot else { return };
            members.entry(step).or_insert(Value::Null)
        };
    }
    *spot = value;
}

#[cfg(test)]
mod tests;
