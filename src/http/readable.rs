//! Which domain types can be read from a body member or a parameter, and how they say what is wrong.

use super::body::Explained;
use crate::body_text;
use crate::domain::attachment::AttachmentError;
use crate::domain::bilingual::Bilingual;
use crate::domain::civil::CivilDateError;
use crate::domain::identifiers::{IdentifierError, Naf, Rna, Siret, Uai};
use crate::domain::ids::IdError;
use crate::domain::instant::InstantError;
use crate::domain::territory::TerritoryError;
use crate::domain::vocabulary::{
    AccreditationLevel, ActionKind, Audience, ClauseKind, ContactMeans, ContactOutcome, ContactPurpose,
    ConventionLevel, EditKind, EditTarget, FactKind, FilePurpose, LapseEffect, LastDayRule, Network, NoticeStart,
    OrganisationKind, Role, Side, Unit, UnknownCode,
};
use crate::domain::{Attachment, CivilDate, Id, Territory};

macro_rules! explained {
    ($($error:ty),+ $(,)?) => {$(
        impl Explained for $error {
            fn explain(&self) -> Bilingual {
                self.detail()
            }
        }
    )+};
}

explained!(AttachmentError, CivilDateError, IdentifierError, IdError, InstantError, TerritoryError, UnknownCode);

body_text!(
    Attachment,
    CivilDate,
    EditKind,
    EditTarget,
    FactKind,
    LapseEffect,
    NoticeStart,
    FilePurpose,
    Id,
    Territory,
    Siret,
    Naf,
    ContactMeans,
    ContactOutcome,
    ContactPurpose,
    Rna,
    Uai,
    Role,
    Side,
    Unit,
    AccreditationLevel,
    ActionKind,
    Audience,
    ClauseKind,
    ConventionLevel,
    LastDayRule,
    Network,
    OrganisationKind,
);
