//! Conventions as tests need them: a draft ready to be signed, signed, in force.

use serde_json::{Value, json};

use super::{Actor, Response, World};

/// A national convention between a ministry and an association.
pub struct Text {
    pub id: String,
    pub ministry: Actor,
    pub association: Actor,
    /// The party of the ministry, then that of the association.
    pub parties: [String; 2],
    pub part: String,
    pub article: String,
    pub clause: String,
    pub axis: String,
    pub objective: String,
}

/// A short convention, as somebody would paste it.
pub const PASTED: &str = "CONVENTION DE COOPÉRATION\n\nENTRE\n\nLe ministère de l'Éducation nationale, représenté par Madame Dominique Durand, directrice générale,\nci-après dénommé « le ministère »,\n\nET\n\nL'association Passeurs de métiers, association loi 1901, représentée par Camille Martin, présidente,\nci-après dénommée « l'association »,\n\nIl est convenu ce qui suit :\n\nArticle 1 – Objet\n\nLa présente convention a pour objet de faire connaître les métiers aux élèves.\n\nArticle 2 – Durée\n\nLa présente convention est conclue pour une durée de cinq ans à compter de sa signature.\n";

impl World {
    /// A draft of one part, one article, one axis and one objective, with its terms settled: ready to be signed.
    pub fn draft(&self) -> Text {
        self.draft_of(json!({ "title": "Convention de coopération", "document_type": "convention de coopération",
            "level": "national", "territory": "national" }))
    }

    /// The same with a body of one's own.
    pub fn draft_of(&self, new: Value) -> Text {
        let (ministry, association) = (self.ministry(), self.association());
        self.draft_between(ministry, association, new)
    }

    pub fn draft_between(&self, ministry: Actor, association: Actor, new: Value) -> Text {
        let id = association.post("/v1/conventions", &new).expect(201).id();
        let add =
            |kind: &str, body: Value| association.post(&format!("/v1/conventions/{id}/{kind}"), &body).expect(201).id();
        let party = |actor: &Actor, side: &str| {
            let organisation = actor.organisation.unwrap().to_string();
            add("parties", json!({ "organisation_id": organisation, "side": side, "name_as_signed": side }))
        };
        let parties = [party(&ministry, "state"), party(&association, "association")];
        let part = add("parts", json!({ "number": "I", "label": "Durée" }));
        let article =
            add("articles", json!({ "number": "11", "part_id": part, "heading": "Durée", "body": "Cinq ans." }));
        let clause = add(
            "clauses",
            json!({ "kind": "duration", "article_id": article, "confirmed": true, "parameters": { "value": 5, "unit": "year" } }),
        );
        for kind in ["renewal_information", "termination"] {
            add("clauses", json!({ "kind": kind, "absent": true, "confirmed": true }));
        }
        let mut axis = json!({ "article_id": article, "label": "Découvrir les métiers" });
        if new["parent_id"].is_string() {
            axis["parent_axis_reason"] = json!("propre au territoire");
        }
        let axis = add("axes", axis);
        let objective = add("objectives", json!({ "text": "Faire connaître les métiers", "article_id": article }));
        Text { id, ministry, association, parties, part, article, clause, axis, objective }
    }

    /// A convention signed by both on a day: in force from it, for five years.
    pub fn in_force(&self, signed_on: &str) -> Text {
        let text = self.draft();
        text.signed_by_both(signed_on);
        text
    }
}

impl Text {
    pub fn path(&self) -> String {
        format!("/v1/conventions/{}", self.id)
    }

    pub fn under(&self, kind: &str) -> String {
        format!("{}/{kind}", self.path())
    }

    pub fn etag(&self) -> String {
        self.association.get(&self.path()).expect(200).etag()
    }

    pub fn hash(&self) -> String {
        let read = self.association.get(&self.path()).expect(200);
        read.json["content_hash"].as_str().unwrap().to_owned()
    }

    /// What a party signs with: 0 is the ministry's, 1 the association's.
    pub fn signature(&self, party: usize, signed_on: &str) -> Value {
        let signatory = ["Dominique Durand", "Camille Martin"][party];
        json!({
            "party_id": self.parties[party], "signatory": signatory,
            "function": "qui signe", "signed_on": signed_on, "content_hash": self.hash(),
        })
    }

    /// A party records its own signature.
    pub fn sign(&self, party: usize, signed_on: &str) -> Response {
        let signer = [&self.ministry, &self.association][party];
        signer.post(&self.under("signatures"), &self.signature(party, signed_on))
    }

    pub fn signed_by_both(&self, signed_on: &str) {
        self.sign(0, signed_on).expect(201);
        self.sign(1, signed_on).expect(201);
    }

    /// The association drafts an amendment.
    pub fn amend(&self, new: &Value) -> Response {
        self.association.post(&self.under("amendments"), new)
    }

    /// What a party signs an amendment with: 0 is the ministry's, 1 the association's.
    pub fn amendment_signature(&self, amendment: &str, party: usize, signed_on: &str) -> Value {
        let read = self.association.get(&format!("/v1/amendments/{amendment}")).expect(200);
        let mut signature = self.signature(party, signed_on);
        signature["content_hash"] = read.json["content_hash"].clone();
        signature
    }

    /// A party records its own signature of an amendment.
    pub fn sign_amendment(&self, amendment: &str, party: usize, signed_on: &str) -> Response {
        let signer = [&self.ministry, &self.association][party];
        let signature = self.amendment_signature(amendment, party, signed_on);
        signer.post(&format!("/v1/amendments/{amendment}/signatures"), &signature)
    }
}
