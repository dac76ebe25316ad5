//! Schools found by the names that people write.

use serde_json::{Value, json};

use crate::schools::{CORBUSIER, Line, MOULIN, PARIS, file, import};
use crate::support::World;

const BOBIGNY: Line = Line { uai: "0770001H", commune: "Bobigny", commune_code: "93008", ..MOULIN };

fn found(world: &World, query: Value) -> Vec<(String, f64, bool)> {
    let answer = world.association().post("/v1/schools/resolve", &query).expect(200).json;
    answer["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c["school"]["uai"].as_str().unwrap().to_owned(),
                c["score"].as_f64().unwrap(),
                c["certain"].as_bool().unwrap(),
            )
        })
        .collect()
}

both!(abbreviations_and_slips_find_the_school, |world| {
    import(world, file(&[MOULIN, CORBUSIER, PARIS, BOBIGNY]));
    for name in ["CLG J. MOULIN", "Collège Jean Moulin", "college jean-moulin", "Moulin", "Coll. Jean Mouiln"] {
        let found = found(world, json!({ "name": name, "commune": "AUBERVILLIERS" }));
        assert_eq!((found[0].0.as_str(), found[0].2), ("0930001W", true), "{name}: {found:?}");
    }
    let corbusier = found(world, json!({ "name": "LPO le Corbusier", "commune": "Aubervilliers", "academie": "24" }));
    assert_eq!((corbusier[0].0.as_str(), corbusier[0].1, corbusier[0].2), ("0930002X", 1.0, true), "{corbusier:?}");
    let paris = found(world, json!({ "name": "clg moulin", "commune": "Paris" }));
    assert_eq!((paris[0].0.as_str(), paris[0].2), ("0750655E", true), "{paris:?}");
    // Whole names may be of anywhere: the commune that was written is not there.
    let lost = found(world, json!({ "name": "Collège Jean Moulin", "commune": "Trifouilly" }));
    assert!(lost.len() == 3 && lost.iter().all(|c| !c.2), "{lost:?}");
});

both!(homonyms_are_for_a_person_to_decide, |world| {
    import(world, file(&[MOULIN, PARIS, BOBIGNY]));
    let anywhere = found(world, json!({ "name": "Collège Jean Moulin" }));
    assert!(anywhere.len() == 3 && anywhere.iter().all(|c| !c.2), "{anywhere:?}");
    let in_departement = found(world, json!({ "name": "Collège Jean Moulin", "departement": "93" }));
    assert!(in_departement.len() == 2 && in_departement.iter().all(|c| !c.2), "{in_departement:?}");
    let in_academie = found(world, json!({ "name": "Collège Jean Moulin", "academie": "01" }));
    assert_eq!((in_academie.len(), in_academie[0].2), (1, true), "{in_academie:?}");
    assert!(found(world, json!({ "name": "Lycée Victor Hugo", "commune": "Aubervilliers" })).iter().all(|c| !c.2));
    assert!(found(world, json!({ "name": "Zola", "departement": "13" })).is_empty());
});

both!(a_school_of_another_kind_is_never_certain, |world| {
    let curie = |uai, kind, nature, name| Line { uai, name, kind, nature, ..MOULIN };
    let primary = curie("0930003Y", "Ecole", "151", "Ecole primaire Marie Curie");
    let vocational = curie("0930004Z", "Lycée professionnel", "320", "Lycée professionnel Octave Brissaud");
    import(world, file(&[MOULIN, primary, vocational]));
    for (asked, uai) in [
        ("Collège Marie Curie", "0930003Y"),
        ("Lycée Jean Moulin", "0930001W"),
        ("Collège Octave Brissaud", "0930004Z"),
        ("École Octave Brissaud", "0930004Z"),
        ("LGT Octave Brissaud", "0930004Z"),
    ] {
        let found = found(world, json!({ "name": asked, "commune": "Aubervilliers", "academie": "24" }));
        assert_eq!((found[0].0.as_str(), found[0].2), (uai, false), "{asked}: {found:?}");
        assert!(found[0].1 < 0.85, "{asked}: {found:?}");
    }
    for (asked, uai) in [
        ("École Marie Curie", "0930003Y"),
        ("Marie Curie", "0930003Y"),
        ("CLG Jean Moulin", "0930001W"),
        ("Lycée Octave Brissaud", "0930004Z"),
        ("LP Octave Brissaud", "0930004Z"),
    ] {
        let found = found(world, json!({ "name": asked, "commune": "Aubervilliers" }));
        assert_eq!((found[0].0.as_str(), found[0].2), (uai, true), "{asked}: {found:?}");
    }
    // A kind that is said beside the name counts as one in it.
    let lycee = found(world, json!({ "name": "Jean Moulin", "kind": "lycee_pro", "commune": "Aubervilliers" }));
    assert_eq!((lycee[0].0.as_str(), lycee[0].2), ("0930001W", false), "{lycee:?}");
});

both!(many_are_answered_in_their_order, |world| {
    import(world, file(&[MOULIN, CORBUSIER, PARIS]));
    let rows = world.rows("idempotency_keys");
    let body = json!({ "queries": [
        { "name": "Corbusier", "academie": "24", "kind": "lycee_polyvalent" },
        { "name": "Nulle part" },
        { "name": "clg moulin", "departement": "75" },
    ] });
    let answer = world.school("0930001W").ask("POST", "/v1/schools/resolve").json(&body).key("k").send().expect(200);
    let results = answer.json["results"].as_array().unwrap();
    let first = |n: usize| results[n]["candidates"][0]["school"]["uai"].clone();
    assert_eq!((results.len(), first(0), first(1), first(2)), (3, "0930002X".into(), Value::Null, "0750655E".into()));
    assert_eq!(results[0]["candidates"][0]["matched"], json!(["name", "kind", "academie"]));
    // A search keeps nothing.
    assert_eq!(world.rows("idempotency_keys"), rows);
});

both!(a_question_that_cannot_be_read, |world| {
    let ask = |body: Value| world.association().post("/v1/schools/resolve", &body);
    for (body, fault) in [
        (json!({}), ("/name", "missing")),
        (json!({ "name": "" }), ("/name", "wrong_length")),
        (json!({ "name": "x", "kind": "lycee" }), ("/kind", "ill_formed")),
        (json!({ "name": "x", "departement": "20" }), ("/departement", "unknown_code")),
        (json!({ "name": "x", "academie": "05" }), ("/academie", "unknown_code")),
        (json!({ "name": "x", "queries": [{ "name": "x" }] }), ("/name", "not_applicable")),
        (json!({ "queries": [] }), ("/queries", "wrong_length")),
        (json!({ "queries": [{ "name": "x" }, { "commune": "x" }] }), ("/queries/1/name", "missing")),
        (json!({ "queries": [{ "name": "x", "academie": "99" }] }), ("/queries/0/academie", "unknown_code")),
        (json!({ "name": "x", "pupil": "x" }), ("/pupil", "unknown")),
    ] {
        let faults = ask(body.clone()).problem("invalid_body").faults();
        assert_eq!(faults, [(fault.0.to_owned(), fault.1.to_owned())], "{body}");
    }
    world.observer().post("/v1/schools/resolve", &json!({ "name": "x" })).problem("insufficient_scope");
});
