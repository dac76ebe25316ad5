//! Each member and each parameter that names something, for what is not seen and for what is not there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ABSENT, HERE, Member, Unseen, action, named};
use crate::files::PDF;
use crate::support::texts::Text;

/// Only the operator writes these and reads those, and it sees every organisation.
const OPERATORS: [&str; 5] = [
    "POST /v1/clients /organisation_id",
    "PATCH /v1/clients/{id} /organisation_id",
    "POST /v1/grants /organisation_id",
    "PATCH /v1/grants/{id} /organisation_id",
    "GET /v1/grants ?organisation_id",
];

both!(what_is_not_seen_is_as_unknown_as_what_is_not_there, |world| {
    let unseen = Unseen::new(world);
    // This caller's own: a draft, a convention in force with an amendment, an action, a company and a contact.
    let mine = world.draft();
    let me = mine.association.clone();
    let signed = world.draft_between(
        world.ministry(),
        me.clone(),
        json!({ "title": "En vigueur",
        "document_type": "convention", "level": "national", "territory": "national" }),
    );
    signed.signed_by_both("2026-11-02");
    let amendment = signed.amend(&json!({ "title": "Avenant n° 1" })).expect(201).id();
    let act = me.post("/v1/actions", &action(&signed, &json!({}))).expect(201).id();
    let company = me.post("/v1/companies", &json!({ "name": "Ateliers" })).expect(201).id();
    let made_with = |convention: &str| {
        json!({ "convention_id": convention, "occurred_on": "2026-11-20",
        "means": "phone", "purpose": "pfmp", "outcome": "pending" })
    };
    let contact = me.post(&format!("/v1/companies/{company}/contacts"), &made_with(&signed.id)).expect(201).id();
    let file = me.ask("POST", "/v1/files?name=a.pdf&purpose=other").body("application/pdf", PDF).send();
    let file = format!("/v1/files/{}", file.expect(201).id());
    // A territorial convention under one that this caller does not see: its parties draft it too.
    let above = &unseen.signed;
    let above_contact = json!({ "network": "dafpic", "territory": "academie:25", "name": "DAFPIC" });
    let above_contact = above.association.post(&above.under("network-contacts"), &above_contact).expect(201).id();
    let child = json!({ "title": "Déclinaison", "document_type": "convention", "level": "academic",
        "territory": "academie:25", "parent_id": above.id });
    let child = world.draft_between(me.clone(), above.association.clone(), child);
    me.get(&above.path()).problem("not_found");
    let party = json!({ "side": "other", "name_as_signed": "x", "organisation_id": HERE });

    let new = |extra: Value| {
        let mut body = json!({ "title": "x", "document_type": "x", "level": "academic", "territory": "academie:25" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Some(body)
    };
    let commits = json!({ "preamble": { "body": "x", "commitments": [{ "party_id": HERE, "text": "x" }] } });
    let fact = |extra: Value| {
        let mut body = json!({ "kind": "renewal_talks", "done_by": mine.parties[1], "occurred_on": "2026-11-20" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Some(body)
    };
    let signs = |text: &Text, extra: Value| {
        let mut body = json!({ "party_id": text.parties[1], "signatory": "x", "function": "x", "signed_on": "2026-11-20",
            "content_hash": format!("sha256:{}", "0".repeat(64)) });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Some(body)
    };
    let edits = json!({ "title": "x", "edits": [{ "id": HERE, "kind": "replace_words", "article": "11", "alinea": 1,
        "old": "Cinq", "new": "Six" }] });
    let changes = json!({ "title": "x", "clause_changes": [{ "id": HERE, "kind": "duration", "article": "11",
        "parameters": { "value": 6, "unit": "year" } }] });
    let (edit, change) = (&unseen.amendment["edits"][0]["id"], &unseen.amendment["clause_changes"][0]["id"]);
    let other = &unseen.text;
    let mut members: Vec<Member> = Vec::new();
    let mut add = |operation, name, address: &str, body: Option<Value>, id: &str| {
        members.push(Member { operation, name, address: address.to_owned(), body, unseen: id.to_owned() });
    };
    for (operation, path) in
        [("POST /v1/conventions", "/v1/conventions".to_owned()), ("PATCH /v1/conventions/{id}", mine.path())]
    {
        add(operation, "/parent_id", &path, new(json!({ "parent_id": HERE })), &other.id);
        add(operation, "/renews", &path, new(json!({ "renews": HERE })), &other.id);
        add(operation, "/preamble/commitments/0/party_id", &path, new(commits.clone()), &other.parties[0]);
    }
    add("POST /v1/conventions/import", "?parent_id", "/v1/conventions/import?parent_id=$ID", None, &other.id);
    add(
        "POST /v1/conventions/{id}/parties",
        "/organisation_id",
        &mine.under("parties"),
        Some(party.clone()),
        &unseen.organisation,
    );
    let mine_party = format!("/v1/parties/{}", mine.parties[0]);
    add("PATCH /v1/parties/{id}", "/organisation_id", &mine_party, Some(party), &unseen.organisation);
    let article = json!({ "number": "9", "body": "x", "part_id": HERE });
    add("POST /v1/conventions/{id}/articles", "/part_id", &mine.under("articles"), Some(article.clone()), &other.part);
    add("PATCH /v1/articles/{id}", "/part_id", &format!("/v1/articles/{}", mine.article), Some(article), &other.part);
    let clause = json!({ "kind": "minutes", "article_id": HERE });
    add("POST /v1/conventions/{id}/clauses", "/article_id", &mine.under("clauses"), Some(clause), &other.article);
    let clause = Some(json!({ "article_id": HERE }));
    add("PATCH /v1/clauses/{id}", "/article_id", &format!("/v1/clauses/{}", mine.clause), clause, &other.article);
    for (operation, path, of_child) in [
        ("POST /v1/conventions/{id}/axes", mine.under("axes"), child.under("axes")),
        ("PATCH /v1/axes/{id}", format!("/v1/axes/{}", mine.axis), format!("/v1/axes/{}", child.axis)),
    ] {
        let own = |extra: Value| {
            let mut body = json!({ "article_id": mine.article, "label": "x" });
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            Some(body)
        };
        add(operation, "/article_id", &path, own(json!({ "article_id": HERE })), &other.article);
        let commitments = own(json!({ "commitments": [{ "party_id": HERE, "text": "x" }] }));
        add(operation, "/commitments/0/party_id", &path, commitments, &other.parties[0]);
        add(
            operation,
            "/catalogue/0/id",
            &path,
            own(json!({ "catalogue": [{ "id": HERE, "label": "x" }] })),
            &unseen.item,
        );
        let follows =
            json!({ "article_id": child.article, "label": "x", "parent_axis_id": HERE, "parent_axis_reason": null });
        add(operation, "/parent_axis_id", &of_child, Some(follows), &above.axis);
    }
    for (operation, path) in [
        ("POST /v1/conventions/{id}/objectives", mine.under("objectives")),
        ("PATCH /v1/objectives/{id}", format!("/v1/objectives/{}", mine.objective)),
    ] {
        add(operation, "/article_id", &path, Some(json!({ "text": "x", "article_id": HERE })), &other.article);
        add(operation, "/served_by_axes/0", &path, Some(json!({ "text": "x", "served_by_axes": [HERE] })), &other.axis);
        add(
            operation,
            "/served_by_items/0",
            &path,
            Some(json!({ "text": "x", "served_by_items": [HERE] })),
            &unseen.item,
        );
    }
    let facts = mine.under("facts");
    add("POST /v1/conventions/{id}/facts", "/done_by", &facts, fact(json!({ "done_by": HERE })), &other.parties[1]);
    add("POST /v1/conventions/{id}/facts", "/replaces", &facts, fact(json!({ "replaces": HERE })), &unseen.fact);
    let answers = fact(json!({ "kind": "termination_received", "refers_to": HERE }));
    add("POST /v1/conventions/{id}/facts", "/refers_to", &facts, answers, &unseen.fact);
    add("POST /v1/conventions/{id}/facts", "/proof/0", &facts, fact(json!({ "proof": [HERE] })), &unseen.file);
    let under = mine.under("signatures");
    add(
        "POST /v1/conventions/{id}/signatures",
        "/party_id",
        &under,
        signs(&mine, json!({ "party_id": HERE })),
        &other.parties[1],
    );
    add(
        "POST /v1/conventions/{id}/signatures",
        "/replaces",
        &under,
        signs(&mine, json!({ "replaces": HERE })),
        &unseen.signature,
    );
    let under = format!("/v1/amendments/{amendment}/signatures");
    add(
        "POST /v1/amendments/{id}/signatures",
        "/party_id",
        &under,
        signs(&signed, json!({ "party_id": HERE })),
        &other.parties[1],
    );
    add(
        "POST /v1/amendments/{id}/signatures",
        "/replaces",
        &under,
        signs(&signed, json!({ "replaces": HERE })),
        &unseen.signature,
    );
    for (operation, path) in [
        ("POST /v1/conventions/{id}/amendments", signed.under("amendments")),
        ("PATCH /v1/amendments/{id}", format!("/v1/amendments/{amendment}")),
    ] {
        add(operation, "/requested_by", &path, Some(json!({ "title": "x", "requested_by": HERE })), &other.parties[1]);
        add(operation, "/edits/0/id", &path, Some(edits.clone()), edit.as_str().unwrap());
        add(operation, "/clause_changes/0/id", &path, Some(changes.clone()), change.as_str().unwrap());
    }
    for (operation, path) in
        [("POST /v1/actions", "/v1/actions".to_owned()), ("PATCH /v1/actions/{id}", format!("/v1/actions/{act}"))]
    {
        let own = |extra: Value| Some(action(&signed, &extra));
        add(operation, "/convention_id", &path, own(json!({ "convention_id": HERE })), &other.id);
        add(operation, "/axis_id", &path, own(json!({ "axis_id": HERE })), &other.axis);
        add(operation, "/catalogue_item_id", &path, own(json!({ "catalogue_item_id": HERE })), &unseen.item);
        add(operation, "/network_contact_id", &path, own(json!({ "network_contact_id": HERE })), &unseen.contact);
        let under = Some(action(&child, &json!({ "network_contact_id": HERE })));
        add(operation, "/network_contact_id", &path, under, &above_contact);
        add(operation, "/host_company_id", &path, own(json!({ "host_company_id": HERE })), &unseen.company);
    }
    let twin = Some(json!({ "twin_id": HERE, "twin_version": 1 }));
    add("POST /v1/actions/{id}/merge", "/twin_id", &format!("/v1/actions/{act}/merge"), twin, &unseen.action);
    let calendar = Some(json!({ "name": "x", "convention_id": HERE }));
    add("POST /v1/calendars", "/convention_id", "/v1/calendars", calendar, &other.id);
    let contacts = format!("/v1/companies/{company}/contacts");
    add("POST /v1/companies/{id}/contacts", "/convention_id", &contacts, Some(made_with(HERE)), &other.id);
    add(
        "PATCH /v1/company-contacts/{id}",
        "/convention_id",
        &format!("/v1/company-contacts/{contact}"),
        Some(made_with(HERE)),
        &other.id,
    );
    for (kind, id) in [
        ("convention", &other.id),
        ("party", &other.parties[0]),
        ("part", &other.part),
        ("article", &other.article),
        ("clause", &other.clause),
        ("axis", &other.axis),
        ("objective", &other.objective),
        ("signature", &unseen.signature),
        ("fact", &unseen.fact),
        ("network_contact", &unseen.contact),
        ("organisation", &unseen.organisation),
    ] {
        let upload = format!("/v1/files?name=b.pdf&purpose=other&attached_to={kind}:$ID");
        add("POST /v1/files", "?attached_to", &upload, None, id);
        add(
            "PATCH /v1/files/{id}",
            "/attached_to",
            &file,
            Some(json!({ "attached_to": format!("{kind}:{HERE}") })),
            id,
        );
    }
    for (operation, parameter, id) in [
        ("GET /v1/actions", "?ids", &unseen.action),
        ("GET /v1/actions", "?convention_id", &other.id),
        ("GET /v1/actions", "?association_id", &unseen.organisation),
        ("GET /v1/actions", "?axis_id", &other.axis),
        ("GET /v1/actions", "?host_company_id", &unseen.company),
        ("GET /v1/audit", "?convention_id", &other.id),
        ("GET /v1/audit", "?organisation_id", &unseen.organisation),
        ("GET /v1/audit", "?resource_id", &unseen.company),
        ("GET /v1/audit", "?client_id", &other.association.id.to_string()),
        ("GET /v1/companies", "?owner_id", &other.association.organisation.unwrap().to_string()),
        ("GET /v1/company-contacts", "?convention_id", &other.id),
        ("GET /v1/company-contacts", "?company_id", &unseen.company),
        ("GET /v1/company-contacts/places", "?convention_id", &other.id),
        ("GET /v1/company-contacts/places", "?company_id", &unseen.company),
        ("GET /v1/conventions", "?parent_id", &above.id),
        ("GET /v1/conventions", "?organisation_id", &unseen.organisation),
        ("GET /v1/files", "?attached_to", &other.id),
        ("GET /v1/files", "?convention_id", &other.id),
        ("GET /v1/files", "?organisation_id", &unseen.organisation),
        ("GET /v1/obligations", "?convention_id", &above.id),
        ("GET /v1/obligations", "?organisation_id", &unseen.organisation),
    ] {
        let of = if parameter == "?attached_to" { "convention:" } else { "" };
        let address = format!("{}{parameter}={of}$ID", operation.split(' ').nth(1).unwrap());
        // The territorial convention is this caller's own, and says which one it applies.
        if (operation, parameter) != ("GET /v1/conventions", "?parent_id") {
            add(operation, parameter, &address, None, id);
        }
    }
    add("GET /v1/companies/{id}/contacts", "?convention_id", &format!("{contacts}?convention_id=$ID"), None, &other.id);
    let schools = "/v1/schools?without_action_in=2026-2027&convention_id=$ID";
    add("GET /v1/schools", "?convention_id", schools, None, &above.id);
    add("POST /v1/actions/bulk", "?convention_id", "/v1/actions/bulk?convention_id=$ID", Some(json!({})), &other.id);

    let mut wrong = Vec::new();
    let mut tried: BTreeSet<String> = OPERATORS.iter().map(|known| (*known).to_owned()).collect();
    tried.insert("GET /v1/conventions ?parent_id".to_owned());
    for member in &members {
        let name = format!("{} {}", member.operation, member.name);
        let (unseen, absent) = (member.answer(&me, &member.unseen), member.answer(&me, ABSENT));
        if unseen != absent {
            wrong.push(format!("{name} ({}): {unseen:?}\n  for one that is not there: {absent:?}", member.address));
        }
        if !member.operation.starts_with("GET") && unseen.0 < 400 {
            wrong.push(format!("{name} ({}): {}", member.address, unseen.0));
        }
        tried.insert(name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let untried: Vec<String> = named().difference(&tried).cloned().collect();
    assert!(untried.is_empty(), "not tried: {untried:?}");
});
