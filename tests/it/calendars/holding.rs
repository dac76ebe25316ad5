//! Who holds a calendar, what its address gives, and when it gives nothing any more.

use passerelle::domain::vocabulary::Role;
use serde_json::json;

use super::{calendar, event, events, read, reference};
use crate::grants::issuer;
use crate::support::World;

both!(its_address_is_shown_once, |world| {
    let text = world.draft();
    let body = json!({ "name": "Échéances", "convention_id": text.id });
    let ask = || text.association.ask("POST", "/v1/calendars").key("k").json(&body).send();
    let (first, second) = (ask().expect(201), ask().expect(201));
    let url = |made: &crate::support::Response| made.json["url"].as_str().unwrap().to_owned();
    // 256 bits; the same request makes another calendar: an answer that holds a secret is not kept.
    let secret = url(&first).rsplit('/').next().unwrap().to_owned();
    assert_eq!(secret.len(), 43 + ".ics".len());
    assert_ne!(url(&first), url(&second));
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let id = first.json["calendar"]["id"].as_str().unwrap();
    assert_eq!(first.header("location"), Some(format!("/v1/calendars/{id}").as_str()));
    let read = text.association.get(&format!("/v1/calendars/{id}")).expect(200);
    assert_eq!(read.json, first.json["calendar"]);
    assert!(!read.text.contains("secret") && !read.text.contains("url"), "{}", read.text);
    assert_eq!((&read.json["name"], &read.json["convention_id"]), (&json!("Échéances"), &json!(text.id)));
    let stored = secret.trim_end_matches(".ics");
    for table in ["calendars", "audit_details", "idempotency_keys"] {
        // Nowhere in the database either.
        let columns = match table {
            "calendars" => "secret_hash || name",
            "audit_details" => "COALESCE(after, '')",
            _ => "COALESCE(CAST(body AS TEXT), '')",
        };
        assert_eq!(world.rows(&format!("{table} WHERE {columns} LIKE '%{stored}%'")), 0, "{table}");
    }
    // A dry run makes none, and its address leads nowhere.
    let tried = text.association.post("/v1/calendars?dry_run=true", &body).expect(201);
    let path = url(&tried).strip_prefix(crate::support::world::PUBLIC_URL).unwrap().to_owned();
    super::read(world, &path).problem("not_found");
    assert_eq!(text.association.list("/v1/calendars").len(), 2);
});

both!(each_has_its_own, |world| {
    let text = world.draft();
    let colleague = world.client(Role::Association, text.association.organisation, &[], &[]);
    let (id, _) = calendar(&text.association, Some(&text.id));
    let path = format!("/v1/calendars/{id}");
    for other in [&colleague, &text.ministry, &world.operator()] {
        other.get(&path).problem("not_found");
        other.delete(&path, "*").problem("not_found");
        assert!(other.list("/v1/calendars").is_empty());
    }
    text.association.get(&path).expect(200);
    // What one does not see is no calendar's.
    let body = json!({ "name": "x", "convention_id": text.id });
    for stranger in [&world.association(), &world.school("0950649P")] {
        let faults = stranger.post("/v1/calendars", &body).problem("invalid_body").faults();
        assert_eq!(faults, [("/convention_id".to_owned(), "unknown_reference".to_owned())]);
    }
    world.narrowed(&text.association, &["conventions:read"]).post("/v1/calendars", &body).problem("insufficient_scope");
    world.observer().get("/v1/calendars").problem("insufficient_scope");
    calendar(&text.association, None);
    let names = |sort: &str| text.association.list(&format!("/v1/calendars?sort={sort}")).len();
    assert_eq!((names("name"), names("-created_at")), (2, 2));
    // The feed tells its holder, and nobody else; so does the audit.
    world.stamp();
    let told = |actor: &crate::support::Actor| {
        let page = actor.get("/v1/changes?kinds=calendar&embed=resource").expect(200).json;
        page["items"].as_array().unwrap().iter().filter(|e| e["id"] == id.as_str()).count()
    };
    assert_eq!((told(&text.association), told(&colleague), told(&text.ministry)), (1, 0, 0));
    let audited = |actor: &crate::support::Actor| {
        actor.list("/v1/audit").iter().filter(|entry| entry["act"] == "calendar.created").count()
    };
    assert_eq!((audited(&text.association), audited(&colleague)), (2, 0));
});

both!(revoked_it_is_gone, |world| {
    let text = reference(world);
    let (id, path) = calendar(&text.association, Some(&text.id));
    read(world, &path).expect(200);
    let address = format!("/v1/calendars/{id}");
    text.association.ask("DELETE", &address).send().problem("precondition_required");
    let etag = text.association.get(&address).expect(200).etag();
    text.association.delete(&address, "\"7\"").problem("version_mismatch");
    text.association.delete(&address, &etag).expect(204);
    read(world, &path).problem("calendar_revoked");
    text.association.get(&address).problem("not_found");
    text.association.delete(&address, "*").problem("not_found");
    assert!(text.association.list("/v1/calendars").is_empty());
    world.stamp();
    let changes = text.association.get("/v1/changes?kinds=calendar").expect(200).json;
    let operations: Vec<_> = changes["items"].as_array().unwrap().iter().map(|e| e["operation"].clone()).collect();
    assert!(operations.contains(&json!("deleted")), "{changes}");
    for wrong in ["/calendars/x.ics", "/calendars/.ics", "/calendars/x", &path.replace(".ics", "x.ics")] {
        read(world, wrong).expect(404);
    }
    world.anonymous().ask("POST", &path).send().problem("method_not_allowed");
});

both!(it_gives_what_its_holder_may_see_now, |world| {
    let (text, operator) = (reference(world), world.operator());
    let client = format!("/v1/clients/{}", text.association.id);
    let (_, path) = calendar(&text.association, Some(&text.id));
    let (_, all) = calendar(&text.association, None);
    // Without the scope to read, nothing; given again, it is back.
    let scopes = |scopes: serde_json::Value| operator.patch(&client, "*", &json!({ "scopes": scopes })).expect(200);
    scopes(json!(["account:read", "calendars:write"]));
    read(world, &path).problem("not_found");
    read(world, &all).problem("not_found");
    scopes(json!(["conventions:read"]));
    read(world, &path).expect(200);
    // Narrowed to a territory that the convention touches, then a school whose convention has ended.
    let school = world.school("0950649P");
    let (_, schools) = calendar(&school, Some(&text.id));
    event(&read(world, &schools).expect(200).text, "R04/0");
    world.pass_seconds(3 * 366 * 86_400);
    read(world, &schools).problem("not_found");
    read(world, &path).expect(200);
    let operator = world.afresh(&operator);
    operator.act(&format!("{client}/revoke"), "*").expect(200);
    read(world, &path).problem("calendar_revoked");
    read(world, &all).problem("calendar_revoked");
});

both!(a_draft_has_a_calendar_too, |world| {
    let text = world.draft();
    let (_, path) = calendar(&text.association, Some(&text.id));
    let empty = read(world, &path).expect(200);
    assert!(events(&empty.text).is_empty() && empty.text.contains("X-WR-CALNAME:Échéances\r\n"), "{}", empty.text);
    // Deleted, it takes its calendars with it.
    text.association.delete(&text.path(), &text.etag()).expect(204);
    read(world, &path).problem("not_found");
    assert!(text.association.list("/v1/calendars").is_empty());
});

fn grant(world: &World, days: serde_json::Value) -> (String, crate::support::Actor) {
    let association = world.association().organisation.unwrap().to_string();
    let mut grant = json!({
        "issuer": issuer().name("main"), "subject": "camille", "name": "Camille", "role": "association",
        "organisation_id": association,
    });
    grant.as_object_mut().unwrap().extend(days.as_object().unwrap().clone());
    let id = world.operator().post("/v1/grants", &grant).expect(201).id();
    (id, world.bearing(&world.anonymous(), &issuer().token("camille", &json!({}))))
}

both!(under_a_grant_it_ends_with_the_grant, |world| {
    let (id, camille) = grant(world, json!({ "valid_until": "2026-11-24" }));
    let (_, path) = calendar(&camille, None);
    read(world, &path).expect(200);
    world.pass_seconds(86_400);
    read(world, &path).expect(200);
    world.pass_seconds(86_400);
    // It may be given more time.
    read(world, &path).problem("not_found");
    let (operator, address) = (world.operator(), format!("/v1/grants/{id}"));
    operator.patch(&address, "*", &json!({ "valid_until": "2027-11-24" })).expect(200);
    read(world, &path).expect(200);
    operator.act(&format!("{address}/revoke"), "*").expect(200);
    read(world, &path).problem("calendar_revoked");
});

both!(
    guesses_are_limited_by_address,
    |config| {
        config.rate_per_second = 1;
        config.rate_burst = 3;
    },
    |world| {
        let answers: Vec<_> = (0..5).map(|n| read(world, &format!("/calendars/{n}.ics")).status).collect();
        assert_eq!(answers[..3], [404, 404, 404]);
        assert_eq!(answers[4], 429);
    }
);
