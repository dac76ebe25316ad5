//! What is outside of a caller's territories: refused, by each operation that writes.

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::{Body, Outcome, Target, Try, attempt, convention, of_academie};
use crate::actions::{VERSAILLES, delegate, uai};
use crate::files::PDF;
use crate::support::Actor;
use crate::support::resources::operations;
use crate::support::texts::PASTED;

/// Nothing is written by them, whatever the method says.
const READS: [&str; 1] = ["POST /v1/schools/resolve"];

both!(each_write_outside_the_territories_is_refused, |world| {
    let mut outcome = Outcome::default();
    let (ministry, association) = (world.ministry(), world.association());
    let draft = |level: &str, territory: &str| {
        Target::of(world.draft_between(ministry.clone(), association.clone(), convention(level, territory)), false)
    };
    let national = Target::of(
        world.draft_between(ministry.clone(), association.clone(), convention("national", "national")),
        true,
    );
    let (wide, region) = (draft("national", "national"), draft("regional", "region:11"));
    let elsewhere = draft("academic", "academie:10");
    let here = draft("academic", "academie:25");
    let lyon = uai("069", 1);
    let action = |school: &str, key: Option<&str>| {
        json!({ "convention_id": national.text.id, "axis_id": national.text.axis, "kind": "company_visit",
            "title": "Visite", "schools": [{ "uai": school }], "sessions": [{ "date": "2026-12-01" }],
            "external_id": key })
    };
    let act =
        |actor: &Actor, school: &str, key: &str| actor.post("/v1/actions", &action(school, Some(key))).expect(201).id();
    let (there, own) = (act(&association, &lyon, "there"), act(&association, VERSAILLES, "here"));
    let company = |actor: &Actor, departement: &str| {
        actor.post("/v1/companies", &json!({ "name": "Ateliers", "departement": departement })).expect(201).id()
    };
    let (company_there, company_here) = (company(&association, "69"), company(&association, "95"));
    let contact = json!({ "convention_id": national.text.id, "occurred_on": "2026-11-20", "means": "phone",
        "purpose": "pfmp", "outcome": "pending" });
    let contact_there = association.post(&format!("/v1/companies/{company_there}/contacts"), &contact).expect(201).id();
    let calendar = association.post("/v1/calendars", &json!({ "name": "Échéances" })).expect(201);
    let calendar = calendar.json["calendar"]["id"].as_str().unwrap().to_owned();
    let organisation = format!("/v1/organisations/{}", association.organisation.unwrap());
    let representative = json!({ "name": "Camille Martin", "function": "présidente" });
    let representative_id =
        association.post(&format!("{organisation}/representatives"), &representative).expect(201).id();

    // A delegate of Versailles.
    let versailles = delegate(world, &association, &["academie:25"]);
    outcome.refused("a delegate, national", &versailles, "not_allowed", national.writes());
    outcome.refused("a delegate, draft of the nation", &versailles, "not_allowed", wide.writes());
    outcome.refused("a delegate, région", &versailles, "not_allowed", region.writes());
    outcome.refused("a delegate, elsewhere", &versailles, "not_found", {
        // What a new file is attached to is named in a parameter.
        elsewhere.writes().into_iter().filter(|one| one.operation != "POST /v1/files").collect()
    });
    let json = Body::Json;
    let new_file = |to: &str| format!("/v1/files?name=b.pdf&purpose=other&attached_to={to}");
    let waiting = versailles.ask("POST", "/v1/files?name=c.pdf&purpose=other").body("application/pdf", PDF);
    let waiting = format!("/v1/files/{}", waiting.send().expect(201).id());
    let renewing = |mut new: Value, renewed: &str| {
        new["renews"] = json!(renewed);
        new
    };
    let text_of = |name: &str| Body::Text(of_academie(name));
    let under_national = format!("/v1/conventions/import?parent_id={}", national.text.id);
    outcome.refused(
        "a delegate, by a body",
        &versailles,
        "not_allowed",
        vec![
            attempt("POST /v1/conventions", "/v1/conventions", json(convention("national", "national"))),
            attempt("POST /v1/conventions", "/v1/conventions", json(convention("regional", "region:11"))),
            attempt("POST /v1/conventions", "/v1/conventions", json(convention("academic", "academie:10"))),
            attempt(
                "POST /v1/conventions",
                "/v1/conventions",
                json(renewing(convention("academic", "academie:25"), &national.text.id)),
            ),
            attempt("POST /v1/conventions/import", "/v1/conventions/import", Body::Text(PASTED.into())),
            attempt("POST /v1/conventions/import", "/v1/conventions/import?dry_run=true", Body::Text(PASTED.into())),
            attempt("POST /v1/conventions/import", under_national.clone(), text_of("Lyon")),
            attempt(
                "PATCH /v1/conventions/{id}",
                here.text.path(),
                json(json!({ "level": "national", "territory": "national" })),
            ),
            attempt("PATCH /v1/conventions/{id}", here.text.path(), json(json!({ "territory": "academie:10" }))),
            attempt("PATCH /v1/conventions/{id}", here.text.path(), json(json!({ "renews": national.text.id }))),
            attempt(
                "POST /v1/conventions/{id}/network-contacts",
                here.text.under("network-contacts"),
                json(json!({ "network": "dafpic", "territory": "academie:10", "name": "x" })),
            ),
            attempt(
                "PATCH /v1/network-contacts/{id}",
                format!("/v1/network-contacts/{}", here.contact),
                json(json!({ "territory": "national" })),
            ),
            attempt(
                "DELETE /v1/network-contacts/{id}",
                format!("/v1/network-contacts/{}", national.contact),
                Body::Nothing,
            ),
            attempt(
                "POST /v1/files",
                new_file(&format!("organisation:{}", association.organisation.unwrap())),
                Body::Pdf,
            ),
            attempt(
                "PATCH /v1/files/{id}",
                waiting,
                json(json!({ "attached_to": format!("convention:{}", national.text.id) })),
            ),
            attempt("POST /v1/actions", "/v1/actions", json(action(&lyon, None))),
            attempt(
                "PATCH /v1/actions/{id}",
                format!("/v1/actions/{own}"),
                json(json!({ "schools": [{ "uai": lyon }] })),
            ),
            attempt("POST /v1/companies", "/v1/companies", json(json!({ "name": "x", "departement": "69" }))),
            attempt(
                "PATCH /v1/companies/{id}",
                format!("/v1/companies/{company_here}"),
                json(json!({ "departement": "69" })),
            ),
            attempt("PATCH /v1/organisations/{id}", organisation.clone(), json(json!({ "name": "x" }))),
            attempt("DELETE /v1/organisations/{id}", organisation.clone(), Body::Nothing),
            attempt(
                "POST /v1/organisations/{id}/representatives",
                format!("{organisation}/representatives"),
                json(representative.clone()),
            ),
            attempt(
                "PATCH /v1/representatives/{id}",
                format!("/v1/representatives/{representative_id}"),
                json(json!({ "name": "x" })),
            ),
            attempt(
                "DELETE /v1/representatives/{id}",
                format!("/v1/representatives/{representative_id}"),
                Body::Nothing,
            ),
        ],
    );
    let twin = json(json!({ "twin_id": there, "twin_version": 1 }));
    let references = vec![
        attempt("POST /v1/actions/{id}/merge", format!("/v1/actions/{own}/merge"), twin),
        attempt(
            "POST /v1/calendars",
            "/v1/calendars",
            json(json!({ "name": "x", "convention_id": elsewhere.text.id })),
        ),
        attempt(
            "POST /v1/companies/{id}/contacts",
            format!("/v1/companies/{company_here}/contacts"),
            json(json!({ "convention_id": elsewhere.text.id, "occurred_on": "2026-11-20", "means": "phone",
                "purpose": "pfmp", "outcome": "pending" })),
        ),
    ];
    outcome.refused("a delegate, by a reference", &versailles, "invalid_body", references);
    let mut unseen: Vec<Try> = [
        ("POST /v1/actions/{id}/plan", "plan"),
        ("POST /v1/actions/{id}/confirm", "confirm"),
        ("POST /v1/actions/{id}/hold", "hold"),
        ("POST /v1/actions/{id}/attendance", "attendance"),
        ("POST /v1/actions/{id}/report", "report"),
        ("POST /v1/actions/{id}/decline", "decline"),
        ("POST /v1/actions/{id}/cancel", "cancel"),
        ("POST /v1/actions/{id}/merge", "merge"),
    ]
    .map(|(operation, act)| attempt(operation, format!("/v1/actions/{there}/{act}"), json(json!({}))))
    .into();
    unseen.extend([
        attempt("PATCH /v1/actions/{id}", format!("/v1/actions/{there}"), json(json!({}))),
        attempt("DELETE /v1/actions/{id}", format!("/v1/actions/{there}"), Body::Nothing),
        attempt("PATCH /v1/companies/{id}", format!("/v1/companies/{company_there}"), json(json!({}))),
        attempt("DELETE /v1/companies/{id}", format!("/v1/companies/{company_there}"), Body::Nothing),
        attempt("POST /v1/companies/{id}/contacts", format!("/v1/companies/{company_there}/contacts"), json(json!({}))),
        attempt("PATCH /v1/company-contacts/{id}", format!("/v1/company-contacts/{contact_there}"), json(json!({}))),
        attempt("DELETE /v1/company-contacts/{id}", format!("/v1/company-contacts/{contact_there}"), Body::Nothing),
        attempt("DELETE /v1/calendars/{id}", format!("/v1/calendars/{calendar}"), Body::Nothing),
    ]);
    outcome.refused("a delegate, what it does not see", &versailles, "not_found", unseen);
    let operators = [
        ("POST /v1/clients", "/v1/clients"),
        ("PATCH /v1/clients/{id}", "/v1/clients/0"),
        ("POST /v1/clients/{id}/revoke", "/v1/clients/0/revoke"),
        ("POST /v1/clients/{id}/rotate-secret", "/v1/clients/0/rotate-secret"),
        ("POST /v1/grants", "/v1/grants"),
        ("PATCH /v1/grants/{id}", "/v1/grants/0"),
        ("POST /v1/grants/{id}/revoke", "/v1/grants/0/revoke"),
    ];
    let operators = operators.map(|(operation, address)| attempt(operation, address, json(json!({}))));
    outcome.refused("a delegate, the operator's", &versailles, "insufficient_scope", operators.into());

    // Lines of a bulk, each by itself.
    let line = |value: Value| value.to_string();
    let lines = [
        line(json!({ "action": action(&lyon, None) })),
        line(json!({ "op": "upsert", "action": action(&lyon, Some("there")) })),
        line(json!({ "op": "upsert", "action": action(&lyon, Some("here")) })),
        line(json!({ "op": "plan", "id": there })),
        line(json!({ "op": "cancel", "external_id": "there", "with": { "reason": "x" } })),
        line(json!({ "op": "merge", "id": own, "with": { "twin_id": there, "twin_version": 1 } })),
    ];
    let bulk = attempt("POST /v1/actions/bulk", "/v1/actions/bulk?mode=partial", Body::Lines(lines.join("\n")));
    let answer = bulk.by(&versailles);
    outcome.tried.insert(bulk.operation);
    let codes: Vec<&str> = answer.json["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["problem"]["code"].as_str().unwrap_or("done"))
        .collect();
    assert_eq!(
        codes,
        ["not_allowed", "not_found", "not_allowed", "not_found", "not_found", "invalid_body"],
        "{}",
        answer.text
    );
    let sheet = format!("Intitulé;Nature;Axe;UAI;Date\nVisite;Visite d'entreprise;Article 11;{lyon};01/12/2026\n");
    let bulk = format!("/v1/actions/bulk?mode=partial&convention_id={}", national.text.id);
    let answer = versailles.ask("POST", &bulk).body("text/csv", sheet).send();
    assert_eq!(answer.json["results"][0]["problem"]["code"], "not_allowed", "{}", answer.text);

    // An académie beside the text, and a service of a région that is narrowed to another of its académies.
    let academie = world.academie("academie:25");
    let facts = ["POST /v1/facts/{id}/acknowledge", "POST /v1/facts/{id}/contest"];
    // It reads no facts of others, nor an amendment that is not signed.
    let unread = |one: &Try| facts.contains(&one.operation) || one.address.contains("/v1/amendments/");
    let (unread, read): (Vec<Try>, Vec<Try>) = national.writes().into_iter().partition(unread);
    outcome.refused("an académie, national", &academie, "not_allowed", read);
    outcome.refused("an académie, national", &academie, "not_found", unread);
    outcome.refused(
        "an académie",
        &academie,
        "not_allowed",
        vec![
            attempt("POST /v1/conventions", "/v1/conventions", json(convention("academic", "academie:10"))),
            attempt("POST /v1/conventions", "/v1/conventions", json(convention("national", "national"))),
            attempt(
                "POST /v1/conventions",
                "/v1/conventions",
                json(renewing(convention("academic", "academie:25"), &national.text.id)),
            ),
            attempt("POST /v1/actions", "/v1/actions", json(action(&lyon, None))),
            attempt(
                "PATCH /v1/actions/{id}",
                format!("/v1/actions/{own}"),
                json(json!({ "schools": [{ "uai": lyon }] })),
            ),
            attempt("POST /v1/companies", "/v1/companies", json(json!({ "name": "x", "departement": "69" }))),
            attempt("PATCH /v1/organisations/{id}", organisation.clone(), json(json!({ "name": "x" }))),
        ],
    );
    let rectorat = world.organisation("academic_region", "Région académique Île-de-France");
    let whole = world.client(Role::Academie, Some(rectorat), &["region:11"], &[]);
    let creteil = world.draft_between(whole, association.clone(), convention("academic", "academie:24"));
    let narrow = world.client(Role::Academie, Some(rectorat), &["academie:25"], &[]);
    outcome.refused("a service of another académie", &narrow, "not_allowed", Target::of(creteil, false).writes());

    // A school, for another one.
    let school = world.school(VERSAILLES);
    outcome.refused(
        "a school",
        &school,
        "not_allowed",
        vec![
            attempt("POST /v1/actions", "/v1/actions", json(action(&lyon, None))),
            attempt(
                "PATCH /v1/actions/{id}",
                format!("/v1/actions/{own}"),
                json(json!({ "schools": [{ "uai": lyon }] })),
            ),
        ],
    );
    outcome.refused(
        "a school",
        &school,
        "not_found",
        vec![attempt("POST /v1/actions/{id}/confirm", format!("/v1/actions/{there}/confirm"), json(json!({})))],
    );

    assert!(outcome.wrong.is_empty(), "{}", outcome.wrong.join("\n"));
    let known: Vec<String> = operations()
        .iter()
        .filter(|o| o.secured() && o.method != "GET")
        .map(|o| format!("{} {}", o.method, o.path))
        .filter(|o| !READS.contains(&o.as_str()) && o != "POST /v1/organisations")
        .collect();
    let untried: Vec<&String> = known.iter().filter(|o| !outcome.tried.contains(o.as_str())).collect();
    assert!(untried.is_empty(), "not tried: {untried:?}");
});
