//! The end of the text: where and when it was signed, in how many copies, by whom.

use super::dates::{self, Date};
use super::fold::{Text, fold};
use super::lines::Line;
use super::numbers;
use super::passages::Passage;
use super::pattern;
use super::periods::has_blank;
use super::persons;
use super::report::{Party, Warning};

/// What the signature block says.
#[derive(Debug, Default, PartialEq)]
pub struct Signature {
    /// Day.
    pub date: Option<Date>,
    /// Town.
    pub place: Option<String>,
    /// Number of original copies.
    pub copies: Option<u32>,
    /// Office and name pairs, in order.
    pub signatories: Vec<(String, String)>,
}

/// Lines after « Fait à » in which a date still belongs to it.
const REACH: usize = 12;

/// Reads the block that begins at `at`.
pub fn read(lines: &[Line], at: usize, warnings: &mut Vec<Warning>) -> Signature {
    let block: Vec<&Line> = lines[at..].iter().filter(|line| !line.is_empty()).take(60).collect();
    let head = block.iter().take(REACH).map(|line| line.text.raw.as_str()).collect::<Vec<_>>().join("\n");
    let head = Text::new(head);
    let first = block.first().map_or(0, |line| line.no);
    let mut signature = Signature { place: place(&head), copies: copies(&head.key), ..Signature::default() };
    signature.date = dates::find(&head.key).map(|found| found.date);
    if signature.date.is_none() {
        let code = if has_blank(&head.key) { "blank_to_fill" } else { "no_signature_date" };
        warnings.push(Warning::new(first, code, "aucune date de signature", "no date of signature"));
    }
    signature.signatories = signatories(&block);
    signature
}

fn place(head: &Text) -> Option<String> {
    let found = re!(r"(?:^fait\b[^\n]{0,80}?|^signe |^etabli |\n)?\ba ([^,\n:]{2,60}?)(?:,| le\b| en (?:\w+ )?(?:\(?\d|deux|trois|quatre|cinq|double|triple|autant|un)| au\b| ce\b|\.|:|\n|$)")
        .captures_iter(&head.key)
        .filter_map(|found| found.get(1))
        .find(|place| !re!(r"\b(?:parties?|signataires?|chacune?|compter|exemplaires?|titre)\b").is_match(place.as_str()));
    let place = match found {
        Some(place) => head.quote(place.range()),
        // « Paris, le 3 mai 2010 », without « Fait à ».
        None => head.quote(re!(r"^([a-z][a-z' -]{1,40}), le ").captures(&head.key)?.get(1)?.range()),
    };
    let key = fold(place);
    if has_blank(&key) || key.starts_with("fait") || !place.chars().next().is_some_and(char::is_uppercase) {
        return None;
    }
    Some(place.trim_end_matches(['.', ' ', '…']).to_owned())
        .filter(|place| place.chars().filter(|c| c.is_alphabetic()).count() >= 2)
}

/// `en deux exemplaires`, `en double exemplaire`, `en 3 (trois) exemplaires originaux`.
pub fn copies(key: &str) -> Option<u32> {
    let found = re!(r"\ben ([a-z-]+|\d{1,2})(?: ?\( ?(\w+) ?\))? (?:exemplaires?|originaux|copies originales)")
        .captures(key)?;
    let word = found.get(1)?.as_str();
    match word {
        "double" => Some(2),
        "triple" => Some(3),
        "quadruple" => Some(4),
        _ => numbers::number(word).or_else(|| numbers::number(found.get(2)?.as_str())),
    }
    .filter(|copies| *copies <= 40)
}

/// « La convention est établie en deux exemplaires », said in an article.
pub fn copies_in(passages: &[Passage]) -> Option<u32> {
    let sentences = passages.iter().flat_map(|passage| &passage.sentences);
    sentences
        .filter(|sentence| sentence.text.key.contains("exemplaire"))
        .filter(|sentence| re!(r"\b(?:convention|accord|protocole|avenant|contrat)\b[^.;]{0,60}\b(?:etablie?|signee?|faite?|redigee?|dressee?)\b").is_match(&sentence.text.key))
        .find_map(|sentence| copies(&sentence.text.key))
}

/// Offices and names: an office on its line, the name under it; two columns are read one by one.
fn signatories(block: &[&Line]) -> Vec<(String, String)> {
    let columns = block.iter().map(|line| line.columns()).max().unwrap_or(1).clamp(1, 4);
    let mut found = Vec::new();
    for column in 0..columns {
        let cells = block.iter().filter_map(|line| {
            if columns == 1 {
                Some(line.text.raw.as_str())
            } else if line.cells.len() > 1 {
                line.cells.get(column).map(String::as_str)
            } else {
                (column == 0).then_some(line.text.raw.as_str())
            }
        });
        let mut office = String::new();
        for cell in cells {
            if persons::is_name(cell) {
                let name = persons::without_civility(cell).to_owned();
                if !office.is_empty() {
                    found.push((std::mem::take(&mut office), name));
                }
            } else if let Some((before, after)) = cell.rsplit_once([',', ':'])
                && persons::is_name(after)
                && persons::is_function(before)
            {
                found.push((before.to_owned(), persons::without_civility(after).to_owned()));
                office.clear();
            } else if re!(r"^(?:le |la |l'|pour |par delegation|et par delegation|monsieur le|madame la|president|directeur|directrice|recteur|ministre)").is_match(&fold(cell)) {
                cell.clone_into(&mut office);
            } else if !office.is_empty() && office.chars().count() < 200 && (super::blocks::hangs(&office) || re!(r"^(?:et |de |du |des |d')").is_match(&fold(cell))) {
                office = format!("{office} {cell}");
            }
        }
    }
    found
}

/// Gives to parties without a representative the one who signs for them, when the office says so.
pub fn complete(parties: &mut [Party], signature: &Signature, line: u32, warnings: &mut Vec<Warning>) {
    for (office, name) in &signature.signatories {
        let key = fold(office);
        if parties.iter().any(|party| party.representative.as_deref().is_some_and(|known| fold(known) == fold(name))) {
            continue;
        }
        let open = |fits: &dyn Fn(&Party) -> bool| -> Vec<usize> {
            let open = parties.iter().enumerate().filter(|(_, party)| party.representative.is_none() && fits(party));
            open.map(|(index, _)| index).collect()
        };
        let mut fitting = open(&|party| is_named(&key, party));
        if fitting.len() != 1 {
            fitting = open(&|party| fits(&key, party));
        }
        let &[only] = fitting.as_slice() else {
            if !fitting.is_empty() {
                warnings.push(Warning::new(
                    line,
                    "ambiguous_signatory",
                    format!("« {name} » peut signer pour plusieurs parties"),
                    format!("« {name} » may sign for several parties"),
                ));
            }
            continue;
        };
        let party = &mut parties[only];
        party.representative = Some(name.clone());
        if party.function.is_none() {
            let function = persons::strip_article(office.trim_end_matches([',', ':', ' ']));
            let bare = re!(r"^pour ").is_match(&fold(function));
            if !bare {
                party.function = Some(function.to_owned());
            }
        }
    }
}

/// The office is the party itself: « Le ministre de l'éducation ».
fn is_named(office: &str, party: &Party) -> bool {
    fold(&party.name).contains(office_key(office)) && office_key(office).len() > 8
}

fn fits(office: &str, party: &Party) -> bool {
    let name = fold(&party.name);
    if is_named(office, party) {
        return true;
    }
    let short = re!(
        r"^(?:le |la |l'|les )?(?:association |societe |entreprise |fondation |federation |groupe |lycee |college )?"
    )
    .replace(&name, "");
    let names = [Some(short.as_ref().to_owned()), Some(name.clone()), party.alias.as_deref().map(fold)];
    let state = |text: &str| re!(r"ministere|ministre|academie|rector|enseignement scolaire|etat\b").is_match(text);
    names.iter().flatten().any(|name| {
        let name = name
            .trim_start_matches("le ")
            .trim_start_matches("la ")
            .trim_start_matches("l'")
            .trim_matches(['«', '»', ' ']);
        name.len() >= 3 && contains_word(office, name)
    }) || (state(&name) && re!(r"\bministre\b|enseignement scolaire").is_match(office) && name.contains("minist"))
        || (name.contains("academie") && re!(r"\brect(?:eur|rice)\b").is_match(office))
}

fn office_key(office: &str) -> &str {
    office
        .trim_start_matches("le ")
        .trim_start_matches("la ")
        .trim_start_matches("l'")
        .trim_start_matches("pour ")
        .trim()
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}

/// The date of the document in its header (`Convention du 22-2-2007`), never that of a visa or of
/// the text an amendment changes.
pub fn header_date(lines: &[Line], limit: usize) -> Option<(Date, u32)> {
    lines.iter().take(limit).filter(|line| !line.is_empty()).take(60).find_map(|line| {
        let key = line.text.key.as_str();
        if key.len() > 400 || key.starts_with("vu") || key.starts_with("considerant") {
            return None;
        }
        let found = re!(r"^(?:avenant|conventions?|accords?|protocole|charte|contrat)[a-z' (),°0-9-]{0,60}? (?:du|en date du|signee? le|signe a [a-z' -]+ le) ").find(key)?;
        let before = &key[..found.end()];
        if re!(r"\b(?:a la |a l'|au |de la |de l')(?:convention|accord|protocole|contrat|charte)").is_match(before) {
            return None;
        }
        let date = dates::find(&key[found.end()..])?;
        (date.range.start == 0).then_some((date.date, line.no))
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn read_text(text: &str) -> Signature {
        read(&lines::read(text), 0, &mut Vec::new())
    }

    #[test]
    fn every_form_of_ending() {
        for (text, date, place, copies) in [
            ("Fait à Paris, le 15 janvier 2026, en deux exemplaires.", Some("2026-01-15"), Some("Paris"), Some(2)),
            ("Fait en 2 exemplaires, à Paris le\n\n27 JUIN 2024", Some("2024-06-27"), Some("Paris"), Some(2)),
            (
                "FAIT À MODÈLEVILLE, EN TROIS EXEMPLAIRES ORIGINAUX, LE PREMIER MARS DEUX MILLE DIX",
                Some("2010-03-01"),
                Some("MODÈLEVILLE"),
                Some(3),
            ),
            ("Fait en double exemplaire à Lyon, le 3/05/1998", Some("1998-05-03"), Some("Lyon"), Some(2)),
            ("Fait à ………………, le ……………… en …… exemplaires", None, None, None),
            ("Fait le 12 mai 2010 à Saint-Modèle", Some("2010-05-12"), Some("Saint-Modèle"), None),
            ("Modèleville, le 3 mai 2011", Some("2011-05-03"), Some("Modèleville"), None),
            (
                "Fait à Paris en autant d'exemplaires que de parties, le 4 juin 2012",
                Some("2012-06-04"),
                Some("Paris"),
                None,
            ),
        ] {
            let found = read_text(text);
            assert_eq!(found.date.map(|d| d.to_string()).as_deref(), date, "{text}");
            assert_eq!(found.place.as_deref(), place, "{text}");
            assert_eq!(found.copies, copies, "{text}");
        }
    }

    #[test]
    fn signatories_one_above_the_other_or_side_by_side() {
        let found = read_text("Fait à Paris\nLe président d'Exemplia\nJean MODÈLE\n\nPour le lycée\nAnne EXEMPLE");
        assert_eq!(found.signatories.len(), 2);
        let found = read_text(
            "Fait à Paris\nLe président d'Exemplia        La proviseure\nJean MODÈLE                    Anne EXEMPLE",
        );
        assert_eq!(
            found.signatories,
            [("Le président d'Exemplia".into(), "Jean MODÈLE".into()), ("La proviseure".into(), "Anne EXEMPLE".into())]
        );
    }
}
