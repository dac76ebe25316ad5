//! Axes with their catalogue, objectives, parties: what they refer to lies in the same convention.

use serde_json::{Value, json};

use super::{Draft, draft, each, party};

fn with_axis(text: Draft) -> Draft {
    let text = text.with_parties().with_article("3").with_article("4");
    let axis = json!({
        "article_id": text.id_of("article 3"), "label": "Découverte des métiers", "audiences": ["3e", "2de_gt"],
        "commitments": [{ "party_id": text.id_of("party association"), "text": "développer la découverte" }, { "text": "tous" }],
        "catalogue": [{ "label": "des visites", "national_kind": "company_visit" }, { "label": "des rencontres", "line": 42 }],
    });
    text.with("axes", "axis", &axis)
}

fn pointers(answer: crate::support::Response) -> Vec<String> {
    let faults = answer.problem("invalid_body").faults();
    assert!(faults.iter().all(|f| f.1 == "unknown_reference"), "{faults:?}");
    faults.into_iter().map(|f| f.0).collect()
}

both!(a_catalogue_keeps_the_ids_that_are_sent_back, |world| {
    let text = with_axis(draft(world));
    let address = format!("/v1/axes/{}", text.id_of("axis"));
    let catalogue = text.author.get(&address).expect(200).json["catalogue"].clone();
    let (visits, talks) = (&catalogue[0]["id"], &catalogue[1]["id"]);
    assert_ne!(visits, talks);
    let relabelled = text.change(&address, &json!({ "label": "Découvrir" })).expect(200).json;
    assert_eq!(relabelled["catalogue"], catalogue);
    let renewed = json!({ "catalogue": [
        { "id": talks, "label": "des rencontres en classe" }, { "label": "des concours" },
    ]});
    let renewed = text.change(&address, &renewed).expect(200).json["catalogue"].clone();
    assert_eq!((renewed.as_array().unwrap().len(), &renewed[0]["id"]), (2, talks));
    assert_eq!((&renewed[0]["label"], &renewed[0]["line"]), (&json!("des rencontres en classe"), &Value::Null));
    assert!(![visits, talks].contains(&&renewed[1]["id"]));
    // An id that is not of this axis, or twice, is no id of an item.
    let wrong = json!({ "catalogue": [
        { "id": talks, "label": "a" }, { "id": talks, "label": "b" }, { "id": visits, "label": "c" }, { "label": "d" },
    ]});
    assert_eq!(pointers(text.change(&address, &wrong)), ["/catalogue/1/id", "/catalogue/2/id"]);
    assert_eq!(text.author.get(&address).expect(200).json["catalogue"], renewed);
    let made =
        json!({ "article_id": text.id_of("article 4"), "label": "x", "catalogue": [{ "id": talks, "label": "y" }] });
    assert_eq!(pointers(text.add("axes", &made)), ["/catalogue/0/id"]);
});

both!(an_article_carries_one_axis, |world| {
    let text = with_axis(draft(world));
    let second = json!({ "article_id": text.id_of("article 3"), "label": "Encore" });
    text.add("axes", &second).problem("duplicate");
    let other =
        text.add("axes", &json!({ "article_id": text.id_of("article 4"), "label": "Insertion" })).expect(201).id();
    let moved = json!({ "article_id": text.id_of("article 3") });
    text.change(&format!("/v1/axes/{other}"), &moved).problem("duplicate");
    let transversal = text.change(&format!("/v1/axes/{other}"), &json!({ "transversal": true })).expect(200);
    assert_eq!(transversal.json["transversal"], true);
    assert_eq!(each(&text.items("axes"), "label"), ["Découverte des métiers", "Insertion"]);
});

both!(references_lie_in_the_same_convention, |world| {
    let (text, foreign) = (with_axis(draft(world)), with_axis(draft(world)));
    let stranger = |name: &str| foreign.id_of(name).to_owned();
    let foreign_item =
        foreign.author.get(&format!("/v1/axes/{}", stranger("axis"))).expect(200).json["catalogue"][0]["id"].clone();
    let axis = json!({
        "article_id": stranger("article 4"), "label": "x",
        "commitments": [{ "text": "a" }, { "party_id": stranger("party ministry"), "text": "b" }],
    });
    assert_eq!(pointers(text.add("axes", &axis)), ["/article_id", "/commitments/1/party_id"]);
    let objective = json!({
        "text": "x", "article_id": stranger("article 3"),
        "served_by_axes": [text.id_of("axis"), stranger("axis")],
    });
    assert_eq!(pointers(text.add("objectives", &objective)), ["/article_id", "/served_by_axes/1"]);
    let served = json!({ "text": "x", "served_by_items": [foreign_item] });
    assert_eq!(pointers(text.add("objectives", &served)), ["/served_by_items/0"]);
    let article = json!({ "number": "9", "body": "", "part_id": stranger("article 3") });
    assert_eq!(pointers(text.add("articles", &article)), ["/part_id"]);
    let clause = json!({ "kind": "agenda", "article_id": stranger("article 3") });
    assert_eq!(pointers(text.add("clauses", &clause)), ["/article_id"]);
    let nobody = json!({ "organisation_id": text.id, "side": "other", "name_as_signed": "x" });
    assert_eq!(pointers(text.add("parties", &nobody)), ["/organisation_id"]);
    // What lies in it is taken.
    let item =
        text.author.get(&format!("/v1/axes/{}", text.id_of("axis"))).expect(200).json["catalogue"][0]["id"].clone();
    let objective = json!({
        "text": "Faire découvrir", "article_id": text.id_of("article 3"),
        "served_by_axes": [text.id_of("axis")], "served_by_items": [item],
    });
    let made = text.add("objectives", &objective).expect(201);
    assert_eq!(made.json["served_by_items"], json!([item]));
    let address = format!("/v1/objectives/{}", made.id());
    assert_eq!(
        text.change(&address, &json!({ "served_by_items": null })).expect(200).json["served_by_items"],
        json!([])
    );
});

both!(an_organisation_is_party_once, |world| {
    let text = draft(world).with_parties();
    text.add("parties", &party(&text.association, "other")).problem("duplicate");
    let third = world.association();
    let made = text.add("parties", &party(&third, "other")).expect(201);
    let again = json!({ "organisation_id": text.ministry.organisation.unwrap().to_string() });
    text.change(&format!("/v1/parties/{}", made.id()), &again).problem("duplicate");
    assert_eq!(each(&text.items("parties"), "side"), ["state", "association", "other"]);
    // Screens have them beside the convention, in its own read and in the list.
    assert_eq!(
        each(text.json()["parties"].as_array().unwrap(), "name"),
        ["Partie state", "Partie association", "Partie other"]
    );
    let listed = &third.list("/v1/conventions")[0];
    assert_eq!(listed["parties"], text.json()["parties"]);
    text.author.delete(&format!("/v1/parties/{}", made.id()), &text.etag()).expect(204);
    assert!(third.list("/v1/conventions").is_empty());
});

both!(the_number_of_a_part_is_unique, |world| {
    let text = draft(world).with("parts", "part I", &json!({ "number": "I" }));
    text.add("parts", &json!({ "number": "I" })).problem("duplicate");
    let other = text.add("parts", &json!({ "number": "II" })).expect(201).id();
    text.change(&format!("/v1/parts/{other}"), &json!({ "number": "I" })).problem("duplicate");
    // The convention is as it was: a refusal changes nothing.
    assert_eq!(each(&text.items("parts"), "number"), ["I", "II"]);
});
