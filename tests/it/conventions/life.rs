//! From a draft to its end: R01 and R02 over HTTP, the content a signature binds, the status of any day.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::texts::Text;

fn status(text: &Text, on: &str) -> Value {
    text.association.get(&format!("{}?as_of={on}", text.path())).expect(200).json["status"].clone()
}

both!(signed_by_all_it_is_in_force_until_its_last_day, |world| {
    let text = world.draft();
    assert_eq!(status(&text, "2026-11-23"), "draft");
    text.sign(0, "2024-06-20").expect(201);
    assert_eq!(status(&text, "2026-11-23"), "partially_signed");
    text.sign(1, "2024-06-27").expect(201);
    let read = text.association.get(&text.path()).expect(200).json;
    assert_eq!(
        (&read["status"], &read["in_force_from"], &read["last_day"]),
        (&json!("in_force"), &json!("2024-06-27"), &json!("2029-06-27"))
    );
    for (on, expected) in [
        ("2024-06-19", "draft"),
        ("2024-06-20", "partially_signed"),
        ("2024-06-26", "partially_signed"),
        ("2024-06-27", "in_force"),
        ("2029-06-27", "in_force"),
        ("2029-06-28", "expired"),
    ] {
        assert_eq!(status(&text, on), expected, "{on}");
    }
});

both!(the_eve_is_another_reading_of_the_last_day, |world| {
    for (signed_on, last_day) in
        [("2024-06-27", "2029-06-26"), ("2024-02-29", "2029-02-28"), ("2023-02-28", "2028-02-27")]
    {
        let text = world.draft_of(json!({ "title": "x", "document_type": "convention", "level": "national",
            "territory": "national", "last_day_rule": "eve" }));
        text.signed_by_both(signed_on);
        let read = text.association.get(&text.path()).expect(200).json;
        assert_eq!(read["last_day"], last_day, "{signed_on}");
    }
});

both!(the_list_by_status_says_what_the_rule_says, |world| {
    let texts =
        [world.draft(), world.in_force("2020-01-31"), world.in_force("2024-02-29"), world.in_force("2026-11-23"), {
            let text = world.draft();
            text.sign(0, "2026-01-01").expect(201);
            text
        }];
    let ministry = world.ministry();
    let all = ["draft", "negotiation", "partially_signed", "in_force", "expired", "terminated", "lapsed", "abandoned"];
    for on in [
        "2019-12-31",
        "2020-01-31",
        "2025-01-31",
        "2025-02-01",
        "2026-01-01",
        "2026-11-23",
        "2029-02-28",
        "2029-03-01",
        "2031-11-24",
    ] {
        let listed = |status: &str| -> Vec<String> {
            let items = ministry.list(&format!("/v1/conventions?as_of={on}&status={status}"));
            items.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect()
        };
        for text in &texts {
            let expected =
                ministry.get(&format!("{}?as_of={on}", text.path())).json["status"].as_str().unwrap().to_owned();
            for status in all {
                assert_eq!(listed(status).contains(&text.id), status == expected, "{on}: {status}, is {expected}");
            }
        }
        assert_eq!(listed(&all.join(",")).len(), texts.len(), "each has one status");
    }
});

both!(a_signature_binds_the_hash_of_the_content_that_is_served, |world| {
    let text = world.draft();
    let served = text.association.get(&text.under("content")).expect(200).json;
    let canonical = serde_json_canonicalizer::to_vec(&served["content"]).unwrap();
    let digest: String = Sha256::digest(&canonical).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(served["content_hash"], format!("sha256:{digest}"));
    assert_eq!(text.hash(), format!("sha256:{digest}"));

    // A change of the text voids what was signed; what is not of the text does not.
    text.sign(0, "2026-11-01").expect(201);
    let voided = || text.association.list(&text.under("signatures"))[0]["voided_at"].is_string();
    text.association
        .post(&text.under("network-contacts"), &json!({ "network": "dafpic", "territory": "national", "name": "x" }))
        .expect(201);
    text.association.patch(&text.path(), "*", &json!({ "external_id": "mine" })).expect(200);
    assert_eq!((text.hash(), voided()), (format!("sha256:{digest}"), false));
    text.association.patch(&format!("/v1/articles/{}", text.article), "*", &json!({ "body": "Six ans." })).expect(200);
    assert!(voided() && text.hash() != format!("sha256:{digest}"));
    assert_eq!(status(&text, "2026-11-23"), "draft");
    text.signed_by_both("2026-11-02");
    assert_eq!(status(&text, "2026-11-23"), "in_force");
});

both!(both_databases_and_two_runs_make_the_same_hash, |world| {
    // Identifiers come from a seed and the clock stands still: the content, and so its hash, is always the same.
    let text = world.draft();
    let served = text.association.get(&text.under("content")).expect(200).json;
    let mut content = served["content"].to_string();
    for id in [&text.article, &text.part, &text.axis, &text.objective, &text.clause] {
        assert!(!content.is_empty() && !id.is_empty());
        content = content.replace(id.as_str(), "");
    }
    assert!(content.contains("Cinq ans."), "{content}");
});

both!(the_operator_signs_for_others_with_proof_only, |world| {
    let operator = world.operator();
    let import = operator.ask("POST", "/v1/conventions/import").body("text/plain", crate::support::texts::PASTED);
    let made = import.send().expect(201);
    let path = format!("/v1/conventions/{}", made.json["convention"]["id"].as_str().unwrap());
    let etag = operator.get(&path).etag();
    let ready = operator.act(&format!("{path}/confirm-clauses"), &etag).expect(200);
    for kind in ready.json["missing_terms"].as_array().unwrap() {
        let absent = json!({ "kind": kind, "absent": true, "confirmed": true });
        operator.post(&format!("{path}/clauses"), &absent).expect(201);
    }
    let read = operator.get(&path).expect(200).json;
    assert_eq!(read["missing_terms"], json!([]));
    let sign = |n: usize, name: &str, proof: Option<&str>| {
        let mut body = json!({ "party_id": read["parties"][n]["id"], "signatory": name, "function": "x",
            "signed_on": "2024-06-27", "content_hash": read["content_hash"] });
        if let Some(proof) = proof {
            body["proof"] = json!(proof);
        }
        operator.post(&format!("{path}/signatures"), &body)
    };
    let refused = sign(0, "Dominique Durand", None).problem("invalid_body");
    assert_eq!(refused.faults(), [("/proof".to_owned(), "missing".to_owned())]);
    sign(0, "Dominique Durand", Some("archives, carton 3")).expect(201);
    sign(1, "Camille Martin", Some("archives, carton 3")).expect(201);
    assert_eq!(operator.get(&path).json["status"], "in_force");
});

both!(a_party_signs_for_itself_only, |world| {
    let text = world.draft();
    let theirs = text.signature(0, "2026-11-02");
    text.association.post(&text.under("signatures"), &theirs).problem("not_allowed");
    world.ministry().post(&text.under("signatures"), &theirs).problem("not_allowed");
    text.sign(0, "2026-11-02").expect(201);
});
