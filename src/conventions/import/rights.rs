//! What a sentence lets a party do, and does not oblige it to: invite, associate, intervene.

use serde_json::{Value, json};

use super::blocks::Sentence;
use super::passages::{Subject, subject};
use super::pattern;
use super::report::Party;

/// Characters of a right at most: what a clause takes.
const LONGEST: usize = 500;

/// Representatives of regions or academies may be invited to the body that steers.
pub fn invites_regions(key: &str) -> bool {
    re!(r"\b(?:invit|associ)\w*").is_match(key)
        && re!(r"\b(?:representants?|recteurs?|delegues?)\b[^.]{0,40}\b(?:regions?|academies?|rectorats?)\b|\b(?:regions? academiques?|academies)\b[^.]{0,40}\b(?:ayant signe|signataires?)\b").is_match(key)
        && re!(r"\bdeclin|\bcomite\b|\bcommission\b|\breunions?\b|\binstance\b").is_match(key)
}

/// Who invites them: `sur invitation du ministère`.
pub fn inviting(sentence: &Sentence) -> Option<String> {
    let text = &sentence.text;
    let found = re!(r"\b(?:sur invitation|a l'invitation|sur (?:la )?proposition) (?:du |de la |de l'|des |de |d')(.{2,120}?)(?:,|\.|;|$)")
        .captures(&text.key)?;
    Some(text.quote(found.get(1)?.range()).trim().to_owned())
}

/// Experts or qualified persons may be associated with the work of a body.
pub fn associates_experts(key: &str) -> bool {
    re!(r"\b(?:associ|invit|adjoindre|s'adjoin|entend|consult|sollicit)\w*|\bfaire appel\b").is_match(key)
        && re!(r"\bexperts?\b|\b(?:personnalites?|personnes?) (?:exterieures? )?qualifiees?\b").is_match(key)
        && re!(r"\bcomite\b|\bcommission\b|\breunions?\b|\binstance\b|\bgroupe\b|\btravaux\b|\bil (?:peut )?(?:associ|invit|s'adjoin|entend|consult)").is_match(key)
}

/// « Le ministère invite… », « l'association peut intervenir… »: a right of one party. What other clauses rule (the end, an
/// amendment, a formal notice) is theirs.
pub fn of_party(sentence: &Sentence, parties: &[Party]) -> Option<Value> {
    let key = sentence.text.key.as_str();
    if re!(r"\b(?:denonc|resili|caduc|renouvel|modifi)\w*|\bavenants?\b|\bmettre fin\b|\ben demeure\b|\blogos?\b")
        .is_match(key)
    {
        return None;
    }
    let verb = re!(r"\b(?:invite(?:nt)?|peut|peuvent|pourra|pourront)\b").find(key)?;
    let head = key[..verb.start()].trim_end();
    // The subject alone: not « la coopération avec l'association peut ».
    let own = head.rsplit(',').next().unwrap_or(head);
    if own.ends_with(" ne") || re!(r"\b(?:avec|par|pour|dans|entre|aupres|envers|chez|dont|que)\b").is_match(own) {
        return None;
    }
    let Some(Subject::One(index)) = subject(own, parties) else { return None };
    let party = parties.get(index)?;
    let what: String = sentence.text.raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let what = what.trim_end_matches([':', ' ']).chars().take(LONGEST).collect::<String>();
    Some(json!({ "by": party.alias.as_ref().unwrap_or(&party.name), "what": what }))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn sentence(text: &str) -> Sentence {
        passage(&lines::read(text), None, None, None, None, String::new()).sentences.remove(0)
    }

    #[test]
    fn regions_and_experts_at_the_committee() {
        let regions = sentence(
            "Il peut associer, sur invitation du ministère chargé de l'éducation, des représentants des régions académiques ayant signé une convention de déclinaison.",
        );
        assert!(invites_regions(&regions.text.key) && !associates_experts(&regions.text.key));
        assert_eq!(inviting(&regions).as_deref(), Some("ministère chargé de l'éducation"));
        assert!(associates_experts(&sentence("En cas de besoin, il associe des experts.").text.key));
        let experts = sentence("Le comité peut associer à ses travaux des experts et des personnalités qualifiées.");
        assert!(associates_experts(&experts.text.key) && !invites_regions(&experts.text.key));
        assert_eq!(inviting(&experts), None);
        for other in [
            "Les parties informent les acteurs des régions académiques.",
            "L'association invite les élèves de l'académie à une rencontre.",
            "Des experts de l'association animent des ateliers.",
        ] {
            let key = sentence(other).text.key;
            assert!(!invites_regions(&key) && !associates_experts(&key), "{other}");
        }
    }

    #[test]
    fn what_a_party_may_do_is_its_right() {
        let parties = [("Le ministère des exemples", None), ("L'association Demain", Some("Demain"))]
            .map(|(name, alias)| Party { name: name.to_owned(), alias: alias.map(str::to_owned), ..Party::default() });
        let of = |text: &str| of_party(&sentence(text), &parties);
        let right = |by: &str, what: &str| Some(json!({ "by": by, "what": what }));
        let invites = "Le ministère invite Demain à intervenir dans les dispositifs tels que :";
        assert_eq!(of(invites), right("Le ministère des exemples", invites.trim_end_matches(" :")));
        for text in [
            "En cohérence avec les formations, Demain peut intervenir en classe.",
            "L'association pourra proposer des ateliers.",
        ] {
            assert_eq!(of(text), right("Demain", text), "{text}");
        }
        for other in [
            "La coopération avec l'association peut se concrétiser par des visites.",
            "Demain ne peut intervenir seule.",
            "Les parties peuvent se réunir.",
            "Demain peut dénoncer la convention à tout moment.",
            "Demain peut utiliser le logo du ministère.",
            "Demain s'engage à venir.",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
