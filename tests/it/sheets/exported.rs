//! Exports that come back: what was hidden says nothing new, keys that were changed are taken, counts of each school.

use passerelle::sheets::kind::Options;
use serde_json::{Value, json};

use super::importing::bring_with;
use crate::actions::{CRETEIL, PAST, VERSAILLES, create, read, reference, visit};
use crate::conventions::Draft;
use crate::support::{Response, World};

fn held(text: &Draft) -> Value {
    let counts = |pupils: u32, few: u32| json!({ "pupils": pupils, "girls": 10, "with_disability": few });
    visit(
        text,
        &json!({
            "origin": "paper", "sessions": [{ "date": PAST }], "external_id": "k1", "results": { "volunteers": 2 },
            "inclusion": { "none_because": "module technique" }, "accessibility": "oui",
            "schools": [
                { "uai": VERSAILLES, "class_label": "3B", "counts": counts(24, 3) },
                { "uai": CRETEIL, "counts": counts(20, 0) },
            ],
        }),
    )
}

fn import(world: &World, text: &Draft, sheet: &str) -> [usize; 4] {
    let options =
        Options { legacy: false, organisation: text.association.organisation, convention: text.id.parse().ok() };
    let brought = bring_with(world, "actions", sheet.as_bytes(), &json!({}), options, false);
    assert!(brought.report.rejected.is_empty(), "{:#?}", brought.report.rejected);
    brought.counts()
}

fn bulk(text: &Draft, sheet: &str) -> Response {
    text.association.ask("POST", "/v1/actions/bulk").body("text/csv", sheet.as_bytes()).send()
}

both!(what_was_hidden_says_nothing_new, |world| {
    let text = reference(world);
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    let id = create(&text.association, &held(&text));
    let before = read(&text.association, &id);
    assert_eq!(before["results"]["with_disability"], 3);
    // As the ministry reads it, the few are hidden.
    let sheet = text.ministry.get("/v1/actions?format=csv").expect(200).text;
    assert!(sheet.contains("lt5"), "{sheet}");
    assert!(
        sheet.contains("0950649P: pupils 24, girls 10, with_disability lt5 | 0930001W: pupils 20, girls 10"),
        "{sheet}"
    );
    let changes = world.rows("changes");
    assert_eq!(bulk(&text, &sheet).expect(200).json["done"], 1);
    assert_eq!(import(world, &text, &sheet), [0, 0, 1, 0]);
    assert_eq!((read(&text.association, &id), world.rows("changes")), (before.clone(), changes));
    // What else the line says anew is taken, and what is hidden stays.
    assert_eq!(import(world, &text, &sheet.replace("pupils 20", "pupils 21")), [0, 1, 0, 0]);
    let after = read(&text.association, &id);
    assert_eq!(after["schools"][0]["counts"], before["schools"][0]["counts"]);
    assert_eq!(
        (&after["schools"][1]["counts"]["pupils"], &after["results"]["with_disability"]),
        (&json!(21), &json!(3))
    );
    // In a new line it is not known.
    let line = "Titre;Nature;Axe;UAI;Date;Niveaux;Handicap;Identifiant externe\n\
        Atelier;company_visit;article 3;0950649P;06/10/2026;3e;lt5;k2\n";
    assert_eq!(import(world, &text, line), [1, 0, 0, 0]);
    let made = text.association.list("/v1/actions?external_id=k2");
    assert_eq!(made[0]["results"], Value::Null);
});

both!(counts_of_each_school_come_in, |world| {
    let text = reference(world);
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    let header = "Titre;Nature;Axe;Établissements;Date;Niveaux;Comptes par établissement;\
        Pourquoi aucune mesure;Accessibilité;Identifiant externe\n";
    let line = |counts: &str| {
        format!(
            "{header}Atelier;company_visit;article 3;0950649P 3B | 0930001W;06/10/2026;3e;{counts};module technique;oui;k3\n"
        )
    };
    assert_eq!(import(world, &text, &line("0930001W: élèves 20 | 0950649P: élèves 24, handicap 6")), [1, 0, 0, 0]);
    let made = text.association.list("/v1/actions?external_id=k3")[0].clone();
    assert_eq!((&made["origin"], &made["schools"][0]["counts"]["with_disability"]), (&json!("paper"), &json!(6)));
    assert_eq!(made["schools"][1]["counts"]["pupils"], 20);
    for (wrong, word) in [("0750655E: élèves 2", "0750655E"), ("beaucoup", "0950649P: élèves 24")] {
        let refused = bulk(&text, &line(wrong)).problem("bulk_refused");
        let fault = &refused.json["lines"][0]["problem"]["errors"][0];
        assert_eq!(fault["column"], "Comptes par établissement", "{}", refused.text);
        assert!(fault["detail"].as_str().unwrap().contains(word), "{}", refused.text);
    }
});

both!(a_line_with_an_id_may_give_it_another_key, |world| {
    let text = reference(world);
    world.sql("UPDATE conventions SET brought_in = (1 = 1)");
    let association = &text.association;
    let (one, other) = (create(association, &held(&text)), visit(&text, &json!({ "external_id": "taken" })));
    create(association, &other);
    let header = "id;external_id;title;kind;axis_label\n";
    let line = |key: &str| format!("{one};{key};Visite;company_visit;article 3\n");
    let key = || read(association, &one)["external_id"].clone();
    assert_eq!(import(world, &text, &format!("{header}{}", line("k9"))), [0, 1, 0, 0]);
    assert_eq!(key(), "k9");
    // An empty cell leaves it; in a bulk, the lines to come find it by its key of now.
    let sheet = format!("{header}{};k10;Autre;company_visit;article 3\n", line("") + &line("k10"));
    let done = bulk(&text, &sheet).expect(200).json;
    let ids: Vec<_> = done["results"].as_array().unwrap().iter().map(|result| result["id"].clone()).collect();
    assert_eq!(ids, [json!(one), json!(one), json!(one)]);
    let told = read(association, &one);
    assert_eq!((&told["external_id"], &told["title"]), (&json!("k10"), &json!("Autre")));
    let refused = bulk(&text, &format!("{header}{}", line("taken"))).problem("bulk_refused");
    assert_eq!(refused.json["lines"][0]["problem"]["code"], "duplicate");
    assert_eq!(key(), "k10");
});
