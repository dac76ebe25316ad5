//! What the document is, and what it is called.

use super::fold::{Text, fold, is_capitals};
use super::lines::Line;
use super::pattern;

/// Title and kind of document.
#[derive(Debug, Default)]
pub struct Title {
    /// Kind, in the usual spelling, lower case.
    pub kind: Option<String>,
    /// Title, lines joined.
    pub text: Option<String>,
    /// Index of its first line.
    pub from: usize,
    /// Index after its last line; where the parties are looked for.
    pub to: usize,
}

const KIND: &str = r#"^[«" ]*(?:projet de |modele de |modele d'|forme[ -]type d'une |annexe (?:n° ?)?\w{1,3} ?[:.-]+ ?)?(?P<kind>avenant|(?:conventions?|accords?|protocole|charte|contrat|pacte|memorandum)(?:(?: |-| - )(?:cadres?|types?|nationale?|academique|regionale?|departementale?|territoriale?|locale?|pluriannuelle?|pluri-annuelle|\(pluri-?\)annuelle|annuelle?|triennale?|quadriennale|tripartite|quadripartite|bipartite|interministerielle?|generale?|particuliere|specifique|individuelle|simplifiee|bilaterale?|unique|constitutive))*(?: (?:de |d')(?:cooperation|partenariat|collaboration|objectifs et de moyens|objectifs et de gestion|objectifs|moyens|stage|stages|financement|subvention|mecenat|jumelage|mise a disposition|mise en oeuvre|formation|delegation|gestion|services?|recherche|accueil|developpement|accord|entente|engagements?|intervention|parrainage))?(?:-cadre| cadre)?)\b"#;

/// Whether a line names a document of the family.
pub fn kind_of(key: &str) -> Option<&str> {
    re!(KIND).captures(key)?.name("kind").map(|kind| kind.as_str())
}

/// Reads the title among the lines before `limit`.
pub fn read(lines: &[Line], limit: usize) -> Title {
    let limit = limit.min(lines.len());
    let candidates: Vec<usize> = (0..limit)
        .filter(|&at| !lines[at].is_empty() && lines[at].text.key.len() < 600)
        .take(120)
        .filter(|&at| {
            kind_of(&lines[at].text.key).is_some() && !is_sentence(&lines[at].text) && !is_dated(&lines[at].text.key)
        })
        .collect();
    // Capitals first: above a title in capitals stand the rubrics of a bulletin. Then the one that
    // names the parties: a page often repeats the bare kind.
    let near = candidates.first().map_or(0, |&first| first + 40);
    let rank = |at: usize| {
        let names = re!(r"\bentre\b.* et\b").is_match(&fold(&join(lines, at, limit).0));
        let strong = is_capitals(&lines[at].text.raw) || lines[at].hashes > 0;
        u8::from(strong) * 2 + u8::from(names)
    };
    let mut chosen: Option<usize> = None;
    for &at in candidates.iter().filter(|&&at| at <= near).take(8) {
        if chosen.is_none_or(|best| rank(at) > rank(best)) {
            chosen = Some(at);
        }
    }
    let Some(from) = chosen else {
        return Title { to: 0, ..Title::default() };
    };
    let kind = kind_of(&lines[from].text.key).map(spelled);
    let (text, to) = join(lines, from, limit);
    let kind = kind.map(|kind| widened(&kind, &text));
    Title { kind, text: Some(text), from, to }
}

/// `CONVENTION DU 17-12-2007`: the reference under a title, not the title.
fn is_dated(key: &str) -> bool {
    let rest = kind_of(key).map_or(key, |kind| key.split_once(kind).map_or("", |(_, rest)| rest));
    rest.trim_start().starts_with("du ")
        && super::dates::find(rest).is_some_and(|date| date.range.start <= 5 && date.range.end == rest.len())
}

fn is_sentence(text: &Text) -> bool {
    super::headings::states(&text.raw) || (text.raw.ends_with(['.', ';']) && text.raw.len() > 160)
}

/// The kind may go on at the next line (`CONVENTION` / `DE PARTENARIAT`).
fn widened(kind: &str, title: &str) -> String {
    let key = fold(title);
    kind_of(&key).map_or_else(|| kind.to_owned(), spelled)
}

/// The usual spelling of a folded kind.
fn spelled(kind: &str) -> String {
    kind.replace(" - ", "-")
        .split(' ')
        .map(|word| match word {
            "cooperation" => "coopération",
            "academique" => "académique",
            "regionale" => "régionale",
            "regional" => "régional",
            "departementale" => "départementale",
            "departemental" => "départemental",
            "interministerielle" => "interministérielle",
            "generale" => "générale",
            "general" => "général",
            "particuliere" => "particulière",
            "specifique" => "spécifique",
            "simplifiee" => "simplifiée",
            "bilaterale" => "bilatérale",
            "mecenat" => "mécénat",
            "a" => "à",
            "oeuvre" => "œuvre",
            "delegation" => "délégation",
            "developpement" => "développement",
            "memorandum" => "mémorandum",
            "conventions" => "convention",
            "accords" => "accord",
            other => other,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Details of a party: from here on it is no title.
fn is_detail(key: &str) -> bool {
    re!(r"represente|ci-apres|d'une part|d'autre part|siege|siret|\b\d{5}\b|\b\d{2} \d{3}\b|denomme|designe|^vu\b|^considerant|^preambule|^il (?:est|a ete)|^article\b|^art\.|^nor\b|^rlr\b|^n° |^titre (?:[ivx1]|premier)|^ref|^sommaire|^contexte|^expose|^objet\b|^(?:men|mes|mesr|depp|dgesco) -|^un(?:e)? (?:accord|convention)|entre les soussignes|conviennent|^annexe|^et ?: ?$|^entre ?: ?$")
        .is_match(key)
}

fn join(lines: &[Line], from: usize, limit: usize) -> (String, usize) {
    let mut text = cut_detail(&lines[from].text);
    let capitals = is_capitals(&text);
    let mut to = from + 1;
    let mut at = from + 1;
    let mut blanks = 0;
    let mut entre = re!(r"\bentre\b").is_match(&fold(&text));
    while at < limit && text.len() < 700 {
        let line = &lines[at];
        at += 1;
        if line.noise {
            continue;
        }
        if line.text.raw.is_empty() {
            blanks += 1;
            continue;
        }
        let raw = line.text.raw.as_str();
        let key = line.text.key.as_str();
        if is_detail(key) || kind_again(key, &text) {
            break;
        }
        let opens_parties = re!(r"^entre\b").is_match(key) && !entre;
        if opens_parties {
            // « ENTRE » belongs to the title only when bare names in the same style follow.
            let both = re!(r"^entre .* et (?:le |la |l'|les )").is_match(key);
            let close = blanks == 0 && (both || names_follow(lines, at, limit, false));
            if !close && (!capitals || !names_follow(lines, at, limit, capitals)) {
                break;
            }
            entre = true;
        } else if blanks > 0 {
            let linked = super::blocks::hangs(&text) || key == "et" || ends_on_link(&text) || goes_on(raw, key);
            if !(linked || (capitals && is_capitals(raw) && blanks <= 2)) {
                break;
            }
        } else {
            let other_style =
                capitals && !entre && !goes_on(raw, key) && !is_capitals(raw) && key != "et" && key != "entre";
            if other_style && !super::blocks::hangs(&text) || !capitals && raw.ends_with('.') {
                break;
            }
        }
        text.push(' ');
        text.push_str(raw);
        to = at;
        blanks = 0;
    }
    (text.trim_end_matches([':', ',', ' ', '"']).trim_start_matches(['"', ' ']).to_owned(), to)
}

/// `relative à l'accueil d'élèves`, under `CONVENTION`.
fn goes_on(raw: &str, key: &str) -> bool {
    super::fold::starts_lower(raw)
        && re!(r"^(?:relative?s? |portant |pour |en vue |sur |concernant |de |d')").is_match(key)
}

fn ends_on_link(text: &str) -> bool {
    re!(r"\b(?:entre|et|avec)$").is_match(&fold(text).replace(':', ""))
}

/// The line says the kind again (`Accord-cadre du 3-1-2007`): a reference, not the title.
fn kind_again(key: &str, title: &str) -> bool {
    kind_of(key).is_some() && !fold(title).trim_end().ends_with(" la") && !super::blocks::hangs(title)
}

/// The title on one line with the first party's details: the details are cut.
fn cut_detail(text: &Text) -> String {
    let cut = re!(r",? (?:ci-apres|d'une part|represente)").find(&text.key);
    cut.map_or_else(|| text.raw.clone(), |cut| text.quote(0..cut.start()).to_owned())
}

/// After « ENTRE »: names without details, then « ET », then a name again.
fn names_follow(lines: &[Line], from: usize, limit: usize, capitals: bool) -> bool {
    let mut and = false;
    let mut names = 0;
    for line in lines[from..limit].iter().filter(|line| !line.is_empty()).take(14) {
        let key = line.text.key.as_str();
        if key == "et" {
            and = names > 0;
            continue;
        }
        if re!(r"^(?:preambule|vu\b|considerant|article|il (?:est|a ete)|titre)").is_match(key) {
            break;
        }
        if capitals && !is_capitals(&line.text.raw) {
            return and && names > 1;
        }
        if is_detail(key) {
            return false;
        }
        names += 1;
        if and && names > 1 && !capitals {
            return true;
        }
    }
    and && names > 1
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn title(text: &str) -> (Option<String>, Option<String>) {
        let lines = lines::read(text);
        let title = read(&lines, lines.len());
        (title.kind, title.text)
    }

    #[test]
    fn kinds_and_titles() {
        for (text, kind, expected) in [
            (
                "# Convention-cadre de partenariat\n\nEntre\n\nL'État, représenté par X",
                "convention-cadre de partenariat",
                "Convention-cadre de partenariat",
            ),
            (
                "CONVENTION\nDE PARTENARIAT\n\nENTRE\n\nLe lycée, représenté par Y",
                "convention de partenariat",
                "CONVENTION DE PARTENARIAT",
            ),
            (
                "CONVENTION DE COOPERATION\n\nENTRE\n\nLE MINISTÈRE\n\nET\n\nL'ASSOCIATION « X »\n\nPREAMBULE",
                "convention de coopération",
                "CONVENTION DE COOPERATION ENTRE LE MINISTÈRE ET L'ASSOCIATION « X »",
            ),
            (
                "CONVENTION PLURIANNUELLE D'OBJECTIFS\n\nEntre\nL'État, représenté par le préfet",
                "convention pluriannuelle d'objectifs",
                "CONVENTION PLURIANNUELLE D'OBJECTIFS",
            ),
            (
                "AVENANT N° 2\nÀ LA CONVENTION DU 3 MAI 2010\n\nENTRE\nLe lycée",
                "avenant",
                "AVENANT N° 2 À LA CONVENTION DU 3 MAI 2010",
            ),
        ] {
            let (found_kind, found) = title(text);
            assert_eq!(found_kind.as_deref(), Some(kind), "{text}");
            assert_eq!(found.as_deref(), Some(expected));
        }
    }
}
