//! Tacit renewal (`tacite reconduction`): said, excluded, or not mentioned.

use super::blocks::Sentence;
use super::numbers;
use super::pattern;
use super::periods;
use super::report::{Unit, Warning};

/// How often, and for how long each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Renewals at most.
    pub times: Option<u32>,
    /// Length of each.
    pub period: Option<(u32, Unit)>,
}

/// The limits said by the sentence of the tacit renewal and by those that follow it in its article.
pub fn limits(sentences: &[Sentence], warnings: &mut Vec<Warning>) -> Limits {
    let mut limits = Limits::default();
    for (index, sentence) in sentences.iter().enumerate().take(4) {
        let key = sentence.text.key.as_str();
        let from = re!(r"\b(?:renouvel|recondu|reconduc|tacit|prorog|prolong)\w*").find(key).map(|found| found.start());
        let Some(from) = from else { continue };
        // What stands before is of the first term: « conclue pour trois ans, renouvelable ».
        let said = &key[from..];
        let read = times(said);
        let period = period(said);
        let capped = re!(
            r"\b(?:limit\w*|au plus|maximum|maximal\w*|exced\w*|total\w*|au-dela|plafon\w*|depass\w*|une seule|fois)\b"
        )
        .is_match(said);
        let cap = re!(r"\b(?:duree (?:totale|maximale)|exced\w*|au total|depass\w*|au-dela|dans la limite (?:totale )?(?:de |d')[a-z0-9 ()]{1,24}(?:ans?|mois|annees?)\b)").is_match(said);
        let other = re!(r"\bpreavis\b|\bmoins\b|\bavant\b").is_match(said);
        let known = (read.is_none() || limits.times.is_none_or(|times| Some(times) == read))
            && (period.is_none() || limits.period.is_none_or(|known| Some(known) == period));
        if !known || cap || capped && read.is_none() && !(other && index > 0) {
            warnings.push(Warning::new(
                sentence.line,
                "unread_renewal_limit",
                "la limite de la tacite reconduction n'a pas pu être lue",
                "the limit of the tacit renewal could not be read",
            ));
        }
        limits.times = limits.times.or(read.filter(|times| (1..=100).contains(times)));
        if !cap {
            limits.period = limits.period.or(period);
        }
    }
    limits
}

/// « une fois », « deux (2) fois », « limité à deux renouvellements ».
fn times(said: &str) -> Option<u32> {
    let pattern = {
        static COMPILED: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
            let words = numbers::WORDS;
            pattern::compile(&format!(
                r"\b(?:(?P<figures>\d{{1,3}})(?: ?\( ?{words} ?\))?|(?P<words>{words}|une seule)(?: ?\( ?\d{{1,3}} ?\))?) (?:seules? )?(?:fois|renouvellements?|reconductions?|prorogations?|periodes?)\b(?P<rest> (?:par (?:an|annee|mois|semaine|semestre|trimestre)|chaque)\b)?"
            ))
        });
        &*COMPILED
    };
    let found = pattern.captures(said)?;
    // « une période d'un an » counts nothing, nor does « une fois par an ».
    let periods = found.get(0)?.as_str();
    let one = matches!(found.name("words").map(|word| word.as_str()), Some("une" | "un"));
    if found.name("rest").is_some() || one && (periods.contains("periode") || periods.contains("reconduction")) {
        return None;
    }
    match (found.name("figures"), found.name("words")) {
        (Some(figures), _) => numbers::number(figures.as_str()),
        (_, Some(words)) if words.as_str() == "une seule" => Some(1),
        (_, Some(words)) => numbers::number(words.as_str()),
        _ => None,
    }
}

/// « par périodes d'un an », « pour une durée de trois ans », « d'année en année », « chaque année ».
fn period(said: &str) -> Option<(u32, Unit)> {
    if re!(r"\bd'annee en annee\b|\b(?:chaque|toutes les) annees?\b|\bannuellement\b|\bperiodes? annuelles?\b|\btous les ans\b").is_match(said) && !said.contains("scolaire") {
        return Some((1, Unit::Year));
    }
    periods::find_all(said).into_iter().find_map(|period| {
        let lead = re!(r"\b(?:periodes?|durees?)(?: (?:successives?|supplementaires?|identiques?|egales?|nouvelles?|renouvelables?))* (?:de |d')$|\bpour (?:une (?:nouvelle |meme )?(?:duree|periode) (?:supplementaire )?(?:de |d'))?$|\bpar tranches? (?:de |d')$");
        lead.is_match(&said[..period.range.start]).then_some((period.value, period.unit))
    })
}

/// Whether a folded sentence says tacit renewal (`true`) or excludes it (`false`). A renewal « par accord
/// exprès » excludes it too; a renewal by amendment says nothing of it.
pub fn tacit(key: &str) -> Option<bool> {
    if let Some(found) = re!(r"\btacit\w*|reconduction automatique|renouvel\w+ automatique(?:ment)?|automatiquement (?:renouvel|recondui)\w+|reconduite? automatiquement").find(key) {
        // « La tacite acceptation », « accord tacite » say nothing of renewal.
        if !re!(r"recondu|renouvel|prorog|prolong").is_match(key) {
            return None;
        }
        let clause_start = key[..found.start()].rfind([';', ':']).map_or(0, |at| at + 1);
        let clause = &key[clause_start..];
        let upto = found.start() - clause_start;
        let before = &clause[..upto];
        let excluded = re!(r"tacit\w*(?: reconduction| renouvellement)?(?: de la (?:presente )?convention)? (?:est |sont )?(?:exclue?|interdite?|n'est|ne )").is_match(clause);
        return Some(!(is_negated(before) || excluded));
    }
    if re!(r"(?:renouvel\w+|recondui\w+|reconduction|prorog\w+|reconductible)[^.;]{0,60}\b(?:expres(?:se|sement)?)\b|\bexpres(?:se|sement)?\b[^.;]{0,40}(?:renouvel|recondu)").is_match(key) && !re!(r"denonciation expresse|sauf").is_match(key) {
        return Some(false);
    }
    None
}

/// The words before « tacite » deny it. « Sans dénonciation, elle est reconduite tacitement » and
/// « ne peut excéder trois ans et est reconduite tacitement » do not.
fn is_negated(before: &str) -> bool {
    let Some(word) = re!(r"\b(?:ne |n'|sans |aucune? |ni |non |exclu|a l'exception )").find_iter(before).last() else {
        return false;
    };
    let between = &before[word.start()..];
    let another =
        re!(r"\bmais\b| et (?:est|sera|peut|se|elle|il|pourra)\b|, (?:la|elle|il|le|est|et)\b").is_match(between);
    let verb = word.as_str().starts_with("ne ") || word.as_str().starts_with("n'");
    !another && (verb || between.len() <= 45)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn read(text: &str) -> (Option<u32>, Option<(u32, Unit)>, usize) {
        let passage = passage(&lines::read(text), None, None, None, None, String::new());
        let mut warnings = Vec::new();
        let limits = limits(&passage.sentences, &mut warnings);
        (limits.times, limits.period, warnings.len())
    }

    #[test]
    fn limits_are_read_or_doubted() {
        let year = |n| Some((n, Unit::Year));
        for (text, wanted) in [
            ("Elle est renouvelable une fois par tacite reconduction.", (Some(1), None, 0)),
            ("Conclue pour trois ans, elle est reconduite tacitement par périodes d'un an.", (None, year(1), 0)),
            ("Elle se renouvelle par tacite reconduction, dans la limite de deux fois.", (Some(2), None, 0)),
            ("Elle est tacitement reconduite 3 (trois) fois, pour une durée d'un an.", (Some(3), year(1), 0)),
            ("Elle est renouvelable par tacite reconduction d'année en année.", (None, year(1), 0)),
            (
                "Elle est renouvelée par tacite reconduction. Le nombre de reconductions est limité à deux renouvellements.",
                (Some(2), None, 0),
            ),
            ("Elle est renouvelable par tacite reconduction, sans pouvoir excéder six ans.", (None, None, 1)),
            ("Elle est renouvelable par tacite reconduction dans la limite de neuf ans.", (None, None, 1)),
            ("Elle est renouvelée par tacite reconduction.", (None, None, 0)),
            (
                "Elle est renouvelée par tacite reconduction, sauf dénonciation trois mois avant son terme.",
                (None, None, 0),
            ),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }
}
