//! What rules refuse names the member, the line or the column that it is about, and all that they refuse at once.

use serde_json::{Value, json};

use super::bulk::bulk;
use super::{CRETEIL, DAY, PAST, VERSAILLES, act, another, create, edit, reference, stated, visit, with};
use crate::support::Response;

/// An id of nothing.
const NOTHING: &str = "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50";

/// Pointers and codes of the faults, in their order.
#[track_caller]
fn told(response: &Response, code: &str) -> Vec<(String, String)> {
    response.clone().problem(code).faults()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

/// The faults of the only line that a bulk refuses.
#[track_caller]
fn of_line(refused: Response) -> (String, Vec<(String, String)>) {
    let problem = refused.problem("bulk_refused").json["lines"][0]["problem"].clone();
    let of = |fault: &Value| {
        let at = fault["column"].as_str().or(fault["pointer"].as_str()).unwrap_or("?");
        (at.to_owned(), fault["code"].as_str().unwrap().to_owned())
    };
    let faults = problem["errors"].as_array().into_iter().flatten().map(of).collect();
    (problem["code"].as_str().unwrap().to_owned(), faults)
}

both!(each_rule_names_the_member_that_it_refuses, |world| {
    let text = reference(world);
    let elsewhere = another(&text);
    let association = &text.association;
    let offer = |reference: &str| json!({ "source": "1jeune1solution", "reference": reference });
    let sessions: Vec<Value> = (1..=14).map(|n| json!({ "date": format!("2027-01-{n:02}"), "hours": 7 })).collect();
    let cases = [
        (json!({ "axis_id": elsewhere.id_of("discovery") }), pairs(&[("/axis_id", "foreign_axis")])),
        (json!({ "catalogue_item_id": NOTHING }), pairs(&[("/catalogue_item_id", "foreign_item")])),
        (
            json!({ "levels": ["3e", "cm2", "cm1"] }),
            pairs(&[("/levels/1", "below_secondary"), ("/levels/2", "below_secondary")]),
        ),
        (
            json!({ "sessions": [{ "date": DAY }, { "date": "2029-06-28" }] }),
            pairs(&[("/sessions/1/date", "outside_period")]),
        ),
        (json!({ "sessions": [], "status": "planned" }), pairs(&[("/sessions", "session_missing")])),
        (
            json!({ "status": "confirmed" }),
            pairs(&[("/inclusion", "inclusion_missing"), ("/accessibility", "accessibility_missing")]),
        ),
        (
            json!({ "description": "Appeler le 06 12 34 56 78", "comment": "marie.durand@gmail.com" }),
            pairs(&[("/description", "personal_data"), ("/comment", "personal_data")]),
        ),
        (json!({ "offers": [offer("REF-12"), offer("candidature-12")] }), pairs(&[("/offers/1", "pupil_application")])),
        (
            with(
                stated(),
                &json!({ "origin": "paper", "sessions": [{ "date": PAST }, { "date": DAY }], "results": { "pupils": 3 } }),
            ),
            pairs(&[("/sessions/1/date", "future_date")]),
        ),
        (
            json!({
                "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "levels": ["tle_pro"],
                "schools": [{ "uai": CRETEIL }, { "uai": VERSAILLES, "class_label": "T1" }], "sessions": sessions,
            }),
            pairs(&[("/schools/0/class_label", "too_many_hours"), ("/schools/1/class_label", "too_many_hours")]),
        ),
    ];
    let id = create(association, &visit(&text, &json!({ "status": "proposed" })));
    for (changed, expected) in cases {
        let answer = association.post("/v1/actions", &visit(&text, &changed));
        assert_eq!(told(&answer, &expected[0].1), expected);
        let fault = &answer.json["errors"][0];
        let own = |member: &str| (fault[member].clone(), answer.json[member].clone());
        for member in ["rule", "article", "computed", "detail"] {
            let (of_fault, of_problem) = own(member);
            assert!(of_fault == of_problem && fault.get(member).is_some(), "{member}: {}", answer.json);
        }
        // The same of a change, and under `/action` of a line.
        if changed.get("status").is_none() && changed.get("origin").is_none() {
            assert_eq!(told(&edit(association, &id, &changed), &expected[0].1), expected);
        }
        let (code, faults) = of_line(bulk(association, "", &[json!({ "action": visit(&text, &changed) })]));
        let under: Vec<_> = expected.iter().map(|(place, code)| (format!("/action{place}"), code.clone())).collect();
        assert_eq!((code, faults), (expected[0].1.clone(), under));
    }
    assert_eq!(world.rows("actions"), 1);
});

both!(rules_that_do_not_hang_on_each_other_are_told_at_once, |world| {
    let text = reference(world);
    let changed = json!({
        "axis_id": another(&text).id_of("discovery"), "sessions": [{ "date": "2029-06-28" }], "levels": ["cm2"],
        "comment": "06 12 34 56 78", "status": "confirmed",
    });
    let answer = text.association.post("/v1/actions", &visit(&text, &changed));
    let expected = [
        ("/axis_id", "foreign_axis"),
        ("/sessions/0/date", "outside_period"),
        ("/comment", "personal_data"),
        ("/levels/0", "below_secondary"),
        ("/inclusion", "inclusion_missing"),
        ("/accessibility", "accessibility_missing"),
    ];
    assert_eq!(told(&answer, "foreign_axis"), pairs(&expected));
    let rules: Vec<_> = answer.json["errors"].as_array().unwrap().iter().map(|f| f["rule"].clone()).collect();
    assert_eq!(rules, ["R30", "R34", "R36", "R31", "R32", "R33"]);
    assert_eq!(answer.json["errors"][1]["computed"]["ends_on"], "2029-06-27");
    assert_eq!(answer.json["errors"][4]["article"], "8");
    // Mended one by one, the same ones remain.
    let mended = with(changed, &json!({ "axis_id": text.id_of("discovery"), "levels": ["3e"], "comment": null }));
    let answer = text.association.post("/v1/actions", &visit(&text, &mended));
    assert_eq!(told(&answer, "outside_period"), pairs(&[expected[1], expected[4], expected[5]]));
});

both!(whose_places_or_keys_are_others_says_which, |world| {
    let text = reference(world);
    let association = &text.association;
    let two = json!({ "schools": [{ "uai": VERSAILLES }, { "uai": CRETEIL }] });
    let answer = world.academie("academie:25").post("/v1/actions", &visit(&text, &two));
    assert_eq!(told(&answer, "not_allowed"), pairs(&[("/schools/1/uai", "not_allowed")]));
    let answer = world.school(CRETEIL).post("/v1/actions", &visit(&text, &two));
    assert_eq!(told(&answer, "not_allowed"), pairs(&[("/schools/0/uai", "not_allowed")]));
    let wide = json!({ "schools": [], "territory": "region:11" });
    let answer = world.academie("academie:25").post("/v1/actions", &visit(&text, &wide));
    assert_eq!(told(&answer, "not_allowed"), pairs(&[("/territory", "not_allowed")]));
    create(association, &visit(&text, &json!({ "external_id": "k1" })));
    let answer = association.post("/v1/actions", &visit(&text, &json!({ "external_id": "k1" })));
    assert_eq!(told(&answer, "duplicate"), pairs(&[("/external_id", "duplicate")]));
    let id = create(association, &visit(&text, &json!({ "external_id": "k2" })));
    let answer = edit(association, &id, &json!({ "external_id": "k1" }));
    assert_eq!(told(&answer, "duplicate"), pairs(&[("/external_id", "duplicate")]));
    create(&world.academie("academie:25"), &visit(&text, &json!({ "external_id": "k1" })));
});

both!(an_act_names_members_of_its_own_body, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &visit(&text, &json!({ "sessions": [], "external_id": "a1" })));
    let beyond = json!({ "sessions": [{ "date": DAY }, { "date": "2029-06-28" }] });
    let place = pairs(&[("/sessions/1/date", "outside_period")]);
    assert_eq!(told(&act(association, &id, "plan", &beyond), "outside_period"), place);
    assert_eq!(
        told(&act(association, &id, "plan", &json!({})), "session_missing"),
        pairs(&[("/sessions", "session_missing")])
    );
    act(association, &id, "plan", &json!({ "sessions": [{ "date": DAY }] })).expect(200);
    let missing = pairs(&[("/inclusion", "inclusion_missing"), ("/accessibility", "accessibility_missing")]);
    assert_eq!(told(&act(association, &id, "confirm", &json!({})), "inclusion_missing"), missing);
    act(association, &id, "confirm", &stated()).expect(200);
    // It is not its body that is at fault.
    let early = act(association, &id, "report", &json!({ "results": { "pupils": 3 } })).problem("future_date");
    assert!(early.json.get("errors").is_none() && early.json["rule"] == "R34", "{}", early.json);
    let line = |op: &str, more: Value| with(json!({ "op": op, "external_id": "a1" }), &more);
    for (line, code, place) in [
        (line("plan", json!({})), "wrong_state", "/op"),
        (line("cancel", json!({ "with": { "reason": "06 12 34 56 78" } })), "personal_data", "/with/reason"),
        (line("hold", json!({ "expected_version": 1 })), "version_mismatch", "/expected_version"),
        (line("hold", json!({ "external_id": "a2" })), "not_found", "/external_id"),
        (json!({ "op": "hold", "id": NOTHING }), "not_found", "/id"),
        (
            line("report", json!({ "with": { "results": { "girls": 5, "boys": 5, "pupils": 3 } } })),
            "invalid_body",
            "/with/results/pupils",
        ),
    ] {
        let (told, faults) = of_line(bulk(association, "", &[line]));
        assert_eq!((told.as_str(), faults[0].0.as_str()), (code, place));
    }
});

both!(a_sheet_says_the_columns_of_what_rules_refuse, |world| {
    let text = reference(world);
    let elsewhere = another(&text);
    let send = |sheet: &str, query: &str| {
        text.association.ask("POST", &format!("/v1/actions/bulk{query}")).body("text/csv", sheet).send()
    };
    let of = format!("?convention_id={}", text.id);
    let sheet = "Intitulé;Nature;Article;Code UAI;Jour;Niveau;Observations\n\
        Visite;forum;3;0950649P;28/06/2029;CM2;Appeler le 06 12 34 56 78\n";
    let (code, faults) = of_line(send(sheet, &of));
    let expected = [("Jour", "outside_period"), ("Observations", "personal_data"), ("Niveau", "below_secondary")];
    assert_eq!((code.as_str(), faults), ("outside_period", pairs(&expected)));
    // An axis of another convention; what is joined in one cell; a place that is not there at all.
    let sheet = format!(
        "Titre;Nature;Convention;Axe;Établissements;Séances;Niveaux\n\
         Visite;forum;{};3;0950649P 3B | 0930001W;14/01/2027 | 28/06/2029;3e | CM1\n",
        elsewhere.id
    );
    let expected = [("Séances", "outside_period"), ("Niveaux", "below_secondary")];
    assert_eq!(of_line(send(&sheet, "")).1, pairs(&expected));
    let sheet = "Titre;Nature;Axe;Établissement;Date;Niveaux\nVisite;forum;3;;14/01/2027;3e\n";
    assert_eq!(of_line(send(sheet, &of)).1, pairs(&[("Établissement", "missing")]));
    let sheet = "Titre;Nature;Axe;N° UAI;Date;Niveaux\nVisite;forum;3;;14/01/2027;3e\n";
    assert_eq!(of_line(send(sheet, &of)).1, pairs(&[("N° UAI", "missing")]));
    let sheet =
        "Titre;Nature;Axe;UAI;Date;Niveaux;Identifiant externe\nVisite;forum;3;0950649P;14/01/2027;3e;06 12 34 56 78\n";
    assert_eq!(of_line(send(sheet, &of)).1, pairs(&[("Identifiant externe", "personal_data")]));
});
