//! Who sees which organisation, and who may change what it sees.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use super::{create, each, named, patch, path};

both!(what_nobody_has_checked_is_seen_by_those_who_proposed_it, |world| {
    let (operator, ministry) = (world.operator(), world.ministry());
    let (association, stranger, academie) = (world.association(), world.association(), world.academie("academie:25"));
    let proposed = create(&association, &named("company", "Proposée")).expect(201);
    let id = proposed.id();
    for actor in [&stranger, &academie, &world.school("0950649P")] {
        actor.get(&path(&id)).problem("not_found");
        actor.get(&format!("{}/representatives", path(&id))).problem("not_found");
        assert!(!each(actor, "q=proposee", "id").contains(&id));
        assert!(!actor.get("/v1/organisations?format=csv").expect(200).text.contains(&id));
        assert_eq!(actor.get("/v1/organisations?q=proposee&count=true").expect(200).json["total"], 0);
    }
    for actor in [&stranger, &academie] {
        actor.patch(&path(&id), &proposed.etag(), &json!({ "name": "x" })).problem("not_found");
        actor.delete(&path(&id), &proposed.etag()).problem("not_found");
        actor.post(&format!("{}/representatives", path(&id)), &json!({})).problem("not_found");
    }
    for actor in [&operator, &ministry, &association] {
        actor.get(&path(&id)).expect(200);
        assert_eq!(each(actor, "q=proposee", "id"), [id.as_str()]);
    }
    assert_eq!(each(&operator, "verified=false&kind=company", "id"), [id.as_str()]);
    patch(&ministry, &id, &json!({ "verified": true })).expect(200);
    for actor in [&stranger, &academie, &world.school("0950649P")] {
        assert_eq!(each(actor, "verified=true&q=proposee", "id"), [id.as_str()]);
    }
    // Seen is not kept: another's organisation is read only.
    let etag = stranger.get(&path(&id)).expect(200).etag();
    stranger.patch(&path(&id), &etag, &json!({ "name": "x" })).problem("not_allowed");
    stranger.delete(&path(&id), &etag).problem("not_allowed");
    stranger.post(&format!("{}/representatives", path(&id)), &json!({})).problem("not_allowed");
});

both!(ones_own_organisation_is_seen_and_kept, |world| {
    let association = world.association();
    let own = association.organisation.unwrap().to_string();
    assert_eq!(each(&association, "", "id"), [own.as_str()]);
    // Checked or not.
    patch(&world.operator(), &own, &json!({ "verified": false })).expect(200);
    patch(&association, &own, &json!({ "legal_form": "association loi 1901", "public_utility": true })).expect(200);
    let colleague = world.client(Role::Association, association.organisation, &[], &[]);
    assert_eq!(colleague.get(&path(&own)).expect(200).json["public_utility"], true);
    patch(&colleague, &own, &json!({ "legal_form": null })).expect(200);
    world.association().get(&path(&own)).problem("not_found");
    // In use by its own clients, it stays.
    let etag = association.get(&path(&own)).expect(200).etag();
    association.delete(&path(&own), &etag).problem("in_use");
});
