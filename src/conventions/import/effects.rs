//! When a convention, or an amendment, takes effect.

use super::dates;
use super::fold::Text;
use super::passages::Passage;
use super::pattern;
use super::report::{Effective, Warning};

/// The day a sentence names, or the event; `own` when it is known to be of the amendment itself.
pub fn read(text: &Text, own: bool) -> Option<Effective> {
    let key = text.key.as_str();
    let verb = re!(r"\b(?:(?:prend|prendra|produit|produira|prenant|prendre)(?: ses| son)? effets?|entre(?:ra|nt)? en vigueur|est applicable|(?:est |sont )?(?:conclue?|valable|etablie?)[^.;]{0,60}? a (?:compter|partir) d|debute(?:ra)?|commence(?:ra)?|court a (?:compter|partir)|a (?:compter|partir) de (?:sa|la|leur) (?:date de )?(?:sa |la )?(?:derniere )?signature|des sa signature)").find(key)?;
    let before = &key[..verb.start()];
    if re!(r"resili\w*|denonc\w*|retrait|decision|avenant (?:qui|prend)|modification|renouvellement|s'il |stage|sequence|assurance|caducite").is_match(before) && !own && !before.contains("present avenant") {
        return None;
    }
    let from = re!(r"a (?:compter|partir) d|des sa signature|a (?:la|sa) (?:date|signature)|(?:prend|prendra|produit|produira|prenant|prendre)(?: ses| son)? effets?|entre(?:ra|nt)? en vigueur|debute|commence").find_at(key, verb.start()).map_or(verb.start(), |found| found.start());
    let rest = &key[from..];
    let end = re!(r"[;,]|\. |\.$| et (?:est|se|elle|il|ce|prend|pour|jusqu|viendra|s')| pour (?:une|la|un|cinq|trois|quatre|deux|\d)| jusqu'").find(rest).map_or(rest.len(), |end| end.start());
    let words = &rest[..end];
    let signed = re!(r"signature|signee|notification|approbation|publication|rentree").is_match(words);
    let date = dates::find(words);
    if date.is_none() && !signed {
        return None;
    }
    Some(Effective { on: date.map(|date| date.date), text: text.quote(from..from + end).to_owned() })
}

/// Whether a sentence of an amendment says when the amendment itself takes effect.
pub fn of_amendment(passage: &Passage, key: &str) -> bool {
    let says = re!(
        r"\b(?:entre(?:ra|nt|ront)?|entree) en vigueur\b|\b(?:prend(?:ra|nent|ront)?|produi\w+)(?: (?:ses|son))? effets?\b|\b(?:s'appliqu\w+|est applicable|sont applicables)\b[^.;]{0,40}\b(?:a (?:compter|partir) d|des |le \d)"
    );
    let own = re!(
        r"(?:^|\b(?:le|l'|cet|du|present|presents) ?)avenant\b|^(?:il|elles?|ils)\b|presentes? (?:dispositions|stipulations|modifications)|^(?:entre|entree|prend)\b"
    );
    let quotes = passage.blocks.iter().any(|block| block.raw.contains(['«', '"', '“']));
    let about = re!(r"vigueur|effet|application").is_match(&passage.heading);
    says.is_match(key)
        && own.is_match(key)
        && !key.contains('«')
        && (about || !quotes || key.contains("present avenant"))
}

/// Whether what was read names neither a day nor the signature itself: « un mois après sa signature », « à la rentrée ».
pub fn is_unread(effective: &Effective) -> bool {
    let key = super::fold::fold(&effective.text);
    effective.on.is_none()
        && (re!(r"\b(?:apres|suivant|suit|suivent|avant|rentree|publication|notification|approbation|reception|transmission|controle|delai|jours?|mois|semaines?|annees?)\b").is_match(&key) && !re!(r"\b(?:le|au|des le|du) jour (?:meme )?de\b").is_match(&key)
            || !key.contains("sign"))
}

/// The doubt about a day that could not be read.
pub fn unread(line: u32) -> Warning {
    Warning::new(
        line,
        "unread_effective_date",
        "le jour de la prise d'effet n'a pas pu être lu : sans date, c'est celui de la dernière signature",
        "the day it takes effect could not be read: without a date, it is that of the last signature",
    )
}
