//! Amendments (`avenants`): a text whose sentences change another text.
//!
//! « Au premier alinéa de l'article 11, les mots : « cinq ans » sont remplacés par les mots : « six
//! ans » » is an edit. What it quotes is the other text, never an article of this one.

use super::annexes;
use super::fold::Text;
use super::fragments::PartEdit;
use super::instructions::{self, is_article};
use super::lines::Line;
use super::outline::Outline;
use super::pattern;
use super::prolongations::{self, Said, TermChange};
use super::quoted::{article_named, edits_of, last_instruction, quotations};
use super::report::{Edit, EditKind, EditPlace, Warning};

/// The text of one article of the amendment, told apart from what it quotes.
pub struct Drafting {
    pub text: Text,
    /// Line of each byte offset of the key where a line begins.
    starts: Vec<(usize, u32)>,
}

impl Drafting {
    pub fn line_at(&self, offset: usize) -> u32 {
        let at = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts.get(at.saturating_sub(1)).map_or(1, |(_, line)| *line)
    }
}

/// What an amendment changes.
#[derive(Debug, Default)]
pub struct Found {
    /// The edits, in the order of the text.
    pub edits: Vec<Edit>,
    /// Changes of part of an article.
    pub parts: Vec<PartEdit>,
    /// Changes of the duration that no edit makes.
    pub terms: Vec<TermChange>,
    pub warnings: Vec<Warning>,
    /// Where a change of the duration is announced.
    announced: Option<u32>,
}

impl Found {
    fn count(&self) -> usize {
        self.edits.len() + self.parts.len() + self.terms.len() + self.warnings.len()
    }

    pub fn doubt(&mut self, line: u32, code: &'static str, french: &str, detail: &str) {
        self.warnings.push(Warning::new(line, code, french, detail));
    }
}

/// Reads what an amendment changes.
pub fn read(lines: &[Line], outline: &Outline) -> Found {
    let mut found = Found::default();
    let first = lines.get(outline.start).map_or(1, |line| line.no);
    if outline.articles.is_empty() {
        let drafting = drafting(&lines[outline.start.min(outline.end)..outline.end], None);
        provision(&drafting, None, &mut found);
    }
    for article in &outline.articles {
        let heading = article.heading.as_deref().map(Text::new);
        let of_heading = heading.as_ref().and_then(|heading| article_named(&heading.key));
        let inline = article.inline.as_ref().map(|(text, line)| (text.as_str(), *line));
        let from = article.from.min(article.to);
        let drafting = drafting(&lines[from..article.to], inline);
        let before = (found.count(), found.announced);
        provision(&drafting, of_heading.as_deref(), &mut found);
        if before == (found.count(), found.announced) && !instructions::is_formula(&drafting.text.key) {
            found.doubt(
                lines[article.at].no,
                "unread_provision",
                "rien n'a été lu de cet article de l'avenant",
                "nothing was read of this article of the amendment",
            );
        }
    }
    if let Some(line) = found.announced.filter(|_| found.terms.is_empty()) {
        found.doubt(
            line,
            "unread_edit",
            "un changement de la durée est annoncé, mais n'a pas pu être lu",
            "a change of the duration is announced, and could not be read",
        );
    }
    if let Some(line) = annexes::first(lines, outline) {
        found.doubt(
            line,
            "annex_not_read",
            "l'annexe jointe à l'avenant n'est pas reprise",
            "the annex joined to the amendment is not taken in",
        );
    }
    if found.edits.is_empty() && found.parts.is_empty() && found.terms.is_empty() {
        found.doubt(
            first,
            "nothing_read",
            "aucune modification n'a été lue dans cet avenant",
            "no change was read in this amendment",
        );
    }
    found
}

/// Reads one article of the amendment, or the whole of one that has none.
fn provision(drafting: &Drafting, of_heading: Option<&str>, found: &mut Found) {
    let (edits, parts, doubts) = (found.edits.len(), found.parts.len(), found.warnings.len());
    edits_of(drafting, of_heading, found);
    durations(drafting, of_heading, found);
    if (edits, parts) == (found.edits.len(), found.parts.len()) && found.warnings.len() == doubts {
        nothing_read(drafting, of_heading, found);
    }
}

/// What is said of the duration outside quotations.
fn durations(drafting: &Drafting, of_heading: Option<&str>, found: &mut Found) {
    let text = &drafting.text;
    let mut bare = text.key.replace('\n', " ");
    for (from, to) in quotations(&text.key) {
        bare.replace_range(from..to, &" ".repeat(to - from));
    }
    let mut from = 0;
    for end in re!(r"[.;](?: |$)").find_iter(&bare).map(|end| end.start()).chain([bare.len()]) {
        let sentence = from..end.max(from);
        from = end + 1;
        let key = &bare[sentence.clone()];
        let at = sentence.start + key.len() - key.trim_start().len();
        let line = drafting.line_at(text.raw_offset(at));
        match prolongations::said(key.trim()) {
            Said::Nothing => {}
            Said::Announced => found.announced = found.announced.or(Some(line)),
            Said::Changes(term) => found.terms.push(TermChange {
                term,
                article: article_named(key).or_else(|| of_heading.map(str::to_owned)),
                line,
                quote: text.quote(sentence).split_whitespace().collect::<Vec<_>>().join(" "),
            }),
            Said::Unread => found.doubt(
                line,
                "unread_edit",
                "ce qui est dit de la durée n'a pas pu être lu de façon certaine",
                "what is said of the duration could not be read for certain",
            ),
        }
    }
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

/// The drafting changes something, and nothing was read: a replacement without marks, or a doubt.
fn nothing_read(drafting: &Drafting, of_heading: Option<&str>, found: &mut Found) {
    let key = drafting.text.key.as_str();
    let before = found.count();
    unquoted(drafting, key, of_heading, found);
    let changes = re!(r"\b(?:article|alinea|annexe|paragraphe)s?\b[^.]{0,120}\b(?:est|sont) (?:ainsi )?(?:remplac|modifi|complet|supprim|abrog|redig|ajout)").find(key);
    if let (true, Some(changes)) = (before == found.count(), changes) {
        found.doubt(
            drafting.line_at(drafting.text.raw_offset(changes.start())),
            "unread_edit",
            "la modification n'a pas pu être lue",
            "the change could not be read",
        );
    }
}

/// A replacement without quotation marks: read, and doubted. What is quoted, or changes part of an article, is none.
pub fn unquoted(drafting: &Drafting, key: &str, of_heading: Option<&str>, found: &mut Found) {
    let Some(verb) =
        re!(r"(?:est|sont) (?:ainsi )?(?:remplacee?s?|modifiee?s?|completee?s?|redigee?s?)[^:.\n]{0,80}:").find(key)
    else {
        return;
    };
    let head = &key[..verb.end()];
    let subject = last_instruction(&key[..verb.start()]);
    let named = instructions::annex_named(subject).or_else(|| article_named(head));
    let Some(article) = named.or_else(|| of_heading.map(str::to_owned)) else {
        return;
    };
    let new = drafting.text.quote_from(verb.end()).to_owned();
    let less = re!(r"\bphrases?\b|\bmots?\b|\btermes?\b").is_match(verb.as_str());
    if new.is_empty() || new.starts_with(['«', '"', '“', '„']) || less || !is_article(subject) {
        return;
    }
    found.doubt(
        drafting.line_at(drafting.text.raw_offset(verb.start())),
        "unquoted_replacement",
        &format!("le nouveau texte de l'article {article} n'est pas entre guillemets"),
        &format!("the new text of article {article} is not between quotation marks"),
    );
    let kind = if verb.as_str().contains("complete") { EditKind::InsertAlinea } else { EditKind::ReplaceArticle };
    found.edits.push(Edit { kind, article: Some(article), old: None, new: Some(new), place: EditPlace::default() });
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
        read(&lines, &outline).edits.into_iter().map(|edit| (edit.kind, edit.article, edit.old, edit.new)).collect()
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
