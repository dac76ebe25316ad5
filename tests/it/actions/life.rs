//! The life of an action: state × act × who, each tried for real as a dry run, held against `allowed_acts` and the table
//! of the rules, and printed as [`acts.md`], committed. `UPDATE_MATRIX=1 cargo test acts_of_an_action` writes it again.

use std::fmt::Write as _;

use passerelle::actions::rules::life;
use passerelle::domain::vocabulary::{ActionAct, ActionStatus};
use serde_json::{Value, json};

use super::{PAST, VERSAILLES, act, create, in_state, read, stated, unsigned, visit, with};
use crate::conventions::{Draft, national};
use crate::support::{Actor, Response, World};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/actions/acts.md");

/// An action that stands in a state, and a twin of it for the merge.
struct Standing {
    name: String,
    status: ActionStatus,
    id: String,
    twin: String,
}

/// Asks for an act as a dry run.
fn tried(actor: &Actor, standing: &Standing, act: ActionAct) -> Response {
    let path = format!("/v1/actions/{}", standing.id);
    let at =
        |method: &str, under: &str| actor.ask(method, &format!("{path}{under}?dry_run=true")).header("If-Match", "*");
    let body = match act {
        ActionAct::Edit => return at("PATCH", "").merge_patch(&json!({ "title": "Autre titre" })).send(),
        ActionAct::Delete => return at("DELETE", "").send(),
        ActionAct::Plan | ActionAct::Confirm | ActionAct::Hold => json!({}),
        ActionAct::Attend => json!({ "uai": VERSAILLES, "counts": { "pupils": 24 } }),
        ActionAct::Report => json!({ "results": { "pupils": 24 } }),
        ActionAct::Decline | ActionAct::Cancel => json!({ "reason": "Semaine d'examens blancs" }),
        ActionAct::Merge => json!({ "twin_id": standing.twin, "twin_version": 1 }),
    };
    at("POST", &format!("/{act}")).json(&body).send()
}

/// What came of it: the state it leads to, or the code it is refused with.
fn outcome(response: &Response) -> String {
    match (response.status, response.json["status"].as_str()) {
        (200, Some(status)) => status.to_owned(),
        (204, _) => "gone".to_owned(),
        _ => format!("no: {}", response.json["code"].as_str().unwrap_or("?")),
    }
}

fn standings(text: &Draft, schools: &Value) -> Vec<Standing> {
    let schools = json!({ "schools": schools });
    let twin = |changed: Value| create(&text.association, &visit(text, &with(changed, &schools)));
    let live = ["requested", "proposed", "planned", "confirmed", "held", "reported", "declined", "cancelled"];
    let mut all = Vec::new();
    for state in live {
        let id = in_state(text, state, &schools);
        let twin = twin(json!({ "sessions": [{ "date": PAST }], "status": "requested" }));
        all.push(Standing { name: state.to_owned(), status: state.parse().unwrap(), id, twin });
    }
    for state in ["held", "reported", "cancelled"] {
        let legacy = json!({ "origin": "legacy", "status": state, "sessions": [{ "date": PAST }] });
        let twin = twin(with(legacy.clone(), &json!({ "status": "held" })));
        all.push(Standing {
            name: format!("{state}, legacy"),
            status: state.parse().unwrap(),
            id: create(&text.association, &visit(text, &with(legacy, &schools))),
            twin,
        });
    }
    all
}

fn table(world: &World) -> String {
    // Brought in, so that the operator sees it too.
    let (operator, ministry, association) = (world.operator(), world.ministry(), world.association());
    let text = Draft::drafted(&operator, &ministry, &association, &national("Convention"));
    let text = unsigned(text).signed("2024-06-20", "2024-06-27");
    let alone = standings(&text, &json!([{ "uai": VERSAILLES, "class_label": "3B" }]));
    let several = standings(&text, &json!([{ "uai": VERSAILLES }, { "uai": super::CRETEIL }]));
    let mut told = String::from(
        "# Who may do what to an action, in which state\n\nWritten by `tests/it/actions/life.rs`, which tries every act. A cell is the state that the act leads to, or `no:` with \
         the code it is refused with. `legacy` was brought in from earlier records. One school of several that confirms leads to `confirmed` once each has; one \
         that declines, or withdraws its request, leaves the action, which goes on with the others.\n\n",
    );
    told += &life::table();
    let school = world.school(VERSAILLES);
    for (who, actor, role) in [
        ("association (party)", &association, Some(life::Actor::Association)),
        ("académie of the school", &world.academie("academie:25"), Some(life::Actor::Academie)),
        ("région académique of the school", &world.academie("region:11"), Some(life::Actor::Academie)),
        ("school", &school, Some(life::Actor::School)),
        ("one school of several", &school, Some(life::Actor::Among)),
        ("ministry (party, State)", &ministry, None),
        ("operator (convention brought in)", &operator, Some(life::Actor::Operator)),
    ] {
        let standings = if role == Some(life::Actor::Among) { &several } else { &alone };
        let _ = write!(told, "\n## {who}\n\n| act |");
        for standing in standings {
            let _ = write!(told, " {} |", standing.name);
        }
        let _ = write!(told, "\n|---|{}\n", "---|".repeat(standings.len()));
        for act in ActionAct::ALL {
            let _ = write!(told, "| {act} |");
            for standing in standings {
                let response = tried(actor, standing, *act);
                let came = outcome(&response);
                let acts = read(actor, &standing.id)["allowed_acts"].clone();
                let line = acts.as_array().unwrap().iter().find(|line| line["act"] == act.code()).unwrap().clone();
                let what = format!("{who}: {act} of {}: {} {line}", standing.name, response.text);
                assert_eq!(line["allowed"] == true, response.status < 300, "{what}");
                assert_eq!(line["code"].as_str(), response.json["code"].as_str(), "{what}");
                let rows = life::TABLE.iter().filter(|row| row.act == *act && row.from.contains(&standing.status));
                let live = !standing.name.ends_with("legacy");
                let acts_for = role.filter(|role| *role != life::Actor::Operator || !live);
                let row = acts_for.and_then(|role| rows.clone().find(|row| row.by.contains(&role)));
                let kept = *act == ActionAct::Delete && live && standing.status.took_place();
                match row.filter(|_| !kept) {
                    Some(row) if *act == ActionAct::Delete => assert_eq!((&came, row.to), (&"gone".into(), None)),
                    // The later state of the two.
                    Some(_) if *act == ActionAct::Merge => assert!(!came.starts_with("no"), "{what}"),
                    Some(row) => assert_eq!(came, row.to.unwrap_or(standing.status).code(), "{what}"),
                    None => assert!(["no: wrong_state", "no: not_allowed"].contains(&came.as_str()), "{what}"),
                }
                let _ = write!(told, " {came} |");
            }
            told.push('\n');
        }
    }
    // Nothing of all this was done.
    for standing in alone.iter().chain(&several) {
        let version =
            if ["held", "reported", "declined", "cancelled"].contains(&standing.name.as_str()) { 2 } else { 1 };
        let read = read(&association, &standing.id);
        assert_eq!((&read["version"], &read["status"]), (&json!(version), &json!(standing.status.code())));
    }
    told
}

both!(the_acts_of_an_action_are_as_committed, |world| {
    let told = table(world);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(SNAPSHOT, &told).unwrap();
    }
    let committed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(told == committed, "acts.md differs; it is now:\n{told}");
});

both!(another_territory_does_nothing_to_it, |world| {
    let text = crate::actions::reference(world);
    let id = in_state(&text, "planned", &json!({}));
    for actor in
        [world.academie("academie:24"), world.school(crate::actions::CRETEIL), world.association(), world.operator()]
    {
        let patch = crate::actions::edit(&actor, &id, &json!({ "title": "x" }));
        patch.problem("not_found");
        for (name, body) in
            [("confirm", json!({})), ("cancel", json!({ "reason": "x" })), ("report", json!({ "results": {} }))]
        {
            act(&actor, &id, name, &body).problem("not_found");
        }
        actor.get(&format!("/v1/actions/{id}")).problem("not_found");
    }
    // An école among two sees it and acts; an académie among two sees it and does nothing.
    let two = json!({ "schools": [{ "uai": VERSAILLES }, { "uai": crate::actions::CRETEIL }] });
    let id = in_state(&text, "planned", &two);
    act(&world.academie("academie:24"), &id, "confirm", &json!({})).problem("not_allowed");
    let told = act(&world.school(crate::actions::CRETEIL), &id, "confirm", &json!({})).expect(200).json;
    assert_eq!((&told["status"], &told["confirmed_by"]), (&json!("planned"), &json!([crate::actions::CRETEIL])));
});

both!(from_a_request_to_its_results, |world| {
    let text = crate::actions::reference(world);
    let (school, association) = (world.school(VERSAILLES), &text.association);
    let asked = visit(&text, &json!({ "sessions": [], "wished": "une matinée en octobre" }));
    let id = create(&school, &asked);
    assert_eq!(read(&school, &id)["status"], "requested");
    // The association plans it, the school confirms it and counts, the association reports.
    let planned =
        json!({ "sessions": [{ "date": PAST, "start": "09:00", "end": "12:00" }], "place": { "label": "Atelier" } });
    let told = act(association, &id, "plan", &planned).expect(200).json;
    assert_eq!(
        (&told["status"], &told["starts_on"], &told["place"]["label"]),
        (&json!("planned"), &json!(PAST), &json!("Atelier"))
    );
    act(&school, &id, "hold", &json!({})).problem("wrong_state");
    act(&school, &id, "confirm", &stated()).expect(200);
    let counts = json!({ "uai": VERSAILLES, "counts": { "pupils": 24, "girls": 10, "boys": 14, "with_disability": 3, "attendances": 24 } });
    assert_eq!(act(&school, &id, "attendance", &counts).expect(200).json["status"], "confirmed");
    let other = json!({ "uai": crate::actions::CRETEIL, "counts": {} });
    act(&school, &id, "attendance", &other).problem("not_allowed");
    let faults = act(association, &id, "attendance", &other).problem("invalid_body").faults();
    assert_eq!(faults, [("/uai".to_owned(), "unknown_reference".to_owned())]);
    act(&school, &id, "report", &json!({ "results": {} })).problem("not_allowed");
    let results =
        json!({ "results": { "volunteer_hours": 6, "pupil_hours": 72, "speakers_women": 1, "speakers_men": 0 } });
    let told = act(association, &id, "report", &results).expect(200).json;
    // Totals that nobody gave are those of the schools; hours are told apart.
    assert_eq!(told["status"], "reported");
    assert_eq!(
        told["results"],
        json!({
            "pupils": 24, "girls": 10, "boys": 14, "with_disability": 3, "attendances": 24, "session_hours": 3,
            "pupil_hours": 72, "volunteer_hours": 6, "volunteers": null, "speakers_women": 1, "speakers_men": 0, "comment": null,
        })
    );
    let wrong = json!({ "results": { "pupils": 10, "girls": 4, "boys": 5 } });
    let faults = act(association, &id, "report", &wrong).problem("invalid_body").faults();
    assert_eq!(faults, [("/results/pupils".to_owned(), "sum".to_owned())]);
    // Corrected, it stays reported; a correction of what took place does not plan it again.
    let uai = read(association, &id)["schools"][0]["uai"].clone();
    let counts = json!({ "pupils": 23, "girls": 9, "boys": 14 });
    let corrected = json!({ "results": counts, "schools": [{ "uai": uai, "counts": counts }] });
    let told = act(association, &id, "report", &corrected).expect(200).json;
    assert_eq!((&told["status"], &told["results"]["pupils"]), (&json!("reported"), &json!(23)));
    assert_eq!(told["version"], 6);
});
