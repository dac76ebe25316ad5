//! How far a client or a grant reaches: what its role needs, and the scopes it may hold.

use super::policy;
use crate::domain::identifiers::Uai;
use crate::domain::vocabulary::Role;
use crate::domain::{Id, Territory};
use crate::error::{Fault, Faults, both};

/// What was asked for.
pub struct Reach<'r> {
    pub role: Role,
    pub organisation_id: Option<Id>,
    pub territories: &'r [Territory],
    pub uais: &'r [Uai],
    pub scopes: Option<&'r [String]>,
}

impl Reach<'_> {
    /// Notes what is missing, and scopes outside of the role.
    pub fn check(&self, faults: &mut Faults) {
        if policy::acts_for_an_organisation(self.role) && self.organisation_id.is_none() {
            faults.push(Fault::pointer(
                "/organisation_id",
                "missing",
                both("Ce rôle agit pour un organisme.", "This role acts for an organisation."),
            ));
        }
        if self.role == Role::Academie && self.territories.is_empty() {
            faults.push(Fault::pointer(
                "/territories",
                "missing",
                both("Une académie agit sur un territoire.", "An académie acts on a territory."),
            ));
        }
        if self.role == Role::School && self.uais.is_empty() {
            faults.push(Fault::pointer(
                "/uais",
                "missing",
                both("Un établissement agit pour ses UAI.", "A school acts for its UAIs."),
            ));
        }
        let allowed = policy::scopes_of(self.role);
        for (index, scope) in self.scopes.iter().copied().flatten().enumerate() {
            if !allowed.contains(&scope.as_str()) {
                faults.push(
                    Fault::pointer(
                        format!("/scopes/{index}"),
                        "not_in_list",
                        both("Portée inconnue ou hors de ce rôle.", "Scope unknown or outside this role."),
                    )
                    .accepting(allowed.iter().copied()),
                );
            }
        }
    }

    /// The scopes asked for; all those of the role when none was named.
    pub fn scopes(&self) -> Vec<String> {
        match self.scopes {
            Some(scopes) => scopes.to_vec(),
            None => policy::scopes_of(self.role).iter().map(|scope| (*scope).to_owned()).collect(),
        }
    }
}
