//! What an import understood, for people: in French or in English as the terminal is.
//!
//! The words of the convention are quoted as they stand. What the text does not say is said to be missing.

use std::fmt::Write as _;

use crate::conventions::amendments::rules::Edit;
use crate::conventions::import::{Import, Parsed, Unit, is_annex};
use crate::domain::vocabulary::EditTarget;
use crate::error::Language;

/// Characters of a passage shown at most.
const SHOWN: usize = 60;

/// A page of lines: a label, a colon, what was read.
struct Page {
    language: Language,
    lines: Vec<String>,
}

impl Page {
    fn of<'t>(&self, fr: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::French => fr,
            Language::English => en,
        }
    }

    fn line(&mut self, fr: &str, en: &str, read: Option<String>) {
        let value = read.unwrap_or_else(|| self.of("non dit", "not said").to_owned());
        let label = self.of(fr, en).to_owned();
        self.lines.push(format!("{label:<26} {value}"));
    }

    fn item(&mut self, text: &str) {
        self.lines.push(format!("  - {text}"));
    }
}

/// Something that a reader should look at, told in its language.
pub struct Doubt {
    pub line: Option<u64>,
    pub code: String,
    pub detail: String,
}

/// Writes the page, with the edits and the doubts of the import: the database may have raised more than the text.
pub fn write(import: &Import, edits: &[Edit], doubts: &[Doubt], language: Language) -> String {
    let parsed = &import.parsed;
    let mut page = Page { language, lines: Vec::new() };
    page.line("Titre", "Title", parsed.title.clone());
    page.line("Nature", "Kind", parsed.document_type.clone());
    parties(&mut page, parsed);
    structure(&mut page, import);
    terms(&mut page, parsed);
    if parsed.amends.is_some() || !edits.is_empty() {
        page.line("Modifications", "Edits", Some(edits.len().to_string()));
        for edit in edits {
            page.item(&told(edit, language));
        }
    }
    let clauses = import.draft.clauses.iter().map(|clause| {
        let article = clause.article.as_ref().map(|a| format!(" (art. {a})")).unwrap_or_default();
        format!("{}{article}", clause.kind)
    });
    let clauses: Vec<String> = clauses.collect();
    page.line("Clauses à confirmer", "Clauses to confirm", Some(clauses.len().to_string()));
    for clause in &clauses {
        page.item(clause);
    }
    page.line("Avertissements", "Warnings", Some(doubts.len().to_string()));
    for doubt in doubts {
        let line = doubt.line.map(|line| format!("{} {line}: ", page.of("ligne", "line"))).unwrap_or_default();
        page.item(&format!("{line}{} ({})", doubt.detail, doubt.code));
    }
    page.lines.join("\n")
}

/// An edit in one line: what is done, where, the words taken out and those put in.
fn told(edit: &Edit, language: Language) -> String {
    let french = language == Language::French;
    let quoted = |words: &str| if french { format!("« {words} »") } else { format!("“{words}”") };
    let mut text = language.of(&edit.kind.label()).to_owned();
    match (&edit.article, edit.target) {
        (_, EditTarget::Preamble) => text.push_str(if french { ", préambule" } else { ", preamble" }),
        (Some(article), _) if is_annex(article) => {
            let _ = write!(text, ", {article}");
        }
        (Some(article), _) => {
            let _ = write!(text, ", art. {article}");
        }
        (None, _) => {}
    }
    if let Some(part) = &edit.part {
        let _ = write!(text, " ({} {part})", if french { "titre" } else { "part" });
    }
    match (edit.alinea, french) {
        (Some(-1), true) => text.push_str(", dernier alinéa"),
        (Some(-1), false) => text.push_str(", last paragraph"),
        (Some(rank), true) => {
            let _ = write!(text, ", alinéa {rank}");
        }
        (Some(rank), false) => {
            let _ = write!(text, ", paragraph {rank}");
        }
        (None, _) => {}
    }
    let colon = if french { " : " } else { ": " };
    let nothing = if french { "(rien)" } else { "(nothing)" };
    let new = edit.new.as_deref().map(short).filter(|new| !new.is_empty());
    match (edit.old.as_deref().map(short), new) {
        (Some(old), Some(new)) => {
            let _ = write!(text, "{colon}{} → {}", quoted(&old), quoted(&new));
        }
        (Some(old), None) => {
            let _ = write!(text, "{colon}{} → {nothing}", quoted(&old));
        }
        (None, Some(new)) => {
            let _ = write!(text, "{colon}{}", quoted(&new));
        }
        (None, None) => {}
    }
    text
}

/// The beginning of a passage, on one line.
fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    let cut: String = line.chars().take(SHOWN).collect();
    format!("{}…", cut.trim_end())
}

fn parties(page: &mut Page, parsed: &Parsed) {
    page.line("Parties", "Parties", Some(parsed.parties.len().to_string()));
    for party in &parsed.parties {
        let mut text = party.name.clone();
        for (label, value) in [
            ("", &party.alias),
            ("SIRET ", &party.siret),
            ("RNA ", &party.rna),
            ("", &party.representative),
            ("", &party.function),
        ] {
            if let Some(value) = value {
                let _ = write!(text, ", {label}{value}");
            }
        }
        page.item(&text);
    }
}

fn structure(page: &mut Page, import: &Import) {
    let parsed = &import.parsed;
    page.line("Titres (parties du texte)", "Parts of the text", Some(parsed.parts.len().to_string()));
    page.line("Articles", "Articles", Some(parsed.articles.len().to_string()));
    for article in &parsed.articles {
        page.item(&format!("{} {}", article.number, article.heading.as_deref().unwrap_or_default()));
    }
    page.line("Axes", "Axes", Some(import.draft.axes.len().to_string()));
    for axis in &import.draft.axes {
        let what = match (axis.transversal, axis.catalogue.len()) {
            (true, _) => page.of("dans chaque action", "in every action").to_owned(),
            (false, n) => format!("{n} {}", page.of("actions au catalogue", "actions in its catalogue")),
        };
        page.item(&format!("art. {}: {what}", axis.article));
    }
    page.line("Objectifs", "Objectives", Some(parsed.objectives.len().to_string()));
    page.line("Réseaux", "Networks", Some(parsed.networks.join(", ")).filter(|text| !text.is_empty()));
}

fn terms(page: &mut Page, parsed: &Parsed) {
    page.line("Signée le", "Signed on", parsed.signature_date.map(|date| date.to_string()));
    page.line("Signée à", "Signed at", parsed.signature_place.clone());
    page.line("Exemplaires", "Originals", parsed.copies.map(|n| n.to_string()));
    page.line("Prise d'effet", "Takes effect", parsed.effective.as_ref().map(|effective| effective.text.clone()));
    page.line("Durée", "Duration", parsed.duration.as_ref().map(|duration| duration.text.clone()));
    let tacit = parsed.tacit_renewal.map(|tacit| {
        let said = if tacit { page.of("oui", "yes") } else { page.of("exclue", "excluded") };
        said.to_owned()
    });
    page.line("Tacite reconduction", "Tacit renewal", tacit);
    let renewal = parsed.renewal_notice.as_ref().map(|notice| period(page, notice.value, notice.unit));
    page.line("Information avant la fin", "Information before the end", renewal);
    let ending = parsed.termination_notice.as_ref().map(|notice| period(page, notice.value, notice.unit));
    page.line("Préavis de résiliation", "Termination notice", ending);
    for delay in &parsed.other_delays {
        let text = format!("{} ({})", period(page, delay.value, delay.unit), delay.what);
        page.line("Autre délai", "Other period", Some(text));
    }
    let steering = parsed.steering.as_ref().map(|steering| {
        let times = steering.minimum_per_year.map(|n| format!(", ≥ {n} {}", page.of("par an", "a year")));
        format!("{}{}", steering.body.as_deref().unwrap_or("?"), times.unwrap_or_default())
    });
    page.line("Pilotage", "Steering", steering);
}

fn period(page: &Page, value: u32, unit: Unit) -> String {
    let unit = match unit {
        Unit::Year => page.of("an(s)", "year(s)"),
        Unit::Month => page.of("mois", "month(s)"),
        Unit::Week => page.of("semaine(s)", "week(s)"),
        Unit::Day => page.of("jour(s)", "day(s)"),
        Unit::SchoolYear => page.of("année(s) scolaire(s)", "school year(s)"),
        Unit::Season => page.of("saison(s)", "season(s)"),
    };
    format!("{value} {unit}")
}
