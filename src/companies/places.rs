//! Where a company is: codes of départements and académies, and the filters that name them.

use std::str::FromStr;

use crate::domain::territory::{self, AcademieCode, Department, TerritoryError};
use crate::domain::{Bilingual, Territory};
use crate::http::body::Explained;
use crate::http::params::Params;

/// A département of the reference, by its COG code.
#[derive(Debug, Clone, Copy)]
pub struct Departement(pub &'static Department);

impl PartialEq for Departement {
    fn eq(&self, other: &Self) -> bool {
        self.0.code == other.0.code
    }
}

/// No département has this code.
#[derive(Debug)]
pub struct UnknownDepartement;

impl Explained for UnknownDepartement {
    fn explain(&self) -> Bilingual {
        Bilingual::fixed(
            "Aucun département ne porte ce code (75, 2A, 974).",
            "No département has this code (75, 2A, 974).",
        )
    }
}

impl FromStr for Departement {
    type Err = UnknownDepartement;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        territory::department(&text.to_ascii_uppercase()).map(Self).ok_or(UnknownDepartement)
    }
}

impl Departement {
    /// That of a postcode; none where a postcode does not say it.
    pub fn of_postcode(postcode: &str) -> Option<Self> {
        territory::department_of_postcode(postcode).map(Self)
    }
}

/// An académie as a filter names it: `25` or `academie:25`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct OfAcademie(AcademieCode);

impl FromStr for OfAcademie {
    type Err = TerritoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Territory::academie(text.strip_prefix("academie:").unwrap_or(text)) {
            Some(Territory::Academie(code)) => Ok(Self(code)),
            _ => Err(TerritoryError::UnknownAcademie),
        }
    }
}

/// A région académique as a filter names it: `11` or `region:11`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct OfRegion(Territory);

impl FromStr for OfRegion {
    type Err = TerritoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let region = Territory::region(text.strip_prefix("region:").unwrap_or(text));
        region.map(Self).ok_or(TerritoryError::UnknownRegion)
    }
}

/// The places that a list is narrowed to: each filter for itself.
#[derive(Debug, Default)]
pub struct PlaceFilters {
    /// Codes of départements; none when not asked for.
    pub departements: Option<Vec<Option<String>>>,
    /// Codes of académies, once for `academie` and once for `region`.
    pub academies: Vec<Vec<Option<String>>>,
}

impl PlaceFilters {
    /// Takes `departement`, `academie` and `region`.
    pub fn of(params: &mut Params) -> Self {
        let departements: Vec<Departement> = params.many("departement");
        let academies: Vec<OfAcademie> = params.many("academie");
        let regions: Vec<OfRegion> = params.many("region");
        let codes = |codes: Vec<AcademieCode>| codes.into_iter().map(|code| Some(code.as_str().to_owned())).collect();
        let regions: Vec<AcademieCode> =
            regions.iter().flat_map(|region| region.0.academies()).map(|academie| academie.code).collect();
        let academies: Vec<AcademieCode> = academies.into_iter().map(|of| of.0).collect();
        Self {
            departements: (!departements.is_empty())
                .then(|| departements.iter().map(|one| Some(one.0.code.to_owned())).collect()),
            academies: [academies, regions].into_iter().filter(|one| !one.is_empty()).map(codes).collect(),
        }
    }
}

/// The name of an académie that a row holds the code of.
pub fn academie_label(code: Option<&str>) -> Option<Bilingual> {
    code.and_then(Territory::academie).map(|territory| territory.label())
}

/// The code of an académie that a row holds.
pub fn academie(code: Option<&str>) -> Option<AcademieCode> {
    match code.and_then(Territory::academie) {
        Some(Territory::Academie(code)) => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_departement_of_a_postcode() {
        for (postcode, code) in [
            ("95000", Some("95")),
            ("01000", Some("01")),
            ("75116", Some("75")),
            ("20000", Some("2A")),
            ("20100", Some("2A")),
            ("20200", Some("2B")),
            ("20600", Some("2B")),
            ("20300", None),
            ("97110", Some("971")),
            ("97400", Some("974")),
            ("97600", Some("976")),
            ("98000", None),
            ("00100", None),
            ("96000", None),
            ("9", None),
            ("", None),
        ] {
            assert_eq!(Departement::of_postcode(postcode).map(|of| of.0.code), code, "{postcode}");
        }
    }
}
