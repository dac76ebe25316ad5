//! An amendment drafted by hand whose words and rules part: nothing is refused, the reader is told.

use serde_json::{Value, json};

use super::{read, warned};
use crate::support::World;

/// A convention whose article 11 states the duration and whose article 12 the termination.
fn signed(world: &World) -> (crate::conventions::Draft, impl Fn(Value) -> Value) {
    let text = crate::conventions::in_force(world);
    let (author, path) = (text.association.clone(), text.under("amendments"));
    (text, move |new: Value| author.post(&path, &new).expect(201).json)
}

both!(edits_and_clause_changes_that_part_are_told, |world| {
    let (text, draft) = signed(world);
    let edit = |article: &str| json!({ "kind": "replace_words", "article": article, "old": "Texte", "new": "Mots" });
    let years = json!({ "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" } });
    // Words that no reader makes a duration of: the change is taken at its word.
    let together = draft(json!({ "title": "Ensemble", "edits": [edit("11")], "clause_changes": [years] }));
    assert_eq!(warned(&together), Vec::<String>::new());
    let alone = draft(json!({ "title": "Clause seule", "clause_changes": [years] }));
    assert_eq!(warned(&alone), ["clause_without_edit"]);
    let warning = &alone["warnings"][0];
    assert_eq!((&warning["rule"], &warning["article"]), (&json!("R06"), &json!("11")));
    assert!(warning["detail"]["fr"].as_str().unwrap().contains("article 11"), "{warning}");
    assert!(warning["detail"]["en"].as_str().unwrap().contains("article 11"), "{warning}");
    let words = draft(json!({ "title": "Mots seuls", "edits": [edit("12")] }));
    assert_eq!(warned(&words), ["edit_without_clause_change"]);
    assert_eq!(words["warnings"][0]["edit"], words["edits"][0]["id"]);
    let repeal = json!({ "kind": "repeal_article", "article": "12" });
    let repealed = draft(json!({ "title": "Abrogation", "edits": [repeal] }));
    assert_eq!(warned(&repealed), ["repeal_of_stated_clause"]);
    let path = format!("/v1/amendments/{}", repealed["id"].as_str().unwrap());
    text.association.delete(&path, "*").expect(204);
    let gone = json!({ "kind": "termination", "article": "12", "absent": true });
    let whole = draft(json!({ "title": "Abrogation entière", "edits": [repeal], "clause_changes": [gone] }));
    assert_eq!(warned(&whole), Vec::<String>::new());
    // They are read with the draft, by anybody who reads it.
    assert_eq!(warned(&read(&text.ministry, alone["id"].as_str().unwrap(), "")), ["clause_without_edit"]);
});

both!(what_the_words_say_is_held_against_the_clause, |world| {
    let body = "La présente convention est conclue pour une durée de cinq ans à compter de sa signature. \
                L'une des parties peut la résilier moyennant un préavis de six mois.";
    let text = crate::conventions::draft(world).with_parties();
    text.association
        .post(&text.under("articles"), &json!({ "number": "11", "heading": "Durée", "body": body }))
        .expect(201);
    let articles = text.association.list(&text.under("articles"));
    let article = articles.iter().find(|article| article["number"] == "11").unwrap()["id"].clone();
    let states = |kind: &str, value: i64, unit: &str| {
        let clause = json!({ "kind": kind, "article_id": article, "confirmed": true, "parameters": { "value": value, "unit": unit } });
        text.association.post(&text.under("clauses"), &clause).expect(201);
    };
    states("duration", 5, "year");
    states("termination", 6, "month");
    let text = text.without_clause("renewal_information").signed("2024-06-20", "2024-06-27");
    let words = |old: &str, new: &str| json!({ "kind": "replace_words", "article": "11", "old": old, "new": new });
    let years = |value: i64, article: Option<&str>| {
        let parameters = json!({ "value": value, "unit": "year" });
        json!({ "kind": "duration", "article": article, "parameters": parameters, "confirmed": true })
    };
    let warns = |edits: Value, changes: Value| {
        let new = json!({ "title": "Avenant", "edits": edits, "clause_changes": changes });
        let made = text.association.post(&text.under("amendments"), &new).expect(201);
        let codes = warned(&made.json);
        let path = format!("/v1/amendments/{}", made.id());
        text.association.delete(&path, "*").expect(204);
        codes
    };
    let six = || words("cinq ans", "six ans");
    assert_eq!(warns(json!([six()]), json!([years(6, Some("11"))])), Vec::<String>::new());
    assert_eq!(warns(json!([six()]), json!([years(6, None)])), Vec::<String>::new());
    assert_eq!(warns(json!([six()]), json!([years(7, Some("11"))])), ["clause_differs_from_text"]);
    assert_eq!(warns(json!([]), json!([years(6, None)])), ["clause_without_edit", "clause_differs_from_text"]);
    assert_eq!(warns(json!([six()]), json!([])), ["edit_without_clause_change"]);
    // The duration changed as it should; the notice did too, and nobody said so: either edit may have.
    let both = json!([six(), words("six mois", "trois mois")]);
    assert_eq!(warns(both, json!([years(6, Some("11"))])), ["edit_without_clause_change"; 2]);
    // A correction of style changes nothing that is read.
    assert_eq!(warns(json!([words("est conclue", "est signée")]), json!([])), Vec::<String>::new());
});
