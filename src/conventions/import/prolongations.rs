//! What an amendment says of the duration without quoting a word: « la durée est portée à sept ans », « est prorogée
//! jusqu'au 31 décembre 2030 », « est prolongée d'une année ».

use super::dates::{self, Date};
use super::pattern;
use super::periods;
use super::report::Unit;

/// What becomes of the duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// It is of so long, in all.
    Lasting(u32, Unit),
    /// It ends on a day.
    Until(Date),
    /// It is longer by so much.
    Longer(u32, Unit),
}

/// A change of the duration that no edit makes.
#[derive(Debug, Clone, PartialEq)]
pub struct TermChange {
    pub term: Term,
    /// The article that the sentence names.
    pub article: Option<String>,
    /// Line of the sentence.
    pub line: u32,
    /// The sentence.
    pub quote: String,
}

/// What a sentence says of the duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Nothing,
    /// It says that it changes, and not how long it will be.
    Announced,
    Changes(Term),
    /// It says how, and not so that it is certain.
    Unread,
}

/// Reads a folded sentence, without what it quotes.
pub fn said(key: &str) -> Said {
    let longer = re!(r"\b(?:prorog|prolong)\w*").is_match(key);
    let renewed = re!(r"\b(?:est|sera|soit|de|sont) (?:renouvel|recondui)\w*").is_match(key);
    let set = re!(r"\b(?:duree|terme|echeance|date de fin|date d'expiration)\b[^;]{0,200}\b(?:est|sera|soit) (?:donc |ainsi |desormais )?(?:port|fix|report|repouss|ramen|etend|modifi|allong|augment)\w*|\b(?:porter|fixer|reporter|repousser|ramener|etendre|modifier|allonger|augmenter)\b[^;]{0,60}\b(?:duree|terme|echeance|date de fin)\b").is_match(key);
    if !(longer || renewed || set) || re!(r"\b(?:peut|pourra|peuvent|pourront|pourrait)\b").is_match(key) {
        return Said::Nothing;
    }
    let periods = periods::find_all(key);
    let days = dates::find_all(key);
    let before = |at: usize| &key[..at];
    // The day of the convention that is amended is no term.
    let of_a_text = |at: usize| {
        re!(r"\b(?:convention|accord|accord-cadre|protocole|contrat|charte|avenant)\b[^,;]{0,80} (?:du|signee? le|conclue? le|en date du|date du|datee du)$")
            .is_match(before(at).trim_end())
    };
    let days: Vec<_> = days.into_iter().filter(|day| !of_a_text(day.range.start)).collect();
    if periods.is_empty() && days.is_empty() {
        return Said::Announced;
    }
    let of_another = re!(
        r"\b(?:stages?|sequences?|mandats?|comites?|preavis|reunions?|delais?|modules?|formations?|seances?|conservation|agrements?|adhesions?|programmes?|licences?|credits?|prets?|inscriptions?|depot)\b"
    );
    let own = re!(
        r"\b(?:convention|accord|accord-cadre|protocole|contrat|partenariat|charte|duree|article|terme|echeance)\b|^ ?(?:elle|celle-ci|il) "
    );
    if renewed || of_another.is_match(key) || !own.is_match(key) {
        return Said::Unread;
    }
    let mut terms: Vec<Term> = Vec::new();
    for day in &days {
        let lead = before(day.range.start).trim_end();
        if re!(r"jusqu'(?:au|a la date du)$").is_match(lead) || set && !longer && re!(r"\bau$").is_match(lead) {
            terms.push(Term::Until(day.date));
        } else {
            return Said::Unread;
        }
    }
    for period in &periods {
        let lead = before(period.range.start);
        let whole = re!(
            r"\b(?:port|fix|ramen|etend|prolong|prorog|allong|augment)\w*\b[^;]*\ba (?:une duree (?:totale |globale )?(?:de |d'))?$"
        );
        let added = re!(
            r"\b(?:prorog|prolong)\w*\b[^;]*?(?:\bde |\bd'|\bpour (?:une (?:nouvelle )?(?:duree|periode) (?:supplementaire |complementaire |additionnelle )?(?:de |d'))?)$"
        );
        // « portée de cinq ans à sept ans »: where it starts from.
        let left = re!(r"\b(?:port|ramen|augment)\w* (?:de |d')$").is_match(lead);
        if left {
            continue;
        }
        if re!(r"\bduree\b").is_match(key) && whole.is_match(lead) {
            terms.push(Term::Lasting(period.value, period.unit));
        } else if longer && added.is_match(lead) {
            terms.push(Term::Longer(period.value, period.unit));
        } else {
            return Said::Unread;
        }
    }
    match terms.as_slice() {
        [one] => Said::Changes(*one),
        _ => Said::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn a_certain_change_is_read_and_a_doubtful_one_is_not() {
        let day = |text: &str| Term::Until(text.parse().unwrap());
        for (text, wanted) in [
            (
                "La durée de la convention prévue à l'article 11 est portée à sept ans",
                Said::Changes(Term::Lasting(7, Unit::Year)),
            ),
            ("La durée de l'accord est portée de cinq ans à 84 mois", Said::Changes(Term::Lasting(84, Unit::Month))),
            (
                "Le présent avenant a pour objet de porter la durée de la convention à six ans",
                Said::Changes(Term::Lasting(6, Unit::Year)),
            ),
            (
                "Le présent avenant a pour objet de proroger la convention jusqu'au 27 juin 2030",
                Said::Changes(day("2030-06-27")),
            ),
            ("La convention du 27 juin 2024 est prorogée jusqu'au 31 décembre 2030", Said::Changes(day("2030-12-31"))),
            ("La date de fin de la convention est reportée au 31 août 2031", Said::Changes(day("2031-08-31"))),
            ("La convention est prolongée d'une année", Said::Changes(Term::Longer(1, Unit::Year))),
            (
                "Le protocole est prorogé pour une durée supplémentaire de dix-huit mois",
                Said::Changes(Term::Longer(18, Unit::Month)),
            ),
            ("Le présent avenant a pour objet de prolonger la convention", Said::Announced),
            ("La convention est prolongée du 1er juillet 2029 au 30 juin 2030", Said::Unread),
            ("La convention est renouvelée pour trois ans", Said::Unread),
            ("La durée des stages prévue à l'article 4 est portée à trois semaines", Said::Unread),
            ("La convention est prolongée d'un an, jusqu'au 27 juin 2030", Said::Unread),
            ("Elle peut être prorogée d'un an", Said::Nothing),
            ("Le comité se réunit deux fois par an", Said::Nothing),
        ] {
            assert_eq!(said(&fold(text)), wanted, "{text}");
        }
    }
}
