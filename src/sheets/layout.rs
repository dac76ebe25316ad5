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
use crate::error::{Place, Problem, both};

/// Columns of a report in French and in English, which an import of the mended sheet does not read.
pub const REPORT: [[&str; 2]; 2] = [["ligne", "motif"], ["line", "reason"]];

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

    /// Reads a line; all that is wrong with its cells otherwise.
    pub fn read(&self, line: &Line) -> Result<Reading, Vec<Reason>> {
        let mut reasons = Vec::new();
        let mut reading = Reading {
            body: Value::Object(Map::new()),
            lookups: BTreeMap::new(),
            unknown: Vec::new(),
            digest: String::new(),
        };
        let nothing = BTreeMap::new();
        for (at, column) in self.kind.columns.iter().enumerate() {
            let place = self.columns.iter().position(|found| *found == Some(at));
            let entry = place.and_then(|place| line.cells.get(place)).unwrap_or(&Entry::Empty);
            let known = self.mapping.values.get(&at).unwrap_or(&nothing);
            let value = if column.form.says_nothing(entry) && !known.contains_key(&fold(&entry.words())) {
                self.mapping.defaults.get(&at).cloned()
            } else {
                match column.form.read(entry, known) {
                    Ok(value) => Some(value),
                    Err(detail) => {
                        reasons.push(Reason { column: Some(self.title(at)), code: "ill_formed", detail });
                        continue;
                    }
                }
            };
            match value {
                None if column.required => reasons.push(Reason {
                    column: Some(self.title(at)),
                    code: "missing",
                    detail: both("cette case est obligatoire", "this cell is required"),
                }),
                None => reading.unknown.push(column.field),
                Some(value) if column.is_member() => place_at(&mut reading.body, column.field, value),
                Some(value) => {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    reading.lookups.insert(column.field, text);
                }
            }
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let told = serde_json::json!([self.kind.name, reading.body, reading.lookups]);
        reading.digest = format!("sheet:{}", &hex(&Sha256::digest(canonical(&told).as_bytes()))[..32]);
        Ok(reading)
    }

    /// Says a refusal with the headers of this sheet.
    pub fn reasons(&self, problem: &Problem) -> Vec<Reason> {
        if problem.faults.is_empty() {
            let article = problem.article.as_ref().map(|article| format!(", article {article}")).unwrap_or_default();
            let rule = problem.rule.map(|rule| format!(" ({rule}{article})")).unwrap_or_default();
            let said = &problem.detail;
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
                let accepted =
                    if fault.accepted.is_empty() { String::new() } else { format!(" [{}]", fault.accepted.join(", ")) };
                let detail = both(format!("{}{accepted}", fault.detail.fr), format!("{}{accepted}", fault.detail.en));
                let column = match &fault.place {
                    Place::Pointer(pointer) => self.place(pointer),
                    Place::Parameter(name) | Place::Column(name) => Some(name.clone()),
                    Place::Header(name) => Some((*name).to_owned()),
                };
                Reason { column, code: fault.code, detail }
            })
            .collect()
    }

    /// The same refusal, with the headers of this sheet for places.
    pub fn in_columns(&self, mut problem: Problem) -> Problem {
        for fault in &mut problem.faults {
            if let Place::Pointer(pointer) = &fault.place
                && let Some(column) = self.place(pointer)
            {
                fault.place = Place::Column(column);
            }
        }
        if let Some(Value::Array(pointers)) = problem.computed.get("pointers") {
            let columns: Vec<String> =
                pointers.iter().filter_map(Value::as_str).filter_map(|pointer| self.place(pointer)).collect();
            problem.computed.insert("columns", columns.into());
        }
        problem
    }

    fn place(&self, pointer: &str) -> Option<String> {
        if pointer.is_empty() {
            return None;
        }
        let titles: Vec<String> = self.kind.columns_at(pointer).into_iter().map(|at| self.title(at)).collect();
        Some(if titles.is_empty() { pointer.to_owned() } else { titles.join(", ") })
    }

    /// The header in this sheet; the template's when it has no such column.
    fn title(&self, column: usize) -> String {
        let place = self.columns.iter().position(|found| *found == Some(column));
        place.map_or_else(|| self.kind.columns[column].header().to_owned(), |place| self.header[place].clone())
    }
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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Fault;
    use crate::sheets::kind::{Column, Form, Outcome};
    use crate::sheets::sheet::Sheet;

    const fn column(field: &'static str, headers: &'static [&'static str], form: Form, required: bool) -> Column {
        Column { field, headers, form, required, about: ("à quoi elle sert", "what it is for") }
    }

    const VISITS: Kind = Kind {
        name: "visits",
        title: ("Visites", "Visits"),
        columns: &[
            column("/title", &["Titre", "title"], Form::Text, true),
            column("/sessions/0/date", &["Date", "day"], Form::Date, true),
            column("/kind", &["Nature", "kind"], Form::Code("action_kind"), false),
            column("/levels", &["Niveaux"], Form::Codes("audience"), false),
            column("/counts/pupils", &["Élèves"], Form::Integer, false),
            column("/inside", &["Dans l'établissement"], Form::Boolean, false),
            column("school", &["Établissement"], Form::Text, false),
        ],
        apply: |_, _, _| Ok(Outcome::Created.into()),
    };

    fn mapping(text: &str) -> Result<Mapping, Vec<String>> {
        Mapping::read(text.as_bytes(), &VISITS)
            .map_err(|faults| faults.into_iter().map(|f| f.en.into_owned()).collect())
    }

    fn read(sheet: &str, with: &str) -> Vec<Result<Reading, Vec<Reason>>> {
        let sheet = Sheet::read(sheet.as_bytes()).unwrap();
        let layout = Layout::find(&VISITS, &sheet.header, mapping(with).unwrap()).unwrap_or_else(|e| panic!("{e:?}"));
        sheet.lines.iter().map(|line| layout.read(line)).collect()
    }

    #[test]
    fn a_line_becomes_a_body() {
        let lines = read(
            "TITRE;Date;Nature;Niveaux;Élèves;dans l’etablissement;Établissement;Autre\n\
             Forum;3 mars 2024;forum des metiers;3e | Seconde professionnelle;1 024;x;Collège Jean Moulin;?\n\
             Forum;03/03/24;-;NC;?;;;\n",
            "{}",
        );
        let first = lines[0].as_ref().unwrap();
        assert_eq!(
            first.body,
            json!({ "title": "Forum", "sessions": [{ "date": "2024-03-03" }], "kind": "forum", "levels": ["3e", "2de_pro"],
                "counts": { "pupils": 1024 }, "inside": true })
        );
        assert_eq!(first.lookups["school"], "Collège Jean Moulin");
        assert!(first.unknown.is_empty());
        // What is not known is no zero, and no member.
        let second = lines[1].as_ref().unwrap();
        assert_eq!(second.body, json!({ "title": "Forum", "sessions": [{ "date": "2024-03-03" }] }));
        assert_eq!(second.unknown, ["/kind", "/levels", "/counts/pupils", "/inside", "school"]);
        assert!(first.digest.starts_with("sheet:") && first.digest != second.digest);
        assert_eq!(read("titre;date\nForum;2024-03-03\n", "{}")[0].as_ref().unwrap().digest, second.digest);
    }

    #[test]
    fn every_fault_of_a_line_is_named_by_its_header() {
        let lines = read("Titre;Date;Nature;Élèves\n;31/02/2024;sortie;beaucoup\n", "{}");
        let reasons = lines[0].as_ref().unwrap_err();
        let columns: Vec<_> = reasons.iter().filter_map(|r| r.column.as_deref()).collect();
        assert_eq!(columns, ["Titre", "Date", "Nature", "Élèves"]);
        assert!(
            reasons[2].detail.fr.contains("« sortie »") && reasons[2].detail.fr.contains("Forum des métiers (forum)")
        );
    }

    #[test]
    fn a_mapping_says_what_headers_and_values_mean() {
        let with = r#"{ "columns": { "Intitulé de l'action": "titre", "Le": "/sessions/0/date", "Nature": null },
            "values": { "Élèves": { "une classe": 30, "néant": 0 }, "/levels": { "Troisièmes": "3e" }, "Dans l'établissement": { "intra": true } },
            "defaults": { "kind": "forum", "school": "0921234A" } }"#;
        let lines = read(
            "Intitulé de l’action;le;Nature;Élèves;Niveaux;Dans l'établissement\nA;1/9/2024;visite;Une classe;troisiemes, 2de_gt;INTRA\n",
            with,
        );
        let line = lines[0].as_ref().unwrap();
        assert_eq!(
            line.body,
            json!({ "title": "A", "sessions": [{ "date": "2024-09-01" }], "kind": "forum", "levels": ["3e", "2de_gt"],
                "counts": { "pupils": 30 }, "inside": true })
        );
        assert_eq!(line.lookups["school"], "0921234A");
    }

    #[test]
    fn a_wrong_mapping_is_told_whole() {
        let faults = mapping(
            r#"{ "columns": { "A": "titre", "B": "titre", "C": "nulle part", "D": 3 }, "colums": {},
                "values": { "Nature": { "sortie": "excursion" }, "x": {}, "Date": [] }, "defaults": { "Élèves": "douze", "Titre": {} } }"#,
        )
        .unwrap_err();
        for (said, at) in [
            ("columns/B: this column is taken already", 1),
            ("columns/C: \"nulle part\" is no column", 1),
            ("columns/D: the name of a column, or null", 1),
            ("colums: unknown", 1),
            ("values/Nature/sortie: \"excursion\" is not known", 1),
            ("values/x: \"x\" is no column", 1),
            ("values/Date: an object is expected", 1),
            ("defaults/Élèves: a whole number", 1),
            ("defaults/Titre: a value is expected", 1),
        ] {
            assert_eq!(faults.iter().filter(|f| f.starts_with(said)).count(), at, "{said}: {faults:#?}");
        }
        assert_eq!(faults.len(), 9, "{faults:#?}");
        assert!(mapping("{").is_err() && mapping("[]").is_err() && mapping(r#"{"columns":{},"columns":{}}"#).is_err());
    }

    #[test]
    fn a_sheet_that_lacks_columns_is_refused_before_a_line_is_read() {
        let find = |header: &[&str], with: &str| {
            let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
            let found = Layout::find(&VISITS, &header, mapping(with).unwrap());
            found.map(|layout| layout.ignored).map_err(|e| e.into_iter().map(|f| f.en.into_owned()).collect::<Vec<_>>())
        };
        let faults = find(&["Titre", "title", "x"], r#"{"columns": {"absente": "kind"}}"#).unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("no column \"absente\"") && faults[1].contains("two columns for \"Titre\""));
        assert!(faults[2].contains("\"Date\" is missing"));
        assert_eq!(find(&["Titre", "Date", "Remarque", "", "line", "Reason"], "{}").unwrap(), ["Remarque"]);
        assert_eq!(find(&["Titre"], r#"{"defaults": {"Date": "01/09/2024"}}"#).unwrap(), [""; 0]);
    }

    #[test]
    fn pointers_are_said_again_as_headers() {
        let header = ["Intitulé".to_owned(), "jour".to_owned(), "Élèves".to_owned()];
        let with = mapping(r#"{"columns": {"intitulé": "/title", "jour": "date"}}"#).unwrap();
        let layout = Layout::find(&VISITS, &header, with).unwrap_or_else(|e| panic!("{e:?}"));
        let fault = |pointer: &str| Fault::pointer(pointer, "x", both("faux", "wrong"));
        let problem = Problem::body(vec![
            fault("/title"),
            fault("/sessions/0/date"),
            fault("/sessions/0"),
            fault("/counts/pupils/girls"),
            fault("/elsewhere/0"),
            fault("").accepting(["a", "b"]),
        ]);
        let columns: Vec<_> = layout.reasons(&problem).into_iter().map(|r| r.column).collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(columns, [some("Intitulé"), some("jour"), some("jour"), some("Élèves"), some("/elsewhere/0"), None]);
        assert_eq!(layout.reasons(&problem)[5].detail.en, "wrong [a, b]");
        let plain = layout.reasons(&Problem::plain("not_found"));
        assert!(plain.len() == 1 && plain[0].column.is_none());
    }
}
