//! Who sees amendments, and what the feed and the audit are told of them.

use serde_json::{Value, json};

use super::super::each;
use super::{signed, six_years};
use crate::support::World;

both!(a_draft_is_seen_by_those_who_negotiate_it, |world| {
    let text = world.in_force("2026-11-02");
    let (school, academie, other) = (world.school("0950649P"), world.academie("academie:25"), world.association());
    let id = text.amend(&six_years()).expect(201).id();
    let path = format!("/v1/amendments/{id}");
    let signature = text.sign_amendment(&id, 0, "2026-11-10").expect(201).id();
    let signature = format!("/v1/amendment-signatures/{signature}");
    for reader in [&school, &academie] {
        assert_eq!(reader.list(&text.under("amendments")), Vec::<Value>::new());
        let total = reader.get(&text.under("amendments?count=true")).expect(200).json["total"].clone();
        assert_eq!(total, 0);
        for address in [path.clone(), format!("{path}/content"), format!("{path}/diff"), signature.clone()] {
            reader.get(&address).problem("not_found");
        }
    }
    for reader in [&text.ministry, &text.association, &world.ministry()] {
        assert_eq!(reader.list(&text.under("amendments")).len(), 1);
        reader.get(&path).expect(200);
    }
    other.get(&path).problem("not_found");
    text.sign_amendment(&id, 1, "2026-11-20").expect(201);
    for reader in [&school, &academie] {
        assert_eq!(reader.list(&text.under("amendments")).len(), 1);
        reader.get(&path).expect(200);
        reader.get(&signature).expect(200);
    }
});

fn told(world: &World, actor: &crate::support::Actor) -> Vec<(String, String)> {
    world.stamp();
    let all = actor.get("/v1/changes?kinds=amendment,amendment_signature&embed=resource").expect(200).json;
    let word = |entry: &Value, member: &str| entry[member].as_str().unwrap().to_owned();
    all["items"].as_array().unwrap().iter().map(|e| (word(e, "kind"), word(e, "operation"))).collect()
}

both!(the_feed_tells_each_reader_what_it_may_see, |world| {
    let text = world.in_force("2026-11-02");
    let school = world.school("0950649P");
    let id = text.amend(&six_years()).expect(201).id();
    text.sign_amendment(&id, 0, "2026-11-10").expect(201);
    let pair = |kind: &str, operation: &str| (kind.to_owned(), operation.to_owned());
    let (amendment, signature) = ("amendment", "amendment_signature");
    assert_eq!(
        told(world, &text.association),
        [pair(amendment, "created"), pair(amendment, "updated"), pair(signature, "created")]
    );
    assert_eq!(told(world, &school), []);
    text.sign_amendment(&id, 1, "2026-11-20").expect(201);
    let now = told(world, &school);
    assert!(now.contains(&pair(amendment, "entered")) && now.contains(&pair(signature, "created")), "{now:?}");
    world.stamp();
    let shown =
        school.get("/v1/changes?kinds=amendment&embed=resource").expect(200).json["items"][0]["resource"].clone();
    assert_eq!((&shown["id"], &shown["status"]), (&json!(id), &json!("in_force")));
    let acts = each(&text.association.list("/v1/audit"), "act");
    for act in ["amendment.created", "amendment.updated", "amendment_signature.created"] {
        assert!(acts.iter().any(|known| known == act), "{act}: {acts:?}");
    }
});

both!(the_list_is_served_as_csv, |world| {
    let text = world.in_force("2026-11-02");
    let id = text.amend(&six_years()).expect(201).id();
    signed(&text, &id, "2026-11-10", "2026-11-20");
    let csv = text.association.get(&text.under("amendments?format=csv&as_of=2026-11-19")).expect(200).text;
    assert!(csv.contains("Avenant n° 1") && csv.contains("partially_signed"), "{csv}");
});
