//! Who records what happened: a delegate where its delegation reaches, the operator with proof.

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::facts::reference;
use super::{Draft, national};

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
