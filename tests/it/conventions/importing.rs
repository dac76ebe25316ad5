//! A convention from its own text: what the draft has, and its way to being in force.

use serde_json::{Value, json};
use sha2::Digest as _;

use super::{Draft, draft, each, in_force, refused, total};
use crate::support::{Actor, Response, World};

/// The full-size fictional text of the importer's own tests.
pub const TEXT: &str = include_str!("../import/texts/convention-complete.txt");

pub fn import(actor: &Actor, text: &str) -> Response {
    import_with(actor, text, "")
}

pub fn import_with(actor: &Actor, text: &str, query: &str) -> Response {
    actor.ask("POST", &format!("/v1/conventions/import{query}")).body("text/plain; charset=utf-8", text).send()
}

/// The draft of an answer, as its importer goes on with it.
pub fn draft_of(world: &World, author: &Actor, answer: &Response) -> Draft {
    let id = answer.json["convention"]["id"].as_str().unwrap().to_owned();
    let (ministry, association) = (world.ministry(), world.association());
    Draft { id, ministry, association, author: author.clone(), named: std::collections::BTreeMap::new() }
}

/// The text with a number of the register under each party's address.
fn with_numbers(siret: &str, rna: &str) -> String {
    TEXT.replace("00014 Villefictive\n", &format!("00014 Villefictive\nSIRET : {siret}\n"))
        .replace("00015 VILLEFICTIVE\n", &format!("00015 VILLEFICTIVE\nRNA : {rna}\n"))
}

both!(the_text_becomes_a_draft, |world| {
    let association = world.association();
    let answer = import(&association, TEXT).expect(201);
    assert_eq!(answer.json["created"], true);
    let text = draft_of(world, &association, &answer);
    assert_eq!(answer.header("location"), Some(text.path().as_str()));
    let read = text.json();
    assert_eq!(read, answer.json["convention"]);
    assert_eq!(
        (&read["status"], &read["level"], &read["territory"]),
        (&json!("draft"), &json!("national"), &json!("national"))
    );
    assert_eq!(read["imported_at"], json!(world.now()));
    assert_eq!(each(&text.items("parts"), "number"), ["I", "II", "III", "IV"]);
    assert_eq!(text.items("parts")[1]["label"], "AXES DE COLLABORATION");
    let articles = text.items("articles");
    assert_eq!(each(&articles, "number"), (1..=12).map(|n| n.to_string()).collect::<Vec<_>>());
    let parts = text.items("parts");
    let part_of = |number: usize| parts.iter().position(|p| p["id"] == articles[number - 1]["part_id"]).unwrap() + 1;
    assert_eq!((1..=12).map(part_of).collect::<Vec<_>>(), [1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4]);
    // Each article keeps its lines.
    let lines: Vec<&str> = TEXT.lines().collect();
    for article in &articles {
        let line = usize::try_from(article["source_line"].as_i64().unwrap()).unwrap();
        let heading = lines[line - 1];
        assert!(heading.starts_with(&format!("Article {}", article["number"].as_str().unwrap())), "{heading}");
        assert!(article["source_last_line"].as_i64() >= article["source_line"].as_i64());
    }
    let axes = text.items("axes");
    let number_of = |axis: &Value| articles.iter().find(|a| a["id"] == axis["article_id"]).unwrap()["number"].clone();
    assert_eq!(axes.iter().map(number_of).collect::<Vec<_>>(), ["3", "4", "5", "6", "7", "8"]);
    assert_eq!(
        axes.iter().map(|a| a["transversal"] == true).collect::<Vec<_>>(),
        [false, false, false, false, false, true]
    );
    assert_eq!(each(axes[0]["catalogue"].as_array().unwrap(), "label").len(), 2);
    assert_eq!(axes[0]["audiences"], json!(["3e"]));
    assert_eq!(text.items("objectives").len(), 3);
    assert_eq!(each(read["networks"].as_array().unwrap(), "network"), ["drafpic", "clee", "null"]);
    assert!(read["preamble"]["body"].as_str().unwrap().contains("bénévoles retraités"));
    let parties = text.items("parties");
    assert_eq!(each(&parties, "side"), ["state", "association"]);
    assert_eq!((&parties[0]["representative"], &parties[1]["alias"]), (&json!("Camille FACTICE"), &json!("PASSEURS")));
});

both!(its_clauses_are_proposed_with_their_lines, |world| {
    let association = world.association();
    let text = draft_of(world, &association, &import(&association, TEXT).expect(201));
    let clauses = text.items("clauses");
    let lines: Vec<&str> = TEXT.lines().collect();
    for clause in &clauses {
        assert_eq!((&clause["confirmed"], &clause["absent"]), (&json!(false), &json!(false)), "{clause}");
        let line = usize::try_from(clause["source_line"].as_i64().unwrap()).unwrap();
        let start: String = clause["quote"].as_str().unwrap().chars().take(8).collect();
        assert!(lines[line - 1].contains(&start), "{clause}");
    }
    let of = |kind: &str| clauses.iter().find(|c| c["kind"] == kind).map_or(Value::Null, |c| c["parameters"].clone());
    assert_eq!(of("duration"), json!({ "value": 4, "unit": "year" }));
    assert_eq!(of("tacit_renewal"), json!({ "allowed": false }));
    assert_eq!(of("renewal_information"), json!({ "value": 9, "unit": "month", "by": "PASSEURS" }));
    assert_eq!((of("termination")["value"].as_i64(), of("termination")["unit"].as_str()), (Some(3), Some("month")));
    assert_eq!(of("steering")["minimum_per_year"], 2);
    assert_eq!(of("cure_period")["value"], 15);
    assert_eq!(of("programme_hours"), json!({ "hours": 60 }));
    assert_eq!(text.json()["missing_terms"], json!(["duration", "renewal_information", "termination"]));
});

both!(the_commitments_name_the_parties, |world| {
    let association = world.association();
    let engaged = "Préambule :\n\nPASSEURS s'engage à accompagner les élèves.\n\n";
    let text =
        draft_of(world, &association, &import(&association, &TEXT.replace("Préambule :\n\n", engaged)).expect(201));
    let parties = text.items("parties");
    let preamble = text.json()["preamble"].clone();
    let commitments = preamble["commitments"].as_array().unwrap();
    assert!(commitments[0]["text"].as_str().unwrap().starts_with("PASSEURS s'engage"), "{preamble}");
    assert_eq!(commitments[0]["party_id"], parties[1]["id"]);
    assert!(commitments[0]["line"].as_i64().is_some());
    let third = text.items("axes")[0]["commitments"].clone();
    assert!(third.as_array().unwrap().iter().any(|c| c["party_id"] == parties[1]["id"]), "{third}");
});

both!(parties_match_by_number_and_are_proposed_otherwise, |world| {
    let (association, operator) = (world.association(), world.operator());
    let text = draft_of(world, &association, &import(&association, TEXT).expect(201));
    for (party, kind) in text.items("parties").iter().zip(["ministry", "association"]) {
        let proposed = association
            .get(&format!("/v1/organisations/{}", party["organisation_id"].as_str().unwrap()))
            .expect(200)
            .json;
        assert_eq!((&proposed["kind"], &proposed["verified"]), (&json!(kind), &json!(false)));
        assert_eq!(proposed["name"], party["name_as_signed"]);
    }
    let known = |body: Value| operator.post("/v1/organisations", &body).expect(201).id();
    let ministry = known(json!({ "kind": "ministry", "name": "Un ministère", "siret": "11004301500012" }));
    let other = known(json!({ "kind": "association", "name": "Une association", "rna": "W751234567" }));
    let rows = world.rows("organisations");
    let answer = import(&association, &with_numbers("110 043 015 00012", "W751234567")).expect(201);
    assert_eq!(each(answer.json["convention"]["parties"].as_array().unwrap(), "organisation_id"), [ministry, other]);
    assert_eq!(world.rows("organisations"), rows);
    // A number that is wrong is a doubt, and none is kept.
    let answer = import(&association, &with_numbers("110 043 015 00013", "W751234567")).expect(201);
    assert!(
        each(answer.json["warnings"].as_array().unwrap(), "code").contains(&"identifier_refused".to_owned()),
        "{}",
        answer.text
    );
    // One's own organisation takes the place of the one proposed, and may then sign.
    let text = draft_of(world, &association, &import(&association, &format!("{TEXT}\n\nAnnexe")).expect(201));
    let party = text.items("parties")[1]["id"].as_str().unwrap().to_owned();
    let own = json!({ "organisation_id": association.organisation.unwrap().to_string() });
    text.change(&format!("/v1/parties/{party}"), &own).expect(200);
    let acts = text.json()["allowed_acts"].clone();
    assert_eq!(
        acts.as_array().unwrap().iter().find(|a| a["act"] == "record_signature").unwrap()["code"],
        "terms_not_set"
    );
});

both!(the_same_text_again_is_the_same_draft, |world| {
    let association = world.association();
    let first = import(&association, TEXT).expect(201);
    let text = draft_of(world, &association, &first);
    text.change("", &json!({ "title": "Titre corrigé" })).expect(200);
    let at = world.rows("changes");
    let again = import(&association, TEXT).expect(200);
    assert_eq!(again.json["created"], false);
    assert_eq!(again.json["convention"], text.json());
    assert_eq!((&again.json["parsed"], &again.json["warnings"]), (&first.json["parsed"], &first.json["warnings"]));
    assert_eq!(import_with(&association, TEXT, "?dry_run=true").expect(200).json["convention"]["id"], text.id);
    assert_eq!((world.rows("changes"), world.rows("conventions")), (at, 1));
    // A party sees it, and a ministry sees all: it is theirs already.
    assert_eq!(import(&world.ministry(), TEXT).expect(200).json["convention"]["id"], text.id);
    // Out of the perimeter it does not exist: another draft.
    for other in [world.association(), world.operator(), world.academie("academie:25")] {
        let made = import(&other, TEXT).expect(201).json["convention"].clone();
        assert_ne!(made["id"], text.id);
        assert_eq!(import(&other, TEXT).expect(200).json["convention"]["id"], made["id"]);
    }
    assert_eq!(world.rows("conventions"), 4);
});

both!(twice_at_once_is_once, |world| {
    let association = world.association();
    let answers: Vec<Response> = std::thread::scope(|s| {
        let threads: Vec<_> = (0..4).map(|_| s.spawn(|| import(&association, TEXT))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let ids: Vec<&Value> = answers.iter().map(|a| &a.json["convention"]["id"]).collect();
    assert!(ids.iter().all(|id| *id == ids[0] && id.is_string()), "{ids:?}");
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    assert_eq!((world.rows("conventions"), total(&association, "/v1/conventions")), (1, 1));
});

both!(an_academie_imports_for_its_territory, |world| {
    let parent = in_force(world);
    let academie = world.academie("academie:25");
    let made =
        import_with(&academie, TEXT, &format!("?parent_id={}", parent.id)).expect(201).json["convention"].clone();
    assert_eq!((&made["level"], &made["territory"]), (&json!("academic"), &json!("academie:25")));
    assert_eq!(made["parent_id"], parent.id);
    let faults =
        import_with(&world.academie("academie:24"), TEXT, &format!("?parent_id={}", made["id"].as_str().unwrap()));
    assert_eq!(faults.problem("invalid_body").faults(), [("/parent_id".to_owned(), "unknown_reference".to_owned())]);
    import_with(&academie, TEXT, "?parent_id=x").problem("invalid_parameters");
});

both!(from_the_text_to_being_in_force, |world| {
    let operator = world.operator();
    let text = draft_of(world, &operator, &import(&operator, TEXT).expect(201));
    let sign = |index: usize, on: &str| {
        let parties = text.items("parties");
        let body = json!({
            "party_id": parties[index]["id"], "signatory": parties[index]["representative"], "function": "qui signe",
            "signed_on": on, "content_hash": text.hash(), "proof": "scan.pdf",
        });
        operator.post(&text.under("signatures"), &body)
    };
    refused(&sign(0, "2025-03-04"), "terms_not_set", "R01", None);
    operator.act(&text.under("confirm-clauses"), "\"1\"").problem("version_mismatch");
    operator.ask("POST", &text.under("confirm-clauses")).send().problem("precondition_required");
    let confirmed = operator.act(&text.under("confirm-clauses"), &text.etag()).expect(200).json;
    assert_eq!(confirmed["missing_terms"], json!([]));
    assert!(text.items("clauses").iter().all(|c| c["confirmed"] == true));
    sign(0, "2025-03-04").expect(201);
    sign(1, "2025-06-27").expect(201);
    let read = text.json();
    assert_eq!(
        (&read["status"], &read["in_force_from"], &read["last_day"]),
        (&json!("in_force"), &json!("2025-06-27"), &json!("2029-06-27"))
    );
    // The article of the text at hand is cited: its own number of the clause, never another's.
    let school = world.school("0950649P");
    assert_eq!(school.get(&text.path()).expect(200).json["last_day"], "2029-06-27");
    refused(&text.change("", &json!({ "last_day": "2030-01-01" })), "computed_end", "R02", Some("11"));
    // Its text stays, whole, beside what was understood of it.
    let source = operator.get(&text.under("source")).expect(200).json;
    assert_eq!((source["text"].as_str(), source["media_type"].as_str()), (Some(TEXT), Some("text/plain")));
    let digest = sha2::Sha256::digest(TEXT.as_bytes()).iter().fold(String::new(), |h, b| format!("{h}{b:02x}"));
    assert_eq!(source["sha256"], digest);
    assert_eq!(source["parsed"], import(&operator, TEXT).expect(200).json["parsed"]);
});

both!(what_the_text_does_not_say_is_declared_absent, |world| {
    let operator = world.operator();
    let silent = TEXT.replace(
        "Neuf mois avant sa date d'expiration, PASSEURS informe le ministère de l'échéance de la convention.\n",
        "",
    );
    let text = draft_of(world, &operator, &import(&operator, &silent).expect(201));
    let confirmed = operator.act(&text.under("confirm-clauses"), &text.etag()).expect(200).json;
    assert_eq!(confirmed["missing_terms"], json!(["renewal_information"]));
    let text = text.without_clause("renewal_information");
    assert_eq!(text.json()["missing_terms"], json!([]));
    // A convention drafted by hand has no source.
    let drafted = draft(world);
    drafted.author.get(&drafted.under("source")).problem("not_found");
});
