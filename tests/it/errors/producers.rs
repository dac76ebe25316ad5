//! One way to each code of the table, over HTTP: a code that nothing produces fails.

use std::time::Duration;

use passerelle::error::table::TABLE;
use serde_json::{Value, json};

use crate::conventions::ends::{record, whole};
use crate::support::raw::Raw;
use crate::support::texts::{PASTED, Text};
use crate::support::{Response, World};

/// Codes that only a test of their own can produce, and where it is.
const ELSEWHERE: [(&str, &str); 7] = [
    ("file_erased", "files::life::bytes_that_should_never_have_come_are_erased"),
    ("rate_limited", "errors::producers::a_client_that_asks_too_much"),
    ("request_timeout", "errors::producers::a_body_that_trickles"),
    ("busy", "errors::producers::a_door_that_is_full"),
    ("no_signing_key", "clock::without_a_key_that_signs_yet_a_token_is_asked_for_again"),
    ("unavailable", "stopping::ready_turns_503"),
    ("outcome_unknown", "failing::hanging::a_commit_that_is_cut_off"),
];
/// Codes that nothing can produce yet, and why. To be emptied.
const PENDING: [(&str, &str); 1] = [(
    "territory_outside_parent",
    "the level fixes the territory at creation, and the parent must be national: T03 cannot fail",
)];

fn academic(parent: &Text, territory: &str) -> Value {
    json!({ "title": "Déclinaison", "document_type": "convention", "level": "academic", "territory": territory,
        "parent_id": parent.id })
}

/// A territorial convention of a national one, between the same parties.
fn child(world: &World, parent: &Text, territory: &str) -> Text {
    world.draft_between(parent.ministry.clone(), parent.association.clone(), academic(parent, territory))
}

/// Signs for both; the answer of the last.
fn sign_both(text: &Text, on: &str) -> Response {
    text.sign(0, on).expect(201);
    text.sign(1, on)
}

/// Produces a problem of this code.
fn produce(world: &World, code: &str) -> Option<Response> {
    let operator = world.operator();
    let client = || format!("/v1/clients/{}", operator.id);
    let observer = json!({ "name": "x", "role": "observer" });
    let company = |extra: Value| {
        let mut body = json!({ "kind": "company", "name": "Société", "siret": "73282932000074" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    Some(match code {
        "unauthenticated" => world.anonymous().get("/v1/me"),
        "invalid_token" => world.bearing(&operator, "x").get("/v1/me"),
        "insufficient_scope" => world.narrowed(&operator, &[]).get("/v1/me"),
        "not_allowed" => {
            let verified = world.organisation("company", "Société");
            let path = format!("/v1/organisations/{verified}");
            world.association().delete(&path, "\"1\"")
        }
        "unsupported_file" => {
            let ask = world.association().ask("POST", "/v1/files?name=x&purpose=other");
            ask.body("text/plain", "<html>").send()
        }
        "file_kept" => {
            let text = world.in_force("2026-11-20");
            let file = crate::files::attach(&text.association, &format!("convention:{}", text.id)).expect(201);
            text.association.delete(&format!("/v1/files/{}", file.id()), "\"1\"")
        }
        "no_grant" => {
            let token = crate::grants::issuer().token("nobody", &json!({}));
            world.bearing(&operator, &token).get("/v1/me")
        }
        "issuer_unreachable" => {
            let token = crate::grants::issuer().signed(&json!({ "iss": crate::grants::GONE }));
            world.bearing(&operator, &token).get("/v1/me")
        }
        "revoked" => {
            let grant = operator.post("/v1/grants", &crate::grants::new_grant("x")).expect(201);
            let path = format!("/v1/grants/{}", grant.id());
            let revoked = operator.act(&format!("{path}/revoke"), "\"1\"").expect(200);
            operator.patch(&path, &revoked.etag(), &json!({ "name": "y" }))
        }
        "unknown_route" => operator.get("/v1/nothing"),
        "resync" => operator.get("/v1/changes?after=00.00.1"),
        "not_found" => operator.get("/v1/clients/x"),
        "method_not_allowed" => operator.ask("DELETE", "/v1/me").send(),
        "not_acceptable" => operator.ask("GET", "/v1/me").header("Accept", "image/png").send(),
        "payload_too_large" => {
            operator.ask("POST", "/v1/clients").body("application/json", vec![b' '; (1 << 20) + 1]).send()
        }
        "unsupported_media_type" => operator.ask("POST", "/v1/clients").body("text/csv", "x").send(),
        "bad_request" => {
            operator.ask("POST", &format!("{}/revoke", client())).header("If-Match", "*").body("", "x").send()
        }
        "invalid_parameters" => operator.get("/v1/me?x=1"),
        "malformed_body" => operator.ask("POST", "/v1/clients").body("application/json", "{").send(),
        "invalid_body" => operator.post("/v1/clients", &json!({})),
        "precondition_required" => operator.ask("POST", &format!("{}/revoke", client())).send(),
        "version_mismatch" => operator.act(&format!("{}/revoke", client()), "\"2\""),
        "idempotency_key_reused" => {
            let organisations = |name: &str| {
                operator
                    .ask("POST", "/v1/organisations")
                    .key("k")
                    .json(&json!({ "kind": "other", "name": name }))
                    .send()
            };
            organisations("a").expect(201);
            organisations("b")
        }
        // A key whose answer is not known: the row of a transaction still open.
        "idempotency_in_progress" => crate::idempotency::in_progress(world),
        "duplicate" => {
            operator.post("/v1/organisations", &company(json!({}))).expect(201);
            operator.post("/v1/organisations", &company(json!({ "name": "Autre" })))
        }
        "in_use" => {
            let text = world.draft();
            let organisation = text.association.organisation.unwrap();
            world.operator().delete(&format!("/v1/organisations/{organisation}"), "*")
        }
        "received_before_sent" | "before_its_cause" | "too_early" => {
            let text = whole(world, &json!({}));
            let none = json!({});
            let sent = record(world, &text.ministry, &text, "termination_sent", 0, "2026-11-02", &none).expect(201);
            let (kind, on, names) = match code {
                "received_before_sent" => ("termination_received", "2026-11-01", None),
                "before_its_cause" => ("termination_withdrawn", "2026-11-01", None),
                _ => ("termination_received", "2026-11-02", Some("2027-05-01")),
            };
            let mut more = json!({ "refers_to": sent.id() });
            if let Some(day) = names {
                more["effective_on"] = json!(day);
            }
            record(world, &text.association, &text, kind, 1, on, &more)
        }
        "already_signed" => {
            let text = world.draft();
            text.sign(1, "2026-11-01").expect(201);
            text.sign(1, "2026-11-02")
        }
        "already_answered" => {
            let text = world.in_force("2026-11-20");
            let fact = json!({ "kind": "renewal_talks", "done_by": text.parties[1], "occurred_on": "2026-11-20" });
            let fact = text.ministry.post(&text.under("facts"), &fact).expect(201).id();
            let answer = || {
                let ask = text.association.ask("POST", &format!("/v1/facts/{fact}/acknowledge"));
                ask.header("If-Match", "*").json(&json!({})).send()
            };
            answer().expect(200);
            answer()
        }
        "same_signatory" => {
            let text = world.draft();
            text.sign(0, "2026-11-01").expect(201);
            let mut second = text.signature(1, "2026-11-02");
            second["signatory"] = json!("dominique DURAND");
            text.association.post(&text.under("signatures"), &second)
        }
        "unknown_party" => {
            let text = world.draft();
            let mut signature = text.signature(1, "2026-11-02");
            signature["party_id"] = json!(world.new_id());
            text.association.post(&text.under("signatures"), &signature)
        }
        "future_date" => world.draft().sign(1, "2026-11-24"),
        "outside_period" => crate::companies::before_its_convention(world),
        "after_end" => {
            let text = world.draft();
            let path = format!("/v1/clauses/{}", text.clause);
            let ends = json!({ "parameters": { "value": null, "unit": null, "end": "2026-06-30" } });
            text.association.patch(&path, &text.etag(), &ends).expect(200);
            sign_both(&text, "2026-07-01")
        }
        "content_changed" => {
            let text = world.draft();
            let signature = text.signature(1, "2026-11-02");
            let path = format!("/v1/articles/{}", text.article);
            text.association.patch(&path, &text.etag(), &json!({ "body": "Six ans." })).expect(200);
            text.association.post(&text.under("signatures"), &signature)
        }
        "terms_not_set" => {
            let text = world.draft();
            text.association.delete(&format!("/v1/clauses/{}", text.clause), &text.etag()).expect(204);
            text.sign(1, "2026-11-02")
        }
        "too_few_parties" => {
            let text = world.draft();
            text.association.delete(&format!("/v1/parties/{}", text.parties[0]), &text.etag()).expect(204);
            text.sign(1, "2026-11-02")
        }
        "computed_end" => {
            let text = world.draft();
            text.association.patch(&text.path(), &text.etag(), &json!({ "last_day": "2031-01-01" }))
        }
        "amendment_required" => {
            let text = world.in_force("2026-11-02");
            text.association.patch(&text.path(), &text.etag(), &json!({ "title": "Autre" }))
        }
        "ended" => {
            let text = world.in_force("2020-01-01");
            text.association.patch(&text.path(), &text.etag(), &json!({ "title": "Autre" }))
        }
        "amendment_text" => {
            let text = "AVENANT N° 1 À LA CONVENTION DE COOPÉRATION DU 27 JUIN 2024\n\nArticle 1\n\nL'article 3 de la convention est remplacé par les dispositions suivantes :\n\n« Article 3 – Objet\n\nUn autre texte. »\n";
            operator.ask("POST", "/v1/conventions/import").body("text/plain", text).send()
        }
        "parent_not_national" => {
            let parent = world.in_force("2026-11-02");
            let regional = child(world, &parent, "academie:25");
            regional.association.post("/v1/conventions", &academic(&regional, "academie:24"))
        }
        "parent_not_in_force" => {
            let parent = world.draft();
            sign_both(&child(world, &parent, "academie:25"), "2026-11-03")
        }
        "territory_taken" => {
            let parent = world.in_force("2026-11-02");
            sign_both(&child(world, &parent, "academie:25"), "2026-11-03").expect(201);
            sign_both(&child(world, &parent, "academie:25"), "2026-11-04")
        }
        "not_an_amendment" => {
            let text = world.in_force("2026-11-02");
            text.association.ask("POST", &text.under("amendments/import")).body("text/plain", PASTED).send()
        }
        "original_not_signed" => world.draft().amend(&json!({ "title": "Avenant" })),
        "amendment_in_force" => {
            let text = world.in_force("2026-11-02");
            let amendment = text.amend(&json!({ "title": "Avenant" })).expect(201).id();
            text.sign_amendment(&amendment, 0, "2026-11-03").expect(201);
            text.sign_amendment(&amendment, 1, "2026-11-03").expect(201);
            text.association.delete(&format!("/v1/amendments/{amendment}"), &text.etag())
        }
        "before_original" => {
            let text = world.in_force("2026-11-02");
            let amendment = text.amend(&json!({ "title": "Avenant" })).expect(201).id();
            text.sign_amendment(&amendment, 0, "2026-11-01")
        }
        "out_of_order" => {
            let text = world.in_force("2026-11-02");
            text.amend(&json!({ "title": "Avenant n° 1" })).expect(201);
            let second = text.amend(&json!({ "title": "Avenant n° 2" })).expect(201).id();
            text.sign_amendment(&second, 0, "2026-11-03")
        }
        "edit_not_applicable" => {
            let text = world.in_force("2026-11-02");
            let edit = json!({ "kind": "replace_words", "article": "11", "old": "sept ans", "new": "six ans" });
            let amendment = text.amend(&json!({ "title": "Avenant", "edits": [edit] })).expect(201).id();
            text.sign_amendment(&amendment, 0, "2026-11-03")
        }
        "clauses_not_confirmed" => {
            let text = world.in_force("2026-11-02");
            let change = json!({ "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" } });
            let amendment = text.amend(&json!({ "title": "Avenant", "clause_changes": [change] })).expect(201).id();
            text.sign_amendment(&amendment, 0, "2026-11-03")
        }
        "other_association" => {
            let parent = world.in_force("2026-11-02");
            let mut text = child(world, &parent, "academie:25");
            let other = world.association();
            let party = format!("/v1/parties/{}", text.parties[1]);
            let moved = json!({ "organisation_id": other.organisation.unwrap() });
            text.association.patch(&party, &text.etag(), &moved).expect(200);
            text.association = other;
            sign_both(&text, "2026-11-03")
        }
        "axis_unlinked" => {
            let text = child(world, &world.in_force("2026-11-02"), "academie:25");
            let path = format!("/v1/axes/{}", text.axis);
            text.association.patch(&path, "*", &json!({ "parent_axis_reason": null })).expect(200);
            text.sign(0, "2026-11-03")
        }
        "already_renewed" => {
            let base = world.in_force("2026-11-02");
            let renewal = || {
                let new = json!({ "title": "Renouvellement", "document_type": "convention", "level": "national",
                    "territory": "national", "renews": base.id });
                world.draft_between(base.ministry.clone(), base.association.clone(), new)
            };
            sign_both(&renewal(), "2026-11-03").expect(201);
            sign_both(&renewal(), "2026-11-04")
        }
        "calendar_revoked" => {
            let (id, path) = crate::calendars::calendar(&operator, None);
            operator.delete(&format!("/v1/calendars/{id}"), "*").expect(204);
            world.anonymous().get(&path)
        }
        _ if crate::actions::producers::CODES.contains(&code) => crate::actions::producers::produce(world, code),
        "text_too_long" => {
            let titles = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"].map(|title| {
                let articles =
                    (1..=300).map(|n| format!("Article {n} – Objet {n}\n\nLes parties font la chose {n}.\n"));
                format!("TITRE {title} – Titre {title}\n\n{}", articles.collect::<Vec<_>>().join("\n"))
            });
            let text = format!("{}{}", PASTED.split("Article 1").next().unwrap(), titles.join("\n"));
            operator.ask("POST", "/v1/conventions/import").body("text/plain", text).send()
        }
        "headers_too_large" => operator.ask("GET", "/v1/me").header("X-Long", &"x".repeat(17_000)).send(),
        "internal" => {
            // A row that no release has written: the service is at fault and says nothing of it.
            world.sql("UPDATE clients SET territories = 'no JSON'");
            let answer = operator.post("/v1/clients", &observer).expect(500);
            for word in ["JSON", "territories", "diesel", "sql"] {
                assert!(!answer.json["detail"].as_str().unwrap().contains(word), "{}", answer.text);
            }
            answer
        }
        _ => return None,
    })
}

both!(every_code_of_the_table_is_produced, |world| {
    let mut missing = Vec::new();
    for entry in TABLE {
        if PENDING.iter().chain(&ELSEWHERE).any(|(code, _)| *code == entry.code) {
            continue;
        }
        // SQLite has one writer: no twin is ever under way.
        if entry.code == "idempotency_in_progress" && !world.on_postgres() {
            continue;
        }
        match produce(world, entry.code) {
            Some(answer) if answer.json["code"] == entry.code && answer.status == entry.status => {}
            Some(answer) => missing.push(format!("{}: {} {} {}", entry.code, answer.asked, answer.status, answer.text)),
            None => missing.push(format!("{}: nothing produces it", entry.code)),
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
});

both!(
    a_client_that_asks_too_much,
    |config| {
        config.rate_per_second = 1;
        config.rate_burst = 3;
    },
    |world| {
        let (busy, other) = (world.operator(), world.observer());
        let answers: Vec<_> = (0..5).map(|_| busy.get("/v1/me").status).collect();
        assert_eq!(answers[..3], [200, 200, 200]);
        let refused = busy.get("/v1/me").problem("rate_limited");
        let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3).contains(&wait), "{wait}");
        // Another client is another count, and so are the guesses of an address.
        other.get("/v1/me").expect(200);
        let guesses: Vec<_> = (0..5).map(|_| world.anonymous().get("/v1/me").status).collect();
        assert_eq!(guesses[..3], [401, 401, 401]);
        assert_eq!(guesses[4], 429);
        world.anonymous().ask("POST", "/oauth/token").send().problem("rate_limited");
    }
);

both!(a_body_that_trickles, |config| config.header_timeout = 1, |world| {
    let operator = world.operator();
    let mut raw = Raw::connect(world.address);
    raw.send(format!(
            "POST /v1/clients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
            operator.token.unwrap()
        ));
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(500));
        raw.send(" ");
    }
    let answer = raw.answer().expect("an answer");
    assert_eq!((answer.status, answer.json["code"].as_str()), (408, Some("request_timeout")), "{}", answer.text);
});

both!(
    a_door_that_is_full,
    |config| {
        config.doors.queue = 1;
        config.doors.readers = 1;
    },
    |world| {
        let operator = world.operator();
        operator.get("/v1/me").expect(200);
        // One long read holds the only reader, a second one waits: the queue is full.
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (db, waits) = (world.app.db.clone(), world.app.db.clone());
        let first = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(db.read(move |_| {
                let _ = held.recv();
                Ok(())
            }))
        });
        std::thread::sleep(Duration::from_millis(200));
        let second = std::thread::spawn(move || actix_web::rt::System::new().block_on(waits.read(|_| Ok(()))));
        std::thread::sleep(Duration::from_millis(200));
        let refused = operator.get("/v1/me").problem("busy");
        assert_eq!(refused.header("retry-after"), Some("1"));
        release.send(()).unwrap();
        first.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
        operator.get("/v1/me").expect(200);
    }
);
