//! What an entry of the feed may be about: the one table, from a kind to its address, its scope and how it is read.

use serde_json::Value;

use crate::aggregate::{Piece, Whole as _};
use crate::auth::clients::Client;
use crate::auth::grants::Grant;
use crate::calendars::Calendar;
use crate::companies;
use crate::companies::company::{Company, CompanyRow};
use crate::companies::contacts::contact::ContactRow;
use crate::conventions::amendments::signatures::AmendmentSignature;
use crate::conventions::articles::Article;
use crate::conventions::axes::Axis;
use crate::conventions::clauses::Clause;
use crate::conventions::contacts::NetworkContact;
use crate::conventions::facts::FactRow;
use crate::conventions::objectives::Objective;
use crate::conventions::parties::Party;
use crate::conventions::parts::Part;
use crate::conventions::signatures::Signature;
use crate::conventions::{ConventionRow, acts};
use crate::db::Connection;
use crate::domain::Id;
use crate::error::{Fault, Halt, both};
use crate::files::file::{File, FileRow};
use crate::http::call::Request;
use crate::http::params::Params;
use crate::obligations;
use crate::obligations::obligation::Obligation;
use crate::organisations::organisation::{Organisation, OrganisationRow};
use crate::organisations::representatives::Representative;

/// A kind of resource.
pub struct Kind {
    /// As in an entry: `article`.
    pub name: &'static str,
    /// Where one of them is read: `/v1/articles`.
    pub path: &'static str,
    /// The scope of its `GET`.
    pub scope: &'static str,
    /// What its `GET` answers to this caller; 404 outside its perimeter.
    pub read: fn(&mut Connection, &Request, Id) -> Result<Value, Halt>,
}

fn piece<P: Piece>(c: &mut Connection, request: &Request, id: Id) -> Result<Value, Halt> {
    let whole = P::whole_of(c, id)?.ok_or_else(Halt::not_found)?;
    P::Whole::glance(c, request, whole)?;
    let piece = P::find_on(c, id, request.today)?.ok_or_else(Halt::not_found)?;
    Ok(serde_json::to_value(&piece)?)
}

const fn of_convention<P: Piece>() -> Kind {
    Kind { name: P::KIND, path: P::PATH, scope: "conventions:read", read: piece::<P> }
}

/// Every kind.
pub const KINDS: [Kind; 22] = [
    Kind {
        name: "convention",
        path: "/v1/conventions",
        scope: "conventions:read",
        read: |c, request, id| {
            let row = ConventionRow::find(c, request, id)?;
            Ok(serde_json::to_value(acts::view(c, request, row, request.today)?)?)
        },
    },
    of_convention::<Party>(),
    of_convention::<Part>(),
    of_convention::<Article>(),
    of_convention::<Clause>(),
    of_convention::<Axis>(),
    of_convention::<Objective>(),
    Kind {
        name: "signature",
        path: "/v1/signatures",
        scope: "conventions:read",
        read: |c, request, id| Ok(serde_json::to_value(Signature::find(c, request, id)?.0)?),
    },
    Kind {
        name: "fact",
        path: "/v1/facts",
        scope: "conventions:read",
        read: |c, request, id| Ok(serde_json::to_value(FactRow::seen(c, request, id)?.0)?),
    },
    Kind {
        name: obligations::reminders::KIND,
        path: "/v1/obligations",
        scope: "conventions:read",
        read: |c, request, id| {
            let (row, home) = obligations::http::find(c, request, id)?;
            Ok(serde_json::to_value(
                Obligation::of(Some(row.id), row, &home, request.today).told(&request.caller, &home),
            )?)
        },
    },
    Kind {
        name: "amendment",
        path: "/v1/amendments",
        scope: "conventions:read",
        read: crate::conventions::amendments::http::shown,
    },
    Kind {
        name: "amendment_signature",
        path: "/v1/amendment-signatures",
        scope: "conventions:read",
        read: |c, request, id| Ok(serde_json::to_value(AmendmentSignature::find(c, request, id)?.0)?),
    },
    Kind {
        name: "network_contact",
        path: "/v1/network-contacts",
        scope: "conventions:read",
        read: |c, request, id| Ok(serde_json::to_value(NetworkContact::find(c, request, id)?.0)?),
    },
    Kind {
        name: "calendar",
        path: "/v1/calendars",
        scope: "conventions:read",
        read: |c, request, id| Ok(serde_json::to_value(Calendar::find(c, request, id)?)?),
    },
    Kind { name: crate::actions::KIND, path: "/v1/actions", scope: "actions:read", read: crate::actions::read },
    Kind {
        name: "organisation",
        path: "/v1/organisations",
        scope: "organisations:read",
        read: |c, request, id| Ok(serde_json::to_value(Organisation::from(OrganisationRow::find(c, request, id)?))?),
    },
    Kind {
        name: "representative",
        path: "/v1/representatives",
        scope: "organisations:read",
        read: piece::<Representative>,
    },
    Kind {
        name: "company",
        path: "/v1/companies",
        scope: "companies:read",
        read: |c, request, id| Ok(serde_json::to_value(Company::from(CompanyRow::find(c, request, id)?))?),
    },
    Kind {
        name: "company_contact",
        path: "/v1/company-contacts",
        scope: "companies:read",
        read: |c, request, id| {
            let row = ContactRow::find(c, request, id)?;
            let contact = companies::contacts::store::views(c, vec![row])?.pop().ok_or_else(Halt::not_found)?;
            Ok(serde_json::to_value(contact)?)
        },
    },
    Kind {
        name: "file",
        path: "/v1/files",
        scope: "files:read",
        read: |c, request, id| Ok(serde_json::to_value(File::from(FileRow::find(c, request, id)?))?),
    },
    Kind {
        name: "client",
        path: "/v1/clients",
        scope: "clients:read",
        read: |c, _, id| Ok(serde_json::to_value(Client::find(c, id)?)?),
    },
    Kind {
        name: "grant",
        path: "/v1/grants",
        scope: "grants:read",
        read: |c, _, id| Ok(serde_json::to_value(Grant::find(c, id)?)?),
    },
];

/// A kind, as the document lists them.
pub struct KindName;

impl utoipa::PartialSchema for KindName {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new().enum_values(Some(KINDS.iter().map(|kind| kind.name))).into()
    }
}

/// The kinds that a parameter lists, separated by commas.
pub fn listed(params: &mut Params, name: &'static str) -> Vec<&'static str> {
    let mut chosen = Vec::new();
    for kind in params.text(name).as_deref().into_iter().flat_map(|text| text.split(',')) {
        match find(kind.trim()) {
            Some(kind) => chosen.push(kind.name),
            None => params.fault(
                Fault::parameter(name, "not_in_list", both("Sorte inconnue.", "Unknown kind."))
                    .accepting(KINDS.iter().map(|kind| kind.name)),
            ),
        }
    }
    chosen
}

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
