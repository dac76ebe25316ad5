//! Every operation of the document, asked by those who must not reach it: no token, no scope, another perimeter, an
//! identifier that is none.

use crate::support::World;
use crate::support::resources::{Resources, call, operations};

/// Collects what is wrong over all operations, so that one run tells all.
struct Wrong(Vec<String>);

impl Wrong {
    fn unless(&mut self, right: bool, what: impl FnOnce() -> String) {
        if !right {
            self.0.push(what());
        }
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.is_empty(), "{}", self.0.join("\n"));
        }
    }
}

both!(without_a_token_nothing_under_v1_answers, |world| {
    let resources = Resources::new(world);
    let mut wrong = Wrong(Vec::new());
    for operation in operations().iter().filter(|o| o.secured()) {
        let (address, _) = resources.address(operation.path);
        let answer = call(operation, &address, &world.anonymous());
        wrong.unless(answer.status == 401 && answer.json["code"] == "unauthenticated", || {
            format!("{}: {} {}", answer.asked, answer.status, answer.text)
        });
    }
    // Nor does an address say whether it exists.
    for address in ["/v1", "/v1/", "/v1/nothing", "/v1/organisations/"] {
        world.anonymous().get(address).problem("unauthenticated");
    }
});

both!(without_a_scope_each_operation_names_the_one_it_documents, |world| {
    let resources = Resources::new(world);
    let mut wrong = Wrong(Vec::new());
    for operation in operations().iter().filter(|o| o.secured()) {
        let (address, allowed) = resources.address(operation.path);
        let answer = call(operation, &address, &world.narrowed(&allowed, &[]));
        let named = answer.json["scope"].as_str();
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        let scope = operation.scope.unwrap_or("no scope documented");
        wrong.unless(
            answer.status == 403 && named == Some(scope) && challenge.contains(&format!("scope=\"{scope}\"")),
            || format!("{} documents {scope}: {} {challenge} {}", answer.asked, answer.status, answer.text),
        );
        // Every other scope of the service does not help.
        let others: Vec<_> = passerelle::auth::policy::SCOPES.iter().map(|s| s.0).filter(|s| *s != scope).collect();
        let answer = call(operation, &address, &world.narrowed(&allowed, &others));
        wrong.unless(answer.status == 403, || format!("{} with {others:?}: {}", answer.asked, answer.status));
    }
});

both!(a_foreign_perimeter_is_not_found, |world| {
    let resources = Resources::new(world);
    let mut wrong = Wrong(Vec::new());
    for operation in operations().iter().filter(|o| o.secured() && o.path.contains('{')) {
        let behind = resources.behind(operation.path).unwrap_or_else(|| panic!("{} has no line", operation.path));
        let Some(foreign) = behind.foreign else { continue };
        let answer = call(operation, &operation.path.replace("{id}", &behind.id), &foreign);
        wrong.unless(answer.status == 404 && answer.json["code"] == "not_found", || {
            format!("{}: {} {}", answer.asked, answer.status, answer.text)
        });
    }
});

both!(an_identifier_that_is_none_is_not_found, |world| {
    let resources = Resources::new(world);
    let mut wrong = Wrong(Vec::new());
    for operation in operations().iter().filter(|o| o.secured() && o.path.contains('{')) {
        let (_, allowed) = resources.address(operation.path);
        for id in [
            "01a207a2-3280-7000-8000-ffffffffffff", // unknown, version 7
            "2f1b9d6e-6c1c-4b7e-9d57-1c8f4a5e6b7a", // unknown, version 4
            "00000000-0000-0000-0000-000000000000",
            "0",
            "-1",
            "01a207a232807000800fffffffffffff",
            "%7B01a207a2-3280-7000-8000-ffffffffffff%7D",
            "x%00y",
            "%FF",
            "..%2F..%2Fclients",
            "%27%20OR%201%3D1",
            "é",
        ] {
            let id = if id == "é" { "%C3%A9" } else { id };
            let answer = call(operation, &operation.path.replace("{id}", id), &allowed);
            wrong.unless(answer.status == 404, || format!("{}: {} {}", answer.asked, answer.status, answer.text));
        }
    }
});

both!(an_unknown_identifier_and_a_foreign_one_cannot_be_told_apart, |world| {
    let resources = Resources::new(world);
    let behind = resources.behind("/v1/organisations/{id}").unwrap();
    let stranger = behind.foreign.unwrap();
    let read = |world: &World, id: &str| {
        let _ = world;
        let mut json = stranger.get(&format!("/v1/organisations/{id}")).expect(404).json;
        json["instance"] = "".into();
        json["request_id"] = "".into();
        json
    };
    assert_eq!(read(world, &behind.id), read(world, "01a207a2-3280-7000-8000-ffffffffffff"));
});

both!(whatever_is_open_is_meant_to_be, |world| {
    let open: Vec<_> =
        operations().into_iter().filter(|o| !o.secured()).map(|o| format!("{} {}", o.method, o.path)).collect();
    assert_eq!(
        open,
        [
            "GET /.well-known/jwks.json",
            "GET /.well-known/oauth-authorization-server",
            "GET /calendars/{secret}.ics",
            "GET /health/live",
            "GET /health/ready",
            "GET /metrics",
            "POST /oauth/token",
            "GET /problems",
            "GET /problems/{code}",
        ]
    );
    world.anonymous().get("/openapi.json").expect(200);
    world.anonymous().get("/docs/").expect(200);
});
