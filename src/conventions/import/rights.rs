//! Who may come to the body that steers, beside the parties: regions that are invited, experts.

use super::passages::Passage;
use super::pattern;

/// Who invites the representatives of regions or academies: `sur invitation du ministère`; the parties when nobody is named.
pub fn inviting(passage: &Passage) -> Option<String> {
    let sentence = passage.sentences.iter().find(|sentence| invites_regions(&sentence.text.key))?;
    let text = &sentence.text;
    let named = re!(
        r"\b(?:sur invitation|a l'invitation|sur (?:la )?proposition) (?:du |de la |de l'|des |de |d')(.{2,120}?)(?:,|\.|;|$)"
    )
    .captures(&text.key)
    .and_then(|found| found.get(1));
    Some(named.map_or_else(|| "les parties".to_owned(), |found| text.quote(found.range()).trim().to_owned()))
}

pub fn invites_regions(key: &str) -> bool {
    re!(r"\b(?:invit\w*|associ(?:e[es]?|ees|ent|er|era|eront)\b)").is_match(key)
        && re!(r"\b(?:representants?|recteurs?|delegues?)\b[^.]{0,40}\b(?:regions?|academies?|rectorats?)\b|\b(?:regions? academiques?|academies)\b[^.]{0,40}\b(?:ayant signe|signataires?)\b").is_match(key)
}

/// Experts or qualified persons may be associated with its work.
pub fn associates_experts(passage: &Passage) -> bool {
    passage.sentences.iter().any(|sentence| associates(&sentence.text.key))
}

pub fn associates(key: &str) -> bool {
    re!(
        r"\b(?:associ(?:e[es]?|ees|ent|er|era|eront)\b|invit\w*|adjoindre|s'adjoin\w*|entend\w*|consult\w*|sollicit\w*)|\bfaire appel\b"
    )
    .is_match(key)
        && re!(r"\bexperts?\b|\b(?:personnalites?|personnes?) (?:exterieures? )?qualifiees?\b").is_match(key)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn read(text: &str) -> (Option<String>, bool) {
        let passage = passage(&lines::read(text), None, None, None, None, String::new());
        (inviting(&passage), associates_experts(&passage))
    }

    #[test]
    fn regions_and_experts_at_the_committee() {
        let invited = "Il peut associer, sur invitation du ministère chargé de l'éducation, des représentants des régions académiques ayant signé une convention de déclinaison.";
        assert_eq!(read(invited), (Some("ministère chargé de l'éducation".into()), false));
        let unnamed = "Des représentants des académies sont invités au comité.";
        assert_eq!(read(unnamed), (Some("les parties".into()), false));
        let experts = "Le comité peut associer à ses travaux des experts et des personnalités qualifiées.";
        assert_eq!(read(experts), (None, true));
        assert_eq!(read("En cas de besoin, il associe des experts."), (None, true));
        for other in [
            "Les parties informent les acteurs des régions académiques.",
            "Des experts de l'association animent des ateliers.",
        ] {
            assert_eq!(read(other), (None, false), "{other}");
        }
    }
}
