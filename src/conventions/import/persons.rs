//! Who signs for a party, and in what capacity.

use super::fold::{Text, fold};
use super::pattern;

/// A representative as the text names them.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Representative {
    /// First and last name, without civility.
    pub name: Option<String>,
    /// Capacity, as written, without article.
    pub function: Option<String>,
}

/// Takes away `Monsieur`, `Mme`, `M.`, `Docteur`…
pub fn without_civility(text: &str) -> &str {
    let key = Text::new(text.trim());
    let found = re!(r"^(?:(?:monsieur|madame|mademoiselle|messieurs|mesdames|mme|mlle|mm?\.|m|dr|docteur|maitre|me|pr|professeur)\b\.? ?(?:/ ?(?:madame|mme|monsieur|m\.) ?)?)+")
        .find(&key.key);
    let from = found.map_or(0, |found| key.raw_offset(found.end()));
    text.trim().get(from..).unwrap_or_default().trim()
}

/// Looks like the name of a person: capitalised words, particles apart.
pub fn is_name(text: &str) -> bool {
    let bare = without_civility(text);
    let words: Vec<&str> = bare.split([' ', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    if !(2..=6).contains(&words.len()) || bare.chars().any(|c| c.is_numeric() || "«»():;/@".contains(c)) {
        return false;
    }
    let key = fold(bare);
    if re!(r"\b(?:ministere|ministre|president|presidente|directeur|directrice|recteur|rectrice|association|academie|federation|societe|lycee|college|secretaire|delegue|maire|prefet|general|rue|avenue|place|paris|conseil|union|groupe|fondation|chambre|region|commune|ville|education|nationale|france|etat|entreprise|proviseur|principal|chef|responsable|representant|exemplaires?|convention|comite|institut|agence|universite|ecole|centre|direction|national|pour|signature|cachet|parties?|fait|date|article|titre|annexe|eleve|tresorier|rectorat|chancelier|gerant|nom|prenom|lu|approuve)\b")
        .is_match(&key)
    {
        return false;
    }
    let particle = |word: &str| {
        matches!(fold(word).as_str(), "de" | "du" | "des" | "la" | "le" | "d" | "von" | "van" | "el" | "ben")
    };
    let capitalised = |word: &str| {
        let word = word.strip_prefix("d'").or_else(|| word.strip_prefix("d’")).unwrap_or(word);
        word.chars().next().is_some_and(char::is_uppercase)
    };
    words.iter().all(|word| capitalised(word) || particle(word))
        && words.first().is_some_and(|word| capitalised(word))
        && words.last().is_some_and(|word| capitalised(word) && word.chars().count() > 1)
}

/// `M. Paul RECTEUR`: after a civility, capitalised words are a name whatever they mean.
fn is_addressed(text: &str) -> bool {
    let bare = without_civility(text);
    let words: Vec<&str> = bare.split(' ').collect();
    let capitalised = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    bare.len() < text.trim().len()
        && (2..=4).contains(&words.len())
        && words.iter().all(capitalised)
        && !bare.chars().any(|c| c.is_numeric() || "«»():;/@".contains(c))
        && words.first().is_some_and(|word| !is_function(word))
}

/// Words that name an office.
pub fn is_function(text: &str) -> bool {
    re!(r"\b(?:ministre|presidente?|vice-presidente?|president-directeur|directeur|directrice|recteur|rectrice|secretaire|delegue|deleguee|maire|prefete?|gerante?|proviseure?|principale?|chef|cheffe|responsable|chancelier|chanceliere|inspecteur|inspectrice|commissaire|administrateur|administratrice|tresorier|tresoriere|adjointe?|ambassadeur|pdg|dg|doyen|doyenne|coordonnateur|coordinatrice|dasen|ia-dasen|manager|fondateur|fondatrice|gouverneur|chargee? de|conseillere?|representante?|intendante?|haut[- ]commissaire)\b")
        .is_match(&fold(text))
}

/// What follows « représenté(e) par ».
pub fn representative(text: &str) -> Representative {
    let cut = cut_after(text);
    let mut found = Representative::default();
    let mut segments = segments(&cut);
    for segment in &mut segments {
        let segment = segment.trim().trim_end_matches(['.', ';', ':', ',']).trim();
        let capacity = re!(
            r"^(?:agissant |et agissant |intervenant )?(?:es qualites? (?:de )?|en (?:sa |leur )?qualite (?:de |d')?|en tant que |qualite ?: ?|fonction ?: ?)"
        );
        let text = Text::new(segment);
        if text.key.is_empty() || super::periods::has_blank(&text.key) {
            continue;
        }
        if re!(r"^(?:dument|habilite|agissant au nom|ayant (?:tout )?pouvoir|et (?:ci|par|d)|par delegation)")
            .is_match(&text.key)
        {
            continue;
        }
        if let Some(marked) = capacity.find(&text.key) {
            let function = strip_article(text.quote_from(marked.end()));
            set(&mut found.function, function);
        } else if is_name(segment) || is_addressed(segment) {
            set(&mut found.name, without_civility(segment));
        } else if let Some((function, name)) = function_then_name(&text) {
            set(&mut found.function, &function);
            set(&mut found.name, &name);
        } else if is_function(segment) {
            if let Some(function) = &mut found.function {
                // « recteur, chancelier des universités » is one office.
                if re!(r"^(?:chancelier|chanceliere|directeur|directrice|adjointe?)\b").is_match(&text.key) {
                    *function = format!("{function}, {segment}");
                }
            } else {
                set(&mut found.function, strip_article(segment));
            }
        } else if found.function.is_some() && found.name.is_some() {
            break;
        } else if found.function.is_some() && re!(r"^(?:de |du |des |d')").is_match(&text.key) {
            // « ministre de l'éducation nationale, de la jeunesse et des sports »
            if let Some(function) = &mut found.function {
                *function = format!("{function}, {segment}");
            }
        }
    }
    found
}

fn set(slot: &mut Option<String>, value: &str) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value.to_owned());
    }
}

/// Cuts what follows on another subject.
fn cut_after(text: &str) -> String {
    let text = Text::new(text);
    let end = re!(r"[,;]? ?\(?(?:et )?(?:ci-apres|ci-dessous|d'une part|d'autre part|de premiere part|designee?s? (?:ci|sous|par|dans)|denommee?s? |appelee?s? |dont le siege|n° ?(?:de )?siret|siret|siege social|domicilie|demeurant|situee? |sise? )")
        .find(&text.key)
        .map_or(text.key.len(), |found| found.start());
    let end = re!(r"[a-z]{3,}(\. )")
        .captures(&text.key[..end])
        .and_then(|found| found.get(1))
        .map_or(end, |stop| stop.start());
    text.quote(0..end).trim_end_matches([',', ' ']).to_owned()
}

/// Commas and « en qualité de » part the name from the office.
fn segments(text: &str) -> Vec<String> {
    let text = Text::new(text);
    let mut out = Vec::new();
    let mut from = 0;
    for found in re!(r", | - |\n ?|\n| (?:et )?(?:agissant )?(?:en (?:sa |leur )?qualite|en tant que)\b| \(")
        .find_iter(&text.key)
    {
        out.push(text.quote(from..found.start()).trim_end_matches(')').to_owned());
        // The words that say the capacity stay with it.
        from = if found.as_str().contains(['q', 't']) { found.start() } else { found.end() };
    }
    out.push(text.quote_from(from).trim_end_matches(')').to_owned());
    out
}

/// `son président Yves Modèle`, `le recteur, Monsieur X`.
fn function_then_name(text: &Text) -> Option<(String, String)> {
    if !is_function(&text.raw) {
        return None;
    }
    for found in re!(r" (?:monsieur|madame|mme|mlle|m\.) ").find_iter(&text.key) {
        let name = without_civility(text.quote_from(found.start()));
        if is_name(name) {
            return Some((strip_article(text.quote(0..found.start())).to_owned(), name.to_owned()));
        }
    }
    // The longest run of capitalised words at the end.
    let starts: Vec<usize> = text.raw.match_indices(' ').map(|(at, _)| at + 1).collect();
    for start in starts.into_iter().take(12) {
        let head = text.raw.get(..start)?.trim();
        let tail = text.raw.get(start..)?;
        if tail.chars().next().is_some_and(char::is_uppercase)
            && is_name(tail)
            && is_function(head)
            && !super::blocks::hangs(head)
        {
            return Some((strip_article(head).to_owned(), tail.trim().to_owned()));
        }
    }
    None
}

/// `son président` → `président`; `le directeur` → `directeur`.
pub fn strip_article(text: &str) -> &str {
    let key = Text::new(text.trim());
    let from = re!(r"^(?:son |sa |leur |le |la |l'|monsieur (?:le |la )|madame (?:le |la )|m\. (?:le |la )|mme (?:le |la )|son/sa |son \(sa\) )")
        .find(&key.key)
        .map_or(0, |found| key.raw_offset(found.end()));
    text.trim().get(from..).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, Option<String>) {
        let found = representative(text);
        (found.name, found.function)
    }

    #[test]
    fn every_order_of_name_and_office() {
        for (text, name, function) in [
            (
                "Edouard MODÈLE, directeur général de l'enseignement scolaire",
                "Edouard MODÈLE",
                "directeur général de l'enseignement scolaire",
            ),
            ("son président, Yves Modèle, désignée sous le terme", "Yves Modèle", "président"),
            (
                "Monsieur Olivier MODÈLE, agissant en qualité de Recteur, chancelier des universités",
                "Olivier MODÈLE",
                "Recteur, chancelier des universités",
            ),
            ("M. Philippe SPÉCIMEN\nen sa qualité de Président", "Philippe SPÉCIMEN", "Président"),
            ("sa présidente Madame Anne d'EXEMPLE, d'autre part", "Anne d'EXEMPLE", "présidente"),
            ("Mme Jeanne de la Fiction, sa directrice, dûment habilitée", "Jeanne de la Fiction", "directrice"),
        ] {
            assert_eq!(read(text), (Some(name.to_owned()), Some(function.to_owned())), "{text}");
        }
        assert_eq!(read("le directeur général"), (None, Some("directeur général".to_owned())));
        assert_eq!(read("……………, en qualité de ……………"), (None, None));
    }

    #[test]
    fn names_are_told_from_offices() {
        assert!(is_name("Louis LAURENT-EXEMPLE"));
        assert!(is_name("M. Jean de La Fiction"));
        assert!(!is_name("Le président"));
        assert!(!is_name("Académie de Modèleville"));
        assert!(!is_name("Direction Générale"));
    }
}
