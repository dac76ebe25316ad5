//! A client that keeps a copy in step, as the documentation tells it to.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Actor, World};

/// The copy of one caller.
pub struct Follower {
    pub actor: Actor,
    cursor: String,
    /// Kind and id, to what `GET` answered.
    pub copy: BTreeMap<(String, String), Value>,
    /// The last version of each resource that an entry told.
    versions: BTreeMap<(String, String), i64>,
    position: i64,
}

/// What hangs under a convention: kind, and its list.
const UNDER: [(&str, &str); 9] = [
    ("fact", "facts"),
    ("party", "parties"),
    ("part", "parts"),
    ("article", "articles"),
    ("clause", "clauses"),
    ("axis", "axes"),
    ("objective", "objectives"),
    ("signature", "signatures"),
    ("network_contact", "network-contacts"),
];

/// What depends on the day or on the caller's own rights is no change of the resource.
fn stable(mut resource: Value) -> Value {
    if let Some(members) = resource.as_object_mut() {
        for name in ["as_of", "allowed_acts", "status", "flags", "next_duty"] {
            members.shift_remove(name);
        }
        if members.contains_key("clause_changes") {
            // That of its convention.
            members.shift_remove("version");
        }
    }
    resource
}

/// Everything that a caller sees, by the lists; each resource as its `GET` answers.
pub fn lists(actor: &Actor) -> BTreeMap<(String, String), Value> {
    let mut all = BTreeMap::new();
    let mut put = |kind: &str, id: &str, resource: Value| {
        all.insert((kind.to_owned(), id.to_owned()), stable(resource));
    };
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    for convention in actor.list("/v1/conventions?limit=200") {
        let convention = id(&convention);
        put("convention", &convention, actor.get(&format!("/v1/conventions/{convention}")).expect(200).json);
        for amendment in actor.list(&format!("/v1/conventions/{convention}/amendments?limit=200")) {
            for item in actor.list(&format!("/v1/amendments/{}/signatures?limit=200", id(&amendment))) {
                put("amendment_signature", &id(&item), item);
            }
            put("amendment", &id(&amendment), amendment);
        }
        for (kind, list) in UNDER {
            // Schools read no facts.
            if kind == "fact" && actor.get(&format!("/v1/conventions/{convention}/facts")).status == 404 {
                continue;
            }
            for item in actor.list(&format!("/v1/conventions/{convention}/{list}?limit=200")) {
                put(kind, &id(&item), item);
            }
        }
    }
    for organisation in actor.list("/v1/organisations?limit=200") {
        let own = id(&organisation);
        for item in actor.list(&format!("/v1/organisations/{own}/representatives?limit=200")) {
            put("representative", &id(&item), item);
        }
        put("organisation", &own, organisation);
    }
    // A role without the scope sees none.
    for (kind, list) in [("file", "files"), ("company", "companies"), ("company_contact", "company-contacts")] {
        if actor.get(&format!("/v1/{list}")).status == 200 {
            for item in actor.list(&format!("/v1/{list}?limit=200")) {
                put(kind, &id(&item), item);
            }
        }
    }
    all
}

impl Follower {
    /// Takes its place in the feed, then a copy of every list.
    pub fn new(world: &World, actor: Actor) -> Self {
        world.stamp();
        let head = actor.get("/v1/changes?after=head").expect(200);
        assert_eq!(head.json["items"].as_array().unwrap().len(), 0);
        let cursor = head.json["next"].as_str().unwrap().to_owned();
        let copy = lists(&actor);
        Self { actor, cursor, copy, versions: BTreeMap::new(), position: 0 }
    }

    /// Reads one page; true when there is more.
    pub fn step(&mut self, limit: u32, wait: u32) -> bool {
        let path = format!("/v1/changes?after={}&embed=resource&limit={limit}&wait={wait}", self.cursor);
        let page = self.actor.get(&path).expect(200).json;
        for entry in page["items"].as_array().unwrap() {
            self.apply(entry);
        }
        page["next"].as_str().unwrap().clone_into(&mut self.cursor);
        page["more"].as_bool().unwrap()
    }

    fn apply(&mut self, entry: &Value) {
        let position = entry["position"].as_i64().unwrap();
        assert!(position > self.position, "positions ascend: {entry}");
        self.position = position;
        let key = (entry["kind"].as_str().unwrap().to_owned(), entry["id"].as_str().unwrap().to_owned());
        let version = entry["version"].as_i64().unwrap();
        let before = self.versions.insert(key.clone(), version).unwrap_or(0);
        assert!(version >= before, "versions never descend: {before} then {entry}");
        match entry["operation"].as_str().unwrap() {
            "deleted" | "left" => {
                assert_eq!(entry["resource"], Value::Null);
                self.copy.remove(&key);
            }
            _ if entry["resource"].is_null() => {}
            _ => {
                self.copy.insert(key, stable(entry["resource"].clone()));
            }
        }
    }

    /// Reads until there is nothing more, and holds the copy against the lists.
    pub fn is_in_step(&mut self, world: &World, after: &str) {
        world.stamp();
        while self.step(7, 0) {}
        // Clients made on the way are the operator's alone, and in no list compared here; an entry about a duty is a
        // reminder of it, not one more copy of what follows from the rest.
        self.copy.retain(|(kind, _), _| kind != "client" && kind != "obligation");
        let truth = lists(&self.actor);
        for (key, resource) in &truth {
            let held = self.copy.get(key);
            assert_eq!(held, Some(resource), "after {after}: {key:?} of {}", self.actor.id);
        }
        let extra: Vec<_> = self.copy.keys().filter(|key| !truth.contains_key(*key)).collect();
        assert!(extra.is_empty(), "after {after}: {} still holds {extra:?}", self.actor.id);
    }
}
