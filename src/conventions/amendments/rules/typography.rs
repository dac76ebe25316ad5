//! Finding words in a text whatever they were typed with: apostrophes, non-breaking spaces, spaces inside « », œ.
//!
//! What is found is told as bytes of the text as written, so that the rest of it stays byte for byte.

use std::ops::Range;

/// A text folded to be searched, with the way back.
struct Folded {
    key: String,
    /// For each byte of `key`, the byte of the text where its character begins, and where it ends.
    from: Vec<usize>,
    to: Vec<usize>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut folded = Self { key: String::with_capacity(text.len()), from: Vec::new(), to: Vec::new() };
        let mut space: Option<Range<usize>> = None;
        for (at, letter) in text.char_indices() {
            let end = at + letter.len_utf8();
            if letter.is_whitespace() {
                space = Some(space.map_or(at, |s| s.start)..end);
                continue;
            }
            // Spaces run together; none counts inside the marks of a quotation.
            if let Some(gap) = space.take()
                && !folded.key.ends_with('«')
                && letter != '»'
                && !folded.key.is_empty()
            {
                folded.push(" ", gap);
            }
            match letter {
                '’' | '‘' | 'ʼ' | '´' | '`' | '′' | '‛' => folded.push("'", at..end),
                '“' | '„' | '‟' => folded.push("«", at..end),
                '”' => folded.push("»", at..end),
                '‑' | '‐' => folded.push("-", at..end),
                'œ' => folded.push("oe", at..end),
                'Œ' => folded.push("Oe", at..end),
                'æ' => folded.push("ae", at..end),
                'Æ' => folded.push("Ae", at..end),
                '\u{ad}' => {}
                other => folded.push(other.encode_utf8(&mut [0; 4]), at..end),
            }
        }
        folded
    }

    fn push(&mut self, piece: &str, at: Range<usize>) {
        self.key.push_str(piece);
        self.from.extend(std::iter::repeat_n(at.start, piece.len()));
        self.to.extend(std::iter::repeat_n(at.end, piece.len()));
    }
}

/// Where whole words occur in a text, as bytes of the text.
pub fn occurrences(text: &str, words: &str) -> Vec<Range<usize>> {
    let (text, words) = (Folded::of(text), Folded::of(words).key);
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.key[from..].find(&words).map(|at| from + at) {
        let end = at + words.len();
        if is_edge(&text.key, &words, at, end) {
            found.push(text.from[at]..text.to[end - 1]);
            from = end;
        } else {
            from = at + text.key[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// « ans » is not found in « dans »: words begin and end where a word does.
fn is_edge(text: &str, words: &str, at: usize, end: usize) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let before = text[..at].chars().next_back();
    let after = text[end..].chars().next();
    !(is_word(words.chars().next()) && is_word(before) || is_word(words.chars().next_back()) && is_word(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(text: &'t str, words: &str) -> Vec<&'t str> {
        occurrences(text, words).into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn typography_does_not_count_and_the_text_is_told_as_written() {
        assert_eq!(found("pour l’œuvre commune", "l'oeuvre"), ["l’œuvre"]);
        assert_eq!(found("une durée de cinq\u{a0}ans.", "cinq ans"), ["cinq\u{a0}ans"]);
        assert_eq!(found("une durée de cinq\nans.", "cinq  ans"), ["cinq\nans"]);
        assert_eq!(found("dite «\u{202f}la charte\u{202f}»", "« la charte »"), ["«\u{202f}la charte\u{202f}»"]);
        assert_eq!(found("dite “la charte”", "«la charte»"), ["“la charte”"]);
        assert_eq!(found("un rendez‑vous", "rendez-vous"), ["rendez‑vous"]);
    }

    #[test]
    fn words_are_whole_and_all_are_found() {
        assert_eq!(found("dans dix ans, puis dix ans", "ans"), ["ans", "ans"]);
        assert!(found("dans", "ans").is_empty());
        assert!(found("sixième", "six").is_empty());
        assert_eq!(found("six, six", "six,"), ["six,"]);
        assert!(found("Cinq ans", "cinq ans").is_empty(), "case and accents are the words' own");
        assert!(found("durée", "duree").is_empty());
        assert!(found("texte", "  ").is_empty());
    }
}
