//! Whether a text is an amendment (`avenant`), and of which convention.

use super::dates;
use super::fold::Text;
use super::lines::Line;
use super::pattern;
use super::report::Amends;

/// Whether the text is an amendment: it is headed so.
pub fn is_one(lines: &[Line]) -> bool {
    let mut heads = lines.iter().filter(|line| !line.is_empty()).take(40);
    let Some(kind) = heads.find(|line| {
        let key = line.text.key.as_str();
        key.len() < 400
            && (key.starts_with("avenant")
                || re!(r"^projet d'avenant\b").is_match(key)
                || super::title::kind_of(key).is_some_and(|kind| !kind.starts_with("avenant"))
                    && !super::headings::states(&line.text.raw))
    }) else {
        return false;
    };
    re!(r"^(?:projet d')?avenant\b").is_match(&kind.text.key)
}

/// The convention that is changed: named in the title, else in the visas.
pub fn amends(title: Option<&str>, lines: &[Line], limit: usize) -> Option<Amends> {
    let named = title.and_then(|title| named(&Text::new(title)));
    let complete = |found: &Amends| found.date.is_some();
    if named.as_ref().is_some_and(complete) {
        return named;
    }
    let visa = lines
        .iter()
        .take(limit)
        .filter(|line| !line.is_empty() && line.text.key.len() < 600)
        .filter(|line| re!(r"^(?:vu|considerant|-? ?vu) .*\b(?:convention|accord|protocole|contrat|charte)\b|^(?:a|de) la convention").is_match(&line.text.key))
        .find_map(|line| self::named(&line.text).filter(complete));
    match (named, visa) {
        (Some(title), Some(visa)) => Some(Amends { date: visa.date, title: title.title }),
        (title, visa) => title.or(visa),
    }
}

fn named(text: &Text) -> Option<Amends> {
    let found =
        re!(r"\b(?:a|au|de|du|vu|l'|la|le) ?(?:la |l'|le )?((?:convention|accord|protocole|contrat|charte)[^,;:]*)")
            .captures(&text.key)?;
    let span = found.get(1)?;
    let words = span.as_str();
    let date = dates::find(words);
    let end = re!(r" (?:du|de l'|en date du|signee?|conclue?|passee?|n° ?|entre|relative?|portant|et notamment|susvisee?|datee?|initiale?)\b").find(words).map_or(words.len(), |cut| cut.start());
    let title = text.quote(span.start()..span.start() + end).to_lowercase();
    let date = date.map(|date| date.date).or_else(|| {
        let rest = &text.key[span.end()..];
        dates::find(rest).filter(|date| date.range.start < 40).map(|date| date.date)
    });
    Some(Amends { date, title: (!title.is_empty()).then_some(title) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_convention_that_is_changed() {
        let found = named(&Text::new("AVENANT N° 1 À LA CONVENTION DE COOPÉRATION DU 27 JUIN 2024")).unwrap();
        assert_eq!(
            (found.date.unwrap().to_string(), found.title.as_deref()),
            ("2024-06-27".into(), Some("convention de coopération"))
        );
    }
}
