//! The order of checks: a request that is wrong in many ways at once hears of the first, then of the next…
//! 401 → 404/405 of the route → 403 → 404 → replay → 406 → 413 → 415 → 400 → 428 → 412 → 422 → 409.

use serde_json::json;

use crate::support::http::Ask;
use crate::support::{Actor, World};

/// What may be wrong, from the first check to the last. `level` says from which one on the request is wrong: everything
/// before it is right.
fn wrong_from(level: usize, world: &World, actor: &Actor, path: &str, method: &str) -> Ask {
    let steps = ["401", "404", "405", "403", "perimeter", "406", "413", "415", "400", "428", "412", "422"];
    let wrong = |step: &str| steps.iter().position(|s| *s == step).unwrap() >= level;
    let actor = if wrong("403") { world.narrowed(actor, &[]) } else { actor.clone() };
    let actor = if wrong("401") { world.bearing(&actor, "forged") } else { actor };
    let path = match () {
        () if wrong("404") => "/v1/nothing".to_owned(),
        () if wrong("perimeter") => path.replace("{id}", "01a207a2-3280-7000-8000-ffffffffffff"),
        () => path.to_owned(),
    };
    let path = if wrong("400") { format!("{path}?zzz=1") } else { path };
    let method = if wrong("405") { "PUT" } else { method };
    let mut ask = actor.ask(method, &path);
    if wrong("406") {
        ask = ask.header("Accept", "image/png");
    }
    if !wrong("428") {
        ask = ask.header("If-Match", if wrong("412") { "\"99\"" } else { "*" });
    }
    let body = match () {
        () if wrong("413") => vec![b'{'; (1 << 20) + 1],
        () if wrong("400") => b"{".to_vec(),
        () => json!({ "kind": "king", "surplus": 1 }).to_string().into_bytes(),
    };
    ask.body(if wrong("415") { "application/xml" } else { "application/json" }, body)
}

both!(each_check_comes_in_its_turn, |world| {
    let operator = world.operator();
    let proposed = json!({ "kind": "company", "name": "Société" });
    let id = operator.post("/v1/organisations", &proposed).expect(201).id();
    let path = format!("/v1/organisations/{id}");
    let expected = [
        "invalid_token",
        "unknown_route",
        "method_not_allowed",
        "insufficient_scope",
        "not_found",
        "not_acceptable",
        "payload_too_large",
        "unsupported_media_type",
        "invalid_parameters",
        "precondition_required",
        "version_mismatch",
        "invalid_body",
    ];
    for (level, code) in expected.iter().enumerate() {
        // The address carries its place-holder only while the perimeter is wrong.
        let path = if level <= 4 { "/v1/organisations/{id}" } else { &path };
        wrong_from(level, world, &operator, path, "PATCH").send().problem(code);
    }
    // Nothing wrong in form: the rules come last.
    let siret = json!({ "kind": "company", "name": "Autre", "siret": "73282932000074" });
    operator.post("/v1/organisations", &siret).expect(201);
    let patch = json!({ "siret": "73282932000074" });
    operator.patch(&path, "*", &patch).problem("duplicate");
    operator.patch(&path, "\"99\"", &patch).problem("version_mismatch");
});

both!(a_body_that_is_no_json_is_a_400_and_comes_before_the_version, |world| {
    let operator = world.operator();
    let id = operator.post("/v1/organisations", &json!({ "kind": "other", "name": "x" })).expect(201).id();
    let path = format!("/v1/organisations/{id}");
    operator.ask("PATCH", &path).body("application/json", "{").send().problem("malformed_body");
    operator.ask("PATCH", &path).body("application/json", "{}").send().problem("precondition_required");
    operator.ask("PATCH", &path).body("application/json", "[]").send().problem("precondition_required");
});

both!(a_read_checks_in_the_same_order, |world| {
    let operator = world.operator();
    let path = format!("/v1/clients/{}", operator.id);
    let png = |actor: &Actor, path: &str| actor.ask("GET", path).header("Accept", "image/png").send();
    png(&world.anonymous(), "/v1/nothing").problem("unauthenticated");
    png(&operator, "/v1/nothing?zzz=1").problem("unknown_route");
    png(&world.narrowed(&operator, &[]), "/v1/clients/x?zzz=1").problem("insufficient_scope");
    png(&operator, "/v1/clients/x?zzz=1").problem("not_found");
    png(&operator, &format!("{path}?zzz=1")).problem("not_acceptable");
    operator.get(&format!("{path}?zzz=1")).problem("invalid_parameters");
    // A list under something: what it hangs under comes first.
    let people = "/v1/organisations/01a207a2-3280-7000-8000-ffffffffffff/representatives";
    png(&operator, &format!("{people}?limit=0")).problem("not_found");
    operator.get(&format!("{people}?format=csv&zzz=1")).problem("not_found");
    let own = world.association();
    let people = format!("/v1/organisations/{}/representatives", own.organisation.unwrap());
    png(&own, &format!("{people}?limit=0")).problem("not_acceptable");
    own.get(&format!("{people}?limit=0")).problem("invalid_parameters");
});

both!(what_one_may_not_do_comes_before_how_it_was_said, |world| {
    let verified = world.organisation("company", "Société");
    let path = format!("/v1/organisations/{verified}");
    let stranger = world.association();
    stranger.get(&path).expect(200);
    stranger.ask("PATCH", &path).body("text/csv", "x").send().problem("not_allowed");
});
