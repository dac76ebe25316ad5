//! The consolidated text of a day: JSON and Markdown, articles and clauses, added, repealed, and back in time.

use serde_json::{Value, json};

use super::super::each;
use super::{signed, six_years};
use crate::support::World;
use crate::support::texts::Text;

/// A convention with a preamble and two more articles, in force since 2026-11-02.
fn convention(world: &World) -> Text {
    let text = world.draft_of(json!({
        "title": "Convention", "document_type": "convention", "level": "national", "territory": "national",
        "preamble": { "body": "Vu l’accord de 2020." },
    }));
    for (number, body) in [("12", "Le comité se réunit."), ("13", "Divers.")] {
        let article = json!({ "number": number, "body": body, "part_id": text.part });
        text.association.post(&text.under("articles"), &article).expect(201);
    }
    text.signed_by_both("2026-11-02");
    text
}

/// Adds 12 bis, repeals 13, changes the preamble.
fn reform() -> Value {
    json!({ "title": "Avenant de réforme", "edits": [
        { "kind": "add_article", "article": "12 bis", "new": "Article 12 bis – Mentorat\nChaque élève a un mentor." },
        { "kind": "repeal_article", "article": "13" },
        { "kind": "replace_words", "target": "preamble", "old": "l'accord", "new": "le pacte" },
    ] })
}

both!(articles_are_added_and_repealed_from_that_day, |world| {
    let text = convention(world);
    let made = text.amend(&reform()).expect(201).json;
    let id = made["id"].as_str().unwrap().to_owned();
    let added = made["edits"][0]["id"].as_str().unwrap().to_owned();
    text.association.get(&format!("/v1/articles/{added}")).expect(404);
    signed(&text, &id, "2026-11-10", "2026-11-20");
    let listed = |on: &str| text.association.list(&text.under(&format!("articles?as_of={on}")));
    assert_eq!(each(&listed("2026-11-19"), "number"), ["11", "12", "13"]);
    assert_eq!(each(&listed("2026-11-20"), "number"), ["11", "12", "12 bis", "13"]);
    assert_eq!(each(&text.association.list(&text.under("articles")), "number"), ["11", "12", "12 bis", "13"]);
    assert_eq!(each(&listed("2026-11-20"), "amended_by"), ["null", "null", "1", "1"]);
    assert_eq!(each(&listed("2026-11-19"), "amended_by"), ["null", "null", "null"]);
    // Page by page, backwards, counted and as CSV: the same list.
    let page = text.association.get(&text.under("articles?limit=3&sort=-position&count=true")).expect(200).json;
    assert_eq!(
        (each(page["items"].as_array().unwrap(), "number"), &page["total"]),
        (vec!["13".into(), "12 bis".into(), "12".into()], &json!(4))
    );
    let rest = text
        .under(&format!("articles?limit=3&sort=-position&count=true&cursor={}", page["next_cursor"].as_str().unwrap()));
    assert_eq!(each(text.association.get(&rest).expect(200).json["items"].as_array().unwrap(), "number"), ["11"]);
    let csv = text.association.get(&text.under("articles?format=csv")).expect(200).text;
    assert!(csv.contains("Mentorat"), "{csv}");
    // The article added has the id of its edit, the part of the one it follows, and one day before it is not there.
    let article = text.association.get(&format!("/v1/articles/{added}")).expect(200).json;
    assert_eq!((&article["heading"], &article["body"]), (&json!("Mentorat"), &json!("Chaque élève a un mentor.")));
    assert_eq!((&article["part_id"], &article["convention_id"]), (&json!(text.part), &json!(text.id)));
    text.association.get(&format!("/v1/articles/{added}?as_of=2026-11-19")).expect(404);
    world.association().get(&format!("/v1/articles/{added}")).expect(404);
    let preamble = |on: &str| {
        text.association.get(&format!("{}?as_of={on}", text.path())).expect(200).json["preamble"]["body"].clone()
    };
    assert_eq!(
        (preamble("2026-11-19"), preamble("2026-11-20")),
        (json!("Vu l’accord de 2020."), json!("Vu le pacte de 2020."))
    );
    let status =
        |on: &str| text.association.get(&text.under(&format!("text?as_of={on}"))).expect(200).json["status"].clone();
    assert_eq!([status("2026-11-19"), status("2019-01-01")], [json!("in_force"), json!("draft")]);
    let diff = text.association.get(&text.under("text/diff?from=2026-11-19")).expect(200).json;
    let told: Vec<_> = diff["articles"].as_array().unwrap().iter().map(|a| json!([a["number"], a["change"]])).collect();
    assert_eq!(json!(told), json!([["12 bis", "added"], ["13", "removed"]]));
    assert!(
        diff["preamble"].as_array().unwrap().contains(&json!({ "change": "removed", "text": "l’accord" })),
        "{diff}"
    );
    let back = text.association.get(&text.under("text/diff?from=2026-11-20&to=2026-11-19")).expect(200).json;
    assert_eq!(each(back["articles"].as_array().unwrap(), "change"), ["removed", "added"]);
});

both!(the_text_is_served_as_json_and_markdown, |world| {
    let text = convention(world);
    let id = text.amend(&reform()).expect(201).id();
    signed(&text, &id, "2026-11-10", "2026-11-20");
    let json = text.association.get(&text.under("text")).expect(200);
    assert_eq!((&json.json["as_of"], &json.json["title"]), (&json!("2026-11-23"), &json!("Convention")));
    assert_eq!(each(json.json["amendments"].as_array().unwrap(), "number"), ["1"]);
    assert_eq!(json.json["preamble_amended_by"]["id"], json!(id));
    let repealed = &json.json["articles"][3];
    assert_eq!(
        (&repealed["number"], &repealed["repealed"], &repealed["body"]),
        (&json!("13"), &json!(true), &json!(""))
    );
    assert_eq!(json.json["articles"][0]["part_label"], "Durée");
    let known = text.association.ask("GET", &text.under("text")).header("If-None-Match", &json.etag()).send();
    assert_eq!(known.status, 304);
    let page = text.association.get(&text.under("text?format=markdown")).expect(200);
    assert_eq!(page.header("content-type"), Some("text/markdown; charset=utf-8"));
    assert_eq!(
        page.text,
        "# Convention\n\n## Préambule\n\nVu le pacte de 2020.\n\n*Avenant n° 1, en vigueur le 2026-11-20.*\n\n\
         ## Titre I – Durée\n\n### Article 11 – Durée\n\nCinq ans.\n\n### Article 12\n\nLe comité se réunit.\n\n\
         ### Article 12 bis – Mentorat\n\nChaque élève a un mentor.\n\n*Avenant n° 1, en vigueur le 2026-11-20.*\n\n\
         ### Article 13\n\n(abrogé)\n\n*Avenant n° 1, en vigueur le 2026-11-20.*\n\n"
    );
    let accepted =
        text.association.ask("GET", &text.under("text")).header("Accept", "text/markdown").send().expect(200);
    assert_eq!(accepted.text, page.text);
    let before = text.association.get(&text.under("text?as_of=2026-11-19&format=markdown")).expect(200).text;
    assert!(before.contains("Vu l’accord de 2020.") && before.contains("Divers.") && !before.contains("Avenant"));
    text.association.ask("GET", &text.under("text")).header("Accept", "image/png").send().problem("not_acceptable");
    text.association.get(&text.under("text?format=pdf")).problem("invalid_parameters");
    text.association.get(&text.under("text?as_of=2026-11-20T00:00:00Z")).problem("invalid_parameters");
    text.association.get(&text.under("text/diff")).problem("invalid_parameters");
});

both!(what_was_known_then_is_told_apart_from_what_happened_then, |world| {
    let text = world.in_force("2026-11-02");
    let id = text.amend(&six_years()).expect(201).id();
    let before = world.now();
    world.pass_seconds(60);
    signed(&text, &id, "2026-11-10", "2026-11-20");
    let body = |query: &str| {
        text.association.get(&text.under(&format!("text?{query}"))).expect(200).json["articles"][0]["body"].clone()
    };
    assert_eq!((body("as_of=2026-11-19"), body("as_of=2026-11-20")), (json!("Cinq ans."), json!("Six ans.")));
    assert_eq!(body(&format!("as_of=2026-11-20&known_at={before}")), "Cinq ans.");
});

both!(clauses_change_from_that_day_and_hand_written_ones_too, |world| {
    let text = convention(world);
    let changes = json!({ "title": "Avenant", "edits": [], "clause_changes": [
        { "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true },
        { "kind": "dispute", "article": "12", "confirmed": true },
        { "kind": "termination", "absent": true, "confirmed": true },
    ] });
    let made = text.amend(&changes).expect(201).json;
    let id = made["id"].as_str().unwrap();
    signed(&text, id, "2026-11-10", "2026-11-20");
    let listed = |on: &str| {
        let clauses = text.association.list(&text.under(&format!("clauses?as_of={on}")));
        clauses.into_iter().map(|c| json!([c["kind"], c["absent"], c["parameters"]["value"]])).collect::<Vec<_>>()
    };
    assert_eq!(
        json!(listed("2026-11-19")),
        json!([["duration", false, 5], ["renewal_information", true, null], ["termination", true, null]])
    );
    assert_eq!(
        json!(listed("2026-11-20")),
        json!([
            ["renewal_information", true, null],
            ["duration", false, 6],
            ["dispute", false, null],
            ["termination", true, null]
        ])
    );
    let clause = made["clause_changes"][1]["id"].as_str().unwrap();
    let read = text.association.get(&format!("/v1/clauses/{clause}")).expect(200).json;
    let articles = text.association.list(&text.under("articles"));
    assert_eq!((&read["article_id"], &read["confirmed"]), (&articles[1]["id"], &json!(true)));
    assert_eq!(
        text.association.get(&format!("/v1/clauses/{}?as_of=2026-11-19", text.clause)).expect(200).json["parameters"]["value"],
        5
    );
    text.association.get(&format!("/v1/clauses/{}", text.clause)).expect(404);
});

both!(words_forge_no_heading_and_no_element, |world| {
    let text = convention(world);
    let forged =
        "Six ans.\n\n# Article 99 – Pouvoirs\n\n- ## Article 98\n\nArticle 97\n===\n\n<script>alert(1)</script>";
    let edit = json!({ "kind": "replace_article", "article": "12", "new": forged });
    let made = text.amend(&json!({ "title": "Avenant", "edits": [edit] })).expect(201).id();
    signed(&text, &made, "2026-11-10", "2026-11-10");
    let page = text.association.get(&text.under("text?format=markdown")).expect(200).text;
    let headings: Vec<&str> =
        page.lines().filter(|line| line.trim_start_matches(['-', ' ']).starts_with('#')).collect();
    assert_eq!(headings.len(), 6, "title, preamble, part, three articles: {page}");
    for absent in ["\n# Article 99", "- ## Article", "\n===", "\n<script", ">\n<"] {
        assert!(!page.contains(absent), "{absent}: {page}");
    }
    assert!(page.contains("\\# Article 99 – Pouvoirs") && page.contains("\\<script>"), "{page}");
    // What was signed is served as it is.
    let read = text.association.get(&text.under("text")).expect(200).json;
    assert!(read["articles"][1]["body"].as_str().unwrap().contains("<script>"));
    assert_eq!(read["not_applied"], json!([]));
});

both!(a_signed_edit_that_does_not_apply_is_told, |world| {
    let text = convention(world);
    let edit = json!({ "kind": "replace_words", "article": "12", "old": "comité", "new": "conseil" });
    let made = text.amend(&json!({ "title": "Avenant", "edits": [edit] })).expect(201);
    signed(&text, &made.id(), "2026-11-10", "2026-11-10");
    // Somebody writes beside the service.
    world.sql("UPDATE articles SET body = 'La commission se réunit.' WHERE number = '12'");
    let read = text.association.get(&text.under("text")).expect(200).json;
    let missed = &read["not_applied"][0];
    assert_eq!(
        (&missed["code"], &missed["edit"], &missed["amendment"]["number"]),
        (&json!("words_absent"), &made.json["edits"][0]["id"], &json!(1))
    );
    assert_eq!(text.association.get(&text.under("text?as_of=2026-11-09")).expect(200).json["not_applied"], json!([]));
    let page = text.association.get(&text.under("text?format=markdown")).expect(200).text;
    assert!(page.contains("Avenant n° 1 : une modification signée ne s'applique pas."), "{page}");
});
