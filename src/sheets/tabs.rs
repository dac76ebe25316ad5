//! Which tabs of a file are read, and which row of each is its header.
//!
//! Nothing is left aside without a word: a tab that looks like one of the kind and cannot be read stops the whole file,
//! one that does not is told by its name.

use std::collections::BTreeSet;

use super::kind::Kind;
use super::layout::Layout;
use super::mapping::Mapping;
use super::rules::{Entry, heading};
use super::sheet::{Line, Rows, Sheet, Tab};
use super::{given, kinds};
use crate::domain::bilingual::Bilingual;
use crate::error::both;

/// Rows among which the header is looked for: titles and groups of columns stand above it.
const LOOKED_AT: usize = 12;

/// A file whose lines can be read.
pub struct Opened<'k> {
    pub sheet: Sheet,
    /// By tab.
    pub layouts: Vec<Layout<'k>>,
    pub not_read: Vec<NotRead>,
}

/// A tab that is shown, holds something, and is none of this kind.
#[derive(Debug, Clone, PartialEq)]
pub struct NotRead {
    pub tab: String,
    pub why: Bilingual,
}

/// A tab with its header, which is the row `at`.
struct Headed {
    name: Option<String>,
    header: Vec<String>,
    at: Option<u64>,
    lines: Vec<Line>,
    /// Columns of the kind.
    known: BTreeSet<usize>,
    /// Why another row may be the header as well.
    doubt: Option<Bilingual>,
}

/// Opens the tabs that are `wanted` by name, or else all those of the kind; all that stands in the way otherwise.
pub fn open<'k>(
    kind: &'k Kind,
    tabs: Vec<Rows>,
    mapping: &Mapping,
    wanted: &[String],
) -> Result<Opened<'k>, Vec<Bilingual>> {
    let tabs = chosen(tabs, wanted)?;
    let tabs: Vec<Headed> = tabs.into_iter().filter_map(|rows| headed(kind, rows, mapping)).collect();
    if tabs.is_empty() {
        return Err(vec![both("la feuille est vide", "the sheet is empty")]);
    }
    let alone = tabs.len() == 1;
    let titles: BTreeSet<String> = tabs.iter().flat_map(|tab| &tab.header).map(|title| heading(title)).collect();
    let (mut opened, mut faults) =
        (Opened { sheet: Sheet::default(), layouts: Vec::new(), not_read: Vec::new() }, Vec::new());
    let mut read: Vec<(String, BTreeSet<usize>)> = Vec::new();
    for tab in tabs {
        let name = tab.name.clone().unwrap_or_default();
        let must_be_read = alone || !wanted.is_empty();
        let other = if must_be_read { None } else { of_another_kind(kind, &tab, mapping) };
        if let Some(other) = other {
            let why = both(
                format!("ses colonnes sont celles de « import {other} »"),
                format!("its columns are those of \"import {other}\""),
            );
            opened.not_read.push(NotRead { tab: name, why });
            continue;
        }
        match layout(kind, &tab, mapping, &titles) {
            Ok(layout) => {
                opened.layouts.push(layout);
                read.push((name, tab.known));
                let at = opened.sheet.tabs.len();
                opened.sheet.tabs.push(Tab { name: tab.name, header: tab.header });
                opened.sheet.lines.extend(tab.lines.into_iter().map(|line| Line { tab: at, ..line }));
            }
            Err(why) if alone => faults.extend(why),
            // Two columns of the kind are no accident.
            Err(why) if must_be_read || tab.known.len() > 1 => {
                faults.extend(why.into_iter().map(|why| of_tab(&name, &why)));
            }
            Err(_) => {
                let why = both("elle n'a pas les colonnes attendues", "it has not the columns that are expected");
                opened.not_read.push(NotRead { tab: name, why });
            }
        }
    }
    if wanted.is_empty() && !faults.is_empty() && !alone {
        faults.push(both(
            "--sheet NOM lit les seules feuilles que vous nommez",
            "--sheet NAME reads only those that you name",
        ));
    }
    if wanted.is_empty() {
        faults.extend(unlike(&read));
    }
    if opened.layouts.is_empty() && faults.is_empty() {
        faults.extend(opened.not_read.iter().map(|tab| of_tab(&tab.tab, &tab.why)));
    }
    if faults.is_empty() { Ok(opened) } else { Err(faults) }
}

/// The only tab of a text.
pub fn open_one(kind: &Kind, rows: Rows) -> Result<(Sheet, Layout<'_>), Vec<Bilingual>> {
    let mut opened = open(kind, vec![rows], &Mapping::default(), &[])?;
    match opened.layouts.pop() {
        Some(layout) => Ok((opened.sheet, layout)),
        None => Err(vec![both("la feuille est vide", "the sheet is empty")]),
    }
}

/// The tabs that are named; without names all but those that a template has to explain itself.
fn chosen(tabs: Vec<Rows>, wanted: &[String]) -> Result<Vec<Rows>, Vec<Bilingual>> {
    let named = |tab: &Rows, name: &String| tab.name.as_ref().is_some_and(|own| heading(own) == heading(name));
    let missing: Vec<Bilingual> = wanted
        .iter()
        .filter(|name| !tabs.iter().any(|tab| named(tab, name)))
        .map(|name| {
            let there: Vec<&str> = tabs.iter().filter_map(|tab| tab.name.as_deref()).collect();
            let there = there.join(", ");
            both(
                format!("aucune feuille visible ne s'appelle « {name} » ; feuilles : {there}"),
                format!("no sheet that is shown is named \"{name}\"; sheets: {there}"),
            )
        })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let is_wanted = |tab: &Rows| wanted.iter().any(|name| named(tab, name));
    let explains = |tab: &Rows| {
        let first = tab.lines.first().and_then(|line| line.cells.first()).map(Entry::words).unwrap_or_default();
        given::explains(tab.name.as_deref().unwrap_or_default(), &first)
    };
    let is_read = |tab: &Rows| if wanted.is_empty() { !explains(tab) } else { is_wanted(tab) };
    Ok(tabs.into_iter().filter(is_read).collect())
}

/// A tab with its header; none when nothing is in it.
fn headed(kind: &Kind, rows: Rows, mapping: &Mapping) -> Option<Headed> {
    let filled = |line: &Line| line.cells.iter().filter(|cell| !cell.is_empty()).count();
    let Rows { name, header, lines } = rows;
    let mut lines: Vec<Line> = lines.into_iter().filter(|line| filled(line) > 0).collect();
    if let Some(header) = header {
        let known = known(kind, &header, mapping);
        return Some(Headed { name, header, at: None, lines, known, doubt: None });
    }
    let rows: Vec<_> = lines.iter().take(LOOKED_AT).map(titles).collect();
    let rows: Vec<_> = rows.into_iter().map(|row| (known(kind, &row, mapping), row)).collect();
    let most = rows.iter().map(|(known, _)| known.len()).max()?;
    let mut best: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].0.len() == most).collect();
    // Of rows that say as much, the one that says all that must be said.
    let whole = |at: &usize| kind.columns.iter().enumerate().all(|(n, c)| !c.required || has(&rows[*at].0, n, mapping));
    if best.iter().filter(|at| whole(at)).count() == 1 {
        best.retain(whole);
    }
    let at = if most == 0 {
        // Titles stand above the header, in one cell.
        lines.iter().position(|line| filled(line) > 1).unwrap_or(0)
    } else {
        best.first().copied()?
    };
    let number = lines[at].number;
    let doubt = best.get(1).filter(|_| most > 1).map(|other| {
        let other = lines[*other].number;
        both(
            format!("l'en-tête peut être la ligne {number} ou la ligne {other} : ôtez celle qui ne l'est pas"),
            format!("the header may be line {number} or line {other}: remove the one that is not"),
        )
    });
    let below = lines.split_off(at + 1);
    let header = lines.pop().map(|line| titles(&line)).unwrap_or_default();
    let known = known(kind, &header, mapping);
    Some(Headed { name, header, at: Some(number), lines: below, known, doubt })
}

fn titles(line: &Line) -> Vec<String> {
    line.cells.iter().map(|cell| cell.words().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

fn has(known: &BTreeSet<usize>, column: usize, mapping: &Mapping) -> bool {
    known.contains(&column) || mapping.defaults.contains_key(&column)
}

/// The columns of the kind that a row names.
fn known(kind: &Kind, row: &[String], mapping: &Mapping) -> BTreeSet<usize> {
    let meant = |title: &String| match mapping.columns.get(&heading(title)) {
        Some(column) => *column,
        None => kind.column(title),
    };
    row.iter().filter(|title| !title.is_empty()).filter_map(meant).collect()
}

/// Where the columns stand. A header that the mapping names may be that of another tab.
fn layout<'k>(
    kind: &'k Kind,
    tab: &Headed,
    mapping: &Mapping,
    titles: &BTreeSet<String>,
) -> Result<Layout<'k>, Vec<Bilingual>> {
    if let Some(doubt) = &tab.doubt {
        return Err(vec![doubt.clone()]);
    }
    let own: BTreeSet<String> = tab.header.iter().map(|title| heading(title)).collect();
    let mut mapping = mapping.clone();
    mapping.columns.retain(|theirs, _| own.contains(theirs) || !titles.contains(theirs));
    Layout::find(kind, &tab.header, mapping).map_err(|mut faults| {
        if let (Some(last), Some(at)) = (faults.last_mut(), tab.at) {
            *last = both(
                format!("{} ; en-tête lu à la ligne {at}", last.fr),
                format!("{}; header read in line {at}", last.en),
            );
        }
        faults
    })
}

/// The kind whose columns a tab has, more of them than of the one that is asked for; or as many, and all that are required.
fn of_another_kind(kind: &Kind, tab: &Headed, mapping: &Mapping) -> Option<&'static str> {
    let lacks = kind.columns.iter().enumerate().any(|(n, column)| column.required && !has(&tab.known, n, mapping));
    let least = tab.known.len() + usize::from(!lacks);
    let count = |other: &'static &'static Kind| {
        let known = known(other, &tab.header, &Mapping::default());
        let whole = other.columns.iter().enumerate().all(|(n, column)| !column.required || known.contains(&n));
        (known.len(), other.name, whole)
    };
    let others = kinds::ALL.iter().filter(|other| other.name != kind.name).map(count);
    let best = others.filter(|(_, _, whole)| *whole).max_by_key(|(known, ..)| *known);
    best.filter(|(known, ..)| *known > 0 && *known >= least).map(|(_, name, _)| name)
}

/// Tabs whose columns are too far from those of the fullest one to be taken for the same thing unasked.
fn unlike(read: &[(String, BTreeSet<usize>)]) -> Vec<Bilingual> {
    let Some((full, most)) = read.iter().rev().max_by_key(|(_, known)| known.len()) else { return Vec::new() };
    let far = |known: &BTreeSet<usize>| 3 * known.intersection(most).count() < 2 * known.union(most).count();
    let told = |(name, _): &(String, BTreeSet<usize>)| {
        let why = both(
            format!("ses colonnes ne sont pas celles de « {full} » : nommez par --sheet les feuilles à lire"),
            format!("its columns are not those of \"{full}\": name the sheets to be read with --sheet"),
        );
        of_tab(name, &why)
    };
    read.iter().filter(|(_, known)| far(known)).map(told).collect()
}

fn of_tab(name: &str, why: &Bilingual) -> Bilingual {
    both(format!("feuille « {name} » : {}", why.fr), format!("sheet \"{name}\": {}", why.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tab(name: &str, rows: &[&str]) -> Rows {
        let cells = |row: &&str| row.split('|').map(|cell| Entry::text(cell.trim())).collect();
        let lines = (1..).zip(rows).map(|(number, row)| Line { tab: 0, number, cells: cells(row) }).collect();
        Rows { name: Some(name.to_owned()), header: None, lines }
    }

    fn kind(name: &str) -> &'static Kind {
        kinds::named(name).unwrap()
    }

    fn opened(kind_name: &str, tabs: &[Rows]) -> Result<Opened<'static>, Vec<String>> {
        let opened = open(kind(kind_name), tabs.to_vec(), &Mapping::default(), &[]);
        opened.map_err(|faults| faults.into_iter().map(|f| f.fr.into_owned()).collect())
    }

    fn faults(kind: &str, tabs: &[Rows]) -> Vec<String> {
        opened(kind, tabs).err().expect("it is refused")
    }

    /// Each line by its tab, its number and its first cell.
    fn lines(opened: &Opened<'_>) -> Vec<(usize, u64, String)> {
        opened.sheet.lines.iter().map(|line| (line.tab, line.number, line.cells[0].words().into_owned())).collect()
    }

    const HEADER: &str = "Entreprise | SIRET | Ville";

    #[test]
    fn every_tab_of_the_kind_is_read() {
        let tabs = [
            tab("2024-2025", &[HEADER, "Durand | | Lille"]),
            tab("vide", &[]),
            tab("2025-2026", &["Année 2025", "", "Ville | Raison sociale | N° SIRET | Humeur", "Lyon | Petit"]),
            tab("Notes", &["À faire", "appeler Durand"]),
            tab(
                "Contacts",
                &["Entreprise | Date | Moyen | Objet | Suite", "Durand | 1/9/2026 | Visite | pfmp | Refus"],
            ),
            tab("Explications", &["Colonne | Obligatoire", "Entreprise | oui"]),
        ];
        let read = opened("companies", &tabs).unwrap();
        assert_eq!(lines(&read), [(0, 2, "Durand".to_owned()), (1, 4, "Lyon".to_owned())]);
        assert_eq!(read.layouts[1].ignored, ["Humeur"]);
        let told: Vec<_> = read.not_read.iter().map(|tab| (tab.tab.as_str(), tab.why.fr.as_ref())).collect();
        assert_eq!(told[0].0, "Notes");
        assert_eq!(told[1], ("Contacts", "ses colonnes sont celles de « import contacts »"));
        assert_eq!(told.len(), 2);
        // The same file brings the contacts.
        let contacts = opened("contacts", &[tabs[0].clone(), tabs[4].clone()]).unwrap();
        assert_eq!((lines(&contacts).len(), contacts.not_read[0].tab.as_str()), (1, "2024-2025"));
    }

    #[test]
    fn a_tab_of_the_kind_that_cannot_be_read_stops_the_file() {
        let good = tab("2024-2025", &[HEADER, "Durand"]);
        let told = faults("companies", &[good.clone(), tab("2025-2026", &["Boîte | SIRET | Ville", "Petit"])]);
        assert!(told.len() == 2 && told[0].starts_with("feuille « 2025-2026 » : il manque la colonne « Entreprise »"));
        let people = tab("Bénévoles", &["Nom | Téléphone | Courriel", "Jean | 01 | j@x.fr"]);
        let told = faults("companies", &[good.clone(), people.clone()]);
        assert!(told.len() == 1 && told[0].contains("« Bénévoles »") && told[0].contains("--sheet"), "{told:?}");
        let one = |name: &str| {
            open(kind("companies"), vec![good.clone(), people.clone()], &Mapping::default(), &[name.to_owned()])
        };
        assert_eq!(lines(&one("2024-2025").ok().unwrap()), [(0, 2, "Durand".to_owned())]);
        assert_eq!(lines(&one("bénévoles").ok().unwrap()), [(0, 2, "Jean".to_owned())]);
        let nowhere = one("2023").err().unwrap();
        assert!(nowhere[0].fr.contains("« 2023 » ; feuilles : 2024-2025, Bénévoles"), "{nowhere:?}");
        assert_eq!(faults("companies", &[tab("a", &["x"]), tab("b", &["y"])]).len(), 2);
        assert_eq!(faults("companies", &[tab("a", &[]), tab("b", &["", " | "])]), ["la feuille est vide"]);
    }

    #[test]
    fn the_header_is_the_row_that_names_most_columns() {
        let rows = |rows: &[&str]| opened("companies", &[tab("x", rows)]);
        for above in [&["Qui | | Contact"][..], &["Édité le | 01/09/2026"], &["Nos entreprises", "", "Qui | Où | Quoi"]]
        {
            let all = [above, &[HEADER, "Durand | | Lille"]].concat();
            let read = rows(&all).unwrap();
            assert_eq!(read.sheet.tabs[0].header, ["Entreprise", "SIRET", "Ville"], "{above:?}");
            assert_eq!(lines(&read), [(0, all.len() as u64, "Durand".to_owned())]);
        }
        // Of two rows that name as many, the one with all that is required.
        assert_eq!(lines(&rows(&["SIRET | Ville", "Nom | Ville", "Durand | Lille"]).unwrap()).len(), 1);
        let doubt = rows(&[HEADER, "Nom | SIRET | Commune", "Durand"]).err().unwrap();
        assert_eq!(doubt, ["l'en-tête peut être la ligne 1 ou la ligne 2 : ôtez celle qui ne l'est pas"]);
        let missing = rows(&["Édité le | 01/09/2026", "Boîte | SIRET | Ville", "Durand | | Lille"]).err().unwrap();
        assert!(missing[0].ends_with("; en-tête lu à la ligne 2"), "{missing:?}");
        // A name of a company may be that of a column.
        assert_eq!(lines(&rows(&["Entreprise", "Contact"]).unwrap()), [(0, 2, "Contact".to_owned())]);
    }

    #[test]
    fn a_mapping_tells_the_header_and_may_be_of_several_tabs() {
        let text = r#"{"columns": {"Boîte": "Entreprise", "Lieu": "Commune", "Nulle": null}}"#;
        let mapping = Mapping::read(text.as_bytes(), kind("companies")).unwrap();
        let tabs = vec![
            tab("a", &["SIRET | de la", "Boîte | SIRET | Nulle", "Durand"]),
            tab("b", &["Lieu | Boîte | SIRET", "Lille | Petit"]),
        ];
        let read = open(kind("companies"), tabs.clone(), &mapping, &[]).ok().unwrap();
        assert_eq!(lines(&read), [(0, 3, "Durand".to_owned()), (1, 2, "Lille".to_owned())]);
        let told = open(kind("companies"), tabs[1..].to_vec(), &mapping, &[]).err().unwrap();
        assert!(told.len() == 1 && told[0].fr.contains("« nulle »"), "{told:?}");
    }
}
