//! Telling the line that opens an article or a part from the line that only mentions one.
//!
//! `Article 3 – Objet` opens; `article 3 de la loi`, `ARTICLE R. 511-13`, and anything inside « »
//! refer. What follows the number is read by [`super::openings`].

use super::fold::{is_capitals, starts_lower, starts_upper};
use super::lines::Line;
use super::numbers;
use super::pattern;

/// A line that opens an article.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleLine {
    /// Number as counted: `1` for `premier`, `3.1`, `4 bis`.
    pub number: String,
    /// Byte of the line's text where what follows the number begins.
    pub rest: usize,
    /// The word is written in lower case: a doubt, since references are.
    pub lower: bool,
}

/// Reads a line as the opening of an article.
pub fn article_line(line: &Line) -> Option<ArticleLine> {
    let key = line.text.key.as_str();
    if !key.starts_with("art") || line.quoted || line.is_empty() {
        return None;
    }
    let found = re!(
        r"^art(?:icle|\.)? ?(?:n ?° ?)?(?:(?P<first>premier|1 ?er|ier|unique)|(?P<figures>\d{1,3}(?:[.-]\d{1,2})*)(?P<bis> ?(?:bis|ter|quater|quinquies))?|(?P<roman>[ivx]{1,6})|(?P<words>deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|second|deuxieme|troisieme|quatrieme|cinquieme|sixieme))\b°?(?P<last> et dernier)?(?P<mark>[ .:)/-]*)"
    )
    .captures(key)?;
    let group = |name: &str| found.name(name).map(|m| m.as_str());
    let number = if let Some(first) = group("first") {
        if first == "unique" { first.to_owned() } else { "1".to_owned() }
    } else if let Some(figures) = group("figures") {
        let bis = group("bis").map(str::trim).unwrap_or_default();
        let figures =
            if figures.contains(['.', '-']) { figures.to_owned() } else { figures.parse::<u32>().ok()?.to_string() };
        if bis.is_empty() { figures } else { format!("{figures} {bis}") }
    } else if let Some(roman) = group("roman") {
        numbers::roman(roman)?;
        roman.to_ascii_uppercase()
    } else {
        let word = group("words")?;
        numbers::number(word).or_else(|| numbers::ordinal(word))?.to_string()
    };
    let end = found.get(0)?.end();
    let rest = &key[end..];
    if refers(rest, group("mark").unwrap_or_default()) {
        return None;
    }
    Some(ArticleLine { number, rest: line.text.raw_offset(end), lower: starts_lower(&line.text.raw) })
}

/// What follows the number makes it a reference.
fn refers(rest: &str, mark: &str) -> bool {
    if rest.is_empty() {
        return false;
    }
    let separated = mark.contains(['.', ':', '-', ')', '/']);
    let reference = re!(
        r"^(?:d[eu]s? |de la|de l'|d'|et |ou |a |au |aux |,|;|ci-|susvise|precite|relatif|alinea|paragraphe|modifie|bis|est |sont |dispose|prevoit|stipule|du |i+ |\(|susmentionne|visee?s? |mentionne|s'appliqu|et suivants|» )"
    );
    if !separated {
        return reference.is_match(rest) || rest.starts_with([',', ';', '»', ')']);
    }
    rest.starts_with(['»', ','])
        || re!(r"^(?:de la (?:presente |meme )?(?:convention|loi|constitution)|du (?:present|code|decret)|ci-dessus|susvise)").is_match(rest)
}

/// A line that opens a part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartLine {
    /// What it calls itself.
    pub kind: PartKind,
    /// Number as written, capitals.
    pub number: String,
    /// The same as a count, from 1.
    pub ordinal: u32,
    /// Label on the same line, possibly empty.
    pub label: String,
}

/// What a part calls itself; the order is the order of inclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartKind {
    /// `TITRE`, `PARTIE`.
    Title,
    /// `CHAPITRE`.
    Chapter,
    /// `SECTION`, `VOLET`.
    Section,
    /// `II.`
    Roman,
    /// `B -`
    Letter,
    /// `2.` above articles that say their name.
    Figure,
}

/// Reads a line as the opening of a part. The caller still checks its place.
pub fn part_line(line: &Line) -> Option<PartLine> {
    if line.quoted || line.is_empty() || line.text.key.len() > 260 {
        return None;
    }
    named_part(line).or_else(|| marked_part(line))
}

fn named_part(line: &Line) -> Option<PartLine> {
    let key = line.text.key.as_str();
    let found = re!(
        r"^(?:(?P<kind>titre|chapitre|partie|section|volet) ?(?:n ?° ?)?(?P<number>premiere?|deuxieme|troisieme|quatrieme|cinquieme|1 ?er|ier|iere|[ivx]{1,6}|\d{1,2}|[a-h])\b|(?P<ordinal>premiere|deuxieme|seconde|troisieme|quatrieme|cinquieme) partie\b)(?P<mark>[ .:)/-]*)"
    )
    .captures(key)?;
    let group = |name: &str| found.name(name).map(|m| m.as_str());
    let kind = match group("kind") {
        Some("chapitre") => PartKind::Chapter,
        Some("section" | "volet") => PartKind::Section,
        _ => PartKind::Title,
    };
    let written = group("number").or_else(|| group("ordinal"))?;
    let (number, ordinal) = if let Some(n) = numbers::ordinal(written) {
        (numbers::to_roman(n), n)
    } else if matches!(written, "ier" | "iere") {
        ("I".to_owned(), 1)
    } else if written.ends_with("er") {
        ("1".to_owned(), 1)
    } else if let Some(n) = numbers::roman(written) {
        (written.to_ascii_uppercase(), n)
    } else if let Ok(n) = written.parse::<u32>() {
        (n.to_string(), n)
    } else {
        let letter = written.bytes().next()?;
        (written.to_ascii_uppercase(), u32::from(letter.checked_sub(b'a')?) + 1)
    };
    let end = found.get(0)?.end();
    let rest = &key[end..];
    let separated = group("mark").unwrap_or_default().contains(['.', ':', '-', ')', '/']);
    if !separated && re!(r"^(?:d[eu]s? |de la|de l'|d'|et |,|;|\)|est |ci-)").is_match(rest) {
        return None;
    }
    let label = line.text.quote_from(end).to_owned();
    if rest.ends_with(['.', ';']) && label.chars().count() > 90 {
        return None;
    }
    Some(PartLine { kind, number, ordinal, label })
}

fn marked_part(line: &Line) -> Option<PartLine> {
    let raw = line.text.raw.as_str();
    let found = re!(r"^(?:([IVX]{1,5})|([A-H])|(\d{1,2}))(?: ?[.:)/°]+ ?[–—-]?| ?[–—-]) ?(\S.*)$").captures(raw)?;
    let label = found.get(4)?.as_str().trim().to_owned();
    if !title_like(&label) {
        return None;
    }
    let (kind, number, ordinal) = if let Some(roman) = found.get(1) {
        (PartKind::Roman, roman.as_str().to_owned(), numbers::roman(roman.as_str())?)
    } else if let Some(letter) = found.get(2) {
        let count = u32::from(letter.as_str().bytes().next()? - b'A') + 1;
        (PartKind::Letter, letter.as_str().to_owned(), count)
    } else {
        let figure: u32 = found.get(3)?.as_str().parse().ok()?;
        (PartKind::Figure, figure.to_string(), figure)
    };
    Some(PartLine { kind, number, ordinal, label })
}

/// Reads as a title: short, begins with a capital, does not end as a sentence, states nothing.
pub fn title_like(text: &str) -> bool {
    let length = text.chars().count();
    (2..=220).contains(&length)
        && starts_upper(text)
        && !text.ends_with(['.', ';', ',', '!', '…'])
        && (is_capitals(text) || (length <= 160 && !states(text)))
}

/// Has a finite verb or another sign of running text.
pub fn states(text: &str) -> bool {
    let key = super::fold::fold(text);
    re!(r"\b(?:est|sont|s'engagent?|s'engage|peut|peuvent|a pour|ont|doit|doivent|sera|seront|prend|prendra|prennent|fixe|fixent|definit|definissent|precise|assure|assurent|mettent|met|proposent|entre en vigueur|entrera|participent|pourra|pourront|font|fait|constitue|constituent|informe|informent|veille|veillent|apporte|apportent|s'inscrit|s'adresse|examinent|conviennent|decident|souhaite|souhaitent|se reunit|se reunissent|il a ete|reconnaissent|declarent|contribuent|favorisent|organisent|beneficie|beneficient|soutient|soutiennent|designent?|accueille|accueillent|ouvre|ouvrent|invite|invitent|coordonnent|realisent|mobilisent|elaborent|disposent?|restent?|relevent?|deviennent|devra|devront|aura|auront|etait|etaient|s'efforcent?|travaillent|collaborent|facilitent|suit|suivent|concourent|visent?|regle|permet|permettent|couvre|porte sur|concerne|comprend|verse|versera|adresse|transmet|garantit|s'interdit|tient|demeurent?|produit|expire|commence|court|dure)\b")
        .is_match(&key)
        || re!(r"^(?:la presente|le present|les presentes|par la presente|il est|elle est|chaque partie|l'objet de la presente|pendant la|au cours|toute? [a-z]+ (?:doit|fait|peut)|en application de|conformement|a cet effet|dans le cadre d)\b").is_match(&key)
        || re!(r"^(?:les|ces|ils|elles) (?:[a-z']+ ){1,4}?[a-z]{2,}(?:[^m]|[^e]m)ent\b").is_match(&key)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn number(line: &str) -> Option<String> {
        article_line(&lines::read(line)[0]).map(|article| article.number)
    }

    #[test]
    fn lines_that_open_an_article() {
        for (line, expected) in [
            ("Article 1 – Objet", "1"),
            ("ARTICLE PREMIER : OBJET", "1"),
            ("Art. 2. - Les parties", "2"),
            ("Article 1er", "1"),
            ("Article 12 et dernier - Litiges", "12"),
            ("## Article 3.1 Pilotage", "3.1"),
            ("**ARTICLE 3-2** : suivi", "3-2"),
            ("Article 4 bis - Suivi", "4 bis"),
            ("A R T I C L E  5", "5"),
            ("ARTICLE N° 6 : SUIVI", "6"),
            ("Article II - Durée", "II"),
            ("Article deux", "2"),
            ("ARTICLE 7.- Durée", "7"),
        ] {
            assert_eq!(number(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn lines_that_refer() {
        for line in [
            "article 4 de l'arrêté du 3 mai",
            "ARTICLE R. 511-13",
            "Article L. 124-1 du code de l'éducation",
            "article 5 du code",
            "articles 3 et 4",
            "Article 9 ci-dessus",
            "artisanat 3",
        ] {
            assert_eq!(number(line), None, "{line}");
        }
    }

    #[test]
    fn parts() {
        let part = |line: &str| part_line(&lines::read(line)[0]).map(|p| (p.number, p.label));
        assert_eq!(part("TITRE I : COOPÉRATION"), Some(("I".into(), "COOPÉRATION".into())));
        assert_eq!(part("Titre premier"), Some(("I".into(), String::new())));
        assert_eq!(part("DEUXIÈME PARTIE - LES AXES"), Some(("II".into(), "LES AXES".into())));
        assert_eq!(part("II. AXES DE COOPERATION"), Some(("II".into(), "AXES DE COOPERATION".into())));
        assert_eq!(part("B - Le suivi"), Some(("B".into(), "Le suivi".into())));
        assert_eq!(part("Titre III du livre II du code du travail"), None);
        assert_eq!(part("I. Le ministère s'engage à agir."), None);
    }
}
