//! One line of the directory, understood: what it says of a school, or why it cannot be taken.

use csv::StringRecord;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::directory::{Column, Layout};
use super::rules::{kinds, names};
use super::school::SchoolRow;
use crate::auth::secret::hex;
use crate::domain::folded::fold;
use crate::domain::identifiers::{IdentifierError, Uai};
use crate::domain::territory::{Territory, department};
use crate::domain::text::{Lines, composed, forbidden_sign, refusal_of};
use crate::domain::vocabulary::{EducationPriority, SchoolSector};
use crate::domain::{Bilingual, CivilDate, Id, Instant};

/// A line that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// In the file; the header is line 1.
    pub line: u64,
    /// As written, where it can be read.
    pub uai: Option<String>,
    pub code: &'static str,
    pub detail: Bilingual,
}

impl Rejected {
    pub(super) fn encoding(line: u64) -> Self {
        let detail = Bilingual::fixed("La ligne n'est pas de l'UTF-8 lisible.", "The line is not readable UTF-8.");
        Self { line, uai: None, code: "encoding", detail }
    }

    fn of(line: u64, uai: &str, code: &'static str, detail: Bilingual) -> Self {
        Self { line, uai: Some(uai.chars().take(40).collect()), code, detail }
    }
}

/// What a line says of a school: a row without identity nor dates of its own.
#[derive(Debug, Clone)]
pub struct Entry(SchoolRow);

impl Entry {
    /// Understands a line.
    pub fn read(record: &StringRecord, layout: &Layout, line: u64) -> Result<Self, Rejected> {
        let cell = |column| layout.cell(record, column);
        let written = cell(Column::Uai);
        if record.len() != layout.width() {
            let detail = Bilingual::new(
                format!("{} cellules au lieu de {}.", record.len(), layout.width()),
                format!("{} cells instead of {}.", record.len(), layout.width()),
            );
            return Err(Rejected::of(line, written, "cells", detail));
        }
        if record.iter().any(|cell| cell.contains('\0')) {
            return Err(Rejected::encoding(line));
        }
        let uai: Uai =
            written.parse().map_err(|e: IdentifierError| Rejected::of(line, written, e.code(), e.detail()))?;
        if let Some(sign) = record.iter().find_map(|cell| forbidden_sign(cell, Lines::Several)) {
            return Err(Rejected::of(line, written, "forbidden_character", refusal_of(sign)));
        }
        let name = cell(Column::Name);
        if name.is_empty() {
            let detail = Bilingual::fixed("L'établissement n'a pas de nom.", "The school has no name.");
            return Err(Rejected::of(line, written, "no_name", detail));
        }
        let mut entry = Self(understood(uai, &cell));
        entry.0.digest = Some(entry.digest());
        Ok(entry)
    }

    pub fn uai(&self) -> &Uai {
        &self.0.uai
    }

    pub fn open(&self) -> bool {
        self.0.open
    }

    /// The digest of all that the line says, as the row keeps it.
    pub fn digest_kept(&self) -> Option<&str> {
        self.0.digest.as_deref()
    }

    /// The row, once it is known which one it is.
    pub fn into_row(self, id: Id, source: &str, date: CivilDate, created_at: Instant, now: Instant) -> SchoolRow {
        SchoolRow {
            id,
            source: Some(source.to_owned()),
            source_date: Some(date),
            created_at,
            updated_at: now,
            ..self.0
        }
    }

    /// Over what is kept, not over what is written: a change of how lines are understood is a change as well.
    fn digest(&self) -> String {
        let row = &self.0;
        let flag = |flag: bool| if flag { "1" } else { "0" };
        let (opened, closed) = (text_of(row.opened_on), text_of(row.closed_on));
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let parts = [
            row.name.clone(),
            row.name_key.clone(),
            row.kind.code().to_owned(),
            optional(&row.nature),
            row.sector.map(|sector| sector.code().to_owned()).unwrap_or_default(),
            optional(&row.address),
            optional(&row.postcode),
            optional(&row.commune),
            optional(&row.commune_code),
            row.commune_key.clone(),
            optional(&row.departement),
            optional(&row.academie),
            row.education_priority.map(|priority| priority.code().to_owned()).unwrap_or_default(),
            flag(row.open).to_owned(),
            opened,
            closed,
            optional(&row.email),
            optional(&row.phone),
            optional(&row.website),
            flag(row.vocational).to_owned(),
        ];
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        hex(&digest.finalize()[..16])
    }
}

fn text_of(date: Option<CivilDate>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

fn understood<'r>(uai: Uai, cell: &impl Fn(Column) -> &'r str) -> SchoolRow {
    let text = |column| Some(composed(cell(column))).filter(|text| !text.is_empty());
    let yes = |column| matches!(cell(column), "1" | "1.0" | "O" | "Oui" | "OUI" | "oui" | "true" | "True");
    let kind = kinds::kind(&kinds::Said {
        nature: cell(Column::Nature),
        label: cell(Column::NatureLabel),
        school_type: cell(Column::Type),
        tracks: kinds::Tracks {
            general: yes(Column::General),
            technological: yes(Column::Technological),
            vocational: yes(Column::Vocational),
        },
        agricultural: yes(Column::Agricultural),
    });
    let address: Vec<_> = [Column::Address1, Column::Address2, Column::Address3]
        .into_iter()
        .map(cell)
        .filter(|part| !part.is_empty())
        .collect();
    let departement = departement(cell(Column::Departement)).or_else(|| uai.department().map(|d| d.code.to_owned()));
    let academie = academie(cell(Column::Academie))
        .or_else(|| departement.as_deref().and_then(department).map(|d| d.academie.as_str().to_owned()))
        .or_else(|| uai.department().map(|d| d.academie.as_str().to_owned()));
    let blank = SchoolRow::unknown(Id::from_bytes([0; 16]), Instant::from_micros(0), uai);
    SchoolRow {
        name: composed(cell(Column::Name)),
        name_key: names::key(cell(Column::Name)),
        kind,
        nature: text(Column::Nature),
        sector: sector(cell(Column::Sector)),
        address: Some(address.join(", ")).filter(|address| !address.is_empty()),
        postcode: text(Column::Postcode),
        commune: text(Column::Commune),
        commune_code: text(Column::CommuneCode),
        commune_key: names::key(cell(Column::Commune)),
        departement,
        academie,
        education_priority: Some(priority(cell(Column::Priority))),
        open: !matches!(fold(cell(Column::State)).as_str(), "ferme" | "fermee" | "a ouvrir"),
        opened_on: date(cell(Column::OpenedOn)),
        closed_on: date(cell(Column::ClosedOn)),
        email: text(Column::Email),
        phone: text(Column::Phone),
        website: text(Column::Website),
        vocational: yes(Column::Vocational),
        ..blank
    }
}

/// `075`, `02A`, `974`, `75` or `1`: the COG code. A collectivity without département keeps its own.
fn departement(text: &str) -> Option<String> {
    let code = match text.len() {
        1 => format!("0{text}"),
        3 if text.starts_with('0') => text[1..].to_owned(),
        2 | 3 => text.to_owned(),
        _ => return None,
    };
    let form =
        matches!(code.as_bytes(), [b'0'..=b'9', b'0'..=b'9'] | [b'9', b'7' | b'8', b'0'..=b'9'] | [b'2', b'A' | b'B']);
    form.then_some(code)
}

/// `1` or `01`: the ministry's code, where the reference has it; Caen and Rouen have become Normandie.
fn academie(text: &str) -> Option<String> {
    let code = if text.len() == 1 { format!("0{text}") } else { text.to_owned() };
    Territory::academie(&code).map(|_| code)
}

fn sector(text: &str) -> Option<SchoolSector> {
    match fold(text).as_str() {
        "public" | "pu" => Some(SchoolSector::Public),
        "prive" | "pr" => Some(SchoolSector::Private),
        _ => None,
    }
}

fn priority(text: &str) -> EducationPriority {
    match text.replace(' ', "").to_ascii_uppercase().as_str() {
        "REP+" => EducationPriority::RepPlus,
        "REP" => EducationPriority::Rep,
        _ => EducationPriority::None,
    }
}

/// `2024-03-04`, whatever follows, or `04/03/2024`; what is no date says nothing.
pub(super) fn date(text: &str) -> Option<CivilDate> {
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(|day| day.parse().ok()) {
        return Some(day);
    }
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    CivilDate::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_brought_to_one_form() {
        for (text, code) in [
            ("075", Some("75")),
            ("02A", Some("2A")),
            ("2B", Some("2B")),
            ("974", Some("974")),
            ("975", Some("975")),
            ("1", Some("01")),
            ("001", Some("01")),
            ("", None),
            ("0é", None),
            ("ABC", None),
            ("99999", None),
        ] {
            assert_eq!(departement(text).as_deref(), code, "{text}");
        }
        assert_eq!(academie("1").as_deref(), Some("01"));
        assert_eq!(academie("24").as_deref(), Some("24"));
        assert_eq!(academie("21"), None);
    }

    #[test]
    fn dates_and_priorities() {
        let day = CivilDate::new(2024, 3, 4);
        for text in ["2024-03-04", "2024-03-04T00:00:00+00:00", "04/03/2024", " 2024-03-04 "] {
            assert_eq!(date(text), day, "{text}");
        }
        for text in ["", "2024", "31/02/2024", "1803-05-01", "n/a"] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(priority("REP +"), EducationPriority::RepPlus);
        assert_eq!(priority("rep"), EducationPriority::Rep);
        assert_eq!(priority(""), EducationPriority::None);
    }
}
