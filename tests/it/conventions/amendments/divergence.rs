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
