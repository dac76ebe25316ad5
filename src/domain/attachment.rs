//! What a file is attached to: a kind of resource and its id, written `article:0190a5d4-…`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::bilingual::Bilingual;
use super::ids::Id;
use super::text_schema::Text;

/// The resource that a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// One of [`Attachment::KINDS`].
    pub kind: &'static str,
    pub id: Id,
}

impl Attachment {
    /// What files may be attached to: a convention and its pieces, an organisation and its representatives.
    pub const KINDS: [&'static str; 14] = [
        "convention",
        "party",
        "part",
        "article",
        "clause",
        "axis",
        "objective",
        "signature",
        "fact",
        "amendment",
        "amendment_signature",
        "network_contact",
        "organisation",
        "representative",
    ];

    /// The resource of a kind; nothing when files are not attached to that kind.
    pub fn to(kind: &str, id: Id) -> Option<Self> {
        Self::KINDS.iter().find(|known| **known == kind).map(|kind| Self { kind, id })
    }
}

/// The text names nothing that a file may be attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentError {
    /// Not of the form `kind:id`.
    Form,
    /// No file is attached to that kind.
    Kind,
}

impl AttachmentError {
    /// What is wrong, in both languages.
    pub fn detail(self) -> Bilingual {
        match self {
            Self::Form => Bilingual::fixed(
                "Une pièce se rattache à un genre et un identifiant : convention:0190a5d4-….",
                "A file is attached to a kind and an id: convention:0190a5d4-….",
            ),
            Self::Kind => {
                let kinds = Attachment::KINDS.join(", ");
                Bilingual::new(
                    format!("Genre inconnu ; genres acceptés : {kinds}."),
                    format!("Unknown kind; accepted kinds: {kinds}."),
                )
            }
        }
    }
}

impl fmt::Display for AttachmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail().en)
    }
}

impl std::error::Error for AttachmentError {}

impl FromStr for Attachment {
    type Err = AttachmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or(AttachmentError::Form)?;
        let id = id.parse().map_err(|_| AttachmentError::Form)?;
        Self::to(kind, id).ok_or(AttachmentError::Kind)
    }
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl Serialize for Attachment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Attachment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl PartialSchema for Attachment {
    fn schema() -> RefOr<Schema> {
        Text {
            description: "What a file is attached to: a kind of resource and its id.",
            example: "convention:0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50",
            pattern: Some("^[a-z_]+:[0-9a-fA-F-]{36}$"),
            format: None,
        }
        .schema()
    }
}

impl ToSchema for Attachment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_strictly() {
        let text = "article:0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50";
        let read: Attachment = text.parse().unwrap();
        assert_eq!((read.kind, read.to_string().as_str()), ("article", text));
        for (wrong, error) in [
            ("", AttachmentError::Form),
            ("article", AttachmentError::Form),
            ("article:1", AttachmentError::Form),
            ("client:0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", AttachmentError::Kind),
            ("Article:0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", AttachmentError::Kind),
        ] {
            assert_eq!(wrong.parse::<Attachment>(), Err(error), "{wrong}");
        }
    }
}
