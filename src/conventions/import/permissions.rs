//! What a sentence lets one party do, and obliges nobody to: invite, intervene, propose.

use super::lines;
use super::passages::{Subject, passage, subject};
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
    if re!(
        r"\b(?:denonc|resili|caduc|renouvel|reconduc|reconduit|modifi|prorog)\w*|\bavenants?\b|\b(?:mettre|met) (?:fin|un terme)\b|\ben demeure\b|\blogos?\b|\bcomites?\b"
    )
    .is_match(key)
        || invites_regions(key)
        || associates(key)
    {
        return None;
    }
    let verb = re!(r"\b(?:invite(?:nt)?|peu(?:t|vent)|pourr(?:a|ont))\b").find(key)?;
    let head = key[..verb.start()].trim_end();
    // The subject alone: not « la coopération avec l'association peut », nor « les élèves que l'association invite ».
    let own = head.rsplit(',').next().unwrap_or(head);
    if own.ends_with(" ne")
        || re!(r"\b(?:avec|par|pour|dans|entre|aupres|envers|chez|dont|que|qui|si|lorsque)\b").is_match(own)
    {
        return None;
    }
    // « Le ministère et l'association peuvent », « le ministère ou l'association peut »: of both.
    let many = verb.as_str().ends_with("nt");
    if re!(r"\bou\b").is_match(own) || many && re!(r"\bet\b").is_match(own) {
        return None;
    }
    // « Le ministère peut être saisi » lets others do it.
    if re!(r"^ (?:egalement |aussi |notamment )?etre\b").is_match(&key[verb.end()..]) {
        return None;
    }
    match subject(own, parties)? {
        Subject::One(index) => Some(index),
        Subject::All => None,
    }
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

    fn of(text: &str) -> Vec<(usize, String)> {
        let parties = [("Le ministère des exemples et de l'étude", None), ("L'association Demain", Some("Demain"))]
            .map(|(name, alias)| Party { name: name.to_owned(), alias: alias.map(str::to_owned), ..Party::default() });
        rights(text, &parties).into_iter().map(|right| (right.party, right.text)).collect()
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
        ] {
            let party = usize::from(!text.contains("ministère"));
            assert_eq!(of(text), [(party, text.to_owned())], "{text}");
        }
        // Each once, in the order of the text.
        let twice = "Demain peut venir. Le temps passe. Demain peut venir. Le ministère peut venir.";
        assert_eq!(of(twice).into_iter().map(|(party, _)| party).collect::<Vec<_>>(), [1, 0]);
    }

    #[test]
    fn what_is_no_right_of_one_party() {
        for other in [
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
