//! One party: its name, what it is called afterwards, where it sits, its numbers, who signs.

use super::fold::{Text, starts_lower};
use super::pattern;
use super::periods::has_blank;
use super::persons;
use super::report::{Party, Warning};

/// The lines that introduce one party.
#[derive(Debug, Default, Clone)]
pub struct PartyText {
    /// Lines as written.
    lines: Vec<(String, u32)>,
}

impl PartyText {
    /// Nothing yet.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a line.
    pub fn push(&mut self, text: &str, line: u32) {
        self.lines.push((text.to_owned(), line));
    }

    /// The lines joined: by a space where one runs into the next, else by a line end.
    fn joined(&self) -> String {
        let mut joined = String::new();
        for (text, _) in &self.lines {
            if !joined.is_empty() {
                let runs_on = super::blocks::hangs(&joined) && !joined.trim_end().ends_with(',')
                    || starts_lower(text)
                        && re!(r"^(?:de |du |des |d'|et |ce qui )").is_match(&super::fold::fold(text));
                joined.push(if runs_on { ' ' } else { '\n' });
            }
            joined.push_str(text);
        }
        joined
    }

    /// Whether the first line names an office (`Le ministre`, `Le président de…`).
    pub fn is_office(&self) -> bool {
        self.lines.iter().all(|(text, _)| !re!(r"represente|ci-apres|siege").is_match(&super::fold::fold(text)))
            && self.lines.first().is_some_and(|(text, _)| opens_office(text))
    }

    /// Its first line begins the same, commas apart.
    pub fn begins_as(&self, key: &str) -> bool {
        let bare = |key: &str| key.trim_end_matches([',', ' ', ':']).to_owned();
        self.lines.first().is_some_and(|(text, _)| bare(&super::fold::fold(text)) == bare(key))
    }

    /// Says who represents it.
    pub fn is_represented(&self) -> bool {
        self.lines.iter().any(|(text, _)| super::fold::fold(text).contains("represente"))
    }

    /// The last line runs on.
    pub fn hangs(&self) -> bool {
        self.lines.last().is_some_and(|(text, _)| super::blocks::hangs(text) && !text.trim_end().ends_with(','))
    }

    /// Already says who represents it, or what it is called.
    pub fn is_complete(&self) -> bool {
        self.lines
            .iter()
            .any(|(text, _)| re!(r"represente|ci-apres|denomme|designe|qualite").is_match(&super::fold::fold(text)))
    }
}

/// A line that begins by an office.
pub fn opens_office(text: &str) -> bool {
    let first: Vec<&str> = text.split_whitespace().take(3).collect();
    persons::is_function(&first.join(" "))
}

/// Reads one party; `None` when the lines name nobody.
pub fn read(chunk: &PartyText, warnings: &mut Vec<Warning>) -> Option<Party> {
    let line = chunk.lines.first()?.1;
    let joined = chunk.joined();
    let text = Text::new(joined);
    let (name, office) = name(chunk)?;
    if has_blank(&text.key) {
        warnings.push(Warning::new(
            line,
            "blank_to_fill",
            format!("des blancs restent à remplir pour la partie « {name} »"),
            format!("blanks left to fill for the party « {name} »"),
        ));
    }
    let represented = re!(r"represente(?:\(e\)|\.e|·e|e)?s?(?: legalement)?(?: (?:aux presentes|a l'effet des presentes))?,? ?(?:en vertu [^;]{0,200}?,? par|en la personne de|par|:) ?:? ?|\brepresentant(?:e|\(e\))?(?: legal)? ?: ?|\bsignataire ?: ?")
        .find(&text.key)
        .map(|found| persons::representative(text.quote_from(found.end())))
        .unwrap_or_default();
    let labelled =
        re!(r"(?:^|\n)(?:qualite|fonction)(?: du (?:signataire|representant))? ?: ?([^\n]+)").captures(&text.key);
    let placeholder = name.starts_with(['(', '[']);
    let labelled = labelled
        .and_then(|found| found.get(1))
        .map(|found| text.quote(found.range()).to_owned())
        .filter(|value| !has_blank(&super::fold::fold(value)));
    let capacity = re!(r"(?:agissant |intervenant )?en (?:sa )?qualite (?:de |d')([^,;\n.]+)")
        .captures(&text.key)
        .and_then(|found| found.get(1))
        .filter(|found| !has_blank(found.as_str()))
        .map(|found| persons::strip_article(text.quote(found.range())).to_owned());
    Some(Party {
        alias: alias(&Text::new(text.raw.replace('\n', " ")), true).or_else(|| alias(&text, false)),
        address: if placeholder { None } else { address(&text) },
        siret: siret(&text.key),
        rna: re!(r"\bw ?(\d(?: ?\d){8})\b")
            .captures(&text.key)
            .and_then(|found| found.get(1))
            .map(|found| format!("W{}", found.as_str().replace(' ', ""))),
        representative: represented.name,
        function: represented
            .function
            .or(labelled)
            .or(capacity)
            .or(office)
            .map(|function| function.trim_end_matches([',', '.', ';']).to_owned())
            .filter(|function| function.chars().count() > 2),
        name,
    })
}

/// The name, and the office when the party is introduced by it (`Le président de la société X`).
fn name(chunk: &PartyText) -> Option<(String, Option<String>)> {
    let mut joined = String::new();
    for (text, _) in &chunk.lines {
        let key = super::fold::fold(text);
        if joined.is_empty() {
            joined.push_str(text);
            continue;
        }
        // The name goes on at the next line only when it was cut there.
        let goes_on = super::blocks::hangs(&joined) && !joined.trim_end().ends_with(',')
            || re!(r"^(?:de |du |des |d'|et d)").is_match(&key)
            || (joined.ends_with(',')
                && super::fold::is_capitals(&joined)
                && super::fold::is_capitals(text)
                && !begins_detail(&key))
            || (starts_lower(text) && !begins_detail(&key) && !joined.trim_end().ends_with([',', ';', '.']));
        if !goes_on {
            break;
        }
        joined.push(' ');
        joined.push_str(text);
    }
    let text = Text::new(joined);
    let label =
        re!(r"^(?:nom|denomination(?: sociale)?|raison sociale|nom de l[a' ]+[a-z]+|organisme) ?: ?").find(&text.key);
    let text = label.map_or_else(|| text.clone(), |label| Text::new(text.quote_from(label.end())));
    let mut end = text.key.len();
    let detail = re!(
        r"[,;]? ?\(?\b(?:represente|ci-apres|ci-dessous|dont le siege|ayant (?:son|pour) siege|sise? |situee? |domicilie|demeurant|immatricul|designee? |denommee? ?(?:ci|sous)|association (?:regie|declaree|loi|reconnue|a but)|etablissement public|societe (?:anonyme|par actions|a responsabilite|de droit)|siret|n° |agissant|regie? par|reconnue? d'utilite|au capital|inscrite?|enregistre|federation (?:sportive )?(?:agreee|delegataire)|representant)|[,;]? \d{1,4},? (?:bis )?(?:rue|avenue|bd|boulevard|place|quai|cours|chemin|allee|route)\b| - \d| : "
    );
    if let Some(found) = detail.find(&text.key)
        && found.start() > 0
    {
        end = found.start();
    }
    // A comma ends the name unless the name itself goes on (« , de la jeunesse et des sports »).
    for comma in text.key[..end].match_indices(", ").map(|(at, _)| at).collect::<Vec<_>>() {
        let after = &text.raw[text.raw_offset(comma + 2)..text.raw_offset(end)];
        let capitals = super::fold::is_capitals(after) && super::fold::is_capitals(text.quote(0..comma));
        if !capitals
            && !re!(r"^, (?:de |du |des |d'|et |ministere |rectorat |academie |direction (?:generale|des services))")
                .is_match(&text.key[comma..])
        {
            end = comma;
            break;
        }
    }
    let name = text.quote(0..end).trim_end_matches([',', ';', '.', ':', ' ', '(', '…', '_']).to_owned();
    let key = super::fold::fold(&name);
    if name.chars().count() < 2
        || !name.chars().any(char::is_alphabetic)
        || has_blank(&key) && key.chars().filter(|c| c.is_alphabetic()).count() < 4
    {
        return None;
    }
    if begins_detail(&key)
        || re!(r"^(?:les parties|ensemble|collectivement)\b").is_match(&key)
        || name.chars().count() > 250
    {
        return None;
    }
    Some(split_office(&name))
}

fn begins_detail(key: &str) -> bool {
    re!(r"^(?:represente|ci-apres|ci-dessous|dont |ayant |sise? |situee? |siege|siret|n° |adresse|telephone|tel\b|designee?|denommee?|agissant|\d|d'une part|d'autre part|code |rcs|rna|association (?:regie|declaree|loi)|etablissement public,|fax|courriel|mail|qualite|fonction)").is_match(key)
}

/// `Le président-directeur général d'Exemplia` names a company by its office; a minister, a rector
/// or a prefect are the authority itself.
fn split_office(name: &str) -> (String, Option<String>) {
    let text = Text::new(name);
    let found = re!(r"^(?:monsieur |madame )?(?:le |la |l')((?:vice-|co-)?(?:president(?:e)?(?:[- ]directeur)?(?:[- ]directrice)?|directeur|directrice|secretaire|deleguee?|gerante?|pdg)(?: deleguee?)?(?: general[e]?)?(?: adjointe?)?) (d'|de la |de l'|du |des |de )").captures(&text.key);
    let Some((office, link)) = found.and_then(|found| Some((found.get(1)?, found.get(2)?))) else {
        return (name.to_owned(), None);
    };
    let organisation = text.quote_from(link.end());
    if re!(r"^(?:departement|academie|enseignement|service|region|conseil)").is_match(&super::fold::fold(organisation))
    {
        return (name.to_owned(), None);
    }
    let organisation = match link.as_str() {
        "de la " => format!("La {organisation}"),
        "de l'" => format!("L'{organisation}"),
        "du " => format!("Le {organisation}"),
        "des " => format!("Les {organisation}"),
        _ => organisation.to_owned(),
    };
    (organisation, Some(text.quote(office.range()).to_owned()))
}

fn alias(text: &Text, quoted_only: bool) -> Option<String> {
    let introduced = re!(
        r"(?:ci[- ]?apres|ci[- ]?dessous|denommee?s?|designee?s?|appelee?s?|nommee?s?)(?:\(e\))?(?:[ ,](?:et |ou )?(?:ci[- ]?apres|ci[- ]?dessous|denommee?s?|designee?s?|appelee?s?|nommee?s?|intitulee?s?|dans tout ce qui suit|dans la suite(?: du texte)?|conjointement|individuellement|aux presentes|par|comme(?: etant)?|sous|les|le|la|leur|terme|nom|vocable|sigle|appellation|suivant|abrege|l'appellation|l'abreviation|:)(?:\(e\))?)* ?(?:par |: ?|de |l')?"
    );
    for found in introduced.find_iter(&text.key) {
        if found.as_str().contains("les ") {
            continue;
        }
        let rest = &text.key[found.end()..];
        let quoted = re!(r#"^[ ,:\n]*(?:le |la |l'|les )?(?:[«"]|'')\s*([^»"]{1,80}?)\s*(?:[»"]|'')"#).captures(rest);
        let value = if let Some(inner) = quoted.as_ref().and_then(|quoted| quoted.get(1)) {
            text.quote(found.end() + inner.start()..found.end() + inner.end())
        } else if quoted_only {
            continue;
        } else {
            // Without quotation marks: up to what ends it; the article belongs to it.
            let matched = found.as_str();
            let article = re!(r"(?:\ble |\bla |\bl')$").find(matched).map_or(0, |a| a.len());
            let from = found.end() - article;
            let rest = &text.key[from..];
            let end =
                re!(r"[,;.\n()«]| d'une part| d'autre part| et |$").find(rest).map_or(rest.len(), |end| end.start());
            text.quote(from..from + end)
        };
        let value = value.trim_matches(['«', '»', '"', ' ', '\'', ':', '“', '”']).trim();
        let key = super::fold::fold(value);
        let refused = has_blank(&key)
            || re!(r"^(?:les parties|ensemble|par |sous |en )|^(?:le|la|les|l')$|^d'|^[^a-z]*$").is_match(&key);
        if !refused && (1..=60).contains(&value.chars().count()) {
            return Some(value.to_owned());
        }
    }
    None
}

fn siret(key: &str) -> Option<String> {
    let found = re!(r"siret[^\d\n]{0,20}((?:\d[ .-]?){13}\d)\b").captures(key)?;
    Some(found.get(1)?.as_str().chars().filter(char::is_ascii_digit).collect())
}

/// The seat: after « siège », or the line(s) that hold a postal code.
fn address(text: &Text) -> Option<String> {
    let seat = re!(
        r"(?:siege(?: social| administratif| est)*|adresse(?: postale| du siege)?|demeurant|domiciliee?s?|sise?s?|situee?s?)(?: ?:| est| social| fixe| etabli| situe| sise?| domicilie| a l'adresse suivante|,)*(?: ?:)? (?:au |a |aux |en )?"
    );
    for found in seat.find_iter(&text.key) {
        let rest = &text.key[found.end()..];
        let end = re!(r",? ?\n?(?:et )?(?:represente|ci-apres|d'une part|d'autre part|denomme|designe|immatricul|n° ?(?:de )?siret|siret|identifie|agissant|declaree|inscrite|specialement|habilite|\btel\b|courriel|dument)|[;\n.](?:\n|$| )|\n").find(rest);
        let mut end = end.map_or(rest.len(), |end| end.start());
        // An address broken over two lines ends with the postal code.
        if !re!(r"\b\d{2} ?\d{3}\b").is_match(&rest[..end])
            && let Some(next) = re!(r"^\n\d{2} ?\d{3} [^\n,;]*").find(&rest[end..])
        {
            end += next.end();
        }
        let value = text.quote(found.end()..found.end() + end).replace('\n', " ");
        let value = value.trim_matches([',', ' ', '.', ':']).to_owned();
        if value.chars().count() >= 4 && value.chars().count() <= 200 && !has_blank(&super::fold::fold(&value)) {
            return Some(value);
        }
    }
    by_postal_code(text)
}

fn by_postal_code(text: &Text) -> Option<String> {
    let lines: Vec<(usize, &str)> = {
        let mut at = 0;
        text.key
            .split('\n')
            .map(|line| {
                let start = at;
                at += line.len() + 1;
                (start, line)
            })
            .collect()
    };
    let index = lines.iter().position(|(_, line)| re!(r"\b\d{5} [a-z]|\b\d{2} \d{3} [a-z]").is_match(line))?;
    let (start, line) = lines[index];
    let street = re!(
        r"\b\d{1,4}(?:[-/]\d{1,4})?,? ?(?:bis |ter )?,? ?(?:rue|avenue|av\.|bd|boulevard|place|quai|cours|chemin|allee|route|impasse|square|esplanade|passage|faubourg|parvis|villa|mail)\b"
    );
    let end =
        re!(r",? (?:represente|ci-apres|d'une part|d'autre part)").find(line).map_or(line.len(), |end| end.start());
    let from = street
        .find(line)
        .map(|found| found.start())
        .or_else(|| re!(r"\b\d{2} ?\d{3} [a-z]").find(line).map(|found| found.start()))?;
    let own = text.quote(start + from..start + end).trim_end_matches([',', '.', ';']).to_owned();
    if street.is_match(line) || index == 0 {
        return Some(own);
    }
    let (before_start, before) = lines[index - 1];
    if index >= 1 && (street.is_match(before) || re!(r"^\d{1,4}\b|^bp |^cs |place|rue").is_match(before)) && from == 0 {
        let street = text.quote(before_start..before_start + before.len()).trim_end_matches([',', ' ']).to_owned();
        return Some(format!("{street} {own}"));
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(text: &str) -> Party {
        let mut chunk = PartyText::default();
        for (index, line) in text.lines().enumerate() {
            chunk.push(line, u32::try_from(index).unwrap());
        }
        read(&chunk, &mut Vec::new()).unwrap()
    }

    #[test]
    fn a_full_introduction() {
        let found = party(
            "L'association Demain Ensemble, association régie par la loi du 1er juillet 1901, dont le siège social est situé 12 rue des Fictions, 00100 Modèleville, n° SIRET : 732 829 320 00074, RNA W000000001, représentée par sa présidente, Mme Anne EXEMPLE, ci-après dénommée « Demain »",
        );
        assert_eq!(found.name, "L'association Demain Ensemble");
        assert_eq!(found.alias.as_deref(), Some("Demain"));
        assert_eq!(found.address.as_deref(), Some("12 rue des Fictions, 00100 Modèleville"));
        assert_eq!(found.siret.as_deref(), Some("73282932000074"));
        assert_eq!(found.rna.as_deref(), Some("W000000001"));
        assert_eq!(found.representative.as_deref(), Some("Anne EXEMPLE"));
        assert_eq!(found.function.as_deref(), Some("présidente"));
    }

    #[test]
    fn one_fact_a_line() {
        let found = party(
            "Le ministère des exemples,\nde la jeunesse et des sports\n110, rue du Modèle\n00007 PARIS\nReprésenté par M. Jean-Michel Fictif, dûment habilité, agissant en qualité de directeur général\nCi-après désigné comme \" le Ministère \"",
        );
        assert_eq!(found.name, "Le ministère des exemples, de la jeunesse et des sports");
        assert_eq!(found.address.as_deref(), Some("110, rue du Modèle 00007 PARIS"));
        assert_eq!(found.alias.as_deref(), Some("le Ministère"));
        assert_eq!(found.representative.as_deref(), Some("Jean-Michel Fictif"));
        assert_eq!(found.function.as_deref(), Some("directeur général"));
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        let found = party("La société Modèle");
        assert_eq!((found.alias, found.address, found.representative), (None, None, None));
        assert_eq!(party("La Fédération, ci-après la Fédération,").alias.as_deref(), Some("la Fédération"));
    }
}
