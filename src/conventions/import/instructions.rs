//! What an instruction of an amendment does: with the words it quotes, with an article, with part of one.

use super::fragments;
use super::pattern;
use super::report::EditKind;

/// What follows a quotation says what is done with these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    Replaced,
    Removed,
    Preceded,
    /// They take the place of those quoted next.
    Substituted,
}

/// What is done with quoted words, by the instruction that leads to them and what follows them; nothing when the
/// quotation is what is put in.
pub fn of_words(instruction: &str, after: &str) -> Option<Words> {
    let after = after.trim_start_matches(['»', '"', ' ', '\n', ',']);
    // « prévu au premier alinéa » may stand before the verb, another edit may not.
    if re!(r"^(?:[^.;:«»\x22\n]{0,100} )?(?:est|sont|sera|seront)\s(?:donc |ainsi |desormais )?(?:supprimee?s?|abrogee?s?|retiree?s?)\b").is_match(after) && subject_goes_on(after) {
        return Some(Words::Removed);
    }
    if re!(r"^(?:[^.;:«»\x22\n]{0,100} )?(?:(?:est|sont|sera|seront)\s(?:donc |ainsi |desormais )?(?:remplacee?s?|substituee?s?|modifiee?s?)\s(?:respectivement )?(?:par|en|comme suit)|devien\w+)\b").is_match(after) && subject_goes_on(after) {
        return Some(Words::Replaced);
    }
    if re!(r"^(?:est|sont)\ssubstituee?s?\saux?\b").is_match(after) {
        return Some(Words::Substituted);
    }
    if re!(r"^par\b").is_match(after)
        && re!(r"\b(?:remplac|substitu)\w*").is_match(instruction)
        && !re!(r"\b(?:est|sont) (?:remplac|substitu)\w* (?:par)?").is_match(instruction)
    {
        return Some(Words::Replaced);
    }
    if re!(r"\bau lieu (?:de|des mots) ?:? ?[«\x22]? ?$").is_match(instruction)
        && re!(r"^:? ?(?:il (?:faut|convient de) )?lire\b").is_match(after)
    {
        return Some(Words::Replaced);
    }
    if re!(r"^aux? (?:(?:mots?|termes?) ?:? ?)?[«\x22]? ?$").is_match(after)
        && re!(r"\bsubstitu\w*").is_match(instruction)
    {
        return Some(Words::Substituted);
    }
    if re!(r"\bapres (?:les (?:mots?|termes?) |le (?:mot|terme) )?:? ?[«\x22]? ?$").is_match(instruction)
        && re!(r"^(?:[^.;«»\x22\n]{0,60} )?(?:inser|ajout)\w*").is_match(after)
    {
        return Some(Words::Preceded);
    }
    None
}

/// The verb that follows is of the quotation, not of the next sentence's own subject.
fn subject_goes_on(after: &str) -> bool {
    !re!(r"^(?:(?:[ivx]+|\d+)(?:\.|°|\)) ?-? ?)?(?:l'|le |la |les |au |aux |a |il )(?:[^.;«»]*?)\b(?:est|sont|sera|seront)\b").is_match(after)
}

/// The heading of an article, quoted after its number, is no words to replace: « l'article 11 « Durée » est remplacé ».
pub fn quotes_heading(instruction: &str) -> bool {
    re!(r"(?:^|[^a-z' ] ?|[.;:)°-] ?)l'article (?:premier|\d{1,3}(?:[.-]\d{1,2})*(?: (?:bis|ter|quater))?),? ?(?:intitule,? ?)?:? ?[«\x22]? ?$").is_match(instruction)
}

/// What is done with a whole quotation.
pub fn whole(instruction: &str) -> Option<EditKind> {
    let inserts = re!(r"\b(?:ajoute|insere|complete|cree|intercale)\w*").is_match(instruction);
    if inserts && re!(r"\b(?:un|l'|nouvel|nouveaux?) ?articles?\b(?: \d{1,3}(?:[.-]\d+)?(?: bis| ter)?)? ?(?:nouveau )?(?:ainsi|suivant|redige|intitule|est|:|qui)").is_match(instruction)
        && !re!(r"alinea|paragraphe|phrase|tiret").is_match(instruction)
    {
        return Some(EditKind::AddArticle);
    }
    if inserts {
        // Words or sentences put in are less than an alinéa.
        let less = re!(
            r"\bphrases?\b|\b(?:par|ajoute\w*|insere\w*) (?:les |le |la |l')?(?:mots?|termes?|expressions?|membres? de phrase|chiffres?)\b"
        );
        return (!less.is_match(instruction)).then_some(EditKind::InsertAlinea);
    }
    let verb = re!(
        r"\b(?:(?:est|sont|sera|seront|se) (?:desormais |ainsi |donc )?)?(?:remplac\w*|modifi(?:ee?s?|er)|redig\w*|substitu\w*|abroge\w*|lire|lit|devient|formule\w*)\b"
    );
    let subject = match verb.find(instruction) {
        // « Remplacer l'article 9 par : »
        Some(verb) if re!(r"(?:er|lire)$").is_match(verb.as_str()) => &instruction[verb.end()..],
        Some(verb) => &instruction[..verb.start()],
        None if re!(r"\bdispositions suivantes\b").is_match(instruction) => instruction,
        None => return None,
    };
    is_article(subject).then_some(EditKind::ReplaceArticle)
}

/// Whether what is changed is the article (annex, preamble) itself, and not something in it.
pub fn is_article(subject: &str) -> bool {
    let plain =
        re!(r"«[^»]*»?|\x22[^\x22]*\x22|\([^)]*\)|,? ?\b(?:relatif|relative|portant|concernant|intitule)e?s?\b[^,;:]*")
            .replace_all(subject, " ");
    if fragments::spoken_of(&plain) {
        return false;
    }
    if re!(r"\b(?:dispositions|stipulations|redaction|contenu|teneur)\b|\b(?:le|du) texte de").is_match(&plain) {
        return true;
    }
    let inside = ["a", "de", "dans", "du", "sous", "au", "selon", "apres", "avant", "sur", "pour", "et", "par"];
    let named = re!(
        r"(?:\b([a-z]+) )?(?:\bl'|\bcet |\bcette |\bledit |\bladite |\bun |\ble |^ ?)(?:present |presente )?(?:article|annexe|preambule)\b"
    );
    let subject_of = |found: regex::Captures<'_>| found.get(1).is_none_or(|word| !inside.contains(&word.as_str()));
    named.captures_iter(&plain).any(subject_of)
        || re!(r"^[^a-z]*(?:il|elle|celui-ci|celle-ci)?[^a-z]*$").is_match(&plain)
}

/// A provision that changes nothing: entry into force, what stays unchanged, how it is signed.
pub fn is_formula(key: &str) -> bool {
    let joined = key.replace('\n', " ");
    let mut sentences = re!(r"[.;](?: |$)").split(&joined).map(str::trim).filter(|s| s.contains(char::is_alphabetic));
    sentences.all(|sentence| {
        re!(r"\b(?:entre(?:ra|nt)?|entree) en vigueur\b|\bprend(?:ra|nent|ront)? effet\b|\bprise d'effet\b|\bs'applique\w*\b|\bapplicables? (?:a|des)\b").is_match(sentence)
            || re!(r"\b(?:dispositions|stipulations|articles|clauses|termes|conditions|reste|annexes)\b.{0,200}\b(?:demeure\w*|reste\w*|continue\w*|inchange\w*|maintenu\w*|sans changement)\b").is_match(sentence)
            || re!(r"\b(?:fait|etabli|signe|redige|dresse|remis)\w*\b.{0,60}\bexemplaires?\b|\bexemplaires? origina|\bpartie integrante\b|\bannexee? a la convention\b|\bnotifiee?\b|\bpubliee?\b|\bcharges? de l'execution\b").is_match(sentence)
            || re!(r"^(?:le )?present avenant (?:a pour objet|vise|a pour but) (?:de |d'|a )(?:modifi|complet|amend|actualis|adapt|precis|revis|mettre a jour|ajout)").is_match(sentence)
                && !re!(r"\d (?:ans?|mois|annees?)\b|\bjusqu").is_match(sentence)
    })
}

/// The annex that an instruction speaks of, as articles are numbered: `Annexe 1`.
pub fn annex_named(instruction: &str) -> Option<String> {
    let found =
        re!(r"\b(?:l'|cette |une )annexe\b(?: ?(?:n ?° ?)?(\d{1,2}|[ivx]{1,4}|[a-h])\b)?").captures(instruction)?;
    Some(
        found.get(1).map_or_else(|| "Annexe".to_owned(), |number| format!("Annexe {}", number.as_str().to_uppercase())),
    )
}
