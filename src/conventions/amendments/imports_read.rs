//! What the text of an amendment says and only the convention at hand makes exact: the words of an alinéa or a sentence,
//! and the duration as it is now.

use super::rules::text::{Text, TextArticle, alineas, is_item, plain_number};
use super::rules::{ClauseChange, Edit};
use crate::conventions::clauses::ClauseParameters;
use crate::conventions::import::{self, Fate, Fragment, PartEdit, Term, TermChange, Warning};
use crate::conventions::rules::TextClause;
use crate::domain::vocabulary::{ClauseKind, EditKind, EditTarget, Unit};
use crate::domain::{CivilDate, Id};

/// The edit that a change of part of an article comes to; nothing unless its words are certain.
pub fn part_edit(read: &PartEdit, text: &Text, edits: &[Edit], id: Id) -> Option<Edit> {
    let number = read.article.as_deref()?;
    let article = only(text, read.part.as_deref(), number)?;
    // Ranks are those of the text before: another edit of the article may move them.
    let same = |edit: &Edit| edit.article.as_deref().is_some_and(|other| plain_number(other) == plain_number(number));
    if edits.iter().any(same) {
        return None;
    }
    let (rank, alinea) = alinea_of(&article.body, read.fragment)?;
    let (old, new) = words(alinea, read)?;
    Some(Edit {
        id,
        kind: EditKind::ReplaceWords,
        target: EditTarget::Article,
        part: read.part.clone(),
        article: Some(number.to_owned()),
        after: None,
        alinea: Some(rank),
        old: Some(old),
        new: Some(new),
    })
}

fn only<'t>(text: &'t Text, part: Option<&str>, number: &str) -> Option<&'t TextArticle> {
    let mut found = text.numbered(part, number).map(|(_, article)| article).filter(|article| !article.repealed);
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// The alinéa that a part stands in, with its rank from 1.
fn alinea_of(body: &str, fragment: Fragment) -> Option<(i32, &str)> {
    let all = alineas(body);
    let items: Vec<usize> = (0..all.len()).filter(|index| all[*index].item).collect();
    let ranked = |count: usize, rank: i32| -> Option<usize> {
        let from_end = i32::try_from(count).ok()? + rank;
        usize::try_from(if rank < 0 { from_end } else { rank - 1 }).ok().filter(|index| *index < count)
    };
    let index = match (fragment.alinea, fragment.item) {
        (Some(rank), None) => ranked(all.len(), rank)?,
        // The items of one list only: of two, nobody knows which.
        (None, Some(rank)) if items.windows(2).all(|pair| pair[1] == pair[0] + 1) => {
            *items.get(ranked(items.len(), rank)?)?
        }
        (None, None) if all.len() == 1 => 0,
        _ => return None,
    };
    Some((i32::try_from(index + 1).ok()?, &body[all[index].at.clone()]))
}

/// The words taken out of an alinéa, and those put in.
fn words(alinea: &str, read: &PartEdit) -> Option<(String, String)> {
    let item = is_item(alinea);
    let said = if item { alinea.trim_start().split_once(' ')?.1.trim() } else { alinea };
    let old = match read.fragment.sentence {
        None => said,
        Some(rank) => sentence(said, rank)?,
    };
    match &read.fate {
        Fate::Removed if read.fragment.sentence.is_none() => Some((alinea.trim().to_owned(), String::new())),
        Fate::Removed => once(said, old).then(|| (old.to_owned(), String::new())),
        Fate::Completed(more) => {
            let more = one_line(more);
            (said.ends_with(['.', '!', '?']) && !more.is_empty()).then(|| (said.to_owned(), format!("{said} {more}")))
        }
        Fate::Replaced(new) if read.fragment.sentence.is_some() => {
            once(said, old).then(|| (old.to_owned(), one_line(new)))
        }
        Fate::Replaced(new) => {
            let new = import::body(new);
            if new.is_empty() {
                None
            } else if is_item(&new) {
                Some((alinea.trim().to_owned(), new))
            } else if item {
                (!new.contains('\n')).then(|| (said.to_owned(), new))
            } else {
                Some((said.to_owned(), new))
            }
        }
    }
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn once(text: &str, words: &str) -> bool {
    text.matches(words).count() == 1
}

/// A sentence by its rank; nothing when a full stop may not end one.
fn sentence(text: &str, rank: i32) -> Option<&str> {
    let mut sentences = Vec::new();
    let mut from = 0;
    for (at, mark) in text.char_indices().filter(|(_, mark)| matches!(mark, '.' | '!' | '?')) {
        let rest = &text[at + mark.len_utf8()..];
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let word = text[from..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        // « M. », « art. 5 », « cf. »: not the end of a sentence.
        let capital = rest.trim_start().chars().next().is_none_or(char::is_uppercase);
        if !capital || word.chars().count() < 3 && !word.chars().all(|c| c.is_ascii_digit()) || word.is_empty() {
            return None;
        }
        sentences.push(text[from..at + mark.len_utf8()].trim());
        from = at + mark.len_utf8();
    }
    if !text[from..].trim().is_empty() {
        return None;
    }
    let count = i32::try_from(sentences.len()).ok()?;
    let index = usize::try_from(if rank < 0 { count + rank } else { rank - 1 }).ok()?;
    sentences.get(index).copied()
}

/// Adds the change of the clause of duration that an amendment states without an edit; tells those that are doubtful.
pub fn add_terms<'t>(
    changes: &mut Vec<ClauseChange>,
    terms: &'t [TermChange],
    present: Option<&TextClause>,
    id: impl FnOnce() -> Id,
) -> Vec<&'t TermChange> {
    let Some(first) = terms.first() else { return Vec::new() };
    let all = || terms.iter().collect();
    if terms.iter().any(|other| other.term != first.term) {
        return all();
    }
    let article = terms.iter().find_map(|term| term.article.clone());
    let stated = present.and_then(|clause| clause.article.clone());
    if let (Some(named), Some(stated)) = (&article, &stated)
        && plain_number(named) != plain_number(stated)
    {
        return all();
    }
    let Some(parameters) = parameters(first.term, present) else { return all() };
    if let Some(read) = changes.iter().find(|change| change.kind == ClauseKind::Duration) {
        // An edit says it too.
        return if !read.absent && read.parameters == parameters { Vec::new() } else { all() };
    }
    changes.push(ClauseChange {
        id: id(),
        kind: ClauseKind::Duration,
        article: stated.or(article),
        absent: false,
        confirmed: false,
        parameters,
        quote: Some(first.quote.clone()),
    });
    Vec::new()
}

fn unit(read: import::Unit) -> Option<Unit> {
    read.code().parse().ok()
}

/// The duration that a change makes of the present one.
fn parameters(term: Term, present: Option<&TextClause>) -> Option<ClauseParameters> {
    let present = present.filter(|clause| !clause.absent).map(|clause| &clause.parameters);
    let start = present.and_then(|now| now.start);
    let lasting = |value: u32, of: import::Unit| {
        let (value, unit) = (u16::try_from(value).ok().filter(|value| (1..=1200).contains(value))?, unit(of)?);
        Some(ClauseParameters { value: Some(value), unit: Some(unit), start, ..ClauseParameters::default() })
    };
    match term {
        Term::Lasting(value, of) => lasting(value, of),
        Term::Until(day) => {
            let end: CivilDate = day.to_string().parse().ok()?;
            let after = start.is_none_or(|start| start <= end);
            after.then(|| ClauseParameters { end: Some(end), start, ..ClauseParameters::default() })
        }
        Term::Longer(value, of) => {
            let now = present?;
            match (now.value, now.unit, now.end) {
                (Some(length), Some(known), None) => {
                    let length = u32::from(length);
                    match (known, of) {
                        (Unit::Year, import::Unit::Month) => lasting(length * 12 + value, of),
                        (Unit::Month, import::Unit::Year) => lasting(length + value * 12, import::Unit::Month),
                        _ if unit(of) == Some(known) => lasting(length + value, of),
                        _ => None,
                    }
                }
                (None, None, Some(end)) => {
                    // A month's end has two readings.
                    let end = match of {
                        import::Unit::Year if end.month() != 2 => end.plus_years(value),
                        import::Unit::Month if end.day() < 28 => end.plus_months(value),
                        import::Unit::Week => end.plus_days(value * 7),
                        import::Unit::Day => end.plus_days(value),
                        _ => return None,
                    };
                    Some(ClauseParameters { end: Some(end), start, ..ClauseParameters::default() })
                }
                _ => None,
            }
        }
    }
}

/// The doubt about a change of the duration that does not fit the convention.
pub fn unread_term(term: &TermChange) -> Warning {
    Warning::new(
        term.line,
        "unread_edit",
        format!("le changement de durée n'est pas repris, faute d'être certain : « {} »", term.quote),
        format!("the change of duration is not taken in, for want of certainty: “{}”", term.quote),
    )
}

/// The number that the title of an amendment gives it.
pub fn numbered(title: &str) -> Option<i64> {
    let title = crate::domain::folded::fold(title);
    let rest = title.split_once("avenant ")?.1;
    let rest = rest
        .strip_prefix("n ")
        .or_else(|| rest.strip_prefix("no "))
        .or_else(|| rest.strip_prefix("numero "))
        .unwrap_or(rest);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let ends = rest[digits.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric());
    digits.parse().ok().filter(|number| ends && (1..=99).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(body: &str) -> Text {
        let article = TextArticle {
            id: Id::from_bytes([9; 16]),
            part: None,
            number: "9".into(),
            heading: None,
            body: body.into(),
            repealed: false,
            amended_by: None,
        };
        Text { articles: vec![article], ..Text::default() }
    }

    fn edit(
        body: &str,
        (alinea, item, sentence): (Option<i32>, Option<i32>, Option<i32>),
        fate: Fate,
    ) -> Option<(String, String)> {
        let read = PartEdit {
            at: 0,
            article: Some("9".into()),
            part: None,
            fragment: Fragment { alinea, item, sentence },
            fate,
            warning: Warning::new(1, "unread_edit", "", ""),
        };
        let made = part_edit(&read, &article(body), &[], Id::from_bytes([1; 16]))?;
        // What was made applies, and once.
        let applied = super::super::rules::apply(&article(body), 1, std::slice::from_ref(&made));
        assert!(applied.refused.is_empty() && applied.repeated.is_empty(), "{made:?}");
        Some((made.old?, applied.text.articles[0].body.clone()))
    }

    const BODY: &str = "Un comité suit. Il se réunit chaque année.\n\n- les élèves ;\n- les parents.\n\nIl conclut.";

    #[test]
    fn a_part_is_found_in_the_text_at_hand() {
        let new = |text: &str| Fate::Replaced(text.into());
        assert_eq!(
            edit(BODY, (Some(1), None, Some(2)), new("Il se réunit deux fois.")).unwrap().1,
            BODY.replace("Il se réunit chaque année.", "Il se réunit deux fois.")
        );
        assert_eq!(edit(BODY, (Some(-1), None, None), new("Rien.")).unwrap().1, BODY.replace("Il conclut.", "Rien."));
        assert_eq!(
            edit(BODY, (None, Some(2), None), new("les familles.")).unwrap().1,
            BODY.replace("les parents.", "les familles.")
        );
        let removed = edit(BODY, (Some(4), None, None), Fate::Removed).unwrap().1;
        assert!(!removed.contains("conclut") && removed.contains("- les parents."), "{removed}");
        assert_eq!(
            edit(BODY, (Some(-1), None, None), Fate::Completed("Il rend compte.".into())).unwrap().1,
            BODY.replace("Il conclut.", "Il conclut. Il rend compte.")
        );
    }

    #[test]
    fn a_part_that_is_not_certain_is_left() {
        let new = || Fate::Replaced("Autre.".into());
        for doubtful in [(Some(9), None, None), (None, None, Some(1)), (None, Some(3), None), (Some(1), None, Some(3))]
        {
            assert_eq!(edit(BODY, doubtful, new()), None, "{doubtful:?}");
        }
        assert_eq!(edit("Selon M. Dupont. Il signe.", (Some(1), None, Some(1)), new()), None);
        assert_eq!(edit("Vu l'art. 5 du code. Il signe.", (Some(1), None, Some(2)), new()), None);
        assert_eq!(edit("Il suit.\n\n- un ;\n\nPuis.\n\n- deux.", (None, Some(1), None), new()), None);
    }

    #[test]
    fn the_number_of_a_title() {
        assert_eq!(numbered("AVENANT N° 3 À LA CONVENTION"), Some(3));
        assert_eq!(numbered("Avenant n°2 du 6 mai 2026"), Some(2));
        assert_eq!(numbered("Avenant à la convention du 3 juin 2023"), None);
    }

    #[test]
    fn the_duration_that_a_change_makes() {
        let clause = |parameters| TextClause {
            kind: ClauseKind::Duration,
            article: Some("11".into()),
            absent: false,
            parameters,
        };
        let years =
            |value| ClauseParameters { value: Some(value), unit: Some(Unit::Year), ..ClauseParameters::default() };
        let five = clause(years(5));
        let made = |term, present: &TextClause| parameters(term, Some(present));
        assert_eq!(made(Term::Lasting(7, import::Unit::Year), &five), Some(years(7)));
        assert_eq!(made(Term::Longer(1, import::Unit::Year), &five), Some(years(6)));
        assert_eq!(made(Term::Longer(18, import::Unit::Month), &five).unwrap().value, Some(78));
        assert_eq!(parameters(Term::Longer(1, import::Unit::Year), None), None);
        let named = ClauseParameters { end: "2029-06-27".parse().ok(), ..ClauseParameters::default() };
        let longer = made(Term::Longer(1, import::Unit::Year), &clause(named)).unwrap();
        assert_eq!(longer.end.unwrap().to_string(), "2030-06-27");
        let read = |article: &str, value| TermChange {
            term: Term::Lasting(value, import::Unit::Year),
            article: Some(article.into()),
            line: 3,
            quote: String::new(),
        };
        let id = || Id::from_bytes([1; 16]);
        let mut changes = Vec::new();
        assert_eq!(add_terms(&mut changes, &[read("4", 7)], Some(&five), id).len(), 1, "another article");
        assert_eq!(add_terms(&mut changes, &[read("11", 7), read("11", 8)], Some(&five), id).len(), 2);
        assert!(changes.is_empty());
        assert!(add_terms(&mut changes, &[read("11", 7)], Some(&five), id).is_empty());
        assert_eq!(changes.len(), 1);
        assert_eq!(add_terms(&mut changes, &[read("11", 8)], Some(&five), id).len(), 1, "the edits say otherwise");
    }
}
