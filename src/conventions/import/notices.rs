//! Information before the end, notice to end early, and every other delay: three different things.

use super::fold::Text;
use super::passages::Passage;
use super::pattern;
use super::periods::{self, Period};
use super::report::{OtherDelay, RenewalNotice, TerminationNotice, Unit, Warning};

/// What was found, with its passage and sentence.
#[derive(Debug, Default)]
pub struct Notices {
    /// Information before the end.
    pub renewal: Option<(RenewalNotice, usize, usize)>,
    /// Notice to end early.
    pub termination: Option<(TerminationNotice, usize, usize)>,
    /// Time to remedy after a formal notice.
    pub cures: Vec<(OtherDelay, usize, usize)>,
    /// Every other delay, cures included, in order.
    pub others: Vec<OtherDelay>,
}

/// Periods read in one sentence; a sentence with more is no clause.
const MOST_PERIODS: usize = 12;

/// Reads the notices of every passage.
pub fn read(passages: &[Passage], warnings: &mut Vec<Warning>) -> Notices {
    let mut found = Notices::default();
    let mut breach: Option<(TerminationNotice, usize, usize)> = None;
    for (place, passage) in passages.iter().enumerate() {
        for (index, sentence) in passage.sentences.iter().enumerate() {
            let periods = periods::find_all(&sentence.text.key);
            if periods.is_empty() {
                if blank_notice(&sentence.text.key) {
                    warnings.push(Warning::new(
                        sentence.line,
                        "blank_to_fill",
                        "un délai de préavis est laissé en blanc",
                        "a period of notice is left to fill",
                    ));
                }
                continue;
            }
            for period in periods.iter().take(MOST_PERIODS) {
                let text = &sentence.text;
                match kind(text, period, &passage.heading, before(passage, index)) {
                    Kind::Renewal if found.renewal.is_none() => {
                        found.renewal = Some((renewal(text, period), place, index));
                    }
                    Kind::Termination => {
                        let notice = termination(text, period);
                        if found.termination.is_none() {
                            if notice.counted_from.is_none()
                                && re!(
                                    r"avant (?:l'|la |son |sa |le )(?:[a-z]+ )?(?:echeance|expiration|terme|fin|date)"
                                )
                                .is_match(&text.key)
                            {
                                warnings.push(Warning::new(
                                    sentence.line,
                                    "notice_before_end",
                                    "le préavis se donne avant un terme, et ne court pas d'un événement",
                                    "the notice is given before a term, not counted from an event",
                                ));
                            }
                            found.termination = Some((notice, place, index));
                        } else if found
                            .termination
                            .as_ref()
                            .is_some_and(|(known, ..)| (known.value, known.unit) != (notice.value, notice.unit))
                        {
                            other(&mut found, passage, place, index, period);
                        }
                    }
                    Kind::Breach => {
                        if breach.is_none() {
                            breach = Some((termination(text, period), place, index));
                        }
                        cure(&mut found, passage, place, index, period);
                    }
                    Kind::Cure => cure(&mut found, passage, place, index, period),
                    Kind::Other | Kind::Renewal => other(&mut found, passage, place, index, period),
                    Kind::None => {}
                }
            }
        }
    }
    only_for_breach(&mut found, breach, passages, warnings);
    found
}

/// A convention that can only be ended for breach: that notice is its termination notice.
fn only_for_breach(
    found: &mut Notices,
    breach: Option<(TerminationNotice, usize, usize)>,
    passages: &[Passage],
    warnings: &mut Vec<Warning>,
) {
    if found.termination.is_some() {
        return;
    }
    let Some((notice, place, index)) = breach else {
        return;
    };
    warnings.push(Warning::new(
        passages[place].sentences[index].line,
        "termination_for_breach",
        "ce préavis ne met fin à la convention qu'en cas de manquement",
        "this notice ends the convention for breach only",
    ));
    let same = |delay: &OtherDelay| delay.value == notice.value && delay.unit == notice.unit;
    found.cures.retain(|(delay, at, sentence)| !(same(delay) && (*at, *sentence) == (place, index)));
    if let Some(at) = found.others.iter().position(same) {
        found.others.remove(at);
    }
    found.termination = Some((notice, place, index));
}

enum Kind {
    Renewal,
    Termination,
    Breach,
    Cure,
    Other,
    None,
}

fn before(passage: &Passage, index: usize) -> &str {
    index
        .checked_sub(1)
        .and_then(|index| passage.sentences.get(index))
        .map_or("", |sentence| sentence.text.key.as_str())
}

fn kind(text: &Text, period: &Period, heading: &str, previous: &str) -> Kind {
    let whole = text.key.as_str();
    let head = &whole[..period.range.start];
    let tail = &whole[period.range.end..];
    // « …un mois après mise en demeure, ou à tout moment avec un préavis de trois mois »: each
    // branch of the alternative has its own delay.
    let branches = re!(r", ou | ou a tout moment|; | soit |, soit ");
    let from = branches.find_iter(head).last().map_or(0, |found| found.end());
    let to = branches.find(tail).map_or(whole.len(), |found| period.range.end + found.start());
    let key = &whole[from..to];
    let unanswered = re!(
        r"(?:sans effet|infructueuse|sans reponse)[a-z' ]{0,20} (?:pendant|durant|dans|apres|sous)(?: un delai de)? ?$"
    )
    .is_match(head);
    if !is_delay(head, tail) && !unanswered {
        return Kind::None;
    }
    let formal = re!(r"mise en demeure|mettre [a-z' ]{0,40}en demeure|mis[e]? en demeure").is_match(key);
    let ending = re!(r"\bresili\w*|\bdenonc\w*|mettre fin|mettre un terme|mis fin|met fin|\bpreavis\b|se retirer|retrait de|rompre|rompue|\brupture\b").is_match(whole);
    let fault = re!(r"manquement|non[- ]respect|inexecution|non[- ]execution|inobservation|faute\b|violation|defaut d'|defaillance|ne respecte|en cas de defaut|restee? (?:sans effet|infructueuse)|infructueu").is_match(key);
    let to_the_end = re!(r"^ ?(?:\w+ )?(?:au moins |au plus tard )?avant (?:l'|la |le |son |sa |cette )(?:date (?:d'|de (?:son |sa |l'|la |fin de )?)|fin d\w* |terme d\w* )?(?:[a-z]+ )?(?:expiration|echeance|terme|fin|cloture|achevement|arrivee)").is_match(tail);
    let about_renewal = re!(r"inform|\bavise|notifi|previen|renouvel|recondu|prolong|poursuite|intention|suites? |nouvelle convention|se (?:reuni|rencontr|concert|rapproch)|evoqu|negoci|fait connaitre|font connaitre|demande").is_match(whole);
    if to_the_end && !ending && about_renewal {
        return Kind::Renewal;
    }
    if ending && formal && (fault || re!(r"mise en demeure").is_match(key)) {
        return Kind::Breach;
    }
    if formal
        || (re!(r"mise en demeure|en demeure").is_match(previous) && re!(r"a defaut|ce delai|delai de").is_match(key))
    {
        return Kind::Cure;
    }
    if ending && fault {
        return Kind::Breach;
    }
    if ending && !of_a_person(key) {
        return Kind::Termination;
    }
    let _ = heading;
    if period.unit == Unit::Year || period.unit == Unit::SchoolYear || period.unit == Unit::Season {
        return Kind::None;
    }
    Kind::Other
}

/// Ends a placement or a participation, not the convention.
fn of_a_person(key: &str) -> bool {
    re!(r"\b(?:stage|stagiaire|contrat de travail|eleve|inscription|adhesion|licence|intervenant|benevole|salarie)\b")
        .is_match(key)
        && !re!(r"\b(?:convention|accord|protocole|contrat|partenariat)\b").is_match(key)
}

/// A period inside which, or ahead of which, something must be done.
fn is_delay(head: &str, tail: &str) -> bool {
    re!(r"(?:delai|preavis)s?(?: (?:de prevenance|maximal|maximum|minimal|minimum|minimale?|raisonnable|ecrit|d'au moins|fixe|est|est fixe|est de|notifie|donne|requis|supplementaire|franc))*,? ?(?:fixee? |egale? )?(?:a |de |d'|d'au moins |:|minimum de |minimal de |de prevenance de )*$|\b(?:sous|dans les|au plus tard|au moins|au minimum|dans|avec|moyennant|sous un delai de|apres|minimum|passe|respectant) ?(?:un |les |le )?(?:delai (?:de|d') ?)?$").is_match(head)
        && !re!(r"(?:pour une duree|age\w* d|pendant|depuis|fois|periode) ?[a-z' ]{0,12}$").is_match(head)
        || re!(r"^ ?(?:\w+ )?(?:au moins |au plus tard )?(?:avant |apres |a l'avance|suivant |a compter de |a partir de |qui suivent|qui precedent|precedant )").is_match(tail)
            && !re!(r"(?:duree (?:de |d'|est |fixee )|pour (?:une )?(?:periode|duree)|\bpour |conclue?|etablie?|valable|age\w* de|renouvelable)[^,;]{0,25}$").is_match(head)
        || re!(r"^(?:preavis|delai) ?: ?$").is_match(head)
}

fn blank_notice(key: &str) -> bool {
    re!(r"(?:preavis|delai) (?:de|d') ?[(\[]?(?:\.{3,}|_{2,}|x{2,}|\[)").is_match(key)
}

fn renewal(text: &Text, period: &Period) -> RenewalNotice {
    let key = text.key.as_str();
    let after = &key[period.range.end..];
    let end = re!(r"[,;.]|\. |$| (?:les|le|la|l')(?: |\b)[a-z]+ (?:informe|examine|se )| (?:de leur|afin|pour|en vue|dans|de se|son intention|leur intention|sur)\b")
        .find_at(after, re!(r"avant").find(after).map_or(0, |found| found.end()))
        .map_or(after.len(), |found| found.start());
    RenewalNotice {
        value: period.value,
        unit: period.unit,
        by: who_informs(text),
        text: text.quote(period.range.start..period.range.end + end).to_owned(),
    }
}

/// The subject of « informe », as written.
fn who_informs(text: &Text) -> Option<String> {
    let key = text.key.as_str();
    let verb = re!(r"\b(?:informe(?:nt|ra|ront)?|avise(?:nt|ra)?|notifie(?:nt|ra)?|previen(?:t|nent|dra)|fait connaitre|font connaitre|fera connaitre|saisi(?:t|ssent)|sollicite(?:nt|ra)?|adresse(?:nt|ra)?|transmet(?:tent|tra)?|propose(?:nt|ra)?|examine(?:nt|ront)?|evoque(?:nt|ront)?|se (?:reunissent|reuniront|rencontrent|rencontreront|concertent|concerteront|rapprochent|rapprocheront)|doi(?:t|vent)|s'engage(?:nt)?|manifeste(?:nt|ra)?|engage(?:nt|ront)?|procede(?:nt|ront)?|etablissent|realisent|demande(?:nt|ra)?)\b").find(key)?;
    let head = &key[..verb.start()];
    let from = head.rfind(", ").map_or(0, |at| at + 2);
    let subject = text.quote(from..verb.start()).trim_end_matches([',', ' ']);
    let subject = subject.trim_end_matches("s'").trim_end_matches("s’").trim_end();
    let words = subject.split_whitespace().count();
    let named =
        re!(r"^(?:le |la |les |l'|chaque |chacune? |toute |[a-z0-9' -]{2,40}$)").is_match(&super::fold::fold(subject));
    let adverbial =
        re!(r"\bavant\b|^(?:dans|a |au |en |six |trois |deux |un )|\bmois\b|^(?:elle|il|ils|elles|celle-ci|celui-ci)$")
            .is_match(&super::fold::fold(subject));
    (named && !adverbial && (1..=10).contains(&words)).then(|| subject.to_owned())
}

fn termination(text: &Text, period: &Period) -> TerminationNotice {
    let key = text.key.as_str();
    let tail = &key[period.range.end..];
    let counted = re!(r"^[a-z0-9,' -]{0,60}?\b(?:a compter|a partir|suivant|courant a compter|qui suivent|apres|commencant a courir a compter|commencant a courir a)(?: de| du| d')? ?(?:la |le |l'|sa |son |cette )?").find(tail);
    let counted_from = counted.and_then(|found| {
        let from = period.range.end + found.end();
        let rest = &key[from..];
        let end = re!(r"[,;:(]|\.$|\. | (?:de|par|a) (?:la|l'une?|une|chacune|chaque|l'autre) (?:[a-z']+ )?(?:partie|ou)| (?:souhaitant|adressee?|restee?|valant|sans |envoyee|par lettre|par courrier|avant |et |aux autres|a l'autre|aupres d)").find(rest).map_or(rest.len(), |end| end.start());
        let words = text.quote(from..from + end);
        (3..=120).contains(&words.chars().count()).then(|| words.to_owned())
    });
    let from = re!(r"(?:delai|preavis)[a-z' ]{0,40}$")
        .find(&key[..period.range.start])
        .map_or(period.range.start, |found| found.start());
    let end = counted_from.as_ref().map_or(period.range.end, |_| {
        let rest = &key[period.range.end..];
        period.range.end + re!(r"[,;:(]|\.$|\. ").find(rest).map_or(rest.len(), |end| end.start())
    });
    TerminationNotice { value: period.value, unit: period.unit, counted_from, text: text.quote(from..end).to_owned() }
}

fn cure(found: &mut Notices, passage: &Passage, place: usize, index: usize, period: &Period) {
    let key = passage.sentences[index].text.key.as_str();
    let around = format!("{} {key}", before(passage, index));
    let mut what = String::from("mise en demeure");
    if re!(r"sans autorisation[^.]{0,60}(?:logo|marque)|(?:logo|marque)[^.]{0,60}sans autorisation").is_match(&around) {
        what.push_str(" pour usage sans autorisation du logo");
    } else if re!(r"resili").is_match(&around) {
        what.push_str(" avant résiliation");
    }
    with_article(&mut what, passage);
    let delay = OtherDelay { value: period.value, unit: period.unit, what };
    if found.cures.iter().any(|(known, at, _)| *at == place && (known.value, known.unit) == (delay.value, delay.unit)) {
        return;
    }
    if found.cures.len() >= 100 {
        return;
    }
    found.others.push(delay.clone());
    found.cures.push((delay, place, index));
}

fn other(found: &mut Notices, passage: &Passage, place: usize, index: usize, period: &Period) {
    let text = &passage.sentences[index].text;
    let mut what = clause_around(text, period);
    with_article(&mut what, passage);
    let delay = OtherDelay { value: period.value, unit: period.unit, what };
    let again =
        found.cures.iter().any(|(known, at, _)| *at == place && (known.value, known.unit) == (delay.value, delay.unit));
    if !again && !found.others.contains(&delay) && found.others.len() < 200 {
        found.others.push(delay);
    }
}

fn with_article(what: &mut String, passage: &Passage) {
    if let Some(number) = &passage.number {
        what.push_str(" (article ");
        what.push_str(number);
        what.push(')');
    }
}

/// The words around the period, cut at commas when the sentence is long.
fn clause_around(text: &Text, period: &Period) -> String {
    let key = text.key.as_str();
    let mut from = 0;
    let mut to = key.len();
    if key.len() > 140 {
        from = key[..period.range.start].rfind([',', ';', ':']).map_or(0, |at| at + 1);
        to = key[period.range.end..].find([',', ';', ':']).map_or(key.len(), |at| period.range.end + at);
        if to - from < 50 {
            from = key[..from.saturating_sub(1)].rfind([',', ';', ':']).map_or(0, |at| at + 1);
        }
    }
    let words = text.quote(from..to).trim_end_matches(['.', ';', ',']);
    if words.chars().count() > 160 {
        let cut: String = words.chars().take(157).collect();
        return format!("{cut}…");
    }
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn notices(text: &str) -> Notices {
        let lines = lines::read(text);
        read(&[passage(&lines, None, Some("9".into()), None, None, String::new())], &mut Vec::new())
    }

    #[test]
    fn ending_early() {
        for (text, value, unit, counted) in [
            ("Il peut être dénoncé par l'une d'elles avec un préavis de trois mois.", 3, Unit::Month, None),
            (
                "La résiliation prend effet à l'expiration d'un délai minimal de 6 mois à compter de la réception de la notification écrite de la Partie souhaitant y mettre un terme.",
                6,
                Unit::Month,
                Some("réception de la notification écrite"),
            ),
            (
                "La convention peut être résiliée sous réserve d'un préavis de quinze (15) jours suivant l'envoi d'une lettre recommandée avec accusé de réception.",
                15,
                Unit::Day,
                Some("envoi d'une lettre recommandée avec accusé de réception"),
            ),
            (
                "Chaque partie peut la dénoncer au moins deux mois avant la fin de l'année scolaire.",
                2,
                Unit::Month,
                None,
            ),
        ] {
            let found = notices(text);
            let notice = found.termination.expect(text).0;
            assert_eq!((notice.value, notice.unit, notice.counted_from.as_deref()), (value, unit, counted), "{text}");
            assert!(found.renewal.is_none() && found.others.is_empty(), "{text}");
        }
    }

    #[test]
    fn information_before_the_end() {
        let found =
            notices("Trois mois avant son échéance, l'association informe le ministère. La convention dure un an.");
        let notice = found.renewal.unwrap().0;
        assert_eq!((notice.value, notice.by.as_deref()), (3, Some("l'association")));
        assert_eq!(notice.text, "Trois mois avant son échéance");
        assert!(found.termination.is_none());
        let found = notices(
            "Les parties se rencontrent six mois avant l'expiration de la convention pour en examiner le renouvellement.",
        );
        let notice = found.renewal.unwrap().0;
        assert_eq!(
            (notice.value, notice.by.as_deref(), notice.text.as_str()),
            (6, Some("Les parties"), "six mois avant l'expiration de la convention")
        );
    }

    #[test]
    fn a_formal_notice_is_another_delay() {
        let found = notices(
            "En cas de manquement, la convention est résiliée un mois après mise en demeure. Elle peut être dénoncée avec un préavis de trois mois.",
        );
        assert_eq!(found.termination.unwrap().0.value, 3);
        assert_eq!(found.others.len(), 1);
        assert_eq!(found.others[0].what, "mise en demeure avant résiliation (article 9)");
    }

    #[test]
    fn what_is_no_delay() {
        for text in [
            "Les élèves âgés de 16 ans.",
            "La convention est conclue pour cinq ans.",
            "Un stage de deux semaines est prévu.",
            "Il est forclos depuis deux mois.",
        ] {
            let found = notices(text);
            assert!(found.others.is_empty() && found.termination.is_none() && found.renewal.is_none(), "{text}");
        }
    }
}
