//! Comparing French as typed: one key for `Éducation`, `EDUCATION` and `éducation`.
//!
//! A [`Text`] keeps the words as written next to their folded key, with the way back: what a pattern
//! finds in the key is always quoted from the original.

use std::ops::Range;

/// Words as written, with a folded key to search in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Text {
    /// As written.
    pub raw: String,
    /// Lower case, without accents, with plain apostrophes, quotes and dashes.
    pub key: String,
    /// For each byte of `key` (and its end), the byte of `raw` it comes from.
    at: Vec<u32>,
}

impl Text {
    /// Folds a text.
    pub fn new(raw: impl Into<String>) -> Self {
        let raw = raw.into();
        let mut key = String::with_capacity(raw.len());
        let mut at = Vec::with_capacity(raw.len() + 1);
        for (offset, letter) in raw.char_indices() {
            let before = key.len();
            fold_char(letter, &mut key);
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            at.extend(std::iter::repeat_n(offset, key.len() - before));
        }
        at.push(u32::try_from(raw.len()).unwrap_or(u32::MAX));
        Self { raw, key, at }
    }

    /// The words as written behind a range of the key, trimmed.
    pub fn quote(&self, range: Range<usize>) -> &str {
        let from = self.raw_offset(range.start);
        let to = self.raw_offset(range.end);
        self.raw.get(from..to).unwrap_or_default().trim()
    }

    /// The words as written from an offset of the key to the end, trimmed.
    pub fn quote_from(&self, start: usize) -> &str {
        self.quote(start..self.key.len())
    }

    /// The byte of `raw` behind a byte of `key`.
    pub fn raw_offset(&self, key_offset: usize) -> usize {
        self.at.get(key_offset).map_or(self.raw.len(), |&offset| offset as usize)
    }
}

/// The key of a text, when the way back is not needed.
pub fn fold(raw: &str) -> String {
    let mut key = String::with_capacity(raw.len());
    for letter in raw.chars() {
        fold_char(letter, &mut key);
    }
    key
}

fn fold_char(letter: char, key: &mut String) {
    let plain = match letter {
        'a'..='z' | '0'..='9' | ' ' => letter,
        'A'..='Z' => letter.to_ascii_lowercase(),
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => 'i',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' | 'Ù' | 'Û' | 'Ü' | 'Ú' => 'u',
        'ÿ' | 'Ÿ' => 'y',
        'ç' | 'Ç' => 'c',
        'ñ' | 'Ñ' => 'n',
        '’' | '‘' | 'ʼ' | '´' | '`' | '′' | '‛' => '\'',
        '“' | '„' | '‟' => '«',
        '”' => '»',
        '–' | '—' | '―' | '‐' | '‑' | '‒' | '−' | '─' => '-',
        '\t' | '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' => ' ',
        'º' | '˚' => '°',
        'œ' | 'Œ' => {
            key.push_str("oe");
            return;
        }
        'æ' | 'Æ' => {
            key.push_str("ae");
            return;
        }
        '…' => {
            key.push_str("...");
            return;
        }
        other => {
            key.extend(other.to_lowercase());
            return;
        }
    };
    key.push(plain);
}

/// First letter upper case, as a sentence or a heading begins.
pub fn starts_upper(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| c.is_uppercase() || c.is_numeric())
}

/// First letter lower case, as a line that continues another begins.
pub fn starts_lower(text: &str) -> bool {
    text.trim_start().chars().next().is_some_and(char::is_lowercase)
}

/// Written in capitals: at least three letters, hardly any lower case.
pub fn is_capitals(text: &str) -> bool {
    let upper = text.chars().filter(|c| c.is_uppercase()).count();
    let lower = text.chars().filter(|c| c.is_lowercase()).count();
    upper >= 3 && lower * 8 <= upper
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_key_finds_is_quoted_as_written() {
        let text = Text::new("Mise en ŒUVRE de l’Éducation – suite…");
        assert_eq!(text.key, "mise en oeuvre de l'education - suite...");
        let start = text.key.find("oeuvre").unwrap();
        assert_eq!(text.quote(start..start + 6), "ŒUVRE");
        let start = text.key.find("l'education").unwrap();
        assert_eq!(text.quote(start..start + 11), "l’Éducation");
        assert_eq!(text.quote_from(start), "l’Éducation – suite…");
    }

    #[test]
    fn capitals_are_told_from_sentences() {
        assert!(is_capitals("DISPOSITIONS GÉNÉRALES"));
        assert!(!is_capitals("Dispositions générales"));
        assert!(!is_capitals("ET"));
    }
}
