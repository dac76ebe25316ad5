//! What a text says outside of its articles: its preamble, what the parties commit to, the networks that it calls upon.

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::domain::Id;
use crate::domain::vocabulary::Network;
use crate::http::body::Faults;

/// Something a party commits to.
#[derive(Debug, Clone, PartialEq, Eq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Commitment {
    /// The party that commits; all of them when null.
    #[deserr(default)]
    pub party_id: Option<Id>,
    /// The commitment, as the text says it.
    #[validate(length(min = 1, max = 5000))]
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// Line of the imported text.
    #[deserr(default)]
    #[validate(range(max = 2_147_483_647))]
    pub line: Option<u32>,
}

/// A text that is no article: the preamble.
#[derive(Debug, Clone, PartialEq, Deserr, Serialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct Preamble {
    /// Markdown.
    #[validate(length(min = 1, max = 200_000))]
    #[schema(min_length = 1, max_length = 200_000)]
    pub body: String,
    /// What the parties already commit to in it.
    #[deserr(default)]
    #[schema(required = false)]
    #[validate(nested, length(max = 200))]
    #[schema(max_items = 200)]
    pub commitments: Vec<Commitment>,
}

/// A network (réseau) that may be called upon; its article lists them.
#[derive(Debug, Clone, PartialEq, Eq, Deserr, Serialize, Deserialize, ToSchema, Validate)]
#[deserr(error = Faults, deny_unknown_fields)]
pub struct MobilisedNetwork {
    /// Its code, when it is one of the vocabulary.
    #[deserr(default)]
    pub network: Option<Network>,
    /// Its name as the text says it.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
    /// Line of the imported text.
    #[deserr(default)]
    #[validate(range(max = 2_147_483_647))]
    pub line: Option<u32>,
}
