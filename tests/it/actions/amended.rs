//! R30 and R31 after an amendment: the kinds and the audience of an action are those of the article as it stands on the
//! action's own day.

use serde_json::{Value, json};

use super::bulk::bulk;
use super::{act, create, edit, read, visit, warned, with};
use crate::conventions::amendments::axes::{amended, rewritten, unsigned};
use crate::conventions::{Draft, refused};
use crate::support::{Response, World};

/// The last day of the article as it was signed, and the first of the one that an amendment rewrites.
const EVE: &str = "2027-01-31";
const FIRST: &str = "2027-02-01";

fn reference(world: &World) -> Draft {
    let text = unsigned(world).signed("2024-06-20", "2024-06-27");
    amended(&text, "2026-11-20", &rewritten(FIRST));
    text
}

/// The id of an item of the axis by its label, on a day.
fn item(text: &Draft, day: &str, label: &str) -> Value {
    let path = format!("/v1/axes/{}?as_of={day}", text.id_of("discovery"));
    let axis = text.association.get(&path).expect(200).json;
    let found = axis["catalogue"].as_array().unwrap().iter().find(|item| item["label"] == label);
    found.unwrap_or_else(|| panic!("no {label} in {axis}"))["id"].clone()
}

fn on(text: &Draft, day: &str, changed: Value) -> Response {
    let dated = with(json!({ "sessions": [{ "date": day }] }), &changed);
    text.association.post("/v1/actions", &visit(text, &dated))
}

both!(the_catalogue_is_that_of_the_article_on_the_day, |world| {
    let text = reference(world);
    let (kept, gone) = (item(&text, EVE, "des visites d'entreprises"), item(&text, EVE, "des rencontres en classe"));
    let new = item(&text, FIRST, "des ateliers de soudure");
    let citing = |day: &str, id: &Value| on(&text, day, json!({ "catalogue_item_id": id, "levels": [] }));
    for day in [EVE, FIRST] {
        assert_eq!(citing(day, &kept).expect(201).json["catalogue_label"], "des visites d'entreprises");
    }
    // The day before and the day, each with what the other has.
    citing(EVE, &gone).expect(201);
    let computed = refused(&citing(FIRST, &gone), "foreign_item", "R30", Some("3"));
    assert_eq!(computed, json!({ "catalogue_item_id": gone }));
    refused(&citing(EVE, &new), "foreign_item", "R30", Some("3"));
    let made = citing(FIRST, &new).expect(201).json;
    assert_eq!((&made["catalogue_label"], &made["warnings"]), (&json!("des ateliers de soudure"), &json!([])));
    assert_eq!((&made["axis_label"], &made["axis_article"]), (&json!("Découverte des métiers"), &json!("3")));
    // A kind that is named without an item: nobody has said which national kinds the new words are.
    let kind = |day: &str| warned(&on(&text, day, json!({ "kind": "workshop", "levels": [] })).expect(201).json);
    assert_eq!(kind(EVE), [("R30".into(), "kind_not_in_catalogue".into(), Some("3".into()))]);
    assert_eq!(kind(FIRST), []);
    // An action that moves to another day is judged by the text of that day.
    let id = made["id"].as_str().unwrap();
    let moved = json!({ "sessions": [{ "date": EVE }] });
    refused(&edit(&text.association, id, &moved), "foreign_item", "R30", Some("3"));
    let moved = with(moved, &json!({ "catalogue_item_id": gone }));
    let moved = edit(&text.association, id, &moved).expect(200).json;
    assert_eq!(
        (&moved["axis_label"], &moved["catalogue_label"]),
        (&json!("Découverte"), &json!("des rencontres en classe"))
    );
    // Many at once, on both sides of the day.
    let lines = [(EVE, &new), (FIRST, &new)].map(|(day, id)| {
        let dated = json!({ "sessions": [{ "date": day }], "catalogue_item_id": id, "levels": [] });
        json!({ "op": "create", "action": visit(&text, &dated) })
    });
    let told = bulk(&text.association, "?mode=partial", &lines).expect(200).json;
    assert_eq!(told["results"][0]["problem"]["code"], "foreign_item", "{told}");
    assert_eq!(told["results"][1]["problem"], Value::Null, "{told}");
});

both!(the_audience_is_that_of_the_article_on_the_day, |world| {
    let text = reference(world);
    let outside = |day: &str, level: &str| {
        let told = on(&text, day, json!({ "levels": [level] })).expect(201).json;
        let flags = told["warnings"].as_array().unwrap().clone();
        flags.first().map(|flag| (flag["code"].clone(), flag["computed"]["audiences"].clone()))
    };
    let flag = |audiences: &[&str]| Some((json!("outside_audience"), json!(audiences)));
    assert_eq!((outside(EVE, "3e"), outside(FIRST, "4e")), (None, None));
    assert_eq!(outside(EVE, "4e"), flag(&["3e", "2de_gt"]));
    assert_eq!(outside(FIRST, "3e"), flag(&["4e", "apprenti"]));
    assert_eq!(outside(EVE, "2de_gt"), None);
    assert_eq!(outside(FIRST, "2de_gt"), flag(&["4e", "apprenti"]));
});

both!(what_was_accepted_before_an_amendment_goes_on_and_is_flagged, |world| {
    let text = unsigned(world).signed("2024-06-20", "2024-06-27");
    let association = &text.association;
    let gone = item(&text, EVE, "des rencontres en classe");
    let dated = json!({ "sessions": [{ "date": "2027-02-10" }], "catalogue_item_id": gone, "kind": "talk" });
    let id = create(association, &visit(&text, &dated));
    amended(&text, "2026-11-20", &rewritten(FIRST));
    let flagged = |code: &str| ("R30".to_owned(), code.to_owned(), Some("3".to_owned()));
    let told = edit(association, &id, &json!({ "title": "Rencontre" })).expect(200).json;
    assert!(warned(&told).contains(&flagged("item_taken_out")), "{told}");
    assert_eq!(told["catalogue_label"], "des rencontres en classe");
    act(association, &id, "plan", &json!({})).expect(200);
    // On another day it is a new one.
    let moved = json!({ "sessions": [{ "date": "2027-02-11" }] });
    refused(&edit(association, &id, &moved), "foreign_item", "R30", Some("3"));
    // Once the article is repealed, nothing new comes under its axis.
    let repeal = json!({ "kind": "repeal_article", "article": "3" });
    amended(&text, "2026-11-21", &json!({ "title": "Avenant n° 2", "effective_on": "2027-02-05", "edits": [repeal] }));
    on(&text, "2027-02-04", json!({})).expect(201);
    let computed = refused(&on(&text, "2027-02-05", json!({})), "foreign_axis", "R30", Some("3"));
    assert_eq!(computed, json!({ "convention_id": text.id, "axis_id": text.id_of("discovery") }));
    let told = edit(association, &id, &json!({ "title": "Rencontre en classe" })).expect(200).json;
    assert_eq!(warned(&told), [flagged("axis_repealed")]);
    assert_eq!(read(association, &id)["axis_label"], "Découverte");
    refused(&edit(association, &id, &moved), "foreign_axis", "R30", Some("3"));
});

both!(a_sheet_names_what_the_article_of_the_day_lists, |world| {
    let text = reference(world);
    let association = &text.association;
    let sheet = |axis: &str, day: &str, item: &str| {
        let line = format!(
            "Intitulé;Nature;Axe;UAI;Date;Élément du catalogue\nAtelier;workshop;{axis};0950649P;{day};{item}\n"
        );
        association.ask("POST", "/v1/actions/bulk").body("text/csv", line).send()
    };
    let soldering = "des ateliers de soudure";
    // By the label that the axis had, or has since; the item of the other day is told as such.
    for axis in ["Découverte", "Découverte des métiers", "article 3"] {
        let made = sheet(axis, "01/02/2027", soldering).expect(200).json;
        let made = read(association, made["results"][0]["id"].as_str().unwrap());
        assert_eq!(
            (&made["catalogue_label"], &made["axis_label"]),
            (&json!(soldering), &json!("Découverte des métiers"))
        );
    }
    let code = |answer: Response| answer.problem("bulk_refused").json["lines"][0]["problem"]["code"].clone();
    assert_eq!(code(sheet("article 3", "31/01/2027", soldering)), "foreign_item");
    assert_eq!(code(sheet("article 3", "01/02/2027", "des rencontres en classe")), "foreign_item");
    assert_eq!(code(sheet("article 3", "01/02/2027", "des goûters")), "invalid_body");
});
