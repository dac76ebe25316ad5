//! Identifiers that the State gives, checked by their own rule: SIREN and SIRET (INSEE), RNA
//! (associations), UAI (schools). A value of these types has passed; spelling is normalised, so that one
//! organisation has one key.

mod naf;
mod sirene;
mod uai;

use std::fmt;

use super::bilingual::Bilingual;

pub use naf::Naf;
pub use sirene::{Siren, Siret};
pub use uai::{Rna, Uai};

/// Why a text is not the identifier it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierError {
    /// A SIREN has nine digits.
    SirenForm,
    /// A SIRET has fourteen digits (spaces apart).
    SiretForm,
    /// The key (Luhn) of the first nine digits is wrong.
    SirenKey,
    /// The key of the fourteen digits is wrong (Luhn, or for La Poste a sum that is a multiple of 5).
    SiretKey,
    /// Zeros only: a placeholder that passes Luhn and that no one bears.
    Placeholder,
    /// An RNA number is `W` and nine digits.
    RnaForm,
    /// A NAF code is four digits and a letter.
    NafForm,
    /// No division of the nomenclature has these two digits.
    NafDivision,
    /// A UAI is seven digits and a letter.
    UaiForm,
    /// The letters I, O and Q are never used in a UAI.
    UaiLetter,
    /// The letter is not the one its digits give.
    UaiKey,
}

impl IdentifierError {
    /// Stable code, lower `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SirenForm => "siren_form",
            Self::SiretForm => "siret_form",
            Self::SirenKey => "siren_key",
            Self::SiretKey => "siret_key",
            Self::Placeholder => "placeholder",
            Self::RnaForm => "rna_form",
            Self::NafForm => "naf_form",
            Self::NafDivision => "naf_division",
            Self::UaiForm => "uai_form",
            Self::UaiLetter => "uai_letter",
            Self::UaiKey => "uai_key",
        }
    }

    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        match self {
            Self::SirenForm => Bilingual::fixed("Un SIREN compte neuf chiffres.", "A SIREN has nine digits."),
            Self::SiretForm => Bilingual::fixed("Un SIRET compte quatorze chiffres.", "A SIRET has fourteen digits."),
            Self::SirenKey => Bilingual::fixed(
                "La clé des neuf premiers chiffres (SIREN) est fausse.",
                "The check digit of the first nine digits (SIREN) is wrong.",
            ),
            Self::SiretKey => Bilingual::fixed("La clé du SIRET est fausse.", "The check digit of the SIRET is wrong."),
            Self::Placeholder => Bilingual::fixed(
                "Un numéro fait de zéros n'est attribué à personne.",
                "A number made of zeros belongs to no one.",
            ),
            Self::RnaForm => Bilingual::fixed(
                "Un numéro RNA est un W suivi de neuf chiffres.",
                "An RNA number is a W followed by nine digits.",
            ),
            Self::NafForm => Bilingual::fixed(
                "Un code NAF compte quatre chiffres et une lettre : 85.59A.",
                "A NAF code is four digits and a letter: 85.59A.",
            ),
            Self::NafDivision => Bilingual::fixed(
                "La NAF rév. 2 n'a pas de division de ce numéro.",
                "NAF rév. 2 has no division of that number.",
            ),
            Self::UaiForm => Bilingual::fixed(
                "Un numéro UAI compte sept chiffres et une lettre.",
                "A UAI has seven digits and a letter.",
            ),
            Self::UaiLetter => Bilingual::fixed(
                "Un numéro UAI n'utilise jamais les lettres I, O et Q.",
                "A UAI never uses the letters I, O and Q.",
            ),
            Self::UaiKey => Bilingual::fixed(
                "La lettre du numéro UAI ne correspond pas à ses chiffres.",
                "The letter of the UAI does not match its digits.",
            ),
        }
    }
}

impl fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for IdentifierError {}

/// What the four types share: written as their normal form, read through their rule.
macro_rules! travels_as_text {
    ($type:ident, $description:literal, $example:literal, $pattern:literal) => {
        impl $type {
            /// The normal form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::domain::text_schema::Text {
                    description: $description,
                    example: $example,
                    pattern: Some($pattern),
                    format: None,
                }
                .schema()
            }
        }

        impl utoipa::ToSchema for $type {}
    };
}
use travels_as_text;
