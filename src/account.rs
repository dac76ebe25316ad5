//! `/v1/me`: who is calling, with what role, organisation and perimeter.

use actix_web::get;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::policy::ReadAccount;
use crate::db::schema::organisations;
use crate::domain::vocabulary::Role;
use crate::domain::{Bilingual, CivilDate, Id, Territory};
use crate::error::both;
use crate::http::answer::{Answer, Reply};
use crate::http::call::Call;

/// The caller, as the service sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The machine client, or the grant.
    pub client_id: Id,
    /// The external issuer (`iss`) of the token; null for a machine client of this instance.
    pub issuer: Option<String>,
    /// Who it is to that issuer (`sub`).
    pub subject: Option<String>,
    /// Name of the machine client, or of the grant.
    #[schema(example = "SI de l'académie de Versailles")]
    pub name: String,
    pub role: Role,
    /// Scopes of this token.
    #[schema(example = json!(["conventions:read"]))]
    pub scopes: Vec<String>,
    /// The organisation it acts for.
    pub organisation: Option<OwnOrganisation>,
    /// Territories it acts on or is narrowed to.
    pub territories: Vec<Territory>,
    /// Schools it acts for (UAI).
    pub uais: Vec<String>,
    /// What this role sees, in words.
    pub perimeter: Bilingual,
    /// The civil date of this request, in Paris: what "today" means for the rules.
    pub today: CivilDate,
}

/// The organisation of a caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnOrganisation {
    pub id: Id,
    pub name: String,
}

/// Who am I
///
/// The machine client or the grant behind the token: role, organisation, territories, scopes.
#[utoipa::path(
    tag = "Account", security(("oauth2" = ["account:read"]), ("bearer" = [])),
    responses((status = 200, description = "The caller", body = Me))
)]
#[get("/v1/me")]
async fn read_me(call: Call<ReadAccount>) -> Reply {
    call.read(|c, request| {
        request.plain_read()?;
        let caller = &request.caller;
        let organisation = match caller.organisation_id {
            Some(id) => organisations::table
                .find(id)
                .select((organisations::id, organisations::name))
                .first::<(Id, String)>(c)
                .optional()?
                .map(|(id, name)| OwnOrganisation { id, name }),
            None => None,
        };
        let me = Me {
            client_id: caller.client_id,
            issuer: caller.subject.as_ref().map(|external| external.issuer.clone()),
            subject: caller.subject.as_ref().map(|external| external.subject.clone()),
            name: caller.name.clone(),
            role: caller.role,
            scopes: caller.scopes.clone(),
            organisation,
            territories: caller.territories.clone(),
            uais: caller.uais.clone(),
            perimeter: perimeter(caller.role),
            today: request.today,
        };
        Ok(Answer::single(1, &me)?.unless_known(request.if_none_match.as_deref()))
    })
    .await
}

fn perimeter(role: Role) -> Bilingual {
    match role {
        Role::Operator => both(
            "Les organismes, les clients et les conventions apportées par l'exploitant.",
            "Organisations, clients, and the conventions that the operator brought in.",
        ),
        Role::Ministry => both("Toutes les conventions.", "All conventions."),
        Role::Association => both(
            "Les conventions dont l'association est partie, et leurs déclinaisons.",
            "Conventions the association is party to, and those under them.",
        ),
        Role::Academie => both(
            "Les textes entrés en vigueur, et les projets dont l'académie est partie.",
            "Texts that came into force, and drafts the académie is party to.",
        ),
        Role::School => both("Les textes en vigueur.", "Texts in force."),
        Role::Volunteer => both("Ses propres affectations.", "One's own assignments."),
        Role::Observer => {
            both("Les rapports publiés et les agrégats protégés.", "Published reports and protected aggregates.")
        }
    }
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(read_me);
}
