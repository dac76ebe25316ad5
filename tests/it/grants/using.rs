//! Tokens of external issuers: what gets in, and as whom.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use jsonwebtoken::Algorithm;
use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::issuer::{self, by_the_key_for_encryption, issuer, sign};
use super::new_grant;
use crate::support::world::PUBLIC_URL;
use crate::support::{Actor, World};

fn bearing(world: &World, token: &str) -> Actor {
    world.bearing(&world.anonymous(), token)
}

both!(a_token_says_who_and_the_grant_what, |world| {
    let operator = world.operator();
    let academie = world.academie("academie:25").organisation.unwrap().to_string();
    // The issuer asserts what it likes of roles and scopes.
    let claims = json!({
        "role": "ministry", "roles": ["ministry", "operator"], "scope": "clients:write openid", "scp": ["clients:write"],
        "territories": ["national"], "client_id": operator.id.to_string(), "organisation_id": academie,
    });
    let somebody = bearing(world, &issuer().token("claude", &claims));
    let refused = somebody.get("/v1/me").problem("no_grant");
    assert_eq!(refused.header("www-authenticate"), None);
    let grant = json!({
        "issuer": issuer().name("main"), "subject": "claude", "name": "Claude Petit", "role": "academie",
        "organisation_id": academie, "territories": ["academie:25"],
        "scopes": ["account:read", "conventions:read", "changes:read"],
    });
    let grant = operator.post("/v1/grants", &grant).expect(201);
    let me = somebody.get("/v1/me").expect(200).json;
    assert_eq!((&me["role"], &me["client_id"]), (&json!("academie"), &json!(grant.id())));
    assert_eq!((&me["issuer"], &me["subject"]), (&json!(issuer().name("main")), &json!("claude")));
    assert_eq!((&me["territories"], &me["name"]), (&json!(["academie:25"]), &json!("Claude Petit")));
    assert_eq!(me["scopes"], json!(["account:read", "conventions:read", "changes:read"]));
    // What a ministry would see, it does not; what a ministry may do, it may not.
    let draft = world.draft();
    somebody.get(&draft.path()).problem("not_found");
    somebody.get("/v1/clients").problem("insufficient_scope");
    somebody.post("/v1/conventions", &json!({})).problem("insufficient_scope");
    let in_force = world.in_force("2026-11-20");
    somebody.get(&in_force.path()).expect(200);
    assert_eq!(somebody.list("/v1/conventions").len(), 1);
    somebody.get("/v1/changes?after=head").expect(200);
    // A machine client is nobody's subject.
    let me = operator.get("/v1/me").expect(200).json;
    assert_eq!((&me["issuer"], &me["subject"]), (&Value::Null, &Value::Null));
});

both!(an_act_under_a_grant_is_recorded_under_it, |world| {
    let operator = world.operator();
    let (association, colleague) = (world.association(), world.association());
    let organisation = association.organisation.unwrap().to_string();
    let grant = json!({
        "issuer": issuer().name("main"), "subject": "camille", "name": "Camille", "role": "association",
        "organisation_id": organisation,
    });
    let grant = operator.post("/v1/grants", &grant).expect(201);
    let camille = bearing(world, &issuer().token("camille", &json!({})));
    let made = camille
        .post(
            "/v1/conventions",
            &json!({ "title": "T", "document_type": "convention", "level": "national", "territory": "national" }),
        )
        .expect(201);
    association.get(&format!("/v1/conventions/{}", made.id())).expect(200);
    colleague.get(&format!("/v1/conventions/{}", made.id())).problem("not_found");
    world.stamp();
    let audit = association.list(&format!("/v1/audit?convention_id={}", made.id()));
    assert_eq!((&audit[0]["client_id"], &audit[0]["client_name"]), (&json!(grant.id()), &json!("Camille")));
    operator.delete(&format!("/v1/organisations/{organisation}"), "*").problem("in_use");
});

both!(every_algorithm_that_is_pinned_and_no_other, |world| {
    world
        .operator()
        .post(
            "/v1/grants",
            &json!({
                "issuer": issuer().name("main"), "subject": "somebody", "name": "x", "role": "observer",
            }),
        )
        .expect(201);
    for token in [
        issuer().signed(&json!({})),
        issuer().by(Algorithm::RS256, "somebody"),
        issuer().by(Algorithm::ES256, "somebody"),
        issuer().signed(&json!({ "aud": ["other", issuer::AUDIENCE] })),
        sign(&json!({ "typ": "at+jwt" }), &issuer().claims("main", "somebody")),
        sign(&json!({ "typ": null }), &issuer().claims("main", "somebody")),
        // Without a kid, the only key of its algorithm.
        sign(&json!({ "kid": null }), &issuer().claims("main", "somebody")),
    ] {
        bearing(world, &token).get("/v1/me").expect(200);
    }
    let claims = issuer().claims("main", "somebody");
    let now = claims["iat"].as_i64().unwrap();
    for (why, token) in [
        ("no algorithm", sign(&json!({ "alg": "none" }), &claims)),
        ("HMAC by the public key", issuer().hmac("somebody")),
        ("a key for encryption", by_the_key_for_encryption(&claims)),
        ("an unknown key", sign(&json!({ "kid": "other" }), &claims)),
        ("the key of another algorithm", sign(&json!({ "kid": "rs" }), &claims)),
        ("another audience", issuer().signed(&json!({ "aud": "other" }))),
        ("our own audience", issuer().signed(&json!({ "aud": PUBLIC_URL }))),
        ("no audience", issuer().signed(&json!({ "aud": null }))),
        ("audiences of another type", issuer().signed(&json!({ "aud": [issuer::AUDIENCE, 1] }))),
        ("our own name", issuer().signed(&json!({ "iss": PUBLIC_URL }))),
        ("an unknown issuer", issuer().signed(&json!({ "iss": "https://sso.example" }))),
        ("a final slash", issuer().signed(&json!({ "iss": format!("{}/", issuer().name("main")) }))),
        ("no issuer", issuer().signed(&json!({ "iss": null }))),
        ("two issuers", issuer().signed(&json!({ "iss": [issuer().name("main")] }))),
        ("expired", issuer().signed(&json!({ "exp": now }))),
        ("no end", issuer().signed(&json!({ "exp": null }))),
        ("an end as text", issuer().signed(&json!({ "exp": (now + 100).to_string() }))),
        ("not yet", issuer().signed(&json!({ "nbf": now + 60 }))),
        ("from the future", issuer().signed(&json!({ "iat": now + 60 }))),
        ("no subject", issuer().signed(&json!({ "sub": null }))),
        ("an empty subject", issuer().signed(&json!({ "sub": "" }))),
        ("a subject as number", issuer().signed(&json!({ "sub": 1 }))),
        ("a subject with a NUL", issuer().signed(&json!({ "sub": "some\u{0}body" }))),
        ("a subject too long", issuer().signed(&json!({ "sub": "x".repeat(256) }))),
        ("a logout token", sign(&json!({ "typ": "logout+jwt" }), &claims)),
        ("a critical extension", sign(&json!({ "crit": ["x"] }), &claims)),
        ("keys of the token's own", sign(&json!({ "kid": "x", "jku": issuer().name("main/keys") }), &claims)),
    ] {
        let refused = bearing(world, &token).get("/v1/me");
        assert_eq!((refused.status, &refused.json["code"]), (401, &json!("invalid_token")), "{why}: {}", refused.text);
    }
    // The subject of one issuer is nobody to another.
    bearing(world, &issuer().token_of("named", "somebody", &json!({}))).get("/v1/me").problem("invalid_token");
    bearing(world, &issuer().token_of("capped", "somebody", &json!({}))).get("/v1/me").problem("no_grant");
});

both!(an_issuer_that_cannot_be_believed_or_reached, |world| {
    // A discovery document of another issuer, a redirect, nobody at all: no key, and so no answer yet.
    for which in ["liar", "moved"] {
        let refused = bearing(world, &issuer().token_of(which, "x", &json!({}))).get("/v1/me");
        assert_eq!(refused.problem("issuer_unreachable").header("retry-after"), Some("5"));
    }
    bearing(world, &issuer().signed(&json!({ "iss": crate::grants::GONE })))
        .get("/v1/me")
        .problem("issuer_unreachable");
    // The service's own tokens do not care.
    world.observer().get("/v1/me").expect(200);
});

both!(keys_are_read_again_at_most_once_a_minute, |world| {
    // One issuer for both databases: one test at a time turns its keys.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let issuer = issuer();
    issuer.generation.store(1, Ordering::SeqCst);
    let grant = json!({ "issuer": issuer.name("rotating"), "subject": "somebody", "name": "x", "role": "observer" });
    world.operator().post("/v1/grants", &grant).expect(201);
    let asked = || issuer.asked.load(Ordering::SeqCst);
    let before = asked();
    // Many at once: one reading.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| bearing(world, &issuer.rotated(1)).get("/v1/me").expect(200));
        }
    });
    assert_eq!(asked(), before + 1);
    for _ in 0..5 {
        bearing(world, &issuer.rotated(2)).get("/v1/me").problem("invalid_token");
    }
    assert_eq!(asked(), before + 1, "an unknown key makes nobody ask again within the minute");
    issuer.generation.store(2, Ordering::SeqCst);
    world.pass_seconds(61);
    bearing(world, &issuer.rotated(2)).get("/v1/me").expect(200);
    assert_eq!(asked(), before + 2);
    bearing(world, &issuer.rotated(1)).get("/v1/me").problem("invalid_token");
    // It cannot be reached any more: the keys read before still count, others are not believed.
    issuer.generation.store(100, Ordering::SeqCst);
    world.pass_seconds(61);
    bearing(world, &issuer.rotated(3)).get("/v1/me").problem("invalid_token");
    bearing(world, &issuer.rotated(2)).get("/v1/me").expect(200);
    issuer.generation.store(0, Ordering::SeqCst);
});

both!(a_grant_holds_in_its_time_and_until_it_is_revoked, |world| {
    let operator = world.operator();
    let mut grant = new_grant("claude");
    grant["valid_from"] = json!("2026-11-24");
    grant["valid_until"] = json!("2026-11-25");
    let grant = operator.post("/v1/grants", &grant).expect(201);
    let claude = bearing(world, &issuer().token("claude", &json!({})));
    claude.get("/v1/me").problem("no_grant");
    // It is 10 o'clock in Paris: the 24th begins fourteen hours later, before midnight in UTC.
    world.pass_seconds(14 * 3600 - 1);
    claude.get("/v1/me").problem("no_grant");
    world.pass_seconds(1);
    claude.get("/v1/me").expect(200);
    let operator = world.afresh(&operator);
    let path = format!("/v1/grants/{}", grant.id());
    let narrower = operator.patch(&path, "\"1\"", &json!({ "scopes": ["reference:read"] })).expect(200);
    // This replica knows at once, the others within 30 seconds.
    claude.get("/v1/me").problem("insufficient_scope");
    let revoked = operator.act(&format!("{path}/revoke"), &narrower.etag()).expect(200);
    assert_ne!(revoked.json["revoked_at"], Value::Null);
    claude.get("/v1/conventions").problem("no_grant");
    operator.act(&format!("{path}/revoke"), &revoked.etag()).expect(200);
    // Another one may follow, and end by itself.
    let mut again = new_grant("claude");
    again["valid_until"] = json!("2026-11-25");
    operator.post("/v1/grants", &again).expect(201);
    claude.get("/v1/me").expect(200);
    assert_eq!(world.client(Role::Observer, None, &[], &[]).get("/v1/me").status, 200);
});

both!(a_replica_learns_of_a_revocation, |world| {
    let operator = world.operator();
    let grant = operator.post("/v1/grants", &new_grant("claude")).expect(201);
    let replica = world.replica();
    let token = issuer().token("claude", &json!({}));
    let there = replica.bearing(&replica.anonymous(), &token);
    there.get("/v1/me").expect(200);
    operator.act(&format!("/v1/grants/{}/revoke", grant.id()), "\"1\"").expect(200);
    let since = std::time::Instant::now();
    while there.get("/v1/me").status == 200 {
        assert!(since.elapsed().as_secs() < 30, "still believed");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    there.get("/v1/me").problem("no_grant");
});

both!(
    a_cap_that_became_narrower_clips_what_was_granted,
    |config| {
        // What was granted under a wider cap lies in the database already.
        config.issuers.retain(|issuer| issuer.issuer.ends_with("/capped"));
    },
    |world| {
        let academie = world.academie("academie:25").organisation.unwrap();
        let granted = |subject: &str, role: &str, territories: &str, scopes: &str| {
            let id = world.new_id();
            let issuer = issuer().name("capped");
            let sql = |id: String| {
                format!(
                    "INSERT INTO grants (id, version, issuer, subject, name, name_key, role, organisation_id, territories, uais, scopes, created_at, updated_at) \
             VALUES ({id}, 1, '{issuer}', '{subject}', 'x', 'x', '{role}', {}, '{territories}', '[]', '{scopes}', 1, 1)",
                    literal(world, academie)
                )
            };
            world.sql(&sql(literal(world, id)));
        };
        granted("clipped", "academie", r#"["academie:25","academie:10"]"#, r#"["account:read","signatures:write"]"#);
        granted("elsewhere", "academie", r#"["academie:10"]"#, r#"["account:read"]"#);
        granted("ministry", "ministry", "[]", r#"["account:read"]"#);
        granted("unbounded", "association", "[]", r#"["account:read"]"#);
        let who = |subject: &str| bearing(world, &issuer().token_of("capped", subject, &json!({}))).get("/v1/me");
        let me = who("clipped").expect(200).json;
        assert_eq!((&me["territories"], &me["scopes"]), (&json!(["academie:25"]), &json!(["account:read"])));
        for subject in ["elsewhere", "ministry", "unbounded"] {
            who(subject).problem("no_grant");
        }
    }
);

fn literal(world: &World, id: passerelle::domain::Id) -> String {
    if world.on_postgres() { format!("'{id}'") } else { format!("x'{}'", id.to_string().replace('-', "")) }
}
