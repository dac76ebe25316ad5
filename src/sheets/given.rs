//! What is given back: the lines that did not come in as a sheet, to be mended and brought in again, and templates.

use std::io::{self, Write};

use serde_json::Value;

use super::kind::{Form, Kind};
use super::layout::{REPORT, Reason, of_report};
use super::rules::{self, Entry};
use super::run::Report;
use super::sheet::{Sheet, Tab};
use super::workbook::{self, Cell, Workbook};
use crate::domain::Instant;
use crate::error::Language;

/// Writes the rejected lines as they were, with their number and the reason: each in its tab, when there are several.
pub fn rejected<W: Write>(out: W, sheet: &Sheet, report: &Report, language: Language, now: Instant) -> io::Result<W> {
    let mut workbook = Workbook::new(out, workbook::paris_time(now));
    let (name, [number, reason]) = match language {
        Language::French => ("rejets", REPORT[0]),
        Language::English => ("rejected", REPORT[1]),
    };
    let mut tabs: Vec<usize> = report.rejected.iter().map(|rejected| sheet.lines[rejected.at].tab).collect();
    tabs.dedup();
    if tabs.is_empty() {
        tabs.push(0);
    }
    for tab in tabs {
        let Tab { name: own_name, header } = &sheet.tabs[tab];
        let here = || report.rejected.iter().filter(|rejected| sheet.lines[rejected.at].tab == tab);
        let widest = here().map(|rejected| sheet.lines[rejected.at].cells.len()).max().unwrap_or(0);
        let own = own_columns(header, widest);
        let title = |at: &usize| header.get(*at).map_or("", String::as_str);
        let name = own_name.as_deref().filter(|_| sheet.tabs.len() > 1).unwrap_or(name);
        workbook.sheet(name, own.iter().map(title).chain([number, reason]))?;
        for rejected in here() {
            let line = &sheet.lines[rejected.at];
            let why = Cell::text(in_words(&rejected.reasons, language));
            let cells = own.iter().map(|at| line.cells.get(*at).map_or(Cell::Empty, cell));
            workbook.row(cells.chain([Cell::Number(line.number.into()), why]))?;
        }
    }
    workbook.finish()
}

/// The columns of a sheet without those of an earlier report; cells beyond the header have theirs.
fn own_columns(header: &[String], widest: usize) -> Vec<usize> {
    let is_of_report = |at: &usize| header.get(*at).is_some_and(|title| of_report(&rules::heading(title)));
    (0..header.len().max(widest)).filter(|at| !is_of_report(at)).collect()
}

/// Reasons for people: each with its column.
pub fn in_words(reasons: &[Reason], language: Language) -> String {
    let said = |reason: &Reason| {
        let detail = language.of(&reason.detail);
        reason.column.as_ref().map_or_else(|| detail.to_owned(), |column| format!("{column} : {detail}"))
    };
    reasons.iter().map(said).collect::<Vec<_>>().join("\n")
}

/// A warning as an answer shows it, for people: its rule and why.
pub fn warning(warning: &Value, language: Language) -> String {
    let member = if language == Language::French { "fr" } else { "en" };
    let detail = warning["detail"][member].as_str().unwrap_or_default();
    format!("{} : {detail}", warning["rule"].as_str().unwrap_or_default())
}

/// A possible twin as an answer shows it, for people: its title, its day and its id.
pub fn twin(twin: &Value) -> String {
    let told = ["title", "starts_on", "id"].iter().filter_map(|member| twin[*member].as_str());
    told.collect::<Vec<_>>().join(", ")
}

fn cell(entry: &Entry) -> Cell<'_> {
    match entry {
        Entry::Empty => Cell::Empty,
        Entry::Text(text) => Cell::text(text.as_str()),
        Entry::Number(n) => number(*n),
        Entry::Boolean(b) => Cell::Boolean(*b),
        Entry::Stamp(days) if days.fract() == 0.0 => match rules::date(entry) {
            Some(day) => Cell::Date(day),
            None => number(*days),
        },
        Entry::Stamp(days) => {
            let hour = rules::time(entry).unwrap_or_default();
            let day = rules::date(entry).filter(|_| *days >= 1.0);
            Cell::text(day.map_or_else(|| hour.clone(), |day| format!("{day} {hour}")))
        }
    }
}

/// A whole number as one: `75011`, not `75011.0`.
fn number(n: f64) -> Cell<'static> {
    let whole = rules::integer(&Entry::Number(n)).map(serde_json::Number::from);
    whole.or_else(|| serde_json::Number::from_f64(n)).map_or(Cell::Empty, Cell::Number)
}

/// The sheet of a template that explains it, and its first title.
const EXPLAINS: (&str, &str) = ("Explications", "Explanations");
const EXPLAINED: (&str, &str) = ("Colonne", "Column");

/// True for the sheet that explains a template, by its name and its first cell.
pub fn explains(name: &str, first: &str) -> bool {
    [EXPLAINS.0, EXPLAINS.1].contains(&name) && [EXPLAINED.0, EXPLAINED.1].contains(&first)
}

/// Writes a template: a sheet with the header alone, then one that explains it.
pub fn template<W: Write>(out: W, kind: &Kind, language: Language, now: Instant) -> io::Result<W> {
    let say = |(fr, en): (&'static str, &'static str)| if language == Language::French { fr } else { en };
    let mut workbook = Workbook::new(out, workbook::paris_time(now));
    workbook.sheet(say(kind.title), kind.columns.iter().map(super::kind::Column::header))?;
    let titles = [
        say(EXPLAINED),
        say(("Obligatoire", "Required")),
        say(("À quoi elle sert", "What it is for")),
        say(("Forme", "Form")),
        say(("Autres noms", "Other names")),
        say(("Code", "Code")),
        say(("Libellé", "Label")),
    ];
    workbook.sheet(say(EXPLAINS), titles)?;
    for column in kind.columns {
        let others = column.headers.get(1..).unwrap_or_default().join(", ");
        workbook.row([
            Cell::text(column.header()),
            Cell::text(say(if column.required { ("oui", "yes") } else { ("non", "no") })),
            Cell::text(say(column.about)),
            Cell::text(say(form(column.form))),
            Cell::text(others),
        ])?;
        for entry in column.form.vocabulary().iter().flat_map(|vocabulary| vocabulary.entries) {
            let before = [Cell::text(column.header()), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
            workbook.row(before.into_iter().chain([Cell::text(entry.code), Cell::text(language.of(&entry.label))]))?;
        }
    }
    workbook.finish()
}

fn form(form: Form) -> (&'static str, &'static str) {
    match form {
        Form::Text => ("texte", "text"),
        Form::Digits(_) => ("chiffres", "digits"),
        Form::Date => ("date : JJ/MM/AAAA, 3 mars 2024", "date: DD/MM/YYYY, 3 March 2024"),
        Form::Time => ("heure : 14h30", "time: 14:30"),
        Form::Integer | Form::Hidden => {
            ("nombre entier ; vide quand on ne sait pas", "whole number; empty when not known")
        }
        Form::Decimal => ("nombre : 12,5", "number: 12.5"),
        Form::Hours => ("durée : 1h30, 1,5 ou 45 min", "duration: 1h30, 1.5 or 45 min"),
        Form::Boolean => ("oui ou non", "yes or no"),
        Form::List => ("liste séparée par ;", "list separated by ;"),
        Form::Code(_) => ("un code ou son libellé", "a code or its label"),
        Form::Codes(_) => ("des codes ou leurs libellés, séparés par ;", "codes or their labels, separated by ;"),
    }
}
