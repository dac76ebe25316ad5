//! Numbers as French writes them: in words, in Roman figures, as ordinals.

/// Words of a number up to 9999, folded (`dix-huit`, `quatre-vingt-dix`, `deux mille dix`).
pub const WORDS: &str = r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|cents?|mille|mil)(?:(?: et |[ -])(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|cents?|mille|mil))*";

/// A number in figures or in folded words.
pub fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    if !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    in_words(text)
}

fn in_words(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut group: u32 = 0;
    let mut any = false;
    for word in text.split([' ', '-']).filter(|word| !word.is_empty()) {
        any = true;
        match word {
            "et" => {}
            "mille" | "mil" => {
                total = total.checked_add(group.max(1).checked_mul(1000)?)?;
                group = 0;
            }
            "cent" | "cents" => group = group.max(1).checked_mul(100)?,
            // « quatre-vingt » multiplies, « cent vingt » adds.
            "vingt" | "vingts" if group % 100 == 4 => group = group - 4 + 80,
            _ => group = group.checked_add(simple(word)?)?,
        }
    }
    if any { total.checked_add(group).filter(|n| *n > 0) } else { None }
}

fn simple(word: &str) -> Option<u32> {
    Some(match word {
        "un" | "une" | "premier" => 1,
        "deux" => 2,
        "trois" => 3,
        "quatre" => 4,
        "cinq" => 5,
        "six" => 6,
        "sept" => 7,
        "huit" => 8,
        "neuf" => 9,
        "dix" => 10,
        "onze" => 11,
        "douze" => 12,
        "treize" => 13,
        "quatorze" => 14,
        "quinze" => 15,
        "seize" => 16,
        "vingt" | "vingts" => 20,
        "trente" => 30,
        "quarante" => 40,
        "cinquante" => 50,
        "soixante" => 60,
        _ => return None,
    })
}

/// An ordinal in folded words: `premier`, `deuxieme`, `second`… up to the twentieth.
pub fn ordinal(word: &str) -> Option<u32> {
    Some(match word {
        "premier" | "premiere" => 1,
        "second" | "seconde" | "deuxieme" => 2,
        "troisieme" => 3,
        "quatrieme" => 4,
        "cinquieme" => 5,
        "sixieme" => 6,
        "septieme" => 7,
        "huitieme" => 8,
        "neuvieme" => 9,
        "dixieme" => 10,
        "onzieme" => 11,
        "douzieme" => 12,
        "treizieme" => 13,
        "quatorzieme" => 14,
        "quinzieme" => 15,
        _ => return None,
    })
}

/// A Roman number from I to XXXIX, in any case, written the usual way.
pub fn roman(text: &str) -> Option<u32> {
    let upper = text.to_ascii_uppercase();
    (1..40).find(|n| to_roman(*n) == upper)
}

/// The Roman figures of a small number.
pub fn to_roman(number: u32) -> String {
    let units = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    let tens = usize::try_from(number / 10).unwrap_or(0);
    let unit = usize::try_from(number % 10).unwrap_or(0);
    format!("{}{}", "X".repeat(tens.min(9)), units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (words, expected) in [
            ("cinq", 5),
            ("trente-six", 36),
            ("vingt et un", 21),
            ("soixante-douze", 72),
            ("quatre-vingt-dix", 90),
            ("quatre-vingt-onze", 91),
            ("cent vingt", 120),
            ("deux mille vingt-quatre", 2024),
            ("mille neuf cent quatre-vingt-dix-huit", 1998),
            ("deux mille", 2000),
            ("12", 12),
            ("03", 3),
        ] {
            assert_eq!(number(words), Some(expected), "{words}");
        }
        assert_eq!(number("beaucoup"), None);
        assert_eq!(number(""), None);
    }

    #[test]
    fn roman_numbers() {
        assert_eq!(roman("iv"), Some(4));
        assert_eq!(roman("XIX"), Some(19));
        assert_eq!(roman("IIII"), None);
        assert_eq!(roman("civil"), None);
    }
}
