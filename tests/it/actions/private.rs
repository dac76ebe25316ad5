//! R36 and R37: counts only, no text that points to a pupil, small counts for those whose pupils they are, and offers
//! without applications.

use passerelle::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::{CRETEIL, PAST, VERSAILLES, act, confirmed, create, edit, read, reference, visit};
use crate::conventions::refused;
use crate::support::Actor;

/// What points to a person: a pupil's numbers, a social security number with its key, a telephone, a private address.
const PRIVATE: [&str; 5] =
    ["INE 123456789AB", "1 85 05 78 006 084 91", "06 12 34 56 78", "camille.martin@gmail.com", "0612345678"];

both!(no_text_points_to_a_pupil, |world| {
    let text = reference(world);
    let association = &text.association;
    let rows = world.rows("actions");
    let found = |changed: Value| {
        let computed = refused(&association.post("/v1/actions", &visit(&text, &changed)), "personal_data", "R36", None);
        computed["pointers"].clone()
    };
    for private in PRIVATE {
        let told = format!("Voir {private}");
        assert_eq!(found(json!({ "title": told })), json!(["/title"]), "{private}");
        assert_eq!(found(json!({ "comment": told })), json!(["/comment"]), "{private}");
        assert_eq!(found(json!({ "description": told, "organiser": told })), json!(["/description", "/organiser"]));
        let class = json!({ "schools": [{ "uai": VERSAILLES, "class_label": private }] });
        assert_eq!(found(class), json!(["/schools/0/class_label"]), "{private}");
        let results = json!({ "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "comment": told } });
        assert_eq!(found(results), json!(["/results/comment"]), "{private}");
        assert_eq!(found(json!({ "themes": ["bois", private] })), json!(["/themes/1"]), "{private}");
        let place = json!({ "place": { "label": "Salle", "address": private } });
        assert_eq!(found(place), json!(["/place/address"]), "{private}");
        assert_eq!(found(json!({ "counted_under": private })), json!(["/counted_under"]), "{private}");
    }
    let contact = json!({ "school_contact": { "function": "DDFPT", "email": "camille@orange.fr" } });
    assert_eq!(found(contact), json!(["/school_contact/email"]));
    assert_eq!(world.rows("actions"), rows);
    let right = json!({ "school_contact": { "function": "DDFPT", "email": "ddfpt.0950649p@ac-versailles.fr" } });
    association.post("/v1/actions", &visit(&text, &right)).expect(201);
    // Numbers that are something else stay.
    let numbers = json!({ "comment": "24 élèves, 14:00-16:00, SIRET 73282932000074, UAI 0950649P, 2027-01-14" });
    association.post("/v1/actions", &visit(&text, &numbers)).expect(201);
});

both!(no_act_brings_one_in, |world| {
    let text = reference(world);
    let association = &text.association;
    let id = create(association, &confirmed(&text, &json!({ "sessions": [{ "date": PAST }] })));
    let before = read(association, &id);
    for private in PRIVATE {
        for (name, body, pointer) in [
            ("cancel", json!({ "reason": private }), "/reason"),
            ("hold", json!({ "comment": private }), "/comment"),
            ("report", json!({ "results": { "pupils": 3, "comment": private } }), "/results/comment"),
        ] {
            let computed = refused(&act(association, &id, name, &body), "personal_data", "R36", None);
            assert_eq!(computed["pointers"], json!([pointer]), "{private}");
        }
        refused(&edit(association, &id, &json!({ "accessibility": private })), "personal_data", "R36", None);
        let requested = create(&world.school(VERSAILLES), &visit(&text, &json!({})));
        refused(&act(association, &requested, "decline", &json!({ "reason": private })), "personal_data", "R36", None);
    }
    // Nor is what was refused repeated, in the answer or the audit.
    let answer = act(association, &id, "cancel", &json!({ "reason": PRIVATE[3] }));
    assert!(!answer.text.contains("gmail"), "{}", answer.text);
    assert_eq!(read(association, &id), before);
});

/// The count of pupils with a disability of each school and of the whole, as a caller reads it.
fn counts(actor: &Actor, id: &str) -> (Vec<Value>, Value) {
    let read = read(actor, id);
    let schools = read["schools"].as_array().unwrap().iter().map(|s| s["counts"]["with_disability"].clone()).collect();
    (schools, read["results"]["with_disability"].clone())
}

both!(small_counts_are_for_the_school_its_academie_and_the_association, |world| {
    let text = reference(world);
    let association = &text.association;
    let (school, other_school) = (world.school(VERSAILLES), world.school(CRETEIL));
    let (versailles, creteil, region) =
        (world.academie("academie:25"), world.academie("academie:24"), world.academie("region:11"));
    let operator = world.client(Role::Operator, None, &[], &[]);
    for (count, shown) in [
        (Value::Null, Value::Null),
        (json!(0), json!(0)),
        (json!(1), json!("lt5")),
        (json!(3), json!("lt5")),
        (json!(4), json!("lt5")),
        (json!(5), json!(5)),
    ] {
        // Alone: the school and its académie know the whole.
        let made = json!({
            "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 24 },
            "schools": [{ "uai": VERSAILLES, "counts": { "pupils": 24, "with_disability": count } }],
        });
        let id = create(association, &visit(&text, &made));
        for actor in [association, &school, &versailles, &region] {
            assert_eq!(counts(actor, &id), (vec![count.clone()], count.clone()));
        }
        assert_eq!(counts(&text.ministry, &id), (vec![shown.clone()], shown.clone()));
        operator.get(&format!("/v1/actions/{id}")).problem("not_found");
        // In every form.
        for (actor, right) in [(&text.ministry, &shown), (association, &count)] {
            let csv = actor.get(&format!("/v1/actions?ids={id}&format=csv")).expect(200).text;
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let column = reader.headers().unwrap().iter().position(|c| c == "results.with_disability").unwrap();
            let cell = reader.records().next().unwrap().unwrap()[column].to_owned();
            let expected = match right {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, expected);
            let lines = actor.get(&format!("/v1/actions?ids={id}&format=ndjson")).expect(200).text;
            let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
            assert_eq!(&line["results"]["with_disability"], right);
            world.stamp();
            let feed = actor.get("/v1/changes?kinds=action&embed=resource&limit=1000").expect(200).json;
            let entry = feed["items"].as_array().unwrap().iter().find(|e| e["id"] == id.as_str()).unwrap().clone();
            assert_eq!(&entry["resource"]["results"]["with_disability"], right);
            assert_eq!(&entry["resource"]["schools"][0]["counts"]["with_disability"], right);
        }
        // Two schools: each académie and each school knows its own, and no total that gives away the other's.
        let two = json!({
            "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 48 },
            "schools": [
                { "uai": VERSAILLES, "counts": { "pupils": 24, "with_disability": count } },
                { "uai": CRETEIL, "counts": { "pupils": 24, "with_disability": 0 } },
            ],
        });
        let id = create(association, &visit(&text, &two));
        for actor in [association, &region] {
            assert_eq!(counts(actor, &id), (vec![count.clone(), json!(0)], count.clone()));
        }
        for actor in [&school, &versailles] {
            assert_eq!(counts(actor, &id), (vec![count.clone(), json!(0)], shown.clone()));
        }
        for actor in [&other_school, &creteil, &text.ministry] {
            assert_eq!(counts(actor, &id), (vec![shown.clone(), json!(0)], shown.clone()));
        }
    }
    // A total beside a count that is hidden would give it away.
    let given = json!({
        "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 48, "with_disability": 9 },
        "schools": [
            { "uai": VERSAILLES, "counts": { "pupils": 24, "with_disability": 3 } },
            { "uai": CRETEIL, "counts": { "pupils": 24, "with_disability": 6 } },
        ],
    });
    let id = create(association, &visit(&text, &given));
    assert_eq!(counts(association, &id), (vec![json!(3), json!(6)], json!(9)));
    assert_eq!(counts(&text.ministry, &id), (vec![json!("lt5"), json!(6)], Value::Null));
    assert_eq!(counts(&other_school, &id), (vec![json!("lt5"), json!(6)], Value::Null));
    assert_eq!(counts(&school, &id), (vec![json!(3), json!(6)], json!(9)));
    // So would one beside a school that has counted nobody yet.
    let rest = json!({
        "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 48, "with_disability": 7 },
        "schools": [
            { "uai": VERSAILLES, "counts": { "pupils": 24, "with_disability": 6 } },
            { "uai": CRETEIL, "counts": { "pupils": 24 } },
        ],
    });
    let id = create(association, &visit(&text, &rest));
    for (actor, total) in
        [(association, json!(7)), (&creteil, json!(7)), (&versailles, Value::Null), (&text.ministry, Value::Null)]
    {
        assert_eq!(counts(actor, &id), (vec![json!(6), Value::Null], total));
    }
});

both!(the_audit_keeps_no_small_count, |world| {
    let text = reference(world);
    let made = json!({
        "origin": "legacy", "sessions": [{ "date": PAST }], "results": { "pupils": 24, "with_disability": 3 },
        "schools": [{ "uai": VERSAILLES, "counts": { "pupils": 24, "with_disability": 3 } }],
    });
    let id = create(&text.association, &visit(&text, &made));
    edit(&text.association, &id, &json!({ "title": "Autre" })).expect(200);
    world.stamp();
    for actor in [&text.association, &text.ministry] {
        let entries = actor.list("/v1/audit?kind=action");
        assert_eq!(entries.len(), 2);
        for entry in entries {
            let told = entry.to_string();
            assert!(told.contains("lt5"), "{told}");
            assert!(!told.contains("\"with_disability\":3"), "{told}");
        }
    }
});

both!(there_is_no_field_for_a_pupil, |world| {
    let text = reference(world);
    for member in ["pupil", "pupils", "students", "names", "participants"] {
        let faults = text.association.post("/v1/actions", &visit(&text, &json!({ member: ["Camille"] })));
        assert_eq!(faults.problem("invalid_body").faults(), [(format!("/{member}"), "unknown".to_owned())]);
    }
});

both!(an_offer_is_linked_and_never_an_application, |world| {
    let text = reference(world);
    let post = |offer: Value| text.association.post("/v1/actions", &visit(&text, &json!({ "offers": [offer] })));
    for source in ["1jeune1solution", "1eleve1stage", "association"] {
        let offer = json!({ "source": source, "reference": "OF-2027-118", "url": "https://stages.example/offres/118" });
        assert_eq!(post(offer.clone()).expect(201).json["offers"], json!([offer]));
    }
    assert_eq!(
        post(json!({ "source": "association", "reference": "118" })).expect(201).json["offers"][0]["url"],
        Value::Null
    );
    for wrong in [
        json!({ "source": "1eleve1stage", "reference": "118", "url": "https://stages.example/candidatures/77" }),
        json!({ "source": "1eleve1stage", "reference": "118", "url": "https://stages.example/offres/118/postuler" }),
        json!({ "source": "1eleve1stage", "reference": "Candidature 77" }),
        json!({ "source": "1eleve1stage", "reference": "118", "url": "https://stages.example/o/118?TOKEN=x" }),
    ] {
        assert_eq!(refused(&post(wrong), "pupil_application", "R37", None), json!({ "pointer": "/offers/0" }));
    }
    for innocent in ["application-mobile-stage", "Dossier médical informatisé", "OF-2027-01-14-118"] {
        let url = format!("http://stages.example/offres/{}", innocent.replace([' ', 'é'], "-"));
        post(json!({ "source": "association", "reference": innocent, "url": url })).expect(201);
    }
    for (reference, url, place) in [
        ("06 12 34 56 78", "https://stages.example/o", "reference"),
        ("voir jean.dupont@gmail.com", "https://stages.example/o", "reference"),
        ("118", "https://stages.example/o?tel=06-12-34-56-78", "url"),
        ("118", "https://stages.example/o/0612345678", "url"),
        ("118", "https://stages.example/o?contact=jean.dupont%40gmail.com", "url"),
    ] {
        let told = post(json!({ "source": "association", "reference": reference, "url": url }));
        let told = refused(&told, "personal_data", "R36", None);
        assert_eq!(told["pointers"], json!([format!("/offers/0/{place}")]), "{reference} {url}");
    }
    for url in ["javascript:alert(1)", "JavaScript://x.example/%0aalert(1)", "ftp://x.example/o", "data:text/html,x"] {
        let told = post(json!({ "source": "association", "reference": "118", "url": url }));
        assert_eq!(
            told.problem("invalid_body").faults(),
            [("/offers/0/url".to_owned(), "ill_formed".to_owned())],
            "{url}"
        );
    }
    assert_eq!(
        post(json!({ "source": "linkedin", "reference": "1" })).problem("invalid_body").faults()[0].0,
        "/offers/0/source"
    );
});

both!(a_callers_key_points_to_nobody, |world| {
    let text = reference(world);
    let association = &text.association;
    for private in PRIVATE {
        let new = visit(&text, &json!({ "external_id": private }));
        let computed = refused(&association.post("/v1/actions", &new), "personal_data", "R36", None);
        assert_eq!(computed["pointers"], json!(["/external_id"]), "{private}");
    }
    // Numbers of files are no telephone and no pupil.
    for key in ["1234567890", "12345678901", "0000012345", "2026-01-14-10-30-45", "2026000123"] {
        let id = create(association, &visit(&text, &json!({ "external_id": key })));
        edit(association, &id, &json!({ "external_id": "0612345678" })).problem("personal_data");
    }
});
