//! Who sees what: out of the perimeter nothing exists, in it each role does what is its own.

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::{Draft, draft, each, in_force, national, party, ready, renewed, total};
use crate::support::{Actor, World};

const SUB_RESOURCES: [&str; 9] =
    ["parties", "parts", "articles", "clauses", "axes", "objectives", "network-contacts", "signatures", "content"];

/// A territorial draft of an académie, with one piece of each kind.
fn draft_of(world: &World, academie: &Actor, territory: &str) -> Draft {
    let parent = in_force(world);
    let new = json!({
        "title": format!("Déclinaison {territory}"), "document_type": "convention", "level": "academic",
        "territory": territory, "parent_id": parent.id,
    });
    let text = Draft::drafted(academie, academie, &parent.association, &new).with_parties().with_terms();
    let axis =
        json!({ "article_id": text.id_of("article 11"), "label": "Axe", "parent_axis_reason": "propre au territoire" });
    let contact = json!({ "network": "clee", "territory": territory, "name": "CLEE" });
    text.with("parts", "part", &json!({ "number": "I" }))
        .with("axes", "axis", &axis)
        .with("objectives", "objective", &json!({ "text": "But" }))
        .with("network-contacts", "contact", &contact)
}

/// Every address of a convention and its pieces, to read.
fn addresses(text: &Draft) -> Vec<String> {
    let mut all = vec![text.path(), format!("{}?as_of=2030-01-01", text.path())];
    all.extend(SUB_RESOURCES.iter().map(|kind| text.under(kind)));
    all.extend(["parties?format=csv", "articles?format=ndjson"].map(|kind| text.under(kind)));
    for (kind, name) in [
        ("parties", "party ministry"),
        ("parts", "part"),
        ("articles", "article 11"),
        ("clauses", "clause duration"),
        ("axes", "axis"),
        ("objectives", "objective"),
        ("network-contacts", "contact"),
    ] {
        all.push(format!("/v1/{kind}/{}", text.id_of(name)));
    }
    all
}

fn invisible(actor: &Actor, text: &Draft) {
    unseen(actor, text);
    for kind in SUB_RESOURCES.iter().filter(|kind| **kind != "content") {
        actor.post(&text.under(kind), &json!({})).problem("not_found");
    }
    for address in addresses(text).iter().filter(|a| a.matches('/').count() == 3 && !a.contains('?')) {
        actor.patch(address, "\"1\"", &json!({})).problem("not_found");
        actor.delete(address, "\"1\"").problem("not_found");
    }
    actor.act(&text.under("confirm-clauses"), "\"1\"").problem("not_found");
}

/// By those who only read.
fn unseen(actor: &Actor, text: &Draft) {
    for address in addresses(text) {
        actor.get(&address).problem("not_found");
    }
    for list in ["/v1/conventions", "/v1/conventions?level=academic", "/v1/conventions?status=draft&q=declinaison"] {
        assert!(!each(&actor.list(list), "id").contains(&text.id), "{list}");
    }
    let filtered = format!("/v1/conventions?organisation_id={}", text.author.organisation.unwrap());
    assert_eq!(total(actor, &filtered), 0);
    for format in ["csv", "ndjson"] {
        assert!(!actor.get(&format!("/v1/conventions?format={format}")).expect(200).text.contains(&text.id));
    }
}

fn visible(actor: &Actor, text: &Draft) {
    for address in addresses(text) {
        actor.get(&address).expect(200);
    }
    assert!(each(&actor.list("/v1/conventions"), "id").contains(&text.id));
    assert!(actor.get("/v1/conventions?format=csv").expect(200).text.contains(&text.id));
}

both!(the_draft_of_another_academie_does_not_exist, |world| {
    let (mine, other) = (world.academie("academie:25"), world.academie("academie:24"));
    let text = draft_of(world, &mine, "academie:25");
    visible(&mine, &text);
    invisible(&other, &text);
    // Not even the région's, nor another client's of the same territory, before it is in force.
    invisible(&world.academie("region:11"), &text);
    invisible(&world.academie("academie:25"), &text);
    invisible(&world.association(), &text);
    invisible(&world.operator(), &text);
    unseen(&world.school("0950649P"), &text);
    // Its association is party to it; the ministry sees all.
    visible(&text.association, &text);
    visible(&world.ministry(), &text);
    // In force, every académie and school reads it.
    let text = text.signed("2024-09-01", "2024-09-01");
    for actor in [&other, &world.school("0950649P"), &world.academie("region:93")] {
        visible(actor, &text);
    }
    invisible(&world.association(), &text);
    other.patch(&text.path(), &text.etag(), &json!({ "title": "x" })).problem("not_allowed");
});

both!(an_association_sees_its_own_and_what_hangs_under_them, |world| {
    let (mine, theirs) = (in_force(world), in_force(world));
    let under = |parent: &Draft| {
        let academie = world.academie("academie:25");
        let new = json!({
            "title": "Déclinaison", "document_type": "convention", "level": "academic", "territory": "academie:25",
            "parent_id": parent.id,
        });
        academie.post("/v1/conventions", &new).expect(201).id()
    };
    let (child, other_child) = (under(&mine), under(&theirs));
    let association = &mine.association;
    assert_eq!(each(&association.list("/v1/conventions?sort=created_at"), "id"), [mine.id.clone(), child.clone()]);
    association.get(&format!("/v1/conventions/{other_child}")).problem("not_found");
    association.get(&theirs.path()).problem("not_found");
    // It reads the child and, being no party to it, writes nothing there.
    let read = association.get(&format!("/v1/conventions/{child}")).expect(200);
    association
        .patch(&format!("/v1/conventions/{child}"), &read.etag(), &json!({ "title": "x" }))
        .problem("not_allowed");
    association.post(&format!("/v1/conventions/{child}/articles"), &json!({})).problem("not_allowed");
    assert_eq!(total(association, "/v1/conventions"), 2);
    assert_eq!(total(&world.association(), "/v1/conventions"), 0);
    assert_eq!(total(&mine.ministry, "/v1/conventions"), 4);
});

both!(a_school_reads_what_is_in_force_today, |world| {
    let school = world.school("0950649P");
    let _draft = ready(world);
    let current = in_force(world);
    let ended = ready(world).signed("2014-06-20", "2014-06-27");
    let coming =
        ready(world).with_clause("effective", "11", &json!({ "on": "2026-11-24" })).signed("2026-11-20", "2026-11-20");
    assert_eq!(each(&school.list("/v1/conventions"), "id"), [current.id.as_str()]);
    school.get(&ended.path()).problem("not_found");
    school.get(&coming.path()).problem("not_found");
    // An académie reads what ended as well, to report on it.
    let academie = world.academie("academie:25");
    assert_eq!(each(&academie.list("/v1/conventions?sort=created_at"), "id"), [current.id.clone(), ended.id.clone()]);
    academie.get(&coming.path()).problem("not_found");
    for actor in [&school, &academie] {
        // The date asked for changes what is computed, not who sees.
        assert_eq!(
            total(actor, "/v1/conventions?as_of=2015-01-01"),
            i64::try_from(actor.list("/v1/conventions").len()).unwrap()
        );
    }
    world.pass_seconds(14 * 3600);
    let school = renewed(world, &school, Role::School);
    assert_eq!(each(&school.list("/v1/conventions?sort=created_at"), "id"), [current.id.clone(), coming.id.clone()]);
    for kind in ["articles", "content", "network-contacts", "signatures"] {
        school.get(&current.under(kind)).expect(200);
    }
    school.post("/v1/conventions", &national("x")).problem("insufficient_scope");
});

both!(an_operator_sees_what_it_brings_in, |world| {
    let operator = world.operator();
    let own = Draft::drafted(&operator, &world.ministry(), &world.association(), &national("Reprise"));
    let theirs = in_force(world);
    assert_eq!(each(&operator.list("/v1/conventions"), "id"), [own.id.as_str()]);
    operator.get(&theirs.path()).problem("not_found");
    // Any operator of the instance goes on with it; its parties see it once they are.
    world.operator().get(&own.path()).expect(200);
    own.association.get(&own.path()).problem("not_found");
    let own = own.with_parties();
    own.association.get(&own.path()).expect(200);
});

both!(observers_and_volunteers_have_no_conventions, |world| {
    let text = in_force(world);
    for actor in [world.observer(), world.volunteer()] {
        actor.get("/v1/conventions").problem("insufficient_scope");
        actor.get(&text.path()).problem("insufficient_scope");
        actor.get(&text.under("articles")).problem("insufficient_scope");
        actor.get("/v1/organisations").problem("insufficient_scope");
    }
});

both!(who_leaves_the_parties_leaves_the_perimeter, |world| {
    let text = draft(world).with_parties();
    let address = format!("/v1/parties/{}", text.id_of("party ministry"));
    let academie = world.academie("academie:25");
    let made = text.add("parties", &party(&academie, "state")).expect(201);
    academie.get(&text.path()).expect(200);
    let moved = json!({ "organisation_id": world.academie("academie:24").organisation.unwrap().to_string() });
    text.change(&format!("/v1/parties/{}", made.id()), &moved).expect(200);
    academie.get(&text.path()).problem("not_found");
    academie.get(&address).problem("not_found");
    assert_eq!(academie.list("/v1/conventions"), Vec::<Value>::new());
});
