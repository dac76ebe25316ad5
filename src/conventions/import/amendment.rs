//! Amendments (`avenants`): a text whose sentences change another text.
//!
//! « Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six
//! ans » » is an edit. What it quotes is the other text, never an article of this one.

use super::alineas;
use super::fold::Text;
use super::lines::Line;
use super::outline::Outline;
use super::pattern;
use super::report::{Edit, EditKind, EditPlace, Warning};

/// The text of one article of the amendment, told apart from what it quotes.
struct Drafting {
    text: Text,
    /// Line of each byte offset of the key where a line begins.
    starts: Vec<(usize, u32)>,
}

impl Drafting {
    fn line_at(&self, offset: usize) -> u32 {
        let at = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts.get(at.saturating_sub(1)).map_or(1, |(_, line)| *line)
    }
}

/// The edits, in the order of the text.
pub fn edits(lines: &[Line], outline: &Outline, warnings: &mut Vec<Warning>) -> Vec<Edit> {
    let mut found = Vec::new();
    if outline.articles.is_empty() {
        let drafting = drafting(&lines[outline.start.min(outline.end)..outline.end], None);
        edits_of(&drafting, None, &mut found, warnings);
    }
    for article in &outline.articles {
        let heading = article.heading.as_deref().map(Text::new);
        let of_heading = heading.as_ref().and_then(|heading| article_named(&heading.key));
        let inline = article.inline.as_ref().map(|(text, line)| (text.as_str(), *line));
        let from = article.from.min(article.to);
        let drafting = drafting(&lines[from..article.to], inline);
        let before = found.len();
        edits_of(&drafting, of_heading.as_deref(), &mut found, warnings);
        if found.len() == before {
            nothing_read(&drafting, of_heading.as_deref(), &mut found, warnings);
        }
    }
    found
}

fn drafting(lines: &[Line], inline: Option<(&str, u32)>) -> Drafting {
    let mut raw = String::new();
    let mut starts = Vec::new();
    if let Some((text, line)) = inline {
        starts.push((0, line));
        raw.push_str(text);
        raw.push('\n');
    }
    for line in lines.iter().filter(|line| !line.is_empty()) {
        starts.push((raw.len(), line.no));
        raw.push_str(&line.text.raw);
        raw.push('\n');
    }
    Drafting { text: Text::new(raw), starts }
}

/// Quoted stretches of a key, inner range. A paragraph may open again without having closed.
fn quotations(key: &str) -> Vec<(usize, usize)> {
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
fn article_named(key: &str) -> Option<String> {
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

fn edits_of(drafting: &Drafting, of_heading: Option<&str>, found: &mut Vec<Edit>, warnings: &mut Vec<Warning>) {
    let text = &drafting.text;
    let quotes = quotations(&text.key);
    let mut current: Option<String> = None;
    let mut from = 0;
    let mut index = 0;
    // Walk from quotation to quotation: what stands between says what is done with it.
    loop {
        let to = quotes.get(index).map_or(text.key.len(), |(start, _)| *start);
        let between = &text.key[from.min(to)..to];
        repeals(between, of_heading, found);
        if let Some(part) =
            re!(r"\b(?:alinea|phrase|tiret|paragraphe)s?\b[^;.\n«»]{0,60}\b(?:est|sont) (?:supprim|abrog)")
                .find(between)
        {
            warnings.push(Warning {
                line: drafting.line_at(text.raw_offset(from + part.start())),
                code: "unread_edit",
                detail: "the removal of part of an article could not be read".to_owned(),
            });
        }
        let Some(&(start, end)) = quotes.get(index) else {
            if quotes.is_empty() {
                unquoted(drafting, between, of_heading, found, warnings);
            }
            return;
        };
        let instruction = last_instruction(between);
        // « I. – À l'article 3 : 1° Au deuxième alinéa, … »: named once for several edits.
        if let Some(number) = article_named(instruction).or_else(|| article_named(&without_repeals(between))) {
            current = Some(number);
        }
        let place = alineas::place(instruction);
        let article = current.clone().or_else(|| of_heading.map(str::to_owned)).filter(|_| !place.preamble);
        let quote = text.quote(start..end).replace("\n« ", "\n").replace("\n«", "\n");
        index += 1;
        from = end;
        if re!(r"\b(?:les )?(?:mots?|termes?|expression|phrase|alinea|chiffres?|montant|date)s? ?(?:suivants? ?)?:? ?(?:«|\x22)? ?$").is_match(instruction) && !re!(r"(?:remplacee?s?|ajoutee?s?|inseree?s?|completee?) (?:par|apres)").is_match(instruction) {
            let (edit, used) = words(text, &quotes, index, end, article.as_deref(), quote);
            if used > index {
                from = quotes[used - 1].1;
            }
            index = used;
            match edit {
                Some(edit) => found.push(Edit { place, ..edit }),
                None => warnings.push(Warning {
                    line: drafting.line_at(text.raw_offset(start)),
                    code: "unread_edit",
                    detail: "what is done with these words could not be read".to_owned(),
                }),
            }
        } else if let Some(kind) = whole(instruction) {
            if article.is_none() && !place.preamble {
                warnings.push(Warning {
                    line: drafting.line_at(text.raw_offset(start)),
                    code: "edit_without_article",
                    detail: "the edit names no article".to_owned(),
                });
            }
            // An added article says its number in its own heading.
            let own = Text::new(quote.as_str());
            let article = if kind == EditKind::AddArticle {
                re!(r"^[- ]*article (?:premier|\d)").find(&own.key).and_then(|_| article_named(own.key.lines().next().unwrap_or_default())).or_else(|| added(instruction)).or(article)
            } else {
                article
            };
            found.push(Edit { kind, article, old: None, new: Some(quote), place: alineas::of(kind, place, instruction) });
        } else if re!(r"\b(?:remplace|modifie|redige|substitue)").is_match(instruction) {
            warnings.push(Warning {
                line: drafting.line_at(text.raw_offset(start)),
                code: "unread_edit",
                detail: "an edit of part of an article could not be read".to_owned(),
            });
        }
    }
}

/// The sentence or item that leads to the quotation; it may run over several lines.
fn last_instruction(between: &str) -> &str {
    let lead = between.trim_end_matches(['«', '"', ' ', '\n']);
    let cut = re!(r"[.;:»] ?\n|; ").find_iter(lead).last().map_or(0, |found| found.end());
    &between[cut..]
}

fn added(instruction: &str) -> Option<String> {
    let found = re!(r"\b(?:un |l'|nouvel )?article (\d{1,3}(?:[.-]\d{1,2})?(?: (?:bis|ter|quater))?)[^0-9]{0,30}(?:ainsi redige|est (?:ajoute|insere|cree)|:)").captures(instruction)?;
    Some(found.get(1)?.as_str().to_owned())
}

/// What is done with a whole quotation.
fn whole(instruction: &str) -> Option<EditKind> {
    let inserts = re!(r"\b(?:ajoute|insere|complete|cree|intercale)\w*").is_match(instruction);
    if inserts && re!(r"\b(?:un|l'|nouvel|nouveaux?) ?articles?\b(?: \d{1,3}(?:[.-]\d+)?(?: bis| ter)?)? ?(?:nouveau )?(?:ainsi|suivant|redige|intitule|est|:|qui)").is_match(instruction)
        && !re!(r"alinea|paragraphe|phrase|tiret").is_match(instruction)
    {
        return Some(EditKind::AddArticle);
    }
    if inserts {
        return Some(EditKind::InsertAlinea);
    }
    // An alinéa that is replaced is less than the article: not to be taken for it.
    if re!(r"\b(?:alinea|paragraphe|phrase|tiret|point)\b[^«]{0,120}\b(?:est|sont) (?:ainsi )?(?:remplacee?s?|modifiee?s?|redigee?s?)").is_match(instruction) {
        return None;
    }
    if re!(r"\b(?:remplace\w*|modifie\w*|redige\w*|substitu\w*|abroge\w* et remplace\w*|lire|devient|formule\w*|dispositions suivantes)\b").is_match(instruction) {
        return Some(EditKind::ReplaceArticle);
    }
    None
}

/// « les mots X sont remplacés par les mots Y », « sont supprimés », « après les mots X, insérer Y ».
fn words(
    text: &Text,
    quotes: &[(usize, usize)],
    index: usize,
    end: usize,
    article: Option<&str>,
    old: String,
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
    if re!(r"^[» ]*(?:sont|est) (?:supprimee?s?|abrogee?s?|retiree?s?)").is_match(between) {
        return (Some(edit(old, String::new())), index);
    }
    let Some(&(start, stop)) = quotes.get(index) else {
        return (None, index);
    };
    let new = text.quote(start..stop).to_owned();
    if re!(r"remplace\w*|substitu\w*|modifie\w*|devien\w*").is_match(between) {
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
    for sentence in re!(r"[.;](?: |\n|$)|\n").split(between).filter(|sentence| is_repeal(sentence)) {
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

fn is_repeal(sentence: &str) -> bool {
    re!(r"\barticles? [^;]{0,80}(?:est|sont) (?:abrogee?s?|supprimee?s?)[ .,;]*$").is_match(sentence)
        && !re!(r"\bmots?\b|alinea|phrase|remplace").is_match(sentence)
}

/// What stands between two quotations, but the sentences that repeal.
fn without_repeals(between: &str) -> String {
    let sentences = re!(r"[.;](?: |\n|$)|\n").split(between).filter(|sentence| !is_repeal(sentence));
    sentences.collect::<Vec<_>>().join("\n")
}

/// The drafting changes something, and nothing was read: a replacement without marks, or a doubt.
fn nothing_read(drafting: &Drafting, of_heading: Option<&str>, found: &mut Vec<Edit>, warnings: &mut Vec<Warning>) {
    let key = drafting.text.key.as_str();
    let before = (found.len(), warnings.len());
    unquoted(drafting, key, of_heading, found, warnings);
    let changes = re!(r"\b(?:article|alinea|annexe|paragraphe)s?\b[^.]{0,120}\b(?:est|sont) (?:ainsi )?(?:remplac|modifi|complet|supprim|abrog|redig|ajout)").find(key);
    if let (true, Some(changes)) = (before == (found.len(), warnings.len()), changes) {
        warnings.push(Warning {
            line: drafting.line_at(drafting.text.raw_offset(changes.start())),
            code: "unread_edit",
            detail: "the change could not be read".to_owned(),
        });
    }
}

/// A replacement without quotation marks: read, and doubted.
fn unquoted(
    drafting: &Drafting,
    key: &str,
    of_heading: Option<&str>,
    found: &mut Vec<Edit>,
    warnings: &mut Vec<Warning>,
) {
    let Some(verb) =
        re!(r"(?:est|sont) (?:ainsi )?(?:remplacee?s?|modifiee?s?|completee?s?|redigee?s?)[^:.\n]{0,80}:").find(key)
    else {
        return;
    };
    let head = &key[..verb.end()];
    let Some(article) = article_named(head).or_else(|| of_heading.map(str::to_owned)) else {
        return;
    };
    let new = drafting.text.quote_from(verb.end()).to_owned();
    if new.is_empty() {
        return;
    }
    warnings.push(Warning {
        line: drafting.line_at(drafting.text.raw_offset(verb.start())),
        code: "unquoted_replacement",
        detail: format!("the new text of article {article} is not between quotation marks"),
    });
    let kind = if verb.as_str().contains("complete") { EditKind::InsertAlinea } else { EditKind::ReplaceArticle };
    found.push(Edit { kind, article: Some(article), old: None, new: Some(new), place: EditPlace::default() });
}

#[cfg(test)]
mod tests {
    use super::super::{lines, outline};
    use super::*;

    type Read = (EditKind, Option<String>, Option<String>, Option<String>);

    fn edits_in(text: &str) -> Vec<Read> {
        let mut lines = lines::read(text);
        lines::mark_quotations(&mut lines, 400, true);
        let outline = outline::read(&lines);
        edits(&lines, &outline, &mut Vec::new())
            .into_iter()
            .map(|edit| (edit.kind, edit.article, edit.old, edit.new))
            .collect()
    }

    #[allow(clippy::unnecessary_wraps)]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn every_kind_of_edit() {
        assert_eq!(
            edits_in(
                "Article 1\nL'article 9 est remplacé par les dispositions suivantes :\n« Article 9 – Suivi\nIl se réunit. »\nArticle 2\nAu premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six ans ».\nÀ l'article 12, les mots « sans frais » sont supprimés.\nArticle 3\nÀ l'article 2, il est ajouté un alinéa ainsi rédigé :\n« - le réseau. »\nArticle 4\nAprès l'article 5, il est inséré un article 5 bis ainsi rédigé : « Article 5 bis - Mentorat\nTexte. »\nL'article 7 est abrogé."
            ),
            [
                (EditKind::ReplaceArticle, some("9"), None, some("Article 9 – Suivi\nIl se réunit.")),
                (EditKind::ReplaceWords, some("11"), some("cinq ans"), some("six ans")),
                (EditKind::ReplaceWords, some("12"), some("sans frais"), some("")),
                (EditKind::InsertAlinea, some("2"), None, some("- le réseau.")),
                (EditKind::AddArticle, some("5 bis"), None, some("Article 5 bis - Mentorat\nTexte.")),
                (EditKind::RepealArticle, some("7"), None, None),
            ]
        );
    }
}
