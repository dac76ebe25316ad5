//! Places obtained, summed up over the filters of the list and within the perimeter.

use serde_json::json;

use crate::companies::{contact, create, named, positive, record, with};

both!(places_are_summed_by_purpose_and_level, |world| {
    let (text, other) = (world.in_force("2026-11-20"), world.in_force("2026-11-20"));
    let association = &text.association;
    let company = create(association, &named("Durand")).expect(201).id();
    let lyon = create(association, &with(named("Lyon"), json!({ "departement": "69" }))).expect(201).id();
    let third = |places: i64, rep: Option<i64>, rep_plus: Option<i64>| json!([{ "level": "3e", "places": places, "of_which_rep": rep, "of_which_rep_plus": rep_plus }]);
    record(association, &company, &positive(&text, third(6, Some(2), Some(1)))).expect(201);
    record(association, &company, &positive(&text, third(4, None, None))).expect(201);
    let pfmp = with(
        positive(
            &text,
            json!([{ "level": "2de_pro", "places": 2, "of_which_rep": 0 }, { "level": "cap_1", "places": 1 }]),
        ),
        json!({ "purpose": "pfmp" }),
    );
    record(association, &lyon, &pfmp).expect(201);
    record(association, &lyon, &contact(&text)).expect(201);
    // Another convention's, that this association does not see.
    let theirs = create(&other.association, &named("Autre")).expect(201).id();
    record(&other.association, &theirs, &positive(&other, third(100, Some(50), Some(50)))).expect(201);
    let sums = association.get("/v1/company-contacts/places").expect(200).json;
    assert_eq!(
        sums,
        json!({
            "contacts": 4, "positive": 3, "places": 13, "of_which_rep": 2, "of_which_rep_plus": 1,
            "priority_not_recorded": 5,
            "lines": [
                { "purpose": "observation_3e", "level": "3e", "contacts": 2, "places": 10, "of_which_rep": 2,
                  "of_which_rep_plus": 1, "priority_not_recorded": 4 },
                { "purpose": "pfmp", "level": "2de_pro", "contacts": 1, "places": 2, "of_which_rep": 0,
                  "of_which_rep_plus": 0, "priority_not_recorded": 0 },
                { "purpose": "pfmp", "level": "cap_1", "contacts": 1, "places": 1, "of_which_rep": 0,
                  "of_which_rep_plus": 0, "priority_not_recorded": 1 },
            ],
        })
    );
    for (query, places) in [
        ("academie=25", 10),
        ("academie=10", 3),
        ("purpose=pfmp", 3),
        ("departement=69", 3),
        ("region=84", 3),
        ("outcome=pending", 0),
        ("level=3e", 10),
        ("level=cap_1", 1),
        ("level=2de_pro,cap_1", 3),
        ("level=cap_2", 0),
        ("q=durand", 10),
        ("to=2026-11-20", 0),
        ("from=2026-11-21&to=2026-11-21", 13),
    ] {
        let sums = association.get(&format!("/v1/company-contacts/places?{query}")).expect(200).json;
        assert_eq!(sums["places"], places, "{query}");
    }
    assert_eq!(world.ministry().get("/v1/company-contacts/places").expect(200).json["places"], 113);
    assert_eq!(world.academie("academie:25").get("/v1/company-contacts/places").expect(200).json["places"], 110);
    association.get("/v1/company-contacts/places?colour=x").problem("invalid_parameters");
});
