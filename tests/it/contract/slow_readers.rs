//! Readers of exports who read nothing: they hold the threads of exports for a moment only.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::raw::Raw;
use crate::support::{Actor, World};

/// Rows of 6,000 bytes: more than the buffers of two sockets take.
const ROWS: usize = 2000;

fn large_list(world: &World) {
    world.sql(&super::exports::many(world.on_postgres(), ROWS));
    let long = if world.on_postgres() { "repeat('x', 6000)" } else { "replace(hex(zeroblob(3000)), '00', 'xx')" };
    world.sql(&format!("UPDATE organisations SET address = {long}"));
}

/// Asks for an export and reads none of it.
fn asks(world: &World, caller: &Actor) -> TcpStream {
    let mut raw = Raw::connect(world.address);
    let token = caller.token.as_deref().unwrap();
    raw.send(format!(
        "GET /v1/organisations?format=ndjson HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    ));
    raw.stream
}

/// The status of an answer of which nothing is read.
fn status(stream: &TcpStream) -> u16 {
    let mut start = [0; 12];
    while stream.peek(&mut start).unwrap() < start.len() {}
    std::str::from_utf8(&start[9..]).unwrap().parse().unwrap()
}

/// The rest of an answer, until the connection is closed.
fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

/// What `caller` waits for its whole export.
fn whole_export(caller: &Actor) -> Duration {
    let since = Instant::now();
    let lines = caller.get("/v1/organisations?q=nom%201999&format=csv").expect(200).text.lines().count();
    assert_eq!(lines, 2);
    since.elapsed()
}

both!(slow_readers_of_one_client_hold_no_other, |world| {
    large_list(world);
    let (slow, other) = (world.ministry(), world.operator());
    let readers: Vec<_> = (0..10).map(|_| asks(world, &slow)).collect();
    let statuses: Vec<_> = readers.iter().map(status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 4, "{statuses:?}");
    let refused = slow.get("/v1/organisations?format=csv").problem("rate_limited");
    assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
    slow.get("/v1/organisations").expect(200);
    let waited = whole_export(&other);
    assert!(waited < Duration::from_secs(25), "{waited:?}");
    // What was not read does not look whole.
    let taken = readers.into_iter().zip(statuses).filter(|(_, status)| *status == 200);
    let cut = taken.filter(|(stream, _)| !rest(stream.try_clone().unwrap()).ends_with(b"0\r\n\r\n")).count();
    assert!(cut >= 2, "{cut}");
    // Its share is free again.
    whole_export(&slow);
});

both!(slow_readers_of_ten_clients_make_way, |world| {
    large_list(world);
    let slow: Vec<_> = (0..10).map(|_| world.operator()).collect();
    let other = world.operator();
    let readers: Vec<_> = slow.iter().map(|caller| asks(world, caller)).collect();
    assert!(readers.iter().all(|stream| status(stream) == 200));
    let waited = whole_export(&other);
    assert!(waited < Duration::from_secs(40), "{waited:?}");
    drop(readers);
});
