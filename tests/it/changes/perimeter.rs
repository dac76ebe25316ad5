//! Every role follows while conventions are drafted, signed, declined, changed and removed: after each act each copy is
//! exactly what that role's lists say, by way of the feed alone.

use passerelle::conventions::feed::reach_dates;
use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::follower::Follower;
use crate::support::texts::PASTED;
use crate::support::{Actor, World};

struct Cast {
    followers: Vec<Follower>,
}

impl Cast {
    fn all_in_step(&mut self, world: &World, after: &str) {
        for follower in &mut self.followers {
            follower.is_in_step(world, after);
        }
    }
}

fn party(actor: &Actor, side: &str) -> Value {
    json!({ "organisation_id": actor.organisation.unwrap().to_string(), "side": side, "name_as_signed": side })
}

both!(each_role_ends_with_exactly_what_its_lists_say, |world| {
    let (ministry, association, other) = (world.ministry(), world.association(), world.association());
    let delegate = world.client(Role::Association, association.organisation, &["academie:25"], &[]);
    let lille = world.client(Role::Association, association.organisation, &["academie:09"], &[]);
    let (versailles, lyon) = (world.academie("academie:25"), world.academie("academie:10"));
    let (school, operator) = (world.school("0950649P"), world.operator());
    let all =
        [&ministry, &association, &other, &delegate, &lille, &versailles, &lyon, &school, &operator].map(Clone::clone);
    let mut cast = Cast { followers: all.into_iter().map(|actor| Follower::new(world, actor)).collect() };
    cast.all_in_step(world, "the start");

    let text = world.draft_between(
        ministry.clone(),
        association.clone(),
        json!({ "title": "Convention", "document_type": "convention", "level": "national", "territory": "national" }),
    );
    cast.all_in_step(world, "a draft");
    // A third party comes: every piece enters its perimeter, then leaves it again.
    let third = association.post(&text.under("parties"), &party(&other, "other")).expect(201);
    cast.all_in_step(world, "a third party");
    let contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
    let contact = association.post(&text.under("network-contacts"), &contact).expect(201);
    cast.all_in_step(world, "a contact");
    let file = |actor: &Actor, to: &str| {
        let path = format!("/v1/files?name=a.txt&purpose=other{to}");
        actor.ask("POST", &path).body("text/plain", "x").send().expect(201).id()
    };
    let waiting = file(&association, "");
    file(&operator, "");
    file(&ministry, &format!("&attached_to=objective:{}", text.objective));
    cast.all_in_step(world, "files, one attached");
    let to = json!({ "attached_to": format!("network_contact:{}", contact.id()) });
    association.patch(&format!("/v1/files/{waiting}"), "\"1\"", &to).expect(200);
    cast.all_in_step(world, "a file that was waiting, attached");
    text.sign(0, "2026-11-20").expect(201);
    cast.all_in_step(world, "a signature");
    association.delete(&format!("/v1/parties/{}", third.id()), &text.etag()).expect(204);
    cast.all_in_step(world, "a party that left, and the signature that its leaving voided");
    association
        .patch(&format!("/v1/articles/{}", text.article), &text.etag(), &json!({ "body": "5 ans." }))
        .expect(200);
    association.delete(&format!("/v1/objectives/{}", text.objective), &text.etag()).expect(204);
    let proposed = association.post(&text.under("clauses"), &json!({ "kind": "agenda" })).expect(201).id();
    cast.all_in_step(world, "pieces changed and removed");
    association.act(&text.under("confirm-clauses"), &text.etag()).expect(200);
    assert_eq!(association.get(&format!("/v1/clauses/{proposed}")).expect(200).json["confirmed"], true);
    cast.all_in_step(world, "clauses confirmed");
    text.signed_by_both("2026-11-20");
    cast.all_in_step(world, "in force: académies and schools read it");
    let talks = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-21" });
    let talks = ministry.post(&text.under("facts"), &talks).expect(201);
    cast.all_in_step(world, "a fact");
    let path = format!("/v1/facts/{}/contest", talks.id());
    association.ask("POST", &path).header("If-Match", &talks.etag()).json(&json!({})).send().expect(200);
    cast.all_in_step(world, "a fact contested");
    let correction = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20", "replaces": talks.id() });
    let correction = ministry.post(&text.under("facts"), &correction).expect(201);
    cast.all_in_step(world, "a contested fact corrected");
    let path = format!("/v1/facts/{}/contest", correction.id());
    association.ask("POST", &path).header("If-Match", &correction.etag()).json(&json!({})).send().expect(200);
    cast.all_in_step(world, "the correction contested too");
    assert!(cast.followers[6].copy.contains_key(&("article".into(), text.article.clone())));

    // An amendment: its drafts are for the parties, the text that all have signed for whoever reads the convention.
    let longer = json!({ "title": "Avenant n° 1", "edits": [
        { "kind": "replace_words", "article": "11", "old": "5 ans", "new": "6 ans" }], "clause_changes": [
        { "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true }] });
    let amendment = association.post(&text.under("amendments"), &longer).expect(201).id();
    cast.all_in_step(world, "a draft amendment");
    let path = format!("/v1/amendments/{amendment}");
    association.patch(&path, &text.etag(), &json!({ "title": "Avenant de durée" })).expect(200);
    cast.all_in_step(world, "an amendment changed");
    text.sign_amendment(&amendment, 0, "2026-11-21").expect(201);
    cast.all_in_step(world, "an amendment signed by one");
    text.sign_amendment(&amendment, 1, "2026-11-22").expect(201);
    cast.all_in_step(world, "an amendment in force");
    let dropped = ministry.post(&text.under("amendments"), &json!({ "title": "Avenant n° 2" })).expect(201).id();
    cast.all_in_step(world, "another draft amendment");
    ministry.delete(&format!("/v1/amendments/{dropped}"), &text.etag()).expect(204);
    cast.all_in_step(world, "a draft amendment dropped");

    // A territorial convention: the parent's association sees it; a delegate only within its territory.
    let child = json!({ "title": "Déclinaison", "document_type": "convention", "level": "academic",
        "territory": "academie:25", "parent_id": text.id });
    let child = versailles.post("/v1/conventions", &child).expect(201).id();
    versailles.post(&format!("/v1/conventions/{child}/articles"), &json!({ "number": "1", "body": "x" })).expect(201);
    file(&versailles, &format!("&attached_to=convention:{child}"));
    cast.all_in_step(world, "a territorial draft");
    let etag = versailles.get(&format!("/v1/conventions/{child}")).expect(200).etag();
    versailles.delete(&format!("/v1/conventions/{child}"), &etag).expect(204);
    cast.all_in_step(world, "a draft deleted with its pieces");

    // Organisations: one proposed, verified, changed so that it must be checked again, deleted with its people.
    let company = json!({ "kind": "company", "name": "Entreprise", "siret": "73282932000074" });
    let company = association.post("/v1/organisations", &company).expect(201);
    let address = format!("/v1/organisations/{}", company.id());
    association
        .post(&format!("{address}/representatives"), &json!({ "name": "Camille", "function": "gérante" }))
        .expect(201);
    file(&association, &format!("&attached_to=organisation:{}", company.id()));
    cast.all_in_step(world, "an organisation proposed");
    let etag = |actor: &Actor| actor.get(&address).expect(200).etag();
    operator.patch(&address, &etag(&operator), &json!({ "verified": true })).expect(200);
    cast.all_in_step(world, "an organisation verified");
    association.patch(&address, &etag(&association), &json!({ "name": "Autre nom" })).expect(200);
    cast.all_in_step(world, "an organisation to be checked again");
    association.delete(&address, &etag(&association)).expect(204);
    cast.all_in_step(world, "an organisation deleted");

    // Imports: all pieces at once, by the association and by the operator.
    association.ask("POST", "/v1/conventions/import").body("text/plain", PASTED).send().expect(201);
    cast.all_in_step(world, "an import");
    let brought = PASTED.replace("cinq ans", "six ans");
    operator.ask("POST", "/v1/conventions/import").body("text/plain", brought).send().expect(201);
    cast.all_in_step(world, "an import of the operator's");
    let etag = association.get(&format!("/v1/network-contacts/{}", contact.id())).expect(200).etag();
    association.delete(&format!("/v1/network-contacts/{}", contact.id()), &etag).expect(204);
    cast.all_in_step(world, "a contact removed");
});

both!(a_date_that_passes_is_an_entry, |world| {
    let (school, academie) = (world.school("0950649P"), world.academie("academie:25"));
    let text = world.draft();
    // In force on a day that a clause names, not on the signature.
    let clause = json!({ "kind": "effective", "confirmed": true, "parameters": { "on": "2026-12-01" } });
    let made = text.association.post(&text.under("clauses"), &clause);
    made.expect(201);
    text.signed_by_both("2026-11-20");
    let in_force = text.association.get(&text.path()).expect(200).json["in_force_from"].clone();
    assert_eq!(in_force, "2026-12-01");
    let reach = || {
        let (now, today) = (world.now(), world.app.clock.today());
        world.write(|c| reach_dates(c, now, today).expect("dates are looked at"))
    };
    assert_eq!(reach(), 0);
    let mut followers =
        [Follower::new(world, school), Follower::new(world, academie), Follower::new(world, text.association.clone())];
    let mut all_in_step = |after: &str| {
        for follower in &mut followers {
            follower.actor = world.afresh(&follower.actor);
            follower.is_in_step(world, after);
        }
    };
    all_in_step("the start");
    let cursor = text.association.get("/v1/changes?after=head").expect(200).json["next"].as_str().unwrap().to_owned();
    world.pass_seconds(10 * 24 * 3600);
    assert_eq!(reach(), 1);
    assert_eq!(reach(), 0, "once");
    all_in_step("the entry into force");
    let told = world.afresh(&text.association).get(&format!("/v1/changes?after={cursor}")).expect(200).json;
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["items"][0]["operation"], "date_reached");
    world.pass_seconds(6 * 366 * 24 * 3600);
    assert_eq!(reach(), 1);
    all_in_step("the end");
});

both!(the_day_of_an_amendment_is_an_entry, |world| {
    let text = world.in_force("2026-11-20");
    let named = json!({ "title": "Avenant n° 1", "effective_on": "2026-12-01", "edits": [
        { "kind": "replace_words", "article": "11", "old": "Cinq ans", "new": "Six ans" }], "clause_changes": [
        { "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true }] });
    let amendment = text.association.post(&text.under("amendments"), &named).expect(201).id();
    for party in [0, 1] {
        text.sign_amendment(&amendment, party, "2026-11-22").expect(201);
    }
    let reach = || {
        let (now, today) = (world.now(), world.app.clock.today());
        world.write(|c| reach_dates(c, now, today).expect("dates are looked at"))
    };
    reach();
    let mut follower = Follower::new(world, world.academie("academie:25"));
    let last_day = |actor: &Actor| world.afresh(actor).get(&text.path()).expect(200).json["last_day"].clone();
    let actor = follower.actor.clone();
    // The eve, the day, the day after: one entry, on the day.
    for (days, told, last) in [(7, 0, "2031-11-20"), (1, 1, "2032-11-20"), (1, 0, "2032-11-20")] {
        world.pass_seconds(days * 24 * 3600);
        let cursor = world.afresh(&actor).get("/v1/changes?after=head").expect(200).json["next"].clone();
        assert_eq!(reach(), told, "{last}");
        world.stamp();
        let page = world.afresh(&actor).get(&format!("/v1/changes?after={}", cursor.as_str().unwrap())).expect(200);
        // The convention by its date, then its text: the clause that was replaced is no more.
        let of = |kind: &str| -> Vec<Value> {
            let items = page.json["items"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind);
            items.map(|entry| entry["operation"].clone()).collect()
        };
        assert_eq!(of("convention"), vec!["date_reached"; told]);
        assert_eq!(of("amendment"), vec!["date_reached"; told]);
        assert_eq!(of("article"), vec!["updated"; told]);
        assert_eq!(of("clause").contains(&json!("deleted")), told == 1);
        assert_eq!(last_day(&actor), last);
        follower.actor = world.afresh(&actor);
        follower.is_in_step(world, last);
    }
});
