//! How often a token may be asked for, and who is counted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use passerelle::http::address::parse_network;

use crate::support::actors::SECRET;
use crate::support::{Actor, World};

/// Asks for a token through a proxy that adds these lines of `X-Forwarded-For`; the status.
fn ask_through(world: &World, lines: &[&str], client: &Actor, secret: &str) -> u16 {
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", client.id)));
    let mut ask = world.anonymous().ask("POST", "/oauth/token").header("Authorization", &basic);
    for line in lines {
        ask = ask.header("X-Forwarded-For", line);
    }
    let answer = ask.body("application/x-www-form-urlencoded", "grant_type=client_credentials").send();
    if answer.status == 429 {
        assert_eq!(answer.json["code"], "rate_limited");
        let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    answer.status
}

/// The lines of `X-Forwarded-For` that reach the service, the same caller's with another forgery each time.
type Forgery = fn(u8) -> Vec<String>;

both!(
    a_forged_address_is_no_way_past_the_limit,
    |config| {
        config.tokens_per_address = 10;
        config.trusted_proxies = vec![parse_network("127.0.0.0/8").unwrap()];
    },
    |world| {
        let client = world.association();
        let forgeries: [(&str, Forgery); 5] = [
            ("203.0.113.1", |n| vec![format!("198.51.100.{n}, 203.0.113.1:{}", 50_000 + u32::from(n))]),
            ("203.0.113.2", |n| vec![format!("198.51.100.{n}"), "203.0.113.2".into()]),
            ("203.0.113.3", |n| vec![format!("198.51.100.{n}, nobody, 127.0.0.9, 203.0.113.3")]),
            ("203.0.113.4", |n| vec![format!("198.51.100.{n}"), format!("[::ffff:203.0.113.4]:{n}")]),
            // One caller has a whole /64.
            ("2001:db8::", |n| vec![format!("[2001:db8::{n}]:443")]),
        ];
        for (address, forge) in forgeries {
            let statuses: Vec<_> = (0..30)
                .map(|n| {
                    let lines = forge(n);
                    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
                    ask_through(world, &lines, &client, "wrong")
                })
                .collect();
            assert_eq!(statuses[..10], [401; 10], "{address}: {statuses:?}");
            assert!(statuses.iter().filter(|status| **status == 429).count() > 10, "{address}: {statuses:?}");
        }
        assert_eq!(ask_through(world, &["203.0.113.200"], &client, SECRET), 200);
    }
);

both!(
    a_stranger_locks_no_client_out,
    |config| {
        config.tokens_per_client = 5;
        config.trusted_proxies = vec![parse_network("127.0.0.1").unwrap()];
    },
    |world| {
        let (client, other) = (world.association(), world.observer());
        let count = |statuses: &[u16], wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
        // Guesses from one address, then from many.
        let guesses: Vec<_> = (0..20).map(|_| ask_through(world, &["198.51.100.1"], &client, "wrong")).collect();
        assert!(count(&guesses, 401) >= 5 && count(&guesses, 429) > 5, "{guesses:?}");
        for n in 2..40 {
            assert_eq!(ask_through(world, &[&format!("198.51.100.{n}")], &client, "wrong"), 401);
        }
        assert_eq!(ask_through(world, &["203.0.113.7"], &client, SECRET), 200);
        // Another client at the address of the guesses is another count.
        assert_eq!(ask_through(world, &["198.51.100.1"], &other, SECRET), 200);
        // With the right secret a client is one, wherever it calls from.
        let all: Vec<_> = (0..20).map(|n| ask_through(world, &[&format!("192.0.2.{n}")], &client, SECRET)).collect();
        assert!(count(&all, 200) >= 4 && count(&all, 429) > 5, "{all:?}");
        assert_eq!(ask_through(world, &["192.0.2.100"], &other, SECRET), 200);
    }
);

both!(a_scope_asked_for_many_times_makes_no_longer_token, |world| {
    let client = world.association();
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{SECRET}", client.id)));
    let form = format!("grant_type=client_credentials&scope={}", "account:read+".repeat(1000));
    let ask = world.anonymous().ask("POST", "/oauth/token").header("Authorization", &basic);
    let answer = ask.body("application/x-www-form-urlencoded", form).send().expect(200);
    assert_eq!(answer.json["scope"], "account:read");
    assert!(answer.json["access_token"].as_str().unwrap().len() < 1000);
});
