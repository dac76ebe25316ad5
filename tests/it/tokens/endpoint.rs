//! `POST /oauth/token` (RFC 6749), the issuer's keys and metadata.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::actors::SECRET;
use crate::support::world::PUBLIC_URL;
use crate::support::{Actor, Response, World};

const FORM: &str = "application/x-www-form-urlencoded";

fn ask(world: &World, authorization: Option<&str>, media_type: &str, body: &str) -> Response {
    let mut ask = world.anonymous().ask("POST", "/oauth/token").body(media_type, body);
    if let Some(authorization) = authorization {
        ask = ask.header("Authorization", authorization);
    }
    let answer = ask.send();
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.text);
    answer
}

fn basic(client: &Actor, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{secret}", client.id)))
}

both!(a_client_gets_a_token_and_calls_with_it, |world| {
    let client = world.association();
    let answer = ask(world, Some(&basic(&client, SECRET)), FORM, "grant_type=client_credentials").expect(200);
    assert_eq!((&answer.json["token_type"], &answer.json["expires_in"]), (&json!("Bearer"), &json!(600)));
    let token = answer.json["access_token"].as_str().unwrap().to_owned();
    let me = world.bearing(&client, &token).get("/v1/me").expect(200);
    assert_eq!(me.json["client_id"], client.id.to_string());
    assert_eq!(me.json["organisation"]["id"], client.organisation.unwrap().to_string());
    let all: Vec<_> = me.json["scopes"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert_eq!(answer.json["scope"], all.join(" "));

    let fewer = "grant_type=client_credentials&scope=conventions%3Aread+account%3Aread";
    let narrow = ask(world, Some(&basic(&client, SECRET)), FORM, fewer).expect(200);
    assert_eq!(narrow.json["scope"], "conventions:read account:read");
});

both!(what_the_token_endpoint_refuses, |world| {
    let client = world.association();
    let good = basic(&client, SECRET);
    let unknown = format!("Basic {}", STANDARD.encode(format!("{}:{SECRET}", world.new_id())));
    let grant = "grant_type=client_credentials";
    for (name, authorization, media_type, body, status, error) in [
        ("no credentials", None, FORM, grant, 401, "invalid_client"),
        ("a wrong secret", Some(basic(&client, "wrong")), FORM, grant, 401, "invalid_client"),
        ("an empty secret", Some(basic(&client, "")), FORM, grant, 401, "invalid_client"),
        ("an unknown client", Some(unknown), FORM, grant, 401, "invalid_client"),
        (
            "another scheme",
            Some(format!("Bearer {}", client.token.as_ref().unwrap())),
            FORM,
            grant,
            401,
            "invalid_client",
        ),
        ("no base64", Some("Basic ***".into()), FORM, grant, 401, "invalid_client"),
        ("no colon", Some(format!("Basic {}", STANDARD.encode("x"))), FORM, grant, 401, "invalid_client"),
        ("JSON", Some(good.clone()), "application/json", "{}", 400, "invalid_request"),
        ("no grant", Some(good.clone()), FORM, "", 400, "invalid_request"),
        ("another grant", Some(good.clone()), FORM, "grant_type=password", 400, "unsupported_grant_type"),
        (
            "a grant twice",
            Some(good.clone()),
            FORM,
            "grant_type=client_credentials&grant_type=client_credentials",
            400,
            "invalid_request",
        ),
        (
            "a scope of another role",
            Some(good.clone()),
            FORM,
            "grant_type=client_credentials&scope=clients:write",
            400,
            "invalid_scope",
        ),
        ("an unknown scope", Some(good.clone()), FORM, "grant_type=client_credentials&scope=x", 400, "invalid_scope"),
        ("an empty scope", Some(good.clone()), FORM, "grant_type=client_credentials&scope=", 400, "invalid_scope"),
    ] {
        let answer = ask(world, authorization.as_deref(), media_type, body);
        assert_eq!((answer.status, &answer.json["error"]), (status, &json!(error)), "{name}: {}", answer.text);
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{name}");
    }
});

both!(a_secret_given_anew_replaces_the_old_one, |world| {
    let (operator, client) = (world.operator(), world.observer());
    let path = format!("/v1/clients/{}", client.id);
    let etag = operator.get(&path).etag();
    let rotated = operator.act(&format!("{path}/rotate-secret"), &etag).expect(200);
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    let secret = rotated.json["client_secret"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 43, "256 bits");
    let grant = "grant_type=client_credentials";
    ask(world, Some(&basic(&client, SECRET)), FORM, grant).expect(401);
    ask(world, Some(&basic(&client, &secret)), FORM, grant).expect(200);
    // The tokens given before live on.
    client.get("/v1/me").expect(200);
    assert!(!operator.get(&path).text.contains(&secret));
    assert!(!operator.get(&path).text.contains("hash"));

    let etag = operator.get(&path).etag();
    operator.act(&format!("{path}/revoke"), &etag).expect(200);
    ask(world, Some(&basic(&client, &secret)), FORM, grant).expect(401);
});

both!(the_issuer_says_who_it_is, |world| {
    let metadata = world.anonymous().get("/.well-known/oauth-authorization-server").expect(200).json;
    assert_eq!(metadata["issuer"], PUBLIC_URL);
    assert_eq!(metadata["token_endpoint"], format!("{PUBLIC_URL}/oauth/token"));
    let keys = world.anonymous().get("/.well-known/jwks.json").expect(200).json;
    assert_eq!(keys["keys"][0]["kty"], "OKP");
    assert!(keys["keys"][0].get("d").is_none(), "the private half is nobody's");
});
