//! What the import of an avenant doubts, each with its line; and annexes, which are articles like any other.

use serde_json::{Value, json};

use super::imported::{AVENANT, CONVENTION, Paper};
use super::warned;
use crate::conventions::each;

const FORCE: &str = "Le présent avenant entre en vigueur à la date de sa signature.";

/// The draft of the avenant with some words changed.
fn drafted(paper: &Paper, old: &str, new: &str) -> Value {
    assert!(AVENANT.contains(old), "{old}");
    paper.import(&AVENANT.replace(old, new), "").expect(201).json["amendment"].clone()
}

fn drop(paper: &Paper, amendment: &Value) {
    paper.operator.delete(&format!("/v1/amendments/{}", amendment["id"].as_str().unwrap()), "*").expect(204);
}

/// The warning of a code: its line, and its words in French.
fn told(amendment: &Value, code: &str) -> (Value, String) {
    let all = amendment["warnings"].as_array().unwrap();
    let found = all.iter().find(|warning| warning["code"] == code).unwrap_or_else(|| panic!("no {code} in {all:?}"));
    assert_ne!(found["detail"]["fr"], found["detail"]["en"]);
    (found["line"].clone(), found["detail"]["fr"].as_str().unwrap().to_owned())
}

/// The line of some words in a text, from 1.
fn line_of(text: &str, words: &str) -> Value {
    json!(text.lines().position(|line| line.contains(words)).unwrap() + 1)
}

both!(a_number_that_is_not_the_record_s_is_told, |world| {
    let paper = Paper::signed(world);
    let third = drafted(&paper, "AVENANT N° 1", "AVENANT N° 3");
    assert_eq!((&third["number"], warned(&third)), (&json!(1), vec!["number_differs".into(), "parties_differ".into()]));
    let (line, detail) = told(&third, "number_differs");
    assert_eq!(line, 1);
    assert!(detail.contains("avenant n° 3") && detail.contains("avenant n° 1"), "{detail}");
    // The second of its record, titled so, has no doubt of its number.
    let second = drafted(&paper, "AVENANT N° 1", "AVENANT N° 2");
    assert_eq!(second["number"], 2);
    assert!(!warned(&second).contains(&"number_differs".to_owned()), "{second}");
});

both!(a_day_of_effect_before_the_signature_or_unread_is_told, |world| {
    let paper = Paper::signed(world);
    let early = drafted(&paper, FORCE, "Le présent avenant prend effet le 1er janvier 2026.");
    let (line, detail) = told(&early, "effective_before_signature");
    assert_eq!((line, &early["effective_on"]), (line_of(AVENANT, FORCE), &Value::Null));
    assert!(detail.contains("2026-01-01") && detail.contains("2026-01-15"), "{detail}");
    drop(&paper, &early);
    // The day of the signature, and the day after: nothing to say.
    for (day, named) in [("15 janvier 2026", Value::Null), ("16 janvier 2026", json!("2026-01-16"))] {
        let plain = drafted(&paper, FORCE, &format!("Le présent avenant prend effet le {day}."));
        assert_eq!((warned(&plain), &plain["effective_on"]), (vec!["parties_differ".to_owned()], &named), "{day}");
        drop(&paper, &plain);
    }
    let unread = drafted(&paper, FORCE, "Le présent avenant entre en vigueur un mois après sa signature.");
    let (line, detail) = told(&unread, "unread_effective_date");
    assert_eq!((line, &unread["effective_on"]), (line_of(AVENANT, FORCE), &Value::Null));
    assert!(detail.contains("n'a pas pu être lu"), "{detail}");
    // People say it, and then it counts.
    let path = format!("/v1/amendments/{}", unread["id"].as_str().unwrap());
    let said = paper.operator.patch(&path, "*", &json!({ "effective_on": "2026-02-15" })).expect(200).json;
    assert_eq!(said["effective_on"], "2026-02-15");
});

both!(an_annex_joined_to_an_avenant_is_told, |world| {
    let paper = Paper::signed(world);
    let text = format!("{AVENANT}\nANNEXE 1 – Calendrier\n\nTrois visites par an.\n");
    let amendment = paper.import(&text, "").expect(201).json["amendment"].clone();
    assert_eq!(warned(&amendment), ["annex_not_read", "parties_differ"]);
    let (line, detail) = told(&amendment, "annex_not_read");
    assert_eq!(line, line_of(&text, "ANNEXE 1"));
    assert!(detail.contains("n'est pas reprise"), "{detail}");
    let edited = each(amendment["edits"].as_array().unwrap(), "article");
    assert_eq!(edited, ["9", "11", "2"], "nothing of the annex is taken in");
});

both!(annexes_are_served_signed_and_amended_as_articles, |world| {
    let annexed = format!("{CONVENTION}\nANNEXE 1 – Calendrier\n\nDeux visites par an.\n\nANNEXE 2\n");
    let operator = world.operator();
    let answer = operator.ask("POST", "/v1/conventions/import?dry_run=true").body("text/plain", annexed.clone()).send();
    let codes = each(answer.expect(200).json["warnings"].as_array().unwrap(), "code");
    assert!(codes.contains(&"annex_without_text".to_owned()), "{codes:?}");
    let (plain, paper) = (Paper::signed(world), Paper::of(world, &annexed));
    let article = |number: &str, on: &str| {
        let all = paper.operator.list(&paper.under(&format!("/articles?as_of={on}")));
        all.into_iter().find(|article| article["number"] == number)
    };
    let annex = article("Annexe 1", "2026-01-14").unwrap();
    assert_eq!((&annex["heading"], &annex["body"]), (&json!("Calendrier"), &json!("Deux visites par an.")));
    assert_eq!((&annex["source_line"], article("Annexe 2", "2026-01-14")), (&line_of(&annexed, "ANNEXE 1"), None));
    // It is of what the signatures bind.
    let of_content = |paper: &Paper| each(paper.get("/content")["content"]["articles"].as_array().unwrap(), "number");
    assert_eq!(of_content(&paper), [of_content(&plain), vec!["Annexe 1".to_owned()]].concat());
    assert_ne!(paper.get("")["content_hash"], plain.get("")["content_hash"]);
    let page = |on: &str| {
        let path = paper.under(&format!("/text?format=markdown&as_of={on}"));
        paper.operator.get(&path).expect(200).text
    };
    assert!(
        page("2026-01-14").contains("\n### Annexe 1 – Calendrier\n\nDeux visites par an.\n"),
        "{}",
        page("2026-01-14")
    );
    // An avenant changes it as any other article.
    let line = "Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six ans ».";
    let change = "À l'annexe 1, les mots : « Deux visites » sont remplacés par les mots : « Trois visites ».";
    let amendment = drafted(&paper, line, change);
    assert_eq!(warned(&amendment), ["parties_differ"]);
    let id = amendment["id"].as_str().unwrap();
    paper.confirm(id).expect(200);
    paper.sign(id, 0, "2026-01-15").expect(201);
    paper.sign(id, 1, "2026-01-15").expect(201);
    assert_eq!(article("Annexe 1", "2026-01-14").unwrap(), annex);
    let after = article("Annexe 1", "2026-01-15").unwrap();
    assert_eq!((&after["body"], &after["amended_by"]), (&json!("Trois visites par an."), &json!(1)));
    assert!(page("2026-01-15").contains("\n### Annexe 1 – Calendrier\n\nTrois visites par an.\n"));
});
