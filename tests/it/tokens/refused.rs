//! The table of refused tokens, and the few forms that are accepted.

use base64::Engine as _;
use jsonwebtoken::Algorithm;
use serde_json::json;

use super::forge::{Forge, b64};
use crate::support::world::PUBLIC_URL;

/// A name, the code it is refused with, and the `Authorization` headers sent.
type Row = (&'static str, &'static str, Vec<String>);

fn bearer(token: impl AsRef<str>) -> Vec<String> {
    vec![format!("Bearer {}", token.as_ref())]
}

fn without_token(f: &Forge) -> Vec<Row> {
    let code = "unauthenticated";
    vec![
        ("no header", code, vec![]),
        ("the scheme Basic", code, vec!["Basic YTpi".into()]),
        ("another scheme", code, vec![format!("Token {}", f.good())]),
        ("no scheme", code, vec![f.good()]),
        ("two headers", code, vec![bearer(f.good()).remove(0), bearer(f.good()).remove(0)]),
        ("an empty token", code, vec!["Bearer ".into()]),
        ("an empty header", code, vec![String::new()]),
    ]
}

fn malformed(f: &Forge) -> Vec<Row> {
    let good = f.good();
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = f.with_claims(&json!({ "jti": "2" }));
    let other = other.rsplit('.').next().unwrap();
    let code = "invalid_token";
    vec![
        ("garbage", code, bearer("garbage")),
        ("two pieces", code, bearer(format!("{header}.{payload}"))),
        ("four pieces", code, bearer(format!("{good}.{signature}"))),
        ("bad base64 in the header", code, bearer(format!("***.{payload}.{signature}"))),
        ("bad base64 in the payload", code, bearer(format!("{header}.***.{signature}"))),
        ("bad base64 in the signature", code, bearer(format!("{header}.{payload}.***"))),
        ("padded base64", code, bearer(format!("{header}=.{payload}.{signature}"))),
        ("a header that is no JSON", code, bearer(Forge::sign(&f.own, "{", &f.claims().to_string()))),
        ("a header that is an array", code, bearer(Forge::sign(&f.own, "[]", &f.claims().to_string()))),
        ("an empty header", code, bearer(Forge::sign(&f.own, "{}", &f.claims().to_string()))),
        ("a payload that is no JSON", code, bearer(f.with_payload("{"))),
        ("a payload that is an array", code, bearer(f.with_payload("[1]"))),
        ("a payload that is a string", code, bearer(f.with_payload("\"x\""))),
        ("a payload that is null", code, bearer(f.with_payload("null"))),
        ("a payload tampered with", code, {
            let scope = f.claims().to_string().replace("account:read", "clients:write");
            bearer(format!("{header}.{}.{signature}", b64(scope)))
        }),
        ("a signature cut short", code, bearer(&good[..good.len() - 4])),
        ("a signature stripped", code, bearer(format!("{header}.{payload}."))),
        ("the signature of another token", code, bearer(format!("{header}.{payload}.{other}"))),
        ("a signature of zeroes", code, bearer(format!("{header}.{payload}.{}", b64([0; 64])))),
        ("a token too long", code, bearer(f.with_claims(&json!({ "scope": "account:read ".repeat(700) })))),
    ]
}

fn forged(f: &Forge) -> Vec<Row> {
    let code = "invalid_token";
    let unsigned = |alg: &str| {
        format!(
            "{}.{}.",
            b64(json!({ "alg": alg, "typ": "at+jwt", "kid": f.kid }).to_string()),
            b64(f.claims().to_string())
        )
    };
    let by_attacker =
        |header: serde_json::Value| Forge::sign(&f.attacker, &header.to_string(), &f.claims().to_string());
    let own_header = f.header();
    let jwk = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": f.kid, "jwk": Forge::jwk(&f.attacker) });
    let set = json!({ "keys": [Forge::jwk(&f.attacker)] });
    let mut rows = vec![
        ("alg none, unsigned", code, bearer(unsigned("none"))),
        ("alg NoNe, unsigned", code, bearer(unsigned("NoNe"))),
        ("alg NONE, unsigned", code, bearer(unsigned("NONE"))),
        ("alg none, signed", code, bearer(f.with_header(&json!({ "alg": "none" })))),
        ("alg RS256", code, bearer(f.with_header(&json!({ "alg": "RS256" })))),
        ("alg ES256", code, bearer(f.with_header(&json!({ "alg": "ES256" })))),
        ("alg PS256", code, bearer(f.with_header(&json!({ "alg": "PS256" })))),
        ("alg unknown", code, bearer(f.with_header(&json!({ "alg": "EdDSA2" })))),
        ("alg a number", code, bearer(f.with_header(&json!({ "alg": 1 })))),
        ("alg missing", code, bearer(f.with_header(&json!({ "alg": null })))),
        ("another key under the same kid", code, bearer(by_attacker(own_header))),
        ("an unknown kid", code, bearer(f.with_header(&json!({ "kid": "unknown" })))),
        ("a kid that is a path", code, bearer(f.with_header(&json!({ "kid": "../../etc/passwd" })))),
        ("a kid that is SQL", code, bearer(f.with_header(&json!({ "kid": "' OR 1=1 --" })))),
        ("no kid", code, bearer(f.with_header(&json!({ "kid": null })))),
        ("a kid that is a number", code, bearer(f.with_header(&json!({ "kid": 1 })))),
        ("an attacker's jwk in the header", code, bearer(by_attacker(jwk.clone()))),
        (
            "an attacker's jwk and no kid",
            code,
            bearer(by_attacker(json!({ "alg": "EdDSA", "typ": "at+jwt", "jwk": jwk["jwk"] }))),
        ),
        (
            "a jku",
            code,
            bearer(by_attacker(
                json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "k", "jku": "http://127.0.0.1:1/jwks", "keys": set }),
            )),
        ),
        (
            "an x5u",
            code,
            bearer(by_attacker(
                json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": f.kid, "x5u": "http://127.0.0.1:1/x" }),
            )),
        ),
        ("crit", code, bearer(f.with_header(&json!({ "crit": ["exp"] })))),
        ("typ JWT", code, bearer(f.with_header(&json!({ "typ": "JWT" })))),
        ("typ missing", code, bearer(f.with_header(&json!({ "typ": null })))),
        ("typ of an identity token", code, bearer(f.with_header(&json!({ "typ": "id+jwt" })))),
        ("typ a number", code, bearer(f.with_header(&json!({ "typ": 1 })))),
    ];
    let standard = base64::engine::general_purpose::STANDARD.encode(f.public_bytes());
    let secrets = [
        f.public_bytes().to_vec(),
        b64(f.public_bytes()).into_bytes(),
        standard.into_bytes(),
        f.public_pem().into_bytes(),
    ];
    let names = [
        ["HS256 with the public key", "HS256 with its base64url", "HS256 with its base64", "HS256 with its PEM"],
        ["HS384 with the public key", "HS384 with its base64url", "HS384 with its base64", "HS384 with its PEM"],
        ["HS512 with the public key", "HS512 with its base64url", "HS512 with its base64", "HS512 with its PEM"],
    ];
    for (algorithm, names) in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512].into_iter().zip(names) {
        for (secret, name) in secrets.iter().zip(names) {
            rows.push((name, code, bearer(f.hmac(algorithm, secret))));
        }
    }
    rows
}

fn claims(f: &Forge) -> Vec<Row> {
    let code = "invalid_token";
    let unknown = "01a207a2-3280-7000-8000-ffffffffffff";
    let null = |name: &str| f.with_payload(&f.claims().to_string().replace(&f.claims()[name].to_string(), "null"));
    let cases = [
        ("expired by one second", json!({ "exp": f.now - 1 })),
        ("expiring this very second", json!({ "exp": f.now })),
        ("exp missing", json!({ "exp": null })),
        ("exp a string", json!({ "exp": (f.now + 600).to_string() })),
        ("exp a fraction", json!({ "exp": 1_800_000_000.5 })),
        ("exp negative", json!({ "exp": -1 })),
        ("exp an array", json!({ "exp": [f.now + 600] })),
        ("exp beyond 64 bits", json!({ "exp": u64::MAX })),
        ("iss missing", json!({ "iss": null })),
        ("iss of another", json!({ "iss": "https://elsewhere.example" })),
        ("iss with a slash more", json!({ "iss": format!("{PUBLIC_URL}/") })),
        ("iss an array", json!({ "iss": [PUBLIC_URL] })),
        ("iss a number", json!({ "iss": 1 })),
        ("aud missing", json!({ "aud": null })),
        ("aud of another", json!({ "aud": "https://elsewhere.example" })),
        ("aud a number", json!({ "aud": 1 })),
        ("aud empty", json!({ "aud": "" })),
        ("aud an empty array", json!({ "aud": [] })),
        ("aud an array without us", json!({ "aud": ["https://elsewhere.example"] })),
        ("aud an array with a number", json!({ "aud": [PUBLIC_URL, 1] })),
        ("aud an object", json!({ "aud": { "x": PUBLIC_URL } })),
        ("sub missing", json!({ "sub": null })),
        ("sub a number", json!({ "sub": 1 })),
        ("sub no UUID", json!({ "sub": "admin", "client_id": "admin" })),
        ("sub unknown", json!({ "sub": unknown, "client_id": unknown })),
        ("nbf in the future", json!({ "nbf": f.now + 60 })),
        ("nbf a string", json!({ "nbf": f.now.to_string() })),
        ("iat far in the future", json!({ "iat": f.now + 86_400 })),
        ("iat a string", json!({ "iat": "now" })),
        ("client_id of another", json!({ "client_id": unknown })),
        ("client_id a number", json!({ "client_id": 1 })),
        ("scope an array", json!({ "scope": ["account:read"] })),
        ("scope a number", json!({ "scope": 1 })),
    ];
    let mut rows: Vec<Row> = cases.into_iter().map(|(name, c)| (name, code, bearer(f.with_claims(&c)))).collect();
    rows.push(("exp null", code, bearer(null("exp"))));
    rows.push(("iss null, and so aud", code, bearer(null("iss"))));
    rows
}

both!(no_forged_or_faulty_token_passes, |world| {
    let client = world.operator();
    let forge = Forge::new(world, &client);
    let table = [without_token(&forge), malformed(&forge), forged(&forge), claims(&forge)].concat();
    assert!(table.len() > 90, "{}", table.len());
    let mut wrong = Vec::new();
    for (name, code, headers) in &table {
        let mut ask = world.anonymous().ask("GET", "/v1/me");
        for header in headers {
            ask = ask.header("Authorization", header);
        }
        let answer = ask.send();
        if answer.status != 401 || answer.json["code"] != *code {
            wrong.push(format!("{name}: {} {}", answer.status, answer.text));
        }
        let challenge = answer.header("www-authenticate").unwrap_or_default().to_owned();
        if challenge.contains("invalid_token") != (*code == "invalid_token") {
            wrong.push(format!("{name}: WWW-Authenticate: {challenge}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
});

both!(the_forms_that_the_standard_allows_pass, |world| {
    let client = world.operator();
    let f = Forge::new(world, &client);
    for (name, header) in [
        ("as it is", format!("Bearer {}", f.good())),
        ("a scheme in lower case", format!("bearer {}", f.good())),
        (
            "aud an array with us",
            format!("Bearer {}", f.with_claims(&json!({ "aud": ["https://a.example", PUBLIC_URL] }))),
        ),
        ("the long type", format!("Bearer {}", f.with_header(&json!({ "typ": "application/at+jwt" })))),
        ("the type in upper case", format!("Bearer {}", f.with_header(&json!({ "typ": "AT+JWT" })))),
        ("no iat", format!("Bearer {}", f.with_claims(&json!({ "iat": null })))),
        ("nbf in the past", format!("Bearer {}", f.with_claims(&json!({ "nbf": f.now - 1 })))),
        ("clocks apart by some seconds", format!("Bearer {}", f.with_claims(&json!({ "iat": f.now + 3 })))),
        (
            "an upper-case sub",
            format!("Bearer {}", f.with_claims(&json!({ "sub": f.client.to_uppercase(), "client_id": null }))),
        ),
        ("claims nobody knows", format!("Bearer {}", f.with_claims(&json!({ "x": { "y": [1] } })))),
    ] {
        let answer = world.anonymous().ask("GET", "/v1/me").header("Authorization", &header).send();
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    }
    let bare = format!("Bearer {}", f.with_claims(&json!({ "scope": null })));
    world.anonymous().ask("GET", "/v1/me").header("Authorization", &bare).send().problem("insufficient_scope");
});

both!(a_token_grants_no_more_than_its_client_has, |world| {
    let observer = world.observer();
    let f = Forge::new(world, &observer);
    let greedy = format!("Bearer {}", f.with_claims(&json!({ "scope": "clients:read account:read" })));
    let ask = |path: &str| world.anonymous().ask("GET", path).header("Authorization", &greedy).send();
    ask("/v1/clients").problem("insufficient_scope");
    assert_eq!(ask("/v1/me").expect(200).json["scopes"], json!(["account:read"]));
});
