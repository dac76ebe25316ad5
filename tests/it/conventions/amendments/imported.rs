//! An avenant from its own text, against the convention that the caller names: the issue's own case, with a fictional
//! convention of our own.

use serde_json::{Value, json};

use super::super::each;
use super::{read, refused, warned};
use crate::support::{Actor, Response, World};

pub const CONVENTION: &str = "CONVENTION DE PARTENARIAT

ENTRE

Le ministère des Essais, représenté par Camille FACTICE, directrice,
ci-après dénommé « le ministère »,

ET

L'association Les Passeurs, association loi 1901, représentée par Dominique EXEMPLE, président,
ci-après dénommée « l'association »,

Il est convenu ce qui suit :

Article 1 – Objet

La présente convention a pour objet de faire connaître les métiers aux élèves.

Article 2 – Réseaux mobilisés

Peuvent être sollicités :

- les délégués académiques à la formation ;
- les comités locaux.

Ils sont informés chaque année.

Article 9 – Suivi

Le comité de pilotage se réunit au moins une fois par an.

Article 11 – Durée

La présente convention est conclue pour une durée de cinq\u{a0}ans à compter de sa signature. Elle ne peut être renouvelée par tacite reconduction.

Elle peut être modifiée par avenant. Le bilan des cinq ans est partagé.

Article 12 – Dénonciation

Chaque partie peut dénoncer la convention, moyennant un préavis de six mois.
";

pub const AVENANT: &str = "AVENANT N° 1
À LA CONVENTION DE PARTENARIAT DU 27 JUIN 2024

ENTRE

Le ministère des Épreuves, représenté par Alix MODÈLE, directeur,
ci-après « le ministère »,

ET

L'association Les Passeurs, représentée par Dominique EXEMPLE, président,
ci-après « l'association ».

Vu la convention du 27 juin 2024 et notamment ses articles 9 et 11 ;

Il est convenu ce qui suit :

Article 1er – Modification de l'article 9
L'article 9 de la convention est remplacé par les dispositions suivantes :
« Article 9 – Pilotage
Le comité de pilotage se réunit deux fois par an. »

Article 2 – Modification de l'article 11
Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six ans ».

Article 3 – Ajout d'un réseau
À l'article 2 de la convention, il est ajouté un alinéa ainsi rédigé :
« - les délégués de région. »

Article 4 – Entrée en vigueur
Le présent avenant entre en vigueur à la date de sa signature. Les autres stipulations demeurent inchangées.

Fait à Villefictive, le 15 janvier 2026, en deux exemplaires.
";

/// A convention brought in by the operator, who records what was signed on paper.
pub struct Paper {
    id: String,
    pub operator: Actor,
    parties: Vec<String>,
}

impl Paper {
    /// Signed on 20 and 27 June 2024.
    pub fn signed(world: &World) -> Self {
        Self::of(world, CONVENTION)
    }

    /// The same of another text.
    pub fn of(world: &World, text: &str) -> Self {
        let operator = world.operator();
        let answer = operator.ask("POST", "/v1/conventions/import").body("text/plain", text).send().expect(201);
        let id = answer.json["convention"]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/conventions/{id}");
        for missing in answer.json["convention"]["missing_terms"].as_array().unwrap() {
            // What the text does not say is declared absent; what it says is confirmed next.
            let proposed = operator.list(&format!("{path}/clauses"));
            if !proposed.iter().any(|clause| clause["kind"] == *missing) {
                let absent = json!({ "kind": missing, "absent": true, "confirmed": true });
                operator.post(&format!("{path}/clauses"), &absent).expect(201);
            }
        }
        let etag = operator.get(&path).expect(200).etag();
        operator.act(&format!("{path}/confirm-clauses"), &etag).expect(200);
        let parties = each(&operator.list(&format!("{path}/parties")), "id");
        let paper = Self { id, operator, parties };
        paper.sign("", 0, "2024-06-20").expect(201);
        paper.sign("", 1, "2024-06-27").expect(201);
        paper
    }

    pub fn under(&self, rest: &str) -> String {
        format!("/v1/conventions/{}{rest}", self.id)
    }

    pub fn get(&self, rest: &str) -> Value {
        self.operator.get(&self.under(rest)).expect(200).json
    }

    /// A signature of the convention, or of one of its amendments.
    pub fn sign(&self, amendment: &str, party: usize, on: &str) -> Response {
        let path = if amendment.is_empty() { self.under("") } else { format!("/v1/amendments/{amendment}") };
        let hash = self.operator.get(&path).expect(200).json["content_hash"].clone();
        let signatory = ["Camille Factice", "Dominique Exemple"][party];
        let signature = json!({
            "party_id": self.parties[party], "signatory": signatory,
            "function": "qui signe", "signed_on": on, "content_hash": hash, "proof": "Archives, carton 12",
        });
        self.operator.post(&format!("{path}/signatures"), &signature)
    }

    pub fn import(&self, text: &str, query: &str) -> Response {
        let path = self.under(&format!("/amendments/import{query}"));
        self.operator.ask("POST", &path).body("text/plain", text).send()
    }

    pub fn confirm(&self, amendment: &str) -> Response {
        let path = format!("/v1/amendments/{amendment}");
        let etag = self.operator.get(&path).expect(200).etag();
        self.operator.act(&format!("{path}/confirm-clauses"), &etag)
    }

    fn last_day(&self, on: &str) -> Value {
        self.get(&format!("?as_of={on}"))["last_day"].clone()
    }
}

fn id_of(answer: &Response) -> String {
    answer.json["amendment"]["id"].as_str().unwrap().to_owned()
}

both!(three_edits_and_the_entry_into_force_are_understood, |world| {
    let paper = Paper::signed(world);
    let answer = paper.import(AVENANT, "").expect(201);
    assert_eq!(answer.json["created"], true);
    let amendment = answer.json["amendment"].clone();
    assert_eq!(answer.header("location"), Some(format!("/v1/amendments/{}", id_of(&answer)).as_str()));
    assert_eq!((&amendment["number"], &amendment["status"]), (&json!(1), &json!("draft")));
    assert_eq!((&amendment["effective_on"], &amendment["source"]), (&json!(null), &json!(AVENANT)));
    assert_eq!(amendment["awaited"], json!(paper.parties));
    let edits = amendment["edits"].as_array().unwrap();
    let told: Vec<_> =
        edits.iter().map(|e| json!([e["kind"], e["article"], e["alinea"], e["old"], e["new"]])).collect();
    assert_eq!(
        json!(told),
        json!([
            [
                "replace_article",
                "9",
                null,
                null,
                "Article 9 – Pilotage\nLe comité de pilotage se réunit deux fois par an."
            ],
            ["replace_words", "11", 1, "cinq ans", "six ans"],
            ["insert_alinea", "2", null, null, "- les délégués de région."],
        ])
    );
    // Other names than the convention's are warned of, and nothing else is.
    assert_eq!(warned(&amendment), ["parties_differ"]);
    let detail = amendment["warnings"][0]["detail"]["fr"].as_str().unwrap();
    assert!(detail.contains("Épreuves") && detail.contains("Essais"), "{detail}");
    // What follows for the clauses is proposed.
    let changes = amendment["clause_changes"].as_array().unwrap();
    assert_eq!(each(changes, "kind"), ["steering", "duration"]);
    assert_eq!((&changes[0]["article"], &changes[0]["parameters"]["minimum_per_year"]), (&json!("9"), &json!(2)));
    assert_eq!(
        (&changes[1]["article"], &changes[1]["parameters"]),
        (&json!("11"), &json!({"value": 6, "unit": "year"}))
    );
    assert!(changes.iter().all(|change| change["confirmed"] == false));
    assert!(changes[1]["quote"].as_str().unwrap().contains("six ans"), "{changes:?}");
    // The parser's own reading keeps its members.
    assert_eq!(
        answer.json["parsed"]["edits"][1],
        json!({ "kind": "replace_words", "article": "11", "old": "cinq ans", "new": "six ans" })
    );
});

both!(the_same_text_again_is_the_first_draft, |world| {
    let paper = Paper::signed(world);
    let tried = paper.import(AVENANT, "?dry_run=true").expect(200);
    assert_eq!((&tried.json["created"], &tried.json["amendment"]), (&json!(false), &json!(null)));
    assert_eq!(warned(&tried.json), ["parties_differ"]);
    assert_eq!(world.rows("amendments"), 0);
    let first = paper.import(AVENANT, "").expect(201);
    let again = paper.import(AVENANT, "").expect(200);
    assert_eq!((&again.json["created"], id_of(&again)), (&json!(false), id_of(&first)));
    assert_eq!(world.rows("amendments"), 1);
    // As a convention of its own it stays refused.
    paper.operator.ask("POST", "/v1/conventions/import").body("text/plain", AVENANT).send().problem("amendment_text");
});

both!(signed_it_counts_from_its_day_and_the_day_before_stands, |world| {
    let paper = Paper::signed(world);
    let original = paper.get("/content");
    let amendment = id_of(&paper.import(AVENANT, "").expect(201));
    // The difference, before anybody signs.
    let diff = paper.operator.get(&format!("/v1/amendments/{amendment}/diff")).expect(200).json;
    assert_eq!(each(diff["articles"].as_array().unwrap(), "number"), ["2", "9", "11"]);
    assert_eq!(each(diff["articles"].as_array().unwrap(), "change"), ["changed", "changed", "changed"]);
    let pieces = |diff: &Value, index: usize, change: &str| -> Vec<String> {
        let body = diff["articles"][index]["body"].as_array().unwrap();
        body.iter().filter(|p| p["change"] == change).map(|p| p["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (pieces(&diff, 2, "removed").concat(), pieces(&diff, 2, "added").concat()),
        ("cinq".into(), "six".into())
    );
    refused(&paper.sign(&amendment, 0, "2026-01-15"), "clauses_not_confirmed", Some("11"));
    let confirmed = paper.confirm(&amendment).expect(200).json;
    assert!(confirmed["clause_changes"].as_array().unwrap().iter().all(|change| change["confirmed"] == true));
    paper.sign(&amendment, 0, "2026-01-12").expect(201);
    assert_eq!(paper.last_day("2026-01-15"), "2029-06-27", "one key alone changes nothing");
    assert_eq!(read(&paper.operator, &amendment, "")["awaited"], json!([paper.parties[1]]));
    paper.sign(&amendment, 1, "2026-01-15").expect(201);

    assert_eq!(
        (paper.last_day("2026-01-14"), paper.last_day("2026-01-15")),
        (json!("2029-06-27"), json!("2030-06-27"))
    );
    assert_eq!(paper.get("?as_of=2029-06-28")["status"], "in_force");
    assert_eq!(
        (&paper.get("?as_of=2030-06-27")["status"], &paper.get("?as_of=2030-06-28")["status"]),
        (&json!("in_force"), &json!("expired"))
    );
    let status = |on: &str| read(&paper.operator, &amendment, &format!("?as_of={on}"))["status"].clone();
    assert_eq!(
        [status("2026-01-11"), status("2026-01-12"), status("2026-01-14"), status("2026-01-15")],
        [json!("draft"), json!("partially_signed"), json!("partially_signed"), json!("in_force")]
    );

    // The text before and after, by date.
    let (before, after) = (paper.get("/text?as_of=2026-01-14"), paper.get("/text?as_of=2026-01-15"));
    let article = |text: &Value, number: &str| {
        text["articles"].as_array().unwrap().iter().find(|a| a["number"] == number).unwrap().clone()
    };
    assert_eq!(
        (&article(&before, "9")["heading"], &article(&after, "9")["heading"]),
        (&json!("Suivi"), &json!("Pilotage"))
    );
    assert_eq!(article(&before, "9")["amended_by"], json!(null));
    assert_eq!(article(&after, "9")["amended_by"]["in_force_from"], "2026-01-15");
    assert_eq!(
        (&article(&after, "9")["amended_by"]["number"], &article(&after, "9")["amended_by"]["id"]),
        (&json!(1), &json!(amendment))
    );
    assert_eq!(article(&after, "1"), article(&before, "1"));
    let body = |text: &Value, number: &str| article(text, number)["body"].as_str().unwrap().to_owned();
    assert!(body(&before, "11").contains("durée de cinq ans à compter"));
    assert!(body(&after, "11").contains("durée de six ans à compter"));
    assert!(body(&after, "11").contains("Le bilan des cinq ans"), "the other alinéa is not touched");
    assert!(body(&after, "2").contains("- les comités locaux.\n- les délégués de région.\n\nIls sont informés"));

    // And the difference between the two days; none between two days of one text.
    let told = paper.get("/text/diff?from=2026-01-14&to=2026-01-15");
    assert_eq!(told["articles"], diff["articles"]);
    assert_eq!(paper.get("/text/diff?from=2026-01-15&to=2026-11-01")["articles"], json!([]));

    // The steering rules follow the new article 9 from that day.
    let steering = |on: &str| {
        let clauses = paper.operator.list(&paper.under(&format!("/clauses?as_of={on}")));
        let found: Vec<Value> = clauses.into_iter().filter(|clause| clause["kind"] == "steering").collect();
        assert_eq!(found.len(), 1);
        (found[0]["parameters"]["minimum_per_year"].clone(), found[0]["id"].as_str().unwrap().to_owned())
    };
    assert_eq!((steering("2026-01-14").0, steering("2026-01-15").0), (json!(1), json!(2)));
    let (old, new) = (steering("2026-01-14").1, steering("2026-01-15").1);
    paper.operator.get(&format!("/v1/clauses/{new}?as_of=2026-01-15")).expect(200);
    paper.operator.get(&format!("/v1/clauses/{new}?as_of=2026-01-14")).expect(404);
    paper.operator.get(&format!("/v1/clauses/{old}?as_of=2026-01-14")).expect(200);
    paper.operator.get(&format!("/v1/clauses/{old}")).expect(404);
    // What an amendment alone has made changes by another one, as the rest.
    paper.operator.patch(&format!("/v1/clauses/{new}"), "*", &json!({ "position": 9 })).problem("amendment_required");
    let meetings = |on: &str| {
        let ledger = paper.get(&format!("/obligations?as_of={on}"));
        let years = ledger["items"].as_array().unwrap().iter().filter(|duty| duty["rule"] == "R11");
        years.map(|duty| duty["computed"]["minimum"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(meetings("2026-01-14"), [1, 1, 1, 1, 1], "five years, one meeting in each");
    assert_eq!(meetings("2026-01-15"), [1, 2, 2, 2, 2, 2], "six years, two from the one that is running on");

    // Nothing signed is ever rewritten.
    assert_eq!(paper.get("/content"), original);
});

both!(words_that_are_not_in_the_text_refuse_signature, |world| {
    let paper = Paper::signed(world);
    let other = AVENANT.replace("« cinq ans »", "« sept ans »");
    let answer = paper.import(&other, "").expect(201);
    let amendment = id_of(&answer);
    assert_eq!(warned(&answer.json["amendment"]), ["parties_differ", "edit_not_applicable"]);
    let edit = answer.json["amendment"]["edits"][1]["id"].clone();
    assert_eq!(answer.json["amendment"]["warnings"][1]["edit"], edit);
    paper.confirm(&amendment).expect(200);
    let computed = refused(&paper.sign(&amendment, 0, "2026-01-15"), "edit_not_applicable", Some("11"));
    assert_eq!((&computed["edits"][0]["edit"], &computed["edits"][0]["reason"]), (&edit, &json!("words_absent")));
    assert_eq!(paper.last_day("2026-11-23"), "2029-06-27");
    let diff = paper.operator.get(&format!("/v1/amendments/{amendment}/diff")).expect(200).json;
    assert_eq!(diff["not_applicable"], json!([edit]));
});

both!(tacit_renewal_and_a_named_day, |world| {
    let paper = Paper::signed(world);
    let text = AVENANT
        .replace("Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six ans ».",
            "À l'article 11, les mots : « Elle ne peut être renouvelée par tacite reconduction » sont remplacés par les mots : « Elle est renouvelable par tacite reconduction ».")
        .replace("entre en vigueur à la date de sa signature", "entre en vigueur le 1er mars 2026");
    let answer = paper.import(&text, "").expect(201);
    let amendment = answer.json["amendment"].clone();
    assert_eq!(amendment["effective_on"], "2026-03-01");
    assert_eq!(warned(&amendment), ["parties_differ", "tacit_renewal_introduced"]);
    paper.confirm(&id_of(&answer)).expect(200);
    paper.sign(&id_of(&answer), 0, "2026-01-15").expect(201);
    paper.sign(&id_of(&answer), 1, "2026-01-15").expect(201);
    let on = |day: &str| {
        let convention = paper.get(&format!("?as_of={day}"));
        let status = read(&paper.operator, &id_of(&answer), &format!("?as_of={day}"))["status"].clone();
        (status, convention["renews_tacitly"].clone())
    };
    assert_eq!(on("2026-01-14"), (json!("draft"), json!(false)));
    assert_eq!(on("2026-02-28"), (json!("signed"), json!(false)));
    assert_eq!(on("2026-03-01"), (json!("in_force"), json!(true)));
});

both!(what_is_no_amendment_is_refused, |world| {
    let paper = Paper::signed(world);
    paper.import(CONVENTION, "").problem("not_an_amendment");
    paper.import("   ", "").problem("invalid_body");
    let path = paper.under("/amendments/import");
    paper.operator.ask("POST", &path).body("text/csv", "x").send().problem("unsupported_media_type");
    paper.operator.ask("POST", &path).body("text/plain", vec![0xff, 0xfe]).send().problem("malformed_body");
    world.association().ask("POST", &path).body("text/plain", AVENANT).send().problem("not_found");
    world.ministry().ask("POST", &path).body("text/plain", AVENANT).send().problem("not_allowed");
});
