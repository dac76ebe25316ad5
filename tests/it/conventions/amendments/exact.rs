//! An imported avenant: each change is exact, or it is told.

use serde_json::{Value, json};

use super::imported::{AVENANT, Paper};
use super::warned;

both!(what_an_avenant_changes_is_exact_or_told, |world| {
    let paper = Paper::signed(world);
    let with = |provision: &str| {
        let line =
            "Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six ans ».";
        assert!(AVENANT.contains(line));
        paper.import(&AVENANT.replace(line, provision), "").expect(201).json["amendment"].clone()
    };
    let of_11 = |amendment: &Value| -> Vec<Value> {
        let edits = amendment["edits"].as_array().unwrap().iter().filter(|edit| edit["article"] == "11");
        edits.map(|e| json!([e["kind"], e["alinea"], e["old"], e["new"]])).collect()
    };
    let change = |amendment: &Value, kind: &str| {
        let changes = amendment["clause_changes"].as_array().unwrap().iter().find(|change| change["kind"] == kind);
        changes.map(|change| json!([change["article"], change["absent"], change["parameters"]]))
    };
    // A noun that is not « mots » names words all the same.
    let words =
        with("Au premier alinéa de l'article 11, la durée : « cinq ans » est remplacée par la durée : « sept ans ».");
    assert_eq!(of_11(&words), [json!(["replace_words", 1, "cinq ans", "sept ans"])]);
    assert_eq!(change(&words, "duration"), Some(json!(["11", false, { "value": 7, "unit": "year" }])));
    assert_eq!(warned(&words), ["parties_differ"]);
    paper.operator.delete(&format!("/v1/amendments/{}", words["id"].as_str().unwrap()), "*").expect(204);

    // A sentence is that sentence, in the text at hand.
    let sentence = with(
        "La deuxième phrase du premier alinéa de l'article 11 est remplacée par la phrase suivante : « Elle est renouvelable une fois par tacite reconduction. »",
    );
    let old = "Elle ne peut être renouvelée par tacite reconduction.";
    let new = "Elle est renouvelable une fois par tacite reconduction.";
    assert_eq!(of_11(&sentence), [json!(["replace_words", 1, old, new])]);
    assert_eq!(change(&sentence, "tacit_renewal"), Some(json!(["11", false, { "allowed": true, "times": 1 }])));
    assert_eq!(warned(&sentence), ["parties_differ", "tacit_renewal_introduced"]);
    paper.operator.delete(&format!("/v1/amendments/{}", sentence["id"].as_str().unwrap()), "*").expect(204);

    // An alinéa that is not there is no edit, and is told with its line, in French.
    let absent = with("Le neuvième alinéa de l'article 11 est remplacé par : « Elle dure sept ans. »");
    assert_eq!(of_11(&absent), [] as [Value; 0]);
    assert_eq!(change(&absent, "duration"), None);
    assert_eq!(warned(&absent), ["unread_edit", "parties_differ"]);
    assert_eq!(absent["warnings"][0]["line"], 24);
    assert!(absent["warnings"][0]["detail"]["fr"].as_str().unwrap().contains("n'a pas pu être lue"));
    paper.operator.delete(&format!("/v1/amendments/{}", absent["id"].as_str().unwrap()), "*").expect(204);

    // A prolongation without a quotation changes the clause, and the words that stay are told.
    let longer = with("La convention est prolongée d'une année.");
    assert_eq!(of_11(&longer), [] as [Value; 0]);
    assert_eq!(change(&longer, "duration"), Some(json!(["11", false, { "value": 6, "unit": "year" }])));
    assert!(warned(&longer).contains(&"clause_without_edit".to_owned()), "{longer}");
});
