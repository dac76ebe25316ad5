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

both!(who_does_it_and_the_lapse_are_held_against_the_words, |world| {
    let text = crate::conventions::draft(world).with_parties();
    let says = |number: &str, body: &str, kind: &str, parameters: Value| {
        let article =
            text.association.post(&text.under("articles"), &json!({ "number": number, "body": body })).expect(201).id();
        let clause = json!({ "kind": kind, "article_id": article, "confirmed": true, "parameters": parameters });
        text.association.post(&text.under("clauses"), &clause).expect(201);
    };
    let minutes = "Le compte rendu de chaque réunion est proposé par Partie association puis validé par les parties.";
    says("9", minutes, "minutes", json!({ "proposed_by": "Partie association" }));
    let notice = "En cas d'utilisation sans autorisation du logo, une partie met l'autre en demeure de régulariser la \
                  situation sous huit jours à compter de la notification de la mise en demeure.";
    let cure = format!("{notice} À défaut, la présente convention sera caduque.");
    says("10", &cure, "cure_period", json!({ "value": 8, "unit": "day" }));
    let text = text
        .without_clause("duration")
        .without_clause("renewal_information")
        .without_clause("termination")
        .signed("2024-06-20", "2024-06-27");
    let words = |article: &str, old: &str, new: &str| json!({ "kind": "replace_words", "article": article, "old": old, "new": new });
    let warns = |edit: Value, changes: Value| {
        let new = json!({ "title": "Avenant", "edits": [edit], "clause_changes": changes });
        let made = text.association.post(&text.under("amendments"), &new).expect(201);
        text.association.delete(&format!("/v1/amendments/{}", made.id()), "*").expect(204);
        warned(&made.json)
    };
    let handed = || words("9", "Partie association", "Partie state");
    let proposed = |by: Option<&str>| {
        let parameters = by.map_or_else(|| json!({}), |by| json!({ "proposed_by": by }));
        json!([{ "kind": "minutes", "article": "9", "parameters": parameters, "confirmed": true }])
    };
    assert_eq!(warns(handed(), proposed(Some("Partie state"))), Vec::<String>::new());
    assert_eq!(warns(handed(), proposed(Some("Partie association"))), ["clause_differs_from_text"]);
    assert_eq!(warns(handed(), proposed(None)), ["clause_differs_from_text"]);
    // The sanction goes, the delay stays.
    let unsaid = || words("10", "À défaut, la présente convention sera caduque", "Elle en rend compte");
    assert_eq!(warns(unsaid(), json!([])), ["lapse_no_longer_said"]);
    assert_eq!(warns(words("10", "présente convention", "convention"), json!([])), Vec::<String>::new());
});
