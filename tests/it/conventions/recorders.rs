//! Who records what happened: a delegate where its delegation reaches, the operator with proof.

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::dossier::dossier;
use super::facts::reference;
use super::{Draft, national};
use crate::support::Actor;

both!(a_delegate_acts_within_its_delegation, |world| {
    let text = reference(world);
    let narrowed = |places: &[&str]| world.client(Role::Association, text.association.organisation, places, &[]);
    let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[0], "occurred_on": "2026-11-20" });
    let delegate = narrowed(&["academie:25"]);
    delegate.get(&text.path()).expect(200);
    delegate.get(&text.under("facts")).expect(200);
    delegate.post(&text.under("facts"), &fact).problem("not_allowed");
    delegate.post(&text.under("amendments"), &json!({})).problem("not_allowed");
    let acts = delegate.get(&text.path()).expect(200).json["allowed_acts"].clone();
    let allowed: Vec<&Value> = acts.as_array().unwrap().iter().filter(|act| act["allowed"] == true).collect();
    assert!(allowed.is_empty(), "{allowed:?}");
    // The convention of its own territory, and not that of another one.
    let academie = world.academie("academie:25");
    let new = json!({
        "title": "Déclinaison", "document_type": "convention de déclinaison", "level": "academic",
        "territory": "academie:25", "parent_id": text.id,
    });
    let own = Draft::by(&text.association, &academie, &new);
    let title = json!({ "title": "Déclinaison de Versailles" });
    delegate.patch(&own.path(), "*", &title).expect(200);
    narrowed(&["academie:10"]).patch(&own.path(), "*", &title).problem("not_found");
});

both!(the_operator_proves_what_it_records, |world| {
    let operator = world.operator();
    let text = Draft::drafted(&operator, &world.ministry(), &world.association(), &national("Reprise"));
    let text = text.with_parties().with_terms();
    let fact = json!({ "kind": "meeting_held", "done_by": text.id_of("party ministry"), "occurred_on": "2026-11-20" });
    let faults = operator.post(&text.under("facts"), &fact).problem("invalid_body").faults();
    assert_eq!(faults, [("/proof".to_owned(), "missing".to_owned())]);
    let proof = crate::files::attach(&operator, &format!("convention:{}", text.id)).expect(201).id();
    let mut proven = fact.clone();
    proven["proof"] = json!([proof]);
    operator.post(&text.under("facts"), &proven).expect(201);
});

/// The files that the feed names to an actor, whole, so many at a time.
fn feed_of(actor: &Actor, limit: u32) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = actor.get(&format!("/v1/changes?kinds=file&limit={limit}{after}")).expect(200).json;
        all.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
        if page["more"] == false {
            return all;
        }
        after = format!("&after={}", page["next"].as_str().unwrap());
    }
}

both!(what_proves_a_fact_is_for_who_reads_it_wherever_it_lies, |world| {
    let text = reference(world);
    let academie = world.academie("academie:25");
    // Attached to the convention and named by the fact, attached to the fact, and one that proves nothing.
    let of_text = |name: &str| {
        let query = format!("name={name}.pdf&purpose=proof&attached_to=convention:{}", text.id);
        crate::files::send(&text.association, &query, "application/pdf", crate::files::PDF).expect(201).id()
    };
    let (named, other) = (of_text("accuse"), of_text("annexe"));
    let fact = json!({
        "kind": "renewal_talks", "done_by": text.parties[0], "occurred_on": "2026-11-20", "proof": [named],
    });
    let fact = text.association.post(&text.under("facts"), &fact).expect(201).id();
    let attached = crate::files::attach(&text.association, &format!("fact:{fact}")).expect(201).id();
    let reads = |actor: &Actor| {
        let listed = actor.list("/v1/files");
        let (zip, _) = dossier(actor, &text.id);
        let kept: Value = serde_json::from_slice(&zip["fichiers.json"]).unwrap();
        let holds = |all: &[Value], id: &String| all.iter().any(|file| file["id"] == json!(id));
        world.stamp();
        // Page by page: one that has nothing for this reader goes on all the same.
        let told = [1, 200].map(|limit| feed_of(actor, limit));
        assert_eq!(told[0], told[1]);
        [&named, &attached, &other].map(|id| {
            let read = actor.get(&format!("/v1/files/{id}")).status == 200;
            assert_eq!((holds(&listed, id), holds(kept.as_array().unwrap(), id)), (read, read), "{id}");
            assert_eq!(told[0].contains(id), read, "{id} in the feed");
            read
        })
    };
    assert_eq!(reads(&text.ministry), [true, true, true]);
    assert_eq!(reads(&academie), [false, false, true]);
});
