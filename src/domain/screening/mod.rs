//! Short texts hold no personal data (R36): what looks like a pupil's number, a social security number, a private e-mail
//! address or a telephone number is found, and refused by whoever reads the text.
//!
//! Forms of the national pupil number (INE), as the State's own services check them
//! (mission-apprentissage/flux-retour-cfas on GitHub): nine digits and two letters (RNIE, since 2018), ten digits and
//! a letter (BEA, before), four digits, `A`, five digits and a letter (SIFA, apprentices). A social security number (NIR)
//! counts only when its key is right. Numbers that are something else stay: dates, hours, SIRET, UAI, amounts.

mod identity;
mod mail;
mod telephone;

use unicode_normalization::UnicodeNormalization;

use super::bilingual::Bilingual;

pub use mail::professional_email;

/// What a text holds that it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// National pupil number.
    Ine,
    /// Social security number.
    Nir,
    /// Address of a private mail service.
    PrivateEmail,
    /// Telephone number.
    Phone,
}

impl Found {
    /// Stable code, lower `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ine => "ine",
            Self::Nir => "nir",
            Self::PrivateEmail => "private_email",
            Self::Phone => "phone",
        }
    }

    /// What was found, in both languages; what it reads is never repeated.
    pub const fn detail(self) -> Bilingual {
        match self {
            Self::Ine => Bilingual::fixed(
                "Ce texte semble contenir un numéro national d'élève (INE) : rien ici ne désigne un élève (R36).",
                "This text seems to hold a national pupil number (INE): nothing here points to a pupil (R36).",
            ),
            Self::Nir => Bilingual::fixed(
                "Ce texte semble contenir un numéro de sécurité sociale (R36).",
                "This text seems to hold a social security number (R36).",
            ),
            Self::PrivateEmail => Bilingual::fixed(
                "Ce texte semble contenir une adresse électronique privée (R36).",
                "This text seems to hold a private e-mail address (R36).",
            ),
            Self::Phone => Bilingual::fixed(
                "Ce texte semble contenir un numéro de téléphone (R36).",
                "This text seems to hold a telephone number (R36).",
            ),
        }
    }
}

/// The first kind of personal data that a text seems to hold.
pub fn screen(text: &str) -> Option<Found> {
    if is_harmless(text) {
        return None;
    }
    let signs: Vec<char> = plain(text).chars().collect();
    let groups = groups(&signs);
    if mail::private_address(&signs) {
        Some(Found::PrivateEmail)
    } else if (0..signs.len()).any(|at| identity::nir(&signs, at)) {
        Some(Found::Nir)
    } else if identity::glued_ine(&signs) || identity::announced_ine(&signs) || identity::spaced_ine(&groups) {
        Some(Found::Ine)
    } else if telephone::telephone(&groups) {
        Some(Found::Phone)
    } else {
        None
    }
}

/// The same of a caller's own key, which is digits by its nature: dates, ranks and numbers of files stand side by side there.
/// A telephone is found where its ten digits are one word, or where the key is nothing else.
pub fn screen_key(key: &str) -> Option<Found> {
    let found = screen(key)?;
    let is_phone = found == Found::Phone && !telephone::is_word_of(&plain(key)) && !telephone::is_all_of(&plain(key));
    (!is_phone).then_some(found)
}

/// Most texts have neither a digit nor an address, not even one written out; signs that have another form may be either.
fn is_harmless(text: &str) -> bool {
    let plain = |c: char| match c {
        '0'..='9' | '@' => false,
        '\0'..='\u{7f}' | 'À'..='ÿ' => true,
        other => "Œœ’«»“”–—…\u{a0}\u{202f}".contains(other),
    };
    let written_out = |word: &str| word.eq_ignore_ascii_case("at") || word.eq_ignore_ascii_case("arobase");
    text.chars().all(plain) && !text.split(|c: char| !c.is_alphanumeric()).any(written_out)
}

/// One form of each sign: full-width digits and unusual spaces are no way out. `(0)` in a number is not dialled, and the
/// code of a country may stand between brackets.
fn plain(text: &str) -> String {
    let unseen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    telephone::without_brackets(text.nfkc().filter(unseen).collect::<String>().replace("(0)", " "))
}

fn separates(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '.' | '-' | '\u{2010}'..='\u{2015}' | '/' | '_')
}

fn is_word(signs: &[char], at: usize) -> bool {
    signs.get(at).is_some_and(|sign| sign.is_alphanumeric())
}

/// Digits that stand together, with what surrounds them.
#[derive(Debug)]
struct Group {
    digits: String,
    /// The sign just before.
    before: Option<char>,
    /// What parts it from the group before: separators only, three at most.
    gap: Option<String>,
    /// The letters that come next: glued to it, or after one space.
    letters: String,
    glued: bool,
}

fn groups(signs: &[char]) -> Vec<Group> {
    let mut all = Vec::new();
    let (mut at, mut last_end) = (0, None);
    while at < signs.len() {
        if !signs[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = (at..signs.len()).find(|i| !signs[*i].is_ascii_digit()).unwrap_or(signs.len());
        let glued = signs.get(end).is_some_and(|sign| sign.is_alphabetic());
        let from = if glued { end } else { end + usize::from(signs.get(end).is_some_and(|sign| separates(*sign))) };
        let word: String = signs[from..].iter().take_while(|sign| sign.is_alphanumeric()).collect();
        let gap = last_end
            .map(|last: usize| &signs[last..at])
            .filter(|gap| gap.len() <= 3 && gap.iter().all(|sign| separates(*sign)));
        all.push(Group {
            digits: signs[at..end].iter().collect(),
            before: at.checked_sub(1).map(|i| signs[i]),
            gap: gap.map(|gap| gap.iter().collect()),
            letters: word,
            glued,
        });
        last_end = Some(end);
        at = end;
    }
    all
}

/// Lengths of the groups from the first on, while one same separator parts them.
fn lengths(groups: &[Group]) -> Vec<usize> {
    let gap = groups.get(1).and_then(|second| second.gap.as_ref());
    let joined = |(rank, group): &(usize, &Group)| *rank == 0 || (group.gap.is_some() && group.gap.as_ref() == gap);
    groups.iter().enumerate().take_while(joined).map(|(_, group)| group.digits.len()).collect()
}

fn joined(groups: &[Group]) -> String {
    groups.iter().map(|group| group.digits.as_str()).collect()
}

#[cfg(test)]
mod tests;
