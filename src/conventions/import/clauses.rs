//! Proposed clauses: a rule is switched on only by a sentence that says it.
//!
//! People confirm them; each carries its sentence, its line and its parameters.

use serde_json::{Value, json};

use super::blocks::Sentence;
use super::draft::ClauseDraft;
use super::notices::Notices;
use super::passages::Passage;
use super::pattern;
use super::periods;
use super::report::Unit;
use super::rights;
use super::steering::Found;
use super::terms::Terms;

/// Proposes the clauses of a convention, in the order of the text.
pub fn read(
    passages: &[Passage],
    terms: &Terms,
    notices: &Notices,
    steering: Option<&Found>,
    clauses: &mut Vec<ClauseDraft>,
) {
    effects(passages, terms, clauses);
    if let Some((found, place, index)) = &terms.duration {
        let parameters = json!({
            "value": found.value,
            "unit": found.unit.map(Unit::code),
            "start": found.start.map(|date| date.to_string()),
            "end": found.end.map(|date| date.to_string()),
        });
        push(clauses, passages, "duration", *place, *index, parameters);
    }
    if let Some((allowed, place, index)) = &terms.tacit {
        push(clauses, passages, "tacit_renewal", *place, *index, json!({ "allowed": allowed }));
    }
    if let Some((found, place, index)) = &notices.renewal {
        let parameters = json!({ "value": found.value, "unit": found.unit.code(), "by": found.by });
        push(clauses, passages, "renewal_information", *place, *index, parameters);
    }
    if let Some((found, place, index)) = &notices.termination {
        let parameters = json!({ "value": found.value, "unit": found.unit.code(), "counted_from": found.counted_from });
        push(clauses, passages, "termination", *place, *index, parameters);
    }
    for (found, place, index) in &notices.cures {
        let parameters = json!({ "value": found.value, "unit": found.unit.code(), "what": found.what });
        push(clauses, passages, "cure_period", *place, *index, parameters);
    }
    if let Some((found, place, index)) = steering {
        let parameters = json!({
            "body": found.body,
            "minimum_per_year": found.minimum_per_year,
            "regions_invited_by": rights::inviting(&passages[*place]),
            "experts": rights::associates_experts(&passages[*place]).then_some(true),
        });
        push(clauses, passages, "steering", *place, *index, parameters);
    }
    said(passages, clauses);
    clauses.sort_by_key(|clause| clause.line);
}

/// The clause of effect; the only one an amendment has of its own.
pub fn effects(passages: &[Passage], terms: &Terms, clauses: &mut Vec<ClauseDraft>) {
    if let Some((found, place, index)) = &terms.effective {
        let parameters = json!({ "on": found.on.map(|date| date.to_string()) });
        push(clauses, passages, "effective", *place, *index, parameters);
    }
}

fn push(
    clauses: &mut Vec<ClauseDraft>,
    passages: &[Passage],
    kind: &'static str,
    place: usize,
    index: usize,
    parameters: Value,
) {
    let passage = &passages[place];
    let sentence = &passage.sentences[index];
    clauses.push(ClauseDraft {
        kind,
        article: passage.number.clone(),
        part: passage.part.clone(),
        line: sentence.line,
        text: sentence.text.raw.clone(),
        parameters,
    });
}

/// Clauses that a sentence says in so many words; at most one of a kind in an article.
fn said(passages: &[Passage], clauses: &mut Vec<ClauseDraft>) {
    for (place, passage) in passages.iter().enumerate() {
        let from = clauses.len();
        for (index, sentence) in passage.sentences.iter().enumerate() {
            for kind in kinds(sentence) {
                if !clauses[from..].iter().any(|clause| clause.kind == kind) {
                    push(clauses, passages, kind, place, index, parameters(kind, sentence));
                }
            }
        }
    }
}

fn parameters(kind: &str, sentence: &Sentence) -> Value {
    match kind {
        "minutes" => json!({ "proposed_by": proposer(sentence) }),
        "programme_hours" => json!({ "hours": hours(&sentence.text.key) }),
        _ => json!({}),
    }
}

fn kinds(sentence: &Sentence) -> Vec<&'static str> {
    let key = sentence.text.key.as_str();
    let has = |word: &str| key.contains(word);
    let mut kinds = Vec::new();
    let mut add = |said: bool, kind: &'static str| {
        if said {
            kinds.push(kind);
        }
    };
    add(
        (has("renouvel") || has("reconduction"))
            && re!(r"\b(?:evoqu|examin|etudi|se concert|se rapproch|negoci|discut|se reuni|envisag|se rencontr)\w*")
                .is_match(key)
            && re!(r"\bparties\b|\bsignataires\b|\bpartenaires\b|\bensemble\b").is_match(key),
        "renewal_talks",
    );
    add(has("avenant") && re!(r"modifi\w*|revis\w*|complet\w*|amend\w*|ajust\w*|adapt\w*").is_match(key), "amendment");
    add(
        has("exceptionnel") && re!(r"\b(?:reunion|comite|seance|session)\b").is_match(key) && !has("litige"),
        "exceptional_meeting",
    );
    add(has("ordre du jour"), "agenda");
    add(re!(r"\bcomptes?[- ]rendus?\b (?:de|des|est|sont|de chaque)|proces[- ]verbal|proces[- ]verbaux|releves? de (?:decisions?|conclusions?)").is_match(key) && re!(r"reunion|comite|commission|seance|groupe").is_match(key) && !re!(r"financier").is_match(key), "minutes");
    add(
        has("inform") && re!(r"acteurs (?:regionaux|academiques|territoriaux|locaux)|services (?:deconcentres|academiques)|regions academiques|academies|recteurs|rectorats|echelons? regiona").is_match(key) && re!(r"\binforme(?:nt|r|ra|ront)?\b").is_match(key),
        "regional_information",
    );
    add(has("communication") && re!(r"(?:moyens?|actions?|supports?|documents?|operations?|plan|outils?) de communication|communication (?:externe|relative|conjointe|commune)|toute communication").is_match(key), "communication");
    add(re!(r"(?:accord|autorisation|consentement|validation|approbation)\b[^.]{0,60}\b(?:avant toute|prealable\w*|preala)[^.]{0,80}(?:communication|publication|diffusion)|accord prealable|autorisation (?:ecrite )?prealable|(?:communication|publication|diffusion)[^.]{0,80}\b(?:accord|autorisation|validation)\b[^.]{0,30}(?:prealable|ecrit)|avant toute (?:communication|publication|diffusion)").is_match(key) && re!(r"communication|publication|diffusion|publicite|presse|accord prealable|logo").is_match(key), "prior_consent");
    add(
        re!(r"\blogos?\b|\blogotypes?\b|\bchartes? graphiques?\b|\bmarques?\b").is_match(key)
            && re!(r"\b(?:utilis|usage|reprodu|appos|demande|autoris|accord)\w*").is_match(key),
        "material_use",
    );
    add(
        re!(r"\brelais\b|\brelaye\w*|\brelaie\w*").is_match(key)
            && re!(r"reseaux?|assur\w+|actions?|services").is_match(key),
        "relay",
    );
    add(
        re!(r"\blitiges?\b|\bdifferends?\b|\bcontestations?\b|\bconciliation\b|tribunal|juridiction").is_match(key),
        "dispute",
    );
    add(
        re!(r"\bmixite\b|\binclusion\b|discriminations?|egalite (?:entre les |des )?(?:filles?|femmes?|sexes)")
            .is_match(key)
            && re!(r"s'engagent?|veille(?:nt)?|dans chaque|toutes les actions|promouvoir|favoris\w+").is_match(key),
        "inclusion",
    );
    add(
        re!(r"accessib\w+|situations? de handicap").is_match(key)
            && re!(r"\b(?:veille|s'engage|facilit|assur|garanti|accueil)\w*").is_match(key),
        "accessibility",
    );
    add(hours(key).is_some(), "programme_hours");
    add(
        re!(r"\b(?:ressources|outils|supports|documents) pedagogiques\b|\bressources et outils\b").is_match(key)
            && re!(r"\b(?:develop|concev|concept|realis|elabor|produi|creer|creation|mise? a disposition|valoris)\w*")
                .is_match(key),
        "resources",
    );
    kinds
}

/// `ces modules de 91 heures`.
fn hours(key: &str) -> Option<u32> {
    re!(r"\b(?:modules?|parcours|programmes?|formations?|cycles?|volume(?: horaire)?)\b[^.;:]{0,40}? (?:de |d'une duree de )(\d{1,4}) ?(?:heures|h)\b")
        .captures(key)?
        .get(1)?
        .as_str()
        .parse()
        .ok()
        .filter(|hours| *hours > 0 && !periods::has_blank(key))
}

/// Who proposes the minutes: `proposé par ECTI`, `rédigé par l'association`.
fn proposer(sentence: &Sentence) -> Option<String> {
    let text = &sentence.text;
    let found = re!(r"\b(?:proposee?s?|redigee?s?|etablie?s?|elaboree?s?|assuree?s?|prepare?e?s?) par (.{2,60}?)(?:,| puis | et | avant |\.|;|$)").captures(&text.key)?;
    Some(text.quote(found.get(1)?.range()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn kinds_of(text: &str) -> Vec<(&'static str, Value)> {
        let passages = [passage(&lines::read(text), None, None, None, None, String::new())];
        let mut clauses = Vec::new();
        said(&passages, &mut clauses);
        clauses.into_iter().map(|clause| (clause.kind, clause.parameters)).collect()
    }

    #[test]
    fn a_sentence_switches_its_clause_on() {
        for (text, kind, parameters) in [
            ("La convention peut être modifiée par avenant.", "amendment", json!({})),
            ("L'ordre du jour est proposé conjointement.", "agenda", json!({})),
            (
                "Le compte-rendu de chaque réunion est proposé par l'association puis validé.",
                "minutes",
                json!({ "proposed_by": "l'association" }),
            ),
            ("Ces modules de 91 heures préparent à l'emploi.", "programme_hours", json!({ "hours": 91 })),
            ("En cas de litige, les parties cherchent un accord amiable.", "dispute", json!({})),
            ("Toute utilisation du logo fait l'objet d'une demande.", "material_use", json!({})),
            ("Les parties évoquent ensemble son renouvellement.", "renewal_talks", json!({})),
        ] {
            assert_eq!(kinds_of(text), [(kind, parameters)], "{text}");
        }
    }

    #[test]
    fn silence_switches_nothing_on() {
        assert!(kinds_of("Les parties travaillent ensemble dans la joie.").is_empty());
    }
}
