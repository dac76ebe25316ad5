//! Who steers, and how often the body must meet.

use super::blocks::Sentence;
use super::numbers;
use super::passages::Passage;
use super::pattern;
use super::report::Steering;

/// The steering found, with its passage and sentence.
pub type Found = (Steering, usize, usize);

/// Reads the steering: the body that is said to meet, else the first one named as steering.
pub fn read(passages: &[Passage]) -> Option<Found> {
    let mut first: Option<Found> = None;
    for (place, passage) in passages.iter().enumerate() {
        let about = re!(r"pilotage|suivi|gouvernance|evaluation|coordination|mise en oeuvre|comite|bilan|concertation")
            .is_match(&passage.heading);
        let mut last_body: Option<String> = None;
        for (index, sentence) in passage.sentences.iter().enumerate() {
            let key = sentence.text.key.as_str();
            let body = body(sentence);
            if let Some(body) = &body {
                last_body = Some(body.clone());
            }
            let pronoun = re!(r"^(?:il|elle|celui-ci|celle-ci|ce (?:comite|groupe)|cette (?:commission|instance)|ce dernier|le comite|la commission|le groupe|l'instance)\b").is_match(key);
            if meets(key)
                && let Some((minimum, text)) = frequency(sentence)
            {
                let named = body.clone().or_else(|| last_body.clone().filter(|_| pronoun || about));
                if named.is_some()
                    || (about && re!(r"^(?:les parties|les signataires|les partenaires|une reunion)").is_match(key))
                {
                    let steering = Steering { body: named, minimum_per_year: minimum, text: Some(text) };
                    return Some((steering, place, index));
                }
            }
            if first.is_none()
                && steers(key)
                && !exceptional(key)
                && let Some(body) = body
            {
                first = Some((Steering { body: Some(body), minimum_per_year: None, text: None }, place, index));
            }
        }
    }
    first
}

fn steers(key: &str) -> bool {
    re!(r"\b(?:pilotage|suivi|suivre|suit|pilote|est (?:cree|constitue|institue|mis)|sera (?:cree|constitue|institue|mis)|mise? en place|mettent en place|assure|charge|se reuni)").is_match(key)
}

/// A meeting beside the others, or for a dispute: it says that a body may meet, not which body steers.
fn exceptional(key: &str) -> bool {
    re!(r"\bexceptionnel|\b(?:en cas de|tout|tous) (?:litiges?|differends?|desaccords?)\b").is_match(key)
}

fn meets(key: &str) -> bool {
    re!(r"\breuni\w*|rencontr\w*|convoqu\w*|se tien\w*|seance|tenir").is_match(key)
}

/// The body's name as written, without article.
fn body(sentence: &Sentence) -> Option<String> {
    let key = sentence.text.key.as_str();
    let adjective = r"(?: (?:nationale?|regionale?|academique|departementale?|locale?|territoriale?|technique|mixte|paritaire|conjointe?|restreinte?|strategique|tripartite|permanente?|operationnelle?|interministerielle?))*";
    pattern_of_bodies(adjective).find(key).map(|found| sentence.text.quote(found.range()).to_owned())
}

fn pattern_of_bodies(adjective: &str) -> &'static regex::Regex {
    static COMPILED: std::sync::OnceLock<regex::Regex> = std::sync::OnceLock::new();
    COMPILED.get_or_init(|| {
        pattern::compile(&format!(
            r"\b(?:comite{adjective} (?:de |d')(?:pilotage|suivi|coordination|concertation|liaison|direction|orientation|evaluation|gestion|programmation)(?: et (?:de |d')(?:pilotage|suivi|evaluation|coordination|concertation))?{adjective}|comite (?:technique|mixte|directeur|strategique|paritaire|scientifique|consultatif|partenarial|national|academique|regional)(?: de suivi| de pilotage)?|commission{adjective}(?: (?:de |d')(?:suivi|pilotage|concertation|coordination|evaluation|travail|liaison)){adjective}|commission (?:mixte|paritaire|technique|nationale|academique|tripartite){adjective}|groupes? (?:technique|paritaire|mixte|(?:national )?de (?:travail|pilotage|suivi|projet|coordination|liaison))(?: (?:technique|mixte|paritaire|national|conjoint|permanent))*|instance{adjective} (?:de |d')(?:pilotage|suivi|concertation|coordination)|cellule{adjective} (?:de |d')(?:pilotage|suivi|coordination)|copil|equipe{adjective} de (?:pilotage|suivi)|conseil{adjective} (?:de pilotage|d'orientation|de suivi))\b"
        ))
    })
}

/// `au moins une fois par an`: the least number of meetings a year, and the words.
fn frequency(sentence: &Sentence) -> Option<(Option<u32>, String)> {
    let key = sentence.text.key.as_str();
    let found = pattern_of_times().captures(key)?;
    let whole = found.get(0)?;
    let mut words = sentence.text.quote(whole.range()).to_owned();
    let group = |name: &str| found.name(name).map(|m| m.as_str());
    let per = |unit: &str| match unit {
        unit if unit.starts_with("semestr") => Some(2),
        unit if unit.starts_with("trimestr") => Some(4),
        unit if unit.starts_with("mois") || unit.starts_with("mensuel") => Some(12),
        unit if unit.starts_with("an") || unit.starts_with("saison") => Some(1),
        _ => None,
    };
    let minimum = if let Some(unit) = group("unit") {
        let times = group("times").and_then(numbers::number)?;
        per(unit).map(|a_year| times * a_year)
    } else if let Some(every) = group("every") {
        let count = group("count").and_then(numbers::number);
        match (count, every) {
            // « tous les deux ans » is less than once a year.
            (Some(count), "ans") => (count == 1).then_some(1),
            (Some(count), "mois") if count > 0 && 12 % count == 0 => Some(12 / count),
            (None, "ans") => Some(1),
            (None, "mois") => Some(12),
            _ => None,
        }
    } else if let Some(adverb) = group("adverb") {
        let unit = adverb.trim_start_matches("chaque ").trim_start_matches("par ");
        per(unit)
    } else {
        None
    };
    words = words.trim_matches([',', ' ', '.']).to_owned();
    Some((minimum, words))
}

fn pattern_of_times() -> &'static regex::Regex {
    static COMPILED: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        let words = numbers::WORDS;
        pattern::compile(&format!(
            r"(?:(?:au moins|au minimum|a minima|minimum) )?(?:\b(?P<times>{words}|\d{{1,2}})(?: ?\(\w+\))?(?: a (?:deux|trois|quatre|\d))? (?:fois|reunions?|rencontres?|seances?)(?:,? (?:au moins|au minimum|minimum))? (?:par|l'|dans l'|au cours de l'|chaque|au cours de chaque|dans le)\s?(?P<unit>annee scolaire|annee civile|annee|an|semestre|trimestre|mois|saison)|\btous les (?:(?P<count>{words}|\d{{1,2}}) )?(?P<every>ans|mois)|\b(?P<adverb>annuellement|semestriellement|trimestriellement|mensuellement|chaque (?:annee|semestre|trimestre|mois|saison)|annuelle))\b(?:,? (?:au moins|au minimum|minimum))?"
        ))
    });
    &COMPILED
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn steering(text: &str) -> Option<(Option<String>, Option<u32>, Option<String>)> {
        let lines = lines::read(text);
        read(&[passage(&lines, None, None, None, None, "pilotage".into())])
            .map(|(s, ..)| (s.body, s.minimum_per_year, s.text))
    }

    #[test]
    fn bodies_and_frequencies() {
        for (text, body, minimum, words) in [
            (
                "Le comité national de pilotage de la convention se réunit au moins une fois par an.",
                "comité national de pilotage",
                Some(1),
                "au moins une fois par an",
            ),
            (
                "Un groupe technique, réuni deux fois par an, suit l'accord.",
                "groupe technique",
                Some(2),
                "deux fois par an",
            ),
            (
                "Un comité de suivi est créé. Il se réunit une fois par semestre.",
                "comité de suivi",
                Some(2),
                "une fois par semestre",
            ),
            ("La commission mixte se réunit tous les six mois.", "commission mixte", Some(2), "tous les six mois"),
            (
                "Un comité de pilotage se réunit 2 (deux) fois l'an.",
                "comité de pilotage",
                Some(2),
                "2 (deux) fois l'an",
            ),
            ("Le comité de pilotage se réunit tous les deux ans.", "comité de pilotage", None, "tous les deux ans"),
            (
                "Le comité de pilotage se réunit une fois au moins par an.",
                "comité de pilotage",
                Some(1),
                "une fois au moins par an",
            ),
            ("Le Comité de pilotage se réunit chaque année.", "Comité de pilotage", Some(1), "chaque année"),
        ] {
            assert_eq!(steering(text), Some((Some(body.to_owned()), minimum, Some(words.to_owned()))), "{text}");
        }
        assert_eq!(
            steering("Un comité de pilotage se réunit en tant que de besoin."),
            Some((Some("comité de pilotage".into()), None, None))
        );
        assert_eq!(steering("Les comités locaux école-entreprise sont mobilisés."), None);
        for text in [
            "En cas de litige, une conciliation peut être engagée par la réunion d'un comité de pilotage exceptionnel.",
            "La réunion d'un comité de pilotage national exceptionnel peut être engagée par les parties.",
            "Tout différend est soumis au comité de suivi, chargé de le régler.",
        ] {
            assert_eq!(steering(text), None, "{text}");
        }
        let conciliates = "Un comité de suivi assure le pilotage, et la conciliation des litiges.";
        assert_eq!(steering(conciliates), Some((Some("comité de suivi".into()), None, None)));
        // Nor does such a sentence hide the one that steers.
        let both = "Un comité de pilotage exceptionnel peut être réuni. Un comité de suivi assure le pilotage.";
        assert_eq!(steering(both), Some((Some("comité de suivi".into()), None, None)));
    }
}
