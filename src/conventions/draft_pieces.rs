//! From what the parser read to rows: parties, parts, articles, clauses, axes, objectives, each with its lines.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use super::articles::{Article, NewArticle};
use super::axes::{Axis, NewAxis, NewCatalogueItem};
use super::clauses::{Clause, ClauseParameters, NewClause};
use super::convention::{Commitment, ConventionRow};
use super::import::{self, Import, Warning};
use super::objectives::{NewObjective, Objective};
use super::parties::{NewParty, Party};
use super::parts::{NewPart, Part};
use crate::aggregate::{Piece, Place, place};
use crate::db::schema::organisations;
use crate::domain::Id;
use crate::domain::folded::fold;
use crate::domain::identifiers::{Rna, Siret};
use crate::domain::vocabulary::{ClauseKind, OrganisationKind, Side};
use crate::error::Halt;
use crate::http::body::Faults;
use crate::http::unit::Unit;
use crate::organisations::NewOrganisation;
use crate::organisations::organisation::OrganisationRow;

/// Draws the pieces of one imported convention.
pub struct Draughtsman<'u, 'c> {
    unit: &'u mut Unit<'c>,
    convention: ConventionRow,
    /// In the order of the text, as commitments name them.
    parties: Vec<Id>,
    /// Organisations that are party, and as which.
    signers: Vec<(Id, Id)>,
    /// Articles that carry an axis.
    with_axis: Vec<Id>,
    parts: HashMap<String, Id>,
    articles: HashMap<(Option<String>, String), Id>,
    doubts: Vec<Warning>,
}

impl<'u, 'c> Draughtsman<'u, 'c> {
    pub fn new(unit: &'u mut Unit<'c>, convention: &ConventionRow) -> Self {
        Self {
            unit,
            convention: convention.clone(),
            parties: Vec::new(),
            signers: Vec::new(),
            with_axis: Vec::new(),
            parts: HashMap::new(),
            articles: HashMap::new(),
            doubts: Vec::new(),
        }
    }

    /// Draws everything; returns the doubts that only the database could raise.
    pub fn draw(mut self, import: &Import, preamble: &mut Vec<Commitment>) -> Result<Vec<Warning>, Halt> {
        for party in &import.parsed.parties {
            self.party(party)?;
        }
        for part in &import.parsed.parts {
            if self.parts.contains_key(&part.number) {
                continue;
            }
            let new = NewPart { number: part.number.clone(), label: part.label.clone(), position: None };
            let made = place::<Part>(self.unit, &self.convention, new)?;
            self.parts.insert(part.number.clone(), made.id);
        }
        for article in &import.draft.articles {
            self.article(article)?;
        }
        for clause in &import.draft.clauses {
            self.clause(clause)?;
        }
        for axis in &import.draft.axes {
            self.axis(axis)?;
        }
        for objective in &import.draft.objectives {
            let new = NewObjective {
                text: objective.text.clone(),
                article_id: self.article_at(objective.line, &import.draft.articles),
                served_by_axes: Vec::new(),
                served_by_items: Vec::new(),
                position: None,
            };
            self.lined::<Objective>(new, |o| o.source_line = line(objective.line))?;
        }
        if let Some(section) = &import.draft.preamble {
            *preamble = self.commitments(&section.commitments);
        }
        Ok(self.doubts)
    }

    /// A party and its organisation: matched by SIRET or RNA only, proposed otherwise.
    fn party(&mut self, read: &import::Party) -> Result<(), Halt> {
        let siret: Option<Siret> = read.siret.as_deref().and_then(|text| text.parse().ok());
        let rna: Option<Rna> = read.rna.as_deref().and_then(|text| text.parse().ok());
        if (read.siret.is_some() && siret.is_none()) || (read.rna.is_some() && rna.is_none()) {
            self.doubt("identifier_refused", format!("SIRET ou RNA de « {} » mal formé : non retenu", read.name));
        }
        let (kind, side) = nature(&read.name);
        if side == Side::Other {
            self.doubt("side_to_check", format!("qualité de « {} » à préciser", read.name));
        }
        let known = self.known(siret.as_ref(), rna.as_ref())?;
        let organisation_id = if let Some(id) = known {
            id
        } else {
            self.doubt(
                "party_proposed",
                format!("« {} » n'est reconnu par aucun SIRET ou RNA : organisme proposé, à vérifier", read.name),
            );
            self.proposed(read, kind, siret, rna)?
        };
        if let Some((_, party)) = self.signers.iter().find(|(organisation, _)| *organisation == organisation_id) {
            // Its number is that of a party named before: an organisation is party once.
            self.parties.push(*party);
            self.doubt("party_repeated", format!("« {} » est déjà partie sous le même numéro", read.name));
            return Ok(());
        }
        let new = NewParty {
            organisation_id,
            side,
            name_as_signed: read.name.clone(),
            alias: read.alias.clone(),
            address: read.address.clone(),
            representative: read.representative.clone(),
            representative_function: read.function.clone(),
            position: None,
        };
        // Found by the number that the text has for it, whoever sees it by now.
        let position = Party::last_position(self.unit, self.convention.id)? + 1;
        let at = Place { id: self.unit.new_id(), position, before: None };
        let made = Party::placed(self.unit.request.now, &self.convention, &at, new);
        made.insert(self.unit)?;
        self.parties.push(made.id);
        self.signers.push((organisation_id, made.id));
        Ok(())
    }

    fn known(&mut self, siret: Option<&Siret>, rna: Option<&Rna>) -> QueryResult<Option<Id>> {
        if let Some(siret) = siret {
            let by_siret = organisations::table
                .filter(organisations::siret.eq(Some(siret)))
                .select(organisations::id)
                .first(&mut **self.unit)
                .optional()?;
            if by_siret.is_some() {
                return Ok(by_siret);
            }
        }
        let Some(rna) = rna else { return Ok(None) };
        organisations::table
            .filter(organisations::rna.eq(Some(rna)))
            .select(organisations::id)
            .first(&mut **self.unit)
            .optional()
    }

    fn proposed(
        &mut self,
        read: &import::Party,
        kind: OrganisationKind,
        siret: Option<Siret>,
        rna: Option<Rna>,
    ) -> Result<Id, Halt> {
        let new = NewOrganisation {
            kind: if rna.is_some() { OrganisationKind::Association } else { kind },
            name: read.name.clone(),
            short_name: None,
            legal_form: None,
            siret,
            rna,
            address: read.address.clone(),
            public_utility: false,
            accreditation: None,
            verified: Some(false),
            external_id: None,
        };
        let id = self.unit.new_id();
        let request = self.unit.request.clone();
        OrganisationRow::make(id, new, &request).add(self.unit)?;
        Ok(id)
    }

    fn article(&mut self, read: &import::ArticleDraft) -> Result<(), Halt> {
        let new = NewArticle {
            number: read.number.clone(),
            part_id: read.part.as_ref().and_then(|part| self.parts.get(part).copied()),
            heading: read.heading.clone(),
            body: read.body.clone(),
            position: None,
        };
        let (first, last) = (line(read.line), line(read.last_line));
        let id = self.lined::<Article>(new, |article| {
            article.source_line = first;
            article.source_last_line = last;
        })?;
        self.articles.entry((read.part.clone(), read.number.clone())).or_insert(id);
        Ok(())
    }

    fn clause(&mut self, read: &import::ClauseDraft) -> Result<(), Halt> {
        let Some((kind, parameters)) = said(read) else { return Ok(()) };
        let new = NewClause {
            kind,
            article_id: self.article_numbered(read.part.as_ref(), read.article.as_ref()),
            absent: false,
            confirmed: false,
            parameters,
            quote: Some(read.text.clone()),
            position: None,
        };
        match self.lined::<Clause>(new, |clause| clause.source_line = line(read.line)) {
            // The text says twice what a convention has once: people will choose.
            Err(Halt::Problem(problem)) if problem.entry.code == "duplicate" => {
                let code = "clause_repeated";
                let detail = format!("seconde clause « {kind} » : seule la première est proposée");
                self.doubts.push(Warning::new(read.line, code, detail.clone(), detail));
                Ok(())
            }
            Err(other) => Err(other),
            Ok(_) => Ok(()),
        }
    }

    fn axis(&mut self, read: &import::AxisDraft) -> Result<(), Halt> {
        let Some(article_id) = self.article_numbered(read.part.as_ref(), Some(&read.article)) else { return Ok(()) };
        if self.with_axis.contains(&article_id) {
            // The text numbers two articles alike: their axes cannot be told apart.
            self.doubt(
                "axis_repeated",
                format!("second axe à l'article {} : seul le premier est proposé", read.article),
            );
            return Ok(());
        }
        self.with_axis.push(article_id);
        let new = NewAxis {
            article_id,
            label: read.label.clone(),
            transversal: read.transversal,
            audiences: read.audiences.iter().filter_map(|code| code.parse().ok()).collect(),
            commitments: self.commitments(&read.commitments),
            catalogue: read
                .catalogue
                .iter()
                .map(|item| NewCatalogueItem {
                    id: None,
                    label: item.text.clone(),
                    national_kind: None,
                    line: Some(item.line),
                })
                .collect(),
            parent_axis_id: None,
            parent_axis_reason: None,
            position: None,
        };
        place::<Axis>(self.unit, &self.convention, new)?;
        Ok(())
    }

    fn commitments(&self, read: &[import::Commitment]) -> Vec<Commitment> {
        read.iter()
            .map(|commitment| Commitment {
                party_id: commitment.party.and_then(|index| self.parties.get(index).copied()),
                text: commitment.text.clone(),
                line: Some(commitment.line),
            })
            .collect()
    }

    /// Places a piece that keeps the lines it came from.
    fn lined<P>(&mut self, new: P::New, set_lines: impl FnOnce(&mut P)) -> Result<Id, Halt>
    where
        P: Piece<Whole = ConventionRow>,
    {
        let position = P::last_position(self.unit, self.convention.id)? + 1;
        let id = self.unit.new_id();
        let mut piece = P::make(self.unit, &self.convention, Place { id, position, before: None }, new)?;
        set_lines(&mut piece);
        piece.insert(self.unit)?;
        Ok(id)
    }

    fn article_numbered(&self, part: Option<&String>, number: Option<&String>) -> Option<Id> {
        self.articles.get(&(part.cloned(), number?.clone())).copied()
    }

    fn article_at(&self, line: u32, articles: &[import::ArticleDraft]) -> Option<Id> {
        let article = articles.iter().find(|a| (a.line..=a.last_line).contains(&line))?;
        self.article_numbered(article.part.as_ref(), Some(&article.number))
    }

    fn doubt(&mut self, code: &'static str, detail: String) {
        self.doubts.push(Warning::new(1, code, detail.clone(), detail));
    }
}

/// What a proposed clause says; nothing when its kind is not one of ours.
pub fn said(read: &import::ClauseDraft) -> Option<(ClauseKind, ClauseParameters)> {
    let kind = read.kind.parse().ok()?;
    let said: serde_json::Map<String, Value> = read
        .parameters
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let parameters = deserr::deserialize::<ClauseParameters, _, Faults>(Value::Object(said));
    Some((kind, parameters.unwrap_or_default()))
}

fn line(line: u32) -> Option<i32> {
    i32::try_from(line).ok()
}

/// What an organisation seems to be, by its name: enough to propose, for somebody to check.
fn nature(name: &str) -> (OrganisationKind, Side) {
    let name = fold(name);
    let says = |words: &[&str]| words.iter().any(|word| name.split(' ').any(|w| w == *word));
    if says(&["ministere", "ministre", "etat"]) {
        (OrganisationKind::Ministry, Side::State)
    } else if says(&["academie", "rectorat", "recteur", "rectrice"]) {
        let region = says(&["region", "regional"]);
        (if region { OrganisationKind::AcademicRegion } else { OrganisationKind::Academie }, Side::State)
    } else if says(&["association", "federation", "fondation"]) {
        (OrganisationKind::Association, Side::Association)
    } else if says(&["societe", "sas", "sa", "sarl", "entreprise", "groupe"]) {
        (OrganisationKind::Company, Side::Other)
    } else {
        (OrganisationKind::Other, Side::Other)
    }
}
