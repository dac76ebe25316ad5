//! A renewal is a new convention (R03): of the same association, and the only one in force that renews another.

use serde_json::{Value, json};

use super::{Draft, Signs, each, in_force, national, ready, refused};
use crate::support::Actor;

fn renewing(base: &Draft) -> Value {
    let mut new = national("Renouvellement");
    new["renews"] = json!(base.id);
    new
}

/// Drafted by the same parties, of the same terms.
fn renewal(base: &Draft) -> Draft {
    Draft::by(&base.association, &base.ministry, &renewing(base)).with_parties().with_terms()
}

both!(what_it_renews_is_another_one_that_its_author_sees, |world| {
    let base = in_force(world);
    let fault = |answer: crate::support::Response| answer.problem("invalid_body").faults();
    let unknown = [("/renews".to_owned(), "unknown_reference".to_owned())];
    assert_eq!(fault(world.association().post("/v1/conventions", &renewing(&base))), unknown);
    let mut nothing = renewing(&base);
    nothing["renews"] = json!(world.new_id());
    assert_eq!(fault(base.association.post("/v1/conventions", &nothing)), unknown);
    let text = renewal(&base);
    assert_eq!(text.json()["renews"], base.id);
    let not_itself = [("/renews".to_owned(), "not_applicable".to_owned())];
    assert_eq!(fault(text.change("", &json!({ "renews": text.id }))), not_itself);
    // The ministry sees them all: what another association signed is not theirs to renew.
    let foreign = in_force(world);
    let other = Draft::drafted(&base.ministry, &base.ministry, &base.association, &national("Autre")).with_parties();
    let another = [("/renews".to_owned(), "other_association".to_owned())];
    assert_eq!(fault(other.change("", &json!({ "renews": foreign.id }))), another);
    other.change("", &json!({ "renews": base.id })).expect(200);
    other.change("", &json!({ "renews": null })).expect(200);
    // It is kept as long as another renews it.
    let draft = ready(world);
    let text = renewal(&draft);
    draft.author.delete(&draft.path(), "*").problem("in_use");
    text.change("", &json!({ "renews": null })).expect(200);
    draft.author.delete(&draft.path(), "*").expect(204);
});

both!(with_the_same_association_when_it_is_signed, |world| {
    let (base, other) = (in_force(world), world.association());
    // Without parties yet, nothing tells whose it is.
    let text = Draft::drafted(&base.ministry, &base.ministry, &other, &renewing(&base)).with_parties().with_terms();
    other.signs(&text, "2026-11-02").expect(201);
    let computed = refused(&base.ministry.signs(&text, "2026-11-03"), "other_association", "R03", Some("11"));
    assert_eq!(computed, json!({ "renews": base.id }));
});

both!(two_in_force_do_not_renew_the_same_one, |world| {
    let base = in_force(world);
    let (first, second) = (renewal(&base), renewal(&base));
    let renewed_by = |actor: &Actor| actor.get(&base.path()).expect(200).json["renewed_by"].clone();
    first.association.signs(&first, "2026-10-01").expect(201);
    assert_eq!(renewed_by(&base.association), Value::Null);
    first.ministry.signs(&first, "2026-10-01").expect(201);
    assert_eq!(renewed_by(&base.association), first.id);
    second.association.signs(&second, "2026-11-01").expect(201);
    let refusal = second.ministry.signs(&second, "2026-11-01");
    let computed = refused(&refusal, "already_renewed", "R03", Some("11"));
    assert_eq!(computed, json!({ "other_in_force_from": "2026-10-01", "other_last_day": "2031-10-01" }));
    assert_eq!(second.json()["status"], "partially_signed");
    // Who does not see the renewal is not told of it: the school sees both.
    assert_eq!(renewed_by(&world.school("0950649P")), first.id);
    let stays = first.json();
    assert_eq!((&stays["renews"], &stays["renewed_by"]), (&json!(base.id), &Value::Null));
});

both!(one_after_the_other_is_no_overlap, |world| {
    let base = in_force(world);
    let one_year = json!({ "parameters": { "value": 1, "unit": "year" } });
    let first = renewal(&base);
    first.change(&format!("/v1/clauses/{}", first.id_of("clause duration")), &one_year).expect(200);
    let first = first.signed("2024-09-01", "2024-09-01");
    let second = renewal(&base);
    second.association.signs(&second, "2025-09-01").expect(201);
    refused(&second.ministry.signs(&second, "2025-09-01"), "already_renewed", "R03", Some("11"));
    second.ministry.signs(&second, "2025-09-02").expect(201);
    assert_eq!(base.json()["renewed_by"], second.id);
    assert_eq!(each(&[first.json()], "status"), ["expired"]);
});

both!(two_that_would_renew_it_at_once, |world| {
    let base = in_force(world);
    let texts: Vec<Draft> = (0..3).map(|_| renewal(&base)).collect();
    let last: Vec<(String, Value)> = texts
        .iter()
        .map(|text| {
            text.association.signs(text, "2026-11-01").expect(201);
            (text.under("signatures"), text.signature_of(&base.ministry, "2026-11-01"))
        })
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|s| {
        let signing: Vec<_> =
            last.iter().map(|(path, body)| s.spawn(|| base.ministry.post(path, body).status)).collect();
        signing.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|s| **s == 409).count(), 2, "{statuses:?}");
});
