//! `POST /v1/actions/bulk`: all lines or none, or those that can be; each line has its answer.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{DAY, PAST, confirmed, reference, stated, visit};
use crate::support::{Actor, Response, World};

pub fn bulk(actor: &Actor, query: &str, lines: &[Value]) -> Response {
    let text = lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{line}").unwrap();
        text
    });
    actor.ask("POST", &format!("/v1/actions/bulk{query}")).body("application/x-ndjson", text).send()
}

pub fn count(actor: &Actor) -> i64 {
    actor.get("/v1/actions?count=true&limit=1").expect(200).json["total"].as_i64().unwrap()
}

/// Rows of every table that a bulk writes.
fn everything(world: &World) -> Vec<i64> {
    [
        "actions",
        "action_schools",
        "schools",
        "changes",
        "audit_entries",
        "audit_details",
        "audiences",
        "audience_readers",
    ]
    .map(|table| world.rows(table))
    .to_vec()
}

both!(many_lines_are_written_as_one_by_one, |world| {
    let text = reference(world);
    let association = &text.association;
    let one = association.post("/v1/actions", &visit(&text, &json!({ "title": "Seule" }))).expect(201).json;
    let schools = ["0950649P", "0930001W", "0780001A"];
    let lines: Vec<Value> = (0..2_500)
        .map(|n| {
            let changed = json!({
                "title": format!("Atelier {n}"), "external_id": format!("b{n}"), "status": "planned",
                "schools": [{ "uai": schools[n % 2], "class_label": "3A" }],
            });
            json!({ "action": visit(&text, &changed) })
        })
        .collect();
    let answer = bulk(association, "", &lines).expect(200).json;
    assert_eq!((&answer["done"], &answer["refused"], &answer["mode"]), (&json!(2_500), &json!(0), &json!("all")));
    assert_eq!(answer["results"].as_array().unwrap().len(), 2_500);
    assert_eq!(count(association), 2_501);
    // What was written is what a single creation writes: read, feed, audit and audience.
    let made = answer["results"][1_234].clone();
    let read = association.get(&format!("/v1/actions/{}", made["id"].as_str().unwrap())).expect(200).json;
    assert_eq!((&read["title"], &read["status"]), (&json!("Atelier 1234"), &json!("planned")));
    assert_eq!(read.as_object().unwrap().keys().collect::<Vec<_>>().len(), {
        let one = association.get(&format!("/v1/actions/{}", one["id"].as_str().unwrap())).expect(200).json;
        one.as_object().unwrap().len()
    });
    world.stamp();
    let seen = |actor: &Actor| {
        let (mut after, mut seen) = (String::new(), 0);
        loop {
            let page = actor.get(&format!("/v1/changes?kinds=action&limit=1000{after}")).expect(200).json;
            let items = page["items"].as_array().unwrap();
            if items.is_empty() {
                return seen;
            }
            seen += items.len();
            after = format!("&after={}", page["next"].as_str().unwrap());
        }
    };
    assert_eq!(seen(association), 2_501);
    assert_eq!(seen(&world.academie("academie:25")), 1_251);
    assert_eq!(seen(&world.school("0930001W")), 1_250);
    assert_eq!(seen(&world.academie("academie:10")), 0);
    assert_eq!(count(&world.academie("academie:24")), 1_250);
});

both!(one_fault_and_nothing_is_written_and_each_is_named, |world| {
    let text = reference(world);
    let association = &text.association;
    bulk(association, "", &[json!({ "action": visit(&text, &json!({ "external_id": "taken" })) })]).expect(200);
    let before = everything(world);
    let mut lines: Vec<Value> = (0..400)
        .map(|n| json!({ "op": "create", "action": visit(&text, &json!({ "external_id": format!("n{n}") })) }))
        .collect();
    let faults: [(Value, &str, &str); 7] = [
        (json!({ "action": visit(&text, &json!({ "title": "" })) }), "invalid_body", "/action/title"),
        (json!({ "action": visit(&text, &json!({ "levels": ["9e"] })) }), "invalid_body", "/action/levels/0"),
        (json!({ "action": visit(&text, &json!({ "levels": ["cm2"] })) }), "below_secondary", "/action/levels/0"),
        (json!({ "action": visit(&text, &json!({ "external_id": "taken" })) }), "duplicate", "/action/external_id"),
        (json!({ "action": visit(&text, &json!({})), "x": 1 }), "invalid_body", "/x"),
        (json!({ "op": "upsert", "action": visit(&text, &json!({})) }), "invalid_body", "/action/external_id"),
        (json!({ "op": "hold", "external_id": "nothing" }), "not_found", "/external_id"),
    ];
    let mut wanted = Vec::new();
    for n in 0..37 {
        let (line, code, pointer) = &faults[n % faults.len()];
        lines[n * 10] = line.clone();
        wanted.push((n * 10 + 1, *code, *pointer));
    }
    // A key twice in one bulk is a duplicate as well.
    lines.push(json!({ "action": visit(&text, &json!({ "external_id": "n1" })) }));
    wanted.push((401, "duplicate", "/action/external_id"));
    let refused = bulk(association, "", &lines).problem("bulk_refused").json;
    assert_eq!(refused["refused"], 38);
    let told: Vec<_> = refused["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            let problem = &line["problem"];
            let pointer = problem["errors"][0]["pointer"].as_str().unwrap_or_default();
            (line["line"].as_u64().unwrap(), problem["code"].as_str().unwrap(), pointer)
        })
        .collect();
    let wanted: Vec<_> = wanted.into_iter().map(|(line, code, pointer)| (line as u64, code, pointer)).collect();
    assert_eq!(told, wanted);
    assert_eq!(everything(world), before);

    // Those that can be, and the same faults.
    let answer = bulk(association, "?mode=partial", &lines).expect(200).json;
    assert_eq!((&answer["done"], &answer["refused"]), (&json!(363), &json!(38)));
    assert_eq!(answer["results"][0]["problem"]["code"], "invalid_body");
    assert_eq!(answer["results"][1]["problem"], Value::Null);
    assert_eq!(count(association), 364);
});

both!(acts_follow_in_the_order_of_the_lines, |world| {
    let text = reference(world);
    let association = &text.association;
    let past = json!([{ "date": PAST }]);
    let counted = json!({ "results": { "pupils": 24, "girls": 10, "boys": 14 } });
    let lines = [
        json!({ "action": confirmed(&text, &json!({ "external_id": "a", "sessions": past })) }),
        json!({ "action": visit(&text, &json!({ "external_id": "b", "status": "planned" })) }),
        json!({ "op": "report", "external_id": "a", "with": counted, "expected_version": 1 }),
        json!({ "op": "confirm", "external_id": "b", "with": stated() }),
        json!({ "op": "cancel", "external_id": "b", "with": { "reason": "Examens blancs" } }),
        json!({ "op": "upsert", "action": visit(&text, &json!({ "external_id": "c", "title": "Neuve" })) }),
        json!({ "op": "upsert", "action": visit(&text, &json!({ "external_id": "c", "title": "Changée" })) }),
    ];
    let answer = bulk(association, "", &lines).expect(200).json;
    let results = answer["results"].as_array().unwrap();
    let states: Vec<_> =
        results.iter().map(|r| (r["status"].as_str().unwrap(), r["version"].as_i64().unwrap())).collect();
    assert_eq!(
        states,
        [
            ("confirmed", 1),
            ("planned", 1),
            ("reported", 2),
            ("confirmed", 2),
            ("cancelled", 3),
            ("proposed", 1),
            ("proposed", 2)
        ]
    );
    let items = association.list("/v1/actions?external_id=c");
    assert_eq!((items.len(), &items[0]["title"]), (1, &json!("Changée")));
    // A version that has passed, a fault of the act's body, an act that is another's to do.
    let wrong = [
        json!({ "op": "hold", "external_id": "a", "expected_version": 1 }),
        json!({ "op": "report", "external_id": "a", "with": { "results": { "pupils": -1 } } }),
        json!({ "op": "plan", "external_id": "b" }),
    ];
    let refused = bulk(association, "", &wrong).problem("bulk_refused").json;
    let codes: Vec<_> = refused["lines"].as_array().unwrap().iter().map(|l| &l["problem"]["code"]).collect();
    assert_eq!(codes, ["version_mismatch", "invalid_body", "wrong_state"]);
    assert_eq!(refused["lines"][1]["problem"]["errors"][0]["pointer"], "/with/results/pupils");
});

both!(a_bulk_is_tried_repeated_and_limited, |world| {
    let text = reference(world);
    let association = &text.association;
    let lines = [json!({ "action": visit(&text, &json!({ "external_id": "k" })) })];
    let before = everything(world);
    let tried = bulk(association, "?dry_run=true", &lines).expect(200);
    assert_eq!((tried.header("X-Dry-Run"), &tried.json["dry_run"]), (Some("true"), &json!(true)));
    assert_eq!(everything(world), before);
    let body = format!("\n{}\n\n", lines[0]);
    let send = |body: &str| {
        association.ask("POST", "/v1/actions/bulk").key("one").body("application/x-ndjson", body.to_owned()).send()
    };
    let (first, again) = (send(&body), send(&body));
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.json["results"][0]["line"], 2);
    assert_eq!((again.header("Idempotency-Replayed"), &again.json), (Some("true"), &first.json));
    assert_eq!(count(association), 1);
    association.ask("POST", "/v1/actions/bulk").body("application/json", "{}").send().problem("unsupported_media_type");
    bulk(association, "?mode=some", &lines).problem("invalid_parameters");
    let refused = bulk(&world.ministry(), "", &lines).problem("bulk_refused").json;
    assert_eq!(refused["lines"][0]["problem"]["code"], "not_allowed");
    let stranger = world.association();
    let refused = bulk(&stranger, "", &lines).problem("bulk_refused").json;
    assert_eq!(refused["lines"][0]["problem"]["errors"][0]["pointer"], "/action/convention_id");
});

both!(a_sheet_names_every_school, |world| {
    let text = reference(world);
    let schools = json!([{ "uai": "0950649P", "class_label": "=3A" }, { "uai": "0930001W" }]);
    let body = visit(&text, &json!({ "schools": schools, "title": "=SOMME(A1)", "sessions": [{ "date": DAY }] }));
    text.association.post("/v1/actions", &body).expect(201);
    let csv = text.association.get("/v1/actions?format=csv").expect(200).text;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| row.get(header.iter().position(|h| h == name).unwrap()).unwrap().to_owned();
    assert_eq!(cell("schools.0.uai"), "0950649P");
    assert_eq!(cell("schools.*.uai"), "0950649P | 0930001W");
    assert_eq!((cell("schools.0.class_label"), cell("title")), ("'=3A".to_owned(), "'=SOMME(A1)".to_owned()));
});

both!(hours_of_a_module_are_counted_once, |world| {
    let text = reference(world);
    let association = &text.association;
    let module = |key: &str, hours: f64| {
        let sessions: Vec<_> =
            (1..=10).map(|n| json!({ "date": format!("2027-01-{n:02}"), "hours": hours / 10.0 })).collect();
        let changed = json!({
            "axis_id": text.id_of("insertion"), "kind": "job_entry_module", "levels": ["tle_pro"], "external_id": key,
            "sessions": sessions,
        });
        visit(&text, &changed)
    };
    let create = |key: &str, hours: f64| json!({ "action": module(key, hours) });
    let lines = [create("m", 50.0), json!({ "op": "plan", "external_id": "m" })];
    bulk(association, "", &lines).expect(200);
    // The same key with more hours, then given up, then the whole for another.
    let lines = [
        json!({ "op": "upsert", "action": module("m", 91.0) }),
        json!({ "op": "cancel", "external_id": "m", "with": { "reason": "Reporté" } }),
        create("n", 91.0),
    ];
    bulk(association, "", &lines).expect(200);
    let refused = bulk(association, "", &[create("o", 0.5)]).problem("bulk_refused").json;
    assert_eq!(refused["lines"][0]["problem"]["code"], "too_many_hours");
    // Two lines of one bulk see each other.
    let other = |key: &str, hours: f64| {
        let mut line = create(key, hours);
        line["action"]["schools"][0]["class_label"] = json!("TMCV2");
        line
    };
    let refused = bulk(association, "", &[other("p", 50.0), other("q", 42.0)]).problem("bulk_refused").json;
    assert_eq!((&refused["refused"], &refused["lines"][0]["line"]), (&json!(1), &json!(2)));
});

both!(a_line_sent_again_keeps_what_others_declared, |world| {
    let text = reference(world);
    let association = &text.association;
    let line = json!({ "op": "upsert", "action": visit(&text, &json!({ "external_id": "n", "status": "planned",
        "sessions": [{ "date": PAST }] })) });
    let first = bulk(association, "", std::slice::from_ref(&line)).expect(200).json;
    let id = first["results"][0]["id"].as_str().unwrap().to_owned();
    let school = world.school("0950649P");
    crate::actions::act(&school, &id, "confirm", &stated()).expect(200);
    let counts = json!({ "pupils": 24, "girls": 10, "boys": 14 });
    crate::actions::act(&school, &id, "attendance", &json!({ "uai": "0950649P", "counts": counts })).expect(200);
    let again = bulk(association, "", std::slice::from_ref(&line)).expect(200).json;
    assert_eq!((&again["results"][0]["version"], &again["results"][0]["status"]), (&json!(3), &json!("confirmed")));
    let mut renamed = line.clone();
    renamed["action"]["title"] = json!("Autre titre");
    bulk(association, "", &[renamed]).expect(200);
    let read = crate::actions::read(association, &id);
    assert_eq!((&read["title"], &read["status"]), (&json!("Autre titre"), &json!("confirmed")));
    assert_eq!(
        (&read["schools"][0]["counts"]["pupils"], &read["accessibility"]),
        (&json!(24), &stated()["accessibility"])
    );
});

both!(a_mark_before_the_lines_is_no_part_of_them, |world| {
    let text = reference(world);
    let line = json!({ "action": visit(&text, &json!({})) });
    let send =
        |body: String| text.association.ask("POST", "/v1/actions/bulk").body("application/x-ndjson", body).send();
    assert_eq!(send(format!("\u{feff}{line}\n")).expect(200).json["done"], 1);
    assert_eq!(send("\u{feff}".to_owned()).expect(200).json["lines"], 0);
});

both!(twins_are_merged_by_a_line, |world| {
    let text = reference(world);
    let association = &text.association;
    let made = |key: &str, changed: &Value| {
        let body = crate::actions::with(visit(&text, &json!({ "external_id": key })), changed);
        crate::actions::create(association, &body)
    };
    let (first, second, other) =
        (made("m1", &json!({})), made("m2", &json!({ "comment": "Gants" })), made("m3", &json!({ "kind": "talk" })));
    let merge = |on: &str, twin: &str, version: i64| json!({ "op": "merge", "external_id": on, "with": { "twin_id": twin, "twin_version": version } });
    for (line, code, pointer) in [
        (merge("m1", &other, 1), "not_twins", "/with/twin_id"),
        (merge("m1", &second, 2), "version_mismatch", "/with/twin_version"),
        (merge("m1", "0190a5d4-7c1e-7b3a-9a2f-3f6d1c2b4a50", 1), "invalid_body", "/with/twin_id"),
        (json!({ "op": "merge", "external_id": "m1", "with": {} }), "invalid_body", "/with/twin_id"),
    ] {
        let refused = bulk(association, "", &[line]).problem("bulk_refused").json;
        let problem = &refused["lines"][0]["problem"];
        assert_eq!(
            (&problem["code"], problem["errors"][0]["pointer"].as_str().unwrap_or_default()),
            (&json!(code), pointer)
        );
    }
    // Both keys find the one that stands, in the very same bulk.
    let lines = [
        json!({ "op": "plan", "external_id": "m2" }),
        merge("m1", &second, 2),
        json!({ "op": "cancel", "external_id": "m2", "with": { "reason": "Grève" } }),
    ];
    let answer = bulk(association, "", &lines).expect(200).json;
    let ids: Vec<_> = answer["results"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [second.as_str(), &first, &first]);
    assert_eq!(answer["results"][1]["op"], "merge");
    let read = crate::actions::read(association, &first);
    assert_eq!(
        (&read["status"], &read["comment"], &read["version"]),
        (&json!("cancelled"), &json!("Gants"), &json!(3))
    );
    association.get(&format!("/v1/actions/{second}")).problem("merged");
});

both!(each_line_is_told_of_its_possible_twins, |world| {
    let text = reference(world);
    let association = &text.association;
    let there = crate::actions::create(association, &visit(&text, &json!({ "title": "Déjà là" })));
    let day = |day: &str| json!([{ "date": day }]);
    let bodies = [
        json!({ "title": "Une" }),
        json!({ "title": "Deux", "schools": [{ "uai": "0930001W" }, { "uai": "0950649P" }] }),
        json!({ "title": "Autre jour", "sessions": day("2027-01-15") }),
        json!({ "title": "Autre nature", "kind": "talk" }),
        json!({ "title": "Sans date", "sessions": [] }),
        json!({ "title": "Longue", "sessions": [{ "date": "2027-01-10" }, { "date": "2027-01-20" }] }),
    ];
    let mut lines: Vec<Value> = bodies.iter().map(|changed| json!({ "action": visit(&text, changed) })).collect();
    lines.push(json!({ "action": {} }));
    let answer = bulk(association, "?mode=partial", &lines).expect(200).json;
    let results = answer["results"].as_array().unwrap();
    for result in &results[..6] {
        let id = result["id"].as_str().unwrap();
        let alone = association.get(&format!("/v1/actions/{id}?embed=possible_duplicates")).expect(200).json;
        assert_eq!(result["possible_duplicates"], alone["possible_duplicates"], "{}", alone["title"]);
    }
    let count = |at: usize| results[at]["possible_duplicates"].as_array().unwrap().len();
    assert_eq!([0, 1, 2, 3, 4, 5, 6].map(count), [3, 3, 1, 0, 0, 4, 0]);
    // Only those that the caller sees.
    let other = reference(world);
    let answer = bulk(&other.association, "", &[json!({ "action": visit(&other, &json!({})) })]).expect(200).json;
    assert_eq!(answer["results"][0]["possible_duplicates"], json!([]));
    let held = json!({ "op": "plan", "id": there });
    let answer = bulk(association, "", &[held]).expect(200).json;
    assert_eq!(answer["results"][0]["possible_duplicates"].as_array().unwrap().len(), 3);
});

both!(a_line_is_refused_in_the_words_of_a_single_request, |world| {
    let text = reference(world);
    let id = crate::actions::create(&text.association, &visit(&text, &json!({})));
    let creation = visit(&text, &json!({}));
    let plan = json!({ "op": "plan", "id": id });
    let far = world.academie("academie:10");
    let other_school = world.school("0930001W");
    for (actor, words) in [
        (&world.ministry(), "n'en écrit aucune"),
        (&far, "dans les territoires"),
        (&other_school, "établissement dont cet appelant ne répond pas"),
    ] {
        let alone = actor.post("/v1/actions", &creation).problem("not_allowed").json;
        let refused = bulk(actor, "", &[json!({ "action": creation })]).problem("bulk_refused").json;
        let told = &refused["lines"][0]["problem"];
        assert_eq!((&told["code"], &told["detail"]), (&alone["code"], &alone["detail"]));
        assert!(told["detail"].as_str().unwrap().contains(words), "{told}");
    }
    let ministry = world.ministry();
    let alone = crate::actions::act(&ministry, &id, "plan", &json!({})).problem("not_allowed").json;
    let refused = bulk(&ministry, "", &[plan]).problem("bulk_refused").json;
    assert_eq!(refused["lines"][0]["problem"]["detail"], alone["detail"]);
});
