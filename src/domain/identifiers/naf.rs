//! NAF rév. 2 (nomenclature d'activités française, INSEE): what an establishment does.

use std::str::FromStr;

use super::{IdentifierError, travels_as_text};

/// Code of a sub-class: division, group and class, then a letter, as `85.59A`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Naf(String);

/// First and last division of each run of them: numbers between were left free for later editions.
const DIVISIONS: [(u8, u8); 15] = [
    (1, 3),
    (5, 9),
    (10, 33),
    (35, 39),
    (41, 43),
    (45, 47),
    (49, 53),
    (55, 56),
    (58, 66),
    (68, 75),
    (77, 82),
    (84, 88),
    (90, 93),
    (94, 96),
    (97, 99),
];

impl FromStr for Naf {
    type Err = IdentifierError;

    /// With or without its point, the letter in either case: `8559a` is kept as `85.59A`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let close: String = text.chars().filter(|sign| *sign != '.' && !sign.is_whitespace()).collect();
        let &[a, b, c, d, letter] = close.as_bytes() else { return Err(IdentifierError::NafForm) };
        if ![a, b, c, d].iter().all(u8::is_ascii_digit) || !letter.is_ascii_alphabetic() {
            return Err(IdentifierError::NafForm);
        }
        let division = (a - b'0') * 10 + (b - b'0');
        if !DIVISIONS.iter().any(|(first, last)| (*first..=*last).contains(&division)) {
            return Err(IdentifierError::NafDivision);
        }
        let close = close.to_ascii_uppercase();
        Ok(Self(format!("{}.{}", &close[..2], &close[2..])))
    }
}

travels_as_text!(
    Naf,
    "Code of the French nomenclature of activities (NAF rév. 2): four digits and a letter. Served with its point.",
    "85.59A",
    r"^[0-9]{2}\.?[0-9]{2}[A-Za-z]$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_with_or_without_its_point() {
        for text in ["85.59A", "8559A", "85.59a", "85.59 A"] {
            assert_eq!(text.parse::<Naf>().unwrap().as_str(), "85.59A", "{text}");
        }
        for text in ["", "85", "85.59", "85.5A", "85.59AB", "A5.59A", "85.59é", "855.59A"] {
            assert_eq!(text.parse::<Naf>(), Err(IdentifierError::NafForm), "{text}");
        }
        for text in ["00.00Z", "04.10Z", "34.10Z", "44.00A", "67.10Z", "89.00Z"] {
            assert_eq!(text.parse::<Naf>(), Err(IdentifierError::NafDivision), "{text}");
        }
        for text in ["01.11Z", "33.20A", "39.00Z", "66.30Z", "99.00Z"] {
            assert!(text.parse::<Naf>().is_ok(), "{text}");
        }
    }
}
