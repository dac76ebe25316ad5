//! The parties, as the beginning of the text introduces them.
//!
//! `ENTRE … ET …`, `d'une part, … d'autre part`, one paragraph or one column each. What is not said
//! about a party stays empty; a blank left to fill is a warning.

use super::fold::Text;
use super::lines::Line;
use super::party::{self, PartyText};
use super::party_tables::columns;
use super::pattern;
use super::report::{Party, Warning};

/// Reads the parties between the title and the body. Gives also the index of the line after them.
pub fn read(
    lines: &[Line],
    title_from: usize,
    title_to: usize,
    limit: usize,
    warnings: &mut Vec<Warning>,
) -> (Vec<Party>, usize) {
    let Some((from, to)) = region(lines, title_to, limit) else {
        return (from_title(lines, title_from, title_to), title_to);
    };
    let chunks = columns(&lines[from..to]).unwrap_or_else(|| chunks(&lines[from..to]));
    let mut found = Vec::new();
    for chunk in chunks {
        if found.len() >= 12 {
            break;
        }
        if let Some(party) = party::read(&chunk, warnings) {
            add(&mut found, party);
        }
    }
    if found.len() < 2 {
        let named = from_title(lines, title_from, title_to);
        if found.is_empty()
            || named.len() > found.len()
                && found.iter().all(|party| party.representative.is_none() && party.alias.is_none())
        {
            return (named, title_to.max(if found.is_empty() { title_to } else { to }));
        }
    }
    (found, to)
}

/// A party named twice, first alone and then with its details, is one party.
fn add(found: &mut Vec<Party>, party: Party) {
    let key = super::fold::fold(&party.name);
    let bare = |party: &Party| party.representative.is_none() && party.function.is_none() && party.alias.is_none();
    match found.iter_mut().find(|known| super::fold::fold(&known.name) == key && bare(known)) {
        Some(known) => *known = party,
        None => found.push(party),
    }
}

/// Where the parties are introduced.
fn region(lines: &[Line], from: usize, limit: usize) -> Option<(usize, usize)> {
    let limit = limit.min(lines.len());
    let entre = re!(
        r"^(?:entre(?: les soussignes| les parties)?(?: suivants)?(?: ci-apres designes)?\b|(?:la |le )?(?:presente? )?(?:convention|accord)[a-z' -]{0,40} (?:est (?:conclue?|passee?|etablie?)|:) ?entre\b|il est (?:convenu|conclu) entre\b)"
    );
    let is_detail = |line: &Line| {
        re!(r"represent|ci-apres|d'une part|d'autre part|\bsiege\b|siret|denommee? |designee? |\b\d{5} [a-z]")
            .is_match(&line.text.key)
    };
    let end_of = |start: usize| {
        let end = (start + 1..limit).find(|&at| !lines[at].is_empty() && is_end(&lines[at].text.key));
        end.unwrap_or(limit).min(start + 250)
    };
    let tells = |start: usize| lines[start..end_of(start)].iter().any(is_detail);
    let entres = (from..limit).filter(|&at| !lines[at].is_empty() && entre.is_match(&lines[at].text.key));
    let entres: Vec<usize> = entres.take(12).collect();
    if let Some(&start) = entres.iter().find(|&&at| tells(at)) {
        // The title may say « ENTRE » before the text does.
        let end = end_of(start);
        let start = entres.iter().copied().rfind(|at| *at < end && tells(*at)).unwrap_or(start);
        return Some((start, end));
    }
    let first = (from..limit).find(|&at| !lines[at].is_empty())?;
    if !is_end(&lines[first].text.key) && tells(first) {
        return Some((first, end_of(first)));
    }
    // After the visas: « Le ministre, représenté par X, d'une part, ».
    let start = (from..limit).find(|&at| {
        let key = lines[at].text.key.as_str();
        !lines[at].is_empty()
            && !is_end(key)
            && re!(r"^(?:- )?(?:le |la |l'|les |monsieur |madame |mme |m\. ).*(?:represent\w* par|d'une part|ci-apres)")
                .is_match(key)
    })?;
    Some((start, end_of(start)))
}

/// The first line that is not about the parties together.
pub fn after_collective(lines: &[Line], from: usize, limit: usize) -> usize {
    let passes = |line: &Line| line.is_empty() || is_collective(&line.text.key);
    let rest = lines.get(from..limit).unwrap_or_default();
    if rest.iter().take(6).any(|line| is_collective(&line.text.key)) {
        from + rest.iter().take_while(|line| passes(line)).count()
    } else {
        from
    }
}

/// `Ci-après dénommés ensemble « les Parties »`: about all of them, part of no preamble.
fn is_collective(key: &str) -> bool {
    re!(r"^(?:ci-(?:apres|dessous)|ensemble|appelee?s|l'ensemble|denommees?)\b.{0,80}\b(?:parties|partenaires|signataires)\b|\bensemble,? (?:ci-apres|denomme|designe)[^.]{0,40}\bparties\b").is_match(key) && key.len() < 240
}

fn is_end(key: &str) -> bool {
    if is_collective(key) {
        return true;
    }
    re!(r"^(?:preambule|il (?:a ete|est) |vu\b|considerant|expose\b|exposent|etant (?:prealablement )?expose|conviennent|ont convenu|sont convenus?|cel?a etant|ceci etant|ci-(?:apres|dessous) (?:[a-z]+ )?(?:denommee?s|designee?s|appelee?s) (?:ensemble|collectivement|conjointement|individuellement|les )|ensemble (?:designe|denomme|ci)|(?:ci-dessous |ci-apres )?appelees? |objet\b|contexte\b|apres avoir|declarent|titre (?:[ivx1]|premier)|article|art\.|i ?[.-] |1 ?[.)-] [a-z]|les parties (?:ont|sont|conviennent|decident)|ci-apres (?:[a-z]+ )?«? ?les parties|d[ée]finitions|introduction|rappel|l'ensemble (?:etant|des parties)|dans le cadre|en application|conformement)")
        .is_match(key)
}

/// A longer line introduces nobody after this many bytes.
const LONGEST_LINE: usize = 4000;

/// One chunk per party from running lines.
fn chunks(lines: &[Line]) -> Vec<PartyText> {
    let mut chunks: Vec<PartyText> = vec![PartyText::default()];
    let mut gap = false;
    for line in lines {
        if line.is_empty() {
            gap = true;
            continue;
        }
        if re!(
            r"^(?:les )?(?:signataires|soussignee?s|parties|partenaires)(?: (?:ci-dessous|suivants|soussignes))? ?:?$"
        )
        .is_match(&line.text.key)
        {
            continue;
        }
        let mut text = if line.text.key.len() > LONGEST_LINE {
            let cut = line.text.raw_offset(LONGEST_LINE);
            Text::new(line.text.raw.get(..cut).unwrap_or_default())
        } else {
            line.text.clone()
        };
        let item = re!(r"^(?:[-•*] |\d{1,2}[.)°] )").is_match(&text.key);
        if item && chunks.last().is_some_and(PartyText::is_complete) {
            chunks.push(PartyText::default());
        }
        if let Some(entre) = re!(
            r"^(?:.{0,60}\b)?entre(?: les soussignee?s| les parties)?(?: (?:suivants|ci-apres designes))? ?[:,]?(?: |$)"
        )
        .find(&text.key)
            && chunks.len() == 1
            && chunks[0].is_empty()
        {
            text = Text::new(text.quote_from(entre.end()));
        }
        // « d'une part, » may come before « ci-après dénommée « la Ville » ».
        if chunks.last().is_some_and(PartyText::is_empty)
            && chunks.len() > 1
            && re!(r"^,? ?(?:ci-apres|ci-dessous|denommee?|designee?|representee?) ").is_match(&text.key)
        {
            chunks.pop();
        }
        let mut rest = text;
        loop {
            let (head, tail, parted) = part(&rest, &chunks, gap);
            push(&mut chunks, head.as_str(), line.no);
            gap = false;
            if parted && !chunks.last().is_some_and(PartyText::is_empty) {
                chunks.push(PartyText::default());
            }
            match tail {
                Some(tail) => rest = Text::new(tail),
                None => break,
            }
        }
    }
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

fn push(chunks: &mut [PartyText], text: &str, line: u32) {
    let text = text.trim().trim_start_matches([',', ';', '.', ':', '•']).trim();
    let text = text.strip_prefix("- ").or_else(|| text.strip_prefix("– ")).unwrap_or(text);
    if let (false, Some(last)) = (text.is_empty(), chunks.last_mut()) {
        let opens = last.is_empty()
            && re!(r"^et (?:le |la |l'|les |un |une |monsieur |madame |m\. |mme )").is_match(&super::fold::fold(text));
        let text = if opens { text[2..].trim_start() } else { text };
        last.push(text, line);
    }
}

/// Cuts a line at the first word that ends a party. Returns what belongs to the current party, what
/// is left, and whether the party ended.
fn part(text: &Text, chunks: &[PartyText], gap: bool) -> (String, Option<String>, bool) {
    let key = text.key.as_str();
    // « Et » alone, or before a new name when the current party is complete.
    if re!(r"^et ?[:,]?$").is_match(key) {
        return (String::new(), None, true);
    }
    let current = chunks.last();
    let complete = current.is_some_and(PartyText::is_complete);
    if let Some(et) = re!(r"^et ?:? (?:le |la |l'|les |un |une |monsieur |madame |m\. |mme )").find(key) {
        let capital = text.raw.starts_with('E') || gap;
        if complete || capital && current.is_some_and(|chunk| !chunk.is_empty()) {
            let from = if key[..et.end()].contains(':') { key.find(':').map_or(3, |at| at + 1) } else { 3 };
            return (String::new(), Some(text.quote_from(from).to_owned()), true);
        }
    }
    let capital_article = re!(r"^L(?:[eE][sS]?|[aA]|['’])(?: |\b)").is_match(&text.raw);
    let running = current.is_some_and(PartyText::hangs);
    if !running {
        let office = super::party::opens_office(&text.raw);
        let represented = capital_article && current.is_some_and(PartyText::is_represented) && !office;
        let offices = office && re!(r"^(?:le|la) ").is_match(key) && current.is_some_and(PartyText::is_office);
        let again = gap && chunks.iter().any(|chunk| chunk.begins_as(key));
        if (represented || offices || again)
            && !re!(r"^l[ae']s? ?(?:siege|representant|signataire)|parties").is_match(key)
        {
            return (String::new(), Some(text.raw.clone()), true);
        }
    }
    if gap
        && complete
        && re!(r"^(?:le |la |l'|les )").is_match(key)
        && !re!(r"represente|siege|ci-apres").is_match(key.get(..12).unwrap_or(key))
    {
        return (String::new(), Some(text.raw.clone()), true);
    }
    let side = re!(
        r",? ?\b(?:d'une? ?(?:premiere |deuxieme |troisieme |autre )?part|d'autre part|de (?:premiere|deuxieme|seconde|troisieme|quatrieme) part)\b[ ,;.:]*(?:et ?[:,]?(?: |$))?"
    );
    if let Some(found) = side.find(key) {
        let tail = text.quote_from(found.end()).to_owned();
        return (text.quote(0..found.start()).to_owned(), (!tail.is_empty()).then_some(tail), true);
    }
    if let Some(found) = re!(r",? et (?:le |la |l'|les )").find(key)
        && re!(r"represente|ci-apres").is_match(&key[..found.start()])
        && key[found.end()..].contains("represente")
    {
        let start = key[found.start()..].find("et ").map_or(found.start(), |at| found.start() + at + 3);
        return (text.quote(0..found.start()).to_owned(), Some(text.quote_from(start).to_owned()), true);
    }
    (text.raw.clone(), None, false)
}

/// Names in the title, when nothing else introduces the parties.
fn from_title(lines: &[Line], from: usize, to: usize) -> Vec<Party> {
    let mut joined = String::new();
    for line in lines.get(from..to).unwrap_or_default().iter().filter(|line| !line.is_empty()) {
        // A subtitle between quotation marks is no party.
        if line.text.key.starts_with('«') && !joined.trim_end().ends_with(['«', ',']) {
            break;
        }
        joined.push_str(&line.text.raw);
        joined.push('\n');
    }
    let text = Text::new(joined);
    let Some(entre) = re!(r"\bentre ?:?[\n ]").find(&text.key) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut start = entre.end();
    for et in re!(r",?\n ?et ?:?\n|,?[ \n]et (?:le |la |l'|les )|,\n").find_iter(&text.key) {
        if et.start() < start {
            continue;
        }
        names.push(text.quote(start..et.start()).replace('\n', " "));
        start = et.start() + et.as_str().find("et").map_or(2, |at| at + 2);
    }
    names.push(text.quote_from(start).replace('\n', " "));
    names
        .into_iter()
        .map(|name| name.trim_matches([',', ' ', ':']).to_owned())
        .filter(|name| (3..200).contains(&name.chars().count()))
        .map(|name| Party { name, ..Party::default() })
        .collect::<Vec<_>>()
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn parties(text: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let lines = lines::read(text);
        read(&lines, 0, 0, lines.len(), &mut Vec::new())
            .0
            .into_iter()
            .map(|party| (party.name, party.alias, party.representative))
            .collect()
    }

    #[allow(clippy::unnecessary_wraps)]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn one_sentence_holds_both() {
        assert_eq!(
            parties(
                "Entre le recteur de l'académie de Modèleville, d'une part, et l'association « Demain », association régie par la loi du 1er juillet 1901, représentée par son président, Yves Modèle, désignée sous le terme « l'association », d'autre part.\nPréambule"
            ),
            [
                ("le recteur de l'académie de Modèleville".into(), None, None),
                ("l'association « Demain »".into(), some("l'association"), some("Yves Modèle"))
            ]
        );
    }

    #[test]
    fn three_parties() {
        let found = parties(
            "ENTRE\nLe lycée Fictif, représenté par M. Jean UN, proviseur,\nET\nLa ville de Modèle, représentée par Mme Anne DEUX, maire,\nET\nL'association Trois, représentée par Luc TROIS, président.\nIl est convenu ce qui suit",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[1].2, some("Anne DEUX"));
    }

    #[test]
    fn two_columns_and_tables() {
        let found = parties(
            "Entre\nLe lycée Fictif                La société Modèle\nreprésenté par Jean UN         représentée par Anne DEUX\nPréambule",
        );
        assert_eq!(
            found,
            [("Le lycée Fictif".into(), None, some("Jean UN")), ("La société Modèle".into(), None, some("Anne DEUX"))]
        );
        let found = parties(
            "Entre :\n| Nom | Le lycée Fictif | La société Modèle |\n|---|---|---|\n| Représentant | Jean UN | Anne DEUX |\nPréambule",
        );
        assert_eq!(
            found,
            [("Le lycée Fictif".into(), None, some("Jean UN")), ("La société Modèle".into(), None, some("Anne DEUX"))]
        );
    }
}
