//! SIREN and SIRET: the numbers of the national register of companies and establishments (INSEE).

use std::str::FromStr;

use super::{IdentifierError, travels_as_text};

/// SIREN of a legal unit: nine digits, Luhn.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Siren(String);

/// SIRET of an establishment: its SIREN and five digits, Luhn on the whole; La Poste apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Siret(String);

/// La Poste ran out of numbers that pass Luhn: its establishments have a sum of digits multiple of 5,
/// except the head office, which is older.
const LA_POSTE: &str = "356000000";
const LA_POSTE_HEAD_OFFICE: &str = "35600000000048";

impl FromStr for Siren {
    type Err = IdentifierError;

    /// Spaces, non-breaking ones included, are dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = digits(text, 9).ok_or(IdentifierError::SirenForm)?;
        check_siren(&digits)?;
        Ok(Self(digits))
    }
}

impl FromStr for Siret {
    type Err = IdentifierError;

    /// Spaces, non-breaking ones included, are dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = digits(text, 14).ok_or(IdentifierError::SiretForm)?;
        let siren = &digits[..9];
        check_siren(siren)?;
        let passes = if siren == LA_POSTE && digits != LA_POSTE_HEAD_OFFICE {
            digits.bytes().map(|digit| u32::from(digit - b'0')).sum::<u32>().is_multiple_of(5)
        } else {
            luhn(&digits)
        };
        if passes { Ok(Self(digits)) } else { Err(IdentifierError::SiretKey) }
    }
}

impl Siret {
    /// The legal unit's number: the first nine digits.
    pub fn siren(&self) -> Siren {
        Siren(self.0[..9].to_owned())
    }
}

travels_as_text!(Siren, "SIREN: nine digits, the last a Luhn key. Spaces are dropped.", "732829320", "^[0-9]{9}$");
travels_as_text!(
    Siret,
    "SIRET: fourteen digits checked by Luhn (La Poste by its own rule). Spaces are dropped; served without them.",
    "73282932000074",
    r"^[0-9]{3}\s?[0-9]{3}\s?[0-9]{3}\s?[0-9]{5}$"
);

/// Exactly `length` digits once spaces are dropped.
fn digits(text: &str, length: usize) -> Option<String> {
    let kept: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    (kept.len() == length && kept.bytes().all(|byte| byte.is_ascii_digit())).then_some(kept)
}

fn check_siren(digits: &str) -> Result<(), IdentifierError> {
    if digits.bytes().all(|digit| digit == b'0') {
        Err(IdentifierError::Placeholder)
    } else if luhn(digits) {
        Ok(())
    } else {
        Err(IdentifierError::SirenKey)
    }
}

/// Luhn: every second digit from the right is doubled, its figures added; the sum is a multiple of 10.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(rank, byte)| {
            let digit = u32::from(byte - b'0') * if rank % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_register_pass() {
        for text in [
            "73282932000074",
            "11004301500012",
            "42843689300013",
            "70202823401960",
            "17310430800015",
            "77566591200082",
            "35600000000048",
        ] {
            let siret: Siret = text.parse().unwrap();
            assert_eq!(siret.as_str(), text);
            assert_eq!(siret.siren().as_str().parse(), Ok(siret.siren()));
        }
    }

    #[test]
    fn la_poste_has_its_own_rule() {
        // Sums of digits 45 and 35; Luhn alone would refuse the second.
        assert!("35600000049837".parse::<Siret>().is_ok());
        assert!("35600000009075".parse::<Siret>().is_ok() && !luhn("35600000009075"));
        assert_eq!("35600000009076".parse::<Siret>(), Err(IdentifierError::SiretKey));
        // Passes Luhn as the head office does, but is neither it nor a multiple of 5.
        let luhn_only = (0..100_000)
            .map(|nic| format!("{LA_POSTE}{nic:05}"))
            .find(|text| luhn(text) && text.bytes().map(|b| u32::from(b - b'0')).sum::<u32>() % 5 != 0)
            .unwrap();
        assert_eq!(luhn_only.parse::<Siret>(), Err(IdentifierError::SiretKey));
    }

    #[test]
    fn spaces_are_dropped_and_nothing_else() {
        for text in ["732 829 320 00074", "732\u{a0}829\u{202f}320 00074", " 73282932000074 "] {
            assert_eq!(text.parse::<Siret>().unwrap().as_str(), "73282932000074");
        }
        assert_eq!("732 829 320".parse::<Siren>().unwrap().as_str(), "732829320");
        for text in ["7328293200007", "732829320000741", "732.829.320.00074", "7328293200007A", "", "٧3282932000074"] {
            assert_eq!(text.parse::<Siret>(), Err(IdentifierError::SiretForm), "{text}");
        }
    }

    #[test]
    fn a_wrong_key_says_which() {
        assert_eq!("73282932000079".parse::<Siret>(), Err(IdentifierError::SiretKey));
        assert_eq!("73282932100074".parse::<Siret>(), Err(IdentifierError::SirenKey));
        assert_eq!("732829321".parse::<Siren>(), Err(IdentifierError::SirenKey));
        assert_eq!("73282932".parse::<Siren>(), Err(IdentifierError::SirenForm));
        assert_eq!("00000000000000".parse::<Siret>(), Err(IdentifierError::Placeholder));
        assert_eq!("000000000".parse::<Siren>(), Err(IdentifierError::Placeholder));
    }

    #[test]
    fn json_reads_through_the_rule() {
        let siret: Siret = serde_json::from_str("\"732 829 320 00074\"").unwrap();
        assert_eq!(serde_json::to_string(&siret).unwrap(), "\"73282932000074\"");
        let error = serde_json::from_str::<Siret>("\"73282932000079\"").unwrap_err().to_string();
        assert!(error.contains("check digit"), "{error}");
    }
}
