//! Parties side by side: in two columns of a page, or in a table, with or without labels.

use super::lines::Line;
use super::party::PartyText;
use super::pattern;

/// Parties side by side: a table, or two columns of a page.
pub fn columns(lines: &[Line]) -> Option<Vec<PartyText>> {
    let full: Vec<&Line> = lines.iter().filter(|line| !line.is_empty()).collect();
    let wide = full.iter().filter(|line| line.columns() >= 2).count();
    if wide < 2 || wide * 5 < full.len() * 3 {
        return None;
    }
    let labels = full.iter().filter(|line| line.columns() >= 2 && is_label(&line.cells[0])).count();
    if labels * 2 >= wide {
        return Some(labelled_rows(&full));
    }
    let count = full.iter().map(|line| line.cells.len()).max().unwrap_or(0).min(4);
    let mut columns = vec![PartyText::default(); count];
    for line in full {
        if line.columns() < 2 && re!(r"^entre|^et$").is_match(&line.text.key) {
            continue;
        }
        for (column, cell) in columns.iter_mut().zip(&line.cells) {
            if !cell.is_empty() && !re!(r"^(?:et|entre) ?:?$").is_match(&super::fold::fold(cell)) {
                column.push(cell, line.no);
            }
        }
    }
    columns.retain(|column| !column.is_empty());
    (columns.len() >= 2).then_some(columns)
}

fn is_label(cell: &str) -> bool {
    // « représenté par Jean Modèle » holds its value already.
    let holds_value = cell.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric());
    (!holds_value || cell.len() <= 8)
        && cell.chars().count() <= 40
        && re!(r"^(?:nom|denomination|raison sociale|adresse|siege|represente|representant|qualite|fonction|siret|n° ?siret|rna|n° ?rna|alias|ci-apres|statut|partie|organisme)")
            .is_match(&super::fold::fold(cell))
}

fn is_name_label(cell: &str) -> bool {
    re!(r"^(?:nom|denomination|raison|partie|organisme)").is_match(&super::fold::fold(cell))
}

/// A table with a label in its first column and a party in each of the others.
fn labelled_rows(lines: &[&Line]) -> Vec<PartyText> {
    let count = lines.iter().map(|line| line.cells.len()).max().unwrap_or(1) - 1;
    let mut parties = vec![PartyText::default(); count.clamp(1, 4)];
    let named = lines.iter().any(|line| line.cells.first().is_some_and(|cell| is_name_label(cell)));
    for line in lines.iter().filter(|line| line.columns() >= 2) {
        // A head of table names the roles; the names come after it.
        if named && line.cells.first().is_some_and(String::is_empty) {
            continue;
        }
        let label = super::fold::fold(&line.cells[0]);
        for (party, cell) in parties.iter_mut().zip(&line.cells[1..]) {
            let text = if label.is_empty() || is_name_label(&label) {
                cell.clone()
            } else {
                format!("{} : {cell}", line.cells[0])
            };
            party.push(&text, line.no);
        }
    }
    parties.retain(|party| !party.is_empty());
    parties
}
