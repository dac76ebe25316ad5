//! The directory's file, read line by line: the CSV export of `fr-en-annuaire-education`.
//!
//! Columns are found by their names, whatever their case, accents, order and separator; those that nobody asks for are
//! left alone. A line says either what a school is ([`Entry`]) or why it cannot be read ([`Rejected`]): one bad line
//! keeps none of the others out.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use sha2::{Digest as _, Sha256};

use super::entry::{Entry, Rejected};
use crate::auth::secret::hex;
use crate::domain::CivilDate;
use crate::domain::folded::fold;

/// What is read of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Uai,
    Name,
    Type,
    Commune,
    State,
    Sector,
    Address1,
    Address2,
    Address3,
    Postcode,
    CommuneCode,
    Departement,
    Academie,
    Priority,
    General,
    Technological,
    Vocational,
    Agricultural,
    Nature,
    NatureLabel,
    OpenedOn,
    ClosedOn,
    UpdatedOn,
    Email,
    Phone,
    Website,
}

/// Each column with the names it goes by, folded; the first is the directory's own.
const NAMES: [(Column, &[&str]); 26] = [
    (Column::Uai, &["identifiant de l etablissement", "uai", "numero uai", "code uai"]),
    (Column::Name, &["nom etablissement", "nom de l etablissement", "appellation officielle"]),
    (Column::Type, &["type etablissement", "type d etablissement"]),
    (Column::Commune, &["nom commune", "nom de la commune", "commune", "libelle commune"]),
    (Column::State, &["etat", "etat etablissement", "etat de l etablissement"]),
    (Column::Sector, &["statut public prive", "secteur", "secteur public prive"]),
    (Column::Address1, &["adresse 1", "adresse"]),
    (Column::Address2, &["adresse 2"]),
    (Column::Address3, &["adresse 3"]),
    (Column::Postcode, &["code postal"]),
    (Column::CommuneCode, &["code commune", "code insee de la commune"]),
    (Column::Departement, &["code departement"]),
    (Column::Academie, &["code academie"]),
    (Column::Priority, &["appartenance education prioritaire", "education prioritaire"]),
    (Column::General, &["voie generale"]),
    (Column::Technological, &["voie technologique"]),
    (Column::Vocational, &["voie professionnelle"]),
    (Column::Agricultural, &["lycee agricole"]),
    (Column::Nature, &["code nature", "nature uai", "code nature de l uai"]),
    (Column::NatureLabel, &["libelle nature", "nature uai libelle"]),
    (Column::OpenedOn, &["date ouverture", "date d ouverture"]),
    (Column::ClosedOn, &["date fermeture", "date de fermeture"]),
    (Column::UpdatedOn, &["date maj ligne", "date de mise a jour de la ligne"]),
    (Column::Email, &["mail", "adresse mail", "courriel"]),
    (Column::Phone, &["telephone"]),
    (Column::Website, &["web", "site web"]),
];

/// Without these a file is not the directory: without the state, closed schools would open again.
const REQUIRED: [(Column, &str); 5] = [
    (Column::Uai, "Identifiant_de_l_etablissement"),
    (Column::Name, "Nom_etablissement"),
    (Column::Type, "Type_etablissement"),
    (Column::Commune, "Nom_commune"),
    (Column::State, "etat"),
];

/// Why a file is not read at all.
#[derive(Debug)]
pub enum Unreadable {
    Io(io::Error),
    /// Not a text, or one that is no table.
    NotATable(&'static str),
    /// Columns that are not there.
    Missing(Vec<&'static str>),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(e) => write!(f, "{e}"),
            Self::NotATable(why) => f.write_str(why),
            Self::Missing(names) => write!(f, "columns that the directory has are missing: {}", names.join(", ")),
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(e: io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<csv::Error> for Unreadable {
    fn from(e: csv::Error) -> Self {
        match e.into_kind() {
            csv::ErrorKind::Io(e) => Self::Io(e),
            _ => Self::NotATable("the first line is not UTF-8: save the file as UTF-8"),
        }
    }
}

/// Where each column stands in this file.
#[derive(Debug, Clone)]
pub struct Layout {
    places: [Option<usize>; NAMES.len()],
    width: usize,
}

impl Layout {
    fn of(header: &StringRecord) -> Result<Self, Unreadable> {
        let names: Vec<String> =
            header.iter().map(|name| fold(&name.trim_start_matches('\u{feff}').replace('_', " "))).collect();
        let mut places = [None; NAMES.len()];
        for (column, aliases) in NAMES {
            places[column as usize] = aliases.iter().find_map(|alias| names.iter().position(|name| name == alias));
        }
        let layout = Self { places, width: names.len() };
        let missing: Vec<_> =
            REQUIRED.iter().filter(|(column, _)| !layout.has(*column)).map(|(_, name)| *name).collect();
        if missing.is_empty() { Ok(layout) } else { Err(Unreadable::Missing(missing)) }
    }

    fn has(&self, column: Column) -> bool {
        self.places[column as usize].is_some()
    }

    /// Cells that a line should have.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A cell, trimmed; empty when the file has no such column.
    pub fn cell<'r>(&self, record: &'r StringRecord, column: Column) -> &'r str {
        self.places[column as usize].and_then(|place| record.get(place)).unwrap_or_default().trim()
    }
}

/// What a first look at the whole file tells.
#[derive(Debug, Clone)]
pub struct Survey {
    pub sha256: String,
    /// Lines below the header.
    pub lines: u64,
    /// The latest day on which a line says it was brought up to date.
    pub latest: Option<CivilDate>,
}

/// Reads a file once without keeping any of it.
pub fn survey(path: &Path) -> Result<Survey, Unreadable> {
    let separator = separator(path)?;
    let mut lines = Lines::over(Hashing { inner: File::open(path)?, digest: Sha256::new() }, separator)?;
    let (mut count, mut latest) = (0, None);
    let mut record = csv::ByteRecord::new();
    let place = lines.layout.places[Column::UpdatedOn as usize];
    while lines.csv.read_byte_record(&mut record)? {
        count += 1;
        let cell = place.and_then(|place| record.get(place)).and_then(|cell| std::str::from_utf8(cell).ok());
        latest = latest.max(cell.and_then(super::entry::date));
    }
    let digest = lines.csv.into_inner().digest.finalize();
    Ok(Survey { sha256: hex(&digest), lines: count, latest })
}

/// The lines of a file, one by one.
pub fn lines(path: &Path) -> Result<Lines<File>, Unreadable> {
    Lines::over(File::open(path)?, separator(path)?)
}

/// The separator is the one that the header has most of.
fn separator(path: &Path) -> Result<u8, Unreadable> {
    let mut header = Vec::new();
    BufReader::new(File::open(path)?.take(64 << 10)).read_until(b'\n', &mut header)?;
    if header.starts_with(b"PK\x03\x04") {
        return Err(Unreadable::NotATable("this is an office document: save it as CSV, in UTF-8"));
    }
    let count = |separator: u8| header.split(|byte| *byte == separator).count();
    let most = [b'\t', b',', b';'].into_iter().max_by_key(|separator| count(*separator));
    Ok(most.unwrap_or(b';'))
}

/// What passes through is digested.
struct Hashing<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(&buffer[..length]);
        Ok(length)
    }
}

/// A file being read.
pub struct Lines<R> {
    csv: csv::Reader<R>,
    layout: Layout,
}

impl<R: Read> Lines<R> {
    fn over(file: R, separator: u8) -> Result<Self, Unreadable> {
        let mut csv = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(file);
        let layout = Layout::of(csv.headers()?)?;
        Ok(Self { csv, layout })
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Result<Result<Entry, Rejected>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = csv::ByteRecord::new();
        match self.csv.read_byte_record(&mut record) {
            Ok(false) => None,
            Err(e) => Some(Err(e.into())),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                Some(Ok(match StringRecord::from_byte_record(record) {
                    Ok(record) => Entry::read(&record, &self.layout, line),
                    Err(_) => Err(Rejected::encoding(line)),
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(header: &[&str]) -> Result<Layout, Unreadable> {
        Layout::of(&StringRecord::from(header))
    }

    #[test]
    fn columns_are_found_by_any_spelling_of_their_names() {
        for header in [
            ["Identifiant_de_l_etablissement", "Nom_etablissement", "Type_etablissement", "Nom_commune", "etat"],
            [
                "\u{feff}identifiant_de_l_etablissement",
                "NOM_ETABLISSEMENT",
                "type_etablissement",
                "nom_commune",
                "Etat",
            ],
            ["Identifiant de l'établissement", "Nom de l’établissement", "Type d'établissement", "Commune", "État"],
        ] {
            let layout = layout(&header).unwrap();
            let record = StringRecord::from(vec!["0750655E", " Charlemagne ", "Lycée", "Paris", "OUVERT"]);
            assert_eq!(layout.cell(&record, Column::Uai), "0750655E");
            assert_eq!(layout.cell(&record, Column::Name), "Charlemagne");
            assert_eq!(layout.cell(&record, Column::State), "OUVERT");
            assert_eq!(layout.cell(&record, Column::Priority), "");
        }
    }

    #[test]
    fn columns_that_are_missing_are_all_named() {
        let refused = layout(&["Nom_etablissement", "latitude", "Nom_commune"]).unwrap_err().to_string();
        assert!(refused.ends_with("missing: Identifiant_de_l_etablissement, Type_etablissement, etat"), "{refused}");
    }

    #[test]
    fn every_column_has_its_own_place() {
        for (rank, (column, names)) in NAMES.iter().enumerate() {
            assert_eq!(*column as usize, rank);
            assert!(names.iter().all(|name| fold(name) == **name), "{names:?}");
        }
    }
}
