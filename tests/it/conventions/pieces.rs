//! Every piece of a convention: created, read, listed, changed, deleted, under one version.

use serde_json::{Value, json};

both!(each_piece_goes_through_its_five_operations, |world| {
    let text = world.draft();
    let association = &text.association;
    let third = world.organisation("company", "Société tierce");
    for (kind, flat, new, patch) in [
        ("parts", "parts", json!({ "number": "II", "label": "Axes" }), json!({ "label": "Axes de coopération" })),
        ("articles", "articles", json!({ "number": "12", "body": "" }), json!({ "heading": "Résiliation" })),
        (
            "clauses",
            "clauses",
            json!({ "kind": "minutes", "parameters": { "proposed_by": "x" } }),
            json!({ "confirmed": true }),
        ),
        ("objectives", "objectives", json!({ "text": "x" }), json!({ "text": "y", "served_by_axes": [text.axis] })),
        (
            "parties",
            "parties",
            json!({ "organisation_id": third, "side": "other", "name_as_signed": "x" }),
            json!({ "alias": "la société" }),
        ),
    ] {
        let list = text.under(kind);
        let before = association.list(&list).len();
        let made = association.post(&list, &new).expect(201);
        let address = format!("/v1/{flat}/{}", made.id());
        assert_eq!(made.header("location"), Some(address.as_str()));
        assert_eq!(association.get(&address).expect(200).json, made.json);
        assert_eq!(made.json["convention_id"], text.id.as_str());
        let items = association.list(&format!("{list}?limit=1"));
        assert_eq!((items.len(), items.last()), (before + 1, Some(&made.json)), "{kind}: it comes last");
        let changed = association.patch(&address, &made.etag(), &patch).expect(200);
        for (member, value) in patch.as_object().unwrap() {
            assert_eq!(&changed.json[member], value, "{kind}");
        }
        for (member, value) in made.json.as_object().unwrap().iter().filter(|(m, _)| patch.get(m).is_none()) {
            assert_eq!(&changed.json[member], value, "{kind}: {member} was not named");
        }
        association.patch(&address, &made.etag(), &patch).problem("version_mismatch");
        association.delete(&address, &made.etag()).problem("version_mismatch");
        association.delete(&address, &changed.etag()).expect(204);
        association.get(&address).problem("not_found");
        assert_eq!(association.list(&list).len(), before);
    }
});

both!(what_is_referred_to_stays_and_what_is_unique_is_once, |world| {
    let text = world.draft();
    let association = &text.association;
    let delete = |path: String| association.delete(&path, "*");
    delete(format!("/v1/articles/{}", text.article)).problem("in_use");
    delete(format!("/v1/parts/{}", text.part)).problem("in_use");
    let post = |kind: &str, body: Value| association.post(&text.under(kind), &body);
    post("parts", json!({ "number": "I" })).problem("duplicate");
    // Real texts repeat a number: nothing is renumbered, so none is unique.
    post("articles", json!({ "number": "11", "part_id": text.part, "body": "x" })).expect(201);
    let ministry = text.ministry.organisation.unwrap();
    post("parties", json!({ "organisation_id": ministry, "side": "state", "name_as_signed": "x" }))
        .problem("duplicate");
    let twice = post("clauses", json!({ "kind": "duration", "parameters": { "value": 2, "unit": "year" } }));
    assert_eq!(twice.problem("duplicate").json["resource"], format!("/v1/clauses/{}", text.clause));
    post("axes", json!({ "article_id": text.article, "label": "x" })).problem("duplicate");
});

both!(a_clause_has_the_members_of_its_kind, |world| {
    let text = world.draft();
    let faults = |body: Value| text.association.post(&text.under("clauses"), &body).problem("invalid_body").faults();
    let one = |place: &str, code: &str| vec![(place.to_owned(), code.to_owned())];
    assert_eq!(faults(json!({ "kind": "programme_hours" })), one("/parameters/hours", "missing"));
    assert_eq!(
        faults(json!({ "kind": "minutes", "parameters": { "hours": 3 } })),
        one("/parameters/hours", "not_applicable")
    );
    assert_eq!(
        faults(json!({ "kind": "minutes", "absent": true, "parameters": { "proposed_by": "x" } })),
        one("/parameters/proposed_by", "not_applicable")
    );
    assert_eq!(
        faults(json!({ "kind": "programme_hours", "parameters": { "hours": 0 } })),
        one("/parameters/hours", "out_of_range")
    );
    assert_eq!(faults(json!({ "kind": "programme_hours", "parameters": { "hours": 70_000 } })).len(), 1);
    assert_eq!(faults(json!({ "kind": "programme_hours", "parameters": { "hours": -1 } })).len(), 1);
    assert_eq!(faults(json!({ "kind": "programme_hours", "parameters": { "hours": 1.5 } })).len(), 1);
});

both!(lists_stand_in_the_order_of_positions, |world| {
    let text = world.draft();
    for (number, position) in [("c", 3), ("b", 2), ("z", 2), ("a", 1)] {
        text.association
            .post(&text.under("articles"), &json!({ "number": number, "body": "", "position": position }))
            .expect(201);
    }
    let numbers = |sort: &str| -> Vec<String> {
        let items = text.association.list(&format!("{}?limit=2&sort={sort}", text.under("articles")));
        items.iter().map(|a| a["number"].as_str().unwrap().to_owned()).collect()
    };
    let up = numbers("position");
    let positions = text.association.list(&text.under("articles"));
    assert!(positions.is_sorted_by_key(|a| a["position"].as_i64().unwrap()), "{up:?}");
    assert_eq!(up.len(), 5);
    let mut down = numbers("-position");
    down.reverse();
    assert_eq!(down, up);
});
