//! UAI, the number of a school, and RNA, the number of an association.

use std::str::FromStr;

use super::{IdentifierError, travels_as_text};
use crate::domain::territory::{Department, Territory, department_of_uai_prefix, zone_of_collectivity};

/// UAI (unité administrative immatriculée, once RNE): seven digits and the letter they give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uai(String);

/// RNA (répertoire national des associations): `W` and nine digits, without a key. Associations of
/// Alsace-Moselle have none, and old ones may lack it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rna(String);

/// The 23 letters left when I, O and Q are set aside.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl FromStr for Uai {
    type Err = IdentifierError;

    /// The letter may be in lower case; it is kept in upper case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let &[ref digits @ .., letter] = text.as_bytes() else {
            return Err(IdentifierError::UaiForm);
        };
        if digits.len() != 7 || !digits.iter().all(u8::is_ascii_digit) || !letter.is_ascii_alphabetic() {
            return Err(IdentifierError::UaiForm);
        }
        let letter = letter.to_ascii_uppercase();
        if !LETTERS.contains(&letter) {
            return Err(IdentifierError::UaiLetter);
        }
        let number = digits.iter().fold(0_usize, |sum, digit| sum * 10 + usize::from(digit - b'0'));
        if LETTERS[number % LETTERS.len()] == letter {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(IdentifierError::UaiKey)
        }
    }
}

impl Uai {
    /// The département its first three digits name; none for collectivities without département
    /// (Saint-Pierre-et-Miquelon, Polynésie…) and for schools abroad.
    pub fn department(&self) -> Option<&'static Department> {
        department_of_uai_prefix(&self.0[..3])
    }

    /// The zone of its clocks; none for schools abroad.
    pub fn zone(&self) -> Option<chrono_tz::Tz> {
        let known = self.department().map(|department| department.academie.region().zone);
        known.or_else(|| zone_of_collectivity(&self.0[..3]))
    }

    /// The académie of its département, as a territory.
    pub fn academie(&self) -> Option<Territory> {
        self.department().map(|department| Territory::Academie(department.academie))
    }
}

impl FromStr for Rna {
    type Err = IdentifierError;

    /// The `w` may be in lower case; it is kept in upper case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [b'W' | b'w', digits @ ..] if digits.len() == 9 && digits.iter().all(u8::is_ascii_digit) => {
                Ok(Self(text.to_ascii_uppercase()))
            }
            _ => Err(IdentifierError::RnaForm),
        }
    }
}

travels_as_text!(
    Uai,
    "UAI of a school: seven digits and the letter they give (I, O and Q never).",
    "0750655E",
    "^[0-9]{7}[A-HJ-NPR-Za-hj-npr-z]$"
);
travels_as_text!(Rna, "RNA number of an association: `W` and nine digits.", "W751000000", "^[Ww][0-9]{9}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_numbers_pass() {
        for text in
            ["0750655E", "0750654D", "0752524L", "0920131T", "0620042J", "0170022G", "0951099D", "6200001G", "0310047H"]
        {
            assert_eq!(text.parse::<Uai>().unwrap().as_str(), text);
        }
        assert_eq!("0750655e".parse::<Uai>().unwrap().as_str(), "0750655E");
    }

    #[test]
    fn false_ones_say_why() {
        for (text, error) in [
            ("0750655A", IdentifierError::UaiKey),
            ("075065E", IdentifierError::UaiForm),
            ("0750655I", IdentifierError::UaiLetter),
            ("0750655é", IdentifierError::UaiForm),
            ("07506555", IdentifierError::UaiForm),
            ("0750655E ", IdentifierError::UaiForm),
            ("", IdentifierError::UaiForm),
        ] {
            assert_eq!(text.parse::<Uai>(), Err(error), "{text}");
        }
    }

    #[test]
    fn one_letter_of_the_alphabet_passes_for_each_number() {
        for number in ["0750655", "6200001", "9740001", "0000000"] {
            let passing = ('A'..='Z').filter(|letter| format!("{number}{letter}").parse::<Uai>().is_ok()).count();
            assert_eq!(passing, 1, "{number}");
        }
    }

    #[test]
    fn the_first_digits_name_the_departement_and_its_academie() {
        for (text, department, academie) in [
            ("0750655E", "75", "academie:01"),
            ("0920131T", "92", "academie:25"),
            ("0620042J", "62", "academie:09"),
            ("0170022G", "17", "academie:13"),
            ("6200001G", "2A", "academie:27"),
            ("0310047H", "31", "academie:16"),
        ] {
            let uai: Uai = text.parse().unwrap();
            assert_eq!(uai.department().unwrap().code, department);
            assert_eq!(uai.academie().unwrap().to_string(), academie);
        }
        let abroad = ('A'..='Z').find_map(|letter| format!("9870001{letter}").parse::<Uai>().ok()).unwrap();
        assert_eq!(abroad.academie(), None);
    }

    #[test]
    fn rna_is_w_and_nine_digits() {
        assert_eq!("w751004066".parse::<Rna>().unwrap().as_str(), "W751004066");
        for text in ["W75100406", "W7510040661", "X751004066", "W75100406A", "W 751004066", ""] {
            assert_eq!(text.parse::<Rna>(), Err(IdentifierError::RnaForm), "{text}");
        }
    }
}
