//! Every tab of a workbook comes in, and what does not is told with its tab.

use calamine::Data;
use serde_json::json;

use super::importing::bring;
use super::{book_of, rows_of};

fn rows(lines: &[&str]) -> Vec<Vec<Data>> {
    let cell = |text: &str| if text.is_empty() { Data::Empty } else { Data::String(text.into()) };
    lines.iter().map(|line| line.split('|').map(|text| cell(text.trim())).collect()).collect()
}

/// Three years, each with its own header, and what is beside them.
pub fn years() -> Vec<u8> {
    let first = rows(&["Entreprise | SIRET | Ville", "Durand | | Lille"]);
    let second = rows(&[
        "Nos entreprises",
        "Qui | | Où",
        "Ville | Raison sociale | N° SIRET",
        "Lyon | Petit | 12",
        "Brest | Le Gall |",
    ]);
    let third = rows(&["Entreprise | SIRET | Ville", "Martin | | Paris", "Moreau | | Dijon | en trop"]);
    let notes = rows(&["À faire", "rappeler Durand"]);
    book_of(&[("2024-2025", &first), ("2025-2026", &second), ("2026-2027", &third), ("Notes", &notes)])
}

both!(every_tab_comes_in, |world| {
    let association = world.association();
    let owner = association.organisation.unwrap();
    let brought = bring(world, "companies", &years(), &json!({}), owner, false);
    assert_eq!(brought.counts(), [3, 0, 0, 2], "{:?}", brought.report.rejected);
    let listed = association.list("/v1/companies?sort=name");
    let told: Vec<_> = listed.iter().map(|c| (c["name"].as_str().unwrap(), c["commune"].as_str().unwrap())).collect();
    assert_eq!(told, [("Durand", "Lille"), ("Le Gall", "Brest"), ("Martin", "Paris")]);
    // Those that did not come back each in its own tab, with the cell that was in excess.
    let back = brought.back(world);
    let texts = |tab: usize| -> Vec<Vec<String>> {
        rows_of(&back, tab).iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    };
    assert_eq!(texts(0)[0], ["Ville", "Raison sociale", "N° SIRET", "ligne", "motif"]);
    assert_eq!(texts(0)[1][..4], ["Lyon", "Petit", "12", "4"]);
    assert_eq!(texts(1)[1][..5], ["Moreau", "", "Dijon", "en trop", "3"]);
    assert!(texts(1)[1][5].contains("colonne D : « en trop » n'a pas d'en-tête"), "{:?}", texts(1));
    assert_eq!(bring(world, "companies", &years(), &json!({}), owner, false).counts(), [0, 0, 3, 2]);
});
