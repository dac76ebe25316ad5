//! The ledger follows the text in force: commitments go and come with amendments, an information is of the end of its day.

use passerelle::obligations::upkeep;
use serde_json::{Value, json};

use super::{ledger, party_of, reference, told, unsigned};
use crate::conventions::Draft;
use crate::support::World;

/// An amendment that both sign on a day.
fn amended(world: &World, text: &Draft, on: &str, new: &Value) -> String {
    let association = world.afresh(&text.association);
    let id = association.post(&text.under("amendments"), new).expect(201).id();
    let path = format!("/v1/amendments/{id}");
    for (actor, side, who) in [(&association, "association", "A"), (&world.afresh(&text.ministry), "state", "B")] {
        let hash = actor.get(&path).expect(200).json["content_hash"].clone();
        let signature = json!({
            "party_id": party_of(text, side), "signatory": who, "function": "qui signe", "signed_on": on, "content_hash": hash,
        });
        actor.post(&format!("{path}/signatures"), &signature).expect(201);
    }
    id
}

fn check_rows(world: &World) {
    let ids = upkeep::conventions(&mut world.connection()).unwrap();
    for id in ids {
        let found = upkeep::verify(&mut world.connection(), id).expect("it can be computed");
        assert!(found.is_none_or(|found| found.duties.is_empty() && !found.spans));
    }
}

/// The first words and the status of each commitment of the second year, from 2025-06-28, then of the third.
fn committed(world: &World, text: &Draft, on: &str, year: u16) -> Vec<(String, String)> {
    let all = ledger(world, &text.association, text, &format!("as_of={on}&nature=continuous"));
    let its = all.into_iter().filter(|duty| duty["rule"] == "E01");
    let its = its.filter(|duty| duty["key"].as_str().unwrap().ends_with(&format!("/{year}")));
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let mut its: Vec<_> = its.map(|duty| (word(&duty["what"]["fr"]), word(&duty["status"]))).collect();
    its.sort();
    its
}

const FORUM: &str = "La Partie association s'engage à organiser un forum.";
const YEARLY: &str = "La Partie association s'engage à organiser un forum chaque année.";
const KEPT: &str = "Les parties s'engagent à se tenir informées.";
const FUNDED: &str = "La Partie state s'engage à financer les déplacements.";
const PREAMBLE: &str = "Les parties s'engagent à promouvoir la place des femmes.";

both!(commitments_follow_the_text_in_force, |world| {
    let article =
        json!({ "number": "6", "heading": "Forums", "body": format!("{FORUM}\n\n{}", KEPT.replace('\'', "’")) });
    let text = unsigned(world).with("articles", "article 6", &article);
    let preamble = json!({ "preamble": { "body": PREAMBLE, "commitments": [{ "text": PREAMBLE }] } });
    text.change("", &preamble).expect(200);
    let both = json!([{ "text": FORUM, "party_id": text.id_of("party association") }, { "text": KEPT }]);
    let axis = json!({ "article_id": text.id_of("article 6"), "label": "Forums", "commitments": both });
    let text = text.with("axes", "axis", &axis).signed("2024-06-20", "2024-06-27");
    let line = |words: &str, status: &str| (words.to_owned(), status.to_owned());
    let open = |words: &[&str]| words.iter().map(|words| line(words, "no_evidence")).collect::<Vec<_>>();
    let at = |on: &str, year: u16| committed(world, &text, on, year);
    let old = [FORUM, PREAMBLE, KEPT];
    assert_eq!(at("2026-01-14", 2), open(&old));
    let amendment = amended(
        world,
        &text,
        "2026-01-15",
        &json!({ "title": "Avenant n° 1", "edits": [
        { "kind": "replace_article", "article": "6", "new": format!("Article 6 – Forums\n{YEARLY}\n\n- {KEPT}") },
        { "kind": "add_article", "article": "8 bis", "new": format!("Article 8 bis – Financement\n{FUNDED}") },
        { "kind": "replace_words", "target": "preamble", "old": "promouvoir la place des femmes", "new": "agir" },
        // A clause has its own rule: its words are no commitment beside.
        { "kind": "replace_article", "article": "11", "new": "La Partie association informe le ministère six mois avant." },
    ] }),
    );
    // The days before: as the text was, whatever was signed since.
    assert_eq!(at("2025-07-01", 2), open(&old));
    assert_eq!(at("2026-01-14", 2), open(&old));
    let agir = "Les parties s'engagent à agir.";
    let after = vec![
        line(YEARLY, "no_evidence"),
        line(FORUM, "void"),
        line(FUNDED, "no_evidence"),
        line(agir, "no_evidence"),
        line(PREAMBLE, "void"),
        line(KEPT, "no_evidence"),
    ];
    assert_eq!(at("2026-01-15", 2), after);
    assert_eq!(at("2026-07-01", 3), open(&[YEARLY, FUNDED, agir, KEPT]));
    let all = ledger(world, &text.association, &text, "as_of=2026-01-15&nature=continuous");
    let of = |words: &str| all.iter().find(|duty| duty["what"]["fr"] == words && duty["window_until"] == "2026-06-27");
    let funded = of(FUNDED).unwrap();
    assert_eq!(funded["key"], format!("commitment/{amendment}/8-bis/1/2"));
    assert_eq!((&funded["article"], &funded["window_from"]), (&json!("8 bis"), &json!("2026-01-15")));
    assert_eq!(funded["owed_by_names"], json!(["Partie state"]));
    assert_eq!(of(YEARLY).unwrap()["key"], format!("commitment/{amendment}/6/1/2"));
    // Evidence by the new key, from that day on.
    let evidence = json!({ "duty": format!("commitment/{amendment}/8-bis/1") });
    told(world, &text.ministry, &text, "duty_evidenced", "state", "2026-01-14", evidence.clone()).expect(201);
    assert!(at("2026-01-20", 2).contains(&line(FUNDED, "no_evidence")));
    told(world, &text.ministry, &text, "duty_evidenced", "state", "2026-01-20", evidence).expect(201);
    assert!(at("2026-01-19", 2).contains(&line(FUNDED, "no_evidence")));
    assert!(at("2026-01-20", 2).contains(&line(FUNDED, "evidenced")));
    check_rows(world);
    // A repeal ends what an amendment stated, too.
    let repeal = json!({ "kind": "repeal_article", "article": "8 bis" });
    amended(world, &text, "2026-07-10", &json!({ "title": "Avenant n° 2", "edits": [repeal] }));
    assert_eq!(at("2026-07-09", 3), open(&[YEARLY, FUNDED, agir, KEPT]));
    assert!(at("2026-07-10", 3).contains(&line(FUNDED, "void")));
    check_rows(world);
});

both!(an_information_of_a_former_end_is_none_of_the_new_one, |world| {
    let text = reference(world);
    told(world, &text.association, &text, "expiry_information", "association", "2025-12-01", json!({})).expect(201);
    let information = |on: &str| {
        let all = ledger(world, &text.association, &text, &format!("as_of={on}&nature=dated"));
        let its = all.into_iter().find(|duty| duty["rule"] == "R04").unwrap();
        (its["status"].as_str().unwrap().to_owned(), its["deadline_on"].as_str().unwrap().to_owned())
    };
    let said = |status: &str, by: &str| (status.to_owned(), by.to_owned());
    assert_eq!(information("2026-01-15"), said("met", "2028-12-27"));
    amended(
        world,
        &text,
        "2026-01-15",
        &json!({ "title": "Avenant n° 1", "clause_changes": [{
        "kind": "duration", "article": "11", "parameters": { "value": 6, "unit": "year" }, "confirmed": true,
    }] }),
    );
    let flags = |on: &str| {
        let read = world.afresh(&text.association).get(&format!("{}?as_of={on}", text.path())).expect(200).json;
        read["flags"].as_array().unwrap().contains(&json!("expiry_notified"))
    };
    assert_eq!(information("2026-01-14"), said("met", "2028-12-27"));
    assert_eq!(information("2026-01-15"), said("not_yet", "2029-12-27"));
    assert_eq!((flags("2026-01-14"), flags("2026-01-15")), (true, false));
    told(world, &text.association, &text, "expiry_information", "association", "2026-02-02", json!({})).expect(201);
    assert_eq!(information("2026-02-01"), said("not_yet", "2029-12-27"));
    assert_eq!(information("2026-02-02"), said("met", "2029-12-27"));
    assert_eq!((flags("2026-02-01"), flags("2026-02-02")), (false, true));
    check_rows(world);
});

/// What an article lets each party do on a day: key, words, holders, status.
fn permitted(world: &World, text: &Draft, on: &str) -> Vec<(String, String, Value, String)> {
    let all = ledger(world, &text.association, text, &format!("as_of={on}&nature=right"));
    let its = all.into_iter().filter(|right| right["rule"] == "E02");
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    its.map(|right| {
        assert!(right["due_on"].is_null() && right["deadline_on"].is_null() && right["owed_by"].is_null(), "{right}");
        (word(&right["key"]), word(&right["what"]["fr"]), right["owed_by_names"].clone(), word(&right["status"]))
    })
    .collect()
}

const INVITES: &str = "La Partie state invite la Partie association à intervenir dans les dispositifs tels que";
const DEVELOPS: &str = "La Partie association peut développer des ressources pédagogiques.";

both!(what_an_article_lets_one_party_do_is_its_right_while_the_text_says_it, |world| {
    let body = format!(
        "La Partie association s'engage à venir.\n\n{INVITES} :\n\n- les modules ;\n- les stages.\n\n{DEVELOPS} Les parties peuvent se réunir. La Partie state peut mettre fin à la convention."
    );
    let text = unsigned(world).with("articles", "article 4", &json!({ "number": "4", "body": body }));
    assert_eq!(permitted(world, &text, "2024-06-26"), []);
    let article = text.id_of("article 4").to_owned();
    let text = text.signed("2024-06-20", "2024-06-27");
    let invites = |status: &str| {
        (format!("right/{article}/1"), format!("{INVITES}…"), json!(["Partie state"]), status.to_owned())
    };
    let develops = |status: &str| {
        (format!("right/{article}/2"), DEVELOPS.to_owned(), json!(["Partie association"]), status.to_owned())
    };
    assert_eq!(permitted(world, &text, "2024-06-26"), []);
    for day in ["2024-06-27", "2026-01-14", "2029-06-27"] {
        assert_eq!(permitted(world, &text, day), [invites("open"), develops("open")], "{day}");
    }
    assert_eq!(permitted(world, &text, "2029-06-28"), [invites("void"), develops("void")]);
    // An amendment takes one out and puts another in; what it leaves goes on under its key.
    let visits = "La Partie association pourra proposer des visites.";
    let new = json!({ "title": "Avenant n° 1", "edits": [
        { "kind": "replace_words", "article": "4", "old": DEVELOPS, "new": visits },
        { "kind": "add_article", "article": "4 bis", "new": format!("Article 4 bis – Suite\n{DEVELOPS}") },
    ] });
    let amendment = amended(world, &text, "2026-01-15", &new);
    assert_eq!(permitted(world, &text, "2026-01-14"), [invites("open"), develops("open")]);
    let put = |at: &str, words: &str| {
        (format!("right/{amendment}/{at}"), words.to_owned(), json!(["Partie association"]), "open".to_owned())
    };
    let after = [invites("open"), put("4/1", visits), put("4-bis/1", DEVELOPS)];
    assert_eq!(permitted(world, &text, "2026-01-15"), after);
    check_rows(world);
    // A repeal ends them with their article. They are found by their rule.
    let repeal = json!({ "kind": "repeal_article", "article": "4" });
    amended(world, &text, "2026-07-10", &json!({ "title": "Avenant n° 2", "edits": [repeal] }));
    assert_eq!(permitted(world, &text, "2026-07-09"), after);
    assert_eq!(permitted(world, &text, "2026-07-10"), [put("4-bis/1", DEVELOPS)]);
    check_rows(world);
    let found = world.afresh(&text.ministry).list("/v1/obligations?rule=E02&as_of=2026-07-10");
    assert_eq!(found.iter().map(|right| &right["article"]).collect::<Vec<_>>(), ["4 bis"]);
});
