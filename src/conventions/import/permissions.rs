//! What a sentence lets one party do, and obliges nobody to: invite, intervene, propose.

use super::lines;
use super::passages::{alone, passage};
use super::pattern;
use super::report::Party;
use super::rights::{associates, invites_regions};

/// What one party may do, in the words of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Its index.
    pub party: usize,
    pub text: String,
}

/// Sentences of an article, as Markdown, that give a right to one party. What clauses rule (the end, an amendment, a formal
/// notice, the body that steers) is theirs.
pub fn rights(body: &str, parties: &[Party]) -> Vec<Right> {
    // Most articles give none, and a body is read whenever the ledger is.
    if !re!(r"(?i)\binvite|\bpeu(?:t|vent)\b|\bpourr(?:a|ont)\b").is_match(body) {
        return Vec::new();
    }
    let read = passage(&lines::read(body), None, None, None, None, String::new());
    let mut all: Vec<Right> = Vec::new();
    for sentence in &read.sentences {
        let Some(party) = whose(&sentence.text.key, parties) else { continue };
        let text = told(&sentence.text.raw);
        if !all.iter().any(|right| right.text == text) {
            all.push(Right { party, text });
        }
    }
    all
}

/// The party that the sentence lets do something.
fn whose(key: &str, parties: &[Party]) -> Option<usize> {
    let verbs = re!(r"\b(?:invite(?:nt)?|peu(?:t|vent)|pourr(?:a|ont))\b").find_iter(key);
    // « Peut-être » is none. The first verb may be of an introduction (« Pour les élèves qui peuvent venir, Demain… »).
    let mut verbs = verbs.filter(|verb| !key[verb.end()..].starts_with('-'));
    let (verb, party) = verbs.find_map(|verb| {
        let many = verb.as_str().ends_with("nt");
        holder(&key[..verb.start()], many, parties).map(|party| (verb, party))
    })?;
    let said = key[verb.end()..].split_whitespace().collect::<Vec<_>>().join(" ");
    // « Peut, à tout moment, dénoncer la convention »; an enumeration loses words so, hence both are looked at.
    let plain = re!(r" ?,[^,]*, ?").replace_all(&said, " ");
    let plain = plain.trim();
    let asked = &key[verb.start()..];
    let other = undergoes(plain) || is_ruled(&said) || is_ruled(plain) || invites_regions(asked) || associates(asked);
    (!other).then_some(party)
}

/// The party that is alone before a verb: its name, after an introduction at most, and before an incise at most. Not « la
/// coopération avec l'association », nor « les élèves que l'association ».
fn holder(head: &str, many: bool, parties: &[Party]) -> Option<usize> {
    let head = head.trim_end();
    let incised = head.ends_with(',');
    let mut ends: Vec<usize> = head.match_indices(',').map(|(at, _)| at).collect();
    if incised {
        ends.pop();
    } else {
        ends = vec![head.len()];
    }
    let starts = head.match_indices([',', ';', ':']).map(|(at, mark)| at + mark.len());
    for start in std::iter::once(0).chain(starts) {
        for end in ends.iter().copied().filter(|end| *end > start) {
            let name = head[start..end].trim_start_matches(|c: char| !c.is_alphanumeric());
            let Some(party) = alone(name, parties) else { continue };
            // « L'association et le lycée peuvent » is of both; « Les Entreprises pour demain peuvent », of one.
            let number = !many || name.starts_with("les ");
            let incise = !incised || stands_aside(&head[end + 1..head.len() - 1], parties);
            if number && incise && introduces(&head[..start], many || incised) {
                return Some(party);
            }
        }
    }
    None
}

/// Is it an incise: « , dans le cadre de ses missions, », not another subject?
fn stands_aside(words: &str, parties: &[Party]) -> bool {
    let words = words.trim();
    !words.is_empty()
        && !re!(r"^(?:et|ou|ainsi que|de meme que|comme|puis)\b").is_match(words)
        && alone(words.split(',').next().unwrap_or_default(), parties).is_none()
}

/// May these words come before the subject? Where they may be another subject, only what introduces.
fn introduces(before: &str, strict: bool) -> bool {
    let before = before.rsplit([';', ':']).next().unwrap_or_default().trim();
    if before.is_empty() {
        return true;
    }
    // « Les actions que, dans ce cadre, Demain peut mener ».
    if re!(r"\b(?:que|qui|dont|ou|si|lorsque|quand|avec|entre|comme)\s*,").is_match(before) {
        return false;
    }
    !strict
        || re!(
            r"^(?:en|dans|sur|pour|afin|a|au|aux|avec|par|selon|si|s'il|s'ils|lors|lorsqu\w*|quand|apres|avant|ainsi|enfin|de|d'autre|outre|toutefois|cependant|neanmoins|pendant|durant|sous|suite|conformement|chaque (?:annee|fois|trimestre|mois)|tous les|toutes les|une fois|des|grace|compte tenu)\b"
        )
        .is_match(before)
}

/// « Le ministère peut être saisi » lets others do it.
fn undergoes(said: &str) -> bool {
    re!(
        r"^(?:(?:egalement|aussi|notamment|ainsi|alors|toutefois|en outre|par ailleurs|le cas echeant|si besoin|au besoin|en tant que de besoin|a tout moment|a ce titre) )*etre\b"
    )
    .is_match(said)
}

/// What clauses rule: the end of the text, an amendment, a formal notice, the body that steers, logos.
fn is_ruled(said: &str) -> bool {
    if re!(r"\b(?:caduc\w*|resili\w*|tacite\w*|avenants?|en demeure|logos?)\b").is_match(said)
        || re!(r"\bcomites? (?:de (?:pilotage|suivi|coordination)|national|nationaux|exceptionnels?|extraordinaires?|directeurs?)\b").is_match(said)
        || re!(r"\b(?:le|du|au|ce) comite(?:[.,;:)]|$| (?:se|en|a|avant) )").is_match(said)
        || re!(r"^(?:(?:egalement|aussi|alors|a tout moment) )?(?:la |le |l')(?:denoncer|renouveler|reconduire|modifier|proroger)\b|\by mettre (?:fin|un terme)\b").is_match(said)
    {
        return true;
    }
    // « Renouveler la convention »; not « renouveler ses ateliers dans le cadre de la convention ».
    let mut verbs = re!(
        r"\b(?:denonc\w*|renouvel\w*|recondui\w*|reconduc\w*|modifi\w*|prorog\w*|(?:met|mettre) (?:fin|un terme))\b"
    )
    .find_iter(said);
    verbs.any(|verb| {
        let after = &said[verb.end()..];
        let object = re!(r"\b(?:convention|partenariat|contrat|protocole|celle-ci|celui-ci|presente? accord|cet accord|accord-cadre)\b|^ (?:a )?l'accord\b")
            .find(after);
        object.is_some_and(|object| {
            // « Modifier les termes de la convention » is to modify it.
            let between = re!(r"\b(?:les|des|une?) (?:dispositions?|stipulations?|termes|articles?|clauses?|modalites)\b")
                .replace_all(&after[..object.start()], "");
            !re!(r"\b(?:ses|son|sa|leurs?|les|des|un|une|dans|sur|pour|au-dela)\b|[.;]").is_match(&between)
        })
    })
}

/// The sentence on one line; one that announces a list ends as such.
fn told(raw: &str) -> String {
    let line = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.strip_suffix(':') {
        Some(announced) => format!("{}…", announced.trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_of(text: &str, parties: [(&str, Option<&str>); 2]) -> Vec<(usize, String)> {
        let parties = parties.map(|(name, alias)| Party {
            name: name.to_owned(),
            alias: alias.map(str::to_owned),
            ..Party::default()
        });
        rights(text, &parties).into_iter().map(|right| (right.party, right.text)).collect()
    }

    const MINISTRY: (&str, Option<&str>) = ("Le ministère des exemples et de l'étude", None);

    fn of(text: &str) -> Vec<(usize, String)> {
        let alias = if text.contains("ECTI") { "ECTI" } else { "Demain" };
        let name = format!("L'association {alias}");
        told_of(text, [MINISTRY, (name.as_str(), Some(alias))])
    }

    #[test]
    fn what_a_party_may_do_is_its_right() {
        let invites = "Le ministère des exemples et de l'étude invite Demain à intervenir dans les\ndispositifs tels que :\n\n- le module ;\n- le stage.";
        let told = "Le ministère des exemples et de l'étude invite Demain à intervenir dans les dispositifs tels que…";
        assert_eq!(of(invites), [(0, told.to_owned())]);
        for text in [
            "En cohérence avec les formations, Demain peut intervenir en classe.",
            "L'association pourra proposer des ateliers.",
            "Le ministère peut également inviter les académies à un forum.",
            "Le ministère, dans le cadre de ses missions, peut inviter les lycées à un forum.",
            "Pour cela, le ministère, lorsque les académies le peuvent, invite les lycées à un forum.",
            "Pour les élèves qui peuvent venir, Demain pourra proposer des ateliers.",
            "ECTI peut renouveler ses ateliers.",
            "ECTI peut renouveler ses ateliers dans le cadre de la convention.",
            "ECTI peut contribuer aux comités locaux.",
            "L'association « ECTI » peut mettre fin à un atelier prévu par la convention.",
            "Sur toutes ces thématiques, ECTI peut développer des ressources pédagogiques, des jeux et des films.",
        ] {
            let party = usize::from(!text.contains("ministère"));
            assert_eq!(of(text), [(party, text.to_owned())], "{text}");
        }
        for (party, text) in [
            (
                1,
                "En cohérence avec les formations initiales et continues professionnelles existant dans l'établissement, ECTI peut intervenir en proposant plusieurs actions notamment",
            ),
            (0, "Le ministère invite ECTI à intervenir dans les dispositifs qu'il a mis en place tels que"),
        ] {
            assert_eq!(of(&format!("{text} :\n\n- le module ;\n- le stage.")), [(party, format!("{text}…"))]);
        }
        // Each once, in the order of the text.
        let twice = "Demain peut venir. Le temps passe. Demain peut venir. Le ministère peut venir.";
        assert_eq!(of(twice).into_iter().map(|(party, _)| party).collect::<Vec<_>>(), [1, 0]);
    }

    #[test]
    fn a_party_is_known_by_its_own_name() {
        let sides = |text: &str| told_of(text, [("Partie association", None), ("Partie state", None)]);
        for (party, text) in [
            (1, "La Partie state invite la Partie association à intervenir dans les dispositifs."),
            (0, "La Partie association peut développer des ressources pédagogiques."),
            (0, "La Partie association pourra proposer des visites."),
        ] {
            assert_eq!(sides(text), [(party, text.to_owned())], "{text}");
        }
        for other in ["Les parties peuvent se réunir.", "La Partie state peut mettre fin à la convention."] {
            assert_eq!(sides(other), [], "{other}");
        }
        // A name of many words, a plural one.
        let long = "Le ministère de l'étude, de la jeunesse et des sports";
        let parties = [(long, None), ("Les Entreprises pour demain", None)];
        for (party, text) in [
            (0, format!("{long} peut inviter des classes.")),
            (0, format!("{long}, dans ce cadre, peut inviter des classes.")),
            (1, "Les Entreprises pour demain peuvent recevoir des classes.".to_owned()),
        ] {
            assert_eq!(told_of(&text, parties), [(party, text.clone())], "{text}");
        }
    }

    #[test]
    fn what_is_no_right_of_one_party() {
        for other in [
            // Said of others.
            "Les établissements partenaires de l'association peuvent recevoir ses bénévoles.",
            "Les lycées relevant du ministère peuvent inviter des classes.",
            "Chaque académie du ministère peut refuser une visite.",
            "Toute personne membre de l'association peut venir en classe.",
            "La coopération avec le lycée, l'association, ou une autre, peut se concrétiser par des visites.",
            "Le ministère, ou l'association, peut proposer une visite.",
            "Les actions que, dans ce cadre, Demain peut mener sont des visites.",
            "ECTI pourra, le cas échéant, être sollicitée par les académies.",
            "ECTI pourra le cas échéant être sollicitée par les académies.",
            "La coopération avec l'association peut se concrétiser par des visites.",
            "Demain ne peut intervenir seule.",
            "Les parties peuvent se réunir.",
            "Le ministère des exemples et de l'étude et Demain peuvent se réunir.",
            "Le ministère ou l'association peut proposer une visite.",
            "Demain peut être sollicitée par les académies.",
            "Les élèves que l'association invite viennent.",
            // What clauses rule.
            "Demain peut dénoncer la convention à tout moment.",
            "Le ministère peut mettre fin à la convention.",
            "Le ministère peut, par lettre recommandée, mettre un terme au présent accord.",
            "ECTI peut renouveler son atelier et modifier le partenariat.",
            "ECTI peut demander la réunion du comité de suivi.",
            "Demain peut également y mettre fin.",
            "Le ministère peut demander la modification des termes de la convention.",
            "Demain peut utiliser le logo du ministère.",
            "Demain peut mettre l'autre partie en demeure.",
            "Le ministère invite au comité de pilotage les représentants des régions académiques.",
            "L'association peut demander un avenant.",
            // A duty.
            "Demain s'engage à venir.",
            "Plusieurs actions pourront être proposées.",
        ] {
            assert_eq!(of(other), [], "{other}");
        }
    }
}
