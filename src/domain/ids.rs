//! Our own keys: UUID version 7 (RFC 9562), so that the order of keys is nearly the order of creation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::bilingual::Bilingual;
use super::instant::Instant;
use super::text_schema::Text;

/// The key of a resource. Any UUID is read (an unknown one is simply not found); version 7 is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Uuid);

impl Id {
    /// A version 7 UUID from a moment (milliseconds; before 1970 counts as 1970) and ten random bytes
    /// given by the caller: this layer takes no chance by itself.
    pub fn from_parts(at: Instant, random: [u8; 10]) -> Self {
        let millis = u64::try_from(at.as_micros().div_euclid(1000)).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// A version 8 UUID that follows from what it names: of a `kind`, under another resource, by its words.
    pub fn derived(kind: &str, under: Self, words: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(kind);
        hash.update([0]);
        hash.update(under.as_bytes());
        hash.update(words);
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The sixteen bytes, most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// From sixteen bytes, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// As a [`Uuid`], for the database.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// From a [`Uuid`] of the database.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

/// The text is not a hyphenated UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdError;

impl IdError {
    /// What is wrong, in both languages.
    pub const fn detail(self) -> Bilingual {
        Bilingual::fixed(
            "Un identifiant est un UUID de 36 caractères, avec ses tirets.",
            "An identifier is a UUID of 36 characters, hyphens included.",
        )
    }
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for IdError {}

impl FromStr for Id {
    type Err = IdError;

    /// Hyphenated form only, lower or upper case: one resource has one address.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 36 {
            return Err(IdError);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| IdError)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl From<Id> for serde_json::Value {
    fn from(id: Id) -> Self {
        Self::String(id.to_string())
    }
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        Text {
            description: "UUID (version 7 when made here).",
            example: "01905a2e-7c00-7abc-8def-0123456789ab",
            format: Some("uuid"),
            pattern: None,
        }
        .schema()
    }
}

impl ToSchema for Id {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_version_7_uuid_of_its_millisecond() {
        let at: Instant = "2024-06-27T09:30:00.123999Z".parse().unwrap();
        let id = Id::from_parts(at, [0xff; 10]);
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.uuid().get_variant(), uuid::Variant::RFC4122);
        let millis = id.as_bytes()[..6].iter().fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
        assert_eq!(millis, at.as_micros() / 1000);
        assert!(id < Id::from_parts(at.plus_seconds(1), [0; 10]));
        assert_eq!(Id::from_parts(Instant::from_micros(-1), [0; 10]).as_bytes()[..6], [0; 6]);
    }

    #[test]
    fn a_derived_one_is_the_same_for_the_same_words_alone() {
        let (one, other) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let id = Id::derived("item", one, "forums");
        assert_eq!((id, id.uuid().get_version_num()), (Id::derived("item", one, "forums"), 8));
        assert_eq!(id.to_string().parse(), Ok(id));
        for differs in [("item", other, "forums"), ("item", one, "forum"), ("axis", one, "forums")] {
            assert_ne!(Id::derived(differs.0, differs.1, differs.2), id);
        }
    }

    #[test]
    fn only_the_hyphenated_form_is_read_in_either_case() {
        let text = "01905a2e-7c00-7abc-8def-0123456789ab";
        let id: Id = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(text.to_uppercase().parse(), Ok(id));
        assert_eq!(Id::from_bytes(*id.as_bytes()), id);
        for wrong in [
            "01905a2e7c007abc8def0123456789ab",
            "{01905a2e-7c00-7abc-8def-0123456789ab}",
            "urn:uuid:01905a2e-7c00-7abc-8def-0123456789ab",
            "01905a2e-7c00-7abc-8def-0123456789a",
            "01905a2e-7c00-7abc-8def-0123456789ag",
            "01905a2e7-c00-7abc-8def-0123456789ab",
            " 1905a2e-7c00-7abc-8def-0123456789ab",
            "",
        ] {
            assert_eq!(wrong.parse::<Id>(), Err(IdError), "{wrong}");
        }
    }

    #[test]
    fn json_is_the_same_text() {
        let id = Id::from_bytes([7; 16]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<Id>(&json).unwrap(), id);
    }
}
