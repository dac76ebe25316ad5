//! Territories: the nation, its 18 régions académiques, their 30 académies, their 101 départements.
//!
//! A convention, a grant or a report covers one [`Territory`]; in the API it is one string, `national`,
//! `region:11` (code of the Code officiel géographique) or `academie:24` (code of the ministry).
//! Such a value exists only for a code of the reference.

mod reference;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::bilingual::Bilingual;
use super::instant::PARIS;
use super::text_schema::Text;

pub use reference::{
    Academie, AcademieCode, Department, Region, RegionCode, academies, department, department_of_postcode,
    department_of_uai_prefix, departments, regions, zone_of_collectivity, zone_of_postcode,
};

/// The area of a convention, a grant, a contact or a report (territoire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Territory {
    /// The whole nation.
    National,
    /// A région académique, by its COG code.
    Region(RegionCode),
    /// An académie, by the ministry's code.
    Academie(AcademieCode),
}

impl Territory {
    /// The région académique of that COG code.
    pub fn region(code: &str) -> Option<Self> {
        reference::region(code).map(|region| Self::Region(region.code))
    }

    /// The académie of that code.
    pub fn academie(code: &str) -> Option<Self> {
        reference::academie(code).map(|academie| Self::Academie(academie.code))
    }

    /// True if `other` lies within `self`; every territory contains itself. A région académique of one
    /// académie contains it, and is not contained by it: they are two levels.
    pub fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::National, _) => true,
            (Self::Region(region), Self::Academie(academie)) => academie.region().code == *region,
            (one, other) => one == other,
        }
    }

    /// The région académique it lies in, or is; `None` for the nation.
    pub fn region_of(&self) -> Option<&'static Region> {
        match self {
            Self::National => None,
            Self::Region(code) => Some(code.region()),
            Self::Academie(code) => Some(code.region()),
        }
    }

    /// The académies it is made of: thirty, those of a région, or one.
    pub fn academies(&self) -> &'static [Academie] {
        match self {
            Self::National => academies(),
            Self::Region(code) => code.region().academies,
            Self::Academie(code) => std::slice::from_ref(code.academie()),
        }
    }

    /// Its name, as a screen shows it.
    pub fn label(&self) -> Bilingual {
        match self {
            Self::National => Bilingual::fixed("National", "National"),
            Self::Region(code) => {
                let name = code.region().name;
                Bilingual::new(format!("Région académique {name}"), format!("Région académique {name}"))
            }
            Self::Academie(code) => {
                let title = code.academie().title();
                Bilingual::new(title.clone(), title)
            }
        }
    }

    /// The zone of its legal dates (rules.md "Dates": the zone of the place; Europe/Paris for the nation).
    pub fn zone(&self) -> chrono_tz::Tz {
        self.region_of().map_or(PARIS, |region| region.zone)
    }
}

/// The text names no territory of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerritoryError {
    /// Not of the form `national`, `region:CODE`, `academie:CODE`.
    Form,
    /// No région académique has this code.
    UnknownRegion,
    /// No académie has this code.
    UnknownAcademie,
}

impl TerritoryError {
    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        match self {
            Self::Form => Bilingual::fixed(
                "Un territoire s'écrit national, region:11 ou academie:24.",
                "A territory is written national, region:11 or academie:24.",
            ),
            Self::UnknownRegion => {
                Bilingual::fixed("Aucune région académique ne porte ce code.", "No région académique has this code.")
            }
            Self::UnknownAcademie => {
                Bilingual::fixed("Aucune académie ne porte ce code.", "No académie has this code.")
            }
        }
    }
}

impl fmt::Display for TerritoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for TerritoryError {}

impl FromStr for Territory {
    type Err = TerritoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "national" => Ok(Self::National),
            Some(("region", code)) => Self::region(code).ok_or(TerritoryError::UnknownRegion),
            Some(("academie", code)) => Self::academie(code).ok_or(TerritoryError::UnknownAcademie),
            _ => Err(TerritoryError::Form),
        }
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::National => f.write_str("national"),
            Self::Region(code) => write!(f, "region:{code}"),
            Self::Academie(code) => write!(f, "academie:{code}"),
        }
    }
}

impl Serialize for Territory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Territory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl From<Territory> for serde_json::Value {
    fn from(territory: Territory) -> Self {
        Self::String(territory.to_string())
    }
}

impl PartialSchema for Territory {
    fn schema() -> RefOr<Schema> {
        Text {
            description: "Territory: `national`, `region:` and the COG code of a région académique, \
                          or `academie:` and the ministry's code.",
            example: "academie:24",
            pattern: Some("^(national|(region|academie):[0-9]{2})$"),
            format: None,
        }
        .schema()
    }
}

impl ToSchema for Territory {}

#[cfg(test)]
mod tests {
    use super::*;

    fn territory(text: &str) -> Territory {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_read_strictly_against_the_reference() {
        for text in ["national", "region:11", "region:01", "academie:24", "academie:70"] {
            assert_eq!(territory(text).to_string(), text);
            let json = serde_json::to_string(&territory(text)).unwrap();
            assert_eq!(serde_json::from_str::<Territory>(&json).unwrap(), territory(text));
        }
        for (wrong, error) in [
            ("", TerritoryError::Form),
            ("National", TerritoryError::Form),
            ("region", TerritoryError::Form),
            ("departement:75", TerritoryError::Form),
            ("region:99", TerritoryError::UnknownRegion),
            ("region:1", TerritoryError::UnknownRegion),
            ("region:11 ", TerritoryError::UnknownRegion),
            ("academie:05", TerritoryError::UnknownAcademie),
            ("academie:", TerritoryError::UnknownAcademie),
        ] {
            assert_eq!(wrong.parse::<Territory>(), Err(error), "{wrong}");
        }
    }

    #[test]
    fn the_nation_contains_all_a_region_its_academies_and_each_itself() {
        let (nation, idf, paca) = (Territory::National, territory("region:11"), territory("region:93"));
        let (creteil, nice) = (territory("academie:24"), territory("academie:23"));
        for inside in [nation, idf, paca, creteil, nice] {
            assert!(nation.contains(&inside));
            assert!(inside.contains(&inside));
        }
        assert!(idf.contains(&creteil) && paca.contains(&nice));
        assert!(!idf.contains(&nice) && !idf.contains(&paca) && !idf.contains(&nation));
        assert!(!creteil.contains(&idf) && !creteil.contains(&nation) && !creteil.contains(&nice));
        assert!(territory("region:94").contains(&territory("academie:27")));
        assert!(!territory("academie:27").contains(&territory("region:94")));
    }

    #[test]
    fn names_and_zones() {
        assert_eq!(territory("region:11").label().fr, "Région académique Île-de-France");
        assert_eq!(territory("academie:24").label().fr, "Académie de Créteil");
        assert_eq!(territory("academie:17").label().fr, "Académie de Nantes");
        assert_eq!(territory("academie:16").label().fr, "Académie de Toulouse");
        assert_eq!(territory("academie:12").label().fr, "Académie de Nancy-Metz");
        assert_eq!(territory("academie:18").label().fr, "Académie d'Orléans-Tours");
        assert_eq!(territory("academie:02").label().fr, "Académie d'Aix-Marseille");
        assert_eq!(territory("academie:20").label().fr, "Académie d'Amiens");
        assert_eq!(territory("academie:28").label().fr, "Académie de La Réunion");
        assert_eq!(territory("academie:27").label().fr, "Académie de Corse");
        assert_eq!(territory("academie:32").label().fr, "Académie de Guadeloupe");
        assert_eq!(Territory::National.zone(), PARIS);
        assert_eq!(territory("academie:28").zone().name(), "Indian/Reunion");
        assert_eq!(territory("region:03").zone().name(), "America/Cayenne");
        assert_eq!(territory("academie:24").academies().len(), 1);
        assert_eq!(territory("region:11").academies().len(), 3);
        assert_eq!(Territory::National.academies().len(), 30);
    }
}
