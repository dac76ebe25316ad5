//! Every sentence the service says exists in French and in English; codes never change.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One sentence in both languages. French is what is served by default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Bilingual {
    /// French.
    #[schema(value_type = String)]
    pub fr: Cow<'static, str>,
    /// English.
    #[schema(value_type = String)]
    pub en: Cow<'static, str>,
}

impl Bilingual {
    /// A sentence from its two forms.
    pub fn new(fr: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// A sentence known when the program is built.
    pub const fn fixed(fr: &'static str, en: &'static str) -> Self {
        Self { fr: Cow::Borrowed(fr), en: Cow::Borrowed(en) }
    }
}
