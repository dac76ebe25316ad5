//! Values that only the list of schools filters by.

use std::str::FromStr;

use crate::domain::territory::{Territory, TerritoryError};
use crate::domain::{Bilingual, CivilDate};
use crate::http::body::Explained;

/// An académie as a filter: its code, or its territory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InAcademie(pub Territory);

impl FromStr for InAcademie {
    type Err = TerritoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.strip_prefix("academie:").unwrap_or(text);
        Territory::academie(code).map(Self).ok_or(TerritoryError::UnknownAcademie)
    }
}

/// A région académique as a filter: its code, or its territory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InRegion(pub Territory);

impl FromStr for InRegion {
    type Err = TerritoryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.strip_prefix("region:").unwrap_or(text);
        Territory::region(code).map(Self).ok_or(TerritoryError::UnknownRegion)
    }
}

/// A code of the COG as a filter: its form is checked, and one that nobody bears finds nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct CogCode(pub String);

/// The text is no code of a département or commune.
pub struct CogCodeError;

impl Explained for CogCodeError {
    fn explain(&self) -> Bilingual {
        Bilingual::fixed(
            "Un code du COG compte 2 à 5 chiffres ou capitales : 93, 2A, 974, 93066.",
            "A code of the COG has 2 to 5 digits or capitals: 93, 2A, 974, 93066.",
        )
    }
}

impl FromStr for CogCode {
    type Err = CogCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = (2..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if form { Ok(Self(text.to_owned())) } else { Err(CogCodeError) }
    }
}

/// A school year as a filter, `2025-2026`: from 1 September to 31 August.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SchoolYear {
    pub from: CivilDate,
    pub to: CivilDate,
}

/// The text is no school year.
pub struct SchoolYearError;

impl Explained for SchoolYearError {
    fn explain(&self) -> Bilingual {
        Bilingual::fixed(
            "Une année scolaire s'écrit de ses deux années : 2025-2026.",
            "A school year is written with its two years: 2025-2026.",
        )
    }
}

impl FromStr for SchoolYear {
    type Err = SchoolYearError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, second) = text.split_once('-').ok_or(SchoolYearError)?;
        let year = |text: &str| Some(text).filter(|text| text.len() == 4)?.parse::<u16>().ok().map(i32::from);
        let (first, second) = year(first).zip(year(second)).ok_or(SchoolYearError)?;
        let days = CivilDate::new(first, 9, 1).zip(CivilDate::new(second, 8, 31)).filter(|_| second == first + 1);
        days.map(|(from, to)| Self { from, to }).ok_or(SchoolYearError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_year_is_two_years_that_follow() {
        let year = "2025-2026".parse::<SchoolYear>().ok().unwrap();
        assert_eq!((year.from.to_string().as_str(), year.to.to_string().as_str()), ("2025-09-01", "2026-08-31"));
        for wrong in
            ["", "2025", "2025-2027", "2026-2025", "25-26", "2025/2026", "2025-2026 ", "+025-0026", "9998-9999"]
        {
            assert!(wrong.parse::<SchoolYear>().is_err(), "{wrong}");
        }
    }
}
