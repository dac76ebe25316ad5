//! Who calls: each actor is a client row of a role, with a token of the service's own issuer.

use diesel::prelude::*;
use passerelle::auth::clients::{Client, NewClient};
use passerelle::auth::{policy, tokens};
use passerelle::db::schema::organisations;
use passerelle::domain::Id;
use passerelle::domain::vocabulary::Role;
use passerelle::organisations::organisation::name_key;
use serde_json::Value;

use super::http::{Ask, Http, Response};
use super::world::{PUBLIC_URL, World};

/// The secret of every actor, for `/oauth/token`.
pub const SECRET: &str = "a-secret-of-tests";

/// A caller; cheap to clone and to send to a thread.
#[derive(Clone)]
pub struct Actor {
    http: Http,
    /// Its client id.
    pub id: Id,
    pub organisation: Option<Id>,
    pub token: Option<String>,
}

impl World {
    /// Nobody: no token.
    pub fn anonymous(&self) -> Actor {
        Actor { http: self.http.clone(), id: Id::from_bytes([0; 16]), organisation: None, token: None }
    }

    pub fn operator(&self) -> Actor {
        self.client(Role::Operator, None, &[], &[])
    }

    /// A client of a ministry of its own.
    pub fn ministry(&self) -> Actor {
        let ministry = self.organisation("ministry", "Ministère de l'Éducation nationale");
        self.client(Role::Ministry, Some(ministry), &[], &[])
    }

    /// A client of an association of its own.
    pub fn association(&self) -> Actor {
        let association = self.organisation("association", "Association des métiers");
        self.client(Role::Association, Some(association), &[], &[])
    }

    /// A client of an académie of its own that acts on a territory: `academie:25`.
    pub fn academie(&self, territory: &str) -> Actor {
        let academie = self.organisation("academie", &format!("Académie {territory}"));
        self.client(Role::Academie, Some(academie), &[territory], &[])
    }

    pub fn school(&self, uai: &str) -> Actor {
        self.client(Role::School, None, &[], &[uai])
    }

    pub fn observer(&self) -> Actor {
        self.client(Role::Observer, None, &[], &[])
    }

    pub fn volunteer(&self) -> Actor {
        self.client(Role::Volunteer, None, &[], &[])
    }

    /// A client of any role, with every scope of it.
    pub fn client(&self, role: Role, organisation: Option<Id>, territories: &[&str], uais: &[&str]) -> Actor {
        let id = self.new_id();
        let new = NewClient {
            name: format!("client {role}"),
            role,
            organisation_id: organisation,
            territories: territories.iter().map(|t| t.parse().unwrap()).collect(),
            uais: uais.iter().map(|u| u.parse().unwrap()).collect(),
            scopes: None,
        };
        Client::make(id, new, SECRET, self.now()).insert(&mut self.connection()).expect("a client is inserted");
        let mut actor = Actor { http: self.http.clone(), id, organisation, token: None };
        actor.token = Some(self.token(id, policy::scopes_of(role)));
        actor
    }

    /// The same client with fewer scopes in its token.
    pub fn narrowed(&self, actor: &Actor, scopes: &[&str]) -> Actor {
        Actor { token: Some(self.token(actor.id, scopes)), ..actor.clone() }
    }

    /// The same client with a token made now, with every scope of its own.
    pub fn afresh(&self, actor: &Actor) -> Actor {
        let all: Vec<&str> = policy::SCOPES.iter().map(|(scope, ..)| *scope).collect();
        self.narrowed(actor, &all)
    }

    /// The same client with a token of any making.
    pub fn bearing(&self, actor: &Actor, token: &str) -> Actor {
        Actor { token: Some(token.to_owned()), ..actor.clone() }
    }

    /// The same client at another replica.
    pub fn same(&self, actor: &Actor) -> Actor {
        Actor { http: self.http.clone(), ..actor.clone() }
    }

    /// A token of the service's own issuer.
    pub fn token(&self, client: Id, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|s| (*s).to_owned()).collect();
        let (now, token_id) = (self.now(), self.new_id());
        tokens::issue(&self.app.keys, PUBLIC_URL, client, token_id, &scopes, now, 600).expect("a token is issued")
    }

    pub fn new_id(&self) -> Id {
        self.app.ids.next(self.now())
    }

    /// A verified organisation that nobody proposed.
    pub fn organisation(&self, kind: &str, name: &str) -> Id {
        let id = self.new_id();
        diesel::insert_into(organisations::table)
            .values((
                organisations::id.eq(id),
                organisations::version.eq(1_i64),
                organisations::kind.eq(kind),
                organisations::name.eq(name),
                organisations::name_key.eq(name_key(name, None)),
                organisations::public_utility.eq(false),
                organisations::verified.eq(true),
                organisations::created_at.eq(self.now()),
                organisations::updated_at.eq(self.now()),
            ))
            .execute(&mut *self.connection())
            .expect("an organisation is inserted");
        id
    }
}

impl Actor {
    /// A request to be completed: headers, body, then `.send()`.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        let ask = Ask::new(&self.http, method, path);
        match &self.token {
            Some(token) => ask.header("Authorization", &format!("Bearer {token}")),
            None => ask,
        }
    }

    pub fn get(&self, path: &str) -> Response {
        self.ask("GET", path).send()
    }

    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.ask("POST", path).json(body).send()
    }

    /// An act without a body on the version that was read.
    pub fn act(&self, path: &str, etag: &str) -> Response {
        self.ask("POST", path).header("If-Match", etag).send()
    }

    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Response {
        self.ask("PATCH", path).header("If-Match", etag).merge_patch(body).send()
    }

    pub fn delete(&self, path: &str, etag: &str) -> Response {
        self.ask("DELETE", path).header("If-Match", etag).send()
    }

    /// Every item of a list, page after page.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = path.to_owned();
        loop {
            let page = self.get(&next).expect(200);
            items.extend(page.json["items"].as_array().expect("items").iter().cloned());
            match page.json["next_cursor"].as_str() {
                None => return items,
                Some(cursor) => {
                    let mark = if path.contains('?') { '&' } else { '?' };
                    next = format!("{path}{mark}cursor={cursor}");
                }
            }
        }
    }
}
