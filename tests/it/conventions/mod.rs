//! Conventions, as those who draft, sign and read them rely on them: over HTTP, on both databases.

mod acts;
pub mod amendments;
mod axes;
mod causes;
mod clauses;
mod contacts;
mod content;
mod dates;
mod declining;
mod dossier;
mod drafting;
pub mod ends;
mod facts;
mod freezing;
mod guards;
mod idempotency;
mod import_refusals;
pub mod importing;
mod life;
mod lists;
pub mod matrix;
mod perimeter;
mod pieces;
mod recorders;
mod records;
mod removing;
mod renewals;
mod roles;
mod signing;
mod statuses;
mod territories;

use std::collections::BTreeMap;

use passerelle::auth::policy;
use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::{Actor, Response, World};

/// A convention in the making, with the two who will sign it.
pub struct Draft {
    pub id: String,
    pub ministry: Actor,
    pub association: Actor,
    /// Who drafts it.
    pub author: Actor,
    /// Its pieces by a name of ours: `article 11`, `clause duration`.
    named: BTreeMap<String, String>,
}

/// What a national convention is created with.
pub fn national(title: &str) -> Value {
    json!({ "title": title, "document_type": "convention de coopération", "level": "national", "territory": "national" })
}

/// A national draft by an association of its own, empty.
pub fn draft(world: &World) -> Draft {
    Draft::by(&world.association(), &world.ministry(), &national("Convention de coopération"))
}

/// Ready to be signed: its two parties, five years, six months to inform and to terminate.
pub fn ready(world: &World) -> Draft {
    draft(world).with_parties().with_terms()
}

/// Signed by the association on the 20th and the ministry on the 27th of June 2024: in force until 27 June 2029.
pub fn in_force(world: &World) -> Draft {
    ready(world).signed("2024-06-20", "2024-06-27")
}

impl Draft {
    /// Drafted by an association for itself and a ministry.
    pub fn by(association: &Actor, ministry: &Actor, new: &Value) -> Self {
        Self::drafted(association, ministry, association, new)
    }

    /// Drafted by anybody.
    pub fn drafted(author: &Actor, ministry: &Actor, association: &Actor, new: &Value) -> Self {
        let id = author.post("/v1/conventions", new).expect(201).id();
        let (author, ministry, association) = (author.clone(), ministry.clone(), association.clone());
        Self { id, ministry, association, author, named: BTreeMap::new() }
    }

    /// The same with tokens of today: those of yesterday have expired.
    pub fn renewed(self, world: &World) -> Self {
        let association = renewed(world, &self.association, Role::Association);
        let ministry = renewed(world, &self.ministry, Role::Ministry);
        let author = if self.author.id == association.id { association.clone() } else { self.author };
        Self { ministry, association, author, ..self }
    }

    pub fn path(&self) -> String {
        format!("/v1/conventions/{}", self.id)
    }

    pub fn under(&self, kind: &str) -> String {
        format!("{}/{kind}", self.path())
    }

    /// The id of a piece by its name.
    #[track_caller]
    pub fn id_of(&self, name: &str) -> &str {
        self.named.get(name).unwrap_or_else(|| panic!("no {name} among {:?}", self.named.keys()))
    }

    /// The author adds a piece.
    pub fn add(&self, kind: &str, piece: &Value) -> Response {
        self.author.post(&self.under(kind), piece)
    }

    /// The same, and its id is kept under a name.
    #[track_caller]
    pub fn with(mut self, kind: &str, name: &str, piece: &Value) -> Self {
        let id = self.add(kind, piece).expect(201).id();
        self.named.insert(name.to_owned(), id);
        self
    }

    /// Article `number`, named so.
    #[track_caller]
    pub fn with_article(self, number: &str) -> Self {
        let body = format!("Texte de l'article {number}.");
        self.with("articles", &format!("article {number}"), &json!({ "number": number, "body": body }))
    }

    /// A confirmed clause of an article, named after its kind.
    #[track_caller]
    pub fn with_clause(self, kind: &str, article: &str, parameters: &Value) -> Self {
        let article = self.id_of(&format!("article {article}")).to_owned();
        let clause = json!({ "kind": kind, "article_id": article, "confirmed": true, "parameters": parameters });
        self.with("clauses", &format!("clause {kind}"), &clause)
    }

    /// A declaration that the text has no such clause.
    #[track_caller]
    pub fn without_clause(self, kind: &str) -> Self {
        let absent = json!({ "kind": kind, "absent": true, "confirmed": true });
        self.with("clauses", &format!("clause {kind}"), &absent)
    }

    /// The ministry, then the association.
    #[track_caller]
    pub fn with_parties(self) -> Self {
        let (ministry, association) = (self.ministry.clone(), self.association.clone());
        self.with_party("party ministry", &ministry, "state").with_party(
            "party association",
            &association,
            "association",
        )
    }

    #[track_caller]
    pub fn with_party(self, name: &str, actor: &Actor, side: &str) -> Self {
        self.with("parties", name, &party(actor, side))
    }

    /// Articles 11 and 12 and their clauses: five years, six months to inform, six months to terminate, amendments.
    #[track_caller]
    pub fn with_terms(self) -> Self {
        self.with_duration(&json!({ "value": 5, "unit": "year" }))
    }

    /// The same with another duration.
    #[track_caller]
    pub fn with_duration(self, duration: &Value) -> Self {
        let six_months = json!({ "value": 6, "unit": "month" });
        self.with_article("11")
            .with_article("12")
            .with_clause("duration", "11", duration)
            .with_clause("renewal_information", "11", &six_months)
            .with_clause("termination", "12", &six_months)
            .with_clause("amendment", "11", &json!({}))
    }

    /// Signed by the association, then by the ministry.
    #[track_caller]
    pub fn signed(self, association_on: &str, ministry_on: &str) -> Self {
        self.association.signs(&self, association_on).expect(201);
        self.ministry.signs(&self, ministry_on).expect(201);
        self
    }

    /// As its author reads it.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.author.get(&self.path()).expect(200).json
    }

    /// As its author reads it on a date.
    #[track_caller]
    pub fn on(&self, date: &str) -> Value {
        self.author.get(&format!("{}?as_of={date}", self.path())).expect(200).json
    }

    #[track_caller]
    pub fn status_on(&self, date: &str) -> String {
        self.on(date)["status"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn version(&self) -> i64 {
        self.json()["version"].as_i64().unwrap()
    }

    #[track_caller]
    pub fn hash(&self) -> String {
        self.json()["content_hash"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn etag(&self) -> String {
        self.author.get(&self.path()).expect(200).etag()
    }

    /// The author patches the convention (empty path) or one of its pieces, whatever its version.
    pub fn change(&self, piece: &str, patch: &Value) -> Response {
        let path = if piece.is_empty() { self.path() } else { piece.to_owned() };
        self.author.patch(&path, "*", patch)
    }

    /// The items of one of its lists.
    pub fn items(&self, kind: &str) -> Vec<Value> {
        self.author.list(&self.under(kind))
    }

    /// What an actor signs with for its own party.
    pub fn signature_of(&self, actor: &Actor, signed_on: &str) -> Value {
        let read = self.json();
        let parties = &read["parties"];
        let own = actor.organisation.map(|id| id.to_string());
        let party = parties.as_array().unwrap().iter().find(|p| p["organisation_id"].as_str() == own.as_deref());
        let party = party.map_or(Value::Null, |p| p["id"].clone());
        json!({
            "party_id": party, "signatory": format!("Personne de {}", actor.id), "function": "qui signe",
            "signed_on": signed_on, "content_hash": read["content_hash"],
        })
    }
}

/// The same client with a token of today.
pub fn renewed(world: &World, actor: &Actor, role: Role) -> Actor {
    world.bearing(actor, &world.token(actor.id, policy::scopes_of(role)))
}

/// What a party is created with.
pub fn party(actor: &Actor, side: &str) -> Value {
    let organisation = actor.organisation.expect("it has an organisation").to_string();
    json!({ "organisation_id": organisation, "side": side, "name_as_signed": format!("Partie {side}") })
}

/// Signing, as an actor does it.
pub trait Signs {
    /// Records the signature of the actor's own party on the present text.
    fn signs(&self, convention: &Draft, on: &str) -> Response;
    /// The same with some members changed.
    fn signs_with(&self, convention: &Draft, on: &str, changed: &Value) -> Response;
}

impl Signs for Actor {
    fn signs(&self, convention: &Draft, on: &str) -> Response {
        self.signs_with(convention, on, &json!({}))
    }

    fn signs_with(&self, convention: &Draft, on: &str, changed: &Value) -> Response {
        let mut signature = convention.signature_of(self, on);
        for (member, value) in changed.as_object().expect("members") {
            signature[member] = value.clone();
        }
        self.post(&convention.under("signatures"), &signature)
    }
}

/// A refusal by a rule: its code, rule and article; returns what it computed.
#[track_caller]
pub fn refused(response: &Response, code: &str, rule: &str, article: Option<&str>) -> Value {
    let problem = response.clone().problem(code).json;
    assert_eq!(problem["rule"], rule, "{problem}");
    assert_eq!(problem["article"].as_str(), article, "{problem}");
    problem["computed"].clone()
}

/// One member of every item.
pub fn each(items: &[Value], member: &str) -> Vec<String> {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    items.iter().map(|item| text(&item[member])).collect()
}

/// What `count=true` says of a list.
#[track_caller]
pub fn total(actor: &Actor, path: &str) -> i64 {
    let mark = if path.contains('?') { '&' } else { '?' };
    actor.get(&format!("{path}{mark}count=true")).expect(200).json["total"].as_i64().unwrap()
}
