//! Which domain types can be read from a body member or a parameter, and how they say what is wrong.

use super::body::{Explained, Faults, fault};
use crate::body_text;
use crate::domain::attachment::AttachmentError;
use crate::domain::bilingual::Bilingual;
use crate::domain::civil::CivilDateError;
use crate::domain::hours::{Hours, TimeOfDayError};
use crate::domain::identifiers::{IdentifierError, Naf, Rna, Siret, Uai};
use crate::domain::ids::IdError;
use crate::domain::instant::InstantError;
use crate::domain::territory::TerritoryError;
use crate::domain::vocabulary::{
    AccreditationLevel, ActionKind, ActionOrigin, ActionStatus, Audience, ClauseKind, ContactMeans, ContactOutcome,
    ContactPurpose, ConventionLevel, EditKind, EditTarget, FactKind, FilePurpose, InclusionGround, LapseEffect,
    LastDayRule, Modality, Network, NoticeStart, OfferSource, OrganisationKind, Programme, PupilStatus, Role,
    SchoolKind, SchoolLevel, Side, Track, Unit, UnknownCode,
};
use crate::domain::{Attachment, CivilDate, Id, Territory, TimeOfDay};
use crate::error::both;

macro_rules! explained {
    ($($error:ty),+ $(,)?) => {$(
        impl Explained for $error {
            fn explain(&self) -> Bilingual {
                self.detail()
            }
        }
    )+};
}

explained!(AttachmentError, CivilDateError, IdentifierError, IdError, InstantError, TerritoryError, TimeOfDayError);

impl Explained for UnknownCode {
    fn explain(&self) -> Bilingual {
        self.detail()
    }
    fn accepted(&self) -> &'static [&'static str] {
        self.accepted
    }
}

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
    TimeOfDay,
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
    ActionOrigin,
    ActionStatus,
    Audience,
    InclusionGround,
    Modality,
    OfferSource,
    Programme,
    PupilStatus,
    SchoolLevel,
    Track,
    ClauseKind,
    ConventionLevel,
    LastDayRule,
    Network,
    OrganisationKind,
    SchoolKind,
);

impl deserr::Deserr<Faults> for Hours {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        at: deserr::ValuePointerRef,
    ) -> Result<Self, Faults> {
        let hours = <f64 as deserr::Deserr<Faults>>::deserialize_from_value(value, at)?;
        Self::of_hours(hours).ok_or_else(|| {
            fault(at, "out_of_range", both("Un nombre d'heures, de 0 à 1 000 000.", "Hours, from 0 to 1,000,000."))
        })
    }
}
