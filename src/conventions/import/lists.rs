//! Lists, told apart by the sentence that introduces them: actions, objectives, networks.
//!
//! « Plusieurs actions pourront être proposées » introduces a catalogue; « permettent aux apprenants
//! de » introduces aims, « les dispositifs tels que » schemes. Only the first feeds a catalogue.

use super::blocks::Block;
use super::draft::{AxisDraft, NetworkDraft, Quoted, Section};
use super::fold::fold;
use super::passages::Passage;
use super::pattern;

/// A list with the paragraph that introduces it.
#[derive(Debug)]
pub struct List<'a> {
    /// Folded introduction; empty when the list opens the passage.
    pub intro: String,
    /// Its items.
    pub items: Vec<&'a Block>,
}

/// Cuts blocks into lists. A plain sentence between two groups of items interrupts a list without
/// ending it; a paragraph that ends with a colon introduces another.
pub fn lists(blocks: &[Block]) -> Vec<List<'_>> {
    let mut lists: Vec<List> = Vec::new();
    let mut intro: Option<&Block> = None;
    let mut interrupted = false;
    for block in blocks {
        if !block.bullet {
            let introduces = block.raw.trim_end().ends_with(':') || lists.is_empty();
            if introduces {
                intro = Some(block);
                interrupted = false;
            } else if interrupted {
                // Two paragraphs in a row are no interruption any more.
                intro = Some(block);
            } else {
                interrupted = true;
                if intro.is_none() && !lists.is_empty() {
                    continue;
                }
                intro = intro.or(Some(block));
            }
            continue;
        }
        match (intro.take(), lists.last_mut()) {
            (None, Some(list)) => list.items.push(block),
            (found, _) => lists.push(List {
                intro: found.map(|intro| last_sentence(&fold(&intro.raw))).unwrap_or_default(),
                items: vec![block],
            }),
        }
        interrupted = false;
    }
    lists
}

/// The sentence that introduces the list is the paragraph's last one.
fn last_sentence(key: &str) -> String {
    let cut = key.trim_end().rfind(". ").map_or(0, |at| at + 2);
    key[cut..].to_owned()
}

fn quoted(block: &Block) -> Quoted {
    Quoted {
        text: block.raw.trim().trim_end_matches([';', ' ']).trim_end_matches('.').trim().to_owned(),
        line: block.line,
    }
}

/// The kinds of action an axis lists.
pub fn catalogue(passage: &Passage) -> Vec<Quoted> {
    lists(&passage.blocks)
        .into_iter()
        .filter(|list| introduces_actions(&list.intro))
        .flat_map(|list| list.items)
        .map(quoted)
        .collect()
}

fn introduces_actions(intro: &str) -> bool {
    let actions = re!(r"\b(?:actions?|activites?|interventions?|operations?|initiatives?)\b").is_match(intro);
    let offered = re!(r"propos\w*|menee?s?|mise?s? en (?:oeuvre|place)|met(?:tent)? en (?:oeuvre|place)|conduite?s?|organis\w+|envisag\w+|develop\w+|realis\w+|notamment|suivante?s?|telles? que|prendre la forme|prennent la forme|engag\w+|concretis\w+|prevue?s?|pourr(?:a|ont)").is_match(intro);
    let concrete = re!(r"(?:concretis\w+|prendre la forme|prennent la forme|se tradui\w+|intervenir|interviendra|intervient)[^.]{0,60}$").is_match(intro);
    let aim = re!(r"\b(?:permet(?:tent|tre)?|visent?|viser|ont pour (?:but|objet|objectif)|a pour (?:but|objet|objectif)|afin de|objectifs?|dispositifs?|en direction|a destination|s'adress\w+|publics?|beneficiaires?|criteres?|indicateurs?|conditions|engage(?:nt)? a)\b[^.]{0,90}$").is_match(intro);
    (actions && offered || concrete) && !aim
}

/// The objectives of the convention: a list introduced as such, outside the axes.
pub fn objectives(passages: &[Passage], axes: &[AxisDraft], preamble: Option<&Section>) -> Vec<Quoted> {
    let _ = preamble;
    for passage in passages {
        let of_axis =
            axes.iter().any(|axis| Some(&axis.article) == passage.number.as_ref() && axis.part == passage.part);
        if of_axis {
            continue;
        }
        let titled = re!(r"\bobjectifs?\b|\bfinalites?\b").is_match(&passage.heading);
        let about =
            titled || re!(r"\bobjet\b").is_match(&passage.heading) || passage.article.is_some_and(|index| index < 2);
        if !about {
            continue;
        }
        let found: Vec<Quoted> = lists(&passage.blocks)
            .into_iter()
            .filter(|list| introduces_objectives(&list.intro) || (titled && !introduces_other(&list.intro)))
            .flat_map(|list| list.items)
            .map(quoted)
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn introduces_objectives(intro: &str) -> bool {
    re!(r"\bobjectifs?\b|\bfinalites?\b|\bpour buts?\b").is_match(intro)
}

fn introduces_other(intro: &str) -> bool {
    introduces_actions(intro) || re!(r"reseaux|interlocuteurs|dispositifs|s'appuie|cadre :|publics|s'engage|dans le respect|conformement|documents|annexes?|pieces").is_match(intro)
}

/// The networks that may be called upon.
pub fn networks(passages: &[Passage]) -> Vec<NetworkDraft> {
    let mut found: Vec<NetworkDraft> = Vec::new();
    for passage in passages {
        for list in lists(&passage.blocks) {
            if !re!(r"\b(?:reseaux?|interlocuteurs?|correspondants?|relais|acteurs)\b").is_match(&list.intro)
                || !re!(r"mobilis\w+|suivants?|s'appu\w+|sollicit\w+|associ\w+|notamment|contact\w*|appui")
                    .is_match(&list.intro)
            {
                continue;
            }
            for item in list.items {
                let Quoted { text, line } = quoted(item);
                found.push(NetworkDraft { code: network_code(&fold(&text)), text, line });
            }
        }
    }
    found
}

/// The code of a known network.
fn network_code(key: &str) -> Option<&'static str> {
    // The regional delegate's name holds the academic one's: the order matters.
    [
        ("drafpic", re!(r"\bdrafpic\b|regions? academiques? a la formation professionnelle")),
        ("dafpic", re!(r"\bdafpic\b|\bdafco\b|delegu\w+ academiques? a la formation professionnelle")),
        ("draio", re!(r"\bdraio\b|(?:region\w* academiques?|regionale?s?) a l'information et a l'orientation")),
        (
            "cmee",
            re!(r"\bcmee\b|charge\w* de mission ecole[- ]entreprise|charges? de mission ecole[s]?[- ]entreprises?"),
        ),
        ("clee", re!(r"\bclee\b|comites? loca(?:l|ux) ecole[s]?[- ]entreprises?")),
        ("ipe", re!(r"\bipe\b|ingenieurs? pour l'ecole")),
        ("cmq", re!(r"\bcmq\b|campus des metiers")),
        ("bde", re!(r"\bbde\b|bureaux? des entreprises")),
        ("ddfpt", re!(r"\bddfpt\b|directeurs? delegues? aux formations")),
        ("greta", re!(r"\bgretas?\b")),
    ]
    .into_iter()
    .find_map(|(code, pattern)| pattern.is_match(key).then_some(code))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn read(text: &str) -> Passage {
        passage(&lines::read(text), Some(0), Some("1".into()), None, None, String::new())
    }

    fn catalogue_of(text: &str) -> Vec<String> {
        catalogue(&read(text)).into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn only_actions_feed_a_catalogue() {
        assert_eq!(
            catalogue_of(
                "Plusieurs actions pourront être proposées :\n- des visites ;\n- des forums.\n\nIl est déjà membre d'un collectif.\n\n- des ateliers"
            ),
            ["des visites", "des forums", "des ateliers"]
        );
        for text in [
            "Ces activités permettent aux apprenants de :\n- découvrir les étapes ;\n- comprendre.",
            "Le ministère invite l'association à intervenir dans les dispositifs tels que :\n- les modules.",
            "Ces actions s'adressent aux publics suivants :\n- les élèves ;\n- les apprentis.",
        ] {
            assert!(catalogue_of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn objectives_are_introduced() {
        let found = objectives(
            &[read("Ils se donnent comme objectifs, par exemple de :\n\n- Faciliter ;\n- Soutenir.")],
            &[],
            None,
        );
        assert_eq!(found.len(), 2);
        assert!(objectives(&[read("Elle propose :\n- un ;\n- deux.")], &[], None).is_empty());
    }

    #[test]
    fn networks_have_codes() {
        let found = networks(&[read(
            "Les réseaux suivants pourront être mobilisés :\n- les délégués de régions académiques à la formation professionnelle initiale et continue (DRAFPIC) ;\n- les délégués académiques à la formation professionnelle initiale et continue ;\n- le club des anciens.",
        )]);
        let codes: Vec<_> = found.iter().map(|network| network.code).collect();
        assert_eq!(codes, [Some("drafpic"), Some("dafpic"), None]);
    }
}
