//! Every role follows while companies and contacts come, change, move to another académie and go: each copy is exactly
//! what that role's lists say, by way of the feed alone.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use crate::changes::follower::Follower;
use crate::companies::{contact, create, delete, named, patch, path, positive, record, with};

both!(each_copy_follows_companies_where_they_go, |world| {
    let (text, other) = (world.in_force("2026-11-20"), world.in_force("2026-11-20"));
    let (one, two) = (&text.association, &other.association);
    let delegate = world.client(Role::Association, one.organisation, &["academie:25"], &[]);
    let south = world.client(Role::Association, one.organisation, &["region:93", "academie:10"], &[]);
    let (versailles, lyon, idf) =
        (world.academie("academie:25"), world.academie("academie:10"), world.academie("region:11"));
    let (school, operator) = (world.school("0950649P"), world.operator());
    let all = [one, two, &text.ministry, &delegate, &south, &versailles, &lyon, &idf, &school, &operator];
    let mut followers: Vec<_> = all.into_iter().map(|actor| Follower::new(world, actor.clone())).collect();
    let mut in_step = |after: &str| {
        for follower in &mut followers {
            follower.is_in_step(world, after);
        }
    };
    in_step("the start");
    let company = create(one, &named("Durand")).expect(201).id();
    let nowhere = create(one, &with(named("Nulle part"), json!({ "departement": null }))).expect(201).id();
    let theirs = create(two, &with(named("Autre"), json!({ "departement": "69" }))).expect(201).id();
    let brought = create(&operator, &named("Apportée")).expect(201).id();
    create(&versailles, &with(named("Académie"), json!({ "departement": null }))).expect(201);
    in_step("companies");
    let places = json!([{ "level": "3e", "places": 3 }]);
    let first = record(one, &company, &positive(&text, places)).expect(201).id();
    let second = record(&versailles, &company, &contact(&text)).expect(201).id();
    record(one, &nowhere, &contact(&text)).expect(201);
    record(two, &theirs, &contact(&other)).expect(201);
    in_step("contacts");
    patch(one, &path(&company), &json!({ "name": "Durand SA", "comment": "x" })).expect(200);
    in_step("a company that its contacts show by another name");
    patch(one, &path(&company), &json!({ "departement": "69" })).expect(200);
    in_step("a company that moved to another académie, and its contacts with it");
    patch(one, &path(&company), &json!({ "departement": null })).expect(200);
    in_step("a company that is nowhere any more");
    patch(one, &path(&nowhere), &json!({ "departement": "95" })).expect(200);
    in_step("a company that came to a place");
    patch(one, &format!("/v1/company-contacts/{first}"), &json!({ "comment": "rappelée" })).expect(200);
    in_step("a contact corrected");
    delete(one, &format!("/v1/company-contacts/{first}")).expect(204);
    delete(&versailles, &format!("/v1/company-contacts/{second}")).expect(204);
    in_step("contacts removed");
    delete(one, &path(&company)).expect(204);
    delete(&operator, &path(&brought)).expect(204);
    in_step("companies removed");
});
