//! How long, from when, and whether it renews itself.
//!
//! A period is the convention's duration only when the sentence says so of the convention: a
//! placement, a mandate or an archive have durations too.

use super::dates;
use super::effects;
use super::fold::Text;
use super::passages::Passage;
use super::pattern;
use super::periods::{self, has_blank};
use super::renewal::{self, Limits, tacit};
use super::report::{Duration, Effective, Unit, Warning};

/// What was found, with where.
#[derive(Debug, Default)]
pub struct Terms {
    /// Duration, with its passage and sentence.
    pub duration: Option<(Duration, usize, usize)>,
    /// Effect.
    pub effective: Option<(Effective, usize, usize)>,
    /// Tacit renewal.
    pub tacit: Option<(bool, usize, usize)>,
    /// How often, and for how long each time, it renews itself.
    pub limits: Limits,
}

/// Reads the terms. In an amendment only what is said of the amendment itself counts.
pub fn read(passages: &[Passage], amendment: bool, warnings: &mut Vec<Warning>) -> Terms {
    let mut terms = Terms::default();
    let mut duration_is_sure = false;
    for (place, passage) in passages.iter().enumerate() {
        let about_term =
            re!(r"dur[ee]e|validite|effet|vigueur|renouvel|reconduction|calendrier|periode").is_match(&passage.heading);
        // These have periods of their own, which outlive the convention.
        if re!(r"confidential|propriete|donnees|droits? (?:a l'image|d'auteur)|archiv|assurance|secret")
            .is_match(&passage.heading)
            && !about_term
        {
            continue;
        }
        let mut named = about_term;
        for (index, sentence) in passage.sentences.iter().enumerate() {
            let text = &sentence.text;
            let key = text.key.as_str();
            let own = re!(r"\b(?:convention|accord|accord-cadre|protocole|contrat|charte|avenant|partenariat|document|texte|cooperation)\b").is_match(key);
            if amendment && terms.effective.is_none() && effects::of_amendment(passage, key) {
                match effects::read(text, true) {
                    Some(found) => terms.effective = Some((found, place, index)),
                    None => warnings.push(effects::unread(sentence.line)),
                }
            }
            if amendment && !re!(r"present avenant|^il (?:entre|prend)").is_match(key) {
                continue;
            }
            if own {
                named = true;
            }
            if !named {
                continue;
            }
            // What the article on the duration says wins over a mention elsewhere.
            if terms.duration.is_none() || about_term && !duration_is_sure {
                match duration(text, own || about_term) {
                    Read::Found(found) => {
                        terms.duration = Some((found, place, index));
                        duration_is_sure = about_term;
                    }
                    Read::Blank => warnings.push(Warning::new(
                        sentence.line,
                        "blank_to_fill",
                        "la durée est laissée en blanc",
                        "the duration is left to fill",
                    )),
                    Read::Nothing => {}
                }
            }
            if terms.effective.is_none()
                && let Some(found) = effects::read(text, false)
            {
                terms.effective = Some((found, place, index));
            }
            if let Some(found) = tacit(key) {
                match terms.tacit {
                    None => terms.tacit = Some((found, place, index)),
                    Some((known, ..)) if known != found => {
                        warnings.push(Warning::new(
                            sentence.line,
                            "contradictory_renewal",
                            "la tacite reconduction est dite et exclue",
                            "tacit renewal is said and excluded",
                        ));
                        // An amendment may add it and leave what excluded it: people are to look at what would renew.
                        if found {
                            terms.tacit = Some((found, place, index));
                        }
                    }
                    Some(_) => {}
                }
            }
        }
    }
    if let Some((effective, place, index)) =
        terms.effective.as_ref().filter(|(effective, ..)| effects::is_unread(effective))
    {
        let line = passages[*place].sentences[*index].line;
        if effective.on.is_none() {
            warnings.push(effects::unread(line));
        }
    }
    if let Some((true, place, index)) = terms.tacit {
        terms.limits = renewal::limits(&passages[place].sentences[index..], warnings);
    }
    if let (Some((duration, ..)), Some((effective, ..))) = (&mut terms.duration, &terms.effective)
        && duration.start.is_none()
    {
        duration.start = effective.on;
    }
    terms
}

enum Read {
    Found(Duration),
    Blank,
    Nothing,
}

/// Of something else than the convention.
fn of_another(before: &str) -> bool {
    let of_convention = re!(
        r"\b(?:convention|accord|accord-cadre|protocole|charte|contrat)\b[^.;]{0,90}\b(?:est|sera)(?: donc)? (?:conclue?|etablie?|signee?|consentie?|valable|souscrite?|passee?|d'une duree)\b[^.;]{0,40}$"
    );
    if of_convention.is_match(before) {
        return false;
    }
    re!(r"\b(?:stages?|sequences?|periodes? (?:de formation|d'observation|en entreprise)|pfmp|mandats?|conserv\w+|confidentialit\w+|propriete|archiv\w+|donnees|seances?|modules?|interventions?|ateliers?|formations?|visites?|journees?|contrats? (?:d'apprentissage|de travail|de professionnalisation)|presences?|travail|preavis|delais?|hebergement|resili\w+|denonc\w+|suspension|suspendue?|membres|responsabilite|assurances?|eleves? (?:est|sont|de)|cycle|scolarite|experience|reunions?|credits?|prets?|location|obligations?|cession|cedee?s?|licences?|abonnements?|clause)\b[^.;]{0,80}$").is_match(before)
}

fn renewal_before(before: &str) -> bool {
    re!(r"renouvel\w*|recondu\w*|prorog\w*|prolong\w*|periodes? successives|avant (?:son|sa|le|la|l')").is_match(before)
}

fn duration(text: &Text, strong: bool) -> Read {
    let key = text.key.as_str();
    let concluded = re!(
        r"\b(?:conclue?s?|etablie?s?|signee?s?|consentie?s?|valables?|applicables?|souscrite?|passee?|arretee?|prevue?|fixee?|court|s'applique|prend(?:ra)? effet|entre(?:ra)? en vigueur|lie(?:nt)?|duree|validite|engage|couvre|porte(?:nt)? sur|s'etend|s'acheve(?:ra)?|prend(?:ra)? fin|expire(?:ra)?|est en vigueur|produi\w+|cesse(?:ra)?|dure|fin)\b"
    );
    let Some(verb) = concluded.find(key) else {
        return Read::Nothing;
    };
    let mut found = Duration::default();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    // Periods: « pour (une durée de) cinq ans », « durée : trois ans ».
    for period in periods::find_all(key).into_iter().take(12) {
        let before = &key[..period.range.start];
        let introduced = re!(r"(?:pour|duree|periode|validite)(?: (?:une|la|sa|cette))?(?: (?:duree|periode|nouvelle periode))?(?: (?:initiale|determinee|maximale|maximum|totale|ferme|fixe|minimale|globale|experimentale|de (?:la )?(?:presente )?(?:convention|validite)|du (?:present )?(?:accord|protocole|contrat|partenariat)|de (?:l'|cet )accord(?:-cadre)?|de celle-ci))*(?: (?:est|sera|a ete))?(?: (?:fixee|etablie|arretee|limitee|prevue|de|d'|a|egale|pour|:|conclue|valable))*(?: ?:)? ?(?:de |d')?$")
            .is_match(before);
        let covers = re!(r"(?:couvre|porte(?:nt)? sur|conclue?|etablie?|signee?|valable|dure)(?: (?:une|la|les|periode|duree|de|d'|pour|sur))* ?$").is_match(before);
        if !(introduced || covers)
            || of_another(before)
            || renewal_before(before)
            || before.len() < verb.start() && !introduced
        {
            continue;
        }
        if found.value.is_none() {
            found.value = Some(period.value);
            found.unit = Some(period.unit);
            spans.push((period.range.start, period.range.end));
        }
    }
    if found.value.is_none() {
        school_years(key, &mut found, &mut spans);
    }
    bounds(key, &mut found, &mut spans);
    if spans.is_empty() {
        let blank = strong
            && (re!(r"(?:duree (?:de|d'|:)|pour (?:une|la) (?:duree|periode) de|jusqu'au|conclue? pour) ?[(\[]?(?:\.{3,}|_{2,}|x{2,}|\[|\.\. |(?:\. ){3})").is_match(key)
                || re!(r"\bdu (?:\.{3,}|_{2,}) ?au (?:\.{3,}|_{2,})").is_match(key))
            && has_blank(key)
            && !of_another(key);
        return if blank { Read::Blank } else { Read::Nothing };
    }
    let from = spans.iter().map(|span| span.0).min().unwrap_or(0);
    let to = spans.iter().map(|span| span.1).max().unwrap_or(from);
    // The words between two far apart facts are not part of the duration.
    let (from, to) = if spans.len() > 1 && found.value.is_some() { spans[0] } else { (from, to) };
    text.quote(from..to).clone_into(&mut found.text);
    Read::Found(found)
}

/// `les années scolaires 2023-2024, 2024-2025 et 2025-2026`; `pour la saison 2023/2024`.
fn school_years(key: &str, found: &mut Duration, spans: &mut Vec<(usize, usize)>) {
    if let Some(list) = re!(r"\b(?:pour|couvre|sur|au titre de|concerne) ((?:l'annee|les annees)(?: civiles?)? ((?:20|19)\d{2}(?:(?: ?, ?| et | ?- ?| a | au )(?:20|19)\d{2})*))\b").captures(key)
        && let (Some(all), Some(years)) = (list.get(1), list.get(2))
        && !of_another(&key[..all.start()])
        && !renewal_before(&key[..all.start()])
    {
        let count = count_of(&years_of(years.as_str()), re!(r"\d ?(?:-|a|au) ?\d").is_match(years.as_str()));
        if (1..=20).contains(&count) {
            found.value = Some(count);
            found.unit = Some(Unit::Year);
            spans.push((all.start(), all.end()));
            return;
        }
    }
    let Some(list) = re!(
        r"\b(?:annees? (?:scolaires?|universitaires?)|saisons?(?: sportives?)?) ?:? ?((?:20|19)\d{2} ?[-/] ?(?:(?:20|19)\d{2}|\d{2})(?:(?: ?, ?| et | ?; ?| a | au | puis )(?:(?:de )?(?:l'|la )?(?:annee scolaire |saison )?)(?:20|19)\d{2} ?[-/] ?(?:(?:20|19)\d{2}|\d{2}))*)"
    )
    .captures(key) else {
        // « pour l'année scolaire », « pour la présente année scolaire »: one, without naming it.
        if let Some(one) = re!(r"(?:conclue?|etablie?|valable|signee?|pour la duree|applicable|duree)[^.;]{0,30}? (?:pour|de|sur|pendant) (l'annee scolaire(?: en cours)?|la saison(?: sportive)?(?: en cours)?|une annee scolaire)\b").captures(key)
            && let Some(span) = one.get(1)
            && !of_another(&key[..span.start()])
            && !renewal_before(&key[..span.start()])
        {
            found.value = Some(1);
            found.unit = Some(if span.as_str().contains("saison") { Unit::Season } else { Unit::SchoolYear });
            spans.push((span.start(), span.end()));
        }
        return;
    };
    let (Some(all), Some(years)) = (list.get(0), list.get(1)) else {
        return;
    };
    let before = &key[..all.start()];
    if of_another(before) || renewal_before(before) || !re!(r"(?:pour|sur|couvre|porte|concerne|duree|valable|:|a|au titre de)(?: (?:la|les|l'|une|duree|de|des|periode|trois|deux|quatre|cinq|couvrant|d'|sur|au titre|au titre de))* ?(?:l'|d')?(?:la |les )?$").is_match(before) {
        return;
    }
    let starts: Vec<u32> = re!(r"((?:20|19)\d{2}) ?[-/] ?\d{2,4}")
        .captures_iter(years.as_str())
        .filter_map(|year| year.get(1)?.as_str().parse().ok())
        .collect();
    let count = count_of(&starts, re!(r" (?:a|au) ").is_match(years.as_str()));
    if (1..=20).contains(&count) {
        found.value = Some(count);
        found.unit = Some(if all.as_str().starts_with("saison") { Unit::Season } else { Unit::SchoolYear });
        spans.push((all.start(), all.end()));
    }
}

fn years_of(list: &str) -> Vec<u32> {
    list.split(|c: char| !c.is_ascii_digit()).filter_map(|year| year.parse().ok()).collect()
}

/// How many years a list, or a range, names.
fn count_of(years: &[u32], range: bool) -> u32 {
    match (years.first(), years.last()) {
        (Some(from), Some(to)) if range && to >= from => to - from + 1,
        _ => u32::try_from(years.len()).unwrap_or(0),
    }
}

/// `du … au …`, `jusqu'au …`, `à compter du …`.
fn bounds(key: &str, found: &mut Duration, spans: &mut Vec<(usize, usize)>) {
    let all = dates::find_all(key);
    for (index, date) in all.iter().enumerate().take(12) {
        let before = key[..date.range.start].trim_end();
        if of_another(before) || re!(r"\b(?:loi|decret|arrete|circulaire|ordonnance|deliberation|statuts|avis)(?: [a-z°0-9.-]+){0,6}? (?:du|le|date)$|\bconvention(?: (?:cadre|nationale|initiale|pluriannuelle|de [a-z]+))* (?:du|signee le|en date du)$").is_match(before) {
            continue;
        }
        let end = re!(r"(?:jusqu'au|jusqu'a la date du|\bau|jusqu'en|s'acheve(?:ra)? le|(?:prend(?:ra)?|viendra|prendre|met) fin le|expire(?:ra)? le|fin le|echeance (?:au|le)|termine(?:ra)? le|cesse(?:ra)? (?:de produire (?:ses )?effets? )?le|caduque le)$").is_match(before);
        let start = re!(r"(?:\bdu|a compter du|a partir du|(?:effet|vigueur|debute|commence|valable) (?:le|au|du)|depuis le|est fixee au|des le)$").is_match(before);
        if end
            && !re!(r"(?:effet|vigueur) au$").is_match(before)
            && found.end.is_none()
            && (index == 0 || found.start.is_some() || before.contains("jusqu'") || before.contains("fin"))
        {
            found.end = Some(date.date);
            let from = key[..date.range.start].rfind("jusqu'").filter(|at| date.range.start - at < 20);
            spans.push((from.unwrap_or(date.range.start), date.range.end));
        } else if start && found.start.is_none() && found.end.is_none() {
            // A start alone is no duration: it counts with an end or a period.
            let followed = all.len() > index + 1 || found.value.is_some();
            if followed {
                found.start = Some(date.date);
                if before.ends_with("du") && all.len() > index + 1 {
                    spans.push((before.len() - 2, date.range.end));
                }
            }
        }
    }
    if found.end.is_none() && found.value.is_none() {
        found.start = None;
        spans.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn terms(text: &str) -> Terms {
        let lines = lines::read(text);
        read(&[passage(&lines, None, None, None, None, "duree".into())], false, &mut Vec::new())
    }

    fn duration_of(text: &str) -> Option<(Option<u32>, Option<Unit>, String)> {
        terms(text).duration.map(|(d, ..)| (d.value, d.unit, d.text))
    }

    #[test]
    fn durations() {
        for (text, value, unit, quoted) in [
            ("Elle est conclue pour une durée de cinq ans.", 5, Unit::Year, "cinq ans"),
            ("La présente convention est conclue pour 2 (deux) ans.", 2, Unit::Year, "2 (deux) ans"),
            ("La durée de la présente convention est fixée à 36 mois.", 36, Unit::Month, "36 mois"),
            ("La convention est d'une durée d'un (1) an, renouvelable pour trois ans.", 1, Unit::Year, "un (1) an"),
            ("Durée : trois ans.", 3, Unit::Year, "trois ans"),
            (
                "La convention est conclue pour l'année scolaire 2023-2024.",
                1,
                Unit::SchoolYear,
                "année scolaire 2023-2024",
            ),
            (
                "La convention porte sur les années scolaires 2023-2024, 2024-2025 et 2025-2026.",
                3,
                Unit::SchoolYear,
                "années scolaires 2023-2024, 2024-2025 et 2025-2026",
            ),
            ("Elle est valable pour deux saisons sportives.", 2, Unit::Season, "deux saisons sportives"),
            (
                "La convention est conclue pour les années 2018, 2019 et 2020.",
                3,
                Unit::Year,
                "les années 2018, 2019 et 2020",
            ),
        ] {
            assert_eq!(duration_of(text), Some((Some(value), Some(unit), quoted.to_owned())), "{text}");
        }
        let bounded = terms("La convention est conclue du 1er septembre 2023 au 31 août 2026.").duration.unwrap().0;
        assert_eq!(
            (bounded.start.unwrap().to_string(), bounded.end.unwrap().to_string()),
            ("2023-09-01".into(), "2026-08-31".into())
        );
        assert_eq!((bounded.value, bounded.text.as_str()), (None, "du 1er septembre 2023 au 31 août 2026"));
        for text in [
            "La convention est conclue pour une durée de …… ans.",
            "Le stage est d'une durée de deux semaines.",
            "La convention peut être renouvelée pour une durée de trois ans.",
            "Les données sont conservées pour une durée de cinq ans.",
            "L'obligation reste en vigueur pendant une durée de cinq ans après la fin de la convention.",
            "Elle peut être dénoncée avec un préavis de trois mois.",
        ] {
            assert_eq!(duration_of(text), None, "{text}");
        }
    }

    #[test]
    fn tacit_renewal() {
        for (text, expected) in [
            ("Elle ne peut être renouvelée par tacite reconduction.", Some(false)),
            ("La convention n'est pas tacitement reconductible.", Some(false)),
            ("Elle est renouvelable tacitement chaque année.", Some(true)),
            ("Elle est renouvelée par tacite reconduction.", Some(true)),
            ("Elle est renouvelable, sans tacite reconduction.", Some(false)),
            ("Toute tacite reconduction est exclue.", Some(false)),
            ("Il peut être reconduit par accord exprès des parties.", Some(false)),
            ("Elle est reconduite tacitement sauf si une partie ne le souhaite pas.", Some(true)),
            ("Sans dénonciation de l'une des parties, elle est renouvelée par tacite reconduction.", Some(true)),
            ("Elle ne peut excéder trois ans et est renouvelable par tacite reconduction.", Some(true)),
            ("Elle ne fera pas l'objet d'une tacite reconduction.", Some(false)),
            // Added by an amendment beside what excluded it.
            (
                "Elle ne peut être renouvelée par tacite reconduction. À son terme, elle est renouvelée par tacite reconduction.",
                Some(true),
            ),
            ("Elle peut être renouvelée par avenant.", None),
            ("Son renouvellement est étudié.", None),
        ] {
            assert_eq!(terms(text).tacit.map(|found| found.0), expected, "{text}");
        }
    }

    #[test]
    fn effects() {
        let effect = |text: &str| terms(text).effective.map(|(e, ..)| (e.on.map(|d| d.to_string()), e.text));
        assert_eq!(
            effect("La convention prend effet à compter de sa date de signature."),
            Some((None, "prend effet à compter de sa date de signature".into()))
        );
        assert_eq!(
            effect("La convention entre en vigueur le 1er septembre 2023 pour un an."),
            Some((Some("2023-09-01".into()), "entre en vigueur le 1er septembre 2023".into()))
        );
        assert_eq!(effect("La résiliation prend effet à la date de signature."), None);
    }
}
