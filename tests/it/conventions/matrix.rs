//! The matrix of acts: state × act × party, as `allowed_acts` tells it, each act tried for real, and printed as a table that
//! a lawyer can check: `acts_matrix.md`, committed. `UPDATE_MATRIX=1 cargo test matrix` writes it again.

use std::fmt::Write as _;

use passerelle::domain::vocabulary::FactKind;
use serde_json::{Value, json};

use super::ends::{record, whole, whole_signed};
use super::facts::until;
use crate::support::texts::Text;
use crate::support::{Actor, World};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/conventions/acts_matrix.md");
/// The day of the matrix.
const TODAY: &str = "2026-11-23";
const TEXT_ACTS: [&str; 5] = ["update", "delete", "confirm_clauses", "record_signature", "amend"];

/// A convention in each state and under each flag, on the day of the matrix.
pub fn states(world: &World) -> Vec<(&'static str, Text)> {
    let none = json!({});
    let told = |text: &Text, kind: &str, party: usize, on: &str, of: Option<&str>| {
        let actor = [&text.ministry, &text.association][party];
        let more = of.map_or_else(|| json!({}), |of| json!({ "refers_to": of }));
        record(world, actor, text, kind, party, on, &more).expect(201).id()
    };
    let negotiation = world.draft();
    told(&negotiation, "negotiation_opened", 0, "2026-10-01", None);
    let partially = world.draft();
    partially.sign(0, "2026-11-02").expect(201);
    let abandoned = world.draft();
    told(&abandoned, "abandoned", 0, "2026-11-02", None);
    let notified = whole(world, &none);
    let sent = told(&notified, "termination_sent", 1, "2026-11-02", None);
    told(&notified, "termination_received", 0, "2026-11-03", Some(&sent));
    let put_on_notice = |text: Text, on: [&str; 3]| {
        let used = told(&text, "unauthorised_use", 1, on[0], None);
        let notice = told(&text, "formal_notice_sent", 0, on[1], Some(&used));
        told(&text, "formal_notice_received", 1, on[2], Some(&notice));
        text
    };
    let notice = put_on_notice(whole(world, &none), ["2026-11-18", "2026-11-19", "2026-11-20"]);
    let claimed = put_on_notice(whole(world, &none), ["2026-10-01", "2026-10-02", "2026-10-05"]);
    let lapsed = put_on_notice(
        whole(world, &json!({ "lapse_effect": "automatic" })),
        ["2026-10-01", "2026-10-02", "2026-10-05"],
    );
    let disputed = whole(world, &none);
    told(&disputed, "dispute_raised", 1, "2026-11-02", None);
    let met = whole(world, &none);
    told(&met, "meeting_held", 1, "2026-11-02", None);
    let one_key = whole(world, &none);
    let meeting = told(&one_key, "meeting_held", 1, "2026-11-02", None);
    told(&one_key, "minutes_validated", 1, "2026-11-05", Some(&meeting));
    let terminated = whole(world, &none);
    let sent = told(&terminated, "termination_sent", 1, "2026-01-05", None);
    told(&terminated, "termination_received", 0, "2026-01-05", Some(&sent));
    let expired = whole_signed(world, &none, "2020-01-06");
    vec![
        ("draft", world.draft()),
        ("negotiation", negotiation),
        ("partially_signed", partially),
        ("in_force", whole(world, &none)),
        ("in_force, termination_notified", notified),
        ("in_force, formal_notice", notice),
        ("in_force, lapse_claimed", claimed),
        ("in_force, dispute_open", disputed),
        ("in_force, meeting held", met),
        ("in_force, minutes validated by the association", one_key),
        ("expired", expired),
        ("terminated", terminated),
        ("lapsed", lapsed),
        ("abandoned", abandoned),
    ]
}

/// What is told of an act: `yes`, `yes: its flag`, or `no: its code`.
fn cell(act: &Value) -> String {
    match (act["allowed"] == true, act["flag"].as_str(), act["code"].as_str()) {
        (true, None, _) => "yes".into(),
        (true, Some(flag), _) => format!("yes: {flag}"),
        (false, _, code) => format!("no: {}", code.unwrap_or("?")),
    }
}

/// Records the fact of a kind for real, as a dry run, following from each of the facts it could follow from: the best
/// that comes of it, said as [`cell`] does.
fn tried(actor: &Actor, text: &Text, kind: FactKind) -> String {
    let party = usize::from(actor.organisation != text.ministry.organisation);
    let known = actor.list(&text.under("facts"));
    let causes: Vec<Option<&Value>> = match kind.refers_to() {
        [] => vec![None],
        kinds => {
            let fits = |fact: &&Value| kinds.iter().any(|kind| fact["kind"] == kind.code());
            let alone = matches!(kind, FactKind::FormalNoticeSent | FactKind::LitigationOpened);
            let found: Vec<_> = known.iter().filter(fits).map(Some).collect();
            if found.is_empty() && !alone {
                vec![]
            } else if found.is_empty() {
                vec![None]
            } else {
                found
            }
        }
    };
    let mut outcomes: Vec<String> = causes
        .into_iter()
        .map(|cause| {
            let mut fact = json!({ "kind": kind.code(), "done_by": text.parties[party], "occurred_on": TODAY });
            if let Some(cause) = cause {
                fact["refers_to"] = cause["id"].clone();
            }
            if kind == FactKind::TerminationAgreed {
                fact["effective_on"] = json!(TODAY);
            }
            if kind == FactKind::LapseDecided {
                let file = crate::files::attach(actor, &format!("convention:{}", text.id));
                fact["proof"] = json!([file.json["id"]]);
            }
            if kind == FactKind::DutyEvidenced {
                fact["duty"] = json!("none");
            }
            let answer = actor.post(&format!("{}?dry_run=true", text.under("facts")), &fact);
            match (answer.status, answer.json["warnings"][0]["code"].as_str()) {
                (200..=299, None) => "yes".into(),
                (200..=299, Some(flag)) => format!("yes: {flag}"),
                _ => format!("no: {}", answer.json["code"].as_str().unwrap_or("?")),
            }
        })
        .collect();
    outcomes.sort_by_key(|outcome| (!outcome.starts_with("yes"), outcome.len()));
    outcomes.into_iter().next().unwrap_or_else(|| "no: invalid_body".into())
}

fn table(world: &World) -> String {
    until(world, TODAY);
    let states = states(world);
    let academie = world.academie("academie:25");
    let mut text = String::from(
        "# Who may do what, in which state\n\nWritten by `tests/it/conventions/matrix.rs`, which tries every act. `yes: X` is a fact that is recorded and \
         flagged `X`; `no: X` is refused with the code `X`. `invalid_body` for a fact: nothing that is recorded gives rise to it.\n",
    );
    for who in ["ministry (party, State)", "association (party)", "académie (no party)"] {
        let actor = |of: &Text| match who {
            "ministry (party, State)" => Some(of.ministry.clone()),
            "association (party)" => Some(of.association.clone()),
            _ => Some(academie.clone()),
        };
        let _ = write!(text, "\n## {who}\n\n| act |");
        for (state, _) in &states {
            let _ = write!(text, " {state} |");
        }
        let _ = write!(text, "\n|---|{}\n", "---|".repeat(states.len()));
        let mut columns: Vec<Vec<(String, String)>> = Vec::new();
        for (_, of) in &states {
            let actor = actor(of).unwrap();
            let read = actor.get(&of.path());
            if read.status == 404 {
                // What it does not see has no acts.
                columns.push(Vec::new());
                continue;
            }
            let acts = read.expect(200).json["allowed_acts"].as_array().unwrap().clone();
            columns.push(acts.iter().map(|act| (act["act"].as_str().unwrap().to_owned(), cell(act))).collect());
            for kind in FactKind::ALL.iter().filter(|_| who != "académie (no party)") {
                let told = &columns.last().unwrap().iter().find(|(act, _)| act == kind.code()).unwrap().1;
                assert_eq!(&tried(&actor, of, *kind), told, "{who}: {kind} while {}", of.id);
            }
        }
        let acts = TEXT_ACTS.iter().map(|act| (*act).to_owned()).chain(FactKind::ALL.iter().map(ToString::to_string));
        for act in acts {
            let _ = write!(text, "| {act} |");
            for column in &columns {
                let told = column.iter().find(|(name, _)| *name == act).map_or("not seen", |(_, told)| told);
                let _ = write!(text, " {told} |");
            }
            text.push('\n');
        }
    }
    text
}

both!(the_matrix_of_acts_is_as_committed, |world| {
    let told = table(world);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(SNAPSHOT, &told).unwrap();
    }
    let committed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(told == committed, "acts_matrix.md differs; it is now:\n{told}");
});
