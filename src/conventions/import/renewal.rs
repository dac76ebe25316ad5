//! Tacit renewal (`tacite reconduction`): said, excluded, or not mentioned.

use super::pattern;

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
