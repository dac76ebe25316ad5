//! Schools: the directory read from its file, the list, and schools found by name.

mod command;
mod importing;
mod listing;
mod reading;
mod resolving;
mod without_action;

use std::path::Path;

use passerelle::schools::import::{Asked, Refused, Report, SOURCE, read};

use crate::support::World;

/// The header of most tests: the columns of the directory that are read, and one that is not.
pub const HEADER: &str = "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;\
    Adresse_1;Code_postal;Code_commune;Nom_commune;Code_departement;Code_academie;Voie_professionnelle;latitude;\
    Appartenance_Education_Prioritaire;Mail;date_ouverture;date_maj_ligne;etat;code_nature;libelle_nature";

/// A school as the directory writes it.
#[derive(Clone, Copy)]
pub struct Line {
    pub uai: &'static str,
    pub name: &'static str,
    pub kind: &'static str,
    pub nature: &'static str,
    pub commune: &'static str,
    pub commune_code: &'static str,
    pub departement: &'static str,
    pub academie: &'static str,
    pub priority: &'static str,
    pub state: &'static str,
}

/// A college in REP+ of Aubervilliers.
pub const MOULIN: Line = Line {
    uai: "0930001W",
    name: "Collège Jean Moulin",
    kind: "Collège",
    nature: "340",
    commune: "Aubervilliers",
    commune_code: "93001",
    departement: "093",
    academie: "24",
    priority: "REP+",
    state: "OUVERT",
};
/// A polyvalent lycée of the same commune.
pub const CORBUSIER: Line =
    Line { uai: "0930002X", name: "Lycée Le Corbusier", kind: "Lycée", nature: "306", priority: "", ..MOULIN };
/// A college of Paris with the name of the first.
pub const PARIS: Line = Line {
    uai: "0750655E",
    commune: "Paris 14e Arrondissement",
    commune_code: "75114",
    departement: "075",
    academie: "01",
    priority: "",
    ..MOULIN
};

impl Line {
    pub fn text(&self) -> String {
        let Self { uai, name, kind, nature, commune, commune_code, departement, academie, priority, state } = self;
        format!(
            "{uai};{name};{kind};Public;1 rue de l'École;00000;{commune_code};{commune};{departement};{academie};0;48.9;\
             {priority};ce.{uai}@ac.fr;1965-05-01;2026-09-01;{state};{nature};"
        )
    }
}

/// A file of the directory with these schools.
pub fn file(lines: &[Line]) -> String {
    lines.iter().fold(format!("{HEADER}\n"), |text, line| text + &line.text() + "\n")
}

/// Reads a text as `passerelle import schools` reads its file.
pub fn import_as(world: &World, text: impl AsRef<[u8]>, change: impl FnOnce(&mut Asked)) -> Result<Report, Refused> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("annuaire.csv");
    std::fs::write(&path, text).unwrap();
    import_file(world, &path, change)
}

pub fn import_file(world: &World, path: &Path, change: impl FnOnce(&mut Asked)) -> Result<Report, Refused> {
    let mut asked = Asked { file: path.into(), source: SOURCE.into(), date: None, dry_run: false, force: false };
    change(&mut asked);
    let app = world.app.clone();
    actix_web::rt::System::new().block_on(async move { read(&app, &asked, |_, _| {}).await })
}

/// Reads a text that is taken.
pub fn import(world: &World, text: impl AsRef<[u8]>) -> Report {
    import_as(world, text, |_| {}).unwrap()
}
