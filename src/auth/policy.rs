//! What a caller may do: pure, no database, no clock.
//!
//! An operation names its permission in the handler's signature (`Call<ReadConventions>`); the permission's scope must
//! be in the token. What a caller *sees* is its perimeter, applied by the finders; what it may do to something it sees
//! is decided here.

use super::caller::Caller;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Territory};

/// A permission as a type: the scope an operation asks for.
pub trait Permission: Send + Sync + 'static {
    const SCOPE: &'static str;
    /// Bytes of a body at most, where it is neither JSON nor a text to import.
    const BODY_LIMIT: Option<usize> = None;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $scope:literal: $fr:literal / $en:literal;)+) => {
        $($(#[$doc])* #[derive(Debug)] pub struct $name;
        impl Permission for $name { const SCOPE: &'static str = $scope; })+
        /// Every scope, with what it allows in French and in English.
        pub const SCOPES: &[(&str, &str, &str)] = &[$(($scope, $fr, $en)),+];
    };
}

permissions! {
    /// Who am I.
    ReadAccount = "account:read": "Savoir qui l'on est" / "Know who one is";
    /// Vocabularies and territories.
    ReadReference = "reference:read": "Lire les vocabulaires et territoires" / "Read vocabularies and territories";
    /// Organisations and their representatives.
    ReadOrganisations = "organisations:read": "Lire les organismes" / "Read organisations";
    /// Create and change organisations.
    WriteOrganisations = "organisations:write": "Créer et modifier les organismes" / "Create and change organisations";
    /// Conventions and their text.
    ReadConventions = "conventions:read": "Lire les conventions" / "Read conventions";
    /// Draft and change conventions.
    WriteConventions = "conventions:write": "Rédiger les conventions" / "Draft conventions";
    /// Record signatures.
    WriteSignatures = "signatures:write": "Enregistrer les signatures" / "Record signatures";
    /// Record what happened in the life of a convention.
    WriteFacts = "facts:write": "Enregistrer les faits" / "Record facts";
    /// Make and revoke calendars of what one sees, at secret addresses.
    WriteCalendars = "calendars:write": "Créer et retirer ses calendriers" / "Make and revoke one's calendars";
    /// Files and their bytes.
    ReadFiles = "files:read": "Lire les pièces" / "Read files";
    /// Send, change and delete files.
    WriteFiles = "files:write": "Déposer et modifier les pièces" / "Send and change files";
    /// The directory of schools.
    ReadSchools = "schools:read": "Lire l'annuaire des établissements" / "Read the directory of schools";
    /// Companies and the contacts made with them.
    ReadCompanies = "companies:read": "Lire les entreprises et les contacts pris" / "Read companies and the contacts made with them";
    /// Keep companies and record the contacts made with them.
    WriteCompanies = "companies:write": "Tenir les entreprises et les contacts pris" / "Keep companies and record contacts made with them";
    /// Actions, from the axis to the classroom.
    ReadActions = "actions:read": "Lire les actions" / "Read actions";
    /// Request, plan, confirm actions and declare their results.
    WriteActions = "actions:write": "Demander, prévoir, confirmer les actions et en déclarer les résultats" / "Request, plan and confirm actions, and declare their results";
    /// The change feed.
    ReadChanges = "changes:read": "Suivre les changements" / "Follow what changes";
    /// The audit of what is one's own.
    ReadAudit = "audit:read": "Lire le journal des actes" / "Read who did what";
    /// The health of the jobs.
    ReadJobs = "jobs:read": "Voir l'état des travaux" / "See the health of the jobs";
    /// Machine clients of this instance.
    ReadClients = "clients:read": "Lire les clients" / "Read machine clients";
    /// Create and revoke machine clients.
    WriteClients = "clients:write": "Créer et révoquer les clients" / "Create and revoke machine clients";
    /// What is granted to people of external issuers.
    ReadGrants = "grants:read": "Lire les habilitations" / "Read grants";
    /// Grant and revoke.
    WriteGrants = "grants:write": "Donner et retirer les habilitations" / "Grant and revoke";
}

/// Send a file: the same scope, and a larger body.
#[derive(Debug)]
pub struct UploadFiles;
impl Permission for UploadFiles {
    const SCOPE: &'static str = WriteFiles::SCOPE;
    const BODY_LIMIT: Option<usize> = Some(crate::files::FILE_LIMIT);
}

/// The scopes a role may hold at most.
pub fn scopes_of(role: Role) -> &'static [&'static str] {
    match role {
        Role::Operator => &[
            "account:read",
            "reference:read",
            "organisations:read",
            "organisations:write",
            "conventions:read",
            "conventions:write",
            "signatures:write",
            "facts:write",
            "calendars:write",
            "files:read",
            "files:write",
            "clients:read",
            "clients:write",
            "grants:read",
            "grants:write",
            "changes:read",
            "audit:read",
            "jobs:read",
            "schools:read",
            "companies:read",
            "companies:write",
            "actions:read",
            "actions:write",
        ],
        Role::Ministry | Role::Association | Role::Academie => &[
            "account:read",
            "reference:read",
            "organisations:read",
            "organisations:write",
            "conventions:read",
            "conventions:write",
            "signatures:write",
            "facts:write",
            "calendars:write",
            "files:read",
            "files:write",
            "changes:read",
            "audit:read",
            "schools:read",
            "companies:read",
            "companies:write",
            "actions:read",
            "actions:write",
        ],
        Role::School => &[
            "account:read",
            "reference:read",
            "organisations:read",
            "conventions:read",
            "calendars:write",
            "changes:read",
            "schools:read",
            "actions:read",
            "actions:write",
        ],
        Role::Volunteer | Role::Observer => &["account:read", "reference:read"],
    }
}

/// True when the role acts through an organisation of its own.
pub fn acts_for_an_organisation(role: Role) -> bool {
    matches!(role, Role::Ministry | Role::Association | Role::Academie)
}

/// What the policy needs to know of a convention.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The organisation whose caller made it; none when the operator did.
    pub owner: Option<Id>,
    /// Brought in by the operator of the instance.
    pub brought_in: bool,
    /// The organisations that are its parties.
    pub parties: Vec<Id>,
    /// A signature stands: the text is the parties' from then on.
    pub signed: bool,
    /// Where it applies.
    pub territory: Option<Territory>,
}

/// Is this caller an association's, narrowed to some territories (a delegate)?
fn is_delegate(caller: &Caller) -> bool {
    caller.role == Role::Association && !caller.territories.is_empty()
}

/// Does this caller act in all of that territory? A delegate and an académie within their own territories alone; whoever is
/// not narrowed, anywhere. What somebody makes, or moves, must pass here.
pub fn acts_within(caller: &Caller, territory: &Territory) -> bool {
    let narrowed = caller.role == Role::Academie || is_delegate(caller);
    !narrowed || caller.territories.iter().any(|mine| mine.contains(territory))
}

/// Does the delegation of this caller cover the convention? A delegate sees the national text, and acts on those of its own
/// territories alone; an académie may be party to a wider text, and acts on none of elsewhere.
pub fn is_within_delegation(caller: &Caller, convention: &Standing) -> bool {
    let Some(all) = convention.territory else { return true };
    let is_party_to_wider = caller.role == Role::Academie && caller.territories.iter().any(|mine| all.contains(mine));
    is_party_to_wider || acts_within(caller, &all)
}

/// May this caller draft and change the text? Its parties may, and its owner until one of them has signed; the
/// operator, what it is bringing in.
pub fn may_draft(caller: &Caller, convention: &Standing) -> bool {
    match caller.role {
        Role::Operator => convention.brought_in,
        role if acts_for_an_organisation(role) => caller.organisation_id.is_some_and(|mine| {
            is_within_delegation(caller, convention)
                && (convention.parties.contains(&mine) || (convention.owner == Some(mine) && !convention.signed))
        }),
        _ => false,
    }
}

/// May this caller record the signature of that party? A party its own; the operator any of a convention it brings in,
/// with proof: it never acts for a party.
pub fn may_sign(caller: &Caller, convention: &Standing, party: Id) -> bool {
    match caller.role {
        Role::Operator => convention.brought_in,
        role if acts_for_an_organisation(role) => {
            caller.organisation_id == Some(party) && is_within_delegation(caller, convention)
        }
        _ => false,
    }
}

/// May this caller record what happened? Each party, whoever did it; the operator, of a convention it brings in, with proof.
pub fn may_record(caller: &Caller, convention: &Standing) -> bool {
    match caller.role {
        Role::Operator => convention.brought_in,
        role if acts_for_an_organisation(role) => {
            caller.organisation_id.is_some_and(|mine| convention.parties.contains(&mine))
                && is_within_delegation(caller, convention)
        }
        _ => false,
    }
}

/// Of which of the conventions that it sees a caller reads what the parties recorded of each other (notices, disputes,
/// evidence), and what that makes due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactsOf {
    Every,
    /// Those that this organisation is party to.
    Party(Id),
    None,
}

/// A school reads the texts in force and the duties that they state, no more; nor does an académie of what others signed.
pub fn facts_of(caller: &Caller) -> FactsOf {
    match caller.role {
        Role::School => FactsOf::None,
        Role::Academie => caller.organisation_id.map_or(FactsOf::None, FactsOf::Party),
        _ => FactsOf::Every,
    }
}

/// Does it read those of a convention of these parties?
pub fn may_read_facts(caller: &Caller, parties: &[Id]) -> bool {
    match facts_of(caller) {
        FactsOf::Every => true,
        FactsOf::Party(mine) => parties.contains(&mine),
        FactsOf::None => false,
    }
}

/// May this caller change that organisation? Its own people may, but no delegate, and those who proposed it; operator and
/// ministry, any.
pub fn may_keep_organisation(caller: &Caller, organisation: Id, owner: Option<Id>) -> bool {
    match caller.role {
        Role::Operator | Role::Ministry => true,
        role if acts_for_an_organisation(role) => caller
            .organisation_id
            .is_some_and(|mine| (mine == organisation && !is_delegate(caller)) || owner == Some(mine)),
        _ => false,
    }
}

/// May this caller read a file of that organisation that is not public? Its own people, whoever sent it, the operator and the
/// ministry.
pub fn may_read_private_file(caller: &Caller, organisation: Id, sender: Option<Id>) -> bool {
    let own = caller.organisation_id.is_some_and(|mine| mine == organisation || sender == Some(mine));
    own || matches!(caller.role, Role::Operator | Role::Ministry)
}

/// May this caller keep a company, or record contacts, there? A delegate and an académie, of their own territories; of a
/// place that nobody has told, whoever it is.
pub fn may_act_at(caller: &Caller, place: Option<&str>) -> bool {
    let anywhere = caller.role != Role::Academie && !is_delegate(caller);
    anywhere || place.is_none_or(|code| caller.academies().iter().any(|mine| mine.as_str() == code))
}

/// May this caller change that company, or that contact? Those whose own it is, where they may act; the operator, what it
/// brought in.
pub fn may_keep(caller: &Caller, owner: Option<Id>, place: Option<&str>) -> bool {
    match caller.role {
        Role::Operator => owner.is_none(),
        role if acts_for_an_organisation(role) => {
            caller.organisation_id.is_some() && owner == caller.organisation_id && may_act_at(caller, place)
        }
        _ => false,
    }
}

/// May this caller record a contact made with a company of that place under that convention? The association that is party
/// to it; an académie, in its territory; the operator, under a convention it brings in. A ministry reads.
///
/// `covered`: the convention's territory contains the place.
pub fn may_record_contact(caller: &Caller, convention: &Standing, place: Option<&str>, covered: bool) -> bool {
    let party = caller.organisation_id.is_some_and(|mine| convention.parties.contains(&mine));
    match caller.role {
        Role::Operator => convention.brought_in,
        Role::Association => party && may_act_at(caller, place),
        Role::Academie => (party || covered) && may_act_at(caller, place),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_holds_an_unknown_scope() {
        use crate::domain::vocabulary::Role;
        for role in Role::ALL {
            for scope in scopes_of(*role) {
                assert!(SCOPES.iter().any(|(known, ..)| known == scope), "{role}: {scope}");
            }
        }
    }
}
