//! What an import of a sheet has to say, for people and for programs.

use serde_json::{Value, json};

use crate::error::Language;
use crate::sheets::given;
use crate::sheets::run::{Import, Noted, Report};
use crate::sheets::tabs::NotRead;

/// What of the file is not read: columns without a meaning, sheets of something else.
pub fn not_read(import: &Import, tabs: &[NotRead], language: Language) -> Vec<String> {
    let columns =
        import.layouts.iter().enumerate().filter(|(_, layout)| !layout.ignored.is_empty()).map(|(tab, layout)| {
            let ignored = layout.ignored.join(", ");
            let place = tab_of(import, tab).map(|name| format!("{name}, ")).unwrap_or_default();
            format!("{place}{}{ignored}", say(language, "colonnes non lues : ", "columns not read: "))
        });
    let told = |tab: &NotRead| match language {
        Language::French => format!("feuille non lue : {} ({})", tab.tab, tab.why.fr),
        Language::English => format!("sheet not read: {} ({})", tab.tab, tab.why.en),
    };
    columns.chain(tabs.iter().map(told)).collect()
}

/// What came of it, as JSON.
pub fn json(import: &Import, report: &Report, not_read: &[NotRead], dry_run: bool) -> Value {
    let line = |at: usize| &import.sheet.lines[at];
    let sheet = |at: usize| import.sheet.tabs[line(at).tab].name.clone();
    let rejected = report.rejected.iter().map(|rejected| {
        let reasons = rejected.reasons.iter().map(|r| json!({ "column": r.column, "detail": r.detail }));
        let reasons: Vec<_> = reasons.collect();
        json!({ "sheet": sheet(rejected.at), "line": line(rejected.at).number, "reasons": reasons })
    });
    let noted = report.noted.iter().map(|Noted { at, warnings, possible_duplicates }| {
        json!({
            "sheet": sheet(*at), "line": line(*at).number, "warnings": warnings, "possible_duplicates": possible_duplicates,
        })
    });
    let sheets = import.sheet.tabs.iter().enumerate().map(|(tab, told)| {
        json!({ "name": told.name, "lines": lines_of(import, tab), "columns_not_read": import.layouts[tab].ignored })
    });
    let mut ignored: Vec<&String> = Vec::new();
    for column in import.layouts.iter().flat_map(|layout| &layout.ignored) {
        if !ignored.contains(&column) {
            ignored.push(column);
        }
    }
    let not_read = not_read.iter().map(|tab| json!({ "name": tab.tab, "why": tab.why }));
    json!({
        "kind": import.kind.name, "dry_run": dry_run, "lines": import.sheet.lines.len(),
        "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
        "rejected": rejected.collect::<Vec<_>>(), "columns_not_read": ignored,
        "sheets": sheets.collect::<Vec<_>>(), "sheets_not_read": not_read.collect::<Vec<_>>(),
        "with_warnings": report.warned(), "with_possible_duplicates": report.twins(),
        "noted": noted.collect::<Vec<_>>(),
    })
}

/// What came of it, for people.
pub fn text(import: &Import, report: &Report, dry_run: bool, language: Language) -> String {
    let mut told = Vec::new();
    for rejected in &report.rejected {
        let why = given::in_words(&rejected.reasons, language).replace('\n', "\n  ");
        told.push(format!("{}\n  {why}", place(import, rejected.at, language)));
    }
    for noted in &report.noted {
        let (warning, twin) = match language {
            Language::French => ("avertissement", "doublon possible"),
            Language::English => ("warning", "possible twin"),
        };
        let warnings = noted.warnings.iter().map(|w| format!("\n  {warning} {}", given::warning(w, language)));
        let twins = noted.possible_duplicates.iter().map(|t| format!("\n  {twin} {}", given::twin(t)));
        let said: String = warnings.chain(twins).collect();
        told.push(format!("{}{said}", place(import, noted.at, language)));
    }
    if import.sheet.tabs.len() > 1 {
        let lines = say(language, "lignes", "lines");
        let name = |tab: usize| import.sheet.tabs[tab].name.as_deref().unwrap_or_default();
        let colon = say(language, " :", ":");
        told.extend(
            (0..import.sheet.tabs.len()).map(|t| format!("{}{colon} {} {lines}", name(t), lines_of(import, t))),
        );
    }
    told.push(sum(import, report, dry_run, language));
    told.join("\n")
}

fn sum(import: &Import, report: &Report, dry_run: bool, language: Language) -> String {
    let lines = import.sheet.lines.len();
    let Report { created, updated, unchanged, .. } = report;
    let rejected = report.rejected.len();
    let said = |count: usize, fr: &str, en: &str| {
        if count > 0 { format!(", {count} {}", say(language, fr, en)) } else { String::new() }
    };
    let noted = said(report.warned(), "avec avertissements", "with warnings")
        + &said(report.twins(), "avec doublons possibles", "with possible twins");
    let kept = match (dry_run, language) {
        (false, _) => "",
        (true, Language::French) => " (à blanc : rien n'est écrit)",
        (true, Language::English) => " (dry run: nothing was kept)",
    };
    match language {
        Language::French => format!(
            "{lines} lignes : {created} créées, {updated} modifiées, {unchanged} déjà là, {rejected} rejetées{noted}{kept}"
        ),
        Language::English => format!(
            "{lines} lines: {created} created, {updated} updated, {unchanged} there already, {rejected} rejected{noted}{kept}"
        ),
    }
}

/// Why the command does not end well.
pub fn refused(import: &Import, report: &Report, given_back: bool, language: Language) -> String {
    let (rejected, lines) = (report.rejected.len(), import.sheet.lines.len());
    let hint = match (given_back, language) {
        (true, _) => "",
        (false, Language::French) => " ; --report SORTIE.xlsx les rend avec le motif",
        (false, Language::English) => "; --report OUT.xlsx gives them back with the reason",
    };
    match language {
        Language::French => format!("{rejected} lignes sur {lines} ont été rejetées{hint}"),
        Language::English => format!("{rejected} of {lines} lines were rejected{hint}"),
    }
}

/// Where a line stands: with its sheet, when several are read.
fn place(import: &Import, at: usize, language: Language) -> String {
    let line = &import.sheet.lines[at];
    let number = format!("{} {}", say(language, "ligne", "line"), line.number);
    tab_of(import, line.tab).map_or_else(|| number.clone(), |name| format!("{name}, {number}"))
}

/// The name of a sheet, when several are read.
fn tab_of(import: &Import, tab: usize) -> Option<&str> {
    import.sheet.tabs[tab].name.as_deref().filter(|_| import.sheet.tabs.len() > 1)
}

fn lines_of(import: &Import, tab: usize) -> usize {
    import.sheet.lines.iter().filter(|line| line.tab == tab).count()
}

fn say<'s>(language: Language, fr: &'s str, en: &'s str) -> &'s str {
    if language == Language::French { fr } else { en }
}
