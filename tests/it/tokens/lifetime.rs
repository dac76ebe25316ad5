//! How long a token holds: expiry, revocation (everywhere within 30 s), rotation of the signing key.

use std::time::{Duration, Instant};

use passerelle::auth::keys;
use serde_json::json;

use super::forge::Forge;
use crate::support::world::master;

both!(a_token_holds_until_the_second_it_expires, |world| {
    let client = world.operator();
    client.get("/v1/me").expect(200);
    world.pass_seconds(599);
    client.get("/v1/me").expect(200);
    world.pass_seconds(1);
    // It was in the cache until now.
    client.get("/v1/me").problem("invalid_token");
});

both!(a_revoked_client_is_refused_at_once_here_and_soon_elsewhere, |world| {
    let operator = world.operator();
    let client = world.observer();
    let replica = world.replica();
    let there = replica.same(&client);
    client.get("/v1/me").expect(200);
    there.get("/v1/me").expect(200);

    let path = format!("/v1/clients/{}", client.id);
    let etag = operator.get(&path).etag();
    let revoked = operator.act(&format!("{path}/revoke"), &etag).expect(200);
    assert!(revoked.json["revoked_at"].is_string());

    client.get("/v1/me").problem("invalid_token");
    let since = Instant::now();
    while there.get("/v1/me").status == 200 {
        assert!(since.elapsed() < Duration::from_secs(30), "a replica still accepts a revoked client");
        std::thread::sleep(Duration::from_millis(500));
    }
    there.get("/v1/me").problem("invalid_token");
    // Revoking again changes nothing.
    let again = operator.act(&format!("{path}/revoke"), &revoked.etag()).expect(200);
    assert_eq!(again.json, revoked.json);
});

both!(keys_rotate_by_kid_and_old_tokens_live_on, |world| {
    let client = world.operator();
    let before = Forge::new(world, &client);
    let replica = world.replica();
    let old = client.token.clone().unwrap();
    client.get("/v1/me").expect(200);

    let (now, master) = (world.now(), master());
    let kid = world.write(|c| keys::rotate(c, &master, now).unwrap());
    assert_ne!(kid, before.kid);

    // A token of the new key is verified by replicas that have not seen the key yet: they read the keys again, at most
    // once a second.
    std::thread::sleep(Duration::from_millis(1100));
    let after = Forge::of_kid(world, &kid, &client);
    let published = |w: &crate::support::World| {
        let keys = w.anonymous().get("/.well-known/jwks.json").expect(200);
        keys.json["keys"].as_array().unwrap().iter().map(|k| k["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for w in [world, &replica] {
        let token = format!("Bearer {}", after.good());
        w.anonymous().ask("GET", "/v1/me").header("Authorization", &token).send().expect(200);
        assert!(published(w).contains(&kid) && published(w).contains(&before.kid));
    }

    // Until the minute is over the old key signs; then the new one does, and the old one still verifies.
    assert_eq!(kid_of(&world.token(client.id, &[])), before.kid);
    world.pass_seconds(60);
    assert_eq!(kid_of(&world.token(client.id, &[])), kid);
    let held = format!("Bearer {old}");
    world.anonymous().ask("GET", "/v1/me").header("Authorization", &held).send().expect(200);
    replica.anonymous().ask("GET", "/v1/me").header("Authorization", &held).send().expect(200);

    // A day after its retirement it verifies nothing, whatever the token says.
    world.pass_seconds(keys::VERIFIES_AFTER);
    let late = Forge { now: world.now().as_micros() / 1_000_000, ..before };
    let forged = format!("Bearer {}", late.good());
    world.anonymous().ask("GET", "/v1/me").header("Authorization", &forged).send().problem("invalid_token");
    assert!(!published(world).contains(&late.kid));
});

fn kid_of(token: &str) -> String {
    use base64::Engine as _;
    let header = token.split('.').next().unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(header["alg"], json!("EdDSA"));
    header["kid"].as_str().unwrap().to_owned()
}
