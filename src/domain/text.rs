//! The texts that come in: the one form in which they are kept, the signs that none may hold, and those that a spreadsheet
//! would run or a terminal obey.
//!
//! Searching is not touched by it: a folded key is made by NFKD, and the NFKD of a text is that of its NFC.

use std::borrow::Cow;

use serde_json::Value;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::Bilingual;

/// The lines that a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// One: a name, a title, a label.
    One,
    /// Several: a body, a comment.
    Several,
    /// Several, on pages: what a program extracted from a document.
    Pages,
}

/// Members of bodies that may have several lines; each other text is a line.
const SEVERAL: [&str; 17] = [
    "accessibility",
    "address",
    "after",
    "body",
    "comment",
    "description",
    "measure",
    "new",
    "none_because",
    "note",
    "old",
    "parent_axis_reason",
    "preamble",
    "quote",
    "reason",
    "text",
    "wished",
];

impl Lines {
    /// Returns the lines that a member of a body may have, by its name.
    pub fn of(member: &str) -> Self {
        if SEVERAL.contains(&member) { Self::Several } else { Self::One }
    }
}

/// Returns the text in NFC: `e` and its accent are `é`, however they were typed.
pub fn composed(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// Finds the first sign that such a text may not hold: a control, a mark that turns the direction of what is read, the
/// end of a line in a text of one.
pub fn forbidden_sign(text: &str, lines: Lines) -> Option<char> {
    text.chars().find(|sign| match sign {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => lines == Lines::One,
        '\u{b}' | '\u{c}' => lines != Lines::Pages,
        sign => sign.is_control() || turns(*sign),
    })
}

/// Says which sign is refused, and why.
pub fn refusal_of(sign: char) -> Bilingual {
    let code = format!("U+{:04X}", u32::from(sign));
    let named =
        |fr: &str, en: &str| Bilingual { fr: format!("{fr} ({code}).").into(), en: format!("{en} ({code}).").into() };
    match sign {
        '\0' => named("Le caractère NUL est interdit", "The NUL character is forbidden"),
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => named(
            "Ce texte tient sur une ligne : ni fin de ligne, ni tabulation",
            "This text is one line: without a line end or a tab",
        ),
        sign if turns(sign) => named(
            "Une marque du sens d'écriture est interdite : elle ferait lire autre chose",
            "A mark of the direction of writing is forbidden: one would read something else",
        ),
        _ => named("Un caractère de commande est interdit", "A control character is forbidden"),
    }
}

/// Marks that turn the direction of what follows: `exe.fdp` would read as `pdf.exe`.
fn turns(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Puts the members that are one line on one line: what a person broke in a cell of a sheet.
pub fn join_lines(value: &mut Value, member: &str) {
    match value {
        Value::String(text) if Lines::of(member) == Lines::One && forbidden_sign(text, Lines::One).is_some() => {
            *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| join_lines(item, member)),
        Value::Object(members) => members.iter_mut().for_each(|(member, value)| join_lines(value, member)),
        _ => {}
    }
}

/// Returns what a terminal shows and does not obey: controls and turning marks are spelled out, as JSON does it.
pub fn spelled_out(text: &str) -> Cow<'_, str> {
    if forbidden_sign(text, Lines::Several).is_none() {
        return Cow::Borrowed(text);
    }
    let spell = |sign: char| match forbidden_sign(sign.encode_utf8(&mut [0; 4]), Lines::Several) {
        Some(_) => format!("\\u{:04x}", u32::from(sign)),
        None => sign.to_string(),
    };
    Cow::Owned(text.chars().map(spell).collect())
}

/// Says whether a spreadsheet would take a text for a formula: some look past signs that nobody sees, and read full-width
/// and small forms as the plain ones. Behind apostrophes too: they would be taken for those that make a text harmless.
pub fn looks_like_a_formula(text: &str) -> bool {
    let seen = text.trim_start_matches('\'').trim_start_matches(is_unseen);
    let operators = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'];
    seen.starts_with(operators) || text.trim_start_matches('\'').starts_with(['\t', '\r', '\n'])
}

fn is_unseen(sign: char) -> bool {
    sign.is_whitespace()
        || sign.is_control()
        || turns(sign)
        || matches!(sign, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text as a cell of CSV: one that a spreadsheet would run has an apostrophe before it.
pub fn harmless(text: String) -> String {
    if looks_like_a_formula(&text) { format!("'{text}") } else { text }
}

/// The text of a cell of CSV, without the apostrophe that made it harmless.
pub fn without_quote(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_a_formula(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_composed() {
        assert_eq!(composed("Colle\u{300}ge E\u{301}luard"), "Collège Éluard");
        assert_eq!(composed("œuvre ﬁ 3ᵉ"), "œuvre ﬁ 3ᵉ", "what is written stays");
        for text in ["Colle\u{300}ge", "A\u{30a}", "ﬁ", "\u{1e9b}\u{323}"] {
            assert_eq!(crate::domain::folded::fold(&composed(text)), crate::domain::folded::fold(text), "{text}");
        }
    }

    #[test]
    fn signs_that_no_text_holds() {
        let of_all = [
            "\0",
            "a\u{7}",
            "\u{1b}[31m",
            "\u{7f}",
            "\u{85}",
            "\u{9b}31m",
            "x\u{202e}fdp",
            "\u{2066}",
            "\u{200e}",
            "\u{200f}",
            "\u{61c}",
        ];
        for text in of_all {
            for lines in [Lines::One, Lines::Several, Lines::Pages] {
                assert!(forbidden_sign(text, lines).is_some(), "{text:?}");
            }
        }
        for text in ["a\nb", "a\r\nb", "a\tb", "a\u{2028}b"] {
            assert!(
                forbidden_sign(text, Lines::One).is_some() && forbidden_sign(text, Lines::Several).is_none(),
                "{text:?}"
            );
        }
        assert_eq!(forbidden_sign("page\u{c}page", Lines::Several), Some('\u{c}'));
        for text in ["page\u{c}page", "l’élève — 3ᵉ\u{a0}: œ\u{200d}\u{ad}"] {
            assert_eq!(forbidden_sign(text, Lines::Pages), None, "{text:?}");
        }
        assert!(refusal_of('\u{1b}').fr.contains("U+001B") && refusal_of('\n').en.contains("one line"));
    }

    #[test]
    fn a_terminal_obeys_no_text() {
        assert_eq!(spelled_out("a\u{1b}[31m\u{9b}b\u{202e}\n\tc"), "a\\u001b[31m\\u009bb\\u202e\n\tc");
        assert_eq!(spelled_out("été"), "été");
    }

    #[test]
    fn formulas_in_disguise() {
        for text in [
            "=1",
            "+1",
            "-1",
            "@x",
            "\tx",
            "\rx",
            "\nx",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "﹦1",
            "\u{200b}=1",
            "\u{feff}=1",
            "\u{ad}=1",
            "\u{a0}=1",
            "\u{202f}@x",
            "\u{202e}=1",
            "\u{2060}\u{200d} ＝1",
            " =1",
            "'=1",
            "''=1",
            "'\u{200b}=1",
            "'\tx",
        ] {
            assert!(looks_like_a_formula(text), "{text:?}");
        }
        for text in ["", "a=1", "'a", "1-2", "\u{200b}a", "– tiret", "l'=x"] {
            assert!(!looks_like_a_formula(text), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(text in "['=+@＝\u{200b}\u{feff}\u{ad} \t\na-]{0,6}") {
            let cell = harmless(text.clone());
            let is_plain = cell.starts_with('\'') || !looks_like_a_formula(&cell);
            proptest::prop_assert!(is_plain, "{:?}", cell);
            proptest::prop_assert_eq!(without_quote(&cell), text);
        }
    }
}
