//! Closed vocabularies: every code that a request or an answer may carry, with its labels.
//!
//! One macro makes an enum, its reading and writing, its schema and its line in the registry served
//! by `GET /v1/reference`: a code cannot be accepted without being explained.

mod actions;
mod clauses;
mod companies;
mod conventions;
mod files;
mod levels;
mod life;
mod people;
mod schools;

use serde::Serialize;
use utoipa::ToSchema;

use super::bilingual::Bilingual;

pub use actions::{
    ActionAct, ActionKind, ActionOrigin, ActionStatus, Audience, EducationPriority, InclusionGround, Modality,
    OfferSource, Programme, PupilStatus, Track,
};
pub use clauses::ClauseKind;
pub use companies::{ContactMeans, ContactOutcome, ContactPurpose};
pub use conventions::{ConventionLevel, ConventionStatus, LapseEffect, LastDayRule, NoticeStart, Side, Unit};
pub use files::FilePurpose;
pub use levels::SchoolLevel;
pub use life::{
    AmendmentStatus, ConventionFlag, DutyNature, DutyStatus, EditKind, EditTarget, FactAnswer, FactKind, TodoKind,
    Urgency,
};
pub use people::{AccreditationLevel, Network, OrganisationKind, Role};
pub use schools::{SchoolKind, SchoolMatch, SchoolSector};

/// One code of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// Stable code, lower `snake_case` (levels of schooling keep their digits: `6e`).
    #[schema(value_type = String)]
    pub code: &'static str,
    /// Label, in both languages.
    pub label: Bilingual,
    /// What the code means, where the label is not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Bilingual>,
}

/// A closed list of codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Vocabulary {
    /// Name, lower `snake_case`: `convention_status`.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// What it is for.
    pub description: Bilingual,
    /// Its codes, in the order of a screen.
    #[schema(value_type = Vec<Entry>)]
    pub entries: &'static [Entry],
}

/// All vocabularies, by name.
pub fn vocabularies() -> &'static [Vocabulary] {
    const ALL: &[Vocabulary] = &[
        AccreditationLevel::VOCABULARY,
        ActionAct::VOCABULARY,
        ActionKind::VOCABULARY,
        ActionOrigin::VOCABULARY,
        ActionStatus::VOCABULARY,
        AmendmentStatus::VOCABULARY,
        Audience::VOCABULARY,
        ClauseKind::VOCABULARY,
        ContactMeans::VOCABULARY,
        ContactOutcome::VOCABULARY,
        ContactPurpose::VOCABULARY,
        ConventionFlag::VOCABULARY,
        ConventionLevel::VOCABULARY,
        ConventionStatus::VOCABULARY,
        DutyNature::VOCABULARY,
        DutyStatus::VOCABULARY,
        EditKind::VOCABULARY,
        EditTarget::VOCABULARY,
        EducationPriority::VOCABULARY,
        FactAnswer::VOCABULARY,
        FactKind::VOCABULARY,
        FilePurpose::VOCABULARY,
        InclusionGround::VOCABULARY,
        LapseEffect::VOCABULARY,
        LastDayRule::VOCABULARY,
        Modality::VOCABULARY,
        Network::VOCABULARY,
        NoticeStart::VOCABULARY,
        OfferSource::VOCABULARY,
        OrganisationKind::VOCABULARY,
        Programme::VOCABULARY,
        PupilStatus::VOCABULARY,
        Role::VOCABULARY,
        SchoolKind::VOCABULARY,
        SchoolLevel::VOCABULARY,
        SchoolMatch::VOCABULARY,
        SchoolSector::VOCABULARY,
        Side::VOCABULARY,
        TodoKind::VOCABULARY,
        Track::VOCABULARY,
        Unit::VOCABULARY,
        Urgency::VOCABULARY,
    ];
    ALL
}

/// A vocabulary by its name.
pub fn vocabulary_named(name: &str) -> Option<&'static Vocabulary> {
    vocabularies().iter().find(|vocabulary| vocabulary.name == name)
}

/// A code that its vocabulary does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode {
    /// Name of the vocabulary.
    pub vocabulary: &'static str,
    /// What was given.
    pub given: String,
    /// The codes accepted.
    pub accepted: &'static [&'static str],
}

impl UnknownCode {
    /// What is wrong, with the accepted codes, in both languages.
    pub fn detail(&self) -> Bilingual {
        let accepted = self.accepted.join(", ");
        Bilingual::new(
            format!("Code inconnu ; codes acceptés : {accepted}."),
            format!("Unknown code; accepted codes: {accepted}."),
        )
    }
}

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.vocabulary, self.detail().en)
    }
}

impl std::error::Error for UnknownCode {}

/// Makes a closed vocabulary.
///
/// ```text
/// vocabulary! {
///     /// Doc comment of the type.
///     Side, "side", "Qualité d'une partie", "What a party is";
///     State = "state": "État", "State";
///     Other = "other": "Autre", "Other" => "Explication.", "Explanation.";
/// }
/// ```
macro_rules! vocabulary {
    (
        $(#[$doc:meta])*
        $type:ident, $name:literal, $about_fr:literal, $about_en:literal;
        $( $(#[$variant_doc:meta])* $variant:ident = $code:literal: $fr:literal, $en:literal
           $(=> $why_fr:literal, $why_en:literal)?; )+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            $( $(#[$variant_doc])* #[doc = concat!("`", $code, "`: ", $en, " (", $fr, ").")] $variant, )+
        }

        impl $type {
            /// Every value, in the order of a screen.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every code, in the same order.
            pub const CODES: &'static [&'static str] = &[$($code),+];
            /// Name of the vocabulary.
            pub const NAME: &'static str = $name;
            /// Every value with its labels, in the same order.
            pub const ENTRIES: &'static [$crate::domain::vocabulary::Entry] = &[
                $($crate::domain::vocabulary::Entry {
                    code: $code,
                    label: $crate::domain::Bilingual::fixed($fr, $en),
                    explanation: vocabulary!(@explanation $($why_fr, $why_en)?),
                }),+
            ];
            /// The vocabulary as served by `GET /v1/reference`.
            pub const VOCABULARY: $crate::domain::vocabulary::Vocabulary = $crate::domain::vocabulary::Vocabulary {
                name: $name,
                description: $crate::domain::Bilingual::fixed($about_fr, $about_en),
                entries: Self::ENTRIES,
            };

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The label, in both languages.
            pub const fn label(self) -> $crate::domain::Bilingual {
                match self { $(Self::$variant => $crate::domain::Bilingual::fixed($fr, $en)),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::domain::vocabulary::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    other => Err($crate::domain::vocabulary::UnknownCode {
                        vocabulary: $name,
                        given: other.to_owned(),
                        accepted: Self::CODES,
                    }),
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl From<$type> for serde_json::Value {
            fn from(value: $type) -> Self {
                Self::String(value.code().to_owned())
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::domain::vocabulary::schema_of(&Self::VOCABULARY)
            }
        }

        impl utoipa::ToSchema for $type {}
    };
    (@explanation) => { None };
    (@explanation $fr:literal, $en:literal) => { Some($crate::domain::Bilingual::fixed($fr, $en)) };
}
use vocabulary;

/// The schema of a vocabulary: its codes, and their labels in the description.
fn schema_of(vocabulary: &Vocabulary) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

    let labels: Vec<String> = vocabulary
        .entries
        .iter()
        .map(|entry| format!("- `{}`: {} ({})", entry.code, entry.label.en, entry.label.fr))
        .collect();
    let object = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(format!("{}\n\n{}", vocabulary.description.en, labels.join("\n"))))
        .enum_values(Some(vocabulary.entries.iter().map(|entry| entry.code)))
        .build();
    utoipa::openapi::RefOr::T(Schema::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_codes_are_unique_and_every_label_is_there_in_both_languages() {
        let names: Vec<_> = vocabularies().iter().map(|vocabulary| vocabulary.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        for vocabulary in vocabularies() {
            let codes: BTreeSet<_> = vocabulary.entries.iter().map(|entry| entry.code).collect();
            assert_eq!(codes.len(), vocabulary.entries.len(), "{}", vocabulary.name);
            for entry in vocabulary.entries {
                assert!(
                    entry.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                    "{}",
                    entry.code
                );
                assert!(!entry.label.fr.is_empty() && !entry.label.en.is_empty(), "{}", entry.code);
            }
            assert_eq!(vocabulary_named(vocabulary.name), Some(vocabulary));
        }
        assert_eq!(vocabulary_named("nothing"), None);
    }

    #[test]
    fn a_code_is_read_written_and_refused_with_the_list() {
        for kind in ActionKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
        }
        assert_eq!(serde_json::to_string(&Audience::Sixieme).unwrap(), "\"6e\"");
        assert_eq!(serde_json::from_str::<Audience>("\"2de_gt\"").unwrap(), Audience::SecondeGt);
        let error = "State".parse::<Side>().unwrap_err();
        assert_eq!(error.detail().en, "Unknown code; accepted codes: state, association, other.");
        assert_eq!(error.detail().fr, "Code inconnu ; codes acceptés : state, association, other.");
        let error = serde_json::from_str::<Side>("\"x\"").unwrap_err().to_string();
        assert!(error.contains("state, association, other"), "{error}");
    }

    #[test]
    fn the_schema_lists_the_codes() {
        let schema = serde_json::to_value(<Side as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["type"], "string");
        assert_eq!(schema["enum"], serde_json::json!(["state", "association", "other"]));
    }

    #[test]
    fn exactly_the_four_ends_are_terminal() {
        let terminal: Vec<_> = ConventionStatus::ALL.iter().filter(|status| status.is_terminal()).collect();
        assert_eq!(
            terminal,
            [
                &ConventionStatus::Expired,
                &ConventionStatus::Terminated,
                &ConventionStatus::Lapsed,
                &ConventionStatus::Abandoned
            ]
        );
    }
}
