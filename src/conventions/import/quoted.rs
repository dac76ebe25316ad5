//! The edits of an amendment, read from quotation to quotation: what stands between says what is done with each.

use super::alineas;
use super::amendment::{Drafting, Found, unquoted};
use super::fold::Text;
use super::fragments::{self, Fate, PartEdit};
use super::instructions::{self, Words, whole};
use super::pattern;
use super::report::{Edit, EditKind, EditPlace, Warning};

/// Quoted stretches of a key, inner range. A paragraph may open again without having closed.
pub fn quotations(key: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut straight: Option<usize> = None;
    for (at, mark) in key.char_indices() {
        match mark {
            '«' => open = open.or(Some(at + mark.len_utf8())),
            '»' => {
                if let Some(from) = open.take() {
                    // Still inside when the next paragraph opens again.
                    found.push((from, at));
                }
            }
            '"' if open.is_none() => match straight.take() {
                None => straight = Some(at + 1),
                Some(from) => found.push((from, at)),
            },
            _ => {}
        }
    }
    found
}

/// The number of the article a stretch of drafting speaks of.
pub fn article_named(key: &str) -> Option<String> {
    let found = re!(r"\b(?:l'|d'un |un |l')?article (premier|1 ?er|\d{1,3}(?:[.-]\d{1,2})*(?: (?:bis|ter|quater))?)\b")
        .captures_iter(key)
        .last()?;
    let number = found.get(1)?.as_str();
    Some(if number.starts_with("premier") || re!(r"^1 ?er$").is_match(number) {
        "1".to_owned()
    } else {
        number.to_owned()
    })
}

pub fn edits_of(drafting: &Drafting, of_heading: Option<&str>, found: &mut Found) {
    let text = &drafting.text;
    let quotes = quotations(&text.key);
    let mut current: Option<String> = None;
    let mut from = 0;
    let mut index = 0;
    // Walk from quotation to quotation: what stands between says what is done with it.
    loop {
        let to = quotes.get(index).map_or(text.key.len(), |(start, _)| *start);
        let between = &text.key[from.min(to)..to];
        repeals(between, of_heading, &mut found.edits);
        removals(drafting, from.min(to)..to, current.as_deref().or(of_heading), found);
        let Some(&(start, end)) = quotes.get(index) else {
            if quotes.is_empty() {
                unquoted(drafting, between, of_heading, found);
            }
            return;
        };
        let instruction = last_instruction(between);
        // « I. – À l'article 3 : 1° Au deuxième alinéa, … »: named once for several edits.
        let named = instructions::annex_named(instruction).or_else(|| article_named(instruction));
        if let Some(number) = named.or_else(|| article_named(&without_repeals(between))) {
            current = Some(number);
        }
        let place = alineas::place(instruction);
        let article = current.clone().or_else(|| of_heading.map(str::to_owned)).filter(|_| !place.preamble);
        let line = drafting.line_at(text.raw_offset(start));
        let quote = text.quote(start..end).replace("\n« ", "\n").replace("\n«", "\n");
        index += 1;
        from = end;
        let after = &text.key[end..quotes.get(index).map_or(text.key.len(), |(start, _)| *start)];
        let done = instructions::of_words(instruction, after);
        if instructions::quotes_heading(instruction)
            && (done.is_some() || re!(r"^[» ,]*\b(?:est|sont)\b").is_match(after))
        {
            continue;
        }
        let nouns = re!(r"\b(?:les )?(?:mots?|termes?|expression|phrase|alinea|chiffres?|montant|date)s? ?(?:suivants? ?)?:? ?(?:«|\x22)? ?$").is_match(instruction) && !re!(r"(?:remplacee?s?|ajoutee?s?|inseree?s?|completee?) (?:par|apres)").is_match(instruction);
        if nouns || done.is_some() {
            let (edit, used) = words(text, &quotes, index, end, article.as_deref(), quote, done);
            if used > index {
                from = quotes[used - 1].1;
            }
            index = used;
            if edit.is_some() && article.is_none() && !place.preamble {
                without_article(line, found);
            }
            match edit {
                Some(edit) => found.edits.push(Edit { place, ..edit }),
                None => found.doubt(
                    line,
                    "unread_edit",
                    "ce qui est fait de ces mots n'a pas pu être lu",
                    "what is done with these words could not be read",
                ),
            }
        } else if let Some(kind) = whole(instruction) {
            if article.is_none() && !place.preamble {
                without_article(line, found);
            }
            // An added article says its number in its own heading.
            let own = Text::new(quote.as_str());
            let article = if kind == EditKind::AddArticle {
                re!(r"^[- ]*article (?:premier|\d)")
                    .find(&own.key)
                    .and_then(|_| article_named(own.key.lines().next().unwrap_or_default()))
                    .or_else(|| added(instruction))
                    .or(article)
            } else {
                article
            };
            let place = alineas::of(kind, place, instruction);
            found.edits.push(Edit { kind, article, old: None, new: Some(quote), place });
        } else {
            let subject = re!(r"\b(?:est|sont|sera|seront) (?:ainsi |desormais )?(?:remplac|modifi|redig|complet)\w*")
                .find(instruction);
            let subject = subject.map(|verb| (&instruction[..verb.start()], verb.as_str().contains("complet")));
            match subject.filter(|(part, completed)| fragments::spoken_of(part) || *completed) {
                Some((subject, completed)) => {
                    part_of(subject, completed, instruction, quote, (line, article), place.part, found);
                }
                None if re!(r"\b(?:remplac|modifi|redig|redaction|substitu|ajout|inser|complet)\w*|: ?[«\x22]? ?$")
                    .is_match(instruction) =>
                {
                    found.doubt(
                        line,
                        "unread_edit",
                        "la modification d'une partie d'un article n'a pas pu être lue",
                        "an edit of part of an article could not be read",
                    );
                }
                None => {}
            }
        }
    }
}

fn without_article(line: u32, found: &mut Found) {
    found.doubt(line, "edit_without_article", "la modification ne nomme aucun article", "the edit names no article");
}

/// A part of an article is replaced, or completed by a sentence.
fn part_of(
    subject: &str,
    completed: bool,
    instruction: &str,
    quote: String,
    (line, article): (u32, Option<String>),
    part: Option<String>,
    found: &mut Found,
) {
    let warning = Warning::new(
        line,
        "unread_edit",
        "la modification d'une partie d'un article n'a pas pu être lue",
        "an edit of part of an article could not be read",
    );
    let sentence = re!(r"\b(?:la|une|les) (?:nouvelles? )?phrases? (?:suivantes?|ainsi redigees?|nouvelles?)|\bphrases? ?:? ?[«\x22]? ?$").is_match(instruction);
    let fragment = if completed && !fragments::spoken_of(subject) {
        Some(fragments::Fragment { alinea: Some(-1), ..Default::default() })
    } else {
        fragments::named(subject).filter(|fragment| !completed || fragment.sentence.is_none())
    };
    found.warnings.push(warning.clone());
    let Some(fragment) = fragment.filter(|_| !completed || sentence) else { return };
    let fate = if completed { Fate::Completed(quote) } else { Fate::Replaced(quote) };
    found.parts.push(PartEdit { at: found.edits.len(), article, part, fragment, fate, warning });
}

/// Parts of articles that are taken out, in a stretch between two quotations.
fn removals(drafting: &Drafting, range: std::ops::Range<usize>, current: Option<&str>, found: &mut Found) {
    let text = &drafting.text;
    let between = &text.key[range.clone()];
    let removed = re!(
        r"\b(?:alinea|phrase|tiret|paragraphe|point|puce|ligne)s?\b[^;.\n«»]{0,60}\b(?:est|sont) (?:supprim|abrog)"
    );
    for verb in removed.find_iter(between) {
        let from = re!(r"[.;:] ?\n|[.;] |\n").find_iter(&between[..verb.start()]).last().map_or(0, |cut| cut.end());
        let sentence = &between[from..verb.end()];
        let line = drafting.line_at(text.raw_offset(range.start + verb.start()));
        let warning = Warning::new(
            line,
            "unread_edit",
            "la suppression d'une partie d'un article n'a pas pu être lue",
            "the removal of part of an article could not be read",
        );
        let article = article_named(sentence).or_else(|| article_named(&between[..from]));
        found.warnings.push(warning.clone());
        let verb = re!(r"\b(?:est|sont) (?:supprim|abrog)").find_iter(sentence).last().map_or(0, |verb| verb.start());
        if let Some(fragment) = fragments::named(&sentence[..verb]) {
            found.parts.push(PartEdit {
                at: found.edits.len(),
                article: article.or_else(|| current.map(str::to_owned)),
                part: alineas::place(sentence).part,
                fragment,
                fate: Fate::Removed,
                warning,
            });
        }
    }
}

/// The sentence or item that leads to the quotation; it may run over several lines.
pub fn last_instruction(between: &str) -> &str {
    let lead = between.trim_end_matches(['«', '"', ' ', '\n']);
    let cut = re!(r"[.;:»] ?\n|; ").find_iter(lead).last().map_or(0, |found| found.end());
    &between[cut..]
}

fn added(instruction: &str) -> Option<String> {
    let found = re!(r"\b(?:un |l'|nouvel )?article (\d{1,3}(?:[.-]\d{1,2})?(?: (?:bis|ter|quater))?)[^0-9]{0,30}(?:ainsi redige|est (?:ajoute|insere|cree)|:)").captures(instruction)?;
    Some(found.get(1)?.as_str().to_owned())
}

/// « les mots X sont remplacés par les mots Y », « sont supprimés », « après les mots X, insérer Y ».
fn words(
    text: &Text,
    quotes: &[(usize, usize)],
    index: usize,
    end: usize,
    article: Option<&str>,
    old: String,
    done: Option<Words>,
) -> (Option<Edit>, usize) {
    let to = quotes.get(index).map_or(text.key.len(), |(start, _)| *start);
    let between = &text.key[end..to];
    let edit = |old: String, new: String| Edit {
        kind: EditKind::ReplaceWords,
        article: article.map(str::to_owned),
        old: Some(old),
        new: Some(new),
        place: EditPlace::default(),
    };
    if done == Some(Words::Removed)
        || re!(r"^[» ]*(?:sont|est) (?:supprimee?s?|abrogee?s?|retiree?s?)").is_match(between)
    {
        return (Some(edit(old, String::new())), index);
    }
    let Some(&(start, stop)) = quotes.get(index) else {
        return (None, index);
    };
    // The next quotation is of another sentence.
    if re!(r"[.;]\s").is_match(between.trim_start_matches(['»', '"', ' ', '.'])) {
        return (None, index);
    }
    let new = text.quote(start..stop).to_owned();
    if done == Some(Words::Substituted) {
        return (Some(edit(new, old)), index + 1);
    }
    if done == Some(Words::Replaced) || re!(r"remplace\w*|substitu\w*|modifie\w*|devien\w*").is_match(between) {
        return (Some(edit(old, new)), index + 1);
    }
    if re!(r"inser\w*|ajout\w*").is_match(between) {
        // Words put after others: those others, followed by the new ones.
        let joined = format!("{old} {new}");
        return (Some(edit(old, joined)), index + 1);
    }
    (None, index)
}

fn repeals(between: &str, of_heading: Option<&str>, found: &mut Vec<Edit>) {
    let sentences = || re!(r"[.;](?: |\n|$)|\n").split(between);
    found.extend(sentences().filter(|sentence| is_annex_repeal(sentence)).map(|sentence| Edit {
        kind: EditKind::RepealArticle,
        article: instructions::annex_named(sentence),
        old: None,
        new: None,
        place: EditPlace::default(),
    }));
    for sentence in sentences().filter(|sentence| is_repeal(sentence)) {
        let listed =
            re!(r"\barticles? ((?:premier|\d{1,3})[^a-z]*(?:(?:et|a|bis|ter|,) ?[^a-z]*)*)").captures(sentence);
        let listed = listed.and_then(|list| list.get(1)).map_or("", |list| list.as_str());
        let mut numbers: Vec<Option<String>> = re!(r"premier|\d{1,3}(?:[.-]\d{1,2})*(?: (?:bis|ter|quater))?")
            .find_iter(listed)
            .map(|number| Some(if number.as_str() == "premier" { "1".to_owned() } else { number.as_str().to_owned() }))
            .collect();
        if numbers.is_empty() {
            numbers.push(of_heading.map(str::to_owned));
        }
        found.extend(numbers.into_iter().map(|article| Edit {
            kind: EditKind::RepealArticle,
            article,
            old: None,
            new: None,
            place: EditPlace::default(),
        }));
    }
}

fn is_annex_repeal(sentence: &str) -> bool {
    re!(r"(?:^|[^a-z' ] ?)l'annexe\b[^;]{0,60}(?:est|sont) (?:abrogee|supprimee)[ .,;]*$").is_match(sentence)
}

fn is_repeal(sentence: &str) -> bool {
    re!(r"\barticles? [^;]{0,80}(?:est|sont) (?:abrogee?s?|supprimee?s?)[ .,;]*$").is_match(sentence)
        && !re!(r"\bmots?\b|alinea|phrase|remplace").is_match(sentence)
}

/// What stands between two quotations, but the sentences that repeal.
fn without_repeals(between: &str) -> String {
    let sentences = re!(r"[.;](?: |\n|$)|\n").split(between).filter(|sentence| !is_repeal(sentence));
    sentences.collect::<Vec<_>>().join("\n")
}
