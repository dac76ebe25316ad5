//! Who sees a file: who sees what it is attached to; until then, who sent it.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use super::{attach, send};
use crate::support::{Actor, World};

fn sees(actor: &Actor, id: &str) -> bool {
    let path = format!("/v1/files/{id}");
    let read = actor.get(&path).status;
    assert!(matches!(read, 200 | 404), "{read}");
    assert_eq!(actor.get(&format!("{path}/content")).status, read);
    let listed = actor.list("/v1/files").iter().any(|file| file["id"] == *id);
    assert_eq!(listed, read == 200, "the list and the address agree");
    listed
}

/// A client of an association that the feed knows.
fn announced(world: &World) -> Actor {
    let made = json!({ "kind": "association", "name": "Association des métiers" });
    let made = world.operator().post("/v1/organisations", &made).expect(201).id();
    world.client(Role::Association, Some(made.parse().unwrap()), &[], &[])
}

both!(a_file_is_seen_with_what_it_is_attached_to, |world| {
    let text = world.draft();
    let (stranger, academie) = (world.association(), world.academie("academie:25"));
    let colleague = world.client(Role::Association, text.association.organisation, &[], &[]);
    let waiting = send(&text.association, "name=a.txt&purpose=other", "text/plain", "x").expect(201);
    for (actor, may) in [
        (&text.association, true),
        (&colleague, true),
        (&text.ministry, false),
        (&stranger, false),
        (&academie, false),
        (&world.operator(), false),
    ] {
        assert_eq!(sees(actor, &waiting.id()), may);
    }
    // Attached, it is the parties'; in force, the académies'.
    let path = format!("/v1/files/{}", waiting.id());
    let to = json!({ "attached_to": format!("article:{}", text.article), "purpose": "original" });
    let attached = text.association.patch(&path, &waiting.etag(), &to).expect(200);
    assert_eq!((&attached.json["convention_id"], &attached.json["version"]), (&json!(text.id), &json!(2)));
    assert!(sees(&text.ministry, &waiting.id()) && sees(&text.association, &waiting.id()));
    assert!(!sees(&stranger, &waiting.id()) && !sees(&academie, &waiting.id()));
    text.signed_by_both("2026-11-20");
    assert!(sees(&academie, &waiting.id()) && !sees(&stranger, &waiting.id()));
    world.school("0950649P").get(&path).problem("insufficient_scope");
    // Seen, and another party's to change.
    academie.patch(&path, "\"2\"", &json!({ "name": "b.txt" })).problem("not_allowed");
    academie.delete(&path, "\"2\"").problem("not_allowed");
    let on_it = format!("convention:{}", text.id);
    let refused = attach(&academie, &on_it);
    refused.problem("not_allowed");
    attach(&stranger, &on_it).problem("invalid_parameters");
    // The filters of the list.
    let under = text.association.list(&format!("/v1/files?convention_id={}&purpose=original", text.id));
    assert_eq!(under.len(), 1);
    assert_eq!(text.association.list(&format!("/v1/files?attached_to={on_it}")).len(), 0);
    assert_eq!(text.association.list(&format!("/v1/files?attached_to=article:{}&q=A.TXT", text.article)).len(), 1);
    assert_eq!(text.association.list("/v1/files?attached=false").len(), 0);
    assert_eq!(
        text.association.list(&format!("/v1/files?sha256={}", waiting.json["sha256"].as_str().unwrap())).len(),
        1
    );
});

both!(an_organisation_has_files_too, |world| {
    let (association, stranger) = (world.association(), world.association());
    let (operator, ministry) = (world.operator(), world.ministry());
    let academie = world.academie("academie:25");
    let mine = association.organisation.unwrap();
    let delegate = world.client(Role::Association, Some(mine), &["academie:25"], &[]);
    let statutes = attach(&association, &format!("organisation:{mine}")).expect(201);
    assert_eq!(
        (&statutes.json["organisation_id"], &statutes.json["public"]),
        (&json!(mine.to_string()), &json!(false))
    );
    // Verified organisations are everybody's to see; their files are their own people's.
    for (actor, may) in [
        (&association, true),
        (&delegate, true),
        (&operator, true),
        (&ministry, true),
        (&stranger, false),
        (&academie, false),
    ] {
        assert_eq!(sees(actor, &statutes.id()), may);
        actor.get(&format!("/v1/organisations/{mine}")).expect(200);
    }
    let path = format!("/v1/files/{}", statutes.id());
    stranger.delete(&path, "\"1\"").problem("not_found");
    stranger.patch(&path, "\"1\"", &json!({ "name": "x" })).problem("not_found");
    attach(&stranger, &format!("organisation:{mine}")).problem("not_allowed");
    let company = json!({ "kind": "company", "name": "Proposée" });
    let company = association.post("/v1/organisations", &company).expect(201);
    let hidden = attach(&association, &format!("organisation:{}", company.id())).expect(201);
    assert!(!sees(&stranger, &hidden.id()));
    operator.patch(&format!("/v1/organisations/{}", company.id()), "\"1\"", &json!({ "verified": true })).expect(200);
    // Who sent it keeps it; the people of the organisation itself read it from now on.
    let own = world.client(Role::Academie, Some(company.id().parse().unwrap()), &["academie:25"], &[]);
    assert!(!sees(&stranger, &hidden.id()) && sees(&association, &hidden.id()) && sees(&own, &hidden.id()));
    let secret = attach(&own, &format!("organisation:{}", company.id())).expect(201);
    assert!(!sees(&association, &secret.id()), "who proposed an organisation is none of its people");
    own.delete(&format!("/v1/files/{}", secret.id()), "\"1\"").expect(204);
});

both!(a_public_file_of_an_organisation_is_read_with_it, |world| {
    let (association, stranger, operator) = (announced(world), world.association(), world.operator());
    let mine = association.organisation.unwrap();
    let on_it = format!("organisation:{mine}");
    let send = |actor: &Actor, to: &str| attach(actor, &format!("{to}&public=true"));
    let open = send(&association, &on_it).expect(201);
    assert_eq!(open.json["public"], true);
    assert!(sees(&stranger, &open.id()));
    // Its own people say so, nobody for them, and of no other file.
    send(&operator, &on_it).problem("not_allowed");
    let text = world.draft();
    for to in [format!("convention:{}", text.id), format!("article:{}", text.article)] {
        let faults = send(&text.association, &to).problem("invalid_parameters").faults();
        assert_eq!(faults, [("public".to_owned(), "not_applicable".to_owned())]);
    }
    let waiting = super::send(&association, "name=a.txt&purpose=other&public=true", "text/plain", "x");
    assert_eq!(waiting.problem("invalid_parameters").faults(), [("public".to_owned(), "not_applicable".to_owned())]);
    let waiting = super::send(&association, "name=a.txt&purpose=other", "text/plain", "x").expect(201);
    let path = format!("/v1/files/{}", waiting.id());
    let faults = association.patch(&path, "*", &json!({ "public": true })).problem("invalid_body").faults();
    assert_eq!(faults, [("/public".to_owned(), "not_applicable".to_owned())]);
    let both = json!({ "public": true, "attached_to": on_it });
    assert_eq!(association.patch(&path, "*", &both).expect(200).json["public"], true);
    let path = format!("/v1/files/{}", open.id());
    operator.patch(&path, "*", &json!({ "public": false })).problem("not_allowed");
    let faults = association.patch(&path, "*", &json!({ "attached_to": null })).problem("invalid_body").faults();
    assert_eq!(faults, [("/public".to_owned(), "not_applicable".to_owned())]);
    // The feed tells the others that it came, and that it left.
    let told = || {
        world.stamp();
        let page = stranger.get("/v1/changes?kinds=file&embed=resource&limit=200").expect(200).json;
        let items = page["items"].as_array().unwrap().clone();
        let of = items.iter().filter(|entry| entry["id"] == open.id());
        of.map(|entry| entry["operation"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told(), ["created"]);
    association.patch(&path, "*", &json!({ "public": false, "name": "b.pdf" })).expect(200);
    assert!(!sees(&stranger, &open.id()));
    assert_eq!(told(), ["created", "left"]);
    association.patch(&path, "*", &json!({ "name": "c.pdf" })).expect(200);
    assert_eq!(told(), ["created", "left"]);
    association.patch(&path, "*", &json!({ "public": true })).expect(200);
    assert_eq!(told(), ["created", "left", "entered"]);
    association.delete(&path, "*").expect(204);
    assert_eq!(told(), ["created", "left", "entered", "deleted"]);
    // Nor does a reader without them learn of them by the audit.
    let hidden = attach(&association, &on_it).expect(201);
    world.stamp();
    assert_eq!(stranger.list(&format!("/v1/audit?resource_id={}", hidden.id())).len(), 0);
    assert_eq!(association.list(&format!("/v1/audit?resource_id={}", hidden.id())).len(), 1);
});

both!(files_of_an_earlier_release_leave_those_who_read_them_no_more, |world| {
    let (association, stranger) = (announced(world), world.association());
    let mine = association.organisation.unwrap();
    // As the releases before had it: a public file's entries are everybody's.
    let file = attach(&association, &format!("organisation:{mine}&public=true")).expect(201);
    world.stamp();
    let cursor = stranger.get("/v1/changes?kinds=file").expect(200).json["next"].as_str().unwrap().to_owned();
    let (down, up) = if world.on_postgres() {
        (
            include_str!("../../../migrations/postgres/0010_public_files/down.sql"),
            include_str!("../../../migrations/postgres/0010_public_files/up.sql"),
        )
    } else {
        (
            include_str!("../../../migrations/sqlite/0010_public_files/down.sql"),
            include_str!("../../../migrations/sqlite/0010_public_files/up.sql"),
        )
    };
    world.sql(down);
    world.sql(up);
    world.stamp();
    assert!(!sees(&stranger, &file.id()) && sees(&association, &file.id()) && sees(&world.ministry(), &file.id()));
    let told = |actor: &Actor, after: &str| {
        let page = actor.get(&format!("/v1/changes?kinds=file&limit=200{after}")).expect(200).json;
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|entry| entry["operation"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told(&stranger, &format!("&after={cursor}")), ["left"], "who has it drops it");
    assert_eq!(told(&stranger, ""), ["left"], "who comes later is not told what it was");
    assert_eq!(told(&association, ""), ["created"]);
});

both!(the_operator_sees_what_it_sent_and_nobody_elses, |world| {
    let operator = world.operator();
    let sent = send(&operator, "name=a.txt&purpose=proof", "text/plain", "x").expect(201);
    assert!(sees(&operator, &sent.id()) && sees(&world.operator(), &sent.id()));
    assert!(!sees(&world.ministry(), &sent.id()) && !sees(&world.association(), &sent.id()));
    let text = world.draft();
    let refused = json!({ "attached_to": format!("convention:{}", text.id) });
    let fault = operator.patch(&format!("/v1/files/{}", sent.id()), "\"1\"", &refused).problem("invalid_body");
    assert_eq!(fault.faults(), [("/attached_to".to_owned(), "unknown_reference".to_owned())]);
    let kind = json!({ "attached_to": format!("client:{}", operator.id) });
    let fault = operator.patch(&format!("/v1/files/{}", sent.id()), "\"1\"", &kind).problem("invalid_body");
    assert_eq!(fault.faults(), [("/attached_to".to_owned(), "ill_formed".to_owned())]);
});
