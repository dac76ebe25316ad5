//! `allowed_acts` tells the truth: what it allows passes on a dry run, what it refuses is refused with that very code.

use serde_json::json;

use crate::support::texts::Text;
use crate::support::{Actor, Response};

fn attempt(actor: &Actor, text: &Text, act: &str, party: usize) -> Response {
    let dry = |path: String| format!("{path}?dry_run=true");
    match act {
        "update" => actor.patch(&dry(text.path()), "*", &json!({})),
        "delete" => actor.delete(&dry(text.path()), "*"),
        "confirm_clauses" => actor.act(&dry(text.under("confirm-clauses")), "*"),
        "record_signature" => actor.post(&dry(text.under("signatures")), &text.signature(party, "2026-11-03")),
        other => panic!("an act that this test does not know: {other}"),
    }
}

both!(allowed_acts_tell_the_truth, |world| {
    let draft = world.draft();
    let unsettled = world.draft();
    unsettled.association.delete(&format!("/v1/clauses/{}", unsettled.clause), "*").expect(204);
    let partial = world.draft();
    partial.sign(1, "2026-11-02").expect(201);
    let lonely = world.draft();
    lonely.association.delete(&format!("/v1/parties/{}", lonely.parties[0]), "*").expect(204);
    let running = world.in_force("2026-11-02");
    let over = world.in_force("2020-01-01");
    let mut wrong = Vec::new();
    for (what, text) in [
        ("draft", &draft),
        ("unsettled", &unsettled),
        ("partially signed", &partial),
        ("of one party", &lonely),
        ("in force", &running),
        ("expired", &over),
    ] {
        for (who, actor, party) in [
            ("the association", &text.association, 1),
            ("the ministry", &text.ministry, 0),
            ("another ministry", &world.ministry(), 0),
        ] {
            let read = actor.get(&text.path());
            let Some(acts) = read.json["allowed_acts"].as_array() else { continue };
            if party == 0 && what == "of one party" {
                continue;
            }
            for act in acts {
                let name = act["act"].as_str().unwrap();
                let answer = attempt(actor, text, name, party);
                let allowed = act["allowed"].as_bool().unwrap();
                let as_told = allowed == (answer.status < 300) && (allowed || act["code"] == answer.json["code"]);
                if !as_told {
                    wrong.push(format!(
                        "{who}, {what}, {name}: told {act}, got {} {}",
                        answer.status, answer.json["code"]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
});
