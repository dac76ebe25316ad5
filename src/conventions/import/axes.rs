//! Axes of cooperation: which articles they are, for whom, and what each party commits to.
//!
//! An axis is an article of the part that says « axes », or one headed « Axe n »; a convention that
//! has neither has no axis.

use super::audiences;
use super::draft::{ArticleDraft, AxisDraft, Commitment};
use super::fold::fold;
use super::lists;
use super::openings::tidy;
use super::outline::Outline;
use super::passages::{Passage, Subject, subject};
use super::pattern;
use super::report::{Party, Warning};

/// Reads the axes.
pub fn read(outline: &Outline, passages: &[Passage], parties: &[Party]) -> Vec<AxisDraft> {
    let mut axes = Vec::new();
    for passage in passages {
        let Some(article) = passage.article.and_then(|index| outline.articles.get(index)) else {
            continue;
        };
        let in_axes_part = article
            .part
            .and_then(|part| outline.parts.get(part))
            .and_then(|part| part.label.as_deref())
            .is_some_and(|label| is_axes(&fold(label)));
        if in_axes_part || names_axis(&passage.heading) {
            let label = article.heading.clone().unwrap_or_else(|| first_words(passage));
            axes.push(axis(passage, label, parties));
            continue;
        }
        // « Axe 1 : … » as lines inside one article.
        for block in &passage.blocks {
            let key = fold(&block.raw);
            if !names_axis(&key) || key.len() > 220 || block.raw.trim_end().ends_with([';', '.']) && key.len() > 160 {
                continue;
            }
            let label = re!(r"^(?:axe|axes)[^:–—.-]{0,20}[:–—.-]+ *")
                .find(&key)
                .map_or(block.raw.clone(), |_| after_mark(&block.raw));
            let mut one = axis(passage, label, parties);
            one.catalogue.clear();
            one.commitments.clear();
            axes.push(one);
        }
    }
    axes
}

/// An article of commitments that is no axis: what it says is in its text, and nowhere else.
pub fn left_out(
    passages: &[Passage],
    axes: &[AxisDraft],
    parties: &[Party],
    articles: &[ArticleDraft],
    warnings: &mut Vec<Warning>,
) {
    for passage in passages {
        let is_axis =
            axes.iter().any(|axis| Some(&axis.article) == passage.number.as_ref() && axis.part == passage.part);
        let titled = re!(r"\b(?:engagements?|obligations)\b").is_match(&passage.heading);
        let article = passage.article.and_then(|index| articles.get(index));
        let (Some(article), true, false) = (article, titled, is_axis) else { continue };
        if !commitments(passage, parties).is_empty() {
            warnings.push(Warning::new(
                article.line,
                "commitments_without_axis",
                format!(
                    "l'article {} énonce des engagements et n'est pas un axe : ils ne sont pas repris",
                    article.number
                ),
                format!("article {} states commitments and is no axis: they are not taken in", article.number),
            ));
        }
    }
}

fn is_axes(label: &str) -> bool {
    re!(r"\baxes?\b|\b(?:domaines|champs) (?:de |d')(?:la )?(?:cooperation|collaboration|partenariat|intervention|action)").is_match(label)
}

fn names_axis(key: &str) -> bool {
    re!(r"^axe (?:strategique |prioritaire |n ?° ?)?(?:\d{1,2}|[ivx]{1,4}|premier)\b").is_match(key)
}

fn after_mark(raw: &str) -> String {
    raw.find([':', '–', '—', '-', '.']).and_then(|at| raw.get(at..)).map_or_else(|| raw.to_owned(), tidy)
}

fn first_words(passage: &Passage) -> String {
    let words: Vec<&str> =
        passage.blocks.first().map_or("", |block| block.raw.as_str()).split_whitespace().take(12).collect();
    words.join(" ")
}

fn axis(passage: &Passage, label: String, parties: &[Party]) -> AxisDraft {
    AxisDraft {
        article: passage.number.clone().unwrap_or_default(),
        part: passage.part.clone(),
        label,
        transversal: is_transversal(passage),
        catalogue: lists::catalogue(passage),
        audiences: audiences::read(passage),
        commitments: commitments(passage, parties),
    }
}

/// Inclusion or equality « dans chaque action »: it holds everywhere.
pub fn is_transversal(passage: &Passage) -> bool {
    passage.sentences.iter().any(|sentence| {
        let key = sentence.text.key.as_str();
        re!(r"\b(?:dans|a|pour|au sein de|de) (?:chaque|chacune des|toutes? (?:les|leurs)|l'ensemble des) (?:actions?|projets?|interventions?)\b").is_match(key)
            && re!(r"mixite|inclusi|egalite|handicap|diversite|discriminations?|stereotypes?").is_match(key)
    })
}

/// Sentences in which a party, or all of them, commit to something.
pub fn commitments(passage: &Passage, parties: &[Party]) -> Vec<Commitment> {
    let mut found: Vec<Commitment> = Vec::new();
    let mut last: Option<Subject> = None;
    for sentence in &passage.sentences {
        let key = sentence.text.key.as_str();
        let Some(verb) = re!(
            r"\b(?:s'engage(?:nt)?|veille(?:nt)?(?: egalement)? a|met(?:tent)?(?: egalement)? en (?:place|oeuvre)|renforcent|apporte(?:nt)?|assure(?:nt)?|participe(?:nt)? (?:a|au|aux)|coordonnent|facilite(?:nt)?|favorise(?:nt)?|contribue(?:nt)? (?:a|au|aux)|informe(?:nt)?|soutien(?:t|nent)|soutiendront|met(?:tent)? a (?:la )?disposition|conviennent de|garanti(?:t|ssent)|organise(?:nt)?|accueille(?:nt)?|prend en charge|verse|propose(?:nt)?)\b"
        )
        .find(key) else {
            continue;
        };
        if key.contains("ce qui suit") {
            continue;
        }
        let head = key[..verb.start()].trim_end();
        let head = re!(r",? (?:egalement|donc|ainsi|notamment|en outre)$").replace(head, "");
        let who = if re!(r"(?:^|, )(?:ils|elles)$").is_match(&head) {
            Some(Subject::All)
        } else if re!(r"(?:^|, )(?:il|elle)$").is_match(&head) {
            last
        } else {
            subject(&head, parties)
        };
        if let Some(who) = who {
            last = Some(who);
            let party = match who {
                Subject::One(index) => Some(index),
                Subject::All => None,
            };
            found.push(Commitment { party, text: sentence.text.raw.clone(), line: sentence.line });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::super::passages::passage;
    use super::*;

    fn parties() -> Vec<Party> {
        ["Le ministère des exemples", "L'association Demain"]
            .map(|name| Party { name: name.to_owned(), ..Party::default() })
            .to_vec()
    }

    #[test]
    fn who_commits() {
        let lines = lines::read(
            "Les parties s'engagent à agir. L'association s'engage également à venir. Elle veille à prévenir. De son côté, le ministère met en place un cadre. Le temps passe.",
        );
        let passage = passage(&lines, None, None, None, None, String::new());
        let found: Vec<_> = commitments(&passage, &parties()).into_iter().map(|c| c.party).collect();
        assert_eq!(found, [None, Some(1), Some(1), Some(0)]);
    }

    #[test]
    fn axes_are_never_guessed() {
        assert!(is_axes("axes de cooperation") && !is_axes("cooperation pour l'evolution des diplomes"));
        assert!(names_axis("axe n° 2 : mentorat") && !names_axis("axes de travail"));
    }
}
