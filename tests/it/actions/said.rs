//! Nothing that is declared is lost or ignored without a word: states, columns that contradict each other, counts that are
//! declared again, comments and twins.

use passerelle::sheets::kind::Options;
use serde_json::{Value, json};

use super::{PAST, act, confirmed, create, read, reference, visit};
use crate::actions::bulk::bulk;
use crate::sheets::importing::bring_with;
use crate::support::{Actor, Response};

fn export(actor: &Actor) -> String {
    String::from_utf8(actor.get("/v1/actions?format=csv&sort=day").expect(200).bytes).unwrap()
}

fn send(actor: &Actor, sheet: &str) -> Response {
    actor.ask("POST", "/v1/actions/bulk").body("text/csv", sheet).send()
}

/// Columns and codes of the faults of the only line, and all that is said.
#[track_caller]
fn faults(refused: Response) -> (Vec<(String, String)>, String) {
    let json = refused.problem("bulk_refused").json;
    let of = |fault: &Value| {
        let at = fault["column"].as_str().or(fault["pointer"].as_str()).unwrap_or_default();
        (at.to_owned(), fault["code"].as_str().unwrap_or_default().to_owned())
    };
    (json["lines"][0]["problem"]["errors"].as_array().unwrap().iter().map(of).collect(), json.to_string())
}

fn one(column: &str, code: &str) -> Vec<(String, String)> {
    vec![(column.to_owned(), code.to_owned())]
}

both!(the_command_line_changes_a_live_line_that_it_created, |world| {
    let text = reference(world);
    let options = || Options { organisation: text.association.organisation, ..Options::default() };
    let import = |sheet: &str| bring_with(world, "actions", sheet.as_bytes(), &json!({}), options(), false);
    let line = |title: &str, state: &str| {
        format!(
            "Identifiant externe;Titre;Nature;Axe;UAI;Date;Niveaux;Statut\n\
             LV-1;{title};Visite d'entreprise;article 3;0950649P;14/01/2027;3e;{state}\n"
        )
    };
    assert_eq!(import(&line("Visite", "Proposée")).counts(), [1, 0, 0, 0]);
    assert_eq!(import(&line("Visite", "Proposée")).counts(), [0, 0, 1, 0]);
    let again = import(&line("Autre titre", "Proposée"));
    assert_eq!(again.counts(), [0, 1, 0, 0], "{:?}", again.report.rejected);
    let sheet = export(&text.association);
    assert!(sheet.contains("Autre titre"), "{sheet}");
    assert_eq!(import(&sheet.replace("Autre titre", "Encore un")).counts(), [0, 1, 0, 0]);
    // Another state is an act's.
    let moved = import(&line("Encore un", "Prévue"));
    assert_eq!(moved.counts(), [0, 0, 0, 1]);
    let (columns, words) = moved.reasons(2);
    assert!(columns == ["Statut"] && words.contains("`plan`"), "{columns:?} {words}");
});

both!(another_state_is_refused_by_the_act_that_leads_there, |world| {
    let text = reference(world);
    let association = &text.association;
    let planned = visit(&text, &json!({ "status": "planned", "external_id": "p1" }));
    let id = create(association, &planned);
    let sheet = export(association);
    for (to, by) in [("confirmed", "`confirm`"), ("cancelled", "`cancel`")] {
        let (named, said) = faults(send(association, &sheet.replace(",planned,", &format!(",{to},"))));
        assert!(named == one("status", "by_act") && said.contains(by), "{named:?} {said}");
        let mut other = planned.clone();
        other["status"] = json!(to);
        let (named, said) = faults(bulk(association, "", &[json!({ "op": "upsert", "action": other })]));
        assert!(named == one("/action/status", "by_act") && said.contains(by), "{named:?} {said}");
    }
    bulk(association, "", &[json!({ "op": "upsert", "action": planned })]).expect(200);
    assert_eq!(read(association, &id)["version"], 1);

    // A paper told as held is reported as soon as it tells the results.
    let paper = visit(&text, &json!({ "origin": "legacy", "sessions": [{ "date": PAST }], "external_id": "p2" }));
    let id = create(association, &paper);
    let line = |state: &str, pupils: &str| {
        format!(
            "Identifiant externe;Titre;Nature;Axe;UAI;Date;Niveaux;Statut;Élèves\n\
             p2;Visite;Visite d'entreprise;article 3;0950649P;06/10/2026;3e;{state};{pupils}\n"
        )
    };
    assert_eq!(faults(send(association, &line("reported", ""))).0, one("Statut", "by_act"));
    send(association, &line("reported", "24")).expect(200);
    let shown = read(association, &id);
    assert_eq!((&shown["status"], &shown["results"]["pupils"]), (&json!("reported"), &json!(24)));
    assert_eq!(faults(send(association, &line("cancelled", "24"))).0, one("Statut", "by_act"));
});

both!(columns_that_contradict_each_other_are_refused, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &visit(&text, &json!({ "title": "Ici" })));
    let sheet = export(association);
    let header: Vec<&str> = sheet.lines().next().unwrap().split(',').collect();
    let changed = |column: &str, to: &str| {
        let at = header.iter().position(|title| *title == column).unwrap_or_else(|| panic!("{column}: {header:?}"));
        let mut cells: Vec<&str> = sheet.lines().nth(1).unwrap().split(',').collect();
        assert_eq!(cells.len(), header.len());
        cells[at] = to;
        format!("{}\n{}\n", header.join(","), cells.join(","))
    };
    for (column, to, joined) in [
        ("sessions.0.date", "2027-01-15", "sessions"),
        ("sessions.0.start", "13:00", "sessions"),
        ("schools.0.uai", "0930001W", "schools"),
        ("schools.0.class_label", "3C", "schools"),
    ] {
        let (named, said) = faults(send(association, &changed(column, to)));
        assert_eq!(named, [one(column, "invalid"), one(joined, "invalid")].concat(), "{said}");
    }
    assert_eq!(faults(send(association, &changed("origin", "paper"))).0, one("origin", "not_applicable"));
    assert_eq!(faults(send(association, &changed("reason", "Grève"))).0, one("reason", "by_act"));
    send(association, &changed("title", "Là")).expect(200);
    assert_eq!(read(association, &id)["title"], "Là");
});

both!(what_a_second_declaration_does_not_mention_stays, |world| {
    let text = reference(world);
    let association = &text.association;
    let day = json!({ "sessions": [{ "date": PAST }], "comment": "Prévoir les casques" });
    let id = create(association, &confirmed(&text, &day));
    act(association, &id, "hold", &json!({ "comment": "Deux absents" })).expect(200);
    assert_eq!(read(association, &id)["comment"], "Prévoir les casques\nDeux absents");
    let long = create(association, &confirmed(&text, &day));
    act(association, &long, "hold", &json!({ "comment": "x".repeat(990) })).problem("invalid_body");

    let first = json!({ "pupils": 20, "volunteer_hours": 4, "speakers_women": 1, "comment": "Bien" });
    act(association, &id, "report", &json!({ "results": first })).expect(200);
    act(association, &id, "report", &json!({ "results": { "pupils": 21, "comment": null } })).expect(200);
    let results = read(association, &id)["results"].clone();
    let told = ["pupils", "volunteer_hours", "speakers_women", "comment"].map(|member| results[member].clone());
    assert_eq!(told, [json!(21), json!(4), json!(1), Value::Null], "{results}");

    let counts = |counts: Value| json!({ "uai": "0950649P", "counts": counts });
    act(association, &id, "attendance", &counts(json!({ "pupils": 20, "with_disability": 6 }))).expect(200);
    act(association, &id, "attendance", &counts(json!({ "pupils": 21 }))).expect(200);
    assert_eq!(read(association, &id)["schools"][0]["counts"]["with_disability"], 6);
    act(association, &id, "attendance", &counts(json!({ "pupils": 5 }))).problem("invalid_body");
    // In a bulk too; a total that is taken away is the sum of the schools again.
    let line = json!({ "op": "report", "id": id, "with": { "results": { "pupils": null, "with_disability": null } } });
    bulk(association, "", &[line]).expect(200);
    let results = read(association, &id)["results"].clone();
    let told = ["pupils", "with_disability", "speakers_women"].map(|member| results[member].clone());
    assert_eq!(told, [json!(21), json!(6), json!(1)], "{results}");
});

both!(a_merge_takes_over_each_count_that_agrees, |world| {
    let text = reference(world);
    let association = &text.association;
    let reported = |results: Value| {
        let day =
            json!({ "origin": "legacy", "status": "reported", "sessions": [{ "date": PAST }], "results": results });
        create(association, &visit(&text, &day))
    };
    let twin = json!({ "pupils": 24, "girls": 10, "boys": 14, "with_disability": 6, "speakers_women": 2 });
    for (mine, girls) in [(json!({ "pupils": 20 }), Value::Null), (json!({ "pupils": 24 }), json!(10))] {
        let (one, other) = (reported(mine.clone()), reported(twin.clone()));
        let merged = act(association, &one, "merge", &json!({ "twin_id": other, "twin_version": 1 })).expect(200).json;
        let told = ["pupils", "girls", "with_disability", "speakers_women"].map(|m| merged["results"][m].clone());
        assert_eq!(told, [mine["pupils"].clone(), girls, json!(6), json!(2)], "{merged}");
    }
});
