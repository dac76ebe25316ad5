//! Who sees a file: who sees what it is attached to; until then, who sent it.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use super::{attach, content, send};
use crate::support::Actor;

fn sees(actor: &Actor, id: &str) -> bool {
    let path = format!("/v1/files/{id}");
    let read = actor.get(&path).status;
    assert!(matches!(read, 200 | 404), "{read}");
    assert_eq!(actor.get(&format!("{path}/content")).status, read);
    let listed = actor.list("/v1/files").iter().any(|file| file["id"] == *id);
    assert_eq!(listed, read == 200, "the list and the address agree");
    listed
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
    let mine = association.organisation.unwrap();
    let statutes = attach(&association, &format!("organisation:{mine}")).expect(201);
    assert_eq!(statutes.json["organisation_id"], mine.to_string());
    // Verified organisations are everybody's to see, and so are their files; only their own people keep them.
    assert!(sees(&stranger, &statutes.id()));
    stranger.delete(&format!("/v1/files/{}", statutes.id()), "\"1\"").problem("not_allowed");
    attach(&stranger, &format!("organisation:{mine}")).problem("not_allowed");
    let company = json!({ "kind": "company", "name": "Proposée" });
    let company = association.post("/v1/organisations", &company).expect(201);
    let hidden = attach(&association, &format!("organisation:{}", company.id())).expect(201);
    assert!(!sees(&stranger, &hidden.id()));
    let operator = world.operator();
    operator.patch(&format!("/v1/organisations/{}", company.id()), "\"1\"", &json!({ "verified": true })).expect(200);
    assert!(sees(&stranger, &hidden.id()));
    let etag = association.get(&format!("/v1/organisations/{}", company.id())).expect(200).etag();
    association.delete(&format!("/v1/organisations/{}", company.id()), &etag).expect(204);
    content(&association, &hidden.id()).problem("not_found");
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
