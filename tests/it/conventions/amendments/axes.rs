//! Axes, networks and the preamble's commitments: those of the text in force on a day; what was signed is never rewritten.

use serde_json::{Value, json};

use super::super::{Draft, draft, each};
use crate::support::World;

/// An amendment that both sign on a day.
#[track_caller]
pub fn amended(text: &Draft, on: &str, new: &Value) -> String {
    let id = text.association.post(&text.under("amendments"), new).expect(201).id();
    let path = format!("/v1/amendments/{id}");
    for actor in [&text.association, &text.ministry] {
        let mut signature = text.signature_of(actor, on);
        signature["content_hash"] = actor.get(&path).expect(200).json["content_hash"].clone();
        actor.post(&format!("{path}/signatures"), &signature).expect(201);
    }
    id
}

const ARTICLE: &str = "Pour les élèves de la classe de troisième, plusieurs actions pourront être proposées :\n\n\
    - des visites d'entreprises ;\n- des rencontres en classe.\n\nL'association s'engage à venir.";
const REWRITTEN: &str = "Article 3 – Découverte des métiers\nPour les élèves de la classe de quatrième et les apprentis, \
    plusieurs actions pourront être proposées :\n\n- des visites d’entreprises ;\n- des ateliers de soudure.\n\n\
    L'association s'engage à former ses bénévoles.";

/// An axis of article 3, with what people put in beside its words: an audience, a kind.
pub fn unsigned(world: &World) -> Draft {
    let text = draft(world).with_parties().with_terms();
    let text = text.with("articles", "article 3", &json!({ "number": "3", "heading": "Découverte", "body": ARTICLE }));
    let said = json!([{ "text": "L'association s'engage à venir.", "party_id": text.id_of("party association") }]);
    let axis = json!({
        "article_id": text.id_of("article 3"), "label": "Découverte", "audiences": ["3e", "2de_gt"], "commitments": said,
        "catalogue": [
            { "label": "des visites d'entreprises", "national_kind": "company_visit" },
            { "label": "des rencontres en classe", "national_kind": "talk" },
            { "label": "des défis" },
        ],
    });
    text.with("axes", "discovery", &axis)
}

/// The article is written anew, from a day that is to come.
pub fn rewritten(from: &str) -> Value {
    let edit = json!({ "kind": "replace_article", "article": "3", "new": REWRITTEN });
    json!({ "title": "Avenant n° 1", "effective_on": from, "edits": [edit] })
}

fn labels(axis: &Value) -> Vec<String> {
    each(axis["catalogue"].as_array().unwrap(), "label")
}

both!(an_axis_is_read_as_the_text_of_the_day_has_it, |world| {
    let text = unsigned(world).signed("2024-06-20", "2024-06-27");
    let path = format!("/v1/axes/{}", text.id_of("discovery"));
    let on = |day: &str| text.association.get(&format!("{path}?as_of={day}")).expect(200).json;
    let (signed, hash) = (on("2027-02-01"), text.hash());
    amended(&text, "2026-11-20", &rewritten("2027-02-01"));
    assert_eq!(on("2027-01-31"), signed);
    assert_eq!((&signed["amended_by"], &text.association.get(&path).expect(200).json), (&Value::Null, &signed));
    let now = on("2027-02-01");
    assert_eq!((&now["label"], &now["amended_by"]), (&json!("Découverte des métiers"), &json!(1)));
    assert_eq!(now["audiences"], json!(["4e", "apprenti"]));
    // The item that stays keeps its id and its kind; what comes has an id, the same whenever it is asked for.
    assert_eq!(labels(&now), ["des visites d'entreprises", "des ateliers de soudure"]);
    assert_eq!(now["catalogue"][0], signed["catalogue"][0]);
    let new = &now["catalogue"][1];
    assert_eq!((new, &new["national_kind"]), (&on("2027-03-01")["catalogue"][1], &Value::Null));
    assert!(signed["catalogue"].as_array().unwrap().iter().all(|item| item["id"] != new["id"]));
    let committed = &now["commitments"][0];
    assert_eq!(committed["text"], "L'association s'engage à former ses bénévoles.");
    assert_eq!(
        (now["commitments"].as_array().unwrap().len(), &committed["party_id"]),
        (1, &signed["commitments"][0]["party_id"])
    );
    // The list says the same, and nothing that was signed has moved.
    let listed = |day: &str| text.association.list(&text.under(&format!("axes?as_of={day}")));
    assert_eq!((listed("2027-01-31"), listed("2027-02-01")), (vec![signed.clone()], vec![now]));
    assert_eq!((text.hash(), text.association.get(&text.under("axes?as_of=demain")).status), (hash, 400));
});

both!(words_that_stay_leave_what_people_put_beside_them, |world| {
    let text = unsigned(world).signed("2024-06-20", "2024-06-27");
    let words = |old: &str, new: &str| json!({ "kind": "replace_words", "article": "3", "old": old, "new": new });
    let edits = [words("des rencontres en classe", "des forums"), words("troisième", "quatrième")];
    amended(&text, "2026-11-10", &json!({ "title": "Avenant n° 1", "edits": edits }));
    let read = || text.association.get(&format!("/v1/axes/{}", text.id_of("discovery"))).expect(200).json;
    assert_eq!(labels(&read()), ["des visites d'entreprises", "des défis", "des forums"]);
    assert_eq!((&read()["audiences"], &read()["label"]), (&json!(["2de_gt", "4e"]), &json!("Découverte")));
    // What comes back is what was signed: its id, and the kind that people gave it.
    let signed = text.association.get(&format!("/v1/axes/{}?as_of=2026-11-09", text.id_of("discovery"))).expect(200);
    let back = json!({ "title": "Avenant n° 2", "edits": [words("des forums", "des rencontres en classe")] });
    amended(&text, "2026-11-12", &back);
    let items = read()["catalogue"].clone();
    assert!(items.as_array().unwrap().contains(&signed.json["catalogue"][1]), "{items}");
    assert_eq!(labels(&read()).len(), 3);
});

both!(an_axis_whose_article_is_repealed_is_there_until_the_day_before, |world| {
    let text = unsigned(world).signed("2024-06-20", "2024-06-27");
    let path = format!("/v1/axes/{}", text.id_of("discovery"));
    let reader = world.school("0950649P");
    world.stamp();
    let before = reader.get("/v1/changes?kinds=axis").expect(200).json["next"].clone();
    let repeal = json!({ "kind": "repeal_article", "article": "3" });
    amended(&text, "2026-11-20", &json!({ "title": "Avenant n° 1", "edits": [repeal] }));
    text.association.get(&path).expect(404);
    text.association.get(&format!("{path}?as_of=2026-11-20")).expect(404);
    text.association.get(&format!("{path}?as_of=2026-11-19")).expect(200);
    assert_eq!(text.association.list(&text.under("axes")), [] as [Value; 0]);
    assert_eq!(text.association.get(&text.under("axes?count=true")).expect(200).json["total"], 0);
    assert_eq!(text.association.list(&text.under("axes?as_of=2026-11-19")).len(), 1);
    let frozen = text.association.patch(&path, "*", &json!({ "label": "x" }));
    assert_eq!(frozen.status, 409);
    // The feed tells of it.
    world.stamp();
    let told = reader.get(&format!("/v1/changes?kinds=axis&after={}", before.as_str().unwrap())).expect(200).json;
    let told = told["items"].as_array().unwrap();
    assert_eq!(each(told, "operation"), ["deleted"]);
    assert_eq!(told[0]["id"], text.id_of("discovery"));
});

both!(networks_and_the_preamble_follow_the_text, |world| {
    let networks = "Les réseaux suivants pourront être mobilisés :\n\n- les DRAFPIC ;\n- le club des anciens.";
    let text = draft(world).with_parties().with_terms();
    let text = text.with("articles", "article 5", &json!({ "number": "5", "heading": "Réseaux", "body": networks }));
    let preamble = "Les parties s'engagent à promouvoir la mixité.";
    let said = json!({
        "preamble": { "body": preamble, "commitments": [{ "text": preamble }] },
        "networks": [
            { "network": "drafpic", "text": "les DRAFPIC" }, { "text": "le club des anciens" }, { "text": "les maires" },
        ],
    });
    text.change("", &said).expect(200);
    let text = text.signed("2024-06-20", "2024-06-27");
    let edits = json!([
        { "kind": "replace_words", "article": "5", "old": "les DRAFPIC", "new": "les CLEE" },
        { "kind": "replace_words", "target": "preamble", "old": "promouvoir la mixité", "new": "agir" },
    ]);
    amended(&text, "2026-11-20", &json!({ "title": "Avenant n° 1", "edits": edits }));
    let on = |day: &str| {
        let read = text.on(day);
        (
            each(read["networks"].as_array().unwrap(), "text"),
            each(read["preamble"]["commitments"].as_array().unwrap(), "text"),
        )
    };
    let clubs = ["le club des anciens", "les maires"];
    assert_eq!(
        on("2026-11-19"),
        (vec!["les DRAFPIC".into(), clubs[0].into(), clubs[1].into()], vec![preamble.to_owned()])
    );
    let after =
        (vec![clubs[0].into(), clubs[1].into(), "les CLEE".into()], vec!["Les parties s'engagent à agir.".into()]);
    assert_eq!(on("2026-11-20"), after);
    assert_eq!(text.json()["networks"][2]["network"], "clee");
});

both!(a_network_goes_once_no_article_names_it, |world| {
    let listing = |number: &str, first: &str, second: &str| {
        let body = format!("Les réseaux suivants pourront être mobilisés :\n\n- {first} ;\n- {second}.");
        json!({ "number": number, "heading": "Réseaux", "body": body })
    };
    let text = draft(world).with_parties().with_terms();
    let text = text.with("articles", "article 5", &listing("5", "les DRAFPIC", "le club des anciens"));
    let text = text.with("articles", "article 6", &listing("6", "les CLEE", "les maires"));
    let said = json!({ "networks": [
        { "network": "drafpic", "text": "les DRAFPIC" }, { "text": "le club des anciens" },
        { "network": "clee", "text": "les CLEE" }, { "text": "les maires" },
    ] });
    text.change("", &said).expect(200);
    let text = text.signed("2024-06-20", "2024-06-27");
    let edit = |article: &str, old: &str, new: &str| json!([{ "kind": "replace_words", "article": article, "old": old, "new": new }]);
    for (number, on, edits) in [
        (1, "2026-11-10", edit("6", "les maires", "les DRAFPIC")),
        // Article 6 says it still, and this amendment leaves it as it is.
        (2, "2026-11-12", edit("5", "les DRAFPIC", "les familles")),
        (3, "2026-11-14", edit("6", "les DRAFPIC", "les maires")),
    ] {
        amended(&text, on, &json!({ "title": format!("Avenant n° {number}"), "edits": edits }));
    }
    let on = |day: &str| each(text.on(day)["networks"].as_array().unwrap(), "text");
    assert_eq!(on("2026-11-09"), ["les DRAFPIC", "le club des anciens", "les CLEE", "les maires"]);
    assert_eq!(on("2026-11-10"), ["les DRAFPIC", "le club des anciens", "les CLEE"]);
    assert_eq!(on("2026-11-12"), ["les DRAFPIC", "le club des anciens", "les CLEE", "les familles"]);
    assert_eq!(on("2026-11-14"), ["le club des anciens", "les CLEE", "les familles", "les maires"]);
});
